# SPDX-License-Identifier: BSD-2-Clause
"""A client of MIT's GSSAPI for whole dialogues, in a process of its own: NTLM by the mechanism of
gss-ntlmssp, bare or inside MIT's SPNEGO, alone or behind Kerberos.

    python3 gssclient.py    reads a JSON object on the first line, then a token a line (base64);
                            prints a JSON object for each: token, state, reason

Client runs it from a test.
"""

import base64
import ctypes
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import gss, place

NTLM = bytes.fromhex("2b06010401823702020a")
OIDS = gss.OIDS | {"ntlm": NTLM}
INTEGRITY = 0x20


class OidSet(ctypes.Structure):
    """gss_OID_set_desc"""
    _fields_ = [("count", ctypes.c_size_t), ("elements", ctypes.POINTER(gss.Oid))]

    @classmethod
    def of(cls, names: Sequence[str]) -> "OidSet":
        return cls(len(names), (gss.Oid * len(names))(*[gss.Oid.of(OIDS[name]) for name in names]))


class Bindings(ctypes.Structure):
    """gss_channel_bindings_struct, with application data alone"""
    _fields_ = [("initiator_type", ctypes.c_uint32), ("initiator", gss.Buffer),
                ("acceptor_type", ctypes.c_uint32), ("acceptor", gss.Buffer),
                ("data", gss.Buffer)]


class Initiator(gss.Gss):
    """One side of one dialogue, in this process."""

    def __init__(self, wanted: dict) -> None:
        super().__init__()
        self.oid = gss.Oid.of(OIDS[wanted["mech"]])
        self.wanted_flags = wanted["flags"]
        self.bindings = None
        if wanted["bindings"]:
            self.bindings = Bindings(data=gss.Buffer.of(wanted["bindings"].encode()))
        self.target = self.name(wanted["service"], gss.HOST_BASED_SERVICE)
        self.cred = self.password(wanted) if wanted["user"] else None

    def must(self, name: str, *words: object) -> None:
        major = self.call(name, *words)
        if major not in (0, gss.CONTINUE):
            raise SystemExit(f"{name}: {self.reason(major, self.oid)}")

    def name(self, text: str, kind: bytes | None) -> ctypes.c_void_p:
        out, form = ctypes.c_void_p(), gss.Oid.of(kind) if kind else None
        self.must("gss_import_name", ctypes.byref(gss.Buffer.of(text.encode())),
                  ctypes.byref(form) if form else None, ctypes.byref(out))
        return out

    def password(self, wanted: dict) -> ctypes.c_void_p:
        cred, name = ctypes.c_void_p(), self.name(wanted["user"], None)
        self.must("gss_acquire_cred_with_password", name,
                  ctypes.byref(gss.Buffer.of(wanted["password"].encode())), ctypes.c_uint32(0),
                  ctypes.byref(OidSet.of([wanted["mech"]])), 1, ctypes.byref(cred), None, None)
        if wanted["mech"] == "spnego":
            self.must("gss_set_neg_mechs", cred, ctypes.byref(OidSet.of(["ntlm"])))
        return cred

    def step(self, token: bytes | None) -> dict[str, str]:
        out, came = gss.Buffer(), gss.Buffer.of(token) if token else None
        major = self.call("gss_init_sec_context", self.cred, ctypes.byref(self.context),
                          self.target, ctypes.byref(self.oid), ctypes.c_uint32(self.wanted_flags),
                          ctypes.c_uint32(0),
                          ctypes.byref(self.bindings) if self.bindings else None,
                          ctypes.byref(came) if came else None, None, ctypes.byref(out),
                          ctypes.byref(self.flags), None)
        said = {"token": gss.encode(out.bytes()), "state": "failed", "reason": ""}
        if major not in (0, gss.CONTINUE):
            return said | {"reason": self.reason(major, self.oid)}
        return said | {"state": "continue" if major else "complete"}


class Client:
    """A client in a process of its own. With a user ("DOMAIN\\name") it has that password and
    nothing else; without one, what `env` says: KRB5CCNAME, NTLM_USER_FILE."""

    def __init__(self, mech: str = "spnego", user: str = "", password: str = "", flags: int = 0,
                 bindings: str = "", env: Mapping[str, str] | None = None):
        wanted = {"mech": mech, "user": user, "password": password, "flags": flags,
                  "bindings": bindings, "service": "HTTP@proxy.lab.example"}
        self.process = subprocess.Popen([sys.executable, __file__], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=dict(env if env is not None else place.clean_env()))
        self._say(json.dumps(wanted))

    def _say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def step(self, token: bytes = b"") -> tuple[bytes, str, str]:
        """Token, state (continue, complete or failed) and reason after the server's token."""
        self._say(gss.encode(token))
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the GSSAPI client ended with {self.process.wait()}")
        said = json.loads(line)
        return base64.b64decode(said["token"]), said["state"], said["reason"]

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def has_ntlm() -> bool:
    """Whether the mechanism of gss-ntlmssp is installed for MIT's library."""
    minor, found = ctypes.c_uint32(), ctypes.POINTER(OidSet)()
    library = ctypes.CDLL(gss.LIBRARY)
    library.gss_indicate_mechs(ctypes.byref(minor), ctypes.byref(found))
    mechs = found.contents
    return any(mechs.elements[i].bytes() == NTLM for i in range(mechs.count))


@functools.cache
def mit_takes_its_own_mic() -> bool:
    """Whether MIT's client completes a login by NTLM inside SPNEGO at MIT's own acceptor. Version
    1.21 looks for the mechListMIC at [4] (krb5/krb5#1451 on GitHub): there neither side sees the
    other's, the acceptor sends none, and the client misses it in the last token."""
    with tempfile.NamedTemporaryFile("w") as users, Client(
            user="LAB\\alice", password="secret") as client:
        users.write("LAB:alice:secret\n")
        users.flush()
        os.environ["NTLM_USER_FILE"] = users.name
        try:
            server, word = gss.Gss(), gss.CONTINUE
            token, state, _ = client.step()
            while token and state == "continue":
                said = server.take(token)
                word = said["major"]
                token, state, _ = client.step(base64.b64decode(said["reply"]))
        finally:
            del os.environ["NTLM_USER_FILE"]
    if word != 0:
        raise AssertionError(f"MIT's acceptor refuses NTLM: {said}")
    return state == "complete"


def main() -> int:
    client = Initiator(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        print(json.dumps(client.step(base64.b64decode(line))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
