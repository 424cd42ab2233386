# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth passwd: random changes of random files, against a model in Python that is written after
the manual page.
"""

import random
import re
import unittest

from support import passwd
from support.passwd import FolderCase, ha1


class Model:
    """What the manual page says of a file of HA1, over its bytes."""

    MARK = b"\xef\xbb\xbf"

    def __init__(self, text: bytes):
        self.mark = self.MARK if text.startswith(self.MARK) else b""
        self.rows = text[len(self.mark):].split(b"\n")      # without "\n", the last may be empty

    @staticmethod
    def key(row: bytes) -> bytes | None:
        """user:realm of a record, or None."""
        row = row[:-1] if row.endswith(b"\r") else row
        match = re.fullmatch(rb"([^:]+:.*):(?:\{HHA1\})?[0-9a-fA-F]{32}", row, re.S)
        if not match or row[:1] in (b"#", b" ", b"\t") or b"\0" in row:
            return None
        return match[1]

    def hits(self, key: bytes) -> list[int]:
        return [at for at, row in enumerate(self.rows) if self.key(row) == key]

    def text(self) -> bytes:
        return self.mark + b"\n".join(self.rows)

    def apply(self, action: str, key: bytes, value: bytes) -> bytes | None:
        """The new text; None if it is refused."""
        hits = self.hits(key)
        if (action == "add") == bool(hits):
            return None
        if action == "add":
            crlf = any(row.endswith(b"\r") for row in self.rows[-2:-1])
            end = b"\r" if crlf else b""
            if self.rows[-1]:
                self.rows[-1] += end
                self.rows.append(b"")
            self.rows[-1:] = [key + b":" + value + end, b""]
        elif action == "set":
            self.rows[hits[-1]] = re.sub(rb"[0-9a-fA-F]{32}(\r?)$", value + rb"\1",
                                         self.rows[hits[-1]])
        else:
            self.rows = [row for at, row in enumerate(self.rows) if at not in hits]
            if hits[-1] == len(self.rows) + len(hits) - 1:      # the last row, which had no end
                self.rows.append(b"")
        return self.text()


class Random(FolderCase):
    ROUNDS = 250

    def draw(self, dice: random.Random) -> bytes:
        ends = dice.choice([[b"\n"], [b"\r\n"], [b"\n", b"\r\n", b"\n\n", b"\r\r\n"]])
        text = Model.MARK * dice.choice([0, 0, 0, 1])
        for _ in range(dice.randrange(8)):
            user, realm = dice.choice([b"a", b"b", b"ab"]), dice.choice([b"r", b"s", b"r:s", b""])
            value = b"%032x" % dice.getrandbits(128)
            text += dice.choice([
                b"%s:%s:%s" % (user, realm, value), b"%s:%s:%s" % (user, realm, value.upper()),
                b"%s:%s:{HHA1}%s" % (user, realm, value), b"%s:%s" % (user, value),
                b"# %s:%s:%s" % (user, realm, value), b" %s:%s:%s" % (user, realm, value),
                b"%s:%s:%s" % (user, realm, value[1:]), b"%s\0:%s:%s" % (user, realm, value),
                b"%s:%s\0:%s" % (user, realm, value), b":%s:%s" % (realm, value), b"junk", b""])
            text += dice.choice(ends)
        if dice.random() < 0.3:
            text = text[:-1] if text.endswith(b"\n") else text
        return text

    def test_random_edits_of_random_files(self) -> None:
        seed = random.randrange(2**32)
        dice = random.Random(seed)
        for number in range(self.ROUNDS):
            text = self.draw(dice)
            user, realm = dice.choice("ab"), dice.choice(["r", "s", "r:s"])
            action = dice.choice(["add", "set", "delete"])
            with self.subTest(seed=seed, number=number, text=text, action=action, user=user,
                              realm=realm):
                self.file.write_bytes(text)
                new = Model(text).apply(action, f"{user}:{realm}".encode(),
                                        ha1(user, "x", realm).encode())
                passwd.run(action, "--digest", realm, self.file, user,
                           password=None if action == "delete" else "x",
                           status=1 if new is None else 0)
                self.assertEqual(self.file.read_bytes(), text if new is None else new)
                # The list comes from the table that helpers use.
                listed = passwd.run("list", "--digest", realm, self.file, status=None).stdout
                keys = {Model.key(row) for row in Model(self.file.read_bytes()).rows}
                expected = [name for name in (b"a", b"ab", b"b")
                            if name + b":" + realm.encode() in keys]
                self.assertEqual(sorted(row.split(b"\t")[0] for row in listed.splitlines()),
                                 expected)


if __name__ == "__main__":
    unittest.main()
