# SPDX-License-Identifier: BSD-2-Clause
"""A proxy that asks for credentials and writes down what it gets; it never contacts anybody.

It answers 407 with the challenges that its *policy* wants, or 200 with a word of its own, keeps
connections open (NTLM needs that) and records each request with the raw bytes of its
Proxy-Authorization. A policy is a function from a request to a list of Proxy-Authenticate
values; None is 200.
"""

import base64
import contextlib
import dataclasses
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Sequence

FIELD = b"proxy-authorization:"
BODY = b"hello from the proxy\n"


@dataclasses.dataclass(frozen=True)
class Request:
    """One request: the connection's number, its first line, each Proxy-Authorization value."""
    connection: int
    line: str
    credentials: list[bytes]

    @property
    def token(self) -> bytes | None:
        """What the base64 of the first value decodes to (NTLM, Negotiate)."""
        words = self.credentials[0].split() if self.credentials else []
        return base64.b64decode(words[1], validate=True) if len(words) == 2 else None


Policy = Callable[[Request], Sequence[str] | None]


def ask_once(*challenges: str) -> Policy:
    """These challenges until there are credentials, whatever they are."""
    return lambda request: None if request.credentials else challenges


def ntlm(answer_type_1: Callable[[bytes], bytes], scheme: str = "NTLM",
         judge: Callable[[bytes], None] | None = None) -> Policy:
    """The three steps of NTLM: `answer_type_1` makes a type 2; `judge` sees the type 3."""
    def policy(request: Request) -> Sequence[str] | None:
        token = request.token
        if token is None:
            return [scheme]
        if message_type(token) == 1:
            return [f"{scheme} {base64.b64encode(answer_type_1(token)).decode()}"]
        if judge:
            judge(token)
        return None
    return policy


def message_type(token: bytes) -> int:
    """1, 2 or 3 (MS-NLMP 2.2.1); 0 for anything else."""
    if len(token) < 12 or not token.startswith(b"NTLMSSP\0"):
        return 0
    return int.from_bytes(token[8:12], "little")


# MS-NLMP 2.2.2.5, the flags that a type 2 of today has.
UNICODE, REQUEST_TARGET, SIGN, NTLM = 0x1, 0x4, 0x10, 0x200
ALWAYS_SIGN, TARGET_IS_DOMAIN, EXTENDED_SECURITY = 0x8000, 0x10000, 0x80000
TARGET_INFO, VERSION, BITS_128, BITS_56 = 0x800000, 0x2000000, 0x20000000, 0x80000000
TYPE_2_FLAGS = (UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | TARGET_IS_DOMAIN
                | EXTENDED_SECURITY | TARGET_INFO | VERSION | BITS_128 | BITS_56)

# MS-NLMP 2.2.2.1
AV_NB_COMPUTER, AV_NB_DOMAIN, AV_DNS_COMPUTER, AV_DNS_DOMAIN = 1, 2, 3, 4
AV_DNS_TREE, AV_TIMESTAMP = 5, 7


def type_2(challenge: bytes, target: str, pairs: Sequence[tuple[int, str | bytes]],
           flags: int = TYPE_2_FLAGS) -> bytes:
    """A CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2) with 8 bytes of challenge and these AV pairs."""
    def pair(number: int, value: str | bytes) -> bytes:
        raw = value.encode("utf-16-le") if isinstance(value, str) else value
        return struct.pack("<HH", number, len(raw)) + raw
    name = target.encode("utf-16-le")
    info = b"".join(pair(*one) for one in [*pairs, (0, b"")])
    start = 56
    return (b"NTLMSSP\0" + struct.pack("<LHHL", 2, len(name), len(name), start)
            + struct.pack("<L", flags) + challenge + bytes(8)
            + struct.pack("<HHL", len(info), len(info), start + len(name))
            + bytes([10, 0]) + struct.pack("<H", 20348) + bytes([0, 0, 0, 15]) + name + info)


class CatchProxy:
    """Listens on 127.0.0.1; `requests` are those seen so far, `url` is for clients."""

    def __init__(self, policy: Policy, host: str = "127.0.0.1"):
        self.policy = policy
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self.lock = threading.Lock()
        self.connections = 0
        self.open: set[socket.socket] = set()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._serve(self)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def credentials(self) -> list[bytes]:
        """Every Proxy-Authorization value so far, in order."""
        with self.lock:
            return [value for request in self.requests for value in request.credentials]

    def _serve(self, handler: socketserver.StreamRequestHandler) -> None:
        with self.lock:
            self.connections += 1
            number = self.connections
            self.open.add(handler.connection)
        try:
            with contextlib.suppress(ConnectionError):
                while self._answer_one(handler, number):
                    pass
        except Exception as why:    # shown by the test that waits for a request in vain
            self.errors.append(repr(why))
        finally:
            with self.lock:
                self.open.discard(handler.connection)

    def _answer_one(self, handler: socketserver.StreamRequestHandler, number: int) -> bool:
        line = handler.rfile.readline().decode("latin-1").strip()
        if not line:
            return False
        credentials, length = [], 0
        while (field := handler.rfile.readline()) not in (b"\r\n", b"\n", b""):
            if field.lower().startswith(FIELD):
                credentials.append(field[len(FIELD):].strip(b" \t\r\n"))
            elif field.lower().startswith(b"content-length:"):
                length = int(field.partition(b":")[2])
        handler.rfile.read(length)
        request = Request(number, line, credentials)
        with self.lock:
            self.requests.append(request)
        wanted = self.policy(request)
        status = "200 OK" if wanted is None else "407 Proxy Authentication Required"
        rows = [f"HTTP/1.1 {status}", *(f"Proxy-Authenticate: {row}" for row in wanted or ())]
        tunnel = line.startswith("CONNECT ") and wanted is None     # it leads nowhere
        if not tunnel:
            rows += ["Content-Type: text/plain", f"Content-Length: {len(BODY)}"]
        body = b"" if tunnel or line.startswith("HEAD ") else BODY
        handler.wfile.write("\r\n".join([*rows, "", ""]).encode("latin-1") + body)
        return not tunnel

    def __enter__(self) -> "CatchProxy":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        with self.lock:
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server.server_close()
        self.thread.join()
