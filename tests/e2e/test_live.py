# SPDX-License-Identifier: BSD-2-Clause
"""What curl sends today, to a catching proxy and to Squid, explained by `proxyauth explain`.

What is expected is what curl was given, what klist, kvno and kadmin say of the tickets, what
Python's hashlib calculates, and the bytes that Squid and curl exchanged.
"""

import datetime
import hashlib
import re
import struct
import subprocess
import time
import unittest

from support import catchproxy, kdc, place, squid
from support.explain import codes, curl, explain, need_feature

REALM = "Test Proxy"
NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
OPAQUE = "5ccc069c403ebaf9f0171e9517f40e41"
CHALLENGE = bytes.fromhex("0123456789abcdef")
PAIRS = [(catchproxy.AV_NB_DOMAIN, "CORP"), (catchproxy.AV_NB_COMPUTER, "PROXY"),
         (catchproxy.AV_DNS_DOMAIN, "corp.example.test"),
         (catchproxy.AV_DNS_COMPUTER, "proxy.corp.example.test"),
         (catchproxy.AV_DNS_TREE, "example.test")]
TARGET_INFO = {"domain_netbios_name": "CORP", "server_netbios_name": "PROXY",
               "domain_dns_name": "corp.example.test",
               "server_dns_name": "proxy.corp.example.test", "forest_dns_name": "example.test"}


# <time.h> has it, Python does not: what time(2) reads, of the last tick.
CLOCK_REALTIME_COARSE = 5


def header(value: bytes) -> bytes:
    return b"Proxy-Authorization: " + value + b"\r\n"


def caught(proxy: catchproxy.CatchProxy, *words: str) -> dict:
    """The one header that the proxy got, explained."""
    values = proxy.credentials()
    if len(values) != 1:
        raise AssertionError(f"{len(values)} headers: {values}, {proxy.errors}")
    return explain(header(values[0]), *words).one("credentials")


class Case(unittest.TestCase):
    def assert_fields(self, item: dict, **expected: object) -> None:
        """All of these are in `item`, with these values."""
        self.assertEqual({name: item.get(name) for name in expected}, expected)

    def assert_steps(self, items: list, number: int) -> None:
        self.assertEqual(len(items.one("exchange")["steps"]), number, items)


class Basic(Case):
    CASES = (("utf-8", "jürgen", "pässwörd€"), ("utf-8", "用户", "密码😀"),
             ("latin-1", "jürgen", "pässwörd"), ("ascii", "alice", "a:b:c"))

    def send(self, encoding: str, user: str, password: str) -> bytes:
        with catchproxy.CatchProxy(catchproxy.ask_once(f'Basic realm="{REALM}"')) as proxy:
            curl(proxy.port, ["--proxy-basic"], f"{user}:{password}".encode(encoding))
            return proxy.credentials()[0]

    def test_user_and_password(self) -> None:
        for encoding, user, password in self.CASES:
            with self.subTest(encoding=encoding, user=user):
                value = self.send(encoding, user, password)
                item = explain(header(value), "--show-secrets").one("credentials")
                self.assert_fields(item, scheme="Basic", header="Proxy-Authorization")
                if encoding == "latin-1":
                    self.assert_fields(item, user_if_latin1=user)
                    self.assertIn("not_utf8", codes(item))
                else:
                    self.assert_fields(item, user=user, password=password)
                    self.assertNotIn("not_utf8", codes(item))

    def test_passwords_stay_hidden(self) -> None:
        for encoding, user, password in self.CASES:
            with self.subTest(encoding=encoding, user=user):
                value = self.send(encoding, user, password)
                output = explain(header(value)).output
                self.assertNotIn(password.encode(), output)
                self.assertNotIn(value.split()[1], output)


class Digest(Case):
    HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}

    def response(self, item: dict, algorithm: str, password: str) -> str:
        """RFC 7616 section 3.4.1, for a GET, from what the item says."""
        def h(*parts: str) -> str:
            return self.HASHES[algorithm](":".join(parts).encode()).hexdigest()
        return h(h(item["user"], item["realm"], password), item["nonce"],
                 f"{item['nonce_count']:08x}", item["client_nonce"], item["qop"],
                 h("GET", item["uri"]))

    def test_both_algorithms(self) -> None:
        for algorithm in self.HASHES:
            for user, password in (("alice", "alice-pw"), ("jürgen", "pässwörd€")):
                with self.subTest(algorithm=algorithm, user=user):
                    challenge = (f'Digest realm="{REALM}", nonce="{NONCE}", opaque="{OPAQUE}", '
                                 f'qop="auth", algorithm={algorithm}')
                    with catchproxy.CatchProxy(catchproxy.ask_once(challenge)) as proxy:
                        talk = curl(proxy.port, ["--proxy-digest"], f"{user}:{password}")
                        item = caught(proxy, "--show-secrets")
                        hidden = caught(proxy)
                    self.assert_fields(item, scheme="Digest", user=user, realm=REALM, nonce=NONCE,
                                       opaque=OPAQUE, algorithm=algorithm, qop="auth",
                                       nonce_count=1, uri="/")
                    self.assertEqual(item["response"], self.response(item, algorithm, password))
                    self.assertNotEqual(hidden["response"], item["response"])
                    self.assertEqual("squid_only_md5" in codes(item), algorithm != "MD5")
                    self.talk(talk, algorithm)

    def talk(self, talk: bytes, algorithm: str) -> None:
        items = explain(talk)
        self.assert_steps(items, 4)
        offer = items.one("challenges")
        self.assert_fields(offer, status=407, strongest="Digest")
        self.assert_fields(offer["challenges"][0], scheme="Digest", realm=REALM, nonce=NONCE,
                           algorithm=algorithm)
        self.assert_fields(items.one("credentials"), method="GET", scheme="Digest")


class Ntlm(Case):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        need_feature("NTLM")
        type_2 = catchproxy.type_2(CHALLENGE, "CORP", PAIRS)
        before = int(time.clock_gettime(CLOCK_REALTIME_COARSE))
        with catchproxy.CatchProxy(catchproxy.ntlm(lambda _: type_2)) as proxy:
            cls.talk = curl(proxy.port, ["--proxy-ntlm"], "CORP\\alice:alice-pw")
            cls.values = proxy.credentials()
            cls.tokens = [request.token for request in proxy.requests if request.credentials]
        cls.times = (before, int(datetime.datetime.now(datetime.timezone.utc).timestamp()))

    def message(self, number: int, *words: str) -> dict:
        return explain(header(self.values[number]), *words).one("credentials")

    def test_type_1(self) -> None:
        item = self.message(0)
        self.assert_fields(item, scheme="NTLM", token_length=len(self.tokens[0]))
        self.assert_fields(item["ntlm"], type=1)
        flags = struct.unpack_from("<L", self.tokens[0], 12)[0]
        for name, bit in (("unicode", catchproxy.UNICODE), ("oem", 2), ("sign", catchproxy.SIGN),
                          ("request_target", catchproxy.REQUEST_TARGET),
                          ("ntlm", catchproxy.NTLM), ("always_sign", catchproxy.ALWAYS_SIGN),
                          ("extended_session_security", catchproxy.EXTENDED_SECURITY),
                          ("version", catchproxy.VERSION), ("128_bit", catchproxy.BITS_128)):
            self.assertEqual(name in item["ntlm"]["flags"], bool(flags & bit), name)

    def test_type_3(self) -> None:
        item = self.message(1)["ntlm"]
        self.assert_fields(item, type=3, user="alice", domain="CORP", workstation="WORKSTATION",
                           response_kind="NTLMv2", mic=False, channel_binding=False)
        self.assertLessEqual(TARGET_INFO.items(), item["target_info"].items())
        self.assertNotIn("target_spn", item)
        self.assertIn("unicode", item["flags"])

    def test_the_clients_clock(self) -> None:
        said = self.message(1)["ntlm"]["client_time"]
        seen = datetime.datetime.strptime(said, "%Y-%m-%d %H:%M:%S UTC")
        seconds = int(seen.replace(tzinfo=datetime.timezone.utc).timestamp())
        self.assertTrue(self.times[0] <= seconds <= self.times[1], (said, self.times))

    def test_the_conversation(self) -> None:
        items = explain(self.talk)
        self.assert_steps(items, 4)
        self.assertEqual([item["ntlm"]["type"] for item in items.of("credentials")], [1, 3])
        offer = items.one("challenges")
        self.assert_fields(offer, status=407)
        self.assert_fields(offer["challenges"][0]["ntlm"], type=2, target="CORP",
                           version="10.0.20348")
        for item in items:
            self.assertFalse(codes(item) & {"ntlm_order", "ntlm_begun_anew", "not_offered"}, item)


class Realm(Case):
    """A private KDC; services whose keys are of different types and versions."""

    PROXY, ROTATED, SMALL, OLD = (f"{name}.example.test"
                                  for name in ("proxy", "rotated", "small", "old"))

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        need_feature("SPNEGO")
        cls.folder = cls.enterClassContext(place.private_folder("live"))
        cls.kdc = cls.enterClassContext(kdc.Kdc(
            cls.folder / "kdc", {"alice": "alice-pw"},
            [f"HTTP/{cls.PROXY}", f"HTTP/{cls.ROTATED}"]))
        cls.kdc.kadmin(f"cpw -randkey HTTP/{cls.ROTATED}",    # after ktadd: too new for the keytab
                       f"addprinc -randkey -e aes128-cts:normal HTTP/{cls.SMALL}",
                       f"addprinc -randkey -e arcfour-hmac:normal HTTP/{cls.OLD}")
        cls.kdc.kinit("alice")
        cls.env = cls.kdc.env("alice")

    def said(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run([place.need_program(words[0]), *words[1:]], env=self.env, text=True,
                              capture_output=True)

    def etypes(self, host: str) -> list[str]:
        """Of the session key and of the ticket, as klist says, by their names at IANA."""
        found = re.search(rf"HTTP/{host}@\S+\s+Etype \(skey, tkt\): (\S+), (\S+)",
                          self.said("klist", "-e").stdout)
        names = [name.removeprefix("DEPRECATED:") for name in found.groups()]
        return ["rc4-hmac" if name == "arcfour-hmac" else name for name in names]

    def check_ticket(self, item: dict, host: str) -> None:
        said = self.said("kvno", f"HTTP/{host}")
        session, ticket = self.etypes(host)
        self.assert_fields(item, scheme="Negotiate", mechanism="Kerberos 5",
                           mechanisms_offered=["Kerberos 5"])
        self.assert_fields(item["kerberos"], spn=f"HTTP/{host}", realm=self.kdc.realm,
                           ticket_etype=ticket, authenticator_etype=session,
                           kvno=int(said.stdout.rpartition("=")[2]), mutual_authentication=True)


class Negotiate(Realm):
    def send(self, host: str) -> dict:
        policy = catchproxy.ask_once("Negotiate")
        with catchproxy.CatchProxy(policy, host=host) as proxy:
            curl(proxy.port, ["--proxy-negotiate"], ":", host=host, env=self.env)
            return caught(proxy)

    def test_a_ticket(self) -> None:
        item = self.send(self.PROXY)
        self.check_ticket(item, self.PROXY)
        self.assertNotIn("weak_etype", codes(item))

    def test_a_key_that_was_changed(self) -> None:
        item = self.send(self.ROTATED)
        self.check_ticket(item, self.ROTATED)
        said = self.kdc.kadmin(f"getprinc HTTP/{self.ROTATED}")
        self.assertEqual(set(re.findall(r"^Key: vno (\d+)", said, re.M)), {"3"})
        self.assert_fields(item["kerberos"], kvno=3)

    def test_a_key_of_128_bits(self) -> None:
        item = self.send(self.SMALL)
        self.check_ticket(item, self.SMALL)
        self.assert_fields(item["kerberos"], ticket_etype="aes128-cts-hmac-sha1-96", kvno=1)

    def test_an_rc4_key(self) -> None:
        """A warning, as long as the KDC makes such tickets at all."""
        said = self.said("kvno", f"HTTP/{self.OLD}")
        if said.returncode != 0:
            self.assertIn("encryption type", said.stderr)
            return
        item = self.send(self.OLD)
        self.check_ticket(item, self.OLD)
        self.assert_fields(item["kerberos"], ticket_etype="rc4-hmac", kvno=1)
        self.assertIn("weak_etype", codes(item))

    def test_no_ticket(self) -> None:
        """curl then sends nothing at all, and the transcript says so."""
        with catchproxy.CatchProxy(catchproxy.ask_once("Negotiate"), host=self.PROXY) as proxy:
            talk = curl(proxy.port, ["--proxy-negotiate"], ":", host=self.PROXY,
                        env=self.kdc.env())
            self.assertEqual(proxy.credentials(), [])
        items = explain(talk)
        self.assertEqual(items.of("credentials"), [])
        self.assert_fields(items.of("challenges")[0], status=407, strongest="Negotiate")
        self.assert_fields(items.one("exchange"), proxy=self.PROXY)
        self.assertIn("outcome", codes(items.one("exchange")))


class Squid(Realm):
    """A Squid that offers Basic, Digest and Negotiate: a 407, and each way out of it."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        passwords = cls.folder / "digest"
        passwords.write_text("alice:alice-pw\n")
        for path in (passwords, cls.kdc.keytab, cls.kdc.folder):    # Squid is somebody else
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        cls.origin = cls.enterClassContext(squid.Origin())
        cls.squid = cls.enterClassContext(squid.Squid(
            cls.folder / "squid", [place.stock_helper("basic_fake_auth")], children=1, auth=[
                f"auth_param digest program {place.stock_helper('digest_file_auth')} {passwords}",
                "auth_param digest children 1 startup=1 idle=1",
                f"auth_param digest realm {REALM}",
                f"auth_param negotiate program {place.stock_helper('negotiate_kerberos_auth')}"
                f" -k {cls.kdc.keytab} -s GSS_C_NO_NAME -t none",
                "auth_param negotiate children 1 startup=1 idle=1"]))

    def talk(self, words: list[str], credentials: str | None = None,
             host: str = Realm.PROXY) -> tuple[bytes, list]:
        said = curl(self.squid.port, words, credentials, host=host, env=self.env,
                    url=self.origin.url)
        return said, explain(said)

    def statuses(self, said: bytes) -> list[int]:
        return [int(status) for status in re.findall(rb"^< HTTP/1\.1 (\d+)", said, re.M)]

    def test_the_407(self) -> None:
        said, items = self.talk([])
        self.assertEqual(self.statuses(said), [407])
        sent = re.findall(rb"^< Proxy-Authenticate: (\S+)(.*?)\r?$", said, re.M)
        self.assertEqual(len(sent), 3)
        offer = items.one("challenges")
        self.assert_fields(offer, status=407, header="Proxy-Authenticate", strongest="Negotiate")
        self.assertEqual([one["scheme"] for one in offer["challenges"]],
                         [name.decode() for name, _ in sent])
        params = {name: dict(re.findall(rb'(\w+)="?([^",]*)', rest)) for name, rest in sent}
        for one in offer["challenges"]:
            with self.subTest(one["scheme"]):
                for name, value in params[one["scheme"].encode()].items():
                    self.assertEqual(one.get(name.decode()), value.decode())
        self.assertEqual(params[b"Digest"].keys() & {b"realm", b"nonce"}, {b"realm", b"nonce"})
        self.assert_fields(items.one("exchange"), proxy=self.PROXY)
        self.assert_steps(items, 2)
        self.assertEqual(items.of("credentials"), [])

    def test_negotiate(self) -> None:
        said, items = self.talk(["--proxy-negotiate"], ":")
        self.assertEqual(self.statuses(said)[-1], 200)
        self.check_ticket(items.one("credentials"), self.PROXY)
        for item in items:
            self.assertNotIn("refused", codes(item))

    def test_negotiate_with_a_keytab_that_is_too_old(self) -> None:
        said, items = self.talk(["--proxy-negotiate"], ":", self.ROTATED)
        self.assertEqual(self.statuses(said)[-1], 407)
        login = items.of("credentials")[0]
        self.check_ticket(login, self.ROTATED)
        listed = subprocess.run([place.need_program("klist"), "-k", str(self.kdc.keytab)],
                                capture_output=True, text=True, env=self.env).stdout
        kept = re.findall(rf"^ *(\d+) HTTP/{self.ROTATED}@", listed, re.M)
        self.assertNotIn(str(login["kerberos"]["kvno"]), kept)
        self.assertIn("keytab", codes(login))
        self.assertIn("refused", codes(items.of("challenges")[-1]))

    def test_digest(self) -> None:
        said, items = self.talk(["--proxy-digest"], "alice:alice-pw")
        self.assertEqual(self.statuses(said), [407, 200])
        self.assert_steps(items, 4)
        login = items.one("credentials")
        self.assert_fields(login, scheme="Digest", user="alice", realm=REALM, algorithm="MD5",
                           uri="/", nonce_count=1)
        offered = {one["scheme"]: one for one in items.of("challenges")[0]["challenges"]}
        self.assertEqual(login["nonce"], offered["Digest"]["nonce"])
        self.assertFalse(codes(login) & {"realm_differs", "nonce_differs", "squid_refuses"}, login)

    def test_digest_with_a_wrong_password(self) -> None:
        said, items = self.talk(["--proxy-digest"], "alice:wrong")
        self.assertEqual(self.statuses(said)[-1], 407)
        self.assertIn("refused", codes(items.of("challenges")[-1]))

    def test_basic(self) -> None:
        said, items = self.talk(["--proxy-basic"], "alice:alice-pw")
        self.assertEqual(self.statuses(said)[-1], 200)
        login = items.one("credentials")
        self.assert_fields(login, scheme="Basic", user="alice", target=self.origin.url)
        self.assertIn("basic_cleartext", codes(login))
        self.assertNotIn(b"alice-pw", items.output)
