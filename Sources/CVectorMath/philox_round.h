// One round of Philox4x32 on the words x0 ... x3 with the key k0, k1 (Salmon et al. 2011), for straight-line code.
#pragma once

#define PHILOX_ROUND                                     \
  {                                                      \
    uint64_t even = (uint64_t)x0 * 0xD2511F53u;          \
    uint64_t odd = (uint64_t)x2 * 0xCD9E8D57u;           \
    x0 = (uint32_t)(odd >> 32) ^ x1 ^ k0;                \
    x1 = (uint32_t)odd;                                  \
    x2 = (uint32_t)(even >> 32) ^ x3 ^ k1;               \
    x3 = (uint32_t)even;                                 \
    k0 += 0x9E3779B9u;                                   \
    k1 += 0xBB67AE85u;                                   \
  }
