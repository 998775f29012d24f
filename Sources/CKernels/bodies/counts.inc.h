// How many elements are not zero, in 64 bits. Lanes count for themselves as long as none can
// overflow; NaN is not zero.

#if !defined(COUNT_ENTRIES)
#define COUNT_ENTRIES .nonzero_rows = FN(nonzero_rows), .nonzero_columns = FN(nonzero_columns),
// Vectors after which a lane, which starts at 0, may be full.
#define COUNT_BLOCK (LANE_BYTES == 1 ? 127 : 1 << 20)
#endif

INLINE int64_t FN(add_lanes)(M counts) {
  int64_t total = 0;
  for (int k = 0; k < LANES; k++) total += counts[k];
  return total;
}

INLINE int64_t FN(nonzero)(const T *x, size_t n) {
  int64_t total = 0;
  size_t i = 0;
  while (n - i >= LANES) {
    const size_t vectors = (n - i) / LANES, block = COUNT_BLOCK;
    const size_t end = i + (vectors < block ? vectors : block) * LANES;
    M a = 0;
    for (; i < end; i += LANES) a -= (M)(FN(load)(x + i) != (V)0);
    total += FN(add_lanes)(a);
  }
  for (; i < n; i++) total += x[i] != 0;
  return total;
}

static void FN(nonzero_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                             int64_t *out) {
  for (size_t r = 0; r < rows; r++) out[r] = FN(nonzero)(x + (ptrdiff_t)r * row_stride, columns);
}

static void FN(nonzero_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                                size_t columns, int64_t *out) {
  for (; batches > 0; batches--, x += (ptrdiff_t)rows * row_stride, out += columns) {
    memset(out, 0, columns * sizeof(int64_t));
    for (size_t r = 0; r < rows; r++) {
      const T *row = x + (ptrdiff_t)r * row_stride;
      for (size_t j = 0; j < columns; j++) out[j] += row[j] != 0;
    }
  }
}
