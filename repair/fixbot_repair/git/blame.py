"""Blame: which commit each line of a file came with, or, before it was moved and laid out anew, was written with."""

from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_repair.git.command import Runner, check_path

_SAID = ("--porcelain", "--no-textconv", "--no-progress")
_ID = 40  # hexadecimal digits of the shorter kind of commit id


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (without its end) of a committed file; `time` is its commit's, in seconds since the epoch, `path` its file there."""

    commit: str
    time: int
    text: str
    path: str = ""


def blame(git: Runner, commit: str, path: str) -> tuple[BlamedLine, ...]:
    """Effect: ask git. The lines of `path` as it is in `commit` (a full id). Raises GitError where it is not there.

    Source: git-blame(1), "THE PORCELAIN FORMAT". No text conversion that the repository asks for is run.
    """
    return _read(git.run("blame", *_SAID, commit, "--", check_path(path)))


def written(
    git: Runner, commit: str, path: str, first: int, last: int, without: Sequence[str] = ()
) -> tuple[BlamedLine, ...]:
    """Effect: ask git. Lines `first` to `last` (from 1) of `path` as it is in `commit`, each with the commit that wrote it.

    What only indents lines anew, moves them within a file or takes them from another file that it changes is not counted as writing, nor
    are the commits `without` (full ids), where git finds what was there before them. Raises GitError.
    """
    ignored = [f"--ignore-rev={each}" for each in without]
    return _read(
        git.run(
            "blame", *_SAID, "-w", "-M", "-C", f"-L{int(first)},{int(last)}", *ignored, commit, "--", check_path(path)
        )
    )


def _read(out: bytes) -> tuple[BlamedLine, ...]:
    times: dict[str, int] = {}
    paths: dict[str, str] = {}
    found, now = [], ""
    for line in out.decode("utf-8", "replace").split("\n"):
        if line.startswith("\t"):
            found.append(BlamedLine(now, times.get(now, 0), line[1:].rstrip("\r"), paths.get(now, "")))
        elif line.startswith("committer-time "):
            times[now] = int(line.partition(" ")[2])
        elif line.startswith("filename "):
            paths[now] = line.partition(" ")[2]
        elif len(word := line.partition(" ")[0]) >= _ID and not word.strip("0123456789abcdef"):
            now = word
    return tuple(found)
