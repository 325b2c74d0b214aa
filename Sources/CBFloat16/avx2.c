#include "CBFloat16.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx,avx2,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt"))), apply_to = function)
#define LEVEL avx2
#define LANES 8
#define TILE_ROWS 4
#define TILE_VECTORS 2
#define REGISTER "x"
#define DOT "dot_fma.h"
#include "level.h"
#pragma clang attribute pop
#endif
