# SPDX-License-Identifier: BSD-2-Clause
"""Helper lines from public configurations start as they are and mean what they meant.

A directory is built from the lines themselves: their bases, service accounts, filters and hosts,
inside a network where the hosts exist and their ports are free. The only word that is changed is
the file of -W, which becomes one of the test's.
"""

import pathlib
import re
import unittest

from support import basicldap, helper, place, slapd, wildlines

USER, PASSWORD = "wild", "wild-pw 1"

SCHEMA = """
attributetype ( 1.1.2.1.1 NAME 'sAMAccountName' EQUALITY caseIgnoreMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.1.2.1.2 NAME 'memberOf' EQUALITY distinguishedNameMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )
attributetype ( 1.1.2.1.3 NAME 'krb5KDCFlags' EQUALITY integerMatch
    SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 )
objectclass ( 1.1.2.2.1 NAME 'user' SUP top AUXILIARY
    MAY ( sAMAccountName $ memberOf $ krb5KDCFlags ) )
objectclass ( 1.1.2.2.2 NAME 'proxyUser' SUP top AUXILIARY )
objectclass ( 1.1.2.2.3 NAME 'seciossIamAccount' SUP top AUXILIARY )
"""

# Service accounts of lines that nobody can be let in by here, and what is answered instead. The
# first is a user principal name, which only Active Directory takes for a DN. The second line has
# broken quotes: the stock parser takes `User`, `Accounts"...` and every option after them, the
# filter and the real host included, for hosts; so users are looked for under a DN of no use.
UNSERVABLE = {"squid@example.local": r"^BH ", 'cn=LDAPUSER,ou="Generic': r"^(BH|ERR) "}


LINES = wildlines.read_lines("helper-lines.tsv", flags="PRzZdO")


def servable(line: wildlines.Line) -> bool:
    return line.account not in UNSERVABLE


def groups(lines: list[wildlines.Line]) -> list[str]:
    found = {}
    for line in lines:
        for group in re.findall(r"memberOf=([^)]*)", line.letters.get("f", "")):
            found[group.lower()] = group
    return list(found.values())


def directory(lines: list[wildlines.Line]) -> dict[str, str]:
    holders = wildlines.Holders(lines)
    for line in lines:
        holders.put(f"uid={USER},{line.base}", {
            "objectClass": ["inetOrgPerson", "posixAccount", "user", "proxyUser",
                            "seciossIamAccount"],
            "uid": [USER], "cn": [USER], "sn": [USER], "mail": [USER], "sAMAccountName": [USER],
            "memberOf": groups(lines), "krb5KDCFlags": ["126"], "uidNumber": ["1000"],
            "gidNumber": ["1000"], "homeDirectory": ["/"], "userPassword": [PASSWORD]})
    return holders.data


def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("wild"))
    wildlines.enter_network(
        folder, [line for line in LINES if servable(line) or "@" in line.account])


class WildLines(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        served = [line for line in LINES if servable(line)]
        server = wildlines.issue(cls.folder / "ca", served)
        cls.env = place.clean_env(LDAPTLS_CACERT=str(server.ca))
        cls.slapd = cls.enterClassContext(slapd.Slapd(
            cls.folder / "slapd", directory(served), tls=server, schema=SCHEMA,
            urls=wildlines.urls()))
        cls.secret = basicldap.secret_file(cls.folder)

    def run_ours(self, line: wildlines.Line) -> helper.Helper:
        words = [place.helper_path("basic-ldap"), *line.with_secret(self.secret)]
        return self.start(words, env=self.env)

    def test_there_are_lines(self) -> None:
        self.assertGreaterEqual(len(LINES), 29)
        self.assertEqual(len([line for line in LINES if not servable(line)]), len(UNSERVABLE))

    def test_each_line_serves(self) -> None:
        for line in LINES:
            if not servable(line):
                continue
            with self.subTest(line.origin, words=line.words):
                asked = self.run_ours(line)
                # At once, where the machine lets the directory answer within three seconds.
                self.await_reply(asked, USER, PASSWORD, helper.OK)
                self.assertEqual(asked.ask(USER, basicldap.WRONG), helper.ERR)
                self.assertEqual(asked.ask("*", PASSWORD), helper.ERR)
                self.assertEqual(asked.ask("nobody", PASSWORD), helper.ERR)
                self.check_words_about_cleartext(line, asked)
                self.check_secret(line, asked)
                self.assertEqual(asked.finish(), 0)

    def check_words_about_cleartext(self, line: wildlines.Line, asked: helper.Helper) -> None:
        """One loud line where passwords cross a network in clear, none elsewhere."""
        rows = [row for row in asked.log_text().splitlines() if "clear" in row.lower()]
        self.assertEqual(len(rows), 1 if line.in_clear() else 0, asked.log_text())

    def check_secret(self, line: wildlines.Line, asked: helper.Helper) -> None:
        secret = line.letters.get("w", "").encode()
        if secret.strip(b"x"):      # one of the passwords is xxxxx, and so is what covers it
            words = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes().split(b"\0")
            self.assertNotIn(secret, words)
            self.assertRegex(asked.log_text(), "password.*command line")

    def test_lines_that_cannot_be_served_start(self) -> None:
        for line in LINES:
            if servable(line):
                continue
            with self.subTest(line.origin):
                asked = self.run_ours(line)
                self.assertRegex(asked.ask(USER, PASSWORD), UNSERVABLE[line.account])
                self.assertRegex(asked.ask("nobody", PASSWORD), UNSERVABLE[line.account])
                self.assertEqual(asked.finish(), 0)

    def test_the_stock_helper_agrees(self) -> None:
        """What the lines mean to the helper they were written for: the same directory serves."""
        program = basicldap.stock_argv("")[0]
        for line in LINES:
            if not servable(line):
                continue
            with self.subTest(line.origin, words=line.words):
                words = [program, *line.with_secret(self.secret)]
                asked = self.start(words, env=self.env, ids=False)
                self.assertRegex(asked.ask(USER, PASSWORD), "^OK")
                self.assertRegex(asked.ask(USER, basicldap.WRONG), "^(ERR|BH) ")


if __name__ == "__main__":
    unittest.main()
