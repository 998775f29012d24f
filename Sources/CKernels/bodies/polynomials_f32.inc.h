// Made by scripts/kernel-coefficients.py, not by hand.

// e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.
// Relative error below 2^-25.8.
INLINE V poly_exp_f32(V t) {
  const V a0 = FMA(t, 0x1.5554b0p-3f, 0x1.fffffep-2f);
  const V a1 = FMA(t, 0x1.122776p-7f, 0x1.555674p-5f);
  const V t2 = t * t;
  return FMA(t2, FMA(t2, 0x1.6bec00p-10f, a1), a0);
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

// e^(-t / 2) - 1 = t p(t) for |t| <= ln 2.
// Relative error below 2^-25.7.
INLINE V poly_exp_half_f32(V t) {
  const V a0 = FMA(t, 0x1.fffffcp-4f, -0x1.000000p-1f);
  const V a1 = FMA(t, 0x1.555826p-9f, -0x1.555418p-6f);
  const V a2 = FMA(t, 0x1.6ae67ap-16f, -0x1.126856p-12f);
  const V t2 = t * t;
  return FMA(t2, FMA(t2, a2, a1), a0);
}

// 2^(j / 16), rounded, as bits less j << 19.
#if defined(APUS_AVX512)
static const uint32_t root_bits_f32[16] = {
    0x3f800000, 0x3f7daac3, 0x3f7b95c2, 0x3f79c3d3,
    0x3f7837f0, 0x3f76f532, 0x3f75fed7, 0x3f75583f,
    0x3f7504f3, 0x3f7508a4, 0x3f75672a, 0x3f76248c,
    0x3f7744fd, 0x3f78ccdf, 0x3f7ac0c7, 0x3f7d257d,
};
#endif

// What is missing of each, relative to it.
#if defined(APUS_AVX512)
static const float root_lows_f32[16] = {
    0x0.0p+0f, 0x1.8d96d4p-25f, -0x1.9c0c22p-27f, 0x1.964904p-25f,
    0x1.125002p-25f, 0x1.370be4p-25f, -0x1.0a3550p-25f, -0x1.00d8acp-27f,
    0x1.26055cp-26f, -0x1.05cb44p-25f, 0x1.67a1cap-28f, 0x1.a3b5e4p-28f,
    -0x1.f9c304p-27f, -0x1.6961b4p-28f, -0x1.a5217cp-28f, 0x1.61428ep-28f,
};
#endif

// e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 32.
// Relative error below 2^-29.2.
INLINE V poly_exp_short_f32(V t) {
  return FMA(t, 0x1.55559ap-3f, 0x1.00021ep-1f);
}

// e^(2 t) - 1 = t p(t) for |t| <= ln(2) / 64.
// Relative error below 2^-31.0.
INLINE V poly_expm1_twice_short_f32(V t) {
  V y = FMA(t, 0x1.555556p-1f, 0x1.555762p+0f);
  y = FMA(t, y, 0x1.000000p+1f);
  return FMA(t, y, 0x1.000000p+1f);
}

// e^(-t / 2) - 1 = t p(t) for |t| <= ln(2) / 16.
// Relative error below 2^-29.2.
INLINE V poly_exp_half_short_f32(V t) {
  V y = FMA(t, -0x1.55523ap-6f, 0x1.000220p-3f);
  return FMA(t, y, -0x1.000000p-1f);
}

// 1 - (1 - erf t)^(1 / 4) = t p(t) for 0 <= t <= 3.93, in relative error of erf t.
// Relative error below 2^-24.2.
INLINE V poly_erf_f32(V t) {
  const V a0 = FMA(t, -0x1.fac980p-7f, 0x1.e8ecdcp-4f);
  const V a1 = FMA(t, 0x1.3836dep-10f, -0x1.30ea54p-6f);
  const V a2 = FMA(t, -0x1.d1484cp-13f, 0x1.02af28p-9f);
  const V a3 = FMA(t, 0x1.306356p-15f, -0x1.11e200p-13f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, FMA(t2, -0x1.75ba7ap-19f, a3), a2);
  const V t4 = t2 * t2;
  const V y = FMA(t4, b1, b0);
  return FMA(t, y, 0x1.20dd74p-2f);
}

// e^(-t^2 / 2) / Phi(-t) = slope t + p(t) / (1 + t q(t)); 0 <= t <= 4.9 <= far t <= 13.5.
// Relative error below 2^-24.7.
INLINE V poly_normal_p_f32(V t, const bool far) {
  V y = FMA(t, PICK(-0x1.6d3ae2p-11f, -0x1.e2e7e6p-10f), PICK(-0x1.d3cd68p-11f, 0x1.403b50p-4f));
  y = FMA(t, y, PICK(0x1.84bfb0p-1f, 0x1.935ef8p-2f));
  return FMA(t, y, PICK(0x1.c5fb4ep+0f, 0x1.000000p+1f));
}

// The q of the above.
INLINE V poly_normal_q_f32(V t, const bool far) {
  V y = FMA(t, PICK(0x0.0p+0f, 0x1.a1f23ep-6f), PICK(0x1.3c28bcp-2f, 0x1.9b400ep-3f));
  return FMA(t, y, PICK(0x1.4c635ap-1f, 0x1.4e97cep-1f));
}

// ln(1 + t) = t + t^2 p(t) for sqrt(1/2) <= 1 + t <= sqrt(2).
// Relative error below 2^-27.5.
INLINE V poly_log_f32(V t) {
  const V a0 = FMA(t, -0x1.000428p-2f, 0x1.555550p-2f);
  const V a1 = FMA(t, -0x1.542700p-3f, 0x1.99a3fep-3f);
  const V a2 = FMA(t, -0x1.0f39ecp-3f, 0x1.22705ep-3f);
  const V a3 = FMA(t, -0x1.383b8cp-4f, 0x1.085202p-3f);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  const V y = FMA(t4, b1, b0);
  return FMA(t, y, -0x1.fffff8p-2f);
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
  const V b1 = FMA(t2, FMA(t2, 0x1.23fa0cp-10f, a3), a2);
  const V t4 = t2 * t2;
  const V y = FMA(t4, b1, b0);
  return FMA(t, y, -0x1.555552p-2f);
}

// log2((1 + s) / (1 - s)) = s p(t) with t = s^2, |s| <= 0.1716.
// Relative error below 2^-45.1.
INLINE W poly_log2_wide(W t) {
  const W a0 = WIDE_FMA(t, 0x1.ec709dc540c40p-1, 0x1.71547652b824fp+1);
  const W a1 = WIDE_FMA(t, 0x1.a61a32fa17009p-2, 0x1.2776c28e1c62ep-1);
  const W a2 = WIDE_FMA(t, 0x1.21bb16d88793fp-2, 0x1.4794a50fee97cp-2);
  const W t2 = t * t;
  return WIDE_FMA(t2, WIDE_FMA(t2, a2, a1), a0);
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

// For the sixteenths of 1 <= m < 2, of which those from 1.5 on count half: about 1 / m.
#if defined(APUS_AVX512)
static const double inverses_wide[16] = {
    0x1.0000000000000p+0, 0x1.d41d41d41d41dp-1, 0x1.bacf914c1bad0p-1, 0x1.a41a41a41a41ap-1,
    0x1.8f9c18f9c18fap-1, 0x1.7d05f417d05f4p-1, 0x1.6c16c16c16c17p-1, 0x1.5c9882b931057p-1,
    0x1.4e5e0a72f0539p+0, 0x1.4141414141414p+0, 0x1.3521cfb2b78c1p+0, 0x1.29e4129e4129ep+0,
    0x1.1f7047dc11f70p+0, 0x1.15b1e5f75270dp+0, 0x1.0c9714fbcda3bp+0, 0x1.0000000000000p+0,
};
#endif

// The logarithms to base 2 of what these are the inverses of, for the whole m.
#if defined(APUS_AVX512)
static const double inverse_logs_wide[16] = {
    0x0.0p+0, 0x1.08c588cda79e5p-3, 0x1.acf5e2db4ec91p-3, 0x1.24407ab0e073ap-2,
    0x1.6e221cd9d0cddp-2, 0x1.b47ebf73882a1p-2, 0x1.f7a8568cb06cep-2, 0x1.1bf311e95d00ep-1,
    0x1.3abb3faa02168p-1, 0x1.5848226989d34p-1, 0x1.74b1fd64e0754p-1, 0x1.900e6160002cep-1,
    0x1.aa708f58014d4p-1, 0x1.c3e9ca2e1a055p-1, 0x1.dc899ab3ff56cp-1, 0x1.0000000000000p+0,
};
#endif

// log2(1 + t) = t p(t) for -1 / 32 <= t <= 1 / 16.
// Relative error below 2^-34.4.
INLINE W poly_log2_short_wide(W t) {
  W y = WIDE_FMA(t, -0x1.c81931352af9bp-3, 0x1.276dd68519b2cp-2);
  y = WIDE_FMA(t, y, -0x1.715b01a2da09ep-2);
  y = WIDE_FMA(t, y, 0x1.ec70abe275102p-2);
  y = WIDE_FMA(t, y, -0x1.7154760ff08cbp-1);
  return WIDE_FMA(t, y, 0x1.715476529b575p+0);
}

// 2^(j / 16), rounded, as bits less j << 48.
#if defined(APUS_AVX512)
static const uint64_t root_bits_wide[16] = {
    0x3ff0000000000000, 0x3fefb5586cf9890f, 0x3fef72b83c7d517b, 0x3fef387a6e756238,
    0x3fef06fe0a31b715, 0x3feedea64c123422, 0x3feebfdad5362a27, 0x3feeab07dd485429,
    0x3feea09e667f3bcd, 0x3feea11473eb0187, 0x3feeace5422aa0db, 0x3feec49182a3f090,
    0x3feee89f995ad3ad, 0x3fef199bdd85529c, 0x3fef5818dcfba487, 0x3fefa4afa2a490da,
};
#endif

// 2^t = p(t) for |t| <= 1 / 32.
// Relative error below 2^-29.6.
INLINE W poly_exp2_short_wide(W t) {
  W y = WIDE_FMA(t, 0x1.c6add1f17d433p-5, 0x1.ec00cd65dd162p-3);
  y = WIDE_FMA(t, y, 0x1.62e42ffead3c3p-1);
  return WIDE_FMA(t, y, 0x1.fffffff623daep-1);
}
