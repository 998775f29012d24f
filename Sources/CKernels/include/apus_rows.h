// Softmax and its kin along the rows of contiguous matrices of rows x columns.
// The rules at the top of CKernels.h hold. Every row is computed for itself: its bits do not
// depend on the other rows.
#ifndef APUS_ROWS_H
#define APUS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// out = exp(x - max(x)) / sum(exp(x - max(x))), per row. NaN, +inf, or nothing but -inf in a row
// make it NaN.
void apus_softmax_rows_f32(const float *x, float *out, size_t rows, size_t columns);
void apus_softmax_rows_f64(const double *x, double *out, size_t rows, size_t columns);

// out = x - max(x) - log(sum(exp(x - max(x)))), per row.
void apus_log_softmax_rows_f32(const float *x, float *out, size_t rows, size_t columns);
void apus_log_softmax_rows_f64(const double *x, double *out, size_t rows, size_t columns);

// The same down the columns of one matrix, whose rows are `row_stride` elements apart in both.
void apus_softmax_columns_f32(const float *x, float *out, ptrdiff_t row_stride, size_t rows,
                              size_t columns);
void apus_log_softmax_columns_f32(const float *x, float *out, ptrdiff_t row_stride, size_t rows,
                                  size_t columns);
void apus_softmax_columns_f64(const double *x, double *out, ptrdiff_t row_stride, size_t rows,
                              size_t columns);
void apus_log_softmax_columns_f64(const double *x, double *out, ptrdiff_t row_stride, size_t rows,
                                  size_t columns);

// The gradient of x, where y = softmax(x) and g is the gradient of y: out = y * (g - sum(g * y)).
void apus_softmax_grad_rows_f32(const float *y, const float *g, float *out, size_t rows,
                                size_t columns);
void apus_softmax_grad_rows_f64(const double *y, const double *g, double *out, size_t rows,
                                size_t columns);

// The softmax of the first counts[r] elements of each row, and 0 in the others up to `columns`, in
// their place; `row_stride` elements from a row to the next. And its gradient, in the place of g.
void apus_softmax_leading_f32(float *x, ptrdiff_t row_stride, size_t rows, const size_t *counts,
                              size_t columns);
void apus_softmax_leading_f64(double *x, ptrdiff_t row_stride, size_t rows, const size_t *counts,
                              size_t columns);
void apus_softmax_grad_leading_f32(const float *y, float *g, ptrdiff_t row_stride, size_t rows,
                                   const size_t *counts, size_t columns);
void apus_softmax_grad_leading_f64(const double *y, double *g, ptrdiff_t row_stride, size_t rows,
                                   const size_t *counts, size_t columns);

// The gradient of x, where y = log_softmax(x) and g is the gradient of y:
// out = g - exp(y) * sum(g).
void apus_log_softmax_grad_rows_f32(const float *y, const float *g, float *out, size_t rows,
                                    size_t columns);
void apus_log_softmax_grad_rows_f64(const double *y, const double *g, double *out, size_t rows,
                                    size_t columns);

// losses[r] = log(sum(exp(row))) - row[labels[r]], without overflow, and without cancellation
// where the loss is near zero. `probabilities` gets the softmax; it may be NULL, or `logits`.
// Labels must be in 0 ..< columns.
void apus_softmax_cross_entropy_f32(const float *logits, const int32_t *labels, float *losses,
                                    float *probabilities, size_t rows, size_t columns);
void apus_softmax_cross_entropy_f64(const double *logits, const int32_t *labels, double *losses,
                                    double *probabilities, size_t rows, size_t columns);

// out = (probabilities - onehot(label)) * scale of the row. `row_scale_step` is 1, or 0 for one
// scale for all rows.
void apus_softmax_cross_entropy_grad_f32(const float *probabilities, const int32_t *labels,
                                         const float *row_scale, ptrdiff_t row_scale_step,
                                         float *out, size_t rows, size_t columns);
void apus_softmax_cross_entropy_grad_f64(const double *probabilities, const int32_t *labels,
                                         const double *row_scale, ptrdiff_t row_scale_step,
                                         double *out, size_t rows, size_t columns);

// out = (x - mean) * inverse * scale + shift, per row, where mean and variance are those of the row
// (divided by its length), and inverse = 1 / sqrt(variance + epsilon). If not `centered`, mean is 0
// and the variance is the mean of the squares; `means` is not written then and may be NULL. `scale`
// and `shift` have one element a column, and may be NULL for 1 and 0.
void apus_normalize_rows_f32(const float *x, const float *scale, const float *shift, float epsilon,
                             bool centered, float *out, float *means, float *inverses, size_t rows,
                             size_t columns);
void apus_normalize_rows_f64(const double *x, const double *scale, const double *shift, double epsilon,
                             bool centered, double *out, double *means, double *inverses, size_t rows,
                             size_t columns);

// The gradient of x, where g is that of out: with n = (x - mean) * inverse and h = g * scale,
// out = (h - mean(h) - n * mean(h * n)) * inverse; without mean(h) if `means` is NULL.
void apus_normalize_rows_grad_f32(const float *x, const float *g, const float *scale,
                                  const float *means, const float *inverses, float *out, size_t rows,
                                  size_t columns);
void apus_normalize_rows_grad_f64(const double *x, const double *g, const double *scale,
                                  const double *means, const double *inverses, double *out, size_t rows,
                                  size_t columns);

// The gradients of scale and shift: the sums over the rows of g * n and of g. `shift_grad` may be
// NULL.
void apus_normalize_rows_parameter_grad_f32(const float *x, const float *g, const float *means,
                                            const float *inverses, float *scale_grad,
                                            float *shift_grad, size_t rows, size_t columns);
void apus_normalize_rows_parameter_grad_f64(const double *x, const double *g, const double *means,
                                            const double *inverses, double *scale_grad,
                                            double *shift_grad, size_t rows, size_t columns);

#endif
