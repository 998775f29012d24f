// Softmax with cross-entropy on integer labels.

// Up to LANES rows, so that their logarithms are taken together. With rest = the sum of
// exp(x - top) over all but the label, and gap = top - x[label]:
//   the label is at the top: log(1 + rest), which keeps its digits however small rest is;
//   otherwise:               log(rest + exp(-gap)) + gap, both terms >= 0.
INLINE void FN(cross_entropy_rows)(const T *logits, const int32_t *labels, T *losses,
                                   T *probabilities, size_t rows, size_t columns) {
  const M lanes = FN(iota)();
  V gaps = 0, rests = 0, sums = 1;
  for (size_t r = 0; r < rows; r++, logits += columns) {
    const size_t label = (size_t)labels[r];
    T *to = probabilities ? probabilities + r * columns : NULL;
    T gap, rest, sum;
    if (columns <= LANES) {
      V v = FN(load_up_to)(logits, columns, T_MIN);
      const T top = FN(merge_lanes)(APUS_REDUCE_MAX, v);
      gap = top - logits[label];
      V e = FN(exp_of_negative)(v - top);
      rest = FN(merge_lanes)(APUS_REDUCE_SUM, lanes == (M)(INT)label ? (V)0 : e);
      sum = FN(merge_lanes)(APUS_REDUCE_SUM, e);
      if (to) FN(store_up_to)(to, e * (1 / sum), columns);
    } else {
      const T top = FN(fold_row)(APUS_REDUCE_MAX, logits, columns);
      gap = top - logits[label];
      rest = FN(exp_sum)(logits, to, columns, top, label);
      sum = rest + FN(op_EXP)((V)-gap)[0];
      if (to) FN(affine)(1 / sum, 0, to, to, columns);
    }
    gaps[r] = gap;
    rests[r] = rest;
    sums[r] = sum;
  }
  V loss = gaps == 0 ? FN(op_LOG1P)(rests) : FN(op_LOG)(sums) + gaps;
  FN(store_up_to)(losses, loss, rows);
}

static void FN(softmax_cross_entropy)(const T *logits, const int32_t *labels, T *losses,
                                      T *probabilities, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r += LANES)
    FN(cross_entropy_rows)(logits + r * columns, labels + r, losses + r,
                           probabilities ? probabilities + r * columns : NULL,
                           rows - r < LANES ? rows - r : LANES, columns);
}

static void FN(softmax_cross_entropy_grad)(const T *probabilities, const int32_t *labels,
                                           const T *row_scale, ptrdiff_t row_scale_step, T *out,
                                           size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, probabilities += columns, out += columns) {
    const T scale = row_scale[(ptrdiff_t)r * row_scale_step];
    const T at_label = (probabilities[labels[r]] - 1) * scale;
    for (size_t i = 0; i < columns; i += LANES)
      FN(store_up_to)(out + i, FN(load_up_to)(probabilities + i, columns - i, 0) * scale,
                      columns - i);
    out[labels[r]] = at_label;
  }
}
