/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/dns.c and dns_server.c: a question to a server in a thread, by UDP and
 * TCP, that answers as a script says. What a reply must have is in RFC 1035 4.1.1 (id, QR) and 7.3
 * (the question), when TCP is used in RFC 7766 5, how it is framed there in 8.
 */
#include <config.h>

#include <arpa/nameser.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "helpers/directory/dns.h"

Suite *suite(void);

enum { SILENT_MS = 200, AMPLE_MS = 20000, QUESTION_AT = 12, CHANCES = 2 };

/* ---- a server ---- */

enum manner {
    PLAIN,
    SILENT,
    TRUNCATED,      /* by UDP; whole by TCP */
    TRUNCATED_ONLY, /* by UDP; TCP is silent */
    TRUNCATED_CLOSED,
    TRUNCATED_HALF, /* by TCP half an answer */
    WRONG_ID,
    WRONG_QUESTION,
    WRONG_TYPE,
    A_QUERY,     /* an echo */
    NO_COUNT,    /* no question is announced */
    TINY,        /* three bytes */
    EMPTY,       /* none */
    WRONG_FIRST, /* a wrong reply before the right one */
    OTHER_CASE,  /* of the name's letters */
    RCODE,       /* code */
};

static struct {
    enum manner manner;
    int code;
    int udp;
    int tcp;
    int end[2];
    pthread_t thread;
    unsigned asked_udp;
    unsigned asked_tcp;
} peer;

static struct dns_server address;
static char endpoint[32];

/* What the scripts have in common: the question comes back with a marker behind it. */
static size_t make_reply(unsigned char *reply, const unsigned char *query, size_t len)
{
    memcpy(reply, query, len);
    reply[2] |= 0x80;
    reply[3] = (unsigned char)(peer.manner == RCODE ? peer.code : 0);
    memcpy(reply + len, "marker", 6);
    return len + 6;
}

static size_t spoil(unsigned char *reply, size_t len)
{
    switch (peer.manner) {
    case TRUNCATED:
    case TRUNCATED_ONLY:
    case TRUNCATED_CLOSED:
    case TRUNCATED_HALF:
        reply[2] |= 0x02;
        return len - 6;
    case WRONG_ID:
    case WRONG_FIRST:
        reply[0] ^= 0xff;
        return len;
    case WRONG_QUESTION:
        reply[QUESTION_AT + 1] ^= 0x01;
        return len;
    case WRONG_TYPE: /* behind the name: A in the place of SRV */
        reply[len - sizeof "marker" + 1 - 3] ^= ns_t_srv ^ ns_t_a;
        return len;
    case A_QUERY:
        reply[2] &= 0x7f;
        return len;
    case NO_COUNT:
        reply[5] = 0;
        return len;
    case TINY:
        return 3;
    case EMPTY:
        return 0;
    case OTHER_CASE:
        reply[QUESTION_AT + 2] ^= 0x20; /* l, L */
        return len;
    case PLAIN:
    case SILENT:
    case RCODE:
        break;
    }
    return len;
}

static void serve_udp(void)
{
    unsigned char query[512];
    unsigned char reply[600];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t got = recvfrom(peer.udp, query, sizeof query, 0, (struct sockaddr *)&from, &from_len);
    size_t len;

    if (got < QUESTION_AT)
        return;
    peer.asked_udp++;
    if (peer.manner == SILENT)
        return;
    len = make_reply(reply, query, (size_t)got);
    if (peer.manner == TINY) { /* what is missing in it was in the one before */
        reply[0] ^= 0xff;
        sendto(peer.udp, reply, len, 0, (struct sockaddr *)&from, from_len);
        reply[0] ^= 0xff;
    }
    sendto(peer.udp, reply, spoil(reply, len), 0, (struct sockaddr *)&from, from_len);
    if (peer.manner == WRONG_FIRST)
        sendto(peer.udp, reply, make_reply(reply, query, (size_t)got), 0, (struct sockaddr *)&from,
               from_len);
}

static void serve_tcp(void)
{
    unsigned char query[514];
    unsigned char reply[602];
    int fd = accept(peer.tcp, NULL, NULL);
    ssize_t got;
    size_t len;

    ck_assert_int_ge(fd, 0);
    peer.asked_tcp++;
    got = recv(fd, query, sizeof query, 0);
    if (got > 2 + QUESTION_AT && peer.manner != TRUNCATED_ONLY && peer.manner != TRUNCATED_CLOSED) {
        ck_assert_int_eq(query[0] << 8 | query[1], (int)got - 2);
        len = make_reply(reply + 2, query + 2, (size_t)got - 2);
        reply[0] = (unsigned char)(len >> 8);
        reply[1] = (unsigned char)len;
        /* In two pieces. */
        send(fd, reply, 5, MSG_NOSIGNAL);
        if (peer.manner != TRUNCATED_HALF)
            send(fd, reply + 5, len + 2 - 5, MSG_NOSIGNAL);
    }
    if (got > 0 && peer.manner != TRUNCATED_CLOSED)
        (void)recv(fd, query, 1, 0); /* until the client has gone */
    close(fd);
}

static void *serve(void *unused)
{
    struct pollfd fds[] = {
        {peer.udp, POLLIN, 0}, {peer.tcp, POLLIN, 0}, {peer.end[0], POLLIN | POLLHUP, 0}};

    (void)unused;
    while (poll(fds, 3, -1) > 0 && fds[2].revents == 0) {
        if (fds[0].revents)
            serve_udp();
        if (fds[1].revents)
            serve_tcp();
    }
    return NULL;
}

static int open_at(int type, unsigned *port)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof in;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    if (bind(fd, (struct sockaddr *)&in, sizeof in) != 0) {
        close(fd);
        return -1;
    }
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &len), 0);
    *port = ntohs(in.sin_port);
    return fd;
}

/* A port that is free for both. */
static void start_peer(enum manner manner)
{
    unsigned port;

    peer.manner = manner;
    peer.asked_udp = peer.asked_tcp = 0;
    do {
        port = 0;
        peer.udp = open_at(SOCK_DGRAM, &port);
        peer.tcp = open_at(SOCK_STREAM, &port);
        if (peer.tcp < 0)
            close(peer.udp);
    } while (peer.tcp < 0);
    ck_assert_int_eq(listen(peer.tcp, 4), 0);
    ck_assert_int_eq(pipe(peer.end), 0);
    ck_assert_int_eq(pthread_create(&peer.thread, NULL, serve, NULL), 0);
    snprintf(endpoint, sizeof endpoint, "127.0.0.1:%u", port);
    ck_assert(dns_server_parse(endpoint, &address, NULL));
}

static void stop_peer(void)
{
    close(peer.end[1]);
    pthread_join(peer.thread, NULL);
    close(peer.end[0]);
    close(peer.udp);
    close(peer.tcp);
}

/* ---- questions ---- */

static struct dns_answer answer;
static struct why why;

static enum dns_outcome ask(uint64_t timeout_ms)
{
    const struct dns_question question = {.name = "_ldap._tcp.example.test",
                                          .type = ns_t_srv,
                                          .server = &address,
                                          .timeout_ms = timeout_ms};

    return dns_ask(&question, &answer, &why);
}

static void expect_answer(void)
{
    ck_assert_msg(ask(AMPLE_MS) == DNS_ANSWER, "%s", why.text);
    ck_assert_uint_gt(answer.len, 6);
    ck_assert_mem_eq(answer.bytes + answer.len - 6, "marker", 6);
    free(answer.bytes);
    stop_peer();
}

static void expect_trouble(uint64_t timeout_ms)
{
    ck_assert_int_eq(ask(timeout_ms), DNS_TROUBLE);
    ck_assert_ptr_null(answer.bytes);
    ck_assert_msg(strstr(why.text, "127.0.0.1 port "), "%s", why.text);
    stop_peer();
}

/* A server has two chances, and WORDS are what came of the second. A busy machine may take the
 * peer's time away: then it gets more. */
static void expect_silence(enum manner manner, const char *words)
{
    uint64_t timeout_ms = SILENT_MS;

    do {
        start_peer(manner);
        expect_trouble(timeout_ms);
        timeout_ms *= 4;
    } while ((peer.asked_udp < CHANCES || !strstr(why.text, words)) && timeout_ms < AMPLE_MS);
    ck_assert_msg(strstr(why.text, words), "%s", why.text);
    ck_assert_uint_eq(peer.asked_udp, CHANCES);
}

/* The name and the type as RFC 1035 4.1.2 writes them. */
START_TEST(a_question)
{
    static const char wire[] = "\x05_ldap\x04_tcp\x07"
                               "example\x04test\0\x00\x21\x00\x01";

    start_peer(PLAIN);
    ck_assert_int_eq(ask(AMPLE_MS), DNS_ANSWER);
    ck_assert_uint_eq(answer.len, QUESTION_AT + sizeof wire - 1 + 6);
    ck_assert_mem_eq(answer.bytes + QUESTION_AT, wire, sizeof wire - 1);
    free(answer.bytes);
    stop_peer();
    ck_assert_uint_eq(peer.asked_udp, 1);
    ck_assert_uint_eq(peer.asked_tcp, 0);
}
END_TEST

START_TEST(a_truncated_answer_is_asked_for_by_tcp)
{
    start_peer(TRUNCATED);
    expect_answer();
    ck_assert_uint_eq(peer.asked_udp, 1);
    ck_assert_uint_eq(peer.asked_tcp, 1);
}
END_TEST

START_TEST(answers_that_count)
{
    start_peer(_i ? OTHER_CASE : WRONG_FIRST);
    expect_answer();
}
END_TEST

START_TEST(answers_that_do_not_count)
{
    static const enum manner manners[] = {SILENT,  WRONG_ID, WRONG_QUESTION, WRONG_TYPE,
                                          A_QUERY, NO_COUNT, TINY,           EMPTY};

    expect_silence(manners[_i], ": Connection timed out");
}
END_TEST

/* Of a process that was held up for so long; it says whom it asked. */
START_TEST(the_time_is_up_at_once)
{
    start_peer(SILENT);
    expect_trouble(0);
    ck_assert_msg(strstr(why.text, ": Connection timed out"), "%s", why.text);
}
END_TEST

START_TEST(tcp_that_leads_nowhere)
{
    static const struct {
        enum manner manner;
        const char *words;
    } cases[] = {{TRUNCATED_ONLY, "by TCP: Connection timed out"},
                 {TRUNCATED_HALF, "by TCP: Connection timed out"},
                 {TRUNCATED_CLOSED, "by TCP: Connection reset"}};

    expect_silence(cases[_i].manner, cases[_i].words);
}
END_TEST

/* RFC 1035 4.1.1, RCODE: 3 is "Name Error". */
START_TEST(codes)
{
    peer.code = _i;
    start_peer(RCODE);
    if (_i == 0) {
        expect_answer();
    } else if (_i == 3) {
        ck_assert_int_eq(ask(AMPLE_MS), DNS_NO_NAME);
        ck_assert_ptr_null(answer.bytes);
        stop_peer();
    } else {
        char number[8];

        snprintf(number, sizeof number, "(%d)", _i);
        expect_trouble(AMPLE_MS);
        ck_assert_msg(strstr(why.text, number), "%s", why.text);
        ck_assert_uint_eq(peer.asked_udp, CHANCES);
    }
}
END_TEST

START_TEST(nobody_listens)
{
    start_peer(SILENT);
    stop_peer();
    ck_assert_int_eq(ask(AMPLE_MS), DNS_TROUBLE);
    ck_assert_msg(strstr(why.text, "refused"), "%s", why.text);
}
END_TEST

START_TEST(time_is_kept)
{
    uint64_t began_ms = dns_now_ms();

    start_peer(SILENT);
    expect_trouble(SILENT_MS);
    ck_assert_msg(strstr(why.text, "timed out"), "%s", why.text);
    ck_assert_uint_ge(dns_now_ms() - began_ms, SILENT_MS);
}
END_TEST

START_TEST(names_that_cannot_be_asked_for)
{
    static char longer[300];
    static const char *const names[] = {
        longer, "a..b", "1234567890123456789012345678901234567890123456789012345678901234.test"};
    struct dns_question question = {.name = names[_i], .type = ns_t_srv, .timeout_ms = AMPLE_MS};

    for (size_t i = 0; i < sizeof longer - 1; i++)
        longer[i] = i % 8 == 7 ? '.' : 'x';
    ck_assert(dns_server_parse("127.0.0.1:1", &address, NULL));
    question.server = &address;
    ck_assert_int_eq(dns_ask(&question, &answer, &why), DNS_TROUBLE);
    ck_assert_msg(strstr(why.text, "is no name"), "%s", why.text);
}
END_TEST

/* ---- addresses ---- */

static const struct {
    const char *text;
    const char *name; /* NULL: refused */
} addresses[] = {
    {"192.0.2.1", "192.0.2.1 port 53"},
    {"192.0.2.1:5353", "192.0.2.1 port 5353"},
    {"2001:db8::1", "2001:db8::1 port 53"},
    {"[2001:db8::1]", "2001:db8::1 port 53"},
    {"[2001:db8::1]:65535", "2001:db8::1 port 65535"},
    {"[192.0.2.1]:53", "192.0.2.1 port 53"},
    {"::1", "::1 port 53"},
    {"", NULL},
    {":53", NULL},
    {"localhost", NULL},
    {"192.0.2.1:", NULL},
    {"192.0.2.1:0", NULL},
    {"192.0.2.1:65536", NULL},
    {"192.0.2.1:5x", NULL},
    {"192.0.2.1:-1", NULL},
    {"192.0.2.1: 53", NULL},
    {"192.0.2.1:4294967349", NULL},
    {"192.0.2.1:18446744073709551669", NULL},
    {"192.0.2.256", NULL},
    {"[2001:db8::1", NULL},
    {"[2001:db8::1]5353", NULL},
    {"2001:db8::1]:53", NULL},
    {"[]:53", NULL},
};

START_TEST(addresses_of_servers)
{
    struct dns_server server = {.len = 0};
    struct why fault = {{0}};
    char name[DNS_SERVER_NAME_MAX];
    bool good = dns_server_parse(addresses[_i].text, &server, &fault);

    ck_assert_msg(good == (addresses[_i].name != NULL), "%s: %s", addresses[_i].text, fault.text);
    if (!good) {
        ck_assert_ptr_nonnull(strstr(fault.text, addresses[_i].text));
        return;
    }
    dns_server_name(&server, name, sizeof name);
    ck_assert_str_eq(name, addresses[_i].name);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("dns");
    TCase *questions = tcase_create("questions");
    TCase *servers = tcase_create("servers");

    tcase_add_test(questions, a_question);
    tcase_add_test(questions, a_truncated_answer_is_asked_for_by_tcp);
    tcase_add_loop_test(questions, answers_that_count, 0, 2);
    tcase_add_loop_test(questions, answers_that_do_not_count, 0, 8);
    tcase_add_test(questions, the_time_is_up_at_once);
    tcase_add_loop_test(questions, tcp_that_leads_nowhere, 0, 3);
    tcase_add_loop_test(questions, codes, 0, 16);
    tcase_add_test(questions, nobody_listens);
    tcase_add_test(questions, time_is_kept);
    tcase_add_loop_test(questions, names_that_cannot_be_asked_for, 0, 3);
    tcase_set_timeout(questions, 60);
    suite_add_tcase(made, questions);
    tcase_add_loop_test(servers, addresses_of_servers, 0, sizeof addresses / sizeof *addresses);
    suite_add_tcase(made, servers);
    return made;
}
