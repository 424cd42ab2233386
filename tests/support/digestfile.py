# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call digest-file and Squid's own, and what Digest is without either: the hashes of
RFC 7616 by Python's MD5, and a client that writes what it likes into Proxy-Authorization."""

import hashlib
import http.client
import os
import pathlib
import re
import secrets
import unittest
from collections.abc import Sequence

from . import helper, place, squid

REALM = "Test Proxy"
DENIED = 'ERR message="Invalid credentials"'

# Users with their passwords, for tests that need no particular ones.
USERS = {"alice": "alice-pw", "bob": "bob pw with spaces", "Charlie Brown": "snoopy",
         "jürgen": "pässwörd", "DOM\\bob": "x", "u'%20<>\\": "\"q\" \\ \t"}


def md5(*parts: str | bytes) -> str:
    """The hash of `parts` with colons between them."""
    raw = (part if isinstance(part, bytes) else part.encode() for part in parts)
    return hashlib.md5(b":".join(raw)).hexdigest()


def ok(user: str | bytes, realm: str | bytes, password: str | bytes) -> str:
    """The reply that lets `user` in with `password`."""
    return f'OK ha1="{md5(user, realm, password)}"'


def record(user: str, password: str, realm: str = REALM) -> str:
    """A line as htdigest writes it."""
    return f"{user}:{realm}:{md5(user, realm, password)}\n"


def hashes(people: dict[str, str] = USERS, realm: str = REALM) -> str:
    """A file as htdigest writes it."""
    return "".join(record(*person, realm) for person in people.items())


def line(user: str | bytes, realm: str | bytes = REALM, *extras: str) -> bytes:
    """A request line without id and newline, as Squid writes it."""
    user, realm = (part if isinstance(part, bytes) else part.encode() for part in (user, realm))
    return b" ".join([b'"%s":"%s"' % (user, realm), *(extra.encode() for extra in extras)])


def argv(*words: str | pathlib.Path) -> list[str]:
    return [place.helper_path("digest-file"), *map(str, words)]


def stock_argv(*words: str | pathlib.Path) -> list[str]:
    """Squid's own helper; the test is skipped where it is not installed."""
    return [place.stock_helper("digest_file_auth"), *map(str, words)]


class Asked(helper.Helper):
    """A helper that is asked about Digest."""

    def ask_line(self, request: bytes) -> str:
        """One request line as it is, its reply. Nothing else may be in flight."""
        number = self.send(request)
        answered, reply = self.receive()
        assert answered == number
        return reply

    def about(self, user: str | bytes, realm: str | bytes = REALM, *extras: str) -> str:
        return self.ask_line(line(user, realm, *extras))

    def await_about(self, user: str, wanted: str) -> None:
        """Asks until the reply is `wanted`."""
        place.wait_for(lambda: self.about(user) == wanted, f"{wanted!r} for {user!r}")


class Case(unittest.TestCase):
    """A class with a private folder; a test's files and helpers go with it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.enterClassContext(place.private_folder(cls.__name__.lower()))

    def file(self, text: str | bytes) -> pathlib.Path:
        """A new file of users."""
        path = self.folder / f"{self._testMethodName}-{os.urandom(3).hex()}"
        put(path, text)
        return path

    def start(self, words: list[str], **options: object) -> Asked:
        log = self.folder / f"{self._testMethodName}-{os.urandom(3).hex()}.log"
        return self.enterContext(Asked(words, log, **options))

    def ours(self, *words: str | pathlib.Path, **options: object) -> Asked:
        return self.start(argv(*words), **options)


def put(path: pathlib.Path, text: str | bytes, *, for_squid: bool = False) -> None:
    """place.put(); `for_squid`, the account that a Squid started by root becomes can read it."""
    place.put(path, text, reader=squid.user_for_squid() if for_squid else None)


class Client:
    """A client of the proxy at `port` that computes its own Digest responses.

    `realm` is what it writes, whatever the challenge said; `token` writes the realm as it is, not
    as a quoted string; `extra` is a header X-Extra.
    """

    def __init__(self, port: int, url: str):
        self.port = port
        self.url = url
        self.nonce = ""
        self.count = 0

    def get(self, authorization: bytes | None = None, extra: str | None = None) -> squid.Answer:
        """One GET on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=place.PATIENCE_S)
        headers = {} if authorization is None else {"Proxy-Authorization": authorization}
        if extra is not None:
            headers["X-Extra"] = extra
        try:
            connection.request("GET", self.url, headers=headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        rows = "".join(f"{name}: {value}\r\n" for name, value in response.getheaders())
        return squid.Answer(response.status, rows, body)

    def fetch_nonce(self) -> str:
        """A fresh nonce, from a challenge."""
        answer = self.get()
        assert answer.status == 407, answer
        self.nonce = re.search(r'nonce="([^"]+)"', answer.header("Proxy-Authenticate"))[1]
        self.count = 0
        return self.nonce

    def authorization(self, user: str | bytes, ha1: str, realm: str | bytes = REALM, *,
                      token: bool = False) -> bytes:
        """The header for the current nonce by a client that knows `ha1`."""
        user, realm = (part if isinstance(part, bytes) else part.encode()
                       for part in (user, realm))
        self.count += 1
        nc, cnonce = f"{self.count:08x}", secrets.token_hex(8)
        response = md5(ha1, self.nonce, nc, cnonce, "auth", md5("GET", self.url))
        written = realm if token else b'"' + realm + b'"'
        return (b'Digest username="' + user + b'", realm=' + written
                + f', nonce="{self.nonce}", uri="{self.url}", cnonce="{cnonce}", nc={nc}, '
                  f'qop=auth, response="{response}", algorithm=MD5'.encode())

    def log_in(self, user: str | bytes, password: str | bytes, realm: str | bytes = REALM, *,
               token: bool = False, extra: str | None = None) -> squid.Answer:
        """One login with the current nonce, or a first one."""
        if not self.nonce:
            self.fetch_nonce()
        ha1 = md5(user, realm, password)
        return self.get(self.authorization(user, ha1, realm, token=token), extra)


def squid_with(folder: pathlib.Path, words: Sequence[str], **options: object) -> squid.Squid:
    return squid.Squid(folder, words, scheme="digest", **options)
