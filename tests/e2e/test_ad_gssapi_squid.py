# SPDX-License-Identifier: BSD-2-Clause
"""A real Squid with negotiate-gssapi in a real Active Directory, curl with tickets in front of it:
access rules by the groups of the PAC (acl note), names with umlauts and spaces.

Expected is what adtree.py has put into the domain, and that a rule on each of 1,200 groups holds:
Squid 5.7 takes a reply of 60 KB whole, though its own helper stops at 257 groups.
"""

import pathlib
import unittest
from collections.abc import Sequence

from support import addomain, adgssapi, adproxy, adtree, gssapi, place, squid


def setUpModule() -> None:
    adgssapi.enter(unittest.enterModuleContext(place.private_folder("ad")))


class ProxyCase(adgssapi.Case):
    def proxy(self, rules: Sequence[str], *options: str | pathlib.Path) -> gssapi.Squid:
        """A Squid that asks who is there, and then goes by `rules`."""
        folder = self.folder / self._testMethodName
        folder.mkdir()
        keytab = gssapi.for_squid(self.DOMAIN.http_keytab, folder / "http.keytab")
        return self.enterContext(gssapi.Squid(
            folder / "squid", ["--keytab", keytab, "--replay-cache", "none", "--deadline", "60",
                                *options], self.env(),
            auth=["acl known proxy_auth REQUIRED", "http_access deny !known", *rules, "http_access deny all"]))

    def names(self) -> list[str | pathlib.Path]:
        """The options that ask the domain for names."""
        keytab = adproxy.readable_for_squid(self.DOMAIN.svc_keytab)
        return ["--uri", addomain.LDAP_URL, "--bind-keytab", keytab, *place.PATIENT]

    def get(self, proxy: gssapi.Squid, person: adtree.Person) -> int:
        """The status of the last response."""
        page = gssapi.curl(proxy.port, self.origin.url, "--proxy-negotiate",
                           env=self.tickets(person), host=adtree.PROXY)
        return page.statuses[-1]

    def setUp(self) -> None:
        self.origin = self.enterContext(squid.Origin())


class Rules(ProxyCase):
    def test_by_name(self) -> None:
        words = self.folder / "words"       # what stands in quotes in squid.conf is a file
        words.write_text(adtree.TWO_WORDS.account_name + "\n")
        proxy = self.proxy(["acl staff note group C", f'acl words note group "{words}"',
                            "http_access allow staff", "http_access allow words"], *self.names())
        for person, status in ((adtree.ALICE, 200), (adtree.BOB, 403), (adtree.JUERGEN, 200),
                               (adtree.OBRIEN, 403), (adtree.ALICE, 200), (adtree.SMITH, 403),
                               (adtree.SPACE, 200)):
            with self.subTest(person.sam):
                self.assertEqual(self.get(proxy, person), status, proxy.cache_log()[-3000:])

    def test_names_of_users(self) -> None:
        proxy = self.proxy(["http_access allow known"])
        people = (adtree.JUERGEN, adtree.SPACE, adtree.PARENS, adtree.OBRIEN, adtree.JOSE)
        for person in people:
            self.assertEqual(self.get(proxy, person), 200, proxy.cache_log()[-3000:])
        place.wait_for(lambda: len(proxy.let_in()) >= len(people), "names.log")
        self.assertEqual(proxy.let_in(), [adgssapi.principal(person) for person in people])

    def every(self, values: Sequence[str]) -> list[str]:
        """Who is not in each of these groups is refused."""
        rules = []
        for number, value in enumerate(values):
            rules += [f'acl g{number} note group {value}', f"http_access deny !g{number}"]
        return [*rules, "http_access allow known"]

    def test_twelve_hundred_names(self) -> None:
        wanted = [adtree.many_group(number).account_name for number in range(adtree.MANY_COUNT)]
        proxy = self.proxy(self.every(wanted), *self.names())
        self.assertEqual(self.get(proxy, adtree.MANY), 200, proxy.cache_log()[-3000:])
        self.assertEqual(self.get(proxy, adtree.ALICE), 403)

    def test_twelve_hundred_sids(self) -> None:
        wanted = self.sids_in_a_ticket(adtree.MANY)
        self.assertGreater(len(wanted), adtree.MANY_COUNT)
        proxy = self.proxy(self.every(sorted(wanted)), "--sid-format", "text")
        self.assertEqual(self.get(proxy, adtree.MANY), 200, proxy.cache_log()[-3000:])
        self.assertEqual(self.get(proxy, adtree.ALICE), 403)


if __name__ == "__main__":
    unittest.main()
