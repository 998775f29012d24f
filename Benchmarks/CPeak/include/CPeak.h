// The arithmetic peak of a core, measured: what no matrix product can exceed.
#ifndef CPEAK_H
#define CPEAK_H

#include <stddef.h>

// Runs `rounds` rounds of independent fused multiply-adds on registers, in the widest vectors that
// the processor has, and returns the number of floating-point operations done.
double cpeak_fma_f32(size_t rounds);

#endif
