// Columns and resizing: bound by memory, or by taps that lie apart, so the baseline instruction set
// does.
#include "CKernels.h"

#include <string.h>

// The same bits on every processor: no multiply-add is fused where a compiler may.
#pragma STDC FP_CONTRACT OFF

static inline ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }
static inline ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b) { return a > b ? a : b; }

// The windows whose tap `k` lies inside the input.
static inline void inside(const apus_window_axis *axis, ptrdiff_t k, ptrdiff_t *begin,
                          ptrdiff_t *end) {
  const ptrdiff_t start = k * axis->dilation - axis->before;
  *begin = start >= 0 ? 0 : (-start + axis->stride - 1) / axis->stride;
  *end = start >= axis->input ? 0 : (axis->input - start - 1) / axis->stride + 1;
  *begin = smaller(*begin, axis->output);
  *end = larger(*begin, smaller(*end, axis->output));
}

#define DEFINE_WINDOWS(T, S)                                                                     \
  void apus_im2col_##S(const T *image, size_t channels, const apus_windows *windows,             \
                       size_t first_row, size_t rows, T *columns) {                              \
    const apus_window_axis y = windows->y, x = windows->x;                                       \
    const ptrdiff_t width = x.output;                                                            \
    for (size_t c = 0; c < channels; c++, image += y.input * x.input)                            \
      for (ptrdiff_t ky = 0; ky < y.kernel; ky++)                                                \
        for (ptrdiff_t kx = 0; kx < x.kernel; kx++) {                                            \
          ptrdiff_t begin, end;                                                                  \
          inside(&x, kx, &begin, &end);                                                          \
          for (size_t row = first_row; row < first_row + rows; row++, columns += width) {        \
            const ptrdiff_t from = (ptrdiff_t)row * y.stride + ky * y.dilation - y.before;       \
            if (from < 0 || from >= y.input || begin == end) {                                   \
              memset(columns, 0, (size_t)width * sizeof(T));                                     \
              continue;                                                                          \
            }                                                                                    \
            const T *source = image + from * x.input + kx * x.dilation - x.before;               \
            for (ptrdiff_t i = 0; i < begin; i++) columns[i] = 0;                                \
            if (x.stride == 1)                                                                   \
              memcpy(columns + begin, source + begin, (size_t)(end - begin) * sizeof(T));        \
            else                                                                                 \
              for (ptrdiff_t i = begin; i < end; i++) columns[i] = source[i * x.stride];         \
            for (ptrdiff_t i = end; i < width; i++) columns[i] = 0;                              \
          }                                                                                      \
        }                                                                                        \
  }                                                                                              \
                                                                                                 \
  void apus_col2im_##S(const T *columns, size_t channels, const apus_windows *windows,           \
                       size_t first_row, size_t rows, T *image) {                                \
    const apus_window_axis y = windows->y, x = windows->x;                                       \
    for (size_t c = 0; c < channels; c++, image += y.input * x.input)                            \
      for (ptrdiff_t ky = 0; ky < y.kernel; ky++)                                                \
        for (ptrdiff_t kx = 0; kx < x.kernel; kx++) {                                            \
          ptrdiff_t begin, end;                                                                  \
          inside(&x, kx, &begin, &end);                                                          \
          for (size_t row = first_row; row < first_row + rows; row++, columns += x.output) {     \
            const ptrdiff_t to = (ptrdiff_t)row * y.stride + ky * y.dilation - y.before;         \
            if (to < 0 || to >= y.input) continue;                                               \
            T *target = image + to * x.input + kx * x.dilation - x.before;                       \
            if (x.stride == 1)                                                                   \
              for (ptrdiff_t i = begin; i < end; i++) target[i] += columns[i];                   \
            else                                                                                 \
              for (ptrdiff_t i = begin; i < end; i++) target[i * x.stride] += columns[i];        \
          }                                                                                      \
        }                                                                                        \
  }                                                                                              \
                                                                                                 \
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
