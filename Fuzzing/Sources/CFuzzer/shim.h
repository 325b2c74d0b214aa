#include <stddef.h>
#include <stdint.h>

/// libFuzzer's own mutations: changes the bytes in place, and gives how many there are then, at most `most`.
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t count, size_t most);
