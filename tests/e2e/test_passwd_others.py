# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth passwd: its files and those of Apache's htpasswd and htdigest, of Samba and of gss-ntlmssp
are the same. What is expected is what these programs say.
"""

import getpass
import pathlib
import re
import subprocess
import unittest

from support import gss, passwd, place
from support.passwd import NT_OF_PASSWORD, REALM, FolderCase
from support.terminal import Terminal


class Apache(FolderCase):
    def htpasswd(self, *words: str | pathlib.Path, status: int = 0) -> None:
        done = subprocess.run([place.need_program("htpasswd"), *words], capture_output=True,
                              check=False, env=place.clean_env())
        self.assertEqual(done.returncode, status, done)

    def test_our_files_in_htpasswd(self) -> None:
        for kind in ("yescrypt", "bcrypt", "sha512"):
            passwd.run("add", "--basic", "--hash", kind, self.file, kind, password="Pass wörd")
            self.htpasswd("-vb", self.file, kind, "Pass wörd")
            self.htpasswd("-vb", self.file, kind, "Pass word", status=3)
        self.htpasswd("-bB", self.file, "bcrypt", "new")
        self.htpasswd("-D", self.file, "sha512")
        passwd.run("verify", "--basic", self.file, "yescrypt", password="Pass wörd")
        passwd.run("verify", "--basic", self.file, "bcrypt", password="new")
        self.refused("verify", "--basic", self.file, "sha512", password="new", says="is not in")

    def test_files_of_htpasswd(self) -> None:
        """-m is $apr1$, -B bcrypt, -s {SHA}, -2 and -5 SHA-2 where htpasswd has them."""
        offered = subprocess.run([place.need_program("htpasswd")], capture_output=True, text=True,
                                 env=place.clean_env()).stderr
        kinds = [kind for kind in ("-m", "-B", "-s", "-2", "-5") if f" {kind} " in offered]
        self.assertIn("-m", kinds)
        self.assertIn("-B", kinds)
        for kind in kinds:
            create = [] if self.file.exists() else ["-c"]
            self.htpasswd("-b", *create, kind, self.file, f"user{kind}", "Pass wörd")
            passwd.run("verify", "--basic", self.file, f"user{kind}", password="Pass wörd")
            self.refused("verify", "--basic", self.file, f"user{kind}", password="pass wörd",
                         says="is not the user's")
        listed = passwd.run("list", "--basic", self.file).stdout.decode().splitlines()
        self.assertEqual([row.split("\t")[0] for row in listed], [f"user{kind}" for kind in kinds])
        passwd.run("set", "--basic", self.file, "user-m", password="new")
        for kind in kinds:
            self.htpasswd("-vb", self.file, f"user{kind}", "new" if kind == "-m" else "Pass wörd")

    def test_htdigest(self) -> None:
        """htdigest asks at the terminal; it changes our file and adds to it, and we verify."""
        program = place.need_program("htdigest")
        passwd.run("add", "--digest", REALM, self.file, "alice", password="old")
        for user in ("alice", "bob"):
            session = Terminal(program, str(self.file), REALM, user)
            self.addCleanup(session.close)
            session.await_text(b"New password: ")
            session.type("Pass wörd\n".encode())
            session.await_text(b"Re-type new password: ")
            session.type("Pass wörd\n".encode())
            self.assertEqual(session.news(), "ended 0")
            passwd.run("verify", "--digest", REALM, self.file, user, password="Pass wörd")
        self.refused("verify", "--digest", REALM, self.file, "alice", password="old",
                     says="is not the user's")


class Samba(FolderCase):
    def test_gss_ntlmssp_reads_our_file(self) -> None:
        env = place.clean_env(NTLM_USER_FILE=str(self.file))
        self.file.write_text("LAB:bob:secret\n")      # the other form that it reads
        try:
            said = gss.ntlm(env, "LAB\\bob", "secret")
        except AssertionError as error:
            self.skipTest(f"gss-ntlmssp: {error}")
        self.assertEqual(said["major"], 0)
        self.file.unlink()
        for user, password in (("alice", "Pass wörd"), ("bob", "Passw\u00f6rd \U0001f511")):
            passwd.run("add", "--nt", self.file, user, password=password)
        for user, password in (("alice", "Pass wörd"), ("bob", "Passw\u00f6rd \U0001f511")):
            self.assertEqual(gss.ntlm(env, user, password)["major"], 0)
            self.assertNotEqual(gss.ntlm(env, user, password + "x")["major"], 0)

    def test_pdbedit_reads_our_file_and_we_read_its(self) -> None:
        pdbedit = place.need_program("pdbedit")
        user = getpass.getuser()
        config = self.folder / "smb.conf"
        config.write_text("[global]\n" f"passdb backend = smbpasswd:{self.file}\n" + "".join(
            f"{name} = {self.folder}\n" for name in ("private dir", "lock directory",
                                                      "state directory", "cache directory",
                                                      "pid directory", "ncalrpc dir")))
        passwd.run("add", "--nt", self.file, user, password="Password")

        def pdb(*words: str, data: bytes = b"") -> str:
            done = subprocess.run([pdbedit, "-s", config, *words], input=data, capture_output=True,
                                  env=place.clean_env(LOGNAME=user))
            if done.returncode != 0:
                self.skipTest(f"pdbedit: {done.stderr.decode(errors='replace')}")
            return done.stdout.decode()

        listed = pdb("-L", "-w", "-u", user)
        self.assertRegex(listed, rf"(?m)^{re.escape(user)}:\d+:X+:{NT_OF_PASSWORD}:"
                         r"\[U +\]:LCT-[0-9A-F]{8}:$")
        pdb("-a", "-t", "-u", user, data=b"new one\nnew one\n")
        passwd.run("verify", "--nt", self.file, user, password="new one")


if __name__ == "__main__":
    unittest.main()
