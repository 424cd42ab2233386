/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The NTLM acceptor. The input is a byte that sets the policy, and steps: a byte of flags, a length
 * of two bytes, low byte first, and a token. Promised: nobody is let in without the account's hash;
 * every answer is whole, in bounds and says why; what ended a dialogue ended it.
 *
 * As no input can hold a right response to a random challenge, a flag asks for one: the target then
 * plays the client that knows the password, and puts proof and MIC where the token has room for
 * them.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "common/nettle_shim.h"
#include "helpers/ntlm/acceptor.h"
#include "helpers/ntlm/names.h"
#include "helpers/ntlm/sign.h"
#include "helpers/ntlm/utf16.h"

/* The first byte */
enum { ALLOW_V1 = 1, LIST_DOMAINS = 2, NO_ACCOUNTS = 4 };
/* A step's */
enum { BEGIN = 1, PROVE = 2, PUT_MIC = 4 };

enum { REPLY_MAX = 4096, STEP_HEAD = 3 };

/* 2026-01-01. Seeds hold it as the pair of the time. */
#define NOW UINT64_C(134116992000000000)

/* OpenSSL's MD4 of "secret" in UTF-16 */
static const unsigned char secret_hash[NT_HASH_LEN] = {
    0x87, 0x8d, 0x80, 0x14, 0x60, 0x6c, 0xda, 0x29, 0x67, 0x7a, 0x44, 0xef, 0xa1, 0x35, 0x3f, 0xc7};

/* An NTLMSSP message of the dialogue. */
struct kept {
    char bytes[UINT16_MAX];
    size_t len;
};

struct target {
    struct ntlm_policy policy;
    struct acceptor *acceptor;
    struct upper *upper;
    bool no_accounts;
    bool proved; /* the token of this step was given a right proof */
    struct kept negotiate;
    struct kept challenge;
    struct names names;
};

static enum ntlm_lookup look_up(void *context, struct pxa_span user, struct pxa_span domain,
                                struct ntlm_account *out)
{
    const struct target *target = context;

    PROMISE(user.len > 0 && user.len <= ACCEPTOR_NAME_MAX && domain.len <= ACCEPTOR_NAME_MAX);
    PROMISE(pxa_charset_of(user) != PXA_OTHER_CHARSET);
    PROMISE(pxa_charset_of(domain) != PXA_OTHER_CHARSET);
    if (target->no_accounts)
        return NTLM_LOOKUP_UNAVAILABLE;
    if (!pxa_name_is(user, "alice"))
        return NTLM_LOOKUP_NONE;
    memcpy(out->nt_hash, secret_hash, NT_HASH_LEN);
    out->name = (struct pxa_span){"alice", 5};
    return NTLM_LOOKUP_FOUND;
}

/* The NTLMSSP message in a token; empty if there is none. */
static struct pxa_span message_in(struct pxa_span token)
{
    struct pxa_negotiate opened;

    if (pxa_negotiate_decode(token, &opened) == PXA_OK && opened.mech == PXA_MECH_NTLMSSP)
        return opened.inner;
    return (struct pxa_span){NULL, 0};
}

static void keep(struct kept *kept, struct pxa_span token)
{
    struct pxa_span message = message_in(token);

    PROMISE(message.len <= sizeof kept->bytes);
    if (message.len > 0)
        memcpy(kept->bytes, message.at, message.len);
    kept->len = message.len;
}

static void update(struct hmac_md5_ctx *hmac, const char *bytes, size_t len)
{
    hmac_md5_update(hmac, len, (const uint8_t *)bytes);
}

static void ntowf_v2(const struct target *target, unsigned char out[NTLM_KEY_LEN])
{
    struct pxa_span user = target->names.sent_user;
    struct pxa_span domain = target->names.sent_domain;
    unsigned char units[UTF16_MAX];
    struct hmac_md5_ctx hmac;

    hmac_md5_set_key(&hmac, NT_HASH_LEN, secret_hash);
    while (user.len > 0)
        hmac_md5_update(&hmac, utf16_write(upper_of(target->upper, utf16_take(&user)), units),
                        units);
    while (domain.len > 0)
        hmac_md5_update(&hmac, utf16_write(utf16_take(&domain), units), units);
    nettle_shim_hmac_md5_digest(&hmac, out);
}

/* The proof, at its place in TEXT; KEY is the session's. */
static void put_proof(const struct target *target, char *text, const struct pxa_ntlmssp *message,
                      unsigned char key[NTLM_KEY_LEN])
{
    char *proof = text + (message->nt_response.at - text);
    struct hmac_md5_ctx hmac;
    unsigned char owf[NTLM_KEY_LEN];

    ntowf_v2(target, owf);
    hmac_md5_set_key(&hmac, NTLM_KEY_LEN, owf);
    update(&hmac, target->challenge.bytes + 24, NTLM_CHALLENGE_LEN);
    update(&hmac, proof + 16, message->nt_response.len - 16);
    nettle_shim_hmac_md5_digest(&hmac, (uint8_t *)proof);
    update(&hmac, proof, 16);
    nettle_shim_hmac_md5_digest(&hmac, owf);
    if (!sign_session_key(message, message->flags, owf, key))
        memset(key, 0, NTLM_KEY_LEN);
}

static void put_mic(const struct target *target, char *text, size_t len,
                    const struct pxa_ntlmssp *message, const unsigned char key[NTLM_KEY_LEN])
{
    char *mic = text + (message->mic.at - text);
    struct hmac_md5_ctx hmac;

    memset(mic, 0, SIGN_MIC_LEN);
    hmac_md5_set_key(&hmac, NTLM_KEY_LEN, key);
    update(&hmac, target->negotiate.bytes, target->negotiate.len);
    update(&hmac, target->challenge.bytes, target->challenge.len);
    update(&hmac, text, len);
    nettle_shim_hmac_md5_digest(&hmac, (uint8_t *)mic);
}

/* Makes a type 3 message right. Where its fields overlap, it may come out wrong again. */
static void prove(struct target *target, char *token, size_t len, unsigned flags)
{
    struct pxa_span inner = message_in((struct pxa_span){token, len});
    unsigned char key[NTLM_KEY_LEN];
    struct pxa_ntlmssp message;
    char *text;

    if (inner.len == 0 || pxa_ntlmssp_decode(inner, &message) != PXA_OK ||
        message.response != PXA_NTLM_V2 || target->challenge.len < 32 ||
        !names_read(&target->names, &message))
        return;
    text = token + (inner.at - token);
    put_proof(target, text, &message, key);
    if ((flags & PUT_MIC) != 0 && message.mic.len > 0)
        put_mic(target, text, inner.len, &message, key);
    target->proved = true;
}

static void check_text(struct pxa_span text)
{
    PROMISE(text.len <= ACCEPTOR_NAME_MAX);
    PROMISE(pxa_charset_of(text) != PXA_OTHER_CHARSET);
    for (size_t i = 0; i < text.len; i++)
        PROMISE((unsigned char)text.at[i] >= 0x20 && text.at[i] != 0x7f);
}

static void check_reply(struct pxa_span token, enum acceptor_result result)
{
    struct pxa_negotiate reply;

    PROMISE(token.len <= REPLY_MAX);
    PROMISE(token.len > 0 || result != ACCEPTOR_CONTINUE);
    if (token.len == 0)
        return;
    PROMISE(pxa_negotiate_decode(token, &reply) == PXA_OK);
    if (reply.kind == PXA_TOKEN_NTLMSSP)
        PROMISE(result == ACCEPTOR_CONTINUE);
    else
        PROMISE(reply.kind == PXA_TOKEN_SPNEGO_RESP);
    if (reply.kind == PXA_TOKEN_SPNEGO_RESP)
        PROMISE((reply.neg_state == PXA_NEG_ACCEPT_COMPLETED) == (result == ACCEPTOR_OK));
}

static void check_answer(const struct target *target, const struct acceptor_answer *answer)
{
    bool says_why = answer->result == ACCEPTOR_DENIED || answer->result == ACCEPTOR_UNAVAILABLE;

    PROMISE(answer->reason != NULL && answer->detail != NULL);
    PROMISE((answer->reason[0] != '\0') == says_why);
    PROMISE(answer->detail[0] == '\0' || says_why);
    check_text(answer->user);
    check_text(answer->domain);
    check_reply(answer->token, answer->result);
    if (answer->result != ACCEPTOR_OK)
        return;
    PROMISE(target->proved && !target->no_accounts);
    PROMISE(fuzz_same(answer->user, (struct pxa_span){"alice", 5}));
    PROMISE(answer->response == PXA_NTLM_V2);
}

/* A dialogue that has ended denies whatever comes. */
static void check_end(struct target *target, struct pxa_span token)
{
    struct acceptor_answer answer;

    acceptor_step(target->acceptor, token, NOW, &answer);
    PROMISE(answer.result == ACCEPTOR_DENIED && answer.token.len == 0);
}

static void step(struct target *target, unsigned flags, const uint8_t *data, size_t size)
{
    char *block = fuzz_block(size);
    struct pxa_span token = {block, size};
    struct acceptor_answer answer;

    if (size > 0)
        memcpy(block, data, size);
    target->proved = false;
    if ((flags & PROVE) != 0)
        prove(target, block, size, flags);
    if ((flags & BEGIN) != 0)
        acceptor_begin(target->acceptor, token, NOW, &answer);
    else
        acceptor_step(target->acceptor, token, NOW, &answer);
    check_answer(target, &answer);
    if (answer.result == ACCEPTOR_CONTINUE) {
        keep(&target->negotiate, token);
        keep(&target->challenge, answer.token);
    } else {
        check_end(target, token);
    }
    free(block);
}

static void steps(struct target *target, const uint8_t *data, size_t size)
{
    while (size >= STEP_HEAD) {
        size_t len = data[1] | (size_t)data[2] << 8;
        unsigned flags = data[0];

        data += STEP_HEAD;
        size -= STEP_HEAD;
        if (len > size)
            len = size;
        step(target, flags, data, len);
        data += len;
        size -= len;
    }
}

static char listed[] = "LAB";
static char *list[] = {listed};
static const struct option_list domains = {list, 1};

/* Made once: a locale takes longer to open than most dialogues take. */
static void set_up(struct target *target)
{
    if (target->acceptor)
        return;
    target->acceptor = acceptor_new(&target->policy);
    target->upper = upper_new();
    PROMISE(target->acceptor != NULL && target->upper != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct target target;
    unsigned policy = size > 0 ? data[0] : 0;

    target.policy = (struct ntlm_policy){.lookup = look_up,
                                         .context = &target,
                                         .allow_ntlmv1 = (policy & ALLOW_V1) != 0,
                                         .domains = (policy & LIST_DOMAINS) != 0 ? &domains : NULL,
                                         .computer = "PROXY",
                                         .domain = "LAB",
                                         .dns_name = "proxy.lab.example"};
    target.no_accounts = (policy & NO_ACCOUNTS) != 0;
    target.challenge.len = 0;
    target.negotiate.len = 0;
    set_up(&target);
    if (size > 1)
        steps(&target, data + 1, size - 1);
    acceptor_step(target.acceptor, (struct pxa_span){NULL, 0}, NOW, &(struct acceptor_answer){0});
    check_end(&target, (struct pxa_span){NULL, 0}); /* the next input begins anew */
    return 0;
}
