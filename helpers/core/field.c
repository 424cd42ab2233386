/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields of lines about groups.
 */
#include <config.h>

#include "helpers/core/field.h"

#include <stdint.h>
#include <string.h>

#include "common/span.h"

bool field_is_none(struct pxa_span field)
{
    return field.len == 0 || (field.len == 1 && field.at[0] == '-');
}

/* The byte that the escape at AT, of LEFT bytes, stands for; 0: it is none. */
static char escaped_byte(const char *at, size_t left)
{
    if (left < 3 || at[0] != '%' || hex_value(at[1]) < 0 || hex_value(at[2]) < 0)
        return '\0';
    return (char)(hex_value(at[1]) * 16 + hex_value(at[2]));
}

void field_unescape(struct pxa_span *field)
{
    /* See the header. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    char *to = (char *)(uintptr_t)field->at;
    size_t len = 0;

    if (field->len == 0 || !memchr(field->at, '%', field->len))
        return;
    for (size_t i = 0; i < field->len;) {
        char byte = escaped_byte(field->at + i, field->len - i);
        bool escaped = byte != '\0';

        if (!escaped)
            byte = field->at[i];
        to[len++] = byte;
        i += escaped ? 3 : 1;
    }
    field->len = len;
}
