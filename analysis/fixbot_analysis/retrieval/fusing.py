"""Ranking by evidence: signals weighed and added; definitions also by the file they stand in."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from fixbot_analysis.retrieval.signals import Evidence
from fixbot_analysis.retrieval.tables import Definition
from fixbot_analysis.retrieval.weights import DEFINITION_WEIGHTS, FILE_WEIGHTS

Key = TypeVar("Key", str, Definition)

# What a user is told of each signal; nothing of what merely shifts the odds.
REASONS = {
    "words": "words", "words of its best": "words", "words of its class": "words", "words in file": "words",
    "kindred words": "kindred words", "title": "words", "title of its best": "words", "title of its class": "words",
    "called by named": "calls",
    "whole name": "names", "names": "names", "names as words": "names", "attributes": "names", "uses": "uses",
    "imports": "imports", "modules": "imports", "imported modules": "imports",
    "message": "message", "whole message": "message", "path": "path", "line": "path",
    "traceback": "traceback", "innermost frame": "traceback", "past fixes": "past fixes",
    "best file": "file", "near file": "file",
    "outside packages": "", "vendored": "", "class": "", "private": "", "special": "", "length": "",
}  # fmt: skip

EXPLICIT = "explicit place"  # a file and a line written out: a rule, not a weight
_GIVEN = 0.99  # score of each further explicit place, of the one before

_TELLING = 0.02  # share of what speaks for a hit from which on a signal is named as a reason

# Weights make logits; these set how soon a file behind the best one stops lending to what is in it.
_BEST_FILE, _NEAR_FILE = 2.0, 8.0
LENT = ("best file", "near file", "words in file")


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Key]):
    """A candidate: its score in 0..1 (1: the best on every signal) and the signals that speak for it, strongest first."""

    key: Key
    score: float
    why: tuple[str, ...]


def weigh(
    found: Evidence,
    file_weights: Mapping[str, float] = FILE_WEIGHTS,
    definition_weights: Mapping[str, float] = DEFINITION_WEIGHTS,
) -> tuple[dict[str, float], dict[Definition, float]]:
    """Effect: adds to `found` what definitions have from their files. Scores (logits) of files and of definitions."""
    files = fuse(found.files, file_weights)
    found.definitions.update(from_files(found, files))
    return files, {key: score for key, score in fuse(found.definitions, definition_weights).items() if key[1]}


def fuse(signals: Mapping[str, Mapping[Key, float]], weights: Mapping[str, float]) -> dict[Key, float]:
    """Weighted sums, for all for which some signal with a positive weight speaks."""
    spoken_for = {key for name, signal in signals.items() if weights.get(name, 0.0) > 0 for key in signal}
    scores = dict.fromkeys(spoken_for, 0.0)
    for name, signal in signals.items():
        if weight := weights.get(name, 0.0):
            for key, value in signal.items():
                if key in scores:
                    scores[key] += weight * value
    return scores


def from_files(found: Evidence, files: Mapping[str, float]) -> dict[str, dict[Definition, float]]:
    """Signals that definitions have from the scores of their files."""
    best = max(files.values(), default=0.0)
    keys = {key for signal in found.definitions.values() for key in signal if key[0] in files}
    shares = {path: lending(score - best) for path, score in files.items()}
    words = found.definitions.get("words", {})
    lent = (
        {key: shares[key[0]][0] for key in keys},
        {key: shares[key[0]][1] for key in keys},
        {key: words.get(key, 0.0) * shares[key[0]][0] for key in keys},
    )
    return dict(zip(LENT, lent, strict=True))


def lending(ahead: float) -> tuple[float, float]:
    """What a file lends to what is in it (as best, as near) whose score is `ahead` of the best file's: at most 0, a logit."""
    return math.exp(ahead / _BEST_FILE), max(0.0, 1 + ahead / _NEAR_FILE)


def ranked(
    scores: Mapping[Key, float],
    signals: Mapping[str, Mapping[Key, float]],
    weights: Mapping[str, float],
    limit: int,
    explicit: Sequence[Key] = (),
) -> list[Ranked[Key]]:
    """The best `limit` of `scores`, equal ones by name; before them the `explicit` ones, as they stand."""
    most = sum(weight for weight in weights.values() if weight > 0)
    given = list(dict.fromkeys(explicit))
    found: list[Ranked[Key]] = []
    for at, place in enumerate(given):
        found.append(Ranked(place, _GIVEN**at, _explicit(_why(place, signals, weights))))
    ceiling = _GIVEN ** len(given)
    told = frozenset(given)
    rest = sorted(((k, v) for k, v in scores.items() if k not in told), key=lambda item: (-item[1], item[0]))
    for each, score in rest[:limit]:
        found.append(Ranked(each, min(max(score / most, 1e-6), ceiling), _why(each, signals, weights)))
    return found[:limit]


def _explicit(why: tuple[str, ...]) -> tuple[str, ...]:
    return (EXPLICIT, *why)


def _why(key: Key, signals: Mapping[str, Mapping[Key, float]], weights: Mapping[str, float]) -> tuple[str, ...]:
    parts: dict[str, float] = {}
    for name, signal in signals.items():
        part = weights.get(name, 0.0) * signal.get(key, 0.0)
        if part > 0 and (reason := REASONS[name]):
            parts[reason] = parts.get(reason, 0.0) + part
    speaking = sum(parts.values())
    return tuple(
        name for part, name in sorted((-part, name) for name, part in parts.items()) if -part >= _TELLING * speaking
    )
