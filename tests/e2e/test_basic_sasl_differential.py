# SPDX-License-Identifier: BSD-2-Clause
"""The same lines to Squid's basic_sasl_auth and to ours, over the same sasldb and over saslauthd: the
verdicts are the same, or the difference is one of DIFFERENCES, each of which is wanted and has its
reason (basic-sasl(8) lists them).

PXA_SEED=N repeats a run; the seed is printed.
"""

import os
import random
import unittest
from collections.abc import Callable

from support import helper, place, saslauthd

RANDOM_LINES = 1500
LETTERS = "abcABC019 :%#$*é€\\\t\"'.-_/@"

USERS = (("alice", "alice-pw", "example.org"), ("bob", "bob", None), ("jürgen", "pässwörd €", None),
         ("DOM\\mia", "100%", None), ("a b", "x:y", None))


# (verdict of Squid's, ours, why, whether it explains this user and password)
DIFFERENCES: list[tuple[str, str, str, Callable[[str, str], bool]]] = [
    ("OK", "ERR", "blanks around a name: libsasl2 cuts them off, Squid's access lists do not",
     lambda user, password: user != user.strip()),
]


class Same:
    USERS = USERS

    def verdicts(self, asked: helper.Helper, lines: list[bytes]) -> list[str]:
        replies = [reply.split(" ")[0] for reply in asked.ask_many(lines)]
        self.assertEqual(asked.finish(), 0)
        return replies

    def requests(self) -> list[tuple[str, str]]:
        seed = int(os.environ.get("PXA_SEED") or random.randrange(1 << 32))
        print(f"# PXA_SEED={seed}", flush=True)
        chance = random.Random(seed)
        names = [user if realm is None else f"{user}@{realm}" for user, _, realm in USERS]
        names += [user for user, *_ in USERS] + [f"{name}@" for name in names]
        passwords = [password for _, password, _ in USERS]

        def word() -> str:
            return "".join(chance.choices(LETTERS, k=chance.randint(1, 12)))
        made = [(name, password) for name in names for password in passwords]
        made += [(blank.format(name), password) for name in names for password in passwords
                 for blank in (" {}", "{} ", "\t{}")]
        for _ in range(RANDOM_LINES):
            made.append((chance.choice(names) if chance.random() < 0.6 else word(),
                         chance.choice(passwords) if chance.random() < 0.6 else word()))
        return made

    def test_the_same_verdicts(self) -> None:
        requests = self.requests()
        lines = [helper.line(*request) for request in requests]
        stock = self.verdicts(self.stock(), lines)
        ours = self.verdicts(self.ours(), lines)
        met = set()
        for request, theirs, our in zip(requests, stock, ours):
            if theirs == our:
                continue
            reasons = [why for was, now, why, explains in DIFFERENCES
                       if (was, now) == (theirs, our) and explains(*request)]
            self.assertTrue(reasons, (request, theirs, our))
            met.update(reasons)
        self.assertEqual(met, {why for _, _, why, _ in DIFFERENCES})
        self.assertGreater(ours.count("OK"), 2 * len(USERS))

    def test_aliases_as_squids_helper(self) -> None:
        """With --accept-aliases there is no difference left."""
        requests = self.requests()[:300]
        lines = [helper.line(*request) for request in requests]
        self.assertEqual(self.verdicts(self.ours("--accept-aliases"), lines),
                         self.verdicts(self.stock(), lines))


class Sasldb(Same, saslauthd.Case):
    pass


class Daemon(Same, saslauthd.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.use_saslauthd()


class Trouble(saslauthd.Case):
    """Defect 50: what is our trouble is a wrong password there, which Squid remembers."""

    def both(self) -> tuple[str, str]:
        return (self.stock().ask("bob", "bob pw").split(" ")[0],
                self.ours().ask("bob", "bob pw").split(" ")[0])

    def setUp(self) -> None:
        self.use_sasldb()

    def test_no_saslauthd(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="saslauthd",
                            saslauthd_path=self.folder / "nobody")
        self.assertEqual(self.both(), ("ERR", "BH"))

    def test_no_sasldb(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="auxprop", auxprop_plugin="sasldb",
                            sasldb_path=self.folder / "nothing")
        self.assertEqual(self.both(), ("ERR", "BH"))

    def test_an_unknown_method(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="bogus")
        self.assertEqual(self.both(), ("ERR", "BH"))

    def test_a_bad_configuration(self) -> None:
        """Squid's helper ends, and Squid with it."""
        (self.conf / "basic_sasl_auth.conf").write_text("no colon\n")
        stock = self.stock()
        self.assertNotEqual(stock.process.child.wait(place.PATIENCE_S), 0)
        self.assertEqual(self.ours().ask("bob", "bob pw"), saslauthd.TROUBLE)


class Lines(saslauthd.Case):
    """What Squid does not write, or only when asked to."""

    def test_more_than_a_password(self) -> None:
        """key_extras without --key-extras: a part of the password there, no request here."""
        line = helper.line("bob", "bob pw", "192.0.2.1")
        self.assertEqual(self.stock().ask_many([line]), ["ERR "])
        (ours,) = self.ours("--concurrency", "on").ask_many([line])
        self.assertEqual(ours, "BH malformed request")

    def test_blanks_in_a_password_that_was_not_escaped(self) -> None:
        self.assertEqual(self.stock().ask_many([b"bob bob pw"]), ["OK "])
        (ours,) = self.ours("--concurrency", "on").ask_many([b"bob bob pw"])
        self.assertEqual(ours, "BH malformed request")

    def test_channel_ids(self) -> None:
        """Squid's helper does not know them."""
        self.assertEqual(self.stock().ask_many([b"1 bob bob%20pw"]), ["ERR "])
        self.assertEqual(self.ours().ask("bob", "bob pw"), saslauthd.OK)


if __name__ == "__main__":
    unittest.main()
