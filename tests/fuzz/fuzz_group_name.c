/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of groups: the input is one name, a NUL and another one. Promised: in a filter a name
 * stands for its own bytes; a DN that libldap writes anew has the same key; what stands below a DN
 * is below it, by its key, and nothing of another base is.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_terms.h"
#include "tests/unit/filter_wire.h"

/* What filter_on_wire() can send. */
enum { NAME_MAX_LEN = 16 * 1024 };

static void check_filter(struct pxa_span name)
{
    struct bytes bytes = {0};
    struct notes expected;
    char *filter;
    char *wire;

    terms_put_equal(&bytes, "cn", name);
    filter = terms_finish(&bytes);
    PROMISE(filter && notes_open(&expected));
    wire = filter_on_wire(filter);
    PROMISE(wire != NULL);
    fputs("cn = ", expected.to);
    notes_hex(&expected, name.at, name.len);
    notes_close(&expected);
    PROMISE(strcmp(wire, expected.text) == 0);
    free(expected.text);
    free(wire);
    free(filter);
}

static bool is_read(const char *text)
{
    LDAPDN dn = NULL;
    bool read = ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && dn;

    ldap_dnfree(dn);
    return read;
}

/* TEXT as libldap writes it; NULL where it cannot, or does not read that itself: it takes the value
 * in `1.2.3=# t` for hexadecimal digits of nothing, and writes `1.2.3=#`. */
static char *write_again(const char *text)
{
    LDAPDN dn = NULL;
    char *written = NULL;

    if (ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS && dn)
        (void)ldap_dn2str(dn, &written, LDAP_DN_FORMAT_LDAPV3);
    ldap_dnfree(dn);
    if (written && !is_read(written)) {
        ldap_memfree(written);
        written = NULL;
    }
    return written;
}

static void check_spelling(const char *text)
{
    char *key = dn_key(text);
    char *written = write_again(text);
    char *other = written ? dn_key(written) : NULL;

    PROMISE(key != NULL);
    PROMISE(!written || (other && strcmp(key, other) == 0));
    PROMISE(dn_key_is_below(key, key));
    free(other);
    ldap_memfree(written);
    free(key);
}

static bool is_dn(const char *text)
{
    return group_name_is_dn((struct pxa_span){text, strlen(text)});
}

/* ONE,OTHER is below OTHER where all three are DNs. */
static void check_below(const char *one, const char *other)
{
    char *joined = NULL;
    char *key;
    char *base;

    if (!is_dn(one) || !is_dn(other) || asprintf(&joined, "%s,%s", one, other) < 0)
        return;
    key = dn_key(joined);
    base = dn_key(other);
    PROMISE(key && base);
    PROMISE(!is_dn(joined) || dn_key_is_below(key, base));
    PROMISE(strlen(base) > strlen(key) || !dn_key_is_below(base, key) || strcmp(base, key) == 0);
    free(base);
    free(key);
    free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct pxa_span input = fuzz_span(data, len);
    const char *nul = len > 0 ? memchr(input.at, '\0', len) : NULL;
    size_t first = nul ? (size_t)(nul - input.at) : len;
    char *one;
    char *other;

    if (len > NAME_MAX_LEN)
        return 0;
    one = strndup(len > 0 ? input.at : "", first);
    other = strndup(nul ? nul + 1 : "", nul ? len - first - 1 : 0);
    PROMISE(one && other);
    check_filter(input);
    (void)group_name_is_dn(input);
    check_spelling(one);
    check_spelling(other);
    check_below(one, other);
    free(other);
    free(one);
    return 0;
}
