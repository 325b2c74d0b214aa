// Any processor, in the compiler's own vectors.
#include "CBFloat16.h"

#include <math.h>

#define LEVEL plain
#define LANES 4
#define TILE_ROWS 2
#define TILE_VECTORS 2
#if defined(__x86_64__)
#define REGISTER "x"
#else
#define REGISTER "w"
#endif
#define DOT "dot_plain.h"
#include "level.h"
