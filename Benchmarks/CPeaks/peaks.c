#include "CPeaks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A multiplication and an addition are one instruction where there is one for both.
#pragma STDC FP_CONTRACT ON

#if defined(__aarch64__)
// Arm's instruction adds to where the sum is.
#define STEP(x) (x) + a * b
#else
// Without an instruction for both, a·b would be computed once and for all.
#define STEP(x) (x) * a + b
#endif

// So many chains hide any latency, and with a and b they are in registers: of 16, or of 32.
#if defined(__x86_64__)
enum { PLAIN_CHAINS = 12, AVX2_CHAINS = 12, AVX512_CHAINS = 24 };
#else
enum { PLAIN_CHAINS = 24 };
#endif

#define NAME(scalar) scalar##_plain
#define BYTES 16
#define CHAINS PLAIN_CHAINS
#include "chains.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(scalar) scalar##_avx2
#define BYTES 32
#define CHAINS AVX2_CHAINS
#include "chains.h"
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#define NAME(scalar) scalar##_avx512
#define BYTES 64
#define CHAINS AVX512_CHAINS
#include "chains.h"
#pragma clang attribute pop

__attribute__((target("avx512f,avx512bf16"))) static double bfloat16_instruction(size_t rounds) {
  // 1 and 2^-8.
  const __m512bh a = (__m512bh)_mm512_set1_epi16(0x3f80), b = (__m512bh)_mm512_set1_epi16(0x3b80);
  __m512 x[AVX512_CHAINS], sum = _mm512_setzero_ps();
  for (int i = 0; i < AVX512_CHAINS; i++) x[i] = _mm512_set1_ps((float)i);
  for (; rounds > 0; rounds--) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < AVX512_CHAINS; i++) x[i] = _mm512_dpbf16_ps(x[i], a, b);
  }
  for (int i = 0; i < AVX512_CHAINS; i++) sum += x[i];
  return (double)_mm512_reduce_add_ps(sum);
}

#endif

/// Of chains of vectors of so many bytes.
static peak_kernel chains(peak_type type, const char *instructions, int chains, int bytes, double (*run_float)(size_t),
                          double (*run_double)(size_t)) {
  int size = type == PEAK_FLOAT64 ? sizeof(double) : sizeof(float);
  return (peak_kernel){instructions, 2.0 * chains * (bytes / size), type == PEAK_FLOAT64 ? run_double : run_float};
}

peak_kernel peak_kernel_for(peak_type type) {
#if defined(__x86_64__)
  int has_avx512 = __builtin_cpu_supports("x86-64-v4");
  if (type == PEAK_BFLOAT16 && has_avx512 && __builtin_cpu_supports("avx512bf16")) {
    return (peak_kernel){"AVX512-BF16", 4.0 * AVX512_CHAINS * 16, bfloat16_instruction};
  }
  if (has_avx512) return chains(type, "AVX-512", AVX512_CHAINS, 64, float_avx512, double_avx512);
  if (__builtin_cpu_supports("x86-64-v3")) return chains(type, "AVX2", AVX2_CHAINS, 32, float_avx2, double_avx2);
  return chains(type, "SSE2", PLAIN_CHAINS, 16, float_plain, double_plain);
#else
  return chains(type, "vectors of 16 bytes", PLAIN_CHAINS, 16, float_plain, double_plain);
#endif
}
