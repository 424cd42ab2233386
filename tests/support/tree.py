# SPDX-License-Identifier: BSD-2-Clause
"""The sample directory dc=example,dc=test: people with ordinary and with awkward names, a service
account, and as many bulk users as a test asks for. One of the people, `octets`, has a password
that is no UTF-8 (bytes 70 e4 73 73 ff).
"""

import base64
import dataclasses

SUFFIX = "dc=example,dc=test"
PEOPLE = f"ou=people,{SUFFIX}"
PROXY_DN = f"cn=proxy,{SUFFIX}"
PROXY_PASSWORD = "proxy-secret 7!"


@dataclasses.dataclass(frozen=True)
class Person:
    """A user: the name typed at the proxy, the password."""
    uid: str
    password: str

    @property
    def dn(self) -> str:
        """As slapd returns it and writes it in its log."""
        return f"uid={escape_dn(self.uid)},{PEOPLE}"


ALICE = Person("alice", "alice-pw")
BOB = Person("bob", "bob pw with spaces")
JUERGEN = Person("jürgen", "pässwörd€")

PERSONS = [
    ALICE, BOB, JUERGEN,
    Person("comma,name", "comma-pw"),
    Person("(paren)", "paren-pw"),
    Person("two words", "two words pw"),
    Person('quo"te', 'quote"pw'),
    Person("back\\slash", "back\\slash pw"),
    Person("st*r", "star-pw"),
    Person("#hash", "#hash-pw"),
    Person("per%cent", "100%pw%41"),
    Person("plus+equal=", "plus;<>pw"),
    Person("long", "p" * 8000),
    Person("latin", "latin-pw"),
]


def escape_dn(value: str) -> str:
    """One attribute value inside a DN (RFC 4514 section 2.4), in hex as slapd prefers it."""
    return "".join(f"\\{ord(c):02X}" if c in '"+,;<>\\=' or (at == 0 and c in "# ") else c
                   for at, c in enumerate(value))


def entry(dn: str, attributes: dict[str, list[str | bytes]]) -> str:
    """One LDIF entry, everything in base64, so that no value needs a second thought."""
    def line(name: str, value: str | bytes) -> str:
        raw = value if isinstance(value, bytes) else value.encode()
        return f"{name}:: {base64.b64encode(raw).decode()}"
    lines = [line("dn", dn)]
    lines += [line(name, value) for name, values in attributes.items() for value in values]
    return "\n".join(lines) + "\n\n"


def person(uid: str, password: str | bytes, base: str = PEOPLE) -> str:
    return entry(f"uid={escape_dn(uid)},{base}",
                 {"objectClass": ["inetOrgPerson"], "uid": [uid], "cn": [uid], "sn": [uid],
                  "userPassword": [password]})


def bulk_name(number: int) -> str:
    return f"user{number:05d}"


def bulk_password(number: int) -> str:
    return f"pw-{number:05d}"


def ldif(bulk: int = 0, extra: str = "") -> str:
    """The whole sample tree with `bulk` users more, and `extra` LDIF at its end."""
    domain = entry(SUFFIX, {"objectClass": ["domain"], "dc": ["example"]})
    people = entry(PEOPLE, {"objectClass": ["organizationalUnit"], "ou": ["people"]})
    service = entry(PROXY_DN, {"objectClass": ["organizationalRole", "simpleSecurityObject"],
                               "cn": ["proxy"], "userPassword": [PROXY_PASSWORD]})
    persons = "".join(person(p.uid, p.password) for p in PERSONS)
    persons += person("octets", b"p\xe4ss\xff")
    crowd = "".join(person(bulk_name(n), bulk_password(n)) for n in range(bulk))
    return domain + people + service + persons + crowd + extra
