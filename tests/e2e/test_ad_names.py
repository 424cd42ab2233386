# SPDX-License-Identifier: BSD-2-Clause
"""What people type as their name, through a real Squid, and who that is in a real Active Directory.

Which forms the directory itself accepts is in test_ad_domain.py; here are those that the helper
lets in, and under which name. Rules: the manual page's section on names, MS-ADTS 5.1.1.1.1.
"""

import unittest
import urllib.parse

from support import addomain, adproxy, adtree, place


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


OTHER_FORMS = ["CORP/alice", "Alice Able", adtree.ALICE.dn, "corp.example.test/Users/Alice Able",
               "corp.example.test\\alice", "NOPE\\alice", "alice@nope.test", "alice@example.test",
               f"alice@{adtree.OTHER_SUFFIX}", "alice@", "@corp.example.test", "CORP\\", "\\alice",
               "CORP\\\\alice", "CORP\\CORP\\alice", "CORP\\alice@corp.example.test",
               "alice@corp.example.test@corp.example.test", "alice@corp@corp.example.test",
               "alice.able@example.net", "alice ", " alice", "alice@corp.example.test ", "al ice",
               "ali*", "*", "alice*", "alice)(cn=*", "(alice)", "alice\\2a", "\uff41lice",
               "\u24d0lice", "alice\u00a0", "nobody", "CN=Alice Able", f"HTTP/{adtree.PROXY}"]


class AllForms(adproxy.Case):
    """--domain and a service account, nothing else said about names."""

    def setUp(self) -> None:
        self.DOMAIN.unlock(adtree.ALICE)        # refused because of their names alone

    def test_everybody_by_each_name(self) -> None:
        for person in adtree.PEOPLE:
            for name in {person.sam, person.principal_name, person.implicit_upn,
                         person.down_level}:
                with self.subTest(name):
                    self.assert_accepted(name, person.password)
                    self.assertEqual(self.proxy.notes().get("user"), person.sam)

    def test_letter_case(self) -> None:
        for name in ("ALICE", "Alice@corp.example.test", "alice@CORP.Example.TEST", "corp\\ALICE",
                     "Corp\\alice"):
            with self.subTest(name):
                self.assert_accepted(name, adtree.ALICE.password)
                self.assertEqual(self.proxy.notes().get("user"), "alice")

    def test_netbios_name_as_suffix(self) -> None:
        """The directory takes alice@CORP as well: the own domain's two names are one."""
        for name in ("alice@CORP", "alice@corp"):
            with self.subTest(name):
                self.assert_accepted(name, adtree.ALICE.password)
                self.assertEqual(self.proxy.notes().get("user"), "alice")

    def test_what_is_no_name_of_hers(self) -> None:
        for name in OTHER_FORMS:
            with self.subTest(name):
                self.assert_refused(name, adtree.ALICE.password)

    def test_by_identifier(self) -> None:
        """What the directory takes in a bind, but nobody types: SID and GUID."""
        found = self.DOMAIN.search(adtree.ALICE.dn, "base", "(objectClass=*)", "objectSid",
                                   "objectGUID")[0]
        sid = sid_text(found["objectSid"][0])
        self.assertEqual(self.DOMAIN.bind(sid, adtree.ALICE.password).code, 0)
        for name in (sid, f"<SID={sid}>", f"<GUID={found['objectGUID'][0].hex()}>"):
            with self.subTest(name):
                self.assert_refused(name, adtree.ALICE.password)

    def test_nothing_of_this_counted_against_anybody(self) -> None:
        """Names that are refused are nobody's: no password was tried."""
        for name in OTHER_FORMS:
            self.proxy.login(name, addomain.WRONG)
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.ALICE), 0)

    def test_who_robert_is(self) -> None:
        """bob's UPN is robert@alt.example.org, and somebody else is robert."""
        for name in (f"robert@{adtree.OTHER_SUFFIX}", "bob@corp.example.test", "bob"):
            with self.subTest(name):
                self.assert_accepted(name, adtree.BOB.password)
                self.assert_refused(name, adtree.ROBERT.password)
        for name in ("robert", "CORP\\robert", "robert@corp.example.test"):
            with self.subTest(name):
                self.assert_accepted(name, adtree.ROBERT.password)
                self.assert_refused(name, adtree.BOB.password)
        self.assert_refused(f"bob@{adtree.OTHER_SUFFIX}", adtree.BOB.password)
        self.DOMAIN.unlock(adtree.BOB)
        self.DOMAIN.unlock(adtree.ROBERT)

    def test_computers_are_not_people_that_log_in(self) -> None:
        self.assert_refused("DC1$", "x")

    def test_accents_count(self) -> None:
        for name in ("jurgen", "JÜRGEN", "ju\u0308rgen"):
            with self.subTest(name):
                self.assert_refused(name, adtree.JUERGEN.password)
        self.assert_accepted("JüRGEN", adtree.JUERGEN.password)

    def test_empty(self) -> None:
        for name, password in (("alice", ""), ("", "alice-pw"), ("", "")):
            with self.subTest(name):
                self.assert_refused(name, password)
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.ALICE), 0)


class OneForm(adproxy.Case):
    """--login-names with one form: every person has exactly one name."""

    FORMS = {"sam": ["bob", "BOB"],
             "upn": [f"robert@{adtree.OTHER_SUFFIX}", f"Robert@{adtree.OTHER_SUFFIX}"],
             "down-level": ["CORP\\bob", "corp\\Bob"]}

    def test_each(self) -> None:
        for form in self.FORMS:
            asked = self.ours("--login-names", form)
            for other, names in self.FORMS.items():
                for name in names:
                    with self.subTest(form=form, name=name):
                        self.check(asked.ask(name, adtree.BOB.password), form == other)

    def check(self, reply: str, accepted: bool) -> None:
        self.assertEqual(reply.split()[0], "OK" if accepted else "ERR", reply)

    def test_people_without_a_principal_name(self) -> None:
        """They have one all the same: [MS-ADTS] 5.1.1.1.1 takes more, which would be more names."""
        asked = self.ours("--login-names", "upn")
        person = adtree.NO_UPN
        self.check(asked.ask(person.implicit_upn, person.password), True)
        self.check(asked.ask(f"{person.sam}@{adtree.NETBIOS}", person.password), False)

    def test_two(self) -> None:
        asked = self.ours("--login-names", "sam,down-level")
        self.check(asked.ask("bob", adtree.BOB.password), True)
        self.check(asked.ask("CORP\\bob", adtree.BOB.password), True)
        self.check(asked.ask(f"robert@{adtree.OTHER_SUFFIX}", adtree.BOB.password), False)

    def test_an_unknown_form_is_refused_at_start(self) -> None:
        asked = self.ours("--login-names", "sam,email")
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 2)
        self.assertIn("email", asked.log_text())


class Mail(adproxy.Case):
    OPTIONS = ("--login-attr", "mail")

    def test_addresses(self) -> None:
        for person in (adtree.ALICE, adtree.MAIL_ONLY):
            with self.subTest(person.sam):
                self.assert_accepted(person.more["mail"], person.password)
                self.assertEqual(self.proxy.notes().get("user"), person.sam)
                self.assert_accepted(person.sam, person.password)

    def test_an_address_that_two_have_is_nobody(self) -> None:
        for person in (adtree.SHARED_1, adtree.SHARED_2):
            with self.subTest(person.sam):
                self.assert_refused("shared@example.net", person.password)
                self.assert_accepted(person.sam, person.password)
                self.assertEqual(self.DOMAIN.bad_password_count(person), 0)


class Domains(adproxy.Case):
    """Options that say what a name without a domain, or with a strange one, is."""

    def test_default_domain(self) -> None:
        for domain in ("CORP", "corp.example.test"):
            with self.subTest(domain):
                asked = self.ours("--default-domain", domain)
                self.assertRegex(asked.ask("alice", adtree.ALICE.password), "^OK")
        asked = self.ours("--default-domain", adtree.OTHER_SUFFIX)
        self.assertRegex(asked.ask("robert", adtree.BOB.password), '^OK user="bob"')
        self.assertRegex(asked.ask("robert", adtree.ROBERT.password), "^ERR")
        self.assertRegex(asked.ask("CORP\\robert", adtree.ROBERT.password), "^OK")
        self.DOMAIN.unlock(adtree.BOB)

    def test_strip_realm(self) -> None:
        plain, asked = self.ours(), self.ours("--strip-realm")
        for name in ("alice@nope.test", "NOPE\\alice", "alice@corp.example.test", "CORP\\alice"):
            with self.subTest(name):
                self.assertRegex(asked.ask(name, adtree.ALICE.password), "^OK")
        self.assertRegex(plain.ask("alice@nope.test", adtree.ALICE.password), "^ERR")


class CanonicalName(adproxy.Case):
    def test_each_choice(self) -> None:
        typed = ("bob", "CORP\\bob", f"robert@{adtree.OTHER_SUFFIX}")
        for choice, wanted in (("sam", ["bob"] * 3),
                               ("upn", [f"robert@{adtree.OTHER_SUFFIX}"] * 3),
                               ("as-typed", list(typed))):
            asked = self.ours("--user-name", choice)
            for name, user in zip(typed, wanted):
                with self.subTest(choice=choice, name=name):
                    self.assertEqual(user_of(asked.ask(name, adtree.BOB.password)), user)

    def test_no_upn_is_the_implicit_one(self) -> None:
        asked = self.ours("--user-name", "upn")
        reply = asked.ask("noupn", adtree.NO_UPN.password)
        self.assertEqual(user_of(reply), adtree.NO_UPN.implicit_upn)

    def test_squid_keeps_the_name_as_typed(self) -> None:
        """For Basic, user= is a note and not the name."""
        self.assert_accepted("CORP\\alice", adtree.ALICE.password)
        self.assertEqual(self.proxy.notes()["user"], "alice")
        # Each log is written by itself, this one after that of the notes.
        row = place.wait_for(lambda: next((row for row in self.proxy.access_log()
                                           if row.url == self.proxy.url), None), "access.log")
        self.assertEqual((row.status, row.user.lower().replace("\\\\", "\\")), (200, "corp\\alice"))


class Aliases(adproxy.Case):
    """What the directory's Unicode folding takes for the same name is another one here."""

    def test_accept_aliases(self) -> None:
        asked = self.ours("--accept-aliases")
        self.assertRegex(asked.ask("JÜRGEN", adtree.JUERGEN.password), "^OK user=")
        self.assertRegex(asked.ask("jurgen", adtree.JUERGEN.password), "^ERR")


def user_of(reply: str) -> str:
    """The value of the note user= of an OK: quoted, or %-escaped (Squid's helper protocol)."""
    assert reply.startswith("OK"), reply
    raw = reply.partition("user=")[2]
    if raw.startswith('"'):
        return raw[1:].partition('"')[0].replace("\\\\", "\\")
    return urllib.parse.unquote(raw.split()[0])


def sid_text(raw: bytes) -> str:
    """MS-DTYP 2.4.2.1."""
    parts = [int.from_bytes(raw[at:at + 4], "little") for at in range(8, len(raw), 4)]
    return "-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, parts)])


if __name__ == "__main__":
    unittest.main()
