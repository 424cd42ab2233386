# SPDX-License-Identifier: BSD-2-Clause
"""basic-pam with pam_unix: accounts of the system, in mount namespaces with a passwd and a shadow
file of the test's own. As root, as somebody in the group of the shadow file, and as a user whose
password only unix_chkpwd(8) may look at. The machine's own files are not touched."""

import os
import pathlib
import subprocess
import time
import unittest

from support import basicfile, basicldap, basicpam, helper, place
from support.basicpam import ERR, OK

SERVICE = ("auth required pam_unix.so {options}", "account required pam_unix.so")
DAY_S = 24 * 3600
ALICE_UID, SHADOW_GID = 54321, 54322
MOUNTS = """set -e
for name in passwd shadow group nsswitch.conf; do mount --bind "$0/$name" /etc/$name; done
exec "$@"
"""


class Unix(basicpam.Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        basicpam.need_module("pam_unix.so")
        cls.etc = cls.folder / "etc"
        cls.etc.mkdir()
        cls._write_accounts()
        root = os.geteuid() == 0
        cls.namespace = [place.need_program("unshare"), "--mount",
                         *([] if root else ["--user", "--map-root-user"]),
                         place.need_program("sh"), "-c", MOUNTS, str(cls.etc)]
        done = subprocess.run([*cls.namespace, place.need_program("getent"), "passwd", "alice"],
                              capture_output=True, text=True)
        if f"alice:x:{ALICE_UID}" not in done.stdout:
            raise unittest.SkipTest(f"needs mount namespaces: {done.stderr.strip()}")

    @classmethod
    def _write_accounts(cls) -> None:
        today = int(time.time()) // DAY_S
        secret = basicfile.openssl("secret", "-6")
        # As shadow(5) has it: last change, min, max, warn, inactive, expires
        aging = {
            "alice": (secret, f"{today}:0:99999:7::"),
            "bob": (secret, f"{today}:0:99999:7::"),
            "expired": (secret, f"{today}:0:99999:7::{today - 1}"),
            "old": (secret, f"{today - 100}:0:30:7::"),
            "change": (secret, "0:0:99999:7::"),
            "inactive": (secret, f"{today - 100}:0:30:7:10:"),
            "locked": ("!" + secret, f"{today}:0:99999:7::"),
            "empty": ("", f"{today}:0:99999:7::"),
            "root": ("*", f"{today}:0:99999:7::"),
        }
        passwd = "root:x:0:0:root:/root:/bin/sh\n" + "".join(
            f"{user}:x:{ALICE_UID + 10 * number}:65534::/nonexistent:/bin/sh\n"
            for number, user in enumerate(aging) if user != "root")
        texts = {"passwd": passwd,
                 "shadow": "".join(f"{user}:{hashed}:{rest}:\n"
                                   for user, (hashed, rest) in aging.items()),
                 "group": f"root:x:0:\nnogroup:x:65534:\nshadow:x:{SHADOW_GID}:\n",
                 "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\n"}
        for name, text in texts.items():
            place.put(cls.etc / name, text)
            (cls.etc / name).chmod(0o644)
        (cls.etc / "shadow").chmod(0o640)

    def unix(self, *front: str, options: str = "", helper_options: tuple[str, ...] = (),
             stock: bool = False) -> helper.Helper:
        """A helper in there; FRONT is what starts it as somebody else."""
        self.put_service(*(line.format(options=options) for line in SERVICE))
        if stock:
            return self.start([*self.namespace, *front, *basicpam.stock_argv(self.services)],
                              ids=False)
        program, *words = basicpam.argv("--service-dir", self.services, *helper_options)
        return self.start([*self.namespace, *front, place.for_others(program, self.folder), *words])

    def check_accounts(self, asked: helper.Helper) -> None:
        for user, reply in (("alice", OK), ("bob", OK), ("locked", ERR), ("nobody-known", ERR),
                            ("root", ERR), ("empty", ERR)):
            with self.subTest(user):
                self.assertEqual(asked.ask(user, "secret"), reply)
        self.assertEqual(asked.ask("alice", "wrong"), ERR)
        self.assertEqual(asked.ask("bob", "Secret"), ERR)

    def test_accounts(self) -> None:
        asked = self.unix()
        self.check_accounts(asked)
        self.assertEqual(asked.finish(), 0)

    def test_states(self) -> None:
        """What shadow(5) calls them; told behind the right password alone."""
        asked = self.unix()
        for user, word in (("expired", "account-expired"), ("old", "must-change"),
                           ("change", "must-change"), ("inactive", "expired")):
            with self.subTest(user):
                self.assertIn(f'reason_="{word}"', asked.ask(user, "secret"))
                self.assertEqual(asked.ask(user, "wrong"), ERR)
        asked = self.unix(helper_options=("-o",))
        self.assertEqual(asked.ask("expired", "secret"), OK)

    def test_an_account_without_a_password(self) -> None:
        """pam_unix with `nullok` lets it in with any password. Squid's helper allows that."""
        self.assertEqual(self.unix(options="nullok").ask("empty", "anything"), ERR)
        self.assertEqual(self.unix(options="nullok", stock=True).ask("empty", "anything"), "OK ")

    def need_root(self) -> str:
        if os.geteuid() != 0:
            self.skipTest("root is needed to become somebody else")
        return place.need_program("setpriv")

    def test_the_group_of_the_shadow_file(self) -> None:
        """What basic-pam.8 says to do on Debian."""
        setpriv = self.need_root()
        os.chown(self.etc / "shadow", 0, SHADOW_GID)
        self.check_accounts(self.unix(setpriv, "--reuid=65534", "--regid=65534",
                                      f"--groups={SHADOW_GID}"))

    def test_a_capability(self) -> None:
        """What basic-pam.8 says to do elsewhere; here it is given to the process. Linux-PAM 1.6
        does not look into the shadow file itself any more (its pull request 686): what Squid's
        helper gets with the same right says whether this one does."""
        setpriv = self.need_root()
        os.chown(self.etc / "shadow", 0, 0)
        front = (setpriv, "--reuid=65534", "--regid=65534", "--clear-groups",
                 "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
        if self.unix(*front, stock=True).ask("alice", "secret").startswith("OK"):
            self.check_accounts(self.unix(*front))
        else:
            self.assertEqual(self.unix(*front).ask("alice", "secret").split()[0], "BH")

    def test_unix_chkpwd(self) -> None:
        """Without more rights pam_unix starts a program, which may look at the caller's own
        password alone. It ends in time, also in a thread, where signals are blocked."""
        setpriv = self.need_root()
        # It is setgid for the machine's own shadow group, or setuid.
        chkpwd = pathlib.Path(place.need_program("unix_chkpwd"))
        os.chown(self.etc / "shadow", 0, chkpwd.stat().st_gid)
        asked = self.unix(setpriv, f"--reuid={ALICE_UID}", "--regid=65534", "--clear-groups")
        for _ in range(3):
            self.assertEqual(asked.ask("alice", "secret"), OK)
            self.assertEqual(asked.ask("alice", "wrong"), ERR)
        self.assertNotEqual(asked.ask("bob", "secret"), OK)

    def test_memory(self) -> None:
        """pam_unix and libcrypt wipe what they copy."""
        self.need_root()
        asked = self.unix()
        self.assertEqual(asked.ask("alice", "secret"), OK)
        self.assertEqual(asked.ask("alice", "Jupiter-Kallisto"), ERR)
        memory = place.writable_memory(asked.process.child.pid)
        self.assertIn(str(self.services).encode(), memory)
        self.assertEqual(basicldap.secrets_in(memory.decode("latin-1"), "Jupiter-", "Kallisto"), [])


if __name__ == "__main__":
    unittest.main()
