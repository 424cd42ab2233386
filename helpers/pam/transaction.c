/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handles are not kept for further users, as `basic_pam_auth -t` does: that is against
 * pam_start(3), and what modules have stored for one user would speak of another.
 *
 * Cannot do: wipe what modules copy for themselves, or know whether they can run in several
 * threads. In libpam itself they can, but for one thing: libaudit, which it tells of each login,
 * keeps the name of the program in a static buffer. Threads that come there first at the same time
 * write the same bytes into it; at the worst one audit record shows them half written (libaudit
 * 3.0.9, ThreadSanitizer).
 */
#include <config.h>

#include "helpers/pam/transaction.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <security/pam_appl.h>

#include "helpers/pam/conversation.h"
#include "helpers/pam/service.h"

/* ---- the handle ---- */

static int start(const struct transaction_config *config, const char *user,
                 const struct pam_conv *conv, pam_handle_t **handle)
{
#ifdef HAVE_PAM_START_CONFDIR
    if (config->service_dir)
        return pam_start_confdir(config->service, user, conv, config->service_dir, handle);
#endif
    return pam_start(config->service, user, conv, handle);
}

bool transaction_has_service_dir(void)
{
#ifdef HAVE_PAM_START_CONFDIR
    return true;
#else
    return false;
#endif
}

#ifdef PAM_FAIL_DELAY
/* PAM would sleep here after a wrong password, and the thread with it. */
static void do_not_wait(int code, unsigned delay_us, void *conversation)
{
    (void)code;
    (void)delay_us;
    (void)conversation;
}
#endif

static int set_items(pam_handle_t *handle)
{
#ifdef PAM_FAIL_DELAY
    void (*const delay)(int, unsigned, void *) = do_not_wait;
    const void *item;

    /* POSIX lets a function's address pass as an object's; ISO C has no cast for it. */
    memcpy(&item, &delay, sizeof item);
    return pam_set_item(handle, PAM_FAIL_DELAY, item);
#else
    (void)handle;
    return PAM_SUCCESS;
#endif
}

/* ---- what came out ---- */

/* The step that said CODE. */
static void tell(struct transaction *transaction, const struct conversation *conversation,
                 enum outcome_step step, int code)
{
    static const char *const functions[] = {
        [OUTCOME_START] = "pam_start",
        [OUTCOME_AUTHENTICATION] = "pam_authenticate",
        [OUTCOME_ACCOUNT] = "pam_acct_mgmt",
    };
    bool said = conversation->said[0] != '\0';
    bool unasked = step != OUTCOME_START && !conversation->given;

    transaction->outcome = outcome_of(step, code, conversation->given);
    transaction->authenticated = step == OUTCOME_ACCOUNT || code == PAM_SUCCESS;
    snprintf(transaction->detail, sizeof transaction->detail, "%s gives %s%s%s%s%s",
             functions[step], outcome_code_name(code),
             unasked ? ", and no module has asked for the password" : "",
             said ? ", and says \"" : "", conversation->said, said ? "\"" : "");
}

/* A module that got no answer says what it likes. */
static void tell_refusal(struct transaction *transaction, const struct conversation *conversation)
{
    if (transaction->outcome.verdict == OUTCOME_OK)
        return;
    if (conversation->refusal == CONVERSATION_NEW_PASSWORD)
        transaction->outcome = outcome_of(OUTCOME_AUTHENTICATION, PAM_NEW_AUTHTOK_REQD, true);
    else if (conversation->refusal == CONVERSATION_OTHER_QUESTION)
        transaction->outcome = outcome_of(OUTCOME_AUTHENTICATION, PAM_CONV_ERR, true);
}

/* Squid's access lists see the name as it was typed, but for case: one person has one name. */
static void tell_name(const struct transaction_config *config, struct transaction *transaction,
                      pam_handle_t *handle, const struct conversation *conversation)
{
    const char *user = conversation->user;
    const void *item = NULL;
    const char *name;

    name = pam_get_item(handle, PAM_USER, &item) == PAM_SUCCESS && item ? item : user;
    if (strcasecmp(name, user) != 0 && !config->accept_aliases) {
        transaction->outcome = (struct outcome){.verdict = OUTCOME_DENIED};
        snprintf(transaction->detail, sizeof transaction->detail,
                 "PAM calls this user \"%.100s\"; --accept-aliases lets other names in",
                 conversation_showable(conversation, name));
    } else if (strlen(name) < sizeof transaction->name) {
        memcpy(transaction->name, name, strlen(name) + 1);
    }
}

/* ---- a login ---- */

/* The code of the last step. An account without a password lets nobody in (pam_unix with `nullok`
 * would take any password for it). */
static int log_in(const struct transaction_config *config, struct transaction *transaction,
                  pam_handle_t *handle, struct conversation *conversation)
{
    enum outcome_step step = OUTCOME_AUTHENTICATION;
    int code = set_items(handle);

    if (code == PAM_SUCCESS)
        code = pam_authenticate(handle, PAM_DISALLOW_NULL_AUTHTOK);
    if (code == PAM_SUCCESS && !config->no_account) {
        step = OUTCOME_ACCOUNT;
        code = pam_acct_mgmt(handle, PAM_DISALLOW_NULL_AUTHTOK);
    }
    tell(transaction, conversation, step, code);
    tell_refusal(transaction, conversation);
    if (code == PAM_SUCCESS)
        tell_name(config, transaction, handle, conversation);
    return code;
}

/* As `basic_pam_auth -r` does it: a name with an @ ends there, else it begins behind the backslash.
 */
static struct pxa_span without_realm(struct pxa_span name)
{
    const char *at = name.len > 0 ? memchr(name.at, '@', name.len) : NULL;

    if (at)
        return (struct pxa_span){name.at, (size_t)(at - name.at)};
    at = name.len > 0 ? memchr(name.at, '\\', name.len) : NULL;
    if (at)
        return (struct pxa_span){at + 1, name.len - (size_t)(at + 1 - name.at)};
    return name;
}

/* PAM has strings, and its modules have room for PAM_MAX_RESP_SIZE bytes of an answer, some of
 * which cut a longer one: only its beginning would be verified. */
static bool can_be_right(struct pxa_span user, const struct secret *password)
{
    return user.len > 0 && !memchr(user.at, '\0', user.len) && password->len > 0 &&
           password->len < PAM_MAX_RESP_SIZE && !memchr(password->bytes, '\0', password->len);
}

/* PAM would pass on to the service "other" without a word. */
static bool has_service(const struct transaction_config *config, struct transaction *transaction)
{
    char path[SERVICE_PATH_MAX];
    struct why why;

    if (!config->needs_file || service_find(config->service, config->service_dir, path, &why))
        return true;
    transaction->outcome = outcome_of(OUTCOME_START, PAM_ABORT, false);
    snprintf(transaction->detail, sizeof transaction->detail, "%.*s", TRANSACTION_TEXT_MAX - 1,
             why.text);
    return false;
}

static void run(const struct transaction_config *config, struct transaction *transaction,
                const char *user)
{
    struct conversation conversation = {.user = user, .password = transaction->password};
    const struct pam_conv conv = {conversation_hold, &conversation};
    pam_handle_t *handle = NULL;
    int code = start(config, user, &conv, &handle);

    if (code != PAM_SUCCESS) {
        tell(transaction, &conversation, OUTCOME_START, code);
        return;
    }
    code = log_in(config, transaction, handle, &conversation);
    pam_end(handle, code);
}

/* Programs that modules start have the mask of the thread, unless fork(2) starts them. The system
 * still gives signals to the main thread first, and the loop's handlers may run in any. */
static void run_unblocked(const struct transaction_config *config, struct transaction *transaction,
                          const char *user)
{
    sigset_t none, before;

    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, &before);
    run(config, transaction, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void transaction_run(const struct transaction_config *config, struct transaction *transaction)
{
    struct pxa_span name = transaction->user;
    char *user;

    if (config->strip_realm)
        name = without_realm(name);
    transaction->detail[0] = transaction->name[0] = '\0';
    transaction->authenticated = false;
    transaction->outcome = (struct outcome){.verdict = OUTCOME_DENIED};
    if (!can_be_right(name, transaction->password)) {
        snprintf(transaction->detail, sizeof transaction->detail,
                 "PAM is not asked about such a name or password");
        return;
    }
    if (!has_service(config, transaction))
        return;
    user = strndup(name.at, name.len);
    if (user)
        run_unblocked(config, transaction, user);
    else
        transaction->outcome = outcome_of(OUTCOME_START, PAM_BUF_ERR, false);
    free(user);
}

bool transaction_try(const struct transaction_config *config, struct remarks *remarks,
                     struct why *why)
{
    struct conversation conversation = {.user = ""};
    const struct pam_conv conv = {conversation_hold, &conversation};
    pam_handle_t *handle = NULL;
    int code;

    remarks_begin(remarks);
    code = start(config, "nobody", &conv, &handle);
    remarks_end(remarks);
    if (code != PAM_SUCCESS)
        return why_set(why, "PAM cannot use the service %s (%s)", config->service,
                       outcome_code_name(code));
    pam_end(handle, code);
    return true;
}

/* ---- programs that modules start ---- */

/* In the child of fork(2), which has the loop's handlers until it starts a program: what they write
 * would reach the parent. */
static void restore_signals(void)
{
    static const int changed[] = {SIGPIPE, SIGHUP, SIGTERM, SIGINT};

    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++)
        signal(changed[i], SIG_DFL);
}

bool transaction_prepare(void)
{
    return pthread_atfork(NULL, NULL, restore_signals) == 0;
}
