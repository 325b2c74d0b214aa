// What every processor of the architecture has: SSE2 on x86-64, NEON on Arm.
#include "CVectorMath.h"

#define LEVEL baseline
#include "level.h"
