# SPDX-License-Identifier: BSD-2-Clause
"""A TCP relay that misbehaves on order, in front of a real server or alone. It counts binds.

    with FaultServer(target=slapd.port) as relay:             # a faithful relay
        relay.fault = Fault(down=Way(after=200, then=STALL))   # for connections from now on
        relay.strike(SILENT)                                   # for the open ones, too
        relay.binds["uid=alice,ou=people,dc=example,dc=test"]  # simple binds seen, by DN
        relay.connections                                      # accepted so far

A Fault is two Ways: `up` (client to server) and `down` (server to client). Each Way
  - waits `delay_ms` with every piece of data (the pieces keep their order and their distance);
  - lets `after` bytes pass, counted from the start of the connection or, with `since=BIND`,
    from the piece of data that ended the first bind with a DN (nothing counts before it);
  - then writes the bytes of `inject`, whatever they are, and
  - does what `then` says: PASS (no fault, and no `inject`), STALL (nothing more passes this way,
    the connection stays open), CUT (FIN to both sides), RESET (RST to both sides).

Some faults have names: SILENT (accepts, reads, never answers), HANDSHAKE_STALL (about the middle
of a server's TLS flight), HALF_ANSWER, HUGE_ANSWER (announces 2 GiB), RESET_AT_BIND (the bind was
read and maybe answered, then RST), and refuse() closes the door to new connections until accept().
Without a target it is a server of its own that says nothing but what `inject` gives it.

Binds are counted as they pass the relay in clear; what is not LDAP (a TLS handshake) is relayed
uncounted. `fault` may be a function of the connection's number (1, 2, ...) that returns a Fault.
Everything runs in one thread with one selector. It is no model of a lossy network: bytes
that reach the relay have been acknowledged, so a dropped path needs privatenet.py.
"""

import collections
import dataclasses
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable

from . import ber, place

PASS, STALL, CUT, RESET = "pass", "stall", "cut", "reset"
START, BIND = "start", "bind"

CHUNK = 65536
MOST_QUEUED = 1 << 20


@dataclasses.dataclass(frozen=True)
class Way:
    """What happens to one direction of a connection; the module's head explains the fields."""
    delay_ms: float = 0
    after: int = 0
    then: str = PASS
    since: str = START
    inject: bytes = b""


@dataclasses.dataclass(frozen=True)
class Fault:
    up: Way = Way()
    down: Way = Way()


FAITHFUL = Fault()
SILENT = Fault(down=Way(then=STALL))
HANDSHAKE_STALL = Fault(down=Way(after=200, then=STALL))
HALF_ANSWER = Fault(down=Way(after=7, then=STALL, since=BIND))
HUGE_ANSWER = Fault(down=Way(then=STALL, since=BIND, inject=ber.HUGE_MESSAGE))
RESET_AT_BIND = Fault(down=Way(then=RESET, since=BIND))
CUT_AT_BIND = Fault(down=Way(then=CUT, since=BIND))


class Direction:
    """Bytes from one socket to the other, and how far the fault of this way has come."""

    def __init__(self, source: socket.socket | None, sink: socket.socket | None, way: Way):
        self.source, self.sink, self.way = source, sink, way
        self.counted = 0
        self.counting = way.since == START
        self.struck = False
        self.ended = False
        self.queue: collections.deque[tuple[float, bytes]] = collections.deque()
        self.queued = 0

    def replace(self, way: Way) -> None:
        self.way, self.counted, self.struck = way, 0, False
        self.counting = way.since == START

    def admit(self, data: bytes, now: float) -> None:
        """Queues what may pass of `data`; the rest is swallowed once the fault has struck."""
        if self.struck and self.way.then != PASS:
            return
        if self.counting and self.way.then != PASS:
            data = data[:max(0, self.way.after - self.counted)]
            self.counted += len(data)
        self.put(data, now)

    def put(self, data: bytes, now: float) -> None:
        if data:
            self.queue.append((now + self.way.delay_ms / 1000, data))
            self.queued += len(data)

    def due(self) -> bool:
        """The fault is to strike now: all that may pass has passed the count."""
        return (not self.struck and self.counting and self.way.then != PASS
                and self.counted >= self.way.after)


class Link:
    """One accepted connection, with the one to the target if there is a target."""

    def __init__(self, server: "FaultServer", number: int, client: socket.socket,
                 upstream: socket.socket | None):
        fault = server.fault(number) if callable(server.fault) else server.fault
        self.server, self.number, self.client, self.upstream = server, number, client, upstream
        self.up = Direction(client, upstream, fault.up)
        self.down = Direction(upstream, client, fault.down)
        self.clear = bytearray()
        self.is_ldap = True
        self.open = True

    def sockets(self) -> list[socket.socket]:
        return [self.client] + ([self.upstream] if self.upstream else [])

    def look_for_binds(self, data: bytes) -> None:
        """Follows the client's LDAP messages as long as they are in clear."""
        if not self.is_ldap:
            return
        self.clear += data
        try:
            for message in ber.cut_messages(self.clear):
                bind = ber.as_bind(message)
                if bind and bind.simple and bind.dn:
                    self.server.note_bind(bind.dn)
                    self.up.counting = self.down.counting = True
        except (ber.Bad, IndexError):
            self.is_ldap = False
            self.clear.clear()

    def read(self, source: socket.socket, now: float) -> None:
        direction = self.up if source is self.client else self.down
        try:
            data = source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self.close(reset=True)
            return
        if not data:
            direction.ended = True
            direction.source = None
            return
        if direction is self.up:
            self.look_for_binds(data)
        direction.admit(data, now)

    def progress(self, now: float) -> None:
        """Writes what is due both ways, then lets the faults strike that are due."""
        for direction in (self.up, self.down):
            if self.open:
                self._write(direction, now)
        for direction in (self.up, self.down):
            if self.open and direction.due():
                self._strike(direction, now)
        if self.open and (self._over(self.up) or self._over(self.down) and not self.down.struck):
            self.close()

    @staticmethod
    def _over(direction: Direction) -> bool:
        return direction.ended and not direction.queue

    def _write(self, direction: Direction, now: float) -> None:
        while direction.queue and direction.queue[0][0] <= now:
            when, data = direction.queue.popleft()
            sent = self._send(direction, data)
            direction.queued -= sent
            if sent < len(data):
                direction.queue.appendleft((when, data[sent:]))
                return

    def _send(self, direction: Direction, data: bytes) -> int:
        if direction.sink is None:
            return len(data)
        try:
            return direction.sink.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.close(reset=True)
            return len(data)

    def _strike(self, direction: Direction, now: float) -> None:
        if direction.way.inject:
            direction.put(direction.way.inject, now)
            direction.way = dataclasses.replace(direction.way, inject=b"")
        if direction.way.then != STALL and direction.queue:
            return      # what may pass passes before the connection goes
        direction.struck = True
        if direction.way.then in (CUT, RESET):
            self.close(reset=direction.way.then == RESET)

    def next_due(self) -> float | None:
        times = [d.queue[0][0] for d in (self.up, self.down) if d.queue]
        return min(times, default=None)

    def close(self, reset: bool = False) -> None:
        if not self.open:
            return
        self.open = False
        for sock in self.sockets():
            if reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()


class FaultServer:
    """The relay; see the module's head. `target` is a port of 127.0.0.1, or None."""

    def __init__(self, target: int | None = None,
                 fault: Fault | Callable[[int], Fault] = FAITHFUL):
        self.target = target
        self.fault = fault
        self.connections = 0
        self.binds: collections.Counter[str] = collections.Counter()
        self.lock = threading.Lock()
        self.links: set[Link] = set()
        self.jobs: collections.deque[Callable[[], None]] = collections.deque()
        self.bell, self.ear = socket.socketpair()
        self.keeper = place.keep_port()     # nobody else gets the port between refuse() and accept()
        self.port = self.keeper.getsockname()[1]
        self.listener = self._listen(self.port)
        self.running = True
        self.thread = threading.Thread(target=self._run, name="faultserver", daemon=True)

    @property
    def ldap_url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def ldaps_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.port}"

    @staticmethod
    def _listen(port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
        listener.setblocking(False)
        return listener

    # -- what a test calls, from any thread ------------------------------------------------

    def strike(self, fault: Fault) -> None:
        """`fault` from now on, for the open connections as well."""
        def job() -> None:
            self.fault = fault
            for link in self.links:
                link.up.replace(fault.up)
                link.down.replace(fault.down)
        self._do(job)

    def reset_all(self) -> None:
        """RST to every open connection."""
        self._do(lambda: [link.close(reset=True) for link in self.links])

    def refuse(self) -> None:
        """New connections are refused; the open ones end."""
        def job() -> None:
            self.listener.close()
            for link in self.links:
                link.close()
        self._do(job)

    def accept(self) -> None:
        """The end of refuse(), on the same port."""
        def job() -> None:
            self.listener = self._listen(self.port)
        self._do(job)

    def bind_count(self, dn: str | None = None) -> int:
        """Simple binds seen with `dn`, or with any DN at all."""
        with self.lock:
            return self.binds[dn] if dn is not None else sum(self.binds.values())

    def open_links(self) -> int:
        return len(self.links)

    # -- the relay's own thread ------------------------------------------------------------

    def note_bind(self, dn: str) -> None:
        with self.lock:
            self.binds[dn] += 1

    def _do(self, job: Callable[[], object]) -> None:
        """Runs `job` in the relay's thread and awaits its end."""
        done = threading.Event()
        self.jobs.append(lambda: (job(), done.set()))
        self.bell.send(b"x")
        if not done.wait(30):
            raise AssertionError("the fault server does not answer")

    def _run(self) -> None:
        while self.running:
            self._wait()
            while self.jobs:
                self.jobs.popleft()()
            now = time.monotonic()
            for link in list(self.links):
                link.progress(now)
            self.links = {link for link in self.links if link.open}

    def _wait(self) -> None:
        with selectors.PollSelector() as selector:
            selector.register(self.ear, selectors.EVENT_READ)
            if self.listener.fileno() >= 0:
                selector.register(self.listener, selectors.EVENT_READ)
            now = time.monotonic()      # one for all: what is due is awaited or written, never neither
            for link in self.links:
                self._register(selector, link, now)
            dues = [due for due in (link.next_due() for link in self.links) if due is not None]
            later = [due for due in dues if due > now]
            for key, mask in selector.select(min(later) - now if later else None):
                self._handle(key, mask)

    @staticmethod
    def _register(selector: selectors.BaseSelector, link: Link, now: float) -> None:
        events = {sock: 0 for sock in link.sockets()}
        for direction in (link.up, link.down):
            if direction.source and direction.queued < MOST_QUEUED:
                events[direction.source] |= selectors.EVENT_READ
            if direction.sink and direction.queue and direction.queue[0][0] <= now:
                events[direction.sink] |= selectors.EVENT_WRITE
        for sock, mask in events.items():
            if mask:
                selector.register(sock, mask, link)

    def _handle(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.fileobj is self.ear:
            self.ear.recv(4096)
        elif key.fileobj is self.listener:
            self._accept()
        elif mask & selectors.EVENT_READ and key.data.open:
            key.data.read(key.fileobj, time.monotonic())

    def _accept(self) -> None:
        client, _ = self.listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        upstream = None
        if self.target is not None:
            try:
                upstream = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                client.close()
                return
            upstream.setblocking(False)
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.links.add(Link(self, self.connections, client, upstream))

    def _finish(self) -> None:
        self.running = False
        for link in self.links:
            link.close()

    def __enter__(self) -> "FaultServer":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._finish)
        self.thread.join()
        for sock in (self.listener, self.keeper, self.bell, self.ear):
            sock.close()
