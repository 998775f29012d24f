// Logarithms, for either precision.

// x > 0, normal: x = m 2^e with m in [sqrt(1/2), sqrt(2)).
INLINE V FN(split_mantissa)(V x, U *biased) {
  *biased = ((U)x + FN(SQRT_HALF_SHIFT)) >> FN(MANTISSA_BITS);
  return (V)((U)x - ((*biased - FN(EXPONENT_BIAS)) << FN(MANTISSA_BITS)));
}

// The exponent as a number, by way of the bits of 2^MANTISSA_BITS + biased.
INLINE V FN(exponent)(U biased) {
  const V base = (V)((U)(V)(T)1 + ((U)(V)0 + FN(MANTISSA_BITS) << FN(MANTISSA_BITS)));
  return (V)((U)base | biased) - (base + FN(EXPONENT_BIAS));
}

// The logarithm's values outside its domain's interior: -inf at 0, NaN below, else x.
INLINE V FN(log_edge)(V x) {
  return x == (V)0 ? (V)(T)-INFINITY : (x < (V)0 ? (V)(T)NAN : x);
}

// How the parts of x = m 2^e become one of its logarithms: e, f = m - 1 and y = ln(m) - f.
INLINE V FN(join_LOG)(V e, V f, V y) {
  return FMA(e, FN(LN_2_HIGH), f + FMA(e, FN(LN_2_LOW), y));
}
INLINE V FN(join_LOG2)(V e, V f, V y) {
  return e + FMA(f, FN(LOG2_E), FMA(f, FN(LOG2_E_LOW), y * FN(LOG2_E)));
}
INLINE V FN(join_LOG10)(V e, V f, V y) {
  V low = FMA(e, FN(LOG10_2_LOW), FMA(f, FN(LOG10_E_LOW), y * FN(LOG10_E)));
  return FMA(e, FN(LOG10_2_HIGH), FMA(f, FN(LOG10_E), low));
}

#define LOGARITHM(NAME)                                                                          \
  INLINE V FN(op_##NAME)(V x) {                                                                  \
    U biased;                                                                                    \
    M usual = (x >= FN(LEAST_NORMAL)) & (x < (T)INFINITY);                                       \
    if (__builtin_expect(__builtin_reduce_or((M)~usual) != 0, 0)) {                              \
      M denormal = x < FN(LEAST_NORMAL);                                                         \
      V f = FN(split_mantissa)(denormal ? x * (T)0x1p60 : x, &biased) - (T)1;                    \
      V e = FN(exponent)(biased) - (denormal ? (V)(T)60 : (V)0);                                 \
      V y = FN(join_##NAME)(e, f, FN(log_tail)(f));                                              \
      return ((x > (V)0) & (x < (T)INFINITY)) ? y : FN(log_edge)(x);                             \
    }                                                                                            \
    V f = FN(split_mantissa)(x, &biased) - (T)1;                                                 \
    return FN(join_##NAME)(FN(exponent)(biased), f, FN(log_tail)(f));                            \
  }
LOGARITHM(LOG)
LOGARITHM(LOG2)
LOGARITHM(LOG10)
#undef LOGARITHM

INLINE V FN(op_LOG1P)(V x) {
  // 1 + x = 2^e (1 + f), with the digits that the sum below has no room for: f = 2^-e x + (2^-e - 1).
  V u = x + (T)1;
  U biased;
  FN(split_mantissa)(u, &biased);
  V power = (V)((2 * FN(EXPONENT_BIAS) - biased) << FN(MANTISSA_BITS));
  V f = FMA(x, power, power - (T)1);
  V y = FN(join_LOG)(FN(exponent)(biased), f, FN(log_tail)(f));
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
  V y = FN(join_LOG)(large ? (V)(T)1 : (V)0, f, FN(log_tail)(f));
  return (x > (V)0 ? x : (V)0) + y;
}
