# SPDX-License-Identifier: BSD-2-Clause
"""A user with many groups in a real Active Directory (Samba): group-ldap beside the bare search.

A program of its own, because the domain's controller needs a network of its own, which a process
cannot leave again. Prints one JSON object: the number of groups, and the blocks of both.
"""

import argparse
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import programs  # noqa: E402
from support import addomain, adtree, place  # noqa: E402

IN_CHAIN = "(memberOf:1.2.840.113556.1.4.1941:=%g)"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--phases", required=True)
    return parser.parse_args()


def write_checks(path: pathlib.Path, user: str, groups: list[str]) -> pathlib.Path:
    path.write_text("".join(f"{user}\t{group}\tOK\n" for group in groups))
    return path


def measure(arguments: argparse.Namespace, domain: addomain.Domain) -> dict[str, list]:
    folder = domain.folder
    secret = folder / "secret"
    secret.write_text(adtree.SVC_LDAP.password)
    secret.chmod(0o600)
    asked = [adtree.many_group(number) for number in range(0, adtree.MANY_COUNT, 97)]
    names = write_checks(folder / "names", adtree.MANY.sam, [group.cn for group in asked])
    dns = write_checks(folder / "dns", adtree.MANY.dn, [group.dn for group in asked])
    runner = programs.Programs(arguments.tools, folder, logins=names, secret=secret, ca=domain.ca)
    account = adtree.SVC_LDAP.implicit_upn
    helper = [place.helper_path("group-ldap"), "--concurrency", "on", "--domain",
              adtree.DNS_DOMAIN, "--uri", addomain.LDAPS_URL, "--ca-file", str(domain.ca),
              "--bind-dn", account, "--bind-password-file", str(secret), "--group-method",
              "in-chain", "--group-ttl", "0"]
    blocks: dict[str, list] = {"ours": [], "raw": []}
    for _ in range(arguments.rounds):
        blocks["ours"].append(runner.drive(helper, programs.Load(ids=True, words=True),
                                           arguments.phases))
        blocks["raw"].append(runner.tool(
            "group_ceiling", "--uri", addomain.LDAPS_URL, "--base", adtree.BASE, "--bind-dn",
            account, "--secret-file", str(secret), "--logins", str(dns), "--user-known",
            "--group-filter", IN_CHAIN, "--searchers", "1", "--window", "1", "--phases",
            arguments.phases))
    return blocks


def main() -> int:
    arguments = parse_arguments()
    try:
        with place.private_folder("bench-ad") as folder, addomain.private(folder) as domain:
            said = {"groups": adtree.MANY_COUNT, "blocks": measure(arguments, domain)}
    except (unittest.SkipTest, programs.Failed, AssertionError) as trouble:
        print(f"ad_groups: {trouble}", file=sys.stderr)
        return 1
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
