/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of groups, gathered in any order and sorted at the end.
 */
#include <config.h>

#include "helpers/directory/membership_lists.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/span_index.h"

struct name_list *name_list_new(void)
{
    return calloc(1, sizeof(struct name_list));
}

static void free_name(struct pxa_span name)
{
    /* It was ours before it was a name. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    free((void *)(uintptr_t)name.at);
}

void name_list_free(struct name_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        free_name(list->names[i]);
    free(list->names);
    free(list);
}

static bool grow(struct name_list *list)
{
    size_t cap = list->cap ? 2 * list->cap : 16;
    struct pxa_span *names = reallocarray(list->names, cap, sizeof *names);

    if (!names)
        return false;
    list->names = names;
    list->cap = cap;
    return true;
}

bool name_list_add(struct name_list *list, struct pxa_span name)
{
    char *copy;

    if (list->count == list->cap && !grow(list))
        return false;
    copy = malloc(name.len + 1);
    if (!copy)
        return false;
    if (name.len > 0)
        memcpy(copy, name.at, name.len);
    copy[name.len] = '\0';
    list->names[list->count].at = copy;
    list->names[list->count++].len = name.len;
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct pxa_span *a = left;
    const struct pxa_span *b = right;

    return span_compare(*a, *b);
}

void name_list_sort(struct name_list *list)
{
    size_t kept = 0;

    if (list->count == 0)
        return;
    qsort(list->names, list->count, sizeof *list->names, compare);
    for (size_t i = 1; i < list->count; i++) {
        if (compare(&list->names[kept], &list->names[i]) == 0)
            free_name(list->names[i]);
        else
            list->names[++kept] = list->names[i];
    }
    list->count = kept + 1;
}
