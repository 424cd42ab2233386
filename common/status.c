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
    }
    return "The status is none that this version of libproxyauth knows.";
}
