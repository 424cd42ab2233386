/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads search filters, RFC 4515, by recursive descent: a filter is a list, a NOT or an assertion
 * between parentheses.
 *
 * Cannot do: know attributes, rules and syntaxes of a directory's schema; a server may still
 * refuse what is well-formed.
 */
#include <config.h>

#include "helpers/directory/filter.h"

#include <string.h>
#include <strings.h>

struct reader {
    const char *start;
    const char *at;
    const char *end;
    unsigned depth;
    unsigned nots;
    unsigned ors;
    filter_item_fn each;
    void *context;
    struct why *why;
};

/* What ends a reading: WHAT is wrong or missing at AT. */
static bool fault(struct reader *r, const char *at, const char *what)
{
    return why_set(r->why, "position %zu: %s", (size_t)(at - r->start) + 1, what);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static bool next_is(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static unsigned hex_value(char c)
{
    return is_digit(c) ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* One or more letters, digits and hyphens. */
static bool is_key(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_letter(text.at[i]) && !is_digit(text.at[i]) && text.at[i] != '-')
            return false;
    return text.len > 0;
}

static bool is_oid(struct pxa_span text)
{
    bool after_digit = false;

    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i]) && !(text.at[i] == '.' && after_digit))
            return false;
        after_digit = text.at[i] != '.';
    }
    return after_digit;
}

bool filter_is_name(struct pxa_span text)
{
    return text.len > 0 && is_letter(text.at[0]) ? is_key(text) : is_oid(text);
}

/* Cuts TEXT at the first C. Returns whether there is one; AFTER is then what follows it. */
static bool cut_at(struct pxa_span *text, char c, struct pxa_span *after)
{
    const char *found = text->len > 0 ? memchr(text->at, c, text->len) : NULL;

    if (!found)
        return false;
    *after = (struct pxa_span){found + 1, text->len - (size_t)(found - text->at) - 1};
    text->len -= after->len + 1;
    return true;
}

static bool bad_name(struct reader *r, struct pxa_span name, const char *what)
{
    if (name.len > 0 && memchr(name.at, '%', name.len))
        what = "a % may stand in a value only, not in the name of an attribute or rule";
    return fault(r, name.at, what);
}

/* An attribute's name with its options (RFC 4512, section 2.5). */
static bool check_attribute(struct reader *r, struct pxa_span attribute)
{
    static const char wrong[] = "the name of an attribute must be here (letters, digits and "
                                "hyphens, or an OID), and at once after it =, <=, >=, ~= or :=";
    struct pxa_span name = attribute;
    struct pxa_span options = {NULL, 0};
    bool more = cut_at(&name, ';', &options);

    if (!filter_is_name(name))
        return bad_name(r, attribute, wrong);
    while (more) {
        struct pxa_span option = options;

        more = cut_at(&option, ';', &options);
        if (!is_key(option))
            return bad_name(r, attribute, wrong);
    }
    return true;
}

static bool is_dn_word(struct pxa_span text)
{
    return text.len == 2 && strncasecmp(text.at, "dn", 2) == 0;
}

/* LEFT is what stands before ":=": an attribute, the word "dn" and a rule, with colons between
 * them. One of attribute and rule must be there. */
static bool read_extensible(struct reader *r, struct pxa_span left, struct filter_item *item)
{
    struct pxa_span word;
    struct pxa_span rule;
    bool has_word = cut_at(&left, ':', &word);

    item->attribute = left;
    if ((left.len > 0 || !has_word) && !check_attribute(r, left))
        return false;
    if (!has_word)
        return true;
    rule = word;
    if (cut_at(&word, ':', &rule)) {
        if (!is_dn_word(word))
            return bad_name(r, word, "between two colons only the word dn may stand");
    } else if (is_dn_word(word)) {
        return left.len > 0 || fault(r, word.at, "the name of a rule must stand after :dn:");
    }
    return filter_is_name(rule) ||
           bad_name(r, rule, "the name or the OID of a matching rule must be here");
}

/* Everything up to the equals sign. */
static bool read_left(struct reader *r, struct filter_item *item)
{
    const char *start = r->at;
    struct pxa_span left = {start, 0};

    while (r->at < r->end && *r->at != '=' && *r->at != '(' && *r->at != ')')
        r->at++;
    if (!next_is(r, '='))
        return fault(r, start, "an assertion like attribute=value must be here");
    left.len = (size_t)(r->at - start);
    r->at++;
    item->match = FILTER_EQUAL;
    switch (left.len > 0 ? left.at[left.len - 1] : '\0') {
    case '~':
        item->match = FILTER_APPROX;
        break;
    case '>':
        item->match = FILTER_GREATER;
        break;
    case '<':
        item->match = FILTER_LESS;
        break;
    case ':':
        item->match = FILTER_EXTENSIBLE;
        break;
    default:
        item->attribute = left;
        return check_attribute(r, left);
    }
    left.len--;
    if (item->match == FILTER_EXTENSIBLE)
        return read_extensible(r, left, item);
    item->attribute = left;
    return check_attribute(r, left);
}

/* The bytes of the escape at AT, a backslash; 0 when it is none. */
static size_t escape_len(const char *at, const char *end)
{
    if (end - at >= 3 && is_hex(at[1]) && is_hex(at[2]))
        return 3;
    if (end - at >= 2 && at[1] != '\0' && strchr("()*\\", at[1]))
        return 2;
    return 0;
}

/* What is wrong with the byte of a value at AT, or NULL. */
static const char *value_fault(const struct reader *r, const char *at, enum filter_match match,
                               bool after_star)
{
    switch (*at) {
    case '\0':
        return "a NUL byte in a value must be written \\00";
    case '(':
        return "a parenthesis in a value must be written \\28 or \\29";
    case '\\':
        return escape_len(at, r->end) > 0 ? NULL : "a backslash in a value must be written \\5c";
    case '*':
        if (match != FILTER_EQUAL)
            return "no wildcard can stand after <=, >=, ~= and :=; a * must be written \\2a";
        return after_star ? "two wildcards in a row say no more than one" : NULL;
    default:
        return NULL;
    }
}

static bool read_value(struct reader *r, struct filter_item *item)
{
    bool after_star = false;

    item->value.at = r->at;
    while (r->at < r->end && *r->at != ')') {
        const char *wrong = value_fault(r, r->at, item->match, after_star);

        if (wrong)
            return fault(r, r->at, wrong);
        after_star = *r->at == '*';
        r->at += *r->at == '\\' ? escape_len(r->at, r->end) : 1;
    }
    item->value.len = (size_t)(r->at - item->value.at);
    return true;
}

static bool read_item(struct reader *r)
{
    struct filter_item item = {.nots = r->nots, .ors = r->ors};

    return read_left(r, &item) && read_value(r, &item) && r->each(r->context, &item, r->why);
}

static bool read_filter(struct reader *r);

/* The filters of an AND or an OR, none included (RFC 4526). */
static bool read_list(struct reader *r)
{
    skip_blanks(r);
    while (next_is(r, '(')) {
        if (!read_filter(r))
            return false;
        skip_blanks(r);
    }
    return true;
}

/* What is inside of one pair of parentheses. */
static bool read_inside(struct reader *r)
{
    bool good;

    skip_blanks(r);
    if (next_is(r, '&') || next_is(r, '|')) {
        const unsigned is_or = next_is(r, '|');

        r->at++;
        r->ors += is_or;
        good = read_list(r);
        r->ors -= is_or;
        return good;
    }
    if (!next_is(r, '!'))
        return read_item(r);
    r->at++;
    skip_blanks(r);
    r->nots++;
    good = read_filter(r);
    r->nots--;
    return good;
}

static bool read_filter(struct reader *r)
{
    if (!next_is(r, '('))
        return fault(r, r->at, "a filter in parentheses must be here");
    if (r->depth == FILTER_DEPTH_MAX)
        return fault(r, r->at, "too many parentheses inside each other");
    r->at++;
    r->depth++;
    if (!read_inside(r))
        return false;
    if (!next_is(r, ')'))
        return fault(r, r->at, "a closing parenthesis must be here");
    r->at++;
    r->depth--;
    return true;
}

bool filter_read(struct pxa_span text, filter_item_fn each, void *context, struct why *why)
{
    struct reader r = {
        .start = text.at,
        .at = text.at,
        .end = text.at + text.len,
        .each = each,
        .context = context,
        .why = why,
    };

    skip_blanks(&r);
    while (r.end > r.at && is_blank(r.end[-1]))
        r.end--;
    if (r.at == r.end)
        return why_set(why, "it is empty");
    if (next_is(&r, '(') ? !read_filter(&r) : !read_item(&r))
        return false;
    return r.at == r.end || fault(&r, r.at, "nothing may stand behind the filter's end");
}

size_t filter_value_byte(struct pxa_span value, char *byte)
{
    size_t taken = *value.at == '\\' ? escape_len(value.at, value.at + value.len) : 1;

    if (taken == 3)
        *byte = (char)(hex_value(value.at[1]) << 4 | hex_value(value.at[2]));
    else
        *byte = value.at[taken - 1];
    return taken;
}
