// Counts this process's heap allocations, by standing before the C library's allocator (Linux with glibc only).
#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Whether allocations can be counted here; under a sanitizer, which stands there itself, they cannot.
bool allocation_count_is_available(void);

/// The allocations of all threads so far, but for those that OpenBLAS makes for itself.
uint64_t allocation_count(void);
