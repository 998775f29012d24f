// Greatest and least of integers, bytes among them.

INLINE V FN(map_MAX)(V x) { return x; }
INLINE V FN(map_MIN)(V x) { return x; }
INLINE V FN(merge_MAX)(V a, V b) { return __builtin_elementwise_max(a, b); }
INLINE V FN(merge_MIN)(V a, V b) { return __builtin_elementwise_min(a, b); }

// Whether x is the new extreme beside the one so far.
INLINE M FN(beats)(const apus_reduce_op op, V x, V best) {
  return (M)(op == APUS_REDUCE_MAX ? x > best : x < best);
}

INLINE M FN(nan_among)(V a, V b, V c, V d) {
  (void)a, (void)b, (void)c, (void)d;
  return (M)(INT)0;
}

INLINE bool FN(is_nan)(T x) {
  (void)x;
  return false;
}
