"""What git stores: files of a commit or of the index, and their bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from fixbot_repair import temporary
from fixbot_repair.errors import GitError
from fixbot_repair.git.command import Runner

REGULAR = (0o100644, 0o100755)
SYMLINK = 0o120000


@dataclass(frozen=True, slots=True)
class FileAt:
    """One file of a commit or of the index: POSIX path from the top, git's mode, the id of its content."""

    path: str
    mode: int
    blob: str

    @property
    def is_regular(self) -> bool:
        """Whether it is a plain file: neither a symbolic link nor a submodule."""
        return self.mode in REGULAR


def names(out: bytes) -> tuple[str, ...]:
    """Split what git wrote with ``-z``."""
    return tuple(name.decode("utf-8", "surrogateescape") for name in out.split(b"\0") if name)


def files(out: bytes) -> tuple[FileAt, ...]:
    """Read ``ls-files --stage -z`` or ``ls-tree -r -z``; of a path in conflict, the last stage."""
    entries: dict[str, FileAt] = {}
    for line in names(out):
        facts, _, path = line.partition("\t")
        parts = facts.split()
        blob = parts[2] if parts[1] in ("blob", "commit") else parts[1]
        entries[path] = FileAt(path, int(parts[0], 8), blob)
    return tuple(entries.values())


def blob_id(data: bytes, like: str) -> str:
    """The id that git gives to `data`, in the hash that `like` is an id of."""
    digest = hashlib.sha1(usedforsecurity=False) if len(like) == 40 else hashlib.sha256()
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest()


def contents(git: Runner, wanted: Iterable[FileAt]) -> Iterator[tuple[FileAt, bytes]]:
    """Effect: yield each file (or link) with its bytes as git stores them: no filter runs, line ends stay."""
    readable = [f for f in wanted if f.is_regular or f.mode == SYMLINK]
    with temporary.file() as ids:
        ids.write(b"".join(f.blob.encode() + b"\n" for f in readable))
        ids.seek(0)
        process = git.stream("cat-file", "--batch", stdin=cast("BinaryIO", ids))
        for file in readable:
            header = process.stdout.readline().split()
            if len(header) != 3:
                raise GitError(f"{file.path} is missing from the object store", "run git fsck in the repository")
            data = process.stdout.read(int(header[2]))
            process.stdout.read(1)
            yield file, data
        process.wait()
