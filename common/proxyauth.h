/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libproxyauth: decodes what browsers send in Proxy-Authorization, reads and
 * writes what a proxy sends in Proxy-Authenticate, and speaks the escaping of
 * Squid's helper lines.
 *
 * The rules that hold for every function here:
 *
 * Purity.    No input or output, no clock, no environment, no locale, no
 *            logging, no memory allocation, and no state between calls.
 * Threads.   Any function may run in any number of threads at once, as long as
 *            they do not share an output buffer or a cursor.
 * Input.     Bytes and a length, never a C string unless it is said. Any bytes
 *            are allowed: a malformed input gives a status, never undefined
 *            behaviour. A span of length 0 may have a null pointer.
 * Output.    The caller owns every buffer. An output span points into the
 *            caller's input or into the caller's buffer, is valid as long as
 *            that is, and is not followed by a NUL. Pointers to results (`out`,
 *            `done`) must not be null; a buffer may be null if its `cap` is 0.
 *            An output buffer must not overlap the input unless it is said.
 * Errors.    PXA_OK is 0; anything else says exactly one thing that is wrong,
 *            and `fault_at` (or the cursor's `at`) says where, as an offset in
 *            bytes in the input. Other results are then set to "nothing"
 *            (length 0), and the buffer holds no part of the result.
 * Length.    Inputs of any length that fits into memory; there is no hidden
 *            limit. The macros that compute buffer sizes evaluate their argument
 *            once; the largest argument that does not overflow is named there.
 *            Time is linear in the length of the input.
 * Secrets.   Local buffers that held a password, a hash of one, or a piece of either,
 *            are wiped. Buffers that
 *            received a password belong to the caller, who clears them with
 *            pxa_wipe(). Run time depends on the data, not only on its length,
 *            except in pxa_digest_check(), which compares in constant time.
 *
 * Compatibility: enumerators and functions are only ever added. A `switch` over
 * an enum of this header needs a default branch.
 *
 * References: RFC 9110 (HTTP), RFC 7617 (Basic), RFC 7616 (Digest), RFC 4559
 * (Negotiate), RFC 4178 (SPNEGO), RFC 4120 and 4121 (Kerberos), RFC 4648
 * (Base64), RFC 3629 (UTF-8), [MS-NLMP] (NTLM), [MS-SPNG] (NegTokenInit2),
 * [MS-PAC] and [MS-DTYP] (groups in tickets), and Squid's sources by file name.
 */
#ifndef PROXYAUTH_H
#define PROXYAUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PXA_EXPORT __attribute__((visibility("default")))
#define PXA_MUST_CHECK __attribute__((warn_unused_result))
#else
#define PXA_EXPORT
#define PXA_MUST_CHECK
#endif

/* ---- What all decoders share ------------------------------------------- */

/* A run of bytes inside somebody else's memory. Not terminated by a NUL. */
struct pxa_span {
    const char *at; /* may be null if len is 0 */
    size_t len;     /* bytes */
};

/*
 * How far a list has been read. Begin with {the list, 0} and call the list's
 * pxa_..._next() until it returns something other than PXA_OK: PXA_END after the
 * last element, or what is wrong. Then `at` is where, and further calls return
 * the same. A cursor may be copied, to read on from there twice.
 */
struct pxa_cursor {
    struct pxa_span text;
    size_t at; /* offset in `text` of what comes next, or of the fault */
};

/* What was written to an output buffer. */
struct pxa_written {
    size_t len;      /* bytes; 0 after an error */
    size_t fault_at; /* after an error: where in the input, in bytes; else 0 */
};

/* What a function found. New values are added at the end only. */
enum pxa_status {
    PXA_OK = 0,
    PXA_EMPTY,                /* nothing there but blanks */
    PXA_NO_SCHEME,            /* does not begin with a scheme name */
    PXA_NO_SPACE,             /* the scheme name is not followed by a space */
    PXA_NOT_BASE64,           /* a byte that is neither Base64 nor '=' */
    PXA_BASE64_LENGTH,        /* length is no multiple of four: cut, or unpadded */
    PXA_BASE64_PADDING,       /* '=' before the end, or more than two */
    PXA_BASE64_TRAILING_BITS, /* unused bits of the last character are not 0 */
    PXA_NO_COLON,             /* no ':' between user and password */
    PXA_NUL,                  /* a NUL byte */
    PXA_CONTROL,              /* a control byte other than NUL: 0x01-0x1f, 0x7f */
    PXA_PERCENT_CUT,          /* '%' with fewer than two bytes after it */
    PXA_PERCENT_NOT_HEX,      /* '%' and two bytes that are not hex digits */
    PXA_PERCENT_NUL,          /* "%00" */
    PXA_SMALL_BUFFER,         /* the result is longer than `cap` */

    /* Lists of parameters and challenges */
    PXA_END,           /* not an error: the list has no more elements */
    PXA_NO_PARAM,      /* something that is no parameter, name=value */
    PXA_NO_VALUE,      /* '=' is followed by neither a token nor a quoted string */
    PXA_QUOTE_OPEN,    /* a quoted string that does not end */
    PXA_NO_COMMA,      /* two elements without a comma between them */
    PXA_PARAM_TWICE,   /* a parameter that may stand once stands twice */
    PXA_PARAM_MISSING, /* a parameter that the scheme needs is not there */
    PXA_PARAM_VALUE,   /* a value that the scheme does not allow there */
    PXA_NOT_TOKEN,     /* to be written without quotes, and not a token */
    PXA_NOT_ASCII,     /* a byte above 0x7e where only ASCII can be written */

    /* Character sets */
    PXA_NOT_UTF8,        /* not UTF-8 where that is promised */
    PXA_UNASSIGNED,      /* a byte that its character set gives no meaning */
    PXA_UTF16_ODD,       /* UTF-16 in an odd number of bytes */
    PXA_UTF16_SURROGATE, /* half of a surrogate pair */

    /* Digest */
    PXA_UNSUPPORTED, /* an algorithm that this library does not compute */
    PXA_MISMATCH,    /* the response is not the one that the secret gives */

    /* Binary tokens */
    PXA_CUT,           /* ends before what it announces */
    PXA_TRAILING,      /* bytes behind its end */
    PXA_UNKNOWN_TOKEN, /* begins like nothing that is known */
    PXA_DER_TAG,       /* another ASN.1 element than the one that must stand here */
    PXA_DER_LENGTH, /* an ASN.1 length that is indefinite or has more than four bytes */
    PXA_DER_VALUE,     /* an ASN.1 element whose content its type does not allow */
    PXA_BAD_NTLM_TYPE,     /* an NTLMSSP message of a type other than 1, 2 and 3 */
    PXA_BAD_NTLM_FIELD,    /* an NTLMSSP field that lies outside of its message */
    PXA_BAD_NTLM_PAIRS,    /* NTLMSSP pairs that do not end as they must */
    PXA_NO_PAC_BUFFER,    /* the PAC has no such buffer */
    PXA_BAD_PAC_BUFFER,    /* a PAC buffer that lies outside of the PAC */
    PXA_NDR_HEADER,    /* not the serialization header that must stand here */
    PXA_NDR_POINTER,   /* a pointer that is null where it must not be, or the reverse */
    PXA_NDR_COUNT,     /* a count that contradicts another one */
    PXA_BAD_SID            /* not a SID: its version, or more than 15 sub-authorities */
};

/*
 * One English sentence for a status, with a full stop, for logs and people.
 * Never null; a constant that nobody frees. A value that this version of the
 * library does not know gets a sentence that says so.
 */
PXA_EXPORT const char *pxa_status_text(enum pxa_status status);

/*
 * Overwrites `len` bytes with zeros, in a way that the compiler may not drop
 * because the memory is not read again. `at` may be null if `len` is 0.
 */
PXA_EXPORT void pxa_wipe(void *at, size_t len);

/* Whether `name` is the C string `expected`, without regard to ASCII case. */
PXA_EXPORT bool pxa_name_is(struct pxa_span name, const char *expected);

/* ---- The header's value: scheme and rest ------------------------------- */

/* The schemes that are told apart by name: IANA's registry, and two beside it. */
enum pxa_scheme_id {
    PXA_SCHEME_OTHER = 0, /* a well-formed name that is none of the following */
    PXA_SCHEME_BASIC,     /* RFC 7617 */
    PXA_SCHEME_DIGEST,    /* RFC 7616 */
    PXA_SCHEME_NEGOTIATE, /* RFC 4559 */
    PXA_SCHEME_NTLM,      /* [MS-NTHT]; not registered */
    PXA_SCHEME_BEARER,    /* RFC 6750 */
    PXA_SCHEME_CONCEALED, /* RFC 9729 */
    PXA_SCHEME_DPOP,      /* RFC 9449 */
    PXA_SCHEME_GNAP,      /* RFC 9635 */
    PXA_SCHEME_HOBA,      /* RFC 7486 */
    PXA_SCHEME_MUTUAL,    /* RFC 8120 */
    PXA_SCHEME_OAUTH,     /* RFC 5849 */
    PXA_SCHEME_PRIVATE_TOKEN,   /* RFC 9577 */
    PXA_SCHEME_SCRAM_SHA_1,     /* RFC 7804 */
    PXA_SCHEME_SCRAM_SHA_256,   /* RFC 7804 */
    PXA_SCHEME_VAPID,           /* RFC 8292 */
    PXA_SCHEME_AWS4_HMAC_SHA256 /* Amazon's Signature Version 4; not registered */
};

struct pxa_scheme {
    struct pxa_span name; /* as sent, not folded to lower case */
    struct pxa_span rest; /* the credentials; empty if there are none */
    enum pxa_scheme_id id;
    size_t fault_at; /* after an error, in `value` */
};

/*
 * Splits the value of a Proxy-Authorization header (what follows the colon of
 * the header) into the scheme's name and the rest:
 *
 *     credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
 *
 * Blanks (spaces and tabs) around the value do not count. The name is a token
 * and ends at the end of the value or at a space; the rest begins at the first
 * byte after it that is not a space. What the rest holds is not looked at.
 * Names are compared as a whole and without regard to ASCII case.
 *
 * Squid (src/auth/SchemeConfig.cc) compares only as many bytes as its own scheme name
 * has, so that it takes "BasicX" for Basic. Here that is PXA_SCHEME_OTHER.
 *
 * Spans of `out` point into `value`. Returns PXA_OK, PXA_EMPTY, PXA_NO_SCHEME or
 * PXA_NO_SPACE. Source: RFC 9110, sections 5.5, 5.6.2, 11.1 and 11.4.
 */
PXA_EXPORT enum pxa_status pxa_scheme_split(struct pxa_span value,
                                            struct pxa_scheme *out) PXA_MUST_CHECK;

/* The scheme of that name, compared as a whole and without regard to ASCII case. */
PXA_EXPORT enum pxa_scheme_id pxa_scheme_of(struct pxa_span name);

/*
 * The name of a scheme as its specification writes it: a C string that nobody
 * frees. "" for PXA_SCHEME_OTHER and for values that this version does not know.
 */
PXA_EXPORT const char *pxa_scheme_name(enum pxa_scheme_id id);

/* ---- The rest: token68 or parameters ----------------------------------- */

/* What follows a scheme's name. */
enum pxa_form {
    PXA_FORM_NONE = 0, /* nothing, or blanks */
    PXA_FORM_TOKEN68,  /* one token68: Base64 and its like */
    PXA_FORM_PARAMS,   /* begins like a list of name=value: read it with pxa_param_next() */
    PXA_FORM_OTHER     /* neither */
};

/*
 * Tells which form `rest`, the rest from pxa_scheme_split(), has. "a=" is a token68
 * and "a=b" a parameter, as in RFC 9110. Of parameters only the first is looked at.
 * Source: RFC 9110, sections 11.2 and 11.4.
 */
PXA_EXPORT enum pxa_form pxa_form_of(struct pxa_span rest);

struct pxa_param {
    struct pxa_span name;  /* as sent; pxa_name_is() compares it */
    struct pxa_span value; /* what stands between the quotes, or without them, as sent */
    bool quoted;           /* the value stands in quotes */
    bool escaped;          /* the value has backslashes: pxa_unquote() takes them out */
};

/*
 * Reads the next auth-param of a list. Empty elements ("a=1, , b=2") and blanks around
 * '=' and ',' do not count. Nothing is decoded: a value with backslashes keeps them,
 * and names may stand twice. Quoted strings may hold any byte from 0x80 up (obs-text)
 * and tabs, but no other control bytes. A parameter is given only if a comma or the end
 * follows it. Beyond RFC 9110, a value without quotes may have the bytes / : ; = and @ in
 * it, as SCRAM's data, AWS4-HMAC-SHA256 and careless programs have, but not begin with =.
 *
 * Spans of `out` point into the cursor's text. Returns PXA_OK, PXA_END, or with the place
 * that `at` then has: PXA_NO_PARAM (where the element begins), PXA_NO_VALUE (the '='),
 * PXA_QUOTE_OPEN (the quote that opens), PXA_NUL, PXA_CONTROL (both inside quotes) or
 * PXA_NO_COMMA (what stands there instead). Source: RFC 9110, sections 5.6.1, 5.6.4 and 11.2.
 */
PXA_EXPORT enum pxa_status pxa_param_next(struct pxa_cursor *list,
                                          struct pxa_param *out) PXA_MUST_CHECK;

/* Whose reading of a header is wanted, where Squid's differs from the RFC's. */
enum pxa_dialect {
    PXA_RFC = 0,
    PXA_SQUID
};

/*
 * Takes the backslashes out of what stood between quotes.
 *
 * PXA_RFC: "\" and a byte stand for that byte. PXA_SQUID: every backslash is dropped,
 * two in a row as well, and the value ends before the first quote, escaped or not, as in
 * Squid's httpHeaderParseQuotedString() (src/HttpHeaderTools.cc).
 *
 * `done->len` is at most raw.len, so that cap = raw.len always suffices. `out` may be
 * raw.at itself; after an error nothing has been written. Returns PXA_OK, PXA_QUOTE_OPEN
 * (a backslash at the very end) or PXA_SMALL_BUFFER, whichever comes first from the left.
 * Source: RFC 9110, section 5.6.4.
 */
PXA_EXPORT enum pxa_status pxa_unquote(struct pxa_span raw, enum pxa_dialect dialect, char *out,
                                       size_t cap, struct pxa_written *done) PXA_MUST_CHECK;

/* ---- Base64 ------------------------------------------------------------ */

/* A buffer of this size holds what any n Base64 bytes decode to. Any n. */
#define PXA_BASE64_DECODED_MAX(n) ((size_t)(n) / 4 * 3)

/* The exact length of n bytes in Base64. n may be up to SIZE_MAX / 4 * 3. */
#define PXA_BASE64_ENCODED_LEN(n) (((size_t)(n) + 2) / 3 * 4)

/*
 * Decodes Base64 of the standard alphabet ('+' and '/'), and only the one text
 * that encoding would have made: no white space, padded with '=' to a multiple
 * of four, unused bits zero. So two different texts never decode to the same
 * bytes. Squid (Nettle) skips white space; this does not. An empty text is PXA_OK.
 *
 * `done->len` is the number of bytes written to `out`, at most
 * PXA_BASE64_DECODED_MAX(in.len); they may have any value, NUL included.
 * After an error what was written has been wiped.
 *
 * Returns PXA_OK, PXA_NOT_BASE64, PXA_BASE64_LENGTH, PXA_BASE64_PADDING,
 * PXA_BASE64_TRAILING_BITS or PXA_SMALL_BUFFER, looked for in this order.
 * Source: RFC 4648, sections 3.2 to 3.5 and 4.
 */
PXA_EXPORT enum pxa_status pxa_base64_decode(struct pxa_span in, char *out, size_t cap,
                                             struct pxa_written *done) PXA_MUST_CHECK;

/*
 * Encodes bytes of any value in Base64, with padding and without line ends.
 * `done->len` becomes PXA_BASE64_ENCODED_LEN(in.len), the number of bytes written.
 *
 * Returns PXA_OK or PXA_SMALL_BUFFER (nothing is written).
 * Source: RFC 4648, section 4.
 */
PXA_EXPORT enum pxa_status pxa_base64_encode(struct pxa_span in, char *out, size_t cap,
                                             struct pxa_written *done) PXA_MUST_CHECK;

/* ---- Character sets ---------------------------------------------------- */

enum pxa_charset {
    PXA_ASCII = 0,     /* no byte above 0x7f; this is valid UTF-8, too */
    PXA_UTF8,          /* valid UTF-8 with at least one byte above 0x7f */
    PXA_OTHER_CHARSET, /* not UTF-8: Latin-1, CP1251, or damaged */
    PXA_LATIN1,        /* ISO 8859-1 */
    PXA_CP1252,        /* Windows code page 1252: Latin-1 with letters at 0x80 to 0x9f */
    PXA_UTF16LE        /* UTF-16, low byte first: what NTLM and PACs hold */
};

/*
 * Says what a text can be, by its bytes alone: PXA_ASCII, PXA_UTF8 or
 * PXA_OTHER_CHARSET. UTF-8 is meant strictly: shortest form, no surrogates (U+D800 to
 * U+DFFF), nothing above U+10FFFF, no sequence cut at the end. An empty text is
 * PXA_ASCII; control bytes are ASCII. Whether code points are assigned or normalized
 * is not looked at. Source: RFC 3629, sections 3 and 4.
 */
PXA_EXPORT enum pxa_charset pxa_charset_of(struct pxa_span text);

/*
 * The same, and for a text that is not UTF-8 what a western browser most likely sent:
 * PXA_LATIN1 if it has no byte from 0x80 to 0x9f (control codes there, which nobody
 * types), PXA_CP1252 if all of those that it has are assigned there, or
 * PXA_OTHER_CHARSET. Cyrillic, Greek and other 8-bit sets cannot be told apart from
 * these by their bytes: it is a guess to be shown to people, nothing to decide on.
 */
PXA_EXPORT enum pxa_charset pxa_charset_guess(struct pxa_span text);

/* A buffer of this size holds any n bytes as UTF-8. n may be up to SIZE_MAX / 3. */
#define PXA_UTF8_MAX(n) ((size_t)(n) * 3)

/*
 * Converts `in` from a character set to UTF-8. From PXA_ASCII and PXA_UTF8 it copies
 * what is that indeed; from PXA_CP1252 the bytes 0x81, 0x8d, 0x8f, 0x90 and 0x9d are
 * PXA_UNASSIGNED. PXA_OTHER_CHARSET cannot be converted: PXA_UNSUPPORTED. Characters
 * are not judged: NUL and control codes pass.
 *
 * `done->len` is at most PXA_UTF8_MAX(in.len). Returns PXA_OK, PXA_NOT_ASCII,
 * PXA_NOT_UTF8, PXA_UNASSIGNED, PXA_UTF16_ODD, PXA_UTF16_SURROGATE, PXA_UNSUPPORTED or
 * PXA_SMALL_BUFFER, whichever comes first from the left.
 * Source: ISO 8859-1, Unicode's CP1252.TXT, RFC 2781.
 */
PXA_EXPORT enum pxa_status pxa_to_utf8(enum pxa_charset from, struct pxa_span in, char *out,
                                       size_t cap, struct pxa_written *done) PXA_MUST_CHECK;

/* ---- Basic ------------------------------------------------------------- */

struct pxa_basic {
    struct pxa_span user;     /* may be empty */
    struct pxa_span password; /* may be empty, may hold colons */
    enum pxa_charset charset; /* of user and password together */

    /*
     * After an error: where, as an offset in bytes. Of the Base64 statuses and
     * PXA_NOT_BASE64 it counts in the token; of PXA_NUL, PXA_CONTROL and
     * PXA_NO_COLON (there: the end) in the decoded text. Otherwise 0.
     */
    size_t fault_at;
};

/*
 * Decodes the credentials of the scheme Basic: the rest from pxa_scheme_split().
 * The first colon ends the user name. NUL and control bytes are refused; all
 * other bytes pass, in whatever character set they came (the client does not say
 * which one it took; `charset` says what is possible). Nothing is folded or
 * normalized. An empty user or password is PXA_OK: refuse it where it must not be.
 *
 * Squid (src/auth/basic/Config.cc) cuts the text at a NUL and lets control bytes
 * other than CR and LF pass; this refuses both, as RFC 7617 section 2 does.
 *
 * The spans of `out` point into `buf`, which needs at most
 * PXA_BASE64_DECODED_MAX(token.len) bytes and holds a password after PXA_OK: wipe
 * it. After any error everything that was written to `buf` has been wiped.
 *
 * Returns PXA_OK, PXA_EMPTY, any status of pxa_base64_decode(), PXA_NUL,
 * PXA_CONTROL (whichever comes first in the text) or PXA_NO_COLON.
 * Source: RFC 7617, sections 2 and 2.1.
 */
PXA_EXPORT enum pxa_status pxa_basic_decode(struct pxa_span token, char *buf, size_t cap,
                                            struct pxa_basic *out) PXA_MUST_CHECK;

/* ---- Digest ------------------------------------------------------------ */

enum pxa_digest_algorithm {
    PXA_DIGEST_OTHER = 0, /* a name that is none of the following */
    PXA_DIGEST_MD5,       /* also where no algorithm is named */
    PXA_DIGEST_MD5_SESS,
    PXA_DIGEST_SHA256,
    PXA_DIGEST_SHA256_SESS,
    PXA_DIGEST_SHA512_256,
    PXA_DIGEST_SHA512_256_SESS
};

enum pxa_qop {
    PXA_QOP_NONE = 0, /* no qop: RFC 2069 */
    PXA_QOP_AUTH,
    PXA_QOP_AUTH_INT,
    PXA_QOP_OTHER
};

struct pxa_digest {
    struct pxa_span username;  /* decoded; with `userhash` the hex of a hash */
    struct pxa_span realm;     /* what the client sent: compare it with yours */
    struct pxa_span nonce;
    struct pxa_span uri;
    struct pxa_span response;  /* hex digits, as many as the algorithm gives */
    struct pxa_span cnonce;
    struct pxa_span opaque;
    struct pxa_span nc;        /* 8 hex digits, or empty */
    struct pxa_span algorithm_name; /* as sent; empty if none was */
    struct pxa_span qop_name;
    enum pxa_digest_algorithm algorithm;
    enum pxa_qop qop;
    uint32_t nonce_count;      /* the value of nc */
    enum pxa_charset charset;  /* of the user name */
    bool userhash;             /* the user name is hashed */
    bool username_extended;    /* the user name came as username* */
    size_t fault_at;           /* after an error, in `rest` */
    struct pxa_span fault_param; /* the parameter that PXA_PARAM_MISSING, _TWICE and _VALUE
                                  * are about: its name, a constant or in `rest` */
};

/*
 * Decodes the credentials of the scheme Digest: the rest from pxa_scheme_split().
 * Needs username (or username*), realm, nonce, uri and response; with qop also nc and
 * cnonce, without it neither, nor a session algorithm. Parameters of other names are
 * ignored. nc must be 8 hex digits; response as many as the algorithm gives, or for an
 * unknown algorithm any number; so must the user name with userhash. Empty values pass.
 * User names with a NUL or a control byte are refused, others pass in any character set.
 *
 * PXA_RFC reads as RFC 7616 says, and lets every value but username* stand in quotes or
 * without. PXA_SQUID reads as Squid 5 to 7 does (src/auth/digest/Config.cc):
 * - Elements that cannot be read are passed over, also a quoted string with a control byte,
 *   tabs included. What follows the closing quote does not count. A blank before '=' belongs
 *   to the name, one behind it to the value.
 * - Names of parameters and algorithms count in their exact case; of a parameter that stands
 *   twice the last counts. username*, userhash and opaque are unknown.
 * - Backslashes are read as pxa_unquote() says; uri and qop keep theirs, and uri has to be
 *   quoted.
 * - What is empty is as if it were missing, and so is, without qop, an nc of a length other
 *   than 8. response may be any 32 bytes, the algorithm must be MD5 or MD5-sess and qop
 *   "auth", and a user name with a quote is refused.
 * Newer ones of these Squids also refuse what has no qop; here `qop` is PXA_QOP_NONE then.
 * All of them let control bytes in an unquoted user name pass; here they are refused.
 *
 * Spans of `out` point into `rest`, or into `buf` where something had to be decoded; it
 * needs at most rest.len bytes. Returns PXA_OK, PXA_EMPTY, the errors of pxa_param_next(),
 * PXA_PARAM_TWICE (with the place of the second name), PXA_PARAM_MISSING (of the end),
 * PXA_PARAM_VALUE (of the value; in PXA_SQUID also for one that is there, but as if it were
 * missing), PXA_NUL, PXA_CONTROL, and, of username*, PXA_PERCENT_CUT, PXA_PERCENT_NOT_HEX,
 * PXA_PERCENT_NUL and PXA_NOT_UTF8. PXA_SMALL_BUFFER only if cap is less than rest.len.
 * Source: RFC 7616, sections 3.4 and 3.4.4; RFC 8187, section 3.2.
 */
PXA_EXPORT enum pxa_status pxa_digest_decode(struct pxa_span rest, enum pxa_dialect dialect,
                                             char *buf, size_t cap,
                                             struct pxa_digest *out) PXA_MUST_CHECK;

/* A hash as lower-case hex digits, 32 or 64 of them. No NUL follows. */
struct pxa_digest_hex {
    char hex[64];
    size_t len; /* 0 after an error */
};

/* The name of an algorithm as RFC 7616 writes it; "" if it is PXA_DIGEST_OTHER. */
PXA_EXPORT const char *pxa_digest_algorithm_name(enum pxa_digest_algorithm algorithm);

/*
 * H(user ":" realm ":" password): what password files keep and what Squid's digest
 * helpers answer. It is the same for an algorithm and its session variant. Who has it
 * can log in: wipe it. The realm must not hold a colon only by convention; nothing is
 * checked here. Returns PXA_OK or PXA_UNSUPPORTED.
 * Source: RFC 7616, section 3.4.2.
 */
PXA_EXPORT enum pxa_status pxa_digest_ha1(enum pxa_digest_algorithm algorithm,
                                          struct pxa_span user, struct pxa_span realm,
                                          struct pxa_span password,
                                          struct pxa_digest_hex *out) PXA_MUST_CHECK;

/* H(user ":" realm), for `userhash`. Otherwise like pxa_digest_ha1(). RFC 7616, 3.4.4. */
PXA_EXPORT enum pxa_status pxa_digest_userhash(enum pxa_digest_algorithm algorithm,
                                               struct pxa_span user, struct pxa_span realm,
                                               struct pxa_digest_hex *out) PXA_MUST_CHECK;

/* What a request adds to the credentials. */
struct pxa_digest_request {
    struct pxa_span method;    /* "GET": as in the request line */
    struct pxa_span body_hash; /* hex of H(body), for qop=auth-int; else empty */
};

/*
 * HA2: H(method ":" uri), and with qop=auth-int H(method ":" uri ":" body_hash), where
 * algorithm, qop and uri are those of the credentials. Returns PXA_OK or
 * PXA_UNSUPPORTED (algorithm, or a qop of another name), or PXA_PARAM_VALUE for an
 * auth-int whose body_hash has not as many hex digits as the algorithm gives.
 * Source: RFC 7616, section 3.4.3.
 */
PXA_EXPORT enum pxa_status pxa_digest_ha2(const struct pxa_digest *digest,
                                          const struct pxa_digest_request *request,
                                          struct pxa_digest_hex *out) PXA_MUST_CHECK;

/*
 * The response that a client which knows `ha1` (hex, from pxa_digest_ha1(), in either
 * case) sends with these credentials. For session algorithms the session's HA1 is made
 * from it, the nonce and the cnonce. With a qop, `qop_name` is hashed as it is. Returns
 * PXA_OK, PXA_UNSUPPORTED (algorithm or qop), or PXA_PARAM_VALUE if `ha1`, or the body_hash
 * of auth-int, has not as many hex digits as the algorithm gives.
 * Source: RFC 7616, sections 3.4.1 and 3.4.2; RFC 2069 without qop.
 */
PXA_EXPORT enum pxa_status pxa_digest_response(const struct pxa_digest *digest,
                                               struct pxa_span ha1,
                                               const struct pxa_digest_request *request,
                                               struct pxa_digest_hex *out) PXA_MUST_CHECK;

/*
 * Whether the response of `digest` is that of pxa_digest_response(): PXA_OK or
 * PXA_MISMATCH, or what that function returns. Hex digits in either case; the time
 * does not depend on where they differ. Whether nonce, realm, uri and nc are the right
 * ones is for the caller to see to.
 */
PXA_EXPORT enum pxa_status pxa_digest_check(const struct pxa_digest *digest, struct pxa_span ha1,
                                            const struct pxa_digest_request *request)
    PXA_MUST_CHECK;

/* ---- Challenges: Proxy-Authenticate and WWW-Authenticate --------------- */

/*
 * How far the challenges of a response have been read. Begin with {lines, line_count,
 * 0, 0}: one span for each header line, the part after the colon.
 */
struct pxa_challenges {
    const struct pxa_span *lines;
    size_t line_count;
    size_t line; /* which line comes next, or has the fault */
    size_t at;   /* where in it */
};

struct pxa_challenge {
    struct pxa_span name; /* of the scheme, as sent */
    enum pxa_scheme_id id;
    enum pxa_form form;      /* PXA_FORM_NONE, _TOKEN68 or _PARAMS */
    struct pxa_span token68; /* with that form */
    struct pxa_span params;  /* with that form: for pxa_param_next(), which will find no error */
    size_t line;             /* in which line it stands */
};

/*
 * Reads the next challenge. A line is a list of challenges, each a scheme and a list of
 * parameters or one token68, all with commas between them; a name that is followed by
 * '=' belongs to the challenge before it, any other begins a new one. A challenge does
 * not go on in the next line. Empty elements and lines do not count.
 *
 * Spans of `out` point into the lines. Returns PXA_OK, PXA_END, PXA_NO_SCHEME (also for
 * parameters without a scheme before them), PXA_NO_SPACE or an error of
 * pxa_param_next(); after an error the cursor stays where the fault is. To go on with the
 * next line, add 1 to its `line` and set its `at` to 0.
 * Source: RFC 9110, sections 5.6.1, 11.3, 11.6.1 and 11.7.1.
 */
PXA_EXPORT enum pxa_status pxa_challenge_next(struct pxa_challenges *list,
                                              struct pxa_challenge *out) PXA_MUST_CHECK;

/*
 * Finds the first parameter of that name (a C string, without regard to ASCII case).
 * Returns PXA_OK or PXA_END.
 */
PXA_EXPORT enum pxa_status pxa_challenge_param(const struct pxa_challenge *challenge,
                                               const char *name,
                                               struct pxa_param *out) PXA_MUST_CHECK;

/*
 * Writes a challenge, without the header's name and without a line end:
 *
 *     Basic realm="Corporate Proxy", charset="UTF-8"
 *
 * Of each parameter the name and the plain value are taken (no quotes, no backslashes);
 * `quoted` and `escaped` do not matter. Quotes stand where the schemes' specifications
 * want them: everywhere but around algorithm, stale, userhash and Digest's charset.
 * Refused is what cannot be written safely: control bytes (PXA_NUL, PXA_CONTROL) and
 * bytes above 0x7e (PXA_NOT_ASCII) in values, names that are not tokens, unquoted values
 * that are not tokens (PXA_NOT_TOKEN). A scheme without parameters is its name alone.
 *
 * After an error `done->fault_at` is an offset in the name of the parameter concerned, or if
 * that is a token in its value, and `*param` its number, from 0, or `count` if it is the
 * scheme's name. PXA_SMALL_BUFFER comes only if nothing else is wrong, with `count` and 0.
 * `param` may be null. To join challenges in one header line put ", " between them.
 * Returns PXA_OK, one of these, or PXA_SMALL_BUFFER.
 * Source: RFC 9110, sections 5.6.4 and 11.3; RFC 7616, section 3.3; RFC 7617, section 2.
 */
PXA_EXPORT enum pxa_status pxa_challenge_write(struct pxa_span scheme,
                                               const struct pxa_param *params, size_t count,
                                               char *out, size_t cap, struct pxa_written *done,
                                               size_t *param) PXA_MUST_CHECK;

/*
 * Writes a challenge with a token68: `Negotiate oRQw...`. Returns PXA_OK, PXA_NOT_TOKEN
 * (the name is no token; offset in the name), PXA_NOT_BASE64 (`token68` is none; offset in
 * it) or PXA_SMALL_BUFFER.
 */
PXA_EXPORT enum pxa_status pxa_challenge_write_token68(struct pxa_span scheme,
                                                       struct pxa_span token68, char *out,
                                                       size_t cap,
                                                       struct pxa_written *done) PXA_MUST_CHECK;

/* The bit of a scheme in a set of schemes. */
#define PXA_SCHEME_BIT(id) (UINT32_C(1) << (id))

/*
 * Finds the strongest challenge that a client can meet which offers the schemes in
 * `offered`, a set of PXA_SCHEME_BIT()s. From strong to weak: Negotiate; SCRAM-SHA-256;
 * Digest with SHA-512-256, with SHA-256; SCRAM-SHA-1; Digest with MD5; NTLM; Basic. Of
 * equals the first counts. Other schemes are never chosen, nor is Digest with an
 * algorithm that is not known. Bearer and its like prove something else than a
 * password; where they are wanted, look for them by name. A line that cannot be read
 * counts as far as it can: one odd challenge does not hide the others.
 *
 * Returns PXA_OK, PXA_END if there is none, or, if there is none and something could not be
 * read, the first error of pxa_challenge_next(), of which the cursor says where.
 */
PXA_EXPORT enum pxa_status pxa_challenge_strongest(struct pxa_challenges *list,
                                                   uint32_t offered,
                                                   struct pxa_challenge *out) PXA_MUST_CHECK;

/* ---- Negotiate: what a token of the scheme is -------------------------- */

/* Security mechanisms, by their object identifiers. */
enum pxa_mech {
    PXA_MECH_OTHER = 0,
    PXA_MECH_KRB5,     /* 1.2.840.113554.1.2.2 */
    PXA_MECH_MS_KRB5,  /* 1.2.840.48018.1.2.2: Windows 2000's slip of the above */
    PXA_MECH_KRB5_U2U, /* 1.2.840.113554.1.2.2.3: user to user */
    PXA_MECH_IAKERB,   /* 1.3.6.1.5.2.5 */
    PXA_MECH_NTLMSSP,  /* 1.3.6.1.4.1.311.2.2.10 */
    PXA_MECH_NEGOEX,   /* 1.3.6.1.4.1.311.2.2.30 */
    PXA_MECH_SPNEGO    /* 1.3.6.1.5.5.2 */
};

/* The mechanism of an object identifier: the content of its DER, without tag and length. */
PXA_EXPORT enum pxa_mech pxa_mech_of(struct pxa_span oid);

/* What people call a mechanism: a C string that nobody frees; "" for PXA_MECH_OTHER. */
PXA_EXPORT const char *pxa_mech_name(enum pxa_mech mech);

/* A buffer of this size holds the text of any object identifier of n bytes. n may be up to
 * SIZE_MAX / 4 - 10. */
#define PXA_OID_TEXT_MAX(n) ((size_t)(n) * 4 + 10)

/*
 * Writes an object identifier (the content of its DER) as "1.2.840.113554.1.2.2".
 * Returns PXA_OK, PXA_DER_VALUE (empty, cut, not in the shortest form, or an arc above
 * 2^64 - 1) or PXA_SMALL_BUFFER. Source: X.690, section 8.19.
 */
PXA_EXPORT enum pxa_status pxa_oid_text(struct pxa_span oid, char *out, size_t cap,
                                        struct pxa_written *done) PXA_MUST_CHECK;

/* How a token is wrapped. */
enum pxa_token_kind {
    PXA_TOKEN_OTHER = 0,
    PXA_TOKEN_NTLMSSP,     /* a bare NTLMSSP message */
    PXA_TOKEN_SPNEGO_INIT, /* NegTokenInit, what a client begins with; or NegTokenInit2 */
    PXA_TOKEN_SPNEGO_RESP, /* NegTokenResp, every later leg */
    PXA_TOKEN_GSSAPI,      /* a GSS-API frame around a mechanism's token */
    PXA_TOKEN_KRB5         /* a bare Kerberos message without the frame */
};

/* The state in a NegTokenResp. */
enum pxa_neg_state {
    PXA_NEG_NONE = -1, /* not given */
    PXA_NEG_ACCEPT_COMPLETED = 0,
    PXA_NEG_ACCEPT_INCOMPLETE = 1,
    PXA_NEG_REJECT = 2,
    PXA_NEG_REQUEST_MIC = 3
};

struct pxa_negotiate {
    enum pxa_token_kind kind;
    enum pxa_mech mech;        /* of `inner`, by its own bytes where they tell, else by name */
    struct pxa_span inner;     /* the mechanism's token without SPNEGO and GSS-API frames: for
                                * pxa_krb5_decode() or pxa_ntlmssp_decode(). May be empty */
    struct pxa_span frame_oid; /* of the frame around `inner`, if there is one */

    /* SPNEGO only: */
    struct pxa_span mechs;     /* NegTokenInit: the mechanisms, for pxa_mech_next() */
    size_t mech_count;
    struct pxa_span supported_mech; /* NegTokenResp: the one that was chosen; may be empty */
    enum pxa_neg_state neg_state;   /* NegTokenResp */
    bool has_flags;                 /* NegTokenInit: reqFlags are there; deprecated */
    uint32_t flags;                 /* RFC 4178 4.2.1, bit 0 highest: 0x80000000 delegFlag */
    struct pxa_span mech_list_mic;  /* may be empty */
    struct pxa_span hint_name;      /* of NegTokenInit2; may be empty */
    bool init2;                     /* it is a NegTokenInit2 of Windows */

    size_t fault_at; /* after an error, in the token */
};

/*
 * Takes apart a token of the scheme Negotiate, after Base64: SPNEGO, a GSS-API frame, a
 * bare NTLMSSP or Kerberos message. What the mechanism's own message says is not looked
 * at beyond its first bytes. NTLM inside SPNEGO and Kerberos inside a frame inside
 * SPNEGO both end up in `inner`. ASN.1 lengths may be longer than necessary (Windows
 * writes such), but never indefinite. Fields that a later version may add at the end of a
 * SEQUENCE are passed over, if they are whole and have a higher number.
 *
 * Spans of `out` point into `token`. Returns PXA_OK, PXA_EMPTY, PXA_UNKNOWN_TOKEN,
 * PXA_CUT, PXA_TRAILING, PXA_DER_TAG, PXA_DER_LENGTH or PXA_DER_VALUE.
 * Source: RFC 4559, section 4.2; RFC 4178, section 4.2; RFC 2743, section 3.1;
 * [MS-SPNG], section 2.2.1.
 */
PXA_EXPORT enum pxa_status pxa_negotiate_decode(struct pxa_span token,
                                                struct pxa_negotiate *out) PXA_MUST_CHECK;

/*
 * Reads the next mechanism of `mechs`: its object identifier, for pxa_mech_of().
 * Returns PXA_OK or PXA_END; of a list that is not from pxa_negotiate_decode() also its
 * errors.
 */
PXA_EXPORT enum pxa_status pxa_mech_next(struct pxa_cursor *mechs,
                                         struct pxa_span *oid) PXA_MUST_CHECK;

/* ---- Kerberos messages ------------------------------------------------- */

/* Messages that GSS-API carries. */
enum pxa_krb5_kind {
    PXA_KRB5_OTHER = 0,
    PXA_KRB5_AP_REQ,  /* a ticket and an authenticator: the login */
    PXA_KRB5_AP_REP,  /* the server's answer */
    PXA_KRB5_ERROR,   /* KRB-ERROR */
    PXA_KRB5_TGT_REQ, /* user to user: asks for the other side's ticket */
    PXA_KRB5_TGT_REP, /* user to user: that ticket */
    PXA_KRB5_IAKERB   /* messages for a KDC, through the server */
};

struct pxa_krb5_name {
    int32_t type;           /* 1 principal, 2 service instance (HTTP/host), 3 host, ... */
    struct pxa_span parts;  /* its components, for pxa_krb5_part_next() */
    size_t part_count;
};

struct pxa_krb5_data { /* EncryptedData */
    int32_t etype;     /* encryption type: pxa_etype_name() */
    bool has_kvno;
    uint32_t kvno; /* version of the key that it was encrypted with */
    struct pxa_span cipher;
};

/* Bits of ap_options, RFC 4120 section 5.5.1. */
#define PXA_AP_USE_SESSION_KEY UINT32_C(0x40000000) /* user to user */
#define PXA_AP_MUTUAL_REQUIRED UINT32_C(0x20000000)

struct pxa_krb5 {
    enum pxa_krb5_kind kind;
    struct pxa_span realm;       /* of the server: AP-REQ, TGT-REQ, TGT-REP, KRB-ERROR */
    struct pxa_krb5_name server; /* the SPN, of the same messages */
    struct pxa_krb5_data ticket; /* AP-REQ and TGT-REP: its encrypted part */
    struct pxa_krb5_data part;   /* AP-REQ: the authenticator; AP-REP: the encrypted part */
    uint32_t ap_options;         /* AP-REQ */
    struct pxa_span ticket_der;  /* AP-REQ and TGT-REP: the whole Ticket */

    /* KRB-ERROR; what is optional may be empty: */
    int32_t error_code; /* pxa_krb5_error_name() */
    struct pxa_span error_text;
    struct pxa_span error_data;
    struct pxa_span server_time; /* "20260131235959Z" */
    struct pxa_span client_realm;
    struct pxa_krb5_name client;

    /* IAKERB: */
    struct pxa_span target_realm; /* UTF-8 */
    struct pxa_span kdc_message;  /* the message for or from the KDC */

    size_t fault_at; /* after an error, in the message */
};

/*
 * Takes apart a Kerberos message: `inner` of pxa_negotiate_decode(), with or without the
 * two bytes (TOK_ID) that GSS-API puts before it. Nothing is decrypted: who logs in
 * cannot be seen, only for which server. Fields of a later version are passed over, as in
 * pxa_negotiate_decode().
 *
 * Spans of `out` point into `message`. Returns PXA_OK, PXA_EMPTY, PXA_UNKNOWN_TOKEN,
 * PXA_CUT, PXA_TRAILING, PXA_DER_TAG, PXA_DER_LENGTH or PXA_DER_VALUE.
 * Source: RFC 4120, sections 5.2, 5.3, 5.5 and 5.9.1; RFC 4121, section 4.1;
 * draft-swift-win2k-krb-user2user-03; draft-ietf-kitten-iakerb-03.
 */
PXA_EXPORT enum pxa_status pxa_krb5_decode(struct pxa_span message,
                                           struct pxa_krb5 *out) PXA_MUST_CHECK;

/* Reads the next component of a name's `parts`. Returns PXA_OK or PXA_END, or an error of
 * pxa_krb5_decode() if the parts are not from there. */
PXA_EXPORT enum pxa_status pxa_krb5_part_next(struct pxa_cursor *parts,
                                              struct pxa_span *part) PXA_MUST_CHECK;

/* A buffer of this size holds the text of that name in that realm. Up to SIZE_MAX / 2. */
#define PXA_KRB5_NAME_MAX(parts_len, realm_len) \
    (((size_t)(parts_len) + (size_t)(realm_len)) * 2 + 1)

/*
 * Writes a name as Kerberos programs do: "HTTP/proxy.example.com@EXAMPLE.COM"; without a
 * realm where that is empty. A '/', '@', backslash, NUL, tab, newline or backspace within
 * a component or the realm is written with a backslash (\0 \t \n \b). Other bytes stay as
 * they are. Returns PXA_OK, an error of pxa_krb5_part_next(), or
 * PXA_SMALL_BUFFER. Source: RFC 1964, section 2.1.1.
 */
PXA_EXPORT enum pxa_status pxa_krb5_name_text(const struct pxa_krb5_name *name,
                                              struct pxa_span realm, char *out, size_t cap,
                                              struct pxa_written *done) PXA_MUST_CHECK;

/* The name of an encryption type, "aes256-cts-hmac-sha1-96"; "" if it is not known.
 * Source: IANA's registry of Kerberos encryption types. */
PXA_EXPORT const char *pxa_etype_name(int32_t etype);

/* The name of an error code, "KRB_AP_ERR_SKEW"; "" if it is not known.
 * Source: RFC 4120, section 7.5.9; RFC 4556, section 3.1.3; RFC 6113; IAKERB's draft. */
PXA_EXPORT const char *pxa_krb5_error_name(int32_t code);

/* ---- NTLMSSP messages -------------------------------------------------- */

/* Some bits of `flags`, [MS-NLMP] section 2.2.2.5. */
#define PXA_NTLM_FLAG_UNICODE UINT32_C(0x00000001)
#define PXA_NTLM_FLAG_OEM UINT32_C(0x00000002)
#define PXA_NTLM_FLAG_REQUEST_TARGET UINT32_C(0x00000004)
#define PXA_NTLM_FLAG_SIGN UINT32_C(0x00000010)
#define PXA_NTLM_FLAG_SEAL UINT32_C(0x00000020)
#define PXA_NTLM_FLAG_LM_KEY UINT32_C(0x00000080)
#define PXA_NTLM_FLAG_NTLM UINT32_C(0x00000200)
#define PXA_NTLM_FLAG_ANONYMOUS UINT32_C(0x00000800)
#define PXA_NTLM_FLAG_DOMAIN_SUPPLIED UINT32_C(0x00001000)
#define PXA_NTLM_FLAG_WORKSTATION_SUPPLIED UINT32_C(0x00002000)
#define PXA_NTLM_FLAG_ALWAYS_SIGN UINT32_C(0x00008000)
#define PXA_NTLM_FLAG_TARGET_DOMAIN UINT32_C(0x00010000)
#define PXA_NTLM_FLAG_TARGET_SERVER UINT32_C(0x00020000)
#define PXA_NTLM_FLAG_EXTENDED_SECURITY UINT32_C(0x00080000)
#define PXA_NTLM_FLAG_TARGET_INFO UINT32_C(0x00800000)
#define PXA_NTLM_FLAG_VERSION UINT32_C(0x02000000)
#define PXA_NTLM_FLAG_128 UINT32_C(0x20000000)
#define PXA_NTLM_FLAG_KEY_EXCHANGE UINT32_C(0x40000000)
#define PXA_NTLM_FLAG_56 UINT32_C(0x80000000)

/* What a type 3 message proves its password with, weakest first. */
enum pxa_ntlm_response {
    PXA_NTLM_NO_RESPONSE = 0, /* not a type 3 message, or one without any response */
    PXA_NTLM_IS_ANONYMOUS,    /* a login without user and password */
    PXA_NTLM_LM,              /* LM only: broken long ago */
    PXA_NTLM_V1,              /* NTLMv1 */
    PXA_NTLM_V1_SESSION,      /* NTLMv1 with the client's challenge ("NTLM2 session") */
    PXA_NTLM_V2,              /* NTLMv2 */
    PXA_NTLM_UNCLEAR          /* lengths that fit none of these */
};

struct pxa_ntlmssp {
    unsigned type;  /* 1 negotiate, 2 challenge, 3 authenticate */
    uint32_t flags; /* 0 if the header ends before them (old clients, type 3) */

    /* The character set of the names below: PXA_UTF16LE, or PXA_OTHER_CHARSET for the
     * client's OEM code page (always in type 1). */
    enum pxa_charset charset;
    struct pxa_span target;      /* type 2: the server's or domain's name */
    struct pxa_span domain;      /* types 1 and 3 */
    struct pxa_span user;        /* type 3 */
    struct pxa_span workstation; /* types 1 and 3 */

    bool has_version;
    uint8_t version_major, version_minor;
    uint16_t version_build;

    struct pxa_span challenge; /* type 2: 8 bytes */
    struct pxa_span pairs;     /* type 2: target info; type 3, NTLMv2: what the client
                                * signed. For pxa_ntlm_pair_next(); may be empty */

    /* Type 3; spans may be empty: */
    enum pxa_ntlm_response response;
    struct pxa_span lm_response;
    struct pxa_span nt_response;
    struct pxa_span session_key;      /* encrypted */
    struct pxa_span client_challenge; /* NTLMv2 and NTLM2 session: 8 bytes */
    uint64_t client_time;             /* NTLMv2: 100 ns since 1601, or 0 */
    struct pxa_span mic;              /* 16 bytes, if the pairs say that there is one and the
                                       * header has room for it before the first field */
    struct pxa_span channel_binding;  /* MD5 of the TLS channel's, 16 bytes; empty if the
                                       * client sent none or zeros */
    struct pxa_span target_spn;       /* UTF-16LE: what the client says it talks to */

    size_t fault_at; /* after an error, in the message */
};

/*
 * Takes apart an NTLMSSP message: what the scheme NTLM carries, after Base64, or
 * `inner` of pxa_negotiate_decode(). Fields may lie in any order, overlap or share
 * bytes, but not reach outside of the message. Pairs have to have an end, in type 3 too:
 * without one the whole message is refused. Nothing is verified.
 *
 * Spans of `out` point into `message`. Returns PXA_OK, PXA_EMPTY, PXA_UNKNOWN_TOKEN (the
 * signature), PXA_CUT, PXA_BAD_NTLM_TYPE, PXA_BAD_NTLM_FIELD or PXA_BAD_NTLM_PAIRS.
 * Source: [MS-NLMP], sections 2.2.1 and 2.2.2.
 */
PXA_EXPORT enum pxa_status pxa_ntlmssp_decode(struct pxa_span message,
                                              struct pxa_ntlmssp *out) PXA_MUST_CHECK;

/* Ids of pairs, [MS-NLMP] section 2.2.2.1. Names are UTF-16LE whatever the flags say. */
enum pxa_ntlm_pair_id {
    PXA_PAIR_END = 0,
    PXA_PAIR_COMPUTER = 1,
    PXA_PAIR_DOMAIN = 2,
    PXA_PAIR_DNS_COMPUTER = 3,
    PXA_PAIR_DNS_DOMAIN = 4,
    PXA_PAIR_DNS_FOREST = 5,
    PXA_PAIR_FLAGS = 6,     /* 32 bits: 1 constrained, 2 has a MIC, 4 SPN not verified */
    PXA_PAIR_TIME = 7,      /* 64 bits: 100 ns since 1601 */
    PXA_PAIR_MACHINE = 8,   /* Single_Host_Data */
    PXA_PAIR_TARGET = 9,    /* SPN */
    PXA_PAIR_CHANNEL = 10   /* MD5 of the channel bindings */
};

struct pxa_ntlm_pair {
    unsigned id; /* an enum pxa_ntlm_pair_id, or another number */
    struct pxa_span value;
};

/*
 * Reads the next pair of `pairs`; the one that ends the list is not given. Returns PXA_OK,
 * PXA_END, or PXA_BAD_NTLM_PAIRS if the list is cut or has no end.
 */
PXA_EXPORT enum pxa_status pxa_ntlm_pair_next(struct pxa_cursor *pairs,
                                              struct pxa_ntlm_pair *out) PXA_MUST_CHECK;

/* ---- SIDs and the PAC: groups inside a Kerberos ticket ----------------- */

/* A security identifier, [MS-DTYP] section 2.4.2. */
struct pxa_sid {
    uint8_t authority[6];
    uint8_t sub_count; /* how many of `sub` count, at most 15 */
    uint32_t sub[15];  /* the last one of a user or group is its RID */
};

/*
 * Reads the binary form, as it stands in the attributes objectSid and tokenGroups and in
 * the group= values of Squid's Kerberos helper. Returns PXA_OK, PXA_CUT, PXA_TRAILING or
 * PXA_BAD_SID; `*fault_at`, which may be null, becomes the offset of the fault.
 * Source: [MS-DTYP], section 2.4.2.2.
 */
PXA_EXPORT enum pxa_status pxa_sid_decode(struct pxa_span binary, struct pxa_sid *out,
                                          size_t *fault_at) PXA_MUST_CHECK;

/* A buffer of this size holds any SID as text. */
#define PXA_SID_TEXT_MAX 192

/*
 * Writes "S-1-5-21-1-2-3-513". Returns PXA_OK, PXA_BAD_SID (sub_count above 15) or
 * PXA_SMALL_BUFFER. Source: [MS-DTYP], section 2.4.2.1.
 */
PXA_EXPORT enum pxa_status pxa_sid_text(const struct pxa_sid *sid, char *out, size_t cap,
                                        struct pxa_written *done) PXA_MUST_CHECK;

/* Makes `sid`, a domain's, that of the account or group `rid` in it. False, and nothing
 * is changed, if it has 15 sub-authorities already. */
PXA_EXPORT bool pxa_sid_append(struct pxa_sid *sid, uint32_t rid) PXA_MUST_CHECK;

/* Types of PAC buffers, [MS-PAC] section 2.4. */
enum pxa_pac_type {
    PXA_PAC_LOGON_INFO = 1,
    PXA_PAC_CREDENTIALS = 2,
    PXA_PAC_SERVER_CHECKSUM = 6,
    PXA_PAC_KDC_CHECKSUM = 7,
    PXA_PAC_CLIENT_INFO = 10,
    PXA_PAC_DELEGATION = 11,
    PXA_PAC_UPN_DNS = 12,
    PXA_PAC_CLIENT_CLAIMS = 13,
    PXA_PAC_DEVICE = 14,
    PXA_PAC_DEVICE_CLAIMS = 15,
    PXA_PAC_TICKET_CHECKSUM = 16,
    PXA_PAC_ATTRIBUTES = 17,
    PXA_PAC_REQUESTOR = 18,
    PXA_PAC_FULL_CHECKSUM = 19
};

struct pxa_pac_buffer {
    uint32_t type; /* an enum pxa_pac_type, or another number */
    struct pxa_span data;
};

/*
 * Reads the next buffer of a PAC: begin with {the PAC, 0}. Spans point into the PAC.
 * Checksums are not verified: the one who decrypts a ticket does that. Returns PXA_OK,
 * PXA_END, PXA_CUT, PXA_BAD_PAC_BUFFER, or PXA_NDR_HEADER for a version other than 0.
 * Source: [MS-PAC], sections 2.3 and 2.4.
 */
PXA_EXPORT enum pxa_status pxa_pac_next(struct pxa_cursor *pac,
                                        struct pxa_pac_buffer *out) PXA_MUST_CHECK;

/* Where a group stands in the logon info. */
enum pxa_pac_source {
    PXA_GROUP_DOMAIN = 0, /* GroupIds: groups of the user's domain */
    PXA_GROUP_EXTRA,     /* ExtraSids: of other domains, SID history, well-known ones */
    PXA_GROUP_RESOURCE   /* ResourceGroupIds: domain-local groups of the server's domain */
};

struct pxa_pac_group {
    struct pxa_sid sid;
    uint32_t attributes; /* SE_GROUP_...: 7 for an ordinary enabled group */
    enum pxa_pac_source source;
};

/* KERB_VALIDATION_INFO. Names are UTF-16LE and may be empty; times are in 100 ns since
 * 1601, 0x7fffffffffffffff for never. */
struct pxa_pac_logon {
    struct pxa_span account;   /* sAMAccountName */
    struct pxa_span full_name;
    struct pxa_span server;    /* NetBIOS name of the domain controller */
    struct pxa_span domain;    /* NetBIOS name of the user's domain */
    struct pxa_sid domain_sid; /* sub_count is 0 if there is none */
    uint32_t user_rid;
    uint32_t primary_group_rid;
    uint32_t user_flags;      /* 0x20: extra SIDs, 0x200: resource groups */
    uint32_t account_control; /* USER_ACCOUNT_CONTROL of [MS-SAMR], not AD's attribute */
    uint64_t logon_time;
    uint64_t logoff_time;
    uint64_t kickoff_time;
    uint64_t password_set_time;
    uint64_t password_may_change_time;
    uint64_t password_must_change_time;
    uint16_t logon_count;
    uint16_t bad_password_count;
    size_t group_count;
    size_t extra_count;
    size_t resource_count;
    struct pxa_sid resource_domain_sid;

    /* What pxa_pac_group_next() walks: */
    struct pxa_span groups;    /* pairs of RID and attributes, 8 bytes each */
    struct pxa_span extras;    /* pairs of pointer and attributes, 8 bytes each */
    struct pxa_span extra_sids;
    struct pxa_span resources; /* like `groups` */

    size_t fault_at; /* after an error, in the PAC */
};

/*
 * Finds the logon info of a PAC and takes it apart. All of it is checked here, every
 * pointer and count, so that walking the groups afterwards cannot fail. So is the table of
 * buffers; a second logon info is PXA_BAD_PAC_BUFFER.
 *
 * Spans of `out` point into `pac`. Returns PXA_OK, the errors of pxa_pac_next(),
 * PXA_NO_PAC_BUFFER, PXA_CUT, PXA_NDR_HEADER, PXA_NDR_POINTER, PXA_NDR_COUNT or PXA_BAD_SID.
 * Source: [MS-PAC], sections 2.2 and 2.5; [MS-RPCE], section 2.2.6; C706, chapter 14.
 */
PXA_EXPORT enum pxa_status pxa_pac_logon_decode(struct pxa_span pac,
                                                struct pxa_pac_logon *out) PXA_MUST_CHECK;

/* How far the groups of a PAC have been walked. Begin with zeros. */
struct pxa_pac_walk {
    size_t index;    /* of the group that comes next, in all three lists together */
    size_t extra_at; /* where its SID is, among the extra ones */
};

/*
 * Gives the next group: GroupIds, then ExtraSids, then ResourceGroupIds, each in its
 * order, duplicates included. The primary group is usually one of GroupIds. Returns
 * PXA_OK or PXA_END. `logon` must come from pxa_pac_logon_decode().
 */
PXA_EXPORT enum pxa_status pxa_pac_group_next(const struct pxa_pac_logon *logon,
                                              struct pxa_pac_walk *walk,
                                              struct pxa_pac_group *out) PXA_MUST_CHECK;

/* ---- The escaping of Squid's helper lines ------------------------------ */

/* A buffer of this size holds any n bytes, escaped. n may be up to SIZE_MAX / 3. */
#define PXA_SQUID_ESCAPED_MAX(n) ((size_t)(n) * 3)

/*
 * Undoes Squid's escaping of one field of a helper line: "%" and two hex digits
 * (either case) become the byte they name; every other byte stays as it is, also
 * those that Squid would have escaped, because some fields are sent unescaped.
 * The result may hold any byte but NUL, line ends included: check it before it
 * enters another line or a file.
 *
 * Squid's own unescaping (lib/rfc1738) leaves "%00" and a stray "%" as they
 * are and turns "%%" into "%"; here all three are errors.
 *
 * `done->len` is the number of bytes written, never more than in.len, so that cap =
 * in.len always suffices. `out` may be in.at itself; after an error nothing has
 * been written, in place or not.
 *
 * Returns PXA_OK, PXA_NUL (a bare NUL byte), PXA_PERCENT_CUT, PXA_PERCENT_NOT_HEX,
 * PXA_PERCENT_NUL or PXA_SMALL_BUFFER, whichever comes first from the left.
 */
PXA_EXPORT enum pxa_status pxa_squid_unescape(struct pxa_span in, char *out, size_t cap,
                                              struct pxa_written *done) PXA_MUST_CHECK;

/*
 * Escapes one field exactly as Squid does (rfc1738_escape() of lib/rfc1738):
 * bytes up to 0x20, 0x7f and above, and  < > " # { } | \ ^ ~ [ ] ` ' %  become "%"
 * and two upper-case hex digits; all others stay. pxa_squid_unescape() undoes it.
 * A NUL is refused, as there is no escape for it that Squid would undo.
 *
 * `done->len` is the number of bytes written, at most PXA_SQUID_ESCAPED_MAX(in.len);
 * after an error nothing has been written.
 *
 * Returns PXA_OK, PXA_NUL or PXA_SMALL_BUFFER, whichever comes first from the left.
 */
PXA_EXPORT enum pxa_status pxa_squid_escape(struct pxa_span in, char *out, size_t cap,
                                            struct pxa_written *done) PXA_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
