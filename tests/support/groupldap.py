# SPDX-License-Identifier: BSD-2-Clause
"""How the tests call group-ldap and Squid's own ext_ldap_group_acl, and read their replies.

    argv(server.ldap_url, "-f", MEMBER, "-F", "(uid=%s)")
    line("alice", "staff", "web users")         b"alice staff web%20users"
    groups_of('OK message="..." tag="a" group="a" group="b"')     ["a", "b"]
"""

import re

from . import grouptree, helper, place, tree

# Groups by their members, which is how most public lines ask.
MEMBER = "(&(cn=%g)(member=%u))"
NO = 'ERR message="not a member of any group that was asked for"'


def argv(url: str, *options: str) -> list[str]:
    """The helper for grouptree's groups, with the service account; `options` are added."""
    return [place.helper_path("group-ldap"), *place.patient(options), *shared(url), *options]


def stock_argv(url: str, *options: str) -> list[str]:
    """Squid's own helper for the same; the test is skipped where it is not installed."""
    return [stock_program(), *shared(url), *options]


def shared(url: str) -> list[str]:
    return ["-b", grouptree.GROUPS, "-B", tree.PEOPLE, "-H", url]


def stock_program() -> str:
    return place.stock_helper("ext_ldap_group_acl")


def line(user: str | bytes, *groups: str | bytes) -> bytes:
    """As Squid writes it for %#ul: every field escaped."""
    return b" ".join(helper.escape(field) for field in (user, *groups))


def ask(asked: helper.Helper, user: str | bytes, *groups: str | bytes) -> str:
    return ask_raw(asked, line(user, *groups))


def ask_raw(asked: helper.Helper, request: bytes, timeout_s: float = place.PATIENCE_S) -> str:
    """One request as it is; nothing else may be in flight."""
    number = asked.send(request)
    answered, reply = asked.receive(timeout_s)
    assert answered == number
    return reply


def note(reply: str, key: str) -> list[str]:
    """The values of `key` in a reply, unquoted."""
    found = re.findall(rf'(?: |^){key}="((?:[^"\\]|\\.)*)"', reply)
    return [re.sub(r"\\(.)", r"\1", value) for value in found]


def groups_of(reply: str) -> list[str]:
    """The groups of an OK; [] for the one ERR that says no; anything else is a failure."""
    if reply == NO:
        return []
    groups = note(reply, "group")
    assert reply.startswith("OK ") and groups, reply
    assert note(reply, "tag") == groups[:1], reply
    return groups
