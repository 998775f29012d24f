// SIMD kernels on plain arrays. They know pointers, counts and strides; shapes, threads and
// errors are the caller's business.
//
// One body per kernel is compiled for each instruction set; the best one that the CPU has is
// taken once, at start. See apus_isa.h.
//
// Rules that hold for every kernel, unless its own comment says otherwise:
//  - Arrays need the alignment of their element only. n = 0 is fine (pointers are not read).
//  - `out` may be exactly an input of the same element type; a partial overlap is not allowed.
//  - Nothing outside the arrays is read or written.
//  - An elementwise result depends on its own inputs alone, bit for bit: neither on its position,
//    nor on alignment, nor on how the array was cut into pieces. (Another instruction set may
//    round differently, as it may have fused multiply-add.)
//  - Indices, labels and the like are not checked.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "apus_comparison.h"
#include "apus_conversion.h"
#include "apus_ctc.h"
#include "apus_depthwise.h"
#include "apus_elementwise.h"
#include "apus_gather.h"
#include "apus_isa.h"
#include "apus_memory.h"
#include "apus_optimizers.h"
#include "apus_pixels.h"
#include "apus_pooling.h"
#include "apus_processors.h"
#include "apus_products.h"
#include "apus_random.h"
#include "apus_recurrent.h"
#include "apus_reductions.h"
#include "apus_rows.h"
#include "apus_sort.h"
#include "apus_windows.h"
#include "apus_winograd.h"

#endif
