/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sentence for each status.
 * Cannot do: say where in the input; the functions that know it return it.
 */
#include <config.h>

#include "common/proxyauth.h"

const char *pxa_status_text(enum pxa_status status)
{
    switch (status) {
    case PXA_OK:
        return "Nothing is wrong.";
    case PXA_EMPTY:
        return "There are no credentials: the value is empty.";
    case PXA_NO_SCHEME:
        return "The value does not begin with the name of an authentication scheme.";
    case PXA_NO_SPACE:
        return "The name of the authentication scheme is not followed by a space.";
    case PXA_NOT_BASE64:
        return "A byte does not belong to the Base64 alphabet.";
    case PXA_BASE64_LENGTH:
        return "The length of the Base64 text is not a multiple of four: "
               "it was cut, or its padding is missing.";
    case PXA_BASE64_PADDING:
        return "The Base64 padding is wrong: one or two '=' may stand at the very end only.";
    case PXA_BASE64_TRAILING_BITS:
        return "The last Base64 character has bits set that no encoder sets.";
    case PXA_NO_COLON:
        return "There is no colon between user name and password.";
    case PXA_NUL:
        return "The text holds a NUL byte.";
    case PXA_CONTROL:
        return "The text holds a control byte.";
    case PXA_PERCENT_CUT:
        return "The text ends within a percent escape.";
    case PXA_PERCENT_NOT_HEX:
        return "A percent sign is not followed by two hexadecimal digits.";
    case PXA_PERCENT_NUL:
        return "The text holds the escape %00, which stands for a NUL byte.";
    case PXA_SMALL_BUFFER:
        return "The result does not fit into the buffer that was given for it.";
    case PXA_END:
        return "There is nothing more in the list.";
    case PXA_NO_PARAM:
        return "There is something other than a parameter, which is a name, '=' and a value.";
    case PXA_NO_VALUE:
        return "A parameter's '=' is followed by neither a token nor a quoted string.";
    case PXA_QUOTE_OPEN:
        return "A quoted string does not end.";
    case PXA_NO_COMMA:
        return "There is no comma between two elements of the list.";
    case PXA_PARAM_TWICE:
        return "A parameter stands twice that may stand once.";
    case PXA_PARAM_MISSING:
        return "A parameter is missing that the scheme needs.";
    case PXA_PARAM_VALUE:
        return "A parameter has a value that the scheme does not allow.";
    case PXA_NOT_TOKEN:
        return "What is written without quotes has to be a token, and this is none.";
    case PXA_NOT_ASCII:
        return "A byte is not ASCII, and nothing else can stand here.";
    case PXA_NOT_UTF8:
        return "The text is not UTF-8.";
    case PXA_UNASSIGNED:
        return "A byte has no meaning in its character set.";
    case PXA_UTF16_ODD:
        return "The UTF-16 text has an odd number of bytes.";
    case PXA_UTF16_SURROGATE:
        return "The UTF-16 text holds half of a surrogate pair.";
    case PXA_UNSUPPORTED:
        return "The algorithm is none that this library computes.";
    case PXA_MISMATCH:
        return "The response does not match: another password, user, realm or request.";
    case PXA_CUT:
        return "The token ends before what it announces.";
    case PXA_TRAILING:
        return "There are bytes behind the end of the token.";
    case PXA_UNKNOWN_TOKEN:
        return "The token begins like none that is known.";
    case PXA_DER_TAG:
        return "The token holds another ASN.1 element than the one that must stand there.";
    case PXA_DER_LENGTH:
        return "The token holds an ASN.1 length that is indefinite or above four bytes.";
    case PXA_DER_VALUE:
        return "The token holds an ASN.1 element with a content that its type does not allow.";
    case PXA_BAD_NTLM_TYPE:
        return "The NTLMSSP message is of a type other than 1, 2 and 3.";
    case PXA_BAD_NTLM_FIELD:
        return "A field of the NTLMSSP message lies outside of it.";
    case PXA_BAD_NTLM_PAIRS:
        return "The attribute pairs of the NTLMSSP message are cut or have no end.";
    case PXA_NO_PAC_BUFFER:
        return "The PAC has no buffer of that type.";
    case PXA_BAD_PAC_BUFFER:
        return "A buffer of the PAC lies outside of it.";
    case PXA_NDR_HEADER:
        return "The header of the serialized data is not the one that must stand there.";
    case PXA_NDR_POINTER:
        return "A pointer in the serialized data is null, or set, against the rules.";
    case PXA_NDR_COUNT:
        return "A count in the serialized data contradicts another one.";
    case PXA_BAD_SID:
        return "The bytes are no SID of version 1 with at most 15 sub-authorities.";
    }
    return "The status is none that this version of libproxyauth knows.";
}
