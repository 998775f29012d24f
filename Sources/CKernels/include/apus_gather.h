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

#endif
