# SPDX-License-Identifier: BSD-2-Clause
"""The same lines to Squid's ext_ldap_group_acl -P and to group-ldap: the verdicts are the same, or
the difference is one of DIFFERENCES, each of which has its reason.

PXA_SEED=N repeats a run; the seed is printed.
"""

import collections
import dataclasses
import os
import random
import re
import unittest
from collections.abc import Callable, Sequence

from support import basicldap, groupldap, grouptree, helper, tree

RANDOM_LINES = 400

USERS = [person.uid for person in (*tree.PERSONS, grouptree.CAROL, grouptree.MANY)
         if person.uid != "long"]
GROUPS = [group.cn for group in grouptree.ALL] + ["many-0000", "many-0299"]
HOSTILE = [
    "*", "a*", "(", ")", "a)(cn=*", "*)(uid=*))(|(uid=*", "\\", "\\2a", "a\\", "%", "%25", "%%",
    "%00", "a%zz", "#", "=", "a,ou=groups", "cn=a", "cn=a,ou=groups,dc=example,dc=test",
    "alice,ou=people", "ALICE", "A", "\uff41lice", "\uff41", "\u24d0", "alice\u3000", "\u00a0alice",
    "GRÜPPE", "gru\u0308ppe", "JÜRGEN", "a\t", "\ta", "é" * 60, "x" * 200, "x" * 3000,
    "<script>",
    "'", "\"", ";", "+", "a+cn=b", "&", "|", "!", "~", "nobody", "CORP\\alice", "CORP/alice",
    "alice@CORP", "a@b@c", "@x", "web (all)\\, staff", "\\#hash",
]

MEMBEROF = f"(&(uid=%u)(memberOf=cn=%g,{grouptree.GROUPS}))"
KINDS: dict[str, tuple[str, ...]] = {
    "found user": ("-f", groupldap.MEMBER, "-F", "(uid=%s)"),
    "built DN": ("-f", groupldap.MEMBER, "-u", "uid"),
    "user in a DN": ("-f", f"(&(cn=%a)(member=uid=%v,{tree.PEOPLE}))"),
    "memberOf": ("-b", tree.PEOPLE, "-f", MEMBEROF),
    "without parentheses": ("-f", groupldap.MEMBER, "-F", "uid=%s"),
    "posix": ("-f", "(&(cn=%g)(memberUid=%u))"),
    "stripped": ("-S", "-K", "-f", groupldap.MEMBER, "-F", "(uid=%s)"),
    "one level": ("-s", "one", "-f", groupldap.MEMBER, "-F", "(uid=%s)"),
}


@dataclasses.dataclass(frozen=True)
class Asked:
    """A line, how it was asked, and both verdicts, each the first word of its reply."""
    kind: str
    user: str
    groups: tuple[str, ...]
    stock: str
    ours: str

    @property
    def verdicts(self) -> tuple[str, str]:
        return self.stock, self.ours


def special_in_dn(name: str) -> bool:
    return bool(re.search(r'["+,;<>\\]|^[ #]|[ ]$', name))


# (what it is and why it is meant, the verdicts (stock, ours), whether it may explain a line)
DIFFERENCES: list[tuple[str, tuple[str, str], Callable[[Asked], bool]]] = [
    ("one person, one name: the directory's folding finds somebody under a name that Squid's "
     "access lists do not know", ("OK", "ERR"),
     lambda asked: not re.fullmatch(r"[!-~]+( [!-~]+)*", asked.user)),
    ("the group's name stands inside of a DN, and a character of it means something there: that "
     "helper puts it in as it is", ("ERR", "OK"),
     lambda asked: asked.kind == "memberOf" and any(map(special_in_dn, asked.groups))),
]


def reason(asked: Asked) -> str | None:
    """Why the verdicts may differ; None when they must not."""
    for text, verdicts, explains in DIFFERENCES:
        if asked.verdicts == verdicts and explains(asked):
            return text
    return None


def fixed() -> list[tuple[str, ...]]:
    """Every user with a few groups, every group, every hostile name in both places."""
    lines: list[tuple[str, ...]] = [(user, "a", "proxy users") for user in USERS]
    lines += [(user, group) for group in GROUPS for user in ("alice", "bob", "jürgen")]
    lines += [(name, "a") for name in HOSTILE] + [("alice", name) for name in HOSTILE]
    return lines + [("alice", "nope", "a"), ("alice", "a", "nope"), ("-", "a"), ("alice", "-")]


def generate(seed: int) -> list[tuple[str, ...]]:
    chance = random.Random(seed)
    lines = []
    for _ in range(RANDOM_LINES):
        user = chance.choice(USERS + ["alice"] * 20)
        groups = [chance.choice(GROUPS) for _ in range(chance.randint(1, 4))]
        if chance.random() < 0.3:
            user = mutate(chance, user)
        if chance.random() < 0.5:
            groups[0] = mutate(chance, groups[0])
        if "%s" not in user:    # that helper never comes back from one, in Squid 5 and 6
            lines.append((user, *groups))
    return lines


def mutate(chance: random.Random, text: str) -> str:
    """One character more, less or another, or another case."""
    if chance.random() < 0.4:
        return "".join(chance.choice((c.lower(), c.upper())) for c in text)
    at = chance.randrange(len(text) + 1)
    more = chance.choice(["", *"x *()\\%\u00ad\u0301\uff41é"])
    return (text[:at] + more + text[at + chance.randrange(2):]) or "x"


class Differential(basicldap.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(
            grouptree.GroupSlapd(cls.folder / "slapd", grouptree.MEMBEROF))

    def ask_both(self, kind: str, lines: Sequence[tuple[str, ...]]) -> list[Asked]:
        url, options = self.slapd.ldap_url, KINDS[kind]
        stock = self.start(groupldap.stock_argv(url, "-P", *options), ids=False)
        ours = self.start(groupldap.argv(url, "--concurrency", "on", *options))
        requests = [groupldap.line(*line) for line in lines]
        mine = ours.ask_many(requests)
        theirs = [groupldap.ask_raw(stock, request) for request in requests]
        self.assertEqual(ours.finish(), 0)
        return [Asked(kind, user, tuple(groups), a.split()[0], b.split()[0])
                for (user, *groups), a, b in zip(lines, theirs, mine)]

    def check(self, lines: Sequence[tuple[str, ...]]) -> None:
        for kind in KINDS:
            with self.subTest(kind):
                self.check_kind(kind, lines)

    def check_kind(self, kind: str, lines: Sequence[tuple[str, ...]]) -> None:
        seen: collections.Counter[str] = collections.Counter()
        unexplained = []
        for asked in self.ask_both(kind, lines):
            if asked.stock == asked.ours:
                seen["the same: " + asked.ours] += 1
            elif text := reason(asked):
                seen[text] += 1
            else:
                unexplained.append(asked)
        for text, count in seen.most_common():
            print(f"# {kind}: {count:5} {text}")
        self.assertEqual(unexplained, [], f"{len(unexplained)} differences without a reason")
        self.assertGreater(seen["the same: OK"], 0)
        self.assertGreater(seen["the same: ERR"], 0)

    def test_every_name(self) -> None:
        self.check(fixed())

    def test_a_base_in_front_of_the_base(self) -> None:
        """-g: in front of both bases, so everything is below one here."""
        options = ("-b", tree.SUFFIX, "-B", tree.SUFFIX, "-g", "-f", "(&(entryDN=%u)(cn=%g))",
                   "-F", "(uid=%s)")
        direct = ("-b", tree.SUFFIX, "-g", "-f", "(&(cn=%g)(memberUid=%u))")
        for words, base, group, wanted in ((direct, "ou=groups", "posix-staff", "OK"),
                                           (direct, "ou=people", "posix-staff", "ERR"),
                                           (direct, "ou=nowhere", "posix-staff", "BH"),
                                           (direct, "no DN", "posix-staff", "BH"),
                                           (options, "ou=people", "alice", "OK"),
                                           (options, "ou=groups", "alice", "ERR"),
                                           (options, "ou=nowhere", "alice", "BH")):
            with self.subTest(base, words=words):
                self.assertEqual(self.both(words, groupldap.line("alice", base, group)),
                                 [wanted, wanted])

    def both(self, words: Sequence[str], request: bytes) -> list[str]:
        programs = (groupldap.stock_argv(self.slapd.ldap_url, "-P", *words),
                    groupldap.argv(self.slapd.ldap_url, *words))
        return [groupldap.ask_raw(self.start(argv, ids=False), request).split()[0]
                for argv in programs]

    def test_generated_lines(self) -> None:
        seed = int(os.environ.get("PXA_SEED") or random.SystemRandom().randrange(1 << 32))
        print(f"# PXA_SEED={seed}")
        self.check(generate(seed))


if __name__ == "__main__":
    unittest.main()
