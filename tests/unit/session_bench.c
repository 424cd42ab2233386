/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a request is and when it is answered is checked by the tests; here is checked what must
 * hold for each request: it comes before the end, and is whole.
 */
#include <config.h>

#include "tests/unit/session_bench.h"

#include <check.h>
#include <string.h>

static void forget(struct bench *bench, unsigned at)
{
    bench->held_count--;
    memmove(&bench->held[at], &bench->held[at + 1],
            (bench->held_count - at) * sizeof bench->held[0]);
}

static void on_cancel(struct request *request)
{
    struct bench *bench = request->holder;

    for (unsigned i = 0; i < bench->held_count; i++) {
        if (bench->held[i] == request) {
            forget(bench, i);
            bench->cancelled++;
            return;
        }
    }
    ck_abort_msg("a request that nobody holds was cancelled");
}

static void on_request(void *context, struct request *request)
{
    struct bench *bench = context;

    if (bench->ended > 0)
        ck_abort_msg("a request after the end");
    if (request->line[request->len] != '\0' || memchr(request->line, '\0', request->len))
        ck_abort_msg("a request is not one string");
    bytes_put(&bench->seen, request->line, request->len);
    bytes_put(&bench->seen, "\n", 1);
    bench->handed_up++;
    if (bench->finish_in_request)
        session_finish(bench->session);
    if (!bench->hold && !bench->gather) {
        request_answer_text(request, REPLY_OK, NULL);
        return;
    }
    if (bench->held_count == BENCH_HELD_MAX)
        ck_abort_msg("too many requests in flight");
    request->holder = bench;
    request->cancel = on_cancel;
    bench->held[bench->held_count++] = request;
}

static void on_handed_up(void *context)
{
    struct bench *bench = context;

    if (bench->gather && bench->held_count > bench->gathered_most)
        bench->gathered_most = bench->held_count;
    while (bench->gather && bench->held_count > 0)
        bench_answer(bench, 0, REPLY_OK);
}

static void on_ended(void *context)
{
    struct bench *bench = context;

    bench->ended++;
    if (bench->close_when_ended) {
        session_close(bench->session);
        bench->session = NULL;
    }
}

void bench_open(struct bench *bench, enum scheme scheme, enum concurrency concurrency)
{
    const struct session_config config = {
        .scheme = scheme,
        .concurrency = concurrency,
        .deadline_ms = BENCH_DEADLINE_MS,
        .request = on_request,
        .handed_up = on_handed_up,
        .ended = on_ended,
        .context = bench,
    };

    *bench = (struct bench){.loop = fake_loop_open()};
    fake_stream_init(&bench->peer);
    bench->session = session_open(bench->loop, &bench->peer.stream, &config, NULL);
    ck_assert_ptr_nonnull(bench->session);
}

void bench_close(struct bench *bench)
{
    if (bench->session)
        session_close(bench->session);
    fake_loop_settle(bench->loop);
    ck_assert_uint_eq(bench->held_count, 0);
    fake_loop_close(bench->loop);
    fake_stream_free(&bench->peer);
    bytes_free(&bench->seen);
}

void bench_pump(struct bench *bench)
{
    fake_stream_pump(&bench->peer, bench->loop);
}

void bench_send(struct bench *bench, const char *text)
{
    fake_stream_send_text(&bench->peer, text);
    bench_pump(bench);
}

void bench_end(struct bench *bench)
{
    bench->peer.ended = true;
    bench_pump(bench);
}

void bench_answer(struct bench *bench, unsigned at, enum reply_word word)
{
    struct request *request;

    if (at >= bench->held_count)
        ck_abort_msg("no such request");
    request = bench->held[at];
    forget(bench, at);
    request_answer_text(request, word, NULL);
}

static void expect(struct bytes *got, const char *wanted)
{
    size_t len = strlen(wanted);

    if (bytes_len(got) != len || (len > 0 && memcmp(got->at + got->start, wanted, len) != 0))
        ck_abort_msg("got \"%.*s\", wanted \"%s\"", (int)bytes_len(got),
                     bytes_len(got) > 0 ? got->at + got->start : "", wanted);
    bytes_consume(got, len);
}

void bench_expect(struct bench *bench, const char *text)
{
    expect(&bench->peer.output, text);
}

void bench_expect_seen(struct bench *bench, const char *lines)
{
    expect(&bench->seen, lines);
}
