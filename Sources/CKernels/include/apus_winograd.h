// Convolutions by kernels of 3 x 3 with stride 1, by minimal filtering: F(4x4, 3x3) of Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks" (2016). A tile of 4 x 4 outputs takes 36
// multiplications in place of 144. It is made of 6 x 6 inputs: a NaN or infinity among them reaches
// all outputs of the tile.
//
// The points of interpolation are 0, 5/8, -5/8, 3/2, -3/2 and infinity. They round half as badly as the
// usual 0, 1, -1, 2, -2: with 64 channels of random numbers the error in Float is 8e-7 of the output, as
// roots of mean squares, where sums in the order of the definition leave 4e-7, and those points 18e-7.
#ifndef APUS_WINOGRAD_H
#define APUS_WINOGRAD_H

#include "apus_pixels.h"

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

// Outputs of a tile along one axis, and the elements of a transformed tile.
#define APUS_WINOGRAD_TILE 4
#define APUS_WINOGRAD_ELEMENTS 36

static inline ptrdiff_t apus_winograd_columns(const apus_winograd *g) {
  return (g->out_width + APUS_WINOGRAD_TILE - 1) / APUS_WINOGRAD_TILE;
}

// How far apart in memory the 36 elements of transformed tiles, of a block of a transformed weight,
// and of sums of products lie: a line off a power of two, so as not to share sets of the cache.
static inline ptrdiff_t apus_winograd_step(const apus_winograd *g, ptrdiff_t channels) {
  return g->images * g->rows * apus_winograd_columns(g) * apus_pixel_channels(channels) + 16;
}
static inline ptrdiff_t apus_winograd_weight_step(ptrdiff_t inputs) {
  return inputs * APUS_PIXEL_BLOCK + 16;
}
static inline ptrdiff_t apus_winograd_sums_step(ptrdiff_t inputs, ptrdiff_t outputs) {
  return outputs * apus_pixel_channels(inputs) + 16;
}

// Elements of scratch that apus_winograd_forward and apus_winograd_weight_grad need.
static inline size_t apus_winograd_scratch(const apus_winograd *g, bool of_weight_grad) {
  const ptrdiff_t tile = APUS_WINOGRAD_TILE, block = APUS_PIXEL_BLOCK;
  const ptrdiff_t height = tile * g->rows, width = tile * apus_winograd_columns(g);
  const ptrdiff_t rest = of_weight_grad ? APUS_WINOGRAD_ELEMENTS * apus_winograd_step(g, g->outputs)
                                        : (g->images * height * width + block +
                                           APUS_WINOGRAD_ELEMENTS * APUS_PIXEL_ROWS) * block;
  return (size_t)((height + 2) * (width + 2) * block +
                  APUS_WINOGRAD_ELEMENTS * apus_winograd_step(g, g->inputs) + rest);
}

#define APUS_DECLARE_WINOGRAD(T, S)                                                              \
  /* Transforms the outputs of a weight [outputs, inputs, 3, 3] from `first` on, BLOCK of them, to\
     u[ELEMENTS][weight_step], rows of BLOCK for each input; what lies beyond the last output is \
     0. If `flipped`, the weight is [inputs, outputs, 3, 3], and is turned by 180 degrees. */    \
  void apus_winograd_weight_##S(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs,            \
                                bool flipped, ptrdiff_t first, T *u);                            \
  /* y = the convolution of x, plus a bias of each output, which may be NULL. */                 \
  void apus_winograd_forward_##S(const apus_winograd *g, const T *x, const T *u, const T *bias,  \
                                 T *y, T *scratch);                                              \
  /* sums[ELEMENTS][sums_step], rows of inputs in whole blocks for each output, += the           \
     transformed products of x and the gradient dy of its outputs. */                            \
  void apus_winograd_weight_grad_##S(const apus_winograd *g, const T *x, const T *dy, T *sums,   \
                                     T *scratch);                                                \
  /* The gradient of the weight [outputs, inputs, 3, 3] from such sums. */                       \
  void apus_winograd_weight_finish_##S(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs,       \
                                       T *out);

APUS_DECLARE_WINOGRAD(float, f32)
APUS_DECLARE_WINOGRAD(double, f64)

#endif
