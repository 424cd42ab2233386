# SPDX-License-Identifier: BSD-2-Clause
"""basic-file behind a real Squid, with curl in front, and the lines that people write for it."""

import pathlib
import re
import unittest

from support import basicfile, place, squid

UTF_8 = "pässwörd €"
LATIN_1 = "pässwörd".encode("latin-1")


class Proxy(basicfile.Case):
    """A Squid whose helper reads the users below."""

    CONCURRENCY = 0
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.path = cls.folder / "users"
        cls.users = "".join(f"{user}:{hashed}\n" for user, hashed in (
            ("alice", basicfile.mkpasswd("alice-pw", "yescrypt", "-R", "1")),
            ("bob", basicfile.mkpasswd("bob: pw %41", "bcrypt")),
            ("mia", basicfile.openssl("x", "-apr1")),
            ("dora", basicfile.mkpasswd("dora-pw", "descrypt")),
            ("jürgen", basicfile.cheap(UTF_8)),
            ("utf8", basicfile.cheap("pässwörd")),
            ("latin1", basicfile.cheap(LATIN_1))))
        basicfile.put(cls.path, cls.users, for_squid=True)
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", basicfile.argv(*cls.OPTIONS, cls.path),
            concurrency=cls.CONCURRENCY, auth=cls.AUTH))

    def status(self, credentials: bytes | str | None) -> int:
        return squid.curl(self.squid.port, self.origin.url, credentials).status


class Requests:
    def test_no_credentials_are_a_challenge(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url)
        self.assertEqual(answer.status, 407)
        self.assertEqual(answer.header("Proxy-Authenticate"), 'Basic realm="Test Proxy"')

    def test_right_and_wrong(self) -> None:
        for credentials, status in (("alice:alice-pw", 200), ("alice:wrong", 407),
                                    ("bob:bob: pw %41", 200), ("bob:bob: pw A", 407),
                                    ("mia:x", 200), ("mia:", 407), ("nobody:x", 407), (":x", 407),
                                    ("dora:dora-pw", 407), ("alice:" + "p" * 8000, 407)):
            with self.subTest(credentials[:30]):
                self.assertEqual(self.status(credentials), status)

    def test_names_in_either_case(self) -> None:
        """Squid makes names lower case unless `casesensitive on`; the file must hold them so."""
        self.assertEqual(self.status("ALICE:alice-pw"), 200)

    def test_the_file_changes(self) -> None:
        self.assertEqual(self.status("new:new-pw"), 407)
        basicfile.put(self.path, self.users + "new:" + basicfile.cheap("new-pw"), for_squid=True)
        place.wait_for(lambda: self.status("new:new-pw") == 200, "the new user to log in")
        basicfile.put(self.path, self.users, for_squid=True)

    def test_bytes_are_what_the_client_sends(self) -> None:
        """Without `utf8 on` the file must hold the hash of the very bytes that browsers send."""
        for credentials, status in ((f"jürgen:{UTF_8}".encode(), 200),
                                    (b"utf8:" + "pässwörd".encode(), 200),
                                    (b"utf8:" + LATIN_1, 407),
                                    (b"latin1:" + LATIN_1, 200),
                                    (b"latin1:" + "pässwörd".encode(), 407)):
            with self.subTest(credentials):
                self.assertEqual(self.status(credentials), status)

    def test_the_helper_says_nothing_strange(self) -> None:
        self.status("alice:alice-pw")
        for trouble in ("unexpected", "exited", "assertion", "FATAL", "too rapidly",
                        "can be read by"):
            self.assertNotIn(trouble, self.squid.cache_log())
        self.assertIn("records with a weak hash (DES, or MD5 of one pass): 1",
                      self.squid.cache_log())


class OneAtATime(Requests, Proxy):
    """No concurrency: lines without ids, several processes."""


class Concurrent(Requests, Proxy):
    CONCURRENCY = 200


class WithKeyExtras(Requests, Proxy):
    """Squid appends the client's address to every line."""
    CONCURRENCY = 200
    OPTIONS = ("--key-extras", "1")
    AUTH = ('auth_param basic key_extras "%>a"',)


class Utf8(Proxy):
    """`utf8 on`: what is not UTF-8 is taken for Latin-1 and converted; the file holds UTF-8."""

    CONCURRENCY = 200
    AUTH = ("auth_param basic utf8 on",)

    def test_bytes_are_utf_8(self) -> None:
        for credentials, status in ((f"jürgen:{UTF_8}".encode(), 200),
                                    (b"utf8:" + "pässwörd".encode(), 200),
                                    (b"utf8:" + LATIN_1, 200),
                                    (b"latin1:" + LATIN_1, 407),
                                    (b"latin1:" + "pässwörd".encode(), 407)):
            with self.subTest(credentials):
                self.assertEqual(self.status(credentials), status)


class FileAway(basicfile.Case):
    def test_407_while_away_and_200_after(self) -> None:
        """Squid shows BH as 407, asks twice more, and keeps its helper."""
        path = self.folder / "users"
        origin = self.enterContext(squid.Origin())
        proxy = self.enterContext(squid.Squid(self.folder / "squid", basicfile.argv(path),
                                              concurrency=200))
        pids = proxy.helper_pids()
        self.assertEqual(squid.curl(proxy.port, origin.url, "alice:x").status, 407)
        basicfile.put(path, "alice:" + basicfile.cheap("x"), for_squid=True)
        place.wait_for(lambda: squid.curl(proxy.port, origin.url, "alice:x").status == 200, "200")
        self.assertEqual(proxy.helper_pids(), pids)


class WildLines(basicfile.Case):
    """`auth_param basic program .../basic_ncsa_auth FILE` is the only shape there is: Squid's
    helper takes one word and nothing else. The first is of Squid's wiki; the others are the
    folders of other distributions, of a build from source and of an old Debian."""

    LINES = ("/usr/lib/squid/basic_ncsa_auth /etc/squid/passwords",
             "/usr/lib64/squid/basic_ncsa_auth /etc/squid/passwd",
             "/usr/local/squid/libexec/basic_ncsa_auth /usr/local/squid/etc/passwd",
             "/usr/lib/squid3/basic_ncsa_auth /etc/squid3/.htpasswd")

    def test_swapping_the_path_is_enough(self) -> None:
        for line in self.LINES:
            words = line.split()[1:]
            with self.subTest(line):
                path = self.folder / re.sub(r"^/", "", words[0])
                path.parent.mkdir(parents=True, exist_ok=True)
                basicfile.put(path, "alice:" + basicfile.cheap("x"))
                words = [str(self.folder / pathlib.Path(word).relative_to("/")) for word in words]
                for ids in (False, True):
                    asked = self.start(basicfile.argv(*words), ids=ids)
                    self.assertEqual(asked.ask("alice", "x"), basicfile.OK)
                    self.assertEqual(asked.ask("alice", "y"), basicfile.ERR)
                    self.assertEqual(asked.finish(), 0)


if __name__ == "__main__":
    unittest.main()
