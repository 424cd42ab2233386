# SPDX-License-Identifier: BSD-2-Clause
"""One person, one name: no Unicode code point anywhere in a name makes an alias of it.

Squid's access lists see the name as typed and fold ASCII case alone; directories fold far more.
The person of this test has so many names that whatever a code point may be folded to, there is a
name that it would complete: at the start, in the middle and at the end, every ASCII letter and
digit, and nothing at all. The password is always the right one. Then only a code point that gives
one of these names but for ASCII case may be accepted.

`make check` asks for a sample with all the likely ones; PXA_LONG=1 for every code point (3.3
million requests for each way to find an entry). PXA_SEED=N repeats a sample.
"""

import os
import random
import string
import subprocess
import sys
import unicodedata
import unittest
from collections.abc import Iterable, Iterator

from support import basicldap, helper, place, slapd, tree

PASSWORD = "alias-pw"
POSITIONS = {"start": ("", "lice"), "middle": ("al", "ce"), "end": ("alic", "")}
FILLINGS = ["", *string.ascii_lowercase, *string.digits]
NAMES = sorted({head + filling + tail for head, tail in POSITIONS.values() for filling in FILLINGS})
RANDOM_POINTS = 1000


def encode(point: int) -> bytes:
    """UTF-8; the surrogates, too, which no sound string has."""
    return chr(point).encode("utf-8", "surrogatepass")


def likely(point: int) -> bool:
    """What normalisation, case folding or string preparation (RFC 4518) may change or drop."""
    char = chr(point)
    folded = unicodedata.normalize("NFKC", char).casefold()
    return (point < 0x300 or any(c in string.ascii_letters + string.digits + " " for c in folded)
            or unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp")
            or 0x300 <= point < 0x370 or 0xFE00 <= point < 0xFE10 or 0xE0100 <= point < 0xE0120
            or point in (0x115F, 0x1160, 0x3164, 0xFFA0, 0xFFFC, 0xFFFD, 0xFFFE, 0x10FFFF))


def sample(seed: int) -> list[int]:
    chance = random.Random(seed)
    points = {point for point in range(sys.maxunicode + 1) if likely(point)}
    points.update(chance.randrange(sys.maxunicode + 1) for _ in range(RANDOM_POINTS))
    points.update((0xD800, 0xDBFF, 0xDC00, 0xDFFF))
    return sorted(points)


class Aliases(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        # A DN template reaches entries by their RDN, so there every name has an entry.
        extra = tree.entry(f"cn=alice,{tree.PEOPLE}", {
            "objectClass": ["inetOrgPerson"], "cn": ["alice"], "sn": ["alice"], "uid": NAMES,
            "userPassword": [PASSWORD]})
        folder = cls.folder / "one"
        cls.one = cls.enterClassContext(slapd.Slapd(folder, {tree.SUFFIX: cls.ldif(extra)}))
        many = "".join(tree.person(name, PASSWORD) for name in NAMES)
        cls.many = cls.enterClassContext(slapd.Slapd(cls.folder / "many",
                                                     {tree.SUFFIX: cls.ldif(many)}))

    @staticmethod
    def ldif(more: str) -> str:
        domain = tree.entry(tree.SUFFIX, {"objectClass": ["domain"], "dc": ["example"]})
        people = tree.entry(tree.PEOPLE, {"objectClass": ["organizationalUnit"], "ou": ["people"]})
        return domain + people + more

    def by_filter(self) -> helper.Helper:
        return self.start(basicldap.argv(self.one.ldap_url))

    def by_template(self) -> helper.Helper:
        return self.start([place.helper_path("basic-ldap"), "-b", tree.PEOPLE, "-H",
                           self.many.ldap_url, *place.patient([])])

    @staticmethod
    def points() -> Iterable[int]:
        if os.environ.get("PXA_LONG"):
            return range(sys.maxunicode + 1)
        seed = int(os.environ.get("PXA_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"# PXA_SEED={seed}")
        return sample(seed)

    @staticmethod
    def requests(head: str, tail: str, points: Iterable[int]) -> Iterator[bytes]:
        for point in points:
            user = head.encode() + encode(point) + tail.encode()
            yield helper.line(user, PASSWORD)

    def check(self, asked: helper.Helper) -> None:
        points = list(self.points())
        for position, (head, tail) in POSITIONS.items():
            replies = asked.ask_many(self.requests(head, tail, points))
            accepted = [p for p, reply in zip(points, replies) if reply == helper.OK]
            expected = [p for p in points if p < 0x80 and (head + chr(p) + tail).lower() in NAMES]
            with self.subTest(position):
                self.assertEqual([f"U+{p:04X}" for p in accepted],
                                 [f"U+{p:04X}" for p in expected])
                self.assertEqual([r for r in replies if not r.startswith(("OK", "ERR", "BH"))], [])

    def test_by_filter(self) -> None:
        self.check(self.by_filter())

    def test_by_dn_template(self) -> None:
        self.check(self.by_template())

    def test_the_names_themselves(self) -> None:
        """In every ASCII case; none is refused."""
        for asked in (self.by_filter(), self.by_template()):
            for name in NAMES:
                for spelling in (name, name.upper(), name.capitalize()):
                    self.assertEqual(asked.ask(spelling, PASSWORD), helper.OK, spelling)

    def test_lifted_in_words(self) -> None:
        asked = self.start(basicldap.argv(self.one.ldap_url, "--accept-aliases"))
        self.assertEqual(asked.ask("\uff41lice", PASSWORD), helper.OK)
        self.assertEqual(asked.ask("\uff41lice", basicldap.WRONG), helper.ERR)

    def test_blanks(self) -> None:
        """At the ends and doubled inside, where the directory ignores them."""
        for asked in (self.by_filter(), self.by_template()):
            for name in (" alice", "alice ", "  alice  ", "alice\u3000", "\u00a0alice",
                         "\u2003alice", "al ice", "alice\t", "alice\u200b", "\ufeffalice"):
                self.assertEqual(asked.ask(name, PASSWORD), helper.ERR, repr(name))

    def test_the_directory_does_fold(self) -> None:
        """Or else this file tests nothing: slapd finds alice under these names."""
        for name in ("\uff41lice", "\u24d0lice", "alice\u3000", "\u00a0alice"):
            done = subprocess.run(
                [place.need_program("ldapsearch"), "-x", "-LLL", "-H", self.one.ldap_url, "-b",
                 tree.PEOPLE, f"(uid={name})", "1.1"], capture_output=True, env=place.clean_env())
            self.assertIn(b"dn: cn=alice", done.stdout, ascii(name))


if __name__ == "__main__":
    unittest.main()
