// e^x and what is made of it, for either precision.

// Whether the magnitude of some lane is above the bound, or NaN.
INLINE bool FN(any_beyond)(V x, T bound) {
  return __builtin_reduce_or((M)~(__builtin_elementwise_abs(x) <= (V)bound)) != 0;
}

// The same of four vectors, but a NaN may count or not. Of a quiet one and a number the greater magnitude
// is the number's; a signalling one makes a NaN, which counts.
INLINE bool FN(any_of_4_beyond)(V a, V b, V c, V d, T bound) {
#if defined(APUS_AVX512) && LANE_BYTES == 4
  enum { GREATER_MAGNITUDE = 11 };
  const __m512 ab = _mm512_range_ps((__m512)a, (__m512)b, GREATER_MAGNITUDE);
  const __m512 cd = _mm512_range_ps((__m512)c, (__m512)d, GREATER_MAGNITUDE);
  return (_mm512_cmp_ps_mask(ab, (__m512)(V)bound, _CMP_NLE_UQ) |
          _mm512_cmp_ps_mask(cd, (__m512)(V)bound, _CMP_NLE_UQ)) != 0;
#else
  const M near_ab =
      (__builtin_elementwise_abs(a) <= (V)bound) & (__builtin_elementwise_abs(b) <= (V)bound);
  const M near_cd =
      (__builtin_elementwise_abs(c) <= (V)bound) & (__builtin_elementwise_abs(d) <= (V)bound);
  return !__builtin_reduce_and(near_ab & near_cd);
#endif
}

// A function of two bodies: near_NAME for magnitudes up to NEAR_NAME, and NaN, and far_NAME for those
// beyond. An element has the same bits whatever its neighbours are.
#define OP_OF_TWO_BODIES(NAME)                                                                   \
  INLINE V FN(op_##NAME)(V x) {                                                                  \
    const V y = FN(near_##NAME)(x);                                                              \
    if (__builtin_expect(FN(any_beyond)(x, FN(NEAR_##NAME)), 0))                                 \
      return __builtin_elementwise_abs(x) > (V)FN(NEAR_##NAME) ? FN(far_##NAME)(x) : y;          \
    return y;                                                                                    \
  }

// What rounding lost of the product a * b.
INLINE V FN(product_low)(V a, V b, V product) {
#if defined(APUS_FMA)
  return FMA(a, b, -product);
#else
  V a_high = (V)((U)a & FN(UPPER_HALF)), b_high = (V)((U)b & FN(UPPER_HALF));
  V a_low = a - a_high, b_low = b - b_high;
  return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
#endif
}

// x = n ln 2 + r with |r| <= ln(2) / 2; n is in the low bits of `rounded`.
INLINE V FN(split_exponent)(V x, V *rounded) {
  *rounded = FMA(x, FN(LOG2_E), FN(ROUNDER));
  V whole = *rounded - FN(ROUNDER);
  return FMA(whole, -FN(LN_2_LOW), FMA(whole, -FN(LN_2_HIGH), x));
}

// e^r - 1 for |r| <= ln(2) / 2.
INLINE V FN(expm1_reduced)(V r) { return FMA(r * r, FN(poly_exp)(r), r); }

// e^(x + low) = 2^n times the result, which is between sqrt(1/2) and sqrt(2).
INLINE V FN(exp_mantissa)(V x, V low, V *rounded) {
  return FN(expm1_reduced)(FN(split_exponent)(x, rounded) + low) + (T)1;
}

// m 2^n, where that is normal as m is.
INLINE V FN(raise)(V m, V rounded) { return (V)((U)m + ((U)rounded << FN(MANTISSA_BITS))); }

// e^(sign (x + low)) = power (1 + the result), where that is normal. Powers of 2^(1/16) from a register
// leave so little for the polynomial that on AMD Zen 4 sigmoid takes 0.84 of the time, exp 0.91.
#if defined(APUS_AVX512) && LANE_BYTES == 4
INLINE V FN(power_of_16ths)(V rounded) {
  const __m512 bits = _mm512_loadu_ps((const float *)FN(root_bits));
  return (V)((U)_mm512_permutexvar_ps((__m512i)rounded, bits) + ((U)rounded << 19));
}
INLINE V FN(low_of_16ths)(V rounded) {
  return (V)_mm512_permutexvar_ps((__m512i)rounded, _mm512_loadu_ps(FN(root_lows)));
}
INLINE V FN(exp_parts)(V x, V low, const T sign, V *power) {
  V rounded = FMA(x, sign * 16 * FN(LOG2_E), FN(ROUNDER)), whole = rounded - FN(ROUNDER);
  V r = FMA(whole, -sign / 16 * FN(LN_2_HIGH), x);
  r = (FMA(whole, -sign / 16 * FN(LN_2_LOW), r) + low) * sign;
  *power = FN(power_of_16ths)(rounded);
  return FMA(r, FMA(r, FN(poly_exp_short)(r), 1), FN(low_of_16ths)(rounded));
}
// The same of e^(2x), with all digits of e^(2x) - 1 as well, for 0 <= x <= TANH_TOP.
INLINE V FN(expm1_parts_twice)(V x, V *power) {
  V rounded = FMA(x, 32 * FN(LOG2_E), FN(ROUNDER)), whole = rounded - FN(ROUNDER);
  // LN_2 is exact to 2^-28, by luck.
  V r = FMA(whole, -FN(LN_2) / 32, x);
  *power = FN(power_of_16ths)(rounded);
  return FMA(r, FN(poly_expm1_twice_short)(r), FN(low_of_16ths)(rounded));
}
#else
INLINE V FN(exp_parts)(V x, V low, const T sign, V *power) {
  V rounded = FMA(x, sign * FN(LOG2_E), FN(ROUNDER)), whole = rounded - FN(ROUNDER);
  V r = FMA(whole, -sign * FN(LN_2_LOW), FMA(whole, -sign * FN(LN_2_HIGH), x)) + low;
  *power = FN(raise)((V)(T)1, rounded);
  return FN(expm1_reduced)(r * sign);
}
INLINE V FN(expm1_parts_twice)(V x, V *power) { return FN(exp_parts)(x + x, -(V)0, 1, power); }
#endif

// m 2^n whatever comes of it, rounded once: 2^n in two factors, the first product exact.
INLINE V FN(scale)(V m, V rounded) {
  V half = (rounded - FN(ROUNDER)) * (T)0.5 + FN(ROUNDER);
  V rest = (rounded - FN(ROUNDER)) - (half - FN(ROUNDER)) + FN(ROUNDER);
  return m * FN(raise)((V)(T)1, half) * FN(raise)((V)(T)1, rest);
}

INLINE V FN(far_EXP)(V x) {
  V bounded = x > FN(EXP_TOP) ? (V)FN(EXP_TOP) : x, rounded;
  bounded = bounded < FN(EXP_BOTTOM) ? (V)FN(EXP_BOTTOM) : bounded;
  V mantissa = FN(exp_mantissa)(bounded, -(V)0, &rounded);
  return FN(scale)(mantissa, rounded);
}

INLINE V FN(near_EXP)(V x) {
  V power, rest = FN(exp_parts)(x, -(V)0, 1, &power);
  return FMA(power, rest, power);
}

// 1 + e^-(x + low), where |x + low| <= EXP_NORMAL, as (1 + power) + what is left of the exponential.
INLINE V FN(one_plus_exp_minus)(V x, V low) {
  V power, rest = FN(exp_parts)(x, low, -1, &power);
  return FMA(power, rest, power + (T)1);
}

OP_OF_TWO_BODIES(EXP)

// The same for x <= 0. What is so low that its power is 0, such as -inf, costs little.
INLINE V FN(exp_of_negative)(V x) {
  const M normal = x >= -(V)FN(EXP_NORMAL), gone = x < (V)FN(EXP_BOTTOM);
  if (__builtin_expect(__builtin_reduce_and(normal) != 0, 1)) return FN(near_EXP)(x);
  const V y = gone ? (V)0 : FN(near_EXP)(gone ? (V)0 : x);
  return __builtin_reduce_and(normal | gone) ? y : normal | gone ? y : FN(far_EXP)(x);
}

INLINE V FN(op_EXP2)(V x) {
  bool normal = !FN(any_beyond)(x, FN(EXP2_NORMAL));
  V bounded = x;
  if (__builtin_expect(!normal, 0)) {
    bounded = x > FN(EXP2_TOP) ? (V)FN(EXP2_TOP) : x;
    bounded = bounded < FN(EXP2_BOTTOM) ? (V)FN(EXP2_BOTTOM) : bounded;
  }
  V rounded = bounded + FN(ROUNDER);
  V r = (bounded - (rounded - FN(ROUNDER))) * FN(LN_2);
  V mantissa = FN(expm1_reduced)(r) + (T)1;
  return __builtin_expect(normal, 1) ? FN(raise)(mantissa, rounded) : FN(scale)(mantissa, rounded);
}

INLINE V FN(op_EXPM1)(V x) {
  V bounded = x > FN(EXP_TOP) ? (V)FN(EXP_TOP) : x;
  bounded = bounded < FN(EXPM1_BOTTOM) ? (V)FN(EXPM1_BOTTOM) : bounded;
  V rounded;
  V r = FN(split_exponent)(bounded, &rounded);
  // 2^n (e^r - 1) + (2^n - 1), both halved, so that the greatest 2^n does not overflow early.
  V half = FN(raise)((V)(T)0.5, rounded);
  V y = FMA(half, FN(expm1_reduced)(r), half - (T)0.5) * (T)2;
  return __builtin_elementwise_abs(x) < (T)0x1p-60 ? x : y;
}

// t / (t + 2) with t = e^(2|x|) - 1.
INLINE V FN(op_TANH)(V x) {
  V a = __builtin_elementwise_abs(x);
  V bounded = a > FN(TANH_TOP) ? (V)FN(TANH_TOP) : a;
  V power, rest = FN(expm1_parts_twice)(bounded, &power);
  V t = FMA(power, rest, power - (T)1);
  return __builtin_elementwise_copysign(t / (t + (T)2), x);
}

// e^|x| / 2, which overflows where sinh and cosh do.
INLINE V FN(half_exp)(V x) {
  V a = __builtin_elementwise_abs(x), rounded;
  if (__builtin_expect(FN(any_beyond)(x, FN(EXP_NORMAL)), 0)) {
    V bounded = a > FN(SINH_TOP) ? (V)FN(SINH_TOP) : a;
    V mantissa = FN(exp_mantissa)(bounded, -(V)0, &rounded);
    return FN(scale)(mantissa, rounded - (T)1);
  }
  V mantissa = FN(exp_mantissa)(a, -(V)0, &rounded);
  return FN(raise)(mantissa, rounded - (T)1);
}

INLINE V FN(op_COSH)(V x) {
  V half = FN(half_exp)(x);
  return half + (T)0.25 / half;
}

INLINE V FN(op_SINH)(V x) {
  V half = FN(half_exp)(x), square = x * x;
  V small = FMA(x * square, FN(poly_sinh)(square), x);
  V large = __builtin_elementwise_copysign(half - (T)0.25 / half, x);
  return __builtin_elementwise_abs(x) < (T)1 ? small : large;
}

// 1 / (1 + e^-x); as e^x / (1 + e^x) where e^-x would overflow.
INLINE V FN(near_SIGMOID)(V x) { return (T)1 / FN(one_plus_exp_minus)(x, -(V)0); }
INLINE V FN(far_SIGMOID)(V x) {
  V e = FN(far_EXP)(-__builtin_elementwise_abs(x));
  return (x < (V)0 ? e : (V)(T)1) / ((T)1 + e);
}
OP_OF_TWO_BODIES(SIGMOID)

// x / (1 + e^-(v + low)) for x and v of one sign, with all digits of a result that is normal though
// the exponential is not. Beyond GATE_TOP the result is x or 0.
INLINE V FN(far_gate)(V x, V v, V low) {
  V a = __builtin_elementwise_abs(v), less = v < (V)0 ? low : -low, rounded;
  a = a > FN(GATE_TOP) ? (V)FN(GATE_TOP) : a;
  x = x < -FN(GATE_TOP) ? (V)-FN(GATE_TOP) : x;
  V mantissa = FN(exp_mantissa)(-a, less, &rounded);
  V denominator = (T)1 + FN(scale)(mantissa, rounded);
  return x < (V)0 ? FN(scale)(x * mantissa / denominator, rounded) : x / denominator;
}

INLINE V FN(near_SILU)(V x) { return x / FN(one_plus_exp_minus)(x, -(V)0); }
INLINE V FN(far_SILU)(V x) { return FN(far_gate)(x, x, -(V)0); }
OP_OF_TWO_BODIES(SILU)

// v = 2 sqrt(2 / pi) (b + 0.044715 b^3), with more digits than T has, as an exponential multiplies
// its error by v.
INLINE V FN(gelu_tanh_argument)(V b, V *low) {
  V square = b * b, square_low = FN(product_low)(b, b, square);
  V cubic = (V)FN(GELU_CUBIC) * square;
  V cubic_low = FN(product_low)((V)FN(GELU_CUBIC), square, cubic);
  cubic_low = FMA(square, FN(GELU_CUBIC_LOW), FMA(square_low, FN(GELU_CUBIC), cubic_low));
  V sum = cubic + FN(GELU_LINEAR);
  // Exact for either order of magnitude (Knuth).
  V of_linear = sum - cubic;
  V sum_low = (cubic - (sum - of_linear)) + (FN(GELU_LINEAR) - of_linear);
  sum_low += cubic_low + FN(GELU_LINEAR_LOW);
  V v = b * sum;
  *low = FMA(b, sum_low, FN(product_low)(b, sum, v));
  return v;
}

// x sigmoid(v).
INLINE V FN(near_GELU_TANH)(V x) {
  V low, v = FN(gelu_tanh_argument)(x, &low);
  return x / FN(one_plus_exp_minus)(v, low);
}
INLINE V FN(far_GELU_TANH)(V x) {
  V b = x > FN(GELU_TANH_TOP) ? (V)FN(GELU_TANH_TOP) : x, low;
  b = b < -FN(GELU_TANH_TOP) ? (V)-FN(GELU_TANH_TOP) : b;
  V v = FN(gelu_tanh_argument)(b, &low);
  return FN(far_gate)(x < (V)0 ? b : x, v, low);
}
OP_OF_TWO_BODIES(GELU_TANH)
