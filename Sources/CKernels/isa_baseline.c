// The set that every CPU of the architecture has: SSE2 or NEON.
#include "kernels.h"

#include <math.h>
#include <string.h>

#define APUS_VECTOR_BYTES 16
#if defined(__aarch64__)
#define APUS_FMA 1
#endif
#define APUS_TABLE apus_kernels_baseline

#include "bodies/all.inc.h"
