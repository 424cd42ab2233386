/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inputs: large inputs for decoders, made of bytes as the specifications lay them out, for
 * tests/linear and tests/bench. Memory that runs out ends the program.
 */
#ifndef TESTS_INPUTS_INPUTS_H
#define TESTS_INPUTS_INPUTS_H

#include "common/proxyauth.h"

/* Bytes that grow. Begin with zeros; end with input_free(). */
struct input {
    char *at;
    size_t len;
    size_t cap;
};

void input_free(struct input *input);
struct pxa_span input_span(const struct input *input);

void input_add(struct input *input, const void *bytes, size_t len);
void input_text(struct input *input, const char *text);
void input_repeat(struct input *input, const char *text, size_t count);
void input_le(struct input *input, uint64_t value, unsigned bytes);

/* Zeros up to the next multiple of `unit` bytes, counted from the beginning. */
void input_align(struct input *input, size_t unit);

/* Puts Base64 of what is there in its place. */
void input_to_base64(struct input *input);

/* ---- DER, X.690 (inputs_der.c) ---- */

/* Puts a tag and a length before what has been written from `from` on. */
void der_wrap(struct input *input, size_t from, unsigned tag);

/* SEQUENCE OF OID with `count` mechanisms, NTLMSSP and last Kerberos. */
void input_mechs(struct input *input, size_t count);

/* A Kerberos AP-REQ (RFC 4120 5.5.1) for HTTP/proxy.example.com in a GSS-API frame inside a
 * NegTokenInit with that many mechanisms; its ticket has `cipher_len` bytes. */
void input_ap_req(struct input *input, size_t cipher_len);
void input_spnego(struct input *input, size_t cipher_len, size_t mech_count);

/* A PrincipalName (RFC 4120 5.2.2): the content of its name-string. */
void input_name_parts(struct input *input, size_t count);

/* ---- PAC, [MS-PAC] and NDR (inputs_pac.c) ---- */

struct pac_counts {
    size_t groups;
    size_t extra_sids;
    size_t resource_groups;
    size_t more_buffers; /* beside the logon info */
};

void input_pac(struct input *input, const struct pac_counts *counts);

/* ---- NTLMSSP, [MS-NLMP] (inputs_ntlm.c) ---- */

/* `count` pairs with a value of two bytes, and the one that ends the list. */
void input_pairs(struct input *input, size_t count);

/* A challenge (type 2) with these pairs. At most 10,000 fit. */
void input_ntlm_challenge(struct input *input, size_t pair_count);

#endif
