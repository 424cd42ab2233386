/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/negotiate/dialogue.c, between a real session and a verifier that the test plays.
 *
 * The lines are Squid's (src/auth/negotiate/UserRequest.cc). What is expected of a reply is what
 * Squid's parser wants (src/auth/negotiate/UserRequest.cc, HandleReply: TT with a bare token; OK
 * with token= and user=), in the order of negotiate_kerberos_auth; Base64 was taken from RFC 4648,
 * section 10 ("foobar" and its beginnings), and made longer by hand.
 */
#include <config.h>

#include "helpers/negotiate/dialogue.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/negotiate/line.h"
#include "tests/unit/captured.h"
#include "tests/unit/own_memory.h"
#include "tests/unit/session_bench.h"

Suite *suite(void);

enum { LOG_MAX = 32768 };

/* The verifier: what it was asked, what it answers, and whether at once. */
struct scene {
    struct bench bench; /* for its loop and peer; the session is the scene's own */
    struct dialogue *dialogue;
    struct log *log;
    int log_ends[2];
    uint64_t now_ms;
    const struct dialogue_answer *at_once; /* NULL: later, by tell() */
    char asked[256];                       /* "YR foo;KK bar;" since the last expect() */
    struct pxa_span token;                 /* as the last question has it */
    unsigned dropped;
    char said[LOG_MAX];
};

static void on_token(void *context, struct pxa_span token, bool begins)
{
    struct scene *scene = context;
    size_t len = strlen(scene->asked);

    scene->token = token;
    (void)snprintf(scene->asked + len, sizeof scene->asked - len, "%s %.*s;", begins ? "YR" : "KK",
                   (int)token.len, token.at);
    if (scene->at_once)
        dialogue_tell(scene->dialogue, scene->at_once);
}

static void on_drop(void *context)
{
    ((struct scene *)context)->dropped++;
}

static void on_request(void *context, struct request *request)
{
    dialogue_request(((struct scene *)context)->dialogue, request);
}

static void on_ended(void *context)
{
    (void)context;
}

static uint64_t scene_now(void *context)
{
    return ((struct scene *)context)->now_ms;
}

static void open_log(struct scene *scene, enum log_level level)
{
    ck_assert_int_eq(pipe2(scene->log_ends, O_CLOEXEC | O_NONBLOCK), 0);
    scene->log = log_open(scene->log_ends[1], "prog", level, scene_now, scene);
    ck_assert_ptr_nonnull(scene->log);
}

static void open_session(struct scene *scene, enum scheme scheme)
{
    const struct session_config config = {
        .scheme = scheme,
        .deadline_ms = BENCH_DEADLINE_MS,
        .request = on_request,
        .ended = on_ended,
        .context = scene,
    };

    scene->bench.loop = fake_loop_open();
    fake_stream_init(&scene->bench.peer);
    scene->bench.session =
        session_open(scene->bench.loop, &scene->bench.peer.stream, &config, NULL);
    ck_assert_ptr_nonnull(scene->bench.session);
}

/* CONFIG: what differs from Negotiate without extras and explanations. */
static struct scene *open_scene(struct dialogue_config config, enum log_level level)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct why why = {{0}};

    ck_assert_ptr_nonnull(scene);
    if (config.scheme != SCHEME_NTLM)
        config.scheme = SCHEME_NEGOTIATE;
    open_log(scene, level);
    open_session(scene, config.scheme);
    config.log = scene->log;
    config.ask = on_token;
    config.drop = on_drop;
    config.context = scene;
    scene->dialogue = dialogue_new(&config, &why);
    ck_assert_msg(scene->dialogue != NULL, "%s", why.text);
    return scene;
}

static struct scene *open_plain(void)
{
    return open_scene((struct dialogue_config){0}, LOG_ERROR);
}

static void close_scene(struct scene *scene)
{
    bench_close(&scene->bench);
    dialogue_free(scene->dialogue);
    log_close(scene->log);
    close(scene->log_ends[0]);
    close(scene->log_ends[1]);
    free(scene);
}

/* Squid writes LINE; the verifier is asked ASKED ("" for nothing), and REPLY is answered so far. */
static void expect(struct scene *scene, const char *line, const char *asked, const char *reply)
{
    bench_send(&scene->bench, line);
    ck_assert_str_eq(scene->asked, asked);
    bench_expect(&scene->bench, reply);
    scene->asked[0] = '\0';
}

/* The verifier answers late; Squid gets REPLY. */
static void tell(struct scene *scene, struct dialogue_answer answer, const char *reply)
{
    dialogue_tell(scene->dialogue, &answer);
    bench_pump(&scene->bench);
    bench_expect(&scene->bench, reply);
}

/* What was logged since the last call. */
static const char *logged(struct scene *scene)
{
    ssize_t len = read(scene->log_ends[0], scene->said, sizeof scene->said - 1);

    scene->said[len > 0 ? len : 0] = '\0';
    return scene->said;
}

static struct dialogue_answer goes_on(const char *token)
{
    return (struct dialogue_answer){.result = DIALOGUE_CONTINUE, .token = span_of(token)};
}

static struct dialogue_answer ok(const char *user, const char *token)
{
    return (struct dialogue_answer){
        .result = DIALOGUE_OK, .user = span_of(user), .token = span_of(token)};
}

static struct dialogue_answer denied(const char *reason)
{
    return (struct dialogue_answer){.result = DIALOGUE_DENIED, .reason = reason};
}

/* ---- verdicts ---- */

START_TEST(one_leg_now)
{
    const struct dialogue_answer answer = ok("alice@EXAMPLE.COM", "foob");
    struct scene *scene = open_plain();

    scene->at_once = &answer;
    expect(scene, "YR Zm9v\n", "YR foo;", "OK token=\"Zm9vYg==\" user=\"alice@EXAMPLE.COM\"\n");
    expect(scene, "YR Zm9v\n", "YR foo;", "OK token=\"Zm9vYg==\" user=\"alice@EXAMPLE.COM\"\n");
    close_scene(scene);
}
END_TEST

START_TEST(three_legs_later)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zg==\n", "YR f;", "");
    tell(scene, goes_on("fo"), "TT Zm8=\n");
    expect(scene, "KK Zm9v\n", "KK foo;", "");
    tell(scene, goes_on("foob"), "TT Zm9vYg==\n");
    expect(scene, "KK Zm9vYmE=\n", "KK fooba;", "");
    tell(scene, ok("bob", "foobar"), "OK token=\"Zm9vYmFy\" user=\"bob\"\n");
    close_scene(scene);
}
END_TEST

/* Squid ends itself at an OK without a token. */
START_TEST(ok_without_a_token_has_one)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, ok("bob", ""), "OK token=\"AA==\" user=\"bob\"\n");
    close_scene(scene);
}
END_TEST

START_TEST(ok_without_a_user_is_none)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, ok("", "foo"), "BH the answer was incomplete\n");
    close_scene(scene);
}
END_TEST

START_TEST(ntlm_has_no_token)
{
    const struct reply_note group = {"group", span_of("S-1-5")};
    struct scene *scene = open_scene((struct dialogue_config){.scheme = SCHEME_NTLM}, LOG_ERROR);
    struct dialogue_answer answer = ok("bob", "foo");

    answer.groups = &group;
    answer.group_count = 1;
    expect(scene, "YR Zg==\n", "YR f;", "");
    tell(scene, goes_on("fo"), "TT Zm8=\n");
    expect(scene, "KK Zm9v\n", "KK foo;", "");
    tell(scene, answer, "OK user=\"bob\" group=\"S-1-5\"\n");
    close_scene(scene);
}
END_TEST

START_TEST(failures_by_their_kind)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, denied("the ticket \"x\" has expired"),
         "ERR message=\"the ticket \\\"x\\\" has expired\"\n");
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, (struct dialogue_answer){.result = DIALOGUE_UNAVAILABLE, .reason = "no keytab"},
         "BH no keytab\n");
    close_scene(scene);
}
END_TEST

/* A token of a failure goes nowhere: Squid takes none with ERR and BH. */
START_TEST(failures_have_no_token)
{
    struct scene *scene = open_plain();
    struct dialogue_answer answer = denied("no");

    answer.token = span_of("foo");
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, answer, "ERR message=\"no\"\n");
    close_scene(scene);
}
END_TEST

/* ---- groups ---- */

enum { MANY = 1200 };

static char *reply_with_groups(unsigned count)
{
    struct bytes reply = {0};
    char one[32];

    bytes_put_text(&reply, "OK token=\"Zg==\" user=\"bob\"");
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(one, sizeof one, " group=\"g%u\"", i);
        bytes_put_text(&reply, one);
    }
    bytes_put(&reply, "\n", sizeof "\n");
    ck_assert(!reply.failed && reply.start == 0);
    return reply.at;
}

static void login_with_groups(struct scene *scene, unsigned count)
{
    static char names[MANY][16];
    static struct reply_note notes[MANY];
    struct dialogue_answer answer = ok("bob", "f");
    char *reply = reply_with_groups(count);

    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(names[i], sizeof names[i], "g%u", i);
        notes[i] = (struct reply_note){"group", span_of(names[i])};
    }
    answer.groups = notes;
    answer.group_count = count;
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, answer, reply);
    free(reply);
}

/* None is left out, and none goes on to who logs in next. */
START_TEST(groups_whole_and_of_one_login)
{
    struct scene *scene = open_plain();

    login_with_groups(scene, 3);
    login_with_groups(scene, MANY);
    login_with_groups(scene, 1);
    login_with_groups(scene, 0);
    close_scene(scene);
}
END_TEST

/* ---- out of turn ---- */

#define NO_DIALOGUE "ERR message=\"a KK without a dialogue that it goes on with\"\n"

START_TEST(kk_needs_a_dialogue)
{
    struct scene *scene = open_plain();

    expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, ok("bob", ""), "OK token=\"AA==\" user=\"bob\"\n");
    expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
    close_scene(scene);
}
END_TEST

/* What was asked out of turn, or was no token, ends the dialogue. */
START_TEST(a_bad_line_ends_the_dialogue)
{
    static const char *const bad[] = {"KK %%%%\n", "KK\n", "KK Zm9v Zm9v\n", "YR\n", "KK Zm9\n"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct scene *scene = open_plain();

        expect(scene, "YR Zg==\n", "YR f;", "");
        tell(scene, goes_on("fo"), "TT Zm8=\n");
        bench_send(&scene->bench, bad[i]);
        ck_assert_uint_gt(bytes_len(&scene->bench.peer.output), 4);
        ck_assert_mem_eq(scene->bench.peer.output.at + scene->bench.peer.output.start, "ERR ", 4);
        bytes_consume(&scene->bench.peer.output, bytes_len(&scene->bench.peer.output));
        expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
        close_scene(scene);
    }
}
END_TEST

START_TEST(a_new_yr_begins_anew)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zg==\n", "YR f;", "");
    tell(scene, goes_on("fo"), "TT Zm8=\n");
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, goes_on("f"), "TT Zg==\n");
    expect(scene, "KK Zm9v\n", "KK foo;", "");
    tell(scene, ok("bob", ""), "OK token=\"AA==\" user=\"bob\"\n");
    close_scene(scene);
}
END_TEST

/* ---- time ---- */

START_TEST(dropped_at_the_deadline)
{
    const struct dialogue_answer late = ok("eve", "");
    struct scene *scene = open_plain();

    expect(scene, "YR Zg==\n", "YR f;", "");
    tell(scene, goes_on("fo"), "TT Zm8=\n");
    expect(scene, "KK Zm9v\n", "KK foo;", "");
    fake_loop_advance(scene->bench.loop, BENCH_DEADLINE_MS - 1);
    bench_pump(&scene->bench);
    bench_expect(&scene->bench, "");
    ck_assert_uint_eq(scene->dropped, 0);
    fake_loop_advance(scene->bench.loop, 1);
    bench_pump(&scene->bench);
    ck_assert_uint_eq(scene->dropped, 1);
    bench_expect(&scene->bench, "BH no answer within 10 s\n");
    dialogue_tell(scene->dialogue, &late);
    bench_pump(&scene->bench);
    bench_expect(&scene->bench, "");
    expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, ok("bob", ""), "OK token=\"AA==\" user=\"bob\"\n");
    close_scene(scene);
}
END_TEST

/* Squid is gone, and the session with it. */
START_TEST(dropped_with_the_session)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zm9v\n", "YR foo;", "");
    session_close(scene->bench.session);
    scene->bench.session = NULL;
    ck_assert_uint_eq(scene->dropped, 1);
    close_scene(scene);
}
END_TEST

/* A line that comes while a verdict is awaited waits for it. */
START_TEST(one_at_a_time)
{
    struct scene *scene = open_plain();

    expect(scene, "YR Zg==\nYR Zm8=\n", "YR f;", "");
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    ck_assert_str_eq(scene->asked, "YR fo;");
    tell(scene, ok("bob", ""), "OK token=\"AA==\" user=\"bob\"\n");
    close_scene(scene);
}
END_TEST

/* ---- lines ---- */

#define WORDS "ERR message=\"more than one word (does --key-extras fit squid.conf?)\"\n"
#define FIELDS "BH fields are missing (does --key-extras fit squid.conf?)\n"
#define CANNOT "ERR message=\"the token cannot be decoded at byte "
/* As pxa_status_text() has it. */
#define ODD_LENGTH                                                                                 \
    "The length of the Base64 text is not a multiple of four: it was cut, or its padding is "      \
    "missing."
#define NOT_BASE64 "A byte does not belong to the Base64 alphabet."

static const struct {
    unsigned key_extras;
    const char *line;
    const char *reply;
} lines[] = {
    {0, "YR\n", "ERR message=\"there is no token\"\n"},
    {0, "YR Zm9v evil\n", WORDS},
    {0, "YR Zm9v OK user=root\n", WORDS},
    {0, "YR  Zm9v\n", WORDS},
    {1, "YR Zm9v evil 127.0.0.1\n", WORDS},
    {2, "YR Zm9v 127.0.0.1\n", FIELDS},
    {1, "YR Zm9v\n", FIELDS},
    {0, "Zm9v\n", "BH unknown request: YR or KK and a token are expected\n"},
    {0, "YR Zm9\n", CANNOT "3 of 3 of the Base64: " ODD_LENGTH "\"\n"},
    {0, "YR Zm-v\n", CANNOT "2 of 4 of the Base64: " NOT_BASE64 "\"\n"},
};

START_TEST(lines_that_are_no_token)
{
    struct scene *scene =
        open_scene((struct dialogue_config){.key_extras = lines[_i].key_extras}, LOG_ERROR);

    expect(scene, lines[_i].line, "", lines[_i].reply);
    close_scene(scene);
}
END_TEST

START_TEST(extras_are_taken_off)
{
    struct scene *scene = open_scene((struct dialogue_config){.key_extras = 2}, LOG_ERROR);

    expect(scene, "YR Zm9v 127.0.0.1 -\n", "YR foo;", "");
    tell(scene, goes_on("fo"), "TT Zm8=\n");
    expect(scene, "KK Zm9v 127.0.0.1 -\n", "KK foo;", "");
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    close_scene(scene);
}
END_TEST

/* ---- length ---- */

/* LEN characters 'A' (Base64 of zeros) behind YR. */
static char *long_line(size_t len)
{
    char *line = malloc(len + sizeof "YR \n");

    ck_assert_ptr_nonnull(line);
    memcpy(line, "YR ", 3);
    memset(line + 3, 'A', len);
    memcpy(line + 3 + len, "\n", sizeof "\n");
    return line;
}

START_TEST(the_longest_line_of_squids)
{
    size_t len = (LINE_LEN_MAX - 3) / 4 * 4;
    char *line = long_line(len);
    struct scene *scene = open_plain();

    bench_send(&scene->bench, line);
    ck_assert_uint_eq(scene->token.len, len / 4 * 3);
    for (size_t i = 0; i < scene->token.len; i++)
        ck_assert_int_eq(scene->token.at[i], 0);
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    free(line);
    close_scene(scene);
}
END_TEST

START_TEST(a_longer_line_is_not_squids)
{
    char *line = long_line(LINE_LEN_MAX + 1);
    struct scene *scene = open_plain();

    expect(scene, line, "", "BH the request is longer than Squid's can be\n");
    free(line);
    close_scene(scene);
}
END_TEST

static const struct {
    enum dialogue_result result;
    size_t len;
    const char *reply; /* NULL: it is sent */
} tokens[] = {
    {DIALOGUE_CONTINUE, 0, "BH there is no token to send, or it is too long\n"},
    {DIALOGUE_CONTINUE, LINE_TOKEN_MAX + 1, "BH there is no token to send, or it is too long\n"},
    {DIALOGUE_CONTINUE, LINE_TOKEN_MAX, NULL},
    {DIALOGUE_OK, LINE_TOKEN_MAX + 1, "BH the token to send is too long\n"},
    {DIALOGUE_OK, LINE_TOKEN_MAX, NULL},
};

/* A token of 49149 bytes has 65532 characters, one of a byte more 65536. */
START_TEST(tokens_of_any_length)
{
    struct scene *scene = open_plain();
    char *token = calloc(1, LINE_TOKEN_MAX + 1);
    struct dialogue_answer answer = {.result = tokens[_i].result, .user = span_of("bob")};

    ck_assert_int_eq(LINE_TOKEN_MAX, 49149);
    ck_assert_ptr_nonnull(token);
    answer.token = (struct pxa_span){token, tokens[_i].len};
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    dialogue_tell(scene->dialogue, &answer);
    bench_pump(&scene->bench);
    if (tokens[_i].reply)
        bench_expect(&scene->bench, tokens[_i].reply);
    else
        ck_assert_uint_gt(bytes_len(&scene->bench.peer.output), 65532);
    if (tokens[_i].reply && tokens[_i].result == DIALOGUE_CONTINUE)
        expect(scene, "KK Zm9v\n", "", NO_DIALOGUE);
    free(token);
    close_scene(scene);
}
END_TEST

/* ---- other mechanisms, and the log ---- */

/* A client of NAME, a capture, begins. */
static void send_captured(struct scene *scene, const char *name, enum pxa_scheme_id id)
{
    struct block value = captured_value(name, "Proxy-Authorization");
    struct pxa_span base64 = captured_credentials(value, id);
    char *line = NULL;

    ck_assert_int_ge(asprintf(&line, "YR %.*s\n", (int)base64.len, base64.at), 0);
    bench_send(&scene->bench, line);
    free(line);
    block_free(value);
}

#define TYPE_1 "curl-ntlm-type1.header"
#define TICKET "curl-negotiate-mit.header"
#define ONLY "ERR message=\"only "
#define TYPE_1_IS                                                                                  \
    "NTLM NEGOTIATE, flags 0x00088206 (OEM REQUEST_TARGET NTLM ALWAYS_SIGN "                       \
    "EXTENDED_SESSIONSECURITY)"
#define TICKET_FOR "\\\"HTTP/proxy.example.test@EXAMPLE.TEST\\\", aes256-cts-hmac-sha1-96, kvno 2"
#define TICKET_IS                                                                                  \
    "SPNEGO NegTokenInit, offers Kerberos 5; Kerberos AP-REQ for " TICKET_FOR ", mutual"

static const struct {
    enum spoken spoken;
    const char *name;
    enum pxa_scheme_id id;
    const char *reply;
} others[] = {
    {SPOKEN_KERBEROS, TYPE_1, PXA_SCHEME_NTLM,
     "ERR message=\"this is NTLM, and only Kerberos is accepted here: the client has no ticket for "
     "the proxy\"\n"},
    {SPOKEN_KERBEROS, TICKET, PXA_SCHEME_NEGOTIATE,
     ONLY "Kerberos is accepted here, and this is: " TICKET_IS "\"\n"},
    {SPOKEN_KERBEROS_AND_NTLM, TYPE_1, PXA_SCHEME_NTLM,
     ONLY "Kerberos and NTLM are accepted here, and this is: " TYPE_1_IS "\"\n"},
    {SPOKEN_NTLM, TICKET, PXA_SCHEME_NEGOTIATE,
     ONLY "NTLM is accepted here, and this is: " TICKET_IS "\"\n"},
    {SPOKEN_NTLM_BY_STUB, TICKET, PXA_SCHEME_NEGOTIATE,
     "ERR message=\"this is a Kerberos ticket for " TICKET_FOR
     ": negotiate-gssapi verifies it, negotiate-stub cannot\"\n"},
};

START_TEST(other_mechanisms_in_words)
{
    const struct dialogue_answer other = {.result = DIALOGUE_OTHER};
    struct scene *scene =
        open_scene((struct dialogue_config){.spoken = others[_i].spoken}, LOG_ERROR);

    scene->at_once = &other;
    send_captured(scene, others[_i].name, others[_i].id);
    bench_expect(&scene->bench, others[_i].reply);
    close_scene(scene);
}
END_TEST

START_TEST(log_has_reason_remark_and_token)
{
    struct scene *scene = open_scene((struct dialogue_config){0}, LOG_INFO);
    struct dialogue_answer answer = denied("the realm is not let in");

    answer.user = span_of("eve\n@EVIL");
    answer.remark = "--krb5-realm names EXAMPLE.TEST";
    send_captured(scene, TICKET, PXA_SCHEME_NEGOTIATE);
    tell(scene, answer, "ERR message=\"the realm is not let in\"\n");
    ck_assert_str_eq(logged(scene),
                     "prog: notice: refused: the realm is not let in (--krb5-realm names "
                     "EXAMPLE.TEST), user \"eve\\x0a@EVIL\"; SPNEGO NegTokenInit, offers Kerberos "
                     "5; Kerberos AP-REQ for \"HTTP/proxy.example.test@EXAMPLE.TEST\", "
                     "aes256-cts-hmac-sha1-96, kvno 2, mutual\n");
    close_scene(scene);
}
END_TEST

START_TEST(log_of_the_others)
{
    struct scene *scene = open_scene((struct dialogue_config){0}, LOG_INFO);
    struct dialogue_answer answer = ok("bob", "");

    answer.domain = span_of("LAB");
    answer.remark = "its PAC is not used";
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, answer, "OK token=\"AA==\" user=\"bob\"\n");
    ck_assert_str_eq(logged(scene), "prog: info: \"bob\" has logged in, domain \"LAB\" (its PAC "
                                    "is not used)\n");
    expect(scene, "bad\n", "", "BH unknown request: YR or KK and a token are expected\n");
    ck_assert_str_eq(logged(scene), "prog: warning: not answered: unknown request: YR or KK and a "
                                    "token are expected\n");
    close_scene(scene);
}
END_TEST

START_TEST(log_of_a_late_one_names_its_token)
{
    struct scene *scene = open_scene((struct dialogue_config){0}, LOG_WARNING);

    send_captured(scene, TICKET, PXA_SCHEME_NEGOTIATE);
    fake_loop_advance(scene->bench.loop, BENCH_DEADLINE_MS);
    bench_pump(&scene->bench);
    ck_assert_msg(strncmp(logged(scene),
                          "prog: warning: not answered: no verdict came before the request ended; "
                          "SPNEGO NegTokenInit, offers Kerberos 5; Kerberos AP-REQ for ",
                          128) == 0,
                  "%s", scene->said);
    ck_assert_uint_eq(scene->dropped, 1);
    bytes_consume(&scene->bench.peer.output, bytes_len(&scene->bench.peer.output));
    close_scene(scene);
}
END_TEST

/* Each line carries the process and the dialogue's number, and none is left out. */
START_TEST(explains_each_token)
{
    struct scene *scene = open_scene((struct dialogue_config){.explain = true}, LOG_NOTICE);
    char *wanted = NULL;
    const char *cannot = "cannot be decoded at byte 0 of 3 of the token: The token begins like "
                         "none that is known.";
    long pid = (long)getpid();

    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, goes_on("foo"), "TT Zm9v\n");
    expect(scene, "KK Zm9v\n", "KK foo;", "");
    tell(scene, ok("bob", "foo"), "OK token=\"Zm9v\" user=\"bob\"\n");
    expect(scene, "YR Zm9v\n", "YR foo;", "");
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    ck_assert_int_ge(asprintf(&wanted,
                              "prog: notice: dialogue %ld.1 YR: %s\n"
                              "prog: notice: dialogue %ld.1 TT: %s\n"
                              "prog: notice: dialogue %ld.1 KK: %s\n"
                              "prog: notice: dialogue %ld.1 OK: %s\n"
                              "prog: notice: dialogue %ld.1 ends: \"bob\" has logged in\n"
                              "prog: notice: dialogue %ld.2 YR: %s\n"
                              "prog: notice: dialogue %ld.2 ends: refused: no\n",
                              pid, cannot, pid, cannot, pid, cannot, pid, cannot, pid, pid, cannot,
                              pid),
                     0);
    ck_assert_str_eq(logged(scene), wanted);
    free(wanted);
    close_scene(scene);
}
END_TEST

/* ---- what is left in memory ---- */

/* Whether the 32 bytes at AT count up from 0xc0: only the token has them. */
static bool is_token(const char *at)
{
    for (unsigned i = 0; i < 32; i++)
        if ((unsigned char)at[i] != 0xc0 + i)
            return false;
    return true;
}

/* Tokens hold tickets and NTLM's responses, which are kept no longer than they are needed: not
 * behind an answer, nor behind a deadline. */
START_TEST(tokens_are_wiped)
{
    static const char line[] = "YR wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t8=\n";
    struct scene *scene = open_plain();

    bench_send(&scene->bench, line);
    ck_assert_uint_eq(scene->token.len, 32);
    ck_assert(is_token(scene->token.at));
    memset(scene->asked, 0, sizeof scene->asked);
    ck_assert_uint_eq(own_memory_count(is_token, 32), 1);
    tell(scene, denied("no"), "ERR message=\"no\"\n");
    ck_assert_uint_eq(own_memory_count(is_token, 32), 0);
    bench_send(&scene->bench, line);
    memset(scene->asked, 0, sizeof scene->asked);
    ck_assert_uint_eq(own_memory_count(is_token, 32), 1);
    fake_loop_advance(scene->bench.loop, BENCH_DEADLINE_MS);
    bench_pump(&scene->bench);
    ck_assert_uint_eq(own_memory_count(is_token, 32), 0);
    bytes_consume(&scene->bench.peer.output, bytes_len(&scene->bench.peer.output));
    close_scene(scene);
}
END_TEST

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *suite(void)
{
    Suite *suite = suite_create("dialogue");
    TCase *tcase = tcase_create("dialogue");

    tcase_add_test(tcase, one_leg_now);
    tcase_add_test(tcase, three_legs_later);
    tcase_add_test(tcase, ok_without_a_token_has_one);
    tcase_add_test(tcase, ok_without_a_user_is_none);
    tcase_add_test(tcase, ntlm_has_no_token);
    tcase_add_test(tcase, failures_by_their_kind);
    tcase_add_test(tcase, failures_have_no_token);
    tcase_add_test(tcase, groups_whole_and_of_one_login);
    tcase_add_test(tcase, kk_needs_a_dialogue);
    tcase_add_test(tcase, a_bad_line_ends_the_dialogue);
    tcase_add_test(tcase, a_new_yr_begins_anew);
    tcase_add_test(tcase, dropped_at_the_deadline);
    tcase_add_test(tcase, dropped_with_the_session);
    tcase_add_test(tcase, one_at_a_time);
    tcase_add_loop_test(tcase, lines_that_are_no_token, 0, COUNT_OF(lines));
    tcase_add_test(tcase, extras_are_taken_off);
    tcase_add_test(tcase, the_longest_line_of_squids);
    tcase_add_test(tcase, a_longer_line_is_not_squids);
    tcase_add_loop_test(tcase, tokens_of_any_length, 0, COUNT_OF(tokens));
    tcase_add_loop_test(tcase, other_mechanisms_in_words, 0, COUNT_OF(others));
    tcase_add_test(tcase, log_has_reason_remark_and_token);
    tcase_add_test(tcase, log_of_the_others);
    tcase_add_test(tcase, log_of_a_late_one_names_its_token);
    tcase_add_test(tcase, explains_each_token);
    tcase_add_test(tcase, tokens_are_wiped);
    suite_add_tcase(suite, tcase);
    return suite;
}
