// Template: how a chain goes on by one unit, on any processor.

#include "dot_split.h"

typedef int chain_mode;
ALWAYS_INLINE chain_mode begin_chains(void) { return 0; }
ALWAYS_INLINE void end_chains(chain_mode mode) { (void)mode; }

/// Zero where the result, rounded as if exponents had no end, is smaller than normal: where it is 2^-126, it may have
/// become that only because numbers below it are further apart. (Then c is 2^-126, or all is far smaller than that, and
/// the sum in double precision is exact or near enough.)
ALWAYS_INLINE floats multiply_add(floats a, floats b, floats c) {
  floats r = __builtin_elementwise_fma(a, b, c);
  units magnitude = (units)r & 0x7fffffff;
  units is_small = (units)((magnitude - 1) < 0x00800000);
  if (__builtin_reduce_or(is_small)) {
    for (int lane = 0; lane < LANES; lane++) {
      if (is_small[lane] && fabs((double)a[lane] * b[lane] + c[lane]) < 0x1p-126 - 0x1p-151) r[lane] = copysignf(0, r[lane]);
    }
  }
  return r;
}

ALWAYS_INLINE floats dot(floats sum, operand a, operand b) {
  return multiply_add(a.first, b.first, multiply_add(a.second, b.second, sum));
}
