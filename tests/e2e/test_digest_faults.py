# SPDX-License-Identifier: BSD-2-Clause
"""What can happen to the file of digest-file while it runs: defects 15 and 51 of Squid's helpers.
Nobody is turned away and no request is lost. Hashes come from Python's MD5."""

import os
import pwd
import re
import threading
import time
import unittest
from collections.abc import Callable

from support import digestfile, place, squid

REALM = digestfile.REALM
DENIED = digestfile.DENIED
USERS = digestfile.USERS


def ok(user: str, password: str = "") -> str:
    return digestfile.ok(user, REALM, password or USERS[user])


class Files(digestfile.Case):
    """Faults of the file while the helper runs: defects 15 and 51."""

    def setUp(self) -> None:
        self.path = self.file(digestfile.hashes())

    def asked_once(self, *options: str) -> digestfile.Asked:
        asked = self.ours("-c", *options, self.path)
        self.assertEqual(asked.about("alice"), ok("alice"))
        return asked

    def break_and_mend(self, asked: digestfile.Asked, words: str,
                       clear: Callable[[], None] = lambda: None) -> None:
        """The file has just become bad; it is said, everybody still logs in, and a good file
        counts again, once `clear` has made place for it."""
        place.wait_for(lambda: re.search(words, asked.log_text()), f"{words!r} in the log")
        for user in USERS:
            self.assertEqual(asked.about(user), ok(user))
        self.assertEqual(asked.about("mended"), DENIED)
        clear()
        digestfile.put(self.path, digestfile.hashes(USERS | {"mended": "pw"}))
        asked.await_about("mended", ok("mended", "pw"))
        self.assertEqual(asked.finish(), 0)

    def test_deleted(self) -> None:
        asked = self.asked_once()
        self.path.unlink()
        self.break_and_mend(asked, "No such file")

    def test_a_folder(self) -> None:
        asked = self.asked_once()
        self.path.unlink()
        self.path.mkdir()
        self.break_and_mend(asked, "folder|directory", self.path.rmdir)

    def test_not_a_file(self) -> None:
        """A FIFO without a writer is not waited for, and a loop of links is unreadable."""
        asked = self.asked_once()
        self.path.unlink()
        os.mkfifo(self.path)
        place.wait_for(lambda: str(self.path) in asked.log_text(), "words about the FIFO")
        self.assertEqual(asked.about("alice"), ok("alice"))
        self.path.unlink()
        self.path.symlink_to(self.path)
        self.break_and_mend(asked, str(self.path))

    def test_unreadable(self) -> None:
        """For the account that Squid would run the helper with; root can read every file."""
        words = digestfile.argv("-c", self.path)
        account = squid.user_for_squid()
        if account:
            group = pwd.getpwnam(account).pw_gid
            words = ["setpriv", f"--reuid={account}", f"--regid={group}", "--clear-groups",
                     place.for_others(words[0], self.folder), *words[1:]]
            self.path.chmod(0o644)
        asked = self.start(words)
        self.assertEqual(asked.about("alice"), ok("alice"))
        self.path.chmod(0)
        place.wait_for(lambda: "Permission denied" in asked.log_text(), "words about the file")
        for user in USERS:
            self.assertEqual(asked.about(user), ok(user))
        digestfile.put(self.path, digestfile.hashes(USERS | {"mended": "pw"}), for_squid=True)
        asked.await_about("mended", ok("mended", "pw"))
        self.assertEqual(asked.finish(), 0)

    def test_emptied(self) -> None:
        """Defect 51: a file that has just become empty is being rewritten, as it seems, and is
        believed when it has been empty for 10 seconds."""
        asked = self.asked_once()
        emptied = time.monotonic()
        self.path.write_text("")
        asked.await_about("alice", DENIED)
        self.assertGreaterEqual(time.monotonic() - emptied, 10)
        self.path.write_text(digestfile.hashes())
        asked.await_about("alice", ok("alice"))

    def test_rewritten_in_place_slowly(self) -> None:
        """Defect 15: half a file never answers for a whole one. The later half is written when the
        helper has seen the first."""
        asked = self.asked_once()
        people = USERS | {f"user{number}": "pw" for number in range(2000)}
        text = digestfile.hashes(people).encode()
        half = len(text) // 2
        with open(self.path, "r+b") as sink:
            sink.write(text[:half])
            sink.truncate()
            sink.flush()
            self.assertEqual(asked.about("alice"), ok("alice"))
            sink.write(text[half:])
        asked.await_about("user1999", ok("user1999", "pw"))
        self.assertEqual(asked.about("alice"), ok("alice"))

    def test_edits_within_a_second(self) -> None:
        """Defect 15: the last of many edits in one second counts, whatever the stamp."""
        asked = self.asked_once()
        for number in range(100):
            self.path.write_text(digestfile.hashes(USERS | {"alice": f"pw{number}"}))
        asked.await_about("alice", ok("alice", "pw99"))
        for number in range(100):
            digestfile.put(self.path, digestfile.hashes(USERS | {"alice": f"pw{number}"}))
            self.assertEqual(asked.about("bob"), ok("bob"))
        asked.await_about("alice", ok("alice", "pw99"))

    def test_replaced_100_times_under_load(self) -> None:
        """Each reply is of the old file or of the new one, and no request is lost."""
        asked = self.asked_once()
        stop = threading.Event()

        def replace() -> None:
            for number in range(100):
                digestfile.put(self.path, digestfile.hashes(USERS | {"alice": f"pw{number % 2}"}))
                stop.wait(0.02)
            stop.set()
        writer = threading.Thread(target=replace)
        writer.start()
        allowed = {ok("alice"), ok("alice", "pw0"), ok("alice", "pw1")}
        while not stop.is_set():
            replies = asked.ask_many([digestfile.line(user) for user in ("alice", "bob") * 50])
            self.assertLessEqual(set(replies[::2]), allowed)
            self.assertEqual(set(replies[1::2]), {ok("bob")})
        writer.join()
        asked.await_about("alice", ok("alice", "pw1"))

    def test_missing_at_the_start(self) -> None:
        """Requests are answered BH, the helper lives, and the file counts when it comes."""
        self.path.unlink()
        asked = self.ours("-c", self.path)
        for _ in range(3):
            self.assertRegex(asked.about("alice"), r"^BH [ -~]{3,200}$")
        self.assertNotIn(str(self.path), asked.about("alice"))
        self.assertEqual(asked.log_text().count(str(self.path)), 1)
        digestfile.put(self.path, digestfile.hashes())
        asked.await_about("alice", ok("alice"))
        self.assertEqual(asked.finish(), 0)

    def test_requests_before_the_file_is_read(self) -> None:
        """A helper is asked before it has read a large file: the requests wait for it."""
        big = self.file(digestfile.hashes() + "".join(
            f"user{number}:{REALM}:{number:032x}\n" for number in range(300000)))
        asked = self.ours("-c", "--deadline", "120", big)
        replies = asked.ask_many([digestfile.line("user299999"), digestfile.line("nobody"),
                                  digestfile.line("alice")] * 30)
        self.assertEqual(replies, [f'OK ha1="{299999:032x}"', DENIED, ok("alice")] * 30)
        self.assertEqual(asked.finish(), 0)

    def test_the_end_before_the_file_is_read(self) -> None:
        big = self.file("".join(
            f"user{number}:{REALM}:{number:032x}\n" for number in range(300000)))
        asked = self.ours("-c", "--deadline", "120", big)
        numbers = [asked.send(digestfile.line("user7")) for _ in range(10)]
        asked.end_input()
        self.assertEqual([asked.receive() for _ in numbers],
                         [(number, f'OK ha1="{7:032x}"') for number in numbers])
        self.assertIsNone(asked.read_line())
        self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
