/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exchange: what shows only when requests and responses are seen one after the other.
 *
 * It is told what each message was and keeps a line about each, up to a number; remarks go to the
 * item that is open, or to the summary at the end.
 */
#ifndef PROXYAUTH_TOOL_EXCHANGE_H
#define PROXYAUTH_TOOL_EXCHANGE_H

#include "common/proxyauth.h"
#include "helpers/proxyauth/report.h"

enum { EXCHANGE_STEPS_MAX = 100, EXCHANGE_TEXT_MAX = 128 };

/* A short value that is kept. */
struct exchange_text {
    char at[EXCHANGE_TEXT_MAX];
    size_t len;
    bool known;
};

/* What a response offered. */
struct exchange_offer {
    uint32_t schemes;        /* PXA_SCHEME_BIT()s */
    enum pxa_scheme_id best; /* the strongest; PXA_SCHEME_OTHER if none */
    bool server;             /* a server asks, by 401 or WWW-Authenticate, and not the proxy */
    bool wrong_header;       /* the other header came in its place or beside it */
    bool has_token;          /* Negotiate or NTLM goes on with a token */
    bool stale;              /* Digest: stale=true */
    unsigned ntlm_type;      /* of the message that a Negotiate or NTLM challenge carries, or 0 */
    struct exchange_text realm; /* Digest's */
    struct exchange_text nonce;
};

/* Credentials of a request. */
struct exchange_login {
    enum pxa_scheme_id scheme;
    bool proxy;     /* Proxy-Authorization, or not known to be anything else */
    uint64_t print; /* a fingerprint of the value */
    bool kerberos;
    bool unreadable;            /* Basic whose password nobody can make out */
    unsigned ntlm_type;         /* or 0 */
    struct exchange_text realm; /* Digest's */
    struct exchange_text nonce;
};

enum step_kind {
    STEP_REQUEST, /* and its credentials, if there are any */
    STEP_RESPONSE,
};

struct exchange_step {
    enum step_kind kind;
    size_t line;
    unsigned status;       /* of a response; 0 if it was not seen */
    bool has_login;        /* for the proxy */
    bool has_server_login; /* Authorization */
    bool refusal; /* the response asks again after credentials that should have been enough */
    bool stale;   /* Digest: only the nonce is not good any more */
    bool connect; /* the request is CONNECT */
    bool inside;  /* of the tunnel: not between client and proxy */
    enum pxa_scheme_id scheme; /* of the credentials, or the strongest that was offered */
    uint32_t schemes;
    unsigned ntlm_type;
    bool kerberos;
};

/* The credentials of one request, for the proxy and for a server behind it. */
struct exchange_logins {
    bool has_proxy;
    bool has_server;
    struct exchange_login proxy;
    struct exchange_login server;
};

struct exchange {
    struct exchange_step steps[EXCHANGE_STEPS_MAX];
    size_t step_count;
    size_t not_kept;

    struct exchange_text peer; /* whom curl is connected to */
    bool tls;                  /* there was a TLS handshake before the next request */
    bool statuses;             /* a status line was seen */
    bool in_request;           /* the credentials stand below a request line */

    bool has_offer; /* of the last 407 or 401 */
    bool answered;  /* a request came after it */
    struct exchange_offer offer;
    struct exchange_logins now;    /* of the last request */
    struct exchange_logins before; /* of the one before it */
    bool closing;                  /* the last response said Connection: close */

    bool connect;      /* the request that is read is CONNECT */
    bool origin_form;  /* its target is a path: inside of a tunnel, if there is one */
    bool tunnel;       /* CONNECT was answered 2xx */
    bool tunnel_login; /* and had a login */
};

/* Of a request line or credentials without one. LOGIN is NULL for a request without credentials.
 * The item of the credentials is open. */
void exchange_request(struct exchange *exchange, struct report *report, size_t line,
                      const struct exchange_login *login);

/* More credentials of the same request. */
void exchange_more(struct exchange *exchange, struct report *report,
                   const struct exchange_login *login);

/* STATUS is 0 if there was no status line. The item of the response is open if it has one. */
void exchange_response(struct exchange *exchange, struct report *report, size_t line,
                       unsigned status, const struct exchange_offer *offer);

/* The summary, as an item of its own; false if there is nothing to sum up. */
bool exchange_summary(const struct exchange *exchange, struct report *report);

void exchange_text_set(struct exchange_text *text, struct pxa_span value);

/* A fingerprint of credentials, to see that the same come again (FNV-1a, 64 bits). */
uint64_t exchange_print(struct pxa_span value);

/* exchange_remark.c: what is odd about LOGIN, which came last, and about a response that asks
 * again. */
void exchange_judge_login(const struct exchange *exchange, struct report *report,
                          const struct exchange_login *login);
void exchange_judge_refusal(struct report *report, const struct exchange_login *login);

#endif
