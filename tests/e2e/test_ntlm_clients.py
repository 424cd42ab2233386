# SPDX-License-Identifier: BSD-2-Clause
"""Clients that others have written, against the NTLM acceptor: the mechanism of gss-ntlmssp, called
by MIT's GSSAPI, bare and inside MIT's SPNEGO, whose own verdicts on our replies count, too."""

import base64
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

from support import gss, gssclient, kdc, place

ALICE, ALICE_PASSWORD = "LAB\\alice", "secret"
ASTRAL = "p\u00e4ssw\u00f6rd\u20ac\U0001d11e\U0001f600"
ACCOUNTS = (f"alice={ALICE_PASSWORD}", f"\u00fcser={ASTRAL}", "\u0430\u043d\u043d\u0430=x")
TIME, FLAGS, CHANNEL = 7, 6, 10
WRONG = "wrong user name or password"
# RFC 4178, 4.2.2: NegTokenResp with negState accept-completed and, at [3], a mechListMIC of 16 bytes
COMPLETED_WITH_MIC = bytes.fromhex("a11b3019" "a0030a0100" "a3120410")


def endpoint_path() -> str:
    build = pathlib.Path(os.environ.get("abs_top_builddir") or place.helpers_dir().parent)
    path = build / "tests" / "unit" / "ntlm_endpoint"
    if not os.access(path, os.X_OK):
        raise unittest.SkipTest(f"{path} was not built")
    return str(path)


class Endpoint:
    """tests/unit/ntlm_endpoint: the acceptor for one dialogue."""

    FIELDS = ("result", "token", "user", "domain", "response", "mic", "reason", "detail")

    def __init__(self, *words: str):
        self.process = subprocess.Popen([endpoint_path(), *words, *ACCOUNTS],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.verb = b"begin"

    def take(self, token: bytes) -> dict[str, str]:
        self.process.stdin.write(self.verb + b" " + base64.b64encode(token) + b"\n")
        self.process.stdin.flush()
        self.verb = b"step"
        line = self.process.stdout.readline().decode()
        return dict(zip(self.FIELDS, line.rstrip("\n").split("\t"), strict=True))

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def unchanged(token: bytes) -> bytes:
    return token


def for_mit(token: bytes) -> bytes:
    """What this MIT can read. Version 1.21 looks for the mechListMIC at [4] (krb5/krb5#1451 on
    GitHub), and so refuses the end of every such login, at its own acceptor, too. There the tag is
    changed on the way: its verdict on our MIC counts all the same."""
    at = len(COMPLETED_WITH_MIC) - 4
    if not token.startswith(COMPLETED_WITH_MIC) or gssclient.mit_takes_its_own_mic():
        return token
    return token[:at] + b"\xa4" + token[at + 1:]


def dialogue(client: gssclient.Client, server: Endpoint, to_client=unchanged,
             to_server=unchanged) -> tuple[dict[str, str], str, list[bytes]]:
    """What the server said last, the client's last state, and the tokens that the client sent."""
    token, state, reason = client.step()
    sent = [token]
    while True:
        said = server.take(to_server(token))
        answer = base64.b64decode(said["token"])
        if said["result"] not in ("continue", "ok") or not answer:
            return said, state, sent
        token, state, reason = client.step(for_mit(to_client(answer)))
        if state == "failed":
            return said | {"client": reason}, state, sent
        if not token:
            return said, state, sent
        sent.append(token)


def ntlmssp(token: bytes) -> bytes:
    return token[token.index(b"NTLMSSP\0"):]


def pairs_of(token: bytes) -> dict[int, bytes]:
    """The pairs in the NTLMv2 response of a type 3 message, [MS-NLMP] 2.2.2.7."""
    message = ntlmssp(token)
    length, offset = struct.unpack_from("<H2xI", message, 20)
    at, found = offset + 44, {}
    while at < offset + length:
        kind, size = struct.unpack_from("<HH", message, at)
        if kind == 0:
            break
        found[kind] = message[at + 4:at + 4 + size]
        at += 4 + size
    return found


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if not gssclient.has_ntlm():
            raise unittest.SkipTest("gss-ntlmssp is not installed")

    def login(self, *words: str, to_client=unchanged, to_server=unchanged, **client: object
              ) -> tuple[dict[str, str], str, list[bytes]]:
        wanted = {"user": ALICE, "password": ALICE_PASSWORD} | client
        with Endpoint(*words) as server, gssclient.Client(**wanted) as one:
            return dialogue(one, server, to_client, to_server)

    def assert_in(self, said: dict[str, str], user: str = "alice", domain: str = "LAB") -> None:
        self.assertEqual((said["result"], said["user"], said["domain"], said["reason"]),
                         ("ok", user, domain, ""), said)


class Bare(Case):
    def test_login(self) -> None:
        for flags in (0, gssclient.INTEGRITY, gssclient.INTEGRITY | 0x10):   # and confidentiality
            with self.subTest(flags=flags):
                said, state, _ = self.login(mech="ntlm", flags=flags)
                self.assert_in(said)
                self.assertEqual(state, "complete")

    def test_names_and_passwords_beyond_ascii(self) -> None:
        said, _, _ = self.login(mech="ntlm", user="K\u00f6ln\\\u00fcser", password=ASTRAL)
        self.assert_in(said, "\u00fcser", "K\u00f6ln")
        said, _, _ = self.login(mech="ntlm", user="LAB\\\u0430\u043d\u043d\u0430", password="x")
        self.assert_in(said, "\u0430\u043d\u043d\u0430")

    def test_wrong_passwords(self) -> None:
        for user, password in ((ALICE, "wrong"), ("LAB\\bob", ALICE_PASSWORD), (ALICE, "Secret"),
                               ("LAB\\\u00fcser", ASTRAL[:-1])):
            with self.subTest(user=user, password=password):
                said, _, _ = self.login(mech="ntlm", user=user, password=password)
                self.assertEqual((said["result"], said["reason"]), ("denied", WRONG))

    def test_domains(self) -> None:
        self.assert_in(self.login("--domain=lab", mech="ntlm")[0])
        said, _, _ = self.login("--domain=OTHER", mech="ntlm")
        self.assertEqual(said["reason"], "logins of this domain are not allowed")

    def test_somebody_takes_the_time_away(self) -> None:
        """Then a client may send no MIC, but its response does not hold what we sent: this one puts
        a time of its own there."""
        def cut(token: bytes) -> bytes:
            at = token.index(struct.pack("<HH", TIME, 8))
            length, = struct.unpack_from("<H", token, 40)
            fields = struct.pack("<HH", length - 12, length - 12)
            return token[:40] + fields + token[44:at] + token[at + 12:]
        said, _, _ = self.login(mech="ntlm", to_client=cut)
        self.assertEqual(said["reason"], "the NTLM response was made for another server")


class InSpnego(Case):
    def test_login(self) -> None:
        """MIT verifies our mechListMIC before it calls the login complete."""
        for flags in (0, gssclient.INTEGRITY, gssclient.INTEGRITY | 0x10):
            with self.subTest(flags=flags):
                said, state, sent = self.login(flags=flags)
                self.assert_in(said)
                self.assertEqual((said["mic"], state), ("mic", "complete"))
                last = base64.b64decode(said["token"])
                self.assertEqual(last[:len(COMPLETED_WITH_MIC)], COMPLETED_WITH_MIC)
                self.assertEqual(pairs_of(sent[-1])[FLAGS], struct.pack("<I", 2))

    def test_names_and_passwords_beyond_ascii(self) -> None:
        said, state, _ = self.login(user="LAB\\\u00fcser", password=ASTRAL)
        self.assert_in(said, "\u00fcser")
        self.assertEqual(state, "complete")

    def test_wrong_password(self) -> None:
        said, state, _ = self.login(password="wrong")
        self.assertEqual((said["result"], said["reason"]), ("denied", WRONG))
        self.assertEqual(base64.b64decode(said["token"]).hex(), "a1073005a0030a0102")

    def test_channel_bindings(self) -> None:
        """A client that binds its login to a TLS channel is let in all the same."""
        said, state, sent = self.login(bindings="tls-unique:0123")
        self.assert_in(said)
        self.assertEqual(len(pairs_of(sent[-1])[CHANNEL]), 16)
        self.assertEqual(state, "complete")

    def flip(self, token: bytes, at: int) -> bytes:
        return token[:at] + bytes([token[at] ^ 1]) + token[at + 1:]

    def test_somebody_changes_a_message(self) -> None:
        """The MIC of NTLM, at 72 of the AUTHENTICATE message; the version in it; the MIC of
        SPNEGO at the end of the token."""
        def mic(token: bytes, at: int = 72) -> bytes:
            start = token.index(b"NTLMSSP\0")
            return self.flip(token, start + at) if token[start + 8] == 3 else token

        def list_mic(token: bytes) -> bytes:
            return self.flip(token, len(token) - 10) if b"NTLMSSP\0\3" in token else token
        for change, reason in ((mic, "the NTLM login's MIC is wrong"),
                               (lambda token: mic(token, 64), "the NTLM login's MIC is wrong"),
                               (list_mic, "the login's mechListMIC is wrong")):
            said, _, _ = self.login(to_server=change)
            self.assertEqual((said["result"], said["reason"]), ("denied", reason))

    def test_mit_sees_a_changed_reply(self) -> None:
        """Without this the verdict of MIT above would mean nothing."""
        _, state, _ = self.login(to_client=lambda token: self.flip(token, len(token) - 10)
                                 if len(token) == 29 else token)
        self.assertEqual(state, "failed")


class BehindKerberos(Case):
    """A client with a ticket prefers Kerberos, and sends it at once; it is told to take NTLM and to
    sign its list of mechanisms."""

    def test_login(self) -> None:
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        realm = self.enterContext(kdc.Kdc(folder / "kdc", {"alice": "alice-pw"},
                                          ["HTTP/proxy.lab.example"]))
        realm.kinit("alice")
        (folder / "ntlm").write_text(f"LAB:alice:{ALICE_PASSWORD}\n")
        env = realm.env("alice") | {"NTLM_USER_FILE": str(folder / "ntlm")}
        with Endpoint() as server, gssclient.Client(env=env) as client:
            said, state, sent = dialogue(client, server)
        self.assertIn(bytes.fromhex("2a864886f712010202"), sent[0])     # Kerberos
        self.assertNotIn(b"NTLMSSP\0", sent[0])
        self.assertEqual(len(sent), 3)
        self.assert_in(said)
        self.assertEqual(state, "complete")


if __name__ == "__main__":
    unittest.main()
