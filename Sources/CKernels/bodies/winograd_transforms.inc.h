// Transforms of minimal filtering; see apus_winograd.h. Lanes are channels.
//
// Polynomials p, of the outputs, and q, of the taps of a filter, are multiplied at the points
// 0, a, -a, b, -b and infinity. N is, at each point, the product of its distances from the others.
#define WINOGRAD_A ((T)0.625)
#define WINOGRAD_B ((T)1.5)
#define WINOGRAD_A2 (WINOGRAD_A * WINOGRAD_A)
#define WINOGRAD_B2 (WINOGRAD_B * WINOGRAD_B)
#define WINOGRAD_N0 (WINOGRAD_A2 * WINOGRAD_B2)
#define WINOGRAD_NA (2 * WINOGRAD_A2 * (WINOGRAD_A2 - WINOGRAD_B2))
#define WINOGRAD_NB (2 * WINOGRAD_B2 * (WINOGRAD_B2 - WINOGRAD_A2))

// Six inputs of a tile.
INLINE void FN(winograd_input_line)(const V *d, V *v) {
  const V a = (V)WINOGRAD_A, b = (V)WINOGRAD_B, a2 = (V)WINOGRAD_A2, b2 = (V)WINOGRAD_B2;
  const V last = (V)WINOGRAD_N0, middle = -(a2 + b2);
  v[0] = FMA(last, d[0], FMA(middle, d[2], d[4]));
  const V even_a = FMA(-b2, d[2], d[4]), odd_a = FMA(-b2, d[1], d[3]);
  v[1] = FMA(a, odd_a, even_a);
  v[2] = FMA(-a, odd_a, even_a);
  const V even_b = FMA(-a2, d[2], d[4]), odd_b = FMA(-a2, d[1], d[3]);
  v[3] = FMA(b, odd_b, even_b);
  v[4] = FMA(-b, odd_b, even_b);
  v[5] = FMA(last, d[1], FMA(middle, d[3], d[5]));
}

// Three taps of a filter.
INLINE void FN(winograd_weight_line)(const V *g, V *u) {
  const V a = (V)WINOGRAD_A, b = (V)WINOGRAD_B, a2 = (V)WINOGRAD_A2, b2 = (V)WINOGRAD_B2;
  const V na = (V)(1 / WINOGRAD_NA), nb = (V)(1 / WINOGRAD_NB);
  const V even_a = FMA(a2, g[2], g[0]), even_b = FMA(b2, g[2], g[0]);
  u[0] = g[0] * (V)(1 / WINOGRAD_N0);
  u[1] = FMA(a, g[1], even_a) * na;
  u[2] = FMA(-a, g[1], even_a) * na;
  u[3] = FMA(b, g[1], even_b) * nb;
  u[4] = FMA(-b, g[1], even_b) * nb;
  u[5] = g[2];
}

// Four outputs of six products.
INLINE void FN(winograd_output_line)(const V *m, V *y) {
  const V a = (V)WINOGRAD_A, b = (V)WINOGRAD_B, a2 = (V)WINOGRAD_A2, b2 = (V)WINOGRAD_B2;
  const V even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];
  y[0] = m[0] + even_a + even_b;
  y[1] = FMA(a, odd_a, b * odd_b);
  y[2] = FMA(a2, even_a, b2 * even_b);
  y[3] = FMA(a * a2, odd_a, FMA(b * b2, odd_b, m[5]));
}

// Four output gradients of a tile, which stand in for the taps of a filter; N is divided by later.
INLINE void FN(winograd_gradient_line)(const V *d, V *w) {
  const V a = (V)WINOGRAD_A, b = (V)WINOGRAD_B, a2 = (V)WINOGRAD_A2, b2 = (V)WINOGRAD_B2;
  const V even_a = FMA(a2, d[2], d[0]), odd_a = FMA(a2, d[3], d[1]);
  const V even_b = FMA(b2, d[2], d[0]), odd_b = FMA(b2, d[3], d[1]);
  w[0] = d[0];
  w[1] = FMA(a, odd_a, even_a);
  w[2] = FMA(-a, odd_a, even_a);
  w[3] = FMA(b, odd_b, even_b);
  w[4] = FMA(-b, odd_b, even_b);
  w[5] = d[3];
}

// Three taps of the weight gradient of six sums of products.
INLINE void FN(winograd_tap_line)(const V *m, V *g) {
  const V a = (V)WINOGRAD_A, b = (V)WINOGRAD_B, a2 = (V)WINOGRAD_A2, b2 = (V)WINOGRAD_B2;
  const V na = (V)(1 / WINOGRAD_NA), nb = (V)(1 / WINOGRAD_NB);
  const V even_a = (m[1] + m[2]) * na, odd_a = (m[1] - m[2]) * na;
  const V even_b = (m[3] + m[4]) * nb, odd_b = (m[3] - m[4]) * nb;
  g[0] = FMA((V)(1 / WINOGRAD_N0), m[0], even_a + even_b);
  g[1] = FMA(a, odd_a, b * odd_b);
  g[2] = FMA(a2, even_a, FMA(b2, even_b, m[5]));
}

// `from` rows and columns to `to` ones, of the vectors d[from][from], by a transform of one line.
#define WINOGRAD_BOTH_AXES(name, line, from, to)                                                 \
  INLINE void FN(name)(V d[from][from], V out[to][to]) {                                         \
    V t[to][from];                                                                               \
    _Pragma("clang loop unroll(full)") for (int x = 0; x < from; x++) {                          \
      V column[from], result[to];                                                                \
      _Pragma("clang loop unroll(full)") for (int y = 0; y < from; y++) column[y] = d[y][x];     \
      FN(line)(column, result);                                                                  \
      _Pragma("clang loop unroll(full)") for (int y = 0; y < to; y++) t[y][x] = result[y];       \
    }                                                                                            \
    _Pragma("clang loop unroll(full)") for (int y = 0; y < to; y++) FN(line)(t[y], out[y]);      \
  }

WINOGRAD_BOTH_AXES(winograd_input_tile, winograd_input_line, 6, 6)
WINOGRAD_BOTH_AXES(winograd_weight_tile, winograd_weight_line, 3, 6)
WINOGRAD_BOTH_AXES(winograd_output_tile, winograd_output_line, 6, 4)
WINOGRAD_BOTH_AXES(winograd_gradient_tile, winograd_gradient_line, 4, 6)
WINOGRAD_BOTH_AXES(winograd_tap_tile, winograd_tap_line, 6, 3)

// to[36][step], rows of apus_pixel_channels(inputs): the transformed inputs of every tile of all
// images, and zeros for the inputs that there are not.
static void FN(winograd_inputs)(const apus_winograd *g, const T *x, T *pixels, T *to) {
  const ptrdiff_t tile_columns = apus_winograd_columns(g), inputs = g->inputs;
  const ptrdiff_t rows = 4 * g->rows + 2, columns = 4 * tile_columns + 2;
  const ptrdiff_t step = apus_winograd_step(g, inputs), channels = apus_pixel_channels(inputs);
  memset(pixels, 0, (size_t)(rows * columns * LANES) * sizeof(T));
  for (ptrdiff_t c = 0; c < inputs; c += LANES) {
    T *v = to + c;
    for (ptrdiff_t n = 0; n < g->images; n++) {
      FN(to_pixels)(x + (n * inputs + c) * g->height * g->width, inputs - c, g->height, g->width,
                    g->before_y, g->before_x, 4 * g->first_row, rows, columns, LANES, pixels);
      for (ptrdiff_t ty = 0; ty < g->rows; ty++)
        for (ptrdiff_t tx = 0; tx < tile_columns; tx++, v += channels) {
          const T *from = pixels + (4 * ty * columns + 4 * tx) * LANES;
          V d[6][6], t[6][6];
#pragma clang loop unroll(full)
          for (int k = 0; k < 36; k++)
            d[k / 6][k % 6] = FN(load)(from + (k / 6 * columns + k % 6) * LANES);
          FN(winograd_input_tile)(d, t);
#pragma clang loop unroll(full)
          for (int k = 0; k < 36; k++) FN(store)(v + k * step, t[k / 6][k % 6]);
        }
    }
  }
  const ptrdiff_t tiles = g->images * g->rows * tile_columns;
  for (ptrdiff_t c = (inputs + LANES - 1) / LANES * LANES; c < channels; c += LANES)
    for (int k = 0; k < 36; k++)
      for (ptrdiff_t t = 0; t < tiles; t++)
        FN(store)(to + k * step + t * channels + c, (V)(T)0);
}

// to[36][step], rows of apus_pixel_channels(outputs): the transformed output gradients of every
// tile of all images.
static void FN(winograd_gradients)(const apus_winograd *g, const T *dy, T *pixels, T *to) {
  const ptrdiff_t tile_columns = apus_winograd_columns(g), outputs = g->outputs;
  const ptrdiff_t rows = 4 * g->rows, columns = 4 * tile_columns;
  const ptrdiff_t step = apus_winograd_step(g, outputs), channels = apus_pixel_channels(outputs);
  memset(pixels, 0, (size_t)(rows * columns * LANES) * sizeof(T));
  for (ptrdiff_t o = 0; o < outputs; o += LANES) {
    T *w = to + o;
    for (ptrdiff_t n = 0; n < g->images; n++) {
      FN(to_pixels)(dy + (n * outputs + o) * g->out_height * g->out_width, outputs - o,
                    g->out_height, g->out_width, 0, 0, 4 * g->first_row, rows, columns, LANES,
                    pixels);
      for (ptrdiff_t ty = 0; ty < g->rows; ty++)
        for (ptrdiff_t tx = 0; tx < tile_columns; tx++, w += channels) {
          const T *from = pixels + (4 * ty * columns + 4 * tx) * LANES;
          V d[4][4], t[6][6];
#pragma clang loop unroll(full)
          for (int k = 0; k < 16; k++)
            d[k / 4][k % 4] = FN(load)(from + (k / 4 * columns + k % 4) * LANES);
          FN(winograd_gradient_tile)(d, t);
#pragma clang loop unroll(full)
          for (int k = 0; k < 36; k++) FN(store)(w + k * step, t[k / 6][k % 6]);
        }
    }
  }
}
