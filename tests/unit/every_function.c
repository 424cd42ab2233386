/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of every_function.h, by the parts of the public header.
 * Cannot do: judge results; the tests of each module do that.
 */
#include <config.h>

#include "tests/unit/every_function.h"

struct caller {
    struct pxa_span bytes;
    char *room;
    size_t cap;
    struct pxa_written done;
    unsigned good; /* calls that gave PXA_OK */
};

static bool good(struct caller *caller, enum pxa_status status)
{
    caller->good += status == PXA_OK;
    return status == PXA_OK;
}

static void call_texts(struct caller *c)
{
    good(c, pxa_base64_decode(c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_base64_encode(c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_squid_unescape(c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_squid_escape(c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_unquote(c->bytes, PXA_RFC, c->room, c->cap, &c->done));
    good(c, pxa_unquote(c->bytes, PXA_SQUID, c->room, c->cap, &c->done));
    good(c, pxa_to_utf8(pxa_charset_of(c->bytes), c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_to_utf8(pxa_charset_guess(c->bytes), c->bytes, c->room, c->cap, &c->done));
    good(c, pxa_to_utf8(PXA_UTF16LE, c->bytes, c->room, c->cap, &c->done));
    pxa_wipe(c->room, c->cap);
}

static void call_digest(struct caller *c, struct pxa_span rest, enum pxa_dialect dialect)
{
    struct pxa_digest_request request = {.method = {"GET", 3}};
    struct pxa_digest_hex ha1, hex;
    struct pxa_digest digest;

    good(c, pxa_digest_decode(rest, dialect, c->room, c->cap, &digest));
    good(c, pxa_digest_ha1(PXA_DIGEST_MD5, c->bytes, c->bytes, c->bytes, &ha1));
    good(c, pxa_digest_ha1(digest.algorithm, c->bytes, c->bytes, c->bytes, &ha1));
    good(c, pxa_digest_userhash(PXA_DIGEST_SHA512_256, c->bytes, c->bytes, &hex));
    good(c, pxa_digest_ha2(&digest, &request, &hex));
    good(c, pxa_digest_response(&digest, (struct pxa_span){ha1.hex, ha1.len}, &request, &hex));
    good(c, pxa_digest_check(&digest, (struct pxa_span){ha1.hex, ha1.len}, &request));
    c->good += pxa_digest_algorithm_name(digest.algorithm)[0] != '\0';
}

static void call_header(struct caller *c)
{
    struct pxa_scheme scheme;
    struct pxa_cursor params;
    struct pxa_param param;
    struct pxa_basic basic;

    good(c, pxa_scheme_split(c->bytes, &scheme));
    c->good += pxa_scheme_of(scheme.name) != PXA_SCHEME_OTHER;
    c->good += pxa_scheme_name(scheme.id)[0] != '\0';
    c->good += pxa_form_of(scheme.rest) != PXA_FORM_OTHER;
    params = (struct pxa_cursor){c->bytes, 0};
    while (good(c, pxa_param_next(&params, &param)))
        c->good += pxa_name_is(param.name, "realm");
    good(c, pxa_basic_decode(c->bytes, c->room, c->cap, &basic));
    good(c, pxa_basic_decode(scheme.rest, c->room, c->cap, &basic));
    call_digest(c, c->bytes, PXA_RFC);
    call_digest(c, scheme.rest, PXA_SQUID);
}

static void call_challenges(struct caller *c)
{
    struct pxa_challenges list = {&c->bytes, 1, 0, 0};
    struct pxa_challenges again = list;
    struct pxa_challenge challenge;
    struct pxa_param param = {.name = {"realm", 5}, .value = c->bytes};
    struct pxa_span name = {"Basic", 5};
    size_t number;

    good(c, pxa_challenge_write(name, &param, 1, c->room, c->cap, &c->done, &number));
    good(c, pxa_challenge_write_token68(name, c->bytes, c->room, c->cap, &c->done));
    while (good(c, pxa_challenge_next(&list, &challenge)))
        good(c, pxa_challenge_param(&challenge, "realm", &param));
    good(c, pxa_challenge_strongest(&again, UINT32_MAX, &challenge));
}

static void call_krb5(struct caller *c, struct pxa_span message)
{
    struct pxa_krb5 krb5;
    struct pxa_cursor parts;
    struct pxa_span part;

    good(c, pxa_krb5_decode(message, &krb5));
    parts = (struct pxa_cursor){krb5.server.parts, 0};
    while (good(c, pxa_krb5_part_next(&parts, &part)))
        c->good += part.len > 0;
    good(c, pxa_krb5_name_text(&krb5.server, krb5.realm, c->room, c->cap, &c->done));
    c->good += pxa_etype_name(krb5.ticket.etype)[0] != '\0';
    c->good += pxa_krb5_error_name(krb5.error_code)[0] != '\0';
}

static void call_ntlmssp(struct caller *c, struct pxa_span bytes)
{
    struct pxa_ntlmssp message;
    struct pxa_cursor pairs;
    struct pxa_ntlm_pair pair;

    good(c, pxa_ntlmssp_decode(bytes, &message));
    pairs = (struct pxa_cursor){message.pairs, 0};
    while (good(c, pxa_ntlm_pair_next(&pairs, &pair)))
        c->good += pair.value.len > 0;
    good(c, pxa_to_utf8(message.charset, message.user, c->room, c->cap, &c->done));
}

static void call_negotiate(struct caller *c)
{
    struct pxa_negotiate token;
    struct pxa_cursor mechs;
    struct pxa_span oid;

    good(c, pxa_negotiate_decode(c->bytes, &token));
    mechs = (struct pxa_cursor){token.mechs, 0};
    while (good(c, pxa_mech_next(&mechs, &oid))) {
        c->good += pxa_mech_name(pxa_mech_of(oid))[0] != '\0';
        good(c, pxa_oid_text(oid, c->room, c->cap, &c->done));
    }
    good(c, pxa_oid_text(c->bytes, c->room, c->cap, &c->done));
    call_krb5(c, token.inner);
    call_krb5(c, c->bytes);
    call_ntlmssp(c, token.inner);
    call_ntlmssp(c, c->bytes);
}

static void call_pac(struct caller *c)
{
    struct pxa_cursor pac = {c->bytes, 0};
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_buffer buffer;
    struct pxa_pac_logon logon;
    struct pxa_pac_group group;
    struct pxa_sid sid;

    if (good(c, pxa_sid_decode(c->bytes, &sid, NULL)) && pxa_sid_append(&sid, 513))
        good(c, pxa_sid_text(&sid, c->room, c->cap, &c->done));
    while (good(c, pxa_pac_next(&pac, &buffer)))
        c->good += buffer.data.len > 0;
    if (!good(c, pxa_pac_logon_decode(c->bytes, &logon)))
        return;
    while (good(c, pxa_pac_group_next(&logon, &walk, &group)))
        good(c, pxa_sid_text(&group.sid, c->room, c->cap, &c->done));
}

unsigned call_every_function(struct pxa_span bytes, char *room)
{
    struct caller caller = {.bytes = bytes, .room = room, .cap = EVERY_FUNCTION_ROOM(bytes.len)};

    call_texts(&caller);
    call_header(&caller);
    call_challenges(&caller);
    call_negotiate(&caller);
    call_pac(&caller);
    caller.good += pxa_status_text((enum pxa_status)(bytes.len % 64))[0] != '\0';
    return caller.good;
}
