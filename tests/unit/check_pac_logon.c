/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/pac_logon.c: what is found in good PACs, compared as text with what was
 * put in, and walking.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/pac_vectors.h"

#include <inttypes.h>

Suite *suite(void);

/* ---- Printing, in the form of the vectors' texts -------------------------- */

static void print_name(FILE *to, const char *label, struct pxa_span name)
{
    struct block utf8 = block_filled(PXA_UTF8_MAX(name.len));
    struct pxa_written done;

    ck_assert_int_eq(pxa_to_utf8(PXA_UTF16LE, name, utf8.at, utf8.len, &done), PXA_OK);
    fprintf(to, "%s%s%.*s\n", label, done.len > 0 ? " " : "", (int)done.len, utf8.at);
    block_free(utf8);
}

static void print_sid(FILE *to, const char *label, const struct pxa_sid *sid, const char *end)
{
    static const struct pxa_sid none;
    char text[PXA_SID_TEXT_MAX];
    struct pxa_written done;

    ck_assert_int_eq(pxa_sid_text(sid, text, sizeof text, &done), PXA_OK);
    if (memcmp(sid, &none, sizeof none) == 0)
        fprintf(to, "%s%s", label, end);
    else
        fprintf(to, "%s %.*s%s", label, (int)done.len, text, end);
}

static void print_group(FILE *to, const struct pxa_pac_group *group)
{
    static const char *const labels[] = {"group", "extra", "resource"};

    print_sid(to, labels[group->source], &group->sid, "");
    fprintf(to, " 0x%" PRIx32 "\n", group->attributes);
}

static void print_logon(FILE *to, const struct pxa_pac_logon *logon)
{
    struct pxa_pac_walk walk = {0, 0};
    struct pxa_pac_group group;

    print_name(to, "account", logon->account);
    print_name(to, "full_name", logon->full_name);
    print_name(to, "server", logon->server);
    print_name(to, "domain", logon->domain);
    print_sid(to, "domain_sid", &logon->domain_sid, "\n");
    fprintf(to, "user_rid %" PRIu32 "\nprimary_group_rid %" PRIu32 "\n", logon->user_rid,
            logon->primary_group_rid);
    fprintf(to, "user_flags %" PRIu32 "\naccount_control %" PRIu32 "\n", logon->user_flags,
            logon->account_control);
    fprintf(to, "times %" PRIu64 " %" PRIu64 " %" PRIu64, logon->logon_time, logon->logoff_time,
            logon->kickoff_time);
    fprintf(to, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", logon->password_set_time,
            logon->password_may_change_time, logon->password_must_change_time);
    fprintf(to, "counts %u %u\n", logon->logon_count, logon->bad_password_count);
    print_sid(to, "resource_sid", &logon->resource_domain_sid, "\n");
    while (pxa_pac_group_next(logon, &walk, &group) == PXA_OK)
        print_group(to, &group);
}

START_TEST(finds_what_was_put_in)
{
    struct block pac = pac_vector(pac_vectors[_i], "pac");
    struct block expected = pac_vector(pac_vectors[_i], "txt");
    struct pxa_pac_logon logon;
    char *found = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&found, &len);

    ck_assert(to != NULL);
    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_OK);
    ck_assert_uint_eq(logon.fault_at, 0);
    print_logon(to, &logon);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_msg(span_is(block_span(expected), found, len), "found:\n%.3000s", found);
    free(found);
    block_free(expected);
    block_free(pac);
}
END_TEST

/* ---- Walking -------------------------------------------------------------- */

START_TEST(the_walk_ends_and_stays_there)
{
    struct block pac = pac_vector("many-groups", "pac");
    struct pxa_pac_walk walk = {0, 0};
    struct pxa_pac_logon logon;
    struct pxa_pac_group group;
    size_t counts[3] = {0, 0, 0};

    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_OK);
    while (pxa_pac_group_next(&logon, &walk, &group) == PXA_OK)
        counts[group.source]++;
    ck_assert_uint_eq(counts[PXA_GROUP_DOMAIN], 1500);
    ck_assert_uint_eq(counts[PXA_GROUP_EXTRA], 40);
    ck_assert_uint_eq(counts[PXA_GROUP_RESOURCE], 60);
    ck_assert_uint_eq(logon.group_count, 1500);
    ck_assert_uint_eq(logon.extra_count, 40);
    ck_assert_uint_eq(logon.resource_count, 60);
    for (int i = 0; i < 3; i++) {
        memset(&group, BLOCK_FILL, sizeof group);
        ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
        ck_assert_uint_eq(group.sid.sub_count, 0);
        ck_assert_uint_eq(walk.index, 1600);
    }
    block_free(pac);
}
END_TEST

/* Not what the contract asks for, but no reason to read outside of anything. */
START_TEST(a_walk_over_nothing_ends)
{
    struct pxa_pac_logon logon = {.group_count = 1};
    struct pxa_pac_walk walk = {0, 0};
    struct pxa_pac_group group;

    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
    logon = (struct pxa_pac_logon){.extra_count = 1, .extras = {"12345678", 8}};
    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
    logon.extra_sids = (struct pxa_span){"\1\0\0\0\1\1\0\0\0\0\0\5\1\0\0", 15};
    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
    walk.index = SIZE_MAX;
    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pac_logon");
    TCase *tc = tcase_create("pac_logon");

    tcase_add_loop_test(tc, finds_what_was_put_in, 0, PAC_VECTOR_COUNT);
    tcase_add_test(tc, the_walk_ends_and_stays_there);
    tcase_add_test(tc, a_walk_over_nothing_ends);
    suite_add_tcase(s, tc);
    return s;
}
