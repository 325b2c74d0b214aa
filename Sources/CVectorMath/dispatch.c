#include "CVectorMath.h"

extern const vm_kernels vm_kernels_f32_baseline, vm_kernels_f64_baseline;
#if defined(__x86_64__)
extern const vm_kernels vm_kernels_f32_avx2, vm_kernels_f64_avx2;
extern const vm_kernels vm_kernels_f32_avx512, vm_kernels_f64_avx512;
#endif

bool vm_level_supported(vm_level level) {
  switch (level) {
    case VM_BASELINE: return true;
#if defined(__x86_64__)
    case VM_AVX2: return __builtin_cpu_supports("x86-64-v3");
    case VM_AVX512: return __builtin_cpu_supports("x86-64-v4");
#endif
    default: return false;
  }
}

const vm_kernels *vm_kernels_at(vm_level level, vm_type type) {
  switch (level) {
#if defined(__x86_64__)
    case VM_AVX2: return type == VM_FLOAT32 ? &vm_kernels_f32_avx2 : &vm_kernels_f64_avx2;
    case VM_AVX512: return type == VM_FLOAT32 ? &vm_kernels_f32_avx512 : &vm_kernels_f64_avx512;
#endif
    default: return type == VM_FLOAT32 ? &vm_kernels_f32_baseline : &vm_kernels_f64_baseline;
  }
}
