# SPDX-License-Identifier: BSD-2-Clause
# PXA_RESOLV
# Looks for the functions of the resolver, which newer C libraries have in part
# and older ones in libresolv alone. Sets RESOLV_LIBS; an error without them.
AC_DEFUN([PXA_RESOLV], [
    AC_CACHE_CHECK([for the library with res_ninit and ns_initparse], [pxa_cv_resolv_libs],
        [pxa_cv_resolv_libs=none
         pxa_saved_libs=$LIBS
         for pxa_lib in "" "-lresolv"; do
             LIBS="$pxa_lib $pxa_saved_libs"
             AC_LINK_IFELSE([AC_LANG_PROGRAM([[
                     #include <netinet/in.h>
                     #include <arpa/nameser.h>
                     #include <resolv.h>
                 ]], [[
                     struct __res_state state = {0};
                     unsigned char query[NS_PACKETSZ];
                     ns_msg message;
                     ns_rr rr;
                     char name[NS_MAXDNAME];

                     (void)res_ninit(&state);
                     (void)res_nmkquery(&state, ns_o_query, "a.test", ns_c_in, ns_t_srv, 0, 0, 0,
                                        query, sizeof query);
                     (void)ns_initparse(query, sizeof query, &message);
                     (void)ns_parserr(&message, ns_s_an, 0, &rr);
                     (void)ns_name_uncompress(query, query + 1, query, name, sizeof name);
                     return state._u._ext.nsaddrs[0] != 0;
                 ]])], [pxa_cv_resolv_libs=$pxa_lib; break])
         done
         LIBS=$pxa_saved_libs])
    AS_VAR_IF([pxa_cv_resolv_libs], [none],
        [AC_MSG_ERROR([the resolver of the GNU C library is needed (res_ninit, ns_initparse)])])
    AC_SUBST([RESOLV_LIBS], [$pxa_cv_resolv_libs])
])
