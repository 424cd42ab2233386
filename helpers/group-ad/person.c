/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stock helper takes DOMAIN\user for a user of the default realm where -N does not know DOMAIN.
 * Here that is so only if DOMAIN is the NetBIOS name of that very realm, which its servers say:
 * they are asked for the name as it is. An account of another domain is another person.
 */
#include <config.h>

#include "helpers/group-ad/person.h"

#include <string.h>
#include <strings.h>

#include "helpers/directory/facts.h"
#include "helpers/group-ad/user_name.h"

/* The realm that -N says for NETBIOS, or NULL. */
static const char *realm_of_netbios(const struct realm_list *list, struct pxa_span netbios)
{
    for (size_t i = 0; i < list->count; i++)
        if (strlen(list->names[i].name) == netbios.len &&
            strncasecmp(list->names[i].name, netbios.at, netbios.len) == 0)
            return list->names[i].realm;
    return NULL;
}

static void set_realm(struct person *person, const char *realm)
{
    person->realm = (struct pxa_span){realm, realm ? strlen(realm) : 0};
}

static void ask_all_for(struct person *person, struct pxa_span name)
{
    for (int kind = 0; kind < SOURCE_KINDS; kind++)
        person->names[kind] = name;
}

static enum person_verdict read_netbios(const struct group_ad_options *options,
                                        const struct user_name *name, struct person *person)
{
    const char *realm = realm_of_netbios(&options->netbios_names, name->qualifier);

    if (realm) {
        set_realm(person, realm);
        ask_all_for(person, name->account);
        return PERSON_KNOWN;
    }
    if (!options->default_realm || !options->kerberos || options->directory.kind == KIND_OPENLDAP)
        return PERSON_STRANGER;
    set_realm(person, options->default_realm);
    person->names[SOURCE_KERBEROS] = name->whole;
    return PERSON_KNOWN;
}

static enum person_verdict read_realm(const struct group_ad_options *options,
                                      const struct user_name *name, struct person *person)
{
    if (!user_name_is_realm(name->qualifier))
        return PERSON_NOBODY;
    person->realm = name->qualifier;
    ask_all_for(person, name->account);
    if (options->directory.kind != KIND_OPENLDAP)
        person->names[SOURCE_KERBEROS] = name->whole;
    return PERSON_KNOWN;
}

enum person_verdict person_read(const struct group_ad_options *options, struct pxa_span user,
                                struct person *person)
{
    struct user_name name;

    *person = (struct person){.realm = {NULL, 0}};
    if (!user_name_read(user, &name))
        return PERSON_NOBODY;
    switch (name.form) {
    case USER_NETBIOS:
        return read_netbios(options, &name, person);
    case USER_REALM:
        return read_realm(options, &name, person);
    case USER_BARE:
        break;
    }
    set_realm(person, options->default_realm);
    ask_all_for(person, name.account);
    return PERSON_KNOWN;
}
