// What the mathematical functions of single precision are made of: constants and reductions.

#define MANTISSA_BITS_f32 23
#define EXPONENT_BIAS_f32 127
// Adding 1.5 * 2^23 rounds to an integer, and leaves that integer in the low bits.
#define ROUNDER_f32 0x1.8p23f
#define LOG2_E_f32 0x1.715476p0f
#define LOG2_E_LOW_f32 0x1.4ae0cp-26f
// The first part is so short that a whole exponent times it is exact.
#define LN_2_f32 0x1.62e43p-1f
#define LN_2_HIGH_f32 0x1.63p-1f
#define LN_2_LOW_f32 (-0x1.bd0106p-13f)
#define LOG10_E_f32 0x1.bcb7b2p-2f
#define LOG10_E_LOW_f32 (-0x1.5b235ep-27f)
#define LOG10_2_HIGH_f32 0x1.344p-2f
#define LOG10_2_LOW_f32 0x1.3509f8p-18f
// e^x is normal where |x| is not greater; it is infinite or rounds to zero past the others.
#define EXP_NORMAL_f32 87.0f
#define EXP_TOP_f32 89.0f
#define EXP_BOTTOM_f32 (-104.5f)
#define EXP2_NORMAL_f32 125.0f
#define EXP2_TOP_f32 128.5f
#define EXP2_BOTTOM_f32 (-151.0f)
// Past these e^x - 1 is -1, tanh x is 1, erf x is 1, and the tails of gelu and silu are 0.
#define EXPM1_BOTTOM_f32 (-25.0f)
#define TANH_TOP_f32 10.0f
#define ERF_TOP_f32 3.93f
#define SINH_TOP_f32 90.5f
#define NEAR_GELU_f32 4.9f
#define NEAR_GELU_TANH_f32 9.5f
#define NEAR_EXP_f32 EXP_NORMAL_f32
#define NEAR_SIGMOID_f32 EXP_NORMAL_f32
#define NEAR_SILU_f32 GATE_NORMAL_f32
#define GELU_TOP_f32 15.0f
#define GELU_TANH_TOP_f32 12.0f
#define GATE_NORMAL_f32 80.0f
#define GATE_TOP_f32 130.0f
// 2 sqrt(2 / pi), and 0.044715 times that.
#define GELU_LINEAR_f32 0x1.988454p0f
#define GELU_LINEAR_LOW_f32 (-0x1.857936p-25f)
#define GELU_CUBIC_f32 0x1.2444f2p-4f
#define GELU_CUBIC_LOW_f32 0x1.49b16ap-29f
#define SQRT_HALF_BITS_f32 0x3f3504f3u
#define LEAST_NORMAL_f32 0x1p-126f
// Leaves the upper half of a mantissa, whose square is exact.
#define UPPER_HALF_f32 0xfffff000u
// Greater angles are left to the C library.
#define ANGLE_TOP_f32 0x1p17f
#define TWO_OVER_PI_f32 0x1.45f306p-1f
#define ONE_OVER_PI_f32 0x1.45f306p-2f
#define NORMAL_SLOPE_f32 0x1.41221ap+1f
#define ONE_OVER_ROOT_2_PI_f32 0x1.988454p-2f

// Vectors of as many doubles.
#define W FN(wide)
typedef double W __attribute__((ext_vector_type(LANES)));
typedef int64_t FN(wide_mask) __attribute__((ext_vector_type(LANES)));
typedef uint64_t FN(wide_bits) __attribute__((ext_vector_type(LANES)));
#if defined(APUS_FMA)
#define WIDE_FMA(a, b, c) __builtin_elementwise_fma((W)(a), (W)(b), (W)(c))
#else
#define WIDE_FMA(a, b, c) ((W)(a) * (W)(b) + (W)(c))
#endif

// The first coefficient where `far` is true.
#define PICK(a, b) (far ? (V)(a) : (V)(b))
#include "polynomials_f32.inc.h"
#undef PICK

// The whole number e whose 2^e has these bits, less those of 1.
INLINE V exponent_f32(U power) {
  return __builtin_convertvector((M)power >> MANTISSA_BITS_f32, V);
}

// ln(1 + f) - f for sqrt(1/2) <= 1 + f < sqrt(2).
INLINE V log_tail_f32(V f) { return f * f * poly_log_f32(f); }

// e ln 2 + ln(1 + f).
INLINE V join_LOG_f32(V e, V f) {
#if defined(APUS_FMA)
  // LN_2 is exact to 2^-28, by luck.
  return FMA(e, LN_2_f32, FMA(f * f, poly_log_f32(f), f));
#else
  return e * LN_2_HIGH_f32 + (f + (e * LN_2_LOW_f32 + log_tail_f32(f)));
#endif
}

// x - whole * pi / 2. Nothing remains in `low`.
INLINE V reduce_angle_f32(V x, V whole, V *low) {
  *low = (V)0;
#if defined(APUS_FMA)
  // pi / 2 comes in three parts. The first difference is exact: it is a multiple of 2^-23 below 1.
  V r = FMA(whole, -0x1.921fb6p+0f, x);
  return FMA(whole, 0x1.ee59dap-50f, FMA(whole, 0x1.777a5cp-25f, r));
#else
  // By doubles: in two parts, the first so short that its product is exact.
  W n = __builtin_convertvector(whole, W);
  W r = n * -0x1.921fb544p+0 + __builtin_convertvector(x, W);
  return __builtin_convertvector(n * -0x1.0b4611a626331p-34 + r, V);
#endif
}

// sin r for |r| <= pi / 2 and cos r for |r| <= pi / 4.
INLINE V sin_reduced_f32(V r, V low) {
  (void)low;
  V z = r * r;
  return FMA(r * z, poly_sin_f32(z), r);
}

INLINE V cos_reduced_f32(V r, V low) {
  (void)low;
  V z = r * r;
  return FMA(z * z, poly_cos_f32(z), FMA(z, -0.5f, 1.0f));
}
