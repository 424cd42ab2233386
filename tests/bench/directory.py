# SPDX-License-Identifier: BSD-2-Clause
"""The directory of the bench: a private, silent slapd with 10,000 users, and the list of logins.

Passwords are stored as {SSHA}: salted as in real directories, and one SHA-1 to check, so that the
directory spends its time on LDAP and not on hashing; a slow hash would make every program that is
measured here look as good as the best one.
"""

import base64
import hashlib
import pathlib
import random

from support import place, slapd, tree

USERS = 10000
WRONG_EVERY = 10


class Directory(slapd.Slapd):
    """The slapd of the tests without its log of operations, which costs as much as they do."""

    def start(self) -> "Directory":
        self.process = place.Process(
            [self.program, "-d", "none", "-f", str(self.folder / "slapd.conf"),
             "-h", " ".join(self.urls)], self.folder / "slapd.log")
        place.wait_for(self._answers, f"slapd to answer on {self.urls}")
        return self


def user(number: int) -> str:
    return f"user{number:05d}"


def password(number: int) -> str:
    return f"pw-{number:05d}-Secret!"


def ssha(text: str, salt: bytes) -> str:
    digest = hashlib.sha1(text.encode() + salt).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


def ldif() -> str:
    entries = [
        tree.entry(tree.SUFFIX, {"objectClass": ["dcObject", "organization"], "o": ["Bench"],
                                 "dc": [tree.SUFFIX.split(",")[0].partition("=")[2]]}),
        tree.entry(tree.PEOPLE, {"objectClass": ["organizationalUnit"], "ou": ["people"]}),
        tree.entry(tree.PROXY_DN, {"objectClass": ["organizationalRole", "simpleSecurityObject"],
                                   "cn": ["proxy"], "userPassword": [tree.PROXY_PASSWORD]}),
    ]
    for number in range(USERS):
        name = user(number)
        entries.append(tree.entry(f"uid={name},{tree.PEOPLE}", {
            "objectClass": ["inetOrgPerson"], "uid": [name], "cn": [f"User {number}"],
            "sn": [f"Number {number}"], "mail": [f"{name}@example.test"],
            "userPassword": [ssha(password(number), number.to_bytes(8, "big"))]}))
    return "".join(entries)


def write_logins(path: pathlib.Path) -> pathlib.Path:
    """Every user once, in an order that is the same for all, every tenth with a wrong password."""
    numbers = list(range(USERS))
    random.Random(1).shuffle(numbers)
    lines = []
    for at, number in enumerate(numbers):
        wrong = at % WRONG_EVERY == WRONG_EVERY - 1
        lines.append(f"{user(number)}\t{'not-' if wrong else ''}{password(number)}\t"
                     f"{'ERR' if wrong else 'OK'}\n")
    path.write_text("".join(lines))
    return path


def write_secret(path: pathlib.Path) -> pathlib.Path:
    path.write_text(tree.PROXY_PASSWORD)
    path.chmod(0o600)
    return path
