"""Going on with a run that was cut short: what it was asked, what it stood on, and whether it can be gone on with.

A run goes on only with the same inputs. Where the files or the packages are others now, its verdicts say nothing of them and
its suspects are others: that is a new run, and saying so is better than to start one in the old one's name.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_agent.errors import UsageFailure
from fixbot_agent.runs import Kept, Run
from fixbot_agent.schemas import Json
from fixbot_agent.settings import Settings
from fixbot_agent.solving.ground import Ground, Standing
from fixbot_repair.verification import Record, digest_of_environment, digest_of_files

_ASKED, _STOOD, _TRIALS = "asked.json", "ground.json", "trials.jsonl"
_RESULTS = ("report.json", "patch.diff", "patch.json")
_CUT_SHORT = (4, 5, 130)  # the contract's exit codes of a run that time or money, dead models or a person ended
_ANEW = "start it anew: 'fixbot solve' with the same arguments"


class Changed(UsageFailure):
    """Raised when a run cannot be gone on with because what it stood on is another now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked: the issue's text (None: failing tests), and all options that have a say in what it does."""

    text: str | None
    options: Mapping[str, Json]

    def digest(self) -> str:
        """A digest of all of it."""
        whole = json.dumps([self.text, dict(self.options)], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()

    def keep(self, run: Run) -> None:
        """Effect: write it into the run's folder; keys are left out there, and then the digest tells."""
        run.keep(_ASKED, {"text": self.text, "options": self.options, "digest": self.digest()})

    @classmethod
    def read(cls, kept: Kept, *, whole: bool = True) -> "Asked":
        """Effect: what `kept` was asked; without `whole` keys that it held may be lacking.

        Raises UsageFailure where the run did not keep it.
        """
        stored = _stored(kept, _ASKED)
        text, options = stored.get("text"), stored.get("options")
        if not isinstance(options, Mapping) or not (text is None or isinstance(text, str)):
            raise UsageFailure(f"the run {kept.id} did not keep what it was asked", _ANEW)
        asked = cls(text, options)
        if whole and asked.digest() != stored.get("digest"):
            raise UsageFailure(f"what the run {kept.id} was asked holds a key, and keys are not kept", _ANEW)
        return asked


@dataclass(frozen=True, slots=True)
class Stood:
    """What a run stood on: a commit, and digests of the files and of the environment."""

    commit: str
    files: str
    environment: str

    @classmethod
    def on(cls, ground: Standing) -> "Stood":
        """Effect: reads the files. What `ground` is."""
        files = digest_of_files(ground.workspace, ground.added)
        return cls(ground.base, files, digest_of_environment(ground.environment))

    def keep(self, run: Run) -> None:
        """Effect: write it into the run's folder."""
        run.keep(_STOOD, {"commit": self.commit, "files": self.files, "environment": self.environment})

    @classmethod
    def read(cls, kept: Kept) -> "Stood | None":
        """Effect: what `kept` stood on; None when it did not come so far."""
        stored = _stored(kept, _STOOD)
        if not stored:
            return None
        return cls(*(str(stored.get(name, "")) for name in ("commit", "files", "environment")))

    def check(self, now: "Stood") -> None:
        """Raise Changed when `now` is another ground."""
        if self.files != now.files:
            raise Changed("the project's files have changed since the run began", _ANEW)
        if self.environment != now.environment:
            raise Changed("the project's interpreter or its packages have changed since the run began", _ANEW)


def _stored(kept: Kept, name: str) -> Mapping[str, Json]:
    """Effect: the JSON object in the file `name` of the run; {} for none."""
    return kept.kept(name) or {}


def is_over(kept: Kept, command: str = "solve") -> bool:
    """Whether there is nothing to go on with: the run came to its end, and its report stands."""
    return kept.command == command and kept.report is not None and kept.report.get("exit_code") not in _CUT_SHORT


def check(kept: Kept, command: str = "solve") -> None:
    """Effect: reads the run. Raise UsageFailure for a run that `command` cannot go on with."""
    if kept.command != command:
        raise UsageFailure(
            f"the run {kept.id} is no {command}, but '{kept.command}'", "'fixbot runs list' shows what is"
        )


def begin(run: Run, stood: Stood, before: Stood | None) -> None:
    """Effect: the run stands on `stood` from now on. Raises UsageFailure when it stood on something else `before`."""
    if before is not None:
        before.check(stood)
    run.forget(*_RESULTS)
    stood.keep(run)


def record(run: Run, ground: Ground, stood: Stood, settings: Settings) -> Record | None:
    """Effect: reads what was tried in `run`. Its record of trials; None for a run that is kept in memory only, or whose
    record would be no file: reading a pipe may never end.
    """
    file = run.folder / _TRIALS if run.folder else None
    if file is None or (file.exists() and not file.is_file()):
        return None
    added = [str(ground.workspace.original(path)) for path in sorted(ground.added)]
    parts = (stood.files, stood.environment, *settings.test_cmd, str(settings.allow_test_edits), *added)
    return Record(file, hashlib.sha256(repr(parts).encode()).hexdigest(), run.redact)
