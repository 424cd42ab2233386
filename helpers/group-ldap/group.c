/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request: its line is taken apart, asked about, and answered.
 */
#include <config.h>

#include "helpers/group-ldap/group.h"

#include <stdlib.h>

#include "helpers/groups/reply.h"

struct group_ldap {
    struct groups *groups;
    struct group_line_rules rules;
    struct log *log;
};

/* A request that is asked about. The line's spans point into the request. */
struct pending {
    struct request *request;
    struct groups_asked *asked;
    struct group_line line;
};

static void free_pending(struct pending *pending)
{
    free(pending->line.groups);
    free(pending);
}

static void on_answer(void *context, const struct groups_answer *answer)
{
    struct pending *pending = context;

    switch (answer->verdict) {
    case VERDICT_OK:
        groups_reply_members(pending->request, pending->line.groups, answer->member,
                             pending->line.group_count);
        break;
    case VERDICT_DENIED:
        groups_reply_refusal(pending->request, "not a member of any group that was asked for");
        break;
    case VERDICT_UNAVAILABLE:
        request_answer_text(pending->request, REPLY_BH, answer->reason);
        break;
    }
    free_pending(pending);
}

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct pending *pending = request->holder;

    groups_cancel(pending->asked);
    free_pending(pending);
}

/* ---- requests ---- */

static void ask(struct group_ldap *group, struct pending *pending)
{
    struct request *request = pending->request;
    const struct groups_question question = {
        .user = pending->line.user,
        .groups = pending->line.groups,
        .group_count = pending->line.group_count,
        .base_extension = pending->line.base_extension,
        .done = on_answer,
        .context = pending,
    };
    struct groups_asked *asked = groups_ask(group->groups, &question);

    if (!asked)
        return; /* answered, and freed */
    pending->asked = asked;
    request->holder = pending;
    request->cancel = on_cancel;
}

/* What cannot be asked about. Only a line that squid.conf has made wrong is trouble. */
static void answer_unasked(struct group_ldap *group, struct request *request,
                           enum group_line_verdict verdict)
{
    switch (verdict) {
    case LINE_READ:
        break;
    case LINE_NOBODY:
        groups_reply_refusal(request, "no user name");
        break;
    case LINE_NO_GROUP:
        log_event(group->log, LOG_WARNING, "line",
                  "a line without a group: does the acl line in squid.conf name one?");
        groups_reply_refusal(request, "no group was asked for");
        break;
    case LINE_NO_BASE:
        log_event(group->log, LOG_WARNING, "line",
                  "a line without the base extension that -g (--base-extension) says: it is the "
                  "first argument of the acl line in squid.conf");
        request_answer_text(request, REPLY_BH, "the base extension is missing");
        break;
    case LINE_MANY:
        request_answer_text(request, REPLY_BH, "too many groups in one line");
        break;
    case LINE_NO_MEMORY:
        request_answer_text(request, REPLY_BH, "out of memory");
        break;
    }
}

void group_ldap_request(struct group_ldap *group, struct request *request)
{
    struct pending *pending = malloc(sizeof *pending);
    enum group_line_verdict verdict = LINE_NO_MEMORY;

    if (pending) {
        *pending = (struct pending){.request = request};
        verdict = group_line_read(request->line, request->len, &group->rules, &pending->line);
    }
    if (verdict == LINE_READ) {
        ask(group, pending);
        return;
    }
    answer_unasked(group, request, verdict);
    free(pending);
}

/* ---- the beginning and the end ---- */

_Static_assert((int)LINE_GROUPS_MAX <= (int)GROUPS_MAX,
               "a line can have more groups than a question");

struct group_ldap *group_ldap_new(struct groups *groups, const struct group_line_rules *rules,
                                  struct log *log, struct why *why)
{
    struct group_ldap *group = calloc(1, sizeof *group);

    if (!group) {
        why_set(why, "out of memory");
        return NULL;
    }
    group->groups = groups;
    group->rules = *rules;
    group->log = log;
    return group;
}

void group_ldap_free(struct group_ldap *group)
{
    free(group);
}
