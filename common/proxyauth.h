/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libproxyauth: decodes what browsers send in Proxy-Authorization, and speaks
 * the escaping of Squid's helper lines.
 *
 * The rules that hold for every function here:
 *
 * Purity.    No input or output, no clock, no environment, no locale, no
 *            logging, no memory allocation, and no state between calls.
 * Threads.   Any function may run in any number of threads at once, as long as
 *            they do not share an output buffer.
 * Input.     Bytes and a length, never a C string. Any bytes are allowed: a
 *            malformed input gives a status, never undefined behaviour. A span
 *            of length 0 may have a null pointer.
 * Output.    The caller owns every buffer. An output span points into the
 *            caller's input or into the caller's buffer, is valid as long as
 *            that is, and is not followed by a NUL. Pointers to results (`out`,
 *            `len`) must not be null; a buffer may be null if its `cap` is 0.
 *            An output buffer must not overlap the input unless it is said.
 * Errors.    PXA_OK is 0; anything else says exactly one thing that is wrong.
 *            Results are then set to "nothing" (length 0), and the buffer holds
 *            no part of the result.
 * Length.    Inputs of any length that fits into memory; there is no hidden
 *            limit. The macros that compute buffer sizes evaluate their argument
 *            once; the largest argument that does not overflow is named there.
 *            Time is linear in the length of the input.
 * Secrets.   Local buffers that held a piece of the data are wiped. Buffers that
 *            received a password belong to the caller, who clears them with
 *            pxa_wipe(). Run time depends on the data, not only on its length.
 *
 * Compatibility: enumerators and functions are only ever added. A `switch` over
 * an enum of this header needs a default branch.
 *
 * References: RFC 9110 (HTTP), RFC 7617 (Basic), RFC 4648 (Base64), RFC 3629
 * (UTF-8), and Squid's sources by file name.
 */
#ifndef PROXYAUTH_H
#define PROXYAUTH_H

#include <stddef.h>

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
    PXA_SMALL_BUFFER          /* the result is longer than `cap` */
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

/* ---- The header's value: scheme and rest ------------------------------- */

/* The schemes that are told apart by name. */
enum pxa_scheme_id {
    PXA_SCHEME_OTHER = 0, /* a well-formed name that is none of the following */
    PXA_SCHEME_BASIC,     /* RFC 7617 */
    PXA_SCHEME_DIGEST,    /* RFC 7616 */
    PXA_SCHEME_NEGOTIATE, /* RFC 4559 */
    PXA_SCHEME_NTLM,      /* [MS-NTHT] */
    PXA_SCHEME_BEARER     /* RFC 6750 */
};

struct pxa_scheme {
    struct pxa_span name; /* as sent, not folded to lower case */
    struct pxa_span rest; /* the credentials; empty if there are none */
    enum pxa_scheme_id id;
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
 * `*len` is the number of bytes written to `out`, at most
 * PXA_BASE64_DECODED_MAX(in.len); they may have any value, NUL included.
 * Nothing is written unless the whole input is good and fits.
 *
 * Returns PXA_OK, PXA_NOT_BASE64, PXA_BASE64_LENGTH, PXA_BASE64_PADDING,
 * PXA_BASE64_TRAILING_BITS or PXA_SMALL_BUFFER, looked for in this order.
 * Source: RFC 4648, sections 3.2 to 3.5 and 4.
 */
PXA_EXPORT enum pxa_status pxa_base64_decode(struct pxa_span in, char *out, size_t cap,
                                             size_t *len) PXA_MUST_CHECK;

/*
 * Encodes bytes of any value in Base64, with padding and without line ends.
 * `*len` becomes PXA_BASE64_ENCODED_LEN(in.len), the number of bytes written.
 *
 * Returns PXA_OK or PXA_SMALL_BUFFER (nothing is written).
 * Source: RFC 4648, section 4.
 */
PXA_EXPORT enum pxa_status pxa_base64_encode(struct pxa_span in, char *out, size_t cap,
                                             size_t *len) PXA_MUST_CHECK;

/* ---- Character sets ---------------------------------------------------- */

enum pxa_charset {
    PXA_ASCII = 0,    /* no byte above 0x7f; this is valid UTF-8, too */
    PXA_UTF8,         /* valid UTF-8 with at least one byte above 0x7f */
    PXA_OTHER_CHARSET /* not UTF-8: Latin-1, CP1251, or damaged */
};

/*
 * Says what a text can be, by its bytes alone. UTF-8 is meant strictly: shortest
 * form, no surrogates (U+D800 to U+DFFF), nothing above U+10FFFF, no sequence cut
 * at the end. An empty text is PXA_ASCII; control bytes are ASCII. Whether code
 * points are assigned or normalized is not looked at.
 * Source: RFC 3629, sections 3 and 4.
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

/*
 * The decoders of the other schemes come here, each as a section of its own, in
 * this order: digest, challenge (Proxy-Authenticate, both ways), negotiate,
 * ntlmssp, krb5, pac. What is specific to Squid stays last.
 */

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
 * `*len` is the number of bytes written, never more than in.len, so that cap =
 * in.len always suffices. `out` may be in.at itself; after an error nothing has
 * been written, in place or not.
 *
 * Returns PXA_OK, PXA_NUL (a bare NUL byte), PXA_PERCENT_CUT, PXA_PERCENT_NOT_HEX,
 * PXA_PERCENT_NUL or PXA_SMALL_BUFFER, whichever comes first from the left.
 */
PXA_EXPORT enum pxa_status pxa_squid_unescape(struct pxa_span in, char *out, size_t cap,
                                              size_t *len) PXA_MUST_CHECK;

/*
 * Escapes one field exactly as Squid does (rfc1738_escape() of lib/rfc1738):
 * bytes up to 0x20, 0x7f and above, and  < > " # { } | \ ^ ~ [ ] ` ' %  become "%"
 * and two upper-case hex digits; all others stay. pxa_squid_unescape() undoes it.
 * A NUL is refused, as there is no escape for it that Squid would undo.
 *
 * `*len` is the number of bytes written, at most PXA_SQUID_ESCAPED_MAX(in.len);
 * after an error nothing has been written.
 *
 * Returns PXA_OK, PXA_NUL or PXA_SMALL_BUFFER, whichever comes first from the left.
 */
PXA_EXPORT enum pxa_status pxa_squid_escape(struct pxa_span in, char *out, size_t cap,
                                            size_t *len) PXA_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
