/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `basic_ncsa_auth FILE` of Squid has no options; all of these are new.
 */
#include <config.h>

#include "helpers/basic-file/options.h"

#include <sched.h>

enum { WORKERS_MAX = 64 }; /* as helpers/core/offload.h */

#define MEMBER(name) .offset = offsetof(struct basic_file_options, name)

/* One option a block; the columns are for the reader. */
/* clang-format off */
const struct option basic_file_option_list[] = {
    {.heading = "The file",
     .name = "file", .kind = OPTION_LIST, .argument = "FILE", MEMBER(files),
     .help = "the users; the same as the word FILE"},
    {.name = "allow-weak", .kind = OPTION_FLAG, MEMBER(allow_weak),
     .help = "accept DES hashes and bare MD5"},
    {.name = "workers", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = WORKERS_MAX,
     MEMBER(workers), .help = "threads that hash; one per core if not said"},
};
/* clang-format on */

const size_t basic_file_option_count =
    sizeof basic_file_option_list / sizeof *basic_file_option_list;

bool basic_file_options_check(const struct basic_file_options *options, struct why *why)
{
    if (options->files.count == 0)
        return why_set(why, "the file with the users is missing: basic-file FILE");
    if (options->files.count > 1)
        return why_set(why, "there are %zu files, and it has to be one: basic-file FILE",
                       options->files.count);
    return true;
}

unsigned basic_file_options_workers(const struct basic_file_options *options)
{
    cpu_set_t cores;
    int count;

    if (options->workers > 0)
        return (unsigned)options->workers;
    /* Fails where the machine has more cores than the set has bits. */
    if (sched_getaffinity(0, sizeof cores, &cores) != 0)
        return WORKERS_MAX;
    count = CPU_COUNT(&cores);
    return count < WORKERS_MAX ? (unsigned)count : WORKERS_MAX;
}

unsigned basic_file_options_threads(const struct basic_file_options *options)
{
    unsigned threads = 2 * basic_file_options_workers(options);

    return threads < WORKERS_MAX ? threads : WORKERS_MAX;
}
