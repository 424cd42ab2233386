# SPDX-License-Identifier: BSD-2-Clause
"""A real slapd killed, stopped and restarted under load, and a crowd against its default limits."""

import re
import threading
import time
import unittest

from support import basicldap, helper, place, slapd, tree

DEADLINE_S = 3


class Load(threading.Thread):
    """Asks without a pause, every person once: even numbers right, odd ones wrong."""

    WINDOW = 100

    def __init__(self, asked: helper.Helper, people: int):
        super().__init__(daemon=True)
        self.asked, self.people = asked, people
        self.verdicts: list[tuple[int, str]] = []
        self.ending = threading.Event()
        self.trouble: BaseException | None = None

    def run(self) -> None:
        try:
            numbers: dict[int, int] = {}
            for person in range(self.people):
                if self.ending.is_set():
                    break
                password = tree.bulk_password(person) + "x" * (person % 2)
                line = helper.line(tree.bulk_name(person), password)
                if len(numbers) >= self.WINDOW:
                    self._take(numbers)
                numbers[self.asked.send(line)] = person
            while numbers:
                self._take(numbers)
        except BaseException as trouble:
            self.trouble = trouble

    def _take(self, numbers: dict[int, int]) -> None:
        number, reply = self.asked.receive()
        self.verdicts.append((numbers.pop(number), reply))
        if reply.startswith("BH"):
            self.ending.wait(0.005)     # or all people would be asked within the outage

    def words_since(self, start: int) -> set[str]:
        return {reply.split()[0] for _, reply in self.verdicts[start:]}

    def finish(self) -> None:
        self.ending.set()
        self.join(place.PATIENCE_S)
        if self.trouble:
            raise self.trouble


class Restart(basicldap.Case):
    PEOPLE = 10000

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(
            slapd.Slapd(cls.folder / "slapd", {tree.SUFFIX: tree.ldif(cls.PEOPLE)}))

    def setUp(self) -> None:
        if not self.slapd.process.alive():
            self.slapd.start()
        self.log_start = len(self.slapd.log_text())

    def start_load(self, *options: str) -> Load:
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "--deadline", str(DEADLINE_S),
                                          *options))
        load = Load(asked, self.PEOPLE)
        load.start()
        self.addCleanup(load.ending.set)
        return load

    def await_word(self, load: Load, word: str) -> None:
        start = len(load.verdicts)
        place.wait_for(lambda: word in load.words_since(start) or not load.is_alive(),
                       f"{word} under load")
        self.assertIn(word, load.words_since(start), "all people were asked before that")

    def check(self, load: Load) -> None:
        load.finish()
        self.assertLess(load.asked.slowest_s, DEADLINE_S + helper.LATE_S)
        for person, reply in load.verdicts:
            wanted = helper.ERR if person % 2 else helper.OK
            if reply != wanted:
                self.assert_unavailable(reply)
        self.assert_each_bound_once()
        self.assertEqual(load.asked.finish(), 0)

    def assert_each_bound_once(self) -> None:
        """Everybody was asked for once, so no DN has a second bind in the log of this test."""
        seen: set[str] = set()
        for row in self.slapd.log_text()[self.log_start:].splitlines():
            _, found, rest = row.partition(' BIND dn="uid=user')
            if found and rest.endswith("method=128"):
                self.assertNotIn(rest, seen)
                seen.add(rest)

    def test_killed_and_restarted(self) -> None:
        """And well again soon: the pause between attempts doubles with the time that the server
        is away, not with the number of connections that it took with it."""
        load = self.start_load()
        self.await_word(load, "OK")
        down = time.monotonic()
        self.slapd.kill()
        self.await_word(load, "BH")
        self.slapd.start()
        up = time.monotonic()
        self.await_word(load, "OK")
        self.assertLess(time.monotonic() - up, 2 * (up - down) + helper.LATE_S,
                        load.asked.log_text())
        self.await_word(load, "ERR")
        self.check(load)

    def test_stopped_politely_and_restarted(self) -> None:
        """slapd sends a notice of disconnection; what it had answered before it counts."""
        load = self.start_load()
        self.await_word(load, "OK")
        self.slapd.stop()
        self.await_word(load, "BH")
        self.slapd.start()
        self.await_word(load, "OK")
        self.check(load)

    def test_hangs_and_goes_on(self) -> None:
        load = self.start_load()
        self.await_word(load, "OK")
        self.slapd.pause()
        with basicldap.cpu_at_most(self, load.asked):
            self.await_word(load, "BH")
        self.slapd.resume()
        self.await_word(load, "OK")
        self.check(load)

    def test_down_at_the_start(self) -> None:
        """The helper starts, answers BH, and serves when the directory comes."""
        self.slapd.stop()
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "--deadline", str(DEADLINE_S)))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.slapd.start()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.await_reply(asked, "alice", basicldap.WRONG, helper.ERR)


class Crowd(basicldap.SlapdCase):
    """2,000 requests at once; slapd closes an anonymous connection with 100 pending requests."""
    BULK = 2000

    def check_crowd(self, *options: str) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "--deadline", "60", "-c", "30",
                                          *options))
        log_start = len(self.slapd.log_text())
        lines = [helper.line(tree.bulk_name(n), tree.bulk_password(n) + "x" * (n % 10 == 0))
                 for n in range(2000)]
        for number in range(1, len(lines) + 1):
            asked.expect(number)
        data = b"".join(b"%d %s\n" % (n, line) for n, line in enumerate(lines, start=1))
        writer = threading.Thread(target=asked.socket.sendall, args=(data,))
        writer.start()
        replies = dict(asked.receive() for _ in lines)
        writer.join()
        for number in range(2000):
            wanted = helper.ERR if number % 10 == 0 else helper.OK
            self.assertEqual(replies[number + 1], wanted, tree.bulk_name(number))
        log = self.slapd.log_text()[log_start:]
        # Older connections, of the helper before this one, may be closed late.
        ours = set(re.findall(r"(conn=\d+) fd=\d+ ACCEPT", log))
        closed = set(re.findall(r"(conn=\d+) fd=\d+ closed", log))
        self.assertEqual(ours & closed, set(), "slapd has closed a connection")
        # 4 service connections and 64 for binds, and none of them lost and made anew.
        self.assertLessEqual(log.count(" ACCEPT from "), 68)
        self.assertEqual(asked.finish(), 0)

    def test_anonymous(self) -> None:
        self.check_crowd()

    def test_with_a_service_account(self) -> None:
        secret = basicldap.secret_file(self.folder)
        self.check_crowd("-D", tree.PROXY_DN, "-W", str(secret))


if __name__ == "__main__":
    unittest.main()
