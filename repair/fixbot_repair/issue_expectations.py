"""What an issue says should come out of which expression. Without a word that says so, what is shown is what came."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fixbot_repair import issue_calls as calls
from fixbot_repair import issue_comments as comments
from fixbot_repair import issue_tables
from fixbot_repair import issue_wording as wording
from fixbot_repair.issue import Expectation
from fixbot_repair.issue_blocks import DIFF, Piece, exchanges, is_output, is_session
from fixbot_repair.issue_code import does, last_expression, runnable
from fixbot_repair.issue_commands import SET_UP, commands
from fixbot_repair.issue_traces import crashed, is_crash
from fixbot_repair.issue_wording import Role

_MOST_PIECES = 300  # of which blocks are read: each may build upon all those above it
_BINDING = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An expression with what the issue shows below it."""

    expression: str
    output: str
    role: Role
    setup: tuple[str, ...]

    @property
    def crashes(self) -> bool:
        return is_crash(self.output)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one sentence says: a call that it names, the value that should come, the value that does; "" where it does not.

    `crashes`: it says no value, but that the call ends in an error. `goes_on`: it speaks of what was said before it.
    `function`: where it names no call, a function that it names.
    """

    call: str
    expected: str
    actual: str
    crashes: bool = False
    goes_on: bool = False
    function: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an issue tells: expectations, those with a value first (`expected` is "" where only the outcome of now is told),
    calls that its prose says to end in an error, and what functions should give that it names without arguments.
    """

    expectations: tuple[Expectation, ...]
    crashing: tuple[str, ...]
    named: tuple[Expectation, ...]


@dataclass(slots=True)
class _Reading:
    """What was gathered from the pieces so far."""

    shown: list[_Shown] = field(default_factory=list)
    scripts: list[tuple[str, str]] = field(default_factory=list)  # set-up, last expression
    claims: list[_Claim] = field(default_factory=list)
    setup: list[str] = field(default_factory=list)  # statements of the blocks above
    rows: list[Expectation] = field(default_factory=list)  # of tables

    def session(self, block: str, role: Role) -> None:
        """Each prompt with the answer below it; what came before, in the blocks above too, is its set-up."""
        found = list(exchanges(block))
        typed = {source for source, _ in found}
        before = [s for s in self.setup if s not in typed]
        for source, output in found:
            if output:
                self.shown.append(_Shown(source, output, role, tuple(before)))
            if not is_crash(output):
                before.append(source)
        self.setup = before

    def block(self, block: str, role: Role) -> None:
        if is_session(block):
            self.session(block, role)
        elif found := [(e, output) for e, output in commands(block) if output]:
            self.shown += [_Shown(expression, output, role, (SET_UP,)) for expression, output in found]
        elif is_output(block) or DIFF.match(block):
            return
        elif body := does(source := runnable(block)):
            self.script(source, body, role)
        elif role is not Role.UNSAID:
            value = block.strip("\n")
            wanted = role is Role.EXPECTED
            self.claims.append(_Claim("", value if wanted else "", "" if wanted else value))

    def script(self, source: str, body: Sequence[ast.stmt], role: Role) -> None:
        """A program: what its comments tell, its last expression; what it binds is the set-up of what follows."""
        for told in comments.told(source, body):
            before = tuple(filter(None, [*self.setup, told.above]))
            came = Role.UNSAID if told.expected else role
            for value, meant in ((told.actual, came), (told.expected, Role.EXPECTED)):
                if value:
                    self.shown.append(_Shown(told.expression, value, meant, before))
        setup, expression = last_expression(source, body)
        if expression:
            self.scripts.append(("\n".join([*self.setup, setup]), expression))
        if setup and any(isinstance(s, _BINDING) for s in body):
            self.setup.append(setup)


def told(pieces: Sequence[Piece]) -> Told:
    """What the pieces of an issue tell."""
    reading = _Reading()
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
        reading.claims += _claims(piece.text, section, ends=bool(below and below.is_block and is_crash(below.text)))
        reading.rows += issue_tables.rows(piece.text)
        reading.scripts += [("", call) for s in wording.sentences(piece.text) if (call := calls.alone(s))]
    found = {(e.expression, e.expected): e for e in (*reading.rows, *_matched(reading)) if e.expected or e.actual}
    held = {e.expression for e in found.values()}
    ending = dict.fromkeys(c.call for c in reading.claims if c.crashes and not _is_shown(c.call, reading))
    named = () if reading.shown or reading.scripts or held else tuple(_named(reading.claims))
    return Told(
        tuple(sorted(found.values(), key=lambda e: not e.expected)),
        tuple(call for call in ending if call not in held and not calls.names_error(call)),
        named,
    )


def _named(claims: Sequence[_Claim]) -> Iterator[Expectation]:
    """What functions should give that are named without arguments; nothing where several values are told."""
    wanted = [c for c in claims if c.expected]
    if len(wanted) == 1 and wanted[0].function:
        yield Expectation(wanted[0].function, wanted[0].expected, wanted[0].actual)


def _is_shown(call: str, reading: _Reading) -> bool:
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
    is_heading = text.startswith(("#", "**", "__"))
    return (Role.UNSAID if is_title else wording.heading(text)) if is_heading and "\n" not in text else section


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


def _claims(paragraph: str, section: Role, *, ends: bool) -> Iterator[_Claim]:
    """What each sentence says; a value whose sentence names no call belongs to the call of the sentence before.

    `ends`: the block below shows an error, which the last sentence may say to be that of its call.
    """
    told = ("", "")
    sentences = wording.sentences(paragraph)
    for at, sentence in enumerate(sentences):
        call, rest = calls.call(sentence)
        rest = rest if call else wording.without_asides(rest)
        expected, actual = wording.stated(wording.EXPECTED, rest), wording.stated(wording.ACTUAL, rest)
        if call and not expected:  # the call may be the value: "expected `Price(1)`"
            expected = wording.stated(wording.EXPECTED, sentence)
            call, actual = ("", wording.stated(wording.ACTUAL, sentence)) if expected else (call, actual)
        expected = expected or wording.was_expected(rest) or (wording.not_raised(rest) if call else "")
        if not expected:
            expected, came = wording.instead(rest)
            actual = came or actual
        if not expected and not actual and section is not Role.UNSAID:
            value = wording.value_at(rest)
            expected, actual = (value, "") if section is Role.EXPECTED else ("", value)
        actual = "" if actual == expected else actual
        if expected not in ("", "True", "False") and calls.compared(call)[1]:
            call, actual = calls.compared(call)
        error = wording.raised(sentence) or (ends and at == len(sentences) - 1 and wording.ends_in_error(sentence))
        crashes = bool(call and not expected and not actual and error)
        if expected or actual or crashes:
            goes_on = wording.speaks_of_call(sentence)
            follows = bool(expected and not call and told[0] and (told[1] or goes_on))
            function = "" if call else calls.function(sentence)
            yield (
                _Claim(told[0], expected, told[1])
                if follows
                else _Claim(call, expected, actual, crashes, goes_on, function)
            )
        told = (call, actual) if crashes or (actual and not expected) else ("", "")


def _matched(reading: _Reading) -> Iterator[Expectation]:
    """Claims and what is shown, brought together."""
    shown = {s.expression for s in reading.shown}
    ending = {c.call: c for c in reading.claims if c.crashes}
    told = [c for c in reading.claims if not c.crashes]
    named = [c for c in told if c.call and not _is_shown_otherwise(c.call, reading)]
    loose = [c for c in told if c not in named]
    stated = {c.call: c for c in named if c.expected}
    for claim in stated.values():
        if claim.call not in shown:
            yield Expectation(claim.call, claim.expected, claim.actual, tuple(reading.setup))
    expected = next((c.expected for c in loose if c.expected), "")
    actual = next((c.actual for c in loose if c.actual), "")
    if reading.shown:
        yield from _of_sessions(reading.shown, stated, expected, actual)
    elif reading.scripts and not stated:
        setup, expression = reading.scripts[0]
        yield Expectation(expression, expected, actual, (setup,) if setup else ())
    elif (
        len(ending) == 1 and [c.goes_on for c in loose if c.expected] == [True] and not stated
    ):  # said in a paragraph of its own
        yield Expectation(next(iter(ending)), expected, "", tuple(reading.setup))
    for claim in named if not stated else ():
        yield Expectation(claim.call, "", claim.actual, tuple(reading.setup))


def _is_shown_otherwise(call: str, reading: _Reading) -> bool:
    """Whether `call` only names a function ("f()") that an example calls with arguments."""
    known = [*(s.expression for s in reading.shown), *(expression for _, expression in reading.scripts)]
    return call.endswith("()") and call not in known and any(call[:-1] in expression for expression in known)


def _of_sessions(
    shown: Sequence[_Shown], stated: dict[str, _Claim], expected: str, actual: str
) -> Iterator[Expectation]:
    is_contrast = any(s.role is Role.EXPECTED for s in shown)
    open_ones = [s for s in shown if s.role is not Role.EXPECTED and s.expression not in stated]
    matching = [s for s in open_ones if not actual or _same(actual, s.output)]
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
