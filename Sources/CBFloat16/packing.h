// Template: rounding to bfloat16, and the layouts. The loops are plain, and the compiler vectorises them.

/// A float rounded to bfloat16, in its upper half. (vcvtneps2bf16 computes the same; where it is missing, this.)
ALWAYS_INLINE uint32_t rounded(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  uint32_t magnitude = u & 0x7fffffff;
  uint32_t nearest = u + 0x7fff + (u >> 16 & 1);
  nearest = magnitude < 0x00800000 ? u & 0x80000000 : nearest;
  nearest = magnitude > 0x7f800000 ? u | 0x00400000 : nearest;
  return nearest & 0xffff0000;
}

ALWAYS_INLINE float value(uint32_t rounded) {
  float x;
  memcpy(&x, &rounded, sizeof x);
  return x;
}

/// Rounds some of a row.
static void NAME(round_row)(const float *restrict x, size_t count, float scale, bool rest, uint16_t *restrict numbers) {
  if (rest) {
    VECTORIZE for (size_t j = 0; j < count; j++) {
      float y = x[j] * scale;
      numbers[j] = (uint16_t)(rounded(y - value(rounded(y))) >> 16);
    }
  } else {
    VECTORIZE for (size_t j = 0; j < count; j++) numbers[j] = (uint16_t)(rounded(x[j] * scale) >> 16);
  }
}

/// Makes units of two rows.
ALWAYS_INLINE void interleave(const uint16_t *restrict first, const uint16_t *restrict second, size_t count, uint32_t *restrict to) {
  VECTORIZE for (size_t j = 0; j < count; j++) to[j] = first[j] | (uint32_t)second[j] << 16;
}

static void NAME(pack)(const bf16_source *x, const bf16_target *to) {
  uint16_t lines[2][BF16_PANEL];
  for (size_t i = 0; i < x->rows; i += 2) {
    size_t pair = least(2, x->rows - i);
    for (size_t j = 0, n; j < x->columns; j += n) {
      size_t column = to->first_column + j;
      n = least(x->columns - j, BF16_PANEL - column % BF16_PANEL);
      const uint16_t *packed[2];
      for (size_t r = 0; r < 2; r++) {
        uint16_t *line = r < pair && to->rows ? to->rows + (i + r) * to->row_stride + j : lines[r];
        packed[r] = line;
        if (r < pair) {
          NAME(round_row)(x->base + (i + r) * x->stride + j, n, x->scale, x->rest, line);
        } else {
          memset(line, 0, sizeof *line * n);
        }
      }
      if (to->panels) {
        interleave(packed[0], packed[1], n, to->panels + column / BF16_PANEL * to->panel_size
                   + (to->first_row + i) / 2 * BF16_PANEL + column % BF16_PANEL);
      }
    }
  }
}

static void NAME(pack_weights)(const float *const w[16], size_t columns, uint32_t *transposed, uint32_t *panels,
                               size_t panel_size) {
  uint16_t lines[16][BF16_PANEL] = {0};
  for (size_t j = 0, n; j < columns; j += n) {
    n = least(columns - j, BF16_PANEL);
    for (size_t i = 0; i < 16; i++) {
      if (!w[i]) continue;
      NAME(round_row)(w[i] + j, n, 1, false, lines[i]);
      if (n % 2) lines[i][n] = 0;
    }
    transpose_units(lines, (n + 1) / 2, transposed + j / 2 * BF16_PANEL);
    for (size_t i = 0; i < 16 && panels; i += 2) {
      interleave(lines[i], lines[i + 1], n, panels + j / BF16_PANEL * panel_size + i / 2 * BF16_PANEL);
    }
  }
}

static void NAME(sum_columns)(float *sums, size_t count, size_t k, const bf16_panels *a, bool adds) {
  for (size_t j = 0, n; j < count; j += n) {
    n = columns_of_panel(a, j, count - j);
    const uint32_t *u = column_of(a, j);
    float sum[BF16_PANEL] = {0};
    if (adds) memcpy(sum, sums + j, n * sizeof *sum);
    for (size_t i = 0; i < k; i++, u += BF16_PANEL) {
      VECTORIZE for (size_t c = 0; c < BF16_PANEL; c++) sum[c] = (sum[c] + value(u[c] << 16)) + value(u[c] & 0xffff0000);
    }
    memcpy(sums + j, sum, n * sizeof *sum);
  }
}
