/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter: reads search filters, RFC 4515.
 *
 * What is read here libldap reads, too (its filter.c), and means the same by it; libldap's
 * leniencies are taken where public configurations rely on them or a reader could not tell the
 * difference: blanks around filters in a list and around the whole, no parentheses around a
 * single assertion, the escapes of RFC 1960 (a backslash before one of "()*\"), bytes in values
 * that are not UTF-8, the empty lists of RFC 4526. Refused, though libldap passes it: an empty
 * rule in `attribute::=value`.
 */
#ifndef PROXYAUTH_DIRECTORY_FILTER_H
#define PROXYAUTH_DIRECTORY_FILTER_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

/* Deeper filters are refused; nothing that people write comes near. */
enum { FILTER_DEPTH_MAX = 100 };

enum filter_match {
    FILTER_EQUAL,      /* a=v; also with wildcards in v, and a=* */
    FILTER_APPROX,     /* a~=v */
    FILTER_GREATER,    /* a>=v */
    FILTER_LESS,       /* a<=v */
    FILTER_EXTENSIBLE, /* a:dn:rule:=v and its shorter forms */
};

/* One assertion. Spans point into the text. */
struct filter_item {
    enum filter_match match;
    struct pxa_span attribute; /* with its options; may be empty with FILTER_EXTENSIBLE */
    struct pxa_span value;     /* as written: escaped, with wildcards */
    unsigned nots;             /* how many NOTs stand around it */
    unsigned ors;              /* how many ORs do */
};

/* Called for each assertion, from the left. False with WHY ends the reading. */
typedef bool (*filter_item_fn)(void *context, const struct filter_item *item, struct why *why);

/*
 * Reads TEXT whole and calls EACH with CONTEXT. False with WHY when EACH says so or TEXT is not
 * a filter; WHY then names a position, counted in bytes from 1.
 */
bool filter_read(struct pxa_span text, filter_item_fn each, void *context, struct why *why);

/*
 * Whether TEXT can be the name of an attribute or a rule: a letter and then letters, digits and
 * hyphens, or numbers with dots between them (RFC 4512, section 1.4). Without options.
 */
bool filter_is_name(struct pxa_span text);

/* The first byte that VALUE (not empty, as an item has it) stands for, with its escape undone.
 * Returns how many bytes of VALUE say so: 1, or 2 or 3 for an escape. A wildcard is '*' with 1. */
size_t filter_value_byte(struct pxa_span value, char *byte);

#endif
