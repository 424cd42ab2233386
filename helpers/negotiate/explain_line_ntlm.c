/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP messages: the names, how the password is proved, and the flags.
 */
#include <config.h>

#include "helpers/negotiate/explain_line_private.h"

#include <inttypes.h>

static const struct {
    uint32_t bit;
    const char *name; /* [MS-NLMP] 2.2.2.5, without NTLMSSP_ and NEGOTIATE_ */
} flag_names[] = {
    {PXA_NTLM_FLAG_UNICODE, "UNICODE"},
    {PXA_NTLM_FLAG_OEM, "OEM"},
    {PXA_NTLM_FLAG_REQUEST_TARGET, "REQUEST_TARGET"},
    {PXA_NTLM_FLAG_SIGN, "SIGN"},
    {PXA_NTLM_FLAG_SEAL, "SEAL"},
    {PXA_NTLM_FLAG_LM_KEY, "LM_KEY"},
    {PXA_NTLM_FLAG_NTLM, "NTLM"},
    {PXA_NTLM_FLAG_ANONYMOUS, "ANONYMOUS"},
    {PXA_NTLM_FLAG_DOMAIN_SUPPLIED, "OEM_DOMAIN_SUPPLIED"},
    {PXA_NTLM_FLAG_WORKSTATION_SUPPLIED, "OEM_WORKSTATION_SUPPLIED"},
    {PXA_NTLM_FLAG_ALWAYS_SIGN, "ALWAYS_SIGN"},
    {PXA_NTLM_FLAG_TARGET_DOMAIN, "TARGET_TYPE_DOMAIN"},
    {PXA_NTLM_FLAG_TARGET_SERVER, "TARGET_TYPE_SERVER"},
    {PXA_NTLM_FLAG_EXTENDED_SECURITY, "EXTENDED_SESSIONSECURITY"},
    {PXA_NTLM_FLAG_TARGET_INFO, "TARGET_INFO"},
    {PXA_NTLM_FLAG_VERSION, "VERSION"},
    {PXA_NTLM_FLAG_128, "128"},
    {PXA_NTLM_FLAG_KEY_EXCHANGE, "KEY_EXCH"},
    {PXA_NTLM_FLAG_56, "56"},
};

static void put_flags(struct line_text *line, uint32_t flags)
{
    bool first = true;

    line_text_put(line, ", flags 0x%08" PRIx32, flags);
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++) {
        if (!(flags & flag_names[i].bit))
            continue;
        line_text_put(line, "%s%s", first ? " (" : " ", flag_names[i].name);
        first = false;
    }
    line_text_put(line, "%s", first ? "" : ")");
}

static void put_version(struct line_text *line, const struct pxa_ntlmssp *ntlm)
{
    if (ntlm->has_version)
        line_text_put(line, ", version %u.%u.%u", ntlm->version_major, ntlm->version_minor,
                      ntlm->version_build);
}

/* ---- CHALLENGE ---- */

static const char *pair_label(unsigned id)
{
    switch (id) {
    case PXA_PAIR_COMPUTER:
        return "computer";
    case PXA_PAIR_DOMAIN:
        return "domain";
    case PXA_PAIR_DNS_COMPUTER:
        return "DNS name";
    case PXA_PAIR_DNS_DOMAIN:
        return "DNS domain";
    case PXA_PAIR_DNS_FOREST:
        return "forest";
    default:
        return NULL;
    }
}

static void put_challenge(struct line_text *line, const struct pxa_ntlmssp *ntlm)
{
    struct pxa_cursor cursor = {ntlm->pairs, 0};
    struct pxa_ntlm_pair pair;

    line_text_put_name(line, "target", ntlm->target, ntlm->charset);
    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK) {
        const char *label = pair_label(pair.id);

        if (label)
            line_text_put_name(line, label, pair.value, PXA_UTF16LE);
        else if (pair.id == PXA_PAIR_TIME)
            line_text_put(line, ", with a time");
    }
}

/* ---- AUTHENTICATE ---- */

static const char *response_name(enum pxa_ntlm_response response)
{
    switch (response) {
    case PXA_NTLM_IS_ANONYMOUS:
        return "anonymous";
    case PXA_NTLM_LM:
        return "LM";
    case PXA_NTLM_V1:
        return "NTLMv1";
    case PXA_NTLM_V1_SESSION:
        return "NTLMv1 with extended session security";
    case PXA_NTLM_V2:
        return "NTLMv2";
    case PXA_NTLM_UNCLEAR:
        return "a response of no known version";
    case PXA_NTLM_NO_RESPONSE:
        break;
    }
    return "no response";
}

static void put_authenticate(struct line_text *line, const struct pxa_ntlmssp *ntlm)
{
    line_text_put_name(line, "user", ntlm->user, ntlm->charset);
    line_text_put_name(line, "domain", ntlm->domain, ntlm->charset);
    line_text_put_name(line, "workstation", ntlm->workstation, ntlm->charset);
    line_text_put(line, ", %s, %s MIC", response_name(ntlm->response),
                  ntlm->mic.len > 0 ? "with" : "without");
    line_text_put_name(line, "target", ntlm->target_spn, PXA_UTF16LE);
    if (ntlm->channel_binding.len > 0)
        line_text_put(line, ", with channel binding");
}

void explain_line_ntlm(struct line_text *line, struct pxa_span message)
{
    static const char *const names[] = {"", "NEGOTIATE", "CHALLENGE", "AUTHENTICATE"};
    struct pxa_ntlmssp ntlm;
    enum pxa_status status = pxa_ntlmssp_decode(message, &ntlm);

    if (status != PXA_OK) {
        line_text_put(line, "NTLM message, ");
        explain_line_fault(line, "message", status, ntlm.fault_at, message.len);
        return;
    }
    line_text_put(line, "NTLM %s", names[ntlm.type]);
    if (ntlm.type == 1) {
        line_text_put_name(line, "domain", ntlm.domain, ntlm.charset);
        line_text_put_name(line, "workstation", ntlm.workstation, ntlm.charset);
    } else if (ntlm.type == 2) {
        put_challenge(line, &ntlm);
    } else {
        put_authenticate(line, &ntlm);
    }
    put_version(line, &ntlm);
    put_flags(line, ntlm.flags);
}
