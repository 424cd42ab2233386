# SPDX-License-Identifier: BSD-2-Clause
"""As much BER (X.690) and LDAP (RFC 4511) as a test needs: cut messages, see binds, write a few.

It reads what the helper under test sends, in definite lengths only, as LDAP requires. It is not
a general decoder.
"""

import dataclasses

BIND_REQUEST = 0x60
BIND_RESPONSE = 0x61
UNBIND_REQUEST = 0x42
SEARCH_REQUEST = 0x63
SEARCH_ENTRY = 0x64
SEARCH_DONE = 0x65
EXTENDED_REQUEST = 0x77

# A message whose header announces 2 GiB - 1 bytes; the five bytes after it begin a bind response.
HUGE_MESSAGE = bytes.fromhex("30847fffffff") + bytes.fromhex("0201016184")


class Bad(ValueError):
    """The bytes are not the BER that LDAP allows (or not LDAP at all)."""


@dataclasses.dataclass(frozen=True)
class Bind:
    """A bind request seen on the wire."""
    msgid: int
    dn: str
    simple: bool


def header(data: bytes, at: int = 0) -> tuple[int, int, int] | None:
    """(tag, start of the content, its length) of the element at `at`; None: more bytes needed."""
    if len(data) < at + 2:
        return None
    tag, first = data[at], data[at + 1]
    if first < 0x80:
        return tag, at + 2, first
    count = first & 0x7F
    if count == 0 or count > 4:
        raise Bad(f"length of {count} bytes")
    if len(data) < at + 2 + count:
        return None
    start = at + 2 + count
    return tag, start, int.from_bytes(data[at + 2:start], "big")


def cut_messages(buffer: bytearray) -> list[bytes]:
    """Takes the whole LDAP messages out of the front of `buffer`."""
    messages = []
    while buffer:
        if buffer[0] != 0x30:
            raise Bad(f"0x{buffer[0]:02x} does not begin an LDAP message")
        found = header(buffer)
        if found is None or len(buffer) < found[1] + found[2]:
            break
        end = found[1] + found[2]
        messages.append(bytes(buffer[:end]))
        del buffer[:end]
    return messages


def element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """(tag, content, end) of a whole element."""
    found = header(data, at)
    if found is None or len(data) < found[1] + found[2]:
        raise Bad("an element is cut short")
    tag, start, length = found
    return tag, data[start:start + length], start + length


def operation(message: bytes) -> tuple[int, int, bytes]:
    """(message id, tag of the operation, its content) of one whole LDAP message."""
    _, body, _ = element(message, 0)
    tag, msgid, end = element(body, 0)
    if tag != 0x02:
        raise Bad("no message id")
    tag, content, _ = element(body, end)
    return int.from_bytes(msgid, "big"), tag, content


def as_bind(message: bytes) -> Bind | None:
    """The bind request in `message`, None when it is another operation."""
    msgid, tag, content = operation(message)
    if tag != BIND_REQUEST:
        return None
    _, _, end = element(content, 0)
    _, dn, end = element(content, end)
    return Bind(msgid, dn.decode("utf-8", "replace"), content[end] == 0x80)


def encode(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    return bytes([tag, 0x84]) + length.to_bytes(4, "big") + content


def message(msgid: int, tag: int, content: bytes) -> bytes:
    return encode(0x30, encode(0x02, bytes([msgid])) + encode(tag, content))


def bind_request(msgid: int, dn: str = "", password: bytes = b"") -> bytes:
    """A simple bind, LDAP version 3 (RFC 4511 section 4.2); msgid below 128."""
    return message(msgid, BIND_REQUEST, encode(0x02, b"\x03") + encode(0x04, dn.encode())
                   + encode(0x80, password))


def result(msgid: int, tag: int, code: int) -> bytes:
    """A response that is nothing but an LDAPResult with `code`; msgid below 128."""
    return message(msgid, tag, encode(0x0A, bytes([code])) + encode(0x04, b"") + encode(0x04, b""))
