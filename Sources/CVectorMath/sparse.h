// Template: products with rows of which only some columns are stored.
//
// A row of W is taken against all rows of x before the next, so that it is read from memory once, and W's columns, which
// lie far apart, are looked up while it is in cache.

static void NAME(sparse_product)(const vm_sparse_rows *x, size_t outputs, const void *weight, size_t weight_stride,
                                 void *product, size_t stride) {
#pragma clang fp reassociate(on)
  for (size_t h = 0; h < outputs; h++) {
    const T *w = (const T *)weight + h * weight_stride;
    for (size_t r = 0; r < x->count; r++) {
      const ptrdiff_t start = x->starts[x->rows[r]], end = x->starts[x->rows[r] + 1];
      T sum = 0;
      VECTORIZE for (ptrdiff_t k = start; k < end; k++) sum += (T)x->values[k] * w[x->columns[k]];
      ((T *)product)[r * stride + h] = sum;
    }
  }
}

static void NAME(sparse_gradient)(const vm_sparse_rows *x, size_t outputs, const void *delta, size_t delta_stride,
                                  void *gradient, size_t stride) {
  for (size_t h = 0; h < outputs; h++) {
    T *g = (T *)gradient + h * stride;
    for (size_t r = 0; r < x->count; r++) {
      const ptrdiff_t start = x->starts[x->rows[r]], end = x->starts[x->rows[r] + 1];
      const T d = ((const T *)delta)[r * delta_stride + h];
      for (ptrdiff_t k = start; k < end; k++) g[x->columns[k]] += d * (T)x->values[k];
    }
  }
}
