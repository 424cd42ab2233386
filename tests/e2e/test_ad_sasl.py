# SPDX-License-Identifier: BSD-2-Clause
"""The service account of basic-ldap by Kerberos in the test domain: a keytab is enough, on ldap://
without TLS, as an Active Directory takes it unless told otherwise.

What is expected is what Samba answers for each setting of "ldap server require strong auth"
(smb.conf(5)), its count of bad passwords, and our own sentences.
"""

import unittest

from support import addomain, adtree, basicldap, helper, place, sambadc

DC: addomain.Domain


def setUpModule() -> None:
    global DC
    folder = unittest.enterModuleContext(place.private_folder("ad"))
    DC = unittest.enterModuleContext(addomain.private(folder))


class AdCase(basicldap.Case):
    def ours(self, *options: str, url: str = addomain.LDAP_URL) -> helper.Helper:
        """Names by sAMAccountName; users' binds by StartTLS where the server is ldap://."""
        return self.start([place.helper_path("basic-ldap"), "-b", adtree.BASE, "-f",
                           "(sAMAccountName=%s)", "-H", url, "--ca-file", str(DC.ca),
                           *place.PATIENT, *options],
                          env=DC.env())

    def kerberos(self, *options: str, mech: str = "GSSAPI",
                 url: str = addomain.LDAP_URL) -> helper.Helper:
        return self.ours("-Z", "--sasl-mech", mech, "--bind-keytab", str(DC.svc_keytab), *options,
                         url=url)

    def assert_works(self, asked: helper.Helper) -> None:
        for person in (adtree.ALICE, adtree.JUERGEN):
            self.assertEqual(asked.ask(person.sam, person.password), helper.OK, asked.log_text())
        self.assertEqual(asked.ask(adtree.ALICE.sam, addomain.WRONG), helper.ERR)

    def assert_refused(self, asked: helper.Helper, sentence: str) -> None:
        self.assert_unavailable(asked.ask(adtree.ALICE.sam, adtree.ALICE.password))
        self.assertRegex(asked.log_text(), sentence)


class AsItComes(AdCase):
    """An Active Directory's defaults: simple binds in TLS alone, Kerberos outside of TLS alone."""

    def test_keytab(self) -> None:
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            with self.subTest(mech):
                asked = self.kerberos(mech=mech)
                self.assert_works(asked)
                self.assertIn("encrypted by Kerberos", asked.log_text())

    def test_domain_and_keytab_are_enough(self) -> None:
        """Base, names and StartTLS for users come from the domain."""
        words = [place.helper_path("basic-ldap"), "--domain", adtree.DNS_DOMAIN, "--uri",
                 addomain.LDAP_URL, "--ca-file", str(DC.ca), "--sasl-mech", "GSSAPI",
                 "--bind-keytab", str(DC.svc_keytab), *place.PATIENT]
        asked = self.enterContext(helper.Helper(words, self.folder / "domain.log", env=DC.env()))
        for name in (adtree.ALICE.sam, adtree.ALICE.down_level, adtree.ALICE.implicit_upn):
            reply = asked.ask(name, adtree.ALICE.password)
            self.assertRegex(reply, "^OK .*user=\"alice\"", asked.log_text())
        self.assertEqual(asked.ask(adtree.ALICE.sam, addomain.WRONG)[:3], "ERR")
        self.assertIn("encrypted by Kerberos", asked.log_text())

    def test_global_catalog(self) -> None:
        asked = self.kerberos(url=addomain.GC_URL)
        self.assert_works(asked)
        self.assertIn("encrypted by Kerberos", asked.log_text())

    def test_users_have_tls(self) -> None:
        """Without -Z as well: the DC refuses their binds in clear."""
        for more in ((), ("--allow-cleartext",)):
            asked = self.ours("--sasl-mech", "GSSAPI", "--bind-keytab", str(DC.svc_keytab), *more)
            self.assert_works(asked)
            self.assertNotIn("IN CLEAR", asked.log_text())

    def test_kerberos_in_tls(self) -> None:
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            for url, options in ((addomain.LDAP_URL, ["--sasl-in-tls"]),
                                 (addomain.LDAPS_URL, [])):
                with self.subTest(mech=mech, url=url):
                    asked = self.kerberos(*options, mech=mech, url=url)
                    if sambadc.takes_sasl_in_tls():     # it is bound to the channel
                        self.assert_works(asked)
                        continue
                    self.assert_refused(
                        asked,
                        r"Strong\(er\) authentication required.*does not take Kerberos inside TLS: "
                        "use an ldap:// URI without --sasl-in-tls")

    def test_simple_bind_in_clear(self) -> None:
        asked = self.ours("-D", adtree.SVC_LDAP.implicit_upn, "-W",
                          str(basicldap.secret_file(self.folder, adtree.SVC_LDAP.password)))
        self.assert_refused(asked, r"Strong\(er\) authentication required.*wants the service "
                            "account to bind inside TLS .*--starttls.*--sasl-mech GSSAPI")

    def test_wrong_key_counts_once(self) -> None:
        """The domain counts wrong keys as wrong passwords, and locks."""
        DC.unlock(adtree.SVC_LDAP)
        DC.set_password(adtree.SVC_LDAP, "another-Pw-7")
        try:
            self.assertTrue(any(self.is_counted_once() for _ in range(3)))
            asked = self.kerberos()
            self.assert_unavailable(asked.ask(adtree.ALICE.sam, adtree.ALICE.password))
        finally:
            DC.set_password(adtree.SVC_LDAP, adtree.SVC_LDAP.password)
            DC.unlock(adtree.SVC_LDAP)
        self.keytab_touched()
        self.await_reply(asked, adtree.ALICE.sam, adtree.ALICE.password, helper.OK)

    def is_counted_once(self) -> bool:
        """A KDC that takes more than a second is asked again by libkrb5 itself, and counts that."""
        DC.unlock(adtree.SVC_LDAP)
        asked = self.kerberos()
        for _ in range(5):
            self.assert_unavailable(asked.ask(adtree.ALICE.sam, adtree.ALICE.password))
        asked.wait_log("the key in the keytab is not the account's")
        # A newer Samba does not count the key of the password before.
        return DC.bad_password_count(adtree.SVC_LDAP) <= 1

    @staticmethod
    def keytab_touched() -> None:
        DC.svc_keytab.touch()

    def test_disabled_account(self) -> None:
        DC.replace(adtree.SVC_LDAP.dn, "userAccountControl", adtree.ACCOUNT_DISABLED)
        try:
            asked = self.kerberos()
            self.assert_refused(asked, "svc-ldap@.*disabled, locked or has expired")
        finally:
            DC.replace(adtree.SVC_LDAP.dn, "userAccountControl", "512")
        self.keytab_touched()
        self.await_reply(asked, adtree.ALICE.sam, adtree.ALICE.password, helper.OK)

    def test_dc_restarts(self) -> None:
        asked = self.kerberos()
        self.assert_works(asked)
        DC.stop()
        self.assert_unavailable(asked.ask(adtree.ALICE.sam, adtree.ALICE.password))
        DC.start()
        self.await_reply(asked, adtree.ALICE.sam, adtree.ALICE.password, helper.OK)


class SaslOverTls(AdCase):
    """A domain that was told to take Kerberos inside TLS."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        DC.restart("ldap server require strong auth = allow_sasl_over_tls")

    @classmethod
    def tearDownClass(cls) -> None:
        DC.restart()
        super().tearDownClass()

    def test_in_tls(self) -> None:
        for mech in ("GSSAPI", "GSS-SPNEGO"):
            for url, options in ((addomain.LDAP_URL, ["--sasl-in-tls"]),
                                 (addomain.LDAPS_URL, [])):
                with self.subTest(mech=mech, url=url):
                    asked = self.kerberos(*options, mech=mech, url=url)
                    self.assert_works(asked)
                    self.assertIn("TLS is on", asked.log_text())
                    self.assertNotIn("encrypted by Kerberos", asked.log_text())


if __name__ == "__main__":
    unittest.main()
