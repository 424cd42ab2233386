# SPDX-License-Identifier: BSD-2-Clause
#
# Libraries that only some of the programs need. Each can be left out with
# --without-NAME; without that option it is used where it is installed.

# PXA_WITH(NAME, VARIABLE, MODULES, WHAT)
# Looks for the pkg-config MODULES unless --without-NAME was given. Sets
# VARIABLE_CFLAGS and VARIABLE_LIBS, the automake condition HAVE_VARIABLE, the
# macro HAVE_VARIABLE, and pxa_VARIABLE to "yes", or to "no" with the reason.
AC_DEFUN([PXA_WITH], [
    AC_ARG_WITH([$1], [AS_HELP_STRING([--without-$1], [do not build what needs $4])],
        [], [AS_VAR_SET([with_$1], [auto])])
    AS_VAR_IF([with_$1], [no],
        [pxa_$2="no (--without-$1)"],
        [PKG_CHECK_MODULES([$2], [$3],
            [pxa_$2=yes
             AC_DEFINE([HAVE_$2], [1], [Define to 1 where $4 is used])],
            [AS_VAR_IF([with_$1], [auto],
                [pxa_$2="no (not found: $3)"],
                [AC_MSG_ERROR([--with-$1 needs the pkg-config modules $3])])])])
    AM_CONDITIONAL([HAVE_$2], [test "x$pxa_$2" = xyes])
])
