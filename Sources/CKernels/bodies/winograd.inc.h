// Minimal filtering of 3 x 3 kernels; see apus_winograd.h. Lanes are channels.

#include "winograd_transforms.inc.h"

// u[36][step], rows of BLOCK for each input, zeros beyond the last output.
static void FN(winograd_weight)(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs, bool flipped,
                                ptrdiff_t first, T *u) {
  const ptrdiff_t step = apus_winograd_weight_step(inputs);
  for (ptrdiff_t c = 0; c < inputs; c++)
    for (ptrdiff_t o = 0; o < APUS_PIXEL_BLOCK; o += LANES) {
      T taps[9][LANES];
      memset(taps, 0, sizeof(taps));
      for (ptrdiff_t i = 0; i < LANES && first + o + i < outputs; i++) {
        const ptrdiff_t out = first + o + i;
        const T *from = weight + (flipped ? c * outputs + out : out * inputs + c) * 9;
        for (int k = 0; k < 9; k++) taps[k][i] = from[flipped ? 8 - k : k];
      }
      V d[3][3], t[6][6];
#pragma clang loop unroll(full)
      for (int k = 0; k < 9; k++) d[k / 3][k % 3] = FN(load)(taps[k]);
      FN(winograd_weight_tile)(d, t);
#pragma clang loop unroll(full)
      for (int k = 0; k < 36; k++)
        FN(store)(u + k * step + c * APUS_PIXEL_BLOCK + o, t[k / 6][k % 6]);
    }
}

static void FN(winograd_forward)(const apus_winograd *g, const T *x, const T *u, const T *bias,
                                 T *y, T *scratch) {
  const ptrdiff_t tile_columns = apus_winograd_columns(g), inputs = g->inputs;
  const ptrdiff_t image_tiles = g->rows * tile_columns, tiles = g->images * image_tiles;
  const ptrdiff_t step = apus_winograd_step(g, inputs), channels = apus_pixel_channels(inputs);
  const ptrdiff_t columns = 4 * tile_columns, rows = 4 * g->rows;
  T *v = scratch, *m = v + 36 * step, *pixels = m + 36 * APUS_PIXEL_ROWS * APUS_PIXEL_BLOCK;
  FN(winograd_inputs)(g, x, pixels, v);
  const ptrdiff_t area = g->out_height * g->out_width, first = 4 * g->first_row;
  const ptrdiff_t out_rows = first + rows > g->out_height ? g->out_height - first : rows;
  const apus_pixel_tap only = {0, 0};
  const T zeros[PIXEL_WIDTH] = {0};
  for (ptrdiff_t o = 0; o < g->outputs; o += PIXEL_WIDTH) {
    const T *weight = u + o / APUS_PIXEL_BLOCK * 36 * apus_winograd_weight_step(inputs) +
                      o % APUS_PIXEL_BLOCK;
    T shifts[PIXEL_WIDTH];
    FN(pixel_start)(bias ? bias + o : NULL, g->outputs - o, shifts);
    const ptrdiff_t share = PIXEL_SHARE(tiles);
    ptrdiff_t ty = 0, tx = 0;
    for (ptrdiff_t p = 0; p < tiles; p += share) {
      const ptrdiff_t some = tiles - p < share ? tiles - p : share;
      for (int k = 0; k < 36; k++)
        FN(pixel_product)(v + k * step + p * channels, channels, &only, 1,
                          weight + k * apus_winograd_weight_step(inputs), inputs, zeros,
                          m + k * PIXEL_MR * PIXEL_WIDTH, PIXEL_WIDTH, some);
      for (ptrdiff_t i = 0; i < some; i++) {
        T *to = pixels + (4 * ty * columns + 4 * tx) * PIXEL_WIDTH;
        for (int j = 0; j < PIXEL_VECTORS; j++) {
          const T *from = m + i * PIXEL_WIDTH + j * LANES;
          const V shift = FN(load)(shifts + j * LANES);
          V d[6][6], t[4][4];
#pragma clang loop unroll(full)
          for (int k = 0; k < 36; k++)
            d[k / 6][k % 6] = FN(load)(from + k * PIXEL_MR * PIXEL_WIDTH);
          FN(winograd_output_tile)(d, t);
#pragma clang loop unroll(full)
          for (int k = 0; k < 16; k++)
            FN(store)(to + (k / 4 * columns + k % 4) * PIXEL_WIDTH + j * LANES,
                      t[k / 4][k % 4] + shift);
        }
        if (++tx == tile_columns) {
          tx = 0;
          ty++;
        }
      }
    }
    for (ptrdiff_t n = 0; n < g->images; n++)
      FN(to_planes)(pixels + n * rows * columns * PIXEL_WIDTH, columns, out_rows,
                    g->out_width, area, g->outputs - o,
                    y + (n * g->outputs + o) * area + first * g->out_width);
  }
}

static void FN(winograd_weight_grad)(const apus_winograd *g, const T *x, const T *dy, T *sums,
                                     T *scratch) {
  const ptrdiff_t inputs = g->inputs, outputs = g->outputs;
  const ptrdiff_t tiles = g->images * g->rows * apus_winograd_columns(g);
  const ptrdiff_t v_step = apus_winograd_step(g, inputs), v_row = apus_pixel_channels(inputs);
  const ptrdiff_t w_step = apus_winograd_step(g, outputs), w_row = apus_pixel_channels(outputs);
  T *v = scratch, *w = v + 36 * v_step, *pixels = w + 36 * w_step;
  FN(winograd_inputs)(g, x, pixels, v);
  FN(winograd_gradients)(g, dy, pixels, w);
  for (int k = 0; k < 36; k++, v += v_step, w += w_step,
           sums += apus_winograd_sums_step(inputs, outputs))
    for (ptrdiff_t c = 0; c < inputs; c += PIXEL_WIDTH)
      FN(pixel_outer)(w, (pixel_steps){w_row, 0}, v + c, (pixel_steps){v_row, 0}, 1, tiles,
                      sums + c, v_row, outputs);
}

static void FN(winograd_weight_finish)(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs, T *out) {
  const ptrdiff_t row = apus_pixel_channels(inputs);
  const ptrdiff_t step = apus_winograd_sums_step(inputs, outputs);
  for (ptrdiff_t o = 0; o < outputs; o++)
    for (ptrdiff_t c = 0; c < inputs; c += LANES) {
      V d[6][6], t[3][3];
#pragma clang loop unroll(full)
      for (int k = 0; k < 36; k++) d[k / 6][k % 6] = FN(load)(sums + k * step + o * row + c);
      FN(winograd_tap_tile)(d, t);
      T taps[9][LANES];
#pragma clang loop unroll(full)
      for (int k = 0; k < 9; k++) FN(store)(taps[k], t[k / 3][k % 3]);
      for (ptrdiff_t i = 0; i < LANES && c + i < inputs; i++)
        for (int k = 0; k < 9; k++) out[(o * inputs + c + i) * 9 + k] = taps[k][i];
    }
}
