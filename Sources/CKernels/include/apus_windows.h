// Windows over images: convolution by columns, and resizing. An image is [channels, height,
// width], contiguous; a plane is one of its channels.
#ifndef APUS_WINDOWS_H
#define APUS_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Windows along one axis: tap k of window i is element i * stride + k * dilation - before of the
// input, or padding where there is none. Of the padding, `after` elements lie behind the input.
typedef struct {
  ptrdiff_t input, output, kernel, stride, dilation, before, after;
} apus_window_axis;

typedef struct {
  apus_window_axis y, x;
} apus_windows;

// What the elements of a resized axis are made of: element i of the sum of weights[k] * x[places[k]]
// for k from first[i] to first[i + 1], in that order; nearest elements have one k each, k = i.
typedef struct {
  ptrdiff_t input, output;
  const ptrdiff_t *first, *places;
} apus_resample_axis;

#define APUS_DECLARE_WINDOWS(T, S)                                                               \
  /* columns[(c * kh + ky) * kw + kx][(row - first_row) * output.x + column] = tap (ky, kx) of   \
     the window (row, column) of channel c, for `rows` rows of windows; 0 where there is padding. */\
  void apus_im2col_##S(const T *image, size_t channels, const apus_windows *windows,             \
                       size_t first_row, size_t rows, T *columns);                               \
  /* Adds every tap of the columns to the element of the image that it was taken from. */        \
  void apus_col2im_##S(const T *columns, size_t channels, const apus_windows *windows,           \
                       size_t first_row, size_t rows, T *image);                                 \
  /* Resizes the middle axis of x, [outer, input, inner], which may not overlap out. */          \
  void apus_resample_##S(const T *x, size_t outer, const apus_resample_axis *axis,               \
                         const T *weights, size_t inner, T *out);                                \
  /* Adds g, weighted as in apus_resample, to the elements that each was made of. */             \
  void apus_resample_grad_##S(const T *g, size_t outer, const apus_resample_axis *axis,          \
                              const T *weights, size_t inner, T *out);                           \
  /* x[places[i]] alone: the nearest element, and its gradient, which is added. */               \
  void apus_resize_nearest_##S(const T *x, size_t planes, const apus_resample_axis *y_axis,      \
                               const apus_resample_axis *x_axis, T *out);                        \
  void apus_resize_nearest_grad_##S(const T *g, size_t planes, const apus_resample_axis *y_axis, \
                                    const apus_resample_axis *x_axis, T *out);

APUS_DECLARE_WINDOWS(float, f32)
APUS_DECLARE_WINDOWS(double, f64)

#endif
