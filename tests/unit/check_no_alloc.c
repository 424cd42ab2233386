/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No function of the library allocates memory. This program brings its own malloc() and the
 * rest of the family, which count and then do what the C library does; every function is
 * called on every file of the fuzz corpora and of the vectors, and on some built tokens, and the
 * count must not move. Reports TAP, a line a folder. Not built with sanitizers, which have a
 * malloc() of their own.
 *
 * usage: check_no_alloc [FOLDER...]    without: tests/fuzz/corpus and tests/vectors of $srcdir
 */
#include <config.h>

#include "tests/inputs/inputs.h"
#include "tests/unit/every_function.h"

#include <errno.h>
#include <ftw.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The C library's own, which its malloc() is another name of. */
void *__libc_malloc(size_t size);                /* NOLINT(bugprone-reserved-identifier) */
void *__libc_calloc(size_t count, size_t size);  /* NOLINT(bugprone-reserved-identifier) */
void *__libc_realloc(void *at, size_t size);     /* NOLINT(bugprone-reserved-identifier) */
void *__libc_memalign(size_t unit, size_t size); /* NOLINT(bugprone-reserved-identifier) */
void __libc_free(void *at);                      /* NOLINT(bugprone-reserved-identifier) */

static unsigned long allocations;

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
    allocations++;
    return __libc_realloc(at, size);
}

void *aligned_alloc(size_t unit, size_t size)
{
    allocations++;
    return __libc_memalign(unit, size);
}

void *memalign(size_t unit, size_t size)
{
    return aligned_alloc(unit, size);
}

int posix_memalign(void **at, size_t unit, size_t size)
{
    *at = aligned_alloc(unit, size);
    return *at != NULL ? 0 : ENOMEM;
}

void free(void *at)
{
    allocations++;
    __libc_free(at);
}

static int cases;
static int failures;

static void report(bool good, const char *what)
{
    printf("%s %d - %s\n", good ? "ok" : "not ok", ++cases, what);
    failures += !good;
}

/* Of the folder that is walked: */
static unsigned long files;
static unsigned long good_calls;
static unsigned long found; /* allocations during calls */

static void call_on(const char *path, struct pxa_span bytes)
{
    char *room = malloc(EVERY_FUNCTION_ROOM(bytes.len));
    unsigned long before;
    unsigned long count;

    if (room == NULL)
        exit(1);
    before = allocations;
    good_calls += call_every_function(bytes, room);
    count = allocations - before;
    free(room);
    files++;
    found += count;
    if (count > 0)
        printf("# %s: %lu allocations\n", path, count);
}

static int on_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
    size_t size = (size_t)status->st_size;
    char *bytes;
    FILE *file;

    (void)place;
    if (type != FTW_F)
        return 0;
    file = fopen(path, "rb");
    bytes = malloc(size);
    if (file == NULL || bytes == NULL || fread(bytes, 1, size, file) != size) {
        printf("Bail out! %s: %s\n", path, strerror(errno));
        exit(1);
    }
    (void)fclose(file);
    call_on(path, (struct pxa_span){bytes, size});
    free(bytes);
    return 0;
}

static void check_folder(const char *folder)
{
    char what[200];

    files = good_calls = found = 0;
    if (nftw(folder, on_file, 16, FTW_PHYS) != 0)
        printf("# %s: %s\n", folder, strerror(errno));
    (void)snprintf(what, sizeof what, "%lu files of %s, %lu calls found something", files, folder,
                   good_calls);
    report(files > 0 && good_calls > 0 && found == 0, what);
}

static void build(struct input *input, int which)
{
    static const struct pac_counts counts = {1200, 40, 10, 6};

    if (which == 0)
        input_spnego(input, 2000, 5);
    else if (which == 1)
        input_ap_req(input, 1000);
    else if (which == 2)
        input_ntlm_challenge(input, 12);
    else
        input_pac(input, &counts);
}

static void check_built(void)
{
    files = good_calls = found = 0;
    for (int which = 0; which < 4; which++) {
        struct input input = {0};

        build(&input, which);
        call_on("built", input_span(&input));
        input_free(&input);
    }
    report(good_calls > 1200 && found == 0, "tokens of Kerberos and NTLM, and a PAC");
}

/* That a call which allocates would be seen. */
static void check_counter(void)
{
    char *(*volatile duplicate)(const char *) = strdup;
    unsigned long before = allocations;

    free(duplicate("text"));
    report(allocations == before + 2, "an allocation and its end are counted");
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("srcdir");

    check_counter();
    check_built();
    for (int i = 1; i < argc; i++)
        check_folder(argv[i]);
    if (argc == 1 && chdir(srcdir != NULL ? srcdir : ".") == 0) {
        check_folder("tests/fuzz/corpus");
        check_folder("tests/vectors");
    }
    printf("1..%d\n", cases);
    return failures == 0 ? 0 : 1;
}
