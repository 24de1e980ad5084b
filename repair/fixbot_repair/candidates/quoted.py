"""Patches that an issue quotes, as candidates."""

from collections.abc import Callable, Iterator

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates.diff import FileDiff, apply, parse
from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.errors import PatchError
from fixbot_repair.issue import Issue


def quoted(issue: Issue, original: Callable[[str], bytes | None]) -> Iterator[Candidate]:
    """Yield a candidate for each diff quoted in `issue` that applies to the files that `original` gives (path -> bytes)."""
    for number, text in enumerate(issue.patches):
        try:
            diffs = parse(text)
            yield Candidate(_patch(diffs, original), "issue", 1.0, f"patch {number + 1} quoted in the issue")
        except (PatchError, SourceError, UnicodeError):
            continue  # people quote half a diff, or one of another version


def _patch(diffs: tuple[FileDiff, ...], original: Callable[[str], bytes | None]) -> Patch:
    raw = {d.path: data for d in diffs if (data := original(d.path)) is not None}
    after = apply(diffs, raw)
    before = {path: decode(path, data).data for path, data in raw.items()}
    return Patch.between(before, {path: decode(path, data).data for path, data in after.items() if data is not None})
