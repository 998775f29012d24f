// Optimizer steps, for up to LANES elements at a time; apus_optimizers.h has the equations.

typedef struct {
  T gradient_scale, weight_decay, l1, keep;
  T learning_rate, gradient_step, beta1, one_minus_beta1, beta2, one_minus_beta2;
  T root_scale, epsilon;
  bool nesterov, first_step, adaptive;
} FN(update);

// Copies that stores through the arrays cannot change, so that they stay in registers.
INLINE FN(update) FN(update_of)(const apus_update_options *o) {
  return (FN(update)){
      .gradient_scale = (T)o->gradient_scale,
      .weight_decay = (T)o->weight_decay,
      .l1 = (T)o->l1,
      .keep = (T)o->keep,
      .learning_rate = (T)o->learning_rate,
      .gradient_step = (T)o->gradient_step,
      .beta1 = (T)o->beta1,
      .one_minus_beta1 = (T)o->one_minus_beta1,
      .beta2 = (T)o->beta2,
      .one_minus_beta2 = (T)o->one_minus_beta2,
      .root_scale = (T)o->root_scale,
      .epsilon = (T)o->epsilon,
      .nesterov = o->nesterov,
      .first_step = o->first_step,
      .adaptive = o->adaptive,
  };
}

// `size` with the sign of x; 0 and NaN stay.
INLINE V FN(signed)(V x, T size) {
  return x > (V)(T)0 ? (V)size : x < (V)(T)0 ? (V)(-size) : x;
}

INLINE V FN(slope)(V p, const T *gradient, T decay, size_t n, const FN(update) *o) {
  V g = FMA(decay, p, o->gradient_scale * FN(load_up_to)(gradient, n, 0));
  return o->l1 != 0 ? g + FN(signed)(p, o->l1) : g;
}

// average = beta * average + one_minus_beta * x, stored.
INLINE V FN(blend)(T *average, V x, T beta, T one_minus_beta, size_t n) {
  V blended = FMA(beta, FN(load_up_to)(average, n, 0), one_minus_beta * x);
  FN(store_up_to)(average, blended, n);
  return blended;
}

#define UPDATE_STEP(NAME)                                                                        \
  INLINE void FN(NAME##_step)(T *p, const T *gradient, T *s0, T *s1, T *s2, size_t n,            \
                              const FN(update) *o)

UPDATE_STEP(sgd) {
  (void)s1, (void)s2;
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  if (s0) {
    V v = g;
    if (!o->first_step) v = FMA(o->beta1, FN(load_up_to)(s0, n, 0), o->one_minus_beta1 * g);
    FN(store_up_to)(s0, v, n);
    g = o->nesterov ? FMA(o->beta1, v, g) : v;
  }
  FN(store_up_to)(p, FMA(-o->learning_rate, g, o->keep * x), n);
}

UPDATE_STEP(moments) {
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V first = FN(blend)(s0, g, o->beta1, o->one_minus_beta1, n);
  V second = FN(blend)(s1, g * g, o->beta2, o->one_minus_beta2, n);
  if (s2) {
    V largest = FN(load_up_to)(s2, n, 0);
    second = second <= largest ? largest : second;  // NaN stays.
    FN(store_up_to)(s2, second, n);
  }
  V step = FMA(o->learning_rate, first, o->gradient_step * g);
  if (o->adaptive)
    step /= FMA(__builtin_elementwise_sqrt(second), o->root_scale, o->epsilon);
  FN(store_up_to)(p, o->keep * x - step, n);
}

UPDATE_STEP(rmsprop) {
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V square = FN(blend)(s0, g * g, o->beta2, o->one_minus_beta2, n);
  if (s1) {
    V mean = FN(blend)(s1, g, o->beta2, o->one_minus_beta2, n);
    square = square - mean * mean;
    square = square < (V)(T)0 ? (V)(T)0 : square;  // Below 0 by rounding alone.
  }
  V step = g / (__builtin_elementwise_sqrt(square) + o->epsilon);
  if (s2) step = FN(blend)(s2, step, o->beta1, 1, n);
  FN(store_up_to)(p, FMA(-o->learning_rate, step, o->keep * x), n);
}

UPDATE_STEP(adagrad) {
  (void)s1, (void)s2;
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V sum = FMA(g, g, FN(load_up_to)(s0, n, 0));
  FN(store_up_to)(s0, sum, n);
  V step = g / (__builtin_elementwise_sqrt(sum) + o->epsilon);
  FN(store_up_to)(p, FMA(-o->learning_rate, step, o->keep * x), n);
}

UPDATE_STEP(adadelta) {
  (void)s2;
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V square = FN(blend)(s0, g * g, o->beta2, o->one_minus_beta2, n);
  V before = FN(load_up_to)(s1, n, 0);
  V step = __builtin_elementwise_sqrt(before + o->epsilon) /
           __builtin_elementwise_sqrt(square + o->epsilon) * g;
  FN(store_up_to)(s1, FMA(o->beta2, before, o->one_minus_beta2 * (step * step)), n);
  FN(store_up_to)(p, FMA(-o->learning_rate, step, o->keep * x), n);
}

UPDATE_STEP(adamax) {
  (void)s2;
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V first = FN(blend)(s0, g, o->beta1, o->one_minus_beta1, n);
  V faded = o->beta2 * FN(load_up_to)(s1, n, 0);
  V size = __builtin_elementwise_abs(g) + o->epsilon;
  V largest = size <= faded ? faded : size;  // NaN stays.
  FN(store_up_to)(s1, largest, n);
  FN(store_up_to)(p, o->keep * x - o->learning_rate * first / largest, n);
}

UPDATE_STEP(lion) {
  (void)s1, (void)s2;
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, o->weight_decay, n, o);
  V m = FN(load_up_to)(s0, n, 0);
  V direction = FMA(o->beta1, m, o->one_minus_beta1 * g);
  FN(store_up_to)(s0, FMA(o->beta2, m, o->one_minus_beta2 * g), n);
  FN(store_up_to)(p, o->keep * x - FN(signed)(direction, o->learning_rate), n);
}

UPDATE_STEP(direction) {
  V x = FN(load_up_to)(p, n, 0);
  V g = FN(slope)(x, gradient, 0, n, o);
  V first = FN(blend)(s0, g, o->beta1, o->one_minus_beta1, n);
  V second = FN(blend)(s1, g * g, o->beta2, o->one_minus_beta2, n);
  V scale = FMA(__builtin_elementwise_sqrt(second), o->root_scale, o->epsilon);
  FN(store_up_to)(s2, FMA(o->weight_decay, x, o->learning_rate * first / scale), n);
}

#define UPDATE_KERNEL(NAME)                                                                      \
  static void FN(update_##NAME)(T *p, const T *gradient, T *s0, T *s1, T *s2, size_t n,          \
                                const apus_update_options *options) {                            \
    const FN(update) o = FN(update_of)(options);                                                 \
    size_t i = 0;                                                                                \
    for (; i + LANES <= n; i += LANES)                                                           \
      FN(NAME##_step)(p + i, gradient + i, s0 ? s0 + i : NULL, s1 ? s1 + i : NULL,               \
                      s2 ? s2 + i : NULL, LANES, &o);                                            \
    if (i < n)                                                                                   \
      FN(NAME##_step)(p + i, gradient + i, s0 ? s0 + i : NULL, s1 ? s1 + i : NULL,               \
                      s2 ? s2 + i : NULL, n - i, &o);                                            \
  }

UPDATE_KERNEL(sgd)
UPDATE_KERNEL(moments)
UPDATE_KERNEL(rmsprop)
UPDATE_KERNEL(adagrad)
UPDATE_KERNEL(adadelta)
UPDATE_KERNEL(adamax)
UPDATE_KERNEL(lion)
UPDATE_KERNEL(direction)

#define UPDATE_ENTRIES                                                                           \
  .update = {FN(update_sgd),      FN(update_moments), FN(update_rmsprop), FN(update_adagrad),    \
             FN(update_adadelta), FN(update_adamax),  FN(update_lion),    FN(update_direction)},
