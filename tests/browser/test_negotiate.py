# SPDX-License-Identifier: BSD-2-Clause
"""What Chromium does when the proxy offers Negotiate, through Squid and negotiate-stub.

Chromium on Linux leaves Negotiate to GSSAPI, and gives it no password: a person who has no ticket
is asked for one in vain, and no token is sent. Where the mechanism gss-ntlmssp is installed, and
NTLM_USER_FILE names a file with user and password, GSSAPI logs in by NTLM inside SPNEGO.

Chromium loads the GSSAPI library when it is first asked for Negotiate, and gives that request up.
So each browser here opens a page that fails, and then the one that is looked at.
"""

import unittest

from support import browser, place

# [MS-NLMP] 4.2.2.1.2
PASSWORD = "Password"
NT_HASH = "A4F49C406510BDCAB6824EE7C30FD852"


class Negotiate(browser.Behind):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        accounts = cls.folder / "accounts"
        accounts.write_text(f"alice:1000:{'X' * 32}:{NT_HASH}:[U          ]:LCT-00000000:\n")
        cls.nothing = cls.folder / "nothing"
        cls.nothing.write_text("")
        cls.begin("negotiate", [place.helper_path("negotiate-stub"), "--ntlm-file", str(accounts),
                                "--explain"])

    def browse_as(self, name: str, own: str | None,
                  person: tuple[str, str] | None = None) -> browser.Page:
        """`own` is a line for NTLM_USER_FILE. No Kerberos of this machine is ever asked."""
        env = {"KRB5_CONFIG": str(self.nothing), "KRB5CCNAME": f"FILE:{self.folder}/none"}
        if own is not None:
            file = self.folder / f"{name}.ntlm"
            file.write_text(own)
            env["NTLM_USER_FILE"] = str(file)
        urls = [self.origin.url + "loads-gssapi", self.origin.url + name]
        return browser.visit(self.folder, self.squid.port, urls, person, **env)[1]

    def test_a_password_is_not_used(self) -> None:
        tokens = self.squid.cache_log().count(" YR: ")
        page = self.browse_as("asked", None, ("lab\\alice", PASSWORD))
        self.assert_refused(page)
        self.assert_last("asked", 407, "-")
        self.assertEqual(self.squid.cache_log().count(" YR: "), tokens)

    def test_ntlm_of_gssapi(self) -> None:
        page = self.browse_as("gssapi", f"LAB:alice:{PASSWORD}\n")
        self.assert_page(page)
        self.assert_last("gssapi", 200, "alice")
        self.assertIn("SPNEGO", self.squid.cache_log())

    def test_ntlm_of_gssapi_with_a_wrong_password(self) -> None:
        page = self.browse_as("wrong", "LAB:alice:password\n")
        self.assert_refused(page)
        self.assert_last("wrong", 407, "-")


if __name__ == "__main__":
    unittest.main()
