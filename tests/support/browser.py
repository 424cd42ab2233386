# SPDX-License-Identifier: BSD-2-Clause
"""What a person with Chromium sees behind a Squid that asks for a password.

tests/browser/visit.js does the browsing, with playwright-core, which `scripts/test --browser` puts
into the build folder. (chromium.py needs no driver, but gives up at nothing: it is for captures.)
"""

import dataclasses
import json
import pathlib
import subprocess
import unittest
from collections.abc import Sequence

from . import place, squid

VISIT = place.ROOT / "tests" / "browser" / "visit.js"

# A browser that waits for an answer which never comes gives up by itself before this.
VISIT_S = 600.0

# Chromium calls home, with the password of the test for the proxy: Squid lets none of that out.
ONLY_OUR_ORIGIN = (r"acl our_origin url_regex ^http://127\.0\.0\.1:[0-9]+/",
                   "http_access deny !our_origin")


@dataclasses.dataclass(frozen=True)
class Page:
    """What Chromium made of one address: the last status, 0 for none, and the page's text."""
    url: str
    status: int
    text: str


def driver() -> pathlib.Path:
    """Where the build has its playwright-core; the test is skipped without one."""
    modules = place.helpers_dir().parent / "tests" / "browser" / "driver" / "node_modules"
    if not (modules / "playwright-core").is_dir():
        raise unittest.SkipTest("playwright-core is not there: scripts/test --browser installs it")
    return modules


def visit(folder: pathlib.Path, port: int, urls: Sequence[str],
          person: tuple[str, str] | None = None, *, host: str = "127.0.0.1",
          **extra_env: str) -> list[Page]:
    """Opens `urls` in one new browser behind the proxy at `port`, which it knows as `host`.
    `person` is the user and the password that it gives when it is first asked; asked again, it
    gives up."""
    home = folder / f"home-{port}"
    home.mkdir(exist_ok=True)
    user, password = person or (None, "")
    order = {"program": place.need_program("chromium"), "proxy": f"http://{host}:{port}",
             "user": user, "password": password, "urls": list(urls), "home": str(home)}
    done = subprocess.run(
        [place.need_program("node"), str(VISIT)], input=json.dumps(order).encode(),
        capture_output=True, timeout=VISIT_S,
        env=place.clean_env(NODE_PATH=str(driver()), **extra_env))
    if done.returncode != 0:
        raise AssertionError(f"the browser: {done.stderr.decode(errors='replace')}")
    return [Page(**page) for page in json.loads(done.stdout)["pages"]]


def logged(proxy: squid.Squid, url: str) -> list[tuple[int, str]]:
    """(status, user) of each request for `url` that Squid has answered, in order."""
    return [(row.status, row.user) for row in proxy.access_log() if row.url == url]


class Behind(unittest.TestCase):
    """One Squid and one origin for all tests of a class, and a new browser for each of them."""

    @classmethod
    def begin(cls, scheme: str, helper: Sequence[str], *, concurrency: int = 0,
              auth: Sequence[str] = ()) -> None:
        """Called by setUpClass(), which has written the files of `helper` into cls.folder."""
        driver()
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", helper, scheme=scheme, concurrency=concurrency,
            auth=(*auth, *ONLY_OUR_ORIGIN)))

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = cls.enterClassContext(place.private_folder("browser"))

    def browse(self, *names: str, person: tuple[str, str] | None = None) -> list[Page]:
        return visit(self.folder, self.squid.port, [self.origin.url + name for name in names],
                     person)

    def assert_logged(self, name: str, wanted: Sequence[tuple[int, str]]) -> None:
        """access.log has exactly these answers for the page `name`."""
        url = self.origin.url + name
        place.wait_for(lambda: len(logged(self.squid, url)) >= len(wanted),
                       f"{len(wanted)} requests for {url} in access.log")
        self.assertEqual(logged(self.squid, url), list(wanted))

    def assert_last(self, name: str, status: int, user: str) -> None:
        """How Squid answered last for the page `name`. NTLM logs in a connection, and a page may
        come over one that is logged in already, of the page before or of a request for the
        favicon, or over a new one."""
        url = self.origin.url + name
        place.wait_for(lambda: logged(self.squid, url)[-1:] == [(status, user)],
                       f"{status} for {url} in access.log")

    def assert_page(self, page: Page) -> None:
        self.assertEqual((page.status, page.text), (200, "hello from the origin"))

    def assert_refused(self, page: Page) -> None:
        """Squid's own page, which came with the last 407."""
        self.assertEqual(page.status, 407)
        self.assertIn("Cache Access Denied", page.text)
