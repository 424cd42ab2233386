/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PACs: the input as a whole, and as the logon info of a PAC that is made around it.
 * Promised: buffers and names lie in the PAC; an error leaves nothing but where it is; a
 * walk gives exactly as many groups as were counted, of each kind in its turn, then
 * PXA_END for ever; each has a SID that can be written.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

enum { HEADERS_LEN = 24 };

static void check_buffers(struct pxa_span pac)
{
    struct pxa_cursor cursor = {pac, 0};
    struct pxa_pac_buffer buffer;
    enum pxa_status status;
    size_t at, count = 0;

    while ((status = pxa_pac_next(&cursor, &buffer)) == PXA_OK) {
        PROMISE(buffer.data.len == 0 || fuzz_within(buffer.data, pac));
        PROMISE(++count <= pac.len / 16);
    }
    at = cursor.at;
    PROMISE(at <= pac.len && buffer.type == 0 && buffer.data.len == 0);
    PROMISE(pxa_pac_next(&cursor, &buffer) == status && cursor.at == at);
}

static void check_sid(const struct pxa_sid *sid)
{
    char text[PXA_SID_TEXT_MAX];
    struct pxa_written done;

    PROMISE(sid->sub_count <= 15);
    PROMISE(pxa_sid_text(sid, text, sizeof text, &done) == PXA_OK);
    PROMISE(done.len >= strlen("S-1-0") && memcmp(text, "S-1-", 4) == 0);
}

static void check_walk(const struct pxa_pac_logon *logon)
{
    struct pxa_pac_walk walk = {0, 0};
    struct pxa_pac_group group;
    size_t counts[3] = {0, 0, 0};
    int last = PXA_GROUP_DOMAIN;

    while (pxa_pac_group_next(logon, &walk, &group) == PXA_OK) {
        PROMISE((int)group.source >= last && group.source <= PXA_GROUP_RESOURCE);
        PROMISE(group.source == PXA_GROUP_EXTRA || group.sid.sub_count > 0);
        last = (int)group.source;
        if (counts[group.source]++ == 0)
            check_sid(&group.sid); /* of each kind one: fuzz_sid writes every kind of SID */
        PROMISE(group.sid.sub_count <= 15);
    }
    PROMISE(counts[PXA_GROUP_DOMAIN] == logon->group_count);
    PROMISE(counts[PXA_GROUP_EXTRA] == logon->extra_count);
    PROMISE(counts[PXA_GROUP_RESOURCE] == logon->resource_count);
    PROMISE(walk.extra_at == logon->extra_sids.len);
    PROMISE(pxa_pac_group_next(logon, &walk, &group) == PXA_END);
}

static void check_good(const struct pxa_pac_logon *logon, struct pxa_span pac)
{
    PROMISE(logon->fault_at == 0);
    PROMISE(fuzz_within(logon->account, pac) && fuzz_within(logon->full_name, pac));
    PROMISE(fuzz_within(logon->server, pac) && fuzz_within(logon->domain, pac));
    PROMISE(fuzz_within(logon->groups, pac) && fuzz_within(logon->extras, pac));
    PROMISE(fuzz_within(logon->extra_sids, pac) && fuzz_within(logon->resources, pac));
    PROMISE(logon->account.len % 2 == 0 && logon->full_name.len % 2 == 0);
    PROMISE(logon->server.len % 2 == 0 && logon->domain.len % 2 == 0);
    PROMISE(logon->groups.len == logon->group_count * 8);
    PROMISE(logon->extras.len == logon->extra_count * 8);
    PROMISE(logon->resources.len == logon->resource_count * 8);
    check_sid(&logon->domain_sid);
    check_sid(&logon->resource_domain_sid);
    check_walk(logon);
}

static void check_bad(const struct pxa_pac_logon *logon, struct pxa_span pac)
{
    PROMISE(logon->fault_at <= pac.len);
    PROMISE(logon->account.len == 0 && logon->domain.len == 0 && logon->user_rid == 0);
    PROMISE(logon->group_count == 0 && logon->extra_count == 0 && logon->resource_count == 0);
    check_walk(logon);
}

static void check_pac(struct pxa_span pac)
{
    struct pxa_pac_logon logon;

    memset(&logon, 0x5a, sizeof logon);
    check_buffers(pac);
    if (pxa_pac_logon_decode(pac, &logon) == PXA_OK)
        check_good(&logon, pac);
    else
        check_bad(&logon, pac);
}

static void put32(char *to, size_t number)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)(number >> (8 * i));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *pac = fuzz_block(HEADERS_LEN + size);

    check_pac(fuzz_span(data, size));
    memset(pac, 0, HEADERS_LEN);
    put32(pac, 1);
    put32(pac + 8, PXA_PAC_LOGON_INFO);
    put32(pac + 12, size);
    put32(pac + 16, HEADERS_LEN);
    if (size > 0)
        memcpy(pac + HEADERS_LEN, data, size);
    check_pac((struct pxa_span){pac, HEADERS_LEN + size});
    free(pac);
    return 0;
}
