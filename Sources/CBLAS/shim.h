// OpenBLAS's C interface, its own extensions (openblas_get_config and friends), and LAPACKE.
#pragma once

#include <cblas.h>
#include <lapacke.h>
