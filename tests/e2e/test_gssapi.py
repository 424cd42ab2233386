# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi alone, one line in and one line out, with tickets of a real MIT KDC.

Users' names and mutual authentication are judged by MIT's own client: the principal that it got the
ticket for, and whether its context is complete after the helper's token.
"""

import unittest

from support import gssapi, gssclient, helper, kdc, ntlm, place

REALM = kdc.REALM
MUTUAL = 2
# Where gssclient's clients go.
SERVICES = ("HTTP/localhost", "HTTP/proxy.lab.example", "host/localhost", "HTTP/other")


class Case(gssapi.Case):
    SERVICES = SERVICES
    TICKETS = ("alice", "bob", "jürgen müller", "carol/admin", "we\\@ird")
    USERS = gssapi.USERS | {"carol/admin": "c", "we\\@ird": "w"}

    def client(self, mech: str, flags: int = MUTUAL) -> gssclient.Client:
        return self.enterContext(
            gssclient.Client(mech, flags=flags, env=self.realm.env("alice")))


class Logins(Case):
    TICKETS = ("alice", "bob")

    def test_a_client_is_let_in_and_knows_the_proxy(self) -> None:
        asked = self.helper()
        for mech in ("spnego", "krb5"):
            with self.subTest(mech):
                client = self.client(mech)
                token, state, _ = client.step()
                self.assertEqual(state, "continue")
                reply = self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)
                self.assertEqual(client.step(reply.token)[1:], ("complete", ""))
                self.assertEqual(reply.groups, [])
        self.assertEqual(asked.finish(), 0)

    def test_without_mutual_authentication_there_is_a_token_all_the_same(self) -> None:
        """Squid ends itself over an OK without token=."""
        asked = self.helper()
        for mech in ("spnego", "krb5"):
            with self.subTest(mech):
                token, _, _ = self.client(mech, flags=0).step()
                self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)

    def test_the_order_of_squids_own_helper(self) -> None:
        """`OK token=... user=...`, as negotiate_kerberos_auth of Squid 5.7 writes it."""
        asked = self.helper()
        reply = gssapi.ask(asked, self.token())
        self.assertEqual([key for key, _ in reply.notes], ["token", "user"])

    def test_one_process_many_users(self) -> None:
        asked = self.helper()
        for user in ("alice", "bob", "alice", "bob", "bob"):
            self.assert_ok(gssapi.ask(asked, self.token(user)), f"{user}@{REALM}", asked)

    def test_lines_that_come_at_once_are_answered_in_order(self) -> None:
        asked = self.helper()
        users = ["alice", "bob"] * 5
        for user in users:
            asked.send(gssapi.line(self.token(user)))
        names = [gssapi.Reply.of(asked.receive()[1]).user for _ in users]
        self.assertEqual(names, [f"{user}@{REALM}" for user in users], asked.log_text())

    def test_a_line_before_the_keytab_was_read(self) -> None:
        """The line is there before the helper is."""
        for _ in range(5):
            request = gssapi.line(self.token()) + b"\n"
            done = gssapi.run("--keytab", self.keytab, env=self.server_env(), text=request)
            self.assertEqual(done.returncode, 0, done.stderr)
            replies = done.stdout.decode().splitlines()
            self.assertEqual([gssapi.Reply.of(reply).user for reply in replies],
                             [f"alice@{REALM}"], done.stderr)

    def test_a_token_is_taken_once(self) -> None:
        """By all processes of an account: they share the file."""
        first, second = self.helper(), self.helper()
        for asked in (first, second):
            token = self.token()
            self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)
            for other in (first, second):
                self.assert_denied(gssapi.ask(other, token), "used before", other)

    def test_without_a_replay_cache_it_is_taken_again(self) -> None:
        for options in (("--replay-cache", "none"), ("-t", "none"), ("-tnone", "-c", self.folder)):
            with self.subTest(options):
                asked = self.helper(*options)
                token = self.token()
                for _ in range(2):
                    self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)
                self.assertRegex(asked.log_text(), "replay cache is off")

    def test_ntlm_is_refused_with_words(self) -> None:
        asked = self.helper()
        client = ntlm.Client("alice", "alice-pw")
        for token in (client.negotiate(), ntlm.spnego_init(client.negotiate())):
            self.assert_denied(gssapi.ask(asked, token), "NTLM", asked)
        self.assert_ok(gssapi.ask(asked, self.token()), f"alice@{REALM}", asked)


class Names(Case):
    def test_names_as_kerberos_writes_them(self) -> None:
        asked = self.helper()
        for user in ("alice", "jürgen müller", "carol/admin", "we\\@ird"):
            with self.subTest(user):
                self.assert_ok(gssapi.ask(asked, self.token(user)), f"{user}@{REALM}", asked)

    def test_strip_realm(self) -> None:
        for option in ("-r", "--strip-realm", "-ir"):
            asked = self.helper(option)
            for user in ("alice", "jürgen müller"):
                with self.subTest(user, option=option):
                    self.assert_ok(gssapi.ask(asked, self.token(user)), user, asked)
            self.assertRegex(asked.log_text(), "--krb5-realm")
        asked = self.helper("-r", "--krb5-realm", REALM)
        self.assert_ok(gssapi.ask(asked, self.token()), "alice", asked)
        self.assertNotIn("--krb5-realm", asked.log_text())

    def test_only_listed_realms(self) -> None:
        asked = self.helper("--krb5-realm", "OTHER.TEST", "--krb5-realm", REALM)
        self.assert_ok(gssapi.ask(asked, self.token()), f"alice@{REALM}", asked)
        for realm in ("OTHER.TEST", REALM.lower(), REALM[:-1], REALM + "X"):
            with self.subTest(realm):
                asked = self.helper("--krb5-realm", realm)
                self.assert_denied(gssapi.ask(asked, self.token()), "realm", asked)

    def test_local_names(self) -> None:
        """auth_to_local of krb5.conf: a rule of our own, and the default one, which is for names
        of one component in the default realm."""
        config = self.folder / "local.conf"
        text = self.realm.config.read_text()
        head, mark, tail = text.partition(f"  {REALM} = {{\n")
        rules = "    auth_to_local = RULE:[1:$1](bob)s/^bob$/robert/\n    auth_to_local = DEFAULT\n"
        config.write_text(head + mark + rules + tail)
        asked = self.helper("--local-name", env=self.server_env(KRB5_CONFIG=str(config)))
        self.assert_ok(gssapi.ask(asked, self.token("alice")), "alice", asked)
        self.assert_ok(gssapi.ask(asked, self.token("bob")), "robert", asked)
        self.assert_denied(gssapi.ask(asked, self.token("carol/admin")), "local name", asked)


class Services(Case):
    TICKETS = ("alice",)

    def ask_for(self, asked: helper.Helper, *services: str) -> list[str]:
        return [gssapi.ask(asked, self.token(service=service)).word for service in services]

    def test_any_http_service_of_the_keytab(self) -> None:
        asked = self.helper()
        self.assertEqual(self.ask_for(asked, "HTTP@localhost", "HTTP@other", "host@localhost"),
                         ["OK", "OK", "ERR"], asked.log_text())

    def test_any_service_at_all(self) -> None:
        for words in (("-s", "GSS_C_NO_NAME"), ("--spn", "any"), ("-sgss_c_no_name",)):
            with self.subTest(words):
                asked = self.helper(*words)
                self.assertEqual(self.ask_for(asked, "HTTP@localhost", "HTTP@other",
                                              "host@localhost"), ["OK"] * 3, asked.log_text())

    def test_named_services_alone(self) -> None:
        for name in ("HTTP/localhost", f"HTTP/localhost@{REALM}", "HTTP@localhost",
                     "HTTP/LocalHost"):
            with self.subTest(name):
                asked = self.helper("-s", name)
                self.assertEqual(self.ask_for(asked, "HTTP@localhost", "HTTP@other",
                                              "host@localhost"), ["OK", "ERR", "ERR"],
                                 asked.log_text())
        asked = self.helper("-s", "HTTP/localhost", "--spn", "HTTP/other")
        self.assertEqual(self.ask_for(asked, "HTTP@localhost", "HTTP@other", "host@localhost"),
                         ["OK", "OK", "ERR"], asked.log_text())

    def test_the_keytab_of_the_environment(self) -> None:
        for name in (f"FILE:{self.keytab}", str(self.keytab)):
            asked = self.helper(keytab=False, env=self.server_env(KRB5_KTNAME=name))
            self.assertEqual(self.ask_for(asked, "HTTP@localhost"), ["OK"], asked.log_text())
        config = self.folder / "keytab.conf"
        config.write_text(self.realm.config.read_text().replace(
            "[libdefaults]\n", f"[libdefaults]\n  default_keytab_name = FILE:{self.keytab}\n"))
        asked = self.helper(keytab=False, env=self.server_env(KRB5_CONFIG=str(config)))
        self.assertEqual(self.ask_for(asked, "HTTP@localhost"), ["OK"], asked.log_text())

    def test_a_keytab_that_comes_later(self) -> None:
        path = self.folder / "later.keytab"
        asked = self.helper("-k", path, keytab=False)
        reply = gssapi.ask(asked, self.token())
        self.assert_unavailable(reply.line)
        place.put(path, self.keytab.read_bytes())
        place.wait_for(lambda: gssapi.ask(asked, self.token()).word == "OK",
                       "the keytab to be used")
        path.unlink()
        self.assertEqual(self.ask_for(asked, "HTTP@localhost"), ["OK"], asked.log_text())


if __name__ == "__main__":
    unittest.main()
