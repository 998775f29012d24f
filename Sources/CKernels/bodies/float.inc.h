// All kernels of one floating-point type.
#include "ops_float.inc.h"
#include "functions_exp.inc.h"
#include "functions_log.inc.h"
#include "functions_hyperbolic.inc.h"
#include "functions_erf.inc.h"
#include "functions_gradients.inc.h"
#include "functions_trigonometric.inc.h"
#include "functions_rounding.inc.h"
#include "elementwise.inc.h"
#include "elementwise_float.inc.h"
#include "comparison.inc.h"
#include "classification.inc.h"

#define REDUCE_OPS(ROW) \
  APUS_REDUCE_OPS_ANY(ROW) APUS_REDUCE_OPS_SIGNED(ROW) APUS_REDUCE_OPS_FLOAT(ROW)
#include "reductions.inc.h"
#include "dot_rows.inc.h"
#include "arguments.inc.h"
#include "argument_columns.inc.h"
#include "counts.inc.h"
#include "cumulative.inc.h"
#include "moments.inc.h"
#include "softmax.inc.h"
#include "softmax_columns.inc.h"
#include "row_normalization.inc.h"
#include "cross_entropy.inc.h"
#include "ctc.inc.h"
#include "optimizers.inc.h"
#include "interleave.inc.h"
#include "pooling.inc.h"
#include "columns.inc.h"
#include "depthwise.inc.h"
#include "recurrent.inc.h"
#include "pixels.inc.h"
#include "pixel_convolution.inc.h"
#include "winograd.inc.h"
#include "gemm_block.inc.h"
#include "gemm_pack.inc.h"
#include "gemm_thin.inc.h"
#include "gemm_panels.inc.h"
#include "gemm.inc.h"

#if LANE_BYTES == 4
#include "powers_f32.inc.h"
#else
APUS_BINARY_OPS_POWER(BINARY_KERNEL)
#endif
APUS_BINARY_OPS_FLOAT(BINARY_KERNEL)
APUS_UNARY_OPS_FLOAT(UNARY_KERNEL)
APUS_UNARY_OPS_BOUNDED(UNARY_KERNEL_BOUNDED)

static const FN(apus_kernels) FN(kernels) = {
    .binary = {APUS_BINARY_OPS_ANY(BINARY_ENTRY) APUS_BINARY_OPS_POWER(BINARY_ENTRY)
                   APUS_BINARY_OPS_FLOAT(BINARY_ENTRY)},
    .unary = {APUS_UNARY_OPS_ANY(UNARY_ENTRY) APUS_UNARY_OPS_FLOAT(UNARY_ENTRY)
                  APUS_UNARY_OPS_BOUNDED(UNARY_ENTRY)},
    .compare = {APUS_COMPARE_OPS(COMPARE_ENTRY)},
    .clamp = FN(clamp),
    .classify = {FN(classify_IS_NAN), FN(classify_IS_INFINITE), FN(classify_IS_FINITE)},
    .dot_rows = FN(dot_rows),
    .max_pool = FN(max_pool),
    .max_pool_grad = FN(max_pool_grad),
    .average_pool = FN(average_pool),
    .average_pool_grad = FN(average_pool_grad),
    .im2col = FN(im2col),
    .col2im = FN(col2im),
    .depthwise = FN(depthwise),
    .depthwise_weight_grad = FN(depthwise_weight_grad),
    .pixel_weight = FN(pixel_weight),
    .pixel_convolve = FN(pixel_convolve),
    .pixel_input_grad = FN(pixel_input_grad),
    .pixel_weight_grad = FN(pixel_weight_grad),
    .pixel_weight_finish = FN(pixel_weight_finish),
    .winograd_weight = FN(winograd_weight),
    .winograd_forward = FN(winograd_forward),
    .winograd_weight_grad = FN(winograd_weight_grad),
    .winograd_weight_finish = FN(winograd_weight_finish),
    .reduce_rows = {REDUCE_OPS(REDUCE_ROWS_ENTRY) FN(log_sum_exp_rows)},
    .reduce_columns = {REDUCE_OPS(REDUCE_COLUMNS_ENTRY) FN(log_sum_exp_columns)},
    ARGUMENT_ENTRIES
    ARGUMENT_COLUMNS_ENTRIES
    COUNT_ENTRIES
    CUMULATIVE_ENTRIES
    MOMENT_ENTRIES
    SOFTMAX_COLUMNS_ENTRIES
    ROW_NORMALIZATION_ENTRIES
    .axpby = FN(axpby),
    .affine = FN(affine),
    .softmax_rows = FN(softmax_rows),
    .log_softmax_rows = FN(log_softmax_rows),
    .softmax_leading = FN(softmax_leading),
    .softmax_grad_rows = FN(softmax_grad_rows),
    .softmax_grad_leading = FN(softmax_grad_leading),
    .log_softmax_grad_rows = FN(log_softmax_grad_rows),
    .softmax_cross_entropy = FN(softmax_cross_entropy),
    .softmax_cross_entropy_grad = FN(softmax_cross_entropy_grad),
    .ctc_forward = FN(ctc_forward),
    .ctc_backward = FN(ctc_backward),
    UPDATE_ENTRIES
    RECURRENT_ENTRIES
    .from_u8 = FN(from_u8),
    .gemm = FN(gemm),
    .gemm_workspace = FN(gemm_workspace),
    .gemm_packs = FN(gemm_packs),
};
