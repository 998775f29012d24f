// One step of recurrent cells on rows of `width` units: the rows of a batch, contiguous.
// The rules at the top of CKernels.h hold. Every row is computed for itself.
//
// `x` is what the inputs contribute to the gates and `p` what the states before contribute, each
// with the gates of a row one after another. `lengths` may be NULL; else row r takes part only where
// lengths[r] > step, and elsewhere its state stays as it is and its gates are not written.
// A gradient function gets in `dh` the gradient of the new state that comes from later steps, to
// which it adds `g`, and leaves there what reaches the state before other than through p.
#ifndef APUS_RECURRENT_H
#define APUS_RECURRENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define APUS_DECLARE_RECURRENT(T, S)                                                             \
  /* i, f, g, o = sigmoid, sigmoid, tanh, sigmoid of x + p, kept in `gates` in this order;       \
     c = f c_before + i g; h = o tanh c. */                                                      \
  void apus_lstm_step_##S(const T *x, const T *p, const T *h_before, const T *c_before, T *gates, \
                          T *c, T *h, size_t rows, size_t width, const int64_t *lengths,         \
                          int64_t step);                                                         \
  /* `dc` is the gradient of c, and then that of c_before; `dx` is that of x and of p. */        \
  void apus_lstm_step_grad_##S(const T *gates, const T *c_before, const T *c, const T *g, T *dh, \
                               T *dc, T *dx, size_t rows, size_t width, const int64_t *lengths,  \
                               int64_t step);                                                    \
  /* r, z = sigmoid of x + p; q = p of the third gate; n = tanh(x + r q); r, z, n, q are kept in \
     `gates`; h = (1 - z) n + z h_before. p has `bias` added if that is not NULL. */             \
  void apus_gru_step_##S(const T *x, const T *p, const T *bias, const T *h_before, T *gates,     \
                         T *h, size_t rows, size_t width, const int64_t *lengths, int64_t step); \
  void apus_gru_step_grad_##S(const T *gates, const T *h_before, const T *g, T *dh, T *dx, T *dp, \
                              size_t rows, size_t width, const int64_t *lengths, int64_t step);  \
  /* h = tanh(x + p), or max(x + p, 0). */                                                       \
  void apus_rnn_step_##S(bool relu, const T *x, const T *p, const T *h_before, T *h,             \
                         size_t rows, size_t width, const int64_t *lengths, int64_t step);       \
  void apus_rnn_step_grad_##S(bool relu, const T *h, const T *g, T *dh, T *dx, size_t rows,      \
                              size_t width, const int64_t *lengths, int64_t step);

APUS_DECLARE_RECURRENT(float, f32)
APUS_DECLARE_RECURRENT(double, f64)

#endif
