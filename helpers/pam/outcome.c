/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The codes of Linux-PAM (pam(8), _pam_types.h), all that there are: modules return what they like.
 *
 * Cannot do: tell a wrong password from trouble where a module says PAM_SYSTEM_ERR for both, as
 * pam_exec does when its command fails.
 */
#include <config.h>

#include "helpers/pam/outcome.h"

#include <stddef.h>

#include <security/pam_appl.h>

/* What is known of a code. A column of two holds authentication and account management. */
struct meaning {
    const char *name;
    const char *trouble; /* why it is trouble; NULL: it is about the user */
    const char *reason;  /* the user's, or NULL */
    const char *word;
    bool told_before; /* also by authentication: modules say so of a right password alone, or of one
                         that they do not try */
};

static const char not_loaded[] = "a PAM module cannot be used";
static const char backend_away[] = "what PAM asks cannot be reached";
static const char in_trouble[] = "PAM is in trouble";
static const char no_memory[] = "out of memory";
static const char other_question[] = "PAM asks for more than a password";
static const char not_here[] = "You may not log in here";

#define CODE(code) [code] = {.name = #code
/* clang-format off */
static const struct meaning meanings[] = {
    CODE(PAM_SUCCESS)},
    CODE(PAM_OPEN_ERR), .trouble = not_loaded},
    CODE(PAM_SYMBOL_ERR), .trouble = not_loaded},
    CODE(PAM_SERVICE_ERR), .trouble = in_trouble},
    CODE(PAM_SYSTEM_ERR), .trouble = in_trouble},
    CODE(PAM_BUF_ERR), .trouble = no_memory},
    CODE(PAM_PERM_DENIED), .reason = not_here, .word = "denied"},
    CODE(PAM_AUTH_ERR), .reason = not_here, .word = "denied"},
    CODE(PAM_CRED_INSUFFICIENT), .trouble = "PAM may not read what it needs"},
    CODE(PAM_AUTHINFO_UNAVAIL), .trouble = backend_away},
    CODE(PAM_USER_UNKNOWN), .reason = not_here, .word = "denied"},
    CODE(PAM_MAXTRIES), .reason = "Your account is locked", .word = "locked", .told_before = true},
    CODE(PAM_NEW_AUTHTOK_REQD), .reason = "You must change your password", .word = "must-change",
        .told_before = true},
    CODE(PAM_ACCT_EXPIRED), .reason = "Your account has expired", .word = "account-expired"},
    CODE(PAM_SESSION_ERR), .trouble = in_trouble},
    CODE(PAM_CRED_UNAVAIL), .trouble = backend_away},
    CODE(PAM_CRED_EXPIRED), .reason = "Your password has expired", .word = "expired",
        .told_before = true},
    CODE(PAM_CRED_ERR), .trouble = in_trouble},
    CODE(PAM_NO_MODULE_DATA), .trouble = in_trouble},
    CODE(PAM_CONV_ERR), .trouble = other_question},
    CODE(PAM_AUTHTOK_ERR), .trouble = in_trouble},
    CODE(PAM_AUTHTOK_RECOVERY_ERR), .trouble = in_trouble},
    CODE(PAM_AUTHTOK_LOCK_BUSY), .trouble = in_trouble},
    CODE(PAM_AUTHTOK_DISABLE_AGING), .trouble = in_trouble},
    CODE(PAM_TRY_AGAIN), .trouble = in_trouble},
    CODE(PAM_IGNORE), .trouble = in_trouble},
    CODE(PAM_ABORT), .trouble = in_trouble},
    CODE(PAM_AUTHTOK_EXPIRED), .reason = "Your password has expired", .word = "expired",
        .told_before = true},
    CODE(PAM_MODULE_UNKNOWN), .trouble = not_loaded},
    CODE(PAM_BAD_ITEM), .trouble = in_trouble},
    CODE(PAM_CONV_AGAIN), .trouble = in_trouble},
    CODE(PAM_INCOMPLETE), .trouble = in_trouble},
};
/* clang-format on */

enum { MEANINGS = sizeof meanings / sizeof *meanings };

static const struct meaning unknown = {.name = "an unknown code", .trouble = in_trouble};

static const struct meaning *meaning_of(int code)
{
    return code >= 0 && code < MEANINGS && meanings[code].name ? &meanings[code] : &unknown;
}

/* PAM_MAXTRIES alone speaks of a password that was not looked at. */
static bool may_be_told(const struct meaning *meaning, int code, enum outcome_step step,
                        bool password_given)
{
    if (code == PAM_MAXTRIES)
        return true;
    return password_given && (step == OUTCOME_ACCOUNT || meaning->told_before);
}

/* libpam's own word for a line that it does not understand, an include that is missing, or a stack
 * without a module that decides (PAM_MUST_FAIL_CODE). Modules behind such a line are called all the
 * same. Of account management that is what modules say every day. */
static bool is_libpams_own(int code, enum outcome_step step)
{
    return code == PAM_PERM_DENIED && step == OUTCOME_AUTHENTICATION;
}

struct outcome outcome_of(enum outcome_step step, int code, bool password_given)
{
    const struct meaning *meaning = meaning_of(code);

    if (code == PAM_SUCCESS)
        return (struct outcome){.verdict = OUTCOME_OK};
    /* What is said before there is a module to ask is not about the user. */
    if (step == OUTCOME_START)
        return (struct outcome){OUTCOME_UNAVAILABLE,
                                code == PAM_BUF_ERR ? no_memory : "the PAM service cannot be used",
                                NULL, false};
    if (meaning->trouble)
        return (struct outcome){OUTCOME_UNAVAILABLE, meaning->trouble, NULL, false};
    if (may_be_told(meaning, code, step, password_given))
        return (struct outcome){OUTCOME_DENIED, meaning->reason, meaning->word, false};
    return (struct outcome){
        .verdict = OUTCOME_DENIED,
        .doubtful = is_libpams_own(code, step),
    };
}

const char *outcome_code_name(int code)
{
    return meaning_of(code)->name;
}
