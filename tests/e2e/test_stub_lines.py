# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-stub on its standard input: each line one reply, whatever a client put into it, and
logins by a client that does what real ones do not."""

import base64
import pathlib
import re
import signal
import subprocess
import unittest

from support import basicldap, helper, ntlm, place, stub

CAPTURED = place.ROOT / "tests" / "vectors" / "captured"
BARE_OK = 'OK token="AA==" user="{}"'


def captured(name: str) -> str:
    """The Base64 of a header that a real client sent."""
    return (CAPTURED / f"{name}.header").read_text().split()[-1]


def catches(pid: int, number: int) -> bool:
    """Whether the process has a handler for the signal (proc(5), SigCgt)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return bool(int(re.search(r"^SigCgt:\s*(\w+)$", status, re.M)[1], 16) >> (number - 1) & 1)


class Case(basicldap.Case):
    """Helpers with a file of accounts of their own."""

    HELPER = helper.Helper

    def accounts(self, more: str = "") -> pathlib.Path:
        path = self.folder / f"{self._testMethodName}.smbpasswd"
        stub.write_accounts(path, more=more)
        return path

    def ours(self, *options: str, more: str = "") -> helper.Helper:
        return self.start(stub.argv("--ntlm-file", str(self.accounts(more)), *options), ids=False)

    def say(self, asked: helper.Helper, line: str | bytes) -> str:
        number = asked.send(line if isinstance(line, bytes) else line.encode())
        answered, reply = asked.receive()
        self.assertEqual(answered, number)
        return reply

    def begin(self, asked: helper.Helper, client: ntlm.Client) -> bytes:
        """The server's token to the client's first."""
        reply = self.say(asked, f"YR {ntlm.b64(client.negotiate())}")
        self.assertRegex(reply, r"^TT [A-Za-z0-9+/]+=*$")
        return base64.b64decode(reply[3:])

    def login(self, asked: helper.Helper, client: ntlm.Client) -> str:
        token = self.begin(asked, client)
        return self.say(asked, f"KK {ntlm.b64(client.authenticate(token))}")

    def assert_refused(self, reply: str, words: str = "") -> None:
        self.assertRegex(reply, r'^ERR message="[^"]*"$')
        self.assertIn(words, reply)


class Logins(Case):
    def test_every_account_by_its_own_name(self) -> None:
        for scheme, wanted in (("negotiate", BARE_OK), ("ntlm", 'OK user="{}"')):
            asked = self.ours("--scheme", scheme)
            for user, password in stub.ACCOUNTS.items():
                quoted = re.sub(r'(["\\])', r"\\\1", user)
                for typed in (user, user.swapcase() if user.isascii() else user):
                    with self.subTest(scheme=scheme, typed=typed):
                        reply = self.login(asked, ntlm.Client(typed, password, "LAB"))
                        self.assertEqual(reply, wanted.format(quoted))
            self.assertEqual(asked.finish(), 0)

    def test_inside_spnego(self) -> None:
        """The last token is a NegTokenResp, accept-completed (RFC 4178 4.2.2)."""
        asked = self.ours()
        reply = self.login(asked, ntlm.Client("alice", "alice-pw", "LAB", spnego=True))
        token, user = re.fullmatch(r'OK token="(.*)" user="(.*)"', reply).groups()
        self.assertEqual(user, "alice")
        self.assertTrue(base64.b64decode(token).startswith(b"\xa1"), token)
        self.assertIn(b"\xa0\x03\x0a\x01\x00", base64.b64decode(token))
        self.assert_refused(self.login(asked, ntlm.Client("alice", "x", "LAB", spnego=True)))

    def test_kerberos_first_and_ntlm_offered(self) -> None:
        """We choose NTLMSSP; the client then begins it."""
        asked = self.ours()
        both = ntlm.spnego_init(b"not for us", (ntlm.OID_KRB5, ntlm.OID_NTLMSSP))
        reply = self.say(asked, f"YR {ntlm.b64(both)}")
        self.assertRegex(reply, "^TT ")
        self.assertIn(ntlm.OID_NTLMSSP, base64.b64decode(reply[3:]))
        self.assertNotIn(ntlm.SIGNATURE, base64.b64decode(reply[3:]))
        first = ntlm.Client("alice", "alice-pw").negotiate()
        reply = self.say(asked, f"KK {ntlm.b64(ntlm.spnego_response(first))}")
        self.assertIn(ntlm.SIGNATURE, base64.b64decode(reply[3:]))

    def test_wrong_passwords_and_names(self) -> None:
        asked = self.ours()
        wrong = self.login(asked, ntlm.Client("alice", "wrong", "LAB"))
        self.assert_refused(wrong)
        for client in (ntlm.Client("alice", "ALICE-PW"), ntlm.Client("alice", ""),
                       ntlm.Client("nobody", "alice-pw"), ntlm.Client("alic", "alice-pw"),
                       ntlm.Client("alice:1000", "alice-pw"), ntlm.Client("alice ", "alice-pw"),
                       ntlm.Client("\uff41lice", "alice-pw"), ntlm.Client("bob", "alice-pw"),
                       ntlm.Client("JÜRGEN", "pässwörd€")):
            with self.subTest(client.user):
                self.assertEqual(self.login(asked, client), wrong)
        for client in (ntlm.Client("", "", "LAB"), ntlm.Client("alice", "alice-pw", mic="wrong")):
            with self.subTest(client.user):
                self.assert_refused(self.login(asked, client))
        self.assertRegex(self.login(asked, ntlm.Client("alice", "alice-pw", mic="none")), "^OK ")
        self.assertEqual(asked.finish(), 0)

    def test_accounts_that_are_closed(self) -> None:
        """The client learns no more than of a wrong password; the log says why."""
        more = (ntlm.smbpasswd("closed", "c", "DU         ") +
                ntlm.smbpasswd("machine$", "m", "W          ") +
                ntlm.smbpasswd("open", "o", "NU         ") +
                f"empty:1:{'X' * 32}:{'X' * 32}:[U          ]:LCT-00000000:\n")
        asked = self.ours(more=more)
        wrong = self.login(asked, ntlm.Client("alice", "wrong"))
        for user, password in (("closed", "c"), ("machine$", "m"), ("open", "o"),
                               ("empty", "")):
            with self.subTest(user):
                self.assertEqual(self.login(asked, ntlm.Client(user, password)), wrong)
        asked.wait_log("the account has no NT hash")
        self.assertIn("the account is disabled", asked.log_text())

    def test_old_responses(self) -> None:
        for options, wanted in (((), {"v2": True}),
                                (("--allow-ntlmv1",), {"v1": True, "session": True, "v2": True})):
            asked = self.ours(*options)
            for response in ("v2", "v1", "session", "lm"):
                with self.subTest(options=options, response=response):
                    reply = self.login(asked, ntlm.Client("alice", "alice-pw", "LAB",
                                                          response=response))
                    self.assertEqual(reply.startswith("OK "), wanted.get(response, False), reply)
                    reply = self.login(asked, ntlm.Client("alice", "x", response=response))
                    self.assert_refused(reply)
            self.assertEqual("NTLMv1 login can compute" in asked.log_text(), bool(options))

    def test_domains(self) -> None:
        asked = self.ours("--ntlm-domain", "lab", "--ntlm-domain", "Other.Test")
        for domain, good in (("LAB", True), ("lab", True), ("other.test", True), ("ELSE", False),
                             ("LABX", False), ("LA", False)):
            with self.subTest(domain):
                reply = self.login(asked, ntlm.Client("alice", "alice-pw", domain))
                self.assertEqual(reply.startswith("OK "), good, reply)
                if not good:
                    self.assert_refused(reply, "domain")
        self.assertRegex(self.login(self.ours(), ntlm.Client("alice", "alice-pw", "ANY")), "^OK ")

    def test_challenges_are_fresh_and_named(self) -> None:
        asked = self.ours("--computer", "lab7", "--dns-name", "lab7.example.test")
        seen = set()
        for _ in range(20):
            challenge = ntlm.Challenge(self.begin(asked, ntlm.Client("alice", "alice-pw")))
            seen.add(challenge.challenge)
            names = {kind: value.decode("utf-16-le") for kind, value in challenge.info
                     if kind in (1, 2, 3)}
            self.assertEqual(names, {1: "LAB7", 2: "LAB7", 3: "lab7.example.test"})
        self.assertEqual(len(seen), 20)


class Dialogues(Case):
    def test_kk_needs_yr(self) -> None:
        asked = self.ours()
        client = ntlm.Client("alice", "alice-pw")
        third = ntlm.b64(client.authenticate(self.begin(asked, client)))
        self.assertRegex(self.say(asked, f"KK {third}"), "^OK ")
        self.assert_refused(self.say(asked, f"KK {third}"), "KK without")
        fresh = self.ours()
        self.assert_refused(self.say(fresh, f"KK {third}"), "KK without")
        self.begin(fresh, client)
        self.assert_refused(self.say(fresh, f"KK {third}"))   # of another challenge

    def test_yr_begins_anew(self) -> None:
        """A client that went away leaves nothing behind."""
        asked = self.ours()
        gone = ntlm.Client("alice", "alice-pw")
        late = ntlm.b64(gone.authenticate(self.begin(asked, gone)))
        self.begin(asked, ntlm.Client("Bob", "b:o b"))
        self.assert_refused(self.say(asked, f"KK {late}"))
        self.assertRegex(self.login(asked, ntlm.Client("Bob", "b:o b")), 'user="Bob"')

    def test_a_bad_line_ends_the_dialogue(self) -> None:
        asked = self.ours()
        client = ntlm.Client("alice", "alice-pw")
        third = ntlm.b64(client.authenticate(self.begin(asked, client)))
        self.assert_refused(self.say(asked, "YR !"))
        self.assert_refused(self.say(asked, f"KK {third}"), "KK without")

    def test_type_3_first_and_type_1_twice(self) -> None:
        asked = self.ours()
        client = ntlm.Client("alice", "alice-pw")
        token = self.begin(asked, client)
        self.assert_refused(self.say(asked, f"KK {ntlm.b64(client.first)}"))
        self.assert_refused(self.say(asked, f"YR {ntlm.b64(client.authenticate(token))}"))
        self.assert_refused(self.say(asked, f"YR {ntlm.b64(token)}"))
        self.assertRegex(self.login(asked, client), "^OK ")


class Lines(Case):
    """One reply each, and business as usual after it."""

    def assert_still_fine(self, asked: helper.Helper) -> None:
        self.assertEqual(self.login(asked, ntlm.Client("alice", "alice-pw")),
                         BARE_OK.format("alice"))

    def test_what_a_client_can_cause_is_err(self) -> None:
        asked = self.ours()
        first = ntlm.b64(ntlm.Client("alice", "alice-pw").negotiate())
        long = ntlm.b64(bytes(49149))[:65532]
        for line in ("YR", "YR ", "YR  ", "KK ", f"YR {first} extra=1", f"YR  {first}",
                     f"YR {first} ", f"YR {first}\tx", "YR ====", "YR A", "YR TlRM\x01", "YR TlRMx",
                     f"YR {first[:-1]}", "YR é", "YR TlRM", f"YR {long}", f"KK {long}",
                     f"YR {ntlm.b64(b'NTLMSSP')}", f"YR {ntlm.b64(ntlm.SIGNATURE)}"):
            with self.subTest(line[:40]):
                self.assert_refused(self.say(asked, line))
                self.assert_still_fine(asked)
        self.assertEqual(asked.finish(), 0)

    def test_what_squid_cannot_write_is_bh(self) -> None:
        asked = self.ours()
        for line in ("", " ", "yr TlRM", "1 YR TlRM", "LD user", "YRTlRM", b"YR TlRM\0", b"\0",
                     "YR " + "A" * 65533, "YR " + "A" * 1_000_000, "YR " + "A" * 1_100_000):
            with self.subTest(line[:20]):
                self.assertRegex(self.say(asked, line), r'^BH [ -~]+$')
                self.assert_still_fine(asked)
        self.assertEqual(asked.finish(), 0)

    def test_key_extras_are_taken_from_the_right(self) -> None:
        asked = self.ours("--key-extras", "2")
        client = ntlm.Client("alice", "alice-pw")
        first = ntlm.b64(client.negotiate())
        reply = self.say(asked, f"YR {first} 127.0.0.1 -")
        third = ntlm.b64(client.authenticate(base64.b64decode(reply[3:])))
        self.assertRegex(self.say(asked, f"KK {third} 127.0.0.1 -"), "^OK ")
        self.assert_refused(self.say(asked, f"YR {first} 10.0.0.1 127.0.0.1 -"), "--key-extras")
        self.assertRegex(self.say(asked, f"YR {first}"), "^BH .*--key-extras")

    def test_crlf_and_pieces(self) -> None:
        asked = self.ours()
        first = ntlm.b64(ntlm.Client("alice", "alice-pw").negotiate())
        self.assertRegex(self.say(asked, f"YR {first}\r"), "^TT ")
        asked.expect(asked.next_id)
        for byte in f"YR {first}\n".encode():
            asked.socket.sendall(bytes([byte]))
        self.assertRegex(asked.receive()[1], "^TT ")

    def test_random_tokens(self) -> None:
        """A real token with any one byte changed or cut off is answered, never with OK."""
        asked = self.ours()
        client = ntlm.Client("alice", "alice-pw", spnego=True)
        for _ in range(2):
            token = client.authenticate(self.begin(asked, client))
            for at in range(0, len(token), 3):
                bad = token[:at] + bytes([token[at] ^ 0x41]) + token[at + 1:]
                for damaged in (token[:at], bad):
                    self.begin(asked, client)
                    self.assertRegex(self.say(asked, f"KK {ntlm.b64(damaged)}"), "^(ERR|TT) ")
            client = ntlm.Client("alice", "alice-pw")
        self.assert_still_fine(asked)

    def test_the_input_ends_in_a_dialogue(self) -> None:
        asked = self.ours()
        self.begin(asked, ntlm.Client("alice", "alice-pw"))
        self.assertEqual(asked.finish(), 0)


class Kerberos(Case):
    NAMES = ("curl-negotiate-mit", "chromium-negotiate-mit", "gss-krb5-raw-mit")

    def test_refused_with_the_name_of_the_service(self) -> None:
        words = ('this is a Kerberos ticket for "HTTP/proxy.example.test@EXAMPLE.TEST", '
                 "aes256-cts-hmac-sha1-96, kvno 2: negotiate-gssapi verifies it")
        asked = self.ours()
        for name in self.NAMES:
            with self.subTest(name):
                reply = self.say(asked, f"YR {captured(name)}")
                self.assertRegex(reply, r'^ERR message="')
                self.assertIn(words.replace('"', '\\"'), reply)
        asked.wait_log(words)
        self.assertEqual(asked.finish(), 0)

    def test_without_any_frame(self) -> None:
        """The bare AP-REQ, which begins with 0x6e (RFC 4120 5.5.1)."""
        token = base64.b64decode(captured("gss-krb5-raw-mit"))
        bare = token[token.index(b"\x6e\x82"):]
        self.assertIn("HTTP/proxy.example.test@EXAMPLE.TEST",
                      self.say(self.ours(), f"YR {ntlm.b64(bare)}"))

    def test_kerberos_alone_in_spnego_without_a_token(self) -> None:
        token = ntlm.spnego_init(None, (ntlm.OID_KRB5,))
        self.assert_refused(self.say(self.ours(), f"YR {ntlm.b64(token)}"),
                            "SPNEGO NegTokenInit, offers Kerberos 5, without an inner token")

    def test_a_large_ticket_too(self) -> None:
        reply = self.say(self.ours(), f"YR {captured('ad-negotiate-1200groups')}")
        self.assertRegex(reply, 'HTTP/proxy.corp.example.test@CORP.EXAMPLE.TEST')


class Explain(Case):
    def test_each_token_is_one_line(self) -> None:
        asked = self.ours("--explain", "--computer", "LAB7")
        client = ntlm.Client("alice", "alice-pw", "LAB", spnego=True)
        challenge = self.begin(asked, client)
        third = client.authenticate(challenge)
        self.assertRegex(self.say(asked, f"KK {ntlm.b64(third)}"), "^OK ")
        asked.wait_log("has logged in")
        log = asked.log_text()
        for words in (".1 YR: SPNEGO NegTokenInit, offers NTLM; NTLM NEGOTIATE, flags 0x",
                      ".1 TT: SPNEGO NegTokenResp, accept-incomplete, chooses NTLM; NTLM CHALLENGE",
                      'computer "LAB7"',
                      '.1 KK: SPNEGO NegTokenResp; NTLM AUTHENTICATE, user "alice", domain "LAB", '
                      'workstation "TESTS", NTLMv2, with MIC',
                      ".1 OK: SPNEGO NegTokenResp, accept-completed",
                      '.1 ends: "alice" has logged in, domain "LAB"'):
            self.assertIn(words, log)
        self.assertEqual(len(log.splitlines()), 5)
        self.assertTrue(stub.without_token_bytes(
            log, ntlm.spnego_inner(third)[ntlm.HEADER_LEN + 60:], challenge[-60:]))

    def test_no_line_is_left_out(self) -> None:
        asked = self.ours("--explain")
        for _ in range(50):
            self.assertRegex(self.login(asked, ntlm.Client("alice", "wrong")), "^ERR ")
        self.assertEqual(asked.finish(), 0)
        log = asked.log_text()
        self.assertEqual(log.count("ends: refused"), 50)
        self.assertEqual(log.count("YR: NTLM NEGOTIATE"), 50)
        self.assertNotIn("left out", log)

    def test_trouble_is_told_at_its_own_level(self) -> None:
        asked = self.ours("--explain", "--log-level", "warning")
        self.assertRegex(self.login(asked, ntlm.Client("alice", "alice-pw")), "^OK ")
        self.assertRegex(self.say(asked, "LD alice"), "^BH ")
        asked.wait_log("ends: not answered: unknown request")
        self.assertEqual(len(asked.log_text().splitlines()), 1)

    def test_without_explain_refusals_alone_are_told(self) -> None:
        asked = self.ours()
        self.login(asked, ntlm.Client("alice", "alice-pw", "LAB"))
        self.assertEqual(asked.log_text(), "")
        self.login(asked, ntlm.Client("alice", "wrong", "LAB"))
        asked.wait_log('NTLM AUTHENTICATE, user "alice", domain "LAB"')

    def test_what_cannot_be_decoded(self) -> None:
        asked = self.ours("--explain")
        self.say(asked, f"YR {ntlm.b64(b'junk')}")
        asked.wait_log("YR: cannot be decoded at byte 0 of 4 of the token: The token begins like "
                       "none that is known.")
        self.say(asked, "YR TlRM!")
        asked.wait_log("at byte 4 of 5 of the Base64")

    def test_names_cannot_forge_lines(self) -> None:
        asked = self.ours("--explain")
        self.login(asked, ntlm.Client('x"\nnegotiate-stub: error: forged\x1b[2J', "x"))
        asked.wait_log("\\x22\\x0anegotiate-stub: error: forged\\x1b[2J")
        for line in asked.log_text().splitlines():
            self.assertRegex(line, "^negotiate-stub: notice: dialogue ")


class Files(Case):
    def test_the_file_changes_between_two_logins(self) -> None:
        asked = self.ours()
        path = self.folder / f"{self._testMethodName}.smbpasswd"
        new = ntlm.Client("alice", "new-pw")
        self.assertRegex(self.login(asked, new), "^ERR ")
        stub.write_accounts(path, {"alice": "new-pw"})
        place.wait_for(lambda: self.login(asked, new).startswith("OK "), "the new password")
        self.assertRegex(self.login(asked, ntlm.Client("alice", "alice-pw")), "^ERR ")
        self.assertRegex(self.login(asked, ntlm.Client("Bob", "b:o b")), "^ERR ")

    def test_no_file_at_first(self) -> None:
        """BH while there is none, and logins as soon as it is there."""
        path = self.folder / "later.smbpasswd"
        asked = self.start(stub.argv("--ntlm-file", str(path)), ids=False)
        client = ntlm.Client("alice", "alice-pw")
        self.assertRegex(self.login(asked, client), r'^BH [ -~]+$')
        self.assertNotIn(str(path), self.login(asked, client))
        asked.wait_log(str(path))
        stub.write_accounts(path)
        place.wait_for(lambda: self.login(asked, client).startswith("OK "), "the file")
        path.unlink()
        self.assertRegex(self.login(asked, client), "^OK ")
        self.assertEqual(asked.finish(), 0)

    def test_the_first_login_waits_for_the_file(self) -> None:
        """It is asked before a large file has been read."""
        line = ntlm.smbpasswd("user%d", "x").replace("%d", "{}")
        path = self.folder / "large.smbpasswd"
        stub.write_accounts(path, more="".join(line.format(n) for n in range(300_000)))
        asked = self.start(stub.argv("--ntlm-file", str(path), "--deadline", "60"), ids=False)
        self.assertRegex(self.login(asked, ntlm.Client("alice", "alice-pw")), "^OK ")

    def test_a_signal_while_it_waits(self) -> None:
        """What was asked is answered, then the helper ends."""
        line = ntlm.smbpasswd("user%d", "x").replace("%d", "{}")
        path = self.folder / "large.smbpasswd"
        stub.write_accounts(path, more="".join(line.format(n) for n in range(300_000)))
        asked = self.start(stub.argv("--ntlm-file", str(path), "--deadline", "60"), ids=False)
        asked.send(f"YR {ntlm.b64(ntlm.Client('alice', 'x').negotiate())}".encode())
        place.wait_for(lambda: catches(asked.pid, signal.SIGTERM), "the helper to catch signals")
        asked.process.child.send_signal(signal.SIGTERM)
        self.assertRegex(asked.receive()[1], "^TT ")
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)

    def test_lines_of_the_tool(self) -> None:
        """What "proxyauth passwd" writes, in another form of NT hash and uid than ours."""
        tool = place.helpers_dir() / "proxyauth" / "proxyauth"
        path = self.folder / "tool.smbpasswd"
        subprocess.run([tool, "passwd", "add", "--nt", "--stdin", path, "jürgen"], check=True,
                       input="pässwörd€\n".encode(), env=place.clean_env())
        asked = self.start(stub.argv("--ntlm-file", str(path)), ids=False)
        self.assertEqual(self.login(asked, ntlm.Client("jürgen", "pässwörd€", "LAB")),
                         BARE_OK.format("jürgen"))
        self.assert_refused(self.login(asked, ntlm.Client("jürgen", "p", "LAB")))

    def test_bad_lines_are_skipped_and_named(self) -> None:
        asked = self.ours(more="nonsense\n" + ntlm.smbpasswd("last", "l"))
        self.assertRegex(self.login(asked, ntlm.Client("last", "l")), "^OK ")
        asked.wait_log(f"line {len(stub.ACCOUNTS) + 1} is skipped")

    def test_without_a_file(self) -> None:
        asked = self.start(stub.argv("--explain"), ids=False)
        self.assert_refused(self.login(asked, ntlm.Client("alice", "alice-pw")), "--ntlm-file")
        asked.wait_log("no --ntlm-file: every login is refused")
        asked.wait_log('NTLM AUTHENTICATE, user "alice"')


class Options(Case):
    def run_stub(self, *options: str) -> subprocess.CompletedProcess:
        return subprocess.run(stub.argv(*options), capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, env=place.clean_env())

    def test_bad_options_are_named(self) -> None:
        for named, options in (("--scheme", ("--scheme", "basic")),
                               ("--computer", ("--computer", "name.with.dots")),
                               ("--computer", ("--computer", "sixteen-letters-")),
                               ("--dns-name", ("--dns-name", "a b")),
                               ("--ntlm-domain", ("--ntlm-domain=",)),
                               ("--ntlm-file", ("--ntlm-file", "", "--check")),
                               ("word 1", ("file",)), ("--ntlm-files", ("--ntlm-files", "x"))):
            with self.subTest(options):
                done = self.run_stub(*options)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(named, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_check(self) -> None:
        good, bad = self.accounts(), self.folder / "bad.smbpasswd"
        bad.write_text("nonsense\n")
        for options, status, words in (
                (("--ntlm-file", str(good)), 0, f"{len(stub.ACCOUNTS)} users"),
                (("--ntlm-file", str(bad)), 1, "line 1"),
                (("--ntlm-file", str(self.folder / "none")), 1, "none"),
                ((), 1, "every login is refused"), (("--explain",), 0, "every login is refused")):
            with self.subTest(options):
                done = self.run_stub("--check", *options)
                self.assertEqual(done.returncode, status, done.stdout)
                self.assertIn(words, done.stdout)


if __name__ == "__main__":
    unittest.main()
