/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Joins two parts of a DN.
 */
#include <config.h>

#include "helpers/directory/base_extension.h"

#include <stdlib.h>
#include <string.h>

char *base_extend(struct pxa_span extension, const char *base)
{
    char *whole = malloc(extension.len + strlen(base) + sizeof ",");
    char *to = whole;

    if (!whole)
        return NULL;
    if (extension.len > 0) {
        memcpy(to, extension.at, extension.len);
        to += extension.len;
        if (*base)
            *to++ = ',';
    }
    memcpy(to, base, strlen(base) + 1);
    return whole;
}
