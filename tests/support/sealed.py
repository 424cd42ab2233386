# SPDX-License-Identifier: BSD-2-Clause
"""What who has a service's key can do: open the ticket in a client's token, change its PAC or its
times, and those of the authenticator beside it, and seal them again. Messages are RFC 4120's and
RFC 4121's, the PAC is [MS-PAC]'s; keys, encryption and checksums are MIT's libkrb5.
"""

import ctypes
import dataclasses
import functools
import pathlib
import struct
import time
from collections.abc import Callable, Mapping

from . import ber

LIBRARY = "libkrb5.so.3"
# RFC 4120 section 7.5.1; KERB_NON_KERB_CKSUM_SALT
TICKET_USAGE, AUTHENTICATOR_USAGE, CHECKSUM_USAGE = 2, 11, 17
IF_RELEVANT, WIN2K_PAC = 1, 128             # RFC 4120 section 5.2.6.1; MS-KILE section 3.3.5.6.4
LOGON_INFO, SERVER_CHECKSUM, KDC_CHECKSUM = 1, 6, 7     # [MS-PAC] section 2.4
KRB5_TOKEN = bytes.fromhex("06092a864886f712010202") + b"\x01\x00"      # RFC 4121 section 4.1
AP_REQ, TICKET, ENC_TICKET_PART, AUTHENTICATOR = 0x6e, 0x61, 0x63, 0x62
SEQUENCE, INTEGER, OCTETS, TIME = 0x30, 0x02, 0x04, 0x18
TICKET_PART = [AP_REQ, SEQUENCE, 0xa3, TICKET, SEQUENCE, 0xa3, SEQUENCE]    # EncryptedData
AUTHENTICATOR_PART = [AP_REQ, SEQUENCE, 0xa4, SEQUENCE]
AUTHTIME, STARTTIME, ENDTIME = 0xa5, 0xa6, 0xa7     # of EncTicketPart, RFC 4120 section 5.3
CTIME = 0xa5                                        # of Authenticator, section 5.5.1
ENCRYPTION_COSTS = 64                       # confounder, checksum and padding, of any type


# ---- libkrb5 ----

class _Keyblock(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_int32), ("enctype", ctypes.c_int32),
                ("length", ctypes.c_uint), ("contents", ctypes.c_char_p)]


class _Data(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_int32), ("length", ctypes.c_uint), ("data", ctypes.c_void_p)]

    @classmethod
    def of(cls, data: bytes) -> "_Data":
        room = ctypes.create_string_buffer(data, len(data))
        made = cls(0, len(data), ctypes.cast(room, ctypes.c_void_p))
        made.room = room
        return made

    def bytes(self) -> bytes:
        return ctypes.string_at(self.data, self.length)


class _Encrypted(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_int32), ("enctype", ctypes.c_int32), ("kvno", ctypes.c_uint),
                ("ciphertext", _Data)]


class _Checksum(ctypes.Structure):
    _fields_ = [("magic", ctypes.c_int32), ("type", ctypes.c_int32), ("length", ctypes.c_uint),
                ("contents", ctypes.c_void_p)]


def _call(name: str, *words: object) -> None:
    library, context = ctypes.CDLL(LIBRARY), ctypes.c_void_p()
    library.krb5_init_context(ctypes.byref(context))
    code = getattr(library, name)(context, *words)
    library.krb5_free_context(context)
    assert code == 0, f"{name}: {code}"


@dataclasses.dataclass(frozen=True)
class Key:
    """A service's key, or a ticket's for its session."""
    enctype: int
    data: bytes

    def _block(self) -> object:
        return ctypes.byref(_Keyblock(0, self.enctype, len(self.data), self.data))

    def decrypt(self, ciphertext: bytes, usage: int) -> bytes:
        clear = _Data.of(bytes(len(ciphertext)))
        part = _Encrypted(0, self.enctype, 0, _Data.of(ciphertext))
        _call("krb5_c_decrypt", self._block(), ctypes.c_int32(usage), None,
              ctypes.byref(part), ctypes.byref(clear))
        return clear.bytes()

    def encrypt(self, clear: bytes, usage: int) -> bytes:
        part = _Encrypted(0, self.enctype, 0, _Data.of(bytes(len(clear) + ENCRYPTION_COSTS)))
        _call("krb5_c_encrypt", self._block(), ctypes.c_int32(usage), None,
              ctypes.byref(_Data.of(clear)), ctypes.byref(part))
        return part.ciphertext.bytes()

    def checksum(self, kind: int, data: bytes) -> bytes:
        made = _Checksum()
        _call("krb5_c_make_checksum", ctypes.c_int32(kind), self._block(),
              ctypes.c_int32(CHECKSUM_USAGE), ctypes.byref(_Data.of(data)), ctypes.byref(made))
        return ctypes.string_at(made.contents, made.length)


def keys(keytab: pathlib.Path) -> list[Key]:
    """Those of a keytab file, in the format 0x0502 of MIT's documentation."""
    data, at, found = keytab.read_bytes(), 2, []
    assert data[:2] == b"\x05\x02", keytab
    while at + 4 <= len(data):
        size, = struct.unpack_from(">i", data, at)
        entry, at = data[at + 4:at + 4 + abs(size)], at + 4 + abs(size)
        if size > 0:
            found.append(_key_of(entry))
    return found


def _key_of(entry: bytes) -> Key:
    count, = struct.unpack_from(">H", entry, 0)
    at = 2
    for _ in range(count + 1):              # the realm comes before the components
        at += 2 + struct.unpack_from(">H", entry, at)[0]
    enctype, length = struct.unpack_from(">HH", entry, at + 9)      # type, time, version before it
    return Key(enctype, entry[at + 13:at + 13 + length])


# ---- messages ----

def _children(content: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(content):
        tag, inner, at = ber.element(content, at)
        found.append((tag, inner))
    return found


def _join(children: list[tuple[int, bytes]]) -> bytes:
    return b"".join(ber.encode(tag, inner) for tag, inner in children)


def _change(content: bytes, path: list[int], change: Callable[[bytes], bytes]) -> bytes:
    """The same with what stands at the end of `path`, tags from the outside in, changed."""
    if not path:
        return change(content)
    children = _children(content)
    assert path[0] in [tag for tag, _ in children], f"0x{path[0]:02x} in {content[:20].hex()}"
    return _join([(tag, _change(inner, path[1:], change) if tag == path[0] else inner)
                  for tag, inner in children])


def _field(content: bytes, *path: int) -> bytes:
    for wanted in path:
        content = next(inner for tag, inner in _children(content) if tag == wanted)
    return content


def _change_entry(entry: bytes, change: Callable[[bytes], bytes | None]) -> bytes | None:
    """One element of AuthorizationData; None: it is left out."""
    kind = int.from_bytes(_field(entry, 0xa0, INTEGER), "big")
    data = _field(entry, 0xa1, OCTETS)
    if kind == WIN2K_PAC:
        changed = change(data)
    elif kind == IF_RELEVANT:
        changed = ber.encode(SEQUENCE, _change_entries(_field(data, SEQUENCE), change))
    else:
        changed = data
    return None if changed is None else _change(entry, [0xa1, OCTETS], lambda _: changed)


def _change_entries(entries: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    changed = [(tag, _change_entry(entry, change)) for tag, entry in _children(entries)]
    return _join([(tag, entry) for tag, entry in changed if entry is not None])


def _resealed(key: Key, usage: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """What becomes of a ciphertext when its clear text is changed."""
    def sealed(ciphertext: bytes) -> bytes:
        clear = key.decrypt(ciphertext, usage)
        length = ber.header(clear)              # what is behind it is padding
        return key.encrypt(change(clear[:length[1] + length[2]]), usage)
    return sealed


def _request(token: bytes) -> bytes:
    """The AP-REQ of a raw Kerberos token."""
    tag, inner, _ = ber.element(token, 0)
    assert tag == 0x60 and inner.startswith(KRB5_TOKEN), "not a raw Kerberos token"
    return inner[len(KRB5_TOKEN):]


def _ticket_key(request: bytes, keytab: pathlib.Path) -> Key:
    """The first one of the ticket's type."""
    enctype = int.from_bytes(_field(request, *TICKET_PART, 0xa0, INTEGER), "big")
    return next(key for key in keys(keytab) if key.enctype == enctype)


def _session_key(request: bytes, key: Key) -> Key:
    clear = key.decrypt(_field(request, *TICKET_PART, 0xa2, OCTETS), TICKET_USAGE)
    kept = _field(clear, ENC_TICKET_PART, SEQUENCE, 0xa1, SEQUENCE)
    return Key(int.from_bytes(_field(kept, 0xa0, INTEGER), "big"), _field(kept, 0xa1, OCTETS))


def reseal(token: bytes, keytab: pathlib.Path, change: Callable[[bytes], bytes | None]) -> bytes:
    """A raw Kerberos token like `token`, with the PAC of its ticket changed; None: without one."""
    def changed(clear: bytes) -> bytes:
        return _change(clear, [ENC_TICKET_PART, SEQUENCE, 0xaa, SEQUENCE],
                       lambda entries: _change_entries(entries, change))
    request = _request(token)
    sealed = _resealed(_ticket_key(request, keytab), TICKET_USAGE, changed)
    return ber.encode(0x60, KRB5_TOKEN + _change(request, [*TICKET_PART, 0xa2, OCTETS], sealed))


def _set_times(clear: bytes, kind: int, times: Mapping[int, float]) -> bytes:
    """With these fields of the SEQUENCE in `kind`, also where there was none."""
    fields = dict(_children(_field(clear, kind, SEQUENCE)))
    for field, at_s in times.items():
        text = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(at_s))
        fields[field] = ber.encode(TIME, text.encode())
    return ber.encode(kind, ber.encode(SEQUENCE, _join(sorted(fields.items()))))


def retime(token: bytes, keytab: pathlib.Path, ticket: Mapping[int, float] | None = None,
           ctime: float | None = None) -> bytes:
    """A raw Kerberos token like `token`: `ticket` has new times of its ticket by field (ENDTIME),
    `ctime` is what the client's clock said. In seconds since 1970."""
    request = _request(token)
    key = _ticket_key(request, keytab)
    said = {} if ctime is None else {CTIME: ctime}
    for path, kind, sealing, usage, times in (
            (AUTHENTICATOR_PART, AUTHENTICATOR, _session_key(request, key), AUTHENTICATOR_USAGE,
             said), (TICKET_PART, ENC_TICKET_PART, key, TICKET_USAGE, ticket or {})):
        sealed = _resealed(sealing, usage, functools.partial(_set_times, kind=kind, times=times))
        request = _change(request, [*path, 0xa2, OCTETS], sealed)
    return ber.encode(0x60, KRB5_TOKEN + request)


# ---- the PAC ----

def buffer(pac: bytes, kind: int) -> slice:
    """Where the buffer of this kind stands, [MS-PAC] sections 2.3 and 2.4."""
    count, = struct.unpack_from("<I", pac, 0)
    for number in range(count):
        found, size, offset = struct.unpack_from("<IIQ", pac, 8 + 16 * number)
        if found == kind:
            return slice(offset, offset + size)
    raise AssertionError(f"the PAC has no buffer of type {kind}")


def signed(pac: bytes, keytab: pathlib.Path) -> bytes:
    """The same with the server's checksum made anew, [MS-PAC] section 2.8.1. The KDC's is not that
    of its bytes any more; services cannot check it."""
    zeroed = bytearray(pac)
    for kind in (SERVER_CHECKSUM, KDC_CHECKSUM):
        where = buffer(pac, kind)
        size = 16 if struct.unpack_from("<i", pac, where.start)[0] == -138 else 12
        zeroed[where.start + 4:where.start + 4 + size] = bytes(size)
    where = buffer(pac, SERVER_CHECKSUM)
    kind, = struct.unpack_from("<i", pac, where.start)
    enctype = {15: 17, 16: 18, -138: 23}[kind]
    key = next(key for key in keys(keytab) if key.enctype == enctype)
    checksum = key.checksum(kind, bytes(zeroed))
    start = where.start + 4
    return pac[:start] + checksum + pac[start + len(checksum):]
