/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `digest_file_auth [-c] FILE` of Squid, with long names, and --realm.
 */
#include <config.h>

#include "helpers/digest-file/options.h"

#define MEMBER(name) .offset = offsetof(struct digest_file_options, name)

/* One option a block; the columns are for the reader. */
/* clang-format off */
const struct option digest_file_option_list[] = {
    {.heading = "The file",
     .name = "file", .kind = OPTION_LIST, .argument = "FILE", MEMBER(files),
     .help = "the users; the same as the word FILE"},
    {.name = "hashes-only", .letter = 'c', .kind = OPTION_FLAG, MEMBER(hashes_only),
     .help = "each line is user:realm:hash"},
    {.name = "realm", .kind = OPTION_LIST, .argument = "NAME", MEMBER(realms),
     .help = "answer this realm alone; may be repeated"},
};
/* clang-format on */

const size_t digest_file_option_count =
    sizeof digest_file_option_list / sizeof *digest_file_option_list;

bool digest_file_options_check(const struct digest_file_options *options, struct why *why)
{
    size_t i;

    if (options->files.count == 0)
        return why_set(why, "the file with the users is missing: digest-file [-c] FILE");
    if (options->files.count > 1)
        return why_set(why, "there are %zu files, and it has to be one: digest-file [-c] FILE",
                       options->files.count);
    for (i = 0; i < options->realms.count; i++)
        if (options->realms.values[i][0] == '\0')
            return why_set(why, "option --realm: a realm is not empty; it is the one of "
                                "auth_param digest realm in squid.conf");
    return true;
}
