/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values are written one behind the other, so that a thousand groups cost no thousand allocations;
 * pointers to them are set once nothing moves any more.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/group_notes.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#ifdef HAVE_LDAP
#include "helpers/negotiate-gssapi/group_names.h"
#endif

static const char memory_text[] = "out of memory";

struct group_notes {
    struct group_notes_config config;
    struct bytes text; /* the values of all notes */
    struct reply_note *notes;
    unsigned count;
    size_t cap; /* of `notes` */
#ifdef HAVE_LDAP
    struct group_names *names; /* while they are asked for */
    struct group_names_query query;
    struct pxa_span *sids; /* the query's; their bytes, and the user, are in `copy` */
    char *copy;
#endif
};

/* ---- values ---- */

/* Without a filter every group passes. */
static bool passes(const struct group_notes *notes, const char *name)
{
    const struct option_list *filters = &notes->config.options->filters;

    for (size_t i = 0; i < filters->count; i++)
        if (fnmatch(filters->values[i], name, FNM_CASEFOLD) == 0)
            return true;
    return filters->count == 0;
}

/* The LEN bytes at the end of the text are a note's value. */
static void add(struct group_notes *notes, size_t len)
{
    bytes_added(&notes->text, len);
    notes->notes[notes->count++] = (struct reply_note){"group", {NULL, len}};
}

/* Each is false for what cannot be told; memory that is out is seen in the text at the end. */

static bool add_sid(struct group_notes *notes, struct pxa_span binary)
{
    bool base64 =
        !notes->config.directory && notes->config.options->sid_format == SID_FORMAT_BASE64;
    char *room = bytes_room(&notes->text, PXA_SID_TEXT_MAX);
    struct pxa_written done = {0};
    struct pxa_sid sid;

    if (!room)
        return true;
    if (pxa_sid_decode(binary, &sid, NULL) != PXA_OK ||
        pxa_sid_text(&sid, room, PXA_SID_TEXT_MAX - 1, &done) != PXA_OK)
        return false;
    room[done.len] = '\0';
    if (!passes(notes, room))
        return true;
    if (base64 && pxa_base64_encode(binary, room, PXA_SID_TEXT_MAX, &done) != PXA_OK)
        return false;
    add(notes, done.len);
    return true;
}

/* A NUL, which no directory allows in a name, would hide the rest of it from the filters. */
static bool add_name(struct group_notes *notes, struct pxa_span name)
{
    char *room = bytes_room(&notes->text, name.len + 1);

    if (!room)
        return true;
    if (memchr(name.at, '\0', name.len))
        return false;
    memcpy(room, name.at, name.len);
    room[name.len] = '\0';
    if (passes(notes, room))
        add(notes, name.len);
    return true;
}

/* NAMES: one for each SID, empty where no group has it; or NULL. */
static bool add_all(struct group_notes *notes, const struct pxa_span *sids, size_t count,
                    const struct pxa_span *names)
{
    for (size_t i = 0; i < count; i++)
        if (names && names[i].len > 0 ? !add_name(notes, names[i]) : !add_sid(notes, sids[i]))
            return false;
    return true;
}

/* Begins with nothing of the last client. */
static bool make_room(struct group_notes *notes, size_t count)
{
    struct reply_note *list;

    if (notes->text.failed)
        bytes_free(&notes->text);
    bytes_consume(&notes->text, bytes_len(&notes->text));
    notes->count = 0;
    if (count <= notes->cap)
        return true;
    list = reallocarray(notes->notes, count, sizeof *list);
    if (!list)
        return false;
    notes->notes = list;
    notes->cap = count;
    return true;
}

static void point_at_values(struct group_notes *notes)
{
    const char *at = notes->text.at + notes->text.start;

    for (unsigned i = 0; i < notes->count; i++) {
        notes->notes[i].value.at = at;
        at += notes->notes[i].value.len;
    }
}

/* ---- answers ---- */

static void tell(struct group_notes *notes, const char *trouble)
{
    notes->config.answer(notes->config.context, notes->notes, trouble ? 0 : notes->count, trouble);
}

/* NULL, or what hindered. */
static const char *write_notes(struct group_notes *notes, const struct pxa_span *sids, size_t count,
                               const struct pxa_span *names)
{
    if (!make_room(notes, count))
        return memory_text;
    if (!add_all(notes, sids, count, names))
        return "a group has a SID or a name that cannot be told";
    if (notes->text.failed)
        return memory_text;
    point_at_values(notes);
    return NULL;
}

static void finish(struct group_notes *notes, const struct pxa_span *sids, size_t count,
                   const struct pxa_span *names)
{
    tell(notes, write_notes(notes, sids, count, names));
}

/* ---- names ---- */

#ifdef HAVE_LDAP

static void forget(struct group_notes *notes)
{
    if (notes->names)
        group_names_drop(notes->names);
    notes->names = NULL;
    free(notes->sids);
    free(notes->copy);
    notes->sids = NULL;
    notes->copy = NULL;
}

static char *copy_span(char *to, struct pxa_span *span)
{
    if (span->len > 0)
        memcpy(to, span->at, span->len);
    span->at = to;
    return to + span->len;
}

static bool copy_query(struct group_notes *notes, const struct group_notes_query *query)
{
    size_t len = query->user.len + 1; /* at least one, to be allocated */
    char *at;

    for (size_t i = 0; i < query->count; i++)
        len += query->sids[i].len;
    notes->copy = malloc(len);
    notes->sids = calloc(query->count, sizeof *notes->sids);
    if (!notes->copy || !notes->sids)
        return false;
    memcpy(notes->sids, query->sids, query->count * sizeof *notes->sids);
    notes->query.user = query->user;
    notes->query.sids = notes->sids;
    notes->query.count = query->count;
    at = copy_span(notes->copy, &notes->query.user);
    for (size_t i = 0; i < query->count; i++)
        at = copy_span(at, &notes->sids[i]);
    return true;
}

static void on_names(void *context, const struct pxa_span *names, const char *trouble)
{
    struct group_notes *notes = context;

    notes->names = NULL;
    if (trouble)
        tell(notes, trouble);
    else
        finish(notes, notes->sids, notes->query.count, names);
}

static void ask_for_names(struct group_notes *notes, const struct group_notes_query *query)
{
    struct group_names *asked;

    forget(notes);
    if (!copy_query(notes, query)) {
        tell(notes, memory_text);
        return;
    }
    notes->query.done = on_names;
    notes->query.context = notes;
    asked = group_names_ask(notes->config.directory, &notes->query);
    if (asked)
        notes->names = asked; /* NULL: answered already, and perhaps asked again */
}

#else

static void forget(struct group_notes *notes)
{
    (void)notes;
}

static void ask_for_names(struct group_notes *notes, const struct group_notes_query *query)
{
    finish(notes, query->sids, query->count, NULL);
}

#endif

/* ---- the whole ---- */

void group_notes_ask(struct group_notes *notes, const struct group_notes_query *query)
{
    if (notes->config.directory && query->count > 0)
        ask_for_names(notes, query);
    else
        finish(notes, query->sids, query->count, NULL);
}

void group_notes_drop(struct group_notes *notes)
{
    forget(notes);
    bytes_consume(&notes->text, bytes_len(&notes->text));
    notes->count = 0;
}

struct group_notes *group_notes_new(const struct group_notes_config *config)
{
    struct group_notes *notes = calloc(1, sizeof *notes);

    if (notes)
        notes->config = *config;
    return notes;
}

void group_notes_free(struct group_notes *notes)
{
    if (!notes)
        return;
    forget(notes);
    bytes_free(&notes->text);
    free(notes->notes);
    free(notes);
}
