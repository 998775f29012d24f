// Matrix products.
#ifndef APUS_PRODUCTS_H
#define APUS_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>

// `count` products of A, m x k, and B, k x n, into C, m x n. Distances are in elements; those of A
// and B may be any, zero and negative ones among them.
typedef struct {
  size_t m, n, k;
  ptrdiff_t a_row, a_step;           // between rows of A, and along them
  ptrdiff_t b_step, b_column;        // between rows of B, and along them
  ptrdiff_t c_row;                   // between rows of C, whose columns are contiguous
  size_t count;
  ptrdiff_t a_next, b_next, c_next;  // between the matrices
  const void *bias;                  // a row of n elements, added to each row of C last, or NULL
  bool rectifies;                    // whether what is negative then becomes 0; NaN stays
} apus_product;

// Bytes of memory, aligned to 64, that the products need to lay out operands in; often 0.
size_t apus_gemm_workspace_f32(const apus_product *product);
size_t apus_gemm_workspace_f64(const apus_product *product);

// Whether operands are laid out before they meet, which a cut of the product into small tiles would
// repeat; else both are read where they lie.
bool apus_gemm_packs_f32(const apus_product *product);
bool apus_gemm_packs_f64(const apus_product *product);

// C = alpha A B + beta C, then what the product says of a bias and of rectifying, while the results
// are in the caches. With beta = 0, C is not read. C must not overlap A or B. Every product
// with a zero is made, so that zero times infinity is NaN. The bits of C depend on the extents, and
// on the distances within the matrices; each row of A and each column of B meets the others alone.
void apus_gemm_f32(const apus_product *product, float alpha, const float *a, const float *b,
                   float beta, float *c, float *workspace);
void apus_gemm_f64(const apus_product *product, double alpha, const double *a, const double *b,
                   double beta, double *c, double *workspace);

#endif
