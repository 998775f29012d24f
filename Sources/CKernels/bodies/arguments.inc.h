// Where a row has its greatest or least element: of a long row the block that holds it is found first,
// then the element in it.

#if !defined(ARGUMENT_ENTRIES)
#define ARGUMENT_ENTRIES .argument_rows = {FN(argmax_rows), FN(argmin_rows)},
#endif

typedef bool FN(flags) __attribute__((ext_vector_type(LANES)));

// A bit for each lane that is set.
INLINE uint64_t FN(lane_bits)(M mask) {
  union {
    FN(flags) flags;
    unsigned char bytes[sizeof(FN(flags))];
  } as = {__builtin_convertvector(mask != 0, FN(flags))};
  uint64_t bits = 0;
  memcpy(&bits, as.bytes, sizeof as.bytes);
  // Padding of the flags says nothing.
  return LANES < 64 ? bits & (((uint64_t)1 << (LANES & 63)) - 1) : bits;
}

// The first lane that is set, or LANES.
INLINE size_t FN(first_lane)(M mask) {
  const uint64_t bits = FN(lane_bits)(mask);
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
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    M found[4];
#pragma clang loop unroll(full)
    for (int k = 0; k < 4; k++) found[k] = (M)(FN(load)(x + i + k * LANES) == target);
    if (!__builtin_reduce_or((found[0] | found[1]) | (found[2] | found[3]))) continue;
    // Without a branch for each vector: which one it is cannot be foreseen.
    if (4 * LANES <= 64) {
      uint64_t bits = 0;
#pragma clang loop unroll(full)
      for (int k = 0; k < 4; k++) bits |= FN(lane_bits)(found[k]) << (k * LANES & 63);
      return i + (size_t)__builtin_ctzll(bits);
    }
    break;
  }
  for (; i + LANES <= n; i += LANES) {
    const size_t lane = FN(first_lane)((M)(FN(load)(x + i) == target));
    if (lane < LANES) return i + lane;
  }
  while (i < n && x[i] != wanted) i++;
  return i;
}

#if LANE_BYTES > 1
INLINE V FN(farther)(const apus_reduce_op op, V a, V b) {
  return op == APUS_REDUCE_MAX ? (a > b ? a : b) : (a < b ? a : b);
}

// Where 1 to 4 * LANES elements have their extreme, without a branch for each vector; -1 if one is NaN.
INLINE ptrdiff_t FN(argument_of_four)(const apus_reduce_op op, const T *x, size_t n) {
  const T identity = FN(identity)(op);
  V four[4];
#pragma clang loop unroll(full)
  for (size_t k = 0; k < 4; k++)
    four[k] = k * LANES < n ? FN(load_up_to)(x + k * LANES, n - k * LANES, identity) : (V)identity;
  if (__builtin_reduce_or(FN(nan_among)(four[0], four[1], four[2], four[3]))) return -1;
  V best = FN(farther)(op, FN(farther)(op, four[0], four[1]), FN(farther)(op, four[2], four[3]));
#if APUS_VECTOR_BYTES / LANE_BYTES >= 16
  best = FN(farther)(op, best, FN(turn8)(best));
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 8
  best = FN(farther)(op, best, FN(turn4)(best));
#endif
#if APUS_VECTOR_BYTES / LANE_BYTES >= 4
  best = FN(farther)(op, best, FN(turn2)(best));
#endif
  best = FN(farther)(op, best, FN(turn1)(best));
  uint64_t bits = 0;
#pragma clang loop unroll(full)
  for (int k = 0; k < 4; k++) bits |= FN(lane_bits)((M)(four[k] == best)) << (k * LANES & 63);
  return __builtin_ctzll(bits);
}
#endif

INLINE int64_t FN(argument)(const apus_reduce_op op, const T *x, size_t n) {
#if LANE_BYTES > 1
  if (n > 0 && n <= 4 * LANES) {
    const ptrdiff_t place = FN(argument_of_four)(op, x, n);
    if (place >= 0) return place;
  }
#endif
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
