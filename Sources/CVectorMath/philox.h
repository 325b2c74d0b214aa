// Template (per level, not per element type): Philox4x32-10 on many counters at once.
//
// Counter words: 0 = group (24 bits) | position bits 32..39, 1 = sample (24 bits) | step bits 32..35 and purpose,
// 2 = position bits 0..31, 3 = step bits 0..31. The key is the seed. A group is four consecutive dimensions.

#define LANES 64

#include "philox_round.h"

/// Replaces the counters by their random words, in place.
static void LEVEL_NAME(philox)(uint32_t words[4][LANES], uint64_t seed) {
  VECTORIZE for (size_t lane = 0; lane < LANES; lane++) {
    uint32_t x0 = words[0][lane], x1 = words[1][lane], x2 = words[2][lane], x3 = words[3][lane];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND
    PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND PHILOX_ROUND
    words[0][lane] = x0, words[1][lane] = x1, words[2][lane] = x2, words[3][lane] = x3;
  }
}

/// Walks (datum, sample, group) in row order.
typedef struct {
  vm_stream stream;
  const uint64_t *positions;
  size_t data, first_sample, samples, groups;  // the bounds
  size_t datum, sample, group;                 // where it stands
} LEVEL_NAME(walk);

/// The random words of the next counters, LANES at a time; returns how many of them count, 0 at the end.
static size_t LEVEL_NAME(next_words)(LEVEL_NAME(walk) *w, uint32_t words[4][LANES]) {
  size_t count = 0;
  for (; count < LANES && w->datum < w->data; count++) {
    uint64_t position = w->positions[w->datum];
    words[0][count] = (uint32_t)w->group | (uint32_t)(position >> 32) << 24;
    words[1][count] =
        (uint32_t)(w->first_sample + w->sample) | (uint32_t)(w->stream.step >> 32) << 24 | w->stream.purpose << 28;
    words[2][count] = (uint32_t)position;
    words[3][count] = (uint32_t)w->stream.step;
    if (++w->group == w->groups) {
      w->group = 0;
      if (++w->sample == w->samples) w->sample = 0, w->datum++;
    }
  }
  LEVEL_NAME(philox)(words, w->stream.seed);
  return count;
}
