# SPDX-License-Identifier: BSD-2-Clause
"""Certificates that must not be trusted, old TLS, and what the log says about them.

A refusal has one log line that names the server, the phase, the name that was expected, the CA
file in use, and which fault it was. Certificates are for 127.0.0.1, never for `localhost`.
"""

import re
import ssl
import subprocess
import unittest

from support import basicldap, certs, helper, place, slapd, tlsrelay

# What the log says, by the fault of the certificate. Both TLS libraries have to get there.
REASONS = {
    "wrong name": r"((another|other|wrong) name|not match)",
    "expired": r"expired",
    "unknown CA": r"(unknown|untrusted|not trusted|not signed|issuer)",
    "old TLS": r"(version|protocol|TLS 1\.[23])",
}


class Servers(basicldap.Case):
    """One slapd for each certificate, all with the same sample tree."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.authority = certs.Authority(cls.folder / "ca")
        cls.stranger = certs.Authority(cls.folder / "stranger", "Stranger CA")
        cls.ca = str(cls.authority.cert)
        cls.good = cls.serve("good", cls.authority.good())

    @classmethod
    def serve(cls, label: str, server: certs.Server) -> slapd.Slapd:
        return cls.enterClassContext(slapd.Slapd(cls.folder / label, tls=server))

    def start_at(self, url: str, *options: str, ca: str | None = None,
                 env: dict[str, str] | None = None) -> helper.Helper:
        trust = ["--ca-file", ca] if ca else []
        return self.start(basicldap.argv(url, *trust, *options),
                          env=place.clean_env(**(env or {})))

    def assert_refused(self, asked: helper.Helper, server: slapd.Slapd) -> None:
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assert_unavailable(asked.ask("bob", basicldap.WRONG))
        self.assertEqual(server.binds(), 0, "a password went to a server that is not trusted")

    def assert_line(self, asked: helper.Helper, port: int, reason: str, *words: str) -> None:
        """One log line with server, phase, reason and `words`."""
        def found() -> bool:
            return any(f"127.0.0.1:{port}" in row and re.search("TLS", row)
                       and re.search(REASONS[reason], row, re.I)
                       and all(word in row for word in words)
                       for row in asked.log_text().splitlines())
        try:
            place.wait_for(found, "the line")
        except AssertionError:
            self.fail(f"no line names 127.0.0.1:{port}, TLS, {REASONS[reason]} and {words}:\n"
                      + asked.log_text())

    def assert_other_reasons_absent(self, asked: helper.Helper, reason: str) -> None:
        """The line does not give every reason at once."""
        text = "\n".join(row for row in asked.log_text().splitlines() if "TLS" in row)
        if reason != "expired":
            self.assertNotRegex(text, REASONS["expired"])


class Good(Servers):
    def test_ldaps(self) -> None:
        asked = self.start_at(self.good.ldaps_url, ca=self.ca)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)
        self.assertIn("TLS established", self.good.log_text())

    def test_starttls(self) -> None:
        before = self.good.count("TLS established")
        asked = self.start_at(self.good.ldap_url, "-Z", ca=self.ca)
        self.assertEqual(asked.ask("jürgen", "pässwörd€"), helper.OK)
        self.assertEqual(asked.ask("jürgen", basicldap.WRONG), helper.ERR)
        self.assertGreater(self.good.count("TLS established"), before)

    def test_ca_from_the_environment(self) -> None:
        """As ldap.conf and LDAPTLS_CACERT have always named it."""
        asked = self.start_at(self.good.ldaps_url, env={"LDAPTLS_CACERT": self.ca})
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_ca_file_wins_over_the_environment(self) -> None:
        asked = self.start_at(self.good.ldaps_url, ca=str(self.stranger.cert),
                              env={"LDAPTLS_CACERT": self.ca})
        self.assert_unavailable(asked.ask("alice", "alice-pw"))

    def test_ca_folder(self) -> None:
        folder = self.folder / "hashed"
        folder.mkdir()
        (folder / "ca.pem").write_bytes(self.authority.cert.read_bytes())
        subprocess.run([place.need_program("openssl"), "rehash", str(folder)], check=True)
        asked = self.start_at(self.good.ldaps_url, "--ca-dir", str(folder))
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_ca_file_that_comes_later(self) -> None:
        """Missing at the start: said so, BH, and used when it is there."""
        path = self.folder / "later.pem"
        asked = self.start_at(self.good.ldaps_url, ca=str(path))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log(str(path))
        path.write_bytes(self.authority.cert.read_bytes())
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_ca_file_that_is_replaced(self) -> None:
        path = self.folder / "replaced.pem"
        path.write_bytes(self.stranger.cert.read_bytes())
        asked = self.start_at(self.good.ldaps_url, ca=str(path))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        path.write_bytes(self.authority.cert.read_bytes())
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_verification_switched_off_is_said_at_every_start(self) -> None:
        for words, env in ((["--tls-verify", "no"], {}), ([], {"LDAPTLS_REQCERT": "never"})):
            with self.subTest(words=words, env=env):
                asked = self.start_at(self.good.ldaps_url, *words, env=env)
                self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
                self.assertRegex(asked.log_text(), r"(?i)(certificate|verif).*(not|off|no\b)")


class Bad(Servers):
    def check(self, label: str, reason: str, server: certs.Server, *words: str) -> None:
        daemon = self.serve(label, server)
        for url, port, options in ((daemon.ldaps_url, daemon.tls_port, ()),
                                   (daemon.ldap_url, daemon.port, ("-Z",))):
            with self.subTest(url):
                asked = self.start_at(url, *options, ca=self.ca)
                self.assert_refused(asked, daemon)
                self.assert_line(asked, port, reason, "127.0.0.1", self.ca, *words)
                self.assert_other_reasons_absent(asked, reason)

    def test_wrong_name(self) -> None:
        self.check("wrong-name", "wrong name", self.authority.wrong_name())

    def test_expired(self) -> None:
        self.check("expired", "expired", self.authority.expired())

    def test_unknown_ca(self) -> None:
        self.check("unknown", "unknown CA", self.stranger.good())

    def test_without_any_option_the_system_decides(self) -> None:
        """No CA named anywhere: verified against the system's, so a private CA is refused."""
        asked = self.start_at(self.good.ldaps_url)
        before = self.good.binds()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.good.binds(), before)

    def test_bad_primary_and_good_backup(self) -> None:
        daemon = self.serve("bad-primary", self.stranger.good())
        asked = self.start_at(daemon.ldaps_url, "--backup-uri", self.good.ldaps_url, ca=self.ca)
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.assertEqual(daemon.binds(), 0)


class OldTls(Servers):
    def relay(self, version: ssl.TLSVersion) -> tlsrelay.TlsRelay:
        folder = self.authority.folder
        server = certs.Server(folder / "good.pem", folder / "good.key", self.authority.cert)
        return self.enterContext(tlsrelay.TlsRelay(self.good.port, server, version))

    def need_old_client(self, relay: tlsrelay.TlsRelay) -> None:
        """The relay really speaks TLS 1.1 with whoever wants it."""
        done = subprocess.run([place.need_program("openssl"), "s_client", "-tls1_1", "-cipher",
                               "ALL:@SECLEVEL=0", "-connect", f"127.0.0.1:{relay.port}"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if relay.handshakes == 0:
            self.skipTest(f"this machine's OpenSSL speaks no TLS 1.1: {done.stderr[-200:]}")

    def test_1_1_is_refused(self) -> None:
        relay = self.relay(ssl.TLSVersion.TLSv1_1)
        self.need_old_client(relay)
        before = relay.handshakes
        asked = self.start_at(relay.ldaps_url, ca=self.ca)
        self.assert_refused(asked, self.good)
        self.assertEqual(relay.handshakes, before)
        self.assert_line(asked, relay.port, "old TLS")

    def test_1_1_is_refused_even_without_verification(self) -> None:
        relay = self.relay(ssl.TLSVersion.TLSv1_1)
        self.need_old_client(relay)
        before = self.good.binds()
        asked = self.start_at(relay.ldaps_url, "--tls-verify", "no")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.good.binds(), before)

    def test_1_2_is_accepted(self) -> None:
        relay = self.relay(ssl.TLSVersion.TLSv1_2)
        asked = self.start_at(relay.ldaps_url, ca=self.ca)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)

    def test_1_2_is_refused_where_1_3_is_asked_for(self) -> None:
        relay = self.relay(ssl.TLSVersion.TLSv1_2)
        asked = self.start_at(relay.ldaps_url, "--tls-min", "1.3", ca=self.ca)
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assert_line(asked, relay.port, "old TLS")


class ClientCertificate(basicldap.Case):
    """A server that wants a certificate of its clients."""

    def test_client_certificate(self) -> None:
        authority = certs.Authority(self.folder / "ca")
        ours = authority.issue("client", "DNS:proxy.example.test")
        daemon = self.enterContext(slapd.Slapd(self.folder / "slapd", tls=authority.good(),
                                               options="TLSVerifyClient demand"))
        words = basicldap.argv(daemon.ldaps_url, "--ca-file", str(authority.cert))
        asked = self.start(words)
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked = self.start([*words, "--client-cert", str(ours.cert), "--client-key",
                            str(ours.key)])
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)


if __name__ == "__main__":
    unittest.main()
