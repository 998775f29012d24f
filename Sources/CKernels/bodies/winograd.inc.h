// Minimal filtering of 3 x 3 kernels; see apus_winograd.h. Lanes are channels: tiles of any number
// fill them, and the transforms of 16 channels cost what those of one do.

#include "winograd_transforms.inc.h"

// A product computes so many tiles, or outputs, times WIDTH channels.
#if defined(APUS_AVX512)
#define WINOGRAD_MR 12
#else
#define WINOGRAD_MR 6
#endif
#undef WINOGRAD_VECTORS
#if LANES == APUS_WINOGRAD_BLOCK
#define WINOGRAD_VECTORS 1
#else
#define WINOGRAD_VECTORS 2
#endif
#define WINOGRAD_WIDTH (WINOGRAD_VECTORS * LANES)

// u[36][step], rows of BLOCK for each input, zeros beyond the last output.
static void FN(winograd_weight)(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs, bool flipped,
                                ptrdiff_t first, T *u) {
  const ptrdiff_t step = apus_winograd_weight_step(inputs);
  for (ptrdiff_t c = 0; c < inputs; c++)
    for (ptrdiff_t o = 0; o < APUS_WINOGRAD_BLOCK; o += LANES) {
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
        FN(store)(u + k * step + c * APUS_WINOGRAD_BLOCK + o, t[k / 6][k % 6]);
    }
}

// m[rows][WIDTH] = one element of the transformed outputs of `rows` <= MR tiles and WIDTH outputs.
INLINE void FN(winograd_product)(const T *v, ptrdiff_t row, const T *u, ptrdiff_t depth, T *m,
                                 const int rows) {
  V sums[WINOGRAD_MR][WINOGRAD_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++) sums[i][j] = (V)(T)0;
  for (ptrdiff_t k = 0; k < depth; k++, u += APUS_WINOGRAD_BLOCK) {
    V factors[WINOGRAD_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++) factors[j] = FN(load)(u + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < WINOGRAD_VECTORS; j++)
        sums[i][j] = FMA((V)v[i * row + k], factors[j], sums[i][j]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++)
      FN(store)(m + i * WINOGRAD_WIDTH + j * LANES, sums[i][j]);
}

// The same for all 36 elements and any number of tiles up to MR.
INLINE void FN(winograd_products)(const T *v, ptrdiff_t row, ptrdiff_t step, const T *u,
                                  ptrdiff_t depth, T *m, ptrdiff_t tiles) {
  for (int k = 0; k < 36; k++, v += step, u += apus_winograd_weight_step(depth),
           m += WINOGRAD_MR * WINOGRAD_WIDTH) {
    if (tiles == WINOGRAD_MR) {
      FN(winograd_product)(v, row, u, depth, m, WINOGRAD_MR);
      continue;
    }
    ptrdiff_t i = 0;
    if (WINOGRAD_MR > 8 && tiles >= 8) {
      FN(winograd_product)(v, row, u, depth, m, 8);
      i = 8;
    }
    for (; i + 4 <= tiles; i += 4)
      FN(winograd_product)(v + i * row, row, u, depth, m + i * WINOGRAD_WIDTH, 4);
    for (; i < tiles; i++)
      FN(winograd_product)(v + i * row, row, u, depth, m + i * WINOGRAD_WIDTH, 1);
  }
}

// Writes pixels of WIDTH outputs, in rows of `columns`, to the planes of `count` of them.
INLINE void FN(winograd_planes)(const T *pixels, ptrdiff_t columns, ptrdiff_t rows, ptrdiff_t width,
                                ptrdiff_t area, ptrdiff_t count, T *y) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t k = 0; k < width; k += LANES)
      for (ptrdiff_t o = 0; o < count; o += LANES) {
        const ptrdiff_t rest = width - k;
        T *to = y + o * area + r * width + k;
        V lines[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++)
          lines[i] = FN(load)(pixels + (r * columns + k + i) * WINOGRAD_WIDTH + o);
        FN(transpose)(lines);
        if (rest >= LANES && count - o >= LANES) {
#pragma clang loop unroll(full)
          for (int i = 0; i < LANES; i++) FN(store)(to + i * area, lines[i]);
        } else if (count - o >= LANES) {
#pragma clang loop unroll(full)
          for (int i = 0; i < LANES; i++) FN(store_part)(to + i * area, lines[i], (size_t)rest);
        } else {
#pragma clang loop unroll(full)
          for (int i = 0; i < LANES; i++)
            if (i < count - o) FN(store_up_to)(to + i * area, lines[i], (size_t)rest);
        }
      }
}

static void FN(winograd_forward)(const apus_winograd *g, const T *x, const T *u, const T *bias,
                                 T *y, T *scratch) {
  const ptrdiff_t tile_columns = apus_winograd_columns(g), inputs = g->inputs;
  const ptrdiff_t image_tiles = g->rows * tile_columns, tiles = g->images * image_tiles;
  const ptrdiff_t step = apus_winograd_step(g, inputs), channels = apus_winograd_channels(inputs);
  const ptrdiff_t columns = 4 * tile_columns, rows = 4 * g->rows;
  T *v = scratch, *m = v + 36 * step, *pixels = m + 36 * 12 * APUS_WINOGRAD_BLOCK;
  FN(winograd_inputs)(g, x, pixels, v);
  const ptrdiff_t area = g->out_height * g->out_width, first = 4 * g->first_row;
  const ptrdiff_t out_rows = first + rows > g->out_height ? g->out_height - first : rows;
  for (ptrdiff_t o = 0; o < g->outputs; o += WINOGRAD_WIDTH) {
    const T *weight = u + o / APUS_WINOGRAD_BLOCK * 36 * apus_winograd_weight_step(inputs) +
                      o % APUS_WINOGRAD_BLOCK;
    const ptrdiff_t count = g->outputs - o < WINOGRAD_WIDTH ? g->outputs - o : WINOGRAD_WIDTH;
    V shifts[WINOGRAD_VECTORS];
    for (int j = 0; j < WINOGRAD_VECTORS; j++) {
      const ptrdiff_t left = count - j * LANES;
      shifts[j] = bias && left > 0 ? FN(load_up_to)(bias + o + j * LANES, (size_t)left, 0)
                                   : (V)(T)0;
    }
    ptrdiff_t ty = 0, tx = 0;
    for (ptrdiff_t p = 0; p < tiles; p += WINOGRAD_MR) {
      const ptrdiff_t some = tiles - p < WINOGRAD_MR ? tiles - p : WINOGRAD_MR;
      FN(winograd_products)(v + p * channels, channels, step, weight, inputs, m, some);
      for (ptrdiff_t i = 0; i < some; i++) {
        T *to = pixels + (4 * ty * columns + 4 * tx) * WINOGRAD_WIDTH;
        for (int j = 0; j < WINOGRAD_VECTORS; j++) {
          const T *from = m + i * WINOGRAD_WIDTH + j * LANES;
          V d[6][6], t[4][4];
#pragma clang loop unroll(full)
          for (int k = 0; k < 36; k++)
            d[k / 6][k % 6] = FN(load)(from + k * WINOGRAD_MR * WINOGRAD_WIDTH);
          FN(winograd_output_tile)(d, t);
#pragma clang loop unroll(full)
          for (int k = 0; k < 16; k++)
            FN(store)(to + (k / 4 * columns + k % 4) * WINOGRAD_WIDTH + j * LANES,
                      t[k / 4][k % 4] + shifts[j]);
        }
        if (++tx == tile_columns) {
          tx = 0;
          ty++;
        }
      }
    }
    for (ptrdiff_t n = 0; n < g->images; n++)
      FN(winograd_planes)(pixels + n * rows * columns * WINOGRAD_WIDTH, columns, out_rows,
                          g->out_width, area, count,
                          y + (n * g->outputs + o) * area + first * g->out_width);
  }
}

// sums[rows][WIDTH] += the products of `rows` outputs and WIDTH inputs, summed over tiles.
INLINE void FN(winograd_outer)(const T *w, ptrdiff_t w_row, const T *v, ptrdiff_t v_row,
                               ptrdiff_t tiles, T *sums, ptrdiff_t sums_row, const int rows) {
  V totals[WINOGRAD_MR][WINOGRAD_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++)
      totals[i][j] = FN(load)(sums + i * sums_row + j * LANES);
  for (ptrdiff_t t = 0; t < tiles; t++, w += w_row, v += v_row) {
    V factors[WINOGRAD_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++) factors[j] = FN(load)(v + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
      for (int j = 0; j < WINOGRAD_VECTORS; j++)
        totals[i][j] = FMA((V)w[i], factors[j], totals[i][j]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < WINOGRAD_VECTORS; j++)
      FN(store)(sums + i * sums_row + j * LANES, totals[i][j]);
}

static void FN(winograd_weight_grad)(const apus_winograd *g, const T *x, const T *dy, T *sums,
                                     T *scratch) {
  const ptrdiff_t inputs = g->inputs, outputs = g->outputs;
  const ptrdiff_t tiles = g->images * g->rows * apus_winograd_columns(g);
  const ptrdiff_t v_step = apus_winograd_step(g, inputs), v_row = apus_winograd_channels(inputs);
  const ptrdiff_t w_step = apus_winograd_step(g, outputs), w_row = apus_winograd_channels(outputs);
  T *v = scratch, *w = v + 36 * v_step, *pixels = w + 36 * w_step;
  FN(winograd_inputs)(g, x, pixels, v);
  FN(winograd_gradients)(g, dy, pixels, w);
  for (int k = 0; k < 36; k++, v += v_step, w += w_step,
           sums += apus_winograd_sums_step(inputs, outputs))
    for (ptrdiff_t c = 0; c < inputs; c += WINOGRAD_WIDTH) {
      T *to = sums + c;
      ptrdiff_t o = 0;
      for (; o + WINOGRAD_MR <= outputs; o += WINOGRAD_MR)
        FN(winograd_outer)(w + o, w_row, v + c, v_row, tiles, to + o * v_row, v_row, WINOGRAD_MR);
      for (; o + 4 <= outputs; o += 4)
        FN(winograd_outer)(w + o, w_row, v + c, v_row, tiles, to + o * v_row, v_row, 4);
      for (; o < outputs; o++)
        FN(winograd_outer)(w + o, w_row, v + c, v_row, tiles, to + o * v_row, v_row, 1);
    }
}

static void FN(winograd_weight_finish)(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs, T *out) {
  const ptrdiff_t row = apus_winograd_channels(inputs);
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
