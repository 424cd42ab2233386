# SPDX-License-Identifier: BSD-2-Clause
"""basic-pam behind a real Squid, with curl in front, and the lines that people write for it."""

import unittest

from support import basicldap, basicpam, place, squid
from support.basicpam import ERR, OK

PERMIT = "account required pam_permit.so"


class Proxy(basicpam.Case):
    """A Squid whose helper asks pam_pwdfile; one account may not be used."""

    CONCURRENCY = 0
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        basicpam.need_module("pam_succeed_if.so")
        users = cls.users_file(("alice", "alice-pw"), ("bob", "bob: pw %41"), ("eve", "eve-pw"))
        cls.put_service(users, "account required pam_succeed_if.so quiet user != eve")
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", basicpam.argv("--service-dir", cls.services, *cls.OPTIONS),
            concurrency=cls.CONCURRENCY, auth=cls.AUTH))

    def status(self, credentials: str | None) -> int:
        return squid.curl(self.squid.port, self.origin.url, credentials).status


class Requests:
    def test_no_credentials_are_a_challenge(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url)
        self.assertEqual(answer.status, 407)
        self.assertEqual(answer.header("Proxy-Authenticate"), 'Basic realm="Test Proxy"')

    def test_right_and_wrong(self) -> None:
        for credentials, status in (("alice:alice-pw", 200), ("alice:wrong", 407),
                                    ("ALICE:alice-pw", 200), ("bob:bob: pw %41", 200),
                                    ("bob:bob: pw A", 407), ("nobody:x", 407), ("alice:", 407),
                                    (":x", 407), ("alice:" + "p" * 8000, 407)):
            with self.subTest(credentials[:30]):
                self.assertEqual(self.status(credentials), status)

    def test_a_user_who_may_not(self) -> None:
        self.assertEqual(self.status("eve:eve-pw"), 407)
        self.assertEqual(self.status("eve:wrong"), 407)

    def test_the_helper_says_nothing_strange(self) -> None:
        self.status("alice:alice-pw")
        for trouble in ("unexpected", "exited", "assertion", "FATAL", "too rapidly", "basic-pam:"):
            self.assertNotIn(trouble, self.squid.cache_log())


class OneAtATime(Requests, Proxy):
    """No concurrency: lines without ids, several processes."""


class Concurrent(Requests, Proxy):
    CONCURRENCY = 200
    OPTIONS = ("--workers", "4")


class WithKeyExtras(Requests, Proxy):
    """Squid appends the client's address to every line."""
    CONCURRENCY = 200
    OPTIONS = ("--key-extras", "1")
    AUTH = ('auth_param basic key_extras "%>a"',)


class ServiceAway(basicpam.Case):
    def test_407_while_away_and_200_after(self) -> None:
        """Squid shows BH as 407, asks twice more, and keeps its helper."""
        origin = self.enterContext(squid.Origin())
        proxy = self.enterContext(squid.Squid(
            self.folder / "squid", basicpam.argv("--service-dir", self.services), concurrency=200))
        pids = proxy.helper_pids()
        self.assertEqual(squid.curl(proxy.port, origin.url, "alice:x").status, 407)
        self.put_service(self.users_file(("alice", "x")), PERMIT)
        place.wait_for(lambda: squid.curl(proxy.port, origin.url, "alice:x").status == 200, "200")
        self.assertEqual(proxy.helper_pids(), pids)
        log = proxy.cache_log()
        self.assertIn(f"there is no PAM service squid: {self.services}/squid is missing", log)
        self.assertNotIn("exited", log)
        self.assertEqual(basicldap.secrets_in(log, "alice x"), [])


class WildLines(basicpam.Case):
    """What Squid's wiki and its manual page show, and what products generate: nothing, `-o`, a
    service, a time to live."""

    LINES = ("/usr/lib/squid/basic_pam_auth", "/usr/lib64/squid/basic_pam_auth -o",
             "/usr/lib/squid3/basic_pam_auth -n squid", "/usr/lib/squid/basic_pam_auth -n squid -o",
             "/usr/local/squid/libexec/basic_pam_auth -t 300", "/usr/lib/squid/pam_auth -1 -o",
             "/usr/lib64/squid/basic_pam_auth -or -nsquid")

    def test_swapping_the_path_is_enough(self) -> None:
        self.put_service(self.users_file(("alice", "x")), PERMIT)
        for line in self.LINES:
            for ids in (False, True):
                with self.subTest(line, ids=ids):
                    asked = self.ours(*line.split()[1:], ids=ids)
                    self.assertEqual(asked.ask("alice", "x"), OK)
                    self.assertEqual(asked.ask("alice", "y"), ERR)
                    self.assertEqual(asked.finish(), 0)


if __name__ == "__main__":
    unittest.main()
