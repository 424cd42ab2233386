/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of authentication schemes, and where a name ends and its credentials begin.
 * Cannot do: look into the credentials, or read lists of challenges (challenge.c).
 */
#include <config.h>

#include "common/span.h"

/* IANA's registry of HTTP authentication schemes, NTLM and Amazon's; in the order of
 * enum pxa_scheme_id. */
static const char *const scheme_names[] = {
    [PXA_SCHEME_BASIC] = "Basic",
    [PXA_SCHEME_DIGEST] = "Digest",
    [PXA_SCHEME_NEGOTIATE] = "Negotiate",
    [PXA_SCHEME_NTLM] = "NTLM",
    [PXA_SCHEME_BEARER] = "Bearer",
    [PXA_SCHEME_CONCEALED] = "Concealed",
    [PXA_SCHEME_DPOP] = "DPoP",
    [PXA_SCHEME_GNAP] = "GNAP",
    [PXA_SCHEME_HOBA] = "HOBA",
    [PXA_SCHEME_MUTUAL] = "Mutual",
    [PXA_SCHEME_OAUTH] = "OAuth",
    [PXA_SCHEME_PRIVATE_TOKEN] = "PrivateToken",
    [PXA_SCHEME_SCRAM_SHA_1] = "SCRAM-SHA-1",
    [PXA_SCHEME_SCRAM_SHA_256] = "SCRAM-SHA-256",
    [PXA_SCHEME_VAPID] = "vapid",
    [PXA_SCHEME_AWS4_HMAC_SHA256] = "AWS4-HMAC-SHA256",
};
enum { SCHEME_COUNT = sizeof scheme_names / sizeof scheme_names[0] };

enum pxa_scheme_id pxa_scheme_of(struct pxa_span name)
{
    for (size_t id = PXA_SCHEME_OTHER + 1; id < SCHEME_COUNT; id++)
        if (pxa_name_is(name, scheme_names[id]))
            return (enum pxa_scheme_id)id;
    return PXA_SCHEME_OTHER;
}

const char *pxa_scheme_name(enum pxa_scheme_id id)
{
    size_t index = (size_t)id;

    return index > PXA_SCHEME_OTHER && index < SCHEME_COUNT ? scheme_names[index] : "";
}

/* The end of the value without the blanks behind it. */
static size_t end_of(struct pxa_span value)
{
    size_t end = value.len;

    while (end > 0 && is_blank(value.at[end - 1]))
        end--;
    return end;
}

static enum pxa_status fault(struct pxa_scheme *out, enum pxa_status status, size_t at)
{
    out->fault_at = at;
    return status;
}

enum pxa_status pxa_scheme_split(struct pxa_span value, struct pxa_scheme *out)
{
    size_t end = end_of(value);
    size_t name_at = blanks_len(value, 0);
    size_t rest_at = name_at + token_len(value, name_at);

    *out = (struct pxa_scheme){.id = PXA_SCHEME_OTHER};
    if (end == 0)
        return PXA_EMPTY;
    if (rest_at == name_at)
        return fault(out, PXA_NO_SCHEME, name_at);
    if (rest_at < end && value.at[rest_at] != ' ')
        return fault(out, PXA_NO_SPACE, rest_at);
    out->name = span_cut(value, name_at, rest_at);
    out->id = pxa_scheme_of(out->name);
    while (rest_at < end && value.at[rest_at] == ' ')
        rest_at++;
    out->rest = span_cut(value, rest_at, end);
    return PXA_OK;
}
