"""Candidates that take back what was changed since the tests passed: who breaks a test looks first at what he just did.

Source: Zeller, "Yesterday, my program worked. Today, it does not. Why?", ESEC/FSE 1999; here with the parts that a diff shows, each tried
alone, and made as small as it goes by whoever verifies it.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.proving.pointing import Line
from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph.reach import is_test
from fixbot_analysis.source import Span
from fixbot_repair.candidates import Edit
from fixbot_repair.candidates.edit import Candidate, Patch, changed_runs, line_edits
from fixbot_repair.candidates.minimise import minimised
from fixbot_repair.errors import PatchError
from fixbot_repair.verification import Trial, Verdict, Verifier

SOURCE = "taking-back"
_TOKEN = re.compile(rb"\w+|\s+|.", re.DOTALL)
_ALIKE = 0.5  # the share of a run of lines that stayed, from which its tokens are taken back one by one
_MOST = 12  # runs of lines that are tried alone
_LONGEST = 4000  # bytes of a run that is looked at token by token
_SHARE = 0.6  # of the seconds that there are


@dataclass(frozen=True, slots=True)
class Since:
    """What files were (path from the repository's top -> UTF-8 bytes) at `moment`, in words: "the last commit"."""

    moment: str
    files: Mapping[str, bytes]


def taken_back(
    ground: Ground, case: Case, past: Iterable[Since], seconds: float, tell: Callable[[Trial], object]
) -> tuple[Trial | None, int]:
    """Effect: try what leads back to `past`, the nearest first, in a share of `seconds`; `tell` hears of each trial.

    The least that holds by the last word, None where nothing does; and how many trials that took.
    """
    until, tried = time.monotonic() + _SHARE * seconds, set[Patch]()
    failed = {(path, line) for outcome in case.outcomes for path, lines in outcome.lines for line in lines}
    with Verifier(ground.workspace, ground.tests, case.feedback, case.held) as verifier:

        def holds(candidate: Candidate) -> bool:
            trial = verifier.search(candidate)
            tell(trial)
            return trial.verdict is Verdict.PLAUSIBLE

        for since in past:
            for candidate in candidates(since, _reading(verifier), failed.__contains__):
                if candidate.patch in tried or time.monotonic() > until:
                    continue
                tried.add(candidate.patch)
                trial = verifier.confirm(minimised(candidate, holds)) if holds(candidate) else None
                if trial is not None and trial.verdict is Verdict.PLAUSIBLE:
                    tell(trial)
                    return trial, verifier.trials
        return None, verifier.trials


def suspected(verifier: Verifier, past: Iterable[Since]) -> dict[Line, float]:
    """The lines that were changed, for whoever looks for faults: those of the nearest past count whole, of others half."""
    marks: dict[Line, float] = {}
    for number, since in enumerate(past):
        for line in changed(since, _reading(verifier)):
            marks.setdefault(line, 0.5 if number else 1.0)
    return marks


def _reading(verifier: Verifier) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            return verifier.document(path).data
        except (PatchError, SourceError):
            return None

    return read


def candidates(since: Since, now: Callable[[str], bytes | None], ran: Callable[[Line], bool]) -> Iterator[Candidate]:
    """What leads back from `now` to how it was: each run of changed lines, those that failing tests `ran` first; each file; all of it.

    Tests are left as they are, and so is what is new or gone.
    """
    runs: list[tuple[bool, str, tuple[Edit, ...]]] = []
    for path, before in since.files.items():
        data = now(path)
        if data is None or data == before or not path.endswith(".py") or is_test(path):
            continue
        for edit in line_edits(path, data, before):
            first = data.count(b"\n", 0, edit.span.start) + 1
            lines = range(first, first + max(1, data.count(b"\n", edit.span.start, edit.span.end)))
            runs.append((not any(ran((path, line)) for line in lines), path, tuple(_parts(edit, data))))
    runs.sort(key=lambda run: run[0])
    made = dict.fromkeys(edits for _, _, edits in runs[:_MOST])
    for path in dict.fromkeys(path for _, path, _ in runs):
        made.setdefault(tuple(e for _, p, edits in runs if p == path for e in edits))
    made.setdefault(tuple(e for _, _, edits in runs for e in edits))
    for edits in made:
        if edits:
            yield Candidate(Patch(edits), SOURCE, note=f"takes back what was changed since {since.moment}")


def changed(since: Since, now: Callable[[str], bytes | None]) -> frozenset[Line]:
    """The lines (from 1) that are not what they were; where lines went, the one that follows."""
    found: set[Line] = set()
    for path, before in since.files.items():
        data = now(path)
        old, new = before.splitlines(keepends=True), (data or b"").splitlines(keepends=True)
        for _, _, _, first, last in changed_runs(old, new) if data is not None else ():
            found.update((path, line + 1) for line in range(first, max(last, first + 1)))
    return frozenset(found)


def _parts(edit: Edit, data: bytes) -> Iterator[Edit]:
    """The edits of tokens that an edit of lines comes to, where most of the lines stays; else the edit itself."""
    before, after = data[edit.span.start : edit.span.end], edit.text.encode()
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if not old or len(before) + len(after) > _LONGEST:
        yield edit
        return
    runs = list(changed_runs(old, new))
    gone = sum(len(each) for _, i1, i2, _, _ in runs for each in old[i1:i2])
    if gone > (1 - _ALIKE) * len(before):
        yield edit
        return
    starts = [edit.span.start]
    for token in old:
        starts.append(starts[-1] + len(token))
    for _, i1, i2, j1, j2 in runs:
        yield Edit(edit.path, Span(starts[i1], starts[i2]), b"".join(new[j1:j2]).decode())
