// Which instruction set the kernels use.
#ifndef APUS_ISA_H
#define APUS_ISA_H

#include <stdbool.h>

typedef enum {
  APUS_ISA_BASELINE = 0,  // x86-64: SSE2; arm64: NEON
  APUS_ISA_AVX2 = 1,      // AVX2 and FMA
  APUS_ISA_AVX512 = 2,    // AVX-512 F, BW, DQ and VL, with AVX2 and FMA
} apus_isa;

// The best set that this CPU and its operating system support.
apus_isa apus_isa_best(void);

// The set in use: the best one, unless the environment variable APUS_ISA, read once at start,
// names a lower one (baseline, avx2 or avx512). A set that the CPU lacks, or an unknown name,
// keeps the best.
apus_isa apus_isa_active(void);

// Changes the set that the calling thread uses; false, and nothing changed, if the CPU lacks it.
// Meant for tests: other threads, those of a thread pool among them, keep theirs.
bool apus_isa_select(apus_isa isa);

// "baseline", "avx2" or "avx512".
const char *apus_isa_name(apus_isa isa);

// Tells the CPU that the caller spins.
static inline void apus_cpu_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield" ::: "memory");
#endif
}

#endif
