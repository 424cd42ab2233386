/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP messages. Promised: every span lies in the message; an error leaves nothing but
 * where it is; the pairs of a good message can be walked to their end; single fields have
 * the lengths that the header promises; and a list of pairs alone either ends, or fails
 * inside, and stays so.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static bool is_empty(const struct pxa_ntlmssp *m)
{
    struct pxa_ntlmssp nothing = {.fault_at = m->fault_at};

    return m->type == 0 && m->flags == 0 && m->target.len == 0 && m->domain.len == 0 &&
           m->user.len == 0 && m->workstation.len == 0 && !m->has_version &&
           m->challenge.len == 0 && m->pairs.len == 0 && m->response == nothing.response &&
           m->lm_response.len == 0 && m->nt_response.len == 0 && m->session_key.len == 0 &&
           m->client_challenge.len == 0 && m->client_time == 0 && m->mic.len == 0 &&
           m->channel_binding.len == 0 && m->target_spn.len == 0;
}

static void check_places(const struct pxa_ntlmssp *m, struct pxa_span message)
{
    PROMISE(fuzz_within(m->target, message) && fuzz_within(m->domain, message));
    PROMISE(fuzz_within(m->user, message) && fuzz_within(m->workstation, message));
    PROMISE(fuzz_within(m->challenge, message) && fuzz_within(m->pairs, message));
    PROMISE(fuzz_within(m->lm_response, message) && fuzz_within(m->nt_response, message));
    PROMISE(fuzz_within(m->session_key, message) && fuzz_within(m->mic, message));
    PROMISE(fuzz_within(m->client_challenge, message));
    PROMISE(fuzz_within(m->channel_binding, m->pairs) && fuzz_within(m->target_spn, m->pairs));
}

static enum pxa_status walk(struct pxa_span pairs)
{
    struct pxa_cursor cursor = {pairs, 0};
    struct pxa_ntlm_pair pair;
    enum pxa_status status;
    size_t at;

    while ((status = pxa_ntlm_pair_next(&cursor, &pair)) == PXA_OK) {
        PROMISE(pair.id != PXA_PAIR_END && fuzz_within(pair.value, pairs));
        PROMISE(cursor.at <= pairs.len);
    }
    at = cursor.at;
    PROMISE(status == PXA_END || status == PXA_BAD_NTLM_PAIRS);
    PROMISE(at <= pairs.len);
    PROMISE(pxa_ntlm_pair_next(&cursor, &pair) == status && cursor.at == at);
    PROMISE(pair.id == 0 && pair.value.len == 0);
    return status;
}

static void check_good(const struct pxa_ntlmssp *m, struct pxa_span message)
{
    PROMISE(m->fault_at == 0 && m->type >= 1 && m->type <= 3);
    check_places(m, message);
    PROMISE(walk(m->pairs) == PXA_END);
    PROMISE(m->challenge.len == (m->type == 2 ? 8 : 0));
    PROMISE(m->mic.len == 0 || m->mic.len == 16);
    PROMISE(m->channel_binding.len == 0 || m->channel_binding.len == 16);
    PROMISE(m->client_challenge.len ==
            (m->response == PXA_NTLM_V2 || m->response == PXA_NTLM_V1_SESSION ? 8 : 0));
    PROMISE(m->charset == PXA_UTF16LE || m->charset == PXA_OTHER_CHARSET);
    if (m->type != 3)
        PROMISE(m->response == PXA_NTLM_NO_RESPONSE && m->user.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span message = fuzz_span(data, size);
    struct pxa_ntlmssp m;
    enum pxa_status status;

    memset(&m, 0x5a, sizeof m);
    status = pxa_ntlmssp_decode(message, &m);
    if (status == PXA_OK)
        check_good(&m, message);
    else
        PROMISE(is_empty(&m) && m.fault_at <= size);
    PROMISE((status == PXA_EMPTY) == (size == 0));
    (void)walk(message);
    return 0;
}
