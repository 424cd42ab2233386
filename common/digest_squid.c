/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the parameters of Digest credentials as Squid does: strListGetItem() of
 * src/StrList.cc cuts the list, Auth::Digest::Config::decode() of src/auth/digest/Config.cc
 * takes the elements apart, httpHeaderParseQuotedString() of src/HttpHeaderTools.cc reads what
 * is quoted. Nothing here follows an RFC where those do not.
 *
 * Squid's reader of quoted strings also knows lines that are continued. None get there: the
 * reader of headers has joined them, so that CR and LF are control bytes here.
 *
 * Cannot do: Squid's conversion of user names to UTF-8 ("utf8 on").
 */
#include <config.h>

#include "common/digest.h"

static bool is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts the next element out of the list. Quotes hide commas, and within them a backslash hides
 * the byte behind it. An element of nothing but white space ends the list. */
static bool next_item(struct pxa_span rest, size_t *at, struct pxa_span *item)
{
    bool in_quotes = false;
    size_t from = *at;

    while (from < rest.len &&
           (rest.at[from] == ',' || rest.at[from] == ' ' || rest.at[from] == '\t' ||
            rest.at[from] == '\r' || rest.at[from] == '\n'))
        from++;
    for (*at = from; *at < rest.len && (in_quotes || rest.at[*at] != ','); ++*at) {
        if (rest.at[*at] == '"')
            in_quotes = !in_quotes;
        else if (in_quotes && rest.at[*at] == '\\' && *at + 1 < rest.len)
            ++*at;
    }
    *item = span_of(rest.at + from, *at - from);
    while (item->len > 0 && is_white(item->at[item->len - 1]))
        item->len--;
    return item->len > 0;
}

static bool field_of(struct pxa_span name, enum digest_field *field)
{
    for (int i = 0; i < DIGEST_FIELD_COUNT; i++) {
        *field = (enum digest_field)i;
        if (span_is_text(name, digest_field_name(*field)))
            return *field != DIGEST_USERNAME_EXT && *field != DIGEST_USERHASH &&
                   *field != DIGEST_OPAQUE;
    }
    return false;
}

/* Whether a quote begins the text and another one ends it. */
static bool is_wrapped(struct pxa_span text)
{
    return text.len > 1 && text.at[0] == '"' && text.at[text.len - 1] == '"';
}

static void unwrap(struct digest_value *value)
{
    value->quoted = true;
    value->raw = span_of(value->raw.at + 1, value->raw.len - 2);
}

/* Reads a quoted string: it ends at the first quote, also at one behind a backslash. What
 * follows in the element does not matter. */
static bool read_quoted(struct digest_value *value)
{
    struct pxa_span text = span_of(value->raw.at + 1, value->raw.len - 1);

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') {
            value->quoted = true;
            value->raw = span_of(text.at, i);
            return true;
        }
        if (is_control(text.at[i]))
            return false;
        if (text.at[i] == '\\')
            value->escaped = true;
    }
    return false;
}

/* Takes what stands behind '=', which is at least one byte. False if Squid passes over it. */
static bool read_value(enum digest_field field, struct pxa_span raw, struct digest_value *value)
{
    value->raw = raw;
    if (field == DIGEST_URI && !is_wrapped(raw)) {
        value->raw.len = 0; /* it stands there, but is no value */
        return true;
    }
    if (field == DIGEST_URI || (field == DIGEST_QOP && is_wrapped(raw))) {
        unwrap(value);
        return true;
    }
    return field == DIGEST_QOP || raw.at[0] != '"' || read_quoted(value);
}

void digest_read_squid(struct pxa_span rest, struct digest_value *values)
{
    struct pxa_span item;
    size_t at = 0;

    while (at < rest.len && is_white(rest.at[at]))
        at++;
    while (next_item(rest, &at, &item)) {
        const char *equals = memchr(item.at, '=', item.len);
        size_t name_len = equals != NULL ? (size_t)(equals - item.at) : item.len;
        struct digest_value value = {.name = span_of(item.at, name_len), .there = true};
        enum digest_field field;

        if (name_len + 1 < item.len && field_of(value.name, &field) &&
            read_value(field, span_cut(item, name_len + 1, item.len), &value))
            values[field] = value;
    }
}
