/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/challenge.c, by the grammar of RFC 9110 sections 11.3 and 11.6.1, whose
 * example is the first line; the others are lines as proxies send them, and faults put into
 * such lines by hand.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <stdio.h>

Suite *suite(void);

enum { MAX_LINES = 3, MAX_CHALLENGES = 4 };

/* Each challenge as "line/scheme", and behind a blank [token68] or {params}. After the last
 * one: how the list ends, and where. */
static const struct {
    const char *lines[MAX_LINES];
    const char *challenges[MAX_CHALLENGES];
    enum pxa_status status;
    size_t line, at;
} cases[] = {
    {{"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\""},
     {"0/Newauth {realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"}",
      "0/Basic {realm=\"simple\"}"},
     PXA_END,
     1,
     0},
    {{"Basic realm=\"a, b\", Negotiate, NTLM"},
     {"0/Basic {realm=\"a, b\"}", "0/Negotiate", "0/NTLM"},
     PXA_END,
     1,
     0},
    {{"Negotiate oRQw=="}, {"0/Negotiate [oRQw==]"}, PXA_END, 1, 0},
    {{"Negotiate oRQw== , NTLM TlRM, Basic realm=x"},
     {"0/Negotiate [oRQw==]", "0/NTLM [TlRM]", "0/Basic {realm=x}"},
     PXA_END,
     1,
     0},
    {{"Digest realm=\"x\", nonce=\"..\", qop=\"auth,auth-int\", algorithm=SHA-256, stale=false, "
      "Basic realm=\"y\""},
     {"0/Digest {realm=\"x\", nonce=\"..\", qop=\"auth,auth-int\", algorithm=SHA-256, "
      "stale=false}",
      "0/Basic {realm=\"y\"}"},
     PXA_END,
     1,
     0},
    {{"Negotiate", "NTLM", "Basic realm=\"x\""},
     {"0/Negotiate", "1/NTLM", "2/Basic {realm=\"x\"}"},
     PXA_END,
     3,
     0},
    {{"", " ,\t, ", "Basic"}, {"2/Basic"}, PXA_END, 3, 0},
    {{"Basic realm=unquoted"}, {"0/Basic {realm=unquoted}"}, PXA_END, 1, 0},
    {{" , Basic realm=\"x\" , ,", ",NTLM,"}, {"0/Basic {realm=\"x\"}", "1/NTLM"}, PXA_END, 2, 0},
    {{"Basic realm = \"x\"\t, charset=\"UTF-8\" "},
     {"0/Basic {realm = \"x\"\t, charset=\"UTF-8\"}"},
     PXA_END,
     1,
     0},
    {{"Basic   realm=\"x\",,charset=\"UTF-8\",,NTLM"},
     {"0/Basic {realm=\"x\",,charset=\"UTF-8\"}", "0/NTLM"},
     PXA_END,
     1,
     0},
    {{"Basic realm=\"x\", realm realm=\"y\", stale"}, /* schemes named like parameters */
     {"0/Basic {realm=\"x\"}", "0/realm {realm=\"y\"}", "0/stale"},
     PXA_END,
     1,
     0},
    {{"Basic , realm=\"x\"", "Basic, realm=\"y\""}, /* a list may begin with empty elements */
     {"0/Basic {realm=\"x\"}", "1/Basic {realm=\"y\"}"},
     PXA_END,
     2,
     0},
    {{"New realm"}, {"0/New [realm]"}, PXA_END, 1, 0},
    {{"New a=, NTLM"}, {"0/New [a=]", "0/NTLM"}, PXA_END, 1, 0},
    {{"NTLM\t,Basic\t"}, {"0/NTLM", "0/Basic"}, PXA_END, 1, 0},
    {{NULL}, {NULL}, PXA_END, 0, 0},
    {{""}, {NULL}, PXA_END, 1, 0},

    {{"NTLM", " realm=\"x\""}, {"0/NTLM"}, PXA_NO_SCHEME, 1, 1}, /* does not go on */
    {{"realm=\"x\", NTLM"}, {NULL}, PXA_NO_SCHEME, 0, 0},
    {{"NTLM TlRM, realm=\"x\""}, {"0/NTLM [TlRM]"}, PXA_NO_SCHEME, 0, 11},
    {{"\"x\""}, {NULL}, PXA_NO_SCHEME, 0, 0},
    {{"Basic realm=x, \"y\""}, {"0/Basic {realm=x}"}, PXA_NO_SCHEME, 0, 15},
    {{"Basic realm=x, ="}, {"0/Basic {realm=x}"}, PXA_NO_SCHEME, 0, 15},
    {{"NTLM, \x80"}, {"0/NTLM"}, PXA_NO_SCHEME, 0, 6},
    {{"Basic = x"}, {NULL}, PXA_NO_SCHEME, 0, 0},

    {{"NTLM, Basic\trealm=\"x\""}, {"0/NTLM"}, PXA_NO_SPACE, 0, 11},
    {{"Basic\"x\""}, {NULL}, PXA_NO_SPACE, 0, 5},
    {{"NTLM", "Basic:x"}, {"0/NTLM"}, PXA_NO_SPACE, 1, 5},

    {{"NTLM, Basic \"x\""}, {"0/NTLM"}, PXA_NO_PARAM, 0, 12},
    {{"NTLM, Basic realm x"}, {"0/NTLM"}, PXA_NO_PARAM, 0, 12},
    {{"Basic realm=\"x\" , charset= , NTLM"}, {NULL}, PXA_NO_VALUE, 0, 25},
    {{"NTLM, Basic realm=\"x, Negotiate"}, {"0/NTLM"}, PXA_QUOTE_OPEN, 0, 18},
    {{"NTLM, Basic realm=\",\x01\""}, {"0/NTLM"}, PXA_CONTROL, 0, 20},
    {{"Basic realm=\"x\" NTLM"}, {NULL}, PXA_NO_COMMA, 0, 16},
    {{"Basic realm=\"x\"charset=y"}, {NULL}, PXA_NO_COMMA, 0, 15},
    {{"Basic realm=x", "Basic realm=x, charset=y?z"}, {"0/Basic {realm=x}"}, PXA_NO_COMMA, 1, 24},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

/* The lines of a case, each in a block of its own. */
struct bench {
    struct block blocks[MAX_LINES];
    struct pxa_span lines[MAX_LINES];
    struct pxa_challenges list;
};

static void bench_open(struct bench *bench, const char *const *lines)
{
    *bench = (struct bench){.list = {.lines = bench->lines}};
    for (size_t i = 0; i < MAX_LINES && lines[i] != NULL; i++) {
        bench->blocks[i] = block_of(lines[i], strlen(lines[i]));
        bench->lines[i] = block_span(bench->blocks[i]);
        bench->list.line_count++;
    }
}

static void bench_close(struct bench *bench)
{
    for (size_t i = 0; i < bench->list.line_count; i++)
        block_free(bench->blocks[i]);
}

static void expect_nothing(const struct pxa_challenge *challenge)
{
    ck_assert_uint_eq(challenge->name.len, 0);
    ck_assert_uint_eq(challenge->token68.len, 0);
    ck_assert_uint_eq(challenge->params.len, 0);
    ck_assert_int_eq(challenge->id, PXA_SCHEME_OTHER);
    ck_assert_int_eq(challenge->form, PXA_FORM_NONE);
    ck_assert_uint_eq(challenge->line, 0);
}

static bool lies_in(struct pxa_span inner, struct pxa_span outer)
{
    return inner.len == 0 || (inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len);
}

/* What a caller may rely on, whatever was read. */
static void expect_sound(const struct pxa_challenge *challenge, const struct bench *bench)
{
    struct pxa_span line = bench->lines[challenge->line];
    struct pxa_cursor params = {challenge->params, 0};
    struct pxa_param param;

    ck_assert(lies_in(challenge->name, line) && lies_in(challenge->token68, line) &&
              lies_in(challenge->params, line));
    ck_assert_int_eq(challenge->id, pxa_scheme_of(challenge->name));
    ck_assert_int_eq(challenge->form == PXA_FORM_TOKEN68, challenge->token68.len > 0);
    ck_assert_int_eq(challenge->form == PXA_FORM_PARAMS, challenge->params.len > 0);
    while (params.at < params.text.len)
        ck_assert_int_eq(pxa_param_next(&params, &param), PXA_OK);
}

static void expect_challenge(const struct pxa_challenge *challenge, const char *want)
{
    char shown[200];
    const char *open = challenge->form == PXA_FORM_TOKEN68 ? " [" : " {";
    const char *close = challenge->form == PXA_FORM_TOKEN68 ? "]" : "}";
    struct pxa_span body =
        challenge->form == PXA_FORM_TOKEN68 ? challenge->token68 : challenge->params;
    bool bare = challenge->form == PXA_FORM_NONE;

    snprintf(shown, sizeof shown, "%zu/%.*s%s%.*s%s", challenge->line, (int)challenge->name.len,
             challenge->name.at, bare ? "" : open, (int)body.len, body.len > 0 ? body.at : "",
             bare ? "" : close);
    ck_assert_str_eq(shown, want);
}

START_TEST(reads_lines)
{
    struct bench bench;
    struct pxa_challenge challenge;

    bench_open(&bench, cases[_i].lines);
    for (size_t i = 0; i < MAX_CHALLENGES && cases[_i].challenges[i] != NULL; i++) {
        memset(&challenge, 0x5a, sizeof challenge);
        ck_assert_int_eq(pxa_challenge_next(&bench.list, &challenge), PXA_OK);
        expect_sound(&challenge, &bench);
        expect_challenge(&challenge, cases[_i].challenges[i]);
    }
    for (int again = 0; again < 3; again++) {
        memset(&challenge, 0x5a, sizeof challenge);
        ck_assert_int_eq(pxa_challenge_next(&bench.list, &challenge), cases[_i].status);
        expect_nothing(&challenge);
        ck_assert_uint_eq(bench.list.line, cases[_i].line);
        ck_assert_uint_eq(bench.list.at, cases[_i].at);
    }
    bench_close(&bench);
}
END_TEST

/* "\0" cannot stand in the table above. */
START_TEST(refuses_a_nul)
{
    static const struct {
        const char *line;
        size_t len;
        enum pxa_status status;
        size_t at;
    } nuls[] = {
        {"\0", 1, PXA_NO_SCHEME, 0},
        {"NTLM\0", 5, PXA_NO_SPACE, 4},
        {"NTLM \0", 6, PXA_NO_PARAM, 5},
        {"Basic realm=\"x\0\"", 16, PXA_NUL, 14},
        {"Basic realm=x\0", 14, PXA_NO_COMMA, 13},
    };

    for (size_t i = 0; i < sizeof nuls / sizeof nuls[0]; i++) {
        struct block line = block_of(nuls[i].line, nuls[i].len);
        struct pxa_span span = block_span(line);
        struct pxa_challenges list = {&span, 1, 0, 0};
        struct pxa_challenge challenge;

        ck_assert_int_eq(pxa_challenge_next(&list, &challenge), nuls[i].status);
        ck_assert_uint_eq(list.at, nuls[i].at);
        expect_nothing(&challenge);
        block_free(line);
    }
}
END_TEST

/* Cut after any byte, a line gives no other challenges than the whole one, but the last. */
START_TEST(cut_anywhere)
{
    for (size_t len = 0; len < strlen(cases[_i].lines[0]); len++) {
        struct block line = block_of(cases[_i].lines[0], len);
        struct bench bench = {.lines = {block_span(line)}};
        struct pxa_challenges list = {bench.lines, 1, 0, 0};
        struct pxa_challenge challenge;
        enum pxa_status status;
        size_t count = 0;
        char shown[200] = "";

        while ((status = pxa_challenge_next(&list, &challenge)) == PXA_OK) {
            expect_sound(&challenge, &bench);
            if (count > 0)
                ck_assert_int_eq(strncmp(shown, cases[_i].challenges[count - 1], strlen(shown)), 0);
            snprintf(shown, sizeof shown, "0/%.*s", (int)challenge.name.len, challenge.name.at);
            count++;
        }
        expect_nothing(&challenge);
        ck_assert(status == PXA_END ? list.line == 1 : list.line == 0 && list.at < len);
        ck_assert_uint_le(count, MAX_CHALLENGES);
        block_free(line);
    }
}
END_TEST

START_TEST(every_byte_behind_a_name)
{
    for (int byte = 1; byte < 256; byte++) {
        char text[] = "A?b=c";
        struct bench bench;
        struct pxa_challenge challenge;
        enum pxa_status status;
        bool is_token = byte > 0x20 && byte < 0x7f && strchr("\"(),/:;<=>?@[\\]{}", byte) == NULL;

        text[1] = (char)byte;
        bench_open(&bench, (const char *[]){text, NULL, NULL});
        status = pxa_challenge_next(&bench.list, &challenge);
        if (byte == ' ' || byte == ',')
            ck_assert_int_eq(status, PXA_OK);
        else if (is_token || byte == '=') /* a longer name, and then a parameter's */
            ck_assert(status == PXA_NO_SCHEME && bench.list.at == 0);
        else
            ck_assert(status == PXA_NO_SPACE && bench.list.at == 1);
        bench_close(&bench);
    }
}
END_TEST

START_TEST(finds_parameters)
{
    struct bench bench;
    struct pxa_challenge challenge;
    struct pxa_param param;

    bench_open(&bench,
               (const char *[]){"Digest REALM=\"a\\\"b\", nonce=x, realm=c, Basic", NULL, NULL});
    ck_assert_int_eq(pxa_challenge_next(&bench.list, &challenge), PXA_OK);
    ck_assert_int_eq(pxa_challenge_param(&challenge, "realm", &param), PXA_OK);
    ck_assert(span_is(param.value, "a\\\"b", 4) && param.quoted && param.escaped);
    ck_assert_int_eq(pxa_challenge_param(&challenge, "Nonce", &param), PXA_OK);
    ck_assert(span_is(param.value, "x", 1) && !param.quoted && !param.escaped);
    memset(&param, 0x5a, sizeof param);
    ck_assert_int_eq(pxa_challenge_param(&challenge, "nonc", &param), PXA_END);
    ck_assert(param.name.len == 0 && param.value.len == 0 && !param.quoted && !param.escaped);
    ck_assert_int_eq(pxa_challenge_next(&bench.list, &challenge), PXA_OK);
    ck_assert_int_eq(pxa_challenge_param(&challenge, "realm", &param), PXA_END);
    bench_close(&bench);
}
END_TEST

#define BIT(name) PXA_SCHEME_BIT(PXA_SCHEME_##name)
#define ALL UINT32_C(0xffffffff)
#define NONE UINT32_C(0)

/* The order is that of the header. "" where none is chosen. */
static const struct {
    const char *lines[MAX_LINES];
    uint32_t offered;
    const char *chosen;
} choices[] = {
    {{"Basic realm=x, NTLM"}, ALL, "0/NTLM"},
    {{"NTLM, Digest realm=x"}, ALL, "0/Digest {realm=x}"},
    {{"Digest realm=x", "SCRAM-SHA-1 realm=x"}, ALL, "1/SCRAM-SHA-1 {realm=x}"},
    {{"SCRAM-SHA-1", "Digest algorithm=SHA-256"}, ALL, "1/Digest {algorithm=SHA-256}"},
    {{"Digest algorithm=SHA-256", "Digest algorithm=SHA-512-256"},
     ALL,
     "1/Digest {algorithm=SHA-512-256}"},
    {{"Digest algorithm=SHA-512-256", "SCRAM-SHA-256"}, ALL, "1/SCRAM-SHA-256"},
    {{"SCRAM-SHA-256", "Negotiate"}, ALL, "1/Negotiate"},
    {{"Negotiate, SCRAM-SHA-256, NTLM", "Basic realm=x"}, ALL, "0/Negotiate"},
    {{"Negotiate, NTLM", "Basic realm=x"}, ALL & ~BIT(NEGOTIATE), "0/NTLM"},
    {{"Negotiate, NTLM", "Basic realm=x"}, BIT(BASIC), "1/Basic {realm=x}"},
    {{"Negotiate, NTLM", "Basic realm=x"}, BIT(DIGEST), ""},
    {{"Negotiate"}, 0, ""},
    {{"Basic realm=a, Basic realm=b"}, ALL, "0/Basic {realm=a}"},
    {{"Digest algorithm=MD5-sess, Digest algorithm=MD5"}, ALL, "0/Digest {algorithm=MD5-sess}"},
    {{"Digest algorithm=MD5", "Digest algorithm=sha-512-256-SESS"},
     ALL,
     "1/Digest {algorithm=sha-512-256-SESS}"},
    {{"Digest algorithm=SHA-256-sess, SCRAM-SHA-1"}, ALL, "0/Digest {algorithm=SHA-256-sess}"},
    {{"Digest algorithm=\"SHA\\-256\", SCRAM-SHA-1"}, ALL, "0/Digest {algorithm=\"SHA\\-256\"}"},
    {{"Digest algorithm=\"\\S\\H\\A\\-\\5\\1\\2\\-\\2\\5\\6\\-\\s\\e\\s\\s\", SCRAM-SHA-1"},
     ALL,
     "0/Digest {algorithm=\"\\S\\H\\A\\-\\5\\1\\2\\-\\2\\5\\6\\-\\s\\e\\s\\s\"}"},
    {{"Digest algorithm=\"a name that is much longer than any \\x\", Basic"}, ALL, "0/Basic"},
    {{"Digest algorithm=SHA-512, Basic"}, ALL, "0/Basic"},
    {{"Digest algorithm=SHA-512"}, ALL, ""},
    {{"Bearer, Concealed, HOBA, Mutual, OAuth, vapid, Other"}, ALL, ""},
    {{NULL}, ALL, ""},
};
enum { CHOICE_COUNT = sizeof choices / sizeof choices[0] };

START_TEST(chooses_the_strongest)
{
    struct bench bench;
    struct pxa_challenge challenge;
    bool none = choices[_i].chosen[0] == '\0';

    bench_open(&bench, choices[_i].lines);
    memset(&challenge, 0x5a, sizeof challenge);
    ck_assert_int_eq(pxa_challenge_strongest(&bench.list, choices[_i].offered, &challenge),
                     none ? PXA_END : PXA_OK);
    if (none)
        expect_nothing(&challenge);
    else
        expect_challenge(&challenge, choices[_i].chosen);
    bench_close(&bench);
}
END_TEST

/* A fault behind the strongest challenge is a fault nevertheless. */
/* What can be read counts: the fault is told only if there is nothing to choose. */
START_TEST(faulty_lines_hide_no_others)
{
    for (int i = 0; i < CASE_COUNT; i++) {
        struct bench bench;
        struct pxa_challenge challenge;
        enum pxa_status status;

        if (cases[i].status == PXA_END)
            continue;
        bench_open(&bench, cases[i].lines);
        status = pxa_challenge_strongest(&bench.list, NONE, &challenge);
        ck_assert_int_eq(status, cases[i].status);
        expect_nothing(&challenge);
        ck_assert_uint_eq(bench.list.line, cases[i].line);
        ck_assert_uint_eq(bench.list.at, cases[i].at);
        bench_close(&bench);
    }
}
END_TEST

START_TEST(goes_on_behind_a_faulty_line)
{
    const char *const lines[MAX_LINES] = {"NTLM, Basic realm=a b", "Basic realm=x c", "Negotiate"};
    struct bench bench;
    struct pxa_challenge challenge;

    bench_open(&bench, lines);
    ck_assert_int_eq(pxa_challenge_strongest(&bench.list, ALL, &challenge), PXA_OK);
    ck_assert_int_eq(challenge.id, PXA_SCHEME_NEGOTIATE);
    bench_close(&bench);
    bench_open(&bench, lines);
    ck_assert_int_eq(
        pxa_challenge_strongest(&bench.list, PXA_SCHEME_BIT(PXA_SCHEME_NTLM), &challenge), PXA_OK);
    ck_assert_int_eq(challenge.id, PXA_SCHEME_NTLM);
    bench_close(&bench);
    bench_open(&bench, lines);
    ck_assert_int_eq(
        pxa_challenge_strongest(&bench.list, PXA_SCHEME_BIT(PXA_SCHEME_BASIC), &challenge),
        PXA_NO_COMMA);
    ck_assert_uint_eq(bench.list.line, 0); /* the first fault */
    ck_assert_uint_eq(bench.list.at, 20);
    bench_close(&bench);
}
END_TEST

START_TEST(a_cursor_behind_the_lines_ends)
{
    struct block line = block_of("NTLM", 4);
    struct pxa_span span = block_span(line);
    struct pxa_challenges behind_text = {&span, 1, 0, SIZE_MAX};
    struct pxa_challenges behind_lines = {&span, 1, SIZE_MAX, 7};
    struct pxa_challenge challenge;

    ck_assert_int_eq(pxa_challenge_next(&behind_text, &challenge), PXA_END);
    ck_assert_int_eq(pxa_challenge_next(&behind_lines, &challenge), PXA_END);
    expect_nothing(&challenge);
    block_free(line);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("challenge");
    TCase *tc = tcase_create("challenge");

    tcase_add_loop_test(tc, reads_lines, 0, CASE_COUNT);
    tcase_add_test(tc, refuses_a_nul);
    tcase_add_loop_test(tc, cut_anywhere, 0, 5);
    tcase_add_test(tc, every_byte_behind_a_name);
    tcase_add_test(tc, finds_parameters);
    tcase_add_loop_test(tc, chooses_the_strongest, 0, CHOICE_COUNT);
    tcase_add_test(tc, faulty_lines_hide_no_others);
    tcase_add_test(tc, goes_on_behind_a_faulty_line);
    tcase_add_test(tc, a_cursor_behind_the_lines_ends);
    suite_add_tcase(s, tc);
    return s;
}
