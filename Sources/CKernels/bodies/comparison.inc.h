// Comparison and clamping for one element type. Plain loops: all results are exact, so that the
// compiler's own vectors, which narrow truth values well, give the bits that any others would.

#if !defined(LANEWISE)

// Arrays overlap exactly or not at all, so that no element depends on another.
#define LANEWISE _Pragma("clang loop vectorize(assume_safety)")

#define COMPARE_KERNEL(NAME, OPERATOR)                                                           \
  static void FN(compare_##NAME)(const T *a, ptrdiff_t a_step, const T *b, ptrdiff_t b_step,     \
                                 uint8_t *out, size_t n) {                                       \
    if (n == 0) return;                                                                          \
    const T a_one = a[0], b_one = b[0];                                                          \
    if (a_step && b_step) {                                                                      \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a[i] OPERATOR b[i];                       \
    } else if (a_step) {                                                                         \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a[i] OPERATOR b_one;                      \
    } else if (b_step) {                                                                         \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a_one OPERATOR b[i];                      \
    } else {                                                                                     \
      memset(out, a_one OPERATOR b_one, n);                                                      \
    }                                                                                            \
  }

#define COMPARE_ENTRY(NAME, OPERATOR) FN(compare_##NAME),

#endif

APUS_COMPARE_OPS(COMPARE_KERNEL)

static void FN(clamp)(const T *x, const T *low, const T *high, T *out, size_t n) {
  const T least = *low, greatest = *high;
  LANEWISE for (size_t i = 0; i < n; i++) {
    T value = x[i] < least ? least : x[i];
    out[i] = value > greatest ? greatest : value;
  }
}
