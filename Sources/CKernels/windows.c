// Columns and resizing: bound by memory, or by taps that lie apart, so the baseline instruction set
// does.
#include "CKernels.h"

#include <string.h>

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
  void apus_resize_##S(const T *x, size_t planes, const apus_resize_axis *y_axis,                \
                       const T *y_weights, const apus_resize_axis *x_axis, const T *x_weights,   \
                       T *out) {                                                                 \
    const apus_resize_axis ya = *y_axis, xa = *x_axis;                                           \
    for (size_t p = 0; p < planes; p++, x += ya.input * xa.input)                                \
      for (ptrdiff_t r = 0; r < ya.output; r++) {                                                \
        const T *upper = x + ya.lower[r] * xa.input, *lower = x + ya.upper[r] * xa.input;        \
        const T v = y_weights[r], u = 1 - v;                                                     \
        for (ptrdiff_t c = 0; c < xa.output; c++) {                                              \
          const ptrdiff_t i = xa.lower[c], j = xa.upper[c];                                      \
          const T t = x_weights[c], s = 1 - t;                                                   \
          *out++ = u * (s * upper[i] + t * upper[j]) + v * (s * lower[i] + t * lower[j]);        \
        }                                                                                        \
      }                                                                                          \
  }                                                                                              \
                                                                                                 \
  void apus_resize_grad_##S(const T *g, size_t planes, const apus_resize_axis *y_axis,           \
                            const T *y_weights, const apus_resize_axis *x_axis,                  \
                            const T *x_weights, T *out) {                                        \
    const apus_resize_axis ya = *y_axis, xa = *x_axis;                                           \
    for (size_t p = 0; p < planes; p++, out += ya.input * xa.input)                              \
      for (ptrdiff_t r = 0; r < ya.output; r++) {                                                \
        T *upper = out + ya.lower[r] * xa.input, *lower = out + ya.upper[r] * xa.input;          \
        const T v = y_weights[r], u = 1 - v;                                                     \
        for (ptrdiff_t c = 0; c < xa.output; c++, g++) {                                         \
          const ptrdiff_t i = xa.lower[c], j = xa.upper[c];                                      \
          const T t = x_weights[c], s = 1 - t;                                                   \
          upper[i] += u * s * *g;                                                                \
          upper[j] += u * t * *g;                                                                \
          lower[i] += v * s * *g;                                                                \
          lower[j] += v * t * *g;                                                                \
        }                                                                                        \
      }                                                                                          \
  }                                                                                              \
                                                                                                 \
  void apus_resize_nearest_##S(const T *x, size_t planes, const apus_resize_axis *y_axis,        \
                               const apus_resize_axis *x_axis, T *out) {                         \
    for (size_t p = 0; p < planes; p++, x += y_axis->input * x_axis->input)                      \
      for (ptrdiff_t r = 0; r < y_axis->output; r++) {                                           \
        const T *row = x + y_axis->lower[r] * x_axis->input;                                     \
        for (ptrdiff_t c = 0; c < x_axis->output; c++) *out++ = row[x_axis->lower[c]];           \
      }                                                                                          \
  }                                                                                              \
                                                                                                 \
  void apus_resize_nearest_grad_##S(const T *g, size_t planes, const apus_resize_axis *y_axis,   \
                                    const apus_resize_axis *x_axis, T *out) {                    \
    for (size_t p = 0; p < planes; p++, out += y_axis->input * x_axis->input)                    \
      for (ptrdiff_t r = 0; r < y_axis->output; r++) {                                           \
        T *row = out + y_axis->lower[r] * x_axis->input;                                         \
        for (ptrdiff_t c = 0; c < x_axis->output; c++) row[x_axis->lower[c]] += *g++;            \
      }                                                                                          \
  }

DEFINE_WINDOWS(float, f32)
DEFINE_WINDOWS(double, f64)
