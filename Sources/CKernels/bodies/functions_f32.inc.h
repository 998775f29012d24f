// Inverse trigonometric functions and powers, which are vectors in single precision only.

#define PI_f32 0x1.921fb6p1f
#define PI_LOW_f32 (-0x1.777a5cp-24f)

// asin r = r + the result, for the root or number r that stands for a: a itself up to 1/2,
// and beyond it sqrt((1 - a) / 2), as asin a = pi / 2 - 2 asin of that.
INLINE V asin_tail_f32(V a, M large, V *r) {
  V z = large ? FMA(a, -0.5f, 0.5f) : a * a;
  *r = large ? __builtin_elementwise_sqrt(z) : a;
  return *r * z * poly_asin_f32(z);
}

INLINE V op_ASIN_f32(V x) {
  V a = __builtin_elementwise_abs(x), r;
  M large = a > 0.5f;
  V tail = asin_tail_f32(a, large, &r);
  V beyond = FMA(r, -2.0f, 0.5f * PI_f32) + FMA(tail, -2.0f, 0.5f * PI_LOW_f32);
  return __builtin_elementwise_copysign(large ? beyond : r + tail, x);
}

INLINE V op_ACOS_f32(V x) {
  V a = __builtin_elementwise_abs(x), r;
  M large = a > 0.5f, negative = x < 0.0f;
  V tail = asin_tail_f32(a, large, &r);
  // How many right angles the result is away from, and how many asin r.
  V angles = large ? (negative ? (V)2.0f : (V)0.0f) : (V)1.0f;
  V factor = large ? (V)2.0f : (V)1.0f;
  factor = (negative == large) ? -factor : factor;
  V low = FMA(angles, 0.5f * PI_LOW_f32, factor * tail);
  return FMA(factor, r, angles * (0.5f * PI_f32)) + low;
}

// (base pi / 2) + sign atan q for 0 <= q <= 1.
INLINE V atan_turned_f32(V q, V base, V sign) {
  V z = q * q;
  V tail = q * z * poly_atan_f32(z);
  return FMA(sign, q, base * (0.5f * PI_f32)) + FMA(base, 0.5f * PI_LOW_f32, sign * tail);
}

INLINE V op_ATAN_f32(V x) {
  V a = __builtin_elementwise_abs(x);
  M large = a > 1.0f;
  V q = (large ? (V)1.0f : a) / (large ? a : (V)1.0f);
  V y = atan_turned_f32(q, large ? (V)1.0f : (V)0.0f, large ? (V)-1.0f : (V)1.0f);
  return __builtin_elementwise_copysign(y, x);
}

INLINE V op_ATAN2_f32(V y, V x) {
  V a = __builtin_elementwise_abs(y), b = __builtin_elementwise_abs(x);
  M steep = a > b, left = (M)x < 0;
  V above = steep ? b : a, below = steep ? a : b;
  // Of two zeros the quotient counts as 0, of two infinities as 1.
  V q = above == below ? (below == 0.0f ? (V)0.0f : (V)1.0f) : above / below;
  V base = steep ? (V)1.0f : (left ? (V)2.0f : (V)0.0f);
  V sign = (steep == left) ? (V)1.0f : (V)-1.0f;
  return __builtin_elementwise_copysign(atan_turned_f32(q, base, sign), y);
}

// a^b = 2^(b log2 a) for 0 < a < inf, by doubles; the digits that they have more than single
// precision outweigh the error that the exponential multiplies.
INLINE V power_f32(V a, V b) {
  W x = __builtin_convertvector(a, W);
  FN(wide_bits) bits = (FN(wide_bits))x;
  FN(wide_bits) biased = (bits + 0x00095f619980c433u) >> 52;
  W m = (W)(bits - ((biased - 1023) << 52));
  W e = (W)(biased | 0x4330000000000000u) - (0x1p52 + 1023);
  W s = (m - 1.0) / (m + 1.0);
  W t = __builtin_convertvector(b, W) * (e + s * poly_log2_wide(s * s));
  // Beyond these the result overflows, or rounds to zero. NaN passes.
  t = t > 200.0 ? (W)200.0 : t;
  t = t < -200.0 ? (W)-200.0 : t;
  W rounded = t + 0x1.8p52;
  W p = poly_exp2_wide(t - (rounded - 0x1.8p52));
  p = (W)((FN(wide_bits))p + ((FN(wide_bits))rounded << 52));
  return __builtin_convertvector(p, V);
}

INLINE V op_POW_f32(V a, V b) {
  V magnitude = __builtin_elementwise_abs(a);
  V y = power_f32(magnitude, b);
  M usual = (a > 0.0f) & (a < INFINITY) & (__builtin_elementwise_abs(b) < INFINITY);
  if (__builtin_expect(__builtin_reduce_or((M)~usual) != 0, 0)) {
    // Of a negative number: signed for an odd exponent, NaN for one that is not whole. Every
    // exponent from 2^24 on is even.
    V size = __builtin_elementwise_abs(b);
    M small = size < 0x1p24f;
    M whole = __builtin_convertvector(small ? b : (V)0.0f, M);
    M is_whole = ~small | (__builtin_convertvector(whole, V) == b);
    V negative = (V)((U)y | (((U)whole & 1u) << 31));
    negative = is_whole ? negative : (V)NAN;
    y = a < 0.0f ? negative : y;
    for (int i = 0; i < LANES; i++)
      if (!(magnitude[i] > 0 && magnitude[i] < INFINITY && __builtin_fabsf(b[i]) < INFINITY))
        y[i] = powf(a[i], b[i]);
  }
  return y;
}
