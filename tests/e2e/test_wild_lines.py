# SPDX-License-Identifier: BSD-2-Clause
"""Helper lines from public configurations start as they are and mean what they meant.

A directory is built from the lines themselves: their bases, service accounts, filters and hosts,
inside a network where the hosts exist and their ports are free. The only word that is changed is
the file of -W, which becomes one of the test's.
"""

import dataclasses
import ipaddress
import json
import pathlib
import re
import unittest
import urllib.parse

from support import basicldap, certs, helper, place, privatenet, slapd, tree

VECTORS = place.ROOT / "tests" / "vectors" / "helper-lines.tsv"
WITH_ARGUMENT = "bfuUsDwWactThHpvE"
USER, PASSWORD = "wild", "wild-pw 1"
SERVER = "192.0.2.10"
PORTS = (389, 3268, 7389, 3890)

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


@dataclasses.dataclass
class Line:
    """One line of the vectors, read as the stock helper's parser reads it."""
    origin: str
    words: list[str]
    letters: dict[str, str] = dataclasses.field(default_factory=dict)
    hosts: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        words = list(self.words)
        while words and words[0].startswith("-"):
            word = words.pop(0)
            if word[1] in WITH_ARGUMENT:
                value = word[2:] or words.pop(0)
                self.letters[word[1]] = value
                if word[1] in "hH":
                    self.hosts.append(value)
            else:
                self.letters[word[1]] = ""
        self.hosts += words

    @property
    def base(self) -> str:
        return self.letters["b"]

    @property
    def account(self) -> str | None:
        return self.letters.get("D")

    def servable(self) -> bool:
        return self.account not in UNSERVABLE

    def host_names(self) -> list[str]:
        urls = [host if "//" in host else f"//{host}" for host in self.hosts]
        return [urllib.parse.urlsplit(url).hostname or "" for url in urls]

    def in_clear(self) -> bool:
        """Whether passwords cross a network that is not loopback."""
        tls = "Z" in self.letters or any(host.startswith("ldaps:") for host in self.hosts)
        return not tls and any(name not in ("", "127.0.0.1") for name in self.host_names())


def read_lines() -> list[Line]:
    rows = [row.split("\t") for row in VECTORS.read_text(encoding="utf-8").splitlines()
            if row and not row.startswith("#")]
    return [Line(origin, json.loads(words)) for origin, _, words in rows]


def parents(dn: str) -> list[str]:
    """The DN and all above it, down to the naming context: the trailing dc= parts, or the last."""
    parts = dn.split(",")
    top = len(parts) - 1
    while top > 0 and all(part.lower().startswith("dc=") for part in parts[top - 1:]):
        top -= 1
    return [",".join(parts[at:]) for at in range(top + 1)]


class Directory:
    """The LDIF of every naming context that the lines speak of."""

    def __init__(self, lines: list[Line]):
        self.data: dict[str, str] = {}
        self.known: set[str] = set()
        self.passwords: dict[str, list[str]] = {}
        for line in lines:
            if line.account:
                secret = line.letters.get("w", tree.PROXY_PASSWORD)
                self.passwords.setdefault(line.account.lower(), []).append(secret)
        for line in lines:
            self.add(line.base)
            if line.account:
                self.add(line.account)
            self.add_user(line.base, self.groups(lines))

    @staticmethod
    def groups(lines: list[Line]) -> list[str]:
        found = {}
        for line in lines:
            for group in re.findall(r"memberOf=([^)]*)", line.letters.get("f", "")):
                found[group.lower()] = group
        return list(found.values())

    def add(self, dn: str) -> None:
        chain = parents(dn)
        for one in reversed(chain):
            self._put(chain[-1], one, self._holder(one))

    def _holder(self, dn: str) -> dict[str, list[str | bytes]]:
        name, _, value = dn.split(",")[0].partition("=")
        fields = {"objectClass": ["organizationalRole", "extensibleObject"], "cn": ["x"]}
        fields[name.lower()] = [value]
        secrets = sorted(set(self.passwords.get(dn.lower(), [])))
        return fields | ({"userPassword": secrets} if secrets else {})

    def add_user(self, base: str, groups: list[str]) -> None:
        self._put(parents(base)[-1], f"uid={USER},{base}", {
            "objectClass": ["inetOrgPerson", "posixAccount", "user", "proxyUser",
                            "seciossIamAccount"],
            "uid": [USER], "cn": [USER], "sn": [USER], "mail": [USER], "sAMAccountName": [USER],
            "memberOf": groups, "krb5KDCFlags": ["126"], "uidNumber": ["1000"],
            "gidNumber": ["1000"], "homeDirectory": ["/"], "userPassword": [PASSWORD]})

    def _put(self, suffix: str, dn: str, fields: dict[str, list[str | bytes]]) -> None:
        if dn.lower() not in self.known:
            self.known.add(dn.lower())
            suffix = suffix.lower()
            self.data[suffix] = self.data.get(suffix, "") + tree.entry(dn, fields)


LINES = read_lines()


def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("wild"))
    hosts: dict[str, str] = {}
    addresses = {SERVER}
    lines = [line for line in LINES if line.servable() or "@" in line.account]
    for name in {name for line in lines for name in line.host_names() if name}:
        try:
            addresses.add(str(ipaddress.ip_address(name)))
        except ValueError:
            hosts[name] = SERVER
    privatenet.enter(folder, hosts)
    for address in addresses - {"127.0.0.1"}:
        privatenet.add_address(address)


class WildLines(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        names = {name for line in LINES for name in line.host_names() if line.servable()}
        server = certs.Authority(cls.folder / "ca").issue(
            "all", ",".join(f"DNS:{name}" for name in sorted(names - {"", "127.0.0.1"})))
        cls.env = place.clean_env(LDAPTLS_CACERT=str(server.ca))
        served = [line for line in LINES if line.servable()]
        urls = [f"ldap://0.0.0.0:{port}" for port in PORTS] + ["ldaps://0.0.0.0:636"]
        cls.slapd = cls.enterClassContext(slapd.Slapd(
            cls.folder / "slapd", Directory(served).data, tls=server, schema=SCHEMA, urls=urls))
        cls.secret = basicldap.secret_file(cls.folder)

    def words(self, line: Line) -> list[str]:
        """The line's own, but for the file of -W."""
        words = list(line.words)
        if "W" in line.letters:
            words[words.index("-W") + 1] = str(self.secret)
        return words

    def run_ours(self, line: Line) -> helper.Helper:
        return self.start([place.helper_path("basic-ldap"), *self.words(line)], env=self.env)

    def test_there_are_lines(self) -> None:
        self.assertGreaterEqual(len(LINES), 29)
        self.assertEqual(len([line for line in LINES if not line.servable()]), len(UNSERVABLE))

    def test_each_line_serves(self) -> None:
        for line in LINES:
            if not line.servable():
                continue
            with self.subTest(line.origin, words=line.words):
                asked = self.run_ours(line)
                self.assertEqual(asked.ask(USER, PASSWORD), helper.OK, asked.log_text())
                self.assertEqual(asked.ask(USER, basicldap.WRONG), helper.ERR)
                self.assertEqual(asked.ask("*", PASSWORD), helper.ERR)
                self.assertEqual(asked.ask("nobody", PASSWORD), helper.ERR)
                self.check_words_about_cleartext(line, asked)
                self.check_secret(line, asked)
                self.assertEqual(asked.finish(), 0)

    def check_words_about_cleartext(self, line: Line, asked: helper.Helper) -> None:
        """One loud line where passwords cross a network in clear, none elsewhere."""
        rows = [row for row in asked.log_text().splitlines() if "clear" in row.lower()]
        self.assertEqual(len(rows), 1 if line.in_clear() else 0, asked.log_text())

    def check_secret(self, line: Line, asked: helper.Helper) -> None:
        secret = line.letters.get("w", "").encode()
        if secret.strip(b"x"):      # one of the passwords is xxxxx, and so is what covers it
            words = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes().split(b"\0")
            self.assertNotIn(secret, words)
            self.assertRegex(asked.log_text(), "password.*command line")

    def test_lines_that_cannot_be_served_start(self) -> None:
        for line in LINES:
            if line.servable():
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
            if not line.servable():
                continue
            with self.subTest(line.origin, words=line.words):
                asked = self.start([program, *self.words(line)], env=self.env, ids=False)
                self.assertRegex(asked.ask(USER, PASSWORD), "^OK")
                self.assertRegex(asked.ask(USER, basicldap.WRONG), "^(ERR|BH) ")


if __name__ == "__main__":
    unittest.main()
