# SPDX-License-Identifier: BSD-2-Clause
"""Makes the PACs of this folder, and beside each one what is in it.

    python3 tests/vectors/pac/make.py

needs Samba's module for Python. NAME.pac is written by Samba's encoder from the values in
this file, and NAME.txt are the same values in the form that tests/unit/check_pac_logon.c
prints: an independent statement of what a decoder must find. The bytes of ms-pac-3.pac are
those of [MS-PAC] section 3, a PAC from Windows; its values come from Samba's decoder.
"""

import pathlib
from typing import NamedTuple

from samba.dcerpc import krb5pac, lsa, netlogon, samr, security
from samba.ndr import ndr_pack, ndr_unpack

HERE = pathlib.Path(__file__).parent
NEVER = 0x7FFFFFFFFFFFFFFF
DOMAIN = "S-1-5-21-1111111111-2222222222-3333333333"
OTHER = "S-1-5-21-4294967295-0-1"


class Logon(NamedTuple):
    """KERB_VALIDATION_INFO. A name of None is a null pointer, "" is not."""

    account: str | None = "alice"
    full_name: str | None = "Alice Able"
    script: str | None = ""
    profile: str | None = ""
    home: str | None = ""
    drive: str | None = ""
    server: str | None = "DC1"
    domain: str | None = "CORP"
    domain_sid: str | None = DOMAIN
    user_rid: int = 1104
    primary_group_rid: int = 513
    user_flags: int = 0
    account_control: int = 0x210
    times: tuple[int, ...] = (133_000_000_000_000_001, 133_000_360_000_000_002, NEVER,
                              132_000_000_000_000_003, 132_000_864_000_000_004,
                              132_036_288_000_000_005)
    counts: tuple[int, int] = (65535, 7)
    groups: tuple[tuple[int, int], ...] = ()
    extras: tuple[tuple[str, int], ...] = ()
    resource_sid: str | None = None
    resources: tuple[tuple[int, int], ...] = ()


def rids(pairs):
    made = []
    for rid, attributes in pairs:
        pair = samr.RidWithAttribute()
        pair.rid, pair.attributes = rid, attributes
        made.append(pair)
    array = samr.RidWithAttributeArray()
    array.count, array.rids = len(made), made or None
    return array


def string(value, kind=lsa.String):
    made = kind()
    made.string = value
    return made


def logon_info(logon):
    info = krb5pac.PAC_LOGON_INFO()
    base = info.info3.base
    (base.logon_time, base.logoff_time, base.kickoff_time, base.last_password_change,
     base.allow_password_change, base.force_password_change) = logon.times
    base.account_name, base.full_name = string(logon.account), string(logon.full_name)
    base.logon_script, base.profile_path = string(logon.script), string(logon.profile)
    base.home_directory, base.home_drive = string(logon.home), string(logon.drive)
    base.logon_server = string(logon.server, lsa.StringLarge)
    base.logon_domain = string(logon.domain, lsa.StringLarge)
    base.logon_count, base.bad_password_count = logon.counts
    base.rid, base.primary_gid = logon.user_rid, logon.primary_group_rid
    base.user_flags, base.acct_flags = logon.user_flags, logon.account_control
    base.groups = rids(logon.groups)
    if logon.domain_sid is not None:
        base.domain_sid = security.dom_sid(logon.domain_sid)
    extras = []
    for sid, attributes in logon.extras:
        extra = netlogon.netr_SidAttr()
        extra.sid, extra.attributes = security.dom_sid(sid), attributes
        extras.append(extra)
    info.info3.sidcount, info.info3.sids = len(extras), extras or None
    if logon.resource_sid is not None:
        info.resource_groups.domain_sid = security.dom_sid(logon.resource_sid)
    info.resource_groups.groups = rids(logon.resources)
    return info


def buffer_of(kind, info):
    buffer = krb5pac.PAC_BUFFER()
    buffer.type = kind
    buffer.info = info
    return buffer


def checksum():
    made = krb5pac.PAC_SIGNATURE_DATA()
    made.type, made.signature = 16, bytes(range(12))
    return made


def name_of(account):
    made = krb5pac.PAC_LOGON_NAME()
    made.logon_time, made.account_name = 133_000_000_000_000_001, account
    return made


def pac_of(logon):
    """The buffers in an order that Windows uses, too; without logon info for None."""
    buffers = []
    if logon is not None:
        info = krb5pac.PAC_LOGON_INFO_CTR()
        info.info = logon_info(logon)
        buffers.append(buffer_of(krb5pac.PAC_TYPE_LOGON_INFO, info))
    account = (logon and logon.account) or "alice"
    buffers.append(buffer_of(krb5pac.PAC_TYPE_LOGON_NAME, name_of(account)))
    buffers.append(buffer_of(krb5pac.PAC_TYPE_SRV_CHECKSUM, checksum()))
    buffers.append(buffer_of(krb5pac.PAC_TYPE_KDC_CHECKSUM, checksum()))
    pac = krb5pac.PAC_DATA()
    pac.version, pac.num_buffers, pac.buffers = 0, len(buffers), buffers
    return ndr_pack(pac)


def logon_of(pac):
    """What Samba's decoder finds: for a PAC that is not made here."""
    found = next(buffer.info.info for buffer in ndr_unpack(krb5pac.PAC_DATA, pac).buffers
                 if buffer.type == krb5pac.PAC_TYPE_LOGON_INFO)
    base, more = found.info3.base, found.resource_groups
    return Logon(
        account=base.account_name.string, full_name=base.full_name.string,
        server=base.logon_server.string, domain=base.logon_domain.string,
        domain_sid=str(base.domain_sid), user_rid=base.rid,
        primary_group_rid=base.primary_gid, user_flags=base.user_flags,
        account_control=base.acct_flags, counts=(base.logon_count, base.bad_password_count),
        times=(base.logon_time, base.logoff_time, base.kickoff_time,
               base.last_password_change, base.allow_password_change,
               base.force_password_change),
        groups=tuple((one.rid, one.attributes) for one in base.groups.rids or ()),
        extras=tuple((str(one.sid), one.attributes) for one in found.info3.sids or ()),
        resource_sid=more.domain_sid and str(more.domain_sid),
        resources=tuple((one.rid, one.attributes) for one in more.groups.rids or ()))


def text_of(logon):
    lines = [f"{name} {getattr(logon, name) or ''}".rstrip()
             for name in ("account", "full_name", "server", "domain", "domain_sid")]
    lines += [f"{name} {getattr(logon, name)}"
              for name in ("user_rid", "primary_group_rid", "user_flags", "account_control")]
    lines.append("times " + " ".join(map(str, logon.times)))
    lines.append("counts {} {}".format(*logon.counts))
    lines.append(f"resource_sid {logon.resource_sid or ''}".rstrip())
    lines += [f"group {logon.domain_sid}-{rid} {attributes:#x}"
              for rid, attributes in logon.groups]
    lines += [f"extra {sid} {attributes:#x}" for sid, attributes in logon.extras]
    lines += [f"resource {logon.resource_sid}-{rid} {attributes:#x}"
              for rid, attributes in logon.resources]
    return "\n".join(lines) + "\n"


def sid_of(count):
    return "-".join(["S-1-5", *map(str, range(count, 0, -1))][:count + 1])


CASES = {
    "nothing": Logon(account=None, full_name=None, script=None, profile=None, home=None,
                     drive=None, server=None, domain=None, domain_sid=None, user_rid=0,
                     primary_group_rid=0, account_control=0, times=(0,) * 6, counts=(0, 0)),
    "no-groups": Logon(),
    "empty-names": Logon(account="", full_name="", server="", domain=""),
    "one-letter-names": Logon(account="a", full_name="bb", script="ccc", profile="dddd",
                              home="e", drive="f:", server="g", domain="hhh",
                              groups=((513, 7),)),
    "five-groups": Logon(groups=((513, 7), (1105, 7), (1106, 7), (4294967295, 0), (512, 15)),
                         extras=(("S-1-18-1", 7),), user_flags=0x20),
    "unicode-names": Logon(account="jürgen", full_name="Ελένη Παπά 😀", server="DC-ÄÖÜ",
                           domain="КОРП", groups=((513, 7),)),
    "extra-sids": Logon(extras=tuple((sid_of(count), count) for count in range(1, 16)),
                        user_flags=0x20),
    "deep-domain": Logon(domain_sid=sid_of(14), groups=((1, 7), (2, 7))),
    "resource-groups": Logon(groups=((513, 7),), resource_sid=OTHER, user_flags=0x220,
                             extras=((OTHER + "-513", 7), ("S-1-16-8192", 0x60)),
                             resources=((1101, 0x20000007), (1102, 0x20000007))),
    "many-groups": Logon(groups=tuple((rid, 7) for rid in range(10000, 11500)),
                         extras=tuple((f"{OTHER}-{rid}", 7) for rid in range(2000, 2040)),
                         resource_sid=OTHER, user_flags=0x220,
                         resources=tuple((rid, 0x20000007) for rid in range(3000, 3060))),
}


def main():
    for name, logon in CASES.items():
        (HERE / f"{name}.pac").write_bytes(pac_of(logon))
        (HERE / f"{name}.txt").write_text(text_of(logon), encoding="utf-8")
    (HERE / "no-logon-info.pac").write_bytes(pac_of(None))
    example = bytes.fromhex((HERE / "ms-pac-3.hex").read_text())[0x16:0x16 + 0x540]
    (HERE / "ms-pac-3.pac").write_bytes(example)
    (HERE / "ms-pac-3.txt").write_text(text_of(logon_of(example)), encoding="utf-8")


if __name__ == "__main__":
    main()
