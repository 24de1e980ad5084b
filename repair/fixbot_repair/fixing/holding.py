"""Trials by the project's tests: those that can see a fix must pass with it as they did without."""

import ast
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from fixbot_analysis.source import Document
from fixbot_analysis.symbols import FileFacts, SymbolKind, extract
from fixbot_repair.checks import Feedback, TestStatus
from fixbot_repair.checks.command import CommandRunner
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.fixing.fix import Fix
from fixbot_repair.fixing.state import Overlay, State
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.workspace import Workspace

_SECONDS = 60.0  # that a test may take, or ten times what it took before
_START = 1.0  # seconds that a run of tests takes besides the tests

Choose = Callable[[Collection[str]], "Collection[str] | None"]
Open = Callable[[], Workspace]


class Tests:
    """The project's tests in a private copy, which `open_` makes when they are first needed; a context manager.

    `choose` names the test files that changes of these files can make a difference to, None for all. `notes` say how the
    tests had to be used. What fails at first, or fails now and then, holds against nothing. `required`: that tests cannot
    be run is an error, not a note.
    """

    __test__ = False

    def __init__(self, open_: Open, choose: Choose, command: Sequence[str] = (), *, required: bool = False) -> None:
        self.notes: list[str] = []
        self.required = required
        self._open, self._choose, self._command = open_, choose, command
        self._workspace: Workspace | None = None
        self._baseline: Feedback | None = None
        self._files: frozenset[str] = frozenset()
        self._suspects: dict[str, None] = {}
        self._unsteady: set[str] = set()
        self._known: dict[int, str] = {}
        self._facts: dict[tuple[str, bytes], FileFacts] = {}

    @property
    def count(self) -> int:
        """How many tests pass before any fix, and so can be held against one."""
        return len(self._baseline.passing) if self._baseline else 0

    def prepare(self, paths: Collection[str]) -> None:
        """Effect: run the tests that changes of `paths` can make a difference to, as things are, with traces.

        Raises RepairError where tests cannot be run.
        """
        if self._baseline is not None and self._files.issuperset(paths):
            return
        self._files = self._files.union(paths)
        chosen = self._choose(self._files)
        if self._workspace is None:
            self._workspace = self._open()
            self._runner = runner(self._workspace, self._command)
        there = None if chosen is None else sorted(p for p in chosen if (self._workspace.path / p).is_file())
        if isinstance(self._runner, CommandRunner):
            there = None  # it cannot be asked for single files
        feedback = self._runner.run(there, trace=True) if there is None or there else Feedback()
        # That a file could be collected is no test.
        feedback = replace(feedback, outcomes=tuple(o for o in feedback.outcomes if o.test not in (there or ())))
        self._baseline = feedback
        self._traced = {o.test: frozenset(path for path, _ in o.lines) for o in feedback.outcomes if o.ok}
        self._seconds = {o.test: o.seconds for o in feedback.outcomes}
        self._xfailing = frozenset(o.test for o in feedback.outcomes if o.status is TestStatus.XFAILED)
        self.notes = list(self._said(feedback, there))

    def seeing(self, fixes: Iterable[Fix], state: State) -> tuple[str, ...]:
        """Passing tests that `fixes`, offered for the files as they are in `state`, may break.

        Whoever runs a line of a file may see a change of its functions; what runs on import is in no test's trace, so a
        change outside of functions is seen by all. A test without a trace sees everything.
        """
        changed = list(fixes)
        if not changed or self._baseline is None:
            return ()
        all_see = any(self._runs_on_import(fix, state.documents[fix.path]) for fix in changed)
        paths = {fix.path for fix in changed}
        return tuple(
            test
            for test in self._baseline.passing
            if test not in self._unsteady
            and (all_see or not (seen := self._traced[test]) or not paths.isdisjoint(seen))
        )

    def cost(self, tests: Iterable[str]) -> float:
        """About how many seconds a run of `tests` takes."""
        return _START + sum(self._seconds.get(t, 0.0) for t in tests)

    def hold(self, state: State, fixes: Sequence[Fix]) -> str:
        """Effect: run the tests that see `fixes`, with these on top of `state`; "" when all pass, else which one does not.

        One that fails without the fixes too is unsteady: it counts no more.
        """
        after = state.with_fixes(fixes)
        key = hash(tuple(sorted((p, d.data) for p, d in after.items())))
        while key not in self._known:
            broken = self._broken(after, self.seeing(fixes, state))
            if broken and self._broken(state.overlay, (broken[0],)):
                self._unsteady.add(broken[0])
                self.notes.append(f"{broken[0]} fails now and then: it was not counted")
                continue
            if broken:
                self._suspects[broken[0]] = None
            self._known[key] = f"with it {broken[0]} fails: {broken[1]}" if broken else ""
        return self._known[key]

    def close(self) -> None:
        """Effect: delete the private copy."""
        if self._workspace is not None:
            self._workspace.close()
            self._workspace = None

    def __enter__(self) -> "Tests":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _broken(self, files: Overlay, tests: Sequence[str]) -> tuple[str, str] | None:
        """The first of `tests` that does not pass with `files`, and what it says; those that broke before go first."""
        workspace = self._workspace
        if not tests or workspace is None:
            return None
        first = [t for t in tests if t in self._suspects]
        contents = {path: d.encode(d.data) for path, d in files.items()}
        try:
            workspace.write(contents)
            for ids in (first, [t for t in tests if t not in self._suspects]):
                if ids and (found := self._ran(ids)):
                    return found
        finally:
            workspace.reset()
        return None

    def _ran(self, ids: Sequence[str]) -> tuple[str, str] | None:
        seconds = max(_SECONDS, 10.0 * max(self._seconds.get(t, 0.0) for t in ids))
        feedback = self._runner.run(ids, per_test_seconds=seconds, fail_fast=True)
        outcomes = {o.test: o for o in feedback.outcomes}
        wrong = [t for t in ids if t not in outcomes or not self._passes(t, outcomes[t].status)]
        if not wrong:
            return None
        # With the first failure the run ends: what did not run is not what is wrong.
        test = next((o.test for o in feedback.outcomes if o.test in wrong), wrong[0])
        said = outcomes[test].message if test in outcomes else "it did not run"
        return test, " ".join(said.split())[:300]

    def _passes(self, test: str, status: TestStatus) -> bool:
        fine = {TestStatus.PASSED, *((TestStatus.XFAILED, TestStatus.XPASSED) if test in self._xfailing else ())}
        return status in fine

    def _runs_on_import(self, fix: Fix, document: Document) -> bool:
        """Whether a part of what `fix` changes lies in no function's body."""
        key = (document.path, document.data)
        if key not in self._facts:
            self._facts[key] = extract(document.data)
        lines = [document.line_of(edit.span.start) + 1 for edit in fix.edits]
        symbols = [(line, self._facts[key].enclosing(line)) for line in lines]
        return any(s is None or s.kind is SymbolKind.CLASS or line <= s.line for line, s in symbols)

    def _said(self, feedback: Feedback, files: Sequence[str] | None) -> Iterable[str]:
        if not feedback.passing:
            yield "no test passes that could hold a fix" if feedback.outcomes else "no test sees what is fixed"
        elif failing := feedback.failing:
            yield f"{len(failing)} tests fail already and hold no fix, such as {failing[0]}"
        yield from (p for p in feedback.problems if files != [])


def open_workspace(root: Path, environment: Environment, sandbox: Sandbox) -> Open:
    """What opens a private copy of the project at `root` when it is asked to."""
    return lambda: Workspace.create(root, environment, sandbox)


def same_code(before: Document, after: Document) -> bool:
    """Whether an interpreter cannot tell the two apart but by line numbers: the syntax trees of what differs are equal.

    Only the statements at the top that differ are read anew, so that hundreds of fixes of a large file are no hundred readings
    of all of it.
    """
    if not _spans(before.data):
        return False
    first, end = _differing(before.data, after.data)
    touched = [(start, stop) for start, stop in _spans(before.data) if start < end and first < stop]
    start, stop = (min(first, touched[0][0]), max(end, touched[-1][1])) if touched else (first, end)
    tree = _tree(before.data[start:stop])
    return bool(tree) and tree == _tree(after.data[start : stop + len(after.data) - len(before.data)])


def _differing(before: bytes, after: bytes) -> tuple[int, int]:
    """The bytes of `before` that are not as in `after`, whole lines."""
    first = _common(before, after)
    last = min(_common(before[::-1], after[::-1]), min(len(before), len(after)) - first)
    end = before.find(b"\n", max(first, len(before) - last))
    return before.rfind(b"\n", 0, first) + 1, len(before) if end < 0 else end + 1


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if one[least:middle] == other[least:middle] else (least, middle - 1)
    return least


@lru_cache(maxsize=64)
def _spans(data: bytes) -> tuple[tuple[int, int], ...]:
    """Where the statements at the top of a module begin and end, in bytes, whole lines; () where it is no Python, or its lines end in
    CR alone.
    """
    if data.count(b"\r") != data.count(b"\r\n"):  # Python ends a line there, too
        return ()
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    starts = [0, *(found.end() for found in re.finditer(rb"\n", data)), len(data)]
    heads = (min([one.lineno, *(d.lineno for d in getattr(one, "decorator_list", ()))]) for one in body)
    return tuple(
        (starts[head - 1], starts[one.end_lineno or one.lineno]) for head, one in zip(heads, body, strict=True)
    )


@lru_cache(maxsize=256)  # each fix of a file is compared with the same file
def _tree(data: bytes) -> bytes:
    """A digest of the syntax tree; empty where there is none."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return blake2b(ast.dump(ast.parse(data)).encode("utf-8", "surrogatepass")).digest()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return b""
