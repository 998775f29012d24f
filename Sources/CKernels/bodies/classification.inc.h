// What kind of number each element is.

#define CLASSIFY_KERNEL(NAME, CONDITION)                                                         \
  static void FN(classify_##NAME)(const T *x, uint8_t *out, size_t n) {                          \
    for (size_t i = 0; i < n; i++) {                                                             \
      T size = x[i] < 0 ? -x[i] : x[i];                                                          \
      out[i] = CONDITION;                                                                        \
    }                                                                                            \
  }
CLASSIFY_KERNEL(IS_NAN, size != size)
CLASSIFY_KERNEL(IS_INFINITE, size == T_MAX)
CLASSIFY_KERNEL(IS_FINITE, size < T_MAX)
#undef CLASSIFY_KERNEL
