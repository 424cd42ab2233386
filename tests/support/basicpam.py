# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call basic-pam and Squid's own, with PAM services in a folder of the test's own.

Ours reads that folder by --service-dir. Squid's helper has no such option: libpam-wrapper gives it
the folder. `probe` is the module tests/support/pam_probe.c, which does what its arguments say.
"""

import glob
import os
import pathlib
import unittest

from . import basicfile, basicldap, helper, place

OK = helper.OK
ERR = helper.ERR
PWDFILE = "pam_pwdfile.so"
MODULES = ("/lib/security", "/lib64/security", "/usr/lib/security", "/usr/lib64/security",
           "/lib/*/security", "/usr/lib/*/security")


def argv(*words: str | pathlib.Path) -> list[str]:
    return [place.helper_path("basic-pam"), "--deadline", "40", *map(str, words)]


def stock_argv(services: pathlib.Path, *words: str) -> list[str]:
    """Squid's own helper, with its services in this folder; the test is skipped where it is not."""
    wrapper = glob.glob("/usr/lib*/libpam_wrapper.so*") + \
        glob.glob("/usr/lib/*/libpam_wrapper.so*")
    if not wrapper:
        raise unittest.SkipTest("libpam-wrapper is not installed")
    return [place.need_program("env"), f"LD_PRELOAD={wrapper[0]}", "PAM_WRAPPER=1",
            f"PAM_WRAPPER_SERVICE_DIR={services}", place.stock_helper("basic_pam_auth"), *words]


def need_module(name: str) -> str:
    """The module's name, if PAM has it; the test is skipped where it has not."""
    for folder in MODULES:
        if glob.glob(f"{folder}/{name}"):
            return name
    raise unittest.SkipTest(f"the PAM module {name} is not installed")


def probe() -> str:
    """The path of the tests' own module; the test is skipped where it was not built."""
    path = place.helpers_dir().parent / "tests" / "support" / ".libs" / "pam_probe.so"
    if not path.exists():
        raise unittest.SkipTest(f"{path} was not built")
    return str(path)


def probe_line(kind: str, **acts: str | int) -> str:
    """`probe_line("auth", info="Hello there", code=7)` is a line for it."""
    words = " ".join(f"{name}={str(value).replace(' ', '+')}" for name, value in acts.items())
    return f"{kind} required {probe()} {words}"


class Case(basicldap.Case):
    """A class with a private folder of services. LoginHelper sees to it that an OK names the user
    who was typed, and knows a reason_ that is empty."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.services = cls.folder / "pam.d"
        cls.services.mkdir()

    def new_path(self) -> pathlib.Path:
        return self.folder / f"{self._testMethodName}-{os.urandom(3).hex()}"

    @classmethod
    def put_service(cls, *lines: str, name: str = "squid") -> None:
        place.put(cls.services / name, "".join(f"{line}\n" for line in lines))
        (cls.services / name).chmod(0o644)

    @classmethod
    def users_file(cls, *people: tuple[str, str | bytes], method: str = "-6") -> str:
        """The line of authentication against a new file of these users."""
        module = need_module(PWDFILE)
        path = cls.folder / f"users-{os.urandom(3).hex()}"
        place.put(path, "".join(f"{user}:{basicfile.openssl(password, method)}\n"
                                for user, password in people))
        path.chmod(0o644)
        return f"auth required {module} pwdfile={path}"

    def ours(self, *words: str | pathlib.Path, **options: object) -> helper.Helper:
        return self.start(argv("--service-dir", self.services, *words), **options)

    def raw(self, *words: str | pathlib.Path, **options: object) -> helper.Helper:
        """The same, for replies as they come."""
        log = self.new_path()
        return self.enterContext(
            helper.Helper(argv("--service-dir", self.services, *words), log, **options))

    def stock(self, *words: str) -> helper.Helper:
        return self.start(stock_argv(self.services, *words), ids=False)
