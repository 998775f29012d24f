// The operations on one vector of floats.

INLINE V FN(op_ADD)(V a, V b) { return a + b; }
INLINE V FN(op_SUB)(V a, V b) { return a - b; }
INLINE V FN(op_MUL)(V a, V b) { return a * b; }
INLINE V FN(op_DIV)(V a, V b) { return a / b; }
// A NaN in b fails the first comparison, a NaN in a passes the second.
INLINE V FN(op_MIN)(V a, V b) { return ((a < b) | (a != a)) ? a : b; }
INLINE V FN(op_MAX)(V a, V b) { return ((a > b) | (a != a)) ? a : b; }

#if defined(APUS_FMA)

// a - b trunc(a / b), exact: a whole number below 2^MANTISSA_BITS is the truncated quotient, or one more
// where the quotient was rounded up to it, and either remainder is a number of T. Greater quotients,
// and what has no remainder, go to the C library one by one.
INLINE V FN(op_TRUNC_REM)(V a, V b) {
  V quotient = a / b, r = FMA(-__builtin_elementwise_trunc(quotient), b, a);
  M turned = (((M)r ^ (M)a) < 0) & (r != (V)0);
  r = turned ? r + __builtin_elementwise_copysign(b, a) : r;
  r = __builtin_elementwise_copysign(r, a);
  M usual = (__builtin_elementwise_abs(quotient) < (T)(1ull << FN(MANTISSA_BITS))) &
            (__builtin_elementwise_abs(b) < (T)INFINITY);
  if (__builtin_expect(__builtin_reduce_or((M)~usual) != 0, 0))
    for (int i = 0; i < LANES; i++)
      if (!usual[i]) r[i] = LIBRARY(fmod)(a[i], b[i]);
  return r;
}

#else

INLINE V FN(op_TRUNC_REM)(V a, V b) {
  for (int i = 0; i < LANES; i++) a[i] = LIBRARY(fmod)(a[i], b[i]);
  return a;
}

#endif

// The truncated remainder, moved to the side of b where it has the other sign; a zero has the
// sign of b. Both as NumPy and Python compute them.
INLINE V FN(op_FLOOR_REM)(V a, V b) {
  V r = FN(op_TRUNC_REM)(a, b);
  V moved = ((r < (V)0) ^ (b < (V)0)) ? r + b : r;
  return r == (V)0 ? __builtin_elementwise_copysign((V)0, b) : moved;
}
INLINE V FN(op_FLOOR_DIV)(V a, V b) {
  V r = FN(op_TRUNC_REM)(a, b);
  V q = (a - r) / b;
  q = ((r != (V)0) & ((r < (V)0) ^ (b < (V)0))) ? q - (V)1 : q;
  V whole = __builtin_elementwise_floor(q);
  whole = q - whole > (V)0.5 ? whole + (V)1 : whole;
  whole = q == (V)0 ? __builtin_elementwise_copysign((V)0, a / b) : whole;
  return b == (V)0 ? a / b : whole;
}
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

// Reductions: what an element contributes, and two contributions together.
INLINE V FN(map_SUM)(V x) { return x; }
INLINE V FN(map_MAX)(V x) { return x; }
INLINE V FN(map_MIN)(V x) { return x; }
INLINE V FN(map_PRODUCT)(V x) { return x; }
INLINE V FN(map_SUM_OF_SQUARES)(V x) { return x * x; }
INLINE V FN(map_SUM_OF_MAGNITUDES)(V x) { return FN(op_ABS)(x); }
INLINE V FN(map_MAX_MAGNITUDE)(V x) { return FN(op_ABS)(x); }
INLINE V FN(merge_SUM)(V a, V b) { return a + b; }
INLINE V FN(merge_MAX)(V a, V b) { return FN(op_MAX)(a, b); }
INLINE V FN(merge_MIN)(V a, V b) { return FN(op_MIN)(a, b); }
INLINE V FN(merge_PRODUCT)(V a, V b) { return a * b; }
INLINE V FN(merge_SUM_OF_SQUARES)(V a, V b) { return a + b; }
INLINE V FN(merge_SUM_OF_MAGNITUDES)(V a, V b) { return a + b; }
INLINE V FN(merge_MAX_MAGNITUDE)(V a, V b) { return FN(op_MAX)(a, b); }

// Four contributions together. The extremes look for NaN apart: one comparison finds one in
// either of two vectors.
INLINE M FN(nan_among)(V a, V b, V c, V d) {
  return ((a != a) | (b != b)) | ((c != c) | (d != d));
}
INLINE V FN(nan_in_four)(V top, V a, V b, V c, V d) {
  return FN(nan_among)(a, b, c, d) ? (V)(T)NAN : top;
}
INLINE V FN(greater)(V a, V b) { return a > b ? a : b; }
INLINE V FN(less)(V a, V b) { return a < b ? a : b; }

#define HAS_FOLD4
INLINE V FN(fold4)(const apus_reduce_op op, V a, V b, V c, V d) {
  switch (op) {
    case APUS_REDUCE_SUM_OF_SQUARES: return FMA(a, a, b * b) + FMA(c, c, d * d);
    case APUS_REDUCE_MAX:
      return FN(nan_in_four)(FN(greater)(FN(greater)(a, b), FN(greater)(c, d)), a, b, c, d);
    case APUS_REDUCE_MIN:
      return FN(nan_in_four)(FN(less)(FN(less)(a, b), FN(less)(c, d)), a, b, c, d);
    case APUS_REDUCE_PRODUCT: return (a * b) * (c * d);
    case APUS_REDUCE_SUM: return (a + b) + (c + d);
    case APUS_REDUCE_SUM_OF_MAGNITUDES:
      return (FN(op_ABS)(a) + FN(op_ABS)(b)) + (FN(op_ABS)(c) + FN(op_ABS)(d));
    default:
      a = FN(op_ABS)(a), b = FN(op_ABS)(b), c = FN(op_ABS)(c), d = FN(op_ABS)(d);
      return FN(nan_in_four)(FN(greater)(FN(greater)(a, b), FN(greater)(c, d)), a, b, c, d);
  }
}

// Whether x is the new extreme beside the one so far: beyond it, or the first NaN.
INLINE M FN(beats)(const apus_reduce_op op, V x, V best) {
  return (op == APUS_REDUCE_MAX ? x > best : x < best) | ((x != x) & (best == best));
}

INLINE bool FN(is_nan)(T x) { return x != x; }

INLINE V FN(fold_DOT)(V total, V a, V b) { return FMA(a, b, total); }
