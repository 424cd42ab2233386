# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi on its standard input: whatever a client or anybody puts into a line, there is
one answer, and the next login is as ever. What a client can cause is ERR, what it cannot is BH.

Tokens are those of MIT's client; what a line can be is Squid's src/auth/negotiate/UserRequest.cc.
"""

import base64
import os
import pathlib
import random
import re
import unittest

from support import gss, gssapi, helper, kdc, ntlm

ALICE = f"alice@{kdc.REALM}"
LONGEST = 49149         # bytes of the longest token in a line of Squid's, which has 65535
KERBEROS_ALONE = (ntlm.OID_KRB5,)
OID_IAKERB = bytes.fromhex("06062b0601050205")      # 1.3.6.1.5.2.5
AP_REQ = b"\x01\x00\x6e"                            # TOK_ID (RFC 4121, 4.1) and the tag behind it
AP_REP = b"\x02\x00\x6f"


class Case(gssapi.Case):
    HELPER = helper.Helper

    def say(self, asked: helper.Helper, line: str | bytes) -> gssapi.Reply:
        return gssapi.ask_line(asked, line if isinstance(line, bytes) else line.encode())

    def base64(self) -> str:
        """A fresh token, which would be let in."""
        return ntlm.b64(self.token())

    def login(self, asked: helper.Helper) -> None:
        self.assert_ok(gssapi.ask(asked, self.token()), ALICE, asked)

    def assert_err(self, reply: gssapi.Reply, asked: helper.Helper) -> None:
        self.assertRegex(reply.line, r'^ERR message="[^\x00-\x1f\x7f]+"$', asked.log_text())


class Lines(Case):
    def test_what_a_client_can_cause_is_err(self) -> None:
        asked = self.helper()
        good = self.base64()
        for line in ("YR", "YR ", "YR  ", "KK", "KK ", f"YR {good} extra", f"YR {good} OK",
                     f"YR {good} user=root", f"YR  {good}", f"YR {good} ", f"YR {good}\tx",
                     f"YR {good}\x01", f"YR {good[:-1]}", f"YR {good}x", f"YR {good}====",
                     f"YR {good[:400]}%{good[401:]}", "YR ====", "YR A", "YR é", "YR \x7f\x80",
                     f"YR {good.replace('A', '-')}", f"YR {good} {good}"):
            with self.subTest(line[:12] + line[-12:]):
                self.assert_err(self.say(asked, line), asked)
        self.assert_ok(self.say(asked, f"YR {good}"), ALICE, asked)
        self.assertEqual(asked.finish(), 0)

    def test_what_squid_cannot_write_is_bh(self) -> None:
        asked = self.helper()
        good = self.base64()
        for line in ("", " ", f"yr {good}", f"1 YR {good}", "LD user", f"YR{good}", f"YR\t{good}",
                     "QQ", "AF alice", f" YR {good}", f"YR {good}\0".encode(), b"\0", b"YR\0",
                     b"\xff\xfe", "YR " + "A" * 65533, f"YR {good}" + "A" * 1_000_000,
                     f"YR {good}" + "=" * 1_100_000):
            with self.subTest(line[:12]):
                self.assertRegex(self.say(asked, line).line, r"^BH [ -~]+$")
                self.login(asked)
        self.assertEqual(asked.finish(), 0)

    def test_key_extras_are_taken_from_the_right(self) -> None:
        asked = self.helper("--key-extras", "2")
        good = self.base64()
        self.assert_err(self.say(asked, f"YR {good} 10.0.0.1 127.0.0.1 -"), asked)
        self.assertRegex(self.say(asked, f"YR {good}").line, "^BH .*--key-extras")
        self.assert_ok(self.say(asked, f"YR {good} 127.0.0.1 -"), ALICE, asked)

    def test_crlf_and_pieces(self) -> None:
        asked = self.helper()
        self.assert_ok(self.say(asked, f"YR {self.base64()}\r"), ALICE, asked)
        asked.expect(asked.next_id)
        for byte in f"YR {self.base64()}\n".encode():
            asked.socket.sendall(bytes([byte]))
        self.assert_ok(gssapi.Reply.of(asked.receive()[1]), ALICE, asked)

    def test_many_at_once_have_one_answer_each(self) -> None:
        """Bad ones between good ones; the replies come in the order of the lines."""
        asked = self.helper()
        wanted = []
        tokens = [ntlm.b64(token) for token in
                  gss.init_many(self.realm.env("alice"), gssapi.SERVICE, 72, "spnego")]
        for i in range(60):
            unused = tokens[60 + i // 5]
            bad = ("YR !", "KK TlRM", "", "YR " + "A" * 60000, f"YR {unused} x")[i % 5]
            for line, word in ((bad, None), (f"YR {tokens[i]}", "OK")):
                asked.send(line.encode())
                wanted.append(word)
        got = [gssapi.Reply.of(asked.receive()[1]).word for _ in wanted]
        self.assertEqual([word == "OK" for word in got], [word == "OK" for word in wanted],
                         asked.log_text())
        self.assertEqual(asked.finish(), 0)
        self.assertIsNone(asked.read_line())

    def test_a_last_line_without_its_end(self) -> None:
        done = gssapi.run("--keytab", self.keytab, env=self.server_env(),
                          text=f"YR {self.base64()}".encode())
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 1), done.stderr)


class Tokens(Case):
    def test_of_any_length(self) -> None:
        """64 KB of Base64, and less: zeros, random bytes, frames that promise more or have more."""
        asked = self.helper()
        good = self.token()
        for token in (b"\0", bytes(LONGEST), os.urandom(LONGEST), good + bytes(LONGEST - len(good)),
                      b"\x60\x84\x7f\xff\xff\xff" + os.urandom(100), b"\x60\x80" * 20000,
                      b"NTLMSSP\0", b"NTLMSSP\0" + os.urandom(1000), good * 40,
                      ntlm.spnego_init(bytes(40000), KERBEROS_ALONE),
                      ntlm.spnego_init(good, KERBEROS_ALONE * 3000)):
            for verb in ("YR", "KK"):
                with self.subTest(token[:8].hex(), len=len(token), verb=verb):
                    self.assert_err(gssapi.ask(asked, token, verb), asked)
        self.assert_ok(gssapi.ask(asked, good), ALICE, asked)
        self.assertEqual(asked.finish(), 0)

    def test_damaged_at_any_place(self) -> None:
        """A real token with a byte changed, or cut, is answered; it never says that somebody else
        has logged in. What is not protected may be changed: the flags of the AP-REQ, say."""
        for mech in ("spnego", "krb5"):
            asked = self.helper("--replay-cache", "none")
            token = self.token(mech=mech)
            for at in range(len(token)):
                bad = token[:at] + bytes([token[at] ^ 0x41]) + token[at + 1:]
                for damaged in (token[:at], bad) if at else (bad,):
                    reply = gssapi.ask(asked, damaged)
                    self.assertIn(reply.word, ("ERR", "TT", "OK"), (at, asked.log_text()[-2000:]))
                    if reply.word == "OK":
                        self.assertEqual((reply.user, len(damaged)), (ALICE, len(token)), at)
            self.login(asked)
            self.assertEqual(asked.finish(), 0)

    def test_random_ones(self) -> None:
        chance = random.Random(20261126)
        asked = self.helper()
        for _ in range(500):
            front = chance.choice((b"", b"\x60\x1c\x06\x06\x2b\x06\x01\x05\x05\x02",
                                   b"\x60\x1c\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00",
                                   b"\xa1\x20\x30\x1e", b"\x6e\x20", b"NTLMSSP\0\1\0\0\0"))
            token = front + chance.randbytes(chance.randrange(60))
            if token:
                reply = gssapi.ask(asked, token, chance.choice(("YR", "KK")))
                self.assertIn(reply.word, ("ERR", "TT"), (token.hex(), asked.log_text()[-2000:]))
        self.login(asked)


class Memory(Case):
    """No token costs memory, also those over which MIT's library loses 5 KB each if it gets them."""
    TIMES, LOST_BYTES = 1500, 300
    # These keep what was freed, and look for what was lost themselves, at the end.
    SANITIZERS = bool(os.environ.get("SANITIZE_CFLAGS"))

    def in_iakerb(self, token: bytes) -> bytes:
        """What a client of IAKERB that has a ticket begins with: the AP-REQ in IAKERB's frame."""
        return ntlm.der(0x60, OID_IAKERB, token[token.index(AP_REQ):])

    def test_is_flat(self) -> None:
        asked = self.helper("--replay-cache", "none")
        raw, spnego = self.token(mech="krb5"), self.token()
        in_iakerb = self.in_iakerb(raw)
        tokens = {
            "OK": (raw, spnego, in_iakerb),
            "TT": (ntlm.spnego_init(None, KERBEROS_ALONE),),
            "ERR": (raw[:-5], spnego[:-5], raw[:-1] + b"x", in_iakerb[:-1] + b"x",
                    ntlm.der(0x60, OID_IAKERB, b"\x05\x02"), ntlm.der(0x60, OID_IAKERB),
                    ntlm.der(0x60, OID_IAKERB, b"\x01\x00"),
                    ntlm.spnego_init(in_iakerb, (OID_IAKERB,)),
                    ntlm.spnego_init(ntlm.Client("a", "b").negotiate()), os.urandom(3000)),
        }
        for word, group in tokens.items():
            for token in group:
                with self.subTest(word, token=token[:20].hex()):
                    for _ in range(200):
                        self.assertEqual(gssapi.ask(asked, token).word, word,
                                         asked.log_text()[-999:])
                    before = self.memory(asked.pid)
                    for _ in range(0 if self.SANITIZERS else self.TIMES):
                        gssapi.ask(asked, token)
                    if not self.SANITIZERS:
                        self.assertLess(self.memory(asked.pid) - before,
                                        self.TIMES * self.LOST_BYTES)
        self.assertEqual(asked.finish(), 0, asked.log_text()[-2000:])

    @staticmethod
    def memory(pid: int) -> int:
        """Bytes of private memory that may be written (proc(5), VmData)."""
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmData:")[2].split()[0]) * 1024

    def test_iakerb_with_a_ticket(self) -> None:
        """Its answer is in IAKERB's frame, too: else the client would not take it. MIT's library
        takes a token by its frame and knows the Kerberos in it."""
        asked = self.helper()
        reply = gssapi.ask(asked, self.in_iakerb(self.token(mech="krb5")))
        self.assert_ok(reply, ALICE, asked)
        self.assertRegex(reply.token, rb"(?s)^\x60\x81." + re.escape(OID_IAKERB + AP_REP))


class Dialogues(Case):
    NO_DIALOGUE = "KK without"

    def begin(self, asked: helper.Helper) -> None:
        """A first message that only names Kerberos: the token is to follow (RFC 4178, 4.2.1)."""
        reply = gssapi.ask(asked, ntlm.spnego_init(None, KERBEROS_ALONE))
        self.assertRegex(reply.line, r"^TT [A-Za-z0-9+/]+=*$", asked.log_text())
        self.assertIn(ntlm.OID_KRB5, reply.token)

    def follow(self) -> bytes:
        return ntlm.spnego_response(self.token(mech="krb5"))

    def test_two_messages(self) -> None:
        asked = self.helper()
        for _ in range(3):
            self.begin(asked)
            self.assert_ok(gssapi.ask(asked, self.follow(), "KK"), ALICE, asked)
        self.assertEqual(asked.finish(), 0)

    def test_kk_needs_yr(self) -> None:
        asked = self.helper()
        for token in (self.token(), self.token(mech="krb5"), self.follow()):
            self.assert_denied(gssapi.ask(asked, token, "KK"), self.NO_DIALOGUE, asked)
        self.login(asked)
        self.assert_denied(gssapi.ask(asked, self.token(), "KK"), self.NO_DIALOGUE, asked)
        self.begin(asked)
        self.assert_ok(gssapi.ask(asked, self.follow(), "KK"), ALICE, asked)
        self.assert_denied(gssapi.ask(asked, self.follow(), "KK"), self.NO_DIALOGUE, asked)

    def test_a_new_yr_leaves_nothing(self) -> None:
        """The client went away in the middle of its login; the next one is another."""
        asked = self.helper()
        self.begin(asked)
        self.login(asked)
        self.assert_denied(gssapi.ask(asked, self.follow(), "KK"), self.NO_DIALOGUE, asked)
        self.begin(asked)
        self.begin(asked)
        self.assert_ok(gssapi.ask(asked, self.follow(), "KK"), ALICE, asked)

    def test_a_bad_line_ends_the_dialogue(self) -> None:
        asked = self.helper()
        for line in ("KK !", "KK", "KK TlRM x", "YR !", "bad", "YR " + "A" * 70000):
            with self.subTest(line[:10]):
                self.begin(asked)
                self.assertIn(self.say(asked, line).word, ("ERR", "BH"))
                self.assert_denied(gssapi.ask(asked, self.follow(), "KK"), self.NO_DIALOGUE, asked)

    def test_a_bad_second_message_ends_it(self) -> None:
        asked = self.helper()
        for token in (b"\0", self.token()[:40], ntlm.spnego_response(b"nothing"),
                      ntlm.spnego_response(self.token(mech="krb5")[:-9])):
            with self.subTest(token[:8].hex()):
                self.begin(asked)
                self.assert_err(gssapi.ask(asked, token, "KK"), asked)
                self.assert_denied(gssapi.ask(asked, self.follow(), "KK"), self.NO_DIALOGUE, asked)

    def test_the_input_ends_in_a_dialogue(self) -> None:
        asked = self.helper()
        self.begin(asked)
        self.assertEqual(asked.finish(), 0)


class Log(Case):
    def test_no_byte_of_a_token(self) -> None:
        """Neither with --explain nor with everything that is logged."""
        asked = self.helper("--explain", "-d")
        tokens = [self.token(), self.token(mech="krb5")]
        for token in tokens:
            self.assert_ok(gssapi.ask(asked, token), ALICE, asked)
            self.assert_err(gssapi.ask(asked, token), asked)
        self.assertEqual(asked.finish(), 0)
        log = asked.log_text()
        self.assertIn("Kerberos AP-REQ for", log)
        for token in tokens:
            text = base64.b64encode(token).decode()
            self.assertFalse([at for at in range(0, len(text) - 16, 4) if text[at:at + 16] in log])
            self.assertFalse([at for at in range(len(token) - 8)
                              if token[at:at + 8].hex() in log.lower()])


if __name__ == "__main__":
    unittest.main()
