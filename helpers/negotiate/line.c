/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fields are separated by one blank each, as Squid writes them. An extra that has blanks in it
 * cannot be told from more fields: then no token is found.
 */
#include <config.h>

#include "helpers/negotiate/line.h"

#include <string.h>

static struct line fault(struct line line, enum line_fault fault, const char *reason)
{
    line.fault = fault;
    line.reason = reason;
    line.base64 = (struct pxa_span){NULL, 0};
    return line;
}

static enum line_verb verb_of(struct pxa_span text)
{
    if (text.len < 2 || (text.len > 2 && text.at[2] != ' '))
        return LINE_NO_VERB;
    if (memcmp(text.at, "YR", 2) == 0)
        return LINE_YR;
    return memcmp(text.at, "KK", 2) == 0 ? LINE_KK : LINE_NO_VERB;
}

/* Cuts the last field off TEXT, with the blank before it. False when there is no blank. */
static bool cut_last(struct pxa_span *text)
{
    size_t len = text->len;

    while (len > 0 && text->at[len - 1] != ' ')
        len--;
    if (len == 0)
        return false;
    text->len = len - 1;
    return true;
}

struct line line_parse(struct pxa_span text, unsigned key_extras)
{
    struct line line = {.verb = verb_of(text)};
    struct pxa_span rest;

    if (line.verb == LINE_NO_VERB)
        return fault(line, LINE_SQUIDS, "unknown request: YR or KK and a token are expected");
    if (text.len > LINE_LEN_MAX)
        return fault(line, LINE_SQUIDS, "the request is longer than Squid's can be");
    if (text.len == 2)
        return fault(line, LINE_CLIENTS, "there is no token");
    rest = (struct pxa_span){text.at + 3, text.len - 3};
    for (unsigned i = 0; i < key_extras; i++)
        if (!cut_last(&rest))
            return fault(line, LINE_SQUIDS,
                         "fields are missing (does --key-extras fit squid.conf?)");
    if (rest.len == 0)
        return fault(line, LINE_CLIENTS, "there is no token");
    if (memchr(rest.at, ' ', rest.len))
        return fault(line, LINE_CLIENTS, "more than one word (does --key-extras fit squid.conf?)");
    line.base64 = rest;
    return line;
}
