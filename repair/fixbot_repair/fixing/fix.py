"""A fix: the edits that a tool offers for what it found, and what became of it."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates import paths
from fixbot_repair.candidates.edit import Edit, Patch, line_edits
from fixbot_repair.checks import Finding, Severity
from fixbot_repair.errors import PatchError

_RANK = {severity: at for at, severity in enumerate(Severity)}

Identity: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits of one file (byte spans of its text as it is now), offered for `findings`; `unsafe` by the tool's own word.

    `steps` is more than 1 where what the first fix brought is fixed too.
    """

    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]
    unsafe: bool = False
    steps: int = 1

    @property
    def path(self) -> str:
        """The file that it changes."""
        return self.edits[0].path

    @property
    def start(self) -> int:
        """Where it begins, in bytes."""
        return min(e.span.start for e in self.edits)

    @property
    def weight(self) -> tuple[int, int, int]:
        """The worst finding first, then the fewest bytes taken and put, then the place: who has the way among fixes."""
        size = sum(len(e.span) + len(e.text.encode()) for e in self.edits)
        return min(_RANK[f.severity] for f in self.findings), size, self.start


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a fix was verified.

    `tools` looked at it again: with it every finding was gone and none was new; where it brought new ones that had a fix,
    `steps` fixes of one place were made into one. `project_tools` looked at the project with all fixes in place, and at a fix
    by itself where they offer it: nothing was new there either. `beside` is how many other fixes, each in a
    function or statement of its own, were in the trial that comes nearest to it alone (0: none). `tests` can see it, and
    pass with all fixes in place; `tests_alone` says that they also passed with it alone, or that it changes nothing that
    an interpreter sees (`same_code`).
    """

    tools: tuple[str, ...] = ()
    project_tools: tuple[str, ...] = ()
    steps: int = 1
    beside: int = 0
    tests: int = 0
    tests_alone: bool = False
    same_code: bool = False


@dataclass(frozen=True, slots=True)
class Verified:
    """A fix that held, alone and together with all others that did."""

    fix: Fix
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Refused:
    """A finding whose fix is not applied, and why. Not `tried`: it was not come to, and may well hold."""

    finding: Finding
    why: str
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Fixed:
    """What fixing came to. `before` and `after` hold the own bytes of each file that changes.

    `gone` are findings that went with another's fix, `remaining` those that are still there (the refused among them), all as
    they were found at first. `tests` is how many tests could be held against the fixes, `rounds` how often fixes were
    taken up. `interrupted` by the user, or `over` the time it might take: what was not verified by then was left.
    """

    verified: tuple[Verified, ...] = ()
    refused: tuple[Refused, ...] = ()
    gone: tuple[Finding, ...] = ()
    remaining: tuple[Finding, ...] = ()
    before: Mapping[str, bytes] = field(default_factory=dict)
    after: Mapping[str, bytes] = field(default_factory=dict)
    tests: int = 0
    rounds: int = 0
    problems: tuple[str, ...] = ()
    interrupted: bool = False
    over: bool = False


def identity(finding: Finding) -> Identity:
    """What a finding is known by when lines have shifted."""
    return finding.path, finding.tool, finding.rule, finding.fingerprint


def gather(
    findings: Iterable[Finding], documents: Mapping[str, Document], *, unsafe: bool = False, allow_tests: bool = False
) -> tuple[list[Fix], list[Refused]]:
    """The fixes that are offered for `findings`, equal ones as one; and those that cannot be applied at all, with the reason.

    Those that a tool calls unsafe count only where `unsafe` fixes are wanted.
    """
    found: dict[tuple[Edit, ...], list[Finding]] = {}
    refused: list[Refused] = []
    for finding in findings:
        edits = tuple(dict.fromkeys(finding.fix or (finding.unsafe if unsafe else ())))
        if not edits:
            continue
        if why := next(_objections(finding, edits, documents, allow_tests), ""):
            refused.append(Refused(finding, why))
        else:
            found.setdefault(edits, []).append(finding)
    return [Fix(tuple(group), edits, not any(f.fix for f in group)) for edits, group in found.items()], refused


def _objections(
    finding: Finding, edits: tuple[Edit, ...], documents: Mapping[str, Document], allow_tests: bool
) -> Iterator[str]:
    if any(e.path != finding.path for e in edits) or finding.path not in documents:
        yield "the fix changes another file than the one with the finding"
        return
    if b"\0" in documents[finding.path].encode(documents[finding.path].data):
        yield "a patch holds no file of this encoding: make it by hand"
        return
    try:
        paths.check_all([finding.path], allow_tests=allow_tests)
        changed(documents[finding.path], edits)
    except PatchError as error:
        yield error.message


def changed(document: Document, edits: Iterable[Edit]) -> Document:
    """`document` after `edits`, in the file's own encoding. Raises PatchError where they do not apply or change nothing."""
    try:
        data = Patch(tuple(edits)).apply({document.path: document.data})[document.path]
        after = decode(document.path, document.encode(data))
    except (ValueError, SourceError) as error:  # UnicodeError is a ValueError
        raise PatchError(f"the fix does not apply: {error}", "the tool may have named a wrong place") from error
    if after.data != data or (after.encoding, after.bom) != (document.encoding, document.bom):
        raise PatchError("the fix changes how the file is encoded", "make it by hand")
    if data == document.data:
        raise PatchError("the fix changes nothing", "the tool may have named a wrong place")
    return after


def followed(fix: Fix, document: Document, brought: Iterable[Finding], *, unsafe: bool = False) -> Fix | None:
    """`fix` and the fixes of what it `brought` (places in the file with it) as one fix of `document`.

    None where something that it brought has no fix, or they lead back to where it began.
    """
    rest = list(brought)
    chosen = [tuple(replace(e, path=fix.path) for e in f.fix or (f.unsafe if unsafe else ())) for f in rest]
    if not all(chosen):
        return None
    follow = [Fix((f,), edits, not f.fix) for f, edits in zip(rest, chosen, strict=True)]
    try:
        between = changed(document, fix.edits)
        after = changed(between, combined(out_of_the_way(follow)))
    except PatchError:
        return None
    edits = tuple(line_edits(fix.path, document.data, after.data))
    return Fix(fix.findings, edits, fix.unsafe or any(f.unsafe for f in follow), fix.steps + 1) if edits else None


def combined(fixes: Iterable[Fix]) -> tuple[Edit, ...]:
    """The edits of `fixes` of one file as one set. Raises PatchError where one is in another's way.

    An edit that several want, such as the same import, is made once; whether that is what they meant is for trials to say.
    """
    edits = sorted({e for fix in fixes for e in fix.edits}, key=_order)
    if any(_clash(*pair) for pair in pairwise(edits)):
        raise PatchError("one fix is in another's way", "they are made one after the other")
    return tuple(edits)


def out_of_the_way(fixes: Iterable[Fix]) -> list[Fix]:
    """Those of `fixes` of one file that can be made together, by their weight; the others have to stand back."""
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for fix in sorted(fixes, key=lambda f: f.weight):
        fresh = [e for e in fix.edits if e not in _around(taken, e)]
        if not any(_clash(*sorted((e, other), key=_order)) for e in fresh for other in _around(taken, e)):
            chosen.append(fix)
            for edit in fresh:
                insort(taken, edit, key=_order)
    return chosen


def _around(taken: list[Edit], edit: Edit) -> list[Edit]:
    """The neighbours of `edit` among `taken`, which are in order and not in each other's way."""
    at = bisect_left(taken, _order(edit), key=_order)
    return taken[max(at - 1, 0) : at + 2]


def _order(edit: Edit) -> tuple[int, int, str]:
    return edit.span.start, edit.span.end, edit.text


def _clash(one: Edit, other: Edit) -> bool:
    """Whether two edits, in order, overlap, or touch so that it is open which text comes first."""
    touching = one.span.end == other.span.start and (not one.span or not other.span)
    return one.span.end > other.span.start or touching
