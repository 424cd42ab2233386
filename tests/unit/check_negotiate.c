/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/negotiate.c, with tokens that are put together here as RFC 4178 section 4.2,
 * RFC 2743 section 3.1 and [MS-SPNG] section 2.2.1 say, and with the byte strings of RFC 4178's
 * and [MS-SPNG]'s definitions. Tokens of real programs: check_captured.c.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/der_build.h"

Suite *suite(void);

#define KRB5_OID "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define MS_KRB5_OID "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define NTLM_OID "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define SPNEGO_OID "\x2b\x06\x01\x05\x05\x02"
#define NTLMSSP_1 "NTLMSSP\0\1\0\0\0\7\x82\x08\xa2"

enum { NTLMSSP_1_LEN = sizeof NTLMSSP_1 - 1 };

/* What a NegTokenInit is made of. Null pointers are left out. */
struct init {
    const char *mechs[3];
    const char *flags;
    const char *token;
    size_t token_len;
    const char *mic;
    const char *hint;
};

static void put_mechs(struct der_build *build, const struct init *init)
{
    size_t field = build->len;
    size_t list = field;

    for (size_t i = 0; i < 3 && init->mechs[i] != NULL; i++)
        put_text(build, 0x06, init->mechs[i]);
    wrap(build, list, 0x30);
    wrap(build, field, 0xa0);
}

static void put_init(struct der_build *build, const struct init *init)
{
    size_t start = build->len;
    size_t mark;

    put_mechs(build, init);
    if (init->flags != NULL)
        put_text_field(build, 1, 0x03, init->flags);
    if (init->token != NULL) {
        mark = build->len;
        put(build, 0x04, init->token, init->token_len);
        wrap(build, mark, 0xa2);
    }
    if (init->hint != NULL) {
        mark = build->len;
        put_text_field(build, 0, 0x1b, init->hint);
        wrap(build, mark, 0x30);
        wrap(build, mark, 0xa3);
    }
    if (init->mic != NULL)
        put_text_field(build, init->hint != NULL ? 4 : 3, 0x04, init->mic);
    wrap(build, start, 0x30);
    wrap(build, start, 0xa0);
}

/* Puts a frame around all that is there. */
static void frame(struct der_build *build, const char *oid)
{
    struct der_build inner = *build;

    build->len = 0;
    put_text(build, 0x06, oid);
    put_bytes(build, inner.bytes, inner.len);
    wrap(build, 0, 0x60);
}

static struct block token_of(const struct init *init)
{
    struct der_build build = {.len = 0};

    put_init(&build, init);
    frame(&build, SPNEGO_OID);
    return built(&build);
}

static void expect_fault(struct block token, enum pxa_status status, size_t fault_at)
{
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), status);
    ck_assert_uint_eq(negotiate.fault_at, fault_at);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_OTHER);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_OTHER);
    ck_assert_int_eq(negotiate.neg_state, PXA_NEG_NONE);
    ck_assert_uint_eq(negotiate.inner.len, 0);
    ck_assert_uint_eq(negotiate.mechs.len, 0);
    ck_assert_uint_eq(negotiate.mech_count, 0);
    block_free(token);
}

static void expect_mechs(const struct pxa_negotiate *negotiate, const char *const *oids)
{
    struct pxa_cursor mechs = {negotiate->mechs, 0};
    struct pxa_span oid;
    size_t count = 0;

    while (pxa_mech_next(&mechs, &oid) == PXA_OK) {
        ck_assert_ptr_nonnull(oids[count]);
        ck_assert(span_is(oid, oids[count], strlen(oids[count])));
        count++;
    }
    ck_assert_int_eq(pxa_mech_next(&mechs, &oid), PXA_END);
    ck_assert_uint_eq(count, negotiate->mech_count);
    ck_assert_uint_eq(oid.len, 0);
}

START_TEST(spnego_with_ntlm)
{
    static const struct init init = {.mechs = {MS_KRB5_OID, KRB5_OID, NTLM_OID},
                                     .flags = "\x01\x06", /* 7 bits: conf and integ */
                                     .token = NTLMSSP_1,
                                     .token_len = NTLMSSP_1_LEN,
                                     .mic = "0123456789abcdef"};
    struct block token = token_of(&init);
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_SPNEGO_INIT);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_NTLMSSP); /* by its bytes, not by the first name */
    ck_assert(span_is(negotiate.inner, NTLMSSP_1, NTLMSSP_1_LEN));
    ck_assert_uint_eq(negotiate.mech_count, 3);
    expect_mechs(&negotiate, (const char *const[]){MS_KRB5_OID, KRB5_OID, NTLM_OID, NULL});
    ck_assert(negotiate.has_flags);
    ck_assert_uint_eq(negotiate.flags, 0x06000000);
    ck_assert(span_is(negotiate.mech_list_mic, "0123456789abcdef", 16));
    ck_assert(!negotiate.init2);
    ck_assert_int_eq(negotiate.neg_state, PXA_NEG_NONE);
    ck_assert_uint_eq(negotiate.frame_oid.len, 0);
    ck_assert_uint_eq(negotiate.fault_at, 0);
    block_free(token);
}
END_TEST

START_TEST(spnego_with_kerberos_in_its_frame)
{
    struct der_build krb5 = {.len = 0};
    struct init init = {.mechs = {KRB5_OID}};
    struct pxa_negotiate negotiate;
    struct block token;

    put_bytes(&krb5, "\x01\x00\x6e\x00", 4);
    frame(&krb5, KRB5_OID);
    init.token = (const char *)krb5.bytes;
    init.token_len = krb5.len;
    token = token_of(&init);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_SPNEGO_INIT);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_KRB5);
    ck_assert(span_is(negotiate.inner, "\x01\x00\x6e\x00", 4));
    ck_assert(span_is(negotiate.frame_oid, KRB5_OID, 9));
    ck_assert(!negotiate.has_flags);
    block_free(token);
}
END_TEST

/* A client that has only asked what the server can do. */
START_TEST(spnego_without_token)
{
    static const struct init init = {.mechs = {NTLM_OID}};
    struct block token = token_of(&init);
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_NTLMSSP); /* by the only name */
    ck_assert_uint_eq(negotiate.inner.len, 0);
    ck_assert_uint_eq(negotiate.mech_count, 1);
    block_free(token);
}
END_TEST

/* What Windows servers send first: hints, and the MIC one place later. */
START_TEST(neg_token_init2)
{
    static const struct init init = {.mechs = {KRB5_OID, NTLM_OID},
                                     .mic = "mic",
                                     .hint = "not_defined_in_RFC4178@please_ignore"};
    struct block token = token_of(&init);
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert(negotiate.init2);
    ck_assert(span_is(negotiate.hint_name, init.hint, strlen(init.hint)));
    ck_assert(span_is(negotiate.mech_list_mic, "mic", 3));
    ck_assert_int_eq(negotiate.mech, PXA_MECH_KRB5);
    block_free(token);
}
END_TEST

/* The MIC of a NegTokenInit2 without hints; and NegoEx, by its first letters. */
START_TEST(init2_without_hints)
{
    static const char bytes[] = "\x60\x1c\x06\x06" SPNEGO_OID
                                "\xa0\x12\x30\x10\xa0\x08\x30\x06\x06\x04\x2b\x06\x01\x05"
                                "\xa4\x04\x04\x02\xaa\xbb";
    static const char negoex[] = "\xa1\x10\x30\x0e\xa2\x0c\x04\x0aNEGOEXTS\0";
    struct block token = block_of(bytes, sizeof bytes - 1);
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert(negotiate.init2);
    ck_assert(span_is(negotiate.mech_list_mic, "\xaa\xbb", 2));
    block_free(token);
    token = block_of(negoex, sizeof negoex); /* with the literal's NUL */
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_NEGOEX);
    block_free(token);
}
END_TEST

/* What a later version may add: higher numbers, whole elements. */
START_TEST(fields_of_a_later_version)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pxa_status status;
        size_t fault_at;
    } cases[] = {
        {"\xa0\x06\x30\x04\xa5\x00\xa7\x00", 8, PXA_OK, 0},
        {"\xa0\x06\x30\x04\xa7\x00\xa5\x00", 8, PXA_DER_TAG, 6},
        {"\xa0\x06\x30\x04\xa5\x00\xa5\x00", 8, PXA_DER_TAG, 6},
        {"\xa0\x08\x30\x06\xa3\x02\x04\x00\xa2\x00", 10, PXA_DER_TAG, 8},
        {"\xa0\x05\x30\x03\xff\xff\xff", 7, PXA_DER_TAG, 4},
        {"\xa0\x04\x30\x02\xa5\x01", 6, PXA_CUT, 4},
        {"\xa1\x04\x30\x02\xa4\x00", 6, PXA_OK, 0},
        {"\xa1\x04\x30\x02\x04\x00", 6, PXA_DER_TAG, 4},
        {"\xa1\x04\x30\x02\xbf\x00", 6, PXA_DER_TAG, 4},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct block token = block_of(cases[i].bytes, cases[i].len);
        struct pxa_negotiate negotiate;

        ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), cases[i].status);
        ck_assert_uint_eq(negotiate.fault_at, cases[i].fault_at);
        block_free(token);
    }
}
END_TEST

START_TEST(init_without_frame)
{
    static const struct init init = {.mechs = {KRB5_OID}};
    struct der_build build = {.len = 0};
    struct pxa_negotiate negotiate;
    struct block token;

    put_init(&build, &init);
    token = built(&build);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_SPNEGO_INIT);
    ck_assert_uint_eq(negotiate.mech_count, 1);
    block_free(token);
}
END_TEST

START_TEST(neg_token_resp)
{
    struct der_build build = {.len = 0};
    struct pxa_negotiate negotiate;
    struct block token;

    put_text_field(&build, 0, 0x0a, "\x01");
    put_text_field(&build, 1, 0x06, NTLM_OID);
    put_text_field(&build, 2, 0x04, "NTLMSSP");
    put_text_field(&build, 3, 0x04, "0123456789abcdef");
    wrap(&build, 0, 0x30);
    wrap(&build, 0, 0xa1);
    token = built(&build);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_SPNEGO_RESP);
    ck_assert_int_eq(negotiate.neg_state, PXA_NEG_ACCEPT_INCOMPLETE);
    ck_assert(span_is(negotiate.supported_mech, NTLM_OID, 10));
    ck_assert_int_eq(negotiate.mech, PXA_MECH_NTLMSSP);
    ck_assert(span_is(negotiate.inner, "NTLMSSP", 7)); /* its NUL is missing: named, not seen */
    ck_assert(span_is(negotiate.mech_list_mic, "0123456789abcdef", 16));
    block_free(token);
}
END_TEST

/* "a1073005a0030a0102": reject. And the reply that Samba's DC led to through Squid's helper. */
START_TEST(neg_token_resp_reject_and_accept)
{
    static const char reject[] = "\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02";
    static const char accept[] = "\xa1\x14\x30\x12\xa0\x03\x0a\x01\x00\xa1\x0b\x06\x09" KRB5_OID
                                 "\xa2\x02\x04\x00"; /* oRQwEqADCgEAoQsGCSqGSIb3EgECAg==, and
                                                      * an empty token more */
    struct block token = block_of(reject, sizeof reject - 1);
    struct pxa_negotiate negotiate;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.neg_state, PXA_NEG_REJECT);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_OTHER);
    block_free(token);
    token = block_of(accept, sizeof accept - 5);
    token.at[1] = 0x14;
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.neg_state, PXA_NEG_ACCEPT_COMPLETED);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_KRB5);
    ck_assert_uint_eq(negotiate.inner.len, 0);
    block_free(token);
}
END_TEST

START_TEST(bare_tokens)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum pxa_token_kind kind;
        enum pxa_mech mech;
    } bare[] = {
        {NTLMSSP_1, NTLMSSP_1_LEN, PXA_TOKEN_NTLMSSP, PXA_MECH_NTLMSSP},
        {"NTLMSSP\0", 8, PXA_TOKEN_NTLMSSP, PXA_MECH_NTLMSSP},
        {"\x6e\x80", 2, PXA_TOKEN_KRB5, PXA_MECH_KRB5},
        {"\x6f", 1, PXA_TOKEN_KRB5, PXA_MECH_KRB5},
        {"\x7e\x00", 2, PXA_TOKEN_KRB5, PXA_MECH_KRB5},
    };

    for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++) {
        struct block token = block_of(bare[i].bytes, bare[i].len);
        struct pxa_negotiate negotiate;

        ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
        ck_assert_int_eq(negotiate.kind, bare[i].kind);
        ck_assert_int_eq(negotiate.mech, bare[i].mech);
        ck_assert(span_is(negotiate.inner, bare[i].bytes, bare[i].len));
        block_free(token);
    }
}
END_TEST

START_TEST(frame_of_another_mechanism)
{
    struct der_build build = {.len = 0};
    struct pxa_negotiate negotiate;
    struct block token;

    put_bytes(&build, "\x05\x01\x30\x00", 4);
    frame(&build, "\x2b\x06\x01\x05\x02\x05");
    token = built(&build);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_GSSAPI);
    ck_assert_int_eq(negotiate.mech, PXA_MECH_IAKERB);
    ck_assert(span_is(negotiate.inner, "\x05\x01\x30\x00", 4));
    block_free(token);
}
END_TEST

/* Windows writes lengths in more bytes than it has to. */
START_TEST(long_lengths)
{
    static const char bytes[] = "\x60\x84\x00\x00\x00\x0b\x06\x81\x06" SPNEGO_OID
                                "\xa0\x00";
    static const char good[] = "\x60\x84\x00\x00\x00\x10\x06\x81\x06" SPNEGO_OID
                               "\xa0\x82\x00\x03\x30\x81\x00";
    struct pxa_negotiate negotiate;
    struct block token = block_of(good, sizeof good - 1);

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, PXA_TOKEN_SPNEGO_INIT);
    ck_assert_uint_eq(negotiate.mech_count, 0);
    block_free(token);
    expect_fault(block_of(bytes, sizeof bytes - 1), PXA_CUT, 17);
}
END_TEST

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
        BAD("NTLMSS", PXA_UNKNOWN_TOKEN, 0),
        BAD("NTLMSSPX", PXA_UNKNOWN_TOKEN, 0),
        BAD("NTLMSSP", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x00", PXA_UNKNOWN_TOKEN, 0),
        BAD("token=oRQw", PXA_UNKNOWN_TOKEN, 0),
        BAD("\x60", PXA_CUT, 0),
        BAD("\x60\x01", PXA_CUT, 0),
        BAD("\x60\x80\x00\x00", PXA_DER_LENGTH, 1),
        BAD("\x60\x85\x00\x00\x00\x00\x00", PXA_DER_LENGTH, 1),
        BAD("\x60\xff", PXA_DER_LENGTH, 1),
        BAD("\x60\x84\xff\xff\xff\xff", PXA_CUT, 0),
        BAD("\x60\x84\xff\xff\xff", PXA_CUT, 0),
        BAD("\x60\x81", PXA_CUT, 0),
        BAD("\x60\x00", PXA_CUT, 2),
        BAD("\x60\x02\x04\x00", PXA_DER_TAG, 2),
        BAD("\x60\x02\x06\x01", PXA_CUT, 2),
        BAD("\x60\x02\x06\x00\x00", PXA_TRAILING, 4),
        BAD("\x60\x0a\x06\x06" SPNEGO_OID "\xa2\x00", PXA_DER_TAG, 10),
        BAD("\x60\x08\x06\x06" SPNEGO_OID, PXA_CUT, 10),
        BAD("\xa0\x02\x31\x00", PXA_DER_TAG, 2),
        BAD("\xa0\x03\x30\x00\x00", PXA_TRAILING, 4),
        BAD("\xa0\x02\x30\x00\x00", PXA_TRAILING, 4),
        BAD("\xa0\x04\x30\x02\xa0\x00", PXA_CUT, 6),
        BAD("\xa0\x08\x30\x06\xa0\x04\x30\x02\x04\x00", PXA_DER_TAG, 8),
        BAD("\xa0\x07\x30\x05\xa1\x03\x03\x01\x08", PXA_DER_VALUE, 8),
        BAD("\xa0\x06\x30\x04\xa1\x02\x03\x00", PXA_DER_VALUE, 8),
        BAD("\xa0\x06\x30\x04\xa2\x02\x30\x00", PXA_DER_TAG, 6),
        BAD("\xa0\x07\x30\x05\xa2\x03\x04\x00\x00", PXA_TRAILING, 8),
        BAD("\xa0\x06\x30\x04\xa3\x02\x02\x00", PXA_DER_TAG, 6),
        BAD("\xa0\x04\x30\x02\xa3\x00", PXA_CUT, 6),
        BAD("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x04", PXA_DER_VALUE, 8),
        BAD("\xa1\x07\x30\x05\xa0\x03\x0a\x01\xff", PXA_DER_VALUE, 8),
        BAD("\xa1\x06\x30\x04\xa0\x02\x0a\x00", PXA_DER_VALUE, 8),
        BAD("\xa1\x0c\x30\x0a\xa0\x08\x0a\x06\x00\x00\x00\x00\x00\x00", PXA_DER_VALUE, 8),
        BAD("\xa1\x07\x30\x05\xa2\x03\x04\x01\x60", PXA_CUT, 8),
#undef BAD
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_fault(block_of(bad[i].bytes, bad[i].len), bad[i].status, bad[i].fault_at);
}
END_TEST

/* Every shorter token is refused as cut: the frame says how long it has to be. */
START_TEST(cut_anywhere)
{
    static const struct init init = {.mechs = {MS_KRB5_OID, KRB5_OID, NTLM_OID},
                                     .flags = "\x01\x06",
                                     .token = NTLMSSP_1,
                                     .token_len = NTLMSSP_1_LEN,
                                     .hint = "x"};
    struct block whole = token_of(&init);

    for (size_t len = 1; len < whole.len; len++)
        expect_fault(block_of(whole.at, len), PXA_CUT, 0);
    block_free(whole);
}
END_TEST

/* Where a length inside is one more or less than it is, some other element does not fit. (With
 * that of the frame's OID it becomes a frame of another mechanism.) */
START_TEST(wrong_lengths_inside)
{
    static const struct init init = {.mechs = {KRB5_OID}, .token = NTLMSSP_1,
                                     .token_len = NTLMSSP_1_LEN};
    static const size_t length_at[] = {1, 11, 13, 15, 17, 19, 30, 32};
    struct block whole = token_of(&init);
    struct pxa_negotiate negotiate;

    for (size_t i = 0; i < sizeof length_at / sizeof length_at[0]; i++)
        for (int change = -1; change <= 1; change += 2) {
            whole.at[length_at[i]] = (char)(whole.at[length_at[i]] + change);
            ck_assert_int_ne(pxa_negotiate_decode(block_span(whole), &negotiate), PXA_OK);
            whole.at[length_at[i]] = (char)(whole.at[length_at[i]] - change);
        }
    ck_assert_int_eq(pxa_negotiate_decode(block_span(whole), &negotiate), PXA_OK);
    block_free(whole);
}
END_TEST

START_TEST(mechs_of_somebody_else)
{
    struct pxa_cursor cut = {{"\x06\x02\x01", 3}, 0};
    struct pxa_cursor other = {{"\x06\x00\x04\x00", 4}, 0};
    struct pxa_cursor beyond = {{"\x06\x00", 2}, 5};
    struct pxa_cursor nothing = {{NULL, 0}, 0};
    struct pxa_span oid;

    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(pxa_mech_next(&cut, &oid), PXA_CUT);
        ck_assert_uint_eq(cut.at, 0);
        ck_assert_int_eq(pxa_mech_next(&nothing, &oid), PXA_END);
        ck_assert_int_eq(pxa_mech_next(&beyond, &oid), PXA_END);
    }
    ck_assert_int_eq(pxa_mech_next(&other, &oid), PXA_OK);
    ck_assert_int_eq(pxa_mech_next(&other, &oid), PXA_DER_TAG);
    ck_assert_int_eq(pxa_mech_next(&other, &oid), PXA_DER_TAG);
    ck_assert_uint_eq(other.at, 2);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("negotiate");
    TCase *tc = tcase_create("negotiate");

    tcase_add_test(tc, spnego_with_ntlm);
    tcase_add_test(tc, spnego_with_kerberos_in_its_frame);
    tcase_add_test(tc, spnego_without_token);
    tcase_add_test(tc, neg_token_init2);
    tcase_add_test(tc, init2_without_hints);
    tcase_add_test(tc, fields_of_a_later_version);
    tcase_add_test(tc, init_without_frame);
    tcase_add_test(tc, neg_token_resp);
    tcase_add_test(tc, neg_token_resp_reject_and_accept);
    tcase_add_test(tc, bare_tokens);
    tcase_add_test(tc, frame_of_another_mechanism);
    tcase_add_test(tc, long_lengths);
    tcase_add_test(tc, refuses);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, wrong_lengths_inside);
    tcase_add_test(tc, mechs_of_somebody_else);
    suite_add_tcase(s, tc);
    return s;
}
