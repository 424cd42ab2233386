/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/srv.c. Messages are written here byte by byte as RFC 1035 4.1 and
 * RFC 2782 lay them out; the order of servers follows the algorithm in RFC 2782 ("Weight"), counted
 * out by hand.
 */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/srv.h"

Suite *suite(void);

static const char service[] = "_ldap._tcp.dc._msdcs.corp.example.test";

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_SRV = 33, CLASS_IN = 1, CLASS_CHAOS = 3 };

/* ---- messages ---- */

struct message {
    size_t len;
    unsigned char bytes[70000];
};

static void put(struct message *message, const void *bytes, size_t len)
{
    ck_assert_uint_le(message->len + len, sizeof message->bytes);
    memcpy(message->bytes + message->len, bytes, len);
    message->len += len;
}

static void put16(struct message *message, unsigned value)
{
    const unsigned char bytes[] = {(unsigned char)(value >> 8), (unsigned char)value};

    put(message, bytes, sizeof bytes);
}

static void put32(struct message *message, uint32_t value)
{
    put16(message, value >> 16);
    put16(message, value & 0xffff);
}

static void put_name(struct message *message, const char *name)
{
    while (*name) {
        size_t len = strcspn(name, ".");
        unsigned char label = (unsigned char)len;

        put(message, &label, 1);
        put(message, name, len);
        name += len + (name[len] == '.');
    }
    put(message, "", 1);
}

/* A reply to the question for the service, with ANSWERS records to come. */
static void begin(struct message *message, unsigned answers)
{
    message->len = 0;
    put16(message, 0x1234);
    put16(message, 0x8180);
    put16(message, 1);
    put16(message, answers);
    put16(message, 0);
    put16(message, 0);
    put_name(message, service);
    put16(message, TYPE_SRV);
    put16(message, CLASS_IN);
}

static void put_head(struct message *message, const char *owner, unsigned type, uint32_t ttl_s)
{
    put_name(message, owner);
    put16(message, type);
    put16(message, CLASS_IN);
    put32(message, ttl_s);
}

struct given {
    const char *target;
    unsigned port;
    unsigned priority;
    unsigned weight;
    uint32_t ttl_s;
};

static void put_srv(struct message *message, const char *owner, const struct given *given)
{
    size_t at;

    put_head(message, owner, TYPE_SRV, given->ttl_s);
    at = message->len;
    put16(message, 0);
    put16(message, given->priority);
    put16(message, given->weight);
    put16(message, given->port);
    put_name(message, given->target);
    message->bytes[at] = (unsigned char)((message->len - at - 2) >> 8);
    message->bytes[at + 1] = (unsigned char)(message->len - at - 2);
}

static void put_alias(struct message *message, const char *owner, const char *target)
{
    put_head(message, owner, TYPE_CNAME, 60);
    put16(message, (unsigned)strlen(target) + 2);
    put_name(message, target);
}

static struct message message;
static struct srv_list list;
static struct why why;

static bool read_it(void)
{
    bool good;
    /* Of its own size, so that a sanitizer sees what is read behind it. */
    unsigned char *copy = malloc(message.len ? message.len : 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, message.bytes, message.len);
    why = (struct why){{0}};
    good = srv_read(copy, message.len, service, &list, &why);
    free(copy);
    return good;
}

static void expect_malformed(void)
{
    ck_assert(!read_it());
    ck_assert_uint_eq(list.count, 0);
    ck_assert_ptr_null(list.records);
    ck_assert(why.text[0]);
}

static void read_one(const struct given *given)
{
    begin(&message, 1);
    put_srv(&message, service, given);
    ck_assert_msg(read_it(), "%s", why.text);
}

/* ---- reading ---- */

START_TEST(a_record_is_read)
{
    read_one(&(struct given){"DC1.corp.example.test", 389, 7, 65535, 600});
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.records[0].target, "DC1.corp.example.test");
    ck_assert_uint_eq(list.records[0].port, 389);
    ck_assert_uint_eq(list.records[0].priority, 7);
    ck_assert_uint_eq(list.records[0].weight, 65535);
    ck_assert_uint_eq(list.ttl_s, 600);
    ck_assert(!list.refused);
    srv_free(&list);
}
END_TEST

START_TEST(the_shortest_ttl_counts)
{
    begin(&message, 3);
    put_srv(&message, service, &(struct given){"a.test", 389, 0, 0, 600});
    put_srv(&message, service, &(struct given){"b.test", 389, 0, 0, 30});
    put_srv(&message, service, &(struct given){"c.test", 389, 0, 0, 900});
    ck_assert(read_it());
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(list.ttl_s, 30);
    srv_free(&list);
}
END_TEST

START_TEST(nothing_is_an_answer)
{
    begin(&message, 0);
    ck_assert(read_it());
    ck_assert_uint_eq(list.count, 0);
    ck_assert(!list.refused);
}
END_TEST

/* RFC 2782: "A Target of "." means that the service is decidedly not available at this domain." */
START_TEST(a_dot_says_that_there_is_no_such_service)
{
    read_one(&(struct given){"", 0, 0, 0, 600});
    ck_assert_uint_eq(list.count, 0);
    ck_assert(list.refused);
}
END_TEST

START_TEST(aliases_are_followed)
{
    begin(&message, 3);
    put_srv(&message, "real.example.test", &(struct given){"dc1.test", 389, 0, 0, 600});
    put_alias(&message, service, "middle.example.test");
    put_alias(&message, "MIDDLE.example.test", "real.example.test");
    ck_assert_msg(read_it(), "%s", why.text);
    ck_assert_uint_eq(list.count, 1);
    srv_free(&list);
}
END_TEST

START_TEST(aliases_that_lead_in_a_circle)
{
    begin(&message, 2);
    put_alias(&message, service, "other.example.test");
    put_alias(&message, "other.example.test", service);
    expect_malformed();
    ck_assert_msg(strstr(why.text, "lead nowhere"), "%s", why.text);
}
END_TEST

START_TEST(records_of_others_do_not_count)
{
    begin(&message, 3);
    put_srv(&message, "_ldap._tcp.evil.test", &(struct given){"evil.test", 389, 0, 0, 600});
    put_srv(&message, service, &(struct given){"dc1.test", 389, 0, 0, 600});
    put_head(&message, service, TYPE_A, 600);
    put16(&message, 4);
    put32(&message, 0x7f000001);
    ck_assert(read_it());
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.records[0].target, "dc1.test");
    srv_free(&list);
}
END_TEST

START_TEST(what_repeats_counts_once)
{
    begin(&message, 3);
    put_srv(&message, service, &(struct given){"dc1.test", 389, 0, 0, 600});
    put_srv(&message, service, &(struct given){"DC1.TEST", 389, 5, 9, 600});
    put_srv(&message, service, &(struct given){"dc1.test", 3268, 0, 0, 600});
    ck_assert(read_it());
    ck_assert_uint_eq(list.count, 2);
    srv_free(&list);
}
END_TEST

/* What a target may not be: it becomes the host of an URI, and stands in the log. */
START_TEST(targets_that_are_no_hosts)
{
    static const char *const targets[] = {"a b.test", "a/b.test",   "a,b.test",     "a\nb.test",
                                          "-W.test",  "a:1.test",   "[a].test",     "a%b.test",
                                          "a@b.test", "ldap://a.b", "\xc3\xbc.test"};

    read_one(&(struct given){targets[_i], 389, 0, 0, 600});
    ck_assert_uint_eq(list.count, 0);
    ck_assert(!list.refused);
}
END_TEST

START_TEST(a_port_of_zero_is_none)
{
    read_one(&(struct given){"dc1.test", 0, 0, 0, 600});
    ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(more_records_than_are_looked_at)
{
    char name[32];

    begin(&message, SRV_RECORDS_MAX + 5);
    for (int i = 0; i < SRV_RECORDS_MAX + 5; i++) {
        snprintf(name, sizeof name, "d%d.t", i);
        put_srv(&message, service, &(struct given){name, 389, 0, 0, 600});
    }
    ck_assert_uint_le(message.len, 67000);
    ck_assert_msg(read_it(), "%s", why.text);
    ck_assert_uint_eq(list.count, SRV_RECORDS_MAX);
    srv_free(&list);
}
END_TEST

/* ---- hostile messages ---- */

START_TEST(cut_off_anywhere)
{
    size_t whole;

    begin(&message, 1);
    put_srv(&message, service, &(struct given){"dc1.test", 389, 0, 0, 600});
    whole = message.len;
    for (message.len = 0; message.len < whole; message.len++)
        expect_malformed();
}
END_TEST

/* A name that is compressed into itself, and one of 64 KiB by pointers. */
START_TEST(a_compression_loop)
{
    begin(&message, 1);
    put_head(&message, service, TYPE_SRV, 600);
    put16(&message, 8);
    put16(&message, 0);
    put16(&message, 0);
    put16(&message, 389);
    put16(&message, 0xc000 | (unsigned)message.len);
    expect_malformed();
}
END_TEST

START_TEST(an_owner_in_a_loop)
{
    begin(&message, 1);
    put16(&message, 0xc000 | (unsigned)message.len);
    put16(&message, TYPE_SRV);
    put16(&message, CLASS_IN);
    put32(&message, 600);
    put16(&message, 0);
    expect_malformed();
}
END_TEST

START_TEST(data_of_a_wrong_length)
{
    static const unsigned lens[] = {0, 1, 5, 6, 7, 16, 200, 65535};

    begin(&message, 1);
    put_head(&message, service, TYPE_SRV, 600);
    put16(&message, lens[_i]);
    put16(&message, 0);
    put16(&message, 0);
    put16(&message, 389);
    put_name(&message, "dc1.test"); /* 10 bytes: 16 were right; the last ones are more than that */
    if (lens[_i] == 16) {
        ck_assert(read_it());
        ck_assert_uint_eq(list.count, 1);
        srv_free(&list);
    } else {
        expect_malformed();
    }
}
END_TEST

/* The lengths fit, but the data is more than a name. */
START_TEST(data_behind_the_name)
{
    begin(&message, 1);
    put_head(&message, service, TYPE_SRV, 600);
    put16(&message, 6 + 10 + 3);
    put16(&message, 0);
    put16(&message, 0);
    put16(&message, 389);
    put_name(&message, "dc1.test");
    put(&message, "xyz", 3);
    expect_malformed();
}
END_TEST

START_TEST(records_that_are_announced_and_not_there)
{
    begin(&message, 65535);
    put_srv(&message, service, &(struct given){"dc1.test", 389, 0, 0, 600});
    expect_malformed();
}
END_TEST

START_TEST(random_messages)
{
    uint32_t state = 2463534242U;

    for (int round = 0; round < 20000; round++) {
        begin(&message, 1 + round % 3);
        put_srv(&message, service, &(struct given){"dc1.test", 389, 1, 2, 600});
        put_alias(&message, service, "other.test");
        put_srv(&message, "other.test", &(struct given){"dc2.test", 389, 1, 2, 600});
        for (int i = 0; i < 1 + round % 8; i++) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            message.bytes[4 + state % (message.len - 4)] = (unsigned char)(state >> 8);
        }
        if (read_it())
            srv_free(&list);
    }
}
END_TEST

/* ---- order ---- */

static const uint32_t *chances;

static uint32_t next_chance(void *context)
{
    (void)context;
    return *chances++;
}

static struct srv_record records[8];

static void given_records(const struct given *given, size_t count)
{
    for (size_t i = 0; i < count; i++)
        records[i] = (struct srv_record){given[i].priority, given[i].weight, given[i].port,
                                         (char *)(uintptr_t)given[i].target};
    list = (struct srv_list){records, count, 600, false};
}

static void expect_order(const char *targets, const uint32_t *numbers)
{
    char got[64] = "";

    chances = numbers;
    srv_order(&list, next_chance, NULL);
    for (size_t i = 0; i < list.count; i++)
        strcat(got, list.records[i].target);
    ck_assert_str_eq(got, targets);
}

START_TEST(a_lower_priority_comes_first)
{
    static const struct given given[] = {{"c", 389, 20, 65535, 0},
                                         {"a", 389, 0, 0, 0},
                                         {"b", 389, 10, 1, 0},
                                         {"d", 389, 65535, 9, 0}};

    given_records(given, 4);
    expect_order("abcd", NULL); /* one of each priority: no chance is drawn */
}
END_TEST

/*
 * Weights 0, 10, 30, 60 of one priority, in this order ("a" to "d"): running sums 0, 10, 40, 100. A
 * number from 0 to 100 is drawn: 0 chooses a, 1 to 10 b, 11 to 40 c, 41 to 100 d; then again among
 * the rest.
 */
static const struct given weighted[] = {
    {"d", 389, 0, 60, 0}, {"b", 389, 0, 10, 0}, {"a", 389, 0, 0, 0}, {"c", 389, 0, 30, 0}};

static const struct {
    uint32_t numbers[3];
    const char *order;
} draws[] = {
    {{0, 0, 0}, "abcd"},   /* then among b 10, c 40, d 100: 0 chooses b; among c, d: c */
    {{1, 0, 0}, "bacd"},   /* among a 0, c 30, d 90 */
    {{10, 30, 0}, "bcad"}, /* 30 is c's running sum; then a 0 among a, d */
    {{11, 0, 0}, "cabd"},
    {{40, 0, 10}, "cabd"}, /* among b 10, d 70: 10 chooses b */
    {{40, 0, 11}, "cadb"},
    {{41, 40, 10}, "dcba"}, /* among a 0, b 10, c 40: 40 chooses c; among a 0, b 10: 10 is b */
    {{100, 10, 0}, "dbac"},
    {{101, 0, 0}, "abcd"}, /* a number is what is left of the chance by 101 */
    {{201, 0, 0}, "dabc"},
};

START_TEST(weights_are_drawn_as_the_rfc_says)
{
    given_records(weighted, 4);
    expect_order(draws[_i].order, draws[_i].numbers);
}
END_TEST

static uint32_t any_chance(void *context)
{
    uint64_t *state = context;

    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 32);
}

/* First of 10,000: d in 60 of 101 cases, c in 30, b in 10, a in 1 (number 0). */
START_TEST(shares_follow_weights)
{
    unsigned first[4] = {0};
    uint64_t state = 1;

    for (int i = 0; i < 10000; i++) {
        given_records(weighted, 4);
        srv_order(&list, any_chance, &state);
        first[list.records[0].target[0] - 'a']++;
    }
    ck_assert_msg(first[0] > 50 && first[0] < 150, "a %u", first[0]);
    ck_assert_msg(first[1] > 850 && first[1] < 1130, "b %u", first[1]);
    ck_assert_msg(first[2] > 2750 && first[2] < 3200, "c %u", first[2]);
    ck_assert_msg(first[3] > 5700 && first[3] < 6200, "d %u", first[3]);
}
END_TEST

START_TEST(all_weights_zero)
{
    static const struct given given[] = {{"b", 389, 0, 0, 0}, {"a", 389, 0, 0, 0}};
    static const uint32_t numbers[] = {4711};

    given_records(given, 2);
    expect_order("ab", numbers);
}
END_TEST

START_TEST(empty_lists)
{
    list = (struct srv_list){NULL, 0, 0, false};
    srv_order(&list, next_chance, NULL);
    ck_assert(srv_same(&list, &list));
    srv_free(&list);
}
END_TEST

START_TEST(the_same_in_another_order)
{
    static const struct given one[] = {{"a", 389, 0, 1, 0}, {"b", 389, 0, 1, 0}};
    static const struct given other[][2] = {
        {{"B", 389, 0, 1, 0}, {"a", 389, 0, 1, 0}}, {{"a", 389, 0, 1, 0}, {"b", 390, 0, 1, 0}},
        {{"a", 389, 1, 1, 0}, {"b", 389, 0, 1, 0}}, {{"a", 389, 0, 2, 0}, {"b", 389, 0, 1, 0}},
        {{"a", 389, 0, 1, 0}, {"c", 389, 0, 1, 0}},
    };
    struct srv_record first[2];
    struct srv_list before;

    given_records(one, 2);
    memcpy(first, records, sizeof first);
    before = (struct srv_list){first, 2, 600, false};
    given_records(other[_i], 2);
    ck_assert_int_eq(srv_same(&before, &list), _i == 0);
    ck_assert_int_eq(srv_same(&list, &before), _i == 0);
    list.count = 1;
    ck_assert(!srv_same(&before, &list));
}
END_TEST

static TCase *reading_case(void)
{
    TCase *reading = tcase_create("reading");

    tcase_add_test(reading, a_record_is_read);
    tcase_add_test(reading, the_shortest_ttl_counts);
    tcase_add_test(reading, nothing_is_an_answer);
    tcase_add_test(reading, a_dot_says_that_there_is_no_such_service);
    tcase_add_test(reading, aliases_are_followed);
    tcase_add_test(reading, aliases_that_lead_in_a_circle);
    tcase_add_test(reading, records_of_others_do_not_count);
    tcase_add_test(reading, what_repeats_counts_once);
    tcase_add_loop_test(reading, targets_that_are_no_hosts, 0, 11);
    tcase_add_test(reading, a_port_of_zero_is_none);
    tcase_add_test(reading, more_records_than_are_looked_at);
    return reading;
}

static TCase *hostile_case(void)
{
    TCase *hostile = tcase_create("hostile");

    tcase_add_test(hostile, cut_off_anywhere);
    tcase_add_test(hostile, a_compression_loop);
    tcase_add_test(hostile, an_owner_in_a_loop);
    tcase_add_loop_test(hostile, data_of_a_wrong_length, 0, 8);
    tcase_add_test(hostile, data_behind_the_name);
    tcase_add_test(hostile, records_that_are_announced_and_not_there);
    tcase_add_test(hostile, random_messages);
    tcase_set_timeout(hostile, 60);
    return hostile;
}

static TCase *order_case(void)
{
    TCase *order = tcase_create("order");

    tcase_add_test(order, a_lower_priority_comes_first);
    tcase_add_loop_test(order, weights_are_drawn_as_the_rfc_says, 0, sizeof draws / sizeof *draws);
    tcase_add_test(order, shares_follow_weights);
    tcase_add_test(order, all_weights_zero);
    tcase_add_test(order, empty_lists);
    tcase_add_loop_test(order, the_same_in_another_order, 0, 5);
    return order;
}

Suite *suite(void)
{
    Suite *made = suite_create("srv");

    suite_add_tcase(made, reading_case());
    suite_add_tcase(made, hostile_case());
    suite_add_tcase(made, order_case());
    return made;
}
