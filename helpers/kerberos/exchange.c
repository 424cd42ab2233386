/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A GSSAPI context that is being established. Most are one step: a Kerberos AP-REQ in, its answer
 * out, so that step makes as few calls as there can be.
 *
 * The PAC: MIT's library has verified the signature over the whole PAC with the service's key when
 * it decrypted the ticket (mspac_verify() in src/lib/krb5/krb/pac.c). If that failed the login goes
 * on, but every attribute urn:mspac:... is withheld, as if there were no PAC. "urn:mspac:" gives
 * the very bytes that the signature is over; "urn:mspac:logon-info" would give the first such
 * buffer of the same bytes, and the decoder could not see that there are two.
 */
#include <config.h>

#include "helpers/kerberos/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>

#include "helpers/kerberos/fault_setup.h"
#include "helpers/kerberos/iakerb_form.h"
#include "helpers/kerberos/ntlm_file.h"
#include "helpers/kerberos/ntlm_form.h"
#include "helpers/kerberos/pac_client.h"
#include "helpers/kerberos/pac_groups.h"

struct exchange {
    struct exchange_orders orders;
    gss_ctx_id_t context;
    gss_name_t client;
    gss_buffer_desc token;    /* of the last step */
    struct pxa_span restored; /* its copy in IAKERB's frame, or NULL */
    gss_buffer_desc name;
    gss_buffer_desc local_name;
    gss_buffer_desc words;
    struct pac_groups groups;
};

/* gss_buffer_desc has no const, but nothing writes there; and a copy in a span is freed at last. */
static void *without_const(const char *at)
{
    /* -Wcast-qual refuses the short way. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (void *)(uintptr_t)at;
}

static gss_buffer_desc attribute_named(const char *name)
{
    return (gss_buffer_desc){strlen(name), without_const(name)};
}

static struct pxa_span span_of_buffer(const gss_buffer_desc *buffer)
{
    return (struct pxa_span){buffer->value, buffer->length};
}

struct exchange *exchange_new(const struct exchange_orders *orders)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);

    if (exchange)
        exchange->orders = *orders;
    return exchange;
}

/* The minor code's text where there is one: it says more, and names names. */
static void fail(struct exchange *exchange, struct exchange_outcome *outcome, OM_uint32 major,
                 OM_uint32 minor)
{
    OM_uint32 more = 0, ignored;

    outcome->result = EXCHANGE_FAILED;
    outcome->major = major;
    outcome->minor = minor;
    gss_release_buffer(&ignored, &exchange->words);
    if (!GSS_ERROR(gss_display_status(&ignored, minor != 0 ? minor : major,
                                      minor != 0 ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, GSS_C_NO_OID,
                                      &more, &exchange->words)))
        outcome->words = span_of_buffer(&exchange->words);
}

static bool has_pac(const gss_OID_desc *mechanism)
{
    enum pxa_mech mech =
        mechanism ? pxa_mech_of((struct pxa_span){mechanism->elements, mechanism->length})
                  : PXA_MECH_OTHER;

    return mech == PXA_MECH_KRB5 || mech == PXA_MECH_MS_KRB5 || mech == PXA_MECH_IAKERB;
}

/* Whether the ticket has a PAC: its attributes are listed also where they are withheld. */
static bool pac_is_withheld(struct exchange *exchange)
{
    static const char prefix[] = "urn:mspac:";
    gss_buffer_set_t attributes = GSS_C_NO_BUFFER_SET;
    OM_uint32 major, minor;
    bool found = false;

    major = gss_inquire_name(&minor, exchange->client, NULL, NULL, &attributes);
    for (size_t i = 0; !GSS_ERROR(major) && attributes && i < attributes->count; i++)
        if (attributes->elements[i].length >= sizeof prefix - 1 &&
            memcmp(attributes->elements[i].value, prefix, sizeof prefix - 1) == 0)
            found = true;
    gss_release_buffer_set(&minor, &attributes);
    return found;
}

/* False when memory is out: then the groups are not known, which must not look like none. */
static bool read_pac(struct exchange *exchange, struct exchange_outcome *outcome)
{
    gss_buffer_desc attribute = attribute_named("urn:mspac:");
    gss_buffer_desc pac = GSS_C_EMPTY_BUFFER;
    int authenticated = 0, complete = 0, more = -1;
    enum pac_result result = PAC_MALFORMED;
    OM_uint32 major, minor;

    major = gss_get_name_attribute(&minor, exchange->client, &attribute, &authenticated, &complete,
                                   &pac, NULL, &more);
    if (GSS_ERROR(major)) {
        outcome->pac_refused = pac_is_withheld(exchange);
        return minor != ENOMEM;
    }
    if (authenticated && complete)
        result = pac_groups_read(&exchange->groups, span_of_buffer(&pac));
    if ((exchange->groups.count > 0 || exchange->groups.account) &&
        !pac_client_is(span_of_buffer(&pac), outcome->name)) {
        pac_groups_free(&exchange->groups);
        result = PAC_MALFORMED;
    }
    gss_release_buffer(&minor, &pac);
    outcome->pac_refused = result == PAC_MALFORMED;
    outcome->account =
        (struct pxa_span){exchange->groups.account, exchange->groups.account_len.len};
    if (exchange->orders.groups) {
        outcome->sids = exchange->groups.sids;
        outcome->sid_count = exchange->groups.count;
    }
    return result != PAC_NO_MEMORY;
}

/* gss-ntlmssp counts the NUL behind a name as part of it. */
static struct pxa_span name_of_buffer(const gss_buffer_desc *buffer, const gss_OID_desc *mechanism)
{
    struct pxa_span name = span_of_buffer(buffer);

    if (mechanism && name.len > 0 && name.at[name.len - 1] == '\0' &&
        pxa_mech_of((struct pxa_span){mechanism->elements, mechanism->length}) == PXA_MECH_NTLMSSP)
        name.len--;
    return name;
}

static bool is_in_file(const struct exchange *exchange, const struct exchange_outcome *outcome)
{
    const gss_OID_desc *oid = outcome->mechanism;

    return exchange->orders.ntlm_file && oid &&
           pxa_mech_of((struct pxa_span){oid->elements, oid->length}) == PXA_MECH_NTLMSSP;
}

static OM_uint32 display_name(struct exchange *exchange, const struct exchange_outcome *outcome,
                              OM_uint32 *minor)
{
    if (!is_in_file(exchange, outcome))
        return gss_display_name(minor, exchange->client, &exchange->name, NULL);
    return ntlm_file_name(exchange->orders.ntlm_file, exchange->client, &exchange->name)
               ? GSS_S_COMPLETE
               : GSS_S_FAILURE;
}

/* That there is no local name is no error here, but that nobody can have one is. libgssapi does not
 * tell the two apart. */
static bool take_local_name(struct exchange *exchange, struct exchange_outcome *outcome)
{
    OM_uint32 minor;

    if (!GSS_ERROR(gss_localname(&minor, exchange->client, NULL, &exchange->local_name)))
        outcome->local_name = span_of_buffer(&exchange->local_name);
    else if (has_pac(outcome->mechanism))
        outcome->setup = fault_setup_local_name(outcome->name);
    if (outcome->setup == 0)
        return true;
    outcome->result = EXCHANGE_FAILED;
    outcome->major = GSS_S_FAILURE;
    return false;
}

/* Who the client of an established context is. */
static void identify(struct exchange *exchange, struct exchange_outcome *outcome)
{
    OM_uint32 major, minor = 0;

    major = display_name(exchange, outcome, &minor);
    if (GSS_ERROR(major)) {
        fail(exchange, outcome, major, minor);
        return;
    }
    outcome->name = name_of_buffer(&exchange->name, outcome->mechanism);
    if (exchange->orders.local_name && !take_local_name(exchange, outcome))
        return;
    if (has_pac(outcome->mechanism) && !read_pac(exchange, outcome))
        fail(exchange, outcome, GSS_S_FAILURE, ENOMEM);
}

static void drop_copy(struct pxa_span *copy)
{
    if (copy->at)
        pxa_wipe(without_const(copy->at), copy->len);
    free(without_const(copy->at));
    *copy = (struct pxa_span){NULL, 0};
}

/* What is given to libgssapi in the place of TOKEN, or NULL. FROM_IAKERB: it is an AP-REQ that
 * begins a login, out of IAKERB's frame. False when memory is out. */
static bool mend(const struct exchange *exchange, struct pxa_span token, struct pxa_span *mended,
                 bool *from_iakerb)
{
    *mended = (struct pxa_span){NULL, 0};
    if (exchange->context == GSS_C_NO_CONTEXT && !iakerb_form_mend(token, mended))
        return false;
    *from_iakerb = mended->at != NULL;
    return *from_iakerb || ntlm_form_mend(token, mended);
}

static OM_uint32 accept_token(struct exchange *exchange, gss_cred_id_t credential,
                              struct pxa_span token, OM_uint32 *minor, gss_OID *mechanism)
{
    struct pxa_span mended;
    gss_buffer_desc input = {token.len, without_const(token.at)};
    bool from_iakerb;
    OM_uint32 major;

    *minor = ENOMEM;
    if (!mend(exchange, token, &mended, &from_iakerb))
        return GSS_S_FAILURE;
    if (mended.at)
        input = (gss_buffer_desc){mended.len, without_const(mended.at)};
    major = gss_accept_sec_context(minor, &exchange->context, credential, &input,
                                   GSS_C_NO_CHANNEL_BINDINGS, &exchange->client, mechanism,
                                   &exchange->token, NULL, NULL, NULL);
    drop_copy(&mended);
    if (!from_iakerb || iakerb_form_restore(span_of_buffer(&exchange->token), &exchange->restored))
        return major;
    *minor = ENOMEM;
    return GSS_S_FAILURE;
}

void exchange_step(struct exchange *exchange, gss_cred_id_t credential, struct pxa_span token,
                   struct exchange_outcome *outcome)
{
    gss_OID mechanism = GSS_C_NO_OID;
    OM_uint32 major, minor = 0, ignored;

    *outcome = (struct exchange_outcome){.result = EXCHANGE_CONTINUE};
    gss_release_buffer(&ignored, &exchange->token);
    drop_copy(&exchange->restored);
    /* No mechanism names anybody before the last step, but see that it holds. */
    gss_release_name(&ignored, &exchange->client);
    major = accept_token(exchange, credential, token, &minor, &mechanism);
    outcome->mechanism = mechanism;
    outcome->token = exchange->restored.at ? exchange->restored : span_of_buffer(&exchange->token);
    if (GSS_ERROR(major)) {
        fail(exchange, outcome, major, minor);
    } else if ((major & GSS_S_CONTINUE_NEEDED) == 0) {
        outcome->result = EXCHANGE_DONE;
        identify(exchange, outcome);
    }
}

void exchange_free(struct exchange *exchange)
{
    OM_uint32 minor;

    if (!exchange)
        return;
    gss_delete_sec_context(&minor, &exchange->context, GSS_C_NO_BUFFER);
    gss_release_name(&minor, &exchange->client);
    gss_release_buffer(&minor, &exchange->token);
    drop_copy(&exchange->restored);
    gss_release_buffer(&minor, &exchange->name);
    gss_release_buffer(&minor, &exchange->local_name);
    gss_release_buffer(&minor, &exchange->words);
    pac_groups_free(&exchange->groups);
    pxa_wipe(exchange, sizeof *exchange);
    free(exchange);
}
