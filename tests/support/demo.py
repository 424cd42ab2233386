# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/demo shows: a directory over LDAPS, Squid, basic-ldap between them, real requests.

Exit status 1 when an answer is not the one that the text promises.
"""

import contextlib
import pathlib
import signal
import sys
import unittest
from collections.abc import Callable

from . import basicldap, certs, place, slapd, squid, tree

EXAMPLES = [
    ("no credentials", None, 407),
    ("a wrong password", ("alice", "wrong"), 407),
    ("the right password", ("alice", tree.ALICE.password), 200),
    ("a name and a password that are not ASCII", (tree.JUERGEN.uid, tree.JUERGEN.password), 200),
]

PHRASES = {200: "OK", 407: "Proxy Authentication Required"}


def heading(text: str) -> None:
    print(f"\n== {text}", flush=True)


def show_request(port: int, url: str, what: str, person: tuple[str, str] | None,
                 wanted: int, scheme: str = "basic") -> bool:
    """Sends one request, shows it and its answer; whether the answer is the wanted one."""
    user = ":".join(person) if person else None
    words = f"--proxy-user '{user}' " if user else ""
    if scheme != "basic":       # curl's own choice
        words = f"--proxy-{scheme} {words}"
    print(f"\n{what}:\n  $ curl --proxy http://127.0.0.1:{port} {words}{url}")
    answer = squid.curl(port, url, user, scheme=scheme)
    print(f"  HTTP/1.1 {answer.status} {PHRASES.get(answer.status, '')}")
    challenge = answer.header("Proxy-Authenticate")
    if challenge:
        print(f"  Proxy-Authenticate: {challenge}")
    if answer.status == 200:
        print(f"  {answer.body.decode().strip()}")
    if answer.status != wanted:
        print(f"  THIS SHOULD HAVE BEEN {wanted}")
    return answer.status == wanted


def show_lines(proxy: squid.Squid, yours: str) -> None:
    heading(f"the lines of squid.conf ({yours} are yours to replace)")
    for line in proxy.auth_lines:
        print(f"  {line}")
    print("  acl authenticated proxy_auth REQUIRED\n  http_access allow authenticated\n"
          "  http_access deny all")


def show_how_to_try(proxy: squid.Squid, directory: slapd.Slapd, origin: squid.Origin,
                    ca: pathlib.Path) -> None:
    heading("it keeps running; to try it by hand")
    print(f"  curl -i --proxy http://127.0.0.1:{proxy.port} --proxy-user alice {origin.url}\n"
          f"  LDAPTLS_CACERT={ca} ldapsearch -x -H {directory.ldaps_url} -b {tree.SUFFIX} uid\n"
          f"  {place.helper_path('basic-ldap')} --help\n"
          f"  logs: {proxy.folder}/access.log, {proxy.folder}/cache.log, "
          f"{directory.folder}/slapd.log\n")
    print("  people and passwords:")
    for person in tree.PERSONS:
        if len(person.password) < 40:
            print(f"    {person.uid:14} {person.password}")
    print("\nCtrl-C stops it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def helper_words(directory: slapd.Slapd, ca: pathlib.Path) -> list[str]:
    return [place.helper_path("basic-ldap"), "--uri", directory.ldaps_url, "--ca-file", str(ca),
            "--base", tree.PEOPLE, "--filter", basicldap.FILTER]


def run(folder: pathlib.Path, stack: contextlib.ExitStack, keep: bool) -> bool:
    heading("a private directory server over LDAPS, with a certificate of its own")
    server = certs.Authority(folder / "ca").good()
    directory = stack.enter_context(slapd.Slapd(folder / "slapd", tls=server))
    print(f"slapd, pid {directory.process.pid}, {directory.ldaps_url}")

    heading("a private Squid with basic-ldap")
    origin = stack.enter_context(squid.Origin())
    words = helper_words(directory, server.ca)
    proxy = stack.enter_context(squid.Squid(folder / "squid", words, concurrency=200, children=1))
    print(f"squid, pid {proxy.pid}, http://127.0.0.1:{proxy.port}")
    print(f"basic-ldap, pid {', '.join(map(str, proxy.helper_pids()))}")

    heading("requests")
    good = [show_request(proxy.port, origin.url, *example) for example in EXAMPLES]
    show_lines(proxy, "host, base and CA file")
    if keep:
        show_how_to_try(proxy, directory, origin, server.ca)
    heading("stopping")
    return all(good)


def end(*_: object) -> None:
    raise KeyboardInterrupt


def main(show: Callable[[pathlib.Path, contextlib.ExitStack, bool], bool]) -> int:
    signal.signal(signal.SIGTERM, end)
    try:
        with place.private_folder("demo") as folder, contextlib.ExitStack() as stack:
            good = show(folder, stack, "--keep" in sys.argv[1:])
    except unittest.SkipTest as missing:
        print(f"demo: {missing}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("all servers have been stopped, their folder is gone." if good
          else "demo: an answer was not the expected one")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(run))
