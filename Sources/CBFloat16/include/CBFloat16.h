// Products of matrices whose elements are bfloat16 numbers, with sums in single precision.
//
// A bfloat16 number is the upper half of a float: 8 bits of precision, and the range of a float. What is multiplied lies
// in one of two layouts, made for the instruction that takes two numbers at a time. A unit is 32 bits: two numbers that are
// adjacent in the summed dimension k, the first in the lower half. Where k is odd, the last unit holds a zero besides: in
// panels packing puts it there, in rows it must be there.
//
//   rows    [i][k]               row-major numbers, so many from row to row, an even number
//   panels  [j/64][k/2][j%64]    units: 64 columns side by side, so many units from panel to panel
//
// The left factor lies in rows or, where it is transposed, in panels; the right factor in panels. Behind the last
// unit that a product takes, 16 more must be there to be read.
//
// What a product computes does not depend on the instructions: each element is one chain over all units in their order,
//
//   s <- fma(first a, first b, fma(second a, second b, s)),   s = 0 at first,
//
// each fma rounded to nearest, ties to even, and to zero where it is smaller than every normal number. That is what
// AVX512-BF16's vdpbf16ps does (Intel, "Intel 64 and IA-32 architectures software developer's manual", volume 2; which of
// the two comes first was measured). So it does not depend on how a product is cut into pieces either.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The columns of a panel.
enum { BF16_PANEL = 64 };

/// What multiplies, in rising order: any processor; AVX2 with FMA; AVX-512; AVX-512 with its instruction for bfloat16. On
/// processors other than x86-64 only the first exists.
typedef enum { BF16_PLAIN = 0, BF16_AVX2 = 1, BF16_AVX512 = 2, BF16_AVX512_BF16 = 3 } bf16_level;

/// Where a product's sums go: a matrix of floats, `stride` of them from row to row. What is there is replaced by `alpha`
/// times the sums, or, where it `adds`, becomes itself plus that, rounded twice.
typedef struct {
  float *base;
  size_t rows, columns, stride;
  float alpha;
  bool adds;
} bf16_sums;

/// Columns of panels, from `first` on; `size` units from panel to panel.
typedef struct {
  const uint32_t *base;
  size_t first, size;
} bf16_panels;

/// What is to be packed: x `[rows, columns]`, `stride` floats from row to row, times `scale`; or, where it is the `rest`
/// that is wanted, what rounding that takes away, so that both together have 16 bits of precision.
typedef struct {
  const float *base;
  size_t rows, columns, stride;
  float scale;
  bool rest;
} bf16_source;

/// Where packed numbers go: to rows, to panels, to both; either may be NULL. Of the panels the first number goes to row
/// `first_row`, which is even, and to column `first_column`.
typedef struct {
  uint16_t *rows;
  size_t row_stride;
  uint32_t *panels;
  size_t panel_size, first_row, first_column;
} bf16_target;

/// The kernels of a level.
typedef struct {
  /// C `[m, n]` <- alpha A·B (+ C): A `[m, k]` in rows, `stride` numbers from row to row, B `[k, n]`; over `units` units of k.
  void (*multiply)(const bf16_sums *c, size_t units, const uint16_t *a, size_t stride, const bf16_panels *b);

  /// C `[m, n]` <- alpha Aᵀ·B (+ C): A `[k, m]`, B `[k, n]`, both in panels; over `units` units of k.
  void (*multiply_transposed)(const bf16_sums *c, size_t units, const bf16_panels *a, const bf16_panels *b);

  /// sums `[count]` <- Σ_k A (+ sums): A `[k, count]`, over `units` units of k; one number after the other, in single precision.
  void (*sum_columns)(float *sums, size_t count, size_t units, const bf16_panels *a, bool adds);

  /// Rounds numbers to bfloat16: to nearest, ties to even; to zero where they are smaller than every normal number.
  void (*pack)(const bf16_source *x, const bf16_target *to);

  /// Packs 16 rows w_i `[columns]` of a matrix W: as columns of Wᵀ, and, unless the panels are NULL, as rows of W. Both
  /// point to where the first number goes; a row that is NULL is zero.
  void (*pack_weights)(const float *const w[16], size_t columns, uint32_t *transposed, uint32_t *panels,
                       size_t panel_size);
} bf16_kernels;

/// Whether this processor has a level.
bool bf16_level_supported(bf16_level level);

/// The kernels of a level that this processor has.
const bf16_kernels *bf16_kernels_at(bf16_level level);
