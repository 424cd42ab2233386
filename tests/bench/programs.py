# SPDX-License-Identifier: BSD-2-Clause
"""The programs that are measured, and those that measure: how each is run for one block."""

import dataclasses
import json
import os
import pathlib
import subprocess
from collections.abc import Callable, Sequence

from support import place, slapd, tree

SQUID_HELPERS = ("/usr/lib/squid/basic_ldap_auth", "/usr/lib64/squid/basic_ldap_auth",
                 "/usr/libexec/squid/basic_ldap_auth")
FILTER = "(uid=%s)"
CONNECTIONS = 64
OPEN_LOOP_WINDOW = 4096
LOG_TAIL = 4096

Block = dict  # what the driver or the ceiling printed


class Failed(Exception):
    """A block that cannot count: a wrong verdict, a missing reply, a BH where all is well."""


def squid_helper_path() -> str | None:
    return next((path for path in SQUID_HELPERS if os.access(path, os.X_OK)), None)


@dataclasses.dataclass(frozen=True)
class Load:
    """How a helper is asked: so many processes, so many requests in flight on each."""
    processes: int = 1
    window: int = 1
    ids: bool = False
    rate_per_s: float = 0
    words: bool = False     # a line is a user and groups, not a user and a password
    echo: bool = False      # the helper says what it was asked

    def options(self) -> list[str]:
        words = ["--processes", str(self.processes), "--window", str(self.window)]
        for name in ("ids", "words", "echo"):
            words += [f"--{name}"] if getattr(self, name) else []
        return words + (["--rate", f"{self.rate_per_s:g}"] if self.rate_per_s else [])


class Programs:
    """Runs blocks. `folder` holds the list of logins, the secret file and what helpers log."""

    def __init__(self, tools: pathlib.Path, folder: pathlib.Path, *, logins: pathlib.Path,
                 secret: pathlib.Path, ca: pathlib.Path):
        self.tools = tools
        self.logins = logins
        self.secret = secret
        self.ca = ca
        self.folder = folder
        self.log = folder / "helpers.log"

    def ours(self, *urls: str) -> list[str]:
        return [place.helper_path("basic-ldap"), "--concurrency", "on", "-b", tree.SUFFIX,
                "-D", tree.PROXY_DN, "-W", str(self.secret), "-f", FILTER, "-H", " ".join(urls),
                "--ca-file", str(self.ca), "--connections", str(CONNECTIONS)]

    def squids(self, url: str) -> list[str]:
        path = squid_helper_path()
        if path is None:
            raise Failed("Squid's basic_ldap_auth is not installed")
        return [path, "-b", tree.SUFFIX, "-D", tree.PROXY_DN, "-W", str(self.secret),
                "-f", FILTER, "-P", "-H", url]

    def blocking(self, url: str) -> list[str]:
        return [str(self.tools / "blocking"), url, tree.SUFFIX, tree.PROXY_DN, str(self.secret)]

    def drive(self, helper: Sequence[str], load: Load, phases: str,
              on_begin: dict[str, Callable[[], None]] | None = None,
              logins: pathlib.Path | None = None) -> Block:
        """One run of the driver. on_begin maps names of phases to what is done as they begin;
        without it nothing goes wrong on purpose, and a BH makes the block worthless."""
        block = self._run([str(self.tools / "driver"), "--logins", str(logins or self.logins),
                            "--phases", phases, "--announce", *load.options(), "--", *helper],
                          on_begin or {})
        broken = sum(phase["bh"] for phase in block["phases"].values())
        if broken and not on_begin:
            raise Failed(f"{' '.join(helper)}\nanswered BH to {broken} requests")
        return block

    def ceiling(self, url: str, window: int, phases: str) -> Block:
        return self._run([str(self.tools / "ceiling"), "--uri", url, "--base", tree.SUFFIX,
                          "--bind-dn", tree.PROXY_DN, "--secret-file", str(self.secret),
                          "--logins", str(self.logins), "--phases", phases,
                          "--connections", str(CONNECTIONS), "--window", str(window)], {})

    def decoders(self, rounds: int, block_ms: float) -> Block:
        return self._run([str(self.tools / "decoders"), str(rounds), f"{block_ms:g}"], {})

    def tool(self, name: str, *arguments: str,
             on_begin: dict[str, Callable[[], None]] | None = None) -> Block:
        """One run of the bench's own program `name`."""
        return self._run([str(self.tools / name), *arguments], on_begin or {})

    def _run(self, argv: Sequence[str], on_begin: dict[str, Callable[[], None]]) -> Block:
        last = "{}"
        with open(self.log, "ab") as log:
            start = log.tell()
            with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log, text=True,
                                  env=place.clean_env(LDAPTLS_CACERT=str(self.ca))) as child:
                assert child.stdout is not None
                for last in child.stdout:
                    on_begin.get(json.loads(last).get("begun", ""), lambda: None)()
        if child.returncode != 0:
            said = self.log.read_bytes()[start:][-LOG_TAIL:].decode(errors="replace")
            raise Failed(f"{' '.join(argv)}\nended with {child.returncode}: {said}{last}")
        return json.loads(last)


class Relay:
    """A delay between a helper and its server, which can be told to refuse or to fall silent."""

    def __init__(self, tools: pathlib.Path, server: slapd.Slapd, round_trip_ms: float):
        self.argv = [str(tools / "relay"), str(server.socket), f"{round_trip_ms:g}"]

    def __enter__(self) -> "Relay":
        self.child = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      text=True)
        assert self.child.stdout is not None
        self.url = f"ldap://127.0.0.1:{self.child.stdout.readline().split()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self.child.communicate()  # the end of its standard input ends it

    def order(self, mode: str) -> None:
        """mode is pass, refuse or silent; returns when it holds."""
        assert self.child.stdin is not None and self.child.stdout is not None
        self.child.stdin.write(mode + "\n")
        self.child.stdin.flush()
        if self.child.stdout.readline().strip() != mode:
            raise Failed(f"the relay did not take the order {mode}")
