# SPDX-License-Identifier: BSD-2-Clause
"""docs/active-directory.md, step by step: its files and lines of squid.conf in the test domain, and
its table of what people are told.

The domain has another name and DNS server here, files are in a folder of the test's; nothing else
of the page is changed.
"""

import pathlib
import re
import subprocess
import unittest

from support import adproxy, adtree, dnsserver, place

PAGE = place.ROOT / "docs" / "active-directory.md"
INSTALLED = "/usr/local/libexec/proxyauth/"
ACCOUNT = adtree.SVC_PROXY


def setUpModule() -> None:
    adproxy.enter(unittest.enterModuleContext(place.private_folder("ad")))


def block(beginning: str) -> str:
    """The block of code on the page that begins so."""
    found = [text for text in re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
             if text.startswith(beginning)]
    assert len(found) == 1, f"{len(found)} blocks begin with {beginning!r}"
    return found[0]


class PageCase(unittest.TestCase):
    def setUp(self) -> None:
        self.proxies = 0
        self.domain = adproxy.Case.DOMAIN
        self.folder = self.enterContext(place.private_folder("page"))
        self.dns = self.enterContext(dnsserver.DnsServer(
            {f"_ldap._tcp.dc._msdcs.{adtree.DNS_DOMAIN}": [dnsserver.srv(adtree.FQDN, 389)]}))
        self.put("corp-ca.pem", self.domain.ca.read_text())
        self.put("ad.secret", ACCOUNT.password + "\n")
        self.config = self.put("ad.conf", self.here(block("domain =")) + self.more())

    def more(self) -> str:
        """Where the domain is here, and time for a machine that is busy."""
        return f"dns = {self.dns.endpoint}\ndeadline = 60\nconnect-timeout = 60\n"

    def put(self, name: str, text: str) -> pathlib.Path:
        path = self.folder / name
        path.touch(mode=0o640)
        path.write_text(text)
        return adproxy.readable_for_squid(path)

    def here(self, text: str) -> str:
        """The same for this domain and folder."""
        return (text.replace("corp.example.com", adtree.DNS_DOMAIN)
                .replace("/etc/proxyauth/", f"{self.folder}/"))

    def program(self, name: str) -> str:
        return place.for_others(place.helper_path(name), self.folder)

    def check(self, config: pathlib.Path) -> None:
        done = subprocess.run([self.program("basic-ldap"), "--config", str(config), "--check"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def proxy(self, *more: str) -> adproxy.Proxy:
        """A Squid with the page's lines about the helper, and `more` of it."""
        lines = block("auth_param basic program").splitlines()
        words = self.here(lines[0]).split()[3:]
        words[0] = self.program(pathlib.PurePath(words[0]).name)
        others = [line for line in lines[1:] if line.startswith("auth_param")
                  and not re.search(" children | credentialsttl ", line)]
        self.proxies += 1
        folder = self.folder / f"squid{self.proxies}"
        return self.enterContext(adproxy.Proxy(folder, words, [*others, *more]))


class Page(PageCase):
    def test_with_a_password(self) -> None:
        self.check(self.config)
        proxy = self.proxy()
        for name in ("alice", "CORP\\alice", "alice@corp.example.test", "alice@CORP"):
            self.assertEqual(proxy.login(name, adtree.ALICE.password).status, 200, name)
        self.assertEqual(proxy.login("alice", "wrong").status, 407)
        self.assertEqual(proxy.login("soon", adtree.SOON.password).status, 200)
        self.assertEqual(proxy.notes()["password_expires_"], str(adtree.SOON_DAYS))
        self.domain.unlock(adtree.ALICE)

    def test_with_a_keytab(self) -> None:
        keytab = self.folder / "ad.keytab"
        self.domain.keytab(keytab, ACCOUNT.sam)
        adproxy.readable_for_squid(keytab)
        kept = [line for line in self.config.read_text().splitlines()
                if not line.startswith("bind-")]
        self.config.write_text("\n".join(kept) + "\n" + self.here(block("sasl-mech =")))
        self.check(self.config)
        self.assertEqual(self.proxy().login("alice", adtree.ALICE.password).status, 200)

    def test_groups(self) -> None:
        """`Streamers` is C here, in which alice is by two other groups."""
        self.put("ad-groups.conf", "".join(
            line + "\n" for line in self.config.read_text().splitlines()
            if not line.startswith("password-expiry-warning")))
        lines = self.here(block("external_acl_type")).replace("Streamers", "C").splitlines()
        lines[0] = lines[0].replace(INSTALLED + "group-ldap", self.program("group-ldap"))
        proxy = self.proxy("acl users proxy_auth REQUIRED", *lines, "http_access deny all")
        self.assertEqual(proxy.login("alice", adtree.ALICE.password).status, 200)
        self.assertEqual(proxy.login("bob", adtree.BOB.password).status, 403)

    def test_only_members_log_in(self) -> None:
        line = re.search(r"`(require-group = [^`]+)`", PAGE.read_text())[1]
        self.config.write_text(self.config.read_text() + line + "\n")
        proxy = self.proxy()
        self.assertEqual(proxy.login("alice", adtree.ALICE.password).status, 200)
        self.assertEqual(proxy.refusal("bob", adtree.BOB.password), self.table()["group"])

    def test_notes_in_access_lists(self) -> None:
        """The page's list of days, and one that has SOON's."""
        line = re.search(r"`(acl soon note [^`]+)`", PAGE.read_text())[1]
        for days, wanted in (("", 200), (f" {adtree.SOON_DAYS}", 403)):
            with self.subTest(days):
                proxy = self.proxy("acl users proxy_auth REQUIRED", "http_access deny !users",
                                   line + days, "http_access deny soon all")
                self.assertEqual(proxy.login("soon", adtree.SOON.password).status, wanted)
                self.assertEqual(proxy.login("alice", adtree.ALICE.password).status, 200)

    @staticmethod
    def table() -> dict[str, str]:
        """What is said to the right password, by the word of `reason_=`."""
        rows = [re.split(r" *\| *", row.strip("| \n"))
                for row in PAGE.read_text().splitlines() if row.startswith("|")]
        return {row[3].strip("`"): row[1] for row in rows
                if len(row) == 4 and re.fullmatch(r"`[a-z-]+`", row[3])}

    def test_table_of_states(self) -> None:
        proxy, table = self.proxy(), self.table()
        self.assertEqual(set(table), {"locked", "group", *(s.reason for s in adtree.STATES)})
        for state in adtree.STATES:
            with self.subTest(state.reason):
                person = state.person
                self.assertEqual(proxy.refusal(person.sam, person.password),
                                 table[state.reason])
        self.domain.lock(adtree.LARRY)
        self.addCleanup(self.domain.unlock, adtree.LARRY)
        self.assertEqual(proxy.refusal("larry", adtree.LARRY.password), table["locked"])


if __name__ == "__main__":
    unittest.main()
