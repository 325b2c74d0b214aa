// Template: the products, in tiles of at most TILE_ROWS rows and TILE_VECTORS vectors of LANES floats, whose sums are in
// registers.
//
// A level says what its instructions take: `operand`, made of units by `operand_of`, and `dot`, which takes a chain on by
// one unit; and `begin_chains` and `end_chains`, between which floats are rounded as chains are.

enum { TILE_COLUMNS = LANES * TILE_VECTORS };

ALWAYS_INLINE units load_units(const uint32_t *from) {
  units u;
  memcpy(&u, from, sizeof u);
  return u;
}

ALWAYS_INLINE units broadcast_unit(const void *from) {
  uint32_t u;
  memcpy(&u, from, sizeof u);
  return (units){0} + u;
}

/// Keeps the compiler from moving what computes with a vector to the other side of this line.
#define PIN(vector) __asm__ volatile("" : "+" REGISTER(vector))

/// Does something with every vector of a tile.
#define FOR_EACH_SUM(rows, vectors)         \
  UNROLL for (int i = 0; i < (rows); i++)   \
    UNROLL for (int j = 0; j < (vectors); j++)

/// c <- alpha a·b (+ c) of so many rows and vectors, constants where it is called; of the last vector, `last` columns. From
/// row to row of a there are `a_row` bytes, from unit to unit `a_unit`.
ALWAYS_INLINE void tile(const int rows, const int vectors, size_t k, const char *a, const size_t a_row,
                        const size_t a_unit, const uint32_t *b, const bf16_sums *c, float *to, size_t last) {
  floats sum[TILE_ROWS][TILE_VECTORS];
  // Read before anything is written, which the compiler cannot tell to be elsewhere.
  const size_t stride = c->stride;
  const float alpha = c->alpha;
  const bool adds = c->adds;
  chain_mode mode = begin_chains();
  FOR_EACH_SUM(rows, vectors) {
    sum[i][j] = (floats){0};
    PIN(sum[i][j]);
  }
  _Pragma("clang loop unroll_count(2)") for (; k > 0; k--, a += a_unit, b += BF16_PANEL) {
    operand column[TILE_VECTORS];
    UNROLL for (int j = 0; j < vectors; j++) column[j] = operand_of(load_units(b + LANES * j));
    UNROLL for (int i = 0; i < rows; i++) {
      operand row = operand_of(broadcast_unit(a + i * a_row));
      UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = dot(sum[i][j], row, column[j]);
    }
  }
  FOR_EACH_SUM(rows, vectors) PIN(sum[i][j]);
  end_chains(mode);
  FOR_EACH_SUM(rows, vectors) PIN(sum[i][j]);
  if (adds) {
    FOR_EACH_SUM(rows, vectors) {
      const float *at = to + i * stride + LANES * j;
      sum[i][j] = load_floats(at, j < vectors - 1 ? LANES : last) + sum[i][j] * alpha;
    }
  } else {
    FOR_EACH_SUM(rows, vectors) sum[i][j] *= alpha;
  }
  FOR_EACH_SUM(rows, vectors) {
    store_floats(to + i * stride + LANES * j, sum[i][j], j < vectors - 1 ? LANES : last);
  }
}

// Every shape of a tile is code of its own.
#define TILE(r, v) \
  case 8 * r + v:  \
    if (r <= TILE_ROWS && v <= TILE_VECTORS) tile(r, v, k, a, A_ROW, A_UNIT, b, c, to, last); \
    break;
#define TILES_OF(r) TILE(r, 1) TILE(r, 2) TILE(r, 3) TILE(r, 4)
#define ALL_TILES TILES_OF(1) TILES_OF(2) TILES_OF(3) TILES_OF(4) TILES_OF(5) TILES_OF(6)

#define A_ROW a_row
#define A_UNIT sizeof(uint32_t)
static void NAME(tile_of_rows)(size_t rows, size_t vectors, size_t k, const char *a, size_t a_row, const uint32_t *b,
                               const bf16_sums *c, float *to, size_t last) {
  switch (8 * rows + vectors) { ALL_TILES }
}
#undef A_ROW
#undef A_UNIT

#define A_ROW sizeof(uint32_t)
#define A_UNIT (BF16_PANEL * sizeof(uint32_t))
static void NAME(tile_of_panels)(size_t rows, size_t vectors, size_t k, const char *a, size_t a_row,
                                 const uint32_t *b, const bf16_sums *c, float *to, size_t last) {
  (void)a_row;
  switch (8 * rows + vectors) { ALL_TILES }
}
#undef A_ROW
#undef A_UNIT
#undef TILE
#undef TILES_OF
#undef ALL_TILES

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

static inline const uint32_t *column_of(const bf16_panels *p, size_t index) {
  return p->base + (p->first + index) / BF16_PANEL * p->size + (p->first + index) % BF16_PANEL;
}

/// How many of `left` columns from one on lie in its panel.
static inline size_t columns_of_panel(const bf16_panels *p, size_t index, size_t left) {
  return least(left, BF16_PANEL - (p->first + index) % BF16_PANEL);
}

/// The rows of the next tile where so many are left: tiles are as equal as can be.
static inline size_t tile_height(size_t left) {
  return left <= TILE_ROWS ? left : left < 2 * TILE_ROWS ? (left + 1) / 2 : TILE_ROWS;
}

static void NAME(multiply)(const bf16_sums *c, size_t k, const uint16_t *a, size_t stride, const bf16_panels *b) {
  for (size_t j = 0, n; j < c->columns; j += n) {
    n = least(TILE_COLUMNS, columns_of_panel(b, j, c->columns - j));
    size_t vectors = (n + LANES - 1) / LANES, last = n - LANES * (vectors - 1);
    for (size_t i = 0, m; i < c->rows; i += m) {
      m = tile_height(c->rows - i);
      NAME(tile_of_rows)(m, vectors, k, (const char *)(a + i * stride), stride * sizeof *a, column_of(b, j), c,
                         c->base + i * c->stride + j, last);
    }
  }
}

static void NAME(multiply_transposed)(const bf16_sums *c, size_t k, const bf16_panels *a, const bf16_panels *b) {
  for (size_t j = 0, n; j < c->columns; j += n) {
    n = least(TILE_COLUMNS, columns_of_panel(b, j, c->columns - j));
    size_t vectors = (n + LANES - 1) / LANES, last = n - LANES * (vectors - 1);
    for (size_t i = 0, m; i < c->rows; i += m) {
      m = tile_height(columns_of_panel(a, i, c->rows - i));
      NAME(tile_of_panels)(m, vectors, k, (const char *)column_of(a, i), 0, column_of(b, j), c,
                           c->base + i * c->stride + j, last);
    }
  }
}
