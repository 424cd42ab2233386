# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call digest-ldap and Squid's own, and a directory with records for Digest: `l` holds
realm:HA1 as in Squid's documentation, `title` the HA1 alone, `description` the password in clear."""

import pathlib

from . import digestfile, place, slapd, tree

REALM = digestfile.REALM
DENIED = digestfile.DENIED
FILTER = "(uid=%s)"

# Users with their passwords: each has a record, an HA1 alone and a password in clear.
USERS = {
    "alice": "alice-pw",
    "bob": "bob pw: with, spaces",
    "jürgen": "pässwörd€",
    "two words": "two words pw",
    "(paren)": "paren-pw",
    "st*r": "star-pw",
    "back\\slash": "back\\slash pw",
    "per%cent": "100%pw%41",
    "quo'te": "{[()]}~`$!&",
}
NOT_HEX = "zzzz456789abcdef0123456789abcdef"
SSHA = "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="


def record(user: str, password: str, realm: str = REALM) -> str:
    """A value of `l`: the realm and the HA1."""
    return f"{realm}:{digestfile.md5(user, realm, password)}"


def person(uid: str, base: str = tree.PEOPLE, **values: list[str]) -> str:
    return tree.entry(f"uid={tree.escape_dn(uid)},{base}",
                      {"objectClass": ["inetOrgPerson"], "uid": [uid], "cn": [uid], "sn": [uid],
                       **values})


def full(uid: str, password: str) -> str:
    """A person with all three kinds of values."""
    return person(uid, l=[record(uid, password)], description=[password],
                  title=[digestfile.md5(uid, REALM, password)])


def ldif(bulk: int = 0) -> str:
    """The tree: USERS, `bulk` users more, and people with something wrong or unusual."""
    people = "".join(full(*user) for user in USERS.items())
    people += "".join(full(tree.bulk_name(n), tree.bulk_password(n)) for n in range(bulk))
    twins = "".join(tree.entry(f"ou={name},{tree.PEOPLE}",
                               {"objectClass": ["organizationalUnit"], "ou": [name]})
                    + person("twin", f"ou={name},{tree.PEOPLE}", description=["twin-pw"])
                    for name in ("east", "west"))
    return top() + people + twins + "".join((
        person("nothing"),
        person("several", l=[record("several", "other", "Other"), "no record",
                             record("several", "several-pw"), "Third:" + NOT_HEX],
               description=[SSHA, "several-pw"]),
        person("capitals", l=[f"{REALM}:{digestfile.md5('capitals', REALM, 'x').upper()}"]),
        person("nothex", l=[f"{REALM}:{NOT_HEX}"], title=[NOT_HEX]),
        person("short", l=[record("short", "x")[:-1]], title=["abc"]),
        person("hashed", description=[SSHA]),
    ))


def top() -> str:
    """What is above the people, and the account that searches."""
    return (tree.entry(tree.SUFFIX, {"objectClass": ["domain"], "dc": ["example"]})
            + tree.entry(tree.PEOPLE, {"objectClass": ["organizationalUnit"], "ou": ["people"]})
            + tree.entry(tree.PROXY_DN,
                         {"objectClass": ["organizationalRole", "simpleSecurityObject"],
                          "cn": ["proxy"], "userPassword": [tree.PROXY_PASSWORD]}))


def argv(url: str, *options: str | pathlib.Path) -> list[str]:
    """Records of `l` below ou=people at `url`, by stock letters; `options` are added."""
    return [place.helper_path("digest-ldap"), "-b", tree.PEOPLE, "-F", FILTER, "-A", "l", "-e",
            "-H", url, *place.patient(options), *map(str, options)]


def plain_argv(url: str, *options: str | pathlib.Path) -> list[str]:
    """Passwords in clear."""
    return [place.helper_path("digest-ldap"), "-b", tree.PEOPLE, "-F", FILTER, "-A", "description",
            "-H", url, *place.patient(options), *map(str, options)]


def stock_program() -> str:
    """Squid's own helper; the test is skipped where it is not installed."""
    return place.stock_helper("digest_ldap_auth")


class Case(digestfile.Case):
    """A class with one slapd for all its tests."""

    BULK = 0

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.slapd = cls.enterClassContext(
            slapd.Slapd(cls.folder / "slapd", {tree.SUFFIX: ldif(cls.BULK)}))

    def records(self, *options: str | pathlib.Path, **popen: object) -> digestfile.Asked:
        return self.start(argv(self.slapd.ldap_url, *options), **popen)

    def plain(self, *options: str | pathlib.Path, **popen: object) -> digestfile.Asked:
        return self.start(plain_argv(self.slapd.ldap_url, *options), **popen)

    def assert_unavailable(self, reply: str) -> None:
        """BH and a short reason."""
        self.assertRegex(reply, r"^BH [ -~]{3,200}$")
