// Where a row has its greatest or least element: found first, then looked for.

INLINE int64_t FN(first_equal)(const T *x, size_t n, T wanted) {
  const V target = (V)wanted;
  size_t i = 0;
  if (wanted != wanted) {
    while (i < n && x[i] == x[i]) i++;
    return (int64_t)i;
  }
  while (i + LANES <= n && !__builtin_reduce_or(FN(load)(x + i) == target)) i += LANES;
  while (i < n && x[i] != wanted) i++;
  return (int64_t)i;
}

static void FN(argmax_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                            int64_t *out) {
  for (size_t r = 0; r < rows; r++, x += row_stride)
    out[r] = columns == 0
                 ? -1
                 : FN(first_equal)(x, columns, FN(fold_row)(APUS_REDUCE_MAX, x, columns));
}

static void FN(argmin_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                            int64_t *out) {
  for (size_t r = 0; r < rows; r++, x += row_stride)
    out[r] = columns == 0
                 ? -1
                 : FN(first_equal)(x, columns, FN(fold_row)(APUS_REDUCE_MIN, x, columns));
}
