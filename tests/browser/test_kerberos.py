# SPDX-License-Identifier: BSD-2-Clause
"""What Chromium does with a Kerberos ticket, through Squid and negotiate-gssapi, in a realm of the
test's own.

The browser asks the KDC for a ticket for HTTP/ and the name by which it knows the proxy, so that
one proxy under two names is two services. It loads the GSSAPI library when it is first asked for
Negotiate, and gives that request up: each browser here opens a page that fails, and then the one
that is looked at.
"""

import os
import pathlib
import pwd
import unittest
import unittest.mock

from support import browser, kdc, place, squid

NAME, OTHER_NAME = "localhost", "127.0.0.1"
PEOPLE = {"alice": "Alice's 1 secret", "bob": "b:o b"}

# [MS-NLMP] 4.2.2.1.2
NTLM_PASSWORD = "Password"
NT_HASH = "A4F49C406510BDCAB6824EE7C30FD852"


def for_group_of_squid(path: pathlib.Path) -> None:
    """What only we can read, readable for Squid's user."""
    user = squid.user_for_squid()
    if user:
        os.chown(path, -1, pwd.getpwnam(user).pw_gid)
        path.chmod(0o640)


class Kerberos(browser.Behind):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.kdc = cls.enterClassContext(kdc.Kdc(cls.folder / "kdc", PEOPLE, [f"HTTP/{NAME}"]))
        cls.kdc.kadmin(f"addprinc -randkey HTTP/{OTHER_NAME}")    # its key is nowhere else
        for user in PEOPLE:
            cls.kdc.kinit(user)
        for_group_of_squid(cls.kdc.keytab)
        # Squid hands its environment on to the helper.
        cls.enterClassContext(unittest.mock.patch.dict(os.environ,
                                                       KRB5_CONFIG=str(cls.kdc.config)))
        cls.begin("negotiate", [place.helper_path("negotiate-gssapi"), "--keytab",
                                str(cls.kdc.keytab), "--replay-cache", str(cls.folder / "squid"),
                                *cls.options()])

    @classmethod
    def options(cls) -> list[str]:
        return []

    def browse_as(self, user: str | None, name: str, host: str = NAME,
                  **extra_env: str) -> browser.Page:
        env = self.kdc.env(user)
        urls = [self.origin.url + "loads-gssapi", self.origin.url + name]
        return browser.visit(self.folder, self.squid.port, urls, host=host, **extra_env,
                             KRB5_CONFIG=env["KRB5_CONFIG"], KRB5CCNAME=env["KRB5CCNAME"])[1]

    def browse_by_ntlm(self, name: str) -> browser.Page:
        """Without a ticket, but with a password for the mechanism gss-ntlmssp."""
        own = self.folder / "own.ntlm"
        own.write_text(f"LAB:alice:{NTLM_PASSWORD}\n")
        return self.browse_as(None, name, NTLM_USER_FILE=str(own))

    def test_a_ticket(self) -> None:
        self.assert_page(self.browse_as("alice", "ticket"))
        self.assert_last("ticket", 200, "alice@EXAMPLE.TEST")

    def test_each_browser_is_its_own_user(self) -> None:
        self.assert_page(self.browse_as("bob", "of-bob"))
        self.assert_page(self.browse_as("alice", "of-alice"))
        self.assert_last("of-bob", 200, "bob@EXAMPLE.TEST")
        self.assert_last("of-alice", 200, "alice@EXAMPLE.TEST")

    def test_no_ticket(self) -> None:
        self.assert_refused(self.browse_as(None, "none"))
        self.assert_last("none", 407, "-")

    def test_the_proxy_by_another_name(self) -> None:
        self.assert_refused(self.browse_as("alice", "other", host=OTHER_NAME))
        self.assert_last("other", 407, "-")
        self.assertIn(f"HTTP/{OTHER_NAME}@EXAMPLE.TEST", self.squid.cache_log())

    def test_ntlm_is_not_taken_for_it(self) -> None:
        self.assert_refused(self.browse_by_ntlm("ntlm"))
        self.assert_last("ntlm", 407, "-")
        self.assertIn("NTLM was sent", self.squid.cache_log())


class WithNtlm(Kerberos):
    """All of it, and NTLM too."""

    @classmethod
    def options(cls) -> list[str]:
        accounts = cls.folder / "accounts"
        accounts.write_text(f"alice:1000:{'X' * 32}:{NT_HASH}:[U          ]:LCT-00000000:\n")
        for_group_of_squid(accounts)
        return ["--ntlm", "--ntlm-file", str(accounts)]

    def test_ntlm_is_not_taken_for_it(self) -> None:
        """It is taken for what it is."""
        self.assert_page(self.browse_by_ntlm("ntlm"))
        self.assert_last("ntlm", 200, "alice")


if __name__ == "__main__":
    unittest.main()
