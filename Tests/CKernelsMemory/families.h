// The kernels that check.c, which includes this file, does not run itself: those of bytes too, and
// those that see rows, windows or keys. Each function runs one family on arrays of length `n`.
#ifndef APUS_CHECK_FAMILIES_H
#define APUS_CHECK_FAMILIES_H

static uint8_t *numbers_u8(size_t n, size_t offset, bool special) {
  uint8_t *x = array(n, offset);
  for (size_t i = 0; i < n; i++) x[i] = (uint8_t)(special ? next() % 2 : next());
  return x;
}

// ---- Comparison, selection and clamping

#define COMPARE_NAME_ROW(NAME, OPERATOR) #NAME,
static const char *compare_names[] = {APUS_COMPARE_OPS(COMPARE_NAME_ROW)};

#define DEFINE_COMPARISON(T, S, LOW, HIGH)                                                       \
  static void comparison_##S(size_t n, size_t offset, bool special) {                            \
    for (size_t op = 0; op < sizeof compare_names / sizeof *compare_names; op++)                 \
      for (int steps = 0; steps < 4; steps++) {                                                  \
        const ptrdiff_t a_step = steps & 1, b_step = steps >> 1;                                 \
        T *a = numbers_##S(a_step ? n : 1, offset, special);                                     \
        T *b = numbers_##S(b_step ? n : 1, 0, special);                                          \
        uint8_t *out = array(n, offset);                                                         \
        apus_compare_##S((apus_compare_op)op, a, a_step, b, b_step, out, n);                     \
        PRINT(T, compare_names[op], n, out, n);                                                  \
        free_arrays();                                                                           \
      }                                                                                          \
    const T low = LOW, high = HIGH;                                                              \
    T *x = numbers_##S(n, offset, special), *out = array(n * sizeof(T), offset * sizeof(T));     \
    apus_clamp_##S(x, &low, &high, out, n);                                                      \
    PRINT(T, "clamp", n, out, n);                                                                \
    free_arrays();                                                                               \
  }

DEFINE_COMPARISON(float, f32, -1, 2)
DEFINE_COMPARISON(double, f64, -1, 2)
DEFINE_COMPARISON(int32_t, i32, -16, 32)
DEFINE_COMPARISON(int64_t, i64, -16, 32)
DEFINE_COMPARISON(uint8_t, u8, 16, 128)

#define DEFINE_SELECTION(T, S, BYTES)                                                            \
  static void selection_##BYTES(size_t n, size_t offset) {                                       \
    for (int steps = 0; steps < 8; steps++) {                                                    \
      const ptrdiff_t mask_step = steps & 1, a_step = steps >> 1 & 1, b_step = steps >> 2;       \
      uint8_t *mask = numbers_u8(mask_step ? n : 1, offset, true);                               \
      T *a = numbers_##S(a_step ? n : 1, offset, false);                                         \
      T *b = numbers_##S(b_step ? n : 1, 0, false);                                              \
      T *out = array(n * BYTES, offset * BYTES);                                                 \
      apus_select_##BYTES(mask, mask_step, a, a_step, b, b_step, out, n);                        \
      PRINT(T, "select", n, out, n);                                                             \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_SELECTION(uint8_t, u8, 1)
DEFINE_SELECTION(float, f32, 4)
DEFINE_SELECTION(double, f64, 8)

#define DEFINE_CLASSIFICATION(T, S)                                                              \
  static void classification_##S(size_t n, size_t offset) {                                      \
    for (int op = APUS_IS_NAN; op <= APUS_IS_FINITE; op++) {                                     \
      T *x = numbers_##S(n, offset, true);                                                       \
      uint8_t *out = array(n, offset);                                                           \
      apus_classify_##S((apus_classify_op)op, x, out, n);                                        \
      PRINT(T, "classify", n, out, n);                                                           \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_CLASSIFICATION(float, f32)
DEFINE_CLASSIFICATION(double, f64)

#define DEFINE_TRUTH(T, S)                                                                       \
  static void truth_##S(size_t n, size_t offset) {                                               \
    T *x = numbers_##S(n, offset, false);                                                        \
    const int answers[2] = {apus_any_zero_##S(x, n), apus_any_negative_##S(x, n)};               \
    PRINT(T, "any", n, answers, 2);                                                              \
    free_arrays();                                                                               \
  }

DEFINE_TRUTH(int32_t, i32)
DEFINE_TRUTH(int64_t, i64)

// ---- Rows and columns

// Rows lie two elements further apart than they are long; the last one ends the array.
enum { ROWS = 3 };
#define MATRIX(S, n, offset, special) numbers_##S((ROWS - 1) * ((n) + 2) + (n), offset, special)

#define DEFINE_COUNTS(T, S)                                                                      \
  static void counts_##S(size_t n, size_t offset, bool special) {                                \
    const ptrdiff_t stride = (ptrdiff_t)n + 2;                                                   \
    T *x = MATRIX(S, n, offset, special);                                                        \
    int64_t *rows = array(ROWS * sizeof(int64_t), 0);                                            \
    int64_t *columns = array(n * sizeof(int64_t), offset * sizeof(int64_t));                     \
    apus_nonzero_rows_##S(x, stride, ROWS, n, rows);                                             \
    PRINT(T, "nonzero_rows", n, rows, ROWS);                                                     \
    apus_nonzero_columns_##S(x, stride, 1, ROWS, n, columns);                                    \
    PRINT(T, "nonzero_columns", n, columns, n);                                                  \
    for (int op = 0; op < 2; op++) {                                                             \
      apus_argument_rows_##S(op ? APUS_REDUCE_MAX : APUS_REDUCE_MIN, x, stride, ROWS, n, rows);  \
      PRINT(T, "argument_rows", n, rows, ROWS);                                                  \
    }                                                                                            \
    free_arrays();                                                                               \
  }

DEFINE_COUNTS(float, f32)
DEFINE_COUNTS(double, f64)
DEFINE_COUNTS(int32_t, i32)
DEFINE_COUNTS(int64_t, i64)
DEFINE_COUNTS(uint8_t, u8)

static void bytes_u8(size_t n, size_t offset) {
  for (int op = 0; op < 2; op++) {
    const bool greatest = op == 0;
    uint8_t *a = MATRIX(u8, n, offset, false), *b = numbers_u8(n, 0, false);
    uint8_t *out = array(n, offset), *rows = array(ROWS, 0);
    apus_binary_u8(greatest ? APUS_MAX : APUS_MIN, a, 1, b, 1, out, n);
    PRINT(uint8_t, "extremes_u8", n, out, n);
    const apus_reduce_op reduce = greatest ? APUS_REDUCE_MAX : APUS_REDUCE_MIN;
    apus_reduce_rows_u8(reduce, a, (ptrdiff_t)n + 2, ROWS, n, rows);
    PRINT(uint8_t, "reduce_rows_u8", n, rows, ROWS);
    apus_reduce_columns_u8(reduce, a, (ptrdiff_t)n + 2, 1, ROWS, n, out);
    PRINT(uint8_t, "reduce_columns_u8", n, out, n);
    free_arrays();
  }
}

#define DEFINE_WIDE(T, S)                                                                        \
  static void wide_##S(size_t n, size_t offset) {                                                \
    const ptrdiff_t stride = (ptrdiff_t)n + 2;                                                   \
    T *x = MATRIX(S, n, offset, false), *y = MATRIX(S, n, 0, false);                             \
    T *out = array(ROWS * n * sizeof(T), offset * sizeof(T)), *dots = array(ROWS * sizeof(T), 0); \
    int64_t *places = array(n * sizeof(int64_t), offset * sizeof(int64_t));                      \
    apus_dot_rows_##S(x, stride, y, stride, ROWS, n, dots);                                      \
    PRINT(T, "dot_rows", n, dots, ROWS);                                                         \
    for (int op = 0; op < 2; op++) {                                                             \
      apus_argument_columns_##S(op ? APUS_REDUCE_MAX : APUS_REDUCE_MIN, x, stride, 1, ROWS, n,   \
                                places, op ? out : NULL);                                        \
      PRINT(T, "argument_columns", n, places, n);                                                \
    }                                                                                            \
    T *matrix = numbers_##S(ROWS * n, offset, false);                                            \
    for (size_t i = 0; i < ROWS * n; i++) matrix[i] = matrix[i] / 4 + 1;                         \
    for (int op = 0; op < 2; op++) {                                                             \
      /* Down columns; along rows, of which each is a matrix of one column; and in place. */     \
      apus_cumulative_##S((apus_cumulative_op)op, matrix, 1, ROWS, n, out);                      \
      PRINT(T, "cumulative", n, out, ROWS * n);                                                  \
      apus_cumulative_##S(APUS_CUMULATIVE_SUM, matrix, ROWS, n, 1, out);                         \
      PRINT(T, "cumulative_rows", n, out, ROWS * n);                                             \
      apus_cumulative_##S((apus_cumulative_op)op, out, 1, ROWS, n, out);                         \
    }                                                                                            \
    free_arrays();                                                                               \
  }

DEFINE_WIDE(float, f32)
DEFINE_WIDE(double, f64)
DEFINE_WIDE(int32_t, i32)
DEFINE_WIDE(int64_t, i64)

#define DEFINE_ROWS(T, S)                                                                        \
  static void rows_##S(size_t n, size_t offset) {                                                \
    const ptrdiff_t stride = (ptrdiff_t)n + 2;                                                   \
    const size_t bytes = n * sizeof(T), start = offset * sizeof(T);                              \
    T *x = MATRIX(S, n, offset, false);                                                          \
    double *means = array(ROWS * sizeof(double), 0), *spreads = array(ROWS * sizeof(double), 0); \
    double *centers = array(n * sizeof(double), 8), *widths = array(n * sizeof(double), 0);      \
    apus_moment_rows_##S(x, stride, ROWS, n, means, spreads);                                    \
    PRINT(T, "moment_rows", n, means, ROWS);                                                     \
    PRINT(T, "moment_rows", n, spreads, ROWS);                                                   \
    apus_moment_columns_##S(x, stride, 1, ROWS, n, centers, widths);                             \
    PRINT(T, "moment_columns", n, centers, n);                                                   \
    PRINT(T, "moment_columns", n, widths, n);                                                    \
    T *out = array(((ROWS - 1) * (n + 2) + n) * sizeof(T), start);                               \
    apus_softmax_columns_##S(x, out, stride, ROWS, n);                                           \
    for (int r = 0; r < ROWS; r++) PRINT(T, "softmax_columns", n, out + r * stride, n);          \
    apus_log_softmax_columns_##S(x, out, stride, ROWS, n);                                       \
    for (int r = 0; r < ROWS; r++) PRINT(T, "log_softmax_columns", n, out + r * stride, n);      \
    free_arrays();                                                                               \
    /* Rows of no elements have no spread. */                                                    \
    for (int options = 0; n && options < 4; options++) {                                         \
      const bool centered = options & 1, scaled = options & 2;                                   \
      T *rows = numbers_##S(ROWS * n, offset, false), *g = numbers_##S(ROWS * n, 0, false);      \
      T *scale = scaled ? numbers_##S(n, offset, false) : NULL;                                  \
      T *shift = scaled ? numbers_##S(n, 0, false) : NULL;                                       \
      T *y = array(ROWS * bytes, start), *mean = array(ROWS * sizeof(T), start);                 \
      T *inverse = array(ROWS * sizeof(T), start), *scale_grad = array(bytes, start);            \
      T *shift_grad = scaled ? array(bytes, 0) : NULL;                                           \
      if (!centered) mean = NULL;                                                                \
      apus_normalize_rows_##S(rows, scale, shift, (T)0.5, centered, y, mean, inverse, ROWS, n);  \
      PRINT(T, "normalize", n, y, ROWS * n);                                                     \
      apus_normalize_rows_grad_##S(rows, g, scale, mean, inverse, y, ROWS, n);                   \
      PRINT(T, "normalize_grad", n, y, ROWS * n);                                                \
      apus_normalize_rows_parameter_grad_##S(rows, g, mean, inverse, scale_grad, shift_grad,     \
                                             ROWS, n);                                           \
      PRINT(T, "normalize_scale", n, scale_grad, n);                                             \
      if (scaled) PRINT(T, "normalize_shift", n, shift_grad, n);                                 \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_ROWS(float, f32)
DEFINE_ROWS(double, f64)

// ---- Sorting

#define DEFINE_KEYS(T, S, KEY)                                                                   \
  static void keys_##S(size_t n, size_t offset, bool special) {                                  \
    for (int descending = 0; descending < 2; descending++) {                                     \
      T *x = numbers_##S(n, offset, special), *out = array(n * sizeof(T), offset * sizeof(T));   \
      KEY *keys = array(n * sizeof(KEY), offset * sizeof(KEY));                                  \
      apus_sort_keys_##S(x, keys, n, descending);                                                \
      apus_sort_values_##S(keys, out, n, descending);                                            \
      PRINT(T, "sort_values", n, out, n);                                                        \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_KEYS(float, f32, int32_t)
DEFINE_KEYS(double, f64, int64_t)
DEFINE_KEYS(int32_t, i32, int32_t)
DEFINE_KEYS(int64_t, i64, int64_t)
DEFINE_KEYS(uint8_t, u8, int32_t)

#define DEFINE_RESTORE(T, S)                                                                     \
  static void restore_##S(size_t n, size_t offset) {                                             \
    T *x = numbers_##S(n, offset, false), *sorted = array(n * sizeof(T), 0);                     \
    /* Zeros of both signs, then numbers, then NaN. */                                           \
    for (size_t i = 0; i < n; i++) {                                                             \
      x[i] = i % 3 == 0 ? (T)0 : i % 3 == 1 ? (T)-0.0 : (T)NAN;                                  \
      sorted[i] = i < n - n / 3 ? 0 : (T)NAN;                                                    \
    }                                                                                            \
    apus_sort_restore_##S(x, 1, sorted, n);                                                      \
    PRINT(T, "sort_restore", n, sorted, n);                                                      \
    free_arrays();                                                                               \
  }

DEFINE_RESTORE(float, f32)
DEFINE_RESTORE(double, f64)

// VALUE(e) is what of an element e is printed.
#define DEFINE_SORT(E, S, BITS, MAKE, VALUE)                                                     \
  static void radix_sort_##S(size_t n, size_t offset) {                                          \
    E *a = array(n * sizeof(E), offset * sizeof(E)), *b = array(n * sizeof(E), 0);               \
    for (size_t i = 0; i < n; i++) a[i] = MAKE(i);                                               \
    const uint64_t varying = apus_radix_varying_##S(a, n);                                        \
    const unsigned cut = apus_radix_cut(varying, n, 0, BITS);                                     \
    size_t counts[256] = {0}, total = 0;                                                         \
    apus_radix_count_##S(a, n, 8, counts);                                                       \
    for (int i = 0; i < 256; i++) {                                                              \
      const size_t count = counts[i];                                                            \
      counts[i] = total;                                                                         \
      total += count;                                                                            \
    }                                                                                            \
    apus_radix_move_##S(a, b, n, 8, counts);                                                     \
    for (size_t i = 0; i < n; i++) PRINT(E, "radix_move", n, &(double){VALUE(b[i])}, 1);         \
    E *sorted = apus_radix_sort_##S(a, b, n, 8, BITS);                                                 \
    E *other = sorted == a ? b : a;                                                              \
    apus_radix_runs_##S(sorted, other, 0, n, n, 0, 8);                                            \
    for (size_t i = 0; i < n; i++) PRINT(E, "radix_sort", n, &(double){VALUE(sorted[i])}, 1);    \
    if (cut > BITS) abort();                                                                     \
    free_arrays();                                                                               \
  }

#define WORD(i) ((int32_t)((uint32_t)next() << 8 | (next() & 0xff)))
#define LONG_WORD(i) ((int64_t)((uint64_t)WORD(i) << 32 | (uint32_t)WORD(i)))
#define KEYED(i) ((apus_keyed){LONG_WORD(i), i})
#define ITSELF(e) ((double)(e))
#define KEY_OF(e) ((double)(e).key)

DEFINE_SORT(int32_t, i32, 32, WORD, ITSELF)
DEFINE_SORT(int64_t, i64, 64, LONG_WORD, ITSELF)
DEFINE_SORT(apus_keyed, keyed, 64, KEYED, KEY_OF)

// Lengths around those of the networks as well, and of several partitions.
#define DEFINE_QUICKSORT(E, S, MAKE)                                                             \
  static void sort_##S(size_t n, size_t offset) {                                                \
    const size_t longer[] = {0, 100, 230, 1000};                                                 \
    for (size_t l = 0; l < sizeof longer / sizeof *longer; l++) {                                \
      const size_t count = n + longer[l];                                                        \
      E *a = array(count * sizeof(E), offset * sizeof(E)), *b = array(count * sizeof(E), 0);     \
      for (size_t i = 0; i < count; i++) a[i] = MAKE(i);                                         \
      apus_sort_##S(a, b, count);                                                                \
      PRINT(E, "sort", count, a, count);                                                         \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_QUICKSORT(int32_t, i32, WORD)
DEFINE_QUICKSORT(int64_t, i64, LONG_WORD)

#define DEFINE_SELECT(KEY, S, E, MAKE)                                                           \
  static void select_##S(size_t n, size_t offset) {                                              \
    KEY *keys = array(n * sizeof(KEY), offset * sizeof(KEY));                                    \
    for (size_t i = 0; i < n; i++) keys[i] = MAKE(i) >> 3;                                       \
    E *keyed = array(n * sizeof(E), 0);                                                          \
    int64_t *positions = array(n * sizeof(int64_t), offset * sizeof(int64_t));                   \
    apus_sort_keyed_##S(keys, 5, keyed, n);                                                      \
    apus_sort_positions_##S(keyed, positions, n);                                                \
    PRINT(E, "positions", n, positions, n);                                                      \
    for (size_t k = 1; k <= n; k += 7) {                                                         \
      /* Little room, and much. */                                                               \
      for (size_t capacity = k + 1; capacity <= 2 * k + 8; capacity += k + 7) {                  \
        E *chosen = array(capacity * sizeof(E), 0);                                              \
        apus_select_##S(keys, n, 2, k, chosen, capacity);                                        \
        int64_t *found = array(k * sizeof(int64_t), 0);                                          \
        apus_sort_positions_##S(chosen, found, k);                                               \
        PRINT(E, "select", n, found, k);                                                         \
        block_count -= 2;                                                                        \
        free(chosen), free(found);                                                               \
      }                                                                                          \
    }                                                                                            \
    free_arrays();                                                                               \
  }

DEFINE_SELECT(int32_t, i32, int64_t, WORD)
DEFINE_SELECT(int64_t, i64, apus_keyed, LONG_WORD)

// ---- Random numbers

static void random_numbers(size_t n, size_t offset) {
  const apus_random at = {7 + n, 3, UINT64_MAX / 2 - offset};
  uint64_t *words = array(n * sizeof(uint64_t), offset * sizeof(uint64_t));
  uint8_t *bits = array(n, offset);
  float *floats = array(n * sizeof(float), offset * sizeof(float));
  double *doubles = array(n * sizeof(double), offset * sizeof(double));
  apus_random_words(&at, words, n);
  PRINT(uint64_t, "random_words", n, words, n);
  apus_random_bernoulli(&at, UINT64_C(1) << 51, bits, n);
  PRINT(uint8_t, "random_bernoulli", n, bits, n);
  apus_random_uniform_f32(&at, -1, 3, 1.5f, floats, n);
  PRINT(float, "random_uniform", n, floats, n);
  apus_random_uniform_f64(&at, -1, 3, 1.5, doubles, n);
  PRINT(double, "random_uniform", n, doubles, n);
  apus_random_normal_f32(&at, 1, 2, floats, n);
  PRINT(float, "random_normal", n, floats, n);
  apus_random_normal_f64(&at, 1, 2, doubles, n);
  PRINT(double, "random_normal", n, doubles, n);
  free_arrays();
}

// ---- Windows: planes of 4 rows and n columns, under kernels of 2 x 3

static apus_window_axis window_axis(size_t extent, ptrdiff_t kernel, ptrdiff_t stride,
                                    ptrdiff_t dilation, ptrdiff_t padding) {
  const ptrdiff_t input = (ptrdiff_t)extent, reach = dilation * (kernel - 1) + 1;
  return (apus_window_axis){.input = input, .output = (input + 2 * padding - reach) / stride + 1,
                            .kernel = kernel, .stride = stride, .dilation = dilation,
                            .before = padding, .after = padding};
}

enum { MOST_WINDOWS = LONGEST + 8 };

typedef struct {
  ptrdiff_t first[MOST_WINDOWS], last[MOST_WINDOWS], divisor[MOST_WINDOWS];
  apus_pool_axis axis;
} pool_table;

static void fill_pool_table(pool_table *table, const apus_window_axis *axis) {
  for (ptrdiff_t i = 0; i < axis->output; i++) {
    ptrdiff_t first = i * axis->stride - axis->before;
    const ptrdiff_t end = first + axis->dilation * (axis->kernel - 1) + 1;
    while (first < 0) first += axis->dilation;
    table->first[i] = first;
    table->last[i] = end < axis->input ? end : axis->input;
    if (table->last[i] < first) table->last[i] = first;
    table->divisor[i] = axis->kernel;
  }
  // The windows none of whose taps lies in the padding.
  const ptrdiff_t reach = axis->dilation * (axis->kernel - 1), stride = axis->stride;
  const ptrdiff_t begin = (axis->before + stride - 1) / stride;
  ptrdiff_t end = begin;
  while (end < axis->output && end * stride - axis->before + reach < axis->input) end++;
  table->axis = (apus_pool_axis){axis->input, axis->output, axis->dilation, table->first,
                                 table->last, table->divisor, begin, end, axis->kernel, stride};
}

#define DEFINE_WINDOWS(T, S)                                                                     \
  static void windows_##S(size_t n, size_t offset) {                                             \
    for (ptrdiff_t spread = 1; n && spread <= 2; spread++) {                                     \
      const apus_windows windows = {window_axis(4, 2, spread, 1, 1),                             \
                                    window_axis(n, 3, 3 - spread, spread, 2)};                   \
      const size_t planes = 2, area = 4 * n;                                                     \
      const size_t count = (size_t)(windows.y.output * windows.x.output);                        \
      T *x = numbers_##S(planes * area, offset, false);                                          \
      T *g = numbers_##S(planes * count, offset, false);                                         \
      T *columns = array(planes * 6 * count * sizeof(T), offset * sizeof(T));                    \
      T *out = array(planes * count * sizeof(T), offset * sizeof(T));                            \
      T *back = array(planes * area * sizeof(T), offset * sizeof(T));                            \
      int32_t *places = array(planes * count * sizeof(int32_t), 4 * offset);                     \
      memset(back, 0, planes * area * sizeof(T));                                                \
      apus_im2col_##S(x, planes, &windows, 0, (size_t)windows.y.output, columns);                \
      PRINT(T, "im2col", n, columns, planes * 6 * count);                                        \
      apus_col2im_##S(columns, planes, &windows, 0, (size_t)windows.y.output, back);             \
      PRINT(T, "col2im", n, back, planes * area);                                                \
      pool_table y_table, x_table;                                                               \
      fill_pool_table(&y_table, &windows.y);                                                     \
      fill_pool_table(&x_table, &windows.x);                                                     \
      apus_max_pool_##S(x, planes, &y_table.axis, &x_table.axis, out, places);                   \
      PRINT(T, "max_pool", n, places, planes * count);                                           \
      apus_max_pool_##S(x, planes, &y_table.axis, &x_table.axis, out, NULL);                     \
      apus_max_pool_grad_##S(g, places, planes, count, area, back);                              \
      PRINT(T, "max_pool_grad", n, back, planes * area);                                         \
      apus_average_pool_##S(x, planes, &y_table.axis, &x_table.axis, out);                       \
      PRINT(T, "average_pool", n, out, planes * count);                                          \
      apus_average_pool_grad_##S(g, planes, &y_table.axis, &x_table.axis, back);                 \
      PRINT(T, "average_pool_grad", n, back, planes * area);                                     \
      const apus_depthwise depthwise = {windows, (ptrdiff_t)planes, 1};                          \
      T *kernels = numbers_##S(planes * 6, 0, false);                                            \
      T *scratch = array(apus_depthwise_scratch(&depthwise) * sizeof(T), 0);                     \
      apus_depthwise_##S(&depthwise, 0, planes, x, kernels, false, NULL, out, scratch);          \
      PRINT(T, "depthwise", n, out, planes * count);                                             \
      /* Small, so that the roundings of sums stay below what is compared. */                    \
      for (size_t i = 0; i < planes * count; i++) g[i] /= 1024;                                  \
      apus_depthwise_weight_grad_##S(&depthwise, 1, 1, x, g, kernels, scratch);                  \
      PRINT(T, "depthwise_weight_grad", n, kernels, 6);                                          \
      free_arrays();                                                                             \
    }                                                                                            \
  }                                                                                              \
                                                                                                 \
  /* 4 rows and n columns from 3 and 5, and from 6 and 2 n, each of up to 3 elements. */         \
  static void resizing_##S(size_t n, size_t offset) {                                            \
    const size_t inputs[2][2] = {{3, 5}, {6, 2 * n}};                                            \
    for (int shape = 0; n && shape < 2; shape++) {                                               \
      const size_t height = inputs[shape][0], width = inputs[shape][1], planes = 2;              \
      const size_t from = planes * height * width, to = planes * 4 * n;                          \
      ptrdiff_t first[LONGEST + 1], y_places[12], x_places[3 * LONGEST];                         \
      first[0] = 0;                                                                              \
      for (size_t i = 0; i < n || i < 4; i++) first[i + 1] = first[i] + 1 + (ptrdiff_t)(i % 3);  \
      for (ptrdiff_t i = 0, k = 0; i < 4; i++)                                                   \
        for (; k < first[i + 1]; k++) y_places[k] = (i + k) % (ptrdiff_t)height;                 \
      for (ptrdiff_t i = 0, k = 0; i < (ptrdiff_t)n; i++)                                        \
        for (; k < first[i + 1]; k++) x_places[k] = (i + k) % (ptrdiff_t)width;                  \
      T *y_weights = numbers_##S(12, 0, false), *x_weights = numbers_##S(3 * n, 0, false);       \
      const apus_resample_axis y = {(ptrdiff_t)height, 4, first, y_places};                      \
      const apus_resample_axis x = {(ptrdiff_t)width, (ptrdiff_t)n, first, x_places};            \
      T *image = numbers_##S(from, offset, false), *g = numbers_##S(to, offset, false);          \
      T *between = array(planes * height * n * sizeof(T), offset * sizeof(T));                   \
      T *out = array(to * sizeof(T), offset * sizeof(T));                                        \
      apus_resample_##S(image, planes * height, &x, x_weights, 1, between);                      \
      apus_resample_##S(between, planes, &y, y_weights, n, out);                                 \
      PRINT(T, "resample", n, out, to);                                                          \
      apus_resize_nearest_##S(image, planes, &y, &x, out);                                       \
      PRINT(T, "resize_nearest", n, out, to);                                                    \
      memset(between, 0, planes * height * n * sizeof(T));                                       \
      apus_resample_grad_##S(g, planes, &y, y_weights, n, between);                              \
      apus_resample_grad_##S(between, planes * height, &x, x_weights, 1, image);                 \
      apus_resize_nearest_grad_##S(g, planes, &y, &x, image);                                    \
      PRINT(T, "resample_grad", n, image, from);                                                 \
      free_arrays();                                                                             \
    }                                                                                            \
  }                                                                                              \
                                                                                                 \
  /* Rows of n pixels, by kernels of 2 x 3, two apart. */                                        \
  static void pixels_of_##S(size_t n, size_t offset, ptrdiff_t in, ptrdiff_t out) {              \
    const ptrdiff_t width = (ptrdiff_t)n, windows = (width + 1) / 2;                             \
    const apus_pixel_convolution g = {                                                           \
        .windows = {{3, 2, 2, 1, 1, 0, 0}, {width, windows, 3, 2, 1, 1, 1}}, .inputs = in,       \
        .outputs = out, .first_row = 0, .rows = 2};                                              \
    apus_pixel_convolution of_input = g;                                                         \
    of_input.rows = 3;                                                                           \
    const size_t inputs = (size_t)in, outputs = (size_t)out, area = 2 * (size_t)windows;         \
    const size_t block = 6 * APUS_PIXEL_BLOCK * sizeof(T), weights = outputs * inputs * 6;       \
    T *x = numbers_##S(inputs * 3 * n, offset, false), *w = numbers_##S(weights, offset, false); \
    T *y = array(outputs * area * sizeof(T), offset * sizeof(T));                                \
    T *bias = numbers_##S(outputs, 0, false), *dw = array(weights * sizeof(T), 0);               \
    T *u = array((outputs + 15) / 16 * inputs * block, 0);                                       \
    T *v = array((inputs + 15) / 16 * outputs * block, 0);                                       \
    const size_t sums_bytes = (outputs + 15) / 16 * inputs * block;                              \
    T *sums = array(sums_bytes, 0), *scratch = array(apus_pixel_scratch(&g) * sizeof(T), 0);     \
    for (ptrdiff_t o = 0; o < out; o += 16)                                                      \
      apus_pixel_weight_##S(w, out, in, 6, false, o, u + o * in * 6);                            \
    apus_pixel_convolve_##S(&g, x, u, bias, y, scratch);                                         \
    PRINT(T, "pixels", n, y, outputs * area);                                                    \
    memset(sums, 0, sums_bytes);                                                                 \
    scratch = array(apus_pixel_weight_grad_scratch(&g) * sizeof(T), 0);                          \
    /* Small, so that the roundings of sums stay below what is compared. */                      \
    for (size_t i = 0; i < outputs * area; i++) y[i] /= 4096;                                    \
    apus_pixel_weight_grad_##S(&g, x, y, sums, scratch);                                         \
    apus_pixel_weight_finish_##S(sums, out, in, 6, dw);                                          \
    PRINT(T, "pixel_weights", n, dw, weights);                                                   \
    for (ptrdiff_t c = 0; c < in; c += 16)                                                       \
      apus_pixel_weight_##S(w, out, in, 6, true, c, v + c * out * 6);                            \
    scratch = array(apus_pixel_input_grad_scratch(&of_input) * sizeof(T), 0);                    \
    apus_pixel_input_grad_##S(&of_input, y, v, NULL, x, scratch);                                \
    PRINT(T, "pixel_inputs", n, x, inputs * 3 * n);                                              \
    free_arrays();                                                                               \
  }                                                                                              \
                                                                                                 \
  static void pixels_##S(size_t n, size_t offset) {                                              \
    if (n == 0) return;                                                                          \
    pixels_of_##S(n, offset, 5, 4);                                                              \
    if (n < 40) pixels_of_##S(n, offset, 17, 18);                                                \
  }                                                                                              \
                                                                                                 \
  /* Planes of 3 rows and n columns, 5 channels to 4. */                                         \
  static void winograd_##S(size_t n, size_t offset) {                                            \
    if (n == 0) return;                                                                          \
    const ptrdiff_t width = (ptrdiff_t)n;                                                        \
    const apus_winograd g = {.images = 2, .inputs = 5, .outputs = 4, .height = 3,                \
                             .width = width, .out_height = 3, .out_width = width,                \
                             .before_y = 1, .before_x = 1, .first_row = 0, .rows = 1};           \
    const size_t area = 3 * n, u_count = 36 * apus_winograd_weight_step(5);                      \
    T *x = numbers_##S(2 * 5 * area, offset, false), *w = numbers_##S(4 * 5 * 9, offset, false); \
    T *y = array(2 * 4 * area * sizeof(T), offset * sizeof(T));                                  \
    T *bias = numbers_##S(4, 0, false), *u = array(u_count * sizeof(T), 0);                      \
    const size_t sums_bytes = 36 * apus_winograd_sums_step(5, 4) * sizeof(T);                    \
    T *sums = array(sums_bytes, 0), *dw = array(4 * 5 * 9 * sizeof(T), 0);                       \
    for (int flipped = 0; flipped < 2; flipped++) {                                              \
      apus_winograd_weight_##S(w, 5, 4, flipped, 0, u);                                          \
      T *scratch = array(apus_winograd_scratch(&g, false) * sizeof(T), 0);                       \
      apus_winograd_forward_##S(&g, x, u, flipped ? NULL : bias, y, scratch);                    \
      PRINT(T, "winograd", n, y, 2 * 4 * area);                                                  \
    }                                                                                            \
    memset(sums, 0, sums_bytes);                                                                 \
    T *scratch = array(apus_winograd_scratch(&g, true) * sizeof(T), 0);                          \
    /* Small, so that the roundings of sums stay below what is compared. */                      \
    for (size_t i = 0; i < 2 * 4 * area; i++) y[i] /= 1024;                                       \
    apus_winograd_weight_grad_##S(&g, x, y, sums, scratch);                                      \
    apus_winograd_weight_finish_##S(sums, 5, 4, dw);                                             \
    PRINT(T, "winograd_weight", n, dw, 4 * 5 * 9);                                               \
    free_arrays();                                                                               \
  }

DEFINE_WINDOWS(float, f32)
DEFINE_WINDOWS(double, f64)

// ---- All of them

static void families(size_t n, size_t offset, bool special) {
#define RUN_TYPE(S) comparison_##S(n, offset, special), counts_##S(n, offset, special), \
                    keys_##S(n, offset, special);
#define RUN_WIDE(S) RUN_TYPE(S) wide_##S(n, offset);
#define RUN_FLOAT(S)                                                                             \
  RUN_WIDE(S)                                                                                    \
  classification_##S(n, offset), rows_##S(n, offset), restore_##S(n, offset);                    \
  windows_##S(n, offset), resizing_##S(n, offset), winograd_##S(n, offset),                      \
      pixels_##S(n, offset);
  RUN_FLOAT(f32)
  RUN_FLOAT(f64)
  RUN_WIDE(i32)
  RUN_WIDE(i64)
  RUN_TYPE(u8)
  truth_i32(n, offset), truth_i64(n, offset);
  bytes_u8(n, offset);
  selection_1(n, offset), selection_4(n, offset), selection_8(n, offset);
  radix_sort_i32(n, offset), radix_sort_i64(n, offset), radix_sort_keyed(n, offset);
  sort_i32(n, offset), sort_i64(n, offset);
  select_i32(n, offset), select_i64(n, offset);
  random_numbers(n, offset);
}

#endif
