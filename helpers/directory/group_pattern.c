/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the values of an entry are compared with, to tell which names its filter was true for.
 *
 * A value that is a DN can be written in many ways, so DNs are compared as libldap writes them
 * anew.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "helpers/directory/group_filter_private.h"
#include "helpers/directory/names.h"

/* One test's: a pattern for names, the text of a DN, or both. */
struct comparison {
    struct name_pattern *text;
    bool borrowed; /* the text is the template's */
    char *dn;
};

struct group_pattern {
    struct pxa_span name; /* of the user or the group */
    size_t count;
    struct comparison list[];
};

/* The DN in TEXT as libldap writes it, for ldap_memfree(); NULL when it is none. */
static char *rewrite_dn(struct pxa_span text)
{
    /* libldap only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    struct berval bytes = {.bv_val = (char *)(uintptr_t)text.at, .bv_len = text.len};
    LDAPDN dn = NULL;
    char *written = NULL;

    if (ldap_bv2dn(&bytes, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && dn)
        ldap_dn2str(dn, &written, LDAP_DN_FORMAT_LDAPV3);
    ldap_dnfree(dn);
    return written;
}

/* Whether libldap would surely write the DN in TEXT as it is; most directories send them so. */
static bool is_written_so(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool at_end = i == 0 || i + 1 == text.len || strchr(",=", text.at[i - 1]) ||
                      strchr(",=", text.at[i + 1]);

        if (byte < ' ' || byte > '~' || strchr("\"#+;<>\\", byte) || (byte == ' ' && at_end))
            return false;
    }
    return true;
}

static bool same_dn(const char *dn, struct pxa_span value)
{
    const struct pxa_span wanted = {dn, strlen(dn)};
    char *written;
    bool same;

    if (is_written_so(value))
        return names_equal(wanted, value);
    written = rewrite_dn(value);
    same = written && names_equal(wanted, (struct pxa_span){written, strlen(written)});
    ldap_memfree(written);
    return same;
}

/* The value of TEST as a pattern, in which SUBJECT (`u` or `g`) is what is looked for. */
static struct name_pattern *make_text(const struct group_filter *filter,
                                      const struct group_test *test, char subject,
                                      const struct group_filter_names *names)
{
    const char *end = test->value.at + test->value.len;
    struct name_pattern *pattern = NULL;
    struct bytes text = {0};

    for (const char *at = test->value.at; at < end; at++) {
        if (*at != '%')
            bytes_put(&text, at, 1);
        else if (*++at == '%')
            bytes_put_text(&text, "%%");
        else if (*at == subject)
            bytes_put_text(&text, "%s");
        else
            group_filter_put_letter(&text, filter, test, *at, names);
    }
    if (!text.failed)
        pattern = name_pattern_new((struct pxa_span){text.at, bytes_len(&text)});
    bytes_free(&text);
    return pattern;
}

/* The value of TEST with all names put in, as a DN; NULL when it is none. */
static char *make_dn(const struct group_filter *filter, const struct group_test *test,
                     const struct group_filter_names *names)
{
    struct bytes escaped = {0};
    struct bytes plain = {0};
    struct pxa_span value;
    char *dn = NULL;

    group_filter_put_test(&escaped, filter, test, names);
    value = (struct pxa_span){escaped.at, bytes_len(&escaped)};
    if (!escaped.failed && group_filter_unescape(value, &plain) && !plain.failed)
        dn = rewrite_dn((struct pxa_span){plain.at, bytes_len(&plain)});
    bytes_free(&escaped);
    bytes_free(&plain);
    return dn;
}

/* Where the user is no part of the group's value, all users and groups have the same pattern. */
bool group_pattern_prepare(struct group_filter *filter)
{
    static const struct group_filter_names none = {{NULL, 0}, {NULL, 0}};
    const struct group_test *test = group_filter_group_test(filter);

    if (!test || test->is_dn || test->has_user)
        return true;
    filter->group_text = make_text(filter, test, 'g', &none);
    return filter->group_text != NULL;
}

/* Nothing without an equals sign is a DN. */
static bool may_be_dn(const struct group_test *test, struct pxa_span name)
{
    return memchr(test->value.at, '=', test->value.len) ||
           (name.len > 0 && memchr(name.at, '=', name.len));
}

/* False when memory is out. */
static bool add(struct group_pattern *pattern, const struct group_filter *filter,
                const struct group_test *test, char subject, const struct group_filter_names *names)
{
    struct comparison *added = &pattern->list[pattern->count++];

    /* A group may be named by its DN; a user is named as typed (law 10). */
    if (test->is_dn || (subject == 'g' && may_be_dn(test, names->group)))
        added->dn = make_dn(filter, test, names);
    if (test->is_dn)
        return added->dn != NULL;
    added->borrowed = subject == 'g' && filter->group_text;
    added->text = added->borrowed ? filter->group_text : make_text(filter, test, subject, names);
    return added->text != NULL;
}

static struct group_pattern *new_pattern(const struct group_filter *filter, struct pxa_span name)
{
    struct group_pattern *pattern =
        calloc(1, sizeof *pattern + filter->test_count * sizeof pattern->list[0]);

    if (pattern)
        pattern->name = name;
    return pattern;
}

struct group_pattern *group_pattern_of_group(const struct group_filter *filter,
                                             const struct group_filter_names *names)
{
    struct group_pattern *pattern = new_pattern(filter, names->group);

    if (pattern && !add(pattern, filter, group_filter_group_test(filter), 'g', names)) {
        group_pattern_free(pattern);
        return NULL;
    }
    return pattern;
}

struct group_pattern *group_pattern_of_user(const struct group_filter *filter,
                                            const struct group_filter_names *names)
{
    struct group_pattern *pattern = new_pattern(filter, names->user);

    for (size_t i = 0; pattern && i < filter->test_count; i++)
        if (group_filter_tests_user(&filter->tests[i]) &&
            !add(pattern, filter, &filter->tests[i], 'u', names)) {
            group_pattern_free(pattern);
            pattern = NULL;
        }
    return pattern;
}

void group_pattern_free(struct group_pattern *pattern)
{
    if (!pattern)
        return;
    for (size_t i = 0; i < pattern->count; i++) {
        if (!pattern->list[i].borrowed)
            name_pattern_free(pattern->list[i].text);
        ldap_memfree(pattern->list[i].dn);
    }
    free(pattern);
}

bool group_pattern_matches(const struct group_pattern *pattern, struct pxa_span value)
{
    for (size_t i = 0; i < pattern->count; i++) {
        const struct comparison *with = &pattern->list[i];

        if (with->text && name_pattern_matches(with->text, value, pattern->name))
            return true;
        if (with->dn && value.len > 0 && same_dn(with->dn, value))
            return true;
    }
    return false;
}
