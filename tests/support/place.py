# SPDX-License-Identifier: BSD-2-Clause
"""Private folders, ports picked at run time, waiting for a condition, child processes.

What a test starts through this module ends with the test: servers are context managers, and a
child of a test that was itself killed gets SIGKILL from the kernel (setpriv --pdeathsig; the
kernel drops that for a program that changes its user, so a Squid started by root outlives only
a test ended by SIGKILL).
"""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator, Sequence

ROOT = pathlib.Path(__file__).resolve().parents[2]

# How long a condition may take on a slow, loaded machine before the test gives up on it.
PATIENCE_S = 60.0

# Options of a helper that asks a directory, for tests that are not about time: with its own presets
# (10 s a request, 3 s for a connection, 5 s of silence) it gives up a server that a busy machine has
# stalled. A test's own options come behind them and count.
PATIENT = ("--deadline", "40", "--connect-timeout", "15")
HURRIED = ("--deadline", "--connect-timeout", "--config", "-c")


def patient(options: Sequence[object]) -> list[str]:
    """PATIENT, unless a test says itself how long something may take."""
    hurried = any(str(option).partition("=")[0] in HURRIED for option in options)
    return [] if hurried else list(PATIENT)


def helpers_dir() -> pathlib.Path:
    """The build's helpers/ folder: from HELPERS, else that of the build in build/."""
    return pathlib.Path(os.environ.get("HELPERS") or ROOT / "build" / "helpers").resolve()


def helper_path(name: str) -> str:
    """The helper `name` of this build; the test is skipped where it was not built."""
    path = helpers_dir() / name / name
    if not os.access(path, os.X_OK):
        raise unittest.SkipTest(f"{path} was not built")
    return str(path)


def for_others(program: str, folder: pathlib.Path) -> str:
    """`program`, or a copy of it in `folder` where no other user can reach it (a build below
    /root), for a Squid that root has started and that has become somebody else."""
    path = pathlib.Path(program).resolve()
    if all(one.stat().st_mode & 0o001 for one in (path, *path.parents)):
        return program
    copy = folder / path.name
    shutil.copy2(path, copy)
    copy.chmod(0o755)
    return str(copy)


def need_program(name: str) -> str:
    """The full path of an installed program; the test is skipped where there is none."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return path


STOCK_FOLDERS = ("/usr/lib/squid", "/usr/lib64/squid", "/usr/libexec/squid")


def stock_helper(name: str) -> str:
    """The path of one of Squid's own helpers; the test is skipped where it is not installed."""
    for folder in STOCK_FOLDERS:
        program = os.path.join(folder, name)
        if os.access(program, os.X_OK):
            return program
    raise unittest.SkipTest(f"Squid's {name} is in none of {', '.join(STOCK_FOLDERS)}")


@contextlib.contextmanager
def private_folder(prefix: str) -> Iterator[pathlib.Path]:
    """A folder that others can enter (Squid changes its user) and that goes with the test.

    PXA_KEEP=1 leaves it where it is and says so, to look into its logs.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"pxa-{prefix}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if os.environ.get("PXA_KEEP"):
            print(f"# kept: {folder}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def put(path: pathlib.Path, data: str | bytes, reader: str | None = None) -> None:
    """Replaces the file in one step, as careful editors do: whoever reads it meanwhile has the old
    or the new one. Only we can read it, and the group of the account `reader`."""
    beside = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    beside.touch(mode=0o600)
    beside.write_bytes(data if isinstance(data, bytes) else data.encode())
    if reader:
        os.chown(beside, -1, pwd.getpwnam(reader).pw_gid)
        beside.chmod(0o640)
    beside.rename(path)


_kept_ports: list[socket.socket] = []


def keep_port(port: int = 0) -> socket.socket:
    """Holds a TCP port of 127.0.0.1 (0: any) and does not listen: who connects is refused, and the
    kernel gives the port to nobody else. A server that sets SO_REUSEADDR, as all of the tests' do,
    can listen there, and again after its end."""
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    keeper.bind(("127.0.0.1", port))
    return keeper


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nobody listens, for this process and its children alone as
    long as it lives."""
    _kept_ports.append(keep_port())
    return _kept_ports[-1].getsockname()[1]


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> object:
    """Awaits a true value of `condition()` and returns it; AssertionError naming `what`."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout_s:g} s in vain for: {what}")
        time.sleep(0.01)


def clean_env(**extra: str) -> dict[str, str]:
    """An environment in which no LDAP, proxy or locale setting of the caller matters."""
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith("LDAP") and not key.lower().endswith("_proxy")}
    return kept | {"LC_ALL": "C.UTF-8"} | extra


class Process:
    """One child process; its output goes to a file that the test can read."""

    def __init__(self, argv: Sequence[str | bytes], log: pathlib.Path, **popen: object):
        self.log = log
        guard = shutil.which("setpriv")
        front = [guard, "--pdeathsig", "KILL", "--"] if guard else []
        popen.setdefault("env", clean_env())
        popen.setdefault("stdin", subprocess.DEVNULL)
        with open(log, "ab") as sink:
            popen.setdefault("stdout", sink)
            self.child = subprocess.Popen([*front, *argv], stderr=sink, **popen)
        self.pid = self.child.pid

    def alive(self) -> bool:
        return self.child.poll() is None

    def freeze(self) -> None:
        """Stops it where it is, and awaits that: until then a thread may still give an answer."""
        self.child.send_signal(signal.SIGSTOP)
        wait_for(self._frozen, "a process to stop")

    def thaw(self) -> None:
        self.child.send_signal(signal.SIGCONT)

    def _frozen(self) -> bool:
        stats = pathlib.Path(f"/proc/{self.pid}/task").glob("*/stat")
        try:
            return all(stat.read_text().rpartition(")")[2].split()[0] == "T" for stat in stats)
        except OSError:     # a thread has just ended
            return False

    def log_text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def log_tail(self, lines: int = 30) -> str:
        return "\n".join(self.log_text().splitlines()[-lines:])

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 15.0) -> int:
        """Sends the signal, awaits the end (SIGKILL when it takes too long), returns the status."""
        if self.alive():
            self.child.send_signal(number)
            try:
                self.child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()


def cpu_s(pid: int) -> float:
    """User and system CPU seconds that process `pid` has used (proc(5), fields 14 and 15)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def writable_memory(pid: int) -> bytes:
    """All of a process's memory that it can write, one piece behind the other. Needs root where the
    process is not dumpable."""
    found = []
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for row in maps:
            span, access = row.split()[:2]
            begin, end = (int(text, 16) for text in span.split("-"))
            if access[1] == "w" and end - begin < 1 << 30:  # what a sanitizer reserves is larger
                memory.seek(begin)
                try:
                    found.append(memory.read(end - begin))
                except OSError:     # not all of it can be read, or there is no memory behind it
                    continue
    return b"\0".join(found)
