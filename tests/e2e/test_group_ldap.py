# SPDX-License-Identifier: BSD-2-Clause
"""group-ldap and slapd: which groups a user is in, how often the directory is asked, and what comes
back on the line."""

import os
import random
import unittest

from support import basicldap, groupldap, grouptree, helper, place, slapd, tree

FOUND = ("-f", groupldap.MEMBER, "-F", "(uid=%s)")
MEMBEROF = ("-b", tree.PEOPLE, "-f", f"(&(uid=%u)(memberOf=cn=%g,{grouptree.GROUPS}))")
AWKWARD = ["web (all), staff", "#hash", 'st*r "q" \\', "proxy users", "staff"]


class GroupCase(basicldap.Case):
    OVERLAYS = grouptree.MEMBEROF

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(
            grouptree.GroupSlapd(cls.folder / "slapd", cls.OVERLAYS))

    def run_helper(self, *options: str, ids: bool = False) -> helper.Helper:
        return self.start(groupldap.argv(self.slapd.ldap_url, *options), ids=ids)

    def groups(self, asked: helper.Helper, user: str, *groups: str) -> list[str]:
        return groupldap.groups_of(groupldap.ask(asked, user, *groups))


class Answers(GroupCase):
    def test_which_of_the_groups(self) -> None:
        """With one group in a line and with many, in whichever way the filter asks."""
        truth = {"alice": ["a", *AWKWARD, "ua"], "bob": ["r1", "denied"],
                 "jürgen": ["a", "grüppe"], "two words": ["proxy users"], "many": ["many-0007"],
                 "nobody": []}
        names = ["a", "b", "grüppe", "r1", "denied", "nope", *AWKWARD, "many-0007"]
        for kind, options in (("found", FOUND), ("built", ("-f", groupldap.MEMBER, "-u", "uid")),
                              ("in a DN", ("-f", f"(&(cn=%a)(member=uid=%v,{tree.PEOPLE}))")),
                              ("memberOf", MEMBEROF)):
            asked = self.run_helper(*options, "--group-ttl", "0")
            for user, groups in truth.items():
                with self.subTest(kind, user=user):
                    wanted = [name for name in names if name in groups]
                    self.assertEqual(self.groups(asked, user, *names), wanted)
                    for name in names:
                        self.assertEqual(self.groups(asked, user, name),
                                         [name] if name in groups else [])

    def test_the_reply(self) -> None:
        """The groups in the order of the line, the first of them as the tag."""
        asked = self.run_helper(*FOUND)
        self.assertEqual(groupldap.ask(asked, "alice", "nope", "staff", "a", "web (all), staff"),
                         'OK message="member of a group" tag="staff" group="staff" group="a" '
                         'group="web (all), staff"')
        self.assertEqual(groupldap.ask(asked, "alice", "b"), groupldap.NO)

    def test_posix_groups(self) -> None:
        asked = self.run_helper("-f", "(&(objectClass=posixGroup)(cn=%g)(memberUid=%u))")
        self.assertEqual(self.groups(asked, "alice", "posix-staff", "a"), ["posix-staff"])
        self.assertEqual(self.groups(asked, "st*r", "posix-staff"), ["posix-staff"])
        self.assertEqual(self.groups(asked, "star", "posix-staff"), [])

    def test_without_a_filter(self) -> None:
        """The engine knows how: nested groups, groups by DN, the primary group."""
        for options in (("-F", "(uid=%s)"), ("-u", "uid"), ()):
            asked = self.run_helper(*options)
            with self.subTest(options):
                self.assertEqual(self.groups(asked, "alice", "c", "a", "uc", "nope", "r1"),
                                 ["c", "a", "uc"])
                self.assertEqual(self.groups(asked, "bob", grouptree.RING_2.dn, "c"),
                                 [grouptree.RING_2.dn])
                self.assertEqual(self.groups(asked, "carol", "posix-primary"), ["posix-primary"])

    def test_names_that_a_directory_folds(self) -> None:
        """What the directory takes for the same group is one, asked alone or with others; what it
        takes for the same user is not."""
        for options in (FOUND, MEMBEROF):
            asked = self.run_helper(*options)
            with self.subTest(options):
                self.assertEqual(self.groups(asked, "JÜRGEN".replace("Ü", "ü"), "A", "GRÜPPE"),
                                 ["A", "GRÜPPE"])
                self.assertEqual(self.groups(asked, "JÜRGEN", "a", "grüppe"), [])
                self.assertEqual(self.groups(asked, "\uff41lice", "a"), [])
                self.assertEqual(self.groups(asked, "ALICE", "a"), ["a"])
        asked = self.run_helper(*FOUND, "--accept-aliases")
        self.assertEqual(self.groups(asked, "\uff41lice", "a"), ["a"])

    def test_hostile_names(self) -> None:
        for options in (FOUND, MEMBEROF, ("-F", "(uid=%s)")):
            asked = self.run_helper(*options)
            for name in ("*", "a*", "a)(cn=*", "*)(uid=*))(|(uid=*", "\\", "a\\", "a,ou=groups",
                         "%00", "\x01", "é" * 1000, "x" * 20000):
                with self.subTest(name[:30], options=options):
                    self.assertEqual(self.groups(asked, "alice", name), [])
                    self.assertRegex(groupldap.ask(asked, name, "a"), "^ERR ")
            self.assertEqual(self.groups(asked, "alice", "a"), ["a"])


class Lines(GroupCase):
    def raw(self, asked: helper.Helper, request: bytes) -> list[str]:
        return groupldap.groups_of(groupldap.ask_raw(asked, request))

    def test_blanks_hyphens_and_escapes(self) -> None:
        asked = self.run_helper(*FOUND)
        self.assertEqual(self.raw(asked, b"alice a "), ["a"])
        self.assertEqual(self.raw(asked, b"alice  b  a "), ["a"])
        self.assertEqual(self.raw(asked, b"al%69ce %61"), ["a"])
        self.assertEqual(self.raw(asked, b"two%20words proxy%20users"), ["proxy users"])
        self.assertEqual(self.raw(asked, b"per%cent a"), [])
        self.assertEqual(groupldap.ask_raw(asked, b"- a"), 'ERR message="no user name"')
        self.assertEqual(groupldap.ask_raw(asked, b""), 'ERR message="no user name"')
        for request in (b"alice -", b"alice"):
            self.assertEqual(groupldap.ask_raw(asked, request),
                             'ERR message="no group was asked for"')

    def test_a_user_as_it_is(self) -> None:
        asked = self.run_helper(*FOUND, "--login", "raw", "--groups-count", "1")
        self.assertEqual(self.raw(asked, b"two words proxy%20users"), ["proxy users"])
        self.assertEqual(self.raw(asked, b"two words proxy%20users "), ["proxy users"])
        self.assertEqual(self.raw(asked, b"two%20words proxy%20users"), [])

    def test_domains_and_realms(self) -> None:
        asked = self.run_helper(*FOUND, "-S", "-K")
        for user in (b"CORP%5Calice", b"CORP\\alice", b"CORP/alice", b"CORP+alice", b"alice@CORP",
                     b"CORP\\alice@CORP.EXAMPLE"):
            with self.subTest(user):
                self.assertEqual(self.raw(asked, user + b" a"), ["a"])
        asked = self.run_helper(*FOUND)
        self.assertEqual(self.raw(asked, b"CORP%5Calice a"), [])

    def test_ids_are_off_unless_on(self) -> None:
        """A user of digits is a user."""
        asked = self.run_helper(*FOUND)
        self.assertRegex(groupldap.ask_raw(asked, b"1 alice a"), "^ERR ")
        asked = self.run_helper(*FOUND, "--concurrency", "on", ids=True)
        self.assertEqual(self.groups(asked, "alice", "a"), ["a"])

    def test_any_bytes_get_one_reply(self) -> None:
        """Garbage, with and without ids; what is well-formed after it is answered as ever."""
        seed = int(os.environ.get("PXA_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"# PXA_SEED={seed}")
        chance = random.Random(seed)
        letters = bytes(set(range(256)) - {10, 13})
        requests = [bytes(chance.choices(letters + b"   %%%--", k=chance.randrange(60)))
                    for _ in range(400)]
        for ids in (False, True):
            asked = self.run_helper(*FOUND, *(("--concurrency", "on") if ids else ()), ids=ids)
            with self.subTest(ids=ids):
                for reply in asked.ask_many(requests):
                    self.assertRegex(reply, "^(ERR|BH)( |$)")
                self.assertEqual(self.groups(asked, "alice", "a"), ["a"])
                self.assertEqual(asked.finish(), 0)

    def test_long_lines(self) -> None:
        """Squid sets no limit; some thousand groups are far more than anybody has."""
        asked = self.run_helper(*FOUND)
        names = [f"no-such-group-{number:04d}" for number in range(1000)]
        self.assertEqual(self.groups(asked, "alice", *names, "staff"), ["staff"])
        self.assertRegex(groupldap.ask(asked, "alice", *["g"] * 5000), "^BH too many groups")
        self.assertEqual(self.groups(asked, "alice", "a"), ["a"])


class Asking(GroupCase):
    """How often the directory is asked."""

    def searches(self) -> int:
        return self.slapd.count(" SRCH base=")

    def asked_for(self, asked: helper.Helper, user: str, *groups: str) -> int:
        before = self.searches()
        self.groups(asked, user, *groups)
        return self.searches() - before

    def ready(self, *options: str, ids: bool = False) -> helper.Helper:
        """A helper that is connected: somebody has been asked about."""
        asked = self.run_helper(*options, *(("--concurrency", "on") if ids else ()), ids=ids)
        self.groups(asked, "carol", "a")
        return asked

    def test_one_search_and_one_read_for_a_line(self) -> None:
        names = ["a", "b", "staff", "nope", *(f"many-{number:04d}" for number in range(16))]
        for user in ("alice", "many"):
            with self.subTest(user):
                self.assertEqual(self.asked_for(self.ready(*FOUND), user, *names), 2)
                self.assertEqual(self.asked_for(self.ready(*MEMBEROF), user, *names), 1)

    def test_answers_are_remembered(self) -> None:
        asked = self.ready(*FOUND)
        self.assertEqual(self.asked_for(asked, "alice", "a", "b"), 2)
        self.assertEqual(self.asked_for(asked, "alice", "b", "a"), 0)
        self.assertEqual(self.asked_for(asked, "alice", "b"), 0)
        self.assertEqual(self.asked_for(asked, "alice", "a", "staff"), 2)
        self.assertEqual(self.groups(asked, "alice", "staff", "b", "a"), ["staff", "a"])
        self.assertEqual(self.asked_for(asked, "nobody", "a"), 1)
        self.assertEqual(self.asked_for(asked, "nobody", "a"), 0)

    def test_without_memory(self) -> None:
        asked = self.ready(*FOUND, "--group-ttl", "0")
        for _ in range(2):
            self.assertEqual(self.asked_for(asked, "alice", "a"), 2)

    def test_the_memory_ends(self) -> None:
        """A user who leaves a group is out when the time is over."""
        asked = self.ready(*FOUND, "--group-ttl", "1")
        self.slapd.change(grouptree.Group("passing", (tree.BOB.dn,)).ldif())
        self.assertEqual(self.groups(asked, "bob", "passing"), ["passing"])
        self.slapd.change(f"dn: cn=passing,{grouptree.GROUPS}\nchangetype: delete\n")
        place.wait_for(lambda: self.groups(asked, "bob", "passing") == [], "the memory to end")

    def test_the_same_questions_are_joined(self) -> None:
        for ttl in ("60", "0"):
            with self.subTest(ttl=ttl):
                asked = self.ready(*FOUND, "--group-ttl", ttl, ids=True)
                before = self.searches()
                self.slapd.pause()
                for number in range(100):
                    asked.send(groupldap.line("alice", "a", *(["b"] if number % 2 else [])))
                asked.wait_taken()
                self.slapd.resume()
                replies = [asked.receive()[1] for _ in range(100)]
                self.assertEqual({tuple(groupldap.groups_of(reply)) for reply in replies},
                                 {("a",)})
                self.assertLessEqual(self.searches() - before, 4)


class Limits(basicldap.Case):
    def test_a_server_that_cuts_answers(self) -> None:
        """The joined search is cut off, so each group is asked about by itself."""
        ldif = grouptree.people_ldif() + "".join(group.ldif() for group in grouptree.ALL)
        with slapd.Slapd(self.folder / "slapd", {tree.SUFFIX: ldif},
                         options="sizelimit 1") as server:
            asked = self.start(groupldap.argv(server.ldap_url, *FOUND), ids=False)
            reply = groupldap.ask(asked, "alice", "a", "b", "staff", "web (all), staff")
            self.assertEqual(groupldap.groups_of(reply), ["a", "staff", "web (all), staff"])


class Options(GroupCase):
    def test_long_names_and_a_file_say_the_same(self) -> None:
        config = self.folder / "group-ldap.conf"
        config.write_text("\n".join((
            f"uri = {self.slapd.ldap_url}", f"base = {grouptree.GROUPS}",
            f"user-base = {tree.PEOPLE}", "user-filter = (uid=%s)", f"filter = {groupldap.MEMBER}",
            "strip-nt-domain = yes", "strip-kerberos-realm = yes", "group-ttl = 1",
            "login = url", "groups-count = 0", "group-memory = 1", "base-extension = no", "")))
        program = place.helper_path("group-ldap")
        words = [program, "--uri", self.slapd.ldap_url, "--base", grouptree.GROUPS, "--user-base",
                 tree.PEOPLE, "--user-filter=(uid=%s)", "--filter", groupldap.MEMBER,
                 "--strip-nt-domain", "--strip-kerberos-realm"]
        for argv in (words, [program, "--config", str(config)]):
            asked = self.start([*argv, *place.PATIENT], ids=False)
            self.assertEqual(self.groups(asked, "CORP\\alice@CORP", "a", "b"), ["a"])

    def refused(self, *words: str) -> str:
        log = self.folder / "refused.log"
        log.unlink(missing_ok=True)
        process = place.Process([place.helper_path("group-ldap"), *words], log)
        self.assertEqual(process.child.wait(place.PATIENCE_S), 2)
        return process.log_text()

    def test_filters_that_cannot_be_used(self) -> None:
        for words, sentence in (
                (("-b", "dc=x", "-f", "(uid=%u)"), "-f (--filter): .*never asks for the group"),
                (("-b", "dc=x", "-f", "(cn=%g)"), "-f (--filter): .*never asks for the user"),
                (("-b", "dc=x", "-f", "(&(uid=%s)(cn=%g))"), "-f (--filter): .*u or v"),
                (("-b", "dc=x", "-f", groupldap.MEMBER, "-F", "(uid=x)"),
                 "-F (--user-filter): .*never asks for the user"),
                (("-b", "dc=x", "-g"), "-g (--base-extension)"),
                (("-b", "dc=x", "--group-method", "in-chain", "--group-depth", "2"),
                 "--group-depth: .*in-chain"),
                (("-b", "dc=x", "-f", groupldap.MEMBER, "--group-method", "walk"),
                 "--group-method: .*-f (--filter)"),
                (("-b", "dc=x", "-f", groupldap.MEMBER, "--group-depth", "2"),
                 "--group-depth: .*-f (--filter)"),
                (("-f", groupldap.MEMBER), "-b (--base)")):
            with self.subTest(words):
                text = self.refused(*words)
                self.assertRegex(text, sentence.replace("(", r"\(").replace(")", r"\)"))
                self.assertEqual(len(text.splitlines()), 1, text)


if __name__ == "__main__":
    unittest.main()
