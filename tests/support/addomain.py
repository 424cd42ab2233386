# SPDX-License-Identifier: BSD-2-Clause
"""A real Active Directory domain for a test: Samba, one process, about a second to start.

    def setUpModule() -> None:
        folder = unittest.enterModuleContext(place.private_folder("ad"))
        global DC
        DC = unittest.enterModuleContext(addomain.private(folder))

private() gives the process a network of its own (so call it before anything else is started) in
which 389, 636, 3268, 3269 and 88 of dc1.corp.example.test are the controller's. Who is in the
domain says adtree.py. No test needs root for it.

The domain is provisioned and filled once, in a few seconds, and kept below PXA_AD_CACHE, else
below the build folder, as ad-domain/KEY: KEY changes with Samba's version and with what makes
the domain. Every test starts a copy of its own.
"""

import base64
import contextlib
import dataclasses
import fcntl
import hashlib
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import unittest
from collections.abc import Iterator
from unittest import mock

from . import adtree, certs, kdc, place, privatenet, sambadc, squid

LDAP_URL = f"ldap://{adtree.FQDN}"
LDAPS_URL = f"ldaps://{adtree.FQDN}"
GC_URL = f"ldap://{adtree.FQDN}:3268"
GC_TLS_URL = f"ldaps://{adtree.FQDN}:3269"

MAKERS = ("adseed.py", "adtree.py", "sambadc.py")     # what they say is what a snapshot holds
OWN_NAMES = f"DNS:{adtree.FQDN},IP:127.0.0.1"
WRONG = "not the password"


# ---- the snapshot ----

def cache_folder() -> pathlib.Path:
    build = os.environ.get("abs_top_builddir") or place.ROOT / "build"
    return pathlib.Path(os.environ.get("PXA_AD_CACHE") or pathlib.Path(build) / "ad-domain")


def samba_python() -> str:
    """The Python that has Samba's module; the test is skipped where none has."""
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import samba.provision, samba.dckeytab"],
                          capture_output=True).returncode == 0:
            return python
    raise unittest.SkipTest("needs Samba's Python module (python3-samba, samba-ad-provision)")


def _key() -> str:
    version = subprocess.run([place.need_program("samba"), "--version"], capture_output=True,
                             check=True).stdout
    here = pathlib.Path(__file__).parent
    parts = [version, *((here / name).read_bytes() for name in MAKERS)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


@contextlib.contextmanager
def _snapshot() -> Iterator[pathlib.Path]:
    """The folder of the provisioned domain, which is made where there is none yet. Until the end
    of the block it stays; test programs that want to make it wait for each other."""
    try:
        for program in ("samba", "samba-tool", "ldapsearch"):
            place.need_program(program)
    except unittest.SkipTest as why:
        raise unittest.SkipTest(f"needs a domain controller by Samba: {why}") from None
    cache = cache_folder()
    wanted = cache / _key()
    cache.mkdir(parents=True, exist_ok=True)
    lock = os.open(cache / "lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not wanted.is_dir():
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not wanted.is_dir():
                _make(samba_python(), cache, wanted)
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield wanted
    finally:
        os.close(lock)


def _make(python: str, cache: pathlib.Path, wanted: pathlib.Path) -> None:
    """Provisions beside `wanted` and moves it there whole; older ones go."""
    for old in cache.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    unfinished = cache / "unfinished"
    unfinished.mkdir()
    done = subprocess.run([python, pathlib.Path(__file__).with_name("adseed.py"), unfinished],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"the domain could not be provisioned: {done.stderr[-4000:]}")
    for path in unfinished.rglob("*"):      # root may have made it, others use it
        path.chmod(0o755 if path.is_dir() else 0o644)
    unfinished.rename(wanted)


def provision() -> pathlib.Path:
    """Makes the snapshot where there is none yet; its folder. Skips where Samba is missing."""
    with _snapshot() as folder:
        return folder


def restore(folder: pathlib.Path) -> None:
    """A copy of the domain in `folder`, stopped."""
    with _snapshot() as source:
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
    (folder / "private").chmod(0o700)
    sambadc.write_config(folder)


# ---- a controller ----

@dataclasses.dataclass(frozen=True)
class Bind:
    """How a simple bind ended: resultCode and the server's diagnostic message."""
    code: int
    text: str

    @property
    def data(self) -> str | None:
        """The word after "data" in the diagnostic, as AD says why: 52e, 533."""
        found = re.search(r", data ([0-9a-f]+), v", self.text)
        return found.group(1) if found else None


class Domain(sambadc.Controller):
    """A controller for a copy of the domain in a folder that does not exist yet.

    `ca` is the authority to trust, `svc_keytab` has the keys of svc-ldap, `http_keytab` those of
    HTTP/proxy.corp.example.test.
    """

    def __init__(self, folder: pathlib.Path):
        restore(folder)
        super().__init__(folder)
        self.starts = 0
        self.svc_keytab = folder / "svc-ldap.keytab"
        self.http_keytab = folder / "http.keytab"
        for keytab in (self.svc_keytab, self.http_keytab):
            keytab.chmod(0o600)
        self.authority = certs.Authority(folder / "ca")
        self.ca = self.authority.cert
        self.use_certificate(self.authority.issue("dc", OWN_NAMES))

    def start(self, *settings: str) -> "Domain":
        """See sambadc.Controller. At its first start SOON's password gets its days again."""
        super().start(*settings)
        if self.starts == 0:
            self.set_password(adtree.SOON, adtree.SOON.password)
        self.starts += 1
        return self

    def restart(self, *settings: str) -> None:
        self.stop()
        self.start(*settings)

    def certificate_for(self, names: str) -> None:
        """From its next start on it shows a certificate for `names` (DNS:NAME), by the same CA."""
        label = "dc-" + re.sub(r"\W", "-", names)
        self.use_certificate(self.authority.issue(label, names))

    # ---- asking it ----

    def env(self, cache: pathlib.Path | None = None) -> dict[str, str]:
        """For a client that trusts the CA and knows the realm; `cache` has tickets."""
        return kdc.client_env(self.krb5_config, cache) | {
            "LDAPTLS_CACERT": str(self.ca), "LDAPTLS_REQCERT": "demand", "LDAPSASL_NOCANON": "on"}

    def _client(self, program: str, dn: bytes, password: bytes, *words: str,
                text: str = "") -> subprocess.CompletedProcess:
        """One of OpenLDAP's programs; passwords go in by a file that is gone afterwards."""
        secret = self.folder / f"secret-{os.urandom(4).hex()}"
        secret.touch(mode=0o600)
        secret.write_bytes(password)
        try:
            return subprocess.run(
                [place.need_program(program), "-x", "-D", dn, "-y", secret, *words],
                input=text.encode(), capture_output=True, env=self.env())
        finally:
            secret.unlink()

    def bind(self, name: str | bytes, password: str | bytes, url: str = LDAPS_URL,
             *words: str) -> Bind:
        """A simple bind by ldapsearch, `words` are options for it (-ZZ); nothing is remembered, so
        each counts for itself."""
        raw = [part if isinstance(part, bytes) else part.encode() for part in (name, password)]
        done = self._client("ldapsearch", *raw, "-LLL", "-H", url, *words, "-s", "base", "-b",
                            adtree.BASE, "name")
        said = done.stderr.decode(errors="replace")
        found = re.search(r"additional info: (.*)", said)
        return Bind(done.returncode, found.group(1) if found else said.strip())

    def search(self, base: str, scope: str = "base", chosen: str = "(objectClass=*)",
               *attributes: str, as_person: adtree.Person | None = None,
               url: str = LDAPS_URL) -> list[dict[str, list[bytes]]]:
        """Entries, each with its DN as `dn`, as the administrator or a person sees them."""
        dn, password = adtree.ADMINISTRATOR_DN, adtree.ADMINISTRATOR_PASSWORD
        if as_person:
            dn, password = as_person.dn, as_person.password
        done = self._client("ldapsearch", dn.encode(), password.encode(), "-LLL", "-o",
                            "ldif-wrap=no", "-H", url, "-s", scope, "-b", base, chosen,
                            *attributes)
        if done.returncode != 0:
            raise AssertionError(f"ldapsearch: {done.stderr.decode(errors='replace')}")
        return parse_ldif(done.stdout)

    def modify(self, ldif: str) -> None:
        """Changes by ldapmodify, as the administrator."""
        done = self._client("ldapmodify", adtree.ADMINISTRATOR_DN.encode(),
                            adtree.ADMINISTRATOR_PASSWORD.encode(), "-H", LDAPS_URL, text=ldif)
        if done.returncode != 0:
            raise AssertionError(f"ldapmodify: {done.stderr.decode(errors='replace')}\n{ldif}")

    def replace(self, dn: str, name: str, value: str | bytes) -> None:
        """One attribute of one entry gets this one value."""
        raw = value if isinstance(value, bytes) else value.encode()
        encoded = base64.b64encode(raw).decode()
        self.modify(f"dn:: {base64.b64encode(dn.encode()).decode()}\nchangetype: modify\n"
                    f"replace: {name}\n{name}:: {encoded}\n")

    # ---- accounts ----

    def _number(self, person: adtree.Person, name: str) -> int:
        values = self.search(person.dn, "base", "(objectClass=*)", name)[0].get(name)
        return int(values[0]) if values else 0

    def bad_password_count(self, person: adtree.Person) -> int:
        return self._number(person, "badPwdCount")

    def is_locked(self, person: adtree.Person) -> bool:
        """Bit UF_LOCKOUT (MS-SAMR 2.2.1.13) as the server computes it."""
        return bool(self._number(person, "msDS-User-Account-Control-Computed") & 0x10)

    def unlock(self, person: adtree.Person) -> None:
        """Not locked, and no bad password on the account."""
        self.replace(person.dn, "lockoutTime", "0")

    def lock(self, person: adtree.Person) -> None:
        """Wrong passwords until the account is locked."""
        for _ in range(adtree.LOCKOUT_THRESHOLD):
            self.bind(person.dn, WRONG)
        assert self.is_locked(person)

    def set_password(self, person: adtree.Person, password: str) -> None:
        """As an administrator sets it: it is new, its owner need not change it."""
        self.replace(person.dn, "unicodePwd", f'"{password}"'.encode("utf-16-le"))


class WithWinbind(Domain):
    """One whose winbind answers whoever may use its privileged pipe: root, and the account that
    Squid gives its helpers. Needs a network and a mount table of its own."""

    SERVICES = sambadc.WITH_WINBIND

    def __init__(self, folder: pathlib.Path):
        for program in ("winbindd", "wbinfo"):
            place.need_program(program)
        super().__init__(folder)
        sambadc.give_a_private_run()
        self.config.write_text(self.config.read_text().replace(
            f"{folder}/run/winbindd", str(sambadc.WINBIND_SOCKETS)))

    def _ready(self) -> bool:
        return super()._ready() and sambadc.winbind_answers()

    def start(self, *settings: str) -> "WithWinbind":
        super().start(*settings)
        account = squid.user_for_squid()
        if account:
            os.chown(self.folder / "state" / "winbindd_privileged", -1,
                     pwd.getpwnam(account).pw_gid)
        return self


def parse_ldif(text: bytes) -> list[dict[str, list[bytes]]]:
    """What ldapsearch -LLL -o ldif-wrap=no prints, without references."""
    entries = []
    for block in text.strip().split(b"\n\n"):
        entry: dict[str, list[bytes]] = {}
        for row in block.splitlines():
            name, found, value = row.partition(b":")
            if not found or name.startswith(b"#"):
                continue
            raw = base64.b64decode(value[1:]) if value.startswith(b":") else value.lstrip(b" ")
            entry.setdefault(name.decode(), []).append(raw)
        if "dn" in entry:
            entries.append(entry)
    return entries


@contextlib.contextmanager
def private(folder: pathlib.Path, hosts: dict[str, str] | None = None,
            kind: type[Domain] = Domain) -> Iterator[Domain]:
    """A running domain in a network of this process's own, with files below `folder`; `hosts` are
    names that resolve besides the domain's. All that is started then knows its realm."""
    provision()
    privatenet.enter(folder, adtree.HOSTS | (hosts or {}))
    with kind(folder / "dc") as domain, mock.patch.dict(
            os.environ, {"KRB5_CONFIG": str(domain.krb5_config)}):
        yield domain
