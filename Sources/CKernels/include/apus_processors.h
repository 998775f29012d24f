// The processors that this process may use.
#ifndef APUS_PROCESSORS_H
#define APUS_PROCESSORS_H

#include <pthread.h>
#include <stddef.h>

// How many processors the scheduler lets this process run on (taskset and cpusets count), at
// least 1.
size_t apus_processor_count(void);

// Lets a thread run on the caller's processors except the one that the caller is on, if there is
// another. Linux may wake a thread on its waker's processor while others idle, and leave it there
// for milliseconds (measured with 6.18 on two processors): both then share one. Elsewhere nothing
// happens.
void apus_keep_off_this_processor(pthread_t thread);

#endif
