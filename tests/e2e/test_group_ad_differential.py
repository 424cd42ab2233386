# SPDX-License-Identifier: BSD-2-Clause
"""The same options and lines to Squid's ext_kerberos_ldap_group_acl and to group-ad, with the same
Active Directory. Where they differ, the difference is listed with its reason; what the old helper
says there is what that of Squid 5.7 says. And the lines that are in use, from kerberos-group-lines.tsv.

Compared is the word: what follows OK, ERR and BH is for people and for notes.
"""

import dataclasses
import json
import re
import subprocess
import unittest

from support import addomain, adtree, dnsserver, groupad, helper, place
from support.dnsserver import srv

REALM = groupad.REALM
ALICE = f"alice@{REALM}"
OK, NO, TROUBLE = "OK", "ERR", "BH"
VECTORS = place.ROOT / "tests" / "vectors" / "kerberos-group-lines.tsv"
D = ("-D", REALM)
A = ("-g", f"A@{REALM}", *D)
ACCOUNT = ("-a", "-l", addomain.LDAPS_URL + ":636", "-u", adtree.SVC_LDAP.implicit_upn, "-p",
           adtree.SVC_LDAP.password)


def setUpModule() -> None:
    groupad.enter(unittest.enterModuleContext(place.private_folder("ad")))


@dataclasses.dataclass(frozen=True)
class Same:
    """Both answer `reply`."""
    options: tuple[str | bytes, ...]
    line: str
    reply: str


@dataclasses.dataclass(frozen=True)
class Differs:
    """Ours answers `reply` where the old helper answers `stock`."""
    why: str
    options: tuple[str | bytes, ...]
    line: str
    stock: str
    reply: str
    only_ours: tuple[str, ...] = ()


SAME = (
    *(Same(A, line, OK) for line in ("alice", ALICE, f"alice@{REALM.lower()}", "ALICE",
                                     f"alice%40{REALM}", f"{ALICE} -")),
    *(Same(A, line, NO) for line in ("bob", f"bob@{REALM}", "nobody", "*", "alice@OTHER.TEST")),
    Same((*A, "-N", f"CORP@{REALM}"), "CORP\\alice", OK),
    Same((*A, "-N", f"CORP@{REALM}"), "corp%5Calice", OK),
    Same((*A, "-N", f"X@{REALM}:CORP@{REALM}"), "CORP\\bob", NO),
    Same((*A, "-N", f"NEW@{REALM}"), "new\\alice", OK),
    *(Same(("-g", groups, *D), user, reply) for groups, user, reply in (
        ("A", "alice", OK), ("A", ALICE, OK), ("A", "bob", NO), ("A@", "alice", OK),
        ("A@OTHER", "alice", NO), (f"A@{REALM.lower()}", "alice", OK), ("a", "alice", OK),
        (f"B@OTHER:A@{REALM}", "alice", OK), (f"Empty@{REALM}:A", "alice", OK),
        (f"Empty@{REALM}:A@", "alice", OK), ("B", "alice", OK), ("C", "alice", OK),
        ("R2", "bob", OK), ("Domain Users", "alice", OK), ("Primary staff", "prim", OK),
        ("Above primary", "prim", OK),
        ("Proxy Users", "alice", OK), ("Empty", "alice", NO),
        ("nowhere", "alice", NO), ("Local staff", "alice", OK), ("many-0007", "many", OK))),
    Same(("-g", "C", "-m", "8", *D), "alice", OK),
    Same(("-g", "A", "-m", "0", *D), "alice", OK),
    Same(("-g", "B", "-m", "0", *D), "alice", NO),
    Same(("-g", "B", "-m", "1", *D), "alice", OK),
    Same(("-g", "C", "-m", "1", *D), "alice", NO),
    Same(("-t", b"A".hex(), *D), "alice", OK),
    Same(("-t", f"{b'A'.hex()}@{REALM}", *D), "alice", OK),
    Same(("-U", b"A".hex(), *D), "bob", NO),
    Same(("-T", f"{b'A'.hex()}@{REALM.encode().hex()}", *D), "alice", OK),
    Same(("-g", "Empty", "-T", f"{b'Empty'.hex()}3a{b'A'.hex()}", *D), "alice", OK),
    Same(("-g", b"Gr\xfcppe", *D), "j%C3%BCrgen", OK),
    Same(("-g", b"Gr\xfcppe", *D), "alice", NO),
    Same(D, "alice A", OK),
    Same(D, f"alice A@OTHER:Empty@{REALM}:B", OK),
    Same(D, "alice Empty", NO),
    Same(D, "alice Proxy%20Users", OK),
    Same(D, "alice", TROUBLE),
    Same(D, "alice A::B", TROUBLE),
    Same(("-g", "A"), "alice", NO),
    Same(("-g", "A"), ALICE, OK),
    Same((*A, "-n", *ACCOUNT), "alice", OK),
    Same((*A, "-n", *ACCOUNT), "bob", NO),
    Same(("-g", "A", "-n", *ACCOUNT, "-b", adtree.BASE), "alice", OK),
    Same(("-adi", *A), "alice", OK),
)

DIFFERS = (
    Differs("UTF-8 is taken for Latin-1 there", ("-g", "Grüppe", *D), "j%C3%BCrgen", NO, OK),
    Differs("letters of Latin-1 in hexadecimal digits, too", ("-t", "Grüppe".encode().hex(), *D),
            "j%C3%BCrgen", NO, OK),
    Differs("a colon between hexadecimal names gives them up there, and every line needs a group",
            ("-t", "45:41", *D), "alice", TROUBLE, OK),
    Differs("a comma in a CN ends it there (defect 46)", ("-g", "Web (all), staff", *D), "alice",
            NO, OK),
    Differs("and what its DN escapes is escaped", ("-g", "#hash", *D), "alice", NO, OK),
    Differs("a backslash in a CN is an escape", ("-g", 'back\\slash "q" *', *D), "jsmith", NO, OK),
    Differs("account names of groups count, too", ("-g", "Staff of Sales", *D), "chris.sales", NO,
            OK),
    Differs("a user with a blank is one user", (*A[:1], f"Proxy Users@{REALM}", *D), "spa ce", NO,
            OK),
    Differs("so what follows the user has to be counted", A, "alice 10.0.0.1", OK, NO),
    Differs("with --key-extras it is left alone", A, "alice 10.0.0.1 -", OK, OK,
            only_ours=("--key-extras", "1")),
    Differs("OTHER\\alice is not alice of the default realm", A, "OTHER\\alice", OK, NO),
    Differs("one person, one name", A, "%EF%BD%81lice", NO, NO),
    Differs("no user is nobody, and no trouble", A, "", TROUBLE, NO),
    Differs("a wrong password of the account is trouble (defect 45)",
            (*A, "-n", *ACCOUNT[:-1], "wrong"), "alice", NO, TROUBLE),
    Differs("a server that is not there is trouble (defect 45)",
            (*A, "-S", f"dc9.corp.example.test@{REALM}"), "alice", NO, TROUBLE),
    Differs("a principal that is not in the keytab is trouble (defect 45)",
            (*A, "-P", f"nobody@{REALM}"), "alice", NO, TROUBLE),
)


class Differential(groupad.Case):
    def run_once(self, program: str, options: tuple[str | bytes, ...], line: str) -> str:
        """The word of the first reply."""
        servers = () if "-S" in options else groupad.SERVERS
        patient = () if program == groupad.stock_program() else place.PATIENT
        done = subprocess.run([program, *servers, *patient, *options],
                              input=line.encode() + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=groupad.env(self.DC), timeout=5 * place.PATIENCE_S)
        return done.stdout.split(b"\n")[0].split(b" ")[0].decode()

    def stock_once(self, options: tuple[str | bytes, ...], line: str, wanted: str) -> str:
        """The old helper's. It gives a server 2 s for TLS, and then says "no": where that is not
        meant, it has three chances."""
        for _ in range(3):
            said = self.run_once(groupad.stock_program(), options, line)
            if said == wanted:
                break
        return said

    def stock_speaks_ldaps(self) -> bool:
        """With libldap on OpenSSL (Debian 13) the old helper gets nowhere on ldaps:// with -a, and
        says "no" to everybody there."""
        return self.stock_once((*A, "-n", *ACCOUNT), "alice", OK) == OK

    def test_what_is_the_same(self) -> None:
        ours = place.helper_path("group-ad")
        ldaps = self.stock_speaks_ldaps()
        for case in SAME:
            with self.subTest(options=case.options, line=case.line):
                self.assertEqual(self.run_once(ours, case.options, case.line), case.reply)
                if ldaps or "-l" not in case.options:
                    self.assertEqual(self.stock_once(case.options, case.line, case.reply),
                                     case.reply)

    def test_what_differs_and_why(self) -> None:
        stock, ours = groupad.stock_program(), place.helper_path("group-ad")
        for case in DIFFERS:
            with self.subTest(case.why):
                self.assertEqual(self.run_once(stock, case.options, case.line), case.stock,
                                 "the old helper")
                self.DC.unlock(adtree.SVC_LDAP)
                self.assertEqual(self.run_once(ours, (*case.options, *case.only_ours), case.line),
                                 case.reply)
                self.DC.unlock(adtree.SVC_LDAP)

    def test_a_wrong_password_of_the_account(self) -> None:
        """The old helper tries it three times for one request, which locks the account; and it
        ends with a request pending when Kerberos says that an account is locked."""
        options = (*A, "-n", *ACCOUNT[:-1], addomain.WRONG)
        self.addCleanup(self.DC.unlock, adtree.SVC_LDAP)
        self.assertEqual(self.run_once(place.helper_path("group-ad"), options, "alice"), TROUBLE)
        self.assertEqual(self.DC.bad_password_count(adtree.SVC_LDAP), 1)
        self.DC.unlock(adtree.SVC_LDAP)
        if not self.stock_speaks_ldaps():
            return
        self.assertEqual(self.run_once(groupad.stock_program(), options, "alice"), NO)
        self.assertTrue(self.DC.is_locked(adtree.SVC_LDAP))
        self.assertEqual(self.run_once(groupad.stock_program(), A, "alice"), "")
        asked = self.ours(*A)
        self.assert_trouble(asked, "alice")
        self.assertIn("Kerberos", asked.log_text())

    def test_a_line_that_is_too_long(self) -> None:
        """Defect 47: the old helper answers once for each part of it."""
        line = b"x" * 9000 + b"\n" + ALICE.encode() + b"\n"
        replies = {}
        for program in (groupad.stock_program(), place.helper_path("group-ad")):
            patient = () if replies == {} else place.PATIENT
            done = subprocess.run([program, *groupad.SERVERS, *patient, *A], input=line,
                                  env=groupad.env(self.DC),
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            replies[program] = [row.split(b" ")[0] for row in done.stdout.splitlines()]
        stock, ours = replies.values()
        self.assertEqual(ours, [b"ERR", b"OK"])
        self.assertEqual(stock[:2], [b"BH", b"ERR"])


class Wild(groupad.Case):
    """The lines start as they are; then with the names of the test domain in the place of theirs
    they let in whom they should. The domain's servers come from DNS where no option names them."""

    HOMES = (("EXAMPLE.TEST", REALM), ("CALLEP.LOCAL", REALM),
             ("HTTP/proxy.example.test", adtree.SVC_LDAP.sam),
             ("server.example.test", adtree.FQDN), ("dc1.example.test", adtree.FQDN),
             ("dc2.example.test", "dc9." + adtree.DNS_DOMAIN), ("SECRET", adtree.SVC_LDAP.password),
             ("global-binduser", adtree.SVC_LDAP.sam))
    GROUP = re.compile("internet|Proxy-Users|full_internet|Internet")

    def at_home(self, word: str) -> str:
        for name, ours in self.HOMES:
            word = word.replace(name, ours)
        return self.GROUP.sub("A", word)

    def env(self, words: list[str]) -> dict[str, str]:
        """A keytab, unless the line has an account instead."""
        env = groupad.env(self.DC)
        if "-u" in words:
            del env["KRB5_KTNAME"]
        return env

    def check(self, words: list[str], *more: str) -> helper.Helper:
        return self.start([place.helper_path("group-ad"), *place.PATIENT, *words, *more],
                          ids=False, env=self.env(words))

    def test_each_line(self) -> None:
        rows = [row.split("\t") for row in VECTORS.read_text().splitlines()
                if not row.startswith("#")]
        self.assertEqual(len(rows), 4)
        controllers = {f"_ldap._tcp.dc._msdcs.{adtree.DNS_DOMAIN}": [srv(adtree.FQDN, 389)]}
        with dnsserver.DnsServer(controllers) as dns:
            for origin, text in rows:
                with self.subTest(origin):
                    words = json.loads(text)
                    self.assertEqual(self.check(words).finish(), 0)
                    asked = self.check([self.at_home(word) for word in words], "--dns",
                                       dns.endpoint)
                    self.await_ok(asked, ALICE)
                    self.assertEqual(self.groups(asked, f"bob@{REALM}"), [])
                    if "-D" in words:
                        self.assertEqual(self.groups(asked, "alice"), ["A"])


if __name__ == "__main__":
    unittest.main()
