# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi and NTLM in a real Active Directory: gss-ntlmssp asks the domain's winbind, which
replaces Squid's negotiate_wrapper_auth with Samba's ntlm_auth behind it.

Clients are gss-ntlmssp itself and curl; who may log in is what adtree.py says, and Kerberos goes on
beside it.
"""

import unittest

from support import addomain, adgssapi, adtree, gssapi, gssclient, helper, place, squid



def setUpModule() -> None:
    if not gssclient.has_ntlm():
        raise unittest.SkipTest("needs the GSSAPI mechanism of gss-ntlmssp")
    adgssapi.enter(unittest.enterModuleContext(place.private_folder("ad")),
                   addomain.WithWinbind)


class NtlmCase(adgssapi.Case):
    def login_by(self, asked: helper.Helper, mech: str, name: str,
                 password: str) -> gssapi.Reply:
        """The whole dialogue of a client with this password; the last reply."""
        with gssclient.Client(mech, name, password) as client:
            token, _, reason = client.step()
            self.assertTrue(token, reason)
            reply = gssapi.ask(asked, token)
            while reply.word == "TT":
                token, _, reason = client.step(reply.token)
                self.assertTrue(token, reason)
                reply = gssapi.ask(asked, token, "KK")
            return reply


class Schemes(NtlmCase):
    def test_people(self) -> None:
        """Bare and inside SPNEGO, to both of Squid's schemes that can carry it."""
        for scheme, mechs in (("negotiate", ("spnego", "ntlm")), ("ntlm", ("ntlm",))):
            asked = self.ours("--ntlm", "--scheme", scheme)
            for mech in mechs:
                for person in (adtree.ALICE, adtree.JUERGEN, adtree.SPACE, adtree.OBRIEN):
                    with self.subTest(person.sam, scheme=scheme, mech=mech):
                        reply = self.login_by(asked, mech, person.down_level, person.password)
                        self.assertEqual(reply.word, "OK", f"{reply.line}\n{asked.log_text()}")
                        self.assertEqual(reply.user, person.down_level)
                        self.assertEqual(reply.groups, [])

    def test_one_name(self) -> None:
        """However it is typed, Squid's access lists see the domain's own."""
        asked = self.ours("--ntlm", "--ntlm-domain", "CORP")
        for name in ("alice", "corp\\alice", "CORP\\ALICE", "corp.example.test\\Alice",
                     "alice@corp.example.test"):
            with self.subTest(name):
                reply = self.login_by(asked, "spnego", name, adtree.ALICE.password)
                self.assertEqual((reply.word, reply.user), ("OK", adtree.ALICE.down_level),
                                 f"{reply.line}\n{asked.log_text()}")

    def test_who_may_not(self) -> None:
        asked = self.ours("--ntlm")
        for name, password in ((adtree.ALICE.down_level, addomain.WRONG),
                               (adtree.DISABLED.down_level, adtree.DISABLED.password),
                               (adtree.MUST_CHANGE.down_level, adtree.MUST_CHANGE.password),
                               (adtree.ELSEWHERE.down_level, adtree.ELSEWHERE.password),
                               ("CORP\\nobody", "nobody-pw"), ("OTHER\\alice", addomain.WRONG)):
            with self.subTest(name):
                reply = self.login_by(asked, "spnego", name, password)
                self.assertEqual(reply.word, "ERR", f"{reply.line}\n{asked.log_text()}")

    def test_domains(self) -> None:
        """The list of domains that are let in."""
        for domain, word in (("CORP", "OK"), ("corp", "OK"), ("OTHER", "ERR")):
            asked = self.ours("--ntlm", "--ntlm-domain", domain)
            reply = self.login_by(asked, "spnego", adtree.ALICE.down_level, adtree.ALICE.password)
            self.assertEqual(reply.word, word, f"{reply.line}\n{asked.log_text()}")

    def test_not_without_the_option(self) -> None:
        reply = self.login_by(self.ours(), "ntlm", adtree.ALICE.down_level,
                              adtree.ALICE.password)
        self.assertEqual(reply.word, "ERR")
        self.assertIn("NTLM", reply.message)

    def test_kerberos_beside_it(self) -> None:
        """No group of a ticket is one of the next user's, who comes by NTLM."""
        asked = self.ours("--ntlm")
        for _ in range(2):
            self.assert_all_groups(self.login(asked, adtree.ALICE), adtree.ALICE)
            reply = self.login_by(asked, "spnego", adtree.BOB.down_level, adtree.BOB.password)
            self.assertEqual((reply.word, reply.groups), ("OK", []), asked.log_text())

    def assert_check(self, status: int, words: str) -> None:
        """--check ends with `status` and says `words` of winbind."""
        done = gssapi.run("--check", "--keytab", self.DOMAIN.http_keytab, "--ntlm", env=self.env())
        self.assertEqual(done.returncode, status, done.stdout)
        self.assertRegex(done.stdout.decode(), f"(?m)^winbind.*{words}")

    def test_check(self) -> None:
        self.assert_check(0, "reaches its domain CORP")

    def test_winbind_stops(self) -> None:
        """That is our trouble; tickets go on, and so does NTLM when winbind is back."""
        asked = self.ours("--ntlm")
        token = self.token(adtree.ALICE)
        login = ("spnego", adtree.BOB.down_level, adtree.BOB.password)
        self.assertEqual(self.login_by(asked, *login).word, "OK")
        self.DOMAIN.stop()
        try:
            reply = self.login_by(asked, *login)
            self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
            self.assert_check(1, "winbindd has to run")
            self.assert_ok(gssapi.ask(asked, token), adtree.ALICE, asked)
        finally:
            self.DOMAIN.start()
        place.wait_for(lambda: self.login_by(asked, *login).word == "OK", "NTLM again")


class Proxies(NtlmCase):
    """curl through Squid: two lines of squid.conf with one program."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        keytab = gssapi.for_squid(cls.DOMAIN.http_keytab, cls.folder / "http.keytab")
        cls.proxy = cls.enterClassContext(gssapi.Squid(
            cls.folder / "squid", ["--keytab", keytab, "--replay-cache", "none", "--ntlm",
                                   "--deadline", "60"],
            cls.env(), schemes=("negotiate", "ntlm")))
        cls.origin = cls.enterClassContext(squid.Origin())

    def get(self, option: str, person: adtree.Person, name: str, password: str) -> list[int]:
        page = gssapi.curl(self.proxy.port, self.origin.url, option, env=self.tickets(person),
                           user=f"{name}:{password}", host=adtree.PROXY)
        return page.statuses

    def test_curl(self) -> None:
        for name in (adtree.ALICE.down_level, adtree.ALICE.sam, adtree.SPACE.down_level):
            person = adtree.SPACE if name == adtree.SPACE.down_level else adtree.ALICE
            with self.subTest(name):
                statuses = self.get("--proxy-ntlm", person, name, person.password)
                self.assertEqual(statuses, [407, 200], self.proxy.cache_log()[-3000:])
        self.assertEqual(self.get("--proxy-ntlm", adtree.ALICE, adtree.ALICE.sam,
                                  addomain.WRONG)[-1], 407)
        self.assertEqual(self.get("--proxy-negotiate", adtree.ALICE, "", ""), [200])
        wanted = ["CORP\\alice", "CORP\\alice", "CORP\\spa ce", adgssapi.principal(adtree.ALICE)]
        place.wait_for(lambda: len(self.proxy.let_in()) >= len(wanted), "names.log")
        self.assertEqual(self.proxy.let_in(), wanted)


if __name__ == "__main__":
    unittest.main()
