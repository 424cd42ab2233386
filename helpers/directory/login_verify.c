/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login's second half: a bind as the user, or a comparison by the server (-U).
 */
#include <config.h>

#include "helpers/directory/login_private.h"

/* For login_end_unknown(), which draws from these. */
static void note_denied(struct login *login)
{
    struct denied_times *denied = &login->directory->denied;
    uint64_t took_ms = login_now_ms(login) - login->stage_since_ms;

    denied->ms[denied->count++ % DENIED_SAMPLES] = (uint32_t)took_ms;
}

static int send_bind(struct task *task, LDAP *ld, int *msgid)
{
    struct login *login = login_of(task);
    const struct secret *password = login->query.password;
    struct berval value = {
        .bv_len = password->len,
        .bv_val = (char *)(uintptr_t)password->bytes, /* libldap only reads it */
    };

    return ldap_sasl_bind(ld, login->dn, LDAP_SASL_SIMPLE, &value, NULL, NULL, msgid);
}

static int send_compare(struct task *task, LDAP *ld, int *msgid)
{
    struct login *login = login_of(task);
    const struct secret *password = login->query.password;
    struct berval value = {
        .bv_len = password->len,
        .bv_val = (char *)(uintptr_t)password->bytes, /* libldap only reads it */
    };

    return ldap_compare_ext(ld, login->dn, login->directory->options->compare_attr, &value, NULL,
                            NULL, msgid);
}

static int verified(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct login *login = login_of(task);
    bool compared = task->purpose == PURPOSE_SERVICE;
    int code = setup_answer_code(ld, answer, compared ? LDAP_RES_COMPARE : LDAP_RES_BIND);
    enum verdict verdict = compared ? verdict_of_compare(code) : verdict_of_bind(code);

    if (verdict == VERDICT_UNAVAILABLE) {
        login_log_trouble(login, ld, answer, code);
        login_end_unavailable(login, "the directory cannot verify passwords now", !compared);
        return code;
    }
    if (verdict == VERDICT_DENIED)
        note_denied(login);
    login_end_verified(login, verdict);
    return code;
}

void login_verify(struct login *login)
{
    bool compare = login->directory->options->compare_attr != NULL;

    login->stage = STAGE_VERIFY;
    login->stage_since_ms = login_now_ms(login);
    login->task = (struct task){
        .purpose = compare ? PURPOSE_SERVICE : PURPOSE_BIND,
        .once = true,
        .send = compare ? send_compare : send_bind,
        .answered = verified,
        .failed = login_failed,
    };
    pool_submit(login->directory->pool, &login->task);
}
