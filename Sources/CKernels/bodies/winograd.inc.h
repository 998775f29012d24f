// Minimal filtering of 3 x 3 kernels; see apus_winograd.h. Lanes are tiles beside each other.

#if !defined(WINOGRAD_NR)
#define WINOGRAD_MR APUS_WINOGRAD_BLOCK
#define WINOGRAD_NR (2 * LANES)
#endif

// The even and the odd columns of rows of a padded plane, apart: 2 * rows rows of `row` elements, of
// which `columns` are wanted. What lies outside of the plane is left as it is or set, to 0.
INLINE void FN(winograd_split)(const T *x, ptrdiff_t height, ptrdiff_t width, ptrdiff_t before_y,
                               ptrdiff_t before_x, ptrdiff_t first, ptrdiff_t rows,
                               ptrdiff_t columns, ptrdiff_t row, T *planes) {
  const ptrdiff_t wanted = width < 2 * columns - before_x ? width : 2 * columns - before_x;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t y = first + r - before_y;
    if (y < 0 || y >= height) continue;
    const T *from = x + y * width;
    T *even = planes + r * row + before_x / 2, *odd = even + rows * row;
    ptrdiff_t rest = wanted;
    if (before_x % 2 && rest > 0) {
      *odd++ = *from++;
      even++;
      rest--;
    }
    for (; rest > 0; rest -= 2 * LANES, from += 2 * LANES, even += LANES, odd += LANES) {
      const V low = FN(load_up_to)(from, (size_t)rest, 0);
      const V high = rest > LANES ? FN(load_up_to)(from + LANES, (size_t)(rest - LANES), 0) : (V)0;
      FN(store)(even, FN(even)(low, high));
      FN(store)(odd, FN(odd)(low, high));
    }
  }
}

// Zeros behind the tiles of all 16 elements of one channel.
INLINE void FN(winograd_clear)(T *v, ptrdiff_t step, ptrdiff_t tiles) {
  for (int k = 0; k < 16; k++) {
    FN(store)(v + k * step + tiles, (V)(T)0);
    FN(store)(v + k * step + tiles + LANES, (V)(T)0);
  }
}

#define TILES(name) FN(name)
#define TILE_VECTOR V
#define TILE_LANES LANES
#include "winograd_tiles.inc.h"

#if defined(APUS_AVX512)
// Rows of few tiles leave half of such a vector empty. With vectors of half the size a training step
// on images of 13 x 13 takes 0.95 of the time.
typedef T FN(half_vector) __attribute__((ext_vector_type(LANES / 2)));
typedef FN(half_vector) FN(half_anywhere) __attribute__((aligned(LANE_BYTES), may_alias));
INLINE FN(half_vector) FN(half_load)(const T *p) { return *(const FN(half_anywhere) *)p; }
INLINE void FN(half_store)(T *p, FN(half_vector) v) { *(FN(half_anywhere) *)p = v; }
#define TILES(name) FN(half_##name)
#define TILE_VECTOR FN(half_vector)
#define TILE_LANES (LANES / 2)
#include "winograd_tiles.inc.h"
#endif

INLINE void FN(winograd_any_inputs)(const apus_winograd *g, const T *x, T *planes, T *to,
                                    ptrdiff_t step) {
#if defined(APUS_AVX512)
  if (apus_winograd_columns(g) <= LANES / 2)
    return FN(half_winograd_inputs)(g, x, planes, to, step);
#endif
  FN(winograd_inputs)(g, x, planes, to, step);
}

INLINE void FN(winograd_any_gradients)(const apus_winograd *g, const T *dy, T *planes, T *to,
                                       ptrdiff_t step) {
#if defined(APUS_AVX512)
  if (apus_winograd_columns(g) <= LANES / 2)
    return FN(half_winograd_gradients)(g, dy, planes, to, step);
#endif
  FN(winograd_gradients)(g, dy, planes, to, step);
}

// u[16][inputs][MR], zeros beyond the last output.
static void FN(winograd_weight)(const T *weight, ptrdiff_t inputs, ptrdiff_t outputs, bool flipped,
                                ptrdiff_t first, T *u) {
  for (ptrdiff_t o = first; o < first + WINOGRAD_MR; o++)
    for (ptrdiff_t c = 0; c < inputs; c++) {
      T g[9], t[4][3];
      for (int k = 0; k < 9; k++)
        g[k] = o >= outputs ? 0
               : flipped    ? weight[(c * outputs + o) * 9 + 8 - k]
                            : weight[(o * inputs + c) * 9 + k];
      for (int k = 0; k < 3; k++) {
        t[0][k] = g[k];
        t[1][k] = (g[k] + g[3 + k] + g[6 + k]) / 2;
        t[2][k] = (g[k] - g[3 + k] + g[6 + k]) / 2;
        t[3][k] = g[6 + k];
      }
      T *to = u + c * WINOGRAD_MR + o - first;
      const ptrdiff_t step = inputs * WINOGRAD_MR;
      for (int i = 0; i < 4; i++, to += 4 * step) {
        to[0] = t[i][0];
        to[step] = (t[i][0] + t[i][1] + t[i][2]) / 2;
        to[2 * step] = (t[i][0] - t[i][1] + t[i][2]) / 2;
        to[3 * step] = t[i][2];
      }
    }
}

// m[rows][NR] = one element of the transformed outputs of `rows` <= MR channels and NR tiles.
INLINE void FN(winograd_product)(const T *u, const T *v, ptrdiff_t depth, T *m, const int rows) {
  V sums[WINOGRAD_MR][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) sums[i][0] = sums[i][1] = (V)(T)0;
  for (ptrdiff_t k = 0; k < depth; k++, u += WINOGRAD_MR, v += WINOGRAD_NR) {
    const V a = FN(load)(v), b = FN(load)(v + LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const V factor = (V)u[i];
      sums[i][0] = FMA(factor, a, sums[i][0]);
      sums[i][1] = FMA(factor, b, sums[i][1]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    FN(store)(m + i * WINOGRAD_NR, sums[i][0]);
    FN(store)(m + i * WINOGRAD_NR + LANES, sums[i][1]);
  }
}

// The same for all 16 elements.
INLINE void FN(winograd_products)(const T *u, const T *v, ptrdiff_t depth, ptrdiff_t panel, T *m,
                                  const int rows) {
  for (int k = 0; k < 16; k++)
    FN(winograd_product)(u + k * depth * WINOGRAD_MR, v + k * panel, depth,
                         m + k * WINOGRAD_MR * WINOGRAD_NR, rows);
}

static void FN(winograd_forward)(const apus_winograd *g, const T *x, const T *u, const T *bias,
                                 T *y, T *scratch) {
  const ptrdiff_t columns = apus_winograd_columns(g), stride = apus_winograd_stride(g);
  const ptrdiff_t tiles = g->images * g->rows * columns, step = WINOGRAD_MR * WINOGRAD_NR;
  const ptrdiff_t inputs = g->inputs, panel = (inputs + 1) * WINOGRAD_NR;
  // v[block of tiles][16][inputs][NR], in the order of reading. A row of NR lies between panels, as
  // otherwise the lines of a channel would share few sets of the cache.
  T *v = scratch, *m = v + 16 * (inputs + 1) * stride, *parts = m + 16 * WINOGRAD_MR * 32;
  T *channel = parts + 4 * WINOGRAD_MR * stride, *planes = channel + 16 * stride;
  memset(planes, 0, (size_t)(2 * (2 * g->rows + 2) * apus_winograd_row(g)) * sizeof(T));
  for (ptrdiff_t c = 0; c < inputs; c++) {
    FN(winograd_any_inputs)(g, x + c * g->height * g->width, planes, channel, stride);
    T *to = v + c * WINOGRAD_NR;
    for (ptrdiff_t p = 0; p < tiles; p += WINOGRAD_NR)
      for (int k = 0; k < 16; k++, to += panel) {
        FN(store)(to, FN(load)(channel + k * stride + p));
        FN(store)(to + LANES, FN(load)(channel + k * stride + p + LANES));
      }
  }
  for (ptrdiff_t o = 0; o < g->outputs; o += WINOGRAD_MR, u += 16 * inputs * WINOGRAD_MR) {
    const ptrdiff_t count = g->outputs - o < WINOGRAD_MR ? g->outputs - o : WINOGRAD_MR;
    for (ptrdiff_t p = 0; p < tiles; p += WINOGRAD_NR) {
      const T *panels = v + p / WINOGRAD_NR * 16 * panel;
      if (count > 4) FN(winograd_products)(u, panels, inputs, panel, m, WINOGRAD_MR);
      else if (count > 2) FN(winograd_products)(u, panels, inputs, panel, m, 4);
      else FN(winograd_products)(u, panels, inputs, panel, m, 2);
      for (ptrdiff_t i = 0; i < count; i++) {
        const V shift = (V)(bias ? bias[o + i] : 0);
        for (int half = 0; half < 2; half++) {
          const T *from = m + i * WINOGRAD_NR + half * LANES;
          V s[2][4];
#pragma clang loop unroll(full)
          for (int j = 0; j < 4; j++) {
            const V m1 = FN(load)(from + (4 + j) * step), m2 = FN(load)(from + (8 + j) * step);
            s[0][j] = FN(load)(from + j * step) + m1 + m2;
            s[1][j] = m1 - m2 - FN(load)(from + (12 + j) * step);
          }
          T *to = parts + 4 * i * stride + p + half * LANES;
#pragma clang loop unroll(full)
          for (int r = 0; r < 2; r++) {
            FN(store)(to + 2 * r * stride, s[r][0] + s[r][1] + s[r][2] + shift);
            FN(store)(to + (2 * r + 1) * stride, s[r][1] - s[r][2] - s[r][3] + shift);
          }
        }
      }
    }
    for (ptrdiff_t n = 0; n < g->images; n++)
      for (ptrdiff_t i = 0; i < count; i++)
        for (ptrdiff_t r = 0; r < 2 * g->rows && 2 * g->first_row + r < g->out_height; r++) {
          const T *even = parts + (4 * i + 2 * (r % 2)) * stride + (n * g->rows + r / 2) * columns;
          const T *odd = even + stride;
          T *to = y + ((n * g->outputs + o + i) * g->out_height + 2 * g->first_row + r) *
                          g->out_width;
          for (ptrdiff_t k = 0; k < g->out_width; k += 2 * LANES, even += LANES, odd += LANES) {
            const V a = FN(load)(even), b = FN(load)(odd);
            const size_t rest = (size_t)(g->out_width - k);
            FN(store_up_to)(to + k, FN(interleave_low)(a, b), rest);
            if (rest > LANES)
              FN(store_up_to)(to + k + LANES, FN(interleave_high)(a, b), rest - LANES);
          }
        }
  }
}

#if LANES >= 4
// The sums of all lanes of four vectors, in the first four lanes.
INLINE V FN(winograd_merge)(V a, V b, V c, V d) {
  const V first = FN(interleave_low)(a, c) + FN(interleave_high)(a, c);
  const V second = FN(interleave_low)(b, d) + FN(interleave_high)(b, d);
  V four = FN(interleave_low)(first, second) + FN(interleave_high)(first, second);
#if LANES >= 16
  four += FN(turn8)(four);
#endif
#if LANES >= 8
  four += FN(turn4)(four);
#endif
  return four;
}
#endif

// sums[rows][columns] += a * transposed b over n elements, a multiple of the lanes.
INLINE void FN(winograd_dots)(const T *a, const T *b, ptrdiff_t stride, ptrdiff_t n,
                              const int rows, const int columns, T *sums, ptrdiff_t sums_row) {
  V totals[4][3];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) totals[i][j] = (V)(T)0;
  for (ptrdiff_t k = 0; k < n; k += LANES) {
    V factors[3];
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) factors[j] = FN(load)(b + j * stride + k);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      const V factor = FN(load)(a + i * stride + k);
#pragma clang loop unroll(full)
      for (int j = 0; j < columns; j++) totals[i][j] = FMA(factor, factors[j], totals[i][j]);
    }
  }
#if LANES >= 4
  if (rows == 4) {
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      const V four = FN(winograd_merge)(totals[0][j], totals[1][j], totals[2][j], totals[3][j]);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) sums[i * sums_row + j] += four[i];
    }
    return;
  }
#endif
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++)
      sums[i * sums_row + j] += FN(merge_lanes)(APUS_REDUCE_SUM, totals[i][j]);
}

// All columns of `rows` rows of sums.
INLINE void FN(winograd_dot_rows)(const T *a, const T *b, ptrdiff_t stride, ptrdiff_t n,
                                  const int rows, ptrdiff_t columns, T *sums) {
  ptrdiff_t c = 0;
  for (; c + 3 <= columns; c += 3)
    FN(winograd_dots)(a, b + c * stride, stride, n, rows, 3, sums + c, columns);
  if (c + 2 == columns)
    FN(winograd_dots)(a, b + c * stride, stride, n, rows, 2, sums + c, columns);
  else if (c < columns)
    FN(winograd_dots)(a, b + c * stride, stride, n, rows, 1, sums + c, columns);
}

static void FN(winograd_weight_grad)(const apus_winograd *g, const T *x, const T *dy, T *sums,
                                     T *scratch) {
  const ptrdiff_t stride = apus_winograd_stride(g), inputs = g->inputs, outputs = g->outputs;
  const ptrdiff_t tiles = g->images * g->rows * apus_winograd_columns(g);
  const ptrdiff_t n = (tiles + LANES - 1) / LANES * LANES;
  // The 16 elements lie a few lines off a power of two apart, so as not to share sets of the cache.
  const ptrdiff_t v_step = inputs * stride + 16, w_step = outputs * stride + 16;
  T *v = scratch, *w = v + 16 * v_step, *planes = w + 16 * w_step;
  const size_t bytes = (size_t)(2 * (2 * g->rows + 2) * apus_winograd_row(g)) * sizeof(T);
  memset(planes, 0, bytes);
  for (ptrdiff_t c = 0; c < inputs; c++)
    FN(winograd_any_inputs)(g, x + c * g->height * g->width, planes, v + c * stride, v_step);
  memset(planes, 0, bytes);
  for (ptrdiff_t o = 0; o < outputs; o++)
    FN(winograd_any_gradients)(g, dy + o * g->out_height * g->out_width, planes, w + o * stride,
                           w_step);
  for (int k = 0; k < 16; k++, v += v_step, w += w_step) {
    ptrdiff_t o = 0;
    for (; o + 4 <= outputs; o += 4, sums += 4 * inputs)
      FN(winograd_dot_rows)(w + o * stride, v, stride, n, 4, inputs, sums);
    for (; o < outputs; o++, sums += inputs)
      FN(winograd_dot_rows)(w + o * stride, v, stride, n, 1, inputs, sums);
  }
}

static void FN(winograd_weight_finish)(const T *sums, ptrdiff_t inputs, ptrdiff_t outputs, T *out) {
  const ptrdiff_t count = inputs * outputs;
  for (ptrdiff_t n = 0; n < count; n++, out += 9) {
    T t[3][4];
    for (int j = 0; j < 4; j++) {
      const T m0 = sums[j * count + n], m1 = sums[(4 + j) * count + n];
      const T m2 = sums[(8 + j) * count + n], m3 = sums[(12 + j) * count + n];
      t[0][j] = m0 + m1 + m2;
      t[1][j] = m1 - m2;
      t[2][j] = m1 + m2 - m3;
    }
    for (int i = 0; i < 3; i++) {
      out[3 * i] = t[i][0] + t[i][1] + t[i][2];
      out[3 * i + 1] = t[i][1] - t[i][2];
      out[3 * i + 2] = t[i][1] + t[i][2] - t[i][3];
    }
  }
}
