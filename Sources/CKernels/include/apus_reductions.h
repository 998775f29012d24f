// Reductions of matrices along their rows or columns. `row_stride` counts elements; the columns
// are contiguous. A batch is a matrix of its own; the next one starts `rows` rows later, and its
// results `columns` elements later. The rules at the top of CKernels.h hold, but `out` must not
// overlap `x`.
#ifndef APUS_REDUCTIONS_H
#define APUS_REDUCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Rows here are bodies in bodies/ops_*.inc.h. Of nothing they are -inf (or the least integer),
// +inf (or the greatest), 0, 1, 0, 0 and 0. MAX, MIN and MAX_MAGNITUDE are NaN if some element is.
// Integers wrap in two's complement.
// For every element type.
#define APUS_REDUCE_OPS_ANY(ROW) ROW(MAX) ROW(MIN)
// For all but bytes.
#define APUS_REDUCE_OPS_SIGNED(ROW) ROW(SUM) ROW(PRODUCT) ROW(SUM_OF_SQUARES)
// For f32 and f64 only.
#define APUS_REDUCE_OPS_FLOAT(ROW) ROW(SUM_OF_MAGNITUDES) ROW(MAX_MAGNITUDE)

// LOG_SUM_EXP, for f32 and f64: log(sum(exp(x))), without overflow; -inf of nothing and of nothing
// but -inf, +inf if one is +inf and none NaN.
#define APUS_ENUM_ROW(NAME) APUS_REDUCE_##NAME,
typedef enum {
  APUS_REDUCE_OPS_ANY(APUS_ENUM_ROW) APUS_REDUCE_OPS_SIGNED(APUS_ENUM_ROW)
  APUS_REDUCE_OPS_FLOAT(APUS_ENUM_ROW) APUS_REDUCE_LOG_SUM_EXP
} apus_reduce_op;
#undef APUS_ENUM_ROW

// out[r] = op over the columns of row r. A row is folded in blocks, and the blocks pairwise, so
// that the rounding error of a sum grows with the logarithm of its length.
void apus_reduce_rows_f32(apus_reduce_op op, const float *x, ptrdiff_t row_stride, size_t rows,
                          size_t columns, float *out);
void apus_reduce_rows_f64(apus_reduce_op op, const double *x, ptrdiff_t row_stride, size_t rows,
                          size_t columns, double *out);
void apus_reduce_rows_i32(apus_reduce_op op, const int32_t *x, ptrdiff_t row_stride, size_t rows,
                          size_t columns, int32_t *out);
void apus_reduce_rows_i64(apus_reduce_op op, const int64_t *x, ptrdiff_t row_stride, size_t rows,
                          size_t columns, int64_t *out);
void apus_reduce_rows_u8(apus_reduce_op op, const uint8_t *x, ptrdiff_t row_stride, size_t rows,
                          size_t columns, uint8_t *out);

// out[j] = op over the rows of column j. Rows are folded in blocks, and the blocks pairwise. The
// bits of out[j] depend on column j and the number of columns alone.
void apus_reduce_columns_f32(apus_reduce_op op, const float *x, ptrdiff_t row_stride,
                             size_t batches, size_t rows, size_t columns, float *out);
void apus_reduce_columns_f64(apus_reduce_op op, const double *x, ptrdiff_t row_stride,
                             size_t batches, size_t rows, size_t columns, double *out);
void apus_reduce_columns_i32(apus_reduce_op op, const int32_t *x, ptrdiff_t row_stride,
                             size_t batches, size_t rows, size_t columns, int32_t *out);
void apus_reduce_columns_i64(apus_reduce_op op, const int64_t *x, ptrdiff_t row_stride,
                             size_t batches, size_t rows, size_t columns, int64_t *out);
void apus_reduce_columns_u8(apus_reduce_op op, const uint8_t *x, ptrdiff_t row_stride,
                             size_t batches, size_t rows, size_t columns, uint8_t *out);

// out[r] = the sum over the columns of a[r, c] * b[r, c], folded as a sum is; strides may be 0.
void apus_dot_rows_f32(const float *a, ptrdiff_t a_stride, const float *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, float *out);
void apus_dot_rows_f64(const double *a, ptrdiff_t a_stride, const double *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, double *out);
void apus_dot_rows_i32(const int32_t *a, ptrdiff_t a_stride, const int32_t *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, int32_t *out);
void apus_dot_rows_i64(const int64_t *a, ptrdiff_t a_stride, const int64_t *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, int64_t *out);

// out[r] = the first column of row r that holds its greatest (op MAX) or least (MIN) element; a NaN
// counts as the greatest and the least. -1 for a row without columns.
void apus_argument_rows_f32(apus_reduce_op op, const float *x, ptrdiff_t row_stride, size_t rows,
                            size_t columns, int64_t *out);
void apus_argument_rows_f64(apus_reduce_op op, const double *x, ptrdiff_t row_stride, size_t rows,
                            size_t columns, int64_t *out);
void apus_argument_rows_i32(apus_reduce_op op, const int32_t *x, ptrdiff_t row_stride, size_t rows,
                            size_t columns, int64_t *out);
void apus_argument_rows_i64(apus_reduce_op op, const int64_t *x, ptrdiff_t row_stride, size_t rows,
                            size_t columns, int64_t *out);
void apus_argument_rows_u8(apus_reduce_op op, const uint8_t *x, ptrdiff_t row_stride, size_t rows,
                            size_t columns, int64_t *out);

// out[j] = the same for the rows of column j, of which there are 1 to 2^31 - 1; values[j] = the
// element there. `values` may be NULL.
void apus_argument_columns_f32(apus_reduce_op op, const float *x, ptrdiff_t row_stride,
                               size_t batches, size_t rows, size_t columns, int64_t *out,
                               float *values);
void apus_argument_columns_f64(apus_reduce_op op, const double *x, ptrdiff_t row_stride,
                               size_t batches, size_t rows, size_t columns, int64_t *out,
                               double *values);
void apus_argument_columns_i32(apus_reduce_op op, const int32_t *x, ptrdiff_t row_stride,
                               size_t batches, size_t rows, size_t columns, int64_t *out,
                               int32_t *values);
void apus_argument_columns_i64(apus_reduce_op op, const int64_t *x, ptrdiff_t row_stride,
                               size_t batches, size_t rows, size_t columns, int64_t *out,
                               int64_t *values);

// How many elements of a row or column are not zero. NaN is not.
void apus_nonzero_rows_f32(const float *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                           int64_t *out);
void apus_nonzero_columns_f32(const float *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                              size_t columns, int64_t *out);
void apus_nonzero_rows_f64(const double *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                           int64_t *out);
void apus_nonzero_columns_f64(const double *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                              size_t columns, int64_t *out);
void apus_nonzero_rows_i32(const int32_t *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                           int64_t *out);
void apus_nonzero_columns_i32(const int32_t *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                              size_t columns, int64_t *out);
void apus_nonzero_rows_i64(const int64_t *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                           int64_t *out);
void apus_nonzero_columns_i64(const int64_t *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                              size_t columns, int64_t *out);
void apus_nonzero_rows_u8(const uint8_t *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                           int64_t *out);
void apus_nonzero_columns_u8(const uint8_t *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                              size_t columns, int64_t *out);

// The mean of each row or column, and its sum of squared deviations from it. NaN and 0 of nothing.
void apus_moment_rows_f32(const float *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          double *means, double *deviations);
void apus_moment_columns_f32(const float *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                             size_t columns, double *means, double *deviations);
void apus_moment_rows_f64(const double *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          double *means, double *deviations);
void apus_moment_columns_f64(const double *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                             size_t columns, double *means, double *deviations);

// out[r, j] = the sum or product of x[0, j] ... x[r, j], for each contiguous matrix of a batch.
// Floats run on in double precision, and each result is rounded once; integers wrap. `out` may be
// `x`.
typedef enum { APUS_CUMULATIVE_SUM, APUS_CUMULATIVE_PRODUCT } apus_cumulative_op;
void apus_cumulative_f32(apus_cumulative_op op, const float *x, size_t batches, size_t rows,
                         size_t columns, float *out);
void apus_cumulative_f64(apus_cumulative_op op, const double *x, size_t batches, size_t rows,
                         size_t columns, double *out);
void apus_cumulative_i32(apus_cumulative_op op, const int32_t *x, size_t batches, size_t rows,
                         size_t columns, int32_t *out);
void apus_cumulative_i64(apus_cumulative_op op, const int64_t *x, size_t batches, size_t rows,
                         size_t columns, int64_t *out);

#endif
