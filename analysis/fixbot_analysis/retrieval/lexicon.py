"""Postings: which definitions have a word, a name or a parameter; built on first use and kept true as files change."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.bm25 import Counted
from fixbot_analysis.retrieval.paths import is_test_code
from fixbot_analysis.symbols import FileFacts, SymbolKind
from fixbot_analysis.symbols.words import split_words

Definition = tuple[str, str]  # path, qualified name ("" for what stands outside definitions)

NAME_WEIGHT = 4  # a word of a definition's or file's own name counts as so many words of its text

_MOST = 255  # counts are cut there; BM25 hardly tells 50 from 500


@dataclass(frozen=True, slots=True)
class Collection:
    """The documents that have a word of a query, and the number and mean length of all that were searched."""

    documents: tuple[Counted[Definition], ...]
    size: int
    mean: float


class Lexicon:
    """Postings over one index. Definitions are numbered; numbers of a file that changed are dead until the next rebuild."""

    def __init__(self) -> None:
        self._definitions: list[Definition] = []
        self._lengths = array("I")
        self._alive = bytearray()
        self._numbers: dict[str, range] = {}
        self._digests: dict[str, str] = {}
        self._words: dict[str, array[int]] = {}  # number << 8 | count
        self._defined: dict[str, array[int]] = {}
        self._parameters: dict[str, array[int]] = {}
        self._referenced: dict[str, array[int]] = {}
        self._tests: set[str] = set()
        self._classes: set[Definition] = set()

    @classmethod
    def of(cls, index: Index) -> "Lexicon":
        """Effect: reads facts through `index`. The lexicon of its files as they are now; the same one while it lives."""
        lexicon = _made.get(index)
        if lexicon is None or lexicon.wasted:
            lexicon = _made[index] = cls()
        lexicon._follow(index)
        return lexicon

    @property
    def wasted(self) -> bool:
        """Whether most of it is dead."""
        return len(self._alive) > 1000 and sum(self._alive) * 2 < len(self._alive)

    @property
    def paths(self) -> tuple[str, ...]:
        """Files in it, sorted."""
        return tuple(sorted(self._numbers))

    @property
    def tests(self) -> frozenset[str]:
        """Files of them that hold tests."""
        return frozenset(self._tests)

    def collect(self, words: Iterable[str], named_tests: frozenset[str] = frozenset()) -> Collection:
        """What has any of `words`; tests are left out but for `named_tests`."""
        left_out = self.tests - named_tests
        counts: dict[int, dict[str, float]] = {}
        for word in words:
            for number, count in self._postings(word):
                if self._definitions[number][0] not in left_out:
                    counts.setdefault(number, {})[word] = count
        searched = [numbers for path, numbers in self._numbers.items() if path not in left_out]
        size = sum(map(len, searched))
        total = sum(sum(self._lengths[numbers.start : numbers.stop]) for numbers in searched)
        documents = tuple(Counted(self._definitions[n], found, self._lengths[n]) for n, found in counts.items())
        return Collection(documents, size, total / max(size, 1))

    def defining(self, name: str) -> list[Definition]:
        """Definitions whose own name is `name`."""
        return self._living(self._defined, name)

    def taking(self, parameter: str) -> list[Definition]:
        """Functions with a parameter of that name."""
        return self._living(self._parameters, parameter)

    def referring(self, name: str) -> list[Definition]:
        """Definitions that use something whose last part is `name`."""
        return self._living(self._referenced, name)

    def is_class(self, definition: Definition) -> bool:
        """Whether a definition is (or was, in a file that changed) a class."""
        return definition in self._classes

    def length(self, path: str) -> int:
        """Words in a file."""
        numbers = self._numbers[path]
        return sum(self._lengths[numbers.start : numbers.stop])

    def _living(self, table: Mapping[str, "array[int]"], name: str) -> list[Definition]:
        return [self._definitions[n] for n in dict.fromkeys(table.get(name, ())) if self._alive[n]]

    def _postings(self, word: str) -> Iterator[tuple[int, float]]:
        for packed in self._words.get(word, ()):
            if self._alive[packed >> 8]:
                yield packed >> 8, float(packed & _MOST)

    def _follow(self, index: Index) -> None:
        present = set(index.paths)
        for path in [path for path in self._numbers if path not in present]:
            self._drop(path)
        for path in sorted(present):
            if self._digests.get(path) != index.digest(path):
                self._drop(path)
                self._take(path, index.facts(path))

    def _drop(self, path: str) -> None:
        for number in self._numbers.pop(path, ()):
            self._alive[number] = 0
        self._digests.pop(path, None)
        self._tests.discard(path)

    def _take(self, path: str, facts: FileFacts) -> None:
        terms = dict(facts.terms)
        owners = dict.fromkeys(["", *terms, *(s.qualname for s in facts.symbols if s.kind is not SymbolKind.VARIABLE)])
        start = len(self._definitions)
        numbers = {owner: start + at for at, owner in enumerate(owners)}
        for owner, number in numbers.items():
            counts = terms.get(owner, ())
            self._definitions.append((path, owner))
            self._lengths.append(sum([count for _, count in counts]))
            own = split_words(owner.rpartition(".")[2] or path.removesuffix(".py"))
            _post(self._words, number, counts, own)
        self._alive.extend(b"\1" * len(numbers))
        self._numbers[path] = range(start, start + len(numbers))
        self._digests[path] = facts.digest
        if is_test_code(path):
            self._tests.add(path)
        self._take_names(facts, numbers)

    def _take_names(self, facts: FileFacts, numbers: Mapping[str, int]) -> None:
        for symbol in facts.symbols:
            number = numbers.get(symbol.qualname, numbers.get(symbol.parent, numbers[""]))
            if symbol.name:
                self._defined.setdefault(symbol.name, array("I")).append(number)
            if symbol.kind is SymbolKind.CLASS:
                self._classes.add(self._definitions[number])
            for parameter in symbol.parameters:
                self._parameters.setdefault(parameter, array("I")).append(number)
        for reference, scope in facts.references:
            name = reference.rpartition(".")[2]
            self._referenced.setdefault(name, array("I")).append(numbers.get(scope, numbers[""]))


_made: WeakKeyDictionary[Index, Lexicon] = WeakKeyDictionary()


def _post(words: dict[str, "array[int]"], number: int, counts: Iterable[tuple[str, int]], own: list[str]) -> None:
    extra = dict.fromkeys(own, NAME_WEIGHT)
    for word, count in counts:
        words.setdefault(word, array("I")).append(number << 8 | min(count + extra.pop(word, 0), _MOST))
    for word, count in extra.items():
        words.setdefault(word, array("I")).append(number << 8 | count)
