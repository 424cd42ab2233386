/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux and glibc know these means; each is used where the system has it.
 */
#include <config.h>

#include "helpers/core/harden.h"

#include <malloc.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

void harden_process(void)
{
    const struct rlimit none = {0, 0};

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

void harden_erase_argument(char *argument)
{
    memset(argument, 'x', strlen(argument));
}
