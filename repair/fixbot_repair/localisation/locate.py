"""All signals together: a chance for each definition, and within it for each statement, fused into ranked suspects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from fixbot_repair.checks import Feedback
from fixbot_repair.issue import Issue
from fixbot_repair.localisation.outline import Statement
from fixbot_repair.localisation.past import Past
from fixbot_repair.localisation.scene import Facts, Key, Scene, Source, gather
from fixbot_repair.localisation.signals import Held, Row, definitions, statements
from fixbot_repair.localisation.spectrum import Line
from fixbot_repair.localisation.suspect import Localisation, Suspect
from fixbot_repair.localisation.weights import DEFINITION_WEIGHTS, SIGNALS, STATEMENT_WEIGHTS

Weights = Mapping[str, float]
_MOST = 400  # suspects
_OPENED = 60  # definitions whose statements are ranked
_SOFT = 1 / 3  # power of a line's chance that is its score
_TELLING = 0.15  # weight x value, from which on a signal is named as a reason
_GROUP = {name: group for group, names in SIGNALS.items() for name in names}
_PASSES_ON = (
    2.3  # what is taken from the score of a definition that only passed the exception on: its chance is a tenth
)
_SILENT = frozenset({"shape", "kind of statement"})  # reasons that tell nobody anything


@dataclass(frozen=True, slots=True)
class Ranked:
    """A definition with its chance (0..1, all of them sum to 1) and its statements with theirs (sum to 1 within it)."""

    key: Key
    held: Held
    chance: float
    statements: tuple[tuple[Statement, Row, float], ...] = ()


def localise(
    feedback: Feedback,
    failing: Sequence[str],
    facts: Facts,
    *,
    issue: Issue | None = None,
    paths: Iterable[str] = (),
    mentioned: Mapping[Line, float] | None = None,
    source: Source | None = None,
    past: Past | Mapping[str, float] | None = None,
) -> Localisation:
    """Rank the lines that may be at fault for `failing`; works without a passing test, without a trace, without a test.

    `facts` gives the symbols of a file, `source` its text (for statements of several lines, their kinds, and words; without
    it these are silent), `paths` are the files of the repository (for tracebacks in an issue), `mentioned` lines that the
    issue's words point at (0..1), `past` how prone a definition (or, as a mapping, a file) is to faults by
    its history (0..1; see `prone`). Tests are never suspects.
    """
    scene = gather(feedback, failing, facts, source, issue, paths, mentioned, past)
    found = rank(scene)
    return Localisation(tuple(_lines(found))[:_MOST], tuple(_functions(scene, found))[:_MOST])


def rank(
    scene: Scene, by: Weights = DEFINITION_WEIGHTS, within: Weights = STATEMENT_WEIGHTS, opened: int = _OPENED
) -> tuple[Ranked, ...]:
    """Definitions, the likeliest first, with the statements of the first `opened`."""
    found = definitions(scene)
    chances = softmax([score(held.row, by) - _passes_on(scene, key, held) for key, held in found.items()])
    order = sorted(zip(found.items(), chances, strict=True), key=lambda each: (-each[1], each[0][0]))
    return tuple(
        Ranked(key, held, chance, _opened(scene, key, held, within) if place < opened else ())
        for place, ((key, held), chance) in enumerate(order)
    )


def _passes_on(scene: Scene, key: Key, held: Held) -> float:
    """What a definition loses that only passes on what another one raised: nothing where it has another frame of its own."""
    lines = {(key[0], n) for s in held.statements for n in range(s.line, s.end_line + 1)}
    frames = lines.intersection(scene.frames.keys() | scene.issue_frames.keys())
    return _PASSES_ON if lines & scene.passed_on and frames <= scene.passed_on else 0.0


def score(row: Row, weights: Weights) -> float:
    """The weighted sum of a row's signals."""
    return sum(weights.get(name, 0.0) * value for name, value in row.items())


def softmax(scores: Sequence[float]) -> list[float]:
    """Chances that are as the exponentials of the scores."""
    top = max(scores, default=0.0)
    powers = [exp(each - top) for each in scores]
    whole = sum(powers)
    return [each / whole for each in powers]


def _opened(scene: Scene, key: Key, held: Held, weights: Weights) -> tuple[tuple[Statement, Row, float], ...]:
    rows = statements(scene, key, held)
    return tuple(zip(held.statements, rows, softmax([score(row, weights) for row in rows]), strict=True))


def _lines(found: Iterable[Ranked]) -> list[Suspect]:
    """Every line of a statement has its score: the chance of the definition times the statement's, against the best there is."""
    every = [(each, s, row, each.chance * chance) for each in found for s, row, chance in each.statements]
    top = max((chance for *_, chance in every), default=1.0)
    suspects = [
        Suspect(each.key[0], line, each.key[1], _tempered(chance / top), _why(each.held.row | row))
        for each, statement, row, chance in every
        for line in range(statement.line, statement.end_line + 1)
    ]
    return sorted(suspects, key=lambda s: (-s.score, s.path, s.line))


def _functions(scene: Scene, found: Iterable[Ranked]) -> Iterable[Suspect]:
    for each in found:
        path, name = each.key
        holder = scene.outlines[path].definitions.get(name)
        yield Suspect(path, holder.line if holder else 1, name, each.chance, _why(each.held.row))


def _tempered(share: float) -> float:
    """A line's chance against the best line's, softened: where the ranking is sure and wrong, a search must still come to the rest."""
    return float(share**_SOFT)


def _why(row: Row) -> tuple[str, ...]:
    worth: dict[str, float] = {}
    for name, value in row.items():
        weight = DEFINITION_WEIGHTS.get(name, 0.0) or STATEMENT_WEIGHTS.get(name, 0.0)
        worth[_GROUP[name]] = worth.get(_GROUP[name], 0.0) + weight * value
    telling = [group for group, value in worth.items() if value >= _TELLING and group not in _SILENT]
    return tuple(sorted(telling, key=lambda group: -worth[group]))
