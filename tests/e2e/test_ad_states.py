# SPDX-License-Identifier: BSD-2-Clause
"""What people are told whose account is shut, through a real Squid by a real Active Directory, and
how often their passwords were tried there (badPwdCount).

The states are those of adtree.py; test_ad_domain.py checks what the directory itself says. The
sentences are the helper's own, so only what a reader must find in them is expected here.
"""

import unittest

from support import addomain, adproxy, adtree, place


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


DAY = 24 * 60 * 60 * 10_000_000          # in AD's units of 100 ns
POLICY_OF_SOON = f"CN=soon,CN=Password Settings Container,CN=System,{adtree.BASE}"
WRONG_WORDS = "Invalid credentials"
# What the sentence for each state has to mention
MENTIONS = {"disabled": "(?i)disabled", "account-expired": "(?i)account.*expired",
            "must-change": "(?i)password.*chang|chang.*password",
            "expired": "(?i)password.*expired", "hours": "(?i)time|hour",
            "workstation": "(?i)workstation|computer", "locked": "(?i)locked"}


class States(adproxy.Case):
    def setUp(self) -> None:
        for state in adtree.STATES:
            self.DOMAIN.unlock(state.person)

    def test_right_password_is_told_why(self) -> None:
        for state in adtree.STATES:
            with self.subTest(state.reason):
                person = state.person
                words = self.proxy.refusal(person.sam, person.password)
                self.assertRegex(words, MENTIONS[state.reason])
                notes = self.proxy.notes()
                self.assertEqual(notes.get("reason_"), state.reason)
                self.assertEqual(notes.get("message"), words)
                self.assertEqual(self.DOMAIN.bad_password_count(person), 0)

    def test_wrong_password_is_told_nothing(self) -> None:
        for state in adtree.STATES:
            with self.subTest(state.reason):
                person = state.person
                self.assertEqual(self.proxy.refusal(person.sam, addomain.WRONG), WRONG_WORDS)
                self.assertNotIn("reason_", self.proxy.notes())
                self.assertEqual(self.DOMAIN.bad_password_count(person), 1)

    def test_by_every_form_of_the_name(self) -> None:
        person = adtree.EXPIRED
        for name in (person.sam, person.principal_name, person.down_level):
            with self.subTest(name):
                self.assertRegex(self.proxy.refusal(name, person.password), MENTIONS["expired"])

    def test_words_differ(self) -> None:
        words = {self.proxy.refusal(state.person.sam, state.person.password)
                 for state in adtree.STATES}
        self.assertEqual(len(words), len(adtree.STATES), words)

    def test_an_account_that_is_opened_again(self) -> None:
        person = adtree.DISABLED
        self.assert_refused(person.sam, person.password)
        self.DOMAIN.replace(person.dn, "userAccountControl", "512")
        self.addCleanup(place.wait_for, lambda: self.proxy.login(
            person.sam, person.password).status == 407, "Squid to forget it")     # credentialsttl
        self.addCleanup(self.DOMAIN.replace, person.dn, "userAccountControl",
                        adtree.ACCOUNT_DISABLED)
        self.assert_accepted(person.sam, person.password)
        self.assertNotIn("reason_", self.proxy.notes())

    def test_a_password_that_is_changed(self) -> None:
        """must-change: an administrator sets another one, or its owner does at a workstation."""
        person = adtree.MUST_CHANGE
        self.assert_refused(person.sam, person.password)
        self.DOMAIN.set_password(person, "changed-pw")
        self.addCleanup(self.DOMAIN.replace, person.dn, "pwdLastSet", "0")
        self.addCleanup(self.DOMAIN.set_password, person, person.password)
        self.assert_accepted(person.sam, "changed-pw")
        self.assertEqual(self.proxy.refusal(person.sam, person.password), WRONG_WORDS)


class Counts(adproxy.Case):
    """One wrong login through Squid is one wrong password in the directory."""

    def setUp(self) -> None:
        self.DOMAIN.unlock(adtree.LARRY)

    def test_one(self) -> None:
        for number in range(1, adtree.LOCKOUT_THRESHOLD):
            self.assert_refused("larry", addomain.WRONG + str(number))
            self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), number)
        self.assert_accepted("larry", adtree.LARRY.password)
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), 0)

    def test_each_form_of_the_name(self) -> None:
        for name in (adtree.LARRY.sam, adtree.LARRY.principal_name, adtree.LARRY.down_level):
            with self.subTest(name):
                self.DOMAIN.unlock(adtree.LARRY)
                self.assert_refused(name, addomain.WRONG)
                self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), 1)

    def test_an_empty_password_is_none(self) -> None:
        """The directory itself would count it."""
        self.assert_refused("larry", "")
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), 0)
        self.DOMAIN.bind(adtree.LARRY.dn, "")
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), 1)

    def test_locked(self) -> None:
        """After as many as the policy allows; then everybody is told, whatever they type."""
        for number in range(adtree.LOCKOUT_THRESHOLD):
            self.assertFalse(self.DOMAIN.is_locked(adtree.LARRY))
            self.assertEqual(self.proxy.refusal("larry", f"wrong {number}"), WRONG_WORDS)
        self.assertTrue(self.DOMAIN.is_locked(adtree.LARRY))
        for password in (adtree.LARRY.password, "wrong again"):
            with self.subTest(password):
                self.assertRegex(self.proxy.refusal("larry", password), MENTIONS["locked"])
                self.assertEqual(self.proxy.notes().get("reason_"), "locked")
        self.DOMAIN.unlock(adtree.LARRY)
        self.assert_accepted("larry", adtree.LARRY.password)

    def test_locked_comes_before_other_states(self) -> None:
        person = adtree.DISABLED
        self.DOMAIN.lock(person)
        self.addCleanup(self.DOMAIN.unlock, person)
        self.assertRegex(self.proxy.refusal(person.sam, person.password), MENTIONS["locked"])


class Expiry(adproxy.Case):
    """--password-expiry-warning"""

    OPTIONS = ("--password-expiry-warning", "14")

    def test_days_left(self) -> None:
        self.assert_accepted("soon", adtree.SOON.password)
        self.assertEqual(self.proxy.notes().get("password_expires_"), str(adtree.SOON_DAYS))

    def test_a_password_that_never_expires(self) -> None:
        self.assert_accepted("alice", adtree.ALICE.password)
        self.assertNotIn("password_expires_", self.proxy.notes())

    def test_not_yet(self) -> None:
        asked = self.ours("--password-expiry-warning", str(adtree.SOON_DAYS - 1))
        self.assertIn('password_expires_=""', asked.ask("soon", adtree.SOON.password))

    def test_not_asked_for(self) -> None:
        self.assertNotRegex(self.ours().ask("soon", adtree.SOON.password), r'_expires_="\d')

    def test_a_password_that_was_changed(self) -> None:
        """Squid keeps a note that no later reply replaces."""
        self.assert_accepted("soon", adtree.SOON.password)
        self.DOMAIN.replace(POLICY_OF_SOON, "msDS-MaximumPasswordAge", str(-100 * DAY))
        self.addCleanup(self.DOMAIN.replace, POLICY_OF_SOON, "msDS-MaximumPasswordAge",
                        str(-int((adtree.SOON_DAYS + 0.5) * DAY)))
        self.addCleanup(self.DOMAIN.set_password, adtree.SOON, adtree.SOON.password)
        self.DOMAIN.set_password(adtree.SOON, "changed-pw")
        self.assert_accepted("soon", "changed-pw")
        self.assertNotIn("password_expires_", self.proxy.notes())


if __name__ == "__main__":
    unittest.main()
