# SPDX-License-Identifier: BSD-2-Clause
"""Chromium logs in by NTLM, with its own implementation of it, through Squid and negotiate-stub.

The hash is that of [MS-NLMP] 4.2.2.1.2: NTOWFv1 of the password "Password".
"""

import unittest

from support import browser, place

PASSWORD = "Password"
NT_HASH = "A4F49C406510BDCAB6824EE7C30FD852"
NO_LM = "X" * 32


def record(user: str, flags: str = "[U          ]") -> str:
    """A line of smbpasswd(5)."""
    return f"{user}:1000:{NO_LM}:{NT_HASH}:{flags}:LCT-00000000:\n"


class Ntlm(browser.Behind):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        accounts = cls.folder / "accounts"
        accounts.write_text(record("alice") + record("jürgen") +
                            record("disabled", "[UD         ]"))
        cls.begin("ntlm", [place.helper_path("negotiate-stub"), "--scheme", "ntlm",
                           "--ntlm-file", str(accounts)])

    def test_right_password(self) -> None:
        first, second = self.browse("first", "second", person=("lab\\alice", PASSWORD))
        self.assert_page(first)
        self.assert_page(second)
        self.assert_logged("first", [(407, "-"), (407, "-"), (200, "alice")])
        self.assert_last("second", 200, "alice")

    def test_without_domain(self) -> None:
        page, = self.browse("bare", person=("alice", PASSWORD))
        self.assert_page(page)
        self.assert_logged("bare", [(407, "-"), (407, "-"), (200, "alice")])

    def test_umlauts(self) -> None:
        page, = self.browse("umlauts", person=("lab\\jürgen", PASSWORD))
        self.assert_page(page)
        self.assert_logged("umlauts", [(407, "-"), (407, "-"), (200, "jürgen")])

    def refused(self, name: str, user: str, password: str) -> None:
        page, = self.browse(name, person=(user, password))
        self.assert_refused(page)
        self.assert_logged(name, [(407, "-"), (407, "-"), (407, "-")])

    def test_wrong_password(self) -> None:
        self.refused("wrong", "lab\\alice", "password")

    def test_unknown_user(self) -> None:
        self.refused("unknown", "lab\\mallory", PASSWORD)

    def test_disabled_account(self) -> None:
        self.refused("disabled", "lab\\disabled", PASSWORD)


if __name__ == "__main__":
    unittest.main()
