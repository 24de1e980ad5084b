"""Trials by tools that judge a file by itself: hundreds of versions in one run, each against the file as it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.source import Document
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks import Feedback, Finding, Tool
from fixbot_repair.checks.compiler import Compiler
from fixbot_repair.checks.tool import is_per_file
from fixbot_repair.checks.versions import Ground, judge
from fixbot_repair.errors import PatchError
from fixbot_repair.fixing.fix import Fix, changed, combined
from fixbot_repair.fixing.shift import Control

_MOST_VERSIONS = 400  # of one run: how long nobody hears of progress
_MOST_BYTES = 16 << 20
_MOST_SAID = 60_000  # findings that one run may tell again and again
_MOST_BREAKS = 12  # runs that may break before the rest is given up


@dataclass(frozen=True, slots=True)
class Trial:
    """Fixes of one file, to be tried on it as it is in `document`."""

    document: Document
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of a trial: "" or `why` its fixes do not hold; `brought` are findings that there are because of them."""

    trial: Trial
    why: str = ""
    brought: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Version:
    trial: Trial
    edits: tuple[Edit, ...]
    after: Document


class Lookers:
    """The per-file tools, and the compiler, which is always asked. `names` are those that take part.

    The files as they are go along with their versions as a control: what a tool does not find there, it cannot show gone.
    """

    def __init__(self, ground: Ground, tools: Sequence[Tool], feedback: Feedback) -> None:
        working = [t for t in tools if is_per_file(t) and t.name not in feedback.broken]
        if not any(t.name == "compiler" for t in tools):
            working.append(Compiler())
        self.tools = tuple(working)
        self._ground = ground
        self._known = frozenset(feedback.problems)
        self._controls: dict[tuple[str, bytes], Control] = {}
        self._breaks = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' names."""
        return tuple(t.name for t in self.tools)

    def speaks_of(self, fix: Fix) -> bool:
        """Whether the tools that offer `fix` are among these."""
        return all(f.tool in self.names for f in fix.findings)

    def look(self, trials: Sequence[Trial]) -> Iterator[Answer]:
        """Effect: try all of `trials`; yields what is said of each as answers come in."""
        versions: list[_Version] = []
        for trial in trials:
            try:
                edits = combined(trial.fixes)
                versions.append(_Version(trial, edits, changed(trial.document, edits)))
            except PatchError as error:
                yield Answer(trial, error.message)
        for chunk in _chunks(versions):
            yield from self._looked(chunk)

    def most_versions(self, document: Document, findings: int) -> int:
        """How many versions of a file may be looked at: what they cost grows with its size and with what is found in it."""
        return max(8, min(4 * _MOST_BYTES // max(len(document.data), 1), _MOST_SAID // max(findings, 1)))

    def _looked(self, versions: Sequence[_Version]) -> Iterator[Answer]:
        """One run; where a tool breaks in it, its halves: what broke it may be one of the versions."""
        documents = {_key(v.trial.document): v.trial.document for v in versions}
        fresh = {key: d for key, d in documents.items() if key not in self._controls}
        judged = judge(self._ground, [*fresh.values(), *(v.after for v in versions)], self.tools, self._known)
        if judged.broken:
            yield from self._broken(versions, judged.broken)
            return
        for (key, document), findings in zip(fresh.items(), judged.findings, strict=False):
            self._controls[key] = Control(document, findings)
        for version, new in zip(versions, judged.findings[len(fresh) :], strict=True):
            yield self._judged(version, new)

    def _broken(self, versions: Sequence[_Version], broken: Mapping[str, str]) -> Iterator[Answer]:
        self._breaks += 1
        if len(versions) > 1 and self._breaks <= _MOST_BREAKS:
            half = len(versions) // 2
            yield from self._looked(versions[:half])
            yield from self._looked(versions[half:])
            return
        why = "; ".join(broken.values())
        yield from (Answer(v.trial, f"not verified: {why}") for v in versions)

    def _judged(self, version: _Version, new: Sequence[Finding]) -> Answer:
        control = self._controls[_key(version.trial.document)]
        targets = [f for fix in version.trial.fixes for f in fix.findings if f.tool in self.names]
        return Answer(version.trial, *control.verdict(version.after, version.edits, targets, new))


def _chunks(versions: Sequence[_Version]) -> Iterator[list[_Version]]:
    chunk: list[_Version] = []
    size = 0
    for version in versions:
        if chunk and (len(chunk) >= _MOST_VERSIONS or size > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(version)
        size += len(version.after.data)
    if chunk:
        yield chunk


def _key(document: Document) -> tuple[str, bytes]:
    return document.path, document.data
