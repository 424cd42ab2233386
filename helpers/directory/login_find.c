/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login's first half: the one entry that the typed name stands for, and whether it has that name
 * as it is written.
 */
#include <config.h>

#include <string.h>

#include "helpers/directory/login_private.h"

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
            log_event(login_log(login), LOG_NOTICE, "alias",
                      "%.*s is not a name of %.*s as it is written there: denied",
                      login_shown_len(login), login->query.user.at, (int)dn.bv_len, dn.bv_val);
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
        log_event(login_log(login), LOG_WARNING, "entry",
                  "search for %.*s: the entry that came cannot be used", login_shown_len(login),
                  login->query.user.at);
        login_end_unavailable(login, "the directory search failed", false);
        break;
    case VERDICT_DENIED:
        login_end_unknown(login);
        break;
    case VERDICT_OK:
        login_verify(login);
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
        login_log_trouble(login, ld, answer, code);
        login_end_unavailable(login, "the directory search failed", false);
        break;
    case VERDICT_DENIED:
        if (entries > 1 || code == LDAP_SIZELIMIT_EXCEEDED)
            log_event(login_log(login), LOG_WARNING, "ambiguous",
                      "the filter matches several entries for %.*s: denied", login_shown_len(login),
                      login->query.user.at);
        login_end_unknown(login);
        break;
    case VERDICT_OK:
        use_entry(login, ld, answer);
        break;
    }
    return code;
}

void login_find(struct login *login)
{
    login->stage = STAGE_FIND;
    login->task = (struct task){
        .purpose = PURPOSE_SERVICE,
        .send = send_find,
        .answered = found,
        .failed = login_failed,
    };
    pool_submit(login->directory->pool, &login->task);
}
