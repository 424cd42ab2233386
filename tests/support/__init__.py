# SPDX-License-Identifier: BSD-2-Clause
"""Real servers for the tests: each one private, on loopback, started and stopped by its pid.

    place        private folders, ports, waiting for a condition, child processes
    certs        a throw-away certificate authority and good and bad server certificates
    tree         the sample directory dc=example,dc=test as LDIF
    slapd        OpenLDAP's server on ldapi://, ldap:// (StartTLS) and ldaps://
    squid        Squid with one `auth_param` scheme, a tiny origin server, curl through the proxy
    browser      pages opened by a Chromium that playwright-core drives, for tests/browser
    helper       talks to a helper over a socket pair, exactly as Squid does
    basicldap    the helper under test as an argv, and the classes that most tests derive from
    faultserver  a TCP relay that delays, stalls, cuts, resets and lies, and counts binds
    kdc          a private MIT Kerberos realm, without root
    gss          one step of a Kerberos client or server by MIT's GSSAPI
    catchproxy   a proxy that asks for credentials and writes down what it gets
    sambadc      Samba as an Active Directory domain controller, for scripts/capture-tokens
    chromium     Chromium behind a proxy of the test's, likewise
    tlsrelay     a TLS front with a version of one's choice
    privatenet   a network and an /etc/hosts of the test's own
    ber          as much BER as a test needs to read and write LDAP by hand
    tap          runs a unittest file and prints TAP
    demo         what scripts/demo shows
    filedemo     what scripts/demo --files shows

Only Python 3's standard library is used (sambadc alone needs Samba's module). Every server is a
context manager.
"""
