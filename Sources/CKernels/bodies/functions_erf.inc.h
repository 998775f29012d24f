// The error function and the exact gelu, for either precision.

#if LANE_BYTES == 4

// 1 - (1 - erf a) with 1 - erf a = e^y, as -(e^y - 1), which has all its digits where y is small.
INLINE V FN(op_ERF)(V x) {
  V a = __builtin_elementwise_abs(x), rounded;
  a = a > FN(ERF_TOP) ? (V)FN(ERF_TOP) : a;
  V e = FN(expm1_reduced)(FN(split_exponent)(a * FN(poly_log_erfc)(a), &rounded));
  V power = FN(raise)((V)(T)1, rounded);
  return __builtin_elementwise_copysign(FMA(-power, e, (T)1 - power), x);
}

#else

// erf a for 1 <= a. Beyond ERF_TOP it is 1.
INLINE V FN(erf_of_large)(V a) {
  V bounded = a > FN(ERF_TOP) ? (V)FN(ERF_TOP) : a, rounded;
  V mantissa = FN(exp_mantissa)(-(bounded * bounded), -(V)0, &rounded);
  return FMA(FN(raise)(mantissa, rounded) * FN(erfcx_half)(bounded), (T)-2, (T)1);
}

INLINE V FN(op_ERF)(V x) {
  V a = __builtin_elementwise_abs(x);
  V small = FMA(x, FN(poly_erf)(x * x), x);
  return a < (T)1 ? small : __builtin_elementwise_copysign(FN(erf_of_large)(a), x);
}

#endif

// Phi(-a) = e^(-a^2 / 2) R(a) for a >= 0, Phi being the normal distribution function. The tail is
// computed by itself, so that its relative error stays small however small it is.

#if LANE_BYTES == 4

INLINE V FN(tail_ratio)(V a) {
  V under = FMA(a, FN(poly_normal_tail_q)(a), (T)1);
  return under / FMA(a * under, FN(ROOT_2_PI), FN(poly_normal_tail_p)(a));
}

// a R(a), with one rounding less than the product.
INLINE V FN(tail_ratio_times)(V a) {
  V over = FMA(a * a, FN(poly_normal_tail_q)(a), a);
  return over / FMA(over, FN(ROOT_2_PI), FN(poly_normal_tail_p)(a));
}

#else

INLINE V FN(tail_ratio)(V a) { return FN(erfcx_half)(a * FN(SQRT_HALF)); }
INLINE V FN(tail_ratio_times)(V a) { return a * FN(tail_ratio)(a); }

#endif

// Declares a = |x|, or GELU_TOP where that is less, and tail = e^(-a^2 / 2) factor.
#define GELU_TAIL(x, factor)                                                                     \
  const bool normal = !FN(any_beyond)(x, FN(GELU_NORMAL));                                       \
  V a = __builtin_elementwise_abs(x);                                                            \
  if (__builtin_expect(!normal, 0)) a = a > FN(GELU_TOP) ? (V)FN(GELU_TOP) : a;                  \
  V half = a * (T)-0.5, exponent = half * a, low = FN(product_low)(half, a, exponent), rounded;  \
  V e = FN(expm1_reduced)(FN(split_exponent)(exponent, &rounded) + low);                         \
  V product = factor;                                                                            \
  product = FMA(product, e, product);                                                            \
  V tail = __builtin_expect(normal, 1) ? FN(raise)(product, rounded)                             \
                                       : FN(scale)(product, rounded);

// x Phi(x) = max(x, 0) - |x| Phi(-|x|), the zero with the sign of x.
INLINE V FN(op_GELU)(V x) {
  GELU_TAIL(x, FN(tail_ratio_times)(a))
  V zero = (V)((U)x ^ (U)__builtin_elementwise_abs(x));
  return (x > zero ? x : zero) - tail;
}

// g times Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi): below 0 e^(-a^2 / 2) (R(a) - a / sqrt(2 pi)), and above
// it 1 less that. Where the factor is 0, so is the exponent that is added to it.
INLINE V FN(op_GELU_GRAD)(V g, V x) {
  GELU_TAIL(x, FMA(a, -FN(ONE_OVER_ROOT_2_PI), FN(tail_ratio)(a)))
  return g * (x < (V)0 ? tail : (T)1 - tail);
}

#undef GELU_TAIL
