# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi and NTLM by the mechanism of gss-ntlmssp, with a file of users: alone, and
behind a real Squid with curl, with MIT's SPNEGO around gss-ntlmssp's client, and with a client of
our own ([MS-NLMP], tests/support/ntlm.py).
"""

import unittest
from collections.abc import Sequence

from support import gssapi, gssclient, kdc, ntlm, place, squid, stub

REALM = kdc.REALM
# A NEGOTIATE as our client sends it ends before the field Version, as curl's does; gss-ntlmssp gets
# it longer, so a MIC over the client's own bytes cannot fit.
NO_MIC = {"mic": "none"}
ACCOUNTS = {"alice": "alice-pw", "Bob": "b:o b", "jürgen": "pässwörd€", "two words": "t"}


def setUpModule() -> None:
    if not gssclient.has_ntlm():
        raise unittest.SkipTest("gss-ntlmssp is not installed")


class Case(gssapi.Case):
    SERVICES = ("HTTP/localhost", "HTTP/proxy.lab.example")

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.file = cls.folder / "accounts.smbpasswd"
        stub.write_accounts(cls.file, ACCOUNTS, ntlm.smbpasswd("closed", "c", "DU         "),
                            squid.user_for_squid())

    def ntlm_helper(self, *options: str) -> gssapi.Helper:
        return self.helper("--ntlm", "--ntlm-file", self.file, *options)

    def login(self, asked: gssapi.Helper, client: ntlm.Client) -> gssapi.Reply:
        """The last reply of a dialogue whose first must be TT."""
        reply = gssapi.ask(asked, client.negotiate())
        self.assertEqual(reply.word, "TT", f"{reply.line}\n{asked.log_text()}")
        return gssapi.ask(asked, client.authenticate(reply.token), "KK")

    def mit_login(self, asked: gssapi.Helper, mech: str, user: str,
                  password: str) -> tuple[gssapi.Reply, str]:
        """The last reply, and how MIT's client ended: after an OK that may be "failed", see
        end_of_mit()."""
        with gssclient.Client(mech, user, password) as client:
            token, state, reason = client.step()
            verb = "YR"
            while True:
                reply = gssapi.ask(asked, token, verb)
                if reply.word not in ("TT", "OK"):
                    return reply, state
                if state == "continue":
                    token, state, reason = client.step(reply.token)
                if reply.word == "OK":
                    return reply, state
                self.assertNotEqual(state, "failed", reason)
                verb = "KK"

    @staticmethod
    def end_of_mit(mech: str) -> str:
        """How MIT's client ends after an OK: inside SPNEGO as it does at MIT's own acceptor, whose
        last token is the one that the helper passes on."""
        good = mech == "ntlm" or gssclient.mit_takes_its_own_mic()
        return "complete" if good else "failed"


class Alone(Case):
    def assert_user(self, reply: gssapi.Reply, user: str, asked: gssapi.Helper) -> None:
        self.assertEqual((reply.word, reply.user), ("OK", user),
                         f"{reply.line}\n{asked.log_text()}")

    def test_the_scheme_ntlm(self) -> None:
        """An OK without token, as Squid wants it for NTLM; no keytab is needed."""
        asked = self.helper("--scheme", "ntlm", "--ntlm", "--ntlm-file", self.file, keytab=False)
        reply = self.login(asked, ntlm.Client("alice", "alice-pw", "LAB", **NO_MIC))
        self.assert_user(reply, "alice", asked)
        self.assertEqual([key for key, _ in reply.notes], ["user"])
        self.assertEqual(asked.finish(), 0, asked.log_text())

    def test_a_line_before_the_file_was_read(self) -> None:
        """The line is there before the helper is."""
        for _ in range(5):
            request = gssapi.line(ntlm.Client("alice", "alice-pw").negotiate()) + b"\n"
            done = gssapi.run("--scheme", "ntlm", "--ntlm", "--ntlm-file", self.file,
                              env=self.server_env(), text=request)
            self.assertEqual((done.returncode, done.stdout[:3]), (0, b"TT "), done.stderr)

    def test_check(self) -> None:
        """The file is looked at as well."""
        words = ("--check", "--scheme", "ntlm", "--ntlm", "--ntlm-file")
        done = gssapi.run(*words, self.file, env=self.server_env())
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(str(self.file), done.stdout.decode())
        done = gssapi.run(*words, self.folder / "missing", env=self.server_env())
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("missing", done.stdout.decode())

    def test_check_without_a_file(self) -> None:
        """Winbind is asked, be there one on this machine or not."""
        done = gssapi.run("--check", "--scheme", "ntlm", "--ntlm", env=self.server_env())
        lines = [row for row in done.stdout.decode().splitlines() if row.startswith("winbind")]
        self.assertEqual(len(lines), 1, done.stdout)
        self.assertEqual(done.returncode, 0 if "it reaches its domain" in lines[0] else 1,
                         done.stdout)

    def test_a_file_that_is_missing(self) -> None:
        """That is our own trouble."""
        path = self.folder / "later.smbpasswd"
        asked = self.helper("--ntlm", "--ntlm-file", path)

        def word() -> str:
            reply = gssapi.ask(asked, ntlm.Client("alice", "alice-pw", **NO_MIC).negotiate())
            if reply.word != "TT":
                return reply.word
            return self.login(asked, ntlm.Client("alice", "alice-pw", **NO_MIC)).word
        self.assertEqual(word(), "BH", asked.log_text())
        self.assert_ok(gssapi.ask(asked, self.token()), f"alice@{REALM}", asked)
        stub.write_accounts(path, {"alice": "alice-pw"})
        place.wait_for(lambda: word() == "OK", "the file to be used")
        path.unlink()
        self.assertEqual(word(), "BH", asked.log_text())
        self.assertIn("the file that knows NTLM's users cannot be read", asked.log_text())

    def test_inside_negotiate(self) -> None:
        """As it is, as some browsers send it; then the OK has a token all the same."""
        asked = self.ntlm_helper()
        reply = self.login(asked, ntlm.Client("alice", "alice-pw", "LAB", **NO_MIC))
        self.assert_user(reply, "alice", asked)
        self.assertTrue(reply.token)

    def test_clients_of_mit(self) -> None:
        asked = self.ntlm_helper()
        for mech in ("ntlm", "spnego"):
            for user, password in ACCOUNTS.items():
                with self.subTest(mech, user=user):
                    reply, state = self.mit_login(asked, mech, f"LAB\\{user}", password)
                    self.assert_user(reply, user, asked)
                    self.assertEqual(state, self.end_of_mit(mech))

    def test_kerberos_beside_it(self) -> None:
        asked = self.ntlm_helper()
        for _ in range(2):
            self.assert_ok(gssapi.ask(asked, self.token()), f"alice@{REALM}", asked)
            reply, state = self.mit_login(asked, "spnego", "LAB\\alice", "alice-pw")
            self.assert_user(reply, "alice", asked)
            self.assertEqual(state, self.end_of_mit("spnego"))

    def test_a_forged_proof_of_mechanisms(self) -> None:
        """Who names NTLM before Kerberos has to prove that nobody did so for him (RFC 4178,
        section 5). An MIT that does not see the proof (end_of_mit()) finds the message empty."""
        first = ntlm.spnego_init(ntlm.Client("alice", "").negotiate(),
                                 (ntlm.OID_NTLMSSP, ntlm.OID_KRB5))
        ticket = self.token(mech="krb5")
        mic = bytes.fromhex("040404ffffffffff") + bytes(20)      # RFC 4121, 4.2.6.1
        forged = ntlm.der(0xa1, ntlm.der(0x30, ntlm.der(0xa3, ntlm.der(0x04, mic))))
        asked = self.helper()
        self.assertEqual(gssapi.ask(asked, first).word, "TT", asked.log_text())
        reply = gssapi.ask(asked, ntlm.spnego_response(ticket), "KK")
        self.assertEqual(reply.word, "TT", asked.log_text())
        seen = gssclient.mit_takes_its_own_mic()
        self.assert_denied(gssapi.ask(asked, forged, "KK"),
                           "changed on its way" if seen else "malformed", asked)

    def test_who_is_refused(self) -> None:
        """Wrong password, unknown and disabled users with the same words."""
        asked = self.ntlm_helper()
        words = set()
        for user, password in (("alice", "wrong"), ("alice", ""), ("nobody", "alice-pw"),
                               ("closed", "wrong"), ("closed", "c")):
            with self.subTest(user, password=password):
                reply = self.login(asked, ntlm.Client(user, password, "LAB", **NO_MIC))
                self.assertEqual(reply.word, "ERR", f"{reply.line}\n{asked.log_text()}")
                words.add(reply.message)
        self.assertEqual(len(words), 1, words)

    def test_who_is_there_twice(self) -> None:
        """gss-ntlmssp verifies with the first line, the table has the last: whoever has a password
        of either is refused, and nobody gets in by that of a line that is disabled."""
        twice = self.folder / "twice.smbpasswd"
        stub.write_accounts(twice, {"alice": "new-pw", "Bob": "b", "BOB": "other"},
                            ntlm.smbpasswd("carol", "c"), None)
        lines = twice.read_text()
        twice.write_text(ntlm.smbpasswd("alice", "old-pw", "DU         ") + lines)
        asked = self.helper("--ntlm", "--ntlm-file", twice)
        for user, password in (("alice", "old-pw"), ("alice", "new-pw"), ("bob", "b"),
                               ("BOB", "other")):
            with self.subTest(user, password=password):
                reply = self.login(asked, ntlm.Client(user, password, "LAB", **NO_MIC))
                self.assert_denied(reply, "wrong user or password", asked)
        self.assertIn("more than one line", asked.log_text())
        self.assert_user(self.login(asked, ntlm.Client("carol", "c", "LAB", **NO_MIC)), "carol",
                         asked)

    def test_one_person_one_name(self) -> None:
        """The file knows no domains, so whatever a client calls its own, access lists do not see
        it."""
        asked = self.ntlm_helper()
        for domain in ("", "LAB", "lab", "ELSEWHERE", "D\u00f6rf"):
            with self.subTest(domain):
                reply = self.login(asked, ntlm.Client("alice", "alice-pw", domain, **NO_MIC))
                self.assert_user(reply, "alice", asked)
        for user in ("x\\alice", "alice\\", "\\alice", "alice@LAB"):
            with self.subTest(user):
                reply = self.login(asked, ntlm.Client(user, "alice-pw", **NO_MIC))
                self.assertEqual(reply.word, "ERR", f"{reply.line}\n{asked.log_text()}")
        # The file's spelling, whatever case the client's is in.
        for user, password in (("JÜRGEN", "pässwörd€"), ("ALICE", "alice-pw"), ("bob", "b:o b")):
            with self.subTest(user):
                reply, _ = self.mit_login(asked, "ntlm", user, password)
                self.assert_user(reply, {"ALICE": "alice", "bob": "Bob"}.get(user, "jürgen"), asked)

    def test_names_with_a_domain(self) -> None:
        """For gss-ntlmssp the line a\\bob is of bob in the domain a: who writes that domain, and has
        that line's password, is not the bob of the other line."""
        mixed = self.folder / "mixed.smbpasswd"
        stub.write_accounts(mixed, {"a\\Bob": "ab-pw", "bob": "b-pw", "carol": "c-pw"})
        asked = self.helper("--ntlm", "--ntlm-file", mixed)
        reply = self.login(asked, ntlm.Client("bob", "ab-pw", "a", **NO_MIC))
        self.assert_denied(reply, "wrong user or password", asked)
        self.assertIn("behind a domain", asked.log_text())
        self.assert_user(self.login(asked, ntlm.Client("carol", "c-pw", "a", **NO_MIC)), "carol",
                         asked)

    def test_names_that_are_one_to_the_mechanism(self) -> None:
        """It has Unicode's full case folding, by which STRASSE is straße, and takes the first line:
        whoever has the password of that is the user of that."""
        alike = self.folder / "alike.smbpasswd"
        stub.write_accounts(alike, {"straße": "s-pw", "STRASSE": "t-pw", "jürgen": "j-pw",
                                    "JÜRGEN": "k-pw"})
        asked = self.helper("--ntlm", "--ntlm-file", alike)
        for user, password, name in (("STRASSE", "s-pw", "straße"), ("straße", "s-pw", "straße"),
                                     ("JÜRGEN", "j-pw", "jürgen"), ("STRASSE", "t-pw", None),
                                     ("JÜRGEN", "k-pw", None)):
            with self.subTest(user, password=password):
                reply, _ = self.mit_login(asked, "ntlm", user, password)
                if name:
                    self.assert_user(reply, name, asked)
                else:
                    self.assert_denied(reply, "wrong user or password", asked)

    def test_domains(self) -> None:
        asked = self.ntlm_helper("--ntlm-domain", "OTHER", "--ntlm-domain", "lab")
        self.assert_user(self.login(asked, ntlm.Client("alice", "alice-pw", "LAB", **NO_MIC)),
                         "alice", asked)
        for domain in ("LA", "LABX", ""):
            reply = self.login(asked, ntlm.Client("alice", "alice-pw", domain, **NO_MIC))
            self.assertEqual(reply.word, "ERR", f"{domain}: {reply.line}\n{asked.log_text()}")

    def test_not_allowed_without_the_option(self) -> None:
        for options in ((), ("--explain",)):
            asked = self.helper(*options)
            for spnego in (False, True):
                client = ntlm.Client("alice", "alice-pw", spnego=spnego)
                reply = gssapi.ask(asked, client.negotiate())
                self.assert_denied(reply, "NTLM", asked)

    def test_a_new_dialogue_forgets_the_last(self) -> None:
        """Squid gives the helper to another client after a login was broken off."""
        asked = self.ntlm_helper()
        first, second = (ntlm.Client(user, ACCOUNTS[user], "LAB", **NO_MIC)
                         for user in ("alice", "Bob"))
        token = gssapi.ask(asked, first.negotiate()).token
        third = first.authenticate(token)
        reply = self.login(asked, second)
        self.assert_user(reply, "Bob", asked)
        self.assertEqual(gssapi.ask(asked, third, "KK").word, "ERR")
        fresh = gssapi.ask(asked, second.negotiate())
        self.assertEqual(fresh.word, "TT")
        self.assertEqual(gssapi.ask(asked, third, "KK").word, "ERR")

    def test_a_file_that_changes(self) -> None:
        path = self.folder / "changing.smbpasswd"
        stub.write_accounts(path, {"alice": "one"})
        asked = self.helper("--ntlm", "--ntlm-file", path)

        def word(password: str) -> str:
            return self.login(asked, ntlm.Client("alice", password, "LAB", **NO_MIC)).word
        self.assertEqual(word("one"), "OK", asked.log_text())
        stub.write_accounts(path, {"alice": "two"})
        place.wait_for(lambda: word("two") == "OK", "the new password")
        self.assertEqual(word("one"), "ERR")

    def test_nothing_secret_is_logged(self) -> None:
        asked = self.ntlm_helper("-d", "--explain")
        client = ntlm.Client("alice", "alice-pw", "LAB", **NO_MIC)
        reply = gssapi.ask(asked, client.negotiate())
        third = client.authenticate(reply.token)
        self.assert_user(gssapi.ask(asked, third, "KK"), "alice", asked)
        self.assertTrue(stub.without_token_bytes(asked.log_text(), reply.token[24:32], third[-64:]),
                        asked.log_text())


class BehindSquid(Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        place.need_program("squid")
        cls.origin = cls.enterClassContext(squid.Origin())
        folder = cls.folder / "squid"
        folder.mkdir()
        keytab = gssapi.for_squid(cls.keytab, folder / "http.keytab")
        replays = cls.folder / "squid-replays"
        replays.mkdir()
        replays.chmod(0o777)
        cls.realm.config.chmod(0o644)
        cls.proxy = cls.enterClassContext(gssapi.Squid(
            folder, ["--keytab", keytab, "--ntlm", "--ntlm-file", cls.file],
            cls.server_env(KRB5RCACHEDIR=str(replays)), schemes=("negotiate", "ntlm")))

    def curl(self, user: str, *options: str) -> Sequence[int]:
        page = gssapi.curl(self.proxy.port, self.origin.url, *options, env=self.realm.env("alice"),
                           user=user)
        return page.statuses

    def test_curl_by_ntlm(self) -> None:
        self.assertEqual(self.curl("LAB\\alice:alice-pw", "--proxy-ntlm"), [407, 200],
                         self.proxy.cache_log())
        place.wait_for(lambda: "alice 200" in self.proxy.names(), "the name in Squid's log")
        self.assertEqual(self.curl("LAB\\alice:wrong", "--proxy-ntlm")[-1], 407)

    def test_curl_by_negotiate(self) -> None:
        self.assertEqual(self.curl(":", "--proxy-negotiate"), [200], self.proxy.cache_log())

    def test_curl_by_ntlm_inside_negotiate(self) -> None:
        """Without a ticket, where curl's libgssapi finds a password for gss-ntlmssp."""
        users = self.folder / "curl.users"
        users.write_text("LAB:alice:alice-pw\n")
        env = self.realm.env("nobody") | {"NTLM_USER_FILE": str(users)}
        page = gssapi.curl(self.proxy.port, self.origin.url, "--proxy-negotiate", env=env)
        self.assertEqual((page.statuses[0], page.statuses[-1]), (407, 200), self.proxy.cache_log())
        users.write_text("LAB:alice:wrong\n")
        page = gssapi.curl(self.proxy.port, self.origin.url, "--proxy-negotiate", env=env)
        self.assertEqual(page.statuses[-1], 407, self.proxy.cache_log())

    def test_ntlm_inside_negotiate(self) -> None:
        for mech in ("ntlm", "spnego"):
            with self.subTest(mech), \
                    gssclient.Client(mech, "LAB\\Bob", ACCOUNTS["Bob"]) as client, \
                    stub.Browser(self.proxy.port, self.origin.url, "Negotiate") as browser:
                token, state, _ = client.step()
                reply = browser.get(token)
                while reply.status == 407 and state == "continue":
                    token, state, reason = client.step(reply.token("negotiate"))
                    self.assertNotEqual(state, "failed", reason)
                    reply = browser.get(token)
                self.assertEqual(reply.status, 200, self.proxy.cache_log())

    def tearDown(self) -> None:
        log = self.proxy.cache_log()
        for word in ("exited", "assertion", "FATAL", "too rapidly"):
            self.assertNotIn(word, log)


if __name__ == "__main__":
    unittest.main()
