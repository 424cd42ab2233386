# SPDX-License-Identifier: BSD-2-Clause
"""The same files and lines to Squid's digest_file_auth and to digest-file. Where they differ, the
difference is listed with its reason; what the old helper says there is what that of Squid 5.7 says.

Compared are the id, the word and the hash: the texts behind ERR and BH are for people.
"""

import dataclasses
import os
import pathlib
import re
import socket
import subprocess
import unittest

from support import digestfile, place

HASH = "0123456789abcdef0123456789abcdef"
NOT_HEX = "zzzz456789abcdef0123456789abcdef"
DENIED, TROUBLE = "ERR", "BH"


def ok(*parts: str) -> str:
    return f'OK ha1="{digestfile.md5(*parts)}"'


def ok_hash(hash_: str = HASH) -> str:
    return f'OK ha1="{hash_}"'


@dataclasses.dataclass(frozen=True)
class Same:
    """Both answer `reply`."""
    file: str
    line: str
    reply: str
    options: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Differs:
    """Ours answers `reply` where the old helper answers `stock`."""
    why: str
    file: str
    line: str
    stock: str
    reply: str
    options: tuple[str, ...] = ()
    only_ours: tuple[str, ...] = ()


C = ("-c",)

SAME = (
    Same("a:pw\n", '"a":"R"', ok("a", "R", "pw")),
    Same("a:pw\n", '"a":"S T"', ok("a", "S T", "pw")),
    Same("a:pw\n", '"b":"R"', DENIED),
    Same("a:pw\n", '"A":"R"', DENIED),
    Same("a:pw\n", '1 "a":"R"', "1 " + ok("a", "R", "pw")),
    Same("a:pw\n", '2147483647 "a":"R"', "2147483647 " + ok("a", "R", "pw")),
    Same("a:pw\nb:x\n", '77 "c":"R"', "77 " + DENIED),
    Same("a b:p w\n", '"a b":"R"', ok("a b", "R", "p w")),
    Same("a: pw \n", '"a":"R"', ok("a", "R", " pw ")),
    Same("jürgen:pässwörd\n", '"jürgen":"Grüße"', ok("jürgen", "Grüße", "pässwörd")),
    Same("a:pw\na:pw2\n", '"a":"R"', ok("a", "R", "pw2")),
    Same("a:pw", '"a":"R"', ok("a", "R", "pw")),
    Same("#a:pw\n", '"#a":"R"', DENIED),
    Same(" a:pw\n", '" a":"R"', DENIED),
    Same("\n\na:pw\n\n", '"a":"R"', ok("a", "R", "pw")),
    Same("a:\n", '"a":"R"', DENIED),
    Same("a\n", '"a":"R"', DENIED),
    Same(f"a:R:{{HHA1}}{HASH}\n", '"a":"R"', ok_hash()),
    Same(f"a:R:{{HHA1}}{HASH}\n", '"a":"S"', DENIED),
    Same(f"a:{{HHA1}}{HASH}\n", '"a":"S"', ok_hash()),
    Same(f"a:R:{HASH}\n", '"a":"R"', ok_hash(), C),
    Same(f"a:R:{HASH}\n", '"a":"S"', DENIED, C),
    Same(f"a:R:{HASH}", '"a":"R"', ok_hash(), C),
    Same(f"a:{HASH}\n", '"a":"S"', ok_hash(), C),
    Same(f"a:R:{{HHA1}}{HASH}\n", '"a":"R"', ok_hash(), C),
    Same(f"a:R:{HASH[1:]}\n", '"a":"R"', DENIED, C),
    Same("a:pw\n", '"a":"R"', DENIED, C),
    Same(f"a:R:{HASH}\na:S:{HASH[::-1]}\n", '"a":"S"', ok_hash(HASH[::-1]), C),
    Same("a:pw\n", "", TROUBLE),
    Same("a:pw\n", "a", TROUBLE),
    Same("a:pw\n", '"a"', TROUBLE),
    Same("a:pw\n", "1 a", "1 " + TROUBLE),
)

DIFFERS = (
    Differs("a password may hold colons (defect 16)",
            "u:p:x\n", '"u":"R"', DENIED, ok("u", "R", "p:x")),
    Differs("so what stands behind the first of them is no realm, unless --realm says so",
            "u:p:x\n", '"u":"p"', ok("u", "p", "x"), ok("u", "p", "p:x")),
    Differs("colons at the beginning belong to the password, too",
            "u::pw\n", '"u":"R"', ok("u", "R", "pw"), ok("u", "R", ":pw")),
    Differs("with --realm it is the realm that it was",
            "u:R:pw\nu:S:pw2\n", '"u":"R"', ok("u", "R", "pw"), ok("u", "R", "pw"),
            only_ours=("--realm", "R", "--realm", "S")),
    Differs("a hash that is taken for a password is hashed with all that stands before it; the log "
            "says that -c is missing", f"u:R:{HASH}\n", '"u":"R"', ok("u", "R", HASH),
            ok("u", "R", f"R:{HASH}")),
    Differs("a carriage return is no part of a password (defect 16)",
            "u:pw\r\n", '"u":"R"', ok("u", "R", "pw\r"), ok("u", "R", "pw")),
    Differs("nor of a hash", f"u:R:{HASH}\r\n", '"u":"R"', DENIED, ok_hash(), C),
    Differs("a hash is hex (defect 16)",
            f"u:R:{NOT_HEX}\n", '"u":"R"', ok_hash(NOT_HEX), DENIED, C),
    Differs("and in small letters", f"u:R:{HASH.upper()}\n", '"u":"R"', ok_hash(HASH.upper()),
            ok_hash(), C),
    Differs("a realm may hold colons: the hash is behind the last one",
            f"u:R:S:{HASH}\n", '"u":"R:S"', DENIED, ok_hash(), C),
    Differs("a user has no colon: the hash of user a:R in realm x is that of a in realm R:x",
            "a:R:pw\n", '"a:R":"x"', ok("a:R", "x", "pw"), DENIED),
    Differs("names of any length (defect 17)",
            f"{'u' * 250}:pw\n", f'"{"u" * 250}":"A long realm"', DENIED,
            ok("u" * 250, "A long realm", "pw")),
    Differs("an id is a string of digits (defect 18)",
            "u:pw\n", '5000000000 "u":"R"', "705032704 " + ok("u", "R", "pw"),
            "5000000000 " + ok("u", "R", "pw")),
    Differs("only the realms of --realm are answered (defect 19)",
            "u:pw\n", '"u":"Evil"', ok("u", "Evil", "pw"), DENIED, only_ours=("--realm", "R")),
    Differs("a client may write quotes into a realm: all of it is the realm",
            "u:pw\n", '"u":"R"x"', ok("u", "R", "pw"), ok("u", 'R"x', "pw")),
    Differs("so a realm that only begins like one of ours is another one",
            f"u:R:{HASH}\n", '"u":"R" x"', ok_hash(), DENIED, C),
    Differs("extras have to be counted, else a client could hide the end of the realm in them",
            "u:pw\n", '"u":"R" 127.0.0.1', ok("u", "R", "pw"), TROUBLE),
    Differs("with --key-extras they are left alone",
            "u:pw\n", '"u":"R" 127.0.0.1', ok("u", "R", "pw"), ok("u", "R", "pw"),
            only_ours=("--key-extras", "1")),
    Differs("a line that Squid does not write is not guessed at",
            "u:pw\n", '"u":"R', ok("u", "R", "pw"), TROUBLE),
    Differs("a client that sends no user or no realm is refused, which is no trouble of ours",
            "u:pw\n", '"":"R"', TROUBLE, DENIED),
    Differs("a byte order mark is no part of the first name",
            "\ufeff", '"zz":"R"', DENIED, ok_hash(), C),
    Differs("behind a hash with a mark a password is that password, not the hash before it",
            f"h:{{HHA1}}{HASH}\nu:pw\n", '"u":"R"', ok_hash(), ok("u", "R", "pw")),
)


def shorten(output: bytes) -> str:
    """Id, word and hash of the one reply."""
    return re.sub(r"(ERR|BH) .*", r"\1", output.decode().removesuffix("\n"))


class Differential(digestfile.Case):
    def file(self, text: str | bytes) -> pathlib.Path:
        """With one user more: a file without any is trouble to ours, not a refusal."""
        at = len("\ufeff") if text.startswith("\ufeff") else 0
        return super().file(f"{text[:at]}zz:{HASH}\n{text[at:]}")

    def run_once(self, words: list[str], line: str) -> str:
        done = subprocess.run(words, input=line.encode() + b"\n", stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env=place.clean_env(),
                              timeout=place.PATIENCE_S)
        return shorten(done.stdout)

    def test_what_is_the_same(self) -> None:
        for case in SAME:
            with self.subTest(file=case.file, line=case.line):
                path = self.file(case.file)
                stock = self.run_once(digestfile.stock_argv(*case.options, path), case.line)
                ours = self.run_once(digestfile.argv(*case.options, path), case.line)
                self.assertEqual((stock, ours), (case.reply, case.reply))

    def test_what_differs_and_why(self) -> None:
        for case in DIFFERS:
            with self.subTest(case.why):
                path = self.file(case.file)
                stock = self.run_once(digestfile.stock_argv(*case.options, path), case.line)
                ours = self.run_once(digestfile.argv(*case.options, *case.only_ours, path),
                                     case.line)
                self.assertEqual(stock, case.stock, "the old helper")
                self.assertEqual(ours, case.reply)

    def test_a_file_that_cannot_be_opened(self) -> None:
        """Defect 15: the old helper ends with a request pending, ours answers it. A socket cannot
        be opened by root either; its date makes the old helper look."""
        path = self.file("u:pw\n")
        ours = self.ours(path)
        stock = self.start(digestfile.stock_argv(path))
        for asked in (ours, stock):
            self.assertEqual(asked.about("u", "R"), ok("u", "R", "pw"))
        path.unlink()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            os.utime(path, (1, 1))
            stock.send(digestfile.line("u", "R"))
            self.assertIsNone(stock.read_line())
            ours.wait_log(str(path))
            self.assertEqual(ours.about("u", "R"), ok("u", "R", "pw"))

    def test_a_request_that_squid_cut(self) -> None:
        """Defect 20: the old helper waits for its end and takes the next request for it, whose id
        is lost: Squid ends itself over such a reply."""
        path = self.file("u:pw\n")
        said = ok("u", "R", "pw").encode()
        answers = {}
        for name, asked in (("ours", self.ours(path)),
                            ("stock", self.start(digestfile.stock_argv(path)))):
            self.assertEqual(asked.about("u", "R").encode(), said)
            asked.socket.sendall(b'2 "%s3 "u":"R"\n4 "u":"R"\n' % (b"x" * 8190))
            asked.end_input()
            answers[name] = list(iter(asked.read_line, None))
        self.assertEqual(answers["stock"][1:], [said, b"4 " + said])
        self.assertRegex(answers["ours"][0], b"^2 ERR ")
        self.assertEqual(answers["ours"][1:], [b"3 " + said, b"4 " + said])


if __name__ == "__main__":
    unittest.main()
