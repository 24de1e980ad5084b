"""Everything that speaks for a file or a definition, signal by signal, each scaled to its own best in the project."""

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval.bm25 import Collection
from fixbot_analysis.retrieval.calls import Calls
from fixbot_analysis.retrieval.latent import Space
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.messages import agreement
from fixbot_analysis.retrieval.names import Naming
from fixbot_analysis.retrieval.paths import outside_packages, vendored
from fixbot_analysis.retrieval.places import Places, by_file, places
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.spaces import space_of
from fixbot_analysis.retrieval.tables import Definition
from fixbot_analysis.retrieval.weights import FILE_WEIGHTS

Key = TypeVar("Key", str, Definition)
_ANOTHER_SCRIPT = "\u0370"  # letters from here on are not Latin
_EXPLORED = 30  # definitions named whose calls are followed

Table = dict[str, dict[Key, float]]  # signal -> what it says of each key, 0..1


@dataclass(slots=True)
class Evidence:
    """Signals for files and for definitions.

    `left_out` are the files that were not searched; `callers` who calls what is reached; `commits` which one speaks most for a
    definition, or for a file (with ``""`` for the name).
    """

    files: Table[str] = field(default_factory=dict)
    definitions: Table[Definition] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    callers: dict[Definition, Definition] = field(default_factory=dict)
    commits: dict[Definition, str] = field(default_factory=dict)


def gather(
    index: Index,
    text: str | Query,
    history: ProjectHistory | None = None,
    cache: Path | None = None,
    *,
    unweighed: bool = False,
) -> Evidence:
    """Effect: reads facts and files through the index. All signals of a text but those that need a ranking of files first.

    Tests are left out unless the text writes their path. What is searched is kept in the folder `cache`.
    `unweighed`: also what takes seconds to learn and has no weight (`weights` says so), for those who learn weights.
    """
    query = text if isinstance(text, Query) else Query.from_text(text)
    lexicon, found = Lexicon.of(index, cache), Evidence()
    if not query.words or not lexicon.paths:
        return found
    found.left_out = left_out = lexicon.tests - frozenset(places(index, query.mentions, frozenset()).files)
    collection = Collection(lexicon, left_out)
    _words(lexicon, collection, query, found)
    if unweighed or FILE_WEIGHTS["kindred words"] > 0:
        _kindred(collection, space_of(index, lexicon, cache), query, found)
    _names(lexicon, query, left_out, found)
    _reached(index, lexicon, left_out, found)
    _messages(lexicon, query, left_out, found)
    _places(places(index, query.mentions, left_out), found)
    if history is not None:
        _history(history, lexicon, query, left_out, found)
    _marks(lexicon, found)
    return found


def scaled(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Positive scores divided by the best."""
    best = max(scores.values(), default=0.0)
    return {key: score / best for key, score in scores.items() if score > 0}


def _words(lexicon: Lexicon, collection: Collection, query: Query, found: Evidence) -> None:
    # A title in another script without any term of the project: what it would have said, the names say.
    foreign = any(letter >= _ANOTHER_SCRIPT and letter.isalpha() for letter in query.title)
    known = any(lexicon.tables.terms.of(term) for term in query.title_words)
    summary = query.named_words if foreign and not known else query.title_words
    whole, title = collection.rank([query.words, summary])
    for name, ranking in (("words", whole), ("title", title)):
        found.files[name] = scaled(ranking.files)
        found.files[f"{name} of its best"] = scaled(ranking.best)
        own = scaled(_placed(lexicon, ranking.definitions))
        found.definitions[name] = own
        found.definitions[f"{name} of its class"] = _inherited(own)


def _kindred(collection: Collection, space: Space, query: Query, found: Evidence) -> None:
    """Files with words that keep company with those of the text: for what it says in other words."""
    (ranking,) = collection.rank([space.kindred(query.words)])
    found.files["kindred words"] = scaled(ranking.files)


def _inherited(own: Mapping[Definition, float]) -> dict[Definition, float]:
    """What encloses a definition lends its score."""
    found = {}
    for path, name in own:
        outer = own.get((path, name.rpartition(".")[0]), 0.0) if "." in name else 0.0
        if outer:
            found[path, name] = outer
    return found


def _names(lexicon: Lexicon, query: Query, left_out: frozenset[str], found: Evidence) -> None:
    names = Naming(lexicon, left_out).read(query)
    for name, numbers in (
        ("names", names.named),
        ("names as words", names.plain),
        ("uses", names.used),
        ("attributes", names.assigned),
        ("imports", names.imports),
    ):
        own = _placed(lexicon, numbers)
        found.definitions[name] = scaled(own)
        found.files[name] = scaled(_summed(own))
    found.definitions["whole name"] = _placed(lexicon, names.whole)
    found.files["modules"] = scaled(names.modules)
    found.files["imported modules"] = scaled(names.imported_modules)


def _reached(index: Index, lexicon: Lexicon, left_out: frozenset[str], found: Evidence) -> None:
    """What the definitions that the text names call: a fault shows in the one and sits in the other."""
    named = found.definitions["names"]
    strongest = sorted(named, key=lambda definition: (-named[definition], definition))[:_EXPLORED]
    calls = Calls(index, lexicon, left_out)
    reached: dict[Definition, float] = {}
    for definition in strongest:
        for callee in calls.of(definition):
            found.callers.setdefault(callee, definition)
            reached[callee] = reached.get(callee, 0.0) + named[definition]
    found.definitions["called by named"] = scaled(reached)


def _messages(lexicon: Lexicon, query: Query, left_out: frozenset[str], found: Evidence) -> None:
    alive = lexicon.living(left_out)
    agreed = agreement(query.text, ((n, words) for n, words in lexicon.literals() if alive[n]))
    for name, numbers in (("message", agreed.shared), ("whole message", agreed.whole)):
        own = _placed(lexicon, numbers)
        found.definitions[name] = scaled(own)
        found.files[name] = scaled(by_file(own))


def _places(given: Places, found: Evidence) -> None:
    found.files["path"] = dict(given.files)
    found.files["traceback"] = by_file(given.frames)
    found.files["innermost frame"] = by_file(given.innermost)
    found.definitions["traceback"] = dict(given.frames)
    found.definitions["innermost frame"] = dict(given.innermost)
    found.definitions["line"] = dict(given.lines)


def _history(
    history: ProjectHistory, lexicon: Lexicon, query: Query, left_out: frozenset[str], found: Evidence
) -> None:
    suspected = history.suspects(query.text)
    found.commits.update(suspected.commits)
    paths = frozenset(lexicon.paths) - left_out
    found.files["past fixes"] = scaled({p: w for p, w in suspected.files.items() if p in paths})
    known = {
        path: {lexicon.definition(n) for n in lexicon.numbers(path)} for path, _ in suspected.symbols if path in paths
    }
    weights: dict[Definition, float] = {}
    for (path, name), weight in suspected.symbols.items():
        # What stands outside definitions is left out: its file has the weight of the same commits already.
        if alive := _alive((path, name), known.get(path, set())):
            weights[alive] = weights.get(alive, 0.0) + weight
    found.definitions["past fixes"] = scaled(weights)


def _alive(past: Definition, known: Set[Definition]) -> Definition | None:
    """The definition itself or, where it is gone, the innermost one around it that is still there; None where none is."""
    path, name = past
    while name and (path, name) not in known:
        name = name.rpartition(".")[0]
    return (path, name) if name else None


def _marks(lexicon: Lexicon, found: Evidence) -> None:
    """What a file or definition is, said of those for which something speaks."""
    files = {path for signal in found.files.values() for path in signal}
    apart = outside_packages(lexicon.paths)
    found.files["outside packages"] = {path: 1.0 for path in files if path in apart}
    found.files["vendored"] = {path: 1.0 for path in files if vendored(path)}
    marks: Table[Definition] = {"class": {}, "private": {}, "special": {}, "length": {}}
    for number, definition in _numbered(lexicon, {d for signal in found.definitions.values() for d in signal}):
        name = definition[1].rpartition(".")[2]
        if lexicon.is_class(number):
            marks["class"][definition] = 1.0
        if name.startswith("__"):
            marks["special"][definition] = 1.0
        elif name.startswith("_"):
            marks["private"][definition] = 1.0
        first, last = lexicon.lines(number)
        marks["length"][definition] = min(math.log1p(last - first) / 5, 1.0)
    found.definitions.update(marks)


def _numbered(lexicon: Lexicon, wanted: set[Definition]) -> Iterable[tuple[int, Definition]]:
    for path in {path for path, _ in wanted}:
        for number in lexicon.numbers(path):
            if (definition := lexicon.definition(number)) in wanted:
                yield number, definition


def _placed(lexicon: Lexicon, scores: Mapping[int, float]) -> dict[Definition, float]:
    return {lexicon.definition(number): score for number, score in scores.items()}


def _summed(scores: Mapping[Definition, float]) -> dict[str, float]:
    summed: dict[str, float] = {}
    for (path, _), score in scores.items():
        summed[path] = summed.get(path, 0.0) + score
    return summed
