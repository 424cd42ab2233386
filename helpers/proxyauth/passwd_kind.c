/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a file is of the kind that the command line says. A line of HA1 reads as one of a
 * password hash whose hash is the realm; a new password would take the realm's place.
 *
 * Cannot do: tell the kind of a file whose lines are locked, damaged or of no kind.
 */
#include <config.h>

#include "helpers/files/password_lines.h"
#include "helpers/files/smbpasswd_lines.h"
#include "helpers/passwords/hash.h"
#include "helpers/proxyauth/passwd_lines.h"

static const char *const options[] = {
    [PASSWD_BASIC] = "--basic",
    [PASSWD_DIGEST] = "--digest",
    [PASSWD_NT] = "--nt",
};

enum { KINDS = sizeof options / sizeof *options };

/* Whether LINE is a record of KIND, and no helper would say that it is damaged. */
static bool is_of(enum passwd_kind kind, const struct digest_lines *digest, struct pxa_span line)
{
    struct file_record record;

    switch (kind) {
    case PASSWD_BASIC:
        return !password_lines_split(NULL, line, &record) &&
               hash_scheme_of(record.value) != HASH_UNKNOWN;
    case PASSWD_DIGEST:
        return !digest_lines_format(digest).split(digest, line, &record);
    case PASSWD_NT:
        break;
    }
    return !smbpasswd_format.split(smbpasswd_format.context, line, &record);
}

void passwd_kind_count(struct passwd_kinds *kinds, const struct passwd_target *target,
                       struct pxa_span line)
{
    if (is_of(target->kind, &target->digest, line)) {
        kinds->own++;
        return;
    }
    for (unsigned kind = 0; kind < KINDS; kind++) {
        if (!is_of((enum passwd_kind)kind, &target->digest, line))
            continue;
        kinds->others++;
        kinds->other = (enum passwd_kind)kind;
        return;
    }
}

bool passwd_kind_fits(const struct passwd_kinds *kinds, const struct passwd_target *target,
                      struct why *why)
{
    if (kinds->others == 0 || kinds->own > 0)
        return true;
    return why_set(why, "%s has lines for %s and none for %s; which of the two is wrong?",
                   why_excerpt(target->path).text, options[kinds->other], options[target->kind]);
}
