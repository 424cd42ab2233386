# SPDX-License-Identifier: BSD-2-Clause
"""The test domain itself, asked by OpenLDAP's and MIT's own programs: what the tests of the
helpers take for granted. Expected values: Samba 4.17 and 4.22 as seen; MS-ADTS 3.1.1.3.4 for rules.
"""

import subprocess
import unittest

from support import addomain, adtree, kdc, place

DC: addomain.Domain


def setUpModule() -> None:
    global DC
    folder = unittest.enterModuleContext(place.private_folder("ad"))
    DC = unittest.enterModuleContext(addomain.private(folder))


DIAGNOSTIC = ("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, "
              "data {}, v1db1")
IN_CHAIN = "1.2.840.113556.1.4.1941"


class Binds(unittest.TestCase):
    def setUp(self) -> None:
        DC.unlock(adtree.LARRY)

    def assert_refused(self, name: str, password: str, data: str) -> None:
        self.assertEqual(DC.bind(name, password), addomain.Bind(49, DIAGNOSTIC.format(data)))

    def assert_accepted(self, name: str | bytes, password: str, url: str = addomain.LDAPS_URL,
                        *words: str) -> None:
        self.assertEqual(DC.bind(name, password, url, *words).code, 0, name)

    def test_everybody_by_dn_upn_and_down_level_name(self) -> None:
        for person in (*adtree.PEOPLE, *adtree.SERVICES):
            for name in (person.dn, person.principal_name, person.implicit_upn,
                         person.down_level):
                with self.subTest(name):
                    self.assert_accepted(name, person.password)

    def test_letter_case_does_not_matter(self) -> None:
        for name in ("ALICE@corp.example.test", "alice@CORP.EXAMPLE.TEST", "corp\\Alice",
                     "alice@corp"):
            with self.subTest(name):
                self.assert_accepted(name, adtree.ALICE.password)

    def test_nobody(self) -> None:
        for name in ("alice", "nobody@corp.example.test", "alice@nope.test", "NOPE\\alice",
                     "corp.example.test\\alice", "CORP/alice", "robert@corp.example.org"):
            with self.subTest(name):
                self.assert_refused(name, adtree.ALICE.password, "52e")

    def test_states_are_told_only_to_who_knows_the_password(self) -> None:
        for state in adtree.STATES:
            with self.subTest(state.reason):
                name = state.person.principal_name
                self.assert_refused(name, state.person.password, state.data)
                self.assert_refused(name, addomain.WRONG, adtree.WRONG_PASSWORD_DATA)
                DC.unlock(state.person)

    def test_bad_passwords_are_counted_and_lock(self) -> None:
        larry = adtree.LARRY
        for number in range(1, adtree.LOCKOUT_THRESHOLD + 1):
            self.assert_refused(larry.principal_name, addomain.WRONG,
                                adtree.WRONG_PASSWORD_DATA)
            self.assertEqual(DC.bad_password_count(larry), number)
        self.assertTrue(DC.is_locked(larry))
        for password in (larry.password, addomain.WRONG):
            self.assert_refused(larry.principal_name, password, adtree.LOCKED_DATA)
        DC.unlock(larry)
        self.assertFalse(DC.is_locked(larry))
        self.assertEqual(DC.bad_password_count(larry), 0)
        self.assert_accepted(larry.principal_name, larry.password)

    def test_a_right_password_forgives_a_wrong_one(self) -> None:
        self.assert_refused(adtree.LARRY.dn, addomain.WRONG, "52e")
        self.assertEqual(DC.bad_password_count(adtree.LARRY), 1)
        self.assert_accepted(adtree.LARRY.dn, adtree.LARRY.password)
        self.assertEqual(DC.bad_password_count(adtree.LARRY), 0)

    def test_passwords_are_utf_8(self) -> None:
        DC.bind(adtree.JUERGEN.dn, adtree.JUERGEN.password.encode("cp1252"))
        self.assertEqual(DC.bad_password_count(adtree.JUERGEN), 1)
        self.assert_accepted(adtree.JUERGEN.principal_name, adtree.JUERGEN.password)

    def test_simple_binds_need_tls(self) -> None:
        name, password = adtree.ALICE.principal_name, adtree.ALICE.password
        refused = DC.bind(name, password, addomain.LDAP_URL)
        self.assertEqual(refused, addomain.Bind(8, "BindSimple: Transport encryption required."))
        self.assert_accepted(name, password, addomain.LDAP_URL, "-ZZ")

    def test_global_catalog(self) -> None:
        name, password = adtree.ALICE.principal_name, adtree.ALICE.password
        self.assert_accepted(name, password, addomain.GC_TLS_URL)
        self.assert_accepted(name, password, addomain.GC_URL, "-ZZ")

    def test_a_password_that_was_set(self) -> None:
        DC.set_password(adtree.LARRY, "another-pw")
        self.assert_accepted(adtree.LARRY.dn, "another-pw")
        DC.set_password(adtree.LARRY, adtree.LARRY.password)
        self.assert_refused(adtree.LARRY.dn, "another-pw", "52e")


class Groups(unittest.TestCase):
    def in_chain(self, person: adtree.Person) -> set[str]:
        found = DC.search(adtree.BASE, "sub", f"(member:{IN_CHAIN}:={escape_filter(person.dn)})",
                          "sAMAccountName", as_person=adtree.SVC_LDAP)
        return {entry["sAMAccountName"][0].decode() for entry in found}

    def test_nested(self) -> None:
        self.assertLessEqual({"A", "B", "C", "Web (all) staff", "#hash", "lead", "Proxy Users",
                              "Global staff", "Universal staff", "Local staff"},
                             self.in_chain(adtree.ALICE))
        self.assertEqual(self.in_chain(adtree.JUERGEN), {"A", "B", "C", "Grüppe"})

    def test_ring(self) -> None:
        self.assertEqual(self.in_chain(adtree.BOB), {"R1", "R2", "Denied"})

    def test_primary_group_is_no_member_of(self) -> None:
        self.assertEqual(self.in_chain(adtree.PRIMARY), {"Domain Users"} | {"Users"})

    def test_one_user_in_many(self) -> None:
        self.assertEqual(len(self.in_chain(adtree.MANY)), adtree.MANY_COUNT)

    def test_one_common_name_twice(self) -> None:
        found = DC.search(adtree.BASE, "sub", "(&(objectClass=group)(cn=Staff))", "cn")
        self.assertEqual({entry["dn"][0].decode() for entry in found},
                         {adtree.STAFF_SALES.dn, adtree.STAFF_OPS.dn})

    def test_names(self) -> None:
        for group in adtree.GROUPS:
            with self.subTest(group.cn):
                found = DC.search(group.dn, "base", "(objectClass=group)", "cn", "sAMAccountName",
                                  "groupType")
                self.assertEqual(found[0]["cn"], [group.cn.encode()])
                self.assertEqual(found[0]["sAMAccountName"], [group.account_name.encode()])
                self.assertEqual(found[0]["groupType"], [group.kind.encode()])


class Kerberos(unittest.TestCase):
    def test_the_service_binds_by_its_keytab(self) -> None:
        env = DC.env() | {"KRB5_CLIENT_KTNAME": f"FILE:{DC.svc_keytab}",
                          "KRB5CCNAME": f"FILE:{DC.folder}/svc-cache"}
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            with self.subTest(mech):
                done = subprocess.run(
                    [place.need_program("ldapsearch"), "-Y", mech, "-LLL", "-H",
                     addomain.LDAP_URL, "-b", adtree.ALICE.dn, "-s", "base", "mail"],
                    capture_output=True, text=True, env=env)
                self.assertIn("mail: alice.able@example.net", done.stdout, done.stderr)
                self.assertIn("SSF: 256", done.stderr)

    def test_tickets_by_password(self) -> None:
        cache = DC.folder / "alice-cache"
        kdc.kinit(DC.krb5_config, cache, adtree.ALICE.implicit_upn.replace(
            adtree.DNS_DOMAIN, adtree.REALM), adtree.ALICE.password)
        done = subprocess.run([place.need_program("kvno"), f"HTTP/{adtree.PROXY}"],
                              capture_output=True, text=True, env=DC.env(cache))
        self.assertEqual(done.returncode, 0, done.stderr)


class Faults(unittest.TestCase):
    """Each leaves the controller as it was."""

    def test_stopped_and_started(self) -> None:
        DC.stop()
        self.assertEqual(DC.bind(adtree.ALICE.dn, adtree.ALICE.password).code, 255)
        DC.start()
        self.assertEqual(DC.bind(adtree.ALICE.dn, adtree.ALICE.password).code, 0)

    def test_certificate_for_another_name(self) -> None:
        DC.certificate_for("DNS:other.corp.example.test")
        DC.restart()
        self.addCleanup(DC.restart)
        self.addCleanup(DC.certificate_for, addomain.OWN_NAMES)
        self.assertEqual(DC.bind(adtree.ALICE.dn, adtree.ALICE.password).code, 255)

    def test_without_strong_authentication(self) -> None:
        DC.restart("ldap server require strong auth = no")
        self.addCleanup(DC.restart)
        self.assertEqual(DC.bind(adtree.ALICE.dn, adtree.ALICE.password, addomain.LDAP_URL).code,
                         0)

    def test_the_password_that_is_about_to_expire(self) -> None:
        found = DC.search(adtree.SOON.dn, "base", "(objectClass=*)",
                          "msDS-UserPasswordExpiryTimeComputed", "pwdLastSet")[0]
        left = int(found["msDS-UserPasswordExpiryTimeComputed"][0]) - int(found["pwdLastSet"][0])
        self.assertEqual(left / (24 * 60 * 60 * 10_000_000), adtree.SOON_DAYS + 0.5)


def escape_filter(value: str) -> str:
    """RFC 4515."""
    return "".join(f"\\{ord(c):02x}" if c in "\\*()\0" else c for c in value)


if __name__ == "__main__":
    unittest.main()
