# SPDX-License-Identifier: BSD-2-Clause
"""A network and an /etc/hosts of the test's own, for the rest of its process.

enter() moves the calling process into new network and mount namespaces: as root at once, as
another user inside a new user namespace where the system allows that. Call it from setUpModule(),
before any thread or server is started. Only loopback exists there, all ports are free, and names
resolve as the test says. drop() makes packets to a port vanish (nft), which no relay can do.
"""

import ctypes
import os
import pathlib
import subprocess
import unittest

from . import place

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, status: int) -> None:
    if status != 0:
        error = os.strerror(ctypes.get_errno())
        raise unittest.SkipTest(f"needs network namespaces ({what}: {error})")


def _mount(source: str | None, target: str, flags: int) -> None:
    raw = source.encode() if source else None
    _call(f"mount {target}", _libc.mount(raw, target.encode(), None, flags, None))


def enter(folder: pathlib.Path, hosts: dict[str, str] | None = None) -> None:
    """New network and mount namespaces; `hosts` maps names to addresses. Skips where refused."""
    ip = place.need_program("ip")
    uid, gid = os.geteuid(), os.getegid()
    flags = CLONE_NEWNS | CLONE_NEWNET | (CLONE_NEWUSER if uid != 0 else 0)
    _call("unshare", _libc.unshare(flags))
    if uid != 0:
        pathlib.Path("/proc/self/setgroups").write_text("deny")
        pathlib.Path("/proc/self/uid_map").write_text(f"0 {uid} 1\n")
        pathlib.Path("/proc/self/gid_map").write_text(f"0 {gid} 1\n")
    _mount(None, "/", MS_REC | MS_PRIVATE)
    subprocess.run([ip, "link", "set", "lo", "up"], check=True)
    _names_from_file(folder, hosts or {})


def _names_from_file(folder: pathlib.Path, hosts: dict[str, str]) -> None:
    """The files alone name hosts: a resolver would only time out in a network without one."""
    rows = [f"{address} {name}" for name, address in {"localhost": "127.0.0.1", **hosts}.items()]
    files = {"hosts": "\n".join(rows) + "\n", "nsswitch.conf": "hosts: files\n"}
    for name, text in files.items():
        path = folder / name
        path.write_text(text)
        if pathlib.Path("/etc", name).exists():
            _mount(str(path), f"/etc/{name}", MS_BIND)


def drop(port: int) -> None:
    """From now on every packet to or from `port` vanishes without a word."""
    rules = ["add table inet pxa", "add chain inet pxa in { type filter hook input priority 0; }",
             f"add rule inet pxa in tcp dport {port} drop",
             f"add rule inet pxa in tcp sport {port} drop"]
    done = subprocess.run([place.need_program("nft"), "-f", "-"], input="\n".join(rules),
                          text=True, capture_output=True)
    if done.returncode != 0:
        raise unittest.SkipTest(f"needs nft: {done.stderr.strip()}")


def restore() -> None:
    """The end of drop()."""
    subprocess.run([place.need_program("nft"), "delete", "table", "inet", "pxa"], check=True)


def add_address(address: str) -> None:
    """One more address on loopback."""
    subprocess.run([place.need_program("ip"), "address", "add", f"{address}/32", "dev", "lo"],
                   check=True)
