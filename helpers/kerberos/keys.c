/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libkrb5 reads the file. What it would take for good is judged before: it takes a key that is cut
 * for a whole one. So the file's bytes are looked at first, and the file has to be the same when
 * libkrb5 is through with it.
 *
 * Cannot do: tell whether a key is still the account's; tickets say that.
 */
#include <config.h>

#include "helpers/kerberos/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <krb5.h>

#include "helpers/core/keytab_text.h"

/* Names that a sentence lists; a keytab of a server may hold dozens. */
enum { LISTED_MAX = 4, LIST_CAP = 240, PRIVATE_NAME_CAP = 48 };

struct keys_held {
    struct keys keys; /* first */
    char name[PRIVATE_NAME_CAP];
    krb5_context context;
    krb5_keytab memory;
    size_t cap; /* entries that there is room for */
};

static struct keys_held *held(struct keys *keys)
{
    return (struct keys_held *)(void *)keys;
}

/* ---- the bytes of the file ---- */

static bool judge_text(const char *path, struct pxa_span text, struct why *why)
{
    if (text.len == 0)
        return why_set(why, "the keytab %s is empty", path);
    if (!keytab_text_is_keytab(text))
        return why_set(why, "%s is no keytab: ktutil or kadmin writes one", path);
    if (!keytab_text_is_whole(text))
        return why_set(why, "the keytab %s is cut: its last key is not whole", path);
    return true;
}

/* Whether PATH is no longer, or not at all, a file that is read whole. */
static bool is_too_large(const char *path, struct keys_file *file, struct why *why)
{
    if (!file_stamp_of(path, &file->stamp) || file->stamp.size <= KEYS_FILE_MAX)
        return false;
    why_set(why, "%s is no keytab: it is larger than %d bytes", path, KEYS_FILE_MAX);
    return true;
}

/* Where not even stat(2) is allowed, it is the way to the file that is closed. */
static const char *cure_of_denial(const char *path)
{
    struct file_stamp stamp;

    if (file_stamp_of(path, &stamp))
        return "chgrp to its group and chmod g+r";
    return "chgrp and chmod g+x for the folder that it is in";
}

/* WHY is what file_read() says. */
static bool tell_unread(const char *path, enum file_outcome outcome, struct why *why)
{
    if (outcome == FILE_MISSING)
        return why_set(why, "there is no keytab %s", path);
    if (outcome == FILE_BAD && euidaccess(path, R_OK) != 0 && errno == EACCES)
        return why_set(why,
                       "the keytab %s cannot be read by user %lu, as which this process runs: "
                       "%s would be right",
                       path, (unsigned long)geteuid(), cure_of_denial(path));
    return why_set(why, "the keytab: %s", why->text);
}

static bool judge_file(const char *path, struct keys_file *file, struct why *why)
{
    struct file_text text;
    bool good;

    if (is_too_large(path, file, why))
        return false;
    file->outcome = file_read(path, &text, why);
    if (file->outcome != FILE_READ)
        return tell_unread(path, file->outcome, why);
    file->stamp = text.stamp;
    file->has_bytes = true;
    file->young = text.young;
    file->exposed = file_is_exposed(path, &text, &file->exposure);
    good = judge_text(path, text.text, why);
    file_text_free(&text);
    if (!good)
        file->outcome = FILE_BAD;
    return good;
}

/* ---- the keys ---- */

/* Room for one more entry. NULL when memory is out. */
static struct key_entry *next_entry(struct keys_held *made)
{
    struct keys *keys = &made->keys;
    struct key_entry *more;

    if (keys->count == made->cap) {
        more = reallocarray(keys->entries, made->cap * 2 + 8, sizeof *more);
        if (!more)
            return NULL;
        keys->entries = more;
        made->cap = made->cap * 2 + 8;
    }
    return &keys->entries[keys->count];
}

static krb5_error_code add_entry(struct keys_held *made, const struct spn_rule *rule,
                                 krb5_keytab_entry *from)
{
    struct key_entry *entry = next_entry(made);
    krb5_error_code code = KRB5_KT_NOTFOUND;
    char *name = NULL;

    if (!entry)
        return KRB5_CONFIG_NOTENUFSPACE;
    code = krb5_unparse_name(made->context, from->principal, &name);
    if (code != 0)
        return code;
    *entry = (struct key_entry){
        .principal = strdup(name),
        .kvno = from->vno,
        .etype = from->key.enctype,
        .taken = spn_rule_takes(rule, (struct pxa_span){name, strlen(name)}),
    };
    krb5_free_unparsed_name(made->context, name);
    if (!entry->principal)
        return KRB5_CONFIG_NOTENUFSPACE;
    made->keys.count++;
    if (!entry->taken)
        return 0;
    made->keys.taken++;
    return krb5_kt_add_entry(made->context, made->memory, from);
}

/* All entries of FROM. libkrb5's code. */
static krb5_error_code copy_entries(struct keys_held *made, const struct spn_rule *rule,
                                    krb5_keytab from)
{
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;
    krb5_error_code code = krb5_kt_start_seq_get(made->context, from, &cursor);

    if (code != 0)
        return code;
    while ((code = krb5_kt_next_entry(made->context, from, &entry, &cursor)) == 0) {
        code = add_entry(made, rule, &entry);
        krb5_free_keytab_entry_contents(made->context, &entry);
        if (code != 0)
            break;
    }
    krb5_kt_end_seq_get(made->context, from, &cursor);
    return code == KRB5_KT_END ? 0 : code;
}

static krb5_error_code copy_file(struct keys_held *made, const struct spn_rule *rule,
                                 const char *path)
{
    krb5_error_code code = KRB5_CONFIG_NOTENUFSPACE;
    krb5_keytab from;
    char *name = NULL;

    if (asprintf(&name, "FILE:%s", path) < 0)
        return code;
    code = krb5_kt_resolve(made->context, made->name, &made->memory);
    if (code == 0)
        code = krb5_kt_resolve(made->context, name, &from);
    if (code == 0) {
        code = copy_entries(made, rule, from);
        krb5_kt_close(made->context, from);
    }
    free(name);
    return code;
}

/* ---- what is said ---- */

static bool is_first_of_name(const struct keys *keys, size_t number)
{
    for (size_t i = 0; i < number; i++) {
        if (strcmp(keys->entries[i].principal, keys->entries[number].principal) == 0)
            return false;
    }
    return true;
}

/* Whose keys there are, each name once. */
static void list_names(const struct keys *keys, char list[LIST_CAP])
{
    static const char more[] = " and others";
    const size_t room = LIST_CAP - sizeof more;
    size_t names = 0;

    list[0] = '\0';
    for (size_t i = 0; i < keys->count && names <= LISTED_MAX; i++) {
        size_t used = strlen(list);

        if (!is_first_of_name(keys, i))
            continue;
        if (names++ < LISTED_MAX)
            (void)snprintf(list + used, room - used, "%s%s", used > 0 ? ", " : "",
                           keys->entries[i].principal);
        else
            memcpy(list + used, more, sizeof more);
    }
}

static bool tell_none_taken(const char *path, const struct keys *keys, struct why *why)
{
    char list[LIST_CAP];

    if (keys->count == 0)
        return why_set(why, "the keytab %s holds no keys", path);
    list_names(keys, list);
    if (keys->by_name)
        return why_set(why, "the keytab %s holds no key that --spn takes, only of %s", path, list);
    return why_set(why,
                   "the keytab %s holds no key of an HTTP/ name (--spn takes others), only of %s",
                   path, list);
}

static bool judge_keys(struct keys_held *made, const char *path, struct keys_file *file,
                       krb5_error_code code, struct why *why)
{
    struct file_stamp now;
    const char *text;

    if (!file_stamp_of(path, &now) || !file_stamp_equal(&now, &file->stamp)) {
        file->outcome = FILE_CHANGING;
        return why_set(why, "the keytab %s is being written", path);
    }
    file->outcome = FILE_BAD;
    if (code != 0) {
        text = krb5_get_error_message(made->context, code);
        why_set(why, "the keytab %s cannot be read: %s", path, text);
        krb5_free_error_message(made->context, text);
        return false;
    }
    if (made->keys.taken == 0)
        return tell_none_taken(path, &made->keys, why);
    file->outcome = FILE_READ;
    return true;
}

/* ---- the whole ---- */

static struct keys_held *make(struct why *why)
{
    struct keys_held *made = calloc(1, sizeof *made);

    if (!made || krb5_init_context(&made->context) != 0) {
        free(made);
        why_set(why, "libkrb5 cannot begin: is krb5.conf good?");
        return NULL;
    }
    /* Of libkrb5's names in this process. Nobody else's as long as this is held. */
    (void)snprintf(made->name, sizeof made->name, "MEMORY:proxyauth-%" PRIxPTR, (uintptr_t)made);
    made->keys.memory = made->name;
    return made;
}

struct keys *keys_read(const char *path, const struct spn_rule *rule, struct keys_file *file,
                       struct why *why)
{
    struct keys_held *made;
    krb5_error_code code;

    *file = (struct keys_file){.outcome = FILE_BAD};
    if (!judge_file(path, file, why))
        return NULL;
    made = make(why);
    if (!made) {
        file->outcome = FILE_BAD;
        file->has_bytes = false;
        return NULL;
    }
    made->keys.by_name = spn_rule_is_strict(rule);
    code = copy_file(made, rule, path);
    if (!judge_keys(made, path, file, code, why)) {
        keys_free(&made->keys);
        return NULL;
    }
    return &made->keys;
}

void keys_free(struct keys *keys)
{
    struct keys_held *made = keys ? held(keys) : NULL;

    if (!made)
        return;
    if (made->memory)
        krb5_kt_close(made->context, made->memory);
    krb5_free_context(made->context);
    for (size_t i = 0; i < keys->count; i++)
        free(keys->entries[i].principal);
    free(keys->entries);
    free(made);
}
