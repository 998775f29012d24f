// Leads the reductions to the instruction set in use; part of dispatch.c.

#define DEFINE_REDUCTIONS(T, S)                                                                  \
  void apus_reduce_rows_##S(apus_reduce_op op, const T *x, ptrdiff_t row_stride, size_t rows,    \
                            size_t columns, T *out) {                                            \
    CHECKED(active()->S->reduce_rows, op)(x, row_stride, rows, columns, out);                    \
  }                                                                                              \
  void apus_reduce_columns_##S(apus_reduce_op op, const T *x, ptrdiff_t row_stride,              \
                               size_t batches, size_t rows, size_t columns, T *out) {            \
    CHECKED(active()->S->reduce_columns, op)(x, row_stride, batches, rows, columns, out);        \
  }                                                                                              \
  void apus_argument_rows_##S(apus_reduce_op op, const T *x, ptrdiff_t row_stride, size_t rows,  \
                              size_t columns, int64_t *out) {                                    \
    CHECKED(active()->S->argument_rows, op)(x, row_stride, rows, columns, out);                  \
  }                                                                                              \
  void apus_nonzero_rows_##S(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,      \
                             int64_t *out) {                                                     \
    active()->S->nonzero_rows(x, row_stride, rows, columns, out);                                \
  }                                                                                              \
  void apus_nonzero_columns_##S(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,   \
                                size_t columns, int64_t *out) {                                  \
    active()->S->nonzero_columns(x, row_stride, batches, rows, columns, out);                    \
  }

#define DEFINE_WIDE_REDUCTIONS(T, S)                                                             \
  DEFINE_REDUCTIONS(T, S)                                                                        \
  void apus_argument_columns_##S(apus_reduce_op op, const T *x, ptrdiff_t row_stride,            \
                                 size_t batches, size_t rows, size_t columns, int64_t *out,      \
                                 T *values) {                                                    \
    CHECKED(active()->S->argument_columns, op)                                                   \
    (x, row_stride, batches, rows, columns, out, values);                                        \
  }                                                                                              \
  void apus_cumulative_##S(apus_cumulative_op op, const T *x, size_t batches, size_t rows,       \
                           size_t columns, T *out) {                                             \
    CHECKED(active()->S->cumulative, op)(x, batches, rows, columns, out);                        \
  }

#define DEFINE_FLOAT_REDUCTIONS(T, S)                                                            \
  DEFINE_WIDE_REDUCTIONS(T, S)                                                                   \
  void apus_moment_rows_##S(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,       \
                            double *means, double *deviations) {                                 \
    active()->S->moment_rows(x, row_stride, rows, columns, means, deviations);                   \
  }                                                                                              \
  void apus_moment_columns_##S(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,    \
                               size_t columns, double *means, double *deviations) {              \
    active()->S->moment_columns(x, row_stride, batches, rows, columns, means, deviations);       \
  }                                                                                              \
  void apus_softmax_columns_##S(const T *x, T *out, ptrdiff_t row_stride, size_t rows,           \
                                size_t columns) {                                                \
    active()->S->softmax_columns(x, out, row_stride, rows, columns);                             \
  }                                                                                              \
  void apus_log_softmax_columns_##S(const T *x, T *out, ptrdiff_t row_stride, size_t rows,       \
                                    size_t columns) {                                            \
    active()->S->log_softmax_columns(x, out, row_stride, rows, columns);                         \
  }                                                                                              \
  void apus_normalize_rows_##S(const T *x, const T *scale, const T *shift, T epsilon,            \
                               bool centered, T *out, T *means, T *inverses, size_t rows,        \
                               size_t columns) {                                                 \
    active()->S->normalize_rows(x, scale, shift, epsilon, centered, out, means, inverses, rows,  \
                                columns);                                                        \
  }                                                                                              \
  void apus_normalize_rows_grad_##S(const T *x, const T *g, const T *scale, const T *means,      \
                                    const T *inverses, T *out, size_t rows, size_t columns) {    \
    active()->S->normalize_rows_grad(x, g, scale, means, inverses, out, rows, columns);          \
  }                                                                                              \
  void apus_normalize_rows_parameter_grad_##S(const T *x, const T *g, const T *means,            \
                                              const T *inverses, T *scale_grad, T *shift_grad,   \
                                              size_t rows, size_t columns) {                     \
    active()->S->normalize_rows_parameter_grad(x, g, means, inverses, scale_grad, shift_grad,    \
                                               rows, columns);                                   \
  }

DEFINE_FLOAT_REDUCTIONS(float, f32)
DEFINE_FLOAT_REDUCTIONS(double, f64)
DEFINE_WIDE_REDUCTIONS(int32_t, i32)
DEFINE_WIDE_REDUCTIONS(int64_t, i64)
DEFINE_REDUCTIONS(uint8_t, u8)
