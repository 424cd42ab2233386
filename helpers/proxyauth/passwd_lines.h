/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd_lines: one change in the text of a password file.
 *
 * Which line is a record, and of whom, is what helpers/files says, so that helper and tool agree.
 * All other bytes stay as they are: comments, bad lines, the order, CR LF, a byte order mark, and a
 * last line without an end. A new record is put at the end, and then the last line has one.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_LINES_H
#define PROXYAUTH_TOOL_PASSWD_LINES_H

#include <stdint.h>

#include "helpers/proxyauth/passwd.h"

struct passwd_edit {
    enum passwd_action action; /* PASSWD_ADD, PASSWD_SET or PASSWD_DELETE */
    const struct passwd_target *target;
    struct pxa_span value; /* of the new password, as the file has it; empty for PASSWD_DELETE */
    uint64_t now_s;        /* seconds since 1970, for the kind that notes them */
};

/* What came out. */
struct passwd_text {
    char *at; /* to be freed by passwd_text_free(), which wipes */
    size_t len;
    size_t cap;
    uint64_t records; /* that the user had before */
    uint64_t line;    /* the line that was set, from 1 */
    bool disabled;    /* it is a line of smbpasswd whose flags keep its user from logging in */
};

/* False with WHY if in OLD the user is there already (ADD), or is not there (SET, DELETE), or OLD
 * is a file of another kind. */
bool passwd_lines_allow(const struct passwd_edit *edit, struct pxa_span old, struct why *why);

/* Applies EDIT to OLD. False with WHY, and NEW is empty, if that does not allow it, the line would
 * be too long to be read, or memory is out. */
bool passwd_lines_edit(const struct passwd_edit *edit, struct pxa_span old, struct passwd_text *new,
                       struct why *why);

void passwd_text_free(struct passwd_text *text);

/* passwd_record.c: the bytes that passwd_record_write() needs for a line that was OLD. */
size_t passwd_record_cap(const struct passwd_edit *edit, struct pxa_span old);

/* Writes the line of EDIT without its end and returns its length. OLD is the line that it replaces
 * and RECORD what that says; OLD is empty for a new one. What the password does not touch stays:
 * how the name is spelled, further fields. */
size_t passwd_record_write(const struct passwd_edit *edit, struct pxa_span old,
                           const struct file_record *record, char *to);

/* passwd_kind.c: how many lines of a file are beyond doubt of TARGET's kind, and of another. Zeroed
 * before. */
struct passwd_kinds {
    uint64_t own;
    uint64_t others;
    enum passwd_kind other; /* of the last of them */
};

/* Counts LINE, one that can be a record. */
void passwd_kind_count(struct passwd_kinds *kinds, const struct passwd_target *target,
                       struct pxa_span line);

/* False with WHY if all that is known is of another kind. */
bool passwd_kind_fits(const struct passwd_kinds *kinds, const struct passwd_target *target,
                      struct why *why);

#endif
