# SPDX-License-Identifier: BSD-2-Clause
"""A TLS front for a clear-text server, with a version of one's choice, old ones included.

It ends TLS and relays to `target`, so that a client that accepts the version really gets through:
a refusal is then the client's own decision. One thread a connection; for a handful of them.
"""

import contextlib
import select
import socket
import ssl
import threading
import warnings

from . import certs


class TlsRelay:
    """Listens on 127.0.0.1 with `server`'s certificate and TLS `version` only."""

    def __init__(self, target: int, server: certs.Server, version: ssl.TLSVersion):
        self.target = target
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(server.cert, server.key)
        with warnings.catch_warnings():     # old versions are what this is for
            warnings.simplefilter("ignore", DeprecationWarning)
            self.context.minimum_version = version
            self.context.maximum_version = version
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.handshakes = 0
        self.refused: list[str] = []
        self.thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def ldaps_url(self) -> str:
        return f"ldaps://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(30)
            try:
                secure = self.context.wrap_socket(client, server_side=True)
            except OSError as why:
                self.refused.append(str(why))
                return
            self.handshakes += 1
            with secure, socket.create_connection(("127.0.0.1", self.target), 5) as upstream:
                self._relay(secure, upstream)

    @staticmethod
    def _relay(secure: ssl.SSLSocket, upstream: socket.socket) -> None:
        secure.settimeout(None)
        upstream.settimeout(None)
        while True:
            ready = [secure] if secure.pending() else select.select([secure, upstream], [], [])[0]
            for source, sink in ((secure, upstream), (upstream, secure)):
                if source in ready:
                    data = source.recv(65536)
                    if not data:
                        return
                    sink.sendall(data)

    def __enter__(self) -> "TlsRelay":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()
