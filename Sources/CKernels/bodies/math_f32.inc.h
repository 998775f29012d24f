// exp and log in single precision. Coefficients: scripts/kernel-coefficients.py.

// x = n ln 2 + r with |r| <= ln(2) / 2. Rounds by adding 1.5 * 2^23, which leaves n in the low
// bits; ln 2 comes in two parts, the first short enough that n times it is exact.
#define ROUNDER 0x1.8p23f
#define LN2_HIGH 0x1.63p-1f
#define LN2_LOW (-0x1.bd0106p-13f)

INLINE V split_exponent_f32(V x, M *n) {
  V rounded = FMA(x, 0x1.715476p0f, ROUNDER);
  *n = (M)((U)rounded - (U)(V)ROUNDER);
  V whole = rounded - ROUNDER;
  return FMA(whole, -LN2_LOW, FMA(whole, -LN2_HIGH, x));
}

// e^r - 1 for |r| <= ln(2) / 2, where `r_added` is r, or what of r is yet to be added.
INLINE V expm1_reduced_f32(V r, V r_added) {
  V q = FMA(r, 0x1.6bec06p-10f, 0x1.122776p-7f);
  q = FMA(q, r, 0x1.555674p-5f);
  q = FMA(q, r, 0x1.5554b0p-3f);
  q = FMA(q, r, 0x1.fffffep-2f);
  return FMA(r * r, q, r_added);
}

// 2^n for -126 <= n <= 127.
INLINE V power_of_two_f32(M n) { return (V)(((U)n + 127u) << 23); }

INLINE V op_EXP_f32(V x) {
  // Past these bounds the result overflows, or rounds to zero. NaN passes.
  V bounded = x > 89.0f ? (V)89.0f : x;
  bounded = bounded < -104.5f ? (V)-104.5f : bounded;
  M n;
  V r = split_exponent_f32(bounded, &n);
  V sum = r + 1.0f;
  V mantissa = sum + expm1_reduced_f32(r, r - (sum - 1.0f));
  // In two factors, as 2^n itself may be out of range; the first product is exact.
  M half = n >> 1;
  return mantissa * power_of_two_f32(half) * power_of_two_f32(n - half);
}

INLINE V op_EXPM1_f32(V x) {
  V bounded = x > 89.0f ? (V)89.0f : x;
  bounded = bounded < -25.0f ? (V)-25.0f : bounded;
  M n;
  V r = split_exponent_f32(bounded, &n);
  // 2^n (e^r - 1) + (2^n - 1), both halved, so that 2^128 does not overflow early.
  V scale = power_of_two_f32(n - 1);
  V y = FMA(scale, expm1_reduced_f32(r, r), scale - 0.5f) * 2.0f;
  return __builtin_elementwise_abs(x) < 0x1p-40f ? x : y;
}

// x > 0, normal: x = m 2^e with m in [sqrt(1/2), sqrt(2)).
INLINE V split_mantissa_f32(V x, M *e) {
  *e = (M)((U)x - 0x3f3504f3u) >> 23;
  return (V)((U)x - ((U)*e << 23));
}

// ln(1 + f) + e ln 2 for sqrt(1/2) <= 1 + f < sqrt(2).
INLINE V log_reduced_f32(V f, V e) {
  V p = FMA(f, 0x1.146316p-4f, -0x1.de4fa0p-4f);
  p = FMA(p, f, 0x1.e6f606p-4f);
  p = FMA(p, f, -0x1.fc1f6cp-4f);
  p = FMA(p, f, 0x1.2336e2p-3f);
  p = FMA(p, f, -0x1.555c5ap-3f);
  p = FMA(p, f, 0x1.99a4bcp-3f);
  p = FMA(p, f, -0x1.000006p-2f);
  p = FMA(p, f, 0x1.555548p-2f);
  V square = f * f;
  V y = FMA(e, LN2_LOW, f * square * p);
  y = FMA(square, -0.5f, y);
  return FMA(e, LN2_HIGH, f + y);
}

// The logarithm's values outside its domain's interior: -inf at `zero`, NaN below, else x.
INLINE V log_edge_f32(V x, V zero) {
  return x == zero ? (V)-INFINITY : (x < zero ? (V)NAN : x);
}

INLINE V op_LOG_f32(V x) {
  M denormal = x < 0x1p-126f;
  M e;
  V m = split_mantissa_f32(denormal ? x * 0x1p23f : x, &e);
  e = denormal ? e - 23 : e;
  V y = log_reduced_f32(m - 1.0f, __builtin_convertvector(e, V));
  return ((x > 0.0f) & (x < INFINITY)) ? y : log_edge_f32(x, 0.0f);
}

INLINE V op_LOG1P_f32(V x) {
  V u = x + 1.0f;
  // What the addition lost, to the scale of the mantissa. Where e is large it is nothing.
  V lost = x < 1.0f ? x - (u - 1.0f) : 1.0f - (u - x);
  M e;
  V m = split_mantissa_f32(u, &e);
  lost *= power_of_two_f32(-__builtin_elementwise_min(e, (M)64));
  V y = log_reduced_f32((m - 1.0f) + lost, __builtin_convertvector(e, V));
  y = ((x > -1.0f) & (x < INFINITY)) ? y : log_edge_f32(x, -1.0f);
  return x == 0.0f ? x : y;
}

// With t = e^(2|x|) - 1: t / (t + 2), or 1 - 2 / (t + 2) where that is exacter.
INLINE V op_TANH_f32(V x) {
  V a = __builtin_elementwise_abs(x);
  V t = op_EXPM1_f32(a * 2.0f);
  M large = a > 0.55f;
  V quotient = (large ? (V)2.0f : t) / (t + 2.0f);
  return __builtin_elementwise_copysign(large ? 1.0f - quotient : quotient, x);
}

INLINE V op_SIN_f32(V x) {
  for (int i = 0; i < LANES; i++) x[i] = sinf(x[i]);
  return x;
}

INLINE V op_COS_f32(V x) {
  for (int i = 0; i < LANES; i++) x[i] = cosf(x[i]);
  return x;
}

INLINE V op_POW_f32(V a, V b) {
  for (int i = 0; i < LANES; i++) a[i] = powf(a[i], b[i]);
  return a;
}
