#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The shared library exports the names of common/proxyauth.map, no more and no
# less, and they are those that common/proxyauth.h declares, that one manual page
# each describes, and that the tests call from C++ and for allocations. What the
# library uses of others is what pure functions need. Reports TAP.
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

# From the NAME sections of all pages; a name of two pages comes twice.
names_of_manuals()
{
    sed -n '/^\.Sh NAME/,/^\.Nd/ s/^\.Nm \(pxa_[a-z0-9_]*\).*/\1/p' "$srcdir"/docs/man/pxa_*.3 | sort
}

# Each page, as its name and its title have it.
pages()
{
    (cd "$srcdir/docs/man" && printf '%s\n' pxa_*.3) | sort
}

pages_by_title()
{
    sed -n 's/^\.Dt \([A-Z0-9_]*\) 3$/\1.3/p' "$srcdir"/docs/man/pxa_*.3 |
        tr '[:upper:]' '[:lower:]' | sort
}

pages_of_overview()
{
    sed -n 's/^\.Xr \(pxa_[a-z0-9_]*\) 3.*/\1.3/p' "$manual" | sort -u
}

# called_in FILE...: the functions of the map that these files call.
called_in()
{
    names_of_map | while IFS= read -r name; do
        if grep -q "\b$name(" "$@"; then
            echo "$name"
        fi
    done
}

# What is given no run of bytes, or never more than the 68 of a SID.
of_bounded_time='pxa_(status_text|[a-z0-9_]*_name|sid_decode|sid_append|sid_text)'

# What is not there must come from elsewhere: nothing that allocates, does input or
# output, or asks for the time, the locale or the environment. Compilers add the last
# three lines: stack protector, checked copies, and the ends of a shared object.
pure='bcmp|memchr|memcmp|memcpy|memmove|memset|strchr|strcmp|strlen|strnlen|explicit_bzero
nettle_[a-z0-9_]*
__stack_chk_fail|__stack_chk_fail_local
__(memcpy|memmove|memset|explicit_bzero)_chk
__cxa_finalize|__gmon_start__|_ITM_(de)?registerTMCloneTable'

impure()
{
    nm -D --undefined-only -- "$library" |
        awk '{ sub(/@.*/, "", $NF); print $NF }' | grep -vxE "$(tr '\n' '|' <<<"$pure" | sed 's/|$//')" || true
}

# Sanitizers bring their own calls.
is_sanitized()
{
    nm -D --undefined-only -- "$library" | grep -qE ' __(asan|ubsan|tsan)_'
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

# none DESCRIPTION LIST
none()
{
    same "$1" "none" "${2:-none}"
}

echo 1..11
same "the library exports what the map names" "$(names_of_map)" "$(names_of_library)"
same "the map names what the header declares" "$(names_of_header)" "$(names_of_map)"
same "every export has the version of the map" \
    "$(sed -n 's/^\(PROXYAUTH_[0-9]*\) {$/\1/p' "$map")" "$(versions_of_library)"
if is_sanitized; then
    count=$((count + 1))
    echo "ok $count - sanitizers call what they need"
else
    none "the library uses nothing impure" "$(impure)"
fi
same "the manual pages name what the map names, each once" "$(names_of_map)" "$(names_of_manuals)"
same "pages are called as their titles say" "$(pages)" "$(pages_by_title)"
same "the overview lists the pages" "$(pages)" "$(pages_of_overview)"
same "the overview explains the statuses of the header" \
    "$(statuses_of_header)" "$(statuses_of_manual)"
same "check_cxx.cc calls every function" "$(names_of_map)" \
    "$(called_in "$srcdir/tests/unit/check_cxx.cc")"
same "every_function.c calls every function" "$(names_of_map)" \
    "$(called_in "$srcdir/tests/unit/every_function.c")"
same "the tests of time call every function that takes bytes" \
    "$(names_of_map | grep -vxE "$of_bounded_time")" \
    "$(called_in "$srcdir"/tests/linear/*.c | grep -vxE "$of_bounded_time")"
exit "$failed"
