// Dot products of rows, folded in blocks as sums are (see reductions.inc.h).

#if !defined(DOT_BLOCK)
#define DOT_BLOCK (32 * 4 * LANES)
#endif

// n <= DOT_BLOCK products into one vector.
INLINE V FN(dot_block)(const T *a, const T *b, size_t n) {
  V s0 = (V)(T)0, s1 = s0, s2 = s0, s3 = s0;
  size_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    s0 = FN(fold_DOT)(s0, FN(load)(a + i), FN(load)(b + i));
    s1 = FN(fold_DOT)(s1, FN(load)(a + i + LANES), FN(load)(b + i + LANES));
    s2 = FN(fold_DOT)(s2, FN(load)(a + i + 2 * LANES), FN(load)(b + i + 2 * LANES));
    s3 = FN(fold_DOT)(s3, FN(load)(a + i + 3 * LANES), FN(load)(b + i + 3 * LANES));
  }
  for (; i + LANES <= n; i += LANES) s0 = FN(fold_DOT)(s0, FN(load)(a + i), FN(load)(b + i));
  if (i < n)
    s1 = FN(fold_DOT)(s1, FN(load_part)(a + i, n - i, 0), FN(load_part)(b + i, n - i, 0));
  return FN(op_ADD)(FN(op_ADD)(s0, s1), FN(op_ADD)(s2, s3));
}

static void FN(dot_rows)(const T *a, ptrdiff_t a_stride, const T *b, ptrdiff_t b_stride,
                         size_t rows, size_t columns, T *out) {
  for (size_t r = 0; r < rows; r++) {
    const T *x = a + (ptrdiff_t)r * a_stride, *y = b + (ptrdiff_t)r * b_stride;
    V stack[STACK_DEPTH];
    unsigned depth = 0;
    size_t n = columns;
    for (size_t block = 1; n > DOT_BLOCK; block++, x += DOT_BLOCK, y += DOT_BLOCK, n -= DOT_BLOCK) {
      V total = FN(dot_block)(x, y, DOT_BLOCK);
      for (size_t carry = block; !(carry & 1); carry >>= 1)
        total = FN(op_ADD)(stack[--depth], total);
      stack[depth++] = total;
    }
    V total = FN(dot_block)(x, y, n);
    while (depth) total = FN(op_ADD)(stack[--depth], total);
    out[r] = FN(merge_lanes)(APUS_REDUCE_SUM, total);
  }
}
