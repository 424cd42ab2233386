/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts are of the moment: failures are rare, and krb5.conf is read as libgssapi's own contexts
 * read it.
 */
#include <config.h>

#include "helpers/kerberos/fault_setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <profile.h>

/* Codes of libprofile's that are about the file, and not about what stands in it. */
static const krb5_error_code unread[] = {PROF_NO_PROFILE, PROF_FAIL_OPEN, PROF_FAIL_INCLUDE_FILE,
                                         PROF_FAIL_INCLUDE_DIR};
enum { UNREAD = sizeof unread / sizeof *unread };

/* EINVAL is of a value that is neither a boolean nor "fallback" (dns_canonicalize_hostname). */
static bool is_malformed(krb5_error_code code)
{
    for (size_t i = 0; i < UNREAD; i++)
        if (code == unread[i])
            return false;
    return code == KRB5_CONFIG_BADFORMAT || code == EINVAL ||
           (code >= PROF_VERSION && code <= PROF_MODULE_INVALID);
}

/* What krb5_init_context() says of a krb5.conf may be a code of the system's, and nothing else
 * fails in it but memory and descriptors. */
krb5_error_code fault_setup_begin(krb5_context *context)
{
    krb5_error_code code = krb5_init_context(context);

    if (code == 0 || code == ENOMEM || code == EMFILE || code == ENFILE)
        return code;
    return is_malformed(code) ? KRB5_CONFIG_BADFORMAT : KRB5_CONFIG_CANTOPEN;
}

krb5_error_code fault_setup(void)
{
    krb5_context context;
    krb5_error_code code = fault_setup_begin(&context);

    if (code == 0)
        krb5_free_context(context);
    return code;
}

krb5_error_code fault_setup_etypes(struct fault_etypes *etypes)
{
    krb5_enctype *list = NULL;
    krb5_context context;
    krb5_error_code code = fault_setup_begin(&context);

    etypes->count = 0;
    if (code != 0)
        return code;
    code = krb5_get_permitted_enctypes(context, &list);
    for (size_t i = 0; code == 0 && list[i] != 0 && i < FAULT_ETYPES_MAX; i++)
        etypes->at[etypes->count++] = list[i];
    krb5_free_enctypes(context, list);
    krb5_free_context(context);
    return code;
}

bool fault_setup_allows(const struct fault_etypes *etypes, int32_t etype)
{
    for (size_t i = 0; i < etypes->count; i++)
        if (etypes->at[i] == etype)
            return true;
    return false;
}

/* Of a name that has no rule, or is too long, the client's user is the reason. */
static krb5_error_code look_for_local_name(krb5_context context, const char *name)
{
    char local[1024];
    krb5_principal principal;
    krb5_error_code code = krb5_parse_name(context, name, &principal);

    if (code != 0)
        return code == ENOMEM ? ENOMEM : 0;
    code = krb5_aname_to_localname(context, principal, (int)sizeof local, local);
    krb5_free_principal(context, principal);
    if (code == KRB5_LNAME_NOTRANS || code == KRB5_NO_LOCALNAME || code == KRB5_CONFIG_NOTENUFSPACE)
        return 0;
    return code;
}

/* Without one the rules of no realm count, and there is no word of it. */
static krb5_error_code look_for_default_realm(krb5_context context)
{
    char *realm = NULL;
    krb5_error_code code = krb5_get_default_realm(context, &realm);

    krb5_free_default_realm(context, realm);
    return code;
}

krb5_error_code fault_setup_local_name(struct pxa_span name)
{
    char *text = name.len > 0 ? strndup(name.at, name.len) : strdup("");
    krb5_context context;
    krb5_error_code code = text ? fault_setup_begin(&context) : ENOMEM;

    if (code != 0) {
        free(text);
        return code;
    }
    code = look_for_local_name(context, text);
    if (code == 0)
        code = look_for_default_realm(context);
    if (code != 0 && code != ENOMEM && code != KRB5_CONFIG_NODEFREALM)
        code = KRB5_LNAME_BADFORMAT;
    krb5_free_context(context);
    free(text);
    return code;
}
