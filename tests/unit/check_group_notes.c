/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/negotiate-gssapi/group_notes.c, with a directory that the test plays.
 *
 * The SIDs in Base64 are what negotiate_kerberos_auth of Squid 5.7 wrote for a user of a Samba
 * domain (Domain Users) and for S-1-18-1; their text was worked out by hand from [MS-DTYP],
 * sections 2.4.2.1 and 2.4.2.2.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/group_notes.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/negotiate-gssapi/group_names.h"

Suite *suite(void);

#define SPAN(text) ((struct pxa_span){(text), sizeof(text) - 1})

static const struct pxa_span users = SPAN("\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00"
                                          "\x47\xdd\xaa\x12\xbe\x71\xcc\xae\xde\xa8\x60\x21"
                                          "\x01\x02\x00\x00");
static const struct pxa_span asserted = SPAN("\x01\x01\x00\x00\x00\x00\x00\x12\x01\x00\x00\x00");

#define USERS_BASE64 "AQUAAAAAAAUVAAAAR92qEr5xzK7eqGAhAQIAAA=="
#define ASSERTED_BASE64 "AQEAAAAAABIBAAAA"
#define USERS_TEXT "S-1-5-21-313187655-2932634046-559982814-513"
#define ASSERTED_TEXT "S-1-18-1"

/* ---- the directory ---- */

struct group_names {
    const struct group_names_query *query;
};

static struct played {
    const struct pxa_span *at_once; /* names; NULL: the answer comes later */
    struct group_names pending;
    unsigned asked;
    unsigned dropped;
} played;

struct group_names *group_names_ask(struct directory *directory,
                                    const struct group_names_query *query)
{
    (void)directory;
    played.asked++;
    if (played.at_once) {
        query->done(query->context, played.at_once, NULL);
        return NULL;
    }
    played.pending.query = query;
    return &played.pending;
}

void group_names_drop(struct group_names *names)
{
    ck_assert_ptr_eq(names, &played.pending);
    played.dropped++;
    names->query = NULL;
}

static void answer(const struct pxa_span *names, const char *trouble)
{
    const struct group_names_query *query = played.pending.query;

    ck_assert_ptr_nonnull(query);
    played.pending.query = NULL;
    query->done(query->context, names, trouble);
}

/* ---- the scene ---- */

struct scene {
    struct gssapi_options options;
    char *filters[4];
    struct group_notes *notes;
    struct group_notes *drop_in_answer; /* as login.c does */
    unsigned answers;
    char said[512]; /* "group=VALUE;..." of the last answer, or "!TROUBLE" */
    unsigned count;
    size_t bytes;
};

static void on_answer(void *context, const struct reply_note *notes, unsigned count,
                      const char *trouble)
{
    struct scene *scene = context;
    size_t len = 0;

    scene->answers++;
    scene->count = count;
    scene->bytes = 0;
    scene->said[0] = '\0';
    if (trouble)
        (void)snprintf(scene->said, sizeof scene->said, "!%s", trouble);
    for (unsigned i = 0; i < count; i++) {
        scene->bytes += notes[i].value.len;
        if (len < sizeof scene->said)
            len += (size_t)snprintf(scene->said + len, sizeof scene->said - len, "%s=%.*s;",
                                    notes[i].key, (int)notes[i].value.len, notes[i].value.at);
    }
    if (scene->drop_in_answer)
        group_notes_drop(scene->drop_in_answer);
}

/* FILTERS ends with NULL. */
static struct scene *open_scene(int format, bool directory, const char *const *filters)
{
    static char any_directory;
    struct scene *scene = calloc(1, sizeof *scene);

    ck_assert_ptr_nonnull(scene);
    played = (struct played){0};
    scene->options.sid_format = format;
    for (size_t i = 0; filters && filters[i]; i++) {
        scene->filters[i] = strdup(filters[i]);
        ck_assert_ptr_nonnull(scene->filters[i]);
        scene->options.filters = (struct option_list){scene->filters, i + 1};
    }
    scene->notes = group_notes_new(&(struct group_notes_config){
        .options = &scene->options,
        .directory = directory ? (struct directory *)(void *)&any_directory : NULL,
        .answer = on_answer,
        .context = scene,
    });
    ck_assert_ptr_nonnull(scene->notes);
    return scene;
}

static void close_scene(struct scene *scene)
{
    group_notes_free(scene->notes);
    for (size_t i = 0; i < scene->options.filters.count; i++)
        free(scene->filters[i]);
    free(scene);
}

/* Whether what is told comes from memory of this function alone is seen by overwriting it. */
static void ask(struct scene *scene)
{
    char bytes[64];
    struct pxa_span sids[2];
    char user[] = "alice@EXAMPLE.TEST";

    memcpy(bytes, users.at, users.len);
    memcpy(bytes + users.len, asserted.at, asserted.len);
    sids[0] = (struct pxa_span){bytes, users.len};
    sids[1] = (struct pxa_span){bytes + users.len, asserted.len};
    group_notes_ask(scene->notes, &(struct group_notes_query){{user, strlen(user)}, sids, 2});
    memset(bytes, '#', sizeof bytes);
    memset(user, '#', sizeof user);
    memset(sids, 0, sizeof sids);
}

/* ---- tests ---- */

START_TEST(sids_as_squids_helper_writes_them)
{
    struct scene *scene = open_scene(SID_FORMAT_BASE64, false, NULL);

    ask(scene);
    ck_assert_uint_eq(scene->answers, 1);
    ck_assert_str_eq(scene->said, "group=" USERS_BASE64 ";group=" ASSERTED_BASE64 ";");
    close_scene(scene);
}
END_TEST

START_TEST(sids_as_text)
{
    struct scene *scene = open_scene(SID_FORMAT_TEXT, false, NULL);

    ask(scene);
    ck_assert_str_eq(scene->said, "group=" USERS_TEXT ";group=" ASSERTED_TEXT ";");
    close_scene(scene);
}
END_TEST

START_TEST(filters_are_on_the_text_of_a_sid)
{
    const char *const filters[] = {"nobody", "s-1-5-21-*-513", NULL};
    struct scene *scene = open_scene(SID_FORMAT_BASE64, false, filters);

    ask(scene);
    ck_assert_str_eq(scene->said, "group=" USERS_BASE64 ";");
    close_scene(scene);
}
END_TEST

START_TEST(a_filter_is_for_the_whole_text)
{
    const char *const filters[] = {"S-1-5-21", "513", NULL};
    struct scene *scene = open_scene(SID_FORMAT_TEXT, false, filters);

    ask(scene);
    ck_assert_str_eq(scene->said, "");
    ck_assert_uint_eq(scene->answers, 1);
    close_scene(scene);
}
END_TEST

START_TEST(names_of_the_directory)
{
    const struct pxa_span names[] = {SPAN("Domain \"Users\""), {NULL, 0}};
    struct scene *scene = open_scene(SID_FORMAT_BASE64, true, NULL);

    ask(scene);
    ck_assert_uint_eq(scene->answers, 0);
    ck_assert_uint_eq(played.pending.query->count, 2);
    ck_assert_mem_eq(played.pending.query->sids[0].at, users.at, users.len);
    ck_assert_mem_eq(played.pending.query->sids[1].at, asserted.at, asserted.len);
    ck_assert_mem_eq(played.pending.query->user.at, "alice@EXAMPLE.TEST", 18);
    answer(names, NULL);
    ck_assert_uint_eq(scene->answers, 1);
    ck_assert_str_eq(scene->said, "group=Domain \"Users\";group=" ASSERTED_TEXT ";");
    close_scene(scene);
}
END_TEST

START_TEST(names_that_are_known_already)
{
    const struct pxa_span names[] = {SPAN("Domain Users"), SPAN("Gr\xc3\xbcppe")};
    struct scene *scene = open_scene(SID_FORMAT_TEXT, true, NULL);

    played.at_once = names;
    scene->drop_in_answer = scene->notes;
    ask(scene);
    ck_assert_uint_eq(scene->answers, 1);
    ck_assert_str_eq(scene->said, "group=Domain Users;group=Gr\xc3\xbcppe;");
    ask(scene);
    ck_assert_uint_eq(scene->answers, 2);
    ck_assert_uint_eq(played.asked, 2);
    ck_assert_uint_eq(played.dropped, 0);
    close_scene(scene);
}
END_TEST

START_TEST(filters_are_on_names_where_there_are_names)
{
    const char *const filters[] = {"domain *", "S-1-18-*", NULL};
    const struct pxa_span names[] = {SPAN("Domain Users"), {NULL, 0}};
    const struct pxa_span others[] = {SPAN("Users"), SPAN("S-1-17-1")};
    struct scene *scene = open_scene(SID_FORMAT_BASE64, true, filters);

    ask(scene);
    answer(names, NULL);
    ck_assert_str_eq(scene->said, "group=Domain Users;group=" ASSERTED_TEXT ";");
    ask(scene);
    answer(others, NULL);
    ck_assert_str_eq(scene->said, "");
    close_scene(scene);
}
END_TEST

START_TEST(a_directory_that_does_not_answer_is_trouble)
{
    struct scene *scene = open_scene(SID_FORMAT_BASE64, true, NULL);

    ask(scene);
    answer(NULL, "the directory does not answer");
    ck_assert_str_eq(scene->said, "!the directory does not answer");
    ck_assert_uint_eq(scene->count, 0);
    close_scene(scene);
}
END_TEST

START_TEST(a_name_with_a_nul_passes_no_filter)
{
    const char *const filters[] = {"Staff", NULL};
    const struct pxa_span names[] = {SPAN("Staff\0Guests"), {NULL, 0}};
    struct scene *scene = open_scene(SID_FORMAT_BASE64, true, filters);

    ask(scene);
    answer(names, NULL);
    ck_assert_int_eq(scene->said[0], '!');
    close_scene(scene);
}
END_TEST

START_TEST(what_is_no_sid_is_trouble)
{
    const struct pxa_span cut = {users.at, users.len - 1};
    struct scene *scene = open_scene(SID_FORMAT_BASE64, false, NULL);

    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("alice"), &cut, 1});
    ck_assert_uint_eq(scene->answers, 1);
    ck_assert_int_eq(scene->said[0], '!');
    close_scene(scene);
}
END_TEST

START_TEST(a_dropped_question_gives_no_answer)
{
    struct scene *scene = open_scene(SID_FORMAT_BASE64, true, NULL);

    ask(scene);
    group_notes_drop(scene->notes);
    ck_assert_uint_eq(played.dropped, 1);
    ask(scene);
    ask(scene); /* the one before is dropped */
    ck_assert_uint_eq(played.dropped, 2);
    ck_assert_uint_eq(scene->answers, 0);
    close_scene(scene); /* and so is this one */
    ck_assert_uint_eq(played.dropped, 3);
}
END_TEST

START_TEST(nothing_is_left_of_the_last_client)
{
    struct scene *scene = open_scene(SID_FORMAT_BASE64, false, NULL);

    ask(scene);
    ck_assert_uint_eq(scene->count, 2);
    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("bob"), NULL, 0});
    ck_assert_uint_eq(scene->count, 0);
    ck_assert_str_eq(scene->said, "");
    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("bob"), &asserted, 1});
    ck_assert_str_eq(scene->said, "group=" ASSERTED_BASE64 ";");
    close_scene(scene);
}
END_TEST

/* 28 bytes of a SID are 40 characters. */
START_TEST(twelve_hundred_groups_are_all_told)
{
    enum { COUNT = 1200 };
    struct pxa_span *sids = calloc(COUNT, sizeof *sids);
    struct scene *scene = open_scene(SID_FORMAT_BASE64, false, NULL);

    ck_assert_ptr_nonnull(sids);
    for (size_t i = 0; i < COUNT; i++)
        sids[i] = users;
    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("alice"), sids, COUNT});
    ck_assert_uint_eq(scene->count, COUNT);
    ck_assert_uint_eq(scene->bytes, COUNT * 40);
    close_scene(scene);
    free(sids);
}
END_TEST

/* 15 sub-authorities and the largest numbers, [MS-DTYP] section 2.4.2: the most that fits. */
START_TEST(the_longest_sid_fits)
{
    char longest[8 + 15 * 4];
    const struct pxa_span sid = {longest, sizeof longest};
    struct scene *scene = open_scene(SID_FORMAT_TEXT, false, NULL);

    memset(longest, 0xff, sizeof longest);
    longest[0] = 1;
    longest[1] = 15;
    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("alice"), &sid, 1});
    ck_assert_uint_eq(scene->count, 1);
    ck_assert_mem_eq(scene->said, "group=S-1-0xffffffffffff-4294967295-", 36);
    scene->options.sid_format = SID_FORMAT_BASE64;
    group_notes_ask(scene->notes, &(struct group_notes_query){SPAN("alice"), &sid, 1});
    ck_assert_uint_eq(scene->bytes, 92);
    close_scene(scene);
}
END_TEST

Suite *suite(void)
{
    Suite *whole = suite_create("group_notes");
    TCase *tests = tcase_create("notes");

    suite_add_tcase(whole, tests);
    tcase_add_test(tests, sids_as_squids_helper_writes_them);
    tcase_add_test(tests, sids_as_text);
    tcase_add_test(tests, filters_are_on_the_text_of_a_sid);
    tcase_add_test(tests, a_filter_is_for_the_whole_text);
    tcase_add_test(tests, names_of_the_directory);
    tcase_add_test(tests, names_that_are_known_already);
    tcase_add_test(tests, filters_are_on_names_where_there_are_names);
    tcase_add_test(tests, a_directory_that_does_not_answer_is_trouble);
    tcase_add_test(tests, a_name_with_a_nul_passes_no_filter);
    tcase_add_test(tests, what_is_no_sid_is_trouble);
    tcase_add_test(tests, a_dropped_question_gives_no_answer);
    tcase_add_test(tests, nothing_is_left_of_the_last_client);
    tcase_add_test(tests, twelve_hundred_groups_are_all_told);
    tcase_add_test(tests, the_longest_sid_fits);
    return whole;
}
