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

bool sid_names_recall(struct directory *directory, struct pxa_span sid, struct pxa_span *name)
{
    struct sid_key key;

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
