/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login's password: a bind as the user, or a comparison by the server (-U).
 */
#include <config.h>

#include "helpers/directory/charset.h"
#include "helpers/directory/login_private.h"
#include "helpers/directory/trouble.h"

/* For login_end_unknown(), which draws from these. */
static void note_time(struct login *login, bool accepted)
{
    struct denied_times *denied = &login->directory->denied;
    uint32_t took_ms = (uint32_t)(login_now_ms(login) - login->stage_since_ms);

    if (accepted)
        denied->accepted_ms = took_ms;
    else
        denied->ms[denied->count++ % DENIED_SAMPLES] = took_ms;
}

static struct berval password_of(const struct login *login)
{
    const struct secret *password = login->password ? login->password : login->query.password;

    return (struct berval){
        .bv_len = password->len,
        /* libldap only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
        .bv_val = (char *)(uintptr_t)password->bytes,
    };
}

/* ---- a bind ---- */

/* Asks for ppolicy's remarks, of servers that know them; others pass over what is not critical. */
static LDAPControl **request_remarks(const struct directory *directory)
{
    static char oid[] = LDAP_CONTROL_PASSWORDPOLICYREQUEST;
    static LDAPControl policy = {.ldctl_oid = oid};
    static LDAPControl *list[] = {&policy, NULL};

    return directory_options_say_ad(directory->options) ? NULL : list;
}

static int send_bind(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    struct login *login = login_of(task);
    struct berval value = password_of(login);

    (void)facts;
    return ldap_sasl_bind(ld, entry_dn(login->entry), LDAP_SASL_SIMPLE, &value,
                          request_remarks(login->directory), NULL, msgid);
}

/* ---- a comparison ---- */

static int send_compare(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    struct login *login = login_of(task);
    struct berval value = password_of(login);

    (void)facts;
    return ldap_compare_ext(ld, entry_dn(login->entry),
                            login->directory->orders.login->compare_attr, &value, NULL, NULL,
                            msgid);
}

/* ---- the answer ---- */

static void log_trouble(struct login *login, LDAP *ld, LDAPMessage *answer, int code)
{
    const struct trouble trouble = {
        .operation = login->task.purpose == PURPOSE_BIND ? "bind" : "compare",
        .user = login->query.user,
        .code = code,
    };

    trouble_log(login_log(login), &trouble, ld, answer);
}

static int verified(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct login *login = login_of(task);
    bool bind = task->purpose == PURPOSE_BIND;
    int code = setup_answer_code(ld, answer, bind ? LDAP_RES_BIND : LDAP_RES_COMPARE);
    enum verdict verdict = bind ? verdict_of_bind(code) : verdict_of_compare(code);

    login->bind_sent = bind;
    if (bind)
        account_remarks_read(&login->remarks, ld, answer);
    if (login->remarks.untried)
        verdict = VERDICT_UNAVAILABLE;
    switch (verdict) {
    case VERDICT_UNAVAILABLE:
        log_trouble(login, ld, answer, code);
        login_end_unavailable(login, "the directory cannot verify passwords now");
        break;
    case VERDICT_DENIED:
        note_time(login, false);
        login_end_denied(login, login->remarks.state);
        break;
    case VERDICT_OK:
        note_time(login, true);
        login_groups(login);
        break;
    }
    return code;
}

static void failed(struct task *task, const char *reason, bool maybe_processed)
{
    struct login *login = login_of(task);

    login->bind_sent = maybe_processed && task->purpose == PURPOSE_BIND;
    login_end_unavailable(login, reason);
}

/* ---- the password ---- */

/* A browser sends it in a character set of its own, as it does the name. UNAVAILABLE when memory
 * is out; DENIED when it is none that the directory can hold. */
static enum verdict convert_password(struct login *login)
{
    const struct secret *typed = login->query.password;
    const struct pxa_span text = {typed->bytes, typed->len};
    bool ad = directory_options_say_ad(login->directory->options) ||
              (login->facts && login->facts->kind == KIND_AD);
    const char *charset = user_options_charset(login->directory->orders.user, ad);

    if (!charset || !charset_is_foreign(text))
        return VERDICT_OK;
    switch (charset_to_utf8(charset, text, &login->password)) {
    case CHARSET_CONVERTED:
        return login->password->len > 0 ? VERDICT_OK : VERDICT_DENIED;
    case CHARSET_IMPOSSIBLE:
        return VERDICT_DENIED;
    case CHARSET_TROUBLE:
        break;
    }
    return VERDICT_UNAVAILABLE;
}

static void submit(struct login *login)
{
    bool compare = login->directory->orders.login->compare_attr != NULL;

    login->stage = STAGE_VERIFY;
    login->stage_since_ms = login_now_ms(login);
    login->task = (struct task){
        .purpose = compare ? PURPOSE_SERVICE : PURPOSE_BIND,
        .once = true,
        .send = compare ? send_compare : send_bind,
        .answered = verified,
        .failed = failed,
    };
    pool_submit(login->directory->pool, &login->task);
}

void login_verify(struct login *login)
{
    switch (convert_password(login)) {
    case VERDICT_OK:
        submit(login);
        break;
    case VERDICT_DENIED: /* nobody's: the directory need not see it */
        login_end_unknown(login);
        break;
    case VERDICT_UNAVAILABLE:
        login_end_unavailable(login, "the password cannot be converted to UTF-8 now");
        break;
    }
}
