"""Grading one prediction by the official rule.

Base commit -> the submitted patch -> the test files of the test patch set back to base -> test patch -> test command
-> statuses. Resolved: every FAIL_TO_PASS and every PASS_TO_PASS test passed.
"""

import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.grading import logs
from fixbot_bench.grading.environment import BenchEnvironment, build, setup_day
from fixbot_bench.grading.patching import Patching
from fixbot_bench.grading.specification import Specification, specification
from fixbot_bench.grading.tree import one_commit_repository
from fixbot_bench.instance import Instance, Outcome, Prediction, Resolution
from fixbot_bench.repositories import find_repository
from fixbot_repair.errors import PatchError
from fixbot_repair.sandbox import Completed, Limits, Policy, Sandbox

TEST_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Grader:
    """Where repositories and environments are, and what contains the tests."""

    repositories: Path
    cache: Path
    sandbox: Sandbox

    def grade(self, instance: Instance, prediction: Prediction, folder: Path) -> Resolution:
        """Effect: grade `prediction`, with the log of every step in `folder`."""
        began = time.monotonic()
        spec = specification(instance.repo, instance.version)
        repository = find_repository(self.repositories, instance.repo)
        commit = instance.environment_setup_commit or instance.base_commit
        environment = build(spec, repository, commit, setup_day(repository, commit), self.cache)
        with tempfile.TemporaryDirectory(prefix="fixbot-grade-") as scratch:
            tree = Path(scratch) / "tree"
            one_commit_repository(repository, instance.base_commit, tree)
            trial = _Trial(instance, spec, environment, tree, self.sandbox)
            resolution = trial.run(prediction, folder)
        return _timed(resolution, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One prediction in one tree."""

    instance: Instance
    spec: Specification
    environment: BenchEnvironment
    tree: Path
    sandbox: Sandbox

    def run(self, prediction: Prediction, folder: Path) -> Resolution:
        patching = Patching(self.tree, self.sandbox)
        base = {path: _read(self.tree / path) for path in touched(self.instance.test_patch)}
        try:
            step = (
                patching.model_patch(prediction.model_patch) if prediction.model_patch.strip() else "nothing to apply"
            )
        except PatchError as error:
            self._write_log(folder, patching.log)
            return Resolution(self.instance.instance_id, Outcome.ERROR, why=error.message)
        _restore(self.tree, base)
        patching.test_patch(self.instance.test_patch)
        self._bring_generated_files()
        self._prove_origin()
        ended = self._test(touched(self.instance.test_patch))
        self._write_log(
            folder, [*patching.log, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")]
        )
        return self._judge(ended, step)

    def _judge(self, ended: Completed, step: str) -> Resolution:
        name, required = self.instance.instance_id, (*self.instance.fail_to_pass, *self.instance.pass_to_pass)
        statuses = logs.parse(self.spec.log, ended.stdout.decode(errors="replace"))
        missing = tuple(test for test in required if not logs.passed(statuses, test))
        why = (
            f"tests ran over {TEST_SECONDS:.0f} s"
            if ended.timed_out
            else ""
            if statuses
            else "no test reported a status"
        )
        outcome = Outcome.UNRESOLVED if missing or not required else Outcome.RESOLVED
        return Resolution(name, outcome, missing, step, why=why)

    def _test(self, files: Sequence[str]) -> Completed:
        argv = [str(self.environment.python), *self.spec.test[1:], *(f for f in files if f.endswith(".py"))]
        limits = Limits(wall_seconds=TEST_SECONDS, cpu_seconds=TEST_SECONDS, output_bytes=64 << 20)
        return self.sandbox.run(argv, self._policy(limits))

    def _prove_origin(self) -> None:
        """A verdict about another copy of the package would be worth nothing. One that cannot be imported at all is
        the patch's own doing: then the tests say so.
        """
        probe = f"import {self.spec.module}, os; print(os.path.realpath({self.spec.module}.__file__))"
        policy = self._policy(Limits(wall_seconds=60, cpu_seconds=60))
        ended = self.sandbox.run([str(self.environment.python), "-c", probe], policy)
        origin = "".join(ended.stdout.decode(errors="replace").strip().splitlines()[-1:])
        if ended.returncode == 0 and not origin.startswith(str(self.sandbox.where(policy).resolve())):
            raise BenchEnvironmentError(f"{self.spec.module} loads from {origin}, not from the instance's tree")

    def _policy(self, limits: Limits) -> Policy:
        at = self.sandbox.where(Policy(self.tree))
        home = self.environment.python.resolve().parent.parent  # the interpreter that the environment was made from
        variables = {
            "PATH": f"{self.environment.folder}/venv/bin:/usr/bin:/bin",
            "PYTHONPATH": ":".join(str(at / part) for part in self.spec.path),
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            **dict(self.spec.environment),
        }
        return Policy(self.tree, readable=(self.environment.folder, home), environment=variables, limits=limits)

    def _bring_generated_files(self) -> None:
        for path in self.spec.generated:
            if (made := self.environment.source / path).is_file():
                shutil.copyfile(made, self.tree / path)

    def _write_log(self, folder: Path, parts: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.log").write_text("\n".join(parts), encoding="utf-8", errors="replace")


def touched(patch: str) -> tuple[str, ...]:
    """Paths that a unified diff touches, as they are after it; deleted files left out."""
    return tuple(dict.fromkeys(p for p in re.findall(r"^\+\+\+ b/(.+?)\t?$", patch, re.MULTILINE)))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _restore(tree: Path, base: dict[str, bytes | None]) -> None:
    """Set test files back, so that a patch which edits them cannot keep the test patch from applying."""
    for path, data in base.items():
        place = tree / path
        if data is None:
            place.unlink(missing_ok=True)
        elif not place.is_file() or place.read_bytes() != data:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _timed(resolution: Resolution, seconds: float) -> Resolution:
    return replace(resolution, seconds=round(seconds, 2))
