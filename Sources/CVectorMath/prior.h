// Template: a mixture of diagonal normal distributions as the density of a latent variable, relative to N(0, I):
//
//   log p(z) - log N(z; 0, I) = log(sum over k of pi_k e^(l_k)),   l_k = 1/2 sum over Z of z^2 - (z - m_k)^2 e^(-t_k) - t_k
//
// with the means m, the log-variances t and pi the softmax of the logits. One N(0, I) gives 0 to the last bit.
//
// `prepared[3Z + 2, K]` holds the means, the precisions e^(-t), what a change of t changes the bounded one by (1, or 0 outside
// the bounds), and in its last rows pi and log pi - 1/2 sum of t, so that the components lie in a vector's lanes.

/// The logarithm of the sum of e^logits; without logits, of K ones.
static T NAME(log_sum_exp)(size_t count, const T *logits) {
  if (!logits) return NAME(log)((T)count);
  T most = logits[0];
  for (size_t k = 1; k < count; k++) most = logits[k] > most ? logits[k] : most;
  T sum = 0;
  for (size_t k = 0; k < count; k++) sum += NAME(exp)(logits[k] - most);
  return most + NAME(log)(sum);
}

static void NAME(prior_prepare)(size_t components, size_t latent, const void *head, const void *logits, void *prepared,
                                double lower, double upper) {
  T *weights = (T *)prepared + 3 * latent * components;
  T *constants = weights + components;
  T total = NAME(log_sum_exp)(components, logits);
  for (size_t k = 0; k < components; k++) {
    const T *mean = (const T *)head + k * 2 * latent;
    const T *t = mean + latent;
    T *means = (T *)prepared + k;
    T *precisions = means + latent * components;
    T *slopes = precisions + latent * components;
    T sum = 0;
    for (size_t j = 0; j < latent; j++) {
      T bounded = NAME(bounded)(t[j], lower, upper);
      means[j * components] = mean[j];
      precisions[j * components] = NAME(exp)(-bounded);
      slopes[j * components] = t[j] != bounded ? 0 : 1;
      sum += bounded;
    }
    T log_weight = (logits ? ((const T *)logits)[k] : 0) - total;
    weights[k] = NAME(exp)(log_weight);
    constants[k] = log_weight - (T)0.5 * sum;
  }
}

static void NAME(prior_forward)(size_t rows, size_t components, size_t latent, const void *z, const void *prepared,
                                void *shares, void *densities) {
  const T *constants = (const T *)prepared + (3 * latent + 1) * components;
  for (size_t r = 0; r < rows; r++) {
    const T *at = (const T *)z + r * latent;
    T *share = (T *)shares + r * components;
    for (size_t k = 0; k < components; k++) share[k] = 0;
    for (size_t j = 0; j < latent; j++) {
      const T *means = (const T *)prepared + j * components;
      const T *precisions = means + latent * components;
      T here = at[j], square = here * here;
      VECTORIZE for (size_t k = 0; k < components; k++) {
        T d = here - means[k];
        share[k] += square - d * d * precisions[k];
      }
    }
    T most = (T)-__builtin_inf();
    for (size_t k = 0; k < components; k++) {
      share[k] = constants[k] + (T)0.5 * share[k];
      most = share[k] > most ? share[k] : most;
    }
    VECTORIZE for (size_t k = 0; k < components; k++) share[k] = NAME(exp)(share[k] - most);
    T sum = 0;
    {
#pragma clang fp reassociate(on)
      VECTORIZE for (size_t k = 0; k < components; k++) sum += share[k];
    }
    VECTORIZE for (size_t k = 0; k < components; k++) share[k] = share[k] / sum;
    ((T *)densities)[r] = most + NAME(log)(sum);
  }
}

static void NAME(prior_backward)(size_t rows, size_t components, size_t latent, const void *z, const void *prepared,
                                 const void *shares, const void *weights, double scale, bool squared, void *row_weights,
                                 void *z_delta) {
  for (size_t r = 0; r < rows; r++) {
    const T *at = (const T *)z + r * latent;
    const T *share = (const T *)shares + r * components;
    T *d = (T *)z_delta + r * latent;
    T weight = weights ? ((const T *)weights)[r] : 1;
    T own = (T)scale * weight;
    ((T *)row_weights)[r] = own;
    T factor = squared ? own * weight : own;
    for (size_t j = 0; j < latent; j++) {
      const T *means = (const T *)prepared + j * components;
      const T *precisions = means + latent * components;
      T here = at[j], sum = 0;
      {
#pragma clang fp reassociate(on)
        VECTORIZE for (size_t k = 0; k < components; k++) sum += share[k] * ((here - means[k]) * precisions[k]);
      }
      d[j] += factor * (sum - here);
    }
  }
}

// As many dimensions at a time.
#define PRIOR_LANES 64

static void NAME(prior_gradient)(size_t rows, size_t components, size_t latent, size_t first, size_t count,
                                 const void *z, const void *prepared, const void *shares, const void *row_weights,
                                 void *head_delta, void *logits_delta, bool accumulate) {
  const T *weights = row_weights;
  T all = 0;
  for (size_t r = 0; r < rows; r++) all += weights[r];
  for (size_t k = first; k < first + count; k++) {
    const T *share = (const T *)shares + k;
    T own = 0;
    for (size_t r = 0; r < rows; r++) own += weights[r] * share[r * components];
    if (logits_delta) {
      T *delta = (T *)logits_delta + (k - first);
      T weight = ((const T *)prepared)[3 * latent * components + k];
      *delta = (accumulate ? *delta : 0) + (weight * all - own);
    }
    for (size_t start = 0; start < latent; start += PRIOR_LANES) {
      size_t width = latent - start < PRIOR_LANES ? latent - start : PRIOR_LANES;
      const T *means = (const T *)prepared + start * components + k;
      const T *precisions = means + latent * components;
      const T *slopes = precisions + latent * components;
      T *mean_delta = (T *)head_delta + (k - first) * 2 * latent + start;
      T *t_delta = mean_delta + latent;
      T mean[PRIOR_LANES], linear[PRIOR_LANES] = {0}, square[PRIOR_LANES] = {0};
      for (size_t j = 0; j < width; j++) mean[j] = means[j * components];
      for (size_t r = 0; r < rows; r++) {
        const T *at = (const T *)z + r * latent + start;
        T weight = weights[r] * share[r * components];
        VECTORIZE for (size_t j = 0; j < width; j++) {
          T d = at[j] - mean[j];
          linear[j] += weight * d;
          square[j] += weight * d * d;
        }
      }
      for (size_t j = 0; j < width; j++) {
        T precision = precisions[j * components];
        T by_t = (T)0.5 * (own - square[j] * precision) * slopes[j * components];
        mean_delta[j] = (accumulate ? mean_delta[j] : 0) - linear[j] * precision;
        t_delta[j] = (accumulate ? t_delta[j] : 0) + by_t;
      }
    }
  }
}
