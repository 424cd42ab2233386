/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names as the mechanisms give them: "alice@EXAMPLE.TEST" of Kerberos, where '@', '/' and backslash
 * within a component have a backslash before them (RFC 1964, section 2.1.1), and "DOMAIN\alice" of
 * NTLM. Realms are compared byte by byte, NTLM domains without regard to ASCII case.
 */
#include <config.h>

#include "helpers/kerberos/who.h"

#include <string.h>
#include <strings.h>

/* RFC 8062: whoever has this ticket has proved nothing. */
static const char anonymous_name[] = "WELLKNOWN/ANONYMOUS";

struct name_parts {
    struct pxa_span user;
    struct pxa_span place; /* realm or domain; at is NULL where there is none */
};

static bool is_ntlm(const struct exchange_outcome *outcome)
{
    const gss_OID_desc *oid = outcome->mechanism;

    return oid && pxa_mech_of((struct pxa_span){oid->elements, oid->length}) == PXA_MECH_NTLMSSP;
}

/* At the last '@' that is not escaped. A backslash takes the byte behind it with it, so they are
 * counted from the beginning. */
static struct name_parts split_principal(struct pxa_span name)
{
    struct name_parts parts = {.user = name};

    for (size_t i = 0; i < name.len; i++) {
        if (name.at[i] == '\\')
            i++;
        else if (name.at[i] == '@')
            parts = (struct name_parts){{name.at, i}, {name.at + i + 1, name.len - i - 1}};
    }
    return parts;
}

static struct name_parts split_ntlm(struct pxa_span name)
{
    const char *mark = name.len > 0 ? memchr(name.at, '\\', name.len) : NULL;
    size_t domain_len = mark ? (size_t)(mark - name.at) : 0;

    if (!mark)
        return (struct name_parts){.user = name};
    return (struct name_parts){{mark + 1, name.len - domain_len - 1}, {name.at, domain_len}};
}

static bool is_listed(const struct option_list *list, struct pxa_span place, bool fold)
{
    if (!list || list->count == 0)
        return true;
    for (size_t i = 0; place.at && i < list->count; i++) {
        const char *value = list->values[i];

        if (strlen(value) == place.len && (fold ? strncasecmp(value, place.at, place.len)
                                                : memcmp(value, place.at, place.len)) == 0)
            return true;
    }
    return false;
}

static bool is_anonymous(struct pxa_span user)
{
    return user.len == sizeof anonymous_name - 1 && memcmp(user.at, anonymous_name, user.len) == 0;
}

/* NULL where the client is welcome. */
static const char *refusal(const struct who_rule *rule, const struct exchange_outcome *outcome,
                           const struct name_parts *parts)
{
    bool ntlm = is_ntlm(outcome);

    if (parts->user.len == 0)
        return "the login has no user name";
    if (memchr(outcome->name.at, 0, outcome->name.len) ||
        (outcome->account.len > 0 && memchr(outcome->account.at, 0, outcome->account.len)))
        return "the user's name has a NUL in it";
    if (!ntlm && is_anonymous(parts->user))
        return "the ticket is an anonymous one";
    if (ntlm && !is_listed(rule->domains, parts->place, true))
        return "users of this domain may not use the proxy";
    if (!ntlm && !is_listed(rule->realms, parts->place, false))
        return "users of this Kerberos realm may not use the proxy";
    if (!rule->local_name)
        return NULL;
    if (outcome->local_name.len == 0)
        return "there is no local name for this user";
    if (memchr(outcome->local_name.at, 0, outcome->local_name.len))
        return "the user's local name has a NUL in it";
    return NULL;
}

/* As krb5_unparse_name() writes it. */
static void put_account(struct bytes *user, struct pxa_span account)
{
    for (size_t i = 0; i < account.len; i++) {
        const char c = account.at[i];

        if (c == '@' || c == '/' || c == '\\')
            bytes_put(user, "\\", 1);
        bytes_put(user, &c, 1);
    }
}

bool who_is(const struct who_rule *rule, const struct exchange_outcome *outcome, struct bytes *user,
            const char **reason)
{
    struct name_parts parts =
        is_ntlm(outcome) ? split_ntlm(outcome->name) : split_principal(outcome->name);
    struct pxa_span name = outcome->name;

    *reason = refusal(rule, outcome, &parts);
    if (*reason)
        return false;
    if (rule->local_name)
        name = outcome->local_name;
    else if (rule->strip_realm || (rule->strip_domain && is_ntlm(outcome)))
        name = parts.user;
    if (outcome->account.len > 0 && !rule->local_name) {
        put_account(user, outcome->account);
        name = (struct pxa_span){parts.user.at + parts.user.len,
                                 name.len - parts.user.len}; /* @REALM, or nothing */
    }
    bytes_put(user, name.at, name.len);
    return true;
}
