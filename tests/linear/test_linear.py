# SPDX-License-Identifier: BSD-2-Clause
"""Every decoder takes time in proportion to its input, every question about groups in proportion
to these, and a login none to the length of a file: counted in instructions, not in seconds.

The program `measured` calls each function on inputs of n, 2n and 4n units, `measured_helpers` asks
about as many groups or has a file of as many lines, and callgrind counts the instructions of each
call. What looks at all that it has read again for each element shows as a ratio near 4 instead of 2.
"""

import os
import pathlib
import re
import subprocess
import unittest

from support import place

VALGRIND = place.need_program("valgrind")
BUILT = pathlib.Path(os.environ.get("abs_top_builddir", "build")) / "tests/linear"
# The latter is built where there is libldap.
PROGRAMS = [BUILT / "measured"] + [program for program in [BUILT / "measured_helpers"]
                                   if program.exists()]

# What a call costs whatever its input is (clearing a result, say) makes less than twice of twice;
# a search for the end of a block of a hash, a little more. Sorting n things takes n log n steps:
# from 1,000 to 2,000 that is 2.2 times as many.
BOUNDS = {"linear": (1.8, 2.2), "sorted": (1.8, 2.4), "constant": (0.9, 1.1)}


class Family(unittest.TestCase):
    """One function with the instructions that it took for n, 2n and 4n units of input."""

    def __init__(self, name: str, growth: str):
        super().__init__("holds")
        self.name = name
        self.growth = growth
        self.counts: dict[int, int] = {}

    def id(self) -> str:
        return f"{self.name} is {self.growth}"

    def holds(self) -> None:
        low, high = BOUNDS[self.growth]
        self.assertEqual(sorted(self.counts), [1, 2, 4])
        for size in (1, 2):
            ratio = self.counts[2 * size] / self.counts[size]
            self.assertTrue(low <= ratio <= high, f"{ratio:.3f} is not within {low} to {high}; "
                            f"instructions by size: {self.counts}")


def measure(program: pathlib.Path, folder: pathlib.Path) -> str:
    """What callgrind writes: a part for each call."""
    out = folder / program.name
    subprocess.run([VALGRIND, "--quiet", "--tool=callgrind", "--combine-dumps=yes",
                    f"--callgrind-out-file={out}", str(program)],
                   check=True, stdout=subprocess.DEVNULL, env=place.clean_env(CK_FORK="no"))
    return out.read_text()


def families(dump: str) -> list[Family]:
    found: dict[str, Family] = {}
    for part in re.split(r"^part: ", dump, flags=re.M)[1:]:
        label = re.search(r"^desc: Trigger: Client Request: (\S+) (\S+) (\d+)$", part, re.M)
        total = re.search(r"^(?:summary|totals): (\d+)$", part, re.M)
        if label and total:
            family = found.setdefault(label[1], Family(label[1], label[2]))
            family.counts[int(label[3])] = int(total[1])
    return list(found.values())


class Dump(unittest.TestCase):
    """What is read from callgrind is not nothing."""

    def test_has_families(self) -> None:
        self.assertGreater(len(FAMILIES), 40)


FAMILIES: list[Family] = []


def load_tests(_loader: unittest.TestLoader, tests: unittest.TestSuite,
               _pattern: object) -> unittest.TestSuite:
    with place.private_folder("linear") as folder:
        for program in PROGRAMS:
            FAMILIES.extend(families(measure(program, folder)))
    tests.addTests(FAMILIES)
    return tests
