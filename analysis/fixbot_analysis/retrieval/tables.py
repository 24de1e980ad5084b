"""The tables that search reads: words to numbers of definitions, compact in memory and quick to store."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

Definition = tuple[str, str]  # path, qualified name ("" for what stands outside definitions)
Stored = tuple[tuple[str, ...], bytes, bytes]

_NONE = array("I")


class Table:
    """Word -> numbers (0 to 2**32 - 1), in the order in which they came."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, word: str, number: int) -> None:
        """Put `number` behind those that `word` has."""
        try:
            self._rows[word].append(number)
        except KeyError:
            self._rows[word] = array("I", (number,))

    def of(self, word: str) -> Sequence[int]:
        """Numbers of `word`."""
        return self._rows.get(word, _NONE)

    def stored(self) -> Stored:
        """All of it, as values that marshal takes; :meth:`load` reads it back."""
        sizes = array("I", map(len, self._rows.values()))
        return tuple(self._rows), sizes.tobytes(), b"".join(row.tobytes() for row in self._rows.values())

    @classmethod
    def load(cls, stored: Stored) -> "Table":
        """What :meth:`stored` gave, on the same machine."""
        words, sizes, packed = stored
        table, every, at = cls(), array("I", packed), 0
        for word, size in zip(words, array("I", sizes), strict=True):
            table._rows[word] = every[at : at + size]
            at += size
        return table


@dataclass(slots=True)
class Tables:
    """What is stored. Definitions are numbered; those of a file that changed are dead until the next rebuild."""

    definitions: list[Definition] = field(default_factory=list)
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    lines: "array[int]" = field(default_factory=lambda: array("I"))  # first, last of each definition
    marks: bytearray = field(default_factory=bytearray)
    terms: Table = field(default_factory=Table)  # number << 8 | count
    defined: Table = field(default_factory=Table)
    assigned: Table = field(default_factory=Table)
    parameters: Table = field(default_factory=Table)
    referenced: Table = field(default_factory=Table)
    literals: list[tuple[int, str]] = field(default_factory=list)
    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # first and past-last number, digest

    @property
    def by_word(self) -> tuple[Table, ...]:
        """The tables from words to numbers, in the order of the fields."""
        return self.terms, self.defined, self.assigned, self.parameters, self.referenced
