# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call group-ad and Squid's own ext_kerberos_ldap_group_acl, with the test domain."""

import pathlib
import unittest

from . import addomain, adtree, basicldap, groupldap, helper, place

REALM = adtree.REALM
SERVERS = ("-S", f"{adtree.FQDN}@{REALM}")
NO = groupldap.NO


def stock_program() -> str:
    """Squid's own helper; the test is skipped where it is not installed."""
    return place.stock_helper("ext_kerberos_ldap_group_acl")


def env(domain: addomain.Domain, keytab: pathlib.Path | None = None) -> dict[str, str]:
    """A realm that is known, and a keytab as Squid's start script would name it. The last one is
    for the old helper, which would ask for the service of the address's first name."""
    return place.clean_env(KRB5_CONFIG=str(domain.krb5_config),
                           KRB5_KTNAME=str(keytab or domain.svc_keytab), LDAPSASL_NOCANON="on")


class Case(basicldap.Case):
    """A class whose helpers ask DC, without channel-IDs unless told otherwise."""

    DC: addomain.Domain         # set by setUpModule()

    def ours(self, *options: str, keytab: pathlib.Path | None = None, ids: bool = False,
             servers: tuple[str, ...] = SERVERS) -> helper.Helper:
        return self.start([place.helper_path("group-ad"), *place.patient(options), *servers,
                           *options], ids=ids, env=env(Case.DC, keytab))

    def groups(self, asked: helper.Helper, request: str | bytes) -> list[str]:
        """The groups of an OK for one line as it is; [] for the ERR that says no."""
        raw = request if isinstance(request, bytes) else request.encode()
        reply = groupldap.ask_raw(asked, raw)
        assert not reply.startswith("BH"), (reply, asked.log_text())
        return groupldap.groups_of(reply)

    def assert_trouble(self, asked: helper.Helper, request: str) -> None:
        self.assert_unavailable(groupldap.ask_raw(asked, request.encode()))

    def await_ok(self, asked: helper.Helper, request: str) -> None:
        """Asks until the reply is OK."""
        place.wait_for(lambda: groupldap.ask_raw(asked, request.encode()).startswith("OK"),
                       f"OK for {request!r}")


def enter(folder: pathlib.Path) -> None:
    """For setUpModule(): the domain runs, and Case.DC is it."""
    Case.DC = unittest.enterModuleContext(addomain.private(folder))
