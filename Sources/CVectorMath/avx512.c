#include "CVectorMath.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx,avx2,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2,f16c,fma,lzcnt,movbe,popcnt"))), apply_to = function)
#define LEVEL avx512
#include "level.h"
#pragma clang attribute pop
#endif
