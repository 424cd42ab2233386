/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the answer to a bind says about the account.
 * Cannot do: judge whether a server keeps to the rule that a state is told to those alone who know
 * the password; Active Directory, Samba and slapd do.
 */
#include <config.h>

#include "helpers/directory/account_state.h"

#include <stddef.h>
#include <string.h>

const struct account_remarks account_no_remarks = {ACCOUNT_UNTOLD, -1, -1, false};

/* ---- Active Directory: "80090308: LdapErr: DSID-..., comment: AcceptSecurityContext error, data
 * 52e, v1db1". The number is a Windows error code (winerror.h) in hex. ---- */

enum { DATA_DIGITS_MAX = 8 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* 0 when there is no such number. */
static unsigned data_number(const char *diagnostic)
{
    static const char in_front[] = "AcceptSecurityContext error, data ";
    const char *at = strstr(diagnostic, in_front);
    unsigned number = 0;
    int digits = 0;

    if (!at)
        return 0;
    for (at += sizeof in_front - 1; digits < DATA_DIGITS_MAX && hex_digit(*at) >= 0; at++) {
        number = number << 4 | (unsigned)hex_digit(*at);
        digits++;
    }
    return *at == ',' ? number : 0;
}

enum account_state account_state_of_diagnostic(const char *diagnostic)
{
    static const struct {
        unsigned number;
        enum account_state state;
    } known[] = {
        {0x530, ACCOUNT_HOURS},           /* ERROR_INVALID_LOGON_HOURS */
        {0x531, ACCOUNT_WORKSTATION},     /* ERROR_INVALID_WORKSTATION */
        {0x532, ACCOUNT_EXPIRED},         /* ERROR_PASSWORD_EXPIRED */
        {0x533, ACCOUNT_DISABLED},        /* ERROR_ACCOUNT_DISABLED */
        {0x701, ACCOUNT_ACCOUNT_EXPIRED}, /* ERROR_ACCOUNT_EXPIRED */
        {0x773, ACCOUNT_MUST_CHANGE},     /* ERROR_PASSWORD_MUST_CHANGE */
        {0x775, ACCOUNT_LOCKED},          /* ERROR_ACCOUNT_LOCKED_OUT */
    }; /* 525, no such user, and 52e, wrong password, are told apart to nobody */
    unsigned number = diagnostic ? data_number(diagnostic) : 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].number == number)
            return known[i].state;
    return ACCOUNT_UNTOLD;
}

/* A controller that does not hold the password itself (a read-only one, or a global catalog for
 * people of another domain) has to ask one that does. */
bool account_diagnostic_is_trouble(const char *diagnostic)
{
    static const unsigned known[] = {
        0x8,   /* ERROR_NOT_ENOUGH_MEMORY */
        0xe,   /* ERROR_OUTOFMEMORY */
        0x51f, /* ERROR_NO_LOGON_SERVERS */
        0x54f, /* ERROR_INTERNAL_ERROR */
        0x5aa, /* ERROR_NO_SYSTEM_RESOURCES */
        0x5b4, /* ERROR_TIMEOUT */
        0x6ba, /* RPC_S_SERVER_UNAVAILABLE */
        0x6fb, /* ERROR_NO_TRUST_SAM_ACCOUNT */
        0x6fc, /* ERROR_TRUSTED_DOMAIN_FAILURE */
        0x6fd, /* ERROR_TRUSTED_RELATIONSHIP_FAILURE */
    };
    unsigned number = diagnostic ? data_number(diagnostic) : 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == number)
            return true;
    return false;
}

/* ---- the password policy control ---- */

static enum account_state state_of_policy(int code, LDAPPasswordPolicyError error)
{
    if (error == PP_changeAfterReset) /* the bind itself may succeed */
        return ACCOUNT_MUST_CHANGE;
    if (code == LDAP_SUCCESS)
        return ACCOUNT_UNTOLD;
    if (error == PP_passwordExpired)
        return ACCOUNT_EXPIRED;
    return error == PP_accountLocked ? ACCOUNT_LOCKED : ACCOUNT_UNTOLD;
}

static void read_policy(struct account_remarks *remarks, LDAP *ld, LDAPControl **controls, int code)
{
    LDAPControl *control = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, NULL);
    LDAPPasswordPolicyError error = PP_noError;
    ber_int_t expires_s = -1;
    ber_int_t grace_logins = -1;

    if (!control || ldap_parse_passwordpolicy_control(ld, control, &expires_s, &grace_logins,
                                                      &error) != LDAP_SUCCESS)
        return;
    remarks->state = state_of_policy(code, error);
    if (code == LDAP_SUCCESS && expires_s >= 0)
        remarks->expires_s = expires_s;
    if (code == LDAP_SUCCESS && grace_logins >= 0)
        remarks->grace_logins = grace_logins;
}

void account_remarks_read(struct account_remarks *remarks, LDAP *ld, LDAPMessage *answer)
{
    LDAPControl **controls = NULL;
    char *diagnostic = NULL;
    int code;

    *remarks = account_no_remarks;
    if (ldap_parse_result(ld, answer, &code, NULL, &diagnostic, NULL, &controls, 0) != LDAP_SUCCESS)
        return;
    if (code == LDAP_INVALID_CREDENTIALS) {
        remarks->state = account_state_of_diagnostic(diagnostic);
        remarks->untried = account_diagnostic_is_trouble(diagnostic);
    }
    if (remarks->state == ACCOUNT_UNTOLD)
        read_policy(remarks, ld, controls, code);
    ldap_memfree(diagnostic);
    ldap_controls_free(controls);
}

/* ---- words ---- */

static const struct {
    const char *word;
    const char *text;
} words[] = {
    [ACCOUNT_UNTOLD] = {NULL, NULL},
    [ACCOUNT_EXPIRED] = {"expired", "Your password has expired"},
    [ACCOUNT_MUST_CHANGE] = {"must-change", "You must change your password"},
    [ACCOUNT_DISABLED] = {"disabled", "Your account is disabled"},
    [ACCOUNT_LOCKED] = {"locked", "Your account is locked"},
    [ACCOUNT_HOURS] = {"hours", "You may not log in at this time"},
    [ACCOUNT_WORKSTATION] = {"workstation", "You may not log in from this computer"},
    [ACCOUNT_ACCOUNT_EXPIRED] = {"account-expired", "Your account has expired"},
    [ACCOUNT_NO_GROUP] = {"group", "You are not a member of a group that may log in"},
};

const char *account_state_word(enum account_state state)
{
    return words[state].word;
}

const char *account_state_text(enum account_state state)
{
    return words[state].text;
}
