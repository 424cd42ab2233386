/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a PAC to SIDs. Parsing is libproxyauth's, which checks every bound; here SIDs are written in
 * their binary form and what stands in two of the three lists is kept once, by a hash table: an
 * account may be in more than a thousand groups, and comparing all with all would take
 * milliseconds.
 */
#include <config.h>

#include "helpers/kerberos/pac_groups.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* [MS-DTYP] section 2.4.2.2: revision, count, authority, sub-authorities. */
enum { SID_HEAD_LEN = 8, SID_SUB_LEN = 4 };

static size_t sid_len(const struct pxa_sid *sid)
{
    return SID_HEAD_LEN + (size_t)SID_SUB_LEN * sid->sub_count;
}

static struct pxa_span write_sid(const struct pxa_sid *sid, char *out)
{
    unsigned char *to = (unsigned char *)out;

    to[0] = 1;
    to[1] = sid->sub_count;
    memcpy(to + 2, sid->authority, sizeof sid->authority);
    for (unsigned i = 0; i < sid->sub_count; i++)
        for (unsigned byte = 0; byte < SID_SUB_LEN; byte++)
            to[SID_HEAD_LEN + i * SID_SUB_LEN + byte] = (unsigned char)(sid->sub[i] >> 8 * byte);
    return (struct pxa_span){out, sid_len(sid)};
}

/* FNV-1a. The KDC wrote the SIDs, so nobody can aim at collisions. */
static uint64_t hash(struct pxa_span sid)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < sid.len; i++)
        value = (value ^ (unsigned char)sid.at[i]) * UINT64_C(0x100000001b3);
    return value ^ value >> 32;
}

/* Places hold a SID's number plus one; MASK + 1 of them, twice as many as SIDs at least. */
struct seen {
    uint32_t *places;
    size_t mask;
};

/* True if SID is new; it has to become the next of GROUPS then. */
static bool see(struct seen *seen, const struct pac_groups *groups, struct pxa_span sid)
{
    size_t place = (size_t)hash(sid) & seen->mask;

    for (; seen->places[place] > 0; place = (place + 1) & seen->mask) {
        struct pxa_span other = groups->sids[seen->places[place] - 1];

        if (other.len == sid.len && memcmp(other.at, sid.at, sid.len) == 0)
            return false;
    }
    seen->places[place] = (uint32_t)(groups->count + 1);
    return true;
}

/* Of all groups, duplicates included. */
static size_t count_groups(const struct pxa_pac_logon *logon, size_t *bytes_len)
{
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_group group;
    size_t count = 0;

    *bytes_len = 0;
    while (pxa_pac_group_next(logon, &walk, &group) == PXA_OK) {
        *bytes_len += sid_len(&group.sid);
        count++;
    }
    return count;
}

static bool make_room(struct pac_groups *groups, struct seen *seen, size_t count, size_t bytes_len)
{
    size_t places = 16;

    while (places < count * 2)
        places *= 2;
    seen->mask = places - 1;
    seen->places = calloc(places, sizeof *seen->places);
    groups->sids = malloc(count * sizeof *groups->sids);
    groups->bytes = malloc(bytes_len);
    return seen->places && groups->sids && groups->bytes;
}

static void collect(struct pac_groups *groups, struct seen *seen, const struct pxa_pac_logon *logon)
{
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_group group;
    char *to = groups->bytes;

    while (pxa_pac_group_next(logon, &walk, &group) == PXA_OK) {
        struct pxa_span sid = write_sid(&group.sid, to);

        if (!see(seen, groups, sid))
            continue;
        groups->sids[groups->count++] = sid;
        to += sid.len;
    }
}

/* [MS-PAC] section 2.5: EffectiveName. */
static enum pac_result read_account(struct pac_groups *groups, const struct pxa_pac_logon *logon)
{
    const size_t cap = PXA_UTF8_MAX(logon->account.len);

    if (cap == 0)
        return PAC_READ;
    groups->account = malloc(cap);
    if (!groups->account)
        return PAC_NO_MEMORY;
    return pxa_to_utf8(PXA_UTF16LE, logon->account, groups->account, cap, &groups->account_len) ==
                   PXA_OK
               ? PAC_READ
               : PAC_MALFORMED;
}

static enum pac_result read_groups(struct pac_groups *groups, const struct pxa_pac_logon *logon)
{
    struct seen seen = {0};
    size_t bytes_len;
    const size_t count = count_groups(logon, &bytes_len);
    bool good = count == 0 || make_room(groups, &seen, count, bytes_len);

    if (good && count > 0)
        collect(groups, &seen, logon);
    free(seen.places);
    return good ? PAC_READ : PAC_NO_MEMORY;
}

enum pac_result pac_groups_read(struct pac_groups *groups, struct pxa_span pac)
{
    struct pxa_pac_logon logon;
    enum pxa_status status = pxa_pac_logon_decode(pac, &logon);
    enum pac_result result;

    if (status == PXA_NO_PAC_BUFFER)
        return PAC_READ;
    if (status != PXA_OK)
        return PAC_MALFORMED;
    result = read_account(groups, &logon);
    if (result == PAC_READ)
        result = read_groups(groups, &logon);
    if (result != PAC_READ)
        pac_groups_free(groups);
    return result;
}

void pac_groups_free(struct pac_groups *groups)
{
    free(groups->sids);
    free(groups->bytes);
    free(groups->account);
    *groups = (struct pac_groups){0};
}
