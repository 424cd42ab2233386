/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies of directory entries. Each attribute is one block of memory with its name and its values;
 * a list of all values in the order of the answer stands beside them.
 *
 * Cannot do: tell the names of one attribute apart from those of its subtypes; a server answers
 * with names of its own choice.
 */
#include <config.h>

#include "helpers/directory/entry.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/names.h"

/* One attribute: first its name, then its values. */
struct block {
    struct block *next;
    size_t len;
    char bytes[];
};

struct item {
    struct pxa_span attribute; /* without its options */
    struct pxa_span value;
};

struct entry {
    char *dn;
    struct block *blocks;
    struct item *items;
    size_t count;
    size_t cap;
    bool partial; /* values are missing */
};

static bool reserve(struct entry *entry, size_t more)
{
    size_t cap = entry->cap > 0 ? entry->cap : 4;
    struct item *grown;

    if (more <= entry->cap - entry->count)
        return true;
    while (cap - entry->count < more)
        if (__builtin_mul_overflow(cap, 2, &cap))
            return false;
    grown = reallocarray(entry->items, cap, sizeof *grown);
    if (!grown)
        return false;
    entry->items = grown;
    entry->cap = cap;
    return true;
}

/* The name of an attribute in a block, without options such as ;binary. */
static struct pxa_span bare_name(const struct block *block, size_t len)
{
    const char *options = memchr(block->bytes, ';', len);

    return (struct pxa_span){block->bytes, options ? (size_t)(options - block->bytes) : len};
}

/* Room for an attribute and all its values; NULL when memory is out. */
static struct block *block_for(struct entry *entry, const struct berval *attribute,
                               const struct berval *values, size_t *count)
{
    size_t len = attribute->bv_len;
    struct block *block;

    for (*count = 0; values && values[*count].bv_val; ++*count)
        if (__builtin_add_overflow(len, values[*count].bv_len, &len))
            return NULL;
    if (len > SIZE_MAX - sizeof *block || !reserve(entry, *count))
        return NULL;
    block = malloc(sizeof *block + len);
    if (!block)
        return NULL;
    block->len = len;
    block->next = entry->blocks;
    entry->blocks = block;
    return block;
}

static bool add_attribute(struct entry *entry, const struct berval *attribute,
                          const struct berval *values)
{
    size_t count;
    struct block *block = block_for(entry, attribute, values, &count);
    struct pxa_span name;
    char *to;

    if (!block)
        return false;
    memcpy(block->bytes, attribute->bv_val, attribute->bv_len);
    name = bare_name(block, attribute->bv_len);
    if (memmem(attribute->bv_val, attribute->bv_len, ";range=", sizeof ";range=" - 1))
        entry->partial = true;
    to = block->bytes + attribute->bv_len;
    for (size_t i = 0; i < count; i++) {
        memcpy(to, values[i].bv_val, values[i].bv_len);
        entry->items[entry->count++] = (struct item){name, {to, values[i].bv_len}};
        to += values[i].bv_len;
    }
    return true;
}

static bool add_attributes(struct entry *entry, LDAP *ld, LDAPMessage *at, BerElement *rest)
{
    for (;;) {
        struct berval attribute = {0};
        struct berval *values = NULL;
        bool added;

        if (ldap_get_attribute_ber(ld, at, rest, &attribute, &values) != LDAP_SUCCESS)
            return false;
        if (!attribute.bv_val)
            return true;
        added = add_attribute(entry, &attribute, values);
        ber_memfree(values);
        if (!added)
            return false;
    }
}

/* A bind with an empty DN would be anonymous and succeed with any password. */
static bool is_usable(const struct berval *dn)
{
    return dn->bv_len > 0 && !memchr(dn->bv_val, '\0', dn->bv_len);
}

static struct entry *entry_new(const char *dn, size_t len)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (!entry)
        return NULL;
    entry->dn = strndup(dn, len);
    if (entry->dn)
        return entry;
    free(entry);
    return NULL;
}

struct entry *entry_copy(LDAP *ld, LDAPMessage *at)
{
    BerElement *rest = NULL;
    struct berval dn = {0};
    struct entry *entry = NULL;

    if (ldap_get_dn_ber(ld, at, &rest, &dn) == LDAP_SUCCESS && is_usable(&dn))
        entry = entry_new(dn.bv_val, dn.bv_len);
    if (entry && !add_attributes(entry, ld, at, rest)) {
        entry_free(entry);
        entry = NULL;
    }
    ber_free(rest, 0);
    return entry;
}

struct entry *entry_of_dn(const char *dn)
{
    return entry_new(dn, strlen(dn));
}

const char *entry_dn(const struct entry *entry)
{
    return entry->dn;
}

bool entry_next(const struct entry *entry, const char *attribute, size_t *at,
                struct pxa_span *value)
{
    struct pxa_span name = {attribute, attribute ? strlen(attribute) : 0};

    while (*at < entry->count) {
        const struct item *item = &entry->items[(*at)++];

        if (attribute && !names_equal(item->attribute, name))
            continue;
        *value = item->value;
        return true;
    }
    return false;
}

struct pxa_span entry_value(const struct entry *entry, const char *attribute)
{
    struct pxa_span value = {NULL, 0};
    size_t at = 0;

    entry_next(entry, attribute, &at, &value);
    return value;
}

struct pxa_span entry_attribute_at(const struct entry *entry, size_t at)
{
    return entry->items[at - 1].attribute;
}

bool entry_is_partial(const struct entry *entry)
{
    return entry->partial;
}

void entry_free(struct entry *entry)
{
    if (!entry)
        return;
    while (entry->blocks) {
        struct block *block = entry->blocks;

        entry->blocks = block->next;
        pxa_wipe(block->bytes, block->len);
        free(block);
    }
    free(entry->items);
    free(entry->dn);
    free(entry);
}
