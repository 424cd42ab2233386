/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd_file: changes a password file so that it is the old one or the new one at every moment,
 * and so that of two who change it at once none loses.
 *
 * The new text is written to `.NAME.proxyauth-new` beside the file, with the file's owner, mode,
 * ACL and SELinux label, synced, and renamed. That file is also the lock: who holds flock(2) on it,
 * while it still has its name, may change the file. So no lock file is left over, and nobody who
 * cannot write to the folder, or read the file, can hold the lock. What a killed process left is
 * taken away by the next.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_FILE_H
#define PROXYAUTH_TOOL_PASSWD_FILE_H

#include "helpers/core/file.h"
#include "helpers/proxyauth/passwd_lines.h"

struct passwd_done {
    uint64_t records; /* as in struct passwd_text */
    uint64_t line;
    bool disabled;
    bool created; /* there was no file */
};

/* Whether EDIT could be applied to the file as it is now; its value is not looked at. False with
 * WHY. */
bool passwd_file_allows(const struct passwd_edit *edit, struct why *why);

/* Applies EDIT to the file of its target, and creates it for PASSWD_ADD. False with WHY: the file
 * is as it was (or, as WHY then says, changed but perhaps not yet on the disk). */
bool passwd_file_edit(const struct passwd_edit *edit, struct passwd_done *done, struct why *why);

/* passwd_place.c: where a file is, with all links followed. */
struct passwd_place {
    char *path;     /* of the file itself */
    char *folder;   /* of its folder */
    char *name;     /* in the folder */
    char *new_name; /* of the file beside it */
    int folder_fd;
    bool missing; /* there was no file when it was looked for */
};

/* Finds PATH and opens its folder. False with WHY; passwd_place_close() is due in any case. */
bool passwd_place_open(struct passwd_place *place, const char *path, struct why *why);
void passwd_place_close(struct passwd_place *place);

/* passwd_lock.c: creates the file beside PLACE's, locked, with mode 0600; waits while another
 * process has it. -1 with WHY. */
int passwd_lock(const struct passwd_place *place, struct why *why);

/* passwd_attributes.c: gives FD the owner, mode, ACL and SELinux label of the file that OLD_FD has
 * open, which PATH names. False with WHY. */
bool passwd_attributes_copy(int fd, int old_fd, const char *path, struct why *why);

#endif
