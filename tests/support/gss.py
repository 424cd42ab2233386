# SPDX-License-Identifier: BSD-2-Clause
"""MIT's GSSAPI through ctypes, in a process of its own: one step of a client or of a server.

    python3 gss.py init SERVICE@HOST [krb5|spnego]      prints the first token of a client
    python3 gss.py init SERVICE@HOST krb5|spnego COUNT  prints those of COUNT logins
    python3 gss.py accept                               takes a token, prints what MIT says of it
    python3 gss.py ntlm USER                            a whole login by NTLM, of a client that has
                                                        the password (standard input) at a server
                                                        that reads NTLM_USER_FILE

Tokens are base64; a server's input is on standard input, output is JSON. Tickets and keytabs
come from the environment (KRB5CCNAME, KRB5_KTNAME). init() and accept() run it from a test.
"""

import base64
import ctypes
import json
import subprocess
import sys
from collections.abc import Mapping

LIBRARY = "libgssapi_krb5.so.2"
OIDS = {"krb5": bytes.fromhex("2a864886f712010202"), "spnego": bytes.fromhex("2b0601050502"),
        "ntlm": bytes.fromhex("2b06010401823702020a"), "iakerb": bytes.fromhex("2b0601050205")}
HOST_BASED_SERVICE = bytes.fromhex("2a864886f71201020104")
USER_NAME = bytes.fromhex("2a864886f71201020101")
MUTUAL, CONTINUE, INITIATE = 2, 1, 1
FLAGS = {1: "deleg", 2: "mutual", 4: "replay", 8: "sequence", 16: "conf", 32: "integ"}


class Buffer(ctypes.Structure):
    """gss_buffer_desc"""
    _fields_ = [("length", ctypes.c_size_t), ("value", ctypes.c_void_p)]

    @classmethod
    def of(cls, data: bytes) -> "Buffer":
        return cls(len(data), ctypes.cast(ctypes.create_string_buffer(data, len(data)),
                                          ctypes.c_void_p))

    def bytes(self) -> bytes:
        return ctypes.string_at(self.value, self.length) if self.length else b""


class Oid(ctypes.Structure):
    """gss_OID_desc"""
    _fields_ = [("length", ctypes.c_uint32), ("elements", ctypes.c_char_p)]

    @classmethod
    def of(cls, data: bytes) -> "Oid":
        return cls(len(data), data)

    def bytes(self) -> bytes:
        return ctypes.string_at(self.elements, self.length)


class OidSet(ctypes.Structure):
    """gss_OID_set_desc"""
    _fields_ = [("count", ctypes.c_size_t), ("elements", ctypes.POINTER(Oid))]


class Gss:
    """The few calls, each with the status that the last one left."""

    def __init__(self) -> None:
        self.library = ctypes.CDLL(LIBRARY)
        self.minor = ctypes.c_uint32()
        self.context = ctypes.c_void_p()
        self.flags = ctypes.c_uint32()

    def call(self, name: str, *words: object) -> int:
        function = getattr(self.library, name)
        function.restype = ctypes.c_uint32
        return function(ctypes.byref(self.minor), *words)

    def reason(self, major: int, mech: Oid) -> str:
        text, more, said = Buffer(), ctypes.c_uint32(0), []
        for code, kind in ((major, 1), (self.minor.value, 2)):
            minor = ctypes.c_uint32()
            self.library.gss_display_status(ctypes.byref(minor), ctypes.c_uint32(code), kind,
                                            ctypes.byref(mech), ctypes.byref(more),
                                            ctypes.byref(text))
            said.append(text.bytes().decode(errors="replace"))
        return "; ".join(said)

    def display(self, name: ctypes.c_void_p) -> str:
        text = Buffer()
        self.call("gss_display_name", name, ctypes.byref(text), None)
        return text.bytes().decode()

    def first_token(self, service: str, mech: str) -> dict[str, object]:
        target, out, oid = ctypes.c_void_p(), Buffer(), Oid.of(OIDS[mech])
        text, kind = Buffer.of(service.encode()), Oid.of(HOST_BASED_SERVICE)
        self.call("gss_import_name", ctypes.byref(text), ctypes.byref(kind), ctypes.byref(target))
        major = self.call("gss_init_sec_context", None, ctypes.byref(self.context), target,
                          ctypes.byref(oid), ctypes.c_uint32(MUTUAL), ctypes.c_uint32(0), None,
                          None, None, ctypes.byref(out), ctypes.byref(self.flags), None)
        if major not in (0, CONTINUE):
            raise SystemExit(self.reason(major, oid))
        return {"token": encode(out.bytes())}

    def name(self, text: str, kind: bytes) -> ctypes.c_void_p:
        name, buffer, oid = ctypes.c_void_p(), Buffer.of(text.encode()), Oid.of(kind)
        self.call("gss_import_name", ctypes.byref(buffer), ctypes.byref(oid), ctypes.byref(name))
        return name

    def answer(self, credential: ctypes.c_void_p, token: bytes) -> tuple[int, bytes]:
        """One step of a client of NTLM that has a credential: major status and token."""
        oid, text, out = Oid.of(OIDS["ntlm"]), Buffer.of(token), Buffer()
        target = self.name("HTTP@proxy.example.test", HOST_BASED_SERVICE)
        major = self.call("gss_init_sec_context", credential, ctypes.byref(self.context), target,
                          ctypes.byref(oid), ctypes.c_uint32(0), ctypes.c_uint32(0), None,
                          ctypes.byref(text) if token else None, None, ctypes.byref(out), None,
                          None)
        if major not in (0, CONTINUE):
            raise SystemExit(self.reason(major, oid))
        return major, out.bytes()

    def credential(self, user: str, password: bytes) -> ctypes.c_void_p:
        credential, name = ctypes.c_void_p(), self.name(user, USER_NAME)
        secret = Buffer.of(password + b"\0")      # gss-ntlmssp wants a string
        secret.length -= 1
        oid = Oid.of(OIDS["ntlm"])
        mechs = OidSet(1, ctypes.pointer(oid))
        major = self.call("gss_acquire_cred_with_password", name, ctypes.byref(secret),
                          ctypes.c_uint32(0xffffffff), ctypes.byref(mechs), INITIATE,
                          ctypes.byref(credential), None, None)
        if major != 0:
            raise SystemExit(self.reason(major, oid))
        return credential

    def take(self, token: bytes) -> dict[str, object]:
        source, mech, out = ctypes.c_void_p(), ctypes.POINTER(Oid)(), Buffer()
        text = Buffer.of(token)
        major = self.call("gss_accept_sec_context", ctypes.byref(self.context), None,
                          ctypes.byref(text), None, ctypes.byref(source), ctypes.byref(mech),
                          ctypes.byref(out), ctypes.byref(self.flags), None, None)
        said: dict[str, object] = {"major": major, "reply": encode(out.bytes())}
        if major not in (0, CONTINUE):
            return said | {"reason": self.reason(major, Oid.of(OIDS["krb5"]))}
        if major == 0:
            said["name"] = self.display(source)
            said["mech"] = mech.contents.bytes().hex()
            said["flags"] = [name for bit, name in FLAGS.items() if self.flags.value & bit]
            pac, verified = self.pac(source)
            said |= {"pac": encode(pac), "pac_verified": verified}
        return said

    def pac(self, name: ctypes.c_void_p) -> tuple[bytes, bool]:
        """The ticket's AD-WIN2K-PAC as the KDC put it there, empty where there is none, and
        whether MIT found the server's signature to be that of these bytes."""
        attribute, out, shown = Buffer.of(b"urn:mspac:"), Buffer(), Buffer()
        authenticated, complete, more = ctypes.c_int(), ctypes.c_int(), ctypes.c_int(-1)
        major = self.call("gss_get_name_attribute", name, ctypes.byref(attribute),
                          ctypes.byref(authenticated), ctypes.byref(complete), ctypes.byref(out),
                          ctypes.byref(shown), ctypes.byref(more))
        return (out.bytes(), bool(authenticated.value)) if major == 0 else (b"", False)


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _run(env: Mapping[str, str], token: bytes, *words: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, __file__, *words], input=base64.b64encode(token),
                          capture_output=True, env=env)
    if done.returncode != 0:
        raise AssertionError(f"gss.py {' '.join(words)}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def init(env: Mapping[str, str], service: str, mech: str = "spnego") -> bytes:
    """A client's first token for service@host, mutual authentication asked for."""
    return base64.b64decode(_run(env, b"", "init", service, mech)["token"])


def init_many(env: Mapping[str, str], service: str, count: int, mech: str = "spnego"
              ) -> list[bytes]:
    """The same, `count` times: each is a login of its own."""
    said = _run(env, b"", "init", service, mech, str(count))
    return [base64.b64decode(token) for token in said["tokens"]]


def accept(env: Mapping[str, str], token: bytes) -> dict[str, object]:
    """major, reply and, where the token was taken: name, mech, flags, pac (base64, may be
    '') and pac_verified."""
    return _run(env, token, "accept")


def ntlm(env: Mapping[str, str], user: str, password: str) -> dict[str, object]:
    """The server's last answer, as of accept(), to a client of gss-ntlmssp with this password."""
    done = subprocess.run([sys.executable, __file__, "ntlm", user], input=password.encode(),
                          capture_output=True, env=env)
    if done.returncode != 0:
        raise AssertionError(f"gss.py ntlm: {done.stderr.decode()}")
    return json.loads(done.stdout)


def login_by_ntlm(user: str, password: bytes) -> dict[str, object]:
    client, server = Gss(), Gss()
    credential = client.credential(user, password)
    _, token = client.answer(credential, b"")
    said = server.take(token)
    _, token = client.answer(credential, base64.b64decode(said["reply"]))
    return server.take(token)


def main() -> int:
    if sys.argv[1] == "ntlm":
        said = login_by_ntlm(sys.argv[2], sys.stdin.buffer.read())
    elif sys.argv[1] == "init" and len(sys.argv) > 4:
        said = {"tokens": [Gss().first_token(sys.argv[2], sys.argv[3])["token"]
                           for _ in range(int(sys.argv[4]))]}
    elif sys.argv[1] == "init":
        said = Gss().first_token(sys.argv[2], (sys.argv[3:] or ["spnego"])[0])
    else:
        said = Gss().take(base64.b64decode(sys.stdin.read()))
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
