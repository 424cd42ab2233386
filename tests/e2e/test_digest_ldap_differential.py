# SPDX-License-Identifier: BSD-2-Clause
"""The same options and lines to Squid's digest_ldap_auth and to digest-ldap, with the same slapd.
Where they differ, the difference is listed with its reason; what the old helper says there is what
that of Squid 5.7 says.

Compared are the id, the word and the hash: the texts behind ERR and BH are for people.
"""

import dataclasses
import re
import signal
import subprocess
import unittest

from support import digestfile, digestldap, place, tree

R = digestldap.REALM
USERS = digestldap.USERS
DENIED, TROUBLE, ENDS = "ERR", "BH", ""


def ok(*parts: str) -> str:
    return f'OK ha1="{digestfile.md5(*parts)}"'


def ok_hash(hash_: str) -> str:
    return f'OK ha1="{hash_}"'


def ask(user: str, realm: str = R) -> str:
    return f'"{user}":"{realm}"'


BASE = ("-v", "3", "-b", tree.PEOPLE)
BY_FILTER = (*BASE, "-F", "(uid=%s)")
BY_ATTR = (*BASE, "-u", "uid")
RECORDS = (*BY_FILTER, "-A", "l", "-e")
PLAIN = (*BY_FILTER, "-A", "description")
ALONE = (*BY_FILTER, "-A", "title", "-e", "-l", "", "-r", R)


@dataclasses.dataclass(frozen=True)
class Same:
    """Both answer `reply`."""
    options: tuple[str, ...]
    line: str
    reply: str


@dataclasses.dataclass(frozen=True)
class Differs:
    """Ours answers `reply` where the old helper answers `stock`."""
    why: str
    options: tuple[str, ...]
    line: str
    stock: str
    reply: str
    only_ours: tuple[str, ...] = ()


ALICE = ok("alice", R, "alice-pw")

SAME = (
    *(Same(options, ask(user), ok(user, R, password))
      for user, password in USERS.items() for options in (RECORDS, PLAIN)
      if options is PLAIN or ":" not in password),
    *(Same(ALONE, ask(user), ok(user, R, USERS[user])) for user in USERS),
    Same(RECORDS, ask("alice", "Other"), DENIED),
    Same(RECORDS, ask("nobody"), DENIED),
    Same(RECORDS, ask("*"), DENIED),
    Same(RECORDS, ask("nothing"), DENIED),
    Same(RECORDS, ask("ALICE"), ALICE),
    Same(RECORDS, "7 " + ask("alice"), "7 " + ALICE),
    Same(RECORDS, "7 " + ask("nobody"), "7 " + DENIED),
    Same(RECORDS, ask("several"), ok("several", R, "several-pw")),
    Same(RECORDS, ask("several", "Other"), ok("several", "Other", "other")),
    Same((*RECORDS, "-r", R), ask("alice"), ALICE),
    Same((*RECORDS, "-r", R), ask("several", "Other"), DENIED),
    Same((*RECORDS, "-l", ";:"), ask("alice"), ALICE),
    Same((*RECORDS, "-l", ";"), ask("alice"), DENIED),
    Same((*RECORDS, "-s", "base"), ask("alice"), DENIED),
    Same((*RECORDS, "-s", "one"), ask("alice"), ALICE),
    Same((*RECORDS, "-P", "-R", "-c", "30", "-t", "50", "-a", "never"), ask("alice"), ALICE),
    Same((*RECORDS, "-d"), ask("alice"), ALICE),
    Same(("-d", "1", *RECORDS), ask("alice"), ALICE),
    Same(("-E", "1", *RECORDS), ask("alice"), ALICE),
    Same((*RECORDS, "-u", "cn"), ask("alice"), ALICE),
    Same((*BY_ATTR, "-A", "l", "-e"), ask("alice"), ALICE),
    Same((*BY_ATTR, "-A", "description"), ask("alice"), ALICE),
    Same((*RECORDS, "-D", tree.PROXY_DN, "-w", tree.PROXY_PASSWORD), ask("alice"), ALICE),
    Same(PLAIN, ask("alice", "Grüße"), ok("alice", "Grüße", "alice-pw")),
    Same((*PLAIN, "-l", "-"), ask("alice"), ALICE),
    Same((*PLAIN, "-l", "", "-r", R), ask("alice"), ALICE),
    Same((*PLAIN, "-l", "", "-r", R), ask("alice", "Other"), DENIED),
    Same(RECORDS, "", TROUBLE),
    Same(RECORDS, "alice", TROUBLE),
    Same(RECORDS, "1 alice", "1 " + TROUBLE),
)

NOT_HEX = digestldap.NOT_HEX

DIFFERS = (
    Differs("a name is a value in the filter of -u (defect 22)",
            (*BY_ATTR, "-A", "description", "-b", f"uid=alice,{tree.PEOPLE}"), ask("*"),
            ok("*", R, "alice-pw"), DENIED),
    Differs("a hash is hex (defect 25)", RECORDS, ask("nothex"), ok_hash(NOT_HEX), DENIED),
    Differs("of 32 digits (defect 25)", RECORDS, ask("short"),
            ok_hash(digestfile.md5("short", R, "x")[:-1]), DENIED),
    Differs("and in small letters (defect 25)", RECORDS, ask("capitals"),
            ok_hash(digestfile.md5("capitals", R, "x").upper()), ok("capitals", R, "x")),
    Differs("the hash of a password is no password: who reads it could log in with it",
            PLAIN, ask("hashed"), ok("hashed", R, digestldap.SSHA), DENIED),
    Differs("so the password beside it counts, whatever comes first",
            PLAIN, ask("several"), ok("several", R, digestldap.SSHA),
            ok("several", R, "several-pw")),
    Differs("two entries are not one", PLAIN, ask("twin"), ok("twin", R, "twin-pw"), DENIED),
    Differs("one person, one name: slapd takes full-width letters for alice's",
            RECORDS, ask("\uff41lice"), ALICE, DENIED),
    Differs("which --accept-aliases lets in", RECORDS, ask("\uff41lice"), ALICE, ALICE,
            only_ours=("--accept-aliases",)),
    Differs("a user has no colon: the hash of a:R in realm x is that of a in realm R:x",
            PLAIN[:-3] + ("(|(cn=alice)(cn=%s))", "-A", "description"), ask("alice:x", "y"),
            ok("alice:x", "y", "alice-pw"), DENIED),
    Differs("an id is a string of digits (defect 18)", RECORDS, "5000000000 " + ask("alice"),
            "705032704 " + ALICE, "5000000000 " + ALICE),
    Differs("extras have to be counted", RECORDS, ask("alice") + " 127.0.0.1", ALICE, TROUBLE),
    Differs("with --key-extras they are left alone", RECORDS, ask("alice") + " 127.0.0.1", ALICE,
            ALICE, only_ours=("--key-extras", "1")),
    Differs("a line that Squid does not write is not guessed at", RECORDS, ask("alice")[:-1],
            ALICE, TROUBLE),
    Differs("a client that sends no user is refused, which is no trouble of ours",
            RECORDS, ask(""), TROUBLE, DENIED),
    Differs("a client may name an empty realm, which is no trouble of ours", PLAIN,
            ask("alice", ""), TROUBLE, ok("alice", "", "alice-pw")),
    Differs("without a way to find users the name is looked for as uid",
            (*BASE, "-A", "l", "-e"), ask("alice"), DENIED, ALICE),
    Differs("a letter behind -d is an option, not -d's value",
            ("-d", *RECORDS[2:], "-v", "3"), ask("alice"), ENDS, ALICE),
    Differs("a base that is not there is trouble of ours",
            (*RECORDS, "-b", "ou=none," + tree.SUFFIX), ask("alice"), DENIED, TROUBLE),
)


def shorten(output: bytes) -> str:
    """Id, word and hash of the one reply."""
    return re.sub(r"(ERR|BH) .*", r"\1", output.decode().removesuffix("\n"))


class Differential(digestldap.Case):
    def run_once(self, program: str, options: tuple[str, ...], line: str) -> str:
        ours = program == place.helper_path("digest-ldap")
        words = [program, *options, *(place.patient(options) if ours else []), "-H",
                 self.slapd.ldap_url]
        done = subprocess.run(words, input=line.encode() + b"\n", stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env=place.clean_env(),
                              timeout=place.PATIENCE_S)
        return shorten(done.stdout)

    def test_what_is_the_same(self) -> None:
        programs = (digestldap.stock_program(), place.helper_path("digest-ldap"))
        for case in SAME:
            with self.subTest(options=case.options, line=case.line):
                replies = tuple(self.run_once(program, case.options, case.line)
                                for program in programs)
                self.assertEqual(replies, (case.reply, case.reply))

    def test_what_differs_and_why(self) -> None:
        stock, ours = digestldap.stock_program(), place.helper_path("digest-ldap")
        for case in DIFFERS:
            with self.subTest(case.why):
                self.assertEqual(self.run_once(stock, case.options, case.line), case.stock,
                                 "the old helper")
                self.assertEqual(self.run_once(ours, (*case.options, *case.only_ours), case.line),
                                 case.reply)

    def test_version_2_is_accepted(self) -> None:
        """Defect 23: the old helper speaks it unless told otherwise, which slapd refuses."""
        options = ("-b", tree.PEOPLE, "-F", "(uid=%s)", "-A", "l", "-e")
        bound = (*options, "-D", tree.PROXY_DN, "-w", tree.PROXY_PASSWORD)
        for words in (bound, (*bound, "-v", "2")):
            with self.subTest(words):
                self.assertEqual(
                    self.run_once(place.helper_path("digest-ldap"), words, ask("alice")), ALICE)
                self.assertNotEqual(
                    self.run_once(digestldap.stock_program(), words, ask("alice")), ALICE)

    def test_the_server_goes_away(self) -> None:
        """Defect 24, and with an account defect 21: it aborts with the request pending."""
        account = ("-D", tree.PROXY_DN, "-w", tree.PROXY_PASSWORD)
        url = ("-H", self.slapd.ldap_url)
        ours = self.start([place.helper_path("digest-ldap"), *RECORDS, *account, *url,
                           *place.patient([])])
        stock = [self.start([digestldap.stock_program(), *RECORDS, *more, *url])
                 for more in ((), account)]
        for asked in (ours, *stock):
            self.assertEqual(asked.about("alice"), ALICE)
        self.slapd.stop()
        self.assertRegex(stock[0].about("alice"), "^ERR")
        stock[1].send(digestfile.line("alice"))
        self.assertIsNone(stock[1].read_line())
        self.assertEqual(stock[1].process.child.wait(place.PATIENCE_S), -signal.SIGABRT)
        self.assert_unavailable(ours.about("alice"))
        self.slapd.start()
        ours.await_about("alice", ALICE)


if __name__ == "__main__":
    unittest.main()
