"""Commits in columns: fifty thousand of them in a few megabytes, read from a file in a tenth of a second."""

import marshal
import zlib
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fixbot_analysis.history.fixes import is_fix, reverted
from fixbot_analysis.history.mining import is_code
from fixbot_analysis.ports import Change
from fixbot_analysis.postings import Postings
from fixbot_analysis.symbols.words import count_words

FORMAT = 3
LARGEST = 60  # files; a commit that touches more is a sweep, which says nothing of what belongs together
_MESSAGE = 4000  # characters of a message that are read, and of a fix's kept
_MARSHAL = 4

StoredEdit = tuple[int, int, str, str, str, str]  # path number, line, symbol, before, after, kind


@dataclass(slots=True)
class Commits:
    """All commits that were ever read of one repository, numbered from 0, children after parents.

    `alive` says (1 or 0) which of them `head` can see. `mined` holds what fixes did, of those that were looked at.
    `touched` holds numbers of `paths`, commit after commit; ``ends[n]`` is where those of commit n stop.
    """

    head: str = ""
    ids: bytearray = field(default_factory=bytearray)
    width: int = 20  # bytes of an id
    alive: bytearray = field(default_factory=bytearray)
    seconds: "array[int]" = field(default_factory=lambda: array("q"))
    authors: "array[int]" = field(default_factory=lambda: array("I"))
    ends: "array[int]" = field(default_factory=lambda: array("I"))
    touched: "array[int]" = field(default_factory=lambda: array("I"))
    paths: list[str] = field(default_factory=list)
    renames: "array[int]" = field(default_factory=lambda: array("I"))  # commit, old path, new path; and again
    fixes: dict[int, str] = field(default_factory=dict)  # commit -> message
    undone: dict[int, str] = field(default_factory=dict)  # commit that reverts -> beginning of the id that it reverts
    words: Postings = field(default_factory=Postings)  # of messages
    code: Postings = field(default_factory=Postings)  # of what fixes changed
    mined: dict[int, bytes] = field(default_factory=dict)  # fix -> its edits, packed until they are asked for
    whole: bool = (
        True  # False while one is being taken in: who is interrupted then has columns that do not fit together
    )
    _numbers: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.seconds)

    def id(self, number: int) -> str:
        """Id of a commit, in hexadecimal."""
        return self.ids[number * self.width : (number + 1) * self.width].hex()

    def numbers(self) -> dict[bytes, int]:
        """Number of each commit by its id."""
        width, ids = self.width, bytes(self.ids)
        return {ids[n * width : (n + 1) * width]: n for n in range(len(self))}

    def files(self, number: int) -> "array[int]":
        """Numbers of the paths that a commit touched; none for a sweep."""
        return self.touched[self.ends[number - 1] if number else 0 : self.ends[number]]

    def edits(self, number: int) -> tuple[StoredEdit, ...]:
        """What a fix did; nothing where it was not looked at."""
        packed = self.mined.get(number)
        return marshal.loads(packed) if packed else ()  # noqa: S302  the file's checksum says that we wrote it

    def keep(self, number: int, edits: tuple[StoredEdit, ...], words: Mapping[str, int]) -> None:
        """Remember what a fix did, and the words by which that is found."""
        packed = marshal.dumps(edits, _MARSHAL) if edits else b""
        self.whole = False
        self.mined[number] = packed
        self.code.add(number, words)
        self.whole = True

    def add(self, change: Change) -> None:
        """Take in one commit, alive; parents come before children."""
        number, raw = len(self), bytes.fromhex(change.commit)
        paths = change.paths if len(change.paths) <= LARGEST else ()
        words = count_words([change.message[:_MESSAGE]])
        mends = any(map(is_code, paths)) and is_fix(change.message)
        undone = reverted(change.message)
        self.whole = False
        self.width = len(raw)
        self.ids += raw
        self.alive.append(1)
        self.seconds.append(change.seconds)
        self.authors.append(zlib.crc32(change.author.encode()))
        self.touched.extend(map(self.path_number, paths))
        self.ends.append(len(self.touched))
        for old, new in change.renames:
            self.renames.extend((number, self.path_number(old), self.path_number(new)))
        self.words.add(number, words)
        if mends:
            self.fixes[number] = change.message[:_MESSAGE]
        if undone:
            self.undone[number] = undone
        self.whole = True

    def path_number(self, path: str) -> int:
        """Number of a path, a new one where it has none."""
        if len(self._numbers) != len(self.paths):
            self._numbers = {name: number for number, name in enumerate(self.paths)}
        number = self._numbers.setdefault(path, len(self.paths))
        if number == len(self.paths):
            self.paths.append(path)
        return number

    def living_fixes(self) -> Iterator[int]:
        """Numbers of the fixes that are alive and that no living commit undoes, newest first."""
        undone = {prefix for number, prefix in self.undone.items() if self.alive[number]}
        short = {prefix[:7] for prefix in undone}
        for number in reversed(self.fixes):
            if not self.alive[number]:
                continue
            commit = self.id(number) if undone else ""
            if commit[:7] not in short or not any(commit.startswith(prefix) for prefix in undone):
                yield number

    def encode(self) -> bytes:
        """All of it as bytes for :meth:`decode`."""
        columns = (
            self.head, bytes(self.ids), self.width, bytes(self.alive), self.seconds.tobytes(), self.authors.tobytes(),
            self.ends.tobytes(), self.touched.tobytes(), self.paths, self.renames.tobytes(), self.fixes,
            self.undone, self.words.stored(), self.code.stored(), self.mined,
        )  # fmt: skip
        return marshal.dumps((FORMAT, *columns), _MARSHAL)

    @classmethod
    def decode(cls, body: bytes) -> "Commits":
        """What :meth:`encode` wrote, unharmed. Raises ValueError for what another version wrote."""
        version, *columns = marshal.loads(body)  # noqa: S302  its checksum said that we wrote it
        if version != FORMAT:
            raise ValueError(f"format {version}, ours is {FORMAT}")
        head, ids, width, alive, seconds, authors, ends, touched, paths, renames, fixes, undone = columns[:12]
        return cls(
            head, bytearray(ids), width, bytearray(alive), array("q", seconds), array("I", authors), array("I", ends),
            array("I", touched), paths, array("I", renames), fixes, undone,
            Postings.load(columns[12]), Postings.load(columns[13]), columns[14],
        )  # fmt: skip
