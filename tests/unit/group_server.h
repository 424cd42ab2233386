/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory server in memory that answers searches about groups, for tests: it reads requests
 * and writes answers with liblber, and evaluates filters on a few entries that a test wrote down
 * (and, or, equality, presence, and Active Directory's rule for chains; ASCII case does not
 * count). Each request is noted. It knows nothing of the code under test.
 */
#ifndef TESTS_UNIT_GROUP_SERVER_H
#define TESTS_UNIT_GROUP_SERVER_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <lber.h>
#include <ldap.h>

enum { ENTRY_VALUES_MAX = 24, SERVER_ENTRIES_MAX = 1600, SERVER_NOTES_MAX = 400 };

struct server_value {
    const char *name;
    const char *at;
    size_t len; /* 0: a string */
};

/* Values end with a name that is NULL. */
struct server_entry {
    const char *dn;
    struct server_value values[ENTRY_VALUES_MAX];
};

/* The values of the one entry that has more of them than fit: its `values` are empty. */
static const struct server_value *server_long_list;

struct server_note {
    char base[256];
    int scope;
    unsigned equals;     /* how many equality assertions the filter has */
    unsigned chains;     /* ... and assertions with the rule for chains */
    char attributes[96]; /* with commas between them */
};

struct group_server {
    const struct server_entry *entries[SERVER_ENTRIES_MAX];
    size_t count;
    struct server_note notes[SERVER_NOTES_MAX];
    size_t noted;
    int fails_with;    /* the result code of each search from number `fails_from` on, or 0 */
    size_t fails_from; /* counted from 0 */
    bool references;   /* each subtree search gets one */
    bool folds;        /* each filter matches each entry */
    bool garbles;      /* entries have no attributes where these must stand */
    size_t repeats;    /* each entry is sent so many times more */
};

static inline const struct server_value *values_of(const struct server_entry *entry)
{
    return entry->values[0].name || !server_long_list ? entry->values : server_long_list;
}

static inline struct berval value_bytes(const struct server_value *value)
{
    return (struct berval){value->len ? value->len : strlen(value->at),
                           (char *)(uintptr_t)value->at};
}

static inline bool same(const struct berval *a, const struct berval *b)
{
    return a->bv_len == b->bv_len && strncasecmp(a->bv_val, b->bv_val, a->bv_len) == 0 &&
           (memchr(a->bv_val, '\0', a->bv_len) == NULL ||
            memcmp(a->bv_val, b->bv_val, a->bv_len) == 0);
}

static inline bool has_value(const struct server_entry *entry, const struct berval *type,
                             const struct berval *wanted)
{
    for (const struct server_value *value = values_of(entry); value->name; value++) {
        const struct berval bytes = value_bytes(value);

        if (strlen(value->name) == type->bv_len &&
            strncasecmp(value->name, type->bv_val, type->bv_len) == 0 &&
            (!wanted || same(&bytes, wanted)))
            return true;
    }
    return false;
}

static inline const struct server_entry *entry_named(const struct group_server *server,
                                                     const struct berval *dn)
{
    for (size_t i = 0; i < server->count; i++)
        if (strlen(server->entries[i]->dn) == dn->bv_len &&
            strncasecmp(server->entries[i]->dn, dn->bv_val, dn->bv_len) == 0)
            return server->entries[i];
    return NULL;
}

/* Whether ENTRY is in the group DN, by `member`, over any number of groups. */
static inline bool in_chain(const struct group_server *server, const struct server_entry *entry,
                            const struct berval *dn, unsigned depth)
{
    const struct berval member = {6, (char *)(uintptr_t) "member"};
    const struct berval own = {strlen(entry->dn), (char *)(uintptr_t)entry->dn};
    const struct server_entry *group = entry_named(server, dn);

    if (!group || depth > 20)
        return false;
    if (has_value(group, &member, &own))
        return true;
    for (const struct server_value *value = values_of(group); value->name; value++) {
        const struct berval next = value_bytes(value);

        if (strcasecmp(value->name, "member") == 0 && in_chain(server, entry, &next, depth + 1))
            return true;
    }
    return false;
}

static inline bool extensible(struct group_server *server, const struct server_entry *entry,
                              BerElement *ber, struct server_note *note)
{
    struct berval rule;
    struct berval type;
    struct berval value;
    const struct berval own = {strlen(entry->dn), (char *)(uintptr_t)entry->dn};
    ber_len_t len;

    ck_assert_uint_ne(ber_skip_tag(ber, &len), LBER_ERROR);
    while (ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_OID ||
           ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_TYPE ||
           ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_VALUE) {
        ber_tag_t tag = ber_peek_tag(ber, &len);

        ber_scanf(ber, "m",
                  tag == LDAP_FILTER_EXT_OID    ? &rule
                  : tag == LDAP_FILTER_EXT_TYPE ? &type
                                                : &value);
    }
    if (ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_DNATTRS)
        ber_scanf(ber, "x");
    ck_assert_msg(strncmp(rule.bv_val, "1.2.840.113556.1.4.1941", rule.bv_len) == 0, "rule");
    note->chains++;
    if (type.bv_len == 8)
        return in_chain(server, entry, &value, 0);
    ck_assert_uint_eq(type.bv_len, 6);
    return entry_named(server, &value) && in_chain(server, entry_named(server, &value), &own, 0);
}

static inline bool matches(struct group_server *server, const struct server_entry *entry,
                           BerElement *ber, struct server_note *note)
{
    struct berval type;
    struct berval value;
    ber_len_t len;
    char *end;
    ber_tag_t tag = ber_peek_tag(ber, &len);
    bool result = tag == LDAP_FILTER_AND;

    switch (tag) {
    case LDAP_FILTER_AND:
    case LDAP_FILTER_OR:
        for (ber_tag_t part = ber_first_element(ber, &len, &end); part != LBER_DEFAULT;
             part = ber_next_element(ber, &len, end)) {
            bool matched = matches(server, entry, ber, note);

            result = tag == LDAP_FILTER_AND ? result && matched : result || matched;
        }
        return result;
    case LDAP_FILTER_EQUALITY:
        ck_assert_uint_ne(ber_scanf(ber, "{mm}", &type, &value), LBER_ERROR);
        note->equals++;
        return has_value(entry, &type, &value);
    case LDAP_FILTER_PRESENT:
        ck_assert_uint_ne(ber_scanf(ber, "m", &type), LBER_ERROR);
        return true;
    case LDAP_FILTER_EXT:
        return extensible(server, entry, ber, note);
    default:
        ck_abort_msg("a filter of a kind that is not expected: %lx", (unsigned long)tag);
    }
}

/* ---- answers ---- */

static inline bool is_wanted(const char *attributes, const char *name)
{
    const size_t len = strcspn(name, ";"); /* options do not count */

    for (const char *at = attributes; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == len && strncasecmp(at, name, len) == 0)
            return true;
    return false;
}

/* Each value comes with its attribute by itself: liblber's printf is simplest so. */
static inline void serve_entry(const struct group_server *server, BerElement *ber, int id,
                               const struct server_entry *entry, const char *attributes)
{
    ck_assert_int_ge(ber_printf(ber, "{it{s{", id, LDAP_RES_SEARCH_ENTRY, entry->dn), 0);
    if (server->garbles)
        ber_printf(ber, "i", 7);
    for (const struct server_value *value = values_of(entry); value->name; value++) {
        struct berval bytes = value_bytes(value);

        if (is_wanted(attributes, value->name))
            ck_assert_int_ge(ber_printf(ber, "{s[O]}", value->name, &bytes), 0);
    }
    ck_assert_int_ge(ber_printf(ber, "}}}"), 0);
}

static inline bool is_in_scope(const char *dn, const char *base, int scope)
{
    size_t len = strlen(dn);
    size_t base_len = strlen(base);

    if (scope == LDAP_SCOPE_BASE)
        return strcasecmp(dn, base) == 0;
    return len >= base_len && strcasecmp(dn + len - base_len, base) == 0;
}

/* <SID=S-1-...>: the entry whose `sidText` that is. */
static inline const char *base_dn(const struct group_server *server, const char *base)
{
    const struct berval type = {7, (char *)(uintptr_t) "sidText"};
    struct berval sid;

    if (strncmp(base, "<SID=", 5) != 0)
        return base;
    sid = (struct berval){strlen(base) - 6, (char *)(uintptr_t)(base + 5)};
    for (size_t i = 0; i < server->count; i++)
        if (has_value(server->entries[i], &type, &sid))
            return server->entries[i]->dn;
    return base;
}

static inline void note_attributes(BerElement *ber, struct server_note *note)
{
    struct berval name;
    ber_len_t len;
    char *end;

    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        size_t at = strlen(note->attributes);

        ck_assert_uint_ne(ber_scanf(ber, "m", &name), LBER_ERROR);
        snprintf(note->attributes + at, sizeof note->attributes - at, "%s%.*s", at ? "," : "",
                 (int)name.bv_len, name.bv_val);
    }
}

/* A search request that is read up to its filter. Reading writes into the bytes, so each reading
 * has a copy of its own. */
struct reading {
    struct berval copy;
    BerElement *ber;
    int id;
    struct berval base;
    int scope;
};

static inline void begin_reading(struct reading *reading, const struct berval *bytes)
{
    int deref, size, seconds, types;
    ber_tag_t tag;

    ck_assert_ptr_nonnull(ber_dupbv(&reading->copy, (struct berval *)(uintptr_t)bytes));
    reading->ber = ber_init(&reading->copy);
    ck_assert_uint_ne(ber_scanf(reading->ber, "{it{meeiib", &reading->id, &tag, &reading->base,
                                &reading->scope, &deref, &size, &seconds, &types),
                      LBER_ERROR);
}

static inline void end_reading(struct reading *reading)
{
    ber_free(reading->ber, 1);
    ber_memfree(reading->copy.bv_val);
}

static inline void note_request(struct server_note *note, const struct berval *bytes)
{
    struct reading reading;

    *note = (struct server_note){0};
    begin_reading(&reading, bytes);
    snprintf(note->base, sizeof note->base, "%.*s", (int)reading.base.bv_len, reading.base.bv_val);
    note->scope = reading.scope;
    ck_assert_uint_ne(ber_scanf(reading.ber, "x"), LBER_ERROR);
    note_attributes(reading.ber, note);
    end_reading(&reading);
}

static inline bool is_found(struct group_server *server, const struct server_entry *entry,
                            const char *base, const struct berval *bytes)
{
    struct server_note *note = &server->notes[server->noted];
    struct reading reading;
    bool found = false;

    note->equals = 0;
    note->chains = 0;
    begin_reading(&reading, bytes);
    found = is_in_scope(entry->dn, base, reading.scope);
    found = (matches(server, entry, reading.ber, note) || server->folds) && found;
    end_reading(&reading);
    return found;
}

static inline int code_of(const struct group_server *server, const char *base, int scope)
{
    const struct berval dn = {strlen(base), (char *)(uintptr_t)base};

    if (server->fails_with && server->noted >= server->fails_from)
        return server->fails_with;
    return scope == LDAP_SCOPE_BASE && !entry_named(server, &dn) ? LDAP_NO_SUCH_OBJECT
                                                                 : LDAP_SUCCESS;
}

/* The answer to the search with ID in BYTES: all its messages, which the caller frees. */
static inline struct berval serve_search(struct group_server *server, int id,
                                         const struct berval *bytes)
{
    struct server_note *note = &server->notes[server->noted];
    BerElement *answer = ber_alloc_t(LBER_USE_DER);
    struct berval flat;
    const char *base;
    int code;

    ck_assert_uint_lt(server->noted, SERVER_NOTES_MAX);
    note_request(note, bytes);
    base = base_dn(server, note->base);
    code = code_of(server, base, note->scope);
    for (size_t i = 0; i < server->count; i++)
        if (is_found(server, server->entries[i], base, bytes) && code == LDAP_SUCCESS)
            for (size_t n = 0; n <= server->repeats; n++)
                serve_entry(server, answer, id, server->entries[i], note->attributes);
    if (server->references && note->scope == LDAP_SCOPE_SUBTREE)
        ber_printf(answer, "{it{s}}", id, LDAP_RES_SEARCH_REFERENCE, "ldap://elsewhere/dc=x");
    ck_assert_int_gt(ber_printf(answer, "{it{ess}}", id, LDAP_RES_SEARCH_RESULT, code, "", ""), 0);
    ck_assert_int_eq(ber_flatten2(answer, &flat, 1), 0);
    ber_free(answer, 1);
    server->noted++;
    return flat;
}

#endif
