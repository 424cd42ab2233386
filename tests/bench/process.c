/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what the kernel says about another process. Resident memory counts the pages of shared
 * libraries fully for each process that maps them, as every tool that an administrator uses does.
 */
#include <config.h>

#include "tests/bench/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/bench/bench.h"

double process_cpu_s(pid_t pid)
{
    clockid_t clock;
    struct timespec used;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        bench_die("process %d is gone", (int)pid);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

struct process_memory process_memory(pid_t pid)
{
    struct process_memory memory = {0, 0};
    char path[64];
    char line[256];
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    if (file == NULL)
        bench_die("%s: %s", path, strerror(errno));
    while (fgets(line, sizeof(line), file) != NULL) {
        sscanf(line, "VmHWM: %ld", &memory.peak_kib);
        sscanf(line, "VmRSS: %ld", &memory.resident_kib);
    }
    fclose(file);
    return memory;
}
