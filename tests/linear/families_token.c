/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Families for binary tokens: long lists, which are read to their end, and long contents,
 * which are passed over.
 */
#include <config.h>

#include "tests/linear/measured.h"

/* ---- Negotiate ---- */

static void build_many_mechs(struct input *input, size_t n)
{
    input_spnego(input, 100, n);
}

static void build_long_ticket(struct input *input, size_t n)
{
    input_spnego(input, n, 3);
}

static enum pxa_status call_negotiate(struct pxa_span input, struct room room)
{
    struct pxa_negotiate token;
    enum pxa_status status = pxa_negotiate_decode(input, &token);
    struct pxa_cursor mechs = {token.mechs, 0};
    struct pxa_span oid;
    size_t known = 0;

    (void)room;
    while (status == PXA_OK && (status = pxa_mech_next(&mechs, &oid)) == PXA_OK)
        known += pxa_mech_of(oid) != PXA_MECH_OTHER;
    return status == PXA_END && known != token.mech_count ? PXA_UNKNOWN_TOKEN : status;
}

static void build_deep(struct input *input, size_t n)
{
    for (size_t i = 0; i < n; i++)
        input_add(input, "\x60\x80", 2);
}

static void build_long_oid(struct input *input, size_t n)
{
    input_text(input, "\x2a");
    input_repeat(input, "\x81\xff\xff\xff\xff\xff\xff\xff\x7f\x01", n);
}

static enum pxa_status call_oid(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_oid_text(input, room.at, room.cap, &done);
}

/* ---- Kerberos ---- */

static void build_ap_req(struct input *input, size_t n)
{
    input_ap_req(input, n);
}

static enum pxa_status call_krb5(struct pxa_span input, struct room room)
{
    struct pxa_krb5 message;

    (void)room;
    return pxa_krb5_decode(input, &message);
}

static enum pxa_status call_name(struct pxa_span input, struct room room)
{
    struct pxa_krb5_name name = {.type = 2, .parts = input};
    struct pxa_cursor parts = {input, 0};
    struct pxa_written done;
    struct pxa_span part;

    while (pxa_krb5_part_next(&parts, &part) == PXA_OK)
        name.part_count++;
    return pxa_krb5_name_text(&name, (struct pxa_span){"R", 1}, room.at, room.cap, &done);
}

/* ---- NTLM ---- */

static enum pxa_status call_ntlmssp(struct pxa_span input, struct room room)
{
    struct pxa_ntlmssp message;
    enum pxa_status status = pxa_ntlmssp_decode(input, &message);
    struct pxa_cursor pairs = {message.pairs, 0};
    struct pxa_ntlm_pair pair;

    (void)room;
    while (status == PXA_OK)
        status = pxa_ntlm_pair_next(&pairs, &pair);
    return status;
}

/* ---- SIDs and the PAC ---- */

static void build_groups(struct input *input, size_t n)
{
    input_pac(input, &(struct pac_counts){.groups = n});
}

static void build_extra_sids(struct input *input, size_t n)
{
    input_pac(input, &(struct pac_counts){.groups = 1, .extra_sids = n});
}

static void build_resource_groups(struct input *input, size_t n)
{
    input_pac(input, &(struct pac_counts){.resource_groups = n});
}

static void build_buffers(struct input *input, size_t n)
{
    input_pac(input, &(struct pac_counts){.groups = 1, .more_buffers = n});
}

static enum pxa_status call_pac(struct pxa_span input, struct room room)
{
    struct pxa_pac_logon logon;

    (void)room;
    return pxa_pac_logon_decode(input, &logon);
}

static enum pxa_status call_pac_buffers(struct pxa_span input, struct room room)
{
    struct pxa_cursor pac = {input, 0};
    struct pxa_pac_buffer buffer;
    enum pxa_status status;

    (void)room;
    do
        status = pxa_pac_next(&pac, &buffer);
    while (status == PXA_OK);
    return status;
}

/* Takes the PAC apart and writes every group. */
static enum pxa_status call_pac_groups(struct pxa_span input, struct room room)
{
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_logon logon;
    struct pxa_pac_group group;
    enum pxa_status status = pxa_pac_logon_decode(input, &logon);
    struct pxa_written done;

    while (status == PXA_OK && (status = pxa_pac_group_next(&logon, &walk, &group)) == PXA_OK)
        status = pxa_sid_text(&group.sid, room.at, room.cap, &done);
    return status;
}

const struct family token_families[] = {
    {"negotiate-mechs", build_many_mechs, call_negotiate, PXA_END, LINEAR},
    {"negotiate-long-ticket", build_long_ticket, call_negotiate, PXA_END, CONSTANT},
    {"negotiate-deep", build_deep, call_negotiate, PXA_DER_LENGTH, CONSTANT},
    {"oid", build_long_oid, call_oid, PXA_OK, LINEAR},
    {"krb5-long-ticket", build_ap_req, call_krb5, PXA_OK, CONSTANT},
    {"krb5-name", input_name_parts, call_name, PXA_OK, LINEAR},
    {"ntlmssp-pairs", input_ntlm_challenge, call_ntlmssp, PXA_END, LINEAR},
    {"pac-extra-sids", build_extra_sids, call_pac, PXA_OK, LINEAR},
    {"pac-buffers", build_buffers, call_pac, PXA_OK, LINEAR},
    {"pac-buffers-walk", build_buffers, call_pac_buffers, PXA_END, LINEAR},
    {"pac-groups-walk", build_groups, call_pac_groups, PXA_END, LINEAR},
    {"pac-extra-sids-walk", build_extra_sids, call_pac_groups, PXA_END, LINEAR},
    {"pac-resource-groups-walk", build_resource_groups, call_pac_groups, PXA_END, LINEAR},
    {NULL, NULL, NULL, PXA_OK, LINEAR},
};
