"""One ``fixbot solve`` of a comparison: in a project that stays where it is, and ended as soon as no model answers any more."""

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.models import built_in
from fixbot_agent.schemas import Json
from fixbot_bench.repairing import digest
from fixbot_repair.git.snapshot import create

_OFTEN = 0.25  # seconds between two looks at the run
_GRACE = 60.0  # seconds past --timeout before the process is ended: it has final checks to finish
_TIDY = 30.0  # seconds that an ended solve may take to write down what it has


def gone(events: Sequence[Mapping[str, Json]]) -> str:
    """Why models do no more in the run of `events`: what is found from there on, the search finds; "" where they go on."""
    told = (str(e.get("said")) for e in events if e.get("kind") == "routing")
    return next((line.removeprefix(built_in("")) for line in told if line.startswith(built_in(""))), "")


@dataclass(frozen=True, slots=True)
class Caller:
    """Starts solves, whose runs are kept below `runs`, and ends one in which all models have failed: the rest would be the search's."""

    runs: Path

    def call(self, argv: Sequence[str], folder: Path, seconds: float, out: Path, stdout: str) -> int:
        """Effect: run a solve of the project in `folder` to its end, that of its time, or that of its models; its exit code, -1 where it was killed.

        What it says goes into files in `out`.
        """
        before = self._names()
        with (out / stdout).open("wb") as said, (out / "solve.stderr").open("wb") as log:
            process = subprocess.Popen(argv, cwd=folder, stdout=said, stderr=log, stdin=subprocess.DEVNULL)
            try:
                return self._waited(process, folder, time.monotonic() + seconds, before)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def _waited(self, process: "subprocess.Popen[bytes]", folder: Path, until: float, before: frozenset[str]) -> int:
        is_told = False
        while time.monotonic() < until:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_OFTEN)
            if not is_told and self._is_alone(folder, before):
                is_told = True
                process.send_signal(signal.SIGTERM)
                until = min(until, time.monotonic() + _TIDY)
        return -1

    def _names(self) -> frozenset[str]:
        return frozenset(p.name for p in self.runs.iterdir()) if self.runs.is_dir() else frozenset()

    def _is_alone(self, folder: Path, before: frozenset[str]) -> bool:
        """Whether the run of the project in `folder` that began since has been left by its models."""
        for name in self._names() - before:
            events = _events(self.runs / name / "events.jsonl")
            if any(e.get("kind") == "started" and e.get("root") == str(folder.resolve()) for e in events) and gone(
                events
            ):
                return True
        return False


def _events(file: Path) -> list[Mapping[str, Json]]:
    """Effect: reads what there is of a run that may still be written."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found: list[Mapping[str, Json]] = []
    for line in lines:
        with suppress(ValueError):
            event = json.loads(line)
            found += [event] if isinstance(event, dict) else []
    return found


def laid_out(case: Path, projects: Path) -> Path:
    """Effect: the project of `case` as a repository of one commit below `projects`, where it stays: its runs can be gone through again."""
    project = projects / f"{case.name}-{digest(case)[:8]}"
    if not (project / ".git").is_dir():
        shutil.rmtree(project, ignore_errors=True)
        draft = project.with_name(f".{project.name}")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(case, draft, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        create(draft, "as its users have it")
        draft.rename(project)
    return project.resolve()


def solved(project: Path, solver: Sequence[str], seconds: float, out: Path, caller: Caller) -> Mapping[str, object]:
    """Effect: let `solver` repair the project, which it does not change; its report, which is kept in `out` too."""
    issue = [str(project / "issue.md")] if (project / "issue.md").is_file() else []
    argv = [*solver, *issue, "--repo", str(project), "--timeout", str(seconds), "--json"]
    caller.call(argv, project, seconds + _GRACE, out, "report.json")
    return read_report(out)


def read_report(out: Path) -> Mapping[str, object]:
    """Effect: what a solve said in `out`; empty where it said nothing that can be read."""
    try:
        report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}
