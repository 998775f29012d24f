// Softmax with cross-entropy on integer labels.

// With rest = the sum of exp(x - top) over all but the label:
//   the label is at the top: log(1 + rest), which keeps its digits however small rest is;
//   otherwise:               log(rest + exp(x[label] - top)) + (top - x[label]), both terms >= 0.
INLINE T FN(label_loss)(T label_gap, T rest, T sum) {
  V loss = label_gap == 0 ? FN(op_LOG1P)((V)rest) : FN(op_LOG)((V)sum);
  return loss[0] + label_gap;
}

static void FN(softmax_cross_entropy)(const T *logits, const int32_t *labels, T *losses,
                                      T *probabilities, size_t rows, size_t columns) {
  const M lanes = FN(iota)();
  for (size_t r = 0; r < rows; r++, logits += columns) {
    const size_t label = (size_t)labels[r];
    T top, rest, label_exp;
    T *to = probabilities ? probabilities + r * columns : NULL;
    if (columns <= LANES) {
      V v = FN(load_up_to)(logits, columns, T_MIN);
      top = FN(merge_lanes)(APUS_REDUCE_MAX, v);
      const T gap = top - logits[label];
      V e = FN(op_EXP)(v - top);
      rest = FN(merge_lanes)(APUS_REDUCE_SUM, lanes == (M)(INT)label ? (V)0 : e);
      label_exp = FN(merge_lanes)(APUS_REDUCE_SUM, lanes == (M)(INT)label ? e : (V)0);
      losses[r] = FN(label_loss)(gap, rest, rest + label_exp);
      if (to) FN(store_up_to)(to, e * (1 / (rest + label_exp)), columns);
    } else {
      top = FN(fold_row)(APUS_REDUCE_MAX, logits, columns);
      const T gap = top - logits[label];
      label_exp = FN(op_EXP)((V)-gap)[0];
      rest = FN(exp_sum)(logits, to, columns, top, label);
      losses[r] = FN(label_loss)(gap, rest, rest + label_exp);
      if (to) FN(affine)(1 / (rest + label_exp), 0, to, to, columns);
    }
  }
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
