// Chooses the instruction set, and leads every public kernel to it.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"baseline", "avx2", "avx512"};

// What every thread uses, and what this thread uses instead if apus_isa_select was called on it.
static apus_isa common_isa = APUS_ISA_BASELINE;
static const apus_kernels *common = &apus_kernels_baseline;
static _Thread_local const apus_kernels *own = NULL;
static _Thread_local apus_isa own_isa = APUS_ISA_BASELINE;

static inline const apus_kernels *active(void) { return own ? own : common; }

static const apus_kernels *kernels_of(apus_isa isa) {
#if defined(__x86_64__)
  if (isa == APUS_ISA_AVX512) return &apus_kernels_avx512;
  if (isa == APUS_ISA_AVX2) return &apus_kernels_avx2;
#endif
  (void)isa;
  return &apus_kernels_baseline;
}

// These ask for the operating system's support of the registers as well.
apus_isa apus_isa_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
      return APUS_ISA_AVX512;
    return APUS_ISA_AVX2;
  }
#endif
  return APUS_ISA_BASELINE;
}

apus_isa apus_isa_active(void) { return own ? own_isa : common_isa; }

bool apus_isa_select(apus_isa isa) {
  if (isa > apus_isa_best()) return false;
  own_isa = isa;
  own = kernels_of(isa);
  return true;
}

const char *apus_isa_name(apus_isa isa) {
  return isa <= APUS_ISA_AVX512 ? names[isa] : "unknown";
}

__attribute__((constructor)) static void select_at_start(void) {
  apus_isa isa = apus_isa_best();
  const char *wanted = getenv("APUS_ISA");
  for (apus_isa lower = APUS_ISA_BASELINE; wanted && lower < isa; lower++)
    if (strcmp(wanted, names[lower]) == 0) isa = lower;
  common_isa = isa;
  common = kernels_of(isa);
}

// An operation that the type lacks is a programmer's error: it stops here.
#define CHECKED(table, op) \
  (op < sizeof(table) / sizeof((table)[0]) ? (table)[op] : (__builtin_trap(), (table)[0]))

#define DEFINE_COMPARE(T, S)                                                                     \
  void apus_compare_##S(apus_compare_op op, const T *a, ptrdiff_t a_step, const T *b,            \
                        ptrdiff_t b_step, uint8_t *out, size_t n) {                              \
    CHECKED(active()->S->compare, op)(a, a_step, b, b_step, out, n);                             \
  }                                                                                              \
  void apus_clamp_##S(const T *x, const T *low, const T *high, T *out, size_t n) {               \
    active()->S->clamp(x, low, high, out, n);                                                    \
  }

#define DEFINE_SELECT(SIZE, S)                                                                   \
  void apus_select_##SIZE(const uint8_t *mask, ptrdiff_t mask_step, const void *a,               \
                          ptrdiff_t a_step, const void *b, ptrdiff_t b_step, void *out,          \
                          size_t n) {                                                            \
    active()->S->select(mask, mask_step, a, a_step, b, b_step, out, n);                          \
  }

#define DEFINE_COMMON(T, S)                                                                      \
  void apus_binary_##S(apus_binary_op op, const T *a, ptrdiff_t a_step, const T *b,              \
                       ptrdiff_t b_step, T *out, size_t n) {                                     \
    CHECKED(active()->S->binary, op)(a, a_step, b, b_step, out, n);                              \
  }                                                                                              \
  void apus_unary_##S(apus_unary_op op, const T *x, T *out, size_t n) {                          \
    CHECKED(active()->S->unary, op)(x, out, n);                                                  \
  }                                                                                              \
  void apus_dot_rows_##S(const T *a, ptrdiff_t a_stride, const T *b, ptrdiff_t b_stride,         \
                         size_t rows, size_t columns, T *out) {                                  \
    active()->S->dot_rows(a, a_stride, b, b_stride, rows, columns, out);                         \
  }

#define DEFINE_FLOAT(T, S)                                                                       \
  void apus_max_pool_##S(const T *x, size_t planes, const apus_pool_axis *y_axis,                \
                         const apus_pool_axis *x_axis, T *out, int32_t *places) {                \
    active()->S->max_pool(x, planes, y_axis, x_axis, out, places);                               \
  }                                                                                              \
  size_t apus_max_pool_grad_##S(const T *g, const int32_t *places, size_t planes, size_t count,  \
                                size_t area, T *out) {                                           \
    return active()->S->max_pool_grad(g, places, planes, count, area, out);                      \
  }                                                                                              \
  void apus_average_pool_##S(const T *x, size_t planes, const apus_pool_axis *y_axis,            \
                             const apus_pool_axis *x_axis, T *out) {                             \
    active()->S->average_pool(x, planes, y_axis, x_axis, out);                                   \
  }                                                                                              \
  void apus_average_pool_grad_##S(const T *g, size_t planes, const apus_pool_axis *y_axis,       \
                                  const apus_pool_axis *x_axis, T *out) {                        \
    active()->S->average_pool_grad(g, planes, y_axis, x_axis, out);                              \
  }                                                                                              \
  void apus_im2col_##S(const T *image, size_t channels, const apus_windows *windows,             \
                       size_t first_row, size_t rows, T *columns) {                              \
    active()->S->im2col(image, channels, windows, first_row, rows, columns);                     \
  }                                                                                              \
  void apus_col2im_##S(const T *columns, size_t channels, const apus_windows *windows,           \
                       size_t first_row, size_t rows, T *image) {                                \
    active()->S->col2im(columns, channels, windows, first_row, rows, image);                     \
  }                                                                                              \
  void apus_depthwise_##S(const apus_depthwise *d, size_t first, size_t planes, const T *x,      \
                          const T *weight, bool flipped, const T *bias, T *out, T *scratch) {    \
    active()->S->depthwise(d, first, planes, x, weight, flipped, bias, out, scratch);            \
  }                                                                                              \
  void apus_depthwise_weight_grad_##S(const apus_depthwise *d, size_t images, size_t channel,    \
                                      const T *x, const T *g, T *out, T *scratch) {              \
    active()->S->depthwise_weight_grad(d, images, channel, x, g, out, scratch);                  \
  }                                                                                              \
  void apus_pixel_weight_##S(const T *weight, ptrdiff_t outputs, ptrdiff_t inputs,               \
                             ptrdiff_t taps, bool of_gradient, ptrdiff_t first, T *u) {          \
    active()->S->pixel_weight(weight, outputs, inputs, taps, of_gradient, first, u);             \
  }                                                                                              \
  void apus_pixel_convolve_##S(const apus_pixel_convolution *g, const T *x, const T *u,          \
                               const T *bias, T *y, T *scratch) {                                \
    active()->S->pixel_convolve(g, x, u, bias, y, scratch);                                      \
  }                                                                                              \
  void apus_pixel_input_grad_##S(const apus_pixel_convolution *g, const T *dy, const T *u,       \
                                 const T *bias, T *x, T *scratch) {                              \
    active()->S->pixel_input_grad(g, dy, u, bias, x, scratch);                                   \
  }                                                                                              \
  void apus_pixel_weight_grad_##S(const apus_pixel_convolution *g, const T *x, const T *dy,      \
                                  T *sums, T *scratch) {                                         \
    active()->S->pixel_weight_grad(g, x, dy, sums, scratch);                                     \
  }                                                                                              \
  void apus_pixel_weight_finish_##S(const T *sums, ptrdiff_t outputs, ptrdiff_t inputs,          \
                                    ptrdiff_t taps, T *out) {                                    \
    active()->S->pixel_weight_finish(sums, outputs, inputs, taps, out);                          \
  }                                                                                              \
  void apus_winograd_weight_##S(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs,            \
                                bool flipped, ptrdiff_t first, T *u) {                           \
    active()->S->winograd_weight(weight, inputs, outputs, flipped, first, u);                    \
  }                                                                                              \
  void apus_winograd_forward_##S(const apus_winograd *g, const T *x, const T *u, const T *bias,  \
                                 T *y, T *scratch) {                                             \
    active()->S->winograd_forward(g, x, u, bias, y, scratch);                                    \
  }                                                                                              \
  void apus_winograd_weight_grad_##S(const apus_winograd *g, const T *x, const T *dy, T *sums,   \
                                     T *scratch) {                                               \
    active()->S->winograd_weight_grad(g, x, dy, sums, scratch);                                  \
  }                                                                                              \
  void apus_winograd_weight_finish_##S(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs,       \
                                       T *out) {                                                 \
    active()->S->winograd_weight_finish(sums, inputs, outputs, out);                             \
  }                                                                                              \
  void apus_classify_##S(apus_classify_op op, const T *x, uint8_t *out, size_t n) {              \
    CHECKED(active()->S->classify, op)(x, out, n);                                               \
  }                                                                                              \
  void apus_axpby_##S(T alpha, const T *x, T beta, T *out, size_t n) {                           \
    active()->S->axpby(alpha, x, beta, out, n);                                                  \
  }                                                                                              \
  void apus_affine_##S(T scale, T shift, const T *x, T *out, size_t n) {                         \
    active()->S->affine(scale, shift, x, out, n);                                                \
  }                                                                                              \
  void apus_softmax_rows_##S(const T *x, T *out, size_t rows, size_t columns) {                  \
    active()->S->softmax_rows(x, out, rows, columns);                                            \
  }                                                                                              \
  void apus_log_softmax_rows_##S(const T *x, T *out, size_t rows, size_t columns) {              \
    active()->S->log_softmax_rows(x, out, rows, columns);                                        \
  }                                                                                              \
  void apus_softmax_grad_rows_##S(const T *y, const T *g, T *out, size_t rows,                   \
                                  size_t columns) {                                              \
    active()->S->softmax_grad_rows(y, g, out, rows, columns);                                    \
  }                                                                                              \
  void apus_softmax_leading_##S(T *x, ptrdiff_t row_stride, size_t rows, const size_t *counts,   \
                                size_t columns) {                                                \
    active()->S->softmax_leading(x, row_stride, rows, counts, columns);                          \
  }                                                                                              \
  void apus_softmax_grad_leading_##S(const T *y, T *g, ptrdiff_t row_stride, size_t rows,        \
                                     const size_t *counts, size_t columns) {                     \
    active()->S->softmax_grad_leading(y, g, row_stride, rows, counts, columns);                  \
  }                                                                                              \
  void apus_log_softmax_grad_rows_##S(const T *y, const T *g, T *out, size_t rows,               \
                                      size_t columns) {                                          \
    active()->S->log_softmax_grad_rows(y, g, out, rows, columns);                                \
  }                                                                                              \
  void apus_softmax_cross_entropy_##S(const T *logits, const int32_t *labels, T *losses,         \
                                      T *probabilities, size_t rows, size_t columns) {           \
    active()->S->softmax_cross_entropy(logits, labels, losses, probabilities, rows, columns);    \
  }                                                                                              \
  void apus_softmax_cross_entropy_grad_##S(const T *probabilities, const int32_t *labels,        \
                                           const T *row_scale, ptrdiff_t row_scale_step, T *out, \
                                           size_t rows, size_t columns) {                        \
    active()->S->softmax_cross_entropy_grad(probabilities, labels, row_scale, row_scale_step, out, \
                                          rows, columns);                                        \
  }                                                                                              \
  void apus_ctc_forward_##S(const T *log_probabilities, ptrdiff_t frame_stride, size_t frames,   \
                            const int32_t *symbols, const T *gates, size_t states,               \
                            T *alphas, T *loss) {                                                \
    active()->S->ctc_forward(log_probabilities, frame_stride, frames, symbols, gates, states,    \
                             alphas, loss);                                                      \
  }                                                                                              \
  void apus_ctc_backward_##S(const T *log_probabilities, ptrdiff_t frame_stride,                 \
                             size_t frames, const int32_t *symbols, const T *gates,              \
                             size_t states, const T *alphas, T loss, T scale, T *scratch,        \
                             T *gradient, ptrdiff_t gradient_stride) {                           \
    active()->S->ctc_backward(log_probabilities, frame_stride, frames, symbols, gates, states,   \
                              alphas, loss, scale, scratch, gradient, gradient_stride);          \
  }                                                                                              \
  void apus_update_##S(apus_update_rule rule, T *p, const T *gradient, T *s0, T *s1, T *s2,      \
                       size_t n, const apus_update_options *options) {                           \
    CHECKED(active()->S->update, rule)(p, gradient, s0, s1, s2, n, options);                     \
  }                                                                                              \
  void apus_u8_to_##S(const uint8_t *src, T scale, T shift, T *dst, size_t n) {                  \
    active()->S->from_u8(src, scale, shift, dst, n);                                             \
  }                                                                                              \
  size_t apus_gemm_workspace_##S(const apus_product *product) {                                  \
    return active()->S->gemm_workspace(product);                                                 \
  }                                                                                              \
  bool apus_gemm_packs_##S(const apus_product *product) {                                        \
    return active()->S->gemm_packs(product);                                                     \
  }                                                                                              \
  void apus_gemm_##S(const apus_product *product, T alpha, const T *a, const T *b, T beta, T *c, \
                     T *workspace) {                                                             \
    active()->S->gemm(product, alpha, a, b, beta, c, workspace);                                 \
  }

#define DEFINE_INTEGER(T, S)                                                                     \
  bool apus_any_zero_##S(const T *x, size_t n) { return active()->S->any_zero(x, n); }           \
  bool apus_any_negative_##S(const T *x, size_t n) { return active()->S->any_negative(x, n); }   \
  void apus_sort_##S(T *a, T *b, size_t n) { active()->S->sort(a, b, n); }

void apus_binary_u8(apus_binary_op op, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                    ptrdiff_t b_step, uint8_t *out, size_t n) {
  if (op == APUS_MIN) active()->u8->minimum(a, a_step, b, b_step, out, n);
  else if (op == APUS_MAX) active()->u8->maximum(a, a_step, b, b_step, out, n);
  else __builtin_trap();
}

DEFINE_COMMON(float, f32)
DEFINE_COMMON(double, f64)
DEFINE_COMMON(int32_t, i32)
DEFINE_COMMON(int64_t, i64)
DEFINE_FLOAT(float, f32)
DEFINE_FLOAT(double, f64)
DEFINE_INTEGER(int32_t, i32)
DEFINE_INTEGER(int64_t, i64)
DEFINE_COMPARE(float, f32)
DEFINE_COMPARE(double, f64)
DEFINE_COMPARE(int32_t, i32)
DEFINE_COMPARE(int64_t, i64)
DEFINE_COMPARE(uint8_t, u8)
DEFINE_SELECT(1, u8)
DEFINE_SELECT(4, i32)
DEFINE_SELECT(8, i64)

bool apus_convert(apus_type from, apus_type to, bool saturates, const void *x, void *out,
                  size_t n) {
  if (from >= APUS_TYPE_COUNT || to >= APUS_TYPE_COUNT) __builtin_trap();
  return active()->conversion->convert[from][to](saturates, x, out, n);
}

void apus_random_words(const apus_random *at, uint64_t *out, size_t n) {
  active()->random->words(at, out, n);
}

void apus_random_bernoulli(const apus_random *at, uint64_t bound, uint8_t *out, size_t n) {
  active()->random->bernoulli(at, bound, out, n);
}

void apus_random_uniform_f32(const apus_random *at, double low, double width, float largest,
                             float *out, size_t n) {
  active()->random->uniform_f32(at, low, width, largest, out, n);
}

void apus_random_uniform_f64(const apus_random *at, double low, double width, double largest,
                             double *out, size_t n) {
  active()->random->uniform_f64(at, low, width, largest, out, n);
}

void apus_random_normal_f32(const apus_random *at, double mean, double deviation, float *out,
                            size_t n) {
  active()->random->normal_f32(at, mean, deviation, out, n);
}

void apus_random_normal_f64(const apus_random *at, double mean, double deviation, double *out,
                            size_t n) {
  active()->random->normal_f64(at, mean, deviation, out, n);
}

#include "dispatch_recurrent.inc.h"
#include "dispatch_reductions.inc.h"
