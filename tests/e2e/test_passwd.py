# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth passwd: what it does to files, what it refuses, and that the helpers read its files.

Hashes expected are HA1 by Python's hashlib and the NT hash of [MS-NLMP] 4.2.2.1.2.
"""

import errno
import hashlib
import os
import re
import stat
import struct
import subprocess
import time
import unittest

from support import passwd, place
from support.passwd import NT_OF_PASSWORD, REALM, FolderCase, ha1


class Files(FolderCase):
    def test_a_file_of_password_hashes(self) -> None:
        done = passwd.run("add", "--basic", self.file, "alice", password="secret 1")
        self.assertIn(b"created", done.stderr)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)
        self.assertRegex(self.file.read_text(), r"\Aalice:\$y\$j9T\$[./0-9A-Za-z]{22}\$\S{43}\n\Z")
        for kind, form in (("bcrypt", r"\$2y\$04\$"), ("sha512", r"\$6\$rounds=1000\$"),
                           ("yescrypt", r"\$y\$j75\$")):
            cost = {"bcrypt": "4", "sha512": "1000", "yescrypt": "1"}[kind]
            done = passwd.run("add", "--basic", "--hash", kind, "--cost", cost, self.file, kind,
                              password="secret 2")
            self.assertEqual((done.stdout, done.stderr), (b"", b""))
            self.assertRegex(self.file.read_text(), rf"(?m)^{kind}:{form}")
            done = passwd.run("verify", "--basic", self.file, kind, password="secret 2")
            self.assertEqual((done.stdout, done.stderr), (b"the password is right\n", b""))
            self.refused("verify", "--basic", self.file, kind, password="secret 1",
                         says="is not the user's")
        self.refused("add", "--basic", self.file, "alice", password="x",
                     says="already; proxyauth passwd set changes")
        passwd.run("set", "--basic", "--cost", "1", self.file, "alice", password="new")
        passwd.run("verify", "--basic", self.file, "alice", password="new")
        self.refused("set", "--basic", self.file, "bob", password="x", says="passwd add adds")
        self.refused("verify", "--basic", self.file, "bob", password="x", says="is not in")
        self.refused("delete", "--basic", self.file, "bob", says="passwd list shows")
        listed = passwd.run("list", "--basic", self.file)
        self.assertEqual(listed.stdout.decode(), "alice\t$y$j75$\nbcrypt\t$2y$04$\n"
                         "sha512\t$6$rounds=1000$\nyescrypt\t$y$j75$\n")
        for user in ("alice", "bcrypt", "sha512", "yescrypt"):
            passwd.run("delete", "--basic", self.file, user)
        self.assertEqual(self.file.read_bytes(), b"")
        self.assertTrue(passwd.only(self.folder, "users"))

    def test_the_usual_cost_can_be_changed_in_its_range(self) -> None:
        for kind, low, high in (("yescrypt", 1, 11), ("bcrypt", 4, 17), ("sha512", 1000, 999999999)):
            for cost in (low - 1, high + 1):
                with self.subTest(kind=kind, cost=cost):
                    range_said = "--cost" if cost in (0, 10**9) else f"from {low} to {high}"
                    self.refused("add", "--basic", "--hash", kind, "--cost", str(cost), self.file,
                                 "alice", password="x", says=range_said, status=2)

    def test_a_file_of_ha1(self) -> None:
        words = ("--digest", REALM, self.file)
        passwd.run("add", *words, "alice", password="secret")
        passwd.run("add", "--digest", "other", self.file, "alice", password="secret")
        self.assertEqual(self.file.read_text(), f"alice:{REALM}:{ha1('alice', 'secret')}\n"
                         f"alice:other:{ha1('alice', 'secret', 'other')}\n")
        passwd.run("verify", *words, "alice", password="secret")
        self.refused("verify", *words, "alice", password="Secret", says="is not the user's")
        self.refused("verify", *words, "Alice", password="secret", says="with this realm")
        self.refused("set", "--digest", "third", self.file, "alice", password="x",
                     says="with this realm")
        passwd.run("set", *words, "alice", password="new")
        self.assertEqual(passwd.run("list", *words).stdout, b"alice\tHA1\n")
        passwd.run("delete", *words, "alice")
        self.assertEqual(self.file.read_text(),
                         f"alice:other:{ha1('alice', 'secret', 'other')}\n")

    def test_a_file_of_nt_hashes(self) -> None:
        before = int(time.time())
        passwd.run("add", "--nt", self.file, "alice", password="Password")
        match = re.fullmatch(rf"alice:65534:X{{32}}:{NT_OF_PASSWORD}:\[U          \]:"
                             r"LCT-([0-9A-F]{8}):\n", self.file.read_text())
        self.assertIsNotNone(match)
        self.assertTrue(before - 1 <= int(match[1], 16) <= time.time())     # the coarse clock
        passwd.run("verify", "--nt", self.file, "ALICE", password="Password")
        self.refused("verify", "--nt", self.file, "alice", password="password",
                     says="is not the user's")
        self.file.write_text(self.file.read_text().replace("[U ", "[DU"))
        self.refused("verify", "--nt", self.file, "alice", password="Password", says="disabled")
        done = passwd.run("set", "--nt", self.file, "alice", password="new")
        self.assertIn(b"keep it from logging in", done.stderr)
        done = passwd.run("list", "--nt", self.file, status=1)
        self.assertRegex(done.stdout, rb"\Aalice\tNT\tdisabled")

    def test_a_list_says_what_is_weak_and_what_is_bad(self) -> None:
        self.file.write_text("# people\n"
                             "weak:rqXexS6ZhobKA\n"
                             "sha:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"
                             "apr:$apr1$salt$n/JnYk1ANc3qh3Pqzghyk1\n"
                             "bad:$2y$10$cut\n"
                             "no colon\n"
                             "twice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"
                             "twice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"
                             "\x01nasty\x1b[2J:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"
                             "C1\x9b2J:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n"
                             "back\u202ewards:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n")
        done = passwd.run("list", "--basic", self.file, status=1)
        rows = done.stdout.decode().splitlines()
        self.assertEqual([row.split("\t")[:2] for row in rows],
                         [["weak", "DES"], ["sha", "{SHA}"], ["apr", "$apr1$"], ["bad", "?"],
                          ["twice", "{SHA}"], ["\\x01nasty\\x1b[2J", "{SHA}"],
                          ["C1\\u{9b}2J", "{SHA}"], ["back\\u{202e}wards", "{SHA}"]])
        self.assertIn("\tweak: refused by basic-file without --allow-weak", rows[0])
        self.assertIn("\tbad: ", rows[3])
        self.assertNotRegex(done.stdout, rb"rqXe|W6ph|n/Jn|cut")
        self.assertRegex(done.stderr.decode(), r"line 6: there is no colon(.|\n)*line 8: ")

    def test_a_file_that_is_there_keeps_owner_and_mode(self) -> None:
        self.file.write_bytes(b"")
        for mode in (0o600, 0o640, 0o4604, 0o666, 0o400):
            self.file.chmod(mode)
            if os.geteuid() == 0:
                os.chown(self.file, 4321, 5432)
                self.file.chmod(mode)
            owner = self.file.stat()
            passwd.run("add", "--digest", REALM, self.file, f"user{mode}", password="x",
                       preexec_fn=lambda: os.umask(0o077))
            now = self.file.stat()
            self.assertNotEqual(now.st_ino, owner.st_ino)
            self.assertEqual((now.st_mode, now.st_uid, now.st_gid),
                             (owner.st_mode, owner.st_uid, owner.st_gid))
        passwd.run("add", "--digest", REALM, self.folder / "new", "u", password="x",
                   preexec_fn=lambda: os.umask(0))
        self.assertEqual(stat.S_IMODE((self.folder / "new").stat().st_mode), 0o640)

    def test_a_file_that_is_there_keeps_its_acl(self) -> None:
        """Entries as in acl(5): tag, permissions, who; the folder's default for new files is not
        mixed in."""
        nobody = 0xffffffff

        def acl(*entries: tuple[int, int, int]) -> bytes:
            return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *one) for one in entries)

        wanted = acl((1, 6, nobody), (2, 4, 4321), (4, 4, nobody), (16, 4, nobody), (32, 0, nobody))
        default = acl((1, 6, nobody), (2, 6, 9876), (4, 4, nobody), (16, 6, nobody), (32, 0, nobody))
        self.file.write_bytes(b"")
        try:
            os.setxattr(self.file, "system.posix_acl_access", wanted)
            os.setxattr(self.folder, "system.posix_acl_default", default)
        except OSError as error:
            self.assertEqual(error.errno, errno.ENOTSUP)
            self.skipTest("the file system has no ACLs")
        passwd.run("add", "--digest", REALM, self.file, "alice", password="x")
        self.assertEqual(os.getxattr(self.file, "system.posix_acl_access"), wanted)
        os.removexattr(self.file, "system.posix_acl_access")
        self.file.chmod(0o640)
        passwd.run("set", "--digest", REALM, self.file, "alice", password="y")
        self.assertNotIn("system.posix_acl_access", os.listxattr(self.file))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)

    def test_an_owner_that_cannot_be_kept(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("root is needed to have a file of somebody else")
        self.file.write_text(f"alice:{REALM}:{ha1('alice', 'x')}\n")
        self.file.chmod(0o644)
        self.folder.chmod(0o777)
        program = place.for_others(place.helper_path("proxyauth"), self.folder)
        before = self.file.read_bytes()
        done = subprocess.run([program, "passwd", "delete", "--digest", REALM, self.file, "alice"],
                              capture_output=True, env=place.clean_env(), user=65534, group=65534,
                              extra_groups=[])
        self.assertEqual(done.returncode, 1, done)
        self.assertIn(b"the owner and group of", done.stderr)
        self.assertIn(b"nothing was changed", done.stderr)
        self.assertEqual(self.file.read_bytes(), before)
        self.assertFalse((self.folder / ".users.proxyauth-new").exists())

    def test_links(self) -> None:
        real = self.folder / "real"
        real.mkdir()
        (real / "file").write_bytes(b"")
        self.file.symlink_to("real/file")
        passwd.run("add", "--digest", REALM, self.file, "alice", password="x")
        self.assertTrue(self.file.is_symlink())
        self.assertTrue((real / "file").read_bytes().startswith(b"alice:"))
        os.link(real / "file", real / "second")
        self.refused("delete", "--digest", REALM, self.file, "alice", says="2 names .hard links.")
        (self.folder / "lost").symlink_to("nowhere")
        self.refused("add", "--digest", REALM, self.folder / "lost", "a", password="x",
                     says="a link that leads nowhere")
        beside = self.folder / ".new.proxyauth-new"
        beside.symlink_to("real/file")
        self.refused("add", "--digest", REALM, self.folder / "new", "a", password="x",
                     says="Too many levels of symbolic links")
        self.assertTrue((real / "file").read_bytes().startswith(b"alice:"))

    def test_what_is_no_file(self) -> None:
        os.mkfifo(self.folder / "fifo")
        for name, says in (("fifo", "is a FIFO"), (".", "is a folder"), ("/dev/null", "is a device"),
                           ("none/x", "No such file or directory"), ("none/", "slash|No such"),
                           ("", "FILE is empty")):
            with self.subTest(name):
                path = str(self.folder / name) if name and name[0] not in "/." else name
                path += "/" if name.endswith("/") and not path.endswith("/") else ""
                self.refused("add", "--digest", REALM, path, "alice", password="x", says=says,
                             status=1 if name else 2)
        for action in ("set", "delete", "verify", "list"):
            with self.subTest(action):
                self.refused(action, "--digest", REALM, self.file,
                             *([] if action == "list" else ["alice"]),
                             password="x" if action in ("set", "verify") else None,
                             says="No such file|does not exist")

    def test_a_duplicate_is_told(self) -> None:
        row = f"alice:{REALM}:{ha1('alice', 'x')}\n"
        self.file.write_text(row + "# and\n" + row)
        done = passwd.run("set", "--digest", REALM, self.file, "alice", password="new")
        self.assertRegex(done.stderr, rb"2 lines of .* line 3, which counts, was set")
        self.assertEqual(self.file.read_text(),
                         row + f"# and\nalice:{REALM}:{ha1('alice', 'new')}\n")
        done = passwd.run("delete", "--digest", REALM, self.file, "alice")
        self.assertIn(b"2 lines were the user's; all are deleted", done.stderr)
        self.assertEqual(self.file.read_text(), "# and\n")


class Words(FolderCase):
    def test_a_file_of_another_kind(self) -> None:
        """Else a line of HA1 would get a hash in the place of its realm. One line tells the kind."""
        one = {"--basic": "alice:$apr1$salt$n/JnYk1ANc3qh3Pqzghyk1\n",
               "--digest": f"alice:{REALM}:{ha1('alice', 'x')}\n",
               "--nt": f"alice:1000:{'X' * 32}:{NT_OF_PASSWORD}:[U          ]:LCT-00000000:\n"}
        for kind in one:
            words = (kind, REALM) if kind == "--digest" else (kind,)
            for other, text in one.items():
                with self.subTest(kind=kind, other=other):
                    self.file.write_text("# people\nno record\nlocked:!\n" + text)
                    for action, user in (("add", "bob"), ("set", "alice"), ("delete", "alice")):
                        more = {} if action == "delete" else {"password": "x"}
                        if other == kind:
                            passwd.run(action, *words, self.file, user, **more)
                        else:
                            self.refused(action, *words, self.file, user, **more,
                                         says=f"has lines for {other} and none for {kind};")
                    self.file.write_text(text + one[kind].replace("alice", "carol"))
                    passwd.run("add", *words, self.file, "bob", password="x")

    def test_lines_that_are_refused(self) -> None:
        """Exit status 2, and no word of the line is shown: it may be a password."""
        secret = "Tr0ub4dor-and-3"
        for words, says in (
                ([], "the first word is one of add, set, delete, verify and list"),
                ([secret], "the first word is one of"),
                (["--basic", "add", "FILE", "alice"], "the first word is one of"),
                (["add", "FILE", "alice"], "one of --basic, --digest REALM and --nt"),
                (["add", "--basic", "--nt", "FILE", "alice"], "one of --basic"),
                (["add", "--basic", "--digest", "x", "FILE", "alice"], "one of --basic"),
                (["add", "--basic", "FILE"], "takes the words FILE and USER"),
                (["list", "--basic", "FILE", secret], "list takes the word FILE"),
                (["delete", "--basic", "FILE", "alice", secret], "the words FILE and USER"),
                (["add", "--basic", "FILE", "alice", secret], "the password is no word"),
                (["set", "--basic", "FILE", "alice", secret], "the password is no word"),
                (["verify", "--nt", "FILE", "alice", secret], "the password is no word"),
                (["add", "--basic", "FILE", "alice", f"--password={secret}"], "--password is not"),
                (["add", "--basic", "--stdin=" + secret, "FILE", "alice"], "--stdin"),
                (["add", "--basic", "--hash", secret, "FILE", "alice"], "--hash"),
                (["add", "--basic", "--cost", secret, "FILE", "alice"], "--cost"),
                (["add", "--nt", "--cost", "5", "FILE", "alice"], "--basic"),
                (["verify", "--basic", "--hash", "bcrypt", "FILE", "alice"], "add and set"),
                (["list", "--basic", "--stdin", "FILE"], "no --stdin"),
                (["delete", "--basic", "--stdin", "FILE", "alice"], "no --stdin"),
                (["add", "--basic", "", "alice"], "FILE is empty"),
                (["add", "--basic", "FILE", ""], "name is empty"),
                (["add", "--basic", "FILE", "al:ice"], "colon"),
                (["delete", "--digest", "b", "FILE", "al:ice"], "colon"),
                (["add", "--basic", "FILE", "#alice"], "comment"),
                (["add", "--nt", "FILE", b"J\xfcrgen"], "UTF-8"),
                (["add", "--digest", "", "FILE", "alice"], "realm is empty"),
                (["add", "--digest", 'a"b', "FILE", "alice"], "quote"),
                (["add", "--basic", "FILE", "a" * 256], "longer than 255")):
            with self.subTest(words):
                done = subprocess.run([place.helper_path("proxyauth"), "passwd", *words],
                                      cwd=self.folder, input=b"x\n", capture_output=True,
                                      env=place.clean_env())
                self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
                self.assertIn(says, done.stderr.decode())
                self.assertEqual(done.stderr.count(b"\n"), 1)
                self.assertNotIn(secret, done.stderr.decode())
                self.assertTrue(passwd.only(self.folder))

    def test_help_and_version(self) -> None:
        for words in (["--help"], ["add", "--help"]):
            said = passwd.run(*words).stdout.decode()
            self.assertIn("Usage: proxyauth passwd add|set|delete|verify|list", said)
        self.assertIn(b"(proxyauth)", passwd.run("--version").stdout)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([place.helper_path("proxyauth"), "passwd", "--help"], stdout=full,
                                  stderr=subprocess.PIPE, env=place.clean_env())
        self.assertEqual(done.returncode, 1)

    def test_names_that_look_like_options(self) -> None:
        passwd.run("add", "--digest", REALM, self.file, "-u", password="x")
        passwd.run("add", "--digest", REALM, self.file, "--word=--user", password="x")
        self.assertEqual([row.split(":")[0] for row in self.file.read_text().splitlines()],
                         ["-u", "--user"])


class Password(FolderCase):
    def add(self, data: bytes, *kind: str, status: int = 0) -> bytes:
        self.file.unlink(missing_ok=True)
        done = subprocess.run([place.helper_path("proxyauth"), "passwd", "add", "--stdin",
                               *(kind or ("--digest", REALM)), self.file, "alice"], input=data,
                              capture_output=True, env=place.clean_env())
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr

    def test_the_bytes_of_the_first_line(self) -> None:
        for data, password in ((b"x\n", b"x"), (b"x", b"x"), (b"x\r\n", b"x"), (b"x\r", b"x"),
                               (b" x \r\r\n", b" x \r"), (b"\xfc\x01\t\n", b"\xfc\x01\t"),
                               (b"a\nb\n", b"a"), (b"y" * 511 + b"\r\n", b"y" * 511)):
            with self.subTest(data):
                self.add(data)
                digest = hashlib.md5(b"alice:a realm:" + password).hexdigest()
                self.assertEqual(self.file.read_text(), f"alice:{REALM}:{digest}\n")

    def test_what_is_refused(self) -> None:
        for data, says, kind in ((b"", b"has ended", ()), (b"\nx", b"is empty", ()),
                                 (b"\r\n", b"is empty", ()), (b"a\0b\n", b"NUL", ()),
                                 (b"y" * 512 + b"\n", b"longer than 511", ()),
                                 (b"y" * 100000, b"longer than 511", ()),
                                 (b"y" * 73 + b"\n", b"72", ("--basic", "--hash", "bcrypt")),
                                 (b"\xfc\n", b"not UTF-8", ("--nt",))):
            with self.subTest(data[:80]):
                self.assertIn(says, self.add(data, *kind, status=1))
                self.assertTrue(passwd.only(self.folder))

    def test_the_longest_that_each_kind_takes(self) -> None:
        for kind, most in (("yescrypt", 511), ("sha512", 511), ("bcrypt", 72)):
            cost = {"bcrypt": "4", "sha512": "1000", "yescrypt": "1"}[kind]
            self.add(b"y" * most, "--basic", "--hash", kind, "--cost", cost)
            passwd.run("verify", "--basic", self.file, "alice", password="y" * most)
            self.refused("verify", "--basic", self.file, "alice", password="y" * (most - 1),
                         says="is not the user's")

    def test_what_follows_the_first_line_is_left_to_others(self) -> None:
        script = '"$1" passwd add --stdin --digest "$2" "$3" alice; cat'
        done = subprocess.run(["sh", "-c", script, "sh", place.helper_path("proxyauth"), REALM,
                               str(self.file)], input=b"secret\nthe rest\n", capture_output=True,
                              env=place.clean_env())
        self.assertEqual(done.stdout, b"the rest\n")

    def test_without_terminal_and_without_stdin(self) -> None:
        done = subprocess.run([place.helper_path("proxyauth"), "passwd", "add", "--nt", self.file,
                               "alice"], input=b"secret\n", capture_output=True,
                              env=place.clean_env())
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard input is no terminal; --stdin reads", done.stderr)
        self.assertTrue(passwd.only(self.folder))


class Helpers(FolderCase):
    """The helpers log their users in; they are skipped where they were not built."""

    def ask(self, name: str, *words: str, line: str) -> str:
        done = subprocess.run([place.helper_path(name), *words, self.file],
                              input=f"{line}\n".encode(), capture_output=True, timeout=60,
                              env=place.clean_env())
        return done.stdout.decode()

    def test_basic_file(self) -> None:
        for kind in ("yescrypt", "bcrypt", "sha512"):
            passwd.run("add", "--basic", "--hash", kind, self.file, kind, password="secret")
            self.assertEqual(self.ask("basic-file", line=f"{kind} secret")[:2], "OK")
            self.assertEqual(self.ask("basic-file", line=f"{kind} Secret")[:3], "ERR")

    def test_digest_file(self) -> None:
        passwd.run("add", "--digest", REALM, self.file, "alice", password="secret")
        said = self.ask("digest-file", "-c", line=f'"alice":"{REALM}"')
        self.assertIn(ha1("alice", "secret"), said)
        self.assertEqual(said[:2], "OK")
        self.assertEqual(self.ask("digest-file", "-c", line='"alice":"other"')[:3], "ERR")


if __name__ == "__main__":
    unittest.main()
