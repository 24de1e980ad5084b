"""The desk that a question is answered at: the project's files as they are, to be looked at and nothing else."""

import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fixbot_agent.tools import Desk
from fixbot_agent.tools.desk import is_secret
from fixbot_agent.tools.equipment import Equipment
from fixbot_agent.tools.past import GitPast
from fixbot_analysis.index import Index
from fixbot_repair import confined
from fixbot_repair.checks import Feedback
from fixbot_repair.errors import GitError, PatchError
from fixbot_repair.git import Repository
from fixbot_repair.sandbox import Completed, Limits, Policy, Sandbox, choose
from fixbot_repair.workspace import GUEST

TOOLS = ("view", "search", "history")
_LARGEST = 8 << 20  # bytes of a file that is shown
_OUTPUT = 2 << 20  # bytes of hits
_LISTED = 40  # rows of what lies at the top


def looking_desk(index: Index, root: Path, cache: Path, sandbox: str = "auto", *, trusted: bool = False) -> Desk:
    """Effect: asks git. A desk over the project in `root`, without anything that changes or runs it."""
    files = Files(root, index)
    past = None
    repository = files.repository
    if repository is not None and repository.top == root.resolve() and repository.head:
        past = GitPast(repository, root, repository.head, cache)
    shell = Patterns(root, sandbox, trusted)
    return Desk(files, NoTests(), index, equipment=Equipment(shell=shell, past=past, graph=lambda: index.graph))


def top(desk: Desk) -> str:
    """What lies at the top of the project: a row a folder, with the number of its files, then files."""
    folders = Counter(path.partition("/")[0] for path in desk.listed() if "/" in path)
    rows = [f"{name}/ ({count} {'file' if count == 1 else 'files'})" for name, count in sorted(folders.items())]
    rows += [path for path in desk.listed() if "/" not in path]
    more = [f"… and {len(rows) - _LISTED} more"] if len(rows) > _LISTED else []
    return "\n".join([*rows[:_LISTED], *more])


@dataclass
class Files:
    """The files of a project that may be shown: none that it ignores, none behind a link. Fills :class:`fixbot_agent.tools.desk.Files`."""

    root: Path
    index: Index
    repository: Repository | None = field(init=False)

    def __post_init__(self) -> None:
        """Effect: looks for a repository."""
        try:
            self.repository = Repository.open(self.root)
        except GitError:
            self.repository = None

    @property
    def paths(self) -> tuple[str, ...]:
        """What is looked at: source and documents, and what else the repository holds of text."""
        return self._paths

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        tree = self.index.tree
        known = {*self.index.paths, *tree.docs}
        others = {p for p in self._others() if p not in known}
        return tuple(sorted({*known, *(others - tree.left_out(others))}))

    @cached_property
    def _there(self) -> frozenset[str]:
        return frozenset(self._paths)

    def _others(self) -> list[str]:
        if self.repository is None or self.repository.top != self.root.resolve():
            return []
        try:
            return [p for p in (*self.repository.tracked(), *self.repository.untracked()) if not is_secret(p)]
        except GitError:
            return []

    def read(self, path: str) -> bytes:
        """Effect: a file's bytes. Raises PatchError for what is no plain file of the project, is ignored, or too large."""
        if path not in self._there:
            raise PatchError(f"there is no file {path[:200]!r} in the project, or the project ignores it", "search")
        try:
            if os.lstat(self.root / path).st_size > _LARGEST:
                raise PatchError(f"{path} is larger than {_LARGEST >> 20} MiB", "search in it")
        except OSError as error:
            raise PatchError(f"{path}: {error.strerror}", "name another") from error
        return confined.read(self.root, path)

    def original(self, path: str) -> bytes | None:
        """Effect: the same: nothing is changed here."""
        return self.read(path) if path in self._there else None

    def write(self, files: Mapping[str, bytes | None]) -> None:
        """Raises PatchError: nothing is written."""
        raise PatchError(f"{', '.join(files)[:200]}: nothing is changed here", "only look")


class NoTests:
    """No test is run. Fills :class:`fixbot_agent.tools.desk.TestBench`."""

    def run(self, ids: Sequence[str] | None = None, *, output: Sequence[str] = ()) -> Feedback:
        """Nothing came of it."""
        return Feedback()


@dataclass
class Patterns:
    """Looks for patterns, which may take for ever, in a contained process that reads the project. Fills :class:`fixbot_agent.tools.equipment.Shell`."""

    root: Path
    kind: str
    trusted: bool

    @cached_property
    def _sandbox(self) -> Sandbox:
        return choose(self.kind, self.trusted, root=self.root)

    def run(self, argv: Sequence[str], seconds: float, stdin: bytes = b"") -> Completed:
        """Effect: run our own script (the last of `argv`) in the project's folder, which it can only read. Raises SandboxError."""
        import tempfile

        code = f"import os, runpy; os.chdir({str(self.root)!r}); runpy.run_path({argv[-1]!r}, run_name='__main__')"
        with tempfile.TemporaryDirectory(prefix="fixbot-") as work:
            readable = (self.root, GUEST, Path(sys.base_prefix), Path(sys.prefix))
            limits = Limits(wall_seconds=seconds, cpu_seconds=seconds * 2, output_bytes=_OUTPUT)
            policy = Policy(Path(work), readable=readable, environment={"LC_ALL": "C.UTF-8"}, limits=limits)
            return self._sandbox.run([sys.executable, "-I", "-S", "-c", code], policy, stdin)

    def changed(self) -> frozenset[str]:
        """None: nothing is changed here."""
        return frozenset()
