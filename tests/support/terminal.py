# SPDX-License-Identifier: BSD-2-Clause
"""A terminal in which a program runs as the foreground job of a shell: what it shows is read, keys
are typed, and it can be stopped and go on."""

import os
import pty
import select
import signal
import sys
import termios
import time

from . import place

# Runs its words as the foreground job of the terminal, as a shell with job control does, and says on
# descriptor 3 what becomes of it: "stopped", or "ended STATUS". A line on descriptor 4 is `fg`.
SHELL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
def job():
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGTSTP,
                   signal.SIGTTOU):     # nohup and & of a shell have some of them ignored
        signal.signal(number, signal.SIG_DFL)
child = subprocess.Popen(sys.argv[1:], preexec_fn=job)
os.write(3, f"pid {child.pid}\\n".encode())
while True:
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        os.write(3, f"ended {os.waitstatus_to_exitcode(status)}\\n".encode())
        break
    os.tcsetpgrp(0, os.getpgrp())
    os.write(3, b"stopped\\n")
    os.read(4, 100)
    os.tcsetpgrp(0, child.pid)
    os.kill(child.pid, signal.SIGCONT)
"""


class Terminal:
    """A terminal in which a program runs."""

    def __init__(self, *argv: str):
        self.shown = b""
        self.ended = False
        said, saying = os.pipe()
        told, telling = os.pipe()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                saying, told = os.dup(saying), os.dup(told)      # away from 3 and 4
                os.dup2(saying, 3)
                os.dup2(told, 4)
                os.execve(sys.executable, [sys.executable, "-c", SHELL, *argv], place.clean_env())
            finally:
                os._exit(127)
        os.close(saying)
        os.close(told)
        self.said, self.telling = os.fdopen(said, "rb", buffering=0), telling
        self.job = int(self.news().split()[1])

    def news(self) -> str:
        """The next line of the shell; what the terminal shows meanwhile is kept."""
        end = time.monotonic() + place.PATIENCE_S
        while not select.select([self.said], [], [], 0.01)[0]:
            self.read()
            if time.monotonic() > end:
                raise AssertionError(f"no news; shown: {self.shown!r}")
        said = self.said.readline().decode().strip()
        self.ended = said.startswith("ended")
        return said

    def read(self) -> None:
        if select.select([self.terminal], [], [], 0)[0]:
            try:
                self.shown += os.read(self.terminal, 4096)
            except OSError:      # nobody has the other side open any more
                pass

    def await_text(self, text: bytes) -> None:
        """Until the terminal shows it, behind what has been awaited before."""
        def there() -> bool:
            self.read()
            return text in self.shown

        try:
            place.wait_for(there, repr(text))
        except AssertionError as error:
            raise AssertionError(f"{error}; shown: {self.shown!r}") from None
        self.shown = self.shown[self.shown.index(text) + len(text):]

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.terminal)[3] & termios.ECHO)

    def type(self, data: bytes) -> None:
        os.write(self.terminal, data)

    def go_on(self) -> None:
        os.write(self.telling, b"fg\n")

    def close(self) -> None:
        if not self.ended:      # the test has failed
            os.kill(self.job, signal.SIGKILL)
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.terminal)
        os.close(self.telling)
        self.said.close()
        os.waitpid(self.pid, 0)
