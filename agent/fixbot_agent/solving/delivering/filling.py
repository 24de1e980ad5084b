"""Kept patches hold no keys: what stands for one is put back from the files that the patch is for, before it is applied."""

import re
from collections.abc import Mapping, Sequence

from fixbot_agent.runs import Kept
from fixbot_agent.runs.masks import MASK
from fixbot_repair.candidates import diff
from fixbot_repair.errors import PatchError

_MASK = re.compile(MASK.pattern.encode())
LACKS = "the kept patch leaves out a key, as runs hold none"
_AGAIN = "run it again with --apply"


def lacks(kept: Kept) -> bool:
    """Whether something in the kept patch stands for what may be a key."""
    return MASK.search(kept.patch) is not None


def lacking() -> PatchError:
    """What to raise where a key cannot be put back."""
    return PatchError(LACKS, _AGAIN)


def parsed(kept: Kept) -> tuple[diff.FileDiff, ...]:
    """The kept patch. Raises PatchError, also where a key of several lines is left out of it."""
    try:
        return diff.parse(kept.patch)
    except PatchError as error:
        if lacks(kept):
            raise lacking() from error
        raise


def filled(diffs: Sequence[diff.FileDiff], files: Mapping[str, bytes | None]) -> tuple[diff.FileDiff, ...]:
    """`diffs` with what `files`, which they are for, hold where a mask stands; a mask of nothing in them stays."""
    return tuple(_filled(each, files.get(each.path) or b"") for each in diffs)


def _filled(change: diff.FileDiff, data: bytes) -> diff.FileDiff:
    lines = data.splitlines(keepends=True) if b"\r" not in data else re.findall(rb"[^\n]*\n|[^\n]+", data)
    hunks = tuple(_hunk(hunk, lines) for hunk in change.hunks)
    return diff.FileDiff(change.path, hunks, change.created, change.deleted)


def _hunk(hunk: diff.Hunk, lines: Sequence[bytes]) -> diff.Hunk:
    """`hunk` with the lines that it stands on as they are; the new ones that read as one of them, or of all `lines`, are that."""
    if not any(map(_MASK.search, (*hunk.old, *hunk.new))):
        return hunk
    at = hunk.start - 1 if hunk.old else hunk.start
    real = tuple(lines[at : at + len(hunk.old)])
    if len(real) != len(hunk.old) or not all(_reads(was, line) for was, line in zip(hunk.old, real, strict=True)):
        return hunk
    new = tuple(
        _line(hunk, real, lines, number) if _MASK.search(line) else line for number, line in enumerate(hunk.new)
    )
    return diff.Hunk(hunk.start, real, new)


def _line(hunk: diff.Hunk, real: Sequence[bytes], lines: Sequence[bytes], number: int) -> bytes:
    """What stands for a new line: the line before it that reads the same, the n-th for the n-th of several; else the one of all `lines`."""
    shown, body = hunk.new[number], hunk.new[number].strip()
    near = [line.strip() for was, line in zip(hunk.old, real, strict=True) if was.strip() == body]
    alike = [n for n, line in enumerate(hunk.new) if line.strip() == body]
    if len(set(near)) == 1:
        return shown.replace(body, near[0])
    if near and len(near) == len(alike):
        return shown.replace(body, near[alike.index(number)])
    found = {line.strip() for line in lines if _reads(body, line.strip())}
    return shown.replace(body, found.pop()) if len(found) == 1 else shown


def _reads(shown: bytes, line: bytes) -> bool:
    """Whether `line` may be what `shown` was made of."""
    return shown == line or re.fullmatch(rb".+".join(map(re.escape, _MASK.split(shown))), line, re.DOTALL) is not None
