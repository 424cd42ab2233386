# SPDX-License-Identifier: BSD-2-Clause
"""A private MIT Kerberos realm: no root, one folder, one loopback port, ready at once.

Its KDC speaks TCP on 127.0.0.1 alone. Nothing of the machine's Kerberos set-up is read or written:
whoever shall use the realm gets env() as its environment.
"""

import pathlib
import re
import struct
import subprocess
from collections.abc import Mapping, Sequence

from . import place

REALM = "EXAMPLE.TEST"
ATTEMPTS = 5


def krb5_conf(realm: str, kdc_port: int, domains: Sequence[str] = ()) -> str:
    """A client's configuration: this KDC by TCP, no DNS, names taken as they are given."""
    mapped = "".join(f"  {domain} = {realm}\n" for domain in domains)
    return (f"[libdefaults]\n  default_realm = {realm}\n"
            "  dns_lookup_realm = false\n  dns_lookup_kdc = false\n"
            "  dns_canonicalize_hostname = false\n  rdns = false\n  udp_preference_limit = 1\n"
            f"[realms]\n  {realm} = {{\n    kdc = 127.0.0.1:{kdc_port}\n  }}\n"
            f"[domain_realm]\n{mapped}")


def client_env(config: pathlib.Path, cache: pathlib.Path | None = None,
               keytab: pathlib.Path | None = None) -> dict[str, str]:
    """The environment of a Kerberos program; an acceptor in it remembers no replays."""
    kept = {key: value for key, value in place.clean_env().items() if not key.startswith("KRB5")}
    kept |= {"KRB5_CONFIG": str(config), "KRB5RCACHENAME": "none:",
             "KRB5CCNAME": f"FILE:{cache or '/nonexistent'}"}
    if keytab:
        kept["KRB5_KTNAME"] = f"FILE:{keytab}"
    return kept


def kinit(config: pathlib.Path, cache: pathlib.Path, principal: str, password: str) -> None:
    """A ticket-granting ticket into the file `cache`."""
    done = subprocess.run([place.need_program("kinit"), principal], input=f"{password}\n",
                          env=client_env(config, cache), text=True, capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"kinit {principal}: {done.stderr}")


def shift_clock(cache: pathlib.Path, copy: pathlib.Path, seconds: int) -> None:
    """A copy of a file of tickets whose client takes its clock to be wrong by so much: the tag
    DeltaTime in the header of MIT's credential cache format, version 4."""
    data = cache.read_bytes()
    assert data[:2] == b"\x05\x04", cache
    length, = struct.unpack_from(">H", data, 2)
    header = struct.pack(">HHii", 1, 8, seconds, 0)
    copy.write_bytes(data[:2] + struct.pack(">H", len(header)) + header + data[4 + length:])


class Kdc:
    """A realm with `users` (name: password) and `services` (name/host), all their keys AES.

    Attributes: config (krb5.conf), keytab (the services' keys), port.
    """

    def __init__(self, folder: pathlib.Path, users: Mapping[str, str],
                 services: Sequence[str] = ("HTTP/localhost",), realm: str = REALM):
        self.program = place.need_program("krb5kdc")
        self.folder = folder
        self.realm = realm
        self.users = dict(users)
        self.services = list(services)
        self.config = folder / "krb5.conf"
        self.keytab = folder / "service.keytab"
        self.port = 0
        self.log_mark = 0
        self.process: place.Process | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def env(self, user: str | None = None, keytab: pathlib.Path | None = None, clock_s: int = 0
            ) -> dict[str, str]:
        """For programs in this realm: as `user` after kinit(user), or with no ticket. Of another
        `clock_s` with a clock that is so much fast, and the tickets of this moment."""
        cache = self._cache(user) if user else None
        if clock_s:
            cache = cache.with_name(f"{cache.name}-{clock_s}")
            shift_clock(self._cache(user), cache, clock_s)
        return client_env(self.config, cache, keytab)

    def kinit(self, user: str, password: str | None = None) -> None:
        """Gets `user` a ticket with the right password, unless told another."""
        kinit(self.config, self._cache(user), f"{user}@{self.realm}",
              self.users[user] if password is None else password)

    def kadmin(self, *commands: str) -> str:
        """Runs kadmin.local commands, also while the KDC runs; returns what it printed."""
        done = self._run("kadmin.local", "-r", self.realm, text="\n".join(commands) + "\n")
        if done.stderr.strip():
            complaints = [row for row in done.stderr.splitlines()
                          if not row.startswith(("Authenticating as", "No policy specified"))]
            if complaints:
                raise AssertionError(f"kadmin.local: {complaints}")
        return done.stdout

    def _cache(self, user: str) -> pathlib.Path:
        return self.folder / f"cache-{user.replace('/', '-')}"

    def _run(self, program: str, *words: str, text: str = "") -> subprocess.CompletedProcess:
        done = subprocess.run([place.need_program(program), *words], input=text, text=True,
                              capture_output=True, env=self._server_env())
        if done.returncode != 0:
            raise AssertionError(f"{program}: {done.stderr}")
        return done

    def _server_env(self) -> dict[str, str]:
        return self.env() | {"KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}

    def _write_configuration(self) -> None:
        self.port = place.free_port()
        hosts = [service.partition("/")[2] for service in self.services]
        self.config.write_text(krb5_conf(self.realm, self.port, hosts))
        (self.folder / "kdc.conf").write_text(
            f'[kdcdefaults]\n  kdc_listen = ""\n  kdc_tcp_listen = 127.0.0.1:{self.port}\n'
            f"[realms]\n  {self.realm} = {{\n"
            f"    database_name = {self.folder}/principal\n"
            f"    key_stash_file = {self.folder}/stash\n"
            "    supported_enctypes = aes256-cts:normal aes128-cts:normal\n  }\n"
            f"[logging]\n  kdc = FILE:{self.folder}/kdc.log\n")

    def _make_realm(self) -> None:
        self._run("kdb5_util", "create", "-s", "-r", self.realm, "-P", "throw-away")

        def quote(word: str) -> str:
            return '"' + word.replace('"', '""') + '"'
        commands = [f"addprinc -pw {quote(password)} {quote(user)}"
                    for user, password in self.users.items()]
        commands += [f"addprinc -randkey {name}" for name in self.services]
        commands += [f"ktadd -k {self.keytab} {name}" for name in self.services]
        said = self.kadmin(*commands)
        made = len(re.findall(r"^(?:kadmin.local: +)?Principal .* created\.$", said, re.M))
        if made != len(self.users) + len(self.services):
            raise AssertionError(f"kadmin.local: {said}")

    def _listens(self) -> bool:
        # Somebody else may answer at the port, so its own word counts.
        log = self.folder / "kdc.log"
        return log.exists() and b"commencing operation" in log.read_bytes()[self.log_mark:]

    def start(self) -> "Kdc":
        self._write_configuration()
        self._make_realm()
        for _ in range(ATTEMPTS):
            if self.run():
                return self
            self._write_configuration()     # somebody else took the port meanwhile
        raise AssertionError(f"the KDC ended: {self.process.log_tail()}")

    def run(self) -> bool:
        """The KDC's process, again after stop(): the realm and the port are the same."""
        log = self.folder / "kdc.log"
        self.log_mark = log.stat().st_size if log.exists() else 0
        self.process = place.Process([self.program, "-n", "-r", self.realm],
                                     self.folder / "kdc.out", env=self._server_env())
        place.wait_for(lambda: not self.process.alive() or self._listens(), "the KDC")
        return self._listens()

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def pause(self) -> None:
        """It keeps its port and answers nothing until resume()."""
        self.process.freeze()

    def resume(self) -> None:
        self.process.thaw()

    def __enter__(self) -> "Kdc":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()
