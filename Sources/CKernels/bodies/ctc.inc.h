// Connectionist temporal classification: the sum over all ways of spelling symbols along frames.

// out[i] = log(exp(a[i]) + exp(b[i]) + exp(c[i] + c_gate[i])); -inf where all three are.
INLINE void FN(log_add_paths)(const T *a, const T *b, const T *c, const T *c_gate, T *out,
                              size_t n) {
  for (size_t i = 0; i < n; i += LANES) {
    const size_t left = n - i;
    V x = FN(load_up_to)(a + i, left, 0), y = FN(load_up_to)(b + i, left, 0);
    V z = FN(load_up_to)(c + i, left, 0) + FN(load_up_to)(c_gate + i, left, 0);
    V top = __builtin_elementwise_max(__builtin_elementwise_max(x, y), z);
    V shift = top == (V)T_MIN ? (V)0 : top;
    V sum = FN(op_EXP)(x - shift) + FN(op_EXP)(y - shift) + FN(op_EXP)(z - shift);
    FN(store_up_to)(out + i, FN(op_LOG)(sum) + shift, left);
  }
}

static void FN(ctc_forward)(const T *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                            const int32_t *symbols, const T *gates, size_t states, T *alphas,
                            T *loss) {
  for (size_t t = 0; t < frames; t++, log_probabilities += frame_stride, alphas += states + 2) {
    alphas[0] = alphas[1] = T_MIN;
    T *now = alphas + 2;
    const T *before = now - (states + 2);
    if (t) FN(log_add_paths)(before, before - 1, before - 2, gates, now, states);
    else
      for (size_t s = 0; s < states; s++) now[s] = s < 2 ? 0 : T_MIN;
    for (size_t s = 0; s < states; s++) now[s] += log_probabilities[symbols[s]];
  }
  const T closed = T_MIN;
  T total = states == 1 ? 0 : T_MIN;
  if (frames) FN(log_add_paths)(alphas - 1, alphas - 2, alphas - 2, &closed, &total, 1);
  *loss = -total;
}

static void FN(ctc_backward)(const T *log_probabilities, ptrdiff_t frame_stride, size_t frames,
                             const int32_t *symbols, const T *gates, size_t states,
                             const T *alphas, T loss, T scale, T *scratch, T *gradient,
                             ptrdiff_t gradient_stride) {
  // beta: of a state and all frames from this one on; rest: of the frames after this one.
  T *beta = scratch, *rest = scratch + states + 2;
  beta[states] = beta[states + 1] = T_MIN;
  for (size_t t = frames; t-- > 0;) {
    const T *here = log_probabilities + (ptrdiff_t)t * frame_stride;
    const T *alpha = alphas + t * (states + 2) + 2;
    T *out = gradient + (ptrdiff_t)t * gradient_stride;
    if (t + 1 < frames) FN(log_add_paths)(beta, beta + 1, beta + 2, gates + 2, rest, states);
    else
      for (size_t s = 0; s < states; s++) rest[s] = s + 2 >= states ? 0 : T_MIN;
    for (size_t i = 0; i < states; i += LANES) {
      V path = FN(load_up_to)(alpha + i, states - i, 0) + FN(load_up_to)(rest + i, states - i, 0);
      FN(store_up_to)(beta + i, FN(op_EXP)(path + loss), states - i);
    }
    for (size_t s = 0; s < states; s++) out[symbols[s]] -= scale * beta[s];
    for (size_t s = 0; s < states; s++) beta[s] = rest[s] + here[symbols[s]];
  }
}
