// Template: vectors of LANES floats and of as many units, and how the first few of them are read and written.

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef uint32_t units __attribute__((vector_size(4 * LANES)));

/// The first `count` of a vector of floats, and zeros.
ALWAYS_INLINE floats load_floats(const float *from, size_t count) {
#if LANES == 16
  return (floats)_mm512_maskz_loadu_ps((__mmask16)_bzhi_u32(0xffff, (unsigned)count), from);
#else
  floats x = {0};
  if (count >= LANES) {
    memcpy(&x, from, sizeof x);
  } else {
    for (size_t i = 0; i < count; i++) x[i] = from[i];
  }
  return x;
#endif
}

ALWAYS_INLINE void store_floats(float *to, floats x, size_t count) {
#if LANES == 16
  _mm512_mask_storeu_ps(to, (__mmask16)_bzhi_u32(0xffff, (unsigned)count), (__m512)x);
#else
  if (count >= LANES) {
    memcpy(to, &x, sizeof x);
  } else {
    for (size_t i = 0; i < count; i++) to[i] = x[i];
  }
#endif
}

ALWAYS_INLINE void store_units(uint32_t *to, units x, size_t count) { store_floats((float *)to, (floats)x, count); }
