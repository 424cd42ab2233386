# SPDX-License-Identifier: BSD-2-Clause
"""group-ldap behind a real Squid: who may go where, as an administrator writes it in squid.conf."""

import unittest
import urllib.parse

from support import basicldap, groupldap, grouptree, place, squid, tree

ALICE, BOB, JUERGEN = tree.ALICE, tree.BOB, tree.JUERGEN
TWO_WORDS = next(person for person in tree.PERSONS if person.uid == "two words")

# Each path of the origin is for the members of one group; names that squid.conf cannot hold in one
# word come from a file, one in a line.
PATHS = {"a": "a", "grueppe": "grüppe", "comma": "web (all), staff", "users": "proxy users",
         "none": "no such group"}


class Requests:
    """The requests; the classes below send them through differently configured Squids."""

    FORMAT = "%#ul"
    OPTIONS: tuple[str, ...] = ("-f", groupldap.MEMBER, "-F", "(uid=%s)")
    CONCURRENCY = 0

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(
            grouptree.GroupSlapd(cls.folder / "slapd", grouptree.MEMBEROF))
        cls.origin = cls.enterClassContext(squid.Origin())
        folder = cls.folder / "squid"
        folder.mkdir()
        cls.squid = cls.enterClassContext(squid.Squid(
            folder, basicldap.argv(cls.slapd.ldap_url), auth=cls.rules(folder)))

    @classmethod
    def rules(cls, folder) -> list[str]:
        words = groupldap.argv(cls.slapd.ldap_url, *cls.OPTIONS)
        if squid.user_for_squid():
            words[0] = place.for_others(words[0], folder)
        limit = f"concurrency={cls.CONCURRENCY} " if cls.CONCURRENCY else ""
        command = " ".join(squid.quote_word(word) for word in words)
        rows = [f"external_acl_type group ttl=0 negative_ttl=0 cache=0 children-max=1 {limit}"
                f"{cls.FORMAT} {command}"]
        for path, name in PATHS.items():
            names = folder / f"group-{path}"
            names.write_text(name + "\n")
            rows += [f"acl is_{path} urlpath_regex ^/{path}$",
                     f'acl in_{path} external group "{names}"']
        rows += ["acl is_any urlpath_regex ^/any$", "acl in_any external group a r1",
                 "acl is_noted urlpath_regex ^/noted$", "acl noted note group a",
                 "acl is_tagged urlpath_regex ^/tagged$", "acl tagged tag r1",
                 "acl known proxy_auth REQUIRED", "http_access deny !known",
                 "http_access allow is_noted in_any noted", "http_access deny is_noted all",
                 "http_access allow is_tagged in_any tagged", "http_access deny is_tagged all"]
        for path in (*PATHS, "any"):
            rows += [f"http_access allow is_{path} in_{path}", f"http_access deny is_{path} all"]
        return rows

    def status(self, person: tree.Person, path: str) -> int:
        return squid.curl(self.squid.port, urllib.parse.urljoin(self.origin.url, path),
                          f"{person.uid}:{person.password}").status

    def test_members_may_and_others_may_not(self) -> None:
        for person, path, wanted in ((ALICE, "a", 200), (BOB, "a", 403), (JUERGEN, "a", 200),
                                     (JUERGEN, "grueppe", 200), (ALICE, "grueppe", 403),
                                     (ALICE, "comma", 200), (BOB, "comma", 403),
                                     (ALICE, "none", 403)):
            with self.subTest(person.uid, path=path):
                self.assertEqual(self.status(person, path), wanted)

    def test_one_of_several_groups_is_enough(self) -> None:
        self.assertEqual(self.status(ALICE, "any"), 200)
        self.assertEqual(self.status(BOB, "any"), 200)
        self.assertEqual(self.status(TWO_WORDS, "any"), 403)

    def test_names_with_blanks(self) -> None:
        """A user with a blank, asked about a group with one."""
        self.assertEqual(self.status(TWO_WORDS, "users"), 200)
        self.assertEqual(self.status(BOB, "users"), 403)


class Escaped(Requests, basicldap.Case):
    """%#ul: the user is escaped, so blanks in names are safe."""

    def test_notes_and_the_tag(self) -> None:
        """Which group matched can be asked for afterwards: acl ... note, acl ... tag."""
        for person, path, wanted in ((ALICE, "noted", 200), (BOB, "noted", 403),
                                     (ALICE, "tagged", 403), (BOB, "tagged", 200)):
            with self.subTest(person.uid, path=path):
                self.assertEqual(self.status(person, path), wanted)


class Concurrent(Requests, basicldap.Case):
    CONCURRENCY = 20
    OPTIONS = (*Requests.OPTIONS, "--concurrency", "on")


class Unescaped(Requests, basicldap.Case):
    """%LOGIN comes as it is; how many groups there are tells where the user ends."""
    FORMAT = "%LOGIN"
    OPTIONS = (*Requests.OPTIONS, "--login", "raw", "--groups-count", "1")

    def test_one_of_several_groups_is_enough(self) -> None:
        """All lines must have that many groups: of two, the first is taken for part of the name."""
        self.assertEqual(self.status(ALICE, "any"), 403)


class OwnFormat(Requests, basicldap.Case):
    """%DATA said explicitly leaves a blank at the end of the line."""
    FORMAT = "%#ul %DATA"


class Membership(Requests, basicldap.Case):
    """Without a filter of the administrator's: the engine knows how groups are asked for."""
    OPTIONS = ("-F", "(uid=%s)")


class MemberOf(Requests, basicldap.Case):
    """The filter finds the user, not the group."""
    OPTIONS = ("-b", tree.PEOPLE, "-f", f"(&(uid=%v)(memberOf=cn=%a,{grouptree.GROUPS}))")


del Requests

if __name__ == "__main__":
    unittest.main()
