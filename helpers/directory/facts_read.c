/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A server that sends for ever ends at the wire's deadline or at the bound on bytes, whichever
 * comes first. An answer that was not read to its end leaves the connection useless: what is left
 * of it would be taken for answers to others.
 */
#include <config.h>

#include "helpers/directory/facts_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/setup.h"
#include "helpers/directory/verdict.h"

/* Of all answers together; a forest of 1,000 domains needs a tenth. */
enum { BYTES_MAX = 4 * 1024 * 1024 };

/* Longer than a DNS name (255) or a NetBIOS name, as long as a DN may be in an Active Directory. */
enum { TEXT_MAX = 1024 };

bool reading_fault(struct reading *reading, const char *what)
{
    return why_set(&reading->why, "%s", what);
}

/* The connection cannot be used again. */
static bool fail_dead(struct reading *reading, const char *what)
{
    reading->dead = true;
    return reading_fault(reading, what);
}

static bool fail_lost(struct reading *reading)
{
    int error = reading->setup->wire->broken;

    if (error == 0)
        return fail_dead(reading, "what the server sent is no answer to this, or too long for one");
    if (error != ETIMEDOUT)
        why_set(&reading->why, "the connection ended: %s", strerror(error));
    else
        why_set(&reading->why, "no answer within %u ms",
                (unsigned)reading->setup->plan->timeout_ms);
    reading->dead = true;
    return false;
}

/* Its advice for an entry that is not there is about --base, which is not what is read here. */
static const char *advice_for(int code, const char *diagnostic)
{
    return code == LDAP_NO_SUCH_OBJECT ? NULL : verdict_advice(code, diagnostic);
}

static void say_code(struct reading *reading, int code, const char *diagnostic)
{
    const char *advice = advice_for(code, diagnostic);

    why_set(&reading->why, "%s (%d)%s%s%s%s", ldap_err2string(code), code,
            diagnostic && *diagnostic ? ": " : "", diagnostic ? why_excerpt(diagnostic).text : "",
            advice ? "; " : "", advice ? advice : "");
}

/* The last part of an answer. */
static bool end(struct reading *reading, LDAPMessage *result)
{
    char *diagnostic = NULL;
    int code = LDAP_DECODING_ERROR;

    if (ldap_parse_result(reading->setup->ld, result, &code, NULL, &diagnostic, NULL, NULL, 0) !=
        LDAP_SUCCESS)
        return fail_lost(reading);
    if (code == LDAP_SUCCESS && reading->entries == 0)
        why_set(&reading->why, "the service account is not shown any");
    else if (code != LDAP_SUCCESS)
        say_code(reading, code, diagnostic);
    ldap_memfree(diagnostic);
    return code == LDAP_SUCCESS && reading->entries > 0 && !reading->spoilt;
}

/* Of an entry that is of no use the rest of the answer is taken all the same: the connection may be
 * good for other things. */
static bool take_entry(struct reading *reading, LDAPMessage *entry)
{
    if (++reading->entries > reading->entries_max)
        return fail_dead(reading, "the server sends more entries than there can be");
    if (!reading->spoilt)
        reading->spoilt = !reading->entry(reading, entry);
    return true;
}

/* One part of the answer. *MORE: there are others. */
static bool take_part(struct reading *reading, int msgid, bool *more)
{
    struct setup *setup = reading->setup;
    struct timeval ample = {.tv_sec = (time_t)(setup->plan->timeout_ms / 1000) + 1};
    LDAPMessage *part = NULL;
    bool good = true;
    int type = ldap_result(setup->ld, msgid, LDAP_MSG_ONE, &ample, &part);

    if (type <= 0)
        return fail_lost(reading);
    if (setup->wire->received - reading->received > BYTES_MAX)
        good = fail_dead(reading, "the server sends more than there can be");
    else if (type == LDAP_RES_SEARCH_ENTRY)
        good = take_entry(reading, part);
    else if (type == LDAP_RES_SEARCH_RESULT)
        good = end(reading, part);
    else if (type != LDAP_RES_SEARCH_REFERENCE && type != LDAP_RES_INTERMEDIATE)
        good = fail_lost(reading);
    *more = type != LDAP_RES_SEARCH_RESULT;
    ldap_msgfree(part);
    return good;
}

bool reading_search(struct reading *reading, const char *base, int scope, const char *filter,
                    const char *const *attributes)
{
    /* libldap only reads them. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    char **wanted = (char **)(uintptr_t)attributes;
    bool more = true;
    int msgid;
    int code = ldap_search_ext(reading->setup->ld, base, scope, filter, wanted, 0, NULL, NULL, NULL,
                               LDAP_NO_LIMIT, &msgid);

    if (code != LDAP_SUCCESS) {
        why_set(&reading->why, "%s (%d)", ldap_err2string(code), code);
        reading->dead = true;
        return false;
    }
    reading->entries = 0;
    reading->spoilt = false;
    while (more)
        if (!take_part(reading, msgid, &more))
            return false;
    return true;
}

/* ---- values ---- */

/* Names and DNs have no control bytes; a NUL would hide what follows. */
static bool is_text(const struct berval *value)
{
    if (value->bv_len > TEXT_MAX)
        return false;
    for (size_t i = 0; i < value->bv_len; i++)
        if ((unsigned char)value->bv_val[i] < ' ' || value->bv_val[i] == '\x7f')
            return false;
    return true;
}

bool reading_text(struct reading *reading, LDAPMessage *entry, const char *attribute, char **to)
{
    struct berval **values = ldap_get_values_len(reading->setup->ld, entry, attribute);
    bool good = true;

    *to = NULL;
    if (values && values[0] && !values[1] && values[0]->bv_len > 0) {
        if (is_text(values[0]))
            *to = strndup(values[0]->bv_val, values[0]->bv_len);
        else
            good = why_set(&reading->why, "the value of %s is garbled", attribute);
        if (good && !*to)
            good = reading_fault(reading, "out of memory");
    }
    ldap_value_free_len(values);
    return good;
}

bool reading_has_value(const struct reading *reading, LDAPMessage *entry, const char *attribute,
                       const char *text)
{
    struct berval **values = ldap_get_values_len(reading->setup->ld, entry, attribute);
    size_t len = strlen(text);
    bool found = false;

    for (size_t i = 0; values && values[i] && !found; i++)
        found = values[i]->bv_len == len && memcmp(values[i]->bv_val, text, len) == 0;
    ldap_value_free_len(values);
    return found;
}
