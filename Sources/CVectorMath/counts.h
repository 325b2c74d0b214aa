// Template: likelihoods of counts. Log-gamma functions of counts cancel against other terms of their size, which at a
// count of a million costs nine digits; here nothing that large is ever formed. Both densities are written as their
// largest value over the mean, by Stirling's formula, and what the mean is off from that (Loader, "Fast and accurate
// computation of binomial probabilities", 2000). `rest` is Binet's function, what Stirling's formula leaves.

/// -log p = n (e^d - 1 - d) + 1/2 log(2 pi n) + rest(n) with d = o - log n, and e^o for n = 0.
static inline T NAME(poisson_term)(T x, T o, T scale, T *delta) {
  T n = x > 0 ? x : 1;
  T log_n = NAME(log)(n);
  T rate = NAME(exp)(o);
  T some = n * NAME(expm1_minus_x)(o - log_n) + ((T)0.5 * (LOG_2PI + log_n) + NAME(binet)(n, log_n, NULL));
  bool is_there = x == x;
  if (delta) *delta = is_there ? scale * (rate - x) : 0;
  return is_there ? x > 0 ? some : rate : 0;
}

static inline T NAME(poisson_row)(size_t columns, const T *x, const T *o, T scale, T *delta) {
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      sum += NAME(poisson_term)(x[c], o[c], scale, delta ? delta + c : NULL);
    }
  }
  return sum;
}

static void NAME(poisson)(const vm_likelihood *rows) {
  FOR_EACH_ROW(rows, NAME(poisson_row)(columns, x, o, scale, delta))
}

/// With r = e^-s, N = n + r, d = log(mean / n) and D = N L - n d, L = log((r + mean) / N) = log(r/N + n/N e^d):
///
///   -log p = D + 1/2 log(2 pi n N / r) + rest(n) + rest(r) - rest(N),   r log(1 + mean / r) for n = 0
///   by log mean   r q - n (1 - q),   q = mean / (r + mean)
///   by s          r q - n (1 - q) - r L + n / 2N + r (rest'(N) - rest'(r))
///
/// L is log1p(k/N expm1(g)), from the smaller share: k = n and g = d, or k = r and g = -d, with d added then.
ALWAYS_INLINE T NAME(negative_binomial_term)(T x, T log_mean, T s, T scale, T *delta, T *s_delta, T lower, T upper) {
  T b = NAME(bounded)(s, lower, upper);
  T r = NAME(exp)(-b);
  T n = x > 0 ? x : 1;
  T log_n = NAME(log)(n);
  T d = log_mean - log_n;
  T total = n + r;
  T k = n < r ? n : r;
  T g = n < r ? d : -d;
  // Beyond the exponential's range log1p is the exponent plus a constant.
  T g_low = g > EXP_HIGHEST - 9 ? EXP_HIGHEST - 9 : g;
  T l = NAME(log1p)(k / total * NAME(expm1)(g_low)) + (g - g_low);
  T log_ratio = NAME(log1p)(n * NAME(exp)(b));
  T r_slope, total_slope;
  T rests = NAME(binet)(n, log_n, NULL) + NAME(binet)(r, -b, &r_slope);
  rests = rests - NAME(binet)(total, log_ratio - b, &total_slope);
  T some = (total * l - k * g) + ((T)0.5 * (LOG_2PI + log_n + log_ratio) + rests);
  T log_odds = log_mean + b;
  T none = NAME(softplus)(log_odds);
  bool is_there = x == x;
  if (delta) {
    T mean_delta = r * NAME(sigmoid)(log_odds) - x * NAME(sigmoid)(-log_odds);
    T some_delta = n / (2 * total) + r * ((total_slope - r_slope) - (n < r ? l : l - g));
    T inside = s != b ? 0 : 1;   // the bound is flat outside
    T s_slope = scale * inside * (mean_delta + (x > 0 ? some_delta : -r * none));
    *delta = is_there ? scale * mean_delta : 0;
    *s_delta = is_there ? s_slope : 0;
  }
  return is_there ? x > 0 ? some : r * none : 0;
}

static inline T NAME(negative_binomial_row)(size_t columns, const T *x, const T *o, T scale, T *delta, T lower,
                                            T upper) {
  const T *s = o + columns;
  T sum = 0;
  {
#pragma clang fp reassociate(on)
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      sum += NAME(negative_binomial_term)(x[c], o[c], s[c], scale, delta ? delta + c : NULL,
                                          delta ? delta + columns + c : NULL, lower, upper);
    }
  }
  return sum;
}

static void NAME(negative_binomial)(const vm_likelihood *rows, double lower, double upper) {
  FOR_EACH_ROW(rows, NAME(negative_binomial_row)(columns, x, o, scale, delta, lower, upper))
}
#undef FOR_EACH_ROW
