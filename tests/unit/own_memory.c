/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc/self/mem, block by block; the block is wiped at once, or it would be found itself.
 */
#include <config.h>

#include "tests/unit/own_memory.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024 };

static int open_memory(void)
{
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

    ck_assert_int_ge(memory, 0);
    return memory;
}

struct wanted {
    bool (*is_there)(const char *at);
    size_t len;
};

static unsigned count_between(int memory, unsigned long from, unsigned long to,
                              const struct wanted *wanted)
{
    static char block[BLOCK + OWN_MEMORY_LEN_MAX];
    unsigned count = 0;

    for (unsigned long at = from; at < to; at += BLOCK) {
        ssize_t got = pread(memory, block, sizeof block, (off_t)at);

        for (ssize_t i = 0; i + (ssize_t)wanted->len <= got && i < BLOCK; i++)
            if (wanted->is_there(block + i))
                count++;
        explicit_bzero(block, sizeof block);
    }
    return count;
}

unsigned own_memory_count(bool (*is_there)(const char *at), size_t len)
{
    const struct wanted wanted = {is_there, len};
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open_memory();
    unsigned long from, to;
    char line[4096], mode[8];
    unsigned count = 0;

    ck_assert_ptr_nonnull(maps);
    ck_assert_uint_le(len, OWN_MEMORY_LEN_MAX);
    while (fgets(line, sizeof line, maps)) {
        ck_assert_int_eq(sscanf(line, "%lx-%lx %7s", &from, &to, mode), 3);
        if (mode[1] == 'w' && to - from < 64UL << 20)
            count += count_between(memory, from, to, &wanted);
    }
    fclose(maps);
    close(memory);
    return count;
}

void own_memory_read(uintptr_t at, char *to, size_t len)
{
    int memory = open_memory();

    ck_assert_int_eq(pread(memory, to, len, (off_t)at), (ssize_t)len);
    close(memory);
}
