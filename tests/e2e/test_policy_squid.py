# SPDX-License-Identifier: BSD-2-Clause
"""Account states of slapd's ppolicy overlay, through a real Squid. What they mean says
draft-behera-ldap-password-policy-10, which of them slapd has is in policytree.py.
"""

import unittest

from support import adproxy, basicldap, helper, policytree, tree

WRONG_WORDS = "Invalid credentials"


class PolicyCase(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(policytree.PolicySlapd(cls.folder / "slapd"))
        cls.proxy = cls.enterClassContext(adproxy.Proxy(
            cls.folder / "squid", basicldap.argv(cls.slapd.ldap_url,
                                                 "--password-expiry-warning", "14")))

    def assert_refused(self, person: tree.Person, password: str, reason: str | None,
                       words: str) -> None:
        self.assertRegex(self.proxy.refusal(person.uid, password), words)
        self.assertEqual(self.proxy.notes().get("reason_"), reason)

    def accepted(self, person: tree.Person) -> dict[str, str]:
        """The notes of a login that works."""
        answer = self.proxy.login(person.uid, person.password)
        self.assertEqual(answer.status, 200, answer.body)
        return self.proxy.notes()


class States(PolicyCase):
    def test_expired(self) -> None:
        self.assert_refused(policytree.EXPIRED, policytree.EXPIRED.password, "expired",
                            "(?i)password.*expired")
        self.assert_refused(policytree.EXPIRED, basicldap.WRONG, None, WRONG_WORDS)

    def test_must_change_may_log_in(self) -> None:
        self.assertEqual(self.accepted(policytree.MUST_CHANGE).get("reason_"), "must-change")
        self.assert_refused(policytree.MUST_CHANGE, basicldap.WRONG, None, WRONG_WORDS)

    def test_grace_logins_are_counted_down(self) -> None:
        left = []
        for _ in range(policytree.GRACE_LOGINS):
            with helper.Helper(basicldap.argv(self.slapd.ldap_url),
                               self.folder / f"grace{len(left)}") as asked:
                left.append(asked.ask(policytree.GRACE.uid, policytree.GRACE.password))
        self.assertEqual([reply.split()[0] for reply in left], ["OK"] * len(left))
        self.assertIn('grace_logins_="1"', left[0])
        self.assertIn('grace_logins_="0"', left[1])
        self.assert_refused(policytree.GRACE, policytree.GRACE.password, "expired",
                            "(?i)password.*expired")

    def test_locked_is_told_whatever_is_typed(self) -> None:
        for password in (policytree.LOCKED.password, basicldap.WRONG):
            with self.subTest(password):
                self.assert_refused(policytree.LOCKED, password, "locked", "(?i)locked")

    def test_days_left(self) -> None:
        notes = self.accepted(policytree.SOON)
        self.assertEqual(notes.get("password_expires_"), str(policytree.WARNING_DAYS_LEFT))

    def test_nothing_to_tell(self) -> None:
        notes = self.accepted(tree.ALICE)
        for name in ("password_expires_", "grace_logins_", "reason_"):
            self.assertNotIn(name, notes)


class Lockout(PolicyCase):
    def test_after_as_many_wrong_logins_as_the_policy_allows(self) -> None:
        """One login through Squid is one wrong password in the directory."""
        larry = policytree.LARRY
        for number in range(policytree.THRESHOLD):
            self.assert_refused(larry, f"{basicldap.WRONG} {number}", None, WRONG_WORDS)
            self.assertEqual(self.slapd.binds(larry.dn), number + 1)
        self.assert_refused(larry, larry.password, "locked", "(?i)locked")

    def test_one_fewer_locks_nobody(self) -> None:
        bob = tree.BOB
        for number in range(policytree.THRESHOLD - 1):
            self.assert_refused(bob, f"{basicldap.WRONG} {number}", None, WRONG_WORDS)
        self.assertNotIn("reason_", self.accepted(bob))


if __name__ == "__main__":
    unittest.main()
