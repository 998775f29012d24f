// Convolutions of each channel alone ("depthwise"): every plane has windows and weights of its own.
#ifndef APUS_DEPTHWISE_H
#define APUS_DEPTHWISE_H

#include "apus_windows.h"

typedef struct {
  apus_windows windows;
  // Channels of the input, and how many outputs each of them has.
  ptrdiff_t channels, outputs;
} apus_depthwise;

// Elements from the first tap of the first window to the last tap of the last one.
static inline ptrdiff_t apus_depthwise_reach(const apus_window_axis *axis) {
  return (axis->output - 1) * axis->stride + (axis->kernel - 1) * axis->dilation + 1;
}

// Elements from one row of a padded plane to the next: vectors of taps may read beyond the last one.
static inline ptrdiff_t apus_depthwise_row(const apus_windows *windows) {
  return apus_depthwise_reach(&windows->x) + 16 * windows->x.stride + 16;
}

// Elements of scratch that the functions below need: a padded plane and the taps.
static inline size_t apus_depthwise_scratch(const apus_depthwise *d) {
  const apus_windows *w = &d->windows;
  return (size_t)(apus_depthwise_reach(&w->y) * apus_depthwise_row(w) + 16 +
                  w->y.kernel * w->x.kernel);
}

#define APUS_DECLARE_DEPTHWISE(T, S)                                                             \
  /* out = the convolutions of `planes` planes x, of which the first one is number `first` of all\
     channels of all images, by the weight [channels * outputs, kernel], plus a bias of each     \
     output, which may be NULL. If `flipped`, the kernels are turned by 180 degrees. */          \
  void apus_depthwise_##S(const apus_depthwise *d, size_t first, size_t planes, const T *x,      \
                          const T *weight, bool flipped, const T *bias, T *out, T *scratch);     \
  /* out[outputs, kernel] = the gradient of the weights of one channel, for all images x and the \
     gradient g of all outputs. */                                                               \
  void apus_depthwise_weight_grad_##S(const apus_depthwise *d, size_t images, size_t channel,    \
                                      const T *x, const T *g, T *out, T *scratch);

APUS_DECLARE_DEPTHWISE(float, f32)
APUS_DECLARE_DEPTHWISE(double, f64)

#endif
