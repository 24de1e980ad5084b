"""What an issue says should come out of which expression. Without a word that says so, what is shown is what came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fixbot_repair import issue_calls as calls
from fixbot_repair import issue_wording as wording
from fixbot_repair.issue import Expectation
from fixbot_repair.issue_blocks import Piece, exchanges, is_session
from fixbot_repair.issue_claims import Claim
from fixbot_repair.issue_gathering import Gathered
from fixbot_repair.issue_relations import related
from fixbot_repair.issue_results import SURVIVED, Shown, fitting, of_part
from fixbot_repair.issue_traces import crashed, is_crash
from fixbot_repair.issue_wording import Role

_MOST_PIECES = 300  # of which blocks are read: each may build upon all those above it


@dataclass(frozen=True, slots=True)
class Told:
    """What an issue tells: expectations, those with a value first (`expected` is "" where only the outcome of now is told),
    calls that its prose says to end in an error, and what functions should give that it names without arguments.
    """

    expectations: tuple[Expectation, ...]
    crashing: tuple[str, ...]
    named: tuple[Expectation, ...]
    is_error_fine: bool = False  # that the error shown comes is no fault: it is told what should hold after it


def told(pieces: Sequence[Piece]) -> Told:
    """What the pieces of an issue tell."""
    reading = _gathered(pieces)
    matched = (fitting(e) for e in (*reading.rows, *_matched(reading)) if e.expected or e.actual)
    found = {(e.expression, e.expected): e for e in matched}
    if not any(e.expected for e in found.values()):
        concluded = related(reading.results, reading.sentences)
        found = {(e.expression, e.expected): e for e in (*concluded, *found.values())}
    held = {e.expression for e in found.values()}
    ending = dict.fromkeys(c.call for c in reading.claims if c.crashes and not _is_shown(c.call, reading))
    asks = any(wording.asks(sentence) for sentence in reading.sentences)  # whether what comes may be meant so
    crashing = (call for call in ending if call not in held and not calls.names_error(call) and not asks)
    named = () if reading.shown or reading.scripts or held else tuple(_named(reading.claims))
    return Told(
        tuple(sorted(found.values(), key=lambda e: not e.expected)),
        (*crashing, *reading.crashing),
        named,
        is_error_fine=any(_goes_on_after_error(e) for e in found.values()),
    )


def _gathered(pieces: Sequence[Piece]) -> Gathered:
    """What all the pieces show and say."""
    reading = Gathered()
    section = Role.UNSAID
    versions = _versions(pieces)
    for at, piece in enumerate(pieces):
        if piece.is_block and at > _MOST_PIECES:
            continue
        if piece.is_block:
            reading.block(piece.text, versions.get(at) or _role(pieces, at, section))
            continue
        section = _section(piece.text, section, is_title=at == 0)
        below = pieces[at + 1] if at + 1 < len(pieces) else None
        reading.prose(piece.text, section, ends=bool(below and below.is_block and is_crash(below.text)))
    return reading


def _goes_on_after_error(told: Expectation) -> bool:
    """Whether a wrong value is told of what came after a statement that raised: the error is none of the fault then."""
    is_wrong = bool(told.expected and told.actual and not _same(told.expected, told.actual))
    return is_wrong and any(source.endswith(SURVIVED) for source in told.setup)


def _named(claims: Sequence[Claim]) -> Iterator[Expectation]:
    """What functions should give that are named without arguments; nothing where several values are told."""
    wanted = [c for c in claims if c.expected]
    if len(wanted) == 1 and wanted[0].function:
        yield Expectation(wanted[0].function, wanted[0].expected, wanted[0].actual)


def _is_shown(call: str, reading: Gathered) -> bool:
    """Whether an example makes the call."""
    known = (*(s.expression for s in reading.shown), *(e for _, e in reading.scripts), *reading.setup)
    return any(call in source for source in known)


def _versions(pieces: Sequence[Piece]) -> dict[int, Role]:
    """The roles of two sessions that show the same expressions under two versions: as the older one does, it should be."""
    found = list[tuple[tuple[int, ...], int]]()
    for at, (above, piece) in enumerate(pairwise(pieces), 1):
        version = None if above.is_block or not piece.is_block else wording.version(above.text)
        if version and is_session(piece.text):
            found.append((version, at))
    if len(found) < 2:
        return {}
    (older, first), (newer, second) = min(found), max(found)
    same = {source for source, _ in exchanges(pieces[first].text)} & {s for s, _ in exchanges(pieces[second].text)}
    return {first: Role.EXPECTED, second: Role.ACTUAL} if older < newer and same else {}


def _section(text: str, section: Role, is_title: bool) -> Role:
    """Which part of the issue follows `text`: headings and bold labels hold until the next one."""
    first, _, rest = text.partition("\n")
    is_heading = first.startswith("#") or (
        first.startswith(("**", "__")) and (not rest or first.endswith(("**", "__")))
    )
    return (Role.UNSAID if is_title else wording.heading(first)) if is_heading else section


def _role(pieces: Sequence[Piece], at: int, section: Role) -> Role:
    """What the block at `at` shows, by the words above it, the heading, and the words below it."""
    above = pieces[at - 1] if at else None
    role = wording.introduces(above.text) if above and not above.is_block and at > 1 else Role.UNSAID
    if above and at == 1 and above.text.rstrip(" *").endswith((":", "：")):
        role = wording.introduces(above.text)
    if role is not Role.UNSAID or section is not Role.UNSAID:
        return role if role is not Role.UNSAID else section
    below = pieces[at + 1] if at + 1 < len(pieces) else None
    return Role.EXPECTED if below and not below.is_block and wording.confirms(below.text) else Role.UNSAID


def _matched(reading: Gathered) -> Iterator[Expectation]:
    """Claims and what is shown, brought together."""
    shown = {s.expression for s in reading.shown}
    ending = {c.call: c for c in reading.claims if c.crashes}
    told = [c for c in reading.claims if not c.crashes]
    named = [c for c in told if c.call and not _is_shown_otherwise(c.call, reading)]
    loose = [c for c in told if c not in named]
    stated = {c.call: c for c in named if c.expected}
    for claim in stated.values():
        if claim.call not in shown:
            yield Expectation(claim.call, claim.expected, claim.actual, _setup(claim, reading))
    wish = next((c for c in loose if c.expected and _may_mean(c, reading)), Claim("", "", ""))
    expected = wish.expected
    unlike = (c.actual for c in loose if c.actual and not _same(c.actual, expected))  # as it should be is no fault
    actual = next(unlike, "")
    if reading.shown:
        told_of = _of_sessions(reading.shown, stated, expected, actual)
        yield from (of_part(e, wish.part) if e.expected == expected else e for e in told_of)
    elif reading.scripts and not stated:
        after = next((c.after for c in loose if c.expected or c.actual), 0)
        setup, expression = reading.scripts[max(after - 1, 0)]
        yield of_part(Expectation(expression, expected, actual, (setup,) if setup else ()), wish.part)
    elif (
        len(ending) == 1 and [c.goes_on for c in loose if c.expected] == [True] and not stated
    ):  # said in a paragraph of its own
        yield Expectation(next(iter(ending)), expected, "", tuple(reading.setup))
    for claim in named if not stated else ():
        yield Expectation(claim.call, "", claim.actual, _setup(claim, reading))


def _may_mean(claim: Claim, reading: Gathered) -> bool:
    """Whether a claim without a call can be one on the examples: what it names in ticks must occur in them."""
    examples = (*(s.expression for s in reading.shown), *(part for script in reading.scripts for part in script))
    name = re.escape("" if claim.function == claim.expected else claim.function)
    return not name or not any(examples) or any(re.search(rf"(?<!\w){name}(?!\w)", text) for text in examples)


def _setup(claim: Claim, reading: Gathered) -> tuple[str, ...]:
    """What comes before what `claim` speaks of."""
    return (*(reading.done if claim.is_place else reading.setup), *claim.setup)


def _is_shown_otherwise(call: str, reading: Gathered) -> bool:
    """Whether `call` only names a function ("f()") that an example calls with arguments."""
    known = [*(s.expression for s in reading.shown), *(expression for _, expression in reading.scripts)]
    return call.endswith("()") and call not in known and any(call[:-1] in expression for expression in known)


def _of_sessions(shown: Sequence[Shown], stated: dict[str, Claim], expected: str, actual: str) -> Iterator[Expectation]:
    is_contrast = any(s.role is Role.EXPECTED for s in shown)
    open_ones = [s for s in shown if s.role is not Role.EXPECTED and s.expression not in stated]
    unlike = [s for s in open_ones if not _same(expected, s.output)]
    matching = [s for s in unlike if not actual or _same(actual, s.output)]
    target = matching[-1] if matching and expected and not is_contrast else None
    wanted = {s.expression for s in shown if s.role is Role.EXPECTED}
    for one in shown:
        came = "" if one.crashes else one.output
        if one.expression in stated and one.role is not Role.EXPECTED:
            yield Expectation(one.expression, stated[one.expression].expected, came, one.setup)
        elif one.role is Role.EXPECTED:
            now = next((s.output for s in open_ones if s.expression == one.expression and not s.crashes), "")
            value = _error(one.output) if one.crashes else one.output
            yield Expectation(one.expression, value, now, one.setup)
        elif one is target:
            yield Expectation(one.expression, expected, came, one.setup)
        elif one.expression not in wanted:
            yield Expectation(one.expression, "", came, one.setup)


def _error(output: str) -> str:
    """The name of the error that a traceback ends in."""
    last = output.rsplit("\n", maxsplit=1)[-1]
    return crashed(last) or last.partition(":")[0].strip()


def _same(one: str, other: str) -> bool:
    return one.strip().strip("\"'") == other.strip().strip("\"'")
