/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys: the service's keys as a keytab file held them at one moment.
 *
 * Those that the rule on SPNs takes are copied into a keytab in memory of libkrb5's, so that no
 * login reads the file; of all, what is no secret stays for the log. Never changed after it was
 * read, and wiped at its end.
 */
#ifndef PROXYAUTH_KERBEROS_KEYS_H
#define PROXYAUTH_KERBEROS_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helpers/core/file.h"
#include "helpers/core/why.h"
#include "helpers/kerberos/spn.h"

/* A keytab of a proxy is a few hundred bytes long. */
enum { KEYS_FILE_MAX = 16 * 1024 * 1024 };

/* One entry of the file, without its key. */
struct key_entry {
    char *principal; /* as krb5_unparse_name() writes it */
    uint32_t kvno;
    int32_t etype; /* pxa_etype_name() */
    bool taken;    /* the rule takes it */
};

struct keys {
    struct key_entry *entries;
    size_t count;
    size_t taken;       /* how many logins can use; at least 1 */
    const char *memory; /* "MEMORY:...", the name of the keytab in memory */
    bool by_name;       /* --spn names those that are taken; else they are of HTTP/ */
};

/* What is known of the file beside its keys, for who reads it again and again. */
struct keys_file {
    enum file_outcome outcome; /* CHANGING also when it changed while libkrb5 read it */
    struct file_stamp stamp;   /* all zero while there is none */
    bool has_bytes;            /* it could be read: what is bad is in it, and stays so */
    bool young;                /* as that of struct file_text */
    bool exposed;
    struct why exposure; /* who can read it that should not */
};

/*
 * Reads the file PATH, and says in FILE what became of it. Blocking: offload threads and start-up.
 * NULL with WHY, which names PATH and what would be right: it is missing, cannot be read (by whom),
 * is no keytab, is cut, holds no key, or none that RULE takes (then it says which there are).
 */
struct keys *keys_read(const char *path, const struct spn_rule *rule, struct keys_file *file,
                       struct why *why);

enum { KEYS_TEXT_CAP = 500 };

/* Those that are taken, in words for the log: the principals and their kvnos, and how many are not
 * taken. Cut, with "...", at CAP. */
void keys_tell(const struct keys *keys, char *text, size_t cap);

/*
 * The path of the keytab file that OPTION (of --keytab; NULL: KRB5_KTNAME, default_keytab_name of
 * krb5.conf, libkrb5's own) means; allocated. NULL with WHY for a keytab that is no file: MEMORY:,
 * DIR: and the like cannot be looked at; or for a krb5.conf that cannot be read. LATER (may be
 * NULL): it is krb5.conf that has to be mended, and then this is to be called again. Blocking.
 */
char *keys_path(const char *option, bool *later, struct why *why);

void keys_free(struct keys *keys); /* NULL is allowed */

#endif
