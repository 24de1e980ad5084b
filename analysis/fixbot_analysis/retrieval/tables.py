"""The tables that search reads: words to numbers of definitions, compact in memory and quick to store."""

from array import array
from dataclasses import dataclass, field

from fixbot_analysis.postings import Rows

Definition = tuple[str, str]  # path, qualified name ("" for what stands outside definitions)


@dataclass(slots=True)
class Tables:
    """What is stored. Definitions are numbered; those of a file that changed are dead until the next rebuild."""

    definitions: list[Definition] = field(default_factory=list)
    lengths: "array[int]" = field(default_factory=lambda: array("I"))
    lines: "array[int]" = field(default_factory=lambda: array("I"))  # first, last of each definition
    marks: bytearray = field(default_factory=bytearray)
    terms: Rows = field(default_factory=Rows)  # number << 8 | count
    defined: Rows = field(default_factory=Rows)
    assigned: Rows = field(default_factory=Rows)
    parameters: Rows = field(default_factory=Rows)
    referenced: Rows = field(default_factory=Rows)
    literals: list[tuple[int, str]] = field(default_factory=list)
    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # first and past-last number, digest

    @property
    def by_word(self) -> tuple[Rows, ...]:
        """The tables from words to numbers, in the order of the fields."""
        return self.terms, self.defined, self.assigned, self.parameters, self.referenced
