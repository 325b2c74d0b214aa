// Template: the layouts, and sums over them.

static void NAME(pack)(const bf16_source *x, const bf16_target *to) {
  for (size_t i = 0; i < x->rows; i += 2) {
    const float *first = x->base + i * x->stride, *second = i + 1 < x->rows ? first + x->stride : NULL;
    uint16_t *first_row = to->rows ? to->rows + i * to->row_stride : NULL;
    for (size_t j = 0, n; j < x->columns; j += n) {
      // Not past the end of a panel.
      size_t column = to->first_column + j;
      n = least(least(x->columns - j, BF16_PANEL - column % BF16_PANEL), LANES);
      numbers a = packed(first + j, n, x->scale, x->rest), b = {0};
      if (second) b = packed(second + j, n, x->scale, x->rest);
      if (first_row) {
        store_numbers(first_row + j, a, n);
        if (second) store_numbers(first_row + to->row_stride + j, b, n);
      }
      if (to->panels) {
        units pair = first_of_units(a) | first_of_units(b) << 16;
        uint32_t *at = to->panels + column / BF16_PANEL * to->panel_size + (to->first_row + i) / 2 * BF16_PANEL + column % BF16_PANEL;
        store_units(at, pair, n);
      }
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
      for (size_t c = 0; c < n; c++) {
        uint32_t first = u[c] << 16, second = u[c] & 0xffff0000;
        float pair[2];
        memcpy(&pair[0], &first, sizeof first);
        memcpy(&pair[1], &second, sizeof second);
        sum[c] = (sum[c] + pair[0]) + pair[1];
      }
    }
    memcpy(sums + j, sum, n * sizeof *sum);
  }
}
