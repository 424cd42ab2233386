# SPDX-License-Identifier: BSD-2-Clause
"""group-ldap with the filters that people write for Active Directory, against a real one, and Squid's
own helper beside it.

Who is in which group says adtree.py, by which the domain was made.
"""

import unittest

from support import addomain, adproxy, adtree, basicldap, groupldap, helper, place

DIRECT = "(&(sAMAccountName=%u)(memberOf=CN=%g,CN=Users," + adtree.BASE + "))"
NESTED = ("(&(sAMAccountName=%v)(memberOf:1.2.840.113556.1.4.1941:=CN=%a,CN=Users,"
          + adtree.BASE + "))")
# As Zentyal has it
BY_MEMBER = ("-F", "(&(samAccountName=%s)(objectclass=user))",
             "-f", "(&(samAccountName=%g)(objectclass=group)(member=%u))")
USERS_GROUPS = [group for group in adtree.GROUPS if group.folder == adtree.USERS]


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


def members_in(group: adtree.Group) -> set[str]:
    return {one.sam for one in group.members if isinstance(one, adtree.Person)}


class Filters(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        domain = adproxy.Case.DOMAIN
        cls.env = place.clean_env(LDAPTLS_CACERT=str(domain.ca))
        cls.words = ["-b", adtree.BASE, "-H", addomain.LDAP_URL, "-Z", "-R",
                     "-D", adtree.SVC_LDAP.implicit_upn,
                     "-W", str(adproxy.secret_file(domain.folder))]

    def ours(self, *options: str) -> helper.Helper:
        words = [place.helper_path("group-ldap"), *self.words, *place.PATIENT, *options]
        return self.start(words, env=self.env, ids=False)

    def stock(self, *options: str) -> helper.Helper:
        return self.start([groupldap.stock_program(), *self.words, "-P", *options],
                          env=self.env, ids=False)

    def groups(self, asked: helper.Helper, user: str, *groups: str) -> list[str]:
        return groupldap.groups_of(groupldap.ask(asked, user, *groups))

    def test_groups_of_the_users_entry(self) -> None:
        """Commas, parentheses, backslashes, umlauts, a blank in front: each alone and all at once."""
        names = [group.cn for group in USERS_GROUPS]
        asked = self.ours("-f", DIRECT, "--group-ttl", "0")
        for person in (adtree.ALICE, adtree.BOB, adtree.JUERGEN, adtree.SMITH, adtree.PARENS):
            wanted = [group.cn for group in USERS_GROUPS if person.sam in members_in(group)]
            with self.subTest(person.sam):
                self.assertTrue(wanted)
                self.assertEqual(self.groups(asked, person.sam, *names), wanted)
                for name in names:
                    self.assertEqual(self.groups(asked, person.sam, name),
                                     [name] if name in wanted else [])

    def test_groups_found_by_their_members(self) -> None:
        names = [group.account_name for group in adtree.GROUPS]
        asked = self.ours(*BY_MEMBER, "--group-ttl", "0")
        for person in (adtree.ALICE, adtree.BOB, adtree.JUERGEN, adtree.SMITH, adtree.CHRIS_OPS):
            wanted = [group.account_name for group in adtree.GROUPS
                      if person.sam in members_in(group)]
            with self.subTest(person.sam):
                self.assertEqual(self.groups(asked, person.sam, *names), wanted)

    def test_the_rule_for_chains(self) -> None:
        asked = self.ours("-f", NESTED)
        self.assertEqual(self.groups(asked, "alice", "C", "R1", "A", "Universal staff", "Empty"),
                         ["C", "A", "Universal staff"])
        self.assertEqual(self.groups(asked, "bob", "R2", "C"), ["R2"])

    def test_a_user_in_very_many_groups(self) -> None:
        filter = f"(&(sAMAccountName=%u)(memberOf=CN=%g,{adtree.MANY_OU}))"
        asked = self.ours("-f", filter)
        names = [adtree.many_group(number).cn for number in (0, 599, 1199)]
        self.assertEqual(self.groups(asked, "many", "nope", *names), names)
        self.assertEqual(self.groups(asked, "many", "A", "many-9999"), [])

    def test_the_stock_helper_agrees(self) -> None:
        """Where no name has a character that means something in a DN."""
        plain = [group for group in USERS_GROUPS if group.cn.replace(" ", "").isalnum()
                 and group.cn.isascii() and not group.cn.startswith(" ")]
        for options, names in ((("-f", DIRECT), [group.cn for group in plain]),
                               (("-f", NESTED), [group.cn for group in plain]),
                               (BY_MEMBER, [group.account_name for group in plain])):
            ours, stock = self.ours(*options), self.stock(*options)
            for user in ("alice", "bob", "jürgen", "spa ce", "nobody"):
                for name in names:
                    with self.subTest(options[-1], user=user, group=name):
                        self.assertEqual(groupldap.ask(ours, user, name).split()[0],
                                         groupldap.ask(stock, user, name).split()[0])

    def test_global_catalog(self) -> None:
        """As public lines have it: -p 3268 and a server as a word."""
        words = ["-v3", "-b", adtree.BASE, "-p", "3268", "-Z", "-D",
                 adtree.SVC_LDAP.implicit_upn, "-W", self.words[-1], "-P", *BY_MEMBER,
                 adtree.FQDN]
        asked = self.start([place.helper_path("group-ldap"), *place.PATIENT, *words],
                           env=self.env, ids=False)
        self.assertEqual(self.groups(asked, "alice", "A", "R1"), ["A"])


if __name__ == "__main__":
    unittest.main()
