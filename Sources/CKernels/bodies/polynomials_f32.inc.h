// Made by scripts/kernel-coefficients.py, not by hand.

// e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.
// Relative error below 2^-25.8.
INLINE V poly_exp_f32(V t) {
  const V a0 = FMA(t, 0x1.5554b0p-3f, 0x1.fffffep-2f);
  const V a1 = FMA(t, 0x1.122776p-7f, 0x1.555674p-5f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V t4 = t2 * t2;
  return FMA(t4, 0x1.6bec00p-10f, b0);
}

// sin r = r + r^3 p(t) with t = r^2, |r| <= pi / 4.
// Relative error below 2^-27.6.
INLINE V poly_sin_f32(V t) {
  const V a0 = FMA(t, 0x1.1106d4p-7f, -0x1.555544p-3f);
  const V t2 = t * t;
  return FMA(t2, -0x1.9920c2p-13f, a0);
}

// cos r = 1 - t / 2 + t^2 p(t) with t = r^2, |r| <= pi / 4.
// Relative error below 2^-30.2.
INLINE V poly_cos_f32(V t) {
  const V a0 = FMA(t, -0x1.6c0bc4p-10f, 0x1.55554ap-5f);
  const V t2 = t * t;
  return FMA(t2, 0x1.99cb82p-16f, a0);
}

// sinh x = x + x^3 p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-27.5.
INLINE V poly_sinh_f32(V t) {
  const V a0 = FMA(t, 0x1.111134p-7f, 0x1.555556p-3f);
  const V a1 = FMA(t, 0x1.7a15b4p-19f, 0x1.9ffe92p-13f);
  const V t2 = t * t;
  return FMA(t2, a1, a0);
}

// erf x = x + x p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-27.8.
INLINE V poly_erf_f32(V t) {
  const V a0 = FMA(t, -0x1.81273ep-2f, 0x1.06eba8p-3f);
  const V a1 = FMA(t, -0x1.b7f90cp-6f, 0x1.ce2cf8p-4f);
  const V a2 = FMA(t, -0x1.a3f6fap-11f, 0x1.5405b0p-8f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, 0x1.496a28p-14f, a2);
  const V t4 = t2 * t2;
  return FMA(t4, b1, b0);
}

// ln(1 - erf t) = p(t) for 1 <= t <= 4, in relative error of erf t.
// Relative error below 2^-26.6.
INLINE V poly_log_erfc_f32(V t) {
  const V a0 = FMA(t, -0x1.2088e8p+0f, -0x1.662508p-12f);
  const V a1 = FMA(t, -0x1.a65316p-4f, -0x1.46baf2p-1f);
  const V a2 = FMA(t, -0x1.825a50p-9f, 0x1.65cb22p-6f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, 0x1.86dc74p-13f, a2);
  const V t4 = t2 * t2;
  return FMA(t4, b1, b0);
}

// e^(a^2 / 2) Phi(-a) = p(t) with t = (a - 2.5) / (a + 2.5), 0 <= a <= 5.
// Relative error below 2^-24.6.
INLINE V poly_normal_tail_f32(V t) {
  const V a0 = FMA(t, -0x1.d31642p-3f, 0x1.217252p-3f);
  const V a1 = FMA(t, -0x1.92330ep-6f, 0x1.cf67e6p-4f);
  const V a2 = FMA(t, 0x1.806e62p-9f, -0x1.504a76p-8f);
  const V a3 = FMA(t, -0x1.0934f2p-12f, 0x1.bcd192p-11f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V c0 = FMA(t4, b1, b0);
  const V t8 = t4 * t4;
  return FMA(t8, -0x1.011f28p-13f, c0);
}

// ln(1 + t) = t - t^2 / 2 + t^3 p(t) for sqrt(1/2) <= 1 + t <= sqrt(2).
// Relative error below 2^-28.2.
INLINE V poly_log_f32(V t) {
  const V a0 = FMA(t, -0x1.000006p-2f, 0x1.555548p-2f);
  const V a1 = FMA(t, -0x1.555c5ap-3f, 0x1.99a4bcp-3f);
  const V a2 = FMA(t, -0x1.fc1f72p-4f, 0x1.2336e4p-3f);
  const V a3 = FMA(t, -0x1.de4f72p-4f, 0x1.e6f5fcp-4f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V c0 = FMA(t4, b1, b0);
  const V t8 = t4 * t4;
  return FMA(t8, 0x1.1462f4p-4f, c0);
}

// asin x = x + x^3 p(t) with t = x^2, |x| <= 1/2.
// Relative error below 2^-27.4.
INLINE V poly_asin_f32(V t) {
  const V a0 = FMA(t, 0x1.3301e4p-4f, 0x1.5555c8p-3f);
  const V a1 = FMA(t, 0x1.8c283ap-6f, 0x1.747e4cp-5f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V t4 = t2 * t2;
  return FMA(t4, 0x1.596d26p-5f, b0);
}

// atan x = x + x^3 p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-25.1.
INLINE V poly_atan_f32(V t) {
  const V a0 = FMA(t, 0x1.9997e0p-3f, -0x1.555552p-2f);
  const V a1 = FMA(t, 0x1.c4f1e4p-4f, -0x1.247374p-3f);
  const V a2 = FMA(t, 0x1.1422e6p-4f, -0x1.68e70cp-4f);
  const V a3 = FMA(t, 0x1.714bacp-6f, -0x1.6e19f6p-5f);
  const V a4 = FMA(t, 0x1.23fa0cp-10f, -0x1.df981cp-8f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V c0 = FMA(t4, b1, b0);
  const V t8 = t4 * t4;
  return FMA(t8, a4, c0);
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

// e^(z^2) erfc(z) / 2 = p(t) / (z + 3) with t = (z - 3) / (z + 3), 0 <= z <= 10.7.
// Relative error below 2^-28.4.
INLINE W poly_erfcx_wide(W t) {
  const W a0 = WIDE_FMA(t, -0x1.c44c48731d9cep-2, 0x1.12f21de22f48fp-1);
  const W a1 = WIDE_FMA(t, -0x1.3deac087a27e1p-3, 0x1.2e3266288acd1p-2);
  const W a2 = WIDE_FMA(t, -0x1.b7c3286ec3f4ep-7, 0x1.e997e3206184ap-5);
  const W a3 = WIDE_FMA(t, 0x1.93e3fca78b503p-10, -0x1.4251d35c425b0p-11);
  const W a4 = WIDE_FMA(t, -0x1.51f42a11f52d6p-13, -0x1.f49174cb52128p-13);
  const W t2 = t * t;
  const W b0 = WIDE_FMA(t2, a1, a0);
  const W b1 = WIDE_FMA(t2, a3, a2);
  const W t4 = t2 * t2;
  const W c0 = WIDE_FMA(t4, b1, b0);
  const W t8 = t4 * t4;
  return WIDE_FMA(t8, a4, c0);
}
