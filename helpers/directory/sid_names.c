/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names by SIDs, in the store of the directory's groups.
 */
#include <config.h>

#include "helpers/directory/sid_names.h"

#include <string.h>

#include "common/span.h"
#include "helpers/core/store.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/group_names.h"

/* [MS-DTYP] section 2.4.2.4: SECURITY_NT_NON_UNIQUE, and BUILTIN. */
enum { SUB_AUTHORITY_DOMAIN = 21, SUB_AUTHORITY_BUILTIN = 32 };

/* The key of a SID in the store. */
struct sid_key {
    char bytes[1 + SID_BYTES_MAX];
    size_t len;
};

static bool make_key(struct sid_key *key, struct pxa_span sid)
{
    if (sid.len == 0 || sid.len > SID_BYTES_MAX)
        return false;
    key->bytes[0] = 's';
    memcpy(key->bytes + 1, sid.at, sid.len);
    key->len = 1 + sid.len;
    return true;
}

/*
 * Whether a directory can have an entry for it: it is S-1-5-21-..., relative to a domain, or
 * S-1-5-32-..., of the domain BUILTIN. The others, which [MS-DTYP] section 2.4.2.4 lists, say how
 * somebody has logged in (S-1-18-1 is in each ticket of an Active Directory); and so do those that
 * are relative to the domain 0-0-0.
 */
static bool is_of_a_domain(struct pxa_span sid)
{
    static const uint8_t nt_authority[6] = {0, 0, 0, 0, 0, 5};
    struct pxa_sid read;

    if (pxa_sid_decode(sid, &read, NULL) != PXA_OK || read.sub_count == 0 ||
        memcmp(read.authority, nt_authority, sizeof nt_authority) != 0)
        return false;
    if (read.sub[0] == SUB_AUTHORITY_BUILTIN)
        return true;
    return read.sub[0] == SUB_AUTHORITY_DOMAIN && read.sub_count > 3 &&
           (read.sub[1] || read.sub[2] || read.sub[3]);
}

bool sid_names_recall(struct directory *directory, struct pxa_span sid, struct pxa_span *name)
{
    struct sid_key key;

    *name = span_of(NULL, 0);
    if (!is_of_a_domain(sid))
        return true;
    return make_key(&key, sid) && store_get(directory->group_store, span_of(key.bytes, key.len),
                                            loop_now_ms(directory->ground.loop), name);
}

void sid_names_remember(struct directory *directory, struct pxa_span sid, struct pxa_span name)
{
    struct sid_key key;

    if (make_key(&key, sid))
        store_put(directory->group_store, span_of(key.bytes, key.len), name,
                  name.len > 0 ? GROUP_NAMES_TTL_MS : GROUP_NAMES_NONE_TTL_MS,
                  loop_now_ms(directory->ground.loop));
}
