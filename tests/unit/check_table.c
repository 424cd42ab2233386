/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/files/table.c, table_make.c and table_scan.c. Expected values are
 * counted by hand, or come from a list that is searched from its end.
 */
#include <config.h>

#include "helpers/files/table.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "helpers/files/password_lines.h"
#include "helpers/files/table_private.h"

Suite *suite(void);

enum { SEED = 20061126 };

static const struct file_format plain = {.split = password_lines_split};
static const struct file_format folded = {.split = password_lines_split, .ignore_case = true};
static const struct file_format blank = {.split = password_lines_split, .keep_blanks = true};

/* As file_read() would give it. */
static struct file_text text_of(const char *bytes, size_t len)
{
    char *at = mmap(NULL, len + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(at, MAP_FAILED);
    if (len > 0)
        memcpy(at, bytes, len);
    at[len] = '\n';
    return (struct file_text){.text = {at, len}, .mapped = len + 1};
}

static struct table *table_from(const char *bytes, size_t len, const struct file_format *format)
{
    struct file_text text = text_of(bytes, len);
    struct why why = {""};
    struct table *table = table_make(&text, format, SEED, &why);

    ck_assert_msg(table != NULL, "%s", why.text);
    ck_assert_uint_eq(text.mapped, 0);
    return table;
}

static struct table *table_of(const char *text)
{
    return table_from(text, strlen(text), &plain);
}

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void expect(const struct table *table, const char *key, const char *value)
{
    struct file_record record, again;
    struct table_search search;
    bool found = table_find(table, span_of(key), &again);

    table_search_begin(table, span_of(key), &search);
    table_search_go_on(table, &search);
    ck_assert_int_eq(table_search_end(table, &search, &record), found);
    ck_assert(!found || record.value.at == again.value.at);
    if (!value) {
        ck_assert_msg(!found, "'%s' was found", key);
        return;
    }
    ck_assert_msg(found, "'%s' was not found", key);
    ck_assert_msg(record.value.len == strlen(value) &&
                      memcmp(record.value.at, value, record.value.len) == 0,
                  "'%s' has '%.*s'", key, (int)record.value.len, record.value.at);
}

static void expect_counts(const struct table *table, uint64_t lines, uint64_t records,
                          uint64_t faults, uint64_t duplicates)
{
    ck_assert_uint_eq(table->lines, lines);
    ck_assert_uint_eq(table->records, records);
    ck_assert_uint_eq(table->faults, faults);
    ck_assert_uint_eq(table->duplicates, duplicates);
}

static void expect_fault(const struct table_fault *fault, uint64_t line, const char *part)
{
    ck_assert_uint_eq(fault->line, line);
    ck_assert_msg(strstr(fault->text, part) != NULL, "%s", fault->text);
}

START_TEST(finds_what_is_there)
{
    struct table *table = table_of("alice:1\nbob:2\ncarol:3\n");

    expect_counts(table, 3, 3, 0, 0);
    expect(table, "alice", "1");
    expect(table, "bob", "2");
    expect(table, "carol", "3");
    expect(table, "Alice", NULL);
    expect(table, "alic", NULL);
    expect(table, "alice:1", NULL);
    expect(table, "", NULL);
    expect(table, "dave", NULL);
    table_free(table);
    table_free(NULL);
}
END_TEST

START_TEST(ends_of_lines)
{
    struct table *table = table_of("alice:1\r\nbob:2\r\r\n\r\ncarol:3\r");

    expect_counts(table, 4, 3, 0, 0);
    expect(table, "alice", "1");
    expect(table, "bob", "2\r");
    expect(table, "carol", "3");
    table_free(table);
    table = table_of("alice:1\nbob:2");
    expect_counts(table, 2, 2, 0, 0);
    expect(table, "bob", "2");
    table_free(table);
}
END_TEST

START_TEST(comments_and_blanks)
{
    static const char text[] = "# a:b\n\n \t\n bob:2\n\tcarol:3\nalice:1 # no comment\n#\n";
    struct table *table = table_of(text);

    expect_counts(table, 7, 1, 0, 0);
    expect(table, "alice", "1 # no comment");
    expect(table, " bob", NULL);
    expect(table, "# a", NULL);
    table_free(table);
    table = table_from(text, sizeof text - 1, &blank);
    expect_counts(table, 7, 3, 1, 0);
    expect_fault(&table->fault[0], 3, "no colon");
    expect(table, " bob", "2");
    expect(table, "\tcarol", "3");
    table_free(table);
}
END_TEST

START_TEST(byte_order_mark)
{
    struct table *table = table_of("\xef\xbb\xbf"
                                   "alice:1\nbob:2\n");

    expect_counts(table, 2, 2, 0, 0);
    expect(table, "alice", "1");
    table_free(table);
    table = table_of("\xef\xbb\xbf");
    expect_counts(table, 0, 0, 0, 0);
    table_free(table);
    table = table_of("\xef\xbb");
    expect_counts(table, 1, 0, 1, 0);
    table_free(table);
    table = table_of("bob:2\n\xef\xbb\xbf"
                     "alice:1\n");
    expect(table, "alice", NULL);
    expect(table,
           "\xef\xbb\xbf"
           "alice",
           "1");
    table_free(table);
}
END_TEST

START_TEST(nothing_in_it)
{
    static const char *const texts[] = {"", "\n", "\n\n\r\n", "# only\n# comments", "bad\n"};
    static const uint64_t lines[] = {0, 1, 3, 2, 1};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct table *table = table_of(texts[i]);

        expect_counts(table, lines[i], 0, i == 4, 0);
        expect(table, "bad", NULL);
        expect(table, "", NULL);
        table_free(table);
    }
}
END_TEST

START_TEST(nul_bytes)
{
    static const char text[] = "alice:1\nbo\0b:2\n# \0\ncarol:3\0\ndave:4\n\0\nerin:5";
    struct table *table = table_from(text, sizeof text - 1, &plain);
    struct file_record record;

    expect_counts(table, 7, 3, 3, 0);
    expect_fault(&table->fault[0], 2, "NUL");
    expect_fault(&table->fault[1], 4, "NUL");
    expect_fault(&table->fault[2], 6, "NUL");
    expect(table, "alice", "1");
    expect(table, "dave", "4");
    expect(table, "erin", "5");
    ck_assert(!table_find(table, (struct pxa_span){"bo\0b", 4}, &record));
    expect(table, "carol", NULL);
    table_free(table);
}
END_TEST

START_TEST(bad_lines_by_number)
{
    struct table *table = table_of("x\nalice:1\n:2\n\nbob:\na\nb\nc\nd\ne\nf\nlast:3\n");

    expect_counts(table, 12, 2, 9, 0);
    expect_fault(&table->fault[0], 1, "no colon");
    expect_fault(&table->fault[1], 3, "no user");
    expect_fault(&table->fault[2], 5, "no hash");
    expect_fault(&table->fault[7], 10, "no colon");
    expect(table, "last", "3");
    table_free(table);
}
END_TEST

START_TEST(the_last_duplicate_wins)
{
    struct table *table = table_of("bob:1\nalice:2\nbob:3\nx\nbob:4\nalice:5\n");

    expect_counts(table, 6, 2, 1, 3);
    expect_fault(&table->duplicate[0], 3, "same key");
    expect_fault(&table->duplicate[1], 5, "same key");
    expect_fault(&table->duplicate[2], 6, "same key");
    ck_assert_uint_eq(table->duplicate[3].line, 0);
    expect(table, "bob", "4");
    expect(table, "alice", "5");
    table_free(table);
}
END_TEST

START_TEST(who_is_there_twice)
{
    struct table *table = table_of("bob:1\ncarol:2\nbob:3\nx\nalice:5\n");

    ck_assert(table_has_twice(table, span_of("bob")));
    ck_assert(!table_has_twice(table, span_of("carol")));
    ck_assert(!table_has_twice(table, span_of("alice")));
    ck_assert(!table_has_twice(table, span_of("nobody")));
    table_free(table);
    table = table_of("bob:1\nbob:2\nbob:3\ncarol:1\ncarol\n");
    ck_assert(table_has_twice(table, span_of("bob")));
    ck_assert(!table_has_twice(table, span_of("carol")));
    table_free(table);
    table = table_of("bob:1\ncarol:2\n");
    ck_assert(!table_has_twice(table, span_of("bob")));
    table_free(table);
}
END_TEST

/* Each second one of many, and with the same answer for each line of it. */
START_TEST(which_of_many_are_there_twice)
{
    enum { USERS = 5000 };
    char *text = malloc((size_t)USERS * 2 * 16);
    size_t len = 0;
    char user[16];
    struct table *table;

    ck_assert_ptr_nonnull(text);
    for (int i = 0; i < 2 * USERS; i++)
        if (i < USERS || i % 2 == 0)
            len += (size_t)sprintf(text + len, "user%d:x\n", i % USERS);
    table = table_from(text, len, &plain);
    for (int i = 0; i < USERS; i++) {
        (void)sprintf(user, "user%d", i);
        ck_assert_msg(table_has_twice(table, span_of(user)) == (i % 2 == 0), "%s", user);
    }
    table_free(table);
    free(text);
}
END_TEST

/* Far apart, and many: the queue of records on their way must keep the order. */
START_TEST(many_duplicates)
{
    enum { TIMES = 1000, USERS = 7 };
    char text[TIMES * 16];
    size_t len = 0;
    struct table *table;

    for (unsigned i = 0; i < TIMES; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "user%u:%u\n", i % USERS, i);
    table = table_from(text, len, &plain);
    expect_counts(table, TIMES, USERS, 0, TIMES - USERS);
    for (unsigned i = 0; i < TABLE_FAULTS_TOLD; i++)
        expect_fault(&table->duplicate[i], USERS + 1 + i, "same key");
    expect(table, "user0", "994"); /* 994 = 142 * 7, the last multiple below 1000 */
    expect(table, "user5", "999");
    expect(table, "user6", "993");
    table_free(table);
}
END_TEST

START_TEST(regardless_of_case)
{
    static const char text[] = "Alice:1\nBOB:2\naLICE:3\n\xc3\x89va:4\n[at]:5\n";
    struct table *table = table_from(text, sizeof text - 1, &folded);

    expect_counts(table, 5, 4, 0, 1);
    expect(table, "alice", "3");
    expect(table, "ALICE", "3");
    expect(table, "bob", "2");
    expect(table, "\xc3\x89VA", "4");
    expect(table, "\xc3\xa9va", NULL); /* ASCII only */
    expect(table, "[AT]", "5");
    expect(table, "{at}", NULL); /* '{' is '[' with the bit of small letters */
    table_free(table);
}
END_TEST

START_TEST(long_lines)
{
    enum { LONG = 1000000 };
    char *text = malloc(LONG + 64);
    struct table *table;
    struct file_record record;
    size_t len = 0;

    ck_assert_ptr_nonnull(text);
    len += (size_t)sprintf(text, "alice:1\nbig:");
    memset(text + len, 'x', LONG);
    len += LONG;
    len += (size_t)sprintf(text + len, "\nbob:2\n");
    table = table_from(text, len, &plain);
    expect_counts(table, 3, 2, 1, 0);
    expect_fault(&table->fault[0], 2, "65536");
    expect(table, "alice", "1");
    expect(table, "bob", "2");
    expect(table, "big", NULL);
    table_free(table);
    for (int over = 0; over < 2; over++) {
        len = (size_t)sprintf(text, "alice:");
        memset(text + len, 'y', TABLE_LINE_MAX);
        len = TABLE_LINE_MAX + (size_t)over;
        len += (size_t)sprintf(text + len, "\r\nbob:2\n");
        table = table_from(text, len, &plain);
        expect_counts(table, 2, 2 - (unsigned)over, (unsigned)over, 0);
        ck_assert_int_eq(table_find(table, span_of("alice"), &record), !over);
        if (!over)
            ck_assert_uint_eq(record.value.len, TABLE_LINE_MAX - 6);
        expect(table, "bob", "2");
        table_free(table);
    }
    free(text);
}
END_TEST

/* ---- what a format counts, and walking ---- */

static void count_values(const void *context, const struct file_record *record, void *tally)
{
    uint64_t *sums = tally;

    ck_assert_ptr_eq(context, &plain);
    sums[0]++;
    sums[1] += (uint64_t)(record->value.at[0] - '0');
}

struct walk {
    char seen[64];
    unsigned until;
};

static bool note(void *context, const struct file_record *record)
{
    struct walk *walk = context;

    strncat(walk->seen, record->value.at, 1);
    return --walk->until > 0;
}

START_TEST(walks_in_order)
{
    static const char text[] = "# x\nbob:1\nalice:2\nbad\nbob:3\ncarol:4\nalice:5\ndave:6";
    const struct file_format format = {
        .split = password_lines_split,
        .count = count_values,
        .tally_size = 2 * sizeof(uint64_t),
        .context = &plain,
    };
    struct table *table = table_from(text, sizeof text - 1, &format);
    struct walk all = {.until = 100};
    struct walk two = {.until = 2};

    ck_assert_uint_eq(((const uint64_t *)table->tally)[0], 6);
    ck_assert_uint_eq(((const uint64_t *)table->tally)[1], 21);
    table_walk(table, note, &all);
    ck_assert_str_eq(all.seen, "3456");
    table_walk(table, note, &two);
    ck_assert_str_eq(two.seen, "34");
    table_free(table);
}
END_TEST

/* ---- many, against a list searched from its end ---- */

enum { MANY = 3000, NAMES = 2000, NAME_CAP = 64 };

static unsigned next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* The name with NUMBER: 1 to 40 bytes; one half differ at their ends, the others at their
 * beginnings. */
static const char *name_of(unsigned number, char *name)
{
    static const char filling[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int len = (int)(number % 37);

    if (number % 2)
        (void)snprintf(name, NAME_CAP, "%u%.*s", number, len, filling);
    else
        (void)snprintf(name, NAME_CAP, "%.*s%u", len, filling, number);
    return name;
}

START_TEST(does_as_a_list_does)
{
    static unsigned last[NAMES]; /* the number of the name's last line, or 0 */
    char *text = malloc((size_t)MANY * (NAME_CAP + 8));
    char name[NAME_CAP], value[16];
    uint32_t state = 4;
    size_t len = 0, distinct = 0;
    struct table *table;

    ck_assert_ptr_nonnull(text);
    for (unsigned line = 1; line <= MANY; line++) {
        unsigned number = next_random(&state) % NAMES;

        distinct += last[number] == 0;
        last[number] = line;
        len += (size_t)sprintf(text + len, "%s:%u\n", name_of(number, name), line);
    }
    table = table_from(text, len, &plain);
    free(text);
    expect_counts(table, MANY, distinct, 0, MANY - distinct);
    for (unsigned number = 0; number < NAMES; number++) {
        (void)snprintf(value, sizeof value, "%u", last[number]);
        expect(table, name_of(number, name), last[number] ? value : NULL);
    }
    table_free(table);
}
END_TEST

/* ---- the index ---- */

/* Two keys with one hash are still two keys: nobody gets another one's record. */
START_TEST(same_hash_is_not_same_key)
{
    struct table *table = table_of("alice:1\nbob:2\n");
    uint64_t hash = key_hash_of(&table->index->hash, span_of("alice"));
    struct file_record record;

    ck_assert_uint_ne(table_place(table, span_of("alice"), hash, &record)->line, 0);
    ck_assert_uint_eq(table_place(table, span_of("mallory"), hash, &record)->line, 0);
    ck_assert_uint_eq(table_place(table, span_of("Alice"), hash, &record)->line, 0);
    table_free(table);
}
END_TEST

static struct table *two_with_seed(uint64_t seed)
{
    struct file_text text = text_of("alice:1\nbob:2\n", 14);

    return table_make(&text, &plain, seed, NULL);
}

static bool is_at_end(const struct table *table, const char *key)
{
    const struct table_index *index = table->index;

    return table_home(index, key_hash_of(&index->hash, span_of(key))) == index->count - 1;
}

/* With some seed both belong into the last place; then one of them is in the first. */
START_TEST(goes_on_at_the_beginning)
{
    struct table *table = two_with_seed(0);

    for (uint64_t seed = 1; !is_at_end(table, "alice") || !is_at_end(table, "bob"); seed++) {
        table_free(table);
        table = two_with_seed(seed);
    }
    ck_assert_uint_ne(table->index->slot[table->index->count - 1].line, 0);
    ck_assert_uint_ne(table->index->slot[0].line, 0);
    expect(table, "alice", "1");
    expect(table, "bob", "2");
    table_free(table);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("table");
    TCase *tc = tcase_create("table");

    tcase_add_test(tc, finds_what_is_there);
    tcase_add_test(tc, ends_of_lines);
    tcase_add_test(tc, comments_and_blanks);
    tcase_add_test(tc, byte_order_mark);
    tcase_add_test(tc, nothing_in_it);
    tcase_add_test(tc, nul_bytes);
    tcase_add_test(tc, bad_lines_by_number);
    tcase_add_test(tc, the_last_duplicate_wins);
    tcase_add_test(tc, who_is_there_twice);
    tcase_add_test(tc, which_of_many_are_there_twice);
    tcase_add_test(tc, many_duplicates);
    tcase_add_test(tc, regardless_of_case);
    tcase_add_test(tc, long_lines);
    tcase_add_test(tc, walks_in_order);
    tcase_add_test(tc, does_as_a_list_does);
    tcase_add_test(tc, same_hash_is_not_same_key);
    tcase_add_test(tc, goes_on_at_the_beginning);
    suite_add_tcase(s, tc);
    return s;
}
