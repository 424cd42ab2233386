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
 * Secrets.   Local buffers that held a piece of the data are wiped. Buffers that
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
