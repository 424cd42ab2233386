/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_answer: messages in BER.
 */
#include <config.h>

#include "tests/sim/sim_answer.h"

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

struct sim_answer *sim_answer_new(const void *bytes, size_t len)
{
    struct sim_answer *answer = malloc(sizeof(*answer) + len);

    if (!answer)
        abort();
    *answer = (struct sim_answer){.len = len};
    memcpy(answer->bytes, bytes, len);
    return answer;
}

/* Frees BER. */
static struct sim_answer *answer_of(BerElement *ber)
{
    struct sim_answer *answer;
    struct berval bytes;

    if (!ber || ber_flatten2(ber, &bytes, 0) != 0)
        abort();
    answer = sim_answer_new(bytes.bv_val, bytes.bv_len);
    ber_free(ber, 1);
    return answer;
}

struct sim_answer *sim_answer_result(int id, ber_tag_t tag, int code)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct sim_answer *answer;

    ber_printf(ber, "{it{ess}}", id, tag, code, "", "");
    answer = answer_of(ber);
    answer->id = id;
    answer->last = true;
    return answer;
}

struct sim_answer *sim_answer_remark(int id, const struct sim_remark *remark, bool control)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval value = {remark->control_len, (char *)(uintptr_t)remark->control};
    struct sim_answer *answer;

    ber_printf(ber, "{it{ess}", id, LDAP_RES_BIND, remark->code, "", remark->diagnostic);
    if (control && value.bv_len > 0)
        ber_printf(ber, "t{{sO}}", LDAP_TAG_CONTROLS, LDAP_CONTROL_PASSWORDPOLICYRESPONSE, &value);
    ber_printf(ber, "}");
    answer = answer_of(ber);
    answer->id = id;
    answer->last = true;
    return answer;
}

struct sim_answer *sim_answer_reference(int id)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct sim_answer *answer;

    ber_printf(ber, "{it{s}}", id, LDAP_RES_SEARCH_REFERENCE,
               "ldap://elsewhere.example.test/ou=people,dc=example,dc=test??sub");
    answer = answer_of(ber);
    answer->id = id;
    return answer;
}

struct sim_answer *sim_answer_notice(void)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    /* Without a text: libldap 2.5 loses the memory of one, which a leak check would report. */
    ber_printf(ber, "{it{essts}}", 0, LDAP_RES_EXTENDED, LDAP_UNAVAILABLE, "", "",
               LDAP_TAG_EXOP_RES_OID, LDAP_NOTICE_OF_DISCONNECTION);
    return answer_of(ber);
}
