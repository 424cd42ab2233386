/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters. More is escaped than RFC 4515 asks for, so that no reader of a filter, a server's log
 * among them, can take a byte for something else.
 */
#include <config.h>

#include "helpers/directory/membership_terms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/span.h"

static bool is_plain(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte && strchr("-_.,=@", byte));
}

void terms_put_value(struct bytes *filter, struct pxa_span value)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        const char escaped[3] = {'\\', digits[byte >> 4], digits[byte & 0x0f]};

        if (is_plain(value.at[i]) || (byte == ' ' && i > 0 && i + 1 < value.len))
            bytes_put(filter, &value.at[i], 1);
        else
            bytes_put(filter, escaped, sizeof escaped);
    }
}

void terms_put_equal(struct bytes *filter, const char *attribute, struct pxa_span value)
{
    bytes_put(filter, "(", 1);
    bytes_put_text(filter, attribute);
    bytes_put(filter, "=", 1);
    terms_put_value(filter, value);
    bytes_put(filter, ")", 1);
}

void terms_put_text(struct bytes *filter, const char *attribute, const char *value)
{
    terms_put_equal(filter, attribute, span_of(value, strlen(value)));
}

char *terms_finish(struct bytes *filter)
{
    char *text = NULL;

    bytes_put(filter, "", 1);
    if (!filter->failed)
        text = strdup(filter->at + filter->start);
    bytes_free(filter);
    return text;
}
