/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminal and standard input. While the terminal's echo is off, the signals that could end or
 * stop the process are blocked but for the wait for a key, so none can come in between; each is
 * sent again when the echo is on.
 */
#include <config.h>

#include "helpers/proxyauth/passwd_prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include "helpers/proxyauth/passwd.h"

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

enum { CAUGHT = sizeof caught / sizeof *caught };

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

/* The terminal, and what is to be put back. */
struct terminal {
    int fd;
    struct termios before;
    sigset_t mask;
    struct sigaction actions[CAUGHT];
};

static void catch_signals(struct terminal *terminal)
{
    struct sigaction action = {.sa_handler = note};
    sigset_t all;

    came = 0;
    sigemptyset(&action.sa_mask);
    sigemptyset(&all);
    for (size_t i = 0; i < CAUGHT; i++)
        sigaddset(&all, caught[i]);
    sigprocmask(SIG_BLOCK, &all, &terminal->mask);
    for (size_t i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &terminal->actions[i]);
        if (terminal->actions[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

static void release_signals(struct terminal *terminal)
{
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &terminal->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &terminal->mask, NULL);
}

static bool echo_off(struct terminal *terminal)
{
    struct termios silent;

    if (tcgetattr(terminal->fd, &terminal->before) < 0)
        return false;
    silent = terminal->before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON | ISIG;
    return tcsetattr(terminal->fd, TCSAFLUSH, &silent) == 0;
}

static void say(const struct terminal *terminal, const char *text)
{
    ssize_t written = write(terminal->fd, text, strlen(text));

    (void)written; /* a terminal that is gone is seen when it is read */
}

/* Waits for something to read. False with EINTR when a signal came. */
static bool wait_for_key(const struct terminal *terminal)
{
    fd_set readable;

    if (terminal->fd >= FD_SETSIZE) {
        errno = EMFILE;
        return false;
    }
    FD_ZERO(&readable);
    FD_SET(terminal->fd, &readable);
    return pselect(terminal->fd + 1, &readable, NULL, NULL, NULL, &terminal->mask) > 0;
}

enum line_end { LINE_READ, LINE_CLOSED, LINE_TOO_LONG, LINE_FAILED };

/* Reads a line of FD, byte by byte so that what follows stays unread. TERMINAL may be NULL. */
static enum line_end read_line(int fd, const struct terminal *terminal, struct secret *line)
{
    char byte;

    line->len = 0;
    for (;;) {
        ssize_t got;

        if (terminal && !wait_for_key(terminal))
            return LINE_FAILED;
        got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR && !terminal)
            continue;
        if (got < 0)
            return LINE_FAILED;
        if (got == 0)
            return line->len > 0 ? LINE_READ : LINE_CLOSED;
        if (byte == '\n')
            return LINE_READ;
        if (line->len == line->cap)
            return LINE_TOO_LONG;
        line->bytes[line->len++] = byte;
    }
}

/* Checks what was read, and frees it if it is refused. */
static struct secret *judge(struct secret *line, enum line_end end, struct why *why)
{
    if (end == LINE_READ && line->len > 0 && line->bytes[line->len - 1] == '\r')
        line->len--;
    line->bytes[line->len] = '\0';
    if (end == LINE_FAILED)
        why_set(why, "the password cannot be read: %s", strerror(errno));
    else if (end == LINE_CLOSED)
        why_set(why, "there is no password: the input has ended");
    else if (end == LINE_TOO_LONG || line->len > PASSWD_PASSWORD_MAX)
        why_set(why, "the password is longer than %d bytes", PASSWD_PASSWORD_MAX);
    else if (line->len == 0)
        why_set(why, "the password is empty");
    else if (memchr(line->bytes, '\0', line->len))
        why_set(why, "the password holds a NUL byte");
    else
        return line;
    secret_free(&line);
    return NULL;
}

/* Asks once. A signal that came is left in `came`; then nothing else counts. */
static enum line_end ask(struct terminal *terminal, const char *text, struct secret *line)
{
    enum line_end end = LINE_FAILED;
    int error;

    catch_signals(terminal);
    if (echo_off(terminal)) {
        say(terminal, text);
        end = read_line(terminal->fd, terminal, line);
        error = errno;
        say(terminal, "\n");
        tcsetattr(terminal->fd, TCSAFLUSH, &terminal->before);
    } else {
        error = errno;
    }
    release_signals(terminal);
    errno = error;
    return end;
}

struct secret *passwd_prompt(const char *text, struct why *why)
{
    struct terminal terminal = {.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)};
    struct secret *line = secret_new(PASSWD_PASSWORD_MAX + 1);
    enum line_end end;

    if (terminal.fd < 0 || !line) {
        why_set(why, "cannot ask at the terminal: %s", strerror(errno));
        if (terminal.fd >= 0)
            close(terminal.fd);
        secret_free(&line);
        return NULL;
    }
    do {
        end = ask(&terminal, text, line);
        if (came) /* ends or stops the process; it is asked again when it goes on */
            raise(came);
    } while (came);
    close(terminal.fd);
    return judge(line, end, why);
}

struct secret *passwd_prompt_input(struct why *why)
{
    struct secret *line = secret_new(PASSWD_PASSWORD_MAX + 1);

    if (!line) {
        why_set(why, "out of memory");
        return NULL;
    }
    return judge(line, read_line(STDIN_FILENO, NULL, line), why);
}
