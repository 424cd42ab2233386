/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays Squid to one digest helper. What is asked and what is right are written down beforehand; a
 * line costs what the protocol asks for and no more: an id is put in front of it, and the id of its
 * reply leads back to it. With --echo the helper is expected to say what it was asked.
 *
 * --write makes the file of the same users, and does nothing else. */
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
#include "tests/bench/script.h"
#include "tests/bench/squid.h"

enum {
    WINDOW_MAX = 256,
    FLIGHTS = 4096, /* a power of two: a request's place is its id modulo it */
    SILENCE_S = 60  /* a reply that takes longer is missing */
};

/* A request that waits for its reply. */
struct flight {
    struct phase *phase; /* NULL: this place is free */
    uint64_t start_ns;
};

struct digest {
    uint32_t users;
    const char *write; /* the file of the users, to be made */
    unsigned window;
    bool echo;
    struct plan *plan;
    char **argv;
    struct squid_helper *helper;
    struct script requests;
    struct script replies;
    uint64_t next_id; /* the id of a line is its number in the script and one */
    unsigned in_flight;
    struct flight flight[FLIGHTS];
    size_t out_len;
    size_t in_len;
    char out[WINDOW_MAX * (SCRIPT_LINE_MAX + 24)];
    char in[SQUID_BUFFER];
    uint64_t first_reply_ns;
};

static __attribute__((noreturn)) void usage(void)
{
    fputs("usage: digest --users N --write FILE\n"
          "       digest --users N --window N --phases NAME=SECONDS,... [--echo]\n"
          "              [--announce] -- HELPER ARGUMENT...\n",
          stderr);
    exit(2);
}

static double helper_cpu_s(void *context)
{
    const struct digest *digest = context;

    return process_cpu_s(digest->helper->pid);
}

static void parse_options(struct digest *digest, int argc, char **argv)
{
    static const struct option options[] = {{"users", required_argument, NULL, 'u'},
                                            {"write", required_argument, NULL, 'o'},
                                            {"window", required_argument, NULL, 'w'},
                                            {"phases", required_argument, NULL, 'p'},
                                            {"echo", no_argument, NULL, 'e'},
                                            {"announce", no_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    bool announce = false;
    int letter;

    while ((letter = getopt_long(argc, argv, "+", options, NULL)) >= 0) {
        switch (letter) {
        case 'u':
            digest->users = (uint32_t)bench_number("--users", optarg, 1, 99999999);
            break;
        case 'o':
            digest->write = optarg;
            break;
        case 'w':
            digest->window = (unsigned)bench_number("--window", optarg, 1, WINDOW_MAX);
            break;
        case 'p':
            digest->plan = plan_parse(optarg, helper_cpu_s, digest);
            break;
        case 'e':
            digest->echo = true;
            break;
        case 'a':
            announce = true;
            break;
        default:
            usage();
        }
    }
    digest->argv = argv + optind;
    if (digest->users == 0 || (digest->write != NULL) == (digest->plan != NULL) ||
        (digest->plan != NULL && optind == argc))
        usage();
    if (digest->plan != NULL)
        digest->plan->announce = announce;
}

static int write_users(const struct digest *digest)
{
    FILE *file = fopen(digest->write, "we");

    if (file == NULL)
        bench_die("%s: %s", digest->write, strerror(errno));
    script_write_users(file, digest->users);
    if (fclose(file) != 0)
        bench_die("%s: %s", digest->write, strerror(errno));
    return 0;
}

/* The driver has nothing to do but to wait for replies. */
static void start_helper(struct digest *digest)
{
    struct timeval silence = {.tv_sec = SILENCE_S};

    digest->helper = squid_start(digest->argv, true, digest->window);
    if (fcntl(digest->helper->fd, F_SETFL, 0) != 0 ||
        setsockopt(digest->helper->fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof(silence)) != 0)
        bench_die("socket: %s", strerror(errno));
}

static void put_request(struct digest *digest, uint64_t now_ns)
{
    struct flight *flight = &digest->flight[digest->next_id % FLIGHTS];
    char *out = digest->out + digest->out_len;
    size_t len;
    const char *line = script_line(&digest->requests, digest->next_id - 1, &len);

    out += sprintf(out, "%ju ", (uintmax_t)digest->next_id);
    memcpy(out, line, len);
    digest->out_len = (size_t)(out - digest->out) + len;
    *flight = (struct flight){&digest->plan->phase[digest->plan->current], now_ns};
    digest->next_id++;
    digest->in_flight++;
}

static void fill_window(struct digest *digest, uint64_t now_ns)
{
    while (digest->in_flight < digest->window &&
           sizeof(digest->out) - digest->out_len >= SCRIPT_LINE_MAX + 24 &&
           digest->flight[digest->next_id % FLIGHTS].phase == NULL)
        put_request(digest, now_ns);
}

/* What does not fit now goes with the next turn: requests are under way, so replies come. */
static void send_some(struct digest *digest)
{
    ssize_t sent;

    if (digest->out_len == 0)
        return;
    sent = send(digest->helper->fd, digest->out, digest->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        bench_die("the helper takes no more requests: %s", strerror(errno));
    if (sent > 0) {
        digest->out_len -= (size_t)sent;
        memmove(digest->out, digest->out + sent, digest->out_len);
    }
}

/* LINE has LEN bytes with its end. */
static void take_reply(struct digest *digest, const char *line, size_t len, uint64_t now_ns)
{
    char *text;
    uint64_t id = strtoull(line, &text, 10);
    struct flight *flight = &digest->flight[id % FLIGHTS];
    size_t wanted_len;
    const char *wanted = script_line(&digest->replies, id - 1, &wanted_len);

    if (text == line || *text != ' ' || id >= digest->next_id || digest->next_id - id > FLIGHTS ||
        flight->phase == NULL)
        bench_die("a reply that no request waits for: %.*s", (int)len, line);
    text++;
    if (len - (size_t)(text - line) != wanted_len || memcmp(text, wanted, wanted_len) != 0)
        bench_die("a wrong reply: %.*sexpected: %.*s", (int)len, line, (int)wanted_len, wanted);
    plan_count(flight->phase, VERDICT_OK, true, now_ns - flight->start_ns);
    flight->phase = NULL;
    digest->in_flight--;
}

static void receive_some(struct digest *digest)
{
    ssize_t got = recv(digest->helper->fd, digest->in + digest->in_len,
                       sizeof(digest->in) - digest->in_len, 0);
    uint64_t now_ns = bench_now_ns();
    const char *line = digest->in;
    const char *end;

    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0)
        bench_die("the helper ended, or a reply is missing");
    digest->in_len += (size_t)got;
    while ((end = memchr(line, '\n', digest->in_len - (size_t)(line - digest->in))) != NULL) {
        take_reply(digest, line, (size_t)(end - line) + 1, now_ns);
        line = end + 1;
    }
    digest->in_len -= (size_t)(line - digest->in);
    memmove(digest->in, line, digest->in_len);
}

static void run(struct digest *digest)
{
    uint64_t now_ns = bench_now_ns();
    uint64_t begun_ns = now_ns;
    bool sending = true;

    start_helper(digest);
    plan_begin(digest->plan, now_ns);
    while (sending || digest->in_flight > 0) {
        if (sending)
            fill_window(digest, now_ns);
        send_some(digest);
        receive_some(digest);
        now_ns = bench_now_ns();
        if (digest->first_reply_ns == 0)
            digest->first_reply_ns = now_ns - begun_ns;
        sending = sending && plan_step(digest->plan, now_ns);
    }
}

static int measure(struct digest *digest)
{
    struct process_memory memory;

    digest->requests = script_requests(digest->users);
    digest->replies = digest->echo ? digest->requests : script_replies(digest->users);
    run(digest);
    memory = process_memory(digest->helper->pid);
    printf("{\"window\": %u, \"first_reply_ms\": %.3f, \"peak_kib\": %ld, \"resident_kib\": %ld, ",
           digest->window, (double)digest->first_reply_ns / 1e6, memory.peak_kib,
           memory.resident_kib);
    plan_print(digest->plan, stdout);
    puts("}");
    if (!squid_stop(digest->helper))
        bench_die("the helper did not exit with status 0");
    return 0;
}

int main(int argc, char **argv)
{
    struct digest *digest = calloc(1, sizeof(*digest));
    int code;

    if (digest == NULL)
        bench_die("out of memory");
    digest->window = 1;
    digest->next_id = 1;
    parse_options(digest, argc, argv);
    code = digest->write != NULL ? write_users(digest) : measure(digest);
    free(digest);
    return code;
}
