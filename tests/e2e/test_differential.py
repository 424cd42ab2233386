# SPDX-License-Identifier: BSD-2-Clause
"""The same few thousand lines to Squid's basic_ldap_auth -P and to ours: the verdicts are the same,
or the difference is one of DIFFERENCES, each of which is a defect there and has its reason.

PXA_SEED=N repeats a run; the seed is printed.
"""

import collections
import dataclasses
import os
import random
import unicodedata
import unittest
from collections.abc import Callable

from support import basicldap, helper, tree

RANDOM_LINES = 3000

HOSTILE_NAMES = [
    "*", "a*", "al*ce", "(", ")", "alice)", "a)(uid=*", "*)(uid=*))(|(uid=*", "\\", "\\2a",
    "alice\\",
    "alice,ou=people", "uid=alice", "uid=alice,ou=people,dc=example,dc=test", "%s", "%n", "%",
    "alice ", " alice", "al ice", "  ", "ALICE", "Alice", "aLiCe", "\uff41lice", "\u24d0lice",
    "alice\u3000", "\u00a0alice", "alice\u00ad", "ali\u0301ce", "jürgen", "JÜRGEN", "ju\u0308rgen",
    "\t", "alice\t", "alice\r", "alice\n", "a" * 300, "a" * 1000, "é" * 200, "<script>", "' or 1=1",
    "&", "|", "!", "=", "~", "^", "[", "]", "{", "}", "`", "#", "#hash", ";", "+", "alice+bob",
]
HOSTILE_PASSWORDS = [
    "*", "(", "\\", "%", "%s", "alice-pw ", " alice-pw", "ALICE-PW", "x" * 200, "x" * 900,
    "é" * 100,
    "\t", "\r", "alice-pw\n", "alice-pw\r\n", "{SSHA}", "{CLEARTEXT}alice-pw", "'", '"', "ä",
]
HOSTILE_BYTES = [b"\xff", b"\xe4lice", b"alice\xc3", b"\xed\xa0\x80", b"alice\x80", b"\xc0\xaalice",
                 b"\xf0\x9f\x98\x80", b"\x01", b"\x7f", b"alice\x1b"]


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request and both verdicts, each the first word of its reply."""
    user: bytes
    password: bytes
    stock: str
    ours: str

    @property
    def verdicts(self) -> tuple[str, str]:
        return self.stock, self.ours

    def line_len(self) -> int:
        return len(helper.line(self.user, self.password)) + 1


def names_a_person(user: bytes) -> bool:
    """By ASCII case alone."""
    return user.lower() in {person.uid.encode().lower() for person in tree.PERSONS}


def folds_to_a_person(user: bytes) -> bool:
    """Unicode's folding makes one of the people's names of it, and that of ASCII case does not."""
    try:
        text = user.decode()
    except UnicodeDecodeError:
        return False
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = "".join(c for c in folded if unicodedata.category(c) != "Cf" and c.isprintable())
    name = " ".join(visible.split())
    return (not names_a_person(user)
            and name in {person.uid.casefold() for person in tree.PERSONS})


# (what it is and why it is meant, the verdicts (stock, ours), whether it may explain a request)
DIFFERENCES: list[tuple[str, tuple[str, str], Callable[[Asked], bool]]] = [
    ("unknown user: `BH Success` there, because it asks a connection that is gone for its error; "
     "Squid then sends the line twice more", ("BH", "ERR"),
     lambda asked: not names_a_person(asked.user)),
    ("a line of 1,024 bytes or more is two or more requests there; here it is one",
     ("ERR", "OK"), lambda asked: asked.line_len() >= 1024),
    ("one person, one name: the directory's Unicode folding finds somebody, under a name that "
     "Squid's access lists do not know",
     ("OK", "ERR"), lambda asked: folds_to_a_person(asked.user)),
    ("blanks around a name or doubled inside: the directory drops them, the name as typed is "
     "another", ("OK", "ERR"), lambda asked: b" ".join(asked.user.split()) != asked.user),
]


def reason(asked: Asked) -> str | None:
    """Why the verdicts may differ; None when they must not."""
    for text, verdicts, explains in DIFFERENCES:
        if asked.verdicts == verdicts and explains(asked):
            return text
    return None


def hostile() -> list[tuple[bytes, bytes]]:
    requests = [(name.encode(), b"alice-pw") for name in HOSTILE_NAMES]
    requests += [(b"alice", password.encode()) for password in HOSTILE_PASSWORDS]
    requests += [(b"long", b"p" * 8000), (b"long", b"p" * 7999), (b"A" * 1023 + b"alice", b"x")]
    requests += [(raw, b"alice-pw") for raw in HOSTILE_BYTES]
    requests += [(b"alice", raw) for raw in HOSTILE_BYTES]
    return requests


def generate(seed: int) -> list[tuple[bytes, bytes]]:
    """People with right, nearly right and strange passwords; changed names; noise."""
    chance = random.Random(seed)
    people = [person for person in tree.PERSONS if len(person.password) < 900]
    requests = []
    for _ in range(RANDOM_LINES):
        person = chance.choice(people)
        user, password = person.uid, person.password
        kind = chance.randrange(6)
        if kind == 1:
            password = mutate(chance, password)
        elif kind == 2:
            user = mutate(chance, user)
        elif kind == 3:
            password = chance.choice(people).password
        elif kind == 4:
            user, password = noise(chance), noise(chance)
        elif kind == 5:
            user = "".join(chance.choice((c.lower(), c.upper())) for c in user)
        requests.append((user.encode(), password.encode()))
    return requests


def mutate(chance: random.Random, text: str) -> str:
    """One character more, less or another."""
    at = chance.randrange(len(text) + 1)
    more = chance.choice(["", *"x *()\\%\u00ad\u0301\uff41é"])
    return text[:at] + more + text[at + chance.randrange(2):]


def noise(chance: random.Random) -> str:
    letters = "abz09 *()\\,=+;<>\"#%&|!~\u00e4\u4e2d\U0001f600"
    return "".join(chance.choice(letters) for _ in range(chance.randrange(1, 30)))


class Differential(basicldap.SlapdCase):
    def ask_both(self, requests: list[tuple[bytes, bytes]]) -> list[Asked]:
        stock = self.start(basicldap.stock_argv(self.slapd.ldap_url, "-P"), ids=False)
        ours = self.start(basicldap.argv(self.slapd.ldap_url))
        lines = [helper.line(user, password) for user, password in requests]
        mine = ours.ask_many(lines)
        theirs = []
        for line in lines:
            stock.send(line)
            theirs.append(stock.receive()[1])
            self.take_surplus(stock, line)
        self.assertEqual(ours.finish(), 0)
        return [Asked(user, password, a.split()[0], b.split()[0])
                for (user, password), a, b in zip(requests, theirs, mine)]

    @staticmethod
    def take_surplus(stock: helper.Helper, line: bytes) -> None:
        """It answers a line of 1,024 bytes and more once for each piece of 1,023."""
        for _ in range(len(line) // 1023):
            stock.read_line()

    def check(self, requests: list[tuple[bytes, bytes]]) -> None:
        seen: collections.Counter[str] = collections.Counter()
        unexplained = []
        for asked in self.ask_both(requests):
            if asked.stock == asked.ours:
                seen["the same: " + asked.ours] += 1
            elif text := reason(asked):
                seen[text] += 1
            else:
                unexplained.append(asked)
        for text, count in seen.most_common():
            print(f"# {count:5} {text}")
        self.assertEqual(unexplained, [], f"{len(unexplained)} differences without a reason")
        self.assertGreater(seen["the same: OK"], 0)

    def test_hostile_lines(self) -> None:
        self.check(hostile())

    def test_generated_lines(self) -> None:
        seed = int(os.environ.get("PXA_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"# PXA_SEED={seed}")
        self.check(generate(seed))


if __name__ == "__main__":
    unittest.main()
