// Random numbers: n of them from consecutive blocks of Philox 4x32-10, two from each block. The bits
// are the same for every instruction set.
#ifndef APUS_RANDOM_H
#define APUS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

// Where a sequence is: the cipher's key, the high half of its counter, and the low half, of which
// 63 bits count.
typedef struct {
  uint64_t key;
  uint64_t stream;
  uint64_t block;
} apus_random;

// The words themselves.
void apus_random_words(const apus_random *at, uint64_t *out, size_t n);

// 1 where the upper 53 bits of a word are less than `bound` <= 2^53, else 0.
void apus_random_bernoulli(const apus_random *at, uint64_t bound, uint8_t *out, size_t n);

// low + width * u for u in 0 ..< 1 of 53 bits, but at most `largest`.
void apus_random_uniform_f32(const apus_random *at, double low, double width, float largest,
                             float *out, size_t n);
void apus_random_uniform_f64(const apus_random *at, double low, double width, double largest,
                             double *out, size_t n);

// Numbers of the normal distribution, computed in double precision.
void apus_random_normal_f32(const apus_random *at, double mean, double deviation, float *out,
                            size_t n);
void apus_random_normal_f64(const apus_random *at, double mean, double deviation, double *out,
                            size_t n);

#endif
