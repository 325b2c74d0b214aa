// Template: standard normals (Box and Muller) and binarisation, from counters alone: no state, no order.

/// (0, 1], from 32 random bits.
static inline T NAME(uniform)(uint32_t word) { return ((T)word + (T)0.5) * (T)0x1p-32; }

/// [0, 1), from the upper 24 of 32 random bits: exact in both element types, and below 1 for every word.
static inline T NAME(fraction)(uint32_t word) { return (T)(word >> 8) * (T)0x1p-24; }

static inline void NAME(normal_pair)(uint32_t first, uint32_t second, T *a, T *b) {
  T radius = __builtin_elementwise_sqrt(-2 * NAME(log)(NAME(uniform)(first)));
  T sine, cosine;
  NAME(sincos_turns)(NAME(uniform)(second), &sine, &cosine);
  *a = radius * cosine;
  *b = radius * sine;
}

static void NAME(normals)(vm_stream stream, const uint64_t *positions, size_t data, size_t first_sample,
                          size_t samples, size_t columns, void *out) {
  if (columns == 0 || samples == 0) return;
  LEVEL_NAME(walk) walk = {stream, positions, data, first_sample, samples, (columns + 3) / 4, 0, 0, 0};
  uint32_t words[4][LANES] = {{0}};
  T normal[LANES][4];
  T *next = out;
  size_t column = 0, count;
  while ((count = LEVEL_NAME(next_words)(&walk, words))) {
    VECTORIZE for (size_t lane = 0; lane < LANES; lane++) {
      NAME(normal_pair)(words[0][lane], words[1][lane], &normal[lane][0], &normal[lane][1]);
      NAME(normal_pair)(words[2][lane], words[3][lane], &normal[lane][2], &normal[lane][3]);
    }
    for (size_t lane = 0; lane < count; lane++) {
      size_t width = columns - column < 4 ? columns - column : 4;
      for (size_t j = 0; j < width; j++) next[j] = normal[lane][j];
      next += width;
      column = column + width == columns ? 0 : column + width;
    }
  }
}

static void NAME(binarize_sample)(vm_stream stream, const uint64_t *positions, size_t data, size_t columns, void *x) {
  if (columns == 0) return;
  LEVEL_NAME(walk) walk = {stream, positions, data, 0, 1, (columns + 3) / 4, 0, 0, 0};
  uint32_t words[4][LANES] = {{0}};
  T *next = x;
  size_t column = 0, count;
  while ((count = LEVEL_NAME(next_words)(&walk, words))) {
    for (size_t lane = 0; lane < count; lane++) {
      size_t width = columns - column < 4 ? columns - column : 4;
      for (size_t j = 0; j < width; j++) {
        // What is missing remains so.
        if (next[j] == next[j]) next[j] = NAME(fraction)(words[j][lane]) < next[j] ? 1 : 0;
      }
      next += width;
      column = column + width == columns ? 0 : column + width;
    }
  }
}

static void NAME(binarize_threshold)(size_t count, void *x) {
  T *v = x;
  VECTORIZE for (size_t i = 0; i < count; i++) v[i] = v[i] >= (T)0.5 ? 1 : v[i] == v[i] ? 0 : v[i];
}

// In double precision, whatever T is: where a column lies far from 0, the difference is all that there is to see.
static void NAME(shift_and_scale)(
    size_t rows, size_t columns, const double *shift, const double *factor, size_t stride, void *x) {
  for (size_t row = 0; row < rows; row++) {
    T *v = (T *)x + row * stride;
    VECTORIZE for (size_t i = 0; i < columns; i++) v[i] = (T)(((double)v[i] - shift[i]) * factor[i]);
  }
}

static void NAME(shift_and_scale_doubles)(
    size_t count, const double *numbers, const double *shift, const double *factor, void *x) {
  T *v = x;
  VECTORIZE for (size_t i = 0; i < count; i++) v[i] = (T)((numbers[i] - shift[i]) * factor[i]);
}

static void NAME(bytes_to_unit)(size_t count, const uint8_t *bytes, void *x) {
  T *v = x;
  VECTORIZE for (size_t i = 0; i < count; i++) v[i] = (T)bytes[i] / 255;
}
