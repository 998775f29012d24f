// What double precision takes from the C library, lane by lane.

#define LIBRARY_ROW(NAME, function)                          \
  INLINE V op_##NAME##_f64(V x) {                            \
    for (int i = 0; i < LANES; i++) x[i] = function(x[i]);   \
    return x;                                                \
  }
LIBRARY_ROW(ASIN, asin)
LIBRARY_ROW(ACOS, acos)
LIBRARY_ROW(ATAN, atan)
#undef LIBRARY_ROW

INLINE V op_ATAN2_f64(V y, V x) {
  for (int i = 0; i < LANES; i++) y[i] = atan2(y[i], x[i]);
  return y;
}

INLINE V op_POW_f64(V a, V b) {
  for (int i = 0; i < LANES; i++) a[i] = pow(a[i], b[i]);
  return a;
}
