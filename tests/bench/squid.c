/* SPDX-License-Identifier: BSD-2-Clause */
/* Squid's side of the helper protocol. Not played: Squid sends a request that was answered BH twice
 * more at once; here a BH is counted and that is all, so that it shows in the figures. */
#include <config.h>

#include "tests/bench/squid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static void make_socketpair(int end[2])
{
    int size = SQUID_BUFFER;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) != 0)
        bench_die("socketpair: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        if (setsockopt(end[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) != 0 ||
            setsockopt(end[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)) != 0)
            bench_die("socket buffers: %s", strerror(errno));
    }
}

/* In the child: one socket is standard input and standard output, as under Squid. */
static void become_helper(int fd, char **argv)
{
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
        _exit(127);
    execv(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static size_t flights_for(unsigned window)
{
    size_t flights = 64;

    /* Ids go on counting while one reply is late; the room for that is 16 windows. */
    while (flights < (size_t)window * 16)
        flights *= 2;
    return flights;
}

struct squid_helper *squid_start(char **argv, bool ids, unsigned window)
{
    struct squid_helper *helper = calloc(1, sizeof(*helper));
    int end[2];

    if (helper == NULL)
        bench_die("out of memory");
    helper->ids = ids;
    helper->window = window;
    helper->next_id = 1;
    helper->flights = flights_for(window);
    helper->flight = calloc(helper->flights, sizeof(*helper->flight));
    if (helper->flight == NULL)
        bench_die("out of memory");
    make_socketpair(end);
    fflush(NULL);
    helper->pid = fork();
    if (helper->pid < 0)
        bench_die("fork: %s", strerror(errno));
    if (helper->pid == 0)
        become_helper(end[1], argv);
    close(end[1]);
    helper->fd = end[0];
    /* The flag belongs to this end alone: the helper's end stays blocking. */
    if (fcntl(helper->fd, F_SETFL, O_NONBLOCK) != 0)
        bench_die("fcntl: %s", strerror(errno));
    return helper;
}

bool squid_stop(struct squid_helper *helper)
{
    int status = -1;

    close(helper->fd);
    while (waitpid(helper->pid, &status, 0) < 0 && errno == EINTR)
        ;
    free(helper->flight);
    free(helper);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static struct squid_flight *place_of(const struct squid_helper *helper, uint64_t id)
{
    return &helper->flight[id & (helper->flights - 1)];
}

bool squid_ready(const struct squid_helper *helper)
{
    return helper->in_flight < helper->window &&
           sizeof(helper->out) - helper->out_len >= SQUID_LINE_MAX &&
           place_of(helper, helper->next_id)->login == NULL;
}

/* The bytes that Squid's rfc1738_escape() escapes. */
static bool is_escaped(unsigned char byte)
{
    return byte <= 0x20 || byte >= 0x7f || strchr("<>\"#{}|\\^~[]'%`", byte) != NULL;
}

static size_t put_escaped(char *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t len = 0;

    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (is_escaped(byte)) {
            out[len++] = '%';
            out[len++] = hex[byte >> 4];
            out[len++] = hex[byte & 15];
        } else {
            out[len++] = *text;
        }
    }
    return len;
}

static void prepare(struct login *login, bool words)
{
    size_t cap = 3 * (strlen(login->user) + strlen(login->password)) + sizeof " \n";
    char *out = malloc(cap);

    if (out == NULL || cap > SQUID_LINE_MAX - SQUID_ID_MAX)
        bench_die("user and password of \"%s\" are too long for Squid", login->user);
    login->request = out;
    out += put_escaped(out, login->user);
    *out++ = ' ';
    out = words ? stpcpy(out, login->password) : out + put_escaped(out, login->password);
    *out++ = '\n';
    login->request_len = (size_t)(out - login->request);
}

void squid_prepare(struct logins *logins, bool words)
{
    for (size_t i = 0; i < logins->count; i++)
        prepare(&logins->item[i], words);
}

void squid_send(struct squid_helper *helper, const struct squid_flight *flight)
{
    const struct login *login = flight->login;
    char *out = helper->out + helper->out_len;

    if (helper->ids)
        out += sprintf(out, "%ju ", (uintmax_t)helper->next_id);
    out = mempcpy(out, login->request, login->request_len);
    helper->out_len = (size_t)(out - helper->out);
    *place_of(helper, helper->next_id) = *flight;
    helper->next_id++;
    helper->in_flight++;
}

void squid_flush(struct squid_helper *helper)
{
    if (helper->out_len > 0) {
        ssize_t sent = send(helper->fd, helper->out, helper->out_len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            bench_die("the helper takes no more requests: %s", strerror(errno));
        if (sent > 0) {
            helper->out_len -= (size_t)sent;
            memmove(helper->out, helper->out + sent, helper->out_len);
        }
    }
    helper->stuffed = helper->out_len > 0;
}

static bool parse_verdict(const char *text, enum verdict *verdict)
{
    static const char *const names[] = {"OK", "ERR", "BH"};

    for (int i = 0; i < 3; i++) {
        size_t len = strlen(names[i]);

        if (strncmp(text, names[i], len) == 0 && (text[len] == '\0' || text[len] == ' ')) {
            *verdict = (enum verdict)i;
            return true;
        }
    }
    return false;
}

static void take_reply(struct squid_helper *helper, char *line, uint64_t now_ns)
{
    uint64_t id = helper->next_id - 1;
    char *text = line;
    struct squid_flight *flight;
    enum verdict verdict;

    if (helper->ids) {
        id = strtoull(line, &text, 10);
        if (text == line || *text != ' ')
            bench_die("a reply without id: %s", line);
        text++;
    }
    flight = place_of(helper, id);
    if (id >= helper->next_id || helper->next_id - id > helper->flights || flight->login == NULL)
        bench_die("a reply that no request waits for: %s", line);
    if (helper->echo)
        verdict = flight->login->accepted ? VERDICT_OK : VERDICT_ERR;
    else if (!parse_verdict(text, &verdict))
        bench_die("neither OK, ERR nor BH: %s", line);
    plan_count(flight->phase, verdict, flight->login->accepted, now_ns - flight->start_ns);
    flight->login = NULL;
    helper->in_flight--;
}

unsigned squid_receive(struct squid_helper *helper)
{
    ssize_t len =
        recv(helper->fd, helper->in + helper->in_len, sizeof(helper->in) - helper->in_len, 0);
    uint64_t now_ns = bench_now_ns();
    unsigned replies = 0;
    char *line = helper->in;
    char *end;

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (len <= 0)
        bench_die("the helper ended or wrote a line of more than %d bytes", SQUID_BUFFER);
    helper->in_len += (size_t)len;
    while ((end = memchr(line, '\n', helper->in_len - (size_t)(line - helper->in))) != NULL) {
        *end = '\0';
        take_reply(helper, line, now_ns);
        line = end + 1;
        replies++;
    }
    helper->in_len -= (size_t)(line - helper->in);
    memmove(helper->in, line, helper->in_len);
    return replies;
}
