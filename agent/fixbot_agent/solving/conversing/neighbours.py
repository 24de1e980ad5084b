"""Which passing tests stand nearest to a fault: by the suspected lines that they run, by their words, by the tests beside them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

from fixbot_agent.solving.conversing.lines import Lines
from fixbot_agent.solving.conversing.ranking import grouped
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.tools.hits import cut
from fixbot_analysis.symbols import split_words
from fixbot_repair.checks import TestStatus
from fixbot_repair.localisation import Localisation

_PLACES = 3  # of which the lines are looked for, the first ones
_LONGEST = 40  # lines of a test that is shown
_WIDEST = 160  # characters of one
_SHORTEST_WORD = 3  # letters
# What suspected lines, tests beside it and little else are worth against all words in common.
_RAN, _BESIDE, _SIZE = 1.0, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Tests that pass and run a suspected place: the nearest first, without their parameters; `count` is how many run one."""

    tests: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class _Runner:
    test: str
    share: float  # of the suspected lines
    size: int
    words: frozenset[str]


def neighbours(case: Case, places: Localisation, lines: Lines) -> Neighbours:
    """Effect: reads test files. The tests nearest to the first of `places`."""
    wanted = _suspected(places, lines)
    runners = list(_runners(case, wanted, lines))
    if not runners:
        return Neighbours((), 0)
    said = _words(case.issue.text) if case.issue else frozenset().union(*(_words(o.test) for o in case.outcomes))
    held = Counter(word for each in runners for word in each.words)
    whole = Counter(_file(o.test) for o in case.feedback.outcomes)
    here = Counter(_file(each.test) for each in runners)
    rare = {word: log(1 + len(runners) / number) for word, number in held.items()}
    spoken = {r.test: sum(rare[w] for w in r.words & said) / sqrt(1 + sum(rare[w] for w in r.words)) for r in runners}
    most = max(spoken.values()) or 1.0
    largest = log(1 + max(r.size for r in runners))

    def worth(one: _Runner) -> float:
        beside = here[_file(one.test)] / whole[_file(one.test)]
        return spoken[one.test] / most + _RAN * one.share + _BESIDE * beside - _SIZE * log(1 + one.size) / largest

    order = sorted(runners, key=lambda r: (-worth(r), r.test))
    return Neighbours(tuple(dict.fromkeys(function_of(r.test) for r in order)), len(runners))


def text_of(test: str, lines: Lines, longest: int = _LONGEST) -> str:
    """Effect: reads the file. The source of a test with the numbers of its lines, its decorators too; "" where it cannot be shown."""
    path, _, name = function_of(test).partition("::")
    symbol = next((s for s in lines.symbols(path) if s.qualname == name.replace("::", ".")), None)
    if symbol is None:
        return ""
    every, first = lines.of(path), symbol.line
    while first > 1 and every[first - 2].strip().startswith("@"):
        first -= 1
    last = min(symbol.end_line, first + longest - 1)
    shown = [f"{n:>5}  {cut(every[n - 1], _WIDEST)}" for n in range(first, last + 1)]
    more = [f"  … {symbol.end_line - last} more lines"] if last < symbol.end_line else []
    return "\n".join([f"{path} {symbol.qualname}:", *shown, *more])


def function_of(test: str) -> str:
    """A test's id without its parameters."""
    return test.partition("[")[0]


def _suspected(places: Localisation, lines: Lines) -> list[tuple[str, frozenset[int]]]:
    """The lines of the functions that hold the first places, each without its header, which runs when its file is loaded."""
    found = []
    for path, name in list(grouped(s for s in places.suspects if s.symbol))[:_PLACES]:
        symbol = next((s for s in lines.symbols(path) if s.qualname == name), None)
        if symbol is not None:
            found.append((path, frozenset(range(symbol.line + 1, symbol.end_line + 1))))
    return found


def _runners(case: Case, wanted: Sequence[tuple[str, frozenset[int]]], lines: Lines) -> Iterator[_Runner]:
    """The passing tests of the project that run any of the `wanted` places, the first of which counts most."""
    known: dict[str, frozenset[str]] = {}
    for outcome in case.feedback.outcomes:
        if outcome.status is not TestStatus.PASSED or outcome.test in case.labels or outcome.example:
            continue
        ran = {path: frozenset(numbers) for path, numbers in outcome.lines}
        hits = [bool(inside & ran.get(path, frozenset())) for path, inside in wanted]
        if any(hits):
            share = sum(hit / n for n, hit in enumerate(hits, 1)) / sum(1 / n for n in range(1, len(hits) + 1))
            function = function_of(outcome.test)
            if function not in known:
                known[function] = _words(f"{function.partition('::')[2]} {text_of(function, lines)}")
            yield _Runner(outcome.test, share, sum(map(len, ran.values())), known[function])


def _words(text: str) -> frozenset[str]:
    return frozenset(w for w in split_words(text) if len(w) >= _SHORTEST_WORD) - {"test", "tests"}


def _file(test: str) -> str:
    return test.partition("::")[0]
