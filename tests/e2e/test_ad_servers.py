# SPDX-License-Identifier: BSD-2-Clause
"""Which servers an Active Directory has and what they say about themselves: --domain and DNS, with
a real domain controller. Facts expected are those of the domain as it was made (adtree.py); names
in DNS are those of MS-ADTS 6.3.2.3.
"""

import subprocess
import unittest

from support import addomain, adproxy, adtree, basicldap, dnsserver, helper, place
from support.dnsserver import srv

CONTROLLERS = f"_ldap._tcp.dc._msdcs.{adtree.DNS_DOMAIN}"
ANY_SERVER = f"_ldap._tcp.{adtree.DNS_DOMAIN}"
CATALOGS = f"_ldap._tcp.gc._msdcs.{adtree.DNS_DOMAIN}"
CATALOGS_TOO = f"_gc._tcp.{adtree.DNS_DOMAIN}"
ALICE = (adtree.ALICE.sam, adtree.ALICE.password)


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


class Case(basicldap.Case):
    """A DNS server of its own for each test, which knows the domain's controller."""

    def setUp(self) -> None:
        self.domain = adproxy.Case.DOMAIN
        self.dns = self.enterContext(dnsserver.DnsServer({CONTROLLERS: [srv(adtree.FQDN, 389)]}))

    def words(self, *options: str, account: str = adtree.SVC_LDAP.sam,
              domain: str = adtree.DNS_DOMAIN) -> list[str]:
        """What a page about this helper tells people to write, and where the CA is."""
        secret = basicldap.secret_file(self.folder, adtree.SVC_LDAP.password)
        who = ["-D", account, "-W", str(secret)] if account else []
        return [place.helper_path("basic-ldap"), "--domain", domain, "--ca-file",
                str(self.domain.ca), *who, *place.PATIENT, *options]

    def found(self, *options: str, **named: str) -> list[str]:
        return self.words("--dns", self.dns.endpoint, *options, **named)

    def check(self, words: list[str], status: int) -> str:
        done = subprocess.run([*words, "--check"], capture_output=True, text=True,
                              env=place.clean_env(), stdin=subprocess.DEVNULL,
                              timeout=place.PATIENCE_S)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout

    def assert_logs_in(self, asked: helper.Helper) -> None:
        reply = asked.ask(*ALICE)
        self.assertRegex(reply, "^OK", asked.log_text())
        self.assertRegex(asked.ask(ALICE[0], addomain.WRONG), "^ERR")
        self.domain.unlock(adtree.ALICE)


class ByDomain(Case):
    def test_nothing_but_the_domain_and_an_account(self) -> None:
        asked = self.start(self.found())
        self.assert_logs_in(asked)
        self.assertRegex(asked.log_text(), rf"{CONTROLLERS} names 1 servers")
        self.assertRegex(asked.log_text(), rf"ldap://{adtree.FQDN}:389: connected, TLS is on")

    def test_each_form_of_the_account(self) -> None:
        for account in (adtree.SVC_LDAP.sam, adtree.SVC_LDAP.implicit_upn,
                        adtree.SVC_LDAP.down_level, adtree.SVC_LDAP.dn):
            with self.subTest(account):
                self.assertRegex(self.start(self.found(account=account)).ask(*ALICE), "^OK")

    def test_letter_case_of_the_domain(self) -> None:
        asked = self.start(self.found(domain="Corp.Example.TEST"))
        self.assertRegex(asked.ask(*ALICE), "^OK", asked.log_text())

    def test_directory_ad_and_a_named_server(self) -> None:
        """No domain is named: the server says which it serves."""
        secret = basicldap.secret_file(self.folder, adtree.SVC_LDAP.password)
        asked = self.start([
            place.helper_path("basic-ldap"), "--directory", "ad", "-H", addomain.LDAP_URL,
            "--ca-file", str(self.domain.ca), "-D", adtree.SVC_LDAP.implicit_upn, "-W",
            str(secret), *place.PATIENT])
        self.assert_logs_in(asked)

    def test_named_server_is_not_asked_of_dns(self) -> None:
        asked = self.start(self.words("-H", addomain.LDAPS_URL))
        self.assert_logs_in(asked)
        self.assertEqual(self.dns.asked, [])

    def test_any_ldap_server_of_the_domain(self) -> None:
        """Where the names of domain controllers are not there: RFC 2782's own."""
        self.dns.zone = {ANY_SERVER: [srv(adtree.FQDN, 389)]}
        self.assert_logs_in(self.start(self.found()))
        self.assertEqual([query.name for query in self.dns.asked], [CONTROLLERS, ANY_SERVER])

    def test_by_an_address_of_ipv6(self) -> None:
        self.dns = self.enterContext(dnsserver.DnsServer(self.dns.zone, host="::1"))
        self.assert_logs_in(self.start(self.found()))

    def test_ldaps_port_in_dns(self) -> None:
        self.dns.set(CONTROLLERS, srv(adtree.FQDN, 636))
        asked = self.start(self.found())
        self.assert_logs_in(asked)
        self.assertIn(f"ldaps://{adtree.FQDN}:636: connected", asked.log_text())


class Other(Case):
    """What is not what it should be is told in a sentence."""

    def assert_unusable(self, words: list[str], sentence: str) -> None:
        asked = self.start(words)
        self.assert_unavailable(asked.ask(*ALICE))
        self.assertRegex(asked.log_text(), sentence)
        self.assertRegex(self.check(words, 1), rf"FAIL .*{sentence}")

    def test_another_domain(self) -> None:
        self.dns.set("_ldap._tcp.dc._msdcs.sales.example.test", srv(adtree.FQDN, 389))
        self.assert_unusable(
            self.found(domain="sales.example.test", account=adtree.SVC_LDAP.implicit_upn),
            r"it serves corp\.example\.test, not sales\.example\.test \(--domain\)")

    def test_anonymous(self) -> None:
        self.assert_unusable(self.found(account=""),
                             "names of the domains.*Operation unavailable.*; .*use --bind-dn")

    def test_unknown_domain(self) -> None:
        self.dns.zone = {}
        self.assert_unusable(
            self.found(), rf"DNS was asked for {ANY_SERVER} \(SRV\): there are no such records")

    def test_wrong_password_of_the_account(self) -> None:
        secret = self.folder / "wrong"
        secret.touch(mode=0o600)
        secret.write_text("wrong\n")
        words = self.found()
        words[words.index("-W") + 1] = str(secret)
        self.assert_unusable(words, f"{adtree.SVC_LDAP.implicit_upn}.*Invalid credentials")
        self.domain.unlock(adtree.SVC_LDAP)


class Catalog(Case):
    """The global catalog: port 3268, all domains of the forest (there is one here)."""

    def test_its_names_in_dns(self) -> None:
        for name in (CATALOGS, CATALOGS_TOO):
            with self.subTest(name):
                self.dns.zone = {name.lower(): [srv(adtree.FQDN, 3268)]}
                asked = self.start(self.found("--global-catalog"))
                self.assert_logs_in(asked)
                self.assertIn(f"ldap://{adtree.FQDN}:3268: connected, TLS", asked.log_text())

    def test_controllers_as_the_last_resort(self) -> None:
        asked = self.start(self.found("--global-catalog"))
        self.assert_logs_in(asked)
        self.assertIn(f"ldap://{adtree.FQDN}:3268: connected", asked.log_text())

    def test_named_servers(self) -> None:
        for url, port in ((addomain.LDAP_URL, 3268), (addomain.LDAPS_URL, 3269),
                          (addomain.GC_URL, 3268), (addomain.GC_TLS_URL, 3269)):
            with self.subTest(url):
                asked = self.start(self.words("--global-catalog", "-H", url))
                self.assert_logs_in(asked)
                self.assertIn(f"{adtree.FQDN}:{port}: connected", asked.log_text())

    def test_port_says_it(self) -> None:
        said = self.check(self.words("-H", addomain.GC_URL), 0)
        self.assertIn("an Active Directory's global catalog", said)

    def test_checked(self) -> None:
        said = self.check(self.found("--global-catalog"), 0)
        self.assertIn("an Active Directory's global catalog: the domain corp.example.test, in "
                      "short CORP", said)
        self.assertIn("the base of all domains can be searched", said)


class Check(Case):
    def test_all_is_well(self) -> None:
        self.dns.set(CONTROLLERS, srv(adtree.FQDN, 389, 7, 42, 1234))
        said = self.check(self.found(), 0)
        for words in (f"{CONTROLLERS}, says DNS for 1234 s",
                      f"{adtree.FQDN} port 389, priority 7, weight 42",
                      f"ldap://{adtree.FQDN}:389", "TLS is on",
                      f"service bind ({adtree.SVC_LDAP.implicit_upn})",
                      "an Active Directory: the domain corp.example.test, in short CORP",
                      "in chain", f"the base {adtree.BASE} can be searched",
                      "a connection for users' binds", "all is well"):
            self.assertIn(words, said)
        self.assertNotIn("FAIL", said)

    def test_one_that_is_down(self) -> None:
        self.dns.set(CONTROLLERS, srv(adtree.FQDN, 389, 0), srv("gone.example.test", 389, 1))
        said = self.check(self.found(), 1)
        self.assertIn("ldap://gone.example.test:389\n  FAIL  connect", said)
        self.assertIn("a connection for users' binds", said)

    def test_auto(self) -> None:
        """Nobody said what the server is: it says so itself."""
        secret = basicldap.secret_file(self.folder, adtree.SVC_LDAP.password)
        words = [place.helper_path("basic-ldap"), "-b", adtree.BASE, "-f", "(sAMAccountName=%s)",
                 "-H", addomain.LDAPS_URL, "--ca-file", str(self.domain.ca), "-D",
                 adtree.SVC_LDAP.implicit_upn, "-W", str(secret), *place.PATIENT]
        self.assertIn("an Active Directory: the domain corp.example.test", self.check(words, 0))
        self.assertIn("no Active Directory", self.check([*words, "--directory", "openldap"], 0))


class Restart(Case):
    def test_controller_and_dns_go_and_come_back(self) -> None:
        self.dns.set(CONTROLLERS, srv(adtree.FQDN, 389, ttl=1))
        asked = self.start(self.found())
        self.assert_logs_in(asked)
        self.domain.stop()
        self.dns.stop()
        try:
            self.assert_unavailable(asked.ask(*ALICE))
        finally:
            self.domain.start()
        place.wait_for(lambda: asked.ask(*ALICE).startswith("OK"), "a login")
        self.dns.start()
        self.assert_logs_in(asked)


if __name__ == "__main__":
    unittest.main()
