# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth passwd: how it asks for a password at the terminal. Expected is HA1 by Python's hashlib."""

import os
import signal
import unittest

from support import passwd, place
from support.passwd import REALM, FolderCase, ha1
from support.terminal import Terminal


class Prompts(FolderCase):
    def session(self, action: str, *words: str) -> Terminal:
        session = Terminal(place.helper_path("proxyauth"), "passwd", action,
                          *(words or ("--digest", REALM)), str(self.file), "alice")
        self.addCleanup(session.close)
        return session

    def test_a_password_is_typed_twice_and_not_shown(self) -> None:
        session = self.session("add")
        session.await_text(b"New password: ")
        self.assertFalse(session.echoes())
        session.type(b"secret\n")
        session.await_text(b"The same again: ")
        self.assertFalse(session.echoes())
        session.type(b"secret\n")
        self.assertEqual(session.news(), "ended 0")
        self.assertTrue(session.echoes())
        session.read()
        self.assertNotIn(b"secret", session.shown)
        self.assertEqual(self.file.read_text(), f"alice:{REALM}:{ha1('alice', 'secret')}\n")

    def test_two_that_differ(self) -> None:
        session = self.session("add")
        session.await_text(b"New password: ")
        session.type(b"secret\n")
        session.await_text(b"The same again: ")
        session.type(b"Secret\n")
        session.await_text(b"the two are not the same; nothing was changed")
        self.assertEqual(session.news(), "ended 1")
        self.assertTrue(session.echoes())
        self.assertTrue(passwd.only(self.folder))

    def test_verify_asks_once(self) -> None:
        self.file.write_text(f"alice:{REALM}:{ha1('alice', 'secret')}\n")
        session = self.session("verify")
        session.await_text(b"Password: ")
        session.type(b"secret\n")
        session.await_text(b"the password is right")
        self.assertEqual(session.news(), "ended 0")

    def test_what_can_be_known_before_is_said_before(self) -> None:
        self.file.write_text(f"alice:{REALM}:{ha1('alice', 'secret')}\n")
        session = self.session("add")
        session.await_text(b"already")
        self.assertEqual(session.news(), "ended 1")
        self.assertNotIn(b"assword: ", session.shown)

    def test_too_long_and_empty_and_ended(self) -> None:
        for typed, says in ((b"x" * 600 + b"\n", b"longer than 511"), (b"\n", b"is empty"),
                            (b"\x04", b"has ended")):
            with self.subTest(says):
                session = self.session("add")
                session.await_text(b"New password: ")
                session.type(typed)
                session.await_text(says)
                self.assertEqual(session.news(), "ended 1")
                self.assertTrue(session.echoes())

    def test_a_signal_restores_the_terminal(self) -> None:
        for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT),
                            (b"", signal.SIGTERM), (b"", signal.SIGHUP)):
            with self.subTest(number):
                session = self.session("add")
                session.await_text(b"New password: ")
                self.assertFalse(session.echoes())
                session.type(b"sec" + key)
                if not key:
                    os.kill(session.job, number)
                self.assertEqual(session.news(), f"ended {-number}")
                self.assertTrue(session.echoes())
                session.read()
                self.assertNotIn(b"sec", session.shown)
                self.assertTrue(passwd.only(self.folder))

    def test_it_can_be_stopped_and_goes_on(self) -> None:
        session = self.session("add")
        session.await_text(b"New password: ")
        session.type(b"half\x1a")
        self.assertEqual(session.news(), "stopped")
        self.assertTrue(session.echoes())
        session.go_on()
        session.await_text(b"New password: ")
        place.wait_for(lambda: not session.echoes(), "the echo to be off")
        session.type(b"secret\n")
        session.await_text(b"The same again: ")
        session.type(b"secret\n")
        self.assertEqual(session.news(), "ended 0")
        self.assertEqual(self.file.read_text(), f"alice:{REALM}:{ha1('alice', 'secret')}\n")


if __name__ == "__main__":
    unittest.main()
