// Resizing: bound by memory, or by taps that lie apart, so the baseline instruction set does.
#include "CKernels.h"

// The same bits on every processor: no multiply-add is fused where a compiler may.
#pragma STDC FP_CONTRACT OFF

#define DEFINE_WINDOWS(T, S)                                                                     \
  void apus_resample_##S(const T *x, size_t outer, const apus_resample_axis *axis,               \
                         const T *weights, size_t inner, T *out) {                               \
    const ptrdiff_t *first = axis->first, *places = axis->places;                                \
    for (size_t p = 0; p < outer; p++, x += (size_t)axis->input * inner)                         \
      for (ptrdiff_t i = 0; i < axis->output; i++, out += inner) {                               \
        if (inner == 1) {                                                                        \
          T sum = 0;                                                                             \
          for (ptrdiff_t k = first[i]; k < first[i + 1]; k++) sum += weights[k] * x[places[k]];  \
          *out = sum;                                                                            \
          continue;                                                                              \
        }                                                                                        \
        for (size_t c = 0; c < inner; c++) out[c] = 0;                                           \
        for (ptrdiff_t k = first[i]; k < first[i + 1]; k++) {                                    \
          const T *row = x + (size_t)places[k] * inner, weight = weights[k];                     \
          for (size_t c = 0; c < inner; c++) out[c] += weight * row[c];                          \
        }                                                                                        \
      }                                                                                          \
  }                                                                                              \
                                                                                                 \
  void apus_resample_grad_##S(const T *g, size_t outer, const apus_resample_axis *axis,          \
                              const T *weights, size_t inner, T *out) {                          \
    const ptrdiff_t *first = axis->first, *places = axis->places;                                \
    for (size_t p = 0; p < outer; p++, out += (size_t)axis->input * inner)                       \
      for (ptrdiff_t i = 0; i < axis->output; i++, g += inner)                                   \
        for (ptrdiff_t k = first[i]; k < first[i + 1]; k++) {                                    \
          T *row = out + (size_t)places[k] * inner;                                              \
          const T weight = weights[k];                                                           \
          for (size_t c = 0; c < inner; c++) row[c] += weight * g[c];                            \
        }                                                                                        \
  }                                                                                              \
                                                                                                 \
  void apus_resize_nearest_##S(const T *x, size_t planes, const apus_resample_axis *y_axis,      \
                               const apus_resample_axis *x_axis, T *out) {                       \
    for (size_t p = 0; p < planes; p++, x += y_axis->input * x_axis->input)                      \
      for (ptrdiff_t r = 0; r < y_axis->output; r++) {                                           \
        const T *row = x + y_axis->places[r] * x_axis->input;                                    \
        for (ptrdiff_t c = 0; c < x_axis->output; c++) *out++ = row[x_axis->places[c]];          \
      }                                                                                          \
  }                                                                                              \
                                                                                                 \
  void apus_resize_nearest_grad_##S(const T *g, size_t planes, const apus_resample_axis *y_axis, \
                                    const apus_resample_axis *x_axis, T *out) {                  \
    for (size_t p = 0; p < planes; p++, out += y_axis->input * x_axis->input)                    \
      for (ptrdiff_t r = 0; r < y_axis->output; r++) {                                           \
        T *row = out + y_axis->places[r] * x_axis->input;                                        \
        for (ptrdiff_t c = 0; c < x_axis->output; c++) row[x_axis->places[c]] += *g++;           \
      }                                                                                          \
  }

DEFINE_WINDOWS(float, f32)
DEFINE_WINDOWS(double, f64)
