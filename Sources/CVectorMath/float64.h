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
#define SILU_UNDERFLOW 760.0
#define NORMAL_UNDERFLOW 40.0
#define HALF_MASK 0xfffffffff8000000ull    // 26 bits of a number
#define MILLS_CENTRE 4.0
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
// As in single precision; error 2e-18.
#define MILLS_TERMS(X)                                                                                       \
  X(-7.22767492035044944e-10) X(-2.51137292869416609e-9) X(1.91769526535015218e-9)                           \
  X(1.95877274444461667e-8) X(1.32610923300199004e-8) X(-8.53699135334260777e-8)                             \
  X(-1.54927132388732691e-7) X(2.71780994834500022e-7) X(1.02152050129090711e-6)                             \
  X(-6.29689683809299745e-7) X(-5.92015616147450802e-6) X(7.16666139231045816e-7)                            \
  X(3.51446806707556193e-5) X(-1.90825897279095748e-6) X(-2.31094934130640638e-4)                            \
  X(1.33344312559213887e-4) X(0.00163081845746974651) X(-0.00347969236741291395)                             \
  X(-0.00754018896671938139) X(0.0603965748909376923) X(-0.186521857959657457) X(0.387137400742214517)       \
  X(-0.607896641971892106) X(0.755285130415751493)

// Terms of the special functions, highest first: up to x = 1/2 and from x = 8 on, the remainder is below 3e-17.
#define LOG_2PI 1.83787706640934548356
#define LOG_SINHC_TERMS(X)                                                                                   \
  X(-3617.0 / 170729965486080000) X(1.0 / 1046139494400) X(-691.0 / 15692092416000) X(1.0 / 479001600)       \
  X(-1.0 / 9676800) X(1.0 / 181440) X(-1.0 / 2880) X(1.0 / 24)
#define LOG_SINHC_SLOPE_TERMS(X)                                                                             \
  X(-3617.0 / 10670622842880000) X(1.0 / 74724249600) X(-691.0 / 1307674368000) X(1.0 / 47900160)            \
  X(-1.0 / 1209600) X(1.0 / 30240) X(-1.0 / 720) X(1.0 / 12)
#define BINET_TERMS(X)                                                                                       \
  X(-3617.0 / 122400) X(1.0 / 156) X(-691.0 / 360360) X(1.0 / 1188) X(-1.0 / 1680) X(1.0 / 1260)             \
  X(-1.0 / 360) X(1.0 / 12)
#define BINET_SLOPE_TERMS(X)                                                                                 \
  X(-3617.0 / 8160) X(1.0 / 12) X(-691.0 / 32760) X(1.0 / 132) X(-1.0 / 240) X(1.0 / 252) X(-1.0 / 120)      \
  X(1.0 / 12)
