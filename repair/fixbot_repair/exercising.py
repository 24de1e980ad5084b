"""Code tried on one module of a workspace: what it reaches and what comes of it, and which tests notice which slips.

One process in the sandbox imports the module; every batch runs in a fork of it, bounded in time and memory, and may write
nowhere but to a folder of its own.
"""

import functools
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from fixbot_repair import entire
from fixbot_repair.checks.guest_report import Pipe
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.errors import EnvironmentFailure, SandboxError
from fixbot_repair.exercised import Attempt, Head, Outcome, Reached, Subject, outcome
from fixbot_repair.sandbox import Limits
from fixbot_repair.slips import Slip
from fixbot_repair.workspace import GUEST, Workspace

_OLDEST = (3, 8)  # the first with audit hooks, which keep what is tried from reaching out
_PROBE_SECONDS = 0.5  # of CPU for one attempt
_ANSWER_SECONDS = 25.0  # for one row; the guest ends a batch before
_TEST_SECONDS = 5.0
_COLLECT_SECONDS = 60.0
# What should make no difference, one of these for each process that is elsewhere.
_ELSEWHERE = tuple(
    dict(
        zip(
            ("PYTHONHASHSEED", "TZ", "USER", "COLUMNS", "LANG", "LANGUAGE", "TERM", "PYTHONIOENCODING"),
            values,
            strict=True,
        )
    )
    | {"HOME": f"/home/{values[2]}", "LOGNAME": values[2], "TMPDIR": "/home/passing", values[2].upper(): "1"}
    for values in (
        ("7", "XYZ-5:30", "ada", "100", "de_DE.UTF-8", "de", "dumb", "latin-1"),
        ("23", "ABC+9", "bob", "61", "ja_JP.UTF-8", "ja", "xterm-256color", "utf-8"),
        ("1", "DEF-1", "eve", "180", "pt_BR.UTF-8", "pt", "vt100", "utf-16"),
    )
)

# What developers and build machines have set, or not.
_SET = {
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), "http://proxy.example:3128"),
    **dict.fromkeys(("CI", "DEBUG", "VERBOSE", "FORCE_COLOR", "NO_COLOR"), "1"),
    **dict.fromkeys(("EDITOR", "VISUAL", "PAGER", "BROWSER", "SHELL"), "/opt/bin/other"),
    **dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "VIRTUAL_ENV"), "/opt/other"),
    "NO_PROXY": "example.org",
    "DISPLAY": ":7",
    "LINES": "33",
}
__all__ = ["Attempt", "Crew", "Exercise", "Head", "Outcome", "Reached", "Subject", "reached"]
T = TypeVar("T")
R = TypeVar("R")


def reached(
    workspace: Workspace, runner: TestRunner, subject: Subject, tests: Sequence[str], seconds: float
) -> Reached:
    """Effect: run the files `tests` with a listener; what those reach that come to their turn within `seconds`."""
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
    mark = f"{word} ".encode()
    return _reached([json.loads(line[len(mark) :]) for line in data.split(b"\n")[:-1] if line.startswith(mark)], tests)


def _reached(rows: Sequence[Mapping[str, Any]], tests: Sequence[str]) -> Reached:
    """What a guest told that ran the files `tests`; it may have been cut short."""
    told = [row for row in rows if row.get("kind") == "reached"]
    left = {str(each) for row in rows if row.get("kind") == "collected" for each in row["ids"]}
    ended = {str(row["id"]): bool(row["lines"].get("reached")) for row in rows if row.get("kind") == "test"}
    is_whole = any(row.get("kind") == "end" for row in rows)
    cut = {each.partition("::")[0] for each in (() if is_whole else left.difference(ended))}
    cut |= {str(row["id"]).partition("::")[0] for row in rows if row.get("kind") == "uncollected"}
    whole = [p for p in tests if (is_whole or left) and p not in cut]
    reaching = {each.partition("::")[0] for each, is_one in ended.items() if is_one}
    files = tuple(whole), tuple(p for p in tests if p in reaching)
    if not told:
        return Reached(files=files[0])
    last = told[-1]
    values = {(int(line), str(name)): tuple(texts) for line, name, texts in last["values"]}
    return Reached(
        frozenset(last["lines"]),
        frozenset(last["outcomes"]),
        values,
        last["imported"],
        files=files[0],
        reaching=files[1],
    )


def _config(workspace: Workspace, subject: Subject, word: str) -> dict[str, object]:
    root = workspace.seen_at
    return {
        "word": word, "root": str(root), "original": str(workspace.root), "module": subject.module,
        "file": str(root / subject.path), "heads": [list(head) for head in subject.heads],
        "spans": [list(span) for span in subject.spans], "top": str(root / subject.top),
    }  # fmt: skip


def _around(elsewhere: int) -> dict[str, str]:
    """The variables of a process that is elsewhere; the second has those that many people set."""
    if not elsewhere:
        return {}
    return {**(_SET if elsewhere == 2 else {}), **_ELSEWHERE[(elsewhere - 1) % len(_ELSEWHERE)]}


def _argv(workspace: Workspace) -> list[str]:
    return [str(workspace.environment.python), "-B", str(GUEST / "exercising.py")]


class Exercise:
    """The process that has imported a module; a context manager that ends it. Raises EnvironmentFailure where it cannot be imported.

    With `elsewhere` it is one of another day, machine, working folder, time zone and order of hashes. `imported` is what the import alone reaches.
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
            workspace.policy(limits, **_around(elsewhere)),
        )
        config = {
            **_config(workspace, subject, self._word), "record": False, "probe_seconds": _PROBE_SECONDS,
            "elsewhere": elsewhere,
        }  # fmt: skip
        try:
            self.imported = self._started(json.dumps(config).encode() + b"\n", subject)
        except BaseException:
            self._session.close()
            raise

    def _started(self, config: bytes, subject: Subject) -> Reached:
        """Effect: wait until the module is imported. Raises EnvironmentFailure where it is not, or not in time."""
        self._session.send(config)
        deadline = time.monotonic() + subject.patience
        try:
            first = self._next(subject.patience)
        except EnvironmentFailure:
            late = time.monotonic() >= deadline
            said = "" if late else self._session.close().stderr.decode("utf-8", "replace")[-300:]
            first = {"why": f"its import does not come to an end within {subject.patience:.0f} s" if late else said}
        if first.get("kind") != "ready":
            hint = "what waits, serves or loops belongs below `if __name__`" if "come to an end" in str(first) else ""
            raise EnvironmentFailure(
                f"{subject.module} cannot be imported by itself: {first.get('why') or 'its process has ended'}",
                hint or "name an interpreter that can with --python",
            )
        lines, outcomes = (cast("list[int]", first[name]) for name in ("lines", "outcomes"))
        return Reached(frozenset(lines), frozenset(outcomes), imported=True, threads=cast("int", first["threads"]) - 1)

    def attempt(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Effect: make the attempts; what came of each, in their order."""
        items = [
            {"setup": a.setup, "call": a.call, "imports": a.imports, "watched": a.watched}
            for a in attempts
        ]  # fmt: skip
        return [outcome(row) for row in self._asked("try", items)]

    def killers(self, slips: Sequence[Slip], cases: Sequence[Sequence[tuple[int, str]]]) -> list[frozenset[int]]:
        """Effect: of each slip, which of its `cases` (a number, statements of a whole test) notice it."""
        items = [
            {"edits": [[s.start, s.end, s.text]], "cases": [{"id": n, "source": text} for n, text in those]}
            for s, those in zip(slips, cases, strict=True)
        ]
        return [frozenset(cast("list[int]", row.get("killers", []))) for row in self._asked("kill", items)]

    def tested(
        self, runner: TestRunner, tests: Sequence[tuple[str, Slip | None]], imports: entire.Lines = ()
    ) -> list[entire.Tested]:
        """Effect: run each test (its id; the file lies in the workspace), with its slip where it has one, under the project's pytest.

        `imports` are lines of the file that came with the test. Raises EnvironmentFailure where there are more or less answers than tests.
        """
        rows = self._asked("test", entire.items(runner, tests, imports))
        if len(rows) != len(tests):
            raise EnvironmentFailure("the process that tries tests does not answer as it is asked", "run it again")
        return list(map(entire.tested, rows))

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
                try:
                    return cast("Mapping[str, object]", json.loads(line[len(self._word) + 1 :]))
                except ValueError:
                    break
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

    def tested(
        self, runner: TestRunner, tests: Sequence[tuple[str, Slip | None]], imports: entire.Lines = ()
    ) -> list[entire.Tested]:
        """Effect: as :meth:`Exercise.tested`."""
        return self._shared(tests, lambda member, part: member.tested(runner, part, imports), entire.Tested("lost"))

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
