"""Words that keep company in a project: a dense space learned from its own files, for issues that say it in other words.

Latent semantic analysis (Deerwester et al., "Indexing by Latent Semantic Analysis", 1990) of files by words, weighed by positive
pointwise mutual information (Bullinaria & Levy 2007), by the randomised singular value decomposition of Halko, Martinsson & Tropp
(2011). No downloaded weights, no numpy: bounded in words and dimensions, learned in seconds, then kept.
"""

import math
import random
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul

DIMENSIONS = 32
_WORDS = 16_384  # that share most with the files they stand in
_FEWEST, _SHARE = 2, 0.4  # a word of fewer files says nothing of others, one of more of all files nothing at all
_ROUNDS = 2
_KINDRED = 60  # words that a query is given

Matrix = list[list[float]]
Unit = tuple[Sequence[int], Sequence[float]]  # words of a file by number, and their weights


@dataclass(frozen=True, slots=True)
class Space:
    """Words by number, how rare each is, and their vectors of length 1, one after another."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    rarities: "array[float]" = field(default_factory=lambda: array("f"))
    vectors: "array[float]" = field(default_factory=lambda: array("f"))

    def kindred(self, query: Mapping[str, float]) -> dict[str, float]:
        """Words that `query` (word -> weight) does not say but that keep its words' company, with how closely (0..1, the closest 1)."""
        aim = [0.0] * self.dimensions
        for word, weight in query.items():
            if (number := self.numbers.get(word)) is not None:
                worth = weight * self.rarities[number]
                aim = [a + worth * b for a, b in zip(aim, self._vector(number), strict=True)]
        scored = [
            (sum(map(mul, self._vector(number), aim)), word)
            for word, number in self.numbers.items()
            if word not in query
        ]
        best = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], each[1]))[:_KINDRED]
        return {word: score / best[0][0] for score, word in best}

    @property
    def dimensions(self) -> int:
        """Numbers in each vector."""
        return len(self.vectors) // max(len(self.numbers), 1)

    def _vector(self, number: int) -> "array[float]":
        size = self.dimensions
        return self.vectors[number * size : (number + 1) * size]


def learn(counts: Iterable[tuple[str, Mapping[int, int]]], files: int) -> Space:
    """The space of words with how often each stands in which of `files` files (numbered from 0). Empty for a few files."""
    within = {word: by for word, by in counts if _FEWEST <= len(by) < _SHARE * files}
    weighed = _informative(within, files)
    words = sorted(weighed)
    size = min(DIMENSIONS, files // 2)
    if not words or size < 2:
        return Space()
    units = _units([weighed[word] for word in words], files)
    return Space(
        {word: number for number, word in enumerate(words)},
        array("f", (math.log(files / len(within[word])) for word in words)),
        array("f", (value for row in _decomposed(units, len(words), size) for value in _unit(row))),
    )


def _informative(within: Mapping[str, Mapping[int, int]], files: int) -> dict[str, dict[int, float]]:
    """What each word tells of each file (positive pointwise mutual information): of the words that tell most."""
    sizes = [0] * files
    for by in within.values():
        for file, count in by.items():
            sizes[file] += count
    total = sum(sizes)
    told: dict[str, dict[int, float]] = {}
    for word, by in within.items():
        own = sum(by.values())
        told[word] = {f: value for f, n in by.items() if (value := math.log(n * total / (own * sizes[f]))) > 0}
    best = sorted(told, key=lambda word: (-sum(told[word].values()), word))[:_WORDS]
    return {word: told[word] for word in best if told[word]}


def _units(words: Sequence[Mapping[int, float]], files: int) -> list[Unit]:
    """A file's words, each file of length 1."""
    units: list[tuple[list[int], list[float]]] = [([], []) for _ in range(files)]
    for number, by in enumerate(words):
        for file, value in by.items():
            units[file][0].append(number)
            units[file][1].append(value)
    return [(numbers, _unit(values)) for numbers, values in units]


def _unit(values: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(map(mul, values, values)))
    return [value / length if length > 1e-9 else 0.0 for value in values]


def _decomposed(units: Sequence[Unit], words: int, size: int) -> Matrix:
    """A row a word: its place along the directions that files share most in, as long as they are shared."""
    dice = random.Random(0)
    vectors = [[dice.choice((-1.0, 1.0)) for _ in range(size)] for _ in range(words)]
    for _ in range(_ROUNDS):
        vectors = _right(units, _orthonormal(_left(units, vectors, size)), words, size)
    return vectors


def _left(units: Sequence[Unit], vectors: Matrix, size: int) -> Matrix:
    """Of each file the sum of its words' vectors."""
    found = []
    for numbers, values in units:
        row = [0.0] * size
        for number, value in zip(numbers, values, strict=True):
            row = [a + value * b for a, b in zip(row, vectors[number], strict=True)]
        found.append(row)
    return found


def _right(units: Sequence[Unit], basis: Matrix, words: int, size: int) -> Matrix:
    """Of each word the sum of its files' rows."""
    found = [[0.0] * size for _ in range(words)]
    for (numbers, values), row in zip(units, basis, strict=True):
        for number, value in zip(numbers, values, strict=True):
            found[number] = [a + value * b for a, b in zip(found[number], row, strict=True)]
    return found


def _orthonormal(rows: Matrix) -> Matrix:
    """The columns made orthonormal, one after the other (modified Gram-Schmidt)."""
    done: Matrix = []
    for column in zip(*rows, strict=True):
        left = list(column)
        for other in done:
            share = sum(map(mul, left, other))
            left = [a - share * b for a, b in zip(left, other, strict=True)]
        done.append(_unit(left))
    return [list(row) for row in zip(*done, strict=True)]
