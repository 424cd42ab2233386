# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi in tests: its command line, one that talks as under Squid to a private MIT
realm, and a Squid with it.

    class Case(gssapi.Case):        # cls.realm is a KDC with gssapi.USERS, who have tickets
        def test(self):
            asked = self.helper("--keytab", self.keytab)
            reply = gssapi.ask(asked, self.token("alice"))
            reply.word, reply.user, reply.groups, reply.token
"""

import base64
import dataclasses
import pathlib
import re
import subprocess
from collections.abc import Mapping, Sequence

from . import basicldap, gss, helper, kdc, place, squid

Helper = helper.Helper
SERVICE = "HTTP@localhost"
USERS = {"alice": "alice-pw", "bob": "bob-pw", "jürgen müller": "pässwörd", "carol": "carol-pw"}


def argv(*options: str | pathlib.Path) -> list[str]:
    return [place.helper_path("negotiate-gssapi"), *map(str, options)]


@dataclasses.dataclass
class Reply:
    """One reply line, its notes as Squid reads them (src/helper/Reply.cc)."""
    line: str
    word: str
    text: str                           # all behind the word, as it stands
    notes: list[tuple[str, str]]

    @classmethod
    def of(cls, line: str) -> "Reply":
        word, _, text = line.partition(" ")
        found = re.findall(r'(?:^| )([A-Za-z0-9_-]+)=(?:"((?:\\.|[^"\\])*)"|(\S*))', text)
        notes = [(key, re.sub(r"\\(.)", r"\1", quoted) if quoted else bare)
                 for key, quoted, bare in found]
        return cls(line, word, text, notes)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.notes if name == key]

    def one(self, key: str) -> str:
        """The value of a note that is there once; "" where it is not there."""
        found = self.all(key)
        assert len(found) < 2, self.line
        return found[0] if found else ""

    @property
    def user(self) -> str:
        return self.one("user")

    @property
    def groups(self) -> list[str]:
        return self.all("group")

    @property
    def message(self) -> str:
        return self.one("message")

    @property
    def token(self) -> bytes:
        """What the client gets: of OK its note, of TT the word behind it."""
        return base64.b64decode(self.text if self.word == "TT" else self.one("token"))


def line(token: bytes, verb: str = "YR") -> bytes:
    return verb.encode() + b" " + base64.b64encode(token)


def ask(asked: Helper, token: bytes, verb: str = "YR",
        timeout_s: float = place.PATIENCE_S) -> Reply:
    """One request, its reply."""
    return ask_line(asked, line(token, verb), timeout_s)


def ask_line(asked: Helper, request: bytes, timeout_s: float = place.PATIENCE_S) -> Reply:
    asked.send(request)
    return Reply.of(asked.receive(timeout_s)[1])


class Case(basicldap.Case):
    """A class with a KDC of its own. Helpers remember tokens in a folder of this class."""

    REALM = kdc.REALM
    HELPER = helper.Helper
    SERVICES: Sequence[str] = ("HTTP/localhost",)
    USERS: Mapping[str, str] = USERS
    TICKETS: Sequence[str] = ("alice",)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.realm = cls.enterClassContext(
            kdc.Kdc(cls.folder / "realm", cls.USERS, cls.SERVICES, cls.REALM))
        cls.keytab = cls.realm.keytab
        cls.replays = cls.folder / "replays"
        cls.replays.mkdir()
        for user in cls.TICKETS:
            cls.realm.kinit(user)

    @classmethod
    def server_env(cls, **extra: str) -> dict[str, str]:
        """As kdc.client_env(), but used tokens are remembered, in the folder of this class."""
        env = cls.realm.env() | {"KRB5RCACHEDIR": str(cls.replays)} | extra
        del env["KRB5RCACHENAME"]
        return env

    def token(self, user: str = "alice", service: str = SERVICE, mech: str = "spnego") -> bytes:
        """A client's first token, a new one each time."""
        return gss.init(self.realm.env(user), service, mech)

    def helper(self, *options: str | pathlib.Path, env: Mapping[str, str] | None = None,
               keytab: bool = True) -> Helper:
        """negotiate-gssapi with this realm's keytab, unless told otherwise."""
        words = argv(*(("--keytab", self.keytab) if keytab else ()), *options)
        return self.start(words, ids=False, env=env if env is not None else self.server_env())

    def assert_ok(self, reply: Reply, user: str, asked: Helper) -> Reply:
        """OK for this user, with a token for the client."""
        self.assertEqual((reply.word, reply.user), ("OK", user),
                         f"{reply.line}\n{asked.log_text()}")
        self.assertTrue(reply.token)
        return reply

    def assert_denied(self, reply: Reply, words: str, asked: Helper) -> Reply:
        """ERR, and the client is told `words`, a regular expression."""
        self.assertEqual(reply.word, "ERR", f"{reply.line}\n{asked.log_text()}")
        self.assertRegex(reply.message, words)
        return reply


def run(*options: str | pathlib.Path, env: Mapping[str, str] | None = None,
        text: bytes = b"") -> subprocess.CompletedProcess:
    """A whole run, for what ends at start-up: --check, --help, options that cannot be used."""
    return subprocess.run(argv(*options), input=text, capture_output=True,
                          env=dict(env if env is not None else place.clean_env()),
                          timeout=place.PATIENCE_S, check=False)


class Squid(squid.Squid):
    """A Squid with negotiate-gssapi (or `program`) behind `schemes`, in the environment `env`;
    `auth` are further lines, access rules that come first. It keeps names()."""

    def __init__(self, folder: pathlib.Path, options: Sequence[str | pathlib.Path],
                 env: Mapping[str, str], *, schemes: Sequence[str] = ("negotiate",),
                 children: int = 2, program: str | None = None, auth: Sequence[str] = ()):
        self.env, self.schemes, self.children = env, schemes, children
        self.options, self.more = [str(option) for option in options], auth
        self.helper = program or argv()[0]
        super().__init__(folder, [self.helper])

    def _prepare(self) -> None:
        """The helper is started by env(1), which becomes it: only what this Squid's helper needs of
        `env` goes into squid.conf."""
        program = place.for_others(self.helper, self.folder) if self.user else self.helper
        front = [place.need_program("env"),
                 *(f"{name}={self.env[name]}" for name in sorted(self.env)
                   if name.startswith(("KRB5", "NTLM")))]
        self.auth_lines = self.names_log()
        for scheme in self.schemes:
            kind = ["--scheme", "ntlm"] if scheme == "ntlm" else []
            words = [*front, program, *kind, *self.options]
            command = " ".join(squid.quote_word(word) for word in words)
            self.auth_lines += [f"auth_param {scheme} program {command}",
                                f"auth_param {scheme} children {self.children} startup=1 idle=1",
                                f"auth_param {scheme} keep_alive on"]
        self.auth_lines += self.more
        super()._prepare()


def for_squid(keytab: pathlib.Path, copy: pathlib.Path) -> pathlib.Path:
    """A copy of the keytab that Squid's account can read."""
    place.put(copy, keytab.read_bytes(), squid.user_for_squid())
    return copy


@dataclasses.dataclass
class Page:
    """What curl got: the status of each response, the last one's headers and body, what curl -v
    said, how many connections it made."""
    statuses: list[int]
    headers: str
    body: bytes
    said: str
    connections: int

    def tokens(self) -> list[bytes]:
        """Those of the challenges or the final answers (Proxy-Authenticate) in all responses."""
        found = re.findall(r"^< Proxy-Authenticate: Negotiate (\S+)\r?$", self.said, re.M | re.I)
        return [base64.b64decode(token) for token in found]


def curl(port: int, urls: str | Sequence[str], *options: str, env: Mapping[str, str],
         user: str = ":", host: str = "localhost") -> Page:
    """GETs through the proxy `host`:`port`, one after the other on one connection where the
    proxy keeps it."""
    urls = [urls] if isinstance(urls, str) else urls
    config = f'proxy = "http://{host}:{port}"\n'
    config += "".join(f'url = "{url}"\n' for url in urls)
    config += "verbose\nsilent\nshow-error\ninclude\nmax-time = 60\n"
    config += 'proxy-user = "' + re.sub(r'(["\\])', r"\\\1", user) + '"\n'
    done = subprocess.run([place.need_program("curl"), "-q", "-4", "-K", "-", *options],
                          input=config.encode(), capture_output=True, env=dict(env), check=False)
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise AssertionError(f"curl: {said}")
    heads = re.findall(rb"^HTTP/1\.1 (\d+) .*?\r\n\r\n", done.stdout, re.M | re.S)
    head, _, body = done.stdout.rpartition(b"\r\n\r\n")
    return Page([int(status) for status in heads], head.decode("latin-1"), body, said,
                len(re.findall(r"^\* Connected to ", said, re.M)))
