/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks about n, 2n and 4n groups, by names and by SIDs, a user who is in as many others, and looks
 * into a file of as many lines. The instructions of each question, libldap's among them, are
 * written out as `measured` does it; those of the directory, which is in this file, are not
 * counted. Alone, it only looks at the answers.
 * It is a program of unit tests; only with CK_FORK=no are all questions in one process.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/group_names.h"
#include "helpers/directory/membership.h"
#include "helpers/directory/membership_private.h"
#include "helpers/files/password_lines.h"
#include "helpers/files/table.h"
#include "helpers/group-ad/realm_list.h"
#include "tests/unit/pool_bench.h"

#if defined HAVE_VALGRIND_CALLGRIND_H
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_TOGGLE_COLLECT
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#endif

Suite *suite(void);

enum { UNITS = 1000, MANY = 4 * UNITS, NAME_CAP = 16, DN_CAP = 64, SID_LEN = 28 };

#define BASE "dc=corp,dc=test"
#define USER "cn=user," BASE
/* groupType of a security group, [MS-ADTS] section 2.2.12. */
#define SECURITY "-2147483646"

static struct bench bench;
static struct directory directory;
static struct directory_options directory_options;
static struct membership_options membership_options;
static struct user_options user_options;
static struct entry *asker;

/* ---- the directory ---- */

/* Groups with numbers below MANY are asked about; those from MANY on are the user's. */
static void name_of(size_t number, char *name)
{
    snprintf(name, NAME_CAP, "group%zu", number);
}

static void dn_of(size_t number, char *dn)
{
    snprintf(dn, DN_CAP, "cn=group%zu,ou=groups," BASE, number);
}

/* S-1-5-21-1-2-3-NUMBER, [MS-DTYP] section 2.4.2.2. */
static void sid_of(size_t number, char *sid)
{
    static const char domain[] = "\1\5\0\0\0\0\0\5\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0";

    memcpy(sid, domain, SID_LEN - 4);
    for (int i = 0; i < 4; i++)
        sid[SID_LEN - 4 + i] = (char)(number >> 8 * i & 0xff);
}

static void put_group(BerElement *answer, int id, size_t number)
{
    char name[NAME_CAP];
    char dn[DN_CAP];
    char bytes[SID_LEN];
    struct berval sid = {SID_LEN, bytes};

    name_of(number, name);
    dn_of(number, dn);
    sid_of(number, bytes);
    ck_assert_int_gt(ber_printf(answer, "{it{s{{s[s]}{s[O]}{s[s]}}}}", id, LDAP_RES_SEARCH_ENTRY,
                                dn, "cn", name, "objectSid", &sid, "groupType", SECURITY),
                     0);
}

static void put_groups(BerElement *answer, int id, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        put_group(answer, id, i);
}

/* The user's entry, with COUNT values of ATTRIBUTE, which is about its groups. */
static void put_user(BerElement *answer, int id, const char *attribute, size_t count)
{
    char dn[DN_CAP];
    char sid[SID_LEN];

    ber_printf(answer, "{it{s{{s[", id, LDAP_RES_SEARCH_ENTRY, USER, attribute);
    for (size_t i = 0; i < count; i++) {
        struct berval value = {SID_LEN, sid};

        sid_of(MANY + i, sid);
        dn_of(MANY + i, dn);
        if (strcmp(attribute, "memberOf") == 0)
            value = (struct berval){strlen(dn), dn};
        ber_printf(answer, "O", &value);
    }
    ck_assert_int_ge(ber_printf(answer, "]}}}}"), 0);
}

/* Writes the entries that answer a search of DN. */
typedef void serve_fn(BerElement *answer, int id, const char *dn);

static serve_fn *serve;
static size_t times;  /* how many groups the question is about, and the user is in */
static size_t served; /* of these so many have been told */

static void heard_search(struct fake_carrier *fake, const struct peer_request *request)
{
    struct bench_link *link = fake->context;
    BerElement *answer;
    struct berval flat;

    if (!link->ready || request->operation != LDAP_REQ_SEARCH) {
        bench_heard(fake, request);
        return;
    }
    CALLGRIND_TOGGLE_COLLECT;
    answer = ber_alloc_t(LBER_USE_DER);
    serve(answer, request->id, request->dn);
    ber_printf(answer, "{it{ess}}", request->id, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "", "");
    ck_assert_int_eq(ber_flatten2(answer, &flat, 0), 0);
    fake_give(fake, flat.bv_val, flat.bv_len);
    ber_free(answer, 1);
    link->unread = true;
    if (fake->out_parsed == fake->out_len)
        fake->out_parsed = fake->out_len = 0;
    CALLGRIND_TOGGLE_COLLECT;
}

static struct carrier *dial(struct dialer *dialer, const struct server_address *address,
                            uint64_t deadline_ms, bool *local, struct why *why)
{
    struct carrier *carrier = bench_dial(dialer, address, deadline_ms, local, why);

    if (carrier)
        ((struct fake_carrier *)carrier)->heard = heard_search;
    return carrier;
}

static void open_directory(enum directory_kind kind, enum membership_method method)
{
    bench_prepare(&bench, 1);
    bench.dialer.dial = dial;
    ck_assert(directory_options_init(&directory_options));
    ck_assert(membership_options_init(&membership_options));
    directory_options.kind = (int)kind;
    directory_options.base = strdup(BASE);
    membership_options.method = (int)method;
    directory = (struct directory){.ground = bench.config.ground,
                                   .orders = {.options = &directory_options,
                                              .user = &user_options,
                                              .membership = &membership_options},
                                   .options = &directory_options};
    bench_start(&bench);
    bench_settle(&bench);
    directory.pool = bench.pool;
    asker = entry_of_dn(USER);
    ck_assert_ptr_nonnull(asker);
}

static void close_directory(void)
{
    memberships_end(&directory);
    bench_close(&bench);
    entry_free(asker);
    free(directory_options.base);
}

/* ---- questions ---- */

enum { THE_UNKNOWN = 2 * MANY };

static struct pxa_span names[MANY];
static struct pxa_span sids[1 + MANY]; /* the first is that of THE_UNKNOWN */
static char name_texts[MANY][NAME_CAP];
static char sid_bytes[MANY + 1][SID_LEN];

static void write_questions(void)
{
    for (size_t i = 0; i <= MANY; i++) {
        sid_of(i == 0 ? THE_UNKNOWN : i - 1, sid_bytes[i]);
        sids[i] = (struct pxa_span){sid_bytes[i], SID_LEN};
    }
    for (size_t i = 0; i < MANY; i++) {
        name_of(i, name_texts[i]);
        names[i] = (struct pxa_span){name_texts[i], strlen(name_texts[i])};
    }
}

struct noted {
    unsigned ends;
    size_t group_count;
    size_t sid_count; /* that are asked about */
    size_t members;
    size_t names;
};

static void note_end(void *context, const struct membership_result *result)
{
    struct noted *noted = context;

    ck_assert_msg(result->verdict == VERDICT_OK, "%s", result->reason);
    noted->ends++;
    for (size_t i = 0; i < noted->group_count; i++)
        noted->members += result->member[i];
    for (size_t i = 0; i < noted->sid_count; i++)
        noted->names += result->sid_names[i].len > 0;
    noted->names += result->name_count;
}

/* What is longer than WIRE_TURN is read in several turns. */
static bool is_unread(void)
{
    bool any = false;

    for (int i = 0; i < BENCH_LINKS; i++) {
        struct bench_link *link = &bench.links[i];

        link->unread = link->fake && link->fake->in_at < link->fake->in_len;
        any = any || link->unread;
    }
    return any;
}

static struct noted ask(struct membership_query query)
{
    struct noted noted = {.group_count = query.group_count, .sid_count = query.sid_count};

    query.user = (struct pxa_span){"user", 4};
    query.entry = asker;
    query.done = note_end;
    query.context = &noted;
    served = 0;
    directory_membership(&directory, &query);
    do
        bench_settle(&bench);
    while (is_unread());
    ck_assert_uint_eq(noted.ends, 1);
    return noted;
}

static struct noted ask_names(void)
{
    return ask((struct membership_query){.groups = names, .group_count = times});
}

static struct noted ask_sids(const struct pxa_span *some, size_t count)
{
    return ask((struct membership_query){.sids = some, .sid_count = count});
}

static void dump(const char *family, const char *growth)
{
    char label[100];

    (void)snprintf(label, sizeof label, "%s %s %zu", family, growth, times / UNITS);
    CALLGRIND_DUMP_STATS_AT(label);
}

/* ---- families ---- */

/* So many names and SIDs are in one search (membership_names.c, membership_sids.c): a search for
 * them is the next one of these, in their order. */
enum { NAMES_IN_ONE = 50, SIDS_IN_ONE = 150 };

static void put_next(BerElement *answer, int id, size_t count)
{
    size_t to = served + count < times ? served + count : times;

    put_groups(answer, id, served, to);
    served = to;
}

static void serve_tokens(BerElement *answer, int id, const char *dn)
{
    if (strcmp(dn, USER) == 0)
        put_user(answer, id, "tokenGroups", times);
    else
        put_next(answer, id, NAMES_IN_ONE);
}

START_TEST(tokens)
{
    times = (size_t)_i * UNITS;
    open_directory(KIND_AD, METHOD_TOKEN_GROUPS);
    serve = serve_tokens;
    ask_names(); /* now all names are known */
    CALLGRIND_ZERO_STATS;
    ck_assert_uint_eq(ask_names().members, 0);
    dump("tokens", "sorted");
    close_directory();
}
END_TEST

/* The first search finds the user's groups, when all names are known. */
static bool names_known;

static void serve_walk(BerElement *answer, int id, const char *dn)
{
    if (strcmp(dn, USER) == 0)
        put_user(answer, id, "memberOf", 0);
    else if (names_known)
        put_groups(answer, id, MANY, MANY + times);
    else
        put_next(answer, id, NAMES_IN_ONE);
}

START_TEST(walk)
{
    times = (size_t)_i * UNITS;
    open_directory(KIND_OPENLDAP, METHOD_WALK);
    membership_options.depth = 1;
    serve = serve_walk;
    names_known = false;
    ask_names();
    names_known = true;
    CALLGRIND_ZERO_STATS;
    ck_assert_uint_eq(ask_names().members, 0);
    dump("walk", "linear");
    close_directory();
}
END_TEST

/* Each group in memberOf is a search of its own. They are begun before the first is sent: that is
 * measured, the rest would cover it. */
static void serve_own(BerElement *answer, int id, const char *dn)
{
    if (strcmp(dn, USER) == 0)
        put_user(answer, id, "memberOf", times);
    else if (strcmp(dn, BASE) != 0)
        put_group(answer, id, strtoul(dn + strlen("cn=group"), NULL, 10));
    if (strncmp(dn, "cn=group", strlen("cn=group")) == 0 && served++ == 0)
        dump("list", "linear");
}

START_TEST(list)
{
    times = (size_t)_i * UNITS;
    open_directory(KIND_OPENLDAP, METHOD_WALK);
    membership_options.depth = 1;
    serve = serve_own;
    CALLGRIND_ZERO_STATS;
    ck_assert_uint_eq(ask((struct membership_query){.list = true}).names, times);
    close_directory();
}
END_TEST

/* What nobody asked for, and the one group that was. */
static void serve_strangers(BerElement *answer, int id, const char *dn)
{
    (void)dn;
    put_groups(answer, id, MANY, MANY + times);
    put_group(answer, id, THE_UNKNOWN);
}

static void serve_sids(BerElement *answer, int id, const char *dn)
{
    (void)dn;
    put_next(answer, id, SIDS_IN_ONE);
}

START_TEST(strangers)
{
    times = (size_t)_i * UNITS;
    open_directory(KIND_AD, METHOD_AUTO);
    serve = serve_sids;
    ck_assert_uint_eq(ask_sids(sids + 1, times).names, times);
    serve = serve_strangers;
    CALLGRIND_ZERO_STATS;
    ck_assert_uint_eq(ask_sids(sids, times + 1).names, times + 1);
    dump("strangers", "linear");
    close_directory();
}
END_TEST

/* ---- the lists of group-ad ---- */

/* The text of COUNT names. */
static struct pxa_span write_list(size_t count)
{
    static char text[MANY * NAME_CAP];
    size_t len = 0;

    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, ":group%zu", i);
    return (struct pxa_span){text + 1, len - 1};
}

START_TEST(realm_list)
{
    struct realm_list groups = {0};
    struct pxa_span *found;
    size_t count;

    times = (size_t)_i * UNITS;
    ck_assert(realm_list_add(&groups, write_list(times), NULL));
    CALLGRIND_ZERO_STATS;
    found = realm_list_names(&groups, (struct pxa_span){"R", 1}, &count);
    dump("realm-list", "sorted");
    ck_assert(found && count == times);
    free(found);
    realm_list_free(&groups);
}
END_TEST

/* ---- files ---- */

static char file[(MANY + 2) * NAME_CAP];

/* The first user stands in it once more, at its end. */
static struct table *make_table(void)
{
    static const struct file_format format = {.split = password_lines_split};
    struct file_text text = {.mapped = 0};
    struct why why = {""};
    struct table *table;
    size_t len = 0;

    for (size_t i = 0; i <= times; i++)
        len += (size_t)snprintf(file + len, sizeof file - len, "group%zu:x\n", i % times);
    text.text = (struct pxa_span){file, len - 1}; /* a line end follows it */
    table = table_make(&text, &format, 7, &why);
    ck_assert_msg(table != NULL, "%s", why.text);
    return table;
}

START_TEST(twice)
{
    struct table *table;
    size_t count = 0;

    times = (size_t)_i * UNITS;
    table = make_table();
    CALLGRIND_ZERO_STATS;
    for (size_t i = 0; i < times; i++)
        count += table_has_twice(table, names[i]);
    dump("table-twice", "linear");
    ck_assert_uint_eq(count, 1);
    table_free(table);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("measured_helpers");
    TCase *tc = tcase_create("measured_helpers");

    write_questions();
    tcase_set_timeout(tc, 0);
    for (int i = 1; i <= 4; i *= 2) {
        tcase_add_loop_test(tc, tokens, i, i + 1);
        tcase_add_loop_test(tc, walk, i, i + 1);
        tcase_add_loop_test(tc, list, i, i + 1);
        tcase_add_loop_test(tc, strangers, i, i + 1);
        tcase_add_loop_test(tc, realm_list, i, i + 1);
        tcase_add_loop_test(tc, twice, i, i + 1);
    }
    suite_add_tcase(s, tc);
    return s;
}
