# SPDX-License-Identifier: BSD-2-Clause
"""The command line and --config from outside: what is refused and how, and what each letter does
to what the directory is asked.
"""

import os
import pathlib
import subprocess
import unittest

from support import basicldap, helper, place, tree


def run(words: list[str], data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(words, input=data, capture_output=True, env=place.clean_env(),
                          timeout=place.PATIENCE_S)


class Refused(basicldap.Case):
    """Exit 2 with one sentence on standard error that names the option, nothing on the output."""

    def check(self, named: str, *options: str) -> None:
        with self.subTest(" ".join(options)):
            done = run([place.helper_path("basic-ldap"), *options], b"alice alice-pw\n")
            self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
            rows = done.stderr.decode().strip().splitlines()
            self.assertEqual(len(rows), 1, rows)
            self.assertIn(named, rows[0])

    def test_bad_lines(self) -> None:
        base = ("-b", tree.PEOPLE)
        self.check("--base")
        self.check("-b", "-f", "(uid=%s)")
        self.check("-q", *base, "-q")
        self.check("--no-such-option", *base, "--no-such-option")
        self.check("-E", *base, "-E", "/etc/certs")
        self.check("-s", *base, "-s", "subtree")
        self.check("-a", *base, "-a", "sometimes")
        self.check("-p", *base, "-p", "ldap")
        self.check("-p", *base, "-p", "65536")
        self.check("-p", *base, "-p", "0")
        self.check("-p", "--domain", "corp.test", "-p", "390")
        self.check("--backup-uri", *base, "--backup-uri", "ldap://127.0.0.1")
        self.check("--global-catalog", "--directory", "ad", "--global-catalog", "-H", "ldapi:///")
        self.check("-c", *base, "-c", "soon")
        self.check("-t", *base, "-t", "-1")
        self.check("-v", *base, "-v", "4")
        self.check("filter", *base, "-f", "(uid=%u)")
        self.check("filter", *base, "-f", "(uid=%n)")
        self.check("filter", *base, "-f", "(uid=%s")
        self.check("filter", *base, "-f", "(uid=%")
        self.check("http://127.0.0.1/", *base, "-H", "http://127.0.0.1/")
        self.check("--deadline", *base, "--deadline", "0")
        self.check("--deadline", *base, "--deadline", "ten")
        self.check("--connections", *base, "--connections", "0")
        self.check("--key-extras", *base, "--key-extras", "-1")
        self.check("--concurrency", *base, "--concurrency", "200")
        self.check("--tls-verify", *base, "--tls-verify", "perhaps")
        self.check("--tls-min", *base, "--tls-min", "1.0")
        self.check("-W", *base, "-D", tree.PROXY_DN, "-W", "/a", "-w", "b")
        self.check("-b", "-b")
        for option in ("--config", "--ca-file", "--ca-dir", "-W", "--client-cert"):
            self.check("the name of the ", *base, option, "")
        self.check("--log-level", *base, "--log-level", "verbose")

    def test_bad_config_file(self) -> None:
        """The line is named, and what would be right."""
        for text, named in (("base = x\nno-such = 1\n", "no-such"), ("base\n", "="),
                            ("starttls = maybe\n", "starttls"), ("deadline = 0\n", "deadline")):
            with self.subTest(text):
                path = self.folder / "bad.conf"
                path.write_text(text)
                done = run([place.helper_path("basic-ldap"), "--config", str(path)])
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                message = done.stderr.decode()
                self.assertEqual(len(message.strip().splitlines()), 1, message)
                self.assertIn(str(path), message)
                self.assertIn(named, message)
                self.assertRegex(message, rf"\b{len(text.splitlines())}\b")

    def test_missing_config_file(self) -> None:
        self.check("/no/such/file.conf", "--config", "/no/such/file.conf")

    def test_a_secret_is_not_repeated(self) -> None:
        """A line that is refused may hold a password."""
        for options in (["-w", "hunter2-secret", "-q"], ["-w", "hunter2-secret", "-W", "/x"],
                        ["-whunter2-secret", "--deadline", "0"]):
            done = run([place.helper_path("basic-ldap"), "-b", tree.PEOPLE, "-D", "cn=x", *options])
            self.assertEqual(done.returncode, 2)
            self.assertNotIn(b"hunter2-secret", done.stderr)


class Informed(basicldap.Case):
    def test_help(self) -> None:
        done = run([place.helper_path("basic-ldap"), "--help"])
        self.assertEqual(done.returncode, 0)
        for name in ("--base", "--filter", "--uri", "--deadline", "--concurrency", "--check"):
            self.assertIn(name, done.stdout.decode())

    def test_version(self) -> None:
        done = run([place.helper_path("basic-ldap"), "--version"])
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout.decode(), r"\d+\.\d+")


class Letters(basicldap.SlapdCase):
    """The stock letters mean what they meant."""
    TLS = True

    def ours(self, *options: str) -> helper.Helper:
        return self.start([place.helper_path("basic-ldap"), *place.patient([]), *options])

    def assert_works(self, asked: helper.Helper) -> None:
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)

    def search_seen(self, text: str) -> int:
        return self.slapd.count(text)

    def test_host_and_port(self) -> None:
        port, url = str(self.slapd.port), self.slapd.ldap_url
        for words in (["-h", "127.0.0.1", "-p", port], ["-p", port, "127.0.0.1"],
                      [f"127.0.0.1:{port}"], ["-h", f"127.0.0.1:{port}"],
                      ["-p" + port, "-h127.0.0.1"], ["--host", "127.0.0.1", "--port", port],
                      [url], ["-H", url], ["-H", self.slapd.ldapi_url], ["--uri", url],
                      [f"--uri={url}"]):
            with self.subTest(" ".join(words)):
                self.assert_works(self.ours("-b", tree.PEOPLE, "-f", "uid=%s", *words))

    def test_several_servers(self) -> None:
        """The first that answers serves; the words before it are dead."""
        dead = place.free_port()
        for words in ([f"127.0.0.1:{dead}", f"127.0.0.1:{self.slapd.port}"],
                      ["-H", f"ldap://127.0.0.1:{dead}", "-H", self.slapd.ldap_url],
                      ["-H", f"ldap://127.0.0.1:{dead} {self.slapd.ldap_url}"],
                      ["-h", f"127.0.0.1:{dead} 127.0.0.1:{self.slapd.port}"]):
            with self.subTest(" ".join(words)):
                asked = self.ours("-b", tree.PEOPLE, "-f", "uid=%s", *words)
                self.assert_works(asked)

    def test_password_without_an_account(self) -> None:
        """Nobody's: searches are anonymous, as the stock helper's (open_ldap_connection())."""
        words = ["-b", tree.PEOPLE, "-f", "uid=%s", "-H", self.slapd.ldap_url]
        for options in (["-w", "x"], ["-W", "/no/such/file"], ["-D", "", "-w", "x"]):
            with self.subTest(options):
                self.assert_works(self.ours(*words, *options))

    def test_dn_template(self) -> None:
        """Without -f the DN is made, not searched."""
        words = ["-b", tree.PEOPLE, "-H", self.slapd.ldap_url]
        for options in ([], ["-u", "uid"], ["--user-attr", "uid"]):
            with self.subTest(options):
                asked = self.ours(*words, *options)
                for person in tree.PERSONS:
                    self.assertEqual(asked.ask(person.uid, person.password), helper.OK, person.uid)
                self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR)
                self.assertEqual(asked.ask("alice,ou=people", "alice-pw"), helper.ERR)
                self.assertEqual(asked.ask("nobody", "x"), helper.ERR)

    def test_dn_template_above_the_people(self) -> None:
        """`alice,ou=people` reaches alice where the DN is glued together; not here."""
        asked = self.ours("-b", tree.SUFFIX, "-H", self.slapd.ldap_url)
        for name in ("alice,ou=people", "alice, ou=people", "alice\\,ou=people", "alice+uid=alice"):
            self.assertEqual(asked.ask(name, "alice-pw"), helper.ERR, name)

    def test_scope(self) -> None:
        for scope, base, wanted in (("sub", tree.SUFFIX, helper.OK),
                                    ("one", tree.PEOPLE, helper.OK),
                                    ("one", tree.SUFFIX, helper.ERR),
                                    ("base", tree.PEOPLE, helper.ERR),
                                    ("base", basicldap.bind_dn_of("alice"), helper.OK)):
            with self.subTest(scope=scope, base=base):
                asked = self.ours("-b", base, "-f", "(uid=%s)", "-s", scope, "-H",
                                  self.slapd.ldap_url)
                self.assertEqual(asked.ask("alice", "alice-pw"), wanted)

    def test_service_account(self) -> None:
        secret = basicldap.secret_file(self.folder)
        words = basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN)
        self.assert_works(self.start([*words, "-W", str(secret)]))
        self.assert_works(self.start([*words, "-w", tree.PROXY_PASSWORD]))
        self.assert_works(self.start([*words, "-w" + tree.PROXY_PASSWORD]))

    def test_compare(self) -> None:
        """-U compares an attribute and binds as nobody but the service account."""
        secret = basicldap.secret_file(self.folder)
        before = self.slapd.binds(basicldap.bind_dn_of("alice"))
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                          str(secret), "-U", "userPassword"))
        self.assert_works(asked)
        self.assertEqual(asked.ask("nobody", "x"), helper.ERR)
        self.assertEqual(self.slapd.binds(basicldap.bind_dn_of("alice")), before)

    def test_sasl_external(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldapi_url, "--sasl-mech", "EXTERNAL"))
        self.assert_works(asked)
        self.assertIn("mech=EXTERNAL", self.slapd.log_text())

    def test_letters_without_effect(self) -> None:
        for options in (["-P"], ["-O"], ["-R"], ["-P", "-O", "-R"], ["-PR"], ["-v3"], ["-v", "3"],
                        ["-a", "never"], ["-c", "20"], ["-t", "50"], ["-c20", "-t50"]):
            with self.subTest(options):
                self.assert_works(self.start(basicldap.argv(self.slapd.ldap_url, *options)))

    def test_version_2_warns_and_works(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-v", "2"))
        self.assert_works(asked)
        self.assertRegex(asked.log_text(), r"-v|version")

    def test_config_file(self) -> None:
        path = self.folder / "good.conf"
        path.write_text(f"# who is asked\nuri = ldap://127.0.0.1:{place.free_port()}\n"
                        f"\nbase = {tree.PEOPLE}\nfilter = (uid=%s)\ndeadline = 5\nstarttls = no\n")
        asked = self.ours("--config", str(path), "--uri", self.slapd.ldap_url)
        self.assert_works(asked)
        self.assertNotIn("refused", asked.log_text(), "the command line replaces the file's server")

    def test_two_entries_are_nobody(self) -> None:
        """Not the first of them, and the log says why."""
        asked = self.ours("-b", tree.SUFFIX, "-f", "(|(uid=%s)(cn=proxy))", "-H",
                          self.slapd.ldap_url)
        before = self.slapd.binds(basicldap.bind_dn_of("alice"))
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.ERR)
        self.assertEqual(self.slapd.binds(basicldap.bind_dn_of("alice")), before)
        self.assertRegex(asked.log_text(), r"(?i)(two|several|more than one|ambiguous|2) ")


class Missing(basicldap.SlapdCase):
    """What is missing at the start is said once; it counts from the moment it is there."""

    def test_secret_that_comes_later(self) -> None:
        path = self.folder / "late-secret"
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                          str(path), "--deadline", "3"))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log(str(path))
        path.touch(mode=0o600)
        path.write_text(tree.PROXY_PASSWORD + "\n")
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_wrong_secret_is_not_repeated_and_a_new_one_is_used(self) -> None:
        """A service account is not to be locked out by its own proxy."""
        path = basicldap.secret_file(self.folder, "old secret")
        before = self.slapd.binds(tree.PROXY_DN)
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                          str(path)))
        for number in range(20):
            self.assert_unavailable(asked.ask("alice", f"alice-pw{number}"))
        self.assertEqual(self.slapd.binds(tree.PROXY_DN) - before, 1)
        path.write_text(tree.PROXY_PASSWORD + "\n")
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_empty_secret_is_never_sent(self) -> None:
        """A bind with a DN and no password succeeds as nobody at many directories."""
        path = basicldap.secret_file(self.folder, "")
        before = self.slapd.count(f'BIND dn="{tree.PROXY_DN}"')
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                          str(path), "--deadline", "2"))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.slapd.count(f'BIND dn="{tree.PROXY_DN}"'), before)

    def test_a_folder_instead_of_a_secret(self) -> None:
        path = self.folder / "a-folder"
        path.mkdir()
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                          str(path), "--deadline", "2"))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log(str(path))

    def test_name_that_does_not_resolve(self) -> None:
        asked = self.start(basicldap.argv("ldap://no-such-host.invalid", "--deadline", "2"))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("no-such-host.invalid")      # DNS may take longer than the deadline


class Check(basicldap.SlapdCase):
    """--check: exit 0 or 1, and sentences."""
    TLS = True

    def check(self, status: int, *words: str) -> str:
        done = run([*words, "--check"])
        text = (done.stdout + done.stderr).decode()
        self.assertEqual(done.returncode, status, text)
        return text

    def test_all_is_well(self) -> None:
        secret = basicldap.secret_file(self.folder)
        words = basicldap.argv(self.slapd.ldaps_url, "--ca-file", str(self.ca), "-D",
                               tree.PROXY_DN, "-W", str(secret))
        self.assertIn(f"127.0.0.1:{self.slapd.tls_port}", self.check(0, *words))

    def test_directory_down(self) -> None:
        url = f"ldap://127.0.0.1:{place.free_port()}"
        text = self.check(1, *basicldap.argv(url, "--deadline", "3"))
        self.assertIn(url.removeprefix("ldap://"), text)

    def test_one_of_two_is_down(self) -> None:
        dead = f"ldap://127.0.0.1:{place.free_port()}"
        text = self.check(1, *basicldap.argv(self.slapd.ldap_url, "-H", dead))
        self.assertIn(dead.removeprefix("ldap://"), text)

    def test_certificate_of_an_unknown_ca(self) -> None:
        text = self.check(1, *basicldap.argv(self.slapd.ldaps_url))
        self.assertRegex(text, "(?i)certificate")

    def test_service_account_with_a_wrong_password(self) -> None:
        secret = basicldap.secret_file(self.folder, "not that one")
        text = self.check(1, *basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                             str(secret)))
        self.assertIn(tree.PROXY_DN, text)
        self.assertNotIn("not that one", text)

    def test_secret_missing(self) -> None:
        text = self.check(1, *basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, "-W",
                                             "/no/such/secret"))
        self.assertIn("/no/such/secret", text)

    def test_base_that_is_not_there(self) -> None:
        text = self.check(1, place.helper_path("basic-ldap"), "-b", "ou=nowhere," + tree.SUFFIX,
                          "-f", "(uid=%s)", "-H", self.slapd.ldap_url)
        self.assertIn("ou=nowhere", text)


class Hidden(basicldap.SlapdCase):
    """Passwords and the process that holds them."""
    SECRET = "correct horse battery staple"

    def test_password_of_the_command_line_is_overwritten(self) -> None:
        for words in (["-w", tree.PROXY_PASSWORD], ["-w" + tree.PROXY_PASSWORD],
                      ["--bind-password", tree.PROXY_PASSWORD],
                      ["--bind-password=" + tree.PROXY_PASSWORD]):
            with self.subTest(words[0][:15]):
                asked = self.start(basicldap.argv(self.slapd.ldap_url, "-D", tree.PROXY_DN, *words))
                self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
                line = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes()
                self.assertNotIn(tree.PROXY_PASSWORD.encode(), line)
                self.assertNotIn(b"secret", line)
                self.assertRegex(asked.log_text(), "password.*command line.*-W")

    def test_log_holds_no_password(self) -> None:
        """Not at the highest level, not for any outcome, not in any spelling."""
        for level in (["-d"], ["--debug"], ["--log-level", "debug"]):
            with self.subTest(level):
                asked = self.start(basicldap.argv(
                    self.slapd.ldap_url, *level, "-D", tree.PROXY_DN, "-w", tree.PROXY_PASSWORD))
                for user in ("alice", "nobody", "", "*", "jürgen", "a" * 9000):
                    asked.ask(user, self.SECRET)
                self.assertEqual(asked.ask("jürgen", "pässwörd€"), helper.OK)
                asked.socket.sendall(b"x " + helper.escape(self.SECRET) + b" y z\n")
                asked.end_input()
                place.wait_for(lambda: not asked.process.alive(), "the end")
                found = basicldap.secrets_in(asked.log_text(), self.SECRET, tree.PROXY_PASSWORD,
                                             "pässwörd€")
                self.assertEqual(found, [])
                self.assertIn("alice", asked.log_text(), "a debug log that says nothing")

    def test_control_bytes_of_a_name_are_escaped_in_the_log(self) -> None:
        asked = self.start(basicldap.argv(self.slapd.ldap_url, "-d"))
        asked.ask(b"al\x1b[31m\nFAKE LINE\r\x00\x7f\x9b", "x")
        asked.ask(b"al\x1b[31m\nFAKE LINE\r\x7f\x9b", "x")
        raw = asked.process.log.read_bytes()
        for byte in (b"\x1b", b"\r", b"\0", b"\x7f", b"\nFAKE"):
            self.assertNotIn(byte, raw)

    def test_no_core_and_not_dumpable(self) -> None:
        """RLIMIT_CORE is 0, and the files of /proc/PID are not the owner's, who is not root."""
        words, owner = basicldap.argv(self.slapd.ldap_url), os.geteuid()
        if owner == 0:
            owner = 65534
            words[0] = place.for_others(words[0], self.folder)
            words = [place.need_program("setpriv"), "--reuid", str(owner), "--regid", str(owner),
                     "--clear-groups", "--", *words]
        asked = self.start(words)
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK)
        limits = pathlib.Path(f"/proc/{asked.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size\s+0\s+0\s")
        self.assertNotEqual(os.stat(f"/proc/{asked.pid}/environ").st_uid, owner)


if __name__ == "__main__":
    unittest.main()
