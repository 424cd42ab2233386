/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks the groups of a logon info, whose three lists pac_logon.c has found and checked.
 * Cannot do: leave out duplicates, or say what a group is called.
 */
#include <config.h>

#include "common/le.h"
#include "common/pac.h"

/* The SID of the extra group that comes next. */
static bool give_extra(struct pxa_span sids, struct pxa_pac_walk *walk, struct pxa_sid *out)
{
    size_t begin = walk->extra_at + 4; /* behind MaximumCount */
    size_t end = begin + SID_LEN_MIN + (size_t)le8(sids, begin + SID_SUB_COUNT_AT) * 4;

    if (!le_has(sids, begin, end - begin))
        return false;
    walk->extra_at = end;
    return pxa_sid_decode(span_cut(sids, begin, end), out, NULL) == PXA_OK;
}

/* Which list a group is in. `*index`, of all three together, becomes that in the list. */
static enum pxa_pac_source source_of(const struct pxa_pac_logon *logon, size_t *index)
{
    if (*index < logon->group_count)
        return PXA_GROUP_DOMAIN;
    *index -= logon->group_count;
    if (*index < logon->extra_count)
        return PXA_GROUP_EXTRA;
    *index -= logon->extra_count;
    return PXA_GROUP_RESOURCE;
}

static struct pxa_span pairs_of(const struct pxa_pac_logon *logon, enum pxa_pac_source source)
{
    if (source == PXA_GROUP_DOMAIN)
        return logon->groups;
    return source == PXA_GROUP_EXTRA ? logon->extras : logon->resources;
}

/* Makes the group's SID. It cannot fail with what the decoder checked. */
static bool give_sid(const struct pxa_pac_logon *logon, struct pxa_pac_walk *walk, uint32_t rid,
                     struct pxa_pac_group *out)
{
    if (out->source == PXA_GROUP_EXTRA)
        return give_extra(logon->extra_sids, walk, &out->sid);
    out->sid = out->source == PXA_GROUP_DOMAIN ? logon->domain_sid : logon->resource_domain_sid;
    return pxa_sid_append(&out->sid, rid);
}

enum pxa_status pxa_pac_group_next(const struct pxa_pac_logon *logon, struct pxa_pac_walk *walk,
                                   struct pxa_pac_group *out)
{
    size_t index = walk->index;
    enum pxa_pac_source source = source_of(logon, &index);
    struct pxa_span pairs = pairs_of(logon, source);
    size_t at = index * PAC_PAIR_LEN;

    out->source = source;
    if (!le_has(pairs, at, PAC_PAIR_LEN) || !give_sid(logon, walk, le32(pairs, at), out)) {
        *out = (struct pxa_pac_group){{{0}, 0, {0}}, 0, PXA_GROUP_DOMAIN};
        return PXA_END;
    }
    out->attributes = le32(pairs, at + 4);
    walk->index++;
    return PXA_OK;
}
