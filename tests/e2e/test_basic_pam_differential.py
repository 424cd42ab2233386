# SPDX-License-Identifier: BSD-2-Clause
"""The same services and lines to Squid's basic_pam_auth and to ours: the verdicts are the same, or
the difference is one of those below, each of which is wanted and has its reason (basic-pam.8 lists
them).

PXA_SEED=N repeats a run; the seed is printed.
"""

import os
import random
import unittest

from support import basicpam, helper
from support.basicpam import probe_line

PERMIT = "account required pam_permit.so"
RANDOM_LINES = 1500
LETTERS = "abcABC019 :%#$*é€\\@\t\"'.-_/"
WANTED = {"x": "OK", "wrong": "ERR"}


class Differential(basicpam.Case):
    def setUp(self) -> None:
        basicpam.stock_argv(self.services)      # skips where it is not installed

    def verdicts(self, lines: list[bytes], *options: str) -> list[tuple[str, str]]:
        """(Squid's helper, ours) for each line."""
        both = []
        for asked in (self.stock(*options), self.raw(*options)):
            both.append([reply.split(" ")[0] for reply in asked.ask_many(lines)])
            self.assertEqual(asked.finish(), 0)
        return list(zip(*both))

    def verdict(self, user: str, password: str, *options: str) -> tuple[str, str]:
        (both,) = self.verdicts([helper.line(user, password)], *options)
        return both

    def random_lines(self, users: list[tuple[str, str]]) -> list[bytes]:
        seed = int(os.environ.get("PXA_SEED") or random.randrange(1 << 32))
        print(f"# PXA_SEED={seed}", flush=True)
        chance = random.Random(seed)

        def word() -> str:
            return "".join(chance.choices(LETTERS, k=chance.randint(1, 12)))
        lines = []
        for _ in range(RANDOM_LINES):
            user, password = chance.choice(users)
            if chance.random() < 0.3:
                user = chance.choice((word(), f"{user}@{word()}", f"{word()}\\{user}"))
            if chance.random() < 0.3:
                password = chance.choice((word(), password + "x", password.upper()))
            lines.append(helper.line(user, password))
        return lines

    def test_the_same_verdicts(self) -> None:
        users = [("alice", "x"), ("jürgen", "pässwörd"), ("a b", "two words"), ("DOM\\eve", "y"),
                 ("bob", "%41:% "), ("carol", "long" * 15)]
        self.put_service(self.users_file(*users, method="-1") + " nodelay", PERMIT)
        lines = self.random_lines(users)
        for options in ([], ["-o"], ["-r"], ["-1", "-t", "0"]):
            both = self.verdicts(lines, *options)
            with self.subTest(options):
                for line, (stock, ours) in zip(lines, both):
                    self.assertEqual(ours, stock, line)
                self.assertGreater(sum(ours == "OK" for _, ours in both), 100)

    def test_accounts(self) -> None:
        """ERR there, and ERR here with a reason; OK with -o."""
        basicpam.need_module("pam_debug.so")
        users = self.users_file(("alice", "x"), method="-1")
        for code in ("acct_expired", "new_authtok_reqd", "perm_denied", "user_unknown"):
            self.put_service(users, f"account required pam_debug.so acct={code}")
            with self.subTest(code):
                self.assertEqual(self.verdict("alice", "x"), ("ERR", "ERR"))
                self.assertEqual(self.verdict("alice", "x", "-o"), ("OK", "OK"))

    def test_two_modules_that_ask(self) -> None:
        self.put_service(self.users_file(("alice", "x"), method="-1"),
                         self.users_file(("alice", "x"), method="-1"), PERMIT)
        for password, verdict in WANTED.items():
            self.assertEqual(self.verdict("alice", password), (verdict, verdict))

    def test_trouble(self) -> None:
        """Defect 50: no difference between a wrong password and a backend that is away."""
        basicpam.need_module("pam_debug.so")
        for code in ("authinfo_unavail", "service_err", "system_err", "module_unknown"):
            self.put_service(f"auth required pam_debug.so auth={code}", PERMIT)
            with self.subTest(code):
                self.assertEqual(self.verdict("alice", "x"), ("ERR", "BH"))
        self.put_service("auth required pam_not_there.so", PERMIT)
        self.assertEqual(self.verdict("alice", "x"), ("ERR", "BH"))
        self.assertEqual(self.verdict("alice", "x", "-n", "missing"), ("ERR", "BH"))

    def test_no_password(self) -> None:
        """Some modules let in whoever gives none, by what they ask: LDAP is one of those."""
        self.put_service(probe_line("auth", hidden="Password: ", expect=""), PERMIT)
        self.assertEqual(self.verdict("alice", ""), ("OK", "ERR"))

    def test_a_password_that_modules_cut(self) -> None:
        """PAM_MAX_RESP_SIZE is 512: pam_exec gives no more to its program."""
        self.put_service("auth required pam_permit.so", PERMIT)
        self.assertEqual(self.verdict("alice", "p" * 511), ("OK", "OK"))
        self.assertEqual(self.verdict("alice", "p" * 512), ("OK", "ERR"))

    def test_words_of_modules(self) -> None:
        """A module that says something gets no answer there: who is to be warned, say that the
        password ends in three days, cannot log in."""
        self.put_service(probe_line("auth", info="Three days to go", hidden="Password: ",
                                    expect="x"), PERMIT)
        for password, verdict in WANTED.items():
            self.assertEqual(self.verdict("alice", password), ("ERR", verdict))

    def test_questions_for_something_else(self) -> None:
        """They get the password there: a service for codes sees it, and a password that has expired
        is changed to itself, which some backends allow."""
        self.put_service(probe_line("auth", hidden="Password: "),
                         probe_line("auth", hidden="Enter new password: ", expect="x"), PERMIT)
        self.assertEqual(self.verdict("alice", "x"), ("OK", "ERR"))
        self.put_service(probe_line("auth", hidden="Password: "),
                         probe_line("auth", hidden="Verification code: ", expect="x"), PERMIT)
        self.assertEqual(self.verdict("alice", "x"), ("OK", "BH"))

    def test_another_name(self) -> None:
        self.put_service(probe_line("auth", rename="bob"), PERMIT)
        self.assertEqual(self.verdict("alice", "x"), ("OK", "ERR"))

    def test_a_handle_for_many(self) -> None:
        """-t is without effect here: no login differs for it."""
        self.put_service(self.users_file(("alice", "x"), ("bob", "y"), method="-1"), PERMIT)
        lines = [helper.line(*who) for who in (("alice", "x"), ("bob", "x"), ("bob", "y"))]
        self.assertEqual(self.verdicts(lines, "-t", "600"),
                         [("OK", "OK"), ("ERR", "ERR"), ("OK", "OK")])

    def test_malformed_lines(self) -> None:
        """Squid does not write such lines; what does not fit squid.conf is no wrong password."""
        self.put_service("auth required pam_permit.so", PERMIT)
        for line, stock, ours in ((b"alice", "ERR", "BH"), (b"alice x y", "OK", "BH")):
            for asked, wanted in ((self.stock(), stock), (self.raw(ids=False), ours)):
                (reply,) = asked.ask_many([line])
                self.assertEqual(reply.split(" ")[0], wanted)


if __name__ == "__main__":
    unittest.main()
