"""Code tried on one module of a workspace: what it reaches and what comes of it, and which tests notice which slips.

One process in the sandbox imports the module; every batch runs in a fork of it, bounded in time and memory, and may write
nowhere but to a folder of its own.
"""

import functools
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self, TypeVar, cast

from fixbot_repair import entire
from fixbot_repair.checks.guest_report import Pipe
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.errors import EnvironmentFailure, SandboxError
from fixbot_repair.sandbox import Limits
from fixbot_repair.slips import Slip
from fixbot_repair.workspace import GUEST, Workspace

_OLDEST = (3, 8)  # the first with audit hooks, which keep what is tried from reaching out
_PROBE_SECONDS = 0.5  # of CPU for one attempt
_START_SECONDS = 60.0
_ANSWER_SECONDS = 25.0  # for one row; the guest ends a batch before
_TEST_SECONDS = 5.0
_COLLECT_SECONDS = 60.0
# What should make no difference, one of these for each process that is elsewhere.
_ELSEWHERE = tuple(
    {"PYTHONHASHSEED": seed, "TZ": zone, "HOME": f"/home/{user}", "USER": user, "LOGNAME": user, "COLUMNS": columns}
    for seed, zone, user, columns in (
        ("7", "XYZ-5:30", "ada", "100"),
        ("23", "ABC+9", "bob", "61"),
        ("1", "DEF-1", "eve", "180"),
    )
)

T = TypeVar("T")
R = TypeVar("R")
Head = tuple[int, int, int, bool]
"""First and last line of a branch's head, first line of its body, whether it is a for loop."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The module that is tried: its `path` in the project, the name that it is imported by, the heads of its branches."""

    path: str
    module: str
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Statements, then a call whose result is looked at. `watched` are names whose values may change by it."""

    setup: tuple[str, ...]
    call: str
    imports: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt.

    `kind` is returns, raises, broken (the statements before the call failed), reaches (out of what it may), placed (what it gives names a folder of this machine), slow or lost.
    `value` is source text that makes an equal result, None where there is none; then `facts` are (what follows it, text).
    `after` are (name, what follows it, text) that the call changed. Of an error: (module, name), whether the module raises it
    itself (`own`) and what it says. `knows_type`: the module has the class of the result or error under its own name.
    """

    kind: str
    lines: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    value: str | None = None
    type: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str, str], ...] = ()
    error: tuple[str, str] = ("", "")
    own: bool = False
    message: str = ""
    printed: str = ""
    knows_type: bool = False

    @property
    def came_to_end(self) -> bool:
        """Whether the call was made and ended, one way or the other."""
        return self.kind in ("returns", "raises")


@dataclass(frozen=True, slots=True)
class Reached:
    """What a project's tests reach of a module, and with which values (as text) they call it: by first line and parameter."""

    lines: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    values: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)


def reached(
    workspace: Workspace, runner: TestRunner, subject: Subject, tests: Sequence[str], seconds: float
) -> Reached:
    """Effect: run the files `tests` with a listener; nothing where they do not come to their end within `seconds`."""
    if not tests:
        return Reached()
    word = secrets.token_hex(8)
    with Pipe() as pipe:
        policy = replace(
            workspace.policy(Limits(wall_seconds=seconds, cpu_seconds=int(seconds) + 1)), fds=(pipe.write_end,)
        )
        config = {
            **runner.guest_options(), **_config(workspace, subject, word), "record": True, "descriptor": pipe.write_end,
            "files": list(tests), "ids": None, "collect": False, "seconds": _TEST_SECONDS,
            "collect_seconds": _COLLECT_SECONDS, "fail_fast": False, "output": [],
        }  # fmt: skip
        workspace.sandbox.run(_argv(workspace), policy, stdin=json.dumps(config).encode() + b"\n")
        data = pipe.finish()
    rows = [line[len(word) + 1 :] for line in data.split(b"\n") if line.startswith(f"{word} ".encode())]
    for row in rows:
        message = json.loads(row)
        if message.get("kind") == "reached":
            values = {(int(line), str(name)): tuple(texts) for line, name, texts in message["values"]}
            return Reached(frozenset(message["lines"]), frozenset(message["outcomes"]), values)
    return Reached()


def _config(workspace: Workspace, subject: Subject, word: str) -> dict[str, object]:
    root = workspace.seen_at
    return {
        "word": word, "root": str(root), "original": str(workspace.root), "module": subject.module,
        "file": str(root / subject.path), "heads": [list(head) for head in subject.heads],
    }  # fmt: skip


def _argv(workspace: Workspace) -> list[str]:
    return [str(workspace.environment.python), "-B", str(GUEST / "exercising.py")]


class Exercise:
    """The process that has imported a module; a context manager that ends it. Raises EnvironmentFailure where it cannot be imported.

    With `elsewhere` it is one of another time zone and order of hashes.
    """

    def __init__(self, workspace: Workspace, subject: Subject, seconds: float, elsewhere: int = 0) -> None:
        here = workspace.environment
        if here.version[:2] < _OLDEST:
            raise EnvironmentFailure(
                f"{here.python} is older than Python 3.8, where what is tried cannot be kept from reaching out",
                "name another interpreter with --python",
            )
        self._word = secrets.token_hex(8)
        limits = Limits(wall_seconds=seconds, cpu_seconds=int(seconds) + 1)
        self._session = workspace.sandbox.spawn(
            _argv(workspace),
            workspace.policy(limits, **(_ELSEWHERE[(elsewhere - 1) % len(_ELSEWHERE)] if elsewhere else {})),
        )
        config = {**_config(workspace, subject, self._word), "record": False, "probe_seconds": _PROBE_SECONDS}
        try:
            self._session.send(json.dumps(config).encode() + b"\n")
            first = self._next(_START_SECONDS)
        except BaseException:
            self._session.close()
            raise
        if first.get("kind") != "ready":
            said = str(first.get("why", "")) or self._session.close().stderr.decode("utf-8", "replace")[-300:]
            self._session.close()
            raise EnvironmentFailure(
                f"{subject.module} cannot be imported by itself: {said}", "name an interpreter that can with --python"
            )

    def attempt(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Effect: make the attempts; what came of each, in their order."""
        items = [
            {"setup": a.setup, "call": a.call, "imports": a.imports, "watched": a.watched}
            for a in attempts
        ]  # fmt: skip
        return [_outcome(row) for row in self._asked("try", items)]

    def killers(self, slips: Sequence[Slip], cases: Sequence[Sequence[tuple[int, str]]]) -> list[frozenset[int]]:
        """Effect: of each slip, which of its `cases` (a number, statements of a whole test) notice it."""
        items = [
            {"edits": [[s.start, s.end, s.text]], "cases": [{"id": n, "source": text} for n, text in those]}
            for s, those in zip(slips, cases, strict=True)
        ]
        return [frozenset(cast("list[int]", row.get("killers", []))) for row in self._asked("kill", items)]

    def tested(self, runner: TestRunner, tests: Sequence[tuple[str, Slip | None]]) -> list[entire.Tested]:
        """Effect: run each test (its id; the file lies in the workspace), with its slip where it has one, under the project's pytest."""
        return list(map(entire.tested, self._asked("test", entire.items(runner, tests))))

    def _asked(self, what: str, items: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
        if not items:
            return []
        self._session.send(json.dumps({"do": what, "items": items}).encode() + b"\n")
        found = []
        while (row := self._next(_ANSWER_SECONDS)).get("kind") != "done":
            found.append(cast("Mapping[str, object]", row["row"]))
        return found

    def _next(self, seconds: float) -> Mapping[str, object]:
        """Effect: the next message. Raises EnvironmentFailure where the process has ended or says nothing."""
        while line := self._session.readline(seconds):
            if line.startswith(self._word.encode()):
                return cast("Mapping[str, object]", json.loads(line[len(self._word) + 1 :]))
        raise EnvironmentFailure("the process that tries the module has ended", "run it again with more --timeout")

    def close(self) -> None:
        """Effect: end the process."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Crew:
    """Several processes that have imported a module, each of which takes its part of what is asked; answers hang on no process."""

    def __init__(self, workspace: Workspace, subject: Subject, seconds: float, size: int, elsewhere: int = 0) -> None:
        self._start = functools.partial(Exercise, workspace, subject, seconds, elsewhere)
        with ThreadPoolExecutor(size) as pool:
            made = [pool.submit(self._start) for _ in range(size)]
        failed = [error for each in made if (error := each.exception()) is not None]
        self._members = [each.result() for each in made if each.exception() is None]
        if failed:
            self.close()
            raise failed[0]

    def attempt(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Effect: as :meth:`Exercise.attempt`."""
        return self._shared(attempts, lambda member, part: member.attempt(part), Outcome("lost"))

    def killers(self, slips: Sequence[Slip], cases: Sequence[Sequence[tuple[int, str]]]) -> list[frozenset[int]]:
        """Effect: as :meth:`Exercise.killers`."""
        pairs = list(zip(slips, cases, strict=True))
        return self._shared(
            pairs, lambda member, part: member.killers([s for s, _ in part], [c for _, c in part]), frozenset()
        )

    def tested(self, runner: TestRunner, tests: Sequence[tuple[str, Slip | None]]) -> list[entire.Tested]:
        """Effect: as :meth:`Exercise.tested`."""
        return self._shared(tests, lambda member, part: member.tested(runner, part), entire.Tested("lost"))

    def _shared(self, items: Sequence[T], work: Callable[[Exercise, Sequence[T]], list[R]], lost: R) -> list[R]:
        size = -(-len(items) // len(self._members)) or 1
        parts = [items[start : start + size] for start in range(0, len(items), size)]

        def done(number: int) -> list[R]:
            try:
                return work(self._members[number], parts[number])
            except (EnvironmentFailure, SandboxError):  # what was tried has ended the process itself
                self._members[number].close()
                self._members[number] = self._start()
                return [lost] * len(parts[number])

        with ThreadPoolExecutor(len(self._members)) as pool:
            found = list(pool.map(done, range(len(parts))))
        return [each for part in found for each in part]

    def close(self) -> None:
        """Effect: end all of them."""
        for member in self._members:
            member.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def _outcome(row: Mapping[str, object]) -> Outcome:
    def pairs(name: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(str, each)) for each in cast("list[list[object]]", row.get(name) or []))

    value, error = row.get("value"), cast("list[str]", row.get("error") or ["", ""])
    return Outcome(
        str(row["kind"]),
        frozenset(cast("list[int]", row.get("lines") or [])),
        frozenset(cast("list[int]", row.get("outcomes") or [])),
        value if isinstance(value, str) else None,
        str(row.get("type", "")),
        cast("tuple[tuple[str, str], ...]", pairs("facts")),
        cast("tuple[tuple[str, str, str], ...]", pairs("after")),
        (error[0], error[1]),
        row.get("own") is True,
        str(row.get("message", "")),
        str(row.get("out", "")),
        row.get("knows_type") is True,
    )
