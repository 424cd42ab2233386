# SPDX-License-Identifier: BSD-2-Clause
"""Groups of a real Active Directory behind a real Squid: --groups and --require-group of
basic-ldap, and group-ldap, each with every way of asking.

Who is in which group is calculated from adtree.py, by which the domain was made; what the server
itself says of it is in test_ad_domain.py.
"""

import pathlib
import re
import unittest
import urllib.parse

from support import addomain, adproxy, adtree, place, squid

METHODS = ("auto", "in-chain", "token-groups", "walk")
PEOPLE = [adtree.ALICE, adtree.BOB, adtree.ROBERT, adtree.JUERGEN, adtree.PARENS, adtree.SMITH,
          adtree.CHRIS_SALES, adtree.CHRIS_OPS, adtree.PRIMARY, adtree.NO_UPN]
# Made with the domain: everybody's primary group, and the builtin group that it is in.
EVERYBODY = {"Domain Users", "Users"}


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


def groups_of(person: adtree.Person) -> set[adtree.Group]:
    """All groups of the seed that `person` is in, directly or not."""
    found: set[adtree.Group] = {adtree.PRIMARY_GROUP} if person is adtree.PRIMARY else set()
    members = {group: set(group.members) for group in adtree.GROUPS}
    members[adtree.RING_1].add(adtree.RING_2)       # closed by the seed
    while True:
        more = {group for group, inside in members.items() if inside & ({person} | found)}
        if more <= found:
            return found
        found |= more


def names_of(person: adtree.Person) -> set[str]:
    return {group.account_name for group in groups_of(person)} | EVERYBODY


class Told(adproxy.Case):
    OPTIONS = ("--groups",)

    def test_by_squid(self) -> None:
        for person in PEOPLE:
            with self.subTest(person.sam):
                self.assert_accepted(person.sam, person.password)
                notes = self.proxy.notes()
                self.assertEqual(set(notes["groups_"].split(",")), names_of(person))

    def test_by_every_method(self) -> None:
        for method in METHODS:
            asked = self.ours("--groups", "--group-method", method)
            for person in PEOPLE:
                with self.subTest(method=method, user=person.sam):
                    reply = asked.ask(person.sam, person.password)
                    self.assertEqual(set(re.findall(r' group="([^"]*)"', reply)),
                                     {name.replace("\\", "\\\\") for name in names_of(person)})

    def test_filtered(self) -> None:
        asked = self.ours("--groups", "--group-filter", "Web*", "--group-filter", "?")
        reply = asked.ask("alice", adtree.ALICE.password)
        self.assertEqual(re.findall(r' group="([^"]*)"', reply), ["A", "B", "C", "Web (all) staff"])

    def test_one_user_in_many(self) -> None:
        for method in METHODS:
            with self.subTest(method):
                asked = self.ours("--groups", "--group-method", method, "--deadline", "600",
                                  "--connect-timeout", "60")
                reply = asked.ask("many", adtree.MANY.password, timeout_s=660)
                found = set(re.findall(r' group="([^"]*)"', reply))
                wanted = {adtree.many_group(n).cn for n in range(adtree.MANY_COUNT)} | EVERYBODY
                self.assertEqual(found, wanted, reply[:200])

    def test_one_user_in_many_by_squid(self) -> None:
        """Squid takes no reply of more than 32 KiB: it may not be given one."""
        helpers = self.proxy.helper_pids()
        self.proxy.login("many", adtree.MANY.password)
        self.assert_accepted("alice", adtree.ALICE.password)
        self.assertEqual(self.proxy.helper_pids(), helpers)
        self.assertNotRegex(self.proxy.cache_log(), "too (long|big|large)|overflow|WARNING: ")


class Required(adproxy.Case):
    """--require-group"""

    def check(self, group: str, person: adtree.Person, member: bool, method: str = "auto") -> None:
        with self.subTest(group=group, user=person.sam, method=method):
            asked = self.ours("--require-group", group, "--group-method", method)
            reply = asked.ask(person.sam, person.password)
            self.assertRegex(reply, "^OK" if member else 'reason_="group"')

    def test_every_group_by_every_name(self) -> None:
        for group in adtree.GROUPS:
            named = {group.dn, group.account_name}
            if group.cn != "Staff":         # two have that
                named.add(group.cn)
            for name in named:
                self.check(name, adtree.ALICE, group in groups_of(adtree.ALICE))

    def test_every_method(self) -> None:
        for method in METHODS:
            for group, person in ((adtree.GROUP_C, adtree.ALICE), (adtree.RING_2, adtree.BOB),
                                  (adtree.PRIMARY_GROUP, adtree.PRIMARY),
                                  (adtree.ABOVE_PRIMARY, adtree.PRIMARY),
                                  (adtree.LOCAL_STAFF, adtree.ALICE),
                                  (adtree.UMLAUT, adtree.JUERGEN), (adtree.COMMA, adtree.PARENS)):
                for one in (person, adtree.NO_UPN):
                    self.check(group.dn, one, one is person, method)
            self.check("Domain Users", adtree.ALICE, True, method)

    def test_direct_members_alone(self) -> None:
        """A controller that follows nested groups by itself counts no levels: it is not used."""
        for method in ("auto", "walk"):
            for depth, groups in (("1", "A"), ("2", "AB"), ("3", "ABC")):
                for group in "ABC":
                    with self.subTest(depth=depth, group=group, method=method):
                        asked = self.ours("--require-group", group, "--group-depth", depth,
                                          "--group-method", method)
                        reply = asked.ask(adtree.ALICE.sam, adtree.ALICE.password)
                        self.assertRegex(reply, "^OK" if group in groups else 'reason_="group"')
            self.check(adtree.many_group(700).cn, adtree.MANY, True, method)

    def test_one_of_two_groups_with_one_name(self) -> None:
        """A CN that several groups have is all of them; their DNs are one each."""
        for person in (adtree.CHRIS_SALES, adtree.CHRIS_OPS):
            self.check("Staff", person, True)
        self.check(adtree.STAFF_SALES.dn, adtree.CHRIS_OPS, False)
        self.check(adtree.STAFF_OPS.dn, adtree.CHRIS_OPS, True)
        self.check("Staff", adtree.ALICE, False)

    def test_a_wrong_password_says_nothing_of_groups(self) -> None:
        asked = self.ours("--require-group", "A")
        self.assertNotIn('reason_="group"', asked.ask("bob", addomain.WRONG))
        self.DOMAIN.unlock(adtree.BOB)


class GroupLdap(adproxy.Case):
    """group-ldap decides who may have which path; the way of asking is its own choice. Squid takes
    a line that begins with # for a comment, so that such a group needs its DN."""

    GROUPS = {"a": "A", "c": "C", "ring": "R2", "umlaut": "Grüppe", "comma": "Web (all), staff",
              "sam": "Web (all) staff", "hash": adtree.HASH.dn,
              "dn": adtree.LOCAL_STAFF.dn,
              "primary": "Primary staff", "above": "Above primary", "everybody": "Domain Users",
              "many": "many-1199", "none": "no such group"}
    WORDS: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.AUTH = cls.rules(cls.enterClassContext(place.private_folder("rules")))
        super().setUpClass()

    @classmethod
    def rules(cls, folder: pathlib.Path) -> tuple[str, ...]:
        words = [place.helper_path("group-ldap"), *adproxy.argv(cls.DOMAIN)[1:], *cls.WORDS]
        if squid.user_for_squid():
            words[0] = place.for_others(words[0], folder)
        command = " ".join(squid.quote_word(word) for word in words)
        rows = ["external_acl_type group ttl=0 negative_ttl=0 cache=0 children-max=1 %#ul "
                f"{command}", "acl known proxy_auth REQUIRED", "http_access deny !known"]
        for path, name in cls.GROUPS.items():
            names = folder / f"group-{path}"
            names.write_text(name + "\n")
            rows += [f"acl is_{path} urlpath_regex ^/{path}$",
                     f'acl in_{path} external group "{names}"',
                     f"http_access allow is_{path} in_{path}", f"http_access deny is_{path} all"]
        return tuple(rows)

    def paths_of(self, name: str, password: str) -> set[str]:
        """Which paths this user may have."""
        found = set()
        for path in self.GROUPS:
            url = urllib.parse.urljoin(self.proxy.origin.url, path)
            status = squid.curl(self.proxy.port, url, f"{name}:{password}").status
            self.assertIn(status, (200, 403), path)
            found |= {path} if status == 200 else set()
        return found

    def test_who_may_go_where(self) -> None:
        for person, wanted in (
                (adtree.ALICE, {"a", "c", "comma", "sam", "hash", "dn"}),
                (adtree.BOB, {"ring"}), (adtree.JUERGEN, {"a", "c", "umlaut"}),
                (adtree.PRIMARY, {"primary", "above"}), (adtree.MANY, {"many"}),
                (adtree.ROBERT, {"dn"}), (adtree.PARENS, {"comma", "sam"})):
            for name in (person.sam, person.principal_name, person.down_level):
                with self.subTest(name):
                    self.assertEqual(self.paths_of(name, person.password),
                                     wanted | {"everybody"})


if __name__ == "__main__":
    unittest.main()
