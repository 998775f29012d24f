#pragma once
// OpenBLAS's own cblas.h: the CBLAS interface and the openblas_* queries.
#include <cblas.h>
