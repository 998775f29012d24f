// Keys, radix sorts and selection: scalar code whose time goes into scattered stores, so the
// baseline instruction set does. The sorts by comparing are in bodies/quicksort.inc.h.
#include "kernels.h"

#include <string.h>

// Elements are read as words of their size, whatever their type.
typedef uint8_t word_8 __attribute__((may_alias));
typedef uint32_t word_32 __attribute__((may_alias));
typedef uint64_t word_64 __attribute__((may_alias));

#define INSERTION_LIMIT 48

#if defined(__x86_64__)
uint64_t apus_sort_places[256];

__attribute__((constructor)) static void fill_places(void) {
  for (unsigned mask = 0; mask < 256; mask++) {
    int shift = 0;
    for (unsigned bit = 0; bit < 2; bit++)
      for (uint64_t i = 0; i < 8; i++)
        if ((mask >> i & 1) == bit) {
          apus_sort_places[mask] |= i << shift;
          shift += 8;
        }
  }
}
#endif

// ---- Keys

// Of a negative number all bits but the sign are complemented, so that keys compare as integers.
#define DEFINE_FLOAT_KEYS(S, T, W, BITS, INFINITY_BITS)                                           \
  bool apus_sort_keys_##S(const void *x, int##BITS##_t *keys, size_t n, bool descending) {        \
    const W *from = x;                                                                            \
    W *to = (void *)keys;                                                                         \
    const W sign = (W)1 << (BITS - 1), flip = descending ? (W)-1 : 0;                             \
    W lost = 0;                                                                                   \
    _Pragma("clang loop vectorize(assume_safety)")                                                \
    for (size_t i = 0; i < n; i++) {                                                              \
      W bits = from[i];                                                                           \
      W key = bits ^ ((W)((int##BITS##_t)bits >> (BITS - 1)) & ~sign);                            \
      W negative_zero = bits == sign ? (W)-1 : 0;                                                 \
      W nan = (bits & ~sign) > INFINITY_BITS ? (W)-1 : 0;                                         \
      lost |= (negative_zero | nan) & bits;                                                       \
      to[i] = ((key & ~negative_zero & ~nan) | (nan & ~sign)) ^ flip;                             \
    }                                                                                             \
    return lost != 0;                                                                             \
  }                                                                                               \
  void apus_sort_values_##S(const int##BITS##_t *keys, void *out, size_t n, bool descending) {    \
    W *to = out;                                                                                  \
    const W *from = (const void *)keys;                                                           \
    const W sign = (W)1 << (BITS - 1), flip = descending ? (W)-1 : 0;                             \
    _Pragma("clang loop vectorize(assume_safety)")                                                \
    for (size_t i = 0; i < n; i++) {                                                              \
      W key = from[i] ^ flip;                                                                     \
      to[i] = key ^ ((W)((int##BITS##_t)key >> (BITS - 1)) & ~sign);                              \
    }                                                                                             \
  }                                                                                               \
  void apus_sort_restore_##S(const T *x, ptrdiff_t step, T *sorted, size_t n) {                   \
    size_t zero = 0, nan = 0;                                                                     \
    while (zero < n && sorted[zero] != 0) zero++;                                                 \
    while (nan < n && sorted[nan] == sorted[nan]) nan++;                                          \
    for (size_t i = 0; i < n; i++, x += step) {                                                   \
      if (*x == 0) sorted[zero++] = *x;                                                           \
      else if (*x != *x) sorted[nan++] = *x;                                                      \
    }                                                                                             \
  }

#define DEFINE_INTEGER_KEYS(S, W, K, FLIP)                                                        \
  bool apus_sort_keys_##S(const void *x, K *keys, size_t n, bool descending) {                    \
    const W *from = x;                                                                            \
    const W flip = descending ? FLIP : 0;                                                         \
    _Pragma("clang loop vectorize(assume_safety)")                                                \
    for (size_t i = 0; i < n; i++) keys[i] = (K)(W)(from[i] ^ flip);                              \
    return false;                                                                                 \
  }                                                                                               \
  void apus_sort_values_##S(const K *keys, void *out, size_t n, bool descending) {                \
    W *to = out;                                                                                  \
    const W flip = descending ? FLIP : 0;                                                         \
    _Pragma("clang loop vectorize(assume_safety)")                                                \
    for (size_t i = 0; i < n; i++) to[i] = (W)keys[i] ^ flip;                                     \
  }

DEFINE_FLOAT_KEYS(f32, float, word_32, 32, 0x7f800000u)
DEFINE_FLOAT_KEYS(f64, double, word_64, 64, 0x7ff0000000000000u)
DEFINE_INTEGER_KEYS(u8, word_8, int32_t, UINT8_MAX)
DEFINE_INTEGER_KEYS(i32, word_32, int32_t, UINT32_MAX)
DEFINE_INTEGER_KEYS(i64, word_64, int64_t, UINT64_MAX)

void apus_sort_keyed_i32(const int32_t *keys, size_t first, int64_t *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = (int64_t)((uint64_t)keys[i] << 32 | (first + i));
}

void apus_sort_keyed_i64(const int64_t *keys, size_t first, apus_keyed *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = (apus_keyed){keys[i], first + i};
}

void apus_sort_positions_i32(const int64_t *keyed, int64_t *out, size_t n) {
  const word_64 *from = (const void *)keyed;
  word_64 *to = (void *)out;
  _Pragma("clang loop vectorize(assume_safety)")
  for (size_t i = 0; i < n; i++) to[i] = from[i] & UINT32_MAX;
}

void apus_sort_positions_i64(const apus_keyed *keyed, int64_t *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = (int64_t)keyed[i].position;
}

// ---- Radix sort

unsigned apus_radix_cut(uint64_t varying, size_t n, unsigned low, unsigned high) {
  const int wanted = n < 1 << 10 ? 2 : n < 1 << 14 ? 3 : n < 1 << 24 ? 4 : 5;
  int bytes = 0;
  unsigned cut = low;
  for (unsigned shift = high; shift > low; shift -= 8) {
    if (!(varying >> (shift - 8) & 255)) continue;
    bytes++;
    if (bytes == wanted) cut = shift - 8;
  }
  // One byte less would not pay for the search of equal runs.
  return bytes > wanted + 1 ? cut : low;
}

// Keys as unsigned numbers of the same order.
#define ITSELF_32(e) ((uint32_t)(e) ^ 0x80000000u)
#define ITSELF_64(e) ((uint64_t)(e) ^ 0x8000000000000000u)
#define KEY_OF(e) ITSELF_64((e).key)

#define DEFINE_SORT(S, E, K, KEY)                                                                 \
  uint64_t apus_radix_varying_##S(const E *a, size_t n) {                                          \
    /* Bits that repeat the sign of a two's complement number say no more than its top bit. */    \
    const K top = (K)1 << (8 * sizeof(K) - 1);                                                    \
    K varying = 0, beyond_sign = top;                                                             \
    for (size_t i = 0; i < n; i++) {                                                              \
      const K number = KEY(a[i]) ^ top;                                                           \
      varying |= KEY(a[i]) ^ KEY(a[0]);                                                           \
      beyond_sign |= number ^ (0 - (number >> (8 * sizeof(K) - 1)));                              \
    }                                                                                             \
    return varying & beyond_sign;                                                                 \
  }                                                                                               \
                                                                                                  \
  void apus_radix_count_##S(const E *a, size_t n, unsigned shift, size_t counts[256]) {           \
    /* Two tables, as adding to one place twice in a row waits for the first addition. */         \
    size_t odd[256] = {0};                                                                        \
    memset(counts, 0, sizeof odd);                                                                \
    for (size_t i = 0; i + 1 < n; i += 2) {                                                       \
      counts[KEY(a[i]) >> shift & 255]++;                                                         \
      odd[KEY(a[i + 1]) >> shift & 255]++;                                                        \
    }                                                                                             \
    if (n % 2) counts[KEY(a[n - 1]) >> shift & 255]++;                                            \
    for (int value = 0; value < 256; value++) counts[value] += odd[value];                        \
  }                                                                                               \
                                                                                                  \
  void apus_radix_move_##S(const E *a, E *to, size_t n, unsigned shift, size_t offsets[256]) {    \
    for (size_t i = 0; i < n; i++) to[offsets[KEY(a[i]) >> shift & 255]++] = a[i];                \
  }                                                                                               \
                                                                                                  \
  static void insertion_sort_##S(E *a, size_t n, unsigned low) {                                  \
    for (size_t i = 1; i < n; i++) {                                                              \
      const E e = a[i];                                                                           \
      size_t j = i;                                                                               \
      for (; j > 0 && KEY(e) >> low < KEY(a[j - 1]) >> low; j--) a[j] = a[j - 1];                 \
      a[j] = e;                                                                                   \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  void apus_radix_runs_##S(E *a, E *b, size_t from, size_t to, size_t n, unsigned low,             \
                          unsigned cut) {                                                         \
    /* The run that goes on from the part before is that part's. */                               \
    while (from > 0 && from < to && KEY(a[from - 1]) >> cut == KEY(a[from]) >> cut) from++;       \
    while (from < to) {                                                                           \
      size_t end = from + 1;                                                                      \
      while (end < n && KEY(a[from]) >> cut == KEY(a[end]) >> cut) end++;                         \
      if (end > from + 1) {                                                                       \
        E *const sorted = apus_radix_sort_##S(a + from, b + from, end - from, low, cut);                \
        if (sorted != a + from) memcpy(a + from, sorted, (end - from) * sizeof *a);               \
      }                                                                                           \
      from = end;                                                                                 \
    }                                                                                             \
  }                                                                                               \
                                                                                                  \
  E *apus_radix_sort_##S(E *a, E *b, size_t n, unsigned low, unsigned high) {                           \
    if (n <= INSERTION_LIMIT) {                                                                   \
      insertion_sort_##S(a, n, low);                                                              \
      return a;                                                                                   \
    }                                                                                             \
    const uint64_t varying = apus_radix_varying_##S(a, n);                                         \
    const unsigned cut = apus_radix_cut(varying, n, low, high);                                    \
    size_t offsets[256];                                                                          \
    for (unsigned shift = cut; shift < high; shift += 8) {                                        \
      if (!(varying >> shift & 255)) continue;                                                    \
      apus_radix_count_##S(a, n, shift, offsets);                                                 \
      size_t start = 0;                                                                           \
      for (int value = 0; value < 256; value++) {                                                 \
        const size_t count = offsets[value];                                                      \
        offsets[value] = start;                                                                   \
        start += count;                                                                           \
      }                                                                                           \
      apus_radix_move_##S(a, b, n, shift, offsets);                                               \
      E *const moved = b;                                                                         \
      b = a;                                                                                      \
      a = moved;                                                                                  \
    }                                                                                             \
    if (cut > low) apus_radix_runs_##S(a, b, 0, n, n, low, cut);                                   \
    return a;                                                                                     \
  }

DEFINE_SORT(i32, int32_t, uint32_t, ITSELF_32)
DEFINE_SORT(i64, int64_t, uint64_t, ITSELF_64)
DEFINE_SORT(keyed, apus_keyed, uint64_t, KEY_OF)

// ---- Selection

#define KEY_OF_PACKED(e) ITSELF_32((e) >> 32)
#define PACKED(key, position) ((int64_t)((uint64_t)(key) << 32 | (position)))
#define KEYED(key, position) ((apus_keyed){key, position})

#define SELECT_BLOCK 32

#define DEFINE_SELECT(S, K, W, E, KEY, MAKE)                                                      \
  /* Keeps the k smallest of n > k elements, in their order; the largest of their keys. */        \
  static K keep_smallest_##S(E *a, size_t n, size_t k) {                                          \
    /* The bytes of the k-th smallest key, from the most significant on. */                       \
    W bound = 0, known = 0;                                                                       \
    size_t rank = k;                                                                              \
    for (int shift = 8 * sizeof(W) - 8; shift >= 0; shift -= 8) {                                 \
      size_t counts[256] = {0};                                                                   \
      for (size_t i = 0; i < n; i++)                                                              \
        if ((KEY(a[i]) & known) == bound) counts[KEY(a[i]) >> shift & 255]++;                     \
      size_t value = 0;                                                                           \
      while (rank > counts[value]) rank -= counts[value++];                                       \
      bound |= (W)value << shift;                                                                 \
      known |= (W)255 << shift;                                                                   \
    }                                                                                             \
    /* `rank` of the elements with that very key are among them. */                               \
    size_t kept = 0;                                                                              \
    for (size_t i = 0; i < n; i++) {                                                              \
      const W key = KEY(a[i]);                                                                    \
      if (key < bound || (key == bound && rank > 0)) {                                            \
        rank -= key == bound;                                                                     \
        a[kept++] = a[i];                                                                         \
      }                                                                                           \
    }                                                                                             \
    return (K)(bound ^ (W)1 << (8 * sizeof(W) - 1));                                              \
  }                                                                                               \
                                                                                                  \
  void apus_select_##S(const K *keys, size_t n, size_t first, size_t k, E *out,                   \
                       size_t capacity) {                                                         \
    size_t count = n < capacity ? n : capacity, i = count;                                        \
    for (size_t j = 0; j < count; j++) out[j] = MAKE(keys[j], first + j);                         \
    if (count <= k) return;                                                                       \
    K bound = keep_smallest_##S(out, count, k);                                                   \
    for (count = k; i < n; i += SELECT_BLOCK) {                                                   \
      const size_t end = n - i < SELECT_BLOCK ? n : i + SELECT_BLOCK;                             \
      unsigned any = 0;                                                                           \
      for (size_t j = i; j < end; j++) any |= keys[j] < bound;                                    \
      if (!any) continue;                                                                         \
      for (size_t j = i; j < end; j++) {                                                          \
        if (keys[j] >= bound) continue;                                                           \
        out[count++] = MAKE(keys[j], first + j);                                                  \
        if (count < capacity) continue;                                                           \
        bound = keep_smallest_##S(out, count, k);                                                 \
        count = k;                                                                                \
      }                                                                                           \
    }                                                                                             \
    if (count > k) keep_smallest_##S(out, count, k);                                              \
  }

DEFINE_SELECT(i32, int32_t, uint32_t, int64_t, KEY_OF_PACKED, PACKED)
DEFINE_SELECT(i64, int64_t, uint64_t, apus_keyed, KEY_OF, KEYED)
