# SPDX-License-Identifier: BSD-2-Clause
"""The service account of basic-ldap by SASL: Kerberos from a keytab (GSSAPI, GSS-SPNEGO), SCRAM and
EXTERNAL, with MIT's KDC and slapd, on an address that is not loopback.

What is expected is what slapd logs of each bind (mechanism, strength of TLS and of the layer), what
the KDC logs of each request, and what kadmin.local was told about the account.
"""

import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest

from support import basicldap, certs, helper, kdc, place, privatenet, slapd, tree

ADDRESS = "192.0.2.1"
NAME = "ldap.example.test"          # the certificate's, too
LATE = "BH the directory gave no usable answer"
ALIAS = "alias.example.test"        # the same machine, but no principal
ACCOUNT = "squid-ldap"
PRINCIPAL = f"{ACCOUNT}@{kdc.REALM}"

# Who has bound is the sample tree's service account, whatever the mechanism.
REGEXPS = "".join(
    f'authz-regexp "^uid={user}(,cn={kdc.REALM.lower()})?,cn={mech},cn=auth$" "{tree.PROXY_DN}"\n'
    for user, mechs in ((ACCOUNT, ("gssapi", "gss-spnego")),
                        ("proxy", ("scram-sha-1", "scram-sha-256", "scram-sha-512")))
    for mech in mechs)
BASIC_LDAP = (place.helper_path("basic-ldap"), *place.PATIENT, "-b", tree.PEOPLE, "-f", "(uid=%s)")


def setUpModule() -> None:
    folder = unittest.enterModuleContext(place.private_folder("sasl"))
    privatenet.enter(folder, {NAME: ADDRESS, ALIAS: ADDRESS})
    privatenet.add_address(ADDRESS)


class SaslCase(basicldap.Case):
    """slapd with TLS and Kerberos, and a KDC that knows the service account."""

    SLAPD_OPTIONS = ""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        place.need_program("ktutil")
        authority = certs.Authority(cls.folder / "ca")
        cls.ca = authority.cert
        cls.kdc = cls.enterClassContext(kdc.Kdc(cls.folder / "kdc", {}, [f"ldap/{NAME}"]))
        cls.kdc.kadmin(f"addprinc -randkey {ACCOUNT}")
        port, tls_port = place.free_port(), place.free_port()
        cls.url, cls.tls_url = f"ldap://{NAME}:{port}", f"ldaps://{NAME}:{tls_port}"
        cls.alias_url = f"ldap://{ALIAS}:{port}"
        cls.address_url = f"ldap://{ADDRESS}:{port}"
        cls.loopback_url = f"ldap://127.0.0.1:{port}"
        cls.slapd = cls.enterClassContext(slapd.Slapd(
            cls.folder / "slapd", {tree.SUFFIX: tree.ldif()}, tls=authority.good(),
            urls=[f"ldap://{ADDRESS}:{port}", f"ldaps://{ADDRESS}:{tls_port}",
                  cls.loopback_url],
            options=f"sasl-host {NAME}\nsasl-realm {kdc.REALM}\n{REGEXPS}{cls.SLAPD_OPTIONS}",
            env=cls.kdc.env(keytab=cls.kdc.keytab)))

    def setUp(self) -> None:
        super().setUp()
        self.keytab = self.folder / f"{self._testMethodName}.keytab"
        self.mark = len(self.slapd.log_text())
        self.kdc_mark = len(self.kdc_log())

    def add_key(self, keytab: pathlib.Path | None = None, account: str = ACCOUNT) -> None:
        """The account's present key into the keytab; with a new one ktadd would change it."""
        self.kdc.kadmin(f"ktadd -norandkey -k {keytab or self.keytab} {account}")

    def ours(self, url: str, *options: str) -> helper.Helper:
        return self.start([*BASIC_LDAP, "-H", url, "--ca-file", str(self.ca), *options],
                          env=self.kdc.env())

    def kerberos(self, *options: str, url: str | None = None,
                 mech: str = "GSSAPI") -> helper.Helper:
        return self.ours(url or self.url, "-Z", "--sasl-mech", mech, "--bind-keytab",
                         str(self.keytab), *options)

    # ---- what the servers saw ----

    def said(self) -> str:
        """What slapd has logged since the test began."""
        return self.slapd.log_text()[self.mark:]

    def kdc_log(self) -> str:
        return (self.kdc.folder / "kdc.log").read_text(errors="replace")

    def asked_kdc(self, request: str = "AS_REQ") -> int:
        """How often the KDC decided about a request since the test began; with pre-authentication
        each AS_REQ comes twice, and only the second counts."""
        rows = self.kdc_log()[self.kdc_mark:].splitlines()
        return sum(f" {request} " in row and "NEEDED_PREAUTH" not in row for row in rows)

    def service_binds(self, mech: str) -> list[tuple[str, int, int]]:
        """(connection, strength of the layer, strength of all) of each bind by `mech`."""
        found = re.findall(rf'conn=(\d+) op=\d+ BIND dn="{tree.PROXY_DN}" mech={mech} '
                           r"bind_ssf=(\d+) ssf=(\d+)", self.said())
        return [(conn, int(layer), int(all_)) for conn, layer, all_ in found]

    def with_tls(self) -> set[str]:
        return set(re.findall(r"conn=(\d+) fd=\d+ TLS established", self.said()))

    def user_binds(self, name: str = "alice") -> list[str]:
        """The connections on which `name` has bound."""
        return re.findall(rf'conn=(\d+) op=\d+ BIND dn="{basicldap.bind_dn_of(name)}" mech=SIMPLE',
                          self.said())

    def assert_works(self, asked: helper.Helper) -> None:
        self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK, asked.log_text())
        self.assertEqual(asked.ask("alice", basicldap.WRONG), helper.ERR, asked.log_text())

    def restart_slapd(self) -> None:
        self.slapd.stop()
        self.slapd.start()
        self.mark = len(self.slapd.log_text())


class Kerberos(SaslCase):
    """The service account from a keytab: no kinit, no environment."""

    def test_the_layer_encrypts_and_users_have_tls(self) -> None:
        self.add_key()
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            with self.subTest(mech):
                asked = self.kerberos(mech=mech)
                self.assert_works(asked)
                [(conn, layer, _)] = self.service_binds(mech)
                self.assertGreaterEqual(layer, 56)
                self.assertNotIn(conn, self.with_tls())
                self.assertTrue(self.user_binds())
                self.assertLessEqual(set(self.user_binds()), self.with_tls())
                self.assertIn("encrypted by Kerberos", asked.log_text())
                self.assertEqual(asked.finish(), 0, asked.log_text())

    def test_in_tls_on_request_and_by_uri(self) -> None:
        self.add_key()
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            for url, options in ((self.url, ["--sasl-in-tls"]), (self.tls_url, [])):
                with self.subTest(mech=mech, url=url):
                    self.mark = len(self.slapd.log_text())
                    self.assert_works(self.kerberos(*options, url=url, mech=mech))
                    [(conn, layer, strength)] = self.service_binds(mech)
                    self.assertEqual(layer, 0)
                    self.assertGreaterEqual(strength, 128)
                    self.assertIn(conn, self.with_tls())

    def check(self, *options: str) -> subprocess.CompletedProcess:
        return subprocess.run([*BASIC_LDAP, "--uri", self.url, "--ca-file", str(self.ca),
                               "--sasl-mech", "GSSAPI", "--bind-keytab", str(self.keytab),
                               "--check", *options],
                              capture_output=True, text=True, env=self.kdc.env(),
                              stdin=subprocess.DEVNULL)

    def test_users_are_never_in_clear(self) -> None:
        """The service account's layer is none of theirs: they have TLS without -Z."""
        self.add_key()
        done = self.check("--allow-cleartext")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "ok .*Kerberos encrypts")
        self.assertRegex(done.stdout, "ok .*TLS is on")
        self.assertNotIn("in clear", done.stdout + done.stderr)

    def test_comparing_needs_no_tls(self) -> None:
        """With -U nobody but the service account binds, and its layer encrypts what is compared."""
        self.add_key()
        asked = self.start([*BASIC_LDAP, "--uri", self.url, "-U", "userPassword",
                            "--sasl-mech", "GSSAPI", "--bind-keytab", str(self.keytab)],
                           env=self.kdc.env())
        self.assert_works(asked)
        self.assertEqual(self.with_tls(), set())
        self.assertNotIn("clear", asked.log_text())

    def test_check(self) -> None:
        """--check says how the connection is protected, and whose account it is."""
        self.add_key()
        done = self.check("-Z")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, "binds\\n.*TLS is on")
        self.assertRegex(done.stdout, "Kerberos encrypts the connection")
        self.assertIn(str(self.keytab), done.stdout)

    def test_no_cache_but_memory(self) -> None:
        """Nothing is left in a file, and nothing of the environment's is used."""
        self.add_key()
        cache = self.folder / "foreign-cache"
        cache.write_text("no cache at all")
        env = self.kdc.env() | {"KRB5CCNAME": f"FILE:{cache}", "KRB5_CLIENT_KTNAME": "/nonexistent",
                                "KRB5_KTNAME": "/nonexistent"}
        asked = self.start([*BASIC_LDAP, "-H", self.url, "-Z", "--ca-file", str(self.ca),
                            "--sasl-mech", "GSSAPI", "--bind-keytab", str(self.keytab)], env=env)
        self.assert_works(asked)
        self.assertEqual(cache.read_text(), "no cache at all")
        self.assertFalse([path for path in pathlib.Path("/proc", str(asked.pid), "fd").iterdir()
                          if "krb5" in str(path.resolve())])

    def test_one_conversation_a_bind(self) -> None:
        """The mechanism finds its tickets: the KDC is asked once for each, however many log in."""
        self.add_key()
        asked = self.kerberos()
        for _ in range(3):
            self.assert_works(asked)
        self.assertEqual((self.asked_kdc("AS_REQ"), self.asked_kdc("TGS_REQ")), (1, 1))

    def test_krb5_conf_with_little_in_it(self) -> None:
        """No default realm and no realm of hosts: the keytab and the server's name tell."""
        self.add_key()
        bare = self.folder / "bare.conf"
        bare.write_text(re.sub(r"(?m)^  default_realm.*$|^\[domain_realm\](.|\n)*", "",
                               self.kdc.config.read_text()))
        asked = self.start([*BASIC_LDAP, "-H", self.url, "-Z", "--ca-file", str(self.ca),
                            "--sasl-mech", "GSSAPI", "--bind-keytab", str(self.keytab),
                            "--bind-principal", ACCOUNT], env=kdc.client_env(bare))
        self.assert_works(asked)
        self.assertEqual((self.asked_kdc("AS_REQ"), self.asked_kdc("TGS_REQ")), (1, 1))

    def test_whose_key(self) -> None:
        """--bind-principal chooses; without it the first key counts; the sentence says whose there
        are."""
        self.kdc.kadmin("addprinc -randkey HTTP/proxy.example.test")
        self.add_key(account="HTTP/proxy.example.test")
        self.add_key()
        for name in (ACCOUNT, PRINCIPAL):
            self.mark = len(self.slapd.log_text())
            self.assert_works(self.kerberos("--bind-principal", name))
            self.assertEqual(len(self.service_binds("GSSAPI")), 1)
        self.mark = len(self.slapd.log_text())
        self.assert_works(self.kerberos())
        self.assertIn("uid=http/proxy.example.test,", self.said())
        asked = self.kerberos("--bind-principal", "squid-ldpa")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertRegex(asked.log_text(), f"{self.keytab} holds no key of squid-ldpa .*only of "
                         f"HTTP/proxy.example.test@{kdc.REALM}, {PRINCIPAL}")

    def test_keytab_that_comes_late(self) -> None:
        asked = self.kerberos()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log(f"the keytab {self.keytab} cannot be read: No such file")
        self.add_key()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_keytab_that_is_none(self) -> None:
        """One sentence each; a good one counts from then on."""
        for what, sentence in (("empty", "is empty"), ("words", "cannot be read"),
                               ("cut", "is cut"),
                               ("folder", "is no regular file"), ("fifo", "is no regular file")):
            with self.subTest(what):
                self.keytab = self.folder / f"{what}.keytab"
                self.make_bad(what)
                asked = self.kerberos()
                self.assert_unavailable(asked.ask("alice", "alice-pw"))
                self.assertRegex(asked.log_text(), f"the keytab {self.keytab} ({sentence})")
                shutil.rmtree(self.keytab) if what == "folder" else self.keytab.unlink()
                self.add_key()
                self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def make_bad(self, what: str) -> None:
        if what == "folder":
            self.keytab.mkdir()
        elif what == "fifo":
            os.mkfifo(self.keytab)
        else:
            self.keytab.write_bytes({"empty": b"", "words": b"keys\n", "cut": b"\x05\x02\0\0\0\x50key"}[what])

    def test_ticket_that_ends_is_renewed(self) -> None:
        """Tickets of some seconds: connections are replaced in time, and no login sees it."""
        short = "short"
        self.kdc.kadmin(f"addprinc -randkey -maxlife 8seconds {short}")
        self.add_key(account=short)
        asked = self.kerberos()

        def renewed() -> bool:
            self.assertEqual(asked.ask("alice", "alice-pw"), helper.OK, asked.log_text())
            return self.said().count("mech=GSSAPI bind_ssf=256") >= 4
        place.wait_for(renewed, "the third renewal")
        self.assertNotRegex(asked.log_text(), "warning|error")
        self.assertEqual(asked.finish(), 0, asked.log_text())


class Refused(SaslCase):
    """What the KDC and the server refuse, and what becomes of it."""

    def assert_refused(self, asked: helper.Helper, sentence: str) -> None:
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertRegex(asked.log_text(), sentence)

    def assert_new_keytab_counts(self, asked: helper.Helper, refused_s: float) -> None:
        """Before the minute is over that the account is left alone for without one."""
        self.await_reply(asked, "alice", "alice-pw", helper.OK)
        self.assertLess(time.monotonic() - refused_s, 60)

    def assert_not_repeated(self, asked: helper.Helper) -> None:
        """However many log in: the KDC counts wrong keys, and locks."""
        seen = self.asked_kdc()
        self.assertEqual(seen, 1)
        for _ in range(5):
            self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.asked_kdc(), seen)

    def test_rotated_key(self) -> None:
        """A new password of the account: refused once; the new keytab counts at once."""
        self.add_key()
        asked = self.kerberos()
        self.assert_works(asked)
        self.kdc.kadmin(f"cpw -randkey {ACCOUNT}")
        self.restart_slapd()
        self.kdc_mark = len(self.kdc_log())
        refused_s = time.monotonic()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("the key in the keytab is not the account's")
        self.assert_not_repeated(asked)
        self.keytab.unlink()
        self.add_key()
        self.assert_new_keytab_counts(asked, refused_s)

    def test_account_states(self) -> None:
        """As kadmin sets them; once it is set right and the keytab touched, all is well."""
        cases = {
            "disabled": ("modprinc -allow_tix {}", "modprinc +allow_tix {}",
                         "disabled, locked or has expired"),
            "expired": ('modprinc -expire "2018-01-01" {}', "modprinc -expire never {}",
                        "has expired"),
            "password": ('modprinc -pwexpire "2018-01-01" {}', "modprinc -pwexpire never {}",
                         "the account's password has expired"),
        }
        for name, (bad, good, sentence) in cases.items():
            with self.subTest(name):
                self.keytab = self.folder / f"{name}.keytab"
                self.kdc.kadmin(f"addprinc -randkey {name}")
                self.add_key(account=name)
                self.kdc.kadmin(bad.format(name))
                self.kdc_mark = len(self.kdc_log())
                refused_s = time.monotonic()
                asked = self.kerberos()
                self.assert_refused(asked, sentence)
                self.assertIn(f"{name}@{kdc.REALM}", asked.log_text())
                self.assert_not_repeated(asked)
                self.kdc.kadmin(good.format(name))
                os.utime(self.keytab)
                self.assert_new_keytab_counts(asked, refused_s)

    def test_unknown_account(self) -> None:
        self.kdc.kadmin("addprinc -randkey leaver")
        self.add_key(account="leaver")
        self.kdc.kadmin("delprinc -force leaver")
        asked = self.kerberos()
        self.assert_refused(asked, "leaver@.*the KDC knows no such account")
        self.assert_not_repeated(asked)

    def test_names_that_kerberos_does_not_know(self) -> None:
        self.add_key()
        for url, sentence in ((self.alias_url, f"ldap/{ALIAS}@.*knows no service of that name"),
                              (self.address_url, f"no service by {ADDRESS}"),
                              (self.slapd.ldap_url.replace("127.0.0.1", "localhost"),
                               "no service by localhost")):
            with self.subTest(url):
                self.assert_refused(self.kerberos(url=url), sentence)
        self.assertEqual(self.said().count(" BIND "), 0)

    def test_another_server_is_used_instead(self) -> None:
        """A server without a principal is that server's fault alone."""
        self.add_key()
        asked = self.kerberos("-H", self.url, url=self.alias_url)
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_server_with_another_key(self) -> None:
        """The ticket is good, but the server cannot read it: not the account's fault."""
        self.add_key()
        self.kdc.kadmin(f"cpw -randkey ldap/{NAME}")
        asked = self.kerberos()
        self.assert_refused(asked, "(?i)ticket")
        self.assertNotIn("not tried again for 60 s", asked.log_text())
        self.kdc.keytab.unlink()
        self.add_key(self.kdc.keytab, f"ldap/{NAME}")
        self.restart_slapd()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_library_without_the_mechanism(self) -> None:
        """Cyrus SASL finds no plug-ins in an empty folder."""
        self.add_key()
        empty = self.folder / "plug-ins"
        empty.mkdir()
        asked = self.start([*BASIC_LDAP, "-H", self.url, "-Z", "--ca-file", str(self.ca),
                            "--sasl-mech", "GSSAPI", "--bind-keytab", str(self.keytab)],
                           env=self.kdc.env() | {"SASL_PATH": str(empty)})
        self.assert_refused(asked, "libsasl2-modules-gssapi-mit")


class WithoutLayer(SaslCase):
    """A server that offers no encryption of its own: never in clear instead."""

    SLAPD_OPTIONS = "sasl-secprops noanonymous,maxssf=1\n"

    def test_signed_is_not_enough(self) -> None:
        self.add_key()
        asked = self.kerberos()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertNotRegex(self.said(), "SRCH base=\"ou=people")
        asked = self.kerberos("--sasl-in-tls")
        self.assert_works(asked)


class Bound(SaslCase):
    """A server that looks at the channel binding: ours is that of its certificate."""

    SLAPD_OPTIONS = "sasl-cbinding tls-endpoint\n"

    def test_to_the_certificate(self) -> None:
        self.add_key()
        for url, options in ((self.url, ["--sasl-in-tls"]), (self.tls_url, [])):
            for mech in ("GSSAPI", "GSS-SPNEGO"):
                with self.subTest(url=url, mech=mech):
                    self.assert_works(self.kerberos(*options, url=url, mech=mech))


class BoundOtherwise(SaslCase):
    """A server that expects another binding refuses: so there is one."""

    SLAPD_OPTIONS = "sasl-cbinding tls-unique\n"

    @classmethod
    def setUpClass(cls) -> None:
        linked = subprocess.run(["ldd", place.need_program("slapd")], capture_output=True).stdout
        if b"gnutls" in linked:     # which knows no such binding in TLS 1.3
            cls.SLAPD_OPTIONS += "TLSCipherSuite NORMAL:-VERS-TLS1.3\n"
        super().setUpClass()

    def test_mismatch_is_refused(self) -> None:
        self.add_key()
        asked = self.kerberos("--sasl-in-tls")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertRegex(asked.log_text(), "does not take the ticket.*channel binding")


class KdcAway(SaslCase):
    """The KDC down or silent: BH in time, and recovery."""

    def test_down_at_the_start(self) -> None:
        self.add_key()
        self.kdc.stop()
        asked = self.kerberos()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("no KDC answers")
        self.kdc.run()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_down_later(self) -> None:
        """What is connected stays; what is lost comes back with the KDC."""
        self.add_key()
        asked = self.kerberos()
        self.assert_works(asked)
        self.kdc.stop()
        self.assert_works(asked)
        self.restart_slapd()
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("no KDC answers")
        self.kdc.run()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_silent(self) -> None:
        """It accepts and says nothing: libkrb5 waits on, requests do not, nor does the end."""
        self.add_key()
        self.kdc.pause()
        try:
            asked = self.kerberos("--deadline", "3")
            began = time.monotonic()
            for _ in range(2):      # this is said of a request whose time is up, and of no other
                self.assertEqual(asked.ask("alice", "alice-pw"), LATE)
            self.assertEqual(asked.finish(), 0)
            self.assertLess(time.monotonic() - began, 2 * (3 + helper.LATE_S) + 5)
            asked = self.kerberos("--deadline", "3")
            self.assert_unavailable(asked.ask("alice", "alice-pw"))
        finally:
            self.kdc.resume()
        self.await_reply(asked, "alice", "alice-pw", helper.OK)

    def test_silent_later(self) -> None:
        """What is open serves all, and new connections for users' binds are made."""
        self.add_key()
        asked = self.kerberos()
        self.assert_works(asked)
        self.kdc.pause()
        try:
            before = len(set(self.user_binds("alice")))

            def more() -> bool:
                replies = asked.ask_many([helper.line("alice", "alice-pw")] * 300)
                self.assertEqual(set(replies), {helper.OK}, asked.log_text())
                return len(set(self.user_binds("alice"))) > before
            place.wait_for(more, "further connections for binds")
        finally:
            self.kdc.resume()


class Scram(SaslCase):
    """A name and a password that is not sent."""

    def scram(self, url: str, *options: str, mech: str = "SCRAM-SHA-256",
              password: str = tree.PROXY_PASSWORD) -> helper.Helper:
        folder = self.folder / os.urandom(3).hex()
        folder.mkdir()
        self.secret = basicldap.secret_file(folder, password)
        return self.ours(url, "--sasl-mech", mech, "--sasl-user", "proxy", "-W", str(self.secret),
                         *options)

    def test_in_tls(self) -> None:
        for mech in ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            for url, options in ((self.tls_url, []), (self.url, ["-Z"])):
                with self.subTest(mech=mech, url=url):
                    self.mark = len(self.slapd.log_text())
                    asked = self.scram(url, *options, mech=mech)
                    self.assert_works(asked)
                    self.assertEqual(asked.finish(), 0, asked.log_text())
                    [(conn, layer, strength)] = self.service_binds(mech)
                    self.assertEqual(layer, 0)
                    self.assertGreaterEqual(strength, 128)

    def test_on_this_machine(self) -> None:
        self.assert_works(self.scram(self.loopback_url))

    def test_refused_in_clear(self) -> None:
        """What is recorded can be tried against at leisure."""
        asked = self.scram(self.loopback_url, "--uri", self.url)
        self.assert_works(asked)
        self.assertTrue(self.service_binds("SCRAM-SHA-256"))
        self.assertRegex(asked.log_text(), f"{self.url} will be refused unless it is on this")
        self.mark = len(self.slapd.log_text())
        asked = self.start([*BASIC_LDAP, "--uri", self.url, "--sasl-mech", "SCRAM-SHA-256",
                            "--sasl-user", "proxy", "-W", str(self.secret)])
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertRegex(asked.log_text(), "service|cleartext: .*clear")
        self.assertEqual(self.said().count(" BIND "), 0)

    def test_wrong_password(self) -> None:
        """Asked once; the new password counts at once."""
        asked = self.scram(self.tls_url, password="an old one")
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("service bind as proxy")
        # slapd logs a result when it has been sent.
        place.wait_for(lambda: "err=49" in self.said(), "the refusal in slapd's log")
        tries = self.said().count("err=49")
        self.assertEqual(tries, 1)
        for _ in range(5):
            self.assert_unavailable(asked.ask("alice", "alice-pw"))
        self.assertEqual(self.said().count("err=49"), tries)
        self.secret.write_text(tree.PROXY_PASSWORD + "\n")
        self.await_reply(asked, "alice", "alice-pw", helper.OK)


@unittest.skipUnless(os.geteuid() == 0, "root is needed to look into a process that is not dumpable")
class Secrets(SaslCase):
    """What proves the account is not kept once it has."""

    PIECE = 8

    def pieces_left(self, asked: helper.Helper, secret: bytes) -> list[bytes]:
        memory = place.writable_memory(asked.pid)
        self.assertIn(self.url.encode(), memory)
        pieces = [secret[at:at + self.PIECE] for at in range(len(secret) - self.PIECE + 1)]
        return [piece for piece in pieces if piece in memory]

    def test_key_of_the_keytab(self) -> None:
        """The account's own key, as it is in the file; those of the session must stay."""
        self.add_key()
        keys = keytab_keys(self.keytab.read_bytes())
        self.assertEqual(sorted(map(len, keys)), [16, 32])
        asked = self.kerberos()
        self.assert_works(asked)
        for key in keys:
            self.assertEqual(self.pieces_left(asked, key), [])

    def test_password_of_scram(self) -> None:
        secret = basicldap.secret_file(self.folder)
        asked = self.ours(self.url, "-Z", "--sasl-mech", "SCRAM-SHA-256", "--sasl-user", "proxy",
                          "-W", str(secret))
        self.assert_works(asked)
        self.assertEqual(self.pieces_left(asked, tree.PROXY_PASSWORD.encode()), [])


def keytab_keys(raw: bytes) -> list[bytes]:
    """The keys in a keytab of version 2 without holes (MIT's "Keytab file format")."""
    def text(at: int) -> tuple[bytes, int]:
        size = int.from_bytes(raw[at:at + 2], "big")
        return raw[at + 2:at + 2 + size], at + 2 + size
    keys, at = [], 2
    while at < len(raw):
        end = at + 4 + int.from_bytes(raw[at:at + 4], "big")
        parts = int.from_bytes(raw[at + 4:at + 6], "big")
        _, at = text(at + 6)        # the realm
        for _ in range(parts):
            _, at = text(at)
        key, _ = text(at + 4 + 4 + 1 + 2)   # name type, time, version, key type
        keys.append(key)
        at = end
    return keys


class NotOffered(SaslCase):
    """What the server does not have is said in words."""

    SLAPD_OPTIONS = "sasl-secprops noanonymous,minssf=57,maxssf=57\n"

    def test_mechanism(self) -> None:
        """A layer of 57 bits is none that SCRAM has, so slapd does not take it."""
        secret = basicldap.secret_file(self.folder)
        asked = self.ours(self.loopback_url, "--sasl-mech", "SCRAM-SHA-256", "--sasl-user", "proxy",
                          "-W", str(secret))
        self.assert_unavailable(asked.ask("alice", "alice-pw"))
        asked.wait_log("does not offer the mechanism of --sasl-mech")


if __name__ == "__main__":
    unittest.main()
