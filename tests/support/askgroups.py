# SPDX-License-Identifier: BSD-2-Clause
"""The engine's answers about groups, through tests/support/ask_groups.c.

    ask = askgroups.Asker("-b", tree.SUFFIX, "--filter", "uid=%s", server.ldap_url)
    ask.member("alice", "a", "b")      {"a": True, "b": True}
    ask.list("alice")                  ["a", "b"]
"""

import dataclasses
import os
import pathlib
import subprocess
import unittest
from collections.abc import Sequence

from . import place


def program() -> str:
    build = os.environ.get("abs_top_builddir") or place.ROOT / "build"
    path = pathlib.Path(build) / "tests" / "support" / "ask_groups"
    if not os.access(path, os.X_OK):
        raise unittest.SkipTest(f"{path} was not built")
    return str(path)


@dataclasses.dataclass(frozen=True)
class Answer:
    word: str                   # answered, denied, unavailable
    fields: tuple[str, ...]     # yes or no for each group and the names of the list; the reason


@dataclasses.dataclass
class Asker:
    """Options for every run; `log` is what the last one said on standard error."""
    options: tuple[str, ...]
    env: dict[str, str] | None = None
    log: str = ""

    def __init__(self, *options: str, env: dict[str, str] | None = None):
        self.options = options
        self.env = env

    def with_options(self, *options: str) -> "Asker":
        return Asker(*options, *self.options, env=self.env)

    def ask(self, *questions: Sequence[str]) -> list[Answer]:
        """One run; a question is a user and its groups, "?" for the list."""
        text = "".join("\t".join(question) + "\n" for question in questions)
        done = subprocess.run([program(), *place.patient(self.options), *self.options],
                              input=text.encode(), capture_output=True,
                              env=place.clean_env(**(self.env or {})), timeout=1000)
        self.log = done.stderr.decode(errors="replace")
        if done.returncode != 0:
            raise AssertionError(f"ask_groups ended with {done.returncode}: {self.log}")
        rows = [row.split("\t") for row in done.stdout.decode().splitlines()]
        answers = [Answer(row[0], tuple(row[1:])) for row in rows]
        if len(answers) != len(questions):
            raise AssertionError(f"{len(answers)} answers to {len(questions)}: {self.log}")
        return answers

    def _answered(self, *question: str) -> tuple[str, ...]:
        answer = self.ask(question)[0]
        if answer.word != "answered":
            raise AssertionError(f"{question}: {answer}: {self.log}")
        return answer.fields

    def member(self, user: str, *groups: str) -> dict[str, bool]:
        """Whether `user` is in each of the groups, asked together."""
        fields = self._answered(user, *groups)
        return {group: field == "yes" for group, field in zip(groups, fields, strict=True)}

    def list(self, user: str) -> list[str]:
        return list(self._answered(user, "?"))
