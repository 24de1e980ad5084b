"""The tool that looks into a running test: a debugger that is told what to look at before the test runs."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.hits import cut
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_analysis import signatures
from fixbot_analysis.symbols import SymbolKind
from fixbot_repair.debugging import Question, Seen
from fixbot_repair.errors import RepairError

_AROUND = 3  # lines shown around the place
_MOST = 10  # expressions
_LONGEST = 500  # characters of one
_PLACE = re.compile(r"(.+):(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Inspect:
    """Arguments of inspect."""

    test: str = arguments.text("Id of the test to run.")
    at: str = arguments.text(
        "Where to stop: path:line, or a function's name for its start. Empty: where the test fails.", ""
    )
    expressions: tuple[str, ...] = arguments.texts("Python expressions to evaluate there.")
    when: str = arguments.text("A condition: stop only where it holds.", "")
    hit: int = arguments.whole("Stop the n-th time.", 1)
    frame: int = arguments.whole("Evaluate in the n-th caller; 0 is where it stops.", 0)
    watch: bool = arguments.flag("Do not stop: list the values of the expressions each time the place is reached.")


def inspect(desk: Desk, definitions: Definitions, args: Inspect) -> Outcome:
    """Effect: run the test once in the sandbox; tell what was there."""
    if desk.equipment.debugger is None:
        raise Refused("there is no debugger here")
    _check(args)
    question = _question(desk, definitions, args)
    try:
        seen = desk.equipment.debugger.ask(question)
    except RepairError as error:
        raise Refused(f"the test could not be run: {error.message}") from error
    return Outcome("\n".join([*_told(desk, question, seen), *_ended(desk, seen)]))


def _check(args: Inspect) -> None:
    if args.watch and not (args.at and args.expressions):
        raise Refused("to watch, give 'at' and 'expressions'")
    if len(args.expressions) > _MOST:
        raise Refused(f"at most {_MOST} expressions at once")
    for expression in (*args.expressions, *([args.when] if args.when else [])):
        try:
            ast.parse(expression[:_LONGEST].strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise Refused(f"{expression[:80]!r} is no Python expression: {error}") from error
        if len(expression) > _LONGEST:
            raise Refused(f"an expression has at most {_LONGEST} characters")


def _question(desk: Desk, definitions: Definitions, args: Inspect) -> Question:
    base = Question(
        args.test, when=args.when, hit=max(args.hit, 1), frame=max(args.frame, 0), expressions=args.expressions, watch=args.watch
    )  # fmt: skip
    if not args.at:
        return base
    path, line, function, span = args.at, 0, "", (0, 0)
    if match := _PLACE.fullmatch(args.at):
        path, line = match[1], _statement(desk, match[1], int(match[2]))
    else:
        path, symbol = definitions.named(args.at)
        if symbol.kind is SymbolKind.CLASS:
            raise Refused(f"{symbol.qualname} is a class; name one of its methods, or a line")
        function, span = symbol.name, (symbol.line, symbol.end_line)
    return Question(
        base.test, path, line, function, span, base.when, base.hit, base.frame, base.expressions, base.watch
    )  # fmt: skip


def _statement(desk: Desk, path: str, line: int) -> int:
    """The line on which Python says that it is at `line`: the first of its statement, the next one where there is none."""
    document = desk.document(path)
    if not 1 <= line <= len(document.line_starts):
        raise Refused(f"{path} has {len(document.line_starts)} lines; there is no line {line}")
    starts = [s for s in ast.walk(signatures.parsed(document.data)) if isinstance(s, ast.stmt) and not _is_docstring(s)]
    holding = [s for s in starts if s.lineno <= line <= _last(s)]
    if holding:
        return max(s.lineno for s in holding)
    later = [s.lineno for s in starts if s.lineno > line]
    return min(later, default=line)


def _last(statement: ast.stmt) -> int:
    """The last line that belongs to the statement itself, not to the block below it."""
    body = getattr(statement, "body", None)
    return max(body[0].lineno - 1, statement.lineno) if body else statement.end_lineno or statement.lineno


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _told(desk: Desk, question: Question, seen: Seen) -> Iterator[str]:
    place = f"{question.path}:{question.line}" if question.line else f"{question.path}::{question.function}"
    yield from (f"note: {note}" for note in seen.notes)
    if question.watch:
        yield f"{place} was reached {seen.hits} time{'' if seen.hits == 1 else 's'}: {', '.join(question.expressions)}"
        yield from _watched(seen.watched, seen.hits)
    elif seen.stack:
        path, line, function = seen.stack[seen.frame]
        yield f"stopped at {path}:{line} in {function}" + (
            f", time {seen.hits}" if question.path else ", where the test failed"
        )
        yield from _around(desk, path, line)
        yield "frames, innermost first:"
        yield from (f"  {n} {p}:{at} in {name}: {_line(desk, p, at)}" for n, (p, at, name) in enumerate(seen.stack))
        yield f"locals of frame {seen.frame}:"
        yield from (f"  {name} = {text}" for name, text in seen.locals)
        if seen.more_locals:
            yield f"  … and {seen.more_locals} more"
        if seen.values:
            yield "values:"
            yield from (f"  {expression} = {text}" for expression, text in seen.values)
    elif question.path:
        held = f" with {question.when}" if question.when else ""
        yield f"{place} was reached {seen.hits} time{'' if seen.hits == 1 else 's'}{held}, not {question.hit}"


def _watched(rows: Sequence[tuple[str, ...]], hits: int) -> Iterator[str]:
    """Each row with its number; equal ones that follow each other once."""
    at = 1
    for row, group in groupby(rows):
        count = len(list(group))
        number = str(at) if count == 1 else f"{at}-{at + count - 1}"
        yield f"  {number}: {' | '.join(row)}"
        at += count
    if hits > len(rows):
        yield f"  … and {hits - len(rows)} more times"


def _around(desk: Desk, path: str, line: int) -> Iterator[str]:
    try:
        document = desk.document(path)
    except Refused:
        return
    for n in range(max(line - _AROUND, 1), min(line + _AROUND, len(document.line_starts)) + 1):
        yield f"{'->' if n == line else '  '}{n:>5}  {cut(document.line_text(n - 1))}"


def _line(desk: Desk, path: str, line: int) -> str:
    try:
        return cut(desk.document(path).line_text(line - 1).strip())
    except Refused:
        return "(not shown)"


def _ended(desk: Desk, seen: Seen) -> Iterator[str]:
    """How the test came out."""
    yield from (f"note: {clip(p, 300)}" for p in seen.problems[:3] if p not in desk.told)
    desk.told.update(seen.problems[:3])
    if seen.outcome is not None:
        why = f": {clip(' '.join(seen.outcome.message.split()), 400)}" if seen.outcome.message else ""
        yield f"the test: {seen.outcome.status}{why}"
