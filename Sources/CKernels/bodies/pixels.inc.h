// Planes of channels as pixels, whose lanes are channels, and back; and products of pixels, which are
// what convolutions are made of. Images of any extents fill the lanes, and transforms of a pixel cost
// for 16 channels what they cost for one.

// A product computes up to MR pixels, or rows, times WIDTH channels.
#undef PIXEL_VECTORS
#if LANES == APUS_PIXEL_BLOCK
#define PIXEL_VECTORS 1
#else
#define PIXEL_VECTORS 2
#endif
#define PIXEL_WIDTH (PIXEL_VECTORS * LANES)
#if defined(APUS_AVX512)
#define PIXEL_MR APUS_PIXEL_ROWS
#define PIXEL_MORE_CASES(CALL)                                                                    \
  case 6: CALL(6); break;                                                                         \
  case 7: CALL(7); break;                                                                         \
  case 8: CALL(8); break;                                                                         \
  case 9: CALL(9); break;                                                                         \
  case 10: CALL(10); break;                                                                       \
  case 11: CALL(11); break;
#else
#define PIXEL_MR 6
#define PIXEL_MORE_CASES(CALL)
#endif
#define PIXEL_SWITCH(rows, CALL)                                                                  \
  switch (rows) {                                                                                 \
    case 1: CALL(1); break;                                                                       \
    case 2: CALL(2); break;                                                                       \
    case 3: CALL(3); break;                                                                       \
    case 4: CALL(4); break;                                                                       \
    case 5: CALL(5); break;                                                                       \
    PIXEL_MORE_CASES(CALL)                                                                        \
    default: CALL(PIXEL_MR);                                                                      \
  }

// How many of `count` rows a product takes: up to MR, and all products about as many.
#define PIXEL_SHARE(count) pixel_share(count, PIXEL_MR)
#if !defined(PIXEL_SHARE_DEFINED)
#define PIXEL_SHARE_DEFINED
static inline ptrdiff_t pixel_share(ptrdiff_t count, ptrdiff_t most) {
  const ptrdiff_t parts = (count + most - 1) / most;
  return (count + parts - 1) / parts;
}
#endif

// The first LANES of the planes of `channels` channels as pixels `step` elements apart: `rows` rows of `columns` pixels, from
// row `first` of the padded plane on. What lies outside of the planes is left as it is, or set to 0;
// so are the lanes beyond the last channel, where the next pixel may lie.
static void FN(to_pixels)(const T *x, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width,
                          ptrdiff_t before_y, ptrdiff_t before_x, ptrdiff_t first, ptrdiff_t rows,
                          ptrdiff_t columns, ptrdiff_t step, T *pixels) {
  const ptrdiff_t area = height * width;
  const ptrdiff_t wanted = width < columns - before_x ? width : columns - before_x;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t y = first + r - before_y;
    if (y < 0 || y >= height) continue;
    const T *from = x + y * width;
    T *to = pixels + (r * columns + before_x) * step;
    for (ptrdiff_t k = 0; k < wanted; k += LANES, from += LANES, to += LANES * step) {
      const ptrdiff_t rest = wanted - k;
      V lines[LANES];
      if (rest >= LANES && channels >= LANES) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) lines[i] = FN(load)(from + i * area);
      } else if (channels >= LANES) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) lines[i] = FN(load_part)(from + i * area, (size_t)rest, 0);
      } else {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++)
          lines[i] = i < channels ? FN(load_up_to)(from + i * area, (size_t)rest, 0) : (V)(T)0;
      }
      FN(transpose)(lines);
#pragma clang loop unroll(full)
      for (int i = 0; i < LANES; i++)
        if (i < rest) FN(store)(to + i * step, lines[i]);
    }
  }
}

// The same of all channels, with zeros around them, and behind the last one where the step has room.
static void FN(to_padded_pixels)(const T *x, ptrdiff_t channels, ptrdiff_t height, ptrdiff_t width,
                                 ptrdiff_t before_y, ptrdiff_t before_x, ptrdiff_t first,
                                 ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t step, T *pixels) {
  const ptrdiff_t end = before_x + width < columns ? before_x + width : columns;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t y = first + r - before_y;
    T *row = pixels + r * columns * step;
    const bool is_outside = y < 0 || y >= height || before_x >= columns;
    const ptrdiff_t left = is_outside ? columns : before_x;
    memset(row, 0, (size_t)(left * step) * sizeof(T));
    if (!is_outside) memset(row + end * step, 0, (size_t)((columns - end) * step) * sizeof(T));
  }
  for (ptrdiff_t c = 0; c < step; c += LANES)
    FN(to_pixels)(x + c * height * width, channels - c, height, width, before_y, before_x, first,
                  rows, columns, step, pixels + c);
}

// Writes pixels of WIDTH channels, in rows of `columns`, to the planes of `count` of them.
static void FN(to_planes)(const T *pixels, ptrdiff_t columns, ptrdiff_t rows, ptrdiff_t width,
                          ptrdiff_t area, ptrdiff_t count, T *y) {
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t k = 0; k < width; k += LANES)
      for (ptrdiff_t o = 0; o < count && o < PIXEL_WIDTH; o += LANES) {
        const ptrdiff_t rest = width - k;
        T *to = y + o * area + r * width + k;
        V lines[LANES];
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++)
          lines[i] = FN(load)(pixels + (r * columns + k + i) * PIXEL_WIDTH + o);
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

// The first WIDTH of `count` biases, zeros in the place of those that there are not.
INLINE void FN(pixel_start)(const T *bias, ptrdiff_t count, T *start) {
  for (ptrdiff_t i = 0; i < PIXEL_WIDTH; i++) start[i] = bias && i < count ? bias[i] : 0;
}

INLINE void FN(pixel_product_of)(const T *v, ptrdiff_t v_step, const apus_pixel_tap *taps,
                                 ptrdiff_t count, const T *u, ptrdiff_t depth, const T *start, T *m,
                                 ptrdiff_t m_row, const int rows) {
  V sums[PIXEL_MR][PIXEL_VECTORS];
#pragma clang loop unroll(full)
  for (int j = 0; j < PIXEL_VECTORS; j++) {
    const V first = FN(load)(start + j * LANES);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) sums[i][j] = first;
  }
  for (ptrdiff_t t = 0; t < count; t++) {
    const T *from = v + taps[t].pixels, *by = u + taps[t].weight;
    for (ptrdiff_t k = 0; k < depth; k++, by += APUS_PIXEL_BLOCK) {
      V factors[PIXEL_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < PIXEL_VECTORS; j++) factors[j] = FN(load)(by + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < PIXEL_VECTORS; j++)
          sums[i][j] = FMA((V)from[i * v_step + k], factors[j], sums[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < PIXEL_VECTORS; j++) FN(store)(m + i * m_row + j * LANES, sums[i][j]);
}

// m[rows][WIDTH] = start + the sum over taps of `rows` <= MR pixels, `v_step` apart, times the rows of u,
// BLOCK apart.
static void FN(pixel_product)(const T *v, ptrdiff_t v_step, const apus_pixel_tap *taps,
                              ptrdiff_t count, const T *u, ptrdiff_t depth, const T *start, T *m,
                              ptrdiff_t m_row, ptrdiff_t rows) {
#define CALL(known) FN(pixel_product_of)(v, v_step, taps, count, u, depth, start, m, m_row, known)
  PIXEL_SWITCH(rows, CALL)
#undef CALL
}

// Steps from pixel to pixel, and from line to line of pixels.
#if !defined(PIXEL_STEPS_DEFINED)
#define PIXEL_STEPS_DEFINED
typedef struct {
  ptrdiff_t pixel, line;
} pixel_steps;
#endif

INLINE void FN(pixel_outer_of)(const T *w, pixel_steps w_steps, const T *v, pixel_steps v_steps,
                               ptrdiff_t lines, ptrdiff_t pixels, T *sums, ptrdiff_t sums_row,
                               const int rows) {
  V totals[PIXEL_MR][PIXEL_VECTORS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < PIXEL_VECTORS; j++)
      totals[i][j] = FN(load)(sums + i * sums_row + j * LANES);
  for (ptrdiff_t l = 0; l < lines; l++) {
    const T *a = w + l * w_steps.line, *b = v + l * v_steps.line;
    for (ptrdiff_t t = 0; t < pixels; t++, a += w_steps.pixel, b += v_steps.pixel) {
      V factors[PIXEL_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < PIXEL_VECTORS; j++) factors[j] = FN(load)(b + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < PIXEL_VECTORS; j++)
          totals[i][j] = FMA((V)a[i], factors[j], totals[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < PIXEL_VECTORS; j++)
      FN(store)(sums + i * sums_row + j * LANES, totals[i][j]);
}

// sums[count][WIDTH] += the products of `count` channels of w and WIDTH of v, summed over pixels.
static void FN(pixel_outer)(const T *w, pixel_steps w_steps, const T *v, pixel_steps v_steps,
                            ptrdiff_t lines, ptrdiff_t pixels, T *sums, ptrdiff_t sums_row,
                            ptrdiff_t count) {
  const ptrdiff_t share = PIXEL_SHARE(count);
  for (ptrdiff_t i = 0; i < count; i += share, w += share, sums += share * sums_row) {
    const ptrdiff_t rows = count - i < share ? count - i : share;
#define CALL(known) \
  FN(pixel_outer_of)(w, w_steps, v, v_steps, lines, pixels, sums, sums_row, known)
    PIXEL_SWITCH(rows, CALL)
#undef CALL
  }
}
