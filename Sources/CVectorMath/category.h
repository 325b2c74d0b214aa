// Template: categories by their indices, which nobody writes out as ones and zeros but the encoder's input.

/// One column of a row, whose category is number x of `count`: with l = logits + offsets, m the largest of them and c that of
/// x, -log p = (m - c) + log(sum of e^(l - m)), the sum taken without the term of x, as in categorical_group. Where x is
/// no index, it is 0 and has no derivative.
static inline T NAME(category_column)(size_t count, T x, const T *logits, const double *offsets, T scale, T *delta) {
  if (!(x >= 0 && x < (T)count)) {
    if (delta) for (size_t k = 0; k < count; k++) delta[k] = 0;
    return 0;
  }
  I own = (I)x;
  T m = logits[0] + (T)offsets[0];
  for (size_t k = 1; k < count; k++) {
    T l = logits[k] + (T)offsets[k];
    m = l > m ? l : m;
  }
  // delta may be logits, so whatever needs those comes first.
  T c = logits[own] + (T)offsets[own];
  T own_less_one = NAME(expm1)(c - m);
  T rest = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (I k = 0; k < (I)count; k++) {
      T e = NAME(exp)(logits[k] + (T)offsets[k] - m);
      rest += k == own ? 0 : e;
      if (delta) delta[k] = e;
    }
  }
  if (delta) {
    T factor = scale / (rest + (1 + own_less_one));
    for (size_t k = 0; k < count; k++) delta[k] *= factor;
    // Of x itself, p - 1 = -(the others' sum) / (the whole sum), without cancellation.
    delta[own] = -rest * factor;
  }
  return (m - c) + NAME(log1p)(rest + own_less_one);
}

static inline T NAME(category_row)(size_t columns, const size_t *sizes, const T *x, const T *logits,
                                   const double *offsets, T scale, T *delta) {
  T sum = 0;
  for (size_t c = 0, first = 0; c < columns; first += sizes[c++]) {
    sum += NAME(category_column)(sizes[c], x[c], logits + first, offsets + first, scale, delta ? delta + first : NULL);
  }
  return sum;
}

static void NAME(category)(const vm_likelihood *rows, const size_t *sizes, const double *offsets) {
  FOR_EACH_ROW(rows, NAME(category_row)(columns, sizes, x, o, offsets, scale, delta))
}

static void NAME(category_features)(size_t rows, size_t columns, const size_t *sizes, const void *x, size_t x_stride,
                                    void *features, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    const T *datum = (const T *)x + row * x_stride;
    T *out = (T *)features + row * stride;
    for (size_t c = 0; c < columns; out += sizes[c++]) {
      for (size_t k = 0; k < sizes[c]; k++) out[k] = 0;
      if (datum[c] >= 0 && datum[c] < (T)sizes[c]) out[(size_t)datum[c]] = 1;
    }
  }
}
