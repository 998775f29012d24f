// Gradients of activations whose derivative follows from x, for either precision. Beyond the bounds the
// derivative is 0 or 1, where products with infinities would make it NaN.

INLINE V FN(within)(V x, T top) {
  x = x > top ? (V)top : x;
  return x < -top ? (V)-top : x;
}

INLINE V FN(op_SOFTPLUS_GRAD)(V g, V x) { return g * FN(op_SIGMOID)(x); }

// s (1 + v' (1 - s)) with s = 1 / (1 + e^-v); here v = x.
INLINE V FN(op_SILU_GRAD)(V g, V x) {
  V b = FN(within)(x, FN(GATE_TOP)), s = FN(op_SIGMOID)(b);
  return g * (s * FMA(b, (T)1 - s, (T)1));
}

// As silu, with v = 2 sqrt(2 / pi) (x + 0.044715 x^3).
INLINE V FN(op_GELU_TANH_GRAD)(V g, V x) {
  V b = FN(within)(x, FN(GELU_TANH_TOP)), square = b * b;
  V s = FN(op_SIGMOID)(b * FMA(square, FN(GELU_CUBIC), FN(GELU_LINEAR)));
  V slope = FMA(square, (T)3 * FN(GELU_CUBIC), FN(GELU_LINEAR));
  return g * (s * FMA(b * ((T)1 - s), slope, (T)1));
}
