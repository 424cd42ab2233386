# SPDX-License-Identifier: BSD-2-Clause
"""Account states for slapd's ppolicy overlay (draft-behera-ldap-password-policy-10): one user for
each, with the policy that makes it so.

PolicySlapd is a slapd with them. The states are as at the moment when it is made.
"""

import dataclasses
import datetime
import pathlib

from . import certs, slapd, tree

POLICIES = f"ou=policies,{tree.SUFFIX}"
# ppolicy_use_lockout: a locked account is told apart from a wrong password.
OVERLAY = f'overlay ppolicy\nppolicy_default "cn=default,{POLICIES}"\nppolicy_use_lockout\n'

DAY_S = 24 * 60 * 60
THRESHOLD = 3
WARNING_DAYS_LEFT = 5       # whole days until the password of SOON expires, as slapd starts
GRACE_LOGINS = 2

EXPIRED = tree.Person("expired", "expired-pw")
MUST_CHANGE = tree.Person("mustchange", "mustchange-pw")
GRACE = tree.Person("grace", "grace-pw")
LOCKED = tree.Person("locked", "locked-pw")
SOON = tree.Person("soon", "soon-pw")
LARRY = tree.Person("larry", "larry-pw")        # for tests that lock an account
PEOPLE = [EXPIRED, MUST_CHANGE, GRACE, LOCKED, SOON, LARRY]


@dataclasses.dataclass(frozen=True)
class Policy:
    """Seconds, as the attributes have them; 0 is never."""
    cn: str
    max_age_s: int = 0
    warning_s: int = 0
    grace: int = 0

    @property
    def dn(self) -> str:
        return f"cn={self.cn},{POLICIES}"

    def ldif(self) -> str:
        return tree.entry(self.dn, {
            "objectClass": ["device", "pwdPolicy"], "cn": [self.cn],
            "pwdAttribute": ["userPassword"], "pwdMaxAge": [str(self.max_age_s)],
            "pwdExpireWarning": [str(self.warning_s)], "pwdGraceAuthNLimit": [str(self.grace)],
            "pwdLockout": ["TRUE"], "pwdMaxFailure": [str(THRESHOLD)], "pwdMustChange": ["TRUE"]})


DEFAULT = Policy("default")
MONTHLY = Policy("monthly", 30 * DAY_S, 7 * DAY_S)
WITH_GRACE = Policy("grace", 30 * DAY_S, grace=GRACE_LOGINS)


def _generalized(time: datetime.datetime) -> str:
    return time.strftime("%Y%m%d%H%M%SZ")


def _person(person: tree.Person, operational: dict[str, str]) -> str:
    entry = tree.person(person.uid, person.password).rstrip("\n")
    rows = [f"{name}: {value}" for name, value in operational.items()]
    return "\n".join([entry, *rows]) + "\n\n"


def ldif() -> str:
    """The sample tree with the policies and these people."""
    now = datetime.datetime.now(datetime.timezone.utc)
    # Half a day more, so that a test at midnight sees the same number of whole days.
    nearly = now - datetime.timedelta(days=30 - WARNING_DAYS_LEFT - 0.5)
    long_ago, today = "20180101000000Z", _generalized(now)
    folder = tree.entry(POLICIES, {"objectClass": ["organizationalUnit"], "ou": ["policies"]})
    policies = "".join(policy.ldif() for policy in (DEFAULT, MONTHLY, WITH_GRACE))
    people = [
        _person(EXPIRED, {"pwdPolicySubentry": MONTHLY.dn, "pwdChangedTime": long_ago}),
        _person(MUST_CHANGE, {"pwdReset": "TRUE", "pwdChangedTime": today}),
        _person(GRACE, {"pwdPolicySubentry": WITH_GRACE.dn, "pwdChangedTime": long_ago}),
        # "permanently" in the draft's section 5.3.3
        _person(LOCKED, {"pwdAccountLockedTime": "000001010000Z"}),
        _person(SOON, {"pwdPolicySubentry": MONTHLY.dn, "pwdChangedTime": _generalized(nearly)}),
        _person(LARRY, {"pwdChangedTime": today})]
    return tree.ldif(extra=folder + policies + "".join(people))


class PolicySlapd(slapd.Slapd):
    """A slapd with the overlay and these people."""

    def __init__(self, folder: pathlib.Path, *, tls: certs.Server | None = None):
        super().__init__(folder, {tree.SUFFIX: ldif()}, overlays=OVERLAY, tls=tls)
