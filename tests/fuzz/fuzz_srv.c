/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of DNS about who offers a service. Promised: what is taken is a host name and a port, and
 * nothing twice; putting them into order loses and adds nothing and goes by priority; what cannot
 * be read leaves nothing behind.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include <strings.h>

#include "helpers/directory/srv.h"

static const char service[] = "_ldap._tcp.dc._msdcs.corp.test";

static bool is_host(const char *name)
{
    if (*name == '\0' || *name == '.' || *name == '-' || strlen(name) > 1025)
        return false;
    for (; *name; name++)
        if (!(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') &&
            !(*name >= '0' && *name <= '9') && !strchr("-._", *name))
            return false;
    return true;
}

static bool is_twice(const struct srv_list *list, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (list->records[i].port == list->records[at].port &&
            strcasecmp(list->records[i].target, list->records[at].target) == 0)
            return true;
    return false;
}

static uint32_t next(void *context)
{
    uint32_t *state = context;

    *state = *state * 1664525U + 1013904223U;
    return *state;
}

static void check_order(struct srv_list *list)
{
    struct srv_record *copy = calloc(list->count + 1, sizeof *copy);
    struct srv_list before = *list;
    uint32_t state = (uint32_t)list->count + list->ttl_s;

    PROMISE(copy != NULL);
    if (list->count > 0)
        memcpy(copy, list->records, list->count * sizeof *copy);
    before.records = copy;
    srv_order(list, next, &state);
    PROMISE(srv_same(&before, list) && srv_same(list, &before));
    for (size_t i = 1; i < list->count; i++)
        PROMISE(list->records[i - 1].priority <= list->records[i].priority);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct srv_list list;
    struct why why = {""};

    if (!srv_read(data, size, service, &list, &why)) {
        PROMISE(list.count == 0 && list.records == NULL && *why.text != '\0');
        return 0;
    }
    PROMISE(list.count <= SRV_RECORDS_MAX);
    PROMISE(list.ttl_s <= 0x7fffffff);
    for (size_t i = 0; i < list.count; i++) {
        PROMISE(is_host(list.records[i].target));
        PROMISE(list.records[i].port > 0 && list.records[i].port <= 65535);
        PROMISE(list.records[i].priority <= 65535 && list.records[i].weight <= 65535);
        PROMISE(!is_twice(&list, i));
    }
    check_order(&list);
    srv_free(&list);
    return 0;
}
