#include "CBFloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx,avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt"))), apply_to = function)
#define LEVEL avx512
#define LANES 16
#define TILE_ROWS 4
#define TILE_VECTORS 4
#define REGISTER "v"
#define DOT "dot_fma.h"
#include "level.h"
#pragma clang attribute pop
#endif
