/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dns: one question to the DNS servers of this machine, or to one that is named, within a deadline.
 *
 * libresolv knows the configuration (resolv.conf) and the format; sending and waiting are done
 * here, because its own TCP has no time-outs at all. Blocks: offload threads alone.
 */
#ifndef PROXYAUTH_DIRECTORY_DNS_H
#define PROXYAUTH_DIRECTORY_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "helpers/core/why.h"

/* A DNS server: an IPv4 or IPv6 address with a port. */
struct dns_server {
    struct sockaddr_storage address;
    socklen_t len; /* 0: none is named */
};

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53"; names are not resolved. False
 * with WHY. */
bool dns_server_parse(const char *text, struct dns_server *server, struct why *why);

enum { DNS_SERVER_NAME_MAX = 80 };

/* "192.0.2.1 port 53" into TO. */
void dns_server_name(const struct dns_server *server, char *to, size_t cap);

struct dns_question {
    const char *name;                /* absolute, without or with its last dot */
    int type;                        /* ns_t_srv, ... */
    const struct dns_server *server; /* NULL: those of resolv.conf */
    uint64_t timeout_ms;             /* for all of it */
};

enum dns_outcome {
    DNS_ANSWER, /* a reply without error; it may still hold nothing of use */
    DNS_NO_NAME,
    DNS_TROUBLE,
};

/* A whole message as RFC 1035 4.1 has it: the question is the one that was asked, the rest is as it
 * came. */
struct dns_answer {
    unsigned char *bytes; /* the caller frees */
    size_t len;
};

/* Monotonic milliseconds. */
uint64_t dns_now_ms(void);

/* WHY says what went wrong, and with whom, for DNS_TROUBLE. */
enum dns_outcome dns_ask(const struct dns_question *question, struct dns_answer *answer,
                         struct why *why);

#endif
