// The operations on one vector of floats.

INLINE V FN(op_ADD)(V a, V b) { return a + b; }
INLINE V FN(op_SUB)(V a, V b) { return a - b; }
INLINE V FN(op_MUL)(V a, V b) { return a * b; }
INLINE V FN(op_DIV)(V a, V b) { return a / b; }
// A NaN in b fails the first comparison, a NaN in a passes the second.
INLINE V FN(op_MIN)(V a, V b) { return ((a < b) | (a != a)) ? a : b; }
INLINE V FN(op_MAX)(V a, V b) { return ((a > b) | (a != a)) ? a : b; }
INLINE V FN(op_RELU_GRAD)(V g, V y) { return y > (V)0 ? g : (V)0; }
INLINE V FN(op_TANH_GRAD)(V g, V y) { return g * ((V)1 - y * y); }
INLINE V FN(op_SIGMOID_GRAD)(V g, V y) { return g * y * ((V)1 - y); }

INLINE V FN(op_NEG)(V x) { return -x; }
INLINE V FN(op_ABS)(V x) { return __builtin_elementwise_abs(x); }
INLINE V FN(op_SIGN)(V x) {
  return x > (V)0 ? (V)1 : (x < (V)0 ? (V)-1 : (x == (V)0 ? (V)0 : x));
}
INLINE V FN(op_SQUARE)(V x) { return x * x; }
INLINE V FN(op_SQRT)(V x) { return __builtin_elementwise_sqrt(x); }
INLINE V FN(op_RSQRT)(V x) { return (V)1 / __builtin_elementwise_sqrt(x); }
INLINE V FN(op_RECIPROCAL)(V x) { return (V)1 / x; }
// The comparison is false for NaN, which stays; -0 becomes 0.
INLINE V FN(op_RELU)(V x) { return x <= (V)0 ? (V)0 : x; }

INLINE V FN(fold_SUM)(V total, V x) { return total + x; }
INLINE V FN(fold_MAX)(V total, V x) { return FN(op_MAX)(total, x); }
INLINE V FN(fold_MIN)(V total, V x) { return FN(op_MIN)(total, x); }
INLINE V FN(fold_PRODUCT)(V total, V x) { return total * x; }
INLINE V FN(fold_SUM_OF_SQUARES)(V total, V x) { return FMA(x, x, total); }
INLINE V FN(fold_DOT)(V total, V a, V b) { return FMA(a, b, total); }
