"""The project's tests beside the other checks: which are run for a change, and their failures as findings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from fixbot_agent.settings import Settings
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.source import SourceTree
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.command import CommandRunner
from fixbot_repair.checks.failures import findings
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.git import Repository
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.workspace import Workspace

TESTS = "tests"  # the tool, as findings name it
_ALL = "the test command cannot be asked for single files: all tests ran"


@dataclass(frozen=True, slots=True)
class Bed:
    """Where tests run: the project at `root` with `buffers` laid over it, its settings, its Python, whether it is trusted."""

    root: Path
    settings: Settings
    trusted: bool
    environment: Environment | None
    buffers: Mapping[str, bytes] = field(default_factory=dict)  # POSIX paths from the repository's top; open documents

    def run(self, files: Collection[str] | None, base: str = "") -> Feedback:
        """Effect: run the tests in `files` (all for None) in a private copy, in the sandbox; failures become findings.

        With `base` the same files are also run as they were at that commit: what failed there too is left out.
        Raises GitError, SandboxError (Untrusted where nothing can contain them), EnvironmentFailure.
        """
        if files is not None and not files:
            return Feedback()
        now = self.outcomes(files, "")
        if base and now.failing:
            known = {o.test for o in self.outcomes(files, base).outcomes if not o.ok}
            kept = tuple(o for o in now.outcomes if o.test not in known)
            now = replace(now, outcomes=kept)
        return replace(now, findings=tuple(findings(now, SourceTree(self.root, self.buffers), TESTS)))

    def outcomes(self, files: Collection[str] | None, base: str) -> Feedback:
        """Effect: run the tests in `files` as :meth:`run` does, at the commit `base` ("" for the tree as it is now), without findings."""
        repository = Repository.open(self.root)
        sandbox = choose(self.settings.sandbox, self.trusted, root=repository.top)
        environment = self.environment or Environment.find(repository.top)
        overlay = {} if base else self.buffers
        with Workspace.create(repository.top, environment, sandbox, base, overlay) as workspace:
            tests = runner(workspace, self.settings.test_cmd)
            whole = files is None or isinstance(tests, CommandRunner)
            there = None if whole else sorted(f for f in files or () if (workspace.path / f).is_file())
            feedback = tests.run(there) if there is None or there else Feedback()
        said = (_ALL,) if whole and files is not None else ()
        # That a file could be collected is no test.
        ran = tuple(o for o in feedback.outcomes if not (o.ok and o.test in (files or ())))
        return replace(feedback, outcomes=ran, problems=tuple(f"{TESTS}: {p}" for p in (*feedback.problems, *said)))


def impacted(
    root: Path,
    changed: Iterable[str],
    cache: Path | None,
    progress: Progress,
    buffers: Mapping[str, bytes] | None = None,
) -> tuple[str, ...]:
    """Effect: read or build the index, `buffers` laid over it. The test files that `changed` files can make a difference to, sorted.

    Those that import one of them, however far round, or use what is in it; below a conftest.py that does, all.
    """
    start = set(changed)
    if not start:
        return ()
    with Index.open(root, cache, buffers, progress=progress) as index:
        users: dict[str, set[str]] = defaultdict(set)
        for edge in index.graph.edges:
            source, target = edge.source.partition("::")[0], edge.target.partition("::")[0]
            users[target].add(source)
        paths = index.paths
    reached, waiting = set(start), list(start)
    while waiting:
        fresh = users[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh
    below = [str(PurePosixPath(p).parent) for p in reached if PurePosixPath(p).name == "conftest.py"]
    return tuple(p for p in sorted(paths) if is_test(p) and (p in reached or any(_is_in(p, f) for f in below)))


def _is_in(path: str, folder: str) -> bool:
    return folder == "." or path.startswith(f"{folder}/")
