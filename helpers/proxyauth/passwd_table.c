/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a password file says, by the table that the helpers look their users up in. Never shows a
 * hash; of what is printed, what a terminal would obey is made visible.
 */
#include <config.h>

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "helpers/core/visible.h"
#include "helpers/files/smbpasswd_lines.h"
#include "helpers/passwords/hash.h"
#include "helpers/proxyauth/passwd.h"
#include "helpers/proxyauth/passwd_hash.h"

static struct table *read_table(const struct passwd_target *target, struct why *why)
{
    struct file_text text;
    uint64_t seed = 0;

    if (file_read(target->path, &text, why) != FILE_READ)
        return NULL;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) < 0)
        seed = text.stamp.inode; /* a file of the administrator's own */
    return table_make(&text, &target->format, seed, why);
}

/* A row of the list: what can log in how, or why not. */
struct row {
    struct pxa_span user;
    struct pxa_span kind;
    const char *remark; /* NULL if there is nothing to say */
};

/* False when memory is out. */
static bool print_visible(struct pxa_span text)
{
    struct bytes shown = {0};
    bool good;

    visible_put(&shown, text, VISIBLE_VALUE);
    good = !shown.failed;
    if (good && bytes_len(&shown) > 0)
        fwrite(shown.at + shown.start, 1, bytes_len(&shown), stdout);
    bytes_free(&shown);
    return good;
}

static bool print_row(const struct row *row)
{
    bool good = print_visible(row->user);

    putchar('\t');
    good = print_visible(row->kind) && good;
    if (row->remark)
        printf("\t%s", row->remark);
    putchar('\n');
    return good;
}

static struct row row_of_basic(const struct file_record *record)
{
    enum hash_scheme scheme = hash_scheme_of(record->value);
    struct row row = {.user = record->user, .kind = hash_cost_of(record->value)};

    if (scheme == HASH_UNKNOWN) {
        row.kind = (struct pxa_span){"?", 1};
        row.remark = "bad: no hash that is known, or damaged; nobody can log in";
    } else if (hash_scheme_is_weak(scheme)) {
        row.remark = "weak: refused by basic-file without --allow-weak";
    }
    return row;
}

static struct row row_of_nt(const struct file_record *record)
{
    struct row row = {.user = record->user, .kind = {"NT", 2}};

    if (record->kind == SMBPASSWD_DISABLED)
        row.remark = "disabled: its flags keep it from logging in";
    else if (record->kind == SMBPASSWD_NO_PASSWORD)
        row.remark = "bad: no password; nobody can log in";
    return row;
}

static bool same(struct pxa_span a, struct pxa_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* What a walk over the table counts. */
struct listing {
    const struct passwd_target *target;
    uint64_t bad;
};

static bool print_record(void *context, const struct file_record *record)
{
    struct listing *listing = context;
    struct row row = {.user = record->user, .kind = {"HA1", 3}};

    switch (listing->target->kind) {
    case PASSWD_BASIC:
        row = row_of_basic(record);
        break;
    case PASSWD_DIGEST:
        if (!same(record->realm, listing->target->realm))
            return true;
        break;
    case PASSWD_NT:
        row = row_of_nt(record);
        break;
    }
    listing->bad += row.remark != NULL;
    listing->bad += !print_row(&row);
    return true;
}

/* COUNT lines, of which the table has noted the first in FAULTS. */
static void tell_lines(const char *path, const struct table_fault *faults, uint64_t count)
{
    for (uint64_t i = 0; i < count && i < TABLE_FAULTS_TOLD; i++)
        fprintf(stderr, "%s: line %llu: %s\n", path, (unsigned long long)faults[i].line,
                faults[i].text);
    if (count > TABLE_FAULTS_TOLD)
        fprintf(stderr, "%s: and %llu more such lines\n", path,
                (unsigned long long)(count - TABLE_FAULTS_TOLD));
}

bool passwd_list(const struct passwd_target *target, struct why *why)
{
    struct listing listing = {.target = target};
    struct table *table = read_table(target, why);
    bool good;

    if (!table)
        return false;
    table_walk(table, print_record, &listing);
    (void)fflush(stdout); /* before what goes to standard error */
    tell_lines(target->path, table->fault, table->faults);
    tell_lines(target->path, table->duplicate, table->duplicates);
    good = listing.bad == 0 && table->faults == 0 && table->duplicates == 0;
    table_free(table);
    return good;
}

/* The record of TARGET's user in TABLE, whose bytes it points into. */
static bool find(const struct passwd_target *target, const struct table *table,
                 struct file_record *record, struct why *why)
{
    const struct why_excerpt path = why_excerpt(target->path);

    if (!table_find(table, target->key, record))
        return why_set(why, "the user is not in %s%s", path.text,
                       target->kind == PASSWD_DIGEST ? " with this realm" : "");
    if (target->kind != PASSWD_NT || record->kind == SMBPASSWD_ACTIVE)
        return true;
    return why_set(why,
                   record->kind == SMBPASSWD_DISABLED ? "the account is disabled in %s"
                                                      : "the account has no password in %s",
                   path.text);
}

bool passwd_exists(const struct passwd_target *target, struct why *why)
{
    struct table *table = read_table(target, why);
    struct file_record record;
    bool found = table && find(target, table, &record, why);

    table_free(table);
    return found;
}

bool passwd_verify(const struct passwd_target *target, const struct secret *password,
                   struct why *why)
{
    struct table *table = read_table(target, why);
    struct file_record record;
    bool fits = table && find(target, table, &record, why) &&
                passwd_hash_fits(target, &record, password, why);

    table_free(table);
    return fits;
}
