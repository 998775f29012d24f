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
