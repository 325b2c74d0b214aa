// Template: bias + activation, its derivative, gates, and the sum of rows.

// Every activation: its value a at x, and its derivative, which in the first list follows from a alone.
#define ACTIVATIONS_BY_VALUE(X)                                                     \
  X(VM_IDENTITY, x, 1)                                                              \
  X(VM_TANH, NAME(tanh)(x), (1 - a) * (1 + a))                                      \
  X(VM_RELU, NAME(relu)(x), (T)(a > 0 ? 1 : 0))                                     \
  X(VM_SIGMOID, NAME(sigmoid)(x), a * (1 - a))                                      \
  X(VM_SOFTPLUS, NAME(softplus)(x), -NAME(expm1)(-a)) /* sigmoid(x) = 1 - e^-a */   \
  X(VM_ELU, NAME(elu)(x), a > 0 ? 1 : 1 + a)
#define ACTIVATIONS_BY_INPUT(X)                                                     \
  X(VM_SILU, NAME(silu)(x), NAME(silu_derivative)(x))                               \
  X(VM_GELU, NAME(gelu)(x), NAME(gelu_derivative)(x))

#define FOR_EACH(input, value)                                                      \
  for (size_t r = 0; r < rows; r++) {                                               \
    T *row = (T *)matrix + r * stride;                                              \
    VECTORIZE for (size_t c = 0; c < columns; c++) {                                \
      T x = (input);                                                                \
      row[c] = (value);                                                             \
    }                                                                               \
  }
#define CASE(f, value, derivative)                                                  \
  case f:                                                                           \
    if (b) FOR_EACH(row[c] + b[c], value) else FOR_EACH(row[c], value)              \
    break;

static void NAME(bias_activation)(vm_activation f, size_t rows, size_t columns, void *matrix, size_t stride,
                                  const void *bias) {
  const T *b = bias;
  if (f == VM_IDENTITY && !b) return;
  switch (f) { ACTIVATIONS_BY_VALUE(CASE) ACTIVATIONS_BY_INPUT(CASE) }
}
#undef FOR_EACH
#undef CASE

#define CASE(f, value, derivative)                                                  \
  case f:                                                                           \
    for (size_t r = 0; r < rows; r++) {                                             \
      T *d = (T *)delta + r * delta_stride;                                         \
      const T *out = (const T *)output + r * output_stride;                         \
      VECTORIZE for (size_t c = 0; c < columns; c++) {                              \
        T a = out[c];                                                               \
        d[c] = d[c] * (derivative);                                                 \
      }                                                                             \
    }                                                                               \
    break;

static void NAME(activation_backward)(vm_activation f, size_t rows, size_t columns, void *delta, size_t delta_stride,
                                      const void *output, size_t output_stride) {
  if (f == VM_IDENTITY) return;
  switch (f) {
    ACTIVATIONS_BY_VALUE(CASE)
    default: __builtin_trap();  // the others keep their slopes
  }
}
#undef CASE

#define CASE(f, value, derivative)                                                  \
  case f:                                                                           \
    for (size_t r = 0; r < rows; r++) {                                             \
      T *row = (T *)matrix + r * stride;                                            \
      T *out = (T *)output + r * output_stride;                                     \
      VECTORIZE for (size_t c = 0; c < columns; c++) {                              \
        T x = row[c] + b[c], a = (value);                                           \
        out[c] = a;                                                                 \
        row[c] = (derivative);                                                      \
      }                                                                             \
    }                                                                               \
    break;

static void NAME(activation_with_slopes)(vm_activation f, size_t rows, size_t columns, void *matrix, size_t stride,
                                         const void *bias, void *output, size_t output_stride) {
  const T *b = bias;
  switch (f) { ACTIVATIONS_BY_VALUE(CASE) ACTIVATIONS_BY_INPUT(CASE) }
}
#undef CASE

#define CASE(f, value, derivative)                                                  \
  case f:                                                                           \
    for (size_t r = 0; r < rows; r++) {                                             \
      T *row = (T *)matrix + r * stride, *gate_row = (T *)gates + r * stride;       \
      T *out = (T *)output + r * output_stride;                                     \
      VECTORIZE for (size_t c = 0; c < columns; c++) {                              \
        T x = row[c] + b[c], a = (value), g = gate_row[c] + gb[c];                  \
        T s = NAME(sigmoid)(g);                                                     \
        out[c] = a * s;                                                             \
        row[c] = (derivative) * s;                                                  \
        gate_row[c] = a * NAME(sigmoid_derivative)(g);                              \
      }                                                                             \
    }                                                                               \
    break;

static void NAME(gated_activation)(vm_activation f, size_t rows, size_t columns, void *matrix, void *gates,
                                   size_t stride, const void *bias, const void *gate_bias, void *output,
                                   size_t output_stride) {
  const T *b = bias, *gb = gate_bias;
  switch (f) { ACTIVATIONS_BY_VALUE(CASE) ACTIVATIONS_BY_INPUT(CASE) }
}
#undef CASE

static void NAME(multiply)(size_t rows, size_t columns, const void *x, size_t x_stride, const void *y,
                           size_t y_stride, void *product, size_t stride) {
  for (size_t r = 0; r < rows; r++) {
    const T *first = (const T *)x + r * x_stride, *second = (const T *)y + r * y_stride;
    T *out = (T *)product + r * stride;
    VECTORIZE for (size_t c = 0; c < columns; c++) out[c] = first[c] * second[c];
  }
}

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
