# SPDX-License-Identifier: BSD-2-Clause
"""Helper lines from public configurations, and a directory that is built from them.

    LINES = wildlines.read_lines("group-lines.tsv", flags="PRzZdgSK")
    wildlines.enter_network(folder, LINES)      # hosts exist, ports are free
    holders = wildlines.Holders(LINES)          # bases and service accounts, as LDIF
    holders.put(dn, {...})                      # further entries
"""

import dataclasses
import ipaddress
import json
import pathlib
import urllib.parse
from collections.abc import Sequence

from . import certs, place, privatenet, tree

SERVER = "192.0.2.10"
PORTS = (389, 3268, 7389, 3890)
LOCAL = ("", "127.0.0.1", "localhost")


@dataclasses.dataclass
class Line:
    """One line of the vectors, read as the stock helper's parser reads it: `flags` are the
    letters without a value."""
    origin: str
    program: str
    words: list[str]
    flags: str
    letters: dict[str, str] = dataclasses.field(default_factory=dict)
    hosts: list[str] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        words = list(self.words)
        while words and words[0].startswith("-"):
            word = words.pop(0)
            if word[1] in self.flags:
                self.letters[word[1]] = ""
                continue
            value = word[2:] or words.pop(0)
            self.letters[word[1]] = value
            if word[1] in "hH":
                self.hosts.append(value)
        self.hosts += words

    @property
    def base(self) -> str:
        return self.letters["b"]

    @property
    def account(self) -> str | None:
        return self.letters.get("D")

    def host_names(self) -> list[str]:
        urls = [host if "//" in host else f"//{host}" for host in self.hosts]
        return [urllib.parse.urlsplit(url).hostname or "" for url in urls]

    def in_clear(self) -> bool:
        """Whether passwords cross a network that is not loopback."""
        tls = "Z" in self.letters or any(host.startswith("ldaps:") for host in self.hosts)
        return not tls and any(name not in LOCAL for name in self.host_names())

    def with_secret(self, path: pathlib.Path) -> list[str]:
        """The line's own words, but for the file of -W."""
        words = list(self.words)
        if "W" in self.letters:
            words[words.index("-W") + 1] = str(path)
        return words


def read_lines(name: str, flags: str) -> list[Line]:
    text = (place.ROOT / "tests" / "vectors" / name).read_text(encoding="utf-8")
    rows = [row.split("\t") for row in text.splitlines() if row and not row.startswith("#")]
    return [Line(origin, program, json.loads(words), flags) for origin, program, words in rows]


def enter_network(folder: pathlib.Path, lines: Sequence[Line]) -> None:
    """A network of our own, where every host of the lines is this machine."""
    hosts: dict[str, str] = {}
    addresses = {SERVER}
    for name in {name for line in lines for name in line.host_names()} - set(LOCAL):
        try:
            addresses.add(str(ipaddress.ip_address(name)))
        except ValueError:
            hosts[name] = SERVER
    privatenet.enter(folder, hosts)
    for address in addresses:
        privatenet.add_address(address)


def issue(folder: pathlib.Path, lines: Sequence[Line]) -> certs.Server:
    """A certificate for every host of the lines."""
    names = {name for line in lines for name in line.host_names()} - set(LOCAL)
    return certs.Authority(folder).issue("all", ",".join(f"DNS:{name}" for name in sorted(names)))


def urls() -> list[str]:
    return [f"ldap://0.0.0.0:{port}" for port in PORTS] + ["ldaps://0.0.0.0:636"]


def parents(dn: str) -> list[str]:
    """The DN and all above it, down to the naming context: the trailing dc= parts, or the last."""
    parts = dn.split(",")
    top = len(parts) - 1
    while top > 0 and all(part.lower().startswith("dc=") for part in parts[top - 1:]):
        top -= 1
    return [",".join(parts[at:]) for at in range(top + 1)]


class Holders:
    """The LDIF of every naming context that the lines speak of: `data`, by suffix. Service
    accounts have the passwords of their lines."""

    def __init__(self, lines: Sequence[Line]):
        self.data: dict[str, str] = {}
        self.known: set[str] = set()
        self.passwords: dict[str, list[str]] = {}
        for line in lines:
            if line.account:
                secret = line.letters.get("w", tree.PROXY_PASSWORD)
                self.passwords.setdefault(line.account.lower(), []).append(secret)
        for line in lines:
            self.add(line.base)
            if line.account:
                self.add(line.account)

    def add(self, dn: str) -> None:
        for one in reversed(parents(dn)):
            self.put(one, self._holder(one))

    def _holder(self, dn: str) -> dict[str, list[str | bytes]]:
        name, _, value = dn.split(",")[0].partition("=")
        fields = {"objectClass": ["organizationalRole", "extensibleObject"], "cn": ["x"]}
        fields[name.lower()] = [value]
        secrets = sorted(set(self.passwords.get(dn.lower(), [])))
        return fields | ({"userPassword": secrets} if secrets else {})

    def put(self, dn: str, fields: dict[str, list[str | bytes]]) -> None:
        """An entry, once; what is above it must have been added."""
        if dn.lower() not in self.known:
            self.known.add(dn.lower())
            suffix = parents(dn)[-1].lower()
            self.data[suffix] = self.data.get(suffix, "") + tree.entry(dn, fields)
