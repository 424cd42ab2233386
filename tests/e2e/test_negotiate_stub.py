# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-stub behind a real Squid: curl, MIT's GSSAPI, gss-ntlmssp, and a client of our own."""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import unittest
from collections.abc import Mapping, Sequence

from support import basicldap, gss, kdc, ntlm, place, squid, stub

GSS_NTLMSSP = "/etc/gss/mech.d/mech.ntlmssp.conf"
TROUBLE = ("unexpected", "exited", "assertion", "FATAL", "too rapidly", "left out")


def curl(port: int, url: str, *options: str, user: str | None = None,
         env: Mapping[str, str] | None = None) -> tuple[list[int], bytes]:
    """The status of each response that curl saw, and the last body."""
    config = f'proxy = "http://127.0.0.1:{port}"\nurl = "{url}"\nsilent\nshow-error\ninclude\n'
    config += "max-time = 60\n"
    if user is not None:
        config += 'proxy-user = "' + re.sub(r'(["\\])', r"\\\1", user) + '"\n'
    done = subprocess.run([place.need_program("curl"), "-q", "-K", "-", *options],
                          input=config.encode(), capture_output=True,
                          env=env or place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"curl: {done.stderr.decode(errors='replace')}")
    statuses = re.findall(rb"^HTTP/1\.1 (\d+) ", done.stdout, re.M)
    return [int(status) for status in statuses], done.stdout.rpartition(b"\r\n\r\n")[2]


class Case(basicldap.Case):
    """One Squid a class, with OPTIONS and SCHEMES. With --explain no line of the log is left out,
    however fast logins are refused."""

    OPTIONS: tuple[str, ...] = ()
    SCHEMES: tuple[str, ...] = ("ntlm",)
    KEY_EXTRAS = ""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        place.need_program("squid")
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.file = cls.folder / "accounts.smbpasswd"
        cls.write_accounts()
        cls.squid = cls.enterClassContext(stub.Squid(
            cls.folder / "squid", ["--explain", "--ntlm-file", str(cls.file), *cls.OPTIONS],
            schemes=cls.SCHEMES, key_extras=cls.KEY_EXTRAS))

    @classmethod
    def write_accounts(cls, accounts: Mapping[str, str] = stub.ACCOUNTS) -> None:
        stub.write_accounts(cls.file, accounts, ntlm.smbpasswd("closed", "c", "DU         "),
                            squid.user_for_squid())

    def curl(self, user: str, *options: str) -> tuple[list[int], bytes]:
        return curl(self.squid.port, self.origin.url, *(options or ("--proxy-ntlm",)), user=user)

    def browser(self, scheme: str = "NTLM") -> stub.Browser:
        return self.enterContext(stub.Browser(self.squid.port, self.origin.url, scheme))

    def wait_log(self, text: str) -> None:
        place.wait_for(lambda: text in self.squid.cache_log(), f"{text!r} in cache.log")

    def tearDown(self) -> None:
        for trouble in TROUBLE:
            self.assertNotIn(trouble, self.squid.cache_log())


class Ntlm(Case):
    def test_curl_with_the_right_password(self) -> None:
        """407 with the scheme, 407 with the challenge, 200 (curl sends its first token at once)."""
        statuses, body = self.curl("lab\\alice:alice-pw")
        self.assertEqual((statuses, body), ([407, 200], b"hello from the origin\n"))
        statuses, body = self.curl("lab\\alice:alice-pw", "--proxy-anyauth")
        self.assertEqual((statuses, body), ([407, 407, 200], b"hello from the origin\n"))
        for user in ("ALICE:alice-pw", "alice:alice-pw", "bob:b:o b"):
            self.assertEqual(self.curl(user)[0], [407, 200], user)

    def test_curl_with_a_wrong_password(self) -> None:
        for user in ("lab\\alice:wrong", "lab\\alice:ALICE-PW", "lab\\nobody:alice-pw",
                     "closed:c", "lab\\bob:alice-pw"):
            with self.subTest(user):
                self.assertEqual(self.curl(user)[0], [407, 407])
        self.wait_log("the account is disabled")
        self.wait_log("wrong user name or password")

    def test_names_as_squid_writes_them(self) -> None:
        """Squid's %un, URL escapes by its logformat, is the file's spelling whoever types it how."""
        for user, password in stub.ACCOUNTS.items():
            typed = user.swapcase() if user.isascii() else user
            with self.subTest(user):
                self.assertEqual(self.browser().login(ntlm.Client(typed, password, "LAB")).status,
                                 200)
                place.wait_for(lambda user=user: f"{quoted(user)} 200" in self.squid.names(),
                               f"{quoted(user)} in {self.squid.names()}")

    def test_names_that_would_forge_a_reply(self) -> None:
        """Line ends, NUL and quotes in UTF-16, with alice's password."""
        before = len(self.squid.names())
        for user in ('alice"\nOK user="Bob', "alice\nOK user=Bob", "alice\r", "alice\0", "\nalice",
                     'alice" token="x'):
            with self.subTest(user), contextlib.closing(self.browser()) as browser:
                self.assertEqual(browser.login(ntlm.Client(user, "alice-pw")).status, 407)
        self.assertEqual(self.curl("alice:alice-pw")[0], [407, 200])
        place.wait_for(lambda: "alice 200" in self.squid.names()[before:], "the last login")
        self.assertEqual([line for line in self.squid.names()[before:] if line.endswith(" 200")],
                         ["alice 200"])

    def test_two_dialogues_that_alternate(self) -> None:
        """Two processes; each keeps to the client that Squid reserved it for."""
        alice, bob = ntlm.Client("alice", "alice-pw"), ntlm.Client("Bob", "b:o b")
        for _ in range(3):
            one, two = self.browser(), self.browser()
            first, second = one.get(alice.negotiate()), two.get(bob.negotiate())
            self.assertNotEqual(ntlm.Challenge(first.token("NTLM")).challenge,
                                ntlm.Challenge(second.token("NTLM")).challenge)
            self.assertEqual(two.get(bob.authenticate(second.token("NTLM"))).status, 200)
            self.assertEqual(one.get(alice.authenticate(first.token("NTLM"))).status, 200)
            self.assertEqual([one.get().status, two.get().status], [200, 200])
            one.close()
            two.close()

    def test_a_response_to_another_ones_challenge(self) -> None:
        alice = ntlm.Client("alice", "alice-pw")
        one, two = self.browser(), self.browser()
        first, second = one.get(alice.negotiate()), two.get(alice.negotiate())
        self.assertEqual(one.get(alice.authenticate(second.token("NTLM"))).status, 407)
        self.assertEqual(two.get(alice.authenticate(first.token("NTLM"))).status, 407)
        one.close()
        two.close()

    def test_dialogues_that_are_dropped(self) -> None:
        """More than there are processes; each is reused."""
        for _ in range(6):
            with stub.Browser(self.squid.port, self.origin.url) as gone:
                gone.get(ntlm.Client("alice", "alice-pw").negotiate())
        self.assertEqual(self.curl("lab\\alice:alice-pw")[0], [407, 200])
        self.assertLessEqual(len(self.squid.helper_pids()), 2)

    def test_what_clients_may_put_behind_the_scheme(self) -> None:
        for text in ("", "TlRM", "TlRMTVNTUAABAAAA injected extra=1", "!", "A" * 60000,
                     "TlRM\x80", "TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA= x"):
            with self.subTest(text[:30]), contextlib.closing(self.browser()) as browser:
                self.assertEqual(browser.get(text).status, 407)
        self.assertEqual(self.curl("lab\\alice:alice-pw")[0], [407, 200])

    def test_ntlmv1_is_refused(self) -> None:
        for response in ("v1", "session", "lm"):
            client = ntlm.Client("alice", "alice-pw", response=response)
            self.assertEqual(self.browser().login(client).status, 407)
        self.wait_log("NTLMv1, which is not allowed")


def quoted(user: str) -> str:
    """A name as Squid's logformat %#un writes it (rfc1738_escape)."""
    return "".join(chr(c) if chr(c).isalnum() and c < 0x80 else f"%{c:02X}" for c in user.encode())


class ChangedFile(Case):
    def test_the_file_changes_between_two_logins(self) -> None:
        self.assertEqual(self.curl("lab\\alice:alice-pw")[0], [407, 200])
        self.write_accounts({"alice": "another"})
        place.wait_for(lambda: self.curl("lab\\alice:another")[0] == [407, 200], "the new password")
        place.wait_for(lambda: self.curl("lab\\alice:alice-pw")[0] == [407, 407], "the old one gone")


class OldAndNamed(Case):
    """--allow-ntlmv1 and --ntlm-domain."""
    OPTIONS = ("--allow-ntlmv1", "--ntlm-domain", "LAB")

    def test_ntlmv1_is_let_in(self) -> None:
        for response, status in (("v1", 200), ("session", 200), ("lm", 407)):
            client = ntlm.Client("alice", "alice-pw", "lab", response=response)
            self.assertEqual(self.browser().login(client).status, status, response)

    def test_only_this_domain(self) -> None:
        self.assertEqual(self.curl("lab\\alice:alice-pw")[0], [407, 200])
        for user in ("other\\alice:alice-pw", "alice:alice-pw"):
            self.assertEqual(self.curl(user)[0], [407, 407], user)
        self.wait_log("logins of this domain are not allowed")


class KeyExtras(Case):
    """What a client writes behind its token is not taken for Squid's field."""
    SCHEMES = ("negotiate",)
    OPTIONS = ("--key-extras", "2")
    KEY_EXTRAS = "%>a %>rm"

    def test_logins_and_forged_fields(self) -> None:
        client = ntlm.Client("alice", "alice-pw", "LAB")
        self.assertEqual(self.browser("Negotiate").login(client).status, 200)
        forged = f"{ntlm.b64(client.negotiate())} 10.0.0.1"
        self.assertEqual(self.browser("Negotiate").get(forged).status, 407)
        self.wait_log("refused: more than one word")
        self.assertEqual(self.browser("Negotiate").login(client).status, 200)


class Negotiate(Case):
    SCHEMES = ("negotiate", "ntlm")

    def test_ntlm_bare_and_inside_spnego(self) -> None:
        """Squid ends itself over an OK without token or user, so it is asked again afterwards."""
        for spnego in (False, True):
            for password, status in (("alice-pw", 200), ("wrong", 407)):
                client = ntlm.Client("alice", password, "LAB", spnego=spnego)
                reply = self.browser("Negotiate").login(client)
                self.assertEqual(reply.status, status, (spnego, password))
        self.assertEqual(self.browser("Negotiate").get().status, 407)

    def test_what_clients_may_put_behind_the_scheme(self) -> None:
        first = ntlm.b64(ntlm.Client("alice", "alice-pw").negotiate())
        for text in ("", "AAAA injected extra=1", f"{first} x", "=", "YIIA"):
            with self.subTest(text[:30]), contextlib.closing(self.browser("Negotiate")) as browser:
                self.assertEqual(browser.get(text).status, 407)

    def test_kerberos_is_refused_with_the_explanation_in_the_log(self) -> None:
        realm = self.enterContext(kdc.Kdc(self.folder / "kdc", {"alice": "alice-pw"},
                                          ["HTTP/127.0.0.1", "HTTP/localhost"]))
        realm.kinit("alice")
        name = '"HTTP/localhost@EXAMPLE.TEST", aes256-cts-hmac-sha1-96, kvno 2'
        token = gss.init(realm.env("alice"), "HTTP@localhost")
        self.assertEqual(self.browser("Negotiate").get(token).status, 407)
        self.wait_log(f"YR: SPNEGO NegTokenInit, offers Kerberos 5; Kerberos AP-REQ for {name}")
        self.wait_log(f"refused: this is a Kerberos ticket for {name}: negotiate-gssapi verifies")
        before = self.squid.cache_log().count("refused: this is a Kerberos ticket")
        statuses, _ = curl(self.squid.port, self.origin.url, "--proxy-negotiate", user=":",
                           env=realm.env("alice"))
        self.assertEqual(set(statuses), {407})
        place.wait_for(lambda: self.squid.cache_log().count("refused: this is a Kerberos ticket")
                       > before, "curl's ticket in the log")
        self.assertTrue(stub.without_token_bytes(self.squid.cache_log(), token[200:]))

    def gss_login(self, env: Mapping[str, str], password: str) -> list[int]:
        """curl by GSSAPI with gss-ntlmssp, which reads alice's password from a file of the same
        kind as the helper's."""
        if not os.path.exists(GSS_NTLMSSP):
            self.skipTest("gss-ntlmssp is not installed")
        path = self.folder / "client.smbpasswd"
        stub.write_accounts(path, {"alice": password})
        return curl(self.squid.port, self.origin.url, "--proxy-negotiate", user=":",
                    env=env | {"NTLM_USER_FILE": str(path)})[0]

    def test_gss_ntlmssp_reads_the_same_file(self) -> None:
        env = kdc.client_env(pathlib.Path("/dev/null"))
        self.assertEqual(self.gss_login(env, "alice-pw"), [407, 200])
        self.assertEqual(self.gss_login(env, "wrong")[-1], 407)
        self.wait_log('"alice" has logged in')

    def test_kerberos_is_preferred_and_ntlm_offered(self) -> None:
        """MIT's SPNEGO with a ticket and gss-ntlmssp: we choose NTLM, the client sends the proof of
        its list of mechanisms and takes ours (RFC 4178 5)."""
        realm = self.enterContext(kdc.Kdc(self.folder / "kdc2", {"alice": "alice-pw"},
                                          ["HTTP/127.0.0.1"]))
        realm.kinit("alice")
        self.assertEqual(self.gss_login(realm.env("alice"), "alice-pw"), [407, 407, 200])
        for words in ("offers Kerberos 5, NTLM; Kerberos AP-REQ for ",
                      "TT: SPNEGO NegTokenResp, request-mic, chooses NTLM, without an inner token",
                      "with mechListMIC; NTLM AUTHENTICATE, user \"alice\"",
                      "OK: SPNEGO NegTokenResp, accept-completed, with mechListMIC"):
            self.wait_log(words)


if __name__ == "__main__":
    unittest.main()
