# SPDX-License-Identifier: BSD-2-Clause
"""negotiate-gssapi in the test domain: tickets of its people, Squid's own helper for the same
tokens, and what the domain itself says about somebody's groups.

    def setUpModule() -> None:
        adgssapi.enter(unittest.enterModuleContext(place.private_folder("ad")))
"""

import base64
import functools
import pathlib
import struct
import subprocess
import unittest
from collections.abc import Mapping

from . import addomain, adtree, basicldap, gss, gssapi, helper, kdc, place

SERVICE = f"HTTP@{adtree.PROXY}"
# What KDCs put into tickets by themselves, and no entry of a directory has: [MS-DTYP] section
# 2.4.2.4. The first is in each ticket, the other in those of Samba 4.22 and not of 4.17.
AUTHENTICATED_BY_A_CONTROLLER = "S-1-18-1"
CLAIMS_VALID = "S-1-5-21-0-0-0-497"


def sid_text(binary: bytes) -> str:
    """[MS-DTYP] section 2.4.2.1, for authorities below 2^32."""
    revision, count = binary[:2]
    authority = int.from_bytes(binary[2:8], "big")
    parts = struct.unpack(f"<{count}I", binary[8:])
    return "-".join(map(str, ("S", revision, authority, *parts)))


class Case(basicldap.Case):
    """A class with a folder for its tickets. Its helpers remember no tokens unless told to."""

    HELPER = helper.Helper
    DOMAIN: addomain.Domain             # set by enter()

    @classmethod
    def env(cls, **extra: str) -> dict[str, str]:
        """A service's."""
        return kdc.client_env(cls.DOMAIN.krb5_config) | {"LDAPTLS_CACERT": str(cls.DOMAIN.ca)} \
            | extra

    @classmethod
    def tickets(cls, person: adtree.Person) -> dict[str, str]:
        """The environment of a client with a ticket-granting ticket of `person`."""
        cache = cls.folder / f"cache-{person.sam.encode().hex()}"
        if not cache.exists():
            kdc.kinit(cls.DOMAIN.krb5_config, cache, principal(person), person.password)
        return kdc.client_env(cls.DOMAIN.krb5_config, cache)

    @classmethod
    def token(cls, person: adtree.Person, mech: str = "spnego") -> bytes:
        """A client's first token, a new one each time."""
        return gss.init(cls.tickets(person), SERVICE, mech)

    def ours(self, *options: str | pathlib.Path, replays: str = "none",
             env: Mapping[str, str] | None = None) -> helper.Helper:
        words = gssapi.argv("--keytab", self.DOMAIN.http_keytab, "--replay-cache", replays,
                            "--deadline", "60", *options)
        return self.start(words, ids=False, env=env or self.env())

    def namer(self, *options: str | pathlib.Path) -> helper.Helper:
        """One that asks the domain for the names of groups, as the account of a keytab."""
        return self.ours(*place.patient(options), "--uri", addomain.LDAP_URL, "--bind-keytab",
                         self.DOMAIN.svc_keytab, *options)

    def login(self, asked: helper.Helper, person: adtree.Person) -> gssapi.Reply:
        return self.assert_ok(gssapi.ask(asked, self.token(person)), person, asked)

    def assert_ok(self, reply: gssapi.Reply, person: adtree.Person,
                  asked: helper.Helper) -> gssapi.Reply:
        self.assertEqual((reply.word, reply.user), ("OK", principal(person)),
                         f"{reply.line[:300]}\n{asked.log_text()[-3000:]}")
        return reply

    def assert_trouble(self, reply: gssapi.Reply, words: str, asked: helper.Helper) -> None:
        self.assertRegex(reply.line, f"^BH .*{words}", asked.log_text()[-3000:])

    @classmethod
    def stock(cls, token: bytes) -> gssapi.Reply:
        """The reply of Squid's negotiate_kerberos_auth."""
        done = subprocess.run(
            [place.stock_helper("negotiate_kerberos_auth"), "-t", "none",
             "-k", cls.DOMAIN.http_keytab, "-s", f"HTTP/{adtree.PROXY}"],
            input=gssapi.line(token) + b"\n", capture_output=True, env=cls.env())
        return gssapi.Reply.of(done.stdout.decode().partition("\n")[0])

    # ---- what the domain says ----

    def token_groups(self, person: adtree.Person) -> set[str]:
        """The SIDs of tokenGroups that are relative to the domain: those of BUILTIN are in no
        ticket ([MS-KILE] section 3.3.5.6.4.2)."""
        found = self.DOMAIN.search(person.dn, "base", "(objectClass=*)", "tokenGroups")
        texts = {sid_text(sid) for sid in found[0]["tokenGroups"]}
        return {text for text in texts if text.startswith("S-1-5-21-")}

    def local_groups(self) -> set[str]:
        """The SIDs of the domain's local groups."""
        found = self.DOMAIN.search(adtree.USERS, "sub", f"(groupType={adtree.DOMAIN_LOCAL})",
                                   "objectSid")
        return {sid_text(entry["objectSid"][0]) for entry in found}

    @classmethod
    @functools.cache
    def added_by_the_kdc(cls) -> frozenset[str]:
        """Which of the SIDs that KDCs add this one does, as Squid's helper sees it."""
        seen = texts(cls.stock(cls.token(adtree.OBRIEN)).groups)
        assert AUTHENTICATED_BY_A_CONTROLLER in seen, seen
        return frozenset({AUTHENTICATED_BY_A_CONTROLLER, CLAIMS_VALID}.intersection(seen))

    def sids_in_a_ticket(self, person: adtree.Person) -> set[str]:
        return self.token_groups(person) | self.added_by_the_kdc()

    def assert_all_groups(self, reply: gssapi.Reply, person: adtree.Person) -> None:
        """As many as the ticket has, in whatever form."""
        self.assertEqual(len(reply.groups), len(self.sids_in_a_ticket(person)), reply.line)


def principal(person: adtree.Person) -> str:
    return f"{person.sam}@{adtree.REALM}"


def texts(groups: list[str]) -> list[str]:
    """Base64 of SIDs as text."""
    return [sid_text(base64.b64decode(group, validate=True)) for group in groups]


def enter(folder: pathlib.Path, kind: type[addomain.Domain] = addomain.Domain) -> None:
    """For setUpModule(): the domain runs, and Case.DOMAIN is it."""
    Case.DOMAIN = unittest.enterModuleContext(addomain.private(folder, kind=kind))
