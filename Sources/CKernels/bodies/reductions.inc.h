// Folds along rows and columns. A long fold goes in blocks, and the blocks are combined as a
// binary counter carries: total k of the stack covers a power of two of blocks, so that every
// element passes through O(log n) roundings.

#if !defined(REDUCE_KERNEL)
// 32 elements in turn for each of the four accumulators' lanes.
#define ROW_BLOCK (32 * 4 * LANES)
#define COLUMN_BLOCK 64
#define STACK_DEPTH 56
#define TILE 4

// fold takes elements in, merge combines totals; they differ for sums of squares only.
#define REDUCE_CASE(NAME) \
  case APUS_REDUCE_##NAME: return FN(fold_##NAME)(total, x);

#define REDUCE_KERNEL(NAME)                                                                      \
  static void FN(reduce_rows_##NAME)(const T *x, ptrdiff_t row_stride, size_t rows,              \
                                     size_t columns, T *out) {                                   \
    for (size_t r = 0; r < rows; r++)                                                            \
      out[r] = FN(fold_row)(APUS_REDUCE_##NAME, x + (ptrdiff_t)r * row_stride, columns);         \
  }                                                                                              \
  static void FN(reduce_columns_##NAME)(const T *x, ptrdiff_t row_stride, size_t rows,           \
                                        size_t columns, T *out, bool accumulate) {               \
    FN(fold_columns)(APUS_REDUCE_##NAME, x, row_stride, rows, columns, out, accumulate);         \
  }

#define REDUCE_ROWS_ENTRY(NAME) FN(reduce_rows_##NAME),
#define REDUCE_COLUMNS_ENTRY(NAME) FN(reduce_columns_##NAME),
#endif

INLINE V FN(fold)(const apus_reduce_op op, V total, V x) {
  switch (op) { APUS_REDUCE_OPS(REDUCE_CASE) }
  return total;
}

INLINE V FN(merge)(const apus_reduce_op op, V a, V b) {
  return FN(fold)(op == APUS_REDUCE_SUM_OF_SQUARES ? APUS_REDUCE_SUM : op, a, b);
}

INLINE T FN(identity)(const apus_reduce_op op) {
  switch (op) {
    case APUS_REDUCE_MAX: return T_MIN;
    case APUS_REDUCE_MIN: return T_MAX;
    case APUS_REDUCE_PRODUCT: return 1;
    default: return 0;
  }
}

INLINE T FN(merge_lanes)(const apus_reduce_op op, V v) {
#if APUS_VECTOR_BYTES / LANE_BYTES >= 16
  v = FN(merge)(op, v, FN(turn8)(v));
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 8
  v = FN(merge)(op, v, FN(turn4)(v));
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 4
  v = FN(merge)(op, v, FN(turn2)(v));
#endif
  return FN(merge)(op, v, FN(turn1)(v))[0];
}

// n <= ROW_BLOCK elements into one vector.
INLINE V FN(fold_block)(const apus_reduce_op op, const T *x, size_t n) {
  const T identity = FN(identity)(op);
  V a = (V)identity, b = a, c = a, d = a;
  size_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    a = FN(fold)(op, a, FN(load)(x + i));
    b = FN(fold)(op, b, FN(load)(x + i + LANES));
    c = FN(fold)(op, c, FN(load)(x + i + 2 * LANES));
    d = FN(fold)(op, d, FN(load)(x + i + 3 * LANES));
  }
  for (; i + LANES <= n; i += LANES) a = FN(fold)(op, a, FN(load)(x + i));
  if (i < n) b = FN(fold)(op, b, FN(load_part)(x + i, n - i, identity));
  return FN(merge)(op, FN(merge)(op, a, b), FN(merge)(op, c, d));
}

INLINE T FN(fold_row)(const apus_reduce_op op, const T *x, size_t n) {
  V stack[STACK_DEPTH];
  unsigned depth = 0;
  for (size_t block = 1; n > ROW_BLOCK; block++, x += ROW_BLOCK, n -= ROW_BLOCK) {
    V total = FN(fold_block)(op, x, ROW_BLOCK);
    for (size_t carry = block; !(carry & 1); carry >>= 1)
      total = FN(merge)(op, stack[--depth], total);
    stack[depth++] = total;
  }
  V total = FN(fold_block)(op, x, n);
  while (depth) total = FN(merge)(op, stack[--depth], total);
  return FN(merge_lanes)(op, total);
}

// One tile of columns: `vectors` full ones, or, where `part` is not 0, one of `part` columns.
INLINE void FN(fold_tile)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride, size_t rows,
                          T *out, bool accumulate, const int vectors, const size_t part) {
  const T identity = FN(identity)(op);
  V stack[STACK_DEPTH][TILE];
  V total[TILE];
  unsigned depth = 0;
  for (size_t block = 1;; block++) {
    size_t count = rows < COLUMN_BLOCK ? rows : COLUMN_BLOCK;
    for (int k = 0; k < vectors; k++) total[k] = (V)identity;
    for (size_t r = 0; r < count; r++, x += row_stride)
      for (int k = 0; k < vectors; k++)
        total[k] = FN(fold)(op, total[k],
                            part ? FN(load_part)(x, part, identity) : FN(load)(x + k * LANES));
    rows -= count;
    if (rows == 0) break;
    for (size_t carry = block; !(carry & 1); carry >>= 1) {
      depth--;
      for (int k = 0; k < vectors; k++) total[k] = FN(merge)(op, stack[depth][k], total[k]);
    }
    for (int k = 0; k < vectors; k++) stack[depth][k] = total[k];
    depth++;
  }
  while (depth) {
    depth--;
    for (int k = 0; k < vectors; k++) total[k] = FN(merge)(op, stack[depth][k], total[k]);
  }
  for (int k = 0; k < vectors; k++) {
    T *to = out + k * LANES;
    if (accumulate)
      total[k] = FN(merge)(op, part ? FN(load_part)(to, part, identity) : FN(load)(to), total[k]);
    if (part) FN(store_part)(to, total[k], part);
    else FN(store)(to, total[k]);
  }
}

INLINE void FN(fold_columns)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride,
                             size_t rows, size_t columns, T *out, bool accumulate) {
  size_t j = 0;
  for (; j + TILE * LANES <= columns; j += TILE * LANES)
    FN(fold_tile)(op, x + j, row_stride, rows, out + j, accumulate, TILE, 0);
  for (; j + LANES <= columns; j += LANES)
    FN(fold_tile)(op, x + j, row_stride, rows, out + j, accumulate, 1, 0);
  if (j < columns)
    FN(fold_tile)(op, x + j, row_stride, rows, out + j, accumulate, 1, columns - j);
}

APUS_REDUCE_OPS(REDUCE_KERNEL)
