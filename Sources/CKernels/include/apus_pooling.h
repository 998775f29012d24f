// Pooling: the greatest or the average element of windows over planes, and the gradients.
#ifndef APUS_POOLING_H
#define APUS_POOLING_H

#include <stddef.h>
#include <stdint.h>

// Windows along one axis: the taps of window i are the elements first[i], first[i] + dilation, ...
// below last[i]. `divisor` is what an average divides by along this axis. The windows from `begin`
// up to, not including, `end` have `taps` taps each, and start `stride` elements after one another.
typedef struct {
  ptrdiff_t input, output, dilation;
  const ptrdiff_t *first, *last, *divisor;
  ptrdiff_t begin, end, taps, stride;
} apus_pool_axis;

#define APUS_DECLARE_POOLING(T, S)                                                               \
  /* The greatest tap of each window and its place in the plane, the first of equal ones; NaN is \
     greater than all. A window without taps gives -infinity and place -1. places may be NULL. */ \
  void apus_max_pool_##S(const T *x, size_t planes, const apus_pool_axis *y_axis,                \
                         const apus_pool_axis *x_axis, T *out, int32_t *places);                 \
  /* out = zeros, `area` a plane, plus g, `count` a plane, at its places; -1 is none. Returns the\
     position of the first place outside of its plane, where it stops, or planes * count. */     \
  size_t apus_max_pool_grad_##S(const T *g, const int32_t *places, size_t planes, size_t count,  \
                                size_t area, T *out);                                            \
  /* The sum of the taps of each window, divided by the divisors of both axes; 0 without taps. */ \
  void apus_average_pool_##S(const T *x, size_t planes, const apus_pool_axis *y_axis,            \
                             const apus_pool_axis *x_axis, T *out);                              \
  /* out = zeros, plus g divided by the divisors at every tap of its window. */                  \
  void apus_average_pool_grad_##S(const T *g, size_t planes, const apus_pool_axis *y_axis,       \
                                  const apus_pool_axis *x_axis, T *out);

APUS_DECLARE_POOLING(float, f32)
APUS_DECLARE_POOLING(double, f64)

#endif
