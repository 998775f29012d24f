// Made by scripts/kernel-coefficients.py, not by hand.

// e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.
// Relative error below 2^-59.9.
INLINE V poly_exp_f64(V t) {
  const V a0 = FMA(t, 0x1.5555555555559p-3, 0x1.0000000000000p-1);
  const V a1 = FMA(t, 0x1.111111110f6dap-7, 0x1.555555555553fp-5);
  const V a2 = FMA(t, 0x1.a01a01afd3d0ap-13, 0x1.6c16c16c1f071p-10);
  const V a3 = FMA(t, 0x1.71ddf87ee2a51p-19, 0x1.a01a017bc8f0ap-16);
  const V a4 = FMA(t, 0x1.af5e74bd76becp-26, 0x1.27e53627306ecp-22);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V b2 = FMA(t2, 0x1.1ee88eaade7e2p-29, a4);
  const V t4 = t2 * t2;
  return FMA(t4, FMA(t4, b2, b1), b0);
}

// sin r = r + r^3 p(t) with t = r^2, |r| <= pi / 4.
// Relative error below 2^-56.6.
INLINE V poly_sin_f64(V t) {
  const V a0 = FMA(t, 0x1.111111110f529p-7, -0x1.5555555555547p-3);
  const V a1 = FMA(t, 0x1.71de351a0bf77p-19, -0x1.a01a019ba67b4p-13);
  const V a2 = FMA(t, 0x1.5d7d6afcdf75ap-33, -0x1.ae5e1c5079830p-26);
  const V t2 = t * t;
  return FMA(t2, FMA(t2, a2, a1), a0);
}

// cos r = 1 - t / 2 + t^2 p(t) with t = r^2, |r| <= pi / 4.
// Relative error below 2^-59.3.
INLINE V poly_cos_f64(V t) {
  const V a0 = FMA(t, -0x1.6c16c16c14c8ap-10, 0x1.5555555555549p-5);
  const V a1 = FMA(t, -0x1.27e4f7b23b3a2p-22, 0x1.a01a019c3747cp-16);
  const V a2 = FMA(t, -0x1.8f9025f6f9520p-37, 0x1.1ee9b0b818fd2p-29);
  const V t2 = t * t;
  return FMA(t2, FMA(t2, a2, a1), a0);
}

// sinh x = x + x^3 p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-56.7.
INLINE V poly_sinh_f64(V t) {
  const V a0 = FMA(t, 0x1.1111111111111p-7, 0x1.5555555555555p-3);
  const V a1 = FMA(t, 0x1.71de3a5573f79p-19, 0x1.a01a01a019fc1p-13);
  const V a2 = FMA(t, 0x1.61246afa2c9cbp-33, 0x1.ae6456741b913p-26);
  const V a3 = FMA(t, 0x1.9a7940c35fcb9p-49, 0x1.ae756e99ccc19p-41);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V t4 = t2 * t2;
  return FMA(t4, b1, b0);
}

// erf x = x + x p(t) with t = x^2, |x| <= 1.
// Relative error below 2^-56.3.
INLINE V poly_erf_f64(V t) {
  const V a0 = FMA(t, -0x1.812746b0379e7p-2, 0x1.06eba8214db69p-3);
  const V a1 = FMA(t, -0x1.b82ce3128899bp-6, 0x1.ce2f21a042bddp-4);
  const V a2 = FMA(t, -0x1.c02db3fed8f6cp-11, 0x1.565bcd0e64ab7p-8);
  const V a3 = FMA(t, -0x1.f4d255e14a36ap-17, 0x1.f9a326bfb7323p-14);
  const V a4 = FMA(t, -0x1.5f6d6b5500e43p-23, 0x1.b9e64d080de53p-20);
  const V a5 = FMA(t, -0x1.4e55cdbb2711dp-30, 0x1.fc41174ef96aep-27);
  const V a6 = FMA(t, -0x1.2929031dcc6bep-38, 0x1.7ecbfde54d385p-34);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V b2 = FMA(t2, FMA(t2, a6, a5), a4);
  const V t4 = t2 * t2;
  return FMA(t4, FMA(t4, b2, b1), b0);
}

// e^(z^2) erfc(z) / 2 = p(t) / (z + 4) with t = (z - 4) / (z + 4), 0 <= z <= 27.6.
// Relative error below 2^-53.1.
INLINE V poly_erfcx_f64(V t) {
  const V a0 = FMA(t, -0x1.f3fe31ecb49c0p-2, 0x1.18932bf08e154p-1);
  const V a1 = FMA(t, -0x1.14eacb1ad02e1p-2, 0x1.8be202d26c702p-2);
  const V a2 = FMA(t, -0x1.645fd8a4bf355p-4, 0x1.52cac237102b8p-3);
  const V a3 = FMA(t, -0x1.b00c052a9dbfep-7, 0x1.38dbd2c8db1e5p-5);
  const V a4 = FMA(t, -0x1.269b55ae82cf0p-13, 0x1.908f4728ec76bp-9);
  const V a5 = FMA(t, 0x1.72cdcd64bcf8ep-14, -0x1.dd2846f25b1e2p-13);
  const V a6 = FMA(t, -0x1.3c72b3ef6ce0dp-17, -0x1.e7e63b7326f61p-20);
  const V a7 = FMA(t, 0x1.7ecdd1a5acdacp-21, 0x1.3b075470bfdd7p-19);
  const V a8 = FMA(t, -0x1.4e9d5ef94b245p-25, -0x1.c62b3938a500fp-22);
  const V a9 = FMA(t, 0x1.5d595f28b212dp-30, 0x1.0a16c2157ed26p-24);
  const V a10 = FMA(t, -0x1.86e605207771dp-33, -0x1.087d068fd05f8p-27);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, a3, a2);
  const V b2 = FMA(t2, a5, a4);
  const V b3 = FMA(t2, a7, a6);
  const V b4 = FMA(t2, a9, a8);
  const V b5 = FMA(t2, 0x1.1a4d20ca3bae6p-31, a10);
  const V t4 = t2 * t2;
  const V c0 = FMA(t4, b1, b0);
  const V c1 = FMA(t4, b3, b2);
  const V c2 = FMA(t4, b5, b4);
  const V t8 = t4 * t4;
  return FMA(t8, FMA(t8, c2, c1), c0);
}

// ln((1 + s) / (1 - s)) = 2 s + s t p(t) with t = s^2, |s| <= 0.1716.
// Relative error below 2^-59.4.
INLINE V poly_log_f64(V t) {
  const V a0 = FMA(t, 0x1.999999997f9f9p-2, 0x1.5555555555593p-1);
  const V a1 = FMA(t, 0x1.c71c51d7dbcc9p-3, 0x1.249249422a38bp-2);
  const V a2 = FMA(t, 0x1.39a095d8b04c4p-3, 0x1.746649acb101ap-3);
  const V t2 = t * t;
  const V b0 = FMA(t2, a1, a0);
  const V b1 = FMA(t2, 0x1.2f117c4c8e198p-3, a2);
  const V t4 = t2 * t2;
  return FMA(t4, b1, b0);
}
