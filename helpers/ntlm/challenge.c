/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the CHALLENGE message, and finds its pairs again. The header is always of 56 bytes, with
 * zeros for the version, which is for debugging alone.
 */
#include <config.h>

#include "helpers/ntlm/challenge.h"

#include <string.h>

#include "common/le.h"

/* What is granted to whoever offers it, section 2.2.2.5. The encryption that SEAL promises is never
 * used here: a proxy has no messages after the login. Without extended session security neither is
 * SIGN. */
#define GRANTED                                                                                    \
    (PXA_NTLM_FLAG_SIGN | PXA_NTLM_FLAG_SEAL | PXA_NTLM_FLAG_ALWAYS_SIGN |                         \
     PXA_NTLM_FLAG_EXTENDED_SECURITY | PXA_NTLM_FLAG_128 | PXA_NTLM_FLAG_KEY_EXCHANGE |            \
     PXA_NTLM_FLAG_56)

enum { CHALLENGE_TYPE = 2, HEADER_LEN = 56, RESERVED_LEN = 8, VERSION_LEN = 8 };

uint32_t challenge_flags(uint32_t offered, const struct ntlm_policy *policy)
{
    /* NTLMv2 needs the pairs, whether the client asks for them or not. */
    uint32_t flags = (offered & GRANTED) | PXA_NTLM_FLAG_NTLM | PXA_NTLM_FLAG_TARGET_INFO;

    if ((offered & PXA_NTLM_FLAG_UNICODE) != 0)
        flags |= PXA_NTLM_FLAG_UNICODE;
    else if ((offered & PXA_NTLM_FLAG_OEM) != 0)
        flags |= PXA_NTLM_FLAG_OEM;
    else
        return 0;
    if ((offered & PXA_NTLM_FLAG_EXTENDED_SECURITY) == 0)
        flags &= ~(PXA_NTLM_FLAG_SIGN | PXA_NTLM_FLAG_SEAL);
    if ((offered & PXA_NTLM_FLAG_REQUEST_TARGET) == 0)
        return flags;
    flags |= PXA_NTLM_FLAG_REQUEST_TARGET;
    return flags | (strcmp(policy->domain, policy->computer) == 0 ? PXA_NTLM_FLAG_TARGET_SERVER
                                                                  : PXA_NTLM_FLAG_TARGET_DOMAIN);
}

static struct pxa_span name_of(const char *name)
{
    return span_of(name, strnlen(name, NTLM_TARGET_NAME_MAX));
}

/* What follows the first dot; empty if there is none. */
static struct pxa_span dns_domain_of(struct pxa_span name)
{
    const char *dot = memchr(name.at, '.', name.len);

    return dot ? span_cut(name, (size_t)(dot - name.at) + 1, name.len) : span_of(NULL, 0);
}

static void put_number(struct bytes *out, uint64_t number, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        char byte = (char)(number >> (8 * i) & 0xff);

        bytes_put(out, &byte, 1);
    }
}

/* The name is ASCII; as UTF-16, every second byte is zero. */
static void put_wide(struct bytes *out, struct pxa_span name)
{
    for (size_t i = 0; i < name.len; i++)
        put_number(out, (unsigned char)name.at[i], 2);
}

static void put_name_pair(struct bytes *out, enum pxa_ntlm_pair_id id, struct pxa_span name)
{
    if (name.len == 0)
        return;
    put_number(out, id, 2);
    put_number(out, 2 * name.len, 2);
    put_wide(out, name);
}

/* In the order of Windows. */
static void put_pairs(struct bytes *out, const struct ntlm_policy *policy, uint64_t now)
{
    struct pxa_span dns_name = name_of(policy->dns_name);

    put_name_pair(out, PXA_PAIR_DOMAIN, name_of(policy->domain));
    put_name_pair(out, PXA_PAIR_COMPUTER, name_of(policy->computer));
    put_name_pair(out, PXA_PAIR_DNS_DOMAIN, dns_domain_of(dns_name));
    put_name_pair(out, PXA_PAIR_DNS_COMPUTER, dns_name);
    put_number(out, PXA_PAIR_TIME, 2);
    put_number(out, sizeof now, 2);
    put_number(out, now, sizeof now);
    put_number(out, PXA_PAIR_END, 4);
}

/* A field of the header: length, room, offset. */
static void put_field(struct bytes *out, size_t len, size_t offset)
{
    put_number(out, len, 2);
    put_number(out, len, 2);
    put_number(out, offset, 4);
}

void challenge_write(struct bytes *out, const struct challenge *challenge,
                     const struct ntlm_policy *policy)
{
    bool named = (challenge->flags & PXA_NTLM_FLAG_REQUEST_TARGET) != 0;
    bool wide = (challenge->flags & PXA_NTLM_FLAG_UNICODE) != 0;
    struct pxa_span target = named ? name_of(policy->domain) : span_of(NULL, 0);
    size_t target_len = wide ? 2 * target.len : target.len;
    struct bytes pairs = {0};

    put_pairs(&pairs, policy, challenge->now);
    bytes_put(out, "NTLMSSP", sizeof "NTLMSSP");
    put_number(out, CHALLENGE_TYPE, 4);
    put_field(out, target_len, HEADER_LEN);
    put_number(out, challenge->flags, 4);
    bytes_put(out, (const char *)challenge->bytes, sizeof challenge->bytes);
    put_number(out, 0, RESERVED_LEN);
    put_field(out, bytes_len(&pairs), HEADER_LEN + target_len);
    put_number(out, 0, VERSION_LEN);
    if (wide)
        put_wide(out, target);
    else
        bytes_put(out, target.at, target.len);
    bytes_put(out, pairs.at + pairs.start, bytes_len(&pairs));
    out->failed |= pairs.failed;
    bytes_free(&pairs);
}

/* The first pair of that id. */
static bool find(struct pxa_span pairs, unsigned id, struct pxa_span *value)
{
    struct pxa_cursor cursor = {pairs, 0};
    struct pxa_ntlm_pair pair;

    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK) {
        if (pair.id != id)
            continue;
        *value = pair.value;
        return true;
    }
    return false;
}

bool challenge_came_back(struct pxa_span pairs, struct pxa_span sent)
{
    struct pxa_cursor cursor = {sent, 0};
    struct pxa_ntlm_pair pair;
    struct pxa_span value;

    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK)
        if (!find(pairs, pair.id, &value) || value.len != pair.value.len ||
            memcmp(value.at, pair.value.at, value.len) != 0)
            return false;
    return true;
}

uint32_t challenge_av_flags(struct pxa_span pairs)
{
    struct pxa_cursor cursor = {pairs, 0};
    struct pxa_ntlm_pair pair;
    uint32_t flags = 0;

    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK)
        if (pair.id == PXA_PAIR_FLAGS)
            flags |= le32(pair.value, 0);
    return flags;
}
