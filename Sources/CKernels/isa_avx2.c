// AVX2 with FMA. Prefetching for a write does nothing where the CPU cannot.
#include "kernels.h"

#if defined(__x86_64__)

#include <math.h>
#include <string.h>

#include <immintrin.h>

#define APUS_VECTOR_BYTES 32
#define APUS_AVX2 1
#define APUS_FMA 1
#define APUS_TABLE apus_kernels_avx2

#pragma clang attribute push(__attribute__((target("avx2,fma,prfchw"))), \
                             apply_to = function)
#include "bodies/all.inc.h"
#pragma clang attribute pop

#endif
