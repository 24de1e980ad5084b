"""Places that a text gives: files written out, lines, frames of tracebacks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.frames import FrameMention
from fixbot_analysis.retrieval.mentions import Mentions, files
from fixbot_analysis.retrieval.paths import matching, matching_frame
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.tables import Definition
from fixbot_analysis.symbols import FileFacts, SymbolKind

_OUTWARD = 0.8  # what each frame further out is worth of the one inside it

_EXPLICIT = 10  # places written out that go before all else: whoever gives more gives a log
_MOST = 200  # files, and frames from the innermost on, that are looked up: a log may have any number


@dataclass(slots=True)
class Places:
    """Files written out, each sharing a mention with what it could mean as well; definitions in frames and at lines."""

    files: dict[str, float] = field(default_factory=dict)
    frames: dict[Definition, float] = field(default_factory=dict)
    innermost: dict[Definition, float] = field(default_factory=dict)
    lines: dict[Definition, float] = field(default_factory=dict)


def places(index: Index, mentions: Mentions, left_out: frozenset[str]) -> Places:
    """Effect: reads facts through the index. What `mentions` point at outside the files `left_out`."""
    found = Places()
    paths = [path for path in index.paths if path not in left_out]
    framed = {name for f in mentions.frames for name in (f.file, f.file.rpartition("/")[2] if f.whole else f.file)}
    for mention in mentions.files[:_MOST]:
        meant = matching(mention.file, paths) if mention.file not in framed else ()
        for path in meant:
            found.files[path] = max(found.files.get(path, 0.0), 1 / len(meant))
            if mention.line and (name := _at(index, path, mention.line)):
                found.lines[path, name] = 1 / len(meant)
    _frames(index, mentions.frames, paths, found)
    return found


def given_lines(index: Index, mentions: Mentions) -> list[tuple[str, int]]:
    """Effect: reads facts through the index. Lines that a text gives: frames innermost first, then files."""
    written = [
        *((f.file, f.line, f.whole) for f in mentions.frames[: -_MOST - 1 : -1]),
        *((f.file, f.line, False) for f in mentions.files[:_MOST] if f.line),
    ]
    found: dict[tuple[str, int], None] = {}
    for file, line, whole in written:
        meant = matching_frame(file, index.paths, whole)
        facts = _facts(index, meant[0]) if len(meant) == 1 else None
        if facts is not None and line <= facts.symbols[0].end_line:
            found[meant[0], line] = None
    return list(found)


def explicit_places(index: Index, query: Query) -> list[tuple[str, str, int]]:
    """Effect: reads facts through the index. (path, definition, line) of lines of files that title or running text write out.

    Only where one file is meant and has the line; what logs, code and tracebacks give is no such place. In order, at most some.
    """
    framed = {(frame.file, frame.line) for frame in query.mentions.frames}
    written = [f for f in files(f"{query.title}\n{query.passages.prose}") if f.line and (f.file, f.line) not in framed]
    found: dict[tuple[str, str, int], None] = {}
    for mention in dict.fromkeys(written[:_MOST]):
        meant = matching_frame(mention.file, index.paths)
        facts = _facts(index, meant[0]) if len(meant) == 1 else None
        if facts is not None and mention.line <= facts.symbols[0].end_line and len(found) < _EXPLICIT:
            found[meant[0], _at(index, meant[0], mention.line), mention.line] = None
    return list(found)


def by_file(scores: Mapping[Definition, float]) -> dict[str, float]:
    """The best score of each file's definitions."""
    best: dict[str, float] = {}
    for (path, _), score in scores.items():
        best[path] = max(best.get(path, 0.0), score)
    return best


def _frames(index: Index, frames: Iterable[FrameMention], paths: list[str], found: Places) -> None:
    worth = 1.0
    for frame in list(frames)[: -_MOST - 1 : -1]:
        meant = matching_frame(frame.file, paths, frame.whole)
        facts = _facts(index, meant[0]) if len(meant) == 1 else None
        if facts is None:
            continue
        for name in _framed(facts, frame):
            found.frames.setdefault((meant[0], name), worth)
            if worth == 1.0:
                found.innermost[meant[0], name] = 1.0
        worth *= _OUTWARD


def _framed(facts: FileFacts, frame: FrameMention) -> list[str]:
    """The function that a frame names; where the file has several of that name, the one at the line."""
    at_line = facts.enclosing(frame.line)
    if at_line is not None and (frame.function in {at_line.name, ""} or frame.function.startswith("<")):
        return [at_line.qualname]
    return [s.qualname for s in facts.symbols if s.name == frame.function and s.kind is not SymbolKind.VARIABLE] or [""]


def _at(index: Index, path: str, line: int) -> str:
    facts = _facts(index, path)
    symbol = facts.enclosing(line) if facts else None
    return symbol.qualname if symbol else ""


def _facts(index: Index, path: str) -> FileFacts | None:
    try:
        return index.facts(path)
    except SourceError:  # it went away since it was indexed
        return None
