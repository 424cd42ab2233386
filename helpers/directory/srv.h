/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * srv: what DNS says about who offers a service (RFC 2782), read and put into order. Pure.
 */
#ifndef PROXYAUTH_DIRECTORY_SRV_H
#define PROXYAUTH_DIRECTORY_SRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helpers/core/why.h"

struct srv_record {
    unsigned priority;
    unsigned weight;
    unsigned port; /* never 0 */
    char *target;  /* a host name without its last dot; never empty */
};

/* Zeroed, it is empty. */
struct srv_list {
    struct srv_record *records;
    size_t count;
    uint32_t ttl_s; /* the shortest of the records that count */
    bool refused;   /* the domain says that it does not offer the service (target ".") */
};

/* More are not looked at. */
enum { SRV_RECORDS_MAX = 1000 };

/*
 * Reads the records for NAME (aliases followed) from a whole DNS message. Records that cannot be
 * used (another owner, no host name, port 0) and those that repeat another one are left out. False
 * with WHY when the message is malformed or memory is out; LIST is then empty. The caller frees
 * LIST.
 */
bool srv_read(const unsigned char *message, size_t len, const char *name, struct srv_list *list,
              struct why *why);

/* The order in which a client tries them: by priority, within one by weighted chance, drawn by
 * RANDOM (any 32 bits) called with CONTEXT. */
void srv_order(struct srv_list *list, uint32_t (*random)(void *context), void *context);

/* Whether both hold the same records, in whatever order. */
bool srv_same(const struct srv_list *one, const struct srv_list *other);

void srv_free(struct srv_list *list);

#endif
