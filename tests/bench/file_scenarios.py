# SPDX-License-Identifier: BSD-2-Clause
"""What is measured of the helpers with files. None of it needs a directory.

The same driver asks all programs that are compared, over the same kind of socket.
"""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import threading
from collections.abc import Callable, Iterator

from programs import Block, Failed, Load
from scenarios import Bench, Line, compare, say, values
from support import place

SIZES = (20_000, 1_000_000, 10_000_000)
PEER_SIZES = (20_000, 200_000, 1_000_000)
AT_LEAST = {20_000: 0.7, 1_000_000: 0.7, 10_000_000: 0.6}
MIDDLE = 1_000_000
WINDOW = 100
LOAD_ROUNDS = 5
REWRITE_S = 1.0

BCRYPT_USERS = 100
BCRYPT_COST = 8
BCRYPT_WINDOW = 64


# ---- digest-file ----

@dataclasses.dataclass(frozen=True)
class Users:
    """A file of so many users."""
    count: int
    path: pathlib.Path

    def ours(self) -> list[str]:
        return [place.helper_path("digest-file"), "-c", "--realm", "bench", str(self.path)]

    def squids(self) -> list[str]:
        return [squid_helper("digest_file_auth"), "-c", str(self.path)]

    def kib(self) -> float:
        return self.path.stat().st_size / 1024


def squid_helper(name: str) -> str:
    for folder in ("/usr/lib/squid", "/usr/lib64/squid", "/usr/libexec/squid"):
        if os.access(f"{folder}/{name}", os.X_OK):
            return f"{folder}/{name}"
    raise Failed(f"Squid's {name} is not installed")


@contextlib.contextmanager
def users_file(bench: Bench, count: int) -> Iterator[Users]:
    """Largest of all is half a gigabyte: it goes when it has been used."""
    users = Users(count, bench.programs.folder / f"digest-{count}")
    say(f"writing a file of {count:,} users")
    bench.programs.tool("digest", "--users", str(count), "--write", str(users.path))
    users.path.chmod(0o600)
    try:
        yield users
    finally:
        users.path.unlink()


def asked(bench: Bench, users: Users, helper: list[str], *, window: int = WINDOW,
          phases: str = "", on_begin: dict[str, Callable[[], None]] | None = None) -> Block:
    return bench.programs.tool(
        "digest", "--users", str(users.count), "--window", str(window),
        "--phases", phases or bench.effort.phases(), "--announce",
        *(["--echo"] if helper[0] == echo(bench)[0] else []), "--", *helper, on_begin=on_begin)


def echo(bench: Bench) -> list[str]:
    return [str(bench.programs.tools / "echo")]


def against_echo(bench: Bench, users: Users, scenario: str, at_least: float) -> None:
    blocks = bench.alternate(scenario, {
        "ours": lambda: asked(bench, users, users.ours()),
        "echo": lambda: asked(bench, users, echo(bench))})
    bench.outcome.lines.append(compare(f"{scenario}: ours / echo", "lookups/s",
                                       values(blocks["ours"], "per_s"),
                                       values(blocks["echo"], "per_s"), at_least=at_least))


def one_at_a_time(bench: Bench, users: Users) -> None:
    """Also beside an echo that waits with epoll first, as any helper must that has a timer, a
    signal or a thread to listen to besides its input."""
    scenario = f"digest, {users.count:,} users, one at a time"
    blocks = bench.alternate(scenario, {
        "ours": lambda: asked(bench, users, users.ours(), window=1),
        "echo": lambda: asked(bench, users, echo(bench), window=1),
        "waiting": lambda: asked(bench, users, [*echo(bench), "epoll"], window=1)})
    rate = {name: values(blocks[name], "per_s") for name in blocks}
    bench.outcome.lines += [
        compare(f"{scenario}: ours / echo", "lookups/s", rate["ours"], rate["echo"], at_least=0.9),
        compare(f"{scenario}: ours / echo that waits with epoll", "lookups/s", rate["ours"],
                rate["waiting"])]


def digest(bench: Bench) -> None:
    """Beside a program that only writes back what it reads."""
    for count in SIZES:
        with users_file(bench, count) as users:
            name = f"digest, {count:,} users, {WINDOW} in flight"
            against_echo(bench, users, name, AT_LEAST[count])
            if count <= MIDDLE:
                one_at_a_time(bench, users)


def digest_peer(bench: Bench) -> None:
    """Beside Squid's helper."""
    for count in PEER_SIZES:
        with users_file(bench, count) as users:
            scenario = f"digest, {count:,} users, {WINDOW} in flight"
            blocks = bench.alternate(scenario, {
                "ours": lambda: asked(bench, users, users.ours()),
                "squid": lambda: asked(bench, users, users.squids())})
            bench.outcome.lines.append(compare(
                f"{scenario}: ours / Squid's helper", "lookups/s",
                values(blocks["ours"], "per_s"), values(blocks["squid"], "per_s")))


def share_of_file(what: str, blocks: list[Block], users: Users, at_most: float) -> Line:
    peak = max(block["peak_kib"] for block in blocks)
    ratio = peak / users.kib()
    return Line(what, f"{peak:,} / {users.kib():,.0f} KiB", ratio, ratio, ratio, f"<= {at_most:g}",
                ratio <= at_most)


def digest_load(bench: Bench) -> None:
    """From the start of the helper to the reply to a request that was there at once."""
    with users_file(bench, MIDDLE) as users:
        scenario = f"digest, {MIDDLE:,} users loaded"
        blocks = bench.alternate(scenario, {
            name: lambda helper=helper: asked(bench, users, helper, window=1,
                                              phases="run=0.05")
            for name, helper in (("ours", users.ours()), ("squid", users.squids()))}, LOAD_ROUNDS)
        first = {name: [block["first_reply_ms"] for block in blocks[name]] for name in blocks}
        lines = bench.outcome.lines
        lines.append(compare(f"{scenario}: ours / Squid's helper", "ms", first["ours"],
                             first["squid"], at_most=0.333))
        lines.append(share_of_file(f"{scenario}, peak memory: ours / file", blocks["ours"], users,
                                   1.6))
        lines.append(dataclasses.replace(
            share_of_file(f"{scenario}, peak memory: Squid's helper / file", blocks["squid"],
                          users, 1.6), target="", met=True))


class Rewriter:
    """Puts another file of the same users in the place of the first one, again and again, as who
    writes beside and renames does. The files are there beforehand: what is measured is the helper
    and not the writer."""

    def __init__(self, users: Users):
        self.path = users.path
        self.copies = [users.path.with_suffix(f".{letter}") for letter in "ab"]
        for copy in self.copies:
            shutil.copyfile(users.path, copy)
            with copy.open("a") as file:
                file.write(f"# {copy.suffix}\n")  # files of the same bytes are not read twice
            copy.chmod(0o600)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        beside = self.path.with_suffix(".new")
        turn = 0
        while not self.over.wait(REWRITE_S):
            os.link(self.copies[turn % 2], beside)
            os.utime(beside)
            os.replace(beside, self.path)
            turn += 1

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.over.set()
        if self.thread.ident is not None:
            self.thread.join()
        for copy in self.copies:
            copy.unlink()


def digest_reload(bench: Bench) -> None:
    """Latencies while the file is replaced every second, beside those of before in the same run."""
    seconds = max(3, 2 * bench.effort.seconds)

    def block(users: Users) -> Block:
        rewriter = Rewriter(users)
        try:
            return asked(bench, users, users.ours(), window=1,
                         phases=f"warm=0.5,quiet={seconds:g},reload={seconds + 1.5:g}",
                         on_begin={"reload": rewriter.begin})
        finally:
            rewriter.end()
    with users_file(bench, MIDDLE) as users:
        scenario = f"digest, {MIDDLE:,} users, reloaded every second"
        blocks = bench.alternate(scenario, {"ours": lambda: block(users)})["ours"]
        bench.outcome.lines.append(compare(
            f"{scenario}, one at a time, p99 / quiet", "us", values(blocks, "p99_us", "reload"),
            values(blocks, "p99_us", "quiet"), at_most=2))
        bench.outcome.lines.append(share_of_file(f"{scenario}, peak memory: ours / file", blocks,
                                                 users, 3.2))


# ---- basic-file ----

def bcrypt(bench: Bench) -> None:
    """Beside threads that do nothing but hash, and beside Squid's helper."""
    folder, programs = bench.programs.folder, bench.programs
    passwords, logins = folder / "passwords", folder / "bcrypt-logins"
    common = ["--users", str(BCRYPT_USERS), "--cost", str(BCRYPT_COST)]
    seconds = 2 * bench.effort.seconds
    programs.tool("crypt", *common, "--write", str(passwords), str(logins))
    passwords.chmod(0o600)

    def driven(helper: list[str], load: Load) -> Block:
        return programs.drive(helper, load, f"warm=0.5,run={seconds:g}", logins=logins)
    blocks = bench.alternate("bcrypt", {
        "ours": lambda: driven([place.helper_path("basic-file"), "--concurrency", "on",
                                str(passwords)], Load(window=BCRYPT_WINDOW, ids=True)),
        "ceiling": lambda: programs.tool("crypt", *common, "--seconds", f"{seconds:g}"),
        "squid": lambda: driven([squid_helper("basic_ncsa_auth"), str(passwords)], Load())})
    rate = {name: values(blocks[name], "per_s") for name in blocks}
    what = f"bcrypt of cost {BCRYPT_COST}, {BCRYPT_WINDOW} in flight"
    bench.outcome.lines += [
        compare(f"{what}: ours / bare threads", "logins/s", rate["ours"], rate["ceiling"],
                at_least=0.95),
        compare(f"{what}: ours / Squid's helper", "logins/s", rate["ours"], rate["squid"])]


ALL: dict[str, Callable[[Bench], None]] = {
    "digest": digest,
    "digest-peer": digest_peer,
    "digest-load": digest_load,
    "digest-reload": digest_reload,
    "bcrypt": bcrypt,
}
