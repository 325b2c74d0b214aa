// Element-wise kernels of a variational autoencoder, each one pass over memory, vectorised by the compiler
// for every instruction-set level from one source.
//
// The kernels come as tables of function pointers, one table per level and element type. Arguments are type-erased
// (`void *` is `float *` or `double *`), so that both element types share one table type and one caller.
//
// Letters: D data dimensions, Z latent dimensions, M data, L samples per datum, R = M·L rows; row r = i·L + l.
// All matrices are row-major; a `stride` is the distance in elements between the starts of two rows.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { VM_FLOAT32 = 0, VM_FLOAT64 = 1 } vm_type;

/// Instruction-set levels, in rising order. On processors other than x86-64 only the first exists.
typedef enum { VM_BASELINE = 0, VM_AVX2 = 1, VM_AVX512 = 2 } vm_level;

typedef enum { VM_IDENTITY, VM_TANH, VM_RELU, VM_SIGMOID, VM_SOFTPLUS, VM_ELU, VM_SILU, VM_GELU } vm_activation;

/// What a random number is drawn for, with the seed: together with a datum's position, a sample's index and a
/// dimension it determines the number. `step` < 2^36, `purpose` < 2^4, positions < 2^40, samples and groups < 2^24.
typedef struct {
  uint64_t seed;
  uint64_t step;
  uint32_t purpose;
} vm_stream;

typedef enum { VM_SGD, VM_ADAGRAD, VM_RMSPROP, VM_ADAM, VM_ADAMW } vm_optimizer;

/// One optimizer step's constants. Corrections are 1 - beta^t (Adam's bias correction).
typedef struct {
  double rate, weight_decay, epsilon;
  double momentum;                 // SGD
  double decay;                    // RMSprop
  double beta1, beta2;             // Adam, AdamW
  double correction1, correction2; // Adam, AdamW
} vm_update;

/// Rows that a likelihood is evaluated on. `delta` may be NULL (no gradient wanted) or `outputs` itself; `adds` says to
/// add to the losses instead of replacing them.
typedef struct {
  size_t data, samples, columns;
  const void *x;
  size_t x_stride;
  const void *outputs;
  size_t output_stride;
  double scale;
  void *delta;
  size_t delta_stride;
  void *losses;
  bool adds;
} vm_likelihood;

/// The most points and components of a vm_mixture.
enum { VM_MIXTURE_POINTS = 64, VM_MIXTURE_COMPONENTS = 32 };

/// Columns of numbers whose density is a mixture of normal distributions and points: where the mixture is where the
/// outputs are 0. The points are in the numbers' own unit, all else but the mean and the deviation in the standardised one,
/// y = (x - mean) / deviation.
typedef struct {
  size_t points, components;
  const double *point_values;
  const double *log_weights;     // of the points, then of the components
  const double *means;           // of the components
  const double *log_deviations;
  double mean, deviation;
  double interval;               // what lies between numbers; 0 for a density
  double reach;                  // how far from a point a number is it, in the numbers' own unit
  double lower, upper;           // of the logarithms of scales
} vm_mixture;

/// Some rows of a matrix of which only some columns are stored: of row i the columns and values from starts[i] to before
/// starts[i + 1]; `rows` says which, `count` of them.
typedef struct {
  const ptrdiff_t *starts;
  const uint32_t *columns;
  const double *values;
  const uint64_t *rows;
  size_t count;
} vm_sparse_rows;

typedef struct {
  /// x[rows, columns] <- f(x + bias). `bias` may be NULL.
  void (*bias_activation)(vm_activation f, size_t rows, size_t columns, void *x, size_t stride, const void *bias);

  /// delta[rows, columns] <- delta * f', with f' expressed by the activation's output a = f(x); not for SiLU and GELU.
  void (*activation_backward)(vm_activation f, size_t rows, size_t columns, void *delta, size_t delta_stride,
                              const void *output, size_t output_stride);

  /// a[rows, columns] <- f(x + bias), x[rows, columns] <- f'(x + bias): the slopes of a with respect to what was in x.
  void (*activation_with_slopes)(vm_activation f, size_t rows, size_t columns, void *x, size_t stride,
                                 const void *bias, void *a, size_t a_stride);

  /// a[rows, columns] <- f(x + bias) * sigmoid(gate + gate_bias), and its slopes by what was there in both places:
  /// x <- f'(x + bias) * sigmoid(gate + gate_bias), gate <- f(x + bias) * sigmoid'(gate + gate_bias).
  void (*gated_activation)(vm_activation f, size_t rows, size_t columns, void *x, void *gate, size_t stride,
                           const void *bias, const void *gate_bias, void *a, size_t a_stride);

  /// product[rows, columns] <- x * y, element by element; product may be x or y.
  void (*multiply)(size_t rows, size_t columns, const void *x, size_t x_stride, const void *y, size_t y_stride,
                   void *product, size_t stride);

  /// sums[columns] <- (accumulate ? sums : 0) + the sum of x's rows.
  void (*column_sums)(size_t rows, size_t columns, const void *x, size_t stride, void *sums, bool accumulate);

  /// z[R, Z] <- mean + exp(s / 2) * noise, kl[M] <- KL(N(mean, e^s) || N(0, I)) in nats.
  /// head[M, 2Z] holds mean | log-variance s; s is bounded to [lower, upper].
  void (*latent_forward)(size_t data, size_t samples, size_t latent, const void *head, const void *noise, void *z,
                         void *kl, double lower, double upper);

  /// head_delta[M, 2Z] <- the derivatives of (sum of dz * z over samples) + kl_scale * kl + log_variance_delta * s by
  /// mean | s. `kl_weights` `[Z]` multiply kl_scale, dimension by dimension; NULL stands for ones.
  void (*latent_backward)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                          const void *z_delta, double kl_scale, const void *kl_weights, double log_variance_delta,
                          void *head_delta, double lower, double upper);

  /// ratios[R] <- log N(z; mean, e^s) - log N(z; 0, I) = 1/2 sum over Z of z^2 - noise^2 - s, in nats, for the z[R, Z]
  /// that latent_forward makes of head and noise.
  void (*latent_log_ratio)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                           const void *z, void *ratios, double lower, double upper);

  /// Adds the derivative of log q(z|x) - log p(z) with respect to z to dz, weighted by w (NULL: 1) and scale, with
  /// v = squared ? w : 1:
  /// z_delta[R, Z] <- v * dz + scale * w * v * (z - (path ? noise / sigma : 0)).
  /// With `path` z alone varies and q's mean and variance are held fixed; without, z's density under q varies by s alone.
  void (*latent_ratio_backward)(size_t data, size_t samples, size_t latent, const void *head, const void *noise,
                                const void *z, const void *weights, double scale, bool path, bool squared,
                                void *z_delta, double lower, double upper);

  /// Of a mixture of K normal distributions, head[K, 2Z] holding mean | log-variance t, bounded to [lower, upper], and
  /// logits[K] (NULL: equal weights pi): prepared[3Z + 2, K] <- means, e^-t, slopes of t at its
  /// bounds, pi and log pi - 1/2 sum of t.
  void (*prior_prepare)(size_t components, size_t latent, const void *head, const void *logits, void *prepared,
                        double lower, double upper);

  /// densities[R] <- log p(z) - log N(z; 0, I) in nats, shares[R, K] <- each component's part of p(z).
  void (*prior_forward)(size_t rows, size_t components, size_t latent, const void *z, const void *prepared,
                        void *shares, void *densities);

  /// Adds the derivative of -(log p(z) - log N(z; 0, I)) by z, times scale * w (weights w[R], NULL: 1), or, where
  /// `squared`, scale * w^2, to z_delta[R, Z]; row_weights[R] <- scale * w.
  void (*prior_backward)(size_t rows, size_t components, size_t latent, const void *z, const void *prepared,
                         const void *shares, const void *weights, double scale, bool squared, void *row_weights,
                         void *z_delta);

  /// The derivatives of -(sum over R of row_weights * log p(z)) by `count` components from `first` on:
  /// head_delta[count, 2Z] and logits_delta[count] (NULL: none) <- (accumulate ? what is there : 0) + the derivative.
  void (*prior_gradient)(size_t rows, size_t components, size_t latent, size_t first, size_t count, const void *z,
                         const void *prepared, const void *shares, const void *row_weights, void *head_delta,
                         void *logits_delta, bool accumulate);

  /// With log w = -(losses + ratios) of a datum's samples: weights[R] <- w / (sum of w), bounds[M] <- -log (mean of w).
  void (*importance_weights)(size_t data, size_t samples, const void *losses, const void *ratios, void *weights,
                             void *bounds);

  /// x[rows, columns] <- x * factors[rows], row by row.
  void (*scale_rows)(size_t rows, size_t columns, void *x, size_t stride, const void *factors);

  /// How many elements of x[rows, columns] are below `lower` or above `upper`.
  size_t (*count_outside)(size_t rows, size_t columns, const void *x, size_t stride, double lower, double upper);

  // Likelihoods: for each row of outputs o[R, P D] and its datum x[M, D], losses[R] <- the sum over D of what follows,
  // and delta[R, P D] <- scale times its derivatives with respect to o. Where P is 2, o = m | s, s bounded to
  // [lower, upper].

  /// softplus(o) - x o
  void (*bernoulli)(const vm_likelihood *rows);

  /// constant + weight * sum over D of (o - x)^2
  void (*squared_difference)(const vm_likelihood *rows, double weight, double constant);

  /// 1/2 (log 2 pi + s + (m - x)^2 e^-s)
  void (*gaussian)(const vm_likelihood *rows, double lower, double upper);

  /// log 2 + s + |m - x| e^-s; where s is not `learned`, P is 1 and s is `lower`. The derivative with respect to m is 0 at
  /// m = x.
  void (*laplace)(const vm_likelihood *rows, bool learned, double lower, double upper);

  /// log((e^o - 1) / o) - x o
  void (*continuous_bernoulli)(const vm_likelihood *rows);

  /// For `count` groups of columns, log(sum over a group of e^o) - sum over it of x o; x is one-hot in each.
  void (*categorical)(const vm_likelihood *rows, size_t count, const size_t *groups);

  /// For each column, x the number of a category of as many as sizes has, l = o + offsets over that column:
  /// log(sum of e^l) - l[x]; 0 where x is no such number. `offsets` has as many as o.
  void (*category)(const vm_likelihood *rows, const size_t *sizes, const double *offsets);

  /// features[rows, sum of sizes] <- 1 at the place of each column's category x[rows, columns], else 0.
  void (*category_features)(size_t rows, size_t columns, const size_t *sizes, const void *x, size_t x_stride,
                            void *features, size_t stride);

  /// -log p(x) of a mixture, see mixture.h; 0 where x is no number. o has the logits of points and components, column after
  /// column, then the components' means, then their log-scales.
  void (*mixture)(const vm_likelihood *rows, const vm_mixture *mixture);

  /// features[rows, columns (1 + points)] <- of each column, y held between -8 and 8, 0 where x is no number, and of each
  /// point whether x is it.
  void (*mixture_features)(const vm_mixture *mixture, size_t rows, size_t columns, const void *x, size_t x_stride,
                           void *features, size_t stride);

  /// e^o - x o + log x!
  void (*poisson)(const vm_likelihood *rows);

  /// With r = e^-s: log Gamma(r) - log Gamma(x + r) + log x! + r log(1 + e^m / r) + x log(1 + r e^-m).
  void (*negative_binomial)(const vm_likelihood *rows, double lower, double upper);

  /// x[count] <- bytes / 255.
  void (*bytes_to_unit)(size_t count, const uint8_t *bytes, void *x);

  /// x[rows, columns] <- (x - shift) * factor, both [columns], in double precision and then rounded.
  void (*shift_and_scale)(
      size_t rows, size_t columns, const double *shift, const double *factor, size_t stride, void *x);

  /// x[count] <- (numbers - shift) * factor, all [count], in double precision and then rounded.
  void (*shift_and_scale_doubles)(
      size_t count, const double *numbers, const double *shift, const double *factor, void *x);

  /// x[count] <- x >= 1/2 ? 1 : 0.
  void (*binarize_threshold)(size_t count, void *x);

  /// x[data, columns] <- 1 with probability x, else 0. Positions are the data's in their set.
  void (*binarize_sample)(vm_stream stream, const uint64_t *positions, size_t data, size_t columns, void *x);

  /// out[R, columns] <- standard normals, for the samples first_sample ..< first_sample + samples of each datum.
  void (*normals)(vm_stream stream, const uint64_t *positions, size_t data, size_t first_sample, size_t samples,
                  size_t columns, void *out);

  /// One optimizer step over `count` parameters; `first` and `second` are its state (NULL where it has none). Whether all
  /// that it leaves is finite.
  bool (*optimize)(vm_optimizer kind, size_t count, void *parameters, const void *gradient, void *first, void *second,
                   const vm_update *update);

  /// The sum of x[count]'s squares, in double precision.
  double (*sum_of_squares)(size_t count, const void *x);

  /// x[count] <- x + y.
  void (*add)(size_t count, void *x, const void *y);

  /// x[count] <- factor * x.
  void (*scale)(size_t count, void *x, double factor);

  /// result[rows, outputs] <- x * weight^T, or + that, x[rows, inputs], weight[outputs, inputs]: each sum in the order of its terms.
  void (*row_product)(size_t rows, size_t outputs, size_t inputs, const void *x, size_t x_stride, const void *weight,
                      size_t weight_stride, bool adds, void *result, size_t stride);

  /// product[rows, outputs] <- x * weight^T, weight[outputs, columns]: from the stored columns alone.
  void (*sparse_product)(const vm_sparse_rows *x, size_t outputs, const void *weight, size_t weight_stride,
                         void *product, size_t stride);

  /// gradient[outputs, columns] <- gradient + delta^T * x, delta[rows, outputs]. No column is stored twice in a row.
  void (*sparse_gradient)(const vm_sparse_rows *x, size_t outputs, const void *delta, size_t delta_stride,
                          void *gradient, size_t stride);
} vm_kernels;

/// Whether this processor (and this build) has the level.
bool vm_level_supported(vm_level level);

/// The table of a level. The level must be supported.
const vm_kernels *vm_kernels_at(vm_level level, vm_type type);


/// Tells the processor that this thread waits in a loop.
static inline void vm_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Four words: a counter of Philox, or the random bits it turns into.
typedef struct {
  uint32_t x0, x1, x2, x3;
} vm_words;

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
vm_words vm_philox4x32_10(vm_words counter, uint32_t key0, uint32_t key1);
