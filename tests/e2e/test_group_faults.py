# SPDX-License-Identifier: BSD-2-Clause
"""group-ldap and a directory in trouble: BH, never "no", and back by itself when it is over."""

import contextlib
import time
import unittest
from collections.abc import Iterator

from support import basicldap, groupldap, grouptree, helper, place, slapd, tree

DEADLINE_S = 3      # where it is what is tested
FOUND = ("-f", groupldap.MEMBER, "-F", "(uid=%s)")


def ldif() -> str:
    return grouptree.people_ldif() + "".join(group.ldif() for group in grouptree.ALL)


class Faults(basicldap.Case):
    """Each test has a slapd of its own."""

    @contextlib.contextmanager
    def server(self) -> Iterator[slapd.Slapd]:
        with slapd.Slapd(self.folder / self._testMethodName, {tree.SUFFIX: ldif()}) as server:
            yield server

    def start_helper(self, url: str, *options: str) -> helper.Helper:
        words = groupldap.argv(url, *FOUND, *options)
        return self.start([*words, "--concurrency", "on"])

    def is_member(self, asked: helper.Helper) -> bool:
        """A yes; what has just been trouble may still be. A no would be a failure."""
        reply = groupldap.ask(asked, "alice", "a")
        self.assertRegex(reply, "^(OK|BH) ")
        return reply.startswith("OK ")

    def await_member(self, asked: helper.Helper) -> None:
        place.wait_for(lambda: self.is_member(asked), "the helper to recover")

    def test_a_server_that_is_down_at_first(self) -> None:
        server = slapd.Slapd(self.folder / "late", {tree.SUFFIX: ldif()})
        asked = self.start_helper(server.ldap_url)
        self.assert_unavailable(groupldap.ask(asked, "alice", "a"))
        with server:
            self.await_member(asked)
        self.assertEqual(asked.finish(), 0)

    def test_a_server_that_is_restarted(self) -> None:
        with self.server() as server:
            asked = self.start_helper(server.ldap_url, "--group-ttl", "0")
            self.assertTrue(self.is_member(asked))
            server.kill()
            self.assert_unavailable(groupldap.ask(asked, "alice", "a"))
            self.assert_unavailable(groupldap.ask(asked, "nobody", "a"))
            server.start()
            self.await_member(asked)
            self.assertEqual(groupldap.ask(asked, "bob", "a"), groupldap.NO)

    def test_what_is_remembered_outlives_the_server(self) -> None:
        with self.server() as server:
            asked = self.start_helper(server.ldap_url)
            self.assertTrue(self.is_member(asked))
            self.assertEqual(groupldap.ask(asked, "bob", "a"), groupldap.NO)
            server.kill()
            self.assertTrue(self.is_member(asked))
            self.assertEqual(groupldap.ask(asked, "bob", "a"), groupldap.NO)
            # One group is known to match, so the line does.
            self.assertEqual(groupldap.groups_of(groupldap.ask(asked, "alice", "staff", "a")),
                             ["a"])
            self.assert_unavailable(groupldap.ask(asked, "alice", "staff"))

    def test_a_server_that_is_silent(self) -> None:
        """Every request is answered in time; the repeats that Squid sends at once do not wait
        for the server again."""
        with self.server() as server:
            asked = self.start_helper(server.ldap_url, "--group-ttl", "0", "--deadline",
                                      str(DEADLINE_S))
            self.await_member(asked)
            server.pause()
            began = time.monotonic()
            numbers = [asked.send(groupldap.line(user, "a")) for user in ("alice", "bob", "alice")]
            for _ in numbers:
                self.assert_unavailable(asked.receive()[1])
            self.assertLess(time.monotonic() - began, DEADLINE_S + helper.LATE_S)
            place.wait_for(lambda: self.repeats_s(asked) < 1, "repeats that are answered at once")
            server.resume()
            self.await_member(asked)

    def repeats_s(self, asked: helper.Helper) -> float:
        """How long two repeats of a line took. What is remembered of trouble ends after 2 s, so a
        stalled machine may make them wait all the same, and then the next ones do not."""
        self.assert_unavailable(groupldap.ask(asked, "alice", "a"))
        began = time.monotonic()
        for _ in range(2):
            self.assert_unavailable(groupldap.ask(asked, "alice", "a"))
        return time.monotonic() - began

    def test_a_service_account_that_is_refused(self) -> None:
        with self.server() as server:
            secret = basicldap.secret_file(self.folder, "wrong")
            asked = self.start_helper(server.ldap_url, "-D", tree.PROXY_DN, "-W", str(secret))
            for user in ("alice", "nobody"):
                self.assert_unavailable(groupldap.ask(asked, user, "a"))
            basicldap.secret_file(self.folder)
            self.await_member(asked)

    def test_a_base_that_is_not_there(self) -> None:
        with self.server() as server:
            for letter in ("-b", "-B"):
                asked = self.start_helper(server.ldap_url, letter, f"ou=nowhere,{tree.SUFFIX}")
                self.assert_unavailable(groupldap.ask(asked, "alice", "a"))
                self.assertIn("No such object", asked.log_text())

    def test_the_end_of_input_waits_for_answers(self) -> None:
        with self.server() as server:
            asked = self.start_helper(server.ldap_url)
            for number in range(50):
                asked.send(groupldap.line("alice", f"no-{number}", "a"))
            asked.end_input()
            for _ in range(50):
                self.assertEqual(groupldap.groups_of(asked.receive()[1]), ["a"])
            self.assertIsNone(asked.read_line())
            self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_check(self) -> None:
        """--check says what works, without a line from Squid."""
        with self.server() as server:
            good = groupldap.argv(server.ldap_url, *FOUND, "--check")
            self.assertEqual(self.run_once(good), 0)
            server.stop()
            self.assertEqual(self.run_once(good), 1)

    def run_once(self, argv: list[str]) -> int:
        process = place.Process(argv, self.folder / "check.log")
        return process.child.wait(place.PATIENCE_S)


if __name__ == "__main__":
    unittest.main()
