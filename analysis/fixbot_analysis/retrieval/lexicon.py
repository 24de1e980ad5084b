"""Which definitions have a term, a name, a parameter or a message; made on first use, kept beside the index, true as files change."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress, Silent
from fixbot_analysis.postings import MOST, Rows
from fixbot_analysis.retrieval.keeping import keep, kept
from fixbot_analysis.retrieval.paths import is_test_code
from fixbot_analysis.retrieval.tables import Definition, Tables
from fixbot_analysis.retrieval.terms import terms_of
from fixbot_analysis.retrieval.texts import NAME_WEIGHT, Entry, texts_of
from fixbot_analysis.symbols import FileFacts, SymbolKind

_TESTING = 0.5  # share of a file's functions that are named as tests are, from which on the file is one
_FEWEST = 3
_STEP = 50  # files

CLASS, TESTLIKE = 1, 2  # marks of a definition


class Lexicon:
    """Tables over the files of one index."""

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or Tables()
        self._alive = bytearray()
        self._tests: set[str] = set()
        self._awaken()

    @classmethod
    def of(cls, index: Index, cache: Path | None = None, progress: Progress | None = None) -> "Lexicon":
        """Effect: reads files through `index`. The lexicon of its files as they are now; the same one while it lives.

        With the folder `cache` it is kept there for the next process; open buffers never are.
        """
        lexicon = _made.get(index)
        if lexicon is None:
            lexicon = cls(_load(index, cache))
        elif lexicon.wasted:
            lexicon = cls()
        _made[index] = lexicon
        changed = lexicon._follow(index, progress or Silent())
        if cache is not None and changed > _few(index) and not index.tree.overlay:
            keep(cache, index.tree.root, lexicon.tables)
        return lexicon

    @property
    def wasted(self) -> bool:
        """Whether most of it is dead."""
        return len(self._alive) > 1000 and sum(self._alive) * 2 < len(self._alive)

    @property
    def paths(self) -> tuple[str, ...]:
        """Files in it, sorted."""
        return tuple(sorted(self.tables.files))

    @property
    def tests(self) -> frozenset[str]:
        """Files of them that hold tests."""
        return frozenset(self._tests)

    def definition(self, number: int) -> Definition:
        """What a number stands for."""
        return self.tables.definitions[number]

    def numbers(self, path: str) -> range:
        """Numbers of a file's definitions, what stands outside them first."""
        first, past, _ = self.tables.files[path]
        return range(first, past)

    def living(self, left_out: frozenset[str] = frozenset()) -> bytearray:
        """1 at the number of each definition of the present files but those `left_out`."""
        marks = bytearray(self._alive)
        for path in left_out & self.tables.files.keys():
            numbers = self.numbers(path)
            marks[numbers.start : numbers.stop] = bytes(len(numbers))
        return marks

    def is_class(self, number: int) -> bool:
        """Whether a definition is a class."""
        return bool(self.tables.marks[number] & CLASS)

    def lines(self, number: int) -> tuple[int, int]:
        """First and last line (from 1) of a definition."""
        return self.tables.lines[2 * number], self.tables.lines[2 * number + 1]

    def named(self, table: Rows, name: str, alive: bytearray | None = None) -> list[int]:
        """Definitions that `table` has for `name`, each once: those that are `alive` (as :meth:`living` says), else all living ones."""
        marks = self._alive if alive is None else alive
        return [number for number in dict.fromkeys(table.of(name)) if marks[number]]

    def literals(self) -> Iterator[tuple[int, str]]:
        """Definitions with the words of each string in them that could be a message."""
        return ((number, words) for number, words in self.tables.literals if self._alive[number])

    def _awaken(self) -> None:
        self._alive = bytearray(len(self.tables.definitions))
        for path in self.tables.files:
            self._wake(path)

    def _wake(self, path: str) -> None:
        numbers = self.numbers(path)
        self._alive[numbers.start : numbers.stop] = b"\1" * len(numbers)
        if is_test_code(path) or self._is_mostly_tests(numbers):
            self._tests.add(path)

    def _is_mostly_tests(self, numbers: range) -> bool:
        functions = [n for n in numbers[1:] if not self.is_class(n)]
        tests = sum(bool(self.tables.marks[n] & TESTLIKE) for n in functions)
        return tests >= _FEWEST and tests >= _TESTING * len(functions)

    def _follow(self, index: Index, progress: Progress) -> int:
        """Take in what changed; how many files that were."""
        present = set(index.paths)
        gone = [path for path in self.tables.files if path not in present]
        changed = [p for p in sorted(present) if self.tables.files.get(p, (0, 0, ""))[2] != index.digest(p)]
        for path in (*gone, *changed):
            self._drop(path)
        for done, path in enumerate(changed):
            if not done % _STEP:
                progress.step("words", done, len(changed))
            self._take(path, index)
        return len(gone) + len(changed)

    def _drop(self, path: str) -> None:
        if path in self.tables.files:
            numbers = self.numbers(path)
            self._alive[numbers.start : numbers.stop] = bytes(len(numbers))
            del self.tables.files[path]
        self._tests.discard(path)

    def _take(self, path: str, index: Index) -> None:
        facts = index.facts(path)
        try:
            data = index.tree.read(path).data
        except SourceError:  # it went away since it was indexed: its names are all that is left
            data = b""
        tables = self.tables
        first = len(tables.definitions)
        entries = texts_of(facts, data)
        for number, entry in enumerate(entries, first):
            self._take_entry(path, number, entry)
        tables.files[path] = (first, len(tables.definitions), index.digest(path))
        self._take_names(facts, {entry.qualname: number for number, entry in enumerate(entries, first)})
        self._alive.extend(bytes(len(entries)))
        self._wake(path)

    def _take_entry(self, path: str, number: int, entry: Entry) -> None:
        tables, terms = self.tables, entry.terms
        if not entry.qualname:
            terms = _with(terms, terms_of(path.removesuffix(".py")))
        tables.definitions.append((path, entry.qualname))
        tables.lengths.append(sum(terms.values()))
        tables.lines.extend((entry.line, entry.end_line))
        testlike = TESTLIKE * entry.qualname.rpartition(".")[2].startswith("test_")
        tables.marks.append(CLASS * (entry.kind is SymbolKind.CLASS) | testlike)
        for term, count in terms.items():
            tables.terms.add(term, number << 8 | min(count, MOST))
        tables.literals.extend((number, words) for words in entry.literals)

    def _take_names(self, facts: FileFacts, numbers: Mapping[str, int]) -> None:
        tables = self.tables
        for symbol in facts.symbols:
            number = numbers.get(symbol.qualname, numbers.get(symbol.parent, numbers[""]))
            if symbol.name:
                table = tables.assigned if symbol.kind is SymbolKind.VARIABLE else tables.defined
                table.add(symbol.name, number)
            for parameter in symbol.parameters:
                tables.parameters.add(parameter, number)
        for reference, scope in facts.references:
            tables.referenced.add(reference.rpartition(".")[2], numbers.get(scope, numbers[""]))


_made: WeakKeyDictionary[Index, Lexicon] = WeakKeyDictionary()


def _load(index: Index, cache: Path | None) -> Tables | None:
    return kept(cache, index.tree.root) if cache is not None else None


def _few(index: Index) -> int:
    """So many changed files are read again each time rather than all tables stored again."""
    return len(index.paths) // 50


def _with(counts: Mapping[str, int], own: Iterable[str]) -> Mapping[str, int]:
    merged = dict(counts)
    for term in own:
        merged[term] = merged.get(term, 0) + NAME_WEIGHT
    return merged
