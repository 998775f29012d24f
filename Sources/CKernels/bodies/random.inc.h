// Random numbers from Philox 4x32-10 (J. K. Salmon and others, SC 2011), one block of 128 bits in
// each 64-bit lane. No step is fused, so that every instruction set gives the same bits.
// Coefficients: scripts/random-coefficients.py.

// The keys of the ten rounds, in every lane.
typedef struct {
  U first[10], second[10];
} random_keys;

INLINE random_keys random_rounds(uint64_t key) {
  random_keys keys;
#pragma clang loop unroll(full)
  for (uint32_t round = 0; round < 10; round++) {
    keys.first[round] = (U)(uint64_t)((uint32_t)key + round * 0x9e3779b9u);
    keys.second[round] = (U)(uint64_t)((uint32_t)(key >> 32) + round * 0xbb67ae85u);
  }
  return keys;
}

// The two words of 64 bits of each block. The high halves of c0 ... c3 are not kept clean: the
// products do not read them.
INLINE void random_blocks(const random_keys *keys, uint64_t stream, U block, U *low, U *high) {
  const U half = (U)(uint64_t)UINT32_MAX;
  U counter = block & (U)(UINT64_MAX >> 1);
  U c0 = counter, c1 = counter >> 32;
  U c2 = (U)stream, c3 = (U)(stream >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    U first = (c0 & half) * (U)(uint64_t)0xd2511f53u;
    U second = (c2 & half) * (U)(uint64_t)0xcd9e8d57u;
    c0 = (second >> 32) ^ c1 ^ keys->first[round];
    c1 = second;
    c2 = (first >> 32) ^ c3 ^ keys->second[round];
    c3 = first;
  }
  *low = c1 << 32 | (c0 & half);
  *high = c3 << 32 | (c2 & half);
}

// 53 bits of a word as a number in 0 ..< 1.
INLINE V random_unit(U word) { return __builtin_convertvector(word >> 11, V) * 0x1p-53; }

// ln x for normal x > 0: x = m 2^e with m in [sqrt(1/2), sqrt(2)), and ln m = 2 atanh((m-1)/(m+1)).
INLINE V random_log(V x) {
  const U offset = (U)(uint64_t)0x3fe6a09e667f3bcdu;
  U shifted = (U)x - offset;
  M e = (M)shifted >> 52;
  V m = (V)((shifted & (U)(uint64_t)0x000fffffffffffffu) + offset);
  V f = m - 1;
  V s = f / (f + 2);
  V z = s * s;
  V p = z * 0x1.2b5900de53b32p-3 + 0x1.39fe51a7c18f9p-3;
  p = p * z + 0x1.7462b51cb66b1p-3;
  p = p * z + 0x1.c71c62e3f11e6p-3;
  p = p * z + 0x1.2492492df281ap-2;
  p = p * z + 0x1.99999999952d7p-2;
  p = p * z + 0x1.5555555555558p-1;
  V exponent = __builtin_convertvector(e, V);
  // ln 2 in two parts, the first short enough that e times it is exact.
  return exponent * 0x1.62e42feep-1 + ((s + s) + (s * z * p + exponent * 0x1.a39ef35793c76p-33));
}

// The cosine and sine of 2 pi u for u in 0 ..< 1, a multiple of 2^-53: u = quarters / 4 + r exactly,
// with |r| <= 1/8.
INLINE void random_turn(V u, V *cosine, V *sine) {
  const double rounder = 0x1.8p52;
  V shifted = u * 4 + rounder;
  U quarters = (U)shifted;
  V r = u - (shifted - rounder) * 0.25;
  V y = r * r;
  V s = y * 0x1.e3f38399551bfp+1 - 0x1.e30071afc3e59p+3;
  s = s * y + 0x1.50782fda12d96p+5;
  s = s * y - 0x1.32d2cce2e5b19p+6;
  s = s * y + 0x1.466bc677587f8p+6;
  s = s * y - 0x1.4abbce625be41p+5;
  s = (s * y + 0x1.921fb54442d18p+2) * r;
  V c = y * -0x1.b2f3eb054afcdp+0 + 0x1.f9ce245cada0bp+2;
  c = c * y - 0x1.a6d1eef479be1p+4;
  c = c * y + 0x1.e1f5068688d5bp+5;
  c = c * y - 0x1.55d3c7e3cb241p+6;
  c = c * y + 0x1.03c1f081b5ac0p+6;
  c = c * y - 0x1.3bd3cc9be45dep+4;
  c = c * y + 1;
  M odd = (M)(quarters << 63) < 0;
  V a = odd ? s : c, b = odd ? c : s;
  *cosine = (V)((U)a ^ ((quarters + 1) >> 1 << 63));
  *sine = (V)((U)b ^ (quarters >> 1 << 63));
}

#if LANES == 2
#define INTERLEAVED(a, b) __builtin_shufflevector(a, b, 0, 2, 1, 3)
#elif LANES == 4
#define INTERLEAVED(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5, 2, 6, 3, 7)
#else
#define INTERLEAVED(a, b) \
  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
#endif

typedef uint64_t random_words_vector __attribute__((ext_vector_type(2 * LANES)));
typedef double random_f64_vector __attribute__((ext_vector_type(2 * LANES)));
typedef float random_f32_half __attribute__((ext_vector_type(LANES)));
typedef float random_f32_vector __attribute__((ext_vector_type(2 * LANES)));
typedef uint8_t random_bytes_half __attribute__((ext_vector_type(LANES)));
typedef uint8_t random_bytes_vector __attribute__((ext_vector_type(2 * LANES)));

// Runs the statement, which sets `result` from the words `low` and `high` of LANES blocks, until n elements
// are written.
#define FOR_RANDOM_BLOCKS(RESULT, ...)                                              \
  const random_keys keys = random_rounds(at->key);                                  \
  const uint64_t stream = at->stream, start = at->block;                            \
  for (size_t i = 0; i < n; i += 2 * LANES) {                                       \
    U low, high;                                                                    \
    random_blocks(&keys, stream, (U)FN(iota)() + (U)(start + i / 2), &low, &high);  \
    RESULT result;                                                                  \
    __VA_ARGS__;                                                                    \
    const size_t rest = n - i;                                                      \
    if (rest >= 2 * LANES) memcpy(out + i, &result, 2 * LANES * sizeof *out);       \
    else memcpy(out + i, &result, rest * sizeof *out);                              \
  }

static void random_words(const apus_random *at, uint64_t *out, size_t n) {
  FOR_RANDOM_BLOCKS(random_words_vector, result = INTERLEAVED(low, high))
}

static void random_bernoulli(const apus_random *at, uint64_t bound, uint8_t *out, size_t n) {
  FOR_RANDOM_BLOCKS(random_bytes_vector, {
    M a = (M)(low >> 11) < (M)(U)bound, b = (M)(high >> 11) < (M)(U)bound;
    result = INTERLEAVED(__builtin_convertvector(a, random_bytes_half),
                         __builtin_convertvector(b, random_bytes_half)) & 1;
  })
}

static void random_uniform_f64(const apus_random *at, double low_end, double width, double largest,
                               double *out, size_t n) {
  FOR_RANDOM_BLOCKS(random_f64_vector, {
    V a = random_unit(low) * width + low_end, b = random_unit(high) * width + low_end;
    a = a > largest ? (V)largest : a;
    b = b > largest ? (V)largest : b;
    result = INTERLEAVED(a, b);
  })
}

static void random_uniform_f32(const apus_random *at, double low_end, double width, float largest,
                               float *out, size_t n) {
  FOR_RANDOM_BLOCKS(random_f32_vector, {
    V a = random_unit(low) * width + low_end, b = random_unit(high) * width + low_end;
    result = INTERLEAVED(__builtin_convertvector(a, random_f32_half),
                         __builtin_convertvector(b, random_f32_half));
    result = result > largest ? (random_f32_vector)largest : result;
  })
}

// G. Box and M. Muller, 1958. 1 - u is never 0, so that its logarithm is finite.
INLINE void random_normal_pair(U low, U high, double mean, double deviation, V *a, V *b) {
  V radius = __builtin_elementwise_sqrt(random_log(1 - random_unit(low)) * -2) * deviation;
  V cosine, sine;
  random_turn(random_unit(high), &cosine, &sine);
  *a = radius * cosine + mean;
  *b = radius * sine + mean;
}

static void random_normal_f64(const apus_random *at, double mean, double deviation, double *out,
                              size_t n) {
  FOR_RANDOM_BLOCKS(random_f64_vector, {
    V a, b;
    random_normal_pair(low, high, mean, deviation, &a, &b);
    result = INTERLEAVED(a, b);
  })
}

static void random_normal_f32(const apus_random *at, double mean, double deviation, float *out,
                              size_t n) {
  FOR_RANDOM_BLOCKS(random_f32_vector, {
    V a, b;
    random_normal_pair(low, high, mean, deviation, &a, &b);
    result = INTERLEAVED(__builtin_convertvector(a, random_f32_half),
                         __builtin_convertvector(b, random_f32_half));
  })
}

static const apus_kernels_random kernels_random = {
    .words = random_words,
    .bernoulli = random_bernoulli,
    .uniform_f64 = random_uniform_f64,
    .uniform_f32 = random_uniform_f32,
    .normal_f64 = random_normal_f64,
    .normal_f32 = random_normal_f32,
};
