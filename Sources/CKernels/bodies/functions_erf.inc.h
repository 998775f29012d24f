// The error function and the exact gelu, for either precision.

#if LANE_BYTES == 4

// 1 - erf a = (1 - u)^4 with u = a p(a). Squaring 1 - u makes 2u - u^2 of u, with all its digits where
// it is small.
INLINE V FN(op_ERF)(V x) {
  V a = __builtin_elementwise_abs(x);
  a = a > FN(ERF_TOP) ? (V)FN(ERF_TOP) : a;
  V p = FN(poly_erf)(a), u = a * p;
  // 2u from a and p, as u itself is rounded, which would count four times where it is denormal.
  u = FMA(a, p + p, -(u * u));
  u = FMA(-u, u, u + u);
  return __builtin_elementwise_copysign(u, x);
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
// computed by itself, so that its relative error stays small however small it is. `far` says whether
// a is beyond NEAR_GELU.

#if LANE_BYTES == 4

// 1 / R(a) = slope a + p(a) / (1 + a q(a)). Where a is great, rounding that divisor does no harm.
INLINE V FN(tail_ratio)(V a, const bool far) {
  V under = FMA(a, FN(poly_normal_q)(a, far), 1.0f);
  return under / FMA(a * under, FN(NORMAL_SLOPE), FN(poly_normal_p)(a, far));
}

// a R(a), with one rounding less than the product.
INLINE V FN(tail_ratio_times)(V a, const bool far) {
  V over = FMA(a * a, FN(poly_normal_q)(a, far), a);
  return over / FMA(over, FN(NORMAL_SLOPE), FN(poly_normal_p)(a, far));
}

// from - e^(-a^2 / 2) factor, with ln 2 rounded to T, as the R above expects.
INLINE V FN(less_normal)(V from, V factor, V a, const bool far) {
  V square = a * a, low = FN(product_low)(a, a, square);
#if defined(APUS_AVX512)
  if (!far) {
    V rounded = FMA(square, -8.0f * LOG2_E_f32, ROUNDER_f32), whole = rounded - ROUNDER_f32;
    V r = FMA(whole, 0.125f * LN_2_f32, square) + low;
    V rest = FMA(r, FN(poly_exp_half_short)(r), FN(low_of_16ths)(rounded));
    V power = FN(power_of_16ths)(rounded);
    return FMA(-factor, FMA(power, rest, power), from);
  }
#endif
  V rounded = FMA(square, -0.5f * LOG2_E_f32, ROUNDER_f32), whole = rounded - ROUNDER_f32;
#if defined(APUS_FMA)
  V r = FMA(whole, 2.0f * LN_2_f32, square) + low;
#else
  V r = FMA(whole, 2.0f * LN_2_HIGH_f32, square);
  r = FMA(whole, 2.0f * (LN_2_f32 - LN_2_HIGH_f32), r) + low;
#endif
  V product = FMA(factor * r, FN(poly_exp_half)(r), factor);
  return from - (far ? FN(scale)(product, rounded) : FN(raise)(product, rounded));
}

#else

INLINE V FN(tail_ratio)(V a, const bool far) {
  (void)far;
  return FN(erfcx_half)(a * FN(SQRT_HALF));
}
INLINE V FN(tail_ratio_times)(V a, const bool far) { return a * FN(tail_ratio)(a, far); }

INLINE V FN(less_normal)(V from, V factor, V a, const bool far) {
  V half = a * (T)-0.5, exponent = half * a, low = FN(product_low)(half, a, exponent), rounded;
  V e = FN(expm1_reduced)(FN(split_exponent)(exponent, &rounded) + low);
  V product = FMA(factor, e, factor);
  return from - (far ? FN(scale)(product, rounded) : FN(raise)(product, rounded));
}

#endif

// |x|, or GELU_TOP where that is less.
INLINE V FN(normal_magnitude)(V x, const bool far) {
  V a = __builtin_elementwise_abs(x);
  if (far) a = a > FN(GELU_TOP) ? (V)FN(GELU_TOP) : a;
  return a;
}

// x Phi(x) = max(x, 0) - |x| Phi(-|x|), the zero with the sign of x, and NaN in the first term, as the
// tail of one may be anything.
INLINE V FN(gelu)(V x, const bool far) {
  V a = FN(normal_magnitude)(x, far), zero = (V)((U)x ^ (U)__builtin_elementwise_abs(x));
  return FN(less_normal)(x < zero ? zero : x, FN(tail_ratio_times)(a, far), a, far);
}

// g times Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi): below 0 e^(-a^2 / 2) (R(a) - a / sqrt(2 pi)), and above
// it 1 less that. Where the factor is 0, so is the exponent that is added to it.
INLINE V FN(gelu_grad)(V g, V x, const bool far) {
  V a = FN(normal_magnitude)(x, far);
  V factor = FMA(a, FN(ONE_OVER_ROOT_2_PI), -FN(tail_ratio)(a, far));
  V tail = FN(less_normal)((V)0, factor, a, far);
  return g * (x < (V)0 ? tail : (T)1 - tail);
}

INLINE V FN(near_GELU)(V x) { return FN(gelu)(x, false); }
INLINE V FN(far_GELU)(V x) { return FN(gelu)(x, true); }
OP_OF_TWO_BODIES(GELU)

// As OP_OF_TWO_BODIES, but NaN goes where it stays.
INLINE V FN(op_GELU_GRAD)(V g, V x) {
  const V y = FN(gelu_grad)(g, x, false);
  if (__builtin_expect(FN(any_beyond)(x, FN(NEAR_GELU)), 0))
    return __builtin_elementwise_abs(x) <= (V)FN(NEAR_GELU) ? y : FN(gelu_grad)(g, x, true);
  return y;
}
