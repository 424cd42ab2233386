/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cannot do: tell whether a key is still the account's; the KDC says that.
 */
#include <config.h>

#include "helpers/directory/kerberos_keytab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "helpers/core/file.h"
#include "helpers/core/keytab_text.h"

/* Names that a sentence lists; a keytab of a server may hold dozens. */
enum { LISTED_MAX = 4, LIST_CAP = 240 };

/* The names that were seen, each once. */
struct listing {
    unsigned count;
    krb5_principal last;
    char text[LIST_CAP];
};

/* A name follows another only as a different one does: keys of one name lie together. */
static void list_name(krb5_context context, struct listing *listing, krb5_principal principal)
{
    size_t used = strlen(listing->text);
    char *name = NULL;

    if (listing->last && krb5_principal_compare(context, listing->last, principal))
        return;
    krb5_free_principal(context, listing->last);
    listing->last = NULL;
    if (krb5_copy_principal(context, principal, &listing->last) != 0)
        listing->last = NULL;
    if (++listing->count > LISTED_MAX || krb5_unparse_name(context, principal, &name) != 0)
        return;
    snprintf(listing->text + used, sizeof listing->text - used, "%s%s", used > 0 ? ", " : "", name);
    krb5_free_unparsed_name(context, name);
}

/* libkrb5 would take a cut key for a whole one, and the KDC would count a wrong password. */
static bool check_text(const char *path, struct why *why)
{
    struct file_text text;
    bool whole;

    if (file_read(path, &text, why) != FILE_READ)
        return why_set(why, "the keytab: %s", why->text);
    whole = !keytab_text_is_keytab(text.text) || keytab_text_is_whole(text.text);
    file_text_free(&text);
    return whole || why_set(why, "the keytab %s is cut: its last key is not whole", path);
}

/* What libkrb5 would find out with fewer words, or by waiting for the writer of a FIFO. */
static bool check_file(const char *path, struct why *why)
{
    struct stat about;

    if (stat(path, &about) != 0)
        return why_set(why, "the keytab %s cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(about.st_mode))
        return why_set(why, "the keytab %s is no regular file", path);
    if (about.st_size == 0)
        return why_set(why, "the keytab %s is empty", path);
    return check_text(path, why);
}

/* A name without a realm fits one of any realm. */
static bool fits(krb5_context context, krb5_const_principal wanted, bool any_realm,
                 krb5_const_principal principal)
{
    if (!wanted)
        return true;
    return any_realm ? krb5_principal_compare_any_realm(context, wanted, principal)
                     : krb5_principal_compare(context, wanted, principal);
}

/* Copies the first principal that fits, and lists all. libkrb5's code. */
static krb5_error_code look_through(krb5_context context, struct keytab *keytab,
                                    krb5_principal wanted, bool any_realm, struct listing *listing)
{
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code code = krb5_kt_start_seq_get(context, keytab->handle, &cursor);

    if (code != 0)
        return code;
    while ((code = krb5_kt_next_entry(context, keytab->handle, &entry, &cursor)) == 0) {
        list_name(context, listing, entry.principal);
        if (!keytab->principal && fits(context, wanted, any_realm, entry.principal))
            code = krb5_copy_principal(context, entry.principal, &keytab->principal);
        krb5_free_keytab_entry_contents(context, &entry);
        if (code != 0)
            break;
    }
    krb5_kt_end_seq_get(context, keytab->handle, &cursor);
    return code == KRB5_KT_END ? 0 : code;
}

static bool judge(krb5_context context, const char *path, const char *wanted,
                  const struct keytab *keytab, const struct listing *listing, krb5_error_code code,
                  struct why *why)
{
    const char *text;

    if (code != 0) {
        text = krb5_get_error_message(context, code);
        why_set(why, "the keytab %s cannot be read: %s", path, text);
        krb5_free_error_message(context, text);
        return false;
    }
    if (keytab->principal)
        return true;
    if (listing->count == 0)
        return why_set(why, "the keytab %s holds no keys", path);
    return why_set(why, "the keytab %s holds no key of %s (--bind-principal), only of %s%s", path,
                   wanted, listing->text, listing->count > LISTED_MAX ? " and others" : "");
}

static krb5_error_code open_file(krb5_context context, const char *path, krb5_keytab *handle)
{
    krb5_error_code code = ENOMEM;
    char *name = NULL;

    if (asprintf(&name, "FILE:%s", path) < 0)
        return code;
    code = krb5_kt_resolve(context, name, handle);
    free(name);
    return code;
}

bool keytab_open(krb5_context context, const char *path, const char *wanted, struct keytab *keytab,
                 struct why *why)
{
    struct listing listing = {0};
    krb5_principal name = NULL;
    bool any_realm = wanted && !strchr(wanted, '@');
    krb5_error_code code;
    bool good;

    memset(keytab, 0, sizeof *keytab);
    if (!check_file(path, why))
        return false;
    if (wanted && krb5_parse_name_flags(context, wanted,
                                        any_realm ? KRB5_PRINCIPAL_PARSE_NO_REALM : 0, &name) != 0)
        return why_set(why, "option --bind-principal: %s is no name of a Kerberos principal",
                       wanted);
    code = open_file(context, path, &keytab->handle);
    if (code == 0)
        code = look_through(context, keytab, name, any_realm, &listing);
    good = judge(context, path, wanted, keytab, &listing, code, why);
    krb5_free_principal(context, listing.last);
    krb5_free_principal(context, name);
    if (!good)
        keytab_close(context, keytab);
    return good;
}

/* ---- other names ---- */

static bool is_of_realm(krb5_const_principal principal, const char *realm)
{
    return !realm || (principal->realm.length == strlen(realm) &&
                      memcmp(principal->realm.data, realm, strlen(realm)) == 0);
}

/* The name number FROM or behind it that is of REALM, its number in *FROM; or NULL. Keys of one
 * name lie together and count once. */
static krb5_principal name_from(krb5_context context, krb5_keytab handle, const char *realm,
                                unsigned *from)
{
    krb5_principal last = NULL;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    unsigned number = 0;
    bool found = false;

    if (krb5_kt_start_seq_get(context, handle, &cursor) != 0)
        return NULL;
    while (!found && krb5_kt_next_entry(context, handle, &entry, &cursor) == 0) {
        if (!last || !krb5_principal_compare(context, last, entry.principal)) {
            krb5_free_principal(context, last);
            last = NULL;
            if (krb5_copy_principal(context, entry.principal, &last) != 0)
                last = NULL;
            found = last && number >= *from && is_of_realm(last, realm);
            number++;
        }
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, handle, &cursor);
    if (!found) {
        krb5_free_principal(context, last);
        return NULL;
    }
    *from = number - 1;
    return last;
}

static bool take_from(krb5_context context, struct keytab *keytab, const char *realm, unsigned from)
{
    krb5_principal name = name_from(context, keytab->handle, realm, &from);

    if (!name)
        return false;
    krb5_free_principal(context, keytab->principal);
    keytab->principal = name;
    keytab->number = from;
    return true;
}

void keytab_prefer_realm(krb5_context context, struct keytab *keytab, const char *realm)
{
    if (take_from(context, keytab, realm, 0))
        keytab->realm = realm;
}

bool keytab_next(krb5_context context, struct keytab *keytab)
{
    return take_from(context, keytab, keytab->realm, keytab->number + 1);
}

void keytab_close(krb5_context context, struct keytab *keytab)
{
    krb5_free_principal(context, keytab->principal);
    if (keytab->handle)
        krb5_kt_close(context, keytab->handle);
    memset(keytab, 0, sizeof *keytab);
}
