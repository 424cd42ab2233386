# SPDX-License-Identifier: BSD-2-Clause
"""basic-sasl behind a real Squid, with curl in front and saslauthd behind."""

import unittest

from support import place, saslauthd, squid


class Proxy(saslauthd.Case):
    CONCURRENCY = 0
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()
    USERS = (*saslauthd.Case.USERS, ("jürgen", "pässwörd €", None))

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.behind()
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", saslauthd.argv("--config-dir", cls.conf, *cls.OPTIONS),
            concurrency=cls.CONCURRENCY, auth=cls.AUTH))

    @classmethod
    def behind(cls) -> None:
        cls.use_saslauthd()

    def status(self, credentials: bytes | str | None) -> int:
        return squid.curl(self.squid.port, self.origin.url, credentials).status


class Requests:
    def test_no_credentials_are_a_challenge(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url)
        self.assertEqual(answer.status, 407)
        self.assertEqual(answer.header("Proxy-Authenticate"), 'Basic realm="Test Proxy"')

    def test_right_and_wrong(self) -> None:
        for credentials, status in (("bob:bob pw", 200), ("bob:wrong", 407), ("carol:carol-pw", 200),
                                    ("alice@example.org:alice-pw", 200), ("alice:alice-pw", 407),
                                    ("nobody:x", 407), (":x", 407), ("bob:", 407),
                                    ("bob:" + "p" * 8000, 407),
                                    ("jürgen:pässwörd €".encode(), 200),
                                    ("jürgen:pässwörd".encode("latin-1"), 407)):
            with self.subTest(credentials[:30]):
                self.assertEqual(self.status(credentials), status)

    def test_the_helper_says_nothing_strange(self) -> None:
        self.status("bob:bob pw")
        self.status("bob:no")
        for trouble in ("unexpected", "exited", "assertion", "FATAL", "too rapidly", "basic-sasl:"):
            self.assertNotIn(trouble, self.squid.cache_log())


class OneAtATime(Requests, Proxy):
    """No concurrency: lines without ids, several processes."""


class Concurrent(Requests, Proxy):
    CONCURRENCY = 200


class WithSasldb(Requests, Proxy):
    CONCURRENCY = 200

    @classmethod
    def behind(cls) -> None:
        pass


class WithKeyExtras(Requests, Proxy):
    """Squid appends the client's address to every line."""
    CONCURRENCY = 200
    OPTIONS = ("--key-extras", "1")
    AUTH = ('auth_param basic key_extras "%>a"',)


class DaemonAway(Proxy):
    """Squid shows BH as 407, asks twice more, and keeps its helper."""

    CONCURRENCY = 200
    OPTIONS = ("--deadline", "1")

    @classmethod
    def behind(cls) -> None:
        cls.daemon = cls.use_saslauthd()

    def test_407_and_200_after(self) -> None:
        place.wait_for(lambda: self.status("bob:bob pw") == 200, "200")
        pids = self.squid.helper_pids()
        for silence, back in ((self.daemon.stop, self.daemon.start),
                              (self.daemon.freeze, self.daemon.thaw)):
            silence()
            self.assertEqual(self.status("carol:carol-pw"), 407)
            back()
            place.wait_for(lambda: self.status("carol:carol-pw") == 200, "200")
            # Squid knows her now, and forgets her with a wrong password.
            self.assertEqual(self.status("carol:wrong"), 407)
        self.assertEqual(self.squid.helper_pids(), pids)


if __name__ == "__main__":
    unittest.main()
