# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi's keytab and replay cache: keys that are rotated while clients log in, files
that are missing, bad, half written or somebody else's, which names are taken, and tokens that are
used again at another process. Keys, tickets and tokens are those of a real MIT KDC and its tools.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import threading
import unittest
from collections.abc import Iterator, Sequence

from support import gss, gssapi, gssclient, kdc, place, stub

REALM = kdc.REALM
ALICE = f"alice@{REALM}"
SPN = "HTTP/localhost"
OTHER = "HTTP/other.example.test"
HOST = "host/localhost"
NOBODY = 65534
F_OFD_SETLK = 37


class Case(gssapi.Case):
    SERVICES = (SPN, OTHER, HOST)

    def setUp(self) -> None:
        super().setUp()
        self.own = self.enterContext(place.private_folder("keytab"))
        self.file = self.own / "http.keytab"
        self.config = self.own / "krb5.conf"
        self.configure(self.realm.config.read_bytes())

    def whole(self) -> bytes:
        return self.keytab.read_bytes()

    def replace(self, data: bytes, file: pathlib.Path | None = None) -> None:
        """As who writes beside and renames."""
        beside = self.own / "new"
        beside.write_bytes(data)
        beside.chmod(0o600)
        beside.rename(file or self.file)

    def configure(self, text: bytes) -> None:
        """A krb5.conf that all can read. A helper that looks at it meanwhile never finds it empty,
        which is a good one of another meaning."""
        beside = self.own / "new.conf"
        beside.write_bytes(text)
        beside.chmod(0o644)
        beside.rename(self.config)

    def kerberos(self, *options: str | pathlib.Path, **named: object) -> gssapi.Helper:
        """negotiate-gssapi with the file that the test plays with."""
        return self.helper("--keytab", self.file, *options, keytab=False, **named)

    def assert_logs_in(self, asked: gssapi.Helper, service: str = gssapi.SERVICE) -> None:
        self.assert_ok(gssapi.ask(asked, self.token(service=service)), ALICE, asked)

    def assert_trouble(self, asked: gssapi.Helper, words: str) -> None:
        reply = gssapi.ask(asked, self.token())
        self.assertEqual(reply.word, "BH", f"{reply.line}\n{asked.log_text()}")
        self.assertRegex(reply.text, words)

    def wait_for_ok(self, asked: gssapi.Helper) -> None:
        place.wait_for(lambda: gssapi.ask(asked, self.token()).word == "OK",
                       f"a login; {asked.log_text()}")

    def wait_for_log(self, asked: gssapi.Helper, words: str) -> None:
        place.wait_for(lambda: words in asked.log_text(), f"{words!r} in {asked.log_text()!r}")

    @contextlib.contextmanager
    def one_more(self, asked: gssapi.Helper, words: str) -> Iterator[None]:
        """What is done in it makes the log say `words` once more."""
        before = asked.log_text().count(words)
        yield
        place.wait_for(lambda: asked.log_text().count(words) > before,
                       f"{words!r} in {asked.log_text()!r}")
        self.assertEqual(asked.log_text().count(words), before + 1, asked.log_text())


class Load(threading.Thread):
    """Logs in without a pause, with each of `tokens` in turn, until stop(). `wrong`: what was not
    OK. Tokens can be added to it."""

    def __init__(self, asked: gssapi.Helper, tokens: Sequence[bytes]):
        super().__init__(daemon=True)
        self.asked, self.tokens = asked, list(tokens)
        self.wrong: list[str] = []
        self.logins = 0
        self.failure: BaseException | None = None
        self.stopping = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                for token in list(self.tokens):
                    reply = gssapi.ask(self.asked, token)
                    self.logins += 1
                    if reply.word != "OK":
                        self.wrong.append(reply.line)
        except BaseException as failure:
            self.failure = failure

    def some_more(self, count: int = 200) -> None:
        goal = self.logins + count
        place.wait_for(lambda: self.logins >= goal or self.failure, "logins")

    def stop(self) -> None:
        self.stopping.set()
        self.join()
        if self.failure:
            raise self.failure


class Rotation(Case):
    """A login whose ticket is for a key in the file never fails, from the moment that the file has
    it for as long as it has it."""

    TICKETS = ()

    def setUp(self) -> None:
        super().setUp()
        self.realm.kadmin(f"ktadd -k {self.file} {SPN}")
        self.kvno = self.newest()

    def newest(self) -> int:
        listed = subprocess.run([place.need_program("klist"), "-k", str(self.file)], check=True,
                                capture_output=True, text=True, env=self.realm.env()).stdout
        return max(int(row.split()[0]) for row in listed.splitlines()
                   if row.strip().endswith(f"{SPN}@{REALM}"))

    def tokens(self) -> list[bytes]:
        """With a ticket for the KDC's newest key."""
        self.realm.kinit("alice")
        return gss.init_many(self.realm.env("alice"), gssapi.SERVICE, 3)

    def rotate(self, keytab: pathlib.Path) -> None:
        self.realm.kadmin(f"ktadd -k {keytab} {SPN}")
        self.kvno += 1

    def in_place(self) -> None:
        """As kadmin writes, key by key, at the end of the file."""
        self.rotate(self.file)

    def by_copy(self) -> None:
        """As cp(1) writes: the file is empty, for a moment."""
        beside = self.own / "beside"
        shutil.copyfile(self.file, beside)
        self.rotate(beside)
        data = beside.read_bytes()
        with open(self.file, "wb", buffering=0) as file:
            for at in range(0, len(data), 100):
                file.write(data[at:at + 100])

    def by_rename(self) -> None:
        beside = self.own / "beside"
        shutil.copyfile(self.file, beside)
        beside.chmod(0o600)
        self.rotate(beside)
        beside.rename(self.file)

    def test_no_login_fails_while_keys_are_rotated(self) -> None:
        asked = self.kerberos("--replay-cache", "none")
        load = Load(asked, self.tokens())
        for way in (self.in_place, self.by_copy, self.by_rename, self.in_place):
            load.some_more()
            way()
            load.tokens += self.tokens()
        load.some_more(1000)
        load.stop()
        self.assertEqual(load.wrong, [], asked.log_text())
        self.assertEqual(self.newest(), self.kvno)
        self.assertIn(f"kvno {self.kvno - 4}, {self.kvno - 3}, {self.kvno - 2}, {self.kvno - 1}, "
                      f"{self.kvno}", asked.log_text().replace("\n", " "))

    def test_a_key_that_leaves_the_file(self) -> None:
        """Tickets for it are refused, with words for what to do; those for the others are not."""
        asked = self.kerberos("--replay-cache", "none")
        old = self.tokens()[0]
        self.rotate(self.file)
        new = self.tokens()[0]
        for token in (old, new):
            self.assert_ok(gssapi.ask(asked, token), ALICE, asked)
        self.realm.kadmin(f"ktremove -k {self.file} {SPN} old")
        place.wait_for(lambda: gssapi.ask(asked, old).word != "OK", "a refusal")
        self.assert_denied(gssapi.ask(asked, old), "key that the proxy does not have", asked)
        self.assertRegex(asked.log_text(), f"{SPN}@{REALM} kvno {self.kvno - 1}")
        self.assert_ok(gssapi.ask(asked, new), ALICE, asked)

    def test_a_new_key_at_the_first_login(self) -> None:
        """That login is what makes the helper look; nobody waits for the next look."""
        asked = self.kerberos("--replay-cache", "none", "--log-level", "info")
        self.assert_ok(gssapi.ask(asked, self.tokens()[0]), ALICE, asked)
        for _ in range(10):
            self.rotate(self.file)
            self.assert_ok(gssapi.ask(asked, self.tokens()[0]), ALICE, asked)

    def test_a_ticket_that_the_file_has_no_key_for_yet(self) -> None:
        """ERR, as it is the client's ticket; and OK as soon as the file has it."""
        asked = self.kerberos("--replay-cache", "none")
        beside = self.own / "beside"
        shutil.copyfile(self.file, beside)
        beside.chmod(0o600)
        self.rotate(beside)
        token = self.tokens()[0]
        self.assert_denied(gssapi.ask(asked, token), "key that the proxy does not have", asked)
        beside.rename(self.file)
        self.assert_ok(gssapi.ask(asked, token), ALICE, asked)


class Files(Case):
    def test_missing_then_there(self) -> None:
        asked = self.kerberos()
        for _ in range(3):
            self.assert_trouble(asked, "no keytab")
        self.replace(self.whole())
        self.wait_for_ok(asked)
        log = asked.log_text()
        self.assertEqual(log.count("logins get BH"), 1, log)
        self.assertRegex(log, f"read again: {SPN}@{REALM} kvno 2")
        self.assertEqual(asked.finish(), 0)

    def test_what_was_read_stays(self) -> None:
        """Each trouble is told once, and its end; logins go on. A helper for each, so that they
        notice at the same time."""
        whole, helpers = self.whole(), []
        for data, words in ((b"", "is empty"), (whole[:-5], "is cut"),
                            (b"root:x:0:0\n", "is no keytab"), (b"\5\2", "holds no keys"),
                            (whole[:2] + b"\x7f" + whole[3:], "is cut")):
            file = self.own / f"{len(helpers)}.keytab"
            self.replace(whole, file)
            asked = self.helper("--keytab", file, keytab=False)
            self.assert_logs_in(asked)
            helpers.append((asked, file, data, words))
        for _, file, data, _ in helpers:
            self.replace(data, file)
        for asked, file, _, words in helpers:
            self.wait_for_log(asked, words)
            self.assert_logs_in(asked)
            self.replace(whole, file)
        for asked, _, _, words in helpers:
            self.wait_for_log(asked, "read again")
            self.assert_logs_in(asked)
            told = [asked.log_text().count(text) for text in (words, "read again", "get BH")]
            self.assertEqual(told, [1, 1, 0], asked.log_text())

    def test_what_was_read_stays_without_a_file(self) -> None:
        self.replace(self.whole())
        asked = self.kerberos()
        self.assert_logs_in(asked)
        with self.one_more(asked, "there is no keytab"):
            self.file.unlink()
        self.assert_logs_in(asked)
        with self.one_more(asked, "is a folder"):
            self.file.mkdir()
        self.assert_logs_in(asked)
        with self.one_more(asked, "read again"):
            self.file.rmdir()
            self.replace(self.whole())
        with self.one_more(asked, "is cut"):
            self.replace(self.whole()[:-5])
        self.assert_logs_in(asked)
        self.assertNotIn("logins get BH", asked.log_text())

    def test_bad_at_first(self) -> None:
        whole = self.whole()
        for data, words in ((whole[:-5], "is cut"), (b"text", "is no keytab"), (b"", "is empty")):
            with self.subTest(words):
                self.replace(data)
                asked = self.kerberos()
                self.assert_trouble(asked, "keytab cannot be used")
                self.assertRegex(asked.log_text(), f"{words}.*logins get BH")
                self.replace(whole)
                self.wait_for_ok(asked)

    def test_half_written_at_first(self) -> None:
        whole = self.whole()
        with open(self.file, "wb", buffering=0) as file:
            file.write(whole[:60])
            asked = self.kerberos()
            self.assert_trouble(asked, "keytab cannot be used")
            file.write(whole[60:])
        self.wait_for_ok(asked)

    def as_another(self, *options: str | pathlib.Path, **more: str) -> gssapi.Helper:
        """negotiate-gssapi as NOBODY, where the test runs as root: no mode keeps a file from that
        one. What it needs is in the folder that is its own."""
        program, user = gssapi.argv()[0], {}
        shared = self.own / "replays"
        shared.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            for folder in (self.own, shared):
                os.chown(folder, NOBODY, NOBODY)
            program = place.for_others(program, self.folder)
            user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        env = self.server_env(KRB5_CONFIG=str(self.config), KRB5RCACHEDIR=str(shared), **more)
        return self.start([program, *map(str, options)], ids=False, env=env, **user)

    def give(self, file: pathlib.Path) -> None:
        """To whom as_another() runs as."""
        if os.geteuid() == 0:
            os.chown(file, NOBODY, NOBODY)

    def reader(self) -> int:
        return NOBODY if os.geteuid() == 0 else os.geteuid()

    def test_not_readable(self) -> None:
        self.replace(self.whole())
        self.file.chmod(0)
        self.give(self.file)
        asked = self.as_another("--keytab", self.file)
        self.assert_trouble(asked, "keytab cannot be used")
        self.wait_for_log(asked, f"cannot be read by user {self.reader()}")
        self.file.chmod(0o400)
        self.wait_for_ok(asked)

    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_of_root_alone(self) -> None:
        self.replace(self.whole())
        asked = self.as_another("--keytab", self.file)
        self.assert_trouble(asked, "keytab cannot be used")
        self.wait_for_log(asked, f"cannot be read by user {NOBODY}")
        self.give(self.file)
        self.wait_for_ok(asked)

    def test_a_bad_krb5_conf(self) -> None:
        """Our own trouble while it lasts, at the start and later, and no longer."""
        self.replace(self.whole())
        self.give(self.file)
        whole = self.config.read_bytes()
        for spoil, words in ((lambda: self.config.chmod(0), "cannot be read"),
                             (lambda: self.configure(b"[libdefaults\n"), "malformed")):
            with self.subTest(words):
                spoil()
                asked = self.as_another("--keytab", self.file)
                self.assert_trouble(asked, "keytab cannot be used")
                self.wait_for_log(asked, "is krb5.conf good?")
                self.configure(whole)
                self.wait_for_ok(asked)
                spoil()
                place.wait_for(lambda: gssapi.ask(asked, self.token()).word != "OK", "trouble")
                self.assert_trouble(asked, f"krb5.conf .*{words}")
                self.configure(whole)
                self.wait_for_ok(asked)

    def test_a_bad_krb5_conf_that_names_the_keytab(self) -> None:
        """No reason to end, either: the helper finds its keytab when it can be read."""
        self.replace(self.whole())
        self.give(self.file)
        whole = self.config.read_bytes().replace(
            b"[libdefaults]\n", b"[libdefaults]\n  default_keytab_name = %s\n" % bytes(self.file))
        for text, words in ((b"[libdefaults\n", "is krb5.conf good"),
                            (whole.replace(bytes(self.file), b"MEMORY:x"),
                             '"MEMORY:x" is no keytab')):
            with self.subTest(words):
                self.configure(text)
                done = gssapi.run("--check", env=self.server_env(KRB5_CONFIG=str(self.config)))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(done.stdout.decode(), words)
                asked = self.as_another()
                self.assert_trouble(asked, "keytab cannot be used")
                self.wait_for_log(asked, words)
                self.configure(whole)
                self.wait_for_ok(asked)
                self.assertIn(f"the keytab {self.file}: read again", asked.log_text())

    def test_a_replay_cache_of_krb5_conf_that_cannot_be_meant(self) -> None:
        self.configure(self.config.read_bytes().replace(
            b"[libdefaults]\n", b"[libdefaults]\n  default_rcache_name = file2:%{TEMP}/x\n"))
        asked = self.helper(env=self.server_env(KRB5_CONFIG=str(self.config)))
        self.assert_logs_in(asked)
        self.assertRegex(asked.log_text(), "default_rcache_name .*passed over")

    def test_ntlm_needs_no_keytab(self) -> None:
        """What it needs is there, so its logins go on; those by Kerberos are our trouble."""
        if not gssclient.has_ntlm():
            self.skipTest("gss-ntlmssp is not installed")
        accounts = self.own / "accounts"
        stub.write_accounts(accounts, {"alice": "alice-pw"}, "", None)
        asked = self.kerberos("--ntlm", "--ntlm-file", accounts)
        for word in ("BH", "OK"):
            with gssclient.Client("ntlm", "LAB\\alice", "alice-pw") as client:
                reply = gssapi.ask(asked, client.step()[0])
                self.assertEqual(reply.word, "TT", f"{reply.line}\n{asked.log_text()}")
                reply = gssapi.ask(asked, client.step(reply.token)[0], "KK")
            self.assertEqual((reply.word, reply.user), ("OK", "alice"), asked.log_text())
            self.assertEqual(gssapi.ask(asked, self.token()).word, word, asked.log_text())
            self.replace(self.whole())
            self.wait_for_log(asked, "read again")

    def test_who_else_can_read_it(self) -> None:
        self.replace(self.whole())
        self.file.chmod(0o644)
        asked = self.kerberos()
        self.wait_for_log(asked, "can be read by every account")
        self.assert_logs_in(asked)
        self.file.chmod(0o600)
        self.assert_logs_in(asked)
        self.assertEqual(asked.log_text().count("every account"), 1, asked.log_text())

    def test_where_it_is(self) -> None:
        """KRB5_KTNAME as libkrb5 reads it."""
        self.replace(self.whole())
        for name in (self.file, f"FILE:{self.file}", f"WRFILE:{self.file}"):
            with self.subTest(name):
                asked = self.helper(keytab=False, env=self.server_env(KRB5_KTNAME=str(name)))
                self.assert_logs_in(asked)
        done = gssapi.run(env=self.server_env(KRB5_KTNAME="MEMORY:x"))
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, b'KRB5_KTNAME: "MEMORY:x" is no keytab in a file')


class Names(Case):
    """Which keys and tickets are taken."""

    def assert_takes(self, options: Sequence[str], taken: Sequence[str],
                     refused: Sequence[str]) -> None:
        asked = self.helper(*options)
        for service in taken:
            with self.subTest(options, service=service):
                self.assert_logs_in(asked, service)
        for service in refused:
            with self.subTest(options, service=service):
                reply = gssapi.ask(asked, self.token(service=service))
                self.assert_denied(reply, "proxy", asked)

    def test_any_http_by_default(self) -> None:
        self.assert_takes([], ["HTTP@localhost", "HTTP@other.example.test"], ["host@localhost"])

    def test_any_at_all(self) -> None:
        every = ["HTTP@localhost", "HTTP@other.example.test", "host@localhost"]
        for word in ("any", "GSS_C_NO_NAME"):
            self.assert_takes(["-s", word], every, [])

    def test_named(self) -> None:
        for name in (OTHER, f"{OTHER}@{REALM}", "HTTP@OTHER.Example.test"):
            self.assert_takes(["--spn", name], ["HTTP@other.example.test"], ["HTTP@localhost"])
        self.assert_takes(["--spn", OTHER, "--spn", HOST],
                          ["HTTP@other.example.test", "host@localhost"], ["HTTP@localhost"])

    def test_none_of_that_name(self) -> None:
        """Our trouble for a ticket that would be taken; any other is the client's."""
        self.realm.kadmin(f"ktadd -norandkey -k {self.file} {SPN}")
        asked = self.kerberos("--spn", OTHER)
        reply = gssapi.ask(asked, self.token(service="HTTP@other.example.test"))
        self.assertRegex(reply.line, "^BH .*keytab cannot be used")
        self.assertRegex(asked.log_text(), f"no key that --spn takes, only of {SPN}@{REALM}")
        self.assert_denied(gssapi.ask(asked, self.token()), "another service", asked)


class Replays(Case):
    """A token that was taken by one process is refused by all others of the account."""

    def replays_in(self, folder: pathlib.Path) -> gssapi.Helper:
        return self.helper("--replay-cache", folder)

    def file_in(self, folder: pathlib.Path) -> pathlib.Path:
        return folder / f"krb5_{os.geteuid()}.rcache2"

    def test_a_token_at_two_processes(self) -> None:
        first, second = self.replays_in(self.own), self.replays_in(self.own)
        apart = self.replays_in(self.folder)
        token = self.token()
        self.assert_ok(gssapi.ask(first, token), ALICE, first)
        for asked in (second, first):
            self.assert_denied(gssapi.ask(asked, token), "replay", asked)
        self.assertTrue(self.file_in(self.own).is_file())
        self.assert_ok(gssapi.ask(apart, token), ALICE, apart)

    def test_where_libkrb5_would_keep_it(self) -> None:
        elsewhere = self.own / "file"
        for extra, file in (({"KRB5RCACHEDIR": str(self.own)}, self.file_in(self.own)),
                            ({"KRB5RCACHENAME": f"file2:{elsewhere}"}, elsewhere)):
            with self.subTest(extra):
                asked = self.helper(env=self.server_env() | extra)
                token = self.token()
                self.assert_ok(gssapi.ask(asked, token), ALICE, asked)
                self.assert_denied(gssapi.ask(asked, token), "replay", asked)
                self.assertTrue(file.is_file())

    def test_none(self) -> None:
        for options, extra in ((["--replay-cache", "none"], {}), (["-t", "none"], {}),
                               ([], {"KRB5RCACHENAME": "none:"}), ([], {"KRB5RCACHETYPE": "none"})):
            with self.subTest(options, extra=extra):
                env = self.server_env(KRB5RCACHEDIR=str(self.own)) | extra
                asked = self.helper(*options, env=env)
                token = self.token()
                for _ in range(2):
                    self.assert_ok(gssapi.ask(asked, token), ALICE, asked)
                self.assertFalse(self.file_in(self.own).exists())

    def test_a_folder_that_is_missing(self) -> None:
        folder = self.own / "later"
        asked = self.replays_in(folder)
        self.wait_for_log(asked, f"{folder}: No such file or directory; Kerberos logins get BH")
        self.assert_trouble(asked, "replay cache")
        self.assertGreater(asked.log_text().count(f"{folder}: No such file"), 1)
        folder.mkdir()
        self.assert_logs_in(asked)

    def test_a_link_in_the_place_of_the_file(self) -> None:
        """Who may write to the folder could have another file of the account overwritten."""
        target = self.own / "target"
        target.write_text("precious")
        self.file_in(self.own).symlink_to(target)
        asked = self.replays_in(self.own)
        self.assert_trouble(asked, "replay cache")
        self.assertRegex(asked.log_text(), "no plain file")
        self.assertEqual(target.read_text(), "precious")
        self.file_in(self.own).unlink()
        self.assert_logs_in(asked)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_file_of_somebody_else(self) -> None:
        file = self.file_in(self.own)
        file.touch(0o666)
        os.chown(file, NOBODY, NOBODY)
        asked = self.replays_in(self.own)
        self.assert_trouble(asked, "replay cache")
        self.assertRegex(asked.log_text(), f"is of user {NOBODY}")
        file.unlink()
        self.assert_logs_in(asked)

    @contextlib.contextmanager
    def locked(self, file: pathlib.Path) -> Iterator[None]:
        """As another helper process does it, but for longer."""
        with open(file, "r+b") as held:
            fcntl.fcntl(held, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
            yield

    def test_a_lock_that_is_held(self) -> None:
        """The helper answers at its deadline, and goes on when the lock is free. So short a deadline
        may pass before the keytab has been read, or before those have ended that waited."""
        asked = self.helper("--replay-cache", self.own, "--deadline", "1")
        self.wait_for_ok(asked)
        with self.locked(self.file_in(self.own)):
            for _ in range(3):
                self.assertEqual(gssapi.ask(asked, self.token()).word, "BH")
        self.wait_for_ok(asked)

    def test_the_stock_helper_beside(self) -> None:
        """Both keep the same file, so that processes can be exchanged one by one."""
        program = place.stock_helper("negotiate_kerberos_auth")
        asked = self.replays_in(self.own)
        stock = self.start([program, "-k", str(self.keytab), "-s", "GSS_C_NO_NAME",
                            "-c", str(self.own)], ids=False, env=self.server_env())
        for first, second, words in ((asked, stock, "^BH .*replay"),
                                     (stock, asked, "^ERR .*replay")):
            token = self.token()
            self.assertEqual(gssapi.ask(first, token).word, "OK")
            self.assertRegex(gssapi.ask(second, token).line, words)


class Check(Case):
    def check(self, *options: str | pathlib.Path, **env: str) -> tuple[int, str]:
        done = gssapi.run("--check", *options, env=self.server_env(**env))
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def test_all_is_well(self) -> None:
        code, said = self.check("--keytab", self.keytab)
        self.assertEqual(code, 0, said)
        self.assertIn("6 keys, 4 of them used", said)
        self.assertRegex(said, f"{SPN}@{REALM} kvno 2 aes256-cts-hmac-sha1-96\n")
        self.assertRegex(said, f"{HOST}@{REALM} kvno 2 aes128-cts-hmac-sha1-96: not used, as it is "
                               "of no HTTP/ name")
        said = self.check("--keytab", self.keytab, "--spn", SPN)[1]
        self.assertRegex(said, f"{HOST}@{REALM} kvno 2 aes128-cts-hmac-sha1-96: not used, as --spn ")
        self.assertIn(f"replay cache: {self.replays}/", said)
        self.assertIn("Kerberos, IAKERB", said)

    def test_what_is_wrong(self) -> None:
        self.replace(self.whole()[:-5])
        for options, words in ((["--keytab", "/nonexistent"], "there is no keytab /nonexistent"),
                               (["--keytab", self.own], "is a folder"),
                               (["--keytab", self.file], "is cut"),
                               (["--keytab", self.keytab, "--spn", "HTTP/x"], "--spn takes"),
                               (["--keytab", self.keytab, "--replay-cache", "/nonexistent"],
                                "/nonexistent: No such file")):
            with self.subTest(options):
                code, said = self.check(*options)
                self.assertEqual(code, 1, said)
                self.assertIn(words, said)

    def test_types_that_krb5_conf_forbids(self) -> None:
        """A key that no login can use is not used, whatever --spn takes."""
        good = self.config.read_text()
        for value, status, words in (
                ("aes256-cts", 0, "6 keys, 2 of them used"),
                ("aes256-cts", 0, f"{SPN}@{REALM} kvno 2 aes128-cts-hmac-sha1-96: not used, as "
                                  "permitted_enctypes"),
                ("camellia256-cts", 1, "none of these keys"),
                ("aes256-cts-hmac-sha1-69", 1, "allows no encryption type")):
            with self.subTest(value):
                self.config.write_text(good.replace(
                    "[libdefaults]\n", f"[libdefaults]\n  permitted_enctypes = {value}\n"))
                code, said = self.check("--keytab", self.keytab, KRB5_CONFIG=str(self.config))
                self.assertEqual(code, status, said)
                self.assertIn(words, said)


if __name__ == "__main__":
    unittest.main()
