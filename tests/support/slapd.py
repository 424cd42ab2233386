# SPDX-License-Identifier: BSD-2-Clause
"""OpenLDAP's slapd (2.5, 2.6) with a private folder: ldapi://, ldap:// with StartTLS, ldaps://.

It listens on 127.0.0.1 alone and logs every operation (loglevel stats) into a file, from which
binds() counts what the directory was really asked. Limits are slapd's own defaults.
"""

import pathlib
import re
import signal
import socket
import subprocess
import unittest
import urllib.parse
from collections.abc import Mapping, Sequence

from . import ber, certs, place, tree

SCHEMA_FOLDERS = ("/etc/ldap/schema", "/etc/openldap/schema")
MODULE_FOLDERS = ("/usr/lib/ldap", "/usr/lib64/openldap", "/usr/lib/openldap")
SCHEMAS = ("core", "cosine", "inetorgperson", "nis")

ROOT_PASSWORD = "root-secret"
ACCESS = """
access to attrs=userPassword
    by dn.exact="{proxy}" compare
    by anonymous auth
    by * none
access to * by * read
"""


def first_folder(candidates: Sequence[str], what: str) -> pathlib.Path:
    for candidate in candidates:
        if pathlib.Path(candidate).is_dir():
            return pathlib.Path(candidate)
    raise unittest.SkipTest(f"slapd's {what} is in none of {', '.join(candidates)}")


class Slapd:
    """A private slapd. `data` maps each suffix to its LDIF; `ports` are (ldap, ldaps).

    `schema` is text in slapd.conf's own syntax; `options` are further global lines. `overlays`
    are lines for every database ("overlay memberof"), whose modules are loaded. What overlays
    write (memberOf) they write only for what comes by LDAP: see change().
    Without `tls` there is neither ldaps:// nor StartTLS. `env` is added to its environment.
    """

    def __init__(self, folder: pathlib.Path, data: dict[str, str] | None = None, *,
                 tls: certs.Server | None = None, schema: str = "", options: str = "",
                 overlays: str = "", urls: Sequence[str] = (),
                 env: Mapping[str, str] | None = None):
        self.program = place.need_program("slapd")
        self.folder = folder
        self.tls = tls
        self.overlays = overlays
        self.env = place.clean_env(**(env or {}))
        self.suffix = next(iter(data or [tree.SUFFIX]))
        self.port, self.tls_port = place.free_port(), place.free_port()
        self.socket = folder / "ldapi"
        self.urls = list(urls) or self._own_urls()
        self.process: place.Process | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._load(data or {tree.SUFFIX: tree.ldif()}, schema, options)

    @property
    def ldap_url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def ldaps_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.tls_port}"

    @property
    def ldapi_url(self) -> str:
        return "ldapi://" + urllib.parse.quote(str(self.socket), safe="")

    def _own_urls(self) -> list[str]:
        return [self.ldapi_url, self.ldap_url] + ([self.ldaps_url] if self.tls else [])

    def _load(self, data: dict[str, str], schema: str, options: str) -> None:
        config = self.folder / "slapd.conf"
        parts = [self._globals(schema, options)]
        for number, suffix in enumerate(data):
            database = self.folder / f"db{number}"
            database.mkdir()
            parts.append(f'database mdb\nsuffix "{_quoted(suffix)}"\ndirectory {database}\n'
                         "maxsize 268435456\ndbnosync\nindex objectClass,uid,cn eq\n"
                         + ACCESS.format(proxy=tree.PROXY_DN) + self._root(suffix) + self.overlays)
        config.write_text("\n".join(parts))
        for number, text in enumerate(data.values(), start=1):
            done = subprocess.run([self.program, "-T", "add", "-q", "-f", str(config),
                                   "-n", str(number)], input=text, text=True, capture_output=True,
                                  env=place.clean_env())
            if done.returncode != 0:
                raise AssertionError(f"slapadd: {done.stderr}")

    def _root(self, suffix: str) -> str:
        return (f'rootdn "{_quoted(root_dn(suffix))}"\nrootpw {ROOT_PASSWORD}\n'
                if self.overlays else "")

    def _globals(self, schema: str, options: str) -> str:
        schemas = first_folder(SCHEMA_FOLDERS, "schema folder")
        lines = [f"include {schemas}/{name}.schema" for name in SCHEMAS]
        for folder in MODULE_FOLDERS:
            if list(pathlib.Path(folder).glob("back_mdb*")):
                modules = ["back_mdb", *re.findall(r"^overlay (\w+)", self.overlays, re.M)]
                lines += [f"modulepath {folder}", *(f"moduleload {name}" for name in modules)]
                break
        if self.tls:
            lines += [f"TLSCACertificateFile {self.tls.ca}", f"TLSCertificateFile {self.tls.cert}",
                      f"TLSCertificateKeyFile {self.tls.key}"]
        return "\n".join([*lines, f"pidfile {self.folder}/slapd.pid", schema, options]) + "\n"

    def start(self) -> "Slapd":
        """Starts it (again, on the same ports) and awaits an answer to an anonymous bind."""
        self.process = place.Process(
            [self.program, "-d", "stats", "-f", str(self.folder / "slapd.conf"),
             "-h", " ".join(self.urls)], self.folder / "slapd.log", env=self.env)
        place.wait_for(self._answers, f"slapd to answer on {self.urls}")
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        if not self.process.alive():
            raise AssertionError(f"slapd ended: {self.process.log_tail()}")
        first = urllib.parse.urlsplit(self.urls[0])
        try:
            with self._connect(first) as probe:
                probe.settimeout(5)
                probe.sendall(ber.bind_request(1))
                return probe.recv(1) != b""
        except OSError:
            return False

    @staticmethod
    def _connect(url: urllib.parse.SplitResult) -> socket.socket:
        if url.scheme == "ldapi":
            probe = socket.socket(socket.AF_UNIX)
            try:
                probe.connect(urllib.parse.unquote(url.netloc))
            except OSError:
                probe.close()
                raise
            return probe
        return socket.create_connection((url.hostname, url.port or 389), 5)

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self.process:
            self.process.stop(signal.SIGKILL)

    def pause(self) -> None:
        """The server keeps its connections and answers nothing until resume()."""
        assert self.process is not None
        self.process.freeze()

    def resume(self) -> None:
        assert self.process is not None
        self.process.thaw()

    def log_text(self) -> str:
        return self.process.log_text() if self.process else ""

    def change(self, ldif: str) -> None:
        """Changes in LDIF by ldapmodify, as the root of the first database; a record without
        changetype is added. Only with `overlays`."""
        secret = self.folder / "root-secret"
        secret.touch(mode=0o600)
        secret.write_text(ROOT_PASSWORD)
        done = subprocess.run(
            [place.need_program("ldapmodify"), "-a", "-x", "-D", root_dn(self.suffix), "-y", secret,
             "-H", self.urls[0]], input=ldif, text=True, capture_output=True,
            env=place.clean_env())
        if done.returncode != 0:
            raise AssertionError(f"ldapmodify: {done.stderr}")

    def binds(self, dn: str | None = None) -> int:
        """Simple bind requests that slapd logged, with `dn` or with any but the empty one."""
        wanted = re.escape(dn) if dn is not None else '[^"]+'
        return len(re.findall(rf' BIND dn="{wanted}" method=128', self.log_text()))

    def count(self, text: str) -> int:
        """How often `text` is in the log."""
        return self.log_text().count(text)

    def __enter__(self) -> "Slapd":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.alive():
            self.resume()
        self.stop()


def root_dn(suffix: str) -> str:
    """Who may do everything in a database with overlays."""
    return f"cn=root,{suffix}"


def include(name: str) -> str:
    """The line of slapd.conf for one more of OpenLDAP's own schemas, for `schema`."""
    return f"include {first_folder(SCHEMA_FOLDERS, 'schema folder')}/{name}.schema\n"


def _quoted(suffix: str) -> str:
    return suffix.replace("\\", "\\\\").replace('"', '\\"')
