/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP messages, [MS-NLMP] section 2.2.1: a header of fixed fields, some of which say
 * where in the rest, the payload, a name or response lies. Over the years the header grew
 * at its end, and no length tells how long it is: it ends where the payload begins, which
 * is at the lowest offset of a field that is not empty. (An offset into the part that every
 * version has tells nothing.)
 * Cannot do: verify a response or MIC, or convert names.
 */
#include <config.h>

#include "common/le.h"
#include "common/ntlm.h"

enum { SIGNATURE_LEN = sizeof NTLM_SIGNATURE, TYPE_AT = 8, TYPE_END = 12 };
enum { FIELD_LEN = 8, VERSION_LEN = 8 };

/* Type 1: where things are, and the shortest headers. */
enum { NEGOTIATE_FLAGS = 12, NEGOTIATE_DOMAIN = 16, NEGOTIATE_WORKSTATION = 24 };
enum { NEGOTIATE_VERSION = 32 };

/* Type 2 */
enum { CHALLENGE_TARGET = 12, CHALLENGE_FLAGS = 20, CHALLENGE_CHALLENGE = 24 };
enum { CHALLENGE_MIN = 32, CHALLENGE_INFO = 40, CHALLENGE_VERSION = 48 };

/* Type 3 */
enum { AUTH_LM = 12, AUTH_NT = 20, AUTH_DOMAIN = 28, AUTH_USER = 36, AUTH_WORKSTATION = 44 };
enum { AUTH_MIN = 52, AUTH_KEY = 52, AUTH_FLAGS = 60, AUTH_VERSION = 64, AUTH_MIC = 72 };

enum { MIC_LEN = 16, BINDING_LEN = 16 };

enum { HAS_MIC = 2 }; /* of the pair MsvAvFlags */

/* Goes through a message. The first error stays; what is read after it does not count. */
struct reader {
    struct pxa_span message;
    size_t header_min; /* what every version of this type has */
    size_t header_len; /* as far as is known from the fields read so far */
    enum pxa_status status;
    size_t fault_at;
};

static void fail(struct reader *reader, enum pxa_status status, size_t at)
{
    if (reader->status != PXA_OK)
        return;
    reader->status = status;
    reader->fault_at = at;
}

/* Whether the header reaches from its begin to `end`. */
static bool has_header(const struct reader *reader, size_t end)
{
    return reader->header_len >= end;
}

/* What the field at byte `at` of the header points to. An empty one may point anywhere. */
static struct pxa_span read_field(struct reader *reader, size_t at)
{
    size_t len = le16(reader->message, at);
    size_t offset = le32(reader->message, at + 4);

    if (len == 0)
        return span_of(NULL, 0);
    if (!le_has(reader->message, offset, len)) {
        fail(reader, PXA_BAD_NTLM_FIELD, at);
        return span_of(NULL, 0);
    }
    if (offset >= reader->header_min && offset < reader->header_len)
        reader->header_len = offset;
    return span_of(reader->message.at + offset, len);
}

static void read_version(struct reader *reader, size_t at, struct pxa_ntlmssp *out)
{
    if ((out->flags & PXA_NTLM_FLAG_VERSION) == 0 || !has_header(reader, at + VERSION_LEN))
        return;
    out->has_version = true;
    out->version_major = le8(reader->message, at);
    out->version_minor = le8(reader->message, at + 1);
    out->version_build = le16(reader->message, at + 2);
}

static void set_charset(struct pxa_ntlmssp *out)
{
    bool unicode = (out->flags & PXA_NTLM_FLAG_UNICODE) != 0;

    out->charset = unicode ? PXA_UTF16LE : PXA_OTHER_CHARSET;
}

/* Old clients send no names, 16 bytes, or no version, 32 bytes. A field without its flag
 * is to be ignored, whatever it holds. */
static void read_negotiate(struct reader *reader, struct pxa_ntlmssp *out)
{
    size_t len = reader->message.len;

    if (len < NEGOTIATE_DOMAIN || (len > NEGOTIATE_DOMAIN && len < NEGOTIATE_VERSION)) {
        fail(reader, PXA_CUT, len);
        return;
    }
    reader->header_min = NEGOTIATE_VERSION; /* if there are names at all */
    out->charset = PXA_OTHER_CHARSET;
    out->flags = le32(reader->message, NEGOTIATE_FLAGS);
    if ((out->flags & PXA_NTLM_FLAG_DOMAIN_SUPPLIED) != 0)
        out->domain = read_field(reader, NEGOTIATE_DOMAIN);
    if ((out->flags & PXA_NTLM_FLAG_WORKSTATION_SUPPLIED) != 0)
        out->workstation = read_field(reader, NEGOTIATE_WORKSTATION);
    read_version(reader, NEGOTIATE_VERSION, out);
}

/* Makes sure that walking the pairs, which lie in the message, ends well. */
static void check_pairs(struct reader *reader, struct pxa_span pairs)
{
    struct pxa_cursor cursor = {pairs, 0};
    struct pxa_ntlm_pair pair;
    enum pxa_status status;

    do
        status = pxa_ntlm_pair_next(&cursor, &pair);
    while (status == PXA_OK);
    if (status != PXA_END)
        fail(reader, status, (size_t)(pairs.at - reader->message.at) + cursor.at);
}

static void read_challenge(struct reader *reader, struct pxa_ntlmssp *out)
{
    bool has_info;

    if (reader->message.len < CHALLENGE_MIN) {
        fail(reader, PXA_CUT, reader->message.len);
        return;
    }
    reader->header_min = CHALLENGE_MIN;
    out->flags = le32(reader->message, CHALLENGE_FLAGS);
    set_charset(out);
    out->target = read_field(reader, CHALLENGE_TARGET);
    out->challenge = span_of(reader->message.at + CHALLENGE_CHALLENGE, NTLM_CHALLENGE_LEN);
    has_info = (out->flags & PXA_NTLM_FLAG_TARGET_INFO) != 0 &&
               has_header(reader, CHALLENGE_INFO + FIELD_LEN);
    if (has_info)
        out->pairs = read_field(reader, CHALLENGE_INFO);
    check_pairs(reader, out->pairs);
    read_version(reader, CHALLENGE_VERSION, out);
}

/* Keeps what one pair of an NTLMv2 response says, if no earlier one did. Returns the
 * MsvAvFlags, if it is they, else 0. */
static uint32_t keep_pair(struct pxa_ntlm_pair pair, struct pxa_ntlmssp *out)
{
    if (pair.id == PXA_PAIR_FLAGS && pair.value.len == 4)
        return le32(pair.value, 0);
    if (pair.id == PXA_PAIR_TARGET && out->target_spn.len == 0)
        out->target_spn = pair.value;
    if (pair.id == PXA_PAIR_CHANNEL && out->channel_binding.len == 0 &&
        pair.value.len == BINDING_LEN && !ntlm_is_zero(pair.value))
        out->channel_binding = pair.value;
    return 0;
}

static void read_v2(struct reader *reader, struct pxa_ntlmssp *out)
{
    struct pxa_span nt = out->nt_response;
    struct pxa_cursor cursor;
    struct pxa_ntlm_pair pair;
    uint32_t av_flags = 0;

    out->client_time = le64(nt, NTLM_V2_TIME);
    out->client_challenge = span_cut(nt, NTLM_V2_CHALLENGE, NTLM_V2_CHALLENGE + NTLM_CHALLENGE_LEN);
    out->pairs = span_cut(nt, NTLM_V2_PAIRS, nt.len);
    check_pairs(reader, out->pairs);
    cursor = (struct pxa_cursor){out->pairs, 0};
    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK)
        av_flags |= keep_pair(pair, out);
    if ((av_flags & HAS_MIC) != 0 && has_header(reader, AUTH_MIC + MIC_LEN))
        out->mic = span_of(reader->message.at + AUTH_MIC, MIC_LEN);
}

static void read_authenticate(struct reader *reader, struct pxa_ntlmssp *out)
{
    if (reader->message.len < AUTH_MIN) {
        fail(reader, PXA_CUT, reader->message.len);
        return;
    }
    reader->header_min = AUTH_MIN;
    out->lm_response = read_field(reader, AUTH_LM);
    out->nt_response = read_field(reader, AUTH_NT);
    out->domain = read_field(reader, AUTH_DOMAIN);
    out->user = read_field(reader, AUTH_USER);
    out->workstation = read_field(reader, AUTH_WORKSTATION);
    if (has_header(reader, AUTH_KEY + FIELD_LEN))
        out->session_key = read_field(reader, AUTH_KEY);
    if (has_header(reader, AUTH_FLAGS + 4))
        out->flags = le32(reader->message, AUTH_FLAGS);
    set_charset(out);
    read_version(reader, AUTH_VERSION, out);
    out->response = ntlm_response_of(out);
    if (out->response == PXA_NTLM_V1_SESSION)
        out->client_challenge = span_cut(out->lm_response, 0, NTLM_CHALLENGE_LEN);
    if (out->response == PXA_NTLM_V2)
        read_v2(reader, out);
}

/* Checks the signature and reads the type. */
static unsigned read_type(struct reader *reader)
{
    struct pxa_span message = reader->message;
    uint32_t type = le32(message, TYPE_AT);

    for (size_t i = 0; i < SIGNATURE_LEN && i < message.len; i++)
        if (message.at[i] != NTLM_SIGNATURE[i])
            fail(reader, PXA_UNKNOWN_TOKEN, i);
    if (message.len < TYPE_END)
        fail(reader, PXA_CUT, message.len);
    if (type < 1 || type > 3)
        fail(reader, PXA_BAD_NTLM_TYPE, TYPE_AT);
    return type;
}

enum pxa_status pxa_ntlmssp_decode(struct pxa_span message, struct pxa_ntlmssp *out)
{
    struct reader reader = {message, 0, message.len, PXA_OK, 0};

    *out = (struct pxa_ntlmssp){.type = 0};
    if (message.len == 0)
        return PXA_EMPTY;
    out->type = read_type(&reader);
    if (reader.status == PXA_OK && out->type == 1)
        read_negotiate(&reader, out);
    else if (reader.status == PXA_OK && out->type == 2)
        read_challenge(&reader, out);
    else if (reader.status == PXA_OK)
        read_authenticate(&reader, out);
    if (reader.status != PXA_OK)
        *out = (struct pxa_ntlmssp){.fault_at = reader.fault_at};
    return reader.status;
}
