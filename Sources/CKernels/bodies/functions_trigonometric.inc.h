// Sine, cosine and tangent, for either precision.

// x = n pi / 2 + r with |r| <= pi / 4; n is in the low bits of `turns`.
INLINE V FN(split_angle)(V x, V *low, U *turns) {
  V rounded = FMA(x, FN(TWO_OVER_PI), FN(ROUNDER));
  *turns = (U)rounded;
  return FN(reduce_angle)(x, rounded - FN(ROUNDER), low);
}

// Angles beyond the reduction, and what is no number, go to the C library one by one.
#define ANGLES_BEYOND(x, y, function)                                                            \
  if (__builtin_expect(FN(any_beyond)(x, FN(ANGLE_TOP)), 0))                                     \
    for (int i = 0; i < LANES; i++)                                                              \
      if (!(__builtin_fabs(x[i]) <= FN(ANGLE_TOP))) y[i] = LIBRARY(function)(x[i]);

#if LANE_BYTES == 4

// (-1)^n sin r with r = x - (2n + odd) pi / 2, |r| <= pi / 2, for the n that has been rounded to: one
// polynomial, where quarter turns would take two and a choice.
INLINE V FN(sine_of_half_turn)(V x, V rounded, T odd) {
  V low, n = rounded - FN(ROUNDER);
  V r = FN(reduce_angle)(x, n + (n + odd), &low);
  return (V)((U)FN(sin_reduced)(r, low) ^ ((U)rounded << (8 * LANE_BYTES - 1)));
}

INLINE V FN(op_SIN)(V x) {
  V y = FN(sine_of_half_turn)(x, FMA(x, FN(ONE_OVER_PI), FN(ROUNDER)), 0);
  ANGLES_BEYOND(x, y, sin)
  return x == (V)0 ? x : y;
}

INLINE V FN(op_COS)(V x) {
  V y = -FN(sine_of_half_turn)(x, FMA(x, FN(ONE_OVER_PI), (T)-0.5) + FN(ROUNDER), 1);
  ANGLES_BEYOND(x, y, cos)
  return y;
}

#else

// sin(r + n pi / 2).
INLINE V FN(sine_of_turn)(V r, V low, U turns) {
  M odd = (turns & 1) != 0;
  V y = odd ? FN(cos_reduced)(r, low) : FN(sin_reduced)(r, low);
  return (V)((U)y ^ ((turns & 2) << (8 * LANE_BYTES - 2)));
}

INLINE V FN(op_SIN)(V x) {
  V low;
  U turns;
  V r = FN(split_angle)(x, &low, &turns);
  V y = FN(sine_of_turn)(r, low, turns);
  ANGLES_BEYOND(x, y, sin)
  return x == (V)0 ? x : y;
}

INLINE V FN(op_COS)(V x) {
  V low;
  U turns;
  V r = FN(split_angle)(x, &low, &turns);
  V y = FN(sine_of_turn)(r, low, turns + 1);
  ANGLES_BEYOND(x, y, cos)
  return y;
}

#endif

INLINE V FN(op_TAN)(V x) {
  V low;
  U turns;
  V r = FN(split_angle)(x, &low, &turns);
  V sine = FN(sin_reduced)(r, low), cosine = FN(cos_reduced)(r, low);
  M odd = (turns & 1) != 0;
  V y = (odd ? -cosine : sine) / (odd ? sine : cosine);
  ANGLES_BEYOND(x, y, tan)
  return x == (V)0 ? x : y;
}
