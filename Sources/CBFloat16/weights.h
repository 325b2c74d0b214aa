// Template: packing weights, 16 rows at a time: as rows of W, pairs of which make units, and as columns of its transpose,
// whose units are pairs in a row.

#if LANES == 16

/// 16 x 16 units, in registers.
ALWAYS_INLINE void transpose(__m512i r[16]) {
  __m512i t[16];
  UNROLL for (int i = 0; i < 16; i += 2) {
    t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
    t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
  }
  UNROLL for (int i = 0; i < 16; i += 4) {
    UNROLL for (int j = 0; j < 2; j++) {
      r[i + 2 * j] = _mm512_unpacklo_epi64(t[i + j], t[i + j + 2]);
      r[i + 2 * j + 1] = _mm512_unpackhi_epi64(t[i + j], t[i + j + 2]);
    }
  }
  UNROLL for (int half = 0; half < 16; half += 8) {
    UNROLL for (int i = half; i < half + 4; i++) {
      t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
      t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    }
  }
  UNROLL for (int i = 0; i < 8; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
  }
}

static void NAME(pack_weights)(const float *const w[16], size_t columns, uint32_t *transposed, uint32_t *panels,
                               size_t panel_size) {
  for (size_t j = 0; j < columns; j += 32) {
    size_t n = least(columns - j, 32);
    __m512i r[16];
    UNROLL for (int i = 0; i < 16; i++) {
      r[i] = _mm512_setzero_si512();
      if (w[i]) {
        numbers low = packed(w[i] + j, n, 1, false), high = n > 16 ? packed(w[i] + j + 16, n - 16, 1, false) : (numbers){0};
        r[i] = _mm512_inserti64x4(_mm512_castsi256_si512((__m256i)low), (__m256i)high, 1);
      }
    }
    if (panels) {
      uint32_t *to = panels + j / BF16_PANEL * panel_size + j % BF16_PANEL;
      UNROLL for (int i = 0; i < 16; i += 2, to += BF16_PANEL) {
        __m512i even = _mm512_unpacklo_epi16(r[i], r[i + 1]), odd = _mm512_unpackhi_epi16(r[i], r[i + 1]);
        _mm512_storeu_si512(to, _mm512_permutex2var_epi64(even, _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), odd));
        _mm512_storeu_si512(to + 16, _mm512_permutex2var_epi64(even, _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4), odd));
      }
    }
    transpose(r);
    uint32_t *to = transposed + j / 2 * BF16_PANEL;
    UNROLL for (size_t i = 0; i < 16; i++) {
      if (2 * i < n) _mm512_storeu_si512(to + i * BF16_PANEL, r[i]);
    }
  }
}

#else

static void NAME(pack_weights)(const float *const w[16], size_t columns, uint32_t *transposed, uint32_t *panels,
                               size_t panel_size) {
  for (size_t j = 0; j < columns; j += LANES) {
    size_t n = least(columns - j, LANES);
    numbers r[16];
    for (int i = 0; i < 16; i++) r[i] = w[i] ? packed(w[i] + j, n, 1, false) : (numbers){0};
    if (panels) {
      uint32_t *to = panels + j / BF16_PANEL * panel_size + j % BF16_PANEL;
      for (int i = 0; i < 16; i += 2, to += BF16_PANEL) {
        units pair = first_of_units(r[i]) | first_of_units(r[i + 1]) << 16;
        memcpy(to, &pair, sizeof pair);
      }
    }
    for (size_t u = 0; 2 * u < n; u++) {
      uint32_t *to = transposed + (j / 2 + u) * BF16_PANEL;
      for (int i = 0; i < 16; i++) memcpy(to + i, (uint16_t *)&r[i] + 2 * u, sizeof *to);
    }
  }
}

#endif
