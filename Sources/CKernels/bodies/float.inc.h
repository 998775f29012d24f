// All kernels of one floating-point type.
#include "ops_float.inc.h"
#include "functions_exp.inc.h"
#include "functions_log.inc.h"
#include "functions_erf.inc.h"
#include "functions_trigonometric.inc.h"
#include "functions_rounding.inc.h"
#include "elementwise.inc.h"
#include "elementwise_float.inc.h"
#include "reductions.inc.h"
#include "dot_rows.inc.h"
#include "argument_rows.inc.h"
#include "softmax.inc.h"
#include "cross_entropy.inc.h"
#include "optimizers.inc.h"
#include "winograd.inc.h"

APUS_BINARY_OPS_FLOAT(BINARY_KERNEL)
APUS_UNARY_OPS_FLOAT(UNARY_KERNEL)

static const FN(apus_kernels) FN(kernels) = {
    .binary = {APUS_BINARY_OPS_ANY(BINARY_ENTRY) APUS_BINARY_OPS_FLOAT(BINARY_ENTRY)},
    .unary = {APUS_UNARY_OPS_ANY(UNARY_ENTRY) APUS_UNARY_OPS_FLOAT(UNARY_ENTRY)},
    .reduce_rows = {APUS_REDUCE_OPS(REDUCE_ROWS_ENTRY)},
    .reduce_columns = {APUS_REDUCE_OPS(REDUCE_COLUMNS_ENTRY)},
    .dot_rows = FN(dot_rows),
    .winograd_weight = FN(winograd_weight),
    .winograd_forward = FN(winograd_forward),
    .winograd_weight_grad = FN(winograd_weight_grad),
    .winograd_weight_finish = FN(winograd_weight_finish),
    .axpby = FN(axpby),
    .affine = FN(affine),
    .argmax_rows = FN(argmax_rows),
    .argmin_rows = FN(argmin_rows),
    .softmax_rows = FN(softmax_rows),
    .log_softmax_rows = FN(log_softmax_rows),
    .softmax_grad_rows = FN(softmax_grad_rows),
    .log_softmax_grad_rows = FN(log_softmax_grad_rows),
    .softmax_cross_entropy = FN(softmax_cross_entropy),
    .softmax_cross_entropy_grad = FN(softmax_cross_entropy_grad),
    .sgd = FN(sgd),
    .adam = FN(adam),
    .from_u8 = FN(from_u8),
};
