# SPDX-License-Identifier: BSD-2-Clause
"""The same files and lines to Squid's basic_ncsa_auth and to ours: the verdicts are the same, or the
difference is one of DIFFERENCES, each of which is wanted and has its reason.

PXA_SEED=N repeats a run; the seed is printed.
"""

import base64
import dataclasses
import hashlib
import os
import random
import unittest
from collections.abc import Callable

from support import basicfile, helper

RANDOM_LINES = 3000
LETTERS = "abcABC019 :%#$*é€\\\t\"'.-_/"


@dataclasses.dataclass(frozen=True)
class Record:
    """A line of the file, and the password that its hash was made of."""
    user: str
    kind: str
    hashed: str
    password: str


@dataclasses.dataclass(frozen=True)
class Asked:
    record: Record | None   # of that user
    password: str
    stock: str
    ours: str

    def is_right(self) -> bool:
        return self.record is not None and self.password == self.record.password


def sha(password: str, name: str, salt: bytes = b"") -> str:
    digest = hashlib.sha1(password.encode() + salt).digest() + salt
    return "{%s}%s" % (name, base64.b64encode(digest).decode())


def records() -> list[Record]:
    """Every kind that one of the two knows."""
    made = []
    for number, password in enumerate(("secret", "two words", "pässwörd", "longer than eight")):
        def add(kind: str, hashed: str, password: str = password, number: int = number) -> None:
            made.append(Record(f"{kind}{number}", kind, hashed, password))
        add("apr1", basicfile.openssl(password, "-apr1"))
        add("md5crypt", basicfile.openssl(password, "-1"))
        add("sha256crypt", basicfile.mkpasswd(password, "sha256crypt", "-R", "1000"))
        add("sha512crypt", basicfile.mkpasswd(password, "sha512crypt", "-R", "1000"))
        add("bcrypt", basicfile.mkpasswd(password, "bcrypt"))
        add("yescrypt", basicfile.mkpasswd(password, "yescrypt", "-R", "1"))
        add("des", basicfile.mkpasswd(password[:8], "descrypt"), password)
        add("bsdi", basicfile.mkpasswd(password, "bsdicrypt"))
        add("md5hex", hashlib.md5(password.encode()).hexdigest())
        add("MD5hex", hashlib.md5(password.encode()).hexdigest().upper())
        add("sha", sha(password, "SHA"))
        add("ssha", sha(password, "SSHA", b"salt"))
        add("plain", password)
        add("cut", basicfile.openssl(password, "-6")[:-1])
        add("locked", "!" + basicfile.openssl(password, "-6"))
    made.append(Record("DOM\\bob", "apr1", basicfile.openssl("x", "-apr1"), "x"))
    made.append(Record("jürgen", "apr1", basicfile.openssl("y", "-apr1"), "y"))
    made.append(Record("a b", "apr1", basicfile.openssl("z", "-apr1"), "z"))
    return made


def kind_of(asked: Asked) -> str:
    return asked.record.kind if asked.record else ""


# (what it is, whether it explains this one). First: what only ours lets in.
DIFFERENCES: list[tuple[str, str, Callable[[Asked], bool]]] = [
    ("OK", "{SHA} and {SSHA}, which htpasswd -s and slappasswd write, are known",
     lambda asked: kind_of(asked) in ("sha", "ssha") and asked.is_right()),
    ("OK", "a password of more than eight bytes is compared in full by all but DES: Squid's helper "
           "refuses it for all that does not begin with a dollar",
     lambda asked: kind_of(asked) == "bsdi" and asked.is_right() and
     len(asked.password.encode()) > 8),
    ("OK", "hex digits are the same in either case",
     lambda asked: kind_of(asked) == "MD5hex" and asked.is_right()),
]


class Differential(basicfile.Case):
    def verdicts(self, words: list[str], lines: list[bytes], **options: object) -> list[str]:
        asked = self.start(words, **options)
        replies = [reply.split(" ")[0] for reply in asked.ask_many(lines)]
        self.assertEqual(asked.finish(), 0)
        return replies

    def compare(self, path: object, requests: list[tuple[str, str]], people: dict[str, Record],
                *options: str) -> list[Asked]:
        lines = [helper.line(*request) for request in requests]
        stock = self.verdicts(basicfile.stock_argv(path), lines, ids=False)
        ours = self.verdicts(basicfile.argv("--deadline", "120", *options, path), lines)
        return [Asked(people.get(user), password, theirs, our)
                for (user, password), theirs, our in zip(requests, stock, ours)]

    def requests(self, people: list[Record]) -> list[tuple[str, str]]:
        seed = int(os.environ.get("PXA_SEED") or random.randrange(1 << 32))
        print(f"# PXA_SEED={seed}", flush=True)
        chance = random.Random(seed)
        passwords = [record.password for record in people]

        def word() -> str:
            return "".join(chance.choices(LETTERS, k=chance.randint(1, 12)))
        made = [(record.user, password) for record in people
                for password in (record.password, record.password + "x", record.password[:8],
                                 record.password.upper(), record.hashed)]
        for _ in range(RANDOM_LINES):
            user = chance.choice(people).user if chance.random() < 0.7 else word()
            made.append((user, chance.choice(passwords) if chance.random() < 0.6 else word()))
        return made

    def test_the_same_verdicts(self) -> None:
        people = records()
        path = self.file(*((record.user, record.hashed) for record in people))
        asked = self.compare(path, self.requests(people),
                             {record.user: record for record in people}, "--allow-weak")
        met = set()
        for one in asked:
            if one.ours == one.stock:
                continue
            reasons = [said for verdict, said, explains in DIFFERENCES
                       if verdict == one.ours and explains(one)]
            self.assertTrue(reasons, one)
            met.update(reasons)
        self.assertEqual(met, {said for _, said, _ in DIFFERENCES})
        self.assertGreater(sum(one.ours == "OK" for one in asked), 50)

    def test_weak_ones_need_a_word(self) -> None:
        people = [record for record in records() if record.kind in ("des", "md5hex", "apr1")]
        requests = [(record.user, record.password) for record in people]
        path = self.file(*((record.user, record.hashed) for record in people))
        for one in self.compare(path, requests, {record.user: record for record in people}):
            if kind_of(one) == "apr1":
                self.assertEqual((one.stock, one.ours), ("OK", "OK"))
            else:
                self.assertEqual(one.ours, "ERR")

    def test_files_of_other_shapes(self) -> None:
        """Comments, blanks in front, further fields, CR LF, lines without a colon, no last newline,
        no user, no hash, a name with blanks behind it."""
        one = basicfile.openssl("one", "-apr1")
        text = (f"# comment\n#c:{one}\n\n \n b:{one}\n\tt:{one}\nfields:{one}:more:fields\n"
                f"crlf:{one}\r\nno colon\n:{one}\nnohash:\nblank :{one}\nlast:{one}")
        path = self.new_path()
        basicfile.put(path, text)
        requests = [(user, "one") for user in
                    ("#c", "# comment", "b", " b", "t", "\tt", "fields", "crlf", "no colon",
                     "nohash", "blank ", "blank", "last")]
        for request, one in zip(requests, self.compare(path, requests, {})):
            with self.subTest(request):
                self.assertEqual(one.ours, one.stock)

    def test_the_same_user_twice(self) -> None:
        path = self.file(("alice", basicfile.cheap("first")), ("alice", basicfile.cheap("last")))
        first, last = self.compare(path, [("alice", "first"), ("alice", "last")], {})
        self.assertEqual((first.ours, last.ours), ("ERR", "OK"))
        # Squid's helper: the record that its hash table finds first.
        self.assertEqual({first.stock, last.stock}, {"OK", "ERR"})

    def test_a_byte_order_mark(self) -> None:
        """Belongs to the first name for Squid's helper, as Notepad writes it; ours skips it."""
        path = self.new_path()
        basicfile.put(path, "\ufeffalice:" + basicfile.cheap("x") + "\n")
        (asked,) = self.compare(path, [("alice", "x")], {})
        self.assertEqual((asked.stock, asked.ours), ("ERR", "OK"))

    def test_a_file_that_is_no_file(self) -> None:
        """Defect 51: a folder, or an emptied file, makes everybody unknown there, and is trouble
        here, so that nobody takes it for a wrong password."""
        folder = self.new_path()
        folder.mkdir()
        (asked,) = self.compare(folder, [("alice", "x")], {})
        self.assertEqual((asked.stock, asked.ours), ("ERR", "BH"))

    def test_words(self) -> None:
        """Squid's helper tells which names exist."""
        path = self.file(("alice", basicfile.cheap("x")))
        stock = self.start(basicfile.stock_argv(path), ids=False)
        self.assertNotEqual(stock.ask("alice", "wrong"), stock.ask("nobody", "wrong"))
        ours = self.ours(path)
        self.assertEqual(ours.ask("alice", "wrong"), ours.ask("nobody", "wrong"))


if __name__ == "__main__":
    unittest.main()
