// All kernels of bytes, which have an order and no arithmetic.
#include "extremes_integer.inc.h"

#define REDUCE_OPS(ROW) APUS_REDUCE_OPS_ANY(ROW)
#include "reductions.inc.h"
#include "arguments.inc.h"
#include "counts.inc.h"

static const FN(apus_kernels) FN(kernels) = {
    .reduce_rows = {REDUCE_OPS(REDUCE_ROWS_ENTRY)},
    .reduce_columns = {REDUCE_OPS(REDUCE_COLUMNS_ENTRY)},
    ARGUMENT_ENTRIES
    COUNT_ENTRIES
};
