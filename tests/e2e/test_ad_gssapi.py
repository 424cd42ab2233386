# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi and tickets of a real Active Directory: the groups of their PAC, in each form.

Expected are the groups that Squid's own helper prints for the same token, those that the domain
shows as tokenGroups (read by OpenLDAP's ldapsearch), and the names that adtree.py has given them.
"""

import subprocess
import unittest
import urllib.parse

from support import addomain, adgssapi, adtree, gss, gssapi, kdc, place, sealed


def setUpModule() -> None:
    adgssapi.enter(unittest.enterModuleContext(place.private_folder("ad")))


PEOPLE = (adtree.ALICE, adtree.JUERGEN, adtree.SPACE, adtree.PRIMARY, adtree.OBRIEN, adtree.PARENS,
          adtree.ROBERT)
ALICE_IS_IN = {"Domain Users", "A", "B", "C", "Web (all) staff", "#hash", "lead", "Proxy Users",
               "Global staff", "Universal staff", "Local staff"}


class Sids(adgssapi.Case):
    """Without a directory."""

    def test_as_squids_helper_prints_them(self) -> None:
        """The same groups in the same order, the same name, for each kind of user name. Squid's
        helper leaves out ResourceGroupIds, [MS-PAC] section 2.5, the last list: there Samba 4.22
        has the domain's local groups, 4.17 has them among the others."""
        asked = self.ours()
        for person in PEOPLE:
            for mech in ("spnego", "krb5"):
                with self.subTest(person.sam, mech=mech):
                    token = self.token(person, mech)
                    ours = self.assert_ok(gssapi.ask(asked, token), person, asked)
                    theirs = self.stock(token)
                    self.assertEqual(theirs.word, "OK")
                    count = len(theirs.groups)
                    self.assertEqual(ours.groups[:count], theirs.groups)
                    self.assertLessEqual(set(adgssapi.texts(ours.groups[count:])),
                                         self.local_groups())
                    self.assertEqual([key for key, _ in ours.notes if key != "group"],
                                     [key for key, _ in theirs.notes if key != "group"])
                    # Squid decodes what stands bare, and takes what stands in quotes as it is.
                    self.assertEqual(ours.user, urllib.parse.unquote(theirs.user))

    def test_as_the_domain_has_them(self) -> None:
        asked = self.ours()
        for person in PEOPLE:
            with self.subTest(person.sam):
                groups = adgssapi.texts(self.login(asked, person).groups)
                self.assertEqual(sorted(groups), sorted(self.sids_in_a_ticket(person)))

    def test_as_text(self) -> None:
        asked = self.ours("--sid-format", "text")
        for person in PEOPLE:
            with self.subTest(person.sam):
                groups = self.login(asked, person).groups
                self.assertEqual(sorted(groups), sorted(self.sids_in_a_ticket(person)))

    def test_filter(self) -> None:
        """By the text of the SID, whatever its form is."""
        by_a_controller = adgssapi.AUTHENTICATED_BY_A_CONTROLLER
        domain_users = [sid for sid in self.token_groups(adtree.ALICE) if sid.endswith("-513")]
        for options, found in ((("--group-filter", "S-1-5-21-*-513"), domain_users),
                               (("--group-filter", "S-1-18-*"), [by_a_controller]),
                               (("--group-filter", "S-1-18-*", "--group-filter", "*-513"),
                                [*domain_users, by_a_controller]),
                               (("--group-filter", "nothing"), [])):
            with self.subTest(options):
                text = self.login(self.ours("--sid-format", "text", *options), adtree.ALICE)
                self.assertEqual(sorted(text.groups), sorted(found))
                base64 = self.login(self.ours(*options), adtree.ALICE)
                self.assertEqual(sorted(adgssapi.texts(base64.groups)), sorted(found))

    def test_none_when_none_are_wanted(self) -> None:
        self.assertEqual(self.login(self.ours("--no-groups"), adtree.ALICE).groups, [])

    def test_twelve_hundred(self) -> None:
        """Squid's helper stops at 257 of them."""
        asked = self.ours()
        groups = adgssapi.texts(self.login(asked, adtree.MANY).groups)
        self.assertEqual(len(groups), len(set(groups)))
        self.assertEqual(set(groups), self.sids_in_a_ticket(adtree.MANY))
        self.assertGreater(len(groups), adtree.MANY_COUNT)
        self.assert_all_groups(self.login(asked, adtree.OBRIEN), adtree.OBRIEN)


class Pacs(adgssapi.Case):
    """What a PAC is worth. Tickets are opened and sealed again with the service's key."""

    def sealed(self, person: adtree.Person, change: object) -> bytes:
        return sealed.reseal(self.token(person, "krb5"), self.DOMAIN.http_keytab, change)

    def pac_of(self, person: adtree.Person) -> bytes:
        found: list[bytes] = []

        def look(pac: bytes) -> bytes:
            found.append(pac)
            return pac
        self.sealed(person, look)
        return found[0]

    def with_other_rid(self, pac: bytes) -> bytes:
        """A's RID is now that of Domain Admins (512): [MS-PAC] section 2.2.2, GroupIds are pairs
        of RID and attributes, 7 of an ordinary group."""
        entry = self.DOMAIN.search(adtree.GROUP_A.dn, "base", "(objectClass=*)", "objectSid")[0]
        rid = entry["objectSid"][0][-4:]
        old = rid + (7).to_bytes(4, "little")
        self.assertEqual(pac.count(old), 1)
        return pac.replace(old, (512).to_bytes(4, "little") + old[4:])

    def test_of_the_next_user(self) -> None:
        """No group of one user is the next one's, who has a ticket without a PAC."""
        asked = self.ours()
        for names in (asked, self.namer()):
            for _ in range(3):
                self.assert_all_groups(self.login(names, adtree.ALICE), adtree.ALICE)
                reply = gssapi.ask(names, self.sealed(adtree.BOB, lambda _: None))
                self.assert_ok(reply, adtree.BOB, names)
                self.assertEqual(reply.groups, [])
        self.assertNotIn("PAC", asked.log_text())   # a ticket may be without: no reason to warn

    def test_where_the_kdc_puts_none(self) -> None:
        """UF_NO_AUTH_DATA_REQUIRED of the service's account, [MS-KILE] section 3.3.5.7."""
        asked = self.ours()
        self.assert_all_groups(self.login(asked, adtree.ALICE), adtree.ALICE)
        self.DOMAIN.replace(adtree.SVC_PROXY.dn, "userAccountControl", str(512 | 0x2000000))
        try:
            self.login(asked, adtree.CHRIS_OPS)     # a ticket of its own for the service
            self.assertEqual(self.login(asked, adtree.CHRIS_OPS).groups, [])
        finally:
            self.DOMAIN.replace(adtree.SVC_PROXY.dn, "userAccountControl", "512")
        self.assert_all_groups(self.login(asked, adtree.ALICE), adtree.ALICE)

    def test_sealed_again(self) -> None:
        """The tests' tool is right: what it does not change is taken, and so is what it signs."""
        pac = self.pac_of(adtree.ALICE)
        self.assertEqual(sealed.signed(pac, self.DOMAIN.http_keytab), pac)
        asked = self.ours("--sid-format", "text")
        reply = gssapi.ask(asked, self.sealed(adtree.ALICE, lambda pac: pac))
        self.assertEqual(reply.groups, self.login(asked, adtree.ALICE).groups)
        reply = gssapi.ask(asked, self.sealed(adtree.ALICE, lambda pac: sealed.signed(
            self.with_other_rid(pac), self.DOMAIN.http_keytab)))
        self.assertEqual([sid[-4:] for sid in reply.groups if sid.endswith("-512")], ["-512"])

    def assert_not_used(self, person: adtree.Person, change: object) -> str:
        """The user is let in, without groups; returns the log."""
        asked = self.ours("--sid-format", "text")
        self.assert_all_groups(self.login(asked, adtree.ALICE), adtree.ALICE)
        reply = gssapi.ask(asked, self.sealed(person, change))
        self.assert_ok(reply, person, asked)
        self.assertEqual(reply.groups, [])
        return asked.log_text()

    def test_forged(self) -> None:
        log = self.assert_not_used(adtree.ALICE, self.with_other_rid)
        self.assertRegex(log, "alice.*PAC")

    def test_without_a_checksum(self) -> None:
        def without(pac: bytes) -> bytes:
            """The entry of the server's checksum is of a type that nobody knows."""
            for at in range(8, 8 + 16 * int.from_bytes(pac[:4], "little"), 16):
                if pac[at:at + 4] == sealed.SERVER_CHECKSUM.to_bytes(4, "little"):
                    return pac[:at] + b"\x77\0\0\0" + pac[at + 4:]
            raise AssertionError("no checksum")
        self.assertRegex(self.assert_not_used(adtree.ALICE, without), "alice.*PAC")

    def test_of_another_user(self) -> None:
        """alice's PAC, rightly signed, in bob's ticket: it names its user."""
        pac = self.pac_of(adtree.ALICE)
        self.assertRegex(self.assert_not_used(adtree.BOB, lambda _: pac), "bob.*PAC")

    def test_malformed(self) -> None:
        """Rightly signed, but its logon info is none."""
        def cut(pac: bytes) -> bytes:
            where = sealed.buffer(pac, sealed.LOGON_INFO)
            broken = pac[:where.start + 16] + b"\xff" * (where.stop - where.start - 16) \
                + pac[where.stop:]
            return sealed.signed(broken, self.DOMAIN.http_keytab)
        self.assertRegex(self.assert_not_used(adtree.ALICE, cut), "alice.*PAC")


class Principals(adgssapi.Case):
    """An Active Directory gives a ticket under the name that a client asks for it with, and takes
    many: in any case, beyond ASCII as well, and as an enterprise name (RFC 6806 section 5), by
    other suffixes too."""

    def ticket_for(self, name: str, person: adtree.Person, *options: str) -> bytes:
        cache = self.folder / f"cache-{name.encode().hex()}"
        done = subprocess.run(
            [place.need_program("kinit"), *options, name], input=f"{person.password}\n",
            env=kdc.client_env(self.DOMAIN.krb5_config, cache), text=True, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return gss.init(kdc.client_env(self.DOMAIN.krb5_config, cache), adgssapi.SERVICE)

    def test_one_name(self) -> None:
        """Squid's access lists see the account's own, whatever the ticket has."""
        plain, without = self.ours(), self.ours("--no-groups", "--strip-realm")
        realm = adtree.REALM
        for name, person, options in (
                (f"ALICE@{realm}", adtree.ALICE, ()), (f"Alice@{realm}", adtree.ALICE, ("-C",)),
                ("alice@corp.example.test", adtree.ALICE, ("-E",)),
                (adtree.BOB.principal_name, adtree.BOB, ("-E",)),
                (adtree.BOB.principal_name, adtree.BOB, ("-E", "-C")),
                (f"JÜRGEN@{realm}", adtree.JUERGEN, ()), (f"SPA CE@{realm}", adtree.SPACE, ())):
            with self.subTest(name, options=options):
                token = self.ticket_for(name, person, *options)
                self.assert_ok(gssapi.ask(plain, token), person, plain)
                self.assertEqual(gssapi.ask(without, token).user, person.sam)

    def test_without_a_pac(self) -> None:
        """Then the ticket's is all there is."""
        asked = self.ours()
        token = sealed.reseal(self.token(adtree.ALICE, "krb5"), self.DOMAIN.http_keytab,
                              lambda _: None)
        self.assert_ok(gssapi.ask(asked, token), adtree.ALICE, asked)


class Names(adgssapi.Case):
    """With the domain's directory, asked as the account of a keytab."""

    def test_names(self) -> None:
        asked = self.namer()
        for person, names in ((adtree.ALICE, ALICE_IS_IN),
                              (adtree.JUERGEN, {"Domain Users", "A", "B", "C", "Grüppe"}),
                              (adtree.SPACE, {"Domain Users", "Proxy Users"}),
                              (adtree.PRIMARY, {"Domain Users", "Primary staff", "Above primary"}),
                              (adtree.SMITH, {"Domain Users", "backslash"})):
            with self.subTest(person.sam):
                groups = self.login(asked, person).groups
                self.assertEqual(sorted(groups), sorted({*names, *self.added_by_the_kdc()}))

    def test_filter(self) -> None:
        for globs, names in ((("A", "proxy *"), {"A", "Proxy Users"}),
                             (("*staff",), {"Web (all) staff", "Global staff", "Universal staff",
                                            "Local staff"}),
                             (("S-1-*",), self.added_by_the_kdc()), (("[#]*",), {"#hash"}),
                             (("x",), set())):
            with self.subTest(globs):
                options = [word for glob in globs for word in ("--group-filter", glob)]
                self.assertEqual(set(self.login(self.namer(*options), adtree.ALICE).groups), names)

    def test_twelve_hundred(self) -> None:
        asked = self.namer("--group-filter", "many-*")
        wanted = {adtree.many_group(number).account_name for number in range(adtree.MANY_COUNT)}
        for _ in range(2):
            groups = self.login(asked, adtree.MANY).groups
            self.assertEqual((set(groups), len(groups)), (wanted, len(wanted)))

    def test_group_that_is_gone(self) -> None:
        """Its SID stands for it: an old ticket still has it."""
        group = adtree.Group("Passing", (adtree.LARRY,))
        self.DOMAIN.modify(f"dn: {group.dn}\nchangetype: add\nobjectClass: group\n"
                           f"sAMAccountName: Passing\nmember: {adtree.LARRY.dn}\n")
        token = self.token(adtree.LARRY, "krb5")
        gone = self.token_groups(adtree.LARRY)
        self.DOMAIN.modify(f"dn: {group.dn}\nchangetype: delete\n")
        gone -= self.token_groups(adtree.LARRY)
        self.assertEqual(len(gone), 1)
        reply = gssapi.ask(self.namer(), token)
        self.assertEqual(set(reply.groups), {"Domain Users", *self.added_by_the_kdc(), *gone})

    def test_account_by_password(self) -> None:
        secret = self.folder / "secret"
        place.put(secret, adtree.SVC_LDAP.password + "\n")
        asked = self.ours("--uri", addomain.LDAPS_URL, "--ca-file", self.DOMAIN.ca, "--bind-dn",
                            adtree.SVC_LDAP.dn, "--bind-password-file", secret, *place.PATIENT)
        self.assertEqual(set(self.login(asked, adtree.ALICE).groups),
                         ALICE_IS_IN | self.added_by_the_kdc())

    def test_outage(self) -> None:
        """Known names go on without the domain, unknown ones are trouble: BH, not a login without
        the groups that a deny rule names. When it is back, so are they."""
        tokens = {person: self.token(person) for person in (adtree.ALICE, adtree.JUERGEN)}
        asked = self.namer()
        names = self.assert_ok(gssapi.ask(asked, tokens[adtree.ALICE]), adtree.ALICE, asked).groups
        self.DOMAIN.stop()
        try:
            for _ in range(3):
                reply = gssapi.ask(asked, tokens[adtree.ALICE])
                self.assertEqual(self.assert_ok(reply, adtree.ALICE, asked).groups, names)
                reply = gssapi.ask(asked, tokens[adtree.JUERGEN])
                self.assert_trouble(reply, "[a-z]", asked)
                self.assertEqual(reply.groups, [])
        finally:
            self.DOMAIN.start()
        place.wait_for(lambda: gssapi.ask(asked, tokens[adtree.JUERGEN]).word == "OK",
                       "names of groups after the domain has come back")

    def test_disabled_user(self) -> None:
        """No new ticket; the one that is held counts until it expires, as Kerberos has it."""
        asked = self.namer()
        token = self.token(adtree.CHRIS_SALES)
        self.DOMAIN.replace(adtree.CHRIS_SALES.dn, "userAccountControl", adtree.ACCOUNT_DISABLED)
        try:
            with self.assertRaisesRegex(AssertionError, "revoked"):
                self.folder.joinpath(f"cache-{adtree.CHRIS_SALES.sam.encode().hex()}").unlink()
                self.tickets(adtree.CHRIS_SALES)
            reply = self.assert_ok(gssapi.ask(asked, token), adtree.CHRIS_SALES, asked)
            self.assertIn("Staff of Sales", reply.groups)
        finally:
            self.DOMAIN.replace(adtree.CHRIS_SALES.dn, "userAccountControl", "512")


if __name__ == "__main__":
    unittest.main()
