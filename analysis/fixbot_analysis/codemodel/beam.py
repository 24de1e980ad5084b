"""Whole lines by search: the likeliest continuations of a line, best first, extended token by token.

Each token is as likely as the n-grams of tokens and those of the parts that tokens play say together (:mod:`fixbot_analysis.codemodel.roles`);
what the grammar or the scope does not admit is left out at once.
"""

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from fixbot_analysis.codemodel.cursor import function_around
from fixbot_analysis.codemodel.grammar import Brackets, Grammar
from fixbot_analysis.codemodel.model import CodeModel, Followed
from fixbot_analysis.codemodel.roles import Roles
from fixbot_analysis.codemodel.segment import ORDER
from fixbot_analysis.codemodel.tokens import LAYOUT, NEWLINE, STRING

LONGEST = 32  # tokens
_WIDTH = 4  # hypotheses of one length that are extended
_BRANCHES = 4  # ways on from one
_LEAST = 0.03  # a token less likely than this is not followed
_HOPELESS = 0.03  # a line less likely than this is not followed: none so unlikely was ever sure
_EXPANSIONS = 32
_AROUND = 1000  # tokens before a place that are read in languages of curly braces
_FOUND = 3  # lines after which the search ends

Admits = Callable[[Sequence[str], str], bool]
"""Whether a token may follow the tokens of the suggestion so far."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one token was chosen: its `chance`, that of the `next` likeliest, how much of what was likeliest is `barred` here, and how many tokens before it were seen together before."""

    chance: float
    next: float
    barred: float
    known: int
    known_roles: int


@dataclass(frozen=True, slots=True)
class Beam:
    """A continuation: its tokens and how each was chosen, the line's end (if it `ends`) being the last step."""

    tokens: tuple[str, ...]
    steps: tuple[Step, ...]
    ends: bool

    @property
    def chance(self) -> float:
        """The probability of all of it."""
        return math.prod(step.chance for step in self.steps)


@dataclass(slots=True)
class _Hypothesis:
    tokens: tuple[str, ...]
    steps: tuple[Step, ...]
    log: float
    context: list[str]
    parts: list[str]
    roles: Roles
    grammar: Grammar | Brackets


@dataclass(frozen=True, slots=True)
class Start:
    """Where a line goes on: the tokens `before` in the file `path`, the `prefix` of a word under way, which `is_word` or not as it stands.

    `first` are chances of the first word from elsewhere, believed `trust` much; `hanging` says that the line stands in a bracket whose
    parts have a line each, and ends with a comma.
    """

    path: str
    before: Sequence[str]
    prefix: str = ""
    first: Mapping[str, float] = field(default_factory=dict)
    trust: float = 0.0
    hanging: bool = False
    is_word: bool = False
    breaks: Callable[[str, str], float] | None = None
    """For languages of curly braces: how likely a line ends between two tokens."""


def search(model: CodeModel, start: Start, admits: Admits, stop: Callable[[], bool] = lambda: False) -> list[Beam]:
    """Lines, likeliest first, and after them the likeliest beginnings of such (see :attr:`Beam.ends`); what was found when `stop` says so."""
    return _Search(model, start, admits).run(stop)


class _Search:
    def __init__(self, model: CodeModel, start: Start, admits: Admits) -> None:
        self._model, self._start, self._admits = model, start, admits
        self._order = count()
        self._found: list[Beam] = []
        self._parts: list[Beam] = []
        self._widths: dict[int, int] = {}

    def run(self, stop: Callable[[], bool]) -> list[Beam]:
        """See :func:`search`."""
        heap = [(0.0, next(self._order), self._begun())]
        base = heap[0][2].grammar.depth
        for _ in range(_EXPANSIONS):
            if not heap or len(self._found) >= _FOUND or stop():
                break
            _, _, hypothesis = heapq.heappop(heap)
            if hypothesis.steps and self._is_end(hypothesis, base):
                continue
            length = len(hypothesis.tokens)
            if length >= LONGEST or self._widths.get(length, 0) >= _WIDTH:
                continue
            self._widths[length] = self._widths.get(length, 0) + 1
            for other in self._extended(hypothesis):
                heapq.heappush(heap, (-other.log, next(self._order), other))
        return [*self._found, *self._parts]

    def _is_end(self, hypothesis: _Hypothesis, base: int) -> bool:
        """Keep what is complete; whether it is."""
        if hypothesis.tokens and hypothesis.tokens[-1] in LAYOUT:
            self._found.append(Beam(hypothesis.tokens[:-1], hypothesis.steps, ends=True))
            return True
        if self._start.hanging and hypothesis.tokens[-1] == "," and hypothesis.grammar.depth == base:
            self._found.append(Beam(hypothesis.tokens, hypothesis.steps, ends=True))
            return True
        self._parts.append(Beam(hypothesis.tokens, hypothesis.steps, ends=False))
        return False

    def _begun(self) -> _Hypothesis:
        before = self._start.before
        roles, parts = _read(before, braces=self._start.breaks is not None)
        grammar = Grammar(_line(before)) if self._start.breaks is None else Brackets(before[-_AROUND:])
        return _Hypothesis((), (), 0.0, list(before[-ORDER:]), parts[-ORDER:], roles, grammar)

    def _extended(self, hypothesis: _Hypothesis) -> list[_Hypothesis]:
        chances, barred, known = self._chances(hypothesis)
        best = heapq.nlargest(_BRANCHES + 1, chances.items(), key=lambda item: item[1])
        found = []
        for number, (token, chance) in enumerate(best[:_BRANCHES]):
            if chance < _LEAST or hypothesis.log + math.log(chance) < math.log(_HOPELESS):
                break
            rival = best[1 - min(number, 1)][1] if len(best) > 1 else 0.0
            found.append(self._with(hypothesis, token, Step(chance, rival, barred, *known)))
        return found

    def _with(self, old: _Hypothesis, token: str, step: Step) -> _Hypothesis:
        roles, grammar = old.roles.copy(), old.grammar.copy()
        part = roles.add(token)
        grammar.add(token)
        return _Hypothesis(
            (*old.tokens, token), (*old.steps, step), old.log + math.log(step.chance),
            [*old.context[1 - ORDER :], token], [*old.parts[1 - ORDER :], part], roles, grammar,
        )  # fmt: skip

    def _chances(self, at: _Hypothesis) -> tuple[dict[str, float], float, tuple[int, int]]:
        """Chances of the next token that may stand here, how much of what the model says may not, and how far the context is known."""
        model, path = self._model, self._start.path
        words, parts = model.followed(path, at.context), model.followed(path, at.parts, roles=True)
        chances = _mixed(words, parts, at.roles)
        if not at.tokens:
            chances = self._first(chances)
        elif self._start.breaks is not None:
            chances = _ending(chances, at.tokens[-1], self._start.breaks)
        barred, admitted = 0.0, dict[str, float]()
        for token, chance in chances.items():
            if chance < _LEAST / 4:
                continue
            if token != STRING and at.grammar.admits(token) and (token in LAYOUT or self._admits(at.tokens, token)):
                kept = NEWLINE if token in LAYOUT else token
                admitted[kept] = admitted.get(kept, 0.0) + chance
            else:
                barred += chance
        return admitted, barred, (words.known, parts.known)

    def _first(self, chances: dict[str, float]) -> dict[str, float]:
        """Chances of the first token, given the word under way and what else is known of it."""
        start = self._start
        if start.prefix:
            chances = {
                t: c for t, c in chances.items() if t.startswith(start.prefix) and (start.is_word or t != start.prefix)
            }
        total = sum(chances.values()) + (_UNSEEN if start.prefix else 0.0)
        if start.prefix:
            chances = {token: chance / total for token, chance in chances.items()}
        if start.first:
            chances = {token: (1 - start.trust) * chance for token, chance in chances.items()}
            for token, chance in start.first.items():
                chances[token] = chances.get(token, 0.0) + start.trust * chance
        return chances


_UNSEEN = 0.01  # chance kept for a word that was never seen here


_SHARE = 0.5  # of the n-grams of parts


def _mixed(words: Followed, parts: Followed, roles: Roles) -> dict[str, float]:
    """Chances of tokens: what the n-grams of tokens say, and what those of parts do where each part is known here."""
    chances = {token: (1 - _SHARE) * chance for token, chance in words.chances.items()}
    for part, chance in parts.chances.items():
        token = roles.written(part)
        if token is not None:
            chances[token] = chances.get(token, 0.0) + _SHARE * chance
    return chances


def _ending(chances: Mapping[str, float], last: str, breaks: Callable[[str, str], float]) -> dict[str, float]:
    """Chances of what follows `last` on its line, the line's end among them."""
    found, ending = dict[str, float](), 0.0
    for token, chance in chances.items():
        ends = breaks(last, token) if chance >= _LEAST / 4 else 0.0
        found[token] = chance * (1 - ends)
        ending += chance * ends
    found[NEWLINE] = ending
    return found


def _read(before: Sequence[str], *, braces: bool) -> tuple[Roles, list[str]]:
    """What reads the parts that tokens play, at the end of `before`, and those of the function around that end."""
    roles = Roles(braces=braces)
    return roles, roles.read(before[-_AROUND:] if braces else before[function_around(before) :])


def _line(before: Sequence[str]) -> Sequence[str]:
    """The tokens of the statement that `before` ends in."""
    at = len(before)
    while at and before[at - 1] not in LAYOUT:
        at -= 1
    return before[at:]


def chances_after(model: CodeModel, path: str, tokens: Sequence[str], *, braces: bool = False) -> dict[str, float]:
    """Chances of the next token in `path` after `tokens`, as both kinds of n-grams say together; layout included."""
    roles, parts = _read(tokens, braces=braces)
    words, played = model.followed(path, tokens), model.followed(path, parts, roles=True)
    return _mixed(words, played, roles)
