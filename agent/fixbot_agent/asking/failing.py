"""What is known of a failure beside its message: the way that its traceback went, and what was changed on that way and is not committed."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.asking.answer import Cited, Sentence, counted
from fixbot_agent.asking.ground import Ground
from fixbot_analysis.graph import queries

_MOST_CHANGES, _MOST_FRAMES = 3, 4
_LONGEST = 160  # characters of a line
_COMPARED = re.compile(r"assert (?P<left>.{1,300}?) (?P<sign>==|!=|<=|>=|<|>|is not|is|not in|in) (?P<right>.{1,300})")
_UNEQUAL = re.compile(
    r"AssertionError: (?P<left>.{1,200}?) (?P<sign>!=|==|not found in|is not) (?P<right>.{1,200}?)(?: - |$)"
)
_WHERE = re.compile(r" \+  ?(?:where|and) ")  # pytest goes on with where each value came from
_METHOD = re.compile(r"assert[A-Z]\w+")  # unittest's


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of `path` that are not as they were committed: from `line` (1, as it is now) on `now` stands in the place of `before`."""

    path: str
    line: int
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a tool or a test `said` of a place, the `frames` of the failure (innermost last), and what is changed and not committed."""

    said: str = ""
    frames: tuple[Cited, ...] = ()
    changes: tuple[Change, ...] = ()


def compared(said: str, at: Cited, written: str) -> Iterator[Sentence]:
    """What was said of the place: what the assertion that is `written` there compared, else the words themselves."""
    text = " ".join(said.split())
    match = _COMPARED.search(_WHERE.split(text)[0]) or _UNEQUAL.search(text)
    if match:
        left, right = match["left"].strip(), match["right"].strip()
        asked = _asserted(written) or f"{left} {match['sign']} {right}"
        yield Sentence(f"The assertion asked for `{asked}`: on the left stood `{left}`, on the right `{right}`.", (at,))
    elif text:
        yield Sentence(f"What is said of it: {text}", (at,))


def way(ground: Ground, failure: Failure, place: Cited) -> Iterator[Sentence]:
    """What of the project ran last, from the test inwards; then the changes, those on the way first."""
    inner = [f for f in failure.frames if f != place][-_MOST_FRAMES:]
    for number, frame in enumerate(inner):
        verb = "It fails" if number == len(inner) - 1 and frame == failure.frames[-1] else "It goes through"
        yield Sentence(f"{verb} in {_home(ground, frame)}: `{_line(ground, frame)}`.", (frame,))
    nearest = sorted(_reached(ground, failure, place), key=lambda pair: pair[0])
    for _, change in nearest[:_MOST_CHANGES]:
        at = Cited(change.path, change.line)
        became = f"`{_few(change.before)}` became `{_few(change.now)}`" if change.before and change.now else ""
        became = became or (f"`{_few(change.now)}` is new" if change.now else f"`{_few(change.before)}` is gone")
        yield Sentence(f"Changed and not committed, in {_home(ground, at)}: {became}.", (at,))
    if rest := nearest[_MOST_CHANGES:]:
        places = tuple(Cited(c.path, c.line) for _, c in rest)[:_MOST_FRAMES]
        yield Sentence(f"{counted(len(rest), 'more change')} of code that the test's file leads to.", places)


def _reached(ground: Ground, failure: Failure, place: Cited) -> Iterator[tuple[int, Change]]:
    """The changes in code that the test's file leads to, with how near each is: 0 on the way, 1 in a file of it, 2 elsewhere."""
    on_way = {*failure.frames, place}
    leads = _led_to(ground, place.path)
    for change in failure.changes:
        lines = range(change.line, change.line + max(1, len(change.now)))
        if any(Cited(change.path, line) in on_way for line in lines):
            yield 0, change
        elif any(frame.path == change.path for frame in failure.frames) and not queries.in_tests(change.path):
            yield 1, change
        elif change.path in leads:
            yield 2 + queries.in_tests(change.path), change


def _led_to(ground: Ground, path: str) -> frozenset[str]:
    """The files that a file leads to by any relation, itself among them."""
    users: dict[str, set[str]] = {}
    for edge in ground.graph.edges:
        users.setdefault(edge.source.partition("::")[0], set()).add(edge.target.partition("::")[0])
    reached, waiting = {path}, [path]
    while waiting:
        fresh = users.get(waiting.pop(), set()) - reached
        reached |= fresh
        waiting += fresh
    return frozenset(reached)


def _asserted(written: str) -> str:
    """What an ``assert`` statement, or a method of unittest's, asks for, as it is written; ``""`` where the text is none."""
    try:
        body = ast.parse(written.strip()).body
    except (SyntaxError, ValueError):
        return ""
    if not body:
        return ""
    if isinstance(body[0], ast.Assert):
        return ast.unparse(body[0].test) if isinstance(body[0].test, ast.Compare) else ""
    call = body[0].value if isinstance(body[0], ast.Expr) else None
    is_method = (
        isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _METHOD.fullmatch(call.func.attr)
    )
    return ast.unparse(call) if call is not None and is_method else ""


def _home(ground: Ground, at: Cited) -> str:
    facts = ground.facts(at.path)
    symbol = facts.enclosing(at.line) if facts else None
    return f"`{symbol.qualname}` ({at.path})" if symbol and symbol.qualname else at.path


def _line(ground: Ground, at: Cited) -> str:
    return _cut(ground.code(at, at.line, most=1).strip())


def _few(lines: Sequence[str]) -> str:
    more = f" … ({len(lines)} lines)" if len(lines) > 1 else ""
    return _cut(lines[0].strip()) + more


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
