// The table of kernels that each instruction set fills.
#ifndef APUS_KERNELS_H
#define APUS_KERNELS_H

#include "CKernels.h"

#define APUS_COUNT_ROW(NAME, ...) +1
enum {
  APUS_BINARY_COUNT_ANY =
      0 APUS_BINARY_OPS_ANY(APUS_COUNT_ROW) APUS_BINARY_OPS_POWER(APUS_COUNT_ROW),
  APUS_BINARY_COUNT_FLOAT = APUS_BINARY_COUNT_ANY APUS_BINARY_OPS_FLOAT(APUS_COUNT_ROW),
  APUS_UNARY_COUNT_ANY = 0 APUS_UNARY_OPS_ANY(APUS_COUNT_ROW),
  APUS_UNARY_COUNT_FLOAT = APUS_UNARY_COUNT_ANY APUS_UNARY_OPS_FLOAT(APUS_COUNT_ROW)
      APUS_UNARY_OPS_BOUNDED(APUS_COUNT_ROW),
  APUS_REDUCE_COUNT_ANY = 0 APUS_REDUCE_OPS_ANY(APUS_COUNT_ROW),
  APUS_REDUCE_COUNT_SIGNED = APUS_REDUCE_COUNT_ANY APUS_REDUCE_OPS_SIGNED(APUS_COUNT_ROW),
  // And log-sum-exp.
  APUS_REDUCE_COUNT_FLOAT = APUS_REDUCE_COUNT_SIGNED APUS_REDUCE_OPS_FLOAT(APUS_COUNT_ROW) + 1,
  APUS_COMPARE_COUNT = 0 APUS_COMPARE_OPS(APUS_COUNT_ROW),
};

#define APUS_COMPARE_FIELDS(T)                                                                   \
  void (*compare[APUS_COMPARE_COUNT])(const T *a, ptrdiff_t a_step, const T *b,                  \
                                      ptrdiff_t b_step, uint8_t *out, size_t n);                 \
  void (*clamp)(const T *x, const T *low, const T *high, T *out, size_t n);

#define APUS_SELECT_FIELDS                                                                       \
  void (*select)(const uint8_t *mask, ptrdiff_t mask_step, const void *a, ptrdiff_t a_step,      \
                 const void *b, ptrdiff_t b_step, void *out, size_t n);

#define APUS_COMMON_FIELDS(T, CLASS)                                                             \
  APUS_COMPARE_FIELDS(T)                                                                         \
  void (*binary[APUS_BINARY_COUNT_##CLASS])(const T *a, ptrdiff_t a_step, const T *b,            \
                                            ptrdiff_t b_step, T *out, size_t n);                 \
  void (*unary[APUS_UNARY_COUNT_##CLASS])(const T *x, T *out, size_t n);                         \
  void (*dot_rows)(const T *a, ptrdiff_t a_stride, const T *b, ptrdiff_t b_stride, size_t rows,  \
                   size_t columns, T *out);

// For every type.
#define APUS_REDUCE_FIELDS(T, CLASS)                                                             \
  void (*reduce_rows[APUS_REDUCE_COUNT_##CLASS])(const T *x, ptrdiff_t row_stride, size_t rows,  \
                                                 size_t columns, T *out);                        \
  void (*reduce_columns[APUS_REDUCE_COUNT_##CLASS])(const T *x, ptrdiff_t row_stride,            \
                                                    size_t batches, size_t rows, size_t columns, \
                                                    T *out);                                     \
  void (*argument_rows[2])(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,        \
                           int64_t *out);                                                        \
  void (*nonzero_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,            \
                       int64_t *out);                                                            \
  void (*nonzero_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,         \
                          size_t columns, int64_t *out);

// For every type but bytes.
#define APUS_WIDE_REDUCE_FIELDS(T, CLASS)                                                        \
  APUS_REDUCE_FIELDS(T, CLASS)                                                                   \
  void (*argument_columns[2])(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,     \
                              size_t columns, int64_t *out, T *values);                          \
  void (*cumulative[2])(const T *x, size_t batches, size_t rows, size_t columns, T *out);

#define APUS_FLOAT_REDUCE_FIELDS(T)                                                              \
  APUS_WIDE_REDUCE_FIELDS(T, FLOAT)                                                              \
  void (*moment_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,             \
                      double *means, double *deviations);                                        \
  void (*moment_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,          \
                         size_t columns, double *means, double *deviations);                     \
  void (*softmax_columns)(const T *x, T *out, ptrdiff_t row_stride, size_t rows,                 \
                          size_t columns);                                                       \
  void (*log_softmax_columns)(const T *x, T *out, ptrdiff_t row_stride, size_t rows,             \
                              size_t columns);                                                   \
  void (*normalize_rows)(const T *x, const T *scale, const T *shift, T epsilon, bool centered,   \
                         T *out, T *means, T *inverses, size_t rows, size_t columns);            \
  void (*normalize_rows_grad)(const T *x, const T *g, const T *scale, const T *means,            \
                              const T *inverses, T *out, size_t rows, size_t columns);           \
  void (*normalize_rows_parameter_grad)(const T *x, const T *g, const T *means,                  \
                                        const T *inverses, T *scale_grad, T *shift_grad,         \
                                        size_t rows, size_t columns);

#define APUS_FLOAT_FIELDS(T, S)                                                                  \
  void (*classify[3])(const T *x, uint8_t *out, size_t n);                                       \
  void (*max_pool)(const T *x, size_t planes, const apus_pool_axis *y_axis,                      \
                   const apus_pool_axis *x_axis, T *out, int32_t *places);                       \
  size_t (*max_pool_grad)(const T *g, const int32_t *places, size_t planes, size_t count,        \
                          size_t area, T *out);                                                  \
  void (*average_pool)(const T *x, size_t planes, const apus_pool_axis *y_axis,                  \
                       const apus_pool_axis *x_axis, T *out);                                    \
  void (*average_pool_grad)(const T *g, size_t planes, const apus_pool_axis *y_axis,             \
                            const apus_pool_axis *x_axis, T *out);                               \
  void (*im2col)(const T *image, size_t channels, const apus_windows *windows,                   \
                 size_t first_row, size_t rows, T *columns);                                     \
  void (*col2im)(const T *columns, size_t channels, const apus_windows *windows,                 \
                 size_t first_row, size_t rows, T *image);                                       \
  void (*depthwise)(const apus_depthwise *d, size_t first, size_t planes, const T *x,            \
                    const T *weight, bool flipped, const T *bias, T *out, T *scratch);           \
  void (*depthwise_weight_grad)(const apus_depthwise *d, size_t images, size_t channel,          \
                                const T *x, const T *g, T *out, T *scratch);                     \
  void (*pixel_weight)(const T *weight, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t taps,     \
                       bool of_gradient, ptrdiff_t first, T *u);                                 \
  void (*pixel_convolve)(const apus_pixel_convolution *g, const T *x, const T *u, const T *bias, \
                         T *y, T *scratch);                                                      \
  void (*pixel_input_grad)(const apus_pixel_convolution *g, const T *dy, const T *u,             \
                           const T *bias, T *x, T *scratch);                                     \
  void (*pixel_weight_grad)(const apus_pixel_convolution *g, const T *x, const T *dy, T *sums,   \
                            T *scratch);                                                         \
  void (*pixel_weight_finish)(const T *sums, ptrdiff_t outputs, ptrdiff_t inputs,                \
                              ptrdiff_t taps, T *out);                                           \
  void (*winograd_weight)(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs, bool flipped,    \
                          ptrdiff_t first, T *u);                                                \
  void (*winograd_forward)(const apus_winograd *g, const T *x, const T *u, const T *bias, T *y,  \
                           T *scratch);                                                          \
  void (*winograd_weight_grad)(const apus_winograd *g, const T *x, const T *dy, T *sums,         \
                               T *scratch);                                                      \
  void (*winograd_weight_finish)(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs, T *out);    \
  void (*axpby)(T alpha, const T *x, T beta, T *out, size_t n);                                  \
  void (*affine)(T scale, T shift, const T *x, T *out, size_t n);                                \
  void (*softmax_rows)(const T *x, T *out, size_t rows, size_t columns);                         \
  void (*log_softmax_rows)(const T *x, T *out, size_t rows, size_t columns);                     \
  void (*softmax_leading)(T *x, ptrdiff_t row_stride, size_t rows, const size_t *counts,         \
                          size_t columns);                                                       \
  void (*softmax_grad_rows)(const T *y, const T *g, T *out, size_t rows, size_t columns);        \
  void (*softmax_grad_leading)(const T *y, T *g, ptrdiff_t row_stride, size_t rows,              \
                               const size_t *counts, size_t columns);                            \
  void (*log_softmax_grad_rows)(const T *y, const T *g, T *out, size_t rows, size_t columns);    \
  void (*softmax_cross_entropy)(const T *logits, const int32_t *labels, T *losses,               \
                                T *probabilities, size_t rows, size_t columns);                  \
  void (*softmax_cross_entropy_grad)(const T *probabilities, const int32_t *labels,              \
                                     const T *row_scale, ptrdiff_t row_scale_step, T *out,       \
                                     size_t rows, size_t columns);                               \
  void (*ctc_forward)(const T *log_probabilities, ptrdiff_t frame_stride, size_t frames,         \
                      const int32_t *symbols, const T *gates, size_t states, T *alphas,          \
                      T *loss);                                                                  \
  void (*ctc_backward)(const T *log_probabilities, ptrdiff_t frame_stride, size_t frames,        \
                       const int32_t *symbols, const T *gates, size_t states,                    \
                       const T *alphas, T loss, T scale, T *scratch, T *gradient,                \
                       ptrdiff_t gradient_stride);                                               \
  void (*update[APUS_UPDATE_COUNT])(T *p, const T *gradient, T *s0, T *s1, T *s2, size_t n,       \
                                    const apus_update_options *options);                         \
  void (*from_u8)(const uint8_t *src, T scale, T shift, T *dst, size_t n);                       \
  size_t (*gemm_workspace)(const apus_product *product);                                         \
  bool (*gemm_packs)(const apus_product *product);                                               \
  void (*gemm)(const apus_product *product, T alpha, const T *a, const T *b, T beta, T *c,       \
               T *workspace);

#define APUS_RECURRENT_FIELDS(T)                                                                 \
  void (*lstm_step)(const T *x, const T *p, const T *h_before, const T *c_before, T *gates,      \
                    T *c, T *h, size_t rows, size_t width, const int64_t *lengths,               \
                    int64_t step);                                                               \
  void (*lstm_step_grad)(const T *gates, const T *c_before, const T *c, const T *g, T *dh,       \
                         T *dc, T *dx, size_t rows, size_t width, const int64_t *lengths,        \
                         int64_t step);                                                          \
  void (*gru_step)(const T *x, const T *p, const T *bias, const T *h_before, T *gates, T *h,     \
                   size_t rows, size_t width, const int64_t *lengths, int64_t step);             \
  void (*gru_step_grad)(const T *gates, const T *h_before, const T *g, T *dh, T *dx, T *dp,      \
                        size_t rows, size_t width, const int64_t *lengths, int64_t step);        \
  void (*rnn_step)(bool relu, const T *x, const T *p, const T *h_before, T *h, size_t rows,      \
                   size_t width, const int64_t *lengths, int64_t step);                          \
  void (*rnn_step_grad)(bool relu, const T *h, const T *g, T *dh, T *dx, size_t rows,            \
                        size_t width, const int64_t *lengths, int64_t step);

#define APUS_INTEGER_FIELDS(T)                                                                   \
  APUS_SELECT_FIELDS                                                                             \
  bool (*any_zero)(const T *x, size_t n);                                                        \
  bool (*any_negative)(const T *x, size_t n);                                                    \
  void (*sort)(T *a, T *b, size_t n);

typedef struct {
  APUS_COMMON_FIELDS(float, FLOAT)
  APUS_FLOAT_REDUCE_FIELDS(float)
  APUS_FLOAT_FIELDS(float, f32)
  APUS_RECURRENT_FIELDS(float)
} apus_kernels_f32;

typedef struct {
  APUS_COMMON_FIELDS(double, FLOAT)
  APUS_FLOAT_REDUCE_FIELDS(double)
  APUS_FLOAT_FIELDS(double, f64)
  APUS_RECURRENT_FIELDS(double)
} apus_kernels_f64;

typedef struct {
  APUS_COMMON_FIELDS(int32_t, ANY)
  APUS_WIDE_REDUCE_FIELDS(int32_t, SIGNED)
  APUS_INTEGER_FIELDS(int32_t)
} apus_kernels_i32;

typedef struct {
  APUS_COMMON_FIELDS(int64_t, ANY)
  APUS_WIDE_REDUCE_FIELDS(int64_t, SIGNED)
  APUS_INTEGER_FIELDS(int64_t)
} apus_kernels_i64;

typedef struct {
  APUS_COMPARE_FIELDS(uint8_t)
  APUS_REDUCE_FIELDS(uint8_t, ANY)
  APUS_SELECT_FIELDS
  void (*minimum)(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step,
                  uint8_t *out, size_t n);
  void (*maximum)(const uint8_t *a, ptrdiff_t a_step, const uint8_t *b, ptrdiff_t b_step,
                  uint8_t *out, size_t n);
} apus_kernels_u8;

typedef struct {
  void (*words)(const apus_random *at, uint64_t *out, size_t n);
  void (*bernoulli)(const apus_random *at, uint64_t bound, uint8_t *out, size_t n);
  void (*uniform_f64)(const apus_random *at, double low, double width, double largest, double *out,
                      size_t n);
  void (*uniform_f32)(const apus_random *at, double low, double width, float largest, float *out,
                      size_t n);
  void (*normal_f64)(const apus_random *at, double mean, double deviation, double *out, size_t n);
  void (*normal_f32)(const apus_random *at, double mean, double deviation, float *out, size_t n);
} apus_kernels_random;

typedef struct {
  bool (*convert[APUS_TYPE_COUNT][APUS_TYPE_COUNT])(bool saturates, const void *x, void *out,
                                                    size_t n);
} apus_kernels_conversion;

typedef struct {
  const apus_kernels_f32 *f32;
  const apus_kernels_f64 *f64;
  const apus_kernels_i32 *i32;
  const apus_kernels_i64 *i64;
  const apus_kernels_u8 *u8;
  const apus_kernels_random *random;
  const apus_kernels_conversion *conversion;
} apus_kernels;

extern const apus_kernels apus_kernels_baseline;
#if defined(__x86_64__)
// For the 8 bits of a mask: the numbers of those that are 0, then of those that are 1, a byte each.
extern uint64_t apus_sort_places[256];

extern const apus_kernels apus_kernels_avx2;
extern const apus_kernels apus_kernels_avx512;
#endif

#endif
