// The error function and the exact gelu, for either precision.

// erf a for 1 <= a. Beyond ERF_TOP it is 1.
INLINE V FN(erf_of_large)(V a) {
  V bounded = a > FN(ERF_TOP) ? (V)FN(ERF_TOP) : a, rounded;
#if LANE_BYTES == 4
  // 1 - 2^n (1 + e), the exponent being the logarithm of 1 - erf a.
  V e = FN(expm1_reduced)(FN(split_exponent)(FN(poly_log_erfc)(bounded), &rounded));
  V power = FN(raise)((V)(T)1, rounded);
  return FMA(-power, e, (T)1 - power);
#else
  V mantissa = FN(exp_mantissa)(-(bounded * bounded), -(V)0, &rounded);
  return FMA(FN(raise)(mantissa, rounded) * FN(erfcx_half)(bounded), (T)-2, (T)1);
#endif
}

INLINE V FN(op_ERF)(V x) {
  V a = __builtin_elementwise_abs(x);
  V small = FMA(x, FN(poly_erf)(x * x), x);
  return a < (T)1 ? small : __builtin_elementwise_copysign(FN(erf_of_large)(a), x);
}

// x Phi(x), where Phi(-a) = erfc(a / sqrt(2)) / 2 = e^(-a^2 / 2) erfcx(a / sqrt(2)) / 2. Since the
// tail is computed by itself, its relative error stays small however small it is.
INLINE V FN(gelu_anywhere)(V x) {
  V a = __builtin_elementwise_abs(x), rounded;
  a = a > FN(GELU_TOP) ? (V)FN(GELU_TOP) : a;
  V square = a * a, low = FN(product_low)(a, a, square);
  V mantissa = FN(exp_mantissa)(square * (T)-0.5, low * (T)-0.5, &rounded);
  V product = (x < (V)0 ? -a : a) * FN(erfcx_half)(a * FN(SQRT_HALF));
  V tail = __builtin_expect(FN(any_beyond)(x, FN(GELU_NORMAL)), 0)
               ? FN(scale)(product * mantissa, rounded)
               : product * FN(raise)(mantissa, rounded);
  return x < (V)0 ? tail : x - tail;
}

#if LANE_BYTES == 4 && defined(APUS_FMA)

// Where |x| <= 5 single precision does for the tail too, if what the division and the sum below it
// lost is put back.
INLINE V FN(op_GELU)(V x) {
  V a = __builtin_elementwise_abs(x), rounded;
  V square = a * a, low = FN(product_low)(a, a, square);
  V e = FN(expm1_reduced)(FMA(low, -0.5f, FN(split_exponent)(square * -0.5f, &rounded)));
  V sum = a + 2.5f, inverse = 1.0f / sum, difference = sum - 5.0f;
  V t = difference * inverse;
  V lost = FMA(a - (sum - 2.5f), 1.0f - t, FMA(-t, sum, difference));
  V product = (x < (V)0 ? -a : a) * FN(poly_normal_tail)(FMA(lost, inverse, t));
  V tail = FMA(product, e, product) * FN(raise)((V)1.0f, rounded);
  V y = x < (V)0 ? tail : x - tail;
  if (__builtin_expect(FN(any_beyond)(x, 5.0f), 0)) return a <= 5.0f ? y : FN(gelu_anywhere)(x);
  return y;
}

#else

INLINE V FN(op_GELU)(V x) { return FN(gelu_anywhere)(x); }

#endif
