# SPDX-License-Identifier: BSD-2-Clause
"""What comes in at standard input: every request one reply with its id, whatever the bytes are."""

import contextlib
import os
import pathlib
import pty
import re
import signal
import socket
import subprocess
import threading
import tty
import unittest

from support import basicldap, helper, place, tree
from support.faultserver import SILENT, FaultServer

MIB = 1 << 20


class Lines(basicldap.SlapdCase):
    BULK = 100

    def ours(self, *options: str, **more: object) -> helper.Helper:
        return self.start(basicldap.argv(self.slapd.ldap_url, *options), **more)

    def raw(self, asked: helper.Helper, data: bytes, number: int) -> str:
        """Sends bytes as they are that make up request `number`; the reply to it."""
        asked.expect(number)
        writer = threading.Thread(target=asked.socket.sendall, args=(data,), daemon=True)
        writer.start()
        answered, reply = asked.receive()
        writer.join(place.PATIENCE_S)
        self.assertEqual(answered, number)
        return reply

    def assert_still_fine(self, asked: helper.Helper) -> None:
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)

    def test_exact_replies(self) -> None:
        for ids in (True, False):
            with self.subTest(ids=ids):
                asked = self.ours(ids=ids)
                for person in tree.PERSONS:
                    self.assertEqual(asked.ask(person.uid, person.password), helper.OK, person.uid)
                    quoted = person.uid.replace("\\", "\\\\").replace('"', '\\"')
                    self.assertEqual(asked.last, f'OK user="{quoted}" grace_logins_="" reason_=""')
                wrong = 'ERR message="Invalid credentials" reason_="" Invalid credentials'
                for user in ("alice", "nobody", "*"):
                    asked.ask(user, "wrong")
                    self.assertEqual(asked.last, wrong)
                self.assertEqual(asked.finish(), 0)

    def test_empty_fields_never_reach_the_directory(self) -> None:
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        before = self.slapd.count(" BIND ") + self.slapd.count(" SRCH base")
        self.assertEqual(asked.ask("", "alice-pw"), helper.ERR)
        self.assertEqual(asked.ask("alice", ""), helper.ERR)
        self.assertEqual(asked.ask("", ""), helper.ERR)
        self.assertEqual(self.slapd.count(" BIND ") + self.slapd.count(" SRCH base"), before)

    def test_over_long_line_is_answered_once(self) -> None:
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        for size in (8192, 65536, MIB - 100, MIB + 100, 3 * MIB):
            with self.subTest(size):
                number = asked.next_id
                reply = self.raw(asked, b"%d alice %s\n" % (number, b"x" * size), number)
                self.assertRegex(reply, "^(ERR|BH) ")
                self.assert_still_fine(asked)

    def test_no_request_hides_behind_a_long_one(self) -> None:
        """The end of an over-long line is no request of its own, wherever a buffer may end."""
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        for size in (1022, 1023, 1024, 4095, 4096, 8191, 8192, 8196, 32768, 65536, MIB, 2 * MIB):
            with self.subTest(size):
                number = asked.next_id
                head = b"%d " % number
                line = head + b"A" * (size - len(head)) + b"alice alice-pw\n"
                self.assertRegex(self.raw(asked, line, number), "^(ERR|BH) ")
        self.assert_still_fine(asked)
        self.assertEqual(asked.finish(), 0)

    def test_line_with_nul(self) -> None:
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        for line in (b"alice\0 alice-pw", b"alice alice-pw\0", b"alice alice-pw\0x", b"\0",
                     b"alice\0x alice-pw", b"al\0ice alice-pw", b"alice%00 alice-pw",
                     b"alice alice-pw%00", b"alice%00x alice-pw"):
            with self.subTest(line):
                number = asked.next_id
                reply = self.raw(asked, b"%d %s\n" % (number, line), number)
                self.assertRegex(reply, "^(ERR|BH) ")
        self.assert_still_fine(asked)

    def test_escapes(self) -> None:
        """%xx in either case is the byte; a % that is no escape is never guessed at."""
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        for line, wanted in ((b"%61lice alice%2dpw", "OK$"), (b"%61lice alice%2Dpw", "OK$"),
                             (b"alice alice-pw%", "(ERR|BH) "), (b"alice alice-pw%4", "(ERR|BH) "),
                             (b"alice alice-pw%zz", "(ERR|BH) "), (b"alice% alice-pw", "(ERR|BH) "),
                             (b"alice%%61 alice-pw", "(ERR|BH) ")):
            with self.subTest(line):
                number = asked.next_id
                self.assertRegex(self.raw(asked, b"%d %s\n" % (number, line), number), wanted)

    def test_strange_lines(self) -> None:
        """One reply each, never OK, then business as usual."""
        asked = self.ours("--concurrency", "on")
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        for line in (b"", b" ", b"  ", b"alice", b"alice alice-pw extra", b"alice  alice-pw",
                     b"\r", b"\t", b"\xff\xfe", b"OK", b"alice\talice-pw", b"alice alice-pw ",
                     b"\x01\x02\x03 \x04", b"% %", b"%0A alice-pw", b"alice%0Aalice alice-pw"):
            with self.subTest(line):
                number = asked.next_id
                reply = self.raw(asked, b"%d %s\n" % (number, line), number)
                self.assertRegex(reply, "^(ERR|BH) ")
        self.assert_still_fine(asked)
        self.assertEqual(asked.finish(), 0)

    def test_carriage_return_before_the_newline(self) -> None:
        asked = self.ours()
        number = asked.next_id
        reply = self.raw(asked, b"%d alice alice-pw\r\n" % number, number)
        self.assertRegex(reply, "^(OK$|ERR |BH )")
        self.assertNotIn("\r", reply)
        self.assert_still_fine(asked)

    def test_byte_by_byte(self) -> None:
        asked = self.ours()
        for byte in b"1 alice alice-pw\n2 alice wrong\n":
            asked.socket.sendall(bytes([byte]))
        asked.expect(1)
        asked.expect(2)
        self.assertEqual(sorted([asked.receive(), asked.receive()]),
                         [(1, helper.OK), (2, helper.ERR)])

    def test_5000_lines_in_one_write(self) -> None:
        asked = self.ours("--deadline", "120", "-c", "30")
        lines, wanted = [], {}
        for number in range(1, 5001):
            user, good = number % 100, number % 10 != 0
            wanted[number] = helper.OK if good else helper.ERR
            password = tree.bulk_password(user) if good else f"wrong-{number}"
            lines.append(b"%d " % number + helper.line(tree.bulk_name(user), password) + b"\n")
            asked.expect(number)
        writer = threading.Thread(target=asked.socket.sendall, args=(b"".join(lines),))
        writer.start()
        self.assertEqual(dict(asked.receive() for _ in wanted), wanted)
        writer.join()
        self.assertEqual(asked.finish(), 0)

    def test_reader_that_does_not_read(self) -> None:
        """Replies that nobody takes stop the reading of requests, not the helper."""
        asked = self.ours("--deadline", "120", "-c", "30")
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        total = 20000
        lines = b"".join(b"%d nobody x\n" % number for number in range(2, total + 2))
        for number in range(2, total + 2):
            asked.expect(number)
        writer = threading.Thread(target=asked.socket.sendall, args=(lines,))
        writer.start()
        place.wait_for(lambda: idle(asked), "a helper that waits for its reader")
        self.assertTrue(writer.is_alive(), "20,000 requests were read with no reply taken")
        self.assertEqual({asked.receive()[1] for _ in range(total)}, {helper.ERR})
        writer.join()

    def test_a_user_named_like_an_id(self) -> None:
        """Without concurrency: two fields are user and password, whatever they look like."""
        asked = self.ours(ids=False)
        self.assertEqual(asked.ask("1", "x"), helper.ERR)
        self.assertEqual(asked.ask("42", "7"), helper.ERR)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_concurrency_on_and_off(self) -> None:
        with_ids = self.ours("--concurrency", "on")
        self.assertEqual(with_ids.ask("alice", "alice-pw"), helper.OK)
        without = self.ours("--concurrency", "off", ids=False)
        self.assertEqual(without.ask("alice", "alice-pw"), helper.OK)

    def test_ids_of_every_length(self) -> None:
        """Squid counts up for the life of a process; an id is a string of digits to us."""
        asked = self.ours()
        for number in (1, 9, 10, 2147483647, 2147483648, 4294967296, 18446744073709551615):
            with self.subTest(number):
                self.assertEqual(self.raw(asked, b"%d alice alice-pw\n" % number, number), "OK")

    def test_key_extras(self) -> None:
        asked = self.ours("--key-extras", "2")
        self.assertEqual(asked.ask("alice", "alice-pw", "127.0.0.1", "-"), helper.OK)
        self.assertEqual(asked.ask("alice", "wrong", "127.0.0.1", "-"), helper.ERR)
        plain = self.ours("--key-extras", "1", ids=False)
        self.assertEqual(plain.ask("alice", "alice-pw", "127.0.0.1"), helper.OK)
        self.assertEqual(plain.ask("", "alice-pw", "127.0.0.1"), helper.ERR)


def idle(asked: helper.Helper) -> bool:
    """The process sleeps: state S twice, with no CPU time in between (proc(5))."""
    def look() -> tuple[str, float]:
        state = pathlib.Path(f"/proc/{asked.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state, asked.cpu_s()
    before = look()
    threading.Event().wait(0.2)
    return before == look() and before[0] == "S"


def fill(sender: socket.socket, data: bytes) -> int:
    """Writes DATA over and over until a socket that does not block takes no more: how much it
    took."""
    taken = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            taken += sender.send(data)
    return taken


class EndOfInput(basicldap.SlapdCase):
    """Squid closes a helper's input at every reconfiguration and log rotation."""

    def pending(self, relay: FaultServer, options: dict[str, object] | None = None,
                words: tuple[str, ...] = ()) -> helper.Helper:
        """A helper with ten requests that the directory does not answer."""
        asked = self.start(basicldap.argv(relay.ldap_url, "--deadline", "2", *words),
                           **(options or {}))
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        asked.slowest_s = 0.0
        relay.strike(SILENT)
        for number in range(10):
            asked.send(helper.line("bob", f"wrong-{number}"))
        return asked

    def assert_all_answered(self, asked: helper.Helper) -> None:
        for _ in range(10):
            self.assert_unavailable(asked.receive()[1])
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)
        self.assertLess(asked.slowest_s, 2 + helper.LATE_S)

    def test_pending_requests_are_answered(self) -> None:
        relay = self.enterContext(FaultServer(self.slapd.port))
        asked = self.pending(relay)
        asked.end_input()
        self.assert_all_answered(asked)

    def test_requests_read_with_the_end_are_answered(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url))
        numbers = [asked.send(helper.line("alice", "alice-pw")) for _ in range(500)]
        asked.end_input()
        self.assertEqual(dict(asked.receive() for _ in numbers),
                         {number: helper.OK for number in numbers})
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_sigterm_answers_what_is_pending(self) -> None:
        relay = self.enterContext(FaultServer(self.slapd.port))
        asked = self.pending(relay)
        # All ten have been read once the last has reached the relay or stands in the queue.
        place.wait_for(lambda: idle(asked), "a helper that waits for the directory")
        asked.process.child.send_signal(signal.SIGTERM)
        self.assert_all_answered(asked)

    def test_sigterm_with_requests_that_were_not_read(self) -> None:
        """What Squid has written already waits for answers too."""
        asked = self.start(basicldap.argv(self.slapd.ldap_url))
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        asked.process.child.send_signal(signal.SIGSTOP)
        numbers = range(asked.next_id, asked.next_id + 200)
        for number in numbers:
            asked.expect(number)
        asked.socket.sendall(b"".join(b"%d alice alice-pw\n" % number for number in numbers))
        asked.process.child.send_signal(signal.SIGTERM)
        asked.process.child.send_signal(signal.SIGCONT)
        for _ in range(200):
            self.assertEqual(asked.receive()[1], helper.OK)
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_sigterm_to_a_helper_that_is_held_up(self) -> None:
        """All deadlines pass, and the time after them, while the process does not run: what is late
        by then is answered all the same."""
        relay = self.enterContext(FaultServer(self.slapd.port))
        asked = self.pending(relay, words=("--log-level", "info"))
        place.wait_for(lambda: idle(asked), "a helper that waits for the directory")
        asked.process.child.send_signal(signal.SIGTERM)
        asked.wait_log("answering what is pending")
        asked.process.child.send_signal(signal.SIGSTOP)
        clock = self.start(basicldap.argv(relay.ldap_url, "--deadline", "8", "-c", "4"))
        self.assert_unavailable(clock.ask("alice", "alice-pw"))
        self.assertGreater(clock.slowest_s, 2 + 1)
        asked.process.child.send_signal(signal.SIGCONT)
        for _ in range(10):
            self.assert_unavailable(asked.receive()[1])
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_sigterm_while_nobody_reads(self) -> None:
        """The last replies do not keep the helper for ever."""
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "--deadline", "1"))
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        asked.socket.setblocking(False)
        while fill(asked.socket, b"2 malformed\n" * 100) > 0:
            place.wait_for(lambda: idle(asked), "a helper that has read")
        asked.process.child.send_signal(signal.SIGTERM)
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)
        self.assertIn("the last replies are not being read", asked.log_text())

    def test_last_line_without_newline_is_never_verified(self) -> None:
        for head in (b"", b"1 alice alice-pw\n"):
            with self.subTest(head):
                asked = self.start(basicldap.argv(self.slapd.ldap_url))
                before = self.slapd.binds()
                if head:
                    asked.expect(1)
                    asked.socket.sendall(head)
                    self.assertEqual(asked.receive(), (1, helper.OK))
                asked.socket.sendall(b"2 alice alice-pw")
                asked.end_input()
                self.assertEqual(asked.read_line(), b"2 BH incomplete line")
                self.assertIsNone(asked.read_line())
                self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)
                self.assertEqual(self.slapd.binds() - before, 1 if head else 0)

    def test_last_line_without_newline_and_without_id(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url), ids=False)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        asked.socket.sendall(b"alice alice-pw")
        asked.end_input()
        self.assertEqual(asked.read_line(), b"BH incomplete line")
        self.assertIsNone(asked.read_line())

    def test_sigterm_in_the_middle_of_a_line(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url))
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        asked.socket.sendall(b"2 alice alice-p")
        place.wait_for(lambda: idle(asked), "a helper that waits for the rest of a line")
        asked.process.child.send_signal(signal.SIGTERM)
        self.assertEqual(asked.read_line(), b"2 BH incomplete line")
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_output_that_nobody_reads_any_more(self) -> None:
        """SIGPIPE is harmless: the helper ends by itself, by no signal."""
        asked = self.start(basicldap.argv(self.slapd.ldap_url))
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        asked.send(helper.line("bob", "wrong"))
        asked.socket.close()
        self.assertGreaterEqual(asked.process.child.wait(place.PATIENCE_S), 0)


class KindsOfInput(basicldap.SlapdCase):
    """Standard input and output may be anything, each of its own kind."""

    LINES = b"1 alice alice-pw\n2 alice wrong\n3 nobody x\n"
    REPLIES = [b'1 OK user="alice" grace_logins_="" reason_=""',
               *(b"%d " % n + basicldap.ERR.encode() for n in (2, 3))]

    def words(self) -> list[str]:
        return basicldap.argv(self.slapd.ldap_url)

    def check(self, output: bytes, status: int, replies: list[bytes] | None = None) -> None:
        self.assertEqual(sorted(output.splitlines()), self.REPLIES if replies is None else replies)
        self.assertEqual(status, 0)

    def test_pipes(self) -> None:
        done = subprocess.run(self.words(), input=self.LINES, stdout=subprocess.PIPE,
                              env=place.clean_env(), timeout=place.PATIENCE_S)
        self.check(done.stdout, done.returncode)

    def test_regular_files(self) -> None:
        source, sink = self.folder / "in", self.folder / "out"
        source.write_bytes(self.LINES)
        with open(source, "rb") as stdin, open(sink, "wb") as stdout:
            done = subprocess.run(self.words(), stdin=stdin, stdout=stdout, env=place.clean_env(),
                                  timeout=place.PATIENCE_S)
        self.check(sink.read_bytes(), done.returncode)

    def test_file_in_and_pipe_out(self) -> None:
        source = self.folder / "in2"
        source.write_bytes(self.LINES)
        with open(source, "rb") as stdin:
            done = subprocess.run(self.words(), stdin=stdin, stdout=subprocess.PIPE,
                                  env=place.clean_env(), timeout=place.PATIENCE_S)
        self.check(done.stdout, done.returncode)

    def test_dev_null(self) -> None:
        done = subprocess.run(self.words(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              env=place.clean_env(), timeout=place.PATIENCE_S)
        self.check(done.stdout, done.returncode, [])

    def test_two_sockets(self) -> None:
        (our_in, their_in), (our_out, their_out) = socket.socketpair(), socket.socketpair()
        with our_in, our_out:
            with their_in, their_out:
                child = subprocess.Popen(self.words(), stdin=their_in, stdout=their_out,
                                         env=place.clean_env())
            self.addCleanup(child.kill)
            our_in.sendall(self.LINES)
            our_in.shutdown(socket.SHUT_WR)
            output = b"".join(iter(lambda: our_out.recv(65536), b""))
            self.check(output, child.wait(place.PATIENCE_S))

    def test_terminal(self) -> None:
        """By hand: a line typed, a reply read; the terminal is left as it was."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        tty.setraw(theirs)
        before = os.get_blocking(theirs)
        child = subprocess.Popen(self.words(), stdin=theirs, stdout=theirs, env=place.clean_env())
        self.addCleanup(child.kill)
        self.addCleanup(os.close, theirs)
        output = b""
        os.write(ours, self.LINES)
        while output.count(b"\n") < 3:
            output += os.read(ours, 65536)
        child.send_signal(signal.SIGTERM)
        self.check(output, child.wait(place.PATIENCE_S))
        self.assertEqual(os.get_blocking(theirs), before)

    def test_pipe_stays_blocking_for_others(self) -> None:
        """O_NONBLOCK belongs to the open file, which a shell may share with the helper."""
        reading, writing = os.pipe()
        child = subprocess.Popen(self.words(), stdin=subprocess.PIPE, stdout=writing,
                                 env=place.clean_env())
        self.addCleanup(child.kill)
        child.stdin.write(self.LINES)
        child.stdin.close()
        self.assertEqual(child.wait(place.PATIENCE_S), 0)
        self.assertTrue(os.get_blocking(writing))
        os.close(writing)
        with open(reading, "rb") as source:
            self.assertEqual(len(re.findall(rb"\n", source.read())), 3)


if __name__ == "__main__":
    unittest.main()
