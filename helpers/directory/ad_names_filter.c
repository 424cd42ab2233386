/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filter of a name in an Active Directory.
 *
 * Only people are found: accounts of computers have their own category, contacts no password. Both
 * attributes are indexed in every Active Directory, --login-attr has to be (mail is). The name
 * stands first: Samba looks at no more of the filter once one entry is left.
 */
#include <config.h>

#include "helpers/core/bytes.h"
#include "helpers/directory/ad_names.h"
#include "helpers/directory/filter_escape.h"

static void put_value(struct bytes *filter, struct pxa_span value)
{
    char *room = bytes_room(filter, filter_escaped_len(value));

    if (room)
        bytes_added(filter, (size_t)(filter_escape(room, value) - room));
}

static void put_equal(struct bytes *filter, const char *attribute, struct pxa_span value)
{
    bytes_put_text(filter, "(");
    bytes_put_text(filter, attribute);
    bytes_put_text(filter, "=");
    put_value(filter, value);
    bytes_put_text(filter, ")");
}

static void put_sam(struct bytes *filter, const struct ad_name *name)
{
    if (name->without_upn)
        bytes_put_text(filter, "(&");
    put_equal(filter, "sAMAccountName", name->sam);
    if (name->without_upn)
        bytes_put_text(filter, "(!(userPrincipalName=*)))");
}

static void put_upn(struct bytes *filter, const struct ad_name *name)
{
    bytes_put_text(filter, "(userPrincipalName=");
    put_value(filter, name->upn);
    bytes_put_text(filter, "@");
    put_value(filter, name->suffix);
    bytes_put_text(filter, ")");
}

char *ad_name_filter(const struct ad_name *name)
{
    struct bytes filter = {0};

    if (name->typed.len > SIZE_MAX / 3)
        return NULL;
    bytes_put_text(&filter, "(&(|");
    if (name->sam.len > 0)
        put_sam(&filter, name);
    if (name->upn.len > 0)
        put_upn(&filter, name);
    if (name->attribute)
        put_equal(&filter, name->attribute, name->typed);
    bytes_put_text(&filter, ")(objectCategory=person)(objectClass=user))");
    bytes_put(&filter, "", 1);
    if (!filter.failed && filter.start == 0)
        return filter.at;
    bytes_free(&filter);
    return NULL;
}
