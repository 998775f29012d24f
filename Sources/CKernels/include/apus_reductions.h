// Reductions of a matrix along its rows or columns. `row_stride` counts elements; the columns
// are contiguous. The rules at the top of CKernels.h hold, but `out` must not overlap `x`.
#ifndef APUS_REDUCTIONS_H
#define APUS_REDUCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One row here is one body in bodies/ops_*.inc.h. Of nothing they are 0, -inf (or the least
// integer), +inf (or the greatest), 1 and 0. MAX and MIN are NaN if some element is.
// Integers wrap in two's complement.
#define APUS_REDUCE_OPS(ROW) \
  ROW(SUM) ROW(MAX) ROW(MIN) ROW(PRODUCT) ROW(SUM_OF_SQUARES)

#define APUS_ENUM_ROW(NAME) APUS_REDUCE_##NAME,
typedef enum { APUS_REDUCE_OPS(APUS_ENUM_ROW) } apus_reduce_op;
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

// out[j] = op over the rows of column j; with `accumulate`, op of out[j] and that. Rows are
// folded in blocks, and the blocks pairwise. The bits of out[j] depend on column j alone.
void apus_reduce_columns_f32(apus_reduce_op op, const float *x, ptrdiff_t row_stride, size_t rows,
                             size_t columns, float *out, bool accumulate);
void apus_reduce_columns_f64(apus_reduce_op op, const double *x, ptrdiff_t row_stride, size_t rows,
                             size_t columns, double *out, bool accumulate);
void apus_reduce_columns_i32(apus_reduce_op op, const int32_t *x, ptrdiff_t row_stride,
                             size_t rows, size_t columns, int32_t *out, bool accumulate);
void apus_reduce_columns_i64(apus_reduce_op op, const int64_t *x, ptrdiff_t row_stride,
                             size_t rows, size_t columns, int64_t *out, bool accumulate);

// out[r] = the sum over the columns of a[r, c] * b[r, c], folded as a sum is; strides may be 0.
void apus_dot_rows_f32(const float *a, ptrdiff_t a_stride, const float *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, float *out);
void apus_dot_rows_f64(const double *a, ptrdiff_t a_stride, const double *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, double *out);
void apus_dot_rows_i32(const int32_t *a, ptrdiff_t a_stride, const int32_t *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, int32_t *out);
void apus_dot_rows_i64(const int64_t *a, ptrdiff_t a_stride, const int64_t *b, ptrdiff_t b_stride,
                       size_t rows, size_t columns, int64_t *out);

// out[r] = the first column of row r that holds its greatest (least) element; a NaN counts as
// the greatest (least). -1 for a row without columns.
void apus_argmax_rows_f32(const float *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          int64_t *out);
void apus_argmax_rows_f64(const double *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          int64_t *out);
void apus_argmin_rows_f32(const float *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          int64_t *out);
void apus_argmin_rows_f64(const double *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                          int64_t *out);

#endif
