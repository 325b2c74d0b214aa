// Template: the kernels at the level that LEVEL names.

#include <string.h>

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(name) JOIN(name, LEVEL)

// What is written as two operations is rounded twice, at every level.
#pragma STDC FP_CONTRACT OFF

#include "vectors.h"
#include DOT
#include "product.h"
#include "rounding.h"
#include "packing.h"
#include "weights.h"

const bf16_kernels NAME(bf16_kernels) = {
  .multiply = NAME(multiply),
  .multiply_transposed = NAME(multiply_transposed),
  .sum_columns = NAME(sum_columns),
  .pack = NAME(pack),
  .pack_weights = NAME(pack_weights),
};
