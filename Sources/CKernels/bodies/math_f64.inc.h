// What the mathematical functions of double precision are made of; the names are explained in
// math_f32.inc.h.

#define MANTISSA_BITS_f64 52
#define EXPONENT_BIAS_f64 1023
#define ROUNDER_f64 0x1.8p52
#define LOG2_E_f64 0x1.71547652b82fep0
#define LOG2_E_LOW_f64 0x1.777d0ffda0d24p-56
#define LN_2_f64 0x1.62e42fefa39efp-1
#define LN_2_HIGH_f64 0x1.62e42ffp-1
#define LN_2_LOW_f64 (-0x1.718432a1b0e26p-35)
#define LOG10_E_f64 0x1.bcb7b1526e50ep-2
#define LOG10_E_LOW_f64 0x1.95355baaafad3p-57
#define LOG10_2_HIGH_f64 0x1.34413509f8p-2
#define LOG10_2_LOW_f64 (-0x1.80433b83b532ap-44)
#define EXP_NORMAL_f64 708.0
#define EXP_TOP_f64 710.0
#define EXP_BOTTOM_f64 (-746.0)
#define EXP2_NORMAL_f64 1021.0
#define EXP2_TOP_f64 1024.5
#define EXP2_BOTTOM_f64 (-1076.0)
#define EXPM1_BOTTOM_f64 (-45.0)
#define TANH_TOP_f64 20.0
#define ERF_TOP_f64 6.5
#define SINH_TOP_f64 711.5
#define NEAR_GELU_f64 37.0
#define NEAR_GELU_TANH_f64 20.5
#define NEAR_EXP_f64 EXP_NORMAL_f64
#define NEAR_SIGMOID_f64 EXP_NORMAL_f64
#define NEAR_SILU_f64 GATE_NORMAL_f64
#define GELU_TOP_f64 39.0
#define GELU_TANH_TOP_f64 23.0
#define GATE_NORMAL_f64 690.0
#define GATE_TOP_f64 770.0
#define GELU_LINEAR_f64 0x1.9884533d43651p0
#define GELU_LINEAR_LOW_f64 (-0x1.cbc0d30ebfd15p-54)
#define GELU_CUBIC_f64 0x1.2444f2a4d8b4bp-4
#define GELU_CUBIC_LOW_f64 (-0x1.6c843a29d1c70p-61)
#define SQRT_HALF_f64 0x1.6a09e667f3bcdp-1
#define SQRT_HALF_BITS_f64 0x3fe6a09e667f3bcdu
#define LEAST_NORMAL_f64 0x1p-1022
#define UPPER_HALF_f64 0xfffffffff8000000u
#define ANGLE_TOP_f64 0x1p20
#define TWO_OVER_PI_f64 0x1.45f306dc9c883p-1
#define ONE_OVER_ROOT_2_PI_f64 0x1.9884533d43651p-2

#include "polynomials_f64.inc.h"

// By way of the bits of 2^52 + the biased exponent, as few CPUs convert integers of 64 bits.
INLINE V exponent_f64(U power) {
  const V base = 0x1p52;
  U biased = (power + (U)(V)1.0) >> MANTISSA_BITS_f64;
  return (V)((U)base | biased) - (base + EXPONENT_BIAS_f64);
}

INLINE V log_tail_f64(V f) {
  V s = f / (f + 2.0);
  V t = s * s, half_square = 0.5 * f * f;
  return FMA(s, FMA(t, poly_log_f64(t), half_square), -half_square);
}

INLINE V join_LOG_f64(V e, V f) {
  return FMA(e, LN_2_HIGH_f64, f + FMA(e, LN_2_LOW_f64, log_tail_f64(f)));
}

// pi / 2 comes in four parts, the first three so short that their products are exact: that keeps
// all digits of the nearest that a double below 2^20 can come to a multiple.
INLINE V reduce_angle_f64(V x, V whole, V *low) {
  V first = FMA(whole, -0x1.921fb544p+0, x);
  V step = whole * 0x1.0b4611a6p-34;
  V second = first - step;
  V lost = (first - second) - step;
  step = whole * 0x1.3198a2ep-69;
  V third = second - step;
  lost += (second - third) - step;
  lost = FMA(whole, -0x1.b839a252049c1p-104, lost);
  V r = third + lost;
  *low = (third - r) + lost;
  return r;
}

INLINE V sin_reduced_f64(V r, V low) {
  V z = r * r;
  return r + FMA(r * z, poly_sin_f64(z), FMA(z * low, -0.5, low));
}

INLINE V cos_reduced_f64(V r, V low) {
  V z = r * r, half = 0.5 * z, most = 1.0 - half;
  return most + (((1.0 - most) - half) + FMA(z * z, poly_cos_f64(z), -(r * low)));
}

// e^(z^2) erfc(z) / 2 for z >= 0.
INLINE V erfcx_half_f64(V z) {
  V inverse = 1.0 / (z + 4.0);
  return poly_erfcx_f64((z - 4.0) * inverse) * inverse;
}
