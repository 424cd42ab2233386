/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the library finds in a login, given to MIT Kerberos with the keytab that was captured with
 * it: MIT decrypts the ticket with the key that the library's etype and kvno name, and finds the
 * client that klist named, and the PAC that was stored, in which the library finds as many groups
 * as the directory had. No KDC, no clock and no configuration of this machine take part.
 */
#include <config.h>

#include "tests/unit/captured.h"

#include <krb5.h>

Suite *suite(void);

#define AD_PROXY "HTTP/proxy.corp.example.test@CORP.EXAMPLE.TEST"
#define MIT_PROXY "HTTP/proxy.example.test@EXAMPLE.TEST"

/* From facts.json: ticket (klist), directory (tokenGroups, and S-1-18-1 for each). */
static const struct vector {
    const char *name;
    const char *keytab;
    const char *service;
    const char *client;
    const char *pac; /* null: not stored */
    size_t groups;   /* in the PAC */
} vectors[] = {
    {"ad-negotiate-5groups.header", "ad.keytab", AD_PROXY, "alice@CORP.EXAMPLE.TEST",
     "ad-pac-5groups.pac", 6},
    {"ad-negotiate-1200groups.header", "ad.keytab", AD_PROXY, "many@CORP.EXAMPLE.TEST",
     "ad-pac-1200groups.pac", 1201},
    {"ad-negotiate-utf8.header", "ad.keytab", AD_PROXY, "j\xc3\xbcrgen@CORP.EXAMPLE.TEST",
     "ad-pac-utf8.pac", 3},
    {"ad-negotiate-local.header", "ad.keytab", AD_PROXY, "lena@CORP.EXAMPLE.TEST",
     "ad-pac-local.pac", 4},
    {"samba-negotiate-krb5.header", "ad.keytab", AD_PROXY, "alice@CORP.EXAMPLE.TEST", NULL, 0},
    {"curl-negotiate-mit.header", "mit.keytab", MIT_PROXY, "alice@EXAMPLE.TEST", "mit.pac", 0},
    {"chromium-negotiate-mit.header", "mit.keytab", MIT_PROXY, "alice@EXAMPLE.TEST", NULL, 0},
    {"gss-krb5-raw-mit.header", "mit.keytab", MIT_PROXY, "alice@EXAMPLE.TEST", NULL, 0},
};
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

/* A login as the library sees it, and MIT's library with the keytab for it. */
struct bench {
    const struct vector *vector;
    struct block token;
    struct pxa_krb5 login;
    krb5_context context;
    krb5_keytab keytab;
    krb5_ticket *ticket; /* not decrypted yet */
};

/* A piece of the token, for MIT, whose type has no const. */
static krb5_data data_of(const struct bench *bench, struct pxa_span span)
{
    size_t at = (size_t)(span.at - bench->token.at);

    return (krb5_data){.length = (unsigned)span.len, .data = bench->token.at + at};
}

static void open_keytab(struct bench *bench)
{
    char *path = captured_path(bench->vector->keytab);
    char *name = NULL;

    ck_assert_int_ge(asprintf(&name, "FILE:%s", path), 0);
    ck_assert_int_eq(krb5_kt_resolve(bench->context, name, &bench->keytab), 0);
    free(name);
    free(path);
}

static struct bench bench_open(const struct vector *vector)
{
    struct bench bench = {.vector = vector};
    struct pxa_negotiate negotiate;
    krb5_data der;

    ck_assert_int_eq(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    bench.token = captured_token(vector->name, PXA_SCHEME_NEGOTIATE);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(bench.token), &negotiate), PXA_OK);
    ck_assert_int_eq(pxa_krb5_decode(negotiate.inner, &bench.login), PXA_OK);
    ck_assert_int_eq(krb5_init_context(&bench.context), 0);
    open_keytab(&bench);
    der = data_of(&bench, bench.login.ticket_der);
    ck_assert_int_eq(krb5_decode_ticket(&der, &bench.ticket), 0);
    return bench;
}

static void bench_close(struct bench *bench)
{
    krb5_free_ticket(bench->context, bench->ticket);
    (void)krb5_kt_close(bench->context, bench->keytab);
    krb5_free_context(bench->context);
    block_free(bench->token);
}

static void decrypt(struct bench *bench)
{
    ck_assert_int_eq(
        krb5_server_decrypt_ticket_keytab(bench->context, bench->keytab, bench->ticket), 0);
    ck_assert_ptr_nonnull(bench->ticket->enc_part2);
}

static void expect_principal(krb5_context context, krb5_principal principal, const char *expected)
{
    char *name = NULL;

    ck_assert_int_eq(krb5_unparse_name(context, principal, &name), 0);
    ck_assert_str_eq(name, expected);
    krb5_free_unparsed_name(context, name);
}

/* Name, realm, etype and kvno as MIT reads them out of the ticket. */
START_TEST(names_and_numbers)
{
    struct bench bench = bench_open(&vectors[_i]);
    const struct pxa_krb5 *login = &bench.login;
    struct block room = block_filled(PXA_KRB5_NAME_MAX(login->server.parts.len, login->realm.len));
    struct pxa_written done;

    ck_assert_int_eq(pxa_krb5_name_text(&login->server, login->realm, room.at, room.len, &done),
                     PXA_OK);
    ck_assert(span_is((struct pxa_span){room.at, done.len}, bench.vector->service,
                      strlen(bench.vector->service)));
    expect_principal(bench.context, bench.ticket->server, bench.vector->service);
    ck_assert_int_eq(login->server.type, bench.ticket->server->type);
    ck_assert_int_eq(login->ticket.etype, bench.ticket->enc_part.enctype);
    ck_assert(login->ticket.has_kvno);
    ck_assert_uint_eq(login->ticket.kvno, bench.ticket->enc_part.kvno);
    decrypt(&bench);
    expect_principal(bench.context, bench.ticket->enc_part2->client, bench.vector->client);
    block_free(room);
    bench_close(&bench);
}
END_TEST

/* Whether KEY opens the library's `cipher`. */
static bool opens(const struct bench *bench, const krb5_keyblock *key)
{
    krb5_enc_data sealed = {.enctype = bench->login.ticket.etype,
                            .ciphertext = data_of(bench, bench->login.ticket.cipher)};
    struct block room = block_filled(bench->login.ticket.cipher.len);
    krb5_data plain = {.length = (unsigned)room.len, .data = room.at};
    bool opened = krb5_c_decrypt(bench->context, key, KRB5_KEYUSAGE_KDC_REP_TICKET, NULL, &sealed,
                                 &plain) == 0;

    block_free(room);
    return opened;
}

/* The key with the library's kvno and etype, and no other one of the keytab, opens the ticket. */
START_TEST(the_key_that_is_needed)
{
    struct bench bench = bench_open(&vectors[_i]);
    const struct pxa_krb5_data *sealed = &bench.login.ticket;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    size_t good = 0;
    size_t others = 0;

    ck_assert_int_eq(krb5_kt_start_seq_get(bench.context, bench.keytab, &cursor), 0);
    while (krb5_kt_next_entry(bench.context, bench.keytab, &entry, &cursor) == 0) {
        bool named = entry.vno == sealed->kvno && entry.key.enctype == sealed->etype;

        ck_assert_int_eq(opens(&bench, &entry.key), named);
        good += named;
        others += !named;
        (void)krb5_free_keytab_entry_contents(bench.context, &entry);
    }
    ck_assert_int_eq(krb5_kt_end_seq_get(bench.context, bench.keytab, &cursor), 0);
    ck_assert_uint_eq(good, 1);
    ck_assert_uint_gt(others, 0);
    bench_close(&bench);
}
END_TEST

static size_t count_groups(struct pxa_span pac)
{
    struct pxa_pac_logon logon;
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_group group;
    size_t count = 0;

    if (pxa_pac_logon_decode(pac, &logon) == PXA_NO_PAC_BUFFER)
        return 0; /* an MIT KDC's */
    while (pxa_pac_group_next(&logon, &walk, &group) == PXA_OK)
        count++;
    return count;
}

/* The PAC within the ticket is the one that was stored; captured_pac.c tests its content. */
START_TEST(pac)
{
    struct bench bench = bench_open(&vectors[_i]);
    krb5_authdata **found = NULL;

    decrypt(&bench);
    ck_assert_int_eq(krb5_find_authdata(bench.context, bench.ticket->enc_part2->authorization_data,
                                        NULL, KRB5_AUTHDATA_WIN2K_PAC, &found),
                     0);
    ck_assert(found != NULL && found[0] != NULL && found[1] == NULL);
    if (bench.vector->pac != NULL) {
        struct block file = captured_file(bench.vector->pac);
        struct pxa_span inside = {(const char *)found[0]->contents, found[0]->length};

        ck_assert(span_is(inside, file.at, file.len));
        ck_assert_uint_eq(count_groups(inside), bench.vector->groups);
        block_free(file);
    }
    krb5_free_authdata(bench.context, found);
    bench_close(&bench);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ticket");
    TCase *tc = tcase_create("ticket");

    tcase_add_loop_test(tc, names_and_numbers, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, the_key_that_is_needed, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, pac, 0, VECTOR_COUNT);
    suite_add_tcase(s, tc);
    return s;
}
