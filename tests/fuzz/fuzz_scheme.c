/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header's value. Promised: name and rest lie in the value in this order with
 * only spaces between them, and only blanks around them; a name has no blank, and
 * each known scheme has its own name.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static bool all_of(const char *from, const char *to, const char *set)
{
    for (; from < to; from++)
        if (*from == '\0' || strchr(set, *from) == NULL)
            return false;
    return true;
}

static void check_good(struct pxa_span value, const struct pxa_scheme *scheme)
{
    const char *end = value.at + value.len;
    const char *name_end = scheme->name.at + scheme->name.len;

    PROMISE(scheme->name.len > 0 && fuzz_within(scheme->name, value));
    PROMISE(fuzz_within(scheme->rest, value));
    PROMISE(all_of(value.at, scheme->name.at, " \t"));
    PROMISE(memchr(scheme->name.at, ' ', scheme->name.len) == NULL);
    PROMISE(memchr(scheme->name.at, '\t', scheme->name.len) == NULL);
    if (scheme->rest.len > 0) {
        PROMISE(scheme->rest.at > name_end);
        PROMISE(all_of(name_end, scheme->rest.at, " "));
        PROMISE(all_of(scheme->rest.at + scheme->rest.len, end, " \t"));
    } else {
        PROMISE(all_of(name_end, end, " \t"));
    }
    if (scheme->id != PXA_SCHEME_OTHER)
        PROMISE(pxa_name_is(scheme->name, pxa_scheme_name(scheme->id)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span value = fuzz_span(data, size);
    struct pxa_scheme scheme;

    if (pxa_scheme_split(value, &scheme) == PXA_OK)
        check_good(value, &scheme);
    else
        PROMISE(scheme.name.len == 0 && scheme.rest.len == 0 && scheme.fault_at <= size);
    return 0;
}
