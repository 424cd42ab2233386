# SPDX-License-Identifier: BSD-2-Clause
"""digest-file under a real Squid, asked by curl and by a client that writes what it likes.

Hashes come from Python's MD5; responses from curl, and as RFC 7616 has them.
"""

import pathlib
import threading
import unittest

from support import digestfile, place, squid

REALM = digestfile.REALM

PEOPLE = {
    "alice": "alice-pw",
    "bob": "bob pw with spaces",
    "Charlie Brown": "snoopy",
    "jürgen": "pässwörd",
    "ΑΛΙΚΗ 日本": "κωδικός",
    "o'neil, <x>": "{[()]}~`$!&",
    "1": "2",
}
# curl 7.88 decodes %XX of a name twice where a scheme takes two requests.
PERCENT = {"a%41b": "100%25", "%61lice": "%"}
ALICE = "alice:alice-pw"


def recorder(folder: pathlib.Path, program: str, record: pathlib.Path) -> str:
    """A program that runs the helper `program` and keeps what Squid sends it in `record`. tee
    writes to its standard output first: what is answered has been recorded."""
    script = folder / "recorder"
    script.write_text(f'#!/bin/sh\ntee /dev/fd/3 3>&1 >>"{record}" | "{program}" "$@"\n')
    script.chmod(0o755)
    return str(script)


class Case(digestfile.Case):
    """One Squid for all tests of the class; `self.users` is its file."""

    CONCURRENCY = 0
    CHILDREN = 5
    OPTIONS: tuple[str, ...] = ("-c", "--realm", REALM)
    AUTH: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.users = cls.folder / "users"
        cls.put_users(PEOPLE | PERCENT)
        cls.record = cls.folder / "asked"
        cls.record.touch()
        cls.record.chmod(0o666)
        program = place.for_others(place.helper_path("digest-file"), cls.folder)
        words = [recorder(cls.folder, program, cls.record), *cls.OPTIONS, str(cls.users)]
        cls.squid = cls.enterClassContext(digestfile.squid_with(
            cls.folder / "squid", words, concurrency=cls.CONCURRENCY, children=cls.CHILDREN,
            auth=cls.AUTH))

    @classmethod
    def put_users(cls, people: dict[str, str]) -> None:
        digestfile.put(cls.users, digestfile.hashes(people), for_squid=True)

    def status(self, credentials: bytes | str | None) -> int:
        return squid.curl(self.squid.port, self.origin.url, credentials, scheme="digest").status

    def client(self) -> digestfile.Client:
        return digestfile.Client(self.squid.port, self.origin.url)

    def asked(self) -> bytes:
        """What Squid has sent to its helpers so far."""
        return self.record.read_bytes()


class Requests:
    """The requests; the classes below send them through differently configured Squids."""

    def test_no_credentials_are_a_challenge(self) -> None:
        answer = squid.curl(self.squid.port, self.origin.url)
        self.assertEqual(answer.status, 407)
        self.assertRegex(answer.header("Proxy-Authenticate"), f'^Digest realm="{REALM}", nonce=')

    def test_every_person_logs_in(self) -> None:
        """Names with spaces, UTF-8, % and quotes' neighbours, in this order twice."""
        for _ in range(2):
            for user, password in PEOPLE.items():
                with self.subTest(user):
                    answer = squid.curl(self.squid.port, self.origin.url, f"{user}:{password}",
                                        scheme="digest")
                    self.assertEqual((answer.status, answer.body),
                                     (200, b"hello from the origin\n"))
                    self.assertEqual(self.status(f"{user}:{password}x"), 407)

    def test_wrong_password(self) -> None:
        for password in ("", "wrong", "ALICE-PW", "alice-pw ", " alice-pw", "alice-p",
                         digestfile.md5("alice", REALM, "alice-pw"), "p" * 8000):
            with self.subTest(password[:20]):
                self.assertEqual(self.status(f"alice:{password}"), 407)
        self.assertEqual(self.status(ALICE), 200)

    def test_names_that_are_nobody(self) -> None:
        """Names are compared byte by byte; for Digest, Squid leaves large letters as they are."""
        for name in ("ALICE", "nobody", "*", "alice ", " alice", "al ice", "alice\u00a0",
                     "\uff41lice", "j\u00fcrge", "a", "aliceX", "#alice", "\\alice"):
            with self.subTest(name):
                self.assertEqual(self.status(f"{name}:alice-pw"), 407)

    def test_own_client_logs_in(self) -> None:
        """What the tests below rely on: the client computes what Squid expects."""
        client = self.client()
        for user, password in (PEOPLE | PERCENT).items():
            with self.subTest(user):
                self.assertEqual(client.log_in(user, password).status, 200)
                self.assertEqual(client.log_in(user, password + "x").status, 407)

    def test_another_realm(self) -> None:
        """Squid passes on whatever realm the client names, and a right response for it."""
        client = self.client()
        for realm in ("Evil Realm", "", "test proxy", "Test Proxy ", "Test  Proxy", "Test%20Proxy",
                      "Other"):
            with self.subTest(realm):
                before = len(self.asked())
                self.assertEqual(client.log_in("alice", "alice-pw", realm).status, 407)
                if realm:
                    self.assertIn(b'"alice":"%s"' % realm.encode(), self.asked()[before:])
        self.assertEqual(client.log_in("alice", "alice-pw").status, 200)

    def test_realm_as_a_token(self) -> None:
        """Squid takes a realm without quotes as it is, with blanks and quotes in it."""
        client = self.client()
        for realm in ('a"b c" d', '"', 'x":"y', 'Test Proxy"', 'Test Proxy" 127.0.0.1'):
            with self.subTest(realm):
                self.assertEqual(client.log_in("alice", "alice-pw", realm, token=True).status, 407)
        self.assertEqual(client.log_in("alice", "alice-pw", "Test Proxy", token=True).status, 200)

    def test_a_user_with_a_colon_is_nobody(self) -> None:
        """The hash of `a:b` in realm c is that of `a` in realm b:c."""
        self.assertEqual(self.client().log_in(f"alice:{REALM}", "alice-pw", "").status, 407)
        self.assertEqual(self.client().log_in("alice:x", "alice-pw").status, 407)

    def test_a_user_with_a_quote_never_reaches_the_helper(self) -> None:
        """Squid refuses it; where the quote is escaped, it drops the quote and what follows."""
        client = self.client()
        client.fetch_nonce()
        before = len(self.asked())
        for written in ('mar"ked', 'mar"k"ed', 'marked"'):
            with self.subTest(written):
                ha1 = digestfile.md5(written, REALM, "x")
                header = client.authorization(written, ha1)
                header = header.replace(b'"%s"' % written.encode(), written.encode(), 1)
                self.assertEqual(client.get(header).status, 407)
        self.assertNotIn(b"mar", self.asked()[before:])
        for written in ('alice\\"user', 'alice\\"', '\\"alice', 'alice\\":\\"Test Proxy'):
            with self.subTest(written):
                ha1 = digestfile.md5(written.replace("\\", ""), REALM, "x")
                self.assertEqual(client.get(client.authorization(written, ha1)).status, 407)
        self.assertEqual(self.status("marked:x"), 407)
        asked = self.asked()[before:]
        self.assertIn(b'"marked":"', asked)     # what is asked is kept
        for row in asked.splitlines():
            self.assertRegex(row, rb'^(\d+ )?"[^"]*":"Test Proxy"')

    def test_a_cut_request_hurts_nobody(self) -> None:
        """Squid cuts a request at 8,191 bytes, without a newline: the next one would be glued to
        it. An attacker needs nothing but a nonce. Everybody else gets in meanwhile."""
        stop = threading.Event()
        attacks: list[int] = []

        def attack() -> None:
            client = self.client()
            while not stop.is_set():
                attacks.append(client.log_in("x" * 8500, "pw").status)
        attackers = [threading.Thread(target=attack, daemon=True) for _ in range(2)]
        for attacker in attackers:
            attacker.start()
        try:
            place.wait_for(lambda: len(attacks) > 3, "attacks that are answered")
            for round_ in range(6):
                for user, password in list(PEOPLE.items())[:4]:
                    good = round_ % 2 == 0
                    self.assertEqual(self.status(f"{user}:{password}{'' if good else 'x'}"),
                                     200 if good else 407)
        finally:
            stop.set()
            for attacker in attackers:
                attacker.join(place.PATIENCE_S)
        self.assertEqual(set(attacks), {407})
        self.assertRegex(self.asked(), rb'"x{8000,}')

    def test_a_cut_in_each_field(self) -> None:
        """The realm is as long as the client likes, too; around the limit all lengths work."""
        client = self.client()
        for length in (8160, *range(8170, 8195), 20000):
            with self.subTest(length):
                self.assertEqual(client.log_in("alice", "alice-pw", "r" * length).status, 407)
        for length in (8160, *range(8170, 8182)):
            with self.subTest(user=length):
                self.assertEqual(client.log_in("u" * length, "pw").status, 407)
        self.assertEqual(client.log_in("alice", "alice-pw").status, 200)

    def test_a_changed_password(self) -> None:
        """The new password is accepted and the old one refused; nobody restarts anything. Squid
        keeps a user's hash until a response does not fit it, so the new password comes first."""
        people = PEOPLE | {"changer": "old-pw", "fresh": "old-pw"}
        self.put_users(people)
        self.addCleanup(self.put_users, PEOPLE | PERCENT)
        place.wait_for(lambda: self.status("changer:old-pw") == 200, "the new user")
        self.put_users(people | {"changer": "new-pw", "fresh": "new-pw"})
        place.wait_for(lambda: self.status("changer:new-pw") == 200, "the new password")
        self.assertEqual(self.status("changer:old-pw"), 407)
        self.assertEqual(self.status("fresh:old-pw"), 407)
        self.assertEqual(self.status("fresh:new-pw"), 200)

    def test_squid_has_no_complaint(self) -> None:
        """Nor has the helper, but for requests that Squid cut."""
        self.status(ALICE)
        self.status(ALICE + "x")
        self.assertEqual(self.client().log_in("u" * 9000, "pw").status, 407)
        rows = [row for row in self.squid.cache_log().splitlines()
                if "too long for Squid" not in row and "more lines about cut were" not in row]
        for trouble in ("unexpected", "exited", "assertion", "FATAL", "too rapidly", "WARNING",
                        "digest-file: "):
            self.assertEqual([row for row in rows if trouble in row], [])


class OneAtATime(Requests, Case):
    """No concurrency: lines without ids, several processes."""


class Concurrent(Requests, Case):
    CONCURRENCY = 100
    CHILDREN = 1


class WithKeyExtras(Requests, Case):
    """Squid encodes a header that the client writes, so it holds no blanks."""

    CONCURRENCY = 100
    CHILDREN = 1
    OPTIONS = ("-c", "--realm", REALM, "--key-extras", "2")
    AUTH = ('auth_param digest key_extras "%>a %>h{X-Extra}"',)

    def test_a_header_of_the_client(self) -> None:
        client = self.client()
        for value in ("x", "a b c", '"', 'x" y" z', "", "%20"):
            with self.subTest(value):
                self.assertEqual(client.log_in("alice", "alice-pw", extra=value).status, 200)
                self.assertEqual(client.log_in("alice", "wrong", extra=value).status, 407)


class WithKeyExtrasAsTheyAre(Case):
    """A header that `'` leaves as it is: a client that writes blanks shuts itself out, and nobody
    else."""

    CONCURRENCY = 100
    CHILDREN = 1
    OPTIONS = ("-c", "--realm", REALM, "--key-extras", "1")
    AUTH = ("auth_param digest key_extras \"%'>h{X-Extra}\"",)

    def test_a_header_of_the_client(self) -> None:
        client = self.client()
        self.assertEqual(client.log_in("alice", "alice-pw", extra="x").status, 200)
        for value in ("a b", 'x" y', '" "', '":" "'):
            with self.subTest(value):
                answer = client.log_in("bob", "bob pw with spaces", extra=value)
                self.assertEqual(answer.status, 407)
        self.assertEqual(client.log_in("bob", "bob pw with spaces", extra="x").status, 200)


class Utf8(Case):
    """`utf8 on`: Squid makes UTF-8 of a Latin-1 user name, and leaves the realm alone."""

    AUTH = ("auth_param digest utf8 on",)
    CONCURRENCY = 100
    CHILDREN = 1

    def test_latin_1_names_become_utf_8(self) -> None:
        client = self.client()
        client.fetch_nonce()
        ha1 = digestfile.md5("jürgen", REALM, "pässwörd")
        self.assertEqual(client.get(client.authorization(b"j\xfcrgen", ha1)).status, 200)
        self.assertIn('"jürgen":"Test Proxy"'.encode(), self.asked())
        self.assertEqual(client.log_in("jürgen", "pässwörd").status, 200)
        self.assertEqual(client.log_in(b"fran\xe7ois", "pw", b"T\xe9st").status, 407)
        self.assertIn('"françois":"'.encode() + b'T\xe9st"', self.asked())


class Stale(Case):
    """Nonces that live a second."""

    AUTH = ("auth_param digest nonce_garbage_interval 1 second",
            "auth_param digest nonce_max_duration 1 second")
    CONCURRENCY = 100
    CHILDREN = 1

    def await_login(self, client: digestfile.Client, user: str, password: str) -> None:
        """With a new nonce each time: one may be stale at once where the machine is busy, and Squid
        takes it for 50 requests only."""
        def is_in() -> bool:
            client.fetch_nonce()
            return client.log_in(user, password).status == 200
        place.wait_for(is_in, f"{user} to log in")

    def test_a_stale_nonce_is_replaced(self) -> None:
        client = self.client()
        self.await_login(client, "alice", "alice-pw")
        last = []

        def is_stale() -> bool:
            last[:] = [client.log_in("alice", "alice-pw")]
            return last[0].status == 407
        place.wait_for(is_stale, "a nonce that is too old")
        self.assertIn("stale=true", last[0].header("Proxy-Authenticate"))
        self.await_login(client, "alice", "alice-pw")
        self.assertEqual(client.log_in("alice", "wrong").status, 407)

    def test_another_password_ends_the_old_one(self) -> None:
        """Squid keeps a user's hash as long as responses fit it; it asks again when a nonce is
        stale, and an answer replaces the hash. So whoever leaves gets another password."""
        client = self.client()
        self.put_users(PEOPLE | {"leaver": "pw"})
        self.addCleanup(self.put_users, PEOPLE | PERCENT)
        self.await_login(client, "leaver", "pw")
        self.put_users(PEOPLE | {"leaver": "another"})

        def is_replaced() -> bool:
            # A nonce can be stale before the helper, which looks twice a second, has the new file.
            place.wait_for(lambda: client.log_in("leaver", "pw").status == 407, "a nonce's end")
            client.fetch_nonce()
            return client.log_in("leaver", "another").status == 200
        place.wait_for(is_replaced, "the new password")
        self.assertEqual(client.log_in("leaver", "pw").status, 407)


if __name__ == "__main__":
    unittest.main()
