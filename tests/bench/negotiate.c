/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays Squid to one Negotiate helper, one request at a time, as Squid asks: it keeps a helper for
 * a client from the first token to the verdict.
 *
 * For a time (--phases): good tokens, each of them once, so that a replay cache takes them. Or for
 * a number of requests (--requests): tokens again and again with bad ones among them, and what
 * the helper's memory was after the first twentieth and in the end. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "tests/bench/bench.h"
#include "tests/bench/plan.h"
#include "tests/bench/process.h"
#include "tests/bench/squid.h"
#include "tests/bench/tokens.h"

enum {
    REPLY_MAX = 65536,
    SILENCE_S = 60,     /* a reply that takes longer is missing */
    SPOILT_EVERY = 10,  /* requests, with --requests */
    WARM_UP_SHARE = 20, /* of them: one in so many */
};

struct negotiate {
    const char *user; /* who every good token lets in */
    struct plan *plan;
    uint64_t requests;
    bool any_end; /* how the helper ends is its own affair: Squid's own fails at its end of input */
    char **argv;
    struct token_lines good;
    struct squid_helper *helper;
    char reply[REPLY_MAX + 1]; /* without its end of line */
};

static __attribute__((noreturn)) void usage(void)
{
    fputs("usage: negotiate --tokens FILE --user NAME --phases NAME=SECONDS,... [--announce]\n"
          "                 [--any-end] -- HELPER ARGUMENT...\n"
          "       negotiate --tokens FILE --user NAME --requests N [--any-end]\n"
          "                 -- HELPER ARGUMENT...\n",
          stderr);
    exit(2);
}

static double helper_cpu_s(void *context)
{
    const struct negotiate *negotiate = context;

    return process_cpu_s(negotiate->helper->pid);
}

static void parse_options(struct negotiate *negotiate, int argc, char **argv)
{
    static const struct option options[] = {{"tokens", required_argument, NULL, 't'},
                                            {"user", required_argument, NULL, 'u'},
                                            {"phases", required_argument, NULL, 'p'},
                                            {"requests", required_argument, NULL, 'n'},
                                            {"announce", no_argument, NULL, 'a'},
                                            {"any-end", no_argument, NULL, 'e'},
                                            {NULL, 0, NULL, 0}};
    bool announce = false;
    int letter;

    while ((letter = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
        switch (letter) {
        case 't':
            negotiate->good = tokens_read(optarg);
            break;
        case 'u':
            negotiate->user = optarg;
            break;
        case 'p':
            negotiate->plan = plan_parse(optarg, helper_cpu_s, negotiate);
            break;
        case 'n':
            negotiate->requests = (uint64_t)bench_number("--requests", optarg, 100, 1e9);
            break;
        case 'a':
            announce = true;
            break;
        case 'e':
            negotiate->any_end = true;
            break;
        default:
            usage();
        }
    }
    negotiate->argv = argv + optind;
    if (negotiate->good.count == 0 || negotiate->user == NULL || optind == argc ||
        (negotiate->plan != NULL) == (negotiate->requests > 0))
        usage();
    if (negotiate->plan != NULL)
        negotiate->plan->announce = announce;
}

/* The driver has nothing to do but to wait for the reply. */
static void start_helper(struct negotiate *negotiate)
{
    struct timeval silence = {.tv_sec = SILENCE_S};

    negotiate->helper = squid_start(negotiate->argv, false, 1);
    if (fcntl(negotiate->helper->fd, F_SETFL, 0) != 0 ||
        setsockopt(negotiate->helper->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence)) != 0)
        bench_die("socket: %s", strerror(errno));
}

static void send_line(const struct negotiate *negotiate, const struct token_line *line)
{
    size_t done = 0;

    while (done < line->len) {
        ssize_t sent =
            send(negotiate->helper->fd, line->text + done, line->len - done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            bench_die("the helper takes no more requests: %s", strerror(errno));
        done += sent > 0 ? (size_t)sent : 0;
    }
}

static void receive_reply(struct negotiate *negotiate)
{
    size_t len = 0;

    while (len == 0 || negotiate->reply[len - 1] != '\n') {
        ssize_t got = recv(negotiate->helper->fd, negotiate->reply + len, REPLY_MAX - len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            bench_die("the helper ended, a reply is missing or longer than %d bytes", REPLY_MAX);
        len += (size_t)got;
    }
    negotiate->reply[len - 1] = '\0';
    if (strchr(negotiate->reply, '\n') != NULL)
        bench_die("more than one reply: %s", negotiate->reply);
}

/* A value may stand in quotes (src/helper/Reply.cc). */
static bool lets_in(const struct negotiate *negotiate)
{
    const char *user = strstr(negotiate->reply, " user=");
    size_t len = strlen(negotiate->user);

    if (strncmp(negotiate->reply, "OK token=", sizeof "OK token=" - 1) != 0 || user == NULL)
        return false;
    user += sizeof " user=" - 1;
    user += *user == '"';
    return strncmp(user, negotiate->user, len) == 0 && strchr("\" ", user[len]) != NULL;
}

static void ask_good(struct negotiate *negotiate, uint64_t number)
{
    send_line(negotiate, &negotiate->good.item[number % negotiate->good.count]);
    receive_reply(negotiate);
    if (!lets_in(negotiate))
        bench_die("a good token was answered: %s", negotiate->reply);
}

static void ask_spoilt(struct negotiate *negotiate, const struct token_line *line)
{
    send_line(negotiate, line);
    receive_reply(negotiate);
    if (strncmp(negotiate->reply, "OK", 2) == 0)
        bench_die("a bad token was answered: %s\n%s", negotiate->reply, line->text);
}

/* The last phase is over, too, when all tokens have been used. */
static void run_phases(struct negotiate *negotiate)
{
    struct plan *plan = negotiate->plan;
    uint64_t now_ns = bench_now_ns();
    uint64_t number = 0;

    plan_begin(plan, now_ns);
    while (plan_step(plan, now_ns)) {
        uint64_t begun_ns = now_ns;
        struct phase *phase = &plan->phase[plan->current];

        ask_good(negotiate, number++);
        now_ns = bench_now_ns();
        plan_count(phase, VERDICT_OK, true, now_ns - begun_ns);
        if (number == negotiate->good.count) {
            if (plan->current + 1 < plan->count)
                bench_die("all %ju tokens are used up in the phase \"%s\"", (uintmax_t)number,
                          phase->name);
            phase->length_ns = now_ns - phase->begun_ns;
        }
    }
}

static void run_requests(struct negotiate *negotiate)
{
    struct token_lines spoilt = tokens_spoilt(&negotiate->good.item[0]);
    uint64_t begun_ns = bench_now_ns();
    long warm_kib = 0;
    struct process_memory memory;

    for (uint64_t number = 0; number < negotiate->requests; number++) {
        if (number % SPOILT_EVERY == 0)
            ask_spoilt(negotiate, &spoilt.item[number / SPOILT_EVERY % spoilt.count]);
        else
            ask_good(negotiate, number);
        if (number == negotiate->requests / WARM_UP_SHARE)
            warm_kib = process_memory(negotiate->helper->pid).resident_kib;
    }
    memory = process_memory(negotiate->helper->pid);
    printf("{\"requests\": %ju, \"seconds\": %.3f, \"warm_kib\": %ld, \"resident_kib\": %ld, "
           "\"peak_kib\": %ld}\n",
           (uintmax_t)negotiate->requests, (double)(bench_now_ns() - begun_ns) / 1e9, warm_kib,
           memory.resident_kib, memory.peak_kib);
}

int main(int argc, char **argv)
{
    static struct negotiate negotiate;

    parse_options(&negotiate, argc, argv);
    start_helper(&negotiate);
    if (negotiate.plan != NULL) {
        run_phases(&negotiate);
        printf("{\"peak_kib\": %ld, ", process_memory(negotiate.helper->pid).peak_kib);
        plan_print(negotiate.plan, stdout);
        puts("}");
    } else {
        run_requests(&negotiate);
    }
    if (!squid_stop(negotiate.helper) && !negotiate.any_end)
        bench_die("the helper did not exit with status 0");
    return 0;
}
