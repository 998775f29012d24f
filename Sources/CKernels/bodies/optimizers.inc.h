// Optimizer steps, for up to LANES elements at a time.

INLINE void FN(sgd_step)(T *parameter, const T *gradient, T *velocity, size_t n,
                         const FN(apus_sgd_options) *o, const T keep) {
  V p = FN(load_up_to)(parameter, n, 0);
  V g = FMA(o->weight_decay, p, FN(load_up_to)(gradient, n, 0));
  if (velocity) {
    V v = g;
    if (!o->first_step) v = FMA(o->momentum, FN(load_up_to)(velocity, n, 0), keep * g);
    FN(store_up_to)(velocity, v, n);
    g = o->nesterov ? FMA(o->momentum, v, g) : v;
  }
  FN(store_up_to)(parameter, FMA(-o->learning_rate, g, p), n);
}

static void FN(sgd)(T *parameter, const T *gradient, T *velocity, size_t n,
                    const FN(apus_sgd_options) *options) {
  // A copy that stores through `parameter` cannot change, so that it stays in registers.
  const FN(apus_sgd_options) o = *options;
  const T keep = 1 - o.dampening;
  size_t i = 0;
  if (!velocity) {
    for (; i + LANES <= n; i += LANES)
      FN(sgd_step)(parameter + i, gradient + i, NULL, LANES, &o, keep);
    if (i < n) FN(sgd_step)(parameter + i, gradient + i, NULL, n - i, &o, keep);
    return;
  }
  for (; i + LANES <= n; i += LANES)
    FN(sgd_step)(parameter + i, gradient + i, velocity + i, LANES, &o, keep);
  if (i < n) FN(sgd_step)(parameter + i, gradient + i, velocity + i, n - i, &o, keep);
}

INLINE void FN(adam_step)(T *parameter, const T *gradient, T *m, T *v, size_t n,
                          const FN(apus_adam_options) *o) {
  V p = FN(load_up_to)(parameter, n, 0);
  V g = FMA(o->weight_decay, p, FN(load_up_to)(gradient, n, 0));
  V first = FMA(o->beta1, FN(load_up_to)(m, n, 0), o->one_minus_beta1 * g);
  V second = FMA(o->beta2, FN(load_up_to)(v, n, 0), o->one_minus_beta2 * g * g);
  FN(store_up_to)(m, first, n);
  FN(store_up_to)(v, second, n);
  V scale = FMA(__builtin_elementwise_sqrt(second), o->inverse_sqrt_correction2, o->epsilon);
  FN(store_up_to)(parameter, p - o->step_size * first / scale, n);
}

static void FN(adam)(T *parameter, const T *gradient, T *m, T *v, size_t n,
                     const FN(apus_adam_options) *options) {
  const FN(apus_adam_options) o = *options;
  size_t i = 0;
  for (; i + LANES <= n; i += LANES)
    FN(adam_step)(parameter + i, gradient + i, m + i, v + i, LANES, &o);
  if (i < n) FN(adam_step)(parameter + i, gradient + i, m + i, v + i, n - i, &o);
}
