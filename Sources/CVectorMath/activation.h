// Template: bias + activation, its derivative, and the sum of rows.

#define FOR_EACH(a, expression)                                  \
  for (size_t r = 0; r < rows; r++) {                            \
    T *row = (T *)x + r * stride;                                \
    VECTORIZE for (size_t c = 0; c < columns; c++) {             \
      T a = row[c];                                              \
      row[c] = (expression);                                     \
    }                                                            \
  }

static void NAME(activation)(vm_activation f, size_t rows, size_t columns, void *x, size_t stride) {
  switch (f) {
    case VM_IDENTITY: break;
    case VM_TANH: FOR_EACH(a, NAME(tanh)(a)) break;
    case VM_RELU: FOR_EACH(a, NAME(relu)(a)) break;
    case VM_SIGMOID: FOR_EACH(a, NAME(sigmoid)(a)) break;
    case VM_SOFTPLUS: FOR_EACH(a, NAME(softplus)(a)) break;
  }
}

static void NAME(bias_activation)(vm_activation f, size_t rows, size_t columns, void *x, size_t stride,
                                  const void *bias) {
  const T *b = bias;
  if (!b) return NAME(activation)(f, rows, columns, x, stride);
  switch (f) {
    case VM_IDENTITY: FOR_EACH(a, a + b[c]) break;
    case VM_TANH: FOR_EACH(a, NAME(tanh)(a + b[c])) break;
    case VM_RELU: FOR_EACH(a, NAME(relu)(a + b[c])) break;
    case VM_SIGMOID: FOR_EACH(a, NAME(sigmoid)(a + b[c])) break;
    case VM_SOFTPLUS: FOR_EACH(a, NAME(softplus)(a + b[c])) break;
  }
}
#undef FOR_EACH

#define FOR_EACH(a, derivative)                                  \
  for (size_t r = 0; r < rows; r++) {                            \
    T *d = (T *)delta + r * delta_stride;                        \
    const T *out = (const T *)output + r * output_stride;        \
    VECTORIZE for (size_t c = 0; c < columns; c++) {             \
      T a = out[c];                                              \
      d[c] = d[c] * (derivative);                                \
    }                                                            \
  }

static void NAME(activation_backward)(vm_activation f, size_t rows, size_t columns, void *delta, size_t delta_stride,
                                      const void *output, size_t output_stride) {
  switch (f) {
    case VM_IDENTITY: break;
    case VM_TANH: FOR_EACH(a, (1 - a) * (1 + a)) break;
    case VM_RELU: FOR_EACH(a, (T)(a > 0 ? 1 : 0)) break;
    case VM_SIGMOID: FOR_EACH(a, a * (1 - a)) break;
    case VM_SOFTPLUS: FOR_EACH(a, -NAME(expm1)(-a)) break;  // sigmoid(x) = 1 - e^-softplus(x)
  }
}
#undef FOR_EACH

static void NAME(column_sums)(size_t rows, size_t columns, const void *x, size_t stride, void *sums,
                              bool accumulate) {
  T *total = sums;
  if (!accumulate) {
    for (size_t c = 0; c < columns; c++) total[c] = 0;
  }
  // Four rows at a time, so that the sums go through the cache a quarter as often.
  size_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const T *row = (const T *)x + r * stride;
    VECTORIZE for (size_t c = 0; c < columns; c++) {
      total[c] += (row[c] + row[c + stride]) + (row[c + 2 * stride] + row[c + 3 * stride]);
    }
  }
  for (; r < rows; r++) {
    const T *row = (const T *)x + r * stride;
    VECTORIZE for (size_t c = 0; c < columns; c++) total[c] += row[c];
  }
}
