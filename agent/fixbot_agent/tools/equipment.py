"""What a desk may have besides files and tests, as ports: a tool whose part is missing is not offered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.history import Cochange, Fix
from fixbot_analysis.ports import Change, FilePatch
from fixbot_repair.checks import Feedback, Finding, TestOutcome
from fixbot_repair.debugging import Question, Seen
from fixbot_repair.git import BlamedLine
from fixbot_repair.sandbox import Completed


class Shell(Protocol):
    """Runs commands in the private copy, contained."""

    def run(self, argv: Sequence[str], seconds: float, stdin: bytes = b"") -> Completed:
        """Effect: run `argv` to its end. Raises SandboxError when it cannot be started."""
        ...

    def changed(self) -> frozenset[str]:
        """Effect: the files of the copy that differ from its start state."""
        ...


class Checks(Protocol):
    """What tools say of files of the private copy."""

    def errors(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """Effect: what a fast linter calls an error or leaves over in the one file `path`, were it `data` (UTF-8)."""
        ...

    def findings(self, paths: Sequence[str], before: bool, only: Sequence[str] = ()) -> Feedback:
        """Effect: what the tools `only` say (all that the project uses when empty), of files as they are or as they were at the start."""
        ...


class Debugger(Protocol):
    """Runs one test under a debugger."""

    def ask(self, question: Question) -> Seen:
        """Effect: run the test of `question` and look. Raises RepairError when it cannot be run."""
        ...


class Past(Protocol):
    """The history of the repository up to the commit that the copy stands on."""

    def blame(self, path: str) -> tuple[BlamedLine, ...]:
        """Effect: the lines of the committed file. Raises GitError where there is none."""
        ...

    def written(self, path: str, first: int, last: int, layout: Sequence[str]) -> tuple[BlamedLine, ...]:
        """Effect: lines of the committed file, each with the commit that wrote it: what moved or laid them out anew is passed over, and so are the commits `layout`."""
        ...

    def commits(self, ids: Sequence[str]) -> Mapping[str, Change]:
        """Effect: what is known of commits, by their ids."""
        ...

    def patches(self, commit: str) -> tuple[FilePatch, ...] | None:
        """Effect: what a commit (its id, or the beginning of one) changed in source and documents; None where there is no such one."""
        ...

    def fixes(self, text: str) -> tuple[Fix, ...]:
        """Effect: fixes whose words are like `text`, the most alike first."""
        ...

    def together(self, path: str) -> tuple[Cochange, ...]:
        """Effect: files that changed together with `path`, most first."""
        ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """What there is; None for what is missing.

    `resolver` gives one that knows the files as they are now. `ran` is what the first run of all tests gave, with the lines that
    each ran. `installed` says whether the project's interpreter has a top-level module; `hidden` is what is written in the place of paths of this machine.
    """

    shell: Shell | None = None
    checks: Checks | None = None
    debugger: Debugger | None = None
    past: Past | None = None
    graph: Callable[[], DependencyGraph] | None = None
    resolver: Callable[[], Resolver] | None = None
    ran: tuple[TestOutcome, ...] = ()
    installed: Callable[[str], bool] | None = None
    hidden: tuple[tuple[str, str], ...] = ()
    pattern_seconds: float = 10.0  # that a search for a pattern may take
