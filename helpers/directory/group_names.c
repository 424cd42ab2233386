/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups by name, and the form in which they are kept in the store: for each a head, its SID and
 * its DN. Names that differ in ASCII case alone are the same.
 */
#include <config.h>

#include "helpers/directory/group_names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/span.h"
#include "helpers/core/bytes.h"
#include "helpers/core/store.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/membership_dn.h"
#include "helpers/directory/names.h"

/* groupType's bit of groups that stand in tokens, [MS-ADTS] section 2.2.12; the attribute is a
 * signed number of 32 bits. */
#define GROUP_TYPE_SECURITY_ENABLED 0x80000000u

char **group_attributes(void)
{
    static const char *const names[] = {"cn", "sAMAccountName", "objectSid", "groupType", NULL};

    /* See the header. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (char **)(uintptr_t)names;
}

/* ---- one group ---- */

void group_asked_clear(struct group_asked *asked)
{
    struct group *group;

    while ((group = asked->groups) != NULL) {
        asked->groups = group->next;
        free(group);
    }
}

/* As a group stands in the store: then come its SID, its DN and its key, each of these with its
 * NUL. */
struct head {
    size_t sid_len;
    size_t dn_size;
    size_t key_size;
    bool in_token;
};

static size_t body_size(const struct head *head)
{
    return head->sid_len + head->dn_size + head->key_size;
}

/* A group of HEAD whose bytes are still to be filled in. */
static struct group *add(struct group_asked *asked, const struct head *head)
{
    struct group *group = malloc(sizeof *group + body_size(head));

    if (!group)
        return NULL;
    group->sid = span_of(group->bytes, head->sid_len);
    group->dn = group->bytes + head->sid_len;
    group->key = group->dn + head->dn_size;
    group->in_token = head->in_token;
    group->next = asked->groups;
    asked->groups = group;
    return group;
}

static bool is_security_group(struct pxa_span type)
{
    char text[16];

    if (type.len == 0 || type.len >= sizeof text)
        return false;
    memcpy(text, type.at, type.len);
    text[type.len] = '\0';
    return ((unsigned long)strtol(text, NULL, 10) & GROUP_TYPE_SECURITY_ENABLED) != 0;
}

bool group_asked_add(struct group_asked *asked, const struct entry *entry)
{
    const char *dn = entry_dn(entry);
    const struct pxa_span sid = entry_value(entry, "objectSid");
    char *key = dn_key(dn);
    struct head head = {0};
    struct group *group;
    struct pxa_sid read;

    if (!key)
        return false;
    if (sid.len > 0 && pxa_sid_decode(sid, &read, NULL) == PXA_OK) {
        head.sid_len = sid.len;
        head.in_token = is_security_group(entry_value(entry, "groupType"));
    }
    head.dn_size = strlen(dn) + 1;
    head.key_size = strlen(key) + 1;
    group = add(asked, &head);
    if (group) {
        memcpy(group->bytes, sid.at ? sid.at : "", head.sid_len);
        memcpy(group->bytes + head.sid_len, dn, head.dn_size);
        memcpy(group->bytes + head.sid_len + head.dn_size, key, head.key_size);
    }
    free(key);
    return group != NULL;
}

bool group_has_name(const struct entry *entry, struct pxa_span name)
{
    static const char *const attributes[] = {"cn", "sAMAccountName"};

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        struct pxa_span value;
        size_t at = 0;

        while (entry_next(entry, attributes[i], &at, &value))
            if (names_equal(value, name))
                return true;
    }
    return false;
}

bool group_asked_has_sid(const struct group_asked *asked, struct pxa_span sid)
{
    for (const struct group *group = asked->groups; group; group = group->next)
        if (group->sid.len > 0 && group->sid.len == sid.len &&
            memcmp(group->sid.at, sid.at, sid.len) == 0)
            return true;
    return false;
}

/* ---- what is remembered ---- */

bool group_names_prepare(struct directory *directory)
{
    uint64_t seed = 0;

    if (directory->group_store)
        return true;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)(uintptr_t)
            directory; /* the system has just booted: its layout is by chance */
    directory->group_store = store_new(GROUP_STORE_BYTES, seed, false);
    return directory->group_store != NULL;
}

/* "n" and the name in lower case; the caller frees it. NULL when memory is out. */
static char *name_key(struct pxa_span name)
{
    char *key = malloc(1 + name.len);

    if (!key)
        return NULL;
    key[0] = 'n';
    for (size_t i = 0; i < name.len; i++)
        key[1 + i] = to_lower(name.at[i]);
    return key;
}

/* The store gives back what was put in, so lengths are right. */
static bool read_record(struct group_asked *asked, struct pxa_span record)
{
    asked->known = true;
    while (record.len > 0) {
        struct head head;
        struct group *group;

        memcpy(&head, record.at, sizeof head);
        span_drop(&record, sizeof head);
        group = add(asked, &head);
        if (!group)
            return false;
        memcpy(group->bytes, record.at, body_size(&head));
        span_drop(&record, body_size(&head));
    }
    return true;
}

bool group_names_recall(struct directory *directory, struct pxa_span name,
                        struct group_asked *asked)
{
    char *key = name_key(name);
    struct pxa_span record;
    bool good = key != NULL;

    if (good && store_get(directory->group_store, span_of(key, 1 + name.len),
                          loop_now_ms(directory->ground.loop), &record))
        good = read_record(asked, record);
    free(key);
    return good;
}

static void put_record(struct bytes *record, const struct group *group)
{
    struct head head;

    memset(&head, 0, sizeof head); /* what lies between its members, too */
    head.sid_len = group->sid.len;
    head.dn_size = strlen(group->dn) + 1;
    head.key_size = strlen(group->key) + 1;
    head.in_token = group->in_token;
    bytes_put(record, (const char *)&head, sizeof head);
    bytes_put(record, group->bytes, body_size(&head));
}

void group_names_remember(struct directory *directory, struct pxa_span name,
                          const struct group_asked *asked)
{
    char *key = name_key(name);
    struct bytes record = {0};

    for (const struct group *group = asked->groups; group; group = group->next)
        put_record(&record, group);
    if (key && !record.failed)
        store_put(directory->group_store, span_of(key, 1 + name.len),
                  span_of(record.at, bytes_len(&record)),
                  asked->groups ? GROUP_NAMES_TTL_MS : GROUP_NAMES_NONE_TTL_MS,
                  loop_now_ms(directory->ground.loop));
    bytes_free(&record);
    free(key);
}
