# SPDX-License-Identifier: BSD-2-Clause
"""`proxyauth passwd` of this build, and what Python says of HA1."""

import hashlib
import pathlib
import subprocess
import unittest

from . import place

REALM = "a realm"
NT_OF_PASSWORD = "A4F49C406510BDCAB6824EE7C30FD852"      # [MS-NLMP] 4.2.2.1.2, of "Password"


def ha1(user: str, password: str, realm: str = REALM) -> str:
    return hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()


def run(action: str, *words: str | bytes | pathlib.Path, password: str | bytes | None = None,
        status: int | None = 0, **popen: object) -> subprocess.CompletedProcess:
    """passwd ACTION WORDS; with a password also --stdin. Any status if `status` is None."""
    data = password.encode() if isinstance(password, str) else password
    argv = [place.helper_path("proxyauth"), "passwd", action, *words]
    if data is not None:
        argv.append("--stdin")
        popen["input"] = data + b"\n"
    else:
        popen.setdefault("stdin", subprocess.DEVNULL)
    popen.setdefault("env", place.clean_env())
    done = subprocess.run(argv, capture_output=True, check=False, **popen)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{argv[1:]}: {done.returncode}, {done.stdout!r}, {done.stderr!r}")
    return done


def only(folder: pathlib.Path, *names: str) -> bool:
    """Whether the folder holds these files and nothing else: no leftover."""
    return sorted(path.name for path in folder.iterdir()) == sorted(names)


class FolderCase(unittest.TestCase):
    """With a folder of its own, and a file `users` in it that is not there yet."""

    def setUp(self) -> None:
        manager = place.private_folder("passwd")
        self.folder = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        self.file = self.folder / "users"

    def refused(self, *words: str | pathlib.Path, says: str, status: int = 1,
                **more: object) -> None:
        """It exits with `status` and a sentence on standard error alone; no file has changed."""
        before = {path: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        done = run(*words, status=status, **more)
        self.assertEqual(done.stdout, b"")
        self.assertRegex(done.stderr.decode(), rf"\Aproxyauth passwd: [^\n]*{says}[^\n]*\n\Z")
        self.assertEqual({path: path.read_bytes() for path in self.folder.iterdir()
                          if path.is_file()}, before)
