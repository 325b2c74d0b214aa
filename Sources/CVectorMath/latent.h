// Template: the Gaussian latent variable, z = mean + exp(s / 2) * noise, its KL divergence to N(0, I), and the ratio of
// the two densities at a sample.

static void NAME(latent_forward)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                                 void *z, void *kl, double lower, double upper) {
  for (size_t i = 0; i < data; i++) {
    const T *mean = (const T *)head + i * 2 * latent;
    const T *s = mean + latent;
    for (size_t l = 0; l < samples; l++) {
      size_t row = (i * samples + l) * latent;
      const T *e = (const T *)noise + row;
      T *out = (T *)z + row;
      VECTORIZE for (size_t k = 0; k < latent; k++) {
        out[k] = mean[k] + NAME(exp)((T)0.5 * NAME(bounded)(s[k], lower, upper)) * e[k];
      }
    }
    T sum = 0;
    {
#pragma clang fp reassociate(on)
      VECTORIZE for (size_t k = 0; k < latent; k++) {
        T b = NAME(bounded)(s[k], lower, upper);
        sum += mean[k] * mean[k] + NAME(expm1_minus_x)(b);
      }
    }
    ((T *)kl)[i] = (T)0.5 * sum;
  }
}

static void NAME(latent_backward)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                                  const void *z_delta, double kl_scale, const void *kl_weights,
                                  double log_variance_delta, void *head_delta, double lower, double upper) {
  const T *weights = kl_weights;
  for (size_t i = 0; i < data; i++) {
    const T *mean = (const T *)head + i * 2 * latent;
    const T *s = mean + latent;
    T *mean_delta = (T *)head_delta + i * 2 * latent;
    T *s_delta = mean_delta + latent;
    for (size_t k = 0; k < latent; k++) mean_delta[k] = s_delta[k] = 0;
    for (size_t l = 0; l < samples; l++) {
      size_t row = (i * samples + l) * latent;
      const T *e = (const T *)noise + row;
      const T *d = (const T *)z_delta + row;
      VECTORIZE for (size_t k = 0; k < latent; k++) {
        mean_delta[k] += d[k];
        s_delta[k] += d[k] * e[k];
      }
    }
    VECTORIZE for (size_t k = 0; k < latent; k++) {
      T b = NAME(bounded)(s[k], lower, upper);
      T scale = weights ? (T)kl_scale * weights[k] : (T)kl_scale;
      T gradient =
          (T)0.5 * (s_delta[k] * NAME(exp)((T)0.5 * b) + scale * NAME(expm1)(b)) + (T)log_variance_delta;
      mean_delta[k] += scale * mean[k];
      s_delta[k] = s[k] != b ? 0 : gradient;  // the bound is flat outside
    }
  }
}

static void NAME(latent_ratio_backward)(size_t data, size_t samples, size_t latent, const void *head,
                                        const void *noise, const void *z, const void *weights, double scale,
                                        bool path, bool squared, void *z_delta, double lower, double upper) {
  for (size_t i = 0; i < data; i++) {
    const T *s = (const T *)head + i * 2 * latent + latent;
    for (size_t r = i * samples; r < (i + 1) * samples; r++) {
      const T *e = (const T *)noise + r * latent;
      const T *at = (const T *)z + r * latent;
      T *d = (T *)z_delta + r * latent;
      T weight = weights ? ((const T *)weights)[r] : 1;
      T factor = squared ? weight : 1;
      T ratio = (T)scale * weight * factor;
      if (path) {
        VECTORIZE for (size_t k = 0; k < latent; k++) {
          d[k] = factor * d[k] + ratio * (at[k] - e[k] * NAME(exp)((T)-0.5 * NAME(bounded)(s[k], lower, upper)));
        }
      } else {
        VECTORIZE for (size_t k = 0; k < latent; k++) d[k] = factor * d[k] + ratio * at[k];
      }
    }
  }
}

static void NAME(latent_log_ratio)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                                   const void *z, void *ratios, double lower, double upper) {
  for (size_t i = 0; i < data; i++) {
    const T *mean = (const T *)head + i * 2 * latent;
    const T *s = mean + latent;
    for (size_t r = i * samples; r < (i + 1) * samples; r++) {
      const T *e = (const T *)noise + r * latent;
      const T *at = (const T *)z + r * latent;
      T sum = 0;
      {
#pragma clang fp reassociate(on)
        VECTORIZE for (size_t k = 0; k < latent; k++) {
          T b = NAME(bounded)(s[k], lower, upper);
          // z^2 - e^2 = (z - e) (z + e), with z - e from its terms: near the prior the squares would cancel.
          sum += (mean[k] + NAME(expm1)((T)0.5 * b) * e[k]) * (at[k] + e[k]) - b;
        }
      }
      ((T *)ratios)[r] = (T)0.5 * sum;
    }
  }
}

static size_t NAME(count_outside)(size_t rows, size_t columns, const void *x, size_t stride, double lower,
                                  double upper) {
  const T low = lower, high = upper;
  size_t count = 0;
  for (size_t r = 0; r < rows; r++) {
    const T *row = (const T *)x + r * stride;
    I outside = 0;
    VECTORIZE for (size_t c = 0; c < columns; c++) outside += row[c] < low || row[c] > high ? 1 : 0;
    count += (size_t)outside;
  }
  return count;
}
