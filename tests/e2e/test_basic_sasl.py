# SPDX-License-Identifier: BSD-2-Clause
"""basic-sasl with sasldb, and with a real saslauthd in front of the same sasldb. Who is in it was
put there by Cyrus SASL's own saslpasswd2."""

import os
import pathlib
import socket
import subprocess
import unittest

from support import helper, place, saslauthd
from support.saslauthd import AGAIN, ERR, OK, TROUBLE

HOST = socket.gethostname()


class Logins:
    """The same users, whoever looks them up."""

    def test_right_and_wrong(self) -> None:
        asked = self.ours()
        for user, password, reply in (
                ("alice@example.org", "alice-pw", OK), ("alice@example.org", "wrong", ERR),
                ("alice@example.org", "alice-p", ERR), ("alice@example.org", "alice-pwx", ERR),
                ("bob", "bob pw", OK), ("bob", "alice-pw", ERR), ("Bob", "bob pw", ERR),
                ("nobody", "bob pw", ERR), ("nobody@example.org", "alice-pw", ERR),
                ("", "bob pw", ERR), ("bob", "", ERR)):
            with self.subTest(user=user, password=password):
                self.assertEqual(asked.ask(user, password), reply)
        self.assertEqual(asked.finish(), 0)

    def test_without_ids(self) -> None:
        asked = self.ours(ids=False)
        self.assertEqual(asked.ask("bob", "bob pw"), OK)
        self.assertEqual(asked.ask("bob", "no"), ERR)
        self.assertEqual(asked.finish(), 0)

    def test_realms(self) -> None:
        """A bare name is of the realm that is the host's name; there is no alice in it."""
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "alice-pw"), ERR)
        self.assertEqual(asked.ask("bob@example.org", "bob pw"), ERR)
        self.assertEqual(asked.ask("@example.org", "alice-pw"), ERR)
        self.assertEqual(asked.ask("alice@example.org@example.org", "alice-pw"), ERR)

    def test_a_realm_for_all(self) -> None:
        """With --realm one person has one name, the one without."""
        asked = self.ours("--realm", "example.org")
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)
        self.assertEqual(asked.ask("alice", "wrong"), ERR)
        self.assertEqual(asked.ask("bob", "bob pw"), ERR)
        self.assertEqual(asked.ask("alice@example.org", "alice-pw"), ERR)
        lax = self.ours("--realm", "example.org", "--accept-aliases")
        self.assertEqual(lax.ask("alice", "alice-pw"), OK)
        self.assertEqual(lax.ask("alice@example.org", "alice-pw"), OK)
        self.assertEqual(lax.ask("alice@example.org", "wrong"), ERR)

    def test_blanks_around_a_name(self) -> None:
        """libsasl2 cuts them off; Squid's access lists would see another name."""
        asked = self.ours()
        for name in (" bob", "bob ", "\tbob", "bob\n", " ", " \t "):
            self.assertEqual(asked.ask(name, "bob pw"), ERR)
        lax = self.ours("--accept-aliases")
        self.assertEqual(lax.ask(" bob", "bob pw"), OK)
        self.assertEqual(lax.ask(" \t ", "bob pw"), ERR)

    def test_long_ones_are_nobodys(self) -> None:
        asked = self.ours()
        for user, password in (("u" * 1100, "p"), ("u" * 8000, "p"), ("bob", "p" * 8150),
                               ("u" * 4100, "p" * 4080)):
            self.assertEqual(asked.ask(user, password), ERR)
        self.assertEqual(asked.ask("bob", "bob pw"), OK)

    def test_many_at_once(self) -> None:
        """Each gets its own verdict, whatever the order."""
        asked = self.ours()
        people = [("bob", "bob pw", OK), ("alice@example.org", "alice-pw", OK),
                  ("carol", "carol-pw", OK), ("carol", "bob pw", ERR), ("bob", "carol-pw", ERR)]
        requests = [people[number * 7 % 5] for number in range(600)]
        replies = asked.ask_many([helper.line(user, password) for user, password, _ in requests])
        self.assertEqual(replies, [wanted for _, _, wanted in requests])
        self.assertEqual(asked.finish(), 0)

    def test_key_extras(self) -> None:
        asked = self.ours("--key-extras", "1")
        self.assertEqual(asked.ask("bob", "bob pw", "192.0.2.1"), OK)
        self.assertEqual(asked.ask("bob", "no", "192.0.2.1"), ERR)

    def test_nothing_tells_who_exists(self) -> None:
        """Neither the reply, nor the log below --debug."""
        asked = self.ours()
        self.assertEqual(asked.ask("bob", "no"), asked.ask("nobody", "no"))
        self.assertEqual(asked.finish(), 0)
        self.assertEqual(asked.log_text(), "")

    def test_no_password_in_the_log(self) -> None:
        asked = self.ours("--debug")
        asked.ask("bob", "bob pw")
        asked.ask("bob", "Kallisto")
        asked.ask("nobody", "Ganymed")
        self.assertEqual(asked.finish(), 0)
        for password in ("bob pw", "Kallisto", "Ganymed"):
            self.assertNotIn(password, asked.log_text())
        self.assertIn("bob: wrong user or password: ", asked.log_text())

    def test_check(self) -> None:
        done = self.run_check()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(f"configuration: {self.conf}/basic_sasl_auth.conf", done.stdout)
        self.assertIn("a login was answered", done.stdout)

    def run_check(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(saslauthd.argv("--check", "--config-dir", self.conf, *words),
                              capture_output=True, text=True, timeout=place.PATIENCE_S)


class Sasldb(Logins, saslauthd.Case):
    def test_two_names_of_the_host(self) -> None:
        """As with Squid's helper: a bare name, and the same with the host's name behind it."""
        asked = self.ours()
        self.assertEqual(asked.ask(f"bob@{HOST}", "bob pw"), OK)

    def test_users_come_and_go(self) -> None:
        asked = self.ours()
        self.assertEqual(asked.ask("dora", "first"), ERR)
        saslauthd.add_user(self.database, "dora", "first")
        self.assertEqual(asked.ask("dora", "first"), OK)
        saslauthd.add_user(self.database, "dora", "second")
        self.assertEqual(asked.ask("dora", "first"), ERR)
        self.assertEqual(asked.ask("dora", "second"), OK)
        saslauthd.remove_user(self.database, "dora")
        self.assertEqual(asked.ask("dora", "second"), ERR)


class Daemon(Logins, saslauthd.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.use_saslauthd()

    def test_the_service_is_told(self) -> None:
        """saslauthd logs what it was asked; PAM behind it would look for a file of that name."""
        for words, service in (((), "basic_sasl_auth"), (("--service", "proxy"), "proxy")):
            user = f"nobody-{service}"
            self.assertEqual(self.ours(*words).ask(user, "x"), ERR)
            log = self.folder / "saslauthd.log"
            place.wait_for(lambda: f"[user={user}] [service={service}]" in log.read_text(),
                           "saslauthd's log")


class Configuration(saslauthd.Case):
    """Its file is no option: what is wrong with it is trouble, and ends when it does."""

    def file(self) -> pathlib.Path:
        return self.conf / "basic_sasl_auth.conf"

    def setUp(self) -> None:
        self.use_sasldb()

    def check_fails(self, *words: str) -> str:
        done = subprocess.run(saslauthd.argv("--check", "--config-dir", self.conf, *words),
                              capture_output=True, text=True, timeout=place.PATIENCE_S)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stdout

    def recovers(self, says: str) -> None:
        asked = self.ours()
        self.assert_repeat(asked, "bob", "bob pw", TROUBLE, AGAIN)
        self.assertIn(says, asked.log_text())
        self.assertIn(says, self.check_fails())
        self.use_sasldb()
        self.await_reply(asked, "bob", "bob pw", OK)
        self.assertEqual(asked.ask("bob", "no"), ERR)
        self.assertEqual(asked.finish(), 0)

    def test_missing(self) -> None:
        self.file().unlink()
        self.recovers(f"there is no {self.file()}")

    def test_bad(self) -> None:
        self.file().write_text("pwcheck_method auxprop without a colon\n")
        self.recovers(f"libsasl2 cannot use its configuration {self.file()}")

    def test_no_file(self) -> None:
        """What libsasl2 cannot read it takes for a file that is not there, and asks /etc/sasldb2; of a
        FIFO it waits for the writer."""
        for make, says in ((pathlib.Path.mkdir, "is a folder"), (os.mkfifo, "is a FIFO")):
            self.file().unlink()
            make(self.file())
            asked = self.ours()
            self.assertEqual(asked.ask("bob", "bob pw"), TROUBLE)
            self.assertIn(says, asked.log_text())
            self.assertIn(says, self.check_fails())
            self.file().rmdir() if self.file().is_dir() else self.file().unlink()
            self.use_sasldb()
            self.await_reply(asked, "bob", "bob pw", OK)

    def test_zeros(self) -> None:
        """Which a crash of the system can leave in a file; libsasl2 passes over a line with them."""
        text = self.file().read_bytes()
        self.file().write_bytes(text.replace(b"sasldb_path", bytes(10) + b"sasldb_path"))
        self.recovers("there is a NUL byte in it")

    def test_an_unknown_method(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="bogus")
        self.assertEqual(self.ours().ask("bob", "bob pw"), TROUBLE)
        self.assertIn("unknown password verifier(s) bogus", self.check_fails())

    def test_an_unknown_plugin(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="auxprop", auxprop_plugin="nosuch")
        self.assertEqual(self.ours().ask("bob", "bob pw"), TROUBLE)
        self.assertIn("could not find auxprop plugin, was searching for 'nosuch'",
                      self.check_fails())

    def test_no_sasldb(self) -> None:
        """libsasl2 says that it knows no such user."""
        away = self.database.with_name("away")
        self.database.rename(away)
        self.addCleanup(lambda: away.exists() and away.rename(self.database))
        asked = self.ours()
        self.assertEqual(asked.ask("bob", "bob pw"), TROUBLE)
        self.assertEqual(asked.ask("nobody", "x"), TROUBLE)
        self.assertIn(f"there is no {self.database}", asked.log_text())
        self.assertIn(f"there is no {self.database}", self.check_fails())
        away.rename(self.database)
        self.await_reply(asked, "bob", "bob pw", OK)

    def test_a_sasldb_that_is_none(self) -> None:
        saslauthd.configure(self.conf, pwcheck_method="auxprop", auxprop_plugin="sasldb",
                            sasldb_path=self.folder)
        self.assertEqual(self.ours().ask("bob", "bob pw"), TROUBLE)
        self.assertIn("unable to open Berkeley db", self.check_fails())

    def test_another_application(self) -> None:
        saslauthd.configure(self.conf, "other", pwcheck_method="auxprop", auxprop_plugin="sasldb",
                            sasldb_path=self.database)
        self.file().unlink()
        self.assertEqual(self.ours("--application", "other").ask("bob", "bob pw"), OK)

    def test_the_folder_of_the_environment(self) -> None:
        """As Squid's helper takes it."""
        env = place.clean_env(SASL_CONF_PATH=str(self.conf))
        asked = self.start(saslauthd.argv(), env=env)
        self.assertEqual(asked.ask("bob", "bob pw"), OK)


class Options(saslauthd.Case):
    def test_what_makes_no_sense(self) -> None:
        for words, says in ((("--application", "a/b"), 'option --application: "a/b"'),
                            (("--application", ""), 'option --application: ""'),
                            (("--application", "basic_sasl_auth.conf"), "without .conf"),
                            (("--application", ".conf"), "without .conf"),
                            (("--service", ""), "option --service: "),
                            (("--realm", "a@b"), "option --realm: "),
                            (("--realm", ""), "option --realm: "),
                            (("--config-dir", ""), "option --config-dir: "),
                            (("--config-dir", "/a:/b"), "option --config-dir: "),
                            (("--workers", "0"), "workers"), (("--workers", "65"), "workers"),
                            (("word",), "word"), (("-x",), "-x")):
            with self.subTest(words):
                done = subprocess.run(saslauthd.argv(*words), capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertIn(says, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)


if __name__ == "__main__":
    unittest.main()
