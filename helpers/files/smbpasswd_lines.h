/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smbpasswd_lines: `user:uid:LM:NT:[flags]:LCT-XXXXXXXX:`, smbpasswd(5) of Samba.
 *
 * Key and user are the name, found without regard to ASCII case; the value is the NT hash, 32 hex
 * digits. An account with D (disabled) or L (locked by Samba after too many wrong passwords), or
 * without U, or with N (no password needed), or whose NT hash is not hex (`NO PASSWORDXXX...`,
 * X's), is a record that nobody can log in with.
 */
#ifndef PROXYAUTH_FILES_SMBPASSWD_LINES_H
#define PROXYAUTH_FILES_SMBPASSWD_LINES_H

#include "helpers/files/table.h"

enum smbpasswd_kind { SMBPASSWD_ACTIVE, SMBPASSWD_DISABLED, SMBPASSWD_NO_PASSWORD };

extern const struct file_format smbpasswd_format;

#endif
