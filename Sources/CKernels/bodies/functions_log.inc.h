// Logarithms, for either precision.

// Of x > 0, normal, x = m 2^e with m in [sqrt(1/2), sqrt(2)): the bits of 2^e less those of 1, which
// are those of x less those of m.
INLINE U FN(power_bits)(V x) {
  return ((U)x - FN(SQRT_HALF_BITS)) & (U)((U)(V)0 - 1 << FN(MANTISSA_BITS));
}

// The logarithm's values outside its domain's interior: -inf at 0, NaN below, else x.
INLINE V FN(log_edge)(V x) {
  return x == (V)0 ? (V)(T)-INFINITY : (x < (V)0 ? (V)(T)NAN : x);
}

// How the parts of x = (1 + f) 2^e become its other logarithms.
INLINE V FN(join_LOG2)(V e, V f) {
  V low = FMA(f, FN(LOG2_E_LOW), FN(log_tail)(f) * FN(LOG2_E));
  return e + FMA(f, FN(LOG2_E), low);
}
INLINE V FN(join_LOG10)(V e, V f) {
  V low = FMA(e, FN(LOG10_2_LOW), FMA(f, FN(LOG10_E_LOW), FN(log_tail)(f) * FN(LOG10_E)));
  return FMA(e, FN(LOG10_2_HIGH), FMA(f, FN(LOG10_E), low));
}

// What is no number above 0, or not normal, has an exponent that is no usual one; numbers near them
// come to the same either way.
#define LOGARITHM(NAME)                                                                          \
  INLINE V FN(op_##NAME)(V x) {                                                                  \
    U power = FN(power_bits)(x);                                                                 \
    V e = FN(exponent)(power);                                                                   \
    if (__builtin_expect(FN(any_beyond)(e, FN(EXPONENT_BIAS) - 2), 0)) {                         \
      M denormal = x < FN(LEAST_NORMAL);                                                         \
      V normal = denormal ? x * (T)0x1p60 : x;                                                   \
      power = FN(power_bits)(normal);                                                            \
      e = FN(exponent)(power) - (denormal ? (V)(T)60 : (V)0);                                    \
      V y = FN(join_##NAME)(e, (V)((U)normal - power) - (T)1);                                   \
      return ((x > (V)0) & (x < (T)INFINITY)) ? y : FN(log_edge)(x);                             \
    }                                                                                            \
    return FN(join_##NAME)(e, (V)((U)x - power) - (T)1);                                         \
  }
LOGARITHM(LOG)
LOGARITHM(LOG2)
LOGARITHM(LOG10)
#undef LOGARITHM

INLINE V FN(op_LOG1P)(V x) {
  // 1 + x = 2^e (1 + f), with the digits that the sum below has no room for: f = 2^-e x + (2^-e - 1).
  V u = x + (T)1;
  U power = FN(power_bits)(u);
  V scale = (V)((U)(V)(T)1 - power);
  V y = FN(join_LOG)(FN(exponent)(power), FMA(x, scale, scale - (T)1));
  y = x == (V)0 ? x : y;
  // Beyond these 1 + x has no logarithm, or is x.
  M usual = (U)u - 1 < (U)(V)(T)0x1p60;
  if (__builtin_expect(__builtin_reduce_or((M)~usual) != 0, 0)) return usual ? y : FN(op_LOG)(u);
  return y;
}

// max(x, 0) + ln(1 + e^-|x|).
INLINE V FN(op_SOFTPLUS)(V x) {
  V t = FN(op_EXP)(-__builtin_elementwise_abs(x));
  // 1 + t = 2 (1 + (t - 1) / 2), where that is past sqrt(2).
  M large = t > (T)0.4142135;
  V f = large ? (t - (T)1) * (T)0.5 : t;
  V y = FN(join_LOG)(large ? (V)(T)1 : (V)0, f);
  return (x > (V)0 ? x : (V)0) + y;
}
