"""How many tokens a conversation is: estimated on the safe side, calibrated by what a model's answers counted; cut where it is too long."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fixbot_agent.models.messages import Message, Role, ToolSpec
from fixbot_agent.models.refusing import ContextOverflow

# Tokens a character, before anything was counted: of words and white space, of digits and punctuation, of all else. On the safe
# side of what two tokenizers were seen to do to code and prose (docs/models.md has the figures).
PRIOR = (0.30, 0.65, 1.1)
_OVERHEAD = 8  # tokens that a message's frame costs at most
_IMAGE = 1600  # tokens of a picture, where it is sent; few models take more
_MARGIN = 1.03  # on top of the worst that was seen
_UNSEEN = 1.1  # on top of what was never compared
_PULL = 0.02  # how strongly few samples are held to the first guess
_WORDS = re.compile(r"[A-Za-z\s]+")
_MARKS = re.compile(r"[!-@\[-`{-~]+")
LEFT_OUT = "(older output was left out; use the tool again if you need it)"
_CUT = "\n(… {} characters were left out here …)\n"

Features = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Sample:
    """What was sent once, as characters of each kind and messages, and the tokens that the endpoint counted."""

    kinds: Features
    messages: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Counter:
    """Estimates tokens. `weights` are tokens a character of each kind, `margin` what the estimate is multiplied by."""

    weights: tuple[float, float, float] = PRIOR
    margin: float = _UNSEEN
    samples: int = 0

    def text(self, text: str) -> int:
        """Tokens of a text."""
        return int(self._raw(kinds(text)) * self.margin) + 1

    def of(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> int:
        """Tokens of a conversation with its tools, as it is sent."""
        counted, number = features(messages, tools)
        shown = sum(len(m.images) for m in messages)
        return int((self._raw(counted) + number * _OVERHEAD) * self.margin) + shown * _IMAGE

    def _raw(self, counted: Features) -> float:
        return sum(w * n for w, n in zip(self.weights, counted, strict=True))


def kinds(text: str) -> Features:
    """Characters of each kind: words and white space, digits and punctuation, others."""
    words = sum(m.end() - m.start() for m in _WORDS.finditer(text))
    marks = sum(m.end() - m.start() for m in _MARKS.finditer(text))
    return words, marks, len(text) - words - marks


def features(messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> tuple[Features, int]:
    """What a conversation is made of: characters of each kind, and frames (messages, calls, tools)."""
    words = marks = other = frames = 0
    for text in (*_texts(messages), *_offered(tools)):
        a, b, c = kinds(text)
        words, marks, other = words + a, marks + b, other + c
    frames = len(messages) + sum(len(m.tool_calls) for m in messages) + len(tools)
    return (words, marks, other), frames


def _texts(messages: Sequence[Message]) -> Iterator[str]:
    for message in messages:
        yield message.text
        yield message.reasoning
        yield from (f"{c.id}{c.name}{c.arguments}" for c in message.tool_calls)


def _offered(tools: Sequence[ToolSpec]) -> Iterator[str]:
    yield from (f"{t.name}{t.description}{json.dumps(dict(t.parameters))}" for t in tools)


def calibrated(samples: Sequence[Sample]) -> Counter:
    """A counter that no sample passes, with weights by least squares of relative errors, held to the first guess where samples say little."""
    used = [s for s in samples if s.tokens > 0 and sum(s.kinds) > 0]
    if not used:
        return Counter()
    weights = _solved(used)
    raw = [sum(w * n for w, n in zip(weights, s.kinds, strict=True)) + s.messages * _OVERHEAD for s in used]
    worst = max(s.tokens / r for s, r in zip(used, raw, strict=True))
    return Counter(weights, max(worst, 1.0) * _MARGIN, len(used))


def _solved(samples: Sequence[Sample]) -> tuple[float, float, float]:
    """Ridge regression of three weights, in units of the first guess: the normal equations by Cramer's rule."""
    a = [[_PULL * len(PRIOR) if i == j else 0.0 for j in range(3)] for i in range(3)]
    b = [_PULL * len(PRIOR)] * 3
    for s in samples:
        row = [n * p / s.tokens for n, p in zip(s.kinds, PRIOR, strict=True)]
        goal = max(1 - s.messages * _OVERHEAD / s.tokens, 0.1)
        for i in range(3):
            b[i] += row[i] * goal
            for j in range(3):
                a[i][j] += row[i] * row[j]
    whole = _determinant(a)
    found = []
    for i in range(3):
        changed = [[b[r] if c == i else a[r][c] for c in range(3)] for r in range(3)]
        found.append(min(max(_determinant(changed) / whole, 0.3), 4.0) * PRIOR[i])
    return found[0], found[1], found[2]


def _determinant(m: Sequence[Sequence[float]]) -> float:
    return (
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    )


def fit(
    messages: Sequence[Message],
    tools: Sequence[ToolSpec],
    limit: int,
    reserve: int,
    counter: Counter | None = None,
) -> list[Message]:
    """Return `messages` cut to a context of `limit` tokens, of which `reserve` stay for the answer.

    What fits is returned as it is. Else the oldest outputs of tools are left out, then whole exchanges, the oldest first (a call
    goes with its answers); at last the longest texts are cut in their middles. What a system says, the first task and the last
    exchange stay. Raises ContextOverflow where even that is too long.
    """
    cutting = _Cutting(list(messages), counter or Counter())
    cutting.room = limit - reserve - cutting.counter.of((), tools)
    for step in (cutting.outputs, cutting.exchanges, cutting.middles):
        if cutting.fits:
            break
        step()
    if not cutting.fits:
        raise ContextOverflow(
            f"the conversation does not fit into a context of {limit} tokens, whatever is left out",
            "use a model with a longer context, or set window in [models.NAME] if it has one",
            limit,
        )
    return cutting.kept


@dataclass(slots=True)
class _Cutting:
    """A conversation that is being cut to `room` tokens."""

    kept: list[Message]
    counter: Counter
    room: int = 0
    size: int = 0

    def __post_init__(self) -> None:
        self.size = sum(self._of(m) for m in self.kept)

    @property
    def fits(self) -> bool:
        return self.size <= self.room

    def outputs(self) -> None:
        """Leave out old outputs of tools, and old thoughts."""
        last = self._last()
        for place, message in enumerate(self.kept[:last]):
            if self.fits:
                return
            short = replace(message, reasoning="")
            if message.role is Role.TOOL and len(message.text) > len(LEFT_OUT):
                short = replace(short, text=LEFT_OUT)
            self._set(place, short)

    def exchanges(self) -> None:
        """Leave out whole exchanges, but those of the system, the first task and the last one."""
        task = next((i for i, m in enumerate(self.kept) if m.role is Role.USER), -1)
        gone: set[int] = set()
        for group in self._groups(self._last()):
            if self.fits:
                break
            if task not in group and self.kept[group[0]].role is not Role.SYSTEM:
                gone.update(group)
                self.size -= sum(self._of(self.kept[i]) for i in group)
        self.kept = [m for i, m in enumerate(self.kept) if i not in gone]

    def middles(self) -> None:
        """Cut the longest texts in their middles, to half of their length each time."""
        for _ in range(200):
            if self.fits:
                return
            places = [i for i, m in enumerate(self.kept) if m.role is not Role.SYSTEM]
            place = max(places, key=lambda i: len(self.kept[i].text), default=None)
            if place is None or len(self.kept[place].text) < 200:
                return
            text = self.kept[place].text
            quarter = len(text) // 4
            cut = text[:quarter] + _CUT.format(len(text) - 2 * quarter) + text[-quarter:]
            self._set(place, replace(self.kept[place], text=cut))

    def _last(self) -> int:
        """Where the last exchange begins."""
        groups = list(self._groups(len(self.kept)))
        return groups[-1][0] if groups else 0

    def _groups(self, end: int) -> Iterator[list[int]]:
        """Exchanges before `end`: a message, with those that answer its calls."""
        group: list[int] = []
        for place, message in enumerate(self.kept[:end]):
            if group and message.role is not Role.TOOL:
                yield group
                group = []
            group.append(place)
        if group:
            yield group

    def _set(self, place: int, message: Message) -> None:
        self.size += self._of(message) - self._of(self.kept[place])
        self.kept[place] = message

    def _of(self, message: Message) -> int:
        return self.counter.of((message,)) + 1  # whole numbers, message by message: never less than all at once
