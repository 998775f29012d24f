// Convolutions of any geometry on pixels, whose channels lie one after another: the sum over taps of
// products of pixels and a weight, without columns in memory.
#ifndef APUS_PIXELS_H
#define APUS_PIXELS_H

#include "apus_windows.h"

// Channels are rounded up to blocks of so many; a product takes no more rows than this.
#define APUS_PIXEL_BLOCK 16
#define APUS_PIXEL_ROWS 12
static inline ptrdiff_t apus_pixel_channels(ptrdiff_t count) {
  return (count + APUS_PIXEL_BLOCK - 1) / APUS_PIXEL_BLOCK * APUS_PIXEL_BLOCK;
}

// Where a tap finds its pixels and its part of the weight, in elements.
typedef struct {
  ptrdiff_t pixels, weight;
} apus_pixel_tap;

// One image and its windows; a call computes `rows` rows of the result from `first_row` on, or, of a
// weight gradient, what so many rows of windows contribute.
typedef struct {
  apus_windows windows;
  ptrdiff_t inputs, outputs;  // Channels.
  ptrdiff_t first_row, rows;
} apus_pixel_convolution;

// Windows along an axis: `count` of them from `first` on, which may be before the first one.
typedef struct {
  ptrdiff_t first, count;
} apus_pixel_span;

// The windows that may lie on `count` elements from `first` on.
static inline apus_pixel_span apus_pixel_span_of(const apus_window_axis *axis, ptrdiff_t first,
                                                 ptrdiff_t count) {
  const ptrdiff_t least = first + axis->before - (axis->kernel - 1) * axis->dilation;
  const ptrdiff_t most = (first + count - 1 + axis->before) / axis->stride;
  const ptrdiff_t start =
      least < 0 ? -((axis->stride - 1 - least) / axis->stride) : least / axis->stride;
  const apus_pixel_span span = {start, most - start + 1};
  return span;
}

// The same of all elements, and the windows between the first one of the axis and them.
static inline apus_pixel_span apus_pixel_whole_span(const apus_window_axis *axis) {
  apus_pixel_span span = apus_pixel_span_of(axis, 0, axis->input);
  if (span.first > 0) {
    span.count += span.first;
    span.first = 0;
  }
  return span;
}

// The elements that `count` windows along an axis span.
static inline ptrdiff_t apus_pixel_reach(const apus_window_axis *axis, ptrdiff_t count) {
  return (count - 1) * axis->stride + (axis->kernel - 1) * axis->dilation + 1;
}

// Elements of scratch that a call needs, of either type.
static inline size_t apus_pixel_scratch(const apus_pixel_convolution *g) {
  const apus_window_axis y = g->windows.y, x = g->windows.x;
  return (size_t)(y.kernel * x.kernel * 4 + (g->rows * x.output + 17) * APUS_PIXEL_BLOCK +
                  apus_pixel_reach(&y, g->rows) * apus_pixel_reach(&x, x.output) *
                      apus_pixel_channels(g->inputs));
}
static inline size_t apus_pixel_input_grad_scratch(const apus_pixel_convolution *g) {
  const apus_window_axis y = g->windows.y, x = g->windows.x;
  return (size_t)(y.kernel * x.kernel * 4 + (g->rows * x.input + 17) * APUS_PIXEL_BLOCK +
                  apus_pixel_span_of(&y, g->first_row, g->rows).count *
                      apus_pixel_whole_span(&x).count * apus_pixel_channels(g->outputs));
}
static inline size_t apus_pixel_weight_grad_scratch(const apus_pixel_convolution *g) {
  const apus_window_axis y = g->windows.y, x = g->windows.x;
  return (size_t)(2 * APUS_PIXEL_BLOCK + g->rows * x.output * apus_pixel_channels(g->outputs) +
                  apus_pixel_reach(&y, g->rows) * apus_pixel_reach(&x, x.output) *
                      apus_pixel_channels(g->inputs));
}

#define APUS_DECLARE_PIXELS(T, S)                                                                \
  /* A block of a weight [outputs, inputs, taps], as u[taps][inputs][BLOCK] of the outputs from   \
     `first` on, or of its gradient by the input u[taps][outputs][BLOCK] of the inputs from       \
     `first` on; what lies beyond the last channel is 0. */                                      \
  void apus_pixel_weight_##S(const T *weight, ptrdiff_t outputs, ptrdiff_t inputs,               \
                             ptrdiff_t taps, bool of_gradient, ptrdiff_t first, T *u);           \
  /* y = the convolution of x, plus a bias of each output, which may be NULL. */                 \
  void apus_pixel_convolve_##S(const apus_pixel_convolution *g, const T *x, const T *u,          \
                               const T *bias, T *y, T *scratch);                                 \
  /* x = the gradient by the input, plus a bias of each input, which may be NULL. */             \
  void apus_pixel_input_grad_##S(const apus_pixel_convolution *g, const T *dy, const T *u,       \
                                 const T *bias, T *x, T *scratch);                               \
  /* sums[taps][inputs][outputs, in whole blocks] += the gradient by the weight; sums of outputs  \
     beyond the last one mean nothing. */                                                        \
  void apus_pixel_weight_grad_##S(const apus_pixel_convolution *g, const T *x, const T *dy,      \
                                  T *sums, T *scratch);                                          \
  /* The gradient of the weight [outputs, inputs, taps] from such sums. */                       \
  void apus_pixel_weight_finish_##S(const T *sums, ptrdiff_t outputs, ptrdiff_t inputs,          \
                                    ptrdiff_t taps, T *out);

APUS_DECLARE_PIXELS(float, f32)
APUS_DECLARE_PIXELS(double, f64)

#endif
