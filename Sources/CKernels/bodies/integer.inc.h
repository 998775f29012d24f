// All kernels of one integer type.
#include "ops_integer.inc.h"
#include "elementwise.inc.h"
#include "comparison.inc.h"
#include "selection.inc.h"
#include "reductions.inc.h"
#include "dot_rows.inc.h"

static bool FN(any_zero)(const T *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    if (__builtin_reduce_or(FN(load)(x + i) == 0)) return true;
  return i < n && __builtin_reduce_or(FN(load_part)(x + i, n - i, 1) == 0);
}

static bool FN(any_negative)(const T *x, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    if (__builtin_reduce_or(FN(load)(x + i) < 0)) return true;
  return i < n && __builtin_reduce_or(FN(load_part)(x + i, n - i, 1) < 0);
}

static const FN(apus_kernels) FN(kernels) = {
    .binary = {APUS_BINARY_OPS_ANY(BINARY_ENTRY)},
    .unary = {APUS_UNARY_OPS_ANY(UNARY_ENTRY)},
    .compare = {APUS_COMPARE_OPS(COMPARE_ENTRY)},
    .clamp = FN(clamp),
    .select = FN(select),
    .reduce_rows = {APUS_REDUCE_OPS(REDUCE_ROWS_ENTRY)},
    .reduce_columns = {APUS_REDUCE_OPS(REDUCE_COLUMNS_ENTRY)},
    .dot_rows = FN(dot_rows),
    .any_zero = FN(any_zero),
    .any_negative = FN(any_negative),
};
