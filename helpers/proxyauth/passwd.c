/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proxyauth passwd: what is done in which order.
 *
 * The password is asked for and hashed before the file is locked, since that takes long, and after
 * a first look at the file, which says soon what cannot be done.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "helpers/proxyauth/command.h"
#include "helpers/proxyauth/passwd_file.h"
#include "helpers/proxyauth/passwd_hash.h"
#include "helpers/proxyauth/passwd_options.h"
#include "helpers/proxyauth/passwd_prompt.h"

static const char program[] = "proxyauth passwd";

/* The password, typed twice where it is a new one. NULL with WHY. */
static struct secret *get_password(const struct passwd_work *work, struct why *why)
{
    struct secret *first = NULL;
    struct secret *again = NULL;

    if (work->options.input)
        return passwd_prompt_input(why);
    if (!isatty(STDIN_FILENO)) {
        why_set(why, "standard input is no terminal; --stdin reads the password from it");
        return NULL;
    }
    if (work->action == PASSWD_VERIFY)
        return passwd_prompt("Password: ", why);
    first = passwd_prompt("New password: ", why);
    again = first ? passwd_prompt("The same again: ", why) : NULL;
    if (again && !secret_equal(first, again)) {
        why_set(why, "the two are not the same; nothing was changed");
        secret_free(&again);
    }
    secret_free(&first);
    return again;
}

/* What else there is to know about a change that was made. */
static void tell(const struct passwd_work *work, const struct passwd_done *done)
{
    const char *path = work->target.path;

    if (done->created)
        fprintf(stderr,
                "%s: created %s with mode 0640; give it the group of the helper's account\n",
                program, path);
    if (work->action == PASSWD_SET && done->records > 1)
        fprintf(stderr, "%s: %llu lines of %s are the user's; line %llu, which counts, was set\n",
                program, (unsigned long long)done->records, path, (unsigned long long)done->line);
    if (work->action == PASSWD_DELETE && done->records > 1)
        fprintf(stderr, "%s: %llu lines were the user's; all are deleted\n", program,
                (unsigned long long)done->records);
    if (done->disabled)
        fprintf(stderr, "%s: the account's flags keep it from logging in, and stay\n", program);
}

/* add, set and delete. */
static bool change(const struct passwd_work *work, const struct secret *password, struct why *why)
{
    struct passwd_edit edit = {.action = work->action, .target = &work->target};
    struct passwd_done done = {0};
    struct secret *value = NULL;
    bool changed;

    if (password) {
        value = passwd_hash_make(&work->target, (enum passwd_hash)work->options.hash,
                                 work->options.cost, password, why);
        if (!value)
            return false;
        edit.value = (struct pxa_span){value->bytes, value->len};
    }
    edit.now_s = (uint64_t)time(NULL);
    changed = passwd_file_edit(&edit, &done, why);
    if (changed)
        tell(work, &done);
    secret_free(&value);
    return changed;
}

/* A first look, before the password is asked for. */
static bool may_change(const struct passwd_work *work, struct why *why)
{
    const struct passwd_edit edit = {.action = work->action, .target = &work->target};

    return passwd_file_allows(&edit, why);
}

static bool run(const struct passwd_work *work, struct why *why)
{
    struct secret *password = NULL;
    bool good;

    if (work->action == PASSWD_LIST)
        return passwd_list(&work->target, why);
    if (work->action == PASSWD_VERIFY && !passwd_exists(&work->target, why))
        return false;
    if (work->needs->new_hash && !may_change(work, why))
        return false;
    if (work->needs->password) {
        password = get_password(work, why);
        if (!password)
            return false;
    }
    if (work->action == PASSWD_VERIFY) {
        good = passwd_verify(&work->target, password, why);
        if (good)
            puts("the password is right");
    } else {
        good = change(work, password, why);
    }
    secret_free(&password);
    return good;
}

static int run_work(const struct passwd_work *work, struct why *why)
{
    bool good = run(work, why);

    if (fflush(stdout) == 0 && !ferror(stdout))
        return good ? COMMAND_GOOD : COMMAND_BAD;
    why_set(why, "standard output cannot be written");
    return COMMAND_BAD;
}

int command_passwd(int argc, char **argv)
{
    static struct passwd_work work; /* zeroed */
    struct why why = {{0}};
    enum option_outcome outcome = passwd_options_read(&work, argc, argv, &why);
    int code = outcome == OPTION_DONE ? COMMAND_GOOD : COMMAND_OPTIONS;

    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write() */
    if (outcome == OPTION_RUN)
        code = run_work(&work, &why);
    else if (outcome == OPTION_BAD && ferror(stdout))
        code = COMMAND_BAD; /* --help or --version could not be written */
    if (code != COMMAND_GOOD && why.text[0])
        fprintf(stderr, "%s: %s\n", program, why.text);
    passwd_options_free(&work);
    return code;
}
