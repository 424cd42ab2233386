# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-stub in tests: its command line, a Squid that asks it, and a client of that Squid that
speaks HTTP by hand, so that dialogues can be cut, mixed and damaged."""

import base64
import http.client
import pathlib
import re
from collections.abc import Mapping, Sequence

from . import ntlm, place, squid

ACCOUNTS = {"alice": "alice-pw", "Bob": "b:o b", "jürgen": "pässwörd€", "per%41cent": "p",
            "two words": "t", 'quo"te': "q", "back\\slash": "b"}


def write_accounts(path: pathlib.Path, accounts: Mapping[str, str] = ACCOUNTS,
                   more: str = "", reader: str | None = None) -> None:
    """The smbpasswd file, replaced in whole as administrators' tools do, for us alone or, with
    mode 0640, for the group of the account `reader` too."""
    rows = "".join(ntlm.smbpasswd(*account) for account in accounts.items())
    place.put(path, rows + more, reader)


def argv(*options: str) -> list[str]:
    return [place.helper_path("negotiate-stub"), *options]


class Squid(squid.Squid):
    """A Squid with negotiate-stub behind `schemes` ("ntlm", "negotiate"). It keeps names()."""

    def __init__(self, folder: pathlib.Path, options: Sequence[str], *,
                 schemes: Sequence[str] = ("ntlm",), children: int = 2, key_extras: str = ""):
        self.options, self.schemes, self.children = options, schemes, children
        self.key_extras = key_extras
        super().__init__(folder, argv())

    def _prepare(self) -> None:
        program = argv()[0]
        if self.user:
            program = place.for_others(program, self.folder)
        self.auth_lines = self.names_log()
        for scheme in self.schemes:
            words = [program, "--scheme", scheme, *self.options]
            command = " ".join(squid.quote_word(word) for word in words)
            self.auth_lines += [f"auth_param {scheme} program {command}",
                                f"auth_param {scheme} children {self.children} startup=1 idle=1",
                                f"auth_param {scheme} keep_alive on"]
            if self.key_extras:
                self.auth_lines.append(f'auth_param {scheme} key_extras "{self.key_extras}"')
        super()._prepare()


class Reply:
    """One response: status, the challenges by scheme, and all headers."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.body = response.read()
        self.headers = response.headers
        self.challenges = {}
        for value in response.headers.get_all("Proxy-Authenticate", []):
            scheme, _, rest = value.partition(" ")
            self.challenges[scheme.lower()] = rest

    def token(self, scheme: str) -> bytes:
        return base64.b64decode(self.challenges[scheme.lower()])


class Browser:
    """One connection to the proxy, kept alive; every request asks for `url`."""

    def __init__(self, port: int, url: str, scheme: str = "NTLM"):
        self.url, self.scheme = url, scheme
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=place.PATIENCE_S)

    def get(self, credentials: str | bytes | None = None) -> Reply:
        """GET, with a token or the raw text of one in Proxy-Authorization."""
        headers = {"Proxy-Connection": "keep-alive"}
        if isinstance(credentials, bytes):
            credentials = ntlm.b64(credentials)
        if credentials is not None:
            headers["Proxy-Authorization"] = f"{self.scheme} {credentials}"
        self.connection.request("GET", self.url, headers=headers)
        return Reply(self.connection.getresponse())

    def login(self, client: ntlm.Client) -> Reply:
        """The whole dialogue; the last response."""
        reply = self.get(client.negotiate())
        if reply.status != 407 or not reply.challenges.get(self.scheme.lower()):
            return reply
        return self.get(client.authenticate(reply.token(self.scheme)))

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def without_token_bytes(log: str, *tokens: bytes) -> bool:
    """Whether no 12 characters of the tokens' Base64 and no 6 bytes of them in hex are in a log."""
    lower = log.lower()
    for token in tokens:
        text = ntlm.b64(token)
        if any(text[at:at + 12] in log for at in range(0, len(text) - 12, 4)
               if not re.fullmatch("A+", text[at:at + 12])):
            return False
        if any(token[at:at + 6].hex() in lower for at in range(0, len(token) - 6)
               if any(token[at:at + 6])):
            return False
    return True
