// Comparison, selection and clamping. The rules at the top of CKernels.h hold. Steps are as in
// apus_elementwise.h. A truth value is one byte, 1 or 0.
#ifndef APUS_COMPARISON_H
#define APUS_COMPARISON_H

#include <stddef.h>
#include <stdint.h>

// With a NaN all are 0, but NOT_EQUAL is 1.
#define APUS_COMPARE_OPS(ROW) \
  ROW(EQUAL, ==) ROW(NOT_EQUAL, !=) ROW(LESS, <) ROW(LESS_EQUAL, <=) \
  ROW(GREATER, >) ROW(GREATER_EQUAL, >=)

#define APUS_ENUM_ROW(NAME, OPERATOR) APUS_##NAME,
typedef enum { APUS_COMPARE_OPS(APUS_ENUM_ROW) } apus_compare_op;
#undef APUS_ENUM_ROW

// out = a op b. `out` must not overlap wider inputs.
void apus_compare_f32(apus_compare_op op, const float *a, ptrdiff_t a_step, const float *b,
                      ptrdiff_t b_step, uint8_t *out, size_t n);
void apus_compare_f64(apus_compare_op op, const double *a, ptrdiff_t a_step, const double *b,
                      ptrdiff_t b_step, uint8_t *out, size_t n);
void apus_compare_i32(apus_compare_op op, const int32_t *a, ptrdiff_t a_step, const int32_t *b,
                      ptrdiff_t b_step, uint8_t *out, size_t n);
void apus_compare_i64(apus_compare_op op, const int64_t *a, ptrdiff_t a_step, const int64_t *b,
                      ptrdiff_t b_step, uint8_t *out, size_t n);
void apus_compare_u8(apus_compare_op op, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                     ptrdiff_t b_step, uint8_t *out, size_t n);

// Which kind of number x is.
typedef enum { APUS_IS_NAN, APUS_IS_INFINITE, APUS_IS_FINITE } apus_classify_op;

void apus_classify_f32(apus_classify_op op, const float *x, uint8_t *out, size_t n);
void apus_classify_f64(apus_classify_op op, const double *x, uint8_t *out, size_t n);

// out = mask ? a : b, for elements of 1, 4 and 8 bytes. `out` may be exactly `a` or `b`, with
// step 1.
void apus_select_1(const uint8_t *mask, ptrdiff_t mask_step, const void *a, ptrdiff_t a_step,
                   const void *b, ptrdiff_t b_step, void *out, size_t n);
void apus_select_4(const uint8_t *mask, ptrdiff_t mask_step, const void *a, ptrdiff_t a_step,
                   const void *b, ptrdiff_t b_step, void *out, size_t n);
void apus_select_8(const uint8_t *mask, ptrdiff_t mask_step, const void *a, ptrdiff_t a_step,
                   const void *b, ptrdiff_t b_step, void *out, size_t n);

// out = x, but *low where x < *low and *high where x > *high. A NaN in x stays.
void apus_clamp_f32(const float *x, const float *low, const float *high, float *out, size_t n);
void apus_clamp_f64(const double *x, const double *low, const double *high, double *out, size_t n);
void apus_clamp_i32(const int32_t *x, const int32_t *low, const int32_t *high, int32_t *out,
                    size_t n);
void apus_clamp_i64(const int64_t *x, const int64_t *low, const int64_t *high, int64_t *out,
                    size_t n);
void apus_clamp_u8(const uint8_t *x, const uint8_t *low, const uint8_t *high, uint8_t *out,
                   size_t n);

#endif
