# SPDX-License-Identifier: BSD-2-Clause
"""digest-file and basic-file while their file is replaced, lost and spoiled, under load.

A thread asks for one user all the time, twenty requests in flight, and each request gets its one
reply. The user is in every version of the file, so every reply has to be OK, whatever happens to
the file. What the file says new is seen by asking for a user that only the new version has.

HA1 is MD5 of user:realm:password (RFC 7616, section 3.4.2), {SHA} the Base64 of SHA-1 of the
password (RFC 2307, section 5.3).
"""

import base64
import hashlib
import os
import pathlib
import pwd
import queue
import threading
import time
import unittest

from support import helper, place

REALM = "Test Proxy"
PASSWORD = "secret"
STEADY = "alice"
OTHERS = 200
WINDOW = 20
STAYS = "what was read before stays"

# A helper looks at its file twice a second.
LOOKS_S = 1.6


class Traffic:
    """Requests without a pause, by a thread that alone talks to the helper."""

    def __init__(self, asked: helper.Helper, steady: bytes):
        self.asked = asked
        self.steady = steady
        self.count = 0
        self.wrong: list[str] = []
        self.failure: BaseException | None = None
        self.probes: queue.SimpleQueue[tuple[bytes, queue.SimpleQueue[str]]] = queue.SimpleQueue()
        self.waiting: dict[int, queue.SimpleQueue[str]] = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            while not self.ended.is_set():
                self._send()
                self._receive()
            while self.asked.pending:
                self._receive()
        except BaseException as why:    # shown by whoever waits for this thread
            self.failure = why

    def _send(self) -> None:
        while len(self.asked.pending) < WINDOW:
            if self.probes.empty():
                self.asked.send(self.steady)
            else:
                request, answer = self.probes.get()
                self.waiting[self.asked.send(request)] = answer

    def _receive(self) -> None:
        number, reply = self.asked.receive()
        if number in self.waiting:
            self.waiting.pop(number).put(reply)
            return
        self.count += 1
        if reply.split(" ")[0] != "OK":
            self.wrong.append(reply)

    def ask(self, request: bytes) -> str:
        """The reply to one request among the others."""
        answer: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.probes.put((request, answer))
        while True:
            try:
                return answer.get(timeout=0.2)
            except queue.Empty:
                if not self.thread.is_alive():
                    raise AssertionError("the requests have come to an end") from self.failure

    def end(self) -> None:
        self.ended.set()
        self.thread.join(2 * place.PATIENCE_S)
        if self.failure:
            raise self.failure


class UnderLoad:
    """The faults; the classes below put them before the two helpers."""

    NAME: str

    def words(self, path: pathlib.Path) -> list[str]:
        raise NotImplementedError

    def record(self, user: str) -> str:
        raise NotImplementedError

    def request(self, user: str) -> bytes:
        raise NotImplementedError

    def setUp(self) -> None:
        self.folder = self.enterContext(place.private_folder("load"))
        self.users = self.folder / "users"
        self.replace(0)
        program = place.helper_path(self.NAME)
        popen = {}
        if os.geteuid() == 0:           # root could read any file
            nobody = pwd.getpwnam("nobody")
            popen = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            program = place.for_others(program, self.folder)
        self.helper = self.enterContext(helper.Helper(
            [program, *self.words(self.users)], self.folder / "log", **popen))
        self.traffic = Traffic(self.helper, self.request(STEADY))
        self.addCleanup(self.traffic.ended.set)
        self.await_version(0)

    def version(self, number: int) -> str:
        users = [STEADY, *(f"user{i}" for i in range(OTHERS)), f"version{number}"]
        return "".join(self.record(user) for user in users)

    def replace(self, number: int) -> None:
        """As good editors do: a new file beside the old one, then rename(2)."""
        new = self.folder / "new"
        new.write_text(self.version(number))
        new.rename(self.users)

    def has_version(self, number: int) -> bool:
        return self.traffic.ask(self.request(f"version{number}")).startswith("OK")

    def await_version(self, number: int) -> None:
        place.wait_for(lambda: self.has_version(number), f"version {number} of the file")

    def await_trouble(self, words: str) -> None:
        """The log tells of a trouble with these words, and goes on without repeating it."""
        def told() -> int:
            return sum(STAYS in row and words in row for row in
                       self.helper.log_text().splitlines())
        place.wait_for(told, f"{words!r} in the log")
        time.sleep(LOOKS_S)             # nothing to wait for: nothing is to happen
        self.assertEqual(told(), 1, self.helper.log_text())

    def finish(self) -> None:
        """Not one reply was other than OK, and the helper ends when its input does."""
        self.traffic.end()
        self.assertEqual(self.traffic.wrong[:5], [])
        self.assertGreater(self.traffic.count, 10 * WINDOW)
        self.assertEqual(self.helper.finish(), 0)

    def test_replaced_100_times(self) -> None:
        for number in range(1, 101):
            self.replace(number)
            before = self.traffic.count
            place.wait_for(lambda: self.traffic.count > before + WINDOW or self.traffic.failure,
                           "answers between two versions")
        self.await_version(100)
        self.assertFalse(self.has_version(99))
        self.assertNotIn(STAYS, self.helper.log_text())
        self.finish()

    def test_deleted(self) -> None:
        self.users.unlink()
        self.await_trouble(str(self.users))
        self.assertTrue(self.has_version(0))
        self.replace(1)
        self.await_version(1)
        self.finish()

    def test_replaced_by_a_folder(self) -> None:
        self.users.unlink()
        self.users.mkdir()
        # In between there may have been no file at all.
        self.await_trouble(f"{self.users} is a folder")
        self.assertTrue(self.has_version(0))
        self.users.rmdir()
        self.replace(1)
        self.await_version(1)
        self.finish()

    def test_unreadable(self) -> None:
        self.users.chmod(0)
        self.await_trouble(str(self.users))
        self.assertTrue(self.has_version(0))
        self.replace(1)
        self.await_version(1)
        self.finish()

    def test_emptied(self) -> None:
        os.truncate(self.users, 0)
        self.await_trouble("no users")
        self.assertTrue(self.has_version(0))
        self.users.write_text(self.version(1))
        self.await_version(1)
        self.finish()

    def test_rewritten_in_place(self) -> None:
        """Truncated and written by pieces, which end at lines: the user is in the first one."""
        for number in range(1, 21):
            rows = self.version(number).splitlines(keepends=True)
            with open(self.users, "w") as file:
                for start in range(0, len(rows), 50):
                    file.writelines(rows[start:start + 50])
                    file.flush()
                    before = self.traffic.count
                    place.wait_for(lambda: self.traffic.count > before or self.traffic.failure,
                                   "an answer between two pieces")
        self.await_version(20)
        self.finish()


class DigestFile(UnderLoad, unittest.TestCase):
    NAME = "digest-file"

    def words(self, path: pathlib.Path) -> list[str]:
        return ["-c", "--realm", REALM, "--deadline", "120", str(path)]

    def record(self, user: str) -> str:
        ha1 = hashlib.md5(f"{user}:{REALM}:{PASSWORD}".encode()).hexdigest()
        return f"{user}:{REALM}:{ha1}\n"

    def request(self, user: str) -> bytes:
        return f'"{user}":"{REALM}"'.encode()


class BasicFile(UnderLoad, unittest.TestCase):
    NAME = "basic-file"

    def words(self, path: pathlib.Path) -> list[str]:
        return ["--deadline", "120", str(path)]

    def record(self, user: str) -> str:
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        return f"{user}:{{SHA}}{digest}\n"

    def request(self, user: str) -> bytes:
        return helper.line(user, PASSWORD)


if __name__ == "__main__":
    unittest.main()
