/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --check: the file once, in words, on standard output.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "helpers/files/keeper.h"

enum { TRIES = 40, PAUSE_MS = 50, NS_PER_MS = 1000000 };

/* Somebody may be writing: for two seconds it is tried again. */
static enum file_outcome read_patiently(const char *path, struct file_text *text, struct why *why)
{
    const struct timespec pause = {.tv_nsec = (long)PAUSE_MS * NS_PER_MS};
    enum file_outcome outcome = file_read(path, text, why);

    for (int i = 0; outcome == FILE_CHANGING && i < TRIES; i++) {
        nanosleep(&pause, NULL);
        outcome = file_read(path, text, why);
    }
    return outcome;
}

static void print_lines(const char *heading, const struct table_fault *faults, uint64_t count)
{
    for (uint64_t i = 0; i < count && i < TABLE_FAULTS_TOLD; i++)
        printf("  %s: line %" PRIu64 ": %s\n", heading, faults[i].line, faults[i].text);
    if (count > TABLE_FAULTS_TOLD)
        printf("  %s: and %" PRIu64 " more\n", heading, count - TABLE_FAULTS_TOLD);
}

static void print_table(const struct keeper_config *config, const struct table *table)
{
    struct why why;

    printf("%s %s: %" PRIu64 " lines, %" PRIu64 " users, %" PRIu64 " bad lines, %" PRIu64
           " duplicates\n",
           config->what, config->path, table->lines, table->records, table->faults,
           table->duplicates);
    print_lines("bad", table->fault, table->faults);
    print_lines("duplicate", table->duplicate, table->duplicates);
    if (file_is_exposed(config->path, &table->file, &why))
        printf("  warning: %s\n", why.text);
    if (table->records == 0)
        printf("  nobody can log in with it\n");
}

bool keeper_check(const struct keeper_config *config, bool (*report)(const struct table *table))
{
    struct why why = {""};
    struct file_text text;
    struct table *table = NULL;
    bool good;

    if (read_patiently(config->path, &text, &why) == FILE_READ)
        table = table_make(&text, config->format, config->seed, &why);
    if (!table) {
        printf("%s: %s\n", config->what, why.text);
        return false;
    }
    print_table(config, table);
    good = table->faults == 0 && table->records > 0;
    if (report && !report(table))
        good = false;
    table_free(table);
    return good;
}
