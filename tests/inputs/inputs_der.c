/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Negotiate tokens in DER: SPNEGO (RFC 4178), the frame of GSS-API (RFC 2743 3.1) and Kerberos'
 * AP-REQ (RFC 4120). Elements are written from the inside: first the content, then der_wrap().
 * Cannot do: encrypt; a ticket's cipher is a run of one byte.
 */
#include <config.h>

#include "tests/inputs/inputs.h"

#include <string.h>

enum {
    INTEGER = 0x02,
    BIT_STRING = 0x03,
    OCTET_STRING = 0x04,
    OID = 0x06,
    GENERAL_STRING = 0x1b,
    SEQUENCE = 0x30,
    APPLICATION = 0x60, /* and the number */
    CONTEXT = 0xa0      /* and the number */
};

#define KRB5_OID "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define NTLMSSP_OID "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define SPNEGO_OID "\x2b\x06\x01\x05\x05\x02"

/* Tag and length before a content of `len` bytes; returns how many bytes. */
static size_t der_head(unsigned tag, size_t len, unsigned char head[6])
{
    size_t len_bytes = 1;
    size_t at = 0;

    head[at++] = (unsigned char)tag;
    if (len < 0x80) {
        head[at++] = (unsigned char)len;
        return at;
    }
    while (len_bytes < 4 && len >> (8 * len_bytes) != 0)
        len_bytes++;
    head[at++] = (unsigned char)(0x80 | len_bytes);
    while (len_bytes-- > 0)
        head[at++] = (unsigned char)(len >> (8 * len_bytes) & 0xff);
    return at;
}

void der_wrap(struct input *input, size_t from, unsigned tag)
{
    unsigned char head[6];
    size_t content_len = input->len - from;
    size_t head_len = der_head(tag, content_len, head);

    input_add(input, head, head_len); /* makes room */
    memmove(input->at + from + head_len, input->at + from, content_len);
    memcpy(input->at + from, head, head_len);
}

static void add_element(struct input *input, unsigned tag, const char *content, size_t len)
{
    size_t from = input->len;

    input_add(input, content, len);
    der_wrap(input, from, tag);
}

static void add_string(struct input *input, const char *text)
{
    add_element(input, GENERAL_STRING, text, strlen(text));
}

/* [number] INTEGER, of one byte. */
static void add_number(struct input *input, unsigned number, char value)
{
    size_t from = input->len;

    add_element(input, INTEGER, &value, 1);
    der_wrap(input, from, CONTEXT + number);
}

/* EncryptedData: aes256-cts-hmac-sha1-96 and key version 3. */
static void add_encrypted(struct input *input, size_t cipher_len)
{
    size_t from = input->len;
    size_t cipher_from;

    add_number(input, 0, 18);
    add_number(input, 1, 3);
    cipher_from = input->len;
    input_repeat(input, "\x5c", cipher_len);
    der_wrap(input, cipher_from, OCTET_STRING);
    der_wrap(input, cipher_from, CONTEXT + 2);
    der_wrap(input, from, SEQUENCE);
}

void input_name_parts(struct input *input, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_string(input, "part/@");
}

/* PrincipalName of the service instance HTTP/proxy.example.com. */
static void add_server(struct input *input)
{
    size_t from = input->len;
    size_t parts_from;

    add_number(input, 0, 2);
    parts_from = input->len;
    add_string(input, "HTTP");
    add_string(input, "proxy.example.com");
    der_wrap(input, parts_from, SEQUENCE);
    der_wrap(input, parts_from, CONTEXT + 1);
    der_wrap(input, from, SEQUENCE);
}

static void add_ticket(struct input *input, size_t cipher_len)
{
    size_t from = input->len;
    size_t field_from;

    add_number(input, 0, 5);
    field_from = input->len;
    add_string(input, "EXAMPLE.COM");
    der_wrap(input, field_from, CONTEXT + 1);
    field_from = input->len;
    add_server(input);
    der_wrap(input, field_from, CONTEXT + 2);
    field_from = input->len;
    add_encrypted(input, cipher_len);
    der_wrap(input, field_from, CONTEXT + 3);
    der_wrap(input, from, SEQUENCE);
    der_wrap(input, from, APPLICATION + 1);
}

void input_ap_req(struct input *input, size_t cipher_len)
{
    size_t from = input->len;
    size_t field_from;

    add_number(input, 0, 5);
    add_number(input, 1, 14);
    field_from = input->len;
    add_element(input, BIT_STRING, "\0\x20\0\0\0", 5); /* no unused bits; mutual-required */
    der_wrap(input, field_from, CONTEXT + 2);
    field_from = input->len;
    add_ticket(input, cipher_len);
    der_wrap(input, field_from, CONTEXT + 3);
    field_from = input->len;
    add_encrypted(input, 200);
    der_wrap(input, field_from, CONTEXT + 4);
    der_wrap(input, from, SEQUENCE);
    der_wrap(input, from, APPLICATION + 14);
}

void input_mechs(struct input *input, size_t count)
{
    size_t from = input->len;

    for (size_t i = 1; i < count; i++)
        add_element(input, OID, NTLMSSP_OID, sizeof NTLMSSP_OID - 1);
    add_element(input, OID, KRB5_OID, sizeof KRB5_OID - 1);
    der_wrap(input, from, SEQUENCE);
}

/* The frame around a mechanism's token: its object identifier and TOK_ID 01 00. */
static void add_framed_ap_req(struct input *input, size_t cipher_len)
{
    size_t from = input->len;

    add_element(input, OID, KRB5_OID, sizeof KRB5_OID - 1);
    input_add(input, "\1\0", 2);
    input_ap_req(input, cipher_len);
    der_wrap(input, from, APPLICATION);
}

void input_spnego(struct input *input, size_t cipher_len, size_t mech_count)
{
    size_t from = input->len;
    size_t init_from;
    size_t field_from;

    add_element(input, OID, SPNEGO_OID, sizeof SPNEGO_OID - 1);
    init_from = input->len;
    input_mechs(input, mech_count);
    der_wrap(input, init_from, CONTEXT);
    field_from = input->len;
    add_framed_ap_req(input, cipher_len);
    der_wrap(input, field_from, OCTET_STRING);
    der_wrap(input, field_from, CONTEXT + 2);
    der_wrap(input, init_from, SEQUENCE);
    der_wrap(input, init_from, CONTEXT);
    der_wrap(input, from, APPLICATION);
}
