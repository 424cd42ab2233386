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

static bool has_nul(struct pxa_span text)
{
    return text.len > 0 && memchr(text.at, 0, text.len);
}

static struct who_refusal judge(const struct who_rule *rule, const struct exchange_outcome *outcome,
                                const struct name_parts *parts)
{
    bool ntlm = is_ntlm(outcome);

    if (parts->user.len == 0)
        return (struct who_refusal){"the login has no user name", NULL};
    if (has_nul(outcome->name) || has_nul(outcome->account))
        return (struct who_refusal){"the user's name has a NUL in it", NULL};
    if (!ntlm && is_anonymous(parts->user))
        return (struct who_refusal){"the ticket is an anonymous one", NULL};
    if (ntlm && !is_listed(rule->domains, parts->place, true))
        return (struct who_refusal){"users of this domain may not use the proxy",
                                    "--ntlm-domain does not name it"};
    if (!ntlm && !is_listed(rule->realms, parts->place, false))
        return (struct who_refusal){"users of this Kerberos realm may not use the proxy",
                                    "--krb5-realm does not name it, letter by letter"};
    if (!rule->local_name)
        return (struct who_refusal){NULL, NULL};
    if (outcome->local_name.len == 0)
        return (struct who_refusal){"there is no local name for this user",
                                    "no rule of auth_to_local in krb5.conf fits"};
    if (has_nul(outcome->local_name))
        return (struct who_refusal){"the user's local name has a NUL in it", NULL};
    return (struct who_refusal){NULL, NULL};
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
            struct who_refusal *refusal)
{
    struct name_parts parts =
        is_ntlm(outcome) ? split_ntlm(outcome->name) : split_principal(outcome->name);
    struct pxa_span name = outcome->name;

    *refusal = judge(rule, outcome, &parts);
    if (refusal->reason)
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
