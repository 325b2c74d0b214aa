// Template: the kernels at the level that LEVEL names.

#include <string.h>


#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(name) JOIN(name, LEVEL)

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define VECTORIZE _Pragma("clang loop vectorize(assume_safety)")

// What is written as two operations is rounded twice, at every level.
#pragma STDC FP_CONTRACT OFF

typedef float floats __attribute__((vector_size(4 * LANES)));
typedef uint32_t units __attribute__((vector_size(4 * LANES)));

#include DOT
#include "product.h"
#include "transpose.h"
#include "packing.h"

const bf16_kernels NAME(bf16_kernels) = {
  .multiply = NAME(multiply),
  .multiply_transposed = NAME(multiply_transposed),
  .sum_columns = NAME(sum_columns),
  .pack = NAME(pack),
  .pack_weights = NAME(pack_weights),
};
