// Transcendental functions in double precision: the C library's, lane by lane.

#define APUS_LIBRARY_ROW(NAME, function)                         \
  INLINE V op_##NAME##_f64(V x) {                                \
    for (int i = 0; i < LANES; i++) x[i] = function(x[i]);       \
    return x;                                                    \
  }
APUS_LIBRARY_ROW(EXP, exp)
APUS_LIBRARY_ROW(EXPM1, expm1)
APUS_LIBRARY_ROW(LOG, log)
APUS_LIBRARY_ROW(LOG1P, log1p)
APUS_LIBRARY_ROW(TANH, tanh)
APUS_LIBRARY_ROW(SIN, sin)
APUS_LIBRARY_ROW(COS, cos)
#undef APUS_LIBRARY_ROW

INLINE V op_POW_f64(V a, V b) {
  for (int i = 0; i < LANES; i++) a[i] = pow(a[i], b[i]);
  return a;
}
