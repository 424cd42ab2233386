# SPDX-License-Identifier: BSD-2-Clause
"""Chromium logs in by Basic with a password that is not ASCII, through Squid and basic-file.

RFC 7617 leaves the charset to the browser unless the proxy names UTF-8, which Squid does with
`auth_param basic utf8 on`. Chromium sends UTF-8 in either case, and Squid hands that on as it came:
a hash of the password in UTF-8 fits, one of it in Latin-1 does not. The hashes are made by
`openssl passwd`.
"""

import subprocess
import unittest

from support import browser, place

JUERGEN = ("jürgen", "pässwörd€")
LATIN = ("latin", "pässwörd")
ALICE = ("alice", "alice pw:with % and +")


def record(user: str, password: str, charset: str) -> bytes:
    made = subprocess.run([place.need_program("openssl"), "passwd", "-6", "-stdin"], check=True,
                          input=password.encode(charset) + b"\n", stdout=subprocess.PIPE)
    return user.encode() + b":" + made.stdout


class Basic:
    """The logins; the classes below send them through differently configured Squids."""

    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        users = cls.folder / "users"
        users.write_bytes(record(*JUERGEN, "utf-8") + record(*ALICE, "utf-8") +
                          record(*LATIN, "latin-1"))
        cls.begin("basic", [place.helper_path("basic-file"), str(users)], concurrency=100,
                  auth=cls.AUTH)

    def test_right_password(self) -> None:
        first, second = self.browse("first", "second", person=ALICE)
        self.assert_page(first)
        self.assert_page(second)
        self.assert_logged("first", [(407, "-"), (200, "alice")])
        self.assert_logged("second", [(200, "alice")])

    def test_password_that_is_not_ascii(self) -> None:
        page, = self.browse("umlauts", person=JUERGEN)
        self.assert_page(page)
        self.assert_logged("umlauts", [(407, "-"), (200, "jürgen")])

    def test_wrong_password_that_is_not_ascii(self) -> None:
        page, = self.browse("wrong", person=("jürgen", "pässwörd"))
        self.assert_refused(page)
        self.assert_logged("wrong", [(407, "-"), (407, "jürgen")])

    def test_the_bytes_are_utf_8(self) -> None:
        page, = self.browse("latin", person=LATIN)
        self.assert_refused(page)
        self.assert_logged("latin", [(407, "-"), (407, "latin")])


class WithoutCharset(Basic, browser.Behind):
    pass


class WithCharset(Basic, browser.Behind):
    AUTH = ("auth_param basic utf8 on",)


if __name__ == "__main__":
    unittest.main()
