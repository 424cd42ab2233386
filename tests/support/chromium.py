# SPDX-License-Identifier: BSD-2-Clause
"""Chromium without a window, driven over --remote-debugging-pipe, behind a proxy of the test's.

The pipe is how a program can answer the question for a proxy's user and password. Chromium calls
home: run it in a network that has only loopback (privatenet). The sandbox is off, since root
cannot have it; it is only ever shown pages of the test's own proxy.
"""

import json
import os
import pathlib
import select
import signal
import time
from collections.abc import Mapping, Sequence

from . import place

WAIT_S = 30.0
SWITCHES = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--no-default-browser-check", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--disable-extensions",
            "--disable-dev-shm-usage", "--remote-debugging-pipe")


class Chromium:
    """One browser with a profile of its own; all its requests go to the proxy at `proxy_url`."""

    def __init__(self, folder: pathlib.Path, proxy_url: str, env: Mapping[str, str],
                 switches: Sequence[str] = ()):
        folder.mkdir(parents=True, exist_ok=True)
        self.program = place.need_program("chromium")
        self.argv = [self.program, *SWITCHES, f"--user-data-dir={folder}/profile",
                     f"--proxy-server={proxy_url}", "--proxy-bypass-list=<-loopback>", *switches,
                     "about:blank"]
        self.folder = folder
        self.env = dict(env) | {"HOME": str(folder)}
        self.process: place.Process | None = None
        self.number = 0
        self.buffer = b""
        self.to_fd = self.from_fd = -1

    def load(self, url: str, user: str | None = None, password: str = "") -> str:
        """Loads a page and returns its text. The first question for a password is answered with
        the given one, every other is cancelled, as is the first where there is no user."""
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.call("Page.enable", session)
        self.call("Fetch.enable", session, handleAuthRequests=True)
        self._send("Page.navigate", session, url=url)
        questions = 0
        while True:
            event = self._next()
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Fetch.requestPaused":
                self._send("Fetch.continueRequest", session, requestId=parameters["requestId"])
            elif method == "Fetch.authRequired":
                questions += 1
                answer = {"response": "CancelAuth"}
                if user is not None and questions == 1:
                    answer = {"response": "ProvideCredentials", "username": user,
                              "password": password}
                self._send("Fetch.continueWithAuth", session, requestId=parameters["requestId"],
                           authChallengeResponse=answer)
            elif method == "Page.loadEventFired":
                break
        value = self.call("Runtime.evaluate", session, expression="document.body.innerText")
        return value["result"].get("value", "")

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict:
        number = self._send(method, session, **parameters)
        while True:
            message = self._next()
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]

    def _send(self, method: str, session: str | None = None, **parameters: object) -> int:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.to_fd, json.dumps(message).encode() + b"\0")
        return self.number

    def _next(self) -> dict:
        end = time.monotonic() + WAIT_S
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.from_fd], [], [], max(0, end - time.monotonic()))
            data = os.read(self.from_fd, 1 << 16) if ready else b""
            if not data:
                assert self.process is not None
                raise AssertionError(f"no word from Chromium: {self.process.log_tail()}")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def start(self) -> "Chromium":
        command_out, self.to_fd = os.pipe()
        self.from_fd, reply_in = os.pipe()
        # It reads commands from descriptor 3 and writes to descriptor 4.
        front = ["bash", "-c", f'exec "$@" 3<&{command_out} 4>&{reply_in}', "bash"]
        self.process = place.Process([*front, *self.argv], self.folder / "chromium.log",
                                     env=self.env, pass_fds=(command_out, reply_in))
        os.close(command_out)
        os.close(reply_in)
        self.call("Browser.getVersion")
        return self

    def stop(self) -> None:
        for fd in (self.to_fd, self.from_fd):     # it ends by itself when the pipe does
            if fd >= 0:
                os.close(fd)
        self.to_fd = self.from_fd = -1
        if self.process:
            self.process.stop(signal.SIGTERM)

    def __enter__(self) -> "Chromium":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()
