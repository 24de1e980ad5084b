"""Where in a project a text is about: files, definitions and lines, from several signals fused.

Scores of each signal are scaled to its best and added, which placed more files right than adding reciprocal ranks did.
Two signals were measured and left out, as they displaced more than they found: callers and callees of what fits best,
and error messages searched on their own beside the whole text.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.lexicon import Definition, Lexicon
from fixbot_analysis.retrieval.lines import LineHit, ranked_lines
from fixbot_analysis.retrieval.mentions import FrameMention, Mentions
from fixbot_analysis.retrieval.names import named
from fixbot_analysis.retrieval.paths import matching
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import Hit, hit, rank_definitions, rank_files

# Each signal counts the same for files. For definitions a name counts half: what an issue names is
# more often where the fault shows than where it sits. A definition also gets what its file has.
NAME_SHARE = 0.5

# What a class says outside its methods (its name, its attributes) draws words and names, but faults sit in functions.
CLASS_SHARE = 0.5

_BEST_OF_FILE = 3  # a file is as good as its best few definitions together
_OUTWARD = 0.8  # what each frame further out is worth of the one inside it

_FILES, _SYMBOLS, _LINED = 100, 100, 10

Key = TypeVar("Key", str, Definition)


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file, its score in 0..1 (1 is the best possible on every signal) and the signals that speak for it."""

    path: str
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """Files, definitions and lines, best first; `seconds` of wall time."""

    files: tuple[FileHit, ...] = ()
    symbols: tuple[Hit, ...] = ()
    lines: tuple[LineHit, ...] = ()
    seconds: float = 0.0


@dataclass(slots=True)
class _Fusion(Generic[Key]):
    """A sum of signals, each scaled to its own best."""

    scores: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    why: dict[Key, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    weights: float = 0.0

    def add(self, reason: str, signal: Mapping[Key, float], weight: float = 1.0) -> None:
        self.weights += weight
        best = max(signal.values(), default=0.0)
        for key, score in signal.items():
            if score > 0:
                self.scores[key] += weight * score / best
                self.why[key].setdefault(reason)

    def ranked(self, limit: int) -> list[tuple[Key, float]]:
        order = sorted(self.scores.items(), key=lambda item: (-item[1], item[0]))
        return [(key, score / self.weights) for key, score in order[:limit]]


def locate(index: Index, text: str) -> Located:
    """Effect: reads facts and files through the index. Where in the project `text` is about; empty where nothing fits.

    Tests are left out unless the text names their files.
    """
    began = time.monotonic()
    query, lexicon = Query.from_text(text), Lexicon.of(index)
    if not query.words or not lexicon.paths:
        return Located(seconds=time.monotonic() - began)
    files, definitions = _fuse(index, lexicon, query)
    ranked = files.ranked(_FILES)
    symbols = tuple(
        hit(index, key, score, tuple(definitions.why[key])) for key, score in definitions.ranked(_SYMBOLS) if key[1]
    )
    return Located(
        tuple(FileHit(path, score, tuple(files.why[path])) for path, score in ranked),
        symbols,
        ranked_lines(index, query, symbols[:_LINED], _frame_lines(index, query.mentions)),
        time.monotonic() - began,
    )


def _fuse(index: Index, lexicon: Lexicon, query: Query) -> tuple[_Fusion[str], _Fusion[Definition]]:
    written = _written_files(index, query.mentions)
    named_tests = frozenset(path for path in written if path in lexicon.tests)
    found = lexicon.collect(query.words, named_tests)
    by_words = rank_definitions(found, query)
    by_name = named(lexicon, query.mentions.names, named_tests)
    frames = _frames(index, query.mentions.frames, lexicon.tests - named_tests)
    files: _Fusion[str] = _Fusion()
    files.add("words", rank_files(lexicon, found, query, lexicon.tests - named_tests))
    files.add("words", _best_definitions(by_words))
    files.add("names", by_name.files)
    files.add("traceback", _by_file(frames))
    files.add("path", {path: score for path, score in written.items() if path not in lexicon.tests - named_tests})
    definitions: _Fusion[Definition] = _Fusion()
    definitions.add("words", by_words)
    definitions.add("names", by_name.definitions, NAME_SHARE)
    definitions.add("traceback", frames)
    definitions.add("file", {key: files.scores[key[0]] for key in definitions.scores if key[1]})
    for key in definitions.scores:
        if lexicon.is_class(key):
            definitions.scores[key] *= CLASS_SHARE
    return files, definitions


def _best_definitions(by_words: Mapping[Definition, float]) -> dict[str, float]:
    scores: dict[str, list[float]] = defaultdict(list)
    for (path, _), score in by_words.items():
        scores[path].append(score)
    return {path: sum(sorted(each, reverse=True)[:_BEST_OF_FILE]) for path, each in scores.items()}


def _written_files(index: Index, mentions: Mentions) -> dict[str, float]:
    """Files that the text writes out, each sharing the mention with those that it could mean as well."""
    scores: dict[str, float] = {}
    framed = {frame.file for frame in mentions.frames}
    for mention in mentions.files:
        meant = matching(mention.file, index.paths) if mention.file not in framed else ()
        for path in meant:
            scores[path] = max(scores.get(path, 0.0), 1 / len(meant))
    return scores


def _frames(index: Index, frames: Sequence[FrameMention], left_out: frozenset[str]) -> dict[Definition, float]:
    """Definitions of the project that frames of tracebacks name, the innermost first."""
    scores: dict[Definition, float] = {}
    worth = 1.0
    for frame in reversed(frames):
        meant = [path for path in matching(frame.file, index.paths) if path not in left_out]
        if len(meant) != 1:
            continue
        for name in _framed(index, meant[0], frame):
            scores.setdefault((meant[0], name), worth)
        worth *= _OUTWARD
    return scores


def _framed(index: Index, path: str, frame: FrameMention) -> Iterable[str]:
    """The function that a frame names; where the file has several of that name, the one at the line."""
    facts = index.facts(path)
    at_line = facts.enclosing(frame.line)
    if at_line is not None and frame.function in {at_line.name, ""}:
        return [at_line.qualname]
    same = [s.qualname for s in facts.symbols if s.name == frame.function]
    return same or [""]


def _by_file(frames: Mapping[Definition, float]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for (path, _), score in frames.items():
        scores[path] = max(scores.get(path, 0.0), score)
    return scores


def _frame_lines(index: Index, mentions: Mentions) -> list[tuple[str, int]]:
    """Places that the text gives with a line: frames innermost first, then files."""
    written = [
        *reversed([(f.file, f.line) for f in mentions.frames]),
        *((f.file, f.line) for f in mentions.files if f.line),
    ]
    found: dict[tuple[str, int], None] = {}
    for file, line in written:
        meant = matching(file, index.paths)
        if len(meant) == 1 and line <= index.facts(meant[0]).symbols[0].end_line:
            found[meant[0], line] = None
    return list(found)
