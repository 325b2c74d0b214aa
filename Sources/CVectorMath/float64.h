// The element type double, for the templates that follow it.
#define T double
#define U uint64_t
#define I int64_t
#define SUFFIX f64

#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
#define ROUNDING_MAGIC 6755399441055744.0  // 1.5 * 2^52
#define LN2_HIGH 6.93145751953125e-1       // 16 bits, so that n * LN2_HIGH is exact
#define LN2_LOW 1.42860682030941723212e-6
#define EXP_LOWEST -746.0
#define EXP_HIGHEST 710.0
#define TANH_SATURATED 20.0                // tanh is 1 to the last bit from 19.07 on
#define HALF_SQRT_BITS 0x3fe6a09e667f3bcdull
#define MANTISSA_MASK 0x000fffffffffffffull

// Taylor terms, highest first; the remainder at |r| = ln 2 / 2 is 4e-18.
#define EXPM1_TERMS(X)                                                                                       \
  X(1.0 / 6227020800) X(1.0 / 479001600) X(1.0 / 39916800) X(1.0 / 3628800) X(1.0 / 362880) X(1.0 / 40320)   \
  X(1.0 / 5040) X(1.0 / 720) X(1.0 / 120) X(1.0 / 24) X(1.0 / 6) X(0.5)
#define ATANH_TERMS_THIRD(X)                                                                                 \
  X(2.0 / 35) X(2.0 / 33) X(2.0 / 31) X(2.0 / 29) X(2.0 / 27) X(2.0 / 25) X(2.0 / 23) X(2.0 / 21)            \
  X(2.0 / 19) X(2.0 / 17) X(2.0 / 15) X(2.0 / 13) X(2.0 / 11) X(2.0 / 9) X(2.0 / 7) X(2.0 / 5) X(2.0 / 3)
#define ATANH_TERMS_SIXTH(X)                                                                                 \
  X(2.0 / 23) X(2.0 / 21) X(2.0 / 19) X(2.0 / 17) X(2.0 / 15) X(2.0 / 13) X(2.0 / 11) X(2.0 / 9) X(2.0 / 7)  \
  X(2.0 / 5) X(2.0 / 3)
#define SIN_TERMS(X)                                                                                         \
  X(1.0 / 355687428096000) X(-1.0 / 1307674368000) X(1.0 / 6227020800) X(-1.0 / 39916800) X(1.0 / 362880)    \
  X(-1.0 / 5040) X(1.0 / 120) X(-1.0 / 6)
#define COS_TERMS(X)                                                                                         \
  X(1.0 / 20922789888000) X(-1.0 / 87178291200) X(1.0 / 479001600) X(-1.0 / 3628800) X(1.0 / 40320)          \
  X(-1.0 / 720) X(1.0 / 24) X(-0.5)
