// Template: importance weights of a datum's samples, and rows scaled by them.

static void NAME(importance_weights)(size_t data, size_t samples, const void *losses, const void *ratios,
                                     void *weights, void *bounds) {
  for (size_t i = 0; i < data; i++) {
    const T *loss = (const T *)losses + i * samples;
    const T *ratio = (const T *)ratios + i * samples;
    T *w = (T *)weights + i * samples;
    // Relative to the largest weight, so that none overflows and not all of them vanish.
    T least = loss[0] + ratio[0];
    for (size_t l = 1; l < samples; l++) {
      T one = loss[l] + ratio[l];
      least = one < least ? one : least;
    }
    VECTORIZE for (size_t l = 0; l < samples; l++) w[l] = NAME(exp)(least - (loss[l] + ratio[l]));
    T sum = 0;
    {
#pragma clang fp reassociate(on)
      VECTORIZE for (size_t l = 0; l < samples; l++) sum += w[l];
    }
    VECTORIZE for (size_t l = 0; l < samples; l++) w[l] = w[l] / sum;
    ((T *)bounds)[i] = least - NAME(log)(sum / (T)samples);
  }
}

static void NAME(scale_rows)(size_t rows, size_t columns, void *x, size_t stride, const void *factors) {
  for (size_t r = 0; r < rows; r++) {
    T *row = (T *)x + r * stride;
    T factor = ((const T *)factors)[r];
    VECTORIZE for (size_t c = 0; c < columns; c++) row[c] = row[c] * factor;
  }
}
