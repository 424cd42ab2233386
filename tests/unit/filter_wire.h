/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libldap makes of a filter: the oracle of the filter tests.
 *
 * A search is sent through libldap into one end of a socket pair, and the filter in it is read
 * from the other end with liblber and written down again in a notation of its own, in which every
 * value is hex, so that nothing has to be escaped:
 *
 *     & [ filters ]   | [ filters ]   ! [ filter ]
 *     uid = 626f62    uid >= 62    uid <= 62    uid ~= 62    uid present
 *     cn * initial 61 any 62 final 63
 *     : type cn rule 1.2.3 value 62 dn
 */
#ifndef TESTS_UNIT_FILTER_WIRE_H
#define TESTS_UNIT_FILTER_WIRE_H

#include <lber.h>
#include <ldap.h>
#include <openldap.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Text that is written piece by piece. */
struct notes {
    FILE *to;
    char *text;
    size_t len;
};

static inline bool notes_open(struct notes *notes)
{
    *notes = (struct notes){NULL, NULL, 0};
    notes->to = open_memstream(&notes->text, &notes->len);
    return notes->to;
}

static inline char *notes_close(struct notes *notes)
{
    (void)fclose(notes->to);
    return notes->text;
}

static inline void notes_hex(struct notes *notes, const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(notes->to, "%02x", (unsigned char)at[i]);
}

static inline bool note_filter(struct notes *notes, BerElement *ber);

static inline bool note_list(struct notes *notes, BerElement *ber, char sign)
{
    ber_len_t len;
    char *end;

    fprintf(notes->to, "%c [", sign);
    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        fputc(' ', notes->to);
        if (!note_filter(notes, ber))
            return false;
    }
    fputs(" ]", notes->to);
    return true;
}

static inline bool note_pair(struct notes *notes, BerElement *ber, const char *sign)
{
    struct berval type;
    struct berval value;

    if (ber_scanf(ber, "{mm}", &type, &value) == LBER_ERROR)
        return false;
    fprintf(notes->to, "%s %s ", type.bv_val, sign);
    notes_hex(notes, value.bv_val, value.bv_len);
    return true;
}

static inline bool note_substrings(struct notes *notes, BerElement *ber)
{
    struct berval type;
    ber_len_t len;
    char *end;

    if (ber_scanf(ber, "{m", &type) == LBER_ERROR)
        return false;
    fprintf(notes->to, "%s *", type.bv_val);
    for (ber_tag_t tag = ber_first_element(ber, &len, &end); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, end)) {
        struct berval piece;

        if (ber_scanf(ber, "m", &piece) == LBER_ERROR)
            return false;
        fputs(tag == LDAP_SUBSTRING_INITIAL ? " initial "
              : tag == LDAP_SUBSTRING_ANY   ? " any "
                                            : " final ",
              notes->to);
        notes_hex(notes, piece.bv_val, piece.bv_len);
    }
    return ber_scanf(ber, "}") != LBER_ERROR;
}

static inline bool note_extensible(struct notes *notes, BerElement *ber)
{
    struct berval rule = {0, NULL};
    struct berval type = {0, NULL};
    struct berval value;
    ber_len_t len;
    ber_int_t dn = 0;

    if (ber_scanf(ber, "{") == LBER_ERROR)
        return false;
    if (ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_OID)
        (void)ber_scanf(ber, "m", &rule);
    if (ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_TYPE)
        (void)ber_scanf(ber, "m", &type);
    if (ber_scanf(ber, "m", &value) == LBER_ERROR)
        return false;
    if (ber_peek_tag(ber, &len) == LDAP_FILTER_EXT_DNATTRS)
        (void)ber_scanf(ber, "b", &dn);
    fputc(':', notes->to);
    if (type.bv_val)
        fprintf(notes->to, " type %s", type.bv_val);
    if (rule.bv_val)
        fprintf(notes->to, " rule %s", rule.bv_val);
    fputs(" value ", notes->to);
    notes_hex(notes, value.bv_val, value.bv_len);
    fputs(dn ? " dn" : "", notes->to);
    return ber_scanf(ber, "}") != LBER_ERROR;
}

static inline bool note_filter(struct notes *notes, BerElement *ber)
{
    struct berval type;
    ber_len_t len;

    switch (ber_peek_tag(ber, &len)) {
    case LDAP_FILTER_AND:
        return note_list(notes, ber, '&');
    case LDAP_FILTER_OR:
        return note_list(notes, ber, '|');
    case LDAP_FILTER_NOT:
        return note_list(notes, ber, '!');
    case LDAP_FILTER_EQUALITY:
        return note_pair(notes, ber, "=");
    case LDAP_FILTER_GE:
        return note_pair(notes, ber, ">=");
    case LDAP_FILTER_LE:
        return note_pair(notes, ber, "<=");
    case LDAP_FILTER_APPROX:
        return note_pair(notes, ber, "~=");
    case LDAP_FILTER_SUBSTRINGS:
        return note_substrings(notes, ber);
    case LDAP_FILTER_EXT:
        return note_extensible(notes, ber);
    case LDAP_FILTER_PRESENT:
        if (ber_scanf(ber, "m", &type) == LBER_ERROR)
            return false;
        fprintf(notes->to, "%s present", type.bv_val);
        return true;
    default:
        return false;
    }
}

/* The filter in a search request, PDU; freed by the caller. NULL when it is none. */
static inline char *note_search(const char *pdu, size_t len)
{
    struct berval bytes = {len, (char *)(uintptr_t)pdu};
    BerElement *ber = ber_init(&bytes);
    struct notes notes;
    struct berval base;
    ber_int_t number;
    bool good;

    if (!ber)
        return NULL;
    if (!notes_open(&notes)) {
        ber_free(ber, 1);
        return NULL;
    }
    good = ber_scanf(ber, "{i{meeiib", &number, &base, &number, &number, &number, &number,
                     &number) != LBER_ERROR &&
           note_filter(&notes, ber);
    ber_free(ber, 1);
    notes_close(&notes);
    if (good)
        return notes.text;
    free(notes.text);
    return NULL;
}

/* All that is in the socket FD, which has its other end shut; freed by the caller. */
static inline char *read_to_end(int fd, size_t *len)
{
    struct notes notes;
    char piece[4096];
    ssize_t got;

    if (!notes_open(&notes))
        return NULL;
    while ((got = recv(fd, piece, sizeof piece, MSG_DONTWAIT)) > 0)
        (void)fwrite(piece, 1, (size_t)got, notes.to);
    notes_close(&notes);
    *len = notes.len;
    return notes.text;
}

/*
 * FILTER as libldap understands it, in the notation above; the caller frees. NULL when libldap
 * refuses it. FILTER must fit into a socket's buffer (64 KiB are no problem).
 */
static inline char *filter_on_wire(const char *filter)
{
    int ends[2];
    int id;
    LDAP *ld = NULL;
    char *notes = NULL;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return NULL;
    if (ldap_init_fd(ends[0], LDAP_PROTO_TCP, "ldap://test.invalid", &ld) == LDAP_SUCCESS &&
        ldap_search_ext(ld, "", LDAP_SCOPE_BASE, filter, NULL, 0, NULL, NULL, NULL, 0, &id) ==
            LDAP_SUCCESS) {
        size_t len = 0;
        char *pdu = read_to_end(ends[1], &len);

        notes = pdu ? note_search(pdu, len) : NULL;
        free(pdu);
    }
    if (ld)
        ldap_unbind_ext(ld, NULL, NULL); /* closes ends[0] */
    else
        close(ends[0]);
    close(ends[1]);
    return notes;
}

#endif
