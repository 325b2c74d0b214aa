// What a core can compute at best: multiplications and additions that never leave its registers, as many at a time as it
// has room for, by the widest instructions that it has. (Not by AMX's tiles.)
#pragma once

#include <stddef.h>

/// Of which numbers products are summed; those of bfloat16 numbers in single precision, by the instruction for them or,
/// where there is none, as floats.
typedef enum { PEAK_FLOAT32 = 0, PEAK_FLOAT64 = 1, PEAK_BFLOAT16 = 2 } peak_type;

typedef struct {
  /// By what it computes, for a person.
  const char *instructions;
  /// The multiplications and additions of a round.
  double operations;
  /// Computes so many rounds. What comes out is of no use, but without it nothing would have to be computed.
  double (*run)(size_t rounds);
} peak_kernel;

/// The best kernel that this processor has for a type.
peak_kernel peak_kernel_for(peak_type type);
