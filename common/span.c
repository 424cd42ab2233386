/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The character classes of RFC 9110, and comparing names without regard to ASCII case.
 * Cannot do: anything about other alphabets; a scheme's or parameter's name is ASCII.
 */
#include <config.h>

#include "common/span.h"

enum { TOKEN = 1, TOKEN68 = 2, BOTH = TOKEN | TOKEN68 };

/* clang-format off */
static const unsigned char classes[256] = {
    ['!'] = TOKEN, ['#'] = TOKEN, ['$'] = TOKEN, ['%'] = TOKEN, ['&'] = TOKEN, ['\''] = TOKEN,
    ['*'] = TOKEN, ['^'] = TOKEN, ['`'] = TOKEN, ['|'] = TOKEN,
    ['-'] = BOTH, ['.'] = BOTH, ['_'] = BOTH, ['~'] = BOTH, ['+'] = BOTH, ['/'] = TOKEN68,
    ['0'] = BOTH, ['1'] = BOTH, ['2'] = BOTH, ['3'] = BOTH, ['4'] = BOTH, ['5'] = BOTH,
    ['6'] = BOTH, ['7'] = BOTH, ['8'] = BOTH, ['9'] = BOTH,
    ['A'] = BOTH, ['B'] = BOTH, ['C'] = BOTH, ['D'] = BOTH, ['E'] = BOTH, ['F'] = BOTH,
    ['G'] = BOTH, ['H'] = BOTH, ['I'] = BOTH, ['J'] = BOTH, ['K'] = BOTH, ['L'] = BOTH,
    ['M'] = BOTH, ['N'] = BOTH, ['O'] = BOTH, ['P'] = BOTH, ['Q'] = BOTH, ['R'] = BOTH,
    ['S'] = BOTH, ['T'] = BOTH, ['U'] = BOTH, ['V'] = BOTH, ['W'] = BOTH, ['X'] = BOTH,
    ['Y'] = BOTH, ['Z'] = BOTH,
    ['a'] = BOTH, ['b'] = BOTH, ['c'] = BOTH, ['d'] = BOTH, ['e'] = BOTH, ['f'] = BOTH,
    ['g'] = BOTH, ['h'] = BOTH, ['i'] = BOTH, ['j'] = BOTH, ['k'] = BOTH, ['l'] = BOTH,
    ['m'] = BOTH, ['n'] = BOTH, ['o'] = BOTH, ['p'] = BOTH, ['q'] = BOTH, ['r'] = BOTH,
    ['s'] = BOTH, ['t'] = BOTH, ['u'] = BOTH, ['v'] = BOTH, ['w'] = BOTH, ['x'] = BOTH,
    ['y'] = BOTH, ['z'] = BOTH,
};
/* clang-format on */

bool is_token_byte(char c)
{
    return (classes[(unsigned char)c] & TOKEN) != 0;
}

bool is_token68_byte(char c)
{
    return (classes[(unsigned char)c] & TOKEN68) != 0;
}

size_t token_len(struct pxa_span text, size_t from)
{
    size_t at = from;

    while (at < text.len && is_token_byte(text.at[at]))
        at++;
    return at - from;
}

size_t blanks_len(struct pxa_span text, size_t from)
{
    size_t at = from;

    while (at < text.len && is_blank(text.at[at]))
        at++;
    return at - from;
}

size_t token68_len(struct pxa_span text, size_t from)
{
    size_t at = from;

    while (at < text.len && is_token68_byte(text.at[at]))
        at++;
    while (at > from && at < text.len && text.at[at] == '=')
        at++;
    return at - from;
}

enum pxa_status find_control(struct pxa_span text, size_t *fault_at)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_control(text.at[i]))
            continue;
        *fault_at = i;
        return text.at[i] == 0 ? PXA_NUL : PXA_CONTROL;
    }
    return PXA_OK;
}

bool pxa_name_is(struct pxa_span name, const char *expected)
{
    for (size_t i = 0; i < name.len; i++)
        if (expected[i] == '\0' || to_lower(name.at[i]) != to_lower(expected[i]))
            return false;
    return expected[name.len] == '\0';
}
