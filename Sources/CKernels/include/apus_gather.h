// Elements and blocks at positions that integers name: bound by memory, so the baseline
// instruction set does.
#ifndef APUS_GATHER_H
#define APUS_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether all x are in 0..<extent.
bool apus_all_below(const int64_t *x, int64_t extent, size_t n);

// out = x, or x + extent where x < 0: positions counted from the front. The result is whether all
// are in 0..<extent; the others are 0 in `out`.
bool apus_positions_i32(const int32_t *x, int64_t extent, int64_t *out, size_t n);
bool apus_positions_i64(const int64_t *x, int64_t extent, int64_t *out, size_t n);

// Block i of `out` = block i * step + positions[i] * stride of `src`, for blocks of `size` bytes.
// Blocks of 1, 4 and 8 bytes are elements, and have that alignment. The arrays must not overlap.
// A position outside 0..<extent, which is at least 1, is read as 0; the result is whether there is
// none.
bool apus_gather(size_t size, const void *src, ptrdiff_t step, ptrdiff_t stride,
                 const int64_t *positions, int64_t extent, void *out, size_t n);

// For each i in order: element j of block positions[i] of `target` += element j of block i of `src`, for
// the first `width` elements of blocks that are `block` elements apart on both sides. Integers wrap around.
#define APUS_DECLARE_INDEX_ADD(T, S)                                                             \
  void apus_index_add_##S(const int64_t *positions, const T *src, T *target, size_t block,       \
                          size_t width, size_t n);
APUS_DECLARE_INDEX_ADD(float, f32)
APUS_DECLARE_INDEX_ADD(double, f64)
APUS_DECLARE_INDEX_ADD(uint32_t, u32)
APUS_DECLARE_INDEX_ADD(uint64_t, u64)
APUS_DECLARE_INDEX_ADD(uint8_t, u8)
#undef APUS_DECLARE_INDEX_ADD

#endif
