// Sorting networks over vectors of signed keys: up to SORT_ROWS vectors are sorted in registers.
//
// The keys are a matrix, one vector a row. A network for 4, 8 or 16 inputs sorts all columns at
// once; then neighbouring columns are merged, twice as many each time, by Batcher's bitonic merges
// ("Sorting networks and their applications", 1968). A pair that is compared lies in two rows, or in
// two lanes of a row and its mirror image. That columns are kept until the last merge is the idea of
// Wassenberg, Blacher, Giesen and Sanders ("Vectorized and performance-portable quicksort", 2022).

#define SORT_ROWS 16

INLINE void FN(order)(V *low, V *high) {
  const V a = *low, b = *high;
#if LANE_BYTES == 4 || defined(APUS_AVX512)
  *low = __builtin_elementwise_min(a, b);
  *high = __builtin_elementwise_max(a, b);
#else
  const M above = a > b;
  *low = above ? b : a;
  *high = above ? a : b;
#endif
}

// Rows at a distance, in pairs.
INLINE void FN(order_rows)(V *v, const int rows, const int distance) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
    if (!(i & distance)) FN(order)(&v[i], &v[i + distance]);
}

// ---- Columns

#define ORDER(i, j) FN(order)(&v[i], &v[j]);

INLINE void FN(sort_columns)(V *v, const int rows) {
  if (rows == 2) {
    ORDER(0, 1)
  } else if (rows == 4) {
    ORDER(0, 2) ORDER(1, 3) ORDER(0, 1) ORDER(2, 3) ORDER(1, 2)
  } else if (rows == 8) {
    // Batcher's 19 comparators.
    ORDER(0, 1) ORDER(2, 3) ORDER(4, 5) ORDER(6, 7)
    ORDER(0, 2) ORDER(1, 3) ORDER(4, 6) ORDER(5, 7)
    ORDER(1, 2) ORDER(5, 6) ORDER(0, 4) ORDER(3, 7)
    ORDER(1, 5) ORDER(2, 6)
    ORDER(1, 4) ORDER(3, 6)
    ORDER(2, 4) ORDER(3, 5)
    ORDER(3, 4)
  } else if (rows == 16) {
    // Green's 60 comparators (Knuth, "The Art of Computer Programming", volume 3, 5.3.4).
    FN(order_rows)(v, 16, 1);
    FN(order_rows)(v, 16, 2);
    FN(order_rows)(v, 16, 4);
    FN(order_rows)(v, 16, 8);
    ORDER(1, 2) ORDER(4, 8) ORDER(7, 11) ORDER(13, 14) ORDER(3, 12) ORDER(5, 10) ORDER(6, 9)
    ORDER(1, 4) ORDER(7, 13) ORDER(2, 8) ORDER(11, 14)
    ORDER(2, 4) ORDER(5, 6) ORDER(9, 10) ORDER(11, 13) ORDER(3, 8) ORDER(7, 12)
    ORDER(6, 8) ORDER(10, 12) ORDER(3, 5) ORDER(7, 9)
    ORDER(3, 4) ORDER(5, 6) ORDER(7, 8) ORDER(9, 10) ORDER(11, 12)
    ORDER(6, 7) ORDER(8, 9)
  }
}

// The stages of a merge within the columns.
INLINE void FN(order_columns)(V *v, const int rows) {
  if (rows >= 16) FN(order_rows)(v, rows, 8);
  if (rows >= 8) FN(order_rows)(v, rows, 4);
  if (rows >= 4) FN(order_rows)(v, rows, 2);
  FN(order_rows)(v, rows, 1);
}

// ---- Lanes

#if APUS_VECTOR_BYTES / LANE_BYTES == 16
#define EACH_LANE(F, x)                                                                          \
  F(0, x), F(1, x), F(2, x), F(3, x), F(4, x), F(5, x), F(6, x), F(7, x), F(8, x), F(9, x),      \
      F(10, x), F(11, x), F(12, x), F(13, x), F(14, x), F(15, x)
#elif APUS_VECTOR_BYTES / LANE_BYTES == 8
#define EACH_LANE(F, x) F(0, x), F(1, x), F(2, x), F(3, x), F(4, x), F(5, x), F(6, x), F(7, x)
#elif APUS_VECTOR_BYTES / LANE_BYTES == 4
#define EACH_LANE(F, x) F(0, x), F(1, x), F(2, x), F(3, x)
#else
#define EACH_LANE(F, x) F(0, x), F(1, x)
#endif

#define FLIPPED(i, x) ((i) ^ (x)) % LANES
#define CHOSEN(i, x) ((i) & (x) ? LANES + (i) : (i))

// Lane i has what lane i ^ x had.
INLINE V FN(flip)(V v, const int x) {
#define CASE(X)                                                                                  \
  if (x == X) return __builtin_shufflevector(v, v, EACH_LANE(FLIPPED, X));
  CASE(1) CASE(2) CASE(3) CASE(4) CASE(7) CASE(8) CASE(15)
#undef CASE
  return v;
}

// The lanes i without the bit x of a, the others of b.
INLINE V FN(choose_lanes)(V a, V b, const int x) {
#define CASE(X)                                                                                  \
  if (x == X) return __builtin_shufflevector(a, b, EACH_LANE(CHOSEN, X));
  CASE(1) CASE(2) CASE(4) CASE(8)
#undef CASE
  return a;
}

// Lanes at a distance, in pairs.
INLINE void FN(order_lanes)(V *v, const int rows, const int distance) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    V low = v[i], high = FN(flip)(v[i], distance);
    FN(order)(&low, &high);
    v[i] = FN(choose_lanes)(low, high, distance);
  }
}

// Merges columns of `width` / 2 lanes each to columns of `width` lanes.
INLINE void FN(merge_columns)(V *v, const int rows, const int width) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows / 2; i++) {
    V *const first = &v[i], *const last = &v[rows - 1 - i];
    V low = *first, high = FN(flip)(*last, width - 1);
    FN(order)(&low, &high);
    *first = FN(choose_lanes)(low, high, width / 2);
    *last = FN(flip)(FN(choose_lanes)(high, low, width / 2), width - 1);
  }
  if (width >= 16) FN(order_lanes)(v, rows, 4);
  if (width >= 8) FN(order_lanes)(v, rows, 2);
  if (width >= 4) FN(order_lanes)(v, rows, 1);
  FN(order_columns)(v, rows);
}

// The matrix by columns instead of rows. Taking all even lanes before all odd ones is to turn the
// number of a key, its row before its lane, right by a bit; here within 16 bytes, then with those as
// units, as a register's halves and quarters are dear to mix otherwise.
INLINE void FN(transpose)(V *v, const int rows) {
  V from[SORT_ROWS];
#define ROUND(SHUFFLE)                                                                           \
  for (int i = 0; i < rows; i++) from[i] = v[i];                                                 \
  for (int i = 0; i < rows / 2; i++) {                                                           \
    const V a = from[2 * i], b = from[2 * i + 1];                                                \
    v[i] = __builtin_shufflevector(a, b, EACH_LANE(SHUFFLE, 0));                                 \
    v[i + rows / 2] = __builtin_shufflevector(a, b, EACH_LANE(SHUFFLE, 1));                      \
  }
#define UNIT (16 / LANE_BYTES)
#define IN_UNIT(i, odd)                                                                          \
  ((i) / UNIT * UNIT + (i) * 2 % UNIT + (odd) + ((i) % UNIT < UNIT / 2 ? 0 : LANES))
#define OF_UNITS(i, odd)                                                                         \
  ((i) / UNIT * 2 % (LANES / UNIT) * UNIT + (odd) * UNIT + (i) % UNIT +                          \
   ((i) < LANES / 2 ? 0 : LANES))
  ROUND(IN_UNIT)
#if LANE_BYTES == 4
  ROUND(IN_UNIT)
#endif
#if APUS_VECTOR_BYTES >= 32
  ROUND(OF_UNITS)
#endif
#if APUS_VECTOR_BYTES >= 64
  ROUND(OF_UNITS)
#endif
#undef ROUND
#undef UNIT
#undef IN_UNIT
#undef OF_UNITS
}

// The stages of a merge within the rows of a matrix whose lanes, then rows, are one bitonic sequence.
INLINE void FN(order_all)(V *v, const int rows) {
  if (LANES >= 16) FN(order_lanes)(v, rows, 8);
  if (LANES >= 8) FN(order_lanes)(v, rows, 4);
  if (LANES >= 4) FN(order_lanes)(v, rows, 2);
  FN(order_lanes)(v, rows, 1);
  FN(order_columns)(v, rows);
}

// Sorts a matrix by columns.
INLINE void FN(sort_matrix)(V *v, const int rows) {
  FN(sort_columns)(v, rows);
  FN(merge_columns)(v, rows, 2);
  if (LANES >= 4) FN(merge_columns)(v, rows, 4);
  if (LANES >= 8) FN(merge_columns)(v, rows, 8);
  if (LANES >= 16) FN(merge_columns)(v, rows, 16);
}

INLINE void FN(load_matrix)(V *v, const T *x, size_t n, const int rows) {
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    const size_t start = (size_t)i * LANES;
    v[i] = n >= start + LANES ? FN(load)(x + start)
           : n > start        ? FN(load_part)(x + start, n - start, T_MAX)
                              : (V)T_MAX;
  }
}

// Stores a matrix by columns.
INLINE void FN(store_matrix)(V *v, T *x, size_t n, const int rows) {
  FN(transpose)(v, rows);
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    const size_t start = (size_t)i * LANES;
    if (n >= start + LANES) FN(store)(x + start, v[i]);
    else if (n > start) FN(store_part)(x + start, v[i], n - start);
  }
}

// Sorts n <= rows · LANES keys.
INLINE void FN(sort_one)(T *x, size_t n, const int rows) {
  V v[SORT_ROWS];
  FN(load_matrix)(v, x, n, rows);
  FN(sort_matrix)(v, rows);
  FN(store_matrix)(v, x, n, rows);
}

// Sorts more keys than a matrix of SORT_ROWS has, and at most twice as many.
static void FN(sort_two)(T *x, size_t n) {
  const size_t half = SORT_ROWS * LANES;
  V v[SORT_ROWS], w[SORT_ROWS];
  FN(load_matrix)(v, x + half, n - half, SORT_ROWS);
  FN(sort_matrix)(v, SORT_ROWS);
#pragma clang loop unroll(full)
  for (int i = 0; i < SORT_ROWS; i++) w[i] = v[i];
  FN(load_matrix)(v, x, half, SORT_ROWS);
  FN(sort_matrix)(v, SORT_ROWS);
  // The smaller and the larger half of all, each a bitonic sequence.
  V high[SORT_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < SORT_ROWS; i++) {
    high[i] = FN(flip)(w[SORT_ROWS - 1 - i], LANES - 1);
    FN(order)(&v[i], &high[i]);
  }
  FN(order_all)(v, SORT_ROWS);
  FN(store_matrix)(v, x, half, SORT_ROWS);
  FN(order_all)(high, SORT_ROWS);
  FN(store_matrix)(high, x + half, n - half, SORT_ROWS);
}

// Sorts n <= SORT_LEAF keys.
static void FN(sort_network)(T *x, size_t n) {
  if (n <= 2 * LANES) FN(sort_one)(x, n, 2);
  else if (n <= 4 * LANES) FN(sort_one)(x, n, 4);
  else if (n <= 8 * LANES) FN(sort_one)(x, n, 8);
  else if (n <= 16 * LANES) FN(sort_one)(x, n, 16);
  else FN(sort_two)(x, n);
}

#undef ORDER
#undef EACH_LANE
#undef FLIPPED
#undef CHOSEN
