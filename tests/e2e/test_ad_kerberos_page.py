# SPDX-License-Identifier: BSD-2-Clause
"""docs/kerberos.md in a domain of Samba: its commands for the account and the keytab, and its lines
about groups. (test_kerberos_page.py has the rest.)

The domain has another name, the account and the proxy's name are of the test's own, and the editor
is a script that adds the line that the page names; nothing else of the page is changed.
"""

import pathlib
import re
import unittest

from support import addomain, adgssapi, adtree, gss, gssapi, place

PAGE = place.ROOT / "docs" / "kerberos.md"
ACCOUNT = "svc-page"
HOST = f"page.{adtree.DNS_DOMAIN}"


def setUpModule() -> None:
    adgssapi.enter(unittest.enterModuleContext(place.private_folder("ad")))


def block(beginning: str) -> str:
    """The block of code on the page that begins so."""
    found = [text for text in re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
             if text.startswith(beginning)]
    assert len(found) == 1, f"{len(found)} blocks begin with {beginning!r}"
    return found[0]


class Page(adgssapi.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.keytab = cls.folder / "http.keytab"
        editor = cls.folder / "editor"
        added = re.search(r"In the editor add the line `(.*?)`", PAGE.read_text())[1]
        editor.write_text(f'#!/bin/sh\nsed -i "1a {added}" "$1"\n')  # behind the line of the DN
        editor.chmod(0o755)
        for line in block("samba-tool user create").splitlines():
            words = (line.replace("svc-proxy", ACCOUNT).replace("proxy.corp.example.com", HOST)
                     .replace("http.keytab", str(cls.keytab)).split()[1:])
            if words[:2] == ["user", "edit"]:
                words.append(f"--editor={editor}")
            cls.DOMAIN.tool(*words)

    def asked(self, *options: str) -> gssapi.Reply:
        """The answer to alice's ticket, with the page's keytab."""
        token = gss.init(self.tickets(adtree.ALICE), f"HTTP@{HOST}")
        asked = self.start(gssapi.argv("--keytab", self.keytab, "--replay-cache", "none",
                                       "--deadline", "60", *options), ids=False, env=self.env())
        return self.assert_ok(gssapi.ask(asked, token), adtree.ALICE, asked)

    def test_the_keytab(self) -> None:
        """Its ticket is an AES one: RC4 has no place in the page's keytab."""
        self.assertEqual(self.asked().word, "OK")
        said = gssapi.run("--keytab", self.keytab, "--check", env=self.env()).stdout.decode()
        self.assertIn(f"HTTP/{HOST}@{adtree.REALM}", said)
        self.assertIn("aes256", said)

    def test_the_table_of_groups(self) -> None:
        table = dict(re.findall(r"^\| (.*?) \| `group=(.*?)` \|", PAGE.read_text(), re.M))
        self.assertEqual(len(table), 3)
        for options, example in table.items():
            with self.subTest(options):
                words = re.findall(r"`(--sid-format \w+)`", options)
                more = words[0].split() if words else []
                if "--domain" in options:
                    more = ["--uri", addomain.LDAP_URL, "--bind-keytab",
                            str(self.DOMAIN.svc_keytab), *place.PATIENT]
                groups = self.asked(*more).groups
                if "--domain" in options:
                    self.assertIn(example, groups)
                else:
                    self.assertIn(self.shape(example), {self.shape(group) for group in groups})

    def shape(self, sid: str) -> str:
        """A SID of some domain: its own numbers do not count."""
        text = sid if sid.startswith("S-") else f"Base64 of {adgssapi.texts([sid])[0]}"
        return re.sub(r"S-1-5-21-\d+-\d+-\d+", "S-1-5-21-...", text)

    def test_the_lines_about_groups(self) -> None:
        """The filter of the page lets the domain's groups through, and not what a KDC adds."""
        line = block("auth_param negotiate program /usr/local/libexec/proxyauth/negotiate-gssapi "
                     "--keytab /etc/proxyauth/http.keytab --sid-format text").splitlines()[0]
        options = line.partition("http.keytab ")[2].split()
        groups = self.asked(*options).groups
        self.assertEqual(sorted(groups), sorted(self.token_groups(adtree.ALICE)))


if __name__ == "__main__":
    unittest.main()
