/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC 1035 over UDP, and over TCP where an answer did not fit (RFC 7766). Each server gets two
 * chances, one round after the other, and each chance its share of the time that is left.
 *
 * A reply counts when it comes from the server that was asked, with the id and the question that
 * were sent: the kernel picks the port and libresolv the id, both by chance. DNSSEC is not checked.
 */
#include <config.h>

#include "helpers/directory/dns.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 2, SHARE_MIN_MS = 100, TCP_LEN = 2 };

/* One question on its way. */
struct inquiry {
    const struct dns_question *question;
    unsigned char query[NS_PACKETSZ];
    int query_len;
    struct dns_server servers[MAXNS];
    unsigned server_count;
    bool tcp_always; /* "options use-vc" */
    uint64_t deadline_ms;
    unsigned char *reply; /* NS_MAXMSG bytes */
    size_t reply_len;
};

uint64_t dns_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- what is asked, and whom ---- */

/* resolv.conf's, as libresolv has read it: addresses of IPv6 are beside those of IPv4. */
static void take_servers(struct inquiry *inquiry, const struct __res_state *state)
{
    for (int i = 0; i < state->nscount && i < MAXNS; i++) {
        struct dns_server *server = &inquiry->servers[inquiry->server_count];
        const struct sockaddr_in6 *in6 = state->_u._ext.nsaddrs[i];

        if (in6 && in6->sin6_family == AF_INET6) {
            memcpy(&server->address, in6, sizeof *in6);
            server->len = sizeof *in6;
        } else if (state->nsaddr_list[i].sin_family == AF_INET) {
            memcpy(&server->address, &state->nsaddr_list[i], sizeof state->nsaddr_list[i]);
            server->len = sizeof state->nsaddr_list[i];
        } else {
            continue;
        }
        inquiry->server_count++;
    }
}

/* The query and whom to ask. */
static bool prepare(struct inquiry *inquiry, struct why *why)
{
    const struct dns_question *question = inquiry->question;
    struct __res_state state;

    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0)
        return why_set(why, "the system's resolver cannot be set up");
    inquiry->query_len = res_nmkquery(&state, ns_o_query, question->name, ns_c_in, question->type,
                                      NULL, 0, NULL, inquiry->query, sizeof inquiry->query);
    inquiry->tcp_always = (state.options & RES_USEVC) != 0;
    if (question->server) {
        inquiry->servers[0] = *question->server;
        inquiry->server_count = 1;
    } else {
        take_servers(inquiry, &state);
    }
    res_nclose(&state);
    if (inquiry->query_len < NS_HFIXEDSZ + NS_QFIXEDSZ)
        return why_set(why, "\"%s\" is no name that DNS can be asked for",
                       why_excerpt(question->name).text);
    return inquiry->server_count > 0 || why_set(why, "/etc/resolv.conf names no DNS server");
}

/* ---- sending and waiting ---- */

static bool await(int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        struct pollfd asked = {.fd = fd, .events = events};
        uint64_t now = dns_now_ms();
        int ready;

        if (now >= deadline_ms) {
            errno = ETIMEDOUT;
            return false;
        }
        ready = poll(&asked, 1, (int)(deadline_ms - now));
        if (ready == 1)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

/* A socket that is connected, so that nothing comes from anybody else; -1 with errno. */
static int open_socket(const struct dns_server *server, int type, uint64_t deadline_ms)
{
    int fd = socket(server->address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error = 0;
    socklen_t len = sizeof error;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&server->address, server->len) == 0)
        return fd;
    error = errno;
    if (error == EINPROGRESS) {
        error = ETIMEDOUT;
        if (await(fd, POLLOUT, deadline_ms) &&
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
            error = errno;
    }
    if (error == 0)
        return fd;
    close(fd);
    errno = error;
    return -1;
}

/* Whether the reply belongs to the query: its id and its question, byte for byte but for the case
 * of letters, which some servers do not keep. The name ends with a zero byte, type and class are
 * behind it. */
static bool is_reply(const struct inquiry *inquiry)
{
    const unsigned char *reply = inquiry->reply;
    size_t query_len = (size_t)inquiry->query_len;
    size_t rest = query_len - NS_QFIXEDSZ;

    return inquiry->reply_len >= query_len && memcmp(reply, inquiry->query, 2) == 0 &&
           (reply[2] & 0x80) != 0 && memcmp(reply + 4, inquiry->query + 4, 2) == 0 &&
           strncasecmp((const char *)reply + NS_HFIXEDSZ,
                       (const char *)inquiry->query + NS_HFIXEDSZ, rest - NS_HFIXEDSZ) == 0 &&
           memcmp(reply + rest, inquiry->query + rest, NS_QFIXEDSZ) == 0;
}

static bool ask_udp(struct inquiry *inquiry, int fd, uint64_t deadline_ms)
{
    if (send(fd, inquiry->query, (size_t)inquiry->query_len, MSG_NOSIGNAL) < 0)
        return false;
    while (await(fd, POLLIN, deadline_ms)) {
        ssize_t got = recv(fd, inquiry->reply, NS_MAXMSG, 0);

        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        inquiry->reply_len = got > 0 ? (size_t)got : 0;
        if (is_reply(inquiry))
            return true;
    }
    return false;
}

static bool send_all(int fd, const unsigned char *bytes, size_t len, uint64_t deadline_ms)
{
    while (len > 0) {
        ssize_t put = send(fd, bytes, len, MSG_NOSIGNAL);

        if (put < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (put > 0) {
            bytes += put;
            len -= (size_t)put;
        } else if (!await(fd, POLLOUT, deadline_ms)) {
            return false;
        }
    }
    return true;
}

static bool receive_all(int fd, unsigned char *bytes, size_t len, uint64_t deadline_ms)
{
    while (len > 0) {
        ssize_t got;

        if (!await(fd, POLLIN, deadline_ms))
            return false;
        got = recv(fd, bytes, len, 0);
        if (got == 0)
            errno = ECONNRESET;
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
            return false;
        if (got > 0) {
            bytes += got;
            len -= (size_t)got;
        }
    }
    return true;
}

/* Over TCP each message has its length in front. */
static bool ask_tcp(struct inquiry *inquiry, int fd, uint64_t deadline_ms)
{
    unsigned char framed[TCP_LEN + NS_PACKETSZ];
    unsigned char len[TCP_LEN];

    framed[0] = (unsigned char)(inquiry->query_len >> 8);
    framed[1] = (unsigned char)inquiry->query_len;
    memcpy(framed + TCP_LEN, inquiry->query, (size_t)inquiry->query_len);
    if (!send_all(fd, framed, TCP_LEN + (size_t)inquiry->query_len, deadline_ms) ||
        !receive_all(fd, len, sizeof len, deadline_ms))
        return false;
    inquiry->reply_len = (size_t)len[0] << 8 | len[1];
    if (!receive_all(fd, inquiry->reply, inquiry->reply_len, deadline_ms))
        return false;
    errno = EBADMSG;
    return is_reply(inquiry);
}

static bool ask_by(struct inquiry *inquiry, const struct dns_server *server, int type,
                   uint64_t deadline_ms)
{
    int fd = open_socket(server, type, deadline_ms);
    bool good;
    int error;

    if (fd < 0)
        return false;
    good =
        type == SOCK_DGRAM ? ask_udp(inquiry, fd, deadline_ms) : ask_tcp(inquiry, fd, deadline_ms);
    error = errno;
    close(fd);
    errno = error;
    return good;
}

/* ---- one server, and all of them ---- */

static const char *error_of(int rcode)
{
    static const char *const names[] = {"no error",     "format error",    "server failure",
                                        "no such name", "not implemented", "refused"};

    return rcode < (int)(sizeof names / sizeof *names) ? names[rcode] : "an unknown error";
}

/* What the reply's header says. */
static enum dns_outcome judge(const struct inquiry *inquiry, const char *server, struct why *why)
{
    int rcode = inquiry->reply[3] & 0x0f;

    if (rcode == ns_r_noerror)
        return DNS_ANSWER;
    if (rcode == ns_r_nxdomain)
        return DNS_NO_NAME;
    why_set(why, "%s answers: %s (%d)", server, error_of(rcode), rcode);
    return DNS_TROUBLE;
}

static enum dns_outcome ask_server(struct inquiry *inquiry, const struct dns_server *server,
                                   uint64_t deadline_ms, struct why *why)
{
    char name[DNS_SERVER_NAME_MAX];
    bool truncated = inquiry->tcp_always;

    dns_server_name(server, name, sizeof name);
    if (!truncated) {
        if (!ask_by(inquiry, server, SOCK_DGRAM, deadline_ms)) {
            why_set(why, "%s: %s", name, strerror(errno));
            return DNS_TROUBLE;
        }
        truncated = (inquiry->reply[2] & 0x02) != 0;
    }
    if (truncated && !ask_by(inquiry, server, SOCK_STREAM, deadline_ms)) {
        why_set(why, "%s, by TCP: %s", name, strerror(errno));
        return DNS_TROUBLE;
    }
    return judge(inquiry, name, why);
}

/* The first server is asked in any case: a process that was held up can say who did not answer. */
static enum dns_outcome ask_all(struct inquiry *inquiry, struct why *why)
{
    unsigned chances = ROUNDS * inquiry->server_count;
    enum dns_outcome outcome = DNS_TROUBLE;

    for (unsigned i = 0; i < chances && outcome == DNS_TROUBLE; i++) {
        const struct dns_server *server = &inquiry->servers[i % inquiry->server_count];
        uint64_t now = dns_now_ms();
        uint64_t left_ms = now < inquiry->deadline_ms ? inquiry->deadline_ms - now : 0;
        uint64_t share_ms;

        if (left_ms == 0 && i > 0)
            break;
        share_ms = left_ms / (chances - i);
        if (share_ms < SHARE_MIN_MS)
            share_ms = SHARE_MIN_MS;
        outcome = ask_server(inquiry, server, now + share_ms, why);
    }
    return outcome;
}

enum dns_outcome dns_ask(const struct dns_question *question, struct dns_answer *answer,
                         struct why *why)
{
    struct inquiry inquiry = {.question = question,
                              .deadline_ms = dns_now_ms() + question->timeout_ms};
    enum dns_outcome outcome = DNS_TROUBLE;

    *answer = (struct dns_answer){NULL, 0};
    inquiry.reply = malloc(NS_MAXMSG);
    if (!inquiry.reply)
        why_set(why, "out of memory");
    else if (prepare(&inquiry, why))
        outcome = ask_all(&inquiry, why);
    if (outcome == DNS_ANSWER) {
        *answer = (struct dns_answer){inquiry.reply, inquiry.reply_len};
        inquiry.reply = NULL;
    }
    free(inquiry.reply);
    return outcome;
}
