# SPDX-License-Identifier: BSD-2-Clause
"""A directory that is silent, slow, lying or gone: every request is answered by its deadline, a
wrong password is sent at most once, the helper does not spin, and it recovers by itself.
"""

import concurrent.futures
import pathlib
import re
import time
import unittest
from collections.abc import Callable

from support import basicldap, helper, place, tree
from support import faultserver as fs

DEADLINE_S = 2

# In clear, so that the relay sees the binds.
FAULTS = {
    "silent": fs.SILENT,
    "silent after the first answer": fs.Fault(down=fs.Way(after=20, then=fs.STALL)),
    "reset at once": fs.Fault(down=fs.Way(then=fs.RESET)),
    "closed at once": fs.Fault(down=fs.Way(then=fs.CUT)),
    "reset in the middle of a search": fs.Fault(up=fs.Way(after=40, then=fs.RESET)),
    "silent at the bind": fs.Fault(down=fs.Way(then=fs.STALL, since=fs.BIND)),
    "half an answer to the bind": fs.HALF_ANSWER,
    "2 GB announced at the bind": fs.HUGE_ANSWER,
    "2 GB announced at once": fs.Fault(down=fs.Way(then=fs.STALL, inject=fs.ber.HUGE_MESSAGE)),
    "reset at the bind": fs.RESET_AT_BIND,
    "closed at the bind": fs.CUT_AT_BIND,
    "half an answer to the bind, then closed": fs.Fault(
        down=fs.Way(after=7, then=fs.CUT, since=fs.BIND)),
    "bind swallowed": fs.Fault(up=fs.Way(then=fs.STALL, since=fs.BIND)),
    "half the bind swallowed": fs.Fault(up=fs.Way(after=30, then=fs.STALL, since=fs.BIND)),
    "an HTTP server": fs.Fault(down=fs.Way(then=fs.CUT, inject=b"HTTP/1.0 400 Bad\r\n\r\n")),
    "noise": fs.Fault(down=fs.Way(then=fs.STALL, inject=bytes(range(256)) * 64)),
    "an endless length": fs.Fault(down=fs.Way(then=fs.STALL, inject=b"\x30\x80" + b"\0" * 64)),
    "zeros": fs.Fault(down=fs.Way(then=fs.STALL, inject=bytes(65536))),
}

TLS_FAULTS = {
    "TLS: silent": fs.SILENT,
    "TLS: stops in the middle of the handshake": fs.HANDSHAKE_STALL,
    "TLS: stops before the end of the handshake": fs.Fault(
        up=fs.Way(after=400, then=fs.STALL)),
    "TLS: closed in the middle of the handshake": fs.Fault(
        down=fs.Way(after=200, then=fs.CUT)),
    "TLS: reset in the middle of the handshake": fs.Fault(
        down=fs.Way(after=200, then=fs.RESET)),
    "TLS: noise instead of a handshake": fs.Fault(
        down=fs.Way(then=fs.STALL, inject=bytes(range(256)))),
}

# The answer to StartTLS is some 14 bytes; the server's flight follows.
STARTTLS_FAULTS = {
    "StartTLS: never answered": fs.SILENT,
    "StartTLS: half an answer": fs.Fault(down=fs.Way(after=5, then=fs.STALL)),
    "StartTLS: accepted, then silence": fs.Fault(down=fs.Way(after=14, then=fs.STALL)),
    "StartTLS: stops in the middle of the handshake": fs.Fault(
        down=fs.Way(after=214, then=fs.STALL)),
}


def max_resident_mib(pid: int) -> float:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s*(\d+) kB", text).group(1)) / 1024


class Faults(basicldap.SlapdCase):
    TLS = True
    BULK = 10

    def start_at(self, url: str, *options: str) -> helper.Helper:
        return self.start(basicldap.argv(url, "--deadline", str(DEADLINE_S), "--ca-file",
                                         str(self.ca), *options))

    def ask_ten(self, asked: helper.Helper) -> list[str]:
        """Ten people at once, odd ones with a wrong password."""
        lines = [helper.line(tree.bulk_name(n), tree.bulk_password(n) + "x" * (n % 2))
                 for n in range(10)]
        return asked.ask_many(lines)

    def check_fault(self, relay: fs.FaultServer, asked: helper.Helper, fault: fs.Fault) -> None:
        relay.strike(fault)
        with basicldap.cpu_at_most(self, asked):
            replies = self.ask_ten(asked)
        for reply in replies:
            self.assert_unavailable(reply)
        self.assertLess(asked.slowest_s, DEADLINE_S + helper.LATE_S)
        self.assertLess(max_resident_mib(asked.pid), 200)
        for number in range(10):
            dn = basicldap.bind_dn_of(tree.bulk_name(number))
            self.assertLessEqual(relay.bind_count(dn), 1, dn)

    def check_recovery(self, relay: fs.FaultServer, asked: helper.Helper) -> None:
        relay.strike(fs.FAITHFUL)
        relay.reset_all()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.await_reply(asked, "alice", basicldap.WRONG, helper.ERR)
        self.assertEqual(asked.finish(), 0)

    def check_from_the_start(self, fault: fs.Fault, scheme: str, *options: str) -> None:
        """The helper has never seen the server well."""
        target = self.slapd.tls_port if scheme == "ldaps" else self.slapd.port
        with fs.FaultServer(target, fault) as relay:
            asked = self.start_at(f"{scheme}://127.0.0.1:{relay.port}", *options)
            self.check_fault(relay, asked, fault)
            self.check_recovery(relay, asked)

    def check_on_the_way(self, fault: fs.Fault, scheme: str, *options: str) -> None:
        """The fault comes while connections are open and have worked."""
        target = self.slapd.tls_port if scheme == "ldaps" else self.slapd.port
        with fs.FaultServer(target) as relay:
            asked = self.start_at(f"{scheme}://127.0.0.1:{relay.port}", *options)
            self.await_reply(asked, "alice", "alice-pw", helper.OK)
            self.check_fault(relay, asked, fault)
            self.check_recovery(relay, asked)

    def check_together(self, check: Callable[..., None], faults: dict[str, fs.Fault],
                       *more: str) -> None:
        """All faults at the same time, each with a relay and a helper of its own: most of it
        is waiting for deadlines."""
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            running = {name: pool.submit(check, fault, *more) for name, fault in faults.items()}
        for name, done in running.items():
            with self.subTest(name):
                done.result()

    def test_from_the_start(self) -> None:
        self.check_together(self.check_from_the_start, FAULTS, "ldap")

    def test_on_the_way(self) -> None:
        self.check_together(self.check_on_the_way, FAULTS, "ldap")

    def test_ldaps(self) -> None:
        self.check_together(self.check_from_the_start, TLS_FAULTS, "ldaps")

    def test_starttls(self) -> None:
        self.check_together(self.check_from_the_start, STARTTLS_FAULTS, "ldap", "-Z")

    def test_ldaps_that_goes_silent(self) -> None:
        """Under TLS the relay sees no binds; the directory's own log has them."""
        with fs.FaultServer(self.slapd.tls_port) as relay:
            asked = self.start_at(relay.ldaps_url)
            self.await_reply(asked, "alice", "alice-pw", helper.OK)
            dns = [basicldap.bind_dn_of(tree.bulk_name(n)) for n in range(10)]
            before = [self.slapd.binds(dn) for dn in dns]
            self.check_fault(relay, asked, fs.SILENT)
            after = [self.slapd.binds(dn) for dn in dns]
            self.assertTrue(all(b - a <= 1 for a, b in zip(before, after)), (before, after))
            self.check_recovery(relay, asked)

    def test_refused_connections(self) -> None:
        with fs.FaultServer(self.slapd.port) as relay:
            asked = self.start_at(relay.ldap_url)
            self.await_reply(asked, "alice", "alice-pw", helper.OK)
            relay.refuse()
            for reply in self.ask_ten(asked):
                self.assert_unavailable(reply)
            relay.accept()
            self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_every_cut_of_an_answer(self) -> None:
        """The answer to the bind ends after 1, 2, 3 ... bytes: never OK, one bind each."""
        with fs.FaultServer(self.slapd.port) as relay:
            asked = self.start_at(relay.ldap_url)
            for number in range(10):
                self.await_reply(asked, "alice", "alice-pw", helper.OK)
                way = fs.Way(after=number + 1, then=fs.CUT, since=fs.BIND)
                relay.strike(fs.Fault(down=way))
                name = tree.bulk_name(number)
                with self.subTest(number):
                    self.assert_unavailable(asked.ask(name, tree.bulk_password(number)))
                    self.assertLessEqual(relay.bind_count(basicldap.bind_dn_of(name)), 1)
                relay.strike(fs.FAITHFUL)
                relay.reset_all()

    def test_slow_is_not_broken(self) -> None:
        """A path with 50 ms each way serves, and serves many at once."""
        slow = fs.Fault(fs.Way(delay_ms=50), fs.Way(delay_ms=50))
        with fs.FaultServer(self.slapd.port, slow) as relay:
            asked = self.start(basicldap.argv(relay.ldap_url))
            replies = self.ask_ten(asked)
            self.assertEqual(replies, [helper.OK, helper.ERR] * 5)

    def test_squid_repeats_a_broken_request(self) -> None:
        """Squid sends a line again twice when it was answered BH: one bind for all three."""
        for number in range(5):
            with fs.FaultServer(self.slapd.port) as relay:
                asked = self.start_at(relay.ldap_url)
                self.await_reply(asked, "alice", "alice-pw", helper.OK)
                relay.strike(fs.RESET_AT_BIND)
                name = tree.bulk_name(number)
                began = time.monotonic()    # it is told some time after that
                first = asked.ask(name, basicldap.WRONG)
                again = [asked.ask(name, basicldap.WRONG) for _ in range(2)]
                if time.monotonic() - began > basicldap.REMEMBERED_S:
                    continue    # the memory holds for 2 s and this machine was slower
                for reply in (first, *again):
                    self.assert_unavailable(reply)
                self.assertEqual(relay.bind_count(basicldap.bind_dn_of(name)), 1)
                return
        self.skipTest("five times the machine took 1.9 s for three lines")


class Backup(basicldap.SlapdCase):
    """Two servers, one of them in trouble: users notice nothing but time."""
    BULK = 10

    def start_with_backup(self, primary: fs.FaultServer, *limits: str) -> helper.Helper:
        return self.start(basicldap.argv(primary.ldap_url, "--backup-uri", self.slapd.ldap_url,
                                         *limits))

    def assert_served(self, asked: helper.Helper) -> None:
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.await_reply(asked, "alice", basicldap.WRONG, helper.ERR)

    def await_primary(self, asked: helper.Helper, primary: fs.FaultServer) -> None:
        """Until a login has gone there: while it is slow at first the other one serves."""
        def at_home() -> bool:
            before = primary.bind_count()
            self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
            return primary.bind_count() > before
        place.wait_for(at_home, "binds at the primary", 120)

    def test_primary_refuses(self) -> None:
        with fs.FaultServer(self.slapd.port) as relay:
            relay.refuse()
            asked = self.start_with_backup(relay)
            self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
            self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)

    def test_primary_is_silent_from_the_start(self) -> None:
        with fs.FaultServer(self.slapd.port, fs.SILENT) as relay:
            asked = self.start_with_backup(relay, "--deadline", "10")
            self.assert_served(asked)
            self.assertLess(asked.slowest_s, 10 + helper.LATE_S)

    def test_primary_goes_silent_on_the_way(self) -> None:
        with fs.FaultServer(self.slapd.port) as relay:
            asked = self.start_with_backup(relay, "--deadline", "10")
            self.await_reply(asked, "alice", "alice-pw", helper.OK)
            relay.strike(fs.SILENT)
            self.assert_served(asked)
            self.assertLess(asked.slowest_s, 10 + helper.LATE_S)

    def test_wrong_password_reaches_one_of_two_servers(self) -> None:
        """What the silent primary may have counted is not tried at the backup."""
        with fs.FaultServer(self.slapd.port) as relay:
            asked = self.start_with_backup(relay, "--deadline", "10")
            self.await_reply(asked, "alice", "alice-pw", helper.OK)
            self.await_primary(asked, relay)
            relay.strike(fs.Fault(down=fs.Way(then=fs.STALL, since=fs.BIND)))
            name = tree.bulk_name(1)
            dn = basicldap.bind_dn_of(name)
            before = self.slapd.binds(dn)
            self.assert_unavailable(asked.ask(name, basicldap.WRONG))
            self.assertEqual(relay.bind_count(dn), 1)
            place.wait_for(lambda: self.slapd.binds(dn) - before == 1, "the one bind in the log")

    def test_return_to_the_primary(self) -> None:
        with fs.FaultServer(self.slapd.port) as relay:
            relay.refuse()
            asked = self.start_with_backup(relay)
            self.assert_served(asked)
            relay.accept()
            self.await_primary(asked, relay)


if __name__ == "__main__":
    unittest.main()
