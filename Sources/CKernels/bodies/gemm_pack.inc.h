// Matrix products: panels of B, laid out as the blocks read them.

// `width` <= GEMM_WIDTH columns of B, `depth` rows, as rows of GEMM_WIDTH with zeros at their end.
static void FN(gemm_pack)(const T *b, ptrdiff_t step, ptrdiff_t column, size_t depth, size_t width,
                          T *panel) {
  if (column == 1) {
    if (width == GEMM_WIDTH) {
      for (size_t p = 0; p < depth; p++, b += step, panel += GEMM_WIDTH) {
        FN(store)(panel, FN(load)(b));
        FN(store)(panel + LANES, FN(load)(b + LANES));
      }
    } else if (width >= LANES) {
      for (size_t p = 0; p < depth; p++, b += step, panel += GEMM_WIDTH) {
        FN(store)(panel, FN(load)(b));
        FN(store)(panel + LANES, FN(load_part)(b + LANES, width - LANES, 0));
      }
    } else {
      for (size_t p = 0; p < depth; p++, b += step, panel += GEMM_WIDTH)
        FN(store)(panel, FN(load_part)(b, width, 0));
    }
  } else if (step == 1) {
    for (size_t first = 0; first < width; first += LANES) {
      const size_t columns = width - first < LANES ? width - first : LANES;
      const T *from = b + (ptrdiff_t)first * column;
      V square[LANES];
      size_t p = 0;
      if (columns == LANES) {
        for (; p + LANES <= depth; p += LANES) {
#pragma clang loop unroll(full)
          for (int j = 0; j < LANES; j++) square[j] = FN(load)(from + j * column + p);
          FN(transpose)(square);
#pragma clang loop unroll(full)
          for (int j = 0; j < LANES; j++)
            FN(store)(panel + (p + (size_t)j) * GEMM_WIDTH + first, square[j]);
        }
      }
      for (; p < depth; p += LANES) {
        const size_t rest = depth - p < LANES ? depth - p : LANES;
#pragma clang loop unroll(full)
        for (size_t j = 0; j < LANES; j++) {
          const T *place = from + (ptrdiff_t)j * column + p;
          square[j] = j >= columns  ? (V)0
                      : rest < LANES ? FN(load_part)(place, rest, 0)
                                     : FN(load)(place);
        }
        FN(transpose)(square);
#pragma clang loop unroll(full)
        for (size_t j = 0; j < LANES; j++)
          if (j < rest) FN(store)(panel + (p + j) * GEMM_WIDTH + first, square[j]);
      }
    }
  } else {
    for (size_t p = 0; p < depth; p++, b += step, panel += GEMM_WIDTH) {
      size_t j = 0;
      for (; j < width; j++) panel[j] = b[(ptrdiff_t)j * column];
      for (; j < GEMM_WIDTH; j++) panel[j] = 0;
    }
  }
}
