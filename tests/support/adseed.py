# SPDX-License-Identifier: BSD-2-Clause
"""adseed.py FOLDER: provisions the test domain into FOLDER and fills it as adtree.py says.

A program of its own, since Samba's Python module wants a process to itself; a few seconds, no
root, no network, nothing outside FOLDER. What provisioning does as root alone is to put Windows'
access lists on SYSVOL, which is left out: neither LDAP nor the KDC looks at those files.
"""

import logging
import pathlib
import subprocess
import sys

import ldb
from samba import auth, param, provision, samdb

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import adtree, sambadc     # noqa: E402

DAY = 24 * 60 * 60 * 10_000_000         # in the units of 100 ns that AD counts time in
NEVER = "-9223372036854775808"
HALF_HOUR = str(-DAY // 48)
FUNCTION_LEVEL_2008_R2 = 4
# Lets pwdLastSet be written, which only the password modules may
BYPASS_PASSWORD_RULES = "local_oid:1.3.6.1.4.1.7165.4.3.12:0"

DOMAIN_POLICY = {"pwdProperties": "0", "minPwdLength": "4", "minPwdAge": "0", "maxPwdAge": NEVER,
                 "pwdHistoryLength": "0", "lockoutThreshold": str(adtree.LOCKOUT_THRESHOLD),
                 "lockoutDuration": HALF_HOUR, "lockOutObservationWindow": HALF_HOUR}


class Seed:
    """The domain's database, with all rights."""

    def __init__(self, database: samdb.SamDB):
        self.database = database

    def set(self, dn: str, attributes: dict[str, str | list[str]],
            controls: list[str] | None = None) -> None:
        """Replaces attributes of an entry."""
        message = ldb.Message(ldb.Dn(self.database, dn))
        for name, value in attributes.items():
            message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
        self.database.modify(message, controls)

    def add(self, dn: str, attributes: dict[str, str | bytes | list[str]]) -> None:
        self.database.add({"dn": dn, **attributes})

    def person(self, person: adtree.Person) -> None:
        attributes = {"objectClass": "user", "sAMAccountName": person.sam,
                      "userAccountControl": "512",
                      "unicodePwd": f'"{person.password}"'.encode("utf-16-le")}
        if person.upn is not None:
            attributes["userPrincipalName"] = person.principal_name
        self.add(person.dn, attributes)
        if person.more:
            self.set(person.dn, person.more)

    def group(self, group: adtree.Group) -> None:
        attributes = {"objectClass": "group", "sAMAccountName": group.account_name,
                      "groupType": group.kind}
        if group.members:
            attributes["member"] = [member.dn for member in group.members]
        self.add(group.dn, attributes)

    def add_value(self, dn: str, name: str, values: list[str]) -> None:
        message = ldb.Message(ldb.Dn(self.database, dn))
        message[name] = ldb.MessageElement(values, ldb.FLAG_MOD_ADD, name)
        self.database.modify(message)

    def primary_group(self, person: adtree.Person, group: adtree.Group) -> None:
        self.add_value(group.dn, "member", [person.dn])
        found = self.database.search(group.dn, ldb.SCOPE_BASE, attrs=["primaryGroupToken"])
        self.set(person.dn, {"primaryGroupID": str(found[0]["primaryGroupToken"])})

    def password_age(self, name: str, precedence: int, days: float, person: adtree.Person) -> None:
        """A password settings object for one user."""
        self.add(f"CN={name},CN=Password Settings Container,CN=System,{adtree.BASE}", {
            "objectClass": "msDS-PasswordSettings",
            "msDS-PasswordSettingsPrecedence": str(precedence),
            "msDS-MaximumPasswordAge": str(-int(days * DAY)), "msDS-MinimumPasswordAge": "0",
            "msDS-MinimumPasswordLength": "1", "msDS-PasswordHistoryLength": "0",
            "msDS-PasswordComplexityEnabled": "FALSE",
            "msDS-PasswordReversibleEncryptionEnabled": "FALSE",
            "msDS-LockoutThreshold": str(adtree.LOCKOUT_THRESHOLD),
            "msDS-LockoutObservationWindow": HALF_HOUR, "msDS-LockoutDuration": HALF_HOUR,
            "msDS-PSOAppliesTo": person.dn})

    def names_of_the_controller(self) -> None:
        """Its ldap/ SPNs, which a service that is not started here would write."""
        found = self.database.search(adtree.BASE, ldb.SCOPE_SUBTREE,
                                     f"(dNSHostName={adtree.FQDN})", ["servicePrincipalName"])[0]
        present = {str(value).lower() for value in found.get("servicePrincipalName", [])}
        wanted = [f"ldap/{name}" for name in (adtree.FQDN, adtree.HOST.upper(), "localhost")]
        self.add_value(str(found.dn), "servicePrincipalName",
                       [name for name in wanted if name.lower() not in present])

    def everything(self) -> None:
        self.set(f"CN=Partitions,CN=Configuration,{adtree.BASE}",
                 {"uPNSuffixes": adtree.OTHER_SUFFIX})
        for folder in (adtree.SALES, adtree.OPS, adtree.MANY_OU):
            self.add(folder, {"objectClass": "organizationalUnit"})
        for person in (*adtree.PEOPLE, *adtree.SERVICES,
                       *(state.person for state in adtree.STATES)):
            self.person(person)
        self.password_age("two days", 1, 2, adtree.EXPIRED)
        self.set(adtree.EXPIRED.dn, {"pwdLastSet": adtree.LONG_AGO}, [BYPASS_PASSWORD_RULES])
        self.password_age("soon", 2, adtree.SOON_DAYS + 0.5, adtree.SOON)
        for group in adtree.GROUPS:
            self.group(group)
        self.add_value(adtree.RING_1.dn, "member", [adtree.RING_2.dn])
        self.primary_group(adtree.PRIMARY, adtree.PRIMARY_GROUP)
        for number in range(adtree.MANY_COUNT):
            self.group(adtree.many_group(number))
        self.names_of_the_controller()


def make_domain(folder: pathlib.Path) -> param.LoadParm:
    """The empty domain."""
    parameters = param.LoadParm()
    parameters.load(str(sambadc.write_config(folder)))
    provision.provision(
        logging.getLogger("provision"), auth.system_session(), lp=parameters,
        smbconf=str(folder / "etc" / "smb.conf"), targetdir=str(folder), realm=adtree.REALM,
        domain=adtree.NETBIOS, hostname=adtree.HOST, dns_backend="NONE", skip_sysvolacl=True,
        serverrole="active directory domain controller",
        adminpass=adtree.ADMINISTRATOR_PASSWORD, dom_for_fun_level=FUNCTION_LEVEL_2008_R2)
    return parameters


def fill(folder: pathlib.Path, parameters: param.LoadParm) -> None:
    seed = Seed(samdb.SamDB(url=str(folder / "private" / "sam.ldb"), lp=parameters,
                            session_info=auth.system_session()))
    seed.set(adtree.BASE, DOMAIN_POLICY)
    with Transaction(seed.database):
        seed.everything()


class Transaction:
    """All or nothing, and far faster than one write after the other."""

    def __init__(self, database: samdb.SamDB):
        self.database = database

    def __enter__(self) -> None:
        self.database.transaction_start()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.database.transaction_commit()
        else:
            self.database.transaction_cancel()


def export_keys(folder: pathlib.Path) -> None:
    """Keytabs: of the service account by its name, of the proxy by its SPN."""
    for name, principal in (("svc-ldap.keytab", adtree.SVC_LDAP.sam),
                            ("http.keytab", f"HTTP/{adtree.PROXY}")):
        subprocess.run(["samba-tool", "domain", "exportkeytab", folder / name,
                        f"--principal={principal}", "-s", folder / "etc" / "smb.conf"],
                       check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    folder = pathlib.Path(sys.argv[1]).resolve()
    parameters = make_domain(folder)
    fill(folder, parameters)
    export_keys(folder)


if __name__ == "__main__":
    main()
