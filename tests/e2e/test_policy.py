# SPDX-License-Identifier: BSD-2-Clause
"""Account states by slapd's ppolicy overlay: what a reply says, and to whom.

The words are those of basic-ldap(8). What slapd tells, and when, is
draft-behera-ldap-password-policy-10 sections 6.2 and 8.1: an expired password and one that must be
changed only after the right password, a locked account always.
"""

import unittest

from support import basicldap, helper, policytree, tree

WRONG = basicldap.ERR
EXPIRED = 'ERR message="Your password has expired" reason_="expired" Your password has expired'
LOCKED = 'ERR message="Your account is locked" reason_="locked" Your account is locked'


def ok(person: tree.Person, *, grace: str = "", reason: str = "",
       expires: str | None = None) -> str:
    days = "" if expires is None else f' password_expires_="{expires}"'
    return f'OK user="{person.uid}"{days} grace_logins_="{grace}" reason_="{reason}"'


class States(basicldap.Case):
    HELPER = helper.Helper

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(policytree.PolicySlapd(cls.folder / "slapd"))

    def ours(self, *options: str) -> helper.Helper:
        return self.start(basicldap.argv(self.slapd.ldap_url, *options))

    def assert_reply(self, asked: helper.Helper, person: tree.Person, wanted: str) -> None:
        """The reply to the right password, for one bind."""
        before = self.slapd.binds(person.dn)
        self.assertEqual(asked.ask(person.uid, person.password), wanted)
        self.assertEqual(self.slapd.binds(person.dn), before + 1)

    def test_wrong_passwords_tell_nothing(self) -> None:
        """But that an account is locked, of which no password is tried."""
        asked = self.ours("--password-expiry-warning", "30")
        for person in (policytree.EXPIRED, policytree.MUST_CHANGE, policytree.GRACE,
                       policytree.SOON, tree.ALICE):
            with self.subTest(person.uid):
                self.assertEqual(asked.ask(person.uid, basicldap.WRONG), WRONG)
        self.assertEqual(asked.ask("nobody", basicldap.WRONG), WRONG)
        self.assertEqual(asked.ask(policytree.LOCKED.uid, basicldap.WRONG), LOCKED)

    def test_expired(self) -> None:
        self.assert_reply(self.ours(), policytree.EXPIRED, EXPIRED)

    def test_locked(self) -> None:
        self.assert_reply(self.ours(), policytree.LOCKED, LOCKED)

    def test_must_change(self) -> None:
        """The bind succeeds: so does the login, with a word of warning."""
        self.assert_reply(self.ours(), policytree.MUST_CHANGE,
                          ok(policytree.MUST_CHANGE, reason="must-change"))

    def test_an_account_that_gets_locked(self) -> None:
        asked = self.ours()
        person = policytree.LARRY
        self.assert_reply(asked, person, ok(person))
        for number in range(policytree.THRESHOLD):
            self.assertEqual(asked.ask(person.uid, f"wrong {number}"), WRONG)
        self.assertEqual(asked.ask(person.uid, "wrong again"), LOCKED)
        self.assert_reply(asked, person, LOCKED)

    def test_grace_logins(self) -> None:
        asked = self.ours()
        for left in reversed(range(policytree.GRACE_LOGINS)):
            self.assert_reply(asked, policytree.GRACE, ok(policytree.GRACE, grace=str(left)))
        self.assert_reply(asked, policytree.GRACE, EXPIRED)

    def test_a_warning_before_the_password_expires(self) -> None:
        left = policytree.WARNING_DAYS_LEFT      # and half a day
        for days, expires in (("30", str(left)), (str(left + 1), str(left)), (str(left), ""),
                              ("0", None), (None, None)):
            with self.subTest(days):
                asked = self.ours(*(["--password-expiry-warning", days] if days else []))
                self.assert_reply(asked, policytree.SOON, ok(policytree.SOON, expires=expires))
                self.assert_reply(asked, tree.ALICE,
                                  ok(tree.ALICE, expires=expires if expires is None else ""))

    def test_a_comparison_has_no_states(self) -> None:
        """Nobody logs in: the directory compares."""
        asked = self.ours("-U", "userPassword", "-D", tree.PROXY_DN, "-W",
                          str(basicldap.secret_file(self.folder)))
        for person in (policytree.EXPIRED, policytree.LOCKED):
            self.assertIn(asked.ask(person.uid, person.password),
                          (f'OK user="{person.uid}"', helper.ERR))
            self.assertEqual(asked.ask(person.uid, basicldap.WRONG), helper.ERR)

    def test_names_by_template(self) -> None:
        asked = self.start([basicldap.place.helper_path("basic-ldap"), "-b", tree.PEOPLE, "-H",
                            self.slapd.ldap_url])
        self.assert_reply(asked, policytree.EXPIRED, EXPIRED)
        self.assertEqual(asked.ask(policytree.LOCKED.uid, basicldap.WRONG), LOCKED)


if __name__ == "__main__":
    unittest.main()
