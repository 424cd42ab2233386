/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of password files. What a hash is worth is judged in helpers/passwords.
 */
#include <config.h>

#include "helpers/files/password_lines.h"

#include <string.h>

const char *password_lines_split(const void *context, struct pxa_span line,
                                 struct file_record *record)
{
    const char *end = line.at + line.len;
    const char *colon = memchr(line.at, ':', line.len);
    const char *hash_end;

    (void)context;
    if (!colon)
        return "there is no colon behind the user";
    if (colon == line.at)
        return "there is no user before the colon";
    hash_end = memchr(colon + 1, ':', (size_t)(end - colon) - 1);
    if (!hash_end)
        hash_end = end;
    if (hash_end == colon + 1)
        return "there is no hash behind the user";
    *record = (struct file_record){
        .key = {line.at, (size_t)(colon - line.at)},
        .user = {line.at, (size_t)(colon - line.at)},
        .value = {colon + 1, (size_t)(hash_end - colon) - 1},
    };
    return NULL;
}
