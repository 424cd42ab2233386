# SPDX-License-Identifier: BSD-2-Clause
"""Group checks: group-ldap beside the same searches in raw libldap, beside Squid's own helper, and
beside a program that only writes back what it reads.

A check is two searches, that for the user and that for the groups of the line; this is what a line
of squid.conf with -F and -f asks for. Membership in an Active Directory is measured in a process
of its own, which has a network of its own: see ad_groups.py.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import random
import subprocess
import sys
from collections.abc import Callable, Iterator

import directory
from file_scenarios import echo, squid_helper
from programs import Block, Failed, Load, Relay
from scenarios import DELAY_MS, Bench, compare, say, values
from support import place, slapd, tree

WINDOW = 100
GROUPS = 20
SQUIDS = 5
REPEATED_USERS = 1000
GROUPS_DN = f"ou=groups,{tree.SUFFIX}"
USER_FILTER = "(uid=%s)"
GROUP_FILTER = "(&(objectClass=groupOfNames)(cn=%g)(member=%u))"
RAW_GROUP_FILTER = "(&(objectClass=groupOfNames)(cn=%g)(member=%d))"
FOR_EVER = ["--group-ttl", "3600"]
NOT_AT_ALL = ["--group-ttl", "0"]


# ---- the directory and who asks ----

def group(number: int) -> str:
    return f"group{number % GROUPS:02d}"


def groups_ldif() -> str:
    """Every user is in one of the groups."""
    entries = [tree.entry(GROUPS_DN, {"objectClass": ["organizationalUnit"], "ou": ["groups"]})]
    for number in range(GROUPS):
        entries.append(tree.entry(f"cn={group(number)},{GROUPS_DN}", {
            "objectClass": ["groupOfNames"], "cn": [group(number)],
            "member": [f"uid={directory.user(at)},{tree.PEOPLE}"
                       for at in range(number, directory.USERS, GROUPS)]}))
    return "".join(entries)


def write_checks(path: pathlib.Path, groups: Callable[[int], list[str]],
                 users: int = directory.USERS) -> pathlib.Path:
    """Every user once, in an order that is the same for all."""
    numbers = list(range(users))
    random.Random(1).shuffle(numbers)
    lines = []
    for number in numbers:
        asked = groups(number)
        verdict = "OK" if group(number) in asked else "ERR"
        lines.append(f"{directory.user(number)}\t{' '.join(asked)}\t{verdict}\n")
    path.write_text("".join(lines))
    return path


def one(number: int) -> list[str]:
    """The user's own group, and for every tenth user another."""
    strange = number % directory.WRONG_EVERY == 0
    return [group(number + 1 if strange else number)]


def twenty(_: int) -> list[str]:
    return [group(number) for number in range(GROUPS)]


@dataclasses.dataclass
class Groups:
    """A directory with groups, and blocks of checks against it."""
    bench: Bench
    server: slapd.Slapd
    folder: pathlib.Path

    def search_options(self) -> list[str]:
        return ["-b", GROUPS_DN, "-B", tree.PEOPLE, "-F", USER_FILTER, "-f", GROUP_FILTER,
                "-D", tree.PROXY_DN, "-W", str(self.bench.programs.secret)]

    def ours(self, url: str, *options: str) -> list[str]:
        return [place.helper_path("group-ldap"), "--concurrency", "on", *self.search_options(),
                "-H", url, *options]

    def drive(self, helper: list[str], checks: pathlib.Path, load: Load) -> Block:
        return self.bench.programs.drive(helper, load, self.bench.effort.phases(), logins=checks)

    def asked(self, helper: list[str], checks: pathlib.Path, window: int = WINDOW) -> Block:
        return self.drive(helper, checks, Load(window=window, ids=True, words=True,
                                               echo=helper == echo(self.bench)))

    def squids(self, url: str, checks: pathlib.Path) -> Block:
        return self.drive([squid_helper("ext_ldap_group_acl"), *self.search_options(), "-H", url],
                          checks, Load(processes=SQUIDS, words=True))

    def ceiling(self, url: str, checks: pathlib.Path) -> Block:
        return self.bench.programs.tool(
            "group_ceiling", "--uri", url, "--base", tree.PEOPLE, "--bind-dn", tree.PROXY_DN,
            "--secret-file", str(self.bench.programs.secret), "--logins", str(checks),
            "--group-base", GROUPS_DN, "--group-filter", RAW_GROUP_FILTER, "--window",
            str(WINDOW), "--phases", self.bench.effort.phases())


@contextlib.contextmanager
def opened(bench: Bench) -> Iterator[Groups]:
    folder = bench.programs.folder / "groups"
    with directory.Directory(folder, {tree.SUFFIX: directory.ldif() + groups_ldif()},
                             overlays="index member eq\n") as server:
        yield Groups(bench, server, folder)


# ---- the scenarios ----

def every_user_once(groups: Groups, url: str) -> None:
    """Nothing is remembered: each check costs its two searches."""
    checks = write_checks(groups.folder / "one", one)
    scenario = f"group checks, {WINDOW} in flight, {DELAY_MS} ms added"
    blocks = groups.bench.alternate(scenario, {
        "ours": lambda: groups.asked(groups.ours(url, *NOT_AT_ALL), checks),
        "ceiling": lambda: groups.ceiling(url, checks),
        "squid": lambda: groups.squids(url, checks)})
    rate = {name: values(blocks[name], "per_s") for name in blocks}
    groups.bench.outcome.lines += [
        compare(f"{scenario}: ours / ceiling", "checks/s", rate["ours"], rate["ceiling"],
                at_least=0.8),
        compare(f"{scenario}: ours / Squid's helper, {SQUIDS} processes", "checks/s",
                rate["ours"], rate["squid"], at_least=8)]


def twenty_groups(groups: Groups, url: str) -> None:
    """What a line of many groups costs: the same two searches, the second of which asks more."""
    short = write_checks(groups.folder / "one", one)
    long = write_checks(groups.folder / "twenty", twenty)
    scenario = f"a line of {GROUPS} groups, {WINDOW} in flight, {DELAY_MS} ms added"
    helper = groups.ours(url, *NOT_AT_ALL)
    blocks = groups.bench.alternate(scenario, {
        "twenty": lambda: groups.asked(helper, long), "one": lambda: groups.asked(helper, short)})
    time_us = {name: [1e6 / rate for rate in values(blocks[name], "per_s")] for name in blocks}
    groups.bench.outcome.lines.append(compare(
        f"{scenario}: time / that of a line of 1", "us", time_us["twenty"], time_us["one"],
        at_most=1.3))


def repeated(groups: Groups) -> None:
    """All answers are remembered before the measurement begins."""
    checks = write_checks(groups.folder / "repeated", one, REPEATED_USERS)
    scenario = f"group checks from memory, {WINDOW} in flight"
    helper = groups.ours(groups.server.ldap_url, *FOR_EVER)
    blocks = groups.bench.alternate(scenario, {
        "ours": lambda: groups.asked(helper, checks),
        "echo": lambda: groups.asked(echo(groups.bench), checks)})
    groups.bench.outcome.lines.append(compare(
        f"{scenario}: ours / echo", "checks/s", values(blocks["ours"], "per_s"),
        values(blocks["echo"], "per_s"), at_least=0.5))


def checks(bench: Bench) -> None:
    with opened(bench) as groups, Relay(bench.programs.tools, groups.server, DELAY_MS) as relay:
        every_user_once(groups, relay.url)
        twenty_groups(groups, relay.url)
        repeated(groups)


def active_directory(bench: Bench) -> None:
    """A user with many groups, whether he is in one that is reached through others."""
    say("groups of an Active Directory: starting a domain")
    done = subprocess.run(
        [sys.executable, pathlib.Path(__file__).with_name("ad_groups.py"), "--tools",
         str(bench.programs.tools), "--rounds", str(bench.effort.rounds), "--phases",
         bench.effort.phases()], stdout=subprocess.PIPE, text=True, env=os.environ)
    if done.returncode != 0:
        raise Failed("groups of an Active Directory could not be measured")
    said = json.loads(done.stdout)
    scenario = f"a user with {said['groups']:,} groups in an Active Directory, one at a time"
    blocks = bench.outcome.blocks[scenario] = said["blocks"]
    bench.outcome.lines.append(compare(
        f"{scenario}, median latency: ours / the bare search", "us",
        values(blocks["ours"], "p50_us"), values(blocks["raw"], "p50_us"), at_most=2))


ALL: dict[str, Callable[[Bench], None]] = {"groups": checks, "groups-ad": active_directory}
