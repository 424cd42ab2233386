# SPDX-License-Identifier: BSD-2-Clause
"""tap.py FILE [NAME...]: runs a unittest file (or the tests NAME of it) and prints TAP 12.

Standard output carries the TAP lines alone; tracebacks go to standard error as comments.
The exit status is 0 unless a test failed.
"""

import importlib.util
import io
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))


class TapResult(unittest.TestResult):
    """One line a test. A test with failed subtests is one failed test."""

    def __init__(self, out: io.TextIOBase):
        super().__init__()
        self.out = out
        self.number = 0
        self.reported: set[str] = set()

    def _line(self, test: unittest.TestCase, ok: bool, directive: str = "") -> None:
        if test.id() in self.reported:
            return
        self.reported.add(test.id())
        self.number += 1
        word = "ok" if ok else "not ok"
        name = test.id().replace("#", "")
        self.out.write(f"{word} {self.number} - {name}{directive}\n")
        self.out.flush()

    @staticmethod
    def _comment(text: str) -> None:
        sys.stderr.write("".join(f"# {row}\n" for row in text.splitlines()))

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._line(test, True)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._line(test, True, f" # SKIP {' '.join(reason.split())}")

    def addFailure(self, test: unittest.TestCase, err: tuple) -> None:
        super().addFailure(test, err)
        self._comment(self.failures[-1][1])
        self._line(test, False)

    def addError(self, test: unittest.TestCase, err: tuple) -> None:
        super().addError(test, err)
        self._comment(self.errors[-1][1])
        self._line(test, False)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase,
                   err: tuple | None) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._comment(f"{subtest}\n{self._exc_info_to_string(err, test)}")
            self._line(test, False)


def load(path: pathlib.Path, names: list[str]) -> unittest.TestSuite:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except unittest.SkipTest as skip:
        print(f"1..0 # SKIP {skip}")
        sys.exit(0)
    loader = unittest.defaultTestLoader
    if names:
        return loader.loadTestsFromNames(names, module)
    return loader.loadTestsFromModule(module)


def end(number: int, _frame: object) -> None:
    # An exception, so that every context manager stops its server on the way out.
    raise SystemExit(128 + number)


def main() -> int:
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGHUP, end)
    suite = load(pathlib.Path(sys.argv[1]), sys.argv[2:])
    result = TapResult(sys.stdout)
    suite.run(result)
    print(f"1..{result.number}")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
