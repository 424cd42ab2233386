#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The shared library exports the names of common/proxyauth.map, no more and no
# less, and they are those that common/proxyauth.h declares and libproxyauth(3)
# describes. Reports TAP.
#
# Environment: srcdir       the top of the sources
#              PXA_LIBRARY  the library; libtool's place in the current folder if unset
set -euo pipefail

srcdir=${srcdir:-.}
library=${PXA_LIBRARY:-common/.libs/libproxyauth.so}
map=$srcdir/common/proxyauth.map
header=$srcdir/common/proxyauth.h
manual=$srcdir/docs/man/libproxyauth.3

# libtool's description of the library names no shared one after --disable-shared.
if [ -z "${PXA_LIBRARY:-}" ] && grep -qs "^dlname=''" common/libproxyauth.la; then
    echo "1..0 # SKIP built with --disable-shared"
    exit 0
fi

# The names between "global:" and "local:" of the map.
names_of_map()
{
    sed -n '/^global:/,/^local:/ s/^[[:space:]]*\([a-z0-9_]*\);$/\1/p' "$map" | sort
}

# Functions and data. The version itself is a symbol, too: type A.
names_of_library()
{
    nm -D --defined-only -- "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort
}

# All defined names carry the version of the map.
versions_of_library()
{
    nm -D --defined-only --with-symbol-versions -- "$library" |
        awk '$2 != "A" { sub(/.*@/, "", $3); print $3 }' | sort -u
}

names_of_header()
{
    grep '^PXA_EXPORT ' "$header" | sed 's/^[^(]*\b\(pxa_[a-z0-9_]*\)(.*/\1/' | sort
}

names_of_manual()
{
    sed -n 's/^\.Nm \(pxa_[a-z0-9_]*\).*/\1/p' "$manual" | sort
}

# The statuses that are errors.
statuses_of_header()
{
    sed -n '/^enum pxa_status {/,/^};/ s/^ *\(PXA_[A-Z0-9_]*\).*/\1/p' "$header" |
        sed '/^PXA_OK$/d' | sort
}

statuses_of_manual()
{
    sed -n '/^\.Sh ERRORS/,/^\.El/ s/^\.It Dv //p' "$manual" | sort
}

# same DESCRIPTION EXPECTED ACTUAL
count=0
failed=0
same()
{
    count=$((count + 1))
    if [ -n "$2" ] && [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        failed=1
        echo "not ok $count - $1"
        diff <(echo "$2") <(echo "$3") | sed 's/^/# /' || true
    fi
}

echo 1..5
same "the library exports what the map names" "$(names_of_map)" "$(names_of_library)"
same "the map names what the header declares" "$(names_of_header)" "$(names_of_map)"
same "every export has the version of the map" \
    "$(sed -n 's/^\(PROXYAUTH_[0-9]*\) {$/\1/p' "$map")" "$(versions_of_library)"
same "the manual page names what the map names" "$(names_of_map)" "$(names_of_manual)"
same "the manual page lists the errors of the header" \
    "$(statuses_of_header)" "$(statuses_of_manual)"
exit "$failed"
