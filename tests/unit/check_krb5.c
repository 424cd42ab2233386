/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/krb5.c and common/krb5_name.c, with messages that are put together here as
 * RFC 4120 sections 5.2 to 5.9 say. Messages of real programs: check_captured.c.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/der_build.h"

Suite *suite(void);

static void put_name(struct der_build *build, unsigned n, long type, const char *const *parts)
{
    size_t start = build->len;
    size_t mark;

    put_int_field(build, 0, type);
    mark = build->len;
    for (; *parts != NULL; parts++)
        put_text(build, 0x1b, *parts);
    wrap(build, mark, 0x30);
    wrap(build, mark, 0xa1);
    wrap(build, start, 0x30);
    wrap(build, start, 0xa0 + n);
}

/* [n] EncryptedData; a kvno below -1 is left out. */
static void put_data(struct der_build *build, unsigned n, long etype, long kvno,
                     const char *cipher)
{
    size_t start = build->len;

    put_int_field(build, 0, etype);
    if (kvno >= -1)
        put_int_field(build, 1, kvno);
    put_text_field(build, 2, 0x04, cipher);
    wrap(build, start, 0x30);
    wrap(build, start, 0xa0 + n);
}

static const char *const http_proxy[] = {"HTTP", "proxy.example.com", NULL};

/* [n] Ticket. Returns the offset of the Ticket's tag. */
static size_t put_ticket(struct der_build *build, unsigned n, long kvno)
{
    size_t start = build->len;

    put_int_field(build, 0, 5);
    put_text_field(build, 1, 0x1b, "EXAMPLE.COM");
    put_name(build, 2, 2, http_proxy);
    put_data(build, 3, 18, kvno, "ticket");
    wrap(build, start, 0x30);
    wrap(build, start, 0x61);
    wrap(build, start, 0xa0 + n);
    return start + 2;
}

static void put_ap_req(struct der_build *build, long kvno)
{
    size_t start = build->len;

    put_int_field(build, 0, 5);
    put_int_field(build, 1, 14);
    put(build, 0x03, "\x00\x20\x00\x00\x00", 5); /* mutual-required */
    wrap(build, build->len - 7, 0xa2);
    put_ticket(build, 3, kvno);
    put_data(build, 4, 23, -2, "authenticator");
    wrap(build, start, 0x30);
    wrap(build, start, 0x6e);
}

static void expect_name(const struct pxa_krb5_name *name, struct pxa_span realm,
                        const char *expected)
{
    char text[256];
    struct pxa_written done;

    ck_assert_int_eq(pxa_krb5_name_text(name, realm, text, sizeof text, &done), PXA_OK);
    ck_assert(span_is((struct pxa_span){text, done.len}, expected, strlen(expected)));
}

static void expect_ap_req(const struct pxa_krb5 *krb5)
{
    ck_assert_int_eq(krb5->kind, PXA_KRB5_AP_REQ);
    ck_assert(span_is(krb5->realm, "EXAMPLE.COM", 11));
    ck_assert_int_eq(krb5->server.type, 2);
    ck_assert_uint_eq(krb5->server.part_count, 2);
    expect_name(&krb5->server, krb5->realm, "HTTP/proxy.example.com@EXAMPLE.COM");
    ck_assert_int_eq(krb5->ticket.etype, 18);
    ck_assert(span_is(krb5->ticket.cipher, "ticket", 6));
    ck_assert_int_eq(krb5->part.etype, 23);
    ck_assert(!krb5->part.has_kvno);
    ck_assert(span_is(krb5->part.cipher, "authenticator", 13));
    ck_assert_uint_eq(krb5->ap_options, PXA_AP_MUTUAL_REQUIRED);
    ck_assert_int_eq((unsigned char)krb5->ticket_der.at[0], 0x61);
    ck_assert_uint_eq(krb5->fault_at, 0);
}

START_TEST(ap_req)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;

    put_bytes(&build, "\x01\x00", 2);
    put_ap_req(&build, 3);
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    expect_ap_req(&krb5);
    ck_assert(krb5.ticket.has_kvno);
    ck_assert_uint_eq(krb5.ticket.kvno, 3);
    block_free(message);
}
END_TEST

START_TEST(ap_req_without_tok_id)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;

    put_ap_req(&build, -2);
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    expect_ap_req(&krb5);
    ck_assert(!krb5.ticket.has_kvno);
    block_free(message);
}
END_TEST

/* A read-only domain controller's key version has its number in the upper half, so that it may
 * come as a negative INTEGER; others write the same as a positive one of five bytes. */
START_TEST(kvno_of_32_bits)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;

    put_ap_req(&build, -1);
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    ck_assert_uint_eq(krb5.ticket.kvno, 0xffffffff);
    block_free(message);
}
END_TEST

START_TEST(ap_rep)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;

    put_int_field(&build, 0, 5);
    put_int_field(&build, 1, 15);
    put_data(&build, 2, -128, -2, "part");
    wrap(&build, 0, 0x30);
    wrap(&build, 0, 0x6f);
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    ck_assert_int_eq(krb5.kind, PXA_KRB5_AP_REP);
    ck_assert_int_eq(krb5.part.etype, -128);
    ck_assert(span_is(krb5.part.cipher, "part", 4));
    block_free(message);
}
END_TEST

static void put_error(struct der_build *build, bool optional)
{
    size_t start = build->len;

    put_int_field(build, 0, 5);
    put_int_field(build, 1, 30);
    if (optional) {
        put_text_field(build, 2, 0x18, "20260101000000Z");
        put_int_field(build, 3, 1);
    }
    put_text_field(build, 4, 0x18, "20261126003000Z");
    put_int_field(build, 5, 999999);
    put_int_field(build, 6, 37);
    if (optional) {
        put_text_field(build, 7, 0x1b, "CLIENT.TEST");
        put_name(build, 8, 1, (const char *const[]){"alice", NULL});
    }
    put_text_field(build, 9, 0x1b, "EXAMPLE.COM");
    put_name(build, 10, 2, http_proxy);
    if (optional) {
        put_text_field(build, 11, 0x1b, "too late");
        put_text_field(build, 12, 0x04, "data");
    }
    wrap(build, start, 0x30);
    wrap(build, start, 0x7e);
}

START_TEST(krb_error)
{
    bool optional = _i == 1;
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;

    put_bytes(&build, "\x03\x00", 2);
    put_error(&build, optional);
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    ck_assert_int_eq(krb5.kind, PXA_KRB5_ERROR);
    ck_assert_int_eq(krb5.error_code, 37);
    ck_assert(span_is(krb5.server_time, "20261126003000Z", 15));
    expect_name(&krb5.server, krb5.realm, "HTTP/proxy.example.com@EXAMPLE.COM");
    ck_assert(span_is(krb5.client_realm, "CLIENT.TEST", optional ? 11 : 0));
    ck_assert_uint_eq(krb5.client.part_count, optional ? 1 : 0);
    ck_assert(span_is(krb5.error_text, "too late", optional ? 8 : 0));
    ck_assert(span_is(krb5.error_data, "data", optional ? 4 : 0));
    block_free(message);
}
END_TEST

START_TEST(user_to_user)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;
    size_t ticket_at;

    put_int_field(&build, 0, 5);
    put_int_field(&build, 1, 16);
    put_name(&build, 2, 2, http_proxy);
    put_text_field(&build, 3, 0x1b, "EXAMPLE.COM");
    wrap(&build, 0, 0x30);
    memmove(build.bytes + 2, build.bytes, build.len);
    memcpy(build.bytes, "\x04\x00", 2);
    build.len += 2;
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    ck_assert_int_eq(krb5.kind, PXA_KRB5_TGT_REQ);
    expect_name(&krb5.server, krb5.realm, "HTTP/proxy.example.com@EXAMPLE.COM");
    block_free(message);

    build.len = 0;
    put_int_field(&build, 0, 5);
    put_int_field(&build, 1, 17);
    ticket_at = put_ticket(&build, 2, 7);
    wrap(&build, 0, 0x30);
    memmove(build.bytes + 2, build.bytes, build.len);
    memcpy(build.bytes, "\x04\x01", 2);
    build.len += 2;
    message = built(&build);
    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
    ck_assert_int_eq(krb5.kind, PXA_KRB5_TGT_REP);
    ck_assert_uint_eq(krb5.ticket.kvno, 7);
    ck_assert_ptr_eq(krb5.ticket_der.at, message.at + 2 + 2 + ticket_at);
    ck_assert_uint_eq(krb5.ticket_der.len, message.len - (2 + 2 + ticket_at));
    block_free(message);
}
END_TEST

/* The realm as the draft has it, and as MIT Kerberos does. */
START_TEST(iakerb)
{
    static const struct {
        const char *bytes;
        size_t len;
    } messages[] = {
        {"\x05\x01\x30\x09\xa1\x07\x0c\x05REALM\x6a\x00", 15},
        {"\x05\x01\x30\x09\xa1\x07\x04\x05REALM\x6a\x00", 15},
        {"\x05\x01\x30\x0e\xa1\x07\x0c\x05REALM\xa2\x03\x04\x01x\x6a\x00", 20},
    };

    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        struct block message = block_of(messages[i].bytes, messages[i].len);
        struct pxa_krb5 krb5;

        ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
        ck_assert_int_eq(krb5.kind, PXA_KRB5_IAKERB);
        ck_assert(span_is(krb5.target_realm, "REALM", 5));
        ck_assert(span_is(krb5.kdc_message, "\x6a\x00", 2));
        block_free(message);
    }
}
END_TEST

static void expect_fault(struct block message, enum pxa_status status, size_t fault_at)
{
    struct pxa_krb5 krb5;

    ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), status);
    ck_assert_uint_eq(krb5.fault_at, fault_at);
    ck_assert_int_eq(krb5.kind, PXA_KRB5_OTHER);
    ck_assert_uint_eq(krb5.realm.len, 0);
    ck_assert_uint_eq(krb5.server.part_count, 0);
    ck_assert_uint_eq(krb5.ticket.cipher.len, 0);
    block_free(message);
}

START_TEST(refuses)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pxa_status status;
        size_t fault_at;
    } bad[] = {
#define BAD(bytes, status, at) {bytes, sizeof(bytes) - 1, status, at}
        BAD("", PXA_EMPTY, 0),
        BAD("\x01", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x01\x01\x6e\x00", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x60\x00", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x30\x00", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x01\x00", PXA_CUT, 2),
        BAD("\x01\x00\x6f\x00", PXA_DER_TAG, 2),
        BAD("\x6e\x00", PXA_CUT, 2),
        BAD("\x6e\x02\x31\x00", PXA_DER_TAG, 2),
        BAD("\x6e\x02\x30\x00", PXA_CUT, 4),
        BAD("\x6e\x02\x30\x00\x00", PXA_TRAILING, 4),
        BAD("\x6e\x03\x30\x00\x00", PXA_TRAILING, 4),
        BAD("\x6e\x07\x30\x05\xa0\x03\x02\x01\x04", PXA_DER_VALUE, 8),  /* pvno 4 */
        BAD("\x6e\x0c\x30\x0a\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0f", /* an AP-REP's type */
            PXA_DER_VALUE, 13),
        BAD("\x6e\x06\x30\x04\xa0\x02\x02\x00", PXA_DER_VALUE, 8),
        BAD("\x6e\x0c\x30\x0a\xa0\x08\x02\x06\x00\x00\x00\x00\x00\x05", PXA_DER_VALUE, 8),
        BAD("\x6e\x0b\x30\x09\xa0\x07\x02\x05\x7f\x00\x00\x00\x05", PXA_DER_VALUE, 8),
        BAD("\x04\x00\x30\x05\xa0\x03\x02\x01\x05", PXA_CUT, 9),
        BAD("\x05\x01\x30\x02\xa1\x00", PXA_CUT, 6),
        BAD("\x05\x01\x30\x04\xa1\x02\x1b\x00", PXA_DER_TAG, 6),
        BAD("\x05\x01\x30\x05\xa1\x03\x0c\x00\x00", PXA_TRAILING, 8),
#undef BAD
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_fault(block_of(bad[i].bytes, bad[i].len), bad[i].status, bad[i].fault_at);
}
END_TEST

START_TEST(cut_anywhere)
{
    struct der_build build = {.len = 0};

    put_ap_req(&build, 2);
    for (size_t len = 1; len < build.len; len++)
        expect_fault(block_of((const char *)build.bytes, len), PXA_CUT, 0);
    put_bytes(&build, "", 1);
    expect_fault(block_of((const char *)build.bytes, build.len), PXA_TRAILING, build.len - 1);
    build.len = 0;
    put_error(&build, true);
    for (size_t len = 1; len < build.len; len++)
        expect_fault(block_of((const char *)build.bytes, len), PXA_CUT, 0);
}
END_TEST

/* Where a tag inside is another one, the message is not what it says. */
START_TEST(each_tag_matters)
{
    struct der_build build = {.len = 0};
    struct pxa_krb5 krb5;
    struct block message;
    size_t refused = 0;

    put_ap_req(&build, 2);
    message = built(&build);
    for (size_t i = 0; i < message.len; i++) {
        unsigned char was = (unsigned char)message.at[i];
        bool is_tag = was == 0x30 || (was >= 0xa0 && was <= 0xa4);

        if (!is_tag)
            continue;
        message.at[i] = 0x05;
        ck_assert_int_ne(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
        message.at[i] = (char)was;
        refused++;
    }
    ck_assert_uint_ge(refused, 18);
    block_free(message);
}
END_TEST

/* Inside of any SEQUENCE something whole may follow, but not anything. */
START_TEST(fields_of_a_later_version)
{
    static const char *const ends[] = {"\xad\x00", "\x04\x00", "\xff\xff", "\xa0\x00"};

    for (size_t i = 0; i < 4; i++) {
        struct der_build build = {.len = 0};
        struct pxa_krb5 krb5;
        struct block message;

        put_int_field(&build, 0, 5);
        put_int_field(&build, 1, 15);
        put_data(&build, 2, 18, 1, "part");
        put_bytes(&build, ends[i], 2);
        wrap(&build, 0, 0x30);
        wrap(&build, 0, 0x6f);
        message = built(&build);
        if (i == 0) {
            ck_assert_int_eq(pxa_krb5_decode(block_span(message), &krb5), PXA_OK);
            block_free(message);
        } else {
            expect_fault(message, PXA_DER_TAG, message.len - 2);
        }
    }
}
END_TEST

START_TEST(names_are_escaped)
{
    static const char parts[] = "\x1b\x00\x1b\x0d" "a/b@c\\d\0\t\n\b\"\xc3"
                                "\x1b\x01z";
    struct pxa_krb5_name name = {1, {parts, sizeof parts - 1}, 3};
    static const char expected[] = "/a\\/b\\@c\\\\d\\0\\t\\n\\b\"\xc3/z@R\\/E\\@A\\\\L";
    struct pxa_span realm = {"R/E@A\\L", 7};
    size_t len = sizeof expected - 1;
    struct pxa_written done;

    ck_assert_uint_le(len, PXA_KRB5_NAME_MAX(sizeof parts - 1, realm.len));
    for (size_t cap = 0; cap <= len + 1; cap++) {
        struct block out = block_filled(cap);

        ck_assert_int_eq(pxa_krb5_name_text(&name, realm, out.at, cap, &done),
                         cap < len ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < len ? 0 : len);
        ck_assert(done.len == 0 || memcmp(out.at, expected, len) == 0);
        for (size_t i = 0; i < cap && done.len == 0; i++)
            ck_assert(out.at[i] == 0);
        block_free(out);
    }
    expect_name(&name, (struct pxa_span){NULL, 0}, "/a\\/b\\@c\\\\d\\0\\t\\n\\b\"\xc3/z");
}
END_TEST

START_TEST(names_that_are_broken)
{
    struct pxa_krb5_name name = {1, {"\x1b\x01z\x04\x00", 5}, 2};
    struct pxa_krb5_name none = {0, {NULL, 0}, 0};
    char out[16];
    struct pxa_written done;

    memset(out, BLOCK_FILL, sizeof out);
    ck_assert_int_eq(pxa_krb5_name_text(&name, name.parts, out, sizeof out, &done), PXA_DER_TAG);
    ck_assert_uint_eq(done.len, 0);
    ck_assert_uint_eq(done.fault_at, 3);
    ck_assert_int_eq(out[0], 0);
    ck_assert_int_eq(out[1], BLOCK_FILL);
    ck_assert_int_eq(pxa_krb5_name_text(&none, none.parts, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
}
END_TEST

/* Numbers and names of IANA's registry and of RFC 4120 section 7.5.9. */
START_TEST(numbers_have_names)
{
    ck_assert_str_eq(pxa_etype_name(17), "aes128-cts-hmac-sha1-96");
    ck_assert_str_eq(pxa_etype_name(18), "aes256-cts-hmac-sha1-96");
    ck_assert_str_eq(pxa_etype_name(19), "aes128-cts-hmac-sha256-128");
    ck_assert_str_eq(pxa_etype_name(20), "aes256-cts-hmac-sha384-192");
    ck_assert_str_eq(pxa_etype_name(23), "rc4-hmac");
    ck_assert_str_eq(pxa_etype_name(3), "des-cbc-md5");
    ck_assert_str_eq(pxa_etype_name(0), "");
    ck_assert_str_eq(pxa_etype_name(-128), "");
    ck_assert_str_eq(pxa_krb5_error_name(7), "KDC_ERR_S_PRINCIPAL_UNKNOWN");
    ck_assert_str_eq(pxa_krb5_error_name(31), "KRB_AP_ERR_BAD_INTEGRITY");
    ck_assert_str_eq(pxa_krb5_error_name(34), "KRB_AP_ERR_REPEAT");
    ck_assert_str_eq(pxa_krb5_error_name(37), "KRB_AP_ERR_SKEW");
    ck_assert_str_eq(pxa_krb5_error_name(41), "KRB_AP_ERR_MODIFIED");
    ck_assert_str_eq(pxa_krb5_error_name(44), "KRB_AP_ERR_BADKEYVER");
    ck_assert_str_eq(pxa_krb5_error_name(60), "KRB_ERR_GENERIC");
    ck_assert_str_eq(pxa_krb5_error_name(68), "KDC_ERR_WRONG_REALM");
    ck_assert_str_eq(pxa_krb5_error_name(77), "KDC_ERR_INCONSISTENT_KEY_PURPOSE");
    ck_assert_str_eq(pxa_krb5_error_name(85), "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND");
    ck_assert_str_eq(pxa_krb5_error_name(93), "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS");
    ck_assert_str_eq(pxa_krb5_error_name(30), "");
    ck_assert_str_eq(pxa_krb5_error_name(-1), "");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("krb5");
    TCase *tc = tcase_create("krb5");

    tcase_add_test(tc, ap_req);
    tcase_add_test(tc, ap_req_without_tok_id);
    tcase_add_test(tc, kvno_of_32_bits);
    tcase_add_test(tc, ap_rep);
    tcase_add_loop_test(tc, krb_error, 0, 2);
    tcase_add_test(tc, user_to_user);
    tcase_add_test(tc, iakerb);
    tcase_add_test(tc, refuses);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, each_tag_matters);
    tcase_add_test(tc, fields_of_a_later_version);
    tcase_add_test(tc, names_are_escaped);
    tcase_add_test(tc, names_that_are_broken);
    tcase_add_test(tc, numbers_have_names);
    suite_add_tcase(s, tc);
    return s;
}
