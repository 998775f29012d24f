// Pooling; see apus_pooling.h. Lanes are windows beside each other: those of a row of complete
// windows, a vector of them at a time, as long as vectors stay inside the arrays. What a vector
// writes beyond its windows belongs to later ones, which are written later.

typedef int32_t FN(pool_places) __attribute__((ext_vector_type(LANES)));
typedef FN(pool_places) FN(pool_places_anywhere) __attribute__((aligned(4), may_alias));

// How many elements are read from the first tap of a vector of windows on, in one row.
INLINE ptrdiff_t FN(pool_reach)(const apus_pool_axis *axis) {
  const ptrdiff_t taps = (axis->taps - 1) * axis->dilation;
  return taps + (axis->stride == 2 ? 2 * LANES : (LANES - 1) * axis->stride + 1);
}

// One window of any kind.
INLINE void FN(max_pool_window)(const T *x, const apus_pool_axis *ya, ptrdiff_t r,
                                const apus_pool_axis *xa, ptrdiff_t c, T *out, int32_t *to) {
  T best = (T)-INFINITY;
  ptrdiff_t place = -1;
  for (ptrdiff_t i = ya->first[r]; i < ya->last[r]; i += ya->dilation)
    for (ptrdiff_t j = xa->first[c]; j < xa->last[c]; j += xa->dilation) {
      const T value = x[i * xa->input + j];
      const bool wins = value > best || place < 0 || (value != value && best == best);
      best = wins ? value : best;
      place = wins ? i * xa->input + j : place;
    }
  out[c] = best;
  if (to) to[c] = (int32_t)place;
}

// The windows of row r from `begin` on that vectors may compute; returns the next one.
INLINE ptrdiff_t FN(max_pool_vectors)(const T *x, const T *x_end, const apus_pool_axis *ya,
                                      ptrdiff_t r, const apus_pool_axis *xa, const T *out_end,
                                      T *out, int32_t *to, const int stride,
                                      const ptrdiff_t known_taps, const bool places) {
  const ptrdiff_t top = ya->first[r], bottom = ya->last[r], width = xa->input;
  const ptrdiff_t taps = known_taps ? known_taps : xa->taps;
  const ptrdiff_t last_row = top + (bottom - 1 - top) / ya->dilation * ya->dilation;
  ptrdiff_t c = xa->begin, j = xa->first[c];
  ptrdiff_t reach = last_row * width + FN(pool_reach)(xa);
  for (; c < xa->end && j + reach <= x_end - x && c + LANES <= out_end - out;
       c += LANES, j += LANES * xa->stride) {
    V best = FN(load_apart)(x + top * width + j, xa->stride, stride);
    const M first = FN(iota)() * (INT)xa->stride;
    M at = first + (INT)(top * width + j);
    for (ptrdiff_t i = top; i < bottom; i += ya->dilation)
      for (ptrdiff_t k = 0; k < taps; k++) {
        const ptrdiff_t place = i * width + j + k * xa->dilation;
        const V value = FN(load_apart)(x + place, xa->stride, stride);
        const M wins = ~(value <= best) & (best == best);
        best = wins ? value : best;
        if (places) at = wins ? first + (INT)place : at;
      }
    FN(store)(out + c, best);
    if (places)
      *(FN(pool_places_anywhere) *)(to + c) = __builtin_convertvector(at, FN(pool_places));
  }
  return c < xa->end ? c : xa->end;
}

// The candidate at this offset from the first tap, where it is greater.
INLINE void FN(max_pool_take)(V value, ptrdiff_t offset, V *best, M *at, const bool places) {
  const M wins = ~(value <= *best) & (*best == *best);
  *best = wins ? value : *best;
  if (places) *at = wins ? (M)(INT)offset : *at;
}

// The same for windows of two by two elements side by side, the first row of which is `top`: each
// element is read once.
INLINE ptrdiff_t FN(max_pool_squares)(const T *x, const T *x_end, ptrdiff_t top,
                                      const apus_pool_axis *xa, const T *out_end, T *out,
                                      int32_t *to, const bool places) {
  const ptrdiff_t width = xa->input;
  ptrdiff_t c = xa->begin, place = top * width + xa->first[c];
  const ptrdiff_t reach = x_end - x - width - 2 * LANES, room = out_end - out - LANES;
  for (; c < xa->end && place <= reach && c <= room; c += LANES, place += 2 * LANES) {
    const T *above = x + place, *below = above + width;
    const V a = FN(load)(above), b = FN(load)(above + LANES);
    const V d = FN(load)(below), e = FN(load)(below + LANES);
    V best = FN(even)(a, b);
    M at = 0;
    FN(max_pool_take)(FN(odd)(a, b), 1, &best, &at, places);
    FN(max_pool_take)(FN(even)(d, e), width, &best, &at, places);
    FN(max_pool_take)(FN(odd)(d, e), width + 1, &best, &at, places);
    FN(store)(out + c, best);
    if (places) {
      at += FN(iota)() * 2 + (INT)place;
      *(FN(pool_places_anywhere) *)(to + c) = __builtin_convertvector(at, FN(pool_places));
    }
  }
  return c < xa->end ? c : xa->end;
}

#define MAX_POOL_SQUARES                                                                         \
  (to ? FN(max_pool_squares)(x, x_end, ya->first[r], xa, out_end, out, to, true)                 \
      : FN(max_pool_squares)(x, x_end, ya->first[r], xa, out_end, out, to, false))
#define MAX_POOL_VECTORS(STRIDE, TAPS)                                                           \
  (to ? FN(max_pool_vectors)(x, x_end, ya, r, xa, out_end, out, to, STRIDE, TAPS, true)          \
      : FN(max_pool_vectors)(x, x_end, ya, r, xa, out_end, out, to, STRIDE, TAPS, false))

static void FN(max_pool)(const T *x, size_t planes, const apus_pool_axis *ya,
                         const apus_pool_axis *xa, T *out, int32_t *to) {
  const ptrdiff_t area = ya->input * xa->input;
  const T *x_end = x + (ptrdiff_t)planes * area;
  const T *out_end = out + (ptrdiff_t)planes * ya->output * xa->output;
  const bool pairs = xa->stride == 2 && xa->taps == 2 && xa->dilation == 1;
  for (size_t p = 0; p < planes; p++, x += area)
    for (ptrdiff_t r = 0; r < ya->output; r++) {
      ptrdiff_t c = 0;
      if (xa->begin < xa->end && ya->first[r] < ya->last[r]) {
        if (pairs && ya->dilation == 1 && ya->last[r] - ya->first[r] == 2) c = MAX_POOL_SQUARES;
        else if (xa->stride == 1) c = MAX_POOL_VECTORS(1, 0);
        else if (xa->stride == 2 && xa->taps == 2) c = MAX_POOL_VECTORS(2, 2);
        else if (xa->stride == 2) c = MAX_POOL_VECTORS(2, 0);
        else c = MAX_POOL_VECTORS(0, 0);
        for (ptrdiff_t i = 0; i < xa->begin; i++) FN(max_pool_window)(x, ya, r, xa, i, out, to);
      }
      for (; c < xa->output; c++) FN(max_pool_window)(x, ya, r, xa, c, out, to);
      out += xa->output;
      if (to) to += xa->output;
    }
}
#undef MAX_POOL_SQUARES
#undef MAX_POOL_VECTORS

static size_t FN(max_pool_grad)(const T *g, const int32_t *places, size_t planes, size_t count,
                                size_t area, T *out) {
  const uint32_t limit = area > INT32_MAX ? (uint32_t)INT32_MAX + 1 : (uint32_t)area;
  for (size_t p = 0; p < planes; p++, g += count, places += count, out += area) {
    uint32_t wrong = 0;
    for (size_t i = 0; i < count; i++) wrong |= (uint32_t)places[i] + 1 > limit;
    if (wrong) {
      size_t i = 0;
      while ((uint32_t)places[i] + 1 <= limit) i++;
      return p * count + i;
    }
    memset(out, 0, area * sizeof(T));
    for (size_t i = 0; i < count; i++)
      if (places[i] >= 0) out[places[i]] += g[i];
  }
  return planes * count;
}

INLINE T FN(average_pool_window)(const T *x, const apus_pool_axis *ya, ptrdiff_t r,
                                 const apus_pool_axis *xa, ptrdiff_t c) {
  T sum = 0;
  for (ptrdiff_t i = ya->first[r]; i < ya->last[r]; i += ya->dilation)
    for (ptrdiff_t j = xa->first[c]; j < xa->last[c]; j += xa->dilation)
      sum += x[i * xa->input + j];
  const ptrdiff_t divisor = ya->divisor[r] * xa->divisor[c];
  return divisor > 0 ? sum / (T)divisor : 0;
}

INLINE ptrdiff_t FN(average_pool_vectors)(const T *x, const T *x_end, const apus_pool_axis *ya,
                                          ptrdiff_t r, const apus_pool_axis *xa, const T *out_end,
                                          T *out, const int stride, const ptrdiff_t known_taps) {
  const ptrdiff_t top = ya->first[r], bottom = ya->last[r], width = xa->input;
  const ptrdiff_t taps = known_taps ? known_taps : xa->taps;
  const ptrdiff_t last_row = top + (bottom - 1 - top) / ya->dilation * ya->dilation;
  const V divisor = (V)(T)(ya->divisor[r] * xa->divisor[xa->begin]);
  ptrdiff_t c = xa->begin, j = xa->first[c];
  ptrdiff_t reach = last_row * width + FN(pool_reach)(xa);
  for (; c < xa->end && j + reach <= x_end - x && c + LANES <= out_end - out;
       c += LANES, j += LANES * xa->stride) {
    V sum = (V)(T)0;
    for (ptrdiff_t i = top; i < bottom; i += ya->dilation)
      for (ptrdiff_t k = 0; k < taps; k++)
        sum += FN(load_apart)(x + i * width + j + k * xa->dilation, xa->stride, stride);
    FN(store)(out + c, sum / divisor);
  }
  return c < xa->end ? c : xa->end;
}

#define AVERAGE_POOL_VECTORS(STRIDE, TAPS) \
  FN(average_pool_vectors)(x, x_end, ya, r, xa, out_end, out, STRIDE, TAPS)

static void FN(average_pool)(const T *x, size_t planes, const apus_pool_axis *ya,
                             const apus_pool_axis *xa, T *out) {
  const ptrdiff_t area = ya->input * xa->input;
  const T *x_end = x + (ptrdiff_t)planes * area;
  const T *out_end = out + (ptrdiff_t)planes * ya->output * xa->output;
  for (size_t p = 0; p < planes; p++, x += area)
    for (ptrdiff_t r = 0; r < ya->output; r++, out += xa->output) {
      ptrdiff_t c = 0;
      if (xa->begin < xa->end && ya->first[r] < ya->last[r]) {
        if (xa->stride == 1) c = AVERAGE_POOL_VECTORS(1, 0);
        else if (xa->stride == 2 && xa->taps == 2) c = AVERAGE_POOL_VECTORS(2, 2);
        else if (xa->stride == 2) c = AVERAGE_POOL_VECTORS(2, 0);
        else c = AVERAGE_POOL_VECTORS(0, 0);
        for (ptrdiff_t i = 0; i < xa->begin; i++)
          out[i] = FN(average_pool_window)(x, ya, r, xa, i);
      }
      for (; c < xa->output; c++) out[c] = FN(average_pool_window)(x, ya, r, xa, c);
    }
}
#undef AVERAGE_POOL_VECTORS

// A vector of pairs of elements that are the same, at the pairs of a row; adds them, or sets them.
INLINE void FN(average_pool_pairs)(T *to, V part, const bool adds) {
  V low = FN(interleave_low)(part, part), high = FN(interleave_high)(part, part);
  if (adds) {
    low += FN(load)(to);
    high += FN(load)(to + LANES);
  }
  FN(store)(to, low);
  FN(store)(to + LANES, high);
}

// The windows of two taps side by side of row r that vectors may take; returns the next one. What
// they add to elements behind theirs is 0; if they set them, these are set later, or are to be 0.
INLINE ptrdiff_t FN(average_pool_grad_vectors)(const T *g, const apus_pool_axis *ya, ptrdiff_t r,
                                               const apus_pool_axis *xa, T *out, const T *out_end,
                                               const bool adds) {
  const ptrdiff_t bottom = ya->last[r], width = xa->input;
  const V divisor = (V)(T)(ya->divisor[r] * xa->divisor[xa->begin]);
  const ptrdiff_t reach = (bottom - 1) * width + 2 * LANES;
  T *const first = out + xa->first[xa->begin];
  ptrdiff_t next = xa->begin;
  for (const T *to = first; next < xa->end && reach <= out_end - to; to += 2 * LANES) next += LANES;
  // Row after row, so that what lies behind one is set before the next one.
  for (ptrdiff_t i = ya->first[r]; i < bottom; i += ya->dilation) {
    T *to = first + i * width;
    for (ptrdiff_t c = xa->begin; c < next; c += LANES, to += 2 * LANES) {
      const V part = FN(load_up_to)(g + c, (size_t)(xa->end - c), 0) / divisor;
      FN(average_pool_pairs)(to, part, adds);
    }
  }
  return next < xa->end ? next : xa->end;
}

INLINE void FN(average_pool_grad_window)(T part, const apus_pool_axis *ya, ptrdiff_t r,
                                         const apus_pool_axis *xa, ptrdiff_t c, T *out) {
  part /= (T)(ya->divisor[r] * xa->divisor[c]);
  for (ptrdiff_t i = ya->first[r]; i < ya->last[r]; i += ya->dilation)
    for (ptrdiff_t j = xa->first[c]; j < xa->last[c]; j += xa->dilation)
      out[i * xa->input + j] += part;
}

static void FN(average_pool_grad)(const T *g, size_t planes, const apus_pool_axis *ya,
                                  const apus_pool_axis *xa, T *out) {
  const ptrdiff_t area = ya->input * xa->input;
  const T *out_end = out + (ptrdiff_t)planes * area;
  const bool pairs = xa->stride == 2 && xa->taps == 2 && xa->dilation == 1 && xa->begin < xa->end;
  for (size_t p = 0; p < planes; p++, out += area) {
    memset(out, 0, (size_t)area * sizeof(T));
    for (ptrdiff_t r = 0; r < ya->output; r++, g += xa->output) {
      ptrdiff_t c = 0;
      if (pairs) {
        const bool adds = ya->dilation > 1 || (r > 0 && ya->first[r] < ya->last[r - 1]);
        c = adds ? FN(average_pool_grad_vectors)(g, ya, r, xa, out, out_end, true)
                 : FN(average_pool_grad_vectors)(g, ya, r, xa, out, out_end, false);
        for (ptrdiff_t i = 0; i < xa->begin; i++)
          FN(average_pool_grad_window)(g[i], ya, r, xa, i, out);
      }
      for (; c < xa->output; c++) FN(average_pool_grad_window)(g[c], ya, r, xa, c, out);
    }
  }
}
