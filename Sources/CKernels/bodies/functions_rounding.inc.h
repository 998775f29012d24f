// Rounding to whole numbers, for either precision.

#if defined(__x86_64__) && !defined(APUS_FMA)

// SSE2 has no such instructions. Adding and taking away 2^MANTISSA_BITS rounds half to even; from
// there on every number is whole. The sign is kept, also that of zero.
INLINE V FN(op_ROUND)(V x) {
  V a = __builtin_elementwise_abs(x);
  const V step = (V)((T)(1ull << FN(MANTISSA_BITS)));
  return a < step ? __builtin_elementwise_copysign((a + step) - step, x) : x;
}

INLINE V FN(op_FLOOR)(V x) {
  V nearest = FN(op_ROUND)(x);
  return __builtin_elementwise_copysign(nearest > x ? nearest - (T)1 : nearest, x);
}

INLINE V FN(op_CEIL)(V x) { return -FN(op_FLOOR)(-x); }

INLINE V FN(op_TRUNC)(V x) {
  return __builtin_elementwise_copysign(FN(op_FLOOR)(__builtin_elementwise_abs(x)), x);
}

#else

INLINE V FN(op_ROUND)(V x) { return __builtin_elementwise_roundeven(x); }
INLINE V FN(op_FLOOR)(V x) { return __builtin_elementwise_floor(x); }
INLINE V FN(op_CEIL)(V x) { return __builtin_elementwise_ceil(x); }
INLINE V FN(op_TRUNC)(V x) { return __builtin_elementwise_trunc(x); }

#endif
