/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which line of the table it is (fault_meaning.h). Where the token is a Kerberos ticket the code is
 * libkrb5's own (fault_ticket.h); if it finds nothing wrong with the ticket, the replay cache is
 * left, which said so, or failed.
 */
#include <config.h>

#include "helpers/kerberos/fault.h"

#include <string.h>

#include "helpers/kerberos/fault_key.h"
#include "helpers/kerberos/fault_meaning.h"
#include "helpers/kerberos/fault_remark.h"
#include "helpers/kerberos/fault_setup.h"
#include "helpers/kerberos/fault_ticket.h"

/* The last of Linux' error numbers, EHWPOISON. */
enum { SYSTEM_CODES = 133 };

/* A token, as far as it matters here. */
struct message {
    bool ticket; /* an AP-REQ */
    bool to_kdc; /* IAKERB's, for a KDC */
    bool ntlm;
    struct pxa_krb5 krb5;    /* of both */
    struct pxa_span request; /* the AP-REQ's DER */
};

static struct message read_message(struct pxa_span token)
{
    struct message message = {.ticket = false};
    struct pxa_span inner = token; /* later messages of IAKERB have no frame */
    struct pxa_negotiate negotiate;

    if (pxa_negotiate_decode(token, &negotiate) == PXA_OK) {
        inner = negotiate.inner;
        message.ntlm = negotiate.mech == PXA_MECH_NTLMSSP;
    }
    if (pxa_krb5_decode(inner, &message.krb5) != PXA_OK)
        return message;
    message.ticket = message.krb5.kind == PXA_KRB5_AP_REQ;
    message.to_kdc = message.krb5.kind == PXA_KRB5_IAKERB;
    message.request = inner;
    if (message.ticket && inner.at[0] == 0x01) /* TOK_ID, two bytes */
        message.request = (struct pxa_span){inner.at + 2, inner.len - 2};
    return message;
}

/* Whether WORDS begin with libkrb5's for CODE. */
static bool says(struct pxa_span words, krb5_error_code code)
{
    const char *text = krb5_get_error_message(NULL, code);
    size_t len = text ? strlen(text) : 0;
    bool same = len > 0 && words.len >= len && memcmp(words.at, text, len) == 0;

    krb5_free_error_message(NULL, text);
    return same;
}

/* That the replay cache's file is somebody else's has a code that others have, too. */
static bool says_foreign(struct pxa_span words)
{
    static const char text[] = "Replay cache file ";

    return words.len >= sizeof text - 1 && memcmp(words.at, text, sizeof text - 1) == 0;
}

/* What WORDS, libkrb5's text of an error number, mean: OTHER, unless the table knows it. NULL: they
 * are none. */
static const struct fault_meaning *of_system(struct pxa_span words,
                                             const struct fault_meaning *other)
{
    for (int code = 1; code <= SYSTEM_CODES; code++) {
        const struct fault_meaning *meaning = fault_meaning_krb5(code);

        if (says(words, code))
            return meaning ? meaning : other;
    }
    return NULL;
}

/* The ticket is good, and the login fails all the same. No client makes this system fail. */
static const struct fault_meaning *behind_ticket(const struct exchange_outcome *outcome)
{
    const struct fault_meaning *meaning = of_system(outcome->words, &fault_replay_cache);

    if (meaning)
        return meaning;
    if (says(outcome->words, KRB5KRB_AP_ERR_REPEAT))
        return fault_meaning_krb5(KRB5KRB_AP_ERR_REPEAT);
    if (says_foreign(outcome->words))
        return &fault_replay_cache;
    return fault_meaning_gss(outcome->major);
}

/* More than libkrb5's code for it says; NULL: not even that. */
static const struct fault_meaning *of_missing_key(const struct pxa_krb5 *ticket,
                                                  const struct keys *keys)
{
    switch (fault_key_judge(ticket, keys)) {
    case FAULT_KEY_LEFT_OUT:
        return keys->by_name ? &fault_left_out : &fault_not_http;
    case FAULT_KEY_NO_ETYPE:
        return &fault_no_etype;
    case FAULT_KEY_OLD_KEYTAB:
        return &fault_old_keytab;
    case FAULT_KEY_OLD_TICKET:
        return &fault_old_ticket;
    case FAULT_KEY_NO_NAME:
    case FAULT_KEY_OTHER:
        break;
    }
    return NULL;
}

/* libkrb5 does not decrypt a ticket whose encryption type is not allowed, and says no more. That it
 * is made with this key is the KDC's choice, not the client's, but who asks a domain controller for
 * a weak one may get it. NULL: the type is allowed. */
static const struct fault_meaning *of_etype(const struct pxa_krb5 *ticket, const struct keys *keys)
{
    struct fault_etypes allowed;
    krb5_error_code code = fault_setup_etypes(&allowed);

    if (code != 0)
        return fault_meaning_krb5(code);
    if (fault_setup_allows(&allowed, ticket->ticket.etype))
        return NULL;
    return fault_key_has_better(ticket, keys, &allowed) ? fault_meaning_krb5(KRB5_NOPERM_ETYPE)
                                                        : &fault_forbidden_key;
}

/* libkrb5 puts names into its words where the keytab's key is the wrong one, and none where it is
 * what the client encrypted with its own. */
static const struct fault_meaning *of_ticket(const struct message *message, const struct keys *keys,
                                             const struct exchange_outcome *outcome)
{
    krb5_error_code code = keys ? fault_ticket(message->request, keys->memory) : 0;
    const struct fault_meaning *meaning = NULL;

    if (code == 0)
        return behind_ticket(outcome);
    if (code == KRB5KRB_AP_ERR_BAD_INTEGRITY || code == KRB5_NOPERM_ETYPE)
        meaning = of_etype(&message->krb5, keys);
    if (code == KRB5KRB_AP_ERR_BAD_INTEGRITY && says(outcome->words, code))
        code = KRB5KRB_AP_ERR_MODIFIED;
    if (code == KRB5KRB_AP_ERR_BADKEYVER || code == KRB5KRB_AP_ERR_NOKEY ||
        code == KRB5KRB_AP_ERR_NOT_US)
        meaning = of_missing_key(&message->krb5, keys);
    return meaning ? meaning : fault_meaning_krb5(code);
}

/* An IAKERB message that is well-formed fails only for want of a KDC. MIT 1.20 fails to write the
 * error that tells the client so, for it leaves a field out, and fails with that. */
static bool lacks_kdc(const struct message *message, struct pxa_span words)
{
    return message->to_kdc && (says(words, KRB5_KDC_UNREACH) || says(words, KRB5_REALM_UNKNOWN) ||
                               says(words, ASN1_MISSING_FIELD));
}

/* A KDC that cannot be asked, as its address makes no sense, is in an error number, too. */
static const struct fault_meaning *without_ticket(const struct message *message,
                                                  const struct exchange_outcome *outcome)
{
    krb5_error_code code = message->ntlm ? 0 : fault_setup();
    const struct fault_meaning *meaning;

    if (code != 0)
        return fault_meaning_krb5(code);
    if (outcome->away != EXCHANGE_NOBODY_AWAY)
        return outcome->away == EXCHANGE_FILE_AWAY ? &fault_no_file : &fault_no_domain;
    if (lacks_kdc(message, outcome->words))
        return &fault_no_kdc;
    meaning = of_system(outcome->words, message->to_kdc ? &fault_no_kdc : NULL);
    return meaning ? meaning : fault_meaning_gss(outcome->major);
}

static const struct fault_meaning *meaning_of(const struct message *message,
                                              const struct exchange_outcome *outcome,
                                              const struct keys *keys)
{
    const struct fault_meaning *meaning;

    if (outcome->setup != 0)
        meaning = fault_meaning_krb5(outcome->setup);
    else if (message->ticket)
        meaning = of_ticket(message, keys, outcome);
    else
        meaning = without_ticket(message, outcome);
    if (meaning)
        return meaning;
    return message->ntlm ? &fault_unknown_ntlm : &fault_unknown_krb5;
}

/* libgssapi has words also where it has none: of success, or of an unknown error. */
static void put_words(struct fault_remark *remark, struct pxa_span words)
{
    static const char unknown[] = "Unknown error";

    if (words.len == 0 || says(words, 0) ||
        (words.len == sizeof unknown - 1 && memcmp(words.at, unknown, words.len) == 0))
        return;
    fault_remark_put(remark, "%slibgssapi says ", remark->len > 0 ? "; " : "");
    fault_remark_put_value(remark, words);
}

/* First what to do: the end may be cut. */
static void write_remark(struct fault_remark *remark, const struct fault_meaning *meaning,
                         const struct message *message, const struct keys *keys)
{
    const char *joint = meaning->cure ? "; " : "";

    if (meaning->cure)
        fault_remark_put(remark, "%s", meaning->cure);
    if (message->ticket) {
        fault_remark_put(remark, "%s", joint);
        fault_remark_put_ticket(remark, &message->krb5);
        if (keys && meaning->key_missing)
            fault_remark_put_keys(remark, &message->krb5, keys);
    }
    if (message->to_kdc) {
        fault_remark_put(remark, "%sthe client asks for realm ", joint);
        fault_remark_put_value(remark, message->krb5.target_realm);
    }
}

void fault_tell(struct fault *fault, const struct exchange_outcome *outcome, struct pxa_span token,
                const struct keys *keys)
{
    const struct message message = read_message(token);
    const struct fault_meaning *meaning = meaning_of(&message, outcome, keys);
    struct fault_remark remark = {fault->remark, 0};

    *fault = (struct fault){.denied = !meaning->trouble,
                            .key_missing = meaning->key_missing,
                            .replay_cache = meaning == &fault_replay_cache,
                            .reason = meaning->reason};
    write_remark(&remark, meaning, &message, keys);
    put_words(&remark, outcome->words);
}
