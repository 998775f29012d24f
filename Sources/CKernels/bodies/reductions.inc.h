// Folds along rows and columns. A long fold goes in blocks, and the blocks are combined pairwise,
// so that every element passes through O(log n) roundings after those of its block.

#if !defined(REDUCE_KERNEL)
#define ROW_BLOCK (128 * LANES)
#define COLUMN_BLOCK 64
#define STACK_DEPTH 56
// Vectors of a tile of columns, whose totals stay in registers.
#define TILE 4
// Columns of a strip, whose totals stay in the first-level cache; below WIDE they go by tiles.
#define STRIP (4096 / LANE_BYTES)
#define WIDE (2 * TILE * LANES)

#define MAP_CASE(NAME) \
  case APUS_REDUCE_##NAME: return FN(map_##NAME)(x);
#define MERGE_CASE(NAME) \
  case APUS_REDUCE_##NAME: return FN(merge_##NAME)(a, b);

#define REDUCE_KERNEL(NAME)                                                                      \
  static void FN(reduce_rows_##NAME)(const T *x, ptrdiff_t row_stride, size_t rows,              \
                                     size_t columns, T *out) {                                   \
    for (size_t r = 0; r < rows; r++)                                                            \
      out[r] = FN(fold_row)(APUS_REDUCE_##NAME, x + (ptrdiff_t)r * row_stride, columns);         \
  }                                                                                              \
  /* rows >= 1, columns <= STRIP */                                                              \
  static void FN(fold_strip_##NAME)(const T *x, ptrdiff_t row_stride, size_t rows,               \
                                    size_t columns, T *out) {                                    \
    if (rows <= COLUMN_BLOCK) {                                                                  \
      FN(fold_strip_block)(APUS_REDUCE_##NAME, x, row_stride, rows, columns, out);               \
      return;                                                                                    \
    }                                                                                            \
    size_t half = COLUMN_BLOCK;                                                                  \
    while (2 * half < rows) half *= 2;                                                           \
    T rest[STRIP];                                                                               \
    FN(fold_strip_##NAME)(x, row_stride, half, columns, out);                                    \
    FN(fold_strip_##NAME)(x + (ptrdiff_t)half * row_stride, row_stride, rows - half, columns,    \
                          rest);                                                                 \
    FN(merge_into)(APUS_REDUCE_##NAME, out, rest, columns);                                      \
  }                                                                                              \
  static void FN(fold_tiles_##NAME)(const T *x, ptrdiff_t row_stride, size_t rows,               \
                                    size_t columns, T *out) {                                    \
    FN(fold_tiles)(APUS_REDUCE_##NAME, x, row_stride, rows, columns, out);                       \
  }                                                                                              \
  static void FN(reduce_columns_##NAME)(const T *x, ptrdiff_t row_stride, size_t batches,        \
                                        size_t rows, size_t columns, T *out) {                   \
    for (; batches > 0; batches--, x += (ptrdiff_t)rows * row_stride, out += columns) {          \
      const size_t folds = columns ? TILE * LANES / columns : 0;                                 \
      if (columns >= WIDE && rows > 0) {                                                         \
        for (size_t j = 0; j < columns; j += STRIP)                                              \
          FN(fold_strip_##NAME)(x + j, row_stride, rows,                                         \
                                columns - j < STRIP ? columns - j : STRIP, out + j);             \
      } else if (folds >= 2 && row_stride == (ptrdiff_t)columns && rows >= 4 * folds) {          \
        /* Several narrow rows are taken as one. */                                              \
        T folded[TILE * LANES], rest[TILE * LANES];                                              \
        const size_t whole = rows / folds, used = whole * folds;                                 \
        FN(fold_tiles_##NAME)(x, (ptrdiff_t)(folds * columns), whole, folds *columns, folded);   \
        FN(fold_tiles_##NAME)(x + used * columns, row_stride, rows - used, columns, rest);       \
        for (size_t k = 1; k < folds; k++)                                                       \
          FN(merge_into)(APUS_REDUCE_##NAME, rest, folded + k * columns, columns);               \
        FN(merge_into)(APUS_REDUCE_##NAME, rest, folded, columns);                               \
        memcpy(out, rest, columns * sizeof(T));                                                  \
      } else {                                                                                   \
        FN(fold_tiles_##NAME)(x, row_stride, rows, columns, out);                                \
      }                                                                                          \
    }                                                                                            \
  }

#define REDUCE_ROWS_ENTRY(NAME) FN(reduce_rows_##NAME),
#define REDUCE_COLUMNS_ENTRY(NAME) FN(reduce_columns_##NAME),
#endif

INLINE V FN(map)(const apus_reduce_op op, V x) {
  switch (op) {
    REDUCE_OPS(MAP_CASE)
    default: return x;
  }
}

INLINE V FN(merge)(const apus_reduce_op op, V a, V b) {
  switch (op) {
    REDUCE_OPS(MERGE_CASE)
    default: return a;
  }
}

INLINE V FN(fold)(const apus_reduce_op op, V total, V x) {
  return FN(merge)(op, total, FN(map)(op, x));
}

// Four elements together; floats have cheaper ways.
#if !defined(HAS_FOLD4)
INLINE V FN(fold4)(const apus_reduce_op op, V a, V b, V c, V d) {
  return FN(merge)(op, FN(merge)(op, FN(map)(op, a), FN(map)(op, b)),
                   FN(merge)(op, FN(map)(op, c), FN(map)(op, d)));
}
#endif

INLINE T FN(identity)(const apus_reduce_op op) {
  switch (op) {
    case APUS_REDUCE_MAX: return T_MIN;
    case APUS_REDUCE_MIN: return T_MAX;
    case APUS_REDUCE_PRODUCT: return 1;
    default: return 0;
  }
}

INLINE T FN(merge_lanes)(const apus_reduce_op op, V v) {
#if LANE_BYTES == 1
  return op == APUS_REDUCE_MAX ? __builtin_reduce_max(v) : __builtin_reduce_min(v);
#else
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
#endif
}

// out = out merged with other, for n columns.
INLINE void FN(merge_into)(const apus_reduce_op op, T *out, const T *other, size_t n) {
  size_t j = 0;
  for (; j + LANES <= n; j += LANES)
    FN(store)(out + j, FN(merge)(op, FN(load)(out + j), FN(load)(other + j)));
  if (j < n)
    FN(store_part)(out + j, FN(merge)(op, FN(load_part)(out + j, n - j, 0),
                                      FN(load_part)(other + j, n - j, 0)), n - j);
}

// n <= ROW_BLOCK elements into one vector.
INLINE V FN(fold_block)(const apus_reduce_op op, const T *x, size_t n) {
  const T identity = FN(identity)(op);
  V a = (V)identity, b = a;
  size_t i = 0;
  for (; i + 8 * LANES <= n; i += 8 * LANES) {
    a = FN(merge)(op, a, FN(fold4)(op, FN(load)(x + i), FN(load)(x + i + LANES),
                                   FN(load)(x + i + 2 * LANES), FN(load)(x + i + 3 * LANES)));
    b = FN(merge)(op, b, FN(fold4)(op, FN(load)(x + i + 4 * LANES), FN(load)(x + i + 5 * LANES),
                                   FN(load)(x + i + 6 * LANES), FN(load)(x + i + 7 * LANES)));
  }
  if (i + 4 * LANES <= n) {
    a = FN(merge)(op, a, FN(fold4)(op, FN(load)(x + i), FN(load)(x + i + LANES),
                                   FN(load)(x + i + 2 * LANES), FN(load)(x + i + 3 * LANES)));
    i += 4 * LANES;
  }
  for (; i + LANES <= n; i += LANES) b = FN(fold)(op, b, FN(load)(x + i));
  if (i < n) a = FN(fold)(op, a, FN(load_part)(x + i, n - i, identity));
  return FN(merge)(op, a, b);
}

// Blocks are combined as a binary counter carries: total k of the stack covers a power of two of
// blocks.
INLINE T FN(fold_row)(const apus_reduce_op op, const T *x, size_t n) {
  if (n <= ROW_BLOCK) return FN(merge_lanes)(op, FN(fold_block)(op, x, n));
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

// A strip of columns through 1 to COLUMN_BLOCK rows, four rows at a time.
INLINE void FN(fold_strip_block)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride,
                                 size_t rows, size_t columns, T *out) {
  const T identity = FN(identity)(op);
  // First the rows that make no four.
  size_t r = rows % 4;
  for (size_t j = 0; j < columns; j += LANES) {
    V total = (V)identity;
    for (size_t k = 0; k < r; k++)
      total = FN(fold)(op, total,
                       FN(load_up_to)(x + (ptrdiff_t)k * row_stride + j, columns - j, identity));
    FN(store_up_to)(out + j, total, columns - j);
  }
  for (; r < rows; r += 4) {
    const T *a = x + (ptrdiff_t)r * row_stride, *b = a + row_stride, *c = b + row_stride,
            *d = c + row_stride;
    size_t j = 0;
    for (; j + LANES <= columns; j += LANES)
      FN(store)(out + j, FN(merge)(op, FN(load)(out + j),
                                   FN(fold4)(op, FN(load)(a + j), FN(load)(b + j),
                                             FN(load)(c + j), FN(load)(d + j))));
    const size_t rest = columns - j;
    if (rest)
      FN(store_part)(out + j,
                     FN(merge)(op, FN(load_part)(out + j, rest, identity),
                               FN(fold4)(op, FN(load_part)(a + j, rest, identity),
                                         FN(load_part)(b + j, rest, identity),
                                         FN(load_part)(c + j, rest, identity),
                                         FN(load_part)(d + j, rest, identity))),
                     rest);
  }
}

// A tile of columns: `vectors` of them, the last with `last` columns.
INLINE void FN(fold_tile)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride, size_t rows,
                          T *out, const int vectors, const size_t last) {
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
                            FN(load_up_to)(x + k * LANES, k == vectors - 1 ? last : LANES,
                                           identity));
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
  for (int k = 0; k < vectors; k++)
    FN(store_up_to)(out + k * LANES, total[k], k == vectors - 1 ? last : LANES);
}

INLINE void FN(fold_tiles)(const apus_reduce_op op, const T *x, ptrdiff_t row_stride, size_t rows,
                           size_t columns, T *out) {
  size_t j = 0;
  for (; j + TILE * LANES <= columns; j += TILE * LANES)
    FN(fold_tile)(op, x + j, row_stride, rows, out + j, TILE, LANES);
  const size_t vectors = (columns - j + LANES - 1) / LANES, last = columns - j - (vectors - 1) * LANES;
  if (vectors == 1) FN(fold_tile)(op, x + j, row_stride, rows, out + j, 1, last);
  else if (vectors == 2) FN(fold_tile)(op, x + j, row_stride, rows, out + j, 2, last);
  else if (vectors == 3) FN(fold_tile)(op, x + j, row_stride, rows, out + j, 3, last);
  else if (vectors == 4) FN(fold_tile)(op, x + j, row_stride, rows, out + j, 4, last);
}

REDUCE_OPS(REDUCE_KERNEL)
