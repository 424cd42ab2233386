/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz target over files, without libFuzzer, and reports TAP: a line a file. Each
 * file is given to the target as it is, cut at every byte, and with every single byte
 * changed to each other value; always in a heap block of exactly its size. Linked with one
 * fuzz_TARGET.c.
 *
 * usage: fuzz_TARGET [DIRECTORY...]
 * Without DIRECTORY: tests/fuzz/corpus/fuzz_TARGET below $srcdir (or here), and
 * tests/vectors/TARGET where that exists.
 *
 * All changes of a file take time in proportion to the square of its size. So files above
 * SIZE_MAX_BYTES are refused, and of files above two EDGE_BYTES only so much at either end is
 * changed: these are vectors of real programs with a thousand groups, whose middle is the same
 * eight bytes over and over, which smaller files have, too. What is made by hand should be small,
 * the smaller the more a target does with it.
 *
 * Cannot do: go on after a broken promise, which ends the process. The plan at the top
 * then makes the missing lines a failure, and the input is named.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>

enum { SIZE_MAX_BYTES = 16 * 1024, EDGE_BYTES = 1024, FOLDERS_MAX = 16 };

enum change { AS_IT_IS, CUT, CHANGED };

/* What the target was given last, for the message if that ends the process. */
static struct {
    const char *file; /* null between files */
    enum change change;
    size_t at;
    unsigned value;
    unsigned long runs; /* of this file */
} current;

static void run(const uint8_t *data, size_t size)
{
    current.runs++;
    LLVMFuzzerTestOneInput(data, size);
}

static void run_cut(const uint8_t *data, size_t size)
{
    current.change = CUT;
    for (size_t len = 0; len < size; len++) {
        char *block = fuzz_block(len);

        if (len > 0)
            memcpy(block, data, len);
        current.at = len;
        run((const uint8_t *)block, len);
        free(block);
    }
}

static void run_changed_byte(uint8_t *data, size_t size, size_t at)
{
    const uint8_t old = data[at];

    current.at = at;
    for (unsigned value = 0; value < 256; value++) {
        if (value == old)
            continue;
        current.value = value;
        data[at] = (uint8_t)value;
        run(data, size);
    }
    data[at] = old;
}

static void run_changed(uint8_t *data, size_t size)
{
    current.change = CHANGED;
    for (size_t at = 0; at < size; at++)
        if (at < EDGE_BYTES || size - at <= EDGE_BYTES)
            run_changed_byte(data, size, at);
}

/* Returning lets abort() end the process. The program itself calls that, so it is not within
 * another function of stdio. NOLINTBEGIN(bugprone-signal-handler) */
static void on_abort(int number)
{
    (void)number;
    if (current.file == NULL)
        return;
    fprintf(stderr, "# the input: %s", current.file);
    if (current.change == CUT)
        fprintf(stderr, ", cut to %zu bytes", current.at);
    else if (current.change == CHANGED)
        fprintf(stderr, ", byte %zu changed to 0x%02x", current.at, current.value);
    fprintf(stderr, "\n");
}
/* NOLINTEND(bugprone-signal-handler) */

/* So that a sanitizer ends the process with abort(), too. It calls these by name. */
const char *__asan_default_options(void);  /* NOLINT(bugprone-reserved-identifier) */
const char *__ubsan_default_options(void); /* NOLINT(bugprone-reserved-identifier) */

const char *__asan_default_options(void) /* NOLINT(bugprone-reserved-identifier) */
{
    return "abort_on_error=1";
}

const char *__ubsan_default_options(void) /* NOLINT(bugprone-reserved-identifier) */
{
    return "abort_on_error=1";
}

/* The whole file, in a block of exactly its size that the caller frees. NULL if it cannot be
 * read, or is too large. */
static uint8_t *read_whole(FILE *file, size_t *size)
{
    long end;
    uint8_t *data;

    if (fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0 || end > SIZE_MAX_BYTES)
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
    current.file = path;
    current.change = AS_IT_IS;
    current.runs = 0;
    if (data != NULL) {
        run(data, size);
        run_cut(data, size);
        run_changed(data, size);
    }
    current.file = NULL;
    free(path);
    free(data);
    return data != NULL;
}

/* A directory and the names of its files. */
struct folder {
    char *path;
    struct dirent **entries;
    int count;
};

/* All files but those beside the vectors that explain or make them. */
static int is_input(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');

    if (entry->d_name[0] == '.')
        return 0;
    return end == NULL ||
           (strcmp(end, ".txt") != 0 && strcmp(end, ".hex") != 0 && strcmp(end, ".py") != 0);
}

/* Takes over `path`. What is not there has no files. */
static struct folder folder_open(char *path)
{
    struct folder folder = {.path = path};

    folder.count = scandir(path, &folder.entries, is_input, alphasort);
    if (folder.count < 0)
        folder.count = 0;
    return folder;
}

static void folder_close(struct folder *folder)
{
    for (int i = 0; i < folder->count; i++)
        free(folder->entries[i]);
    free(folder->entries);
    free(folder->path);
}

/* The program's name without the "lt-" that libtool puts before it. */
static const char *target_name(void)
{
    const char *name = program_invocation_short_name;

    return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
}

/* $srcdir/WHERE/NAME, in memory that the caller frees. */
static char *path_below_srcdir(const char *where, const char *name)
{
    const char *srcdir = getenv("srcdir");
    char *path = NULL;

    PROMISE(asprintf(&path, "%s/%s/%s", srcdir != NULL ? srcdir : ".", where, name) >= 0);
    return path;
}

/* Opens the folders and returns how many there are. */
static int open_folders(int argc, char **argv, struct folder *folders)
{
    int count = 0;

    if (argc <= 1) {
        const char *name = target_name();
        const char *short_name = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;

        folders[count++] = folder_open(path_below_srcdir("tests/fuzz/corpus", name));
        folders[count++] = folder_open(path_below_srcdir("tests/vectors", short_name));
    }
    for (int i = 1; i < argc && count < FOLDERS_MAX; i++) {
        char *path = strdup(argv[i]);

        PROMISE(path != NULL);
        folders[count++] = folder_open(path);
    }
    return count;
}

/* Returns how many files could not be read. */
static int replay_all(const struct folder *folder, int *number)
{
    int failed = 0;

    for (int i = 0; i < folder->count; i++) {
        const char *name = folder->entries[i]->d_name;
        bool good = replay(folder->path, name);

        failed += !good;
        printf("%s %d - %s: %lu runs\n", good ? "ok" : "not ok", ++*number, name, current.runs);
        (void)fflush(stdout);
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct folder folders[FOLDERS_MAX];
    int folder_count = open_folders(argc, argv, folders);
    int file_count = 0;
    int number = 0;
    int failed = 0;

    for (int i = 0; i < folder_count; i++)
        file_count += folders[i].count;
    if (folders[0].count == 0)
        printf("Bail out! %s: no inputs\n", folders[0].path);
    else
        printf("1..%d\n", file_count);
    (void)fflush(stdout);
    (void)signal(SIGABRT, on_abort);
    for (int i = 0; i < folder_count; i++) {
        failed += replay_all(&folders[i], &number);
        folder_close(&folders[i]);
    }
    return failed == 0 && number > 0 ? 0 : 1;
}
