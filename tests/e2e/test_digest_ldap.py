# SPDX-License-Identifier: BSD-2-Clause
"""digest-ldap with a real slapd, and both behind a real Squid with curl.

Hashes come from Python's MD5; what values mean is worked out by hand from Squid's
src/auth/digest/LDAP/ldap_backend.cc.
"""

import pathlib
import subprocess
import unittest

from support import basicldap, digestfile, digestldap, helper, place, slapd, squid, tree

REALM = digestldap.REALM
DENIED = digestldap.DENIED
USERS = digestldap.USERS
CUT = 8191      # bytes of the longest line that Squid writes


def ok(user: str, password: str = "", realm: str = REALM) -> str:
    return digestfile.ok(user, realm, password or USERS[user])


class Values(digestldap.Case):
    def test_records(self) -> None:
        """-e: realm:HA1. With and without ids, each user twice."""
        for ids in (True, False):
            asked = self.records(ids=ids)
            for user in [*USERS, *USERS]:
                with self.subTest(user, ids=ids):
                    self.assertEqual(asked.about(user), ok(user))
                    self.assertEqual(asked.about(user, "Other"), DENIED)
                    self.assertEqual(asked.about(user + "x"), DENIED)
            self.assertEqual(asked.finish(), 0)

    def test_passwords_in_clear(self) -> None:
        """Any realm, unless -r names one."""
        asked = self.plain()
        for user, password in USERS.items():
            self.assertEqual(asked.about(user), ok(user))
            self.assertEqual(asked.about(user, "Grüße"), ok(user, password, "Grüße"))
        self.assertIn("give -r NAME", asked.log_text())
        asked = self.plain("-r", REALM)
        for user in USERS:
            self.assertEqual(asked.about(user), ok(user))
            for realm in ("Other", "", REALM + " ", REALM.lower(), REALM[:-1]):
                self.assertEqual(asked.about(user, realm), DENIED, realm)
        self.assertNotIn("give -r NAME", asked.log_text())

    def test_hashes_without_a_realm(self) -> None:
        """-l '' -r REALM: the value is the HA1 of that realm."""
        asked = self.start([place.helper_path("digest-ldap"), "-b", tree.PEOPLE, "-u", "uid", "-A",
                            "title", "-e", "-l", "", "-r", REALM, "-H", self.slapd.ldap_url,
                            *place.patient([])])
        for user in USERS:
            self.assertEqual(asked.about(user), ok(user))
            self.assertEqual(asked.about(user, "Other"), DENIED)
        for user in ("nothex", "short", "nothing"):
            self.assertEqual(asked.about(user), DENIED)

    def test_several_values(self) -> None:
        asked = self.records()
        self.assertEqual(asked.about("several"), ok("several", "several-pw"))
        self.assertEqual(asked.about("several", "Other"), ok("several", "other", "Other"))
        self.assertEqual(asked.about("several", "Third"), DENIED)
        self.assertEqual(asked.about("capitals"), ok("capitals", "x"))
        self.assertEqual(self.plain().about("several"), ok("several", "several-pw"))

    def test_values_that_cannot_be_used(self) -> None:
        """ERR, as for an unknown user; only the log tells why, and not what the value was."""
        asked = self.records()
        for user in ("nothex", "short"):
            self.assertEqual(asked.about(user), DENIED)
            self.assertIn(f"{user}: the value of l is no HA1", asked.log_text())
        self.assertEqual(asked.about("nothing"), DENIED)
        self.assertIn("nothing: there is no value of l for this realm", asked.log_text())
        plain = self.plain()
        self.assertEqual(plain.about("hashed"), DENIED)
        self.assertIn("hashed: the value of description is empty or the hash", plain.log_text())
        for secret in (digestldap.NOT_HEX, digestldap.SSHA, digestldap.SSHA[6:]):
            self.assertNotIn(secret, asked.log_text() + plain.log_text())

    def test_attribute_names_in_any_case(self) -> None:
        asked = self.start([*digestldap.argv(self.slapd.ldap_url), "-A", "L"])
        self.assertEqual(asked.about("alice"), ok("alice"))

    def test_no_secret_in_the_log(self) -> None:
        asked = self.plain("-d")
        for user in USERS:
            self.assertEqual(asked.about(user), ok(user))
        self.assertEqual(asked.finish(), 0)
        found = basicldap.secrets_in(asked.log_text(), *USERS.values(),
                                     *(digestfile.md5(user, REALM, password)
                                       for user, password in USERS.items()))
        self.assertEqual(found, [])


class Names(digestldap.Case):
    def test_names_change_no_filter(self) -> None:
        """Defect 22: a name is a value in a filter, by -F and by -u."""
        by_attr = [place.helper_path("digest-ldap"), "-b", tree.PEOPLE, "-u", "uid", "-A", "l",
                   "-e", "-H", self.slapd.ldap_url, *place.patient([])]
        for words in (digestldap.argv(self.slapd.ldap_url), by_attr):
            asked = self.start(words)
            for name in ("*", "ali*", "alice)(uid=*", "*)(uid=alice", "alice)", "(uid=alice)",
                         "\\2a", "alice\\00", "a" * 4000):
                with self.subTest(name[:20]):
                    self.assertEqual(asked.about(name), DENIED)
            self.assertEqual(asked.about("alice"), ok("alice"))

    def test_one_person_one_name(self) -> None:
        """slapd finds alice by full-width letters, too; --accept-aliases lets it."""
        aliases = ("\uff41lice", "alice\u00a0", "\u24d0lice")
        asked = self.records()
        for name in aliases:
            self.assertEqual(asked.about(name), DENIED)
        self.assertEqual(asked.about("ALICE"), ok("alice"))
        asked = self.records("--accept-aliases")
        for name in aliases:
            self.assertEqual(asked.about(name), ok("alice"))

    def test_a_name_that_two_entries_have(self) -> None:
        asked = self.plain()
        self.assertEqual(asked.about("twin"), DENIED)
        one = self.start([*digestldap.plain_argv(self.slapd.ldap_url), "-b",
                          f"ou=east,{tree.PEOPLE}"])
        self.assertEqual(one.about("twin"), ok("twin", "twin-pw"))

    def test_a_user_with_a_colon_is_nobody(self) -> None:
        """The hash of `a:b` in realm c is that of `a` in realm b:c."""
        self.assertEqual(self.plain().about("alice:x", "y"), DENIED)


class Lines(digestldap.Case):
    def test_strange_lines(self) -> None:
        """One reply each, never OK. BH where Squid cannot have written the line."""
        asked = self.records("--concurrency", "on")
        for line, wanted in ((b"", "^BH "), (b"alice", "^BH "), (b'"alice"', "^BH "),
                             (b'"alice":"Test Proxy" x', "^BH "), (b'"":"Test Proxy"', "^ERR "),
                             (b'"alice\0":"Test Proxy"', "^BH "), (b'"\xff\xfe":"x"', "^ERR ")):
            with self.subTest(line):
                self.assertRegex(asked.ask_line(line), wanted)
        self.assertEqual(asked.about("alice"), ok("alice"))

    def test_extras(self) -> None:
        asked = self.records("--key-extras", "2")
        self.assertEqual(asked.about("alice", REALM, "10.0.0.1", "x"), ok("alice"))
        self.assertEqual(asked.about("alice", REALM, "10.0.0.1"), DENIED)

    def test_a_request_that_squid_cut(self) -> None:
        asked = self.records()
        for number in (1, 2):
            asked.expect(number)
        asked.socket.sendall(b'1 "' + b"x" * (CUT - 1) + b'2 "alice":"%s"\n' % REALM.encode())
        replies = dict((asked.receive(), asked.receive()))
        self.assertRegex(replies[1], "^ERR ")
        self.assertEqual(replies[2], ok("alice"))


class Crowd(digestldap.Case):
    BULK = 2000

    def test_a_crowd(self) -> None:
        """Searches of all share the connections; each gets its own answer."""
        asked = self.records("--deadline", "120", "-c", "30")
        names = [tree.bulk_name(n) + "x" * (n % 10 == 0) for n in range(self.BULK)]
        replies = asked.ask_many(digestfile.line(name) for name in names)
        for number, reply in enumerate(replies):
            wanted = DENIED if number % 10 == 0 else ok(names[number], tree.bulk_password(number))
            self.assertEqual(reply, wanted)
        self.assertLessEqual(self.slapd.count(" ACCEPT from "), 8)


class Outage(digestldap.Case):
    def setUp(self) -> None:
        if not self.slapd.process or not self.slapd.process.alive():
            self.slapd.start()

    def test_stopped_and_restarted(self) -> None:
        """Defects 21 and 24: no end, no ERR."""
        asked = self.records("--deadline", "3")
        asked.await_about("alice", ok("alice"))
        for end in (self.slapd.stop, self.slapd.kill):
            end()
            for user in ("alice", "nobody", "bob"):
                self.assert_unavailable(asked.about(user))
            self.slapd.start()
            asked.await_about("alice", ok("alice"))
            asked.await_about("nobody", DENIED)
        self.assertEqual(asked.finish(), 0)

    def test_down_at_the_start(self) -> None:
        self.slapd.stop()
        asked = self.records("--deadline", "3", "-D", tree.PROXY_DN, "-W",
                             basicldap.secret_file(self.folder))
        self.assert_unavailable(asked.about("alice"))
        self.slapd.start()
        asked.await_about("alice", ok("alice"))

    def test_silent(self) -> None:
        """A server that keeps its connections and answers nothing: BH within the deadline."""
        asked = self.records("--deadline", "2")
        asked.await_about("alice", ok("alice"))
        asked.slowest_s = 0.0
        self.slapd.pause()
        self.addCleanup(self.slapd.resume)
        self.assert_unavailable(asked.about("alice"))
        self.assertLess(asked.slowest_s, 2 + helper.LATE_S)
        self.slapd.resume()
        asked.await_about("alice", ok("alice"))

    def test_wrong_password_of_the_account(self) -> None:
        """BH, and few binds; as soon as its file is right it goes on."""
        secret = basicldap.secret_file(self.folder, "not it")
        before = self.slapd.binds(tree.PROXY_DN)
        asked = self.records("-D", tree.PROXY_DN, "-W", secret)
        for user in ("alice", "bob", "nobody", "alice", "bob"):
            self.assert_unavailable(asked.about(user))
        self.assertLessEqual(self.slapd.binds(tree.PROXY_DN) - before, 2)
        basicldap.secret_file(self.folder)
        asked.await_about("alice", ok("alice"))


class Options(digestldap.Case):
    def refused(self, *words: str) -> str:
        done = subprocess.run([place.helper_path("digest-ldap"), *words], input=b"",
                              capture_output=True, env=place.clean_env())
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        return done.stderr.decode()

    def test_what_is_missing_or_wrong(self) -> None:
        """One sentence that names the option."""
        base = ("-b", tree.PEOPLE)
        for words, wanted in (
                ((), "option -A (--password-attr) is missing"),
                (base, "option -A (--password-attr) is missing"),
                (("-A", "l"), "option -b (--base) is missing"),
                ((*base, "-A", ""), "option -A (--password-attr): \"\" is not the name"),
                ((*base, "-A", "l)"), "option -A (--password-attr): \"l)\" is not the name"),
                ((*base, "-A", "l", "-u", "ui*"), "option -u (--user-attr): \"ui*\" is not"),
                ((*base, "-A", "l", "-l", ""), "option -l (--delimiter): without a delimiter"),
                ((*base, "-A", "l", "-l", "", "-r", ""), "option -l (--delimiter): without a"),
                ((*base, "-A", "l", "-e", "-F", "(uid=%s"), "filter"),
                ((*base, "-A", "l", "-S"), "option -S: it cannot be used"),
                ((*base, "-A", "l", "-g"), "option -g is not known"),
                ((*base, "-A", "l", "-v", "4"), "option -v (--protocol-version)"),
                ((*base, "-A", "l", "-D", "cn=x"), "option -D (--bind-dn) needs a password")):
            with self.subTest(words):
                said = self.refused(*words)
                self.assertIn(wanted, said)
                self.assertEqual(said.count("\n"), 1)

    def test_letters_of_lines_in_use(self) -> None:
        """What Squid's helper accepts without a use for it; a value behind -d and -E is skipped."""
        url = self.slapd.ldap_url
        host, port = url.removeprefix("ldap://").split(":")
        common = ["-b", tree.PEOPLE, "-A", "l", *place.patient([])]
        for words in (
                [*common, "-u", "uid", "-e", "-v", "3", "-h", host, "-p", port, "-d"],
                [*common, "-u", "uid", "-eP", "-R", "-v2", "-p", port, host],
                ["-d", *common, "-F", "uid=%s", "-e", "-H", url],
                ["-d", "1", *common, "-F", "uid=%s", "-u", "cn", "-e", "-H", url],
                ["-E", "/etc/cert8.db", *common, "-F", "uid=%s", "-e", "-H", url],
                [*common, "-e", "-s", "sub", "-a", "never", "-c", "20", "-t", "30", "-l:",
                 url]):
            with self.subTest(words):
                asked = self.start([place.helper_path("digest-ldap"), *words])
                self.assertEqual(asked.about("alice"), ok("alice"))
                self.assertEqual(asked.about("nobody"), DENIED)

    def test_what_is_said_at_the_start(self) -> None:
        asked = self.records("-E", "x", "-v", "2", "-D", tree.PROXY_DN, "-w", tree.PROXY_PASSWORD)
        self.assertEqual(asked.about("alice"), ok("alice"))
        for text in ("-E has no effect", "-v 2: LDAP version 2 is obsolete",
                     "option -w (--bind-password): a password on the command line"):
            self.assertIn(text, asked.log_text())
        words = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes()
        self.assertNotIn(tree.PROXY_PASSWORD.encode(), words)

    def test_a_file_of_options(self) -> None:
        config = self.folder / "digest-ldap.conf"
        config.write_text(f"uri = {self.slapd.ldap_url}\nbase = {tree.PEOPLE}\n"
                          "filter = (uid=%s)\npassword-attr = l\nhashes = yes\n"
                          "connect-timeout = 30\ndeadline = 60\n"
                          f"realm = {REALM}\n")
        asked = self.start([place.helper_path("digest-ldap"), "--config", str(config)])
        self.assertEqual(asked.about("alice"), ok("alice"))
        self.assertEqual(asked.about("several", "Other"), DENIED)

    def test_check(self) -> None:
        words = digestldap.argv(self.slapd.ldap_url, "--check")
        done = subprocess.run(words, capture_output=True, text=True, env=place.clean_env())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        words = digestldap.argv(f"ldap://127.0.0.1:{place.free_port()}", "--check")
        done = subprocess.run(words, capture_output=True, text=True, env=place.clean_env())
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


class Squid(digestldap.Case):
    """Both behind a real Squid."""

    BULK = 1

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())
        program = place.for_others(place.helper_path("digest-ldap"), cls.folder)
        words = [program, *digestldap.argv(cls.slapd.ldap_url, "-r", REALM)[1:]]
        cls.squid = cls.enterClassContext(digestfile.squid_with(
            cls.folder / "squid", words, concurrency=20, children=1))

    def status(self, user: str, password: str) -> int:
        return squid.curl(self.squid.port, self.origin.url, f"{user}:{password}",
                          scheme="digest").status

    def test_people(self) -> None:
        for user in ("alice", "bob", "jürgen", "two words", "(paren)", "st*r", "quo'te"):
            with self.subTest(user):
                self.assertEqual(self.status(user, USERS[user]), 200)
                self.assertEqual(self.status(user, USERS[user] + "x"), 407)
        for user in ("*", "nobody", "nothex", "twin"):
            self.assertEqual(self.status(user, "alice-pw"), 407)

    def test_outage(self) -> None:
        """Nobody gets in who was not in, nothing ends, and it recovers by itself."""
        self.slapd.stop()
        late = (tree.bulk_name(0), tree.bulk_password(0))
        self.assertNotEqual(self.status(*late), 200)
        self.slapd.start()
        place.wait_for(lambda: self.status(*late) == 200, "a login after the outage")


if __name__ == "__main__":
    unittest.main()
