"""A project's own test command, where it is neither pytest nor unittest: results are what it prints."""

import dataclasses
import math
import re
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fixbot_repair.checks.finding import Feedback, TestOutcome, TestStatus
from fixbot_repair.checks.tally import holds_any, tail
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.sandbox import Completed, Limits, Sandbox
from fixbot_repair.workspace import Workspace

UNPRINTED = "the command printed no result for it"  # of a test that was asked for
SAID = "statuses were read from what the test command printed, which is as good as its word"
_SECONDS = 3600.0
_LEAST_SECONDS = 0.1
_SLACK = 0.5  # before its time at which a command may be taken to have been ended for it
_WORDS = {
    "PASSED": TestStatus.PASSED,
    "FAILED": TestStatus.FAILED,
    "ERROR": TestStatus.ERROR,
    "SKIPPED": TestStatus.SKIPPED,
    "XFAIL": TestStatus.XFAILED,
    "XPASS": TestStatus.XPASSED,
    "ok": TestStatus.PASSED,
    "FAIL": TestStatus.FAILED,
    "expected failure": TestStatus.XFAILED,
    "unexpected success": TestStatus.XPASSED,
}
_PYTEST = re.compile(r"^(PASSED|FAILED|ERROR|XFAIL|XPASS) (\S+?::.+?|\S+?\.py)(?: - (.*))?$")
_STRICT = "[XPASS(strict)]"  # how pytest tells of a test that must fail and passed, which it calls failed
_BLOCK = re.compile(
    r"^={20,}\n(?:FAIL|ERROR): (\w+ \([\w.]+\))[^\n]*\n(?:[^\n]*\n)?-{20,}\n(.*?)(?=^[=-]{20,}$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_FRAME = re.compile(r'^  File "([^"]+)", line (\d+), in (\S+)', re.MULTILINE)
_NAMED = re.compile(r"^(\w+ \([\w.]+\))(.*)$")
_ENDING = re.compile(r"\.\.\. (ok|FAIL|ERROR|expected failure|unexpected success|skipped .*)$")


class CommandRunner:
    """Runs `command` in a workspace. ``{tests}`` in it stands for the tests asked for; without it, all always run.

    Ids are as the command prints them: pytest's ``-rA`` lines or unittest's verbose ones (Django's too).
    """

    def __init__(self, workspace: Workspace, sandbox: Sandbox, command: Sequence[str]) -> None:
        self.workspace = workspace
        self.sandbox = sandbox
        self.loaded: frozenset[str] = frozenset()  # nobody tells
        self._command = list(command)

    def collect(self) -> tuple[str, ...]:
        """Effect: run everything and return the ids that were printed. Raises EnvironmentFailure when there are none."""
        return tuple(o.test for o in self.run().outcomes)

    def run(
        self,
        ids: Sequence[str] | None = None,
        *,
        trace: bool = False,
        per_test_seconds: float = 60.0,
        fail_fast: bool = False,
        until: float = math.inf,
        output: Sequence[str] = (),
    ) -> Feedback:
        """Effect: run the command; an id that was asked for and not printed is an ERROR. No lines are traced.

        At `until` (:func:`time.monotonic`) it ends; of what was not printed by then not even the number is known.
        """
        seconds = _SECONDS if ids is None else min(_SECONDS, 300 + per_test_seconds * len(ids))
        seconds = max(_LEAST_SECONDS, min(seconds, until - time.monotonic()))
        policy = self.workspace.policy(Limits(wall_seconds=seconds, cpu_seconds=seconds, output_bytes=64 << 20))
        completed = self.sandbox.run(self._argv(ids), policy)
        printed = (completed.stdout + b"\n" + completed.stderr).decode("utf-8", "replace")
        found = {o.test: o for o in outcomes(printed)}
        found |= told_more(found, printed, self.workspace.root, self.workspace.path)
        if completed.timed_out and time.monotonic() >= until - _SLACK:
            return Feedback(outcomes=tuple(found.values()), problems=(SAID,), unrun=1)
        if not found:
            raise EnvironmentFailure(
                f"the test command printed no result of any test: {tail(completed)}",
                "it must print one line a test: pytest -rA, or unittest with --verbosity 2",
            )
        return Feedback(outcomes=tuple(_asked(found, ids)), problems=(SAID, *_stopped(completed)))

    def _argv(self, ids: Sequence[str] | None) -> list[str]:
        python = str(self.workspace.environment.python)
        head, *rest = self._command
        words = [python if head in ("python", "python3") else head, *rest]
        tests = [_label(i) for i in ids or ()]
        return [w for word in words for w in (tests if word == "{tests}" else [word])]


def is_pytest(command: Sequence[str]) -> bool:
    """Whether a test command is pytest under another name, and so needs no reading of output."""
    words = [w for w in command if w not in ("python", "python3", "-m")]
    return bool(words) and words[0] in ("pytest", "py.test")


def split(command: str) -> tuple[str, ...]:
    """Split a test command as a shell would; no shell is used. Raises EnvironmentFailure for an open quote."""
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise EnvironmentFailure(f"the test command cannot be read: {error}", "quote it as for a shell") from error


def outcomes(printed: str) -> Iterator[TestOutcome]:
    """Read the results that a test command printed, in the order of printing; a later one replaces an earlier one."""
    pending = ""
    for line in printed.splitlines():
        if match := _PYTEST.match(line):
            said = match[3] or ""
            word = "XPASS" if match[1] == "FAILED" and said.startswith(_STRICT) else match[1]
            yield TestOutcome(match[2], _WORDS[word], message=said)
            continue
        if named := _NAMED.match(line):
            pending = named[1]
        if pending and (ending := _ENDING.search(line)):
            yield TestOutcome(pending, _WORDS.get(ending[1], TestStatus.SKIPPED))
            pending = ""


def told_more(found: Mapping[str, TestOutcome], printed: str, *roots: Path) -> dict[str, TestOutcome]:
    """Those of `found` whose traceback unittest printed, with message, text, and the frames below one of `roots`."""
    return {
        test: dataclasses.replace(found[test], message=_said(text), detail=text, frames=tuple(_frames(text, roots)))
        for test, text in _BLOCK.findall(printed)
        if test in found
    }


def _said(text: str) -> str:
    """The line that names the exception: the last that is not indented."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip() and not line[0].isspace()), "")


def _frames(text: str, roots: Sequence[Path]) -> Iterator[tuple[str, int, str]]:
    for file, line, function in _FRAME.findall(text):
        inside = next((r for r in roots if file.startswith(f"{r}/")), None)
        if inside is not None:
            yield file[len(str(inside)) + 1 :], int(line), function


def _label(test: str) -> str:
    """``test_x (package.module.Class)`` as runners take it: dotted."""
    name, _, place = test.partition(" (")
    dotted = place.rstrip(")")
    return test if not dotted else dotted if dotted.endswith(f".{name}") else f"{dotted}.{name}"


def _asked(found: dict[str, TestOutcome], ids: Sequence[str] | None) -> Iterator[TestOutcome]:
    if ids is None:
        yield from found.values()
        return
    for test in dict.fromkeys(ids):
        held = [o for name, o in found.items() if name == test or holds_any(test, (name,))]
        yield from held or [TestOutcome(test, TestStatus.ERROR, message=UNPRINTED)]


def _stopped(completed: Completed) -> tuple[str, ...]:
    return ("the test command took too long and was ended",) if completed.timed_out else ()
