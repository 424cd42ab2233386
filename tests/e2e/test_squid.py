# SPDX-License-Identifier: BSD-2-Clause
"""A real Squid, a real directory, curl: what an administrator and a user see."""

import contextlib
import signal
import unittest

from support import basicldap, place, squid, tree

ALICE = "alice:alice-pw"


class Requests:
    """The requests; the classes below send them through differently configured Squids."""

    CONCURRENCY = 0
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())
        words = basicldap.argv(cls.slapd.ldap_url, *cls.OPTIONS)
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", words, concurrency=cls.CONCURRENCY, auth=cls.AUTH))

    def status(self, credentials: bytes | str | None) -> int:
        return squid.curl(self.squid.port, self.origin.url, credentials).status

    def test_no_credentials_are_a_challenge(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url)
        self.assertEqual(answer.status, 407)
        self.assertEqual(answer.header("Proxy-Authenticate"), 'Basic realm="Test Proxy"')

    def test_right_password_gets_the_page(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url, ALICE)
        self.assertEqual((answer.status, answer.body), (200, b"hello from the origin\n"))

    def test_every_person_logs_in(self) -> None:
        """Commas, parentheses, spaces, quotes, %, backslash, UTF-8, an 8,000-byte password."""
        for person in tree.PERSONS:
            with self.subTest(person.uid):
                self.assertEqual(self.status(f"{person.uid}:{person.password}"), 200)
                self.assertEqual(self.status(f"{person.uid}:{person.password}x"), 407)

    def test_wrong_password(self) -> None:
        for password in ("wrong", "ALICE-PW", "alice-pw ", " alice-pw", "alice-p", "alice-pw\\",
                         '"alice-pw"', "%61lice-pw", "alice%2dpw", "*", "p" * 8000):
            with self.subTest(password[:20]):
                self.assertEqual(self.status(f"alice:{password}"), 407)

    def test_empty_password_and_empty_user(self) -> None:
        before = self.slapd.binds()
        for credentials in ("alice:", ":alice-pw", ":"):
            with self.subTest(credentials):
                self.assertEqual(self.status(credentials), 407)
        self.assertEqual(self.slapd.binds(), before)

    def test_names_that_are_nobody(self) -> None:
        for name in ("nobody", "*", "a*", "alic?", "a)(uid=*", "*)(uid=*))(|(uid=*", "alice)",
                     "alice,ou=people", "alice,ou=people,dc=example,dc=test", "alice\\2c",
                     "alice\\", "alice ", " alice", "al ice", "alice%20", "%61lice", '"alice"', "'alice'",
                     "alice\u00a0", "\uff41lice", "j\u00fcrge", "uid=alice", "%s", "%%", "%n%n%n"):
            with self.subTest(name):
                self.assertEqual(self.status(f"{name}:alice-pw"), 407)

    def test_latin_1_bytes_are_not_utf_8(self) -> None:
        for raw in (b"j\xfcrgen:p\xe4ssw\xf6rd", "jürgen:".encode() + b"p\xe4ssw\xf6rd\x80",
                    b"\xff\xfe:alice-pw", b"alice\xff:alice-pw", b"alice:\xff\xfe\xfd"):
            with self.subTest(raw):
                self.assertEqual(self.status(raw), 407)

    def test_latin_1_password_as_stored(self) -> None:
        """The directory compares the bytes of a password, whatever they mean."""
        self.assertEqual(self.status(b"octets:p\xe4ss\xff"), 200)
        self.assertEqual(self.status("octets:pässÿ"), 407)

    def test_a_crowd_after_another(self) -> None:
        """No verdict slips to a neighbour: right and wrong alternate."""
        for number in range(20):
            name, password = tree.bulk_name(number), tree.bulk_password(number)
            good = number % 2 == 0
            with self.subTest(name):
                self.assertEqual(self.status(f"{name}:{password}{'' if good else 'x'}"),
                                 200 if good else 407)

    def test_the_helper_says_nothing_strange(self) -> None:
        self.status(ALICE)
        for trouble in ("unexpected", "exited", "assertion", "FATAL", "too rapidly"):
            self.assertNotIn(trouble, self.squid.cache_log())

    def test_reconfigure_and_rotate_lose_nobody(self) -> None:
        """Squid replaces its helpers at every log rotation."""
        for number in (signal.SIGHUP, signal.SIGUSR1):      # reconfigure, rotate
            before = set(self.squid.helper_pids())
            self.squid.process.child.send_signal(number)
            place.wait_for(lambda old=before: self._replaced(old), "new helpers")
            # They may be there before the port is again, which went before them.
            place.wait_for(self._answers, "Squid to listen again")
            self.assertEqual(self.status(ALICE), 200)
            self.assertEqual(self.status("alice:wrong"), 407)

    def _replaced(self, before: set[int]) -> bool:
        # Squid closes its port for a moment, and starts some helpers only as requests come.
        self._answers()
        now = set(self.squid.helper_pids())
        return bool(now) and not now & before

    def _answers(self) -> bool:
        with contextlib.suppress(AssertionError):
            return self.status(ALICE + "x") == 407
        return False


class Tree(basicldap.SlapdCase):
    BULK = 20


class OneAtATime(Requests, Tree):
    """No concurrency: lines without ids, several processes."""


class Concurrent(Requests, Tree):
    CONCURRENCY = 200


class WithKeyExtras(Requests, Tree):
    """Squid appends the client's address to every line."""
    CONCURRENCY = 200
    OPTIONS = ("--key-extras", "1")
    AUTH = ('auth_param basic key_extras "%>a"',)


class WithKeyExtrasOneAtATime(WithKeyExtras):
    CONCURRENCY = 0


class DirectoryAway(Tree):
    """Squid keeps running and asks again when the directory is back."""

    def test_407_while_away_and_200_after(self) -> None:
        origin = self.enterContext(squid.Origin())
        words = basicldap.argv(self.slapd.ldap_url, "--deadline", "3")
        proxy = self.enterContext(squid.Squid(self.folder / "squid", words, concurrency=200))
        first = proxy.helper_pids()
        place.wait_for(lambda: squid.curl(proxy.port, origin.url, ALICE).status == 200, "200")
        self.slapd.kill()
        self.assertEqual(squid.curl(proxy.port, origin.url, "bob:bob pw with spaces").status, 407)
        self.slapd.start()
        place.wait_for(lambda: squid.curl(proxy.port, origin.url,
                                          "bob:bob pw with spaces").status == 200, "200 again")
        self.assertEqual(proxy.helper_pids(), first)


if __name__ == "__main__":
    unittest.main()
