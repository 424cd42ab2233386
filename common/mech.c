/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Object identifiers of security mechanisms: which one it is, its name, and any of them as
 * text.
 * Cannot do: name what is not a mechanism that a proxy meets.
 */
#include <config.h>

#include "common/der.h"
#include "common/sink.h"

#define OID(bytes)                                                                                 \
    {                                                                                              \
        bytes, sizeof(bytes) - 1                                                                   \
    }

static const struct {
    struct pxa_span oid; /* the content of its DER */
    enum pxa_mech mech;
    const char *name;
} mechs[] = {
    {OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"), PXA_MECH_KRB5, "Kerberos 5"},
    {OID("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"), PXA_MECH_MS_KRB5,
     "Kerberos 5 (Windows 2000's number)"},
    {OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"), PXA_MECH_KRB5_U2U, "Kerberos 5 user to user"},
    {OID("\x2b\x06\x01\x05\x02\x05"), PXA_MECH_IAKERB, "IAKERB"},
    {OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"), PXA_MECH_NTLMSSP, "NTLM"},
    {OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"), PXA_MECH_NEGOEX, "NegoEx"},
    {OID("\x2b\x06\x01\x05\x05\x02"), PXA_MECH_SPNEGO, "SPNEGO"},
};
enum { MECH_COUNT = sizeof mechs / sizeof mechs[0] };

enum pxa_mech pxa_mech_of(struct pxa_span oid)
{
    for (size_t i = 0; i < MECH_COUNT; i++)
        if (oid.len == mechs[i].oid.len && memcmp(oid.at, mechs[i].oid.at, oid.len) == 0)
            return mechs[i].mech;
    return PXA_MECH_OTHER;
}

const char *pxa_mech_name(enum pxa_mech mech)
{
    for (size_t i = 0; i < MECH_COUNT; i++)
        if (mechs[i].mech == mech)
            return mechs[i].name;
    return "";
}

/* The first number stands for two arcs, X.690 section 8.19.4. */
static void put_arc(struct sink *sink, uint64_t number, bool first)
{
    uint64_t top = number < 80 ? number / 40 : 2;

    if (first) {
        sink_number(sink, top);
        number -= top * 40;
    }
    sink_put(sink, '.');
    sink_number(sink, number);
}

/* Reads the number at `*at`: seven bits a byte, the last one without its highest bit. */
static bool read_number(struct pxa_span oid, size_t *at, uint64_t *number)
{
    size_t from = *at;

    *number = 0;
    for (; *at < oid.len; (*at)++) {
        unsigned char byte = (unsigned char)oid.at[*at];

        if ((*at == from && byte == 0x80) || *number > UINT64_MAX >> 7)
            return false;
        *number = *number << 7 | (byte & 0x7f);
        if (byte < 0x80) {
            (*at)++;
            return true;
        }
    }
    return false;
}

enum pxa_status pxa_oid_text(struct pxa_span oid, char *out, size_t cap, struct pxa_written *done)
{
    struct sink sink = {out, cap, 0};
    uint64_t number;
    size_t at = 0;

    do {
        size_t from = at;

        if (!read_number(oid, &at, &number))
            return sink_fail(&sink, PXA_DER_VALUE, from, done);
        put_arc(&sink, number, from == 0);
    } while (at < oid.len);
    return sink_end(&sink, done);
}
