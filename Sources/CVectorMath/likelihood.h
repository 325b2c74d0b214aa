// Template: negative log-likelihoods per row with their derivatives by the decoder's outputs, in one pass.

#define ROW_LOOP                                     \
  for (size_t i = 0; i < data; i++)                     \
    for (size_t r = i * samples; r < (i + 1) * samples; r++)

static inline T NAME(bernoulli_row)(size_t columns, const T *x, const T *logits, T scale, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T o = logits[c];
      T e = NAME(exp_of_minus_abs)(o);
      // One division serves both: softplus needs e / (2 + e), the sigmoid 1 / (1 + e).
      T inverse = 1 / ((1 + e) * (2 + e));
      sum += NAME(relu)(o) - x[c] * o + NAME(log1p_from_quotient)(e * (1 + e) * inverse);
      if (delta) delta[c] = scale * ((o < 0 ? e : 1) * (2 + e) * inverse - x[c]);
    }
  }
  return sum;
}

static void NAME(bernoulli)(size_t data, size_t samples, size_t columns, const void *x, const void *logits,
                            double scale, void *delta, void *losses) {
  ROW_LOOP {
    const T *datum = (const T *)x + i * columns;
    const T *o = (const T *)logits + r * columns;
    ((T *)losses)[r] = delta ? NAME(bernoulli_row)(columns, datum, o, scale, (T *)delta + r * columns)
                             : NAME(bernoulli_row)(columns, datum, o, scale, NULL);
  }
}

static inline T NAME(squared_difference_row)(size_t columns, const T *x, const T *mean, T factor, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T d = mean[c] - x[c];
      sum += d * d;
      if (delta) delta[c] = factor * d;
    }
  }
  return sum;
}

static void NAME(squared_difference)(size_t data, size_t samples, size_t columns, const void *x, const void *mean,
                                     double weight, double constant, double scale, void *delta, void *losses) {
  T factor = 2 * weight * scale;
  ROW_LOOP {
    const T *datum = (const T *)x + i * columns;
    const T *m = (const T *)mean + r * columns;
    T sum = delta ? NAME(squared_difference_row)(columns, datum, m, factor, (T *)delta + r * columns)
                  : NAME(squared_difference_row)(columns, datum, m, factor, NULL);
    ((T *)losses)[r] = (T)constant + (T)weight * sum;
  }
}

static inline T NAME(gaussian_row)(size_t columns, const T *x, const T *mean, const T *s, T scale, T *delta, T lower,
                                   T upper) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T b = NAME(bounded)(s[c], lower, upper);
      T d = mean[c] - x[c];
      T precision = NAME(exp)(-b);
      T q = d * d * precision;
      sum += b + q;
      if (delta) {
        T inside = s[c] != b ? 0 : 1;   // the bound is flat outside
        delta[c] = scale * d * precision;
        delta[c + columns] = (T)0.5 * scale * (1 - q) * inside;
      }
    }
  }
  return sum;
}

static void NAME(gaussian)(size_t data, size_t samples, size_t columns, const void *x, const void *outputs,
                           double scale, void *delta, void *losses, double lower, double upper) {
  T constant = (T)(1.83787706640934548356 * (double)columns);  // log 2 pi
  ROW_LOOP {
    const T *datum = (const T *)x + i * columns;
    const T *m = (const T *)outputs + r * 2 * columns;
    const T *s = m + columns;
    T sum = delta ? NAME(gaussian_row)(columns, datum, m, s, scale, (T *)delta + r * 2 * columns, lower, upper)
                  : NAME(gaussian_row)(columns, datum, m, s, scale, NULL, lower, upper);
    ((T *)losses)[r] = (T)0.5 * (constant + sum);
  }
}
#undef ROW_LOOP
