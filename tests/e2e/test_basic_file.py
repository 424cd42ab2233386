# SPDX-License-Identifier: BSD-2-Clause
"""basic-file and the files that htpasswd, openssl, mkpasswd and slappasswd write; its lines, its
options, its log. What a hash is worth is decided by the program that made it, never by ours."""

import base64
import hashlib
import re
import signal
import subprocess
import unittest

from support import basicfile, helper, place
from support.basicfile import ERR, OK

# ASCII, with what Squid escapes; UTF-8; Latin-1; longer than a block of MD5.
PASSWORDS: list[bytes] = [b"secret", b" sp ace:colon%25 ", "pässwörd €".encode(), b"p\xe4ss\xff",
                          b"long" * 15]
WEAK = "weak hash"


class Formats(basicfile.Case):
    """Every way to make a hash lets in with its password and with no other."""

    def check(self, hashes: list[tuple[str, bytes]], *options: str, reply: str = OK) -> None:
        """One file of all these (hash, password), and of somebody else."""
        users = [(f"user{number}", hashed) for number, (hashed, _) in enumerate(hashes)]
        users.append(("else", basicfile.cheap("x")))
        asked = self.ours(*options, self.file(*users))
        self.assertEqual(asked.ask("else", "x"), OK)
        for (user, hashed), (_, password) in zip(users, hashes):
            with self.subTest(hashed, password=password):
                self.assertEqual(asked.ask(user, password), reply)
                self.assertEqual(asked.ask(user, password + b"x"), ERR)
                self.assertEqual(asked.ask(user, password[:-1]), ERR)
                self.assertEqual(asked.ask(user, password.swapcase()), ERR)
        self.assertEqual(asked.finish(), 0)

    def test_htpasswd(self) -> None:
        """A file as htpasswd itself writes it."""
        for option in ("-m", "-B -C4", "-2 -r 1000", "-5 -r 1000", "-s"):
            path = self.new_path()
            people = {f"user{number}": password for number, password in enumerate(PASSWORDS)}
            for user, password in people.items():
                basicfile.htpasswd(path, user, password, *option.split())
            asked = self.ours(path)
            for user, password in people.items():
                with self.subTest(option, password=password):
                    self.assertEqual(asked.ask(user, password), OK)
                    self.assertEqual(asked.ask(user, password + b"x"), ERR)
            self.assertEqual(asked.finish(), 0)

    def test_openssl(self) -> None:
        self.check([(basicfile.openssl(password, option), password)
                    for option in ("-1", "-5", "-6", "-apr1") for password in PASSWORDS])

    def test_mkpasswd(self) -> None:
        methods = basicfile.mkpasswd_methods()
        self.assertGreaterEqual({*methods}, {"yescrypt", "bcrypt", "sha512crypt", "descrypt"})
        password = PASSWORDS[2]
        for method in methods:
            if method not in ("descrypt", "bsdicrypt", "nt"):
                self.check([(basicfile.mkpasswd(password, method), password)])

    def test_mkpasswd_of_little_regard(self) -> None:
        """The DES of BSDI drops the highest bit of a byte, and MD4 wants UTF-8; both fit ASCII."""
        for method in ("bsdicrypt", "nt"):
            self.check([(basicfile.mkpasswd(b"secret words", method), b"secret words")])

    def test_slappasswd(self) -> None:
        self.check([(basicfile.slappasswd(password, scheme), password)
                    for scheme in ("SHA", "SSHA") for password in PASSWORDS])
        self.check([(basicfile.slappasswd(password, "CRYPT", "-c", "$6$rounds=1000$%.16s"), password)
                    for password in PASSWORDS])

    def test_slappasswd_with_sha_2(self) -> None:
        try:
            basicfile.slappasswd("x", "SHA256", "-o", "module-load=pw-sha2")
        except AssertionError as why:
            self.skipTest(f"slappasswd has no pw-sha2: {why}")
        self.check([(basicfile.slappasswd(password, scheme, "-o", "module-load=pw-sha2"), password)
                    for scheme in ("SHA256", "SSHA256", "SHA512", "SSHA512")
                    for password in PASSWORDS])

    def weak(self) -> list[tuple[str, bytes]]:
        md5 = subprocess.run([place.need_program("md5sum")], input=b"secret", capture_output=True)
        return [(basicfile.mkpasswd("secret", "descrypt"), b"secret"),
                (basicfile.output_of("htpasswd", "-nbd", "u", "secret").partition(":")[2],
                 b"secret"),
                (basicfile.slappasswd("secret", "CRYPT"), b"secret"),
                (basicfile.slappasswd("more than eight", "CRYPT"), b"more than eight"),
                (basicfile.slappasswd("secret", "MD5"), b"secret"),
                (basicfile.slappasswd("secret", "SMD5"), b"secret"),
                (md5.stdout.decode().split()[0], b"secret")]

    def test_weak_ones_are_refused(self) -> None:
        self.check(self.weak(), reply=ERR)

    def test_weak_ones_are_allowed(self) -> None:
        self.check(self.weak(), "--allow-weak")

    def test_des_and_long_passwords(self) -> None:
        """DES looks at eight bytes. Who types more does not get in; nor does who made more."""
        path = self.new_path()
        basicfile.htpasswd(path, "eight", "12345678", "-d")
        basicfile.htpasswd(path, "cut", "123456789", "-d")  # says that it cuts it
        asked = self.ours("--allow-weak", path)
        self.assertEqual(asked.ask("eight", "12345678"), OK)
        self.assertEqual(asked.ask("eight", "123456789"), ERR)
        self.assertEqual(asked.ask("cut", "12345678"), OK)
        self.assertEqual(asked.ask("cut", "123456789"), ERR)

    def test_bcrypt_and_long_passwords(self) -> None:
        """bcrypt looks at 72 bytes (crypt(5)), as everywhere."""
        password = "p" * 72
        asked = self.ours(self.file(("alice", basicfile.mkpasswd(password, "bcrypt"))))
        self.assertEqual(asked.ask("alice", password), OK)
        self.assertEqual(asked.ask("alice", password + "x"), OK)
        self.assertEqual(asked.ask("alice", password[:-1]), ERR)

    def test_plain_text_is_no_hash(self) -> None:
        path = self.new_path()
        basicfile.htpasswd(path, "plain", "secret", "-p")
        basicfile.htpasswd(path, "alice", "alice-pw", "-m")
        asked = self.ours(path)
        self.assertEqual(asked.ask("plain", "secret"), ERR)
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)
        self.assertIn("of no known scheme, or cut: 1; nobody can log in with them: line 1",
                      asked.log_text())
        self.assertNotIn("secret", asked.log_text())

    def test_other_shapes(self) -> None:
        """Further fields as in /etc/shadow, comments, CR LF, a byte order mark, no last newline."""
        one, two = basicfile.cheap("one"), basicfile.cheap("two")
        path = self.new_path()
        basicfile.put(path, f"\ufeffa:{one}\r\n# c:{one}\r\n\r\nb:{two}:19000:0:99999:7:::\n"
                            f" d:{one}\nno colon\n:{one}\ne:{two}")
        asked = self.ours(path)
        for user, password in (("a", "one"), ("b", "two"), ("e", "two")):
            self.assertEqual(asked.ask(user, password), OK)
        for user in ("# c", "c", " d", "d", "no colon", "\ufeffa"):
            self.assertEqual(asked.ask(user, "one"), ERR)
        self.assertIn("line 6 is skipped", asked.log_text())
        self.assertIn("line 7 is skipped", asked.log_text())


class Lines(basicfile.Case):
    """What comes in at standard input, and what goes out."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.path = cls.folder / "users"
        basicfile.put(cls.path, "".join(
            f"{user}:{basicfile.cheap(password)}\n" for user, password in
            (("alice", "alice-pw"), ("jürgen", "pässwörd"), ("DOM\\bob", "x"), ("a b", "y"),
             ("1", "one"))))

    def test_exact_replies(self) -> None:
        for ids in (True, False):
            with self.subTest(ids=ids):
                asked = self.ours(self.path, ids=ids)
                for user, password in (("alice", "alice-pw"), ("jürgen", "pässwörd"),
                                       ("DOM\\bob", "x"), ("a b", "y")):
                    self.assertEqual(asked.ask(user, password), "OK")
                wrong = 'ERR message="Invalid credentials" Invalid credentials'
                for user in ("alice", "nobody", "ALICE", "alice:", "", "j\u00fcrge", "*"):
                    self.assertEqual(asked.ask(user, "wrong"), wrong)
                self.assertEqual(asked.ask("alice", ""), wrong)
                self.assertEqual(asked.ask("", ""), wrong)
                self.assertEqual(asked.finish(), 0)

    def test_a_number_for_a_name(self) -> None:
        asked = self.ours("--concurrency", "off", self.path, ids=False)
        self.assertEqual(asked.ask("1", "one"), OK)

    def test_extras(self) -> None:
        asked = self.ours("--key-extras", "2", self.path)
        self.assertEqual(asked.ask("alice", "alice-pw", "192.0.2.1", "x"), OK)
        self.assertEqual(asked.ask("alice", "alice-pw-", "192.0.2.1", "x"), ERR)
        without = self.ours(self.path)
        self.assertEqual(without.ask("alice", "alice-pw"), OK)
        self.assertEqual(without.ask("alice", "alice-pw", "192.0.2.1"), "BH malformed request")

    def test_any_bytes(self) -> None:
        asked = self.ours(self.path)
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)
        for raw in (b"\xff", b"\xe4lice", b"\x01", b"\xed\xa0\x80", b"%", b"x" * 9000,
                    b"x" * 60000):
            self.assertEqual(asked.ask(raw, "alice-pw"), ERR)
            self.assertEqual(asked.ask("alice", raw), ERR)
        self.assertEqual(asked.ask("alice", b"alice-pw\0"), "BH malformed request")
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)

    def test_longest_password_of_squid(self) -> None:
        """8,191 bytes: libxcrypt refuses them, MD5 and SHA do not mind."""
        password = "p" * 8191
        path = self.file(("sha", "{SHA}" + _sha1(password)), ("crypt", basicfile.openssl("x", "-5")))
        asked = self.ours(path)
        self.assertEqual(asked.ask("sha", password), OK)
        self.assertEqual(asked.ask("sha", password[:-1]), ERR)
        self.assertEqual(asked.ask("crypt", password), ERR)
        self.assertEqual(asked.ask("nobody", password), ERR)

    def test_many_in_flight(self) -> None:
        asked = self.ours("--deadline", "120", self.path)
        lines = [helper.line("alice", "alice-pw" if number % 3 else "wrong")
                 for number in range(600)]
        self.assertEqual(asked.ask_many(lines),
                         [OK if number % 3 else ERR for number in range(600)])
        self.assertEqual(asked.finish(), 0)

    def test_the_end_with_hashes_pending(self) -> None:
        """Whatever ends it, what is pending is answered."""
        slow = self.file(("alice", basicfile.mkpasswd("alice-pw", "bcrypt", "-R", "8")))
        for stop in ("end of input", "SIGTERM"):
            with self.subTest(stop):
                asked = self.ours("--deadline", "120", slow)
                self.assertEqual(asked.ask("alice", "alice-pw"), OK)
                numbers = {asked.send(helper.line("alice", "alice-pw")) for _ in range(9)}
                if stop == "SIGTERM":
                    asked.process.child.send_signal(signal.SIGTERM)
                else:
                    asked.end_input()
                self.assertEqual({asked.receive() for _ in range(len(numbers))},
                                 {(number, OK) for number in numbers})
                self.assertIsNone(asked.read_line())
                self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)


def _sha1(password: str) -> str:
    return base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()


class Turns(basicfile.Case):
    """A flood for one user, judged by the order of replies. One worker: so there is one order."""

    def test_another_user_waits_for_one_job(self) -> None:
        slow = basicfile.mkpasswd("x", "bcrypt", "-R", "5")
        asked = self.ours("--workers", "1", "--deadline", "120",
                          self.file(("alice", slow), ("bob", slow)))
        self.assertEqual(asked.ask("bob", "x"), OK)
        lines = [helper.line("alice", "wrong")] * 40 + [helper.line("bob", "x")]
        first = asked.next_id
        data = b""
        for line in lines:
            data += b"%d %s\n" % (asked.next_id, line)
            asked.expect(asked.next_id)
        asked.socket.sendall(data)      # in one piece, so that it is read in one turn of the loop
        replies = [asked.receive() for _ in lines]
        self.assertEqual(replies[0], (first, ERR))
        self.assertEqual(replies[1], (first + 40, OK))
        self.assertEqual([number for number, _ in replies[2:]],
                         [first + number for number in range(1, 40)])

    def test_the_deadline(self) -> None:
        """What cannot be hashed in time is BH, once, and the next is not held up by it."""
        cheap = basicfile.mkpasswd("x", "bcrypt", "-R", "5")
        slow = cheap.replace("$05$", "$16$")     # seconds
        self.assertNotEqual(cheap, slow)
        asked = self.ours("--workers", "1", "--deadline", "1",
                          self.file(("alice", slow), ("bob", basicfile.cheap("x"))))
        numbers = [asked.send(helper.line("alice", f"wrong{number}")) for number in range(20)]
        replies = dict(asked.receive() for _ in numbers)
        self.assertEqual({*replies}, {*numbers})
        self.assertEqual(replies[numbers[-1]], "BH too many logins at once")
        self.assertLess(asked.slowest_s, 1 + helper.LATE_S)
        place.wait_for(lambda: asked.ask("bob", "x") == OK, "bob to log in")
        self.assertEqual(asked.finish(), 0)


    def test_a_hash_that_takes_days(self) -> None:
        """Its user is BH; others log in, also with one worker; and the end is not waited for."""
        cheap = basicfile.mkpasswd("x", "bcrypt", "-R", "5")
        dear = cheap.replace("$05$", "$31$")
        self.assertNotEqual(cheap, dear)
        asked = self.ours("--workers", "1", "--deadline", "1",
                          self.file(("alice", dear), ("bob", cheap), ("carol", cheap)))
        for password in ("one", "two"):     # the second would take another thread
            self.assertEqual(asked.ask("alice", password), "BH too many logins at once")
        # In time where the machine does not pause for a second.
        self.await_reply(asked, "bob", "x", OK)
        self.await_reply(asked, "nobody", "x", ERR)
        self.assertIn("alice: still being hashed at the deadline", asked.log_text())
        self.assertEqual(asked.finish(), 0)


class Files(basicfile.Case):
    """The file changes, or is spoiled, while the helper runs."""

    def setUp(self) -> None:
        self.alice = ("alice", basicfile.cheap("alice-pw"))
        self.path = self.file(self.alice)

    def begun(self) -> helper.Helper:
        asked = self.ours(self.path)
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)
        return asked

    def test_htpasswd_while_it_runs(self) -> None:
        asked = self.begun()
        basicfile.htpasswd(self.path, "bob", "bob-pw")
        self.await_reply(asked, "bob", "bob-pw", OK)
        basicfile.htpasswd(self.path, "bob", "other-pw")
        self.await_reply(asked, "bob", "other-pw", OK)
        self.assertEqual(asked.ask("bob", "bob-pw"), ERR)
        basicfile.output_of("htpasswd", "-D", str(self.path), "bob")
        self.await_reply(asked, "bob", "other-pw", ERR)
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)

    def spoil(self, asked: helper.Helper, words: str) -> None:
        place.wait_for(lambda: re.search(words, asked.log_text()), f"{words!r} in the log")
        self.assertEqual(asked.ask("alice", "alice-pw"), OK)
        self.assertEqual(asked.ask("alice", "wrong"), ERR)
        if self.path.is_dir():
            self.path.rmdir()
        basicfile.put(self.path, ":".join(self.alice) + "\nbob:" + basicfile.cheap("bob-pw"))
        self.await_reply(asked, "bob", "bob-pw", OK)
        self.assertEqual(len(re.findall(words, asked.log_text())), 1)
        self.assertEqual(asked.finish(), 0)

    def test_deleted(self) -> None:
        asked = self.begun()
        self.path.unlink()
        self.spoil(asked, "No such file")

    def test_a_folder_in_its_place(self) -> None:
        """Squid's helper then knows nobody."""
        asked = self.begun()
        self.path.unlink()
        self.path.mkdir()
        self.spoil(asked, " is a (folder|directory)")

    def test_emptied(self) -> None:
        """Squid's helper then knows nobody."""
        asked = self.begun()
        self.path.write_text("")
        self.spoil(asked, "holds no users")

    def test_missing_at_the_start(self) -> None:
        self.path.unlink()
        asked = self.ours(self.path)
        for _ in range(3):
            reply = asked.ask("alice", "alice-pw")
            self.assert_unavailable(reply)
            self.assertNotIn(str(self.path), reply)
        self.assertEqual(asked.log_text().count("No such file"), 1)
        basicfile.put(self.path, ":".join(self.alice))
        self.await_reply(asked, "alice", "alice-pw", OK)

    def test_replaced_under_load(self) -> None:
        """bob is in every second file; alice is never turned away, and no request is lost."""
        asked = self.begun()
        bob = basicfile.cheap("bob-pw")
        for number in range(30):
            basicfile.put(self.path, ":".join(self.alice) + (f"\nbob:{bob}" if number % 2 else ""))
            replies = asked.ask_many([helper.line("alice", "alice-pw"), helper.line("bob", "bob-pw"),
                                      helper.line("alice", "wrong")] * 10)
            self.assertEqual({*replies[::3]}, {OK})
            self.assertEqual({*replies[2::3]}, {ERR})
        self.await_reply(asked, "bob", "bob-pw", OK)


class Options(basicfile.Case):
    def run_it(self, *words: object) -> subprocess.CompletedProcess:
        return subprocess.run(basicfile.argv(*words), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, env=place.clean_env())

    def test_what_cannot_be_understood(self) -> None:
        for words, said in (((), "the file with the users is missing"),
                            (("a", "b"), "there are 2 files"),
                            (("",), "name of the file is empty"),
                            (("--workers", "0", "f"), "--workers"),
                            (("--workers", "65", "f"), "--workers"),
                            (("--nonsense", "f"), "--nonsense")):
            with self.subTest(words):
                done = self.run_it(*words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_options_of_a_file(self) -> None:
        users = self.file(("dora", basicfile.mkpasswd("secret", "descrypt")))
        config = self.new_path()
        basicfile.put(config, f"file = {users}\nallow-weak = yes\nworkers = 3\n")
        asked = self.ours("--config", config)
        self.assertEqual(asked.ask("dora", "secret"), OK)

    def test_check(self) -> None:
        good = basicfile.cheap("x")
        done = self.run_it("--check", self.file(("alice", good), ("bob", good)))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("2 users", done.stdout)
        weak = self.file(("alice", good), ("dora", basicfile.mkpasswd("secret", "descrypt")))
        done = self.run_it("--check", weak)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, WEAK + r".*: 1; they are refused without --allow-weak")
        self.assertEqual(self.run_it("--check", "--allow-weak", weak).returncode, 0)
        done = self.run_it("--check", self.file(("alice", good), ("a", "!"), ("b", good[:-1])))
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, "no known scheme.*: 2; .*: line 2, 3\n")
        self.assertEqual(self.run_it("--check", self.new_path()).returncode, 1)

    def test_the_log_of_the_start(self) -> None:
        good = basicfile.cheap("x")
        users = [("alice", good)] + [(f"dora{i}", basicfile.mkpasswd("x", "descrypt"))
                                     for i in range(3)]
        for options, words in (((), "3; they are refused without --allow-weak"),
                               (("--allow-weak",), "3; they are accepted because of --allow-weak")):
            asked = self.ours(*options, self.file(*users))
            self.assertEqual(asked.ask("alice", "x"), OK)
            self.assertIn(words, asked.log_text())
            self.assertNotIn(good, asked.log_text())
        asked = self.ours(self.file(("alice", good)))
        self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertEqual(asked.log_text(), "")

    def test_remarks_are_not_repeated(self) -> None:
        """As long as their numbers are the same, however often the file changes."""
        dora = "dora:" + basicfile.mkpasswd("x", "descrypt") + "\n"
        path = self.file(("alice", basicfile.cheap("x")))
        asked = self.ours(path)
        for number in range(4):
            weak = dora * (number > 0) + dora.replace("dora", "dana") * (number > 2)
            basicfile.put(path, f"user{number}:{basicfile.cheap('x')}\n" + weak)
            self.await_reply(asked, f"user{number}", "x", OK)
        found = re.findall(WEAK + r".*: (\d+);", asked.log_text())
        self.assertEqual(found, ["1", "2"])

    def test_passwords_are_never_logged(self) -> None:
        asked = self.ours("--debug", self.file(("alice", basicfile.cheap("alice-pw"))))
        asked.ask("alice", "alice-pw")
        asked.ask("alice", "wrong-pw")
        asked.ask("nobody\x1b[31m", "other-pw")
        for secret in ("alice-pw", "wrong-pw", "other-pw", "\x1b", "$apr1$"):
            self.assertNotIn(secret, asked.log_text())
        for words in ("alice: the password fits", "alice: the password is wrong"):
            self.assertIn(words, asked.log_text())


if __name__ == "__main__":
    unittest.main()
