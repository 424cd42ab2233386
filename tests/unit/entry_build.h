/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries as a server sends them: bytes made with liblber, or any others, go through a real libldap
 * that reads them from memory.
 */
#ifndef TESTS_UNIT_ENTRY_BUILD_H
#define TESTS_UNIT_ENTRY_BUILD_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <lber.h>
#include <ldap.h>
#include <openldap.h>

#include "helpers/directory/entry.h"

/* A server's bytes. */
struct wired {
    const char *at;
    size_t len;
    LDAP *ld;
    int msgid; /* of a search that awaits them */
};

static inline int wired_setup(Sockbuf_IO_Desc *desc, void *argument)
{
    desc->sbiod_pvt = argument;
    return 0;
}

static inline int wired_remove(Sockbuf_IO_Desc *desc)
{
    (void)desc;
    return 0;
}

static inline int wired_control(Sockbuf_IO_Desc *desc, int option, void *argument)
{
    const struct wired *wired = desc->sbiod_pvt;

    (void)argument;
    return option == LBER_SB_OPT_DATA_READY && wired->len > 0;
}

static inline ber_slen_t wired_read(Sockbuf_IO_Desc *desc, void *to, ber_len_t cap)
{
    struct wired *wired = desc->sbiod_pvt;
    size_t len = wired->len < cap ? wired->len : cap;

    memcpy(to, wired->at, len);
    wired->at += len;
    wired->len -= len;
    return (ber_slen_t)len;
}

static inline ber_slen_t wired_write(Sockbuf_IO_Desc *desc, void *from, ber_len_t len)
{
    (void)desc;
    (void)from;
    return (ber_slen_t)len;
}

static inline int wired_close(Sockbuf_IO_Desc *desc)
{
    (void)desc;
    return 0;
}

/* Opens a handle and sends a search on it. False when libldap does not. */
static inline bool wired_open(struct wired *wired)
{
    static Sockbuf_IO io = {wired_setup, wired_remove, wired_control,
                            wired_read,  wired_write,  wired_close};
    int version = LDAP_VERSION3;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    Sockbuf *buffer;

    *wired = (struct wired){0};
    if (fd < 0 || ldap_init_fd(fd, LDAP_PROTO_EXT, "ldap://192.0.2.1", &wired->ld) != 0)
        return false;
    ldap_set_option(wired->ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_get_option(wired->ld, LDAP_OPT_SOCKBUF, &buffer);
    ber_sockbuf_add_io(buffer, &io, LBER_SBIOD_LEVEL_PROVIDER, wired);
    return ldap_search_ext(wired->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", NULL, 0, NULL, NULL,
                           NULL, 0, &wired->msgid) == LDAP_SUCCESS;
}

/* The whole answer that BYTES are, which the caller frees; NULL when they are none. */
static inline LDAPMessage *wired_answer(struct wired *wired, const char *bytes, size_t len)
{
    struct timeval now = {0};
    LDAPMessage *answer = NULL;

    wired->at = bytes;
    wired->len = len;
    while (wired->len > 0 && !answer)
        if (ldap_result(wired->ld, wired->msgid, LDAP_MSG_ALL, &now, &answer) < 0)
            return NULL;
    return answer;
}

static inline void wired_close_all(struct wired *wired)
{
    int fd = -1;

    ldap_get_option(wired->ld, LDAP_OPT_DESC, &fd);
    ldap_unbind_ext(wired->ld, NULL, NULL);
    if (fd >= 0)
        close(fd);
}

/* ---- entries ---- */

/* One value of an entry; ends with an attribute of NULL. */
struct made_value {
    const char *attribute;
    const char *value;
};

/* Appends an entry of DN to a list of messages. */
static inline void put_entry(BerElement *ber, int msgid, const char *dn,
                             const struct made_value *values)
{
    ber_printf(ber, "{it{s{", msgid, LDAP_RES_SEARCH_ENTRY, dn);
    for (; values->attribute; values++)
        ber_printf(ber, "{s[s]}", values->attribute, values->value);
    ber_printf(ber, "}}}");
}

static inline void put_done(BerElement *ber, int msgid, int code)
{
    ber_printf(ber, "{it{ess}}", msgid, LDAP_RES_SEARCH_RESULT, code, "", "");
}

/* What entry_copy() makes of it. */
static inline struct entry *entry_build(const char *dn, const struct made_value *values)
{
    struct wired wired;
    struct berval flat = {0};
    LDAPMessage *answer = NULL;
    struct entry *entry = NULL;
    BerElement *ber = ber_alloc_t(LBER_USE_DER);

    if (wired_open(&wired)) {
        put_entry(ber, wired.msgid, dn, values);
        put_done(ber, wired.msgid, LDAP_SUCCESS);
        if (ber_flatten2(ber, &flat, 0) == 0)
            answer = wired_answer(&wired, flat.bv_val, flat.bv_len);
    }
    if (answer && ldap_first_entry(wired.ld, answer))
        entry = entry_copy(wired.ld, ldap_first_entry(wired.ld, answer));
    ldap_msgfree(answer);
    ber_free(ber, 1);
    wired_close_all(&wired);
    return entry;
}

#endif
