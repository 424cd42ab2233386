/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PACs of a Samba domain controller and an MIT KDC. Everything expected is what Samba's own reader
 * of PACs said of the same bytes (facts.json: samba_ndr); groups also as Squid's Kerberos helper
 * wrote them.
 */
#include <config.h>

#include "tests/unit/captured.h"

#define DOMAIN "S-1-5-21-3124703876-3805021478-2609598096"
#define OTHER_DOMAIN "S-1-5-21-1001-1002-1003"
#define ASSERTED                                                                                   \
    {                                                                                              \
        "S-1-18", 1, 1, 7, PXA_GROUP_EXTRA                                                         \
    } /* S-1-18-1, in every ticket */
#define NEVER UINT64_C(0x7fffffffffffffff)

enum { BUFFERS_MAX = 7, RANGES_MAX = 6 };

/* The groups FRONT-first to FRONT-last, in this order. */
struct range {
    const char *front;
    uint32_t first, last;
    uint32_t attributes;
    enum pxa_pac_source source;
};

struct vector {
    const char *name;
    const char *account; /* null: no logon info */
    uint32_t rid;
    uint32_t user_flags;
    uint64_t password_set; /* and may be changed at once */
    uint64_t password_must_change;
    struct range ranges[RANGES_MAX];
    size_t groups, extras, resources;
    const char *signature; /* the server's, behind its type; hex */
    struct {
        uint32_t type;
        size_t len;
    } buffers[BUFFERS_MAX];
};

/* clang-format off */
static const struct vector vectors[] = {
    {.name = "ad-pac-5groups.pac", .account = "alice", .rid = 1102, .user_flags = 32,
     .password_set = 134401277772961850, .password_must_change = 134437565772961850,
     .ranges = {{DOMAIN, 513, 513, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1107, 1107, 7, PXA_GROUP_DOMAIN},
                {DOMAIN, 1109, 1109, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1108, 1108, 7, PXA_GROUP_DOMAIN},
                {DOMAIN, 1110, 1110, 7, PXA_GROUP_DOMAIN}, ASSERTED},
     .groups = 5, .extras = 1, .signature = "364b4314e1e98e0ad6645e89",
     .buffers = {{1, 464}, {10, 20}, {12, 152}, {6, 16}, {7, 16}, {16, 16}, {19, 16}}},
    {.name = "ad-pac-1200groups.pac", .account = "many", .rid = 1104, .user_flags = 32,
     .password_set = 134401277773441630, .password_must_change = 134437565773441630,
     .ranges = {{DOMAIN, 513, 513, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1113, 2311, 7, PXA_GROUP_DOMAIN},
                ASSERTED},
     .groups = 1200, .extras = 1, .signature = "5a10a4e38b425819b05ea7ae",
     .buffers = {{1, 10016}, {10, 18}, {12, 152}, {6, 16}, {7, 16}, {16, 16}, {19, 16}}},
    {.name = "ad-pac-utf8.pac", .account = "j\xc3\xbcrgen", .rid = 1103, .user_flags = 32,
     .password_set = 134401277773201260, .password_must_change = 134437565773201260,
     .ranges = {{DOMAIN, 513, 513, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1109, 1109, 7, PXA_GROUP_DOMAIN},
                ASSERTED},
     .groups = 2, .extras = 1, .signature = "a7b89819be9e3176715f8918",
     .buffers = {{1, 440}, {10, 22}, {12, 152}, {6, 16}, {7, 16}, {16, 16}, {19, 16}}},
    {.name = "ad-pac-local.pac", .account = "lena", .rid = 1105, .user_flags = 32,
     .password_set = 134401277773676740, .password_must_change = 134437565773676740,
     .ranges = {{DOMAIN, 513, 513, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1111, 1112, 7, PXA_GROUP_DOMAIN},
                ASSERTED},
     .groups = 3, .extras = 1, .signature = "4747b99acf80b710ded0a0ec",
     .buffers = {{1, 440}, {10, 18}, {12, 152}, {6, 16}, {7, 16}, {16, 16}, {19, 16}}},
    {.name = "made-pac-resource.pac", .account = "lena", .rid = 1105, .user_flags = 544,
     .password_set = 134401277773676740, .password_must_change = 134437565773676740,
     .ranges = {{DOMAIN, 513, 513, 7, PXA_GROUP_DOMAIN}, {DOMAIN, 1111, 1112, 7, PXA_GROUP_DOMAIN},
                ASSERTED, {OTHER_DOMAIN, 1104, 1104, 7, PXA_GROUP_EXTRA},
                {OTHER_DOMAIN, 4294967295, 4294967295, 536870919, PXA_GROUP_EXTRA}},
     .groups = 3, .extras = 3, .resources = 3, .signature = "4747b99acf80b710ded0a0ec",
     .buffers = {{1, 576}, {10, 18}, {12, 152}, {6, 16}, {7, 16}, {16, 16}, {19, 16}}},
    {.name = "mit.pac", .signature = "7e14d324896306427766eb1f",
     .buffers = {{10, 20}, {16, 16}, {6, 16}, {7, 16}}},
};

/* Behind the others in made-pac-resource.pac. */
static const struct range made_resources[] = {
    {DOMAIN, 1201, 1202, 536870919, PXA_GROUP_RESOURCE},
    {DOMAIN, 70000, 70000, 536870919, PXA_GROUP_RESOURCE},
};

/* What Squid's helper said for the ticket with the PAC of 5 groups: group=... */
static const char *const squid_groups[] = {
    "AQUAAAAAAAUVAAAAhDI/uiYFzOKQToubAQIAAA==", "AQUAAAAAAAUVAAAAhDI/uiYFzOKQToubUwQAAA==",
    "AQUAAAAAAAUVAAAAhDI/uiYFzOKQToubVQQAAA==", "AQUAAAAAAAUVAAAAhDI/uiYFzOKQToubVAQAAA==",
    "AQUAAAAAAAUVAAAAhDI/uiYFzOKQToubVgQAAA==", "AQEAAAAAABIBAAAA",
};
/* clang-format on */

enum {
    VECTOR_COUNT = sizeof vectors / sizeof vectors[0],
    MADE_RESOURCE_COUNT = sizeof made_resources / sizeof made_resources[0],
    SQUID_GROUP_COUNT = sizeof squid_groups / sizeof squid_groups[0]
};

static void expect_sid(const struct pxa_sid *sid, const char *expected)
{
    char text[PXA_SID_TEXT_MAX + 1];
    struct pxa_written done;

    ck_assert_int_eq(pxa_sid_text(sid, text, PXA_SID_TEXT_MAX, &done), PXA_OK);
    text[done.len] = '\0';
    ck_assert_str_eq(text, expected);
}

START_TEST(buffers)
{
    const struct vector *vector = &vectors[_i];
    struct block pac = captured_file(vector->name);
    struct pxa_cursor cursor = {block_span(pac), 0};
    struct pxa_pac_buffer buffer;
    size_t count = 0;

    while (pxa_pac_next(&cursor, &buffer) == PXA_OK) {
        ck_assert_uint_lt(count, BUFFERS_MAX);
        ck_assert_uint_eq(buffer.type, vector->buffers[count].type);
        ck_assert_uint_eq(buffer.data.len, vector->buffers[count].len);
        if (buffer.type == PXA_PAC_SERVER_CHECKSUM)
            ck_assert(span_is_hex((struct pxa_span){buffer.data.at + 4, buffer.data.len - 4},
                                  vector->signature));
        count++;
    }
    ck_assert_int_eq(pxa_pac_next(&cursor, &buffer), PXA_END);
    ck_assert(count == BUFFERS_MAX || vector->buffers[count].type == 0);
    block_free(pac);
}
END_TEST

static bool is_utf16(struct pxa_span span, const char *text)
{
    return span_is_text(span, PXA_UTF16LE, text);
}

static void expect_logon(const struct pxa_pac_logon *logon, const struct vector *vector)
{
    ck_assert(is_utf16(logon->account, vector->account));
    ck_assert(is_utf16(logon->full_name, ""));
    ck_assert(is_utf16(logon->server, "DC1"));
    ck_assert(is_utf16(logon->domain, "CORP"));
    expect_sid(&logon->domain_sid, DOMAIN);
    ck_assert_uint_eq(logon->user_rid, vector->rid);
    ck_assert_uint_eq(logon->primary_group_rid, 513);
    ck_assert_uint_eq(logon->user_flags, vector->user_flags);
    ck_assert_uint_eq(logon->account_control, 16);
    ck_assert_uint_eq(logon->logon_time, 0);
    ck_assert_uint_eq(logon->logoff_time, NEVER);
    ck_assert_uint_eq(logon->kickoff_time, NEVER);
    ck_assert_uint_eq(logon->password_set_time, vector->password_set);
    ck_assert_uint_eq(logon->password_may_change_time, vector->password_set);
    ck_assert_uint_eq(logon->password_must_change_time, vector->password_must_change);
    ck_assert_uint_eq(logon->logon_count, 0);
    ck_assert_uint_eq(logon->bad_password_count, 0);
    ck_assert_uint_eq(logon->group_count, vector->groups);
    ck_assert_uint_eq(logon->extra_count, vector->extras);
    ck_assert_uint_eq(logon->resource_count, vector->resources);
}

/* Takes the groups of RANGE from the walk. */
static void expect_range(const struct pxa_pac_logon *logon, struct pxa_pac_walk *walk,
                         const struct range *range)
{
    for (uint64_t rid = range->first; rid <= range->last; rid++) {
        struct pxa_pac_group group;
        char expected[PXA_SID_TEXT_MAX + 1];

        ck_assert_int_eq(pxa_pac_group_next(logon, walk, &group), PXA_OK);
        (void)snprintf(expected, sizeof expected, "%s-%llu", range->front, (unsigned long long)rid);
        expect_sid(&group.sid, expected);
        ck_assert_uint_eq(group.attributes, range->attributes);
        ck_assert_int_eq(group.source, range->source);
    }
}

START_TEST(logon_info)
{
    const struct vector *vector = &vectors[_i];
    struct block pac = captured_file(vector->name);
    struct pxa_pac_logon logon;
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_group group;
    enum pxa_status status = pxa_pac_logon_decode(block_span(pac), &logon);

    ck_assert_int_eq(status, vector->account ? PXA_OK : PXA_NO_PAC_BUFFER);
    if (vector->account)
        expect_logon(&logon, vector);
    for (size_t i = 0; i < RANGES_MAX && vector->ranges[i].front; i++)
        expect_range(&logon, &walk, &vector->ranges[i]);
    for (size_t i = 0; i < MADE_RESOURCE_COUNT && vector->resources > 0; i++)
        expect_range(&logon, &walk, &made_resources[i]);
    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
    if (vector->resources > 0)
        expect_sid(&logon.resource_domain_sid, DOMAIN);
    block_free(pac);
}
END_TEST

/* Squid's helper read the same groups out of the same ticket. */
START_TEST(as_squid_reads_it)
{
    struct block pac = captured_file("ad-pac-5groups.pac");
    struct pxa_pac_logon logon;
    struct pxa_pac_walk walk = {0};
    struct pxa_pac_group group;

    ck_assert_int_eq(pxa_pac_logon_decode(block_span(pac), &logon), PXA_OK);
    for (size_t i = 0; i < SQUID_GROUP_COUNT; i++) {
        char binary[64];
        struct pxa_written done;
        struct pxa_sid sid;

        ck_assert_int_eq(pxa_base64_decode(span_of(squid_groups[i]), binary, sizeof binary, &done),
                         PXA_OK);
        ck_assert_int_eq(pxa_sid_decode((struct pxa_span){binary, done.len}, &sid, NULL), PXA_OK);
        ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_OK);
        ck_assert_uint_eq(group.sid.sub_count, sid.sub_count);
        ck_assert_mem_eq(group.sid.authority, sid.authority, sizeof sid.authority);
        ck_assert_mem_eq(group.sid.sub, sid.sub, sid.sub_count * sizeof sid.sub[0]);
    }
    ck_assert_int_eq(pxa_pac_group_next(&logon, &walk, &group), PXA_END);
    block_free(pac);
}
END_TEST

bool captured_pac_has(const char *name)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return true;
    return false;
}

TCase *captured_pac(void)
{
    TCase *tc = tcase_create("pac");

    tcase_add_loop_test(tc, buffers, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, logon_info, 0, VECTOR_COUNT);
    tcase_add_test(tc, as_squid_reads_it);
    return tc;
}
