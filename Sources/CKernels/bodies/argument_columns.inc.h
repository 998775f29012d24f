// Where columns have their greatest or least element. Four rows are compared with the best so far
// at once; only where one of them beats it are they looked at one by one.

#if !defined(ARGUMENT_COLUMNS_ENTRIES)
#define ARGUMENT_COLUMNS_ENTRIES .argument_columns = {FN(argmax_columns), FN(argmin_columns)},
#define ARGUMENT_STRIP (2048 / LANE_BYTES)
#endif

INLINE void FN(take_if_best)(const apus_reduce_op op, V x, INT row, T *best, INT *at,
                             size_t count) {
  V old = FN(load_up_to)(best, count, 0);
  M beats = FN(beats)(op, x, old);
  FN(store_up_to)(best, beats ? x : old, count);
  V places = FN(load_up_to)((const T *)at, count, 0);
  FN(store_up_to)((T *)at, (V)(beats ? (M)row : (M)places), count);
}

INLINE void FN(argument_strip)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride,
                               size_t rows, size_t columns, T *best, INT *at) {
  memcpy(best, x, columns * sizeof(T));
  memset(at, 0, columns * sizeof(INT));
  size_t r = 1;
  for (; r + 4 <= rows; r += 4) {
    const T *row = x + (ptrdiff_t)r * row_stride;
    for (size_t j = 0; j < columns; j += LANES) {
      const size_t count = columns - j;
      V four[4];
      for (int k = 0; k < 4; k++) four[k] = FN(load_up_to)(row + k * row_stride + j, count, 0);
      V top = FN(fold4)(op, four[0], four[1], four[2], four[3]);
      if (__builtin_reduce_or(FN(beats)(op, top, FN(load_up_to)(best + j, count, 0))))
        for (int k = 0; k < 4; k++)
          FN(take_if_best)(op, four[k], (INT)(r + k), best + j, at + j, count);
    }
  }
  for (; r < rows; r++)
    for (size_t j = 0; j < columns; j += LANES)
      FN(take_if_best)(op, FN(load_up_to)(x + (ptrdiff_t)r * row_stride + j, columns - j, 0),
                       (INT)r, best + j, at + j, columns - j);
}

INLINE void FN(argument_columns)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride,
                                 size_t batches, size_t rows, size_t columns, int64_t *out,
                                 T *values) {
  T best[ARGUMENT_STRIP];
  INT at[ARGUMENT_STRIP];
  for (size_t b = 0; b < batches; b++, x += (ptrdiff_t)rows * row_stride)
    for (size_t j = 0; j < columns; j += ARGUMENT_STRIP) {
      const size_t count = columns - j < ARGUMENT_STRIP ? columns - j : ARGUMENT_STRIP;
      FN(argument_strip)(op, x + j, row_stride, rows, count, best, at);
      for (size_t k = 0; k < count; k++) out[b * columns + j + k] = at[k];
      if (values) memcpy(values + b * columns + j, best, count * sizeof(T));
    }
}

static void FN(argmax_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                               size_t columns, int64_t *out, T *values) {
  FN(argument_columns)(APUS_REDUCE_MAX, x, row_stride, batches, rows, columns, out, values);
}

static void FN(argmin_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                               size_t columns, int64_t *out, T *values) {
  FN(argument_columns)(APUS_REDUCE_MIN, x, row_stride, batches, rows, columns, out, values);
}
