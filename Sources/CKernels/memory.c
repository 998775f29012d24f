// Filling and strided copies: bound by memory, so the baseline instruction set does.
#include "CKernels.h"

#include <string.h>

typedef uint32_t four_words __attribute__((ext_vector_type(4)));
typedef uint64_t two_words __attribute__((ext_vector_type(2)));

// A square that a register file transposes: BLOCK x BLOCK elements, rows contiguous at src with
// the given stride, written with columns as rows.
static inline void transpose_block_1(const uint8_t *src, ptrdiff_t src_stride, uint8_t *dst,
                                     ptrdiff_t dst_stride) {
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) dst[j * dst_stride + i] = src[i * src_stride + j];
}

static inline void transpose_block_4(const uint32_t *src, ptrdiff_t src_stride, uint32_t *dst,
                                     ptrdiff_t dst_stride) {
  four_words a, b, c, d;
  memcpy(&a, src, 16);
  memcpy(&b, src + src_stride, 16);
  memcpy(&c, src + 2 * src_stride, 16);
  memcpy(&d, src + 3 * src_stride, 16);
  four_words ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  four_words ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  four_words cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  four_words cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
  memcpy(dst, &a, 16);
  memcpy(dst + dst_stride, &b, 16);
  memcpy(dst + 2 * dst_stride, &c, 16);
  memcpy(dst + 3 * dst_stride, &d, 16);
}

static inline void transpose_block_8(const uint64_t *src, ptrdiff_t src_stride, uint64_t *dst,
                                     ptrdiff_t dst_stride) {
  two_words a, b;
  memcpy(&a, src, 16);
  memcpy(&b, src + src_stride, 16);
  two_words low = __builtin_shufflevector(a, b, 0, 2);
  two_words high = __builtin_shufflevector(a, b, 1, 3);
  memcpy(dst, &low, 16);
  memcpy(dst + dst_stride, &high, 16);
}

static inline ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

#define CACHE_TILE 32

#define DEFINE_MEMORY(SIZE, T, BLOCK)                                                            \
  void apus_fill_##SIZE(void *dst, const void *value, size_t n) {                                \
    T *to = dst;                                                                                 \
    T element;                                                                                   \
    memcpy(&element, value, sizeof element);                                                     \
    for (size_t i = 0; i < n; i++) to[i] = element;                                              \
  }                                                                                              \
                                                                                                 \
  /* Element by element, in tiles that stay in the cache whichever side jumps. */                \
  static void copy_tiles_##SIZE(const T *src, ptrdiff_t src_row, ptrdiff_t src_column, T *dst,   \
                                ptrdiff_t dst_row, ptrdiff_t dst_column, ptrdiff_t rows,         \
                                ptrdiff_t columns) {                                             \
    for (ptrdiff_t r0 = 0; r0 < rows; r0 += CACHE_TILE)                                          \
      for (ptrdiff_t c0 = 0; c0 < columns; c0 += CACHE_TILE)                                     \
        for (ptrdiff_t r = r0; r < smaller(rows, r0 + CACHE_TILE); r++)                          \
          for (ptrdiff_t c = c0; c < smaller(columns, c0 + CACHE_TILE); c++)                     \
            dst[r * dst_row + c * dst_column] = src[r * src_row + c * src_column];               \
  }                                                                                              \
                                                                                                 \
  /* src has contiguous rows, dst contiguous columns. */                                         \
  static void transpose_##SIZE(const T *src, ptrdiff_t src_row, T *dst, ptrdiff_t dst_column,    \
                               ptrdiff_t rows, ptrdiff_t columns) {                              \
    const ptrdiff_t even_rows = rows - rows % BLOCK, even_columns = columns - columns % BLOCK;   \
    for (ptrdiff_t r0 = 0; r0 < even_rows; r0 += CACHE_TILE)                                     \
      for (ptrdiff_t c0 = 0; c0 < even_columns; c0 += CACHE_TILE)                                \
        for (ptrdiff_t c = c0; c < smaller(even_columns, c0 + CACHE_TILE); c += BLOCK)           \
          for (ptrdiff_t r = r0; r < smaller(even_rows, r0 + CACHE_TILE); r += BLOCK)            \
            transpose_block_##SIZE(src + r * src_row + c, src_row, dst + c * dst_column + r,     \
                                   dst_column);                                                  \
    copy_tiles_##SIZE(src + even_columns, src_row, 1, dst + even_columns * dst_column, 1,        \
                      dst_column, even_rows, columns - even_columns);                            \
    copy_tiles_##SIZE(src + even_rows * src_row, src_row, 1, dst + even_rows, 1, dst_column,     \
                      rows - even_rows, columns);                                                \
  }                                                                                              \
                                                                                                 \
  void apus_copy_2d_##SIZE(const void *src, ptrdiff_t src_row_stride,                            \
                           ptrdiff_t src_column_stride, void *dst, ptrdiff_t dst_row_stride,     \
                           ptrdiff_t dst_column_stride, size_t rows, size_t columns) {           \
    const T *from = src;                                                                         \
    T *to = dst;                                                                                 \
    const ptrdiff_t m = (ptrdiff_t)rows, n = (ptrdiff_t)columns;                                 \
    if (m == 0 || n == 0) return;                                                                \
    if (src_column_stride == 1 && dst_column_stride == 1) {                                      \
      for (ptrdiff_t r = 0; r < m; r++)                                                          \
        memcpy(to + r * dst_row_stride, from + r * src_row_stride, columns * sizeof(T));         \
    } else if (src_row_stride == 1 && dst_row_stride == 1) {                                     \
      for (ptrdiff_t c = 0; c < n; c++)                                                          \
        memcpy(to + c * dst_column_stride, from + c * src_column_stride, rows * sizeof(T));      \
    } else if (src_column_stride == 0 && dst_column_stride == 1) {                               \
      for (ptrdiff_t r = 0; r < m; r++)                                                          \
        apus_fill_##SIZE(to + r * dst_row_stride, from + r * src_row_stride, columns);           \
    } else if (src_column_stride == 1 && dst_row_stride == 1) {                                  \
      transpose_##SIZE(from, src_row_stride, to, dst_column_stride, m, n);                       \
    } else if (src_row_stride == 1 && dst_column_stride == 1) {                                  \
      transpose_##SIZE(from, src_column_stride, to, dst_row_stride, n, m);                       \
    } else {                                                                                     \
      copy_tiles_##SIZE(from, src_row_stride, src_column_stride, to, dst_row_stride,             \
                        dst_column_stride, m, n);                                                \
    }                                                                                            \
  }

DEFINE_MEMORY(1, uint8_t, 8)
DEFINE_MEMORY(4, uint32_t, 4)
DEFINE_MEMORY(8, uint64_t, 2)

void apus_prefetch(const void *start, size_t bytes) {
  const uintptr_t first = (uintptr_t)start & ~(uintptr_t)63, end = (uintptr_t)start + bytes;
  for (uintptr_t line = first; line < end; line += 64) __builtin_prefetch((const void *)line);
}
