/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the formats in helpers/files: digest_lines, password_lines, smbpasswd_lines. What a line
 * means comes from the headers, which have it from htdigest(1), htpasswd(1), smbpasswd(5) and
 * digest_file_auth(8). The hashes are nobody's.
 */
#include <config.h>

#include "helpers/files/digest_lines.h"
#include "helpers/files/password_lines.h"
#include "helpers/files/smbpasswd_lines.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

#define HA1 "0a9c3cba36d9e0a1d6da1b4d5b0a6a45"
#define HA1_UPPER "0A9C3CBA36D9E0A1D6DA1B4D5B0A6A45"
#define LM "AAD3B435B51404EEAAD3B435B51404EE"
#define NT "878D8014606CDA29677A44EFA1353FC7"
#define XS "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

/* A line, and the record that it is, or a part of what is wrong with it. */
struct example {
    const char *line;
    const char *key;
    const char *user;
    const char *realm;
    const char *value;
    unsigned kind;
    const char *fault;
};

static void check_span(const char *line, const char *part, struct pxa_span got, const char *want)
{
    ck_assert_msg(got.len == strlen(want) && (got.len == 0 || !memcmp(got.at, want, got.len)),
                  "%s of '%s': '%.*s'", part, line, (int)got.len, got.at);
}

/* The line stands in a block of its own length, so that a sanitizer sees what reads beyond it. */
static void check_example(const struct file_format *format, const struct example *example)
{
    size_t len = strlen(example->line);
    char *block = malloc(len > 0 ? len : 1);
    struct file_record record;
    const char *fault;

    ck_assert_ptr_nonnull(block);
    memcpy(block, example->line, len);
    fault = format->split(format->context, (struct pxa_span){block, len}, &record);
    if (example->fault) {
        ck_assert_msg(fault && strstr(fault, example->fault), "'%s': %s", example->line,
                      fault ? fault : "taken");
    } else {
        ck_assert_msg(!fault, "'%s': %s", example->line, fault);
        check_span(example->line, "key", record.key, example->key);
        check_span(example->line, "user", record.user, example->user);
        check_span(example->line, "realm", record.realm, example->realm);
        check_span(example->line, "value", record.value, example->value);
        ck_assert_msg(record.kind == example->kind, "kind of '%s': %u", example->line, record.kind);
    }
    free(block);
}

#define CHECK_ALL(format, examples)                                                                \
    do {                                                                                           \
        for (size_t one = 0; one < sizeof(examples) / sizeof(examples)[0]; one++)                  \
            check_example((format), &(examples)[one]);                                             \
    } while (0)

#define HASH .kind = DIGEST_RECORD_HASH
#define PASSWORD .kind = DIGEST_RECORD_PASSWORD

START_TEST(digest_hashes_only)
{
    static const struct example examples[] = {
        {"alice:lab:" HA1, "alice:lab", "alice", "lab", HA1, HASH},
        {"alice:lab:" HA1_UPPER, "alice:lab", "alice", "lab", HA1_UPPER, HASH},
        {"alice:a:b:c:" HA1, "alice:a:b:c", "alice", "a:b:c", HA1, HASH},
        {"al ice:Our Lab:" HA1, "al ice:Our Lab", "al ice", "Our Lab", HA1, HASH},
        {"\xc3\xa9:lab:" HA1, "\xc3\xa9:lab", "\xc3\xa9", "lab", HA1, HASH},
        {"alice:" HA1, "alice", "alice", "", HA1, HASH},
        {"alice::" HA1, "alice:", "alice", "", HA1, HASH},
        {"alice:lab:{HHA1}" HA1, "alice:lab", "alice", "lab", HA1, HASH},
        {"alice", .fault = "no colon"},
        {"", .fault = "no colon"},
        {":lab:" HA1, .fault = "no user"},
        {"alice:lab:secret", .fault = "32 hex digits"},
        {"alice:lab:", .fault = "32 hex digits"},
        {"alice:lab:" HA1 "0", .fault = "32 hex digits"},
        {"alice:lab:0a9c3cba36d9e0a1d6da1b4d5b0a6a4", .fault = "32 hex digits"},
        {"alice:lab:0a9c3cba36d9e0a1d6da1b4d5b0a6a4g", .fault = "32 hex digits"},
        {"alice:lab:ga9c3cba36d9e0a1d6da1b4d5b0a6a45", .fault = "32 hex digits"},
        {"alice:lab:" HA1 " ", .fault = "32 hex digits"},
        {"alice:lab:" HA1 ":", .fault = "32 hex digits"},
    };
    const struct digest_lines lines = {.hashes_only = true};
    const struct file_format format = digest_lines_format(&lines);

    CHECK_ALL(&format, examples);
}
END_TEST

/* Every byte that is no hex digit, at every place. */
START_TEST(digest_hash_digits)
{
    const struct digest_lines lines = {.hashes_only = true};
    const struct file_format format = digest_lines_format(&lines);
    char line[] = "u:r:" HA1;
    struct file_record record;

    for (size_t at = 4; at < sizeof line - 1; at++) {
        char kept = line[at];

        for (int byte = 0; byte < 256; byte++) {
            bool good = byte != 0 && strchr("0123456789abcdefABCDEF", byte);

            line[at] = (char)byte;
            if (byte == ':') /* another last colon */
                good = false;
            ck_assert_msg(
                !format.split(&lines, (struct pxa_span){line, sizeof line - 1}, &record) == good,
                "byte %d at %zu", byte, at);
        }
        line[at] = kept;
    }
}
END_TEST

START_TEST(digest_mixed)
{
    static const struct example examples[] = {
        {"alice:secret", "alice", "alice", "", "secret", PASSWORD},
        {"alice:a:b", "alice", "alice", "", "a:b", PASSWORD},
        {"alice:lab:secret", "alice:lab", "alice", "lab", "secret", PASSWORD},
        {"alice:lab:s:e:c", "alice:lab", "alice", "lab", "s:e:c", PASSWORD},
        {"alice:Our Lab: x ", "alice:Our Lab", "alice", "Our Lab", " x ", PASSWORD},
        {"alice:la:secret", "alice", "alice", "", "la:secret", PASSWORD},
        {"alice:labs:secret", "alice", "alice", "", "labs:secret", PASSWORD},
        {"alice:Lab:secret", "alice", "alice", "", "Lab:secret", PASSWORD},
        {"alice:lab", "alice", "alice", "", "lab", PASSWORD},
        {"alice:lab:{HHA1}" HA1, "alice:lab", "alice", "lab", HA1, HASH},
        {"alice:any:{HHA1}" HA1_UPPER, "alice:any", "alice", "any", HA1_UPPER, HASH},
        {"alice:{HHA1}" HA1, "alice", "alice", "", HA1, HASH},
        {"alice:" HA1, "alice", "alice", "", HA1, PASSWORD},
        {"alice:any:" HA1, "alice", "alice", "", "any:" HA1, PASSWORD},
        {"alice:lab:" HA1, "alice:lab", "alice", "lab", HA1, PASSWORD},
        {"alice:{hha1}" HA1, "alice", "alice", "", "{hha1}" HA1, PASSWORD},
        {"alice:x{HHA1}" HA1, "alice", "alice", "", "x{HHA1}" HA1, PASSWORD},
        {"alice:{HHA1", "alice", "alice", "", "{HHA1", PASSWORD},
        {"alice:{HHA1}", .fault = "32 hex digits"},
        {"alice:lab:{HHA1}secret", .fault = "32 hex digits"},
        {"alice:", .fault = "empty"},
        {"alice:lab:", .fault = "empty"},
        {"alice", .fault = "no colon"},
        {":secret", .fault = "no user"},
    };
    char lab[] = "lab", our_lab[] = "Our Lab";
    char *names[] = {our_lab, lab};
    const struct option_list realms = {names, 2};
    const struct digest_lines lines = {.realms = &realms};
    const struct file_format format = digest_lines_format(&lines);

    CHECK_ALL(&format, examples);
}
END_TEST

START_TEST(digest_without_a_list)
{
    static const struct example examples[] = {
        {"alice:lab:secret", "alice", "alice", "", "lab:secret", PASSWORD},
        {"alice::secret", "alice", "alice", "", ":secret", PASSWORD},
    };
    const struct option_list none = {NULL, 0};
    struct digest_lines lines = {.realms = &none};
    const struct file_format format = digest_lines_format(&lines);

    CHECK_ALL(&format, examples);
    lines.realms = NULL;
    CHECK_ALL(&format, examples);
}
END_TEST

START_TEST(digest_counts)
{
    static const char *const texts[] = {
        "a:lab:{HHA1}" HA1, "b:{HHA1}" HA1, "c:secret", "d:" HA1,
        "e:x:" HA1_UPPER,   "f:x" HA1,      "g:0" HA1,
    };
    const struct digest_lines lines = {.realms = NULL};
    const struct file_format format = digest_lines_format(&lines);
    struct digest_tally tally = {0};
    struct file_record record;

    ck_assert_uint_eq(format.tally_size, sizeof tally);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_ptr_null(
            format.split(&lines, (struct pxa_span){texts[i], strlen(texts[i])}, &record));
        format.count(&lines, &record, &tally);
    }
    ck_assert_uint_eq(tally.without_realm, 6);
    ck_assert_uint_eq(tally.passwords, 5);
    ck_assert_uint_eq(tally.looks_like_hash, 2);
}
END_TEST

START_TEST(password_lines)
{
    static const struct file_format format = {.split = password_lines_split};
    static const struct example examples[] = {
        {"alice:$apr1$abc$0123456789", "alice", "alice", "", "$apr1$abc$0123456789", .kind = 0},
        {"alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "alice", "alice", "",
         "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", .kind = 0},
        {"alice:$y$j9T$a:19000:0:99999:7:::", "alice", "alice", "", "$y$j9T$a", .kind = 0},
        {"al ice:x", "al ice", "al ice", "", "x", .kind = 0},
        {"alice:x:", "alice", "alice", "", "x", .kind = 0},
        {"alice: x ", "alice", "alice", "", " x ", .kind = 0},
        {"alice", .fault = "no colon"},
        {"", .fault = "no colon"},
        {":x", .fault = "no user"},
        {"alice:", .fault = "no hash"},
        {"alice::x", .fault = "no hash"},
    };

    CHECK_ALL(&format, examples);
}
END_TEST

#define ACTIVE .kind = SMBPASSWD_ACTIVE
#define DISABLED .kind = SMBPASSWD_DISABLED
#define NO_PASSWORD .kind = SMBPASSWD_NO_PASSWORD

START_TEST(smbpasswd_lines)
{
    static const struct example examples[] = {
        {"alice:1000:" LM ":" NT ":[U          ]:LCT-5F3C1A2B:", "alice", "alice", "", NT, ACTIVE},
        {"alice:1000:" XS ":" NT ":[U ]:LCT-5F3C1A2B:", "alice", "alice", "", NT, ACTIVE},
        {"alice:1000:" XS ":" NT ":[UX]", "alice", "alice", "", NT, ACTIVE},
        {"alice:0::" NT ":[U]:", "alice", "alice", "", NT, ACTIVE},
        {"Al Ice:1000:" LM ":" NT ":[U]:x", "Al Ice", "Al Ice", "", NT, ACTIVE},
        {"alice:1000:" LM ":" NT ":[DU        ]:LCT-0:", "alice", "alice", "", NT, DISABLED},
        {"alice:1000:" LM ":" NT ":[UD]:LCT-0:", "alice", "alice", "", NT, DISABLED},
        {"alice:1000:" LM ":" NT ":[UL         ]:LCT-0:", "alice", "alice", "", NT, DISABLED},
        {"pc$:1000:" LM ":" NT ":[W          ]:LCT-0:", "pc$", "pc$", "", NT, DISABLED},
        {"alice:1000:" LM ":" NT ":[]:LCT-0:", "alice", "alice", "", NT, DISABLED},
        {"alice:1000:" XS ":" XS ":[U]:LCT-0:", "alice", "alice", "", XS, NO_PASSWORD},
        {"alice:1:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU]:LCT-0:",
         "alice", "alice", "", "NO PASSWORDXXXXXXXXXXXXXXXXXXXXX", NO_PASSWORD},
        {"alice:1000:" LM ":" NT ":[NU]:LCT-0:", "alice", "alice", "", NT, NO_PASSWORD},
        {"alice", .fault = "user:uid:LM:NT"},
        {"", .fault = "user:uid:LM:NT"},
        {"alice:1000:" LM ":" NT, .fault = "user:uid:LM:NT"},
        {"alice:1000", .fault = "user:uid:LM:NT"},
        {":1000:" LM ":" NT ":[U]:", .fault = "no user"},
        {"alice:1000:" LM ":" NT "0:[U]:", .fault = "32 characters"},
        {"alice:1000:" LM "::[U]:", .fault = "32 characters"},
        {"alice:1000:" LM ":" NT ":U:", .fault = "brackets"},
        {"alice:1000:" LM ":" NT ":[U:", .fault = "brackets"},
        {"alice:1000:" LM ":" NT "::", .fault = "brackets"},
        {"alice:1000:" LM ":" NT ":[:]:", .fault = "brackets"},
    };

    ck_assert(smbpasswd_format.ignore_case);
    CHECK_ALL(&smbpasswd_format, examples);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("file_lines");
    TCase *tc = tcase_create("file_lines");

    tcase_add_test(tc, digest_hashes_only);
    tcase_add_test(tc, digest_hash_digits);
    tcase_add_test(tc, digest_mixed);
    tcase_add_test(tc, digest_without_a_list);
    tcase_add_test(tc, digest_counts);
    tcase_add_test(tc, password_lines);
    tcase_add_test(tc, smbpasswd_lines);
    suite_add_tcase(s, tc);
    return s;
}
