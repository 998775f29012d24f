// Quicksort of signed keys, with networks for the parts that fit into registers.
//
// A vector is partitioned by one permutation that puts the keys up to the pivot before the others:
// Gueron and Krasnov, "Fast quicksort implementation using AVX instructions" (2016). Without such a
// permutation (the baseline), a radix sort does better.

// What two matrices of the networks hold.
#define SORT_LEAF (2 * SORT_ROWS * LANES)

// Sorts by the bytes of the keys.
static void FN(sort_by_bytes)(T *a, T *b, size_t n) {
  const T *sorted = FN(apus_radix_sort)(a, b, n, 0, 8 * sizeof(T));
  if (sorted != a) memcpy(a, sorted, n * sizeof(T));
}

#if defined(APUS_AVX2) || defined(APUS_AVX512)

// Moves the keys up to the pivot to the front, in place; how many they are. The others go to b first.
// A whole vector is stored at a time: what is too much of it is overwritten, or read already.
static size_t FN(partition)(T *a, T *b, size_t n, T pivot) {
  const V pivots = (V)pivot;
  size_t low = 0, i = 0;
#if defined(APUS_AVX512)
  // Forwards from the start of b.
  T *const others = b;
  for (; i + LANES <= n; i += LANES) {
    const __m512i v = (__m512i)FN(load)(a + i);
#if LANE_BYTES == 4
    const __mmask16 above = _mm512_cmpgt_epi32_mask(v, (__m512i)pivots);
    FN(store)(a + low, (V)_mm512_maskz_compress_epi32((__mmask16)~above, v));
    FN(store)(b + (i - low), (V)_mm512_maskz_compress_epi32(above, v));
#else
    const __mmask8 above = _mm512_cmpgt_epi64_mask(v, (__m512i)pivots);
    FN(store)(a + low, (V)_mm512_maskz_compress_epi64((__mmask8)~above, v));
    FN(store)(b + (i - low), (V)_mm512_maskz_compress_epi64(above, v));
#endif
    low += LANES - (size_t)__builtin_popcount(above);
  }
  for (; i < n; i++) {
    const T key = a[i];
    b[i - low] = key;
    a[low] = key;
    low += key <= pivot;
  }
#else
  // Backwards from the end of b, as the others come last in a vector.
  for (; i + LANES <= n; i += LANES) {
    const V v = FN(load)(a + i);
    const unsigned above = (unsigned)_mm256_movemask_ps((__m256)(v > pivots));
    const __m128i places = _mm_loadu_si64(&apus_sort_places[above]);
    const V moved = (V)_mm256_permutevar8x32_epi32((__m256i)v, _mm256_cvtepu8_epi32(places));
    FN(store)(a + low, moved);
    FN(store)(b + (n - (i - low)) - LANES, moved);
    low += LANES - (size_t)__builtin_popcount(above) / (LANE_BYTES / 4);
  }
  for (; i < n; i++) {
    const T key = a[i];
    b[n - (i - low) - 1] = key;
    a[low] = key;
    low += key <= pivot;
  }
  T *const others = b + low;
#endif
  memcpy(a + low, others, (n - low) * sizeof(T));
  return low;
}

// The median of samples at equal distances.
static T FN(pivot)(const T *a, size_t n) {
  T samples[8 * LANES];
  const size_t count = n < 1024 ? 2 * LANES : 8 * LANES, step = n / count;
  for (size_t i = 0; i < count; i++) samples[i] = a[i * step + step / 2];
  FN(sort_network)(samples, count);
  return samples[count / 2 - 1];
}

// After `depth` partitions of one key, which bad pivots make many, its bytes decide.
static void FN(quicksort)(T *a, T *b, size_t n, int depth) {
  while (n > SORT_LEAF) {
    if (depth-- == 0) {
      FN(sort_by_bytes)(a, b, n);
      return;
    }
    const T pivot = FN(pivot)(a, n);
    const size_t low = FN(partition)(a, b, n, pivot);
    if (low == n) {
      // The pivot is the largest key: those that equal it, often many, are done.
      if (pivot == T_MIN) return;
      n = FN(partition)(a, b, n, pivot - 1);
      continue;
    }
    // The smaller part first, so that few calls are open at a time.
    if (low < n - low) {
      FN(quicksort)(a, b, low, depth);
      a += low;
      n -= low;
    } else {
      FN(quicksort)(a + low, b, n - low, depth);
      n = low;
    }
  }
  FN(sort_network)(a, n);
}

static void FN(sort_keys)(T *a, T *b, size_t n) {
  int log = 0;
  while (n >> log > 1) log++;
  FN(quicksort)(a, b, n, 2 * log);
}

#else

static void FN(sort_keys)(T *a, T *b, size_t n) {
  if (n <= SORT_LEAF) FN(sort_network)(a, n);
  else FN(sort_by_bytes)(a, b, n);
}

#endif
