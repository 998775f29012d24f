// Where a row has its greatest or least element: the block that holds it is found first, then the
// element in it.

#if !defined(ARGUMENT_ENTRIES)
#define ARGUMENT_ENTRIES .argument_rows = {FN(argmax_rows), FN(argmin_rows)},
#endif

typedef bool FN(flags) __attribute__((ext_vector_type(LANES)));

// The first lane that is set, or LANES.
INLINE size_t FN(first_lane)(M mask) {
  union {
    FN(flags) flags;
    unsigned char bytes[sizeof(FN(flags))];
  } as = {__builtin_convertvector(mask != 0, FN(flags))};
  uint64_t bits = 0;
  memcpy(&bits, as.bytes, sizeof as.bytes);
  if (LANES < 64) bits |= (uint64_t)1 << (LANES & 63);
  return bits ? (size_t)__builtin_ctzll(bits) : LANES;
}

// The first element equal to one that is there; NaN equals NaN.
INLINE size_t FN(first_equal)(const T *x, size_t n, T wanted) {
  const V target = (V)wanted;
  size_t i = 0;
  if (FN(is_nan)(wanted)) {
    while (i < n && !FN(is_nan)(x[i])) i++;
    return i;
  }
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    if (__builtin_reduce_or((FN(load)(x + i) == target) |
                            (FN(load)(x + i + LANES) == target) |
                            (FN(load)(x + i + 2 * LANES) == target) |
                            (FN(load)(x + i + 3 * LANES) == target)))
      break;
  for (; i + LANES <= n; i += LANES) {
    const size_t lane = FN(first_lane)((M)(FN(load)(x + i) == target));
    if (lane < LANES) return i + lane;
  }
  while (i < n && x[i] != wanted) i++;
  return i;
}

INLINE int64_t FN(argument)(const apus_reduce_op op, const T *x, size_t n) {
  size_t at = 0;
  T best = 0;
  for (size_t start = 0; start < n; start += ROW_BLOCK) {
    const size_t count = n - start < ROW_BLOCK ? n - start : ROW_BLOCK;
    const T top = FN(merge_lanes)(op, FN(fold_block)(op, x + start, count));
    if (start == 0 || FN(is_nan)(top) || (op == APUS_REDUCE_MAX ? top > best : top < best)) {
      at = start;
      best = top;
    }
    if (FN(is_nan)(top)) break;
  }
  if (n == 0) return -1;
  return (int64_t)(at + FN(first_equal)(x + at, n - at < ROW_BLOCK ? n - at : ROW_BLOCK, best));
}

static void FN(argmax_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                            int64_t *out) {
  for (size_t r = 0; r < rows; r++, x += row_stride)
    out[r] = FN(argument)(APUS_REDUCE_MAX, x, columns);
}

static void FN(argmin_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                            int64_t *out) {
  for (size_t r = 0; r < rows; r++, x += row_stride)
    out[r] = FN(argument)(APUS_REDUCE_MIN, x, columns);
}
