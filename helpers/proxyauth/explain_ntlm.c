/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLM: which of the three messages, who, from which computer, and how the password is proved.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const struct {
    uint32_t bit;
    const char *name;
} flag_names[] = {
    {PXA_NTLM_FLAG_UNICODE, "unicode"},
    {PXA_NTLM_FLAG_OEM, "oem"},
    {PXA_NTLM_FLAG_REQUEST_TARGET, "request_target"},
    {PXA_NTLM_FLAG_SIGN, "sign"},
    {PXA_NTLM_FLAG_SEAL, "seal"},
    {PXA_NTLM_FLAG_LM_KEY, "lm_key"},
    {PXA_NTLM_FLAG_NTLM, "ntlm"},
    {PXA_NTLM_FLAG_ANONYMOUS, "anonymous"},
    {PXA_NTLM_FLAG_DOMAIN_SUPPLIED, "domain_supplied"},
    {PXA_NTLM_FLAG_WORKSTATION_SUPPLIED, "workstation_supplied"},
    {PXA_NTLM_FLAG_ALWAYS_SIGN, "always_sign"},
    {PXA_NTLM_FLAG_TARGET_DOMAIN, "target_is_domain"},
    {PXA_NTLM_FLAG_TARGET_SERVER, "target_is_server"},
    {PXA_NTLM_FLAG_EXTENDED_SECURITY, "extended_session_security"},
    {PXA_NTLM_FLAG_TARGET_INFO, "target_info"},
    {PXA_NTLM_FLAG_VERSION, "version"},
    {PXA_NTLM_FLAG_128, "128_bit"},
    {PXA_NTLM_FLAG_KEY_EXCHANGE, "key_exchange"},
    {PXA_NTLM_FLAG_56, "56_bit"},
};

static void flags(struct report *report, uint32_t bits)
{
    char hex[16];
    uint32_t others = bits;

    report_list(report, "flags");
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++) {
        if (bits & flag_names[i].bit)
            report_word(report, NULL, flag_names[i].name);
        others &= ~flag_names[i].bit;
    }
    if (others) {
        (void)snprintf(hex, sizeof hex, "0x%08" PRIx32, others);
        report_word(report, NULL, hex);
    }
    report_end(report);
}

static void version(struct report *report, const struct pxa_ntlmssp *message)
{
    const char *release = explain_windows_release(message);
    char text[32];

    if (!message->has_version)
        return;
    (void)snprintf(text, sizeof text, "%u.%u.%u", message->version_major, message->version_minor,
                   message->version_build);
    report_word(report, "version", text);
    if (release[0])
        report_word(report, "version_of", release);
}

/* 100 ns since 1601 as UTC. */
static void time_field(struct report *report, const char *name, uint64_t ticks)
{
    const uint64_t per_second = 10000000;
    const uint64_t unix_epoch_s = 11644473600;
    time_t seconds;
    struct tm tm;
    char text[40];

    if (ticks / per_second < unix_epoch_s)
        return;
    seconds = (time_t)(ticks / per_second - unix_epoch_s);
    if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm) > 0)
        report_word(report, name, text);
}

/* ---- target info ---- */

static uint64_t little_endian(struct pxa_span bytes)
{
    uint64_t value = 0;

    for (size_t i = bytes.len < 8 ? bytes.len : 8; i > 0; i--)
        value = value << 8 | (unsigned char)bytes.at[i - 1];
    return value;
}

static const char *pair_name(unsigned id)
{
    switch (id) {
    case PXA_PAIR_COMPUTER:
        return "server_netbios_name";
    case PXA_PAIR_DOMAIN:
        return "domain_netbios_name";
    case PXA_PAIR_DNS_COMPUTER:
        return "server_dns_name";
    case PXA_PAIR_DNS_DOMAIN:
        return "domain_dns_name";
    case PXA_PAIR_DNS_FOREST:
        return "forest_dns_name";
    default:
        return NULL;
    }
}

/* The names of the server that the challenge, or the answer to it, holds; each once, so that no
 * name stands twice in an object. */
static void pairs(struct explain *explain, const struct pxa_ntlmssp *message)
{
    struct pxa_cursor cursor = {message->pairs, 0};
    struct pxa_ntlm_pair pair;
    uint32_t seen = 0;

    report_group(explain->report, "target_info");
    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK) {
        const char *name = pair_name(pair.id);

        if (pair.id >= 32 || (seen & UINT32_C(1) << pair.id))
            continue;
        seen |= UINT32_C(1) << pair.id;
        if (name)
            explain_ntlm_name(explain, name, pair.value, PXA_UTF16LE);
        else if (pair.id == PXA_PAIR_TIME)
            time_field(explain->report, "server_time", little_endian(pair.value));
    }
    report_end(explain->report);
}

/* ---- type 3 ---- */

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
        return "unclear";
    case PXA_NTLM_NO_RESPONSE:
        break;
    }
    return "none";
}

static void response_remark(struct report *report, enum pxa_ntlm_response response)
{
    if (response == PXA_NTLM_IS_ANONYMOUS) {
        report_remark(report, REPORT_WARNING, "anonymous",
                      "The client logs in as nobody: it runs as a service or has no user's "
                      "password to use.");
    } else if (response == PXA_NTLM_UNCLEAR) {
        report_remark(report, REPORT_WARNING, "unclear_response",
                      "The lengths of the responses are those of no known version of NTLM.");
    } else if (response >= PXA_NTLM_LM && response <= PXA_NTLM_V1_SESSION) {
        report_remark(report, REPORT_WARNING, "ntlmv1",
                      "%s is broken: who sees this exchange can compute the password's hash, "
                      "and log in with it. Newer domain controllers refuse it.",
                      response_name(response));
        report_check(report, "On the client: LmCompatibilityLevel of 3 or more (5 on domain "
                             "controllers), or a newer program.");
    }
}

static void integrity(struct explain *explain, const struct pxa_ntlmssp *message)
{
    struct report *report = explain->report;

    report_flag(report, "mic", message->mic.len > 0);
    report_flag(report, "channel_binding", message->channel_binding.len > 0);
    if (message->target_spn.len > 0)
        explain_ntlm_name(explain, "target_spn", message->target_spn, PXA_UTF16LE);
    time_field(report, "client_time", message->client_time);
    if (message->response == PXA_NTLM_V2 && message->mic.len == 0)
        report_remark(report, REPORT_NOTE, "no_mic",
                      "There is no MIC, so that somebody between client and proxy could have "
                      "changed the earlier messages.");
}

static void authenticate(struct explain *explain, const struct pxa_ntlmssp *message)
{
    struct report *report = explain->report;

    explain_ntlm_name(explain, "domain", message->domain, message->charset);
    explain_ntlm_name(explain, "user", message->user, message->charset);
    explain_ntlm_name(explain, "workstation", message->workstation, message->charset);
    report_word(report, "response_kind", response_name(message->response));
    if (message->lm_response.len > 0)
        report_secret(report, "lm_response", message->lm_response);
    if (message->nt_response.len > 0)
        report_secret(report, "nt_response", message->nt_response);
    if (message->session_key.len > 0)
        report_secret(report, "session_key", message->session_key);
    integrity(explain, message);
    response_remark(report, message->response);
    if (message->domain.len == 0 && message->user.len > 0)
        report_remark(report, REPORT_NOTE, "no_domain",
                      "The user named no domain: the server takes its own, or the name has the "
                      "form user@domain.");
}

/* ---- all types ---- */

static const char *type_name(unsigned type)
{
    switch (type) {
    case 1:
        return "negotiate (the client begins)";
    case 2:
        return "challenge (the server's answer)";
    default:
        return "authenticate (the client proves its password)";
    }
}

static void by_type(struct explain *explain, const struct pxa_ntlmssp *message)
{
    struct report *report = explain->report;

    if (message->type == 3) {
        authenticate(explain, message);
    } else if (message->type == 2) {
        explain_ntlm_name(explain, "target", message->target, message->charset);
    } else {
        if (message->domain.len > 0)
            explain_ntlm_name(explain, "domain", message->domain, message->charset);
        if (message->workstation.len > 0)
            explain_ntlm_name(explain, "workstation", message->workstation, message->charset);
        report_remark(report, REPORT_NOTE, "no_user_yet",
                      "This first message does not say who logs in; the third one does.");
    }
    version(report, message);
    if (message->pairs.len > 0)
        pairs(explain, message);
    flags(report, message->flags);
}

void explain_ntlm(struct explain *explain, struct pxa_span message, struct exchange_login *login)
{
    struct pxa_ntlmssp ntlm;
    enum pxa_status status = pxa_ntlmssp_decode(message, &ntlm);

    report_group(explain->report, "ntlm");
    if (status == PXA_OK) {
        login->ntlm_type = ntlm.type;
        report_number(explain->report, "type", ntlm.type);
        report_word(explain->report, "message", type_name(ntlm.type));
        by_type(explain, &ntlm);
    } else {
        struct fault fault = {"NTLMSSP message", status, ntlm.fault_at, message, true, false};

        explain_fault(explain, &fault);
    }
    report_end(explain->report);
}
