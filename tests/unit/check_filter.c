/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/filter.c. Filters: RFC 4515 section 4, RFC 4526 section 3, and cases
 * made for each rule. What a filter means is written by hand in the notation of filter_wire.h and
 * compared with what libldap makes of it; what is refused was checked by hand against RFC 4515.
 */
#include <config.h>

#include "helpers/directory/filter.h"

#include <check.h>
#include <stdint.h>

#include "tests/unit/filter_wire.h"

Suite *suite(void);

static bool pass(void *context, const struct filter_item *item, struct why *why)
{
    (void)item;
    (void)why;
    ++*(unsigned *)context;
    return true;
}

static bool read_text(const char *text, struct why *why)
{
    unsigned items = 0;

    return filter_read((struct pxa_span){text, strlen(text)}, pass, &items, why);
}

static const struct {
    const char *text;
    const char *meaning;
} good[] = {
    /* RFC 4515 section 4 */
    {"(cn=Babs Jensen)", "cn = 42616273204a656e73656e"},
    {"(!(cn=Tim Howes))", "! [ cn = 54696d20486f776573 ]"},
    {"(&(objectClass=Person)(|(sn=Jensen)(cn=Babs J*)))",
     "& [ objectClass = 506572736f6e | [ sn = 4a656e73656e cn * initial 42616273204a ] ]"},
    {"(o=univ*of*mich*)", "o * initial 756e6976 any 6f66 any 6d696368"},
    {"(seeAlso=)", "seeAlso = "},
    {"(cn:caseExactMatch:=Fred Flintstone)",
     ": type cn rule caseExactMatch value 4672656420466c696e7473746f6e65"},
    {"(cn:=Betty Rubble)", ": type cn value 426574747920527562626c65"},
    {"(sn:dn:2.4.6.8.10:=Barney Rubble)",
     ": type sn rule 2.4.6.8.10 value 4261726e657920527562626c65 dn"},
    {"(o:dn:=Ace Industry)", ": type o value 41636520496e647573747279 dn"},
    {"(:1.2.3:=Wilma Flintstone)", ": rule 1.2.3 value 57696c6d6120466c696e7473746f6e65"},
    {"(:DN:2.4.6.8.10:=Dino)", ": rule 2.4.6.8.10 value 44696e6f dn"},
    {"(o=Parens R Us \\28for all your parenthetical needs\\29)",
     "o = 506172656e732052205573202866" "6f7220616c6c20796f757220706172656e746865746963616c206e6565"
     "647329"},
    {"(cn=*\\2A*)", "cn * any 2a"},
    {"(filename=C:\\5cMyFile)", "filename = 433a5c4d7946696c65"},
    {"(bin=\\00\\00\\00\\04)", "bin = 00000004"},
    {"(sn=Lu\\c4\\8di\\c4\\87)", "sn = 4c75c48d69c487"},
    {"(1.3.6.1.4.1.1466.0=\\04\\02\\48\\69)", "1.3.6.1.4.1.1466.0 = 04024869"},
    /* RFC 4526 section 3 */
    {"(&)", "& [ ]"},
    {"(|)", "| [ ]"},
    /* the other relations, presence, and what is easily taken for another thing */
    {"(uid~=bob)", "uid ~= 626f62"},
    {"(uid>=b)", "uid >= 62"},
    {"(uid<=b)", "uid <= 62"},
    {"(uid=*)", "uid present"},
    {"(uid=a=b:=c)", "uid = 613d623a3d63"},
    {"(cn;lang-de;x-y=a)", "cn;lang-de;x-y = 61"},
    {"(memberOf:1.2.840.113556.1.4.1941:=CN=a b,DC=c)",
     ": type memberOf rule 1.2.840.113556.1.4.1941 value 434e3d6120622c44433d63"},
    {"(a:dnx:=b)", ": type a rule dnx value 62"},
    {"(!(!(a=b)))", "! [ ! [ a = 62 ] ]"},
    /* leniencies */
    {"uid=bob", "uid = 626f62"},
    {"uid=b b", "uid = 622062"},
    {"( & \t(a=b)\n ( c=d) )", "& [ a = 62 c = 64 ]"},
    {"( ! (a=b))", "! [ a = 62 ]"},
    {"(a=\\(\\)\\*\\\\)", "a = 28292a5c"},
    {"(a=\\\\)", "a = 5c"},
    {"(a=\\5c\\29*)", "a * initial 5c29"},
    {"(a=\xfc\x01)", "a = fc01"},
    {"(a= b )", "a = 206220"},
    {"(a=&|!<>~:;,)", "a = 267c213c3e7e3a3b2c"},
};
enum { GOOD_COUNT = sizeof good / sizeof *good };

START_TEST(reads)
{
    struct why why = {""};
    char *meaning = filter_on_wire(good[_i].text);

    ck_assert_msg(read_text(good[_i].text, &why), "%s: %s", good[_i].text, why.text);
    ck_assert_pstr_eq(meaning, good[_i].meaning);
    free(meaning);
}
END_TEST

/* Blanks around the whole are the one thing that libldap would not take. */
START_TEST(blanks_around_the_whole)
{
    ck_assert(read_text(" \t\n(uid=bob) \n\t", NULL));
    ck_assert(read_text("  uid=bob ", NULL));
}
END_TEST

static const struct {
    const char *text;
    unsigned position;
} bad[] = {
    {"(", 2},           {")", 1},          {"()", 2},          {"uid", 1},
    {"(uid)", 2},       {"(uid=a", 7},     {"(uid=a))", 8},    {"(uid=a)(uid=b)", 8},
    {"uid=a)", 6},      {"uid=(a", 5},     {"(uid=(a))", 6},   {"((uid=a))", 2},
    {"(=a)", 2},        {"(<=a)", 2},      {"(:=a)", 2},       {"(::=a)", 3},
    {"(u_d=a)", 2},     {"(-u=a)", 2},     {"(1.=a)", 2},      {"(1..2=a)", 2},
    {"(.1=a)", 2},      {"(1a=a)", 2},     {"(uid =a)", 2},    {"(uid;=a)", 2},
    {"(uid;;b=a)", 2},  {"(uid;b_=a)", 2}, {"(;b=a)", 2},      {"(\xc3\xbc=a)", 2},
    {"(uid::=a)", 6},   {"(uid:dn::=a)", 9}, {"(:dn:=a)", 3},  {"(uid:xx:1.2:=a)", 6},
    {"(uid:dn:1.2:3:=a)", 9}, {"(uid:1.:=a)", 6}, {"(uid: dn:=a)", 6}, {"(u_:dn:=a)", 2},
    {"(uid=a\\)", 9},   {"(uid=\\2)", 6},  {"(uid=\\2g)", 6},  {"(uid=\\,)", 6},
    {"(uid=\\", 6},     {"(uid=**)", 7},   {"(uid=a**b)", 8},  {"(uid>=a*)", 8},
    {"(uid~=*)", 7},    {"(uid:=*)", 7},   {"&(a=b)", 1},      {"(&(a=b)", 8},
    {"(&a=b)", 3},      {"(&(a=b)c)", 8},  {"(&(a=b),(c=d))", 8}, {"(!)", 3},
    {"(!a=b)", 3},      {"(!(a=b)(c=d))", 8}, {"(!(a=b) )", 8}, {"(^(a=b))", 2},
    {"(uid=a) x", 8},   {"(a%b=c)", 2},    {"(a:%:=c)", 4},    {"\r(a=b)", 1},
};

START_TEST(refuses)
{
    struct why why = {""};
    char start[32];

    snprintf(start, sizeof start, "position %u: ", bad[_i].position);
    ck_assert_msg(!read_text(bad[_i].text, &why), "%s", bad[_i].text);
    ck_assert_msg(strncmp(why.text, start, strlen(start)) == 0, "%s: %s", bad[_i].text, why.text);
}
END_TEST

START_TEST(refuses_nothing_at_all)
{
    struct why why = {""};

    ck_assert(!read_text("", &why));
    ck_assert_str_eq(why.text, "it is empty");
    ck_assert(!read_text(" \t ", &why));
    ck_assert_str_eq(why.text, "it is empty");
}
END_TEST

/* "(" times LEVELS, with NOT as the operator, around one assertion. */
static bool read_levels(unsigned levels)
{
    struct notes notes;
    char *text;
    bool good_text;

    ck_assert(notes_open(&notes));
    for (unsigned i = 1; i < levels; i++)
        fputs("(!", notes.to);
    fputs("(a=b)", notes.to);
    for (unsigned i = 1; i < levels; i++)
        fputc(')', notes.to);
    text = notes_close(&notes);
    good_text = read_text(text, NULL);
    free(text);
    return good_text;
}

START_TEST(breadth_has_none)
{
    struct notes notes;
    char *text;

    ck_assert(notes_open(&notes));
    fputs("(|", notes.to);
    for (unsigned i = 0; i < 3 * FILTER_DEPTH_MAX; i++)
        fputs("(!(a=b))", notes.to);
    fputc(')', notes.to);
    text = notes_close(&notes);
    ck_assert(read_text(text, NULL));
    free(text);
}
END_TEST

START_TEST(depth_has_a_limit)
{
    ck_assert(read_levels(FILTER_DEPTH_MAX));
    ck_assert(!read_levels(FILTER_DEPTH_MAX + 1));
    ck_assert(!read_levels(200000)); /* and no stack is used up */
}
END_TEST

struct seen {
    unsigned count;
    struct filter_item items[8];
};

static bool see(void *context, const struct filter_item *item, struct why *why)
{
    struct seen *seen = context;

    (void)why;
    ck_assert_uint_lt(seen->count, 8);
    seen->items[seen->count++] = *item;
    return true;
}

static void expect_item(const struct filter_item *item, enum filter_match match,
                        const char *attribute, const char *value)
{
    ck_assert_int_eq(item->match, match);
    ck_assert_uint_eq(item->attribute.len, strlen(attribute));
    ck_assert_mem_eq(item->attribute.at, attribute, item->attribute.len);
    ck_assert_uint_eq(item->value.len, strlen(value));
    ck_assert_mem_eq(item->value.at, value, item->value.len);
}

START_TEST(gives_the_assertions)
{
    static const char text[] =
        "(&(a;x=\\2a*)(!(|(b>=1)(!(c<=2))))(d~=)(e:dn:f:= g )(:1.2:=h))";
    static const unsigned nots[] = {0, 1, 2, 0, 0, 0};
    struct seen seen = {0};

    ck_assert(filter_read((struct pxa_span){text, sizeof text - 1}, see, &seen, NULL));
    ck_assert_uint_eq(seen.count, 6);
    expect_item(&seen.items[0], FILTER_EQUAL, "a;x", "\\2a*");
    expect_item(&seen.items[1], FILTER_GREATER, "b", "1");
    expect_item(&seen.items[2], FILTER_LESS, "c", "2");
    expect_item(&seen.items[3], FILTER_APPROX, "d", "");
    expect_item(&seen.items[4], FILTER_EXTENSIBLE, "e", " g ");
    expect_item(&seen.items[5], FILTER_EXTENSIBLE, "", "h");
    for (unsigned i = 0; i < 6; i++)
        ck_assert_uint_eq(seen.items[i].nots, nots[i]);
}
END_TEST

static bool object(void *context, const struct filter_item *item, struct why *why)
{
    unsigned *left = context;

    (void)item;
    return (*left)-- > 0 || why_set(why, "no more");
}

START_TEST(the_caller_can_object)
{
    static const char text[] = "(&(a=b)(c=d)(e=f))";
    struct pxa_span span = {text, sizeof text - 1};
    struct why why = {""};
    unsigned left = 2;

    ck_assert(!filter_read(span, object, &left, &why));
    ck_assert_str_eq(why.text, "no more");
    left = 3;
    ck_assert(filter_read(span, object, &left, &why));
}
END_TEST

START_TEST(bytes_of_values)
{
    static const char value[] = "a\\2A\\*\\\\\xff*";
    static const char want[] = {'a', '*', '*', '\\', '\xff', '*'};
    static const size_t taken[] = {1, 3, 2, 2, 1, 1};
    struct pxa_span rest = {value, sizeof value - 1};

    for (size_t i = 0; i < sizeof want; i++) {
        char byte = 0;

        ck_assert_uint_eq(filter_value_byte(rest, &byte), taken[i]);
        ck_assert_int_eq(byte, want[i]);
        rest.at += taken[i];
        rest.len -= taken[i];
    }
    ck_assert_uint_eq(rest.len, 0);
    for (unsigned i = 0; i < 256; i++) {
        char text[4];
        char byte = 0;

        snprintf(text, sizeof text, i % 2 ? "\\%02x" : "\\%02X", i);
        ck_assert_uint_eq(filter_value_byte((struct pxa_span){text, 3}, &byte), 3);
        ck_assert_uint_eq((unsigned char)byte, i);
    }
}
END_TEST

/* The bytes that end or spoil a value when they stand in it as they are (RFC 4515, section 3). */
START_TEST(every_byte_in_a_value)
{
    for (unsigned i = 0; i < 256; i++) {
        char text[] = "(uid>=a?b)";
        unsigned items = 0;
        bool spoils = i == 0 || i == '(' || i == ')' || i == '*' || i == '\\';

        text[7] = (char)i;
        ck_assert_int_eq(filter_read((struct pxa_span){text, 10}, pass, &items, NULL), !spoils);
    }
}
END_TEST

static bool may_be_in_a_name(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

START_TEST(every_byte_in_a_name)
{
    for (unsigned i = 0; i < 256; i++) {
        char name[] = {'u', (char)i, 'd'};
        char first[] = {(char)i};
        bool letter = may_be_in_a_name((unsigned char)i) && i != '-' && !(i >= '0' && i <= '9');

        ck_assert_int_eq(filter_is_name((struct pxa_span){name, 3}),
                         may_be_in_a_name((unsigned char)i));
        ck_assert_int_eq(filter_is_name((struct pxa_span){first, 1}),
                         letter || (i >= '0' && i <= '9'));
    }
    ck_assert(!filter_is_name((struct pxa_span){NULL, 0}));
    ck_assert(filter_is_name((struct pxa_span){"2.5.4.3", 7}));
    ck_assert(!filter_is_name((struct pxa_span){"2.5.4.", 6}));
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Changes, drops or doubles a byte of TEXT, which has room for CAP. */
static void mutate(char *text, size_t cap, uint32_t *state)
{
    static const char alphabet[] = "()&|!=<>~:;*\\ 29.-ab%\t";
    size_t len = strlen(text);
    size_t at = next_random(state) % (len + 1);

    switch (next_random(state) % 3) {
    case 0:
        if (at < len)
            text[at] = alphabet[next_random(state) % (sizeof alphabet - 1)];
        break;
    case 1:
        if (at < len)
            memmove(&text[at], &text[at + 1], len - at);
        break;
    default:
        if (len + 2 > cap)
            break;
        memmove(&text[at + 1], &text[at], len - at + 1);
        text[at] = alphabet[next_random(state) % (sizeof alphabet - 1)];
    }
}

/* The reader may refuse more than libldap, never less: otherwise a filter that was taken at the
 * start would fail at every login. */
START_TEST(libldap_takes_whatever_is_read)
{
    uint32_t state = 20240501;
    unsigned taken = 0;

    for (unsigned round = 0; round < 4000; round++) {
        char text[200];
        size_t trimmed;

        snprintf(text, sizeof text, "%s", good[next_random(&state) % GOOD_COUNT].text);
        for (unsigned i = next_random(&state) % 4; i > 0; i--)
            mutate(text, sizeof text, &state);
        if (!read_text(text, NULL))
            continue;
        trimmed = strspn(text, " \t\n");
        for (size_t len = strlen(text); len > 0 && strchr(" \t\n", text[len - 1]); len--)
            text[len - 1] = '\0';
        char *meaning = filter_on_wire(text + trimmed);
        ck_assert_msg(meaning != NULL, "%s", text);
        free(meaning);
        taken++;
    }
    ck_assert_uint_gt(taken, 1000);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("filter");
    TCase *tc = tcase_create("filter");

    tcase_add_loop_test(tc, reads, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, blanks_around_the_whole);
    tcase_add_test(tc, refuses_nothing_at_all);
    tcase_add_test(tc, breadth_has_none);
    tcase_add_test(tc, depth_has_a_limit);
    tcase_add_test(tc, gives_the_assertions);
    tcase_add_test(tc, the_caller_can_object);
    tcase_add_test(tc, bytes_of_values);
    tcase_add_test(tc, every_byte_in_a_value);
    tcase_add_test(tc, every_byte_in_a_name);
    tcase_add_test(tc, libldap_takes_whatever_is_read);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
