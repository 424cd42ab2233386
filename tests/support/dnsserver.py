# SPDX-License-Identifier: BSD-2-Clause
"""A small DNS server (RFC 1035) on a loopback port, by UDP and TCP, that says what a test wants.

`zone` maps a name to its records, see srv(), cname() and address(). A name that is not there does
not exist; one with an empty list has no records. `lie` replaces what would be sent: see the LIES.
All that was asked is in `asked`.
"""

import contextlib
import ipaddress
import random
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator

A, CNAME, AAAA, SRV, IN = 1, 5, 28, 33, 1
NO_ERROR, SERVER_FAILURE, NO_NAME, REFUSED = 0, 2, 3, 5
UDP_MAX = 512

Record = tuple[int, int, bytes]         # type, TTL, data
Lie = Callable[["Query", bytes], bytes | None]


def encode_name(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def srv(target: str, port: int, priority: int = 0, weight: int = 100, ttl: int = 600) -> Record:
    return SRV, ttl, struct.pack("!HHH", priority, weight, port) + encode_name(target)


def cname(target: str, ttl: int = 600) -> Record:
    return CNAME, ttl, encode_name(target)


def address(text: str, ttl: int = 600) -> Record:
    raw = ipaddress.ip_address(text)
    return (A if raw.version == 4 else AAAA), ttl, raw.packed


class Query:
    """One question, as it came."""

    def __init__(self, message: bytes, tcp: bool):
        self.message, self.tcp = message, tcp
        self.id, self.flags = struct.unpack("!HH", message[:4])
        at, labels = 12, []
        while message[at]:
            labels.append(message[at + 1:at + 1 + message[at]].decode())
            at += 1 + message[at]
        self.name = ".".join(labels)
        self.type, self.dns_class = struct.unpack("!HH", message[at + 1:at + 5])
        self.question = message[12:at + 5]

    def header(self, code: int, answers: int, flags: int = 0) -> bytes:
        """Response, recursion as it was asked for and available."""
        return struct.pack("!HHHHHH", self.id, 0x8080 | (self.flags & 0x0100) | flags | code, 1,
                           answers, 0, 0)

    def reply(self, records: list[tuple[str, Record]], code: int = NO_ERROR,
              flags: int = 0) -> bytes:
        """The names of owners that are the question's are compressed."""
        body = b""
        for owner, (kind, ttl, data) in records:
            name = b"\xc0\x0c" if owner.lower() == self.name.lower() else encode_name(owner)
            body += name + struct.pack("!HHIH", kind, IN, ttl, len(data)) + data
        return self.header(code, len(records), flags) + self.question + body


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server: DnsServer = self.server.owner
        if isinstance(self.request, tuple):
            answer = server.answer(Query(self.request[0], tcp=False))
            if answer is not None:
                self.request[1].sendto(answer, self.client_address)
            return
        with contextlib.suppress(OSError, struct.error):
            length, = struct.unpack("!H", self.request.recv(2, socket.MSG_WAITALL))
            answer = server.answer(Query(self.request.recv(length, socket.MSG_WAITALL), tcp=True))
            if answer is not None:
                self.request.sendall(struct.pack("!H", len(answer)) + answer)
            self.request.recv(1)    # the client ends it


class DnsServer:
    """It answers from start() to stop(), on the same port each time."""

    def __init__(self, zone: dict[str, list[Record]] | None = None, host: str = "127.0.0.1"):
        self.zone = {name.lower(): records for name, records in (zone or {}).items()}
        self.host = host
        self.port = 0
        self.lie: Lie | None = None
        self.asked: list[Query] = []
        self.servers: list[socketserver.BaseServer] = []

    @property
    def endpoint(self) -> str:
        """As --dns wants it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _open(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        for base in (socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer):
            kind = type("Server", (base,), {
                "address_family": family, "daemon_threads": True, "block_on_close": False,
                "allow_reuse_address": base is socketserver.ThreadingTCPServer})
            server = kind((self.host, self.port), _Handler)
            server.owner = self
            self.port = server.server_address[1]
            self.servers.append(server)

    def _close(self) -> None:
        for server in self.servers:
            server.server_close()
        self.servers = []

    def start(self) -> "DnsServer":
        wanted = self.port
        while not self.servers:
            try:
                self._open()
            except OSError:         # a port that is free for UDP need not be free for TCP
                self._close()
                self.port = wanted
                if wanted:
                    raise
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        for server in self.servers:
            server.shutdown()
        self._close()

    def __enter__(self) -> "DnsServer":
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    # ---- what it says ----

    def set(self, name: str, *records: Record) -> None:
        self.zone[name.lower()] = list(records)

    def questions(self, name: str) -> int:
        """How often `name` was asked for."""
        return sum(query.name.lower() == name.lower() for query in list(self.asked))

    def _collect(self, query: Query) -> list[tuple[str, Record]] | None:
        """With aliases, as a resolver answers; None: there is no such name."""
        found: list[tuple[str, Record]] = []
        name = query.name
        for _ in range(10):
            if name.lower() not in self.zone:
                return found or None
            records = self.zone[name.lower()]
            found += [(name, one) for one in records if one[0] in (query.type, CNAME)]
            alias = next((one for one in records if one[0] == CNAME), None)
            if not alias:
                break
            name = decode_name(alias[2])
        return found

    def truth(self, query: Query) -> bytes:
        records = self._collect(query)
        if records is None:
            return query.reply([], NO_NAME)
        message = query.reply(records)
        if not query.tcp and len(message) > UDP_MAX:
            return query.reply([], flags=0x0200)
        return message

    def answer(self, query: Query) -> bytes | None:
        self.asked.append(query)
        message = self.truth(query)
        return self.lie(query, message) if self.lie else message


def decode_name(raw: bytes) -> str:
    labels, at = [], 0
    while raw[at]:
        labels.append(raw[at + 1:at + 1 + raw[at]].decode())
        at += 1 + raw[at]
    return ".".join(labels)


@contextlib.contextmanager
def lying(server: DnsServer, lie: Lie) -> Iterator[None]:
    server.lie = lie
    try:
        yield
    finally:
        server.lie = None


# ---- lies ----

def silence(_query: Query, _truth: bytes) -> None:
    return None


def failure(query: Query, _truth: bytes) -> bytes:
    return query.reply([], SERVER_FAILURE)


def wrong_id(_query: Query, truth: bytes) -> bytes:
    return bytes([truth[0] ^ 0x55]) + truth[1:]


def other_question(query: Query, truth: bytes) -> bytes:
    return truth.replace(query.question, encode_name("evil.example.net").ljust(
        len(query.question), b"\0"), 1)


def _rest(query: Query, answers: int, rest: bytes) -> bytes:
    return query.header(NO_ERROR, answers) + query.question + rest


def loop(query: Query, _truth: bytes) -> bytes:
    """The owner's name is compressed into itself."""
    at = 12 + len(query.question)
    return _rest(query, 1, struct.pack("!HHHIH", 0xC000 | at, SRV, IN, 600, 7) + b"\0" * 7)


def loop_in_data(query: Query, _truth: bytes) -> bytes:
    at = 12 + len(query.question) + 12 + 6
    return _rest(query, 1, b"\xc0\x0c" + struct.pack("!HHIHHHHH", SRV, IN, 600, 8, 0, 0, 389,
                                                     0xC000 | at))


def cut_off(_query: Query, truth: bytes) -> bytes:
    return truth[:-3]


def many_announced(query: Query, _truth: bytes) -> bytes:
    return _rest(query, 65535, b"")


def wrong_type(query: Query, _truth: bytes) -> bytes:
    return query.reply([(query.name, address("127.0.0.1"))])


def other_owner(query: Query, _truth: bytes) -> bytes:
    return query.reply([("_ldap._tcp.evil.example.net", srv("evil.example.net", 389))])


def no_host_name(query: Query, _truth: bytes) -> bytes:
    """Targets that are no host names, and a port that is none."""
    data = struct.pack("!HHH", 0, 0, 389)
    odd = [b"\x04a\0b/\0", b"\x05a b,c\0", b"\x09-W/etc/pw\0", b"\x07ldap://\0"]
    records = [(query.name, (SRV, 600, data + name)) for name in odd]
    return query.reply([*records, (query.name, srv("dc.example.test", 0))])


def random_bytes(query: Query, _truth: bytes) -> bytes:
    chance = random.Random(query.id)
    return _rest(query, chance.randrange(1, 9), chance.randbytes(chance.randrange(1, 400)))


LIES = (silence, failure, wrong_id, other_question, loop, loop_in_data, cut_off, many_announced,
        wrong_type, other_owner, no_host_name, random_bytes)
