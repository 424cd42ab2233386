/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the answer to a bind says: the input is its result code, the diagnostic message, a NUL and
 * the value of a password policy control. Promised: nothing is said that has no words; warnings
 * come with a bind that succeeds, and refusals with one that does not; a diagnostic alone says the
 * same again.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/directory/account_state.h"
#include "tests/unit/entry_build.h"

static void check_remarks(struct wired *wired, LDAPMessage *answer)
{
    struct account_remarks remarks = {ACCOUNT_HOURS, 7, 7, true};
    LDAPControl **controls = NULL;
    char *diagnostic = NULL;
    int code = -1;

    account_remarks_read(&remarks, wired->ld, answer);
    PROMISE(remarks.state <= ACCOUNT_ACCOUNT_EXPIRED);
    PROMISE((remarks.state == ACCOUNT_UNTOLD) == !account_state_word(remarks.state));
    PROMISE(remarks.expires_s >= -1 && remarks.grace_logins >= -1);
    if (ldap_parse_result(wired->ld, answer, &code, NULL, &diagnostic, NULL, &controls, 0) !=
        LDAP_SUCCESS)
        return;
    if (code == LDAP_SUCCESS)
        PROMISE(remarks.state == ACCOUNT_UNTOLD || remarks.state == ACCOUNT_MUST_CHANGE);
    else
        PROMISE(remarks.expires_s == -1 && remarks.grace_logins == -1);
    if (code == LDAP_INVALID_CREDENTIALS && account_state_of_diagnostic(diagnostic))
        PROMISE(account_state_of_diagnostic(diagnostic) == remarks.state);
    ldap_memfree(diagnostic);
    ldap_controls_free(controls);
}

/* A BindResponse (RFC 4511 4.2.2) to the message that WIRED awaits. */
static LDAPMessage *receive(struct wired *wired, int code, const char *diagnostic,
                            struct berval *control)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval flat = {0};
    LDAPMessage *answer;

    PROMISE(ber != NULL);
    ber_printf(ber, "{it{ess}t{{sO}}}", wired->msgid, LDAP_RES_BIND, code, "", diagnostic,
               LDAP_TAG_CONTROLS, LDAP_CONTROL_PASSWORDPOLICYRESPONSE, control);
    PROMISE(ber_flatten2(ber, &flat, 0) == 0);
    answer = wired_answer(wired, flat.bv_val, flat.bv_len);
    ber_free(ber, 1);
    return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wired wired;
    LDAPMessage *answer;
    struct berval control;
    char *diagnostic;

    if (size == 0)
        return 0;
    diagnostic = strndup((const char *)data + 1, size - 1);
    PROMISE(diagnostic != NULL && wired_open(&wired));
    control.bv_len = size - 1 - strlen(diagnostic);
    /* liblber only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    control.bv_val = (char *)(uintptr_t)data + (size - control.bv_len);
    if (control.bv_len > 0) { /* without the NUL */
        control.bv_len--;
        control.bv_val++;
    }
    answer = receive(&wired, data[0] & 0x7f, diagnostic, &control);
    PROMISE(answer != NULL);
    check_remarks(&wired, answer);
    ldap_msgfree(answer);
    wired_close_all(&wired);
    free(diagnostic);
    return 0;
}
