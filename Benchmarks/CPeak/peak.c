#include "CPeak.h"

// Twelve chains: two fused multiply-adds start per cycle and each takes four to five cycles.
#define CHAINS 12

#define DEFINE_PEAK(NAME, LANES)                                                        \
  static double NAME(size_t rounds) {                                                   \
    typedef float vector __attribute__((vector_size(4 * LANES)));                       \
    vector sums[CHAINS];                                                                \
    vector a = {0}, b = {0};                                                            \
    for (int i = 0; i < CHAINS; i++) sums[i] = a + (float)i;                            \
    a += 0.999999f;                                                                     \
    b += 0.000001f;                                                                     \
    for (size_t round = 0; round < rounds; round++) {                                   \
      /* The empty statement hides the values, so that no round can be left out. */     \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)               \
          __asm__ volatile("" : PEAK_REGISTER(sums[i]));                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)               \
          sums[i] = __builtin_elementwise_fma(sums[i], a, b);                           \
    }                                                                                   \
    vector total = {0};                                                                 \
    for (int i = 0; i < CHAINS; i++) total += sums[i];                                  \
    volatile float sink = total[0];                                                     \
    (void)sink;                                                                         \
    return 2.0 * LANES * CHAINS * (double)rounds;                                       \
  }

#if defined(__x86_64__)

#define PEAK_REGISTER(x) "+v"(x)
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
DEFINE_PEAK(peak_avx512, 16)
#pragma clang attribute pop
#undef PEAK_REGISTER
#define PEAK_REGISTER(x) "+x"(x)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
DEFINE_PEAK(peak_avx2, 8)
#pragma clang attribute pop

// Without fused multiply-adds a core does a multiplication and an addition instead.
static double peak_baseline(size_t rounds) {
  typedef float vector __attribute__((vector_size(16)));
  vector sums[CHAINS];
  vector a = {0.999999f, 0.999999f, 0.999999f, 0.999999f};
  vector b = {0.000001f, 0.000001f, 0.000001f, 0.000001f};
  for (int i = 0; i < CHAINS; i++) sums[i] = b * (float)i;
  for (size_t round = 0; round < rounds; round++) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)
        __asm__ volatile("" : PEAK_REGISTER(sums[i]));
    _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * a + b;
  }
  volatile float sink = 0;
  for (int i = 0; i < CHAINS; i++) sink += sums[i][0];
  return 2.0 * 4 * CHAINS * (double)rounds;
}

double cpeak_fma_f32(size_t rounds) {
  if (__builtin_cpu_supports("avx512f")) return peak_avx512(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peak_avx2(rounds);
  return peak_baseline(rounds);
}

#else

#define PEAK_REGISTER(x) "+w"(x)
DEFINE_PEAK(peak_vector, 4)

double cpeak_fma_f32(size_t rounds) { return peak_vector(rounds); }

#endif
