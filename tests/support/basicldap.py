# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call the helper under test and Squid's own, and a fixture that most tests share."""

import base64
import contextlib
import os
import pathlib
import re
import time
import unittest
import urllib.parse
from collections.abc import Iterator

from . import certs, helper, place, slapd, tree

FILTER = "(uid=%s)"

NOTHING_MORE = re.compile(r'OK user="((?:[^"\\]|\\.)+)"(?: grace_logins_="")?(?: reason_="")?')
ERR = 'ERR message="Invalid credentials" reason_="" Invalid credentials'

# One wrong password a test, so that a bind in the directory's log is known by its DN alone.
WRONG = "not the password"

# How long a BH is remembered surely: UNSETTLED_MS of helpers/verify/unsettled.h, less a little.
REMEMBERED_S = 1.9


def argv(url: str, *options: str) -> list[str]:
    """Search and bind below ou=people at `url`, by stock letters; `options` are added."""
    return [place.helper_path("basic-ldap"), *place.patient(options), "-b", tree.PEOPLE, "-f",
            FILTER, "-H", url, *options]


def stock_argv(url: str, *options: str) -> list[str]:
    """Squid's own helper for the same; the test is skipped where it is not installed."""
    return [place.stock_helper("basic_ldap_auth"), "-b", tree.PEOPLE, "-f", FILTER, "-H", url,
            *options]


class LoginHelper(helper.Helper):
    """basic-ldap, for tests that notes do not matter to: what they see of an OK without any but the
    user's name, which must be the one that was typed, is helper.OK; of an ERR without a reason,
    helper.ERR. `last` is the reply as it came."""

    def __init__(self, *arguments: object, **options: object):
        super().__init__(*arguments, **options)
        self.typed: dict[int, bytes] = {}
        self.last = ""

    def send(self, request: bytes) -> int:
        number = super().send(request)
        self.typed[number] = urllib.parse.unquote_to_bytes(request.partition(b" ")[0])
        return number

    def receive(self, timeout_s: float = place.PATIENCE_S) -> tuple[int, str]:
        number, self.last = super().receive(timeout_s)
        typed = self.typed.pop(number, None)
        if self.last == ERR:
            return number, helper.ERR
        user = NOTHING_MORE.fullmatch(self.last)
        if not user:
            return number, self.last
        name = re.sub(r"\\(.)", r"\1", user[1])
        assert typed is None or name.encode() == typed, f"{self.last!r} for {typed!r}"
        return number, helper.OK


class Case(unittest.TestCase):
    """A class with a private folder; a helper started by start() ends with its test."""

    HELPER: type[helper.Helper] = LoginHelper

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.enterClassContext(place.private_folder(cls.__name__.lower()))

    def start(self, words: list[str], **options: object) -> helper.Helper:
        """The helper as an argv, talking as under Squid; see helper.Helper for `options`."""
        log = self.folder / f"{self._testMethodName}-{os.urandom(3).hex()}.log"
        return self.enterContext(self.HELPER(words, log, **options))

    def assert_unavailable(self, reply: str) -> None:
        """BH and a short reason (protocol: the rest of the line is text)."""
        self.assertRegex(reply, r"^BH [ -~]{3,200}$")

    def await_reply(self, asked: helper.Helper, user: str, password: str, wanted: str) -> None:
        """Asks until the reply is `wanted`: the helper has recovered by itself."""
        last: list[str] = []

        def answered() -> bool:
            last[:] = [asked.ask(user, password)]
            return last == [wanted]
        try:
            place.wait_for(answered, f"{wanted!r} for {user!r}")
        except AssertionError as why:
            raise AssertionError(f"{why}; last: {last}; {asked.process.log_tail(8)}") from None

    def assert_repeat(self, asked: helper.Helper, user: str, password: str, told: str,
                      repeat: str, lasts_s: float = 0) -> None:
        """The reply is `told`, and at once, as Squid asks again, `repeat`. That is remembered for
        2 s only: a machine that took longer is asked once more. The first reply takes `lasts_s` or
        more by itself."""
        for _ in range(10):
            began = time.monotonic()
            self.assertIn(asked.ask(user, password), (told, repeat))
            reply = asked.ask(user, password)
            if reply == repeat:
                return
            self.assertEqual(reply, told)
            self.assertGreater(time.monotonic() - began, REMEMBERED_S + lasts_s, "it has forgotten")
        self.fail("ten times the machine was too slow for two lines")


class SlapdCase(Case):
    """A class with one slapd for all its tests. BULK users more, TLS on request."""

    BULK = 0
    TLS = False

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        server = certs.Authority(cls.folder / "ca").good() if cls.TLS else None
        cls.ca = cls.folder / "ca" / "ca.pem"
        cls.slapd = cls.enterClassContext(
            slapd.Slapd(cls.folder / "slapd", {tree.SUFFIX: tree.ldif(cls.BULK)}, tls=server))


def secret_file(folder: pathlib.Path, text: str = tree.PROXY_PASSWORD) -> pathlib.Path:
    """The service account's password in a file that others cannot read."""
    path = folder / "secret"
    place.put(path, text + "\n")
    return path


def bind_dn_of(name: str) -> str:
    return f"uid={name},{tree.PEOPLE}"


@contextlib.contextmanager
def cpu_at_most(test: unittest.TestCase, asked: helper.Helper,
                share: float = 0.4) -> Iterator[None]:
    """The helper's CPU time over the block: no busy loop (that is all of the time), no more than
    `share` of it and of 0.3 s for what the work itself may need."""
    began, cpu = time.monotonic(), asked.cpu_s()
    yield
    used, took = asked.cpu_s() - cpu, time.monotonic() - began
    test.assertLess(used, 0.3 + share * took, f"{used:.2f} s of CPU in {took:.2f} s")


def secrets_in(text: str, *secrets: str) -> list[str]:
    """Which of `secrets` are in `text`, plain, escaped as on Squid's lines, or in base64."""
    found = []
    for secret in secrets:
        raw = secret.encode()
        forms = (secret, helper.escape(raw).decode(), base64.b64encode(raw).decode().rstrip("="),
                 raw.hex(), raw.hex().upper())
        found += [form for form in forms if form and form in text]
    return found
