// Connectionist temporal classification (A. Graves et al., 2006), one sequence a call, in log space.
//
// A path stands in one of `states` states at each frame: a blank, a symbol, a blank, a symbol, ..., a
// blank. It starts in one of the first two and ends in one of the last two, and from frame to frame
// stays, goes on by one, or by two into a state whose gate is open. A frame gives symbol k the log
// probability log_probabilities[t * frame_stride + k].
#ifndef APUS_CTC_H
#define APUS_CTC_H

#include <stddef.h>
#include <stdint.h>

// alphas[t * (states + 2) + 2 + s] = the log of the sum over all ways to state s at frame t, that frame
// included; the first two elements of each frame are -inf. loss = -log of the sum over all paths, +inf
// if there is none. `symbols` has one element a state, `gates` two more: 0 where open, -inf where
// closed, as the first and the last two must be.
void apus_ctc_forward_f32(const float *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                          const int32_t *symbols, const float *gates, size_t states,
                          float *alphas, float *loss);
void apus_ctc_forward_f64(const double *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                          const int32_t *symbols, const double *gates, size_t states,
                          double *alphas, double *loss);

// gradient[t * gradient_stride + k] -= scale * P(a path gives frame t the symbol k), with the loss and
// the alphas of the forward pass; NaN if there is no path. `scratch` has 2 * states + 2 elements.
void apus_ctc_backward_f32(const float *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                           const int32_t *symbols, const float *gates, size_t states,
                           const float *alphas, float loss, float scale, float *scratch,
                           float *gradient, ptrdiff_t gradient_stride);
void apus_ctc_backward_f64(const double *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                           const int32_t *symbols, const double *gates, size_t states,
                           const double *alphas, double loss, double scale, double *scratch,
                           double *gradient, ptrdiff_t gradient_stride);

#endif
