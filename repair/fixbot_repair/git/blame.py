"""Blame: which commit each line of a file came with."""

from dataclasses import dataclass

from fixbot_repair.git.command import Runner, check_path

_ID = 40  # hexadecimal digits of the shorter kind of commit id


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (without its end) of a committed file; `time` is its commit's, in seconds since the epoch."""

    commit: str
    time: int
    text: str


def blame(git: Runner, commit: str, path: str) -> tuple[BlamedLine, ...]:
    """Effect: ask git. The lines of `path` as it is in `commit` (a full id). Raises GitError where it is not there.

    Source: git-blame(1), "THE PORCELAIN FORMAT". No text conversion that the repository asks for is run.
    """
    out = git.run("blame", "--porcelain", "--no-textconv", "--no-progress", commit, "--", check_path(path))
    times: dict[str, int] = {}
    found, now = [], ""
    for line in out.decode("utf-8", "replace").split("\n"):
        if line.startswith("\t"):
            found.append(BlamedLine(now, times.get(now, 0), line[1:].rstrip("\r")))
        elif line.startswith("committer-time "):
            times[now] = int(line.partition(" ")[2])
        elif len(word := line.partition(" ")[0]) >= _ID and not word.strip("0123456789abcdef"):
            now = word
    return tuple(found)
