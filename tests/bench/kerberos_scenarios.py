# SPDX-License-Identifier: BSD-2-Clause
"""Kerberos logins: negotiate-gssapi beside the least that a helper around gss_accept_sec_context()
can be, and beside Squid's own helper. None of it needs a directory.

One process, one request at a time, as Squid asks: it keeps a helper for a client from the first
token to the verdict. The realm and its KDC are the bench's own, and the KDC has nothing to do
while something is measured. Tokens are made beforehand, and each is used once in a block: with the
replay cache on, a block begins with an empty one.
"""

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence

from file_scenarios import squid_helper
from programs import Block, Failed
from scenarios import Bench, Line, compare, say, values
from support import kdc, place

PEER = "negotiate_kerberos_auth"
SERVICE = "HTTP/proxy.example.test"
USER = "alice"
PASSWORD = "Alice's 1 secret"
TOKENS_PER_S = 20_000       # a block that has used up all of its tokens ends earlier
MEMORY_TOKENS = 5_000
SKEW_S = 24 * 3600          # for as long as a run may take, tokens are fresh
AT_LEAST = {"loop": 0.9, "squid": 4}
ALL_FLAT = 1.05             # with a leak of one byte for each request it would be more


@dataclasses.dataclass(frozen=True)
class Realm:
    """Who asks and who answers. `tokens` are all different."""
    bench: Bench
    kdc: kdc.Kdc
    tokens: pathlib.Path

    def helper(self, argv: Sequence[str], replay: pathlib.Path | None = None) -> list[str]:
        """`argv` with the service's keys, and libkrb5's replay cache there or nowhere."""
        cache = ["KRB5RCACHENAME=dfl:", f"KRB5RCACHEDIR={replay}"] if replay else \
            ["KRB5RCACHENAME=none:"]
        return [place.need_program("env"), f"KRB5_CONFIG={self.kdc.config}",
                f"KRB5_KTNAME=FILE:{self.kdc.keytab}", "KRB5CCNAME=FILE:/nonexistent", *cache,
                *argv]

    def ours(self, replay: pathlib.Path | None = None) -> list[str]:
        return self.helper([place.helper_path("negotiate-gssapi"), "--keytab",
                            str(self.kdc.keytab), "--replay-cache", str(replay or "none")])

    def loop(self, replay: pathlib.Path | None = None) -> list[str]:
        return self.helper([str(self.bench.programs.tools / "gss_loop")], replay)

    def squids(self, replay: pathlib.Path | None = None) -> list[str]:
        return self.helper([squid_helper(PEER), "-k", str(self.kdc.keytab),
                            "-s", SERVICE, *(["-c", str(replay)] if replay else ["-t", "none"])],
                           replay)

    def ask(self, helper: Sequence[str], *how: str) -> Block:
        return self.bench.programs.tool(
            "negotiate", "--tokens", str(self.tokens), "--user", f"{USER}@{self.kdc.realm}",
            *how, *self.ends_badly(helper), "--", *helper)

    def ends_badly(self, helper: Sequence[str]) -> list[str]:
        """Squid's helper takes the end of its input for a fault."""
        return ["--any-end"] if PEER in map(os.path.basename, helper) else []

    def block(self, helper: Callable[[pathlib.Path | None], list[str]],
              remember: bool) -> Callable[[], Block]:
        def run() -> Block:
            how = ("--phases", self.bench.effort.phases())
            if not remember:
                return self.ask(helper(None), *how)
            with tempfile.TemporaryDirectory(dir=self.bench.programs.folder) as folder:
                return self.ask(helper(pathlib.Path(folder)), *how)
        return run


@contextlib.contextmanager
def opened(bench: Bench, tokens: int) -> Iterator[Realm]:
    place.helper_path("negotiate-gssapi")   # says so where there is no GSSAPI
    folder = bench.programs.folder / "kdc"
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(kdc.Kdc(folder, {USER: PASSWORD}, [SERVICE]))
        stack.callback(lambda: [path.unlink() for path in folder.iterdir()])
        server.config.write_text(server.config.read_text().replace(
            "[libdefaults]\n", f"[libdefaults]\n  clockskew = {SKEW_S}\n"))
        server.kinit(USER)
        path = folder / "tokens"
        say(f"making {tokens:,} tokens")
        with path.open("wb") as sink:
            made = subprocess.run([bench.programs.tools / "gss_mint", str(tokens),
                                   SERVICE.replace("/", "@")], stdout=sink, env=server.env(USER))
        if made.returncode != 0:
            raise Failed("gss_mint made no tokens")
        yield Realm(bench, server, path)


def enough(bench: Bench) -> int:
    return int(TOKENS_PER_S * bench.effort.seconds)


def how_fast(bench: Bench, scenario: str, other: str, what: str, remember: bool) -> None:
    """Ours beside another program, both with a replay cache or both without."""
    with opened(bench, enough(bench)) as realm:
        theirs = {"loop": realm.loop, "squid": realm.squids}[other]
        blocks = bench.alternate(scenario, {"ours": realm.block(realm.ours, remember),
                                            other: realm.block(theirs, remember)})
    bench.outcome.lines.append(compare(
        f"{scenario}: ours / {what}", "logins/s", values(blocks["ours"], "per_s"),
        values(blocks[other], "per_s"), at_least=AT_LEAST[other]))
    bench.outcome.lines.append(compare(
        f"{scenario}, median latency: ours / {what}", "us", values(blocks["ours"], "p50_us"),
        values(blocks[other], "p50_us")))


def without_cache(bench: Bench) -> None:
    how_fast(bench, "Kerberos, no replay cache", "loop", "ten-line loop", False)


def with_cache(bench: Bench) -> None:
    how_fast(bench, "Kerberos, replay cache", "loop", "ten-line loop", True)


def what_the_cache_costs(bench: Bench) -> None:
    with opened(bench, enough(bench)) as realm:
        blocks = bench.alternate("Kerberos, what the replay cache costs", {
            "on": realm.block(realm.ours, True), "off": realm.block(realm.ours, False)})
    bench.outcome.lines.append(compare(
        "Kerberos, ours: replay cache / none", "logins/s", values(blocks["on"], "per_s"),
        values(blocks["off"], "per_s")))


def peer(bench: Bench) -> None:
    how_fast(bench, "Kerberos, no replay cache", "squid", "Squid's helper", False)
    how_fast(bench, "Kerberos, replay cache", "squid", "Squid's helper", True)


def replay(bench: Bench) -> None:
    with_cache(bench)
    what_the_cache_costs(bench)


def memory(bench: Bench) -> None:
    """Many requests, one in ten with a bad token."""
    count = bench.effort.kerberos_requests
    with opened(bench, MEMORY_TOKENS) as realm:
        say(f"Kerberos: {count:,} requests")
        block = realm.ask(realm.ours(), "--requests", str(count))
    bench.outcome.blocks[f"Kerberos, {count:,} requests"] = {"ours": [block]}
    ratio = block["resident_kib"] / block["warm_kib"]
    bench.outcome.lines.append(Line(
        f"Kerberos, {count:,} requests, one in ten bad: memory / after the first twentieth",
        f"{block['resident_kib']:,} / {block['warm_kib']:,} KiB", ratio, ratio, ratio,
        f"<= {ALL_FLAT:g}", ratio <= ALL_FLAT))


ALL: dict[str, Callable[[Bench], None]] = {
    "kerberos": without_cache,
    "kerberos-replay": replay,
    "kerberos-peer": peer,
    "kerberos-memory": memory,
}
