// Vectors of T: loads, stores, and what the compiler's vector extensions lack.

typedef T V __attribute__((ext_vector_type(LANES)));
typedef INT M __attribute__((ext_vector_type(LANES)));
typedef UINT U __attribute__((ext_vector_type(LANES)));
typedef V FN(vector_anywhere) __attribute__((aligned(LANE_BYTES), may_alias));

INLINE V FN(load)(const T *p) { return *(const FN(vector_anywhere) *)p; }

INLINE void FN(store)(T *p, V v) { *(FN(vector_anywhere) *)p = v; }

// Stores past the caches, to addresses that are multiples of a vector; STORE_FENCE() must follow.
INLINE void FN(store_past)(T *p, V v) { __builtin_nontemporal_store(v, (V *)p); }

INLINE bool FN(goes_past)(const T *out, size_t n) {
  return n >= APUS_PAST_CACHES / sizeof(T) && (uintptr_t)out % sizeof(V) == 0;
}

// 0, 1, 2, …
INLINE M FN(iota)(void) {
  M lanes = 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) lanes[i] = i;
  return lanes;
}

// The first `count` < LANES elements at p; `fill` in the other lanes. Reads no others.
INLINE V FN(load_part)(const T *p, size_t count, T fill) {
#if LANE_BYTES == 1
  V v = (V)fill;
  memcpy(&v, p, count);
  return v;
#elif defined(APUS_AVX512) && LANE_BYTES == 4
  return (V)_mm512_mask_loadu_epi32((__m512i)(V)fill, (__mmask16)((1u << count) - 1), p);
#elif defined(APUS_AVX512)
  return (V)_mm512_mask_loadu_epi64((__m512i)(V)fill, (__mmask8)((1u << count) - 1), p);
#elif defined(APUS_AVX2) && LANE_BYTES == 4
  M mask = FN(iota)() < (M)(INT)count;
  V part = (V)_mm256_maskload_epi32((const int *)p, (__m256i)mask);
  return mask ? part : (V)fill;
#elif defined(APUS_AVX2)
  M mask = FN(iota)() < (M)(INT)count;
  V part = (V)_mm256_maskload_epi64((const long long *)p, (__m256i)mask);
  return mask ? part : (V)fill;
#else
  V v = (V)fill;
  for (size_t i = 0; i < LANES - 1 && i < count; i++) v[i] = p[i];
  return v;
#endif
}

// Writes the first `count` < LANES lanes, and nothing else.
INLINE void FN(store_part)(T *p, V v, size_t count) {
#if LANE_BYTES == 1
  memcpy(p, &v, count);
#elif defined(APUS_AVX512) && LANE_BYTES == 4
  _mm512_mask_storeu_epi32(p, (__mmask16)((1u << count) - 1), (__m512i)v);
#elif defined(APUS_AVX512)
  _mm512_mask_storeu_epi64(p, (__mmask8)((1u << count) - 1), (__m512i)v);
#elif defined(APUS_AVX2)
  // Halves of what is left, as masked stores take a dozen cycles on AMD's cores.
  __m128i low = _mm256_castsi256_si128((__m256i)v);
  if (count * LANE_BYTES & 16) {
    _mm_storeu_si128((__m128i *)p, low);
    low = _mm256_extracti128_si256((__m256i)v, 1);
    p += 16 / LANE_BYTES;
  }
  if (count * LANE_BYTES & 8) {
    _mm_storel_epi64((__m128i *)p, low);
    low = _mm_unpackhi_epi64(low, low);
    p += 8 / LANE_BYTES;
  }
  if (LANE_BYTES == 4 && count & 1) _mm_storeu_si32(p, low);
#else
  for (size_t i = 0; i < LANES - 1 && i < count; i++) p[i] = v[i];
#endif
}

// The same for any count; from LANES on, all lanes.
INLINE V FN(load_up_to)(const T *p, size_t count, T fill) {
  return count >= LANES ? FN(load)(p) : FN(load_part)(p, count, fill);
}

INLINE void FN(store_up_to)(T *p, V v, size_t count) {
  if (count >= LANES) FN(store)(p, v);
  else FN(store_part)(p, v, count);
}

// The lanes turned by the given distance. Folding a vector with itself turned by 8, 4, 2 and 1
// folds all lanes, in a fixed order.
#if APUS_VECTOR_BYTES / LANE_BYTES == 16
INLINE V FN(turn8)(V v) {
  return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}
INLINE V FN(turn4)(V v) {
  return __builtin_shufflevector(v, v, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
}
INLINE V FN(turn2)(V v) {
  return __builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1);
}
INLINE V FN(turn1)(V v) {
  return __builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0);
}
#elif APUS_VECTOR_BYTES / LANE_BYTES == 8
INLINE V FN(turn4)(V v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3); }
INLINE V FN(turn2)(V v) { return __builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 0, 1); }
INLINE V FN(turn1)(V v) { return __builtin_shufflevector(v, v, 1, 2, 3, 4, 5, 6, 7, 0); }
#elif APUS_VECTOR_BYTES / LANE_BYTES == 4
INLINE V FN(turn2)(V v) { return __builtin_shufflevector(v, v, 2, 3, 0, 1); }
INLINE V FN(turn1)(V v) { return __builtin_shufflevector(v, v, 1, 2, 3, 0); }
#elif APUS_VECTOR_BYTES / LANE_BYTES == 2
INLINE V FN(turn1)(V v) { return __builtin_shufflevector(v, v, 1, 0); }
#endif
