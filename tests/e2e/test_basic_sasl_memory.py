# SPDX-License-Identifier: BSD-2-Clause
"""basic-sasl keeps no password in its memory, not even a piece: all that it can write is searched
after right and wrong ones, with saslauthd and with sasldb, whose pages libdb reads. What is known to
be there is found. Nor does it grow."""

import os
import pathlib
import re
import unittest

from support import helper, place, saslauthd
from support.saslauthd import ERR, OK

PASSWORD = "Jupiter-Kallisto:Ganymed;Europa.Himalia,Elara"
OTHER = "Saturn/Titan:Rhea;Tethys.Dione,Mimas,Pandora"
PIECE = 8
WARM_UP, CHECKS = 2000, 10000


def resident_kib(pid: int) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)[1])


class Memory:
    USERS = (("alice", PASSWORD, None), ("bob", OTHER, None))

    def test_no_piece_is_left(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("root is needed to look into a process that is not dumpable")
        if os.environ.get("SANITIZE_CFLAGS"):
            self.skipTest("AddressSanitizer keeps what is freed, as it is")
        asked = self.ours()
        for _ in range(3):
            self.assertEqual(asked.ask("alice", PASSWORD), OK)
            self.assertEqual(asked.ask("alice", PASSWORD + "x"), ERR)
            self.assertEqual(asked.ask("nobody", PASSWORD), ERR)
        asked.ask_many([helper.line("alice", PASSWORD), helper.line("bob", OTHER)] * 20)
        memory = place.writable_memory(asked.process.child.pid)
        self.assertIn(str(self.conf).encode(), memory)
        left = [piece for piece in self.pieces() if piece in memory]
        self.assertEqual(left, [])
        self.assertEqual(asked.finish(), 0)

    def test_it_does_not_grow(self) -> None:
        """A sasl_conn_t that is kept grows by 280 bytes with each check, measured without us."""
        if os.environ.get("SANITIZE_CFLAGS"):
            self.skipTest("AddressSanitizer keeps what is freed")
        asked = self.ours("--workers", "1", "--deadline", "300")
        requests = [helper.line(f"user{number}", "x") for number in range(WARM_UP + CHECKS)]
        asked.ask_many(requests[:WARM_UP])
        before = resident_kib(asked.pid)
        self.assertEqual(set(asked.ask_many(requests[WARM_UP:])), {ERR})
        self.assertLess(resident_kib(asked.pid) - before, CHECKS * 280 // 1024 // 3)

    def pieces(self) -> list[bytes]:
        return [text[at:at + PIECE].encode() for text in (PASSWORD, OTHER)
                for at in range(len(text) - PIECE + 1)]


class Sasldb(Memory, saslauthd.Case):
    pass


class Daemon(Memory, saslauthd.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.use_saslauthd()


if __name__ == "__main__":
    unittest.main()
