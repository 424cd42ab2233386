# SPDX-License-Identifier: BSD-2-Clause
"""docs/kerberos.md, step by step, in a realm of MIT's by the name that the page has: its commands,
its lines of squid.conf, and its table from a line in the log to a cure.

Only files are elsewhere, and the name of the proxy leads to this machine (curl --resolve); nothing
else of the page is changed.
"""

import ast
import pathlib
import re
import subprocess
import unittest
from collections.abc import Iterator, Sequence

from support import gss, gssapi, place, squid

PAGE = place.ROOT / "docs" / "kerberos.md"
INSTALLED = "/usr/local/libexec/proxyauth/"
NAME = "proxy.corp.example.com"
SERVICE = f"HTTP@{NAME}"
REALM = "CORP.EXAMPLE.COM"

# Where the helper's words come from.
ROOMS = ("core", "directory", "kerberos", "negotiate", "negotiate-gssapi")
# Those whose refusals and troubles are told here, and not on another page.
OWN_ROOMS = ("kerberos", "negotiate", "negotiate-gssapi")
# What stands before a sentence that the log is told: who calls with it, or what it is kept as.
TELLS = re.compile(r"""(?: (?:reason|refusal|words)(?:\[\])? \s = [^;,{}]*
                         | why_set\([^",]*, | fault\(line,\s\w+, | log_event\([^"]*"[\w-]+",
                         | (?:deny|give_up)\(service, | who_refusal\)\{ )\s*\Z""", re.X)
# Nobody can do anything about memory, and libkrb5 has no word for keys that it holds in memory.
# Options end the program before there is a log, --check is read where it is typed.
NOT_ON_PAGE = re.compile(r"(option|options) |out of memory$|"
                         r"the proxy's keys? (cannot be read|has expired)$|"
                         r"this build has no LDAP$")
# A conversion of printf() in a text.
CONVERSION = re.compile(r"%(?:[-+ 0#]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|j|z)?[diuxXcs]|%)")
HOLE = "\0"


def blocks() -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def block(beginning: str) -> str:
    """The block of code on the page that begins so."""
    found = [text for text in blocks() if text.startswith(beginning)]
    assert len(found) == 1, f"{len(found)} blocks begin with {beginning!r}"
    return found[0]


def lines_about_us() -> list[str]:
    return [line for text in blocks() for line in text.splitlines()
            if line.startswith("auth_param") and INSTALLED in line]


def log_lines() -> list[str]:
    """The first column of the table from log line to cure, without its marks."""
    table = PAGE.read_text().partition("\n| it says | because | do |\n")[2]
    rows = re.findall(r"^\| (.*?) \|", table, re.M)
    return [quote for row in rows for quote in re.findall(r"`([^`]+)`", row)]


# ---- what the sources can say ----

def literals_of(source: str) -> Iterator[tuple[str, str]]:
    """The string literals of a C source, those side by side as one, conversions as holes, and for
    each what stands before it."""
    source = re.sub(r"/\*.*?\*/", " ", source, flags=re.S)
    literal = r'"(?:[^"\\\n]|\\.)*"'
    for match in re.finditer(rf"{literal}(?:\s*(?:PRI\w+\s*)?{literal})*", source):
        parts = re.findall(literal, match[0])
        whole = "".join(ast.literal_eval(part) for part in parts)
        yield (source[max(0, match.start() - 200):match.start()],
               CONVERSION.sub(lambda found: "%" if found[0] == "%%" else HOLE, whole))


def sources(rooms: Sequence[str]) -> Iterator[str]:
    for room in rooms:
        for path in sorted((place.ROOT / "helpers" / room).glob("*.c")):
            yield path.read_text()


def texts() -> list[str]:
    return [text for source in sources(ROOMS) for _, text in literals_of(source)]


def sentences() -> list[str]:
    """What our own rooms tell the log: words of their own, and not only holes."""
    return [text for source in sources(OWN_ROOMS) for before, text in literals_of(source)
            if TELLS.search(before) and len(text.replace(HOLE, "").split()) >= 3]


def is_said(quote: str, said: list[str]) -> bool:
    """Whether one text has all pieces of the quotation, between its dots, in this order."""
    pieces = [re.escape(piece.strip()) for piece in quote.split("...") if piece.strip()]
    pattern = re.compile(".*".join(pieces), re.S)
    return any(pattern.search(text) for text in said)


class Page(gssapi.Case):
    SERVICES = ()
    REALM = REALM

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.keytab = cls.folder / "http.keytab"
        said = cls.realm.kadmin(*cls.on_kdc(cls.keytab))
        assert f"{NAME}@{REALM}" in said, said

    @classmethod
    def on_kdc(cls, keytab: pathlib.Path) -> list[str]:
        """The page's two commands, the key into `keytab`."""
        return block("addprinc -randkey").replace("http.keytab", str(keytab)).splitlines()

    def here(self, text: str, keytab: pathlib.Path) -> str:
        """Folders of this machine."""
        for path in ("/etc/proxyauth/http.keytab", "/etc/squid/HTTP.keytab"):
            text = text.replace(path, str(keytab))
        return text

    def ticket(self) -> bytes:
        return self.token("alice", SERVICE)

    def words(self, line: str) -> list[str]:
        """The options of a line of squid.conf."""
        return self.here(line, self.keytab).partition(" program ")[2].split()[1:]

    def test_the_lines_of_squid_conf(self) -> None:
        """A page through a Squid that has them, by the proxy's whole name."""
        folder = self.folder / "squid"
        keytab = gssapi.for_squid(self.keytab, self.folder / "http-for-squid.keytab")
        first, *more = block("auth_param negotiate program /usr/local/libexec/proxyauth/"
                             "negotiate-gssapi --keytab /etc/proxyauth/http.keytab\n"
                             "auth_param negotiate children 20").splitlines()
        options = self.here(first, keytab).partition(" program ")[2].split()[1:]
        env = self.server_env()
        proxy = self.enterContext(gssapi.Squid(folder, [*options, "--replay-cache", str(folder)],
                                               env))
        origin = self.enterContext(squid.Origin())
        done = subprocess.run(
            [place.need_program("curl"), "-q", "-sS", "-4", "-x", f"http://{NAME}:{proxy.port}",
             "--resolve", f"{NAME}:{proxy.port}:127.0.0.1", "--proxy-negotiate", "-U", ":",
             "-w", "%{http_code}", origin.url], capture_output=True, text=True,
            env=self.realm.env("alice"))
        self.assertEqual(done.stdout, "hello from the origin\n200", done.stderr)
        place.wait_for(lambda: f"alice@{REALM} 200" in proxy.names(), "alice in Squid's log")
        self.assertIn("auth_param negotiate keep_alive on", more)

    def test_every_line_is_understood(self) -> None:
        """All options on the page are right ones; the end of its input ends the helper well."""
        found = [line for line in lines_about_us() if "--ntlm" not in line]
        self.assertGreater(len(found), 2)
        for line in found:
            done = gssapi.run(*self.words(line), env=self.server_env())
            self.assertEqual((done.returncode, done.stdout), (0, b""), (line, done.stderr))

    def test_the_options_in_the_text(self) -> None:
        known = gssapi.run("--help").stdout.decode()
        ours = re.sub(r"^```\w*\n.*?^```$|\| macOS.*", "", PAGE.read_text(), flags=re.M | re.S)
        for option in set(re.findall(r"`(--[a-z-]+)", ours)):
            self.assertIn(f" {option}", known)

    def test_check(self) -> None:
        line = next(text for text in block("sudo -u proxy").splitlines())
        words = self.here(line, self.keytab).split()[4:]
        done = gssapi.run(*words, env=self.server_env())
        self.assertEqual(done.returncode, 0, done)
        self.assertIn(f"HTTP/{NAME}@{REALM}", done.stdout.decode())

    def test_a_changed_key(self) -> None:
        """The old key stays in the file, and tickets that were made with either go on working."""
        asked = self.helper()
        old = self.ticket()
        self.assert_ok(gssapi.ask(asked, self.ticket()), f"alice@{REALM}", asked)
        new, both = self.folder / "new.keytab", self.folder / "both.keytab"
        self.realm.kadmin(self.on_kdc(new)[1])
        commands = [line.partition("ktutil:  ")[2] for line in block("ktutil").splitlines()[1:]]
        commands = [self.here(line, self.keytab).replace("new.keytab", str(new))
                    .replace("both.keytab", str(both)) for line in commands]
        subprocess.run([place.need_program("ktutil")], input="\n".join(commands) + "\n", text=True,
                       check=True, capture_output=True, env=self.realm.env())
        both.rename(self.keytab)
        self.realm.kinit("alice")
        for token in (self.ticket(), old):
            self.assert_ok(gssapi.ask(asked, token), f"alice@{REALM}", asked)

    def test_what_explain_says(self) -> None:
        """But for lengths: in the encrypted parts are numbers of any size, and a time that may be
        left out; and for the key's version, which another test changes."""
        token = gssapi.line(self.ticket()).decode().split()[1]
        done = subprocess.run([place.helper_path("proxyauth"), "explain"], text=True,
                              input=f"Proxy-Authorization: Negotiate {token}\n",
                              capture_output=True, check=True)

        def stable(text: str) -> str:
            text = re.sub(r"kvno +\d+|kvno \d+ ", "kvno ", text)
            return re.sub(r"(token|ticket) length +\d+", r"\1 length", text)
        self.assertEqual(stable(done.stdout.strip()), stable(block("Line 1: credentials").strip()))

    def test_each_quoted_line_can_be_logged(self) -> None:
        said = texts()
        quotes = log_lines()
        self.assertGreater(len(quotes), 10)
        self.assertFalse(is_said("the moon is ... made of cheese", said))
        for quote in quotes:
            self.assertTrue(is_said(quote, said), quote)

    def test_each_line_of_ours_is_quoted(self) -> None:
        """By three words of it at least; no other text of its file will do."""
        quotes = [quote for quote in log_lines() if len(quote.split()) >= 3]
        told = sentences()
        self.assertGreater(len(told), 60)
        self.assertIn("the login takes too many steps", told)
        missing = [text.replace(HOLE, "...") for text in told if not NOT_ON_PAGE.match(text)
                   and not any(is_said(quote, [text]) for quote in quotes)]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
