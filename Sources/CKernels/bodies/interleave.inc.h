// Pairs of vectors, as 2 * LANES elements in a row: taken apart and put together.
#define SHUFFLE __builtin_shufflevector
#if APUS_VECTOR_BYTES / LANE_BYTES == 16
#define LANES_EVEN 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define LANES_ODD 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define LANES_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define LANES_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif APUS_VECTOR_BYTES / LANE_BYTES == 8
#define LANES_EVEN 0, 2, 4, 6, 8, 10, 12, 14
#define LANES_ODD 1, 3, 5, 7, 9, 11, 13, 15
#define LANES_LOW 0, 8, 1, 9, 2, 10, 3, 11
#define LANES_HIGH 4, 12, 5, 13, 6, 14, 7, 15
#elif APUS_VECTOR_BYTES / LANE_BYTES == 4
#define LANES_EVEN 0, 2, 4, 6
#define LANES_ODD 1, 3, 5, 7
#define LANES_LOW 0, 4, 1, 5
#define LANES_HIGH 2, 6, 3, 7
#else
#define LANES_EVEN 0, 2
#define LANES_ODD 1, 3
#define LANES_LOW 0, 2
#define LANES_HIGH 1, 3
#endif

// The elements at even and at odd places of the pair.
INLINE V FN(even)(V a, V b) { return SHUFFLE(a, b, LANES_EVEN); }
INLINE V FN(odd)(V a, V b) { return SHUFFLE(a, b, LANES_ODD); }

// The lower and the upper half of the pair whose even elements are a, and whose odd ones are b.
INLINE V FN(interleave_low)(V a, V b) { return SHUFFLE(a, b, LANES_LOW); }
INLINE V FN(interleave_high)(V a, V b) { return SHUFFLE(a, b, LANES_HIGH); }

// LANES vectors as the rows of a square become its columns: each interleaving of the first half with
// the second brings one bit of the row number into the lane number.
INLINE void FN(transpose)(V *rows) {
#pragma clang loop unroll(full)
  for (int done = 1; done < LANES; done *= 2) {
    V next[LANES];
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = FN(interleave_low)(rows[i], rows[i + LANES / 2]);
      next[2 * i + 1] = FN(interleave_high)(rows[i], rows[i + LANES / 2]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LANES; i++) rows[i] = next[i];
  }
}

// LANES elements, `stride` apart, which is `known` if that is 1 or 2. With a stride of 2, reads the
// element after the last one too.
INLINE V FN(load_apart)(const T *p, ptrdiff_t stride, const int known) {
  if (known == 1) return FN(load)(p);
  if (known == 2) return FN(even)(FN(load)(p), FN(load)(p + LANES));
  V v;
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) v[i] = p[i * stride];
  return v;
}

#undef SHUFFLE
#undef LANES_EVEN
#undef LANES_ODD
#undef LANES_LOW
#undef LANES_HIGH
