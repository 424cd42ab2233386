/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/fault.c, fault_setup.c, fault_ticket.c and fault_remark.c: MIT's
 * libgssapi refuses tickets that the test wrote (ticket_forge.h). Expected: what was done to the
 * ticket, and whose fault that is by RFC 4120, section 3.2.3; BH is for our own trouble alone.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "helpers/kerberos/fault.h"
#include "tests/unit/forge_acceptor.h"
#include "tests/unit/iakerb_build.h"

Suite *suite(void);

#define OTHER_SERVICE "HTTP/other.example.test@EXAMPLE.TEST"

static struct forge forge;
static krb5_keyblock aes128;

static char our_name[] = FORGED_SERVICE;
#define SECOND_SERVICE "HTTP/second.example.test@EXAMPLE.TEST"
static char second_name[] = SECOND_SERVICE;
static struct key_entry entries[] = {
    {our_name, 2, 18, true}, {our_name, 2, 23, true}, {second_name, 7, 17, false}};
static struct keys keys = {entries, 3, 2, FORGED_KEYTAB, true};

static void open_all(void)
{
    setenv("KRB5_CONFIG", "/dev/null", 1);
    forge_open(&forge);
    forge_keytab(&forge, FORGED_SERVICE, 2, &forge.key);
    forge_must(krb5_c_make_random_key(forge.context, ENCTYPE_AES128_CTS_HMAC_SHA1_96, &aes128),
               "key");
}

static void close_all(void)
{
    krb5_free_keyblock_contents(forge.context, &aes128);
    forge_close(&forge);
}

/* What becomes of LOGIN, sent TIMES times. */
static struct fault fate(const struct forged_login *login, const char *rcache, unsigned times)
{
    struct block token = forge_token(&forge, login);
    gss_cred_id_t credential = forged_credential(rcache);
    struct exchange_outcome outcome;
    struct fault fault;
    OM_uint32 minor;

    for (; times > 0; times--) {
        struct exchange *exchange = exchange_new(&(struct exchange_orders){0});

        exchange_step(exchange, credential, block_span(token), &outcome);
        if (times == 1) {
            ck_assert_int_eq(outcome.result, EXCHANGE_FAILED);
            fault_tell(&fault, &outcome, block_span(token), &keys);
        }
        exchange_free(exchange);
    }
    gss_release_cred(&minor, &credential);
    block_free(token);
    return fault;
}

static void expect_words(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words), "'%s' is not in '%s'", words, text);
}

/* ---- tickets ---- */

static void expire(struct forged_login *login)
{
    login->end = -1000;
}

static void run_late(struct forged_login *login)
{
    login->clock = -1000;
}

static void run_early(struct forged_login *login)
{
    login->start = 1000;
}

static void use_new_key(struct forged_login *login)
{
    login->kvno = 3;
    login->key = &forge.other;
}

static void use_old_key(struct forged_login *login)
{
    login->kvno = 1;
    login->key = &forge.other;
}

static void use_wrong_key(struct forged_login *login)
{
    login->key = &forge.other;
}

static void use_other_type(struct forged_login *login)
{
    login->key = &aes128;
}

static void go_elsewhere(struct forged_login *login)
{
    login->key = &forge.other;
    login->service = OTHER_SERVICE;
}

static void go_to_second(struct forged_login *login)
{
    login->key = &forge.other;
    login->service = SECOND_SERVICE;
}

static void be_bare(struct forged_login *login)
{
    login->wrap = FORGED_BARE;
}

static const struct {
    void (*spoil)(struct forged_login *login);
    bool key_missing;
    const char *reason;
    const char *remark[3];
} cases[] = {
    {expire, false, "expired", {"renew", FORGED_SERVICE, "kvno 2 (aes256-cts-hmac-sha1-96)"}},
    {run_late, false, "clocks", {"NTP", FORGED_SERVICE, "kvno 2"}},
    {run_early, false, "not valid yet", {"NTP", FORGED_SERVICE, "kvno 2"}},
    {use_new_key,
     true,
     "key that the proxy does not have",
     {"was changed after the keytab was made", FORGED_SERVICE "\" kvno 3 (aes256",
      "the keytab has it with kvno 2 (aes256-cts-hmac-sha1-96), kvno 2 ("}},
    {use_old_key,
     true,
     "klist purge",
     {"from before the key was changed", FORGED_SERVICE "\" kvno 1", "with kvno 2 (aes256"}},
    {use_wrong_key,
     true,
     "cannot be decrypted",
     {"setspn -X", FORGED_SERVICE, "the keytab has it with kvno 2"}},
    {use_other_type,
     true,
     "key that the proxy does not have",
     {"lacks this encryption type", "kvno 2 (aes128-cts-hmac-sha1-96)",
      "the keytab has it with kvno 2 (aes256-cts-hmac-sha1-96)"}},
    {go_elsewhere,
     true,
     "another service",
     {OTHER_SERVICE,
      "the keytab has no key for it, but \"" FORGED_SERVICE "\" kvno 2 (aes256-cts-hmac-sha1-96)",
      "second.example.test@EXAMPLE.TEST\" kvno 7 (aes128-cts-hmac-sha1-96) that --spn leaves out"}},
    {go_to_second,
     true,
     "another service",
     {"--spn does not take this name", SECOND_SERVICE,
      "kvno 7 (aes128-cts-hmac-sha1-96) that --spn"}},
    {be_bare, false, "malformed", {FORGED_SERVICE, "", ""}},
};
enum { CASES = sizeof cases / sizeof *cases };

/* Inside SPNEGO the codes that libgssapi gives are made up; raw, they are libkrb5's. */
START_TEST(a_ticket_that_is_refused)
{
    size_t at = (size_t)_i / 2;
    struct forged_login login = forged_login(&forge);
    struct fault fault;

    login.wrap = _i % 2 == 0 ? FORGED_SPNEGO : FORGED_RAW;
    cases[at].spoil(&login);
    fault = fate(&login, "none:", 1);
    ck_assert(fault.denied);
    ck_assert(fault.key_missing == cases[at].key_missing);
    ck_assert(!fault.replay_cache);
    expect_words(fault.reason, cases[at].reason);
    for (size_t i = 0; i < 3; i++)
        expect_words(fault.remark, cases[at].remark[i]);
}
END_TEST

/* What the client encrypted itself is no matter of keys: the end of the authenticator. */
START_TEST(a_changed_authenticator)
{
    struct forged_login login = forged_login(&forge);
    struct block token = forge_token(&forge, &login);
    gss_cred_id_t credential = forged_credential("none:");
    struct exchange *exchange = exchange_new(&(struct exchange_orders){0});
    struct exchange_outcome outcome;
    struct fault fault;
    OM_uint32 minor;

    token.at[token.len - 1] ^= 1;
    exchange_step(exchange, credential, block_span(token), &outcome);
    fault_tell(&fault, &outcome, block_span(token), &keys);
    ck_assert(fault.denied);
    ck_assert(!fault.key_missing);
    expect_words(fault.reason, "changed on its way");
    exchange_free(exchange);
    gss_release_cred(&minor, &credential);
    block_free(token);
}
END_TEST

/* ---- the replay cache ---- */

static void temporary(char *path, size_t cap)
{
    int fd;

    snprintf(path, cap, "/tmp/check_fault.XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(a_token_twice)
{
    struct forged_login login = forged_login(&forge);
    char path[64], rcache[80];
    struct fault fault;

    temporary(path, sizeof path);
    snprintf(rcache, sizeof rcache, "file2:%s", path);
    login.wrap = _i == 0 ? FORGED_SPNEGO : FORGED_RAW;
    fault = fate(&login, rcache, 2);
    unlink(path);
    ck_assert(fault.denied);
    ck_assert(!fault.key_missing);
    expect_words(fault.reason, "replay");
}
END_TEST

static const char *const bad_caches[] = {"file2:/nonexistent/x", "file2:/", "file2:/dev/full"};

START_TEST(a_replay_cache_that_fails)
{
    struct forged_login login = forged_login(&forge);
    struct fault fault = fate(&login, bad_caches[_i], 1);

    ck_assert(!fault.denied);
    ck_assert(fault.replay_cache);
    expect_words(fault.reason, "replay cache");
}
END_TEST

/* A ticket that is bad besides is the client's fault. */
START_TEST(the_ticket_comes_first)
{
    struct forged_login login = forged_login(&forge);
    struct fault fault;

    login.end = -1000;
    fault = fate(&login, "file2:/nonexistent/x", 1);
    ck_assert(fault.denied);
    expect_words(fault.reason, "expired");
}
END_TEST

/* ---- what libgssapi says ---- */

static struct fault fault_of_words(struct block token, const char *words)
{
    const struct exchange_outcome outcome = {
        .result = EXCHANGE_FAILED, .major = GSS_S_FAILURE, .words = {words, strlen(words)}};
    struct fault fault;

    fault_tell(&fault, &outcome, block_span(token), &keys);
    return fault;
}

/* A good ticket: the words are MIT's of what is behind it (rc_file2.c, rc_dfl.c; strerror(3)). */
static const struct {
    const char *words;
    bool replay_cache;
    bool denied;
    const char *reason;
} behind[] = {
    {"Replay cache file /var/tmp/krb5_13.rcache2 is not owned by uid 13", true, false, "cache"},
    {"No space left on device", true, false, "replay cache"},
    {"Read-only file system (filename: /var/tmp/krb5_13.rcache2)", true, false, "replay cache"},
    {"Stale file handle", true, false, "replay cache"},
    {"Resource temporarily unavailable", true, false, "replay cache"},
    {"Cannot allocate memory", false, false, "out of memory"},
    {"Too many open files (filename: /var/tmp/krb5_13.rcache2)", false, false, "descriptor"},
    {"Too many open files in system", false, false, "descriptor"},
    {"Request is a replay", false, true, "replay"},
    {"Something else", false, true, "not accepted"},
};

START_TEST(words_behind_a_good_ticket)
{
    struct forged_login login = forged_login(&forge);
    struct block token = forge_token(&forge, &login);
    struct fault fault = fault_of_words(token, behind[_i].words);

    ck_assert(fault.replay_cache == behind[_i].replay_cache);
    ck_assert(fault.denied == behind[_i].denied);
    expect_words(fault.reason, behind[_i].reason);
    expect_words(fault.remark, behind[_i].words);
    block_free(token);
}
END_TEST

/* IAKERB's message for a KDC; the texts are those of MIT's krb5_err.et and asn1_err.et. */
static const struct {
    const char *words;
    bool denied;
    const char *reason;
} for_kdc[] = {
    {"Cannot contact any KDC for requested realm", false, "no KDC answers"},
    {"Cannot find KDC for requested realm", false, "no KDC answers"},
    {"ASN.1 structure is missing a required field", false, "no KDC answers"},
    {"Invalid argument", false, "no KDC answers"}, /* its port is 99999 */
    {"Cannot allocate memory", false, "out of memory"},
    {"Too many open files", false, "descriptor"},
    {"Something else", true, "not accepted"},
};

START_TEST(words_where_a_kdc_is_asked)
{
    struct block token = iakerb_message("EXAMPLE.TEST", _i % 2 == 0);
    struct fault fault = fault_of_words(token, for_kdc[_i].words);

    ck_assert(fault.denied == for_kdc[_i].denied);
    expect_words(fault.reason, for_kdc[_i].reason);
    expect_words(fault.remark, "asks for realm \"EXAMPLE.TEST\"");
    block_free(token);
}
END_TEST

/* ---- what is shown ---- */

/* A name from a token cannot end its quotes, write control bytes, or make the remark overflow. */
START_TEST(names_from_outside)
{
    struct forged_login login = forged_login(&forge);
    char name[600];
    struct fault fault;

    memset(name, 'x', sizeof name);
    snprintf(name, sizeof name, "HTTP/a\x1b[31m\"; b");
    name[strlen(name)] = 'x';
    memcpy(name + 550, "@R", sizeof "@R");
    login.service = name;
    login.key = &forge.other;
    fault = fate(&login, "none:", 1);
    ck_assert(fault.denied);
    ck_assert_ptr_null(strchr(fault.remark, '\x1b'));
    expect_words(fault.remark, "\\x1b[31m");
    expect_words(fault.remark, "...");
    ck_assert_ptr_null(strstr(fault.remark, "m\"; b"));
}
END_TEST

/* The rule of who gives no --spn is not --spn's. */
START_TEST(a_name_that_nobody_has_to_give)
{
    static char host_name[] = "host/localhost@EXAMPLE.TEST";
    struct forged_login login = forged_login(&forge);
    struct fault fault;

    entries[2].principal = host_name;
    keys.by_name = false;
    login.key = &forge.other;
    login.service = host_name;
    fault = fate(&login, "none:", 1);
    ck_assert(fault.denied && fault.key_missing);
    expect_words(fault.reason, "another service");
    expect_words(fault.remark, "without --spn, HTTP/ names alone are taken");
    expect_words(fault.remark, "kvno 7 (aes128-cts-hmac-sha1-96) that is of no HTTP/ name");
    ck_assert_ptr_null(strstr(fault.remark, "does not take"));
    entries[2].principal = second_name;
    keys.by_name = true;
}
END_TEST

START_TEST(many_entries)
{
    static struct key_entry many[500];
    struct keys all = {many, 500, 500, FORGED_KEYTAB, false};
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome = {.result = EXCHANGE_FAILED, .major = GSS_S_FAILURE};
    struct fault fault;
    struct block token;

    for (size_t i = 0; i < 500; i++)
        many[i] = (struct key_entry){our_name, (uint32_t)i, 18, true};
    login.key = &forge.other;
    login.kvno = 1000;
    token = forge_token(&forge, &login);
    fault_tell(&fault, &outcome, block_span(token), &all);
    expect_words(fault.remark, "kvno 0 (");
    expect_words(fault.remark, "and 496 more");
    block_free(token);
}
END_TEST

/* Without a ticket in the token libgssapi's major code is what there is. */
static const struct {
    OM_uint32 major, minor;
    bool denied;
    const char *reason;
} majors[] = {
    {GSS_S_DEFECTIVE_TOKEN, 0, true, "malformed"},
    {GSS_S_BAD_MECH, 0, true, "no way to log in"},
    {GSS_S_NO_CRED, 0, true, "no way to log in"},
    {GSS_S_FAILURE, 4711, true, "not accepted"},
};

START_TEST(no_ticket)
{
    struct exchange_outcome outcome = {
        .result = EXCHANGE_FAILED, .major = majors[_i].major, .minor = majors[_i].minor};
    struct fault fault;

    fault_tell(&fault, &outcome, (struct pxa_span){"hello", 5}, _i % 2 ? &keys : NULL);
    ck_assert(fault.denied == majors[_i].denied);
    expect_words(fault.reason, majors[_i].reason);
}
END_TEST

static char configuration[sizeof "/tmp/check-fault-XXXXXX"];

/* krb5.conf includes what cannot be read (for root, too, as it is not there), or is malformed:
 * whatever the client sent, that is our own trouble. The words are of the system and of MIT's
 * krb5_err.et and prof_err.et. */
static const struct {
    const char *text;
    const char *words;
    const char *reason;
} configurations[] = {
    {"include /nonexistent/file\n", "Included profile file could not be read", "cannot be read"},
    {"includedir /nonexistent\n", "Included profile directory could not be read", "cannot be read"},
    {"[libdefaults\n", "Improper format of Kerberos configuration file", "malformed"},
    {"[libdefaults]\n allow_weak_crypto = perhaps\n", "Invalid boolean value", "malformed"},
    {"[libdefaults]\n dns_canonicalize_hostname = perhaps\n", "Invalid argument", "malformed"},
    {"[libdefaults]\n[realms]\nmodule /nonexistent:x\n", "Syntax error in module declaration",
     "malformed"},
};

/* A krb5.conf with TEXT, which is read from now on; back() ends that. */
static void configure(const char *text)
{
    int fd;

    strcpy(configuration, "/tmp/check-fault-XXXXXX");
    fd = mkstemp(configuration);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(dprintf(fd, "%s", text), 0);
    close(fd);
    setenv("KRB5_CONFIG", configuration, 1);
}

static void back(void)
{
    setenv("KRB5_CONFIG", "/dev/null", 1);
    unlink(configuration);
}

START_TEST(a_bad_configuration)
{
    struct forged_login login = forged_login(&forge);
    struct block token = forge_token(&forge, &login);
    const char *words = configurations[_i].words;
    struct exchange_outcome outcome = {
        .result = EXCHANGE_FAILED, .major = GSS_S_FAILURE, .words = {words, strlen(words)}};
    struct fault fault;

    configure(configurations[_i].text);
    fault_tell(&fault, &outcome, block_span(token), &keys);
    ck_assert(!fault.denied);
    expect_words(fault.reason, configurations[_i].reason);
    fault_tell(&fault, &outcome, (struct pxa_span){"hello", 5}, &keys);
    ck_assert(!fault.denied);
    expect_words(fault.reason, configurations[_i].reason);
    back();
    block_free(token);
}
END_TEST

/* krb5.conf forbids what the ticket, a good one, is encrypted with: AES of 256 bits, of which the
 * keytab has a key, and one of RC4 for the same SPN. One of 128 bits (second_name) is another
 * SPN's. Which key it is the KDC chose. */
static const struct {
    const char *permitted;
    const char *reason;
    const char *remark;
} forbidding[] = {
    {"aes256-cts-hmac-sha1-69", "allows no encryption type", "permitted_enctypes"},
    {"des-cbc-crc", "allows no encryption type", "permitted_enctypes"},
    {"aes256-cts-hmac-sha1-69 aes128-cts", "its own key", "permitted_enctypes"},
    {"rc4-hmac", "its own key", "kvno 2 (aes256-cts-hmac-sha1-96)"},
};

START_TEST(a_forbidden_encryption_type)
{
    struct forged_login login = forged_login(&forge);
    char text[200];
    struct fault fault;

    login.wrap = _i % 2 == 0 ? FORGED_SPNEGO : FORGED_RAW;
    snprintf(text, sizeof text, "[libdefaults]\npermitted_enctypes = %s\n",
             forbidding[_i / 2].permitted);
    configure(text);
    fault = fate(&login, "none:", 1);
    back();
    ck_assert(!fault.denied);
    ck_assert(!fault.key_missing);
    expect_words(fault.reason, forbidding[_i / 2].reason);
    expect_words(fault.remark, forbidding[_i / 2].remark);
}
END_TEST

/* What is allowed has other faults: its key is the wrong one, or the key for the session, which the
 * client agreed upon with the KDC, is of a type that is not. */
START_TEST(an_allowed_encryption_type)
{
    struct forged_login login = forged_login(&forge);
    struct fault fault;

    login.key = &forge.other;
    configure("[libdefaults]\npermitted_enctypes = rc4-hmac aes128-cts aes256-cts\n");
    fault = fate(&login, "none:", 1);
    back();
    ck_assert(fault.denied);
    expect_words(fault.reason, "cannot be decrypted");
    forge_keytab(&forge, FORGED_SERVICE, 2, &aes128);
    login.key = &aes128;
    configure("[libdefaults]\npermitted_enctypes = aes128-cts\n");
    fault = fate(&login, "none:", 1);
    back();
    ck_assert(fault.denied);
    expect_words(fault.reason, "not allowed here");
}
END_TEST

/* The ticket is of AES with 128 bits, the keytab has 256 besides, and those are allowed: the KDC
 * took the weaker one for this client. */
START_TEST(a_ticket_weaker_than_it_could_be)
{
    struct forged_login login = forged_login(&forge);
    struct key_entry both[] = {{our_name, 2, 18, true}, {our_name, 2, 17, true}};
    const struct keys two = {both, 2, 2, FORGED_KEYTAB, false};
    struct exchange_outcome outcome = {.result = EXCHANGE_FAILED, .major = GSS_S_FAILURE};
    struct block token;
    struct fault fault;

    forge_keytab(&forge, FORGED_SERVICE, 2, &aes128);
    login.key = &aes128;
    token = forge_token(&forge, &login);
    configure("[libdefaults]\npermitted_enctypes = aes256-cts\n");
    fault_tell(&fault, &outcome, block_span(token), &two);
    ck_assert(fault.denied);
    expect_words(fault.reason, "not allowed here");
    fault_tell(&fault, &outcome, block_span(token),
               &(struct keys){both + 1, 1, 1, FORGED_KEYTAB, false});
    back();
    ck_assert(!fault.denied);
    expect_words(fault.reason, "its own key");
    block_free(token);
}
END_TEST

/* krb5.conf is good, and there is no descriptor to read it with: no reason to look at its mode. */
START_TEST(no_descriptor_for_the_configuration)
{
    struct forged_login login = forged_login(&forge);
    struct block token = forge_token(&forge, &login);
    struct exchange_outcome outcome = {.result = EXCHANGE_FAILED, .major = GSS_S_FAILURE};
    struct rlimit before, none;
    struct fault fault, of_garbage;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    configure("[libdefaults]\n");
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    fault_tell(&fault, &outcome, block_span(token), &keys);
    fault_tell(&of_garbage, &outcome, (struct pxa_span){"hello", 5}, &keys);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    back();
    ck_assert(!fault.denied && !of_garbage.denied);
    expect_words(fault.reason, "no file descriptor");
    expect_words(of_garbage.reason, "no file descriptor");
    expect_words(fault.remark, "LimitNOFILE");
    block_free(token);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tests = tcase_create("fault");

    tcase_add_unchecked_fixture(tests, open_all, close_all);
    tcase_add_loop_test(tests, a_ticket_that_is_refused, 0, CASES * 2);
    tcase_add_test(tests, a_changed_authenticator);
    tcase_add_loop_test(tests, a_token_twice, 0, 2);
    tcase_add_loop_test(tests, a_replay_cache_that_fails, 0,
                        sizeof bad_caches / sizeof *bad_caches);
    tcase_add_test(tests, the_ticket_comes_first);
    tcase_add_loop_test(tests, words_behind_a_good_ticket, 0, sizeof behind / sizeof *behind);
    tcase_add_loop_test(tests, words_where_a_kdc_is_asked, 0, sizeof for_kdc / sizeof *for_kdc);
    tcase_add_test(tests, names_from_outside);
    tcase_add_test(tests, a_name_that_nobody_has_to_give);
    tcase_add_test(tests, many_entries);
    tcase_add_loop_test(tests, no_ticket, 0, sizeof majors / sizeof *majors);
    tcase_add_loop_test(tests, a_bad_configuration, 0,
                        sizeof configurations / sizeof *configurations);
    tcase_add_loop_test(tests, a_forbidden_encryption_type, 0,
                        (int)(2 * sizeof forbidding / sizeof *forbidding));
    tcase_add_test(tests, an_allowed_encryption_type);
    tcase_add_test(tests, a_ticket_weaker_than_it_could_be);
    tcase_add_test(tests, no_descriptor_for_the_configuration);
    suite_add_tcase(suite, tests);
    return suite;
}
