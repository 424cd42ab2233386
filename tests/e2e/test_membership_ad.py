# SPDX-License-Identifier: BSD-2-Clause
"""Membership in groups of a real Active Directory (Samba), asked of the engine itself
(support/askgroups.py) by each method and in the global catalog: nested three deep, in a ring, the
primary group and what is above it, 1,200 groups, awkward names, one CN twice, groups for mail.
Who is in which group was taken from support/adtree.py by hand; Users is the built-in group that
Domain Users is in.
"""

import pathlib
import unittest

from support import addomain, adtree, askgroups, place

METHODS = ["auto", "in-chain", "token-groups", "walk"]
EVERYBODY = ["Domain Users", "Users"]
MEMBERS = {
    "alice": ["#hash", "A", "B", "C", "Global staff", "Local staff", "Proxy Users",
              "Universal staff", "Web (all) staff", "lead"],
    "bob": ["Denied", "R1", "R2"],
    "jürgen": ["A", "B", "C", "Grüppe"],
    "par(en)s": ["Web (all) staff"],
    "spa ce": ["Proxy Users"],
    "jsmith": ["backslash"],
    "robert": ["Local staff"],
    "chris.sales": ["Staff of Sales"],
    "chris.ops": ["Staff of Ops"],
    "prim": ["Above primary", "Primary staff"],
    "josé": [],
}
# groupType of a distribution group: without the bit for security, MS-ADTS 2.2.12
MAIL_ONLY = f"CN=Mail only,{adtree.USERS}"


def setUpModule() -> None:
    global DC, FOLDER
    FOLDER = unittest.enterModuleContext(place.private_folder("ad"))
    DC = unittest.enterModuleContext(addomain.private(FOLDER))
    DC.modify(f"dn: {MAIL_ONLY}\nchangetype: add\nobjectClass: group\nsAMAccountName: Mail only\n"
              f"groupType: 2\nmember: {adtree.GROUP_A.dn}\n")


def secret() -> pathlib.Path:
    path = FOLDER / "svc-password"
    path.write_text(adtree.SVC_LDAP.password)
    path.chmod(0o600)
    return path


def asker(*options: str, url: str = addomain.LDAPS_URL) -> askgroups.Asker:
    return askgroups.Asker(
        "--base", adtree.BASE, "--filter", "sAMAccountName=%s", "--bind-dn", adtree.SVC_LDAP.dn,
        "--bind-password-file", str(secret()), "--ca-file", str(DC.ca), *options, url)


def expected(user: str, method: str) -> list[str]:
    """A list made from a token has no groups for mail."""
    mail = ["Mail only"] if user in ("alice", "jürgen") and method in ("in-chain", "walk") else []
    return sorted(MEMBERS[user] + EVERYBODY + mail, key=str.encode)


class Methods(unittest.TestCase):
    """Samba takes a tenth of a second and more for a search of a walk, and for a list in chain, so
    these are asked for less."""

    def each(self, *methods: str):
        for url in (addomain.LDAPS_URL, addomain.GC_TLS_URL):
            for method in methods or METHODS:
                with self.subTest(url=url, method=method):
                    yield asker("--group-method", method, url=url), method

    def check_lists(self, users: list[str], *methods: str) -> None:
        for ask, method in self.each(*methods):
            for user, answer in zip(users, ask.ask(*([user, "?"] for user in users)), strict=True):
                self.assertEqual(list(answer.fields), expected(user, method), user)

    def test_lists(self) -> None:
        self.check_lists(list(MEMBERS), "auto")

    def test_lists_by_each_method(self) -> None:
        self.check_lists(["alice", "bob", "prim"])

    def test_names_together(self) -> None:
        every = sorted({group for groups in MEMBERS.values() for group in groups}) + EVERYBODY
        for ask, _ in self.each():
            answers = ask.ask(*([user, *every] for user in MEMBERS))
            for user, answer in zip(MEMBERS, answers, strict=True):
                wanted = ["yes" if group in MEMBERS[user] + EVERYBODY else "no" for group in every]
                self.assertEqual(list(answer.fields), wanted, user)

    def test_names_one_by_one(self) -> None:
        every = sorted({group for groups in MEMBERS.values() for group in groups}) + EVERYBODY
        for ask, _ in self.each("auto", "token-groups"):
            questions = [[user, group] for user in MEMBERS for group in every]
            for (user, group), answer in zip(questions, ask.ask(*questions), strict=True):
                wanted = "yes" if group in MEMBERS[user] + EVERYBODY else "no"
                self.assertEqual(answer.fields, (wanted,), f"{user} in {group}")

    def test_cn_and_dn(self) -> None:
        """A group has two names, and its DN."""
        for ask, _ in self.each():
            names = ["Web (all), staff", adtree.COMMA.dn, adtree.HASH.dn, " lead",
                     adtree.LEADING_SPACE.dn, adtree.GROUP_C.dn.lower(), "Staff",
                     adtree.STAFF_SALES.dn, adtree.UMLAUT.dn]
            self.assertEqual(list(ask.member("alice", *names).values()), [True] * 6 + [False] * 3)
            self.assertEqual(ask.member("jsmith", adtree.BACKSLASH.cn, adtree.BACKSLASH.dn),
                             {adtree.BACKSLASH.cn: True, adtree.BACKSLASH.dn: True})

    def test_one_cn_twice(self) -> None:
        """Who is in either of them is in "Staff"."""
        for ask, _ in self.each():
            for user in ("chris.sales", "chris.ops"):
                self.assertEqual(ask.member(user, "Staff"), {"Staff": True})
            self.assertEqual(ask.member("chris.sales", adtree.STAFF_OPS.dn, adtree.STAFF_SALES.dn),
                             {adtree.STAFF_OPS.dn: False, adtree.STAFF_SALES.dn: True})

    def test_groups_for_mail(self) -> None:
        for ask, _ in self.each():
            self.assertEqual(ask.member("alice", "Mail only"), {"Mail only": True})
            self.assertEqual(ask.member("alice", "Mail only", "A", "Empty"),
                             {"Mail only": True, "A": True, "Empty": False})
            self.assertEqual(ask.member("bob", "Mail only", "A"), {"Mail only": False, "A": False})

    def test_a_user_in_1200(self) -> None:
        many = [adtree.many_group(number).cn for number in range(adtree.MANY_COUNT)]
        for ask, _ in self.each("auto", "in-chain", "token-groups"):
            self.assertEqual(ask.list("many"), EVERYBODY + many)
            self.assertEqual(ask.member("many", many[0], many[-1], "A"),
                             {many[0]: True, many[-1]: True, "A": False})
            self.assertEqual(ask.member("many", many[-1]), {many[-1]: True})

    def test_names_that_no_group_has(self) -> None:
        for ask, _ in self.each():
            names = ["nope", "alice", "Alice Able", "*", "A*", "A)(cn=*", "", "ä", "Gruppe", "grüppE",
                     "ａ", f"CN=nope,{adtree.USERS}", "CN=x,DC=elsewhere", "=,=", "hash"]
            self.assertEqual(ask.member("jürgen", *names),
                             {name: name == "grüppE" for name in names})


class OnlyTheDomain(unittest.TestCase):
    """The base comes from the server."""

    def test_no_base(self) -> None:
        ask = askgroups.Asker(
            "--domain", adtree.DNS_DOMAIN, "--bind-dn", adtree.SVC_LDAP.dn, "--bind-password-file",
            str(secret()), "--ca-file", str(DC.ca), addomain.LDAPS_URL)
        self.assertEqual(ask.member("CORP\\alice", "C", "Denied"), {"C": True, "Denied": False})
        self.assertEqual(ask.list("bob@corp.example.test"), sorted(MEMBERS["bob"] + EVERYBODY))


class Changes(unittest.TestCase):
    def test_a_new_member(self) -> None:
        """Nothing is remembered of who is in a group."""
        ask = asker()
        self.assertEqual(ask.member("larry", "Empty"), {"Empty": False})
        change = f"dn: {adtree.EMPTY.dn}\nchangetype: modify\n%s: member\nmember: {adtree.LARRY.dn}\n"
        DC.modify(change % "add")
        try:
            self.assertEqual(ask.member("larry", "Empty"), {"Empty": True})
        finally:
            DC.modify(change % "delete")
        self.assertEqual(ask.member("larry", "Empty"), {"Empty": False})

    def test_no_service_account(self) -> None:
        """A search without one is refused: trouble, not a no."""
        ask = askgroups.Asker("--base", adtree.BASE, "--filter", "sAMAccountName=%s", "--ca-file",
                              str(DC.ca), addomain.LDAPS_URL)
        self.assertEqual(ask.ask(["alice", "A"])[0].word, "unavailable")
