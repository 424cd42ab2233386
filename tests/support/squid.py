# SPDX-License-Identifier: BSD-2-Clause
"""Squid with one `auth_param` scheme, a tiny origin server behind it, and curl in front of it.

Squid runs in the foreground with a private folder and a service name of its own (a Squid that
dies leaves files of that name in /dev/shm; they are removed here). Started by root it becomes
another user, as it must; the helper then has to be readable for that user.
"""

import contextlib
import dataclasses
import http.server
import os
import pathlib
import pwd
import re
import signal
import socket
import subprocess
import threading
import unittest
import urllib.parse
from collections.abc import Sequence

from . import place

USERS = ("proxy", "squid", "nobody")
WITH_REALM = ("basic", "digest")


class Origin:
    """An HTTP server in this process that answers every GET with 200 and a word."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = b"hello from the origin\n"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # a browser that has been closed
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    def __init__(self) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> "Origin":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def in_user_namespace() -> bool:
    """We are root in a namespace of our own only: nobody else exists there (privatenet)."""
    return pathlib.Path("/proc/self/uid_map").read_text().split()[2] != "4294967295"


def user_for_squid() -> str | None:
    """The account a Squid started by root shall become; None when we are not root."""
    if os.geteuid() != 0 or in_user_namespace():
        return None
    for name in USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise unittest.SkipTest(f"root needs one of the accounts {', '.join(USERS)} to start Squid")


def quote_word(word: str) -> str:
    """One word of a helper's command line in squid.conf."""
    return '"' + re.sub(r'(["\\])', r"\\\1", word) + '"' if re.search(r'[\s"\\]', word) else word


@dataclasses.dataclass(frozen=True)
class Logged:
    """One request in access.log. The user is "-" if none was named."""
    status: int
    method: str
    url: str
    user: str


class Squid:
    """A private Squid that asks `helper` (an argv) about `scheme`. `auth` are further lines for
    squid.conf: `auth_param`, also of other schemes, and access rules that come first.

    `port` is where it listens, `pid` its own, `helper_pids()` its children.
    """

    def __init__(self, folder: pathlib.Path, helper: Sequence[str], *, scheme: str = "basic",
                 concurrency: int = 0, children: int = 5, auth: Sequence[str] = ()):
        self.program = place.need_program("squid")
        self.folder = folder
        self.port = place.free_port()
        self.service = f"pxa{os.getpid()}x{self.port}"
        self.user = user_for_squid()
        folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            helper = [place.for_others(helper[0], folder), *helper[1:]]
        limit = f" concurrency={concurrency}" if concurrency else ""
        command = " ".join(quote_word(word) for word in helper)
        realm = [f"auth_param {scheme} realm Test Proxy"] if scheme in WITH_REALM else []
        self.auth_lines = [f"auth_param {scheme} program {command}",
                           f"auth_param {scheme} children {children} startup=1 idle=1{limit}",
                           *realm, *auth]
        self.process: place.Process | None = None
        self._prepare()

    def _prepare(self) -> None:
        user = [f"cache_effective_user {self.user}"] if self.user else []
        (self.folder / "squid.conf").write_text("\n".join([
            *user, *self.auth_lines,
            f"http_port 127.0.0.1:{self.port}", "visible_hostname proxy.example.test",
            f"pid_filename {self.folder}/squid.pid", f"cache_log {self.folder}/cache.log",
            f"access_log stdio:{self.folder}/access.log squid", f"coredump_dir {self.folder}",
            "cache deny all", "cache_mem 8 MB", "netdb_filename none", "pinger_enable off",
            "shutdown_lifetime 0 seconds", "logfile_rotate 0", "max_filedescriptors 4096",
            "request_header_max_size 64 KB", "acl authenticated proxy_auth REQUIRED",
            "http_access allow authenticated", "http_access deny all", ""]))
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def start(self) -> "Squid":
        # Squid refuses to stay root; in a namespace of its own it is somebody else again.
        front = [place.need_program("unshare"), "--user", "--map-user=65534",
                 "--map-group=65534"] if os.geteuid() == 0 and not self.user else []
        self.process = place.Process(
            [*front, self.program, "-N", "-n", self.service, "-f", str(self.folder / "squid.conf")],
            self.folder / "squid.out")
        place.wait_for(self._listens, "Squid to listen")
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def _listens(self) -> bool:
        assert self.process is not None
        if not self.process.alive():
            raise AssertionError(f"Squid ended: {self.process.log_tail()}\n{self.cache_log()}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            return True
        return False

    def cache_log(self) -> str:
        """Squid's cache.log, to which the helpers' standard error goes as well."""
        path = self.folder / "cache.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def access_log(self) -> list[Logged]:
        """What access.log says so far. A request is logged when its answer has been sent, which
        may be a moment after the client has it."""
        path = self.folder / "access.log"
        rows = [row.split() for row in path.read_text().splitlines()] if path.exists() else []
        return [Logged(int(row[3].rpartition("/")[2]), row[5], row[6],
                       urllib.parse.unquote(row[7]))
                for row in rows if len(row) >= 10]

    def names_log(self) -> list[str]:
        """Lines of squid.conf for names()."""
        return ["logformat names %#un %>Hs",
                f"access_log stdio:{self.folder}/names.log names"]

    def names(self) -> list[str]:
        """A line `user status` for each request so far, the name with URL escapes. As with
        access_log(), the last may be missing when the client has its answer."""
        path = self.folder / "names.log"
        rows = path.read_text().splitlines(keepends=True) if path.exists() else []
        return [row.rstrip("\n") for row in rows if row.endswith("\n")]

    def let_in(self) -> list[str]:
        """Whose requests got their page, by names()."""
        return [urllib.parse.unquote(row.split()[0]) for row in self.names()
                if row.endswith(" 200")]

    def helper_pids(self) -> list[int]:
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [int(child) for child in children]

    def stop(self) -> None:
        if self.process:
            self.process.stop(signal.SIGTERM)
        for left in pathlib.Path("/dev/shm").glob(f"{self.service}-*"):
            left.unlink(missing_ok=True)

    def __enter__(self) -> "Squid":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclasses.dataclass(frozen=True)
class Answer:
    """What curl got through the proxy."""
    status: int
    headers: str
    body: bytes

    def header(self, name: str) -> str | None:
        found = re.search(rf"^{re.escape(name)}:\s*(.*?)\r?$", self.headers, re.M | re.I)
        return found.group(1) if found else None


def curl(port: int, url: str, credentials: bytes | str | None = None, *,
         scheme: str = "basic") -> Answer:
    """One GET by curl through the proxy at `port`; `credentials` are the bytes of user:password,
    given by `scheme`. The answer is the last one, where the scheme takes several.

    They go in by curl's configuration on standard input, never by its argument list.
    """
    raw = credentials.encode() if isinstance(credentials, str) else credentials
    config = b'silent\nshow-error\ninclude\nsuppress-connect-headers\nmax-time = 60\n'
    config += b'proxy = "http://127.0.0.1:%d"\nurl = "%s"\n' % (port, url.encode())
    if raw is not None:
        user, _, password = raw.partition(b":")     # curl URL-decodes both
        quoted = ":".join(urllib.parse.quote(part, safe="") for part in (user, password))
        config += b'proxy-%s\nproxy-user = "%s"\n' % (scheme.encode(), quoted.encode())
    done = subprocess.run([place.need_program("curl"), "-q", "-K", "-"], input=config,
                          capture_output=True, env=place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"curl: {done.stderr.decode(errors='replace')}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    while body.startswith(b"HTTP/1."):      # curl leaves out the bodies of all but the last
        head, _, body = body.partition(b"\r\n\r\n")
    headers = head.decode("latin-1")
    return Answer(int(headers.split()[1]), headers, body)
