// Softmax, log-softmax and log-sum-exp down the columns of matrices, by strips that stay in the
// cache through their passes.

#if !defined(SOFTMAX_COLUMNS_ENTRIES)
#define SOFTMAX_COLUMNS_ENTRIES \
  .softmax_columns = FN(softmax_columns), .log_softmax_columns = FN(log_softmax_columns),
#define SOFTMAX_STRIP 128
#endif

// What is taken off an exponent: the greatest, unless that is infinite. Then no exponential needs
// it: of -inf they are all 0, and +inf stays so.
INLINE V FN(finite_or_zero)(V top) {
  return FN(op_ABS)(top) == (V)T_MAX ? (V)0 : top;
}

// log(sum(exp(row))). The greatest element is kept out of the sum, which then may be tiny.
static void FN(log_sum_exp_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                                 T *out) {
  for (size_t r = 0; r < rows; r++, x += row_stride) {
    const size_t at = (size_t)FN(argument)(APUS_REDUCE_MAX, x, columns);
    const T top = columns ? x[at] : T_MIN;
    if (FN(op_ABS)((V)top)[0] == T_MAX) out[r] = top;
    else out[r] = top + FN(op_LOG1P)((V)FN(exp_sum)(x, NULL, columns, top, at))[0];
  }
}

// sums = the sum of exp(x - top) of each column.
INLINE void FN(exp_sum_strip)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                              T *out, ptrdiff_t out_stride, const T *tops, T *sums) {
  for (size_t j = 0; j < columns; j += LANES) FN(store_up_to)(sums + j, (V)0, columns - j);
  for (size_t r = 0; r < rows; r++, x += row_stride) {
    T *to = out ? out + (ptrdiff_t)r * out_stride : NULL;
    size_t j = 0;
    for (; j + LANES <= columns; j += LANES) {
      V e = FN(op_EXP)(FN(load)(x + j) - FN(load)(tops + j));
      FN(store)(sums + j, FN(load)(sums + j) + e);
      if (to) FN(store)(to + j, e);
    }
    if (j < columns) {
      const size_t count = columns - j;
      V e = FN(op_EXP)(FN(load_part)(x + j, count, 0) - FN(load_part)(tops + j, count, 0));
      FN(store_part)(sums + j, FN(load_part)(sums + j, count, 0) + e, count);
      if (to) FN(store_part)(to + j, e, count);
    }
  }
}

static void FN(log_sum_exp_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                                    size_t columns, T *out) {
  T tops[SOFTMAX_STRIP], sums[SOFTMAX_STRIP];
  for (; batches > 0; batches--, x += (ptrdiff_t)rows * row_stride, out += columns)
    for (size_t start = 0; start < columns; start += SOFTMAX_STRIP) {
      const size_t n = columns - start < SOFTMAX_STRIP ? columns - start : SOFTMAX_STRIP;
      FN(reduce_columns_MAX)(x + start, row_stride, 1, rows, n, tops);
      for (size_t j = 0; j < n; j += LANES)
        FN(store_up_to)(tops + j, FN(finite_or_zero)(FN(load_up_to)(tops + j, n - j, 0)), n - j);
      FN(exp_sum_strip)(x + start, row_stride, rows, n, NULL, 0, tops, sums);
      for (size_t j = 0; j < n; j += LANES)
        FN(store_up_to)(out + start + j, FN(op_LOG)(FN(load_up_to)(sums + j, n - j, 1)) +
                                             FN(load_up_to)(tops + j, n - j, 0), n - j);
    }
}

static void FN(softmax_columns)(const T *x, T *out, ptrdiff_t row_stride, size_t rows,
                                size_t columns) {
  T tops[SOFTMAX_STRIP], sums[SOFTMAX_STRIP];
  for (size_t start = 0; start < columns; start += SOFTMAX_STRIP) {
    const size_t n = columns - start < SOFTMAX_STRIP ? columns - start : SOFTMAX_STRIP;
    FN(reduce_columns_MAX)(x + start, row_stride, 1, rows, n, tops);
    FN(exp_sum_strip)(x + start, row_stride, rows, n, out + start, row_stride, tops, sums);
    for (size_t j = 0; j < n; j += LANES)
      FN(store_up_to)(sums + j, (V)1 / FN(load_up_to)(sums + j, n - j, 1), n - j);
    for (size_t r = 0; r < rows; r++) {
      T *to = out + (ptrdiff_t)r * row_stride + start;
      for (size_t j = 0; j < n; j += LANES)
        FN(store_up_to)(to + j, FN(load_up_to)(to + j, n - j, 0) * FN(load_up_to)(sums + j, n - j, 0),
                        n - j);
    }
  }
}

static void FN(log_softmax_columns)(const T *x, T *out, ptrdiff_t row_stride, size_t rows,
                                    size_t columns) {
  T tops[SOFTMAX_STRIP], sums[SOFTMAX_STRIP];
  for (size_t start = 0; start < columns; start += SOFTMAX_STRIP) {
    const size_t n = columns - start < SOFTMAX_STRIP ? columns - start : SOFTMAX_STRIP;
    FN(reduce_columns_MAX)(x + start, row_stride, 1, rows, n, tops);
    FN(exp_sum_strip)(x + start, row_stride, rows, n, NULL, 0, tops, sums);
    for (size_t j = 0; j < n; j += LANES)
      FN(store_up_to)(sums + j, FN(op_LOG)(FN(load_up_to)(sums + j, n - j, 1)), n - j);
    for (size_t r = 0; r < rows; r++) {
      const T *from = x + (ptrdiff_t)r * row_stride + start;
      T *to = out + (ptrdiff_t)r * row_stride + start;
      for (size_t j = 0; j < n; j += LANES)
        FN(store_up_to)(to + j, FN(load_up_to)(from + j, n - j, 0) -
                                    FN(load_up_to)(tops + j, n - j, 0) -
                                    FN(load_up_to)(sums + j, n - j, 0), n - j);
    }
  }
}
