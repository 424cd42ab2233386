#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Is the simulator worth its time? Breaks the engine in one place after the
# other, in a private copy, and expects check_sim to fail each time.
#
#   tests/sim/mutants.sh BUILD_DIR [NAME ...]
#   tests/sim/mutants.sh --patterns
#
# BUILD_DIR holds config.h (where configure was run). Without names all mutants
# are tried. CC, CFLAGS and MUTANT_REQUESTS (default 60000) may be set. A mutant
# whose pattern no longer fits the source counts as a failure: mend it here.
# --patterns looks at nothing else, in no time (make check does so, through
# mutant_patterns.sh).
set -euo pipefail

usage="usage: mutants.sh BUILD_DIR [NAME ...] | --patterns"
source_dir=$(cd "$(dirname "$0")/../.." && pwd)

# name | file | sed script
mutants=$(grep -v '^#' << 'END'
wrong-password-is-ok|helpers/directory/verdict.c|/^enum verdict verdict_of_bind/,/^}/{s/^    case LDAP_INVALID_CREDENTIALS:$//;s/case LDAP_SUCCESS:/case LDAP_SUCCESS: case LDAP_INVALID_CREDENTIALS:/}
wrong-password-is-trouble|helpers/directory/verdict.c|/^enum verdict verdict_of_bind/,/^}/s/^    case LDAP_INVALID_CREDENTIALS:$//
trouble-is-denied|helpers/directory/verdict.c|/^enum verdict verdict_of_bind/,/^}/s/VERDICT_UNAVAILABLE/VERDICT_DENIED/
first-of-two-entries|helpers/directory/verdict.c|s/if (entries > 1)/if (false)/;s/entries == 1/entries >= 1/
compare-false-is-ok|helpers/directory/verdict.c|s/case LDAP_COMPARE_TRUE:/case LDAP_COMPARE_TRUE: case LDAP_COMPARE_FALSE:/;s/^    case LDAP_COMPARE_FALSE:$//
bind-sent-again|helpers/directory/conn.c|s/return wire->broken == ETIMEDOUT &&/return true ||/
message-id-ignored|helpers/directory/conn.c|s/while (task && task->msgid != msgid)/while (false)/
two-binds-at-once|helpers/directory/conn.c|s/conn->purpose == PURPOSE_BIND ? 1 : CONN_SEARCHES_MAX/CONN_SEARCHES_MAX/
read-ahead-forgotten|helpers/directory/wire.c|s/wire_has_input(wire)/!wire->drained/
name-not-compared|helpers/directory/find_answer.c|s/if (value_names(find, value))/if (true)/
timer-left-behind|helpers/directory/login_end.c|/^static void free_unlinked/,/^}/s/^    loop_timer_free.*//
cleartext-allowed|helpers/directory/setup.c|s/!setup->plan->cleartext_allowed/false/
server-never-tried-again|helpers/directory/health.c|/^bool health_may_try/,/^}/s/(health->state == HEALTH_DOWN.*$/false;/
reply-written-twice|helpers/core/session.c|s/^\(    session_put_reply(session, (struct pxa_span){request->id.*\)$/\1\1/
deadline-not-armed|helpers/core/session.c|/^void session_arm_deadline/,/^}/s/^    loop_timer_at.*//
answer-of-another-kind|helpers/directory/setup.c|s/if (ldap_msgtype(last) != type ||/if (/
half-sent-bind-forgotten|helpers/directory/conn.c|/^static void flush/,/^}/s/step(conn);/conn->wire->blocked = false;/
deadline-is-denied|helpers/core/session.c|/^static void on_deadline/,/^}/s/REPLY_BH/REPLY_ERR/
memory-of-bh-off|helpers/verify/unsettled.c|s/return find(memory, mac) != NONE;/return false;/
group-not-required|helpers/directory/login_groups.c|s/return count == 0;/return true;/
groups-lost|helpers/directory/login_groups.c|s/login_end_ok(login, told, count)/login_end_ok(login, told, count > 1)/
groups-asked-by-binding-again|helpers/directory/login_verify.c|s/^    login->bind_sent = bind;//
wrong-password-is-locked|helpers/directory/account_state.c|s/{0x530, ACCOUNT_HOURS}/{0x52e, ACCOUNT_LOCKED}/
policy-not-asked|helpers/directory/login_verify.c|s/request_remarks(login->directory), NULL, msgid/NULL, NULL, msgid/
must-change-lost|helpers/directory/account_state.c|s/if (error == PP_changeAfterReset)/if (error == PP_changeAfterReset \&\& code != LDAP_SUCCESS)/
memory-not-told|helpers/basic-ldap/basic.c|s/if (login_cancel(pending->login))/if (login_cancel(pending->login) \&\& false)/
END
)

number=0
failed=0
report() { # RESULT TEXT
    number=$((number + 1))
    echo "$1 $number - $2"
    [[ "$1" == ok ]] || failed=1
}

fits() { # FILE SCRIPT
    local mutant
    mutant=$(sed "$2" "$1") && [[ "$mutant" != "$(<"$1")" ]]
}

compile_all() {
    local file object
    for file in "$@"; do
        object=${file%.c}.o
        "${compile[@]}" -c -o "$object" "$file"
    done
}

link_sim() {
    mapfile -d "" -t objects < <(find . -name "*.o" -print0)
    "${compile[@]}" -o check_sim "${objects[@]}" "${libraries[@]}"
}

# The source files of the simulated helper; main.c is real life.
copy_sources() {
    mkdir -p "$work/tests"
    cp -r "$source_dir/common" "$source_dir/helpers" "$work/"
    cp -r "$source_dir/tests/sim" "$work/tests/"
    cd "$work"
    find . -name main.c -delete
    find . -name '*.o' -delete
    find helpers -mindepth 1 -maxdepth 1 -type d ! -name core ! -name verify \
        ! -name directory ! -name basic-ldap -exec rm -rf {} +
}

# A mutant must be caught: a failing check, a crash, or a loop that never ends. That is known by the
# time of the processor, of which a busy machine takes no more than an idle one.
is_caught() {
    ! (
        ulimit -t 120
        exec timeout 1800 ./check_sim --seed 7 --requests "${MUTANT_REQUESTS:-60000}" > output 2>&1
    )
}

try_mutant() { # NAME FILE SCRIPT
    cp "$2" saved.c.orig
    sed -i "$3" "$2"
    compile_all "$2"
    link_sim
    if is_caught; then
        report ok "$1: $(grep -m 1 -o '[0-9]* ms: .*' output || echo crashed)"
    else
        report "not ok" "$1 was not noticed"
    fi
    mv saved.c.orig "$2"
    compile_all "$2"
}

try_engine_as_it_is() {
    mapfile -t sources < <(find common helpers tests -name '*.c' | sort)
    compile_all "${sources[@]}"
    link_sim
    if is_caught; then
        report "not ok" "the engine as it is fails"
        cat output
        exit 1
    fi
    report ok "the engine as it is passes"
}

if [[ "${1:?$usage}" == --patterns ]]; then
    cd "$source_dir"
    attempt() { report ok "$1 fits $2"; }
else
    build_dir=$(cd "$1" && pwd)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    read -ra compile <<< "${CC:-gcc} -std=gnu11 -w -O1 -g ${CFLAGS:-} -I$build_dir -I."
    read -ra libraries <<< "$(pkg-config --libs ldap lber nettle libevent_core libsasl2 krb5-gssapi krb5) -lresolv -pthread"
    copy_sources
    try_engine_as_it_is
    attempt() { try_mutant "$@"; }
fi
shift

while IFS='|' read -r name file script; do
    [[ $# -gt 0 && " $* " != *" $name "* ]] && continue
    if fits "$file" "$script"; then
        attempt "$name" "$file" "$script"
    else
        report "not ok" "$name: the pattern does not fit $file any more"
    fi
done <<< "$mutants"
echo "1..$number"
exit "$failed"
