# SPDX-License-Identifier: BSD-2-Clause
"""What is measured: each scenario runs its programs in turn, block by block, and compares them.

Two programs are compared within a round, where they ran within seconds of each other; the median
of these ratios is what counts. Whatever else the machine does then weighs on both.
"""

import dataclasses
import statistics
import sys
from collections.abc import Callable

from programs import OPEN_LOOP_WINDOW, Block, Load, Programs, Relay
from support import slapd

WINDOW = 256
CROWD = 1000
PEAK_KIB = 16 * 1024
FIXED_RATE = 500
DELAY_MS = 5
# A server that is silent is found out by the deadline of a request (10 s) at the latest.
DETECT_S = {"refuse": 3, "silent": 15}


@dataclasses.dataclass(frozen=True)
class Effort:
    """How long and how often."""
    rounds: int
    seconds: float
    fixed_rate_rounds: int
    fixed_rate_seconds: float
    in_flight: tuple[int, ...]  # the points of the curve
    decoder_rounds: int
    decoder_ms: float
    kerberos_requests: int

    def phases(self) -> str:
        return f"warm={self.seconds / 4:g},run={self.seconds:g}"


FULL = Effort(5, 1.5, 5, 6.0, tuple(2 ** power for power in range(11)), 15, 20, 1_000_000)
QUICK = Effort(2, 0.8, 1, 3.0, (1, 8, 64, 512), 5, 10, 100_000)


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the table. Without `target` it is there to be known."""
    what: str
    figures: str
    ratio: float
    low: float
    high: float
    target: str = ""
    met: bool = True


Blocks = dict[str, list[Block]]


@dataclasses.dataclass
class Outcome:
    lines: list[Line]
    blocks: dict[str, Blocks]
    curve: list[dict[str, float]]


@dataclasses.dataclass
class Bench:
    programs: Programs
    server: slapd.Slapd | None  # None for the scenarios of NEED_NO_DIRECTORY alone
    effort: Effort
    outcome: Outcome

    def alternate(self, scenario: str, runs: dict[str, Callable[[], Block]],
                  rounds: int = 0) -> Blocks:
        """Runs all in turn, again and again, and keeps what they gave under the scenario's name."""
        blocks: Blocks = {name: [] for name in runs}
        for at in range(rounds or self.effort.rounds):
            for name, run in runs.items():
                say(f"{scenario}: round {at + 1}, {name}")
                blocks[name].append(run())
        self.outcome.blocks[scenario] = blocks
        return blocks

    def loaded(self, url: str, load: Load) -> Callable[[], Block]:
        """A block of ours under that load."""
        return lambda: self.programs.drive(self.programs.ours(url), load, self.effort.phases())

    def squids(self, url: str, processes: int) -> Callable[[], Block]:
        return lambda: self.programs.drive(self.programs.squids(url), Load(processes=processes),
                                           self.effort.phases())

    def ceiling(self, url: str, window: int) -> Callable[[], Block]:
        return lambda: self.programs.ceiling(url, window, self.effort.phases())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def values(blocks: list[Block], key: str, phase: str = "run") -> list[float]:
    return [block["phases"][phase][key] for block in blocks]


def compare(what: str, unit: str, ours: list[float], other: list[float], *, at_least: float = 0,
            at_most: float = 0) -> Line:
    """The line for the ratios of the pairs, with a target or with none."""
    ratios = [mine / theirs for mine, theirs in zip(ours, other)]
    ratio = statistics.median(ratios)
    figures = f"{statistics.median(ours):,.0f} / {statistics.median(other):,.0f} {unit}"
    target = f">= {at_least:g}" if at_least else f"<= {at_most:g}" if at_most else ""
    met = ratio >= at_least if at_least else ratio <= at_most if at_most else True
    return Line(what, figures, ratio, min(ratios), max(ratios), target, met)


def throughput_at(bench: Bench, scenario: str, url: str) -> None:
    """Search and bind, as fast as it goes."""
    load = Load(window=WINDOW, ids=True)
    runs = {"ours": bench.loaded(url, load), "ceiling": bench.ceiling(url, WINDOW)}
    runs |= {f"squid{count}": bench.squids(url, count) for count in (1, 5, 20)}
    rate = {name: values(blocks, "per_s")
            for name, blocks in bench.alternate(scenario, runs).items()}
    lines = bench.outcome.lines
    lines.append(compare(f"{scenario}: ours / ceiling", "logins/s", rate["ours"], rate["ceiling"],
                         at_least=0.9))
    for count in (1, 5, 20):
        lines.append(compare(f"{scenario}: ours / Squid's helper, {count} processes", "logins/s",
                             rate["ours"], rate[f"squid{count}"],
                             at_least=12 if count == 5 and "added" in scenario else 0))


def throughput(bench: Bench) -> None:
    throughput_at(bench, "search and bind, 0 ms", bench.server.ldap_url)


def throughput_delayed(bench: Bench) -> None:
    with Relay(bench.programs.tools, bench.server, DELAY_MS) as relay:
        throughput_at(bench, f"search and bind, {DELAY_MS} ms added", relay.url)


def throughput_tls(bench: Bench) -> None:
    url = bench.server.ldaps_url
    blocks = bench.alternate("LDAPS, 0 ms", {
        "ours": bench.loaded(url, Load(window=WINDOW, ids=True)),
        "ceiling": bench.ceiling(url, WINDOW)})
    bench.outcome.lines.append(compare(
        "LDAPS, 0 ms: ours / ceiling", "logins/s", values(blocks["ours"], "per_s"),
        values(blocks["ceiling"], "per_s")))


def one_at_a_time(bench: Bench) -> None:
    url = bench.server.ldap_url
    blocks = bench.alternate("one at a time", {
        "ours": bench.loaded(url, Load(ids=True)),
        "blocking": lambda: bench.programs.drive(bench.programs.blocking(url), Load(),
                                                 bench.effort.phases())})
    bench.outcome.lines.append(compare(
        "one at a time, median latency: ours / blocking helper", "us",
        values(blocks["ours"], "p50_us"), values(blocks["blocking"], "p50_us"), at_most=1.1))


def crowd(bench: Bench) -> None:
    """Memory and processor time with many requests in flight."""
    url = bench.server.ldap_url
    blocks = bench.alternate(f"{CROWD} in flight", {
        "ours": bench.loaded(url, Load(window=CROWD, ids=True)),
        "ceiling": bench.ceiling(url, CROWD)})
    peak = max(block["peak_kib"] for block in blocks["ours"])
    bench.outcome.lines.append(compare(
        f"{CROWD} in flight, processor time of a login: ours / ceiling", "us",
        values(blocks["ours"], "cpu_us_per_login"), values(blocks["ceiling"], "cpu_us_per_login"),
        at_most=1.3))
    bench.outcome.lines.append(Line(
        f"{CROWD} in flight, peak memory: ours / {PEAK_KIB // 1024} MiB",
        f"{peak:,} / {PEAK_KIB:,} KiB", peak / PEAK_KIB, peak / PEAK_KIB, peak / PEAK_KIB, "<= 1",
        peak <= PEAK_KIB))


def one_server_dead(bench: Bench, mode: str) -> None:
    """A fixed rate and two servers, of which the first one falls ill."""
    scenario = f"{FIXED_RATE}/s, first of two servers: {mode}"
    tools, seconds = bench.programs.tools, bench.effort.fixed_rate_seconds
    phases = f"warm=2,both={seconds:g},detect={DETECT_S[mode]},dead={seconds:g}"
    load = Load(window=OPEN_LOOP_WINDOW, ids=True, rate_per_s=FIXED_RATE)

    def block() -> Block:
        with Relay(tools, bench.server, 0) as ill, Relay(tools, bench.server, 0) as well:
            return bench.programs.drive(bench.programs.ours(ill.url, well.url), load, phases,
                                        {"detect": lambda: ill.order(mode)})
    blocks = bench.alternate(scenario, {"ours": block}, bench.effort.fixed_rate_rounds)["ours"]
    line = compare(f"{scenario}, p99 after detection / before", "us",
                   values(blocks, "p99_us", "dead"), values(blocks, "p99_us", "both"), at_most=1.5)
    broken = sum(values(blocks, "bh", "dead"))
    bench.outcome.lines.append(dataclasses.replace(line, met=line.met and broken == 0))
    bench.outcome.lines.append(detection(scenario, blocks))


def detection(scenario: str, blocks: list[Block]) -> Line:
    """What the users noticed until the server's illness was found out. A request that was under
    way when the server fell ill counts in the phase in which it was sent."""
    answered = sum(values(blocks, "logins", "detect"))
    broken = sum(values(blocks, "bh", "detect")) + sum(values(blocks, "bh", "both"))
    slowest_ms = max(values(blocks, "max_us", "detect")) / 1000
    share = broken / answered
    return Line(f"{scenario}, while detected: share of BH",
                f"{broken:,.0f} / {answered:,.0f}, slowest {slowest_ms:,.0f} ms",
                share, share, share)


def refusing(bench: Bench) -> None:
    one_server_dead(bench, "refuse")


def silent(bench: Bench) -> None:
    one_server_dead(bench, "silent")


def curve(bench: Bench) -> None:
    """Logins per second over requests in flight; Squid's helper needs a process for each."""
    with Relay(bench.programs.tools, bench.server, DELAY_MS) as relay:
        for count in bench.effort.in_flight:
            runs = {"ours": bench.loaded(relay.url, Load(window=count, ids=True)),
                    "ceiling": bench.ceiling(relay.url, count)}
            if count <= 32:
                runs["squid"] = bench.squids(relay.url, count)
            blocks = bench.alternate(f"{count} in flight, {DELAY_MS} ms added", runs, 1)
            point = {name: values(blocks[name], "per_s")[0] for name in blocks}
            bench.outcome.curve.append({"in_flight": count} | point)


# What tests/bench/decoders.c calls them, what they are compared with, and the target.
DECODERS = {
    "base64 28": ("28 characters of Base64: ours / Nettle", 1.2),
    "base64 100": ("100 characters of Base64: ours / Nettle", 1.2),
    "base64 4096": ("4,096 characters of Base64: ours / Nettle", 1.2),
    "base64 16384": ("16,384 characters of Base64: ours / Nettle", 1.2),
    "basic": ("a Basic header / its bare Base64", 3),
    "ap-req": ("an AP-REQ of 3 KB with its Base64 / its bare Base64", 1.3),
    "pac": ("a PAC of 1,200 groups / the Base64 of its token", 0.5),
    "pac text": ("the same with each SID as text / the Base64 of its token", 0),
}


def decoders(bench: Bench) -> None:
    """The library's decoders beside bare Base64."""
    say("decoders")
    pairs = bench.programs.decoders(bench.effort.decoder_rounds, bench.effort.decoder_ms)
    bench.outcome.blocks["decoders"] = pairs
    bench.outcome.lines += [compare(what, "ns", pairs[name]["ours"], pairs[name]["other"],
                                    at_most=target)
                            for name, (what, target) in DECODERS.items()]


ALL: dict[str, Callable[[Bench], None]] = {
    "throughput": throughput,
    "delayed": throughput_delayed,
    "tls": throughput_tls,
    "latency": one_at_a_time,
    "crowd": crowd,
    "refusing": refusing,
    "silent": silent,
    "curve": curve,
    "decoders": decoders,
}
NEED_NO_DIRECTORY = {"decoders"}
