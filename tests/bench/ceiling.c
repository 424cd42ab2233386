/* SPDX-License-Identifier: BSD-2-Clause */
/* The ceiling: the best that a program can do with the operations of a login, without a helper and
 * without Squid. One thread searches each user on multiplexed connections and binds as the entry
 * found on connections of their own, one bind in flight on each, all of it non-blocking; there is
 * no line protocol, no deadline, no second server and no recovery: any trouble ends it.
 *
 * Prints the same line of JSON as the driver; the processor time is its own. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <lber.h>
#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <time.h>

#include "tests/bench/bench.h"
#include "tests/bench/connect.h"
#include "tests/bench/logins.h"
#include "tests/bench/plan.h"

enum {
    CONNECTIONS_MAX = 1024,
    SEARCHES_MAX = 64 /* in flight on one connection: slapd drops those with too many pending */
};

/* One login on its way; linked into the list of free ones or of those that wait for their bind. */
struct attempt {
    const struct login *login;
    struct phase *phase;
    uint64_t start_ns;
    int msgid;
    char *dn;
    struct attempt *next;
};

struct channel {
    LDAP *ld;
    Sockbuf *sockbuf;
    unsigned in_flight;
    struct attempt *attempt[SEARCHES_MAX]; /* the first alone where the channel binds */
};

struct ceiling {
    struct connect_options directory;
    unsigned searchers;
    unsigned binders;
    unsigned window;
    struct logins logins;
    struct plan *plan;
    struct channel *channel; /* the searchers, then the binders */
    struct channel *idle[CONNECTIONS_MAX];
    unsigned idle_count;
    struct attempt *free;
    struct attempt *found; /* searched, waiting for a bind connection: oldest first */
    struct attempt **found_end;
    unsigned in_flight;
    int epoll_fd;
};

static double own_cpu_s(void *context)
{
    struct timespec used;

    (void)context;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void usage(void)
{
    fputs(
        "usage: ceiling --uri URI --base DN --bind-dn DN --secret-file FILE --logins FILE\n"
        "               --phases NAME=SECONDS,... [--connections N] [--searchers N] [--window N]\n",
        stderr);
    exit(2);
}

static void parse_options(struct ceiling *ceiling, int argc, char **argv)
{
    static const struct option options[] = {{"uri", required_argument, NULL, 'u'},
                                            {"base", required_argument, NULL, 'b'},
                                            {"bind-dn", required_argument, NULL, 'D'},
                                            {"secret-file", required_argument, NULL, 'W'},
                                            {"logins", required_argument, NULL, 'l'},
                                            {"phases", required_argument, NULL, 'p'},
                                            {"connections", required_argument, NULL, 'c'},
                                            {"searchers", required_argument, NULL, 's'},
                                            {"window", required_argument, NULL, 'w'},
                                            {NULL, 0, NULL, 0}};
    const char *logins = NULL;
    const char *phases = NULL;
    int letter;

    while ((letter = getopt_long(argc, argv, "", options, NULL)) >= 0) {
        switch (letter) {
        case 'u':
            ceiling->directory.uri = optarg;
            break;
        case 'b':
            ceiling->directory.base = optarg;
            break;
        case 'D':
            ceiling->directory.bind_dn = optarg;
            break;
        case 'W':
            ceiling->directory.secret_file = optarg;
            break;
        case 'l':
            logins = optarg;
            break;
        case 'p':
            phases = optarg;
            break;
        case 'c':
            ceiling->binders = (unsigned)bench_number("--connections", optarg, 1, CONNECTIONS_MAX);
            break;
        case 's':
            ceiling->searchers = (unsigned)bench_number("--searchers", optarg, 1, 64);
            break;
        case 'w':
            ceiling->window = (unsigned)bench_number("--window", optarg, 1, 65536);
            break;
        default:
            usage();
        }
    }
    if (!connect_complete(&ceiling->directory) || logins == NULL || phases == NULL)
        usage();
    ceiling->logins = logins_read(logins);
    ceiling->plan = plan_parse(phases, own_cpu_s, NULL);
}

static void open_channel(struct ceiling *ceiling, struct channel *channel)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = channel};
    int fd;

    channel->ld = connect_directory(&ceiling->directory);
    /* One read takes all that has come, where libldap alone reads twice for each message. */
    if (ldap_get_option(channel->ld, LDAP_OPT_SOCKBUF, &channel->sockbuf) != LDAP_OPT_SUCCESS ||
        ber_sockbuf_add_io(channel->sockbuf, &ber_sockbuf_io_readahead, LBER_SBIOD_LEVEL_PROVIDER,
                           NULL) != 0 ||
        ldap_get_option(channel->ld, LDAP_OPT_DESC, &fd) != LDAP_OPT_SUCCESS ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(ceiling->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
        bench_die("cannot watch a connection: %s", strerror(errno));
}

static void open_channels(struct ceiling *ceiling)
{
    ceiling->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    ceiling->channel = calloc(ceiling->searchers + ceiling->binders, sizeof(*ceiling->channel));
    if (ceiling->epoll_fd < 0 || ceiling->channel == NULL)
        bench_die("no epoll or no memory");
    for (unsigned i = 0; i < ceiling->searchers + ceiling->binders; i++) {
        open_channel(ceiling, &ceiling->channel[i]);
        if (i >= ceiling->searchers)
            ceiling->idle[ceiling->idle_count++] = &ceiling->channel[i];
    }
}

static void make_attempts(struct ceiling *ceiling)
{
    struct attempt *attempt = calloc(ceiling->window, sizeof(*attempt));

    if (attempt == NULL)
        bench_die("out of memory");
    for (unsigned i = 0; i < ceiling->window; i++) {
        attempt[i].next = ceiling->free;
        ceiling->free = &attempt[i];
    }
    ceiling->found_end = &ceiling->found;
}

static bool is_searcher(const struct ceiling *ceiling, const struct channel *channel)
{
    return channel < ceiling->channel + ceiling->searchers;
}

/* The first connection with room for a search: a short queue stays on one, where its requests can
 * share a segment. */
static struct channel *free_searcher(struct ceiling *ceiling)
{
    for (unsigned i = 0; i < ceiling->searchers; i++) {
        if (ceiling->channel[i].in_flight < SEARCHES_MAX)
            return &ceiling->channel[i];
    }
    return NULL;
}

static void start_search(struct ceiling *ceiling, struct channel *channel)
{
    struct attempt *attempt = ceiling->free;

    ceiling->free = attempt->next;
    attempt->login = logins_next(&ceiling->logins);
    attempt->phase = &ceiling->plan->phase[ceiling->plan->current];
    attempt->start_ns = bench_now_ns();
    attempt->msgid = connect_search(channel->ld, &ceiling->directory, attempt->login->user);
    channel->attempt[channel->in_flight++] = attempt;
    ceiling->in_flight++;
}

static void start_bind(struct ceiling *ceiling)
{
    struct channel *channel = ceiling->idle[--ceiling->idle_count];
    struct attempt *attempt = ceiling->found;

    ceiling->found = attempt->next;
    if (ceiling->found == NULL)
        ceiling->found_end = &ceiling->found;
    attempt->msgid = connect_bind(channel->ld, attempt->dn, attempt->login->password);
    channel->attempt[0] = attempt;
    channel->in_flight = 1;
}

static void pump(struct ceiling *ceiling, bool sending)
{
    struct channel *channel;

    while (ceiling->found != NULL && ceiling->idle_count > 0)
        start_bind(ceiling);
    while (sending && ceiling->free != NULL && (channel = free_searcher(ceiling)) != NULL)
        start_search(ceiling, channel);
}

static void finish_search(struct ceiling *ceiling, struct channel *channel, unsigned place)
{
    struct attempt *attempt = channel->attempt[place];

    channel->attempt[place] = channel->attempt[--channel->in_flight];
    if (attempt->dn == NULL)
        bench_die("no entry for user %s", attempt->login->user);
    attempt->next = NULL;
    *ceiling->found_end = attempt;
    ceiling->found_end = &attempt->next;
}

static void take_search_result(struct ceiling *ceiling, struct channel *channel,
                               LDAPMessage *message)
{
    unsigned place = 0;

    while (place < channel->in_flight && channel->attempt[place]->msgid != ldap_msgid(message))
        place++;
    if (place == channel->in_flight)
        bench_die("an answer to no search");
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
        channel->attempt[place]->dn = ldap_get_dn(channel->ld, message);
    else if (connect_result(channel->ld, message) == LDAP_SUCCESS)
        finish_search(ceiling, channel, place);
    else
        bench_die("a search failed");
}

static void take_bind_result(struct ceiling *ceiling, struct channel *channel, LDAPMessage *message)
{
    struct attempt *attempt = channel->attempt[0];
    int code = connect_result(channel->ld, message);

    if (code != LDAP_SUCCESS && code != LDAP_INVALID_CREDENTIALS)
        bench_die("bind as %s: %s", attempt->dn, ldap_err2string(code));
    plan_count(attempt->phase, code == LDAP_SUCCESS ? VERDICT_OK : VERDICT_ERR,
               attempt->login->accepted, bench_now_ns() - attempt->start_ns);
    ldap_memfree(attempt->dn);
    attempt->dn = NULL;
    attempt->next = ceiling->free;
    ceiling->free = attempt;
    channel->in_flight = 0;
    ceiling->idle[ceiling->idle_count++] = channel;
    ceiling->in_flight--;
}

/* Takes what has come on a connection: what libldap has read already, for which epoll would not
 * wake. Messages are taken one by one: asked for whole results, ldap_result() with no time to wait
 * gives up after each entry. */
static void serve(struct ceiling *ceiling, struct channel *channel)
{
    do {
        struct timeval at_once = {0, 0};
        LDAPMessage *message = NULL;
        int type = ldap_result(channel->ld, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &message);

        if (type < 0)
            bench_die("a connection was lost");
        if (type == 0)
            return;
        if (is_searcher(ceiling, channel))
            take_search_result(ceiling, channel, message);
        else
            take_bind_result(ceiling, channel, message);
        ldap_msgfree(message);
    } while (ber_sockbuf_ctrl(channel->sockbuf, LBER_SB_OPT_DATA_READY, NULL) == 1);
}

static void run(struct ceiling *ceiling)
{
    uint64_t now_ns = bench_now_ns();
    struct epoll_event events[CONNECTIONS_MAX];
    bool sending;

    plan_begin(ceiling->plan, now_ns);
    while ((sending = plan_step(ceiling->plan, now_ns)) || ceiling->in_flight > 0) {
        int count;

        pump(ceiling, sending);
        count = epoll_wait(ceiling->epoll_fd, events, CONNECTIONS_MAX, 10000);
        if (count == 0)
            bench_die("no answer for 10 s");
        for (int i = 0; i < count; i++)
            serve(ceiling, events[i].data.ptr);
        now_ns = bench_now_ns();
    }
}

int main(int argc, char **argv)
{
    struct ceiling ceiling = {.searchers = 4, .binders = 64, .window = 256};
    uint64_t wrong;

    parse_options(&ceiling, argc, argv);
    open_channels(&ceiling);
    make_attempts(&ceiling);
    run(&ceiling);
    wrong = plan_wrong(ceiling.plan);
    printf("{\"connections\": %u, \"searchers\": %u, \"window\": %u, \"wrong\": %ju, ",
           ceiling.binders, ceiling.searchers, ceiling.window, (uintmax_t)wrong);
    plan_print(ceiling.plan, stdout);
    puts("}");
    return wrong == 0 ? 0 : 1;
}
