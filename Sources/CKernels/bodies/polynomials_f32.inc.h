// Made by scripts/kernel-coefficients.py, not by hand.

// e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.
// Relative error below 2^-25.8.
INLINE V poly_exp_f32(V t) {
  V y = FMA(t, 0x1.6bec00p-10f, 0x1.122776p-7f);
  y = FMA(t, y, 0x1.555674p-5f);
  y = FMA(t, y, 0x1.5554b0p-3f);
  return FMA(t, y, 0x1.fffffep-2f);
}

// sin r = r + r^3 p(t) with t = r^2, |r| <= pi / 2.
// Relative error below 2^-24.6.
INLINE V poly_sin_f32(V t) {
  V y = FMA(t, 0x1.5d56b6p-19f, -0x1.9f6908p-13f);
  y = FMA(t, y, 0x1.110eb0p-7f);
  return FMA(t, y, -0x1.55554ap-3f);
}

// cos r = 1 - t / 2 + t^2 p(t) with t = r^2, |r| <= pi / 4.
// Relative error below 2^-30.2.
INLINE V poly_cos_f32(V t) {
  V y = FMA(t, 0x1.99cb82p-16f, -0x1.6c0bc4p-10f);
  return FMA(t, y, 0x1.55554ap-5f);
}

// sinh x = x + x^3 p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-27.5.
INLINE V poly_sinh_f32(V t) {
  V y = FMA(t, 0x1.7a15b4p-19f, 0x1.9ffe92p-13f);
  y = FMA(t, y, 0x1.111134p-7f);
  return FMA(t, y, 0x1.555556p-3f);
}

// ln(1 - erf t) = t p(t) for 0 <= t <= 3.95, in relative error of erf t.
// Relative error below 2^-24.2.
INLINE V poly_log_erfc_f32(V t) {
  const V a0 = FMA(t, -0x1.a4fa5ep-4f, -0x1.45f2fap-1f);
  const V a1 = FMA(t, 0x1.505f5ap-13f, 0x1.39cdc6p-6f);
  const V a2 = FMA(t, 0x1.4bc9c8p-11f, -0x1.b50038p-10f);
  const V a3 = FMA(t, 0x1.369632p-17f, -0x1.ed6beap-14f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V y = FMA(t4, b1, b0);
  return FMA(t, y, -0x1.20dd76p+0f);
}

// e^(-t^2 / 2) / Phi(-t) = root_2_pi t + p(t) / (1 + t q(t)) for 0 <= t <= 13.5.
// Relative error below 2^-25.9.
INLINE V poly_normal_tail_p_f32(V t) {
  V y = FMA(t, 0x1.700c26p-19f, 0x1.83d0dep-6f);
  y = FMA(t, y, 0x1.d100bep-3f);
  y = FMA(t, y, 0x1.d14fd8p-1f);
  return FMA(t, y, 0x1.000000p+1f);
}

// The q of the above.
INLINE V poly_normal_tail_q_f32(V t) {
  V y = FMA(t, 0x1.37027cp-7f, 0x1.6f504ep-4f);
  y = FMA(t, y, 0x1.90abc6p-2f);
  return FMA(t, y, 0x1.d1d5e6p-1f);
}

// ln(1 + t) = t - t^2 / 2 + t^3 p(t) for sqrt(1/2) <= 1 + t <= sqrt(2).
// Relative error below 2^-28.2.
INLINE V poly_log_f32(V t) {
  const V a0 = FMA(t, 0x1.99a4bcp-3f, -0x1.000006p-2f);
  const V a1 = FMA(t, 0x1.2336e4p-3f, -0x1.555c5ap-3f);
  const V a2 = FMA(t, 0x1.e6f5fcp-4f, -0x1.fc1f72p-4f);
  const V a3 = FMA(t, 0x1.1462f4p-4f, -0x1.de4f72p-4f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V y = FMA(t4, b1, b0);
  return FMA(t, y, 0x1.555548p-2f);
}

// asin x = x + x^3 p(t) with t = x^2, |x| <= 1/2.
// Relative error below 2^-27.4.
INLINE V poly_asin_f32(V t) {
  V y = FMA(t, 0x1.596d26p-5f, 0x1.8c283ap-6f);
  y = FMA(t, y, 0x1.747e4cp-5f);
  y = FMA(t, y, 0x1.3301e4p-4f);
  return FMA(t, y, 0x1.5555c8p-3f);
}

// atan x = x + x^3 p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-25.1.
INLINE V poly_atan_f32(V t) {
  const V a0 = FMA(t, -0x1.247374p-3f, 0x1.9997e0p-3f);
  const V a1 = FMA(t, -0x1.68e70cp-4f, 0x1.c4f1e4p-4f);
  const V a2 = FMA(t, -0x1.6e19f6p-5f, 0x1.1422e6p-4f);
  const V a3 = FMA(t, -0x1.df981cp-8f, 0x1.714bacp-6f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V c0 = FMA(t4, b1, b0);
  const V t8 = t4 * t4;
  const V y = FMA(t8, 0x1.23fa0cp-10f, c0);
  return FMA(t, y, -0x1.555552p-2f);
}

// log2((1 + s) / (1 - s)) = s p(t) with t = s^2, |s| <= 0.1716.
// Relative error below 2^-45.1.
INLINE W poly_log2_wide(W t) {
  const W a0 = WIDE_FMA(t, 0x1.ec709dc540c40p-1, 0x1.71547652b824fp+1);
  const W a1 = WIDE_FMA(t, 0x1.a61a32fa17009p-2, 0x1.2776c28e1c62ep-1);
  const W a2 = WIDE_FMA(t, 0x1.21bb16d88793fp-2, 0x1.4794a50fee97cp-2);
  const W t2 = t * t;
  const W b0 = WIDE_FMA(t2, a1, a0);
  const W t4 = t2 * t2;
  return WIDE_FMA(t4, a2, b0);
}

// 2^t = p(t) for |t| <= 1/2.
// Relative error below 2^-34.5.
INLINE W poly_exp2_wide(W t) {
  const W a0 = WIDE_FMA(t, 0x1.62e42ff1162c1p-1, 0x1.ffffffffabbebp-1);
  const W a1 = WIDE_FMA(t, 0x1.c6b08aaf30a87p-5, 0x1.ebfbe0a4bd30fp-3);
  const W a2 = WIDE_FMA(t, 0x1.5d8a708830ff3p-10, 0x1.3b29dc41b9435p-7);
  const W a3 = WIDE_FMA(t, 0x1.fe178134738eep-17, 0x1.446a1f3994400p-13);
  const W t2 = t * t;
  const W b0 = WIDE_FMA(t2, a1, a0);
  const W b1 = WIDE_FMA(t2, a3, a2);
  const W t4 = t2 * t2;
  return WIDE_FMA(t4, b1, b0);
}
