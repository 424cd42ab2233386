# SPDX-License-Identifier: BSD-2-Clause
"""--require-group and --groups of basic-ldap with slapd: the replies, and what a real Squid makes
of the notes. Who is in which group is in grouptree.py; the notes are those of basic-ldap(8).
"""

import re
import time
import unittest

from support import adproxy, basicldap, grouptree, helper, place, policytree, tree

NO_GROUP = ('ERR message="You are not a member of a group that may log in" reason_="group" '
            "You are not a member of a group that may log in")

# By grouptree: nested ones, too, and that which memberUid names.
ALICES = [grouptree.NAMES_A, grouptree.NAMES_B, grouptree.NAMES_C, grouptree.UNIQUE_A,
          grouptree.UNIQUE_B, grouptree.UNIQUE_C, grouptree.POSIX_STAFF, grouptree.COMMA,
          grouptree.HASH, grouptree.LEADING_SPACE, grouptree.STAR, grouptree.TWO_WORDS,
          grouptree.STAFF]


def quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def group_notes(names: list[str]) -> str:
    """As basic-ldap(8) says: sorted, one group= each, and all of them in groups_=."""
    names = sorted(set(names), key=str.encode)
    joined = ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names)
    return "".join(f' group="{quoted(name)}"' for name in names) + f' groups_="{quoted(joined)}"'


class GroupCase(basicldap.Case):
    HELPER = helper.Helper
    GROUPS = ("--group-base", grouptree.GROUPS)
    OVERLAYS = grouptree.NONE

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(grouptree.GroupSlapd(cls.folder / "slapd",
                                                               cls.OVERLAYS))

    def words(self, *options: str) -> list[str]:
        return basicldap.argv(self.slapd.ldap_url, *self.GROUPS, *options)

    def ours(self, *options: str) -> helper.Helper:
        return self.start(self.words(*options))


class Told(GroupCase):
    """--groups"""

    def assert_groups(self, asked: helper.Helper, person: tree.Person, names: list[str]) -> None:
        self.assertEqual(asked.ask(person.uid, person.password),
                         f'OK user="{person.uid}" grace_logins_="" reason_=""'
                         + group_notes(names))

    def test_all(self) -> None:
        asked = self.ours("--groups")
        self.assert_groups(asked, tree.ALICE, [group.cn for group in ALICES])
        self.assert_groups(asked, tree.BOB, ["denied", "r1", "r2"])
        self.assert_groups(asked, tree.JUERGEN, ["a", "b", "c", "grüppe"])
        self.assert_groups(asked, grouptree.CAROL, ["posix-primary"])
        self.assert_groups(asked, tree.Person("latin", "latin-pw"), [])

    def test_many(self) -> None:
        self.assert_groups(self.ours("--groups"), grouptree.MANY,
                           [grouptree.many_group(n).cn for n in range(grouptree.MANY_COUNT)])

    def test_filters(self) -> None:
        for patterns, names in ((["u?"], ["ua", "ub", "uc"]), (["staff", "U[ab]"],
                                ["staff", "ua", "ub"]), (["*,*"], ["web (all), staff"]),
                                ([r"st\**"], [grouptree.STAR.cn]), (["nothing*"], [])):
            with self.subTest(patterns):
                options = [word for pattern in patterns for word in ("--group-filter", pattern)]
                self.assert_groups(self.ours("--groups", *options), tree.ALICE, names)

    def test_wrong_passwords_ask_for_no_groups(self) -> None:
        asked = self.ours("--groups")
        asked.ask("alice", "alice-pw")
        before = self.slapd.count(" SRCH base")
        self.assertEqual(asked.ask("alice", basicldap.WRONG), basicldap.ERR)
        self.assertEqual(self.slapd.count(" SRCH base"), before + 1)


class Required(GroupCase):
    """--require-group"""

    def test_member_or_not(self) -> None:
        for group, members in ((grouptree.NAMES_C.cn, {"alice", "jürgen"}),
                               (grouptree.NAMES_C.dn, {"alice", "jürgen"}),
                               (grouptree.RING_2.cn, {"bob"}), (grouptree.COMMA.cn, {"alice"}),
                               (grouptree.HASH.dn, {"alice"}), ("grüppe", {"jürgen"}),
                               ("no such group", set())):
            asked = self.ours("--require-group", group)
            for person in (tree.ALICE, tree.BOB, tree.JUERGEN):
                with self.subTest(group, person=person.uid):
                    wanted = (f'OK user="{person.uid}" grace_logins_="" reason_=""'
                              if person.uid in members else NO_GROUP)
                    self.assertEqual(asked.ask(person.uid, person.password), wanted)
                    self.assertEqual(asked.ask(person.uid, basicldap.WRONG), basicldap.ERR)

    def test_one_of_several_is_enough(self) -> None:
        asked = self.ours("--require-group", "denied", "--require-group", "grüppe")
        self.assertRegex(asked.ask("bob", tree.BOB.password), "^OK ")
        self.assertRegex(asked.ask("jürgen", tree.JUERGEN.password), "^OK ")
        self.assertEqual(asked.ask("alice", "alice-pw"), NO_GROUP)

    def test_together_with_groups(self) -> None:
        asked = self.ours("--require-group", "denied", "--groups", "--group-filter", "r*")
        self.assertEqual(asked.ask("bob", tree.BOB.password),
                         'OK user="bob" grace_logins_="" reason_=""' + group_notes(["r1", "r2"]))
        self.assertEqual(asked.ask("alice", "alice-pw"), NO_GROUP)

    def test_without_an_answer_about_groups(self) -> None:
        """The password was right, and whether the user may log in is not known: BH, and Squid's
        repeats of the line are not bound again."""
        asked = self.start(self.words("--group-base", "ou=nowhere,dc=example,dc=test",
                                      "--require-group", "c"))
        for person in (tree.ALICE, tree.BOB, tree.JUERGEN):
            before, began = self.slapd.binds(person.dn), time.monotonic()
            for _ in range(3):
                self.assertRegex(asked.ask(person.uid, person.password), "^BH ")
            if time.monotonic() - began < basicldap.REMEMBERED_S:
                self.assertEqual(self.slapd.binds(person.dn), before + 1)
                return
        self.fail("three times the machine was too slow for three lines")


class Squid(GroupCase):
    """What access lists see."""

    OVERLAYS = grouptree.DYNLIST        # with overlays slapd.py lets tests change entries

    AUTH = ["acl users proxy_auth REQUIRED",
            "acl in_a note group a", "acl in_list note -m=, groups_ r1", "acl told note groups_",
            "http_access deny !users", "http_access deny in_a", "http_access deny in_list",
            "http_access allow told"]

    def test_notes_in_access_lists(self) -> None:
        proxy = self.enterContext(adproxy.Proxy(
            self.folder / "squid", self.words("--groups"), self.AUTH))
        for person, status in ((tree.ALICE, 403), (tree.BOB, 403), (grouptree.CAROL, 200),
                               (grouptree.MANY, 200)):
            with self.subTest(person.uid):
                self.assertEqual(proxy.login(person.uid, person.password).status, status)
        self.assertEqual(proxy.login("alice", basicldap.WRONG).status, 407)

    def test_what_is_replaced_and_what_is_added(self) -> None:
        """group= stays with a user whom Squid remembers; groups_= is always the latest."""
        proxy = self.enterContext(adproxy.Proxy(self.folder / "squid2", self.words("--groups")))
        proxy.login(grouptree.CAROL.uid, grouptree.CAROL.password)
        first = proxy.notes()
        self.assertEqual((first["group"], first["groups_"]), ("posix-primary", "posix-primary"))
        self.slapd.change(f"dn: {grouptree.POSIX_STAFF.dn}\nchangetype: modify\nadd: memberUid\n"
                          "memberUid: carol\n-\n\n"
                          f"dn: {grouptree.POSIX_PRIMARY.dn}\nchangetype: modify\n"
                          "replace: gidNumber\ngidNumber: 6000\n-\n\n")

        def changed() -> bool:
            proxy.login(grouptree.CAROL.uid, grouptree.CAROL.password)
            return proxy.notes().get("groups_") == "posix-staff"
        place.wait_for(changed, "Squid to ask again")
        self.assertEqual(set(proxy.notes()["group"].split(",")), {"posix-primary", "posix-staff"})


class Pages(basicldap.Case):
    """The pages of basic-ldap(8): why somebody may not log in, with a link by the reason."""

    PAGE = "[%m] <a href='http://pw.example.test/?why=@Squid{%note{reason_}}'>"
    AUTH = ["acl users proxy_auth REQUIRED", "acl must_change note reason_ must-change",
            "deny_info http://pw.example.test/change must_change",
            "http_access deny !users", "http_access deny must_change"]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(policytree.PolicySlapd(cls.folder / "slapd"))

    def proxy(self, name: str) -> adproxy.Proxy:
        proxy = adproxy.Proxy(self.folder / name, basicldap.argv(self.slapd.ldap_url), self.AUTH)
        (self.folder / name / "pages" / adproxy.DENIED_PAGE).write_text(self.PAGE)
        return self.enterContext(proxy)

    def page(self, proxy: adproxy.Proxy, person: tree.Person, password: str) -> tuple[str, str]:
        """The words and the reason in the link that a refused person reads."""
        answer = proxy.login(person.uid, password)
        self.assertEqual(answer.status, 407)
        found = re.search(r"\[(.*)\] .*why=(\S*)'>", answer.body.decode())
        self.assertIsNotNone(found, answer.body)
        return found[1], found[2]

    def test_a_link_by_reason(self) -> None:
        proxy = self.proxy("squid")
        for person, password, wanted in (
                (policytree.EXPIRED, policytree.EXPIRED.password,
                 ("Your password has expired", "expired")),
                (policytree.EXPIRED, basicldap.WRONG, ("Invalid credentials", "-")),
                (policytree.LOCKED, basicldap.WRONG, ("Your account is locked", "locked")),
                (tree.ALICE, basicldap.WRONG, ("Invalid credentials", "-"))):
            with self.subTest(person.uid, password=password):
                self.assertEqual(self.page(proxy, person, password), wanted)

    def test_sent_to_change_the_password_until_it_is_changed(self) -> None:
        proxy = self.proxy("squid2")
        person = policytree.MUST_CHANGE
        answer = proxy.login(person.uid, person.password)
        self.assertEqual((answer.status, answer.header("Location")),
                         (302, "http://pw.example.test/change"))
        self.slapd.change(f"dn: {person.dn}\nchangetype: modify\ndelete: pwdReset\n-\n\n")

        def let_in() -> bool:
            return proxy.login(person.uid, person.password).status == 200
        place.wait_for(let_in, "Squid to ask again")


if __name__ == "__main__":
    unittest.main()
