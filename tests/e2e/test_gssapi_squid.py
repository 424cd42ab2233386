# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi behind a real Squid, with curl and tickets of a real MIT KDC.

The statuses are what Squid 5.7 with its own helper gave the same curl (407 and 200 for anyauth, 200
at once for negotiate, 407 without a ticket).
"""

import unittest
import urllib.parse

from support import gssapi, gssclient, kdc, ntlm, place, squid, stub

REALM = kdc.REALM
TROUBLE = ("exited", "assertion", "FATAL", "too rapidly", "Unexpected", "unexpected")
SPACED = "jürgen müller"
# Who log in at once, in one test, and nowhere else: no late row of Squid's log is theirs.
MANY = {"dave": "d", "erin": "e", "jörg özil": "j"}


def setUpModule() -> None:
    place.need_program("squid")
    place.need_program("curl")


class Case(gssapi.Case):
    """One Squid a class, with OPTIONS."""

    SERVICES = ("HTTP/localhost", "HTTP/proxy.lab.example")
    USERS = gssapi.USERS | MANY
    TICKETS = ("alice", "bob", "carol", SPACED, *MANY)
    OPTIONS: tuple[str, ...] = ()
    AUTH: tuple[str, ...] = ()
    CHILDREN = 2

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.proxy = cls.make_squid()

    @classmethod
    def make_squid(cls) -> gssapi.Squid:
        folder = cls.folder / "squid"
        folder.mkdir()
        cls.squid_keytab = folder / "http.keytab"
        gssapi.for_squid(cls.keytab, cls.squid_keytab)
        cls.realm.config.chmod(0o644)
        replays = cls.folder / "squid-replays"
        replays.mkdir()
        replays.chmod(0o777)
        options = ["--keytab", cls.squid_keytab, *cls.OPTIONS]
        env = cls.server_env(KRB5RCACHEDIR=str(replays))
        return cls.enterClassContext(
            gssapi.Squid(folder, options, env, children=cls.CHILDREN,
                         auth=[*cls.AUTH, f"acl banned proxy_auth carol@{REALM}",
                               "http_access deny banned"]))

    def tearDown(self) -> None:
        log = self.proxy.cache_log()
        for word in TROUBLE:
            self.assertNotIn(word, log)

    def curl(self, *options: str, user: str | None = "alice", urls: int = 1) -> gssapi.Page:
        env = self.realm.env(user) if user else self.realm.env()
        return gssapi.curl(self.proxy.port, [self.origin.url] * urls,
                           *(options or ("--proxy-negotiate",)), env=env)

    def await_name(self, user: str, status: int) -> None:
        """Squid's own log has the request by this name."""
        row = f"{urllib.parse.quote(user, safe='@')} {status}"
        place.wait_for(lambda: row.lower() in [name.lower() for name in self.proxy.names()],
                       f"{row!r} in {self.proxy.names()}")


class Curl(Case):
    def test_a_ticket_in_the_first_request(self) -> None:
        page = self.curl()
        self.assertEqual(page.statuses, [200], page.said + self.proxy.cache_log())
        self.assertEqual(page.body, b"hello from the origin\n")
        self.await_name(f"alice@{REALM}", 200)

    def test_the_challenge_first(self) -> None:
        page = self.curl("--proxy-anyauth")
        self.assertEqual(page.statuses, [407, 200], page.said)
        self.assertIn("Proxy-Authenticate: Negotiate", page.said)

    def test_one_login_a_connection(self) -> None:
        """What follows on the connection needs no token; the client got the proxy's once."""
        page = self.curl(urls=3)
        self.assertEqual((page.statuses, page.connections), ([200] * 3, 1), page.said)

    def test_the_token_of_mutual_authentication_reaches_the_client(self) -> None:
        """Squid 5.7 has no header for it in an answer from beyond, with any helper; it sends it to
        a user who has logged in and is not let in. MIT's client is complete with it."""
        client = self.enterContext(gssclient.Client("spnego", flags=2, env=self.realm.env("carol")))
        token, _, _ = client.step()
        with stub.Browser(self.proxy.port, self.origin.url, "Negotiate") as browser:
            reply = browser.get(token)
            self.assertEqual(reply.status, 407, self.proxy.cache_log())
            self.assertEqual(client.step(reply.token("negotiate"))[1:], ("complete", ""))

    def test_through_a_tunnel(self) -> None:
        """CONNECT, as for https."""
        page = self.curl("--proxy-negotiate", "--proxytunnel")
        self.assertEqual(page.statuses, [200, 200], page.said)
        self.assertIn("CONNECT", page.said)

    def test_no_ticket(self) -> None:
        page = self.curl(user=None)
        self.assertEqual(page.statuses[-1], 407)
        self.assertNotIn(200, page.statuses)

    def test_names_with_a_space_and_an_umlaut(self) -> None:
        page = self.curl(user=SPACED)
        self.assertEqual(page.statuses, [200], page.said + self.proxy.cache_log())
        self.await_name(f"{SPACED}@{REALM}", 200)

    def test_a_refused_login_and_the_next(self) -> None:
        """The reason is on the error page's way to the client; nobody else suffers."""
        with stub.Browser(self.proxy.port, self.origin.url, "Negotiate") as browser:
            self.assertEqual(browser.get(b"garbage" * 9).status, 407)
        self.assertEqual(self.curl(user="bob").statuses, [200])

    def test_a_token_that_was_seen_on_the_wire(self) -> None:
        """One process or the other: used tokens are remembered by both."""
        token = self.token()
        statuses = []
        for _ in range(4):
            with stub.Browser(self.proxy.port, self.origin.url, "Negotiate") as browser:
                statuses.append(browser.get(token).status)
        self.assertEqual(statuses, [200, 407, 407, 407])

    def test_two_helpers_and_many_clients(self) -> None:
        """Clients at once: both processes work, and each client has its own name."""
        tokens = [(user, self.token(user)) for user in (*MANY,) * 4]
        browsers = [self.enterContext(stub.Browser(self.proxy.port, self.origin.url, "Negotiate"))
                    for _ in tokens]
        for browser, (_, token) in zip(browsers, tokens):
            browser.connection.request("GET", browser.url, headers={
                "Proxy-Authorization": "Negotiate " + ntlm.b64(token)})
        statuses = [stub.Reply(browser.connection.getresponse()).status for browser in browsers]
        self.assertEqual(statuses, [200] * len(tokens), self.proxy.cache_log())
        wanted = sorted(f"{urllib.parse.quote(user, safe='')}%40{REALM} 200".lower()
                        for user, _ in tokens)
        place.wait_for(lambda: len(self.rows_of_many()) >= len(tokens),
                       f"{wanted} in {self.proxy.names()}")
        self.assertEqual(sorted(self.rows_of_many()), wanted)

    def rows_of_many(self) -> list[str]:
        """Squid's rows about MANY, and about who has a name that is none of the tests'."""
        others = {urllib.parse.quote(f"{user}@{REALM}", safe="").lower()
                  for user in self.TICKETS if user not in MANY} | {"-"}
        rows = [row.lower().replace("@", "%40") for row in self.proxy.names()]
        return [row for row in rows if row.split()[0] not in others]


class StripRealm(Case):
    OPTIONS = ("-r", "-s", f"HTTP/localhost@{REALM}", "--explain")
    CHILDREN = 1

    def test_names_without_realm(self) -> None:
        self.assertEqual(self.curl().statuses, [200], self.proxy.cache_log())
        self.await_name("alice", 200)
        self.assertEqual(self.curl(user=SPACED).statuses, [200])
        self.await_name(SPACED, 200)

    def test_another_service(self) -> None:
        with stub.Browser(self.proxy.port, self.origin.url, "Negotiate") as browser:
            reply = browser.get(self.token(service="HTTP@proxy.lab.example"))
            self.assertEqual(reply.status, 407)
        self.assertIn("HTTP/proxy.lab.example", self.proxy.cache_log())


class KeyExtras(Case):
    OPTIONS = ("--key-extras", "2")
    AUTH = ('auth_param negotiate key_extras "%>a %>rm"',)

    def test_fields_behind_the_token(self) -> None:
        self.assertEqual(self.curl().statuses, [200], self.proxy.cache_log())
        self.assertEqual(self.curl("--proxy-anyauth").statuses, [407, 200])


if __name__ == "__main__":
    unittest.main()
