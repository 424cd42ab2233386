# SPDX-License-Identifier: BSD-2-Clause
"""What comes in at standard input of digest-file, and what lines of its file answer: every request
one reply with its id. What lines mean is worked out by hand; hashes come from Python's MD5."""

import os
import pathlib
import signal
import subprocess
import threading
import unittest

from support import digestfile, place

REALM = digestfile.REALM
DENIED = digestfile.DENIED
MALFORMED = "^BH malformed request"
CUT = 8191      # bytes of the longest line that Squid writes

USERS = digestfile.USERS


def ok(user: str, password: str = "", realm: str = REALM) -> str:
    return digestfile.ok(user, realm, password or USERS[user])


class Lines(digestfile.Case):
    def setUp(self) -> None:
        self.path = self.file(digestfile.hashes())

    def raw(self, asked: digestfile.Asked, data: bytes, number: int) -> str:
        """Sends bytes as they are that make up request `number`; the reply to it."""
        asked.expect(number)
        asked.socket.sendall(data)
        answered, reply = asked.receive()
        self.assertEqual(answered, number)
        return reply

    def test_exact_replies(self) -> None:
        """With and without ids; the quote tells."""
        for ids in (True, False):
            with self.subTest(ids=ids):
                asked = self.ours("-c", self.path, ids=ids)
                for user in USERS:
                    self.assertEqual(asked.about(user), ok(user), user)
                    self.assertEqual(asked.about(user, "Other"), DENIED)
                self.assertEqual(asked.about("nobody"), DENIED)
                self.assertEqual(asked.finish(), 0)

    def test_ids_of_every_length(self) -> None:
        """Defect 18: Squid counts up for the life of a process; to us an id is a string."""
        asked = self.ours("-c", self.path)
        for number in (0, 1, 9, 10, 2147483647, 2147483648, 5000000000, 18446744073709551615,
                       99999999999999999999):
            with self.subTest(number):
                data = b"%d " % number + digestfile.line("alice") + b"\n"
                self.assertEqual(self.raw(asked, data, number), ok("alice"))

    def test_ids_in_any_order(self) -> None:
        asked = self.ours("-c", self.path)
        wanted = {7: "alice", 3: "bob", 100: "nobody", 2: "jürgen", 8: "alice"}
        for number, user in wanted.items():
            asked.expect(number)
            asked.socket.sendall(b"%d " % number + digestfile.line(user) + b"\n")
        replies = dict(asked.receive() for _ in wanted)
        self.assertEqual(replies, {number: ok(user) if user in USERS else DENIED
                                   for number, user in wanted.items()})

    def test_strange_lines(self) -> None:
        """One reply each, never OK, then business as usual. BH where Squid cannot have written the
        line, ERR where a client can have made it."""
        asked = self.ours("-c", self.path, "--concurrency", "on")
        for line, wanted in (
                (b'', MALFORMED), (b' ', MALFORMED), (b'alice', MALFORMED), (b'"', MALFORMED),
                (b'"alice"', MALFORMED), (b'"alice":', MALFORMED), (b'"alice":"', MALFORMED),
                (b'"alice":Test Proxy', MALFORMED), (b'"alice":"Test Proxy', MALFORMED),
                (b'"alice" "Test Proxy"', MALFORMED), (b'alice":"Test Proxy"', MALFORMED),
                (b'"alice":"Test Proxy" ', MALFORMED), (b'"alice":"Test Proxy" x', MALFORMED),
                (b'"alice":"Test Proxy"x', MALFORMED), (b'5 "alice":"Test Proxy"', MALFORMED),
                (b'"al"ice":"Test Proxy"', MALFORMED), (b'\xff\xfe', MALFORMED),
                (b'"alice\0":"Test Proxy"', "^BH "), (b'"alice":"Test Proxy"\0', "^BH "),
                (b'"":"Test Proxy"', "^ERR "), (b'"":""', "^ERR "), (b'"alice":""', "^ERR "),
                (b'"alice":"""', "^ERR "), (b'"alice":"Test Proxy""', "^ERR "),
                (b'"alice":""Test Proxy"', "^ERR "), (b'"alice":"Test Proxy" "', "^ERR "),
                (b'"alice":"x":"Test Proxy"', "^ERR "), (b'"alice ":"Test Proxy"', "^ERR "),
                (b'"alice:Test Proxy":""', "^ERR "), (b'"alice:Test":" Proxy"', "^ERR "),
                (b'" alice":"Test Proxy"', "^ERR "), (b'"alice":"Test%20Proxy"', "^ERR "),
                (b'"alice":"Test Proxy\\"', "^ERR "), (b'"\xff\xfe":"\x80"', "^ERR ")):
            with self.subTest(line):
                self.assertRegex(asked.ask_line(line), wanted)
        self.assertEqual(asked.about("alice"), ok("alice"))
        self.assertEqual(asked.finish(), 0)

    def test_no_id_where_one_is_told(self) -> None:
        """--concurrency is right or squid.conf is: a line that fits neither is never looked up."""
        asked = self.ours("-c", self.path, "--concurrency", "on", ids=False)
        self.assertRegex(asked.about("alice"), MALFORMED)
        asked = self.ours("-c", self.path, "--concurrency", "off", ids=False)
        self.assertRegex(asked.ask_line(b'1 "alice":"Test Proxy"'), MALFORMED)

    def test_carriage_return_before_the_newline(self) -> None:
        asked = self.ours("-c", self.path)
        self.assertEqual(asked.ask_line(digestfile.line("alice") + b"\r"), ok("alice"))

    def test_byte_by_byte(self) -> None:
        asked = self.ours("-c", self.path)
        for number in (1, 2):
            asked.expect(number)
        for byte in b'1 "alice":"Test Proxy"\n2 "nobody":"Test Proxy"\n':
            asked.socket.sendall(bytes([byte]))
        self.assertEqual(sorted([asked.receive(), asked.receive()]),
                         [(1, ok("alice")), (2, DENIED)])

    def test_5000_lines_in_one_write(self) -> None:
        asked = self.ours("-c", self.path)
        data, wanted = b"", {}
        for number in range(1, 5001):
            user = ("alice", "nobody", "bob")[number % 3]
            data += b"%d " % number + digestfile.line(user) + b"\n"
            wanted[number] = ok(user) if user in USERS else DENIED
            asked.expect(number)
        writer = threading.Thread(target=asked.socket.sendall, args=(data,))
        writer.start()
        self.assertEqual(dict(asked.receive() for _ in wanted), wanted)
        writer.join()
        self.assertEqual(asked.finish(), 0)

    def test_key_extras(self) -> None:
        """They are cut off from the right by their number and not looked at."""
        asked = self.ours("-c", self.path, "--key-extras", "2")
        self.assertEqual(asked.about("alice", REALM, "127.0.0.1", "-"), ok("alice"))
        self.assertEqual(asked.about("alice", REALM, '"', '"'), ok("alice"))
        self.assertEqual(asked.about("alice", REALM, "", ""), ok("alice"))
        self.assertEqual(asked.about("", REALM, "alice", "-"), DENIED)      # defect 14
        for line in (b'"alice":"Test Proxy"', b'"alice":"Test Proxy" x',
                     b'"alice":"Test Proxy" x y z', b'"alice":"Test Proxy" x" y" z'):
            with self.subTest(line):
                self.assertEqual(asked.ask_line(line), DENIED)
        asked.wait_log("--key-extras")

    def test_extras_of_a_client_name_no_other_user(self) -> None:
        """A client that puts what it likes into an extra chooses a realm, which it can anyway."""
        digestfile.put(self.path, digestfile.hashes()
                       + digestfile.record("alice", "x", 'Test Proxy" evil'))
        asked = self.ours("-c", self.path, "--key-extras", "1")
        line = b'"alice":"Test Proxy" evil" extra'
        self.assertEqual(asked.ask_line(line), ok("alice", "x", 'Test Proxy" evil'))
        asked = self.ours("-c", self.path, "--key-extras", "1", "--realm", REALM)
        self.assertEqual(asked.ask_line(line), DENIED)
        self.assertEqual(asked.ask_line(b'"alice":"Test Proxy" evil"'), ok("alice"))

    def test_a_request_that_squid_cut(self) -> None:
        """Defect 20: 8,191 bytes and no newline. It is answered at that byte, and the next request
        is a request of its own."""
        for ids in (True, False):
            with self.subTest(ids=ids):
                asked = self.ours("-c", self.path, ids=ids)
                self.assertEqual(asked.about("alice"), ok("alice"))
                for cut in (b'"%s' % (b"u" * (CUT - 1)), b'"u":"%s' % (b"r" * (CUT - 5)),
                            b'"%s":"' % (b"u" * (CUT - 4)), b'"%s":"r"' % (b"u" * (CUT - 6))):
                    self.assertEqual(len(cut), CUT)
                    number = asked.next_id
                    head = b"%d " % number if ids else b""
                    self.assertRegex(self.raw(asked, head + cut, number), "^(ERR|BH) ")
                    self.assertEqual(asked.about("alice"), ok("alice"))
                self.assertEqual(asked.finish(), 0)

    def test_long_names(self) -> None:
        """Defect 17: names of every length that Squid can send."""
        lengths = (255, 257, 1000, 4096, 8000)
        asked = self.ours("-c", self.file("".join(
            digestfile.record("u" * length, "pw") for length in lengths)))
        for length in lengths:
            self.assertEqual(asked.about("u" * length), ok("u" * length, "pw"))
            self.assertEqual(asked.about("u" * (length + 1)), DENIED)

    def test_a_signal_and_the_end_of_input(self) -> None:
        for end in (lambda asked: asked.end_input(),
                    lambda asked: os.kill(asked.pid, signal.SIGTERM)):
            asked = self.ours("-c", self.path)
            self.assertEqual(asked.about("alice"), ok("alice"))
            end(asked)
            self.assertIsNone(asked.read_line())
            self.assertEqual(asked.process.child.wait(place.PATIENCE_S), 0)


class Records(digestfile.Case):
    """What lines of the file answer."""

    HASH = digestfile.md5("eve", REALM, "eve-pw")

    def test_passwords(self) -> None:
        """Defect 16: all behind the first colon is the password, without a carriage return."""
        asked = self.ours(self.file("a:pw\nb:p:w:x\nc: sp \nd:p\r\nq:\"\\\nü:ß\ne:\n"))
        for user, password in (("a", "pw"), ("b", "p:w:x"), ("c", " sp "), ("d", "p"),
                               ("q", "\"\\"), ("ü", "ß")):
            with self.subTest(user):
                self.assertEqual(asked.about(user), digestfile.ok(user, REALM, password))
                self.assertEqual(asked.about(user, "Other"),
                                 digestfile.ok(user, "Other", password))

    def test_hashes_without_c(self) -> None:
        asked = self.ours(self.file(f"a:{REALM}:{{HHA1}}{self.HASH}\nb:{{HHA1}}{self.HASH}\n"
                                    f"a:b:{{HHA1}}{self.HASH[::-1]}\n"))
        self.assertEqual(asked.about("a"), f'OK ha1="{self.HASH}"')
        self.assertEqual(asked.about("a", "b"), f'OK ha1="{self.HASH[::-1]}"')
        self.assertEqual(asked.about("a", "Other"), DENIED)
        self.assertEqual(asked.about("b", "Other"), f'OK ha1="{self.HASH}"')

    def test_hashes_are_32_hex_digits(self) -> None:
        """Defect 16: nothing else is ever answered, and letters are small."""
        bad = ("z" * 32, self.HASH[:31], self.HASH + "0", "", " " + self.HASH[1:],
               "0x" + self.HASH[2:], self.HASH[:31] + "g")
        text = "".join(f"u{number}:{REALM}:{hash_}\n" for number, hash_ in enumerate(bad))
        asked = self.ours("-c", self.file(text + f"up:{REALM}:{self.HASH.upper()}\n"))
        self.assertEqual(asked.about("up"), f'OK ha1="{self.HASH}"')
        for number, hash_ in enumerate(bad):
            with self.subTest(hash_):
                self.assertEqual(asked.about(f"u{number}"), DENIED)
        asked.wait_log("line 1")

    def test_a_realm_answers_only_its_own(self) -> None:
        """Defect 19 with records that have one: a realm is compared byte by byte."""
        asked = self.ours("-c", self.file(digestfile.record("a", "1", "R")
                                          + digestfile.record("a", "2", "S:x")
                                          + digestfile.record("a", "3", "")))
        self.assertEqual(asked.about("a", ""), ok("a", "3", ""))
        self.assertEqual(asked.about("a", "R"), ok("a", "1", "R"))
        self.assertEqual(asked.about("a", "S:x"), ok("a", "2", "S:x"))
        self.assertEqual(asked.about("a:S", "x"), DENIED)
        for realm in ("r", "R ", " R", "S", "S:", "x", "R:", ":R"):
            self.assertEqual(asked.about("a", realm), DENIED)

    def test_realms_that_are_served(self) -> None:
        """Defect 19: --realm is exact, and holds for every kind of record."""
        text = (f"p:pw\nh:{{HHA1}}{self.HASH}\nq:R:pw\nr:{REALM}:pw\ns:Other:pw\n"
                f"t:{REALM}:{{HHA1}}{self.HASH}\nu:Other:{{HHA1}}{self.HASH}\n")
        asked = self.ours("--realm", REALM, "--realm=R", self.file(text))
        self.assertEqual(asked.about("p"), ok("p", "pw"))
        self.assertEqual(asked.about("p", "R"), ok("p", "pw", "R"))
        self.assertEqual(asked.about("h"), f'OK ha1="{self.HASH}"')
        self.assertEqual(asked.about("q", "R"), ok("q", "pw", "R"))
        self.assertEqual(asked.about("q"), DENIED)
        self.assertEqual(asked.about("r"), ok("r", "pw"))
        self.assertEqual(asked.about("s"), ok("s", "Other:pw"))
        self.assertEqual(asked.about("t"), f'OK ha1="{self.HASH}"')
        for user in "phqrstu":
            for realm in ("Other", "", REALM.lower(), REALM + " ", "R\"", "x"):
                self.assertEqual(asked.about(user, realm), DENIED, (user, realm))
        asked.wait_log("records of realms that --realm does not name: 1;")
        self.assertNotIn("without a realm", asked.log_text())

    def test_warnings_of_the_start(self) -> None:
        text = f"a:pw\nb:pw\nc:R:{self.HASH}\n"
        asked = self.ours(self.file(text))
        asked.wait_log("records without a realm: 3")
        asked.wait_log("records that end in 32 hex digits: 1")
        self.assertIn("--realm", asked.log_text())
        self.assertIn("-c (--hashes-only)", asked.log_text())
        self.assertNotIn(self.HASH, asked.log_text())
        asked = self.ours("-c", "--realm", "Prox", self.file(digestfile.hashes()))
        self.assertEqual(asked.about("alice"), DENIED)
        asked.wait_log(f"records of realms that --realm does not name: {len(USERS)};")
        for words in (("-c",), ("-c", "--realm", REALM)):
            asked = self.ours(*words, self.file(digestfile.hashes()))
            self.assertEqual(asked.about("alice"), ok("alice"))
            self.assertNotIn("records", asked.log_text())

    def test_comments_blanks_and_ends(self) -> None:
        """A byte order mark, CR LF, comments, empty lines, a last line without its end."""
        asked = self.ours(self.file("\ufeffbom:1\r\n#no:x\n no:x\n\n\r\n\tno:x\nlast:2"))
        self.assertEqual(asked.about("bom"), digestfile.ok("bom", REALM, "1"))
        self.assertEqual(asked.about("last"), digestfile.ok("last", REALM, "2"))
        for user in ("#no", " no", "no", "\tno", "\ufeffbom"):
            self.assertEqual(asked.about(user), DENIED)

    def test_lines_that_are_skipped(self) -> None:
        """A NUL byte, a line of 1 MiB, one without a colon; the rest of the file counts."""
        asked = self.ours(self.file(b"a:1\nn\0u:x\nb:2\nlong:" + b"x" * (1 << 20)
                                    + b"\nc:3\nnothing\nd:4\n"))
        for user, password in (("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")):
            self.assertEqual(asked.about(user), digestfile.ok(user, REALM, password))
        for user in ("n", "nothing", "long"):
            self.assertEqual(asked.about(user), DENIED)
        for number in (2, 4, 6):
            asked.wait_log(f"line {number} is skipped")

    def test_the_last_duplicate_wins(self) -> None:
        asked = self.ours(self.file("a:1\nb:x\na:2\n"))
        self.assertEqual(asked.about("a"), digestfile.ok("a", REALM, "2"))
        asked.wait_log("line 3")


class Options(digestfile.Case):
    def run_once(self, *words: str | pathlib.Path,
                 lines: bytes = b"") -> subprocess.CompletedProcess:
        return subprocess.run(digestfile.argv(*words), input=lines, capture_output=True,
                              env=place.clean_env(), timeout=place.PATIENCE_S)

    def test_what_cannot_be_understood(self) -> None:
        path = self.file(digestfile.hashes())
        for words, sentence in (((), "file"), (("-c",), "file"), ((path, path), "2 files"),
                                (("--file", path, path), "2 files"), (("-x", path), "-x"),
                                (("--realm", "", path), "--realm"), (("",), "--file"),
                                (("--realm",), "--realm")):
            with self.subTest(words):
                done = self.run_once(*words, lines=b'"alice":"x"\n')
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertRegex(done.stderr.decode(), rf"\Adigest-file: .*{sentence}.*\n\Z")

    def test_the_same_by_long_names_and_in_a_file(self) -> None:
        path = self.file(digestfile.hashes())
        config = self.file(f"file = {path}\nhashes-only = yes\nrealm = {REALM}\nrealm = R\n")
        for words in (("-c", path), ("--hashes-only", "--file", path), ("--config", config),
                      ("-c", "--realm", REALM, f"--file={path}")):
            with self.subTest(words):
                done = self.run_once(*words, lines=digestfile.line("alice") + b"\n")
                self.assertEqual((done.returncode, done.stdout.decode()), (0, ok("alice") + "\n"))

    def test_check(self) -> None:
        good, bad = self.file(digestfile.hashes()), self.file(digestfile.hashes() + "nonsense\n")
        for path in (good, bad):
            path.chmod(0o600)
        done = self.run_once("-c", "--check", good)
        self.assertEqual((done.returncode, done.stderr), (0, b""), done.stdout)
        self.assertIn(str(len(USERS)), done.stdout.decode())
        done = self.run_once("-c", "--check", bad)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"line {len(USERS) + 1}", done.stdout.decode())
        for path in (self.folder, self.folder / "nowhere"):
            done = self.run_once("-c", "--check", path)
            self.assertEqual(done.returncode, 1)
            self.assertIn(str(path), done.stdout.decode())

    def test_check_says_what_is_doubtful(self) -> None:
        path = self.file(f"a:pw\nb:R:{digestfile.md5('b', 'R', 'x')}\n")
        done = self.run_once("--check", path)
        self.assertIn("records without a realm: 2", done.stdout.decode())
        self.assertIn("records that end in 32 hex digits: 1", done.stdout.decode())
        done = self.run_once("-c", "--check", self.file(digestfile.hashes()))
        self.assertNotIn("warning: records", done.stdout.decode())

    def test_check_fails_where_no_record_is_of_a_realm(self) -> None:
        """A misspelled --realm shuts everybody out; a record of another service shuts out none."""
        path = self.file(digestfile.hashes())
        done = self.run_once("-c", "--realm", digestfile.REALM.upper(), "--check", path)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("nobody can log in", done.stdout.decode())
        path = self.file(f"x:Other:{'0' * 32}\n" * 9 + f"x:{digestfile.REALM}:{'0' * 32}\n")
        done = self.run_once("-c", "--realm", digestfile.REALM, "--check", path)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_lines_in_the_wild(self) -> None:
        """Both public lines for digest_file_auth, but for the file's place."""
        htdigest, plain = self.file(digestfile.hashes()), self.file("alice:alice-pw\n")
        for words in (["-c", htdigest], [plain]):
            asked = self.ours(*words)
            self.assertEqual(asked.about("alice"), ok("alice"))
            self.assertEqual(asked.about("nobody"), DENIED)
            self.assertEqual(asked.finish(), 0)


if __name__ == "__main__":
    unittest.main()
