/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/groups over a directory of this file's: who is asked, who waits with whom, what
 * is remembered, and that each question is answered once. Whether a user is in a group is said by
 * truth(): some are.
 */
#include <config.h>

#include "helpers/groups/groups.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/chance.h"
#include "helpers/directory/find.h"
#include "helpers/directory/membership.h"
#include "tests/unit/fake_loop.h"

Suite *suite(void);

enum { TTL_MS = 60000, ASKED_MAX = 64, GROUPS_IN_A_LINE = 6 };

/* ---- the directory ---- */

struct find {
    struct find_query query;
    struct find *next;
};

struct membership {
    struct membership_query query;
    struct membership *next;
};

static struct find *finds; /* the newest first */
static struct membership *memberships;
static unsigned find_count;
static unsigned membership_count;
static unsigned cancel_count;
static bool at_once; /* answers before its function returns */
static bool down;

static bool truth(struct pxa_span user, struct pxa_span group)
{
    return user.at[0] == group.at[0];
}

static void answer_find(struct find *find)
{
    struct find_result result = {.verdict = VERDICT_OK};

    if (down) {
        result.verdict = VERDICT_UNAVAILABLE;
        result.reason = "the find failed";
    } else if (find->query.user.at[0] == '?') {
        result.verdict = VERDICT_DENIED;
    } else {
        result.entry = malloc(1);
    }
    find->query.done(find->query.context, &result);
    free(result.entry);
    free(find);
}

static void answer_membership(struct membership *membership)
{
    const struct membership_query query = membership->query;
    bool *member = calloc(query.group_count, sizeof *member);
    struct membership_result result = {.verdict = VERDICT_OK, .member = member};

    for (size_t i = 0; i < query.group_count; i++)
        member[i] = truth(query.user, query.groups[i]);
    if (down)
        result = (struct membership_result){.verdict = VERDICT_UNAVAILABLE,
                                            .reason = "the search failed"};
    query.done(query.context, &result);
    free(member);
    free(membership);
}

static struct find *find_at(struct find **link)
{
    struct find *find = *link;

    *link = find->next;
    return find;
}

static struct membership *membership_at(struct membership **link)
{
    struct membership *membership = *link;

    *link = membership->next;
    return membership;
}

struct find *directory_find(struct directory *directory, const struct find_query *query)
{
    struct find *find = malloc(sizeof *find);

    (void)directory;
    ck_assert(query->user.len > 0);
    *find = (struct find){*query, finds};
    find_count++;
    if (at_once) {
        answer_find(find);
        return NULL;
    }
    finds = find;
    return find;
}

struct membership *directory_membership(struct directory *directory,
                                        const struct membership_query *query)
{
    struct membership *membership = malloc(sizeof *membership);

    (void)directory;
    ck_assert(query->group_count > 0);
    *membership = (struct membership){*query, memberships};
    membership_count++;
    if (at_once) {
        answer_membership(membership);
        return NULL;
    }
    memberships = membership;
    return membership;
}

void find_cancel(struct find *find)
{
    struct find **link = &finds;

    while (*link != find)
        link = &(*link)->next;
    free(find_at(link));
    cancel_count++;
}

void membership_cancel(struct membership *membership)
{
    struct membership **link = &memberships;

    while (*link != membership)
        link = &(*link)->next;
    free(membership_at(link));
    cancel_count++;
}

void entry_free(struct entry *entry)
{
    free(entry);
}

/* The newest of each; the caller knows that there is one. */
static void answer_newest_find(void)
{
    ck_assert_ptr_nonnull(finds);
    answer_find(find_at(&finds));
}

static void answer_newest_membership(void)
{
    ck_assert_ptr_nonnull(memberships);
    answer_membership(membership_at(&memberships));
}

static void answer_all(void)
{
    while (finds || memberships) {
        while (finds)
            answer_newest_find();
        while (memberships)
            answer_newest_membership();
    }
}

/* ---- questions ---- */

static struct loop *loop;
static struct groups *groups;

/* `user:group,group,...`, and what became of it. */
struct told {
    const char *text;
    struct groups_asked *asked;
    unsigned answers;
    enum verdict verdict;
    char member[GROUPS_IN_A_LINE + 1]; /* 'y' and '-' */
    char reason[64];
    size_t count;
    void (*then)(struct told *told);
};

static void on_answer(void *context, const struct groups_answer *answer)
{
    struct told *told = context;

    told->answers++;
    told->asked = NULL;
    told->verdict = answer->verdict;
    for (size_t i = 0; answer->member && i < told->count; i++)
        told->member[i] = answer->member[i] ? 'y' : '-';
    if (answer->verdict == VERDICT_UNAVAILABLE)
        snprintf(told->reason, sizeof told->reason, "%s", answer->reason);
    if (told->then)
        told->then(told);
}

static void ask_below(struct told *told, const char *extension)
{
    struct pxa_span list[GROUPS_IN_A_LINE];
    const char *at = strchr(told->text, ':');
    struct groups_question question = {
        .user = {told->text, (size_t)(at - told->text)},
        .groups = list,
        .base_extension = {extension, strlen(extension)},
        .done = on_answer,
        .context = told,
    };
    struct groups_asked *asked;

    while (*at) {
        size_t len = strcspn(++at, ",");

        list[question.group_count++] = (struct pxa_span){at, len};
        at += len;
    }
    told->count = question.group_count;
    asked = groups_ask(groups, &question);
    ck_assert_msg((asked == NULL) == (told->answers == 1), "%s", told->text);
    told->asked = asked;
}

static struct told ask(const char *text)
{
    struct told told = {.text = text};

    ask_below(&told, "");
    ck_assert_msg(!told.asked, "%s: not answered at once", text);
    return told;
}

#define ask_later(told) ask_below(told, "")

static void check_told(const struct told *told, enum verdict verdict, const char *member)
{
    ck_assert_msg(told->answers == 1, "%s: %u answers", told->text, told->answers);
    ck_assert_msg(told->verdict == verdict, "%s: verdict %d", told->text, told->verdict);
    ck_assert_str_eq(told->member, member);
}

static void open_groups(uint64_t ttl_ms)
{
    struct why why = {""};
    struct groups_config config = {
        .ttl_ms = ttl_ms, .cap_bytes = 1 << 20, .seed = 1, .find_first = true};

    loop = fake_loop_open();
    config.loop = loop;
    groups = groups_new(&config, &why);
    ck_assert_msg(groups != NULL, "%s", why.text);
    finds = NULL;
    memberships = NULL;
    find_count = membership_count = cancel_count = 0;
    at_once = down = false;
}

static void open_usual(void)
{
    open_groups(TTL_MS);
}

static void close_groups(void)
{
    groups_free(groups);
    ck_assert_ptr_null(finds);
    ck_assert_ptr_null(memberships);
    fake_loop_close(loop);
}

/* ---- asked ---- */

START_TEST(one_search_and_one_read_answer_all_groups)
{
    struct told told = {.text = "a:a1,b1,a2"};

    ask_later(&told);
    ck_assert_uint_eq(find_count, 1);
    answer_newest_find();
    ck_assert_uint_eq(membership_count, 1);
    ck_assert_uint_eq(told.answers, 0);
    answer_newest_membership();
    check_told(&told, VERDICT_OK, "y-y");
}
END_TEST

START_TEST(in_none_of_them)
{
    struct told told = {.text = "a:b,c"};

    ask_later(&told);
    answer_all();
    check_told(&told, VERDICT_DENIED, "--");
}
END_TEST

START_TEST(a_user_who_is_nobody_is_in_no_group)
{
    struct told told = {.text = "?:a,?"};
    struct told again;

    ask_later(&told);
    answer_newest_find();
    check_told(&told, VERDICT_DENIED, "--");
    ck_assert_uint_eq(membership_count, 0);
    again = ask("?:?");
    check_told(&again, VERDICT_DENIED, "-");
    ck_assert_uint_eq(find_count, 1);
}
END_TEST

START_TEST(answers_may_come_before_the_question_returns)
{
    struct told told;

    at_once = true;
    told = ask("a:a,b");
    check_told(&told, VERDICT_OK, "y-");
    down = true;
    told = ask("a:a,c");
    check_told(&told, VERDICT_OK, "y-");
    told = ask("b:a");
    check_told(&told, VERDICT_UNAVAILABLE, "-");
    ck_assert_str_eq(told.reason, "the find failed");
}
END_TEST

START_TEST(a_group_may_be_named_twice)
{
    struct told told = {.text = "a:a,a,b,a,b"};

    ask_later(&told);
    answer_newest_find();
    ck_assert_uint_eq(memberships->query.group_count, 2);
    answer_all();
    check_told(&told, VERDICT_OK, "yy-y-");
}
END_TEST

/* ---- remembered ---- */

START_TEST(yes_and_no_are_kept_for_their_time)
{
    struct told told = {.text = "a:a,b"};

    ask_later(&told);
    answer_all();
    fake_loop_advance(loop, TTL_MS - 1);
    told = ask("a:b,a");
    check_told(&told, VERDICT_OK, "-y");
    ck_assert_uint_eq(find_count, 1);
    fake_loop_advance(loop, 1);
    told = (struct told){.text = "a:b"};
    ask_later(&told);
    ck_assert_uint_eq(find_count, 2);
    answer_all();
    check_told(&told, VERDICT_DENIED, "-");
}
END_TEST

START_TEST(only_what_is_not_known_is_asked)
{
    struct told told = {.text = "a:a1,b"};

    ask_later(&told);
    answer_all();
    told = (struct told){.text = "a:b,a2,a1,c"};
    ask_later(&told);
    answer_newest_find();
    ck_assert_uint_eq(memberships->query.group_count, 2);
    ck_assert(memcmp(memberships->query.groups[0].at, "a2", 2) == 0);
    ck_assert(memcmp(memberships->query.groups[1].at, "c", 1) == 0);
    answer_all();
    check_told(&told, VERDICT_OK, "-yy-");
}
END_TEST

/* The same bytes, otherwise split into user, base extension and group. */
START_TEST(keys_do_not_run_together)
{
    struct told first = {.text = "ab:b"};
    struct told second = {.text = "a:bb"};
    struct told third = {.text = "a:b"};
    struct told fourth = {.text = "a:b"};

    ask_later(&first);
    ask_later(&second);
    ask_below(&third, "b");
    ask_below(&fourth, "");
    ck_assert_uint_eq(find_count, 4);
    answer_all();
    ck_assert_uint_eq(membership_count, 4);
    ask_below(&(struct told){.text = "a:b"}, "b");
    ck_assert_uint_eq(find_count, 4);
}
END_TEST

START_TEST(with_no_time_nothing_is_kept_but_questions_are_joined)
{
    struct told first = {.text = "a:a,b"};
    struct told second = {.text = "a:b,a"};

    close_groups();
    open_groups(0);
    ask_later(&first);
    ask_later(&second);
    answer_all();
    check_told(&first, VERDICT_OK, "y-");
    check_told(&second, VERDICT_OK, "-y");
    ck_assert_uint_eq(find_count, 1);
    first.answers = 0;
    ask_later(&first);
    ck_assert_uint_eq(find_count, 2);
    answer_all();
}
END_TEST

/* ---- trouble ---- */

START_TEST(trouble_is_no_answer)
{
    struct told told = {.text = "a:a,b"};

    down = true;
    ask_later(&told);
    answer_all();
    check_told(&told, VERDICT_UNAVAILABLE, "--");
    ck_assert_str_eq(told.reason, "the find failed");
    down = false;
    for (int repeat = 0; repeat < 2; repeat++) {
        told = ask("a:a,b");
        check_told(&told, VERDICT_UNAVAILABLE, "--");
        ck_assert_str_eq(told.reason, "the find failed");
    }
    ck_assert_uint_eq(find_count, 1);
    fake_loop_advance(loop, 2000);
    told = (struct told){.text = "a:a,b"};
    ask_later(&told);
    answer_all();
    check_told(&told, VERDICT_OK, "y-");
    ck_assert_uint_eq(find_count, 2);
}
END_TEST

START_TEST(a_failed_read_of_groups_is_trouble)
{
    struct told told = {.text = "a:a"};

    ask_later(&told);
    answer_newest_find();
    down = true;
    answer_newest_membership();
    check_told(&told, VERDICT_UNAVAILABLE, "-");
    ck_assert_str_eq(told.reason, "the search failed");
}
END_TEST

/* One group is known to match, so the line does, whatever became of the other. */
START_TEST(a_yes_stands_beside_trouble)
{
    struct told told = {.text = "a:a"};

    ask_later(&told);
    answer_all();
    down = true;
    told = (struct told){.text = "a:b,a"};
    ask_later(&told);
    answer_all();
    check_told(&told, VERDICT_OK, "-y");
    told = ask("a:b");
    check_told(&told, VERDICT_UNAVAILABLE, "-");
}
END_TEST

/* ---- joined ---- */

START_TEST(who_asks_the_same_waits_with_the_first)
{
    struct told told[3] = {{.text = "a:a,b"}, {.text = "a:a,b"}, {.text = "a:b"}};

    for (int i = 0; i < 3; i++)
        ask_later(&told[i]);
    ck_assert_uint_eq(find_count, 1);
    answer_all();
    ck_assert_uint_eq(membership_count, 1);
    check_told(&told[0], VERDICT_OK, "y-");
    check_told(&told[1], VERDICT_OK, "y-");
    check_told(&told[2], VERDICT_DENIED, "-");
}
END_TEST

START_TEST(of_a_question_a_part_may_be_joined)
{
    struct told first = {.text = "a:a,b"};
    struct told second = {.text = "a:b,a2"};

    ask_later(&first);
    answer_newest_find();
    ask_later(&second);
    answer_newest_find();
    ck_assert_uint_eq(memberships->query.group_count, 1);
    answer_newest_membership(); /* of the second */
    ck_assert_uint_eq(second.answers, 0);
    answer_newest_membership();
    check_told(&first, VERDICT_OK, "y-");
    check_told(&second, VERDICT_OK, "-y");
}
END_TEST

START_TEST(others_wait_on_when_the_first_leaves)
{
    struct told first = {.text = "a:a,b"};
    struct told second = {.text = "a:a"};

    ask_later(&first);
    ask_later(&second);
    groups_cancel(first.asked);
    ck_assert_uint_eq(cancel_count, 0);
    answer_newest_find();
    answer_newest_membership();
    check_told(&second, VERDICT_OK, "y");
    ck_assert_uint_eq(first.answers, 0);
}
END_TEST

START_TEST(nobody_left_ends_it)
{
    struct told first = {.text = "a:a,b"};
    struct told second = {.text = "a:a,c"};

    ask_later(&first);
    answer_newest_find();
    ask_later(&second);
    ck_assert_uint_eq(find_count, 2);
    groups_cancel(second.asked); /* its find */
    ck_assert_uint_eq(cancel_count, 1);
    groups_cancel(first.asked); /* its membership */
    ck_assert_uint_eq(cancel_count, 2);
    ck_assert(!finds && !memberships);
}
END_TEST

/* The deadline of the first has passed: Squid repeats it twice at once. */
START_TEST(repeats_of_one_that_came_too_late_do_not_wait_again)
{
    struct told first = {.text = "a:a"};
    struct told second = {.text = "a:a"};
    struct told repeat;

    ask_later(&first);
    ask_later(&second);
    groups_cancel(first.asked);
    repeat = ask("a:a");
    check_told(&repeat, VERDICT_UNAVAILABLE, "-");
    answer_all();
    check_told(&second, VERDICT_OK, "y");
    repeat = ask("a:a");
    check_told(&repeat, VERDICT_OK, "y");
    ck_assert_uint_eq(find_count, 1);
}
END_TEST

/* ---- from inside of answers ---- */

static struct told *other;

static void cancel_other(struct told *told)
{
    (void)told;
    if (other->asked)
        groups_cancel(other->asked);
    other->asked = NULL;
}

START_TEST(who_is_told_may_cancel_another_that_is_ready)
{
    struct told told[2] = {{.text = "a:a", .then = cancel_other},
                           {.text = "a:a", .then = cancel_other}};

    ask_later(&told[0]);
    ask_later(&told[1]);
    other = &told[1];
    told[1].then = NULL;
    answer_newest_find();
    answer_newest_membership();
    if (told[0].answers == 0) { /* the other one was told first */
        ck_assert_uint_eq(told[1].answers, 1);
        return;
    }
    check_told(&told[0], VERDICT_OK, "y");
}
END_TEST

static void ask_other(struct told *told)
{
    (void)told;
    ask_later(other);
}

START_TEST(who_is_told_may_ask_again)
{
    struct told first = {.text = "a:a", .then = ask_other};
    struct told second = {.text = "a:a,b"};

    other = &second;
    ask_later(&first);
    answer_newest_find();
    at_once = true;
    answer_newest_membership();
    check_told(&first, VERDICT_OK, "y");
    check_told(&second, VERDICT_OK, "y-");
}
END_TEST

/* ---- at random ---- */

/* No key is asked about twice at the same time. */
static void check_nothing_twice(void)
{
    for (struct membership *one = memberships; one; one = one->next)
        for (struct membership *two = one->next; two; two = two->next)
            for (size_t i = 0; i < one->query.group_count; i++)
                for (size_t j = 0; j < two->query.group_count; j++)
                    ck_assert(one->query.user.at[0] != two->query.user.at[0] ||
                              one->query.groups[i].at[0] != two->query.groups[j].at[0]);
}

static void check_random_answer(const struct told *told, bool maybe_down)
{
    for (size_t i = 0; i < told->count; i++) {
        bool yes =
            truth((struct pxa_span){told->text, 1}, (struct pxa_span){told->text + 2 + 2 * i, 1});

        ck_assert(told->member[i] != 'y' || yes);
        ck_assert(told->verdict == VERDICT_UNAVAILABLE || maybe_down ||
                  told->member[i] == (yes ? 'y' : '-'));
    }
    ck_assert(maybe_down || told->verdict != VERDICT_UNAVAILABLE);
}

static void random_text(struct chance *chance, char *text)
{
    unsigned count = 1 + chance_next(chance) % GROUPS_IN_A_LINE;

    *text++ = (char)('a' + chance_next(chance) % 3);
    for (unsigned i = 0; i < count; i++) {
        *text++ = i == 0 ? ':' : ',';
        *text++ = (char)('a' + chance_next(chance) % 5);
    }
    *text = '\0';
}

static void random_answer(struct chance *chance)
{
    if (chance_next(chance) % 2 && finds) {
        struct find **link = &finds;

        while ((*link)->next && chance_next(chance) % 2)
            link = &(*link)->next;
        answer_find(find_at(link));
    } else if (memberships) {
        struct membership **link = &memberships;

        while ((*link)->next && chance_next(chance) % 2)
            link = &(*link)->next;
        answer_membership(membership_at(link));
    }
}

START_TEST(every_question_is_answered_once_and_truly)
{
    struct chance chance = {.state = (uint64_t)_i};
    struct told told[ASKED_MAX];
    char text[ASKED_MAX][2 + 2 * GROUPS_IN_A_LINE];
    unsigned answered = 0;

    memset(told, 0, sizeof told);
    for (int step = 0; step < 20000; step++) {
        unsigned at = chance_next(&chance) % ASKED_MAX;
        unsigned what = chance_next(&chance) % 10;

        down = _i % 2 && chance_next(&chance) % 16 == 0;
        at_once = chance_next(&chance) % 8 == 0;
        if (told[at].answers == 1) {
            check_random_answer(&told[at], _i % 2);
            told[at] = (struct told){.text = NULL};
            answered++;
        } else if (!told[at].text && what < 4) {
            random_text(&chance, text[at]);
            told[at].text = text[at];
            ask_later(&told[at]);
        } else if (told[at].asked && what == 4 && _i % 2) {
            groups_cancel(told[at].asked);
            told[at] = (struct told){.text = NULL};
        } else {
            random_answer(&chance);
        }
        ck_assert_uint_le(told[at].answers, 1);
        check_nothing_twice();
        if (chance_next(&chance) % 32 == 0)
            fake_loop_advance(loop, 1000);
    }
    ck_assert_uint_gt(answered, 1000);
    for (int i = 0; i < ASKED_MAX; i++)
        if (told[i].asked)
            groups_cancel(told[i].asked);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("groups");
    TCase *tc = tcase_create("groups");

    tcase_add_checked_fixture(tc, open_usual, close_groups);
    tcase_add_test(tc, one_search_and_one_read_answer_all_groups);
    tcase_add_test(tc, in_none_of_them);
    tcase_add_test(tc, a_user_who_is_nobody_is_in_no_group);
    tcase_add_test(tc, answers_may_come_before_the_question_returns);
    tcase_add_test(tc, a_group_may_be_named_twice);
    tcase_add_test(tc, yes_and_no_are_kept_for_their_time);
    tcase_add_test(tc, only_what_is_not_known_is_asked);
    tcase_add_test(tc, keys_do_not_run_together);
    tcase_add_test(tc, with_no_time_nothing_is_kept_but_questions_are_joined);
    tcase_add_test(tc, trouble_is_no_answer);
    tcase_add_test(tc, a_failed_read_of_groups_is_trouble);
    tcase_add_test(tc, a_yes_stands_beside_trouble);
    tcase_add_test(tc, who_asks_the_same_waits_with_the_first);
    tcase_add_test(tc, of_a_question_a_part_may_be_joined);
    tcase_add_test(tc, others_wait_on_when_the_first_leaves);
    tcase_add_test(tc, nobody_left_ends_it);
    tcase_add_test(tc, repeats_of_one_that_came_too_late_do_not_wait_again);
    tcase_add_test(tc, who_is_told_may_cancel_another_that_is_ready);
    tcase_add_test(tc, who_is_told_may_ask_again);
    tcase_add_loop_test(tc, every_question_is_answered_once_and_truly, 0, 6);
    suite_add_tcase(s, tc);
    return s;
}
