/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of a find share: find.c begins and ends it, find_name.c makes the typed name what
 * the directory knows, find_question.c makes what a server is asked, find_answer.c judges what it
 * answers.
 */
#ifndef PROXYAUTH_DIRECTORY_FIND_PRIVATE_H
#define PROXYAUTH_DIRECTORY_FIND_PRIVATE_H

#include "helpers/directory/ad_names.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/find.h"
#include "helpers/directory/trouble.h"

/* What a server is asked. */
struct question {
    char *base;
    int scope; /* LDAP_SCOPE_* */
    char *filter;
    const char **attributes; /* ends with NULL; the names are borrowed */
    int entries_max;
};

struct find {
    struct task task;
    struct directory *directory;
    struct find_query query;
    struct find *next;
    struct find *prev;
    struct pxa_span name;      /* in UTF-8 if need be, without what --strip-realm cuts off */
    struct secret *converted;  /* what it points into, or NULL */
    const struct facts *facts; /* of the server that was asked; its connection holds them */
    struct question question;  /* as it was asked there */
    struct ad_name ad;         /* as it was read there; find_by_ad_names() only */
};

static inline struct log *find_log(const struct find *find)
{
    return find->directory->ground.log;
}

/* For %.*s: the name as it was typed. */
#define FIND_SHOWN(find) trouble_shown_len((find)->query.user), (find)->query.user.at

/* Neither by a filter nor by a DN template. */
static inline bool find_by_ad_names(const struct find *find)
{
    return !find->directory->filter && !find->directory->dn;
}

/* ---- the name ---- */

/* Takes find->name from what was typed. DENIED when nobody can have that name, UNAVAILABLE when
 * memory is out. */
enum verdict find_take_name(struct find *find);

/* The same once more when a server turns out to be an Active Directory. Where the bytes mean
 * nothing they stay as they are: nobody has that name there. False when memory is out. */
bool find_take_name_for(struct find *find, const struct facts *facts);

/* ---- the question ---- */

/* Whether somebody must be asked at all: not for a name that a DN template takes as it is. */
bool question_is_needed(const struct find *find);

/* The entry's DN where nobody has to be asked; the caller frees it. NULL when memory is out. */
char *question_dn(const struct find *find);

/* Makes what a server of FACTS (or NULL) is to be asked; anew when it was made before. False when
 * memory is out. */
bool question_make(struct find *find, const struct facts *facts);

void question_clear(struct question *question);

/* The attributes whose values are compared with the typed name; ends with NULL, lives as long as
 * the engine and ROOM. */
const char *const *question_naming(const struct find *find,
                                   const char *room[AD_NAME_ATTRIBUTES + 1]);

/* ---- the answer ---- */

/* Judges ANSWER, with a line in the log unless all is well. OK: *ENTRY is the one that was found,
 * and the caller's. *CODE is the result code. */
enum verdict find_judge(struct find *find, LDAP *ld, LDAPMessage *answer, struct entry **entry,
                        int *code);

#endif
