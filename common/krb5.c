/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos messages as GSS-API carries them.
 * Cannot do: decrypt anything. A client's name is inside the encrypted part.
 */
#include <config.h>

#include "common/krb5.h"

enum {
    TOK_ID_LEN = 2, /* RFC 4121 section 4.1: before the message */
    PVNO = 5
};

/* What the two bytes of a TOK_ID announce. */
static const struct {
    unsigned char id[TOK_ID_LEN];
    enum pxa_krb5_kind kind;
} tok_ids[] = {
    {{0x01, 0x00}, PXA_KRB5_AP_REQ},  {{0x02, 0x00}, PXA_KRB5_AP_REP},
    {{0x03, 0x00}, PXA_KRB5_ERROR},   {{0x04, 0x00}, PXA_KRB5_TGT_REQ},
    {{0x04, 0x01}, PXA_KRB5_TGT_REP}, {{0x05, 0x01}, PXA_KRB5_IAKERB},
};
enum { TOK_ID_COUNT = sizeof tok_ids / sizeof tok_ids[0] };

/* Messages that can be told by their own tag, without a TOK_ID. */
static const struct {
    int tag;
    enum pxa_krb5_kind kind;
} bare_tags[] = {
    {KRB5_TAG_AP_REQ, PXA_KRB5_AP_REQ},
    {KRB5_TAG_AP_REP, PXA_KRB5_AP_REP},
    {KRB5_TAG_ERROR, PXA_KRB5_ERROR},
};
enum { BARE_TAG_COUNT = sizeof bare_tags / sizeof bare_tags[0] };

/* Finds out which message it is and drops the TOK_ID. */
static enum pxa_krb5_kind take_kind(struct pxa_span *message)
{
    for (size_t i = 0; i < BARE_TAG_COUNT; i++)
        if (der_is(*message, bare_tags[i].tag))
            return bare_tags[i].kind;
    for (size_t i = 0; i < TOK_ID_COUNT; i++)
        if (message->len >= TOK_ID_LEN && memcmp(message->at, tok_ids[i].id, TOK_ID_LEN) == 0) {
            span_drop(message, TOK_ID_LEN);
            return tok_ids[i].kind;
        }
    return PXA_KRB5_OTHER;
}

/* The first field of a message or ticket: [n] INTEGER with the one value that it can have. */
static void expect_number(struct der *der, struct pxa_span *body, int n, int32_t expected)
{
    struct pxa_span content = der_field(der, body, n, DER_INTEGER);

    if (der_int32(der, content) != expected)
        der_fault(der, PXA_DER_VALUE, content.at);
}

/* PrincipalName, RFC 4120 section 5.2.2. */
static struct pxa_krb5_name read_name(struct der *der, struct pxa_span body)
{
    struct pxa_krb5_name name = {0};
    struct pxa_span parts;

    name.type = der_int32(der, der_field(der, &body, 0, DER_INTEGER));
    name.parts = der_field(der, &body, 1, DER_SEQUENCE);
    parts = name.parts;
    while (parts.len > 0 && der->status == PXA_OK) {
        (void)der_take(der, &parts, DER_GENERAL_STRING);
        name.part_count++;
    }
    der_pass_over(der, body, 1);
    return name;
}

/* EncryptedData, RFC 4120 section 5.2.9. */
static struct pxa_krb5_data read_data(struct der *der, struct pxa_span body)
{
    struct pxa_krb5_data data = {0};
    struct pxa_span kvno;

    data.etype = der_int32(der, der_field(der, &body, 0, DER_INTEGER));
    data.has_kvno = der_optional(der, &body, 1, DER_INTEGER, &kvno);
    if (data.has_kvno)
        data.kvno = der_uint32(der, kvno);
    data.cipher = der_field(der, &body, 2, DER_OCTET_STRING);
    der_pass_over(der, body, 2);
    return data;
}

/* Ticket, RFC 4120 section 5.3. */
static void read_ticket(struct der *der, struct pxa_span ticket, struct pxa_krb5 *out)
{
    struct pxa_span body = der_take(der, &ticket, DER_SEQUENCE);

    der_end(der, ticket);
    expect_number(der, &body, 0, PVNO);
    out->realm = der_field(der, &body, 1, DER_GENERAL_STRING);
    out->server = read_name(der, der_field(der, &body, 2, DER_SEQUENCE));
    out->ticket = read_data(der, der_field(der, &body, 3, DER_SEQUENCE));
    der_pass_over(der, body, 3);
}

/* The field [n] with a ticket in it, which is also kept as a whole. */
static void read_ticket_field(struct der *der, struct pxa_span *body, int n, struct pxa_krb5 *out)
{
    struct pxa_span field = der_take(der, body, DER_CONTEXT(n));

    out->ticket_der = field;
    read_ticket(der, der_take(der, &field, KRB5_TAG_TICKET), out);
    der_end(der, field);
}

/* RFC 4120 section 5.5.1. */
static void read_ap_req(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    expect_number(der, &body, 0, PVNO);
    expect_number(der, &body, 1, 14);
    out->ap_options = der_bits(der, der_field(der, &body, 2, DER_BIT_STRING));
    read_ticket_field(der, &body, 3, out);
    out->part = read_data(der, der_field(der, &body, 4, DER_SEQUENCE));
    der_pass_over(der, body, 4);
}

/* RFC 4120 section 5.5.2. */
static void read_ap_rep(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    expect_number(der, &body, 0, PVNO);
    expect_number(der, &body, 1, 15);
    out->part = read_data(der, der_field(der, &body, 2, DER_SEQUENCE));
    der_pass_over(der, body, 2);
}

/* RFC 4120 section 5.9.1. The client's time is of no use to anybody here. */
static void read_error(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    struct pxa_span unused;
    struct pxa_span client;

    expect_number(der, &body, 0, PVNO);
    expect_number(der, &body, 1, 30);
    (void)der_optional(der, &body, 2, DER_GENERALIZED_TIME, &unused);
    (void)der_optional(der, &body, 3, DER_INTEGER, &unused);
    out->server_time = der_field(der, &body, 4, DER_GENERALIZED_TIME);
    (void)der_field(der, &body, 5, DER_INTEGER);
    out->error_code = der_int32(der, der_field(der, &body, 6, DER_INTEGER));
    (void)der_optional(der, &body, 7, DER_GENERAL_STRING, &out->client_realm);
    if (der_optional(der, &body, 8, DER_SEQUENCE, &client))
        out->client = read_name(der, client);
    out->realm = der_field(der, &body, 9, DER_GENERAL_STRING);
    out->server = read_name(der, der_field(der, &body, 10, DER_SEQUENCE));
    (void)der_optional(der, &body, 11, DER_GENERAL_STRING, &out->error_text);
    (void)der_optional(der, &body, 12, DER_OCTET_STRING, &out->error_data);
    der_pass_over(der, body, 12);
}

/* draft-swift-win2k-krb-user2user-03, section 2.1: KERB-TGT-REQUEST. */
static void read_tgt_req(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    struct pxa_span server;

    expect_number(der, &body, 0, PVNO);
    expect_number(der, &body, 1, 16);
    if (der_optional(der, &body, 2, DER_SEQUENCE, &server))
        out->server = read_name(der, server);
    (void)der_optional(der, &body, 3, DER_GENERAL_STRING, &out->realm);
    der_pass_over(der, body, 3);
}

/* The same draft: KERB-TGT-REPLY. */
static void read_tgt_rep(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    expect_number(der, &body, 0, PVNO);
    expect_number(der, &body, 1, 17);
    read_ticket_field(der, &body, 2, out);
    der_pass_over(der, body, 2);
}

/* draft-ietf-kitten-iakerb-03: IAKERB-HEADER and behind it the KDC's message. MIT Kerberos
 * writes the realm as an OCTET STRING where the draft has UTF8String. */
static void read_iakerb(struct der *der, struct pxa_span message, struct pxa_krb5 *out)
{
    struct pxa_span header = der_take(der, &message, DER_SEQUENCE);
    struct pxa_span realm = der_take(der, &header, DER_CONTEXT(1));
    int tag = der_is(realm, DER_OCTET_STRING) ? DER_OCTET_STRING : DER_UTF8_STRING;

    out->target_realm = der_take(der, &realm, tag);
    der_end(der, realm);
    der_pass_over(der, header, 1);
    out->kdc_message = message;
}

static void read_body(struct der *der, struct pxa_span body, struct pxa_krb5 *out)
{
    switch (out->kind) {
    case PXA_KRB5_AP_REQ:
        read_ap_req(der, body, out);
        break;
    case PXA_KRB5_AP_REP:
        read_ap_rep(der, body, out);
        break;
    case PXA_KRB5_ERROR:
        read_error(der, body, out);
        break;
    case PXA_KRB5_TGT_REQ:
        read_tgt_req(der, body, out);
        break;
    case PXA_KRB5_TGT_REP:
        read_tgt_rep(der, body, out);
        break;
    case PXA_KRB5_IAKERB:
    case PXA_KRB5_OTHER:
        break;
    }
}

/* A message is one SEQUENCE; those of RFC 4120 have a tag of their own around it. */
static void read_message(struct der *der, struct pxa_span message, struct pxa_krb5 *out)
{
    struct pxa_span body;
    struct pxa_span outer;

    if (out->kind == PXA_KRB5_IAKERB) {
        read_iakerb(der, message, out);
        return;
    }
    for (size_t i = 0; i < BARE_TAG_COUNT; i++)
        if (bare_tags[i].kind == out->kind) {
            outer = der_take(der, &message, bare_tags[i].tag);
            body = der_take(der, &outer, DER_SEQUENCE);
            der_end(der, outer);
            der_end(der, message);
            read_body(der, body, out);
            return;
        }
    body = der_take(der, &message, DER_SEQUENCE);
    der_end(der, message);
    read_body(der, body, out);
}

enum pxa_status pxa_krb5_decode(struct pxa_span message, struct pxa_krb5 *out)
{
    struct der der = der_reader(message);

    *out = (struct pxa_krb5){.kind = PXA_KRB5_OTHER};
    if (message.len == 0)
        return PXA_EMPTY;
    out->kind = take_kind(&message);
    if (out->kind == PXA_KRB5_OTHER)
        return PXA_UNKNOWN_TOKEN;
    read_message(&der, message, out);
    if (der.status != PXA_OK)
        *out = (struct pxa_krb5){.fault_at = der.fault_at};
    return der.status;
}
