#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Which file may include which: a file reaches its own folder and the floors
# below it, and each foreign library has one room (docs/architecture.md). Also
# that every source says under which licence it is. Reports TAP.
set -euo pipefail

top=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
cd "$top"

cases=0
failures=0
report() { # NAME FINDINGS
    cases=$((cases + 1))
    if [[ -z "$2" ]]; then
        echo "ok $cases - $1"
    else
        failures=$((failures + 1))
        echo "not ok $cases - $1"
        while IFS= read -r line; do echo "# $line"; done <<<"$2"
    fi
}

# Prints FILE:LINE HEADER for each #include in the given folders, with its
# quotes or angle brackets.
includes() {
    local folder
    for folder in "$@"; do
        [[ -d "$folder" ]] || continue
        find "$folder" -name '*.[ch]' -print0 |
            xargs -0 --no-run-if-empty grep -nHE '^[[:space:]]*#[[:space:]]*include' |
            sed -E 's/^([^:]+:[0-9]+):[[:space:]]*#[[:space:]]*include[[:space:]]*/\1 /' |
            awk '{ print $1, $2 }'
    done
}

# Own headers that the files of FOLDER include and that no PREFIX allows.
outside() { # FOLDER PREFIX...
    local folder=$1 pattern
    shift
    pattern=$(IFS='|' && echo "$*")
    includes "$folder" | grep '"' | grep -vE " \"($pattern)" || true
}

# Files that include a foreign HEADER (an extended regular expression) and are
# not among the allowed FILES (another one).
strangers() { # HEADER FILES
    includes common helpers | grep -E " [<\"]($1)" | grep -vE "^($2)" || true
}

without_licence() {
    local file
    find .ci common helpers m4 scripts tests -type f ! -path '*/__pycache__/*' \
        \( -name '*.[ch]' -o -name '*.cc' -o -name '*.py' -o -name '*.sh' -o -name '*.inc' \
        -o -path 'm4/f*.m4' -o -path 'scripts/*' -o -path '.ci/*' \) -print |
        while IFS= read -r file; do
            head -n 2 "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || echo "$file"
        done
}

# The makefiles name programs of one source without its ".c". A header that they do not name is in
# no distribution.
not_listed() {
    local file room name suffix
    find common helpers tests -name '*.[ch]' -print | sort | while IFS= read -r file; do
        room=${file%%/*}
        name=${file#"$room"/}
        suffix='\.h'
        [[ "$file" == *.h ]] || suffix='(\.c)?'
        grep -qE "%D%/${name%.?}$suffix( |\$)" "$room/Makefile.am.inc" || echo "$file"
    done
}

# Rooms that see core and common alone; groups sees more, and programs are known by their main.c.
rooms=(verify files passwords directory kerberos negotiate ntlm pam sasl)

# Folders of helpers that no rule here is about.
lawless() {
    local folder known=" core groups ${rooms[*]} "
    for folder in helpers/*/; do
        folder=$(basename "$folder")
        [[ -e "helpers/$folder/main.c" || "$known" == *" $folder "* ]] || echo "helpers/$folder"
    done
}

report "common includes only common" "$(outside common common/)"
report "core includes core and common" "$(outside helpers/core helpers/core/ common/)"
report "every room has its rule" "$(lawless)"
for room in "${rooms[@]}"; do
    if [[ -d "helpers/$room" ]]; then
        report "$room includes its own room, core and common" \
            "$(outside "helpers/$room" "helpers/$room/" helpers/core/ common/)"
    fi
done
report "the tool includes its own room, files, passwords, ntlm, core and common" \
    "$(outside helpers/proxyauth 'helpers/(proxyauth|files|passwords|ntlm|core)/' common/)"
if [[ -d helpers/groups ]]; then
    report "groups includes its own room, verify, directory, core and common" \
        "$(outside helpers/groups 'helpers/(groups|verify|directory|core)/' common/)"
fi
for main in helpers/*/main.c; do
    [[ -e "$main" ]] || continue
    folder=${main%/main.c}
    report "${folder#helpers/} includes no other program" \
        "$(outside "$folder" "$folder/" 'helpers/(core|verify|groups|files|passwords|directory|kerberos|negotiate|ntlm|pam|sasl)/' common/)"
done

report "the directory never sees the line protocol" \
    "$(includes helpers/directory | grep -E '/(session|request|reply|lines|channel)\.h"' || true)"
report "only the directory includes LDAP" \
    "$(strangers '(ldap|lber|ldap_features|ldap_schema|ldif)\.h|openldap/|openldap\.h' 'helpers/directory/')"
report "only the directory and the SASL rooms include SASL" \
    "$(strangers 'sasl/' 'helpers/(directory|sasl)/')"
report "only the PAM room includes PAM" \
    "$(strangers 'security/' 'helpers/pam/')"
report "only the loop includes libevent" \
    "$(strangers 'event2/|event\.h' 'helpers/core/loop_event\.c')"
report "only the passwords room includes libxcrypt" \
    "$(strangers 'crypt\.h' 'helpers/passwords/')"
# The directory gets tickets for its service account; nothing else there knows of Kerberos.
report "only the kerberos room and the directory's tickets include GSSAPI" \
    "$(strangers 'gssapi|krb5' 'helpers/(kerberos/|directory/kerberos_(credentials|fault|keytab)\.[ch])')"
report "common does no input or output and takes no memory" \
    "$(includes common | grep -E '<(stdio|unistd|fcntl|syslog|time|sys/(socket|time|stat))\.h>' || true)"
report "project headers are included by their full path" \
    "$(includes common helpers tests | grep -E '"' | grep -vE '"(common|helpers|tests)/' || true)"
report "every source names its licence in its first two lines" "$(without_licence)"
report "every C source and header is part of the build" "$(not_listed)"

echo "1..$cases"
((failures == 0))
