// Template: how a chain goes on by one unit, by two fused multiplications and additions.

#include "dot_split.h"

typedef unsigned chain_mode;

/// Smaller than normal is zero, as operand and as result.
ALWAYS_INLINE chain_mode begin_chains(void) {
  unsigned mode = _mm_getcsr();
  _mm_setcsr(mode | _MM_DENORMALS_ZERO_ON | _MM_FLUSH_ZERO_ON);
  return mode;
}

ALWAYS_INLINE void end_chains(chain_mode mode) { _mm_setcsr(mode); }

ALWAYS_INLINE floats multiply_add(floats a, floats b, floats c) { return __builtin_elementwise_fma(a, b, c); }

ALWAYS_INLINE floats dot(floats sum, operand a, operand b) {
  return multiply_add(a.first, b.first, multiply_add(a.second, b.second, sum));
}
