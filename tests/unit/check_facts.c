/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/facts.c and facts_read.c, through the set-up of a connection to a
 * server in a thread. Answers are made with liblber; names of attributes, object identifiers and
 * where domains are listed are those of MS-ADTS 3.1.1.3.2, 3.1.1.3.4.3 and 6.1.1.2.1.1, and values
 * are as Samba 4.17 and slapd 2.5 sent them.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "common/proxyauth.h"
#include "tests/unit/setup_bench.h"

Suite *suite(void);

const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:gnutls_priority_init\n";
}

/* ---- answers ---- */

enum { VALUES = 6, ATTRIBUTES = 5, ENTRIES = 8 };

struct attribute {
    const char *name;
    const char *values[VALUES];
};

struct entry {
    const char *dn;
    struct attribute attributes[ATTRIBUTES];
};

/* What the server says, and how. */
static struct {
    struct entry root;
    int root_code;
    bool root_missing;
    struct entry domains[ENTRIES];
    int domains_code;
    bool references;   /* before the result */
    bool silent;       /* no answer to the search for domains */
    bool endless;      /* entries for ever */
    const char *bytes; /* in the place of a value */
    size_t bytes_len;
    unsigned searches;
    char base[256]; /* of the last search */
} said;

static void send_ber(int fd, BerElement *ber)
{
    struct berval flat;

    ck_assert_int_eq(ber_flatten2(ber, &flat, 0), 0);
    send_all(fd, flat.bv_val, flat.bv_len);
    ber_free(ber, 1);
}

static void put_values(BerElement *ber, const struct attribute *attribute)
{
    ck_assert_int_ne(ber_printf(ber, "{s[", attribute->name), -1);
    for (int i = 0; i < VALUES && attribute->values[i]; i++) {
        struct berval value = {strlen(attribute->values[i]),
                               (char *)(uintptr_t)attribute->values[i]};

        if (said.bytes && strcmp(attribute->values[i], "BYTES") == 0)
            value = (struct berval){said.bytes_len, (char *)(uintptr_t)said.bytes};
        ck_assert_int_ne(ber_printf(ber, "O", &value), -1);
    }
    ck_assert_int_ne(ber_printf(ber, "]N}"), -1);
}

static void send_entry(int fd, int id, const struct entry *entry)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    ck_assert_int_ne(ber_printf(ber, "{it{s{", id, LDAP_RES_SEARCH_ENTRY, entry->dn), -1);
    for (int i = 0; i < ATTRIBUTES && entry->attributes[i].name; i++)
        put_values(ber, &entry->attributes[i]);
    ck_assert_int_ne(ber_printf(ber, "N}N}N}"), -1);
    send_ber(fd, ber);
}

static void answer_root(struct server *server, int fd)
{
    if (!said.root_missing)
        send_entry(fd, server->last.id, &said.root);
    send_message(fd, peer_result(server->last.id, LDAP_RES_SEARCH_RESULT, said.root_code));
}

static void answer_domains(struct server *server, int fd)
{
    if (said.silent) {
        wait_for_end(server, fd);
        return;
    }
    for (int i = 0; i < ENTRIES && said.domains[i].dn; i++)
        send_entry(fd, server->last.id, &said.domains[i]);
    for (int i = 0; said.endless && i < 100000; i++) {
        char byte;

        if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
            return;
        send_entry(fd, server->last.id, &said.domains[0]);
    }
    if (said.references)
        send_message(fd, peer_reference(server->last.id, "ldap://elsewhere.test"));
    send_message(fd, peer_result(server->last.id, LDAP_RES_SEARCH_RESULT, said.domains_code));
}

static void answer(struct server *server, int fd)
{
    while (read_request(server, fd)) {
        if (server->last.operation == LDAP_REQ_UNBIND)
            return;
        if (server->last.operation != LDAP_REQ_SEARCH) {
            send_message(fd, good_answer(server));
            continue;
        }
        said.searches++;
        strcpy(said.base, server->last.dn);
        if (server->last.dn[0] == '\0')
            answer_root(server, fd);
        else
            answer_domains(server, fd);
    }
}

/* ---- servers ---- */

static const struct entry ad_root = {
    "",
    {{"supportedCapabilities",
      {"1.2.840.113556.1.4.800", "1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.1791"}},
     {"defaultNamingContext", {"DC=corp,DC=example,DC=test"}},
     {"configurationNamingContext", {"CN=Configuration,DC=corp,DC=example,DC=test"}},
     {"namingContexts",
      {"DC=corp,DC=example,DC=test", "CN=Configuration,DC=corp,DC=example,DC=test"}}}};

static const struct entry corp = {
    "CN=CORP,CN=Partitions,CN=Configuration,DC=corp,DC=example,DC=test",
    {{"dnsRoot", {"corp.example.test"}},
     {"nETBIOSName", {"CORP"}},
     {"nCName", {"DC=corp,DC=example,DC=test"}}}};

static const struct entry sales = {
    "CN=SALES,CN=Partitions,CN=Configuration,DC=corp,DC=example,DC=test",
    {{"dnsRoot", {"sales.corp.example.test"}},
     {"nETBIOSName", {"SALES"}},
     {"nCName", {"DC=sales,DC=corp,DC=example,DC=test"}}}};

static const struct entry slapd_root = {"", {{"namingContexts", {"dc=example,dc=test"}}}};

static struct rig rig;
static const struct facts *facts;

/* A set-up of a service connection that wants facts. */
static void read_facts(void)
{
    rig.server.serve = answer;
    prepare_rig(&rig);
    rig.setup = (struct setup){.plan = &rig.plan,
                               .address = &rig.address,
                               .purpose = PURPOSE_SERVICE,
                               .wants_facts = true};
    setup_run(&rig.setup);
    facts = rig.setup.facts;
}

static void expect_facts(enum directory_kind kind)
{
    expect(&rig, SETUP_READY, NULL);
    ck_assert_msg(facts, "%s", rig.setup.why.text);
    ck_assert_int_eq(facts->kind, kind);
}

static void expect_unusable(const char *phase, const char *words)
{
    expect(&rig, SETUP_SERVER, phase);
    expect_words(&rig, words);
    ck_assert_ptr_null(rig.setup.facts);
    end_rig(&rig);
}

/* It is used all the same. */
static void expect_none(const char *words)
{
    expect(&rig, SETUP_READY, NULL);
    ck_assert_ptr_null(facts);
    expect_words(&rig, words);
    end_rig(&rig);
}

static void expect_domain(size_t number, const struct entry *entry)
{
    ck_assert_uint_gt(facts->domain_count, number);
    ck_assert_str_eq(facts->domains[number].dns, entry->attributes[0].values[0]);
    ck_assert_str_eq(facts->domains[number].netbios, entry->attributes[1].values[0]);
    ck_assert_str_eq(facts->domains[number].dn, entry->attributes[2].values[0]);
}

static void be_ad(void)
{
    said.root = ad_root;
    said.domains[0] = corp;
}

/* ---- what servers are ---- */

START_TEST(an_active_directory)
{
    static const enum directory_kind kinds[] = {KIND_AUTO, KIND_AD};

    be_ad();
    rig.plan.kind = kinds[_i];
    read_facts();
    expect_facts(KIND_AD);
    ck_assert_str_eq(facts->base, "DC=corp,DC=example,DC=test");
    ck_assert(facts->in_chain);
    ck_assert(!facts->global_catalog);
    ck_assert_uint_eq(facts->domain_count, 1);
    expect_domain(0, &corp);
    ck_assert_str_eq(said.base, "CN=Partitions,CN=Configuration,DC=corp,DC=example,DC=test");
    end_rig(&rig);
}
END_TEST

/* Without the capability of Windows Server 2003. */
START_TEST(an_old_active_directory_has_no_rule_for_chains)
{
    be_ad();
    said.root.attributes[0].values[1] = NULL;
    read_facts();
    expect_facts(KIND_AD);
    ck_assert(!facts->in_chain);
    end_rig(&rig);
}
END_TEST

/* 1851 is that of AD LDS, which has no domains; 8001 only begins like 800. */
START_TEST(what_is_no_active_directory)
{
    static const char *const capabilities[] = {"1.2.840.113556.1.4.1851", "1.2.840.113556.1.4.8001",
                                               "1.2.840.113556.1.4.80"};

    be_ad();
    said.root.attributes[0].values[0] = capabilities[_i];
    read_facts();
    expect_facts(KIND_OPENLDAP);
    ck_assert_uint_eq(facts->domain_count, 0);
    ck_assert_uint_eq(said.searches, 1);
    end_rig(&rig);
}
END_TEST

START_TEST(slapd)
{
    said.root = slapd_root;
    read_facts();
    expect_facts(KIND_OPENLDAP);
    ck_assert_str_eq(facts->base, "dc=example,dc=test");
    ck_assert(!facts->in_chain);
    end_rig(&rig);
}
END_TEST

START_TEST(slapd_with_two_databases_has_no_base)
{
    said.root = slapd_root;
    said.root.attributes[0].values[1] = "dc=example,dc=org";
    read_facts();
    expect_facts(KIND_OPENLDAP);
    ck_assert_ptr_null(facts->base);
    end_rig(&rig);
}
END_TEST

/* slapd's suffix "" is an empty value. */
START_TEST(slapd_whose_suffix_is_empty)
{
    said.root = slapd_root;
    said.root.attributes[0].values[0] = "";
    read_facts();
    expect_facts(KIND_OPENLDAP);
    ck_assert_ptr_null(facts->base);
    end_rig(&rig);
}
END_TEST

START_TEST(openldap_is_what_the_option_says)
{
    be_ad();
    rig.plan.kind = KIND_OPENLDAP;
    read_facts();
    expect_facts(KIND_OPENLDAP);
    ck_assert(!facts->in_chain);
    ck_assert_uint_eq(said.searches, 1);
    end_rig(&rig);
}
END_TEST

START_TEST(ad_is_not_believed)
{
    said.root = slapd_root;
    rig.plan.kind = KIND_AD;
    read_facts();
    expect_unusable("root entry", "no Active Directory");
}
END_TEST

START_TEST(nobody_asks)
{
    be_ad();
    rig.server.serve = answer;
    rig.purpose = PURPOSE_SERVICE;
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_ptr_null(rig.setup.facts);
    ck_assert_uint_eq(said.searches, 0);
    end_rig(&rig);
}
END_TEST

/* ---- domains ---- */

START_TEST(the_own_domain_is_found_among_others)
{
    be_ad();
    said.domains[0] = sales;
    said.domains[1] = corp;
    said.references = true;
    read_facts();
    expect_facts(KIND_AD);
    ck_assert_uint_eq(facts->domain_count, 1);
    expect_domain(0, &corp);
    end_rig(&rig);
}
END_TEST

START_TEST(a_global_catalog_has_all_of_them)
{
    be_ad();
    said.domains[0] = sales;
    said.domains[1] = corp;
    rig.plan.global_catalog = true;
    read_facts();
    expect_facts(KIND_AD);
    ck_assert(facts->global_catalog);
    ck_assert_str_eq(facts->base, "");
    ck_assert_uint_eq(facts->domain_count, 2);
    expect_domain(0, &corp);
    expect_domain(1, &sales);
    end_rig(&rig);
}
END_TEST

START_TEST(the_domain_that_is_named_is_the_first_of_a_catalog)
{
    be_ad();
    said.domains[1] = sales;
    rig.plan.global_catalog = true;
    rig.plan.domain = "Sales.corp.example.test";
    read_facts();
    expect_facts(KIND_AD);
    expect_domain(0, &sales);
    expect_domain(1, &corp);
    end_rig(&rig);
}
END_TEST

START_TEST(a_catalog_of_another_forest)
{
    be_ad();
    rig.plan.kind = KIND_AD;
    rig.plan.global_catalog = true;
    rig.plan.domain = "other.test";
    read_facts();
    expect_unusable("names of the domains", "no domain other.test");
}
END_TEST

START_TEST(a_server_of_another_domain)
{
    be_ad();
    said.domains[1] = sales;
    rig.plan.kind = KIND_AD;
    rig.plan.domain = "sales.corp.example.test";
    read_facts();
    expect_unusable("domain", "it serves corp.example.test, not sales.corp.example.test");
}
END_TEST

START_TEST(the_domain_is_named_in_other_letters)
{
    be_ad();
    rig.plan.kind = KIND_AD;
    rig.plan.domain = "CORP.Example.test";
    read_facts();
    expect_facts(KIND_AD);
    end_rig(&rig);
}
END_TEST

START_TEST(an_entry_that_is_shown_in_part)
{
    be_ad();
    said.domains[0].attributes[1].name = "cn";
    said.domains[1] = corp;
    rig.plan.global_catalog = true;
    read_facts();
    expect_facts(KIND_AD);
    ck_assert_uint_eq(facts->domain_count, 1);
    end_rig(&rig);
}
END_TEST

/* ---- what goes wrong ---- */

struct fault {
    int root_code;
    bool root_missing;
    int domains_code;
    bool no_domains;
    const char *phase;
    const char *words;
};

static const struct fault faults[] = {
    {50, false, 0, false, "root entry", "Insufficient access (50)"},
    {0, true, 0, false, "root entry", "not shown any"},
    {0, false, 1, false, "names of the domains", "Operations error (1)"},
    {0, false, 0, true, "names of the domains", "not shown any"},
    {0, false, 32, true, "names of the domains", "No such object (32)"},
};

static void be_faulty(const struct fault *fault)
{
    be_ad();
    said.root_code = fault->root_code;
    said.root_missing = fault->root_missing;
    said.domains_code = fault->domains_code;
    if (fault->no_domains)
        said.domains[0].dn = NULL;
}

START_TEST(a_refusal_where_an_ad_is_wanted)
{
    be_faulty(&faults[_i]);
    rig.plan.kind = KIND_AD;
    read_facts();
    expect_unusable(faults[_i].phase, faults[_i].words);
}
END_TEST

START_TEST(a_refusal_where_none_is_wanted)
{
    be_faulty(&faults[_i]);
    read_facts();
    expect_none(faults[_i].words);
    ck_assert(rig.setup.facts_failed);
}
END_TEST

START_TEST(the_own_domain_is_missing)
{
    be_ad();
    said.domains[0] = sales;
    rig.plan.kind = KIND_AD;
    read_facts();
    expect_unusable("names of the domains", "CN=Partitions");
}
END_TEST

START_TEST(a_root_entry_without_contexts)
{
    be_ad();
    said.root.attributes[1 + _i].name = "description";
    rig.plan.kind = KIND_AD;
    read_facts();
    expect_unusable("root entry", "NamingContext");
}
END_TEST

static void garble(const char *bytes, size_t len)
{
    be_ad();
    said.bytes = bytes;
    said.bytes_len = len;
}

/* In the root entry and in each attribute of a domain. */
START_TEST(a_value_that_is_garbled)
{
    static char longer[1025];
    static const struct pxa_span values[] = {
        {"a\0b", 3}, {"a\nb", 3}, {"\x7f", 1}, {longer, sizeof longer}};
    int place = _i % 4;

    memset(longer, 'x', sizeof longer);
    garble(values[_i / 4].at, values[_i / 4].len);
    if (place == 0)
        said.root.attributes[1].values[0] = "BYTES";
    else
        said.domains[0].attributes[place - 1].values[0] = "BYTES";
    read_facts();
    expect_none("garbled");
}
END_TEST

START_TEST(several_values_are_none)
{
    be_ad();
    said.domains[0].attributes[1].values[1] = "OTHER";
    rig.plan.kind = KIND_AD;
    read_facts();
    expect_unusable("names of the domains", "own domain");
}
END_TEST

/* More than one root entry, or than a thousand domains: this is no directory. */
START_TEST(entries_without_end)
{
    static const enum directory_kind kinds[] = {KIND_AUTO, KIND_AD};

    be_ad();
    said.endless = true;
    rig.plan.kind = kinds[_i];
    read_facts();
    expect_unusable("names of the domains", "more entries than there can be");
}
END_TEST

/* Two megabytes each: the second is too much. */
START_TEST(entries_without_measure)
{
    static char much[2 * 1024 * 1024 + 1];

    memset(much, 'x', sizeof much - 1);
    be_ad();
    for (int i = 0; i < 4; i++) {
        said.domains[i] = corp;
        said.domains[i].attributes[3] = (struct attribute){"description", {much}};
    }
    read_facts();
    expect_unusable("names of the domains", "more than there can be");
}
END_TEST

START_TEST(silence)
{
    uint64_t timeout_ms = LATER_SILENT_MS;

    be_ad();
    said.silent = true;
    rig.plan.timeout_ms = timeout_ms;
    read_facts();
    while (ended_before(&rig, "names of the domains")) {
        end_rig(&rig);
        rig = (struct rig){0};
        rig.plan.timeout_ms = timeout_ms *= 4;
        read_facts();
    }
    expect_unusable("names of the domains", "no answer within");
    ck_assert(rig.setup.facts_failed);
}
END_TEST

static void end_after_bind(struct server *server, int fd)
{
    if (read_request(server, fd))
        send_message(fd, good_answer(server));
    read_request(server, fd);
}

START_TEST(the_connection_ends)
{
    rig.server.serve = end_after_bind;
    prepare_rig(&rig);
    rig.setup = (struct setup){.plan = &rig.plan,
                               .address = &rig.address,
                               .purpose = PURPOSE_SERVICE,
                               .wants_facts = true};
    setup_run(&rig.setup);
    expect_unusable("root entry", "the connection ended");
}
END_TEST

/* ---- holding ---- */

START_TEST(they_live_as_long_as_somebody_holds_them)
{
    struct facts *held;

    be_ad();
    read_facts();
    held = facts_hold(facts);
    end_rig(&rig);
    ck_assert_str_eq(held->domains[0].dns, "corp.example.test");
    facts_release(held);
    facts_release(NULL);
}
END_TEST

static TCase *kinds_case(void)
{
    TCase *kinds = tcase_create("what servers are");

    tcase_add_loop_test(kinds, an_active_directory, 0, 2);
    tcase_add_test(kinds, an_old_active_directory_has_no_rule_for_chains);
    tcase_add_loop_test(kinds, what_is_no_active_directory, 0, 3);
    tcase_add_test(kinds, slapd);
    tcase_add_test(kinds, slapd_with_two_databases_has_no_base);
    tcase_add_test(kinds, slapd_whose_suffix_is_empty);
    tcase_add_test(kinds, openldap_is_what_the_option_says);
    tcase_add_test(kinds, ad_is_not_believed);
    tcase_add_test(kinds, nobody_asks);
    tcase_add_test(kinds, they_live_as_long_as_somebody_holds_them);
    return kinds;
}

static TCase *domains_case(void)
{
    TCase *domains = tcase_create("domains");

    tcase_add_test(domains, the_own_domain_is_found_among_others);
    tcase_add_test(domains, a_global_catalog_has_all_of_them);
    tcase_add_test(domains, the_domain_that_is_named_is_the_first_of_a_catalog);
    tcase_add_test(domains, a_catalog_of_another_forest);
    tcase_add_test(domains, a_server_of_another_domain);
    tcase_add_test(domains, the_domain_is_named_in_other_letters);
    tcase_add_test(domains, an_entry_that_is_shown_in_part);
    return domains;
}

static TCase *faults_case(void)
{
    TCase *wrong = tcase_create("what goes wrong");

    tcase_add_loop_test(wrong, a_refusal_where_an_ad_is_wanted, 0, 5);
    tcase_add_loop_test(wrong, a_refusal_where_none_is_wanted, 0, 5);
    tcase_add_test(wrong, the_own_domain_is_missing);
    tcase_add_loop_test(wrong, a_root_entry_without_contexts, 0, 2);
    tcase_add_loop_test(wrong, a_value_that_is_garbled, 0, 16);
    tcase_add_test(wrong, several_values_are_none);
    tcase_add_loop_test(wrong, entries_without_end, 0, 2);
    tcase_add_test(wrong, entries_without_measure);
    tcase_add_test(wrong, silence);
    tcase_add_test(wrong, the_connection_ends);
    tcase_set_timeout(wrong, 60);
    return wrong;
}

Suite *suite(void)
{
    Suite *made = suite_create("facts");

    suite_add_tcase(made, kinds_case());
    suite_add_tcase(made, domains_case());
    suite_add_tcase(made, faults_case());
    return made;
}
