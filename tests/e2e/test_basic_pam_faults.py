# SPDX-License-Identifier: BSD-2-Clause
"""basic-pam with modules that hang, print, start programs or wait after a wrong password; what is
left of passwords in its memory."""

import os
import pathlib
import signal
import time
import unittest

from support import basicldap, basicpam, helper, place
from support.basicpam import ERR, OK, probe_line

PERMIT = "account required pam_permit.so"
AUTHINFO_UNAVAIL, AUTH_ERR = 9, 7   # _pam_types.h
LATE = "BH PAM gave no answer in time"
AGAIN = "BH PAM gave no usable answer a moment ago"
THREADS = 64                        # as helpers/core/offload.h has them at most


def ignore_and_block() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


class Waiting(basicpam.Case):
    """A FIFO for which modules wait: whoever opens it to read stays there until we open it, too."""

    def setUp(self) -> None:
        basicpam.probe()
        self.fifo = self.new_path()
        os.mkfifo(self.fifo)
        self.began = self.new_path()

    def waiting(self) -> int:
        """How many have begun to wait."""
        return self.began.stat().st_size if self.began.exists() else 0

    def await_waiting(self, count: int) -> None:
        place.wait_for(lambda: self.waiting() >= count, f"{count} to wait")

    def release(self) -> None:
        """All that wait now."""
        os.close(os.open(self.fifo, os.O_WRONLY))

    def assert_late(self, asked: helper.Helper, number: int, deadline_s: int) -> None:
        self.assertEqual(asked.receive(), (number, LATE))
        self.assertGreaterEqual(asked.slowest_s, deadline_s - 0.01)


class Hanging(Waiting):
    def test_one_user(self) -> None:
        """BH at the deadline, for which others wait at the most; when it ends the user is served
        again."""
        self.put_service(probe_line("auth", when="slow", mark=self.began, wait=self.fifo), PERMIT)
        asked = self.ours("--deadline", "2")
        number = asked.send(helper.line("slow", "x"))
        self.await_waiting(1)
        other = asked.send(helper.line("alice", "x"))
        replies = dict((asked.receive(), asked.receive()))
        self.assertEqual(replies[number], LATE)
        # It waited for the only worker; a stand-in takes it, or there is no time left for it: then
        # its reply may come first.
        self.assertIn(replies[other], (OK, "BH too many logins at once", LATE))
        self.assertGreaterEqual(asked.slowest_s, 2 - 0.01)
        self.assert_repeat(asked, "slow", "x", LATE, AGAIN, 2)
        for user in ("bob", "carol"):
            self.await_reply(asked, user, "x", OK)
        self.assertEqual(self.waiting(), 1)
        self.put_service("auth required pam_permit.so", PERMIT)
        self.release()
        self.await_reply(asked, "slow", "x", OK)
        self.assertEqual(asked.finish(), 0)

    def test_all_threads(self) -> None:
        self.put_service(probe_line("auth", mark=self.began, wait=self.fifo), PERMIT)
        asked = self.ours("--deadline", "5", "--workers", str(THREADS))
        numbers = {asked.send(helper.line(f"user{number}", "x")) for number in range(THREADS)}
        self.await_waiting(THREADS)
        for _ in range(THREADS):
            number, reply = asked.receive()
            numbers.remove(number)
            self.assertEqual(reply, LATE)
        self.assert_unavailable(asked.ask("another", "x"))
        self.assertEqual(self.waiting(), THREADS)
        self.put_service("auth required pam_permit.so", PERMIT)
        self.release()
        self.await_reply(asked, "user0", "x", OK)
        self.await_reply(asked, "another", "x", OK)
        self.assertLess(asked.slowest_s, 5 + helper.LATE_S)
        self.assertEqual(asked.finish(), 0)

    def test_the_end_does_not_wait(self) -> None:
        for end in ("input", "signal"):
            self.put_service(probe_line("auth", mark=self.began, wait=self.fifo), PERMIT)
            asked = self.ours("--deadline", "1")
            number = asked.send(helper.line("alice", "x"))
            self.await_waiting(1)
            if end == "input":
                asked.end_input()
            else:
                asked.process.child.send_signal(signal.SIGTERM)
            self.assert_late(asked, number, 1)
            self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)
            self.began.unlink()

    def test_a_program_that_hangs(self) -> None:
        basicpam.need_module("pam_exec.so")
        script = self.new_path()
        place.put(script, f'#!/bin/sh\necho x >> "{self.began}"\nread -r line < "{self.fifo}"\n')
        script.chmod(0o755)
        self.put_service(f"auth optional pam_exec.so quiet {script}", "auth required pam_permit.so",
                     PERMIT)
        asked = self.ours("--deadline", "1")
        number = asked.send(helper.line("alice", "x"))
        self.await_waiting(1)
        self.assert_late(asked, number, 1)
        self.put_service("auth required pam_permit.so", PERMIT)
        self.release()
        self.await_reply(asked, "alice", "x", OK)
        self.assertEqual(asked.finish(), 0)


class Workers(Waiting):
    """Modules need not be made for several threads."""

    def begin(self, *words: str) -> tuple[helper.Helper, int, set[int]]:
        """A helper with a login that waits, and others behind it that would not."""
        self.put_service(probe_line("auth", mark=self.began),
                         probe_line("auth", when="first", wait=self.fifo), PERMIT)
        asked = self.ours(*words)
        first = asked.send(helper.line("first", "x"))
        self.await_waiting(1)
        return asked, first, {asked.send(helper.line(f"user{number}", "x"))
                              for number in range(20)}

    def test_one_at_a_time_unless_told(self) -> None:
        asked, first, others = self.begin()
        for _ in range(50):                                 # lines that PAM is not asked about
            nobody = asked.send(helper.line("nobody", ""))
            self.assertEqual(asked.receive(), (nobody, ERR))
        self.assertEqual(self.waiting(), 1)
        self.release()
        self.assertEqual(asked.receive(), (first, OK))
        self.assertEqual({asked.receive() for _ in others}, {(other, OK) for other in others})
        self.assertEqual(self.waiting(), 1 + len(others))

    def test_several_at_once_if_told(self) -> None:
        asked, first, others = self.begin("--workers", "2")
        self.assertEqual({asked.receive() for _ in others}, {(other, OK) for other in others})
        self.release()
        self.assertEqual(asked.receive(), (first, OK))

    def test_a_module_that_is_asked_again_too_soon(self) -> None:
        """Squid repeats a BH at once, twice."""
        self.put_service(probe_line("auth", mark=self.began, code=AUTHINFO_UNAVAIL), PERMIT)
        asked = self.ours()
        self.assert_repeats_are_not_asked(asked)
        before = self.waiting()
        self.assert_unavailable(asked.ask("alice", "y"))
        self.assertEqual(self.waiting(), before + 1)

    def assert_repeats_are_not_asked(self, asked: helper.Helper) -> None:
        for number in range(10):
            before, began = self.waiting(), time.monotonic()
            for _ in range(3):
                self.assert_unavailable(asked.ask("alice", f"x{number}"))
            if time.monotonic() - began < basicldap.REMEMBERED_S:
                self.assertEqual(self.waiting(), before + 1)
                return
        self.fail("ten times the machine was too slow for three lines")

    def test_nobody_waits_after_a_wrong_password(self) -> None:
        """Ten minutes, which a thread would sleep, and with it the only worker."""
        self.put_service(probe_line("auth", delay=600_000_000, code=AUTH_ERR), PERMIT)
        asked = self.ours("--deadline", "300")
        for number in range(10):
            self.assertEqual(asked.ask(f"user{number}", "x"), ERR)


class Surroundings(basicpam.Case):
    """What modules print, and what programs get that they start."""

    def test_what_modules_print(self) -> None:
        """On standard output it would be a reply to Squid, which ends then."""
        basicpam.need_module("pam_exec.so")
        script = self.new_path()
        place.put(script, "#!/bin/sh\necho 2 OK\necho 2 OK >&2\n")
        script.chmod(0o755)
        self.put_service(probe_line("auth", print="1 OK"), f"auth required pam_exec.so {script}",
                     PERMIT)
        asked = self.ours()
        for _ in range(3):
            self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertEqual(asked.finish(), 0)

    def facts(self, script: str, act: str = "run") -> pathlib.Path:
        """The script, which a module has started that closes no descriptors before."""
        path = self.new_path()
        place.put(path, script)
        path.chmod(0o755)
        self.put_service(probe_line("auth", **{act: path}), PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertEqual(asked.finish(), 0)
        return path

    def test_signals_of_programs(self) -> None:
        """Nothing is blocked, and nothing that the helper ignores is ignored: else a program may
        never end, or not be ended. A shell would change that; here the kernel starts cp with the
        script's name as its last word."""
        for act in ("run", "spawn"):
            script = self.facts(f"#!{place.need_program('cp')} /proc/self/status\n", act)
            rows = dict(row.split(":") for row in script.read_text().splitlines())
            self.assertEqual(int(rows["SigBlk"], 16), 0, act)
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM):
                self.assertEqual(int(rows["SigIgn"], 16) >> (number - 1) & 1, 0, (act, number))

    def test_signals_of_who_starts_the_helper(self) -> None:
        """A service manager or a script may have ignored SIGCHLD, or blocked what it waits for."""
        basicpam.need_module("pam_exec.so")
        self.put_service(f"auth required pam_exec.so quiet {place.need_program('true')}", PERMIT)
        asked = self.ours(preexec_fn=ignore_and_block)
        self.assertEqual(asked.ask("alice", "x"), OK)
        asked.process.child.terminate()
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_descriptors_of_programs(self) -> None:
        """A program that stays behind must not hold Squid's connection open."""
        script = self.facts('#!/bin/sh\nls -l /proc/self/fd > "$0.out"\n')
        links = script.with_name(f"{script.name}.out").read_text()
        self.assertIn("/dev/null", links)
        self.assertNotRegex(links, r"socket:|anon_inode|pipe:")

    def test_a_child_that_stays(self) -> None:
        """Of fork(2), without a program of its own. Squid waits for the end of the connection, which
        the child must not keep."""
        fifo = self.new_path()
        os.mkfifo(fifo)
        self.put_service(probe_line("auth", stay=fifo), PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), OK)
        asked.process.child.kill()
        try:
            self.assertIsNone(asked.read_line())
        finally:
            with open(fifo, "wb"):
                pass


class Memory(basicpam.Case):
    """No piece of a password is left in what the process can write, behind modules that wipe what
    they copy. What is known to be there is found."""

    PASSWORD = "Jupiter-Kallisto:Ganymed;Europa.Himalia,Elara"
    PIECE = 8

    def left_after(self, *lines: str) -> list[bytes]:
        if os.geteuid() != 0:
            self.skipTest("root is needed to look into a process that is not dumpable")
        self.put_service(*lines)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", self.PASSWORD), OK)
        self.assertNotEqual(asked.ask("alice", self.PASSWORD + "x"), OK)
        self.assertNotEqual(asked.ask("nobody", self.PASSWORD), OK)
        memory = place.writable_memory(asked.process.child.pid)
        self.assertIn(str(self.services).encode(), memory)
        self.assertEqual(asked.finish(), 0)
        pieces = [self.PASSWORD[at:at + self.PIECE].encode()
                  for at in range(len(self.PASSWORD) - self.PIECE + 1)]
        return [piece for piece in pieces if piece in memory]

    def test_pwdfile(self) -> None:
        self.assertEqual(self.left_after(self.users_file(("alice", self.PASSWORD)), PERMIT), [])

    def test_exec(self) -> None:
        """pam_exec frees the answer to its question as it is."""
        basicpam.need_module("pam_exec.so")
        if os.environ.get("SANITIZE_CFLAGS"):
            self.skipTest("AddressSanitizer keeps what is freed, as it is")
        script = self.new_path()
        place.put(script, "#!/bin/sh\nread -r line\n"
                          f'[ "$PAM_USER $line" = "alice {self.PASSWORD}" ]\n')
        script.chmod(0o755)
        self.assertEqual(self.left_after(
            f"auth required pam_exec.so quiet expose_authtok {script}", PERMIT), [])

    def test_a_question_that_gets_no_answer(self) -> None:
        """The answer to the first is wiped with the call."""
        users = self.users_file(("alice", self.PASSWORD))
        line = probe_line("auth", when="nobody", hidden="Password: ", also="Password: ",
                          open="PIN: ")
        self.assertEqual(self.left_after(users, line, PERMIT), [])


if __name__ == "__main__":
    unittest.main()
