// Template: products of rows with one matrix, in which each result is the sum of its terms in their order, by fused multiplications where the
// level has them: a row's bits depend on nothing beside it, and on no cut through rows or outputs.
//
// PRODUCT_ROWS rows are taken at a time, one in each lane, and PRODUCT_DEPTH of their columns, from a panel that they are first turned into and
// that stays in the first cache; of W PRODUCT_OUTPUTS rows, as many as leave their sums in registers. Sums go on from where they are.

#define PRODUCT_ROWS (64 / sizeof(T))
#define PRODUCT_DEPTH 256
#define PRODUCT_OUTPUTS 6

typedef T NAME(row_lanes) __attribute__((vector_size(64), aligned(sizeof(T))));

/// Some outputs of `rows` rows; how many outputs is a constant wherever it is called.
ALWAYS_INLINE void NAME(row_product_tile)(size_t outputs, size_t depth, size_t rows, const T *panel, const T *weight,
                                          size_t weight_stride, bool goes_on, T *result, size_t stride) {
  NAME(row_lanes) sums[PRODUCT_OUTPUTS];
  T lanes[PRODUCT_ROWS] = {0};
  for (size_t j = 0; j < outputs; j++) {
    if (goes_on)
      for (size_t i = 0; i < rows; i++) lanes[i] = result[i * stride + j];
    __builtin_memcpy(&sums[j], lanes, sizeof lanes);
  }
  for (size_t k = 0; k < depth; k++) {
    NAME(row_lanes) x = *(const NAME(row_lanes) *)(panel + k * PRODUCT_ROWS);
    for (size_t j = 0; j < outputs; j++) sums[j] += x * weight[j * weight_stride + k];
  }
  for (size_t j = 0; j < outputs; j++) {
    __builtin_memcpy(lanes, &sums[j], sizeof lanes);
    for (size_t i = 0; i < rows; i++) result[i * stride + j] = lanes[i];
  }
}

static void NAME(row_product)(size_t rows, size_t outputs, size_t inputs, const void *x, size_t x_stride,
                              const void *weight, size_t weight_stride, bool adds, void *result, size_t stride) {
  T panel[PRODUCT_DEPTH * PRODUCT_ROWS] __attribute__((aligned(64)));
  if (inputs == 0 && !adds)
    for (size_t r = 0; r < rows; r++)
      for (size_t o = 0; o < outputs; o++) ((T *)result)[r * stride + o] = 0;
  for (size_t first = 0; first < rows; first += PRODUCT_ROWS) {
    size_t count = rows - first < PRODUCT_ROWS ? rows - first : PRODUCT_ROWS;
    for (size_t start = 0; start < inputs; start += PRODUCT_DEPTH) {
      size_t depth = inputs - start < PRODUCT_DEPTH ? inputs - start : PRODUCT_DEPTH;
      bool goes_on = adds || start > 0;
      for (size_t i = 0; i < PRODUCT_ROWS; i++) {
        const T *row = (const T *)x + (first + i) * x_stride + start;
        for (size_t k = 0; k < depth; k++) panel[k * PRODUCT_ROWS + i] = i < count ? row[k] : 0;
      }
      const T *w = (const T *)weight + start;
      T *out = (T *)result + first * stride;
      size_t o = 0;
      for (; o + PRODUCT_OUTPUTS <= outputs; o += PRODUCT_OUTPUTS)
        NAME(row_product_tile)(PRODUCT_OUTPUTS, depth, count, panel, w + o * weight_stride, weight_stride, goes_on,
                               out + o, stride);
      for (; o < outputs; o++)
        NAME(row_product_tile)(1, depth, count, panel, w + o * weight_stride, weight_stride, goes_on, out + o, stride);
    }
  }
}

#undef PRODUCT_ROWS
#undef PRODUCT_DEPTH
#undef PRODUCT_OUTPUTS
