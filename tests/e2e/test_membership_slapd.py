# SPDX-License-Identifier: BSD-2-Clause
"""Membership in groups of slapd, asked of the engine itself (support/askgroups.py): every class of
groups that OpenLDAP has, nested, in a ring, with awkward names, by search; with the memberof and
dynlist overlays and without any. Who is in which group was taken from support/grouptree.py by
hand.
"""

import unittest

from support import askgroups, grouptree, place, slapd, tree

ALICE = [" lead", "#hash", "a", "b", "c", "posix-staff", "proxy users", 'st*r "q" \\', "staff", "ua",
         "ub", "uc", "web (all), staff"]
BOB = ["denied", "r1", "r2", "staff"]
JUERGEN = ["a", "b", "c", "grüppe"]
STATIC = {"alice": ALICE, "bob": BOB, "jürgen": JUERGEN, "carol": ["posix-primary"],
          "(paren)": ["web (all), staff"], "two words": ["proxy users"], "st*r": ["posix-staff"],
          "latin": []}
ABOVE_DYNAMIC = grouptree.Group("above dynamic", (grouptree.DYNAMIC.dn,))


class Groups:
    """The same for each kind of overlay."""
    overlays = grouptree.NONE
    dynamic: list[str] = []     # groups of alice and bob besides

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = cls.enterClassContext(place.private_folder("membership"))
        cls.server = grouptree.GroupSlapd(folder / "slapd", cls.overlays)
        cls.enterClassContext(cls.server)
        if cls.dynamic:
            cls.server.change(ABOVE_DYNAMIC.ldif())

    def asker(self, *options: str, base: str = tree.SUFFIX) -> askgroups.Asker:
        return askgroups.Asker("--base", base, "--filter", "uid=%s", *options,
                               self.server.ldap_url)

    def expected(self, user: str) -> list[str]:
        more = self.dynamic if user in ("alice", "bob") else []
        return sorted(STATIC[user] + more, key=str.encode)

    def test_lists(self) -> None:
        asker = self.asker()
        for user in STATIC:
            with self.subTest(user=user):
                self.assertEqual(asker.list(user), self.expected(user))

    def test_each_name(self) -> None:
        """Asked one by one, and all together."""
        every = sorted({group for groups in STATIC.values() for group in groups}) + self.dynamic
        asker = self.asker()
        for user in STATIC:
            with self.subTest(user=user):
                wanted = {group: group in self.expected(user) for group in every}
                self.assertEqual(asker.member(user, *every), wanted)
                answers = asker.ask(*([user, group] for group in every))
                self.assertEqual({group: answer.fields == ("yes",)
                                  for group, answer in zip(every, answers, strict=True)}, wanted)

    def test_by_dn(self) -> None:
        groups = [grouptree.NAMES_A, grouptree.NAMES_C, grouptree.UNIQUE_C, grouptree.POSIX_STAFF,
                  grouptree.COMMA, grouptree.HASH, grouptree.LEADING_SPACE, grouptree.STAR,
                  grouptree.STAFF]
        asker = self.asker()
        self.assertEqual(asker.member("alice", *(group.dn for group in groups)),
                         {group.dn: True for group in groups})
        self.assertEqual(asker.member("alice", grouptree.STAFF_ELSEWHERE.dn, grouptree.DENIED.dn),
                         {grouptree.STAFF_ELSEWHERE.dn: False, grouptree.DENIED.dn: False})
        other_spelling = f"CN = C , ou=Groups,{tree.SUFFIX}"
        self.assertEqual(asker.member("alice", other_spelling), {other_spelling: True})

    def test_names_that_no_group_has(self) -> None:
        asker = self.asker()
        names = ["nope", "lead", "a ", "*", "a)(cn=*", "", "cn=nope,dc=example,dc=test", "a\\",
                 "hash", "ÄGRÜPPE", "ｓtaff", "cn=x,dc=elsewhere", "=,=", "1.2.3=x,dc=y"]
        self.assertEqual(asker.member("alice", *names), {name: False for name in names})
        self.assertIn('there is no group "nope"', asker.log)

    def test_a_user_in_many(self) -> None:
        asker = self.asker()
        many = [grouptree.many_group(number).cn for number in range(grouptree.MANY_COUNT)]
        self.assertEqual(asker.list("many"), many)
        self.assertEqual(asker.member("many", many[0], many[-1], "a"),
                         {many[0]: True, many[-1]: True, "a": False})

    def test_depth(self) -> None:
        """A group in a group is one deeper. (What slapd says of nested groups in memberOf counts,
        however deep: dynlist with a star.)"""
        direct, second = self.asker("--group-depth", "1"), self.asker("--group-depth", "2")
        if self.overlays != grouptree.DYNLIST_NESTED:
            self.assertEqual(direct.member("alice", "a", "b", "c"),
                             {"a": True, "b": False, "c": False})
            self.assertEqual(second.member("alice", "a", "b", "c"),
                             {"a": True, "b": True, "c": False})
        self.assertEqual(direct.member("alice", "ua", "ub", "posix-staff"),
                         {"ua": True, "ub": False, "posix-staff": True})

    def test_group_base(self) -> None:
        elsewhere = self.asker("--group-base", grouptree.OTHER)
        self.assertEqual(elsewhere.list("bob"), ["staff"])
        self.assertEqual(elsewhere.list("alice"), [])
        self.assertEqual(elsewhere.member("bob", "staff", "r1"), {"staff": True, "r1": False})
        people = self.asker(base=tree.PEOPLE)
        self.assertEqual(people.member("alice", "a", grouptree.NAMES_A.dn, grouptree.DENIED.dn),
                         {"a": False, grouptree.NAMES_A.dn: True, grouptree.DENIED.dn: False})
        missing = self.asker("--group-base", f"ou=nowhere,{tree.SUFFIX}")
        self.assertEqual(missing.ask(["alice", "a"])[0].word, "unavailable")
        self.assertIn("No such object (32)", missing.log)

    def test_searches(self) -> None:
        """One search a level, however many groups are asked about, and none for names that are
        known."""
        asker = self.asker()
        groups = ["a", "b", "c", "ua", "ub", "uc", "staff", "proxy users", "#hash", "posix-staff"]
        base = self.searches()
        asker.ask(["alice", "c", "uc"])
        once = self.searches() - base
        asker.ask(["alice", "c", "uc"], ["alice", "uc", "c"])
        twice = self.searches() - base - once
        asker.ask(["alice", *groups], ["alice", *reversed(groups)])
        ten = self.searches() - base - once - twice
        self.assertEqual(ten, twice)
        self.assertEqual(twice - once, once - self.connecting() - 1)

    def searches(self) -> int:
        """So far, without the reads of the root entry: how many of those there are hangs on how
        many connections were wanted."""
        return self.server.count("SRCH base") - self.server.count('SRCH base=""')

    def connecting(self) -> int:
        """Searches of a run that asks about nobody that there is."""
        base = self.searches()
        self.asker().ask(["nobody", "a"])
        return self.searches() - base - 1


class NoOverlay(Groups, unittest.TestCase):
    pass


class MemberOf(Groups, unittest.TestCase):
    overlays = grouptree.MEMBEROF


class Dynlist(Groups, unittest.TestCase):
    overlays = grouptree.DYNLIST
    dynamic = ["above dynamic", "dynamic"]


class DynlistNested(Groups, unittest.TestCase):
    overlays = grouptree.DYNLIST_NESTED
    dynamic = ["above dynamic", "dynamic"]


class Limits(unittest.TestCase):
    """Trouble is never a no."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(place.private_folder("membership"))
        cls.server = slapd.Slapd(folder / "slapd", {
            tree.SUFFIX: grouptree.people_ldif() + grouptree.NAMES_A.ldif() + "".join(
                grouptree.many_group(number).ldif() for number in range(20))},
                                 options="sizelimit 10")
        cls.enterClassContext(cls.server)

    def test_size_limit(self) -> None:
        asker = askgroups.Asker("--base", tree.SUFFIX, "--filter", "uid=%s", self.server.ldap_url)
        answers = asker.ask(["many", "?"], ["many", "many-0000", "many-0019"], ["alice", "?"])
        self.assertEqual([answer.word for answer in answers],
                         ["unavailable", "unavailable", "answered"])
        self.assertIn("the filter finds more entries than the server gives", asker.log)

    def test_server_down(self) -> None:
        self.server.stop()
        asker = askgroups.Asker("--base", tree.SUFFIX, "--filter", "uid=%s", self.server.ldap_url)
        self.assertEqual(asker.ask(["alice", "a"])[0].word, "unavailable")
        self.server.start()
        self.assertEqual(asker.member("alice", "a"), {"a": True})
