// Convolutions on pixels; see apus_pixels.h.

// From pixel to pixel. A vector that is stored for each ends in zeros, where the next pixel comes.
INLINE ptrdiff_t FN(pixel_step)(ptrdiff_t channels) {
  return channels <= LANES ? channels : apus_pixel_channels(channels);
}

// Squares of lanes and of elements that lie one after another, transposed.
static void FN(pixel_weight)(const T *weight, ptrdiff_t outputs, ptrdiff_t inputs, ptrdiff_t taps,
                             bool of_gradient, ptrdiff_t first, T *u) {
  const ptrdiff_t depth = of_gradient ? outputs : inputs, lanes = of_gradient ? inputs : outputs;
  const ptrdiff_t lane_step = of_gradient ? taps : inputs * taps;
  // What lies one after another in a lane: all inputs and taps, or the taps of one output.
  const ptrdiff_t length = of_gradient ? taps : inputs * taps, lines = of_gradient ? outputs : 1;
  for (ptrdiff_t i = 0; i < APUS_PIXEL_BLOCK; i += LANES)
    for (ptrdiff_t l = 0; l < lines; l++) {
      ptrdiff_t d = l, k = 0;
      for (ptrdiff_t j = 0; j < length; j += LANES) {
        const T *from = weight + l * inputs * taps + (first + i) * lane_step + j;
        V square[LANES];
#pragma clang loop unroll(full)
        for (int r = 0; r < LANES; r++)
          square[r] = first + i + r < lanes
                          ? FN(load_up_to)(from + r * lane_step, (size_t)(length - j), 0)
                          : (V)(T)0;
        FN(transpose)(square);
        for (int r = 0; r < LANES && j + r < length; r++) {
          FN(store)(u + (k * depth + d) * APUS_PIXEL_BLOCK + i, square[r]);
          if (++k == taps) {
            k = 0;
            d++;
          }
        }
      }
    }
}

static void FN(pixel_convolve)(const apus_pixel_convolution *g, const T *x, const T *u,
                               const T *bias, T *y, T *scratch) {
  const apus_window_axis ay = g->windows.y, ax = g->windows.x;
  const ptrdiff_t step = FN(pixel_step)(g->inputs), width = ax.output, area = ay.output * width;
  const ptrdiff_t columns = apus_pixel_reach(&ax, width);
  const ptrdiff_t rows = apus_pixel_reach(&ay, g->rows);
  // The taps of a row are one, where their channels lie one after another.
  const bool joins = ax.dilation == 1 && step == g->inputs;
  const ptrdiff_t row_taps = joins ? 1 : ax.kernel, depth = joins ? ax.kernel * step : g->inputs;
  apus_pixel_tap *taps = (apus_pixel_tap *)scratch;
  ptrdiff_t count = 0;
  for (ptrdiff_t ky = 0; ky < ay.kernel; ky++)
    for (ptrdiff_t kx = 0; kx < row_taps; kx++, count++) {
      taps[count].pixels = (ky * ay.dilation * columns + kx * ax.dilation) * step;
      taps[count].weight = count * depth * APUS_PIXEL_BLOCK;
    }
  T *out = (T *)(taps + ay.kernel * ax.kernel);
  T *pixels = out + (g->rows * width + APUS_PIXEL_BLOCK) * APUS_PIXEL_BLOCK;
  FN(to_padded_pixels)(x, g->inputs, ay.input, ax.input, ay.before, ax.before,
                       g->first_row * ay.stride, rows, columns, step, pixels);
  const ptrdiff_t share = PIXEL_SHARE(width);
  for (ptrdiff_t o = 0; o < g->outputs; o += PIXEL_WIDTH) {
    const T *weight = u + o / APUS_PIXEL_BLOCK * APUS_PIXEL_BLOCK * count * depth +
                      o % APUS_PIXEL_BLOCK;
    T start[PIXEL_WIDTH];
    FN(pixel_start)(bias ? bias + o : NULL, g->outputs - o, start);
    for (ptrdiff_t r = 0; r < g->rows; r++)
      for (ptrdiff_t k = 0; k < width; k += share)
        FN(pixel_product)(pixels + (r * ay.stride * columns + k * ax.stride) * step,
                          ax.stride * step, taps, count, weight, depth, start,
                          out + (r * width + k) * PIXEL_WIDTH, PIXEL_WIDTH,
                          width - k < share ? width - k : share);
    FN(to_planes)(out, width, g->rows, width, area, g->outputs - o,
                  y + o * area + g->first_row * width);
  }
}

// Finds the window whose tap `k` lies on element `place` of an axis, which may be beyond the windows that
// there are; false if none has its tap there.
#if !defined(PIXEL_WINDOW_DEFINED)
#define PIXEL_WINDOW_DEFINED
static inline bool pixel_window(const apus_window_axis *axis, ptrdiff_t place, ptrdiff_t k,
                                ptrdiff_t *window) {
  const ptrdiff_t distance = place + axis->before - k * axis->dilation;
  if (distance % axis->stride != 0) return false;
  *window = distance / axis->stride;
  return true;
}
#endif

static void FN(pixel_input_grad)(const apus_pixel_convolution *g, const T *dy, const T *u,
                                 const T *bias, T *x, T *scratch) {
  const apus_window_axis ay = g->windows.y, ax = g->windows.x;
  const ptrdiff_t step = FN(pixel_step)(g->outputs), width = ax.input, area = ay.input * width;
  const apus_pixel_span span_y = apus_pixel_span_of(&ay, g->first_row, g->rows);
  const apus_pixel_span span_x = apus_pixel_whole_span(&ax);
  const ptrdiff_t columns = span_x.count;
  apus_pixel_tap *taps = (apus_pixel_tap *)scratch;
  T *out = (T *)(taps + ay.kernel * ax.kernel);
  T *pixels = out + (g->rows * width + APUS_PIXEL_BLOCK) * APUS_PIXEL_BLOCK;
  FN(to_padded_pixels)(dy, g->outputs, ay.output, ax.output, 0, -span_x.first, span_y.first,
                       span_y.count, columns, step, pixels);
  for (ptrdiff_t c = 0; c < g->inputs; c += PIXEL_WIDTH) {
    const T *weight = u + c / APUS_PIXEL_BLOCK * APUS_PIXEL_BLOCK * ay.kernel * ax.kernel *
                              g->outputs + c % APUS_PIXEL_BLOCK;
    T start[PIXEL_WIDTH];
    FN(pixel_start)(bias ? bias + c : NULL, g->inputs - c, start);
    for (ptrdiff_t r = 0; r < g->rows; r++)
      for (ptrdiff_t first = 0; first < ax.stride && first < width; first++) {
        // Elements a stride apart have the same taps.
        ptrdiff_t count = 0, window_y, window_x;
        for (ptrdiff_t ky = 0; ky < ay.kernel; ky++) {
          if (!pixel_window(&ay, g->first_row + r, ky, &window_y)) continue;
          if (window_y < 0 || window_y >= ay.output) continue;
          for (ptrdiff_t kx = 0; kx < ax.kernel; kx++) {
            if (!pixel_window(&ax, first, kx, &window_x)) continue;
            taps[count].pixels =
                ((window_y - span_y.first) * columns + window_x - span_x.first) * step;
            taps[count++].weight = (ky * ax.kernel + kx) * g->outputs * APUS_PIXEL_BLOCK;
          }
        }
        const ptrdiff_t pixels_of_row = (width - first + ax.stride - 1) / ax.stride;
        const ptrdiff_t share = PIXEL_SHARE(pixels_of_row);
        for (ptrdiff_t k = 0; k < pixels_of_row; k += share)
          FN(pixel_product)(pixels + k * step, step, taps, count, weight, g->outputs, start,
                            out + (r * width + first + k * ax.stride) * PIXEL_WIDTH,
                            ax.stride * PIXEL_WIDTH,
                            pixels_of_row - k < share ? pixels_of_row - k : share);
      }
    FN(to_planes)(out, width, g->rows, width, area, g->inputs - c,
                  x + c * area + g->first_row * width);
  }
}

static void FN(pixel_weight_grad)(const apus_pixel_convolution *g, const T *x, const T *dy,
                                  T *sums, T *scratch) {
  const apus_window_axis ay = g->windows.y, ax = g->windows.x;
  const ptrdiff_t step = FN(pixel_step)(g->inputs), row = apus_pixel_channels(g->outputs);
  const ptrdiff_t columns = apus_pixel_reach(&ax, ax.output);
  const ptrdiff_t rows = apus_pixel_reach(&ay, g->rows);
  T *gradients = scratch, *pixels = gradients + g->rows * ax.output * row + APUS_PIXEL_BLOCK;
  FN(to_padded_pixels)(dy, g->outputs, ay.output, ax.output, 0, 0, g->first_row, g->rows,
                       ax.output, row, gradients);
  FN(to_padded_pixels)(x, g->inputs, ay.input, ax.input, ay.before, ax.before,
                       g->first_row * ay.stride, rows, columns, step, pixels);
  const bool joins = ax.dilation == 1 && step == g->inputs;
  const ptrdiff_t row_taps = joins ? 1 : ax.kernel, depth = joins ? ax.kernel * step : g->inputs;
  const pixel_steps steps = {ax.stride * step, ay.stride * columns * step};
  const pixel_steps gradient_steps = {row, ax.output * row};
  for (ptrdiff_t ky = 0; ky < ay.kernel; ky++)
    for (ptrdiff_t kx = 0; kx < row_taps; kx++, sums += depth * row)
      for (ptrdiff_t o = 0; o < g->outputs; o += PIXEL_WIDTH)
        FN(pixel_outer)(pixels + (ky * ay.dilation * columns + kx * ax.dilation) * step, steps,
                        gradients + o, gradient_steps, g->rows, ax.output, sums + o, row, depth);
}

static void FN(pixel_weight_finish)(const T *sums, ptrdiff_t outputs, ptrdiff_t inputs,
                                    ptrdiff_t taps, T *out) {
  const ptrdiff_t row = apus_pixel_channels(outputs), length = inputs * taps;
  for (ptrdiff_t o = 0; o < outputs; o += LANES) {
    ptrdiff_t c = 0, k = 0;
    for (ptrdiff_t j = 0; j < length; j += LANES) {
      V square[LANES];
      for (int r = 0; r < LANES; r++) {
        square[r] = j + r < length ? FN(load)(sums + (k * inputs + c) * row + o) : (V)(T)0;
        if (++k == taps) {
          k = 0;
          c++;
        }
      }
      FN(transpose)(square);
      for (int r = 0; r < LANES && o + r < outputs; r++)
        FN(store_up_to)(out + (o + r) * length + j, square[r], (size_t)(length - j));
    }
  }
}
