// Steps of recurrent cells for check.c, which includes this file: three rows of which the second has
// ended.
#ifndef APUS_CHECK_RECURRENT_H
#define APUS_CHECK_RECURRENT_H

#define DEFINE_RECURRENT(T, S)                                                                   \
  static void recurrent_##S(size_t n, size_t offset) {                                           \
    enum { ROWS = 3 };                                                                           \
    const int64_t lengths[ROWS] = {5, 2, 3}, step = 2;                                           \
    T *x = numbers_##S(4 * ROWS * n, offset, false), *p = numbers_##S(4 * ROWS * n, offset, false); \
    T *bias = numbers_##S(3 * n, offset, false), *gates = numbers_##S(4 * ROWS * n, offset, false); \
    T *h = numbers_##S(ROWS * n, offset, false), *c = numbers_##S(ROWS * n, offset, false);      \
    T *next = numbers_##S(ROWS * n, offset, false), *cell = numbers_##S(ROWS * n, offset, false); \
    T *dp = numbers_##S(3 * ROWS * n, offset, false);                                            \
    apus_lstm_step_##S(x, p, h, c, gates, cell, next, ROWS, n, lengths, step);                   \
    PRINT(T, "lstm_step", n, next, ROWS * n);                                                    \
    apus_lstm_step_grad_##S(gates, c, cell, h, next, cell, x, ROWS, n, lengths, step);           \
    PRINT(T, "lstm_step_grad", n, x, 4 * ROWS * n);                                              \
    apus_gru_step_##S(x, p, bias, h, gates, next, ROWS, n, lengths, step);                       \
    PRINT(T, "gru_step", n, next, ROWS * n);                                                     \
    apus_gru_step_grad_##S(gates, h, c, next, x, dp, ROWS, n, lengths, step);                    \
    PRINT(T, "gru_step_grad", n, dp, 3 * ROWS * n);                                              \
    for (int relu = 0; relu < 2; relu++) {                                                       \
      apus_rnn_step_##S(relu, x, p, h, next, ROWS, n, lengths, step);                            \
      PRINT(T, "rnn_step", n, next, ROWS * n);                                                   \
      apus_rnn_step_grad_##S(relu, h, c, next, cell, ROWS, n, lengths, step);                    \
      PRINT(T, "rnn_step_grad", n, cell, ROWS * n);                                              \
    }                                                                                            \
    free_arrays();                                                                               \
  }

DEFINE_RECURRENT(float, f32)
DEFINE_RECURRENT(double, f64)

#endif
