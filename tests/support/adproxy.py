# SPDX-License-Identifier: BSD-2-Clause
"""basic-ldap for the test domain, alone and behind a real Squid whose deny page is the words of
the helper, as an administrator would show them to people.
"""

import os
import pathlib
import pwd
import shutil
import unittest
import urllib.parse
from collections.abc import Sequence

from . import addomain, adtree, basicldap, helper, place, squid

TEMPLATES = ("/usr/share/squid/errors/templates", "/usr/share/squid-langpack/templates",
             "/usr/share/squid/errors/en")
DENIED_PAGE = "ERR_CACHE_ACCESS_DENIED"
NOTES = ("user", "message", "reason_", "password_expires_", "grace_logins_", "group", "groups_")


def readable_for_squid(path: pathlib.Path) -> pathlib.Path:
    """The same file, owned by the account that Squid gives its helpers."""
    name = squid.user_for_squid()
    if name:
        account = pwd.getpwnam(name)
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def secret_file(folder: pathlib.Path) -> pathlib.Path:
    """The service account's password. Made once: another test's helper may be reading it."""
    path = folder / "secret"
    if not path.exists():
        readable_for_squid(basicldap.secret_file(folder, adtree.SVC_LDAP.password))
    return path


def argv(domain: addomain.Domain, *options: str, url: str = addomain.LDAP_URL) -> list[str]:
    """basic-ldap with what is needed and nothing else; the names of servers come from `url`."""
    return [place.helper_path("basic-ldap"), *place.patient(options), "--domain",
            adtree.DNS_DOMAIN, "--uri", url, "--ca-file", str(domain.ca),
            "--bind-dn", adtree.SVC_LDAP.implicit_upn,
            "--bind-password-file", str(secret_file(domain.folder)), *options]


def _own_pages(folder: pathlib.Path) -> pathlib.Path:
    """Squid's error pages, the one for a refused login saying only why (%m)."""
    target = folder / "pages"
    for source in TEMPLATES:
        if pathlib.Path(source, DENIED_PAGE).exists():
            shutil.copytree(source, target)
            (target / DENIED_PAGE).write_text("[%m]")
            return target
    raise unittest.SkipTest(f"Squid's error pages are in none of {', '.join(TEMPLATES)}")


class Proxy(squid.Squid):
    """A Squid that asks `words` (an argv) who may use it. `auth` as in squid.Squid.

    login() is one request, notes() what the helper said of the latest.
    """

    def __init__(self, folder: pathlib.Path, words: Sequence[str], auth: Sequence[str] = ()):
        folder.mkdir()
        row = " ".join(["%ru", *(f"%#{{{name}}}note" for name in NOTES)])
        super().__init__(folder, words, concurrency=100, children=1, auth=[
            *auth, "auth_param basic credentialsttl 1 second",
            f"error_directory {_own_pages(folder)}", f"logformat notes {row}",
            f"access_log stdio:{folder}/notes.log notes"])
        self.origin = squid.Origin()
        self.url = ""
        self.requests = 0

    def login(self, name: str | bytes, password: str | bytes) -> squid.Answer:
        raw = [part if isinstance(part, bytes) else part.encode() for part in (name, password)]
        self.requests += 1
        self.url = f"{self.origin.url}{self.requests}"
        return squid.curl(self.port, self.url, b":".join(raw))

    def refusal(self, name: str | bytes, password: str | bytes) -> str:
        """What a person who is refused reads; an AssertionError where nobody was refused."""
        answer = self.login(name, password)
        assert answer.status == 407, answer
        return answer.body.decode().removeprefix("[").removesuffix("]")

    def notes(self) -> dict[str, str]:
        """Of the latest request; it is logged a moment after its answer."""
        path = self.folder / "notes.log"

        def logged() -> list[str]:
            rows = path.read_text().splitlines(keepends=True) if path.exists() else []
            return next((row.split() for row in rows
                         if row.endswith("\n") and row.split()[0] == self.url), [])
        row = place.wait_for(logged, f"{self.url} in {path}")
        return {name: urllib.parse.unquote(value) for name, value in zip(NOTES, row[1:])
                if value != "-"}

    def start(self) -> "Proxy":
        self.origin.__enter__()
        super().start()
        return self

    def stop(self) -> None:
        super().stop()
        self.origin.__exit__(None, None, None)


class Case(basicldap.Case):
    """A class with one Proxy for all its tests, and helpers of its own with the same options."""

    HELPER = helper.Helper              # replies as they come
    DOMAIN: addomain.Domain             # set by setUpModule()
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.words = argv(Case.DOMAIN, *cls.OPTIONS)
        cls.proxy = cls.enterClassContext(Proxy(cls.folder / "squid", cls.words, cls.AUTH))

    def ours(self, *options: str, url: str = addomain.LDAP_URL) -> helper.Helper:
        """A helper without Squid."""
        return self.start(argv(Case.DOMAIN, *options, url=url))

    def assert_accepted(self, name: str | bytes, password: str | bytes) -> None:
        answer = self.proxy.login(name, password)
        self.assertEqual(answer.status, 200, (name, answer.body, self.proxy.cache_log()[-2000:]))

    def assert_refused(self, name: str | bytes, password: str | bytes) -> None:
        self.assertEqual(self.proxy.login(name, password).status, 407, name)


def enter(folder: pathlib.Path) -> None:
    """For setUpModule(): the domain runs, and Case.DOMAIN is it."""
    Case.DOMAIN = unittest.enterModuleContext(addomain.private(folder))
