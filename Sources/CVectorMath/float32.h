// The element type float, for the templates that follow it.
#define T float
#define U uint32_t
#define I int32_t
#define SUFFIX f32

#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define ROUNDING_MAGIC 12582912.0f  // 1.5 * 2^23: adding it rounds to an integer, which stands in the low bits
#define LN2_HIGH 0.693359375f       // 9 bits, so that n * LN2_HIGH is exact
#define LN2_LOW -2.12194440e-4f
#define EXP_LOWEST -104.0f          // below: 0
#define EXP_HIGHEST 89.0f           // above: infinity
#define TANH_SATURATED 10.0f        // tanh is 1 to the last bit from 9.02 on
#define SILU_UNDERFLOW 112.0f       // |x| e^-|x| is 0 from 108.1 on
#define NORMAL_UNDERFLOW 15.0f      // |x| e^(-x^2/2) is 0 from 14.6 on
#define HALF_MASK 0xfffff000u       // 12 bits of a number
#define MILLS_CENTRE 4.0f
#define HALF_SQRT_BITS 0x3f3504f3u  // the bits of sqrt(1/2)
#define MANTISSA_MASK 0x007fffffu

// Taylor terms, highest first; the remainder at |r| = ln 2 / 2 is 7e-9 relative.
#define EXPM1_TERMS(X) X(1.0f / 5040) X(1.0f / 720) X(1.0f / 120) X(1.0f / 24) X(1.0f / 6) X(0.5f)
#define ATANH_TERMS_THIRD(X) \
  X(2.0f / 17) X(2.0f / 15) X(2.0f / 13) X(2.0f / 11) X(2.0f / 9) X(2.0f / 7) X(2.0f / 5) X(2.0f / 3)
#define ATANH_TERMS_SIXTH(X) X(2.0f / 11) X(2.0f / 9) X(2.0f / 7) X(2.0f / 5) X(2.0f / 3)
#define SIN_TERMS(X) X(1.0f / 362880) X(-1.0f / 5040) X(1.0f / 120) X(-1.0f / 6)
#define COS_TERMS(X) X(-1.0f / 3628800) X(1.0f / 40320) X(-1.0f / 720) X(1.0f / 24) X(-0.5f)
// (a + 4) e^(a^2/2) Phi(-a) by (a - 4) / (a + 4), for a up to NORMAL_UNDERFLOW; from Chebyshev points, error 2.5e-10.
#define MILLS_TERMS(X)                                                                                       \
  X(1.476027072e-5f) X(-1.613045862e-5f) X(-0.0002185291339f) X(0.0001463213393f) X(0.001628302148f)         \
  X(-0.003483883307f) X(-0.007540089276f) X(0.06039714336f) X(-0.1865218469f) X(0.3871373729f)               \
  X(-0.6078966424f) X(0.7552851306f)

// Terms of the special functions, highest first: up to x = 1/2 and from x = 8 on, the remainder is below 1e-8.
#define LOG_2PI 1.83787706640934548f
#define LOG_SINHC_TERMS(X) X(-1.0f / 9676800) X(1.0f / 181440) X(-1.0f / 2880) X(1.0f / 24)
#define LOG_SINHC_SLOPE_TERMS(X) X(-1.0f / 1209600) X(1.0f / 30240) X(-1.0f / 720) X(1.0f / 12)
#define BINET_TERMS(X) X(1.0f / 1260) X(-1.0f / 360) X(1.0f / 12)
#define BINET_SLOPE_TERMS(X) X(1.0f / 252) X(-1.0f / 120) X(1.0f / 12)
