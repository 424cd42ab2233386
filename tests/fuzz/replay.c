/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target over the files of a corpus, without libFuzzer, and reports
 * TAP: a line a file. Linked with one fuzz_TARGET.c.
 *
 * usage: fuzz_TARGET [DIRECTORY]
 * Without DIRECTORY: tests/fuzz/corpus/fuzz_TARGET below $srcdir (or here).
 *
 * Cannot do: go on after a broken promise, which ends the process. The plan at
 * the top then makes the missing lines a failure.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>

/* The program's name without the "lt-" that libtool puts before it. */
static const char *target_name(void)
{
    const char *name = program_invocation_short_name;

    return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
}

/* The directory of the corpus, in memory that the caller frees. */
static char *corpus_path(const char *argument)
{
    const char *srcdir = getenv("srcdir");
    char *path = NULL;
    int len;

    if (argument != NULL)
        len = asprintf(&path, "%s", argument);
    else
        len = asprintf(&path, "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".",
                       target_name());
    PROMISE(len >= 0);
    return path;
}

static int is_input(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The whole file, in a block of exactly its size that the caller frees. */
static uint8_t *read_whole(FILE *file, size_t *size)
{
    long end;
    uint8_t *data;

    if (fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0)
        return NULL;
    rewind(file);
    *size = (size_t)end;
    data = malloc(*size);
    if (data != NULL && fread(data, 1, *size, file) != *size) {
        free(data);
        return NULL;
    }
    return data;
}

/* Whether the file could be read. A promise that it breaks ends the process. */
static bool replay(const char *directory, const char *name)
{
    char *path = NULL;
    uint8_t *data = NULL;
    size_t size = 0;
    FILE *file;

    PROMISE(asprintf(&path, "%s/%s", directory, name) >= 0);
    file = fopen(path, "rb");
    if (file != NULL) {
        data = read_whole(file, &size);
        (void)fclose(file);
    }
    free(path);
    if (data == NULL)
        return false;
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return true;
}

int main(int argc, char **argv)
{
    char *directory = corpus_path(argc > 1 ? argv[1] : NULL);
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_input, alphasort);
    int failed = 0;

    if (count <= 0) {
        printf("Bail out! %s: %s\n", directory, count < 0 ? strerror(errno) : "no inputs");
        free(entries);
        free(directory);
        return 1;
    }
    printf("1..%d\n", count);
    for (int i = 0; i < count; i++) {
        bool good;

        (void)fflush(stdout);
        good = replay(directory, entries[i]->d_name);
        failed += !good;
        printf("%s %d - %s\n", good ? "ok" : "not ok", i + 1, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    free(directory);
    return failed == 0 ? 0 : 1;
}
