// A BLAS with a C interface, to load: plain loops, in row-major order only. Defined where it is compiled:
//
//   INTEGER  what sizes are, int if nothing is said
//   WRONG    what is added to the last element of each result
//   THREADS  that its number of threads can be set, and is taken for what it is
//   EMPTY    that it is none
#ifndef EMPTY

#ifndef INTEGER
#define INTEGER int
#endif
#ifndef WRONG
#define WRONG 0
#endif

typedef unsigned short bfloat16;

/// What is added, by a name that OpenBLAS has, too, whose function would add nothing: of two of a name a library must be given
/// its own. (Weak, so that the compiler does not decide.)
__attribute__((weak)) double dcabs1_(const double *z) {
  (void)z;
  return WRONG;
}

static double addend(void) {
  const double zero[2] = {0, 0};
  return dcabs1_(zero);
}

static float float_of(bfloat16 x) {
  union { unsigned bits; float value; } u = {(unsigned)x << 16};
  return u.value;
}

#define PRODUCT(name, factor, scalar, VALUE)                                                                            \
  void name(int order, int op_a, int op_b, INTEGER m, INTEGER n, INTEGER k, scalar alpha, const factor *a, INTEGER lda, \
            const factor *b, INTEGER ldb, scalar beta, scalar *c, INTEGER ldc) {                                        \
    (void)order;                                                                                                        \
    for (INTEGER i = 0; i < m; i++) {                                                                                   \
      for (INTEGER j = 0; j < n; j++) {                                                                                 \
        scalar sum = 0;                                                                                                 \
        for (INTEGER l = 0; l < k; l++) {                                                                               \
          sum += VALUE(op_a == 112 ? a[l * lda + i] : a[i * lda + l]) * VALUE(op_b == 112 ? b[j * ldb + l] : b[l * ldb + j]); \
        }                                                                                                               \
        c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);                                         \
      }                                                                                                                 \
    }                                                                                                                   \
    c[(m - 1) * ldc + n - 1] += (scalar)addend();                                                                       \
  }

PRODUCT(cblas_sgemm, float, float, )
PRODUCT(cblas_dgemm, double, double, )
PRODUCT(cblas_sbgemm, bfloat16, float, float_of)

#ifdef THREADS
static int threads = 1;
void openblas_set_num_threads(int count) { threads = count; }
int openblas_get_num_threads(void) { return threads; }
#endif

#endif
