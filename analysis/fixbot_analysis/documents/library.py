"""The documentation of one project, searched: kept by content, so that only documents that changed are read again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fixbot_analysis.documents.naming import names_in
from fixbot_analysis.documents.section import Section, SectionKind
from fixbot_analysis.documents.shelf import FileRow, SectionRow, Shelf, load, save
from fixbot_analysis.documents.splitting import is_prose, split
from fixbot_analysis.documents.visible import uncommented, visible
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document, SourceTree, digest
from fixbot_analysis.symbols.words import count_words, split_words

_TITLE_COUNTS = 2  # a word of the way to a section counts as so many of its text
_CHANGE_SHARE = 0.5  # what a change log says is short, and of the past: it answers a question less well than it scores


@dataclass(frozen=True, slots=True)
class Found:
    """A section that answers a text, and how well (BM25; only the order means something)."""

    section: Section
    score: float


class Library:
    """All sections of a project's documents (Markdown, reStructuredText, plain text). Made by :meth:`open`; for one thread."""

    def __init__(self, tree: SourceTree, shelf: Shelf) -> None:
        self._tree = tree
        self._shelf = shelf

    @classmethod
    def open(cls, tree: SourceTree, cache: Path | None = None) -> "Library":
        """Effect: read the documents of `tree` that the folder `cache` does not know, and keep them there."""
        root = str(tree.root.resolve())
        shelf = load(cache, root)
        if _follow(tree, shelf):
            if shelf.wasted:
                shelf = Shelf()
                _follow(tree, shelf)
            save(cache, root, shelf)
        for path in filter(is_prose, tree.docs):
            if path in tree.overlay:  # an open buffer counts here and now, and is not kept
                _take(tree, shelf, path)
        return cls(tree, shelf)

    def __len__(self) -> int:
        """Number of sections."""
        return sum(self._shelf.alive)

    def sections(self) -> Iterator[Section]:
        """Effect: read the documents one by one. All sections, by path and line; none of a document that went away."""
        for path, row in sorted(self._shelf.files.items()):
            yield from self._sections(path, range(row.first, row.last))

    def retrieve(self, text: str, limit: int = 10) -> tuple[Found, ...]:
        """Effect: read the documents found. The sections that answer `text` best, best first."""
        words: dict[str, float] = {}
        for word in split_words(text):
            words[word] = min(words.get(word, 0.0) + 1.0, 8.0)
        scores = self._shelf.words.scores(words, self._shelf.alive)
        weighed = ((score * self._share(number), number) for number, score in scores.items())
        best = sorted(weighed, key=lambda pair: (-pair[0], self._shelf.rows[pair[1]][:2]))[:limit]
        read = self.read([number for _, number in best])
        return tuple(Found(read[number], score) for score, number in best if number in read)

    def naming(self, name: str) -> tuple[int, ...]:
        """Numbers of the sections that mention a name whose last part is `name`."""
        return self._naming.get(name, ())

    def names(self, number: int) -> tuple[str, ...]:
        """Names that section `number` mentions, as written."""
        return self._shelf.rows[number].names

    def read(self, numbers: list[int]) -> Mapping[int, Section]:
        """Effect: read the documents of these sections; those of a document that went away are missing."""
        by_path: dict[str, list[int]] = {}
        for number in numbers:
            by_path.setdefault(self._shelf.rows[number].path, []).append(number)
        return {
            number: section
            for path, own in by_path.items()
            for number, section in zip(own, self._sections(path, own), strict=False)
        }

    def _sections(self, path: str, numbers: "range | list[int]") -> Iterator[Section]:
        try:
            lines = _text(self._tree.read(path)).split("\n")
        except SourceError:
            return
        for number in numbers:
            row = self._shelf.rows[number]
            text = "\n".join(lines[row.line - 1 : row.end_line])
            yield Section(path, row.line, row.end_line, row.title, text, row.names, SectionKind(row.kind))

    def _share(self, number: int) -> float:
        return _CHANGE_SHARE if self._shelf.rows[number].kind == SectionKind.CHANGE else 1.0

    @cached_property
    def _naming(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self._shelf.rows):
            if self._shelf.alive[number]:
                for name in dict.fromkeys(name.rpartition(".")[2] for name in row.names):
                    found.setdefault(name, []).append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}


def docstrings(index: Index) -> Iterator[Section]:
    """Effect: reads facts through `index`. What definitions say of themselves, by path and place: first paragraphs."""
    for path, symbol in index.symbols():
        if symbol.doc:
            title = " > ".join(filter(None, (index.graph.module_of(path) or path, symbol.qualname)))
            names = (symbol.qualname or title, *names_in(symbol.doc))
            yield Section(path, symbol.line, symbol.end_line, title, visible(symbol.doc), names, SectionKind.DOCSTRING)


def sections(tree: SourceTree) -> Iterator[Section]:
    """Effect: read every document of `tree`. All sections, by path and line; what cannot be read is left out."""
    for path in filter(is_prose, tree.docs):
        try:
            document = tree.read(path)
        except SourceError:
            continue
        yield from split(path, _text(document))


def _follow(tree: SourceTree, shelf: Shelf) -> bool:
    """Make the shelf hold what is on disk; whether anything had changed. What open buffers hide is left as it was."""
    present = [path for path in tree.docs if is_prose(path) and path not in tree.overlay]
    gone = shelf.files.keys() - set(present) - tree.overlay.keys()
    for path in gone:
        shelf.drop(path)
    changed = [path for path in present if not _is_known(tree, shelf, path)]
    return bool(sum([_take(tree, shelf, path) for path in changed]) or gone)


def _is_known(tree: SourceTree, shelf: Shelf, path: str) -> bool:
    stat, row = tree.stat(path), shelf.files.get(path)
    return stat is not None and row is not None and row.stat == (stat.mtime_ns, stat.size, stat.inode)


def _take(tree: SourceTree, shelf: Shelf, path: str) -> bool:
    """Read one document; whether it had changed."""
    try:
        document = tree.read(path)
    except SourceError:
        shelf.drop(path)
        return True
    content, known, stat = digest(document.data), shelf.files.get(path), tree.stat(path)
    seen = (stat.mtime_ns, stat.size, stat.inode) if stat else (0, 0, 0)
    if known and known.digest == content:
        shelf.files[path] = FileRow(seen, content, known.first, known.last)
        return known.stat != seen
    shelf.drop(path)
    first = len(shelf.rows)
    for section in split(path, _text(document)):
        row = SectionRow(path, section.line, section.end_line, section.title, section.kind.value, section.names)
        shelf.add(row, count_words([section.text, *[section.title] * _TITLE_COUNTS]))
    shelf.files[path] = FileRow(seen, content, first, len(shelf.rows))
    return True


def _text(document: Document) -> str:
    """A document as its readers see it, line for line: no hidden characters, no comments of a page."""
    text = document.text.replace("\r\n", "\n")
    return visible(uncommented(text) if document.path.lower().endswith(".md") else text)
