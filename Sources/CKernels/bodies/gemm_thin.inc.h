// Matrix products with a matrix of few rows or columns: bound by the memory that the other one
// streams from, which is read once, where it lies, along its rows.

#if !defined(GEMM_FEW)
// So many rows (columns) are few.
#define GEMM_FEW 4
// Elements of the few rows that stay in the level 1 cache. The partial sums over them are added to C
// one by one, which also bounds the rounding error.
#define GEMM_DOT_ELEMENTS (GEMM_STACK_BYTES / sizeof(T))
// Columns of the result that stay in the level 1 cache while rows are added to them.
#define GEMM_AXPY_COLUMNS 2048
#endif

typedef struct {
  size_t depth;
  ptrdiff_t few_row, c_few;
  T alpha, beta;
} FN(gemm_dots);

// Dot products of `many` rows at x with `few` rows at y, into places c_many and c_few apart.
INLINE void FN(gemm_dots_compute)(const FN(gemm_dots) *dots, const T *x, ptrdiff_t x_row,
                                  const T *y, T *c, ptrdiff_t c_many, const int many,
                                  const int few) {
  V sum[4][GEMM_FEW];
#pragma clang loop unroll(full)
  for (int i = 0; i < many; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < few; j++) sum[i][j] = 0;
  const size_t rest = dots->depth % LANES, whole = dots->depth - rest;
#pragma clang loop unroll(disable)
  for (size_t p = 0; p < whole; p += LANES) {
    V right[GEMM_FEW];
#pragma clang loop unroll(full)
    for (int j = 0; j < few; j++) right[j] = FN(load)(y + j * dots->few_row + p);
#pragma clang loop unroll(full)
    for (int i = 0; i < many; i++) {
      const V left = FN(load)(x + i * x_row + p);
#pragma clang loop unroll(full)
      for (int j = 0; j < few; j++) sum[i][j] = FMA(left, right[j], sum[i][j]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < many; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < few; j++) {
      if (rest)
        sum[i][j] = FMA(FN(load_part)(x + i * x_row + whole, rest, 0),
                        FN(load_part)(y + j * dots->few_row + whole, rest, 0), sum[i][j]);
      T *place = c + i * c_many + j * dots->c_few;
      const T total = dots->alpha * FN(merge_lanes)(APUS_REDUCE_SUM, sum[i][j]);
      *place = dots->beta != 0 ? dots->beta * *place + total : total;
    }
  }
}

// A few accumulators for each pass over the rows, as many as the registers hold.
#define GEMM_DOTS(FEW, MANY)                                                                     \
  static void FN(gemm_dots_##FEW)(const FN(gemm_dots) *dots, const T *x, ptrdiff_t x_row,        \
                                  size_t rows, const T *y, T *c, ptrdiff_t c_many) {             \
    size_t i = 0;                                                                                \
    for (; i + MANY <= rows; i += MANY, x += MANY * x_row, c += MANY * c_many)                   \
      FN(gemm_dots_compute)(dots, x, x_row, y, c, c_many, MANY, FEW);                            \
    for (; i < rows; i++, x += x_row, c += c_many)                                               \
      FN(gemm_dots_compute)(dots, x, x_row, y, c, c_many, 1, FEW);                               \
  }
GEMM_DOTS(1, 4)
GEMM_DOTS(2, 4)
GEMM_DOTS(3, 2)
GEMM_DOTS(4, 2)
#undef GEMM_DOTS

// x has `rows` rows, contiguous and x_row apart; y has `few`, whose elements are y_step apart.
// `buffer` holds GEMM_DOT_ELEMENTS.
static void FN(gemm_by_dots)(size_t depth, const T *x, ptrdiff_t x_row, size_t rows, const T *y,
                             ptrdiff_t y_row, ptrdiff_t y_step, size_t few, T alpha, T beta, T *c,
                             ptrdiff_t c_many, ptrdiff_t c_few, T *buffer) {
  static void (*const kernels[GEMM_FEW])(const FN(gemm_dots) *, const T *, ptrdiff_t, size_t,
                                         const T *, T *, ptrdiff_t) = {
      FN(gemm_dots_1), FN(gemm_dots_2), FN(gemm_dots_3), FN(gemm_dots_4)};
  FN(gemm_dots) dots = {.few_row = y_row, .c_few = c_few, .alpha = alpha, .beta = beta};
  const size_t limit = GEMM_DOT_ELEMENTS / few;
  for (size_t p = 0; p < depth; p += limit, dots.beta = 1) {
    dots.depth = depth - p < limit ? depth - p : limit;
    const T *right = y + (ptrdiff_t)p * y_step;
    if (y_step != 1) {
      for (size_t j = 0; j < few; j++)
        for (size_t q = 0; q < dots.depth; q++)
          buffer[j * dots.depth + q] = right[(ptrdiff_t)j * y_row + (ptrdiff_t)q * y_step];
      right = buffer;
      dots.few_row = (ptrdiff_t)dots.depth;
    }
    kernels[few - 1](&dots, x + p, x_row, rows, right, c, c_many);
  }
}

// A vector of sums, and the products of four rows of B at its place.
INLINE void FN(gemm_add_rows)(const T *b, ptrdiff_t step, V f0, V f1, V f2, V f3, T *sums) {
  V sum = FMA(f0, FN(load)(b), FN(load)(sums));
  sum = FMA(f1, FN(load)(b + step), sum);
  sum = FMA(f2, FN(load)(b + 2 * step), sum);
  FN(store)(sums, FMA(f3, FN(load)(b + 3 * step), sum));
}

// out = beta out + alpha x B: rows of B, contiguous and b_step apart, times the elements of x.
static void FN(gemm_by_rows)(size_t depth, const T *x, ptrdiff_t x_step, const T *b,
                             ptrdiff_t b_step, size_t n, T alpha, T beta, T *out) {
  for (size_t start = 0; start < n; start += GEMM_AXPY_COLUMNS, b += GEMM_AXPY_COLUMNS) {
    const size_t columns = n - start < GEMM_AXPY_COLUMNS ? n - start : GEMM_AXPY_COLUMNS;
    const size_t rest = columns % LANES, whole = columns - rest;
    // The processor does not foresee the next rows where only parts of them are read.
    const bool far = b_step < 0 || (size_t)b_step > columns;
    T *sums = out + start;
    for (size_t j = 0; j < columns; j++) sums[j] = beta == 0 ? 0 : beta * sums[j];
    const T *row = b, *factor = x;
    size_t p = 0;
    for (; p + 4 <= depth; p += 4, row += 4 * b_step, factor += 4 * x_step) {
      const V f0 = (V)(alpha * factor[0]), f1 = (V)(alpha * factor[x_step]);
      const V f2 = (V)(alpha * factor[2 * x_step]), f3 = (V)(alpha * factor[3 * x_step]);
      size_t j = 0;
      for (; far && j + GEMM_WIDTH <= whole; j += GEMM_WIDTH) {
#pragma clang loop unroll(full)
        for (int r = 4; r < 8; r++) __builtin_prefetch(row + r * b_step + j);
        FN(gemm_add_rows)(row + j, b_step, f0, f1, f2, f3, sums + j);
        FN(gemm_add_rows)(row + j + LANES, b_step, f0, f1, f2, f3, sums + j + LANES);
      }
      for (; j < whole; j += LANES)
        FN(gemm_add_rows)(row + j, b_step, f0, f1, f2, f3, sums + j);
      if (rest) {
        V sum = FMA(f0, FN(load_part)(row + whole, rest, 0), FN(load_part)(sums + whole, rest, 0));
        sum = FMA(f1, FN(load_part)(row + b_step + whole, rest, 0), sum);
        sum = FMA(f2, FN(load_part)(row + 2 * b_step + whole, rest, 0), sum);
        sum = FMA(f3, FN(load_part)(row + 3 * b_step + whole, rest, 0), sum);
        FN(store_part)(sums + whole, sum, rest);
      }
    }
    for (; p < depth; p++, row += b_step, factor += x_step) {
      const V f = (V)(alpha * factor[0]);
      for (size_t j = 0; j < whole; j += LANES)
        FN(store)(sums + j, FMA(f, FN(load)(row + j), FN(load)(sums + j)));
      if (rest)
        FN(store_part)(sums + whole,
                       FMA(f, FN(load_part)(row + whole, rest, 0),
                           FN(load_part)(sums + whole, rest, 0)),
                       rest);
    }
  }
}

// The product by one of the above, where it has the form; false, and nothing done, elsewhere. A block
// of one vector takes the same for a column as for all: on AMD Zen 4, 64 x 1 x 64 takes 1.2 µs so, and
// 0.15 µs by dot products.
static bool FN(gemm_thin)(const apus_product *product, T alpha, const T *a, const T *b, T beta,
                          T *c, T *buffer) {
  const size_t m = product->m, n = product->n, k = product->k;
  if (m <= GEMM_FEW && product->b_step == 1 && k >= 4 * LANES) {
    FN(gemm_by_dots)(k, b, product->b_column, n, a, product->a_row, product->a_step, m, alpha, beta,
                     c, 1, product->c_row, buffer);
  } else if (n <= GEMM_FEW && product->a_step == 1 && k >= 16 * n) {
    FN(gemm_by_dots)(k, a, product->a_row, m, b, product->b_column, product->b_step, n, alpha, beta,
                     c, product->c_row, 1, buffer);
  } else if (m == 1 && product->b_column == 1) {
    FN(gemm_by_rows)(k, a, product->a_step, b, product->b_step, n, alpha, beta, c);
  } else if (n == 1 && product->a_row == 1 && product->c_row == 1) {
    FN(gemm_by_rows)(k, b, product->b_step, a, product->a_step, m, alpha, beta, c);
  } else {
    return false;
  }
  return true;
}
