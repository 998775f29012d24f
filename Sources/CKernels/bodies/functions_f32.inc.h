// Inverse trigonometric functions, which are vectors in single precision only.

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
