// Template: CHAINS vectors of BYTES, each taken on by a multiplication and an addition a round, which no other waits for.
// Their values converge or grow slowly: none is ever infinite, or smaller than normal.

#define RUN(scalar)                                                                     \
  static double NAME(scalar)(size_t rounds) {                                           \
    typedef scalar vector __attribute__((vector_size(BYTES)));                          \
    const size_t lanes = BYTES / sizeof(scalar);                                        \
    /* Not known before it runs: the compiler must not compute with them. */            \
    volatile scalar half = 0.5, one = 1;                                                \
    vector x[CHAINS], a = (vector){0} + half, b = (vector){0} + one, sum = {0};         \
    for (int i = 0; i < CHAINS; i++) {                                                  \
      for (size_t lane = 0; lane < lanes; lane++) x[i][lane] = (scalar)(i + lane);      \
    }                                                                                   \
    for (; rounds > 0; rounds--) {                                                      \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) x[i] = STEP(x[i]); \
    }                                                                                   \
    for (int i = 0; i < CHAINS; i++) sum += x[i];                                       \
    double total = 0;                                                                   \
    for (size_t lane = 0; lane < lanes; lane++) total += (double)sum[lane];             \
    return total;                                                                       \
  }
RUN(float)
RUN(double)
#undef RUN
#undef NAME
#undef BYTES
#undef CHAINS
