// Elementwise kernels. The rules at the top of CKernels.h hold.
#ifndef APUS_ELEMENTWISE_H
#define APUS_ELEMENTWISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A new operation is one row here and one body in bodies/ops_*.inc.h.

// For every element type.
#define APUS_BINARY_OPS_ANY(ROW) \
  ROW(ADD) ROW(SUB) ROW(MUL) ROW(DIV) ROW(MIN) ROW(MAX) \
  ROW(FLOOR_DIV) ROW(FLOOR_REM) ROW(TRUNC_REM)
// For every element type as well, f32 with a loop of its own.
#define APUS_BINARY_OPS_POWER(ROW) ROW(POW)
// For f32 and f64 only.
#define APUS_BINARY_OPS_FLOAT(ROW) \
  ROW(RELU_GRAD) ROW(TANH_GRAD) ROW(SIGMOID_GRAD) \
  ROW(SOFTPLUS_GRAD) ROW(SILU_GRAD) ROW(GELU_GRAD) ROW(GELU_TANH_GRAD) ROW(ATAN2)
#define APUS_UNARY_OPS_ANY(ROW) \
  ROW(NEG) ROW(ABS) ROW(SIGN) ROW(SQUARE)
#define APUS_UNARY_OPS_FLOAT(ROW) \
  ROW(SQRT) ROW(RSQRT) ROW(RECIPROCAL) ROW(FLOOR) ROW(CEIL) ROW(ROUND) ROW(TRUNC) \
  ROW(EXP2) ROW(EXPM1) ROW(LOG) ROW(LOG2) ROW(LOG10) ROW(LOG1P) \
  ROW(SIN) ROW(COS) ROW(TAN) ROW(ASIN) ROW(ACOS) ROW(ATAN) ROW(SINH) ROW(COSH) ROW(TANH) \
  ROW(ASINH) ROW(ACOSH) ROW(ATANH) \
  ROW(ERF) ROW(RELU) ROW(SOFTPLUS)
// The same, in two bodies: one for magnitudes up to a bound, and one beyond it.
#define APUS_UNARY_OPS_BOUNDED(ROW) ROW(EXP) ROW(SIGMOID) ROW(SILU) ROW(GELU) ROW(GELU_TANH)

#define APUS_ENUM_ROW(NAME) APUS_##NAME,

// Bytes of a result from which the first binary operations above store it past the caches, of two arrays
// if it lies at a multiple of a vector and overwrites neither: what it does overwrite then need not be
// read first.
#define APUS_PAST_CACHES 1048576

// out = a op b. Integers wrap in two's complement.
//  DIV           floats: IEEE; integers: truncates, b must hold no zero (apus_any_zero_*)
//  MIN, MAX      NaN if either is NaN
//  FLOOR_DIV     floor(a / b), found from the remainder: a - FLOOR_REM is a multiple of b
//  FLOOR_REM     a - b * floor(a / b), exact, with the sign of b; NaN for b = 0
//  TRUNC_REM     a - b * trunc(a / b), exact, with the sign of a: fmod of the C library
//                For integers, b must hold no zero here either.
//  RELU_GRAD     a = gradient, b = y = relu(x):    b > 0 ? a : 0
//  TANH_GRAD     a = gradient, b = y = tanh(x):    a * (1 - b * b)
//  SIGMOID_GRAD  a = gradient, b = y = sigmoid(x): a * b * (1 - b)
//  SOFTPLUS_GRAD, SILU_GRAD, GELU_GRAD, GELU_TANH_GRAD
//                a = gradient, b = x: a times the derivative of that function at x, 0 or 1 at
//                infinities
//  POW           a to the power b; floats: with the special cases of pow in the C library;
//                integers: b must not be negative (apus_any_negative_*)
//  ATAN2         the angle of the point (b, a), with the special cases of atan2 in the C library
typedef enum {
  APUS_BINARY_OPS_ANY(APUS_ENUM_ROW) APUS_BINARY_OPS_POWER(APUS_ENUM_ROW)
  APUS_BINARY_OPS_FLOAT(APUS_ENUM_ROW)
} apus_binary_op;

// out = op(x). FLOOR, CEIL, ROUND (half to even) and TRUNC are exact, SQRT, RECIPROCAL and SQUARE
// rounded correctly. The others are held to these bounds, in units in the last place of the exact
// result: in f32 / f64, over the whole range, denormals and huge numbers included.
//  RSQRT    1.5 / 1.5   EXP       1.25 / 1.25  EXP2     1.25 / 1.25  EXPM1 2 / 2.25
//  LOG        1 / 1     LOG2         2 / 2.25  LOG10       2 / 2     LOG1P 1.5 / 1.5
//  SIN     2.25 / 1     COS       2.25 / 1     TAN         4 / 2.5   ASIN  2.25 / 1
//  ACOS    1.25 / 1     ATAN      1.75 / 1     SINH     1.75 / 1.75  COSH  1.75 / 1.5
//  ASINH      2 / 2     ACOSH     2.25 / 2.25  ATANH    2.25 / 2.25
//  TANH       3 / 2.75  SIGMOID   2.75 / 2.5   SOFTPLUS 1.75 / 1.75  SILU 2.75 / 3.25
//  ERF     3.75 / 2     GELU_TANH  2.5 / 3     GELU        4 / 8
// scripts/check-accuracy measures them against wider arithmetic, densely; the tests sweep the same
// range of f32 more coarsely. Angles beyond 2^17 (f32) and 2^20 (f64) are left to the C library, as
// are ASIN, ACOS, ATAN in f64.
//  SIGN          -1, 0 or 1; NaN stays
//  RELU          max(x, 0); NaN stays
//  SOFTPLUS      log(1 + exp(x)), without overflow
//  SILU          x sigmoid(x), -0 at -inf
//  GELU          x Phi(x), Phi the normal distribution function; -0 at -inf
//  GELU_TANH     x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3)); -0 at -inf
// Integers have NEG, ABS, SIGN and SQUARE.
typedef enum {
  APUS_UNARY_OPS_ANY(APUS_ENUM_ROW) APUS_UNARY_OPS_FLOAT(APUS_ENUM_ROW)
  APUS_UNARY_OPS_BOUNDED(APUS_ENUM_ROW)
} apus_unary_op;

#undef APUS_ENUM_ROW

// A step is 1 for an array of n elements, or 0 for one value that is used n times (which `out`
// must not contain, unless n is 1).
void apus_binary_f32(apus_binary_op op, const float *a, ptrdiff_t a_step, const float *b,
                     ptrdiff_t b_step, float *out, size_t n);
void apus_binary_f64(apus_binary_op op, const double *a, ptrdiff_t a_step, const double *b,
                     ptrdiff_t b_step, double *out, size_t n);
void apus_binary_i32(apus_binary_op op, const int32_t *a, ptrdiff_t a_step, const int32_t *b,
                     ptrdiff_t b_step, int32_t *out, size_t n);
void apus_binary_i64(apus_binary_op op, const int64_t *a, ptrdiff_t a_step, const int64_t *b,
                     ptrdiff_t b_step, int64_t *out, size_t n);
// Bytes have MIN and MAX alone.
void apus_binary_u8(apus_binary_op op, const uint8_t *a, ptrdiff_t a_step, const uint8_t *b,
                    ptrdiff_t b_step, uint8_t *out, size_t n);

void apus_unary_f32(apus_unary_op op, const float *x, float *out, size_t n);
void apus_unary_f64(apus_unary_op op, const double *x, double *out, size_t n);
void apus_unary_i32(apus_unary_op op, const int32_t *x, int32_t *out, size_t n);
void apus_unary_i64(apus_unary_op op, const int64_t *x, int64_t *out, size_t n);

// out = alpha * x + beta * out. With beta = 0, `out` is not read.
void apus_axpby_f32(float alpha, const float *x, float beta, float *out, size_t n);
void apus_axpby_f64(double alpha, const double *x, double beta, double *out, size_t n);

// out = scale * x + shift.
void apus_affine_f32(float scale, float shift, const float *x, float *out, size_t n);
void apus_affine_f64(double scale, double shift, const double *x, double *out, size_t n);

// Whether some element is zero.
bool apus_any_zero_i32(const int32_t *x, size_t n);
bool apus_any_zero_i64(const int64_t *x, size_t n);

// Whether some element is below zero.
bool apus_any_negative_i32(const int32_t *x, size_t n);
bool apus_any_negative_i64(const int64_t *x, size_t n);

#endif
