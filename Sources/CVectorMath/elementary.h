// Template: elementary functions as straight-line code that vectorises (a call to libm inside a loop would not).
// Maximum errors, asserted in the tests: exp 1.5 ulp, expm1 2, tanh 3, sigmoid 2.5, softplus 3, elu 2, silu 3.5, gelu 7.
// The derivatives of silu and gelu are sums of two terms with a root: 4.5 and 6 ulp of the terms' magnitudes together.
//
// Goals, in order: correct at the extremes (overflow to infinity, gradual underflow, NaN in gives NaN out, no
// cancellation near 0), a few ulp everywhere, then speed.

static inline T NAME(from_bits)(U bits) {
  T value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

static inline U NAME(to_bits)(T value) {
  U bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// 2^n for an n whose result is a normal number.
static inline T NAME(power_of_two)(I n) { return NAME(from_bits)((U)(n + EXPONENT_BIAS) << MANTISSA_BITS); }

#define HORNER(c) p = p * y + (T)(c);

/// Splits x = n ln 2 + r and returns r, |r| <= ln 2 / 2 (Cody and Waite).
static inline T NAME(reduced)(T x, I *n) {
  T shifted = x * (T)1.44269504088896340736 + ROUNDING_MAGIC;
  T count = shifted - ROUNDING_MAGIC;
  *n = (I)(NAME(to_bits)(shifted) - NAME(to_bits)(ROUNDING_MAGIC));
  T y = x - count * LN2_HIGH;
  return y - count * LN2_LOW;
}

/// e^y - 1 for |y| <= ln 2 / 2.
static inline T NAME(near_expm1)(T y) {
  T p = 0;
  EXPM1_TERMS(HORNER)
  return y + y * y * p;
}

/// e^r - 1 with x = n ln 2 + r.
static inline T NAME(reduced_expm1)(T x, I *n) { return NAME(near_expm1)(NAME(reduced)(x, n)); }

/// factor e^(x + low) for a small `low` and x <= 0 whose power is above 2^-1.5 EXPONENT_BIAS: it loses bits only where
/// the product is too small for a normal number, not already where the power is.
static inline T NAME(times_exp)(T factor, T x, T low) {
  I n;
  T p = NAME(near_expm1)(NAME(reduced)(x, &n) + low);
  I half = n >> 1;
  return factor * (1 + p) * NAME(power_of_two)(half) * NAME(power_of_two)(n - half);
}

static inline T NAME(exp)(T x) {
  x = x < EXP_LOWEST ? EXP_LOWEST : x;
  x = x > EXP_HIGHEST ? EXP_HIGHEST : x;
  I n;
  T p = NAME(reduced_expm1)(x, &n);
  // In two halves, so that neither overflows where the result does not and tiny results lose bits gradually.
  I half = n >> 1;
  return (1 + p) * NAME(power_of_two)(half) * NAME(power_of_two)(n - half);
}

/// e^x - 1 without cancellation, for x up to the overflow of e^x.
static inline T NAME(expm1)(T x) {
  x = x < -2 * TANH_SATURATED ? -2 * TANH_SATURATED : x;
  x = x > EXP_HIGHEST ? EXP_HIGHEST : x;
  I n;
  T p = NAME(reduced_expm1)(x, &n);
  I half = n >> 1;
  T low = NAME(power_of_two)(half), high = NAME(power_of_two)(n - half);
  return (low * p + (low - 1 / high)) * high;
}

/// e^x - 1 - x without cancellation: near 0 it is the series of e^x from the square on.
static inline T NAME(expm1_minus_x)(T x) {
  T y = x;
  T p = 0;
  EXPM1_TERMS(HORNER)
  T near = y * y * p;
  T far = NAME(expm1)(x) - x;
  return __builtin_elementwise_abs(x) < (T)0.34657359027997265 ? near : far;
}

/// tanh x = (e^2x - 1) / (e^2x + 1) = e / (e + 2) with e = expm1(2 |x|).
static inline T NAME(tanh)(T x) {
  T a = __builtin_elementwise_abs(x);
  a = a > TANH_SATURATED ? TANH_SATURATED : a;
  I n;
  T p = NAME(reduced_expm1)(2 * a, &n);
  T scale = NAME(power_of_two)(n);
  T e = scale * p + (scale - 1);
  return __builtin_elementwise_copysign(e / (e + 2), x);
}

/// log(1 + u) for u in [0, 1]: 2 atanh s with s = u / (2 + u) <= 1/3.
static inline T NAME(log1p_from_quotient)(T s) {
  T y = s * s;
  T p = 0;
  ATANH_TERMS_THIRD(HORNER)
  return 2 * s + s * y * p;
}

static inline T NAME(log1p_unit)(T u) { return NAME(log1p_from_quotient)(u / (2 + u)); }

/// log u for normal u > 0: u = 2^k m with m in [sqrt(1/2), sqrt 2), log m = 2 atanh((m - 1) / (m + 1)).
static inline T NAME(log)(T u) {
  U shifted = NAME(to_bits)(u) - HALF_SQRT_BITS;
  T k = (T)((I)shifted >> MANTISSA_BITS);
  T f = NAME(from_bits)((shifted & MANTISSA_MASK) + HALF_SQRT_BITS) - 1;
  T s = f / (2 + f);
  T y = s * s;
  T p = 0;
  ATANH_TERMS_SIXTH(HORNER)
  return k * LN2_HIGH + (k * LN2_LOW + (2 * s + s * y * p));
}

/// sin and cos of 2 pi u for u in [0, 1].
static inline void NAME(sincos_turns)(T u, T *sine, T *cosine) {
  T quarters = 4 * u + ROUNDING_MAGIC;
  U quadrant = NAME(to_bits)(quarters);
  T a = (4 * u - (quarters - ROUNDING_MAGIC)) * (T)1.57079632679489661923;
  T y = a * a;
  T p = 0;
  SIN_TERMS(HORNER)
  T s = a + a * y * p;
  p = 0;
  COS_TERMS(HORNER)
  T c = 1 + y * p;
  T swapped_s = quadrant & 1 ? c : s;
  T swapped_c = quadrant & 1 ? s : c;
  *sine = quadrant & 2 ? -swapped_s : swapped_s;
  *cosine = (quadrant + 1) & 2 ? -swapped_c : swapped_c;
}

/// e^-|x|, from which sigmoid and softplus follow without overflow.
static inline T NAME(exp_of_minus_abs)(T x) { return NAME(exp)(-__builtin_elementwise_abs(x)); }

static inline T NAME(sigmoid)(T x) {
  T e = NAME(exp_of_minus_abs)(x);
  return (x < 0 ? e : 1) / (1 + e);
}

static inline T NAME(softplus)(T x) {
  return (x > 0 ? x : x != x ? x : 0) + NAME(log1p_unit)(NAME(exp_of_minus_abs)(x));
}

static inline T NAME(relu)(T x) { return x < 0 ? 0 : x; }

/// x > 0 ? x : e^x - 1
static inline T NAME(elu)(T x) {
  T negative = NAME(expm1)(x < 0 ? x : 0);
  return x < 0 ? negative : x;
}

/// sigmoid'(x) = sigmoid(x) sigmoid(-x), without the cancellation of 1 - sigmoid(x).
static inline T NAME(sigmoid_derivative)(T x) {
  T e = NAME(exp_of_minus_abs)(x);
  return e / ((1 + e) * (1 + e));
}

/// e = e^-|x| and |x| e, from which x sigmoid(x) and its derivative follow.
static inline T NAME(silu_parts)(T x, T *e) {
  T a = __builtin_elementwise_abs(x);
  a = a > SILU_UNDERFLOW ? SILU_UNDERFLOW : a;
  *e = NAME(times_exp)(1, -a, 0);
  return NAME(times_exp)(a, -a, 0);
}

/// x sigmoid(x)
static inline T NAME(silu)(T x) {
  T e, product = NAME(silu_parts)(x, &e);
  return (x < 0 ? -product : x) / (1 + e);
}

/// sigmoid(x) + x sigmoid(x) sigmoid(-x)
static inline T NAME(silu_derivative)(T x) {
  T e, product = NAME(silu_parts)(x, &e);
  return ((x < 0 ? e : 1) + (x < 0 ? -product : product) / (1 + e)) / (1 + e);
}

/// The lower tail of the standard normal distribution, Q(a) = Phi(-a), at a = |x|: returns Q(a), and a Q(a) and a phi(a).
///
/// Q(a) = e^(-a^2/2) R(a), where (a + c) R(a) is close to a polynomial in (a - c) / (a + c) (the transformation of
/// Shepherd and Laframboise 1981 for erfc). The exponent is taken to more digits than one number has: they are digits
/// of the result.
static inline T NAME(normal_tail)(T x, T *product, T *density) {
  T a = __builtin_elementwise_abs(x);
  a = a > NORMAL_UNDERFLOW ? NORMAL_UNDERFLOW : a;
  T high = NAME(from_bits)(NAME(to_bits)(a) & HALF_MASK);  // its square is exact
  T exponent = (T)-0.5 * high * high, low = (T)-0.5 * (a - high) * (a + high);
  T d = 1 / (a + MILLS_CENTRE);
  T y = (a - MILLS_CENTRE) * d;
  T p = 0;
  MILLS_TERMS(HORNER)
  T ratio = p * d;
  *product = NAME(times_exp)(a * ratio, exponent, low);
  *density = NAME(times_exp)(a * (T)0.39894228040143267794, exponent, low);
  return NAME(times_exp)(ratio, exponent, low);
}

/// x Phi(x), Phi(x) = (1 + erf(x / sqrt 2)) / 2
static inline T NAME(gelu)(T x) {
  T product, density, tail = NAME(normal_tail)(x, &product, &density);
  return x < 0 ? -product : x * (1 - tail);
}

/// Phi(x) + x phi(x)
static inline T NAME(gelu_derivative)(T x) {
  T product, density, tail = NAME(normal_tail)(x, &product, &density);
  return x < 0 ? tail - density : (1 - tail) + density;
}

static inline T NAME(bounded)(T x, T lower, T upper) {
  x = x < lower ? lower : x;
  return x > upper ? upper : x;
}
