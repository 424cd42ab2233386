/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages are taken apart by libresolv's ns_* functions, which follow compression within bounds.
 * Only the answer section counts: addresses that come along are not used, hosts are resolved as any
 * other host is.
 */
#include <config.h>

#include "helpers/directory/srv.h"

#include <arpa/nameser.h>
#include <limits.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Priority, weight, port (RFC 2782): behind them the name. */
enum { SRV_FIXED = 6 };

/* RFC 2181 8: a TTL with the highest bit set counts as 0. */
static const uint32_t ttl_max_s = 0x7fffffff;

/* Aliases of aliases; more is a loop. */
enum { ALIASES_MAX = 8 };

struct parser {
    ns_msg message;
    char owner[NS_MAXDNAME]; /* of the records that count */
    struct srv_list *list;
    struct why *why;
};

static void free_record(struct srv_record *record)
{
    free(record->target);
}

void srv_free(struct srv_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_record(&list->records[i]);
    free(list->records);
    *list = (struct srv_list){NULL, 0, 0, false};
}

static bool malformed(const struct parser *parser)
{
    return why_set(parser->why, "the answer is malformed");
}

/* ---- one record ---- */

/* Letters, digits, hyphens and dots; underscores, which people use all the same. */
static bool is_host(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

    return name[0] != '\0' && name[0] != '.' && name[0] != '-' &&
           strspn(name, letters) == strlen(name);
}

static bool is_there(const struct srv_list *list, const struct srv_record *record)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->records[i].port == record->port &&
            strcasecmp(list->records[i].target, record->target) == 0)
            return true;
    return false;
}

static bool add(struct parser *parser, const struct srv_record *record, uint32_t ttl_s)
{
    struct srv_list *list = parser->list;
    struct srv_record *grown;

    if (ttl_s > ttl_max_s)
        ttl_s = 0;
    if (list->count == SRV_RECORDS_MAX || is_there(list, record))
        return true;
    grown = realloc(list->records, (list->count + 1) * sizeof *grown);
    if (!grown)
        return why_set(parser->why, "out of memory");
    list->records = grown;
    grown[list->count] = *record;
    grown[list->count].target = strdup(record->target);
    if (!grown[list->count].target)
        return why_set(parser->why, "out of memory");
    if (list->count++ == 0 || ttl_s < list->ttl_s)
        list->ttl_s = ttl_s;
    return true;
}

/* The name at OFFSET in the data of RR, without its last dot, "" for the root. False when it is
 * malformed or not all of the rest. */
static bool read_name(const struct parser *parser, const ns_rr *rr, int offset, char *name)
{
    int used = ns_rr_rdlen(*rr) > offset
                   ? ns_name_uncompress(ns_msg_base(parser->message), ns_msg_end(parser->message),
                                        ns_rr_rdata(*rr) + offset, name, NS_MAXDNAME)
                   : -1;
    size_t len;

    if (used < 0 || used != ns_rr_rdlen(*rr) - offset)
        return false;
    len = strlen(name);
    if (len > 0 && name[len - 1] == '.')
        name[len - 1] = '\0';
    return true;
}

static bool take_srv(struct parser *parser, const ns_rr *rr)
{
    const unsigned char *data = ns_rr_rdata(*rr);
    char target[NS_MAXDNAME];
    struct srv_record record = {.target = target};

    if (!read_name(parser, rr, SRV_FIXED, target))
        return malformed(parser);
    record.priority = ns_get16(data);
    record.weight = ns_get16(data + 2);
    record.port = ns_get16(data + 4);
    if (target[0] == '\0')
        parser->list->refused = true;
    if (record.port == 0 || !is_host(target))
        return true;
    return add(parser, &record, ns_rr_ttl(*rr));
}

/* ---- all of them ---- */

/* The record number AT of the answer section, if it belongs to the owner and is of TYPE. */
static bool has_record(struct parser *parser, int at, int type, ns_rr *rr, bool *fits)
{
    if (ns_parserr(&parser->message, ns_s_an, at, rr) < 0)
        return malformed(parser);
    *fits = (int)ns_rr_type(*rr) == type && ns_rr_class(*rr) == ns_c_in &&
            strcasecmp(ns_rr_name(*rr), parser->owner) == 0;
    return true;
}

/* Sets the owner to what it is an alias of, if it is one. */
static bool follow_alias(struct parser *parser, bool *followed)
{
    ns_rr rr;

    *followed = false;
    for (int i = 0; i < ns_msg_count(parser->message, ns_s_an); i++) {
        bool fits = false;

        if (!has_record(parser, i, ns_t_cname, &rr, &fits))
            return false;
        if (!fits)
            continue;
        *followed = true;
        return read_name(parser, &rr, 0, parser->owner) || malformed(parser);
    }
    return true;
}

static bool take_all(struct parser *parser)
{
    ns_rr rr;
    bool followed = true;

    for (int i = 0; followed; i++) {
        if (i == ALIASES_MAX)
            return why_set(parser->why, "the answer's aliases lead nowhere");
        if (!follow_alias(parser, &followed))
            return false;
    }
    for (int i = 0; i < ns_msg_count(parser->message, ns_s_an); i++) {
        bool fits = false;

        if (!has_record(parser, i, ns_t_srv, &rr, &fits))
            return false;
        if (fits && !take_srv(parser, &rr))
            return false;
    }
    return true;
}

bool srv_read(const unsigned char *message, size_t len, const char *name, struct srv_list *list,
              struct why *why)
{
    struct parser parser = {.list = list, .why = why};
    size_t name_len = strlen(name);

    *list = (struct srv_list){NULL, 0, 0, false};
    if (name_len >= sizeof parser.owner)
        return why_set(why, "the name is too long");
    memcpy(parser.owner, name, name_len + 1);
    if (name_len > 0 && name[name_len - 1] == '.')
        parser.owner[name_len - 1] = '\0';
    if (len > INT_MAX || ns_initparse(message, (int)len, &parser.message) < 0)
        return malformed(&parser);
    if (take_all(&parser))
        return true;
    srv_free(list);
    return false;
}

/* ---- order ---- */

static int compare(const void *one, const void *other)
{
    const struct srv_record *a = one;
    const struct srv_record *b = other;

    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    /* RFC 2782: those of weight 0 stand first, so that they have a small chance. */
    if (a->weight != b->weight)
        return a->weight < b->weight ? -1 : 1;
    if (a->port != b->port)
        return a->port < b->port ? -1 : 1;
    return strcasecmp(a->target, b->target);
}

/* The algorithm of RFC 2782 ("Weight"): a number between 0 and the sum of the weights, both
 * included, chooses the first record whose running sum is not smaller. */
static size_t choose(const struct srv_record *records, size_t count, uint32_t chance)
{
    uint64_t sum = 0;
    uint64_t running = 0;
    uint64_t number;
    size_t i = 0;

    for (size_t k = 0; k < count; k++)
        sum += records[k].weight;
    number = chance % (sum + 1);
    for (running = records[0].weight; running < number; running += records[i].weight)
        i++;
    return i;
}

/* COUNT records of one priority. */
static void order_equals(struct srv_record *records, size_t count,
                         uint32_t (*random)(void *context), void *context)
{
    while (count > 1) {
        size_t chosen = choose(records, count, random(context));
        struct srv_record record = records[chosen];

        memmove(&records[1], &records[0], chosen * sizeof record);
        records[0] = record;
        records++;
        count--;
    }
}

void srv_order(struct srv_list *list, uint32_t (*random)(void *context), void *context)
{
    size_t end;

    if (list->count > 1)
        qsort(list->records, list->count, sizeof *list->records, compare);
    for (size_t i = 0; i < list->count; i = end) {
        for (end = i + 1; end < list->count; end++)
            if (list->records[end].priority != list->records[i].priority)
                break;
        order_equals(&list->records[i], end - i, random, context);
    }
}

static bool has(const struct srv_list *list, const struct srv_record *record)
{
    for (size_t i = 0; i < list->count; i++)
        if (compare(&list->records[i], record) == 0)
            return true;
    return false;
}

bool srv_same(const struct srv_list *one, const struct srv_list *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!has(other, &one->records[i]))
            return false;
    return true;
}
