// Template: 16 rows of units to columns, where vectors have 16 lanes through registers.

#if LANES == 16

/// The order of a pair of vectors' lanes that exchanges, in blocks of `d`, the second half of each pair of blocks of the
/// first vector and the first half of those of the second.
#define LOW(i, d) ((i) & (d) ? (i) - (d) + 16 : (i))
#define HIGH(i, d) ((i) & (d) ? (i) + 16 : (i) + (d))
#define LANES_OF(f, d)                                                                                              \
  f(0, d), f(1, d), f(2, d), f(3, d), f(4, d), f(5, d), f(6, d), f(7, d), f(8, d), f(9, d), f(10, d), f(11, d),     \
      f(12, d), f(13, d), f(14, d), f(15, d)
#define EXCHANGE(d)                                                                  \
  UNROLL for (int i = 0; i < 16; i++) {                                              \
    if (i & d) continue;                                                             \
    units low = __builtin_shufflevector(r[i], r[i + d], LANES_OF(LOW, d));           \
    r[i + d] = __builtin_shufflevector(r[i], r[i + d], LANES_OF(HIGH, d));           \
    r[i] = low;                                                                      \
  }

/// to[u][i] <- units[i][u] for so many of u, in rows of a panel.
static void transpose_units(const uint16_t rows[16][BF16_PANEL], size_t count, uint32_t *to) {
  for (size_t u = 0; u < count; u += 16) {
    units r[16];
    UNROLL for (int i = 0; i < 16; i++) memcpy(&r[i], rows[i] + 2 * u, sizeof r[i]);
    EXCHANGE(1) EXCHANGE(2) EXCHANGE(4) EXCHANGE(8)
    if (count - u >= 16) {
      UNROLL for (int i = 0; i < 16; i++) memcpy(to + (u + i) * BF16_PANEL, &r[i], sizeof r[i]);
    } else {
      for (size_t i = 0; i < count - u; i++) memcpy(to + (u + i) * BF16_PANEL, &r[i], sizeof r[i]);
    }
  }
}

#else

/// to[u][i] <- units[i][u] for so many of u, in rows of a panel.
static void transpose_units(const uint16_t rows[16][BF16_PANEL], size_t count, uint32_t *to) {
  for (size_t u = 0; u < count; u++) {
    for (size_t i = 0; i < 16; i++) memcpy(to + u * BF16_PANEL + i, rows[i] + 2 * u, sizeof *to);
  }
}

#endif
