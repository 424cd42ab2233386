# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/demo --files shows: users in two files, Squid with two helpers, real requests."""

import contextlib
import os
import pathlib
import pwd
import signal
import subprocess
import sys

from . import demo, place, squid

ALICE = ("alice", "alice-pw")
REALM = "Test Proxy"

EXAMPLES = [
    ("no credentials", None, 407, "basic"),
    ("Digest, a wrong password", ("alice", "wrong"), 407, "digest"),
    ("Digest, the right password", ALICE, 200, "digest"),
    ("Basic, the right password", ALICE, 200, "basic"),
]


def make_file(path: pathlib.Path, *kind: str) -> str:
    """A file with one user, which the group that Squid runs with can read, and nobody else."""
    words = ["passwd", "add", *kind, str(path), ALICE[0]]
    print("  $ proxyauth", " ".join(map(squid.quote_word, words)))
    done = subprocess.run([place.helper_path("proxyauth"), *words, "--stdin"],
                          input=f"{ALICE[1]}\n".encode(), capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"proxyauth passwd: {done.stderr.decode(errors='replace')}")
    user = squid.user_for_squid()
    if user:
        os.chown(path, -1, pwd.getpwnam(user).pw_gid)
    print(f"  {path.read_text().strip()}")
    return str(path)


def start_squid(folder: pathlib.Path, digest: str, basic: str) -> squid.Squid:
    """It offers both schemes; browsers take Digest, the stronger one."""
    program = place.for_others(place.helper_path("basic-file"), folder)
    return squid.Squid(
        folder / "squid", [place.helper_path("digest-file"), "-c", "--realm", REALM, digest],
        scheme="digest", children=1, concurrency=500,
        auth=[f"auth_param basic program {squid.quote_word(program)} {squid.quote_word(basic)}",
              "auth_param basic children 1 startup=1 idle=1 concurrency=500",
              f"auth_param basic realm {REALM}"])


def show_how_to_try(proxy: squid.Squid, origin: squid.Origin, digest: str) -> None:
    demo.heading("it keeps running; to try it by hand (the password is alice-pw)")
    address = f"--proxy http://127.0.0.1:{proxy.port} --proxy-user alice {origin.url}"
    print(f"  curl -i --proxy-digest {address}\n"
          f"  curl -i --proxy-basic {address}\n"
          f"  {place.helper_path('proxyauth')} passwd add --digest '{REALM}' {digest} bob\n"
          f"  logs: {proxy.folder}/access.log, {proxy.folder}/cache.log\n\n"
          "Ctrl-C stops it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def run(folder: pathlib.Path, stack: contextlib.ExitStack, keep: bool) -> bool:
    demo.heading("two files with users; the password is asked for, and here it is alice-pw")
    digest = make_file(folder / "digest", "--digest", REALM)
    basic = make_file(folder / "passwords", "--basic")

    demo.heading("a private Squid with digest-file and basic-file")
    origin = stack.enter_context(squid.Origin())
    proxy = stack.enter_context(start_squid(folder, digest, basic))
    print(f"squid, pid {proxy.pid}, http://127.0.0.1:{proxy.port}")

    demo.heading("requests")
    good = [demo.show_request(proxy.port, origin.url, *example) for example in EXAMPLES]
    demo.show_lines(proxy, "paths and realm")
    if keep:
        show_how_to_try(proxy, origin, digest)
    demo.heading("stopping")
    return all(good)


if __name__ == "__main__":
    sys.exit(demo.main(run))
