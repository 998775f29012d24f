// Matrix products of large operands, of which both are packed.
//
// The way of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): k
// is cut into parts of at most GEMM_PANEL_DEPTH. A block of rows of such a part of A stays in the
// level 2 cache while panels of B, GEMM_WIDTH columns wide, come to the level 1 cache one after the
// other and meet all of it.

#if !defined(GEMM_PANEL_DEPTH)
// A panel of B takes half the level 1 cache.
#define GEMM_PANEL_DEPTH (GEMM_STACK_BYTES / (GEMM_WIDTH * (int)sizeof(T)))
// Panels of A in a block: 150 to 300 kilobytes.
#define GEMM_PANEL_GROUP 24
// Panels of A that are packed together where A is transposed, as they share cache lines.
#define GEMM_PANEL_STRIP 4
// Columns of B that are packed once and meet all blocks of A.
#define GEMM_PANEL_COLUMNS 1024
#define GEMM_LARGE_BYTES 262144
// Rows that are at most so far apart share pages, or are few enough for the processor to know
// the places of all their pages.
#define GEMM_NEAR_BYTES 4096
#define GEMM_FEW_STEPS 128
#endif

// Rows of A in panels of `rows` or, the first `longer` of them, `rows` + 1.
typedef struct {
  size_t panels, rows, longer;
} FN(gemm_heights);

INLINE FN(gemm_heights) FN(gemm_heights_of)(size_t m) {
  const size_t panels = (m + GEMM_ROWS - 1) / GEMM_ROWS;
  return (FN(gemm_heights)){.panels = panels, .rows = m / panels, .longer = m % panels};
}

INLINE size_t FN(gemm_above)(const FN(gemm_heights) *heights, size_t panel) {
  return panel * heights->rows + (panel < heights->longer ? panel : heights->longer);
}

// A panel of `rows` rows of A: `depth` steps of `rows` elements. Less than LANES elements behind it
// are overwritten.
INLINE void FN(gemm_pack_rows)(const T *a, ptrdiff_t row, size_t depth, const int rows, T *panel) {
  enum { SQUARES = (GEMM_ROWS + LANES - 1) / LANES };
  size_t p = 0;
  for (; p + LANES <= depth; p += LANES) {
    V square[SQUARES][LANES];
#pragma clang loop unroll(full)
    for (int s = 0; s < SQUARES; s++) {
#pragma clang loop unroll(full)
      for (int i = 0; i < LANES; i++)
        square[s][i] =
            s * LANES + i < rows ? FN(load)(a + (s * LANES + i) * row + (ptrdiff_t)p) : (V)0;
      FN(transpose)(square[s]);
    }
    // In this order each store mends what the one before wrote beyond its own.
#pragma clang loop unroll(full)
    for (int j = 0; j < LANES; j++)
#pragma clang loop unroll(full)
      for (int s = 0; s < SQUARES; s++)
        if (s * LANES < rows)
          FN(store)(panel + (p + (size_t)j) * (size_t)rows + s * LANES, square[s][j]);
  }
  for (; p < depth; p++)
    for (int i = 0; i < rows; i++) panel[p * (size_t)rows + (size_t)i] = a[i * row + (ptrdiff_t)p];
}

// The same of `count` panels of a transposed A, whose steps are contiguous.
static void FN(gemm_pack_steps)(const T *a, ptrdiff_t step, size_t depth, size_t rows, size_t count,
                                T *panels) {
  // Whole vectors, which reach beyond what they are to copy: into what later steps of the panel
  // write, from what the next step of A holds.
  enum { REACH = (GEMM_ROWS + LANES - 1) / LANES * LANES };
  const size_t tail = (REACH - 1) / rows;
  const size_t safe = depth > tail && step >= REACH ? depth - tail : 0;
  size_t p = 0;
  for (; p < safe; p++, a += step, panels += rows)
    for (size_t g = 0; g < count; g++)
#pragma clang loop unroll(full)
      for (size_t i = 0; i < REACH; i += LANES)
        FN(store)(panels + g * rows * depth + i, FN(load)(a + g * rows + i));
  for (; p < depth; p++, a += step, panels += rows)
    for (size_t g = 0; g < count; g++)
      for (size_t i = 0; i < rows; i++) panels[g * rows * depth + i] = a[g * rows + i];
}

// Panels `first` to `end` of A, each after the other.
static void FN(gemm_pack_panels)(const FN(gemm_heights) *heights, size_t first, size_t end,
                                 const T *a, ptrdiff_t row, ptrdiff_t step, size_t depth,
                                 T *packed) {
  a += (ptrdiff_t)FN(gemm_above)(heights, first) * row;
  for (size_t i = first; i < end;) {
    const size_t rows = heights->rows + (i < heights->longer);
    size_t count = 1;
    if (step == 1 && rows == GEMM_ROWS) {
      FN(gemm_pack_rows)(a, row, depth, GEMM_ROWS, packed);
    } else if (step == 1 && rows == GEMM_ROWS - 1) {
      FN(gemm_pack_rows)(a, row, depth, GEMM_ROWS - 1, packed);
    } else if (row == 1) {
      const size_t same = i < heights->longer && heights->longer < end ? heights->longer : end;
      count = same - i < GEMM_PANEL_STRIP ? same - i : GEMM_PANEL_STRIP;
      FN(gemm_pack_steps)(a, step, depth, rows, count, packed);
    } else {
      for (size_t p = 0; p < depth; p++)
        for (size_t r = 0; r < rows; r++)
          packed[p * rows + r] = a[(ptrdiff_t)r * row + (ptrdiff_t)p * step];
    }
    i += count;
    a += (ptrdiff_t)(count * rows) * row;
    packed += count * rows * depth;
  }
}

typedef struct {
  FN(gemm_heights) heights;
  size_t group, depths, depth, columns, left, right;
} FN(gemm_panel_plan);

// Whether B is read where it lies, unless its rows are so far apart that each is a page of its own.
INLINE bool FN(gemm_in_place)(const apus_product *product) {
  const bool near = product->b_step * (ptrdiff_t)sizeof(T) <= GEMM_NEAR_BYTES ||
                    product->k <= GEMM_FEW_STEPS || product->m <= 2 * GEMM_ROWS;
  return GEMM_IN_PLACE && product->b_column == 1 && near;
}

// Whether both operands are worth packing. Measured on AMD Zen 3: that of a transposed A, which is
// cheap, pays as soon as A exceeds the level 1 cache; that of rows for many columns and a large B.
// Where B can be read in place, on AMD Zen 4, only for many steps of a transposed A far apart.
INLINE bool FN(gemm_has_panels)(const apus_product *product) {
  const size_t m = product->m, n = product->n, k = product->k;
  if (FN(gemm_in_place)(product) &&
      (product->a_step * (ptrdiff_t)sizeof(T) <= GEMM_NEAR_BYTES / 2 || k <= GEMM_FEW_STEPS))
    return false;
  if (product->a_step != 1)
    return m > 2 * GEMM_ROWS && n >= 4 * GEMM_WIDTH && m * k * sizeof(T) > GEMM_SMALL_BYTES;
  return m >= 6 * GEMM_ROWS && n >= 12 * GEMM_WIDTH && n * k * sizeof(T) >= GEMM_LARGE_BYTES;
}

INLINE FN(gemm_panel_plan) FN(gemm_panel_plan_for)(const apus_product *product) {
  const size_t n = product->n, k = product->k;
  FN(gemm_panel_plan) plan = {.heights = FN(gemm_heights_of)(product->m)};
  const size_t groups = (plan.heights.panels + GEMM_PANEL_GROUP - 1) / GEMM_PANEL_GROUP;
  plan.group = (plan.heights.panels + groups - 1) / groups;
  plan.depths = (k + GEMM_PANEL_DEPTH - 1) / GEMM_PANEL_DEPTH;
  plan.depth = ((k + plan.depths - 1) / plan.depths + LANES - 1) / LANES * LANES;
  plan.columns = n < GEMM_PANEL_COLUMNS ? n : GEMM_PANEL_COLUMNS;
  plan.left = (plan.group * GEMM_ROWS * plan.depth + 2 * LANES + 15) / 16 * 16;
  // A panel of B is packed where the one before was, if no other block of A needs it.
  plan.right = plan.depth * (groups > 1 ? plan.columns + GEMM_WIDTH : GEMM_WIDTH);
  return plan;
}

// A panel of B, the `width` columns of it from `column` on, meets the panels of A from `first` to
// `end`. Meanwhile `fetches` rows from `next` on, a step apart, come to the caches.
static void FN(gemm_meet)(FN(gemm_block) *block, const FN(gemm_heights) *heights, size_t first,
                          size_t end, const T *left, const T *right, T *c, size_t column,
                          size_t width, const T *next, ptrdiff_t step, size_t fetches) {
  const size_t share = fetches / (end - first) + 1;
  block->a_row = 1;
  block->b_step = GEMM_WIDTH;
  for (size_t i = first; i < end; i++) {
    const size_t height = heights->rows + (i < heights->longer);
    for (size_t q = 0; q < share && fetches > 0; q++, fetches--, next += step)
      __builtin_prefetch(next);
    block->a_step = (ptrdiff_t)height;
    if (width <= LANES)
      FN(gemm_one)[height - 1](block, left, right, c, column, width % LANES);
    else if (height == GEMM_ROWS)
      FN(gemm_packed_high)(block, left, right, c, column, width % LANES);
    else if (height == GEMM_ROWS - 1)
      FN(gemm_packed_low)(block, left, right, c, column, width % LANES);
    else
      FN(gemm_two)[height - 1](block, left, right, c, column, width % LANES);
    left += height * block->depth;
    c += (ptrdiff_t)height * block->c_row;
  }
}

static void FN(gemm_by_panels)(const apus_product *product, T alpha, const T *a, const T *b, T beta,
                               T *c, T *workspace) {
  const size_t k = product->k;
  const FN(gemm_panel_plan) plan = FN(gemm_panel_plan_for)(product);
  const FN(gemm_heights) *heights = &plan.heights;
  T *const lefts = workspace, *const rights = workspace + plan.left;
  FN(gemm_block) block = {.c_row = product->c_row, .alpha = alpha};

  for (size_t start = 0; start < product->n; start += plan.columns) {
    const size_t n = product->n - start < plan.columns ? product->n - start : plan.columns;
    block.beta = beta;
    block.bias = NULL;
    block.rectifies = false;
    for (size_t p = 0; p < k; p += plan.depth, block.beta = 1) {
      const size_t depth = k - p < plan.depth ? k - p : plan.depth;
      block.depth = depth;
      if (p + depth == k) FN(gemm_finish_last)(&block, product);
      const T *right = b + (ptrdiff_t)p * product->b_step + (ptrdiff_t)start * product->b_column;
      for (size_t first = 0; first < heights->panels; first += plan.group) {
        const size_t end =
            first + plan.group < heights->panels ? first + plan.group : heights->panels;
        FN(gemm_pack_panels)(heights, first, end, a + (ptrdiff_t)p * product->a_step,
                             product->a_row, product->a_step, depth, lefts);
        T *const rows = c + start + (ptrdiff_t)FN(gemm_above)(heights, first) * block.c_row;
        for (size_t j = 0; j < n; j += GEMM_WIDTH) {
          const size_t width = n - j < GEMM_WIDTH ? n - j : GEMM_WIDTH;
          T *const panel = rights + (plan.group < heights->panels ? j * depth : 0);
          if (first == 0)
            FN(gemm_pack)(right + (ptrdiff_t)j * product->b_column, product->b_step,
                          product->b_column, depth, width, panel);
          // The rows of the next panel are too far apart for the processor to foresee them.
          const size_t fetches =
              first == 0 && product->b_column == 1 && j + 2 * GEMM_WIDTH <= n ? depth : 0;
          FN(gemm_meet)(&block, heights, first, end, lefts, panel, rows + j, start + j, width,
                        right + j + GEMM_WIDTH, product->b_step, fetches);
        }
      }
    }
  }
}
