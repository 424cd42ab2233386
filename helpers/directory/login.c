/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login: find the entry, check the name, verify the password.
 *
 * With a filter the entry is searched; with a DN template its name is known, and the entry is read
 * only when the typed name could be a folded form of another. Then the password is verified by a
 * bind, or compared by the server (-U).
 */
#include <config.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/engine.h"

/* An unknown user never waits longer than this part of a request's time for the answer. */
enum { WAIT_DIVISOR = 4 };

enum stage { STAGE_FIND, STAGE_VERIFY, STAGE_WAIT };

struct login {
    struct task task;
    struct directory *directory;
    struct login_query query;
    struct login *next;
    struct login *prev;
    enum stage stage;
    uint64_t stage_since_ms;
    char *filter; /* while it is searched */
    char *dn;     /* once it is known */
    struct timer *wait;
};

static struct login *login_of(struct task *task)
{
    return (struct login *)(void *)((char *)task - offsetof(struct login, task));
}

static uint64_t now_ms(const struct login *login)
{
    return loop_now_ms(login->directory->ground.loop);
}

static struct log *log_of(const struct login *login)
{
    return login->directory->ground.log;
}

/* For %.*s; long names are cut in the log only. */
static int shown_len(struct pxa_span user)
{
    return user.len < 128 ? (int)user.len : 128;
}

/* ---- the end of a login ---- */

static void free_login(struct login *login)
{
    struct directory *directory = login->directory;

    if (login->prev)
        login->prev->next = login->next;
    else
        directory->first = login->next;
    if (login->next)
        login->next->prev = login->prev;
    loop_timer_free(directory->ground.loop, login->wait);
    free(login->filter);
    free(login->dn);
    free(login);
}

static void finish(struct login *login, const struct login_result *result)
{
    static const char *const words[] = {"unavailable", "denied", "OK"};
    struct login_query query = login->query;

    log_event(log_of(login), LOG_DEBUG, "login", "%.*s: %s%s%s%s%s", shown_len(query.user),
              query.user.at, words[result->verdict - VERDICT_UNAVAILABLE],
              login->dn ? " as " : "", login->dn ? login->dn : "",
              result->reason ? ": " : "", result->reason ? result->reason : "");

    free_login(login);
    query.done(query.context, result);
}

static void finish_unavailable(struct login *login, const char *reason, bool bind_sent)
{
    const struct login_result result = {VERDICT_UNAVAILABLE, reason, bind_sent};

    finish(login, &result);
}

static void finish_verified(struct login *login, enum verdict verdict)
{
    const struct login_result result = {verdict, NULL, login->task.purpose == PURPOSE_BIND};

    finish(login, &result);
}

/* ---- a user who is unknown takes as long as a wrong password ---- */

static void note_denied(struct login *login)
{
    struct denied_times *denied = &login->directory->denied;
    uint64_t took_ms = now_ms(login) - login->stage_since_ms;

    denied->ms[denied->count++ % DENIED_SAMPLES] = (uint32_t)took_ms;
}

static void on_waited(void *context)
{
    finish_verified(context, VERDICT_DENIED);
}

/* Answers after as long as one of the last wrong passwords took, drawn by chance, so that the
 * time does not tell whether a name exists. Nothing is asked of the directory for it. */
static void deny_unknown(struct login *login)
{
    struct directory *directory = login->directory;
    struct denied_times *denied = &directory->denied;
    unsigned known = denied->count < DENIED_SAMPLES ? denied->count : DENIED_SAMPLES;
    uint32_t chance = directory->ground.random(directory->ground.random_context);
    uint64_t wait_ms = known > 0 ? denied->ms[chance % known] : 0;

    if (wait_ms > directory->ground.deadline_ms / WAIT_DIVISOR)
        wait_ms = directory->ground.deadline_ms / WAIT_DIVISOR;
    login->stage = STAGE_WAIT;
    login->task.purpose = PURPOSE_SERVICE; /* no bind was sent */
    login->wait = wait_ms > 0 ? loop_timer(directory->ground.loop, on_waited, login) : NULL;
    if (login->wait)
        loop_timer_at(directory->ground.loop, login->wait, now_ms(login) + wait_ms);
    else
        on_waited(login);
}

/* ---- verify the password ---- */

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

/* The server that a referral names, which is not followed. */
static void log_referral(struct login *login, LDAP *ld, LDAPMessage *answer)
{
    char **urls = NULL;

    if (ldap_parse_result(ld, answer, NULL, NULL, NULL, &urls, NULL, 0) == LDAP_SUCCESS && urls &&
        urls[0])
        log_event(log_of(login), LOG_WARNING, "referral", "the server refers to %.300s", urls[0]);
    ldap_memvfree((void **)urls);
}

static void log_trouble(struct login *login, LDAP *ld, LDAPMessage *answer, int code)
{
    const char *operation = login->stage == STAGE_FIND             ? "search"
                            : login->task.purpose == PURPOSE_BIND ? "bind"
                                                                   : "compare";
    const char *advice = verdict_advice(code);
    char *diagnostic = NULL;

    if (code == LDAP_REFERRAL)
        log_referral(login, ld, answer);
    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    log_event(log_of(login), LOG_WARNING, operation, "%s for %.*s: %s (%d)%s%s%s%s", operation,
              shown_len(login->query.user), login->query.user.at, ldap_err2string(code), code,
              diagnostic && *diagnostic ? ": " : "", diagnostic ? diagnostic : "",
              advice ? "; " : "", advice ? advice : "");
    ldap_memfree(diagnostic);
}

static int verified(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct login *login = login_of(task);
    bool compared = task->purpose == PURPOSE_SERVICE;
    int code = setup_answer_code(ld, answer, compared ? LDAP_RES_COMPARE : LDAP_RES_BIND);
    enum verdict verdict = compared ? verdict_of_compare(code) : verdict_of_bind(code);

    if (verdict == VERDICT_UNAVAILABLE) {
        log_trouble(login, ld, answer, code);
        finish_unavailable(login, "the directory cannot verify passwords now", !compared);
        return code;
    }
    if (verdict == VERDICT_DENIED)
        note_denied(login);
    finish_verified(login, verdict);
    return code;
}

static void failed(struct task *task, const char *reason, bool maybe_processed)
{
    finish_unavailable(login_of(task), reason, maybe_processed && task->purpose == PURPOSE_BIND);
}

static void verify(struct login *login)
{
    bool compare = login->directory->options->compare_attr != NULL;

    login->stage = STAGE_VERIFY;
    login->stage_since_ms = now_ms(login);
    login->task = (struct task){
        .purpose = compare ? PURPOSE_SERVICE : PURPOSE_BIND,
        .once = true,
        .send = compare ? send_compare : send_bind,
        .answered = verified,
        .failed = failed,
    };
    pool_submit(login->directory->pool, &login->task);
}

/* ---- find the entry ---- */

static int send_find(struct task *task, LDAP *ld, int *msgid)
{
    struct login *login = login_of(task);
    struct directory *directory = login->directory;
    char no_attributes[] = LDAP_NO_ATTRS;
    char *none[] = {no_attributes, NULL};
    char *one[] = {NULL, NULL};
    char **attributes;

    if (directory->options->accept_aliases)
        attributes = none;
    else if (directory->filter)
        attributes = (char **)(uintptr_t)filter_template_attributes(directory->filter);
    else {
        one[0] = (char *)(uintptr_t)dn_template_attribute(directory->dn);
        attributes = one;
    }
    /* Two entries are enough to know that the name is not unique. */
    if (directory->filter)
        return ldap_search_ext(ld, directory->options->base, directory->scope, login->filter,
                               attributes, 0, NULL, NULL, NULL, 2, msgid);
    return ldap_search_ext(ld, login->dn, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0, NULL,
                           NULL, NULL, 2, msgid);
}

static bool value_names(const struct login *login, const struct berval *value)
{
    const struct pxa_span span = {value->bv_val, value->bv_len};

    if (login->directory->filter)
        return filter_template_names(login->directory->filter, span, login->query.user);
    return dn_template_names(span, login->query.user);
}

/* Law 10: what the directory's matching folds together are different names for Squid. Only the
 * attributes that the template tests were asked for, so every value that came is looked at.
 * UNAVAILABLE when the entry is garbled. */
static enum verdict entry_names(const struct login *login, LDAP *ld, LDAPMessage *entry,
                                BerElement *rest)
{
    struct berval attribute;
    struct berval *values = NULL;
    bool names = login->directory->options->accept_aliases;

    while (!names) {
        if (ldap_get_attribute_ber(ld, entry, rest, &attribute, &values) != LDAP_SUCCESS)
            return VERDICT_UNAVAILABLE;
        if (!attribute.bv_val)
            break;
        for (struct berval *value = values; value && value->bv_val && !names; value++)
            names = value_names(login, value);
        ber_memfree(values);
        values = NULL;
    }
    return names ? VERDICT_OK : VERDICT_DENIED;
}

/* A bind with an empty DN would be anonymous and succeed with any password. */
static bool is_usable(const struct berval *dn)
{
    return dn->bv_len > 0 && !memchr(dn->bv_val, '\0', dn->bv_len);
}

/* Takes the DN of the one entry that was found. DENIED when the name is not this entry's. */
static enum verdict take_entry(struct login *login, LDAP *ld, LDAPMessage *answer)
{
    LDAPMessage *entry = ldap_first_entry(ld, answer);
    BerElement *rest = NULL;
    struct berval dn = {0};
    enum verdict verdict = VERDICT_UNAVAILABLE;

    if (entry && ldap_get_dn_ber(ld, entry, &rest, &dn) == LDAP_SUCCESS && is_usable(&dn)) {
        verdict = entry_names(login, ld, entry, rest);
        if (verdict == VERDICT_DENIED)
            log_event(log_of(login), LOG_NOTICE, "alias",
                      "%.*s is not a name of %.*s as it is written there: denied",
                      shown_len(login->query.user), login->query.user.at, (int)dn.bv_len,
                      dn.bv_val);
        if (!login->dn)
            login->dn = strndup(dn.bv_val, dn.bv_len);
    }
    ber_free(rest, 0);
    return login->dn ? verdict : VERDICT_UNAVAILABLE;
}

/* Goes on with the one entry that was found. */
static void use_entry(struct login *login, LDAP *ld, LDAPMessage *answer)
{
    switch (take_entry(login, ld, answer)) {
    case VERDICT_UNAVAILABLE:
        log_event(log_of(login), LOG_WARNING, "entry",
                  "search for %.*s: the entry that came cannot be used",
                  shown_len(login->query.user), login->query.user.at);
        finish_unavailable(login, "the directory search failed", false);
        break;
    case VERDICT_DENIED:
        deny_unknown(login);
        break;
    case VERDICT_OK:
        verify(login);
        break;
    }
}

static int found(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct login *login = login_of(task);
    unsigned entries = (unsigned)ldap_count_entries(ld, answer);
    int code = setup_answer_code(ld, answer, LDAP_RES_SEARCH_RESULT);

    switch (verdict_of_search(code, entries, login->directory->filter != NULL)) {
    case VERDICT_UNAVAILABLE:
        log_trouble(login, ld, answer, code);
        finish_unavailable(login, "the directory search failed", false);
        break;
    case VERDICT_DENIED:
        if (entries > 1 || code == LDAP_SIZELIMIT_EXCEEDED)
            log_event(log_of(login), LOG_WARNING, "ambiguous",
                      "the filter matches several entries for %.*s: denied",
                      shown_len(login->query.user), login->query.user.at);
        deny_unknown(login);
        break;
    case VERDICT_OK:
        use_entry(login, ld, answer);
        break;
    }
    return code;
}

static void find(struct login *login)
{
    login->stage = STAGE_FIND;
    login->task = (struct task){
        .purpose = PURPOSE_SERVICE,
        .send = send_find,
        .answered = found,
        .failed = failed,
    };
    pool_submit(login->directory->pool, &login->task);
}

/* ---- the beginning ---- */

static bool expand(struct login *login)
{
    struct directory *directory = login->directory;

    if (directory->filter)
        login->filter = filter_template_expand(directory->filter, login->query.user);
    else
        login->dn = dn_template_expand(directory->dn, login->query.user);
    return login->filter || login->dn;
}

struct login *directory_login(struct directory *directory, const struct login_query *query)
{
    static const struct login_result no_memory = {VERDICT_UNAVAILABLE, "out of memory", false};
    static const struct login_result no_password = {VERDICT_DENIED, NULL, false};
    struct login *login;

    /* A bind without a password would be anonymous, and succeed (RFC 4513 5.1.2). */
    if (query->password->len == 0) {
        query->done(query->context, &no_password);
        return NULL;
    }
    login = calloc(1, sizeof *login);
    if (!login) {
        query->done(query->context, &no_memory);
        return NULL;
    }
    login->directory = directory;
    login->query = *query;
    login->next = directory->first;
    if (login->next)
        login->next->prev = login;
    directory->first = login;
    if (!expand(login)) {
        finish(login, &no_memory);
        return NULL;
    }
    login->stage_since_ms = now_ms(login);
    if (directory->filter ||
        (!directory->options->accept_aliases && !dn_template_plain(query->user)))
        find(login);
    else
        verify(login);
    return login;
}

bool login_cancel(struct login *login)
{
    bool bind = login->stage == STAGE_VERIFY && login->task.purpose == PURPOSE_BIND;
    bool sent = pool_withdraw(login->directory->pool, &login->task);

    free_login(login);
    return bind && sent;
}
