// Template: rounding to bfloat16, a vector at a time.

typedef uint16_t numbers __attribute__((vector_size(2 * LANES)));

#ifdef ROUND
ALWAYS_INLINE numbers rounded(floats x) { return ROUND(x); }
#else
ALWAYS_INLINE numbers rounded(floats x) {
  units u = (units)x, magnitude = u & 0x7fffffff;
  units nearest = u + 0x7fff + (u >> 16 & 1);
  units is_small = (units)(magnitude < 0x00800000), is_nan = (units)(magnitude > 0x7f800000);
  nearest = (nearest & ~is_small) | (u & 0x80000000 & is_small);
  nearest = (nearest & ~is_nan) | ((u | 0x00400000) & is_nan);
  return __builtin_convertvector(nearest >> 16, numbers);
}
#endif

/// A number as a unit's first.
ALWAYS_INLINE units first_of_units(numbers x) { return __builtin_convertvector(x, units); }

/// What a number is as a float.
ALWAYS_INLINE floats value(numbers x) { return (floats)(first_of_units(x) << 16); }

/// What is to be packed of some of x: that, or what rounding takes away.
ALWAYS_INLINE numbers packed(const float *x, size_t count, float scale, bool rest) {
  floats y = load_floats(x, count) * scale;
  return rounded(rest ? y - value(rounded(y)) : y);
}

ALWAYS_INLINE void store_numbers(uint16_t *to, numbers x, size_t count) {
  if (count >= LANES) {
    memcpy(to, &x, sizeof x);
  } else {
    for (size_t i = 0; i < count; i++) to[i] = x[i];
  }
}
