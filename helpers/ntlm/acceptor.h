/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acceptor: one side of one NTLM dialogue, the server's ([MS-NLMP] 3.2.5), bare or inside SPNEGO
 * (RFC 4178, [MS-SPNG]).
 *
 *     acceptor_begin(NEGOTIATE)    -> ACCEPTOR_CONTINUE with a CHALLENGE: a fresh random one
 *     acceptor_step(AUTHENTICATE)  -> ACCEPTOR_OK or ACCEPTOR_DENIED
 *
 * Inside SPNEGO there may be legs more: a first token without an optimistic mechToken that we can
 * use is answered by our choice of NTLMSSP (request-mic where it is not the client's first). NTLMv2
 * and its MIC are verified; a mechListMIC is verified and answered; NTLMv1 and LM are refused
 * unless the policy allows NTLMv1 (LM alone never). No I/O but the system's random numbers; no
 * clock but the one that is passed in. One thread.
 */
#ifndef PROXYAUTH_NTLM_ACCEPTOR_H
#define PROXYAUTH_NTLM_ACCEPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/option.h"
#include "helpers/ntlm/nt_hash.h"

enum { ACCEPTOR_NAME_MAX = 1024 }; /* bytes of UTF-8 of a user or domain name; longer is denied */

/* What the one who has the accounts answers. */
struct ntlm_account {
    unsigned char nt_hash[NT_HASH_LEN];
    /* The name as the file spells it; valid until the acceptor's answer has been used. It is what
     * the answer carries. */
    struct pxa_span name;
};

enum ntlm_lookup {
    NTLM_LOOKUP_FOUND,
    NTLM_LOOKUP_NONE,       /* unknown, disabled, or without a hash */
    NTLM_LOOKUP_UNAVAILABLE /* the file cannot be read */
};

struct ntlm_policy {
    /* USER and DOMAIN are UTF-8, without control characters. A client that names no domain but
     * writes DOMAIN\USER or USER@DOMAIN for the user is taken to have named both: the lookup, the
     * list below and the answer see the parts. Otherwise they are as sent. */
    enum ntlm_lookup (*lookup)(void *context, struct pxa_span user, struct pxa_span domain,
                               struct ntlm_account *out);
    void *context;
    bool allow_ntlmv1;
    const struct option_list *domains; /* which domains are let in, ASCII case ignored; NULL or
                                        * empty: any. No domain at all is in no list */
    const char *computer;              /* NetBIOS name in the target information, ASCII */
    const char *domain;                /* NetBIOS name of the domain, ASCII; may equal computer */
    const char *dns_name;              /* of the computer; may be empty. What follows its first dot
                                        * is told as the domain's */
};

/* Of each name of the policy, no more bytes than this are told to clients. */
enum { NTLM_TARGET_NAME_MAX = 255 };

enum acceptor_result {
    ACCEPTOR_CONTINUE, /* send `token`, wait for the next one */
    ACCEPTOR_OK,       /* `user` and `domain` are who; `token` may be empty */
    ACCEPTOR_DENIED,   /* `reason` says why; `token` may be empty */
    ACCEPTOR_OTHER,    /* Kerberos or another mechanism without an NTLMSSP that we could choose */
    ACCEPTOR_UNAVAILABLE, /* no random numbers, no memory, no accounts: `reason` */
};

struct acceptor_answer {
    enum acceptor_result result;
    struct pxa_span token; /* binary; in the acceptor, until its next call */
    /* OK: the account's spelling. DENIED: who the client said it was, as far as it got, for the log
     * alone. Else empty. UTF-8 */
    struct pxa_span user;
    struct pxa_span domain; /* as the client named it, UTF-8; may be empty. Otherwise as `user` */
    enum pxa_ntlm_response response; /* what the client proved its password with, where it did */
    bool mic;                        /* OK: the client's MIC was there, and right */
    const char *reason; /* a constant sentence without a full stop, for ERR and the log; "" for OK,
                         * CONTINUE and OTHER. Tells no one whether an account exists */
    const char *detail; /* another one, for the log alone: what to do about it, or ""; never NULL */
};

struct acceptor;

/* POLICY outlives it. NULL when memory is out. */
struct acceptor *acceptor_new(const struct ntlm_policy *policy);
void acceptor_free(struct acceptor *acceptor); /* wipes; NULL is allowed */

/* Begins a dialogue, whatever was before. TOKEN is binary (Base64 taken off). NOW is the wall
 * clock, for the time in the challenge, as FILETIME: 100 ns since 1601. */
void acceptor_begin(struct acceptor *acceptor, struct pxa_span token, uint64_t now,
                    struct acceptor_answer *answer);

/* The next leg. Without a dialogue that waits for one: ACCEPTOR_DENIED. */
void acceptor_step(struct acceptor *acceptor, struct pxa_span token, uint64_t now,
                   struct acceptor_answer *answer);

#endif
