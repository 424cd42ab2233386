/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/filter_template.c and names.c. The filters of real installations come
 * from public configurations of Squid; expansions are written by hand after RFC 4515 section 3,
 * and libldap says what they mean (filter_wire.h).
 */
#include <config.h>

#include "helpers/directory/filter_template.h"

#include <check.h>
#include <stdint.h>

#include "tests/unit/filter_wire.h"

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static struct filter_template *template_of(const char *text)
{
    struct why why = {""};
    struct filter_template *filter = filter_template_new(text, &why);

    ck_assert_msg(filter != NULL, "%s", why.text);
    return filter;
}

static void expect_expansion(const char *text, struct pxa_span user, const char *want)
{
    struct filter_template *filter = template_of(text);
    char *expanded = filter_template_expand(filter, user);

    ck_assert_pstr_eq(expanded, want);
    free(expanded);
    filter_template_free(filter);
}

#define WILD_PERSON "(&(objectClass=organizationalPerson)"

/* The -f of public lines for basic_ldap_auth; what each finds for bob. */
static const struct {
    const char *text;
    const char *for_bob;
    const char *attribute;
} wild[] = {
    {"(&(samAccountName=%s)(objectclass=user))", "(&(samAccountName=bob)(objectclass=user))",
     "samAccountName"},
    {"(&(objectClass=person)(sAMAccountName=%s))", "(&(objectClass=person)(sAMAccountName=bob))",
     "sAMAccountName"},
    {"(&(&(objectClass=person)(sAMAccountName=%s))"
     "(memberOf=CN=Internet Users,OU=Groups,DC=example,DC=test))",
     "(&(&(objectClass=person)(sAMAccountName=bob))"
     "(memberOf=CN=Internet Users,OU=Groups,DC=example,DC=test))",
     "sAMAccountName"},
    {"(&(&(objectClass=person)(uid=%s))(memberOf=cn=net,dc=example,dc=test))",
     "(&(&(objectClass=person)(uid=bob))(memberOf=cn=net,dc=example,dc=test))", "uid"},
    {"(sAMAccountName=%s)", "(sAMAccountName=bob)", "sAMAccountName"},
    {"(&(memberOf=CN=Proxy Users,OU=Groups,DC=example,DC=test)(sAMAccountName=%s))",
     "(&(memberOf=CN=Proxy Users,OU=Groups,DC=example,DC=test)(sAMAccountName=bob))",
     "sAMAccountName"},
    {"(cn=%s)", "(cn=bob)", "cn"},
    {WILD_PERSON "(uid=%s)(!(|(shadowExpire=1)(krb5KDCFlags=254))))",
     WILD_PERSON "(uid=bob)(!(|(shadowExpire=1)(krb5KDCFlags=254))))", "uid"},
    {WILD_PERSON "(uid=%s))", WILD_PERSON "(uid=bob))", "uid"},
    {"(&(memberOf=uid=proxy,ou=groups,dc=example,dc=com)(uid=%s))",
     "(&(memberOf=uid=proxy,ou=groups,dc=example,dc=com)(uid=bob))", "uid"},
    {"(&(objectclass=person)(cn=%s))", "(&(objectclass=person)(cn=bob))", "cn"},
    {"uid=%s", "(uid=bob)", "uid"},
    {"sAMAccountName=%s", "(sAMAccountName=bob)", "sAMAccountName"},
    {"(samaccountname=%s)", "(samaccountname=bob)", "samaccountname"},
    {"(&(objectClass=proxyUser)(mail=%s))", "(&(objectClass=proxyUser)(mail=bob))", "mail"},
    {"(&(uid=%s)(&(objectClass=inetOrgPerson)(objectClass=seciossIamAccount)))",
     "(&(uid=bob)(&(objectClass=inetOrgPerson)(objectClass=seciossIamAccount)))", "uid"},
    {"(&(objectClass=posixAccount)(uid=%s))", "(&(objectClass=posixAccount)(uid=bob))", "uid"},
    {"(uid=%s)", "(uid=bob)", "uid"},
};

START_TEST(wild_filters)
{
    struct filter_template *filter = template_of(wild[_i].text);
    const char *const *attributes = filter_template_attributes(filter);
    char *meaning = filter_on_wire(wild[_i].for_bob);

    expect_expansion(wild[_i].text, span_of("bob"), wild[_i].for_bob);
    ck_assert_ptr_nonnull(meaning);
    ck_assert_str_eq(attributes[0], wild[_i].attribute);
    ck_assert_ptr_null(attributes[1]);
    ck_assert(filter_template_names(filter, span_of("Bob"), span_of("bob")));
    ck_assert(!filter_template_names(filter, span_of("bobby"), span_of("bob")));
    free(meaning);
    filter_template_free(filter);
}
END_TEST

START_TEST(puts_the_name_in)
{
    expect_expansion("mail=%s@example.com", span_of("bob"), "(mail=bob@example.com)");
    expect_expansion("(|(uid=%s)(mail=%s@a.b)(cn=*%s*))", span_of("b"),
                     "(|(uid=b)(mail=b@a.b)(cn=*b*))");
    expect_expansion("(&(uid=%s)(cn=100%%))", span_of("b"), "(&(uid=b)(cn=100%))");
    expect_expansion("(uid=%%s%s%%%s)", span_of("b"), "(uid=%sb%b)");
    expect_expansion("(uid=%s)", span_of("%s%%"), "(uid=%s%%)"); /* one pass */
    expect_expansion(" \t(uid=%s)\n ", span_of("b"), "(uid=b)");
    expect_expansion("  uid=%s ", span_of("b"), "(uid=b)");
    expect_expansion("( & (uid=%s)\t(cn=a b) )", span_of("b"), "( & (uid=b)\t(cn=a b) )");
    expect_expansion("(uid=\\25s%s\\2a)", span_of("b"), "(uid=\\25sb\\2a)");
    expect_expansion("(uid=%s)", span_of(""), "(uid=)");
    expect_expansion("(uid:caseExactMatch:=%s)", span_of("*)("),
                     "(uid:caseExactMatch:=\\2a\\29\\28)");
}
END_TEST

START_TEST(escapes)
{
    static const char control[] = {'a', 0, '\n', 0x1f, 0x7f, ' ', '~', '!'};

    expect_expansion("uid=%s", span_of("a)(uid=*"), "(uid=a\\29\\28uid=\\2a)");
    expect_expansion("uid=%s", span_of("\\2a"), "(uid=\\5c2a)");
    expect_expansion("uid=%s", span_of("j\xc3\xbcrgen"), "(uid=j\\c3\\bcrgen)");
    expect_expansion("uid=%s", span_of("\xff\xfe"), "(uid=\\ff\\fe)");
    expect_expansion("uid=%s", (struct pxa_span){control, sizeof control},
                     "(uid=a\\00\\0a\\1f\\7f ~!)");
    expect_expansion("uid=%s", span_of("Parens R Us (for all your parenthetical needs)"),
                     "(uid=Parens R Us \\28for all your parenthetical needs\\29)");
    expect_expansion("uid=%s", span_of("C:\\MyFile"), "(uid=C:\\5cMyFile)");
    expect_expansion("uid=%s", (struct pxa_span){"\0\0\0\4", 4}, "(uid=\\00\\00\\00\\04)");
    expect_expansion("uid=%s", span_of("Lu\xc4\x8di\xc4\x87"), "(uid=Lu\\c4\\8di\\c4\\87)");
}
END_TEST

/* Whatever byte is in the name, libldap sends it as a part of the value, and nothing else. */
START_TEST(every_byte_arrives_in_the_value)
{
    struct filter_template *filter = template_of("(&(uid=%s)(cn=x%s*))");

    for (unsigned i = 0; i < 256; i++) {
        char user[] = {'a', (char)i, 'b'};
        char want[80];
        char *expanded = filter_template_expand(filter, (struct pxa_span){user, sizeof user});
        char *meaning = filter_on_wire(expanded);

        snprintf(want, sizeof want, "& [ uid = 61%02x62 cn * initial 7861%02x62 ]", i, i);
        ck_assert_pstr_eq(meaning, want);
        for (const char *at = expanded; *at; at++)
            ck_assert(*at >= 0x20 && *at < 0x7f);
        free(meaning);
        free(expanded);
    }
    filter_template_free(filter);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} bad[] = {
    {"(uid=%d)", "position 6: after % only s (the user) or another % may stand"},
    {"(uid=%", "position 6: "},
    {"(uid=%%%)", "position 8: "},
    {"(uid=%S)", "position 6: "},
    {"(uid=%-10s)", "position 6: "},
    {"(uid=%1$s)", "position 6: "},
    {"(&(uid=%s)(cn=%u))", "position 15: "},
    {"", "it is empty"},
    {"  ", "it is empty"},
    {"uid", "position 1: "},
    {"(uid=%s", "position 8: "},
    {"  (uid=%s", "position 10: "}, /* counted in the text as it was given */
    {"uid=%s)", "position 7: "},
    {"(uid=%s))", "position 9: "},
    {"(%s=bob)", "position 2: a % may stand in a value only"},
    {"(u%sd=bob)", "position 2: a % may stand in a value only"},
    {"(uid;%s=bob)", "position 2: a % may stand in a value only"},
    {"(uid:%s:=bob)", "position 6: a % may stand in a value only"},
    {"(uid=\\%s)", "position 6: a backslash"},
    {"(uid=\\2%s)", "position 6: a backslash"},
    {"(uid=%s\\,ou)", "position 8: a backslash"},
    {"(uid=a)", "it never asks for the user's name"},
    {"(uid=%%s)", "it never asks for the user's name"},
    {"(uid=\\25s)", "it never asks for the user's name"},
    {"(!(uid=%s))", "it never asks for the user's name"},
    {"(&(objectClass=person)(!(|(uid=%s)(cn=%s))))", "it never asks for the user's name"},
    {"(!(!(uid=%s)))", "it never asks for the user's name"},
    {"(uid>=%s)", "it never asks for the user's name"},
    {"(uid<=%s)", "it never asks for the user's name"},
    {"(:caseExactMatch:=%s)", "it never asks for the user's name"},
};

START_TEST(refuses)
{
    struct why why = {""};

    ck_assert_msg(!filter_template_new(bad[_i].text, &why), "%s", bad[_i].text);
    ck_assert_msg(strstr(why.text, bad[_i].says) != NULL, "%s: %s", bad[_i].text, why.text);
    if (strlen(bad[_i].text) > 0)
        ck_assert_ptr_nonnull(strstr(why.text, bad[_i].text));
    ck_assert(!filter_template_new(bad[_i].text, NULL));
}
END_TEST

static void expect_attributes(const char *text, const char *want)
{
    struct filter_template *filter = template_of(text);
    struct notes notes;
    char *got;

    ck_assert(notes_open(&notes));
    for (const char *const *at = filter_template_attributes(filter); *at; at++)
        fprintf(notes.to, "%s ", *at);
    got = notes_close(&notes);
    ck_assert_str_eq(got, want);
    free(got);
    filter_template_free(filter);
}

START_TEST(attributes)
{
    expect_attributes("(|(uid=%s)(mail=%s)(UID=%s@x)(Mail=%s))", "uid mail ");
    expect_attributes("(|(cn;lang-de=%s)(CN=%s)(sn~=%s))", "cn sn ");
    expect_attributes("(&(uid=%s)(!(cn=%s))(sn>=%s)(a<=%s)(b=c)(d=%%s))", "uid ");
    expect_attributes("(|(uid:dn:=%s)(cn:1.2.3:=%s)(:2.3:=%s)(2.5.4.42=*%s*))",
                      "uid cn 2.5.4.42 ");
}
END_TEST

static const struct {
    const char *text;
    const char *value;
    const char *user;
    bool names;
} names[] = {
    {"uid=%s", "bob", "bob", true},
    {"uid=%s", "BOB", "bob", true},
    {"uid=%s", "bob", "BoB", true},
    {"uid=%s", "bob", "bo", false},
    {"uid=%s", "bo", "bob", false},
    {"uid=%s", "bob", "", false},
    {"uid=%s", "", "bob", false},
    {"uid=%s", "", "", false},
    {"uid=*%s", "bob", "", false},
    {"uid=%s", "bob ", "bob", false},
    {"uid=%s", "bob", " bob", false},
    {"uid=%s", "a  b", "a b", false},
    {"uid=%s", "alice", "\xef\xbd\x81lice", false},     /* U+FF41, full-width a */
    {"uid=%s", "\xef\xbd\x81lice", "alice", false},
    {"uid=%s", "alice", "\xc2\xa0" "alice", false},     /* U+00A0, no-break space */
    {"uid=%s", "kim", "\xe2\x84\xaaim", false},         /* U+212A, the Kelvin sign */
    {"uid=%s", "j\xc3\xbcrgen", "J\xc3\xbcRGEN", true},
    {"uid=%s", "j\xc3\xbcrgen", "j\xc3\x9crgen", false}, /* no case but ASCII's */
    {"uid=%s", "@[`{", "`{@[", false},
    {"uid=%s", "@", "`", false}, /* 0x40 and 0x60: no letters */
    {"uid=%s", "[", "{", false},
    {"uid=%s", "b*b", "b*b", true},
    {"uid=%s", "bob", "b*b", false},
    {"uid=%s", "bob", "*", false},
    {"uid=%s", "%s", "%s", true},
    {"mail=%s@example.com", "Bob@Example.com", "bob", true},
    {"mail=%s@example.com", "bob@example.org", "bob", false},
    {"mail=%s@example.com", "bob@example.com", "bob@example.com", false},
    {"mail=%s@example.com", "bob", "bob", false},
    {"mail=%s@*", "bob@example.org", "bob", true},
    {"mail=%s@*", "bob@", "bob", true},
    {"mail=%s@*", "bob", "bob", false},
    {"mail=%s@*", "bobby@example.org", "bob", false},
    {"cn=*%s*", "a bob b", "BOB", true},
    {"cn=*%s*", "bob", "bob", true},
    {"cn=*%s*", "bo b", "bob", false},
    {"cn=*%s", "big bob", "bob", true},
    {"cn=*%s", "bobo", "bob", false},
    {"cn=%s*x*y", "bobxxyy", "bob", true},
    {"cn=%s*x*y", "bobyx", "bob", false},
    {"cn=a*%s*a", "abobxba", "bob", true},
    {"cn=a*%s*a", "abob", "bob", false},
    {"cn=ab*%s", "ab", "b", false}, /* no byte serves twice */
    {"cn=ab*b*%s", "abb", "b", false},
    {"cn=ab*b*%s", "abbb", "b", true},
    {"cn=%s-%s", "Bob-bob", "bob", true},
    {"cn=%s-%s", "bob-rob", "bob", false},
    {"cn=x\\2a%s", "x*bob", "bob", true},
    {"cn=x\\2a%s", "xyzbob", "bob", false},
    {"cn=x\\*\\(%s\\)\\\\", "X*(bob)\\", "bob", true},
    {"cn=\\c3\\BC%s", "\xc3\xbc" "bob", "bob", true},
    {"cn=100%%%s", "100%bob", "bob", true},
    {"cn=%%s%s", "%sbob", "bob", true},
    {"cn=\\25s%s", "%sbob", "bob", true},
    {"cn=  %s ", "bob", "bob", true},
    {"cn=\\20%s\\20", "bob", "bob", true},
    {"cn=  %s x", "bob x", "bob", true},
    {"cn= %s", "bob", " bob", false},
    {"(|(uid=%s)(mail=%s@a.b))", "bob@a.b", "bob", true},
    {"(|(uid=%s)(mail=%s@a.b))", "BOB", "bob", true},
    {"(|(uid=%s)(mail=%s@a.b))", "rob@a.b", "bob", false},
    {"(&(uid=%s)(!(mail=%s@a.b)))", "bob@a.b", "bob", false},
    {"(&(uid=%s)(cn=x))", "x", "bob", false},
    {"(&(uid=%s)(cn>=%sx))", "bobx", "bob", false},
};

START_TEST(names_a_value)
{
    struct filter_template *filter = template_of(names[_i].text);

    ck_assert_msg(filter_template_names(filter, span_of(names[_i].value),
                                        span_of(names[_i].user)) == names[_i].names,
                  "%s, value '%s', user '%s'", names[_i].text, names[_i].value, names[_i].user);
    filter_template_free(filter);
}
END_TEST

START_TEST(names_with_any_byte)
{
    struct filter_template *filter = template_of("uid=%s");

    for (unsigned i = 0; i < 256; i++) {
        for (unsigned j = 0; j < 256; j++) {
            char user[] = {'x', (char)i};
            char value[] = {'X', (char)j};
            bool letter_pair = (i ^ j) == 0x20 && ((i | 0x20) >= 'a' && (i | 0x20) <= 'z');

            ck_assert_int_eq(filter_template_names(filter, (struct pxa_span){value, 2},
                                                   (struct pxa_span){user, 2}),
                             i == j || letter_pair);
        }
    }
    filter_template_free(filter);
}
END_TEST

/* Hostile lengths take no hostile time: a search that went back to start again would need 10^11
 * steps here. */
START_TEST(long_names_are_compared_at_once)
{
    enum { LEN = 500000 };
    struct filter_template *filter = template_of("cn=*%s*x");
    char *text = malloc(LEN);

    ck_assert_ptr_nonnull(text);
    memset(text, 'a', LEN);
    text[LEN / 2] = 'b';
    ck_assert(!filter_template_names(filter, (struct pxa_span){text, LEN},
                                     (struct pxa_span){text + 1, LEN / 2}));
    free(text);
    filter_template_free(filter);
}
END_TEST

START_TEST(long_templates_and_names)
{
    enum { COUNT = 2000, LEN = 10000 };
    struct notes notes;
    struct filter_template *filter;
    char *text;
    char *user = malloc(LEN);

    ck_assert(notes_open(&notes) && user);
    fputs("(|", notes.to);
    for (unsigned i = 0; i < COUNT; i++)
        fprintf(notes.to, "(a%u=%%s)", i);
    fputc(')', notes.to);
    text = notes_close(&notes);
    filter = template_of(text);
    free(text);
    memset(user, '*', LEN);
    text = filter_template_expand(filter, (struct pxa_span){user, LEN});
    ck_assert_ptr_nonnull(text);
    /* (| and ), then for each (aN=..): parentheses, a, =, the digits of N, the name in thirds */
    ck_assert_uint_eq(strlen(text), 3 + COUNT * (4 + 3 * LEN) + 10 + 180 + 2700 + 4000);
    free(text);
    free(user);
    for (unsigned i = 0; i <= COUNT; i++)
        ck_assert_int_eq(filter_template_attributes(filter)[i] == NULL, i == COUNT);
    filter_template_free(filter);
}
END_TEST

START_TEST(free_of_nothing)
{
    filter_template_free(NULL);
}
END_TEST

/* ---- Templates made at random, with what they must mean ---- */

struct maker {
    uint32_t state;
    struct notes text;    /* the template */
    struct notes meaning; /* in the notation of filter_wire.h, for `user` */
    struct pxa_span user;
};

static uint32_t draw(struct maker *maker, uint32_t below)
{
    maker->state ^= maker->state << 13;
    maker->state ^= maker->state >> 17;
    maker->state ^= maker->state << 5;
    return maker->state % below;
}

static void make_blanks(struct maker *maker)
{
    for (unsigned i = draw(maker, 3); i > 0; i--)
        fputc(" \t\n"[draw(maker, 3)], maker->text.to);
}

/* A byte or a name, in one of the ways to write it. */
static void make_piece(struct maker *maker)
{
    unsigned char byte = (unsigned char)draw(maker, 256);

    switch (draw(maker, 6)) {
    case 0:
        fputs("%s", maker->text.to);
        notes_hex(&maker->meaning, maker->user.at, maker->user.len);
        return;
    case 1:
        fputs("%%", maker->text.to);
        fputs("25", maker->meaning.to);
        return;
    case 2:
        byte = (unsigned char)"()*\\"[draw(maker, 4)];
        fprintf(maker->text.to, "\\%c", byte);
        break;
    case 3:
        byte = (unsigned char)"az09 =,&|!<>~:;\xc3\xbc"[draw(maker, 17)];
        fputc(byte, maker->text.to);
        break;
    default:
        fprintf(maker->text.to, byte % 2 ? "\\%02x" : "\\%02X", byte);
    }
    fprintf(maker->meaning.to, "%02x", byte);
}

static void make_pieces(struct maker *maker, unsigned least)
{
    for (unsigned i = least + draw(maker, 4); i > 0; i--)
        make_piece(maker);
}

static void make_substrings(struct maker *maker)
{
    bool initial = draw(maker, 2);
    unsigned middle = draw(maker, 3);
    bool final = draw(maker, 2) || (!initial && middle == 0);

    fputs("cn=", maker->text.to);
    fputs("cn *", maker->meaning.to);
    if (initial) {
        fputs(" initial ", maker->meaning.to);
        make_pieces(maker, 1);
    }
    fputc('*', maker->text.to);
    for (; middle > 0; middle--) {
        fputs(" any ", maker->meaning.to);
        make_pieces(maker, 1);
        fputc('*', maker->text.to);
    }
    if (final) {
        fputs(" final ", maker->meaning.to);
        make_pieces(maker, 1);
    }
}

static void make_assertion(struct maker *maker)
{
    static const struct {
        const char *text;
        const char *meaning;
    } lefts[] = {
        {"uid=", "uid = "},
        {"sn;lang-en~=", "sn;lang-en ~= "},
        {"1.2.3>=", "1.2.3 >= "},
        {"a-b<=", "a-b <= "},
        {"cn:=", ": type cn value "},
        {"cn:1.22.333:=", ": type cn rule 1.22.333 value "},
        {":caseIgnoreMatch:=", ": rule caseIgnoreMatch value "},
    };
    uint32_t which = draw(maker, 8);

    fputc('(', maker->text.to);
    make_blanks(maker);
    if (which == 7) {
        make_substrings(maker);
    } else {
        fputs(lefts[which].text, maker->text.to);
        fputs(lefts[which].meaning, maker->meaning.to);
        make_pieces(maker, 0);
    }
    fputc(')', maker->text.to);
}

static void make_filter(struct maker *maker, unsigned depth);

static void make_list(struct maker *maker, char sign, unsigned count, unsigned depth)
{
    fputc('(', maker->text.to);
    make_blanks(maker);
    fputc(sign, maker->text.to);
    fprintf(maker->meaning.to, "%c [", sign);
    make_blanks(maker);
    for (; count > 0; count--) {
        fputc(' ', maker->meaning.to);
        make_filter(maker, depth);
        if (sign != '!')
            make_blanks(maker);
    }
    fputc(')', maker->text.to);
    fputs(" ]", maker->meaning.to);
}

static void make_filter(struct maker *maker, unsigned depth)
{
    uint32_t kind = draw(maker, 6);

    if (depth == 0 || kind > 2)
        make_assertion(maker);
    else if (kind == 0)
        make_list(maker, '!', 1, depth - 1);
    else
        make_list(maker, kind == 1 ? '&' : '|', draw(maker, 4), depth - 1);
}

static void run_maker(struct maker *maker, const char *round)
{
    char user[20];
    struct filter_template *filter;
    char *text;
    char *want;
    char *expanded;
    char *meaning;

    maker->user = (struct pxa_span){user, 1 + draw(maker, sizeof user)};
    for (size_t i = 0; i < maker->user.len; i++)
        user[i] = (char)(draw(maker, 2) ? draw(maker, 256) : (uint32_t)"()*\\%sa"[draw(maker, 7)]);
    ck_assert(notes_open(&maker->text) && notes_open(&maker->meaning));
    fputs("(&(x=%s)", maker->text.to);
    fputs("& [ x = ", maker->meaning.to);
    notes_hex(&maker->meaning, maker->user.at, maker->user.len);
    fputc(' ', maker->meaning.to);
    make_filter(maker, 5);
    fputc(')', maker->text.to);
    fputs(" ]", maker->meaning.to);
    text = notes_close(&maker->text);
    want = notes_close(&maker->meaning);
    filter = template_of(text);
    expanded = filter_template_expand(filter, maker->user);
    meaning = filter_on_wire(expanded);
    ck_assert_msg(meaning && strcmp(meaning, want) == 0, "%s: %s\nmeans %s\nnot %s", round, text,
                  meaning ? meaning : "nothing", want);
    ck_assert(filter_template_names(filter, maker->user, maker->user));
    free(meaning);
    free(expanded);
    free(want);
    free(text);
    filter_template_free(filter);
}

START_TEST(random_templates_mean_what_they_say)
{
    struct maker maker = {.state = 5489};

    for (unsigned i = 0; i < 2000; i++) {
        char round[20];

        snprintf(round, sizeof round, "round %u", i);
        run_maker(&maker, round);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("filter_template");
    TCase *tc = tcase_create("filter_template");

    tcase_add_loop_test(tc, wild_filters, 0, sizeof wild / sizeof *wild);
    tcase_add_loop_test(tc, refuses, 0, sizeof bad / sizeof *bad);
    tcase_add_loop_test(tc, names_a_value, 0, sizeof names / sizeof *names);
    tcase_add_test(tc, puts_the_name_in);
    tcase_add_test(tc, escapes);
    tcase_add_test(tc, every_byte_arrives_in_the_value);
    tcase_add_test(tc, attributes);
    tcase_add_test(tc, names_with_any_byte);
    tcase_add_test(tc, long_names_are_compared_at_once);
    tcase_add_test(tc, long_templates_and_names);
    tcase_add_test(tc, free_of_nothing);
    tcase_add_test(tc, random_templates_mean_what_they_say);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
