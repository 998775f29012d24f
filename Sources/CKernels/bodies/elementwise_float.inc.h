// Elementwise kernels with scalar arguments.

static void FN(axpby)(T alpha, const T *x, T beta, T *out, size_t n) {
  size_t i = 0;
  if (beta == 0) {
    for (; i + LANES <= n; i += LANES) FN(store)(out + i, (V)alpha * FN(load)(x + i));
    if (i < n) FN(store_part)(out + i, (V)alpha * FN(load_part)(x + i, n - i, 1), n - i);
    return;
  }
  for (; i + LANES <= n; i += LANES)
    FN(store)(out + i, FMA(alpha, FN(load)(x + i), (V)beta * FN(load)(out + i)));
  if (i < n) {
    V rest = (V)beta * FN(load_part)(out + i, n - i, 1);
    FN(store_part)(out + i, FMA(alpha, FN(load_part)(x + i, n - i, 1), rest), n - i);
  }
}

static void FN(affine)(T scale, T shift, const T *x, T *out, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) FN(store)(out + i, FMA(scale, FN(load)(x + i), shift));
  if (i < n)
    FN(store_part)(out + i, FMA(scale, FN(load_part)(x + i, n - i, 1), shift), n - i);
}

typedef uint8_t FN(bytes) __attribute__((ext_vector_type(LANES)));

static void FN(from_u8)(const uint8_t *src, T scale, T shift, T *dst, size_t n) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    FN(bytes) bytes;
    memcpy(&bytes, src + i, LANES);
    FN(store)(dst + i, FMA(scale, __builtin_convertvector(bytes, V), shift));
  }
  if (i < n) {
    FN(bytes) bytes = 0;
    memcpy(&bytes, src + i, n - i);
    FN(store_part)(dst + i, FMA(scale, __builtin_convertvector(bytes, V), shift), n - i);
  }
}
