/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux and glibc know these means; each is used where the system has it.
 */
#include <config.h>

#include "helpers/core/harden.h"

#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* open() gives the lowest number that is free. */
static void open_standard_descriptors(void)
{
    int fd = open("/dev/null", O_RDWR);

    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDWR);
    if (fd >= 0)
        close(fd);
}

void harden_process(void)
{
    const struct rlimit none = {0, 0};

    open_standard_descriptors();
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
#ifdef M_PERTURB
    mallopt(M_PERTURB, 0x5a);
#endif
#ifdef M_ARENA_MAX
    /* Connections are made in offload threads and freed in the loop; an arena for each thread
     * would keep what they leave behind. */
    mallopt(M_ARENA_MAX, 2);
#endif
}

int harden_move_descriptor(int fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int moved = null >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;

    if (moved >= 0 && dup2(null, fd) < 0) {
        close(moved);
        moved = -1;
    }
    if (null >= 0)
        close(null);
    return moved >= 0 ? moved : fd;
}

void harden_erase_argument(char *argument)
{
    memset(argument, 'x', strlen(argument));
}
