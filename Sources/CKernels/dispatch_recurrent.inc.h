// Leads the steps of recurrent cells to the instruction set in use; part of dispatch.c.

#define DEFINE_RECURRENT(T, S)                                                                   \
  void apus_lstm_step_##S(const T *x, const T *p, const T *h_before, const T *c_before, T *gates, \
                          T *c, T *h, size_t rows, size_t width, const int64_t *lengths,         \
                          int64_t step) {                                                        \
    active()->S->lstm_step(x, p, h_before, c_before, gates, c, h, rows, width, lengths, step);   \
  }                                                                                              \
  void apus_lstm_step_grad_##S(const T *gates, const T *c_before, const T *c, const T *g, T *dh, \
                               T *dc, T *dx, size_t rows, size_t width, const int64_t *lengths,  \
                               int64_t step) {                                                   \
    active()->S->lstm_step_grad(gates, c_before, c, g, dh, dc, dx, rows, width, lengths, step);  \
  }                                                                                              \
  void apus_gru_step_##S(const T *x, const T *p, const T *bias, const T *h_before, T *gates,     \
                         T *h, size_t rows, size_t width, const int64_t *lengths, int64_t step) { \
    active()->S->gru_step(x, p, bias, h_before, gates, h, rows, width, lengths, step);           \
  }                                                                                              \
  void apus_gru_step_grad_##S(const T *gates, const T *h_before, const T *g, T *dh, T *dx, T *dp, \
                              size_t rows, size_t width, const int64_t *lengths, int64_t step) { \
    active()->S->gru_step_grad(gates, h_before, g, dh, dx, dp, rows, width, lengths, step);      \
  }                                                                                              \
  void apus_rnn_step_##S(bool relu, const T *x, const T *p, const T *h_before, T *h,             \
                         size_t rows, size_t width, const int64_t *lengths, int64_t step) {      \
    active()->S->rnn_step(relu, x, p, h_before, h, rows, width, lengths, step);                  \
  }                                                                                              \
  void apus_rnn_step_grad_##S(bool relu, const T *h, const T *g, T *dh, T *dx, size_t rows,      \
                              size_t width, const int64_t *lengths, int64_t step) {              \
    active()->S->rnn_step_grad(relu, h, g, dh, dx, rows, width, lengths, step);                  \
  }

DEFINE_RECURRENT(float, f32)
DEFINE_RECURRENT(double, f64)
