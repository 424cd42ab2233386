/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The promise of a session under random fire: lines of all kinds with an id each, cut anywhere,
 * answered at any time or never, to a peer that reads when it likes. Every id must get exactly
 * one reply and every reply must be one line with an id that was asked. Every other seed speaks
 * Digest, where some requests come as Squid cuts them: 8191 bytes behind the id and no newline;
 * these must get ERR. The seed of a failure is printed; PROXYAUTH_SEED=N runs that one alone.
 */
#include <config.h>

#include "tests/unit/session_bench.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/lines.h"

Suite *suite(void);

enum { RUNS = 200, LINES_A_RUN = 300 };

struct run {
    uint64_t seed;
    uint64_t state;
    struct bench bench;
    bool digest;
    unsigned sent; /* ids 1..sent are on their way */
    bool cut[LINES_A_RUN + 1];
    unsigned char replies[LINES_A_RUN + 1];
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next(struct run *run)
{
    uint64_t z = run->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static unsigned below(struct run *run, unsigned limit)
{
    return (unsigned)(next(run) % limit);
}

static void send_bytes(struct run *run, unsigned count, const char *letters, unsigned letter_count)
{
    for (unsigned i = 0; i < count; i++)
        fake_stream_send(&run->bench.peer, &letters[below(run, letter_count)], 1);
}

/* A request that filled Squid's buffer. */
static void send_cut(struct run *run)
{
    static char fill[8191];

    memset(fill, 'x', sizeof fill);
    fill[0] = '"';
    fake_stream_send(&run->bench.peer, fill, sizeof fill);
    run->cut[run->sent] = true;
}

/* One line with the next id; LAST gets no end. */
static void send_line(struct run *run, bool last)
{
    static const char letters[] = "ab  1\r\t%\\\"=\x7f\xc3\xa9\0";
    char id[24];

    snprintf(id, sizeof id, "%u ", ++run->sent);
    fake_stream_send_text(&run->bench.peer, id);
    if (run->digest && below(run, 20) == 0) {
        send_cut(run);
        return;
    }
    switch (below(run, 20)) {
    case 0:
        send_bytes(run, below(run, 5000), letters, sizeof letters - 1);
        break;
    case 1:
        send_bytes(run, below(run, 40), letters, sizeof letters);
        break;
    case 2:
        if (!run->digest && below(run, 40) == 0) {
            static char fill[LINES_MAX];

            memset(fill, 'x', sizeof fill);
            fake_stream_send(&run->bench.peer, fill, sizeof fill - below(run, 40));
        }
        break;
    default:
        fake_stream_send_text(&run->bench.peer, "user pass");
        break;
    }
    if (!last)
        fake_stream_send_text(&run->bench.peer, below(run, 5) == 0 ? "\r\n" : "\n");
}

/* Counts one reply: an id that was sent, a blank, a word of the protocol. */
static void count_reply(struct run *run, const char *line, size_t len)
{
    char text[64] = {0};
    unsigned id;
    char word[8];

    memcpy(text, line, len < sizeof text ? len : sizeof text - 1);
    if (sscanf(text, "%u %7s", &id, word) != 2 || id == 0 || id > run->sent)
        ck_abort_msg("seed %llu: the reply \"%s\"", (unsigned long long)run->seed, text);
    if (strcmp(word, "OK") != 0 && strcmp(word, "ERR") != 0 && strcmp(word, "BH") != 0)
        ck_abort_msg("seed %llu: the word \"%s\"", (unsigned long long)run->seed, word);
    if (run->cut[id] && strcmp(word, "ERR") != 0)
        ck_abort_msg("seed %llu: the cut request %u got %s", (unsigned long long)run->seed, id,
                     word);
    if (++run->replies[id] > 1)
        ck_abort_msg("seed %llu: %u was answered twice", (unsigned long long)run->seed, id);
}

static void count_replies(struct run *run)
{
    struct bytes *got = &run->bench.peer.output;

    for (;;) {
        size_t len = bytes_len(got);
        const char *line = len > 0 ? got->at + got->start : NULL;
        const char *end = line ? memchr(line, '\n', len) : NULL;

        if (!end)
            return;
        count_reply(run, line, (size_t)(end - line));
        bytes_consume(got, (size_t)(end - line) + 1);
    }
}

/* Something happens: lines come, answers, time passes, the peer reads. */
static void step(struct run *run)
{
    struct bench *bench = &run->bench;

    switch (below(run, 8)) {
    case 0:
        bench->peer.room = below(run, 2000);
        break;
    case 1:
        bench->peer.write_max = 1 + below(run, 300);
        break;
    case 2:
        bench->peer.read_max = 1 + below(run, below(run, 2) ? 30 : 70000);
        break;
    case 3:
        bench->hold = below(run, 4) != 0;
        bench->gather = below(run, 4) == 0;
        break;
    case 4:
        fake_loop_advance(bench->loop, below(run, BENCH_DEADLINE_MS / 4));
        break;
    default:
        for (unsigned n = below(run, 30); n > 0 && bench->held_count > 0; n--)
            bench_answer(bench, below(run, bench->held_count), (enum reply_word)below(run, 3));
        break;
    }
    for (unsigned n = below(run, 20); n > 0 && run->sent < LINES_A_RUN - 1; n--)
        send_line(run, false);
    bench_pump(bench);
    bytes_consume(&bench->seen, bytes_len(&bench->seen));
    count_replies(run);
}

static void finish(struct run *run)
{
    struct bench *bench = &run->bench;

    send_line(run, true);
    bench->peer.room = (size_t)-1;
    if (below(run, 3) == 0) {
        bench_pump(bench);
        session_finish(bench->session);
    }
    bench_end(bench);
    fake_loop_advance(bench->loop, 2 * BENCH_DEADLINE_MS);
    bench_pump(bench);
    count_replies(run);
    for (unsigned id = 1; id <= run->sent; id++)
        if (run->replies[id] != 1)
            ck_abort_msg("seed %llu: %u was not answered", (unsigned long long)run->seed, id);
    if (bench->ended != 1 || bytes_len(&bench->peer.output) != 0)
        ck_abort_msg("seed %llu: the end", (unsigned long long)run->seed);
    bench_close(bench);
}

static void run_seed(uint64_t seed)
{
    static struct run run;

    run = (struct run){.seed = seed, .state = seed, .digest = seed % 2 == 0};
    bench_open(&run.bench, run.digest ? SCHEME_DIGEST : SCHEME_BASIC, CONCURRENCY_ON);
    while (run.sent < LINES_A_RUN - 1)
        step(&run);
    finish(&run);
}

START_TEST(each_id_gets_one_reply)
{
    const char *only = getenv("PROXYAUTH_SEED");

    if (only) {
        run_seed(strtoull(only, NULL, 10));
        return;
    }
    for (uint64_t seed = 1; seed <= RUNS; seed++)
        run_seed(seed);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("session_random");
    TCase *tc = tcase_create("session_random");

    tcase_set_timeout(tc, 240);
    tcase_add_test(tc, each_id_gets_one_reply);
    suite_add_tcase(s, tc);
    return s;
}
