/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/passwords/hash*.c. What fits comes from other programs and from publications
 * (tests/unit/hash_vectors.h); what does not is one change away from it. Forms are those of
 * crypt(5).
 */
#include <config.h>

#include "helpers/passwords/hash.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/unit/hash_vectors.h"

Suite *suite(void);

enum { MADE = sizeof made_hashes / sizeof *made_hashes };
enum { PUBLISHED = sizeof published_hashes / sizeof *published_hashes };

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static enum hash_verdict verify_bytes(struct pxa_span hash, const char *password, size_t len)
{
    struct hash_work *work = hash_work_new();
    struct secret *secret = secret_copy(password, len);
    /* At the very end of its memory, so that a read behind it is seen. */
    char *exact = malloc(hash.len ? hash.len : 1);
    enum hash_verdict verdict;

    ck_assert(work && secret && exact);
    memcpy(exact, hash.at, hash.len);
    verdict = hash_verify(work, (struct pxa_span){exact, hash.len}, secret);
    free(exact);
    secret_free(&secret);
    hash_work_free(work);
    return verdict;
}

static enum hash_verdict verify(const char *hash, const char *password)
{
    return verify_bytes(span_of(hash), password, strlen(password));
}

static void check_vector(const struct hash_vector *vector)
{
    char other[128];
    size_t len = strlen(vector->password);

    ck_assert_msg(hash_scheme_of(span_of(vector->hash)) == vector->scheme, "%s: scheme %d",
                  vector->source, hash_scheme_of(span_of(vector->hash)));
    ck_assert_msg(verify(vector->hash, vector->password) == HASH_FITS, "%s does not fit",
                  vector->source);
    snprintf(other, sizeof other, "%s", vector->password);
    if (len > 0) {
        other[len - 1] ^= 1;
        ck_assert_msg(verify(vector->hash, other) == HASH_DIFFERS, "%s: last bit", vector->source);
        ck_assert_msg(verify(vector->hash, "") == HASH_DIFFERS, "%s: empty", vector->source);
    }
    snprintf(other, sizeof other, "%sx", vector->password);
    ck_assert_msg(verify(vector->hash, other) == HASH_DIFFERS, "%s: longer", vector->source);
}

START_TEST(what_other_programs_make)
{
    check_vector(&made_hashes[_i]);
}
END_TEST

START_TEST(what_is_published)
{
    check_vector(&published_hashes[_i]);
}
END_TEST

/* Lengths around the blocks of MD5, salts of one to eight characters. */
START_TEST(apr1_of_every_shape)
{
    static const char cycle[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char password[256];
    size_t i;

    for (i = 0; i < sizeof password; i++)
        password[i] = cycle[i % (sizeof cycle - 1)];
    for (i = 0; i < sizeof apr1_hashes / sizeof *apr1_hashes; i++) {
        struct pxa_span hash = span_of(apr1_hashes[i].hash);

        ck_assert_msg(verify_bytes(hash, password, apr1_hashes[i].len) == HASH_FITS,
                      "%zu characters", apr1_hashes[i].len);
        ck_assert(verify_bytes(hash, password, apr1_hashes[i].len - 1) == HASH_DIFFERS);
    }
}
END_TEST

static bool is_salted_digest(enum hash_scheme scheme)
{
    return scheme == HASH_SSHA || scheme == HASH_SSHA256 || scheme == HASH_SSHA512 ||
           scheme == HASH_SMD5;
}

/* Hashes without a prefix: the beginning of one may have the form of a shorter DES hash. */
static bool may_be_des(enum hash_scheme scheme, size_t len)
{
    return (scheme == HASH_DES || scheme == HASH_MD5_HEX) && len % 11 == 2;
}

/* The beginnings of a hash are of no scheme; nobody can tell where the salt of a digest ends. */
START_TEST(cut_short)
{
    const struct hash_vector *vector = &made_hashes[_i];
    size_t named = strncmp(vector->hash, "{CRYPT}", 7) == 0 ? 7 : 0;
    size_t len;

    if (is_salted_digest(vector->scheme))
        return;
    for (len = 0; len < strlen(vector->hash); len++) {
        if (may_be_des(vector->scheme, len - named))
            continue;
        ck_assert_msg(hash_scheme_of((struct pxa_span){vector->hash, len}) == HASH_UNKNOWN,
                      "%s, %zu characters", vector->source, len);
    }
}
END_TEST

START_TEST(something_behind)
{
    const struct hash_vector *vector = &made_hashes[_i];
    static const char *const ends[] = {".", " ", "\r", "$"};
    char longer[HASH_LEN_MAX];
    size_t i;

    for (i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(longer, sizeof longer, "%s%s", vector->hash, ends[i]);
        ck_assert_msg(hash_scheme_of(span_of(longer)) == HASH_UNKNOWN, "%s", vector->source);
    }
}
END_TEST

START_TEST(no_scheme)
{
    static const char *const hashes[] = {
        "",
        "x",
        "*",
        "!",
        "*0",
        "*1",
        "!$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/",
        "plaintext",
        "with blank in",
        "{SHA}",
        "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKN==",  /* 19 bytes */
        "{SHA}VBPuJHI7uixaa6LQGWx4s-5GKNE=",  /* not the alphabet */
        "{SSHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", /* no salt */
        "{SHA1}VBPuJHI7uixaa6LQGWx4s+5GKNE=",
        "{CLEARTEXT}secret",
        "{CRYPT}",
        "{CRYPT}{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=",
        "{CRYPT}$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/",
        "$apr1$r31......$HqJZimcKQFAMYayBlzkrA/", /* nine characters of salt */
        "$apr1$r3$.....$HqJZimcKQFAMYayBlzkrA/",
        "$apr1$HqJZimcKQFAMYayBlzkrA/",
        "$apr1$$",
        "$9$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
        "$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ/iyh7uJ0LO2aLEfrHwTWll",
        "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBB!WEc8",
        "900150983cd24fb0d6963f7d28e17f7g",
        "_J9..pXgqDwmPp8Aceo!",
    };
    size_t i;

    for (i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        ck_assert_msg(hash_scheme_of(span_of(hashes[i])) == HASH_UNKNOWN, "%s", hashes[i]);
        ck_assert_msg(hash_cost_of(span_of(hashes[i])).len == 0, "%s", hashes[i]);
        ck_assert_msg(verify(hashes[i], "secret") == HASH_CANNOT, "%s", hashes[i]);
        ck_assert_msg(verify(hashes[i], hashes[i]) == HASH_CANNOT, "%s", hashes[i]);
    }
}
END_TEST

START_TEST(too_long)
{
    static const char digits[] = "1000000000000000000000000000000000000000000000000000000000000000";
    char hash[2 * HASH_LEN_MAX];
    size_t len = 0;

    /* An impossible number of rounds, 384 characters and more in all: libxcrypt's buffer ends. */
    while (len < 400)
        len += (size_t)snprintf(hash + len, sizeof hash - len, "%s%s",
                                len ? "" : "$5$rounds=", digits);
    snprintf(hash + len, sizeof hash - len, "$salt$%s", strrchr(published_hashes[4].hash, '$') + 1);
    ck_assert_int_eq(hash_scheme_of(span_of(hash)), HASH_UNKNOWN);
    ck_assert_int_eq(verify(hash, "x"), HASH_CANNOT);
    /* A salted digest whose salt is longer than all that is looked at. */
    memset(hash, 'A', sizeof hash);
    memcpy(hash, "{SSHA}", 6);
    ck_assert_int_eq(hash_scheme_of((struct pxa_span){hash, 1022}), HASH_SSHA);
    ck_assert_int_eq(hash_scheme_of((struct pxa_span){hash, 1026}), HASH_UNKNOWN);
    ck_assert_int_eq(hash_scheme_of((struct pxa_span){hash, sizeof hash}), HASH_UNKNOWN);
}
END_TEST

/* The form is right, and libxcrypt refuses what is in it, with '*0' in place of a hash. */
START_TEST(refused_by_libxcrypt)
{
    static const char *const hashes[] = {
        "$2b$99$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    };
    char password[600];
    size_t i;

    for (i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        ck_assert_msg(verify(hashes[i], "U*U") == HASH_CANNOT, "%s", hashes[i]);
        ck_assert_msg(verify(hashes[i], "*0") == HASH_CANNOT, "%s", hashes[i]);
    }
    memset(password, 'a', sizeof password);
    ck_assert_int_eq(verify_bytes(span_of(published_hashes[4].hash), password, 511), HASH_DIFFERS);
    ck_assert_int_eq(verify_bytes(span_of(published_hashes[4].hash), password, 512), HASH_CANNOT);
}
END_TEST

/* Not even the part before the NUL byte counts. */
START_TEST(nul_in_the_password)
{
    ck_assert_int_eq(verify_bytes(span_of(published_hashes[7].hash), "U*U\0", 4), HASH_DIFFERS);
    ck_assert_int_eq(verify_bytes(span_of(published_hashes[7].hash), "U*U\0x", 5), HASH_DIFFERS);
    ck_assert_int_eq(verify_bytes(span_of(published_hashes[3].hash), "myPassword\0", 11),
                     HASH_DIFFERS);
}
END_TEST

/* `mkpasswd -m descrypt -S ab 12345678` and DES with a longer password: crypt(3) of it gives the
 * same text, since it does not look at the ninth byte. */
START_TEST(des_takes_eight_bytes)
{
    ck_assert_int_eq(verify("ab1iBa.N.U2C6", "12345678"), HASH_FITS);
    ck_assert_int_eq(verify("ab1iBa.N.U2C6", "123456789"), HASH_DIFFERS);
    ck_assert_int_eq(verify("{crypt}ab1iBa.N.U2C6", "12345678"), HASH_FITS);
    ck_assert_int_eq(verify("{crypt}ab1iBa.N.U2C6", "123456789"), HASH_DIFFERS);
}
END_TEST

START_TEST(names_in_any_case)
{
    ck_assert_int_eq(verify("{sha}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "myPassword"), HASH_FITS);
    ck_assert_int_eq(verify("{Sha}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "mypassword"), HASH_DIFFERS);
    ck_assert_int_eq(hash_scheme_of(span_of("{sMd5}xy3DmsKEKPHQ7nsiWkcfcRXw7WI=")), HASH_SMD5);
}
END_TEST

START_TEST(costs)
{
    static const char *const cases[][2] = {
        {"$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC", "$2y$05$"},
        {"$y$j9T$urs38BsJlCrR4P6mKMlsW.$TnlEQmL2szGfyB7dF0Px57PxPTYs2Y9/EceDqPRN76/", "$y$j9T$"},
        {"$gy$j9T$4LZxde4k4DqKFZGIoVkjl/$fDp/zMaEDTo9n7fA0q9x3SK/plLfkYU8v9iZmrzj9X5", "$gy$j9T$"},
        {"$7$CU..../....0o1WDXy8oA.uV9x1v9kIm.$wDwNJpetGjlofSFvmZjiMs46vDcV/tkDIuye2q.bUo7",
         "$7$CU..../...."},
        {"$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8"
         "vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
         "$6$rounds=10000$"},
        {"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "$5$"},
        {"{CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", "$5$"},
        {"$sha1$40000$jtNX3nZ2$hBNaIXkt4wBI2o5rsi8KejSjNqIq", "$sha1$40000$"},
        {"$md5,rounds=73153$xxGQMseM$$TJ8zH6GcvuiLX25jH2kVx/", "$md5,rounds=73153$"},
        {"$1$XFE1mPAp$9qJPO/WRJwv5n2VDjcuRa1", "$1$"},
        {"_J9..pXgqDwmPp8AceoM", "_J9.."},
        {"$3$$0774b290f95764d79d7c544f235398a7", "$3$"},
        {"$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/", "$apr1$"},
        {"{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=", "{SHA}"},
        {"{SSHA}BK4q2g0+m389ujwJb8H38DZL2QUZAcZ8", "{SSHA}"},
        {"rqXexS6ZhobKA", "DES"},
        {"900150983cd24fb0d6963f7d28e17f72", "MD5"},
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pxa_span cost = hash_cost_of(span_of(cases[i][0]));

        ck_assert_msg(cost.len == strlen(cases[i][1]) && !memcmp(cost.at, cases[i][1], cost.len),
                      "%s: %.*s", cases[i][0], (int)cost.len, cost.at);
    }
}
END_TEST

START_TEST(weak_ones)
{
    static const enum hash_scheme weak[] = {HASH_DES, HASH_MD5, HASH_SMD5, HASH_MD5_HEX};
    static const enum hash_scheme others[] = {HASH_UNKNOWN, HASH_CRYPT,  HASH_APR1,
                                              HASH_SHA,     HASH_SSHA,   HASH_SHA256,
                                              HASH_SSHA256, HASH_SHA512, HASH_SSHA512};
    size_t i;

    for (i = 0; i < sizeof weak / sizeof *weak; i++)
        ck_assert(hash_scheme_is_weak(weak[i]));
    for (i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert(!hash_scheme_is_weak(others[i]));
}
END_TEST

/* yescrypt asks the system for 16 MB; not to get them says nothing about the password. */
START_TEST(memory_is_out)
{
    static const char hash[] =
        "$y$j9T$urs38BsJlCrR4P6mKMlsW.$TnlEQmL2szGfyB7dF0Px57PxPTYs2Y9/EceDqPRN76/";
    struct hash_work *work = hash_work_new();
    struct secret *secret = secret_copy(MADE_PASSWORD, strlen(MADE_PASSWORD));
    struct rlimit before, little;
    enum hash_verdict verdict;

    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    little = (struct rlimit){.rlim_cur = 1, .rlim_max = before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &little), 0);
    verdict = hash_verify(work, span_of(hash), secret);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(verdict, HASH_TROUBLE);
    ck_assert_int_eq(hash_verify(work, span_of(hash), secret), HASH_FITS);
    secret_free(&secret);
    hash_work_free(work);
}
END_TEST

static bool make(const char *prefix, unsigned long cost, const char *password, char *out,
                 size_t cap)
{
    struct hash_work *work = hash_work_new();
    struct secret *secret = secret_copy(password, strlen(password));
    bool made = hash_make(work, prefix, cost, secret, out, cap);

    secret_free(&secret);
    hash_work_free(work);
    return made;
}

START_TEST(making)
{
    static const struct {
        const char *prefix;
        unsigned long cost;
        const char *begins;
    } cases[] = {
        {"$y$", 1, "$y$j75$"}, /* as mkpasswd -m yescrypt -R 1 */
        {"$2b$", 4, "$2b$04$"},
        {"$6$", 1000, "$6$rounds=1000$"},
        {"$6$", 0, "$6$"},
    };
    char first[HASH_LEN_MAX];
    char second[HASH_LEN_MAX];
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert(make(cases[i].prefix, cases[i].cost, "s3cret", first, sizeof first));
        ck_assert(make(cases[i].prefix, cases[i].cost, "s3cret", second, sizeof second));
        ck_assert_msg(!strncmp(first, cases[i].begins, strlen(cases[i].begins)), "%s", first);
        ck_assert_str_ne(first, second);
        ck_assert_int_eq(hash_scheme_of(span_of(first)), HASH_CRYPT);
        ck_assert_int_eq(verify(first, "s3cret"), HASH_FITS);
        ck_assert_int_eq(verify(first, "s3creT"), HASH_DIFFERS);
    }
    ck_assert(!make("$2b$", 4, "s3cret", first, 60));
    ck_assert(make("$2b$", 4, "s3cret", first, 61));
    ck_assert(!make("$2b$", 99, "s3cret", first, sizeof first));
    ck_assert(!make("$nonsense$", 0, "s3cret", first, sizeof first));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("hash");
    TCase *t = tcase_create("vectors");

    tcase_add_loop_test(t, what_other_programs_make, 0, MADE);
    tcase_add_loop_test(t, what_is_published, 0, PUBLISHED);
    tcase_add_test(t, apr1_of_every_shape);
    suite_add_tcase(s, t);

    t = tcase_create("forms");
    tcase_add_loop_test(t, cut_short, 0, MADE);
    tcase_add_loop_test(t, something_behind, 0, MADE);
    tcase_add_test(t, no_scheme);
    tcase_add_test(t, too_long);
    tcase_add_test(t, refused_by_libxcrypt);
    tcase_add_test(t, names_in_any_case);
    tcase_add_test(t, costs);
    tcase_add_test(t, weak_ones);
    suite_add_tcase(s, t);

    t = tcase_create("passwords");
    tcase_add_test(t, nul_in_the_password);
    tcase_add_test(t, des_takes_eight_bytes);
    tcase_add_test(t, making);
    tcase_add_test(t, memory_is_out);
    suite_add_tcase(s, t);
    return s;
}
