# SPDX-License-Identifier: BSD-2-Clause
"""The same lines and tokens to Squid's negotiate_kerberos_auth and to negotiate-gssapi. Where they
differ, the difference is listed with its reason; what the old helper says there is what those of
Squid 5.7 and 6.13 say. The groups of a PAC, which need an Active Directory, are compared elsewhere.

Compared are the word, the user, the groups and what kind of token the client gets: the texts behind
ERR and BH are for people, and no two tokens are the same.
"""

import base64
import dataclasses
import pathlib
import unittest
import urllib.parse

from support import gss, gssapi, gssclient, helper, kdc, ntlm, place

REALM = kdc.REALM
CAPTURED = place.ROOT / "tests" / "vectors" / "captured"
SPNEGO, RAW, NONE = " with SPNEGO", " with AP-REP", " with nothing"
LOCALHOST, OTHER, HOST = "HTTP@localhost", "HTTP@otherhost", "host@localhost"
ANY = ("-s", "GSS_C_NO_NAME")
OURS = ("-s", "HTTP/localhost")
# Bytes of a bad token, and how many times it is sent to see whether memory is lost.
# The old helper takes 20 ms for such a line, and loses it each time.
LEAK_LEN, LEAK_TIMES = 40000, {"stock": 100, "ours": 400}


def ok(user: str, token: str = SPNEGO) -> str:
    return f"OK {user}{token}"


ALICE = ok(f"alice@{REALM}")


@dataclasses.dataclass(frozen=True)
class Same:
    """Both answer `reply` to `line`, in which {NAME} is a token's Base64."""
    line: str
    reply: str
    options: tuple[str, ...] = ANY


@dataclasses.dataclass(frozen=True)
class Differs:
    """Ours answers `reply` where the old helper answers `stock`. Lines of one dialogue, and their
    replies, are separated by newlines."""
    why: str
    line: str
    stock: str
    reply: str
    options: tuple[str, ...] = ANY


SAME = (
    Same("YR {alice}", ALICE),
    Same("YR {raw}", ok(f"alice@{REALM}", RAW)),
    Same("YR {not_mutual}", ok(f"alice@{REALM}")),
    Same("YR {raw_not_mutual}", ok(f"alice@{REALM}", NONE)),
    Same("YR {jürgen}", ok(f"jürgen müller@{REALM}")),
    Same("YR {admin}", ok(f"carol/admin@{REALM}")),
    Same("YR {sign}", ok(f"we\\@ird@{REALM}")),
    Same("YR {percent}", ok(f'50%"off@{REALM}')),
    Same("YR {other}", ok(f"alice@{REALM}")),
    Same("YR {host}", ok(f"alice@{REALM}")),
    Same("YR {alice}", ok("alice"), ("-r", *ANY)),
    Same("YR {jürgen}", ok("jürgen müller"), ("-r", *ANY)),
    Same("YR {admin}", ok("carol/admin"), ("-ir", *ANY)),
    Same("YR {alice}", ALICE, OURS),
    Same("YR {alice}", ALICE, ("-s", f"HTTP/localhost@{REALM}")),
    Same("YR {alice}", ALICE, ("-sHTTP/localhost", "-d")),
    Same("", "BH"),
    Same("Y", "BH"),
    Same("yr {alice}", "BH"),
    Same("YR{alice}", "BH"),
    Same("1 YR {alice}", "BH"),
    Same("AF alice", "BH"),
)

REFUSED = "what the client did is ERR, with words for it; BH is for our own trouble, and makes " \
          "Squid ask twice more (27)"
TURN = "KK goes on with a login; without one it is no client's"
WORDS = "a client can put words of its own behind its token: they are refused, not skipped"

DIFFERS = (
    Differs(REFUSED, "YR", "BH", "ERR"),
    Differs(REFUSED, "YR ", "BH", "ERR"),
    Differs(REFUSED, "YR %%%%", "BH", "ERR"),
    Differs(REFUSED, "YR Zm9", "BH", "ERR"),
    Differs(REFUSED, "YR Zm9v", "BH", "ERR"),
    Differs(REFUSED, "YR YII=", "BH", "ERR"),
    Differs(REFUSED, "YR {cut}", "BH", "ERR"),
    Differs(REFUSED, "YR {ntlm}", "BH", "ERR"),
    Differs(REFUSED, "YR {foreign}", "BH", "ERR"),
    Differs(REFUSED, "YR {other}", "BH", "ERR", OURS),
    Differs(REFUSED, "YR {host}", "BH", "ERR", OURS),
    Differs(REFUSED, "YR {host}", "BH", "ERR", ()),
    Differs("without -s every HTTP service of the keytab is taken, not only the one of the host's "
            "name", "YR {other}", "BH", ALICE, ()),
    Differs("several -s are all taken, not only the last one",
            "YR {alice}", "BH", ALICE, ("-s", "HTTP/localhost", "-s", "HTTP/otherhost")),
    Differs("-s may be written as GSSAPI does, too",
            "YR {alice}", "BH", ALICE, ("-s", "HTTP@localhost")),
    Differs("a login of two messages works: what follows TT is what the client gets (27b)",
            "YR {offer}\nKK {followed}", f"TT token=\n{ALICE}", f"TT\n{ALICE}"),
    Differs("-r cuts at the last @, behind which is the realm (32)",
            "YR {sign}", ok("we\\"), ok("we\\@ird"), ("-r", *ANY)),
    Differs(TURN, "KK {alice}", ALICE, "ERR"),
    Differs(TURN, "KK Zm9v", "BH", "ERR"),
    Differs(WORDS, "YR  {alice}", ALICE, "ERR"),
    Differs(WORDS, "YR {alice} ", ALICE, "ERR"),
    Differs("such a line cannot come from Squid", "YR\t{alice}", ALICE, "BH"),
)


def stock_argv(*options: str | pathlib.Path) -> list[str]:
    return [place.stock_helper("negotiate_kerberos_auth"), *map(str, options)]


def kind_of(token: bytes) -> str:
    """NegTokenResp (RFC 4178, 4.2.2), a Kerberos message in GSSAPI's frame (RFC 4121, 4.1), or the
    byte 0 that stands for no token."""
    return {b"\xa1": SPNEGO, b"\x60": RAW, b"\0": NONE}[token[:1]]


def shorten(line: str) -> str:
    """Of a reply, what is compared, as Squid reads it: a value without quotes has URL escapes
    (src/helper/Reply.cc). An empty group is none."""
    reply = gssapi.Reply.of(line)
    if reply.word == "OK":
        groups = "".join(f" {group}" for group in reply.groups if group)
        user = reply.user if ' user="' in line else urllib.parse.unquote(reply.user)
        return f"OK {user}{kind_of(reply.token)}{groups}"
    if reply.word == "TT":
        return "TT token=" if reply.text.startswith("token=") else "TT"
    return reply.word


class Case(gssapi.Case):
    HELPER = helper.Helper
    # Of the last one the proxy has no key; to proxy.lab.example go gssclient's clients.
    SERVICES = ("HTTP/localhost", "HTTP/otherhost", "host/localhost", "HTTP/proxy.lab.example",
                "HTTP/elsewhere")
    USERS = gssapi.USERS | {"carol/admin": "c", "we\\@ird": "w", '50%"off': "p"}
    TICKETS = ("alice", "jürgen müller", "carol/admin", "we\\@ird", '50%"off')

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        stock_argv()
        cls.keytab = cls.folder / "proxy.keytab"
        cls.realm.kadmin(*(f"ktadd -norandkey -k {cls.keytab} {service}"
                           for service in cls.SERVICES[:-1]))

    def both(self, *options: str | pathlib.Path, keytab: pathlib.Path | None = None,
             replays: bool = False) -> dict[str, helper.Helper]:
        """Stock and ours with the same options and keytab. With `replays` each remembers tokens, in
        a folder of its own."""
        started = {}
        for name, argv in (("stock", stock_argv), ("ours", gssapi.argv)):
            folder = self.folder / f"replays-{name}"
            folder.mkdir(exist_ok=True)
            remember = ("-c", folder) if replays else ("-t", "none")
            words = argv("-k", keytab or self.keytab, *remember, *options)
            # A sanitizer keeps what was freed, unless it is told not to.
            env = self.server_env(ASAN_OPTIONS="quarantine_size_mb=1")
            started[name] = self.start(words, ids=False, env=env)
        return started

    def say(self, asked: helper.Helper, line: str) -> str:
        """The reply, shortened; "ended" where there is none."""
        try:
            asked.send(line.encode())
            raw = asked.read_line()
        except BrokenPipeError:
            raw = None
        if raw is None:
            return "ended"
        asked.pending.popleft()
        return shorten(raw.decode())


class Replies(Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tokens = {name: ntlm.b64(token) for name, token in cls.make_tokens().items()}
        cls.tokens["ntlm"] = (CAPTURED / "curl-ntlm-type1.header").read_text().split()[-1]

    @classmethod
    def make_tokens(cls) -> dict[str, bytes]:
        def token(*words: str) -> bytes:
            return Case.token(cls, *words)

        def not_mutual(mech: str) -> bytes:
            with gssclient.Client(mech, env=cls.realm.env("alice"), flags=0) as client:
                return client.step()[0]
        return {
            "alice": token("alice"), "raw": token("alice", LOCALHOST, "krb5"),
            "jürgen": token("jürgen müller"), "admin": token("carol/admin"),
            "sign": token("we\\@ird"), "percent": token('50%"off'),
            "other": token("alice", OTHER), "host": token("alice", HOST),
            "foreign": token("alice", "HTTP@elsewhere"), "cut": token("alice")[:-5],
            "offer": ntlm.spnego_init(None, (ntlm.OID_KRB5,)),
            "not_mutual": not_mutual("spnego"), "raw_not_mutual": not_mutual("krb5"),
            "followed": ntlm.spnego_response(token("alice", LOCALHOST, "krb5")),
        }

    def dialogue(self, asked: helper.Helper, lines: str) -> str:
        return "\n".join(self.say(asked, line.format(**self.tokens))
                         for line in lines.split("\n"))

    def test_what_is_the_same(self) -> None:
        for case in SAME:
            with self.subTest(line=case.line, options=case.options):
                for name, asked in self.both(*case.options).items():
                    self.assertEqual(self.dialogue(asked, case.line), case.reply,
                                     (name, asked.log_text()))

    def test_what_differs_and_why(self) -> None:
        for case in DIFFERS:
            with self.subTest(case.why, line=case.line, options=case.options):
                both = self.both(*case.options)
                self.assertEqual(self.dialogue(both["stock"], case.line), case.stock, "stock")
                self.assertEqual(self.dialogue(both["ours"], case.line), case.reply,
                                 both["ours"].log_text())

    def test_words_behind_a_token(self) -> None:
        """The old helper skips the blank and decodes on. Behind padding that is no Base64 to it;
        where there is none the words are more of the token, and what they do is up to MIT's
        library: 1.20 refuses bytes behind the end of a token, 1.21 does not look at them."""
        for padded in (False, True):
            user, token = self.a_token(padded)
            with self.subTest(padded=padded, user=user):
                taken = not padded and self.mit_takes(token + base64.b64decode("evil"))
                line = gssapi.line(token).decode() + " evil"
                answers = {name: self.say(asked, line) for name, asked in self.both(*ANY).items()}
                self.assertEqual(answers, {"stock": ok(f"{user}@{REALM}") if taken else "BH",
                                           "ours": "ERR"})

    def a_token(self, padded: bool) -> tuple[str, bytes]:
        """One whose Base64 ends in padding or does not, and whose it is: its length depends on the
        name, and a little on the time."""
        for user in self.TICKETS * 40:
            token = self.token(user)
            if bool(len(token) % 3) == padded:
                return user, token
        raise AssertionError(f"no token with padded={padded}")

    def mit_takes(self, token: bytes) -> bool:
        env = self.realm.env() | {"KRB5_KTNAME": str(self.keytab)}
        return gss.accept(env, token)["major"] == 0

    def test_an_empty_group(self) -> None:
        """A PAC without groups, as an MIT KDC writes it, or none: there is no group then, where the
        old helper writes one with an empty name."""
        for name, asked in self.both(*ANY).items():
            asked.send(f"YR {self.tokens['alice']}".encode())
            self.assertEqual(gssapi.Reply.of(asked.receive()[1]).groups,
                             [""] if name == "stock" else [])

    def test_ntlm_in_spnego(self) -> None:
        """NTLM is taken with --ntlm alone; the old helper takes what happens to be installed, and
        fails at the second message (27, 27b)."""
        if not gssclient.has_ntlm():
            self.skipTest("the mechanism of gss-ntlmssp is not installed")
        first = (CAPTURED / "samba-negotiate-ntlm-1.header").read_text().split()[-1]
        answers = {name: self.say(asked, f"YR {first}")
                   for name, asked in self.both(*ANY).items()}
        self.assertEqual(answers, {"stock": "TT token=", "ours": "ERR"})

    def test_a_token_that_was_used(self) -> None:
        """Neither takes it again; that is the client's doing (27)."""
        for name, asked in self.both(*ANY, replays=True).items():
            line = gssapi.line(self.token()).decode()
            self.assertEqual([self.say(asked, line) for _ in range(3)],
                             [ALICE] + ["BH" if name == "stock" else "ERR"] * 2, asked.log_text())


class Services(Case):
    def test_one_key_for_two_services(self) -> None:
        """In an Active Directory all services of an account have its key, so what a key opens says
        little about what a ticket is for: with -s ours compares the ticket's own service."""
        shared = self.folder / "shared.keytab"
        self.realm.kadmin(f"ktadd -norandkey -k {shared} HTTP/otherhost")
        shared.write_bytes(shared.read_bytes().replace(b"otherhost", b"localhost"))
        line = gssapi.line(self.token("alice", OTHER)).decode()
        answers = {name: self.say(asked, line)
                   for name, asked in self.both(*OURS, keytab=shared).items()}
        self.assertEqual(answers, {"stock": ALICE, "ours": "ERR"})


class Keytabs(Case):
    def test_a_rotated_key(self) -> None:
        """29: the old helper's copy of the keytab is from its start."""
        keytab = self.folder / "rotated.keytab"
        self.realm.kadmin(f"ktadd -norandkey -k {keytab} HTTP/localhost")
        both = self.both(*ANY, keytab=keytab)
        old = gssapi.line(self.token()).decode()
        self.assertEqual({self.say(asked, old) for asked in both.values()}, {ALICE})
        self.realm.kadmin(f"ktadd -k {keytab} HTTP/localhost")
        self.realm.kinit("alice")
        new = gssapi.line(self.token()).decode()
        place.wait_for(lambda: self.say(both["ours"], new) == ALICE, "the new key")
        self.assertEqual(self.say(both["stock"], new), "BH")
        self.assertEqual({self.say(asked, old) for asked in both.values()}, {ALICE})

    def test_a_keytab_that_is_not_there_yet(self) -> None:
        """The old helper ends with the request pending; ours answers BH, and logins when it is."""
        keytab = self.folder / "later.keytab"
        both = self.both(*ANY, keytab=keytab)
        line = gssapi.line(self.token()).decode()
        self.assertEqual({name: self.say(asked, line) for name, asked in both.items()},
                         {"stock": "ended", "ours": "BH"})
        self.realm.kadmin(f"ktadd -norandkey -k {keytab} HTTP/localhost")
        place.wait_for(lambda: self.say(both["ours"], line) == ALICE, "the keytab")


class Process(Case):
    def test_an_oversized_line(self) -> None:
        """31: the old helper answers each piece of it, so that all later answers go to the wrong
        clients; and the end of the input, too."""
        answers = {}
        for name, asked in self.both(*ANY).items():
            asked.socket.sendall(b"YR " + b"A" * 150_000 + b"\n"
                                 + gssapi.line(self.token()) + b"\n")
            asked.end_input()
            answers[name] = [shorten(raw.decode()) for raw in iter(asked.read_line, None)]
        self.assertEqual(answers, {"stock": ["BH", "BH", "BH", ALICE, "BH"],
                                   "ours": ["BH", ALICE]})

    def test_a_line_that_ends_the_old_one(self) -> None:
        line = gssapi.line(self.token()).decode()
        for name, asked in self.both(*ANY).items():
            self.assertEqual(self.say(asked, "QQ"), "BH")
            self.assertEqual(self.say(asked, line), "ended" if name == "stock" else ALICE)

    def test_memory_after_bad_tokens(self) -> None:
        """30: what is no Base64 stays in the old helper's memory."""
        grown = {}
        line = "YR %" + "A" * LEAK_LEN
        for name, asked in self.both(*ANY).items():
            for _ in range(20):
                self.say(asked, line)
            before = self.memory(asked.pid)
            for _ in range(LEAK_TIMES[name]):
                self.say(asked, line)
            grown[name] = self.memory(asked.pid) - before
        self.assertGreater(grown["stock"], LEAK_TIMES["stock"] * LEAK_LEN // 2)
        self.assertLess(grown["ours"], LEAK_TIMES["ours"] * LEAK_LEN // 10)

    @staticmethod
    def memory(pid: int) -> int:
        """Bytes of anonymous memory (proc(5), VmData)."""
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmData:")[2].split()[0]) * 1024


if __name__ == "__main__":
    unittest.main()
