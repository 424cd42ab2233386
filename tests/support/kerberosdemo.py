# SPDX-License-Identifier: BSD-2-Clause
"""What scripts/demo --kerberos shows: a realm of its own, a keytab, Squid with negotiate-gssapi,
and requests with a ticket, without one, and with one for another name of the proxy."""

import contextlib
import pathlib
import re
import shlex
import signal
import subprocess
import sys

from . import demo, gssapi, kdc, place, squid

NAME, OTHER_NAME = "localhost", "127.0.0.1"
ALICE = ("alice", "alice-pw")


def show_request(proxy: gssapi.Squid, url: str, what: str, host: str, env: dict[str, str],
                 wanted: int) -> bool:
    """One request by Negotiate; whether its answer is the wanted one."""
    words = ["--proxy", f"http://{host}:{proxy.port}", "--proxy-negotiate", "--proxy-user", ":",
             url]
    print(f"\n{what}:\n  $ curl {shlex.join(words)}")
    body, _, status = subprocess.run(
        [place.need_program("curl"), "-q", "-sS", "-4", "-w", "\n%{http_code}", *words], text=True,
        capture_output=True, env=env, check=True).stdout.rpartition("\n")
    print(f"  HTTP/1.1 {status} {demo.PHRASES.get(int(status), '')}")
    if status == "200":
        print(f"  {body.strip()}")
    if int(status) != wanted:
        print(f"  THIS SHOULD HAVE BEEN {wanted}")
    return int(status) == wanted


def show_realm(realm: kdc.Kdc) -> None:
    print(f"krb5kdc, port {realm.port}, realm {realm.realm}\n  $ klist -ek http.keytab")
    done = subprocess.run([place.need_program("klist"), "-ek", str(realm.keytab)],
                          capture_output=True, text=True, check=True)
    print("\n".join(f"  {row}" for row in done.stdout.strip().splitlines()[1:]))


def show_log(proxy: gssapi.Squid) -> None:
    demo.heading("what the helper says about the last one, in Squid's cache.log")
    for line in re.findall(r"^negotiate-gssapi: .*refused.*$", proxy.cache_log(), re.M):
        print(f"  {line}")


def show_how_to_try(proxy: gssapi.Squid, realm: kdc.Kdc, origin: squid.Origin) -> None:
    demo.heading("it keeps running; to try it by hand (the password is alice-pw)")
    print(f"  export KRB5_CONFIG={realm.config} KRB5CCNAME=FILE:{realm.folder}/by-hand\n"
          f"  kinit {ALICE[0]}\n"
          f"  curl -i --proxy http://{NAME}:{proxy.port} --proxy-negotiate --proxy-user : "
          f"{origin.url}\n"
          f"  {place.helper_path('negotiate-gssapi')} --keytab {realm.keytab} --check\n"
          f"  logs: {proxy.folder}/access.log, {proxy.folder}/cache.log\n\n"
          "Ctrl-C stops it.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def run(folder: pathlib.Path, stack: contextlib.ExitStack, keep: bool) -> bool:
    demo.heading("a private KDC, and the proxy's keytab")
    realm = stack.enter_context(kdc.Kdc(folder / "realm", dict([ALICE]), [f"HTTP/{NAME}"]))
    realm.kadmin(f"addprinc -randkey HTTP/{OTHER_NAME}")
    realm.kinit(ALICE[0])
    show_realm(realm)

    demo.heading("a private Squid with negotiate-gssapi")
    origin = stack.enter_context(squid.Origin())
    keytab = gssapi.for_squid(realm.keytab, folder / "http.keytab")
    proxy = stack.enter_context(gssapi.Squid(
        folder / "squid", ["--keytab", keytab, "--replay-cache", folder / "squid"], realm.env()))
    print(f"squid, pid {proxy.pid}, http://{NAME}:{proxy.port}")

    demo.heading("requests")
    good = [show_request(proxy, origin.url, *example) for example in (
        ("without a ticket", NAME, realm.env(), 407),
        ("with alice's ticket", NAME, realm.env(ALICE[0]), 200),
        ("the proxy by another name, whose key is not in the keytab", OTHER_NAME,
         realm.env(ALICE[0]), 407))]
    show_log(proxy)
    proxy.auth_lines = [line for line in proxy.auth_lines if line.startswith("auth_param")]
    demo.show_lines(proxy, "paths, and env for /etc/krb5.conf,")
    if keep:
        show_how_to_try(proxy, realm, origin)
    demo.heading("stopping")
    return all(good)


if __name__ == "__main__":
    sys.exit(demo.main(run))
