// Selection among elements of one size.

INLINE void FN(select_steps)(const uint8_t *mask, const T *a, const bool a_many, const T *b,
                             const bool b_many, T *out, size_t n) {
  const T a_one = a[0], b_one = b[0];
  LANEWISE for (size_t i = 0; i < n; i++) {
    // Read first: a choice between two reads would not become vectors.
    T yes = a_many ? a[i] : a_one, no = b_many ? b[i] : b_one;
    out[i] = mask[i] ? yes : no;
  }
}

static void FN(select)(const uint8_t *mask, ptrdiff_t mask_step, const void *a_start,
                       ptrdiff_t a_step, const void *b_start, ptrdiff_t b_step, void *out_start,
                       size_t n) {
  if (n == 0) return;
  const T *a = a_start, *b = b_start;
  T *out = out_start;
  if (mask_step == 0) {
    const T *chosen = *mask ? a : b;
    if (!(*mask ? a_step : b_step)) {
      const T one = *chosen;
      for (size_t i = 0; i < n; i++) out[i] = one;
    } else if (chosen != out) {
      memcpy(out, chosen, n * sizeof(T));
    }
  } else if (a_step && b_step) {
    FN(select_steps)(mask, a, true, b, true, out, n);
  } else if (a_step) {
    FN(select_steps)(mask, a, true, b, false, out, n);
  } else if (b_step) {
    FN(select_steps)(mask, a, false, b, true, out, n);
  } else {
    FN(select_steps)(mask, a, false, b, false, out, n);
  }
}
