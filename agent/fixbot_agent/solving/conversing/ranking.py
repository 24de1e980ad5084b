"""The one order of suspicious places that the report and the models are told: what the issue names first, cut where a gap is."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving import tying
from fixbot_agent.solving.proving.case import Case, lines
from fixbot_agent.solving.proving.pointing import source
from fixbot_analysis.retrieval import matching, mentions
from fixbot_repair.localisation import Localisation, Suspect

_BESIDE = frozenset({"examples", "example", "docs", "doc", "scripts", "benchmarks", "tools", "setup.py", "noxfile.py"})
_MOST_NAMED = 6  # places by one name, above which a name says little
_MOST = 5  # places that are told
_FEWEST = 3  # of these, which a small gap does not cut
_GAP, _ABYSS = 0.75, 0.45  # shares of the score before, below which what follows is cut: after some places, after any
_INSIDE = 3  # lines of one place
_SAID = 0.5  # what a rank among the words of an issue is worth against one by traces
_EVEN = 3  # added to ranks, so that the first few are not worlds apart
_MOST_SAID = 40  # ranks by words
_WRITTEN_OUT = "explicit place"  # the reason of what an issue gives with file and line
_PROGRAM = re.compile(rb"if\s+__name__\s*==\s*[\"']__main__[\"']\s*:")

Place = tuple[str, str]  # path, qualified name


def ranked(ground: Ground, case: Case) -> Localisation:
    """Effect: reads the index. Suspicious lines by place, the most suspicious place first.

    Where a test shows what is wrong its traces decide; else the words of the issue do, and what it names goes first. An example of the
    issue is run in another way than the project's tests, and its traces point at that way too: there the words have their say. What only lies beside
    the project's own code (examples, documents, scripts) goes last where the issue does not name it, and so does what runs only where a
    module is run as a program.
    """
    found = lines(ground, case)
    by_place = grouped(found.suspects)
    if case.failing or not case.suspects.suspects:
        ordered = found.suspects
    else:
        ordered = tuple(s for each in case.suspects.suspects for s in _opened(each, by_place))
    if case.failing and case.suspects.suspects and set(case.failing) <= case.labels.keys():
        ordered = _fused(by_place, case.suspects.suspects)
    named = _named(ground, case) if not case.failing else set[Place]()
    meant = _meant(ground, case)
    shown = {path: _shown_off(source(ground, path)) for path in {s.path for s in ordered} if path.endswith(".py")}
    order = sorted(
        ordered,
        key=lambda s: (
            s.line in shown.get(s.path, ()),
            (s.path, s.symbol) not in named and (bool(case.failing) or _WRITTEN_OUT not in s.why),
            s.path not in meant and _is_beside(s.path),
        ),
    )
    return Localisation(tuple(order), found.functions)


def grouped(suspects: Iterable[Suspect]) -> dict[Place, list[Suspect]]:
    """Suspicious lines by their places, in their order."""
    found: dict[Place, list[Suspect]] = {}
    for each in suspects:
        found.setdefault((each.path, each.symbol), []).append(each)
    return found


def telling(places: Sequence[Sequence[Suspect]]) -> int:
    """How many of `places` (each the lines of one) are worth telling: up to the first large gap between scores."""
    scores = [inside[0].score for inside in places[:_MOST]]
    for n in range(1, len(scores)):
        share = scores[n] / scores[n - 1] if scores[n - 1] > 0 else 1.0
        if share < (_GAP if n >= _FEWEST else _ABYSS):
            return n
    return len(scores)


def brief(found: Localisation) -> Localisation:
    """One suspect of each place: what a report tells."""
    return Localisation(tuple(inside[0] for inside in grouped(found.suspects).values()), found.functions)


def _fused(by_place: dict[Place, list[Suspect]], words: Sequence[Suspect]) -> tuple[Suspect, ...]:
    """The places that traces point at by their ranks there and among the `words`, which count half; scores stay with the ranks."""
    said = {place: n for n, place in enumerate(grouped(words).keys()) if n < _MOST_SAID}

    def worth(n: int, place: Place) -> float:
        return 1 / (_EVEN + n) + (_SAID / (_EVEN + said[place]) if place in said else 0.0)

    order = sorted(enumerate(by_place), key=lambda each: -worth(*each))
    scores = sorted((inside[0].score for inside in by_place.values()), reverse=True)
    found: list[Suspect] = []
    for score, (_, place) in zip(scores, order, strict=True):
        inside = by_place[place]
        share = score / inside[0].score if inside[0].score > 0 else 1.0
        found += [replace(s, score=s.score * share) for s in inside]
    return tuple(found)


def _opened(place: Suspect, by_place: dict[Place, list[Suspect]]) -> list[Suspect]:
    """The suspicious lines of a place that words alone point at, with the score of the place."""
    inside = by_place.get((place.path, place.symbol), [])[:_INSIDE]
    why = place.why
    return [Suspect(s.path, s.line, s.symbol, place.score, why) for s in inside if s.line != place.line] or [place]


def _named(ground: Ground, case: Case) -> set[Place]:
    """What the issue names outright."""
    if case.issue is None:
        return set()
    pointed = {(p.path, p.name) for p in tying.pointed(ground.index, case.issue)}
    return pointed if len(pointed) <= _MOST_NAMED else set()


def _meant(ground: Ground, case: Case) -> set[str]:
    """The files that the issue names."""
    said = mentions(case.issue.text).files if case.issue else ()
    return {path for f in said for path in matching(f.file, ground.workspace.paths)}


def _shown_off(data: bytes | None) -> range:
    """The lines that run only where a module is run as a program: it shows there what it can do."""
    lines = (data or b"").split(b"\n")
    first = next((n for n, line in enumerate(lines, 1) if _PROGRAM.match(line)), 0)
    rest = enumerate(lines[first:], first + 1)
    last = next((n - 1 for n, line in rest if line[:1].strip() and not line.startswith(b"#")), len(lines))
    return range(first, last + 1) if first else range(0)


def _is_beside(path: str) -> bool:
    return PurePosixPath(path).parts[0] in _BESIDE
