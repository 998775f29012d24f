// Runs every kernel on arrays that end where their block of memory ends, at lengths 0 to 70 and at
// unaligned starts, for valgrind to watch; `check print` writes the results for a comparison of two
// machines. scripts/check-kernels builds and runs it.
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 70 };

static bool printing = false;

// ---- Arrays

static void *blocks[64];
static size_t block_count = 0;

// `bytes` bytes that end with their block, `offset` bytes after the start of an aligned one.
static void *array(size_t bytes, size_t offset) {
  char *block = malloc(offset + bytes + (offset + bytes == 0));
  if (!block || block_count == sizeof blocks / sizeof *blocks) abort();
  blocks[block_count++] = block;
  return block + offset;
}

static void free_arrays(void) {
  while (block_count) free(blocks[--block_count]);
}

static uint32_t state = 1;

static uint32_t next(void) { return (state = state * 1664525u + 1013904223u) >> 8; }

// Numbers between -4 and 4; every eleventh is special where `special`.
static double number(bool special) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, 1e-40, 3e36};
  const uint32_t bits = next();
  if (special && bits % 11 == 0) return odd[bits / 11 % (sizeof odd / sizeof *odd)];
  return (double)(bits & 0xffff) / 8192 - 4;
}

// ---- Printing: one line a number, so that two runs can be laid side by side.

static void print_number(const char *name, size_t n, double x) {
  if (isnan(x)) printf("%s/%zu nan\n", name, n);
  else printf("%s/%zu %.17g\n", name, n, x);
}

#define PRINT(T, name, n, x, count)                                                     \
  do {                                                                                  \
    if (printing)                                                                       \
      for (size_t i_ = 0; i_ < (size_t)(count); i_++) print_number(name, n, (double)(x)[i_]); \
  } while (0)

// ---- Elementwise kernels and reductions, for each element type

static const char *binary_names[] = {
#define NAME_ROW(NAME) #NAME,
    APUS_BINARY_OPS_ANY(NAME_ROW) APUS_BINARY_OPS_POWER(NAME_ROW)
    APUS_BINARY_OPS_FLOAT(NAME_ROW)};
static const char *unary_names[] = {APUS_UNARY_OPS_ANY(NAME_ROW) APUS_UNARY_OPS_FLOAT(NAME_ROW)
                                    APUS_UNARY_OPS_BOUNDED(NAME_ROW)};
static const char *reduce_names[] = {APUS_REDUCE_OPS_ANY(NAME_ROW) APUS_REDUCE_OPS_SIGNED(NAME_ROW)
                                     APUS_REDUCE_OPS_FLOAT(NAME_ROW) "LOG_SUM_EXP"};

#define COUNT_ROW(NAME) +1
enum {
  BINARY_ANY = 0 APUS_BINARY_OPS_ANY(COUNT_ROW) APUS_BINARY_OPS_POWER(COUNT_ROW),
  BINARY_FLOAT = BINARY_ANY APUS_BINARY_OPS_FLOAT(COUNT_ROW),
  UNARY_ANY = 0 APUS_UNARY_OPS_ANY(COUNT_ROW),
  UNARY_FLOAT = UNARY_ANY APUS_UNARY_OPS_FLOAT(COUNT_ROW) APUS_UNARY_OPS_BOUNDED(COUNT_ROW),
  REDUCE_SIGNED = 0 APUS_REDUCE_OPS_ANY(COUNT_ROW) APUS_REDUCE_OPS_SIGNED(COUNT_ROW),
  REDUCE_FLOAT = REDUCE_SIGNED APUS_REDUCE_OPS_FLOAT(COUNT_ROW) + 1,
};

#define DEFINE_COMMON(T, S, BINARY_COUNT, UNARY_COUNT, IS_FLOAT)                                 \
  static T *numbers_##S(size_t n, size_t offset, bool special) {                                 \
    T *x = array(n * sizeof(T), offset * sizeof(T));                                             \
    for (size_t i = 0; i < n; i++) {                                                             \
      double v = number(special && IS_FLOAT);                                                    \
      x[i] = IS_FLOAT ? (T)v : (T)(v * 16 == 0 ? 3 : v * 16);                                    \
      if (!IS_FLOAT && x[i] == 0) x[i] = 5;                                                      \
    }                                                                                            \
    return x;                                                                                    \
  }                                                                                              \
  static void common_##S(size_t n, size_t offset, bool special) {                                \
    for (int op = 0; op < UNARY_COUNT; op++) {                                                   \
      T *x = numbers_##S(n, offset, special), *out = array(n * sizeof(T), offset * sizeof(T));   \
      apus_unary_##S((apus_unary_op)op, x, out, n);                                              \
      PRINT(T, unary_names[op], n, out, n);                                                      \
      apus_unary_##S((apus_unary_op)op, x, x, n);                                                \
      free_arrays();                                                                             \
    }                                                                                            \
    for (int op = 0; op < BINARY_COUNT; op++)                                                    \
      for (int steps = 0; steps < 4; steps++) {                                                  \
        const ptrdiff_t a_step = steps & 1, b_step = steps >> 1;                                 \
        T *a = numbers_##S(a_step ? n : 1, offset, special);                                     \
        T *b = numbers_##S(b_step ? n : 1, 0, special);                                          \
        /* Integers have no negative powers. */                                                  \
        for (size_t i = 0; !IS_FLOAT && i < (b_step ? n : 1); i++)                               \
          if (b[i] < 0) b[i] = -b[i];                                                            \
        T *out = array(n * sizeof(T), offset * sizeof(T));                                       \
        apus_binary_##S((apus_binary_op)op, a, a_step, b, b_step, out, n);                       \
        PRINT(T, binary_names[op], n, out, n);                                                   \
        free_arrays();                                                                           \
      }                                                                                          \
    for (int op = 0; op < (IS_FLOAT ? REDUCE_FLOAT : REDUCE_SIGNED); op++) {                     \
      const size_t rows = 3, stride = n + 2;                                                     \
      /* The last row ends the array, without the gap that the stride leaves. Infinity times a   \
         denormal depends on the order, which lanes set: no special numbers in products. */      \
      T *x = numbers_##S((rows - 1) * stride + n, offset,                                        \
                         special && op != APUS_REDUCE_PRODUCT);                                  \
      T *out = array(rows * sizeof(T), 0), *columns = array(n * sizeof(T), offset * sizeof(T));  \
      apus_reduce_rows_##S((apus_reduce_op)op, x, (ptrdiff_t)stride, rows, n, out);              \
      PRINT(T, reduce_names[op], n, out, rows);                                                  \
      apus_reduce_columns_##S((apus_reduce_op)op, x, (ptrdiff_t)stride, 1, rows, n, columns);    \
      PRINT(T, reduce_names[op], n, columns, n);                                                 \
      free_arrays();                                                                             \
    }                                                                                            \
  }

DEFINE_COMMON(float, f32, BINARY_FLOAT, UNARY_FLOAT, true)
DEFINE_COMMON(double, f64, BINARY_FLOAT, UNARY_FLOAT, true)
DEFINE_COMMON(int32_t, i32, BINARY_ANY, UNARY_ANY, false)
DEFINE_COMMON(int64_t, i64, BINARY_ANY, UNARY_ANY, false)

// ---- The other kernels of floats

#define DEFINE_FLOAT(T, S)                                                                       \
  static void floats_##S(size_t n, size_t offset) {                                              \
    const size_t rows = 2;                                                                       \
    T *x = numbers_##S(rows * n, offset, false), *y = numbers_##S(rows * n, 0, false);           \
    T *out = array(rows * n * sizeof(T), offset * sizeof(T));                                    \
    T *probabilities = array(rows * n * sizeof(T), offset * sizeof(T));                          \
    T *losses = array(rows * sizeof(T), 0), *scales = numbers_##S(rows, 0, false);               \
    int64_t *places = array(rows * sizeof(int64_t), 0);                                          \
    size_t *sizes = array(rows * sizeof(size_t), 0);                                             \
    int32_t *labels = array(rows * sizeof(int32_t), 4);                                          \
    uint8_t *bytes = array(n, offset);                                                           \
    for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)next();                                   \
    for (size_t r = 0; r < rows; r++) labels[r] = n ? (int32_t)(next() % n) : 0;                 \
                                                                                                 \
    apus_argument_rows_##S(APUS_REDUCE_MAX, x, (ptrdiff_t)n, rows, n, places);                   \
    PRINT(T, "argmax", n, places, rows);                                                         \
    apus_argument_rows_##S(APUS_REDUCE_MIN, x, (ptrdiff_t)n, rows, n, places);                   \
    PRINT(T, "argmin", n, places, rows);                                                         \
    apus_softmax_rows_##S(x, out, rows, n);                                                      \
    PRINT(T, "softmax", n, out, rows * n);                                                       \
    apus_softmax_grad_rows_##S(out, y, probabilities, rows, n);                                  \
    PRINT(T, "softmax_grad", n, probabilities, rows * n);                                        \
    for (size_t r = 0; r < rows; r++) sizes[r] = n ? next() % (n + 1) : 0;                       \
    memcpy(out, x, rows * n * sizeof(T));                                                        \
    apus_softmax_leading_##S(out, (ptrdiff_t)n, rows, sizes, n);                                 \
    PRINT(T, "softmax_leading", n, out, rows * n);                                               \
    memcpy(probabilities, y, rows * n * sizeof(T));                                              \
    apus_softmax_grad_leading_##S(out, probabilities, (ptrdiff_t)n, rows, sizes, n);             \
    PRINT(T, "softmax_grad_leading", n, probabilities, rows * n);                                \
    apus_log_softmax_rows_##S(x, out, rows, n);                                                  \
    PRINT(T, "log_softmax", n, out, rows * n);                                                   \
    apus_log_softmax_grad_rows_##S(out, y, probabilities, rows, n);                              \
    PRINT(T, "log_softmax_grad", n, probabilities, rows * n);                                    \
    if (n) {                                                                                     \
      apus_softmax_cross_entropy_##S(x, labels, losses, probabilities, rows, n);                 \
      PRINT(T, "cross_entropy", n, losses, rows);                                                \
      apus_softmax_cross_entropy_grad_##S(probabilities, labels, scales, 1, out, rows, n);       \
      PRINT(T, "cross_entropy_grad", n, out, rows * n);                                          \
    }                                                                                            \
    /* Five frames of three classes, spelling n / 2 symbols. */                                  \
    const size_t states = n / 2 * 2 + 1;                                                         \
    T *frames = array(15 * sizeof(T), offset * sizeof(T)), *by_frames = array(15 * sizeof(T), 0);\
    T *gates = array((states + 2) * sizeof(T), 0);                                               \
    T *alphas = array(5 * (states + 2) * sizeof(T), 0), *loss = array(sizeof(T), 0);             \
    T *scratch = array((2 * states + 2) * sizeof(T), 0);                                         \
    int32_t *symbols = array(states * sizeof(int32_t), 0);                                       \
    for (size_t i = 0; i < 15; i++) frames[i] = (T)-0.25 * (T)(i % 7), by_frames[i] = 0;         \
    for (size_t s = 0; s < states + 2; s++)                                                      \
      gates[s] = s > 2 && s < states && s % 2 ? 0 : (T)-INFINITY;                                \
    for (size_t s = 0; s < states; s++) symbols[s] = s % 2 ? 1 + (int32_t)(s / 2 % 2) : 0;       \
    apus_ctc_forward_##S(frames, 3, 5, symbols, gates, states, alphas, loss);                    \
    PRINT(T, "ctc", n, loss, 1);                                                                 \
    if (isfinite(*loss))                                                                         \
      apus_ctc_backward_##S(frames, 3, 5, symbols, gates, states, alphas, *loss, 1, scratch,     \
                            by_frames, 3);                                                       \
    PRINT(T, "ctc_grad", n, by_frames, 15);                                                      \
    apus_u8_to_##S(bytes, (T)0.5, (T)1, out, n);                                                 \
    PRINT(T, "from_u8", n, out, n);                                                              \
    apus_axpby_##S((T)2, x, (T)3, out, n);                                                       \
    apus_affine_##S((T)2, (T)-1, x, out, n);                                                     \
    PRINT(T, "affine", n, out, n);                                                               \
                                                                                                 \
    T *m = numbers_##S(n, 0, false), *v = array(n * sizeof(T), 0);                               \
    for (size_t i = 0; i < n; i++) v[i] = m[i] *= m[i];                                          \
    T *w = array(n * sizeof(T), 0);                                                              \
    for (size_t i = 0; i < n; i++) w[i] = v[i];                                                  \
    const apus_update_options o = {1, 0.1, 0.01, 0.9, 0.01, 0.02, 0.9, 0.1, 0.999, 0.001, 2,     \
                                   1e-8, true, false, true};                                     \
    for (int rule = 0; rule < APUS_UPDATE_COUNT; rule++) {                                       \
      apus_update_##S((apus_update_rule)rule, x, y, m, v, w, n, &o);                             \
      PRINT(T, "update", n, x, n);                                                               \
    }                                                                                            \
    free_arrays();                                                                               \
  }

DEFINE_FLOAT(float, f32)
DEFINE_FLOAT(double, f64)

// ---- Products

#define DEFINE_PRODUCTS(T, S)                                                                    \
  /* Rows of A divided by `scale`, so that the roundings of sums stay below what is compared. */ \
  /* Where B is not transposed, a batch of three. */                                             \
  static void product_##S(size_t m, size_t columns, size_t k, int transposes, size_t n,          \
                          size_t offset, T scale) {                                              \
    apus_product product = {.m = m, .n = columns, .k = k, .a_row = (ptrdiff_t)k, .a_step = 1,    \
                            .b_step = (ptrdiff_t)columns, .b_column = 1,                         \
                            .c_row = (ptrdiff_t)columns, .count = transposes & 2 ? 1 : 3,        \
                            .a_next = (ptrdiff_t)(m * k), .b_next = (ptrdiff_t)(k * columns),    \
                            .c_next = (ptrdiff_t)(m * columns)};                                 \
    const size_t count = product.count;                                                          \
    if (transposes & 1) product.a_row = 1, product.a_step = (ptrdiff_t)m;                        \
    if (transposes & 2) product.b_step = 1, product.b_column = (ptrdiff_t)k;                     \
    T *a = numbers_##S(count * m * k, offset, false);                                            \
    T *b = numbers_##S(count * k * columns, offset, false);                                      \
    T *c = numbers_##S(count * m * columns, offset, false);                                      \
    for (size_t i = 0; i < count * m * k; i++) a[i] /= scale;                                    \
    if (transposes == 3) product.bias = numbers_##S(columns, offset, false);                     \
    product.rectifies = transposes == 2;                                                         \
    T *workspace = aligned_alloc(64, (apus_gemm_workspace_##S(&product) + 127) / 64 * 64);       \
    (void)apus_gemm_packs_##S(&product);  /* The answer is another on each instruction set. */    \
    apus_gemm_##S(&product, 2, a, b, transposes & 1 ? 1 : 0, c, workspace);                      \
    PRINT(T, "gemm", n, c, count * m * columns);                                                 \
    free(workspace);                                                                             \
    free_arrays();                                                                               \
  }                                                                                              \
  /* All four transposes of n x 5 times 5 x 9, the other way around, and along k. */             \
  static void products_##S(size_t n, size_t offset) {                                            \
    const size_t shapes[3][3] = {{n, 9, 5}, {5, n, 7}, {6, 3, n}};                               \
    for (int shape = 0; shape < 3; shape++)                                                      \
      for (int transposes = 0; transposes < 4; transposes++)                                     \
        product_##S(shapes[shape][0], shapes[shape][1], shapes[shape][2], transposes, n, offset, \
                    16);                                                                         \
  }                                                                                              \
  /* Operands large enough to be packed in panels; deep ones; a few columns beyond panels. */     \
  static void panels_##S(void) {                                                                 \
    for (int transposes = 0; transposes < 4; transposes++) {                                     \
      product_##S(37, 393, 170, transposes, 1, 1, 1024);                                         \
      product_##S(157, 131, 130, transposes, 2, 2, 1024);                                        \
      product_##S(13, 34, 2100, transposes, 3, 3, 4096);                                         \
      product_##S(9, 66, 140, transposes, 4, 1, 1024);                                           \
    }                                                                                            \
  }

DEFINE_PRODUCTS(float, f32)
DEFINE_PRODUCTS(double, f64)

// ---- Pooling

#define DEFINE_POOLING(T, S)                                                                     \
  /* Two planes of 4 rows of n elements, by windows of 2 x 2. */                                 \
  static void pooling_##S(size_t n, size_t offset) {                                             \
    const ptrdiff_t columns = (ptrdiff_t)n / 2;                                                  \
    ptrdiff_t first[LONGEST], last[LONGEST], divisor[LONGEST];                                   \
    for (ptrdiff_t i = 0; i < LONGEST; i++) {                                                    \
      first[i] = 2 * i;                                                                          \
      last[i] = 2 * i + 2;                                                                       \
      divisor[i] = 2;                                                                            \
    }                                                                                            \
    const apus_pool_axis y = {4, 2, 1, first, last, divisor, 0, 2, 2, 2};                        \
    const apus_pool_axis x = {(ptrdiff_t)n, columns, 1, first, last, divisor, 0, columns, 2, 2}; \
    const size_t windows = 2 * (size_t)columns;                                                  \
    T *in = numbers_##S(8 * n, offset, false), *out = array(2 * windows * sizeof(T), 0);         \
    T *back = array(8 * n * sizeof(T), 0);                                                       \
    int32_t *places = array(2 * windows * sizeof(int32_t), 4 * offset);                          \
    apus_average_pool_##S(in, 2, &y, &x, out);                                                   \
    PRINT(T, "average_pool", n, out, 2 * windows);                                               \
    apus_average_pool_grad_##S(out, 2, &y, &x, back);                                            \
    PRINT(T, "average_pool_grad", n, back, 8 * n);                                               \
    apus_max_pool_##S(in, 2, &y, &x, out, places);                                               \
    PRINT(T, "max_pool", n, out, 2 * windows);                                                   \
    apus_max_pool_grad_##S(out, places, 2, windows, 4 * n, back);                                \
    PRINT(T, "max_pool_grad", n, back, 8 * n);                                                   \
    free_arrays();                                                                               \
  }

DEFINE_POOLING(float, f32)
DEFINE_POOLING(double, f64)

// ---- Memory

#define DEFINE_MEMORY(BYTES)                                                                     \
  static void memory_##BYTES(size_t n) {                                                         \
    const size_t rows = 5, bytes = rows * n * BYTES;                                             \
    unsigned char *x = array(bytes, BYTES), *out = array(bytes, 0), value[BYTES];                \
    for (size_t i = 0; i < bytes; i++) x[i] = (unsigned char)next();                             \
    memset(value, 7, sizeof value);                                                              \
    apus_copy_2d_##BYTES(x, (ptrdiff_t)n, 1, out, (ptrdiff_t)n, 1, rows, n);                     \
    apus_copy_2d_##BYTES(x, (ptrdiff_t)n, 1, out, 1, (ptrdiff_t)rows, rows, n);                  \
    PRINT(char, "copy_2d", n, out, bytes);                                                       \
    apus_prefetch(x, bytes);                                                                     \
    apus_fill_##BYTES(out, value, rows * n);                                                     \
    PRINT(char, "fill", n, out, bytes);                                                          \
    free_arrays();                                                                               \
  }

DEFINE_MEMORY(1)
DEFINE_MEMORY(4)
DEFINE_MEMORY(8)

#include "families.h"
#include "recurrent.h"

// ---- Conversion between types, and reading at positions

static void conversions(size_t n, size_t offset) {
  static const size_t sizes[] = {4, 8, 4, 8, 1, 1};
  for (int from = 0; from < APUS_TYPE_COUNT; from++)
    for (int to = 0; to < APUS_TYPE_COUNT; to++)
      for (int saturates = 0; saturates < 2; saturates++) {
        char *x = array(n * sizes[from], offset * sizes[from]);
        char *out = array(n * sizes[to], offset * sizes[to]);
        double *numbers = array(n * sizeof(double), 0);
        for (size_t i = 0; i < n; i++) numbers[i] = number(true);
        apus_convert(APUS_TYPE_f64, (apus_type)from, true, numbers, x, n);
        apus_convert((apus_type)from, (apus_type)to, saturates, x, out, n);
        apus_convert((apus_type)to, APUS_TYPE_f64, false, out, numbers, n);
        PRINT(double, "convert", n, numbers, n);
        free_arrays();
      }
}

static void gather(size_t n) {
  for (size_t size = 1; size <= 12; size++) {
    const size_t extent = 9;
    unsigned char *x = array((extent + n) * size, 0), *out = array(n * size, 0);
    int32_t *indices = array(n * sizeof(int32_t), 0);
    int64_t *positions = array(n * sizeof(int64_t), 0);
    for (size_t i = 0; i < (extent + n) * size; i++) x[i] = (unsigned char)next();
    for (size_t i = 0; i < n; i++) indices[i] = (int32_t)(next() % (2 * extent)) - (int32_t)extent;
    if (!apus_positions_i32(indices, (int64_t)extent, positions, n)) abort();
    if (!apus_positions_i64(positions, (int64_t)extent, positions, n)) abort();
    if (!apus_all_below(positions, (int64_t)extent, n)) abort();
    apus_gather(size, x, 0, 1, positions, (int64_t)extent, out, n);
    PRINT(unsigned char, "gather", n, out, n * size);
    apus_gather(size, x, 1, 1, positions, (int64_t)extent, out, n);
    PRINT(unsigned char, "gather", n, out, n * size);
    free_arrays();
  }
}

#define INDEX_ADD(T, S)                                                                          \
  {                                                                                              \
    T *x = array(n * block * sizeof(T), 0), *out = array(extent * block * sizeof(T), 0);         \
    for (size_t i = 0; i < n * block; i++) x[i] = (T)(next() % 100);                             \
    for (size_t i = 0; i < extent * block; i++) out[i] = (T)(next() % 100);                      \
    apus_index_add_##S(positions, x, out, block, block, n);                                      \
    PRINT(T, "index_add", n, out, extent * block);                                               \
  }

static void index_add(size_t n) {
  for (size_t block = 0; block <= 12; block++) {
    const size_t extent = 5;
    int64_t *positions = array(n * sizeof(int64_t), 0);
    for (size_t i = 0; i < n; i++) positions[i] = (int64_t)(next() % extent);
    INDEX_ADD(float, f32)
    INDEX_ADD(double, f64)
    INDEX_ADD(uint32_t, u32)
    INDEX_ADD(uint64_t, u64)
    INDEX_ADD(uint8_t, u8)
    free_arrays();
  }
}

// ---- Comparison of two prints

static int compare(const char *left, const char *right) {
  FILE *a = fopen(left, "r"), *b = fopen(right, "r");
  if (!a || !b) return 2;
  char x[256], y[256], first[128], second[128];
  size_t line = 0, wrong = 0;
  while (fgets(x, sizeof x, a)) {
    double p, q;
    line++;
    if (!fgets(y, sizeof y, b) || sscanf(x, "%127s %lf", first, &p) != 2 ||
        sscanf(y, "%127s %lf", second, &q) != 2 || strcmp(first, second) != 0) {
      printf("line %zu differs: %s against %s", line, x, y);
      return 1;
    }
    // Fused and plain multiply-add round differently; cancellation makes that visible.
    const bool same = (isnan(p) && isnan(q)) || p == q || fabs(p - q) <= 1e-5 * (1 + fabs(p));
    if (!same && wrong++ < 10) printf("line %zu: %s against %s", line, x, y);
  }
  printf("%zu numbers, %zu differ\n", line, wrong);
  return wrong > 0 || fgets(y, sizeof y, b) != NULL;
}

int main(int count, char **arguments) {
  if (count == 4 && strcmp(arguments[1], "compare") == 0)
    return compare(arguments[2], arguments[3]);
  printing = count == 2 && strcmp(arguments[1], "print") == 0;
  for (size_t n = 0; n <= LONGEST; n++) {
    for (size_t offset = 0; offset < 3; offset++) {
      const bool special = offset == 2;
      common_f32(n, offset, special);
      common_f64(n, offset, special);
      common_i32(n, offset, special);
      common_i64(n, offset, special);
      floats_f32(n, offset);
      floats_f64(n, offset);
      products_f32(n, offset);
      products_f64(n, offset);
      families(n, offset, special);
      pooling_f32(n, offset);
      pooling_f64(n, offset);
      conversions(n, offset);
      recurrent_f32(n, offset);
      recurrent_f64(n, offset);
    }
    gather(n);
    index_add(n);
    memory_1(n);
    memory_4(n);
    memory_8(n);
  }
  panels_f32();
  panels_f64();
  if (!printing) printf("%s: done\n", apus_isa_name(apus_isa_active()));
  return 0;
}
