// Convolutions of each channel alone; see apus_depthwise.h. Lanes are outputs beside each other,
// whose taps are read from a padded copy of the plane, so that each of them lies inside.

// The plane in the middle of `padded`, as far as windows reach; its surroundings stay as they are.
INLINE void FN(depthwise_pad)(const T *x, const apus_windows *w, T *padded) {
  const apus_window_axis y = w->y, a = w->x;
  const ptrdiff_t row = apus_depthwise_row(w), reach = apus_depthwise_reach(&a) - a.before;
  const ptrdiff_t width = a.input < reach ? a.input : reach;
  const ptrdiff_t rows = apus_depthwise_reach(&y) - y.before;
  // Rows have room for a vector beyond their last tap, where zeros may go.
  for (ptrdiff_t i = 0; i < y.input && i < rows; i++)
    for (ptrdiff_t j = 0; j < width; j += LANES)
      FN(store)(padded + (i + y.before) * row + a.before + j,
                FN(load_up_to)(x + i * a.input + j, (size_t)(width - j), 0));
}

// Whether windows are 3 x 3, one step apart and without gaps.
INLINE bool FN(depthwise_is_plain)(const apus_windows *w) {
  return w->y.kernel == 3 && w->x.kernel == 3 && w->y.stride == 1 && w->x.stride == 1 &&
         w->y.dilation == 1 && w->x.dilation == 1;
}

// A row of a kernel over the taps in l.
INLINE V FN(depthwise_tap_row)(const V l[3], const V *factors) {
  return FMA(l[2], factors[2], FMA(l[1], factors[1], l[0] * factors[0]));
}

// One plane of outputs of plain windows: each row of taps is read once, for the three rows of outputs that
// it belongs to.
static void FN(depthwise_plain)(const T *padded, const apus_windows *w, const T *factors, T shift,
                                T *out) {
  const ptrdiff_t row = apus_depthwise_row(w), columns = w->x.output, rows = w->y.output;
  V kept[9];
  for (int k = 0; k < 9; k++) kept[k] = (V)factors[k];
  for (ptrdiff_t c = 0; c < columns; c += LANES) {
    const T *from = padded + c;
    V above = 0, two_above = 0;
    for (ptrdiff_t r = 0; r < rows + 2; r++, from += row) {
      const V l[3] = {FN(load)(from), FN(load)(from + 1), FN(load)(from + 2)};
      const V sum = two_above + FN(depthwise_tap_row)(l, kept + 6);
      if (r >= 2)
        FN(store_up_to)(out + (r - 2) * columns + c, sum, (size_t)(columns - c));
      two_above = above + FN(depthwise_tap_row)(l, kept + 3);
      above = (V)shift + FN(depthwise_tap_row)(l, kept);
    }
  }
}

// Adds the products of the gradients of such a plane and their taps to `sums`, lane by lane.
INLINE void FN(depthwise_plain_part)(const T *padded, const apus_windows *w, const T *g, V sums[9],
                                     size_t count) {
  const ptrdiff_t row = apus_depthwise_row(w), columns = w->x.output, rows = w->y.output;
  const M inside = FN(iota)() < (M)(INT)(count < LANES ? count : LANES);
  V totals[9] = {0}, g0, g1 = 0, g2 = 0;
  for (ptrdiff_t r = 0; r < rows + 2; r++, padded += row, g += columns) {
    g0 = r < rows ? FN(load_up_to)(g, count, 0) : (V)(T)0;
#pragma clang loop unroll(full)
    for (int j = 0; j < 3; j++) {
      V tap = FN(load)(padded + j);
      // 0 times what lies beyond the row might be NaN.
      if (count < LANES) tap = inside ? tap : (V)(T)0;
      // Nor may 0 times what no row of outputs has at this row of the kernel.
      if (r < rows) totals[j] = FMA(g0, tap, totals[j]);
      if (r >= 1 && r <= rows) totals[3 + j] = FMA(g1, tap, totals[3 + j]);
      if (r >= 2) totals[6 + j] = FMA(g2, tap, totals[6 + j]);
    }
    g2 = g1;
    g1 = g0;
  }
  for (int k = 0; k < 9; k++) sums[k] += totals[k];
}

static void FN(depthwise_plain_sums)(const T *padded, const apus_windows *w, const T *g,
                                     V sums[9]) {
  ptrdiff_t c = 0;
  for (; c + LANES <= w->x.output; c += LANES)
    FN(depthwise_plain_part)(padded + c, w, g + c, sums, LANES);
  if (c < w->x.output)
    FN(depthwise_plain_part)(padded + c, w, g + c, sums, (size_t)(w->x.output - c));
}

// One plane of outputs. A vector may write beyond its row, as long as that is written later.
INLINE void FN(depthwise_plane)(const T *padded, const apus_windows *w, const T *factors, T shift,
                                T *out, const T *out_end, const int stride, const int known) {
  const ptrdiff_t row = apus_depthwise_row(w), columns = w->x.output;
  const ptrdiff_t kh = known ? known : w->y.kernel, kw = known ? known : w->x.kernel;
  V kept[9];
  for (int k = 0; known && k < 9; k++) kept[k] = (V)factors[k];
  for (ptrdiff_t r = 0; r < w->y.output; r++, out += columns)
    for (ptrdiff_t c = 0; c < columns; c += LANES) {
      const T *from = padded + r * w->y.stride * row + c * w->x.stride;
      V sum = (V)shift;
      for (ptrdiff_t i = 0; i < kh; i++, from += w->y.dilation * row)
        for (ptrdiff_t j = 0; j < kw; j++)
          sum = FMA(known ? kept[i * kw + j] : (V)factors[i * kw + j],
                    FN(load_apart)(from + j * w->x.dilation, w->x.stride, stride), sum);
      if (c + LANES <= out_end - out) FN(store)(out + c, sum);
      else FN(store_up_to)(out + c, sum, (size_t)(columns - c));
    }
}

// Sums of the products of the gradients of one plane of outputs and the taps that each is made of.
INLINE void FN(depthwise_sums)(const T *padded, const apus_windows *w, const T *g, T *sums,
                               const int stride, const int known) {
  const ptrdiff_t row = apus_depthwise_row(w), columns = w->x.output;
  const ptrdiff_t kh = known ? known : w->y.kernel, kw = known ? known : w->x.kernel;
  // All taps of a row of the kernel together; a wide one in parts.
  for (ptrdiff_t i = 0; i < kh; i++)
    for (ptrdiff_t first = 0; first < kw; first += 3) {
      V totals[3] = {(V)(T)0, (V)(T)0, (V)(T)0};
      for (ptrdiff_t r = 0; r < w->y.output; r++)
        for (ptrdiff_t c = 0; c < columns; c += LANES) {
          const T *from = padded + (r * w->y.stride + i * w->y.dilation) * row +
                          c * w->x.stride + first * w->x.dilation;
          const bool whole = c + LANES <= columns;
          const V factor = FN(load_up_to)(g + r * columns + c, (size_t)(columns - c), 0);
#pragma clang loop unroll(full)
          for (int j = 0; j < 3; j++) {
            if (!known && first + j >= kw) break;
            V tap = FN(load_apart)(from + j * w->x.dilation, w->x.stride, stride);
            // 0 times what lies beyond the row might be NaN.
            if (!whole) tap = FN(iota)() < (M)(INT)(columns - c) ? tap : (V)(T)0;
            totals[j] = FMA(factor, tap, totals[j]);
          }
        }
      for (ptrdiff_t j = 0; j < 3 && first + j < kw; j++)
        sums[i * kw + first + j] += FN(merge_lanes)(APUS_REDUCE_SUM, totals[j]);
    }
}

#define DEPTHWISE(FUNCTION, ...)                                                                 \
  do {                                                                                           \
    const apus_windows *w_ = &d->windows;                                                        \
    const bool three = w_->y.kernel == 3 && w_->x.kernel == 3;                                   \
    if (w_->x.stride == 1 && three) FN(FUNCTION)(__VA_ARGS__, 1, 3);                             \
    else if (w_->x.stride == 1) FN(FUNCTION)(__VA_ARGS__, 1, 0);                                 \
    else if (w_->x.stride == 2 && three) FN(FUNCTION)(__VA_ARGS__, 2, 3);                        \
    else if (w_->x.stride == 2) FN(FUNCTION)(__VA_ARGS__, 2, 0);                                 \
    else FN(FUNCTION)(__VA_ARGS__, 0, 0);                                                        \
  } while (0)

static void FN(depthwise)(const apus_depthwise *d, size_t first, size_t planes, const T *x,
                          const T *weight, bool flipped, const T *bias, T *out, T *scratch) {
  const ptrdiff_t area = d->windows.y.output * d->windows.x.output;
  const ptrdiff_t taps = d->windows.y.kernel * d->windows.x.kernel;
  const T *out_end = out + (ptrdiff_t)planes * d->outputs * area;
  const bool is_plain = FN(depthwise_is_plain)(&d->windows);
  T *padded = scratch + taps;
  memset(padded, 0, (apus_depthwise_scratch(d) - (size_t)taps) * sizeof(T));
  for (size_t p = first; p < first + planes; p++, x += d->windows.y.input * d->windows.x.input) {
    FN(depthwise_pad)(x, &d->windows, padded);
    for (ptrdiff_t o = 0; o < d->outputs; o++, out += area) {
      const ptrdiff_t channel = (ptrdiff_t)p % d->channels * d->outputs + o;
      for (ptrdiff_t k = 0; k < taps; k++)
        scratch[k] = weight[channel * taps + (flipped ? taps - 1 - k : k)];
      const T shift = bias ? bias[channel] : 0;
      if (is_plain) FN(depthwise_plain)(padded, &d->windows, scratch, shift, out);
      else DEPTHWISE(depthwise_plane, padded, &d->windows, scratch, shift, out, out_end);
    }
  }
}

static void FN(depthwise_weight_grad)(const apus_depthwise *d, size_t images, size_t channel,
                                      const T *x, const T *g, T *out, T *scratch) {
  const ptrdiff_t plane = d->windows.y.input * d->windows.x.input;
  const ptrdiff_t area = d->windows.y.output * d->windows.x.output;
  const ptrdiff_t taps = d->windows.y.kernel * d->windows.x.kernel;
  memset(scratch, 0, apus_depthwise_scratch(d) * sizeof(T));
  memset(out, 0, (size_t)(d->outputs * taps) * sizeof(T));
  const bool is_plain = FN(depthwise_is_plain)(&d->windows) && d->outputs == 1;
  V plain[9] = {0};
  for (size_t n = 0; n < images; n++) {
    const ptrdiff_t place = (ptrdiff_t)n * d->channels + (ptrdiff_t)channel;
    FN(depthwise_pad)(x + place * plane, &d->windows, scratch);
    for (ptrdiff_t o = 0; o < d->outputs; o++) {
      const T *gradient = g + (place * d->outputs + o) * area;
      T *sums = out + o * taps;
      if (is_plain) FN(depthwise_plain_sums)(scratch, &d->windows, gradient, plain);
      else DEPTHWISE(depthwise_sums, scratch, &d->windows, gradient, sums);
    }
  }
  for (int k = 0; is_plain && k < 9; k++) out[k] = FN(merge_lanes)(APUS_REDUCE_SUM, plain[k]);
}
#undef DEPTHWISE
