// Columns of windows: the operand of a convolution as a matrix product, and back.

// out[i] = source[i * stride], where the stride is `known` if that is 1 or 2. Reads no other elements
// than those between the first and the last.
INLINE void FN(row_apart)(const T *source, ptrdiff_t stride, T *out, size_t n, const int known) {
  if (known == 1) {
    memcpy(out, source, n * sizeof(T));
  } else if (known == 2) {
    for (size_t i = 0; i < n; i += LANES) {
      const size_t span = 2 * (n - i) - 1;
      const V low = FN(load_up_to)(source + 2 * i, span, 0);
      const V high = span > LANES ? FN(load_up_to)(source + 2 * i + LANES, span - LANES, 0) : (V)(T)0;
      FN(store_up_to)(out + i, FN(even)(low, high), n - i);
    }
  } else {
    for (size_t i = 0; i < n; i++) out[i] = source[(ptrdiff_t)i * stride];
  }
}

// target[i * stride] += row[i]; what lies between is written as it was.
INLINE void FN(add_row_apart)(const T *row, T *target, ptrdiff_t stride, size_t n, const int known) {
  if (known == 2) {
    for (size_t i = 0; i < n; i += LANES) {
      const size_t span = 2 * (n - i) - 1;
      T *const place = target + 2 * i;
      const V low = FN(load_up_to)(place, span, 0);
      const V high = span > LANES ? FN(load_up_to)(place + LANES, span - LANES, 0) : (V)(T)0;
      const V sum = FN(even)(low, high) + FN(load_up_to)(row + i, n - i, 0);
      const V between = FN(odd)(low, high);
      FN(store_up_to)(place, FN(interleave_low)(sum, between), span);
      if (span > LANES)
        FN(store_up_to)(place + LANES, FN(interleave_high)(sum, between), span - LANES);
    }
  } else {
    // With steps of 1 the next tap's row begins an element further. Short vectors: wide ones would still
    // wait to be written when they are read again, at an address that does not match.
    for (size_t i = 0; i < n; i++) target[(ptrdiff_t)i * (known ? known : stride)] += row[i];
  }
}

// The windows whose tap `k` lies inside the input.
INLINE void FN(windows_inside)(const apus_window_axis *axis, ptrdiff_t k, ptrdiff_t *begin,
                               ptrdiff_t *end) {
  const ptrdiff_t start = k * axis->dilation - axis->before;
  ptrdiff_t first = start >= 0 ? 0 : (-start + axis->stride - 1) / axis->stride;
  ptrdiff_t last = start >= axis->input ? 0 : (axis->input - start - 1) / axis->stride + 1;
  if (first > axis->output) first = axis->output;
  if (last > axis->output) last = axis->output;
  *begin = first;
  *end = last < first ? first : last;
}

// Goes through all rows of columns, in their order; one way or the other.
INLINE void FN(walk_columns)(T *image, size_t channels, const apus_windows *windows,
                             size_t first_row, size_t rows, T *columns, const bool adds,
                             const int known) {
  const apus_window_axis y = windows->y, x = windows->x;
  const size_t width = (size_t)x.output;
  const ptrdiff_t plane = y.input * x.input;
  const size_t covered = rows * (size_t)(y.stride * x.input) * sizeof(T);
  for (size_t c = 0; c < channels; c++, image += plane) {
    // What the next channel needs: in parts of planes no processor foresees it.
    if (c + 1 < channels)
      apus_prefetch(image + plane + (ptrdiff_t)first_row * y.stride * x.input, covered);
    for (ptrdiff_t ky = 0; ky < y.kernel; ky++)
      for (ptrdiff_t kx = 0; kx < x.kernel; kx++) {
        ptrdiff_t begin, end;
        FN(windows_inside)(&x, kx, &begin, &end);
        const size_t before = (size_t)begin, n = (size_t)(end - begin);
        for (size_t row = first_row; row < first_row + rows; row++, columns += width) {
          const ptrdiff_t place = (ptrdiff_t)row * y.stride + ky * y.dilation - y.before;
          const bool is_inside = place >= 0 && place < y.input && n > 0;
          if (!is_inside) {
            if (!adds) memset(columns, 0, width * sizeof(T));
            continue;
          }
          T *const taps = image + place * x.input + begin * x.stride + kx * x.dilation - x.before;
          if (adds) {
            FN(add_row_apart)(columns + before, taps, x.stride, n, known);
          } else {
            for (size_t i = 0; i < before; i++) columns[i] = 0;
            FN(row_apart)(taps, x.stride, columns + before, n, known);
            for (size_t i = before + n; i < width; i++) columns[i] = 0;
          }
        }
      }
  }
}

static void FN(im2col)(const T *image, size_t channels, const apus_windows *windows,
                       size_t first_row, size_t rows, T *columns) {
  T *const read = (T *)(uintptr_t)image;
  switch (windows->x.stride) {
  case 1: return FN(walk_columns)(read, channels, windows, first_row, rows, columns, false, 1);
  case 2: return FN(walk_columns)(read, channels, windows, first_row, rows, columns, false, 2);
  default: FN(walk_columns)(read, channels, windows, first_row, rows, columns, false, 0);
  }
}

static void FN(col2im)(const T *columns, size_t channels, const apus_windows *windows,
                       size_t first_row, size_t rows, T *image) {
  T *const read = (T *)(uintptr_t)columns;
  switch (windows->x.stride) {
  case 1: return FN(walk_columns)(image, channels, windows, first_row, rows, read, true, 1);
  case 2: return FN(walk_columns)(image, channels, windows, first_row, rows, read, true, 2);
  default: FN(walk_columns)(image, channels, windows, first_row, rows, read, true, 0);
  }
}
