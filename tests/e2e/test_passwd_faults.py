# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth passwd: killed at every system call, many at once, a full disk, a program that does not
know its lock. At every moment the file is the old one or the new one, and none loses.

The hashes expected are the HA1 of RFC 2617, section 3.5, and what Python's hashlib says.
"""

import concurrent.futures
import fcntl
import os
import pathlib
import resource
import signal
import stat
import subprocess
import threading
import unittest

from support import passwd, place
from support.passwd import FolderCase

REALM = "testrealm@host.com"
MUFASA = "939e7578ed9e3c518a452acee763bce9"      # RFC 2617: of "Circle Of Life"
OLD = ("# people\r\n"
       f"Mufasa:{REALM}:0123456789abcdef0123456789ABCDEF\r\n"
       "a line that is no record\r\n"
       f"Mufasa:another realm:00000000000000000000000000000000").encode()


def line(user: str, password: str, realm: str = REALM) -> bytes:
    return f"{user}:{realm}:{passwd.ha1(user, password, realm)}".encode()


def traced(how: str | list[str], *words: str | pathlib.Path, password: str = "Circle Of Life"
           ) -> subprocess.CompletedProcess:
    """passwd WORDS under tests/support/kill_at; skips the test where ptrace(2) is not permitted."""
    tracer = place.helpers_dir().parent / "tests" / "support" / "kill_at"
    if not tracer.exists():
        raise unittest.SkipTest("kill_at was not built")
    # LeakSanitizer cannot work in a program that is traced.
    env = place.clean_env(ASAN_OPTIONS="detect_leaks=0")
    how = [how] if isinstance(how, str) else how
    done = subprocess.run([tracer, *how, place.helper_path("proxyauth"), "passwd", *words],
                          input=f"{password}\n".encode(), capture_output=True, env=env)
    if done.returncode != 0:
        raise AssertionError(done)
    last = done.stdout.decode().splitlines()[-1]      # the program's own output is before it
    if last.startswith("cannot"):
        raise unittest.SkipTest(f"ptrace: {last}")
    return done


class FaultCase(FolderCase):
    def digest(self, action: str, user: str, password: str | None = None, **more: object):
        return passwd.run(action, "--digest", REALM, self.file, user, password=password, **more)


class Killed(FaultCase):
    """The program is killed at each stop, before and after each of its system calls."""

    def killed_at(self, number: int, action: str, *words: str) -> bool:
        """Whether it was killed; False if it had ended before."""
        done = traced(str(number), action, "--digest", REALM, self.file, "Mufasa", *words)
        word, _, rest = done.stdout.decode().strip().splitlines()[-1].partition(" ")
        if word == "ended":
            self.assertEqual(rest, "0", done)
        return word == "killed"

    def one(self, number: int, action: str, old: bytes | None, new: bytes) -> tuple[bool, str]:
        """One run that is killed, and one behind it that is not; what there was between them."""
        for path in self.folder.iterdir():
            path.unlink()
        if old is not None:
            self.file.write_bytes(old)
            self.file.chmod(0o604)
        killed = self.killed_at(number, action, *([] if action == "delete" else ["--stdin"]))
        now = self.file.read_bytes() if self.file.exists() else None
        self.assertIn(now, (old, new), f"killed at stop {number}")
        if now is not None:
            self.assertEqual(stat.S_IMODE(self.file.stat().st_mode),
                             0o640 if old is None else 0o604)
        seen = "new" if now == new else "old"
        if not passwd.only(self.folder, *(["users"] if now is not None else [])):
            seen += " with a leftover"
        self.digest("add", "bob", "builder")
        self.assertTrue(passwd.only(self.folder, "users"), f"killed at stop {number}")
        end = b"\r\n" if now and b"\r\n" in now else b"\n"
        between = end if now and not now.endswith(b"\n") else b""
        self.assertEqual(self.file.read_bytes(),
                         (now or b"") + between + line("bob", "builder") + end)
        return killed, seen

    def every(self, action: str, old: bytes | None, new: bytes) -> None:
        number = 0
        killed = True
        seen: list[str] = []
        while killed:
            number += 1
            killed, state = self.one(number, action, old, new)
            seen.append(state)
        self.assertGreater(number, 100)
        # All three states have been seen. A run can have a call or two more than the one before: a
        # file of just now is read twice.
        self.assertEqual((seen[0], seen[-1]), ("old", "new"))
        self.assertEqual(set(seen), {"old", "old with a leftover", "new"})

    def test_set(self) -> None:
        self.every("set", OLD, OLD.replace(b"0123456789abcdef0123456789ABCDEF", MUFASA.encode()))

    def test_add_creates(self) -> None:
        self.every("add", None, f"Mufasa:{REALM}:{MUFASA}\n".encode())

    def test_delete(self) -> None:
        lines = OLD.splitlines(keepends=True)
        self.every("delete", OLD, b"".join(lines[:1] + lines[2:]))


    def test_nothing_of_a_leftover_is_used(self) -> None:
        beside = self.folder / ".users.proxyauth-new"
        beside.write_bytes(b"eve:of a leftover\n" * 1000)
        beside.chmod(0o666)
        with open(beside, "ab") as other:      # whoever has it open cannot write to the new file
            self.digest("add", "alice", "secret")
            other.write(b"eve:later\n")
        self.assertEqual(self.file.read_bytes(), line("alice", "secret") + b"\n")
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)
        self.assertTrue(passwd.only(self.folder, "users"))


class AtOnce(FaultCase):
    def all_at_once(self, count: int) -> None:
        users = [f"user{number}" for number in range(count)]
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            list(pool.map(lambda user: self.digest("add", user, user), users))
        self.assertEqual(sorted(self.file.read_bytes().splitlines()),
                         sorted(line(user, user) for user in users))
        with concurrent.futures.ThreadPoolExecutor(count) as pool:
            odd = users[1::2]
            jobs = [pool.submit(self.digest, "set", user, "new") for user in users[::2]]
            jobs += [pool.submit(self.digest, "delete", user) for user in odd]
            for job in jobs:
                job.result()
        self.assertEqual(sorted(self.file.read_bytes().splitlines()),
                         sorted(line(user, "new") for user in users[::2]))
        self.assertTrue(passwd.only(self.folder, "users"))

    def test_two(self) -> None:
        self.all_at_once(2)

    def test_twenty(self) -> None:
        self.all_at_once(20)

    def test_of_twenty_who_add_the_same_user_one_succeeds(self) -> None:
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            done = list(pool.map(lambda number: self.digest("add", "alice", str(number),
                                                            status=None), range(20)))
        won = [number for number, one in enumerate(done) if one.returncode == 0]
        self.assertEqual(len(won), 1)
        self.assertEqual(self.file.read_bytes(), line("alice", str(won[0])) + b"\n")

    def test_readers_always_see_a_whole_file(self) -> None:
        """While users are set, a reader finds all of them each time."""
        users = [f"user{number}" for number in range(200)]
        self.file.write_bytes(b"".join(line(user, "old") + b"\n" for user in users))
        ended = threading.Event()
        seen: set[int] = set()

        def read() -> None:
            while not ended.is_set():
                seen.add(len(self.file.read_bytes().splitlines()))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for user in users[:20]:
                self.digest("set", user, "new")
        finally:
            ended.set()
            reader.join()
        self.assertEqual(seen, {200})

    def test_a_lock_that_is_held_is_awaited(self) -> None:
        """What holds the lock here renames its file, as another proxyauth would. After a while the
        one that waits says so."""
        self.file.write_bytes(line("alice", "old") + b"\n")
        beside = self.folder / ".users.proxyauth-new"
        with open(beside, "wb") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            argv = [place.helper_path("proxyauth"), "passwd", "delete", "--digest", REALM,
                    str(self.file), "alice"]
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                     env=place.clean_env())
            try:
                place.wait_for(lambda: self.waits(child.pid), "the program to wait for the lock")
                self.assertIsNone(child.poll())
                other.write(line("alice", "x") + b"\n" + line("bob", "y") + b"\n")
                other.flush()
                os.rename(beside, self.file)
            except BaseException:
                child.kill()
                raise
        said = child.communicate(timeout=place.PATIENCE_S)[1]
        self.assertEqual(child.returncode, 0)
        self.assertRegex(said.decode(), r"\A[^\n]*waiting for another program, which has "
                         r"[^\n]*/\.users\.proxyauth-new locked\n\Z")
        self.assertEqual(self.file.read_bytes(), line("bob", "y") + b"\n")
        self.assertTrue(passwd.only(self.folder, "users"))

    @staticmethod
    def waits(pid: int) -> bool:
        """Whether the kernel lists the process as waiting for a lock (-> in proc_locks(5))."""
        rows = pathlib.Path("/proc/locks").read_text().splitlines()
        return any("->" in row and row.split()[5] == str(pid) for row in rows)


class Disk(FaultCase):
    def test_a_full_disk(self) -> None:
        """A file of 48 KiB on a disk of 64 KiB: there is no room for two. Root needs no user
        namespace to mount one, and inside a chroot gets none."""
        unshare = place.need_program("unshare")
        mount = place.need_program("mount")
        old = line("alice", "old") + b"\n" + b"# " + b"x" * 49000 + b"\n"
        (self.folder / "old").write_bytes(old)
        (self.folder / "small").mkdir()
        script = ('set -e; "$1" -t tmpfs -o size=64k none small || exit 99; echo mounted; '
                  'cat old > small/users; '
                  'echo new | "$2" passwd set --stdin --digest "$3" small/users alice || '
                  'echo "= $?"; ls -A small; cmp old small/users && echo same')
        own = ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]
        done = subprocess.run(
            [unshare, *own, "sh", "-c", script, "sh", mount, place.helper_path("proxyauth"), REALM],
            cwd=self.folder, capture_output=True, text=True, env=place.clean_env())
        if "mounted" not in done.stdout:
            lacks = "no disk of its own" if os.geteuid() == 0 else "needs root or a user namespace"
            self.skipTest(f"{lacks}: {done.stderr.strip()}")
        self.assertEqual(done.stdout.split(), ["mounted", "=", "1", "users", "same"], done.stderr)
        self.assertIn("No space left on device; nothing was changed", done.stderr)

    def test_a_file_that_may_not_grow_as_large(self) -> None:
        old = line("alice", "old") + b"\n" + b"# " + b"x" * 49000 + b"\n"
        self.file.write_bytes(old)

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

        done = self.digest("set", "alice", "new", status=1, preexec_fn=limit)
        self.assertIn(b"File too large; nothing was changed", done.stderr)
        self.assertEqual(self.file.read_bytes(), old)
        self.assertTrue(passwd.only(self.folder, "users"))


class Changed(FaultCase):
    def test_by_another_program_meanwhile(self) -> None:
        """The other one writes between the program's look at the file and its rename."""
        before = line("alice", "old") + b"\n"
        after = before + line("bob", "his") + b"\n"
        other = self.folder.parent / f"{self.folder.name}.other"
        self.addCleanup(other.unlink, missing_ok=True)
        for name, command in (("written", f"cat {other} > {self.file}"),
                              ("deleted", f"rm {self.file}"),
                              ("mode", f"chmod 600 {self.file}"),
                              ("same length", f"printf x | dd of={self.file} conv=notrunc")):
            with self.subTest(name):
                self.file.write_bytes(before)
                self.file.chmod(0o640)
                other.write_bytes(after)
                done = traced(f"fsync={command}", "delete", "--digest", REALM, self.file, "alice")
                self.assertIn(b"was changed by another program meanwhile", done.stderr)
                self.assertEqual(done.stdout, b"ended 1\n")
                expected = {"written": after, "deleted": None, "mode": before,
                            "same length": b"x" + before[1:]}[name]
                now = self.file.read_bytes() if self.file.exists() else None
                self.assertEqual(now, expected)
                self.assertTrue(passwd.only(self.folder, *(["users"] if now else [])))

    def test_emptied_by_one_who_is_about_to_write(self) -> None:
        """htpasswd empties the file and then writes. Who takes it for empty loses everybody. It is
        believed 50 ms later, which a busy machine may take: then it is tried again."""
        before = line("bob", "his") + b"\n"
        other, slept = (self.folder.parent / f"{self.folder.name}.{name}"
                        for name in ("other", "slept"))
        for path in (other, slept):
            self.addCleanup(path.unlink, missing_ok=True)
        other.write_bytes(before)

        def waits() -> bool:
            self.file.write_bytes(before)
            done = traced([f"flock=: > {self.file}",
                           f"sleep=touch {slept}; cat {other} > {self.file}"],
                          "add", "--stdin", "--digest", REALM, self.file, "Mufasa")
            self.assertEqual(done.stdout, b"ended 0\n", done)
            return slept.exists()
        place.wait_for(waits, "the program to wait for what is written")
        self.assertEqual(self.file.read_bytes(), before + f"Mufasa:{REALM}:{MUFASA}\n".encode())

    def test_created_meanwhile(self) -> None:
        done = traced(f"fsync=echo '# his' > {self.file}", "add", "--stdin", "--digest", REALM,
                      self.file, "alice")
        self.assertIn(b"was changed by another program meanwhile", done.stderr)
        self.assertEqual(self.file.read_bytes(), b"# his\n")


class Swapped(FaultCase):
    """Whoever may write to the folder swaps the file for a link, once links have been followed."""

    def test_for_a_link_to_a_secret(self) -> None:
        """Else the new file would hold the secret, with what ACL the other one chooses."""
        secret = self.folder / "secret"
        for action in (["delete"], ["add", "--stdin"]):
            with self.subTest(action):
                self.file.unlink(missing_ok=True)
                self.file.write_bytes(b"# theirs\n")
                secret.write_bytes(line("Mufasa" if action == ["delete"] else "root", "old") + b"\n")
                before = secret.read_bytes()
                done = traced(f"flock=ln -sf secret {self.file}", *action, "--digest", REALM,
                              self.file, "Mufasa")
                self.assertEqual(done.stdout, b"ended 1\n", done)
                self.assertIn(b"was changed by another program meanwhile", done.stderr)
                self.assertTrue(self.file.is_symlink())
                self.assertEqual(secret.read_bytes(), before)
                self.assertTrue(passwd.only(self.folder, "secret", "users"))

    def test_for_another_name_of_a_secret(self) -> None:
        secret = self.folder / "secret"
        secret.write_bytes(line("root", "old") + b"\n")
        self.file.write_bytes(b"# theirs\n")
        done = traced(f"flock=ln -f {secret} {self.file}", "add", "--stdin", "--digest", REALM,
                      self.file, "Mufasa")
        self.assertEqual(done.stdout, b"ended 1\n", done)
        self.assertIn(b"has 2 names (hard links)", done.stderr)
        self.assertEqual(self.file.read_bytes(), secret.read_bytes())


class Memory(FaultCase):
    def setUp(self) -> None:
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("needs root to look into a process that is not dumpable")

    def test_the_password_is_gone_at_the_end(self) -> None:
        """Also HA1; what is known to be in memory, the name of the file, is found."""
        for kind, how in ((["--digest", REALM], []), (["--nt"], []), (["--basic"], ["--cost", "1"]),
                          (["--basic"], ["--hash", "bcrypt", "--cost", "4"])):
            for action in ("add", "set", "verify"):
                words = [action, *kind, *([] if action == "verify" else how), "--stdin", self.file,
                         "Mufasa"]
                for text, there in ((str(self.file), True), ("Circle Of Life", False),
                                    (MUFASA, False)):
                    if action == "add":
                        self.file.unlink(missing_ok=True)
                    with self.subTest(kind=kind, action=action, text=text):
                        self.assertEqual(self.found(text, *words) > 0, there)

    def test_so_is_its_utf_16(self) -> None:
        """What is hashed for NTLM. That of these seven characters reads as this ASCII text."""
        password = "Circle Of Life".encode().decode("utf-16-le")
        for action in ("add", "set", "verify"):
            words = [action, "--nt", "--stdin", self.file, "Mufasa"]
            for text, there in ((str(self.file), True), ("Circle Of Life", False),
                                (password, False)):
                if action == "add":
                    self.file.unlink(missing_ok=True)
                with self.subTest(action=action, text=text):
                    self.assertEqual(self.found(text, *words, password=password) > 0, there)

    def found(self, text: str, *words: str | pathlib.Path, **more: str) -> int:
        rows = traced(f"search={text}", *words, **more).stdout.decode().splitlines()
        self.assertEqual(rows[-1], "ended 0")
        return int(next(row for row in rows if row.startswith("found")).split()[1])


if __name__ == "__main__":
    unittest.main()
