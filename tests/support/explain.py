# SPDX-License-Identifier: BSD-2-Clause
"""`proxyauth explain` of this build, and curl to have something to explain."""

import json
import subprocess
import unittest
import urllib.parse
from collections.abc import Mapping, Sequence

from . import place

URL = "http://www.example.test/"


class Items(list):
    """What was explained, one dict an item, and the bytes that said it."""

    def __init__(self, output: bytes):
        super().__init__(json.loads(output))
        self.output = output

    def of(self, kind: str) -> list[dict]:
        """The items of one kind: credentials, challenges, exchange, ..."""
        return [item for item in self if item["item"] == kind]

    def one(self, kind: str) -> dict:
        found = self.of(kind)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} items of {kind} in {self}")
        return found[0]


def explain(text: bytes, *words: str) -> Items:
    """The JSON for `text` on standard input; with --show-secrets in `words` nothing is hidden."""
    done = subprocess.run([place.helper_path("proxyauth"), "explain", "--json", *words], input=text,
                          capture_output=True, env=place.clean_env())
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"explain: {done.returncode}, {done.stderr!r}, of {text!r}")
    return Items(done.stdout)


def codes(item: dict) -> set[str]:
    """Which remarks an item has."""
    return {remark["code"] for remark in item["remarks"]}


def need_feature(name: str) -> None:
    """Skips the test where curl was built without NTLM, SPNEGO, ..."""
    said = subprocess.run([place.need_program("curl"), "-q", "--version"], capture_output=True,
                          text=True, env=place.clean_env()).stdout
    features = next((row for row in said.splitlines() if row.startswith("Features:")), "")
    if name not in features.split():
        raise unittest.SkipTest(f"curl was built without {name}")


def curl(proxy_port: int, words: Sequence[str], credentials: str | bytes | None = None, *,
         host: str = "127.0.0.1", env: Mapping[str, str] | None = None, url: str = URL) -> bytes:
    """`curl -v` through the proxy that is called `host`: what it wrote to standard error, as it is.

    `credentials`, user:password, go in by curl's configuration on standard input. curl is silent,
    or its progress meter stood in front of a line that it waited for longer than a second.
    """
    config = 'silent\nshow-error\nmax-time = 60\n'
    config += f'proxy = "http://{host}:{proxy_port}"\nurl = "{url}"\n'
    if host != "127.0.0.1":
        config += f'resolve = "{host}:{proxy_port}:127.0.0.1"\n'
    if credentials is not None:
        raw = credentials.encode() if isinstance(credentials, str) else credentials
        user, _, password = raw.partition(b":")     # curl URL-decodes both
        quoted = ":".join(urllib.parse.quote(part, safe="") for part in (user, password))
        config += f'proxy-user = "{quoted}"\n'
    done = subprocess.run([place.need_program("curl"), "-q", "-v", *words, "-K", "-"],
                          input=config.encode(), capture_output=True, env=env or place.clean_env())
    if done.returncode != 0:
        raise AssertionError(f"curl: {done.stderr.decode(errors='replace')}")
    return done.stderr
