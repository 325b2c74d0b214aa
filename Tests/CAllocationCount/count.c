#define _GNU_SOURCE  // dl_iterate_phdr
#include "CAllocationCount.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)

#include <link.h>
#include <string.h>

static atomic_uint_fast64_t count;
static uintptr_t openblas_start, openblas_end;

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

/// OpenBLAS's kernels for small matrices allocate their scratch anew at every call; what it does is not ours.
static int find_openblas(struct dl_phdr_info *library, size_t size, void *data) {
  (void)size, (void)data;
  if (!strstr(library->dlpi_name, "openblas")) return 0;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    if (library->dlpi_phdr[i].p_type != PT_LOAD) continue;
    uintptr_t start = library->dlpi_addr + library->dlpi_phdr[i].p_vaddr;
    uintptr_t end = start + library->dlpi_phdr[i].p_memsz;
    if (!openblas_start || start < openblas_start) openblas_start = start;
    if (end > openblas_end) openblas_end = end;
  }
  return 1;
}

#define COUNT                                                                         \
  uintptr_t caller = (uintptr_t)__builtin_return_address(0);                          \
  if (caller < openblas_start || caller >= openblas_end) {                            \
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);                       \
  }

void *malloc(size_t size) {
  COUNT return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  COUNT return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
  COUNT return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  COUNT return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  COUNT return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  COUNT *pointer = __libc_memalign(alignment, size);
  return *pointer ? 0 : 12;  // ENOMEM
}

bool allocation_count_is_available(void) { return true; }

uint64_t allocation_count(void) {
  if (!openblas_end) dl_iterate_phdr(find_openblas, NULL);
  return atomic_load(&count);
}

#else

bool allocation_count_is_available(void) { return false; }
uint64_t allocation_count(void) { return 0; }

#endif
