/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines of basic_ldap_auth in the shapes that public configurations, generators and guides
 * have, with what the stock parser makes of each (worked out by hand from main() in Squid's
 * src/auth/basic/LDAP/basic_ldap_auth.cc). Names, hosts and passwords are ours.
 */
#ifndef TESTS_UNIT_WILD_LINES_H
#define TESTS_UNIT_WILD_LINES_H

#include <stdbool.h>

enum { WILD_WORDS = 24 };

struct wild_line {
    const char *origin;
    const char *words[WILD_WORDS];
    /* What it means; NULL, 0 and false are the stock defaults (uid, 389). */
    const char *base;
    const char *filter;
    const char *user_attr;
    const char *bind_dn;
    const char *password;
    const char *password_file;
    const char *servers; /* separated by `|`, in order */
    long port;
    bool starttls;
    bool debug;
};

#define AD_BASE "DC=corp,DC=test"
#define AD_SVC "CN=svc,CN=Users,DC=corp,DC=test"
#define BASE "dc=corp,dc=test"
#define ADMIN "cn=admin,dc=corp,dc=test"

/* clang-format off */
static const struct wild_line wild_lines[] = {
    {.origin = "Zentyal: -v joined, a port and no host",
     .words = {"-v3", "-b", AD_BASE, "-f", "(&(samAccountName=%s)(objectclass=user))", "-p", "3268",
               "-D", AD_SVC, "-w", "Zt9@kUotf", "-P"},
     .base = AD_BASE, .filter = "(&(samAccountName=%s)(objectclass=user))", .bind_dn = AD_SVC,
     .password = "Zt9@kUotf", .port = 3268},
    {.origin = "IPFire, Active Directory: -f and -u, host:port as a word",
     .words = {"-b", AD_BASE, "-D", AD_SVC, "-w", "pw", "-f",
               "(&(objectClass=person)(sAMAccountName=%s))", "-u", "sAMAccountName", "-P",
               "192.0.2.10:389"},
     .base = AD_BASE, .filter = "(&(objectClass=person)(sAMAccountName=%s))",
     .user_attr = "sAMAccountName", .bind_dn = AD_SVC, .password = "pw",
     .servers = "192.0.2.10:389"},
    {.origin = "IPFire, with a group: blanks in the filter",
     .words = {"-b", AD_BASE, "-D", AD_SVC, "-w", "pw", "-f",
               "(&(&(objectClass=person)(sAMAccountName=%s))(memberOf=CN=Net Users,DC=corp))", "-u",
               "sAMAccountName", "-P", "192.0.2.10:389"},
     .base = AD_BASE,
     .filter = "(&(&(objectClass=person)(sAMAccountName=%s))(memberOf=CN=Net Users,DC=corp))",
     .user_attr = "sAMAccountName", .bind_dn = AD_SVC, .password = "pw",
     .servers = "192.0.2.10:389"},
    {.origin = "IPFire, OpenLDAP with a group",
     .words = {"-b", BASE, "-D", ADMIN, "-w", "pw", "-f",
               "(&(&(objectClass=person)(uid=%s))(memberOf=cn=net,dc=corp,dc=test))", "-v", "3",
               "-u", "uid", "-P", "192.0.2.10:389"},
     .base = BASE, .filter = "(&(&(objectClass=person)(uid=%s))(memberOf=cn=net,dc=corp,dc=test))",
     .bind_dn = ADMIN, .password = "pw", .servers = "192.0.2.10:389"},
    {.origin = "pfSense: a password with quotes, blanks and a percent sign",
     .words = {"-v", "3", "-b", AD_BASE, "-D", AD_SVC, "-w", "S3\"t %$!", "-f",
               "(sAMAccountName=%s)", "-u", "sAMAccountName", "-P", "-H", "ldap://dc1.corp.test"},
     .base = AD_BASE, .filter = "(sAMAccountName=%s)", .user_attr = "sAMAccountName",
     .bind_dn = AD_SVC, .password = "S3\"t %$!", .servers = "ldap://dc1.corp.test"},
    {.origin = "pfSense, LDAPS: -R between others, a URI with its port",
     .words = {"-v", "3", "-b", AD_BASE, "-R", "-D", AD_SVC, "-w", "pw", "-f",
               "(&(memberOf=CN=Proxy Users,DC=corp)(sAMAccountName=%s))", "-u", "uid", "-P", "-H",
               "ldaps://dc1.corp.test:636"},
     .base = AD_BASE, .filter = "(&(memberOf=CN=Proxy Users,DC=corp)(sAMAccountName=%s))",
     .bind_dn = AD_SVC, .password = "pw", .servers = "ldaps://dc1.corp.test:636"},
    {.origin = "VyOS",
     .words = {"-v", "3", "-b", AD_BASE, "-D", AD_SVC, "-w", "pw", "-f", "(cn=%s)", "-u", "uid",
               "-p", "389", "-R", "-h", "ldap.corp.test"},
     .base = AD_BASE, .filter = "(cn=%s)", .bind_dn = AD_SVC, .password = "pw",
     .servers = "ldap.corp.test"},
    {.origin = "Univention: StartTLS, two URIs as words",
     .words = {"-b", BASE, "-D", ADMIN, "-W", "/etc/squid.secret", "-s", "sub", "-f",
               "(&(objectClass=person)(uid=%s)(!(|(shadowExpire=1)(krb5KDCFlags=254))))", "-Z",
               "ldap://m1.corp.test:7389", "ldap://b1.corp.test:7389"},
     .base = BASE,
     .filter = "(&(objectClass=person)(uid=%s)(!(|(shadowExpire=1)(krb5KDCFlags=254))))",
     .bind_dn = ADMIN, .password_file = "/etc/squid.secret", .starttls = true,
     .servers = "ldap://m1.corp.test:7389|ldap://b1.corp.test:7389"},
    {.origin = "Univention, one server",
     .words = {"-b", BASE, "-D", ADMIN, "-W", "/etc/squid.secret", "-s", "sub", "-f",
               "(&(objectClass=person)(uid=%s))", "-Z", "ldap://m1.corp.test:7389"},
     .base = BASE, .filter = "(&(objectClass=person)(uid=%s))", .bind_dn = ADMIN,
     .password_file = "/etc/squid.secret", .starttls = true,
     .servers = "ldap://m1.corp.test:7389"},
    {.origin = "Univention, old: anonymous search, -h first",
     .words = {"-h", "m1.corp.test", "-b", BASE, "-s", "sub", "-f",
               "(&(objectClass=person)(uid=%s))"},
     .base = BASE, .filter = "(&(objectClass=person)(uid=%s))", .servers = "m1.corp.test"},
    {.origin = "LLDAP: a URI with a port of its own",
     .words = {"-b", BASE, "-D", "uid=admin,ou=people,dc=corp,dc=test", "-W",
               "/etc/squid/ldap_password", "-f",
               "(&(memberOf=uid=proxy,ou=groups,dc=corp,dc=test)(uid=%s))", "-H",
               "ldap://192.0.2.10:3890"},
     .base = BASE, .filter = "(&(memberOf=uid=proxy,ou=groups,dc=corp,dc=test)(uid=%s))",
     .bind_dn = "uid=admin,ou=people,dc=corp,dc=test",
     .password_file = "/etc/squid/ldap_password", .servers = "ldap://192.0.2.10:3890"},
    {.origin = "Squid's wiki: a host without dots",
     .words = {"-b", "o=corp", "-h", "ldapserver", "-D", "cn=proxyauth,o=corp", "-w", "pw", "-f",
               "(&(objectclass=person)(cn=%s))"},
     .base = "o=corp", .filter = "(&(objectclass=person)(cn=%s))", .bind_dn = "cn=proxyauth,o=corp",
     .password = "pw", .servers = "ldapserver"},
    {.origin = "Squid's wiki: -ZZ, a filter without parentheses, the host as a word",
     .words = {"-v", "3", "-ZZ", "-b", BASE, "-D", "uid=some-user,ou=People,dc=corp,dc=test", "-w",
               "password", "-f", "uid=%s", "ldap.corp.test"},
     .base = BASE, .filter = "uid=%s", .bind_dn = "uid=some-user,ou=People,dc=corp,dc=test",
     .password = "password", .starttls = true, .servers = "ldap.corp.test"},
    {.origin = "Squid's wiki: quotes that Squid does not know, so that all the rest is servers",
     .words = {"-v", "3", "-b", "ou=\"some\",dc=corp,dc=test", "-D", "cn=USER,ou=\"Generic", "User",
               "Accounts\",ou=some\",dc=corp,dc=test", "-w", "password", "-f", "sAMAccountName=%s",
               "-h", "ldap.corp.test"},
     .base = "ou=\"some\",dc=corp,dc=test", .bind_dn = "cn=USER,ou=\"Generic",
     .servers = "User|Accounts\",ou=some\",dc=corp,dc=test|-w|password|-f|sAMAccountName=%s|-h|"
                "ldap.corp.test"},
    {.origin = "Squid's wiki: a bind name that is no DN",
     .words = {"-R", "-b", BASE, "-D", "squid@corp.test", "-W", "/etc/squid3/ldappass.txt", "-f",
               "sAMAccountName=%s", "-h", "dc1.corp.test"},
     .base = BASE, .filter = "sAMAccountName=%s", .bind_dn = "squid@corp.test",
     .password_file = "/etc/squid3/ldappass.txt", .servers = "dc1.corp.test"},
    {.origin = "a container's README",
     .words = {"-R", "-b", BASE, "-D", "cn=squid,ou=services,dc=corp,dc=test", "-w", "password",
               "-f", "sAMAccountName=%s", "-h", "ldap.corp.test"},
     .base = BASE, .filter = "sAMAccountName=%s", .bind_dn = "cn=squid,ou=services,dc=corp,dc=test",
     .password = "password", .servers = "ldap.corp.test"},
    {.origin = "notes of a developer",
     .words = {"-h", "127.0.0.1", "-D", AD_SVC, "-W", "/etc/ldap.password", "-s", "sub", "-b",
               AD_BASE, "-f", "(samaccountname=%s)"},
     .base = AD_BASE, .filter = "(samaccountname=%s)", .bind_dn = AD_SVC,
     .password_file = "/etc/ldap.password", .servers = "127.0.0.1"},
    {.origin = "a guide",
     .words = {"-v", "3", "-b", BASE, "-D", ADMIN, "-w", "password", "-f", "uid=%s", "-h",
               "ldap.corp.test"},
     .base = BASE, .filter = "uid=%s", .bind_dn = ADMIN, .password = "password",
     .servers = "ldap.corp.test"},
    {.origin = "a program's call: anonymous, the host as a word",
     .words = {"-v", "3", "-b", BASE, "-f", "uid=%s", "corp.test"},
     .base = BASE, .filter = "uid=%s", .servers = "corp.test"},
    {.origin = "a course",
     .words = {"-R", "-b", AD_BASE, "-D", AD_SVC, "-W", "/etc/squid/ldap.pass", "-f",
               "sAMAccountName=%s", "-h", "dc01.corp.test"},
     .base = AD_BASE, .filter = "sAMAccountName=%s", .bind_dn = AD_SVC,
     .password_file = "/etc/squid/ldap.pass", .servers = "dc01.corp.test"},
    {.origin = "FreeIPA course: -d",
     .words = {"-d", "-b", BASE, "-D", "uid=admin,cn=users,cn=compat,dc=corp,dc=test", "-w",
               "P@ssw0rd", "-f", "uid=%s", "10.0.10.40"},
     .base = BASE, .filter = "uid=%s", .bind_dn = "uid=admin,cn=users,cn=compat,dc=corp,dc=test",
     .password = "P@ssw0rd", .debug = true, .servers = "10.0.10.40"},
    {.origin = "a NixOS module",
     .words = {"-b", "ou=users,dc=corp", "-f", "(&(objectClass=proxyUser)(mail=%s))", "-D",
               "cn=squid,ou=system,dc=corp", "-W", "/run/secrets/squid-ldap", "-h", "127.0.0.1"},
     .base = "ou=users,dc=corp", .filter = "(&(objectClass=proxyUser)(mail=%s))",
     .bind_dn = "cn=squid,ou=system,dc=corp", .password_file = "/run/secrets/squid-ldap",
     .servers = "127.0.0.1"},
    {.origin = "a forum: the least that works",
     .words = {"-b", BASE, "-f", "uid=%s", "192.168.1.20"},
     .base = BASE, .filter = "uid=%s", .servers = "192.168.1.20"},
    {.origin = "LISM: LDAPS without a port",
     .words = {"-b", BASE, "-D", ADMIN, "-w", "xxxxx", "-f",
               "(&(uid=%s)(&(objectClass=inetOrgPerson)(objectClass=account)))", "-H",
               "ldaps://lism.corp.test"},
     .base = BASE, .filter = "(&(uid=%s)(&(objectClass=inetOrgPerson)(objectClass=account)))",
     .bind_dn = ADMIN, .password = "xxxxx", .servers = "ldaps://lism.corp.test"},
    {.origin = "a forum: a password in UTF-8",
     .words = {"-b", BASE, "-D", ADMIN, "-w", "contrase\xc3\xb1" "a", "-f", "uid=%s", "-h",
               "ldap.corp.test"},
     .base = BASE, .filter = "uid=%s", .bind_dn = ADMIN, .password = "contrase\xc3\xb1" "a",
     .servers = "ldap.corp.test"},
    {.origin = "a forum: no server at all",
     .words = {"-v", "3", "-b", BASE, "-D", ADMIN, "-W", "/path/to/passwordfile", "-f",
               "(&(objectClass=posixAccount)(uid=%s))"},
     .base = BASE, .filter = "(&(objectClass=posixAccount)(uid=%s))", .bind_dn = ADMIN,
     .password_file = "/path/to/passwordfile"},
    {.origin = "a guide: -f and -u, a URI",
     .words = {"-v", "3", "-b", "ou=Users,dc=corp,dc=test", "-f", "(uid=%s)", "-u", "uid", "-H",
               "ldap://ldap.corp.test"},
     .base = "ou=Users,dc=corp,dc=test", .filter = "(uid=%s)", .servers = "ldap://ldap.corp.test"},
    {.origin = "a forum: a short host as a word",
     .words = {"-b", "dc=openldap,dc=corp,dc=test", "-f", "uid=%s", "-s", "sub", "ldap"},
     .base = "dc=openldap,dc=corp,dc=test", .filter = "uid=%s", .servers = "ldap"},
    {.origin = "a community network: a URI with a path",
     .words = {"-v", "3", "-b", "ou=1,o=proxyusers,dc=corp,dc=test", "-H",
               "ldaps://ldap.corp.test/", "-f", "uid=%s", "-D",
               "uid=p,o=proxyusers,dc=corp,dc=test", "-w", "S2011"},
     .base = "ou=1,o=proxyusers,dc=corp,dc=test", .filter = "uid=%s",
     .bind_dn = "uid=p,o=proxyusers,dc=corp,dc=test", .password = "S2011",
     .servers = "ldaps://ldap.corp.test/"},
    {.origin = "a container's bug report: StartTLS",
     .words = {"-v", "3", "-Z", "-b", BASE, "-f", "uid=%s", "-h", "ldap.corp.test"},
     .base = BASE, .filter = "uid=%s", .starttls = true, .servers = "ldap.corp.test"},
};
/* clang-format on */

#endif
