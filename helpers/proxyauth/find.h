/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * find: finds in any text what can be explained.
 *
 * Known are header lines (bare, in transcripts of `curl -v` with "> " and "< ", indented, folded,
 * as Wireshark copies them), status and request lines, lines of Squid's helper protocols, a
 * header's value alone and a token alone. All other lines are passed over.
 *
 * Lines of Basic helpers, `user password`, look like any two words: they are taken only where the
 * text has nothing of HTTP and no control bytes in it, and with a channel-ID, or if there is
 * nothing but lines of helpers.
 */
#ifndef PROXYAUTH_TOOL_FIND_H
#define PROXYAUTH_TOOL_FIND_H

#include "common/proxyauth.h"

enum found_kind {
    FOUND_END = 0,      /* nothing more in the text */
    FOUND_REQUEST,      /* a request line: `name` is the method, `value` the target */
    FOUND_STATUS,       /* a status line: `status` */
    FOUND_CREDENTIALS,  /* Proxy-Authorization or Authorization: header's `name` and `value` */
    FOUND_CHALLENGE,    /* Proxy-Authenticate or WWW-Authenticate */
    FOUND_CONNECTION,   /* Connection or Proxy-Connection */
    FOUND_HEAD_END,     /* an empty line, behind which no header follows */
    FOUND_PEER,         /* curl says whom it is connected to: `value` */
    FOUND_TLS,          /* curl says that the connection has TLS now */
    FOUND_VALUE,        /* a header's value without its name, of credentials or a challenge */
    FOUND_TOKEN,        /* a Base64 token alone */
    FOUND_HELPER_LINE,  /* YR, KK: `name` is the verb, `value` the rest */
    FOUND_HELPER_REPLY, /* OK, ERR, BH, TT, AF, NA: the same */
    FOUND_BASIC_LINE,   /* `value` is `user password`, without a channel-ID */
    FOUND_DIGEST_LINE,  /* `value` is `"user":"realm"` and what follows */
    FOUND_LONG_LINE     /* a line above FIND_LINE_MAX, which was passed over */
};

struct found {
    enum found_kind kind;
    size_t line;          /* from 1 */
    struct pxa_span name; /* spans point into the text, or into memory of the finder */
    struct pxa_span value;
    unsigned status;
    bool folded; /* the value stood in several lines and was joined with blanks */
    bool closed; /* the value stood in quotes, which end in its line */
    bool glued;  /* a broken Base64 token was joined without blanks */
};

/* Bytes; Squid's own limits are below. */
enum { FIND_LINE_MAX = 1024 * 1024 };

/* A value that had to be joined; the finder keeps all until find_close(). */
struct joined {
    struct joined *next;
    size_t len;
    char text[];
};

struct finder {
    struct pxa_span text;
    size_t at;          /* where the next line begins */
    size_t line;        /* how many were read */
    bool words;         /* the text is arguments: each line is a header or its value */
    bool has_http;      /* somewhere there is a header, a status or a request line */
    bool controls;      /* somewhere there is a control byte */
    bool helper_alone;  /* all lines could be a helper's */
    bool in_head;       /* a line that is not empty was the last, or the head goes on behind one */
    char prefix;        /* of the last line that was not empty */
    bool out_of_memory; /* a value stayed in pieces */
    struct joined *joined;
};

/* TEXT must stay as long as the finder. */
void find_open(struct finder *finder, struct pxa_span text, bool words);
void find_next(struct finder *finder, struct found *found);
void find_close(struct finder *finder);

/* ---- what the find*.c files share ---- */

/* A line without its end, and without what a transcript put before it. */
struct find_line {
    struct pxa_span text;
    size_t width;  /* bytes of the line as it stands there */
    size_t indent; /* blanks before the text, behind the prefix */
    char prefix;   /* '>', '<', '*', or 0 */
    bool complete; /* ended in the characters \r\n, as Wireshark writes: nothing follows */
};

/* find_line.c: the line that begins at *AT, which moves behind it. */
struct find_line find_line_read(struct pxa_span text, size_t *at);

/* find_join.c: puts the lines that go on with FOUND, which begins in LINE, behind its value. */
void find_join(struct finder *finder, const struct find_line *line, struct found *found);

/* find.c: what LINE is. */
void find_classify(const struct finder *finder, const struct find_line *line, struct found *found);

/* find_http.c, find_helper.c: what LINE is; FOUND_END if it is nothing that they know. */
/* Whether LINE is any header's line: a name and a colon. */
bool find_is_header(struct pxa_span line);
void find_http(const struct find_line *line, struct found *found);
void find_value(struct pxa_span line, bool words, struct found *found);
void find_helper(struct pxa_span line, bool with_replies, struct found *found);
void find_basic_line(struct pxa_span line, bool needs_id, struct found *found);
/* Whether all lines of TEXT that are not empty could be of helpers. */
bool find_helper_alone(struct pxa_span text);

#endif
