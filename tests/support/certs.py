# SPDX-License-Identifier: BSD-2-Clause
"""A throw-away certificate authority and server certificates, good and bad, made by openssl.

The good certificate is for 127.0.0.1 and ldap.example.test. `localhost` is avoided on purpose:
libldap replaces that name by the machine's own before it looks at a certificate.
"""

import dataclasses
import pathlib
import subprocess

from . import place

GOOD_NAMES = "IP:127.0.0.1,DNS:ldap.example.test"
WRONG_NAMES = "DNS:someone-else.example.test"


@dataclasses.dataclass(frozen=True)
class Server:
    """A server's certificate, its key and the CA that a client should be told to trust."""
    cert: pathlib.Path
    key: pathlib.Path
    ca: pathlib.Path


class Authority:
    """A CA of the test's own in `folder`."""

    def __init__(self, folder: pathlib.Path, name: str = "Test CA"):
        self.folder = folder
        self.cert = folder / "ca.pem"
        self.key = folder / "ca.key"
        self.openssl = place.need_program("openssl")
        folder.mkdir(parents=True, exist_ok=True)
        self._run("req", "-x509", *self._new_key(self.key), "-days", "3650", "-subj", f"/CN={name}",
                  "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", str(self.cert))

    def good(self) -> Server:
        return self.issue("good", GOOD_NAMES)

    def wrong_name(self) -> Server:
        return self.issue("wrong-name", WRONG_NAMES)

    def expired(self) -> Server:
        return self.issue("expired", GOOD_NAMES, expired=True)

    def issue(self, label: str, names: str, expired: bool = False) -> Server:
        """A certificate for `names` (subjectAltName syntax), signed by this CA."""
        cert, key = self.folder / f"{label}.pem", self.folder / f"{label}.key"
        request, text = self.folder / f"{label}.csr", self.folder / f"{label}.ext"
        text.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n"
                        "basicConstraints=CA:FALSE\n")
        self._run("req", *self._new_key(key), "-subj", f"/CN={label}.example.test",
                  "-out", str(request))
        if expired:
            self._sign_for_the_past(request, text, cert)
        else:
            self._run("x509", "-req", "-in", str(request), "-CA", str(self.cert),
                      "-CAkey", str(self.key), "-CAcreateserial", "-days", "30",
                      "-extfile", str(text), "-out", str(cert))
        return Server(cert, key, self.cert)

    def _sign_for_the_past(self, request: pathlib.Path, text: pathlib.Path,
                           cert: pathlib.Path) -> None:
        # `openssl x509` learnt -not_after only in 3.4; `openssl ca` has always had dates.
        config = self.folder / "ca.cnf"
        (self.folder / "index.txt").touch()
        config.write_text("[ca]\ndefault_ca=c\n[c]\n"
                          f"database={self.folder}/index.txt\nnew_certs_dir={self.folder}\n"
                          f"certificate={self.cert}\nprivate_key={self.key}\nrand_serial=yes\n"
                          "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
        self._run("ca", "-batch", "-notext", "-config", str(config), "-in", str(request),
                  "-extfile", str(text), "-startdate", "200101000000Z",
                  "-enddate", "200201000000Z", "-out", str(cert))

    @staticmethod
    def _new_key(path: pathlib.Path) -> list[str]:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", str(path)]

    def _run(self, *words: str) -> None:
        done = subprocess.run([self.openssl, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"openssl {' '.join(words)}: {done.stderr}")
