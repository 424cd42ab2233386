# SPDX-License-Identifier: BSD-2-Clause
"""Chromium logs in by Digest, through Squid and digest-file.

The records of the file are calculated here as RFC 7616, section 3.4.2, has it: MD5 of
user:realm:password in UTF-8.
"""

import hashlib
import unittest

from support import browser, place

REALM = "Test Proxy"
ALICE = ("alice", "alice-pw")
JUERGEN = ("jürgen", "pässwörd€")


def record(user: str, password: str) -> str:
    return f"{user}:{REALM}:{hashlib.md5(f'{user}:{REALM}:{password}'.encode()).hexdigest()}\n"


class Digest(browser.Behind):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.users = cls.folder / "users"
        cls.users.write_text(record(*ALICE) + record(*JUERGEN))
        helper = [place.helper_path("digest-file"), "-c", "--realm", REALM, str(cls.users)]
        cls.begin("digest", helper, concurrency=100)

    def test_right_password(self) -> None:
        first, second = self.browse("first", "second", person=ALICE)
        self.assert_page(first)
        self.assert_page(second)
        self.assert_logged("first", [(407, "-"), (200, "alice")])
        self.assert_logged("second", [(200, "alice")])      # the same nonce, no new question

    def test_wrong_password(self) -> None:
        page, = self.browse("wrong", person=("alice", "wrong"))
        self.assert_refused(page)
        self.assert_logged("wrong", [(407, "-"), (407, "alice")])

    def test_unknown_user(self) -> None:
        page, = self.browse("unknown", person=("mallory", "alice-pw"))
        self.assert_refused(page)
        self.assert_logged("unknown", [(407, "-"), (407, "mallory")])

    def test_umlauts(self) -> None:
        page, = self.browse("umlauts", person=JUERGEN)
        self.assert_page(page)
        self.assert_logged("umlauts", [(407, "-"), (200, "jürgen")])


if __name__ == "__main__":
    unittest.main()
