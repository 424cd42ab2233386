/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names are compared as Kerberos writes them, escapes and all.
 *
 * Cannot do: know other names of a host. What DNS or a directory calls it is not asked.
 */
#include <config.h>

#include "helpers/kerberos/spn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The service that browsers ask a ticket for at a proxy (RFC 4559, section 4). */
static const struct pxa_span http = {"HTTP", 4};

/* SERVICE/HOST@REALM; an empty host or realm stands for any. */
struct name {
    struct pxa_span service;
    struct pxa_span host;
    struct pxa_span realm;
};

struct spn_rule {
    bool any;
    size_t count; /* none, and not `any`: every HTTP/ */
    struct name names[];
};

/* Where the first, or the last, MARK stands in TEXT that no backslash escapes; its end if there is
 * none. */
static size_t find_mark(struct pxa_span text, char mark, bool last)
{
    size_t found = text.len;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == mark && (last || found == text.len))
            found = i;
    }
    return found;
}

static struct pxa_span head(struct pxa_span text, size_t len)
{
    return (struct pxa_span){text.at, len};
}

/* What follows the mark at AT. */
static struct pxa_span tail(struct pxa_span text, size_t at)
{
    return (struct pxa_span){text.at + at + 1, text.len - at - 1};
}

/* SERVICE/HOST or SERVICE/HOST@REALM. */
static bool split_principal(struct pxa_span text, struct name *name)
{
    size_t at = find_mark(text, '@', true);
    size_t slash;

    *name = (struct name){.realm = {"", 0}};
    if (at < text.len) {
        name->realm = tail(text, at);
        if (name->realm.len == 0)
            return false;
    }
    text = head(text, at);
    slash = find_mark(text, '/', false);
    if (slash == 0 || slash + 1 >= text.len)
        return false;
    name->service = head(text, slash);
    name->host = tail(text, slash);
    return find_mark(name->host, '/', false) == name->host.len;
}

/* SERVICE@HOST, or SERVICE alone for all of its hosts. */
static bool split_host_based(struct pxa_span text, struct name *name)
{
    size_t at = find_mark(text, '@', true);

    *name = (struct name){.service = head(text, at), .host = {"", 0}, .realm = {"", 0}};
    if (at < text.len) {
        name->host = tail(text, at);
        return at > 0 && name->host.len > 0;
    }
    return text.len > 0 && !memchr(text.at, '.', text.len);
}

static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text <= ' ' || *text == 0x7f)
            return false;
    }
    return true;
}

static bool split(const char *text, struct name *name)
{
    struct pxa_span span = {text, strlen(text)};

    if (!is_plain(text))
        return false;
    if (find_mark(span, '/', false) < span.len)
        return split_principal(span, name);
    return split_host_based(span, name);
}

static bool means_any(const char *text)
{
    return strcasecmp(text, "any") == 0 || strcasecmp(text, "GSS_C_NO_NAME") == 0;
}

struct spn_rule *spn_rule_new(const struct option_list *names, struct why *why)
{
    struct spn_rule *rule = calloc(1, sizeof *rule + names->count * sizeof rule->names[0]);

    if (!rule) {
        why_set(why, "out of memory");
        return NULL;
    }
    for (size_t i = 0; i < names->count; i++) {
        if (means_any(names->values[i])) {
            rule->any = true;
        } else if (!split(names->values[i], &rule->names[rule->count++])) {
            why_set(why,
                    "option --spn: \"%s\" is no name of a service; HTTP/proxy.example.com or "
                    "HTTP/proxy.example.com@EXAMPLE.COM would be, or any",
                    why_excerpt(names->values[i]).text);
            spn_rule_free(rule);
            return NULL;
        }
    }
    return rule;
}

void spn_rule_free(struct spn_rule *rule)
{
    free(rule);
}

static bool same_but_for_case(struct pxa_span a, struct pxa_span b)
{
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static bool fits(const struct name *wanted, const struct name *name)
{
    if (!same_but_for_case(wanted->service, name->service))
        return false;
    if (wanted->host.len > 0 && !same_but_for_case(wanted->host, name->host))
        return false;
    return wanted->realm.len == 0 ||
           (wanted->realm.len == name->realm.len &&
            memcmp(wanted->realm.at, name->realm.at, name->realm.len) == 0);
}

bool spn_rule_takes(const struct spn_rule *rule, struct pxa_span principal)
{
    struct name name;

    if (rule->any)
        return true;
    if (!split_principal(principal, &name))
        return false;
    if (rule->count == 0)
        return same_but_for_case(name.service, http);
    for (size_t i = 0; i < rule->count; i++) {
        if (fits(&rule->names[i], &name))
            return true;
    }
    return false;
}

bool spn_rule_is_strict(const struct spn_rule *rule)
{
    return rule->count > 0 && !rule->any;
}
