# SPDX-License-Identifier: BSD-2-Clause
"""An NTLM client for tests, along [MS-NLMP] 3.1.5 and 3.3, with all that curl and browsers do not do:
NTLMv1, LM, wrong MICs, SPNEGO. MD4 and DES come from openssl.

It does not negotiate keys (no KEY_EXCH), so the exported session key is the session base key.
"""

import base64
import hashlib
import hmac
import os
import struct
import subprocess

from . import place

SIGNATURE = b"NTLMSSP\0"
UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN = 0x1, 0x4, 0x200, 0x8000
EXTENDED, TARGET_INFO = 0x80000, 0x800000
FLAGS = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED
HEADER_LEN = 88         # with version and MIC
MIC_AT = 72
PAIR_END, PAIR_FLAGS, PAIR_TIME = 0, 6, 7
HAS_MIC = 2

OID_SPNEGO = bytes.fromhex("06062b0601050502")
OID_NTLMSSP = bytes.fromhex("060a2b06010401823702020a")
OID_KRB5 = bytes.fromhex("06092a864886f712010202")


def openssl(data: bytes, *words: str) -> bytes:
    done = subprocess.run([place.need_program("openssl"), *words, "-provider", "legacy",
                           "-provider", "default"], input=data, capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"openssl {words[0]}: {done.stderr.decode()}")
    return done.stdout


def nt_hash(password: str) -> bytes:
    return openssl(password.encode("utf-16-le"), "dgst", "-md4", "-binary")


def hmac_md5(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.md5).digest()


def des(key: bytes, data: bytes) -> bytes:
    """DES of 8 bytes with a key of 7, each seven bits of which get a parity bit."""
    bits = int.from_bytes(key, "big")
    spread = bytes(((bits >> (49 - 7 * i)) & 0x7f) << 1 for i in range(8))
    return openssl(data, "enc", "-des-ecb", "-nopad", "-K", spread.hex())


def desl(key: bytes, data: bytes) -> bytes:
    padded = key.ljust(21, b"\0")
    return b"".join(des(padded[at:at + 7], data) for at in (0, 7, 14))


def smbpasswd(user: str, password: str, flags: str = "U          ") -> str:
    """One line of the file, as Samba writes it."""
    return (f"{user}:{1000}:{'X' * 32}:{nt_hash(password).hex().upper()}:[{flags}]:"
            f"LCT-{0x5f000000:08X}:\n")


def pairs_of(info: bytes) -> list[tuple[int, bytes]]:
    found = []
    while True:
        kind, size = struct.unpack_from("<HH", info)
        if kind == PAIR_END:
            return found
        found.append((kind, info[4:4 + size]))
        info = info[4 + size:]


def pairs_bytes(pairs: list[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(value)) + value
                    for kind, value in [*pairs, (PAIR_END, b"")])


class Challenge:
    """A type 2 message: challenge, flags, target, info (the target information's pairs)."""

    def __init__(self, message: bytes):
        assert message[:8] == SIGNATURE and message[8:12] == b"\2\0\0\0", message
        self.flags, = struct.unpack_from("<I", message, 20)
        self.challenge = message[24:32]
        self.target = self._field(message, 12).decode("utf-16-le")
        self.info = pairs_of(self._field(message, 40))

    @staticmethod
    def _field(message: bytes, at: int) -> bytes:
        size, _, offset = struct.unpack_from("<HHI", message, at)
        return message[offset:offset + size]


class Client:
    """One login: negotiate(), then authenticate() of what the server answered.

    `response` is "v2", "v1", "session" (NTLM2 session) or "lm". `mic`: none, "right", "wrong".
    """

    def __init__(self, user: str, password: str, domain: str = "", *, response: str = "v2",
                 mic: str = "right", workstation: str = "TESTS", spnego: bool = False):
        self.user, self.domain, self.workstation = user, domain, workstation
        self.hash = nt_hash(password)
        self.response, self.mic, self.spnego = response, mic, spnego
        self.first = b""

    def negotiate(self) -> bytes:
        self.first = SIGNATURE + struct.pack("<II", 1, self._flags()) + bytes(16)
        return spnego_init(self.first) if self.spnego else self.first

    def _flags(self) -> int:
        return FLAGS & ~EXTENDED if self.response in ("v1", "lm") else FLAGS

    def authenticate(self, token: bytes) -> bytes:
        message = spnego_inner(token) if self.spnego else token
        nt, lm, key = self._responses(Challenge(message))
        third = self._message(nt, lm, message)
        if self.mic != "none" and self.response == "v2":
            mic = hmac_md5(key, self.first + message + third)
            if self.mic == "wrong":
                mic = bytes([mic[0] ^ 1]) + mic[1:]
            third = third[:MIC_AT] + mic + third[MIC_AT + 16:]
        return spnego_response(third) if self.spnego else third

    def _responses(self, challenge: Challenge) -> tuple[bytes, bytes, bytes]:
        """NT response, LM response, session base key."""
        ours = os.urandom(8)
        if self.response == "lm":
            return b"", desl(self.hash, challenge.challenge), b""
        if self.response == "v1":
            answer = desl(self.hash, challenge.challenge)
            return answer, answer, b""
        if self.response == "session":
            mixed = hashlib.md5(challenge.challenge + ours).digest()[:8]
            return desl(self.hash, mixed), ours + bytes(16), b""
        return self._ntlmv2(challenge, ours)

    def _ntlmv2(self, challenge: Challenge, ours: bytes) -> tuple[bytes, bytes, bytes]:
        owf = hmac_md5(self.hash, (self.user.upper() + self.domain).encode("utf-16-le"))
        pairs = list(challenge.info)
        time = dict(pairs).get(PAIR_TIME, bytes(8))
        if self.mic != "none":
            pairs.append((PAIR_FLAGS, struct.pack("<I", HAS_MIC)))
        temp = b"\1\1" + bytes(6) + time + ours + bytes(4) + pairs_bytes(pairs) + bytes(4)
        proof = hmac_md5(owf, challenge.challenge + temp)
        return proof + temp, bytes(24), hmac_md5(owf, proof)

    def _message(self, nt: bytes, lm: bytes, challenge: bytes) -> bytes:
        fields = [lm, nt] + [text.encode("utf-16-le")
                             for text in (self.domain, self.user, self.workstation)] + [b""]
        head, payload = SIGNATURE + struct.pack("<I", 3), b""
        for field in fields:
            head += struct.pack("<HHI", len(field), len(field), HEADER_LEN + len(payload))
            payload += field
        flags = self._flags() & Challenge(challenge).flags | UNICODE
        return head + struct.pack("<I", flags) + bytes(8) + bytes(16) + payload


# ---- SPNEGO, RFC 4178 ----

def der(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    size = len(body)
    length = bytes([size]) if size < 0x80 else \
        bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + body


def spnego_init(token: bytes | None, mechs: tuple[bytes, ...] = (OID_NTLMSSP,)) -> bytes:
    parts = [der(0xa0, der(0x30, *mechs))]
    if token is not None:
        parts.append(der(0xa2, der(0x04, token)))
    return der(0x60, OID_SPNEGO, der(0xa0, der(0x30, *parts)))


def spnego_response(token: bytes) -> bytes:
    return der(0xa1, der(0x30, der(0xa2, der(0x04, token))))


def spnego_inner(token: bytes) -> bytes:
    """The NTLMSSP message in a NegTokenResp, found by its signature."""
    return token[token.index(SIGNATURE):]


def b64(token: bytes) -> str:
    return base64.b64encode(token).decode()
