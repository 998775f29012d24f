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

// What each element of a resized axis is made of: (1 - weight) * x[lower] + weight * x[upper].
typedef struct {
  ptrdiff_t input, output;
  const ptrdiff_t *lower, *upper;
} apus_resize_axis;

#define APUS_DECLARE_WINDOWS(T, S)                                                               \
  /* columns[(c * kh + ky) * kw + kx][(row - first_row) * output.x + column] = tap (ky, kx) of  \
     the window (row, column) of channel c, for `rows` rows of windows; 0 where there is padding. */ \
  void apus_im2col_##S(const T *image, size_t channels, const apus_windows *windows,             \
                       size_t first_row, size_t rows, T *columns);                               \
  /* Adds every tap of the columns to the element of the image that it was taken from. */        \
  void apus_col2im_##S(const T *columns, size_t channels, const apus_windows *windows,           \
                       size_t first_row, size_t rows, T *image);                                 \
  void apus_resize_##S(const T *x, size_t planes, const apus_resize_axis *y_axis,                \
                       const T *y_weights, const apus_resize_axis *x_axis, const T *x_weights,   \
                       T *out);                                                                  \
  /* Adds g, weighted as in apus_resize, to the elements that each was made of. */               \
  void apus_resize_grad_##S(const T *g, size_t planes, const apus_resize_axis *y_axis,           \
                            const T *y_weights, const apus_resize_axis *x_axis,                  \
                            const T *x_weights, T *out);                                         \
  /* x[lower] alone: the nearest element, and its gradient, which is added. */                   \
  void apus_resize_nearest_##S(const T *x, size_t planes, const apus_resize_axis *y_axis,        \
                               const apus_resize_axis *x_axis, T *out);                          \
  void apus_resize_nearest_grad_##S(const T *g, size_t planes, const apus_resize_axis *y_axis,   \
                                    const apus_resize_axis *x_axis, T *out);

APUS_DECLARE_WINDOWS(float, f32)
APUS_DECLARE_WINDOWS(double, f64)

#endif
