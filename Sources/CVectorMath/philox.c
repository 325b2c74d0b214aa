#include "CVectorMath.h"
#include "philox_round.h"

vm_words vm_philox4x32_10(vm_words counter, uint32_t k0, uint32_t k1) {
  uint32_t x0 = counter.x0, x1 = counter.x1, x2 = counter.x2, x3 = counter.x3;
  for (int round = 0; round < 10; round++) PHILOX_ROUND
  return (vm_words){x0, x1, x2, x3};
}
