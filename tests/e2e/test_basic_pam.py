# SPDX-License-Identifier: BSD-2-Clause
"""basic-pam with the modules that systems have, in a folder of services of the test's own: who is
let in is decided by pam_pwdfile, pam_userdb and others with files that openssl and db_load have
written. Result codes are those that pam_debug(8) is told to give."""

import os
import pathlib
import re
import subprocess
import unittest

from support import basicfile, basicldap, basicpam, helper, place
from support.basicpam import ERR, OK, probe_line

PERMIT = "account required pam_permit.so"
PASSWORDS: list[bytes] = [b"secret", b" sp ace:colon%25 ", "pässwörd €".encode(),
                          b"p\xe4ss\xff", b"long" * 60]


class Modules(basicpam.Case):
    def test_pwdfile(self) -> None:
        people = [(f"user{number}", password) for number, password in enumerate(PASSWORDS)]
        people += [("jürgen", b"x"), ("a b", b"x"), ("DOM\\eve", b"x"), ("-o", b"x")]
        self.put_service(self.users_file(*people), PERMIT)
        asked = self.ours()
        for user, password in people:
            with self.subTest(user):
                self.assertEqual(asked.ask(user, password), OK)
                self.assertEqual(asked.ask(user, password[:-1] + b"y"), ERR)
        self.assertEqual(asked.ask("nobody", "x"), ERR)
        self.assertEqual(asked.ask("", "x"), ERR)
        self.assertEqual(asked.ask("user0", ""), ERR)
        self.assertEqual(asked.finish(), 0)
        self.assertNotIn("warning", asked.log_text())

    def test_userdb(self) -> None:
        basicpam.need_module("pam_userdb.so")
        base = self.new_path()
        subprocess.run([place.need_program("db_load"), "-T", "-t", "hash", f"{base}.db"],
                       input=f"alice\n{basicfile.openssl('secret', '-6')}\nbob\npw\n".encode(),
                       check=True)
        self.put_service(f"auth required pam_userdb.so db={base} crypt=crypt", PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "secret"), OK)
        self.assertEqual(asked.ask("alice", "wrong"), ERR)
        self.assertEqual(asked.ask("nobody", "secret"), ERR)

    def test_userdb_is_away(self) -> None:
        """pam_userdb(8) gives PAM_SERVICE_ERR where the database cannot be opened."""
        basicpam.need_module("pam_userdb.so")
        self.put_service(f"auth required pam_userdb.so db={self.new_path()}", PERMIT)
        asked = self.ours()
        self.assert_unavailable(asked.ask("alice", "secret"))
        asked.wait_log("PAM_SERVICE_ERR")

    def test_deny_and_permit(self) -> None:
        self.put_service("auth required pam_deny.so", PERMIT)
        self.assertEqual(self.ours().ask("alice", "x"), ERR)
        self.put_service("auth required pam_permit.so", PERMIT)
        asked = self.ours("--debug")
        self.assertEqual(asked.ask("alice", "x"), OK)
        asked.wait_log("no module has asked for the password")

    def test_a_long_password(self) -> None:
        """511 bytes and no more are an answer (PAM_MAX_RESP_SIZE); what is longer is nobody's."""
        self.put_service("auth required pam_permit.so", PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x" * 511), OK)
        self.assertEqual(asked.ask("alice", "x" * 512), ERR)
        self.assertEqual(asked.ask("alice", "x" * 8191), ERR)

    def test_access(self) -> None:
        """pam_access(8) looks where somebody comes from: a helper has the service's name alone. It
        knows the users of the system."""
        basicpam.need_module("pam_access.so")
        table = self.new_path()
        place.put(table, "-:nobody:ALL\n+:ALL:squid\n-:ALL:ALL\n")
        self.put_service(self.users_file(("root", "x"), ("nobody", "x")),
                     f"account required pam_access.so accessfile={table}")
        asked = self.ours()
        self.assertEqual(asked.ask("root", "x"), OK)
        self.assertIn('reason_="denied"', asked.ask("nobody", "x"))
        self.assertEqual(asked.ask("nobody", "wrong"), ERR)

    def test_a_program_as_account_stage(self) -> None:
        """pam_exec(8) has one code for all that is not 0, PAM_SYSTEM_ERR; the stack of basic-pam.8
        makes a refusal of it."""
        basicpam.need_module("pam_exec.so")
        script = self.new_path()
        place.put(script, '#!/bin/sh\n[ "$PAM_USER" = alice ]\n')
        script.chmod(0o755)
        users = self.users_file(("alice", "x"), ("bob", "x"))
        self.put_service(users, f"account required pam_exec.so quiet {script}")
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), OK)
        self.assert_unavailable(asked.ask("bob", "x"))
        self.put_service(users, f"account [success=1 default=ignore] pam_exec.so quiet {script}",
                     "account requisite pam_deny.so", PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertIn('reason_="denied"', asked.ask("bob", "x"))

    def test_a_program_that_verifies(self) -> None:
        """It gets the password on its standard input; what it prints is logged, but for that."""
        basicpam.need_module("pam_exec.so")
        script = self.new_path()
        place.put(script, '#!/bin/sh\nread -r line\necho "hello $PAM_USER"\necho "you: $line"\n'
                          '[ "$line" = secret-word ]\n')
        script.chmod(0o755)
        self.put_service("auth [success=1 default=ignore] pam_exec.so quiet stdout expose_authtok "
                     f"{script}", "auth requisite pam_deny.so", "auth required pam_permit.so",
                     PERMIT)
        asked = self.ours("--debug")
        self.assertEqual(asked.ask("alice", "secret-word"), OK)
        self.assertEqual(asked.ask("alice", "wrong-word"), ERR)
        asked.wait_log("hello alice")
        self.assertEqual(basicldap.secrets_in(asked.log_text(), "secret-word", "wrong-word"), [])

    def test_the_service_changes(self) -> None:
        self.put_service("auth required pam_deny.so", PERMIT)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), ERR)
        self.put_service("auth required pam_permit.so", PERMIT)
        self.assertEqual(asked.ask("alice", "x"), OK)


    def test_the_service_goes(self) -> None:
        """PAM would ask `other` then, which lets in whoever comes here."""
        users = self.users_file(("alice", "x"))
        self.put_service(users, PERMIT)
        self.put_service("auth required pam_permit.so", PERMIT, name="other")
        self.addCleanup((self.services / "other").unlink)
        asked = self.ours()
        self.assertEqual(asked.ask("alice", "x"), OK)
        for number, (go, says) in enumerate(((pathlib.Path.unlink, "/squid is missing"),
                                             (pathlib.Path.touch, "/squid: No data available"))):
            go(self.services / "squid")
            self.assertEqual(asked.ask("alice", f"wrong{number}"),
                             "BH the PAM service cannot be used")
            self.assertIn(f"{self.services}{says}", asked.log_text())
        self.put_service(users, PERMIT)
        self.await_reply(asked, "alice", "wrong", ERR)


class Codes(basicpam.Case):
    """What the user is told of the words that pam_debug(8) has for the codes."""

    def setUp(self) -> None:
        basicpam.need_module("pam_debug.so")
        self.auth = self.users_file(("alice", "x"))

    def reply(self, *lines: str, password: str = "x") -> str:
        self.put_service(*lines)
        return self.raw(ids=False).ask("alice", password)

    def test_account(self) -> None:
        for code, word in (("acct_expired", "account-expired"), ("new_authtok_reqd", "must-change"),
                           ("authtok_expired", "expired"), ("cred_expired", "expired"),
                           ("maxtries", "locked"), ("perm_denied", "denied"),
                           ("auth_err", "denied"), ("user_unknown", "denied")):
            with self.subTest(code):
                lines = (self.auth, f"account required pam_debug.so acct={code}")
                reply = self.reply(*lines)
                self.assertRegex(reply, rf'^ERR message="(Y[^"]*)" reason_="{word}" \1$')
                self.assertEqual(self.reply(*lines, password="wrong"), basicldap.ERR)

    def test_authentication(self) -> None:
        """Nothing is told but what modules say of a right password, and of a locked account."""
        told = {"new_authtok_reqd": "must-change", "authtok_expired": "expired",
                "cred_expired": "expired", "maxtries": "locked"}
        for code in ("auth_err", "user_unknown", "perm_denied", "acct_expired", *told):
            with self.subTest(code):
                reply = self.reply(self.auth, f"auth required pam_debug.so auth={code}", PERMIT)
                if code in told:
                    self.assertIn(f' reason_="{told[code]}" ', reply)
                else:
                    self.assertEqual(reply, basicldap.ERR)

    def test_trouble(self) -> None:
        for code in ("open_err", "symbol_err", "service_err", "system_err", "buf_err",
                     "cred_insufficient", "authinfo_unavail", "cred_unavail", "cred_err",
                     "conv_err", "authtok_err", "authtok_recover_err", "authtok_lock_busy",
                     "try_again", "abort", "module_unknown", "bad_item"):
            with self.subTest(code):
                self.assert_unavailable(
                    self.reply(self.auth, f"auth required pam_debug.so auth={code}", PERMIT))
                self.assert_unavailable(
                    self.reply(self.auth, f"account required pam_debug.so acct={code}"))

    def test_without_account_management(self) -> None:
        self.put_service(self.auth, "account required pam_debug.so acct=acct_expired")
        for word in ("-o", "--no-account"):
            self.assertEqual(self.ours(word).ask("alice", "x"), OK)
        self.assertEqual(self.ours("-o").ask("alice", "wrong"), ERR)

    def test_an_old_reason_is_taken_back(self) -> None:
        """Squid keeps the notes of a user until they are told anew."""
        self.put_service(self.auth, "account required pam_debug.so acct=acct_expired")
        asked = self.raw(ids=False)
        self.assertIn('reason_="account-expired"', asked.ask("alice", "x"))
        self.put_service(self.auth, PERMIT)
        self.assertEqual(asked.ask("alice", "x"), 'OK user="alice" reason_=""')

    def test_a_line_that_cannot_be_understood(self) -> None:
        """PAM refuses everybody then, which is no other code than a refusal by a module."""
        self.put_service("nonsense required pam_permit.so", self.auth, PERMIT)
        asked = self.ours("--debug")
        self.assertEqual(asked.ask("alice", "x"), ERR)
        asked.wait_log("pam_authenticate gives PAM_PERM_DENIED")

    def test_a_broken_service_is_told_once(self) -> None:
        """libpam's refusal of a line that it does not understand may be everybody's. It is said
        once, and again when a login has succeeded in between."""
        told = re.compile(r"notice: (\w+): pam_authenticate gives PAM_PERM_DENIED(.*): where that "
                          f"is so for everybody, look at {self.services}/squid ")
        unasked = ", and no module has asked for the password"
        asked = self.ours()
        users = self.users_file(("alice", "x"))
        breaks = [("auth include not-there",), ("auht required pam_permit.so",),
                  ("auth required",), (users, "auht required pam_permit.so")]
        for lines in breaks:
            self.put_service(*lines, PERMIT)
            for user in ("alice", "bob", "alice"):
                self.assertEqual(asked.ask(user, "x"), ERR)
            self.put_service(users, PERMIT)
            self.assertEqual(asked.ask("bob", "x"), ERR)
            self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertEqual(asked.finish(), 0)
        self.assertEqual(told.findall(asked.log_text()),
                         3 * [("alice", unasked)] + [("alice", "")])

    def test_a_module_that_is_not_there(self) -> None:
        self.put_service("auth required pam_not_there.so", PERMIT)
        asked = self.ours()
        self.assert_unavailable(asked.ask("alice", "x"))
        asked.wait_log("PAM_MODULE_UNKNOWN")


class Questions(basicpam.Case):
    """What modules ask and say; the module is the tests' own."""

    def setUp(self) -> None:
        basicpam.probe()

    def auth(self, *stages: dict[str, str | int]) -> helper.Helper:
        self.put_service(*(probe_line("auth", **stage) for stage in stages), PERMIT)
        return self.ours("--debug")

    def test_two_modules_that_ask(self) -> None:
        """As Squid's helper lets them: each gets the password."""
        stage = {"hidden": "Password: ", "expect": "x"}
        self.assertEqual(self.auth(stage, stage).ask("alice", "x"), OK)

    def test_a_code_is_asked_for(self) -> None:
        asked = self.auth({"hidden": "Password: ", "expect": "x"},
                          {"hidden": "Verification code: "})
        self.assertEqual(asked.ask("alice", "x"), "BH PAM asks for more than a password")

    def test_a_code_is_asked_for_by_a_module_with_a_code_of_its_own(self) -> None:
        """A module that got no answer may call that a wrong password; it is none."""
        asked = self.auth({"hidden": "Password: "}, {"also": "Password: ", "hidden": "PIN: "})
        self.assertEqual(asked.ask("alice", "x"), "BH PAM asks for more than a password")

    def test_a_new_password_is_asked_for(self) -> None:
        asked = self.auth({"hidden": "Password: ", "info": "Password expired.",
                           "also": "Enter new password: ", "open": "Enter it again: "})
        self.assertIn('reason_="must-change"', asked.ask("alice", "old-word"))
        asked.wait_log("Password expired.")

    def test_open_questions(self) -> None:
        stages = {"open": "login: ", "expect": "alice"}
        self.assertEqual(self.auth(stages).ask("alice", "x"), OK)
        self.assertEqual(self.auth({"open": "Response: "}).ask("alice", "x"),
                         "BH PAM asks for more than a password")

    def test_words_are_for_the_log(self) -> None:
        asked = self.auth({"info": "a\x1b[2Jb", "error": "c\rbasic-pam: notice: forged"})
        self.assertEqual(asked.ask("alice", "x"), OK)
        asked.wait_log("a\\x1b[2Jb; c\\x0dbasic-pam: notice: forged")

    def test_a_name_that_becomes_another(self) -> None:
        """One person has one name for Squid's access lists, which see the one that was typed."""
        asked = self.auth({"when": "alice", "hidden": "Password: ", "rename": "bob"})
        self.assertEqual(asked.ask("alice", "x"), ERR)
        asked.wait_log('PAM calls this user "bob"')
        self.assertEqual(asked.ask("eve", "x"), OK)
        asked = self.raw("--accept-aliases", ids=False)
        self.assertEqual(asked.ask("alice", "x"), 'OK user="bob" reason_=""')

    def test_a_name_that_becomes_the_password(self) -> None:
        asked = self.ours("--debug")
        self.put_service(probe_line("auth", rename="secret-word"), PERMIT)
        self.assertEqual(asked.ask("alice", "secret-word"), ERR)
        asked.wait_log("PAM calls this user")
        self.assertEqual(basicldap.secrets_in(asked.log_text(), "secret-word"), [])

    def test_case_is_no_other_name(self) -> None:
        self.put_service(probe_line("auth", rename="ALICE"), PERMIT)
        self.assertEqual(self.raw(ids=False).ask("alice", "x"), 'OK user="ALICE" reason_=""')


class Lines(basicpam.Case):
    """Options, and how lines are read."""

    def setUp(self) -> None:
        self.put_service(self.users_file(("alice", "x"), ("DOM\\eve", "x")), PERMIT)

    def test_realms(self) -> None:
        for word in ("-r", "--strip-realm"):
            asked = self.raw(word, ids=False)
            for user in ("alice", "alice@REALM", "DOM\\alice", "alice@a@b"):
                self.assertEqual(asked.ask(user, "x"), 'OK user="alice" reason_=""')
            self.assertEqual(asked.ask("DOM\\eve", "x"), basicldap.ERR)
            self.assertEqual(asked.ask("@REALM", "x"), basicldap.ERR)
        asked = self.raw(ids=False)
        self.assertEqual(asked.ask("alice@REALM", "x"), basicldap.ERR)
        self.assertEqual(asked.ask("DOM\\eve", "x"), 'OK user="DOM\\\\eve" reason_=""')

    def test_the_service(self) -> None:
        self.put_service(self.users_file(("other", "y")), PERMIT, name="proxy")
        for words in (["-n", "proxy"], ["-nproxy"], ["--service", "proxy"], ["--service=proxy"],
                      ["-o1rnproxy"], ["-1on", "proxy"]):
            with self.subTest(words):
                asked = self.ours(*words)
                self.assertEqual(asked.ask("other", "y"), OK)
                self.assertEqual(asked.ask("alice", "x"), ERR)

    def test_words_without_effect(self) -> None:
        """Two users, one after the other, who would share a handle there."""
        self.put_service(self.users_file(("alice", "x"), ("bob", "y")), PERMIT)
        for words in (["-t", "600"], ["-t600", "-1"], ["--ttl", "0"], ["--one-shot"]):
            with self.subTest(words):
                asked = self.ours(*words)
                for user, password, reply in (("alice", "x", OK), ("bob", "x", ERR),
                                              ("bob", "y", OK), ("alice", "y", ERR)):
                    self.assertEqual(asked.ask(user, password), reply)

    def test_a_configuration_file(self) -> None:
        path = self.new_path()
        self.put_service(self.users_file(("other", "y")), PERMIT, name="proxy")
        place.put(path, f"service = proxy\nservice-dir = {self.services}\nworkers = 3\n"
                        "strip-realm = yes\nno-account = yes\n")
        asked = self.enterContext(helper.Helper(basicpam.argv("--config", path), self.new_path()))
        self.assertEqual(asked.ask("other@x", "y"), 'OK user="other" reason_=""')

    def test_key_extras(self) -> None:
        asked = self.ours("--key-extras", "1")
        self.assertEqual(asked.ask("alice", "x", "127.0.0.1"), OK)

    def test_options_that_make_no_sense(self) -> None:
        for words, told in (
                (["-n", ""], '(--service): ""'), (["-n", "a/b"], '(--service): "a/b"'),
                (["-n", ".."], "begin with no dot"), (["-n", "x" * 65], "up to 64 bytes"),
                (["-t", "long"], "--ttl"), (["-t"], "needs a value"),
                (["--service-dir", "pam.d"], "begins with a slash"),
                (["--workers", "0"], "--workers"), (["--workers", "65"], "--workers"),
                (["-x"], "-x is not known"), (["squid"], "belongs to no option")):
            with self.subTest(words):
                done = subprocess.run(basicpam.argv(*words), capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL, env=place.clean_env())
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertIn(told, done.stderr)

    def check(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(basicpam.argv("--check", "--service-dir", self.services, *words),
                              capture_output=True, text=True, env=place.clean_env())

    def test_check(self) -> None:
        done = self.check()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(f"{self.services}/squid", done.stdout)
        done = self.check("-n", "missing")
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertIn(f"{self.services}/missing is missing", done.stdout)

    def test_a_name_with_capital_letters(self) -> None:
        """Linux-PAM looks for the name in lower case, and for no other."""
        self.assertIn(f"{self.services}/squid\n", self.check("-n", "Squid").stdout)
        asked = self.ours("-n", "Squid")
        self.assertEqual(asked.ask("alice", "x"), OK)
        self.assertNotIn("there is no PAM service", asked.log_text())
        self.put_service("auth required pam_permit.so", PERMIT, name="Capital")
        done = self.check("-n", "Capital")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"there is no PAM service Capital: {self.services}/capital is missing",
                      done.stdout)

    def test_check_of_a_service_that_cannot_be_used(self) -> None:
        (self.services / "folder").mkdir()
        done = self.check("-n", "folder")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be read", done.stdout)
        self.put_service("@include not-there", name="cut")
        done = self.check("-n", "cut")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("PAM cannot use the service cut", done.stdout)

    def test_check_of_a_service_with_mistakes(self) -> None:
        """Said as libpam says it to syslog, one line for each, and all of them."""
        auth = "auth required pam_permit.so"
        for said, lines in (
            ("not-there", ("auth include not-there", PERMIT)),
            ("not-there", (auth, "account substack not-there")),
            ("not-there", ("@include not-there", auth, PERMIT)),
            ("auht", ("auht required pam_permit.so", auth, PERMIT)),
            ("requird", ("auth requird pam_permit.so", PERMIT)),
            ("no module name", (auth, "account required")),
            ("pam_not_there.so", (auth, "account required pam_not_there.so")),
            (r"a\x1b[31m", ("a\x1b[31m required pam_permit.so", auth, PERMIT)),
        ):
            with self.subTest(lines):
                self.put_service(*lines, name="wrong")
                done = self.check("-n", "wrong")
                self.assertEqual((done.returncode, done.stderr), (1, ""))
                self.assertRegex(done.stdout, rf"\A.*\n({self.services}/wrong: PAM .*\n)+\Z")
                self.assertIn(said, done.stdout)
        self.put_service("auht required pam_permit.so", "account include not-there", name="wrong")
        self.assertRegex(self.check("-n", "wrong").stdout, r"\A.*\n.*auht\n.*not-there\n\Z")

    def test_check_of_what_may_be_left_out(self) -> None:
        """A module behind a dash, and (for all these tests) the service "other"."""
        self.put_service("-auth optional pam_not_there.so", "auth required pam_permit.so", PERMIT,
                         name="dash")
        done = self.check("-n", "dash")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_no_service(self) -> None:
        """PAM takes the service "other" then; without that it is trouble."""
        self.put_service("auth required pam_deny.so", name="other")
        asked = self.ours("-n", "missing")
        self.assertEqual(asked.ask("alice", "x"), ERR)
        asked.wait_log(f"there is no PAM service missing: {self.services}/missing is missing")
        (self.services / "other").unlink()
        self.assert_unavailable(self.ours("-n", "missing").ask("alice", "x"))


class MoreRights(basicpam.Case):
    """A copy of the helper with a file capability, as basic-pam.8 says to do it, which anybody may
    start: that must not let them read files, or run modules, with its rights."""

    def test_options_that_name_files(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("root is needed to give a program capabilities")
        copy = self.folder / "basic-pam"
        copy.write_bytes(pathlib.Path(basicpam.argv()[0]).read_bytes())
        copy.chmod(0o755)
        done = subprocess.run([place.need_program("setcap"), "cap_dac_read_search+ep", copy])
        if done.returncode != 0:
            self.skipTest("this system gives no file capabilities")
        other = [place.need_program("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
        for words in (["--config", "/etc/shadow"], ["--config=/etc/shadow"],
                      ["-o", "--service-dir=/tmp"], ["--check", "--service-dir", "/tmp"]):
            with self.subTest(words):
                done = subprocess.run([*other, copy, *words], capture_output=True, text=True,
                                      stdin=subprocess.DEVNULL)
                self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
                self.assertIn("is not for a program that is setuid", done.stderr)
                self.assertNotIn("root:", done.stderr)
        done = subprocess.run([*other, copy, "--version"], capture_output=True)
        self.assertEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
