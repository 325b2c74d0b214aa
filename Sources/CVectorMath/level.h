// Template: every kernel, for both element types, at the level that LEVEL names.

#define JOIN2(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN2(a, b, c)
#define NAME(name) JOIN(name, SUFFIX, LEVEL)
#define LEVEL_NAME(name) JOIN(name, lanes, LEVEL)

// Every loop so marked writes what it reads at the same index at most, so buffers may be the same but not shifted.
#define VECTORIZE _Pragma("clang loop vectorize(assume_safety)")

// What is called in such a loop must not stay a call, however long it is.
#define ALWAYS_INLINE static inline __attribute__((always_inline))

#include "philox.h"

#include "float32.h"
#include "kernels.h"

#include "float64.h"
#include "kernels.h"
