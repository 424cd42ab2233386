/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/find*.c: what is asked for a typed name, and what is made of the
 * answer. The pool is the test: it takes the request and gives the answer, through a real libldap.
 * Expected filters are written by hand from RFC 4515 and the manual page.
 */
#include <config.h>

#include "helpers/directory/find.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "helpers/directory/find_private.h"
#include "tests/unit/entry_build.h"

Suite *suite(void);

/* ---- the pool ---- */

static struct task *submitted;
static unsigned withdrawn;

void pool_submit(struct pool *pool, struct task *task)
{
    (void)pool;
    ck_assert_ptr_null(submitted);
    submitted = task;
}

bool pool_withdraw(struct pool *pool, struct task *task)
{
    (void)pool;
    (void)task;
    withdrawn++;
    submitted = NULL;
    return false;
}

/* ---- a directory and a query ---- */

static struct directory_options options;
static struct user_options user;
static struct directory directory;
static char corp_dn[] = "DC=corp,DC=example,DC=com";
static char users_dn[] = "ou=people,o=x";
static char all_forms[] = "sam,upn,down-level";

/* Texts that a struct may hold. */
#define OWN(text) ((char[]){text})

static struct ad_domain forest[] = {
    {OWN("corp.example.com"), OWN("CORP"), corp_dn},
    {OWN("emea.corp.example.com"), OWN("EMEA"), OWN("DC=emea,DC=corp,DC=example,DC=com")}};

static struct facts ad = {
    .references = 1, .kind = KIND_AD, .base = corp_dn, .domains = forest, .domain_count = 1};

/* What became of a find. */
static struct {
    unsigned times;
    enum verdict verdict;
    char dn[200];
    char reason[100];
    const struct facts *facts;
    struct pxa_span mail;
    char mail_bytes[100];
} told;

static void tell(void *context, struct find_result *result)
{
    ck_assert_ptr_eq(context, &told);
    told.times++;
    told.verdict = result->verdict;
    told.facts = result->facts;
    snprintf(told.reason, sizeof told.reason, "%s", result->reason ? result->reason : "");
    ck_assert((result->entry != NULL) == (result->verdict == VERDICT_OK));
    if (!result->entry)
        return;
    snprintf(told.dn, sizeof told.dn, "%s", entry_dn(result->entry));
    told.mail = entry_value(result->entry, "mail");
    if (told.mail.at)
        memcpy(told.mail_bytes, told.mail.at, told.mail.len);
}

static void open_directory(const char *filter, const char *attribute)
{
    struct why why = {""};

    options.base = users_dn;
    user.names = NAME_SAM | NAME_UPN | NAME_DOWN_LEVEL;
    user.login_names = all_forms;
    directory.options = &options;
    directory.orders.options = &options;
    directory.orders.user = &user;
    directory.scope = LDAP_SCOPE_SUBTREE;
    if (filter)
        directory.filter = filter_template_new(filter, &why);
    if (attribute)
        directory.dn = dn_template_new(attribute, users_dn, &why);
    ck_assert_msg(filter || attribute || directory_options_say_ad(&options), "%s", why.text);
}

static void open_ad(void)
{
    options.kind = KIND_AD;
    open_directory(NULL, NULL);
    options.base = NULL;
}

static void close_directory(void)
{
    ck_assert_ptr_null(directory.finds);
    filter_template_free(directory.filter);
    dn_template_free(directory.dn);
    ck_assert_uint_eq(ad.references, 1);
}

static struct find *find_name(const char *name, const char *const *attributes)
{
    const struct find_query query = {
        .user = {name, strlen(name)}, .attributes = attributes, .done = tell, .context = &told};

    return directory_find(&directory, &query);
}

/* ---- one question and its answer ---- */

static struct wired wired;
static BerElement *ber;

static struct find *asked;

/* Sends what was submitted to a server of FACTS. */
static void send_to(const struct facts *facts)
{
    ck_assert_ptr_nonnull(submitted);
    asked = (struct find *)(void *)((char *)submitted - offsetof(struct find, task));
    ck_assert_int_eq(submitted->purpose, PURPOSE_SERVICE);
    ck_assert(!submitted->once);
    ck_assert(wired_open(&wired));
    ck_assert_int_eq(submitted->send(submitted, wired.ld, facts, &wired.msgid), LDAP_SUCCESS);
    ber = ber_alloc_t(LBER_USE_DER);
}

/* Whether it was asked for the attributes in LIST, with blanks between. */
static void assert_attributes(const char *list)
{
    char text[300] = "";

    for (const char **at = asked->question.attributes; *at; at++) {
        strcat(text, *at);
        if (at[1])
            strcat(text, " ");
    }
    ck_assert_str_eq(text, list);
}

static int answer(int code)
{
    struct task *task = submitted;
    struct berval flat;
    LDAPMessage *message;

    put_done(ber, wired.msgid, code);
    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    message = wired_answer(&wired, flat.bv_val, flat.bv_len);
    ck_assert_ptr_nonnull(message);
    submitted = NULL;
    code = task->answered(task, wired.ld, message);
    ldap_msgfree(message);
    ber_free(ber, 1);
    wired_close_all(&wired);
    return code;
}

static void assert_told(enum verdict verdict, const char *dn)
{
    ck_assert_uint_eq(told.times, 1);
    ck_assert_int_eq(told.verdict, verdict);
    if (dn)
        ck_assert_str_eq(told.dn, dn);
}

static void put_uid(const char *dn, const char *uid)
{
    const struct made_value values[] = {{"uid", uid}, {0}};

    put_entry(ber, wired.msgid, dn, values);
}

/* ---- by a filter ---- */

START_TEST(by_filter)
{
    open_directory("(uid=%s)", NULL);
    ck_assert_ptr_nonnull(find_name("al*ce", NULL));
    ck_assert_uint_eq(told.times, 0);
    send_to(NULL);
    ck_assert_str_eq(asked->question.base, users_dn);
    ck_assert_int_eq(asked->question.scope, LDAP_SCOPE_SUBTREE);
    ck_assert_str_eq(asked->question.filter, "(uid=al\\2ace)");
    assert_attributes("uid");
    put_uid("uid=alice,o=x", "AL*CE");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "uid=alice,o=x");
    ck_assert_ptr_null(told.facts);
    close_directory();
}
END_TEST

START_TEST(nobody_and_several)
{
    static const struct {
        int entries;
        int code;
        enum verdict verdict;
    } rows[] = {
        {0, LDAP_SUCCESS, VERDICT_DENIED},
        {2, LDAP_SUCCESS, VERDICT_DENIED},
        {1, LDAP_SIZELIMIT_EXCEEDED, VERDICT_DENIED},
        {2, LDAP_SIZELIMIT_EXCEEDED, VERDICT_DENIED},
        {0, LDAP_NO_SUCH_OBJECT, VERDICT_UNAVAILABLE},
        {0, LDAP_BUSY, VERDICT_UNAVAILABLE},
        {1, LDAP_BUSY, VERDICT_UNAVAILABLE},
    };

    open_directory("(uid=%s)", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        told.times = 0;
        find_name("alice", NULL);
        send_to(NULL);
        for (int n = 0; n < rows[i].entries; n++)
            put_uid(n == 0 ? "uid=alice,o=x" : "uid=alice,o=y", "alice");
        ck_assert_int_eq(answer(rows[i].code), rows[i].code);
        assert_told(rows[i].verdict, NULL);
        ck_assert((told.reason[0] != '\0') == (rows[i].verdict == VERDICT_UNAVAILABLE));
    }
    close_directory();
}
END_TEST

START_TEST(garbled_entry)
{
    open_directory("(uid=%s)", NULL);
    find_name("alice", NULL);
    send_to(NULL);
    put_uid("", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_UNAVAILABLE, NULL);
    close_directory();
}
END_TEST

START_TEST(alias)
{
    open_directory("(uid=%s)", NULL);
    find_name("\xef\xbd\x81lice", NULL);
    send_to(NULL);
    put_uid("uid=alice,o=x", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);

    user.accept_aliases = true;
    told.times = 0;
    find_name("\xef\xbd\x81lice", NULL);
    send_to(NULL);
    assert_attributes(LDAP_NO_ATTRS);
    put_uid("uid=alice,o=x", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "uid=alice,o=x");
    close_directory();
}
END_TEST

/* Values that somebody wants for something else are no names. */
START_TEST(wanted_attributes)
{
    static const char *const wanted[] = {"mail", "UID", NULL};
    static const struct made_value values[] = {{"uid", "alice"}, {"mail", "root"}, {0}};

    open_directory("(uid=%s)", NULL);
    find_name("root", wanted);
    send_to(NULL);
    assert_attributes("uid mail");
    put_entry(ber, wired.msgid, "uid=alice,o=x", values);
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);

    told.times = 0;
    find_name("alice", wanted);
    send_to(NULL);
    put_entry(ber, wired.msgid, "uid=alice,o=x", values);
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "uid=alice,o=x");
    ck_assert_str_eq(told.mail_bytes, "root");
    close_directory();
}
END_TEST

/* The server answers with the attribute's other name (RFC 4519, 2.39), which is wanted, too. */
START_TEST(other_name_of_the_attribute)
{
    static const char *const wanted[] = {"uid", NULL};

    open_directory("(userid=%s)", NULL);
    find_name("alice", wanted);
    send_to(NULL);
    put_uid("uid=alice,o=x", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, NULL);

    told.times = 0;
    find_name("alice", NULL);
    send_to(NULL);
    put_uid("uid=alice,o=x", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, NULL);
    close_directory();
}
END_TEST

START_TEST(realm_is_stripped)
{
    static const char *const names[] = {"CORP\\alice", "alice@REALM", "CORP\\alice@a@b"};
    static const char *const nobody[] = {"CORP\\", "@REALM", "CORP\\@REALM"};

    user.strip_realm = true;
    open_directory("(uid=%s)", NULL);
    for (size_t i = 0; i < 3; i++) {
        told.times = 0;
        find_name(names[i], NULL);
        send_to(NULL);
        ck_assert_str_eq(asked->question.filter, "(uid=alice)");
        put_uid("uid=alice,o=x", "alice");
        answer(LDAP_SUCCESS);
        assert_told(VERDICT_OK, NULL);
        told.times = 0;
        ck_assert_ptr_null(find_name(nobody[i], NULL));
        assert_told(VERDICT_DENIED, NULL);
    }
    close_directory();
}
END_TEST

START_TEST(users_base)
{
    static char base[] = "ou=staff,o=x";

    user.base = base;
    open_directory("(uid=%s)", NULL);
    find_name("alice", NULL);
    send_to(&ad);
    ck_assert_str_eq(asked->question.base, base);
    answer(LDAP_SUCCESS);
    close_directory();
}
END_TEST

/* ---- by a DN template ---- */

START_TEST(by_dn)
{
    static const char *const wanted[] = {"mail", NULL};

    open_directory(NULL, "uid");
    ck_assert_ptr_null(find_name("alice", NULL));
    assert_told(VERDICT_OK, "uid=alice,ou=people,o=x");
    ck_assert_ptr_null(submitted);

    told.times = 0;
    find_name("al ice ", NULL);
    send_to(NULL);
    ck_assert_str_eq(asked->question.base, "uid=al ice\\ ,ou=people,o=x");
    ck_assert_int_eq(asked->question.scope, LDAP_SCOPE_BASE);
    ck_assert_str_eq(asked->question.filter, "(objectClass=*)");
    answer(LDAP_NO_SUCH_OBJECT);
    assert_told(VERDICT_DENIED, NULL);

    told.times = 0;
    find_name("alice", wanted);
    send_to(&ad);
    assert_attributes("uid mail");
    put_uid("uid=alice,ou=people,o=x", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "uid=alice,ou=people,o=x");
    ck_assert_ptr_eq(told.facts, &ad);
    close_directory();
}
END_TEST

/* ---- in an Active Directory ---- */

static void put_person(const char *dn, const char *sam)
{
    const struct made_value values[] = {{"sAMAccountName", sam}, {0}};

    put_entry(ber, wired.msgid, dn, values);
}

START_TEST(by_ad_names)
{
    static const char *const wanted[] = {"memberOf", "samaccountname", NULL};

    open_ad();
    find_name("CORP\\alice", wanted);
    send_to(&ad);
    ck_assert_str_eq(asked->question.base, corp_dn);
    ck_assert_str_eq(asked->question.filter,
                     "(&(|(sAMAccountName=alice))(objectCategory=person)(objectClass=user))");
    assert_attributes("sAMAccountName userPrincipalName memberOf");
    put_person("CN=Alice,DC=corp,DC=example,DC=com", "Alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "CN=Alice,DC=corp,DC=example,DC=com");
    ck_assert_ptr_eq(told.facts, &ad);

    told.times = 0;
    find_name("J\xc3\x9cRGEN", NULL);
    send_to(&ad);
    put_person("CN=J,DC=corp,DC=example,DC=com", "j\xc3\xbcrgen");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);

    user.accept_aliases = true;
    told.times = 0;
    find_name("J\xc3\x9cRGEN", NULL);
    send_to(&ad);
    put_person("CN=J,DC=corp,DC=example,DC=com", "j\xc3\xbcrgen");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, NULL);
    close_directory();
}
END_TEST

/* A form that is not let in needs no server; a strange domain is found out there, by a question
 * that has no answer. */
START_TEST(nobodys_names)
{
    user.names = NAME_DOWN_LEVEL;
    options.kind = KIND_AD;
    open_ad();
    user.names = NAME_DOWN_LEVEL;
    ck_assert_ptr_null(find_name("alice", NULL));
    assert_told(VERDICT_DENIED, NULL);
    told.times = 0;
    find_name("NOPE\\alice", NULL);
    send_to(&ad);
    ck_assert_str_eq(asked->question.base, corp_dn);
    ck_assert_int_eq(asked->question.scope, LDAP_SCOPE_BASE);
    ck_assert_str_eq(asked->question.filter, "(&(objectCategory=person)(objectClass=user))");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);
    close_directory();
}
END_TEST

START_TEST(people_of_other_domains)
{
    struct facts catalog = ad;

    catalog.base = OWN("");
    catalog.global_catalog = true;
    catalog.domain_count = 2;
    open_ad();
    find_name("CORP\\alice", NULL);
    send_to(&catalog);
    ck_assert_int_ge(asked->question.entries_max, 3);
    put_person("CN=Alice,DC=emea,DC=corp,DC=example,DC=com", "alice");
    put_person("CN=Alice,DC=corp,DC=example,DC=com", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "CN=Alice,DC=corp,DC=example,DC=com");

    told.times = 0;
    find_name("CORP\\alice", NULL);
    send_to(&catalog);
    put_person("CN=Alice,DC=emea,DC=corp,DC=example,DC=com", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);

    told.times = 0;
    find_name("alice", NULL);
    send_to(&catalog);
    put_person("CN=Alice,DC=emea,DC=corp,DC=example,DC=com", "alice");
    put_person("CN=Alice,DC=corp,DC=example,DC=com", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);
    ck_assert_uint_eq(catalog.references, 1);
    close_directory();
}
END_TEST

START_TEST(without_facts)
{
    struct task *task;
    int msgid;

    open_ad();
    find_name("alice", NULL);
    ck_assert(wired_open(&wired));
    ck_assert_int_ne(submitted->send(submitted, wired.ld, NULL, &msgid), LDAP_SUCCESS);
    wired_close_all(&wired);
    task = submitted;
    submitted = NULL;
    task->failed(task, "refused", false);
    assert_told(VERDICT_UNAVAILABLE, NULL);
    ck_assert_str_eq(told.reason, "refused");
    close_directory();
}
END_TEST

/* ---- other character sets ---- */

START_TEST(converted_at_once)
{
    open_ad();
    find_name("j\xfcrgen", NULL);
    send_to(&ad);
    ck_assert_ptr_nonnull(strstr(asked->question.filter, "(sAMAccountName=j\\c3\\bcrgen)"));
    put_person("CN=J,DC=corp,DC=example,DC=com", "J\xc3\xbcrgen");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, NULL);
    told.times = 0;
    ck_assert_ptr_null(find_name("j\x81rgen", NULL));
    assert_told(VERDICT_DENIED, NULL);
    close_directory();
}
END_TEST

/* With --directory auto the server says what it is. */
START_TEST(converted_when_it_is_known)
{
    struct facts other = {.references = 1, .kind = KIND_OPENLDAP};

    open_directory("(uid=%s)", NULL);
    find_name("j\xfcrgen", NULL);
    send_to(&other);
    ck_assert_str_eq(asked->question.filter, "(uid=j\\fcrgen)");
    wired_close_all(&wired);
    ber_free(ber, 1);
    send_to(&ad);
    ck_assert_str_eq(asked->question.filter, "(uid=j\\c3\\bcrgen)");
    put_uid("uid=j,o=x", "j\xc3\xbcrgen");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, NULL);
    told.times = 0;
    find_name("j\x81rgen", NULL);
    send_to(&ad);
    ck_assert_str_eq(asked->question.filter, "(uid=j\\81rgen)");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);
    close_directory();
}
END_TEST

START_TEST(as_it_came)
{
    user.charset = OWN("UTF-8");
    open_ad();
    find_name("j\xfcrgen", NULL);
    send_to(&ad);
    ck_assert_ptr_nonnull(strstr(asked->question.filter, "(sAMAccountName=j\\fcrgen)"));
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_DENIED, NULL);
    close_directory();
}
END_TEST

/* ---- cancelled, and asked again ---- */

START_TEST(cancelled)
{
    struct find *find;

    open_directory("(uid=%s)", NULL);
    find = find_name("alice", NULL);
    send_to(NULL);
    find_cancel(find);
    ck_assert_uint_eq(withdrawn, 1);
    ck_assert_uint_eq(told.times, 0);
    wired_close_all(&wired);
    ber_free(ber, 1);
    close_directory();
}
END_TEST

START_TEST(sent_again)
{
    open_ad();
    find_name("alice", NULL);
    send_to(&ad);
    wired_close_all(&wired);
    ber_free(ber, 1);
    send_to(&ad);
    put_person("CN=Alice,DC=corp,DC=example,DC=com", "alice");
    answer(LDAP_SUCCESS);
    assert_told(VERDICT_OK, "CN=Alice,DC=corp,DC=example,DC=com");
    close_directory();
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("directory_find");
    TCase *tc = tcase_create("directory_find");

    tcase_add_test(tc, by_filter);
    tcase_add_test(tc, nobody_and_several);
    tcase_add_test(tc, garbled_entry);
    tcase_add_test(tc, alias);
    tcase_add_test(tc, wanted_attributes);
    tcase_add_test(tc, other_name_of_the_attribute);
    tcase_add_test(tc, realm_is_stripped);
    tcase_add_test(tc, users_base);
    tcase_add_test(tc, by_dn);
    tcase_add_test(tc, by_ad_names);
    tcase_add_test(tc, nobodys_names);
    tcase_add_test(tc, people_of_other_domains);
    tcase_add_test(tc, without_facts);
    tcase_add_test(tc, converted_at_once);
    tcase_add_test(tc, converted_when_it_is_known);
    tcase_add_test(tc, as_it_came);
    tcase_add_test(tc, cancelled);
    tcase_add_test(tc, sent_again);
    suite_add_tcase(s, tc);
    return s;
}
