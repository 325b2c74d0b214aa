// Template: the special functions of the likelihoods, as straight-line code that vectorises.

/// log(1 + x) for x > -1, without cancellation near 0: what rounding 1 + x left out is added.
static inline T NAME(log1p)(T x) {
  T sum = 1 + x;
  return NAME(log)(sum) + (x - (sum - 1)) / sum;
}

/// log(sinh(x/2) / (x/2)) for |x| <= 1/2: x^2/24 - x^4/2880 + ...
static inline T NAME(log_sinhc_half)(T x) {
  T y = x * x;
  T p = 0;
  LOG_SINHC_TERMS(HORNER)
  return y * p;
}

/// Its derivative, x/12 - x^3/720 + ...
static inline T NAME(log_sinhc_half_slope)(T x) {
  T y = x * x;
  T p = 0;
  LOG_SINHC_SLOPE_TERMS(HORNER)
  return x * p;
}

/// Binet's function, log Gamma(x) - [(x - 1/2) log x - x + 1/2 log 2 pi], and its derivative, unless that is NULL, for
/// x > 0, given log x. Its absolute error is at most 40 epsilon, that of x times the derivative 20 epsilon.
///
/// From 8 on it is Stirling's series, 1/12x - 1/360x^3 + ...; below, log Gamma(x) = log Gamma(x + 8) - log(x (x+1) ...
/// (x+7)) leads there.
ALWAYS_INLINE T NAME(binet)(T x, T log_x, T *derivative) {
  bool is_low = x < 8;
  T z = is_low ? x + 8 : x;
  T inverse = 1 / z;
  T y = inverse * inverse;
  T p = 0;
  BINET_TERMS(HORNER)
  T series = inverse * p;
  // The product, and the sum of 1 / (x + k) over it.
  T product = x, numerator = 1;
  for (int k = 1; k < 8; k++) {
    numerator = numerator * (x + k) + product;
    product = product * (x + k);
  }
  T log_z = NAME(log)(z);
  T low = (x - (T)0.5) * (log_z - log_x) + (8 * log_z - NAME(log)(product)) - 8 + series;
  if (derivative) {
    p = 0;
    BINET_SLOPE_TERMS(HORNER)
    T slope = -y * p;
    T low_slope = (log_z - log_x) + (T)0.5 * (1 / x - inverse) - numerator / product + slope;
    *derivative = is_low ? low_slope : slope;
  }
  return is_low ? low : series;
}
