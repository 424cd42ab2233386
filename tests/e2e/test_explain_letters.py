# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth explain shows no character that moves the cursor, joins with its neighbour or turns the
direction of a line: all of them, by Unicode's own data as Python has it."""

import base64
import subprocess
import sys
import unicodedata
import unittest

from support import place

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"}
FILLERS = "\u115f\u1160\u3164\uffa0"  # letters of Hangul that are invisible
# Every Python has this version, so that what is tested does not depend on it.
OLD = unicodedata.ucd_3_2_0


def is_harmful(letter: str) -> bool:
    return (OLD.category(letter) in HIDDEN or OLD.bidirectional(letter) in ("R", "AL")
            or letter in FILLERS)


def letters(harmful: bool) -> list[str]:
    """All characters above ASCII of that kind but surrogates, which UTF-8 does not have. A character
    that has become a mark or a format since is neither."""
    found = (chr(code) for code in range(0x80, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    return [letter for letter in found if OLD.category(letter) != "Cn"
            and is_harmful(letter) == harmful
            and (unicodedata.category(letter) in HIDDEN) == (OLD.category(letter) in HIDDEN)]


def user_shown(user: str) -> str:
    """The line of the report with the user's name."""
    header = b"Basic " + base64.b64encode(f"{user}:x".encode())
    said = subprocess.run([place.helper_path("proxyauth"), "explain"], input=header, check=True,
                          capture_output=True, env=place.clean_env()).stdout.decode()
    return next(row for row in said.split("\n") if row.startswith("  user "))


class Letters(unittest.TestCase):
    def shown(self, harmful: bool) -> None:
        found = letters(harmful)
        self.assertGreater(len(found), 1000)
        for start in range(0, len(found), 100):
            block = found[start:start + 100]
            row = user_shown("".join(block))
            self.assertEqual([letter for letter in block if letter in row],
                             [] if harmful else block)

    def test_harmful_ones_are_escaped(self) -> None:
        self.shown(harmful=True)

    def test_others_are_shown(self) -> None:
        """A table that is too wide would hide the names of whole countries."""
        self.shown(harmful=False)


if __name__ == "__main__":
    unittest.main()
