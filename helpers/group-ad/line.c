/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cannot do: tell a user with a blank from a user and a field that --key-extras does not count.
 */
#include <config.h>

#include "helpers/group-ad/line.h"

#include <string.h>

/* A part of the line, which may be changed. */
struct part {
    char *at;
    size_t len;
};

static void trim(struct part *part)
{
    while (part->len > 0 && part->at[0] == ' ') {
        part->at++;
        part->len--;
    }
    while (part->len > 0 && part->at[part->len - 1] == ' ')
        part->len--;
}

/* Cuts the last field off PART; the only one may stay. */
static struct part cut_last(struct part *part, bool only_one_stays)
{
    char *blank = part->len > 0 ? memrchr(part->at, ' ', part->len) : NULL;
    struct part last = *part;

    if (!blank && only_one_stays)
        return (struct part){part->at, 0};
    if (blank) {
        last = (struct part){blank + 1, part->len - (size_t)(blank + 1 - part->at)};
        part->len = (size_t)(blank - part->at);
    } else {
        part->len = 0;
    }
    trim(part);
    return last;
}

/* Squid writes it for what it does not have. */
static bool is_dash(struct part part)
{
    return part.len == 1 && part.at[0] == '-';
}

static int digit_of(char byte)
{
    char small = (char)(byte | 0x20);

    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

static struct pxa_span unescape(struct part part)
{
    size_t len = 0;

    for (size_t i = 0; i < part.len; i++) {
        bool escape = part.at[i] == '%' && part.len - i > 2;
        int high = escape ? digit_of(part.at[i + 1]) : -1;
        int low = escape ? digit_of(part.at[i + 2]) : -1;

        if (high >= 0 && low >= 0 && high + low > 0) {
            part.at[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            part.at[len++] = part.at[i];
        }
    }
    return (struct pxa_span){part.at, len};
}

enum line_verdict line_read(char *text, size_t len, const struct line_rules *rules,
                            struct line *line)
{
    struct part rest = {text, len};
    struct part last;

    trim(&rest);
    *line = (struct line){{NULL, 0}, {NULL, 0}};
    last = cut_last(&rest, true);
    if (rules->groups_in_line) {
        if (last.len == 0 || is_dash(last))
            return LINE_NO_GROUP;
        line->groups = unescape(last);
    } else if (last.len > 0 && !is_dash(last)) {
        rest.len = (size_t)(last.at + last.len - rest.at); /* it belongs to what is left */
    }
    for (unsigned i = 0; i < rules->extras; i++)
        cut_last(&rest, false);
    if (rest.len == 0 || is_dash(rest))
        return LINE_NOBODY;
    line->user = rules->raw ? (struct pxa_span){rest.at, rest.len} : unescape(rest);
    return LINE_READ;
}
