// Matrix products: the walk over one matrix, and the choice of what is packed.
//
// Large operands are packed as gemm_panels has it. Of the others, B is cut into blocks that stay in
// the level 2 cache, where need be as packed panels: of at most GEMM_DEPTH rows and GEMM_COLUMNS
// columns, or GEMM_FAR_DEPTH rows of two panels where B is read in place; more panels of fewer rows
// where a transposed A, the larger operand, would be read again for each block. A row of blocks of C
// is computed after the other, from rows of A that stay in the level 1 cache while B streams by.

typedef struct {
  bool packs_left, packs_right;
  size_t depths, depth;          // into how many parts k is cut, and the extent of all but the last
  size_t columns, left, right;   // of a block of B; elements of workspace for A and for B
} FN(gemm_plan);

// Whether `rows` rows of B at this distance stay in the level 1 cache where they are: rows that are
// a power of two apart share few of its sets.
INLINE bool FN(gemm_rows_fit)(ptrdiff_t step, size_t rows) {
  const size_t bytes = (size_t)(step < 0 ? -step : step) * sizeof(T);
  const size_t power = bytes & -bytes;
  const size_t sets = power <= 64 ? 64 : power >= 4096 ? 1 : 4096 / power;
  return rows <= 4 * sets;
}

INLINE FN(gemm_plan) FN(gemm_plan_for)(const apus_product *product) {
  const size_t m = product->m, n = product->n, k = product->k;
  FN(gemm_plan) plan = {.depths = 1, .depth = k, .columns = n};
  const bool in_place = FN(gemm_in_place)(product);
  const size_t depth = in_place ? GEMM_FAR_DEPTH : GEMM_DEPTH;
  if (k > depth) {
    plan.depths = (k + depth - 1) / depth;
    plan.depth = (k + plan.depths - 1) / plan.depths;
  }
  const bool is_tall = in_place && product->a_step != 1 && m > n && plan.depths == 1;
  const size_t columns = is_tall && n * k <= GEMM_FAR_DEPTH * 2 * GEMM_WIDTH ? n
                         : in_place ? 2 * GEMM_WIDTH
                                    : GEMM_COLUMNS;
  if (n > columns) plan.columns = columns;
  if (in_place) return plan;
  // A few rows use what was packed too seldom.
  plan.packs_right = product->b_column != 1 ||
                     (m > 2 * GEMM_ROWS && (n * k * sizeof(T) > GEMM_SMALL_BYTES ||
                                            !FN(gemm_rows_fit)(product->b_step, plan.depth)));
  plan.packs_left = product->a_step == 1 && n >= 8 * GEMM_WIDTH &&
                    m * k * sizeof(T) > GEMM_SMALL_BYTES;
  if (plan.packs_left) plan.left = GEMM_TALL_ROWS * plan.depth;
  if (plan.packs_right && n >= GEMM_WIDTH)
    plan.right = plan.columns / GEMM_WIDTH * GEMM_WIDTH * plan.depth;
  return plan;
}

static bool FN(gemm_packs)(const apus_product *product) {
  return FN(gemm_has_panels)(product) || !FN(gemm_in_place)(product);
}

// Columns beyond whole panels that are better computed along the rows of A.
INLINE size_t FN(gemm_few_columns)(const apus_product *product) {
  const size_t rest = product->n % GEMM_WIDTH;
  const bool along = product->a_step == 1 && product->k >= 16 * rest && product->m > GEMM_FEW;
  return along && rest <= GEMM_FEW && product->n > GEMM_WIDTH ? rest : 0;
}

static size_t FN(gemm_workspace)(const apus_product *whole) {
  apus_product product = *whole;
  product.n -= FN(gemm_few_columns)(whole);
  if (FN(gemm_has_panels)(&product)) {
    const FN(gemm_panel_plan) panels = FN(gemm_panel_plan_for)(&product);
    return (panels.left + panels.right) * sizeof(T);
  }
  const FN(gemm_plan) plan = FN(gemm_plan_for)(&product);
  const size_t bytes = (plan.left + plan.right) * sizeof(T);
  return bytes <= GEMM_STACK_BYTES ? 0 : bytes;
}

static void FN(gemm_whole)(const apus_product *product, T alpha, const T *a, const T *b, T beta,
                           T *c, T *workspace) {
  const size_t m = product->m, k = product->k;
  const ptrdiff_t a_row = product->a_row, a_step = product->a_step;
  const ptrdiff_t b_step = product->b_step, b_column = product->b_column;
  if (m == 0 || product->n == 0) return;
  if (FN(gemm_has_panels)(product))
    return FN(gemm_by_panels)(product, alpha, a, b, beta, c, workspace);
  _Alignas(64) T last[GEMM_STACK_BYTES / sizeof(T)];
  FN(gemm_block) block = {.a_step = a_step, .c_row = product->c_row, .alpha = alpha};
  if (FN(gemm_thin)(product, alpha, a, b, beta, c, last)) {
    FN(gemm_finish_last)(&block, product);
    return FN(gemm_finish_rows)(&block, c, m, product->n);
  }
  const FN(gemm_plan) plan = FN(gemm_plan_for)(product);
  _Alignas(64) T near[GEMM_STACK_BYTES / sizeof(T)];
  T *const lefts = plan.left + plan.right <= sizeof near / sizeof(T) ? near : workspace;
  T *const panels = lefts + plan.left;
  const size_t height = product->n <= LANES ? GEMM_TALL_ROWS : GEMM_ROWS;
  const size_t blocks = (m + height - 1) / height, rows = m / blocks, longer = m % blocks;

  for (size_t start = 0; start < product->n; start += plan.columns) {
    const size_t n = product->n - start < plan.columns ? product->n - start : plan.columns;
    const size_t rest = n % GEMM_WIDTH, whole = n - rest;
    // Columns that fill no vector are packed, so that the blocks read vectors alone.
    const bool packs_rest = plan.packs_right || (!GEMM_IN_PLACE && rest != LANES);
    block.beta = beta;
    block.bias = NULL;
    block.rectifies = false;
    size_t p = 0;
    for (size_t part = 0; part < plan.depths; part++, p += plan.depth, block.beta = 1) {
      const size_t depth = k - p < plan.depth ? k - p : plan.depth;
      block.depth = depth;
      if (part == plan.depths - 1) FN(gemm_finish_last)(&block, product);
      const T *rights = b + (ptrdiff_t)p * b_step + (ptrdiff_t)start * b_column;
      if (plan.packs_right)
        for (size_t j = 0; j < whole; j += GEMM_WIDTH)
          FN(gemm_pack)(rights + (ptrdiff_t)j * b_column, b_step, b_column, depth, GEMM_WIDTH,
                        panels + j * depth);
      if (rest && packs_rest)
        FN(gemm_pack)(rights + (ptrdiff_t)whole * b_column, b_step, b_column, depth, rest, last);

      const T *left = a + (ptrdiff_t)p * a_step;
      T *target = c + start;
      for (size_t i = 0; i < blocks; i++) {
        const size_t count = rows + (i < longer);
        const T *from = left;
        block.a_row = a_row;
        if (plan.packs_left) {
          for (size_t r = 0; r < count; r++)
            memcpy(lefts + r * depth, left + (ptrdiff_t)r * a_row, depth * sizeof(T));
          from = lefts;
          block.a_row = (ptrdiff_t)depth;
        }
        const T *right = plan.packs_right ? panels : rights;
        const size_t next = plan.packs_right ? GEMM_WIDTH * depth : GEMM_WIDTH;
        block.b_step = plan.packs_right ? GEMM_WIDTH : b_step;
        for (size_t j = 0; j < whole; j += GEMM_WIDTH, right += next)
          FN(gemm_two)[count - 1](&block, from, right, target + j, start + j, 0);
        if (rest) {
          if (packs_rest) {
            right = last;
            block.b_step = GEMM_WIDTH;
          }
          (rest <= LANES ? FN(gemm_one) : FN(gemm_two))[count - 1](
              &block, from, right, target + whole, start + whole, rest % LANES);
        }
        left += (ptrdiff_t)count * a_row;
        target += (ptrdiff_t)count * block.c_row;
      }
    }
  }
}

static void FN(gemm_one_product)(const apus_product *product, T alpha, const T *a, const T *b,
                                 T beta, T *c, T *workspace) {
  const size_t few = FN(gemm_few_columns)(product), most = product->n - few;
  if (few == 0) return FN(gemm_whole)(product, alpha, a, b, beta, c, workspace);
  apus_product part = *product;
  part.n = most;
  FN(gemm_whole)(&part, alpha, a, b, beta, c, workspace);
  part.n = few;
  if (part.bias) part.bias = (const T *)part.bias + most;
  FN(gemm_whole)(&part, alpha, a, b + (ptrdiff_t)most * part.b_column, beta, c + most, workspace);
}

// A block of each of many small products, all of whose columns fit a vector: what they have in common
// is found out once, which took half of the time of 8 x 8 x 8.
INLINE void FN(gemm_small_compute)(const apus_product *product, T alpha, const T *a, const T *b,
                                   T beta, T *c, const int rows) {
  const ptrdiff_t a_row = product->a_row, a_step = product->a_step, b_step = product->b_step;
  const size_t k = product->k, n = product->n;
  const bool adds = beta != 0;
  for (size_t i = 0; i < product->count; i++) {
    V sum[GEMM_TALL_ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r] = 0;
    const T *left = a, *right = b;
    for (size_t p = 0; p < k; p++, left += a_step, right += b_step) {
      const V row = FN(load_up_to)(right, n, 0);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sum[r] = FMA(left[r * a_row], row, sum[r]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      T *place = c + r * product->c_row;
      V total = (V)alpha * sum[r];
      if (adds) total = FMA(beta, FN(load_up_to)(place, n, 0), total);
      FN(store_up_to)(place, total, n);
    }
    a += product->a_next;
    b += product->b_next;
    c += product->c_next;
  }
}

#define GEMM_SMALL(ROWS)                                                                         \
  static void FN(gemm_small_##ROWS)(const apus_product *product, T alpha, const T *a, const T *b, \
                                    T beta, T *c) {                                              \
    FN(gemm_small_compute)(product, alpha, a, b, beta, c, ROWS);                                 \
  }
GEMM_SMALL(1)
GEMM_SMALL(2)
GEMM_SMALL(3)
GEMM_SMALL(4)
GEMM_SMALL(5)
GEMM_SMALL(6)
GEMM_SMALL(7)
GEMM_SMALL(8)
#undef GEMM_SMALL

static bool FN(gemm_by_small)(const apus_product *product, T alpha, const T *a, const T *b, T beta,
                              T *c) {
  static void (*const kernels[GEMM_TALL_ROWS])(const apus_product *, T, const T *, const T *, T,
                                               T *) = {
      FN(gemm_small_1), FN(gemm_small_2), FN(gemm_small_3), FN(gemm_small_4),
      FN(gemm_small_5), FN(gemm_small_6), FN(gemm_small_7), FN(gemm_small_8)};
  const size_t m = product->m, blocks = (m + GEMM_TALL_ROWS - 1) / GEMM_TALL_ROWS;
  const bool fits = product->count > 1 && blocks <= 2 && product->n <= LANES &&
                    product->k <= 4 * LANES && product->b_column == 1 && !product->bias &&
                    !product->rectifies;
  if (!fits) return false;
  for (size_t i = 0, start = 0; i < blocks; i++) {
    const size_t rows = m / blocks + (i < m % blocks);
    kernels[rows - 1](product, alpha, a + (ptrdiff_t)start * product->a_row, b, beta,
                      c + (ptrdiff_t)start * product->c_row);
    start += rows;
  }
  return true;
}

static void FN(gemm)(const apus_product *product, T alpha, const T *a, const T *b, T beta, T *c,
                     T *workspace) {
  if (FN(gemm_by_small)(product, alpha, a, b, beta, c)) return;
  for (size_t i = 0; i < product->count; i++)
    FN(gemm_one_product)(product, alpha, a + (ptrdiff_t)i * product->a_next,
                         b + (ptrdiff_t)i * product->b_next, beta,
                         c + (ptrdiff_t)i * product->c_next, workspace);
}
