/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kill_at N PROGRAM [WORD ...]: runs PROGRAM and kills it at its Nth stop, where it stops as it
 * enters and as it leaves each system call; a call that is entered then is not made.
 *
 * kill_at CALL=COMMAND [CALL=COMMAND] PROGRAM [WORD ...]: runs COMMAND in a shell as PROGRAM enters
 * its first CALL, and lets it go on. CALL is fsync, flock or sleep (clock_nanosleep(2)).
 *
 * kill_at search=TEXT PROGRAM [WORD ...]: lets PROGRAM run and looks for TEXT in all memory that it
 * can write, as it enters exit_group(2). Prints `found COUNT` before the rest. Root alone may look
 * into a process that is not dumpable.
 *
 * Prints `killed NUMBER-OF-THE-CALL`, or `ended STATUS` if the program ended before, or
 * `cannot REASON` where ptrace(2) is not permitted. Exits 0 for all three.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_TRACE = 126, CANNOT_RUN = 127 };

static int cannot(const char *reason)
{
    printf("cannot %s\n", reason);
    return EXIT_SUCCESS;
}

/* In the child: stops as it enters the program. */
static void run_traced(char **argv)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
        _exit(CANNOT_TRACE);
    execv(argv[0], argv);
    _exit(CANNOT_RUN);
}

/* Which system call CHILD stands in; -1 where the system does not say. */
static long long call_of(pid_t child)
{
#ifdef PTRACE_GET_SYSCALL_INFO
    struct __ptrace_syscall_info info;

    if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0 &&
        info.op == PTRACE_SYSCALL_INFO_ENTRY)
        return (long long)info.entry.nr;
#else
    (void)child;
#endif
    return -1;
}

static int end_here(pid_t child)
{
    long long call = call_of(child);
    int status;

    kill(child, SIGKILL);
    if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
        return cannot("end the program");
    printf("killed %lld\n", call);
    return EXIT_SUCCESS;
}

enum { COMMANDS = 2 };

/* What is done at which stop. */
struct plan {
    long last; /* killed there, if not 0 */
    struct {
        const char *command; /* run at the first CALL, if not NULL */
        long call;
    } at[COMMANDS];
    const char *text; /* searched for at the end, if not NULL */
};

/* How often TEXT stands in the memory that FD shows from FROM up to TO. */
static long count_text(int fd, unsigned long from, unsigned long to, const char *text)
{
    size_t len = (size_t)(to - from);
    char *copy = malloc(len);
    ssize_t got = copy ? pread(fd, copy, len, (off_t)from) : -1;
    const char *at = copy;
    long count = 0;

    while (got > 0 && (at = memmem(at, (size_t)(copy + got - at), text, strlen(text)))) {
        count++;
        at++;
    }
    free(copy);
    return count;
}

/* The same in all that CHILD can write; -1 if its memory cannot be read. */
static long search(pid_t child, const char *text)
{
    char path[64], line[512], access[8];
    unsigned long from, to;
    long count = 0;
    FILE *maps;
    int fd;

    (void)snprintf(path, sizeof path, "/proc/%ld/maps", (long)child);
    maps = fopen(path, "re");
    (void)snprintf(path, sizeof path, "/proc/%ld/mem", (long)child);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    while (maps && fd >= 0 && fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %7s", &from, &to, access) == 3 && access[1] == 'w' &&
            to - from < (1UL << 30)) /* what a sanitizer reserves is larger */
            count += count_text(fd, from, to, text);
    if (!maps || fd < 0)
        count = -1;
    if (maps)
        (void)fclose(maps);
    if (fd >= 0)
        close(fd);
    return count;
}

/* At a stop of CHILD: false if a command cannot be run. */
static bool run_commands(struct plan *plan, pid_t child)
{
    long long call = call_of(child);

    for (int i = 0; i < COMMANDS; i++) {
        if (!plan->at[i].command || call != plan->at[i].call)
            continue;
        if (system(plan->at[i].command) != 0) /* NOLINT(cert-env33-c): the test's own command */
            return false;
        plan->at[i].command = NULL;
    }
    return true;
}

/* Takes CALL=COMMAND as number I of the plan; false if WORD is not that. */
static bool take_command(struct plan *plan, int i, const char *word)
{
    static const struct {
        const char *name;
        long call;
    } calls[] = {{"fsync=", SYS_fsync}, {"flock=", SYS_flock}, {"sleep=", SYS_clock_nanosleep}};

    for (size_t n = 0; n < sizeof calls / sizeof *calls; n++) {
        size_t len = strlen(calls[n].name);

        if (strncmp(word, calls[n].name, len) != 0)
            continue;
        plan->at[i].command = word + len;
        plan->at[i].call = calls[n].call;
        return true;
    }
    return false;
}

/* The same for the search. */
static bool run_search(struct plan *plan, pid_t child)
{
    long count;

    if (!plan->text || call_of(child) != SYS_exit_group)
        return true;
    count = search(child, plan->text);
    if (count >= 0)
        printf("found %ld\n", count);
    plan->text = NULL;
    return count >= 0;
}

static int report(int status)
{
    if (WIFEXITED(status))
        printf("ended %d\n", WEXITSTATUS(status));
    else
        printf("ended by signal %d\n", WTERMSIG(status));
    return EXIT_SUCCESS;
}

/* Follows CHILD, which has stopped, to its end. */
static int follow(pid_t child, struct plan *plan)
{
    long stops = 0;
    int signal = 0;
    int status;

    for (;;) {
        if (ptrace(PTRACE_SYSCALL, child, NULL, signal) < 0 || waitpid(child, &status, 0) != child)
            return cannot(strerror(errno));
        if (!WIFSTOPPED(status))
            return report(status);
        signal = WSTOPSIG(status);
        if (signal != (SIGTRAP | 0x80))
            continue; /* a signal of its own, which it gets */
        signal = 0;
        if (++stops == plan->last)
            return end_here(child);
        if (!run_commands(plan, child))
            return cannot("run the command");
        if (!run_search(plan, child))
            return cannot("read the program's memory");
    }
}

int main(int argc, char **argv)
{
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    struct plan plan = {0};
    int words = 0;
    pid_t child;
    int status;

    if (argc < 3)
        return EXIT_FAILURE;
    while (words < COMMANDS && words < argc - 2 && take_command(&plan, words, argv[1 + words]))
        words++;
    if (words == 0 && strncmp(argv[1], "search=", 7) == 0)
        plan.text = argv[1] + 7;
    else if (words == 0)
        plan.last = strtol(argv[1], NULL, 10);
    child = fork();
    if (child < 0)
        return cannot(strerror(errno));
    if (child == 0)
        run_traced(argv + (words > 0 ? 1 + words : 2));
    if (waitpid(child, &status, 0) != child)
        return cannot(strerror(errno));
    if (!WIFSTOPPED(status))
        return cannot("trace the program");
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, options) < 0)
        return cannot(strerror(errno));
    return follow(child, &plan);
}
