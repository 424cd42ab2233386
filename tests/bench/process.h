/* SPDX-License-Identifier: BSD-2-Clause */
/* What another process has used: processor time and memory. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <sys/types.h>

struct process_memory {
    long peak_kib;     /* VmHWM: the most that was resident at once */
    long resident_kib; /* VmRSS: what is resident now */
};

/* The processor time, user and system, of all threads of pid, in seconds; dies when there is no
 * such process. Unlike the ticks of /proc/PID/stat the clock behind it counts nanoseconds. */
double process_cpu_s(pid_t pid);

/* Dies when there is no such process. */
struct process_memory process_memory(pid_t pid);

#endif
