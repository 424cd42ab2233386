/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAM module that does what its arguments say, in their order, for tests of basic-pam. In texts
 * a plus sign is a blank.
 *
 *   hidden=TEXT open=TEXT info=TEXT error=TEXT   asks or says it; without an answer that is the end
 *   also=TEXT       asks it in one call with the question that follows
 *   expect=TEXT     what was answered last is TEXT; if not, the code is PAM_AUTH_ERR
 *   rename=NAME     the user is NAME from now on
 *   print=TEXT      writes it to standard output and to standard error
 *   run=PROGRAM     runs it by fork(2), and closes nothing before
 *   spawn=PROGRAM   the same by posix_spawn(3), as system(3) and popen(3) do it
 *   stay=FIFO       leaves a child of fork(2) behind, which starts nothing and waits like wait=FIFO
 *   delay=USEC      asks PAM to wait after a failure
 *   when=USER       what follows is for that user alone
 *   mark=FILE       writes a byte to FILE
 *   wait=FIFO       waits until somebody opens FIFO for writing
 *   code=NUMBER     what it returns, PAM_SUCCESS if it is not said
 */
#include <config.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <security/pam_appl.h>
#include <security/pam_modules.h>

struct probe {
    pam_handle_t *handle;
    char also[256]; /* a question that waits for the next */
    char answer[1024];
    int code;
};

static int ask(struct probe *probe, int style, const char *text)
{
    const struct pam_message messages[] = {{PAM_PROMPT_ECHO_OFF, probe->also}, {style, text}};
    const struct pam_message *both[] = {&messages[0], &messages[1]};
    int first = probe->also[0] ? 0 : 1;
    struct pam_response *responses = NULL;
    const void *item = NULL;
    const struct pam_conv *conv;
    int code;

    pam_get_item(probe->handle, PAM_CONV, &item);
    conv = item;
    code = conv->conv(2 - first, &both[first], &responses, conv->appdata_ptr);
    if (code != PAM_SUCCESS)
        return code;
    for (int i = 0; i < 2 - first; i++) {
        if (responses[i].resp) {
            snprintf(probe->answer, sizeof probe->answer, "%s", responses[i].resp);
            explicit_bzero(responses[i].resp, strlen(responses[i].resp));
        }
        free(responses[i].resp);
    }
    free(responses);
    probe->also[0] = '\0';
    return PAM_SUCCESS;
}

static void mark(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd >= 0 && write(fd, "x", 1) == 1)
        close(fd);
}

static void wait_for(const char *fifo)
{
    int fd = open(fifo, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        close(fd);
}

static void leave_child(const char *fifo)
{
    if (fork() == 0) {
        wait_for(fifo);
        _exit(0);
    }
}

static void print(const char *text)
{
    fprintf(stdout, "%s\n", text);
    fprintf(stderr, "%s\n", text);
    fflush(stdout);
}

static void run_program(const char *path)
{
    pid_t child = fork();

    if (child == 0) {
        execl(path, path, (char *)NULL);
        _exit(127);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
}

static void spawn_program(char *path)
{
    char *argv[] = {path, NULL};
    pid_t child;

    if (posix_spawn(&child, path, NULL, NULL, argv, NULL) == 0)
        waitpid(child, NULL, 0);
}

static bool is_for(struct probe *probe, const char *user)
{
    const void *item = NULL;

    return pam_get_item(probe->handle, PAM_USER, &item) == PAM_SUCCESS && item &&
           strcmp(item, user) == 0;
}

/* False when it is over. */
static bool act(struct probe *probe, const char *name, char *value)
{
    if (strcmp(name, "hidden") == 0)
        probe->code = ask(probe, PAM_PROMPT_ECHO_OFF, value);
    else if (strcmp(name, "open") == 0)
        probe->code = ask(probe, PAM_PROMPT_ECHO_ON, value);
    else if (strcmp(name, "info") == 0)
        probe->code = ask(probe, PAM_TEXT_INFO, value);
    else if (strcmp(name, "error") == 0)
        probe->code = ask(probe, PAM_ERROR_MSG, value);
    else if (strcmp(name, "also") == 0)
        snprintf(probe->also, sizeof probe->also, "%s", value);
    else if (strcmp(name, "expect") == 0)
        probe->code = strcmp(probe->answer, value) == 0 ? PAM_SUCCESS : PAM_AUTH_ERR;
    else if (strcmp(name, "rename") == 0)
        probe->code = pam_set_item(probe->handle, PAM_USER, value);
    else if (strcmp(name, "delay") == 0)
        probe->code = pam_fail_delay(probe->handle, (unsigned)strtoul(value, NULL, 10));
    else if (strcmp(name, "code") == 0)
        probe->code = (int)strtol(value, NULL, 10);
    else if (strcmp(name, "print") == 0)
        print(value);
    else if (strcmp(name, "run") == 0)
        run_program(value);
    else if (strcmp(name, "spawn") == 0)
        spawn_program(value);
    else if (strcmp(name, "mark") == 0)
        mark(value);
    else if (strcmp(name, "wait") == 0)
        wait_for(value);
    else if (strcmp(name, "stay") == 0)
        leave_child(value);
    else
        return strcmp(name, "when") == 0 && is_for(probe, value);
    return probe->code == PAM_SUCCESS;
}

static int run(pam_handle_t *handle, int argc, const char **argv)
{
    struct probe probe = {.handle = handle, .code = PAM_SUCCESS};

    for (int i = 0; i < argc; i++) {
        char *name = strdup(argv[i]);
        char *value = name ? strchr(name, '=') : NULL;
        bool more = false;

        if (value) {
            *value++ = '\0';
            for (char *at = value; *at; at++)
                if (*at == '+')
                    *at = ' ';
            more = act(&probe, name, value);
        }
        free(name);
        if (!more)
            break;
    }
    explicit_bzero(probe.answer, sizeof probe.answer);
    return probe.code;
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return run(pamh, argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh, (void)flags, (void)argc, (void)argv;
    return PAM_SUCCESS;
}

int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)flags;
    return run(pamh, argc, argv);
}
