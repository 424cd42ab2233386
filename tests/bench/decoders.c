/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What decoders of the library cost beside a yardstick: Nettle's Base64 of the same text, or
 * of the token that they work on, as much as any helper has to do. Each pair runs in turn, block by
 * block, so that whatever else the machine does weighs on both. One JSON object on standard output:
 * by pair, the nanoseconds of a call in each block of the two.
 *
 * usage: decoders ROUNDS MILLISECONDS
 *
 * Cannot do: judge. A decoder that finds an error where there is none ends the run.
 */
#include <config.h>

#include "tests/inputs/inputs.h"

#include <nettle/base64.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAC_TOKEN_LEN = 14788, PAC_GROUPS = 1200, AP_REQ_CIPHER_LEN = 2650 };

/* What a call works on. */
struct work {
    struct input text;  /* a header's value or Base64 */
    struct input bytes; /* a PAC */
    char *room;
    size_t cap;
};

/* All calls are of one form, and return whether all was well. */

static bool by_nettle(struct work *work, struct pxa_span text)
{
    struct base64_decode_ctx ctx;
    size_t len = work->cap;

    base64_decode_init(&ctx);
    return base64_decode_update(&ctx, &len, (uint8_t *)work->room, text.len, text.at) &&
           base64_decode_final(&ctx);
}

static bool nettle_decode(struct work *work)
{
    return by_nettle(work, input_span(&work->text));
}

static bool our_decode(struct work *work)
{
    struct pxa_written done;

    return pxa_base64_decode(input_span(&work->text), work->room, work->cap, &done) == PXA_OK;
}

static bool basic_header(struct work *work)
{
    struct pxa_scheme scheme;
    struct pxa_basic basic;

    return pxa_scheme_split(input_span(&work->text), &scheme) == PXA_OK &&
           pxa_basic_decode(scheme.rest, work->room, work->cap, &basic) == PXA_OK;
}

static bool basic_bare(struct work *work)
{
    struct pxa_span token = {work->text.at + 6, work->text.len - 6}; /* without "Basic " */

    return by_nettle(work, token);
}

static bool ap_req(struct work *work)
{
    struct pxa_negotiate token;
    struct pxa_written done;
    struct pxa_krb5 krb5;

    return pxa_base64_decode(input_span(&work->text), work->room, work->cap, &done) == PXA_OK &&
           pxa_negotiate_decode((struct pxa_span){work->room, done.len}, &token) == PXA_OK &&
           pxa_krb5_decode(token.inner, &krb5) == PXA_OK && krb5.kind == PXA_KRB5_AP_REQ;
}

static bool walk_pac(struct work *work, bool write)
{
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_logon logon;
    struct pxa_pac_group group;
    char text[PXA_SID_TEXT_MAX];
    struct pxa_written done;
    size_t count = 0;

    if (pxa_pac_logon_decode(input_span(&work->bytes), &logon) != PXA_OK)
        return false;
    while (pxa_pac_group_next(&logon, &walk, &group) == PXA_OK) {
        count++;
        if (write && pxa_sid_text(&group.sid, text, sizeof text, &done) != PXA_OK)
            return false;
    }
    return count == PAC_GROUPS;
}

static bool pac(struct work *work)
{
    return walk_pac(work, false);
}

static bool pac_with_text(struct work *work)
{
    return walk_pac(work, true);
}

/* ---- Inputs ---- */

static void build_text(struct work *work, size_t len)
{
    static const char letters[] = "bWVtb3J5L3NwYW4rYmFzZTY0";

    for (size_t i = 0; i < len; i++)
        input_add(&work->text, &letters[i * 7 % (sizeof letters - 1)], 1);
}

static void build_basic(struct work *work, size_t len)
{
    (void)len;
    input_text(&work->text, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); /* RFC 7617 section 2 */
}

static void build_ap_req(struct work *work, size_t cipher_len)
{
    input_spnego(&work->text, cipher_len, 3);
    input_to_base64(&work->text);
}

static void build_pac(struct work *work, size_t groups)
{
    input_pac(&work->bytes, &(struct pac_counts){.groups = groups});
    build_text(work, PAC_TOKEN_LEN);
}

static const struct pair {
    const char *name;
    void (*build)(struct work *work, size_t size);
    size_t size;
    bool (*ours)(struct work *work);
    bool (*other)(struct work *work);
} pairs[] = {
    {"base64 28", build_text, 28, our_decode, nettle_decode},
    {"base64 100", build_text, 100, our_decode, nettle_decode},
    {"base64 4096", build_text, 4096, our_decode, nettle_decode},
    {"base64 16384", build_text, 16384, our_decode, nettle_decode},
    {"basic", build_basic, 0, basic_header, basic_bare},
    {"ap-req", build_ap_req, AP_REQ_CIPHER_LEN, ap_req, nettle_decode},
    {"pac", build_pac, PAC_GROUPS, pac, nettle_decode},
    {"pac text", build_pac, PAC_GROUPS, pac_with_text, nettle_decode},
};
enum { PAIR_COUNT = sizeof pairs / sizeof pairs[0] };

/* ---- Measuring ---- */

static double now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Nanoseconds of `count` calls. */
static double run(bool (*one)(struct work *), struct work *work, size_t count)
{
    double begin = now_ns();

    for (size_t i = 0; i < count; i++) {
        if (one(work))
            continue;
        fprintf(stderr, "decoders: a decoder failed\n");
        exit(1);
    }
    return now_ns() - begin;
}

/* How many calls take about that long. */
static size_t calibrate(bool (*one)(struct work *), struct work *work, double block_ns)
{
    size_t count = 1;

    while (run(one, work, count) < block_ns)
        count *= 2;
    return count;
}

static void print_list(const char *name, const double *ns, int rounds, const char *end)
{
    printf("\"%s\": [", name);
    for (int i = 0; i < rounds; i++)
        printf("%s%.2f", i > 0 ? ", " : "", ns[i]);
    printf("]%s", end);
}

static void measure(const struct pair *pair, int rounds, double block_ns)
{
    struct work work = {.cap = 65536};
    double *ns = calloc((size_t)rounds * 2, sizeof *ns);
    size_t ours, other;

    work.room = malloc(work.cap);
    if (ns == NULL || work.room == NULL)
        exit(1);
    pair->build(&work, pair->size);
    ours = calibrate(pair->ours, &work, block_ns);
    other = calibrate(pair->other, &work, block_ns);
    for (int i = 0; i < rounds; i++) {
        ns[i] = run(pair->ours, &work, ours) / (double)ours;
        ns[rounds + i] = run(pair->other, &work, other) / (double)other;
    }
    printf("\"%s\": {", pair->name);
    print_list("ours", ns, rounds, ", ");
    print_list("other", ns + rounds, rounds, "}");
    input_free(&work.text);
    input_free(&work.bytes);
    free(work.room);
    free(ns);
}

int main(int argc, char **argv)
{
    long rounds = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    double block_ns = argc == 3 ? strtod(argv[2], NULL) * 1e6 : 0;

    if (rounds < 1 || rounds > 1000 || block_ns <= 0) {
        fprintf(stderr, "usage: decoders ROUNDS MILLISECONDS\n");
        return 2;
    }
    printf("{");
    for (size_t i = 0; i < PAIR_COUNT; i++) {
        measure(&pairs[i], (int)rounds, block_ns);
        printf("%s", i + 1 < PAIR_COUNT ? ", " : "}\n");
    }
    return 0;
}
