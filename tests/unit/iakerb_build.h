/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IAKERB's messages by hand, after draft-ietf-kitten-iakerb-03, section 3: IAKERB-HEADER
 * { target-realm [1] UTF8String, ... } and the KDC's message, behind TOK_ID 05 01.
 */
#ifndef TESTS_UNIT_IAKERB_BUILD_H
#define TESTS_UNIT_IAKERB_BUILD_H

#include "tests/unit/der_build.h"

/* What a KDC answers at all (RFC 4120, section 5.4.1): pvno [1], msg-type [2], req-body [4]. */
static inline void put_kdc_request(struct der_build *der, unsigned tag, int pvno, int type)
{
    size_t mark = der->len;

    put_int_field(der, 1, pvno);
    put_int_field(der, 2, type);
    put_bytes(der, "\xa4\x02\x30\x00", 4);
    wrap(der, mark, 0x30);
    wrap(der, mark, tag);
}

/* With an AS-REQ whose body has nothing in it. FRAMED as a client's first one is. */
static inline struct block iakerb_message(const char *realm, bool framed)
{
    struct der_build header = {.len = 0};
    struct der_build der = {.len = 0};

    put_text_field(&header, 1, 0x0c, realm);
    wrap(&header, 0, 0x30);
    if (framed)
        put(&der, 0x06, "\x2b\x06\x01\x05\x02\x05", 6);
    put_bytes(&der, "\x05\x01", 2);
    put_bytes(&der, header.bytes, header.len);
    put_kdc_request(&der, 0x6a, 5, 10);
    if (framed)
        wrap(&der, 0, 0x60);
    return built(&der);
}

#endif
