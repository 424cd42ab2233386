/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cannot do: names that hold a colon or `@`; there is no escape for them in the stock helper.
 */
#include <config.h>

#include "helpers/group-ad/realm_list.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/core/span_index.h"
#include "helpers/core/visible.h"

static bool out_of_memory(struct why *why)
{
    return why_set(why, "out of memory");
}

/* Makes room for one name more: the room is a power of two, and grows when the count is one. */
static bool grow(struct realm_list *list, struct why *why)
{
    size_t room = list->count > 0 ? 2 * list->count : 1;
    struct realm_name *grown;

    if (list->count == REALM_LIST_MAX)
        return why_set(why, "there are more than %d names", REALM_LIST_MAX);
    if ((list->count & (list->count - 1)) != 0)
        return true;
    grown = realloc(list->names, room * sizeof *grown);
    if (!grown)
        return out_of_memory(why);
    list->names = grown;
    return true;
}

/* ITEM is NAME, NAME@ or NAME@REALM. */
static bool add_item(struct realm_list *list, struct pxa_span item, struct why *why)
{
    const char *sign = item.len > 0 ? memchr(item.at, '@', item.len) : NULL;
    size_t name_len = sign ? (size_t)(sign - item.at) : item.len;
    size_t realm_len = sign ? item.len - name_len - 1 : 0;
    struct realm_name added = {NULL, NULL};

    if (name_len == 0)
        return why_set(why, "a name in it is empty");
    if (realm_len > 0 && memchr(sign + 1, '@', realm_len))
        return why_set(why, "\"%s\" has more than one @", visible_excerpt(item).text);
    if (memchr(item.at, '\0', item.len))
        return why_set(why, "\"%s\" has a NUL byte", visible_excerpt(item).text);
    if (!grow(list, why))
        return false;
    added.name = strndup(item.at, name_len);
    added.realm = sign ? strndup(sign + 1, realm_len) : NULL;
    if (!added.name || (sign && !added.realm)) {
        free(added.name);
        free(added.realm);
        return out_of_memory(why);
    }
    list->names[list->count++] = added;
    return true;
}

bool realm_list_add(struct realm_list *list, struct pxa_span text, struct why *why)
{
    if (text.len > REALM_LIST_TEXT_MAX)
        return why_set(why, "it is longer than %d bytes", REALM_LIST_TEXT_MAX);
    for (;;) {
        const char *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;
        struct pxa_span item = {text.at, colon ? (size_t)(colon - text.at) : text.len};

        if (!add_item(list, item, why))
            return false;
        if (!colon)
            return true;
        text = (struct pxa_span){colon + 1, text.len - item.len - 1};
    }
}

bool realm_name_is_for(const struct realm_name *name, struct pxa_span realm)
{
    if (!name->realm)
        return true;
    if (!realm.at)
        return false;
    return *name->realm == '\0' ||
           (strlen(name->realm) == realm.len && strncasecmp(name->realm, realm.at, realm.len) == 0);
}

/* How many of COUNT names INDEX, in which they are by their places, leaves when each stands once.
 */
static size_t leave_out_twins(struct pxa_span *names, size_t count, struct span_index *index)
{
    size_t left = 0;
    size_t same;

    span_index_sort(index);
    for (size_t i = 0; i < count; i++)
        if (span_index_take(index, names[i], &same))
            names[left++] = names[i];
    return left;
}

struct pxa_span *realm_list_names(const struct realm_list *list, struct pxa_span realm,
                                  size_t *count)
{
    struct pxa_span *names = calloc(list->count + 1, sizeof *names);
    struct span_index index = {0};
    size_t found = 0;
    bool good = names != NULL;

    for (size_t i = 0; good && i < list->count; i++) {
        if (!realm_name_is_for(&list->names[i], realm))
            continue;
        names[found] = (struct pxa_span){list->names[i].name, strlen(list->names[i].name)};
        good = span_index_add(&index, names[found], found);
        found++;
    }
    if (good) {
        *count = leave_out_twins(names, found, &index);
    } else {
        free(names);
        names = NULL;
    }
    span_index_free(&index);
    return names;
}

void realm_list_free(struct realm_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->names[i].name);
        free(list->names[i].realm);
    }
    free(list->names);
    *list = (struct realm_list){NULL, 0};
}
