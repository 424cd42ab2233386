# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi's options: the letters of Squid's negotiate_kerberos_auth as getopt(3) reads
them ("dirs:k:c:t:", main() of src/auth/negotiate/kerberos/negotiate_kerberos_auth.cc), lines from public
configurations, --check, and words that cannot be meant.
"""

import os
import pathlib
import re
import subprocess
import unittest

from support import gssapi, kdc, place

REALM = kdc.REALM
LDAP = "uri" in subprocess.run(gssapi.argv("--help"), capture_output=True, text=True,
                               check=True).stdout

# Lines of negotiate_kerberos_auth, and what negotiate_wrapper_auth gives to it behind --kerberos,
# from public configurations and guides; hosts, realms and files are the test's.
WILD = (
    ("OPNsense", ["-i", "-s", "SPN@REALM"]),
    ("OPNsense", ["-s", "GSS_C_NO_NAME"]),
    ("NethServer", ["-i"]),
    ("gromox, behind the wrapper", ["-s", "GSS_C_NO_NAME"]),
    ("Red Hat", ["-k", "KEYTAB", "-s", "SPN@REALM"]),
    ("the wiki of Squid, behind the wrapper", ["-d", "-s", "GSS_C_NO_NAME"]),
    ("Squid, behind the wrapper", ["-d", "-s", "GSS_C_NO_NAME", "-k", "KEYTAB", "-t", "none"]),
    ("CI script, behind the wrapper", ["-d", "-s", "SPN"]),
    ("guide", ["-k", "KEYTAB", "-s", "SPN@REALM", "-d"]),
    ("guide", ["-r", "-s", "SPN@REALM"]),
    ("Ansible", ["-d", "-s", "SPN@REALM"]),
)

# argv, and what the sentence names.
BAD = (
    (["--keytab", ""], "keytab"),
    (["-k", "MEMORY:x"], "keytab.*MEMORY:x"),
    (["-k"], "-k"),
    (["-s", ""], 'spn: ""'),
    (["-s", "no spn"], 'spn: "no spn"'),
    (["-s", "proxy.example.test"], "spn.*proxy.example.test"),
    (["-c", ""], "replay-cache"),
    (["-t", "sometimes"], "replay-type.*sometimes"),
    (["--krb5-realm", ""], "krb5-realm"),
    (["--krb5-realm", "@CORP"], 'krb5-realm: "@CORP" is no name of a Kerberos realm'),
    (["--krb5-realm", "alice@CORP"], "krb5-realm: "),
    (["--krb5-realm", "*.EXAMPLE.COM"], "krb5-realm: "),
    (["--krb5-realm", "A B"], "krb5-realm: "),
    (["--sid-format", "hex"], "sid-format.*hex"),
    (["--group-filter", ""], "group-filter"),
    (["--no-groups", "--group-filter", "x"], "no-groups.*group-filter"),
    (["--scheme", "ntlm"], "--scheme ntlm needs --ntlm"),
    (["--scheme", "basic"], "scheme.*basic"),
    (["--ntlm-file", "/x"], "--ntlm-file needs --ntlm"),
    (["--ntlm-domain", "X"], "--ntlm-domain needs --ntlm"),
    (["--ntlm", "--ntlm-file", ""], "ntlm-file"),
    (["--ntlm", "--ntlm-domain", ""], "ntlm-domain"),
    (["--ntlm", "--ntlm-domain", "CORP\\"], r'ntlm-domain: "CORP\\" is no name of a domain'),
    (["--ntlm", "--ntlm-domain", "*"], "ntlm-domain: "),
    (["-x"], "-x"),
    (["-dx"], "-x"),
    (["--no-such"], "no-such"),
    (["word"], "word"),
    (["--ntlm", "/usr/bin/ntlm_auth", "--helper-protocol=squid-2.5-ntlmssp", "--kerberos",
      "/usr/lib/squid/negotiate_kerberos_auth", "-k", "/etc/squid/HTTP.keytab"], "wrapper.*both"),
    (["-d", "--kerberos", "/usr/lib/squid/negotiate_kerberos_auth", "-s", "GSS_C_NO_NAME", "--ntlm",
      "/usr/bin/ntlm_auth", "--diagnostics"], "wrapper.*both"),
    (["--deadline", "0"], "deadline"),
    (["--key-extras", "17"], "key-extras"),
)

BAD_LDAP = (
    (["--no-groups", "--uri", "ldap://localhost"], "no-groups"),
    (["--uri", "http://localhost"], "http://localhost"),
    (["--uri", "ldap://localhost", "--directory", "openldap"], "--base"),
)


class BadOptions(unittest.TestCase):
    def test_one_sentence_and_exit_2(self) -> None:
        for words, named in (*BAD, *(BAD_LDAP if LDAP else ())):
            with self.subTest(words):
                done = gssapi.run(*words)
                said = done.stderr.decode()
                self.assertEqual((done.returncode, done.stdout), (2, b""), said)
                self.assertRegex(said, f"^negotiate-gssapi: .*{named}")
                self.assertEqual(said.count("\n"), 1, said)
                self.assertLess(len(said), 300)

    @unittest.skipUnless(LDAP, "this build has no LDAP")
    def test_options_of_a_directory_that_is_not_named(self) -> None:
        """All of them, as --help lists them, but for those that name a server."""
        text = gssapi.run("--help").stdout.decode()
        directory = text[text.index("\nThe directory"):text.index("\nAccepted because")]
        options = re.findall(r"^  (?:-\w, |    )--([a-z0-9-]+)(?: ([^ ]+))?(?!.*not in this build)",
                             directory, re.M)
        values = {"PORT": "636", "SECONDS": "5", "2|3": "3", "KIND": "ad", "WHEN": "never",
                  "MECH": "GSSAPI"}
        names = {"domain", "uri", "host", "backup-uri"}
        self.assertLess(names | {"base", "dns", "ca-file", "sasl-user", "starttls", "scope"},
                        {name for name, _ in options})
        for name, value in options:
            if name in names:
                continue
            word = f"--{name}"
            if value:
                word += "=" + values.get(value, value.split("|")[0])
            with self.subTest(word):
                done = gssapi.run(word)
                self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
                self.assertRegex(done.stderr.decode(),
                                 rf"^negotiate-gssapi: option (-\w \()?--{name}\)? "
                                 "needs --uri or --domain, ")

    def test_lines_of_a_file(self) -> None:
        with place.private_folder("gssapi-options") as folder:
            path = folder / "conf"
            for text, named in (("spn = no spn\n", "no spn"), ("\nscheme = none\n", "line 2"),
                                ("check = yes\n", "check"), ("ntlm-file = x\n", "ntlm-file"),
                                ("no-such = 1\n", "line 1.*no-such"),
                                *((("base = dc=x\n", "base"),) if LDAP else ())):
                with self.subTest(text):
                    path.write_text(text)
                    done = gssapi.run("--config", path)
                    self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
                    self.assertRegex(done.stderr.decode(), named)

    def test_help(self) -> None:
        """-h as well, as of the stock helper; short names of the directory that the letters of the
        stock helper take away are not in it."""
        for option in ("-h", "--help", "-dh"):
            done = gssapi.run(option)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            text = done.stdout.decode()
            letters = dict(re.findall(r"^  -(\w), --([a-z0-9-]+)", text, re.M))
            self.assertEqual({key: letters.get(key) for key in "dirsktc"},
                             {"d": "debug", "i": "info", "r": "strip-realm", "s": "spn",
                              "k": "keytab", "t": "replay-type", "c": "replay-cache"})


class StockLetters(gssapi.Case):
    def words(self, line: list[str]) -> list[str]:
        found = {"KEYTAB": str(self.keytab), "SPN": "HTTP/localhost",
                 "SPN@REALM": f"HTTP/localhost@{REALM}"}
        return [found.get(word, word) for word in line]

    def assert_serves(self, *words: str | pathlib.Path, **options: object) -> str:
        """The log of a helper that let alice in."""
        asked = self.helper(*words, keytab=False,
                            env=self.server_env(KRB5_KTNAME=str(self.keytab)), **options)
        reply = gssapi.ask(asked, self.token())
        self.assertEqual(reply.word, "OK", f"{reply.line}\n{asked.log_text()}")
        self.assertEqual(asked.finish(), 0)
        return asked.log_text()

    def test_lines_of_others(self) -> None:
        for origin, line in WILD:
            with self.subTest(origin, line=line):
                self.assert_serves(*self.words(line))

    def test_letters_in_clusters(self) -> None:
        """A value ends the word or is the next one."""
        for words in (["-dir"], ["-irsHTTP/localhost"], [f"-dk{self.keytab}"], ["-dit", "none"],
                      ["-rtnone", "-sHTTP/localhost", "-i"], [f"-c{self.replays}"]):
            with self.subTest(words):
                self.assert_serves(*words)

    def test_levels_of_the_log(self) -> None:
        """-i tells logins, -d more, and neither tells none."""
        said = {words: self.assert_serves(*words) for words in ((), ("-i",), ("-d",))}
        self.assertNotIn("alice", said[()])
        self.assertRegex(said["-i",], f"alice@{REALM}.*logged in")
        self.assertIn("alice", said["-d",])

    def test_a_keytab_as_kerberos_names_it(self) -> None:
        for name in (f"FILE:{self.keytab}", f"WRFILE:{self.keytab}"):
            self.assert_serves("-k", name)

    def test_the_last_letter_counts(self) -> None:
        self.assert_serves("-k", "/nonexistent", "-k", self.keytab)

    def test_the_option_before_the_environment(self) -> None:
        asked = self.helper("-k", self.keytab, keytab=False,
                            env=self.server_env(KRB5_KTNAME="/nonexistent"))
        self.assertEqual(gssapi.ask(asked, self.token()).word, "OK", asked.log_text())

    def test_where_used_tokens_are_remembered(self) -> None:
        """-c, else KRB5RCACHEDIR; the file has libkrb5's name."""
        name = f"krb5_{os.geteuid()}.rcache2"
        for option, variable in (("one", "two"), (None, "three"), ("four", None)):
            with self.subTest(option=option, variable=variable):
                folders = {key: self.folder / key for key in (option, variable) if key}
                for folder in folders.values():
                    folder.mkdir()
                env = self.server_env(**({"KRB5RCACHEDIR": str(folders[variable])}
                                         if variable else {}))
                asked = self.helper(*(("-c", folders[option]) if option else ()), env=env)
                self.assertEqual(gssapi.ask(asked, self.token()).word, "OK", asked.log_text())
                used = folders[option or variable]
                self.assertTrue((used / name).exists(), list(self.folder.glob("*/*rcache*")))
                for folder in folders.values():
                    self.assertEqual(folder == used, bool(list(folder.iterdir())))

    def test_no_replay_cache_by_the_environment(self) -> None:
        """KRB5RCACHETYPE=none, which init scripts of Squid set; -c wins over it, and so does -t,
        which the stock helper puts into its place."""
        env = self.server_env(KRB5RCACHETYPE="none")
        for options, word in (((), "OK"), (("-c", str(self.replays)), "ERR"),
                              (("-t", "dfl"), "ERR")):
            asked = self.helper(*options, env=env)
            token = self.token()
            self.assertEqual(gssapi.ask(asked, token).word, "OK", asked.log_text())
            self.assertEqual(gssapi.ask(asked, token).word, word, asked.log_text())

    def test_a_configuration_file(self) -> None:
        path = self.folder / "helper.conf"
        path.write_text(f"# the proxy\nkeytab = {self.keytab}\nspn = HTTP/other\n"
                        f"spn = HTTP/localhost\nstrip-realm = yes\nkrb5-realm = {REALM}\n"
                        "replay-cache = none\n")
        asked = self.helper("--config", path, keytab=False)
        self.assertEqual(gssapi.ask(asked, self.token()).user, "alice", asked.log_text())
        asked = self.helper("--config", path, "--krb5-realm", "OTHER", keytab=False)
        self.assertEqual(gssapi.ask(asked, self.token()).word, "ERR", asked.log_text())

    def test_fields_of_key_extras(self) -> None:
        asked = self.helper("--key-extras", "2")
        request = gssapi.line(self.token()) + b" 127.0.0.1 -"
        self.assertEqual(gssapi.ask_line(asked, request).word, "OK", asked.log_text())
        self.assertNotEqual(gssapi.ask_line(asked, gssapi.line(self.token())).word, "OK")


class Check(gssapi.Case):
    SERVICES = ("HTTP/localhost", "HTTP/other", "host/localhost")

    def check(self, *words: str | pathlib.Path) -> tuple[int, str]:
        done = gssapi.run("--check", *words, env=self.server_env())
        return done.returncode, done.stdout.decode()

    def test_a_good_keytab(self) -> None:
        code, said = self.check("-k", self.keytab)
        self.assertEqual(code, 0, said)
        for service in self.SERVICES:
            self.assertIn(f"{service}@{REALM}", said)
        self.assertRegex(said, "aes256-cts-hmac-sha1-96")
        self.assertIn("kvno 2", said)

    def test_a_service_that_is_not_there(self) -> None:
        code, said = self.check("-k", self.keytab, "-s", "HTTP/nowhere")
        self.assertEqual(code, 1, said)
        self.assertIn("HTTP/localhost", said)

    def test_no_keytab(self) -> None:
        garbage = self.folder / "garbage.keytab"
        garbage.write_bytes(b"garbage")
        for path in (self.folder / "missing", garbage, self.folder):
            with self.subTest(path):
                code, said = self.check("-k", path)
                self.assertEqual(code, 1, said)
                self.assertIn(str(path), said)

    def test_a_replay_cache_that_cannot_be_used(self) -> None:
        code, said = self.check("-k", self.keytab, "-c", self.folder / "missing")
        self.assertEqual(code, 1, said)
        self.assertIn(str(self.folder / "missing"), said)

    def test_a_keytab_that_others_can_read(self) -> None:
        path = self.folder / "open.keytab"
        place.put(path, self.keytab.read_bytes())
        path.chmod(0o644)
        code, said = self.check("-k", path)
        self.assertRegex(said, "(?i)others|everybody|anybody|every account")

    @unittest.skipUnless(LDAP, "this build has no LDAP")
    def test_a_directory_that_does_not_answer(self) -> None:
        code, said = self.check("-k", self.keytab, "--uri",
                                f"ldap://127.0.0.1:{place.free_port()}")
        self.assertEqual(code, 1, said)
        self.assertIn("127.0.0.1", said)


if __name__ == "__main__":
    unittest.main()
