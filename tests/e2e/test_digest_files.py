# SPDX-License-Identifier: BSD-2-Clause
"""Files of digest-file that are not there yet, belong to somebody, or were made by Apache's tool.

Hashes come from Python's MD5 and from htdigest.
"""

import contextlib
import os
import pathlib
import pty
import shutil
import unittest

from support import digestfile, place, squid

REALM = digestfile.REALM
PEOPLE = digestfile.USERS
ALICE = "alice:alice-pw"


class FileAway(digestfile.Case):
    """Squid with `startup=1` ends itself when its helpers do."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())

    def run_squid(self, path: pathlib.Path, *options: str) -> squid.Squid:
        words = digestfile.argv(*options, "-c", "--realm", REALM, path)
        return self.enterContext(digestfile.squid_with(
            self.folder / f"squid-{os.urandom(3).hex()}", words, concurrency=100, children=1))

    def status(self, proxy: squid.Squid, credentials: str) -> int:
        return squid.curl(proxy.port, self.origin.url, credentials, scheme="digest").status

    def test_a_file_that_comes_later(self) -> None:
        path = self.folder / "later"
        proxy = self.run_squid(path)
        helpers = proxy.helper_pids()
        self.assertEqual(self.status(proxy, ALICE), 407)
        digestfile.put(path, digestfile.hashes(PEOPLE), for_squid=True)
        place.wait_for(lambda: self.status(proxy, ALICE) == 200, "200 with the file")
        path.unlink()
        path.mkdir()
        self.addCleanup(shutil.rmtree, path)
        place.wait_for(lambda: f"{path} is a folder" in proxy.cache_log(),
                       "words about the folder")
        self.assertEqual(self.status(proxy, "bob:bob pw with spaces"), 200)
        self.assertEqual(proxy.helper_pids(), helpers)

    def test_who_can_read_the_file(self) -> None:
        """root:proxy 0640 is right and not worth a word; a file for all is."""
        if squid.user_for_squid() is None:
            self.skipTest("the file can be given to Squid's group by root alone")
        path = self.folder / "owned"
        digestfile.put(path, digestfile.hashes(PEOPLE), for_squid=True)
        proxy = self.run_squid(path)
        self.assertEqual(self.status(proxy, ALICE), 200)
        self.assertNotIn("digest-file: ", proxy.cache_log())
        path.chmod(0o644)
        place.wait_for(lambda: "digest-file: warning" in proxy.cache_log(), "a warning")


@unittest.skipUnless(shutil.which("htdigest"), "Apache's htdigest is not installed")
class Htdigest(digestfile.Case):
    """Apache's tool writes the file."""

    def htdigest(self, *words: str, password: str) -> None:
        """It reads the password from a terminal alone."""
        child, terminal = pty.fork()
        if child == 0:
            with contextlib.suppress(OSError):
                os.execvp("htdigest", ["htdigest", *words])
            os._exit(127)
        for _ in range(2):
            said = b""
            while b"password:" not in said:
                said += os.read(terminal, 1000)
            os.write(terminal, password.encode() + b"\n")
        with contextlib.suppress(OSError):
            while os.read(terminal, 1000):
                pass
        os.close(terminal)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_its_files_work(self) -> None:
        path = self.folder / "htdigest"
        for number, (user, password) in enumerate(PEOPLE.items()):
            self.htdigest(*(["-c"] if number == 0 else []), str(path), REALM, user,
                          password=password)
        asked = self.ours("-c", path)
        for user, password in PEOPLE.items():
            with self.subTest(user):
                self.assertEqual(asked.about(user), digestfile.ok(user, REALM, password))
                self.assertEqual(asked.about(user, "Other"), digestfile.DENIED)
        self.htdigest(str(path), REALM, "bob", password="changed")
        asked.await_about("bob", digestfile.ok("bob", REALM, "changed"))


if __name__ == "__main__":
    unittest.main()
