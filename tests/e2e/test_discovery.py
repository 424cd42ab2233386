# SPDX-License-Identifier: BSD-2-Clause
"""Servers that DNS names (RFC 2782): their order, answers that grow old, DNS that is down or lies.

slapd stands behind the records, so --directory says openldap; a real Active Directory is in
test_ad_servers.py. Names are mapped to loopback in a network of the test's own; DNS is
tests/support/dnsserver.py.
"""

import re
import subprocess
import unittest

from support import basicldap, certs, dnsserver, helper, place, privatenet, slapd, tree
from support.dnsserver import cname, srv

DOMAIN = "example.test"
SERVICE = f"_ldap._tcp.{DOMAIN}"
ONE, TWO, NOWHERE = "one.example.test", "two.example.test", "nowhere.example.test"
ADDRESSES = {ONE: "192.0.2.1", TWO: "192.0.2.2"}
TTL_MIN_S = 30              # a shorter one counts as this


def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("discovery"))
    privatenet.enter(folder, ADDRESSES)
    for address in ADDRESSES.values():
        privatenet.add_address(address)


class Case(basicldap.Case):
    """Two directories with the same people, by StartTLS, and a DNS server for each test."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        authority = certs.Authority(cls.folder / "ca")
        cls.ca = str(authority.cert)
        cls.slapds = {}
        for name, address in ADDRESSES.items():
            server = slapd.Slapd(
                cls.folder / name, {tree.SUFFIX: tree.ldif()},
                tls=authority.issue(name, f"DNS:{name}"), urls=[f"ldap://{address}:389"])
            cls.slapds[name] = cls.enterClassContext(server)

    def setUp(self) -> None:
        self.dns = self.enterContext(dnsserver.DnsServer({SERVICE: [srv(ONE, 389)]}))

    def words(self, *options: str, endpoint: str = "") -> list[str]:
        return [place.helper_path("basic-ldap"), *place.PATIENT, "--directory", "openldap",
                "--domain", DOMAIN, "--dns", endpoint or self.dns.endpoint, "-b", tree.PEOPLE, "-f",
                "(uid=%s)", "-Z", "--ca-file", self.ca, *options]

    def ours(self, *options: str, **named: str) -> helper.Helper:
        return self.start(self.words(*options, **named))

    def binds(self) -> dict[str, int]:
        """How many binds of alice each server has seen."""
        dn = basicldap.bind_dn_of("alice")
        return {name: server.binds(dn) for name, server in self.slapds.items()}

    def asked_server(self, asked: helper.Helper) -> str:
        """Which server a login goes to."""
        before = self.binds()
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK, asked.log_text())
        after = self.binds()
        changed = [name for name in after if after[name] > before[name]]
        self.assertEqual(len(changed), 1, (before, after))
        return changed[0]

    def await_server(self, asked: helper.Helper, name: str) -> None:
        """Until a login goes to `name`: when that takes a second to connect to, the next one is
        tried, and serves until this one is up."""
        place.wait_for(lambda: self.asked_server(asked) == name, f"a login at {name}")


class Order(Case):
    def test_priority(self) -> None:
        for first, second in ((ONE, TWO), (TWO, ONE)):
            with self.subTest(first):
                self.dns.set(SERVICE, srv(second, 389, 20, 65535), srv(first, 389, 10, 0))
                self.await_server(self.ours(), first)

    def test_the_next_where_the_first_is_down(self) -> None:
        self.dns.set(SERVICE, srv(ONE, 1, 0), srv(NOWHERE, 389, 1), srv(TWO, 389, 2))
        self.assertEqual(self.asked_server(self.ours()), TWO)

    def test_weight(self) -> None:
        """Of 8 helpers one at most takes the server of weight 0: its chance is 1 in 65,536, and
        without weights it would be 1 in 2."""
        self.dns.set(SERVICE, srv(ONE, 389, 0, 0), srv(TWO, 389, 0, 65535))
        chosen = [self.first_of(self.ours()) for _ in range(8)]
        self.assertGreaterEqual(chosen.count(TWO), 7)

    def first_of(self, asked: helper.Helper) -> str:
        """The server that it prefers, by its log."""
        asked.wait_log("names 2 servers, the first is ldap://")
        return re.search(r"the first is ldap://([^:]+):389", asked.log_text())[1]

    def test_port(self) -> None:
        port = place.free_port()
        more = self.enterContext(slapd.Slapd(
            self.folder / "port", {tree.SUFFIX: tree.ldif()}, tls=self.slapds[ONE].tls,
            urls=[f"ldap://{ADDRESSES[ONE]}:{port}"]))
        self.dns.set(SERVICE, srv(ONE, port))
        self.assertEqual(self.ours().ask("alice", "alice-pw"), helper.OK)
        self.assertEqual(more.binds(basicldap.bind_dn_of("alice")), 1)

    def test_alias(self) -> None:
        self.dns.set(SERVICE, cname("_elsewhere._tcp.example.test"))
        self.dns.set("_elsewhere._tcp.example.test", srv(TWO, 389))
        self.assertEqual(self.asked_server(self.ours()), TWO)

    def test_answer_that_does_not_fit_into_udp(self) -> None:
        """The second question goes by TCP."""
        self.dns.set(SERVICE, srv(TWO, 389, 0), *(srv(f"dc{n}.branch.example.test", 389, 1)
                                                  for n in range(100)))
        self.assertEqual(self.asked_server(self.ours()), TWO)
        self.assertEqual([query.tcp for query in self.dns.asked], [False, True])

    def test_certificate_is_for_the_host_not_for_the_domain(self) -> None:
        self.dns.set(SERVICE, srv(ADDRESSES[ONE], 389))
        asked, before = self.ours(), self.binds()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.binds(), before)
        self.assertRegex(asked.log_text(), "(?i)certificate")


class Age(Case):
    """TTLs below 30 s count as 30 s: what is awaited here takes about so long."""

    def test_answers_grow_old(self) -> None:
        """One helper gets another answer, another one none at all and then another."""
        self.dns.set(SERVICE, srv(ONE, 389, ttl=1))
        down = self.enterContext(dnsserver.DnsServer(dict(self.dns.zone)))
        moved, kept = self.ours(), self.ours(endpoint=down.endpoint)
        for asked in (moved, kept):
            self.assertEqual(self.asked_server(asked), ONE)
        down.stop()
        self.dns.set(SERVICE, srv(TWO, 389, ttl=1))
        place.wait_for(lambda: self.dns.questions(SERVICE) >= 2 and
                       "the servers that are known stay in use" in kept.log_text(),
                       "the second question of each", timeout_s=TTL_MIN_S + place.PATIENCE_S)
        self.assertEqual(self.asked_server(kept), ONE)
        self.await_server(moved, TWO)
        self.assertIn(f"ldap://{ONE}:389: no longer among the servers", moved.log_text())
        down.set(SERVICE, srv(TWO, 389, ttl=1))
        down.start()
        self.await_server(kept, TWO)
        self.assertIn("DNS answers again", kept.log_text())


class Trouble(Case):
    SENTENCE = rf"no server of the domain {DOMAIN} is known: DNS was asked for {SERVICE} \(SRV\): "

    def assert_told(self, asked: helper.Helper, what: str) -> None:
        reply = asked.ask("alice", "alice-pw")
        self.assert_unavailable(reply)
        self.assertRegex(reply, self.SENTENCE + what)

    def await_told(self, asked: helper.Helper, what: str) -> None:
        """The same, where a busy machine may first be told something else: DNS is asked again."""
        def told() -> bool:
            reply = asked.ask("alice", "alice-pw")
            self.assert_unavailable(reply)
            return re.search(self.SENTENCE + what, reply) is not None
        place.wait_for(told, f"{what!r} in the reply")

    def test_down_at_the_start(self) -> None:
        """Requests are answered at once, again and again, and it recovers by itself."""
        endpoint = self.dns.endpoint
        self.dns.stop()
        asked = self.ours(endpoint=endpoint)
        for _ in range(3):
            self.assert_told(asked, "127.0.0.1 port .*refused")
        self.dns.start()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_silent_at_the_start(self) -> None:
        with dnsserver.lying(self.dns, dnsserver.silence):
            asked = self.ours("--connect-timeout", "2", "--deadline", "120")
            self.assert_told(asked, "127.0.0.1 port .*timed out")
            self.assertLess(asked.slowest_s, 2 + helper.LATE_S)
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_truncated_and_silent_by_tcp(self) -> None:
        def lie(query: dnsserver.Query, _truth: bytes) -> bytes | None:
            return None if query.tcp else query.reply([], flags=0x0200)
        with dnsserver.lying(self.dns, lie):
            asked = self.ours("--connect-timeout", "2")
            self.await_told(asked, "127.0.0.1 port .*, by TCP: .*timed out")
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_no_such_name(self) -> None:
        self.dns.zone = {}
        self.assert_told(self.ours(), "there are no such records")

    def test_service_is_not_offered(self) -> None:
        self.dns.set(SERVICE, srv(".", 0))
        self.assert_told(self.ours(), "the domain says that nobody offers this")

    def test_lies(self) -> None:
        """None of them is believed, none does harm, and the truth is taken when it comes."""
        for lie in dnsserver.LIES:
            with self.subTest(lie.__name__):
                with dnsserver.lying(self.dns, lie):
                    asked = self.ours("--connect-timeout", "1")
                    self.assert_unavailable(asked.ask("alice", "alice-pw"))
                self.await_reply(asked, "alice", "alice-pw", helper.OK)
                self.assertNotIn("evil", asked.log_text())

    def test_many_random_answers(self) -> None:
        self.assertEqual(self.ours().ask("alice", "alice-pw"), helper.OK)
        for _ in range(5):
            with dnsserver.lying(self.dns, dnsserver.random_bytes):
                self.assert_unavailable(self.ours("--connect-timeout", "1").ask("a", "b"))


class Check(Case):
    def check(self, status: int, *options: str) -> str:
        done = subprocess.run([*self.words(*options), "--check"], capture_output=True, text=True,
                              env=place.clean_env(), stdin=subprocess.DEVNULL,
                              timeout=place.PATIENCE_S)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def test_all_is_well(self) -> None:
        self.dns.set(SERVICE, srv(TWO, 389, 2, 20), srv(ONE, 389, 1, 10))
        said = self.check(0)
        at = [said.index(words) for words in (
            f"{SERVICE}, says DNS for 600 s", f"{ONE} port 389, priority 1, weight 10",
            f"{TWO} port 389, priority 2, weight 20", f"ldap://{ONE}:389\n",
            f"no Active Directory, its base is {tree.SUFFIX}", f"ldap://{TWO}:389\n",
            "all is well")]
        self.assertEqual(at, sorted(at), said)

    def test_what_is_wrong(self) -> None:
        self.dns.zone = {}
        self.assertIn(f"FAIL  DNS was asked for {SERVICE} (SRV): there are no such records",
                      self.check(1))
        with dnsserver.lying(self.dns, dnsserver.failure):
            self.assertRegex(self.check(1), r"FAIL .*server failure \(2\)")
        self.dns.set(SERVICE, srv(NOWHERE, 389), srv(ONE, 389, 9))
        self.assertRegex(self.check(1), rf"ldap://{NOWHERE}:389\n  FAIL  connect")

    def test_clear(self) -> None:
        """Without StartTLS passwords would cross the network: law 8."""
        words = [word for word in self.words() if word != "-Z"]
        asked = self.start(words)
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertRegex(asked.log_text(), f"{DOMAIN} will be refused .*clear")


if __name__ == "__main__":
    unittest.main()
