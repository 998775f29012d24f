// Inverse hyperbolic functions, for either precision, by the logarithm of 1 + x.

// From here on a + 1 is a, within the last place of the logarithm.
#define HUGE ((T)(1ull << FN(MANTISSA_BITS)))

// asinh a = ln(a + sqrt(1 + a^2)), where that less 1 is a + a^2 / (1 + sqrt(1 + a^2)); ln 2a for huge a.
INLINE V FN(op_ASINH)(V x) {
  V a = __builtin_elementwise_abs(x), square = a * a;
  M huge = a >= HUGE;
  V t = huge ? a : a + square / ((T)1 + __builtin_elementwise_sqrt((T)1 + square));
  V y = FN(op_LOG1P)(t) + (huge ? (V)FN(LN_2) : (V)0);
  return __builtin_elementwise_copysign(y, x);
}

// With t = x - 1, acosh x = ln(1 + t + sqrt(t (t + 2))); NaN below 1.
INLINE V FN(op_ACOSH)(V x) {
  V t = x - (T)1;
  M huge = x >= HUGE;
  V inner = huge ? x : t + __builtin_elementwise_sqrt(FMA(t, t, t + t));
  V y = FN(op_LOG1P)(inner) + (huge ? (V)FN(LN_2) : (V)0);
  return x < (V)(T)1 ? (V)(T)NAN : y;
}

// atanh a = ln((1 + a) / (1 - a)) / 2, where the quotient less 1 is 2a / (1 - a); NaN beyond 1.
INLINE V FN(op_ATANH)(V x) {
  V a = __builtin_elementwise_abs(x);
  V y = (T)0.5 * FN(op_LOG1P)((a + a) / ((T)1 - a));
  return __builtin_elementwise_copysign(y, x);
}

#undef HUGE
