# SPDX-License-Identifier: BSD-2-Clause
"""Groups for slapd: every class that OpenLDAP has for them, nested, in a ring, with awkward names,
dynamic, and beside them a user in many. The people are those of tree.py and a few more.

GroupSlapd is a slapd with them. Its overlays are of two kinds: MEMBEROF writes memberOf as groups
are added, DYNLIST calculates memberOf and the members of dynamic groups as it is asked.
"""

import dataclasses
import pathlib

from . import certs, slapd, tree

GROUPS = f"ou=groups,{tree.SUFFIX}"
OTHER = f"ou=other,{tree.SUFFIX}"          # for one cn in two places

NONE = ""
MEMBEROF = ("overlay memberof\nmemberof-refint true\n"
            "overlay refint\nrefint_attributes member uniqueMember\n")
# @groupOfNames: memberOf of static groups as well; the star: nested ones, too
DYNLIST = "overlay dynlist\ndynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames\n"
DYNLIST_NESTED = DYNLIST.replace("@groupOfNames", "@groupOfNames*")

CAROL = tree.Person("carol", "carol-pw")    # her gidNumber is that of PRIMARY
MANY = tree.Person("many", "many-pw")
MANY_COUNT = 300
PRIMARY_GID = 5000


@dataclasses.dataclass(frozen=True)
class Group:
    """A group of class `kind`; `members` are DNs, or user names for a posixGroup."""
    cn: str
    members: tuple[str, ...]
    kind: str = "groupOfNames"
    folder: str = GROUPS
    gid: int = 0

    @property
    def dn(self) -> str:
        return f"cn={tree.escape_dn(self.cn)},{self.folder}"

    def ldif(self) -> str:
        attribute = {"groupOfNames": "member", "groupOfUniqueNames": "uniqueMember",
                     "posixGroup": "memberUid", "groupOfURLs": "memberURL"}[self.kind]
        values: dict[str, list[str | bytes]] = {"objectClass": [self.kind], "cn": [self.cn]}
        if self.members:
            values[attribute] = list(self.members)
        if self.kind == "posixGroup":
            values["gidNumber"] = [str(self.gid)]
        return tree.entry(self.dn, values)


NAMES, UNIQUE, POSIX, URLS = "groupOfNames", "groupOfUniqueNames", "posixGroup", "groupOfURLs"

# Nested three deep
NAMES_A = Group("a", (tree.ALICE.dn, tree.JUERGEN.dn))
NAMES_B = Group("b", (NAMES_A.dn,))
NAMES_C = Group("c", (NAMES_B.dn,))
UNIQUE_A = Group("ua", (tree.ALICE.dn,), UNIQUE)
UNIQUE_B = Group("ub", (UNIQUE_A.dn,), UNIQUE)
UNIQUE_C = Group("uc", (UNIQUE_B.dn,), UNIQUE)
# bob in a ring
RING_1 = Group("r1", (tree.BOB.dn, f"cn=r2,{GROUPS}"))
RING_2 = Group("r2", (RING_1.dn,))
DENIED = Group("denied", (tree.BOB.dn,))
# posix: by the user's name, and by the number in the user's entry
POSIX_STAFF = Group("posix-staff", (tree.ALICE.uid, "st*r"), POSIX, gid=5001)
POSIX_PRIMARY = Group("posix-primary", (), POSIX, gid=PRIMARY_GID)
# Names that must be escaped in a DN, in a filter, or in both
UMLAUT = Group("grüppe", (tree.JUERGEN.dn,))
COMMA = Group("web (all), staff", (tree.ALICE.dn, f"uid={tree.escape_dn('(paren)')},{tree.PEOPLE}"))
HASH = Group("#hash", (tree.ALICE.dn,))
LEADING_SPACE = Group(" lead", (tree.ALICE.dn,))    # cn=lead in the memberOf of dynlist
STAR = Group('st*r "q" \\', (tree.ALICE.dn,))
TWO_WORDS = Group("proxy users", (tree.ALICE.dn, f"uid=two words,{tree.PEOPLE}"))
# One cn twice
STAFF = Group("staff", (tree.ALICE.dn,))
STAFF_ELSEWHERE = Group("staff", (tree.BOB.dn,), folder=OTHER)
# alice and bob, but not jürgen, by a search
DYNAMIC = Group("dynamic", (f"ldap:///{tree.PEOPLE}??sub?(|(uid=alice)(uid=bob))",), URLS)

ALL = [NAMES_A, NAMES_B, NAMES_C, UNIQUE_A, UNIQUE_B, UNIQUE_C, RING_1, RING_2, DENIED,
       POSIX_STAFF, POSIX_PRIMARY, UMLAUT, COMMA, HASH, LEADING_SPACE, STAR, TWO_WORDS, STAFF,
       STAFF_ELSEWHERE]


def many_group(number: int) -> Group:
    """One of the MANY_COUNT groups of MANY, from 0."""
    return Group(f"many-{number:04d}", (MANY.dn,))


def people_ldif() -> str:
    """The sample tree and the people of this module."""
    carol = tree.entry(CAROL.dn, {
        "objectClass": ["inetOrgPerson", "posixAccount"], "uid": [CAROL.uid], "cn": [CAROL.uid],
        "sn": [CAROL.uid], "uidNumber": ["1001"], "gidNumber": [str(PRIMARY_GID)],
        "homeDirectory": ["/nonexistent"], "userPassword": [CAROL.password]})
    folders = "".join(tree.entry(dn, {"objectClass": ["organizationalUnit"], "ou": [ou]})
                      for dn, ou in ((GROUPS, "groups"), (OTHER, "other")))
    return tree.ldif(extra=carol + tree.person(MANY.uid, MANY.password) + folders)


class GroupSlapd(slapd.Slapd):
    """A slapd that has all groups of ALL and MANY's, and DYNAMIC where `overlays` know such groups.
    What it was asked while they were added is in its log as well."""

    def __init__(self, folder: pathlib.Path, overlays: str = NONE, *,
                 tls: certs.Server | None = None):
        self.groups = [*ALL, *([DYNAMIC] if "dynlist" in overlays else []),
                       *(many_group(number) for number in range(MANY_COUNT))]
        later = "memberof" in overlays      # only what comes by LDAP gets memberOf
        text = "".join(group.ldif() for group in self.groups)
        self.pending = text if later else ""
        super().__init__(folder, {tree.SUFFIX: people_ldif() + ("" if later else text)},
                         schema=slapd.include("dyngroup"), overlays=overlays, tls=tls)

    def start(self) -> "GroupSlapd":
        super().start()
        if self.pending:
            self.change(self.pending)
            self.pending = ""
        return self
