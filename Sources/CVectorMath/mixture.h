// Template: a column of numbers whose density is a mixture of normal distributions and points.
//
// With l_j = o_j + log_weights_j of each point and component, and standardised numbers y = (x - mean) / deviation:
//
//   log p(x) = log(sum over j of e^(l_j + f_j)) - log(sum over j of e^l_j)
//   f of a point      0 where x is it, or within its reach, else -infinity
//   f of a component  log N(y; m, s^2) - log deviation, or, of a column with an interval w, the logarithm of the mass within
//                     w/2 of x. At a point x of a column without an interval it is -infinity.
//
// With p the softmax of l, r that of l + f, the derivatives of -log p are p_j - r_j by o_j, and -r_k times those of f_k by
// the other outputs: m = means + e^log_deviations o, s = e^bounded(log_deviations + o). Rows are taken MIXTURE_LANES at a
// time, one in each lane, so that what becomes of a row does not depend on the rows beside it.

#define MIXTURE_LANES 32
#define MIXTURE_NEVER (-(T)__builtin_inf())

/// The ratio e^(a^2/2) Phi(-a) for a >= 0; beyond the polynomial's range by its asymptotic series.
ALWAYS_INLINE T NAME(mills)(T a) {
  bool is_far = a > NORMAL_UNDERFLOW;
  T d = 1 / (a + MILLS_CENTRE);
  T y = (a - MILLS_CENTRE) * d;
  T p = 0;
  MILLS_TERMS(HORNER)
  T near = p * d;
  T inverse = 1 / (is_far ? a : NORMAL_UNDERFLOW);
  y = inverse * inverse;
  p = 10395;
  HORNER(-945) HORNER(105) HORNER(-15) HORNER(3) HORNER(-1) HORNER(1)
  return is_far ? (T)0.39894228040143267794 * inverse * p : near;
}

// The sum over n of y^n / ((2n)! (2n + 2m + 1)), where y is up to 1/16.
#define MIXTURE_SUM(m)                                                                                       \
  (((((T)(1.0 / (3628800.0 * (11 + 2 * m))) * y + (T)(1.0 / (40320.0 * (9 + 2 * m)))) * y                    \
     + (T)(1.0 / (720.0 * (7 + 2 * m)))) * y + (T)(1.0 / (24.0 * (5 + 2 * m)))) * y                          \
   + (T)(1.0 / (2.0 * (3 + 2 * m)))) * y + (T)(1.0 / (1 + 2 * m))

/// log[(Phi(c + h) - Phi(c - h)) / (2 h)] for h > 0 given log 2h, and, with s the standard deviation that the numbers have
/// been divided by, its derivatives with respect to the mean, times s, and to log s, where h goes as 1/s.
///
/// By symmetry c >= 0. With u = c - h and v = c + h, and Q(a) = Phi(-a) = e^(-a^2/2) R(a), the mass is
///
///   e^(-u^2/2) (R(u) - R(v) e^(-2ch))   from u = 0 on
///   1 - Q(-u) - Q(v)                    below
///   2 h phi(c) * the integral over t from 0 to 1 of cosh(c h t) e^(-h^2 t^2 / 2)   where both nearly cancel: as a series
///
/// Absolute error: 40 epsilon, and the rounding of c^2/2.
ALWAYS_INLINE T NAME(log_interval_mass)(T x, T h, T log_width, T *by_mean, T *by_log_s) {
  T c = __builtin_elementwise_abs(x);
  T ch = c * h;
  bool is_near = h < (T)0.0625 && ch < (T)0.25;
  // The series.
  T q = (T)-0.5 * h * h;
  T y = ch * ch;
  T series = MIXTURE_SUM(0) + q * (MIXTURE_SUM(1) + (T)0.5 * q * (MIXTURE_SUM(2)
    + (T)(1.0 / 3) * q * (MIXTURE_SUM(3) + (T)0.25 * q * (MIXTURE_SUM(4)))));
  T ratio = (1 + q * (1 + q * ((T)0.5 + q * ((T)(1.0 / 6) + q * (T)(1.0 / 24))))) / series;
  T p = (T)(1.0 / 39916800);
  HORNER(1.0 / 362880) HORNER(1.0 / 5040) HORNER(1.0 / 120) HORNER(1.0 / 6) HORNER(1)
  T near_difference = c * ratio * p;
  p = (T)(1.0 / 3628800);
  HORNER(1.0 / 40320) HORNER(1.0 / 720) HORNER(1.0 / 24) HORNER(1.0 / 2) HORNER(1)
  T near_sum = ratio * p;
  // The tails, with rho the density at an end of the interval by the mass.
  T u = c - h;
  T a = __builtin_elementwise_abs(u);
  bool is_tail = u >= 0;
  T lost = -NAME(expm1)(-2 * ch), kept = 1 - lost;
  T first = NAME(mills)(a), second = NAME(mills)(c + h) * kept;
  T density = NAME(exp)((T)-0.5 * u * u);
  T mass = is_tail ? first - second : 1 - density * (first + second);
  T rho = (is_tail ? 1 : density) * (T)0.39894228040143267794 / mass;
  T difference = is_near ? near_difference : rho * lost;
  T sum = is_near ? near_sum : h * rho * (1 + kept);
  *by_mean = x < 0 ? -difference : difference;
  *by_log_s = c * difference - sum;
  T origin = is_near ? c : is_tail ? u : 0;
  T constant = is_near ? log_width - (T)0.5 * LOG_2PI : 0;
  return NAME(log)(is_near ? series : mass) + (constant - (T)0.5 * origin * origin);
}

/// The loss of MIXTURE_LANES numbers x from the outputs o, points' logits, components' logits, means and log-scales, in whose
/// place the derivatives come.
static inline void NAME(mixture_lanes)(const vm_mixture *m, const T *x, T (*o)[MIXTURE_LANES], T *loss, bool derives) {
  size_t points = m->points, components = m->components, count = points + components;
  T probabilities[VM_MIXTURE_POINTS + VM_MIXTURE_COMPONENTS][MIXTURE_LANES];
  T y[MIXTURE_LANES], top[MIXTURE_LANES], total[MIXTURE_LANES], best[MIXTURE_LANES], sum[MIXTURE_LANES];
  T barred[MIXTURE_LANES];  // what keeps components from a point
  bool isDensity = m->interval == 0;
  T half = (T)0.5 * (T)m->interval;
  T log_interval = isDensity ? 0 : NAME(log)((T)m->interval);
  T log_deviation = NAME(log)((T)m->deviation), reach = (T)m->reach;
  VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
    y[i] = (T)(((double)x[i] - m->mean) / m->deviation);
    barred[i] = 0;
    top[i] = best[i] = MIXTURE_NEVER;
    total[i] = sum[i] = 0;
  }
  for (size_t j = 0; j < count; j++) {
    T weight = (T)m->log_weights[j];
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      o[j][i] += weight;
      top[i] = o[j][i] > top[i] ? o[j][i] : top[i];
    }
  }
  for (size_t j = 0; j < count; j++) {
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      T e = NAME(exp)(o[j][i] - top[i]);
      probabilities[j][i] = e;
      total[i] += e;
    }
  }
  // From here on o holds l + f of each.
  for (size_t j = 0; j < points; j++) {
    T point = (T)m->point_values[j];
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      bool is_here = __builtin_elementwise_abs(x[i] - point) <= reach;
      barred[i] = is_here && isDensity ? MIXTURE_NEVER : barred[i];
      o[j][i] += is_here ? 0 : MIXTURE_NEVER;
      best[i] = o[j][i] > best[i] ? o[j][i] : best[i];
    }
  }
  for (size_t k = 0; k < components; k++) {
    T *logit = o[points + k], *mean = o[count + k], *log_scale = o[count + components + k];
    T start = (T)m->means[k], log_start = (T)m->log_deviations[k], unit = NAME(exp)(log_start);
    T lower = (T)m->lower, upper = (T)m->upper;
    if (isDensity) {
      VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
        T s = log_start + log_scale[i], b = NAME(bounded)(s, lower, upper);
        T inverse = NAME(exp)(-b);
        T z = (y[i] - (start + unit * mean[i])) * inverse;
        T f = (T)-0.5 * z * z - (b + log_deviation + (T)0.5 * LOG_2PI);
        mean[i] = z * inverse * unit;
        log_scale[i] = s != b ? 0 : z * z - 1;  // the bound is flat outside
        logit[i] += f + barred[i];
        best[i] = logit[i] > best[i] ? logit[i] : best[i];
      }
    } else {
      VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
        T s = log_start + log_scale[i], b = NAME(bounded)(s, lower, upper);
        T inverse = NAME(exp)(-b);
        T z = (y[i] - (start + unit * mean[i])) * inverse;
        T by_mean, by_log_s;
        T f = NAME(log_interval_mass)(z, half * inverse, log_interval - b, &by_mean, &by_log_s);
        mean[i] = by_mean * inverse * unit;
        log_scale[i] = s != b ? 0 : by_log_s;
        logit[i] += f;
        best[i] = logit[i] > best[i] ? logit[i] : best[i];
      }
    }
  }
  for (size_t j = 0; j < count; j++) {
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      T e = NAME(exp)(o[j][i] - best[i]);
      o[j][i] = e;
      sum[i] += e;
    }
  }
  VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
    // What is no number has no term and no derivative.
    bool is_there = x[i] == x[i];
    loss[i] = is_there ? (top[i] - best[i]) + (NAME(log)(total[i]) - NAME(log)(sum[i])) : 0;
    total[i] = is_there ? 1 / total[i] : 0;
    sum[i] = is_there ? 1 / sum[i] : 0;
  }
  if (!derives) return;
  for (size_t j = 0; j < count; j++) {
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      T share = x[i] == x[i] ? o[j][i] * sum[i] : 0;
      o[j][i] = probabilities[j][i] * total[i] - share;
      probabilities[j][i] = share;
    }
  }
  for (size_t k = 0; k < components; k++) {
    T *share = probabilities[points + k], *mean = o[count + k], *log_scale = o[count + components + k];
    VECTORIZE for (size_t i = 0; i < MIXTURE_LANES; i++) {
      bool has_share = share[i] > 0;
      mean[i] = has_share ? -share[i] * mean[i] : 0;
      log_scale[i] = has_share ? -share[i] * log_scale[i] : 0;
    }
  }
}

static void NAME(mixture)(const vm_likelihood *rows, const vm_mixture *m) {
  size_t count = m->points + m->components, components = m->components, columns = rows->columns;
  size_t all = rows->data * rows->samples;
  size_t starts[] = {0, columns * count, columns * (count + components)}, widths[] = {count, components, components};
  T o[VM_MIXTURE_POINTS + 3 * VM_MIXTURE_COMPONENTS][MIXTURE_LANES];
  T x[MIXTURE_LANES], loss[MIXTURE_LANES];
  for (size_t first = 0; first < all; first += MIXTURE_LANES) {
    size_t filled = all - first < MIXTURE_LANES ? all - first : MIXTURE_LANES;
    for (size_t c = 0; c < columns; c++) {
      for (size_t i = 0; i < MIXTURE_LANES; i++) {
        // Lanes beyond the last row compute it again.
        size_t row = first + (i < filled ? i : filled - 1);
        x[i] = ((const T *)rows->x)[row / rows->samples * rows->x_stride + c];
        for (size_t part = 0, j = 0; part < 3; part++) {
          const T *outputs = (const T *)rows->outputs + row * rows->output_stride + starts[part] + c * widths[part];
          for (size_t k = 0; k < widths[part]; k++) o[j++][i] = outputs[k];
        }
      }
      NAME(mixture_lanes)(m, x, o, loss, rows->delta != NULL);
      for (size_t i = 0; i < filled; i++) {
        T *total = (T *)rows->losses + first + i;
        *total = rows->adds || c > 0 ? *total + loss[i] : loss[i];
        if (!rows->delta) continue;
        for (size_t part = 0, j = 0; part < 3; part++) {
          T *delta = (T *)rows->delta + (first + i) * rows->delta_stride + starts[part] + c * widths[part];
          for (size_t k = 0; k < widths[part]; k++) delta[k] = (T)rows->scale * o[j++][i];
        }
      }
    }
  }
}

static void NAME(mixture_features)(const vm_mixture *m, size_t rows, size_t columns, const void *x, size_t x_stride,
                                   void *features, size_t stride) {
  for (size_t row = 0; row < rows; row++) {
    T *out = (T *)features + row * stride;
    for (size_t c = 0; c < columns; c++) {
      T number = ((const T *)x)[row * x_stride + c];
      T y = NAME(bounded)((T)(((double)number - m->mean) / m->deviation), -8, 8);
      *out++ = number == number ? y : 0;
      for (size_t p = 0; p < m->points; p++) *out++ = number == (T)m->point_values[p] ? 1 : 0;
    }
  }
}

#undef MIXTURE_LANES
#undef MIXTURE_NEVER
#undef MIXTURE_SUM
