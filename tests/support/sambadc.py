# SPDX-License-Identifier: BSD-2-Clause
"""A private Active Directory domain controller by Samba.

LDAP's ports cannot be moved, so it needs a network of its own: call privatenet.enter() with HOSTS
first. Everything is in one folder. Controller runs LDAP and the KDC in one process, as anybody
and from a folder that has a domain in it; SambaDc provisions one with samba-tool and runs RPC and
winbind besides, which takes root.
"""

import contextlib
import pathlib
import re
import socket
import subprocess

from . import certs, kdc, place

REALM = "CORP.EXAMPLE.TEST"
DOMAIN = "CORP"
HOST = "dc1"
FQDN = f"{HOST}.{REALM.lower()}"
PROXY = f"proxy.{REALM.lower()}"
HOSTS = {FQDN: "127.0.0.1", PROXY: "127.0.0.1"}
PORTS = (88, 389, 636, 3268, 3269)
ADMINISTRATOR_PASSWORD = "Throw-away 1"
WITH_WINBIND = "ldap, kdc, rpc, winbindd"
WINBIND_SOCKETS = pathlib.Path("/run/samba/winbindd")
AES_KEYS_ONLY = "24"        # msDS-SupportedEncryptionTypes: AES-128 and AES-256


def takes_sasl_in_tls() -> bool:
    """Whether, unless told otherwise, the controller takes a SASL bind inside TLS, if it is bound to
    that channel (RFC 5056): since Samba 4.21, as Windows does; before, it knows no channels."""
    said = subprocess.run([place.need_program("samba"), "--version"], capture_output=True,
                          text=True, check=True).stdout
    major, minor = re.search(r"(\d+)\.(\d+)", said).groups()
    return (int(major), int(minor)) >= (4, 21)


def give_a_private_run() -> None:
    """The place of winbind's socket is compiled into its clients: here nobody else has it."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    for path in (WINBIND_SOCKETS.parent, WINBIND_SOCKETS):
        path.mkdir(mode=0o755)


def winbind_answers() -> bool:
    done = subprocess.run([place.need_program("wbinfo"), "--ping-dc"], capture_output=True)
    return done.returncode == 0


def write_config(folder: pathlib.Path) -> pathlib.Path:
    """smb.conf of a domain controller that has all its files below `folder`; its path. Every path
    of a domain is in this file alone, so that its folder can be copied elsewhere."""
    for name in ("etc", "log", "run/ncalrpc", "run/winbindd"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sysvol = f"{folder}/state/sysvol"
    settings = {
        "netbios name": HOST.upper(), "workgroup": DOMAIN, "realm": REALM,
        "server role": "active directory domain controller", "server services": "ldap, kdc",
        "interfaces": "lo", "bind interfaces only": "yes", "dns forwarder": "",
        "dns update command": "/bin/true", "private dir": f"{folder}/private",
        "lock directory": f"{folder}", "state directory": f"{folder}/state",
        "cache directory": f"{folder}/cache", "binddns dir": f"{folder}/bind-dns",
        "pid directory": f"{folder}/run", "ncalrpc dir": f"{folder}/run/ncalrpc",
        "winbindd socket directory": f"{folder}/run/winbindd",
        "ntp signd socket directory": f"{folder}/run/ntp_signd",
        "log file": f"{folder}/log/samba.log"}
    path = folder / "etc" / "smb.conf"
    rows = ["[global]", *(f"{name} = {value}" for name, value in settings.items()),
            "[sysvol]", f"path = {sysvol}", "read only = no",
            "[netlogon]", f"path = {sysvol}/{REALM.lower()}/scripts", "read only = no", ""]
    path.write_text("\n".join(rows))
    return path


class Controller:
    """A domain controller for the domain in `folder`, between start() and stop().

    Attributes: config (smb.conf), krb5_config (krb5.conf of its clients), process.
    """

    SERVICES = "ldap, kdc"

    def __init__(self, folder: pathlib.Path):
        self.program = place.need_program("samba")
        self.folder = folder
        self.config = folder / "etc" / "smb.conf"
        self.krb5_config = folder / "krb5.conf"
        self.process: place.Process | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.krb5_config.write_text(kdc.krb5_conf(REALM, 88, [f".{REALM.lower()}"]))

    def use_certificate(self, server: certs.Server) -> None:
        """What it shows from its next start on. By itself Samba would make an RSA key of 4096 bits,
        and take seconds for it."""
        folder = self.folder / "private" / "tls"
        folder.mkdir(parents=True, exist_ok=True)
        for source, name in ((server.ca, "ca.pem"), (server.cert, "cert.pem"),
                             (server.key, "key.pem")):
            target = folder / name
            target.touch(mode=0o600)
            target.write_bytes(source.read_bytes())

    def tool(self, *words: str) -> str:
        """samba-tool on this domain's database; returns what it printed."""
        return self.run("samba-tool", *words, "-s", str(self.config))

    def run(self, program: str, *words: str, text: str = "") -> str:
        done = subprocess.run([place.need_program(program), *words], input=text, text=True,
                              capture_output=True, env=place.clean_env())
        if done.returncode != 0:
            raise AssertionError(f"{program} {' '.join(words)}: {done.stderr}\n{done.stdout}")
        return done.stdout

    def keytab(self, path: pathlib.Path, principal: str) -> None:
        """Writes the keys of `principal` into the keytab at `path`."""
        self.tool("domain", "exportkeytab", str(path), f"--principal={principal}")

    def _ready(self) -> bool:
        assert self.process is not None
        if not self.process.alive():
            raise AssertionError(f"samba ended: {self.process.log_tail()}")
        with contextlib.suppress(OSError):
            for port in PORTS:
                socket.create_connection(("127.0.0.1", port), 5).close()
            return True
        return False

    def start(self, *settings: str) -> "Controller":
        """Starts it and awaits all its ports; `settings` are lines of smb.conf that count for this
        run: "ldap server require strong auth = no"."""
        model = ["-M", "single"] if self.SERVICES == Controller.SERVICES else []
        options = [f"--option=server services={self.SERVICES}",
                   *(f"--option={setting}" for setting in settings)]
        self.process = place.Process(
            [self.program, "-F", *model, "--no-process-group", "-s", str(self.config),
             "-l", str(self.folder / "log"), *options], self.folder / "log" / "out",
            start_new_session=True)
        place.wait_for(self._ready, "Samba's ports")
        return self

    def stop(self) -> None:
        """Ends it, and awaits the end of all its processes: they outlive the first one, and until
        then have its ports and answer."""
        if self.process:
            self.process.stop()
            place.wait_for(lambda: not self._left(), "all of Samba to end")

    def _left(self) -> list[int]:
        """Those of its session, and winbindd, which has one of its own."""
        assert self.process is not None
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
                words = stat.with_name("cmdline").read_bytes()
                ours = int(session) == self.process.pid or str(self.config).encode() in words
                if ours and state not in "ZX":      # nobody may be there to reap it
                    found.append(int(stat.parent.name))
        return found

    def __enter__(self) -> "Controller":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


class SambaDc(Controller):
    """A domain that is provisioned on creation, with RPC and winbind. Needs root and a network of
    its own; run it with the Python that Samba's module is installed for (on Debian
    /usr/bin/python3).

    The database may be filled through database() before it starts.
    """

    SERVICES = WITH_WINBIND

    def __init__(self, folder: pathlib.Path):
        super().__init__(folder)
        for name in ("etc", "log", "run", "run/ncalrpc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        give_a_private_run()
        self._provision()
        self.use_certificate(certs.Authority(folder / "private/tls/ca").issue("dc", f"DNS:{FQDN}"))

    def _provision(self) -> None:
        self.config.touch()     # an empty one keeps the machine's own out of it
        options = {"interfaces": "lo", "bind interfaces only": "yes", "dns forwarder": "",
                   "dns update command": "/bin/true", "pid directory": f"{self.folder}/run",
                   "ncalrpc dir": f"{self.folder}/run/ncalrpc",
                   "ntp signd socket directory": f"{self.folder}/run/ntp_signd",
                   "log file": f"{self.folder}/log/samba.log"}
        self.tool("domain", "provision", "--quiet", f"--targetdir={self.folder}",
                  f"--realm={REALM}", f"--domain={DOMAIN}", f"--host-name={HOST}",
                  "--server-role=dc", "--dns-backend=NONE",
                  f"--adminpass={ADMINISTRATOR_PASSWORD}",
                  *(f"--option={name}={value}" for name, value in options.items()))

    def _parameters(self) -> object:
        from samba import param     # present only where Samba is
        parameters = param.LoadParm()
        parameters.load(str(self.config))
        return parameters

    def database(self) -> object:
        """samba.samdb.SamDB of the files themselves, with all rights."""
        from samba import auth, samdb
        return samdb.SamDB(url=str(self.folder / "private" / "sam.ldb"), lp=self._parameters(),
                           session_info=auth.system_session())

    def ldap(self) -> object:
        """samba.samdb.SamDB that asks the running server, as the administrator."""
        from samba import samdb
        return samdb.SamDB(url=f"ldap://{FQDN}", lp=self._parameters(),
                           credentials=self.credentials("Administrator", ADMINISTRATOR_PASSWORD))

    def credentials(self, user: str, password: str, kerberos: bool = False) -> object:
        """samba.credentials.Credentials of a user of this domain."""
        from samba import credentials
        found = credentials.Credentials()
        found.guess(self._parameters())
        found.set_username(user)
        found.set_password(password)
        found.set_domain(DOMAIN)
        found.set_realm(REALM)
        found.set_workstation("CLIENT1")
        found.set_kerberos_state(credentials.AUTO_USE_KERBEROS if kerberos
                                 else credentials.DONT_USE_KERBEROS)
        return found

    def gensec_client(self, user: str, password: str, host: str, kerberos: bool) -> object:
        """samba.gensec of a client that says GSS-SPNEGO to HTTP on `host`; with `kerberos` it needs
        KRB5_CONFIG in this process and offers NTLM as well, as Windows does."""
        from samba import gensec
        client = gensec.Security.start_client({"lp_ctx": self._parameters(),
                                               "target_hostname": host})
        client.set_credentials(self.credentials(user, password, kerberos))
        client.set_target_service("HTTP")
        client.set_target_hostname(host)
        client.start_mech_by_sasl_name("GSS-SPNEGO")
        return client

    def _ready(self) -> bool:
        return super()._ready() and winbind_answers()


class NtlmAuth:
    """Samba's ntlm_auth as Squid runs it: one line out, one line back."""

    def __init__(self, config: pathlib.Path, protocol: str, log: pathlib.Path):
        self.process = place.Process(
            [place.need_program("ntlm_auth"), f"--configfile={config}",
             f"--helper-protocol={protocol}"], log, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)

    def ask(self, line: str) -> str:
        """The answer, which for a challenge is `TT` and its base64."""
        child = self.process.child
        child.stdin.write(line.encode() + b"\n")
        child.stdin.flush()
        return re.sub(r"\s+$", "", child.stdout.readline().decode())

    def __enter__(self) -> "NtlmAuth":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.child.stdin.close()
        self.process.stop()
        self.process.child.stdout.close()
