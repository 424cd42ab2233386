# SPDX-License-Identifier: BSD-2-Clause
"""basic-sasl when saslauthd is away, silent, or comes back: BH within the deadline, nothing hangs,
and service resumes by itself."""

import contextlib
import os
import pathlib
import resource
import socket
import subprocess
import threading
import unittest
from collections.abc import Iterator

from support import helper, place, saslauthd
from support.saslauthd import AGAIN, ERR, LATE, OK, TROUBLE

DEADLINE_S = 1
DESCRIPTORS = 40


def few_descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


class Faults(saslauthd.Case):
    USERS = tuple((f"user{number}", f"pw{number}", None) for number in range(20))

    def setUp(self) -> None:
        self.daemon = self.enterContext(
            saslauthd.Saslauthd(self.folder / f"{self._testMethodName}", self.database))
        saslauthd.configure(self.conf, pwcheck_method="saslauthd", saslauthd_path=self.daemon.path)

    def asked(self, *words: str) -> helper.Helper:
        return self.ours("--deadline", str(DEADLINE_S), "--workers", "2", *words)

    def everybody(self) -> list[bytes]:
        return [helper.line(user, password) for user, password, _ in self.USERS]

    def assert_in_time(self, asked: helper.Helper) -> None:
        self.assertLess(asked.slowest_s, DEADLINE_S + helper.LATE_S)

    def test_stopped_and_started(self) -> None:
        asked = self.asked("--deadline", "30")
        self.assertEqual(asked.ask("user1", "pw1"), OK)
        self.daemon.stop()
        self.assertEqual(asked.ask("user1", "pw1"), TROUBLE)
        self.assertEqual(asked.ask("user1", "wrong"), TROUBLE)
        self.assert_repeat(asked, "user1", "pw1", TROUBLE, AGAIN)
        self.assertIn("cannot connect to saslauthd server", asked.log_text())
        self.daemon.start()
        self.await_reply(asked, "user1", "pw1", OK)
        self.await_reply(asked, "user1", "wrong", ERR)
        self.assertEqual(asked.finish(), 0)

    def test_away_at_the_start(self) -> None:
        self.daemon.stop()
        asked = self.asked("--deadline", "30")
        self.assertEqual(asked.ask("user1", "pw1"), TROUBLE)
        self.daemon.start()
        self.await_reply(asked, "user1", "pw1", OK)

    def test_silent(self) -> None:
        """Squid's repeats do not wait again."""
        asked = self.asked()
        self.daemon.freeze()
        self.assert_repeat(asked, "user1", "pw1", LATE, AGAIN, DEADLINE_S)
        self.assertIn("user1: Cyrus SASL gave no answer in time", asked.log_text())
        self.assert_in_time(asked)
        self.daemon.thaw()
        self.await_reply(asked, "user1", "pw1", OK)
        self.assertEqual(asked.finish(), 0)

    def test_all_workers_hang(self) -> None:
        """Twenty for four threads: those that are at work and those that wait get BH, each at its
        deadline, twice over."""
        asked = self.asked()
        self.await_reply(asked, "user0", "pw0", OK)
        self.daemon.freeze()
        for requests in (self.everybody(), [helper.line(user, "other") for user, *_ in self.USERS]):
            replies = asked.ask_many(requests)
            self.assertEqual({reply.split(" ")[0] for reply in replies}, {"BH"})
        self.assert_in_time(asked)
        self.daemon.thaw()
        self.await_reply(asked, "user1", "pw1", OK)
        for user, password, _ in self.USERS:
            self.await_reply(asked, user, password, OK)
        self.await_reply(asked, "user1", "wrong", ERR)
        self.assertEqual(asked.finish(), 0)

    def test_killed_while_asked(self) -> None:
        asked = self.asked("--deadline", "30")
        self.daemon.freeze()
        before = self.connected()   # start() has tried it
        number = asked.send(helper.line("user1", "pw1"))
        self.assertEqual(asked.send(helper.line("user2", "pw2")), number + 1)
        place.wait_for(lambda: self.connected() == before + 2, "two connections to saslauthd")
        self.daemon.stop()
        self.assertEqual({asked.receive()[1], asked.receive()[1]}, {TROUBLE})
        self.daemon.start()
        self.await_reply(asked, "user1", "pw1", OK)

    def connected(self) -> int:
        """Connections to saslauthd's socket, accepted or not: of the rows of /proc/net/unix that
        have its path, all but the one that listens (flag 0x10000)."""
        rows = pathlib.Path("/proc/net/unix").read_text().splitlines()
        return sum(row.endswith(f" {self.daemon.path}") and row.split()[3] != "00010000"
                   for row in rows)

    def test_the_end_of_input_while_it_hangs(self) -> None:
        """Every request has its reply, and the process ends though a thread cannot."""
        asked = self.asked()
        self.daemon.freeze()
        asked.send(helper.line("user1", "pw1"))
        asked.end_input()
        self.assertEqual(asked.receive()[1], LATE)
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_check(self) -> None:
        for silence, words, says in (
                (self.daemon.freeze, ("--deadline", str(DEADLINE_S)),
                 "no answer before the deadline"),
                (self.daemon.stop, (), "cannot connect to saslauthd server")):
            silence()
            done = subprocess.run(saslauthd.argv("--check", "--config-dir", self.conf, *words),
                                  capture_output=True, text=True, timeout=place.PATIENCE_S)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"FAILED: {says}", done.stdout)


class Answers(saslauthd.Case):
    """What comes instead of saslauthd's answer, from a socket of the test."""

    def setUp(self) -> None:
        self.path = self.folder / self._testMethodName
        self.listener = self.enterContext(saslauthd.silent_listener(self.path))
        self.listener.settimeout(place.PATIENCE_S)
        saslauthd.configure(self.conf, pwcheck_method="saslauthd", saslauthd_path=self.path)

    def reply_to(self, answer: bytes) -> str:
        asked = self.ours()
        asked.send(helper.line("bob", "bob pw"))
        with self.listener.accept()[0] as peer:
            self.assertIn(b"bob pw", peer.recv(4096))
            peer.sendall(answer)
            peer.shutdown(socket.SHUT_WR)
            return asked.receive()[1]

    def test_answers(self) -> None:
        """saslauthd(8): two bytes of length, then OK or NO and perhaps words."""
        for answer, wanted in ((b"\0\2OK", OK), (b"\0\2NO", ERR), (b"\0\5NO no", ERR), (b"", TROUBLE),
                               (b"\0", TROUBLE), (b"\0\1O", TROUBLE), (b"\0\2O", TROUBLE),
                               (b"\xff\xffOK", TROUBLE), (b"\x0f\xffNO" + b"x" * 4093, ERR),
                               (b"\0\5OK ok", OK), (b"\0\2ok", ERR), (b"\0\4NOOK", ERR),
                               (b"\0\3\0OK", ERR), (b"\0\2NO\0\2OK", ERR)):
            with self.subTest(answer[:10]):
                self.assertEqual(self.reply_to(answer), wanted)

    def test_an_answer_that_never_ends(self) -> None:
        """Its last byte comes behind the deadline, and is for nobody."""
        asked = self.ours("--deadline", str(DEADLINE_S), "--debug")
        asked.send(helper.line("bob", "bob pw"))
        with self.listener.accept()[0] as peer:
            peer.recv(4096)
            peer.sendall(b"\0\2O")
            self.assertEqual(asked.receive()[1], LATE)
            peer.sendall(b"K")
            asked.wait_log("bob: the password fits")
        self.assertEqual(asked.finish(), 0)

    def test_no_descriptor_is_lost(self) -> None:
        """libsasl2 does not close its end where saslauthd hangs up without an answer."""
        asked = self.ours()
        self.refuse(asked, "first", b"\0\2NO")
        before = self.descriptors(asked)
        for number in range(30):
            self.refuse(asked, f"user{number}", b"")
        self.assertEqual(self.descriptors(asked), before)
        self.refuse(asked, "last", b"\0\2NO")
        self.assertEqual(self.descriptors(asked), before)

    def test_when_all_descriptors_were_lost(self) -> None:
        """While a check is under way its connection may be among those that have hung up. When it has
        ended they are closed, though nothing can be opened any more to look for them."""
        asked = self.ours("--deadline", "300", preexec_fn=few_descriptors)
        with self.serve():
            hangs = asked.send(helper.line("hangs", "x"))
            place.wait_for(lambda: self.hanging, "a check that hangs")
            for number in range(DESCRIPTORS):
                self.assertEqual(asked.ask(f"user{number}", "x"), TROUBLE)
            self.assertEqual(asked.ask("bob", "bob pw"), TROUBLE)
            self.hanging.pop().close()
            self.assertEqual(asked.receive(), (hangs, TROUBLE))
            self.await_reply(asked, "bob", "bob pw", OK)

    @contextlib.contextmanager
    def serve(self) -> Iterator[None]:
        """Answers OK to bob, nothing to `hangs` until the end, and hangs up on others."""
        self.hanging: list[socket.socket] = []

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    peer = self.listener.accept()[0]
                    said = peer.recv(4096)
                    if b"hangs" in said:
                        self.hanging.append(peer)
                        continue
                    if b"bob" in said:
                        peer.sendall(b"\0\2OK")
                    peer.close()
        self.listener.settimeout(None)
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield
        finally:
            self.listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for peer in self.hanging:
                peer.close()

    def refuse(self, asked: helper.Helper, user: str, answer: bytes) -> None:
        asked.send(helper.line(user, "x"))
        with self.listener.accept()[0] as peer:
            peer.recv(4096)
            peer.sendall(answer)
        self.assertEqual(asked.receive()[1], ERR if answer else TROUBLE)

    def descriptors(self, asked: helper.Helper) -> list[str]:
        if os.geteuid() != 0:
            self.skipTest("root is needed to look into a process that is not dumpable")
        return sorted(os.listdir(f"/proc/{asked.pid}/fd"))

    def test_asked_twice_at_the_same_time(self) -> None:
        """saslauthd is asked once, and another password apart."""
        asked = self.ours()
        first = asked.send(helper.line("bob", "bob pw"))
        with self.listener.accept()[0] as peer:
            asked.send(helper.line("bob", "bob pw"))
            third = asked.send(helper.line("bob", "other"))
            with self.listener.accept()[0] as other:
                self.assertIn(b"other", other.recv(4096))
                other.sendall(b"\0\2NO")
                self.assertEqual(asked.receive(), (third, ERR))
            peer.sendall(b"\0\2OK")
            self.assertEqual({asked.receive(), asked.receive()},
                             {(first, OK), (first + 1, OK)})


if __name__ == "__main__":
    unittest.main()
