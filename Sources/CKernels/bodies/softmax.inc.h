// Softmax, log-softmax and their gradients along rows. A row that fits one vector stays in it;
// lanes without an element hold -inf, whose exponential adds nothing.

// The sum of exp(x - shift) over n elements, and the exponentials themselves to `out` if not NULL;
// by blocks, each in two vectors.
INLINE V FN(exp_sum_part)(const T *x, T *out, size_t n, T shift) {
  V total = 0;
  while (n > 0) {
    const size_t block = n < ROW_BLOCK ? n : ROW_BLOCK;
    V a = 0, b = 0;
    size_t i = 0;
    for (; i + 2 * LANES <= block; i += 2 * LANES) {
      V p = FN(op_EXP)(FN(load)(x + i) - shift), q = FN(op_EXP)(FN(load)(x + i + LANES) - shift);
      if (out) {
        FN(store)(out + i, p);
        FN(store)(out + i + LANES, q);
      }
      a += p;
      b += q;
    }
    for (; i < block; i += LANES) {
      V p = FN(op_EXP)(FN(load_up_to)(x + i, block - i, T_MIN) - shift);
      if (out) FN(store_up_to)(out + i, p, block - i);
      a += p;
    }
    total += a + b;
    x += block;
    n -= block;
    if (out) out += block;
  }
  return total;
}

// The same without element `skip` in the sum; n skips none.
INLINE T FN(exp_sum)(const T *x, T *out, size_t n, T shift, size_t skip) {
  V total = 0;
  size_t next = 0;
  if (skip < n) {
    const size_t at = skip - skip % LANES, count = n - at;
    total = FN(exp_sum_part)(x, out, at, shift);
    V e = FN(op_EXP)(FN(load_up_to)(x + at, count, T_MIN) - shift);
    if (out) FN(store_up_to)(out + at, e, count);
    total += FN(iota)() == (M)(INT)(skip - at) ? (V)0 : e;
    next = count < LANES ? n : at + LANES;
  }
  total += FN(exp_sum_part)(x + next, out ? out + next : NULL, n - next, shift);
  return FN(merge_lanes)(APUS_REDUCE_SUM, total);
}

static void FN(softmax_rows)(const T *x, T *out, size_t rows, size_t columns) {
  if (columns <= LANES) {
    if (columns == 0) return;
    for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
      V v = FN(load_up_to)(x, columns, T_MIN);
      V e = FN(op_EXP)(v - FN(merge_lanes)(APUS_REDUCE_MAX, v));
      FN(store_up_to)(out, e * (1 / FN(merge_lanes)(APUS_REDUCE_SUM, e)), columns);
    }
    return;
  }
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
    T sum = FN(exp_sum)(x, out, columns, FN(fold_row)(APUS_REDUCE_MAX, x, columns), columns);
    FN(affine)(1 / sum, 0, out, out, columns);
  }
}

static void FN(log_softmax_rows)(const T *x, T *out, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
    T top = FN(fold_row)(APUS_REDUCE_MAX, x, columns);
    V log_sum = FN(op_LOG)((V)FN(exp_sum)(x, NULL, columns, top, columns));
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES)
      FN(store)(out + i, FN(load)(x + i) - top - log_sum);
    if (i < columns)
      FN(store_part)(out + i, FN(load_part)(x + i, columns - i, 1) - top - log_sum, columns - i);
  }
}

static void FN(softmax_grad_rows)(const T *y, const T *g, T *out, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns, g += columns, out += columns) {
    V total = 0;
    for (size_t start = 0; start < columns; start += ROW_BLOCK) {
      V block = 0;
      const size_t end = columns - start < ROW_BLOCK ? columns : start + ROW_BLOCK;
      for (size_t i = start; i < end; i += LANES)
        block = FMA(FN(load_up_to)(y + i, end - i, 0), FN(load_up_to)(g + i, end - i, 0), block);
      total += block;
    }
    const T dot = FN(merge_lanes)(APUS_REDUCE_SUM, total);
    for (size_t i = 0; i < columns; i += LANES) {
      V yi = FN(load_up_to)(y + i, columns - i, 0), gi = FN(load_up_to)(g + i, columns - i, 0);
      FN(store_up_to)(out + i, yi * (gi - dot), columns - i);
    }
  }
}

static void FN(log_softmax_grad_rows)(const T *y, const T *g, T *out, size_t rows,
                                      size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns, g += columns, out += columns) {
    const T sum = FN(fold_row)(APUS_REDUCE_SUM, g, columns);
    for (size_t i = 0; i < columns; i += LANES) {
      V yi = FN(load_up_to)(y + i, columns - i, 0), gi = FN(load_up_to)(g + i, columns - i, 0);
      FN(store_up_to)(out + i, FMA(-sum, FN(op_EXP)(yi), gi), columns - i);
    }
  }
}
