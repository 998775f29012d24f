// Running sums and products, one element after the other. Floats run on in double precision.

#if !defined(CUMULATIVE_ENTRIES)
#define CUMULATIVE_ENTRIES .cumulative = {FN(cumulative_sum), FN(cumulative_product)},
#define CUMULATIVE_STRIP 512
#define CUMULATIVE_KERNEL(NAME, START, OP)                                                       \
  static void FN(NAME)(const T *x, size_t batches, size_t rows, size_t columns, T *out) {        \
    for (; batches > 0; batches--, x += rows * columns, out += rows * columns) {                 \
      if (columns == 1) {                                                                        \
        RUNNING total = START;                                                                   \
        for (size_t r = 0; r < rows; r++) out[r] = (T)(total = total OP (RUNNING)x[r]);          \
        continue;                                                                                \
      }                                                                                          \
      for (size_t j = 0; j < columns; j += CUMULATIVE_STRIP) {                                   \
        const size_t n = columns - j < CUMULATIVE_STRIP ? columns - j : CUMULATIVE_STRIP;        \
        RUNNING totals[CUMULATIVE_STRIP];                                                        \
        for (size_t k = 0; k < n; k++) totals[k] = START;                                        \
        for (size_t r = 0; r < rows; r++) {                                                      \
          const T *from = x + r * columns + j;                                                   \
          T *to = out + r * columns + j;                                                         \
          for (size_t k = 0; k < n; k++) to[k] = (T)(totals[k] = totals[k] OP (RUNNING)from[k]); \
        }                                                                                        \
      }                                                                                          \
    }                                                                                            \
  }
#endif

CUMULATIVE_KERNEL(cumulative_sum, 0, +)
CUMULATIVE_KERNEL(cumulative_product, 1, *)
