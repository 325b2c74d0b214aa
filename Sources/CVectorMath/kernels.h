// Template: every kernel of one element type, its table, and the end of the element type's constants.
#include "elementary.h"
#include "activation.h"
#include "latent.h"
#include "prior.h"
#include "special.h"
#include "likelihood.h"
#include "category.h"
#include "mixture.h"
#include "importance.h"
#include "counts.h"
#include "random.h"
#include "optimizer.h"
#include "sparse.h"
#include "row_product.h"

const vm_kernels NAME(vm_kernels) = {
  .bias_activation = NAME(bias_activation),
  .activation_backward = NAME(activation_backward),
  .activation_with_slopes = NAME(activation_with_slopes),
  .gated_activation = NAME(gated_activation),
  .multiply = NAME(multiply),
  .column_sums = NAME(column_sums),
  .latent_forward = NAME(latent_forward),
  .latent_backward = NAME(latent_backward),
  .latent_log_ratio = NAME(latent_log_ratio),
  .latent_ratio_backward = NAME(latent_ratio_backward),
  .prior_prepare = NAME(prior_prepare),
  .prior_forward = NAME(prior_forward),
  .prior_backward = NAME(prior_backward),
  .prior_gradient = NAME(prior_gradient),
  .importance_weights = NAME(importance_weights),
  .scale_rows = NAME(scale_rows),
  .bernoulli = NAME(bernoulli),
  .squared_difference = NAME(squared_difference),
  .gaussian = NAME(gaussian),
  .count_outside = NAME(count_outside),
  .laplace = NAME(laplace),
  .continuous_bernoulli = NAME(continuous_bernoulli),
  .categorical = NAME(categorical),
  .category = NAME(category),
  .category_features = NAME(category_features),
  .mixture = NAME(mixture),
  .mixture_features = NAME(mixture_features),
  .poisson = NAME(poisson),
  .negative_binomial = NAME(negative_binomial),
  .bytes_to_unit = NAME(bytes_to_unit),
  .shift_and_scale = NAME(shift_and_scale),
  .shift_and_scale_doubles = NAME(shift_and_scale_doubles),
  .binarize_threshold = NAME(binarize_threshold),
  .binarize_sample = NAME(binarize_sample),
  .normals = NAME(normals),
  .optimize = NAME(optimize),
  .sum_of_squares = NAME(sum_of_squares),
  .add = NAME(add),
  .scale = NAME(scale),
  .row_product = NAME(row_product),
  .sparse_product = NAME(sparse_product),
  .sparse_gradient = NAME(sparse_gradient),
};

#undef T
#undef U
#undef I
#undef SUFFIX
#undef MANTISSA_BITS
#undef EXPONENT_BIAS
#undef ROUNDING_MAGIC
#undef LN2_HIGH
#undef LN2_LOW
#undef EXP_LOWEST
#undef EXP_HIGHEST
#undef TANH_SATURATED
#undef SILU_UNDERFLOW
#undef NORMAL_UNDERFLOW
#undef HALF_MASK
#undef MILLS_CENTRE
#undef HALF_SQRT_BITS
#undef MANTISSA_MASK
#undef EXPM1_TERMS
#undef ATANH_TERMS_THIRD
#undef ATANH_TERMS_SIXTH
#undef SIN_TERMS
#undef COS_TERMS
#undef MILLS_TERMS
#undef LOG_2PI
#undef LOG_SINHC_TERMS
#undef LOG_SINHC_SLOPE_TERMS
#undef BINET_TERMS
#undef BINET_SLOPE_TERMS
#undef HORNER
