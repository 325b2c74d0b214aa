// Template: negative log-likelihoods per row with their derivatives with respect to the decoder's outputs, in one pass.
// Where x is missing, which is a NaN, it has no term and no derivative.

/// Every row of a vm_likelihood: `row_loss` computes the loss from the datum x, the outputs o and the scale, and fills
/// delta, unless that is NULL; as a constant, so that the loops that have no use for derivatives do not compute them.
#define FOR_EACH_ROW(rows, row_loss)                                                            \
  {                                                                                             \
    size_t columns = rows->columns;                                                             \
    T scale = rows->scale;                                                                      \
    (void)columns, (void)scale;                                                                 \
    for (size_t i = 0; i < rows->data; i++)                                                     \
      for (size_t r = i * rows->samples; r < (i + 1) * rows->samples; r++) {                    \
        const T *x = (const T *)rows->x + i * rows->x_stride;                                   \
        const T *o = (const T *)rows->outputs + r * rows->output_stride;                        \
        T *total = (T *)rows->losses + r;                                                       \
        T loss;                                                                                 \
        if (rows->delta) {                                                                      \
          T *delta = (T *)rows->delta + r * rows->delta_stride;                                 \
          loss = (row_loss);                                                                    \
        } else {                                                                                \
          T *const delta = NULL;                                                                \
          loss = (row_loss);                                                                    \
        }                                                                                       \
        *total = rows->adds ? *total + loss : loss;                                             \
      }                                                                                         \
  }

/// What a constant of a row with all its columns is where some of x are missing.
static inline T NAME(constant_of_present)(size_t columns, const T *x, T constant) {
  I missing = 0;
  VECTORIZE for (size_t c = 0; c < columns; c++) missing += x[c] != x[c];
  return missing == 0 ? constant : constant * ((T)(columns - (size_t)missing) / (T)columns);
}

static inline T NAME(bernoulli_row)(size_t columns, const T *x, const T *logits, T scale, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T o = logits[c];
      bool is_there = x[c] == x[c];
      T e = NAME(exp_of_minus_abs)(o);
      // One division serves both: softplus needs e / (2 + e), the sigmoid 1 / (1 + e).
      T inverse = 1 / ((1 + e) * (2 + e));
      T term = NAME(relu)(o) - x[c] * o + NAME(log1p_from_quotient)(e * (1 + e) * inverse);
      sum += is_there ? term : 0;
      if (delta) {
        T slope = scale * ((o < 0 ? e : 1) * (2 + e) * inverse - x[c]);
        delta[c] = is_there ? slope : 0;
      }
    }
  }
  return sum;
}

static void NAME(bernoulli)(const vm_likelihood *rows) {
  FOR_EACH_ROW(rows, NAME(bernoulli_row)(columns, x, o, scale, delta))
}

/// With a = |o|, -log p = relu(o) - x o + log((1 - e^-a) / a), which loses its digits near o = 0, where it is 0; there,
/// -log p = (1/2 - x) o + log(sinh(o/2) / (o/2)), and the logarithm, h, is a series in o^2. The mean, the derivative by
/// o at x = 0, is k = 1/a - 1/(e^a - 1) for o < 0 and 1 - k for o > 0, and 1/2 + h' near 0.
static inline T NAME(continuous_bernoulli_term)(T x, T o, T scale, T *delta) {
  T a = __builtin_elementwise_abs(o);
  bool is_near = a < (T)0.5, is_there = x == x;
  T unit = -NAME(expm1)(-a);
  T far = (NAME(relu)(o) - x * o) + NAME(log)(unit / a);
  T near = ((T)0.5 - x) * o + NAME(log_sinhc_half)(o);
  if (delta) {
    T k = 1 / a - (1 - unit) / unit;
    T far_delta = o < 0 ? k - x : (1 - x) - k;
    T slope = scale * (is_near ? ((T)0.5 - x) + NAME(log_sinhc_half_slope)(o) : far_delta);
    *delta = is_there ? slope : 0;
  }
  return is_there ? is_near ? near : far : 0;
}

static inline T NAME(continuous_bernoulli_row)(size_t columns, const T *x, const T *o, T scale, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      sum += NAME(continuous_bernoulli_term)(x[c], o[c], scale, delta ? delta + c : NULL);
    }
  }
  return sum;
}

static void NAME(continuous_bernoulli)(const vm_likelihood *rows) {
  FOR_EACH_ROW(rows, NAME(continuous_bernoulli_row)(columns, x, o, scale, delta))
}

static inline T NAME(squared_difference_row)(size_t columns, const T *x, const T *mean, T factor, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T d = x[c] == x[c] ? mean[c] - x[c] : 0;
      sum += d * d;
      if (delta) delta[c] = factor * d;
    }
  }
  return sum;
}

static void NAME(squared_difference)(const vm_likelihood *rows, double weight, double constant) {
  T factor = 2 * weight * rows->scale;
  FOR_EACH_ROW(rows, NAME(constant_of_present)(columns, x, (T)constant)
                       + (T)weight * NAME(squared_difference_row)(columns, x, o, factor, delta))
}

static inline T NAME(gaussian_row)(size_t columns, const T *x, const T *mean, const T *s, T scale, T *delta, T lower,
                                   T upper) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T b = NAME(bounded)(s[c], lower, upper);
      bool is_there = x[c] == x[c];
      T d = is_there ? mean[c] - x[c] : 0;
      T precision = NAME(exp)(-b);
      T q = d * d * precision;
      sum += is_there ? b + q : 0;
      if (delta) {
        T inside = s[c] != b || !is_there ? 0 : 1;   // the bound is flat outside
        delta[c] = scale * d * precision;
        delta[c + columns] = (T)0.5 * scale * (1 - q) * inside;
      }
    }
  }
  return sum;
}

static void NAME(gaussian)(const vm_likelihood *rows, double lower, double upper) {
  T constant = (T)(1.83787706640934548356 * (double)rows->columns);  // log 2 pi
  FOR_EACH_ROW(
    rows, (T)0.5 * (NAME(constant_of_present)(columns, x, constant)
                    + NAME(gaussian_row)(columns, x, o, o + columns, scale, delta, lower, upper)))
}

/// Without an s, the log-scale is `lower`.
static inline T NAME(laplace_row)(size_t columns, const T *x, const T *location, const T *s, T scale, T *delta, T lower,
                                  T upper) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      T b = s ? NAME(bounded)(s[c], lower, upper) : lower;
      bool is_there = x[c] == x[c];
      T d = is_there ? location[c] - x[c] : 0;
      T inverse = NAME(exp)(-b);
      T q = __builtin_elementwise_abs(d) * inverse;
      sum += is_there ? b + q : 0;
      if (delta) {
        T sign = d > 0 ? 1 : d < 0 ? -1 : 0;
        if (s) {
          T inside = s[c] != b || !is_there ? 0 : 1;
          delta[c + columns] = scale * (1 - q) * inside;
        }
        delta[c] = scale * sign * inverse;
      }
    }
  }
  return sum;
}

static void NAME(laplace)(const vm_likelihood *rows, bool learned, double lower, double upper) {
  T constant = (T)(0.69314718055994530942 * (double)rows->columns);  // log 2
  if (learned) {
    FOR_EACH_ROW(rows, NAME(constant_of_present)(columns, x, constant)
                         + NAME(laplace_row)(columns, x, o, o + columns, scale, delta, lower, upper))
  } else {
    FOR_EACH_ROW(rows, NAME(constant_of_present)(columns, x, constant)
                         + NAME(laplace_row)(columns, x, o, NULL, scale, delta, lower, upper))
  }
}

/// One group of a row. With m the largest logit and c the one of x, −log p = (m - c) + log(sum of e^(o - m)); the sum is
/// taken without the term of x, so that a sure and right prediction keeps its small loss. A group is missing as a whole.
static inline T NAME(categorical_group)(size_t columns, const T *x, const T *logits, T scale, T *delta) {
  if (x[0] != x[0]) {
    if (delta) for (size_t k = 0; k < columns; k++) delta[k] = 0;
    return 0;
  }
  T m = logits[0], c = 0, rest = 0;
  for (size_t k = 0; k < columns; k++) {
    m = logits[k] > m ? logits[k] : m;
    c += x[k] * logits[k];
  }
  // delta may be logits, so whatever needs those comes first.
  T own = NAME(expm1)(c - m);
  for (size_t k = 0; k < columns; k++) {
    T e = NAME(exp)(logits[k] - m);
    rest += (1 - x[k]) * e;
    if (delta) delta[k] = e;
  }
  if (delta) {
    T total = 0;
    for (size_t k = 0; k < columns; k++) total += delta[k];
    T inverse = 1 / total;
    for (size_t k = 0; k < columns; k++) delta[k] = scale * (delta[k] * inverse - x[k]);
  }
  return (m - c) + NAME(log1p)(rest + own);
}

static inline T NAME(categorical_row)(size_t count, const size_t *groups, const T *x, const T *logits, T scale,
                                      T *delta) {
  T sum = 0;
  for (size_t g = 0, first = 0; g < count; first += groups[g++]) {
    sum += NAME(categorical_group)(groups[g], x + first, logits + first, scale, delta ? delta + first : NULL);
  }
  return sum;
}

static void NAME(categorical)(const vm_likelihood *rows, size_t count, const size_t *groups) {
  FOR_EACH_ROW(rows, NAME(categorical_row)(count, groups, x, o, scale, delta))
}
