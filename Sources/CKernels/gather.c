// Reading at positions that integers name.
#include "CKernels.h"

#include <string.h>

bool apus_all_below(const int64_t *x, int64_t extent, size_t n) {
  bool all = true;
  for (size_t i = 0; i < n; i++) all &= (uint64_t)x[i] < (uint64_t)extent;
  return all;
}

#define DEFINE_POSITIONS(T, S)                                                                   \
  bool apus_positions_##S(const T *x, int64_t extent, int64_t *out, size_t n) {                  \
    bool all = true;                                                                             \
    for (size_t i = 0; i < n; i++) {                                                             \
      const int64_t index = x[i], position = index < 0 ? index + extent : index;                 \
      const bool is_inside = (uint64_t)position < (uint64_t)extent;                              \
      out[i] = is_inside ? position : 0;                                                         \
      all &= is_inside;                                                                          \
    }                                                                                            \
    return all;                                                                                  \
  }

DEFINE_POSITIONS(int32_t, i32)
DEFINE_POSITIONS(int64_t, i64)

static inline int64_t checked(int64_t position, int64_t extent, bool *all) {
  const bool is_inside = (uint64_t)position < (uint64_t)extent;
  *all &= is_inside;
  return is_inside ? position : 0;
}

#define GATHER(T)                                                                                \
  {                                                                                              \
    const T *from = src;                                                                         \
    T *to = out;                                                                                 \
    if (step == 0 && stride == 1) {                                                              \
      for (size_t i = 0; i < n; i++) to[i] = from[checked(positions[i], extent, &all)];          \
    } else {                                                                                     \
      for (size_t i = 0; i < n; i++)                                                             \
        to[i] = from[(ptrdiff_t)i * step + checked(positions[i], extent, &all) * stride];        \
    }                                                                                            \
    break;                                                                                       \
  }

bool apus_gather(size_t size, const void *src, ptrdiff_t step, ptrdiff_t stride,
                 const int64_t *positions, int64_t extent, void *out, size_t n) {
  bool all = true;
  switch (size) {
    case 1: GATHER(uint8_t)
    case 4: GATHER(uint32_t)
    case 8: GATHER(uint64_t)
    default:
      for (size_t i = 0; i < n; i++) {
        const int64_t position = checked(positions[i], extent, &all);
        memcpy((char *)out + i * size,
               (const char *)src + ((ptrdiff_t)i * step + position * stride) * (ptrdiff_t)size,
               size);
      }
  }
  return all;
}

#define DEFINE_INDEX_ADD(T, S)                                                                   \
  void apus_index_add_##S(const int64_t *positions, const T *src, T *target, size_t block,       \
                          size_t width, size_t n) {                                              \
    for (size_t i = 0; i < n; i++) {                                                             \
      const T *restrict from = src + i * block;                                                  \
      T *restrict to = target + (size_t)positions[i] * block;                                    \
      for (size_t j = 0; j < width; j++) to[j] = (T)(to[j] + from[j]);                           \
    }                                                                                            \
  }

DEFINE_INDEX_ADD(float, f32)
DEFINE_INDEX_ADD(double, f64)
DEFINE_INDEX_ADD(uint32_t, u32)
DEFINE_INDEX_ADD(uint64_t, u64)
DEFINE_INDEX_ADD(uint8_t, u8)
