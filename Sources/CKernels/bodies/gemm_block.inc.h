// Matrix products, the innermost part: a block of C in registers.
//
// A block is up to GEMM_ROWS rows of two vectors, or up to GEMM_TALL_ROWS rows of one: enough
// independent sums to hide the latency of fused multiply-add on two ports, in 16 registers. A is
// read element by element, with any strides; only B, read by vectors, may have to be packed.

#if !defined(GEMM_ROWS)
#define GEMM_ROWS 6
#define GEMM_TALL_ROWS 8
#define GEMM_WIDTH (2 * LANES)
// Whether rows of B are read where they lie, and of a last vector only what belongs to them. Each
// meets two cache lines in a row, which the processor foresees; on AMD Zen 4 that runs at 110 to 115
// of a core's 117 GFLOP/s, and packing the rows first at 97 to 110.
#if defined(APUS_AVX512)
#define GEMM_IN_PLACE 1
#else
#define GEMM_IN_PLACE 0
#endif
// Each buffer on the stack takes half a level 1 cache; such is a panel of B, GEMM_WIDTH columns of
// this depth.
#define GEMM_STACK_BYTES 16384
#define GEMM_DEPTH (GEMM_WIDTH * (int)sizeof(T) > 64 ? 128 : 256)
// Elements of a cache line, and how many steps before its use the memory is asked for a row: measured
// on AMD Zen 4 with operands in memory, products of a transposed A run 1.1 times as fast for it, up to
// 1.5 times where they are thin; the others 1.1 to 1.4 times for the rows that follow and for C. With
// AVX2, whose panels of B live in the level 1 cache, long rows lose up to a quarter by it.
#define GEMM_LINE (64 / sizeof(T))
#define GEMM_AHEAD 64
// So many rows of two panels take half a megabyte.
#define GEMM_FAR_DEPTH (262144 / (GEMM_WIDTH * (int)sizeof(T)))
// A block of B, this many columns of GEMM_DEPTH, takes at most half a megabyte: a level 2 cache.
#define GEMM_COLUMNS (2048 / (int)sizeof(T))
// Operands that exceed this are worth packing.
#define GEMM_SMALL_BYTES 65536
#endif

typedef struct {
  size_t depth;
  ptrdiff_t a_row, a_step, b_step, c_row;
  T alpha, beta;
  const T *bias;   // of the columns of C from the first on, or NULL
  bool rectifies;
} FN(gemm_block);

// C from the sums of a block; of the last vector, `part` columns are stored (0: all).
INLINE void FN(gemm_store)(const FN(gemm_block) *block, V sum[GEMM_TALL_ROWS][2], T *c,
                           size_t column, size_t part, const int rows, const int vectors) {
  // Copies that stores to C cannot change, so that they stay in registers.
  const V alpha = (V)block->alpha, beta = (V)block->beta;
  const bool adds = block->beta != 0, rectifies = block->rectifies, has_bias = block->bias;
  const ptrdiff_t c_row = block->c_row;
  V bias[2] = {0, 0};
  if (has_bias) {
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) {
      const T *place = block->bias + column + j * LANES;
      bias[j] = j == vectors - 1 && part ? FN(load_part)(place, part, 0) : FN(load)(place);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) {
      const bool is_part = j == vectors - 1 && part;
      V total = alpha * sum[i][j];
      T *place = c + i * c_row + j * LANES;
      if (adds)
        total = FMA(beta, is_part ? FN(load_part)(place, part, 0) : FN(load)(place), total);
      if (has_bias) total += bias[j];
      if (rectifies) total = FN(op_RELU)(total);
      if (is_part) FN(store_part)(place, total, part);
      else FN(store)(place, total);
    }
  }
}

// A vector of B; with `part`, so many elements of it.
INLINE V FN(gemm_right)(const T *b, size_t part) {
  return GEMM_IN_PLACE && part ? FN(load_part)(b, part, 0) : FN(load)(b);
}

// The sums of `rows` rows and `vectors` vectors; of the last vector, `part` columns (0: all).
INLINE void FN(gemm_sum)(const FN(gemm_block) *block, const T *a, const T *b,
                         V sum[GEMM_TALL_ROWS][2], size_t part, const int rows, const int vectors) {
  const ptrdiff_t a_row = block->a_row, a_step = block->a_step, b_step = block->b_step;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++)
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) sum[i][j] = 0;
  // A register for each row, and one offset for all: the compiler, if it knew that the rows are at
  // equal distances, would compute each address from the one before, and wait for it.
  const T *left[GEMM_TALL_ROWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    left[i] = a + i * a_row;
    __asm__("" : "+r"(left[i]));
  }
  ptrdiff_t place = 0;
  const bool looks_ahead = GEMM_IN_PLACE && a_step != 1 && block->depth > GEMM_AHEAD;
  for (size_t rest = block->depth; rest > 0;) {
    const size_t steps = GEMM_IN_PLACE && rest > GEMM_LINE ? GEMM_LINE : rest;
    rest -= steps;
    // The rows of the next block.
    if (GEMM_IN_PLACE && a_step == 1) {
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) __builtin_prefetch(left[i] + place + rows * a_row);
    }
#pragma clang loop unroll(disable)
    for (size_t p = steps; p > 0; p--) {
      // Of a transposed A, what is too far apart for the processor to foresee it.
      if (looks_ahead) {
        __builtin_prefetch(left[0] + place + GEMM_AHEAD * a_step, 0, 2);
        __builtin_prefetch(b + GEMM_AHEAD * b_step, 0, 2);
        __builtin_prefetch(b + GEMM_AHEAD * b_step + LANES, 0, 2);
      }
      V right[2];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++)
        right[j] = FN(gemm_right)(b + j * LANES, j == vectors - 1 ? part : 0);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const V one = (V)left[i][place];
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++) sum[i][j] = FMA(one, right[j], sum[i][j]);
      }
      place += a_step;
      b += b_step;
    }
  }
}

// `rows` rows of `vectors` vectors; of the last vector, `part` columns are computed (0: all).
INLINE void FN(gemm_compute)(const FN(gemm_block) *block, const T *a, const T *b, T *c,
                             size_t column, size_t part, const int rows, const int vectors) {
  V sum[GEMM_TALL_ROWS][2];
  if (GEMM_IN_PLACE) {
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      __builtin_prefetch(c + i * block->c_row, 1);
      __builtin_prefetch(c + i * block->c_row + vectors * LANES - 1, 1);
    }
  }
  if (GEMM_IN_PLACE && part)
    FN(gemm_sum)(block, a, b, sum, part, rows, vectors);
  else
    FN(gemm_sum)(block, a, b, sum, 0, rows, vectors);
  FN(gemm_store)(block, sum, c, column, part, rows, vectors);
}

INLINE void FN(gemm_step)(const T *a, const T *b, V sum[GEMM_TALL_ROWS][2], const int rows) {
  const V first = FN(load)(b), second = FN(load)(b + LANES);
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    const V one = (V)a[i];
    sum[i][0] = FMA(one, first, sum[i][0]);
    sum[i][1] = FMA(one, second, sum[i][1]);
  }
}

// The same of two vectors, where both operands are packed: a row of the panel of A holds `rows`
// elements. What the block needs last comes to the caches meanwhile.
INLINE void FN(gemm_compute_packed)(const FN(gemm_block) *block, const T *a, const T *b, T *c,
                                    size_t column, size_t part, const int rows) {
  V sum[GEMM_TALL_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    sum[i][0] = sum[i][1] = 0;
    __builtin_prefetch(c + i * block->c_row + GEMM_WIDTH - 1, 1);
  }
  size_t p = block->depth;
#pragma clang loop unroll(disable)
  for (; p >= 4; p -= 4, a += 4 * rows, b += 4 * GEMM_WIDTH) {
    __builtin_prefetch(a + 192);
#pragma clang loop unroll(full)
    for (int step = 0; step < 4; step++)
      FN(gemm_step)(a + step * rows, b + step * GEMM_WIDTH, sum, rows);
  }
#pragma clang loop unroll(disable)
  for (; p > 0; p--, a += rows, b += GEMM_WIDTH) FN(gemm_step)(a, b, sum, rows);
  FN(gemm_store)(block, sum, c, column, part, rows, 2);
}

#define GEMM_BLOCK(VECTORS, ROWS)                                                                \
  static void FN(gemm_##VECTORS##_##ROWS)(const FN(gemm_block) *block, const T *a, const T *b,   \
                                          T *c, size_t column, size_t part) {                    \
    FN(gemm_compute)(block, a, b, c, column, part, ROWS, VECTORS);                               \
  }
GEMM_BLOCK(1, 1)
GEMM_BLOCK(1, 2)
GEMM_BLOCK(1, 3)
GEMM_BLOCK(1, 4)
GEMM_BLOCK(1, 5)
GEMM_BLOCK(1, 6)
GEMM_BLOCK(1, 7)
GEMM_BLOCK(1, 8)
GEMM_BLOCK(2, 1)
GEMM_BLOCK(2, 2)
GEMM_BLOCK(2, 3)
GEMM_BLOCK(2, 4)
GEMM_BLOCK(2, 5)
GEMM_BLOCK(2, 6)
#undef GEMM_BLOCK

// `c` is a place in the column of C that is given.
typedef void FN(gemm_kernel)(const FN(gemm_block) *block, const T *a, const T *b, T *c,
                             size_t column, size_t part);
static FN(gemm_kernel) *const FN(gemm_one)[GEMM_TALL_ROWS] = {
    FN(gemm_1_1), FN(gemm_1_2), FN(gemm_1_3), FN(gemm_1_4),
    FN(gemm_1_5), FN(gemm_1_6), FN(gemm_1_7), FN(gemm_1_8)};
static FN(gemm_kernel) *const FN(gemm_two)[GEMM_ROWS] = {
    FN(gemm_2_1), FN(gemm_2_2), FN(gemm_2_3), FN(gemm_2_4), FN(gemm_2_5), FN(gemm_2_6)};

static void FN(gemm_packed_low)(const FN(gemm_block) *block, const T *a, const T *b, T *c,
                                size_t column, size_t part) {
  FN(gemm_compute_packed)(block, a, b, c, column, part, GEMM_ROWS - 1);
}
static void FN(gemm_packed_high)(const FN(gemm_block) *block, const T *a, const T *b, T *c,
                                 size_t column, size_t part) {
  FN(gemm_compute_packed)(block, a, b, c, column, part, GEMM_ROWS);
}

// The terms to come are the last: what the product says of a bias and of rectifying follows.
INLINE void FN(gemm_finish_last)(FN(gemm_block) *block, const apus_product *product) {
  block->bias = product->bias;
  block->rectifies = product->rectifies;
}

// That, for all of C, whose sums are stored.
INLINE void FN(gemm_finish_rows)(const FN(gemm_block) *block, T *c, size_t rows, size_t columns) {
  const T *bias = block->bias;
  if (!bias && !block->rectifies) return;
  for (size_t i = 0; i < rows; i++, c += block->c_row)
    for (size_t j = 0; j < columns; j += LANES) {
      const size_t count = columns - j < LANES ? columns - j : LANES;
      V total = FN(load_up_to)(c + j, count, 0);
      if (bias) total += FN(load_up_to)(bias + j, count, 0);
      FN(store_up_to)(c + j, block->rectifies ? FN(op_RELU)(total) : total, count);
    }
}
