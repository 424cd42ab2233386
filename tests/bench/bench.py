# SPDX-License-Identifier: BSD-2-Clause
"""Measures basic-ldap, group-ldap, negotiate-gssapi and the helpers with files beside Squid's own
and beside a ceiling, and the library's decoders beside bare Base64, in one run.

    make bench                                   all of it, about fifteen minutes
    make bench BENCH_ARGUMENTS=--quick           shorter blocks, for a first look
    make bench BENCH_ARGUMENTS="--only crowd"    one scenario

Prints a table; results.json (every block), table.txt, curve.dat and performance.svg go into the
output folder. A target that is missed is said in the table and does not fail the run; a wrong
verdict, a missing reply or a program that ends badly does.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import directory  # noqa: E402
import file_scenarios  # noqa: E402
import group_scenarios  # noqa: E402
import kerberos_scenarios  # noqa: E402
import programs  # noqa: E402
import scenarios  # noqa: E402
from support import certs, place, tree  # noqa: E402

ALL = scenarios.ALL | group_scenarios.ALL | file_scenarios.ALL | kerberos_scenarios.ALL
NEED_NO_DIRECTORY = (scenarios.NEED_NO_DIRECTORY | set(group_scenarios.ALL)
                     | set(file_scenarios.ALL) | set(kerberos_scenarios.ALL))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures the helpers; HELPERS names the folder "
                                                 "with those of the build.")
    parser.add_argument("--tools", type=pathlib.Path, default=pathlib.Path("tests/bench"),
                        help="the folder with the programs of the bench")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("bench-results"),
                        help="where the results go")
    parser.add_argument("--quick", action="store_true", help="shorter blocks, fewer of them")
    parser.add_argument("--docs", type=pathlib.Path,
                        help="also put the table and the plot into this folder's performance.md "
                             "and performance.svg")
    parser.add_argument("--only", action="append", choices=list(ALL), default=[],
                        help="this scenario alone; can be repeated")
    return parser.parse_args()


def first_line(*argv: str) -> str:
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else ""


def machine() -> dict[str, str]:
    """What the figures depend on, besides the code."""
    model = [row.partition(":")[2].strip() for row in
             pathlib.Path("/proc/cpuinfo").read_text().splitlines() if row.startswith("model name")]
    try:
        version = first_line(place.need_program("slapd"), "-VV").partition("slapd ")[2].split()
    except unittest.SkipTest:
        version = []
    return {"processors": str(len(os.sched_getaffinity(0))),
            "model": model[0] if model else platform.machine(),
            "Linux": platform.release().partition("-")[0],
            "slapd": version[0] if version else "unknown"}


def measure(arguments: argparse.Namespace, folder: pathlib.Path) -> scenarios.Outcome:
    tls = certs.Authority(folder / "ca").good()
    runner = programs.Programs(arguments.tools.resolve(), folder, ca=tls.ca,
                               logins=directory.write_logins(folder / "logins"),
                               secret=directory.write_secret(folder / "secret"))
    outcome = scenarios.Outcome([], {}, [])
    effort = scenarios.QUICK if arguments.quick else scenarios.FULL
    bench = scenarios.Bench(runner, None, effort, outcome)
    names = arguments.only or list(ALL)
    with contextlib.ExitStack() as stack:
        if set(names) - NEED_NO_DIRECTORY:
            bench.server = stack.enter_context(directory.Directory(
                folder / "slapd", {tree.SUFFIX: directory.ldif()}, tls=tls))
        for name in names:
            ALL[name](bench)
    return outcome


def table(lines: list[scenarios.Line]) -> str:
    rows = [("what", "figures", "ratio", "lowest to highest", "target", "")]
    rows += [(line.what, line.figures, f"{line.ratio:.2f}", f"{line.low:.2f} to {line.high:.2f}",
              line.target, "" if not line.target else "met" if line.met else "MISSED")
             for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths))
                     .rstrip() for row in rows)


def write_curve(outcome: scenarios.Outcome, output: pathlib.Path) -> None:
    """The points for gnuplot ("-": not measured), and the plot where gnuplot is installed."""
    names = ("ours", "ceiling", "squid")
    rows = ["# requests in flight; logins per second: ours, ceiling, Squid's helper"]
    rows += [" ".join([f"{point['in_flight']:g}",
                       *(f"{point[name]:.1f}" if name in point else "-" for name in names)])
             for point in outcome.curve]
    data = output / "curve.dat"
    data.write_text("\n".join(rows) + "\n")
    plot = output / "performance.svg"
    try:
        subprocess.run([place.need_program("gnuplot"), "-e", f"data='{data}'; plot='{plot}'",
                        str(HERE / "curve.gp")], check=True)
    except unittest.SkipTest as reason:
        print(f"no plot: {reason}")


def write_results(outcome: scenarios.Outcome, output: pathlib.Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    where = machine()
    text = "; ".join(f"{key}: {value}" for key, value in where.items()) + "\n\n" \
        + table(outcome.lines) + "\n"
    (output / "table.txt").write_text(text)
    (output / "results.json").write_text(json.dumps(
        {"machine": where} | dataclasses.asdict(outcome), indent=1) + "\n")
    if outcome.curve:
        write_curve(outcome, output)
    print(text, end="")


def update_docs(output: pathlib.Path, docs: pathlib.Path) -> None:
    """The one fenced block of performance.md that begins with "processors:" is the table."""
    page = docs / "performance.md"
    before, fence, rest = page.read_text().partition("```\nprocessors: ")
    _, end, after = rest.partition("\n```\n")
    if not fence or not end:
        raise programs.Failed(f"{page} has no block that begins with \"processors:\"")
    page.write_text(f"{before}```\n{(output / 'table.txt').read_text()}```\n{after}")
    plot = output / "performance.svg"
    if plot.exists():
        shutil.copyfile(plot, docs / "performance.svg")


def main() -> int:
    arguments = parse_arguments()
    try:
        with place.private_folder("bench") as folder:
            outcome = measure(arguments, folder)
        write_results(outcome, arguments.output)
        if arguments.docs:
            update_docs(arguments.output, arguments.docs)
    except (unittest.SkipTest, programs.Failed, AssertionError) as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
