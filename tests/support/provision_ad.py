# SPDX-License-Identifier: BSD-2-Clause
"""provision_ad.py: makes sure that the test domain is in the cache (see addomain.py).

Tests do that by themselves; scripts/test does it first, so that none has to wait for it.

To look around: "run COMMAND..." runs COMMAND beside a controller, in a network with nothing else in
it, with KRB5_CONFIG and LDAPTLS_CACERT set; AD_FOLDER is where its files and the keytabs are.

    /usr/bin/python3 tests/support/provision_ad.py run bash
    ldapsearch -x -H ldaps://dc1.corp.example.test -D alice@corp.example.test -w alice-pw \\
        -b DC=corp,DC=example,DC=test '(sAMAccountName=alice)' memberOf
"""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import addomain, place     # noqa: E402


def main() -> int:
    try:
        found = addomain.provision()
        if sys.argv[1:2] != ["run"]:
            print(f"the test domain is in {found}")
            return 0
        with place.private_folder("ad") as folder, addomain.private(folder) as domain:
            variables = domain.env() | {"AD_FOLDER": str(domain.folder)}
            return subprocess.run(sys.argv[2:], env=variables).returncode
    except unittest.SkipTest as why:
        print(f"no test domain: {why}", file=sys.stderr)
        return 77


if __name__ == "__main__":
    sys.exit(main())
