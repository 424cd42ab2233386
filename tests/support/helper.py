# SPDX-License-Identifier: BSD-2-Clause
"""Talks to a helper as Squid does: one UNIX stream socket is its standard input and output.

Ids count up from 1 for the life of a process, a window limits what is in flight, user and
password are escaped the way Squid's rfc1738_escape does it. Every reply is checked for what
would kill or confuse Squid: an unknown or repeated id, a NUL, a missing id.
"""

import collections
import fcntl
import pathlib
import select
import signal
import socket
import struct
import termios
import time
from collections.abc import Iterable, Sequence

from . import place

UNESCAPED = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                      b":/?@=&;!$()*+,-._")

OK = "OK"
ERR = 'ERR message="Invalid credentials" Invalid credentials'

# What a machine under load may add to a deadline before a test calls a reply late.
LATE_S = 6.0


def escape(text: str | bytes) -> bytes:
    """A field as Squid writes it: upper-case hex for all that is not plainly harmless."""
    raw = text if isinstance(text, bytes) else text.encode()
    return b"".join(bytes([c]) if c in UNESCAPED else b"%%%02X" % c for c in raw)


def line(user: str | bytes, password: str | bytes, *extras: str) -> bytes:
    """One request line without id and newline."""
    return b" ".join([escape(user), escape(password), *(extra.encode() for extra in extras)])


class Helper:
    """A running helper. With `ids` every request gets a channel id, as under concurrency=N."""

    def __init__(self, argv: Sequence[str | bytes], log: pathlib.Path, *, ids: bool = True,
                 **popen: object):
        self.ids = ids
        self.next_id = 1
        self.pending: collections.deque[int] | set[int] = set() if ids else collections.deque()
        self.sent_at: dict[int, float] = {}
        self.slowest_s = 0.0
        self.buffer = b""
        self.socket, theirs = socket.socketpair()
        for end in (self.socket, theirs):
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                end.setsockopt(socket.SOL_SOCKET, option, 32768)
        with theirs:
            self.process = place.Process(argv, log, stdin=theirs, stdout=theirs, **popen)
        self.pid = self.process.pid

    def send(self, request: bytes) -> int:
        """Sends one request line; returns the number that its reply will carry."""
        number = self.next_id
        self.expect(number)
        self.socket.sendall((b"%d " % number if self.ids else b"") + request + b"\n")
        return number

    def expect(self, number: int) -> None:
        """Request `number` is on its way; a test that writes bytes of its own says so here."""
        self.next_id = number + 1
        self.sent_at[number] = time.monotonic()
        self.pending.add(number) if self.ids else self.pending.append(number)

    def wait_taken(self) -> None:
        """Awaits that the helper has read all that was sent (SIOCOUTQ of unix(7))."""
        def unread() -> int:
            return struct.unpack("i", fcntl.ioctl(self.socket, termios.TIOCOUTQ, b"\0" * 4))[0]
        place.wait_for(lambda: unread() == 0, "the helper to read its input")

    def read_line(self, timeout_s: float = place.PATIENCE_S) -> bytes | None:
        """The next reply line as it came, without its newline; None at the end of the stream."""
        while b"\n" not in self.buffer:
            if not select.select([self.socket], [], [], timeout_s)[0]:
                raise AssertionError(f"no reply within {timeout_s:g} s; pending: "
                                     f"{sorted(self.pending)[:10]}; {self.process.log_tail()}")
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                assert not self.buffer, f"a reply without newline: {self.buffer!r}"
                return None
            self.buffer += data
        reply, _, self.buffer = self.buffer.partition(b"\n")
        return reply

    def receive(self, timeout_s: float = place.PATIENCE_S) -> tuple[int, str]:
        """(number, reply) of the next answered request."""
        raw = self.read_line(timeout_s)
        assert raw is not None, f"the helper ended with requests pending: {self.process.log_tail()}"
        assert b"\0" not in raw, f"NUL in the reply {raw!r}"
        if self.ids:
            word, _, reply = raw.partition(b" ")
            assert word.isdigit(), f"reply without id: {raw!r}"
            number = int(word)
            assert number in self.pending, f"reply to nothing that was asked: {raw!r}"
            self.pending.remove(number)
        else:
            assert self.pending, f"unsolicited reply: {raw!r}"
            number, reply = self.pending.popleft(), raw
        self.slowest_s = max(self.slowest_s, time.monotonic() - self.sent_at.pop(number))
        return number, reply.decode()

    def ask(self, user: str | bytes, password: str | bytes, *extras: str,
            timeout_s: float = place.PATIENCE_S) -> str:
        """One request, its reply. Nothing else may be in flight."""
        number = self.send(line(user, password, *extras))
        answered, reply = self.receive(timeout_s)
        assert answered == number
        return reply

    def ask_many(self, requests: Iterable[bytes], window: int = 200,
                 timeout_s: float = place.PATIENCE_S) -> list[str]:
        """Sends all request lines, at most `window` in flight; the replies in the same order."""
        if not self.ids:
            window = 1
        numbers: list[int] = []
        replies: dict[int, str] = {}
        for request in requests:
            if len(self.pending) >= window:
                number, reply = self.receive(timeout_s)
                replies[number] = reply
            numbers.append(self.send(request))
        while self.pending:
            number, reply = self.receive(timeout_s)
            replies[number] = reply
        return [replies[number] for number in numbers]

    def log_text(self) -> str:
        return self.process.log_text()

    def cpu_s(self) -> float:
        return place.cpu_s(self.pid)

    def wait_log(self, text: str) -> None:
        place.wait_for(lambda: text in self.log_text(), f"{text!r} in the helper's log")

    def end_input(self) -> None:
        """The end of the helper's input, as at every log rotation of Squid."""
        self.socket.shutdown(socket.SHUT_WR)

    def finish(self) -> int:
        """Ends the input and returns the exit status; nothing more may have been written."""
        self.end_input()
        rest = self.read_line()
        assert rest is None, f"unsolicited line {rest!r}"
        return self.process.child.wait(place.PATIENCE_S)

    def __enter__(self) -> "Helper":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.process.stop(signal.SIGKILL)
