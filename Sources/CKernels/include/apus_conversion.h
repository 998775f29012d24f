// Conversion between element types. The rules at the top of CKernels.h hold, but `out` must not
// overlap elements of another size.
#ifndef APUS_CONVERSION_H
#define APUS_CONVERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The element types, in the order of Tensor's DType. A truth value is one byte, 1 or 0.
#define APUS_TYPES(ROW) ROW(f32) ROW(f64) ROW(i32) ROW(i64) ROW(u8) ROW(bool)

#define APUS_ENUM_ROW(S) APUS_TYPE_##S,
typedef enum { APUS_TYPES(APUS_ENUM_ROW) APUS_TYPE_COUNT } apus_type;
#undef APUS_ENUM_ROW

// out = x as another type: reals become integers towards zero and narrower reals by rounding to
// nearest, anything but 0 is true.
//
// An element that does not fit is 0 in `out`, and the result is false then; or, where
// `saturates`, it is the nearest one that fits (0 for NaN), and the result is true.
bool apus_convert(apus_type from, apus_type to, bool saturates, const void *x, void *out, size_t n);

#endif
