/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cannot do: tell whether NTLM's accounts are there; each login that needs them says that.
 */
#include <config.h>

#include "helpers/kerberos/credentials.h"

#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>

#include "helpers/kerberos/mechanisms.h"

/* The acceptor of NTLM: this machine, and no service of it. With a service its challenge has the
 * field MsvAvTargetName, which is a client's to fill in ([MS-NLMP], section 2.2.2.1): clients of
 * gss-ntlmssp itself refuse it then. Without a name no file of accounts is looked for. */
static char no_service[] = "@";

/* What one credential is acquired with. */
struct recipe {
    gss_OID_set_desc mechanisms; /* SPNEGO last */
    gss_OID_set_desc inside;     /* what SPNEGO negotiates */
    gss_key_value_set_desc store;
    gss_name_t name;
};

/* libgssapi's texts for MAJOR and MINOR behind WHAT. */
static bool tell_status(const char *what, OM_uint32 major, OM_uint32 minor, struct why *why)
{
    OM_uint32 ignored;
    OM_uint32 more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    bool by_minor = minor != 0;

    (void)gss_display_status(&ignored, by_minor ? minor : major,
                             by_minor ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, GSS_C_NO_OID, &more,
                             &text);
    why_set(why, "%s: %.*s", what, (int)text.length, text.value ? (const char *)text.value : "");
    (void)gss_release_buffer(&ignored, &text);
    return false;
}

/* Whether COUNT mechanisms came, as were asked for: libgssapi leaves out those that fail. */
static bool are_all_there(gss_OID_set actual, size_t count, const char *what, struct why *why)
{
    if (actual && actual->count >= count)
        return true;
    return why_set(why, "%s: libgssapi has only %zu of %zu mechanisms", what,
                   actual ? actual->count : 0, count);
}

static bool acquire(struct recipe *recipe, const char *what, gss_cred_id_t *credential,
                    struct why *why)
{
    gss_OID_set actual = GSS_C_NO_OID_SET;
    OM_uint32 minor;
    OM_uint32 major = gss_acquire_cred_from(
        &minor, recipe->name, GSS_C_INDEFINITE, &recipe->mechanisms, GSS_C_ACCEPT,
        recipe->store.count > 0 ? &recipe->store : NULL, credential, &actual, NULL);
    bool good;

    if (major != GSS_S_COMPLETE) {
        *credential = GSS_C_NO_CREDENTIAL;
        return tell_status(what, major, minor, why);
    }
    good = are_all_there(actual, recipe->mechanisms.count, what, why);
    (void)gss_release_oid_set(&minor, &actual);
    if (!good)
        return false;
    major = gss_set_neg_mechs(&minor, *credential, &recipe->inside);
    return major == GSS_S_COMPLETE || tell_status(what, major, minor, why);
}

/* Kerberos' keys are in memory. No name: any of them. */
static bool acquire_kerberos(struct service_credentials *made, const struct replay *replay,
                             struct why *why)
{
    gss_OID_desc oids[] = {mechanism_krb5, mechanism_iakerb, mechanism_spnego};
    gss_key_value_element_desc elements[] = {{"keytab", made->keys->memory},
                                             {"rcache", replay->name}};
    struct recipe recipe = {
        .mechanisms = {3, oids}, .inside = {2, oids}, .store = {2, elements}, .name = NULL};
    const char *what = "no credential for Kerberos";

    return acquire(&recipe, what, &made->own, why) && acquire(&recipe, what, &made->threads, why);
}

static bool acquire_ntlm(const char *ntlm_file, gss_cred_id_t *credential, struct why *why)
{
    gss_OID_desc oids[] = {mechanism_ntlm, mechanism_spnego};
    gss_key_value_element_desc element = {ntlm_file_key, ntlm_file};
    gss_buffer_desc text = {sizeof no_service - 1, no_service};
    struct recipe recipe = {
        .mechanisms = {2, oids}, .inside = {1, oids}, .store = {ntlm_file ? 1 : 0, &element}};
    OM_uint32 minor;
    OM_uint32 major = gss_import_name(&minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &recipe.name);
    bool good;

    if (major != GSS_S_COMPLETE)
        return tell_status("no name for NTLM", major, minor, why);
    good = acquire(&recipe, "no credential for NTLM", credential, why);
    (void)gss_release_name(&minor, &recipe.name);
    return good;
}

gss_cred_id_t ntlm_credential_new(const char *ntlm_file, struct why *why)
{
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;

    if (!mechanism_is_installed(&mechanism_ntlm)) {
        why_set(why,
                "libgssapi has no mechanism for NTLM: install gss-ntlmssp, or do without --ntlm");
        return GSS_C_NO_CREDENTIAL;
    }
    if (!acquire_ntlm(ntlm_file, &credential, why)) {
        ntlm_credential_free(credential);
        return GSS_C_NO_CREDENTIAL;
    }
    return credential;
}

void ntlm_credential_free(gss_cred_id_t credential)
{
    OM_uint32 minor;

    (void)gss_release_cred(&minor, &credential);
}

struct service_credentials *service_credentials_new(struct keys *keys, const struct replay *replay,
                                                    gss_cred_id_t ntlm, struct why *why)
{
    struct service_credentials *made = calloc(1, sizeof *made);

    if (!made) {
        keys_free(keys);
        why_set(why, "out of memory");
        return NULL;
    }
    made->keys = keys;
    made->ntlm = ntlm;
    made->holders = 1;
    if (keys && !acquire_kerberos(made, replay, why)) {
        service_credentials_drop(made);
        return NULL;
    }
    return made;
}

struct service_credentials *service_credentials_hold(struct service_credentials *credentials)
{
    credentials->holders++;
    return credentials;
}

void service_credentials_drop(struct service_credentials *credentials)
{
    OM_uint32 minor;

    if (!credentials || --credentials->holders > 0)
        return;
    (void)gss_release_cred(&minor, &credentials->own);
    (void)gss_release_cred(&minor, &credentials->threads);
    keys_free(credentials->keys);
    free(credentials);
}
