/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Credentials of the scheme Digest, in both dialects. Promised: spans lie in the text or in the
 * buffer, which never has to be longer than the text; what is needed is there; a fault
 * lies in the text, and leaves nothing; the response that is computed passes the check, in upper
 * case as well, and with one digit changed it does not.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static void check_spans(const struct pxa_digest *digest, struct pxa_span rest, struct pxa_span buf)
{
    const struct pxa_span spans[] = {
        digest->username,       digest->realm,    digest->nonce,  digest->uri,
        digest->response,       digest->cnonce,   digest->opaque, digest->nc,
        digest->algorithm_name, digest->qop_name,
    };

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        PROMISE(fuzz_within(spans[i], rest) || fuzz_within(spans[i], buf));
}

static void check_user(const struct pxa_digest *digest)
{
    for (size_t i = 0; i < digest->username.len; i++)
        PROMISE((unsigned char)digest->username.at[i] >= 0x20 && digest->username.at[i] != 0x7f);
    PROMISE(digest->charset == pxa_charset_of(digest->username));
    if (digest->username_extended)
        PROMISE(digest->charset != PXA_OTHER_CHARSET && !digest->userhash);
}

static void check_squid(const struct pxa_digest *digest)
{
    PROMISE(digest->username.len > 0 && digest->realm.len > 0 && digest->nonce.len > 0);
    PROMISE(digest->uri.len > 0 && digest->response.len == 32 && digest->opaque.len == 0);
    PROMISE(memchr(digest->username.at, '"', digest->username.len) == NULL);
    PROMISE(!digest->username_extended && !digest->userhash);
    PROMISE(digest->algorithm == PXA_DIGEST_MD5 || digest->algorithm == PXA_DIGEST_MD5_SESS);
    PROMISE(digest->qop == PXA_QOP_NONE || digest->qop == PXA_QOP_AUTH);
    PROMISE(digest->qop == PXA_QOP_NONE || digest->cnonce.len > 0);
}

static void check_qop(const struct pxa_digest *digest)
{
    bool session = digest->algorithm == PXA_DIGEST_MD5_SESS ||
                   digest->algorithm == PXA_DIGEST_SHA256_SESS ||
                   digest->algorithm == PXA_DIGEST_SHA512_256_SESS;

    if (digest->qop == PXA_QOP_NONE)
        PROMISE(digest->nc.len == 0 && digest->cnonce.len == 0 && digest->qop_name.len == 0 &&
                digest->nonce_count == 0 && !session);
    else
        PROMISE(digest->nc.len == 8);
}

static void make_upper(struct pxa_digest_hex *hex)
{
    for (size_t i = 0; i < hex->len; i++)
        if (hex->hex[i] >= 'a')
            hex->hex[i] = (char)(hex->hex[i] - 'a' + 'A');
}

static void check_response(struct pxa_digest digest)
{
    struct pxa_digest_request request = {digest.realm, digest.nonce};
    struct pxa_digest_hex ha1, response;
    struct pxa_span secret;

    if (pxa_digest_ha1(digest.algorithm, digest.username, digest.realm, digest.opaque, &ha1) !=
        PXA_OK) {
        PROMISE(digest.algorithm == PXA_DIGEST_OTHER);
        return;
    }
    secret = (struct pxa_span){ha1.hex, ha1.len};
    request.body_hash = secret; /* as many digits as it takes */
    PROMISE(ha1.len == digest.response.len);
    if (pxa_digest_response(&digest, secret, &request, &response) != PXA_OK) {
        PROMISE(digest.qop == PXA_QOP_OTHER);
        return;
    }
    digest.response = (struct pxa_span){response.hex, response.len};
    PROMISE(pxa_digest_check(&digest, secret, &request) == PXA_OK);
    make_upper(&response);
    PROMISE(pxa_digest_check(&digest, secret, &request) == PXA_OK);
    response.hex[response.len - 1] = response.hex[response.len - 1] == '0' ? '1' : '0';
    PROMISE(pxa_digest_check(&digest, secret, &request) == PXA_MISMATCH);
}

static void check_fault(const struct pxa_digest *digest, struct pxa_span rest,
                        enum pxa_status status)
{
    bool of_param =
        status == PXA_PARAM_TWICE || status == PXA_PARAM_MISSING || status == PXA_PARAM_VALUE;

    PROMISE(digest->fault_at <= rest.len && status != PXA_SMALL_BUFFER);
    PROMISE((digest->fault_param.len > 0) == of_param);
    PROMISE(digest->username.len == 0 && digest->realm.len == 0 && digest->response.len == 0);
    PROMISE(digest->algorithm == PXA_DIGEST_OTHER && digest->qop == PXA_QOP_NONE);
    if (status == PXA_PARAM_MISSING)
        PROMISE(digest->fault_at == rest.len);
}

static void check_dialect(struct pxa_span rest, enum pxa_dialect dialect)
{
    char *buf = fuzz_block(rest.len);
    struct pxa_digest digest;
    enum pxa_status status = pxa_digest_decode(rest, dialect, buf, rest.len, &digest);

    if (status != PXA_OK) {
        check_fault(&digest, rest, status);
    } else {
        check_spans(&digest, rest, (struct pxa_span){buf, rest.len});
        check_user(&digest);
        check_qop(&digest);
        if (dialect == PXA_SQUID)
            check_squid(&digest);
        check_response(digest);
    }
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_dialect(fuzz_span(data, size), PXA_RFC);
    check_dialect(fuzz_span(data, size), PXA_SQUID);
    return 0;
}
