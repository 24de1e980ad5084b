"""Which failing tests speak of an issue: those that it names, and those that run what it points at by name."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Mentions, Where, common_end, is_test_code, matching, mentions, owned
from fixbot_analysis.symbols import SymbolKind
from fixbot_repair.checks import TestOutcome
from fixbot_repair.issue import Issue

_SHORTEST = 3  # letters of a word that says something
_LONGEST = 120  # characters of a failure that are compared
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|\b0x[0-9a-f]+\b|\d+")
# Failures that come of where the tests run: connections, names and ports that are not there, modules and fixtures that are not installed.
_SURROUNDINGS = re.compile(
    r"^(?:[\w.]*\.)?(?:gaierror|Connect(?:ion\w*)?(?:Error|Timeout)|NetworkError|ProxyError|SSL\w*Error|MaxRetryError|ModuleNotFoundError"
    r"|PermissionError)\b|\[Errno -?(?:1|3|13|97|98|99|101|110|111|113)\]|fixture '[^']{1,80}' not found|No module named"
)
_FUNCTIONS = (SymbolKind.FUNCTION, SymbolKind.METHOD)
_CLASSES = (SymbolKind.CLASS,)


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of the project (from 1, both ends included) and what they are called."""

    path: str
    first: int
    last: int
    name: str


def is_named(test: str, ids: Collection[str]) -> bool:
    """Whether an issue that names `ids` means `test`: the whole id, its file, its last part, or its dotted name."""
    return any(
        test == i or test.startswith((f"{i}::", f"{i}[")) or _function(test) == i or _is_dotted(test, i) for i in ids
    )


def _is_dotted(test: str, name: str) -> bool:
    """Whether `name` ("tests.test_x.TestX.test_y", as unittest and Django write it) is `test`, perhaps from a folder inside.

    Of a file that is run as a script only "TestX.test_y" is said, of a class that could not be set up "test_x.TestX".
    """
    dotted = test.partition("[")[0].replace(".py::", ".").replace("::", ".").replace("/", ".")
    last = name.rpartition(".")[2]
    if "." not in name or not (name.count(".") > 1 or last.startswith("test") or last[:1].isupper()):
        return False
    if last[:1].isupper():
        return f".{name}." in f".{dotted}"
    return dotted == name or dotted.endswith(f".{name}") or name.endswith(f".{dotted}")


def names(issue: Issue) -> tuple[str, ...]:
    """What may be a test among the things that the issue names."""
    said = mentions(issue.text)
    written = (*(n.name for n in said.names), *(f.function for f in said.frames), *(f.file for f in said.files))
    return tuple(dict.fromkeys((*issue.test_ids, *(w for w in written if w))))


def pointed(index: Index, issue: Issue) -> tuple[Place, ...]:
    """Effect: reads the index. What the issue points at, by the most telling kind of mention that the project knows.

    A frame of a traceback goes before functions that the text names, those before functions of its examples, those before
    classes, those before files: each later kind fits so much that it says less of which test is meant.
    """
    said = mentions(issue.text)
    own = owned(said.names, issue.code_blocks, index.paths)
    prose = [n.name for n in own if n.where is not Where.BLOCK]
    shown = [n.name for n in own if n.where is Where.BLOCK]
    kinds = (
        [*_framed(index, said), *_defined(index, prose, _FUNCTIONS)],
        _defined(index, shown, _FUNCTIONS),
        _defined(index, [*prose, *shown], _CLASSES),
        _files(index, said),
    )
    return tuple(next((found for found in kinds if found), ()))


def tied(outcomes: Iterable[TestOutcome], places: Sequence[Place], issue: Issue) -> tuple[str, ...]:
    """Ids of the failing tests among `outcomes` that run one of `places` and fail as `issue` tells.

    A test that only happens to run the place says nothing: it must fail with the issue's error, show one of its values,
    fail inside the place, or be named for it or for what the issue's words speak of. The last two say nothing of a failure that others
    share which never run the place, nor of one that comes of where the tests run (no network, a port, a module that is not there).
    """
    failed = list(outcomes)
    elsewhere = {_kind(o) for o in failed if not any(_runs(o, place) for place in places)}
    return tuple(o.test for o in failed if any(_speaks(o, place, issue, elsewhere) for place in places))


def _speaks(outcome: TestOutcome, place: Place, issue: Issue, elsewhere: Collection[tuple[str, str]]) -> bool:
    if not _runs(outcome, place):
        return False
    if reported := _error(issue.error):
        return _error(outcome.message) == reported
    if _shows_value(outcome, issue):
        return True
    if _kind(outcome) in elsewhere or _SURROUNDINGS.search(outcome.message):
        return False
    inside = any(path == place.path and place.first <= line <= place.last for path, line, _ in outcome.frames)
    return inside or _is_named_for(outcome, place, issue)


def _kind(outcome: TestOutcome) -> tuple[str, str]:
    """What a failure says, without what differs from test to test: its error, and its words without numbers and quoted values."""
    said = " ".join(_QUOTED.sub("", outcome.message.partition(":")[2]).split())
    return _error(outcome.message), said[:_LONGEST] if _error(outcome.message) != "AssertionError" else outcome.test


def _runs(outcome: TestOutcome, place: Place) -> bool:
    ran = [(path, lines) for path, lines in outcome.lines if path == place.path]
    raised = [(path, (line,)) for path, line, _ in outcome.frames if path == place.path]
    return any(place.first <= line <= place.last for _, lines in (*ran, *raised) for line in lines)


def _error(text: str) -> str:
    return text.partition(":")[0].rpartition(".")[2].strip()


def _shows_value(outcome: TestOutcome, issue: Issue) -> bool:
    """Whether the failure's text holds a value that the issue names, as a word of its own."""
    values = {v.strip().strip("`") for e in issue.expectations for v in (e.expected, e.actual)}
    patterns = [rf"(?<![\w.]){re.escape(v)}(?![\w.]*\w)" for v in values if v]
    return any(re.search(pattern, outcome.message) for pattern in patterns)


def _is_named_for(outcome: TestOutcome, place: Place, issue: Issue) -> bool:
    """Whether the test is named for the place alone, or for something else that the issue speaks of too."""
    words = set(_words(_function(outcome.test))) - {"test"}
    rest = words - set(_words(place.name.rpartition(".")[2]))
    said = set(_words(issue.text))
    return (bool(words) and not rest) or any(len(w) >= _SHORTEST and w in said for w in rest)


def _words(text: str) -> list[str]:
    return [w.lower().removesuffix("s") for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", text)]


def _framed(index: Index, said: Mentions) -> list[Place]:
    """The innermost function of the project that a traceback in the text names."""
    for frame in reversed(said.frames):
        meant = [path for path in matching(frame.file, index.paths) if not is_test_code(path)]
        facts = index.facts(meant[0]) if len(meant) == 1 else None
        same = [s for s in facts.symbols if s.kind in _FUNCTIONS and s.name == frame.function] if facts else []
        at_line = [s for s in same if s.line <= frame.line <= s.end_line]
        if found := at_line or same:
            return [Place(meant[0], s.line + 1, s.end_line, s.qualname) for s in found]
    return []


def _defined(index: Index, written: Sequence[str], kinds: Sequence[SymbolKind]) -> list[Place]:
    """Definitions of these names; those that fit a dotted name best where several have its last part."""
    wanted = {name.rpartition(".")[2]: name for name in written}
    found: dict[str, list[tuple[int, Place]]] = {}
    for path, symbol in index.symbols():
        if symbol.kind in kinds and symbol.name in wanted and not is_test_code(path):
            dotted = f"{path.removesuffix('.py').replace('/', '.')}.{symbol.qualname}".split(".")
            fit = common_end(wanted[symbol.name].split("."), dotted)
            # A definition's first line runs when its file is imported.
            place = Place(path, min(symbol.line + 1, symbol.end_line), symbol.end_line, symbol.qualname)
            found.setdefault(symbol.name, []).append((fit, place))
    return [p for same in found.values() for fit, p in same if fit == max(f for f, _ in same)]


def _files(index: Index, said: Mentions) -> list[Place]:
    meant = {path for f in said.files for path in matching(f.file, index.paths) if not is_test_code(path)}
    return list(_whole(index, sorted(meant)))


def _whole(index: Index, paths: Iterable[str]) -> Iterator[Place]:
    """The functions of files: what lies outside them runs for every test that imports the file."""
    for path in paths:
        for symbol in index.facts(path).symbols:
            if symbol.kind in _FUNCTIONS:
                yield Place(path, min(symbol.line + 1, symbol.end_line), symbol.end_line, symbol.qualname)


def _function(test: str) -> str:
    return test.rpartition("::")[2].partition("[")[0]
