// All kernels of bytes, which have an order and no arithmetic.
#include "comparison.inc.h"
#include "selection.inc.h"

#define BYTE_KERNEL(NAME, OPERATOR)                                                              \
  static void FN(binary_##NAME)(const T *a, ptrdiff_t a_step, const T *b, ptrdiff_t b_step,      \
                                T *out, size_t n) {                                              \
    if (n == 0) return;                                                                          \
    const T a_one = a[0], b_one = b[0];                                                          \
    if (a_step && b_step) {                                                                      \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a[i] OPERATOR b[i] ? a[i] : b[i];         \
    } else if (a_step) {                                                                         \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a[i] OPERATOR b_one ? a[i] : b_one;       \
    } else if (b_step) {                                                                         \
      LANEWISE for (size_t i = 0; i < n; i++) out[i] = a_one OPERATOR b[i] ? a_one : b[i];       \
    } else {                                                                                     \
      memset(out, a_one OPERATOR b_one ? a_one : b_one, n);                                      \
    }                                                                                            \
  }

BYTE_KERNEL(MIN, <)
BYTE_KERNEL(MAX, >)
#undef BYTE_KERNEL

#include "extremes_integer.inc.h"

#define REDUCE_OPS(ROW) APUS_REDUCE_OPS_ANY(ROW)
#include "reductions.inc.h"
#include "arguments.inc.h"
#include "counts.inc.h"

static const FN(apus_kernels) FN(kernels) = {
    .compare = {APUS_COMPARE_OPS(COMPARE_ENTRY)},
    .clamp = FN(clamp),
    .select = FN(select),
    .minimum = FN(binary_MIN),
    .maximum = FN(binary_MAX),
    .reduce_rows = {REDUCE_OPS(REDUCE_ROWS_ENTRY)},
    .reduce_columns = {REDUCE_OPS(REDUCE_COLUMNS_ENTRY)},
    ARGUMENT_ENTRIES
    COUNT_ENTRIES
};
