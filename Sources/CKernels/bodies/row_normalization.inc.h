// Normalisation of rows and its gradients: two or three passes over a row that stays in the cache.

#if !defined(ROW_NORMALIZATION_ENTRIES)
#define ROW_NORMALIZATION_ENTRIES \
  .normalize_rows = FN(normalize_rows), .normalize_rows_grad = FN(normalize_rows_grad), \
  .normalize_rows_parameter_grad = FN(normalize_rows_parameter_grad),
#endif

static void FN(normalize_rows)(const T *x, const T *scale, const T *shift, T epsilon, bool centered,
                               T *out, T *means, T *inverses, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, out += columns) {
    double mean = 0, deviations;
    if (centered) FN(moments)(x, columns, &mean, &deviations);
    else deviations = FN(fold_row)(APUS_REDUCE_SUM_OF_SQUARES, x, columns);
    const T center = (T)mean;
    const T inverse = (T)(1 / sqrt(deviations / (double)columns + epsilon));
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
      V y = (FN(load)(x + i) - center) * inverse;
      if (scale) y *= FN(load)(scale + i);
      if (shift) y += FN(load)(shift + i);
      FN(store)(out + i, y);
    }
    if (i < columns) {
      const size_t count = columns - i;
      V y = (FN(load_part)(x + i, count, 0) - center) * inverse;
      if (scale) y *= FN(load_part)(scale + i, count, 0);
      if (shift) y += FN(load_part)(shift + i, count, 0);
      FN(store_part)(out + i, y, count);
    }
    if (centered) means[r] = center;
    inverses[r] = inverse;
  }
}

static void FN(normalize_rows_grad)(const T *x, const T *g, const T *scale, const T *means,
                                    const T *inverses, T *out, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns, g += columns, out += columns) {
    const T center = means ? means[r] : 0, inverse = inverses[r];
    V sum = 0, product = 0;
    for (size_t start = 0; start < columns; start += ROW_BLOCK) {
      V block = 0, product_block = 0;
      const size_t end = columns - start < ROW_BLOCK ? columns : start + ROW_BLOCK;
      for (size_t i = start; i < end; i += LANES) {
        V gi = FN(load_up_to)(g + i, end - i, 0);
        if (scale) gi *= FN(load_up_to)(scale + i, end - i, 0);
        block += gi;
        product_block = FMA(gi, (FN(load_up_to)(x + i, end - i, 0) - center) * inverse,
                            product_block);
      }
      sum += block;
      product += product_block;
    }
    const T mean = means ? FN(merge_lanes)(APUS_REDUCE_SUM, sum) / (T)columns : 0;
    const T slope = FN(merge_lanes)(APUS_REDUCE_SUM, product) / (T)columns;
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t count = columns - i;
      V gi = FN(load_up_to)(g + i, count, 0);
      if (scale) gi *= FN(load_up_to)(scale + i, count, 0);
      V normal = (FN(load_up_to)(x + i, count, 0) - center) * inverse;
      FN(store_up_to)(out + i, (gi - mean - normal * slope) * inverse, count);
    }
  }
}

static void FN(normalize_rows_parameter_grad)(const T *x, const T *g, const T *means,
                                              const T *inverses, T *scale_grad, T *shift_grad,
                                              size_t rows, size_t columns) {
  memset(scale_grad, 0, columns * sizeof(T));
  if (shift_grad) memset(shift_grad, 0, columns * sizeof(T));
  for (size_t r = 0; r < rows; r++, x += columns, g += columns) {
    const T center = means ? means[r] : 0, inverse = inverses[r];
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t count = columns - i;
      V gi = FN(load_up_to)(g + i, count, 0);
      V normal = (FN(load_up_to)(x + i, count, 0) - center) * inverse;
      FN(store_up_to)(scale_grad + i,
                      FMA(gi, normal, FN(load_up_to)(scale_grad + i, count, 0)), count);
      if (shift_grad)
        FN(store_up_to)(shift_grad + i, FN(load_up_to)(shift_grad + i, count, 0) + gi, count);
    }
  }
}
