# SPDX-License-Identifier: BSD-2-Clause
"""The library as others find it: installed, found with pkg-config, and used from C and C++; and
the pages, as a distribution installs them.

Every program of the manual pages of section 3 is compiled against it and prints what its page
says that it prints.
"""

import os
import pathlib
import re
import shlex
import subprocess
import unittest
from typing import NamedTuple

from support import place

TOP = pathlib.Path(os.environ.get("abs_top_srcdir", place.ROOT))
BUILD = pathlib.Path(os.environ.get("abs_top_builddir", place.ROOT / "build"))
PAGES = [TOP / "docs/man/libproxyauth.3", *sorted((TOP / "docs/man").glob("pxa_*.3"))]

CC = shlex.split(os.environ.get("CC", "gcc"))
CXX = shlex.split(os.environ.get("CXX", ""))
SANITIZERS = shlex.split(os.environ.get("SANITIZE_CFLAGS", ""))
STRICT = ["-Wall", "-Wextra", "-Werror"]

C_PROGRAM = r"""
#include <proxyauth.h>
#include <stdio.h>
int main(void)
{
    struct pxa_scheme scheme;
    struct pxa_span value = {"Basic QQ==", 10};
    if (pxa_scheme_split(value, &scheme) != PXA_OK)
        return 1;
    printf("%s\n", pxa_scheme_name(scheme.id));
    return 0;
}
"""

CXX_PROGRAM = r"""
#include <proxyauth.h>
#include <iostream>
#include <string>
int main()
{
    const std::string value = "Basic QQ==";
    pxa_scheme scheme;
    if (pxa_scheme_split({value.data(), value.size()}, &scheme) != PXA_OK)
        return 1;
    std::cout << pxa_scheme_name(scheme.id) << "\n";
}
"""


def run(*argv: str | pathlib.Path, env: dict[str, str] | None = None) -> str:
    """Standard output of a command that has to succeed."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=env or place.clean_env(), timeout=place.PATIENCE_S, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, argv))}\nended with {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


def make(*words: str) -> None:
    # What the "make" around this test wants of its own children is not for this one.
    env = {key: value for key, value in place.clean_env().items()
           if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    run(place.need_program("make"), "-C", BUILD, *words, env=env)


class Installed:
    """The library part of this build, installed below a private folder."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.root = folder / "root"
        make("install-libLTLIBRARIES", "install-includeHEADERS", "install-pkgconfigDATA",
             f"DESTDIR={self.root}")
        found = list(self.root.rglob("proxyauth.pc"))
        assert len(found) == 1, found
        self.env = place.clean_env(PKG_CONFIG_SYSROOT_DIR=str(self.root),
                                   PKG_CONFIG_PATH=str(found[0].parent),
                                   PKG_CONFIG_ALLOW_SYSTEM_CFLAGS="1",
                                   PKG_CONFIG_ALLOW_SYSTEM_LIBS="1")
        # Some versions of pkg-config put the folder before a variable, too.
        libdir = self.pkg_config("--variable=libdir").removeprefix(str(self.root))
        self.libdir = self.root / libdir.lstrip("/")

    def pkg_config(self, *words: str) -> str:
        name = os.environ.get("PKG_CONFIG") or place.need_program("pkg-config")
        return run(name, *words, "proxyauth", env=self.env).strip()

    def static_library(self) -> pathlib.Path | None:
        path = self.libdir / "libproxyauth.a"
        return path if path.exists() else None

    def compile(self, compiler: list[str], source: pathlib.Path,
                libs: list[str] | None = None) -> pathlib.Path:
        program = source.with_suffix("")
        cflags = shlex.split(self.pkg_config("--cflags"))
        libs = libs or shlex.split(self.pkg_config("--libs"))
        run(*compiler, *STRICT, *SANITIZERS, *cflags, source, "-o", program, *libs)
        return program

    def start(self, program: pathlib.Path, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=place.PATIENCE_S, check=False,
                              env=place.clean_env(LD_LIBRARY_PATH=str(self.libdir)))


class Run(NamedTuple):
    """One run that a page shows."""
    arguments: list[str]
    output: str


def plain(text: str) -> str:
    """Text of a literal block or argument without the escapes of roff."""
    signs = {r"\e": "\\", r"\-": "-", r"\(dq": '"', r"\(aq": "'", r"\(ti": "~", r"\(ha": "^",
             r"\(ga": "`", r"\&": ""}
    return re.sub(r"\\(?:e|-|&|\(dq|\(aq|\(ti|\(ha|\(ga)", lambda sign: signs[sign[0]], text)


BLOCK = r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$"
RUN = re.compile(r"^Run (?:without arguments|with)\n((?:(?:and\n)?\.Ql [^\n]*\n)*)it prints:?\n"
                 + BLOCK, re.M | re.S)


def examples(page: pathlib.Path) -> tuple[list[str], list[Run]]:
    """The programs of a page, and the runs of the one program."""
    text = page.read_text()
    programs = [plain(block) for block in re.findall(BLOCK, text, re.M | re.S)
                if block.startswith("#include <proxyauth.h>")]
    runs = []
    for arguments, output in RUN.findall(text):
        words = re.findall(r"^\.Ql (.*)$", arguments, re.M)
        runs.append(Run([plain(word.strip('"')) for word in words], plain(output)))
    return programs, runs


class Library(unittest.TestCase):
    installed: Installed

    @classmethod
    def setUpClass(cls) -> None:
        folder = cls.enterClassContext(place.private_folder("installed"))
        cls.installed = Installed(folder)

    def build(self, name: str, text: str, compiler: list[str],
              libs: list[str] | None = None) -> pathlib.Path:
        source = self.installed.folder / name
        source.write_text(text)
        return self.installed.compile(compiler, source, libs)

    def expect(self, program: pathlib.Path, words: list[str], output: str) -> None:
        done = self.installed.start(program, *words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual((done.stdout, done.stderr), (output, ""), words)


class Users(Library):
    def test_a_program_in_c(self) -> None:
        self.expect(self.build("c_user.c", C_PROGRAM, [*CC, "-std=c11"]), [], "Basic\n")

    @unittest.skipUnless(CXX, "no C++ compiler")
    def test_a_program_in_cxx(self) -> None:
        self.expect(self.build("cxx_user.cc", CXX_PROGRAM, [*CXX, "-std=c++11"]), [], "Basic\n")

    def test_the_version_is_that_of_the_package(self) -> None:
        version = re.search(r'#define PACKAGE_VERSION "(.*)"', (BUILD / "config.h").read_text())
        assert version
        self.assertEqual(self.installed.pkg_config("--modversion"), version[1])

    def test_a_program_with_the_static_library(self) -> None:
        """With what --static adds, which is told in any case; linked where the build has a static
        library (--enable-static)."""
        libs = shlex.split(self.installed.pkg_config("--static", "--libs"))
        self.assertIn("-lnettle", libs)
        library = self.installed.static_library()
        if library is None:
            return
        libs = [str(library) if word == "-lproxyauth" else word for word in libs]
        program = self.build("static_user.c", C_PROGRAM, [*CC, "-std=c11"], libs)
        self.expect(program, [], "Basic\n")
        self.assertNotIn("libproxyauth", run("ldd", program))

    def test_the_library_needs_nothing_but_nettle(self) -> None:
        """Whoever links it gets no LDAP or event loop with it."""
        library = self.installed.libdir / "libproxyauth.so"
        needed = re.findall(r"\(NEEDED\).*\[(.*?)\.so", run("readelf", "-d", library))
        self.assertIn("libnettle", needed)
        if not SANITIZERS:  # which bring what they need
            self.assertLessEqual(set(needed), {"libnettle", "libc"})


class Manual(Library):
    """A test for each page: test_pxa_base64 and so on."""

    def check_page(self, page: pathlib.Path) -> None:
        programs, runs = examples(page)
        self.assertEqual(len(programs), 1, "programs on the page")
        self.assertTrue(runs, "the page does not say what the program prints")
        program = self.build(f"{page.stem}.c", programs[0], [*CC, "-std=c11"])
        for one in runs:
            self.expect(program, one.arguments, one.output)


class Pages(unittest.TestCase):
    """In other folders than configure's own ones, as each distribution has them."""

    @classmethod
    def setUpClass(cls) -> None:
        root = cls.enterClassContext(place.private_folder("installed-pages"))
        make("install-data", f"DESTDIR={root}", "prefix=/usr", "libexecdir=/usr/lib")
        cls.manual = {path.name: path.read_text() for path in root.rglob("*.8")}
        cls.guides = {path: path.read_text() for path in root.rglob("*.md")}

    def test_programs_are_where_the_pages_say(self) -> None:
        self.assertIn("\n/usr/lib/proxyauth/", self.manual["basic-file.8"].replace(" ", "\n"))
        readme = next(text for path, text in self.guides.items() if path.name == "README.md")
        self.assertIn(" /usr/lib/proxyauth/negotiate-gssapi ", readme)
        self.assertIn("`/usr/bin/proxyauth`", readme)
        for name, text in [*self.manual.items(), *self.guides.items()]:
            self.assertNotRegex(text, "/usr/local/(libexec|bin)/", name)

    def test_links_between_the_guides(self) -> None:
        """But for that to the licence, which each distribution has in a place of its own."""
        found = 0
        for path, text in self.guides.items():
            for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
                if not link.startswith("LICENSES/"):
                    found += 1
                    self.assertTrue((path.parent / link).exists(), (path.name, link))
        self.assertGreater(found, 10)


def add_page(page: pathlib.Path) -> None:
    setattr(Manual, f"test_{page.stem}", lambda self: self.check_page(page))


for one_page in PAGES:
    add_page(one_page)


if __name__ == "__main__":
    unittest.main()
