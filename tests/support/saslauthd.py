# SPDX-License-Identifier: BSD-2-Clause
"""saslauthd and sasldb in private folders, and how the tests call basic-sasl and Squid's own.

saslauthd -a sasldb reads /etc/sasldb2 and nothing else, so it runs in a mount namespace in which
that is a file of the test: as root, or in a user namespace where the system allows that. It ends its
whole process group when it is ended, so it has a session of its own.
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import unittest
from collections.abc import Iterator

from . import basicldap, helper, place

OK = helper.OK
ERR = helper.ERR
TROUBLE = "BH Cyrus SASL gave no usable answer"
AGAIN = TROUBLE + " a moment ago"
LATE = "BH Cyrus SASL gave no answer in time"

APPLICATION = "basic_sasl_auth"
SYSTEM_SASLDB = pathlib.Path("/etc/sasldb2")


def argv(*words: str | pathlib.Path) -> list[str]:
    return [place.helper_path("basic-sasl"), "--deadline", "40", *map(str, words)]


def stock_argv() -> list[str]:
    """Squid's own helper; the test is skipped where it is not installed."""
    return [place.stock_helper("basic_sasl_auth")]


def add_user(database: pathlib.Path, user: str, password: str, realm: str | None = None) -> None:
    """Adds or changes a user of a sasldb; without a realm it is the host's name."""
    program = place.need_program("saslpasswd2")
    of = ["-u", realm] if realm else []
    done = subprocess.run([program, "-p", "-c", "-f", str(database), *of, "--", user],
                          input=password.encode(), capture_output=True, env=place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"saslpasswd2: {done.stderr.decode(errors='replace')}")


def remove_user(database: pathlib.Path, user: str, realm: str | None = None) -> None:
    of = ["-u", realm] if realm else []
    subprocess.run([place.need_program("saslpasswd2"), "-d", "-f", str(database), *of, "--", user],
                   check=True, capture_output=True, env=place.clean_env())


def configure(folder: pathlib.Path, application: str = APPLICATION, **settings: str | pathlib.Path
              ) -> None:
    """Writes APPLICATION.conf, in one step."""
    folder.mkdir(exist_ok=True)
    place.put(folder / f"{application}.conf",
              "".join(f"{name}: {value}\n" for name, value in settings.items()))
    (folder / f"{application}.conf").chmod(0o644)


class Saslauthd:
    """A saslauthd that asks `database`, with `processes` of its own; `path` is its socket."""

    def __init__(self, folder: pathlib.Path, database: pathlib.Path, processes: int = 2):
        self.program = place.need_program("saslauthd")
        if not SYSTEM_SASLDB.exists():
            raise unittest.SkipTest(f"needs {SYSTEM_SASLDB}, over which a file is mounted")
        self.folder = folder
        self.path = folder / "mux"
        self.database = database
        self.processes = processes
        self.process: place.Process | None = None
        self._try_namespace()

    @staticmethod
    def _namespace() -> list[str]:
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        return [place.need_program("unshare"), "--mount", *user]

    def _try_namespace(self) -> None:
        done = subprocess.run([*self._namespace(), "true"], capture_output=True, text=True)
        if done.returncode != 0:
            raise unittest.SkipTest(f"needs a mount namespace: {done.stderr.strip()}")

    def start(self) -> "Saslauthd":
        self.folder.mkdir(exist_ok=True)
        self.path.unlink(missing_ok=True)
        script = f'mount --bind "$1" {SYSTEM_SASLDB} && shift && exec "$@"'
        self.process = place.Process(
            [*self._namespace(), "sh", "-c", script, "sh", str(self.database),
             self.program, "-d", "-a", "sasldb", "-m", str(self.folder), "-n", str(self.processes)],
            self.folder.with_name(self.folder.name + ".log"), start_new_session=True)
        place.wait_for(self._listens, "saslauthd to listen")
        return self

    def _listens(self) -> bool:
        assert self.process is not None
        if not self.process.alive():
            raise AssertionError(f"saslauthd ended: {self.process.log_tail()}")
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(self.path))
            return True
        return False

    def _all(self, number: int) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, number)

    def freeze(self) -> None:
        """Its socket still takes connections, and nobody answers."""
        assert self.process is not None
        self._all(signal.SIGSTOP)
        place.wait_for(self._frozen, "saslauthd to stop")

    def _frozen(self) -> bool:
        try:
            return all(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                       in "TZ" for pid in self.pids())
        except OSError:     # one has just ended
            return False

    def pids(self) -> list[int]:
        """Of its session."""
        assert self.process is not None
        found = []
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[3]) == self.process.pid:
                    found.append(int(stat.parent.name))
        return found

    def thaw(self) -> None:
        self._all(signal.SIGCONT)

    def stop(self) -> None:
        if self.process and self.process.alive():
            with contextlib.suppress(ProcessLookupError):
                self._all(signal.SIGKILL)
            self.process.child.wait()
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> "Saslauthd":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


class Case(basicldap.Case):
    """A class with a sasldb, and a configuration folder that leads to it."""

    HELPER = helper.Helper

    USERS: tuple[tuple[str, str, str | None], ...] = (
        ("alice", "alice-pw", "example.org"), ("bob", "bob pw", None), ("carol", "carol-pw", None))

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.database = cls.folder / "sasldb"
        for user in cls.USERS:
            add_user(cls.database, *user)
        # The account that a Squid started by root becomes has to read it.
        cls.database.chmod(0o644)
        cls.conf = cls.folder / "conf"
        cls.use_sasldb()

    @classmethod
    def use_sasldb(cls) -> None:
        configure(cls.conf, pwcheck_method="auxprop", auxprop_plugin="sasldb",
                  sasldb_path=cls.database)

    @classmethod
    def use_saslauthd(cls, processes: int = 2) -> Saslauthd:
        """Started, for the life of the class."""
        daemon = cls.enterClassContext(Saslauthd(cls.folder / "saslauthd", cls.database, processes))
        configure(cls.conf, pwcheck_method="saslauthd", saslauthd_path=daemon.path)
        return daemon

    def ours(self, *words: str | pathlib.Path, **options: object) -> helper.Helper:
        return self.start(argv("--config-dir", self.conf, *words), **options)

    def stock(self) -> helper.Helper:
        return self.start(stock_argv(), ids=False,
                          env=place.clean_env(SASL_CONF_PATH=str(self.conf)))


@contextlib.contextmanager
def silent_listener(path: pathlib.Path) -> Iterator[socket.socket]:
    """A socket where saslauthd should be, that takes connections and says nothing."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        yield listener
        path.unlink(missing_ok=True)
