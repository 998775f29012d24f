// Sorting and selecting by integer keys. Every scalar has keys in its order: NaN comes after every
// number, zeros of both signs have one key, and a descending order has the keys' complements.
#ifndef APUS_SORT_H
#define APUS_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A 64-bit key with the position it came from. A 32-bit key and its position are one int64_t:
// key << 32 | position.
typedef struct {
  int64_t key;
  uint64_t position;
} apus_keyed;

// The keys of x: 8 bits of them for bytes, else as many as the scalar has. True if an element
// cannot be told from its key: a NaN or a negative zero.
bool apus_sort_keys_f32(const void *x, int32_t *keys, size_t n, bool descending);
bool apus_sort_keys_i32(const void *x, int32_t *keys, size_t n, bool descending);
bool apus_sort_keys_u8(const void *x, int32_t *keys, size_t n, bool descending);
bool apus_sort_keys_f64(const void *x, int64_t *keys, size_t n, bool descending);
bool apus_sort_keys_i64(const void *x, int64_t *keys, size_t n, bool descending);

// The elements of keys. `out` may be `keys` where elements are as large as keys.
void apus_sort_values_f32(const int32_t *keys, void *out, size_t n, bool descending);
void apus_sort_values_i32(const int32_t *keys, void *out, size_t n, bool descending);
void apus_sort_values_u8(const int32_t *keys, void *out, size_t n, bool descending);
void apus_sort_values_f64(const int64_t *keys, void *out, size_t n, bool descending);
void apus_sort_values_i64(const int64_t *keys, void *out, size_t n, bool descending);

// Puts the zeros and NaN of x, which the elements of `sorted` are up to their sign and payload,
// back in the order that they have in x.
void apus_sort_restore_f32(const float *x, ptrdiff_t step, float *sorted, size_t n);
void apus_sort_restore_f64(const double *x, ptrdiff_t step, double *sorted, size_t n);

// Keys with their positions first, first + 1, …; and the positions alone. Positions of 32-bit keys
// are below 2^32. `out` of the latter may be `keyed` where both have 8 bytes.
void apus_sort_keyed_i32(const int32_t *keys, size_t first, int64_t *out, size_t n);
void apus_sort_keyed_i64(const int64_t *keys, size_t first, apus_keyed *out, size_t n);
void apus_sort_positions_i32(const int64_t *keyed, int64_t *out, size_t n);
void apus_sort_positions_i64(const apus_keyed *keyed, int64_t *out, size_t n);

// Sorts n keys; b has room for as many. By comparing: O(n log n), with networks for what fits into
// registers; the worst pivots lead to a radix sort.
void apus_sort_i32(int32_t *a, int32_t *b, size_t n);
void apus_sort_i64(int64_t *a, int64_t *b, size_t n);

// Sorts a by the bits from `low` up to, not including, `high`, a multiple of 8 of them; elements
// that are equal there keep their order. b has room for n elements; a or b has the result, as the
// returned pointer says. Radix sort from the least significant byte, insertion sort if short.
int32_t *apus_radix_sort_i32(int32_t *a, int32_t *b, size_t n, unsigned low, unsigned high);
int64_t *apus_radix_sort_i64(int64_t *a, int64_t *b, size_t n, unsigned low, unsigned high);
apus_keyed *apus_radix_sort_keyed(apus_keyed *a, apus_keyed *b, size_t n, unsigned low,
                                  unsigned high);

// The same sort in parts. The bits in which keys differ, but for those that the top bit implies:
uint64_t apus_radix_varying_i32(const int32_t *a, size_t n);
uint64_t apus_radix_varying_i64(const int64_t *a, size_t n);
uint64_t apus_radix_varying_keyed(const apus_keyed *a, size_t n);

// The bit from which on n elements are worth sorting byte by byte, so that few are equal there: low,
// or a multiple of 8 bits above it.
unsigned apus_radix_cut(uint64_t varying, size_t n, unsigned low, unsigned high);

// How many elements have each value of the byte at bit `shift`.
void apus_radix_count_i32(const int32_t *a, size_t n, unsigned shift, size_t counts[256]);
void apus_radix_count_i64(const int64_t *a, size_t n, unsigned shift, size_t counts[256]);
void apus_radix_count_keyed(const apus_keyed *a, size_t n, unsigned shift, size_t counts[256]);

// Each element of a, in order, to to[offsets[value]++] by the value of its byte at bit `shift`.
void apus_radix_move_i32(const int32_t *a, int32_t *to, size_t n, unsigned shift,
                         size_t offsets[256]);
void apus_radix_move_i64(const int64_t *a, int64_t *to, size_t n, unsigned shift,
                         size_t offsets[256]);
void apus_radix_move_keyed(const apus_keyed *a, apus_keyed *to, size_t n, unsigned shift,
                           size_t offsets[256]);

// Sorts, in a of n elements, each run that starts in from ..< to of elements that are equal from
// bit `cut` on, by the bits from `low` up to there. b has room for n elements.
void apus_radix_runs_i32(int32_t *a, int32_t *b, size_t from, size_t to, size_t n, unsigned low,
                        unsigned cut);
void apus_radix_runs_i64(int64_t *a, int64_t *b, size_t from, size_t to, size_t n, unsigned low,
                        unsigned cut);
void apus_radix_runs_keyed(apus_keyed *a, apus_keyed *b, size_t from, size_t to, size_t n,
                          unsigned low, unsigned cut);

// The k smallest keys with their positions first, first + 1, …, in the order of their positions;
// of equal keys the first ones. 0 < k <= n, k < capacity; `out` has room for `capacity` elements.
void apus_select_i32(const int32_t *keys, size_t n, size_t first, size_t k, int64_t *out,
                     size_t capacity);
void apus_select_i64(const int64_t *keys, size_t n, size_t first, size_t k, apus_keyed *out,
                     size_t capacity);

#endif
