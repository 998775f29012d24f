// Conversions between all pairs of types. Plain loops: all results are exact or rounded once, so
// that the compiler's own vectors give the bits that any others would.

#define TYPE_f32 float
#define TYPE_f64 double
#define TYPE_i32 int32_t
#define TYPE_i64 int64_t
#define TYPE_u8 uint8_t
#define TYPE_bool uint8_t

// Where every element fits.
#define TOTAL(FROM, TO, VALUE)                                                                  \
  static bool convert_##FROM##_##TO(bool saturates, const void *source, void *target, size_t n) { \
    (void)saturates;                                                                             \
    const TYPE_##FROM *x = source;                                                               \
    TYPE_##TO *out = target;                                                                     \
    LANEWISE for (size_t i = 0; i < n; i++) out[i] = (VALUE);                                    \
    return true;                                                                                 \
  }

// Where those below LOW or above HIGH do not. The conversion goes by way of VIA, for which the
// compiler has vectors. Its value for other elements is not used.
#define PARTIAL(FROM, TO, VIA, ABOVE_LOW, BELOW_HIGH, LEAST, GREATEST)                           \
  static bool convert_##FROM##_##TO(bool saturates, const void *source, void *target, size_t n) { \
    const TYPE_##FROM *x = source;                                                               \
    TYPE_##TO *out = target;                                                                     \
    if (saturates) {                                                                             \
      LANEWISE for (size_t i = 0; i < n; i++) {                                                  \
        const TYPE_##FROM v = x[i];                                                              \
        const TYPE_##TO fitting = (ABOVE_LOW) && (BELOW_HIGH) ? (TYPE_##TO)(VIA)v : 0;           \
        out[i] = v == v && !(ABOVE_LOW) ? LEAST : (v == v && !(BELOW_HIGH) ? GREATEST : fitting); \
      }                                                                                          \
      return true;                                                                               \
    }                                                                                            \
    TYPE_##TO misfits = 0;                                                                       \
    LANEWISE for (size_t i = 0; i < n; i++) {                                                    \
      const TYPE_##FROM v = x[i];                                                                \
      const bool fits = (ABOVE_LOW) && (BELOW_HIGH);                                             \
      out[i] = fits ? (TYPE_##TO)(VIA)v : 0;                                                     \
      misfits |= fits ? 0 : 1;                                                                   \
    }                                                                                            \
    return misfits == 0;                                                                         \
  }

#define SAME(TYPE) TOTAL(TYPE, TYPE, x[i])

SAME(f32)
TOTAL(f32, f64, x[i])
PARTIAL(f32, i32, int32_t, v >= -0x1p31f, v < 0x1p31f, INT32_MIN, INT32_MAX)
PARTIAL(f32, i64, int64_t, v >= -0x1p63f, v < 0x1p63f, INT64_MIN, INT64_MAX)
PARTIAL(f32, u8, int32_t, v > -1.0f, v < 256.0f, 0, UINT8_MAX)
TOTAL(f32, bool, x[i] != 0)

TOTAL(f64, f32, (float)x[i])
SAME(f64)
PARTIAL(f64, i32, int32_t, v > -0x1.00000002p31, v < 0x1p31, INT32_MIN, INT32_MAX)
PARTIAL(f64, i64, int64_t, v >= -0x1p63, v < 0x1p63, INT64_MIN, INT64_MAX)
PARTIAL(f64, u8, int32_t, v > -1.0, v < 256.0, 0, UINT8_MAX)
TOTAL(f64, bool, x[i] != 0)

TOTAL(i32, f32, (float)x[i])
TOTAL(i32, f64, x[i])
SAME(i32)
TOTAL(i32, i64, x[i])
PARTIAL(i32, u8, int32_t, v >= 0, v <= UINT8_MAX, 0, UINT8_MAX)
TOTAL(i32, bool, x[i] != 0)

TOTAL(i64, f32, (float)x[i])
TOTAL(i64, f64, (double)x[i])
PARTIAL(i64, i32, int64_t, v >= INT32_MIN, v <= INT32_MAX, INT32_MIN, INT32_MAX)
SAME(i64)
PARTIAL(i64, u8, int64_t, v >= 0, v <= UINT8_MAX, 0, UINT8_MAX)
TOTAL(i64, bool, x[i] != 0)

TOTAL(u8, f32, x[i])
TOTAL(u8, f64, x[i])
TOTAL(u8, i32, x[i])
TOTAL(u8, i64, x[i])
SAME(u8)
TOTAL(u8, bool, x[i] != 0)

#define FROM_BOOL(TO) [APUS_TYPE_bool][APUS_TYPE_##TO] = convert_u8_##TO,
#define ENTRY(FROM, TO) [APUS_TYPE_##FROM][APUS_TYPE_##TO] = convert_##FROM##_##TO,
#define FROM(S) \
  ENTRY(S, f32) ENTRY(S, f64) ENTRY(S, i32) ENTRY(S, i64) ENTRY(S, u8) ENTRY(S, bool)

static const apus_kernels_conversion kernels_conversion = {
    .convert = {FROM(f32) FROM(f64) FROM(i32) FROM(i64) FROM(u8) APUS_TYPES(FROM_BOOL)}};

#undef FROM
#undef ENTRY
#undef FROM_BOOL
#undef SAME
#undef PARTIAL
#undef TOTAL
