// The operations on one vector of signed integers. Unsigned arithmetic, as it wraps.

INLINE V FN(op_ADD)(V a, V b) { return (V)((U)a + (U)b); }
INLINE V FN(op_SUB)(V a, V b) { return (V)((U)a - (U)b); }
INLINE V FN(op_MUL)(V a, V b) { return (V)((U)a * (U)b); }
INLINE V FN(op_DIV)(V a, V b) {
  // The least integer divided by -1 wraps too; the CPU would trap.
  for (int i = 0; i < LANES; i++) a[i] = b[i] == -1 ? (T)(0 - (UINT)a[i]) : a[i] / b[i];
  return a;
}
// Of the least integer and -1 the remainder is 0; the CPU would trap.
INLINE V FN(op_TRUNC_REM)(V a, V b) {
  for (int i = 0; i < LANES; i++) a[i] = b[i] == -1 ? 0 : a[i] % b[i];
  return a;
}
// The truncated remainder, moved to the side of b where it has the other sign.
INLINE V FN(op_FLOOR_REM)(V a, V b) {
  V r = FN(op_TRUNC_REM)(a, b);
  return ((r != 0) & ((r ^ b) < 0)) ? r + b : r;
}
INLINE V FN(op_FLOOR_DIV)(V a, V b) {
  V q = FN(op_DIV)(a, b);
  V r = FN(op_SUB)(a, FN(op_MUL)(q, b));
  return ((r != 0) & ((r ^ b) < 0)) ? FN(op_SUB)(q, (V)1) : q;
}
// By squaring, one bit of the exponents after the other.
INLINE V FN(op_POW)(V a, V b) {
  V result = 1;
  while (__builtin_reduce_or(b > 0)) {
    result = (b & 1) != 0 ? FN(op_MUL)(result, a) : result;
    a = FN(op_MUL)(a, a);
    b >>= 1;
  }
  return result;
}
INLINE V FN(op_MIN)(V a, V b) { return __builtin_elementwise_min(a, b); }
INLINE V FN(op_MAX)(V a, V b) { return __builtin_elementwise_max(a, b); }

INLINE V FN(op_NEG)(V x) { return (V)(0 - (U)x); }
INLINE V FN(op_ABS)(V x) { return x < 0 ? FN(op_NEG)(x) : x; }
INLINE V FN(op_SIGN)(V x) { return x > 0 ? (V)1 : (x < 0 ? (V)-1 : (V)0); }
INLINE V FN(op_SQUARE)(V x) { return FN(op_MUL)(x, x); }

// Reductions: what an element contributes, and two contributions together.
INLINE V FN(map_SUM)(V x) { return x; }
INLINE V FN(map_PRODUCT)(V x) { return x; }
INLINE V FN(map_SUM_OF_SQUARES)(V x) { return FN(op_MUL)(x, x); }
INLINE V FN(merge_SUM)(V a, V b) { return FN(op_ADD)(a, b); }
INLINE V FN(merge_PRODUCT)(V a, V b) { return FN(op_MUL)(a, b); }
INLINE V FN(merge_SUM_OF_SQUARES)(V a, V b) { return FN(op_ADD)(a, b); }

INLINE V FN(fold_DOT)(V total, V a, V b) { return FN(op_ADD)(total, FN(op_MUL)(a, b)); }
