# SPDX-License-Identifier: BSD-2-Clause
"""A private Active Directory domain controller by Samba: LDAP, KDC, RPC and winbind.

It needs root and, since LDAP's ports cannot be moved, a network of its own: call
privatenet.enter() with HOSTS first. Run it with the Python that Samba's module is installed for
(on Debian /usr/bin/python3). Everything is in one folder, but for winbind's socket, whose place
is compiled into its clients: a private /run gives it that.
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
PORTS = (88, 389, 636)
ADMINISTRATOR_PASSWORD = "Throw-away 1"
AES_KEYS_ONLY = "24"        # msDS-SupportedEncryptionTypes: AES-128 and AES-256


class SambaDc:
    """A domain that is provisioned on creation and runs between start() and stop().

    Its database may be filled through database() before it starts.
    """

    def __init__(self, folder: pathlib.Path):
        self.program = place.need_program("samba")
        self.folder = folder
        self.config = folder / "etc" / "smb.conf"
        self.krb5_config = folder / "krb5.conf"
        self.process: place.Process | None = None
        for name in ("etc", "log", "run", "run/ncalrpc"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._give_a_private_run()
        self._provision()
        self._give_certificate()
        self.krb5_config.write_text(kdc.krb5_conf(REALM, 88, [f".{REALM.lower()}"]))

    def _give_a_private_run(self) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
        for path in ("/run/samba", "/run/samba/winbindd"):
            pathlib.Path(path).mkdir(mode=0o755)

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

    def _give_certificate(self) -> None:
        # Samba would make an RSA key of 4096 bits at its first start, and take seconds for it.
        folder = self.folder / "private" / "tls"
        server = certs.Authority(folder / "ca").issue("dc", f"DNS:{FQDN}")
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
            return self._winbind_answers()
        return False

    def _winbind_answers(self) -> bool:
        done = subprocess.run([place.need_program("wbinfo"), "--ping-dc"], capture_output=True)
        return done.returncode == 0

    def start(self) -> "SambaDc":
        self.process = place.Process(
            [self.program, "-F", "--no-process-group", "-s", str(self.config),
             "-l", str(self.folder / "log"),
             "--option=server services=ldap, kdc, rpc, winbindd"], self.folder / "log" / "out",
            start_new_session=True)
        place.wait_for(self._ready, "Samba's LDAP, KDC and winbind")
        return self

    def stop(self) -> None:
        if self.process:
            self.process.stop()

    def __enter__(self) -> "SambaDc":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


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
