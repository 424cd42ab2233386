/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * harden: makes the process keep its secrets.
 *
 * No core file, not dumpable (so no ptrace and no /proc/PID/mem by others of the same user), and
 * freed memory is overwritten by the allocator (M_PERTURB), which also catches the buffers that
 * libldap frees: they are over 4,000 bytes. glibc keeps freed blocks of up to about 1,000 bytes as
 * they are, so our own are wiped before they are freed. What remains: copies inside the TLS library
 * and the kernel.
 */
#ifndef PROXYAUTH_CORE_HARDEN_H
#define PROXYAUTH_CORE_HARDEN_H

/* Called once, first in main, before any thread and any secret. A standard descriptor that was
 * handed over closed becomes /dev/null: else the first file that is opened would take its place,
 * and be read as requests, or be written to as the log. Cannot fail in a way that matters: what a
 * system refuses is left out. */
void harden_process(void);

/* Where FD, a standard descriptor, leads to from now on: a descriptor that programs which are
 * started do not inherit. FD itself becomes /dev/null, so that what a library prints there, or a
 * program that it starts, never is a reply to Squid. FD as it is where the system refuses that. */
int harden_move_descriptor(int fd);

/* Overwrites one argument of the command line, so that ps and /proc/PID/cmdline no longer show
 * it; its length stays. */
void harden_erase_argument(char *argument);

#endif
