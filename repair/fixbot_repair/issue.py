"""What is being asked: an issue as text, and the task it becomes."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TraceFrame:
    """One frame of a traceback in a text: the file as written, line from 1, the function where it is given."""

    file: str
    line: int
    function: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A stated behaviour: `expression` should give `expected` (source text); `actual` is what it gives now, if said.

    Without an expression the statements before are the whole program, and what it prints is meant.
    """

    expression: str
    expected: str
    actual: str = ""
    setup: tuple[str, ...] = ()  # statements that come before, as written
    is_strict: bool = False  # a goal only where it gives `actual` now: what should come is concluded, not told
    seen: tuple[tuple[str, str], ...] = ()  # further expressions, and what each gives now: likewise


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue read: the cleaned text and what a machine can use of it."""

    text: str
    title: str = ""
    frames: tuple[TraceFrame, ...] = ()  # innermost last
    error: str = ""  # "IndexError: list index out of range"
    code_blocks: tuple[str, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    test_ids: tuple[str, ...] = ()  # tests that the text names
    patches: tuple[str, ...] = ()  # unified diffs quoted in the text
    notes: tuple[str, ...] = ()  # what was stripped, e.g. hidden characters
    crashing: tuple[str, ...] = ()  # calls that the prose says to end in an error
    named: tuple[
        Expectation, ...
    ] = ()  # what a function should give that is named without arguments: `expression` is its name
    python: str = ""  # the version that a log in the text names, "3.12"


class Oracle(StrEnum):
    """What a fix is held against; the contract's words."""

    FAILING_TESTS = "failing tests"
    REPRODUCTION = "reproduction"
    EXPECTED_OUTPUT = "expected output"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to solve in one repository: the same shape for an issue, a failing test and a benchmark instance."""

    root: Path
    issue: Issue | None = None
    base: str = ""  # a commit; "" is the working tree as it is now
    failing: tuple[str, ...] = ()  # ids of tests known to fail; empty: find out
    test_command: tuple[str, ...] = ()  # empty: found by looking at the project
