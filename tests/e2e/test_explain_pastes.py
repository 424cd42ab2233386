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


class Exchange(PasteCase):
    ASK = ("< HTTP/1.1 407 x", "< Proxy-Authenticate: Negotiate", "<")
    TALK = "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384"

    def lines(self, *lines: str) -> list[dict]:
        return self.explain("".join(line + "\n" for line in lines))

    @staticmethod
    def connect(value: str | None = None) -> tuple[str, ...]:
        return ("> CONNECT www.example.org:443 HTTP/1.1",
                *([f"> Proxy-Authorization: {value}"] if value else []), ">")

    @staticmethod
    def get(value: str | None = None, header: str = "Authorization",
            target: str = "/") -> tuple[str, ...]:
        return (f"> GET {target} HTTP/1.1", "> Host: www.example.org",
                *([f"> {header}: {value}"] if value else []), ">")

    def test_a_tunnel(self) -> None:
        """What is inside is not the proxy's, and does not undo its login."""
        opened = (*self.connect(basic("alice")), "< HTTP/1.1 200 Connection established", "<")
        self.assertIn("tunnel is open", self.outcome(self.lines(*opened)))
        for status in (200, 401, 403):
            items = self.lines(*opened, self.TALK, *self.get(), f"< HTTP/1.1 {status} x",
                               '< WWW-Authenticate: Basic realm="x", charset="UTF-8"', "<")
            self.assertIn("The proxy accepted the login", self.outcome(items))
            self.assertEqual(items[-1]["steps"][2],
                             "request without credentials, inside the tunnel")
        self.assertEqual(self.outcome(self.lines(*opened, self.TALK, *self.get())),
                         "The proxy accepted the login, and the tunnel is open.")
        items = self.lines(*self.connect(), "< HTTP/1.1 200 x", "<", *self.get(),
                           "< HTTP/1.1 200 OK", "<")
        self.assertIn("without a login", self.outcome(items))
        # Refused, no tunnel; and what has a whole address is for the proxy
        items = self.lines(*self.connect(basic("alice")), *self.ASK, *self.get(),
                           "< HTTP/1.1 200 x", "<")
        self.assertEqual(self.outcome(items), "The request was served without a login.")
        items = self.lines(*opened, *self.get(target="http://www.example.org/"),
                           "< HTTP/1.1 200 OK", "<")
        self.assertEqual(self.outcome(items), "The request was served without a login.")

    def test_peer(self) -> None:
        failed = ("* connect to 192.0.2.9 port 3128 from 0.0.0.0 port 0 failed: Connection "
                  "refused")
        good = "* Connected to gate.example.net (192.0.2.1) port 3128"
        ask = (*self.connect(basic("alice")), *self.ASK)
        self.assertEqual(self.lines(failed, good, *ask)[-1]["proxy"], "gate.example.net")
        self.assertNotIn("proxy", self.lines(failed, *ask)[-1])
        other = "* Established connection to other.example.net (192.0.2.7 port 3128) from x port 1"
        self.assertEqual(self.lines(good, other, *ask)[-1]["proxy"], "other.example.net")
        with_user = f"* Connected to alice:{SECRET}@gate.example.net (192.0.2.1) port 3128"
        self.assertNotIn("proxy", self.lines(with_user, *ask)[-1])

    def test_ntlm_for_a_helper_of_kerberos(self) -> None:
        first = self.connect("Negotiate " + NTLM1)
        items = self.lines(*first, *self.ASK, *first, *self.ASK)
        self.assertEqual(self.codes(items[1]), ["refused"])
        self.assertIn("Kerberos alone", items[1]["remarks"][0]["causes"][0])
        self.assertIn("refused_again_and_again", self.codes(items[-1]))
        answer = ("< HTTP/1.1 407 x", "< Proxy-Authenticate: Negotiate " + NTLM2, "<")
        items = self.lines(*first, *answer, *first, *answer)
        self.assertNotIn("refused", self.codes(items[1]))
        self.assertNotIn("refused_again_and_again", self.codes(items[-1]))
        self.assertIn("not finished", self.outcome(items))

    def test_403_without_credentials(self) -> None:
        self.assertNotIn("knows who", self.outcome(self.lines(*self.get(), "< HTTP/1.1 403 x")))
        done = run(text="\n".join((*self.get(), "< HTTP/1.1 403 x")))
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_stale(self) -> None:
        """RFC 7616, 3.3: the request is to be repeated with the new nonce."""
        digest = ('Digest username="alice", realm="P", nonce="a", uri="/", qop=auth, nc=00000001, '
                  'cnonce="x", response="8ca523f5e9506fed4657c9700eebdbec"')
        ask = ("< HTTP/1.1 407 x", "< Proxy-Authenticate: Digest "
               'realm="P", nonce="b", qop="auth", stale=true', "<")
        items = self.lines(*self.connect(digest), *ask, *self.connect(digest), *ask)
        self.assertNotIn("refused", self.codes(items[1]))
        self.assertIn("with a new nonce", self.outcome(items))
        self.assertEqual(self.codes(items[-1]), ["outcome"])

    def test_the_wrong_header_is_no_offer(self) -> None:
        for status, right, wrong, header in (
                (407, "Proxy-Authenticate", "WWW-Authenticate", "Proxy-Authorization"),
                (401, "WWW-Authenticate", "Proxy-Authenticate", "Authorization")):
            items = self.lines(f"< HTTP/1.1 {status} x", f"< {wrong}: Negotiate",
                               f'< {right}: Basic realm="P", charset="UTF-8"', "<",
                               *self.get(basic("alice"), header))
            with self.subTest(status):
                self.assertEqual([item.get("header") for item in items],
                                 [right, wrong, header, None])
                self.assertEqual([item["scheme"] for item in items[0]["challenges"]], ["Basic"])
                self.assertEqual(self.codes(items[0]), [])
                self.assertEqual(self.codes(items[1]), ["wrong_header"])
                self.assertNotIn("weaker_scheme", self.codes(items[2]))
                self.assertEqual(items[3]["steps"][0], f"response {status}: Basic")

    def test_a_server_that_asks(self) -> None:
        ask = ("< HTTP/1.1 401 x", '< WWW-Authenticate: Basic realm="x", charset="UTF-8"', "<")
        login = self.get(basic("alice"))
        items = self.lines(*login, *ask, *login, *ask)
        self.assertEqual(items[-1]["steps"][0], "request with Basic for a server")
        self.assertEqual(self.codes(items[1]), ["refused"])
        self.assertIn("same_again", self.codes(items[2]))
        self.assertEqual(self.codes(items[-1]), ["refused_again_and_again", "outcome"])
        self.assertIn("server did not accept", self.outcome(items))

    def test_both_headers_in_one_request(self) -> None:
        both = (*self.get(basic("alice"))[:-1], "> Proxy-Authorization: Negotiate " + NTLM1, ">")
        items = self.lines(*self.ASK, *both, *self.ASK)
        self.assertEqual(items[-1]["steps"][1], "request with Negotiate: NTLM, message 1")
        self.assertEqual(len(items[-1]["steps"]), 3)
        self.assertNotIn("credentials_twice", self.codes(items[2]))

    def test_connection_is_a_list(self) -> None:
        third = NTLM1[:10] + "ADAAAA" + "A" * 112
        for value, closing in (("Close, foo", True), ("foo ,\tclose", True), ("closed", False)):
            items = json.loads(run("--json", text="\n".join((
                "< HTTP/1.1 407 x", "< Proxy-Authenticate: NTLM " + NTLM2,
                "< Proxy-Connection: " + value, "<", *self.connect("NTLM " + third)))).stdout)
            self.assertEqual("connection_closed" in self.codes(items[1]), closing, items[1])


class Texts(PasteCase):
    HEADER = f"Proxy-Authorization: {basic('alice')}"

    def test_marks_of_editors_and_terminals(self) -> None:
        head = f"HTTP/1.1 407 x\nProxy-Authenticate: Negotiate\n\n{self.HEADER}\n"
        plain = self.explain(head)
        self.assertEqual(len(plain), 3)
        for text in (b"\xef\xbb\xbf" + head.encode(),
                     b"\xff\xfe" + head.encode("utf-16-le"),
                     b"\xfe\xff" + head.encode("utf-16-be"),
                     head.replace("\n", "\r").encode(),
                     head.replace("Proxy-", "\x1b[1;32mProxy-\x1b[0m\x1b[K").encode(),
                     b"\x1b[2mHT" + head[2:].encode()):
            with self.subTest(text):
                self.assertEqual(self.explain(text), plain)

    def test_utf16_that_is_none(self) -> None:
        for text in (b"\xff\xfea", b"\xff\xfe\x00\xd8a\x00", b"\xfe\xff\xd8\x00"):
            done = run(text=text)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertIn(b"save it as UTF-8", done.stderr)

    def test_a_sequence_that_does_not_end_stays(self) -> None:
        for text in ("\x1b[", "\x1b[1;", "\x1b"):
            item = self.item(f"x{text}\nProxy-Authenticate: Negotiate\n{text}")
            self.assertEqual((item["line"], item["challenges"]), (2, [{"scheme": "Negotiate"}]))

    def test_headers_within_other_text(self) -> None:
        for text in (f"Proxy-Authorization : {basic('alice')}", f"$ {self.HEADER}",
                     f'"{self.HEADER}"', f'    "{self.HEADER}\\r\\n"',
                     f"curl -H '{self.HEADER}' -x http://proxy.example.com:3128 http://x/"):
            with self.subTest(text):
                item = self.item(text)
                self.assertEqual((item["user"], item["password"]), ("alice", "********"))
                self.assertEqual(item["header"], "Proxy-Authorization")

    def test_status_of_http2(self) -> None:
        item = self.item(":status: 407\nproxy-authenticate: Negotiate\n")
        self.assertEqual(item["status"], 407)

    def test_every_second_line_is_empty(self) -> None:
        for prefix in ("", "< "):
            item = self.item("".join(prefix + line + "\n\n" for line in (
                "HTTP/1.1 407 x", "Server: squid", "Proxy-Authenticate: Negotiate")))
            self.assertEqual((item["status"], self.codes(item)), (407, []))

    def test_prose_is_no_helper_line(self) -> None:
        for text in (f"alice {SECRET}\nThis is prose.\n", f"alice {SECRET}\n\x01\n"):
            self.assertEqual(self.explain(text, status=1), [])
        self.assertEqual(self.item(f"7 alice {SECRET}\nThis is prose.\n")["user"], "alice")


class Words(PasteCase):
    def test_user_and_password(self) -> None:
        item = self.item(None, f"alice {SECRET}")
        self.assertEqual((item["item"], item["user"], item["password"]),
                         ("basic_line", "alice", "********"))

    def test_standard_input_stands_alone(self) -> None:
        for words in (("-", f"Proxy-Authorization: {basic('alice')}"), ("Basic YTpi", "-"),
                      ("-", "-")):
            done = run(*words, text="NTLM\n")
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(b"stands alone", done.stderr)

    def test_values_have_nothing_to_do_with_each_other(self) -> None:
        items = self.explain(None, "Negotiate", basic("alice"), basic("alice"))
        self.assertEqual([self.codes(item) for item in items],
                         [[], ["basic_readable"], ["basic_readable"]])
        items = self.explain(None, "HTTP/1.1 407 x", "Proxy-Authenticate: Negotiate",
                             f"Proxy-Authorization: {basic('alice')}")
        self.assertIn("not_offered", self.codes(items[1]))


class Unreadable(PasteCase):
    def test_what_nobody_can_read_does_not_cross_in_clear(self) -> None:
        head = "> GET http://www.example.com/ HTTP/1.1\n> Proxy-Authorization: "
        cut = self.explain(head + "Basic YWxpY2U6c2Vjc\n>\n", status=1)
        self.assertNotIn("basic_cleartext", self.codes(cut[0]))
        whole = self.explain(head + basic("alice") + "\n>\n")
        self.assertIn("basic_cleartext", self.codes(whole[0]))


if __name__ == "__main__":
    unittest.main()
