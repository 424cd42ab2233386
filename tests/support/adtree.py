# SPDX-License-Identifier: BSD-2-Clause
"""Who and what is in the test domain corp.example.test (adseed.py writes it, addomain.py runs it).

People with ordinary and with awkward names, one for each state of an account, service accounts
with keys, and groups of every kind. All passwords are known and exist nowhere else.
"""

import dataclasses

from .sambadc import (ADMINISTRATOR_PASSWORD, AES_KEYS_ONLY, DOMAIN, FQDN, HOST, HOSTS, PROXY,
                      REALM)

__all__ = ["ADMINISTRATOR_PASSWORD", "FQDN", "HOST", "HOSTS", "PROXY", "REALM"]
NETBIOS = DOMAIN
DNS_DOMAIN = REALM.lower()
OTHER_SUFFIX = "alt.example.org"

BASE = "DC=corp,DC=example,DC=test"
USERS = f"CN=Users,{BASE}"
SALES = f"OU=Sales,{BASE}"
OPS = f"OU=Ops,{BASE}"
MANY_OU = f"OU=Many,{BASE}"
ADMINISTRATOR_DN = f"CN=Administrator,{USERS}"

LOCKOUT_THRESHOLD = 3
SOON_DAYS = 5               # whole days until the password of SOON expires, as it starts
MANY_COUNT = 1200

LONG_AGO = "131592384000000000"     # 2018-01-01 as a FILETIME
ACCOUNT_DISABLED = "514"            # userAccountControl: NORMAL_ACCOUNT, ACCOUNTDISABLE


def escape_dn(value: str) -> str:
    """One attribute value inside a DN (RFC 4514 section 2.4), with backslashes as AD writes it."""
    escaped = "".join(f"\\{c}" if c in '"+,;<>\\=' or (at == 0 and c in "# ") else c
                      for at, c in enumerate(value))
    return escaped[:-1] + "\\ " if len(value) > 1 and escaped.endswith(" ") else escaped


@dataclasses.dataclass(frozen=True)
class Person:
    """A user. `cn` is like `sam` and `upn` is sam@corp.example.test unless said otherwise (None is
    no UPN at all); `more` are further attributes, written after the account was made."""
    sam: str
    password: str
    cn: str = ""
    upn: str | None = ""
    folder: str = USERS
    more: dict[str, str] = dataclasses.field(default_factory=dict, hash=False)

    @property
    def common_name(self) -> str:
        return self.cn or self.sam

    @property
    def dn(self) -> str:
        return f"CN={escape_dn(self.common_name)},{self.folder}"

    @property
    def principal_name(self) -> str:
        """userPrincipalName, or sam@domain, which AD takes where there is none."""
        return self.upn or self.implicit_upn

    @property
    def implicit_upn(self) -> str:
        return f"{self.sam}@{DNS_DOMAIN}"

    @property
    def down_level(self) -> str:
        return f"{NETBIOS}\\{self.sam}"


ALICE = Person("alice", "alice-pw", cn="Alice Able",
               more={"givenName": "Alice", "sn": "Able", "displayName": "Alice Able",
                     "mail": "alice.able@example.net"})
BOB = Person("bob", "bob-pw", upn=f"robert@{OTHER_SUFFIX}")
ROBERT = Person("robert", "robert-pw")              # a sAMAccountName like the front of BOB's UPN
NO_UPN = Person("noupn", "noupn-pw", upn=None)
JUERGEN = Person("jürgen", "pässwörd€")
JOSE = Person("josé", "contraseña")                 # all of it is in Latin-1
PARENS = Person("par(en)s", "paren-pw")
SPACE = Person("spa ce", "space-pw")
OBRIEN = Person("o'brien", "obrien-pw")
SMITH = Person("jsmith", "js-pw", cn='#Smith, John (Ops) \\ "Q" + *')
MAIL_ONLY = Person("u4711", "mail-pw", upn=None, more={"mail": "max.mail@example.net"})
# Two people with the same mail address: nobody can say who that is.
SHARED_1 = Person("shared1", "shared1-pw", more={"mail": "shared@example.net"})
SHARED_2 = Person("shared2", "shared2-pw", more={"mail": "shared@example.net"})
CHRIS_SALES = Person("chris.sales", "chris-s-pw", cn="Chris Doe", folder=SALES)
CHRIS_OPS = Person("chris.ops", "chris-o-pw", cn="Chris Doe", folder=OPS)
PRIMARY = Person("prim", "prim-pw")                 # primaryGroupID: PRIMARY_GROUP
MANY = Person("many", "many-pw")                    # in MANY_COUNT groups
SOON = Person("soon", "soon-pw")                    # the password expires in SOON_DAYS
LARRY = Person("larry", "larry-pw")                 # for tests that lock an account

# The accounts that a right password does not open.
DISABLED = Person("dave", "dave-pw", more={"userAccountControl": ACCOUNT_DISABLED})
ACCOUNT_EXPIRED = Person("eve", "eve-pw", more={"accountExpires": LONG_AGO})
MUST_CHANGE = Person("mia", "mia-pw", more={"pwdLastSet": "0"})
EXPIRED = Person("pat", "pat-pw")                   # a PSO of two days, the password is of 2018
NO_HOURS = Person("nora", "nora-pw", more={"logonHours": "\0" * 21})
ELSEWHERE = Person("wes", "wes-pw", more={"userWorkstations": "OTHERBOX"})

SVC_LDAP = Person("svc-ldap", "svc-ldap-pw",
                  more={"msDS-SupportedEncryptionTypes": AES_KEYS_ONLY})
SVC_PROXY = Person("svc-proxy", "svc-proxy-pw",
                   more={"msDS-SupportedEncryptionTypes": AES_KEYS_ONLY,
                         "servicePrincipalName": f"HTTP/{PROXY}"})

# People who can log in
PEOPLE = [ALICE, BOB, ROBERT, NO_UPN, JUERGEN, JOSE, PARENS, SPACE, OBRIEN, SMITH, MAIL_ONLY,
          SHARED_1, SHARED_2, CHRIS_SALES, CHRIS_OPS, PRIMARY, MANY, SOON, LARRY]
SERVICES = [SVC_LDAP, SVC_PROXY]


@dataclasses.dataclass(frozen=True)
class State:
    """An account that is shut: the number after "data" in the bind's diagnostic, and the word that
    the helpers give for it."""
    person: Person
    data: str
    reason: str


STATES = [State(DISABLED, "533", "disabled"), State(ACCOUNT_EXPIRED, "701", "account-expired"),
          State(MUST_CHANGE, "773", "must-change"), State(EXPIRED, "532", "expired"),
          State(NO_HOURS, "530", "hours"), State(ELSEWHERE, "531", "workstation")]
WRONG_PASSWORD_DATA = "52e"
LOCKED_DATA = "775"

GLOBAL, DOMAIN_LOCAL, UNIVERSAL = "-2147483646", "-2147483644", "-2147483640"   # groupType


@dataclasses.dataclass(frozen=True)
class Group:
    """A group; `members` are people and groups, `sam` is like `cn` unless said otherwise."""
    cn: str
    members: tuple["Person | Group", ...] = ()
    sam: str = ""
    kind: str = GLOBAL
    folder: str = USERS

    @property
    def account_name(self) -> str:
        return self.sam or self.cn

    @property
    def dn(self) -> str:
        return f"CN={escape_dn(self.cn)},{self.folder}"


# Nested three deep: alice is in A, by it in B, by that in C.
GROUP_A = Group("A", (ALICE, JUERGEN))
GROUP_B = Group("B", (GROUP_A,))
GROUP_C = Group("C", (GROUP_B,))
# A ring: R1 is in R2 and R2 in R1 (the seed closes it).
RING_1 = Group("R1", (BOB,))
RING_2 = Group("R2", (RING_1,))
DENIED = Group("Denied", (BOB,))
# Names that must be escaped in a DN, in a filter, or in both
UMLAUT = Group("Grüppe", (JUERGEN,))
COMMA = Group("Web (all), staff", (PARENS, ALICE), sam="Web (all) staff")
HASH = Group("#hash", (ALICE,))
LEADING_SPACE = Group(" lead", (ALICE,), sam="lead")
TWO_WORDS = Group("Proxy Users", (ALICE, SPACE))
BACKSLASH = Group('back\\slash "q" *', (SMITH,), sam="backslash")
# The three kinds, one in the other
GLOBAL_STAFF = Group("Global staff", (ALICE,))
UNIVERSAL_STAFF = Group("Universal staff", (GLOBAL_STAFF,), kind=UNIVERSAL)
LOCAL_STAFF = Group("Local staff", (UNIVERSAL_STAFF, ROBERT), kind=DOMAIN_LOCAL)
# One CN twice
STAFF_SALES = Group("Staff", (CHRIS_SALES,), sam="Staff of Sales", folder=SALES)
STAFF_OPS = Group("Staff", (CHRIS_OPS,), sam="Staff of Ops", folder=OPS)
# PRIMARY's primary group: in nobody's memberOf, and itself in another group
PRIMARY_GROUP = Group("Primary staff")
ABOVE_PRIMARY = Group("Above primary", (PRIMARY_GROUP,))
EMPTY = Group("Empty")

GROUPS = [GROUP_A, GROUP_B, GROUP_C, RING_1, RING_2, DENIED, UMLAUT, COMMA, HASH, LEADING_SPACE,
          TWO_WORDS, BACKSLASH, GLOBAL_STAFF, UNIVERSAL_STAFF, LOCAL_STAFF, STAFF_SALES, STAFF_OPS,
          PRIMARY_GROUP, ABOVE_PRIMARY, EMPTY]
DOMAIN_USERS = "Domain Users"       # everybody's primary group but PRIMARY's


def many_group(number: int) -> Group:
    """One of the MANY_COUNT groups of MANY, from 0."""
    return Group(f"many-{number:04d}", (MANY,), folder=MANY_OU)
