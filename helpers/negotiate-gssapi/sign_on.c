/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the service found out is kept while the directory is asked for groups' names; all of it is
 * forgotten with the reply, so that nothing of one client is left for the next.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/sign_on.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/kerberos/fault.h"
#include "helpers/kerberos/service.h"
#include "helpers/negotiate-gssapi/group_notes.h"
#include "helpers/negotiate-gssapi/ntlm_users.h"
#include "helpers/negotiate/dialogue.h"

struct sign_on {
    struct sign_on_config config;
    struct dialogue *dialogue;
    struct service *service;
    struct group_notes *groups;
    struct request *waiting; /* came before the users of NTLM were read */
    /* Who has logged in, while groups are asked for; spans are in `kept`, which ends with the
     * remark and its NUL. */
    struct dialogue_answer answer;
    struct bytes kept;
};

static const char memory_text[] = "out of memory";

/* ---- answers ---- */

static void give_up(struct sign_on *sign_on, const char *reason)
{
    dialogue_tell(sign_on->dialogue, &(struct dialogue_answer){
                                         .result = DIALOGUE_UNAVAILABLE,
                                         .reason = reason,
                                     });
}

static void forget(struct sign_on *sign_on)
{
    bytes_consume(&sign_on->kept, bytes_len(&sign_on->kept));
    if (sign_on->kept.failed)
        bytes_free(&sign_on->kept);
    sign_on->answer = (struct dialogue_answer){0};
}

static enum dialogue_result result_of(enum service_result result)
{
    switch (result) {
    case SERVICE_CONTINUE:
        return DIALOGUE_CONTINUE;
    case SERVICE_OK:
        return DIALOGUE_OK;
    case SERVICE_DENIED:
        return DIALOGUE_DENIED;
    case SERVICE_OTHER:
        return DIALOGUE_OTHER;
    case SERVICE_UNAVAILABLE:
        break;
    }
    return DIALOGUE_UNAVAILABLE;
}

static struct dialogue_answer answer_of(const struct service_answer *said)
{
    return (struct dialogue_answer){
        .result = result_of(said->result),
        .token = said->token,
        .user = said->user,
        .reason = said->reason,
        .remark = said->remark,
    };
}

/* A copy of what lives until the service's callback returns. */
static bool keep(struct sign_on *sign_on, const struct dialogue_answer *answer)
{
    const char *at;

    forget(sign_on);
    bytes_put(&sign_on->kept, answer->token.at, answer->token.len);
    bytes_put(&sign_on->kept, answer->user.at, answer->user.len);
    if (answer->remark)
        bytes_put(&sign_on->kept, answer->remark, strlen(answer->remark) + 1);
    if (sign_on->kept.failed)
        return false;
    sign_on->answer = *answer;
    at = sign_on->kept.at + sign_on->kept.start;
    sign_on->answer.token.at = at;
    sign_on->answer.user.at = at + answer->token.len;
    if (answer->remark)
        sign_on->answer.remark = at + answer->token.len + answer->user.len;
    return true;
}

static void on_groups(void *context, const struct reply_note *notes, unsigned count,
                      const char *trouble)
{
    struct sign_on *sign_on = context;

    if (trouble) {
        sign_on->answer.result = DIALOGUE_UNAVAILABLE;
        sign_on->answer.reason = trouble;
    } else {
        sign_on->answer.groups = notes;
        sign_on->answer.group_count = count;
    }
    dialogue_tell(sign_on->dialogue, &sign_on->answer);
    forget(sign_on);
    group_notes_drop(sign_on->groups);
}

static void refuse_user(struct sign_on *sign_on, const struct service_answer *said,
                        const char *remark)
{
    dialogue_tell(sign_on->dialogue, &(struct dialogue_answer){
                                         .result = DIALOGUE_DENIED,
                                         .user = said->user,
                                         .reason = fault_ntlm_refusal,
                                         .remark = remark,
                                     });
}

/* Whether the user of a login by NTLM is let in; USER becomes the name for Squid. Else the answer
 * was given. */
static bool judge_user(struct sign_on *sign_on, const struct service_answer *said,
                       struct pxa_span *user)
{
    const char *words;

    if (!said->ntlm || !sign_on->config.users)
        return true;
    switch (ntlm_users_find(sign_on->config.users, user, &words)) {
    case NTLM_USERS_IN:
        return true;
    case NTLM_USERS_OUT:
        refuse_user(sign_on, said, words);
        break;
    case NTLM_USERS_TROUBLE:
        give_up(sign_on, words);
        break;
    }
    return false;
}

static void let_in(struct sign_on *sign_on, const struct service_answer *said)
{
    struct dialogue_answer answer = answer_of(said);

    if (!judge_user(sign_on, said, &answer.user))
        return;
    if (said->sid_count == 0) {
        dialogue_tell(sign_on->dialogue, &answer);
    } else if (!keep(sign_on, &answer)) {
        forget(sign_on);
        give_up(sign_on, memory_text);
    } else {
        group_notes_ask(sign_on->groups, &(struct group_notes_query){
                                             .user = sign_on->answer.user,
                                             .sids = said->sids,
                                             .count = said->sid_count,
                                         });
    }
}

static void on_answer(void *context, const struct service_answer *said)
{
    struct sign_on *sign_on = context;
    const struct dialogue_answer answer = answer_of(said);
    const char *trouble = NULL;

    if (said->result == SERVICE_DENIED && said->ntlm && sign_on->config.users)
        trouble = ntlm_users_trouble(sign_on->config.users);
    if (said->result == SERVICE_OK)
        let_in(sign_on, said);
    else if (trouble)
        give_up(sign_on, trouble);
    else
        dialogue_tell(sign_on->dialogue, &answer);
}

/* ---- requests ---- */

static void on_token(void *context, struct pxa_span token, bool begins)
{
    struct sign_on *sign_on = context;

    if (begins)
        service_begin(sign_on->service, token);
    else
        service_step(sign_on->service, token);
}

static void on_drop(void *context)
{
    struct sign_on *sign_on = context;

    service_drop(sign_on->service);
    group_notes_drop(sign_on->groups);
    forget(sign_on);
}

static void on_cancel(struct request *request)
{
    struct sign_on *sign_on = request->holder;

    sign_on->waiting = NULL;
}

/* The service waits for the keytab by itself. */
static bool is_ready(const struct sign_on *sign_on)
{
    return !sign_on->config.users || ntlm_users_are_ready(sign_on->config.users);
}

void sign_on_request(struct sign_on *sign_on, struct request *request)
{
    if (is_ready(sign_on)) {
        dialogue_request(sign_on->dialogue, request);
        return;
    }
    request->holder = sign_on;
    request->cancel = on_cancel;
    request->late_text = "the users of NTLM are still being read";
    sign_on->waiting = request;
}

void sign_on_looked(struct sign_on *sign_on)
{
    service_looked(sign_on->service);
}

void sign_on_users_changed(struct sign_on *sign_on)
{
    struct request *request = sign_on->waiting;

    if (!request)
        return;
    sign_on->waiting = NULL;
    request->cancel = NULL;
    request->late_text = NULL;
    dialogue_request(sign_on->dialogue, request);
}

/* ---- the whole ---- */

static enum spoken spoken_of(const struct gssapi_options *options)
{
    if (options->scheme == GSSAPI_NTLM)
        return SPOKEN_NTLM;
    return options->ntlm ? SPOKEN_KERBEROS_AND_NTLM : SPOKEN_KERBEROS;
}

static bool open_dialogue(struct sign_on *sign_on, struct why *why)
{
    const struct gssapi_options *options = sign_on->config.options;
    const struct dialogue_config config = {
        .scheme = options->scheme == GSSAPI_NTLM ? SCHEME_NTLM : SCHEME_NEGOTIATE,
        .key_extras = sign_on->config.key_extras,
        .explain = options->explain,
        .spoken = spoken_of(options),
        .log = sign_on->config.log,
        .ask = on_token,
        .drop = on_drop,
        .context = sign_on,
    };

    sign_on->dialogue = dialogue_new(&config, why);
    return sign_on->dialogue;
}

static bool open_service(struct sign_on *sign_on, struct why *why)
{
    const struct gssapi_options *options = sign_on->config.options;
    const struct service_config config = {
        .loop = sign_on->config.loop,
        .offload = sign_on->config.offload,
        .log = sign_on->config.log,
        .watch = sign_on->config.watch,
        .spns = sign_on->config.spns,
        .replay = sign_on->config.replay,
        .who = {.realms = &options->realms,
                .domains = &options->ntlm_domains,
                .strip_realm = options->strip_realm,
                .strip_domain = options->ntlm_file != NULL,
                .local_name = options->local_name},
        .orders = {.local_name = options->local_name,
                   .groups = !options->no_groups,
                   .ntlm_file = options->ntlm_file},
        .ntlm = options->ntlm,
        .answer = on_answer,
        .context = sign_on,
    };

    sign_on->service = service_open(&config, why);
    return sign_on->service;
}

static bool open_groups(struct sign_on *sign_on, struct why *why)
{
    sign_on->groups = group_notes_new(&(struct group_notes_config){
        .options = sign_on->config.options,
        .directory = sign_on->config.directory,
        .answer = on_groups,
        .context = sign_on,
    });
    return sign_on->groups || why_set(why, memory_text);
}

struct sign_on *sign_on_new(const struct sign_on_config *config, struct why *why)
{
    struct sign_on *sign_on = calloc(1, sizeof *sign_on);

    if (!sign_on) {
        why_set(why, memory_text);
        return NULL;
    }
    sign_on->config = *config;
    if (open_groups(sign_on, why) && open_dialogue(sign_on, why) && open_service(sign_on, why))
        return sign_on;
    sign_on_free(sign_on);
    return NULL;
}

bool sign_on_free(struct sign_on *sign_on)
{
    if (!sign_on)
        return true;
    if (!service_close(sign_on->service))
        return false;
    dialogue_free(sign_on->dialogue);
    group_notes_free(sign_on->groups);
    bytes_free(&sign_on->kept);
    free(sign_on);
    return true;
}
