/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request: its line is taken apart, the realm's servers are asked, and if that is trouble and
 * there is an account for it, those of -l.
 */
#include <config.h>

#include "helpers/group-ad/group.h"

#include <stdlib.h>

#include "helpers/core/visible.h"
#include "helpers/group-ad/line.h"
#include "helpers/group-ad/person.h"
#include "helpers/groups/reply.h"

struct group {
    const struct group_ad_options *options;
    struct realms *realms;
    struct log *log;
    struct line_rules rules;
};

/* A request that is asked about. */
struct pending {
    struct group *group;
    struct request *request;
    struct person person;
    struct realm *realm;
    struct groups_asked *asked;
    enum source_kind kind;     /* who is asked now */
    struct realm_list in_line; /* the groups of the line, or empty */
    struct pxa_span *names;    /* of the groups that count for the person's realm */
    size_t count;
};

static void free_pending(struct pending *pending)
{
    realm_list_free(&pending->in_line);
    free(pending->names);
    free(pending);
}

/* ---- replies ---- */

static void refuse(struct pending *pending, const char *words)
{
    groups_reply_refusal(pending->request, words);
    free_pending(pending);
}

static void fail(struct pending *pending, const char *reason)
{
    request_answer_text(pending->request, REPLY_BH, reason);
    free_pending(pending);
}

static void accept(struct pending *pending, const bool *member)
{
    groups_reply_members(pending->request, pending->names, member, pending->count);
    free_pending(pending);
}

/* ---- asking ---- */

static void ask_from(struct pending *pending, enum source_kind kind, const char *trouble);

static void on_answer(void *context, const struct groups_answer *answer)
{
    struct pending *pending = context;

    pending->asked = NULL;
    pending->request->cancel = NULL;
    switch (answer->verdict) {
    case VERDICT_OK:
        accept(pending, answer->member);
        break;
    case VERDICT_DENIED:
        refuse(pending, "not a member of any group that was asked for");
        break;
    case VERDICT_UNAVAILABLE:
        ask_from(pending, pending->kind + 1, answer->reason);
        break;
    }
}

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct pending *pending = request->holder;

    groups_cancel(pending->asked);
    free_pending(pending);
}

static void ask(struct pending *pending, struct groups *groups)
{
    struct request *request = pending->request;
    const struct groups_question question = {
        .user = pending->person.names[pending->kind],
        .groups = pending->names,
        .group_count = pending->count,
        .done = on_answer,
        .context = pending,
    };
    struct groups_asked *asked = groups_ask(groups, &question);

    if (!asked)
        return; /* answered, and freed, or another source is being asked */
    pending->asked = asked;
    request->holder = pending;
    request->cancel = on_cancel;
}

/* Asks the sources from KIND on, until one has an answer; TROUBLE is of the one before, or NULL. */
static void ask_from(struct pending *pending, enum source_kind kind, const char *trouble)
{
    for (; kind < SOURCE_KINDS; kind++) {
        const char *reason = NULL;
        struct groups *groups = pending->person.names[kind].len > 0
                                    ? realm_groups(pending->realm, kind, &reason)
                                    : NULL;

        if (groups) {
            pending->kind = kind;
            ask(pending, groups);
            return;
        }
        if (reason)
            trouble = reason;
    }
    if (trouble)
        fail(pending, trouble);
    else
        refuse(pending, "no realm, and nobody to ask without one");
}

/* ---- requests ---- */

static void ask_about(struct pending *pending, const struct realm_list *list)
{
    struct group *group = pending->group;
    const char *reason;

    pending->names = realm_list_names(list, pending->person.realm, &pending->count);
    if (!pending->names) {
        fail(pending, "out of memory");
        return;
    }
    if (pending->count == 0) {
        refuse(pending, "no group for users of this realm");
        return;
    }
    pending->realm = realms_get(group->realms, pending->person.realm, &reason);
    if (!pending->realm)
        fail(pending, reason);
    else
        ask_from(pending, SOURCE_KERBEROS, NULL);
}

/* The list of groups: that of the options, or of LINE. NULL when the request has been answered. */
static const struct realm_list *list_for(struct pending *pending, const struct line *line)
{
    struct group *group = pending->group;
    struct why why = {""};

    if (!group->rules.groups_in_line)
        return &group->options->groups;
    if (realm_list_add(&pending->in_line, line->groups, &why))
        return &pending->in_line;
    log_event(group->log, LOG_WARNING, "line", "the groups of a line: %s", why.text);
    fail(pending, "the list of groups cannot be read");
    return NULL;
}

static void take_line(struct pending *pending, const struct line *line)
{
    struct group *group = pending->group;
    const struct realm_list *list;

    switch (person_read(group->options, line->user, &pending->person)) {
    case PERSON_KNOWN:
        list = list_for(pending, line);
        if (list)
            ask_about(pending, list);
        break;
    case PERSON_NOBODY:
        refuse(pending, "nobody can have this name");
        break;
    case PERSON_STRANGER:
        log_event(group->log, LOG_NOTICE, "domain",
                  "%s: no option says which realm this NetBIOS name is (-N NETBIOS@REALM): denied",
                  visible_excerpt(line->user).text);
        refuse(pending, "a domain that is not known");
        break;
    }
}

void group_request(struct group *group, struct request *request)
{
    struct pending *pending = calloc(1, sizeof *pending);
    struct line line;

    if (!pending) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    pending->group = group;
    pending->request = request;
    switch (line_read(request->line, request->len, &group->rules, &line)) {
    case LINE_READ:
        take_line(pending, &line);
        break;
    case LINE_NOBODY:
        refuse(pending, "no user name");
        break;
    case LINE_NO_GROUP:
        log_event(group->log, LOG_WARNING, "line",
                  "a line without a group: neither -g, -t or -T name one, nor does the acl line in "
                  "squid.conf");
        fail(pending, "no group was asked for");
        break;
    }
}

/* ---- the beginning and the end ---- */

_Static_assert((int)REALM_LIST_MAX <= (int)GROUPS_MAX,
               "a list can have more groups than a question");

struct group *group_new(const struct group_ad_options *options, struct realms *realms,
                        struct log *log, struct why *why)
{
    struct group *group = calloc(1, sizeof *group);

    if (!group) {
        why_set(why, "out of memory");
        return NULL;
    }
    *group = (struct group){
        .options = options,
        .realms = realms,
        .log = log,
        .rules = {.raw = options->login == GROUP_AD_LOGIN_RAW,
                  .groups_in_line = options->groups.count == 0,
                  .extras = (unsigned)options->common.key_extras},
    };
    return group;
}

void group_free(struct group *group)
{
    free(group);
}
