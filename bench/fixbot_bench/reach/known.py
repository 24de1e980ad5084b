"""What a solve knows of a case before it makes candidates: the suspects and the errors, kept so that candidates are made again without a test."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from fixbot_agent.settings import Settings
from fixbot_agent.solving.ground import Plot, opened
from fixbot_agent.solving.proving.case import Reproducing, examine, lines
from fixbot_agent.solving.proving.pointing import clues
from fixbot_analysis.ports import Silent
from fixbot_bench.repairing import digest
from fixbot_bench.runner import Job, Result
from fixbot_repair import localisation
from fixbot_repair.candidates.symptoms import Symptoms, read
from fixbot_repair.checks import TestStatus
from fixbot_repair.git.snapshot import create
from fixbot_repair.issue_reader import read as read_issue
from fixbot_repair.localisation import Localisation, Suspect
from fixbot_repair.making import struck

_VERSION = "2"  # of what is kept


@dataclass(frozen=True, slots=True)
class Known:
    """What stands fixed before the first candidate of a case is made; `failing` is empty where nothing shows the fault."""

    failing: tuple[str, ...]
    messages: tuple[str, ...]
    hangs: bool
    suspects: Localisation
    places: tuple[tuple[str, int], ...] = ()  # where exceptions were raised: path, line from 1

    @property
    def errors(self) -> Symptoms:
        """The symptoms of the failing tests."""
        return read(self.messages, hangs=self.hangs, places=self.places)


def job(case: Path) -> Job:
    """The job that finds out what is known of `case`; done anew where the case or the way of suspecting is another."""
    own = Path(localisation.__file__).parent
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(own.glob("*.py")))).hexdigest()
    return Job(case.name, (_VERSION, digest(case), code), partial(_find, case))


def _find(case: Path, out: Path) -> Result:
    """Effect: run the tests of a copy once, traced, as `fixbot solve` does."""
    with tempfile.TemporaryDirectory(prefix="fixbot-reach-") as scratch:
        project = Path(scratch) / case.name
        shutil.copytree(case, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", "issue.md"))
        create(project, "as its users have it")
        told = case / "issue.md"
        issue = read_issue(told.read_text(encoding="utf-8")) if told.is_file() else None
        plot = Plot(project, "", Settings(python=sys.executable), trusted=True, cache=out / "index")
        asking = Reproducing(issue, project)
        with opened(plot, asking.files, Silent()) as ground:
            found = examine(ground, issue, asking.written, clues(ground, issue))
            suspects = lines(ground, found).suspects
    return {
        "failing": list(found.failing),
        "messages": [o.message for o in found.outcomes],
        "hangs": any(o.status is TestStatus.TIMEOUT for o in found.outcomes),
        "places": [[path, line] for path, line in struck(found.outcomes)],
        "suspects": [[s.path, s.line, s.symbol, s.score] for s in suspects],
    }


def load(result: Mapping[str, object]) -> Known:
    """What :func:`job` kept."""
    rows = cast("Sequence[tuple[str, int, str, float]]", result["suspects"])
    return Known(
        tuple(cast("Sequence[str]", result["failing"])),
        tuple(cast("Sequence[str]", result["messages"])),
        bool(result["hangs"]),
        Localisation(tuple(Suspect(path, line, symbol, score) for path, line, symbol, score in rows)),
        tuple((path, line) for path, line in cast("Sequence[tuple[str, int]]", result["places"])),
    )
