/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run: what is remembered from one thing that was found to the next, until an item can be told.
 */
#ifndef PROXYAUTH_TOOL_RUN_H
#define PROXYAUTH_TOOL_RUN_H

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/find.h"

enum { LINES_MAX = 64 }; /* of challenges in one response; more make an item of their own */

/* The header lines of one name. */
struct challenge_lines {
    struct pxa_span header;
    struct pxa_span lines[LINES_MAX];
    size_t count;
};

struct run {
    struct explain *explain;
    bool words; /* what is read are words of the command line */
    bool apart; /* what is read now is no part of the conversation */
    /* The request whose head is being read: */
    bool in_request;
    bool had_login;       /* credentials of any kind */
    bool had_proxy_login; /* and for the proxy */
    size_t request_line;
    struct pxa_span method;
    struct pxa_span target;
    /* The response, or challenges without one: */
    bool in_response;
    size_t response_line;
    unsigned status;
    struct challenge_lines right;
    struct challenge_lines wrong; /* WWW-Authenticate with 407, or the other with 401 */
};

/* run_response.c: a response begins, with STATUS or 0; a challenge belongs to it, or begins one
 * itself; it is over and is told, if there is one. */
void run_begin_response(struct run *run, size_t line, unsigned status);
void run_on_challenge(struct run *run, const struct found *found);
void run_end_response(struct run *run);

#endif
