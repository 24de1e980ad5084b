"""Local names at a place, by the flow of the code before it: read from tokens, so that nothing needs to parse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fixbot_agent.completing.cursor.bindings import is_name, names_bound, parameters_of
from fixbot_analysis.codemodel.tokens import CLOSING, DEDENT, INDENT, LAYOUT, NEWLINE, OPENING


@dataclass(frozen=True, slots=True)
class Local:
    """A name that code before the place binds.

    `how`: parameter, assigned, loop, with, except, import, definition, comprehension. `at` is the index of the statement's
    last token. `is_closed` says that it was bound in a block that has ended, `around` how many functions lie between.
    """

    name: str
    how: str
    at: int
    is_closed: bool = False
    around: int = 0
    is_new: bool = False  # bound for the first time in its function


@dataclass(slots=True)
class _Frame:
    kind: str  # def, class, block
    names: dict[str, Local] = field(default_factory=dict)


def locals_before(tokens: Sequence[str]) -> dict[str, Local]:
    """Names bound in the functions that are open at the end of `tokens`, which begin with the outermost one's header; the nearest of each.

    The statement under way binds nothing yet, but for the comprehensions and lambdas that it ends in.
    """
    frames, start = [_Frame("module")], 0
    pending = _Frame("block")
    for at, word in enumerate(tokens):
        if word not in LAYOUT and word != ";":
            continue
        if at > start:
            pending = _take(tokens[start:at], at - 1, frames)
        start = at + 1
        if word == INDENT:
            frames.append(pending)
            pending = _Frame("block")
        elif word == DEDENT and len(frames) > 1:
            _close(frames)
    found = _visible(frames)
    for name in _inner(tokens[start:]):
        found[name] = Local(name, "comprehension", len(tokens))
    return found


def _take(statement: Sequence[str], at: int, frames: list[_Frame]) -> _Frame:
    """Bind what a statement binds; the frame of the block that it may open."""
    head = statement[1] if statement[0] == "async" and len(statement) > 1 else statement[0]
    own = frames[-1].names
    for name, how in names_bound(statement):
        if how == "comprehension":
            continue
        known = own.get(name)
        own[name] = Local(name, how, at, is_new=known is None)
    if head == "def":
        return _Frame("def", {n: Local(n, "parameter", at, is_new=True) for n in parameters_of(statement)})
    return _Frame("class" if head == "class" else "block")


def _close(frames: list[_Frame]) -> None:
    ended = frames.pop()
    if ended.kind != "block":
        return
    own = frames[-1].names
    for name, local in ended.names.items():
        known = own.get(name)
        if known is None or known.is_closed:
            own[name] = Local(name, local.how, local.at, is_closed=True, is_new=local.is_new)


def _visible(frames: list[_Frame]) -> dict[str, Local]:
    found: dict[str, Local] = {}
    around = 0
    for depth, frame in enumerate(reversed(frames[1:])):
        if frame.kind != "class" or depth == 0:
            for name, local in frame.names.items():
                found.setdefault(name, Local(name, local.how, local.at, local.is_closed, around, local.is_new))
        around += frame.kind == "def"
    return found


def _inner(statement: Sequence[str]) -> Iterator[str]:
    """Variables of the comprehensions and lambdas that a statement under way ends in."""
    depth = 0
    for at in range(len(statement) - 1, -1, -1):
        word = statement[at]
        depth += (word in OPENING) - (word in CLOSING)
        if word == "lambda" and depth >= 0:
            yield from _names_to(statement[at + 1 :], ":")
        elif word == "for" and depth >= 0 and at and _is_within(statement[:at]):
            yield from _names_to(statement[at + 1 :], "in")


def _is_within(words: Sequence[str]) -> bool:
    return sum((word in OPENING) - (word in CLOSING) for word in words) > 0


def _names_to(words: Sequence[str], end: str) -> Iterator[str]:
    if end not in words:
        return
    for word in words:
        if word == end:
            return
        if is_name(word):
            yield word


def after_here(rest: str) -> tuple[str, ...]:
    """Variables of comprehensions that the rest of the line makes of what is being typed: ``x.na| for x in xs``."""
    from fixbot_analysis.codemodel import tokenize

    words, depth, found = tokenize(rest), 0, list[str]()
    for at, word in enumerate(words):
        depth += (word in OPENING) - (word in CLOSING)
        if depth < 0 or word == NEWLINE:
            break
        if word == "for" and depth == 0:
            found += _names_to(words[at + 1 :], "in")
    return tuple(found)
