// The processors that this process may use.
#ifndef APUS_PROCESSORS_H
#define APUS_PROCESSORS_H

#include <stddef.h>

// How many processors the scheduler lets this process run on (taskset and cpusets count), at
// least 1.
size_t apus_processor_count(void);

#endif
