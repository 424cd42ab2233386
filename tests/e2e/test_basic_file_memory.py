# SPDX-License-Identifier: BSD-2-Clause
"""basic-file keeps no password in its memory, not even a piece: all that it can write is searched
after a right and a wrong one, for each kind of hash. What is known to be there is found."""

import os
import unittest

from support import basicfile, place
from support.basicfile import ERR, OK

PASSWORD = "Jupiter-Kallisto:Ganymed;Europa.Himalia,Elara"
PIECE = 8
SALTED = ("-1", "-5", "-6", "-apr1")


class Memory(basicfile.Case):
    def hashes(self) -> dict[str, str]:
        made = {method: basicfile.mkpasswd(PASSWORD, method)
                for method in basicfile.mkpasswd_methods() if method not in ("descrypt",)}
        made |= {option: basicfile.openssl(PASSWORD, option) for option in SALTED}
        made |= {scheme: basicfile.slappasswd(PASSWORD, scheme) for scheme in ("SHA", "SSHA")}
        return made

    def test_no_piece_is_left(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("root is needed to look into a process that is not dumpable")
        pieces = [PASSWORD[at:at + PIECE].encode() for at in range(len(PASSWORD) - PIECE + 1)]
        for kind, hashed in self.hashes().items():
            with self.subTest(kind):
                path = self.file(("alice", hashed))
                asked = self.ours(path)
                self.assertEqual(asked.ask("alice", PASSWORD), OK)
                self.assertEqual(asked.ask("alice", PASSWORD + "x"), ERR)
                self.assertEqual(asked.ask("nobody", PASSWORD), ERR)
                memory = place.writable_memory(asked.process.child.pid)
                self.assertIn(str(path).encode(), memory)
                self.assertEqual([piece for piece in pieces if piece in memory], [])
                self.assertEqual(asked.finish(), 0)


if __name__ == "__main__":
    unittest.main()
