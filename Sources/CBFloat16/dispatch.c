#include "CBFloat16.h"

extern const bf16_kernels bf16_kernels_plain;
#if defined(__x86_64__)
extern const bf16_kernels bf16_kernels_avx2, bf16_kernels_avx512, bf16_kernels_avx512bf16;
#endif

bool bf16_level_supported(bf16_level level) {
  switch (level) {
    case BF16_PLAIN: return true;
#if defined(__x86_64__)
    case BF16_AVX2: return __builtin_cpu_supports("x86-64-v3");
    case BF16_AVX512: return __builtin_cpu_supports("x86-64-v4");
    case BF16_AVX512_BF16: return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
#endif
    default: return false;
  }
}

const bf16_kernels *bf16_kernels_at(bf16_level level) {
  switch (level) {
#if defined(__x86_64__)
    case BF16_AVX2: return &bf16_kernels_avx2;
    case BF16_AVX512: return &bf16_kernels_avx512;
    case BF16_AVX512_BF16: return &bf16_kernels_avx512bf16;
#endif
    default: return &bf16_kernels_plain;
  }
}
