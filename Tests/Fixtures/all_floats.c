// Rounds every float there is to bfloat16, by the kernels of every level that this processor has, and compares each with the
// nearer of its two neighbours, found in double precision. scripts/all-floats builds and runs it.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "CBFloat16.h"

enum { COUNT = 1 << 16 };

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/// The bfloat16 number that is nearest to a float, the even one of two; a zero of its sign where it is smaller than every
/// normal number.
static uint16_t nearest(uint32_t bits) {
  uint32_t sign = bits & 0x80000000, magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return bits >> 16;
  if (magnitude < 0x00800000) return sign >> 16;
  uint32_t below = magnitude >> 16;
  double low = float_of(below << 16);
  // Beyond the greatest bfloat16 number there is infinity, which stands for 2^128.
  double high = below == 0x7f7f ? 0x1p128 : float_of((below + 1) << 16);
  double x = float_of(magnitude), down = x - low, up = high - x;
  return sign >> 16 | (down < up || (down == up && below % 2 == 0) ? below : below + 1);
}

static bool is_nan(uint16_t number) { return (number & 0x7fff) > 0x7f80; }

int main(void) {
  const char *const names[] = {"plain C", "AVX2", "AVX-512", "AVX512-BF16"};
  static float x[COUNT];
  static uint16_t packed[COUNT], expected[COUNT];
  int differences = 0;
  for (uint32_t high = 0; high < 1 << 16; high++) {
    for (uint32_t low = 0; low < COUNT; low++) {
      uint32_t bits = high << 16 | low;
      memcpy(&x[low], &bits, sizeof bits);
      expected[low] = nearest(bits);
    }
    for (bf16_level level = BF16_PLAIN; level <= BF16_AVX512_BF16; level++) {
      if (!bf16_level_supported(level)) continue;
      bf16_source source = {.base = x, .rows = 1, .columns = COUNT, .stride = COUNT, .scale = 1};
      bf16_target target = {.rows = packed, .row_stride = COUNT};
      memset(packed, 0xa5, sizeof packed);
      bf16_kernels_at(level)->pack(&source, &target);
      for (uint32_t low = 0; low < COUNT; low++) {
        bool isNaN = (high & 0x7f80) == 0x7f80 && isnan(x[low]);
        if (isNaN ? is_nan(packed[low]) : packed[low] == expected[low]) continue;
        if (differences++ < 10) {
          printf("%s: %08x became %04x, not %04x\n", names[level], high << 16 | low, packed[low], expected[low]);
        }
      }
    }
  }
  for (bf16_level level = BF16_PLAIN; level <= BF16_AVX512_BF16; level++) {
    printf("%s: %s\n", names[level], bf16_level_supported(level) ? "2^32 floats" : "not on this processor");
  }
  printf("%d differences\n", differences);
  return differences > 0;
}
