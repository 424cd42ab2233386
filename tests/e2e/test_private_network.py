# SPDX-License-Identifier: BSD-2-Clause
"""What needs a network of its own: a path that drops packets without a word, addresses that are
not loopback (cleartext rules), names from a hosts file. As root, or where user namespaces are.
"""

import subprocess
import unittest

from support import basicldap, certs, helper, place, privatenet, slapd, tree

ADDRESS = "192.0.2.1"
NAME = "ldap.example.test"

def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("privatenet"))
    privatenet.enter(folder, {NAME: ADDRESS})
    privatenet.add_address(ADDRESS)


class AwayCase(basicldap.Case):
    """slapd on an address that is not loopback; its port is in `port`, of ldaps in `tls_port`."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        authority = certs.Authority(cls.folder / "ca")
        cls.ca = str(authority.cert)
        cls.port, cls.tls_port = place.free_port(), place.free_port()
        cls.slapd = cls.enterClassContext(slapd.Slapd(
            cls.folder / "slapd", {tree.SUFFIX: tree.ldif(50)}, tls=authority.good(),
            urls=[f"ldap://{ADDRESS}:{cls.port}", f"ldaps://{ADDRESS}:{cls.tls_port}",
                  f"ldap://127.0.0.1:{cls.port}"]))

    def ours(self, *options: str) -> helper.Helper:
        return self.start([place.helper_path("basic-ldap"), *place.PATIENT, "-b", tree.PEOPLE,
                           "-f", "(uid=%s)", *options])


class Cleartext(AwayCase):
    """Passwords never cross a network in clear silently."""

    def assert_refused(self, asked: helper.Helper, port: int) -> None:
        before = self.slapd.binds()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.slapd.binds(), before)
        self.assertRegex(asked.log_text(), rf"(?i){ADDRESS}.*|{NAME}.*")
        self.assertRegex(asked.log_text(), rf"(?i):{port}\b.*clear")
        self.assertIn("--allow-cleartext", asked.log_text())

    def test_stock_letters_work_with_one_loud_line(self) -> None:
        for words in (["-H", f"ldap://{ADDRESS}:{self.port}"], ["-h", NAME, "-p", str(self.port)],
                      [f"{ADDRESS}:{self.port}"]):
            with self.subTest(words):
                asked = self.ours(*words)
                self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
                self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)
                rows = [row for row in asked.log_text().splitlines() if "clear" in row.lower()]
                self.assertEqual(len(rows), 1, asked.log_text())

    def test_long_option_is_refused(self) -> None:
        for words in (["--uri", f"ldap://{ADDRESS}:{self.port}"],
                      ["--uri", f"ldap://{NAME}:{self.port}"],
                      ["--host", ADDRESS, "--port", str(self.port)]):
            with self.subTest(words):
                self.assert_refused(self.ours(*words), self.port)

    def test_config_file_is_refused(self) -> None:
        path = self.folder / "helper.conf"
        path.write_text(f"uri = ldap://{ADDRESS}:{self.port}\n")
        self.assert_refused(self.ours("--config", str(path)), self.port)

    def test_sasl_is_no_stock_letter(self) -> None:
        """Users bind beside the account that searches, whatever protects that one."""
        asked = self.start([place.helper_path("basic-ldap"), "-b", tree.PEOPLE, "-H",
                            f"ldap://{ADDRESS}:{self.port}", "--sasl-mech", "EXTERNAL"])
        self.assert_refused(asked, self.port)

    def test_allowed_in_words(self) -> None:
        asked = self.ours("--uri", f"ldap://{ADDRESS}:{self.port}", "--allow-cleartext")
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_loopback_and_tls_need_no_words(self) -> None:
        for words in (["--uri", f"ldap://127.0.0.1:{self.port}"],
                      ["--uri", f"ldaps://{NAME}:{self.tls_port}", "--ca-file", self.ca],
                      ["--uri", f"ldap://{NAME}:{self.port}", "--starttls", "--ca-file", self.ca]):
            with self.subTest(words):
                asked = self.ours(*words)
                self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
                self.assertNotRegex(asked.log_text(), "(?i)clear")

    def test_starttls_is_never_given_up(self) -> None:
        """A server without TLS does not get the password in clear instead."""
        port = place.free_port()
        plain = self.enterContext(slapd.Slapd(self.folder / "plain",
                                              urls=[f"ldap://{ADDRESS}:{port}"]))
        asked = self.ours("-H", f"ldap://{ADDRESS}:{port}", "-Z", "--deadline", "3")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(plain.binds(), 0)

    def test_check_fails_what_works_in_clear(self) -> None:
        words = [place.helper_path("basic-ldap"), "-b", tree.PEOPLE, "-f", "(uid=%s)", "-H",
                 f"ldap://{ADDRESS}:{self.port}", "--check"]
        done = subprocess.run(words, capture_output=True, text=True, env=place.clean_env(),
                              stdin=subprocess.DEVNULL, timeout=place.PATIENCE_S)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stdout + done.stderr, "(?i)clear")


class DroppedPath(AwayCase):
    """Packets vanish; the sender hears nothing, and nothing it sends is acknowledged."""

    # A path is given up after 3 s, a connection after as many: within a deadline of 10. That of the
    # helper is longer, or a busy machine's answers would be BH.
    DEADLINE_S = 10
    TIME = ("--deadline", "30", "--connect-timeout", "3")

    def setUp(self) -> None:
        self.backup = self.enterContext(slapd.Slapd(self.folder / self._testMethodName,
                                                    {tree.SUFFIX: tree.ldif(50)}))

    def drop(self, port: int) -> None:
        privatenet.drop(port)
        self.addCleanup(privatenet.restore)

    def ask_ten(self, asked: helper.Helper) -> list[str]:
        lines = [helper.line(tree.bulk_name(n), tree.bulk_password(n) + "x" * (n % 2))
                 for n in range(10)]
        return asked.ask_many(lines)

    def assert_one_bind_each(self, before: list[int]) -> None:
        for number, old in enumerate(before):
            dn = basicldap.bind_dn_of(tree.bulk_name(number))
            self.assertLessEqual(self.slapd.binds(dn) - old + self.backup.binds(dn), 1, dn)

    def binds_before(self) -> list[int]:
        return [self.slapd.binds(basicldap.bind_dn_of(tree.bulk_name(n))) for n in range(10)]

    def test_alone(self) -> None:
        """One server: BH by the deadline, at most one bind each, well again afterwards."""
        asked = self.ours("-H", f"ldap://{ADDRESS}:{self.port}", "--deadline", "5")
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        before = self.binds_before()
        privatenet.drop(self.port)
        try:
            with basicldap.cpu_at_most(self, asked):
                replies = self.ask_ten(asked)
        finally:
            privatenet.restore()
        for reply in replies:
            self.assert_unavailable(reply)
        self.assertLess(asked.slowest_s, 5 + helper.LATE_S)
        self.assert_one_bind_each(before)
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_with_a_backup(self) -> None:
        """A bind of which no byte was acknowledged cannot have been processed: users get their
        answer from the other server, within their deadline."""
        asked = self.ours("-H", f"ldap://{ADDRESS}:{self.port}", "--backup-uri",
                          self.backup.ldap_url, *self.TIME)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        before = self.binds_before()
        self.drop(self.port)
        replies = self.ask_ten(asked)
        self.assertLess(asked.slowest_s, self.DEADLINE_S + helper.LATE_S)
        self.assertEqual(replies, [helper.OK, helper.ERR] * 5)
        self.assert_one_bind_each(before)

    def test_before_the_first_connection(self) -> None:
        self.drop(self.port)
        asked = self.ours("-H", f"ldap://{ADDRESS}:{self.port}", "--backup-uri",
                          self.backup.ldap_url, *self.TIME)
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.assertLess(asked.slowest_s, self.DEADLINE_S + helper.LATE_S)


class Names(AwayCase):
    """Certificates are for the name that was asked for, not for the address behind it."""

    def test_name_from_the_hosts_file(self) -> None:
        asked = self.ours("-H", f"ldaps://{NAME}:{self.tls_port}", "--ca-file", self.ca)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_address_that_the_certificate_does_not_have(self) -> None:
        asked = self.ours("-H", f"ldaps://{ADDRESS}:{self.tls_port}", "--ca-file", self.ca,
                          "--deadline", "3")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))


if __name__ == "__main__":
    unittest.main()
