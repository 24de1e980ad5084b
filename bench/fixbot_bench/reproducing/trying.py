"""One issue tried: its reproduction written from the text alone, run at base, run again with the known patch."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from fixbot_agent.solving.reproducing.writing import written
from fixbot_bench.grading.environment import build, setup_day
from fixbot_bench.grading.patching import Patching
from fixbot_bench.grading.tree import one_commit_repository
from fixbot_bench.instance import Instance
from fixbot_bench.repositories import find_repository
from fixbot_bench.reproducing.grounds import ground
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.environment import Environment
from fixbot_repair.git import Repository
from fixbot_repair.issue import Issue
from fixbot_repair.issue_reader import read
from fixbot_repair.sandbox import Sandbox
from fixbot_repair.workspace import Workspace

_SECONDS = 300.0  # one test, on a machine that does other things too


class Came(StrEnum):
    """What came of an issue."""

    NOTHING = "nothing written"
    ASKED = "only reported, comes here too: a question"
    GONE = "only reported, comes at base and not with the known patch: a question"
    HOLDS = "written, does not fail for the issue's reason"
    WRONG = "fails at base and with the known patch too"
    RIGHT = "fails at base, passes with the known patch"


@dataclass(frozen=True, slots=True)
class Tried:
    """One instance: what came of it, why, and the test file."""

    came: Came
    why: str = ""
    proven: tuple[str, ...] = ()
    text: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True)
class Trials:
    """Where repositories and environments are, and what contains the tests."""

    repositories: Path
    cache: Path
    sandbox: Sandbox

    def work(self, instance: Instance, folder: Path) -> Mapping[str, object]:
        """Effect: try `instance`; the reproduction is left in `folder`."""
        tried = self.tried(instance)
        if tried.text:
            (folder / "reproduction.py").write_text(tried.text, encoding="utf-8")
        return asdict(tried)

    def tried(self, instance: Instance) -> Tried:
        """Effect: the whole trial. Raises BenchError where the environment cannot be had."""
        spec = ground(instance.repo, instance.version)
        repository = find_repository(self.repositories, instance.repo)
        issue = read(instance.problem_statement)
        if written(issue, ()) is None:
            return Tried(Came.NOTHING, "the text states nothing that can be run")
        commit = instance.environment_setup_commit or instance.base_commit
        home = build(spec, repository, commit, setup_day(repository, commit), self.cache)
        with tempfile.TemporaryDirectory(prefix="fixbot-reproduce-") as scratch:
            tree = Path(scratch) / instance.repo.partition("/")[2]
            one_commit_repository(repository, instance.base_commit, tree)
            for path in spec.generated:
                if (generated := home.source / path).is_file():
                    shutil.copyfile(generated, tree / path)
            return self.run_in(instance, Environment.find(tree, home.python), tree, issue)

    def run_in(self, instance: Instance, environment: Environment, tree: Path, issue: Issue) -> Tried:
        """Effect: run the reproduction at base and, where it is proven, with the known patch."""
        made = written(issue, Repository.open(tree).tracked(), lambda path: (tree / path).read_bytes())
        assert made is not None
        overlay = {path: text.encode("utf-8", "replace") for path, text in made.files().items()}
        with Workspace.create(tree, environment, self.sandbox, "", overlay) as workspace:
            runner = TestRunner(workspace, environment, self.sandbox)
            before = runner.run(list(made.files()), per_test_seconds=_SECONDS)
            proven = made.proven(before, issue)
            reported = made.confirmed(before)
            if not proven and not reported:
                return Tried(Came.HOLDS, _said(before), (), made.text, str(environment.python))
            Patching(workspace.path, self.sandbox).model_patch(instance.patch)
            after = runner.run(list(made.files()), per_test_seconds=_SECONDS)
            right = set(proven) <= set(after.passing)
            if not proven:
                came = Came.GONE if set(reported) & set(after.passing) else Came.ASKED
                return Tried(came, _said(after), (), made.text, str(environment.python))
            came = Came.RIGHT if right else Came.WRONG
            return Tried(came, _said(before if right else after), proven, made.text, str(environment.python))


def _said(feedback: Feedback) -> str:
    """The outcomes in one line each."""
    lines = [
        f"{o.test.rpartition('::')[2]}: {o.status} {' '.join(o.message.split())[:160]}" for o in feedback.outcomes[:6]
    ]
    return "; ".join([*lines, *(p[:300] for p in feedback.problems)])
