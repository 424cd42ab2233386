# SPDX-License-Identifier: BSD-2-Clause
"""basic-ldap and a real Active Directory when something is wrong or unusual: the controller away,
without TLS, with a certificate for another name; a service account that has no password but a
keytab; the global catalog; clients that do not send UTF-8. Most of it through a real Squid.

What the controller answers is in test_ad_domain.py. Result code 8 is strongerAuthRequired (RFC
4511 4.1.9); which bytes clients send, and what Squid makes of them, was seen with curl.
"""

import pathlib
import unittest

from support import addomain, adproxy, adtree, basicldap, helper, place, sambadc

ALICE = (adtree.ALICE.sam, adtree.ALICE.password)


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


class Away(adproxy.Case):
    def tearDown(self) -> None:
        self.DOMAIN.restart()

    def await_login(self, name: str, password: str) -> None:
        """The helper knows within seconds that the controller is there again."""
        place.wait_for(lambda: self.proxy.login(name, password).status == 200, f"200 for {name}")

    def test_stopped_and_started(self) -> None:
        """Nobody gets in, nobody is told that the password is wrong, nothing is counted, and
        Squid needs no hint when it is over."""
        self.await_login(*ALICE)
        helpers = self.proxy.helper_pids()
        self.DOMAIN.stop()
        for _ in range(2):
            self.assertNotIn("Invalid", self.proxy.refusal("bob", adtree.BOB.password))
            self.assert_refused("larry", addomain.WRONG)
        self.DOMAIN.start()
        self.await_login("bob", adtree.BOB.password)
        self.assertEqual(self.DOMAIN.bad_password_count(adtree.LARRY), 0)
        self.assertEqual(self.proxy.helper_pids(), helpers)

    def test_away_from_the_start(self) -> None:
        self.DOMAIN.stop()
        asked = self.ours()
        self.assert_unavailable(asked.ask(*ALICE))
        self.DOMAIN.start()
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")

    def test_requests_in_flight(self) -> None:
        """Stopped while many log in: each is answered, right passwords never as wrong."""
        asked = self.ours()
        people = [adtree.ALICE, adtree.BOB, adtree.ROBERT, adtree.SPACE, adtree.SMITH] * 8
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")
        for person in people:
            asked.send(helper.line(person.sam, person.password))
        first = asked.receive()[1]
        self.DOMAIN.stop()
        replies = [first, *(asked.receive()[1] for _ in people[1:])]
        self.assertEqual({reply.split()[0] for reply in replies} - {"OK", "BH"}, set(), replies)


class WithoutTls(adproxy.Case):
    """The controller refuses passwords in clear with result code 8."""

    def stock(self, *options: str) -> helper.Helper:
        secret = str(adproxy.secret_file(self.DOMAIN.folder))
        return self.start([place.helper_path("basic-ldap"), "-b", adtree.BASE, "-f",
                           "(sAMAccountName=%s)", "-D", adtree.SVC_LDAP.implicit_upn, "-W", secret,
                           "-H", addomain.LDAP_URL, *place.PATIENT, *options])

    def test_explained_in_words(self) -> None:
        asked = self.stock()
        self.assert_unavailable(asked.ask(*ALICE))
        self.assertRegex(asked.log_text(), r"the server wants .* TLS")
        self.assertRegex(asked.log_text(), r"--starttls|ldaps://")
        self.assertNotIn(adtree.SVC_LDAP.password, asked.log_text())

    def test_with_starttls_it_works(self) -> None:
        asked = self.stock("-Z", "--ca-file", str(self.DOMAIN.ca))
        self.assertRegex(asked.ask(*ALICE), "^OK")

    def test_where_the_controller_allows_it(self) -> None:
        self.DOMAIN.restart("ldap server require strong auth = no")
        self.addCleanup(self.DOMAIN.restart)
        asked = self.stock()
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")

    def test_tls_comes_by_itself_with_a_domain(self) -> None:
        """--domain and ldap://: StartTLS is not asked for and used all the same."""
        self.assertRegex(self.ours().ask(*ALICE), "^OK")


class Certificates(adproxy.Case):
    def test_for_another_name(self) -> None:
        """A server that cannot show its name gets no password."""
        self.DOMAIN.certificate_for("DNS:other.corp.example.test")
        self.DOMAIN.restart()
        asked = {url: self.ours(url=url)
                 for url in (addomain.LDAP_URL, addomain.LDAPS_URL)}
        try:
            for url, ours in asked.items():
                with self.subTest(url):
                    self.assert_unavailable(ours.ask(*ALICE))
                    self.assertRegex(ours.log_text(), "(?i)certificate")
                    self.assertIn(adtree.FQDN, ours.log_text())
        finally:
            self.DOMAIN.certificate_for(addomain.OWN_NAMES)
            self.DOMAIN.restart()
        for url, ours in asked.items():
            with self.subTest(url):
                place.wait_for(lambda ours=ours: ours.ask(*ALICE).startswith("OK"), "OK")

    def test_by_an_unknown_authority(self) -> None:
        other = addomain.certs.Authority(self.folder / "other-ca").cert
        asked = self.ours("--ca-file", str(other))
        self.assert_unavailable(asked.ask(*ALICE))
        self.assertRegex(asked.log_text(), "(?i)certificate")


class Keytab(adproxy.Case):
    """The service account by Kerberos: no password in any file, no kinit."""

    def service(self, keytab: pathlib.Path, *options: str, url: str = addomain.LDAP_URL
                ) -> list[str]:
        return [place.helper_path("basic-ldap"), "--domain", adtree.DNS_DOMAIN, "--uri", url,
                "--ca-file", str(self.DOMAIN.ca), "--sasl-mech", "GSSAPI", "--bind-keytab",
                str(keytab), *place.PATIENT, *options]

    def setUp(self) -> None:
        adproxy.readable_for_squid(self.DOMAIN.svc_keytab)

    def test_through_squid(self) -> None:
        proxy = self.enterContext(adproxy.Proxy(self.folder / "keytab",
                                                self.service(self.DOMAIN.svc_keytab)))
        self.assertEqual(proxy.login(*ALICE).status, 200, proxy.cache_log())
        self.assertEqual(proxy.notes()["user"], "alice")
        self.assertEqual(proxy.refusal("alice", addomain.WRONG), "Invalid credentials")
        self.DOMAIN.unlock(adtree.ALICE)

    def test_spnego(self) -> None:
        words = self.service(self.DOMAIN.svc_keytab, "--sasl-mech", "GSS-SPNEGO")
        words.remove("GSSAPI")
        words.remove("--sasl-mech")
        self.assertRegex(self.start(words).ask(*ALICE), "^OK")

    def test_a_keytab_that_comes_later(self) -> None:
        keytab = self.folder / "later.keytab"
        asked = self.start(self.service(keytab))
        self.assert_unavailable(asked.ask(*ALICE))
        self.assertIn(str(keytab), asked.log_text())
        self.DOMAIN.keytab(keytab, adtree.SVC_LDAP.sam)
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")

    def test_keys_that_were_changed(self) -> None:
        """The account has a new password, the keytab still the old keys, then the new ones."""
        keytab = self.folder / "old.keytab"
        keytab.write_bytes(self.DOMAIN.svc_keytab.read_bytes())
        keytab.chmod(0o600)
        self.DOMAIN.set_password(adtree.SVC_LDAP, "quite another")
        self.addCleanup(self._as_before)
        asked = self.start(self.service(keytab))
        self.assert_unavailable(asked.ask(*ALICE))
        self.assertIn(str(keytab), asked.log_text())
        keytab.unlink()
        self.DOMAIN.keytab(keytab, adtree.SVC_LDAP.sam)
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")

    def _as_before(self) -> None:
        self.DOMAIN.set_password(adtree.SVC_LDAP, adtree.SVC_LDAP.password)
        self.DOMAIN.svc_keytab.unlink()
        self.DOMAIN.keytab(self.DOMAIN.svc_keytab, adtree.SVC_LDAP.sam)

    def test_inside_tls(self) -> None:
        """An older controller wants a layer and no TLS, and can be told to allow that; a newer one
        wants to see that the bind belongs to the TLS connection."""
        words = self.service(self.DOMAIN.svc_keytab, "--sasl-in-tls")
        asked = self.start(words)
        if sambadc.takes_sasl_in_tls():
            self.assertRegex(asked.ask(*ALICE), "^OK")
            return
        self.assert_unavailable(asked.ask(*ALICE))
        self.DOMAIN.restart("ldap server require strong auth = allow_sasl_over_tls")
        self.addCleanup(self.DOMAIN.restart)
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "OK")


class GlobalCatalog(adproxy.Case):
    def test_both_ports(self) -> None:
        for url in (addomain.GC_URL, addomain.GC_TLS_URL):
            with self.subTest(url):
                asked = self.ours("--global-catalog", url=url)
                for name in (adtree.ALICE.sam, adtree.ALICE.principal_name,
                             adtree.ALICE.down_level):
                    self.assertRegex(asked.ask(name, adtree.ALICE.password), '^OK user="alice"')
                self.assertRegex(asked.ask(adtree.BOB.principal_name, adtree.BOB.password), "^OK")
                self.assertRegex(asked.ask("alice", addomain.WRONG), "^ERR")
                self.assertRegex(asked.ask("NOPE\\alice", adtree.ALICE.password), "^ERR")
        self.DOMAIN.unlock(adtree.ALICE)


class Bytes(adproxy.Case):
    """What clients send: UTF-8, Latin-1, Windows' CP1252. Without "utf8" Squid hands on the bytes;
    with it, what is not UTF-8 as if it were Latin-1."""

    JUERGEN = f"{adtree.JUERGEN.sam}:{adtree.JUERGEN.password}"     # has a euro sign
    JOSE = f"{adtree.JOSE.sam}:{adtree.JOSE.password}"

    def status(self, credentials: bytes) -> int:
        name, _, password = credentials.partition(b":")
        return self.proxy.login(name, password).status

    def test_utf_8(self) -> None:
        for credentials in (self.JUERGEN, self.JOSE):
            with self.subTest(credentials):
                self.assertEqual(self.status(credentials.encode()), 200)

    def test_cp1252(self) -> None:
        for credentials in (self.JUERGEN, self.JOSE):
            with self.subTest(credentials):
                self.assertEqual(self.status(credentials.encode("cp1252")), 200)

    def test_latin_1(self) -> None:
        self.assertEqual(self.status(self.JOSE.encode("latin-1")), 200)

    def test_wrong_ones_stay_wrong(self) -> None:
        for credentials in ("jürgen:password€", "jürgen:pässwörd", "jurgen:pässwörd€"):
            for charset in ("utf-8", "cp1252"):
                with self.subTest(credentials=credentials, charset=charset):
                    self.assertEqual(self.status(credentials.encode(charset)), 407)
            self.DOMAIN.unlock(adtree.JUERGEN)

    def test_told_to_take_utf_8_alone(self) -> None:
        asked = self.ours("--charset", "UTF-8")
        self.assertRegex(asked.ask(adtree.JOSE.sam, adtree.JOSE.password), "^OK")
        self.assertRegex(asked.ask(*(part.encode("latin-1") for part in self.JOSE.split(":"))),
                         "^ERR")


class BytesWithUtf8On(Bytes):
    AUTH = ("auth_param basic utf8 on",)


class Secrets(adproxy.Case):
    """No password in any log, whatever happened in this Squid."""

    def test_none(self) -> None:
        self.assert_accepted(*ALICE)
        self.proxy.refusal("dave", adtree.DISABLED.password)
        self.proxy.refusal("alice", addomain.WRONG)
        self.DOMAIN.unlock(adtree.ALICE)
        found = basicldap.secrets_in(self.proxy.cache_log(), adtree.SVC_LDAP.password, ALICE[1],
                                     adtree.DISABLED.password, addomain.WRONG)
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
