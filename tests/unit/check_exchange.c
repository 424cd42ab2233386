/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/exchange.c and pac_groups.c: MIT's libgssapi accepts tickets that the
 * test wrote (ticket_forge.h). Expected: the names that were put into the tickets, and the SIDs of
 * tests/vectors/pac, which Samba wrote; [MS-PAC] section 4.1.2.2 for what is no PAC to
 * believe.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gssapi/gssapi_ext.h>

#include "helpers/kerberos/exchange.h"
#include "helpers/kerberos/mechanisms.h"
#include "tests/unit/captured.h"
#include "tests/unit/forge_acceptor.h"

Suite *suite(void);

static struct forge forge;
static gss_cred_id_t credential;

static void open_all(void)
{
    setenv("KRB5_CONFIG", "/dev/null", 1);
    forge_open(&forge);
    forge_keytab(&forge, FORGED_SERVICE, 2, &forge.key);
    credential = forged_credential("none:");
}

static void close_all(void)
{
    OM_uint32 minor;

    gss_release_cred(&minor, &credential);
    forge_close(&forge);
}

static struct exchange *step(const struct forged_login *login, struct exchange_orders orders,
                             struct exchange_outcome *outcome)
{
    struct exchange *exchange = exchange_new(&orders);
    struct block token = forge_token(&forge, login);

    ck_assert_ptr_nonnull(exchange);
    exchange_step(exchange, credential, block_span(token), outcome);
    block_free(token);
    return exchange;
}

static void expect_name(const struct exchange_outcome *outcome, const char *name)
{
    ck_assert_msg(outcome->result == EXCHANGE_DONE, "%.*s", (int)outcome->words.len,
                  outcome->words.at ? outcome->words.at : "");
    ck_assert_uint_eq(outcome->name.len, strlen(name));
    ck_assert_mem_eq(outcome->name.at, name, strlen(name));
}

START_TEST(a_ticket_logs_in)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.wrap = _i == 0 ? FORGED_SPNEGO : FORGED_RAW;
    exchange = step(&login, (struct exchange_orders){0}, &outcome);
    expect_name(&outcome, "alice@EXAMPLE.TEST");
    ck_assert_uint_gt(outcome.token.len, 0);
    ck_assert_ptr_nonnull(outcome.mechanism);
    ck_assert_uint_eq(outcome.mechanism->length, mechanism_krb5.length);
    ck_assert_mem_eq(outcome.mechanism->elements, mechanism_krb5.elements, mechanism_krb5.length);
    exchange_free(exchange);
}
END_TEST

/* No rule for one user is no failure; that nobody can have a local name is (krb5.conf(5): the
 * default_realm's auth_to_local counts, and RULE:[n:string](regexp)s/pattern/replacement/g is the
 * form). */
static const struct {
    const char *text;
    krb5_error_code setup;
} local_names[] = {
    {"default_realm = OTHER.TEST\n", 0},
    {"default_realm = EXAMPLE.TEST\n[realms]\nEXAMPLE.TEST = {\nauth_to_local = "
     "RULE:[1:$1](bob)\n}\n",
     0},
    {"", KRB5_CONFIG_NODEFREALM},
    {"default_realm = EXAMPLE.TEST\n[realms]\nEXAMPLE.TEST = {\nauth_to_local = RULE:[1:$1\n}\n",
     KRB5_LNAME_BADFORMAT},
    {"default_realm = EXAMPLE.TEST\n[realms]\nEXAMPLE.TEST = {\nauth_to_local = RULES:x\n}\n",
     KRB5_LNAME_BADFORMAT},
    {"default_realm = EXAMPLE.TEST\n[plugins]\nlocalauth = {\nmodule = x\n}\n",
     KRB5_LNAME_BADFORMAT},
    {"default_realm = EXAMPLE.TEST\n[plugins]\nhostrealm = {\nmodule = x\n}\n",
     KRB5_LNAME_BADFORMAT},
};

START_TEST(no_local_name)
{
    struct forged_login login = forged_login(&forge);
    char path[] = "/tmp/check_exchange.XXXXXX";
    struct exchange_outcome outcome;
    struct exchange *exchange;
    int fd = mkstemp(path);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_gt(dprintf(fd, "[libdefaults]\n%s", local_names[_i].text), 0);
    close(fd);
    setenv("KRB5_CONFIG", path, 1);
    exchange = step(&login, (struct exchange_orders){.local_name = true}, &outcome);
    setenv("KRB5_CONFIG", "/dev/null", 1);
    unlink(path);
    ck_assert_int_eq(outcome.setup, local_names[_i].setup);
    ck_assert_int_eq(outcome.result, local_names[_i].setup ? EXCHANGE_FAILED : EXCHANGE_DONE);
    ck_assert_uint_eq(outcome.local_name.len, 0);
    exchange_free(exchange);
}
END_TEST

/* RFC 1964, section 2.1.1: '@', '/' and backslash within a name are escaped. */
START_TEST(names_are_as_kerberos_writes_them)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.client = "a\\@b\\/c\\\\d/e@R";
    exchange = step(&login, (struct exchange_orders){0}, &outcome);
    expect_name(&outcome, "a\\@b\\/c\\\\d/e@R");
    exchange_free(exchange);
}
END_TEST

/* ---- groups ---- */

/* The text of the SIDs of the lists `group`, `extra` and `resource` of vector NAME, in this order,
 * each once: what Samba was told to put there. */
static char *expected_sids(const char *name)
{
    static const char *const labels[] = {"group ", "extra ", "resource "};
    struct block text = pac_vector(name, "txt");
    char *all = strndup(text.at, text.len);
    char *out = calloc(1, text.len * 2 + 1);

    for (size_t i = 0; i < 3; i++) {
        char *copy = strdup(all);
        char *rest = copy;

        for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
            char sid[PXA_SID_TEXT_MAX + 2];

            if (strncmp(line, labels[i], strlen(labels[i])) != 0)
                continue;
            snprintf(sid, sizeof sid, "%.*s\n", (int)strcspn(line + strlen(labels[i]), " "),
                     line + strlen(labels[i]));
            if (!strstr(out, sid))
                memcpy(out + strlen(out), sid, strlen(sid));
        }
        free(copy);
    }
    free(all);
    block_free(text);
    return out;
}

static char *found_sids(const struct exchange_outcome *outcome)
{
    char *out = calloc(outcome->sid_count + 1, PXA_SID_TEXT_MAX + 1);

    for (size_t i = 0; i < outcome->sid_count; i++) {
        char text[PXA_SID_TEXT_MAX];
        struct pxa_written done;
        struct pxa_sid sid;

        ck_assert_int_eq(pxa_sid_decode(outcome->sids[i], &sid, NULL), PXA_OK);
        ck_assert_int_eq(pxa_sid_text(&sid, text, sizeof text, &done), PXA_OK);
        sprintf(out + strlen(out), "%.*s\n", (int)done.len, text);
    }
    return out;
}

static const char *const group_vectors[] = {"no-groups", "five-groups", "extra-sids",
                                            "resource-groups", "deep-domain"};

START_TEST(a_signed_pac_names_groups)
{
    struct forged_login login = forged_login(&forge);
    char *expected = expected_sids(group_vectors[_i]);
    struct exchange_outcome outcome;
    struct exchange *exchange;
    char *found;

    login.pac = FORGED_PAC;
    login.pac_vector = group_vectors[_i];
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    expect_name(&outcome, "alice@EXAMPLE.TEST");
    ck_assert(!outcome.pac_refused);
    found = found_sids(&outcome);
    ck_assert_str_eq(found, expected);
    exchange_free(exchange);
    free(found);
    free(expected);
}
END_TEST

START_TEST(groups_that_nobody_wants_are_not_read)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.pac = FORGED_PAC;
    login.pac_vector = "five-groups";
    exchange = step(&login, (struct exchange_orders){0}, &outcome);
    expect_name(&outcome, "alice@EXAMPLE.TEST");
    ck_assert_uint_eq(outcome.sid_count, 0);
    exchange_free(exchange);
}
END_TEST

static const enum forged_pac refused[] = {FORGED_PAC_UNSIGNED, FORGED_PAC_WRONG_KEY,
                                          FORGED_PAC_CHANGED, FORGED_PAC_OF_BOB,
                                          FORGED_PAC_IN_CLIENT};

START_TEST(a_pac_that_is_not_to_be_believed_gives_none)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.pac = refused[_i];
    login.pac_vector = "five-groups";
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    expect_name(&outcome, "alice@EXAMPLE.TEST");
    ck_assert_uint_eq(outcome.sid_count, 0);
    /* libkrb5 does not even take the client's own for a PAC. */
    ck_assert(outcome.pac_refused == (refused[_i] != FORGED_PAC_IN_CLIENT));
    exchange_free(exchange);
}
END_TEST

/* No PAC, or that of an MIT KDC, which has no logon info. */
START_TEST(no_groups_are_no_fault)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.pac = _i == 0 ? FORGED_NO_PAC : FORGED_PAC;
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    expect_name(&outcome, "alice@EXAMPLE.TEST");
    ck_assert_uint_eq(outcome.sid_count, 0);
    ck_assert(!outcome.pac_refused);
    exchange_free(exchange);
}
END_TEST

/* ---- what libgssapi says of a PAC, where its versions differ ---- */

OM_uint32 __real_gss_get_name_attribute(OM_uint32 *minor, gss_name_t name, gss_buffer_t attribute,
                                        int *authenticated, int *complete, gss_buffer_t value,
                                        gss_buffer_t shown, int *more);
OM_uint32 __wrap_gss_get_name_attribute(OM_uint32 *minor, gss_name_t name, gss_buffer_t attribute,
                                        int *authenticated, int *complete, gss_buffer_t value,
                                        gss_buffer_t shown, int *more);

/* The PAC that libgssapi gives out in place of the ticket's own; NULL: that. */
static const char *given;
static int given_authenticated;
static OM_uint32 given_minor; /* it fails with that; 0: it does not */

OM_uint32 __wrap_gss_get_name_attribute(OM_uint32 *minor, gss_name_t name, gss_buffer_t attribute,
                                        int *authenticated, int *complete, gss_buffer_t value,
                                        gss_buffer_t shown, int *more)
{
    struct block pac;

    if (given_minor != 0) {
        *minor = given_minor;
        return GSS_S_FAILURE;
    }
    if (!given)
        return __real_gss_get_name_attribute(minor, name, attribute, authenticated, complete, value,
                                             shown, more);
    pac = strchr(given, '.') ? captured_file(given) : pac_vector(given, "pac");
    *value = (gss_buffer_desc){pac.len, pac.at};
    *authenticated = given_authenticated;
    *complete = 1;
    *more = 0;
    return GSS_S_COMPLETE;
}

static const struct {
    const char *pac;
    const char *client;
    int authenticated;
    size_t groups; /* 0: it is refused */
} given_pacs[] = {
    {"ad-pac-5groups.pac", "alice@EXAMPLE.TEST", 1, 6},
    {"ad-pac-5groups.pac", "alice@EXAMPLE.TEST", 0, 0},
    {"ad-pac-5groups.pac", "bob@EXAMPLE.TEST", 1, 0},
    {"ad-pac-1200groups.pac", "many@EXAMPLE.TEST", 1, 1201},
    {"ad-reply.header", "alice@EXAMPLE.TEST", 1, 0}, /* no PAC at all */
    {"no-groups", "bob@EXAMPLE.TEST", 1, 0},         /* alice's, who would be the user then */
};

START_TEST(a_pac_that_libgssapi_gives)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    given = given_pacs[_i].pac;
    given_authenticated = given_pacs[_i].authenticated;
    login.client = given_pacs[_i].client;
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    expect_name(&outcome, login.client);
    ck_assert_uint_eq(outcome.sid_count, given_pacs[_i].groups);
    ck_assert(outcome.pac_refused == (given_pacs[_i].groups == 0));
    ck_assert((outcome.account.len == 0) == (given_pacs[_i].groups == 0));
    exchange_free(exchange);
    given = NULL;
}
END_TEST

/* Without memory the groups are not known, and a rule that denies one must not be passed by. */
START_TEST(a_pac_that_cannot_be_had)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.pac = FORGED_PAC;
    login.pac_vector = "five-groups";
    given_minor = _i == 0 ? ENOMEM : ENOENT;
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    given_minor = 0;
    if (_i == 0) {
        ck_assert_int_eq(outcome.result, EXCHANGE_FAILED);
        ck_assert_uint_eq(outcome.minor, ENOMEM);
    } else {
        expect_name(&outcome, "alice@EXAMPLE.TEST");
        ck_assert(outcome.pac_refused);
    }
    ck_assert_uint_eq(outcome.sid_count, 0);
    exchange_free(exchange);
}
END_TEST

/* ---- failures ---- */

START_TEST(a_bad_ticket_fails_with_words)
{
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct exchange *exchange;

    login.end = -1000;
    login.pac = FORGED_PAC;
    login.pac_vector = "five-groups";
    exchange = step(&login, (struct exchange_orders){.groups = true}, &outcome);
    ck_assert_int_eq(outcome.result, EXCHANGE_FAILED);
    ck_assert(GSS_ERROR(outcome.major));
    ck_assert_uint_eq(outcome.name.len, 0);
    ck_assert_uint_eq(outcome.sid_count, 0);
    ck_assert_uint_eq(outcome.words.len, strlen("Ticket expired"));
    ck_assert_mem_eq(outcome.words.at, "Ticket expired", outcome.words.len);
    exchange_free(exchange);
}
END_TEST

/* Every cut and every changed byte of a token fails or changes nothing: no name that the ticket
 * does not have. */
START_TEST(changed_tokens_never_become_another_user)
{
    struct forged_login login = forged_login(&forge);
    struct block token = forge_token(&forge, &login);

    for (size_t at = 0; at < token.len * 2; at++) {
        struct exchange *exchange = exchange_new(&(struct exchange_orders){.groups = true});
        size_t len = at < token.len ? at : token.len;
        struct block changed = block_of(token.at, len);
        struct exchange_outcome outcome;

        if (at >= token.len)
            changed.at[at - token.len] ^= 0x20;
        exchange_step(exchange, credential, block_span(changed), &outcome);
        if (outcome.result == EXCHANGE_DONE)
            expect_name(&outcome, "alice@EXAMPLE.TEST");
        ck_assert(at >= token.len || outcome.result != EXCHANGE_DONE);
        exchange_free(exchange);
        block_free(changed);
    }
    block_free(token);
}
END_TEST

/* RFC 4178, section 5: the list's first mechanism is not ours, so its token is for nobody; the
 * answer asks for Kerberos, and the client sends that. */
START_TEST(several_legs)
{
    static const char ask[] = "\x60\x1f\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x15\x30\x13\xa0\x11"
                              "\x30\x0f\x06\x02\x2a\x03\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02"
                              "\x02";
    struct exchange *exchange = exchange_new(&(struct exchange_orders){0});
    struct forged_login login = forged_login(&forge);
    struct exchange_outcome outcome;
    struct pxa_negotiate answer;
    struct block token, next;

    exchange_step(exchange, credential, (struct pxa_span){ask, sizeof ask - 1}, &outcome);
    ck_assert_int_eq(outcome.result, EXCHANGE_CONTINUE);
    ck_assert_int_eq(pxa_negotiate_decode(outcome.token, &answer), PXA_OK);
    ck_assert_int_eq(pxa_mech_of(answer.supported_mech), PXA_MECH_KRB5);

    login.wrap = FORGED_RAW;
    token = forge_token(&forge, &login);
    next = forge_response(token);
    exchange_step(exchange, credential, block_span(next), &outcome);
    ck_assert_msg(outcome.result != EXCHANGE_FAILED, "%.*s", (int)outcome.words.len,
                  outcome.words.at);
    exchange_free(exchange);
    block_free(token);
    block_free(next);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("exchange");
    TCase *tests = tcase_create("exchange");

    tcase_add_unchecked_fixture(tests, open_all, close_all);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_ticket_logs_in, 0, 2);
    tcase_add_test(tests, names_are_as_kerberos_writes_them);
    tcase_add_loop_test(tests, a_signed_pac_names_groups, 0,
                        sizeof group_vectors / sizeof *group_vectors);
    tcase_add_test(tests, groups_that_nobody_wants_are_not_read);
    tcase_add_loop_test(tests, a_pac_that_is_not_to_be_believed_gives_none, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_loop_test(tests, no_groups_are_no_fault, 0, 2);
    tcase_add_loop_test(tests, a_pac_that_libgssapi_gives, 0,
                        sizeof given_pacs / sizeof *given_pacs);
    tcase_add_loop_test(tests, a_pac_that_cannot_be_had, 0, 2);
    tcase_add_test(tests, a_bad_ticket_fails_with_words);
    tcase_add_test(tests, changed_tokens_never_become_another_user);
    tcase_add_test(tests, several_legs);
    tcase_add_loop_test(tests, no_local_name, 0, sizeof local_names / sizeof *local_names);
    suite_add_tcase(suite, tests);
    return suite;
}
