// Convolutions by kernels of 3 x 3 with stride 1, by minimal filtering: F(2x2, 3x3) of Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks" (2016). A tile of 2 x 2 outputs takes 16
// multiplications in place of 36. It is made of 4 x 4 inputs: a NaN or infinity among them reaches
// all outputs of the tile.
#ifndef APUS_WINOGRAD_H
#define APUS_WINOGRAD_H

#include <stdbool.h>
#include <stddef.h>

// Output (y, x) is made of the inputs from (y - before_y, x - before_x) on; inputs outside of the
// plane are 0. A call computes the rows of tiles from `first_row` on, `rows` of them, of `images`
// images that lie one after another.
typedef struct {
  ptrdiff_t images;
  ptrdiff_t inputs, outputs;  // Channels.
  ptrdiff_t height, width, out_height, out_width;
  ptrdiff_t before_y, before_x;
  ptrdiff_t first_row, rows;
} apus_winograd;

// Output channels that the transformed weight is rounded up to.
#define APUS_WINOGRAD_BLOCK 6

// Elements that one transform takes for each channel, and a plane as it is split.
static inline ptrdiff_t apus_winograd_columns(const apus_winograd *g) {
  return (g->out_width + 1) / 2;
}
static inline ptrdiff_t apus_winograd_stride(const apus_winograd *g) {
  return (g->images * g->rows * apus_winograd_columns(g) + 31) / 32 * 32 + 32;
}
static inline ptrdiff_t apus_winograd_row(const apus_winograd *g) {
  return (apus_winograd_columns(g) + 32) / 16 * 16;
}

// Elements of scratch that apus_winograd_forward and apus_winograd_weight_grad need.
static inline size_t apus_winograd_scratch(const apus_winograd *g, bool of_weight_grad) {
  const ptrdiff_t stride = apus_winograd_stride(g);
  const ptrdiff_t planes = 2 * (2 * g->rows + 2) * apus_winograd_row(g);
  const ptrdiff_t rest = of_weight_grad ? 16 * (g->outputs + 1) * stride
                                        : 16 * APUS_WINOGRAD_BLOCK * 32 +
                                              (4 * APUS_WINOGRAD_BLOCK + 16) * stride;
  return (size_t)(planes + 16 * (g->inputs + 1) * stride + rest);
}

#define APUS_DECLARE_WINOGRAD(T, S)                                                              \
  /* Transforms the outputs of a weight [outputs, inputs, 3, 3] from `first` on, BLOCK of them, to\
     u, which has 16 * inputs elements for each; what lies beyond the last output is 0. If       \
     `flipped`, the weight is [inputs, outputs, 3, 3], and is turned by 180 degrees. */          \
  void apus_winograd_weight_##S(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs,            \
                                bool flipped, ptrdiff_t first, T *u);                            \
  /* y = the convolution of x, plus a bias of each output, which may be NULL. */                 \
  void apus_winograd_forward_##S(const apus_winograd *g, const T *x, const T *u, const T *bias,  \
                                 T *y, T *scratch);                                              \
  /* sums[16][outputs][inputs] += the transformed products of x and the gradient dy of           \
     its outputs. */                                                                             \
  void apus_winograd_weight_grad_##S(const apus_winograd *g, const T *x, const T *dy, T *sums,   \
                                     T *scratch);                                                \
  /* The gradient of the weight [outputs, inputs, 3, 3] from such sums. */                       \
  void apus_winograd_weight_finish_##S(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs,       \
                                       T *out);

APUS_DECLARE_WINOGRAD(float, f32)
APUS_DECLARE_WINOGRAD(double, f64)

#endif
