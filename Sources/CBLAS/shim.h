#pragma once
// OpenBLAS's own cblas.h: the CBLAS interface and the openblas_* queries.
#include <cblas.h>
#include <stddef.h>

// The LAPACK that OpenBLAS contains, as its Fortran compiler left it: every argument by address, a
// letter by its address too, and its length (1) by value behind all the others. Parts that OpenBLAS
// has rewritten in C take no lengths; the calling conventions let a caller pass more than is read.
#define APUS_LAPACK(T, P)                                                                         \
  void P##getrf_(const blasint *m, const blasint *n, T *a, const blasint *lda, blasint *pivots,   \
                 blasint *info);                                                                  \
  void P##getrs_(const char *transpose, const blasint *n, const blasint *columns, const T *a,     \
                 const blasint *lda, const blasint *pivots, T *b, const blasint *ldb,             \
                 blasint *info, size_t);                                                          \
  void P##getri_(const blasint *n, T *a, const blasint *lda, const blasint *pivots, T *work,      \
                 const blasint *work_size, blasint *info);                                        \
  void P##potrf_(const char *triangle, const blasint *n, T *a, const blasint *lda, blasint *info, \
                 size_t);                                                                         \
  void P##geqrf_(const blasint *m, const blasint *n, T *a, const blasint *lda, T *tau, T *work,   \
                 const blasint *work_size, blasint *info);                                        \
  void P##orgqr_(const blasint *m, const blasint *n, const blasint *k, T *a, const blasint *lda,  \
                 const T *tau, T *work, const blasint *work_size, blasint *info);                 \
  void P##gesdd_(const char *job, const blasint *m, const blasint *n, T *a, const blasint *lda,   \
                 T *s, T *u, const blasint *ldu, T *vt, const blasint *ldvt, T *work,             \
                 const blasint *work_size, blasint *integers, blasint *info, size_t);             \
  void P##syevd_(const char *job, const char *triangle, const blasint *n, T *a,                   \
                 const blasint *lda, T *values, T *work, const blasint *work_size,                \
                 blasint *integers, const blasint *integers_size, blasint *info, size_t, size_t); \
  void P##gelsd_(const blasint *m, const blasint *n, const blasint *columns, T *a,                \
                 const blasint *lda, T *b, const blasint *ldb, T *s, const T *tolerance,          \
                 blasint *rank, T *work, const blasint *work_size, blasint *integers,             \
                 blasint *info);

APUS_LAPACK(float, s)
APUS_LAPACK(double, d)
#undef APUS_LAPACK
