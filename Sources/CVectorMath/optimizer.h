// Template: one optimizer step over a run of parameters, and what clipping a gradient takes. Each loop reads the gradient
// once, so that it can be applied while a tile of the gradient is still in cache.

/// A number with the highest bit set where x is infinite or NaN: its exponent is all ones, and one more carries.
/// Or'ed together, many numbers are checked without a comparison, and in integers, which reorder freely.
static inline U NAME(carry_unless_finite)(T x) {
  const U exponent = (U)(2 * EXPONENT_BIAS + 1) << MANTISSA_BITS;
  return (NAME(to_bits)(x) & exponent) + ((U)1 << MANTISSA_BITS);
}

static bool NAME(optimize)(vm_optimizer kind, size_t count, void *parameters, const void *gradient, void *first,
                           void *second, const vm_update *u) {
  U carries = 0;
  T *w = parameters, *m = first, *v = second;
  const T *gradients = gradient;
  const T rate = u->rate, decay = u->weight_decay, epsilon = u->epsilon;

// A gradient that is not finite leaves such a parameter. A sum of squares that overflows does not: it silences its
// parameter for good.
#define FOR_EACH(statements)                               \
  VECTORIZE for (size_t i = 0; i < count; i++) {           \
    T g = gradients[i] + decay * w[i];                     \
    statements                                             \
    carries |= NAME(carry_unless_finite)(w[i]);            \
  }

  switch (kind) {
    case VM_SGD: {
      const T momentum = u->momentum;
      if (!m) {
        FOR_EACH(w[i] -= rate * g;)
      } else {
        FOR_EACH(m[i] = momentum * m[i] + g; w[i] -= rate * m[i];)
      }
      break;
    }
    case VM_ADAGRAD:
      FOR_EACH(m[i] += g * g; w[i] -= rate * g / (__builtin_elementwise_sqrt(m[i]) + epsilon);
               carries |= NAME(carry_unless_finite)(m[i]);)
      break;
    case VM_RMSPROP: {
      const T keep = u->decay, take = 1 - u->decay;
      FOR_EACH(m[i] = keep * m[i] + take * g * g; w[i] -= rate * g / (__builtin_elementwise_sqrt(m[i]) + epsilon);
               carries |= NAME(carry_unless_finite)(m[i]);)
      break;
    }
    case VM_ADAM:
    case VM_ADAMW: {
      const T keep1 = u->beta1, take1 = 1 - u->beta1, keep2 = u->beta2, take2 = 1 - u->beta2;
      const T step = u->rate / u->correction1, scale = __builtin_elementwise_sqrt(1 / u->correction2);
      const T shrink = kind == VM_ADAMW ? 1 - u->rate * u->weight_decay : 1;
      const T coupled = kind == VM_ADAMW ? 0 : decay;
      VECTORIZE for (size_t i = 0; i < count; i++) {
        T g = gradients[i] + coupled * w[i];
        m[i] = keep1 * m[i] + take1 * g;
        v[i] = keep2 * v[i] + take2 * g * g;
        w[i] = shrink * w[i] - step * m[i] / (__builtin_elementwise_sqrt(v[i]) * scale + epsilon);
        carries |= NAME(carry_unless_finite)(w[i]) | NAME(carry_unless_finite)(v[i]);
      }
      break;
    }
  }
#undef FOR_EACH
  return carries >> (8 * sizeof carries - 1) == 0;
}

static double NAME(sum_of_squares)(size_t count, const void *x) {
#pragma clang fp reassociate(on)
  const T *values = x;
  double sum = 0;
  VECTORIZE for (size_t i = 0; i < count; i++) {
    double value = values[i];
    sum += value * value;
  }
  return sum;
}

static void NAME(add)(size_t count, void *x, const void *y) {
  T *values = x;
  const T *terms = y;
  VECTORIZE for (size_t i = 0; i < count; i++) values[i] += terms[i];
}

static void NAME(scale)(size_t count, void *x, double factor) {
  T *values = x;
  const T f = factor;
  VECTORIZE for (size_t i = 0; i < count; i++) values[i] = f * values[i];
}
