// CPU_COUNT and sched_getaffinity are GNU extensions, which Swift does not import.
#define _GNU_SOURCE
#include "apus_processors.h"

#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#endif

size_t apus_processor_count(void) {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return (size_t)CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (size_t)online : 1;
}

void apus_keep_off_this_processor(pthread_t thread) {
#if defined(__linux__) && defined(__GLIBC__)
  cpu_set_t set;
  int here = sched_getcpu();
  if (here < 0 || sched_getaffinity(0, sizeof set, &set) != 0) return;
  CPU_CLR(here, &set);
  // It is a wish: where it is refused, the thread runs where it did.
  if (CPU_COUNT(&set) > 0) (void)pthread_setaffinity_np(thread, sizeof set, &set);
#else
  (void)thread;
#endif
}
