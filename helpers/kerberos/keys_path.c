/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which file the service's keys are in.
 */
#include <config.h>

#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <krb5.h>

#include "helpers/kerberos/keys.h"

/* Longer than any path. */
enum { NAME_CAP = 8192 };

/* The rest of NAME behind its type where that is a file's; NULL for another type. As libkrb5 reads
 * it: what begins with a slash has no type. */
static const char *path_in(const char *name)
{
    static const char *const types[] = {"FILE:", "WRFILE:"};
    const char *colon = strchr(name, ':');

    if (!colon || name[0] == '/')
        return name;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t len = strlen(types[i]);

        if (strncmp(name, types[i], len) == 0)
            return name + len;
    }
    return NULL;
}

static char *copy_path(const char *name, const char *whose, struct why *why)
{
    const char *path = path_in(name);
    char *copy;

    if (!path || path[0] == '\0') {
        why_set(why, "%s: \"%s\" is no keytab in a file; its path would be right, or FILE:PATH",
                whose, why_excerpt(name).text);
        return NULL;
    }
    copy = strdup(path);
    if (!copy)
        why_set(why, "out of memory");
    return copy;
}

/* What libkrb5 says of a name that it cannot give. */
static void tell_default(krb5_context context, krb5_error_code code, struct why *why)
{
    const char *words;

    if (code == KRB5_CONFIG_NOTENUFSPACE) {
        why_set(why, "the name of the default keytab is too long: name one by --keytab");
        return;
    }
    words = krb5_get_error_message(context, code);
    why_set(why, "default_keytab_name in krb5.conf cannot be used: %s; name a keytab by --keytab",
            words);
    krb5_free_error_message(context, words);
}

/* As the environment, or else krb5.conf, has it. */
static char *default_path(const char *whose, struct why *why)
{
    char *path = NULL;
    krb5_error_code code;
    krb5_context context;
    char *name;

    if (krb5_init_context(&context) != 0) {
        why_set(why, "libkrb5 cannot begin: is krb5.conf good?");
        return NULL;
    }
    name = malloc(NAME_CAP);
    code = name ? krb5_kt_default_name(context, name, NAME_CAP) : ENOMEM;
    if (code != 0)
        tell_default(context, code, why);
    else
        path = copy_path(name, whose, why);
    free(name);
    krb5_free_context(context);
    return path;
}

char *keys_path(const char *option, bool *later, struct why *why)
{
    const char *variable = secure_getenv("KRB5_KTNAME");
    char *path;

    if (later)
        *later = false;
    if (option)
        return copy_path(option, "option --keytab", why);
    if (variable)
        return copy_path(variable, "KRB5_KTNAME", why);
    path = default_path("default_keytab_name", why);
    if (!path && later)
        *later = true;
    return path;
}
