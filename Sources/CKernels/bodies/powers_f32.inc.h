// Powers of single precision.

// log2 x of doubles that floats hold, and 2^t for |t| <= 200.
#if defined(APUS_AVX512)

typedef union {
  W whole;
  __m512d halves[2];
} FN(wide_halves);

// Element `index` & 15 of a table, for each lane.
INLINE W look_up_wide(const void *table, FN(wide_bits) index) {
  const __m512d low = _mm512_loadu_pd(table), high = _mm512_loadu_pd((const double *)table + 8);
  FN(wide_halves) at = {.whole = (W)index};
  for (int i = 0; i < 2; i++)
    at.halves[i] = _mm512_permutex2var_pd(low, (__m512i)at.halves[i], high);
  return at.whole;
}

INLINE W log2_wide(W x) {
  FN(wide_halves) m = {.whole = x}, e = m;
  for (int i = 0; i < 2; i++) {
    m.halves[i] = _mm512_getmant_pd(m.halves[i], _MM_MANT_NORM_p75_1p5, _MM_MANT_SIGN_src);
    e.halves[i] = _mm512_getexp_pd(e.halves[i]);
  }
  const FN(wide_bits) sixteenth = (FN(wide_bits))x >> 48;
  W z = WIDE_FMA(m.whole, look_up_wide(inverses_wide, sixteenth), -1.0);
  return WIDE_FMA(z, poly_log2_short_wide(z), e.whole + look_up_wide(inverse_logs_wide, sixteenth));
}

INLINE W exp2_wide(W t) {
  W rounded = WIDE_FMA(t, 16.0, 0x1.8p52), whole = rounded - 0x1.8p52;
  W power = (W)((FN(wide_bits))look_up_wide(root_bits_wide, (FN(wide_bits))rounded) +
                ((FN(wide_bits))rounded << 48));
  return power * poly_exp2_short_wide(WIDE_FMA(whole, -1.0 / 16, t));
}

#else

INLINE W log2_wide(W x) {
  FN(wide_bits) bits = (FN(wide_bits))x;
  FN(wide_bits) biased = (bits + 0x00095f619980c433u) >> 52;
  W m = (W)(bits - ((biased - 1023) << 52));
  W e = (W)(biased | 0x4330000000000000u) - (0x1p52 + 1023);
  W s = (m - 1.0) / (m + 1.0);
  return e + s * poly_log2_wide(s * s);
}

INLINE W exp2_wide(W t) {
  W rounded = t + 0x1.8p52;
  W p = poly_exp2_wide(t - (rounded - 0x1.8p52));
  return (W)((FN(wide_bits))p + ((FN(wide_bits))rounded << 52));
}

#endif

// a^b = 2^t with t = b log2 a for 0 < a < inf, by doubles; the digits that they have more than single
// precision outweigh the error that the exponential multiplies.
INLINE W power_exponent(V a, V b) {
  V magnitude = __builtin_elementwise_abs(a);
  W t = __builtin_convertvector(b, W) * log2_wide(__builtin_convertvector(magnitude, W));
  // Beyond these the result overflows, or rounds to zero. NaN passes.
  t = t > 200.0 ? (W)200.0 : t;
  return t < -200.0 ? (W)-200.0 : t;
}

INLINE V power_of_exponent(V a, V b, W t) {
  V y = __builtin_convertvector(exp2_wide(t), V);
  M usual = (a > 0.0f) & (a < INFINITY) & (__builtin_elementwise_abs(b) < INFINITY);
  if (__builtin_expect(__builtin_reduce_or((M)~usual) != 0, 0)) {
    // Of a negative number: signed for an odd exponent, NaN for one that is not whole. Every
    // exponent from 2^24 on is even.
    V magnitude = __builtin_elementwise_abs(a), size = __builtin_elementwise_abs(b);
    M small = size < 0x1p24f;
    M whole = __builtin_convertvector(small ? b : (V)0.0f, M);
    M is_whole = ~small | (__builtin_convertvector(whole, V) == b);
    V negative = (V)((U)y | (((U)whole & 1u) << 31));
    negative = is_whole ? negative : (V)NAN;
    y = a < 0.0f ? negative : y;
    for (int i = 0; i < LANES; i++)
      if (!(magnitude[i] > 0 && magnitude[i] < INFINITY && size[i] < INFINITY))
        y[i] = powf(a[i], b[i]);
  }
  return y;
}

// So many exponents first, then the powers: a chain of both is so long that the processor sees the next
// one too late. On AMD Zen 4 this takes 0.76 of the time.
#define POWER_VECTORS 8

INLINE void power_block(const T *a, const bool a_many, const T *b, const bool b_many, T *out,
                        size_t n) {
  const V a_one = (V)a[0], b_one = (V)b[0];
  W exponents[POWER_VECTORS];
  for (size_t i = 0; i < n; i += LANES)
    exponents[i / LANES] = power_exponent(a_many ? FN(load_up_to)(a + i, n - i, 1) : a_one,
                                          b_many ? FN(load_up_to)(b + i, n - i, 1) : b_one);
  for (size_t i = 0; i < n; i += LANES)
    FN(store_up_to)(out + i,
                    power_of_exponent(a_many ? FN(load_up_to)(a + i, n - i, 1) : a_one,
                                      b_many ? FN(load_up_to)(b + i, n - i, 1) : b_one,
                                      exponents[i / LANES]),
                    n - i);
}

INLINE void power_blocks(const T *a, const bool a_many, const T *b, const bool b_many, T *out,
                         size_t n) {
  const size_t block = POWER_VECTORS * LANES;
  for (; n > block; n -= block, out += block) {
    power_block(a, a_many, b, b_many, out, block);
    if (a_many) a += block;
    if (b_many) b += block;
  }
  power_block(a, a_many, b, b_many, out, n);
}

static void binary_POW_f32(const T *a, ptrdiff_t a_step, const T *b, ptrdiff_t b_step, T *out,
                           size_t n) {
  if (n == 0) return;
  if (a_step && b_step) power_blocks(a, true, b, true, out, n);
  else if (a_step) power_blocks(a, true, b, false, out, n);
  else if (b_step) power_blocks(a, false, b, true, out, n);
  else power_blocks(a, false, b, false, out, n);
}
