// Softmax, log-softmax and their gradients along rows. Lanes without an element hold -inf, whose
// exponential adds nothing.

// Vectors of a short row, which stays in registers.
#define ROW_VECTORS 4

// The greatest lane in all lanes.
INLINE V FN(greatest_lane)(V v) {
#if APUS_VECTOR_BYTES / LANE_BYTES >= 16
  V eight = FN(turn8)(v);
  v = eight > v ? eight : v;
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 8
  V four = FN(turn4)(v);
  v = four > v ? four : v;
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 4
  V two = FN(turn2)(v);
  v = two > v ? two : v;
#endif
  V one = FN(turn1)(v);
  return one > v ? one : v;
}

// The sum of exp(x - shift) over n elements, and the exponentials themselves to `out` if not NULL;
// by blocks, each in two vectors.
INLINE V FN(exp_sum_part)(const T *x, T *out, size_t n, T shift) {
  V total = 0;
  while (n > 0) {
    const size_t block = n < ROW_BLOCK ? n : ROW_BLOCK;
    V a = 0, b = 0;
    size_t i = 0;
    for (; i + 2 * LANES <= block; i += 2 * LANES) {
      V p = FN(exp_of_negative)(FN(load)(x + i) - shift), q = FN(exp_of_negative)(FN(load)(x + i + LANES) - shift);
      if (out) {
        FN(store)(out + i, p);
        FN(store)(out + i + LANES, q);
      }
      a += p;
      b += q;
    }
    for (; i < block; i += LANES) {
      V p = FN(exp_of_negative)(FN(load_up_to)(x + i, block - i, T_MIN) - shift);
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
    V e = FN(exp_of_negative)(FN(load_up_to)(x + at, count, T_MIN) - shift);
    if (out) FN(store_up_to)(out + at, e, count);
    total += FN(iota)() == (M)(INT)(skip - at) ? (V)0 : e;
    next = count < LANES ? n : at + LANES;
  }
  total += FN(exp_sum_part)(x + next, out ? out + next : NULL, n - next, shift);
  return FN(merge_lanes)(APUS_REDUCE_SUM, total);
}

// A row that fits ROW_VECTORS vectors stays in them. NaN may get lost in `top`, but not in the sum.
INLINE void FN(softmax_near)(const T *x, T *out, size_t n, const int vectors) {
  const int last = vectors - 1;
  const size_t rest = n - (size_t)last * LANES;
  V v[ROW_VECTORS], total = 0;
  V top = v[last] = FN(load_up_to)(x + last * LANES, rest, T_MIN);
#pragma clang loop unroll(full)
  for (int i = 0; i < last; i++) {
    v[i] = FN(load)(x + i * LANES);
    top = v[i] > top ? v[i] : top;
  }
  const V shift = FN(greatest_lane)(top);
#pragma clang loop unroll(full)
  for (int i = 0; i < vectors; i++) total += v[i] = FN(exp_of_negative)(v[i] - shift);
  const V factor = (V)(1 / FN(merge_lanes)(APUS_REDUCE_SUM, total));
#pragma clang loop unroll(full)
  for (int i = 0; i < last; i++) FN(store)(out + i * LANES, v[i] * factor);
  FN(store_up_to)(out + last * LANES, v[last] * factor, rest);
}

INLINE void FN(softmax_row)(const T *x, T *out, size_t n) {
  if (n == 0) return;
  switch ((n - 1) / LANES) {
    case 0: return FN(softmax_near)(x, out, n, 1);
    case 1: return FN(softmax_near)(x, out, n, 2);
    case 2: return FN(softmax_near)(x, out, n, 3);
    case 3: return FN(softmax_near)(x, out, n, 4);
  }
  const T sum = FN(exp_sum)(x, out, n, FN(fold_row)(APUS_REDUCE_MAX, x, n), n);
  FN(affine)(1 / sum, 0, out, out, n);
}

static void FN(softmax_rows)(const T *x, T *out, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) FN(softmax_row)(x, out, columns);
}

// Zeros from element n of a row on.
INLINE void FN(clear_after)(T *x, size_t n, size_t columns) {
  for (; n < columns; n += LANES) FN(store_up_to)(x + n, (V)0, columns - n);
}

static void FN(softmax_leading)(T *x, ptrdiff_t row_stride, size_t rows, const size_t *counts,
                                size_t columns) {
  for (size_t r = 0; r < rows; r++, x += row_stride) {
    FN(softmax_row)(x, x, counts[r]);
    FN(clear_after)(x, counts[r], columns);
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

INLINE void FN(softmax_grad_near)(const T *y, const T *g, T *out, size_t n, const int vectors) {
  const int last = vectors - 1;
  const size_t rest = n - (size_t)last * LANES;
  V p[ROW_VECTORS], d[ROW_VECTORS];
  p[last] = FN(load_up_to)(y + last * LANES, rest, 0);
  d[last] = FN(load_up_to)(g + last * LANES, rest, 0);
  V total = p[last] * d[last];
#pragma clang loop unroll(full)
  for (int i = 0; i < last; i++) {
    p[i] = FN(load)(y + i * LANES);
    d[i] = FN(load)(g + i * LANES);
    total = FMA(p[i], d[i], total);
  }
  const V dot = (V)FN(merge_lanes)(APUS_REDUCE_SUM, total);
#pragma clang loop unroll(full)
  for (int i = 0; i < last; i++) FN(store)(out + i * LANES, p[i] * (d[i] - dot));
  FN(store_up_to)(out + last * LANES, p[last] * (d[last] - dot), rest);
}

INLINE void FN(softmax_grad_row)(const T *y, const T *g, T *out, size_t n) {
  if (n == 0) return;
  switch ((n - 1) / LANES) {
    case 0: return FN(softmax_grad_near)(y, g, out, n, 1);
    case 1: return FN(softmax_grad_near)(y, g, out, n, 2);
    case 2: return FN(softmax_grad_near)(y, g, out, n, 3);
    case 3: return FN(softmax_grad_near)(y, g, out, n, 4);
  }
  V total = 0;
  for (size_t start = 0; start < n; start += ROW_BLOCK) {
    V block = 0;
    const size_t end = n - start < ROW_BLOCK ? n : start + ROW_BLOCK;
    for (size_t i = start; i < end; i += LANES)
      block = FMA(FN(load_up_to)(y + i, end - i, 0), FN(load_up_to)(g + i, end - i, 0), block);
    total += block;
  }
  const T dot = FN(merge_lanes)(APUS_REDUCE_SUM, total);
  for (size_t i = 0; i < n; i += LANES) {
    V yi = FN(load_up_to)(y + i, n - i, 0), gi = FN(load_up_to)(g + i, n - i, 0);
    FN(store_up_to)(out + i, yi * (gi - dot), n - i);
  }
}

static void FN(softmax_grad_rows)(const T *y, const T *g, T *out, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += columns, g += columns, out += columns)
    FN(softmax_grad_row)(y, g, out, columns);
}

static void FN(softmax_grad_leading)(const T *y, T *g, ptrdiff_t row_stride, size_t rows,
                                     const size_t *counts, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += row_stride, g += row_stride) {
    FN(softmax_grad_row)(y, g, g, counts[r]);
    FN(clear_after)(g, counts[r], columns);
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
