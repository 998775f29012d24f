// Every kernel, for the instruction set that the including file has set up:
// APUS_VECTOR_BYTES, APUS_FMA where there is fused multiply-add, APUS_TABLE.

// Results must not depend on what the optimizer happens to fuse; FMA below says where to.
#pragma STDC FP_CONTRACT OFF

// Vectors wider than a register pass between functions, which are inlined: no calling convention.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define CAT_(a, b) a##_##b
#define CAT(a, b) CAT_(a, b)
#define FN(name) CAT(name, SUFFIX)

// The vector of T, and the signed and unsigned integer vectors of the same shape.
#define V FN(vector)
#define M FN(mask)
#define U FN(bits)

#if defined(APUS_FMA)
#define FMA(a, b, c) __builtin_elementwise_fma((V)(a), (V)(b), (V)(c))
#else
#define FMA(a, b, c) ((V)(a) * (V)(b) + (V)(c))
#endif

// Whoever sees what is stored after this sees what went past the caches before.
#if defined(__x86_64__)
#define STORE_FENCE() __builtin_ia32_sfence()
#else
#define STORE_FENCE() ((void)0)
#endif

#define T float
#define SUFFIX f32
#define RUNNING double
#define LANES (APUS_VECTOR_BYTES / 4)
#define LANE_BYTES 4
#define INT int32_t
#define UINT uint32_t
#define T_MAX INFINITY
#define T_MIN (-INFINITY)
#define LIBRARY(function) function##f
#include "vector.inc.h"
#define LIBRARY(function) function##f
#include "math_f32.inc.h"
#include "functions_f32.inc.h"
#include "float.inc.h"
#include "undefine.inc.h"

#define T double
#define SUFFIX f64
#define RUNNING double
#define LANES (APUS_VECTOR_BYTES / 8)
#define LANE_BYTES 8
#define INT int64_t
#define UINT uint64_t
#define T_MAX ((double)INFINITY)
#define T_MIN (-(double)INFINITY)
#define LIBRARY(function) function
#include "vector.inc.h"
#define LIBRARY(function) function
#include "math_f64.inc.h"
#include "library_f64.inc.h"
#include "float.inc.h"
#include "random.inc.h"
#include "undefine.inc.h"

#define T int32_t
#define SUFFIX i32
#define RUNNING uint32_t
#define LANES (APUS_VECTOR_BYTES / 4)
#define LANE_BYTES 4
#define INT int32_t
#define UINT uint32_t
#define T_MAX INT32_MAX
#define T_MIN INT32_MIN
#include "vector.inc.h"
#include "integer.inc.h"
#include "undefine.inc.h"

#define T int64_t
#define SUFFIX i64
#define RUNNING uint64_t
#define LANES (APUS_VECTOR_BYTES / 8)
#define LANE_BYTES 8
#define INT int64_t
#define UINT uint64_t
#define T_MAX INT64_MAX
#define T_MIN INT64_MIN
#include "vector.inc.h"
#include "integer.inc.h"
#include "undefine.inc.h"

#define T uint8_t
#define SUFFIX u8
#define LANES APUS_VECTOR_BYTES
#define LANE_BYTES 1
#define INT int8_t
#define UINT uint8_t
#define T_MAX UINT8_MAX
#define T_MIN 0
#include "vector.inc.h"
#include "byte.inc.h"
#include "undefine.inc.h"

#include "conversion.inc.h"

const apus_kernels APUS_TABLE = {&kernels_f32, &kernels_f64, &kernels_i32, &kernels_i64,
                                 &kernels_u8, &kernels_random, &kernels_conversion};
