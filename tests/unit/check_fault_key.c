/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/fault_key.c: the ticket of a token that MIT's client sent (captured),
 * of kvno 2 and etype 18, with another kvno and etype put in its place, against keytabs by hand.
 * Expected: what fault_key.h promises.
 */
#include <config.h>

#include "helpers/kerberos/fault_key.h"

#include <check.h>

#include "tests/unit/captured.h"

Suite *suite(void);

static char own[] = "HTTP/proxy.example.test@EXAMPLE.TEST";
static char upper[] = "HTTP/PROXY.example.test@EXAMPLE.TEST";
static char longer[] = "HTTP/proxy.example.test@EXAMPLE.TEST2";
static char other[] = "HTTP/other.example.test@EXAMPLE.TEST";

enum { MORE = 3 };

static const struct {
    struct key_entry entries[MORE];
    uint32_t kvno;
    bool no_kvno; /* the ticket has none */
    enum fault_key verdict;
} cases[] = {
    {{{own, 2, 18, true}}, 2, false, FAULT_KEY_OTHER},
    {{{upper, 2, 18, true}}, 2, false, FAULT_KEY_OTHER},
    {{{own, 2, 17, true}, {own, 2, 23, true}}, 2, false, FAULT_KEY_NO_ETYPE},
    {{{own, 2, 17, true}}, 2, true, FAULT_KEY_OTHER},
    {{{own, 1, 18, true}, {own, 2, 18, true}}, 3, false, FAULT_KEY_OLD_KEYTAB},
    {{{own, 4, 18, true}, {own, 5, 18, true}}, 3, false, FAULT_KEY_OLD_TICKET},
    {{{own, 2, 18, true}, {own, 4, 18, true}}, 3, false, FAULT_KEY_OTHER},
    {{{own, 1, 18, true}}, 3, true, FAULT_KEY_OTHER},
    /* What --spn leaves out, or has another name, has no say. */
    {{{own, 1, 18, true}, {own, 3, 18, false}}, 2, false, FAULT_KEY_OLD_KEYTAB},
    {{{own, 1, 18, true}, {other, 3, 18, true}}, 2, false, FAULT_KEY_OLD_KEYTAB},
    {{{longer, 2, 18, true}, {other, 2, 18, true}}, 2, false, FAULT_KEY_NO_NAME},
};

static void read_ticket(struct block token, struct pxa_krb5 *ticket)
{
    struct pxa_negotiate decoded;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &decoded), PXA_OK);
    ck_assert_int_eq(pxa_krb5_decode(decoded.inner, ticket), PXA_OK);
}

static void fill(struct keys *keys, const struct key_entry *entries)
{
    for (size_t i = 0; i < MORE && entries[i].principal; i++)
        keys->entries[keys->count++] = entries[i];
}

START_TEST(a_key)
{
    struct block token = captured_token("gss-krb5-raw-mit.header", PXA_SCHEME_NEGOTIATE);
    struct key_entry entries[MORE];
    struct keys keys = {.entries = entries};
    struct pxa_krb5 ticket;

    read_ticket(token, &ticket);
    fill(&keys, cases[_i].entries);
    ck_assert_uint_eq(ticket.ticket.kvno, 2);
    ck_assert_int_eq(ticket.ticket.etype, 18);
    ticket.ticket.kvno = cases[_i].kvno;
    ticket.ticket.has_kvno = !cases[_i].no_kvno;
    ck_assert_int_eq(fault_key_judge(&ticket, &keys), cases[_i].verdict);
    block_free(token);
}
END_TEST

/* AES of 256 bits is stronger than of 128, both than RC4, and what is not known is the weakest. */
static const struct {
    struct key_entry entries[MORE];
    struct fault_etypes allowed;
    int32_t etype;
    bool better;
} betters[] = {
    {{{own, 2, 18, true}, {own, 2, 23, true}}, {{18, 17}, 2}, 23, true},
    {{{upper, 2, 17, true}, {own, 2, 23, true}}, {{18, 17}, 2}, 23, true},
    {{{own, 2, 18, true}, {own, 2, 17, true}}, {{18}, 1}, 17, true},
    {{{own, 2, 23, true}, {own, 2, 1, true}}, {{23}, 1}, 1, true},
    {{{own, 2, 18, true}, {own, 2, 17, true}}, {{17, 23}, 2}, 18, false},
    {{{own, 2, 18, true}, {own, 2, 20, true}}, {{20}, 1}, 18, false},
    {{{own, 2, 18, true}, {own, 2, 23, true}}, {{17, 20}, 2}, 23, false},
    {{{own, 2, 23, true}, {own, 2, 1, true}}, {{18, 17, 1}, 3}, 23, false},
    /* What --spn leaves out, or has another name, has no say. */
    {{{own, 2, 18, false}, {own, 2, 23, true}}, {{18, 17}, 2}, 23, false},
    {{{other, 2, 18, true}, {own, 2, 23, true}}, {{18, 17}, 2}, 23, false},
};

START_TEST(a_better_key)
{
    struct block token = captured_token("gss-krb5-raw-mit.header", PXA_SCHEME_NEGOTIATE);
    struct key_entry entries[MORE];
    struct keys keys = {.entries = entries};
    struct pxa_krb5 ticket;

    read_ticket(token, &ticket);
    fill(&keys, betters[_i].entries);
    ticket.ticket.etype = betters[_i].etype;
    ck_assert(fault_key_has_better(&ticket, &keys, &betters[_i].allowed) == betters[_i].better);
    block_free(token);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("fault_key");
    TCase *tests = tcase_create("fault_key");

    tcase_add_loop_test(tests, a_key, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, a_better_key, 0, sizeof betters / sizeof *betters);
    suite_add_tcase(suite, tests);
    return suite;
}
