# SPDX-License-Identifier: BSD-2-Clause
"""Lines of Squid's helper for groups from public configurations start as they are and mean what
they meant: those without -B and -F as well, which Squid 8 refuses, and %v is the user.

A directory is built from the lines themselves, inside a network where their hosts exist and their
ports are free. The only word that is changed is the file of -W, which becomes one of the test's;
deadlines are longer, for a machine that is busy.
"""

import pathlib
import re
import unittest

from support import basicldap, groupldap, helper, place, slapd, wildlines

USER, GROUP, OTHER = "wild", "Web Users", "Others"

SCHEMA = "".join(
    f"attributetype ( 1.1.2.1.{number} NAME '{name}' EQUALITY {rule} SYNTAX {syntax} )\n"
    for number, (name, rule, syntax) in enumerate((
        ("sAMAccountName", "caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"),
        ("userPrincipalName", "caseIgnoreMatch", "1.3.6.1.4.1.1466.115.121.1.15"),
        ("memberOf", "distinguishedNameMatch", "1.3.6.1.4.1.1466.115.121.1.12"),
        ("groupMembership", "distinguishedNameMatch", "1.3.6.1.4.1.1466.115.121.1.12")), 1)
) + """
objectclass ( 1.1.2.2.1 NAME 'user' SUP top AUXILIARY
    MAY ( sAMAccountName $ userPrincipalName $ memberOf $ groupMembership ) )
objectclass ( 1.1.2.2.2 NAME 'group' SUP top AUXILIARY MAY ( sAMAccountName ) )
objectclass ( 1.1.2.2.3 NAME 'univentionGroup' SUP top AUXILIARY MAY ( uniqueMember ) )
"""

LINES = wildlines.read_lines("group-lines.tsv", flags="PRzZdgSK")

# Their service accounts are user principal names, which only Active Directory takes for DNs.
UNSERVABLE = ("internet@example.cu", "nslcd-service@dot.lan")
SERVED = [line for line in LINES if line.account not in UNSERVABLE]


def user_dn(line: wildlines.Line) -> str:
    """Where the line looks for users, or says that they are."""
    within = re.search(r"member=(uid=)%u(,[^)]*)", line.letters["f"])
    base = within.group(2)[1:] if within else line.letters.get("B", line.base)
    return f"uid={USER},{base}"


def groups_in_dns(line: wildlines.Line) -> list[str]:
    """The DNs of GROUP as the filter writes them."""
    return [dn.replace("%g", GROUP).replace("%a", GROUP)
            for dn in re.findall(r"(?:memberOf|memberof|groupMembership)=([^)]*)",
                                 line.letters["f"])]


def directory() -> dict[str, str]:
    holders = wildlines.Holders(SERVED)
    dns = [dn for line in SERVED for dn in groups_in_dns(line)]
    for line in SERVED:
        dn = user_dn(line)
        holders.add(dn.partition(",")[2])
        holders.put(dn, {
            "objectClass": ["inetOrgPerson", "user"], "uid": [USER], "cn": [USER], "sn": [USER],
            "sAMAccountName": [USER], "userPrincipalName": [USER], "memberOf": dns,
            "groupMembership": dns})
    members = [user_dn(line) for line in SERVED]
    for line in SERVED:
        for group, who in ((GROUP, members), (OTHER, [line.base])):
            holders.put(f"cn={group},{line.base}", {
                "objectClass": ["groupOfNames", "group", "univentionGroup"], "cn": [group],
                "sAMAccountName": [group], "member": who, "uniqueMember": who})
    return holders.data


def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("groupwild"))
    wildlines.enter_network(folder, LINES)


class WildLines(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        server = wildlines.issue(cls.folder / "ca", LINES)
        cls.env = place.clean_env(LDAPTLS_CACERT=str(server.ca))
        cls.slapd = cls.enterClassContext(slapd.Slapd(
            cls.folder / "slapd", directory(), tls=server, schema=SCHEMA, urls=wildlines.urls()))
        cls.secret = basicldap.secret_file(cls.folder)

    def run_ours(self, line: wildlines.Line) -> helper.Helper:
        words = [place.helper_path("group-ldap"), *place.PATIENT, *line.with_secret(self.secret)]
        return self.start(words, env=self.env, ids=False)

    def run_stock(self, line: wildlines.Line) -> helper.Helper:
        words = [groupldap.stock_program(), *line.with_secret(self.secret)]
        return self.start(words, env=self.env, ids=False)

    def test_there_are_lines(self) -> None:
        self.assertGreaterEqual(len(SERVED), 7)
        self.assertEqual(len(LINES) - len(SERVED), len(UNSERVABLE))
        self.assertTrue(any("F" not in line.letters for line in SERVED))
        self.assertTrue(any("%v" in line.letters["f"] for line in SERVED))

    def test_each_line_serves(self) -> None:
        for line in SERVED:
            with self.subTest(line.origin, words=line.words):
                asked = self.run_ours(line)
                self.assertEqual(groupldap.groups_of(groupldap.ask(asked, USER, GROUP)), [GROUP],
                                 asked.log_text())
                for user, group in ((USER, OTHER), (USER, "*"), ("*", GROUP), ("nobody", GROUP)):
                    self.assertEqual(groupldap.ask(asked, user, group), groupldap.NO)
                reply = groupldap.ask(asked, USER, OTHER, "nothing", GROUP.upper())
                self.assertEqual(groupldap.groups_of(reply), [GROUP.upper()])
                self.check_words_about_cleartext(line, asked)
                self.check_secret(line, asked)
                self.assertEqual(asked.finish(), 0)

    def check_words_about_cleartext(self, line: wildlines.Line, asked: helper.Helper) -> None:
        """One loud line where passwords cross a network in clear, none elsewhere."""
        rows = [row for row in asked.log_text().splitlines() if "clear" in row.lower()]
        self.assertEqual(len(rows), 1 if line.in_clear() else 0, asked.log_text())

    def check_secret(self, line: wildlines.Line, asked: helper.Helper) -> None:
        secret = line.letters.get("w", "").encode()
        if secret:
            words = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes().split(b"\0")
            self.assertNotIn(secret, words)
            self.assertRegex(asked.log_text(), "password.*command line")

    def test_names_that_are_stripped(self) -> None:
        for line in SERVED:
            if "S" in line.letters and "K" in line.letters:
                asked = self.run_ours(line)
                reply = groupldap.ask(asked, f"CORP\\{USER}@EXAMPLE.TEST", GROUP)
                self.assertEqual(groupldap.groups_of(reply), [GROUP])

    def test_lines_that_cannot_be_served_start(self) -> None:
        for line in LINES:
            if line.account in UNSERVABLE:
                with self.subTest(line.origin):
                    asked = self.run_ours(line)
                    for user in (USER, "nobody"):
                        self.assert_unavailable(groupldap.ask(asked, user, GROUP))
                    self.assertEqual(asked.finish(), 0)

    def test_the_stock_helper_agrees(self) -> None:
        """What the lines mean to the helper they were written for: the same directory serves."""
        for line in SERVED:
            with self.subTest(line.origin, words=line.words):
                asked = self.run_stock(line)
                self.assertRegex(groupldap.ask(asked, USER, GROUP), "^OK")
                self.assertRegex(groupldap.ask(asked, USER, OTHER, GROUP), "^OK")
                self.assertRegex(groupldap.ask(asked, USER, OTHER), "^ERR")


if __name__ == "__main__":
    unittest.main()
