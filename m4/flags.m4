# SPDX-License-Identifier: BSD-2-Clause
#
# Probing of compiler and linker flags, one flag at a time, so that an unknown
# one costs a line in config.log and nothing else.

# PXA_TRY_CFLAG(FLAG, VARIABLE)
# Appends FLAG to VARIABLE if the compiler takes it together with the flags of
# the user, without a complaint.
AC_DEFUN([PXA_TRY_CFLAG], [
    AS_VAR_PUSHDEF([known], [pxa_cv_cflag_$1])
    AC_CACHE_CHECK([whether $CC accepts $1], [known], [
        pxa_saved_CFLAGS=$CFLAGS
        CFLAGS="$CFLAGS -Werror $1"
        AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]],
            [[char text[8]; memset(text, 0, sizeof text); return text[0];]])],
            [AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
        CFLAGS=$pxa_saved_CFLAGS
    ])
    AS_VAR_IF([known], [yes], [AS_VAR_APPEND([$2], [" $1"])])
    AS_VAR_POPDEF([known])
])

# PXA_TRY_LDFLAG(FLAG, VARIABLE)
# The same for the linker.
AC_DEFUN([PXA_TRY_LDFLAG], [
    AS_VAR_PUSHDEF([known], [pxa_cv_ldflag_$1])
    AC_CACHE_CHECK([whether the linker accepts $1], [known], [
        pxa_saved_LDFLAGS=$LDFLAGS
        LDFLAGS="$LDFLAGS -Werror $1"
        AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
            [AS_VAR_SET([known], [yes])], [AS_VAR_SET([known], [no])])
        LDFLAGS=$pxa_saved_LDFLAGS
    ])
    AS_VAR_IF([known], [yes], [AS_VAR_APPEND([$2], [" $1"])])
    AS_VAR_POPDEF([known])
])

# PXA_WARNINGS
# Sets WARN_CFLAGS and, for the one test in C++, WARN_CXXFLAGS; --enable-werror makes every warning an error.
AC_DEFUN([PXA_WARNINGS], [
    AC_ARG_ENABLE([werror],
        [AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])],
        [], [enable_werror=no])
    WARN_CFLAGS=
    m4_foreach_w([warning], [-Wall -Wextra -Wformat=2 -Wshadow -Wstrict-prototypes
        -Wmissing-prototypes -Wvla -Wswitch-enum -Wundef -Wcast-qual
        -Wpointer-arith -Wwrite-strings],
        [PXA_TRY_CFLAG(warning, [WARN_CFLAGS])])
    WARN_CXXFLAGS="-Wall -Wextra"
    AS_IF([test "x$enable_werror" = xyes],
        [WARN_CFLAGS="$WARN_CFLAGS -Werror"
         WARN_CXXFLAGS="$WARN_CXXFLAGS -Werror"])
    AC_SUBST([WARN_CFLAGS])
    AC_SUBST([WARN_CXXFLAGS])
])

# PXA_SANITIZERS
# --enable-sanitize=LIST sets SANITIZE_CFLAGS, for compiling and linking alike.
# pxa_sanitize holds the list, or "no"; the automake condition SANITIZED is true with one.
AC_DEFUN([PXA_SANITIZERS], [
    AC_ARG_ENABLE([sanitize],
        [AS_HELP_STRING([--enable-sanitize=LIST],
            [build with sanitizers: address,undefined (the default LIST) or thread])],
        [pxa_sanitize=$enableval], [pxa_sanitize=no])
    AS_IF([test "x$pxa_sanitize" = xyes], [pxa_sanitize=address,undefined])
    SANITIZE_CFLAGS=
    AS_IF([test "x$pxa_sanitize" != xno], [
        PXA_TRY_CFLAG([-fsanitize=$pxa_sanitize], [SANITIZE_CFLAGS])
        AS_IF([test "x$SANITIZE_CFLAGS" = x],
            [AC_MSG_ERROR([the compiler cannot build with -fsanitize=$pxa_sanitize])])
        PXA_TRY_CFLAG([-fno-sanitize-recover=all], [SANITIZE_CFLAGS])
        PXA_TRY_CFLAG([-fno-omit-frame-pointer], [SANITIZE_CFLAGS])
    ])
    AC_SUBST([SANITIZE_CFLAGS])
    AM_CONDITIONAL([SANITIZED], [test "x$pxa_sanitize" != xno])
])

# PXA_FORTIFY
# Adds the highest level of _FORTIFY_SOURCE that the C library knows to
# HARDEN_CFLAGS, unless the user has chosen one, or none can work (no -O).
AC_DEFUN([PXA_FORTIFY], [
    AS_CASE(["$CPPFLAGS $CFLAGS"],
        [*_FORTIFY_SOURCE*], [],
        [AC_CACHE_CHECK([which level of _FORTIFY_SOURCE works], [pxa_cv_fortify], [
            pxa_cv_fortify=none
            pxa_saved_CFLAGS=$CFLAGS
            for level in 3 2; do
                CFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$level $pxa_saved_CFLAGS -Werror"
                AC_LINK_IFELSE([AC_LANG_PROGRAM([[
                    #include <string.h>
                    #if !defined __USE_FORTIFY_LEVEL || __USE_FORTIFY_LEVEL != _FORTIFY_SOURCE
                    #error not in effect
                    #endif]], [])],
                    [pxa_cv_fortify=$level; break])
            done
            CFLAGS=$pxa_saved_CFLAGS
        ])
        AS_IF([test "x$pxa_cv_fortify" != xnone],
            [HARDEN_CFLAGS="$HARDEN_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$pxa_cv_fortify"])])
])

# PXA_PIE
# Programs become position independent, where the compiler does not do so by
# itself. Shared objects are not concerned: libtool gives them -fPIC.
AC_DEFUN([PXA_PIE], [
    AC_CACHE_CHECK([whether $CC makes position independent programs], [pxa_cv_pie], [
        AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
            #if !defined __PIE__
            #error not in effect
            #endif]], [])], [pxa_cv_pie=yes], [pxa_cv_pie=no])
    ])
    AS_IF([test "x$pxa_cv_pie" = xno], [
        PXA_TRY_CFLAG([-fPIE], [HARDEN_CFLAGS])
        PXA_TRY_LDFLAG([-pie], [PROGRAM_LDFLAGS])
    ])
])

# PXA_HARDENING
# Sets HARDEN_CFLAGS, HARDEN_LDFLAGS (all that is linked) and PROGRAM_LDFLAGS
# (programs only). What the user puts into CFLAGS comes later on the command
# line and wins. A sanitizer replaces what it conflicts with.
AC_DEFUN([PXA_HARDENING], [
    AC_ARG_ENABLE([hardening],
        [AS_HELP_STRING([--disable-hardening], [do not add hardening flags])],
        [], [enable_hardening=yes])
    HARDEN_CFLAGS=
    HARDEN_LDFLAGS=
    PROGRAM_LDFLAGS=
    AS_IF([test "x$enable_hardening" = xyes && test "x$pxa_sanitize" != xno],
        [enable_hardening="no (sanitizers)"])
    AS_IF([test "x$enable_hardening" = xyes], [
        PXA_FORTIFY
        PXA_TRY_CFLAG([-fstack-protector-strong], [HARDEN_CFLAGS])
        PXA_TRY_CFLAG([-fstack-clash-protection], [HARDEN_CFLAGS])
        PXA_TRY_CFLAG([-fcf-protection], [HARDEN_CFLAGS])
        PXA_PIE
        PXA_TRY_LDFLAG([-Wl,-z,relro], [HARDEN_LDFLAGS])
        PXA_TRY_LDFLAG([-Wl,-z,now], [HARDEN_LDFLAGS])
    ])
    AC_SUBST([HARDEN_CFLAGS])
    AC_SUBST([HARDEN_LDFLAGS])
    AC_SUBST([PROGRAM_LDFLAGS])
])

# PXA_SYMBOL_CHECK_LDFLAGS
# Sets DEFS_LDFLAGS: a shared library may not leave a symbol open. Sanitizers
# of clang leave theirs to the program, so they switch this off.
AC_DEFUN([PXA_SYMBOL_CHECK_LDFLAGS], [
    DEFS_LDFLAGS=
    AS_IF([test "x$pxa_sanitize" = xno], [PXA_TRY_LDFLAG([-Wl,-z,defs], [DEFS_LDFLAGS])])
    PXA_TRY_LDFLAG([-Wl,--as-needed], [DEFS_LDFLAGS])
    AC_SUBST([DEFS_LDFLAGS])
])
