// Means and sums of squared deviations, without cancellation: deviations are taken from a value
// near the mean of a block (rows), or from the first element of each column in double precision
// (columns), and what that value is off the mean is corrected for (Chan, Golub and LeVeque, 1983).

#if !defined(MOMENT_ENTRIES)
#define MOMENT_ENTRIES .moment_rows = FN(moment_rows), .moment_columns = FN(moment_columns),
#define MOMENT_STRIP 256
#endif

typedef double FN(doubles) __attribute__((ext_vector_type(LANES)));
typedef FN(doubles) FN(doubles_anywhere) __attribute__((aligned(8), may_alias));
#define D FN(doubles)

// 1 <= n <= ROW_BLOCK.
INLINE void FN(block_moments)(const T *x, size_t n, double *mean, double *deviations) {
  const T near = FN(merge_lanes)(APUS_REDUCE_SUM, FN(fold_block)(APUS_REDUCE_SUM, x, n)) / (T)n;
  V sum_a = 0, sum_b = 0, squares_a = 0, squares_b = 0;
  size_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    V a = FN(load)(x + i) - near, b = FN(load)(x + i + LANES) - near;
    sum_a += a;
    sum_b += b;
    squares_a = FMA(a, a, squares_a);
    squares_b = FMA(b, b, squares_b);
  }
  for (; i < n; i += LANES) {
    V a = FN(load_up_to)(x + i, n - i, near) - near;
    sum_a += a;
    squares_a = FMA(a, a, squares_a);
  }
  const double sum = FN(merge_lanes)(APUS_REDUCE_SUM, sum_a + sum_b);
  const double squares = FN(merge_lanes)(APUS_REDUCE_SUM, squares_a + squares_b);
  const double rest = squares - sum * sum / (double)n;
  *mean = near + sum / (double)n;
  *deviations = rest < 0 ? 0 : rest;
}

INLINE void FN(moments)(const T *x, size_t n, double *mean, double *deviations) {
  if (n == 0) {
    *mean = NAN;
    *deviations = 0;
    return;
  }
  FN(block_moments)(x, n < ROW_BLOCK ? n : ROW_BLOCK, mean, deviations);
  for (size_t done = ROW_BLOCK; done < n; done += ROW_BLOCK) {
    const size_t count = n - done < ROW_BLOCK ? n - done : ROW_BLOCK;
    double next, next_deviations;
    FN(block_moments)(x + done, count, &next, &next_deviations);
    const double gap = next - *mean, share = (double)count / (double)(done + count);
    *mean += gap * share;
    *deviations += next_deviations + gap * gap * share * (double)done;
  }
}

static void FN(moment_rows)(const T *x, ptrdiff_t row_stride, size_t rows, size_t columns,
                            double *means, double *deviations) {
  for (size_t r = 0; r < rows; r++)
    FN(moments)(x + (ptrdiff_t)r * row_stride, columns, means + r, deviations + r);
}

// The deviations of `count` rows from `origin`, added to the sums of a strip.
INLINE void FN(add_deviations)(const T *x, ptrdiff_t row_stride, const int count, const T *origin,
                               size_t columns, double *sums, double *squares) {
  size_t j = 0;
  for (; j + LANES <= columns; j += LANES) {
    D near = __builtin_convertvector(FN(load)(origin + j), D);
    D sum = *(const FN(doubles_anywhere) *)(sums + j);
    D square = *(const FN(doubles_anywhere) *)(squares + j);
    for (int k = 0; k < count; k++) {
      D d = __builtin_convertvector(FN(load)(x + k * row_stride + j), D) - near;
      sum += d;
      square += d * d;
    }
    *(FN(doubles_anywhere) *)(sums + j) = sum;
    *(FN(doubles_anywhere) *)(squares + j) = square;
  }
  for (; j < columns; j++)
    for (int k = 0; k < count; k++) {
      const double d = (double)x[k * row_stride + (ptrdiff_t)j] - (double)origin[j];
      sums[j] += d;
      squares[j] += d * d;
    }
}

static void FN(moment_columns)(const T *x, ptrdiff_t row_stride, size_t batches, size_t rows,
                               size_t columns, double *means, double *deviations) {
  double sums[MOMENT_STRIP], squares[MOMENT_STRIP];
  for (size_t b = 0; b < batches; b++, x += (ptrdiff_t)rows * row_stride)
    for (size_t start = 0; start < columns; start += MOMENT_STRIP) {
      const size_t n = columns - start < MOMENT_STRIP ? columns - start : MOMENT_STRIP;
      for (size_t j = 0; j < n; j++) sums[j] = squares[j] = 0;
      size_t r = 0;
      for (; r + 4 <= rows; r += 4)
        FN(add_deviations)(x + (ptrdiff_t)r * row_stride + start, row_stride, 4, x + start, n,
                           sums, squares);
      for (; r < rows; r++)
        FN(add_deviations)(x + (ptrdiff_t)r * row_stride + start, row_stride, 1, x + start, n,
                           sums, squares);
      for (size_t j = 0; j < n; j++) {
        const double rest = squares[j] - sums[j] * sums[j] / (double)rows;
        means[b * columns + start + j] = rows ? (double)x[start + j] + sums[j] / (double)rows : NAN;
        deviations[b * columns + start + j] = rows == 0 || rest < 0 ? 0 : rest;
      }
    }
}
#undef D
