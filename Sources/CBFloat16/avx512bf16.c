#include "CBFloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx,avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512bf16,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt"))), apply_to = function)
#define LEVEL avx512bf16
#define LANES 16
#define TILE_ROWS 6
#define TILE_VECTORS 4
#define REGISTER "v"
#define DOT "dot_instruction.h"
#define ROUND(x) (numbers)_mm512_cvtneps_pbh((__m512)(x))
#include "level.h"
#pragma clang attribute pop
#endif
