// All kernels of one integer type.
#include "ops_integer.inc.h"
#include "extremes_integer.inc.h"
#include "elementwise.inc.h"
APUS_BINARY_OPS_POWER(BINARY_KERNEL)
#include "comparison.inc.h"
#include "selection.inc.h"

#define REDUCE_OPS(ROW) APUS_REDUCE_OPS_ANY(ROW) APUS_REDUCE_OPS_SIGNED(ROW)
#include "reductions.inc.h"
#include "dot_rows.inc.h"
#include "arguments.inc.h"
#include "argument_columns.inc.h"
#include "counts.inc.h"
#include "cumulative.inc.h"
#include "sort_network.inc.h"
#include "quicksort.inc.h"

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
    .binary = {APUS_BINARY_OPS_ANY(BINARY_ENTRY) APUS_BINARY_OPS_POWER(BINARY_ENTRY)},
    .unary = {APUS_UNARY_OPS_ANY(UNARY_ENTRY)},
    .compare = {APUS_COMPARE_OPS(COMPARE_ENTRY)},
    .clamp = FN(clamp),
    .select = FN(select),
    .dot_rows = FN(dot_rows),
    .reduce_rows = {REDUCE_OPS(REDUCE_ROWS_ENTRY)},
    .reduce_columns = {REDUCE_OPS(REDUCE_COLUMNS_ENTRY)},
    ARGUMENT_ENTRIES
    ARGUMENT_COLUMNS_ENTRIES
    COUNT_ENTRIES
    CUMULATIVE_ENTRIES
    .any_zero = FN(any_zero),
    .any_negative = FN(any_negative),
    .sort = FN(sort_keys),
};
