# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth explain: texts as people paste them, with all that stands around the headers.

What is expected is written by hand from RFC 7616, 9110 and 9112 and from what curl, Wireshark and
Squid's helpers write.
"""

import base64
import json
import subprocess
import unittest

from support import place

SECRET = "Tr0ub4dor-and-3"
NTLM1 = "TlRMTVNTUAABAAAABYIIAAAAAAAAAAAAAAAAAAAAAAA="
NTLM2 = "TlRMTVNTUAACAAAAAAAAADgAAAABAoAAASNFZ4mrze8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="


def run(*words: str, text: str | bytes = b"") -> subprocess.CompletedProcess:
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run([place.helper_path("proxyauth"), "explain", *words], input=data,
                          capture_output=True, check=False, env=place.clean_env())


def basic(user: str, password: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


class PasteCase(unittest.TestCase):
    def explain(self, text: str | bytes | None, *words: str, status: int = 0) -> list[dict]:
        done = run("--json", *words, text=text or b"")
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        self.assertNotIn(SECRET, done.stdout.decode())
        self.assertNotIn(basic("alice")[14:-4], done.stdout.decode())
        return json.loads(done.stdout.decode())

    def item(self, text: str | bytes | None, *words: str, status: int = 0) -> dict:
        items = self.explain(text, *words, status=status)
        self.assertEqual(len(items), 1, items)
        return items[0]

    @staticmethod
    def codes(item: dict) -> list[str]:
        return [remark["code"] for remark in item["remarks"]]

    def outcome(self, items: list[dict]) -> str:
        self.assertEqual(items[-1]["item"], "exchange")
        return next((remark["text"] for remark in items[-1]["remarks"]
                     if remark["code"] == "outcome"), "")


class Joined(PasteCase):
    def test_what_others_write_below_a_header(self) -> None:
        for text in ("    Proxy-Authorization: NTLM " + NTLM1 + "\\r\\n\n"
                     "        NTLM Secure Service Provider\n",
                     "    Proxy-Authorization: Negotiate " + NTLM1 + "\\r\\n\n"
                     "        GSS-API Generic Security Service Application Program Interface\n",
                     f"    Proxy-Authorization: {basic('alice')}\\r\\n\n        Credentials: x:y\n",
                     f"> Proxy-Authorization: {basic('alice')}\n*   Trying 192.0.2.10:3128...\n",
                     f"> Proxy-Authorization: {basic('alice')}\n>   Trying again\n"):
            with self.subTest(text):
                self.assertNotIn("folded", self.codes(self.item(text)))

    def test_a_token_in_a_narrow_window(self) -> None:
        wrapped = "\n".join(NTLM2[at:at + 30] for at in range(0, len(NTLM2), 30))
        item = self.item(wrapped + "\n")
        self.assertEqual((item["item"], self.codes(item)[0]), ("token", "joined"))
        self.assertEqual(item["ntlm"]["type"], 2)


if __name__ == "__main__":
    unittest.main()
