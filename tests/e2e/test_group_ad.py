# SPDX-License-Identifier: BSD-2-Clause
"""group-ad and a real Active Directory.

Who is in which group is what adtree.py has put there; what lists of groups mean is worked out from
check_memberof() and create_gd() of Squid's src/acl/external/kerberos_ldap_group.
"""

import pathlib
import shutil
import subprocess
import unittest

from support import (addomain, adproxy, adtree, dnsserver, groupad, groupldap, helper, place,
                     sambadc, squid)
from support.dnsserver import srv

REALM = groupad.REALM
ALICE = f"alice@{REALM}"
ACCOUNT = ("-u", adtree.SVC_LDAP.implicit_upn, "-p", adtree.SVC_LDAP.password)


def setUpModule() -> None:
    groupad.enter(unittest.enterModuleContext(place.private_folder("ad")))


class Groups(groupad.Case):
    def test_members_and_others(self) -> None:
        """Nested, in a ring, the primary group, kinds of groups, names that need escapes."""
        asked = self.ours()
        for user, group, member in (
                ("alice", "A", True), ("alice", "B", True), ("alice", "C", True),
                ("bob", "A", False), ("jürgen", "C", True), ("bob", "R1", True),
                ("bob", "R2", True), ("alice", "R1", False), ("alice", "Domain Users", True),
                ("prim", "Primary staff", True), ("prim", "Above primary", True),
                ("prim", "Domain Admins", False), ("alice", "Local staff", True),
                ("robert", "Local staff", True), ("robert", "Global staff", False),
                ("jürgen", "Grüppe", True), ("alice", "Grüppe", False),
                ("alice", "Web (all), staff", True), ("par(en)s", "Web (all), staff", True),
                ("alice", "#hash", True), ("jsmith", 'back\\slash "q" *', True),
                ("spa ce", "Proxy Users", True), ("o'brien", "Proxy Users", False),
                ("alice", "Empty", False), ("alice", "a", True), ("ALICE", "A", True),
                ("many", "many-0007", True), ("many", "many-1199", True), ("many", "A", False),
                ("nobody", "A", False), ("*", "A", False), ("alic*", "A", False)):
            with self.subTest(user, group=group):
                line = b"%s %s" % (helper.escape(f"{user}@{REALM}"), helper.escape(group))
                self.assertEqual(self.groups(asked, line), [group] if member else [],
                                 asked.log_text())

    def test_one_name_in_two_places(self) -> None:
        """A CN that two groups have means either; their account names tell them apart."""
        asked = self.ours("-g", "Staff:Staff of Sales")
        self.assertEqual(self.groups(asked, f"chris.sales@{REALM}"), ["Staff", "Staff of Sales"])
        self.assertEqual(self.groups(asked, f"chris.ops@{REALM}"), ["Staff"])

    def test_depth(self) -> None:
        """-m counts levels beyond direct membership; without it all count."""
        for depth, wanted in ((None, "ABC"), ("0", "A"), ("1", "AB"), ("2", "ABC"), ("8", "ABC")):
            with self.subTest(depth):
                asked = self.ours("-g", "A:B:C", *(("-m", depth) if depth else ()))
                self.assertEqual(self.groups(asked, ALICE), list(wanted))
                self.assertEqual(self.groups(asked, f"robert@{REALM}"), [])

    def test_hexadecimal_names(self) -> None:
        gruppe, a = "Grüppe".encode().hex(), b"A".hex()
        realm = REALM.encode().hex()
        for options in (("-t", gruppe.upper()), ("-t", f"{a}:{gruppe}"), ("-U", f"{gruppe}@"),
                        ("-t", f"{gruppe}@{REALM}"), ("-T", f"{gruppe}@{realm}"),
                        ("-g", "Empty", "-T", f"{gruppe}@{realm}", "-t", f"{a}@OTHER"),
                        ("-t", f"{gruppe}3a{a}@{REALM}"), ("-g", "Grüppe"),
                        ("-g", b"Gr\xfcppe")):
            with self.subTest(options):
                asked = self.ours(*options)
                self.assertIn("Grüppe", self.groups(asked, helper.escape(f"jürgen@{REALM}")))
                self.assertNotIn("Grüppe", self.groups(asked, ALICE))

    def test_primary_group_of_another_user_in_flight(self) -> None:
        """200 lines at once, each its own answer."""
        asked = self.ours("--concurrency", "on", "-g", "A:Primary staff", ids=True)
        users = ["alice", "prim", "bob", "jürgen"] * 50
        replies = asked.ask_many(helper.escape(f"{user}@{REALM}") for user in users)
        wanted = {"alice": ["A"], "prim": ["Primary staff"], "bob": [], "jürgen": ["A"]}
        for user, reply in zip(users, replies):
            self.assertEqual(groupldap.groups_of(reply), wanted[user])


class Realms(groupad.Case):
    def test_forms_of_names(self) -> None:
        asked = self.ours("-g", f"A@{REALM}", "-D", REALM, "-N", f"SALES@{REALM}:CORP2@OTHER.TEST")
        for line in ("alice", "ALICE", ALICE, "alice@corp.example.test", f"alice%40{REALM}",
                     "CORP\\alice", "corp%5Calice", "SALES\\alice", "sales\\alice", f"{ALICE} -",
                     f"alice@{REALM.title()} -", " alice ", "%61lice"):
            with self.subTest(line):
                self.assertEqual(self.groups(asked, line), ["A"], asked.log_text())
        for line in ("bob", f"robert@{REALM}", "CORP2\\alice", f"a lice@{REALM}", "alice x",
                     f"alice@other@{REALM}", "alice@OTHER.TEST", "\uff41lice"):
            with self.subTest(line):
                self.assertTrue(groupldap.ask_raw(asked, line.encode()).startswith("ERR "))

    def test_names_that_nobody_has(self) -> None:
        asked = self.ours("-g", "A", "-D", REALM)
        for line in ("-", "", " ", "- -", "@", f"@{REALM}", "alice@", "CORP\\", "\\alice",
                     "alice@b..c", "alice@.", "alice@a b", "alice@" + "a" * 300, "x" * 9000):
            with self.subTest(line[:20]):
                self.assertTrue(groupldap.ask_raw(asked, line.encode()).startswith("ERR "), line)
        self.assertEqual(self.groups(asked, "alice"), ["A"])

    def test_a_domain_that_is_another_one(self) -> None:
        """The old helper takes OTHER\\alice for alice of the default realm."""
        for options in (("-D", REALM), ()):
            asked = self.ours("-g", "A", *options)
            self.assertTrue(groupldap.ask_raw(asked, b"OTHER\\alice").startswith("ERR "))
        self.assertIn("(-N NETBIOS@REALM)", asked.log_text())

    def test_which_groups_count(self) -> None:
        """GROUP counts for everybody, GROUP@ for users of any realm, GROUP@REALM for one realm."""
        for groups, user, wanted in (
                ("A", ALICE, ["A"]), ("A@", ALICE, ["A"]), (f"A@{REALM}", ALICE, ["A"]),
                (f"A@{REALM.lower()}", ALICE, ["A"]), ("A@OTHER", ALICE, []),
                (f"B@OTHER:A@{REALM}:C@:Empty", ALICE, ["A", "C"]),
                (f"Empty@{REALM}:B", ALICE, ["B"]), (f"Empty@{REALM}:B@", ALICE, ["B"])):
            with self.subTest(groups, user=user):
                reply = groupldap.ask_raw(self.ours("-g", groups), user.encode())
                self.assertEqual(groupldap.note(reply, "group"), wanted, reply)

    def test_users_without_a_realm(self) -> None:
        for options, wanted in ((("-g", "A", "-D", REALM), "OK"), (("-g", "A@", "-D", REALM), "OK"),
                                (("-g", "A"), "ERR"), (("-g", "A@"), "ERR"),
                                (("-g", f"A@{REALM}"), "ERR")):
            with self.subTest(options):
                reply = groupldap.ask_raw(self.ours(*options), b"alice")
                self.assertEqual(reply.split()[0], wanted)

    def test_groups_in_the_line(self) -> None:
        asked = self.ours("-D", REALM)
        for line, wanted in ((b"alice A", ["A"]), (b"alice A:B:Empty", ["A", "B"]),
                             (f"{ALICE} A@{REALM}:B@OTHER".encode(), ["A"]),
                             (b"spa ce Proxy%20Users", ["Proxy Users"]),
                             (b"spa%20ce Proxy%20Users", ["Proxy Users"]),
                             (b"alice Web%20(all)%2C%20staff ", ["Web (all), staff"])):
            with self.subTest(line):
                self.assertEqual(self.groups(asked, line), wanted)
        for line in ("alice", "alice -", "alice A::B", "alice @R", "alice A@B@C"):
            with self.subTest(line):
                self.assert_trouble(asked, line)

    def test_login_raw_and_extras(self) -> None:
        asked = self.ours("-g", "A", "-D", REALM, "--login", "raw")
        self.assertEqual(self.groups(asked, "alice"), ["A"])
        self.assertEqual(self.groups(asked, "%61lice"), [])
        asked = self.ours("-g", "A", "-D", REALM, "--key-extras", "2")
        self.assertEqual(self.groups(asked, "alice 10.0.0.1 GET -"), ["A"])
        asked = self.ours("-D", REALM, "--key-extras", "1")
        self.assertEqual(self.groups(asked, "alice 10.0.0.1 A"), ["A"])

    def test_names_of_latin_1(self) -> None:
        asked = self.ours("-g", "A", "-D", REALM)
        self.assertEqual(self.groups(asked, b"j\xfcrgen"), ["A"])
        self.assertEqual(self.groups(asked, "jürgen".encode()), ["A"])

    def test_too_many_realms(self) -> None:
        """Users write realms: those that no option names are limited, the others are not."""
        asked = self.ours("-g", f"A:A@{REALM}", "--dns", "127.0.0.1:9",
                          servers=groupad.SERVERS)
        for number in range(40):
            asked.send(b"alice@r%d.test" % number)
            self.assertRegex(asked.receive()[1], "^BH ")
        self.assertIn("realms that no option names", asked.log_text())
        self.assertEqual(self.groups(asked, ALICE), ["A"])


class Accounts(groupad.Case):
    """-u, -p and -l: a simple bind instead of Kerberos, or where that fails."""

    def account(self, *options: str, url: str = addomain.LDAPS_URL,
                keytab: pathlib.Path | None = None) -> helper.Helper:
        return self.ours("-l", url, *ACCOUNT, "-g", "A", "-D", REALM, *options, keytab=keytab)

    def test_without_kerberos(self) -> None:
        """-a is said loudly; the password goes from the command line."""
        asked = self.account("-n", "-a")
        for line in ("alice", ALICE):
            self.assertEqual(self.groups(asked, line), ["A"], asked.log_text())
        self.assertEqual(self.groups(asked, "bob"), [])
        self.assertIn("NOT VERIFIED", asked.log_text())
        self.assertIn("--bind-password-file FILE", asked.log_text())
        words = pathlib.Path(f"/proc/{asked.pid}/cmdline").read_bytes()
        self.assertNotIn(adtree.SVC_LDAP.password.encode(), words)

    def test_certificates_are_verified(self) -> None:
        asked = self.account("-n")
        self.assert_trouble(asked, "alice")
        for option in (("--ca-file", str(self.DC.ca)), ()):
            env = groupad.env(self.DC) | ({} if option else {"TLS_CACERTFILE": str(self.DC.ca)})
            words = [place.helper_path("group-ad"), "-n", "-l", addomain.LDAPS_URL, *ACCOUNT, "-g",
                     "A", "-D", REALM, *place.PATIENT, *option]
            asked = self.start(words, ids=False, env=env)
            self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_where_kerberos_fails(self) -> None:
        """Its keytab is missing: the account is asked, as the old helper does."""
        asked = self.account("-a", keytab=self.folder / "no-keytab")
        self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())
        self.assertEqual(self.groups(asked, ALICE), ["A"])
        self.assertEqual(self.groups(asked, "bob"), [])

    def test_a_realm_is_its_base(self) -> None:
        """alice of another realm is not the alice of this one; -b says that she is."""
        asked = self.account("-n", "-a")
        self.assert_trouble(asked, "alice@OTHER.TEST")
        asked = self.account("-n", "-a", "-b", adtree.BASE)
        self.assertEqual(self.groups(asked, "alice@OTHER.TEST"), ["A"])

    def test_without_a_realm(self) -> None:
        asked = self.ours("-n", "-a", "-l", addomain.LDAPS_URL, *ACCOUNT, "-g", "A:B@")
        self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_in_clear(self) -> None:
        """As the letters say, and the controller refuses; the log says what to do."""
        asked = self.account("-n", url=addomain.LDAP_URL)
        self.assert_trouble(asked, "alice")
        self.assertIn("PASSWORDS CROSS THE NETWORK IN CLEAR", asked.log_text())
        asked = self.account("-n", "--starttls", "-a", url=addomain.LDAP_URL)
        self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_wrong_password(self) -> None:
        asked = self.ours("-n", "-a", "-l", addomain.LDAPS_URL, "-u", adtree.SVC_LDAP.implicit_upn,
                          "-p", addomain.WRONG, "-g", "A", "-D", REALM)
        for _ in range(3):
            self.assert_trouble(asked, "alice")
        self.assertLessEqual(self.DC.bad_password_count(adtree.SVC_LDAP), 1)
        self.DC.unlock(adtree.SVC_LDAP)


class Servers(groupad.Case):
    def test_servers_from_dns(self) -> None:
        records = {f"_ldap._tcp.dc._msdcs.{adtree.DNS_DOMAIN}": [srv(adtree.FQDN, 389)]}
        with dnsserver.DnsServer(records) as dns:
            asked = self.ours("-g", f"A@{REALM}", "-D", REALM, "--dns", dns.endpoint, servers=())
            self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_which_servers_count(self) -> None:
        nowhere = "dc9.corp.example.test"
        for servers in (adtree.FQDN, f"{adtree.FQDN}@", f"{nowhere}@OTHER:{adtree.FQDN}@{REALM}",
                        f"{nowhere}@{REALM}:{adtree.FQDN}@{REALM}"):
            with self.subTest(servers):
                asked = self.ours("-g", "A", "-D", REALM, servers=("-S", servers))
                self.await_ok(asked, "alice")

    def test_stopped_and_started(self) -> None:
        """BH while it is away, never ERR; what was answered a moment ago still is."""
        asked = self.ours("-g", "A", "-D", REALM)
        self.assertEqual(self.groups(asked, "alice"), ["A"])
        self.DC.stop()
        try:
            self.assertEqual(self.groups(asked, "alice"), ["A"])
            for user in ("bob", "nobody", "prim"):
                self.assert_trouble(asked, user)
        finally:
            self.DC.start()
        place.wait_for(lambda: groupldap.ask_raw(asked, b"bob") == groupad.NO, "ERR again")
        self.await_ok(asked, "jürgen")

    def test_away_from_the_start(self) -> None:
        self.DC.stop()
        try:
            asked = self.ours("-g", "A", "-D", REALM)
            self.assert_trouble(asked, "alice")
        finally:
            self.DC.start()
        self.await_ok(asked, "alice")

    def test_a_keytab_that_comes_late(self) -> None:
        keytab = self.folder / "late.keytab"
        asked = self.ours("-g", "A", "-D", REALM, keytab=keytab)
        self.assert_trouble(asked, "alice")
        self.assertIn(str(keytab), asked.log_text())
        shutil.copy(self.DC.svc_keytab, keytab)
        self.await_ok(asked, "alice")

    def test_principals(self) -> None:
        """-P names one of the keytab; one that is not there is trouble."""
        for name in (adtree.SVC_LDAP.sam, f"{adtree.SVC_LDAP.sam}@{REALM}"):
            asked = self.ours("-g", "A", "-D", REALM, "-P", name)
            self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())
        asked = self.ours("-g", "A", "-D", REALM, "-P", "nobody")
        self.assert_trouble(asked, "alice")

    def test_whose_keys_a_keytab_has(self) -> None:
        """The keytab of a machine begins with names of services, which are no accounts, and may
        have keys of another realm (here one that nobody has)."""
        svc, http = self.DC.svc_keytab.read_bytes(), self.DC.http_keytab.read_bytes()
        other = svc.replace(REALM.encode(), REALM[:-1].encode() + b"X")
        self.assertNotEqual(other, svc)
        for name, data in (("service", http + svc[2:]), ("realm", other + svc[2:]),
                           ("both", other + http[2:] + svc[2:])):     # 2: the version of the file
            with self.subTest(name):
                keytab = self.folder / f"{name}.keytab"
                keytab.write_bytes(data)
                asked = self.ours("-g", "A", "-D", REALM, keytab=keytab)
                self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_kerberos_in_tls(self) -> None:
        """-s: a controller that knows no channel binding refuses that, unless it is told to allow
        it."""
        options = ("-g", "A", "-D", REALM, "-s", "--ca-file", str(self.DC.ca))
        if sambadc.takes_sasl_in_tls():
            self.await_ok(self.ours(*options), "alice")
            return
        self.assert_trouble(self.ours(*options), "alice")
        self.DC.restart("ldap server require strong auth = allow_sasl_over_tls")
        self.addCleanup(self.DC.restart)
        asked = self.ours(*options)
        self.await_ok(asked, "alice")

    def test_answers_are_kept(self) -> None:
        asked = self.ours("-g", "A", "-D", REALM, "--group-ttl", "0")
        self.assertEqual(self.groups(asked, "alice"), ["A"])
        self.DC.stop()
        try:
            self.assert_trouble(asked, "alice")
        finally:
            self.DC.start()


class Options(groupad.Case):
    def refused(self, *words: str | bytes) -> str:
        done = subprocess.run([place.helper_path("group-ad"), *words], input=b"",
                              capture_output=True, env=groupad.env(self.DC))
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        return done.stderr.decode()

    def test_what_is_wrong(self) -> None:
        """One sentence that names the option."""
        for words, wanted in (
                (("-g", ""), "option -g (--groups): a name in it is empty"),
                (("-g", "A:"), "option -g (--groups): a name in it is empty"),
                (("-g", "@R"), "option -g (--groups): a name in it is empty"),
                (("-g", "A@R@S"), 'option -g (--groups): "A@R@S" has more than one @'),
                (("-g", "A@a b"), '"a b" is not the name of a realm'),
                (("-t", "4"), 'option -t (--hex-groups): "4" is not made of pairs'),
                (("-t", "4g"), 'option -t (--hex-groups): "4g" is not made of pairs'),
                (("-t", "fc"), "option -t (--hex-groups): what the digits say is not UTF-8"),
                (("-t", "4100"), "has a NUL byte"),
                (("-T", "41@5"), 'option -T (--hex-groups-realms): "5" is not made of pairs'),
                (("-N", "CORP"), 'option -N (--netbios-names): "CORP" has no realm'),
                (("-N", "CORP@"), 'option -N (--netbios-names): "CORP" has no realm'),
                (("-S", ":"), "option -S (--servers): a name in it is empty"),
                (("-D", ""), "option -D (--default-realm)"),
                (("-D", "a b"), "option -D (--default-realm)"),
                (("-n",), "option -n (--no-kerberos) needs an account"),
                (("-n", "-u", "x", "-p", "y"), "need -l URI"),
                (("-p", "y"), "option -p (--bind-password) needs -u"),
                (("-u", "x", "-l", "ldap://x", "-g", "A"), "needs a password"),
                (("--port", "390", "-g", "A@R"), "option --port is for servers that are named"),
                (("--backup-uri", "ldap://b", "-g", "A@R"), "option --backup-uri stands in for"),
                (("-m", "x"), "option -m (--max-depth)"), (("-x",), "option -x is not known"),
                (("word",), "word 1 of the command line belongs to no option"),
                (("-g", "A", "-dx"), "option -x is not known")):
            with self.subTest(words):
                self.assertIn(wanted, self.refused(*words))

    def test_a_port_for_one_realm(self) -> None:
        """DNS names the servers of the other."""
        done = subprocess.run([place.helper_path("group-ad"), "--port", "390", "-S", "dc.test@R",
                               "-g", "A@R:B@OTHER"], stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_letters_in_one_word(self) -> None:
        """As getopt reads them."""
        asked = self.ours("-adi", "-gA", f"-D{REALM}")
        self.assertEqual(self.groups(asked, "alice"), ["A"])

    def test_help(self) -> None:
        done = subprocess.run([place.helper_path("group-ad"), "-h"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("Usage: group-ad "))

    def test_a_file_of_options(self) -> None:
        config = self.folder / "group-ad.conf"
        config.write_text(f"groups = A:B@OTHER\ndefault-realm = {REALM}\n"
                          f"servers = {adtree.FQDN}@{REALM}\nbind-keytab = {self.DC.svc_keytab}\n")
        words = [place.helper_path("group-ad"), "--config", str(config), *place.PATIENT]
        asked = self.start(words, ids=False,
                           env=place.clean_env(KRB5_CONFIG=str(self.DC.krb5_config)))
        self.assertEqual(self.groups(asked, "alice"), ["A"], asked.log_text())

    def test_check(self) -> None:
        words = [place.helper_path("group-ad"), *groupad.SERVERS, "-D", REALM, "-g", "A",
                 *place.PATIENT, "--check"]
        done = subprocess.run(words, capture_output=True, text=True, env=groupad.env(self.DC))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(REALM, done.stdout)
        done = subprocess.run(words, capture_output=True, text=True,
                              env=groupad.env(self.DC, self.folder / "none"))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


class Squid(groupad.Case):
    """Both behind a real Squid, where a user may go who logged in by Basic."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.origin = cls.enterClassContext(squid.Origin())
        folder = cls.folder / "squid"
        folder.mkdir()
        cls.squid = cls.enterClassContext(squid.Squid(folder, adproxy.argv(cls.DC),
                                                      auth=cls.rules(folder)))

    @classmethod
    def rules(cls, folder: pathlib.Path) -> list[str]:
        """Groups by options, with channel-IDs; and by arguments, as %LOGIN writes the user."""
        program = place.helper_path("group-ad")
        if squid.user_for_squid():
            program = place.for_others(program, folder)
        keytab = folder / "svc.keytab"
        shutil.copy(cls.DC.svc_keytab, keytab)
        keytab.chmod(0o600)
        adproxy.readable_for_squid(keytab)
        words = [program, *groupad.SERVERS, "-D", REALM, "--bind-keytab", str(keytab),
                 *place.PATIENT]
        common = "ttl=0 negative_ttl=0 cache=0 children-max=1"
        rows = []
        for name, form, more in (("by_option", "concurrency=20 %#ul",
                                  ("--concurrency", "on", "-g", f"A@{REALM}:Proxy Users")),
                                 ("by_line", "%LOGIN", ())):
            command = " ".join(squid.quote_word(word) for word in (*words, *more))
            rows.append(f"external_acl_type {name} {common} {form} {command}")
        return [*rows, "acl known proxy_auth REQUIRED", "http_access deny !known",
                "acl is_option urlpath_regex ^/option$", "acl in_option external by_option",
                "acl is_line urlpath_regex ^/line$", "acl in_line external by_line Denied:C",
                "http_access allow is_option in_option", "http_access deny is_option all",
                "http_access allow is_line in_line", "http_access deny is_line all"]

    def status(self, person: adtree.Person, path: str) -> int:
        return squid.curl(self.squid.port, self.origin.url + path,
                          f"{person.sam}:{person.password}").status

    def test_members_may_and_others_may_not(self) -> None:
        for person, by_option, by_line in (
                (adtree.ALICE, 200, 200), (adtree.JUERGEN, 200, 200), (adtree.BOB, 403, 200),
                (adtree.ROBERT, 403, 403), (adtree.SPACE, 200, 403)):
            with self.subTest(person.sam):
                self.assertEqual(self.status(person, "option"), by_option, self.squid.cache_log())
                self.assertEqual(self.status(person, "line"), by_line, self.squid.cache_log())


if __name__ == "__main__":
    unittest.main()
