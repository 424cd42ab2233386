/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Security identifiers, [MS-DTYP] section 2.4.2: their binary form and their text.
 * Cannot do: read the text form, or give the name of a well-known SID.
 */
#include <config.h>

#include "common/le.h"
#include "common/pac.h"
#include "common/sink.h"

static enum pxa_status check(struct pxa_span binary, size_t *fault_at)
{
    size_t len;

    *fault_at = 0;
    if (binary.len > 0 && binary.at[0] != 1)
        return PXA_BAD_SID;
    *fault_at = 1;
    if (binary.len > 1 && le8(binary, 1) > SID_MAX_SUBS)
        return PXA_BAD_SID;
    len = SID_LEN_MIN + (size_t)le8(binary, 1) * 4;
    *fault_at = binary.len < len ? binary.len : len;
    if (binary.len < len)
        return PXA_CUT;
    return binary.len > len ? PXA_TRAILING : PXA_OK;
}

enum pxa_status pxa_sid_decode(struct pxa_span binary, struct pxa_sid *out, size_t *fault_at)
{
    size_t fault;
    enum pxa_status status = check(binary, &fault);

    *out = (struct pxa_sid){{0}, 0, {0}};
    if (fault_at != NULL)
        *fault_at = status == PXA_OK ? 0 : fault;
    if (status != PXA_OK)
        return status;
    out->sub_count = le8(binary, 1);
    memcpy(out->authority, binary.at + 2, sizeof out->authority);
    for (size_t i = 0; i < out->sub_count; i++)
        out->sub[i] = le32(binary, SID_LEN_MIN + i * 4);
    return PXA_OK;
}

/* In hex if it is 2^32 or above, which no SID is that anybody has seen. */
static void put_authority(struct sink *sink, const struct pxa_sid *sid)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = sid->authority;

    if (bytes[0] == 0 && bytes[1] == 0) {
        sink_number(sink, (uint32_t)bytes[2] << 24 | (uint32_t)bytes[3] << 16 |
                              (uint32_t)bytes[4] << 8 | bytes[5]);
        return;
    }
    sink_span(sink, span_of("0x", 2));
    for (size_t i = 0; i < sizeof sid->authority; i++) {
        sink_put(sink, digits[bytes[i] >> 4]);
        sink_put(sink, digits[bytes[i] & 0x0f]);
    }
}

enum pxa_status pxa_sid_text(const struct pxa_sid *sid, char *out, size_t cap,
                             struct pxa_written *done)
{
    struct sink sink = {out, cap, 0};

    if (sid->sub_count > SID_MAX_SUBS)
        return sink_fail(&sink, PXA_BAD_SID, 0, done);
    sink_span(&sink, span_of("S-1-", 4)); /* 1 is the version */
    put_authority(&sink, sid);
    for (size_t i = 0; i < sid->sub_count; i++) {
        sink_put(&sink, '-');
        sink_number(&sink, sid->sub[i]);
    }
    return sink_end(&sink, done);
}

bool pxa_sid_append(struct pxa_sid *sid, uint32_t rid)
{
    if (sid->sub_count >= SID_MAX_SUBS)
        return false;
    sid->sub[sid->sub_count++] = rid;
    return true;
}
