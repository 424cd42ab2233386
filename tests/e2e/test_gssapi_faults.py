# SPDX-License-Identifier: BSD-2-Clause
"""What negotiate-gssapi says of logins that cannot be, and how it goes on after them.

Tickets are of a real MIT KDC; what is wrong with each is what the test did to it. The client is
told what to do (ERR), the administrator what to look at (the log); BH is for our own trouble alone.
"""

import contextlib
import os
import resource
import time
import unittest

from support import ber, gss, gssapi, gssclient, helper, kdc, place, sealed

REALM = kdc.REALM
MUTUAL = 2
SPNEGO, KRB5, IAKERB = gss.OIDS["spnego"], gss.OIDS["krb5"], gss.OIDS["iakerb"]
HOSTS = ("HTTP/localhost", "HTTP/proxy.lab.example", "HTTP/rotated.example", "HTTP/second.example")
# main.c has this many threads for what may wait.
THREADS = 8


def spnego_init(mech: bytes, token: bytes | None = None) -> bytes:
    """A NegTokenInit that offers one mechanism (RFC 4178, section 4.2.1)."""
    fields = ber.encode(0xa0, ber.encode(0x30, ber.encode(0x06, mech)))
    if token is not None:
        fields += ber.encode(0xa2, ber.encode(0x04, token))
    return ber.encode(0x60, ber.encode(0x06, SPNEGO)
                      + ber.encode(0xa0, ber.encode(0x30, fields)))


def spnego_response(token: bytes) -> bytes:
    """A client's NegTokenResp (section 4.2.2)."""
    return ber.encode(0xa1, ber.encode(0x30, ber.encode(0xa2, ber.encode(0x04, token))))


def inside(response: bytes) -> bytes:
    """The responseToken of a NegTokenResp; b"" where there is none."""
    at, fields, token = 0, ber.element(ber.element(response, 0)[1], 0)[1], b""
    while at < len(fields):
        tag, content, at = ber.element(fields, at)
        if tag == 0xa2:
            token = ber.element(content, 0)[1]
    return token


class Case(gssapi.Case):
    SERVICES = HOSTS
    TICKETS = ("alice",)

    def assert_logged(self, asked: helper.Helper, *words: str) -> None:
        place.wait_for(lambda: all(word in asked.log_text() for word in words),
                       f"{words} in the log: {asked.log_text()}")

    def assert_good(self, asked: helper.Helper) -> None:
        """The helper goes on as if nothing had been."""
        self.assert_ok(gssapi.ask(asked, self.token()), f"alice@{REALM}", asked)


class Times(Case):
    """Clocks may differ by five minutes, which is libkrb5's default. Tokens are a real client's,
    with other times put in by the service's key. Limits of which the clock moves away are taken to
    the second; the others leave RESERVE_S for the test to run in."""

    SKEW_S, RESERVE_S = 300, 240

    def retimed(self, times: dict[str, dict]) -> dict[str, bytes]:
        """A token for each set of times (sealed.retime)."""
        tokens = gss.init_many(self.realm.env("alice"), gssapi.SERVICE, len(times), "krb5")
        return {name: sealed.retime(token, self.keytab, **changed)
                for token, (name, changed) in zip(tokens, times.items())}

    def assert_all_ok(self, asked: helper.Helper, times: dict[str, dict]) -> None:
        for name, token in self.retimed(times).items():
            with self.subTest(name):
                self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)

    def assert_all_denied(self, asked: helper.Helper, times: dict[str, dict], words: str,
                          cure: str) -> None:
        """Also inside SPNEGO, where libgssapi's codes are other ones."""
        for name, token in self.retimed(times).items():
            with self.subTest(name):
                token = spnego_init(KRB5, token) if "SPNEGO" in name else token
                mark = len(asked.log_text())
                self.assert_denied(gssapi.ask(asked, token), words, asked)
                place.wait_for(lambda: cure in asked.log_text()[mark:], f"{cure} in the log")
        self.assert_good(asked)

    def test_expired(self) -> None:
        now = int(time.time())
        asked = self.helper()
        self.assert_all_ok(asked, {
            "as it was": {}, "expired within the limit":
                {"ticket": {sealed.ENDTIME: now - self.SKEW_S + self.RESERVE_S}}})
        expired = {"ticket": {sealed.ENDTIME: now - self.SKEW_S - 1}}
        self.assert_all_denied(asked, {"expired": expired, "expired, SPNEGO": expired},
                               "ticket has expired", "renew its ticket")
        self.assert_logged(asked, "HTTP/localhost@EXAMPLE.TEST", "kvno 2")

    def test_not_yet_valid(self) -> None:
        now = int(time.time())
        asked = self.helper()
        self.assert_all_ok(asked, {"begins within the limit":
                                   {"ticket": {sealed.STARTTIME: now + self.SKEW_S}}})
        early = {"ticket": {sealed.STARTTIME: now + self.SKEW_S + self.RESERVE_S}}
        self.assert_all_denied(asked, {"early": early, "early, SPNEGO": early},
                               "ticket is not valid yet", "clocks of KDC and proxy by NTP")

    def test_skewed(self) -> None:
        """The ticket lives for hours: of it only the authenticator is wrong."""
        now = int(time.time())
        asked = self.helper()
        self.assert_all_ok(asked, {
            "slow within the limit": {"ctime": now - self.SKEW_S + self.RESERVE_S},
            "fast within the limit": {"ctime": now + self.SKEW_S}})
        slow = {"ctime": now - self.SKEW_S - 1}
        fast = {"ctime": now + self.SKEW_S + self.RESERVE_S}
        self.assert_all_denied(asked, {"slow": slow, "fast": fast, "slow, SPNEGO": slow,
                                       "fast, SPNEGO": fast}, "clocks", "clockskew of krb5.conf")

    def helper_with_skew(self, skew_s: int) -> helper.Helper:
        config = self.folder / f"skew-{skew_s}.conf"
        config.write_text(self.realm.config.read_text().replace(
            "[libdefaults]\n", f"[libdefaults]\n  clockskew = {skew_s}\n"))
        return self.helper(env=self.server_env(KRB5_CONFIG=str(config)))

    def test_clockskew(self) -> None:
        """The limit is krb5.conf's where it has one."""
        now = int(time.time())
        for skew_s, word in ((120, "ERR"), (3600, "OK")):
            with self.subTest(skew_s):
                asked = self.helper_with_skew(skew_s)
                for token in self.retimed({"slow": {"ctime": now - 121}, "expired": {
                        "ticket": {sealed.ENDTIME: now - 121}}}).values():
                    reply = gssapi.ask(asked, token)
                    self.assertEqual(reply.word, word, f"{reply.line}\n{asked.log_text()}")

    def test_a_client_with_a_wrong_clock(self) -> None:
        """Nothing is put in: it is what MIT's client says itself. One that is slow by more than
        the five minutes finds its own ticket to be not valid yet."""
        asked, strict = self.helper(), self.helper_with_skew(120)
        self.assert_good(asked)     # and the client's cache has a ticket for the service
        for clock_s in (-150, self.SKEW_S - 10):
            with self.subTest(clock_s):
                env = self.realm.env("alice", clock_s=clock_s)
                self.assert_denied(gssapi.ask(strict, gss.init(env, gssapi.SERVICE)), "clocks",
                                   strict)
                self.assert_ok(gssapi.ask(asked, gss.init(env, gssapi.SERVICE)), f"alice@{REALM}",
                               asked)
        self.assert_good(strict)


class Keys(Case):
    def test_a_key_that_the_keytab_lacks(self) -> None:
        asked = self.helper()
        self.realm.kadmin("cpw -randkey HTTP/rotated.example")
        token = self.token(service="HTTP@rotated.example")
        self.assert_denied(gssapi.ask(asked, token), "key that the proxy does not have", asked)
        self.assert_logged(asked, "was changed after the keytab was made",
                           f'"HTTP/rotated.example@{REALM}" kvno 3',
                           "the keytab has it with kvno 2 (aes256-cts-hmac-sha1-96)")
        self.assert_good(asked)

    def test_the_wrong_key(self) -> None:
        """A keytab of another realm with the same names: the same kvno, another key."""
        with kdc.Kdc(self.folder / "wrong", {"alice": "x"}, self.SERVICES) as other:
            asked = self.helper("--keytab", other.keytab, keytab=False)
        self.assert_denied(gssapi.ask(asked, self.token()), "cannot be decrypted", asked)
        self.assert_logged(asked, f'"HTTP/localhost@{REALM}" kvno 2', "setspn -X")

    def test_another_service(self) -> None:
        """Its key is not in the keytab."""
        keytab = self.folder / "one.keytab"
        self.realm.kadmin(f"ktadd -norandkey -k {keytab} HTTP/localhost")
        asked = self.helper("--keytab", keytab, keytab=False)
        token = self.token(service="HTTP@second.example")
        self.assert_denied(gssapi.ask(asked, token), "another service", asked)
        self.assert_logged(asked, f'the ticket is for "HTTP/second.example@{REALM}" kvno 2',
                           f'the keytab has no key for it, but "HTTP/localhost@{REALM}" kvno 2')
        self.assert_good(asked)

    def test_a_name_that_spn_does_not_take(self) -> None:
        asked = self.helper("--spn", "HTTP/localhost")
        token = self.token(service="HTTP@second.example")
        self.assert_denied(gssapi.ask(asked, token), "another service", asked)
        self.assert_logged(asked, "--spn does not name it", f"HTTP/second.example@{REALM}")
        self.assert_good(asked)


class Configuration(Case):
    """A slip in the proxy's krb5.conf is no client's: BH for everybody, however the token is
    wrapped, until it is mended."""

    FORBIDDING = {"aes256-cts-hmac-sha1-69": ("allows no encryption type", "look for a slip"),
                  "aes128-cts": ("encryption type of its own key", "krb5.conf forbids its type")}

    def test_permitted_enctypes(self) -> None:
        """It leaves out, or misspells, the type of the service's key."""
        for value, (reason, cure) in self.FORBIDDING.items():
            with self.subTest(value):
                config = self.folder / "forbidding.conf"
                good = self.realm.config.read_text()
                place.put(config, good.replace(
                    "[libdefaults]\n", f"[libdefaults]\n  permitted_enctypes = {value}\n"))
                asked = self.helper(env=self.server_env(KRB5_CONFIG=str(config)))
                for mech in ("spnego", "krb5"):
                    reply = gssapi.ask(asked, self.token(mech=mech))
                    self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
                    self.assertIn(reason, reply.line)
                self.assert_logged(asked, "permitted_enctypes in [libdefaults]", cure)
                place.put(config, good)
                place.wait_for(lambda: gssapi.ask(asked, self.token()).word == "OK",
                               f"krb5.conf to be good: {asked.log_text()}")


    def test_local_names(self) -> None:
        """A user for whom there is no rule is refused (test_gssapi.py), but not where no rule can
        be for anybody: libgssapi says the same of both."""
        good = self.realm.config.read_text()
        rule, realm = "auth_to_local = RULE:[1:$1", f"[realms]\n  {REALM} = {{\n"
        cases = {
            good.replace(f"  default_realm = {REALM}\n", ""):
                ("no default realm", "default_realm in [libdefaults]"),
            good.replace(realm, f"{realm}    {rule}\n"): ("rules for local names", "auth_to_local"),
            good + "[plugins]\n  localauth = {\n    module = nonsense\n  }\n":
                ("rules for local names", "localauth"),
        }
        for number, (text, (reason, cure)) in enumerate(cases.items()):
            with self.subTest(reason):
                config = self.folder / f"local-{number}.conf"
                config.write_text(text)
                env = self.server_env(KRB5_CONFIG=str(config))
                self.assert_good(self.helper(env=env))
                asked = self.helper("--local-name", env=env)
                reply = gssapi.ask(asked, self.token())
                self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
                self.assertIn(reason, reply.line)
                self.assert_logged(asked, cure)


class Replays(Case):
    def test_a_folder_that_is_gone(self) -> None:
        """Our own trouble: BH, until the folder is there again."""
        folder = self.folder / "gone"
        folder.mkdir()
        asked = self.helper("--replay-cache", folder)
        self.assert_good(asked)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        reply = gssapi.ask(asked, self.token())
        self.assertEqual(reply.word, "BH", reply.line)
        self.assertIn("replay cache", reply.line)
        self.assertNotIn(str(folder), reply.line)
        self.assert_logged(asked, str(folder))
        folder.mkdir()
        self.assert_good(asked)

    def test_a_name_that_is_no_file(self) -> None:
        """libkrb5 would read from a FIFO without end."""
        folder = self.folder / "blocked"
        folder.mkdir()
        path = folder / f"krb5_{os.geteuid()}.rcache2"
        for options in ((), ("--local-name",)):
            for make, remove in ((os.mkfifo, os.unlink), (os.mkdir, os.rmdir)):
                with self.subTest(options=options, make=make.__name__):
                    asked = self.helper("--replay-cache", folder, *options)
                    make(path)
                    reply = gssapi.ask(asked, self.token())
                    self.assertEqual(reply.word, "BH", reply.line)
                    self.assertIn("replay cache", reply.line)
                    self.assert_logged(asked, f"{path} is no plain file: remove it")
                    remove(path)
                    reply = gssapi.ask(asked, self.token())
                    self.assertEqual(reply.word, "OK", f"{reply.line}\n{asked.log_text()}")
                    path.unlink()

    def test_no_descriptor_left(self) -> None:
        """The replay cache cannot be opened, and its folder is not the reason."""
        asked = self.helper()
        self.assert_good(asked)
        mine = {int(name) for name in os.listdir(f"/proc/{asked.pid}/fd")}
        lowest = next(fd for fd in range(len(mine) + 1) if fd not in mine)
        limits = resource.prlimit(asked.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(asked.pid, resource.RLIMIT_NOFILE, (lowest, limits[1]))
        reply = gssapi.ask(asked, self.token())
        self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
        self.assertIn("no file descriptor", reply.line)
        self.assert_logged(asked, "LimitNOFILE", "Too many open files")
        resource.prlimit(asked.pid, resource.RLIMIT_NOFILE, limits)
        self.assert_good(asked)


class Garbage(Case):
    def test_what_is_no_token(self) -> None:
        good = self.token()
        asked = self.helper()
        cases = {"letters": (b"hello", "neither SPNEGO"), "cut": (good[:-1], "malformed"),
                 "longer": (good + b"x", "malformed"), "nothing in it": (b"\x60\x00", "malformed"),
                 "a mechanism of nobody": (spnego_init(b"\x2a\x03", b"abc"), "."),
                 "a later leg": (spnego_response(good), "not there"),
                 "noise": (b"\x01" + os.urandom(3000), ".")}
        for name, (token, words) in cases.items():
            with self.subTest(name):
                self.assert_denied(gssapi.ask(asked, token), words, asked)
                self.assert_good(asked)

    def test_any_changed_byte(self) -> None:
        """Not one changed byte in eight makes a login of somebody else, or trouble of ours."""
        asked = self.helper("--replay-cache", "none", "--log-level", "error")
        good = self.token()
        for at in range(0, len(good), 8):
            bad = bytearray(good)
            bad[at] ^= 0x41
            reply = gssapi.ask(asked, bytes(bad))
            self.assertIn(reply.word, ("ERR", "OK", "TT"), f"byte {at}: {reply.line}")
            if reply.word == "OK":
                self.assertEqual(reply.user, f"alice@{REALM}")
        self.assert_good(asked)


class Legs(Case):
    def test_spnego_without_a_token(self) -> None:
        """The client only says what it speaks: we answer with Kerberos, it sends its ticket."""
        asked = self.helper()
        client = self.enterContext(
            gssclient.Client("krb5", flags=MUTUAL, env=self.realm.env("alice")))
        reply = gssapi.ask(asked, spnego_init(KRB5))
        self.assertEqual(reply.word, "TT", reply.line)
        self.assertEqual(inside(reply.token), b"")
        token, _, _ = client.step()
        reply = self.assert_ok(gssapi.ask(asked, spnego_response(token), "KK"), f"alice@{REALM}",
                               asked)
        self.assertEqual(client.step(inside(reply.token))[1:], ("complete", ""))

    def test_a_new_client_in_the_middle(self) -> None:
        asked = self.helper()
        self.assertEqual(gssapi.ask(asked, spnego_init(KRB5)).word, "TT")
        self.assert_good(asked)
        reply = gssapi.ask(asked, spnego_response(self.token(mech="krb5")), "KK")
        self.assertEqual(reply.word, "ERR", reply.line)
        self.assert_good(asked)

    def test_a_later_leg_that_is_garbage(self) -> None:
        asked = self.helper()
        for token in (b"hello", spnego_response(b"hello"), spnego_init(KRB5)):
            self.assertEqual(gssapi.ask(asked, spnego_init(KRB5)).word, "TT")
            self.assert_denied(gssapi.ask(asked, token, "KK"), ".", asked)
            self.assert_good(asked)


class Iakerb(Case):
    """A client that reaches no KDC: its krb5.conf has a port where nobody is. It has a password and
    asks the KDC through us."""

    def client(self, password: str = "alice-pw") -> gssclient.Client:
        config = self.folder / "outside.conf"
        hosts = [name.partition("/")[2] for name in self.SERVICES]
        config.write_text(kdc.krb5_conf(REALM, place.free_port(), hosts))
        return self.enterContext(gssclient.Client(
            "iakerb", f"alice@{REALM}", password, flags=MUTUAL, env=kdc.client_env(config)))

    def login(self, asked: helper.Helper) -> tuple[list[str], gssapi.Reply, str]:
        """The words of the replies, the last reply, and what the client came to."""
        client, words = self.client(), []
        token, state, _ = client.step()
        while state == "continue":
            reply = gssapi.ask(asked, token, "KK" if words else "YR")
            words.append(reply.word)
            if reply.word not in ("TT", "OK"):
                break
            token, state, _ = client.step(reply.token)
        return words, reply, state

    def test_three_legs(self) -> None:
        asked = self.helper()
        words, reply, state = self.login(asked)
        self.assertEqual((words, state), (["TT", "TT", "OK"], "complete"),
                         f"{reply.line}\n{asked.log_text()}")
        self.assertEqual(reply.user, f"alice@{REALM}")
        self.assertEqual(asked.finish(), 0)

    def test_a_forbidden_encryption_type(self) -> None:
        """Of the ticket at the end: the proxy's krb5.conf is to blame."""
        config = self.folder / "forbidding.conf"
        config.write_text(self.realm.config.read_text().replace(
            "[libdefaults]\n", "[libdefaults]\n  permitted_enctypes = aes128-cts\n"))
        asked = self.helper(env=self.server_env(KRB5_CONFIG=str(config)))
        words, reply, _ = self.login(asked)
        self.assertEqual(words, ["TT", "TT", "BH"], asked.log_text())
        self.assertIn("its own key", reply.line)

    def test_a_name_that_spn_does_not_take(self) -> None:
        """The ticket at the end is for another name than --spn has."""
        asked = self.helper("--spn", "HTTP/localhost")
        words, reply, _ = self.login(asked)
        self.assertEqual(words, ["TT", "TT", "ERR"], asked.log_text())
        self.assertIn("another service", reply.message)
        asked = self.helper("--spn", "HTTP/proxy.lab.example")
        self.assertEqual(self.login(asked)[0], ["TT", "TT", "OK"], asked.log_text())

    def test_a_wrong_password_is_the_clients_trouble(self) -> None:
        asked, client = self.helper(), self.client("wrong")
        reply = gssapi.ask(asked, client.step()[0])
        self.assertEqual(reply.word, "TT", f"{reply.line}\n{asked.log_text()}")
        _, state, why = client.step(reply.token)    # the KDC's answer: it cannot decrypt it
        self.assertEqual(state, "failed", why)
        self.assert_good(asked)

    def test_a_new_client_in_the_middle(self) -> None:
        asked, client = self.helper(), self.client()
        reply = gssapi.ask(asked, client.step()[0])
        self.assertEqual(reply.word, "TT", reply.line)
        self.assert_good(asked)
        token, _, _ = client.step(reply.token)
        self.assertEqual(gssapi.ask(asked, token, "KK").word, "ERR")

    def test_inside_spnego(self) -> None:
        """MIT's acceptor (1.20) has no IAKERB inside SPNEGO: the client is told."""
        asked, client = self.helper(), self.client()
        reply = gssapi.ask(asked, spnego_init(IAKERB, client.step()[0]))
        self.assert_denied(reply, "no way to log in", asked)
        self.assert_good(asked)

    def test_a_silent_kdc(self) -> None:
        """BH at the deadline, as often as one tries and with all threads waiting; whoever has a
        ticket logs in meanwhile."""
        asked, waiting = self.helper("--deadline", "1"), self.helper("--deadline", "1")
        for one in (asked, waiting):    # the keytab may take longer to be read than the deadline
            place.wait_for(lambda one=one: gssapi.ask(one, self.token()).word == "OK", "the keytab")
        self.realm.pause()
        with contextlib.ExitStack() as stack:
            stack.callback(self.realm.resume)
            for number in range(THREADS + 1):
                if number == THREADS:
                    waiting.send(gssapi.line(self.client().step()[0]))
                reply = gssapi.ask(asked, self.client().step()[0])
                self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
                self.assert_good(asked)
            # Nor do they keep the process from its end.
            self.assertEqual(gssapi.Reply.of(waiting.receive()[1]).word, "BH")
            self.assertEqual(waiting.finish(), 0)
        place.wait_for(lambda: gssapi.ask(asked, self.client().step()[0]).word == "TT",
                       "IAKERB to work again")
        self.assert_good(asked)

    def test_no_kdc(self) -> None:
        """Nobody is at the KDC's port, krb5.conf names none, or one that cannot be: our own
        trouble."""
        for realm, port in ((REALM, place.free_port()), ("OTHER.TEST", 88), (REALM, 99999)):
            with self.subTest(realm=realm, port=port):
                config = self.folder / "nowhere.conf"
                config.write_text(kdc.krb5_conf(realm, port))
                asked = self.helper(env=self.server_env(KRB5_CONFIG=str(config)))
                reply = gssapi.ask(asked, self.client().step()[0])
                self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
                self.assertIn("no KDC answers", reply.line)
                self.assert_logged(asked, f'realm "{REALM}"')
                self.assert_good(asked)

    def test_a_foreign_realm(self) -> None:
        """No client has the proxy look for KDCs of any realm that it names."""
        port = place.free_port()
        config = self.folder / "two.conf"
        config.write_text(self.realm.config.read_text().replace(
            "[realms]\n", f"[realms]\n  FOREIGN.TEST = {{\n    kdc = 127.0.0.1:{port}\n  }}\n"))
        env = self.server_env(KRB5_CONFIG=str(config))
        client = self.enterContext(gssclient.Client(
            "iakerb", "alice@FOREIGN.TEST", "pw", flags=MUTUAL, env=kdc.client_env(config)))
        token = client.step()[0]
        asked = self.helper(env=env)
        self.assert_denied(gssapi.ask(asked, token), "does not ask the KDC", asked)
        self.assert_logged(asked, "--krb5-realm")
        asked = self.helper("--krb5-realm", "FOREIGN.TEST", env=env)
        reply = gssapi.ask(asked, token)
        self.assertEqual(reply.word, "BH", reply.line)      # it asked, and nobody was there

    def test_legs_without_end(self) -> None:
        """A client that begins again and again is told to stop, before libkrb5 says that no KDC is
        there."""
        asked, token = self.helper(), self.client().step()[0]
        for verb in ["YR"] + ["KK"] * 19:
            reply = gssapi.ask(asked, token, verb)
            self.assertEqual(reply.word, "TT", f"{reply.line}\n{asked.log_text()}")
        self.assert_denied(gssapi.ask(asked, token, "KK"), "too many steps", asked)
        self.assert_good(asked)

    def test_garbage_within(self) -> None:
        """Also what no KDC has an answer to: that does not pass for one that is away."""
        asked = self.helper()
        head = ber.encode(0x06, IAKERB)
        to_kdc = b"\x05\x01" + ber.encode(0x30, ber.encode(0xa1, ber.encode(0x04, REALM.encode())))
        for body in (b"\x05\x01", b"\x05\x01hello", b"\x05\x01\x30\x00", b"\x01\x00hello",
                     to_kdc, to_kdc + b"hello", to_kdc + b"\x6a\x02\x30\x00"):
            reply = gssapi.ask(asked, ber.encode(0x60, head + body))
            self.assert_denied(reply, ".", asked)
            self.assert_good(asked)


if __name__ == "__main__":
    unittest.main()
