/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unlike the stock helper, which gives the list up for one colon between names, and turns letters
 * of Latin-1 into that character set, so that they never match.
 */
#include <config.h>

#include "helpers/group-ad/hex_list.h"

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/core/visible.h"

/* Appends what the digits of IN say to *TO. */
static bool decode(struct pxa_span in, char **to, struct why *why)
{
    for (size_t i = 0; i < in.len; i += 2) {
        int high = hex_value(in.at[i]);
        int low = i + 1 < in.len ? hex_value(in.at[i + 1]) : -1;

        if (high < 0 || low < 0)
            return why_set(why, "\"%s\" is not made of pairs of hexadecimal digits",
                           visible_excerpt(in).text);
        if (high == 0 && low == 0)
            return why_set(why, "\"%s\" has a NUL byte", visible_excerpt(in).text);
        *(*to)++ = (char)(high * 16 + low);
    }
    return true;
}

/* One item, NAME[@[REALM]]; the last `@` ends the name. */
static bool decode_item(struct pxa_span item, enum hex_form form, char **to, struct why *why)
{
    const char *sign = item.len > 0 ? memrchr(item.at, '@', item.len) : NULL;
    struct pxa_span name = {item.at, sign ? (size_t)(sign - item.at) : item.len};
    struct pxa_span realm = {sign ? sign + 1 : "", sign ? item.len - name.len - 1 : 0};

    if (!decode(name, to, why))
        return false;
    if (!sign)
        return true;
    *(*to)++ = '@';
    if (form == HEX_NAMES_AND_REALMS)
        return decode(realm, to, why);
    memcpy(*to, realm.at, realm.len);
    *to += realm.len;
    return true;
}

static bool decode_items(const char *text, enum hex_form form, char **to, struct why *why)
{
    for (;;) {
        size_t len = strcspn(text, ":");

        if (!decode_item((struct pxa_span){text, len}, form, to, why))
            return false;
        if (text[len] == '\0')
            return true;
        *(*to)++ = ':';
        text += len + 1;
    }
}

char *hex_list_decode(const char *text, enum hex_form form, struct why *why)
{
    char *list = malloc(strlen(text) + 1); /* it never grows */
    char *end = list;

    if (!list) {
        why_set(why, "out of memory");
        return NULL;
    }
    if (decode_items(text, form, &end, why)) {
        *end = '\0';
        if (pxa_charset_of((struct pxa_span){list, (size_t)(end - list)}) != PXA_OTHER_CHARSET)
            return list;
        why_set(why, "what the digits say is not UTF-8");
    }
    free(list);
    return NULL;
}
