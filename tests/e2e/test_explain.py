# SPDX-License-Identifier: BSD-2-Clause
"""proxyauth explain: what it says of given texts, what it never prints, and its options.

What is expected is written by hand from RFC 7616, 7617, 4559 and 9110, from Squid's helper protocol,
or is what the programs that sent the captured headers say of them (tests/vectors/captured).
"""

import base64
import json
import os
import pathlib
import random
import re
import select
import subprocess
import tempfile
import unicodedata
import unittest

from support import place

CAPTURED = place.ROOT / "tests" / "vectors" / "captured"
SECRET = "Tr0ub4dor-and-3"


def run(*words: str | bytes, text: str | bytes = b"") -> subprocess.CompletedProcess:
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run([place.helper_path("proxyauth"), *words], input=data,
                          capture_output=True, check=False, env=place.clean_env())


def basic(user: str, password: str = SECRET, charset: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode(charset)).decode()


def transcript(*lines: str) -> str:
    return "".join(line + "\n" for line in lines)


class ExplainCase(unittest.TestCase):
    def explain(self, text: str | bytes, *words: str, status: int = 0) -> list[dict]:
        done = run("explain", "--json", *words, text=text)
        self.assertEqual(done.returncode, status, done.stderr + done.stdout)
        return json.loads(done.stdout.decode())

    def item(self, text: str | bytes, *words: str, status: int = 0) -> dict:
        items = self.explain(text, *words, status=status)
        self.assertEqual(len(items), 1, items)
        return items[0]

    def assert_fields(self, item: dict, /, **expected: object) -> None:
        self.assertEqual({name: item.get(name) for name in expected}, expected)

    @staticmethod
    def codes(item: dict, *levels: str) -> list[str]:
        levels = levels or ("error", "warning", "note")
        return [remark["code"] for remark in item["remarks"] if remark["level"] in levels]


class Basic(ExplainCase):
    def test_rfc7617(self) -> None:
        item = self.item("Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        self.assert_fields(item, item="credentials", line=1, header="Proxy-Authorization",
                           scheme="Basic", user="Aladdin", password="********", encoding="ASCII")
        self.assertEqual(self.codes(item), ["upper_case", "basic_readable"])
        item = self.item("basic dGVzdDoxMjPCow==", "--show-secrets")
        self.assert_fields(item, scheme="basic", user="test", password="123£", encoding="UTF-8")
        self.assertNotIn("header", item)

    def test_remarks(self) -> None:
        for user, codes in (("CORP\\alice", ["domain_user", "upper_case"]),
                            ("alice@example.com", ["user_at_realm"]),
                            ("", ["empty_user"]),
                            ("corp%5calice", ["percent_in_user"]),
                            ("100% alice", []),
                            (" alice", ["blank_at_end"]),
                            ("ju\u0308rgen", ["decomposed"]),
                            ("jürgen", [])):
            with self.subTest(user):
                item = self.item(basic(user))
                self.assertEqual(sorted(self.codes(item)), sorted([*codes, "basic_readable"]))
        self.assertIn("empty_password", self.codes(self.item(basic("alice", ""))))

    def test_encodings(self) -> None:
        item = self.item(basic("jürgen", "x", "latin-1"))
        self.assert_fields(item, user="j\\xfcrgen", user_if_latin1="jürgen",
                           user_if_cp1251="jьrgen")
        self.assertIn("not_utf8", self.codes(item))
        item = self.item(basic("Ёжик", "x", "cp1251"))
        self.assert_fields(item, user_if_cp1251="Ёжик", user_if_latin1="¨æèê")
        item = self.item(basic("Zoë€", "x", "cp1252"))
        self.assertEqual(item["user_if_cp1252"], "Zoë€")
        self.assertNotIn("user_if_latin1", item)

    def test_what_squid_makes_of_a_nul(self) -> None:
        item = self.item("Basic " + base64.b64encode(b"admin:x\0:y").decode(), status=1)
        self.assertEqual(self.codes(item, "error", "warning"), ["not_understood", "squid_takes_it"])
        self.assert_fields(item, user_as_squid_sees_it="admin")
        self.assertEqual(item["fault"]["offset"], 7)
        item = self.item("Basic " + base64.b64encode(b"admin\r\n:y").decode(), status=1)
        self.assertIn("squid_refuses", self.codes(item))

    def test_faults_and_their_causes(self) -> None:
        token = base64.b64encode(f"alice:{SECRET}???".encode()).decode()
        for value, offset, cause in (
                (token.replace("/", "_"), token.index("/"), "URL-safe"),
                (f'"{token}"', 0, "quotes"),
                (token[:-1], len(token) - 1, "cut"),
                (token[:-3], len(token) - 3, "cut: no Base64"),
                (token + " x", len(token), "Something follows"),
                (token[:8] + "%" + token[9:], 8, "percent"),
                (token + "," + token, len(token), "joined in one header"),
                ("[redacted]", 0, "before sharing"),
                ("", 0, "without credentials"),
                (f"alice:{SECRET}", 5, "not encoded"),
                ("YWxpY2U=", 5, "user:password")):
            with self.subTest(value):
                item = self.item(f"Proxy-Authorization: Basic {value}", status=1)
                error = item["remarks"][0]
                self.assertEqual((error["level"], error["code"]), ("error", "not_understood"))
                self.assertEqual(item["fault"]["offset"], offset)
                self.assertIn(cause, " ".join(error["causes"]))
                self.assertNotIn(token[8:20], json.dumps(item))
                self.assertNotIn("byte", item["fault"])
                self.assertNotIn("length", item["fault"])
                self.assertNotIn("near a limit", json.dumps(item))
        item = self.item(f"Proxy-Authorization: Basic alice:{SECRET}", "--show-secrets", status=1)
        self.assert_fields(item["fault"], byte=":", length=6 + len(SECRET),
                           around=f"alice:{SECRET}"[:5 + 16])

    def test_faults_of_the_whole_header(self) -> None:
        good = basic("alice")
        for value, cause in ((f"Proxy-Authorization: {good}", "stands twice"),
                             (good.replace(" ", "\t"), "A tab")):
            item = self.item(f"Proxy-Authorization: {value}", status=1)
            self.assertEqual(len(item["remarks"][0]["causes"]), 1)
            self.assertIn(cause, item["remarks"][0]["causes"][0])
            self.assertNotIn(good[6:], json.dumps(item))

    def test_utf16(self) -> None:
        for charset in ("utf-16-le", "utf-16-be"):
            item = self.item(basic("alice", SECRET, charset), status=1)
            self.assertIn("UTF-16", " ".join(item["remarks"][0]["causes"]))
        for raw in (b"a\0b:c\0", b"a\0\0:b\0\0c", b"a:b\0c"):
            item = self.item("Basic " + base64.b64encode(raw).decode(), status=1)
            self.assertNotIn("UTF-16", json.dumps(item))

    def test_a_password_that_is_not_escaped(self) -> None:
        item = self.item(f"alice {SECRET}%", status=1)
        self.assertEqual(set(item["fault"]), {"in", "status", "offset"})


class Digest(ExplainCase):
    RFC7616 = ('Authorization: Digest username="Mufasa",\n'
               '    realm="http-auth@example.org",\n'
               '    uri="/dir/index.html",\n'
               "    algorithm=MD5,\n"
               '    nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",\n'
               "    nc=00000001,\n"
               '    cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",\n'
               "    qop=auth,\n"
               '    response="8ca523f5e9506fed4657c9700eebdbec",\n'
               '    opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"\n')

    def test_rfc7616(self) -> None:
        item = self.item(self.RFC7616)
        self.assert_fields(
            item, scheme="Digest", user="Mufasa", realm="http-auth@example.org", algorithm="MD5",
            qop="auth", nonce_count=1, uri="/dir/index.html", response="********",
            nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
            client_nonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")
        self.assertEqual(self.codes(item), ["folded"])

    def value(self, **changed: str) -> str:
        fields = {"username": '"alice"', "realm": '"Proxy"', "nonce": '"abc"', "uri": '"/"',
                  "response": '"8ca523f5e9506fed4657c9700eebdbec"', "qop": "auth",
                  "nc": "0000000a", "cnonce": '"x"'} | changed
        return "Digest " + ", ".join(f"{name}={text}" for name, text in fields.items())

    def test_where_squid_reads_otherwise(self) -> None:
        """Facts from a running Squid: it drops backslashes, and knows MD5 alone."""
        backslash = self.value(username='"CORP\\\\alice"')
        item = self.item(backslash)
        self.assertEqual(item["user"], "CORP\\alice")
        self.assertEqual(item["user_differs"], {"as_the_rfc_says": "CORP\\alice",
                                                "as_squid_reads_it": "CORPalice"})
        self.assertIn("squid_reads_otherwise", self.codes(item))
        item = self.item(backslash, "--squid")
        self.assertEqual(item["user"], "CORPalice")
        item = self.item(self.value(algorithm="SHA-256", response='"' + "a" * 64 + '"'))
        self.assertEqual(item["algorithm"], "SHA-256")
        self.assertEqual(self.codes(item, "warning"), ["squid_only_md5", "squid_refuses"])
        self.assertEqual(self.codes(self.item(self.value()), "warning"), [])

    def test_faults(self) -> None:
        for value, parameter in ((self.value(nc="1"), "nc"),
                                 (self.value(response='"xyz"'), "response"),
                                 (self.value().replace(", uri=", ", x="), "uri")):
            item = self.item("Proxy-Authorization: " + value, status=1)
            self.assertEqual(item["parameter"], parameter)
            self.assertNotIn("8ca523f5e9", json.dumps(item))

    def test_helper_line(self) -> None:
        item = self.item('"alice":"Pro"xy" 10.0.0.1')
        self.assert_fields(item, item="digest_line", user="alice", realm='Pro"xy',
                           extras="********")
        item = self.item('"alice":"Pro"xy" 10.0.0.1', "--show-secrets")
        self.assertEqual(item["extras"], "10.0.0.1")


def der(tag: int, *parts: bytes) -> bytes:
    """A value of less than 64 KiB (X.690)."""
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2)
    return bytes([tag]) + length + body


def number(value: int) -> bytes:
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, signed=True))


def ap_req(*name: str, etype: int = 18, kvno: int = 3) -> str:
    """The scheme Negotiate with a bare AP-REQ (RFC 4120, sections 5.3 and 5.5.1)."""
    data = der(0x30, der(0xa0, number(etype)), der(0xa1, number(kvno)),
               der(0xa2, der(4, bytes(16))))
    parts = der(0x30, *(der(0x1b, part.encode()) for part in name))
    ticket = der(0x61, der(0x30, der(0xa0, number(5)), der(0xa1, der(0x1b, b"EXAMPLE.COM")),
                           der(0xa2, der(0x30, der(0xa0, number(2)), der(0xa1, parts))),
                           der(0xa3, data)))
    message = der(0x6e, der(0x30, der(0xa0, number(5)), der(0xa1, number(14)),
                            der(0xa2, der(3, bytes(5))), der(0xa3, ticket), der(0xa4, data)))
    return "Negotiate " + base64.b64encode(message).decode()


class Kerberos(ExplainCase):
    def test_encryption_types(self) -> None:
        """Negative ones are of private use; Windows has -128, -133 and -135 for RC4."""
        for etype, shown, weak in ((18, "aes256-cts-hmac-sha1-96", False), (-77, "-77", False),
                                   (99, "99", False), (23, None, True), (-128, None, True),
                                   (-133, None, True), (-135, None, True)):
            with self.subTest(etype):
                item = self.item(ap_req("HTTP", "proxy.example.com", etype=etype))
                shown = shown or item["kerberos"]["ticket_etype"]
                self.assertEqual(item["kerberos"]["ticket_etype"], shown)
                self.assertNotIn("4294967", shown)
                self.assertEqual("weak_etype" in self.codes(item), weak)
                keytab = next(r for r in item["remarks"] if r["code"] == "keytab")
                self.assertIn(f"encryption type {shown}.", keytab["text"])

    def test_a_ticket_for_a_kdc_needs_no_keytab(self) -> None:
        item = self.item(ap_req("krbtgt", "EXAMPLE.COM"))
        self.assertEqual(self.codes(item), ["ticket_for_kdc", "who_is_encrypted"])

    def test_ntlm_first(self) -> None:
        """A NegTokenInit (RFC 4178) that lists NTLM and then Kerberos."""
        mechs = der(0x30, bytes.fromhex("060a2b06010401823702020a"),
                    bytes.fromhex("06092a864886f712010202"))
        token = der(0x60, bytes.fromhex("06062b0601050502"),
                    der(0xa0, der(0x30, der(0xa0, mechs))))
        item = self.item("Negotiate " + base64.b64encode(token).decode())
        text = next(r["text"] for r in item["remarks"] if r["code"] == "ntlm_first")
        self.assertIn("Kerberos is not first", text)
        self.assertIn("got no ticket, or may not use Kerberos", text)


@unittest.skipUnless(CAPTURED.exists(), "no captured headers")
class Captured(ExplainCase):
    """Headers that real programs sent, and what these and Samba's NDR code say of them."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.facts = {name: fact for name, fact in
                     json.loads((CAPTURED / "facts.json").read_text()).items()
                     if (CAPTURED / name).exists() and name.endswith(".header")}

    def each(self, part: str, *words: str):
        found = 0
        for name, fact in self.facts.items():
            if part in name:
                found += 1
                with self.subTest(name):
                    yield fact, self.item((CAPTURED / name).read_bytes(), *words)
        self.assertGreater(found, 0)

    def test_all_are_understood_and_hide_their_secrets(self) -> None:
        for fact, item in self.each(""):
            self.assertNotIn("not_understood", self.codes(item))
            shown = json.dumps(item, ensure_ascii=False)
            if fact.get("password"):
                self.assertNotIn(fact["password"], shown)

    def test_basic(self) -> None:
        for fact, item in self.each("-basic", "--show-secrets"):
            if item.get("item") != "credentials":
                continue
            user = item.get("user_if_latin1", item["user"])
            self.assertEqual(user, fact["user"])
            if "user_if_latin1" not in item:
                self.assertEqual(item["password"], fact["password"])

    def test_digest(self) -> None:
        for fact, item in self.each("-digest"):
            self.assertEqual(item.get("algorithm"), fact.get("algorithm_sent") or "MD5")
            if "user_hash" not in item:
                self.assertEqual(item["user"], fact["user"])

    def test_kerberos(self) -> None:
        for fact, item in self.each("negotiate"):
            ticket = fact.get("ticket")
            if not ticket:
                continue
            kerberos = item["kerberos"]
            self.assertEqual(f"{kerberos['spn']}@{kerberos['realm']}", ticket["service"])
            self.assertEqual(kerberos["kvno"], ticket["kvno"])
            self.assertEqual(kerberos["ticket_etype"], ticket["ticket_etype"])
            self.assertEqual(self.codes(item, "warning"), [])

    def test_ntlm(self) -> None:
        for fact, item in self.each("ntlm"):
            if "samba_ndr" not in fact:
                continue
            item = item["challenges"][0] if item["item"] == "challenges" else item
            ntlm, samba = item["ntlm"], fact["samba_ndr"]
            for name in ("user", "domain", "workstation", "target"):
                if samba.get(name) and name in ntlm:
                    self.assertEqual(ntlm[name], samba[name])
            self.assertEqual("unicode" in ntlm["flags"], samba["flags"] & 1 == 1)
            self.assertEqual("128_bit" in ntlm["flags"], samba["flags"] >> 29 & 1 == 1)
            for name in ("lm_response", "nt_response", "session_key"):
                self.assertIn(ntlm.get(name, "********"), ("********",))
            if ntlm["type"] == 3:
                self.assertIn("nt_response", ntlm)
            pairs = dict(pair for pair in samba.get("av_pairs", []))
            info = ntlm.get("target_info", {})
            self.assertEqual(info.get("server_netbios_name"), pairs.get(1))
            self.assertEqual(info.get("domain_dns_name"), pairs.get(4))

    def test_ntlm_inside_negotiate(self) -> None:
        first = self.item((CAPTURED / "samba-negotiate-ntlm-1.header").read_bytes())
        self.assertEqual(first["mechanism"], "NTLM")
        self.assertEqual(first["mechanisms_offered"], ["NTLM"])
        self.assertEqual(self.codes(first, "warning"), ["ntlm_in_negotiate"])
        remark = first["remarks"][0]
        self.assertIn("no Kerberos ticket for HTTP/NAME-OF-THE-PROXY.", remark["text"])
        self.assertGreaterEqual(len(remark["causes"]), 3)
        self.assertIn("setspn -Q", " ".join(remark["checks"]))

    def test_ntlm_names_the_proxy(self) -> None:
        """The third message has the name that the browser has for the proxy."""
        third = self.item((CAPTURED / "samba-negotiate-ntlm-3.header").read_bytes())
        text = next(remark["text"] for remark in third["remarks"]
                    if remark["code"] == "ntlm_in_negotiate")
        self.assertIn("no Kerberos ticket for HTTP/proxy.corp.example.test.", text)

    def test_kerberos_error(self) -> None:
        """The replay that MIT's library itself reports."""
        item = self.item((CAPTURED / "mit-reply-error.header").read_bytes())
        error = item["challenges"][0]["kerberos"]
        self.assertEqual((error["error_code"], error["error_name"]), (34, "KRB_AP_ERR_REPEAT"))
        self.assertIn("krb_error", self.codes(item))


class Negotiate(ExplainCase):
    NTLM1 = "TlRMTVNTUAABAAAABYIIAAAAAAAAAAAAAAAAAAAAAAA="

    def test_bare_ntlm(self) -> None:
        item = self.item("Negotiate " + self.NTLM1)
        self.assert_fields(item, mechanism="NTLM", wrapped_as="NTLMSSP without a frame")
        self.assertEqual(item["ntlm"]["type"], 1)
        self.assertEqual(self.codes(item, "warning"), ["ntlm_in_negotiate"])
        self.assertEqual(self.codes(self.item("NTLM " + self.NTLM1), "warning"), [])

    def test_cut(self) -> None:
        """0x60 0x82 0x0b 0xd0 announces 3024 + 4 bytes, 4040 characters."""
        token = base64.b64encode(bytes([0x60, 0x82, 0x0b, 0xd0]) + bytes(800)).decode()[:1023]
        item = self.item("Negotiate " + token, status=1)
        self.assertEqual(item["announced_length"], 3028)
        checks = " ".join(item["remarks"][0]["checks"])
        self.assertIn("3028 bytes, which are 4040 characters", checks)
        self.assertIn("1023", checks)

    def test_token_prefix_of_squids_helper(self) -> None:
        item = self.item("Proxy-Authorization: Negotiate token=" + self.NTLM1, status=1)
        self.assertIn("TT token=", " ".join(item["remarks"][0]["causes"]))
        item = self.item("TT token=oQcwBaADCgEB")
        self.assertIn("tt_token", self.codes(item))
        self.assertEqual(item["state"], "accept-incomplete")

    def test_helper_lines(self) -> None:
        item = self.item("YR " + self.NTLM1)
        self.assert_fields(item, item="helper_line", verb="YR", mechanism="NTLM")
        item = self.item("KK " + self.NTLM1 + " 10.0.0.1")
        self.assertEqual(item["behind_the_token"], "********")
        self.assertIn("ntlm_order", self.codes(item))

    def test_replies(self) -> None:
        item = self.item("BH received type 1 NTLM token")
        self.assertEqual(item["text"], "received type 1 NTLM token")
        self.assertEqual(self.codes(item), ["known_text", "bh"])
        item = self.item("OK token=oRQwEqADCgEAoQsGCSqGSIb3EgECAg== user=alice@CORP group=a group=b")
        self.assert_fields(item, user="alice@CORP", groups=2, state="accept-completed",
                           mechanism_chosen="Kerberos 5")
        self.assertEqual(self.codes(item), [])
        self.assertEqual(self.codes(self.item("OK user=alice")), ["ok_incomplete"])
        self.assertEqual(self.codes(self.item("OK user=alice"), "warning"), [])
        item = self.item('AF oRQwEqADCgEAoQsGCSqGSIb3EgECAg== "John Smith"')
        self.assertEqual(item["user"], "John Smith")
        item = self.item('ERR message="no such user" ttl=3')
        self.assertEqual(item["message"], "no such user")
        self.assertEqual(self.codes(item), ["ttl_ignored"])

    def test_words_and_pairs_of_replies(self) -> None:
        """AF has one word, the user, or two, token and user; pairs may follow (Reply.cc)."""
        token = "oRQwEqADCgEAoQsGCSqGSIb3EgECAg=="
        for line, fields in ((f"AF alice password={SECRET}",
                              {"user": "alice", "password": "********"}),
                             ("AF alice group=staff group=x", {"user": "alice", "groups": 2}),
                             (f'AF {token} "Jo \\"Smith" group=g',
                              {"user": 'Jo "Smith', "groups": 1, "state": "accept-completed"}),
                             (f"AF {token} alice", {"user": "alice", "token_length": 22}),
                             (f"AF user=bob ha1={SECRET}", {"user": "bob", "ha1": "********"}),
                             ('ERR message="no%20way"', {"message": "no%20way"}),
                             ("ERR message=no%20way", {"message": "no way"}),
                             ('ERR message="a \\"b\\""', {"message": 'a "b"'}),
                             ("ERR message=100%", {"message": "100%"}),
                             (f"ERR so it is password={SECRET}", {"text": "********"}),
                             ("NA no such user", {"text": "no such user"})):
            with self.subTest(line):
                item = self.item(line)
                self.assert_fields(item, **fields)
                self.assertEqual(self.codes(item), [])
                self.assertNotIn(SECRET, json.dumps(item))
        item = self.item(f"OK user=a password={SECRET} ha1=x", "--show-secrets")
        self.assert_fields(item, password=SECRET, ha1="x")

    def test_notes_of_our_helpers(self) -> None:
        """As basic-ldap(8) and group-ldap(8) have them; empty ones say nothing."""
        for line, fields in (
                ('ERR message="a b" reason_="expired" a b',
                 {"message": "a b", "reason_": "expired", "text": "a b"}),
                ('OK user="alice" password_expires_="5" reason_="" group="A" group="B" '
                 'groups_="A,B"', {"user": "alice", "password_expires_": "5", "groups": 2}),
                ('OK user="alice" grace_logins_="2" reason_="must-change"',
                 {"grace_logins_": "2", "reason_": "must-change"}),
                ('OK message="member of a group" tag="C" group="C"', {"tag": "C", "groups": 1})):
            with self.subTest(line):
                item = self.item(line)
                self.assert_fields(item, **fields)
                self.assertEqual(self.codes(item), [])
        self.assertNotIn("reason_", self.item('OK user="alice" reason_=""'))

    def test_each_remark_once(self) -> None:
        self.assertEqual(self.codes(self.item("ERR ttl=1 ttl=2 ttl=3")), ["ttl_ignored"])

    def test_lines_without_a_token(self) -> None:
        for line in ("TT", "YR", "KK"):
            remark = self.item(line)["remarks"][0]
            self.assertEqual((remark["code"], remark["text"]),
                             ("empty_token", "There is no token in this line."))
        self.assertIn("scheme's name", self.item("Proxy-Authorization: NTLM")["remarks"][0]["text"])

    def test_basic_helper_lines(self) -> None:
        items = self.explain(f"alice {SECRET}\n12 CORP%5Cj%C3%BCrgen p%20w\nERR\n")
        self.assertEqual([item["item"] for item in items],
                         ["basic_line", "basic_line", "helper_reply"])
        self.assert_fields(items[0], user="alice", password="********")
        self.assert_fields(items[1], user="CORP\\jürgen", encoding="UTF-8")


class Challenges(ExplainCase):
    def test_list(self) -> None:
        item = self.item(transcript("HTTP/1.1 407 Proxy Authentication Required",
                                    "Proxy-Authenticate: Negotiate",
                                    "Proxy-Authenticate: NTLM",
                                    'proxy-authenticate: Digest realm="P \\"x\\"", nonce="n", '
                                    'qop="auth", algorithm=MD5, Basic realm="P", '
                                    'charset="UTF-8"'))
        self.assert_fields(item, item="challenges", status=407, strongest="Negotiate")
        self.assertEqual(item["challenges"], [
            {"scheme": "Negotiate"}, {"scheme": "NTLM"},
            {"scheme": "Digest", "realm": 'P "x"', "algorithm": "MD5", "qop": "auth",
             "nonce": "n"},
            {"scheme": "Basic", "realm": "P", "charset": "UTF-8"}])
        self.assertEqual(self.codes(item), ["negotiate_and_ntlm"])

    def test_remarks(self) -> None:
        for value, codes in (("Basic", ["basic_without_realm", "basic_without_charset"]),
                             ('Basic realm="für"', ["realm_not_ascii", "basic_without_charset"]),
                             ('Digest realm="a", nonce="b"', ["digest_without_qop"]),
                             ('Digest realm="a", qop="auth"', ["digest_incomplete"]),
                             ('Digest realm="a", nonce="b", qop="auth", stale=TRUE', ["stale"]),
                             ('Basic realm="a", charset="UTF-8", Negotiate', ["basic_first"])):
            with self.subTest(value):
                item = self.item("Proxy-Authenticate: " + value)
                self.assertEqual(sorted(self.codes(item)), sorted(codes))

    def test_fault(self) -> None:
        item = self.item('Proxy-Authenticate: Basic realm="cut', status=1)
        self.assertEqual(item["fault"]["status"], "A quoted string does not end.")
        self.assertIn("realm", item["fault"]["around"])

    def test_407_without_a_challenge(self) -> None:
        item = self.item("< HTTP/1.1 407 Proxy Authentication Required\n< Server: squid\n<\n")
        self.assertEqual(self.codes(item), ["no_challenge"])
        item = self.item("HTTP/2 401\n\n")
        self.assertEqual(self.codes(item), ["no_challenge"])
        item = self.item('HTTP/1.1 407 x\nWWW-Authenticate: Basic realm="x", charset="UTF-8"\n\n')
        self.assertEqual(self.codes(item), ["wrong_header"])


class Exchange(ExplainCase):
    ASK = ("< HTTP/1.1 407 Proxy Authentication Required", "< Proxy-Authenticate: Negotiate",
           '< Proxy-Authenticate: Basic realm="Proxy", charset="UTF-8"', "<")

    def request(self, value: str | None = None) -> tuple[str, ...]:
        head = ("> CONNECT www.example.org:443 HTTP/1.1", "> Host: www.example.org:443")
        return (*head, *([f"> Proxy-Authorization: {value}"] if value else []), ">")

    def test_password_window_that_comes_back(self) -> None:
        login = self.request(basic("alice"))
        items = self.explain(transcript(*self.request(), *self.ASK, *login, *self.ASK, *login,
                                        *self.ASK).replace("\n", "\r\n"))
        self.assertEqual([item["item"] for item in items],
                         ["challenges", "credentials", "challenges", "credentials", "challenges",
                          "exchange"])
        self.assertEqual(self.codes(items[0]), [])
        self.assertEqual(self.codes(items[1]), ["weaker_scheme", "basic_cleartext"])
        self.assert_fields(items[1], method="CONNECT", target="www.example.org:443", line=10)
        self.assertEqual(self.codes(items[2]), ["refused"])
        self.assertEqual(self.codes(items[3]), ["weaker_scheme", "same_again", "basic_cleartext"])
        self.assertEqual(items[5]["steps"],
                         ["request without credentials", "response 407: Basic, Negotiate",
                          "request with Basic", "response 407: Basic, Negotiate",
                          "request with Basic", "response 407: Basic, Negotiate"])
        self.assertEqual(self.codes(items[5]), ["refused_again_and_again", "outcome"])

    def test_what_comes_first_is_told_first(self) -> None:
        """Also where nothing stands between a challenge and the answer to it."""
        items = self.explain("HTTP/1.1 407 x\nProxy-Authenticate: Negotiate\n"
                             f"Proxy-Authorization: {basic('alice')}\n")
        self.assertEqual([item["item"] for item in items],
                         ["challenges", "credentials", "exchange"])
        self.assertIn("not_offered", self.codes(items[1]))

    def test_another_password_is_not_the_same_again(self) -> None:
        items = self.explain(transcript(*self.request(basic("alice")), *self.ASK,
                                        *self.request(basic("alice", "other")), *self.ASK))
        self.assertNotIn("same_again", self.codes(items[2]))

    def test_tls_to_the_proxy(self) -> None:
        line = "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384"
        items = self.explain(transcript(line, *self.request(basic("alice")), "< HTTP/1.1 200 OK"))
        self.assertEqual(self.codes(items[0]), ["basic_readable"])
        items = self.explain(transcript(*self.request(basic("alice")), "< HTTP/1.1 200 OK", line))
        self.assertEqual(self.codes(items[0]), ["basic_cleartext"])

    def test_outcomes(self) -> None:
        for status, text in ((200, "accepted"), (403, "access lists"), (503, "behind"),
                             (407, "did not accept")):
            items = self.explain(transcript(*self.request(basic("alice")),
                                            f"< HTTP/1.1 {status} x",
                                            "< Proxy-Authenticate: Negotiate", "<"))
            outcome = items[-1]["remarks"][-1]
            self.assertEqual(outcome["code"], "outcome")
            self.assertIn(text, outcome["text"])

    def test_ntlm_handshake(self) -> None:
        first = "NTLM " + Negotiate.NTLM1
        second = ("NTLM TlRMTVNTUAACAAAAAAAAADgAAAABAoAAASNFZ4mrze8AAAAAAAAAAAAAAAAAAAAA"
                  "AAAAAAAAAAA=")
        ask = ("< HTTP/1.1 407 x", f"< Proxy-Authenticate: {second}", "< Connection: close", "<")
        items = self.explain(transcript(*self.request(first), *ask, *self.request(first), *ask))
        self.assertEqual(self.codes(items[1]), [])
        self.assertIn("ntlm_begun_anew", self.codes(items[2]))
        self.assertEqual(items[-1]["steps"][:2],
                         ["request with NTLM: NTLM, message 1",
                          "response 407: NTLM (NTLM, message 2)"])

    def test_proxy_by_address(self) -> None:
        line = "* Connected to 10.1.2.3 (10.1.2.3) port 3128 (#0)"
        items = self.explain(transcript(line, *self.request("Negotiate " + Negotiate.NTLM1)))
        self.assertIn("proxy_by_address", self.codes(items[0]))
        line = "* Connected to gate.example.net (10.1.2.3) port 3128 (#0)"
        items = self.explain(transcript(line, *self.request("Negotiate " + Negotiate.NTLM1)))
        self.assertNotIn("proxy_by_address", self.codes(items[0]))
        self.assertIn("HTTP/gate.example.net", items[0]["remarks"][0]["text"])

    def test_digest_against_its_challenge(self) -> None:
        ask = ("< HTTP/1.1 407 x",
               '< Proxy-Authenticate: Digest realm="One", nonce="abc", qop="auth"', "<")
        for realm, nonce, codes in (("One", "abc", []), ("Two", "abc", ["realm_differs"]),
                                    ("One", "xyz", ["nonce_differs"])):
            value = Digest().value(realm=f'"{realm}"', nonce=f'"{nonce}"')
            items = self.explain(transcript(*self.request(), *ask, *self.request(value)))
            self.assertEqual(self.codes(items[1]), codes)


class Hidden(ExplainCase):
    """What is never printed."""

    def texts(self) -> list[bytes]:
        """Hostile values in every place that is shown, and noise."""
        draw = random.Random(7)
        evil = ("\x1b[2J\x1b]0;title\x07", "\u202ereversed", "\u2066iso\u2069", "\u2028line",
                "\x9b31m", "\u0085next", "a\rb", "\u200bzero", "\ufeffbom", "שלום", "\x7f\b\b")
        texts = []
        for one in evil:
            raw = one.encode()
            texts += [
                b'Proxy-Authenticate: Basic realm="' + raw + b'"\n',
                b"Proxy-Authorization: " + raw + b" x\n",
                b"Proxy-Authorization: Basic " + base64.b64encode(raw + b":" + SECRET.encode()),
                b"Proxy-Authorization: Basic " + base64.b64encode(
                    one.encode("latin-1", "replace") + b"\xff:" + SECRET.encode()),
                b'Proxy-Authorization: Digest username="' + raw + b'", realm="' + raw +
                b'", nonce="' + raw + b'", uri="' + raw + b'", response="' + b"a" * 32 + b'"\n',
                b"GET http://u:" + SECRET.encode() + b"@x/" + raw.replace(b" ", b"") +
                b" HTTP/1.1\n" + b"Proxy-Authorization: Basic YTpi\n",
                b"BH " + raw + b"\n", b"YR " + raw + b"\n", b'"' + raw + b'":"' + raw + b'"\n',
                b"* Connected to " + raw + b" (x) port 1\nNegotiate " + Negotiate.NTLM1.encode()]
        heads = (b"Proxy-Authorization: ", b"Proxy-Authenticate: ", b"YR ", b"> ", b"")
        for _ in range(150):
            texts.append(b"\n".join(draw.choice(heads) + draw.randbytes(draw.randrange(60))
                                    for _ in range(8)))
        return texts

    def check(self, out: bytes, what: bytes) -> None:
        text = out.decode()  # valid UTF-8
        for char in text:
            if char == "\n":
                continue
            kind = unicodedata.category(char)
            self.assertNotIn(kind, ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"), (ascii(char), what))
            self.assertNotIn(unicodedata.bidirectional(char), ("R", "AL", "RLE", "RLO"), what)
        self.assertNotIn(SECRET, text)
        self.assertNotIn(base64.b64encode(SECRET.encode()).decode().rstrip("=")[2:-2], text)

    def test_hostile_texts(self) -> None:
        for text in self.texts():
            for words in ((), ("--json",), ("--squid",)):
                done = run("explain", *words, text=text)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                self.check(done.stdout, text)
                self.check(done.stderr, text)
                if words == ("--json",):
                    json.loads(done.stdout)

    def test_no_line_can_be_forged(self) -> None:
        done = run("explain", text='Proxy-Authenticate: Basic realm="x\n\nLine 9: forged\n"\n')
        self.assertNotIn(b"\nLine 9: forged", done.stdout)
        token = base64.b64encode(b"alice\xe2\x80\xa8Note - forged:x").decode()
        done = run("explain", text=f"Basic {token}")
        self.assertIn(b'  user                    "alice\\u{2028}Note - forged"', done.stdout)

    def test_secrets(self) -> None:
        """In every form that carries one: masked, and shown when asked for."""
        digest = Digest().value()
        for text, secret in ((basic("alice"), SECRET), (f"alice {SECRET}\n", SECRET),
                             (digest, "8ca523f5e9506fed4657c9700eebdbec"),
                             (f"Bearer {SECRET}", SECRET), (f"Foo {SECRET}", SECRET),
                             (f"GET http://a:{SECRET}@x/ HTTP/1.1\nProxy-Authorization: NTLM "
                              + Negotiate.NTLM1, SECRET)):
            with self.subTest(text):
                words = (text,) if text.startswith("Foo") else ()
                for json_words in ((), ("--json",)):
                    masked = run("explain", *json_words, *words, text=text).stdout.decode()
                    self.assertNotIn(secret, masked)
                    self.assertIn("********", masked)
                    shown = run("explain", "--show-secrets", *json_words, *words,
                                text=text).stdout.decode()
                    self.assertIn(secret, shown)

    def assert_hidden(self, text: str, secret: str = SECRET, words: bool = False) -> None:
        """Neither as text nor as JSON, and as it is when asked for."""
        arguments = (text,) if words else ()
        with self.subTest(text):
            for json_words in ((), ("--json",)):
                done = run("explain", *json_words, *arguments, text=text)
                self.assertNotIn(secret, done.stdout.decode() + done.stderr.decode())
                self.assertIn("********", done.stdout.decode())
            shown = run("explain", "--show-secrets", *arguments, text=text).stdout.decode()
            self.assertIn(secret, shown)

    def test_a_secret_in_the_place_of_the_scheme(self) -> None:
        login = basic("alice")[6:]
        odd = "zQ7MARKERpw9"
        for secret in (login, login.rstrip("="), "YWxpY2U6elE3TUFSS0VScHc5", odd, "secret"):
            self.assert_hidden(secret, secret, words=True)
            self.assert_hidden(f"Proxy-Authorization: {secret}", secret)
            self.assert_hidden(f"Proxy-Authenticate: {secret}", secret)
            self.assert_hidden(f'Proxy-Authenticate: Basic realm="x", {secret}', secret)
        for secret in (login.rstrip("="), odd):
            self.assert_hidden(f'{secret} realm="x"', secret, words=True)
        item = self.item(f"Proxy-Authorization: {login.rstrip('=')}")
        self.assertEqual(self.codes(item, "warning"), ["no_scheme"])
        self.assertIn('without "Basic "', item["remarks"][0]["causes"][0])
        item = self.item(f"Proxy-Authorization: {odd}")
        self.assertEqual(item["remarks"][0]["causes"], [])
        for name in ("Foo", "SCRAM-SHA-512", "X-Own"):
            self.assertEqual(self.item(f"Proxy-Authorization: {name} x")["scheme"], name)

    def test_credentials_in_a_challenge(self) -> None:
        for value in (basic("alice"), f"Bearer {SECRET}", f"Foo {SECRET}"):
            self.assert_hidden(f"Proxy-Authenticate: {value}", value.split()[1])
            item = self.item(f"Proxy-Authenticate: {value}")
            self.assertIn("not_a_challenge", self.codes(item))
        token = basic("alice")[6:].rstrip("=")
        for value in (f"Basic {SECRET} x", f"Basic {token}== =", f'Bearer {SECRET}, realm="x',
                      f'Basic realm="x", {token}==', f'Basic realm="x", {token}=',
                      f'Foo {SECRET}, Basic realm="x', f'Basic realm="x", {SECRET} realm="y',
                      f"Basic {SECRET}\x01", f'Digest response="{SECRET}\x01',
                      f'Digest response="{SECRET}", realm="x'):
            with self.subTest(value):
                item = self.item(f"Proxy-Authenticate: {value}", status=1)
                for part in (SECRET[:8], SECRET[-8:], token[:8], token[-8:]):
                    self.assertNotIn(part, json.dumps(item))

    def test_secrets_behind_a_helpers_token(self) -> None:
        self.assert_hidden(f"YR {Negotiate.NTLM1} Proxy-Authorization: {SECRET}")
        self.assert_hidden(f'"alice":"realm" Proxy-Authorization: {SECRET}')

    def test_a_login_in_the_place_of_other_text(self) -> None:
        login = basic("alice")[6:].rstrip("=")
        for text in (f"{login} x", f"OK user={login}", f"ERR wrong {login}", f"NA {login}",
                     f'ERR message="{login}"', f"AF {login}", f'"a":"b" Basic {login}"',
                     basic(login), Digest().value(username=f'"{login}"')):
            self.assert_hidden(text, login)
            self.assertIn("login_as_text", self.codes(self.item(text)))
        for user in ("username", "administrator", "johaezro"):  # the last: a colon, no text
            self.assertEqual(self.item(basic(user))["user"], user)

    def test_targets(self) -> None:
        for target in (f"u:{SECRET}@h:443", f"//u:{SECRET}@h/", f"http:\\\\u:{SECRET}@h/",
                       f"http://u:a/{SECRET}@h/", f"/x?u=http://u:{SECRET}@h/",
                       f"/x?u=http%3A%2F%2Fu%3A{SECRET}%40h", f"http://{SECRET}@h/"):
            self.assert_hidden(f"GET {target} HTTP/1.1\nProxy-Authorization: NTLM "
                               + Negotiate.NTLM1)
            self.assert_hidden(Digest().value(uri=f'"{target}"'))
        both = Digest().value(uri=f'"http://u:{SECRET}\\\\@h/"')
        self.assertIn("uri_differs", self.item(both))
        self.assert_hidden(both)
        for target in ("www.example.org:443", "http://h:80/a@b", "/@scope/x", "/x?mail=a@b"):
            item = self.item(f"GET {target} HTTP/1.1\nProxy-Authorization: NTLM "
                             + Negotiate.NTLM1)
            shown = "********" if target == "http://h:80/a@b" else target
            self.assertEqual(item["target"], shown)

    def test_options_do_not_quote_their_values(self) -> None:
        done = run("explain", f"--json={SECRET}")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr.decode(), r"option --json: it does not take this value")
        self.assertNotIn(SECRET, done.stderr.decode())

    def test_words_are_taken_off_the_command_line(self) -> None:
        """Seen while the tool waits for somebody to read what it prints."""
        words = [basic("alice")] * 400
        read, write = os.pipe()
        process = subprocess.Popen([place.helper_path("proxyauth"), "explain", *words],
                                   stdout=write, stderr=subprocess.PIPE, env=place.clean_env())
        os.close(write)
        try:
            self.assertTrue(select.select([read], [], [], place.PATIENCE_S)[0])
            line = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
            self.assertNotIn(words[0][6:].encode(), line)
            self.assertRegex(line, rb"\0x{20,}\0")
            self.assertRegex(pathlib.Path(f"/proc/{process.pid}/limits").read_text(),
                             r"Max core file size\s+0\s+0\s")
            while os.read(read, 65536):
                pass
            self.assertEqual(process.wait(place.PATIENCE_S), 0)
        finally:
            os.close(read)
            process.kill()
            process.wait()
            process.stderr.close()


class Options(ExplainCase):
    def test_exit_status_and_sentences(self) -> None:
        for words, text, status, sentence in (
                ((), "", 2, r"a command is needed"),
                (("Basic YTpi",), "", 2, r"no command"),
                (("explain", "--jsn"), "", 2, r"option --jsn is not known"),
                (("explain", "--config", "x"), "", 2, r"option --config is not known"),
                (("explain", "-j"), "", 2, r"option -j is not known"),
                (("explain", "--header"), "", 2, r"--header needs a value"),
                (("explain",), "", 1, r"nothing was found"),
                (("explain",), "hello, this is\nno header of that name\n", 1, r"nothing was found"),
                (("explain", ""), "", 1, r"nothing was found"),
                (("explain", "-"), "Basic YTpi", 0, r"^$"),
                (("explain",), "Basic YTpi", 0, r"^$"),
                (("explain", "Basic YTpi", "--json"), "", 0, r"^$"),
                (("explain", "--header=Basic YTpi"), "", 0, r"^$"),
                (("explain", "Basic YTp"), "", 1, r"^$")):
            with self.subTest(words):
                done = run(*words, text=text)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertRegex(done.stderr.decode(), sentence)
                self.assertNotIn("YTp", done.stderr.decode())
                self.assertLessEqual(done.stderr.count(b"\n"), 1)

    def test_words_and_standard_input_say_the_same(self) -> None:
        headers = ["HTTP/1.1 407 x", "Proxy-Authenticate: Negotiate",
                   f"Proxy-Authorization: {basic('alice')}"]
        self.assertEqual(run("explain", *headers).stdout,
                         run("explain", text="\n".join(headers)).stdout)
        self.assertEqual(run("explain", "-", text=headers[2]).stdout,
                         run("explain", headers[2]).stdout)

    def test_a_word_of_any_scheme(self) -> None:
        done = run("explain", "--json", "Foo bar")
        self.assertEqual(self.codes(json.loads(done.stdout)[0]), ["unknown_scheme"])
        done = run("explain", "--json", "BasicX YTpi")
        self.assertEqual(self.codes(json.loads(done.stdout)[0]), ["like_basic"])

    def test_help_and_version(self) -> None:
        self.assertRegex(run("--help").stdout.decode(), r"(?m)^  explain +\S")
        self.assertRegex(run("--version").stdout.decode(), r"^proxyauth \d+\.\d+")
        text = run("explain", "--help").stdout.decode()
        for name in ("json", "show-secrets", "squid", "header HEADER", "help", "version"):
            self.assertRegex(text, rf"(?m)^      --{name} ")
        self.assertNotIn("--config", text)

    def test_nothing_found_is_an_empty_array(self) -> None:
        self.assertEqual(self.explain("nothing at all here", status=1), [])

    def test_limits(self) -> None:
        half = b"x" * (512 * 1024 - 1) + b"\n"
        good = b"Basic YTpi\n"
        self.assertEqual(run("explain", text=half * 31 + good).returncode, 0)
        done = run("explain", text=half * 32 + good)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"longer than 16 MiB", done.stderr)
        items = self.explain(b"Basic " + b"A" * 1024 * 1024 + b"\n" + good, status=1)
        self.assertEqual(self.codes(items[0]), ["long_line"])
        self.assertEqual(items[1]["user"], "a")

    def peak_kib(self, items: int) -> int:
        """The most memory that was used to explain so many items. (A sanitizer keeps what was freed,
        unless it is told not to.)"""
        with tempfile.TemporaryFile() as text:
            text.write(b"Basic YTpi\n" * items)
            text.seek(0)
            child = subprocess.Popen([place.helper_path("proxyauth"), "explain", "--json"],
                                     stdin=text, stdout=subprocess.DEVNULL,
                                     env=place.clean_env(ASAN_OPTIONS="quarantine_size_mb=1"))
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 0)
        return usage.ru_maxrss

    def test_many_items_take_little_memory(self) -> None:
        """Nothing is kept of an item that was told: what grows is the input, by 4 MB."""
        self.assertLess(self.peak_kib(400000) - self.peak_kib(10000), 16 * 1024)

    def test_output_that_cannot_be_written(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([place.helper_path("proxyauth"), "explain", "Basic YTpi"],
                                  stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot be written", done.stderr)
        for word in ("--help", "--version"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([place.helper_path("proxyauth"), "explain", word],
                                      stdout=full, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 1)

    def test_the_readme_shows_what_is_printed(self) -> None:
        text = (place.ROOT / "README.md").read_text()
        typed, shown = re.search(r"```\n\$ proxyauth explain\n(.*?)```\n\n```\n(.*?)```", text,
                                 re.S).groups()
        self.assertEqual(run("explain", text=typed).stdout.decode(), shown)

    def test_lines_fit(self) -> None:
        """Sentences are wrapped at 80 columns."""
        text = "\n".join([basic("CORP\\alice", "x", "latin-1"), "Negotiate " + Negotiate.NTLM1])
        for line in run("explain", text=text).stdout.decode().splitlines():
            self.assertLessEqual(len(line), 80, line)
        self.assertTrue(re.search(r"\n    1\. ", run("explain", text=text).stdout.decode()))


if __name__ == "__main__":
    unittest.main()
