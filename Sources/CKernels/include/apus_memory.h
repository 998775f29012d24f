// Filling, strided copies and conversion. Elements are known by their size in bytes only.
#ifndef APUS_MEMORY_H
#define APUS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

// Writes n copies of the element at `value` (which `dst` must not contain). `dst` has the
// alignment of its element.
void apus_fill_1(void *dst, const void *value, size_t n);
void apus_fill_4(void *dst, const void *value, size_t n);
void apus_fill_8(void *dst, const void *value, size_t n);

// dst[r, c] = src[r, c]. Strides count elements and may be negative; those of `src` may be 0.
// The pointers are those of element [0, 0]. The arrays must not overlap. Transposition goes by
// blocks that stay in the cache.
void apus_copy_2d_1(const void *src, ptrdiff_t src_row_stride, ptrdiff_t src_column_stride,
                    void *dst, ptrdiff_t dst_row_stride, ptrdiff_t dst_column_stride, size_t rows,
                    size_t columns);
void apus_copy_2d_4(const void *src, ptrdiff_t src_row_stride, ptrdiff_t src_column_stride,
                    void *dst, ptrdiff_t dst_row_stride, ptrdiff_t dst_column_stride, size_t rows,
                    size_t columns);
void apus_copy_2d_8(const void *src, ptrdiff_t src_row_stride, ptrdiff_t src_column_stride,
                    void *dst, ptrdiff_t dst_row_stride, ptrdiff_t dst_column_stride, size_t rows,
                    size_t columns);

// Asks for the bytes from `start` on, whole cache lines, before they are needed. Waits for nothing.
void apus_prefetch(const void *start, size_t bytes);

// dst = scale * src + shift. The arrays must not overlap.
void apus_u8_to_f32(const uint8_t *src, float scale, float shift, float *dst, size_t n);
void apus_u8_to_f64(const uint8_t *src, double scale, double shift, double *dst, size_t n);

#endif
