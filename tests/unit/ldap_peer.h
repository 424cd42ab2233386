/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of a directory server's side, for tests of the engine: answers are made and requests
 * taken apart with liblber, so nothing here comes from the code under test.
 */
#ifndef TESTS_UNIT_LDAP_PEER_H
#define TESTS_UNIT_LDAP_PEER_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <lber.h>
#include <ldap.h>

enum { PEER_MESSAGE_MAX = 4096 };

struct peer_message {
    size_t len;
    char bytes[PEER_MESSAGE_MAX];
};

/* What a request says. */
struct peer_request {
    size_t len; /* 0: not whole yet */
    int id;
    ber_tag_t operation;
    char dn[256];       /* of a bind, a comparison or a search */
    char password[256]; /* of a simple bind, and its length: */
    size_t password_len;
    char mechanism[32]; /* of a SASL bind, and its credentials: */
    char credentials[256];
};

static inline struct peer_message peer_flatten(BerElement *ber)
{
    struct peer_message message;
    struct berval flat;

    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    ck_assert_uint_le(flat.bv_len, sizeof message.bytes);
    message.len = flat.bv_len;
    memcpy(message.bytes, flat.bv_val, flat.bv_len);
    ber_free(ber, 1);
    return message;
}

/* An LDAPResult of the kind OPERATION (RFC 4511 4.1.9). */
static inline struct peer_message peer_result(int id, ber_tag_t operation, int code)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_gt(ber_printf(ber, "{it{ess}}", id, operation, code, "", ""), 0);
    return peer_flatten(ber);
}

/* A BindResponse, with serverSaslCreds where CREDENTIALS is not NULL (RFC 4511 4.2.2). */
static inline struct peer_message peer_sasl_result(int id, int code, const char *credentials)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_gt(ber_printf(ber, "{it{ess", id, LDAP_RES_BIND, code, "", ""), 0);
    if (credentials)
        ck_assert_int_gt(ber_printf(ber, "ts", LDAP_TAG_SASL_RES_CREDS, credentials), 0);
    ck_assert_int_ge(ber_printf(ber, "}}"), 0);
    return peer_flatten(ber);
}

/* The same with a referral. */
static inline struct peer_message peer_referral(int id, ber_tag_t operation, const char *url)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_gt(ber_printf(ber, "{it{esst{s}}}", id, operation, LDAP_REFERRAL, "", "",
                                LDAP_TAG_REFERRAL, url),
                     0);
    return peer_flatten(ber);
}

/* A SearchResultEntry with one attribute and value; DN may hold anything. */
static inline struct peer_message peer_entry(int id, const struct berval *dn, const char *attribute,
                                             const char *value)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval name = *dn;

    ck_assert_int_gt(
        ber_printf(ber, "{it{O{{s[s]}}}}", id, LDAP_RES_SEARCH_ENTRY, &name, attribute, value), 0);
    return peer_flatten(ber);
}

static inline struct peer_message peer_reference(int id, const char *url)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_gt(ber_printf(ber, "{it{s}}", id, LDAP_RES_SEARCH_REFERENCE, url), 0);
    return peer_flatten(ber);
}

/* Notice of Disconnection (RFC 4511 4.4.1). */
static inline struct peer_message peer_notice(void)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_gt(ber_printf(ber, "{it{essts}}", 0, LDAP_RES_EXTENDED, LDAP_UNAVAILABLE, "",
                                "going down", LDAP_TAG_EXOP_RES_OID, LDAP_NOTICE_OF_DISCONNECTION),
                     0);
    return peer_flatten(ber);
}

void __lsan_disable(void) __attribute__((weak));

/* libldap 2.5 and 2.6 lose the text of each notice: what is allocated from now on is not looked for
 * by LeakSanitizer. Where there is none, this does nothing. */
static inline void peer_notice_will_leak(void)
{
    if (__lsan_disable)
        __lsan_disable();
}

/* The length of the whole message at AT, 0 when it is not whole. */
static inline size_t peer_message_len(const char *at, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)at;
    size_t head = 2;
    size_t body;

    if (len < head)
        return 0;
    body = bytes[1];
    if (body & 0x80) {
        size_t count = body & 0x7f;

        head += count;
        if (len < head)
            return 0;
        for (body = 0, bytes += 2; count > 0; count--)
            body = body << 8 | *bytes++;
    }
    return len >= head + body ? head + body : 0;
}

static inline void peer_copy(const struct berval *from, char *to, size_t cap)
{
    size_t len = from->bv_len < cap ? from->bv_len : cap - 1;

    if (len > 0)
        memcpy(to, from->bv_val, len);
    to[len] = '\0';
}

/* Takes apart the first request at AT. */
static inline struct peer_request peer_parse(const char *at, size_t len)
{
    struct peer_request request = {.len = peer_message_len(at, len)};
    struct berval bytes = {request.len, (char *)(uintptr_t)at};
    struct berval dn = {0};
    struct berval password = {0};
    struct berval mechanism = {0};
    struct berval credentials = {0};
    BerElement *ber;
    ber_tag_t kind = 0;
    int version;

    if (request.len == 0)
        return request;
    ber = ber_init(&bytes);
    ck_assert_ptr_nonnull(ber);
    ck_assert_uint_ne(ber_scanf(ber, "{it", &request.id, &request.operation), LBER_ERROR);
    if (request.operation == LDAP_REQ_BIND &&
        ber_scanf(ber, "{imt", &version, &dn, &kind) != LBER_ERROR && kind == LDAP_AUTH_SIMPLE)
        ber_scanf(ber, "m", &password);
    else if (kind == LDAP_AUTH_SASL && ber_scanf(ber, "{m", &mechanism) != LBER_ERROR)
        ber_scanf(ber, "m", &credentials);
    else if (request.operation == LDAP_REQ_SEARCH || request.operation == LDAP_REQ_COMPARE)
        ber_scanf(ber, "{m", &dn);
    peer_copy(&dn, request.dn, sizeof request.dn);
    peer_copy(&password, request.password, sizeof request.password);
    request.password_len = password.bv_len;
    peer_copy(&mechanism, request.mechanism, sizeof request.mechanism);
    peer_copy(&credentials, request.credentials, sizeof request.credentials);
    ber_free(ber, 1);
    return request;
}

/* The kind of answer that a request gets. */
static inline ber_tag_t peer_answer_to(ber_tag_t operation)
{
    switch (operation) {
    case LDAP_REQ_BIND:
        return LDAP_RES_BIND;
    case LDAP_REQ_SEARCH:
        return LDAP_RES_SEARCH_RESULT;
    case LDAP_REQ_COMPARE:
        return LDAP_RES_COMPARE;
    default:
        return LDAP_RES_EXTENDED;
    }
}

#endif
