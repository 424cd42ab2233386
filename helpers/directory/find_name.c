/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The typed name as the directory has it: in UTF-8, and without a realm where that is to be cut
 * off.
 */
#include <config.h>

#include <string.h>

#include "helpers/directory/charset.h"
#include "helpers/directory/find_private.h"

/* DOMAIN\ to the first backslash, @realm from the first `@` behind it. */
static struct pxa_span without_realm(struct pxa_span name)
{
    const char *backslash = name.len > 0 ? memchr(name.at, '\\', name.len) : NULL;
    const char *at;

    if (backslash) {
        name.len -= (size_t)(backslash + 1 - name.at);
        name.at = backslash + 1;
    }
    at = name.len > 0 ? memchr(name.at, '@', name.len) : NULL;
    if (at)
        name.len = (size_t)(at - name.at);
    return name;
}

/* CHARSET may be NULL: as it came. */
static enum verdict take_as(struct find *find, const char *charset)
{
    struct pxa_span name = find->query.user;

    if (charset && charset_is_foreign(name)) {
        enum charset_outcome outcome = charset_to_utf8(charset, name, &find->converted);

        if (outcome != CHARSET_CONVERTED)
            return outcome == CHARSET_IMPOSSIBLE ? VERDICT_DENIED : VERDICT_UNAVAILABLE;
        name = (struct pxa_span){find->converted->bytes, find->converted->len};
    }
    find->name = find->directory->orders.user->strip_realm ? without_realm(name) : name;
    return find->name.len > 0 ? VERDICT_OK : VERDICT_DENIED;
}

static bool is_let_in(const struct find *find)
{
    const struct user_options *options = find->directory->orders.user;

    if (!find_by_ad_names(find) || ad_name_is_let_in(options, find->name))
        return true;
    log_event(find_log(find), LOG_INFO, "form",
              "%.*s: names of this form are not let in (--login-names %s): denied",
              FIND_SHOWN(find), options->login_names);
    return false;
}

enum verdict find_take_name(struct find *find)
{
    const struct directory *directory = find->directory;
    bool ad = directory_options_say_ad(directory->options);
    enum verdict verdict = take_as(find, user_options_charset(directory->orders.user, ad));

    if (verdict == VERDICT_DENIED)
        log_event(find_log(find), LOG_INFO, "name",
                  "%.*s: nothing is left of this name, or it is not in the character set of "
                  "--charset: denied",
                  FIND_SHOWN(find));
    if (verdict == VERDICT_OK && !is_let_in(find))
        return VERDICT_DENIED;
    return verdict;
}

bool find_take_name_for(struct find *find, const struct facts *facts)
{
    bool ad = facts && facts->kind == KIND_AD;
    const char *charset = user_options_charset(find->directory->orders.user, ad);

    return !charset || find->converted || !charset_is_foreign(find->name) ||
           take_as(find, charset) != VERDICT_UNAVAILABLE;
}
