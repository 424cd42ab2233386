# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call basic-file and Squid's own, and the programs that write password files.

Passwords go to the programs by their argument lists: they are the tests' own.
"""

import os
import pathlib
import subprocess

from . import basicldap, helper, place, squid

OK = helper.OK
ERR = helper.ERR


def argv(*words: str | pathlib.Path) -> list[str]:
    return [place.helper_path("basic-file"), *map(str, words)]


def stock_argv(*words: str | pathlib.Path) -> list[str]:
    """Squid's own helper; the test is skipped where it is not installed."""
    return [place.stock_helper("basic_ncsa_auth"), *map(str, words)]


def output_of(program: str, *words: str | bytes) -> str:
    """What an installed program prints; the test is skipped where there is none."""
    done = subprocess.run([place.need_program(program), *words], capture_output=True,
                          env=place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"{program} {words}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode().strip()


def htpasswd(path: pathlib.Path, user: str | bytes, password: str | bytes, *options: str) -> None:
    """Adds or changes a user of the file, which is made where there is none."""
    create = () if path.exists() else ("-c",)
    output_of("htpasswd", "-b", *create, *options, str(path), user, password)


def openssl(password: str | bytes, *options: str) -> str:
    return output_of("openssl", "passwd", *options, password)


def mkpasswd(password: str | bytes, method: str, *options: str) -> str:
    return output_of("mkpasswd", "-m", method, *options, password)


def mkpasswd_methods() -> list[str]:
    rows = output_of("mkpasswd", "-m", "help").splitlines()[1:]
    return [row.split()[0] for row in rows]


def slappasswd(password: str | bytes, scheme: str, *options: str) -> str:
    return output_of("slappasswd", "-h", "{%s}" % scheme, *options, "-s", password)


def cheap(password: str | bytes) -> str:
    """A hash that costs next to nothing to verify."""
    return openssl(password, "-apr1")


def put(path: pathlib.Path, text: str | bytes, *, for_squid: bool = False) -> None:
    """place.put(); `for_squid`, the account that a Squid started by root becomes can read it."""
    place.put(path, text, reader=squid.user_for_squid() if for_squid else None)


class Case(basicldap.Case):
    """A class with a private folder; a test's files and helpers go with it."""

    def new_path(self) -> pathlib.Path:
        return self.folder / f"{self._testMethodName}-{os.urandom(3).hex()}"

    def file(self, *records: tuple[str, str]) -> pathlib.Path:
        """A new file with these users and hashes."""
        path = self.new_path()
        put(path, "".join(f"{user}:{hashed}\n" for user, hashed in records))
        return path

    def ours(self, *words: str | pathlib.Path, **options: object) -> helper.Helper:
        return self.start(argv(*words), **options)
