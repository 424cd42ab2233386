# SPDX-License-Identifier: BSD-2-Clause
"""The manual pages and the README name exactly the options that the programs have, and the page of
the tool every remark that it makes."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest
from typing import NamedTuple

TOP = pathlib.Path(os.environ.get("abs_top_srcdir", pathlib.Path(__file__).parents[2]))
MAN = TOP / "docs" / "man"
HELPERS = pathlib.Path(os.environ.get("HELPERS", "helpers"))
HELPER = HELPERS / "basic-ldap" / "basic-ldap"
TOOL = HELPERS / "proxyauth" / "proxyauth"

# Helpers that need no server; each has a page of its name in section 8.
FILE_HELPERS = ("basic-file", "digest-file", "negotiate-stub")
# Those that need a library, where they were built.
LIBRARY_HELPERS = tuple(name for name in ("basic-pam", "basic-sasl")
                        if (HELPERS / name / name).exists())
# Those that ask a directory, where they were built.
DIRECTORY_HELPERS = tuple(name for name in ("digest-ldap", "group-ad", "group-ldap",
                                            "negotiate-gssapi")
                          if HELPER.exists() and (HELPERS / name / name).exists())

# Options that make no sense in a file.
LINE_ONLY = {"check", "config", "help", "version"}

# Pages of other packages that ours refer to.
OUTSIDE = {"basic_ldap_auth.8", "basic_ncsa_auth.8", "basic_pam_auth.8", "basic_sasl_auth.8",
           "chattr.1", "crypt.3", "crypt.5", "curl.1", "digest_file_auth.8", "digest_ldap_auth.8",
           "explicit_bzero.3", "ext_kerberos_ldap_group_acl.8", "ext_ldap_group_acl.8", "flock.2",
           "htdigest.1", "htpasswd.1", "iconv.1", "kinit.1", "krb5.conf.5", "ldap.conf.5",
           "login.1", "mkpasswd.1", "negotiate_kerberos_auth.8", "openssl-passwd.1",
           "openssl-rehash.1", "pam.8", "pam.d.5", "pam_exec.8", "pam_fail_delay.3",
           "pam_faillock.8", "pam_start.3", "pam_unix.8", "pkg-config.1", "saslauthd.8",
           "saslpasswd2.8", "setcap.8", "slappasswd.8", "smbpasswd.5", "squid.8", "sssd.8",
           "syslog.3", "unix_chkpwd.8"}


class Option(NamedTuple):
    letter: str | None
    name: str
    argument: str | None
    default: str | None


def options_of_help(*words: str | pathlib.Path) -> list[Option]:
    """Lines like `  -c, --connect-timeout SECONDS  most time to connect [3]`."""
    text = subprocess.run([*(words or [HELPER]), "--help"], check=True, capture_output=True,
                          text=True).stdout
    line = re.compile(r"^  (?:-(\w), |    )--([a-z0-9-]+)(?: (\S+))?  +\S.*?(?: \[(\S+)\])?$", re.M)
    return [Option(*match.groups()) for match in line.finditer(text)]


def options_of_page(page: str = "basic-ldap.8") -> list[Option]:
    """Items like `.It Fl c , Fl -connect-timeout Ar SECONDS`, with `Default: 3.` below."""
    text = (MAN / page).read_text()
    head = re.compile(r"\.It (?:Fl (\w) , )?Fl -([a-z0-9-]+)(?: Ar (\S+))?\n")
    default = re.compile(r"^Default:(?: (\S+)\.|\n\.Li (\S+) \.)$", re.M)
    options = []
    for item in re.split(r"(?=^\.It |^\.El)", text, flags=re.M):
        match = head.match(item)
        if match:
            said = default.search(item)
            options.append(Option(*match.groups(), said and (said[1] or said[2])))
    return options


def options_of_configure() -> set[str]:
    """Lines like `  --without-ldap          do not build what needs an LDAP directory`."""
    text = subprocess.run([TOP / "configure", "--help"], check=True, capture_output=True,
                          text=True).stdout
    return set(re.findall(r"^  --([a-z0-9-]+)", text, re.M))


def names_of_config(helper: str) -> list[tuple[str, str]]:
    """What proxyauth.conf.5 lists below `.Ss Names of HELPER`."""
    text = (MAN / "proxyauth.conf.5").read_text()
    section = re.search(rf"^\.Ss Names of {helper}\n(.*?)(?=^\.S[sh] )", text, re.M | re.S)
    return re.findall(r"^\.It Ic ([a-z0-9-]+) No = Ar (\S+)$", section[1] if section else "", re.M)


def expected_in_config(options: list[Option]) -> list[tuple[str, str]]:
    return [(option.name, option.argument or "yes|no")
            for option in options if option.name not in LINE_ONLY]


def long_names(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--([a-z][a-z0-9-]+)", text))


def literal_blocks(text: str) -> list[str]:
    return re.findall(r"^\.Bd -literal.*?^\.Ed", text, re.M | re.S)


def config_lines(text: str) -> set[str]:
    return set(re.findall(r"^\s*([a-z][a-z0-9-]+) = ", text, re.M))


@unittest.skipUnless(HELPER.exists(), "basic-ldap was not built")
class Options(unittest.TestCase):
    def test_the_page_has_the_options_of_the_helper(self) -> None:
        """Names, letters, arguments, defaults and their order."""
        self.assertGreater(len(options_of_help()), 30)
        self.assertEqual(options_of_page(), options_of_help())

    def test_the_page_of_the_file_has_its_names(self) -> None:
        self.assertEqual(names_of_config("basic-ldap"), expected_in_config(options_of_help()))

    def test_examples_use_options_that_exist(self) -> None:
        helper = {option.name for option in options_of_help()}
        text = (MAN / "basic-ldap.8").read_text().replace("\\e", "")
        text = "\n".join(literal_blocks(text))
        self.assertTrue(long_names(text) | config_lines(text))
        self.assertLessEqual(long_names(text), helper)
        self.assertLessEqual(config_lines(text), helper - LINE_ONLY)

    def test_examples_of_the_file_fit_a_helper_each(self) -> None:
        helpers = [{option.name for option in options_of_help(HELPERS / name / name)} - LINE_ONLY
                   for name in ("basic-ldap", *DIRECTORY_HELPERS, *FILE_HELPERS, *LIBRARY_HELPERS)]
        blocks = literal_blocks((MAN / "proxyauth.conf.5").read_text())
        self.assertGreater(len(blocks), 3)
        for block in blocks:
            with self.subTest(block):
                self.assertTrue(config_lines(block))
                self.assertTrue(any(config_lines(block) <= names for names in helpers))

    def test_the_readme_uses_options_that_exist(self) -> None:
        text = re.sub(r"^scripts/.*$|`scripts/[^`]*`", "", (TOP / "README.md").read_text(),
                      flags=re.M)
        names = {program: {option.name for option in options_of_help(HELPERS / program / program)}
                 for program in ("basic-ldap", *DIRECTORY_HELPERS, *FILE_HELPERS, *LIBRARY_HELPERS)}
        names |= {f"proxyauth {command}":
                  {option.name for option in options_of_help(TOOL, command)}
                  for command in ("explain", "passwd")}
        self.assertLessEqual(long_names(text), options_of_configure().union(*names.values()))
        self.assertLessEqual(config_lines(text), names["basic-ldap"] - LINE_ONLY)
        for line in text.splitlines():
            for program in re.findall(r"(?:/|\b)(" + "|".join(names) + r")(?= -| \w)", line):
                if line.startswith(("/", "sudo", "auth_param", "proxyauth")):
                    self.assertLessEqual(long_names(line), names[program], line)


class OtherHelpers(unittest.TestCase):
    def test_pages_have_the_options_of_the_helpers(self) -> None:
        for name in (*DIRECTORY_HELPERS, *FILE_HELPERS, *LIBRARY_HELPERS):
            with self.subTest(name):
                options = options_of_help(HELPERS / name / name)
                self.assertGreater(len(options), 10)
                self.assertEqual(options_of_page(f"{name}.8"), options)
                self.assertEqual(names_of_config(name), expected_in_config(options))

    def test_the_page_of_pam_has_every_trouble(self) -> None:
        """But for memory that is out."""
        source = (TOP / "helpers" / "pam" / "outcome.c").read_text()
        told = set(re.findall(
            r'(?:\.trouble = |(?:not_loaded|backend_away|in_trouble|other_question)\[\] = |'
            r'no_memory : )"([^"]+)"', source))
        self.assertEqual(len(told), 6)
        page = (MAN / "basic-pam.8").read_text()
        page = page[page.index(".Sh DIAGNOSTICS"):page.index(".Sh SEE ALSO")]
        for text in told:
            self.assertIn(f"user : {text}: ...", page.replace("pam_start gives PAM_ABORT", "..."))

    def test_the_page_of_the_file_leads_to_each_helper(self) -> None:
        page = (MAN / "proxyauth.conf.5").read_text()
        named = re.findall(r"^\.Ss Names of (\S+)$", page, re.M)
        self.assertGreater(len(named), 9)
        seen = re.findall(r"^\.Xr (\S+) 8", page[page.index(".Sh SEE ALSO"):], re.M)
        self.assertEqual(seen, sorted(named))

    def test_examples_use_options_that_exist(self) -> None:
        for name in (*DIRECTORY_HELPERS, *FILE_HELPERS, *LIBRARY_HELPERS):
            text = (MAN / f"{name}.8").read_text().replace("\\e", "")
            used = set().union(*(long_names(line) for line in text.splitlines() if name in line))
            with self.subTest(name):
                self.assertTrue(used)
                self.assertLessEqual(used, {option.name for option in
                                            options_of_help(HELPERS / name / name)})


def remarks_of_sources() -> set[str]:
    """The codes in report_remark(report, LEVEL, "code", "Sentence.", ...)."""
    codes = set()
    for path in (TOP / "helpers" / "proxyauth").glob("*.c"):
        for call in re.findall(r"\breport_remark\((.*?);", path.read_text(), re.S):
            for text in re.findall(r'"([^"]*)"', call):
                if not re.fullmatch("[a-z][a-z0-9_]+", text):
                    break  # the sentence
                codes.add(text)
    return codes


class Tool(unittest.TestCase):
    def test_the_page_has_the_options_of_the_tool(self) -> None:
        options = options_of_help(TOOL, "explain")
        self.assertGreater(len(options), 4)
        self.assertEqual(options_of_page("proxyauth.1"), options)

    def test_the_page_of_passwd_has_its_options(self) -> None:
        options = options_of_help(TOOL, "passwd")
        self.assertGreater(len(options), 7)
        self.assertEqual(options_of_page("proxyauth-passwd.1"), options)
        page = (MAN / "proxyauth-passwd.1").read_text()
        examples = "\n".join(literal_blocks(page))
        self.assertTrue(long_names(examples))
        self.assertLessEqual(long_names(examples), {option.name for option in options})

    def test_the_page_has_every_remark(self) -> None:
        page = (MAN / "proxyauth.1").read_text()
        page = page[page.index(".Sh REMARKS"):page.index(".Sh JSON")]
        found = re.findall(r"^\.It Li (\w+)$", page, re.M)
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(set(found), remarks_of_sources())
        self.assertGreater(len(found), 80)

    def test_the_examples_of_the_page_use_options_that_exist(self) -> None:
        text = (MAN / "proxyauth.1").read_text().replace("\\e", "")
        examples = re.findall(r"^\.Bd -literal.*?^\.Ed", text, re.M | re.S)
        used = set().union(*(long_names(re.sub(r"\bcurl\b.*?\|", "", part, flags=re.S))
                             for part in examples))
        self.assertTrue(used)
        self.assertLessEqual(used, {option.name for option in options_of_help(TOOL, "explain")})


class Pages(unittest.TestCase):
    def test_mandoc_has_no_complaint(self) -> None:
        if not shutil.which("mandoc"):
            self.skipTest("mandoc is not installed")
        pages = sorted(MAN.glob("*.[1-9]"))
        self.assertGreaterEqual(len(pages), 4)
        lint = subprocess.run(["mandoc", "-Tlint", "-Wstyle", *pages], capture_output=True,
                              text=True, check=False)
        # References are looked up among the installed pages, where ours are not.
        complaints = [line for line in lint.stdout.splitlines()
                      if "referenced manual not found" not in line]
        self.assertEqual(complaints, [])

    def test_references_lead_somewhere(self) -> None:
        ours = {path.name for path in MAN.iterdir()}
        for page in MAN.glob("*.[1-9]"):
            found = re.findall(r"^\.Xr (\S+) (\d)", page.read_text(), re.M)
            with self.subTest(page.name):
                self.assertLessEqual({f"{name}.{section}" for name, section in found},
                                     ours | OUTSIDE)


if __name__ == "__main__":
    unittest.main()
