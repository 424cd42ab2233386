/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's towupper_l(), with what Windows does otherwise put right.
 * Cannot do: follow one version of Unicode. Letters that got their capitals lately depend on the
 * C library, as they depend on the client's system.
 */
#include <config.h>

#include "helpers/ntlm/upper.h"

#include <locale.h>
#include <stdlib.h>
#include <wctype.h>

struct upper {
    locale_t locale; /* 0: none to be had */
};

enum { ASCII_END = 0x80, MICRO_SIGN = 0xb5, PLANE_END = 0x10000 };
enum { GEORGIAN = 0x10d0, GEORGIAN_END = 0x1100 };

struct upper *upper_new(void)
{
    struct upper *upper = calloc(1, sizeof *upper);

    if (upper)
        upper->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return upper;
}

void upper_free(struct upper *upper)
{
    if (upper && upper->locale)
        freelocale(upper->locale);
    free(upper);
}

bool upper_knows_unicode(const struct upper *upper)
{
    return upper->locale != (locale_t)0;
}

/* What Windows leaves as it is: the micro sign, whose capital is a Greek letter, and Georgian,
 * whose capitals came into Unicode in 2018. */
static bool stays(uint32_t character)
{
    return character == MICRO_SIGN || (character >= GEORGIAN && character < GEORGIAN_END);
}

uint32_t upper_of(const struct upper *upper, uint32_t character)
{
    uint32_t folded;

    if (character < ASCII_END)
        return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
    if (!upper_knows_unicode(upper) || stays(character))
        return character;
    folded = (uint32_t)towupper_l((wint_t)character, upper->locale);
    /* Nor does anything become ASCII there (dotless i, long s), and as Windows folds single units
     * of UTF-16, what is above the first plane has no capitals. */
    return folded < ASCII_END || folded >= PLANE_END ? character : folded;
}
